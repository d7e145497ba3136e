"""Stock as the judge keeps it: the ledger's units, open promises, published levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from peakproof.books import known
from peakproof.books.atlas import BENCH, CUSTOMER, VAN
from peakproof.books.pool import bits, room, shortage
from peakproof.books.shelves import GAP, LEAVING, Cell, Sku, Watch, contention
from peakproof.history.records import Counted, Item, Level, Move, Sale, TurnedAway

if TYPE_CHECKING:
    from peakproof.court import Court

WRITTEN: Final = frozenset({"write", "count", "adjust"})
"""Causes of a level by which somebody asserted a figure."""


_INTAKES: Final = frozenset({"receipt", "transfer"})
_CORRECTIONS: Final = frozenset({"count", "adjust"})
_TOLD: Final = _CORRECTIONS | _INTAKES | {"return"}
"""Causes by which staff tell the stock master of something physical."""


class StockBook:
    """Follows every SKU. Rules look at a SKU once an instant is over, when it has changed."""

    __slots__ = (
        "_court", "_implied", "_left", "_mirror", "_sells", "dirty", "found_out", "looks", "skus",
        "tapped",
    )  # fmt: skip

    def __init__(self, court: Court) -> None:
        self._court = court
        self.dirty: list[Sku] = []
        """SKUs to look at when the instant is over."""
        atlas, estate = court.atlas, court.estate
        self._mirror = estate.policy == "mirror"
        self._sells = {
            channel.system: None
            for channel in estate.channels
            if channel.system != estate.masters.stock
        }
        self._implied = {system: atlas.apart(system) for system in self._sells}
        self._left: list[tuple[Sku, int]] = []
        """Departures of this instant that the warehouse may not have told of."""
        self.skus: dict[str, Sku] = {}
        self.looks: list[Callable[[Sku, float], None]] = []
        """Called with a changed SKU and the time at the end of the instant."""
        self.found_out: list[Callable[[Sku], None]] = []
        """Called when units that were lost unseen have become known."""
        self.tapped: list[Callable[[Sku], None]] = []
        """Called when units went from under open promises otherwise than to keep them."""

    def get(self, sku: str) -> Sku:
        """The book of a SKU, opened when it is new."""
        found = self.skus.get(sku)
        if found is None:
            estate = self._court.estate
            found = self.skus[sku] = Sku(
                sku,
                len(estate.nodes),
                price_minor=estate.prices.get(sku, 0),
                keep=estate.held_back(sku),
            )
        return found

    # --- records ----------------------------------------------------------------------

    def on_move(self, record: Move) -> None:
        """Units moved in the physical world."""
        court = self._court
        now = court.now
        from_kind, src = court.atlas.where(record.src)
        to_kind, dst = court.atlas.where(record.dst)
        sku = self.skus.get(record.sku) or self.get(record.sku)
        sku.recent.append((court.no, record))
        out = from_kind <= BENCH and src >= 0
        into = to_kind <= BENCH and dst >= 0
        if (out and into and src == dst) or not (out or into):
            return
        units = record.units
        sku.event(now)
        sku.touched_s = now
        if out and (to_kind == VAN or (from_kind == BENCH and to_kind == CUSTOMER)):
            sku.add(LEAVING, src, units)
            self._left.append((sku, src))
            if not sku.dirty:
                sku.dirty = True
                self.dirty.append(sku)
            return
        if into and from_kind == VAN:
            sku.add(LEAVING, dst, -units)
            return
        tills = court.atlas.tills
        if out:
            known.take(sku, src, units, to=to_kind, till=bool(tills >> src & 1))
        if into:
            known.put(sku, dst, units, came_from=from_kind, till=bool(tills >> dst & 1), now_s=now)
        self.stir(sku)
        if out and sku.demand:
            for hear in self.tapped:
                hear(sku)

    def on_level(self, record: Level) -> None:
        """A system shows another figure."""
        court = self._court
        sku = self.skus.get(record.sku) or self.get(record.sku)
        sku.recent.append((court.no, record))
        cause = record.cause
        system = record.system
        ours = record.by == "connector"
        if ours:
            sku.asserted_s = court.now
        if system == court.estate.masters.stock:
            if not ours and cause in _TOLD:
                self._told(sku, record)
            sku.masters[record.place] = record
            sku.touched_s = court.now
            return
        cell = sku.cells.get((system, record.place))
        if cell is None:
            cell = self._cell(sku, system, record.place)
            if cell is None:
                return
        if not ours:
            cell.foreign_s = court.now
            if cause in _INTAKES and system == court.estate.masters.sales:
                node = court.atlas.node(system, record.place)
                known.tell_intake(sku, node, record.on_hand - cell.on_hand, court.now)
                self.stir(sku)
        elif cause in WRITTEN:
            cell.watch.wrote = True
        cell.seen = True
        cell.level = record.available
        cell.on_hand = record.on_hand
        if not sku.dirty:
            sku.dirty = True
            self.dirty.append(sku)

    def on_item(self, record: Item) -> None:
        """A system knows a SKU: its channel could show it from now on."""
        if record.system in self._sells:
            self._expect(self.get(record.sku), record.system)

    def on_sale(self, record: Sale) -> None:
        """A till told of what was carried away or brought back."""
        court = self._court
        node = court.atlas.node(record.system, record.place)
        has_till = node >= 0 and court.atlas.tills >> node & 1
        for line in record.lines:
            sku = self.get(line.sku)
            sku.recent.append((court.no, record))
            if line.price_minor and not sku.price_minor:
                sku.price_minor = line.price_minor
            if not has_till:
                continue
            if record.what == "sale":
                known.tell_sale(sku, node, abs(line.units))
            else:
                known.tell_return(sku, node, abs(line.units), court.now)
            self.stir(sku)

    def on_counted(self, record: Counted) -> None:
        """Somebody counted the shelf: what was lost unseen is known now."""
        sku = self.get(record.sku)
        sku.recent.append((self._court.no, record))
        mask = self._court.atlas.cell(record.system, record.place)
        if known.tell_all(sku, mask, self._court.now):
            self._found(sku)

    def on_turned_away(self, record: TurnedAway) -> None:
        """A customer was refused."""
        self.get(record.sku).recent.append((self._court.no, record))

    # --- promises ---------------------------------------------------------------------

    def promise(self, sku: Sku, mask: int, units: int) -> None:
        """A channel promised units that it may draw from these nodes."""
        sku.demand[mask] = sku.demand.get(mask, 0) + units
        sku.committed[mask] = sku.committed.get(mask, 0) + units
        sku.event(self._court.now)
        self.stir(sku)

    def release(self, sku: Sku, mask: int, units: int) -> None:
        """A promise ended: kept (its units were shipped before) or withdrawn."""
        _subtract(sku.demand, mask, units)
        if sku.owed:
            # Which promise went short is nobody's to say: the one that ended counts first.
            sku.owed = max(shortage(sku.cover, sku.demand), sku.owed - units)
        sku.event(self._court.now)
        self.stir(sku)

    def commit(self, sku: Sku, mask: int, units: int) -> None:
        """Promised units are to be served from these nodes (below zero: no longer)."""
        if units > 0:
            sku.committed[mask] = sku.committed.get(mask, 0) + units
        else:
            _subtract(sku.committed, mask, -units)
        self.stir(sku)

    def ship(self, sku: Sku, node: int, units: int) -> None:
        """The warehouse said that units left a node (below zero: that they are back)."""
        sku.cover[node] -= units
        sku.known[node] -= units
        sku.add(LEAVING, node, -units)
        self.stir(sku)

    def short(self, sku: Sku, node: int, units: int) -> None:
        """A picker did not find units at a node; the record's own correction may follow."""
        self._court.later(known.GRACE_S, self._missed, (sku, node, units, self._court.now))

    def _missed(self, missed: tuple[Sku, int, int, float]) -> None:
        sku, node, units, at_s = missed
        corrected = sku.corrected_s >= at_s - known.GRACE_S
        if not corrected and known.tell_short(sku, node, units, self._court.now):
            self._found(sku)

    def open_books(self) -> None:
        """Trading begins: whatever the master's record has wrong now, nobody can know yet."""
        atlas, master = self._court.atlas, self._court.estate.masters.stock
        speaks = any(sku.masters for sku in self.skus.values())
        for sku in self.skus.values():
            sku.odd.clear()
            sku.told.clear()
            sku.known = list(sku.cover)
            for place, mask in atlas.masks[master].items() if speaks else ():
                node = atlas.node(master, place)
                level = sku.masters.get(place)
                recorded = level.on_hand if level is not None else 0
                gap = recorded - sum(sku.cover[number] for number in bits(mask))
                if node >= 0 and gap:
                    sku.add(GAP, node, gap)
                    sku.known[node] += gap
                    sku.seen.append((node, gap))
                    self._found(sku)
            sku.events = 0
            sku.writes.clear()
            for watch in sku.watches:
                watch.target = -1  # so that what is wrong at the opening counts from now on
            self.stir(sku)

    # --- the end of an instant --------------------------------------------------------

    def stir(self, sku: Sku) -> None:
        """The truth about a SKU changed; look at it when the instant is over."""
        sku.moved = True
        if not sku.dirty:
            sku.dirty = True
            self.dirty.append(sku)

    def close_instant(self) -> None:
        """Weigh what is free against what is shown, for each SKU that changed."""
        court = self._court
        now = court.now
        dirty, self.dirty = self.dirty, []
        if self._left:
            left, self._left = self._left, []
            for departure in left:
                if departure[0].odd.get((LEAVING, departure[1]), 0) > 0:
                    court.later(known.GRACE_S, self._unsaid, departure)
        for sku in dirty:
            sku.dirty = False
            if sku.moved:
                sku.moved = False
                self._survey(sku)
            for watch in sku.watches:
                shown = 0
                for cell in watch.cells:
                    if cell.level > 0:
                        shown += cell.level
                watch.shown = shown
            if court.trading:
                for look in self.looks:
                    look(sku, now)
            else:
                for watch in sku.watches:
                    watch.wrote = False

    def _survey(self, sku: Sku) -> None:
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
            target = free - keep if free > keep else 0
            if target != watch.target:
                court = self._court
                watch.target = target
                sku.changed_s = court.now
                if court.trading:
                    watch.changes.append((court.now, court.no, target))

    # --- movements and cells ----------------------------------------------------------

    def _told(self, sku: Sku, record: Level) -> None:
        """The master's own people recorded something that moved, or that was wrong."""
        court = self._court
        node = court.atlas.node(record.system, record.place)
        before = sku.masters.get(record.place)
        change = record.on_hand - (before.on_hand if before is not None else 0)
        if node < 0 or not change or not court.trading:
            return
        if record.cause in _CORRECTIONS:
            known.tell_correction(sku, node, change, court.now)
            self._found(sku)
        else:
            known.tell_intake(sku, node, change, court.now)
            self.stir(sku)

    def _found(self, sku: Sku) -> None:
        self.stir(sku)
        for hear in self.found_out:
            hear(sku)

    def _unsaid(self, left: tuple[Sku, int]) -> None:
        """Units went on the van and the warehouse never said so: they are gone all the same."""
        sku, node = left
        units = sku.odd.get((LEAVING, node), 0)
        if units <= 0:
            return
        sku.add(LEAVING, node, -units)
        sku.cover[node] -= units
        sku.known[node] -= units
        self.stir(sku)
        if sku.demand:
            for hear in self.tapped:
                hear(sku)

    def _cell(self, sku: Sku, system: str, place: str) -> Cell | None:
        """A cell that is shown for the first time; None when no channel sells from it."""
        court = self._court
        if system not in self._sells or sku.sku in court.estate.bundles:
            return None
        self._expect(sku, system)
        cell = sku.cells.get((system, place))
        mask = court.atlas.cell(system, place)
        if cell is None and mask & court.atlas.reach(system):
            cell = self._add(sku, system, place, mask)
            self._regroup(sku)
        return cell

    def _expect(self, sku: Sku, system: str) -> None:
        """A channel that knows a SKU shows 0 of it until it shows something else."""
        if sku.sku in self._court.estate.bundles:
            return
        fresh = False
        for place, mask in self._implied[system]:
            if (system, place) not in sku.cells:
                self._add(sku, system, place, mask)
                fresh = True
        if fresh:
            self._regroup(sku)

    def _add(self, sku: Sku, system: str, place: str, mask: int) -> Cell:
        channels = [
            channel
            for channel, nodes in self._court.atlas.channels
            if channel.system == system and nodes & mask
        ]
        cell = Cell(system, place, mask, walk_in=all(channel.walk_in for channel in channels))
        sku.cells[system, place] = cell
        return cell

    def _regroup(self, sku: Sku) -> None:
        groups = contention(list(sku.cells.values()))
        if self._mirror:
            groups = [[cell] for group in groups for cell in group]
        sku.watches = [Watch(group) for group in groups]
        self.stir(sku)


def _subtract(pool: dict[int, int], mask: int, units: int) -> None:
    left = pool.get(mask, 0) - units
    if left > 0:
        pool[mask] = left
    else:
        pool.pop(mask, None)
