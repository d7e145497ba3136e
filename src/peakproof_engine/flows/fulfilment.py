"""From the warehouse's parcels to the shop: each confirmed once, with its lines and tracking."""

from __future__ import annotations

from typing import Final

from peakproof_engine.errors import Refused
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.order_book import Open, OrderBook
from peakproof_engine.lanes import Lane
from peakproof_engine.model import Order, Parcel
from peakproof_engine.money import apportion
from peakproof_engine.systems.ports import (
    ConfirmParcel,
    SetShipment,
    SetState,
    ShippedParcel,
    Shop,
    ShopChange,
    Warehouse,
    WithdrawLine,
    WorkStatus,
)

_AT_ONCE_S: Final = 0.001
_LOOK_AGAIN_S: Final = 60.0
_LOOK_AGAIN_CAP_S: Final = 1800.0


class Fulfilment:
    """Books parcels and cuts of the warehouse and brings the shop's order into line."""

    def __init__(
        self, core: Core, shop: Shop, warehouse: Warehouse, book: OrderBook, lane: Lane
    ) -> None:
        self._core = core
        self._shop = shop
        self._warehouse = warehouse
        self._book = book
        self._lane = lane
        self._watched_s = 0.0

    # --- what the warehouse says ------------------------------------------------------------

    def shipped(self, parcel: ShippedParcel) -> None:
        """A parcel left, or was called back; told by notice or found by a sweep."""
        for work, units in parcel.works.items():
            found = self._book.of_work(work)
            if parcel.rolled_back:
                self._rolled_back(work, parcel)
            elif found is not None and sum(units.values()) > 0:
                self._booked(found, work, parcel, dict(units))

    def _booked(self, found: Open, work: str, parcel: ShippedParcel, units: dict[str, int]) -> None:
        order, core = found.order, self._core
        if core.guards.claim and any(
            each.parcel == parcel.parcel and each.work == work for each in order.parcels
        ):
            # A sweep tells a parcel a dozen times; the claim that goes with it is in the store.
            return
        strange = [line for line in units if order.line(line) is None]
        with core.store as store:
            if core.guards.claim and not store.claim(f"parcel:{parcel.parcel}:{work}", core.wall()):
                return
            if strange:
                core.desk.park(
                    f"order:{order.number}", "parcel_unmatched",
                    f"parcel {parcel.parcel} holds lines {', '.join(strange)} unknown to the shop",
                )  # fmt: skip
                for line in strange:
                    del units[line]
            for line, many in units.items():
                sold = order.line(line)
                assert sold is not None
                sold.shipped += many
            for piece in order.works:
                if piece.number == work and piece.stage == "waiting":
                    self._book.landed(found, piece, core.wall())
            order.parcels.append(
                Parcel(
                    parcel.parcel, work, units, parcel.carrier, parcel.tracking, parcel.shipped_s
                )
            )
            self._book.departures.leaves(order, order.parcels[-1])
            self._book.keep(found)
        self._lane.poke(order.number)

    def _rolled_back(self, work: str, parcel: ShippedParcel) -> None:
        core = self._core
        found = self._book.of_work(work)
        with core.store as store:
            if not store.claim(f"rolled-back:{parcel.parcel}:{work}", core.wall()):
                return
            number = work if found is None else found.order.number
            if found is None:
                if store.knows_order(work):
                    core.desk.park(f"order:{number}", "shipment_rolled_back", parcel.parcel)
                return
            held = [each for each in found.order.parcels if each.parcel == parcel.parcel]
            for each in held:
                for line, many in each.units.items():
                    sold = found.order.line(line)
                    if sold is not None:
                        sold.shipped -= many
                if each.confirmed:
                    core.desk.park(f"order:{number}", "shipment_rolled_back", parcel.parcel)
                else:
                    found.order.parcels.remove(each)
                    self._book.departures.stays(found.order, each)
            self._book.keep(found)

    def ended(self, status: WorkStatus) -> None:
        """The warehouse cancelled or cut an order, or finished it without some units."""
        found = self._book.of_work(status.number)
        if not self._core.guards.cuts_told:
            return
        if found is None or found.order.wish in ("asked", "granted"):
            return
        order, core = found.order, self._core
        if status.back_ordered:
            if not found.back_s:
                found.back_s = core.wall()
                self._lane.poke(order.number)
            return
        work = next((each for each in order.works if each.number == status.number), None)
        if work is not None and work.stage == "cancelled":
            return
        fresh = [
            (line, told.cut)
            for told in status.lines
            if (line := order.line(told.line)) is not None and told.cut > line.cut
        ]
        if not fresh:
            return
        with core.store:
            for line, cut in fresh:
                self._book.departures.cut(line, cut - line.cut)
                line.cut = cut
            if status.cancelled and work is not None:
                work.stage = "cancelled"
            self._book.keep(found)
        self._lane.poke(order.number)

    async def sweep(self) -> None:
        """Ask for parcels and for ended orders since the last sweep began, with an overlap."""
        core = self._core
        began_s = core.wall()
        since_s = core.sweep_from("shipments")
        for parcel in await self._warehouse.shipped_since(since_s):
            self.shipped(parcel)
        if self._book.open:
            for status in await self._warehouse.ended_since(since_s):
                self.ended(status)
        core.swept("shipments", began_s)
        self._watch(began_s)

    def _watch(self, now_s: float) -> None:
        """Raise orders that the warehouse has had for too long."""
        limit_s = self._core.policy.unshipped_limit_s
        if now_s < self._watched_s + limit_s / 50:
            return
        self._watched_s = now_s
        for number, found in self._book.open.items():
            for work in found.order.works:
                if work.stage == "created" and work.answered_s < now_s - limit_s:
                    with self._core.store:
                        self._core.desk.park(
                            f"order:{number}", "unshipped",
                            f"{work.number} has been with the warehouse since "
                            f"{(now_s - work.answered_s) / 3600:.1f} h",
                        )  # fmt: skip

    # --- what the shop is told ---------------------------------------------------------------

    async def advance(self, found: Open) -> float | None:
        """Bring the shop's order into line with what left and what never will."""
        order, core = found.order, self._core
        fresh = [parcel for parcel in order.parcels if not parcel.confirmed]
        if not fresh and not order.complete:
            if found.back_s:
                return await self._back_ordered(found)
            return await self._look(found)
        if order.complete and not any(line.shipped for line in order.lines):
            order.gone = "warehouse"
            with core.store:
                self._book.keep(found)
            return _AT_ONCE_S
        await self._book.change(found, lambda: self._decide(found, fresh))
        if order.wish == "asked":
            return _AT_ONCE_S
        for parcel in fresh:
            parcel.confirmed = True
            self._book.departures.left(order, parcel)
        if not all(parcel.confirmed for parcel in order.parcels):
            # One came while the shop was being told.
            with core.store:
                self._book.keep(found)
            return _AT_ONCE_S
        if not order.complete:
            found.look_s = core.wall() + _LOOK_AGAIN_S
            with core.store:
                self._book.keep(found)
            return _LOOK_AGAIN_S
        if any(line.cut for line in order.lines):
            await self._refund_cut(found)
        self._book.finish(found)
        return None

    def _decide(self, found: Open, fresh: list[Parcel]) -> list[ShopChange]:
        """The parcel with its lines and tracking first, then the state that tells the customer."""
        order = found.order
        changes: list[ShopChange] = []
        if order.wish == "asked":
            return changes
        once = self._core.guards.confirm_once
        for parcel in fresh:
            key = key_of(parcel) if once else ""
            if parcel.units and not (once and key in found.delivered):
                place = self._book.departures.place_of(order, parcel.work)
                changes.append(
                    ConfirmParcel(key, parcel.units, parcel.carrier, parcel.tracking, place)
                )
        if order.complete:
            changes += [
                WithdrawLine(line.line, line.cut) for line in order.lines
                if line.cut and found.withdrawn.get(line.line, 0) < line.cut
            ]  # fmt: skip
        wanted = "shipped" if order.complete else "partial"
        if found.shipment != wanted and any(line.shipped for line in order.lines):
            changes.append(SetShipment(wanted))
        completes = self._core.policy.complete_orders
        if completes and order.complete and order.shown != "complete":
            changes.append(SetState("complete"))
        return changes

    async def _refund_cut(self, found: Open) -> None:
        """Units that were paid and will never ship: money back, once, and a word to somebody."""
        order, core = found.order, self._core
        amount = sum(
            apportion(line.total_minor, [line.cut, line.units - line.cut])[0]
            for line in order.lines
            if line.cut
        )
        reference = f"cut:{order.number}"
        if reference not in order.refunded:
            whole = await self._shop.order(order.id)
            try:
                await self._shop.refund(whole, amount, reference)
            except Refused as refused:
                with core.store:
                    core.desk.park(f"order:{order.number}", "refund_failed", str(refused))
            order.refunded.append(reference)
        with core.store:
            core.desk.park(
                f"order:{order.number}", "warehouse_cancelled",
                f"the warehouse will not ship {_cut_text(order)}; {amount} minor units go back",
            )  # fmt: skip

    async def _back_ordered(self, found: Open) -> float | None:
        """The warehouse has no stock for the order: raised unless that passes soon."""
        core, order = self._core, found.order
        left_s = found.back_s + core.policy.back_order_limit_s - core.wall()
        if left_s > 0:
            return left_s
        waiting = False
        for work in order.works:
            if work.stage == "created":
                status = await self._warehouse.status(work.number)
                if status is not None and status.back_ordered:
                    waiting = True
                elif status is not None and status.cancelled:
                    self.ended(status)
        key = f"order:{order.number}"
        with core.store:
            if waiting:
                core.desk.park(key, "back_ordered", "the warehouse has no stock for it")
            else:
                core.desk.close(key, "back_ordered")
        if not waiting:
            found.back_s = 0.0
            return None
        return _LOOK_AGAIN_CAP_S / 3

    async def _look(self, found: Open) -> float | None:
        """Part of the order has left: what becomes of the rest is asked now and then."""
        if not found.order.parcels:
            return None
        now_s = self._core.wall()
        if now_s < found.look_s:
            return found.look_s - now_s
        for work in found.order.works:
            if work.stage == "created":
                status = await self._warehouse.status(work.number)
                if status is not None and (status.cancelled or status.finished):
                    self.ended(status)
        found.looks += 1
        wait_s = min(_LOOK_AGAIN_CAP_S, _LOOK_AGAIN_S * float(1 << min(found.looks, 10)))
        found.look_s = now_s + wait_s
        return wait_s


def key_of(parcel: Parcel) -> str:
    """The key under which the shop keeps a parcel: letters, digits, ``-`` and ``_`` only."""
    text = "".join(char if char.isalnum() and char.isascii() else "-" for char in parcel.parcel)
    return f"parcel-{text}"


def _cut_text(order: Order) -> str:
    return ", ".join(f"{line.cut} of {line.sku}" for line in order.lines if line.cut)
