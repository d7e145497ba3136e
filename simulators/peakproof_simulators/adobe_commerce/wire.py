"""Bodies in and out: what a call says, typed as the shop types it, and how answers are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple, TypeVar, get_args
from xml.sax.saxutils import escape

import msgspec

from peakproof.wire.message import Request, Response
from peakproof_simulators.adobe_commerce.errors import JSON, Refusal, refuse, required
from peakproof_simulators.adobe_commerce.payloads.common import Input

T = TypeVar("T", bound=Input)
Raw = dict[str, Any]

XML: Final = "application/xml; charset=utf-8"
EMPTY: Final[Raw] = {}

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode

_AT: Final = re.compile(r" - at `\$([^`]*)`$")
_EXPECTED: Final = re.compile(r"Expected `([a-z]+)")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_UNKNOWN: Final = re.compile(r"unknown field `([^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")
_BRACKETS: Final = re.compile(r"\[([^\]]*)\]")
_FIELDS: Final = re.compile(r"[\w\[\],]+")
_WHOLE: Final = re.compile(r"-?[0-9]{1,17}")
_TYPES: Final = {
    "decimal": "float", "float": "float", "int": "int", "str": "string", "bool": "bool",
    "array": "array", "object": "array",
}  # fmt: skip
"""What the shop calls a type that we expected."""
_MOST_SHOWN: Final = 200
_DEEPEST: Final = 12
_MOST: Final = Decimal(10**12)
"""No amount or quantity is larger."""
_INVALID: Final = (
    'The "{}" value\'s type is invalid. The "{}" type was expected. Verify and try again.'
)


class Masked(Exception):
    """A fault that the shop writes to its log and hides from the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parsed(request: Request, *, limit: int) -> Any:
    """The JSON of a request's body.

    Raises:
        Refusal: it is too large, of another media type, or no JSON.
    """
    if len(request.body) > limit:
        raise refuse("too_large")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not media:
        raise refuse("no_content_type")
    if media != "application/json":
        raise refuse("content_type", [media])
    try:
        return _decode(request.body)
    except (msgspec.DecodeError, RecursionError, ValueError, ArithmeticError):
        raise refuse("decoding") from None


def body(request: Request, *, limit: int) -> Raw:
    """The parameters that a body gives; a list gives none.

    Raises:
        Refusal: see :func:`parsed`; or it is a bare value.
    """
    found = parsed(request, limit=limit)
    if isinstance(found, dict):
        return found
    if isinstance(found, list):
        return {}
    raise refuse("decoding")


@lru_cache(maxsize=4096)
def nested(query: str) -> Raw:
    """A query with PHP's brackets as nested values. To be read only: calls share it.

    Lists may be numbered or not; ``a[b][]=1`` is ``{"a": {"b": ["1"]}}``.
    """
    made: Raw = {}
    for name, value in Request("GET", "", query).parameters():
        head, bracket, _ = name.partition("[")
        steps = [head, *(_BRACKETS.findall(name) if bracket else ())][:_DEEPEST]
        place = made
        for step in steps[:-1]:
            inner = place.get(step)
            if not isinstance(inner, dict):
                inner = place[step] = {}
            place = inner
        place[steps[-1] or str(len(place))] = value
    return {name: _listed(value) for name, value in made.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    return list(inner.values()) if all(name.isdigit() for name in inner) else inner


class _Slot(NamedTuple):
    name: str
    spoken: str
    required: bool


@cache
def _slots(kind: type[Input]) -> tuple[_Slot, ...]:
    return tuple(
        _Slot(field.name, field.encode_name, field.required)
        for field in msgspec.structs.fields(kind)
    )


def spoken_names(kind: type[Input]) -> dict[str, str]:
    """All names that a call may use for the parameters, by either spelling."""
    return {name: slot.name for slot in _slots(kind) for name in (slot.spoken, slot.name)}


def read(kind: type[T], raw: Mapping[str, Any]) -> T:
    """The parameters of a call, typed.

    Raises:
        Refusal: one is missing or of a wrong type.
        Masked: an object has a property that the shop does not know.
    """
    given: Raw = {}
    missing: list[str] = []
    for name, spoken, wanted in _slots(kind):
        value = raw.get(spoken)
        if value is None:
            value = raw.get(name)
        if value is not None:
            given[spoken] = value
        elif wanted:
            missing.append(spoken)
    if missing:
        raise required(missing)
    try:
        made = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _wrong(str(error), given) from None
    _bound(made, _amounts(kind), depth=1)
    return made


class _Amounts(NamedTuple):
    """Where the amounts of a shape are: its own fields, and those that hold such shapes."""

    own: tuple[tuple[str, str], ...]
    within: tuple[tuple[str, Any], ...]


@cache
def _amounts(kind: type[msgspec.Struct]) -> _Amounts:
    own, within = [], []
    for field in msgspec.structs.fields(kind):
        for each in _named(field.type):
            if each is Decimal:
                own.append((field.name, field.encode_name))
            elif isinstance(each, type) and issubclass(each, msgspec.Struct):
                inner = _amounts(each)
                if inner != _NO_AMOUNTS:
                    within.append((field.name, inner))
    return _Amounts(tuple(own), tuple(within))


_NO_AMOUNTS: Final = _Amounts((), ())


def _named(kind: Any) -> Iterator[Any]:
    """The plain types that a type is made of."""
    inner = get_args(kind)
    if not inner:
        yield kind
    for each in inner:
        yield from _named(each)


def _bound(made: Any, amounts: _Amounts, *, depth: int) -> None:
    """See that amounts are numbers; beyond what a column holds they are its end."""
    for name, spoken in amounts.own:
        value = getattr(made, name)
        if value is None or (value.is_finite() and -_MOST < value < _MOST):
            continue
        if value.is_finite():
            setattr(made, name, _MOST.copy_sign(value))
            continue
        said = _INVALID.format(value, "float")
        if depth > 1:
            said = f'Error occurred during "{spoken}" processing. {said}'
        raise Refusal(400, said)
    for name, inner in amounts.within:
        found = getattr(made, name)
        for each in found if isinstance(found, list) else () if found is None else (found,):
            _bound(each, inner, depth=depth + 1)


def _wrong(text: str, given: Raw) -> Exception:
    """What the shop says of a value that does not fit."""
    unknown = _UNKNOWN.search(text)
    if unknown is not None:
        return Masked(f'Property "{unknown.group(1)}" does not have accessor method.')
    missing = _MISSING.search(text)
    if missing is not None:
        return required([missing.group(1)])
    place = _AT.search(text)
    value: Any = given
    last, depth = "", 0
    for name, index in _STEP.findall(place.group(1)) if place is not None else ():
        try:
            value = value[name] if name else value[int(index)]
        except (KeyError, IndexError, TypeError):
            break
        last, depth = name or last, depth + 1
    expected = _EXPECTED.search(text)
    wanted = _TYPES.get(expected.group(1), "string") if expected is not None else "float"
    said = _INVALID.format(_shown(value), wanted)
    if depth > 1 and last:
        said = f'Error occurred during "{last}" processing. {said}'
    return Refusal(400, said)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else encode(value).decode()
    return text[:_MOST_SHOWN]


def whole(text: str) -> int:
    """A number in the path.

    Raises:
        Refusal: it is none.
    """
    if _WHOLE.fullmatch(text):
        return int(text)
    raise Refusal(400, _INVALID.format(text[:_MOST_SHOWN], "int"))


def number(text: str) -> Decimal:
    """A quantity in the path.

    Raises:
        Refusal: it is none.
    """
    try:
        found = Decimal(text)
    except ArithmeticError:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > _MOST:
        raise Refusal(400, _INVALID.format(text[:_MOST_SHOWN], "float"))
    return found


def answer(result: Any, request: Request, query: Raw) -> Response:
    """A result as the caller wants it: JSON, XML, or only some of its fields.

    Raises:
        Refusal: the caller accepts neither JSON nor XML.
    """
    wanted = request.headers.get("accept", "")
    shown = [] if result is None else result
    if "fields" in query:
        shown = _only(shown, query["fields"])
    if _wants_xml(wanted):
        plain = msgspec.to_builtins(shown, builtin_types=(Decimal,))
        text = f'<?xml version="1.0"?>\n<response>{_xml(plain)}</response>\n'
        return Response(200, text.encode(), {"content-type": XML})
    return Response(200, encode(shown), {"content-type": JSON})


@lru_cache(maxsize=256)
def _wants_xml(accept: str) -> bool:
    medias = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    for media in medias:
        if media in ("", "*/*", "application/*", "application/json"):
            return False
        if media in ("application/xml", "text/xml"):
            return True
    raise refuse("accept")


_TAG: Final = re.compile(r"[^\w.-]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ((_TAG.sub("_", str(name)), each) for name, each in value.items())
        return "".join(f"<{name}>{_xml(each)}</{name}>" for name, each in pairs)
    if isinstance(value, list | tuple):
        return "".join(f"<item>{_xml(each)}</item>" for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _CONTROL.sub("", escape("" if value is None else str(value)))


def _only(shown: Any, wanted: Any) -> Any:
    tree = _fields(wanted) if isinstance(wanted, str) else None
    if tree is None:
        return []
    return _pruned(msgspec.to_builtins(shown, builtin_types=(Decimal,)), tree)


@lru_cache(maxsize=1024)
def _fields(text: str) -> Raw | None:
    """``a[b,c],d`` as nested names; None: it is malformed."""
    if not _FIELDS.fullmatch(text):
        return None
    root: Raw = {}
    open_ones = [root]
    last: Raw | None = None
    for part in re.findall(r"\w+|[\[\],]", text):
        if part == "[":
            if last is None or len(open_ones) > _DEEPEST:
                return None
            open_ones.append(last)
            last = None
        elif part == "]":
            if len(open_ones) == 1:
                return None
            open_ones.pop()
        elif part != ",":
            last = open_ones[-1].setdefault(part, {})
    return root if len(open_ones) == 1 else None


def _pruned(value: Any, tree: Raw) -> Any:
    if isinstance(value, list):
        return [_pruned(each, tree) for each in value]
    if not isinstance(value, dict):
        return []
    return {
        name: _pruned(value[name], inner) if inner else value[name]
        for name, inner in tree.items()
        if name in value
    }
