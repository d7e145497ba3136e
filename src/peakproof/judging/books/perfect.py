"""One SKU's day with a perfect connector: it hears of each event as soon as the wire carries it.

With ``mirror`` each channel shows what was free one latency ago, less what it has sold itself
since. With ``allocation`` shares never sum to more than is known to be free, so that channels
which honour their share cannot take each other's units.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from peakproof.judging.books.pool import bits, room, shortage

TRUE: Final = 0
"""Units came to a node or left it (``where`` is its number, signed units)."""
KNOWN: Final = 1
"""The same, at the moment from which somebody could tell the connector."""
WANT: Final = 2
"""A customer wants units (``where`` is the mask of nodes; ``order`` is ``till`` at a till)."""
BACK: Final = 3
"""A customer cancels units of an order."""

LONG_AGO_S: Final = float("-inf")

Play = tuple[int, float, int, int, str, str]
"""(kind, when, where, units, channel's system, order): one thing that happens to the SKU."""


def plentiful(plays: list[Play], nodes: int, keep: int) -> bool:
    """Is there so much of a SKU from the start that nothing can ever be short?"""
    supply = [0] * nodes
    wanted = keep
    masks: dict[int, None] = {}
    for kind, _, where, units, _, _ in plays:
        if kind == WANT:
            masks[where] = None
            wanted += units
        elif kind in (TRUE, KNOWN) and (units < 0 or masks):
            wanted += max(0, -units)
        elif kind == TRUE:
            supply[where] += units
    return all(sum(supply[node] for node in bits(mask)) >= wanted for mask in masks)


class PerfectDay:
    """The perfect connector's world: what is there, what it has heard, what is promised."""

    def __init__(self, nodes: int, keep: int, latency_s: float, *, mirror: bool) -> None:
        self._keep = keep
        self._latency_s = latency_s
        self._mirror = mirror
        self._there = [0] * nodes
        self._heard = [0] * nodes
        self._demand: dict[int, int] = {}
        self._claims: dict[int, int] = {}
        """Promises that every channel knows of."""
        self._own: dict[str, dict[int, int]] = {}
        """Promises and sales that only their own channel knows of yet."""
        self._news: deque[tuple[float, int, int, str, int]] = deque()
        self._accepted: dict[str, tuple[int, int]] = {}
        self._owed = 0
        self.oversold = 0
        self.turned_away = 0

    def play(self, plays: list[Play]) -> None:
        """Play the day through."""
        for kind, at_s, where, units, system, order in plays:
            self._hear(at_s - self._latency_s)
            if kind == TRUE:
                self._there[where] += units
                if units < 0:
                    self._weigh()
            elif kind == KNOWN:
                self._news.append((at_s, -1, where, "", units))
            elif kind == WANT:
                self._want(at_s, where, units, system, order)
            else:
                self._back(units, order)

    def _hear(self, until_s: float) -> None:
        news = self._news
        while news and news[0][0] <= until_s:
            _, mask, node, system, units = news.popleft()
            if mask >= 0:
                _add(self._own[system], mask, -units)
            if node >= 0:
                self._heard[node] += units if mask < 0 else -units
            else:
                _add(self._claims, mask, units)

    def _want(self, at_s: float, mask: int, units: int, system: str, order: str) -> None:
        claims = self._claims
        own = self._own.setdefault(system, {})
        if own:
            claims = {m: claims.get(m, 0) + own.get(m, 0) for m in dict.fromkeys([*claims, *own])}
        there = [max(0, held) for held in self._heard]
        if room(there, claims, mask) - self._keep < units:
            self.turned_away += units
            return
        node = mask.bit_length() - 1 if order == "till" else -1
        if node >= 0:
            self._there[node] -= units
        else:
            _add(self._demand, mask, units)
            had = self._accepted.get(order, (mask, 0))[1]
            self._accepted[order] = (mask, had + units)
        if self._mirror:
            _add(own, mask, units)
            self._news.append((at_s, mask, node, system, units))
        elif node >= 0:
            self._heard[node] -= units
        else:
            _add(self._claims, mask, units)
        self._weigh()

    def _back(self, units: int, order: str) -> None:
        """A customer cancels units, if the order was accepted here at all."""
        mask, open_units = self._accepted.get(order, (0, 0))
        ended = min(units, open_units)
        if ended <= 0:
            return
        self._accepted[order] = (mask, open_units - ended)
        _add(self._demand, mask, -ended)
        _add(self._claims, mask, -min(ended, self._claims.get(mask, 0)))
        self._owed = max(shortage(self._there, self._demand), self._owed - ended)

    def _weigh(self) -> None:
        short = shortage(self._there, self._demand)
        if short > self._owed:
            self.oversold += short - self._owed
            self._owed = short


def _add(pool: dict[int, int], mask: int, units: int) -> None:
    left = pool.get(mask, 0) + units
    if left > 0:
        pool[mask] = left
    else:
        pool.pop(mask, None)
