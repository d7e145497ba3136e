"""Carrying a step out at its channel, exactly once, whatever becomes of the answer.

Steps are relative (so many more, so many fewer), because an absolute figure would swallow the
sales that the channel has made and not yet shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from peakproof_engine.errors import Conflict, Failed, Refused
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.stock import StockFlow
from peakproof_engine.model import StepRecord
from peakproof_engine.systems.ports import Tills, TillStep
from peakproof_engine.systems.shop_stock import Entries

TILL_BATCH: Final = 100
"""How many changes the tills take in one call."""
REFERENCE: Final = "peakproof"
"""What our own changes are known by when they come back to us."""


class Booking:
    """How the outcome of a step gets into the books; the same for every kind of channel."""

    def __init__(self, core: Core, stock: StockFlow, verify: Callable[[Live, float], None]) -> None:
        self._core = core
        self._stock = stock
        self._verify = verify

    def done(self, live: Live, step: StepRecord, figure: int | None) -> None:
        """The channel has the step; ``figure`` is what it shows now, as far as it says."""
        share = live.share
        assert share.given is not None
        with self._core.store as store:
            if step.units < 0:
                share.given += step.units
                if self._shared(live):
                    # With the cut itself: the units that it frees must not come without the doubt.
                    self._doubt(live, step, figure)
                self._core.ledger.keep(live)
            store.drop_step(step.step)
        live.step = None
        live.stepped_s = self._core.wall()
        if step.units < 0 and live.doubt:
            self._verify(live, self._core.policy.lag_s)
        self._stock.touched(live.node, live.sku)

    def undone(self, live: Live, step: StepRecord, *, replan_s: float | None) -> None:
        """The channel does not have the step; plan again after a while, or not at all."""
        share = live.share
        assert share.given is not None
        with self._core.store as store:
            if step.units > 0:
                share.given -= step.units
                self._core.ledger.keep(live)
            store.drop_step(step.step)
        live.step = None
        if replan_s is None:
            return
        if replan_s > 0:
            self._stock.plan_later(live.node, live.sku, replan_s)
        else:
            self._stock.touched(live.node, live.sku)

    def refused(self, live: Live, step: StepRecord, error: Refused) -> None:
        """The channel will not take the step: somebody has to look."""
        self.undone(live, step, replan_s=None)
        self._core.desk.park(
            f"stock:{live.sku}@{live.node}", "step_refused", f"{live.channel}: {error}"
        )

    def _doubt(self, live: Live, step: StepRecord, figure: int | None) -> None:
        """The channel may have sold units of a cut before it took effect."""
        if live.system in self._core.till_systems and figure is not None:
            live.doubt = oversold(live, figure)
        else:
            # Orders that the entry does not show yet, or sales of a till whose answer was lost.
            live.doubt -= step.units

    def _shared(self, live: Live) -> bool:
        cell = self._core.ledger.known(live.node, live.sku)
        return cell is not None and len(cell.lives) > 1


def oversold(live: Live, figure: int) -> int:
    """Units that a channel sold beyond its share, by its figure, and of which we have not heard."""
    share = live.share
    assert share.given is not None
    return max(0, (share.given - figure) - max(share.given, share.sold))


class EntryWriter:
    """Steps at a shop's stock entries: each write carries the version it was decided on."""

    def __init__(self, core: Core, shop: Entries, booking: Booking) -> None:
        self._core = core
        self._shop = shop
        self._booking = booking
        self.lane = core.lane("entries", self._work, self._give_up)

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
        step, share = live.step, live.share
        if step.moved:
            return await self._whose(live, step)
        if not share.entry:
            await self._open(live)
        version = step.version
        if not self._core.guards.version_check:
            version = (await self._shop.entry(share.entry)).version
        elif version == 0:
            version = step.version = (await self._shop.entry(share.entry)).version
            with self._core.store as store:
                store.put_step(step)
        step.sent += 1
        step.sent_s = self._core.wall()
        try:
            shown = await self._shop.change(share.entry, version, step.units)
        except Conflict:
            return await self._conflict(live, step)
        except Failed:
            self._booking.undone(live, step, replan_s=1.0)
            return None
        live.version = shown.version
        self._booking.done(live, step, shown.units)
        return None

    async def _open(self, live: Live) -> None:
        place = self._core.places.place(live.node, live.system)
        shown = await self._shop.new_entry(live.sku, place)
        share = live.share
        share.entry = shown.entry
        if shown.units and share.given is not None:
            # It was there after all, unknown to us, with a figure of its own.
            share.given += shown.units + share.sold
        with self._core.store:
            self._core.ledger.keep(live)

    async def _conflict(self, live: Live, step: StepRecord) -> float | None:
        """Somebody changed the entry since: read it again, and decide again."""
        if not self._core.guards.conflict_reread:
            self._booking.undone(live, step, replan_s=None)
            return None
        if step.sent > 1:
            step.moved = True
            return await self._whose(live, step)
        shown = await self._shop.entry(live.share.entry)
        live.version = shown.version
        self._booking.undone(live, step, replan_s=0.0)
        return None

    async def _whose(self, live: Live, step: StepRecord) -> float | None:
        """The entry moved on after an attempt of unknown outcome: was that the attempt?

        An attempt can only have worked on the very version that it carried, so it is the first
        change after that version, or it never happened and never will.
        """
        shown = await self._shop.entry(live.share.entry)
        changes = await self._shop.changes(live.share.entry, step.version)
        if not changes and self._core.wall() - step.sent_s < self._core.policy.settle_s:
            # The list may lag behind: what it does not show yet may have happened all the same.
            return self._core.policy.settle_s
        live.version = shown.version
        if changes and changes[0][1] == step.units:
            self._booking.done(live, step, shown.units)
        else:
            self._booking.undone(live, step, replan_s=0.0)
        return None


class TillWriter:
    """Steps at the tills: many in one call, under a key that makes it happen once."""

    def __init__(self, core: Core, tills: Tills, booking: Booking, run: str) -> None:
        self._core = core
        self._tills = tills
        self._booking = booking
        self._run = run
        self._begun: dict[str, dict[str, Live]] = {}
        self.lane = core.lane("till-figures", self._work, self._give_up)

    def start(self, live: Live) -> None:
        """A step was written down for this share."""
        self._begun.setdefault(live.channel, {})[live.key] = live
        self.lane.poke(live.channel)

    def _give_up(self, channel: str, error: Exception) -> None:
        for live in self._batch(channel):
            step = live.step
            if step is not None:
                self._booking.undone(live, step, replan_s=None)
                self._begun[channel].pop(live.key, None)

    def confirmed(self, reference: str) -> None:
        """One of our own changes came back to us: its step has been carried out."""
        for begun in self._begun.values():
            for live in list(begun.values()):
                step = live.step
                if step is not None and step.key and reference == self._reference(step):
                    del begun[live.key]
                    self._booking.done(live, step, None)

    def _reference(self, step: StepRecord) -> str:
        return f"{REFERENCE}-{self._run}-{step.step}"

    def _batch(self, channel: str) -> list[Live]:
        """What goes in one call: an earlier call again, as it was, before anything new."""
        begun = self._begun.get(channel, {})
        for live in begun.values():
            if live.step is not None and live.step.key:
                key = live.step.key
                return [each for each in begun.values() if each.step and each.step.key == key]
        return [each for each in begun.values() if each.step is not None][:TILL_BATCH]

    async def _work(self, channel: str) -> float | None:
        batch = self._batch(channel)
        if not batch:
            return None
        taken = [(live, live.step) for live in batch if live.step is not None]
        first = taken[0][1]
        if not first.key:
            key, at_s = f"{REFERENCE}-{self._run}-{first.step}", self._core.wall()
            with self._core.store as store:
                for _, step in taken:
                    step.key, step.sent_s = key, at_s
                    store.put_step(step)
        steps = [self._step(live, step) for live, step in taken]
        try:
            figures = await self._tills.apply(first.key, first.sent_s, steps)
        except Failed:
            self._forget(channel, taken)
            for live, step in taken:
                self._booking.undone(live, step, replan_s=1.0)
            return None
        except Refused as error:
            self._split(channel, taken, error)
            return 0.0
        self._forget(channel, taken)
        for live, step in taken:
            if live.step is step:
                self._booking.done(live, step, figures.get(live.sku))
        return 0.0 if self._begun[channel] else None

    def _step(self, live: Live, step: StepRecord) -> TillStep:
        place = self._core.places.place(live.node, live.system)
        return TillStep(live.sku, place, step.units, self._reference(step))

    def _forget(self, channel: str, taken: list[tuple[Live, StepRecord]]) -> None:
        for live, _ in taken:
            self._begun[channel].pop(live.key, None)

    def _split(self, channel: str, taken: list[tuple[Live, StepRecord]], error: Refused) -> None:
        """One bad change spoils a call: send each alone, and raise the one that is refused."""
        if len(taken) == 1:
            live, step = taken[0]
            self._forget(channel, taken)
            self._booking.refused(live, step, error)
            return
        at_s = self._core.wall()
        with self._core.store as store:
            for _, step in taken:
                step.key, step.sent_s = f"{REFERENCE}-{self._run}-{step.step}-alone", at_s
                store.put_step(step)
