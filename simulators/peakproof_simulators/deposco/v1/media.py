"""Which form a caller of V1 sends and wants, and the documents in that form."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import msgspec
from lxml import etree

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import JSON, bare
from peakproof_simulators.deposco.payloads.common import bare as one_or_all
from peakproof_simulators.deposco.payloads.roots import ROOTS
from peakproof_simulators.deposco.v1.paging import note_all
from peakproof_simulators.deposco.xml import (
    NAMESPACE,
    Malformed,
    as_json,
    parse,
    pruned,
    read,
    without_nil,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.deposco.written import Sheet
    from peakproof_simulators.kit.service import Call

T = TypeVar("T", bound=msgspec.Struct)
U = TypeVar("U", bound=msgspec.Struct)

XML: Final = {"content-type": "application/xml"}
MEDIA: Final = ("application/xml", "application/json")
_FORMS: Final[dict[str, str]] = {
    "application/xml": "xml",
    "text/xml": "xml",
    "application/json": "json",
    "text/json": "json",
    "*/*": "any",
    "application/*": "any",
}


class Accepted(NamedTuple):
    """What an ``Accept`` header amounts to."""

    json: bool
    """JSON is what the caller likes best."""
    xml: bool
    """XML would do."""


@lru_cache(maxsize=256)
def accepted(header: str) -> Accepted:
    """The forms that a caller takes; XML when it does not say."""
    liked: list[tuple[float, int, str]] = []
    for position, entry in enumerate(header.split(",")):
        name, *parameters = entry.split(";")
        form = _FORMS.get(name.strip().lower())
        if form is not None:
            liked.append((-_weight(parameters), position, form))
    forms = [form for weight, _position, form in sorted(liked) if weight < 0]
    if not forms:
        return Accepted(json=False, xml=True)
    return Accepted(json=forms[0] == "json", xml="xml" in forms or "any" in forms)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def accept(call: Call) -> Accepted:
    """The forms that the caller of this call takes."""
    return accepted(call.request.headers.get("accept", ""))


def xml_only(call: Call) -> None:
    """Refuse a caller that takes nothing but JSON: this read has none (observed: 400)."""
    if not accept(call).xml:
        raise bare(400)


# --- out ------------------------------------------------------------------------------


def answer(
    store: Deposco, call: Call, document: msgspec.Struct, *, status: int = 200, json: bool = True
) -> Response:
    """A document in the form that the caller wants; ``json`` False where there is only XML."""
    if json and accept(call).json:
        isms = store.settings.xml_isms_in_json
        body = _ENCODE(as_json(document, isms=isms))
        return Response(status, body, dict(JSON))
    return Response(status, write(ROOTS[type(document)], document), dict(XML))


def answer_written(
    store: Deposco, call: Call, kind: Callable[[Any], msgspec.Struct], sheets: list[Sheet], *,
    status: int,
) -> Response:  # fmt: skip
    """A collection in JSON whose members are written already; notes their keys."""
    note_all(call, [sheet.keys for sheet in sheets])
    members = [sheet.json for sheet in sheets]
    shown = one_or_all(members) if store.settings.xml_isms_in_json else members
    return Response(status, _ENCODE(kind(shown)), dict(JSON))


_ENCODE: Final = msgspec.json.Encoder().encode


# --- in -------------------------------------------------------------------------------


def take(store: Deposco, call: Call, kind: type[T]) -> T:
    """The request's body as a document of a kind.

    Raises:
        VendorError: 415 for another media type, a bare 400 for a body that is malformed, that
            has an unknown field, or that lacks a required one.
    """
    found: T = _taken(store, call, (kind,))
    return found


def take_either(store: Deposco, call: Call, first: type[T], second: type[U]) -> T | U:
    """The request's body as the first of two kinds that it fits.

    Raises:
        VendorError: as for :func:`take`.
    """
    found: T | U = _taken(store, call, (first, second))
    return found


def _taken(store: Deposco, call: Call, kinds: tuple[type[msgspec.Struct], ...]) -> Any:
    request = call.request
    form = _form(request.headers.get("content-type", ""), request.body)
    refuse_unknown = store.settings.refuse_unknown_fields
    try:
        if form == "json":
            return _from_json(request.body, kinds, refuse_unknown=refuse_unknown)
        return _from_xml(store, request.body, kinds, refuse_unknown=refuse_unknown)
    except (Malformed, msgspec.MsgspecError, ValueError, RecursionError):
        raise bare(400) from None


def _form(header: str, body: bytes) -> str:
    if not header:
        return "json" if body.lstrip()[:1] in (b"{", b"[") else "xml"
    form = _FORMS.get(header.partition(";")[0].strip().lower(), "")
    if form not in ("xml", "json"):
        raise bare(415)
    return form


_DECODERS: dict[type[msgspec.Struct], msgspec.json.Decoder[Any]] = {}


def _from_json(
    body: bytes, kinds: tuple[type[msgspec.Struct], ...], *, refuse_unknown: bool
) -> Any:
    refusal: Exception = Malformed("no kind fits")
    for kind in kinds:
        try:
            if refuse_unknown and b'"@nil"' not in body:
                decoder = _DECODERS.get(kind)
                if decoder is None:
                    decoder = _DECODERS[kind] = msgspec.json.Decoder(kind, strict=False)
                return decoder.decode(body)
            tree = without_nil(msgspec.json.decode(body))
            if not refuse_unknown:
                tree = pruned(tree, kind)
            return msgspec.convert(tree, kind, strict=False)
        except msgspec.MsgspecError as error:
            refusal = error
    raise refusal


def _from_xml(
    store: Deposco, body: bytes, kinds: tuple[type[msgspec.Struct], ...], *,
    refuse_unknown: bool,
) -> Any:  # fmt: skip
    root = parse(body)
    name = etree.QName(root)
    for kind in kinds:
        wanted = ROOTS[kind]
        if name.localname != wanted.name:
            continue
        space = f"{NAMESPACE}{wanted.space}" if wanted.space else None
        if store.settings.require_root_namespace and name.namespace != space:
            continue
        return read(root, kind, refuse_unknown=refuse_unknown)
    raise Malformed(f"unexpected root {name.text}")
