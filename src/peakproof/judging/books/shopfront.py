"""What channels show of a SKU: which cells there are, and what they ought to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof.judging.books.pool import room
from peakproof.judging.books.shelves import Cell, Sku, Watch, contention

if TYPE_CHECKING:
    from peakproof.judging.court import Court


class Shopfront:
    """Opens the cells of a SKU and weighs them. The stock master's own cells are none."""

    __slots__ = ("_court", "_implied", "_mirror", "_pooled")

    def __init__(self, court: Court) -> None:
        estate = court.estate
        self._court = court
        self._mirror = estate.policy == "mirror"
        self._implied = {
            channel.system: court.atlas.apart(channel.system)
            for channel in estate.channels
            if channel.system != estate.masters.stock
        }
        """By system that sells: the places that it shows 0 at until it shows something else."""
        self._pooled = {
            channel.system: "+".join(code for code, _ in court.atlas.apart(channel.system))
            for channel in estate.channels
            if channel.pooled and channel.system in self._implied
        }
        """By system that sells all its places as one: what that one is called."""
        for system, place in self._pooled.items():
            self._implied[system] = [(place, court.atlas.reach(system))]

    def expect(self, sku: Sku, system: str) -> bool:
        """A system knows a SKU; does that open cells?"""
        if sku.sku in self._court.estate.bundles:
            return False
        fresh = False
        for place, mask in self._implied.get(system, ()):
            if (system, place) not in sku.cells:
                self._open(sku, system, place, mask)
                fresh = True
        if fresh:
            self._regroup(sku)
        return fresh

    def pooled(self, sku: Sku, system: str) -> Cell | None:
        """The cell that all places of a system are, when it is open."""
        return sku.cells.get((system, self._pooled[system])) if system in self._pooled else None

    def cell(self, sku: Sku, system: str, place: str) -> Cell | None:
        """A cell that is shown for the first time; None when no channel sells from it."""
        court = self._court
        if system not in self._implied or sku.sku in court.estate.bundles:
            return None
        self.expect(sku, system)
        cell = sku.cells.get((system, self._pooled.get(system, place)))
        mask = court.atlas.cell(system, place)
        if cell is None and mask & court.atlas.reach(system):
            cell = self._open(sku, system, place, mask)
            self._regroup(sku)
        return cell

    def _open(self, sku: Sku, system: str, place: str, mask: int) -> Cell:
        channels = [
            channel
            for channel, nodes in self._court.atlas.channels
            if channel.system == system and nodes & mask
        ]
        cell = Cell(system, place, mask, walk_in=all(channel.walk_in for channel in channels))
        if system in self._pooled:
            cell.parts = {}
        sku.cells[system, place] = cell
        return cell

    def _regroup(self, sku: Sku) -> None:
        groups = contention(list(sku.cells.values()))
        if self._mirror:
            groups = [[cell] for group in groups for cell in group]
        sku.watches = [Watch(group) for group in groups]

    def survey(self, sku: Sku) -> None:
        """Count what is free at the nodes of each watch, and what a promise could still get."""
        cover, committed, keep = sku.known, sku.committed, sku.keep
        for watch in sku.watches:
            mask = watch.mask
            free = 0
            for node in watch.nodes:
                free += cover[node]
            simple = not watch.mixed
            for other, units in committed.items():
                if other & mask:
                    free -= units
                    if other != mask:
                        simple = False
            watch.free = free if free > 0 else 0
            if simple:
                watch.room = watch.free
                for cell in watch.cells:
                    cell.room = watch.free
            else:
                there = [units if units > 0 else 0 for units in cover]
                watch.room = room(there, committed, mask)
                for cell in watch.cells:
                    cell.room = room(there, committed, cell.mask)
            kept = keep * watch.cells[0].shelves
            target = free - kept if free > kept else 0
            if target != watch.target:
                court = self._court
                watch.target = target
                sku.changed_s = court.now
                if court.trading:
                    watch.changes.append((court.now, court.no, target))
