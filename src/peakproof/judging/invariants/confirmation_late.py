"""Parcels that their channel hears of too late."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Record
from peakproof.judging.books.dispatches import Dispatch
from peakproof.judging.court import Court, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "confirmation_late"


@invariant(
    _NAME,
    flows=("fulfilment",),
    limits=("shipment_s", "desk_s"),
    owner="customer service",
    cure="Answer the customers who asked meanwhile, and invoice what waited; let the connector "
    "act on the warehouse's events and report a shipment that is past the agreed time.",
)
class ConfirmationLate:
    """The channel has each parcel on record within ``shipment_s`` of its leaving.

    A delay that was reported to the desk in time is held. What is never confirmed is missing, not
    late.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        court.dispatches.due.append(self._due)
        court.dispatches.late.append(self._accuse)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Nothing beyond what the book of parcels tells."""
        return {}

    def _due(self, dispatch: Dispatch) -> None:
        self._docket.exercised += dispatch.done

    def _accuse(self, dispatch: Dispatch) -> None:
        court, order = self._court, dispatch.order
        limit_s = court.judging.limit("shipment_s")
        confirmed_s = dispatch.confirmed_s if dispatch.confirmed_s >= 0 else court.now
        took = span(confirmed_s - dispatch.left_s)
        self._docket.exercised += 1
        court.breach(
            _NAME,
            key=order.number,
            at_s=dispatch.left_s + limit_s,
            units=sum(dispatch.units.values()),
            money_minor=order.worth(dispatch.units),
            sentence=f"Parcel {dispatch.names[-1]} of order {order.number} was confirmed {took} "
            f"after it left ({span(limit_s)} allowed), and nobody was told.",
            expected=f"confirmed within {span(limit_s)}, or reported",
            found=f"confirmed after {took}",
            trail=order.trail,
        )

    def close(self) -> None:
        """Nothing more to say at the end."""
