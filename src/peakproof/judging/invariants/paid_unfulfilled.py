"""Money that was kept for goods that do not come."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Record, WorkCut
from peakproof.judging.books.papers import Order, Work
from peakproof.judging.court import Court, Pending, amount, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "paid_unfulfilled"


@invariant(
    _NAME,
    flows=("orders", "fulfilment", "cancellations"),
    limits=("refund_s", "desk_s"),
    owner="finance",
    cure="Refund the customer what will not be sent; let the connector bring the warehouse's "
    "cancellation back line by line, and refund it once.",
)
class PaidUnfulfilled:
    """What the warehouse will not ship is sent from elsewhere or paid back within ``refund_s``.

    The money that was captured and not refunded is no more than what was shipped and what live
    warehouse orders still hold are worth. A report to the desk in time makes it somebody's job.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._pending = Pending(court, self._decide)
        self._accused: dict[str, None] = {}
        court.orders.turned.append(self._turned)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Cuts; the order book tells of warehouse orders that were cancelled."""
        return {WorkCut: self._on_work_cut}

    def _on_work_cut(self, _record: WorkCut) -> None:
        self._wait(self._court.orders.order)

    def _turned(self, work: Work, means: str) -> None:
        if means == "cancelled":
            self._wait(work.order)

    def _wait(self, order: Order | None) -> None:
        if order is not None:
            limit_s = self._court.judging.limit("refund_s")
            self._court.later(limit_s, self._check, (order, self._court.now))

    def _kept(self, order: Order) -> tuple[int, dict[str, int]]:
        """Money without goods, and the units that it was for."""
        if order.number in self._accused or order.returned:
            return 0, {}
        coming = {sku: tally.worked for sku, tally in order.tally.items()}
        lacking = {
            sku: left
            for sku, tally in order.tally.items()
            if tally.cut and (left := tally.ordered - tally.worked) > 0
        }
        kept_minor = order.captured_minor - order.refunded_minor - order.share(coming)
        # Shares of a total are rounded: a penny a line is no loss.
        if not lacking or kept_minor <= len(order.tally):
            return 0, {}
        return kept_minor, lacking

    def _check(self, case: tuple[Order, float]) -> None:
        self._docket.exercised += bool(case[0].captures)
        order = case[0]
        if order.reported_s < 0 and self._kept(order)[0]:
            order.wrong(self._court.now)
            self._pending.add(case)

    def _decide(self, case: tuple[Order, float]) -> None:
        order, since_s = case
        kept_minor, lacking = self._kept(order)
        if not kept_minor or order.reported_s >= 0:
            return
        self._accused[order.number] = None
        goods = ", ".join(f"{units} of {sku}" for sku, units in lacking.items())
        self._court.breach(
            _NAME,
            key=order.number,
            at_s=since_s,
            units=sum(lacking.values()),
            money_minor=kept_minor,
            sentence=f"Order {order.number}: the warehouse will not ship {goods}; "
            f"{span(self._court.now - since_s)} later {amount(kept_minor)} of the customer's "
            "money is kept for it, and nobody was told.",
            expected="sent from elsewhere, or paid back",
            found=f"{amount(order.refunded_minor)} of {amount(order.captured_minor)} refunded",
            trail=order.trail,
        )

    def close(self) -> None:
        """Cases whose limit is over are decided now."""
        self._pending.close()
