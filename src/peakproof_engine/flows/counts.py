"""Stock counts and goods taken in at a store, from the tills' stock book into the master's.

A count says what was on the shelf when it was taken. The master's record is corrected by the
difference to what it would have shown at that time: what was booked later is taken out again,
what had happened by then and is not booked yet is put in. A sale that comes to light afterwards
although it happened before the count has been counted already, and is given back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from peakproof_engine.flows.audit import Audit
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.order_book import OrderBook
from peakproof_engine.flows.till_sales import TillFlow
from peakproof_engine.mapping import till_channels
from peakproof_engine.model import Counted, Movement, MovementLine, Order
from peakproof_engine.systems.ports import TillChange, Tills, Warehouse

_TRANSACTIONS: Final = ("sale", "return", "void")
_LOOK_AGAIN_S: Final = 2.0
_LATE_SALE_S: Final = 72 * 3600.0
"""An offline till may upload a sale this late."""
_BENCH_S: Final = 300.0
"""A parcel that left this soon after a count had been picked before it, as a rule."""


class CountFlow:
    """Reads the tills' stock book for what is no sale, and books counts.

    ``confirmed`` is told of our own changes when they come back to us.
    """

    def __init__(
        self,
        core: Core,
        *,
        tills: Tills,
        warehouse: Warehouse,
        book: OrderBook,
        sales: TillFlow,
        audit: Audit,
        system: str,
        confirmed: Callable[[str], None],
    ) -> None:
        self._core = core
        self._tills = tills
        self._warehouse = warehouse
        self._book = book
        self._sales = sales
        self._audit = audit
        self._system = system
        self._confirmed = confirmed
        self._channels = till_channels(core.config)
        self._counts: dict[tuple[str, str], Counted] = {}
        self.lane = core.lane("counts", self._work)
        self.recounts = core.lane("recounts", self._recount)
        sales.count_lane = self.lane

    def load(self) -> None:
        """Take up the counts that were applied."""
        for node, sku, counted in self._core.store.counts():
            self._counts[node, sku] = counted

    async def round(self) -> None:
        """Read the tills' stock book since the last round began, with an overlap."""
        core = self._core
        began_s = core.wall()
        for change in await self._tills.changes_since(core.sweep_from("changes")):
            self.take(change)
        core.swept("changes", began_s)

    def take(self, change: TillChange) -> None:
        """A line of the tills' stock book."""
        node = self._core.places.node(self._system, change.place)
        if not node:
            return
        if change.kind == "own" and self._core.guards.echo:
            self._confirmed(change.reference)
        elif change.kind in _TRANSACTIONS:
            self._late(node, change)
        else:
            units, kind = change.units, change.kind
            if kind == "own":
                # Without the guard our own change is taken for a movement of the store's.
                kind, units = ("intake", units) if units > 0 else ("waste", -units)
            movement = Movement(
                id=f"{kind}:{change.id}", kind=kind, node=node,
                lines=[MovementLine(change.sku, units)], occurred_s=change.occurred_s,
                recorded_s=change.recorded_s, reference=f"{kind}-{change.id}",
            )  # fmt: skip
            if self._sales.add(movement) and kind == "count":
                self.recounts.poke(f"{node}|{change.sku}")

    def _late(self, node: str, change: TillChange) -> None:
        """A movement that a count had already seen: its booking is taken back again."""
        counted = self._counts.get((node, change.sku))
        if counted is None or not self._core.guards.count_time or not change.restock:
            return
        if change.occurred_s > counted.taken_s:
            return
        name = f"{change.kind}:{change.reference}"
        booked = self._core.store.movement(name)
        in_time = booked is not None and 0 < booked.answered_s <= counted.handled_s
        if in_time or name in counted.open_then:
            return
        self._sales.add(
            Movement(
                id=f"late:{change.reference}:{change.id}",
                kind="late" if change.kind == "sale" else "waste", node=node,
                lines=[MovementLine(change.sku, change.units)], occurred_s=change.occurred_s,
                recorded_s=change.recorded_s, reference=f"late-{change.id}",
            )
        )  # fmt: skip

    # --- one count ------------------------------------------------------------------------

    async def _recount(self, key: str) -> float | None:
        """The tills show what was counted, whatever their share: begin again from there."""
        node, _, sku = key.partition("|")
        channel = self._channels.get(node)
        live = None if channel is None else self._core.ledger.live(node, sku, channel.id)
        if live is None:
            return None
        if live.step is not None:
            return _LOOK_AGAIN_S
        await self._audit.recount(live)
        return None

    async def _work(self, id_: str) -> float | None:
        movement = self._sales.find(id_)
        if movement is None:
            return None
        cell = (movement.node, movement.lines[0].sku)
        holder = self._sales.held.setdefault(cell, id_)
        if holder != id_:
            return _LOOK_AGAIN_S
        if movement.delta is None and not await self._measure(movement):
            return _LOOK_AGAIN_S
        if movement.delta:
            place = self._core.places.place(movement.node, self._core.config.masters.stock)
            wait_s = await self._sales.adjust(movement, place, movement.delta)
            if wait_s is not None:
                return wait_s
        self._sales.done(movement)
        del self._sales.held[cell]
        return None

    async def _measure(self, movement: Movement) -> bool:
        """Work out by how much the record is off; False while it cannot be told."""
        core, line = self._core, movement.lines[0]
        key = (movement.node, line.sku)
        cell = core.ledger.known(*key)
        if cell is None or cell.available is None or self._sales.posting.get(key):
            return False
        booked_s = self._sales.booked_s.get(key, 0.0)
        fresh = cell.as_of_low_s >= booked_s or core.wall() > booked_s + 4 * core.cadence.stock_s
        if not fresh and core.guards.count_time:
            return False
        open_then: list[str] = []
        expected = cell.total
        if core.guards.count_time:
            off, open_then = await self._since(movement)
            off += await self._bench(movement)
            if self._sales.posting.get(key) or self._sales.booked_s.get(key, 0.0) != booked_s:
                return False
            expected = cell.total + off
        movement.delta = line.units - expected
        counted = Counted(movement.occurred_s, core.wall(), open_then)
        latest = self._counts.get(key)
        with core.store as store:
            store.put_movement(movement, is_open=True)
            if latest is None or latest.taken_s <= counted.taken_s:
                self._counts[key] = counted
                store.put_count(*key, counted)
        return True

    async def _since(self, movement: Movement) -> tuple[int, list[str]]:
        """Units by which the record of the time differs from today's, and what it lacks."""
        line, taken_s = movement.lines[0], movement.occurred_s
        off, open_then = 0, []
        store = self._core.store
        place = self._core.places.place(movement.node, self._system)
        for change in await self._tills.changes_since(taken_s - _LATE_SALE_S, [line.sku]):
            if change.place != place or change.kind in ("count", "own"):
                continue
            if change.kind in _TRANSACTIONS:
                name = f"{change.kind}:{change.reference}"
                if not change.restock:
                    continue
            else:
                name = f"{change.kind}:{change.id}"
            left = change.units if change.kind in ("sale", "waste") else -change.units
            found = store.movement(name)
            booked = found is not None and found.stage == "booked"
            if change.occurred_s > taken_s and booked:
                off += left
            elif change.occurred_s <= taken_s and not booked:
                off -= left
                open_then.append(name)
        return off, open_then

    async def _bench(self, movement: Movement) -> int:
        """Units of web orders that left since the count, less those that stood on the bench then.

        The record still holds what has been picked; the shelf, which was counted, does not.
        """
        return await self._left_since(movement) - await self._picked_then(movement)

    async def _left_since(self, movement: Movement) -> int:
        taken_s, left = movement.occurred_s, 0
        for parcel in await self._warehouse.shipped_since(taken_s):
            if parcel.rolled_back or parcel.shipped_s <= taken_s:
                continue
            for number, units in parcel.works.items():
                order = self._order_of(number)
                if order is None:
                    continue
                released_s = max(work.answered_s for work in order.works)
                if released_s > taken_s or parcel.shipped_s > taken_s + _BENCH_S:
                    left += _units_at(order, units, movement)
        return left

    async def _picked_then(self, movement: Movement) -> int:
        node, sku, picked = movement.node, movement.lines[0].sku, 0
        held_work = [
            (found.order, work)
            for found in self._book.open.values()
            for work in found.order.works
            if work.node == node and work.stage == "created"
        ]
        for order, work in held_work:
            if work.answered_s > movement.occurred_s:
                continue
            if any(line.sku == sku and line.line in work.lines for line in order.lines):
                status = await self._warehouse.status(work.number)
                for told in status.lines if status is not None else ():
                    held = {told.line: max(0, told.picked - told.shipped)}
                    picked += _units_at(order, held, movement)
        return picked

    def _order_of(self, work: str) -> Order | None:
        found = self._book.of_work(work)
        if found is not None:
            return found.order
        return self._core.store.order(work) or self._core.store.order(work.rpartition("-")[0])


def _units_at(order: Order, units: Mapping[str, int], movement: Movement) -> int:
    """Units of an order's lines that are of the counted SKU at the counted node."""
    total = 0
    for line_id, many in units.items():
        line = order.line(line_id)
        if line is not None and (line.node, line.sku) == (movement.node, movement.lines[0].sku):
            total += many
    return total
