"""Parcels that a customer hears of twice."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Confirmed, Notice, Record
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, plural
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "confirmed_twice"


@invariant(
    _NAME,
    flows=("fulfilment",),
    limits=("confirm_s",),
    owner="finance",
    cure="Take the second delivery off the order before it is captured; let the connector "
    "key each confirmation by its parcel.",
)
class ConfirmedTwice:
    """Each parcel is confirmed to its channel and to the customer once.

    No reference is confirmed for more units than its parcel holds, no order for more than were
    ordered nor, ``confirm_s`` later, for more than were shipped; and there is no more than one
    notice for each parcel.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._accused: dict[tuple[str, str], None] = {}

    def reads(self) -> Mapping[type[Record], Reader]:
        """Confirmations and notices."""
        return {Confirmed: self._on_confirmed, Notice: self._on_notice}

    def _on_confirmed(self, record: Confirmed) -> None:
        court = self._court
        self._docket.exercised += 1
        order = court.orders.order
        if order is None:
            if court.orders.finished.get(record.order) == "shipped":
                self._after_the_end(record.order, record)
            return
        parcel = order.parcels.get(record.ref)
        confirmed = order.confirms[record.ref]
        for sku, tally in order.tally.items():
            here = confirmed.get(sku, 0)
            held = parcel.get(sku, 0) if parcel is not None else here
            if here > held or tally.confirmed > tally.ordered:
                units = max(here - held, tally.confirmed - tally.ordered)
                self._accuse(
                    order,
                    "parcel",
                    units,
                    f"Order {order.number}: {plural(tally.confirmed, 'unit')} of {sku} confirmed"
                    + (f", {here} of them as {record.ref}" if record.ref else "")
                    + f"; {tally.ordered} were ordered, {tally.shipped} shipped.",
                )
                return
        court.later(court.judging.confirm_s, self._check, order)

    def _check(self, order: Order) -> None:
        for sku, tally in order.tally.items():
            if tally.confirmed > tally.shipped:
                self._accuse(
                    order,
                    "parcel",
                    tally.confirmed - tally.shipped,
                    f"Order {order.number}: {plural(tally.confirmed, 'unit')} of {sku} confirmed, "
                    f"{tally.shipped} shipped.",
                )

    def _on_notice(self, record: Notice) -> None:
        if record.what != "shipped":
            return
        court = self._court
        self._docket.exercised += 1
        order = court.orders.order
        if order is None:
            if court.orders.finished.get(record.order) == "shipped":
                self._after_the_end(record.order, record)
            return
        told = sum(order.notices.values())
        again = bool(record.ref) and order.notices[record.ref] > 1
        if again or told > max(1, order.sent):
            self._accuse(
                order,
                "notice",
                max((tally.shipped for tally in order.tally.values()), default=0),
                f"The customer of order {order.number} was told {told} times of "
                f"{plural(order.sent, 'parcel')}.",
            )

    def _after_the_end(self, number: str, record: Confirmed | Notice) -> None:
        court = self._court
        if (number, "end") in self._accused:
            return
        self._accused[number, "end"] = None
        lines = record.lines if isinstance(record, Confirmed) else ()
        court.breach(
            _NAME,
            key=number,
            kind="after the end",
            units=sum(line.units for line in lines),
            sentence=f"Order {number} was shipped and confirmed long ago, and again now.",
            expected="one confirmation a parcel",
            found="another one",
            trail=[(court.no, record)],
        )

    def _accuse(self, order: Order, kind: str, units: int, sentence: str) -> None:
        if (order.number, kind) in self._accused:
            return
        self._accused[order.number, kind] = None
        order.wrong(self._court.now)
        sent = {sku: tally.shipped for sku, tally in order.tally.items()}
        self._court.breach(
            _NAME,
            key=order.number,
            kind=kind,
            units=units,
            money_minor=order.worth(sent),
            sentence=sentence,
            expected="one a parcel",
            found="more",
            trail=order.trail,
        )

    def close(self) -> None:
        """Nothing more to say at the end."""
