"""One SKU as the judge sees it: what lies where, what is promised, what each system shows."""

from __future__ import annotations

from collections import deque
from typing import Final

from peakproof.history.records import AnyRecord, Level
from peakproof.judging.books.episode import Episode
from peakproof.judging.books.pool import bits

_REMEMBERED: Final = 40

OUT: Final = "out"
"""Carried away at a till, and the till has not told yet."""
BACK: Final = "back"
"""Brought back to a till, and the till has not told yet."""
GAP: Final = "gap"
"""Gone without any record of it (below zero: there without one)."""
LEAVING: Final = "leaving"
"""On the van while the warehouse has not said shipped (below zero: said, not yet on the van)."""


class Cell:
    """A stock cell that a channel sells from, as its system last showed it."""

    __slots__ = (
        "above", "foreign_s", "level", "mask", "on_hand", "parts", "place", "room", "seen",
        "system", "walk_in", "watch",
    )  # fmt: skip

    watch: Watch

    def __init__(self, system: str, place: str, mask: int, *, walk_in: bool) -> None:
        self.system = system
        self.place = place
        self.mask = mask
        self.walk_in = walk_in
        self.level = 0
        self.on_hand = 0
        self.seen = False
        self.room = 0
        """Units that could still be promised from its nodes."""
        self.foreign_s = -1.0
        """When somebody else than the connector last changed it."""
        self.above: Episode | None = None
        """Since when, and by how much, it shows more than its room."""
        self.parts: dict[str, tuple[int, int]] | None = None
        """What a pooled cell is the sum of: on hand and for sale, by place."""

    def show(self, place: str, on_hand: int, available: int) -> None:
        """Its system shows other figures."""
        if self.parts is not None:
            self.parts[place] = (on_hand, available)
            on_hand = sum(part[0] for part in self.parts.values())
            available = sum(part[1] for part in self.parts.values())
        self.level = available
        self.on_hand = on_hand

    @property
    def shelves(self) -> int:
        """How many places it is the sum of, each with a hold-back of its own."""
        return 1 if self.parts is None else self.mask.bit_count()


class Watch:
    """Cells that are looked at together: a contention group, or one cell that mirrors.

    ``free`` are the units that nobody has a claim on, ``target`` those less the hold-back,
    ``shown`` what the cells publish together.
    """

    __slots__ = (
        "cells", "changes", "free", "mask", "mixed", "nodes", "off", "room", "shown", "stale_no",
        "target", "turned", "under", "wrote",
    )  # fmt: skip

    def __init__(self, cells: list[Cell]) -> None:
        self.cells = cells
        self.mask = 0
        for cell in cells:
            cell.watch = self
            self.mask |= cell.mask
        self.nodes = bits(self.mask)
        self.mixed = any(cell.mask != self.mask for cell in cells)
        self.free = 0
        self.room = 0
        self.target = 0
        self.shown = 0
        self.changes: deque[tuple[float, int, int]] = deque()
        """Changes of the target that nothing published reflects yet: (when, line, target)."""
        self.off = (0, 0)
        """What was shown and what was free when a change was last seen not to be reflected."""
        self.stale_no = 0
        self.wrote = False
        self.under: Episode | None = None
        """Since when, and by how much, it shows less than its target."""
        self.turned = 0
        """Units that customers were refused since then."""

    def open_at_all(self) -> bool:
        """Does any of its channels refuse customers by this record?"""
        return any(not cell.walk_in for cell in self.cells)


class Sku:
    """Units of one SKU: at nodes, promised, shown; and its latest records."""

    __slots__ = (
        "asserted_s", "bounced_from", "bounces", "cells", "changed_s", "committed", "corrected_s",
        "cover", "demand", "dirty", "events", "keep", "known", "last_event_s", "masters", "moved",
        "odd", "owed", "price_minor", "recent", "reported_s", "seen", "sku", "told", "touched_s",
        "trouble_s", "watches", "writes",
    )  # fmt: skip

    def __init__(self, sku: str, nodes: int, *, price_minor: int, keep: int) -> None:
        self.sku = sku
        self.keep = keep
        """Units that are kept from sale at each place."""
        self.price_minor = price_minor
        self.cover = [0] * nodes
        """Units on shelf and bench by node; a parcel leaves when the warehouse says shipped."""
        self.known = [0] * nodes
        """The same as systems have been told: what was lost unseen still counts."""
        self.demand: dict[int, int] = {}
        """Promised units by the nodes that the promise may draw on."""
        self.committed: dict[int, int] = {}
        """Promised units by the nodes that will serve them, as far as that is decided."""
        self.odd: dict[tuple[str, int], int] = {}
        self.seen: list[tuple[int, int]] = []
        """What has become known of units lost unseen: (node, signed units), not yet collected."""
        self.told: dict[tuple[str, int], tuple[int, float]] = {}
        self.cells: dict[tuple[str, str], Cell] = {}
        self.watches: list[Watch] = []
        self.masters: dict[str, Level] = {}
        self.recent: deque[tuple[int, AnyRecord]] = deque(maxlen=_REMEMBERED)
        self.dirty = False
        self.moved = False
        self.changed_s = 0.0
        """When the target of one of its watches last changed."""
        self.touched_s = 0.0
        """When units of it last moved, physically or in the master's record."""
        self.owed = 0
        """Oversold units that are already counted and may still be owed."""
        self.events = 0
        self.last_event_s = 0.0
        self.writes: dict[str, int] = {}
        self.bounces = 0
        self.bounced_from = ""
        self.corrected_s = -1.0
        self.asserted_s = -1.0
        """When the connector last wrote a figure of it anywhere."""
        self.trouble_s = -1.0
        self.reported_s = -1.0

    def event(self, now_s: float) -> None:
        """Something happened to it that systems may well record."""
        self.events += 1
        self.last_event_s = now_s
        self.bounces = 0
        self.bounced_from = ""

    def units_at(self, mask: int) -> int:
        """Units on shelf and bench, as the ledger has them now."""
        return sum(self.cover[node] - self.odd.get((LEAVING, node), 0) for node in bits(mask))

    def oddity(self, kind: str, mask: int) -> int:
        """Units at the nodes of a mask that a kind of gap in what is known accounts for."""
        return sum(self.odd.get((kind, node), 0) for node in bits(mask))

    def add(self, kind: str, node: int, units: int) -> None:
        """Add to one of the gaps in what is known."""
        left = self.odd.get((kind, node), 0) + units
        if left:
            self.odd[kind, node] = left
        else:
            self.odd.pop((kind, node), None)

    def take_told(self, kind: str, node: int, units: int, now_s: float) -> int:
        """How many of these units had been told of just before they moved."""
        amount, until_s = self.told.pop((kind, node), (0, 0.0))
        if until_s < now_s:
            return 0
        used = min(amount, units)
        if amount > used:
            self.told[kind, node] = (amount - used, until_s)
        return used


def contention(cells: list[Cell]) -> list[list[Cell]]:
    """Cells in groups that share nodes, directly or through others; in order of appearance."""
    groups: list[tuple[int, list[Cell]]] = []
    for cell in cells:
        mask, together = cell.mask, [cell]
        apart: list[tuple[int, list[Cell]]] = []
        for other_mask, others in groups:
            if other_mask & mask:
                mask |= other_mask
                together = others + together
            else:
                apart.append((other_mask, others))
        groups = [*apart, (mask, together)]
    return [group for _, group in groups]
