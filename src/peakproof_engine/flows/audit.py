"""Comparing what channels show with what they should, and repairing only what is wrong.

A figure that differs may be late: sales that nobody told us of yet, or that the channel has taken
and does not show. So what was read is put aside until a sweep has told every sale of that time,
and is compared once more with what the books now say of it. Units that are then still off, and
that a second reading finds off as well, are no delay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from peakproof_engine.flows.cells import Cell, Live, Reading
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.steps import oversold
from peakproof_engine.flows.stock import StockFlow
from peakproof_engine.systems.ports import Shown

Swept = Callable[[], float]
"""When the last complete sweep of a channel's sales began, in seconds since 1970."""


class Figures(Protocol):
    """A channel's system, as far as its figures go: a shop or the tills."""

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """All figures, or those changed since a time."""

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """One figure, never stale."""


class Audit:
    """Reads channels' figures: the first time to begin with them, then to compare."""

    def __init__(self, core: Core, stock: StockFlow) -> None:
        self._core = core
        self._stock = stock
        self._ledger = core.ledger
        self.sources: dict[str, Figures] = {}
        self.swept: dict[str, Swept] = {}
        self._since_s: dict[str, float] = {}
        self._cells: dict[tuple[str, str], Mapping[str, Cell]] = {}
        self.lane = core.lane("verify", self._verify)

    # --- the first reading ---------------------------------------------------------------

    async def begin(self) -> None:
        """Read all figures once; shares that the store knows keep their books."""
        for system, source in self.sources.items():
            asked_s = self._core.wall()
            shown = await source.figures()
            with self._core.store as store:
                for each in shown:
                    live = self._live(system, each)
                    if live is None:
                        continue
                    live.version = each.version
                    if live.share.given is None:
                        live.share.given = self._shows(live, each) + live.share.sold
                        live.share.entry = each.entry
                        live.share.based_s = asked_s
                        self._ledger.keep(live)
                store.set_mark(f"based:{system}", "1")
            self._since_s[system] = asked_s

    # --- comparing ----------------------------------------------------------------------

    async def round(self, *, whole: bool) -> None:
        """Compare all figures, or those that changed since the last round."""
        for system, source in self.sources.items():
            asked_s = self._core.wall()
            since_s = self._since_s.get(system)
            overlap_s = self._core.cadence.overlap_s
            wanted = None if whole or since_s is None else since_s - overlap_s
            self._compare_all(system, await source.figures(wanted), asked_s)
            self._since_s[system] = asked_s

    def _compare_all(self, system: str, shown: Iterable[Shown], asked_s: float) -> None:
        for each in shown:
            live = self._live(system, each)
            if live is None or live.share.given is None:
                continue
            self._compare(live, each, asked_s)

    def _compare(self, live: Live, shown: Shown, asked_s: float) -> None:
        policy = self._core.policy
        if live.system in self._core.till_systems:
            from_s = until_s = shown.dated_s or asked_s
        elif live.physical:
            from_s = until_s = asked_s
        else:
            from_s, until_s = asked_s - policy.lag_s - policy.settle_s, asked_s
        if live.step is not None or live.stepped_s >= min(from_s, asked_s - policy.settle_s):
            return
        share, units = live.share, self._shows(live, shown)
        certain = live.physical or not live.recent
        if certain and share.given is not None and units == share.given - share.sold:
            live.suspect = None
            return
        now = Reading(asked_s, from_s, until_s, units)
        off, first = difference(live, now), live.suspect
        if off == 0:
            live.suspect = None
            return
        if first is None or live.stepped_s >= first.asked_s:
            self._suspect(live, now)
            return
        if not self._swept_since(live.system, first.asked_s + policy.settle_s):
            self.verify(live, policy.settle_s)
            return
        stays = both(difference(live, first), off)
        if stays == 0:
            # The sales of the sweep explain what was off then; what is off now is another matter.
            self._suspect(live, now)
            return
        self.adopt(live, stays)
        if stays != off:
            self.verify(live, policy.settle_s + policy.lag_s)

    def _shows(self, live: Live, shown: Shown) -> int:
        """Units that a channel sells by its figure.

        From what lies there, the orders that we know of and that have not left are taken off.
        """
        share = live.share
        if not live.physical or not self._core.guards.quantity_kind:
            return shown.units
        units = shown.units - (share.sold - share.left)
        if live.leaving and share.given is not None:
            # Whether the parcel is in the figure already nobody can say.
            units = max(units, min(share.given - share.sold, units + live.leaving))
        return units

    def _suspect(self, live: Live, reading: Reading) -> None:
        """Put a reading aside until its sales are known, and read again then."""
        live.suspect = reading
        self.verify(live, self._core.policy.settle_s + self._core.policy.lag_s)

    def adopt(self, live: Live, units: int) -> None:
        """The channel's figure is what it is: put the books right, then plan anew."""
        assert live.share.given is not None
        live.share.given += units
        live.suspect = None
        with self._core.store:
            self._ledger.keep(live)
        self._stock.touched(live.node, live.sku)

    async def recount(self, live: Live) -> None:
        """Somebody else set the channel's figure: begin again from what it shows.

        A sale that we have not heard of may be in it, so nothing is added before it is certain.
        """
        place = self._core.places.place(live.node, live.system)
        asked_s = self._core.wall()
        shown = await self.sources[live.system].figure(live.share.entry, live.sku, place)
        if live.share.given is None:
            return
        at_s = shown.dated_s or asked_s
        cell = self._ledger.cell(live.node, live.sku)
        cell.no_growth_s = asked_s + 2 * self._core.policy.settle_s
        off = difference(live, Reading(asked_s, at_s, at_s, shown.units))
        if off:
            self.adopt(live, off)
        self.verify(live, 2 * self._core.policy.settle_s)

    # --- looking once more ----------------------------------------------------------------

    def verify(self, live: Live, delay_s: float) -> None:
        """Read one figure again after a while."""
        self.lane.poke(live.key, delay_s)

    async def _verify(self, key: str) -> float | None:
        live = self._ledger.by_key(key)
        if live is None or live.share.given is None or not live.share.entry:
            return None
        if live.step is not None:
            return self._core.policy.lag_s
        asked_s = self._core.wall()
        place = self._core.places.place(live.node, live.system)
        shown = await self.sources[live.system].figure(live.share.entry, live.sku, place)
        if live.step is None:
            live.version = shown.version
        if live.doubt:
            early_s = live.stepped_s + self._core.policy.lag_s - asked_s
            if early_s > 0:
                return early_s
            self._resolve(live, oversold(live, shown.units))
            if live.doubt:
                return self._core.policy.settle_s
            self._stock.touched(live.node, live.sku)
        self._compare(live, shown, asked_s)
        return None

    def load(self) -> None:
        """Take up the doubts of the store: they last until the channels' figures are certain.

        The units are kept, with the cut that they came from, because nothing read after a start
        could tell them: a shop's figure lags, and distrusting all shared cells instead would
        hold stock back everywhere. When the cut was does not matter: it was before now.
        """
        for cell in self._ledger.cells():
            for live in cell.lives:
                if live.doubt:
                    live.stepped_s = self._core.wall()
                    self.verify(live, self._core.policy.lag_s)

    def _resolve(self, live: Live, doubt: int) -> None:
        if doubt != live.doubt:
            live.doubt = doubt
            with self._core.store:
                self._ledger.keep(live)

    def _swept_since(self, system: str, since_s: float) -> bool:
        if not self._core.guards.sweep:
            return True
        swept = self.swept.get(system)
        return swept is not None and swept() >= since_s

    def _live(self, system: str, shown: Shown) -> Live | None:
        cells = self._cells.get((system, shown.place))
        cell = None if cells is None else cells.get(shown.sku)
        if cell is None:
            node = self._core.places.node(system, shown.place)
            if not node:
                return None
            self._cells[system, shown.place] = self._ledger.at(node)
            cell = self._ledger.cell(node, shown.sku)
        for live in cell.lives:
            if live.system == system:
                return live
        return None


def difference(live: Live, reading: Reading) -> int:
    """Units by which a figure is off, whichever of the late sales it shows; 0 when it can be right.

    Above 0: the channel shows more than it should.
    """
    assert live.share.given is not None
    least, most = live.sold_between(reading.from_s, reading.until_s)
    low, high = live.share.given - most, live.share.given - least
    if reading.units > high:
        return reading.units - high
    if reading.units < low:
        return reading.units - low
    return 0


def both(one: int, other: int) -> int:
    """The part of two differences on which they agree; 0 when one is above and one below."""
    if one > 0 and other > 0:
        return min(one, other)
    if one < 0 and other < 0:
        return max(one, other)
    return 0
