"""Parcels that their channel never hears of."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Record
from peakproof.judging.books.dispatches import Dispatch
from peakproof.judging.court import Court, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "confirmation_missing"


@invariant(
    _NAME,
    flows=("fulfilment",),
    limits=("shipment_s", "desk_s"),
    owner="customer service",
    cure="Tell the customer of the parcel and enter it at the channel with its tracking; let the "
    "connector watch the age of shipments that no read of the channel bears out.",
)
class ConfirmationMissing:
    """Every parcel that left is on record at its channel, line by line, under its own tracking.

    It has ``shipment_s`` for that. A parcel that was reported to the desk in time is held; what
    was sold as a bundle is confirmed with its last parcel.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        court.dispatches.due.append(self._due)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Nothing beyond what the book of parcels tells."""
        return {}

    def _due(self, _dispatch: Dispatch) -> None:
        self._docket.exercised += 1

    def close(self) -> None:
        """What is not confirmed by now is missing."""
        self._court.dispatches.close()
        for dispatch in self._court.dispatches.left:
            self._accuse(dispatch)

    def _accuse(self, dispatch: Dispatch) -> None:
        court, order = self._court, dispatch.order
        untold = dispatch.untold
        units, sent = sum(untold.values()), sum(dispatch.units.values())
        name = dispatch.names[-1] if dispatch.names else "a parcel without a name"
        other = [ref or "no reference" for ref in order.confirms if ref not in order.parcels]
        found = f"recorded under {', '.join(other)}" if other else f"{sent - units} of them"
        court.breach(
            _NAME,
            key=order.number,
            kind="in part" if units < sent else "other name" if other else "none",
            at_s=dispatch.left_s + court.judging.limit("shipment_s"),
            units=units,
            money_minor=order.worth(untold),
            sentence=f"Parcel {name} of order {order.number} left with {plural(sent, 'unit')}; "
            f"{span(court.end_s - dispatch.left_s)} later {order.system} still lacks {units} of "
            "them, and nobody was told.",
            expected=f"{plural(sent, 'unit')} confirmed as {name}",
            found=found,
            trail=order.trail,
        )
