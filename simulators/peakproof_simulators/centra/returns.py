"""Returns: stock moves when one is made, by the policy that the caller chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from peakproof_simulators.centra import orders, payments, shipments, stock
from peakproof_simulators.centra.allocating import StockAction
from peakproof_simulators.centra.entities import (
    PaymentEntry,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
)
from peakproof_simulators.centra.errors import Fault

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra


def store(centra: Centra, made: Return, change: str = "UPDATED") -> Return:
    """Keep a return and tell who listens."""
    centra.returns.put(made.id, made)
    centra.note(f"order:{made.order}")
    centra.changed("Return", made.id, change)
    return made


def create(
    centra: Centra, shipment: Shipment, wanted: Sequence[tuple[int, int]], action: StockAction, *,
    to: int = 0, extra_minor: int = 0, comment: str = "", external_id: str = "",
    created_s: float | None = None,
) -> Return:  # fmt: skip
    """Take back units of shipment lines (line, units).

    Raises:
        Fault: the shipment has not left, or the units are not there to return.
    """
    key = str(shipment.order)
    if not shipment.complete:
        raise Fault("not_completed", "shipment", key=key, why="shipment")
    if not wanted:
        raise Fault("empty", "lines", key=key, why="lines")
    by_line = {line.id: line for line in shipment.lines}
    asked: dict[int, int] = {}
    for id_, units in wanted:
        if units < 1:
            raise Fault("too_few_units", "lines", key=key, why=units)
        if id_ not in by_line:
            raise Fault("shipment_line_not_found", "lines", key=key, why=id_)
        asked[id_] = asked.get(id_, 0) + units
    for id_, units in asked.items():
        if units > by_line[id_].quantity - by_line[id_].returned:
            raise Fault("quantity_over_shipped", "lines", key=key, why=id_)
    order = centra.orders.by_id[shipment.order]
    lines = {line.id: line for line in order.lines}
    made = []
    amount = extra_minor
    for id_, units in asked.items():
        line = by_line[id_]
        parts = _parts(line, units)
        if action != "release":
            parts = ((to, units),) if action == "send" else ()
        origin = lines[line.order_line]
        for warehouse, count in parts:
            stock.move(centra, origin.size, warehouse, physical=count, cause="return", ref=key)
        amount += units * origin.unit_price_minor
        by_line[id_] = replace(line, returned=line.returned + units)
        made.append(ReturnLine(centra.count("return_line"), id_, line.order_line, units, parts))
    shipments.store(
        centra, replace(shipment, lines=tuple([by_line[line.id] for line in shipment.lines]))
    )
    id_ = centra.returns.next_id()
    centra.returns_of.setdefault(shipment.id, []).append(id_)
    kept = Return(
        id_, shipment.order, shipment.id, tuple(made), action,
        centra.now if created_s is None else created_s,
        amount_minor=max(amount, 0), comment=comment, external_id=external_id,
    )  # fmt: skip
    return store(centra, kept, "CREATED")


def _parts(line: ShipmentLine, units: int) -> tuple[tuple[int, int], ...]:
    """Where returned units go back to: the warehouses that they came from, in order."""
    skip, left, parts = line.returned, units, []
    for warehouse, count in line.parts:
        passed = min(skip, count)
        skip -= passed
        taken = min(left, count - passed)
        left -= taken
        if taken:
            parts.append((warehouse, taken))
    return tuple(parts)


def complete(centra: Centra, made: Return, *, email: bool = False) -> Return:
    """A return is done.

    Raises:
        Fault: it is already.
    """
    if made.completed:
        raise Fault("already_completed", "id", key=str(made.order), why="return")
    return store(centra, replace(made, completed=True, email_sent=email), "COMPLETED")


def uncomplete(centra: Centra, made: Return) -> Return:
    """A return is open again.

    Raises:
        Fault: it is, or its money was paid back.
    """
    if not made.completed:
        raise Fault("not_completed", "id", key=str(made.order), why="return")
    if made.refunded:
        raise Fault("already_refunded", "id", key=str(made.order), why=made.id)
    return store(centra, replace(made, completed=False))


def delete(centra: Centra, made: Return) -> None:
    """Undo a return: its units leave the stock that they came back into.

    Raises:
        Fault: it is refunded, or the units are not free any more.
    """
    key = str(made.order)
    if made.refunded:
        raise Fault("already_refunded", "id", key=key, why=made.id)
    order = centra.orders.by_id[made.order]
    sizes = {line.id: line.size for line in order.lines}
    back: dict[tuple[int, int], int] = {}
    for line in made.lines:
        for warehouse, units in line.parts:
            cell = sizes[line.order_line], warehouse
            back[cell] = back.get(cell, 0) + units
    for cell, units in back.items():
        free = stock.cell(centra, *cell).free
        if free < units:
            raise Fault("stock_short", "id", key=key, why=free)
    for cell, units in back.items():
        stock.move(centra, *cell, physical=-units, cause="return", ref=key)
    shipment = centra.shipments.by_id[made.shipment]
    gone = {line.shipment_line: line.quantity for line in made.lines}
    lines = [
        replace(line, returned=line.returned - gone.get(line.id, 0)) for line in shipment.lines
    ]
    shipments.store(centra, replace(shipment, lines=tuple(lines)))
    centra.returns.drop(made.id)
    centra.returns_of[shipment.id].remove(made.id)
    centra.changed("Return", made.id, "DELETED")


def refund(centra: Centra, made: Return, *, email: bool = False) -> tuple[Return, PaymentEntry]:
    """Pay back what a return is worth.

    Raises:
        Fault: it was paid back, or so much was never captured.
    """
    order = centra.orders.by_id[made.order]
    key = str(order.number)
    if made.refunded:
        raise Fault("already_refunded", "id", key=key, why=made.id)
    left = order.paid_minor("CAPTURE") - order.paid_minor("REFUND")
    if made.amount_minor > left or not made.amount_minor:
        raise Fault("cannot_capture", "id", key=key, why=f"{left} minor units can be refunded")
    order, entry = payments.enter(
        centra, order, "REFUND", "SUCCESS", made.amount_minor, shipment=made.shipment
    )
    orders.store(centra, order)
    return store(centra, replace(made, refunded=entry.id, email_sent=email)), entry
