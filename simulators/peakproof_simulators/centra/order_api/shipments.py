"""Shipments and returns in the Order API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from peakproof_simulators.centra import returns, shipments
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.order_api import reading, shown
from peakproof_simulators.centra.order_api.payloads import (
    Answer,
    CaptureAsked,
    ReturnAnswer,
    ReturnChange,
    ReturnMake,
    ReturnRow,
    ReturnsAnswer,
    ShipmentAnswer,
    ShipmentChange,
    ShipmentChanged,
    ShipmentFinish,
    ShipmentMake,
    ShipmentsAnswer,
)
from peakproof_simulators.kit.service import Call

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Order, Return, Shipment
    from peakproof_simulators.centra.state import Centra

_MAKE: Final = msgspec.json.Decoder(ShipmentMake)
_FINISH: Final = msgspec.json.Decoder(ShipmentFinish)
_CHANGE: Final = msgspec.json.Decoder(ShipmentChange)
_CAPTURE: Final = msgspec.json.Decoder(CaptureAsked)
_RETURN: Final = msgspec.json.Decoder(ReturnMake)
_RETURN_CHANGE: Final = msgspec.json.Decoder(ReturnChange)

STATES: Final = ("inprogress", "goodtogo", "completed")


def _state(found: Shipment) -> str:
    if found.complete:
        return "completed"
    return "goodtogo" if found.good_to_go else "inprogress"


def listed(centra: Centra, call: Call) -> ShipmentsAnswer:
    """Shipments that are good to go (unless another status is asked for), oldest first. It is no
    queue: who asks again gets the same."""
    wanted = call.one("status") or "goodtogo"
    if wanted not in STATES:
        raise reading.no("Invalid value for status")
    newer, older = (reading.moment(centra, call, name) for name in ("newer_than", "older_than"))
    one = reading.number(call, "order", 0)
    order = centra.orders.get(one)
    ids = centra.shipments.by_id if not one else (order.shipments if order is not None else ())
    found = (
        shipment
        for shipment in centra.shipments.seen(ids, call.stale_s)
        if _state(shipment) == wanted
        and reading.serves(centra, centra.orders.by_id[shipment.order])
        and (newer is None or shipment.created_s > newer)
        and (older is None or shipment.created_s < older)
    )
    made = reading.rows(call, found)
    for each in made:
        centra.note(f"order:{each.order}")
    return ShipmentsAnswer(status="ok", shipments=[shown.shipment(centra, each) for each in made])


def _info(asked: ShipmentMake | ShipmentFinish) -> dict[str, Any]:
    made: dict[str, Any] = {
        "carrier": asked.carrier,
        "service": asked.service,
        "packages_number": asked.packages,
        "tracking_number": asked.tracking,
        "return_tracking_number": asked.return_slip_tracking,
    }
    return {name: value for name, value in made.items() if value}


def _wanted(order: Order, given: dict[str, Any] | None) -> list[tuple[int, int]]:
    """Lines with units: those that are named, or all that are left."""
    if given is not None:
        return reading.units(given, "products")
    left = [(line.id, line.quantity - line.on_shipments) for line in order.lines]
    return [(id_, units) for id_, units in left if units]


def create(centra: Centra, call: Call) -> ShipmentAnswer:
    """A shipment; when its capture fails there is none (GraphQL does the opposite)."""
    asked = reading.body(centra, call, _MAKE)
    order = reading.order(centra, asked.order)
    wanted = _wanted(order, asked.products)
    id_, captured_s = 0, None
    if asked.capture:
        order, id_, captured_s = shipments.capture_first(
            centra, order, wanted, deduct_costs=asked.deduct_previous_costs,
            email=asked.send_email,
        )  # fmt: skip
    order, made = shipments.create(
        centra, order, wanted, good_to_go=asked.gtg, paid=asked.paid,
        shipped_s=centra.now if asked.shipped else None, info=_info(asked),
        deduct_costs=asked.deduct_previous_costs, id_=id_, captured_s=captured_s,
    )  # fmt: skip
    shipments.finish(centra, made, email=asked.send_email)
    return ShipmentAnswer(
        status="ok", order=order.number, shipment=made.number,
        delivery_note=f"deliverynote-{made.number}", proforma=f"proforma-{made.number}",
        invoice=f"invoice-{made.number}",
    )  # fmt: skip


def update(centra: Centra, call: Call) -> ShipmentChanged:
    """Change a shipment that is not sent, paid or captured."""
    asked = reading.body(centra, call, _CHANGE)
    found = reading.shipment(centra, call.params["shipment"])
    if centra.returns_of.get(found.id):
        raise Fault("shipment_refunded", "shipment", key=found.number)
    asked_for = found.captured or shipments.capture_pending(centra, found)
    if found.shipped_s is not None or found.paid or asked_for:
        raise Fault("shipment_settled", "shipment", key=found.number, why="sent or paid")
    if asked.products is not None:
        wanted = reading.units(asked.products, "products")
        if not wanted:
            raise Fault("empty", "products", key=str(found.order), why="products")
        found = shipments.change_lines(centra, found, wanted)
    if asked.gtg is not None:
        action = "good_to_go" if asked.gtg and not found.good_to_go else ""
        found = shipments.store(centra, replace(found, good_to_go=asked.gtg), action=action)
    return ShipmentChanged(status="ok", shipment=shown.shipment(centra, found))


def complete(centra: Centra, call: Call) -> ShipmentAnswer:
    """Say that a shipment has left; when its capture fails it has not."""
    asked = reading.body(centra, call, _FINISH)
    found = reading.shipment(centra, asked.shipment)
    if found.order != asked.order:
        raise Fault("shipment_not_found", "shipment", key=str(asked.order), why=asked.shipment)
    if found.complete:
        raise Fault("already_completed", "shipment", key=found.number, why="shipment")
    if centra.orders.by_id[found.order].on_hold:
        raise Fault("order_on_hold", "order", key=str(found.order))
    if asked.capture and not found.captured:
        found = _captured(centra, found, email=asked.send_email)
    found = shipments.store(
        centra,
        replace(
            found,
            good_to_go=found.good_to_go if asked.gtg is None else asked.gtg,
            shipped_s=centra.now if asked.shipped else found.shipped_s,
            info={**found.info, **_info(asked)},
        ),
    )
    shipments.finish(centra, found, email=asked.send_email)
    return ShipmentAnswer(status="ok", order=found.order, shipment=found.number)


def _captured(centra: Centra, found: Shipment, *, email: bool = False) -> Shipment:
    found, entry = shipments.capture(centra, found, email=email)
    if entry.status == "FAILED":
        key = str(found.order)
        raise Fault("cannot_capture", "capture", key=key, why="the payment provider refused")
    return found


def capture(centra: Centra, call: Call) -> ShipmentAnswer:
    """Capture what a shipment costs; who gets an error must not ship."""
    asked = reading.body(centra, call, _CAPTURE)
    found = _captured(centra, reading.shipment(centra, asked.shipment))
    shipments.finish(centra, found, email=False)
    return ShipmentAnswer(status="ok", order=found.order, shipment=found.number)


def delete(centra: Centra, call: Call) -> Answer:
    """Undo a shipment."""
    shipments.delete(centra, reading.shipment(centra, call.params["shipment"]))
    return Answer(status="ok", msg="shipment removed")


# --- returns -----------------------------------------------------------------------------------


def make_return(centra: Centra, call: Call) -> ReturnAnswer:
    """Take goods back; lines that cannot be returned are left out without an error."""
    asked = reading.body(centra, call, _RETURN)
    found = reading.shipment(centra, asked.shipment)
    held = {str(line.order_line): line for line in found.lines}
    wanted, items = [], []
    for text, units in asked.products.items():
        line = held.get(text)
        if line is not None and 1 <= int(units) <= line.quantity - line.returned:
            wanted.append((line.id, int(units)))
            items.append(text)
    action = "release" if asked.return_stock else "remove"
    made = returns.create(
        centra, found, wanted, "release" if action == "release" else "remove",
        comment=asked.comment,
    )  # fmt: skip
    if asked.refund is not None and asked.refund.refund_payment:
        made = _refunded(centra, made, email=asked.refund.send_email)
    return ReturnAnswer(
        status="ok", number=made.id, return_completed=made.completed, returned_items=items
    )


def _refunded(centra: Centra, made: Return, *, email: bool) -> Return:
    """A return stays although it could not be paid back."""
    try:
        return returns.refund(centra, made, email=email)[0]
    except Fault:
        return made


def list_returns(centra: Centra, call: Call) -> ReturnsAnswer:
    """Returns, by number."""
    one, order = reading.number(call, "return", 0), reading.number(call, "order", 0)
    named = call.one("shipment")
    ids = ([one] if one in centra.returns.by_id else []) if one else centra.returns.by_id
    numbers = {id_: shipment.number for id_, shipment in centra.shipments.by_id.items()}
    found = (
        made
        for made in centra.returns.seen(ids, call.stale_s)
        if order in (0, made.order) and named in (None, numbers[made.shipment])
    )
    page = reading.number(call, "page", 1, least=1)
    limit = reading.number(call, "limit", 20, least=1, most=reading.MOST)
    rows = list(found)[(page - 1) * limit : page * limit]
    return ReturnsAnswer(status="ok", returns=[_row(centra, made) for made in rows])


def _row(centra: Centra, made: Return) -> ReturnRow:
    number = centra.shipments.by_id[made.shipment].number
    return ReturnRow(
        made.id, made.completed, number, str(made.shipment), made.order,
        shown.dated(centra, made.created_s),
        [
            {
                "returnLineId": str(line.id), "shipmentLineId": str(line.shipment_line),
                "orderLineId": str(line.order_line), "quantity": line.quantity,
            }
            for line in made.lines
        ],
    )  # fmt: skip


def update_return(centra: Centra, call: Call) -> ReturnAnswer:
    """A return is done, or is paid back."""
    asked = reading.body(centra, call, _RETURN_CHANGE)
    text = call.params["id"]
    id_ = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    made = centra.returns.get(id_)
    if made is None:
        raise reading.no(f"Return with id={text} does not exist")
    if asked.refund_payment:
        made, _ = returns.refund(centra, made)
    if asked.completed is not None and asked.completed != made.completed:
        turn = returns.complete if asked.completed else returns.uncomplete
        made = turn(centra, made)
    return ReturnAnswer(status="ok", number=made.id, return_completed=made.completed)
