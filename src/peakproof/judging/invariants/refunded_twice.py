"""Customers who got their money back twice."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Move, Payment, Record
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, Pending, amount, plural
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "refunded_twice"


@invariant(
    _NAME,
    flows=("cancellations", "returns", "orders"),
    limits=("desk_s",),
    owner="finance",
    cure="Ask for the second refund back; let the connector note the refund of each cause before "
    "it asks for it, and look before it asks again.",
)
class RefundedTwice:
    """Money goes back once for each cause: never more than was captured, or than its goods are.

    Several refunds of one order together are worth no more than the units of it that do not ship
    or that came back, as it stands ``desk_s`` later. One refund that is too high for its goods is
    another rule's to judge.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._pending = Pending(court, self._decide)
        self._accused: dict[str, None] = {}
        court.stock.came_back.append(self._came_back)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Refunds; the stock book tells of goods that come back."""
        return {Payment: self._on_payment}

    def _came_back(self, record: Move) -> None:
        orders = self._court.orders
        work = orders.works.get(record.ref)
        order = work.order if work is not None else orders.names.get(record.ref)
        if order is not None and record.ref:
            order.back[record.sku] = order.back.get(record.sku, 0) + record.units

    def _on_payment(self, record: Payment) -> None:
        order = self._court.orders.order
        if record.what != "refunded" or order is None:
            return
        self._docket.exercised += 1
        # The warehouse may say a moment later that it will not ship what was refunded.
        if self._over(order):
            self._pending.add((order, record.amount_minor, order.refunds, self._court.now))

    def _due(self, order: Order) -> int:
        """What may go back: the money of units that are not with the customer nor on the way."""
        if order.refunds < 2:
            return order.captured_minor or order.paid_minor
        kept = {
            sku: max(
                0, max(tally.shipped, min(tally.worked, tally.wanted)) - order.back.get(sku, 0)
            )
            for sku, tally in order.tally.items()
        }
        return max(0, (order.captured_minor or order.paid_minor) - order.share(kept))

    def _over(self, order: Order) -> int:
        """Minor units that went back and should not have."""
        over_minor = order.refunded_minor - self._due(order)
        # Shares of a total are rounded: a penny a line is no loss.
        if over_minor <= len(order.tally) or order.number in self._accused:
            return 0
        return over_minor

    def _decide(self, case: tuple[Order, int, int, float]) -> None:
        order, last_minor, times, at_s = case
        over_minor = self._over(order)
        if not over_minor:
            return
        self._accused[order.number] = None
        due_minor = self._due(order)
        order.wrong(self._court.now)
        self._court.breach(
            _NAME,
            key=order.number,
            at_s=at_s,
            units=sum(tally.ordered for tally in order.tally.values()),
            money_minor=over_minor,
            sentence=f"Order {order.number} was refunded {plural(times, 'time')}, the last time "
            f"{amount(last_minor)}: {amount(order.refunded_minor)} in all, of which "
            f"{amount(due_minor)} were due.",
            expected=f"{amount(due_minor)} refunded",
            found=amount(order.refunded_minor),
            trail=order.trail,
        )

    def close(self) -> None:
        """What has not been borne out by now is one refund too many."""
        self._pending.close()
