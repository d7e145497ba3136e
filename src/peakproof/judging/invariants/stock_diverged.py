"""Records that are not what lies on the shelf."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Record
from peakproof.judging.books.episode import Episode
from peakproof.judging.books.evidence import slice_of
from peakproof.judging.books.pool import bits, room
from peakproof.judging.books.shelves import BACK, GAP, OUT, Cell, Sku, contention
from peakproof.judging.court import Court, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "stock_diverged"


@invariant(
    _NAME,
    flows=("stock",),
    limits=("publish_s", "settle_s"),
    owner="operations",
    cure="Set this SKU right from the stock master; look in the story for the write that "
    "no movement explains.",
)
class StockDiverged:
    """The master's record is what the ledger holds, and no channel shows what is not free.

    While trading goes on, a channel's level may be above the free cover (cover less open
    promises) for ``publish_s``: no longer than that, whatever happened in between. Once all has
    settled, the channels that share nodes show what is free less the hold-back: each of them all
    of it, or all of them together. What nobody can know yet (lost units that no picker has missed,
    sales that an offline till keeps) is not held against anyone.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._limit_s = court.judging.publish_s
        court.stock.looks.append(self._look)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Nothing beyond what the stock book shows."""
        return {}

    # --- while trading goes on --------------------------------------------------------

    def _look(self, sku: Sku, now_s: float) -> None:
        for watch in sku.watches:
            for cell in watch.cells:
                episode = cell.above
                level, free = cell.level, cell.room
                if level > free:
                    if episode is not None:
                        if episode.goes_on(now_s, level, free, limit_s=self._limit_s):
                            continue
                        self._end(sku, cell, episode, now_s)
                    cell.above = Episode(now_s, self._court.no, level, free)
                elif episode is not None:
                    self._end(sku, cell, episode, now_s)

    def _end(self, sku: Sku, cell: Cell, episode: Episode, now_s: float) -> None:
        cell.above = None
        units = episode.ended(now_s, limit_s=self._limit_s)
        if not units:
            return
        self._court.breach(
            _NAME,
            key=sku.sku,
            kind="above cover",
            at_s=episode.since_s,
            units=units,
            money_minor=units * sku.price_minor,
            sentence=f"{_where(cell)} showed {episode.figure} of {sku.sku} when "
            f"{episode.bound} were free, for {span(now_s - episode.since_s)} "
            f"({span(self._limit_s)} allowed).",
            expected=f"at most {episode.bound}",
            found=str(episode.figure),
            trail=slice_of(self._court.atlas, sku.recent, cell.mask, since=episode.no),
        )

    # --- when all has settled ---------------------------------------------------------

    def close(self) -> None:
        """Compare what every system ended up with."""
        court = self._court
        unsettled = 0
        rest_s = court.end_s - court.judging.settle_s
        for sku in court.stock.skus.values():
            for cell in sku.cells.values():
                if cell.above is not None:
                    self._end(sku, cell, cell.above, court.end_s)
            if court.calm_s < 0:
                continue
            if sku.touched_s <= rest_s:
                self._compare_master(sku)
            elif sku.masters:
                unsettled += 1
            if sku.changed_s <= rest_s:
                for group in contention(list(sku.cells.values())):
                    self._compare_channels(sku, group)
            elif sku.cells:
                unsettled += 1
        if court.calm_s < 0:
            self._docket.undecided = "the run never came to rest"
        elif unsettled:
            self._docket.note = (
                f"{plural(unsettled, 'record')} not compared: the last change came less than "
                f"{span(court.judging.settle_s)} before the end."
            )

    def _compare_master(self, sku: Sku) -> None:
        court = self._court
        for place, record in sku.masters.items():
            mask = court.atlas.cell(record.system, place)
            if not mask:
                continue
            self._docket.exercised += 1
            held = sku.units_at(mask)
            excused = sku.oddity(OUT, mask) + sku.oddity(GAP, mask) - sku.oddity(BACK, mask)
            off = record.on_hand - held
            if min(0, excused) <= off <= max(0, excused):
                continue
            court.breach(
                _NAME,
                key=sku.sku,
                kind="master",
                units=abs(off),
                at_s=record.t,
                money_minor=abs(off) * sku.price_minor,
                sentence=f"{record.system} has {record.on_hand} of {sku.sku} on record at "
                f"{place or 'its default place'}, where {held} are.",
                expected=str(held),
                found=str(record.on_hand),
                trail=slice_of(court.atlas, sku.recent, mask),
            )

    def _compare_channels(self, sku: Sku, group: list[Cell]) -> None:
        self._docket.exercised += 1
        keep = sku.keep
        mask = 0
        for cell in group:
            mask |= cell.mask
        mixed = any(cell.mask != mask for cell in group)
        least, most = _free(sku, mask)
        levels = [cell.level for cell in group]
        low = max(0, least - keep * (len(group) if mixed else group[0].shelves))
        high = max(0, most if any(cell.walk_in for cell in group) else most - keep)
        if min(levels) >= 0 and (
            all(_mirrors(sku, cell, keep) for cell in group)
            or low <= sum(levels) <= high
            or self._split(sku, group, keep, low, high)
        ):
            return
        total = sum(levels)
        if len(group) > 1 and total > high:
            # What mirrors is judged cell by cell, what is shared out by the sum: the nearer one.
            off = min(total - high, max(abs(level - max(0, most - keep)) for level in levels))
        else:
            off = max(low - total, total - high, 1)
        off = max(1, off)
        shows = ", ".join(f"{_where(cell)} {cell.level}" for cell in group)
        expected = f"{low}" if low == high else f"{low} to {high}"
        kept = f", {keep} held back" if keep else ""
        promised = sum(units for other, units in sku.committed.items() if other & mask)
        self._court.breach(
            _NAME,
            key=sku.sku,
            kind="channel",
            at_s=sku.changed_s,
            units=off,
            money_minor=off * sku.price_minor,
            sentence=f"At rest {shows} of {sku.sku}; {sku.units_at(mask)} are there, "
            f"{promised} promised{kept}.",
            expected=f"{expected} in all, or as many in each",
            found=str(total),
            trail=slice_of(self._court.atlas, sku.recent, mask),
        )

    def _split(self, sku: Sku, group: list[Cell], keep: int, low: int, high: int) -> bool:
        """Walk-in tills mirror their shelf, the others share out what is free."""
        walk_in = [cell for cell in group if cell.walk_in]
        others = [cell.level for cell in group if not cell.walk_in]
        if not walk_in or not others:
            return False
        return all(_mirrors(sku, cell, keep) for cell in walk_in) and low <= sum(others) <= high


def _free(sku: Sku, mask: int) -> tuple[int, int]:
    """Units that are surely free at the nodes of a mask, and that may be (before hold-backs)."""
    least = sum(sku.known[node] for node in bits(mask))
    for other, units in sku.committed.items():
        if other & mask:
            least -= units
    there = [max(0, units) for units in sku.known]
    return max(0, least), max(0, least, room(there, sku.committed, mask))


def _mirrors(sku: Sku, cell: Cell, keep: int) -> bool:
    least, most = _free(sku, cell.mask)
    high = most if cell.walk_in else most - keep
    return max(0, least - keep * cell.shelves) <= cell.level <= max(0, high)


def _where(cell: Cell) -> str:
    return f"{cell.system} {cell.place}".rstrip()
