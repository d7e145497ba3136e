"""Consignments as documents: created, read, changed, deleted; the tills' transfers among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos import transfers
from peakproof_simulators.pos.lightspeed import consigning
from peakproof_simulators.pos.lightspeed.books import FIRST, MOVES, Consignment, Goods
from peakproof_simulators.pos.lightspeed.cards import masked
from peakproof_simulators.pos.lightspeed.consignment_view import consignment_view
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.payloads.consignments import (
    ConsignmentAnswer,
    ConsignmentRequest,
    ConsignmentsAnswer,
)
from peakproof_simulators.pos.lightspeed.surface import span, word
from peakproof_simulators.pos.refusals import NotAllowed

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.books import ConsignmentStatus
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.sale import Transfer, TransferState

_REQUEST: Final = Decoder(ConsignmentRequest)

STATES: Final[dict[TransferState, ConsignmentStatus]] = {
    "draft": "OPEN",
    "started": "SENT",
    "partially_received": "SENT",
    "completed": "RECEIVED",
    "cancelled": "CANCELLED",
}
"""What a transfer of the tills is called here."""

_GONE: Final = frozenset({"SENT", "DISPATCHED", "RECEIVED", "STOCKTAKE_COMPLETE"})
"""States in which goods have moved, or are about to: nothing is deleted any more."""


def follow(face: Lightspeed, was: Transfer | None, now: Transfer | None) -> None:
    """A transfer of the tills changed, whoever changed it."""
    if now is None:
        known = None if was is None else face.consignments.get(was.id)
        if known is not None:
            face.consignments.put(known.thing.id, known.thing, deleted=True)
        return
    known = face.consignments.get(now.id)
    status, now_ms = STATES[now.state], face.pos.now_ms
    before = (
        Consignment(
            id=now.id, type="OUTLET", status=status, outlet=now.dst, source=now.src,
            created_ms=now.created_ms, updated_ms=now_ms, transfer=now.id,
        )
        if known is None
        else known.thing
    )  # fmt: skip
    after = replace(
        before, status=status, outlet=now.dst, source=now.src, name=now.notes or before.name,
        updated_ms=now_ms, received_ms=now.completed_ms, goods=_of_transfer(face, before, now),
    )  # fmt: skip
    face.consignments.put(now.id, after)
    if known is None or before.status != status:
        consigning.tell(face, after)


def list_consignments(face: Lightspeed, call: Call) -> Response:
    """All consignments by version, as far as type, status and outlet fit."""
    kind, status, uuid = word(call, "type"), word(call, "status"), word(call, "outlet_id")
    place = None if uuid is None else face.names.meant("outlet", uuid)

    def keep(one: Consignment) -> bool:
        return (
            kind in (None, one.type)
            and status in (None, one.status)
            and place in (None, one.outlet, one.source)
        )

    entries = face.page(call, face.consignments, keep)
    views = [consignment_view(face, entry) for entry in entries]
    return face.reply(ConsignmentsAnswer(data=views, version=span(entries)))


def get(face: Lightspeed, call: Call) -> Response:
    """One consignment."""
    return face.reply(ConsignmentAnswer(data=consignment_view(face, known(face, call))))


def create(face: Lightspeed, call: Call) -> Response:
    """A new consignment."""
    asked = face.read(call, _REQUEST)
    if asked.type is UNSET or asked.outlet_id is UNSET:
        raise refusal(400, "type and outlet_id are required")
    kind, first = asked.type, FIRST[asked.type]
    status = first[0] if asked.status is UNSET else asked.status
    if status not in first:
        raise refusal(422, f"A consignment of type {kind} cannot be created {status}")
    outlet = face.place(asked.outlet_id)
    source = _source(face, asked)
    if (kind == "OUTLET") != bool(source):
        raise refusal(422, "source_outlet_id goes with the type OUTLET")
    if kind == "OUTLET":
        try:
            transfer = transfers.draft(face.pos, source, outlet, ())
        except NotAllowed as error:
            raise refusal(422, error.detail) from error
        found = face.consignments.get(transfer.id)
        assert found is not None
        one = found.thing
    else:
        now_ms = face.pos.now_ms
        one = Consignment(face.ids.uuid(), kind, status, outlet, now_ms, now_ms)
    entry = face.consignments.put(one.id, replace(one, **_remarks(face, asked)))
    return face.reply(ConsignmentAnswer(data=consignment_view(face, entry)), 201)


def update(face: Lightspeed, call: Call) -> Response:
    """Change a consignment, and move it on: its status is what moves goods."""
    one = known(face, call).thing
    asked = face.read(call, _REQUEST)
    if asked.type not in (UNSET, one.type):
        raise refusal(422, f"A consignment of type {one.type} stays one")
    status = one.status if asked.status is UNSET else asked.status
    if not MOVES[one.type][one.status]:
        raise _no(face, one, f"A consignment that is {one.status} cannot be updated")
    if status != one.status and status not in MOVES[one.type][one.status]:
        raise _no(face, one, f"A consignment that is {one.status} cannot be {status}")
    changes = _remarks(face, asked) | _ends(face, one, asked, moves=status != one.status)
    if status != one.status:
        consigning.move_on(face, one, status)
        one = known(face, call).thing
    if changes:
        face.consignments.put(one.id, replace(one, updated_ms=face.pos.now_ms, **changes))
    for variant in one.goods:
        face.name_cell(call, variant, one.outlet)
    return face.reply(ConsignmentAnswer(data=consignment_view(face, known(face, call))))


def delete(face: Lightspeed, call: Call) -> Response:
    """Delete a consignment that has moved nothing."""
    one = known(face, call).thing
    if one.status in _GONE or (one.transfer and one.status != "OPEN"):
        raise _no(face, one, f"A consignment that is {one.status} cannot be deleted")
    if one.transfer:
        transfer = face.pos.transfers.get(one.transfer)
        assert transfer is not None
        face.pos.remove_transfer(transfer)
    else:
        face.consignments.put(one.id, one, deleted=True)
    return Response(204)


def known(face: Lightspeed, call: Call) -> Entry[Consignment]:
    """The consignment that a path names.

    Raises:
        VendorError: there is none.
    """
    uuid = call.params["consignment_id"]
    found = face.consignments.get(face.names.meant("consignment", uuid))
    if found is None or found.deleted:
        raise refusal(404, f"There is no consignment {uuid}")
    return found


def _no(face: Lightspeed, one: Consignment, message: str) -> Any:
    return face.no(422, message, about=one.reference or one.id)


def _source(face: Lightspeed, asked: ConsignmentRequest) -> str:
    given = asked.source_outlet_id
    return face.place(given, "source_outlet_id") if isinstance(given, str) else ""


def _remarks(face: Lightspeed, asked: ConsignmentRequest) -> dict[str, Any]:
    """What is kept as it was told."""
    names = {
        "name": asked.name, "reference": asked.reference, "supplier": asked.supplier_id,
        "invoice": asked.supplier_invoice, "due_at": asked.due_at,
    }  # fmt: skip
    changes: dict[str, Any] = {
        name: masked(face, value) if name == "name" and value else value or ""
        for name, value in names.items()
        if value is not UNSET
    }
    if asked.show_inactive is not UNSET:
        changes["show_inactive"] = asked.show_inactive
    return changes


def _ends(
    face: Lightspeed, one: Consignment, asked: ConsignmentRequest, *, moves: bool
) -> dict[str, Any]:
    """Where goods go; it cannot change while they move, nor after."""
    outlet = one.outlet if asked.outlet_id is UNSET else face.place(asked.outlet_id)
    source = _source(face, asked) or one.source
    if (outlet, source) == (one.outlet, one.source):
        return {}
    early = one.status in ("OPEN", "STOCKTAKE_SCHEDULED") and not moves
    if not early or (source and one.type != "OUTLET"):
        raise _no(face, one, "The outlets of a consignment cannot change any more")
    if outlet == source:
        raise _no(face, one, "The two outlets of a transfer must differ")
    if one.transfer:
        transfer = face.pos.transfers.get(one.transfer)
        assert transfer is not None
        face.pos.change_transfer(transfer, src=source, dst=outlet)
    return {"outlet": outlet, "source": source}


def _of_transfer(face: Lightspeed, before: Consignment, now: Transfer) -> dict[str, Goods]:
    """The products of a transfer; what was only noted as received stays noted."""
    counts: dict[str, int] = {}
    received: dict[str, int] = {}
    for line in now.lines:
        counts[line.variant] = counts.get(line.variant, 0) + line.ordered_e5
        received[line.variant] = received.get(line.variant, 0) + line.received_e5
    goods: dict[str, Goods] = {}
    now_ms, done = face.pos.now_ms, now.state == "completed"
    for variant, count_e5 in counts.items():
        was = before.goods.get(variant)
        seen = received[variant] if done or received[variant] else None
        if was is None:
            goods[variant] = Goods(
                variant, now_ms, now_ms, face.versions.take(), count_e5, seen, done=done
            )
            continue
        seen = was.received_e5 if seen is None else seen
        if (was.count_e5, was.received_e5, was.done) != (count_e5, seen, done):
            was = replace(
                was, count_e5=count_e5, received_e5=seen, done=done, updated_ms=now_ms,
                version=face.versions.take(),
            )  # fmt: skip
        goods[variant] = was
    return goods
