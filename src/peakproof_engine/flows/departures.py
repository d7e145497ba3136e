"""What leaves a shelf by parcel, where the shop's figure says what lies there.

Such a figure is lower by a parcel once the shop was told of it, and not by any order. Between the
two nobody can say whether the parcel is in it already.
"""

from __future__ import annotations

from collections.abc import Callable

from peakproof_engine.config import Channel
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.model import Order, OrderLine, Parcel
from peakproof_engine.systems.access import PHYSICAL

Books = Callable[[str, str], Live | None]
"""The shop's share of a SKU at a node."""


class Departures:
    """Keeps the books of parcels for one shop; there is nothing to keep unless it is physical."""

    def __init__(
        self, core: Core, channel: Channel, books: Books, touched: Callable[[str, str], None]
    ) -> None:
        self._core = core
        self._touched = touched
        self._system = channel.system
        self._books = books
        self.physical = channel.system in PHYSICAL

    def place_of(self, order: Order, work: str) -> str:
        """The shop's place of the node that does a piece of work, "" when it is not known."""
        for piece in order.works:
            if piece.number == work:
                return self._core.places.place(piece.node, self._system)
        return ""

    def leaves(self, order: Order, parcel: Parcel) -> None:
        """A parcel left, and the shop is to be told."""
        for live, units in self._held(order, parcel):
            live.leaving += units

    def stays(self, order: Order, parcel: Parcel) -> None:
        """A parcel of which the shop was not told was called back."""
        for live, units in self._held(order, parcel):
            live.leaving -= units

    def left(self, order: Order, parcel: Parcel) -> None:
        """The shop was told of a parcel: its own figure is lower by that."""
        held = self._held(order, parcel)
        with self._core.store:
            for live, units in held:
                self._core.ledger.left(live, units)
        for live, units in held if not self._core.guards.one_route else ():
            # Taken off by the document, and taken off what is offered once more.
            self._core.ledger.cell(live.node, live.sku).departed += units
            self._touched(live.node, live.sku)

    def cut(self, line: OrderLine, units: int) -> None:
        """Units of a line will not ship: they are unsold again.

        What became of them at the shelf the master's figure tells. In the caller's transaction.
        """
        live = self._books(line.node, line.sku) if self.physical else None
        if live is not None:
            self._core.ledger.sold(live, -units, self._core.wall())
            self._core.ledger.resolved(live, -units)

    def _held(self, order: Order, parcel: Parcel) -> list[tuple[Live, int]]:
        """Units of a parcel by share."""
        if not self.physical:
            return []
        return [
            (live, parcel.units[line.line])
            for line in order.lines
            if parcel.units.get(line.line)
            and (live := self._books(line.node, line.sku)) is not None
        ]
