"""From a shop's order to a warehouse order: taken in, held until paid, created once, confirmed."""

from __future__ import annotations

from typing import Final

from peakproof_engine.errors import Blocked, CallError, Failed, Refused, UnknownOutcome
from peakproof_engine.flows.cancellations import Cancellations
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.fulfilment import Fulfilment
from peakproof_engine.flows.items import ItemFlow
from peakproof_engine.flows.order_book import Open, OrderBook
from peakproof_engine.mapping import fitted, split_by_node
from peakproof_engine.model import Order, Work
from peakproof_engine.systems.ports import (
    LockOrder,
    SetShipment,
    SetState,
    Shop,
    ShopChange,
    ShopNews,
    ShopOrder,
    Warehouse,
    WarehouseOrder,
)

_FINAL: Final = {
    "captured": ("captured", "refunded"),
    "authorised": ("authorised", "captured", "refunded"),
    "validated": ("authorised", "captured", "refunded"),
}
"""Payments with which an order is released, by the policy's ``release_on``."""
_TOO_MANY: Final = 429
_IN_THE_WAY: Final = 423
_GIVEN_UP: Final = (401, 409, _IN_THE_WAY, _TOO_MANY)
"""What only an engine without its guards takes for a refusal; it tells nobody."""
_MONEY: Final = ("captured", "authorised")
_ENDED: Final = ("shipped", "cancelled")
_BLOCKED_S: Final = 30.0


class OrderFlow:
    """Takes orders in and leads each one, step by step, to its end."""

    def __init__(
        self,
        core: Core,
        *,
        shop: Shop,
        warehouse: Warehouse,
        items: ItemFlow,
        book: OrderBook,
        system: str,
    ) -> None:
        self._core = core
        self._shop = shop
        self._warehouse = warehouse
        self._items = items
        self._system = system
        self.book = book
        self.lane = core.lane("orders", self._advance, self._give_up)
        self.cancellations = Cancellations(core, shop, warehouse, book)
        self.fulfilment = Fulfilment(core, shop, warehouse, book, self.lane)
        self.swept_s = 0.0

    # --- taking in ------------------------------------------------------------------------

    def load(self) -> None:
        """Take up what the store knows."""
        if not self._core.guards.write_ahead:
            return
        self.book.load(self._may_be_released)
        for number in self.book.open:
            self.lane.poke(number)

    async def heard(self, news: ShopNews) -> None:
        """A notice of the shop: perhaps late, perhaps again, perhaps before an older one."""
        if news.whole is not None:
            if self._core.guards.claim:
                self.take(news.whole, news.sequence)
            elif not self.book.knows(news.whole.number):
                whole = await self._shop.order(news.order)
                self.lane.poke(self.book.begin(whole).order.number)
            return
        if news.payment_id:
            self._payment_news(news)
            return
        found = self.book.by_id(news.order)
        if found is None and not news.payment and not news.state:
            self.take(await self._shop.order(news.order))
            return
        if found is None:
            cancelled, paid = news.state == "cancelled", news.payment in _MONEY
            found = self.book.reopen(news.order, cancelled=cancelled, paid=paid)
        if found is None or news.version <= found.order.version:
            return
        order = found.order
        if news.payment:
            order.payment = news.payment
            if order.sequence and news.sequence == order.sequence + 1:
                # No message in between: this is all that is new about the order.
                order.version, order.sequence = news.version, news.sequence
            else:
                found.stale = True
            with self._core.store:
                self.book.keep(found)
        else:
            found.stale = True
        self.lane.poke(order.number)

    def _payment_news(self, news: ShopNews) -> None:
        """A notice about a payment, which does not know its order."""
        found = self.book.of_payment(news.payment_id)
        if found is None:
            return
        found.stale = True
        if news.payment and found.order.payment == "pending":
            found.order.payment = news.payment
            with self._core.store:
                self.book.keep(found)
        self.lane.poke(found.order.number)

    def take(self, whole: ShopOrder, sequence: int = 0) -> None:
        """An order as the shop has it: new, or news of one that we know."""
        found = self.book.open.get(whole.number)
        if found is not None:
            if whole.version > found.order.version and self.book.merge(found, whole):
                with self._core.store:
                    self.book.keep(found)
                self.lane.poke(whole.number)
            return
        if self._core.store.knows_order(whole.number):
            cancelled, paid = whole.state == "cancelled", whole.payment in _MONEY
            if self.book.reopen(whole.id, cancelled=cancelled, paid=paid) is not None:
                self.lane.poke(whole.number)
        elif whole.state != "complete" and whole.shipment not in _ENDED:
            # What was shipped before we ever started is nothing of ours.
            self.lane.poke(self.book.begin(whole, sequence).order.number)

    async def sweep(self) -> None:
        """Ask for orders changed since the last sweep began, some time before that included."""
        core = self._core
        overlaps = core.guards.overlap_window
        began_s = core.wall()
        since_s = core.swept_to("orders")
        if since_s is not None and overlaps:
            since_s -= core.cadence.overlap_s
        for whole in await self._shop.orders_since(
            since_s, by_key=overlaps, known=self.book.has_version
        ):
            self.take(whole)
        core.swept("orders", began_s)
        self.swept_s = began_s

    # --- one order ------------------------------------------------------------------------

    def _give_up(self, number: str, error: CallError) -> None:
        found = self.book.open.get(number)
        if found is None or found.order.parked:
            return
        order = found.order
        order.parked = f"given up: {error}"
        with self._core.store:
            self.book.keep(found)
            if isinstance(error, Refused) and error.status not in _GIVEN_UP:
                self._core.desk.park(f"order:{number}", "order_refused", str(error))

    async def _advance(self, number: str) -> float | None:
        found = self.book.open.get(number)
        if found is None or found.order.parked:
            return None
        try:
            wait_s = await self._next(found)
        except Blocked as blocked:
            return self._in_the_way(found, blocked)
        if found.blocked:
            with self._core.store:
                self._core.desk.close(f"order:{number}", found.blocked)
            found.blocked = ""
        return wait_s

    def _in_the_way(self, found: Open, blocked: Blocked) -> float:
        """Somebody has to make way first: said once, and tried again."""
        if not self._core.guards.blocked_replayed:
            raise Refused(blocked.what, blocked.why, status=_IN_THE_WAY)
        with self._core.store:
            self._core.desk.park(f"order:{found.order.number}", blocked.code, str(blocked))
        found.blocked = blocked.code
        found.stale = True
        return _BLOCKED_S

    async def _next(self, found: Open) -> float | None:
        """Do what is next for an order; seconds until there may be more to do."""
        order = found.order
        if order.wish in ("asked", "granted", "refused"):
            return await self.cancellations.advance(found)
        if order.gone:
            return await self.cancellations.end(found)
        if not order.works or any(work.stage == "waiting" for work in order.works):
            wait_s = await self._hold(found)
            if wait_s is not None:
                return wait_s if wait_s > 0 else None
            if self._shop.locks and not found.locked:
                await self.book.change(found, lambda: [] if order.wish else [LockOrder()])
                if order.wish == "asked":
                    return 0.0
                found.locked = True
            if not await self._release(found):
                return None
        if not order.acknowledged:
            await self._acknowledge(found)
            if order.wish == "asked":
                return 0.0
        return await self.fulfilment.advance(found)

    async def _hold(self, found: Open) -> float | None:
        """Seconds until it is worth looking again at what keeps an order back (0: when told)."""
        order, core = found.order, self._core
        if core.guards.release_on_payment:
            if core.policy.release_on == "authorised":
                await self.book.refresh(found)
            wait_s = self._unpaid(found)
            if wait_s is not None:
                return wait_s
        if await self._not_yet(found):
            return 0.0
        unmapped = [line.place for line in order.lines if not line.node]
        if unmapped:
            with core.store:
                core.desk.park(
                    f"order:{order.number}", "unmapped_place",
                    f"no node stands for {', '.join(dict.fromkeys(unmapped))} of {self._system}",
                )  # fmt: skip
            return 0.0
        if core.guards.item_check:
            missing = await self._items.missing(line.sku for line in order.lines)
            if missing:
                self._wait_for_items(found, missing)
                return 0.0
            if core.desk.is_open(f"order:{order.number}", "unknown_item"):
                with core.store:
                    core.desk.close(f"order:{order.number}", "unknown_item")
        return None

    async def _not_yet(self, found: Open) -> bool:
        """Whether the shop itself still keeps the order back; it is news when it no longer does."""
        core = self._core
        if core.policy.release_on != "validated":
            return False
        # After a start an order is known from the store, and a hold is not in it.
        await self.book.refresh(found)
        if core.guards.validated_only and found.order.shown == "open":
            return True
        return core.guards.hold_honoured and found.held

    def _may_be_released(self, order: Order) -> bool:
        """Whether an order may have been sent to the warehouse before we were stopped."""
        core = self._core
        if not all(line.node for line in order.lines):
            return False
        paid = order.payment in _FINAL[core.policy.release_on]
        return paid or not core.guards.release_on_payment

    def _unpaid(self, found: Open) -> float | None:
        order, core = found.order, self._core
        if order.payment in _FINAL[core.policy.release_on]:
            if core.desk.is_open(f"order:{order.number}", "payment_pending"):
                with core.store:
                    core.desk.close(f"order:{order.number}", "payment_pending")
            return None
        age_s = core.wall() - order.placed_s
        if order.payment == "failed":
            if not order.paid_s:
                order.paid_s = core.wall()
            left_s = order.paid_s + core.policy.failed_limit_s - core.wall()
            if left_s > 0:
                return left_s
            order.gone = "unpaid"
            with core.store:
                self.book.keep(found)
            return 0.001
        if age_s < core.policy.payment_limit_s:
            return core.policy.payment_limit_s - age_s
        with core.store:
            core.desk.park(
                f"order:{order.number}", "payment_pending",
                f"the payment is {order.payment} after {age_s:.0f} s",
            )  # fmt: skip
        return 0.0

    def _wait_for_items(self, found: Open, missing: list[str]) -> None:
        order = found.order
        self._items.wait(missing, order.number, self.lane)
        with self._core.store:
            self._core.desk.park(
                f"order:{order.number}", "unknown_item",
                f"the item master does not know {', '.join(missing)}",
            )  # fmt: skip

    # --- to the warehouse -------------------------------------------------------------------

    async def _release(self, found: Open) -> bool:
        """Create the order's work at the warehouse; False when it has to wait for items."""
        order = found.order
        if not order.works:
            # Not stored before the answer is there: a start divides the order in the same way.
            self.book.add_works(found, split_by_node(order.number, order.lines))
        for work in order.works:
            if work.stage == "waiting" and not await self._create(found, work):
                return False
        self.book.touch(found)
        return True

    async def _create(self, found: Open, work: Work) -> bool:
        order, core = found.order, self._core
        number = work.number
        if not core.guards.look_before_create:
            # A plain connector numbers its documents itself, and each attempt is a document.
            found.attempts += 1
            number = f"{work.number}-{found.attempts}"
            self.book.alias(found, number)
        elif work.number in found.tried:
            there = await self._warehouse.find(work.number)
            if there is not None:
                self._created(found, work, there.id)
                return True
        self.book.fly(found, work)
        try:
            id_ = await self._warehouse.create(self._sent(order, work, number))
        except UnknownOutcome:
            found.tried[work.number] = core.wall()
            raise
        except Failed:
            self.book.fell(found, work)
            raise
        except Refused as refused:
            if refused.code == "duplicate":
                self._created(found, work, "")
                return True
            self.book.fell(found, work)
            if refused.status == _TOO_MANY and not core.guards.retry_after:
                # An error like any other: the order is dropped.
                raise
            return self._refused(found, work, refused)
        self._created(found, work, id_)
        return True

    def _sent(self, order: Order, work: Work, number: str) -> WarehouseOrder:
        lines = [line for line in order.lines if line.line in work.lines]
        whole = len(order.works) == 1
        return WarehouseOrder(
            number=number,
            order=order.number,
            place=self._core.places.place(work.node, self._core.config.masters.fulfilment),
            placed_s=order.placed_s,
            currency=order.currency,
            total_minor=order.total_minor if whole else sum(line.total_minor for line in lines),
            contact=fitted(order.contact),
            lines=lines,
        )

    def _created(self, found: Open, work: Work, id_: str) -> None:
        with self._core.store:
            self.book.landed(found, work, self._core.wall())
            work.master_id = id_
            self.book.keep(found)

    def _refused(self, found: Open, work: Work, refused: Refused) -> bool:
        order, core = found.order, self._core
        if refused.code == "unknown_item":
            skus = [line.sku for line in order.lines if line.line in work.lines]
            self._items.forget(skus)
            if core.guards.item_check:
                self._wait_for_items(found, skus)
            return False
        order.parked = str(refused)
        with core.store:
            self.book.keep(found)
            core.desk.park(f"order:{order.number}", "order_refused", str(refused))
        return False

    # --- back to the shop -------------------------------------------------------------------

    async def _acknowledge(self, found: Open) -> None:
        """Tell the shop that the warehouse has the order, unless its state says otherwise."""
        order = found.order

        def decide() -> list[ShopChange]:
            if order.shown != "open" or order.wish:
                return []
            changes: list[ShopChange] = [SetState("confirmed")]
            if not found.shipment:
                changes.append(SetShipment("pending"))
            return changes

        await self.book.change(found, decide)
        if order.wish != "asked":
            order.acknowledged = True
        with self._core.store:
            self.book.keep(found)
