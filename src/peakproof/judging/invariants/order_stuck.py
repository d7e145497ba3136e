"""Orders that stand still and nobody moves."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Placed, Record, WorkCut
from peakproof.history.records import Work as WorkTaken
from peakproof.judging.books.papers import Order, Work
from peakproof.judging.court import Court, Pending, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "order_stuck"


@invariant(
    _NAME,
    flows=("orders", "fulfilment"),
    limits=("order_s", "payment_s", "desk_s"),
    owner="customer service",
    cure="Find out what the order waits for (payment, item, hold) and tell the customer; "
    "let the connector report what waits longer than allowed.",
)
class OrderStuck:
    """No order waits longer than allowed without somebody dealing with it.

    It came to the warehouse too late; or the warehouse cut, cancelled, held or back-ordered units
    and neither a new warehouse order nor a withdrawal followed; or its payment never settled.
    An order that was reported to the desk is held, not stuck; one that is shipped or withdrawn
    while there was still time to report it was dealt with.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._pending = Pending(court, self._decide)
        court.orders.turned.append(self._turned)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Orders placed, taken, cut; the order book tells of those that are held or cancelled."""
        return {
            Placed: self._on_placed,
            WorkTaken: self._on_work,
            WorkCut: self._on_work_cut,
        }

    def _on_placed(self, _record: Placed) -> None:
        if self._court.estate.release_on != "placed":
            self._court.later(
                self._court.judging.payment_s, self._check_payment, self._court.orders.order
            )

    def _check_payment(self, order: Order) -> None:
        if order.due_s >= 0:
            return
        self._docket.exercised += 1
        if order.works or not order.open_units or order.reported_s >= 0 or order.cancel_s >= 0:
            return
        waited = f"has waited {span(self._court.now - order.placed_s)} for its payment"
        self._court.late("payment", order, order.placed_s)
        self._pending.add((order, "unpaid", waited, order.placed_s))

    def _on_work(self, _record: WorkTaken) -> None:
        order = self._court.orders.order
        if order is None:
            return
        self._docket.exercised += 1
        if order.overdue_s < 0 or order.untaken():
            return
        reported_s, limit_s = order.reported_s, self._court.judging.desk_s
        if reported_s < 0 or reported_s > order.overdue_s + limit_s:
            late = span(self._court.now - order.due_s)
            self._accuse(order, "late", f"reached the warehouse after {late}", order.overdue_s)

    def _on_work_cut(self, _record: WorkCut) -> None:
        order = self._court.orders.order
        if order is not None:
            self._court.later(self._court.judging.order_s, self._check_cut, order)

    def _check_cut(self, order: Order) -> None:
        self._docket.exercised += 1
        missing = order.missing()
        if not any(order.tally[sku].cut for sku in missing) or order.reported_s >= 0:
            return
        units = sum(missing.values())
        self._court.late("cut", order, order.cut_s)
        lacks = f"lacks {plural(units, 'unit')} that the warehouse will not ship"
        self._pending.add((order, "cut", lacks, order.cut_s))

    def _turned(self, work: Work, means: str) -> None:
        if means == "cancelled":
            self._court.later(self._court.judging.order_s, self._check_cut, work.order)
        elif means in ("held", "back_ordered"):
            held = (work, means, self._court.now)
            self._court.later(self._court.judging.order_s, self._check_held, held)

    def _check_held(self, held: tuple[Work, str, float]) -> None:
        work, state, since_s = held
        order = work.order
        self._docket.exercised += 1
        if order is None or work.state != state or not work.live or order.reported_s >= 0:
            return
        if not order.open_units:
            return
        word = state.replace("_", "-")
        self._court.late("held", order, since_s)
        held_for = f"has been {word} in the warehouse for {span(self._court.now - since_s)}"
        self._pending.add((order, word, held_for, since_s))

    # --- accusing ---------------------------------------------------------------------

    def _decide(self, case: tuple[Order, str, str, float]) -> None:
        order, kind, what, since_s = case
        # What was shipped or withdrawn while it could still be reported needs no report.
        if order.reported_s < 0 and order.open_units:
            self._accuse(order, kind, what, since_s)

    def _accuse(self, order: Order, kind: str, what: str, since_s: float) -> None:
        units = order.open_units
        self._court.breach(
            _NAME,
            key=order.number,
            kind=kind,
            at_s=since_s,
            units=units,
            money_minor=order.open_minor,
            sentence=f"Order {order.number} {what}, and nobody was told.",
            expected="shipped, withdrawn, sent again or reported in time",
            found=what,
            trail=order.trail,
        )

    def close(self) -> None:
        """Cases whose limit is over are decided now."""
        self._pending.close()
