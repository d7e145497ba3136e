"""The numeric ids by which V2 knows what the store knows by number.

An id is a place in the order in which things came, so that nothing is kept for whom nobody asks:
the first question builds the index, and from then on the books tell of what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.deposco.v2.kinds import KINDS

if TYPE_CHECKING:
    from peakproof_simulators.deposco.entities import Order, Receipt, Shipment
    from peakproof_simulators.deposco.state import Deposco

SHIPMENTS_FROM: Final = 70_000_001
RECEIPTS_FROM: Final = 80_000_001
LINES_PER: Final = 100_000
"""Ids of lines are those of their order or shipment times this, and their place in it."""


class Shelf:
    """Names in the order in which they came, and their ids."""

    __slots__ = ("_at", "first", "names")

    def __init__(self, first: int, names: Iterable[str]) -> None:
        self.first = first
        self.names = list(names)
        self._at = {name: position for position, name in enumerate(self.names)}

    def add(self, name: str) -> None:
        """Something new came; what is known stays where it is."""
        if name not in self._at:
            self._at[name] = len(self.names)
            self.names.append(name)

    def id_of(self, name: str) -> int:
        """The id of a name that is there."""
        return self.first + self._at[name]

    def name_of(self, number: int) -> str | None:
        """The name of an id; None when there is none."""
        position = number - self.first
        return self.names[position] if 0 <= position < len(self.names) else None

    def __len__(self) -> int:
        return len(self.names)


class Numbers:
    """Ids of orders by their type, of shipments and of receipts."""

    def __init__(self, store: Deposco) -> None:
        self._store = store
        self._orders: dict[str, Shelf] = {}
        self._shipments: Shelf | None = None
        self._receipts: Shelf | None = None

    def orders(self, kind: str) -> Shelf:
        """The orders of a type."""
        if not self._orders:
            book = self._store.orders
            self._orders = {
                each.type: Shelf(each.first_id, book.by_type[each.type].keys()) for each in KINDS
            }
            book.listeners.append(self._order_came)
        return self._orders[kind]

    def _order_came(self, before: Order | None, after: Order) -> None:
        if before is None:
            self._orders[after.type].add(after.number)

    def shipments(self) -> Shelf:
        """The shipments."""
        found = self._shipments
        if found is None:
            parcels = self._store.parcels
            found = self._shipments = Shelf(SHIPMENTS_FROM, parcels.vault.keys())
            parcels.listeners.append(_adder(found))
        return found

    def receipts(self) -> Shelf:
        """The receipts."""
        found = self._receipts
        if found is None:
            book = self._store.receipts
            found = self._receipts = Shelf(RECEIPTS_FROM, book.receipts)
            book.listeners.append(_adder(found))
        return found


def _adder(shelf: Shelf) -> Callable[..., None]:
    def came(entity: Shipment | Receipt, *_what: Any) -> None:
        shelf.add(entity.number)

    return came


def line_id(owner: int, position: int) -> int:
    """The id of a line by its place (from 0) in its owner."""
    return owner * LINES_PER + position + 1


def line_place(owner: int, number: int) -> int:
    """The place of a line in its owner, -1 when the id is of another's line."""
    position = number - owner * LINES_PER - 1
    return position if 0 <= position < LINES_PER - 1 else -1
