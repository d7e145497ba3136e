"""The books in memory: for each SKU at each node the master's figure and the channels' shares.

Everything here is synchronous and without calls. What must survive a crash goes to the store in
the caller's transaction (:class:`Ledger` methods say so); the rest is read again after a start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Final, NamedTuple

from peakproof_engine.allocation import ShareBook
from peakproof_engine.guards import Guards
from peakproof_engine.model import Share, StepRecord
from peakproof_engine.store.database import Store
from peakproof_engine.systems.access import PHYSICAL

RECENT_S: Final = 900.0
"""How long single sales are remembered, for comparing a figure that lags."""


class Reading(NamedTuple):
    """What a channel showed when it was asked, in units.

    Sales recorded by ``from_s`` are in it, those after ``until_s`` are not, others may be.
    """

    asked_s: float
    from_s: float
    until_s: float
    units: int


class Live:
    """A share with what is under way on it.

    ``flying_out`` are units sold whose create or posting is under way or of unknown outcome,
    ``landed`` those that were answered but that the master's figure may not include yet; the same
    with ``_back`` for returns. Units are positive in all of them.
    """

    __slots__ = (
        "channel", "flying_back", "flying_out", "key", "landed", "landed_back", "landed_out",
        "leaving", "node", "physical", "recent", "share", "sku", "step", "stepped_s",
        "suspect", "system", "version", "weight", "weight_s",
    )  # fmt: skip

    def __init__(self, node: str, sku: str, channel: str, system: str, share: Share) -> None:
        self.node = node
        self.sku = sku
        self.channel = channel
        self.system = system
        self.key = f"{channel}|{node}|{sku}"
        self.share = share
        self.physical = system in PHYSICAL
        """Whether the channel's figure is what lies there, orders or not."""
        self.leaving = 0
        """Units of parcels that left and that the channel has yet to be told of, or was just."""
        self.version = 0
        self.step: StepRecord | None = None
        self.stepped_s = 0.0
        self.flying_out = 0
        self.flying_back = 0
        self.landed: deque[tuple[float, int]] = deque()
        self.landed_out = 0
        self.landed_back = 0
        self.recent: deque[tuple[float, int]] = deque()
        self.weight = 0.0
        self.weight_s = 0.0
        self.suspect: Reading | None = None
        """A figure that was off, until the sales of its time are known."""

    @property
    def doubt(self) -> int:
        """Units of confirmed cuts that the channel may have sold before they took effect."""
        return self.share.doubt

    @doubt.setter
    def doubt(self, units: int) -> None:
        self.share.doubt = units

    @property
    def acked_low(self) -> int:
        """Units sold that the master's figure surely includes."""
        return self.share.acked - self.landed_out - self.flying_back

    @property
    def acked_high(self) -> int:
        """Units sold that the master's figure may include."""
        return self.share.acked + self.flying_out + self.landed_back

    @property
    def cutting(self) -> int:
        """Units of a cut that is under way."""
        return -self.step.units if self.step is not None and self.step.units < 0 else 0

    def sold_between(self, from_s: float, until_s: float) -> tuple[int, int]:
        """Least and most units by which sales after ``from_s`` may have changed a figure.

        Sales recorded later than ``until_s`` have not changed it; those in between may have.
        """
        after = least = most = running = 0
        for at, units in self.recent:
            if at > until_s:
                after += units
            elif at > from_s:
                running += units
                least, most = min(least, running), max(most, running)
        # What is certain by ``from_s`` is sold less both parts.
        certain = self.share.sold - after - running
        return certain + least, certain + most


class Cell:
    """One SKU at one node. ``available`` is None until the master's figure was heard.

    The figure is true at some time between ``as_of_low_s`` and ``as_of_high_s``; ``polled_s`` is
    when it was asked for, if a poll brought it. Until ``no_growth_s`` no share grows.
    At ``unsure_s`` another figure was heard that may be as young as this one. ``departed`` are
    units that left and are taken off what is offered once more, where nobody keeps that from it.
    """

    __slots__ = (
        "as_of_high_s", "as_of_low_s", "available", "dated_s", "departed", "lives", "moved_s",
        "no_growth_s", "node", "polled_s", "sequence", "sku", "total", "unsure_s",
    )  # fmt: skip

    def __init__(self, node: str, sku: str, lives: tuple[Live, ...]) -> None:
        self.node = node
        self.sku = sku
        self.lives = lives
        self.available: int | None = None
        self.total = 0
        self.departed = 0
        self.sequence = -1
        self.dated_s = 0.0
        self.as_of_low_s = 0.0
        self.as_of_high_s = 0.0
        self.polled_s = 0.0
        self.moved_s = -1e9
        self.no_growth_s = 0.0
        self.unsure_s = 0.0

    def open_since_s(self) -> float | None:
        """Since when it has not been known what the master's figure includes, None if it is."""
        times = [live.landed[0][0] for live in self.lives if live.landed]
        if self.as_of_low_s < self.unsure_s:
            times.append(self.unsure_s)
        return min(times, default=None)

    def settle(self, as_of_s: float) -> bool:
        """The master's figure surely includes what was answered until then; whether any was."""
        settled = False
        for live in self.lives:
            landed = live.landed
            while landed and landed[0][0] <= as_of_s:
                settled = True
                units = landed.popleft()[1]
                if units > 0:
                    live.landed_out -= units
                else:
                    live.landed_back += units
        return settled


class Ledger:
    """All cells by node and SKU; opened as they are needed.

    ``channels`` are (channel id, system) by node, in the order of the configuration.
    """

    def __init__(
        self, store: Store, guards: Guards, channels: dict[str, list[tuple[str, str]]],
        half_life_s: float,
    ) -> None:  # fmt: skip
        self._store = store
        self._guards = guards
        self._channels = channels
        self._half_life_s = half_life_s
        self._cells: dict[str, dict[str, Cell]] = {node: {} for node in channels}
        self._lives: dict[str, Live] = {}

    def load(self) -> None:
        """Take up the shares of the store, and steps whose outcome is not booked."""
        for node, sku, channel, share in self._store.shares():
            live = self.live(node, sku, channel)
            if live is not None:
                live.share = share

    def nodes(self) -> Iterable[str]:
        """All nodes that some channel sells from."""
        return self._channels

    def cell(self, node: str, sku: str) -> Cell:
        """The cell of a SKU at a node."""
        by_sku = self._cells[node]
        found = by_sku.get(sku)
        if found is None:
            lives = tuple(
                Live(node, sku, channel, system, Share())
                for channel, system in self._channels[node]
            )
            for live in lives:
                self._lives[live.key] = live
            found = by_sku[sku] = Cell(node, sku, lives)
        return found

    def at(self, node: str) -> Mapping[str, Cell]:
        """The cells of a node that are open, by SKU, now and later."""
        return self._cells[node]

    def known(self, node: str, sku: str) -> Cell | None:
        """The cell of a SKU at a node, None when nothing has been heard of it."""
        by_sku = self._cells.get(node)
        return None if by_sku is None else by_sku.get(sku)

    def live(self, node: str, sku: str, channel: str) -> Live | None:
        """A channel's share of a cell; None when the channel does not sell from that node."""
        if node not in self._cells:
            return None
        for live in self.cell(node, sku).lives:
            if live.channel == channel:
                return live
        return None

    def by_key(self, key: str) -> Live | None:
        """A share by its key in the lanes."""
        return self._lives.get(key)

    def cells(self) -> Iterator[Cell]:
        """All cells, node by node, in the order in which they were opened."""
        for by_sku in self._cells.values():
            yield from by_sku.values()

    # --- sales, in the caller's transaction ----------------------------------------------

    def sold(self, live: Live, units: int, recorded_s: float) -> None:
        """A channel sold units (below 0: took units back), recorded there at that time."""
        share = live.share
        share.sold += units
        if share.given is not None and recorded_s <= share.based_s and not live.physical:
            # The figure that the share began with had been lowered by this sale already.
            share.given += units
        live.recent.append((recorded_s, units))
        known_s = recorded_s - RECENT_S
        if live.suspect is not None:
            known_s = min(known_s, live.suspect.from_s)
        while live.recent[0][0] < known_s:
            live.recent.popleft()
        live.version = 0
        if units > 0:
            age = max(0.0, recorded_s - live.weight_s)
            live.weight = live.weight * 0.5 ** (age / self._half_life_s) + units
            live.weight_s = max(live.weight_s, recorded_s)
        self.keep(live)

    def left(self, live: Live, units: int) -> None:
        """The channel was told of a parcel with so many units; in the caller's transaction."""
        live.share.left += units
        live.leaving -= units
        self.keep(live)

    def fly(self, live: Live, units: int) -> None:
        """A create or posting of so many sold units is about to be sent (not stored)."""
        if units > 0:
            live.flying_out += units
        else:
            live.flying_back -= units

    def unfly(self, live: Live, units: int) -> None:
        """It is known not to have happened (not stored)."""
        if units > 0:
            live.flying_out -= units
        else:
            live.flying_back += units

    def landed(self, live: Live, units: int, answered_s: float) -> None:
        """It is known to have happened: the master has these units off its figure, or soon."""
        self.unfly(live, units)
        if units > 0:
            live.landed_out += units
        else:
            live.landed_back -= units
        live.landed.append((answered_s, units))
        live.share.acked += units
        self.keep(live)

    def recall(self, live: Live, units: int, answered_s: float) -> None:
        """After a start: a sale of the store that was answered then (nothing is stored).

        What the master's figure surely includes needs no recalling.
        """
        if answered_s <= self.cell(live.node, live.sku).as_of_low_s:
            return
        if units > 0:
            live.landed_out += units
        else:
            live.landed_back -= units
        live.landed.append((answered_s, units))

    def heard_s(self) -> float:
        """The time that the oldest of the master's figures is true for, inf when there is none."""
        heard = (cell.as_of_low_s for cell in self.cells() if cell.available is not None)
        return min(heard, default=inf)

    def resolved(self, live: Live, units: int) -> None:
        """Sold units that the master never had to take off: a promise that was withdrawn."""
        live.share.acked += units
        self.keep(live)

    def keep(self, live: Live) -> None:
        """Write the books of a share to the store."""
        self._store.put_share(live.node, live.sku, live.channel, live.share)

    # --- reading -------------------------------------------------------------------------

    def books(
        self, lives: Iterable[Live], now_s: float, *, settled: bool = False
    ) -> list[ShareBook]:
        """The shares of a cell as the rules of allocation read them.

        With ``settled``: as if the master's figure included all that was answered.
        """
        counts = self._guards.unacknowledged_demand
        made: list[ShareBook] = []
        for live in lives:
            share = live.share
            assert share.given is not None
            low, high = live.acked_low, live.acked_high
            if not counts:
                low = high = share.sold
            elif settled:
                low, high = low + live.landed_out, high - live.landed_back
            made.append(
                ShareBook(
                    share.given,
                    share.sold,
                    low,
                    high,
                    live.cutting,
                    live.doubt,
                    1 + int(8 * self.weight_of(live, now_s)),
                    live.step is not None,
                )
            )
        return made

    def weight_of(self, live: Live, now_s: float) -> float:
        """Recent demand of a channel for the SKU, in units, fading with time."""
        if not live.weight:
            return 0.0
        age = max(0.0, now_s - live.weight_s)
        return live.weight * float(0.5 ** (age / self._half_life_s))
