"""What happens to orders, told in the neutral vocabulary of a history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

from peakproof.history.records import (
    CancelAsked,
    Confirmed,
    Line,
    Notice,
    OrderState,
    Payment,
    Placed,
    Refused,
    Withdrawn,
)
from peakproof_simulators.centra.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Order, OrderLine, Shipment
    from peakproof_simulators.centra.state import Centra

What = Literal["order", "shipment", "payment", "hold"]

MEANS: Final[dict[str, str]] = {
    "CONFIRMED": "acknowledged",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
}
"""The neutral reading of an order's status; the others mean nothing to a judge."""


def lines_of(centra: Centra, order: Order, line: OrderLine) -> list[Line]:
    """A line of an order as a judge reads it: one for each warehouse that it draws on."""
    sku = centra.sku(line.size)
    first = centra.place(centra.rule_of(order.market)[0])
    units = {centra.place(one.warehouse): 0 for one in line.allocations}
    for one in line.allocations:
        units[centra.place(one.warehouse)] += one.units
    if line.demand:
        units[first] = units.get(first, 0) + line.demand
    price = line.unit_price_minor
    return [Line(str(line.id), sku, count, price, place) for place, count in units.items()]


def placed(centra: Centra, order: Order) -> None:
    """An order was accepted."""
    world = centra.world
    lines = [each for line in order.lines for each in lines_of(centra, order, line)]
    world.emit(
        Placed(
            world.env._now, world.by, world.n, SYSTEM, str(order.number), order.id, tuple(lines),
            order.total_minor, order.currency,
        )
    )  # fmt: skip


def added(centra: Centra, order: Order, lines: Iterable[OrderLine]) -> None:
    """Lines came to an order later: a further promise of it."""
    world = centra.world
    told = [each for line in lines for each in lines_of(centra, order, line)]
    world.emit(
        Placed(
            world.env._now, world.by, world.n, SYSTEM, str(order.number), order.id, tuple(told),
            order.total_minor, order.currency,
        )
    )  # fmt: skip


def turned(
    centra: Centra, order: Order, what: What, *, old: str = "", new: str, means: str = ""
) -> None:
    """An order changed one of its states."""
    world = centra.world
    world.emit(
        OrderState(
            world.env._now, world.by, world.n, SYSTEM, str(order.number), what, old, new, means
        )
    )


def held(centra: Centra, order: Order, *, on: bool) -> None:
    """An order was put on hold, or the hold was lifted."""
    words = ("held", "free") if on else ("free", "held")
    turned(centra, order, "hold", old=words[1], new=words[0], means="held" if on else "")


def withdrawn(centra: Centra, order: Order, units: Iterable[tuple[int, int, int]],
              cause: str) -> None:  # fmt: skip
    """Units of some lines (line, size, units) will not be delivered."""
    world = centra.world
    gone = [Line(str(line), centra.sku(size), count) for line, size, count in units if count]
    if gone:
        world.emit(
            Withdrawn(
                world.env._now, world.by, world.n, SYSTEM, str(order.number), tuple(gone), cause
            )
        )


def cancel_asked(centra: Centra, order: Order) -> None:
    """A customer or a clerk wants the order cancelled."""
    world = centra.world
    world.emit(CancelAsked(world.env._now, world.by, world.n, SYSTEM, str(order.number)))


def money(
    centra: Centra,
    order: Order,
    what: Literal["authorised", "captured", "failed", "refunded"],
    amount_minor: int,
    ref: str,
) -> None:
    """Money of an order moved."""
    world = centra.world
    world.emit(
        Payment(
            world.env._now, world.by, world.n, SYSTEM, str(order.number), what, amount_minor, ref
        )
    )


def confirmed(centra: Centra, order: Order, shipment: Shipment) -> None:
    """A shipment is complete: the parcel is on record."""
    world = centra.world
    sizes = {line.id: line.size for line in order.lines}
    lines = [
        Line(str(line.order_line), centra.sku(sizes[line.order_line]), units, 0,
             centra.place(warehouse))
        for line in shipment.lines
        for warehouse, units in line.parts
    ]  # fmt: skip
    ref = str(shipment.info.get("tracking_number") or shipment.number)
    world.emit(
        Confirmed(world.env._now, world.by, world.n, SYSTEM, str(order.number), ref, tuple(lines))
    )


def noticed(centra: Centra, order: Order, shipment: Shipment) -> None:
    """The customer was told that a shipment left."""
    world = centra.world
    ref = str(shipment.info.get("tracking_number") or shipment.number)
    world.emit(Notice(world.env._now, world.by, world.n, SYSTEM, str(order.number), "shipped", ref))


def refused(centra: Centra, key: str, reason: str, detail: str) -> None:
    """Something was refused, though the answer may be a 200."""
    world = centra.world
    world.emit(Refused(world.env._now, world.by, world.n, SYSTEM, key, reason, detail))
