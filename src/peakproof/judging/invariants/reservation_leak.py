"""Reservations that no order stands behind any more."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Parcel, Placed, Record, Reservation, Withdrawn
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, Pending, Rest, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "reservation_leak"


@invariant(
    _NAME,
    flows=("orders", "fulfilment", "cancellations"),
    limits=("reserve_s", "desk_s"),
    owner="e-commerce",
    cure="Compensate the order's reservation at the channel; let the connector ship through the "
    "source that is deducted, and know the orders that never had a reservation.",
)
class ReservationLeak:
    """A channel's reservations of an order sum to what of it is still to ship, SKU by SKU.

    They have ``reserve_s`` for that after each parcel, withdrawal or reservation; of a finished
    order they sum to nothing. A sum above that lets the channel sell what is not there. Systems
    that keep no reservations are not looked at, and a report to the desk in time is heard.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._limit_s = court.judging.limit("reserve_s")
        self._pending = Pending(court, self._decide)
        self._rest = Rest(court, self._limit_s, self._check)
        self._accused: dict[Order, None] = {}
        self._keeps: dict[str, None] = {}
        """Systems that keep reservations."""

    def reads(self) -> Mapping[type[Record], Reader]:
        """Reservations, and what ought to move them."""
        return {
            Reservation: self._on_reservation,
            Placed: self._on_change,
            Withdrawn: self._on_change,
            Parcel: self._on_change,
        }

    def _on_reservation(self, record: Reservation) -> None:
        self._keeps[record.system] = None
        self._on_change(record)

    def _on_change(self, _record: Placed | Withdrawn | Parcel | Reservation) -> None:
        """Look once more, when everything had its time since this change."""
        order = self._court.orders.order
        if order is not None and order.system in self._keeps:
            self._rest.stir(order)

    def _leaks(self, order: Order) -> dict[str, int]:
        """Signed units by SKU that reservations are away from what is open."""
        off = dict(order.reserved)
        for promise in order.promises:
            off[promise.sku.sku] = off.get(promise.sku.sku, 0) + promise.open
        return {sku: units for sku, units in off.items() if units}

    def _check(self, order: Order) -> None:
        self._docket.exercised += 1
        if order not in self._accused and order.reported_s < 0 and self._leaks(order):
            order.wrong(self._court.now)
            self._pending.add((order, self._court.now))

    def _decide(self, case: tuple[Order, float]) -> None:
        order, since_s = case
        leaks = self._leaks(order)
        if not leaks or order in self._accused or order.reported_s >= 0:
            return
        self._accused[order] = None
        units = {sku: abs(off) for sku, off in leaks.items()}
        said = ", ".join(f"{off:+d} of {sku}" for sku, off in leaks.items())
        stock = self._court.stock
        self._court.breach(
            _NAME,
            key=order.number,
            kind="too much free" if any(off > 0 for off in leaks.values()) else "still held",
            at_s=since_s,
            units=sum(units.values()),
            money_minor=sum(count * stock.get(sku).price_minor for sku, count in units.items()),
            sentence=f"Order {order.number} {_stands(order)}, and {order.system}'s reservations of "
            f"it are off by {said} ({span(self._limit_s)} allowed).",
            expected="reservations that sum to what is still to ship",
            found=said,
            trail=order.trail,
        )

    def close(self) -> None:
        """Cases whose limit is over are decided now."""
        self._pending.close()


def _stands(order: Order) -> str:
    if order.placed_s < 0:
        return "was never accepted"
    return f"has {plural(order.open_units, 'unit')} to ship" if order.open_units else "is finished"
