"""Orders that are not finished: what is known of each, in memory and in the store.

What the shop says is merged by version, never by arrival. One worker at a time writes to an
order, so what this book holds is what the next decision is made on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from peakproof_engine.config import Channel
from peakproof_engine.errors import Conflict, Refused, UnknownOutcome
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.departures import Departures
from peakproof_engine.flows.routing import routed
from peakproof_engine.flows.stock import StockFlow
from peakproof_engine.mapping import channels_by_node, split_by_node
from peakproof_engine.model import Order, OrderLine, Work
from peakproof_engine.systems.ports import Shop, ShopChange, ShopOrder

_ATTEMPTS = 4
"""How often an order is read and decided on again at one go when others keep changing it."""


class Open:
    """An open order with what is not worth storing.

    ``stale``: the shop has a newer version than the one that was read. ``tried`` are pieces of
    work whose create may have arrived, with the time of the last attempt; ``flying`` the units
    that count as perhaps acknowledged. ``delivered`` are parcels that the shop shows,
    ``withdrawn`` units by line that it shows as never to come. ``look_s`` is when the warehouse
    is next asked what becomes of the rest of a part shipment, ``back_s`` since when it has had
    the order on back order (0: it has not). The shop has it on hold (``held``), keeps clerks off
    it (``locked``), or refuses for now what it is told (``blocked``: as what the desk knows it).
    """

    __slots__ = (
        "attempts", "back_s", "blocked", "delivered", "flying", "held", "locked", "look_s", "looks",
        "order", "payments", "shipment", "stale", "tried", "withdrawn",
    )  # fmt: skip

    def __init__(self, order: Order) -> None:
        self.order = order
        self.stale = False
        self.tried: dict[str, float] = {}
        self.flying: dict[str, list[tuple[Live, int]]] = {}
        self.delivered: dict[str, None] = {}
        self.payments: tuple[str, ...] = ()
        self.shipment = ""
        self.withdrawn: dict[str, int] = {}
        self.attempts = 0
        self.looks = 0
        self.look_s = 0.0
        self.back_s = 0.0
        self.held = False
        self.locked = False
        self.blocked = ""


class OrderBook:
    """All open orders by number; by the shop's id and by warehouse number, too."""

    def __init__(self, core: Core, shop: Shop, stock: StockFlow, channel: Channel) -> None:
        self._core = core
        self._shop = shop
        self._stock = stock
        self._channel = channel
        self.departures = Departures(core, channel, self.live_of, stock.touched)
        self._physical = self.departures.physical
        self._share_at = {
            node: share
            for node, shares in channels_by_node(core.config).items()
            for share, system in shares
            if system == channel.system
        }
        self.open: dict[str, Open] = {}
        self._by_id: dict[str, str] = {}
        self._by_payment: dict[str, str] = {}
        self._by_work: dict[str, str] = {}

    # --- finding ------------------------------------------------------------------------

    def by_id(self, id_: str) -> Open | None:
        """An open order by the shop's id."""
        number = self._by_id.get(id_)
        return None if number is None else self.open.get(number)

    def of_payment(self, payment: str) -> Open | None:
        """The open order that a payment belongs to."""
        number = self._by_payment.get(payment)
        return None if number is None else self.open.get(number)

    def of_work(self, work: str) -> Open | None:
        """The open order that a warehouse number belongs to."""
        number = self._by_work.get(work)
        return None if number is None else self.open.get(number)

    def has_version(self, id_: str, version: int) -> bool:
        """Whether an open order is known in a version, or in a later one."""
        number = self._by_id.get(id_)
        found = None if number is None else self.open.get(number)
        return found is not None and found.order.version >= version

    def knows(self, number: str) -> bool:
        """Whether an order was ever taken in."""
        return number in self.open or self._core.store.knows_order(number)

    # --- taking in ------------------------------------------------------------------------

    def load(self, may_be_released: Callable[[Order], bool]) -> None:
        """Take up the open orders of the store; what was under way counts as perhaps done."""
        for order in self._core.store.open_orders():
            found = Open(order)
            found.stale = True
            if not order.works and may_be_released(order):
                order.works = split_by_node(order.number, order.lines)
            self._index(found)
            for parcel in order.parcels:
                if not parcel.confirmed:
                    self.departures.leaves(found.order, parcel)
            for work in order.works:
                if work.stage == "waiting" and not order.parked:
                    found.tried[work.number] = self._core.wall()
                    self.fly(found, work)
                elif work.stage == "created":
                    self._recall(found, work)

    def begin(self, whole: ShopOrder, sequence: int = 0) -> Open:
        """Take a new order in: it is a promise, so its units count as sold from now on."""
        core = self._core
        order = Order(
            number=whole.number, id=whole.id, version=whole.version, placed_s=whole.placed_s,
            currency=whole.currency, total_minor=whole.total_minor, contact=whole.contact,
            lines=self._routed(whole.lines), payment=whole.payment, shown=whole.state,
            sequence=sequence or whole.sequence,
        )  # fmt: skip
        found = Open(order)
        found.payments = tuple(whole.payments)
        found.shipment = whole.shipment
        found.held = whole.held
        if whole.state == "cancelled":
            order.wish = "asked"
        with core.store as store:
            for line in order.lines:
                live = self.live_of(line.node, line.sku)
                if live is not None:
                    core.ledger.sold(live, line.units, order.placed_s)
            store.put_order(order)
        self._index(found)
        for line in order.lines:
            self._stock.touched(line.node, line.sku)
        return found

    def _routed(self, lines: Sequence[OrderLine]) -> list[OrderLine]:
        """Lines with the node that each is to come from."""
        if self._channel.pooled:
            return routed(lines, self._channel.nodes, self.live_of)
        for line in lines:
            line.node = self._core.places.node(self._channel.system, line.place)
        return list(lines)

    def merge(self, found: Open, whole: ShopOrder) -> bool:
        """Take over what the shop says, unless it is older than what we know; True if it is new."""
        order = found.order
        if whole.version < order.version:
            return False
        found.stale = False
        found.payments = tuple(whole.payments)
        found.shipment = whole.shipment
        found.delivered = dict.fromkeys(each.key for each in whole.delivered)
        found.withdrawn = dict(whole.withdrawn)
        found.held = whole.held
        if whole.version == order.version and whole.state == order.shown:
            return False
        order.version = whole.version
        order.sequence = whole.sequence
        order.payment = whole.payment
        fresh = whole.state == "cancelled" and order.shown != "cancelled"
        if fresh and not order.gone and order.wish in ("", "done"):
            order.wish = "asked"
        order.shown = whole.state
        return True

    def live_of(self, node: str, sku: str) -> Live | None:
        """The shop's share of a cell."""
        share = self._share_at.get(node)
        return None if share is None else self._core.ledger.live(node, sku, share)

    def _index(self, found: Open) -> None:
        order = found.order
        self.open[order.number] = found
        self._by_id[order.id] = order.number
        for payment in found.payments:
            self._by_payment[payment] = order.number
        for work in order.works:
            self._by_work[work.number] = order.number

    def add_works(self, found: Open, works: Sequence[Work]) -> None:
        """The order was divided among nodes."""
        found.order.works = list(works)
        for work in works:
            self._by_work[work.number] = found.order.number

    def alias(self, found: Open, number: str) -> None:
        """A piece of work goes by another number at the warehouse."""
        self._by_work[number] = found.order.number

    # --- writing down ---------------------------------------------------------------------

    def keep(self, found: Open) -> None:
        """Write an order down as it is; in the caller's transaction."""
        self._core.store.put_order(found.order)

    def finish(self, found: Open) -> None:
        """The order is done: it leaves memory and stays known by its number."""
        order = found.order
        with self._core.store as store:
            store.close_order(order)
        del self.open[order.number]
        self._by_id.pop(order.id, None)
        for payment in found.payments:
            self._by_payment.pop(payment, None)
        for work in order.works:
            self._by_work.pop(work.number, None)

    def reopen(self, id_: str, *, cancelled: bool, paid: bool) -> Open | None:
        """A finished order of which there is news: somebody cancelled it, or it was paid.

        None when that is known and done with.
        """
        order = self._core.store.order_by_id(id_)
        if order is None or order.number in self.open:
            return None
        if order.shown == "cancelled":
            if not paid or refund_reference(order) in order.refunded:
                return None
            # The payment settled after the order had ended: the money goes back.
            order.wish, order.gone = "granted", ""
        elif not cancelled:
            return None
        found = Open(order)
        found.stale = True
        self._index(found)
        return found

    # --- demand and acknowledgement ---------------------------------------------------------

    def fly(self, found: Open, work: Work) -> None:
        """A create is about to be sent: its units may be off the master's figure from now on."""
        if work.number in found.flying:
            return
        flying: list[tuple[Live, int]] = []
        for live, units in self._units(found.order, work):
            self._core.ledger.fly(live, units)
            flying.append((live, units))
        found.flying[work.number] = flying

    def fell(self, found: Open, work: Work) -> None:
        """The create is known not to have happened."""
        for live, units in found.flying.pop(work.number, ()):
            self._core.ledger.unfly(live, units)

    def landed(self, found: Open, work: Work, answered_s: float) -> None:
        """The warehouse has it: its units are acknowledged; in the caller's transaction."""
        self.fly(found, work)
        for live, units in found.flying.pop(work.number):
            self._core.ledger.landed(live, units, answered_s)
        found.tried.pop(work.number, None)
        work.stage = "created"
        work.answered_s = answered_s

    def withdraw(self, found: Open, work: Work | None) -> None:
        """Work that the warehouse never had (None: the order had none yet): its units are free.

        In the caller's transaction.
        """
        if work is not None:
            self.fell(found, work)
            work.stage = "cancelled"
        if found.order.restored:
            return
        for live, units in self._units(found.order, work):
            if self._physical:
                self._core.ledger.sold(live, -units, self._core.wall())
            else:
                self._core.ledger.resolved(live, units)

    def restored(self, found: Open) -> None:
        """The shop put the units of the cancelled order back on sale by itself: they are unsold.

        In the caller's transaction.
        """
        order = found.order
        if order.restored or not self._shop.restores or order.shown != "cancelled":
            return
        if self._physical and found.shipment != "cancelled":
            # So far that is a wish: the units are on sale again when the shop has cancelled it.
            return
        order.restored = True
        for live, units in self._units(order, None):
            self._core.ledger.sold(live, -units, self._core.wall())

    def let_go(self, found: Open, work: Work) -> None:
        """The warehouse will not ship it: its figure has the unsold units back, or soon.

        In the caller's transaction.
        """
        restored = found.order.restored
        for live, units in self._units(found.order, work) if restored or self._physical else ():
            if not restored:
                self._core.ledger.sold(live, -units, self._core.wall())
            self._core.ledger.fly(live, -units)
            self._core.ledger.landed(live, -units, self._core.wall())

    def kept(self, found: Open, work: Work) -> None:
        """The warehouse ships units all the same that the shop has put back on sale.

        In the caller's transaction.
        """
        if found.order.restored:
            for live, units in self._units(found.order, work):
                self._core.ledger.resolved(live, -units)

    def touch(self, found: Open) -> None:
        """The books of the order's cells changed."""
        for line in found.order.lines:
            if line.node:
                self._stock.touched(line.node, line.sku)

    def _recall(self, found: Open, work: Work) -> None:
        """After a start: an answer that came a moment ago may not be in the master's figure."""
        for live, units in self._units(found.order, work):
            self._core.ledger.recall(live, units, work.answered_s)

    def _units(self, order: Order, work: Work | None) -> list[tuple[Live, int]]:
        found: list[tuple[Live, int]] = []
        for line in order.lines:
            if work is None or line.line in work.lines:
                live = self.live_of(line.node, line.sku)
                if live is not None:
                    found.append((live, line.units))
        return found

    # --- writing to the shop ----------------------------------------------------------------

    async def refresh(self, found: Open) -> None:
        """Read the order by its id when the shop has a newer one than we know."""
        if found.stale:
            whole = await self._shop.order(found.order.id)
            if self.merge(found, whole):
                with self._core.store:
                    self.keep(found)
            found.stale = False

    async def change(self, found: Open, decide: Callable[[], Sequence[ShopChange]]) -> None:
        """Decide and write; when somebody else was first, read, decide and write again.

        Raises:
            UnknownOutcome: the outcome is not known, or others never let us in.
            Refused: the shop will not have it.
        """
        guards = self._core.guards
        for _ in range(_ATTEMPTS):
            if guards.version_check:
                await self.refresh(found)
            changes = decide()
            if not changes:
                return
            order = found.order
            version = order.version
            if not guards.version_check:
                version = (await self._shop.order(order.id)).version
            try:
                whole = await self._shop.update(order.id, version, changes)
            except Conflict as conflict:
                if not guards.conflict_reread:
                    raise Refused(conflict.what, "given up after 409", status=409) from None
                found.stale = True
                continue
            except UnknownOutcome:
                found.stale = True
                raise
            self.merge(found, whole)
            return
        raise UnknownOutcome(f"order {found.order.number}", "others keep changing it")


def refund_reference(order: Order) -> str:
    """The reference under which a cancelled order's money goes back, once."""
    return f"cancel:{order.number}"
