"""Stock as the judge keeps it: the ledger's units, open promises, published levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from peakproof.history.records import Counted, Item, Level, Move, Sale, TurnedAway
from peakproof.judging.books import known
from peakproof.judging.books.atlas import BENCH, CUSTOMER, VAN
from peakproof.judging.books.pool import bits, shortage
from peakproof.judging.books.shelves import GAP, LEAVING, Sku
from peakproof.judging.books.shopfront import Shopfront

if TYPE_CHECKING:
    from peakproof.judging.court import Court

WRITTEN: Final = frozenset({"write", "count", "adjust"})
"""Causes of a level by which somebody asserted a figure."""


_INTAKES: Final = frozenset({"receipt", "transfer"})
_CORRECTIONS: Final = frozenset({"count", "adjust"})
_TOLD: Final = _CORRECTIONS | _INTAKES | {"return"}
"""Causes by which staff tell the stock master of something physical."""


class StockBook:
    """Follows every SKU. Rules look at a SKU once an instant is over, when it has changed."""

    __slots__ = (
        "_court", "_front", "_left", "_master", "asserted", "came_back", "dirty", "found_out",
        "looks", "moved", "skus", "tapped",
    )  # fmt: skip

    def __init__(self, court: Court) -> None:
        self._court = court
        self.dirty: list[Sku] = []
        """SKUs to look at when the instant is over."""
        estate = court.estate
        self._master = estate.masters.stock
        self._front = Shopfront(court)
        self._left: list[tuple[Sku, int]] = []
        """Departures of this instant that the warehouse may not have told of."""
        self.skus: dict[str, Sku] = {}
        self.looks: list[Callable[[Sku, float], None]] = []
        """Called with a changed SKU and the time at the end of the instant."""
        self.found_out: list[Callable[[Sku], None]] = []
        """Called when units that were lost unseen have become known."""
        self.moved: list[Callable[[Move], None]] = []
        """Called when units came to shelves or left them, otherwise than for a parcel."""
        self.came_back: list[Callable[[Move], None]] = []
        """Called when a customer parts with units."""
        self.asserted: list[Callable[[Sku, Level], None]] = []
        """Called when the connector has changed a figure."""
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
        if from_kind == CUSTOMER:
            for note in self.came_back:
                note(record)
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
            # What comes back by post is told by whoever books it in, also where there is a till.
            till = record.by == "till" and bool(tills >> dst & 1)
            known.put(sku, dst, units, came_from=from_kind, till=till, now_s=now)
        self.stir(sku)
        for note in self.moved:
            note(record)
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
            for note in self.asserted:
                note(sku, record)
        if system == self._master:
            if not ours and cause in _TOLD:
                self._told(sku, record)
            sku.masters[record.place] = record
            sku.touched_s = court.now
            return
        cell = sku.cells.get((system, record.place))
        if cell is None:
            cell = self._front.pooled(sku, system)
        if cell is None:
            cell = self._front.cell(sku, system, record.place)
            if cell is None:
                return
            sku.moved = True
        if not ours:
            cell.foreign_s = court.now
            if cause in _INTAKES and system == court.estate.masters.sales:
                node = court.atlas.node(system, record.place)
                known.tell_intake(sku, node, record.on_hand - cell.on_hand, court.now)
                self.stir(sku)
        elif cause in WRITTEN:
            cell.watch.wrote = True
        cell.seen = True
        cell.show(record.place, record.on_hand, record.available)
        if not sku.dirty:
            sku.dirty = True
            self.dirty.append(sku)

    def on_item(self, record: Item) -> None:
        """A system knows a SKU: its channel could show it from now on."""
        sku = self.get(record.sku)
        if self._front.expect(sku, record.system):
            self.stir(sku)

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
                self._front.survey(sku)
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

    # --- what is told ----------------------------------------------------------

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


def _subtract(pool: dict[int, int], mask: int, units: int) -> None:
    left = pool.get(mask, 0) - units
    if left > 0:
        pool[mask] = left
    else:
        pool.pop(mask, None)
