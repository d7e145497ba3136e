"""Units of order lines and where they lie: allocation, its undoing, cancelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from peakproof_simulators.centra import stock
from peakproof_simulators.centra.entities import Alloc, Order, OrderLine
from peakproof_simulators.centra.errors import Fault

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

StockAction = Literal["release", "remove", "send"]
Share = tuple[int, int]
"""A warehouse, units."""


def shares(
    centra: Centra, size: int, units: int, warehouses: Iterable[int], *, shop: bool,
    spoken: dict[tuple[int, int], int] | None = None,
) -> list[Share]:  # fmt: skip
    """Where units of a size would come from, by priority. A ``shop`` leaves safety stock alone
    and what others wait for; a clerk takes all that is free. What other lines of the same act
    have ``spoken`` for (by size and warehouse) is not there any more; this adds to it."""
    spoken = {} if spoken is None else spoken
    found: list[Share] = []
    left = units
    for warehouse in warehouses:
        held = stock.cell(centra, size, warehouse)
        there = stock.sellable(centra, size, warehouse) if shop else max(held.free, 0)
        there = max(there - spoken.get((size, warehouse), 0), 0)
        taken = min(there, left)
        if taken < left and not centra.settings.split_lines:
            continue
        if taken > 0:
            found.append((warehouse, taken))
            spoken[size, warehouse] = spoken.get((size, warehouse), 0) + taken
            left -= taken
        if left == 0:
            break
    return found


def demand_place(centra: Centra, order: Order) -> int:
    """The warehouse that shows an order's demand; 0: none does."""
    if centra.settings.demand_counts_at == "nowhere":
        return 0
    return centra.rule_of(order.market)[0]


def wait_for(centra: Centra, order: Order, size: int, units: int, cause: str) -> None:
    """Units of an order are waited for (or, below 0, no more)."""
    warehouse = demand_place(centra, order)
    if units and warehouse:
        stock.move(centra, size, warehouse, demand=units, cause=cause, ref=str(order.number))


def hold(
    centra: Centra, order: Order, line: OrderLine, taken: Sequence[Share], *,
    waiting: bool = False, waited: int = 0,
) -> OrderLine:  # fmt: skip
    """Allocate units to a line; what was demand of it is none any more.

    ``waited`` are the units of demand among them that a warehouse shows: they go from its figures
    in the same step where it is that warehouse which is allocated from.
    """
    from_demand = min(line.demand, sum(units for _, units in taken))
    made = [
        Alloc(centra.count("allocation"), warehouse, units, waiting) for warehouse, units in taken
    ]
    shows = demand_place(centra, order) if waited else 0
    left = waited
    for warehouse, units in taken:
        met = min(left, units) if warehouse == shows else 0
        left -= met
        stock.move(centra, line.size, warehouse, allocated=units, demand=-met, cause="order",
                   ref=str(order.number))  # fmt: skip
    wait_for(centra, order, line.size, -left, "order")
    return replace(line, allocations=(*line.allocations, *made), demand=line.demand - from_demand)


def let_go(
    centra: Centra, order: Order, line: OrderLine, units: int, action: StockAction, *,
    cause: str = "cancel", to: int = 0, only: Sequence[int] = (),
) -> tuple[OrderLine, int]:  # fmt: skip
    """Take up to so many allocated units from a line, the latest first; what was taken.

    ``release`` makes them free, ``remove`` takes them off the shelf as well, ``send`` books them
    into the warehouse ``to``. They are neither demand nor quantity of the line any more: that is
    the caller's to say.
    """
    left = units
    kept: list[Alloc] = []
    ref = str(order.number)
    for one in reversed(line.allocations):
        taken = min(left, one.units) if not only or one.warehouse in only else 0
        left -= taken
        if taken < one.units:
            kept.append(replace(one, units=one.units - taken))
        if taken:
            off = action == "remove" or (action == "send" and to != one.warehouse)
            stock.move(
                centra, line.size, one.warehouse, allocated=-taken,
                physical=-taken if off else 0, cause=cause, ref=ref,
            )  # fmt: skip
            if action == "send" and to != one.warehouse:
                stock.move(centra, line.size, to, physical=taken, cause="transfer", ref=ref)
    return replace(line, allocations=tuple(reversed(kept))), units - left


def held(line: OrderLine, only: Sequence[int] = ()) -> int:
    """Units that are allocated to a line and on no shipment."""
    return sum(one.units for one in line.allocations if not only or one.warehouse in only)


def cancel_units(
    centra: Centra, order: Order, line: OrderLine, units: int, action: StockAction, *, to: int = 0
) -> OrderLine:
    """Some units of a line will not be delivered: first what is only waited for.

    Raises:
        Fault: the line has not so many left; nothing has changed then.
    """
    if units > line.demand + held(line):
        raise Fault("cannot_cancel_line", "cancelLines", key=str(order.number), why=line.id)
    waited = min(units, line.demand)
    if waited:
        wait_for(centra, order, line.size, -waited, "cancel")
    line, _ = let_go(centra, order, line, units - waited, action, to=to)
    return replace(
        line,
        quantity=line.quantity - units,
        cancelled=line.cancelled + units,
        demand=line.demand - waited,
    )


def allocate(
    centra: Centra, order: Order, wanted: Sequence[tuple[int, int]], warehouses: Sequence[int]
) -> Order:
    """A clerk or an integration allocates what an order waits for: (line, units).

    Raises:
        Fault: nothing could be allocated, or not all and the setting refuses that.
    """
    by_line = {line.id: line for line in order.lines}
    plan: list[tuple[OrderLine, list[Share]]] = []
    short = 0
    spoken: dict[tuple[int, int], int] = {}
    for id_, units in wanted:
        line = by_line[id_]
        found = shares(centra, line.size, units, warehouses, shop=False, spoken=spoken)
        short += units - sum(each for _, each in found)
        if found:
            plan.append((line, found))
    if not plan:
        why = "no free units" if wanted else "the order waits for none"
        raise Fault("allocation_nothing", "allocate", key=str(order.number), why=why)
    if short and centra.settings.allocate_short == "refuse":
        raise Fault("stock_short", "allocate", key=str(order.number), why=f"{short} lack")
    for line, found in plan:
        waited = min(line.demand, sum(units for _, units in found))
        by_line[line.id] = hold(centra, order, line, found, waited=waited)
    if short:
        text = Fault("stock_short", why=f"{short} lack").message
        centra.warnings.append((text, ("allocate",)))
    return replace(order, lines=tuple([by_line[line.id] for line in order.lines]))


def unallocate(
    centra: Centra, order: Order, wanted: Sequence[tuple[int, int]], action: StockAction, *,
    to: int = 0, only: Sequence[int] = (),
) -> Order:  # fmt: skip
    """Allocated units become demand again; more than there are is a warning."""
    by_line = {line.id: line for line in order.lines}
    for id_, units in wanted:
        # Waited for before they are free: nobody else may see them as free in between.
        waited = min(units, held(by_line[id_], only))
        wait_for(centra, order, by_line[id_].size, waited, "cancel")
        line, taken = let_go(
            centra, order, by_line[id_], units, action, to=to, only=only, cause="cancel"
        )
        by_line[id_] = replace(line, demand=line.demand + taken)
        if taken < units:
            text = Fault("units_not_allocated", why=id_).message
            centra.warnings.append((text, ("unallocate",)))
    return replace(order, lines=tuple([by_line[line.id] for line in order.lines]))
