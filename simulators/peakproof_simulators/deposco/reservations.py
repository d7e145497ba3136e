"""What is reserved of items by hand: units that may not be promised, held for nobody's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.deposco.entities import MAX_PACKS

if TYPE_CHECKING:
    from peakproof_simulators.deposco.catalogue import Catalogue
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.stock import StockBook


class Reservations:
    """Reservations by item, booked at one facility: the request names none (chosen)."""

    def __init__(self, settings: Settings, catalogue: Catalogue, stock: StockBook) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._stock = stock

    def facility(self) -> str:
        """The facility that bears the reservations; "" when there is none."""
        named = self._settings.reservation_facility
        return named or next(iter(self._catalogue.facilities), "")

    def held(self, sku: str) -> int:
        """Units reserved of an item."""
        return self._stock.figures(sku, self.facility()).reserved

    def change(self, sku: str, units: int) -> str:
        """Reserve more (positive) or give back (negative); "" or why it failed.

        Giving back more than is held fails, and the reservation is gone all the same (DQ9).
        """
        facility = self.facility()
        if sku not in self._catalogue.items or not facility:
            return f"Item {sku} does not exist"
        if abs(units) > MAX_PACKS:
            return f"Item {sku}: value {units} is not valid"
        held = self.held(sku)
        if units + held < 0:
            if self._settings.over_release_zeroes:
                self._stock.change(sku, facility, "write", reserved=-held)
            return f"Item {sku}: cannot release {-units}, only {held} are reserved"
        if units:
            self._stock.change(sku, facility, "write", reserved=units)
        return ""
