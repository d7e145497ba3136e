"""Parcels with other goods in them than were ordered."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Parcel, Placed, Record
from peakproof.judging.books.papers import Order, by_sku
from peakproof.judging.court import Court, Pending, plural
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "wrong_item_shipped"


@invariant(
    _NAME,
    flows=("orders", "fulfilment"),
    limits=("order_s", "desk_s"),
    owner="customer service",
    cure="Call the parcel back or arrange an exchange; let the connector apply an edit while the "
    "warehouse can still take it, and report one that comes too late.",
)
class WrongItemShipped:
    """A parcel holds what the channel's order says when it leaves: those items, so many units.

    Edits count: what was taken off does not ship, what was added is with the warehouse
    ``order_s`` later. An order that was reported to the desk is in somebody's hands. Whole
    orders that are sent twice, or after they were cancelled, are other rules' to judge.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._pending = Pending(court, self._decide)
        self._accused: dict[tuple[str, str], None] = {}

    def reads(self) -> Mapping[type[Record], Reader]:
        """Parcels, and lines that came to an order later."""
        return {Parcel: self._on_parcel, Placed: self._on_placed}

    def _on_placed(self, _record: Placed) -> None:
        order = self._court.orders.order
        if order is not None and order.works:
            self._court.later(self._court.judging.order_s, self._check_added, order)

    def _check_added(self, order: Order) -> None:
        self._docket.exercised += 1
        untaken = order.untaken()
        if untaken and order.cancel_s < 0:
            order.wrong(self._court.now)
            self._pending.add((order, "added", tuple(untaken.items()), self._court.now))

    def _on_parcel(self, record: Parcel) -> None:
        court = self._court
        order, work = court.orders.order, court.orders.work
        if record.what != "shipped" or order is None or work is None:
            return
        self._docket.exercised += 1
        if not any(tally.wanted for tally in order.tally.values()):
            return  # it was cancelled as a whole, and money tells whether that was right
        over: dict[str, int] = {}
        for sku in by_sku(record.lines):
            tally = order.tally.get(sku)
            wanted = tally.wanted if tally is not None else 0
            if work.shipped.get(sku, 0) > wanted:
                over[sku] = work.shipped[sku] - wanted
        if over:
            order.wrong(court.now)
            self._pending.add((order, "extra", tuple(over.items()), court.now))

    def _decide(self, case: tuple[Order, str, tuple[tuple[str, int], ...], float]) -> None:
        order, kind, skus, since_s = case
        if order.reported_s >= 0 or (order.number, kind) in self._accused:
            return
        if kind == "added":
            untaken = order.untaken()
            skus = tuple((sku, untaken[sku]) for sku, _ in skus if sku in untaken)
            if not skus or order.cancel_s >= 0:
                return
        self._accused[order.number, kind] = None
        units = dict(skus)
        count = sum(units.values())
        goods = ", ".join(f"{number} of {sku}" for sku, number in units.items())
        if kind == "added":
            said = f"{goods} came to it after the warehouse had it and are not there"
        else:
            said = f"{goods} left that the order does not have (any more)"
        self._court.breach(
            _NAME,
            key=order.number,
            kind=kind,
            at_s=since_s,
            units=count,
            money_minor=self._worth(order, units),
            sentence=f"Order {order.number}: {said}, and nobody was told.",
            expected="what the channel's order says",
            found=f"{plural(count, 'unit')} {'missing' if kind == 'added' else 'too many'}",
            trail=order.trail,
        )

    def _worth(self, order: Order, units: dict[str, int]) -> int:
        """Goods that were never ordered are worth their own price."""
        stock = self._court.stock
        worth_minor = 0
        for sku, count in units.items():
            tally = order.tally.get(sku)
            price_minor = tally.price_minor if tally is not None else 0
            worth_minor += count * (price_minor or stock.get(sku).price_minor)
        return worth_minor

    def close(self) -> None:
        """Cases whose limit is over are decided now."""
        self._pending.close()
