"""Customers who are told of a parcel that nobody has."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Notice, Parcel, Record
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, plural
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "notified_early"


@invariant(
    _NAME,
    flows=("fulfilment",),
    owner="customer service",
    cure="Find the parcel before the customer asks for it; let the connector hold the message "
    "until the carrier's first scan, and report a scan that does not come.",
)
class NotifiedEarly:
    """No customer hears of a parcel before it is as far as the estate's ``notify_on`` wants it.

    That is the carrier's first scan, or that it has left; where the estate says ``any``, this is
    not ruled. A report about the order before the message makes it somebody's decision.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._what = court.estate.notify_on

    def reads(self) -> Mapping[type[Record], Reader]:
        """Scans and notices, where there is a rule about them."""
        if self._what == "any":
            return {}
        return {Parcel: self._on_parcel, Notice: self._on_notice}

    def _on_parcel(self, record: Parcel) -> None:
        order = self._court.orders.order
        if order is not None and record.what == "scanned":
            for name in (record.parcel, record.tracking):
                order.scans[name] = record.parcel

    def _on_notice(self, record: Notice) -> None:
        order = self._court.orders.order
        if record.what != "shipped" or order is None:
            return
        self._docket.exercised += 1
        scanned = self._what == "scanned"
        if order.reported_s >= 0 or record.ref in (order.scans if scanned else order.parcels):
            return
        # A message that names no parcel may be about any that is far enough.
        far = len(dict.fromkeys(order.scans.values())) if scanned else order.sent
        if record.ref in order.parcels or sum(order.notices.values()) > far:
            self._accuse(order, record)

    def _accuse(self, order: Order, record: Notice) -> None:
        units = order.parcels.get(record.ref) or {
            sku: tally.shipped or tally.wanted for sku, tally in order.tally.items()
        }
        verb = "scanned" if self._what == "scanned" else "sent"
        order.wrong(self._court.now)
        self._court.breach(
            _NAME,
            key=order.number,
            units=sum(units.values()),
            money_minor=order.worth(units),
            sentence=f"The customer of order {order.number} was told of parcel "
            f"{record.ref or '(no name)'} with {plural(sum(units.values()), 'unit')}, which was "
            f"not {verb} yet.",
            expected=f"a message once the parcel is {verb}",
            found=f"{plural(sum(order.notices.values()), 'message')} before",
            trail=order.trail,
        )

    def close(self) -> None:
        """Nothing more to say at the end."""
