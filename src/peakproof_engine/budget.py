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


class Budget:
    """A token bucket whose waiters are served by rank, then in the order of arrival.

    ``per_s`` calls a second are given out; a second's worth may be saved up.
    """

    __slots__ = ("_burst", "_by_rank", "_clock", "_per_s", "_since_s", "_timer", "_tokens",
                 "_turn", "_waiting")  # fmt: skip

    def __init__(self, per_s: float, clock: Clock, *, by_rank: bool) -> None:
        self._per_s = per_s
        self._burst = max(1.0, per_s)
        self._tokens = self._burst
        self._clock = clock
        self._since_s = clock.now()
        self._by_rank = by_rank
        self._turn = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """Callers that wait for a token."""
        return len(self._waiting)

    async def take(self, rank: int) -> None:
        """Wait for the turn of a call of that rank."""
        self._refill()
        if not self._waiting and self._tokens >= 1.0:
            self._tokens -= 1.0
            return
        self._turn += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank if self._by_rank else 0, self._turn, turn))
        self._arm()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._tokens = min(self._burst, self._tokens + 1.0)
            raise

    def _refill(self) -> None:
        now = self._clock.now()
        self._tokens = min(self._burst, self._tokens + (now - self._since_s) * self._per_s)
        self._since_s = now

    def _arm(self) -> None:
        if self._timer is None and self._waiting:
            # A hair more than the exact wait, so that rounding cannot make a round of no tokens.
            wait_s = max(0.0, (1.0 - self._tokens) / self._per_s) + 1e-6
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._serve)

    def _serve(self) -> None:
        self._timer = None
        self._refill()
        while self._waiting and (self._tokens >= 1.0 or self._waiting[0][2].done()):
            turn = heappop(self._waiting)[2]
            if not turn.done():
                self._tokens -= 1.0
                turn.set_result(None)
        self._arm()
