"""Every till transaction until the stock master has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from peakproof.history.records import Activity, AnyRecord, Level, Move, Sale
from peakproof.judging.books.names import names_in
from peakproof.judging.books.papers import by_sku
from peakproof.judging.books.shelves import Sku

if TYPE_CHECKING:
    from peakproof.judging.court import Court


class Slip:
    """One till transaction, and what the stock master has recorded under its name."""

    __slots__ = (
        "adjusted", "late_s", "minor", "no", "partner", "place", "posted", "posted_s",
        "reported_s", "sale", "t", "times", "trail", "trouble_s", "units", "wasted", "what",
    )  # fmt: skip

    def __init__(self, record: Sale, no: int, minor: int) -> None:
        self.sale = record.sale
        self.what = record.what
        self.place = record.place
        self.units = {sku: abs(units) for sku, units in by_sku(record.lines).items()}
        self.minor = minor
        self.t = record.t
        self.no = no
        self.trail: list[tuple[int, AnyRecord]] = [(no, record)]
        self.posted: dict[str, int] = {}
        """Units by SKU that activities of the right kind booked."""
        self.times = 0
        """How many activities carry its name."""
        self.adjusted: dict[str, int] = {}
        """Units by SKU that plain changes of the level booked under its name."""
        self.posted_s = -1.0
        self.late_s = -1.0
        """Since when it is past its limit; below 0 while it is not."""
        self.reported_s = -1.0
        self.trouble_s = -1.0
        self.partner: Slip | None = None
        """The sale that it voids, or the void that takes it back."""
        self.wasted = False
        """What was returned did not go back to the shelf."""

    @property
    def booked(self) -> dict[str, int]:
        """Units by SKU that the stock master has recorded for it."""
        return self.posted if self.times else self.adjusted

    @property
    def settled(self) -> bool:
        """Is it in the stock master exactly once, with the right units?"""
        return self.times <= 1 and self.booked == self.units

    @property
    def excused(self) -> bool:
        """Nothing has to be in the stock master: written off, or voided before it was booked."""
        if self.booked:
            return False
        return self.wasted or (self.partner is not None and not self.partner.booked)


class TillBook:
    """Matches what tills sold with what the stock master recorded, by the transaction's name."""

    __slots__ = ("_court", "_waste", "active", "booked", "done", "landed", "slip", "slips")

    def __init__(self, court: Court) -> None:
        self._court = court
        masters = court.estate.masters
        self.active = bool(masters.sales) and masters.sales != masters.stock
        """Do sales have to travel to another system at all?"""
        self.slips: dict[str, Slip] = {}
        self.done: dict[str, None] = {}
        """Transactions that arrived and were let go."""
        self.slip: Slip | None = None
        """The transaction that the record being read speaks of."""
        self.landed: list[Callable[[Slip], None]] = []
        """Called when the stock master has recorded something under a transaction's name."""
        self.booked: list[Callable[[Slip], None]] = []
        """Called with every new transaction."""
        self._waste: dict[str, None] = {}

    def find(self, refs: Iterable[str]) -> Slip | None:
        """The transaction that one of the references names, or has in it as a whole token."""
        for ref in refs:
            slip = self.slips.get(ref)
            if slip is not None:
                return slip
        for ref in refs:
            for name in names_in(ref):
                slip = self.slips.get(name)
                if slip is not None:
                    return slip
        return None

    def on_sale(self, record: Sale) -> None:
        """A till recorded a sale, a return or a void."""
        self.slip = None
        if not self.active:
            return
        court = self._court
        stock = court.stock
        minor = 0
        for line in record.lines:
            price_minor = line.price_minor or stock.get(line.sku).price_minor
            minor += abs(line.units) * price_minor
        slip = Slip(record, court.no, minor)
        if record.what == "void":
            voided = self.slips.get(record.against)
            if voided is not None:
                voided.partner, slip.partner = slip, voided
                voided.trail.append((court.no, record))
        elif record.what == "return" and self._waste.pop(record.sale, "-") is None:
            slip.wasted = True
        self.slips[record.sale] = slip
        self.slip = slip
        for hear in self.booked:
            hear(slip)

    def came_back(self, record: Move) -> None:
        """Goods that came back to a till may go to waste."""
        if record.dst == "lost" and self.active and record.ref:
            slip = self.slips.get(record.ref)
            if slip is not None:
                slip.wasted = True
            else:
                self._waste[record.ref] = None

    def on_activity(self, record: Activity) -> None:
        """The stock master recorded a till transaction."""
        slip = self.slip = self.find(record.refs)
        if slip is None:
            return
        slip.trail.append((self._court.no, record))
        slip.times += 1
        slip.posted_s = self._court.now
        # A void may be booked as what it is in effect, a return.
        right = slip.what in (record.what, "void")
        for sku, units in by_sku(record.lines).items():
            there = slip.posted.get(sku, 0)
            slip.posted[sku] = there + (abs(units) if right else -abs(units))
        for hear in self.landed:
            hear(slip)

    def asserted(self, sku: Sku, record: Level) -> None:
        """A change of the master's level that names a transaction books it as well."""
        if not record.ref or not self.active:
            return
        court = self._court
        if record.system != court.estate.masters.stock:
            return
        slip = self.find((record.ref,))
        if slip is None or record.sku not in slip.units:
            return
        before = sku.masters.get(record.place)
        change = record.on_hand - (before.on_hand if before is not None else 0)
        units = -change if slip.what == "sale" else change
        slip.adjusted[record.sku] = slip.adjusted.get(record.sku, 0) + units
        slip.trail.append((court.no, record))
        slip.posted_s = court.now
        for hear in self.landed:
            hear(slip)

    def let_go(self, slip: Slip) -> None:
        """A transaction has arrived; keep its name only."""
        if self.slips.get(slip.sale) is slip:
            del self.slips[slip.sale]
            self.done[slip.sale] = None
