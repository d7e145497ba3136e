"""Carrying out steps at a shop whose stock has no versions.

What is said twice is done twice there, so a step whose outcome is unknown is looked for by its
reference, for as long as it may still arrive, before it is sent again.
"""

from __future__ import annotations

from peakproof_engine.errors import Conflict, Failed, NotNow, Refused, TimedOut, UnknownOutcome
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.steps import REFERENCE, Booking
from peakproof_engine.model import StepRecord
from peakproof_engine.systems.shop_stock import Moves


class MoveWriter:
    """Steps at a shop's figures: each is a change by so many units, under its own reference."""

    def __init__(self, core: Core, moves: Moves, booking: Booking, run: str) -> None:
        self._core = core
        self._moves = moves
        self._booking = booking
        self._run = run
        self._over: dict[int, None] = {}
        """Steps whose last attempt cannot arrive any more."""
        self.lane = core.lane("moves", self._work, self._give_up)

    def start(self, live: Live) -> None:
        """A step was written down for this share."""
        self.lane.poke(live.key)

    def _give_up(self, key: str, error: Exception) -> None:
        live = self._core.ledger.by_key(key)
        if live is not None and live.step is not None:
            if isinstance(error, Refused):
                self._booking.refused(live, live.step, error)
            else:
                self._booking.undone(live, live.step, replan_s=None)

    async def _work(self, key: str) -> float | None:
        live = self._core.ledger.by_key(key)
        if live is None or live.step is None:
            return None
        step, core = live.step, self._core
        place = core.places.place(live.node, live.system)
        reference = f"{REFERENCE}-{self._run}-{step.step}"
        if not live.share.entry:
            live.share.entry = self._moves.entry_of(live.sku, place)
        if step.key:
            since_s = step.sent_s - core.cadence.overlap_s
            units = await self._moves.moved(reference, live.sku, place, since_s)
            if units is not None:
                self._done(live, step, units, None)
                return None
            left_s = step.sent_s + core.policy.late_s - core.wall()
            if left_s > 0 and step.step not in self._over:
                return min(left_s, core.policy.settle_s)
        self._over.pop(step.step, None)
        step.sent += 1
        step.sent_s = core.wall()
        step.key = reference
        with core.store as store:
            store.put_step(step)
        try:
            shown = await self._moves.move(reference, live.sku, place, step.units)
        except Conflict:
            # Sold in between, or not there any more: what is shown is compared first.
            self._booking.undone(live, step, replan_s=core.policy.settle_s)
            return None
        except NotNow:
            step.key = ""
            raise
        except TimedOut:
            raise
        except UnknownOutcome:
            # The line broke: the change has been made or never will be.
            self._over[step.step] = None
            raise
        except Failed:
            self._booking.undone(live, step, replan_s=1.0)
            return None
        self._done(live, step, shown.moved, shown.units)
        return None

    def _done(self, live: Live, step: StepRecord, moved: int, figure: int | None) -> None:
        """Book what the shop did, which may be less than was asked."""
        self._over.pop(step.step, None)
        if moved != step.units:
            units = step.units - moved
            with self._core.store:
                self._core.desk.park(
                    f"stock:{live.sku}@{live.node}", "step_refused",
                    f"{live.channel}: {abs(units)} of {abs(step.units)} units were not taken",
                )  # fmt: skip
            if step.units > 0 and live.share.given is not None:
                live.share.given -= units
            step.units = moved
        self._booking.done(live, step, figure)
