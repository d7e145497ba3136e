"""What the master says it has, and what each channel may therefore offer.

Levels come by notice (with a sequence for each SKU) and by poll (without). Every level is booked
with the time that it is true for, and the shares of its cell are planned anew: see
:mod:`peakproof_engine.allocation` for the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from peakproof_engine.allocation import (
    Cut,
    Grow,
    ShareBook,
    Step,
    allocate,
    first_served,
    mirror,
)
from peakproof_engine.clock import Offset
from peakproof_engine.flows.cells import Cell, Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.unsure import Unsure
from peakproof_engine.model import StepRecord
from peakproof_engine.systems.ports import MasterLevel, StockLevels

_CLOCK_MARGIN_S: Final = 5.0
_NOTICE_MARGIN_S: Final = 1.0
"""So far the master's clock may be ahead of ours without a notice having shown it."""


class StockFlow:
    """Books the master's levels and decides the steps of each cell."""

    def __init__(self, core: Core, master: StockLevels, system: str) -> None:
        self._core = core
        self._ledger = core.ledger
        self._master = master
        self._system = system
        self._offset = Offset()
        self._asked_s = 0.0
        self._cells: dict[str, Mapping[str, Cell]] = {}
        self._allocates = core.guards.allocation and core.policy.stock == "allocation"
        self.writers: dict[str, Callable[[Live], None]] = {}
        """How a step is put on its way, by the channel's system."""
        self.sells: dict[str, Callable[[str], bool]] = {}
        """Whether a channel's system sells a SKU, for shares that were never read."""
        self.is_open = False
        """Steps are taken only when all channels' figures have been read once."""
        self.replan = core.lane("replan", self._replan)
        self.unsure = Unsure(core, ask=self._ask_again, decide=self._divide)

    # --- what the master says ----------------------------------------------------------

    def noticed(self, level: MasterLevel, arrived_s: float) -> None:
        """A level notice came in, perhaps late, twice or in the wrong order."""
        cell = self._cell(level)
        if cell is None:
            return
        # A notice without a date is proof of nothing: it may be of any age.
        early_s, late_s = 0.0, arrived_s
        if level.dated_s:
            early_s, late_s = self._offset.ours(level.dated_s, arrived_s)
        if self._core.guards.level_order:
            older = 0 <= level.sequence <= cell.sequence
            if level.sequence < 0:
                # Without a sequence the master's own dates tell which of two is the older.
                older = level.dated_s < cell.dated_s
                cell.dated_s = max(cell.dated_s, level.dated_s)
            if older or late_s < cell.as_of_low_s:
                return
            cell.sequence = max(cell.sequence, level.sequence)
            known_s = max(cell.polled_s, cell.as_of_low_s)
            if early_s < known_s and level.available != cell.available:
                # What we know may be the younger: more is offered when that is certain.
                self._doubt(cell, arrived_s)
                if level.available > (cell.available or 0):
                    return
        changed = (level.available, level.total) != (cell.available, cell.total)
        self._take(cell, level)
        cell.as_of_high_s = max(cell.as_of_high_s, late_s)
        cell.as_of_low_s = max(cell.as_of_low_s, early_s - _NOTICE_MARGIN_S)
        if cell.settle(cell.as_of_low_s) or changed:
            self.plan(cell)

    def polled(self, levels: Iterable[MasterLevel], asked_s: float) -> None:
        """Levels were asked for at that time; the answer may be as old as ``settle_s``."""
        as_of_s = asked_s - self._core.policy.settle_s
        ordered = self._core.guards.level_order
        for level in levels:
            # Most of a poll repeats the last one, so this is written for what is known already.
            cells = self._cells.get(level.place)
            cell = None if cells is None else cells.get(level.sku)
            if cell is None and (cell := self._cell(level)) is None:
                continue
            available, total = level.available, level.total
            known = cell.available
            changed = available != known or total != cell.total
            if known is not None and as_of_s < cell.as_of_high_s and ordered:
                # What we know may be the younger of the two.
                if changed:
                    self._doubt(cell, asked_s)
                continue
            if changed:
                self._take(cell, level)
                cell.as_of_high_s = cell.polled_s = asked_s
            if cell.as_of_low_s < as_of_s:  # noqa: PLR1730 - once a level
                cell.as_of_low_s = as_of_s
            for live in cell.lives:
                if live.landed:
                    changed = cell.settle(as_of_s) or changed
                    break
            if changed:
                self.plan(cell)

    def _take(self, cell: Cell, level: MasterLevel) -> None:
        """Take a level for the cell's. Units that only left were promised, and are off already."""
        if not self._core.guards.one_route and cell.available is not None:
            left = (cell.total - level.total) - (cell.available - level.available)
            cell.departed += max(0, left)
        cell.available, cell.total = level.available, level.total

    def _doubt(self, cell: Cell, heard_s: float) -> None:
        """Of two figures of a cell nobody knows which is the younger."""
        cell.unsure_s = heard_s
        self.unsure.note(cell)

    async def poll_changed(self) -> None:
        """Ask for the cells with activity since the last round, with an overlap."""
        await self._ask_again([])

    async def _ask_again(self, cells: list[Cell]) -> None:
        """The same, but so far back that the answer tells of these cells, too."""
        asked_s = self._core.wall()
        known_s = min((cell.as_of_low_s for cell in cells), default=asked_s)
        # What the last answer may have been too old to show is asked for once more.
        since_s = min(self._asked_s, known_s) - self._core.policy.settle_s - _CLOCK_MARGIN_S
        levels = await self._master.levels_since(max(0.0, since_s))
        self._asked_s = asked_s
        self.polled(levels, asked_s)
        if not cells:
            return
        told = {(level.sku, level.place) for level in levels}
        place = self._core.places.place
        if not all((cell.sku, place(cell.node, self._system)) in told for cell in cells):
            # That they are not in it proves nothing: the master's clock may be behind.
            await self.poll_all()

    async def poll_all(self) -> list[str]:
        """Ask for every cell; the items that the master spoke of."""
        asked_s = self._core.wall()
        levels = await self._master.all_levels()
        if not self._asked_s:
            self._asked_s = asked_s
        self.polled(levels, asked_s)
        return list(dict.fromkeys(level.sku for level in levels))

    def _cell(self, level: MasterLevel) -> Cell | None:
        node = self._core.places.node(self._system, level.place)
        if node:
            self._cells[level.place] = self._ledger.at(node)
            return self._ledger.cell(node, level.sku)
        if level.total > 0:
            self._core.desk.park(
                f"place:{self._system}:{level.place}", "unmapped_place",
                f"{self._system} has stock at {level.place}, which no node stands for",
            )  # fmt: skip
        return None

    # --- what channels may offer ---------------------------------------------------------

    def plan(self, cell: Cell) -> None:
        """Decide the next steps of a cell, write them down and put them on their way."""
        available = cell.available
        if available is None or not self.is_open:
            return
        lives: list[Live] = []
        landed = False
        for live in cell.lives:
            landed = landed or bool(live.landed)
            if live.share.given is not None or self._takes_part(live):
                lives.append(live)
        if landed:
            self.unsure.note(cell)
        if not lives or self._settled(cell, lives, available):
            return
        steps = self._decide(cell, lives)
        if cell.no_growth_s > self._core.wall() and any(type(step) is Grow for step in steps):
            steps = [step for step in steps if type(step) is Cut]
            self.plan_later(cell.node, cell.sku, cell.no_growth_s - self._core.wall())
        if not steps:
            return
        with self._core.store:
            for step in steps:
                units = -step.units if isinstance(step, Cut) else step.units
                self._begin(lives[step.at], units)
        for step in steps:
            live = lives[step.at]
            self.writers[live.system](live)

    def _takes_part(self, live: Live) -> bool:
        """Whether the channel sells the SKU although it never showed it: it starts with nothing."""
        share = live.share
        if not share.entry and not self.sells[live.system](live.sku):
            return False
        share.given = 0
        return True

    def _settled(self, cell: Cell, lives: list[Live], available: int) -> bool:
        """The quick answer for most levels: one channel, and nothing to change."""
        if len(lives) != 1 or not self._core.guards.unacknowledged_demand:
            return False
        live = lives[0]
        if live.step is not None:
            return True
        given, sold = live.share.given or 0, live.share.sold
        spare = available - cell.departed - self._core.hold_back(cell.node, cell.sku)
        if given < sold:
            return False
        return spare <= given - live.acked_low and spare >= given - live.acked_high

    def _decide(self, cell: Cell, lives: list[Live]) -> list[Step]:
        now_s = self._core.wall()
        books = self._ledger.books(lives, now_s)
        steps = self._divide(cell, books)
        if steps or len(books) == 1 or not self._allocates:
            return steps
        steps = self._divide(cell, books, move=True)
        wait_s = cell.moved_s + self._core.policy.rebalance_s - now_s
        if steps and wait_s > 0:
            self.plan_later(cell.node, cell.sku, wait_s)
            return []
        if steps:
            cell.moved_s = now_s
        return steps

    def _divide(self, cell: Cell, books: list[ShareBook], *, move: bool = False) -> list[Step]:
        """The steps of a cell by the rule of the policy."""
        available, hold_back = cell.available, self._core.hold_back(cell.node, cell.sku)
        if available is None:
            return []
        available -= cell.departed
        if not self._allocates:
            return mirror(available, hold_back, books)
        first = first_served(cell.sku, len(books))
        return allocate(available, hold_back, books, first=first, move=move)

    def _begin(self, live: Live, units: int) -> None:
        """Write a step down; growth counts as given from now on, a cut once it is confirmed."""
        store = self._core.store
        step = StepRecord(
            store.new_step(), live.node, live.sku, live.channel, units, live.version
        )  # fmt: skip
        store.put_step(step)
        live.step = step
        if units > 0:
            assert live.share.given is not None
            live.share.given += units
            self._ledger.keep(live)

    def touched(self, node: str, sku: str) -> None:
        """The books of a cell changed: there may be something to do."""
        cell = self._ledger.known(node, sku)
        if cell is not None:
            self.plan(cell)

    def plan_later(self, node: str, sku: str, delay_s: float) -> None:
        """Plan a cell after a while."""
        self.replan.poke(f"{node}|{sku}", delay_s)

    async def _replan(self, key: str) -> float | None:
        node, _, sku = key.partition("|")
        self.touched(node, sku)
        return None
