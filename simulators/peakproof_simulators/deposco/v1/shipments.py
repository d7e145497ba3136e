"""Shipments in V1: what has been packed and what has left, and shipments by API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from peakproof_simulators.deposco.entities import Order, ParcelLine, Shipment, to_units
from peakproof_simulators.deposco.errors import Declined, bare
from peakproof_simulators.deposco.lifecycle import SALES, SHIPPABLE
from peakproof_simulators.deposco.payloads.common import Outcome, many, text
from peakproof_simulators.deposco.payloads.movements import Shipment as ShipmentSent
from peakproof_simulators.deposco.payloads.movements import (
    ShipmentLine,
    ShipmentLines,
    ShipmentOrder,
    Shipments,
)
from peakproof_simulators.deposco.v1.media import take
from peakproof_simulators.deposco.v1.paging import check_unit, note, page, page_number
from peakproof_simulators.deposco.v1.search import shipments_answer, visible
from peakproof_simulators.deposco.v1.writes import done, write_each

if TYPE_CHECKING:
    from peakproof.wire.message import Response
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_STATUSES: Final = ("New", "Shipping", "Shipped", "Rolled Back")
_MOVES: Final[dict[str, tuple[str, ...]]] = {
    "New": ("New", "Shipping", "Shipped"),
    "Shipping": ("Shipping", "Shipped"),
    "Shipped": ("Shipped", "Rolled Back"),
    "Rolled Back": ("Rolled Back",),
}
"""What a shipment's status may be sent as, by what it is."""


def read_all(store: Deposco, call: Call) -> Response:
    """GET /shipments/{bu}: every shipment, oldest first."""
    check_unit(store, call.params["bu"])
    look = store.parcels.vault.as_of(call.stale_s)
    found = [
        shipment
        for number in store.parcels.vault.keys()  # noqa: SIM118  (a vault is no dictionary)
        if (shipment := look(number)) is not None and visible(store, shipment)
    ]
    rows, status = page(found, page_number(call), store.settings.list_page_size)
    orders = store.orders.by_type[SALES].as_of(call.stale_s)
    return shipments_answer(store, call, list(rows), orders, status=status)


def read_one(store: Deposco, call: Call) -> Response:
    """GET /shipments/{bu}/{number}: one shipment, as a collection of one."""
    check_unit(store, call.params["bu"])
    shipment = store.parcels.vault.get(call.params["number"])
    if shipment is None or not visible(store, shipment):
        raise bare(404)
    return shipments_answer(store, call, [shipment], store.orders.by_type[SALES].get, status=200)


def write(store: Deposco, call: Call) -> Response:
    """PUT /shipments[/{bu}]: each shipment is made, confirmed, corrected or undone."""
    if "bu" in call.params:
        check_unit(store, call.params["bu"])
    sent = many(take(store, call, Shipments).shipment)

    def act(one: ShipmentSent) -> Outcome:
        known = store.parcels.vault.get(one.shipment_number)
        shipment = _make(store, one) if known is None else _change(store, one, known)
        for number in store.parcels.orders_of(shipment):
            note(call, f"work:{number}")
        unit = store.settings.business_unit
        href = f"/integration/{store.settings.code}/shipments/{unit}/{shipment.number}"
        return done("Shipment", shipment.number, href, created=known is None)

    return write_each(store, call, sent, act, key=lambda one: one.shipment_number, kind="Shipment")


def _make(store: Deposco, sent: ShipmentSent) -> Shipment:
    if sent.shipment_status not in ("New", "Shipping", "Shipped") or not sent.shipment_number:
        said = f"Shipment {sent.shipment_number} cannot be created as [{sent.shipment_status}]"
        raise Declined(400, "invalid", said)
    lines: list[ParcelLine] = []
    facilities: dict[str, None] = {}
    for part in many(sent.orders.order):
        order = _order(store, part)
        facilities[order.facility] = None
        lines += _lines(order, part, lines)
    if not lines:
        raise Declined(400, "invalid", f"Shipment {sent.shipment_number} has no lines")
    if len(facilities) > 1:
        raise Declined(400, "invalid", "A shipment leaves from one facility")
    now = store.world.t
    shipment = Shipment(
        sent.shipment_number, next(iter(facilities)), "Shipping", tuple(lines), now, now,
        carrier=text(sent.ship_vendor) or store.settings.carrier,
        method=text(sent.ship_via) or store.settings.ship_method,
        tracking=text(sent.tracking_number), current=text(sent.shipment_current_status),
    )  # fmt: skip
    store.parcels.add(shipment)
    if sent.shipment_status == "Shipped":
        shipment = store.parcels.confirm(shipment)
    return shipment


def _order(store: Deposco, part: ShipmentOrder) -> Order:
    order = store.orders.get(SALES, part.order_number)
    if order is None:
        said = f"{SALES} {part.order_number} does not exist"
        raise Declined(404, "unknown_order", said)
    if order.status not in SHIPPABLE:
        said = f"{SALES} {order.number} cannot be shipped while in the status of [{order.status}]"
        raise Declined(409, "locked", said)
    return order


def _lines(order: Order, part: ShipmentOrder, before: list[ParcelLine]) -> list[ParcelLine]:
    """The units that a shipment takes of an order; the same line may come in several rows."""
    by_number = {line.number: line for line in order.lines}
    by_sku = {line.sku: line for line in reversed(order.lines)}
    taken: dict[str, int] = {}
    for held in before:
        if held.order == order.number:
            taken[held.line] = taken.get(held.line, 0) + held.units
    found: list[ParcelLine] = []
    for sent in _sent_lines(part):
        number = text(sent.line_number)
        line = by_number.get(number) if number else by_sku.get(sent.item_number)
        if line is None or line.sku != sent.item_number:
            said = f"Line {number} with item [{sent.item_number}] is not in {order.number}"
            raise Declined(400, "invalid", said)
        units = to_units(sent.shipped_pack_quantity, line.per_pack, "shippedPackQuantity")
        taken[line.number] = taken.get(line.number, 0) + units
        if taken[line.number] > line.open - (line.packed - line.shipped):
            said = f"Line {line.number} of {order.number} has fewer units left to ship"
            raise Declined(400, "invalid", said)
        found.append(
            ParcelLine(
                order.number, line.number, line.sku, line.pack_type, line.per_pack,
                line.ordered, units,
            )
        )  # fmt: skip
    return found


def _sent_lines(part: ShipmentOrder) -> list[ShipmentLine]:
    return many(part.lines.line) if isinstance(part.lines, ShipmentLines) else []


def _change(store: Deposco, sent: ShipmentSent, known: Shipment) -> Shipment:
    wanted = sent.shipment_status
    if wanted not in _STATUSES:
        raise Declined(400, "invalid", f"Shipment status [{wanted}] is not valid")
    if wanted not in _MOVES[known.status]:
        said = f"Shipment {known.number} cannot go from [{known.status}] to [{wanted}]"
        raise Declined(409, "locked", said)
    after = replace(
        known,
        tracking=text(sent.tracking_number) or known.tracking,
        carrier=text(sent.ship_vendor) or known.carrier,
        method=text(sent.ship_via) or known.method,
        current=text(sent.shipment_current_status) or known.current,
    )
    if after != known:
        store.parcels.correct(after, known)
    if wanted == "Shipped" and known.status != "Shipped":
        store.parcels.confirm(after)
    if wanted == "Rolled Back" and known.status == "Shipped":
        store.parcels.roll_back(known.number)
    found = store.parcels.vault.get(known.number)
    assert found is not None
    return found
