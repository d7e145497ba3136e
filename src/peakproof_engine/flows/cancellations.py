"""Cancelling an order: the warehouse's own answer decides, and money moves only after it."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from peakproof_engine.errors import CallError, Refused
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.order_book import Open, OrderBook, refund_reference
from peakproof_engine.model import Work
from peakproof_engine.systems.ports import (
    SetShipment,
    SetState,
    Shop,
    ShopChange,
    ShopState,
    Warehouse,
)

_AT_ONCE_S: Final = 0.001


class Cancellations:
    """Leads an order that is to end without a parcel, or puts it back when that is too late."""

    def __init__(self, core: Core, shop: Shop, warehouse: Warehouse, book: OrderBook) -> None:
        self._core = core
        self._shop = shop
        self._warehouse = warehouse
        self._book = book

    async def advance(self, found: Open) -> float | None:
        """The next step of a customer's wish to cancel."""
        wish = found.order.wish
        if wish == "asked":
            return await self._decide(found)
        if wish == "granted":
            return await self._grant(found)
        return await self._put_back(found)

    # --- the decision ---------------------------------------------------------------------

    async def _decide(self, found: Open) -> float | None:
        order, core = found.order, self._core
        if self._shop.restores and not order.restored:
            with core.store:
                self._book.restored(found)
                self._book.keep(found)
        if not order.works:
            with core.store:
                self._book.withdraw(found, None)
                order.wish = "granted"
                self._book.keep(found)
            self._book.touch(found)
            return _AT_ONCE_S
        for work in order.works:
            if work.stage == "waiting":
                wait_s = await self._never_sent(found, work)
                if wait_s is not None:
                    return wait_s
        answers = [await self._cancelled(found, work) for work in order.works]
        if None in answers:
            return core.policy.settle_s
        with core.store:
            if all(answers):
                order.wish = "granted"
            else:
                order.wish = "refused"
                for work, gone in zip(order.works, answers, strict=True):
                    if not gone:
                        self._book.kept(found, work)
                self._keep_cut(found)
                kind = "cancel_in_part" if any(answers) else "cancel_too_late"
                late = [work.number for work, gone in zip(order.works, answers, strict=True)
                        if not gone]  # fmt: skip
                core.desk.park(
                    f"order:{order.number}", kind,
                    f"the warehouse no longer cancels {', '.join(late)}",
                )  # fmt: skip
            self._book.keep(found)
        return _AT_ONCE_S

    async def _never_sent(self, found: Open, work: Work) -> float | None:
        """Work that was not created, as far as we know; seconds to wait until that is certain."""
        tried_s = found.tried.get(work.number)
        if tried_s is not None:
            there = await self._warehouse.find(work.number)
            if there is not None:
                with self._core.store:
                    self._book.landed(found, work, self._core.wall())
                    self._book.keep(found)
                return None
            # A create that timed out may still be on its way: what is not there yet may come.
            left_s = tried_s + self._core.policy.late_s - self._core.wall()
            if left_s > 0:
                return left_s
        with self._core.store:
            self._book.withdraw(found, work)
            self._book.keep(found)
        self._book.touch(found)
        return None

    async def _cancelled(self, found: Open, work: Work) -> bool | None:
        """Whether the warehouse has cancelled a piece of work; None when it cannot be found."""
        if work.stage == "cancelled":
            return True
        there = await self._warehouse.find(work.number)
        if there is None:
            return None
        if not self._core.guards.cancel_answer:
            # Ask for the status, then act on it: what a plain connector does.
            if not there.open_to_cancel and not there.cancelled:
                return False
            await self._refund(found)
            with suppress(CallError):
                await self._warehouse.cancel(there)
        elif not there.cancelled and not await self._warehouse.cancel(there):
            return False
        work.stage = "cancelled"
        with self._core.store:
            self._book.let_go(found, work)
            self._book.keep(found)
        return True

    def _keep_cut(self, found: Open) -> None:
        """Of a part cancellation the cancelled lines will not ship; the rest goes on."""
        for work in found.order.works:
            if work.stage == "cancelled":
                for line in found.order.lines:
                    if line.line in work.lines:
                        line.cut = line.units - line.shipped

    # --- the end ----------------------------------------------------------------------------

    async def _grant(self, found: Open) -> float | None:
        await self._refund(found)
        await self._book.change(found, lambda: self._ended(found))
        found.order.wish = "done"
        self._book.finish(found)
        self._book.touch(found)
        return None

    async def _put_back(self, found: Open) -> float | None:
        """Too late: the shop's order gets back the state that is true."""
        order = found.order

        def decide() -> list[ShopChange]:
            if order.shown != "cancelled":
                return []
            state: ShopState = "confirmed"
            shipped = order.complete and all(parcel.confirmed for parcel in order.parcels)
            if shipped and self._core.policy.complete_orders:
                state = "complete"
            return [SetState(state)]

        await self._book.change(found, decide)
        order.wish = "done"
        order.acknowledged = True
        with self._core.store:
            self._book.keep(found)
        if order.complete and all(parcel.confirmed for parcel in order.parcels):
            self._book.finish(found)
            return None
        return _AT_ONCE_S

    async def end(self, found: Open) -> float | None:
        """The engine itself ends an order: its payment failed, or the warehouse cancelled it."""
        order, core = found.order, self._core
        if order.gone == "warehouse":
            await self._refund(found)
        await self._book.change(found, lambda: self._ended(found))
        with core.store:
            if order.gone == "unpaid":
                self._book.withdraw(found, None)
            else:
                core.desk.park(
                    f"order:{order.number}", "warehouse_cancelled",
                    "the warehouse cancelled the whole order; the money goes back",
                )  # fmt: skip
        self._book.finish(found)
        self._book.touch(found)
        return None

    def _ended(self, found: Open) -> list[ShopChange]:
        changes: list[ShopChange] = []
        if found.shipment != "cancelled":
            changes.append(SetShipment("cancelled"))
        if found.order.shown != "cancelled":
            changes.append(SetState("cancelled"))
        return changes

    async def _refund(self, found: Open) -> None:
        """Give back all that was captured, once."""
        order, core = found.order, self._core
        reference = refund_reference(order)
        if reference in order.refunded:
            return
        whole = await self._shop.order(order.id)
        try:
            done = await self._shop.refund(whole, None, reference)
        except Refused as refused:
            done = True
            with core.store:
                core.desk.park(f"order:{order.number}", "refund_failed", str(refused))
        if done:
            # Otherwise nothing was captured, and what is captured later is to go back too.
            order.refunded.append(reference)
            with core.store:
                self._book.keep(found)
