"""Where every physical unit is: the only truth that the judge trusts.

Places are words: ``shelf:W1``, ``bench:W1`` (picked, being packed), ``van:W1`` (collected by the
carrier), ``transit:S1>W1`` (between two nodes), ``customer``, and the two ends of the world,
``supplier`` and ``lost``, which alone may go below zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from peakproof.errors import HarnessFault
from peakproof.history.records import By, Move

BOUNDLESS: Final = frozenset({"supplier", "lost"})
"""The places that units come from and vanish to; every other place holds zero or more."""


class LedgerFault(HarnessFault):
    """A movement that cannot happen in the physical world was asked for."""


def shelf(node: str) -> str:
    """The place name of a node's shelf: what a picker or a walk-in customer can take."""
    return f"shelf:{node}"


def bench(node: str) -> str:
    """The place name of a node's packing bench: picked for an order, not yet collected."""
    return f"bench:{node}"


def van(node: str) -> str:
    """The place name of the carrier's van that left a node."""
    return f"van:{node}"


def transit(src: str, dst: str) -> str:
    """The place name of what is on its way from one node to another: on nobody's shelf."""
    return f"transit:{src}>{dst}"


class Ledger:
    """Double-entry book of units. Each movement is written to the history as it happens."""

    __slots__ = ("_now", "_units", "_write", "total")

    def __init__(self, *, now: Callable[[], float], write: Callable[[Move], None]) -> None:
        self._now = now
        self._write = write
        self._units: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.total = 0

    def at(self, place: str, sku: str) -> int:
        """Units of a SKU at a place."""
        return self._units.get((place, sku), 0)

    def move(
        self, *, sku: str, units: int, src: str, dst: str, cause: str, by: By, ref: str = ""
    ) -> None:
        """Move units of one SKU from a place to another.

        Raises:
            LedgerFault: units is not positive, or the source does not hold them.
        """
        if units <= 0:
            raise LedgerFault(f"{cause}: {units} units of {sku} from {src} to {dst} is no movement")
        held = self._units[src, sku]
        if held < units and src not in BOUNDLESS:
            raise LedgerFault(f"{cause}: {src} holds {held} of {sku}, {units} were to leave")
        self._units[src, sku] = held - units
        self._units[dst, sku] += units
        self.total += 1
        self._write(Move(self._now(), by, sku, units, src, dst, cause, ref))

    def balances(self) -> Iterator[tuple[str, str, int]]:
        """Every (place, sku, units) that is not zero, in a fixed order."""
        for (place, sku), units in sorted(self._units.items()):
            if units:
                yield place, sku, units
