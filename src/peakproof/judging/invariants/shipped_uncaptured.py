"""Goods that left without their money."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Confirmed, Parcel, Record
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, Pending, amount, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "shipped_uncaptured"


@invariant(
    _NAME,
    flows=("fulfilment", "orders"),
    limits=("capture_s", "desk_s"),
    owner="finance",
    cure="Take the payment again or stop the parcel; let the connector look at the payment's "
    "state after the call that captures, not at its status.",
)
class ShippedUncaptured:
    """What left, or is on record as shipped, was captured, at the latest ``capture_s`` later.

    Goods are valued at the order's own prices, its total shared out over them. A capture that
    failed and was reported to the desk in time is held. Where orders go to the warehouse unpaid,
    only those are looked at of which some payment is known.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._pending = Pending(court, self._decide)
        self._accused: dict[str, None] = {}

    def reads(self) -> Mapping[type[Record], Reader]:
        """Parcels, and their confirmations."""
        return {Parcel: self._on_parcel, Confirmed: self._on_confirmed}

    def _on_parcel(self, record: Parcel) -> None:
        if record.what == "shipped":
            self._wait()

    def _on_confirmed(self, _record: Confirmed) -> None:
        self._wait()

    def _wait(self) -> None:
        court = self._court
        order = court.orders.order
        if order is None:
            return
        if self._lacking(order):
            court.later(court.judging.limit("capture_s"), self._check, (order, court.now))
        else:
            self._docket.exercised += 1

    def _lacking(self, order: Order) -> int:
        """Minor units of money that are not there for what is shipped."""
        captured_minor = order.captured_minor
        if captured_minor >= order.total_minor > 0 or order.number in self._accused:
            return 0
        if self._court.estate.release_on == "placed" and not order.means:
            return 0
        gone = {sku: max(tally.shipped, tally.confirmed) for sku, tally in order.tally.items()}
        lacks_minor = order.share(gone) - captured_minor
        # Shares of a total are rounded: a penny a line is no loss.
        return lacks_minor if lacks_minor > len(order.tally) else 0

    def _check(self, case: tuple[Order, float]) -> None:
        self._docket.exercised += 1
        order = case[0]
        if self._lacking(order) and order.reported_s < 0:
            order.wrong(self._court.now)
            self._pending.add(case)

    def _decide(self, case: tuple[Order, float]) -> None:
        order, since_s = case
        lacks_minor = self._lacking(order)
        if not lacks_minor or order.reported_s >= 0:
            return
        self._accused[order.number] = None
        court = self._court
        gone = {sku: max(tally.shipped, tally.confirmed) for sku, tally in order.tally.items()}
        worth = amount(order.share(gone))
        court.breach(
            _NAME,
            key=order.number,
            at_s=since_s,
            units=sum(gone.values()),
            money_minor=lacks_minor,
            sentence=f"Order {order.number}: goods worth {worth} were shipped, "
            f"{amount(order.captured_minor)} captured {span(court.now - since_s)} later, and "
            "nobody was told.",
            expected=f"{worth} captured",
            found=amount(order.captured_minor),
            trail=order.trail,
        )

    def close(self) -> None:
        """Cases whose limit is over are decided now."""
        self._pending.close()
