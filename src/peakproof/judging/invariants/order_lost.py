"""Orders that never reach the warehouse."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Record
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "order_lost"


@invariant(
    _NAME,
    flows=("orders",),
    limits=("order_s", "desk_s"),
    owner="operations",
    cure="Send the order to the warehouse by hand under its own number; look in the story "
    "for the call that failed and was not tried again.",
)
class OrderLost:
    """Every order that may go to the warehouse gets there, line by line.

    The clock starts when its payment allows it. Cancelled orders need not arrive, nor those that
    somebody was told about in time. An order that arrives late was stuck, not lost.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._waiting: dict[Order, None] = {}
        self._overdue: dict[Order, None] = {}
        court.orders.due.append(self._due)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Nothing beyond what the order book tells."""
        return {}

    def _due(self, order: Order) -> None:
        self._waiting[order] = None
        self._court.later(self._court.judging.order_s, self._check, order)

    def _check(self, order: Order) -> None:
        self._waiting.pop(order)
        self._docket.exercised += 1
        if order.done or not order.untaken() or order.cancel_s >= 0:
            return
        order.overdue_s = self._court.now
        order.wrong(self._court.now)
        self._overdue[order] = None
        if order.reported_s < 0:
            self._court.late("order", order, order.due_s)

    def close(self) -> None:
        """What has not arrived by now is lost."""
        court = self._court
        for order in self._overdue:
            lost = order.untaken()
            if not lost or order.cancel_s >= 0 or order.reported_s >= 0:
                continue
            units = sum(lost.values())
            lines = ", ".join(f"{count} of {sku}" for sku, count in lost.items())
            whole = "never had it" if not order.works else "never had all of it"
            court.breach(
                _NAME,
                key=order.number,
                at_s=order.overdue_s,
                units=units,
                money_minor=order.worth(lost),
                sentence=f"Order {order.number} ({lines}) could go to the warehouse, which {whole} "
                f"in {span(court.end_s - order.due_s)} ({span(court.judging.order_s)} allowed), "
                "and nobody was told.",
                expected=f"{plural(units, 'unit')} in the warehouse",
                found=f"{sum(t.worked for t in order.tally.values())} units",
                trail=order.trail,
            )
        left = [
            order
            for order in self._waiting
            if order.untaken() and order.cancel_s < 0 and order.reported_s < 0
        ]
        if left:
            self._docket.undecided = (
                f"{plural(len(left), 'order')} still on the way when the history ends"
            )
