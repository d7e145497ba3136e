"""From the tills to the master: every sale, return and voided sale is booked once.

Movements go one by one, each under the till's own id for it. What the master refuses for an item
that it lacks is kept and goes when the item appears.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from peakproof_engine.errors import CallError, Failed, Refused, UnknownOutcome
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.items import ItemFlow
from peakproof_engine.flows.returns import Restocks
from peakproof_engine.flows.stock import StockFlow
from peakproof_engine.mapping import till_channels
from peakproof_engine.model import Movement, MovementLine
from peakproof_engine.systems.ports import StockMaster, Tills, TillSale

_AFTER_ITS_SALE_S: Final = 1.0
_REFUSED_AGAIN_S: Final = 900.0


class TillFlow:
    """Movements of goods at the stores, from the tills' books into the master's."""

    def __init__(
        self,
        core: Core,
        *,
        tills: Tills,
        master: StockMaster,
        system: str,
        items: ItemFlow,
        stock: StockFlow,
    ) -> None:
        self._core = core
        self._tills = tills
        self._master = master
        self._system = system
        self._items = items
        self._stock = stock
        self._channels = till_channels(core.config)
        self._open: dict[str, Movement] = {}
        self._flying: dict[str, list[tuple[Live, int]]] = {}
        self._attempts: dict[str, int] = {}
        self._fetch: dict[str, str] = {}
        self._restocks = Restocks(core, tills)
        self.posting: dict[tuple[str, str], int] = {}
        """Postings under way, by node and SKU."""
        self.booked_s: dict[tuple[str, str], float] = {}
        """When the master last answered a posting, by node and SKU."""
        self.held: dict[tuple[str, str], str] = {}
        """Cells that are being counted: nothing else is posted for them meanwhile."""
        self.lane = core.lane("movements", self._work, self._give_up)
        self.fetching = core.lane("till-sales", self._fetch_all)
        self.count_lane = self.lane
        self.swept_s = 0.0

    # --- taking in ------------------------------------------------------------------------

    def load(self) -> None:
        """Take up the movements of the store that are not booked, and those booked just now."""
        core = self._core
        if not core.guards.write_ahead:
            return
        for movement in core.store.open_movements():
            self._open[movement.id] = movement
            if movement.kind != "count":
                self._fly(movement)
                self.lane.poke(movement.id)
        # An answer that came before the crash may be younger than the figures read since.
        since_s = min(core.ledger.heard_s(), core.wall() - 2 * core.policy.settle_s)
        for movement in core.store.booked_movements(since_s):
            if movement.kind != "count":
                for live, units in self._units(movement):
                    core.ledger.recall(live, units, movement.answered_s)

    def heard(self, sale: str, event: str) -> None:
        """A notice of the tills about a transaction: it has no lines, they are fetched."""
        self._fetch[sale] = event
        self.fetching.poke("fetch")

    async def _fetch_all(self, _key: str) -> float | None:
        wanted = list(self._fetch.items())[:100]
        if not wanted:
            return None
        sales = await self._tills.sales([sale for sale, _ in wanted])
        for sale in sales:
            self.take(sale, self._fetch.get(sale.id, ""))
        for sale_id, event in wanted:
            if self._fetch.get(sale_id) == event:
                del self._fetch[sale_id]
        return 0.0 if self._fetch else None

    async def sweep(self) -> None:
        """Ask for transactions changed since the last sweep began, with an overlap."""
        core = self._core
        began_s = core.wall()
        since_s = core.sweep_from("sales")
        for sale in await self._tills.sales_since(since_s):
            self.take(sale, "")
        core.swept("sales", began_s)
        self.swept_s = began_s

    def take(self, sale: TillSale, event: str) -> None:
        """A till's transaction: what it moved is booked now and posted soon."""
        node = self._core.places.node(self._system, sale.place)
        if not node:
            self._core.desk.park(
                f"sale:{sale.id}", "unmapped_place", f"no node stands for {sale.place} of the tills"
            )
            return
        if sale.sold:
            self.add(_movement("sale", sale, node, sale.sold), event)
        if sale.sold and sale.voided:
            self.add(_movement("void", sale, node, sale.sold), event)
        if sale.returned and self._core.guards.returns_posted:
            self.add(_movement("return", sale, node, sale.returned), event)

    def add(self, movement: Movement, event: str = "") -> bool:
        """Take a movement in, once; False when it was taken before."""
        core = self._core
        if not core.guards.movement_once and event:
            # A plain connector posts what it is told, under the id of the notice that told it.
            movement.id, movement.reference = f"{movement.id}:{event}", event
        if movement.id in self._open:
            return False
        with core.store as store:
            if store.movement(movement.id) is not None:
                return False
            store.put_movement(movement, is_open=True)
            if movement.kind != "count":
                for live, units in self._units(movement):
                    core.ledger.sold(live, units, movement.recorded_s)
        self._open[movement.id] = movement
        if movement.kind != "count":
            self._fly(movement)
        self.lane.poke(movement.id)
        for line in movement.lines:
            self._stock.touched(movement.node, line.sku)
        return True

    def find(self, id_: str) -> Movement | None:
        """A movement that is not booked."""
        return self._open.get(id_)

    # --- posting --------------------------------------------------------------------------

    async def _work(self, id_: str) -> float | None:
        movement = self._open.get(id_)
        if movement is None:
            return None
        if movement.kind == "count":
            self.count_lane.poke(id_)
            return None
        if self._waits(movement):
            return _AFTER_ITS_SALE_S
        if movement.kind == "return":
            wait_s = await self._restocks.settle(movement, self.add)
            if wait_s is not None:
                return wait_s
        cells = [(movement.node, line.sku) for line in movement.lines]
        for cell in cells:
            self.posting[cell] = self.posting.get(cell, 0) + 1
        try:
            return await self._post(movement)
        finally:
            for cell in cells:
                self.posting[cell] -= 1

    def _waits(self, movement: Movement) -> bool:
        """A void goes after its sale; a cell that is being counted holds still."""
        if movement.kind == "void" and f"sale:{movement.id.partition(':')[2]}" in self._open:
            return True
        return any(
            self.held.get((movement.node, line.sku), movement.id) != movement.id
            for line in movement.lines
        )

    async def _post(self, movement: Movement) -> float | None:
        place = self._core.places.place(movement.node, self._core.config.masters.stock)
        if movement.kind in ("sale", "return", "void"):
            try:
                await self._master.book(self._document(movement), place)
            except Refused as refused:
                return self._refused(movement, refused)
        else:
            wait_s = await self.adjust(movement, place, -movement.outflow * movement.lines[0].units)
            if wait_s is not None:
                return wait_s
        self.done(movement)
        return None

    def _document(self, movement: Movement) -> Movement:
        """What is posted: a transaction goes under the till's own id, whatever the attempt."""
        if self._core.guards.movement_once:
            return movement
        # A plain connector numbers its documents itself, and each attempt is a document.
        attempt = self._attempts[movement.id] = self._attempts.get(movement.id, 0) + 1
        return msgspec.structs.replace(movement, reference=f"{movement.reference}-{attempt}")

    async def adjust(self, movement: Movement, place: str, units: int) -> float | None:
        """Change the master by signed units, once, though the call itself is not idempotent.

        Seconds to wait when an earlier attempt may still arrive, None when it is done.
        """
        core = self._core
        if movement.stage == "sent":
            if await self._master.adjusted(movement, place):
                return None
            left_s = movement.sent_s + core.policy.late_s - core.wall()
            if left_s > 0:
                return min(left_s, core.policy.settle_s)
        before = movement.stage
        movement.stage, movement.sent_s = "sent", core.wall()
        with core.store as store:
            store.put_movement(movement, is_open=True)
        try:
            await self._master.adjust(movement, place, units)
        except Failed:
            movement.stage = before
            raise
        except Refused as refused:
            movement.stage = before
            return self._refused(movement, refused)
        except UnknownOutcome:
            movement.sent_s = core.wall()
            raise
        return None

    def done(self, movement: Movement) -> None:
        """The master has it."""
        core = self._core
        now_s = core.wall()
        movement.stage, movement.answered_s = "booked", now_s
        with core.store as store:
            for live, units in self._flying.pop(movement.id, ()):
                core.ledger.landed(live, units, now_s)
            store.put_movement(movement, is_open=False)
            for kind in ("unknown_item", "till_record_refused"):
                core.desk.close(desk_key(movement), kind)
        del self._open[movement.id]
        for line in movement.lines:
            self.booked_s[movement.node, line.sku] = now_s
            self._stock.touched(movement.node, line.sku)

    def _refused(self, movement: Movement, refused: Refused) -> float | None:
        core = self._core
        movement.stage = "parked"
        if refused.code == "unknown_item":
            skus = [line.sku for line in movement.lines]
            self._items.forget(skus)
            self._items.wait(skus, movement.id, self.lane)
        with core.store as store:
            store.put_movement(movement, is_open=True)
            kind = "unknown_item" if refused.code == "unknown_item" else "till_record_refused"
            core.desk.park(desk_key(movement), kind, str(refused))
        return _REFUSED_AGAIN_S

    def _give_up(self, id_: str, error: CallError) -> None:
        movement = self._open.pop(id_, None)
        if movement is not None:
            for live, units in self._flying.pop(id_, ()):
                self._core.ledger.unfly(live, units)
            movement.stage = "dropped"
            with self._core.store as store:
                store.put_movement(movement, is_open=False)

    # --- books ------------------------------------------------------------------------------

    def _fly(self, movement: Movement) -> None:
        flying = self._units(movement)
        for live, units in flying:
            self._core.ledger.fly(live, units)
        self._flying[movement.id] = flying

    def _units(self, movement: Movement) -> list[tuple[Live, int]]:
        """Signed units by share: what left the shelf by way of the till.

        They tell our own posting from news when the master's level comes back. Without that every
        level is news, also for the till that has moved its figure already.
        """
        channel = self._channels.get(movement.node)
        found: list[tuple[Live, int]] = []
        if not self._core.guards.echo:
            return found
        for line in movement.lines:
            live = None
            if channel is not None and line.sku:
                live = self._core.ledger.live(movement.node, line.sku, channel.id)
            if live is not None:
                found.append((live, movement.outflow * line.units))
        return found


def desk_key(movement: Movement) -> str:
    """The name by which the desk knows a movement: the transaction it belongs to."""
    _, _, rest = movement.id.partition(":")
    return f"sale:{rest.partition(':')[0]}"


def _movement(
    kind: Literal["sale", "return", "void"],
    sale: TillSale,
    node: str,
    lines: Sequence[tuple[str, int, int]],
) -> Movement:
    recorded_s = sale.changed_s if kind == "void" else sale.recorded_s
    return Movement(
        id=f"{kind}:{sale.id}",
        kind=kind,
        node=node,
        lines=[MovementLine(sku, units, price) for sku, units, price in lines],
        occurred_s=recorded_s,
        recorded_s=recorded_s,
        reference=sale.id,
        currency=sale.currency,
        total_minor=sale.total_minor,
    )
