"""One budget of calls for each system, spent on stock messages first."""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush
from typing import Final

from peakproof_engine.clock import Clock

STOCK: Final = 0
ORDERS: Final = 1
SWEEPS: Final = 2
SNAPSHOTS: Final = 3
"""Ranks of a call: the lower one goes first when calls are scarce."""


_FASTER: Final = 1.15
"""How much faster a learned budget gets with each call that goes through."""
_TOO_MANY: Final = 2
"""More refusals than these and than answers of late, and calls are counted from then on."""
_SHORT_RUN: Final = 4
_SHORT_RUNS: Final = 3
"""So many runs of so few answers between refusals: going slower does not help, the system refuses
for another reason than our pace."""
_FREE_PER_S: Final = 200.0
"""A learned budget as large as this is none."""


class Budget:
    """A token bucket whose waiters are served by rank, then in the order of arrival.

    ``per_s`` calls a second are given out, and a second's worth may be saved up; None: as many
    as anybody wants, until the system turns away more than it takes. Then a rate is learned: what
    went through, halved when a call is turned away, a little more with each that is not, never
    above ``per_s``.
    """

    __slots__ = (
        "_by_rank", "_clock", "_most_per_s", "_over_s", "_passed", "_per_s", "_refused", "_run",
        "_short", "_since_s", "_timer", "_tokens", "_turn", "_waiting",
    )  # fmt: skip

    def __init__(self, per_s: float | None, clock: Clock, *, by_rank: bool) -> None:
        self._most_per_s = per_s
        self._per_s = per_s
        self._tokens = 1.0 if per_s is None else max(1.0, per_s)
        self._clock = clock
        self._since_s = clock.now()
        self._by_rank = by_rank
        self._turn = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._over_s = self._since_s
        self._passed = 0
        self._refused = 0
        self._run = 0
        self._short = 0

    @property
    def is_free(self) -> bool:
        """Nobody has to wait or to count."""
        return self._per_s is None

    @property
    def per_s(self) -> float | None:
        """Calls a second that are given out now, None for any number."""
        return self._per_s

    @property
    def waiting(self) -> int:
        """Callers that wait for a token."""
        return len(self._waiting)

    async def take(self, rank: int) -> None:
        """Wait for the turn of a call of that rank."""
        if self._per_s is None:
            return
        self._refill(self._per_s)
        if not self._waiting and self._tokens >= 1.0:
            self._tokens -= 1.0
            return
        self._turn += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank if self._by_rank else 0, self._turn, turn))
        self._arm(self._per_s)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._tokens += 1.0
            raise

    def refused(self, wait_s: float) -> None:
        """A call was turned away, with so long to wait."""
        now = self._clock.now()
        if now >= self._over_s:
            # Of those that were on their way at the same time, one refusal slows down.
            self._slow_down(wait_s)
        self._refused += 1
        self._over_s = max(self._over_s, now + wait_s)
        if self._per_s is None and self._refused > max(_TOO_MANY, self._passed):
            self._count(1.0 / max(wait_s, 0.1))
        if self._per_s is not None:
            self._tokens = min(self._tokens, 0.0)
            self._since_s = self._over_s

    def passed(self) -> None:
        """A call went through."""
        self._passed += 1
        self._run += 1
        if self._per_s is None or self._per_s == self._most_per_s:
            return
        per_s = self._per_s * _FASTER
        if self._most_per_s is not None:
            self._per_s = min(per_s, self._most_per_s)
        elif per_s < _FREE_PER_S:
            self._per_s = per_s
        else:
            self._free()

    def _slow_down(self, wait_s: float) -> None:
        self._short = self._short + 1 if self._run < _SHORT_RUN else 0
        self._run = 0
        if self._per_s is None:
            self._passed //= 2
            self._refused //= 2
        elif self._short >= _SHORT_RUNS:
            self._free()
        else:
            least = 0.5 / max(wait_s, 0.1)
            if self._most_per_s is not None:
                least = min(least, self._most_per_s)
            self._per_s = max(self._per_s / 2.0, least)

    def _count(self, per_s: float) -> None:
        self._per_s = per_s if self._most_per_s is None else min(per_s, self._most_per_s)
        self._short = 0

    def _free(self) -> None:
        self._per_s = self._most_per_s
        self._passed = self._refused = self._short = 0
        if self._per_s is None:
            for _, _, turn in self._waiting:
                if not turn.done():
                    turn.set_result(None)
            self._waiting.clear()

    def _refill(self, per_s: float) -> None:
        now = self._clock.now()
        if now > self._since_s:
            most = max(1.0, per_s)
            self._tokens = min(most, self._tokens + (now - self._since_s) * per_s)
            self._since_s = now

    def _arm(self, per_s: float) -> None:
        if self._timer is None and self._waiting:
            # A hair more than the exact wait, so that rounding cannot make a round of no tokens.
            pause_s = max(0.0, self._since_s - self._clock.now())
            wait_s = pause_s + max(0.0, (1.0 - self._tokens) / per_s) + 1e-6
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._serve)

    def _serve(self) -> None:
        self._timer = None
        if self._per_s is None:
            return
        self._refill(self._per_s)
        while self._waiting and (self._tokens >= 1.0 or self._waiting[0][2].done()):
            turn = heappop(self._waiting)[2]
            if not turn.done():
                self._tokens -= 1.0
                turn.set_result(None)
        self._arm(self._per_s)
