"""What the status of a consignment does to the shelves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from peakproof_simulators.pos import transfers
from peakproof_simulators.pos.refusals import NotAllowed

if TYPE_CHECKING:
    from peakproof_simulators.pos.lightspeed.books import (
        Consignment,
        ConsignmentStatus,
        ConsignmentType,
        Goods,
    )
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.sale import Transfer

Act = Callable[["Lightspeed", "Consignment"], "Consignment"]


def move_on(face: Lightspeed, one: Consignment, status: ConsignmentStatus) -> None:
    """Take a consignment to its next status.

    Raises:
        VendorError: it has no products, or nothing was received.
    """
    if one.type == "SUPPLIER" and not one.goods:
        raise _no(face, one, "A consignment without products cannot move on")
    act = _ACTS.get((one.type, status))
    if one.type == "OUTLET":
        # The tills' transfer tells of the new status itself.
        assert act is not None
        act(face, one)
        return
    now = one if act is None else act(face, one)
    now = replace(now, status=status, updated_ms=face.pos.now_ms)
    face.consignments.put(now.id, now)
    tell(face, now)


def tell(face: Lightspeed, one: Consignment) -> None:
    """Send word of goods that were sent or received."""
    if one.status == "SENT":
        face.notices.mark("consignment.send", one.id)
    elif one.status == "RECEIVED":
        face.notices.mark("consignment.receive", one.id)


def transfer_of(face: Lightspeed, one: Consignment) -> Transfer:
    """The tills' transfer behind a consignment."""
    found = face.pos.transfers.get(one.transfer)
    assert found is not None
    return found


def level_e5(face: Lightspeed, one: Consignment, variant: str) -> int:
    """What the outlet of a consignment has."""
    return face.pos.stock.units_e5(variant, one.outlet)


def _no(face: Lightspeed, one: Consignment, message: str) -> Exception:
    return face.no(422, message, about=one.reference or one.id)


def _take_in(face: Lightspeed, one: Consignment) -> Consignment:
    """A supplier's goods are on the shelf."""
    seen = {key: goods.received_e5 or 0 for key, goods in one.goods.items()}
    if not any(seen.values()):
        raise _no(face, one, "Nothing of this consignment was received")
    for variant, units_e5 in seen.items():
        if units_e5:
            face.pos.move(
                variant=variant, units_e5=units_e5, src=("outside", one.outlet),
                dst=("on_hand", one.outlet), cause="receipt", occurred_ms=face.pos.now_ms,
                by_till=False, reason="received", reference=one.reference or one.id,
            )  # fmt: skip
    return replace(_done(face, one), received_ms=face.pos.now_ms)


def _send_back(face: Lightspeed, one: Consignment) -> Consignment:
    """Goods leave for the supplier."""
    for variant, goods in one.goods.items():
        if goods.count_e5:
            face.pos.move(
                variant=variant, units_e5=goods.count_e5, src=("on_hand", one.outlet),
                dst=("outside", one.outlet), cause="adjust", occurred_ms=face.pos.now_ms,
                by_till=False, reason="VENDOR_RETURN", reference=one.reference or one.id,
            )  # fmt: skip
    return _done(face, one)


def _send(face: Lightspeed, one: Consignment) -> Consignment:
    """Goods leave for another outlet."""
    try:
        transfers.start(face.pos, transfer_of(face, one))
    except NotAllowed as error:
        raise _no(face, one, error.detail) from error
    return one


def _call_back(face: Lightspeed, one: Consignment) -> Consignment:
    """What is under way is the source's again."""
    try:
        transfers.cancel(face.pos, transfer_of(face, one))
    except NotAllowed as error:
        raise _no(face, one, error.detail) from error
    return one


def _arrive(face: Lightspeed, one: Consignment) -> Consignment:
    """Goods of a transfer are there; what is missing is written off, or the source's again."""
    transfer, settings = transfer_of(face, one), face.settings
    left = {
        variant: goods.received_e5 - _received_e5(transfer, variant)
        for variant, goods in one.goods.items()
        if goods.received_e5 is not None
    }
    receipts = []
    for line in transfer.lines:
        pending = line.pending_e5
        came = pending if settings.unstated_received == "count" else 0
        if line.variant in left:
            came = max(0, min(left[line.variant], pending))
            left[line.variant] -= came
        missing = pending - came
        back = missing if settings.short_transfer == "returned" else 0
        receipts.append(transfers.Receipt(line.uid, came, missing - back, back))
    if any(more > 0 for more in left.values()):
        raise _no(face, one, "More was received than was sent")
    try:
        transfers.receive(face.pos, transfer, receipts)
    except NotAllowed as error:
        raise _no(face, one, error.detail) from error
    return one


def _received_e5(transfer: Transfer, variant: str) -> int:
    return sum(line.received_e5 for line in transfer.lines if line.variant == variant)


def _begin_count(face: Lightspeed, one: Consignment) -> Consignment:
    """What is expected is what is there when the count begins."""
    goods = {
        variant: replace(each, count_e5=level_e5(face, one, variant))
        for variant, each in one.goods.items()
    }
    return replace(one, goods=goods)


def _finish_count(face: Lightspeed, one: Consignment) -> Consignment:
    """Figures become what was counted, or move by the difference to what was expected."""
    gain_e5 = loss_e5 = 0
    for variant, goods in one.goods.items():
        if goods.received_e5 is None:
            continue
        difference = goods.received_e5 - (goods.count_e5 or 0)
        gain_e5 += max(difference, 0)
        loss_e5 += max(-difference, 0)
        units_e5 = goods.received_e5
        if face.settings.stocktake == "shifts":
            units_e5 = level_e5(face, one, variant) + difference
        face.pos.count(
            variant=variant, place=one.outlet, units_e5=units_e5, occurred_ms=face.pos.now_ms,
            cause="count", by_till=False, reason="recount", reference=one.reference or one.id,
        )  # fmt: skip
    return replace(_done(face, one), gain_e5=gain_e5, loss_e5=loss_e5)


def _done(face: Lightspeed, one: Consignment) -> Consignment:
    """All products of a consignment are finished."""
    now_ms = face.pos.now_ms
    goods: dict[str, Goods] = {
        variant: replace(each, done=True, updated_ms=now_ms, version=face.versions.take())
        for variant, each in one.goods.items()
    }
    return replace(one, goods=goods)


_ACTS: Final[dict[tuple[ConsignmentType, ConsignmentStatus], Act]] = {
    ("SUPPLIER", "RECEIVED"): _take_in,
    ("RETURN", "SENT"): _send_back,
    ("OUTLET", "SENT"): _send,
    ("OUTLET", "RECEIVED"): _arrive,
    ("OUTLET", "CANCELLED"): _call_back,
    ("STOCKTAKE", "STOCKTAKE_IN_PROGRESS"): _begin_count,
    ("STOCKTAKE", "STOCKTAKE_COMPLETE"): _finish_count,
}
"""What happens when a consignment of a type becomes a status; all others only say so."""
