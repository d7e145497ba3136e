"""Every open order, from the channel's promise to the warehouse's parcels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from peakproof.history.records import (
    AnyRecord,
    CancelAsked,
    Confirmed,
    Document,
    Line,
    Move,
    Notice,
    OrderState,
    Parcel,
    Payment,
    Placed,
    Reservation,
    Withdrawn,
    WorkCut,
    WorkState,
)
from peakproof.history.records import Work as WorkTaken
from peakproof.judging.books.names import names_in
from peakproof.judging.books.papers import Order, Promise, Tally, Work, by_sku, explode
from peakproof.judging.books.promises import end, hold, reopen, unhold

if TYPE_CHECKING:
    from peakproof.judging.court import Court

_WRONG: Final = frozenset({"cancelled", "held", "back_ordered"})
_KEPT: Final = (
    "order_s", "status_s", "confirm_s", "desk_s", "shipment_s", "capture_s", "refund_s",
    "reserve_s", "document_s",
)  # fmt: skip
"""Limits within which something may still have to be said about an order that is finished."""
_TURNS: Final = _WRONG | {"part_shipped", "shipped"}
"""States of a warehouse order that somebody else has to do something about."""


class OrderBook:
    """Finds the order that a record speaks of and keeps its papers; finished ones are let go."""

    __slots__ = ("_bundles", "_by_system", "_court", "_keep_s", "due", "finished", "names",
                 "order", "placed", "turned", "work", "works")  # fmt: skip

    def __init__(self, court: Court) -> None:
        self._court = court
        judging = court.judging
        self._keep_s = 60.0 + 2 * max(judging.limit(name) for name in _KEPT)
        self._by_system: dict[str, dict[str, Order]] = {}
        self.names: dict[str, Order] = {}
        self.works: dict[str, Work] = {}
        self.finished: dict[str, str] = {}
        """What became of orders that were let go, by number and by id."""
        self.placed = 0
        self._bundles = court.estate.bundles
        self.order: Order | None = None
        """The order that the record being read speaks of."""
        self.work: Work | None = None
        self.due: list[Callable[[Order], None]] = []
        """Called with an order when it could go to the warehouse."""
        self.turned: list[Callable[[Work, str], None]] = []
        """Called with a warehouse order of a known order that was cancelled, held or shipped."""

    def open(self) -> Iterable[Order]:
        """The orders that are still kept, oldest first."""
        return (order for orders in self._by_system.values() for order in orders.values())

    def find(self, text: str) -> Order | None:
        """The order whose number or id a reference is, or has in it as a whole token."""
        found = self.names.get(text)
        if found is not None:
            return found
        for name in names_in(text):
            found = self.names.get(name)
            if found is not None:
                return found
        return None

    def past(self, refs: Iterable[str]) -> tuple[str, str] | None:
        """A finished order that one of these references names: (its name, what became of it)."""
        for ref in refs:
            for name in names_in(ref):
                if name in self.finished:
                    return name, self.finished[name]
        return None

    def exploded(self, lines: Iterable[Line]) -> Iterable[Line]:
        """Order lines as what is shipped: bundles become their components."""
        return explode(lines, self._bundles) if self._bundles else lines

    # --- the channel ------------------------------------------------------------------

    def on_placed(self, record: Placed) -> None:
        """A channel promised units."""
        court = self._court
        order = self._order(record.system, record.order)
        order.trail.append((court.no, record))
        order.id = record.id
        order.placed_s = court.now
        order.placed_no = court.no
        order.total_minor = record.total_minor
        self.placed += 1
        self.names[record.order] = order
        if record.id:
            self.names[record.id] = order
        order.bundled |= any(line.sku in self._bundles for line in record.lines)
        for line in self.exploded(record.lines):
            sku = court.stock.get(line.sku)
            sku.recent.append((court.no, record))
            if line.price_minor and line.sku not in court.estate.prices:
                sku.price_minor = line.price_minor
            mask = court.atlas.draws(record.system, line.place)
            price_minor = line.price_minor or sku.price_minor
            order.promises.append(Promise(sku, mask, line.units, price_minor))
            order.open_units += line.units
            tally = order.tally.get(line.sku)
            if tally is None:
                tally = order.tally[line.sku] = Tally()
            tally.ordered += line.units
            tally.price_minor = price_minor
            court.stock.promise(sku, mask, line.units)
        self._check_due(order)

    def on_payment(self, record: Payment) -> None:
        """Money of an order moved."""
        order = self._order(record.system, record.order)
        order.trail.append((self._court.no, record))
        order.pay(record.what, record.amount_minor, record.ref, self._court.now)
        self._check_due(order)

    def on_withdrawn(self, record: Withdrawn) -> None:
        """Promises ended without a parcel."""
        order = self._known(record.system, record.order, record)
        if order is None:
            return
        order.wrong(self._court.now)
        if record.lines:
            left = by_sku(self.exploded(record.lines))
        else:
            left = {promise.sku.sku: 0 for promise in order.promises}
            for promise in order.promises:
                left[promise.sku.sku] += promise.open
        for sku, units in left.items():
            ended = end(self._court.stock, order, sku, units, node=-1)
            if sku in order.tally:
                order.tally[sku].withdrawn += ended
        self._settle(order)

    def on_cancel_asked(self, record: CancelAsked) -> None:
        """Somebody wants the order cancelled."""
        order = self._known(record.system, record.order, record)
        if order is not None and order.cancel_s < 0:
            order.cancel_s = self._court.now
            order.wrong(self._court.now)

    def on_order_state(self, record: OrderState) -> None:
        """A channel's order changed one of its states."""
        order = self._known(record.system, record.order, record)
        if order is None:
            return
        order.state[record.what] = record.means
        if record.means:
            order.means.setdefault(record.means, self._court.now)
        if record.by == "connector":
            order.touched_s = self._court.now
        else:
            order.foreign[record.what] = (self._court.now, record.new)
            if record.by == "staff":
                order.wrong(self._court.now)
        if self._court.estate.release_on == "validated":
            self._check_due(order)

    def on_confirmed(self, record: Confirmed) -> None:
        """A channel recorded a parcel."""
        order = self._known(record.system, record.order, record)
        if order is None:
            return
        if record.by == "connector":
            order.touched_s = self._court.now
        by_ref = order.confirms.setdefault(record.ref, {})
        for sku, units in by_sku(self.exploded(record.lines)).items():
            by_ref[sku] = by_ref.get(sku, 0) + units
            if sku in order.tally:
                order.tally[sku].confirmed += units

    def on_notice(self, record: Notice) -> None:
        """A channel told the customer."""
        order = self._known(record.system, record.order, record)
        if order is not None:
            order.notices[record.ref] = order.notices.get(record.ref, 0) + 1

    def on_paper(self, record: Document | Reservation) -> None:
        """A channel wrote a document of an order or noted a reservation, perhaps beforehand."""
        self.order = None
        if not record.order or record.order in self.finished:
            return
        order = self._order(record.system, record.order)
        order.trail.append((self._court.no, record))
        order.file(record)

    # --- the warehouse ----------------------------------------------------------------

    def on_move(self, record: Move) -> None:
        """Units moved for a warehouse order: its story has that too."""
        work = self.works.get(record.ref)
        if work is not None and work.order is not None:
            work.order.trail.append((self._court.no, record))

    def on_work(self, record: WorkTaken) -> None:
        """The warehouse took an order."""
        court = self._court
        order: Order | None = None
        for ref in (*record.refs, record.number):
            order = self.find(ref)
            if order is not None:
                break
        node = court.atlas.node(record.system, record.place)
        work = Work(record.number, order, record.place, node)
        work.left = by_sku(record.lines)
        self.works[record.number] = work
        self.work, self.order = work, order
        if order is None:
            return
        order.trail.append((court.no, record))
        order.works.append(work)
        order.done = False
        for sku, units in work.left.items():
            tally = order.tally.get(sku)
            if tally is None:
                tally = order.tally[sku] = Tally()
            tally.worked += units
            if node >= 0:
                hold(court.stock, order, sku, units, 1 << node)

    def on_work_state(self, record: WorkState) -> None:
        """A warehouse order moved on."""
        work = self._working(record.number, record)
        if work is None:
            return
        means = record.means
        work.state = means
        if means not in _TURNS:
            return
        order = work.order
        if means == "cancelled":
            self._cut(work, dict(work.left))
            work.live = False
        elif means == "shipped":
            work.live = False
        if order is None:
            if not work.live:
                self.works.pop(record.number, None)
            return
        if means in _WRONG:
            order.wrong(self._court.now)
        for hear in self.turned:
            hear(work, means)
        self._settle(order)

    def on_work_cut(self, record: WorkCut) -> None:
        """Units of a warehouse order will not ship."""
        work = self._working(record.number, record)
        if work is None:
            return
        cut = by_sku(record.lines)
        if record.cause == "short" and work.node >= 0:
            for sku, units in cut.items():
                self._court.stock.short(self._court.stock.get(sku), work.node, units)
        self._cut(work, cut)
        if work.order is not None:
            work.order.wrong(self._court.now)

    def on_parcel(self, record: Parcel) -> None:
        """A parcel left, or came back."""
        work = self._working(record.number, record)
        if record.what not in ("shipped", "rolled_back"):
            return
        court = self._court
        sign = 1 if record.what == "shipped" else -1
        node = court.atlas.node(court.estate.warehouse, record.place)
        if node < 0 and work is not None:
            node = work.node
        units_by_sku = by_sku(record.lines)
        for sku, units in units_by_sku.items():
            book = court.stock.get(sku)
            book.recent.append((court.no, record))
            if node >= 0:
                court.stock.ship(book, node, sign * units)
        if work is None:
            return
        for sku, units in units_by_sku.items():
            work.left[sku] = max(0, work.left.get(sku, 0) - sign * units)
            work.shipped[sku] = work.shipped.get(sku, 0) + sign * units
        order = work.order
        if order is not None:
            self._ship(order, record, units_by_sku, sign, node)
            self._settle(order)

    def _ship(
        self, order: Order, record: Parcel, units_by_sku: dict[str, int], sign: int, node: int
    ) -> None:
        stock = self._court.stock
        order.leave((record.parcel, record.tracking), units_by_sku, node=node, sign=sign)
        if sign < 0:
            order.wrong(self._court.now)
        for sku, units in units_by_sku.items():
            tally = order.tally.get(sku)
            if tally is not None:
                tally.shipped += sign * units
            if sign > 0:
                end(stock, order, sku, units, node=node)
            else:
                reopen(stock, order, sku, units)

    def _cut(self, work: Work, cut: dict[str, int]) -> None:
        """Units of a warehouse order are not to ship any more."""
        order = work.order
        for sku, units in cut.items():
            gone = min(units, work.left.get(sku, 0))
            if gone <= 0:
                continue
            work.left[sku] -= gone
            if order is None:
                continue
            order.tally[sku].worked -= gone
            order.tally[sku].cut += gone
            order.cut_s = self._court.now
            if work.node >= 0:
                unhold(self._court.stock, order, sku, gone, 1 << work.node)

    # --- keeping ----------------------------------------------------------------------

    def _order(self, system: str, number: str) -> Order:
        orders = self._by_system.get(system)
        if orders is None:
            orders = self._by_system[system] = {}
        order = orders.get(number)
        if order is None:
            order = orders[number] = Order(system, number)
        self.order = order
        return order

    def _known(self, system: str, number: str, record: AnyRecord) -> Order | None:
        orders = self._by_system.get(system)
        order = orders.get(number) if orders else None
        self.order = order
        if order is not None:
            order.trail.append((self._court.no, record))
        return order

    def _working(self, number: str, record: AnyRecord) -> Work | None:
        work = self.works.get(number)
        self.work = work
        self.order = work.order if work is not None else None
        if self.order is not None:
            self.order.trail.append((self._court.no, record))
        return work

    def _check_due(self, order: Order) -> None:
        if order.due_s >= 0 or order.placed_s < 0:
            return
        release_on = self._court.estate.release_on
        paid = order.means
        if (
            release_on == "placed"
            or ("captured" in paid and release_on != "validated")
            or (release_on == "authorised" and "authorised" in paid)
            or (release_on == "validated" and order.validated)
        ):
            order.due_s = self._court.now
            for hear in self.due:
                hear(order)

    def _settle(self, order: Order) -> None:
        """Let go of an order some time after nothing of it is open any more."""
        if order.open_units or order.done or order.placed_s < 0:
            return
        if any(work.live and any(work.left.values()) for work in order.works):
            return
        order.done = True
        self._court.later(self._keep_s, self._let_go, order)

    def _let_go(self, order: Order) -> None:
        if not order.done or order.open_units:
            return
        outcome = "shipped" if order.sent else "withdrawn"
        for name in (order.number, order.id):
            if name and self.names.get(name) is order:
                del self.names[name]
                self.finished[name] = outcome
        self._by_system[order.system].pop(order.number, None)
        self._court.calls.forget(order.system, order.number)
        for work in order.works:
            self.works.pop(work.number, None)
        # So that it goes without waiting for the garbage collector.
        order.works = []
