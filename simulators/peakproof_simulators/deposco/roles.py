"""The warehouse as the people on its floor use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof.errors import SimulatorFault
from peakproof_simulators.deposco.departures import depart
from peakproof_simulators.deposco.errors import Declined

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.trading.ports import Pick

_TRANSFER: Final = "Transfer"


class DeposcoFloor:
    """Implements :class:`peakproof_simulators.trading.ports.Floor` on the store."""

    def __init__(self, store: Deposco) -> None:
        self._store = store

    def ready(self, facility: str) -> list[str]:
        """Orders that the next wave of a facility may take, in the order in which they came."""
        return self._store.floor.ready(facility)

    def release(self, number: str) -> tuple[Pick, ...]:
        """Build the wave and release it: what is to be picked, nothing when the order is no
        longer waiting or nothing could be allocated (then it is back-ordered)."""
        return self._store.floor.release(number)

    def picked(self, number: str, line: str, units: int) -> None:
        """Units were found and taken; ignored when the order was cancelled meanwhile."""
        self._store.floor.picked(number, line, units)

    def short(self, number: str, line: str, units: int) -> None:
        """Units were not on the shelf; ignored when the order was cancelled meanwhile."""
        self._store.floor.short(number, line, units)

    def packed(self, number: str) -> str:
        """Everything picked is packed and labelled: the shipment's number; "" when nothing is."""
        return self._store.parcels.pack(number)

    def shipped(self, parcel: str) -> None:
        """The carrier has collected the parcel."""
        self._store.parcels.ship(parcel)

    def scanned(self, parcel: str) -> None:
        """The carrier has scanned the parcel for the first time."""
        self._store.parcels.scan(parcel)

    def cancel(self, number: str, why: str) -> bool:
        """The warehouse cancels an order; False when it is past that."""
        return self._store.floor.cancel(number, why)

    def adjust(self, facility: str, sku: str, units: int, reason: str) -> None:
        """Correct the record by a signed number of units.

        Raises:
            SimulatorFault: item or facility are unknown.
        """
        try:
            self._store.adjust(facility, sku, units, reason)
        except Declined as refusal:
            raise SimulatorFault(f"deposco: {refusal.text}") from None

    def receive(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods came in; against the order that the reference names when there is one.

        Raises:
            SimulatorFault: item or facility are unknown.
        """
        try:
            self._store.catalogue.find(sku)
            self._store.catalogue.facility(facility)
            self._store.receipts.arrive(facility, sku, units, reference=reference)
        except Declined as refusal:
            raise SimulatorFault(f"deposco: {refusal.text}") from None

    def send(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods left for another facility: on the transfer or the return to a vendor that the
        reference names, if any; else the record is corrected, and the feed tells why.

        Raises:
            SimulatorFault: item or facility are unknown.
        """
        units -= depart(self._store.orders, facility, sku, units, reference=reference)
        if not units:
            return
        try:
            self._store.adjust(
                facility, sku, -units, _TRANSFER, ref=reference, cause=_TRANSFER.lower()
            )
        except Declined as refusal:
            raise SimulatorFault(f"deposco: {refusal.text}") from None

    # --- beyond the port: what scenarios and served mode aim at ---------------------------

    def wave(self, number: str) -> None:
        """Build a wave on an order and do not release it yet."""
        self._store.floor.wave(number)

    def roll_back(self, parcel: str) -> None:
        """Undo a confirmed shipment."""
        self._store.parcels.roll_back(parcel)
