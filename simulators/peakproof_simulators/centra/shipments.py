"""Shipments: made of allocated units, captured, completed; completing lowers what is on the
shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from peakproof_simulators.centra import allocating, facts, orders, payments, stock
from peakproof_simulators.centra.entities import (
    Alloc,
    Order,
    OrderLine,
    PaymentEntry,
    Shipment,
    ShipmentLine,
)
from peakproof_simulators.centra.errors import Fault

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra


def store(
    centra: Centra, shipment: Shipment, change: str = "UPDATED", *, action: str = ""
) -> Shipment:
    """Keep a shipment as changed now, and tell who listens."""
    shipment = centra.shipments.put(shipment.id, replace(shipment, updated_s=centra.now))
    centra.note(f"order:{shipment.order}")
    centra.changed("Shipment", shipment.id, change, action=action)
    return shipment


def create(
    centra: Centra, order: Order, wanted: Sequence[tuple[int, int]], *,
    good_to_go: bool = False, paid: bool = False, shipped_s: float | None = None,
    allocate_demand: bool = False, info: Mapping[str, Any] | None = None, message: str = "",
    deduct_costs: bool = False, created_s: float | None = None, id_: int = 0,
    captured_s: float | None = None,
) -> tuple[Order, Shipment]:  # fmt: skip
    """Put units of lines (line, units) into a shipment; the first one makes the order PROCESSING.

    Raises:
        Fault: the order is not in a state for it, or units are not allocated.
    """
    check(order, wanted)
    by_line = _allocated(centra, order, wanted, allocate_demand=allocate_demand)
    made: list[ShipmentLine] = []
    for line_id, units in wanted:
        by_line[line_id], parts = _taken(by_line[line_id], units)
        made.append(ShipmentLine(centra.count("shipment_line"), line_id, units, parts))
    id_ = id_ or centra.shipments.next_id()
    at_s = centra.now
    shipment = Shipment(
        id_, _next_number(centra, order), order.number, tuple(made),
        at_s if created_s is None else created_s, at_s, good_to_go, paid,
        captured_s=captured_s, shipped_s=shipped_s, costs_deducted=deduct_costs, message=message,
        info=dict(info or {}),
    )  # fmt: skip
    centra.shipment_of[shipment.number] = id_
    lines = tuple([by_line[line.id] for line in order.lines])
    order = replace(order, lines=lines, shipments=(*order.shipments, id_))
    if order.status == "CONFIRMED":
        order = orders.turn(centra, order, "PROCESSING")
    order = orders.store(centra, order)
    return order, store(centra, shipment, "CREATED")


def _next_number(centra: Centra, order: Order) -> str:
    """The number of an order's next shipment: one more than the highest that is there."""
    numbers = [centra.shipments.by_id[id_].number for id_ in order.shipments]
    last = max((int(number.rpartition("-")[2]) for number in numbers), default=0)
    return f"{order.number}-{last + 1}"


def check(order: Order, wanted: Sequence[tuple[int, int]]) -> None:
    """Check that an order may be shipped from.

    Raises:
        Fault: its state forbids it, it is on hold, or nothing is wanted of it.
    """
    key = str(order.number)
    if order.status not in ("CONFIRMED", "PROCESSING"):
        raise Fault("cannot_ship", "order", key=key, why=f"it is {order.status}")
    if order.on_hold:
        raise Fault("order_on_hold", "order", key=key)
    if not wanted:
        raise Fault("empty", "lines", key=key, why="lines")


def capture_first(
    centra: Centra, order: Order, wanted: Sequence[tuple[int, int]], *, deduct_costs: bool,
    email: bool,
) -> tuple[Order, int, float | None]:  # fmt: skip
    """Capture what a shipment would cost, before there is one: the Order API's way. The order,
    the shipment's number to be, and when it was captured (None: the provider takes its time).

    Raises:
        Fault: the shipment could not be made, or the provider refused.
    """
    check(order, wanted)
    _allocated(centra, order, wanted, allocate_demand=False)
    id_ = centra.shipments.next_id()
    amount = payments.amount_for(centra, order, wanted, deduct_costs=deduct_costs)
    order, entry = payments.capture(
        centra, order, amount, shipment=id_, later=lambda: _captured_late(centra, id_, email=email)
    )
    order = orders.store(centra, order)
    if entry.status == "FAILED":
        key = str(order.number)
        raise Fault("cannot_capture", "capture", key=key, why="the payment provider refused")
    return order, id_, centra.now if entry.status == "SUCCESS" else None


def _allocated(
    centra: Centra, order: Order, wanted: Sequence[tuple[int, int]], *, allocate_demand: bool
) -> dict[int, OrderLine]:
    """The lines of an order, with enough allocated for what is wanted of each."""
    asked: dict[int, int] = {}
    for id_, units in wanted:
        if units < 1:
            raise Fault("too_few_units", "lines", key=str(order.number), why=units)
        asked[id_] = asked.get(id_, 0) + units
    by_line = {line.id: line for line in order.lines}
    plans = []
    spoken: dict[tuple[int, int], int] = {}
    for id_, units in asked.items():
        found = by_line.get(id_)
        if found is None:
            raise Fault("line_not_found", "lines", key=str(order.number), why=id_)
        confirmed = sum(one.units for one in found.allocations if not one.waiting)
        lack = units - confirmed
        if units > found.quantity - found.on_shipments:
            raise Fault("quantity_over_left", "lines", key=str(order.number), why=id_)
        if lack <= 0:
            continue
        share = allocating.shares(
            centra, found.size, lack, centra.rule_of(order.market), shop=False, spoken=spoken
        )
        there = sum(each for _, each in share)
        if not allocate_demand or lack > found.demand or there < lack:
            raise Fault("units_not_allocated", "lines", key=str(order.number), why=id_)
        plans.append((found, share))
    for line, share in plans:
        units = sum(each for _, each in share)
        by_line[line.id] = allocating.hold(centra, order, line, share, waited=units)
    return by_line


def _taken(line: OrderLine, units: int) -> tuple[OrderLine, tuple[tuple[int, int], ...]]:
    """Move allocated units of a line into a shipment, the earliest allocation first."""
    left, parts, kept = units, [], []
    for one in line.allocations:
        taken = 0 if one.waiting else min(left, one.units)
        left -= taken
        if taken:
            parts.append((one.warehouse, taken))
        if taken < one.units:
            kept.append(replace(one, units=one.units - taken))
    return (
        replace(line, allocations=tuple(kept), on_shipments=line.on_shipments + units),
        tuple(parts),
    )


def capture_pending(centra: Centra, shipment: Shipment) -> bool:
    """Whether the provider was asked for the money of a shipment and has not answered yet."""
    return any(
        one.shipment == shipment.id and one.status == "PENDING"
        for one in centra.orders.by_id[shipment.order].payments
    )


def capture(
    centra: Centra, shipment: Shipment, *, email: bool = False
) -> tuple[Shipment, PaymentEntry]:
    """Capture what a shipment costs; a refusal of the provider is an entry that FAILED.

    Raises:
        Fault: there is nothing to capture.
    """
    order = centra.orders.by_id[shipment.order]
    if shipment.captured:
        raise Fault("cannot_capture", "id", key=str(order.number), why="it is captured already")
    if capture_pending(centra, shipment):
        raise Fault("cannot_capture", "id", key=str(order.number), why="a request is pending")
    amount = payments.amount_of(centra, order, shipment)
    id_ = shipment.id
    order, entry = payments.capture(
        centra, order, amount, shipment=id_, later=lambda: _captured_late(centra, id_, email=email)
    )
    orders.store(centra, order)
    if entry.status == "SUCCESS":
        shipment = store(centra, replace(shipment, captured_s=centra.now))
    return shipment, entry


def _captured_late(centra: Centra, id_: int, *, email: bool) -> None:
    """The provider took its time, and a shipment may have waited for nothing else."""
    shipment = centra.shipments.get(id_)
    if shipment is not None:
        finish(centra, shipment, email=email)


def finish(centra: Centra, shipment: Shipment, *, email: bool) -> Shipment:
    """Complete a shipment if it is good to go, paid (or captured) and shipped: its units leave
    the shelf, and the order may be done."""
    settled = shipment.paid or shipment.captured
    if shipment.complete or not (
        shipment.good_to_go and settled and shipment.shipped_s is not None
    ):
        return shipment
    order = centra.orders.by_id[shipment.order]
    sizes = {line.id: line.size for line in order.lines}
    for line in shipment.lines:
        for warehouse, units in line.parts:
            stock.move(
                centra, sizes[line.order_line], warehouse, physical=-units, allocated=-units,
                cause="ship", ref=str(order.number),
            )  # fmt: skip
    shipment = store(centra, replace(shipment, completed_s=centra.now), "COMPLETED")
    facts.confirmed(centra, order, shipment)
    done = orders.settle(centra, order)
    means = "shipped" if done.status == "SHIPPED" else "part_shipped"
    facts.turned(centra, order, "shipment", new="completed", means=means)
    orders.store(centra, done)
    if email:
        facts.noticed(centra, order, shipment)
    return shipment


def complete(
    centra: Centra, shipment: Shipment, *, shipped_s: float | None, info: Mapping[str, Any],
    email: bool,
) -> Shipment:  # fmt: skip
    """Say that a shipment has left.

    Raises:
        Fault: it is complete already, not good to go, or not paid.
    """
    key = shipment.number
    if shipment.complete:
        raise Fault("already_completed", "id", key=key, why="shipment")
    order = centra.orders.by_id[shipment.order]
    if order.on_hold:
        raise Fault("order_on_hold", "id", key=str(order.number))
    lacks = [
        text
        for text, there in (
            ("it is not good to go", shipment.good_to_go),
            ("it is not paid", shipment.paid or shipment.captured),
        )
        if not there
    ]
    if lacks:
        raise Fault("shipment_not_ready", "id", key=key, why=", ".join(lacks))
    shipment = replace(
        shipment,
        shipped_s=centra.now if shipped_s is None else shipped_s,
        info={**shipment.info, **info},
    )
    return finish(centra, shipment, email=email)


def change_lines(centra: Centra, shipment: Shipment, wanted: Sequence[tuple[int, int]]) -> Shipment:
    """Put other units into a shipment in place of those that are in it.

    Raises:
        Fault: the units are not allocated; nothing has changed then.
    """
    order = _emptied(centra.orders.by_id[shipment.order], shipment, centra)
    by_line = _allocated(centra, order, wanted, allocate_demand=False)
    made = []
    for id_, units in wanted:
        by_line[id_], parts = _taken(by_line[id_], units)
        made.append(ShipmentLine(centra.count("shipment_line"), id_, units, parts))
    orders.store(centra, replace(order, lines=tuple([by_line[line.id] for line in order.lines])))
    return store(centra, replace(shipment, lines=tuple(made)))


def _emptied(order: Order, shipment: Shipment, centra: Centra) -> Order:
    """An order as if a shipment had nothing in it: the units are allocated to the lines again."""
    by_line = {line.id: line for line in order.lines}
    for each in shipment.lines:
        line = by_line[each.order_line]
        back = [
            Alloc(centra.count("allocation"), warehouse, units) for warehouse, units in each.parts
        ]
        by_line[line.id] = replace(
            line,
            allocations=(*line.allocations, *back),
            on_shipments=line.on_shipments - each.quantity,
        )
    return replace(order, lines=tuple([by_line[line.id] for line in order.lines]))


def delete(centra: Centra, shipment: Shipment) -> None:
    """Undo a shipment that has not left and was not captured.

    Raises:
        Fault: it is complete, shipped or captured.
    """
    if shipment.complete or shipment.captured or centra.returns_of.get(shipment.id):
        raise Fault("shipment_settled", "id", key=shipment.number, why="it is complete or captured")
    if capture_pending(centra, shipment):
        raise Fault("shipment_settled", "id", key=shipment.number, why="a capture is pending")
    order = _emptied(centra.orders.by_id[shipment.order], shipment, centra)
    left = tuple([id_ for id_ in order.shipments if id_ != shipment.id])
    centra.shipments.drop(shipment.id)
    del centra.shipment_of[shipment.number]
    centra.changed("Shipment", shipment.id, "DELETED")
    orders.store(centra, replace(order, shipments=left))


def after_confirming(centra: Centra, order: Order) -> Order:
    """A store that goes direct to shipment makes one of all that is allocated."""
    wanted = [
        (line.id, units)
        for line in order.lines
        if (units := sum(one.units for one in line.allocations if not one.waiting))
    ]
    wishes = centra.settings.direct_to_shipment and order.status == "CONFIRMED"
    if not wishes or order.on_hold or not wanted:
        return order
    order, _ = create(centra, order, wanted)
    return order
