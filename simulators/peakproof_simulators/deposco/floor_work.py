"""What the people in the warehouse do with an order between the wave and the packing bench."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from peakproof.errors import SimulatorFault
from peakproof.history.records import Line as LineSaid
from peakproof.history.records import WorkCut
from peakproof_simulators.deposco.entities import Line, Order, demand
from peakproof_simulators.deposco.lifecycle import (
    PICKED_FROM,
    QUEUED,
    TO_COMPLETE,
    WAREHOUSE_CANCELLABLE,
    WAREHOUSE_MOVES,
)
from peakproof_simulators.deposco.stock import allocatable
from peakproof_simulators.trading.ports import Pick

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.adjustments import AdjustmentFeed
    from peakproof_simulators.deposco.order_book import OrderBook
    from peakproof_simulators.deposco.orders import OrderRules
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.stock import StockBook


class FloorWork:
    """Waves, picking, short picks and cancellations by the warehouse."""

    def __init__(
        self, world: World, settings: Settings, *, book: OrderBook, rules: OrderRules,
        stock: StockBook, feed: AdjustmentFeed,
    ) -> None:  # fmt: skip
        self._world = world
        self._settings = settings
        self._book = book
        self._rules = rules
        self._stock = stock
        self._feed = feed

    def ready(self, facility: str) -> list[str]:
        """Orders that the next wave of a facility may take, in the order in which they came."""
        return list(self._book.waves.get(facility, ()))

    def wave(self, number: str) -> Order:
        """Build a wave on an order: what is on hand is allocated to it, nothing is released."""
        order = self._book.sales(number)
        if order.status not in ("New", "Ready for Fulfillment", "Back Ordered"):
            return order
        route = {"New": ("Ready for Fulfillment",)}.get(order.status, ())
        after = replace(order, lines=self._allocated(order))
        return self._put(after, order, "order", (*route, "Wave Built"))

    def release(self, number: str) -> tuple[Pick, ...]:
        """Release what a wave allocates: the work for the pickers, none if nothing could be.

        An order that is not waiting for a wave (cancelled or on hold since) gives no work.
        """
        waiting = self._book.sales(number)
        order = self.wave(number)
        if order.status == "Wave Built":
            # A raise since the wave was built is allocated now, as far as it goes.
            lines = self._allocated(order) if order is waiting else order.lines
            return self._released(order, lines)
        if any(demand(order, line) for line in order.lines) and order.status not in QUEUED:
            return self._released_later(order)
        return ()

    def _released(self, order: Order, lines: tuple[Line, ...]) -> tuple[Pick, ...]:
        picks = tuple(Pick(line.number, line.sku, line.to_pick) for line in lines if line.to_pick)
        if not picks:
            status = "Back Ordered"
        elif any(line.unallocated for line in lines):
            status = "Partially Released"
        else:
            status = "Released"
        self._put(replace(order, lines=lines), order, "order", (status,))
        return picks

    def _released_later(self, order: Order) -> tuple[Pick, ...]:
        """Stock has come for what was back-ordered when the rest was released."""
        if order.status in ("Hold", "Draft"):
            return ()
        lines = self._allocated(order)
        picks = tuple(
            Pick(line.number, line.sku, line.allocated - was.allocated)
            for was, line in zip(order.lines, lines, strict=True)
            if line.allocated > was.allocated
        )
        full = not any(line.unallocated for line in lines)
        steps = ("Released",) if full and order.status == "Partially Released" else ()
        self._put(replace(order, lines=lines), order, "order", steps)
        return picks

    def _allocated(self, order: Order) -> tuple[Line, ...]:
        """The lines with what can be allocated to them now; two lines may want the same item."""
        taken: dict[str, int] = {}
        lines: list[Line] = []
        for line in order.lines:
            held = allocatable(self._stock.figures(line.sku, order.facility))
            more = min(line.unallocated, max(0, held - taken.get(line.sku, 0)))
            taken[line.sku] = taken.get(line.sku, 0) + more
            lines.append(replace(line, allocated=line.allocated + more) if more else line)
        return tuple(lines)

    # --- picking ----------------------------------------------------------------------

    def picked(self, number: str, line: str, units: int) -> None:
        """Units were taken for a line; nothing happens when nobody may pick the order now."""
        order = self._book.sales(number)
        if order.status not in PICKED_FROM:
            return
        after = _with(order, line, lambda found: _picked(found, units))
        self._put(after, order, "pick", self._pick_route(after))

    def short(self, number: str, line: str, units: int) -> None:
        """Units of a line were not there: the record is corrected and the line cut, or the
        units wait for stock (``short_pick``). An order that is short of everything is over."""
        order = self._book.sales(number)
        if order.status not in PICKED_FROM:
            return
        cut = self._settings.short_pick == "cut"
        after = _with(order, line, lambda found: _short(found, units, cut=cut))
        sku = next(found.sku for found in after.lines if found.number == line)
        world = self._world
        if cut:
            said = (LineSaid(line, sku, units, 0, order.facility),)
            world.emit(WorkCut(world.t, world.by, world.n, "deposco", number, said, "short"))
        self._put(after, order, "adjust", self._short_route(after))
        self._feed.add(
            sku=sku, facility=order.facility, units=-units, reason="SHORT PICK", ref=number
        )

    def _short_route(self, order: Order) -> tuple[str, ...]:
        if any(line.open for line in order.lines):
            return self._pick_route(order)
        if any(line.shipped for line in order.lines):
            return TO_COMPLETE[order.status]
        return ("Canceled",)

    def _pick_route(self, order: Order) -> tuple[str, ...]:
        done = not any(line.to_pick for line in order.lines)
        if order.status == "Picking":
            return ("Pick Complete",) if done else ()
        if order.status == "Pick Complete":
            return () if done else ("Picking",)
        return ("Picking", "Pick Complete") if done else ("Picking",)

    # --- the warehouse says no --------------------------------------------------------

    def cancel(self, number: str, why: str) -> bool:
        """Cancel an order on the floor; False when it is past that."""
        order = self._book.sales(number)
        if order.status not in WAREHOUSE_CANCELLABLE[self._settings.warehouse_cancels_until]:
            return False
        if any(line.shipped or line.packed for line in order.lines):
            return False
        self._rules.end(order, why=why)
        return True

    def _put(self, after: Order, before: Order, cause: str, steps: tuple[str, ...]) -> Order:
        return put_moved(self._book, after, before, cause, steps)


def put_moved(
    book: OrderBook, after: Order, before: Order, cause: str, steps: tuple[str, ...]
) -> Order:
    """Put an order that went through warehouse-driven statuses.

    Raises:
        SimulatorFault: the table of such moves has no such step.
    """
    status = before.status
    for step in steps:
        if step not in WAREHOUSE_MOVES[status]:
            raise SimulatorFault(f"deposco: {before.number} cannot go from {status} to {step}")
        status = step
    return book.put(after, before=before, cause=cause, steps=steps)


def _with(order: Order, number: str, change: Callable[[Line], Line]) -> Order:
    lines = order.lines
    for position, line in enumerate(lines):
        if line.number == number:
            return replace(order, lines=(*lines[:position], change(line), *lines[position + 1 :]))
    raise SimulatorFault(f"deposco: order {order.number} has no open line {number}")


def _picked(line: Line, units: int) -> Line:
    _check(line, units)
    return replace(line, picked=line.picked + units)


def _short(line: Line, units: int, *, cut: bool) -> Line:
    _check(line, units)
    return replace(
        line, allocated=line.allocated - units, corrected=line.corrected + units,
        short=line.short + (units if cut else 0),
    )  # fmt: skip


def _check(line: Line, units: int) -> None:
    if not 0 < units <= line.to_pick:
        raise SimulatorFault(
            f"deposco: line {line.number} has {line.to_pick} units to pick, not {units}"
        )
