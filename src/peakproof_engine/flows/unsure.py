"""Asking the master again when what it told leaves units in between, whatever the cadence.

The books hold units back, or leave a cut undone, while nobody can say whether the master's figure
includes a sale that was answered at about the same time, or which of two figures is the younger.
Mostly the next notice or the next round settles that. Where neither comes soon, the cells
concerned are asked for by themselves, once an answer must show what happened.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from peakproof_engine.allocation import ShareBook, Step
from peakproof_engine.flows.cells import Cell
from peakproof_engine.flows.core import Core

_KEY: Final = "levels"

Ask = Callable[[list[Cell]], Awaitable[None]]
"""Asks the master what these cells have now."""
Decide = Callable[[Cell, list[ShareBook]], list[Step]]
"""The steps of a cell for some reading of its books."""


class Unsure:
    """Cells whose figure leaves something open."""

    def __init__(self, core: Core, *, ask: Ask, decide: Decide) -> None:
        self._core = core
        self._ask = ask
        self._decide = decide
        self._cells: dict[Cell, None] = {}
        self._asked_s = 0.0
        guards = core.guards
        # That a figure may be too old to know of something is part of telling old from new.
        self._asks = guards.snapshot and guards.level_order
        settle_s = core.policy.settle_s
        self.wait_s = settle_s + min(core.cadence.stock_s, 2 * settle_s)
        """So long notices and the rounds of levels have time to settle it."""
        self.lane = core.lane("unsure", self._work)

    def note(self, cell: Cell) -> None:
        """There may be something open about a cell."""
        if self._asks:
            self._cells[cell] = None
            self.lane.poke(_KEY, self.wait_s)

    async def _work(self, _key: str) -> float | None:
        """Ask, if one of the cells has waited long enough and still needs it."""
        now_s = self._core.wall()
        since_s = self._open()
        if since_s is None:
            return None
        left_s = max(since_s, self._asked_s) + self.wait_s - now_s
        if left_s > 0:
            return left_s
        self._asked_s = now_s
        await self._ask(list(self._cells))
        return self.wait_s if self._open() is not None else None

    def _open(self) -> float | None:
        """Since when something has been open, None when nothing is; settled cells are let go."""
        since_s: float | None = None
        for cell in list(self._cells):
            own_s = cell.open_since_s()
            if own_s is None or not self._matters(cell):
                del self._cells[cell]
            elif since_s is None or own_s < since_s:
                since_s = own_s
        return since_s

    def _matters(self, cell: Cell) -> bool:
        """Whether more could be offered, or less, if the master's figure were certain."""
        if cell.as_of_low_s < cell.unsure_s:
            return True
        lives = [live for live in cell.lives if live.share.given is not None]
        ledger, now_s = self._core.ledger, self._core.wall()
        known, settled = ledger.books(lives, now_s), ledger.books(lives, now_s, settled=True)
        return self._decide(cell, known) != self._decide(cell, settled)
