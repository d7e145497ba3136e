"""Values out of payloads: paths, texts with gaps, transforms, conditions; all of it data.

A path is dotted: ``orderNumber``, ``lineItems.0.id``, ``lineItems.*.variant.sku`` (a list, whose
inner lists are flattened). A list that came as one bare object is read as a list of one, and
``{"@nil": "true"}`` as nothing: documents made from XML look so. ``$`` looks elsewhere: ``$meta``,
``$run``, ``$config``, ``$connection``, ``$outer`` (the record around), ``$index`` (1 on).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Meta

Json = Any
_SHALLOW: Final = 150
_LONGEST_NUMBER: Final = 18
_ROOM: Final = 300
"""Frames that are kept free for the interpreter below which a payload is written again."""
_GAP: Final = re.compile(r"\{([^{}]+)\}")


class Failure(Exception):
    """A shape could not do its work on a payload.

    ``again`` asks for the whole flow once more, ``final`` says that trying again is of no use.
    """

    def __init__(self, message: str, *, again: bool = False, final: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.again = again
        self.final = final


class Value(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"from_": "from"}):
    """Where a value comes from: exactly one of ``from``, ``const``, ``text``, ``each``, ``date_s``.

    ``text`` has gaps (``order:{orderNumber}``), ``each`` with ``fields`` makes a list of records,
    ``fields`` alone one record, ``date_s`` is so many seconds after the job was queued (in
    ``form``); beside ``text`` it fills the gap ``{$date}``. ``then`` are transforms, ``default``
    stands for nothing.
    """

    from_: str | None = None
    const: Any = msgspec.UNSET
    text: str | None = None
    each: str | None = None
    fields: dict[str, str | Value] | None = None
    date_s: Annotated[float, Meta(ge=-1e9, le=1e9)] | None = None
    form: str = "iso"
    then: tuple[tuple[Any, ...], ...] = ()
    default: Any = None


Source = str | Value
Fields = dict[str, str | Value]


class Condition(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"is_": "is"}):
    """Asks something of a record: of one ``field``, or ``all``, ``any`` or ``none`` of several.

    ``contains`` looks for a part of a text or a member of a list; it may have gaps.
    """

    field: str | None = None
    is_: Any = msgspec.UNSET
    is_not: Any = msgspec.UNSET
    within: list[Any] | None = None
    not_within: list[Any] | None = None
    exists: bool | None = None
    over: float | None = None
    under: float | None = None
    contains: str | None = None
    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    none: tuple[Condition, ...] | None = None


class Scope(msgspec.Struct):
    """What a path can see: the record, what is behind ``$``, and cross-reference tables."""

    record: Json
    roots: dict[str, Json]
    look_up: Callable[[str, Json, str], Json]
    queued_s: float
    """When the job was queued, in seconds since 1970: relative dates count from then."""

    def of(self, record: Json, **roots: Json) -> Scope:
        """The same, for another record."""
        return Scope(record, {**self.roots, **roots}, self.look_up, self.queued_s)


def decoded(body: bytes) -> Json:
    """A payload out of bytes: JSON, else the text that it is; nothing of an empty body.

    What is nested so deeply that little is left of the stack is text too: it has to be written
    again later, from further down.
    """
    if not body.strip():
        return None
    try:
        if body.count(b"[") + body.count(b"{") < _SHALLOW:
            return msgspec.json.decode(body)
        return _decoded_below(body, _ROOM)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.decode("utf-8", "replace")


def _decoded_below(body: bytes, frames: int) -> Json:
    return _decoded_below(body, frames - 1) if frames else msgspec.json.decode(body)


# --- paths ------------------------------------------------------------------------------------


def many(found: Json) -> list[Json]:
    """A list that may have come as one bare value, or not at all."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def get(scope: Scope, path: str) -> Json:
    """What stands at a path; None where nothing does."""
    if path.startswith("$"):
        root, _, path = path[1:].partition(".")
        found = scope.roots.get(root)
    else:
        found = scope.record
    return _walk(found, path.split(".")) if path else _plain(found)


def _walk(found: Json, steps: Sequence[str]) -> Json:
    for at, step in enumerate(steps):
        if step == "*":
            rest = steps[at + 1 :]
            flat: list[Json] = []
            for each in many(_plain(found)):
                value = _walk(each, rest) if rest else _plain(each)
                if isinstance(value, list):
                    flat += value
                elif value is not None:
                    flat.append(value)
            return flat
        if isinstance(found, dict) and (step in found or step != "0"):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        elif step == "0" and found is not None and not isinstance(found, list):
            continue
        else:
            return None
    return _plain(found)


def _plain(found: Json) -> Json:
    return None if isinstance(found, dict) and "@nil" in found else found


def put(record: dict[str, Json], path: str, value: Json) -> None:
    """Set what stands at a path; numbers make lists.

    Raises:
        Failure: something else stands in the way.
    """
    steps = path.split(".")
    here: Json = record
    for at, step in enumerate(steps):
        fresh: Json = value
        if at + 1 < len(steps):
            fresh = [] if steps[at + 1].isdigit() else {}
        if isinstance(here, dict):
            here = _into(here, step, fresh, last=at + 1 == len(steps))
        elif isinstance(here, list) and step.isdigit() and int(step) <= len(here):
            if int(step) == len(here):
                here.append(fresh)
            elif at + 1 == len(steps):
                here[int(step)] = fresh
            here = here[int(step)]
        else:
            raise Failure(f"{path}: {step} has no place in {type(here).__name__}")


def _into(here: dict[str, Json], step: str, fresh: Json, *, last: bool) -> Json:
    if last or step not in here:
        here[step] = fresh
    return here[step]


# --- values -----------------------------------------------------------------------------------


def value(scope: Scope, source: Source) -> Json:
    """What a source gives.

    Raises:
        Failure: a transform does not fit the value.
    """
    if isinstance(source, str):
        return get(scope, source)
    found = _first(scope, source)
    for step in source.then:
        try:
            found = TRANSFORMS[step[0]][0](scope, found, *step[1:])
        except (ValueError, TypeError, ArithmeticError, InvalidOperation) as error:
            raise Failure(f"{step[0]} of {found!r}: {error}") from None
    return source.default if found is None else found


def _first(scope: Scope, source: Value) -> Json:
    if source.from_ is not None:
        return get(scope, source.from_)
    if source.text is not None:
        if source.date_s is not None:
            scope = scope.of(scope.record, date=date(scope.queued_s + source.date_s, source.form))
        return fill(scope, source.text)
    if source.date_s is not None:
        return date(scope.queued_s + source.date_s, source.form)
    if source.each is not None:
        fields = source.fields or {}
        return [
            built(scope.of(row, outer=scope.record, index=index), fields)
            for index, row in enumerate(many(get(scope, source.each)), start=1)
        ]
    if source.fields is not None:
        return built(scope, source.fields)
    return None if source.const is msgspec.UNSET else source.const


def built(scope: Scope, fields: Mapping[str, Source]) -> dict[str, Json]:
    """A record of its own out of another one; what comes to nothing is left out."""
    made: dict[str, Json] = {}
    for path, source in fields.items():
        found = value(scope, source)
        if found is not None:
            put(made, path, found)
    return made


def fill(scope: Scope, text: str, *, quoted: bool = False) -> str:
    """A text whose gaps are filled; ``quoted`` makes it safe inside a URL."""

    def gap(match: re.Match[str]) -> str:
        found = get(scope, match[1])
        told = "" if found is None else said(found)
        return quote(told, safe="") if quoted else told

    return _GAP.sub(gap, text) if "{" in text else text


def said(found: Json) -> str:
    """A value as text."""
    if isinstance(found, str):
        return found
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    return msgspec.json.encode(found).decode()


def date(wall_s: float, form: str) -> str:
    """A moment as text, in UTC; the form is one of :data:`FORMS`."""
    return datetime.fromtimestamp(wall_s, UTC).strftime(FORMS[form])


FORMS: Final = {
    "iso": "%Y-%m-%dT%H:%M:%SZ", "local": "%Y-%m-%dT%H:%M:%S", "spaced": "%Y-%m-%d %H:%M:%S",
    "day": "%Y%m%d",
}  # fmt: skip
"""How a date can be written: with its zone, without one, the day alone."""


def _decimal(_scope: Scope, found: Json, digits: int = 2) -> str | None:
    return None if found is None else str(Decimal(found).scaleb(-digits).quantize(
        Decimal(1).scaleb(-digits)))  # fmt: skip


def _minor(_scope: Scope, found: Json, digits: int = 2) -> int | None:
    return None if found is None else int(Decimal(str(found)).scaleb(digits).to_integral_value())


def _age_s(scope: Scope, found: Json) -> float:
    """Seconds from a moment in ISO form to when the job was queued."""
    return scope.queued_s - datetime.fromisoformat(said(found)).replace(tzinfo=UTC).timestamp()


def _units(_scope: Scope, found: Json) -> int | None:
    return None if found is None else _whole(found)


def _whole(found: Json) -> int:
    number = Decimal(str(found))
    if number.is_finite() and number.adjusted() > _LONGEST_NUMBER:
        raise ValueError("too large")
    return int(number)


def _join(_scope: Scope, found: Json, between: str = ",") -> str:
    return between.join(said(each) for each in many(found))


def _total(_scope: Scope, found: Json) -> int:
    return sum(_whole(each) for each in many(found))


def _spread(_scope: Scope, found: Json, rows: str, *named: str) -> list[Json]:
    """The rows inside each record, with some fields of the record around them."""
    return [
        {**row, **{name: record.get(name) for name in named}}
        for record in many(found)
        for row in many(record.get(rows))
    ]


def _keep(_scope: Scope, found: Json, condition: Mapping[str, Any]) -> list[Json]:
    wanted = msgspec.convert(condition, Condition)
    return [each for each in many(found) if holds(_scope.of(each, outer=_scope.record), wanted)]


Transform = Callable[..., Json]
TRANSFORMS: Final[dict[str, tuple[Transform, int, int]]] = {
    "text": (lambda _s, found: None if found is None else said(found), 0, 0),
    "units": (_units, 0, 0),
    "decimal": (_decimal, 0, 1),
    "minor": (_minor, 0, 1),
    "upper": (lambda _s, found: None if found is None else said(found).upper(), 0, 0),
    "lower": (lambda _s, found: None if found is None else said(found).lower(), 0, 0),
    "trim": (lambda _s, found: said(found).strip() or None if found is not None else None, 0, 0),
    "age_s": (_age_s, 0, 0),
    "replace": (lambda _s, found, *how: None if found is None else said(found).replace(*how), 2, 2),
    "cut": (lambda _s, found, length: None if found is None else said(found)[:length], 1, 1),
    "first": (lambda _s, found: (many(found) or [None])[0], 0, 0),
    "last": (lambda _s, found: (many(found) or [None])[-1], 0, 0),
    "count": (lambda _s, found: len(many(found)), 0, 0),
    "total": (_total, 0, 0),
    "unique": (lambda _s, found: list(dict.fromkeys(many(found))), 0, 0),
    "join": (_join, 0, 1),
    "keep": (_keep, 1, 1),
    "spread": (_spread, 1, 9),
    "values": (lambda _s, found: list(found.values()) if isinstance(found, dict) else found, 0, 0),
    "many": (lambda _s, found: many(found), 0, 0),
    "times": (lambda _s, found, factor: None if found is None else found * factor, 1, 1),
    "at_least": (lambda _s, found, least: None if found is None else max(found, least), 1, 1),
    "lookup": (
        lambda scope, found, table, direction="left_to_right": scope.look_up(
            table, found, direction
        ), 1, 2,
    ),
}  # fmt: skip
"""What can be done to a value, with the fewest and the most further arguments."""


# --- conditions -------------------------------------------------------------------------------


def holds(scope: Scope, asked: Condition) -> bool:
    """Whether a condition holds of the scope's record."""
    if asked.all is not None and not all(holds(scope, each) for each in asked.all):
        return False
    if asked.any is not None and not any(holds(scope, each) for each in asked.any):
        return False
    if asked.none is not None and any(holds(scope, each) for each in asked.none):
        return False
    return asked.field is None or _field_holds(scope, get(scope, asked.field), asked)


def _field_holds(scope: Scope, found: Json, asked: Condition) -> bool:
    checks = (
        asked.is_ is msgspec.UNSET or found == asked.is_,
        asked.is_not is msgspec.UNSET or found != asked.is_not,
        asked.within is None or found in asked.within,
        asked.not_within is None or found not in asked.not_within,
        asked.exists is None or (found not in (None, [])) == asked.exists,
        asked.over is None or (_number(found) is not None and _number(found) > asked.over),
        asked.under is None or (_number(found) is not None and _number(found) < asked.under),
        asked.contains is None or _has(found, fill(scope, asked.contains)),
    )
    return all(checks)


def _has(found: Json, part: str) -> bool:
    if isinstance(found, list):
        return part in found
    return found is not None and part in said(found)


def _number(found: Json) -> Any:
    try:
        return None if found is None or isinstance(found, bool) else Decimal(str(found))
    except InvalidOperation:
        return None
