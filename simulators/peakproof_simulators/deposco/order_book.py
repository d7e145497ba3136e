"""Keeps the orders: who waits for a wave, who waits for stock, and how to find them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.structs import replace

from peakproof.errors import SimulatorFault
from peakproof.history.records import WorkState
from peakproof_simulators.deposco.entities import Line, Order, demand
from peakproof_simulators.deposco.lifecycle import (
    ALL_TYPES,
    FINISHED,
    INBOUND,
    MEANS,
    OUTWARD,
    PURCHASE,
    QUEUED,
    SALES,
    V1_STATUS,
    WITHOUT_DEMAND,
)
from peakproof_simulators.deposco.vault import Vault

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.stock import StockBook

SEARCHED: Final = (
    "other_reference_number", "other_reference_number2", "customer_order_number",
    "import_reference",
)  # fmt: skip
"""Fields of an order that a search finds by an index."""

_EXPECTED: Final = (
    "New", "Hold", "In-Transit", "Arrived", "Receiving", "Partial Receipt",
)  # fmt: skip
"""Statuses of an inward order in which its goods are still to come."""

_INWARD: Final = frozenset({PURCHASE, INBOUND})
"""Types whose goods are announced: a customer's return is not counted on."""


class OrderBook:
    """Orders of all types by number, with the indexes that reads and waves need.

    Putting an order is the one way to change one: the difference between what it was and what it
    is now is what happens to stock, queues, indexes and history.
    """

    def __init__(self, world: World, stock: StockBook, *, keep_s: float) -> None:
        self._world = world
        self._stock = stock
        self.by_type: dict[str, Vault[Order]] = {
            kind: Vault(Order, lambda: world.env.now, keep_s=keep_s) for kind in ALL_TYPES
        }
        self.references: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in SEARCHED}
        self.changed: dict[tuple[str, str], float] = {}
        self.changed_to: dict[tuple[str, str], dict[str, float]] = {}
        """The same by type and V1's word for the status: a sweep asks for few of them."""
        self.waves: dict[str, dict[str, None]] = {}
        self._waiting: dict[tuple[str, str], dict[str, None]] = {}
        self.known_place: Callable[[str], bool] = lambda _facility: True
        self.listeners: list[Callable[[Order | None, Order], None]] = []
        stock.freed = self._stock_freed

    def get(self, kind: str, number: str) -> Order | None:
        """An order by type and number; None when there is none."""
        vault = self.by_type.get(kind)
        return None if vault is None else vault.get(number)

    def sales(self, number: str) -> Order:
        """A sales order that must be there.

        Raises:
            SimulatorFault: there is none.
        """
        found = self.by_type[SALES].get(number)
        if found is None:
            raise SimulatorFault(f"deposco: there is no sales order {number}")
        return found

    def put(
        self, after: Order, *, before: Order | None, cause: str, steps: tuple[str, ...] = ()
    ) -> Order:
        """Let an order be what ``after`` says; ``steps`` are the statuses that it went through,
        the last one its status from now on."""
        world = self._world
        now = world.env.now
        status = steps[-1] if steps else after.status
        if after.status != status or after.updated != now:
            after = replace(after, status=status, updated=now)
        finished = after.status in FINISHED
        self.by_type[after.type].put(after.number, after, before=before, finished=finished)
        if before is not None:
            self.changed_to[before.type, V1_STATUS[before.status]].pop(before.number, None)
        self.touch(after)
        if after.type == SALES:
            self._settle(before, after, cause)
            for step in steps:
                world.emit(
                    WorkState(now, world.by, world.n, "deposco", after.number, step, MEANS[step])
                )
            self._queue(after, before)
        elif after.type in OUTWARD:
            self._settle(before, after, cause)
        elif after.type in _INWARD:
            self._expect(before, after)
        for listener in self.listeners:
            listener(before, after)
        return after

    def touch(self, order: Order) -> None:
        """Note that an order (or something that its status shows) has changed now."""
        key, now = (order.type, order.number), self._world.env.now
        self.changed.pop(key, None)
        self.changed[key] = now
        word = (order.type, V1_STATUS[order.status])
        alike = self.changed_to.get(word)
        if alike is None:
            alike = self.changed_to[word] = {}
        alike.pop(order.number, None)
        alike[order.number] = now

    def index(self, order: Order, *, before: Order | None = None) -> None:
        """Make an order findable by its references."""
        for name, known in self.references.items():
            value = getattr(order.sent, name)
            was = UNSET if before is None else getattr(before.sent, name)
            if value is was or value == was:
                continue
            if isinstance(was, str) and was in known:
                left = tuple(number for number in known[was] if number != order.number)
                if left:
                    known[was] = left
                else:
                    del known[was]
            if isinstance(value, str) and value:
                known[value] = (*known.get(value, ()), order.number)

    def changed_between(self, first: float, last: float) -> Iterator[tuple[str, str]]:
        """(type, number) of orders whose last change lies in a window, newest change first."""
        for key in reversed(self.changed):
            at = self.changed[key]
            if at < first:
                return
            if at <= last:
                yield key

    def changed_to_between(self, word: tuple[str, str], first: float, last: float) -> list[str]:
        """Numbers of orders of a (type, V1 status) whose last change lies in a window, the longest
        ago first."""
        alike = self.changed_to.get(word, {})
        found: list[str] = []
        for number in reversed(alike):
            at = alike[number]
            if at < first:
                break
            if at <= last:
                found.append(number)
        found.reverse()
        return found

    # --- stock ------------------------------------------------------------------------

    def _settle(self, before: Order | None, after: Order, cause: str) -> None:
        if before is not None and before.facility != after.facility:
            for line in before.lines:
                self._claim(before, line, -1, "order", total=0)
            before = None
        if before is None:
            for line in after.lines:
                self._claim(after, line, 1, cause, total=0)
            return
        asks, asked_before = after.status not in WITHOUT_DEMAND, before.status not in WITHOUT_DEMAND
        if before.lines is after.lines and asks == asked_before:
            return
        for was, line in zip(before.lines, after.lines, strict=False):
            if was is line and asks == asked_before:
                continue
            total = was.shipped + was.corrected - line.shipped - line.corrected
            allocated = line.allocated - was.allocated
            asked = (line.unallocated if asks else 0) - (was.unallocated if asked_before else 0)
            if (total or allocated or asked) and self.known_place(after.facility):
                self._stock.change(
                    line.sku, after.facility, cause, after.number,
                    total=total, allocated=allocated, demand=asked,
                )  # fmt: skip
        for line in after.lines[len(before.lines) :]:
            self._claim(after, line, 1, cause, total=-(line.shipped + line.corrected))

    def _claim(self, order: Order, line: Line, sign: int, cause: str, *, total: int) -> None:
        asked = demand(order, line)
        if (asked or line.allocated or total) and self.known_place(order.facility):
            self._stock.change(
                line.sku, order.facility, cause, order.number,
                total=total, allocated=sign * line.allocated, demand=sign * asked,
            )  # fmt: skip

    def _expect(self, before: Order | None, after: Order) -> None:
        for order, sign in ((before, -1), (after, 1)):
            if order is None or order.status not in _EXPECTED or not order.facility:
                continue
            on_the_way = order.status == "In-Transit" or order.type == INBOUND
            kind = "in_transit" if on_the_way else "on_order"
            for line in order.lines:
                if line.expected:
                    self._stock.change(
                        line.sku, order.facility, "receipt", order.number,
                        **{kind: sign * line.expected},
                    )  # fmt: skip

    # --- waves ------------------------------------------------------------------------

    def _queue(self, order: Order, before: Order | None) -> None:
        if before is not None and before.facility != order.facility:
            self.waves[before.facility].pop(order.number, None)
        queue = self.waves.get(order.facility)
        if queue is None:
            queue = self.waves[order.facility] = {}
        if order.status in QUEUED:
            queue[order.number] = None
            return
        queue.pop(order.number, None)
        if order.status == "Hold" or order.status in WITHOUT_DEMAND:
            return
        for line in order.lines:
            if line.unallocated:
                waiting = self._waiting.setdefault((order.facility, line.sku), {})
                waiting[order.number] = None

    def _stock_freed(self, sku: str, facility: str) -> None:
        waiting = self._waiting.pop((facility, sku), None)
        if not waiting:
            return
        queue = self.waves.setdefault(facility, {})
        for number in waiting:
            order = self.by_type[SALES].get(number)
            if order is None or order.facility != facility or order.status == "Hold":
                continue
            if any(line.sku == sku and demand(order, line) for line in order.lines):
                queue[number] = None
