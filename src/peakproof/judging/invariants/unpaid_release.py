"""Orders that go to the warehouse before they are paid."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Record, Work
from peakproof.judging.court import Court
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "unpaid_release"


@invariant(
    _NAME,
    flows=("orders",),
    owner="finance",
    cure="Stop the parcel while it is in the building; release orders only on the payment "
    "state that the policy names.",
)
class UnpaidRelease:
    """No order goes to the warehouse before its payment is in the state that the policy wants."""

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]

    def reads(self) -> Mapping[type[Record], Reader]:
        """Warehouse orders as they are taken."""
        return {Work: self._on_work}

    def _on_work(self, _record: Work) -> None:
        court = self._court
        order = court.orders.order
        policy = court.estate.release_on
        if order is None or policy == "placed":
            return
        self._docket.exercised += 1
        if order.due_s >= 0:
            return
        order.wrong(court.now)
        work = order.works[-1]
        units = sum(work.left.values())
        money_minor = order.worth(work.left)
        court.breach(
            _NAME,
            key=order.number,
            units=units,
            money_minor=money_minor,
            sentence=f"Order {order.number} went to the warehouse as {work.number} before its "
            f"payment was {policy}.",
            expected=f"payment {policy} first",
            found="authorised" if "authorised" in order.means else "no payment",
            trail=order.trail,
        )

    def close(self) -> None:
        """Nothing more to say at the end."""
