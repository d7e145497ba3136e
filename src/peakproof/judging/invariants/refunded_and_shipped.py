"""Customers who got the goods and the money."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import CancelAsked, Move, Parcel, Payment, Record, Sale
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, amount
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "refunded_and_shipped"


@invariant(
    _NAME,
    flows=("cancellations", "orders"),
    owner="finance",
    cure="Recall the parcel, or charge for it again; let the connector ask the warehouse "
    "for the order's status before money goes back.",
)
class RefundedAndShipped:
    """What is refunded and what is shipped are never worth more than what was paid.

    Goods are valued at the order's own prices, its total shared out over them. Once goods of the
    order have come back, a refund is in order.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._accused: dict[str, None] = {}
        court.stock.came_back.append(self._moved_back)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Refunds, parcels, wishes to cancel, and goods that come back."""
        return {
            CancelAsked: self._on_cancel_asked,
            Payment: self._on_payment,
            Parcel: self._on_parcel,
            Sale: self._on_sale,
        }

    def _on_cancel_asked(self, _record: CancelAsked) -> None:
        self._docket.exercised += 1

    def _on_payment(self, record: Payment) -> None:
        if record.what == "refunded" and self._court.orders.order is not None:
            self._docket.exercised += 1
            self._weigh(self._court.orders.order)

    def _on_parcel(self, record: Parcel) -> None:
        order = self._court.orders.order
        if record.what == "shipped" and order is not None and order.refunded_minor:
            self._weigh(order)

    def _on_sale(self, record: Sale) -> None:
        if record.what == "return" and record.against:
            self._came_back(record.against)

    def _moved_back(self, record: Move) -> None:
        if record.ref:
            self._came_back(record.ref)

    def _came_back(self, name: str) -> None:
        work = self._court.orders.works.get(name)
        order = work.order if work is not None else self._court.orders.names.get(name)
        if order is not None:
            order.returned = True

    def _weigh(self, order: Order) -> None:
        if order.returned or order.number in self._accused:
            return
        paid_minor = order.paid_minor or order.total_minor
        over_minor = order.refunded_minor + order.shipped_minor - paid_minor
        # Shares of a total are rounded: a penny a line is no loss.
        if over_minor <= len(order.tally):
            return
        self._accused[order.number] = None
        self._court.breach(
            _NAME,
            key=order.number,
            units=sum(tally.shipped for tally in order.tally.values()),
            money_minor=over_minor,
            sentence=f"Order {order.number} was paid {amount(paid_minor)}; goods worth "
            f"{amount(order.shipped_minor)} were shipped and {amount(order.refunded_minor)} "
            "refunded.",
            expected=f"at most {amount(paid_minor)} in goods and money",
            found=amount(order.refunded_minor + order.shipped_minor),
            trail=order.trail,
        )

    def close(self) -> None:
        """Nothing more to say at the end."""
