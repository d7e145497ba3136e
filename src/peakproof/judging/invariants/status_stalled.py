"""Storefronts that do not know what the warehouse did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peakproof.history.records import Record
from peakproof.history.records import Work as WorkTaken
from peakproof.judging.books.papers import Order, Work
from peakproof.judging.court import Court, Pending, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "status_stalled"

_SATISFIED: Final = {
    "acknowledged": ("acknowledged", "part_shipped", "shipped", "delivered", "cancelled"),
    "part_shipped": ("part_shipped", "shipped", "delivered"),
    "shipped": ("shipped", "part_shipped", "delivered"),
}
"""What the channel's state has to have meant, by what became of the warehouse order."""


@invariant(
    _NAME,
    flows=("fulfilment",),
    limits=("status_s", "desk_s"),
    owner="customer service",
    cure="Tell the shop and the customer what became of the order; look in the story for "
    "the message that never came or was not tried again.",
)
class StatusStalled:
    """The channel's order says within ``status_s`` what became of the warehouse order.

    The scenario names the milestones: taken (``acknowledged``), shipped, cancelled. A cancelled
    warehouse order may also be answered by a new one, or by withdrawing what was promised.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._pending = Pending(court, self._decide)
        self._wanted = court.judging.statuses
        court.orders.turned.append(self._turned)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Warehouse orders as they are taken, if that is a milestone."""
        return {WorkTaken: self._on_work} if "acknowledged" in self._wanted else {}

    def _on_work(self, _record: WorkTaken) -> None:
        order = self._court.orders.order
        if order is not None:
            self._watch(order, "acknowledged")

    def _turned(self, work: Work, means: str) -> None:
        milestone = "shipped" if means == "part_shipped" else means
        if milestone in self._wanted and work.order is not None:
            self._watch(work.order, means)

    def _watch(self, order: Order, milestone: str) -> None:
        court = self._court
        court.later(court.judging.status_s, self._check, (order, milestone, court.now))

    def _check(self, case: tuple[Order, str, float]) -> None:
        order, milestone, since_s = case
        court = self._court
        self._docket.exercised += 1
        if self._told(order, milestone) or order.reported_s >= 0:
            return
        order.wrong(court.now)
        court.late("status", (order, milestone), since_s)
        self._pending.add(case)

    def _told(self, order: Order, milestone: str) -> bool:
        if milestone == "cancelled":
            return not order.missing() or "cancelled" in order.means
        return milestone in order.means or not order.means.keys().isdisjoint(_SATISFIED[milestone])

    def _decide(self, case: tuple[Order, str, float]) -> None:
        """The limit is over and so is the desk's: it is late, if not for ever."""
        order, milestone, since_s = case
        if order.reported_s >= 0:
            return
        court = self._court
        if milestone == "cancelled":
            units = order.missing()
        else:
            units = {sku: tally.shipped for sku, tally in order.tally.items() if tally.shipped}
        states = ", ".join(f"{what} {means or '?'}" for what, means in order.state.items())
        told = "late" if self._told(order, milestone) else "not"
        word = milestone.replace("_", "-")
        court.breach(
            _NAME,
            key=order.number,
            kind=milestone,
            at_s=since_s,
            units=sum(units.values()),
            money_minor=order.worth(units),
            sentence=f"Order {order.number} is {word} in the warehouse; {order.system} was {told} "
            f"told within {span(court.judging.status_s)}.",
            expected=f"a state that means {word}",
            found=states or "no change of state",
            trail=order.trail,
        )

    def close(self) -> None:
        """Milestones whose limit is over are decided now."""
        self._pending.close()
