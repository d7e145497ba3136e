"""Work queues by key: one worker at a time on each key, many keys at the same time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from heapq import heappop, heappush
from math import inf
from typing import Any, Final
from zlib import crc32

from peakproof_engine.config import Wire
from peakproof_engine.errors import CallError, Failed, NotNow, UnknownOutcome

Spawn = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""Starts a task that is watched: when it fails, the engine fails."""
Handle = Callable[[str], Awaitable[float | None]]
"""Does what there is to do for a key; a number asks to be called again after so many seconds."""

_SHORTEST_S: Final = 0.001


class Lane:
    """Keys to be worked on, each by one worker at a time; failures come back after a while.

    ``give_up`` is called instead of a retry when ``retries`` is off, ``fault`` with whatever
    a handler raised that is no :class:`CallError` (the key is then tried again, slowly).
    """

    __slots__ = (
        "_again",
        "_alarm",
        "_closed",
        "_due",
        "_fault",
        "_give_up",
        "_handle",
        "_idle",
        "_later",
        "_ready",
        "_retries",
        "_running",
        "_spawn",
        "_tries",
        "_turn",
        "_waits",
        "_wire",
        "_workers",
        "name",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        handle: Handle,
        wire: Wire,
        *,
        spawn: Spawn,
        retries: bool,
        give_up: Callable[[str, CallError], None],
        fault: Callable[[str, str, Exception], None],
    ) -> None:
        self.name = name
        self._handle = handle
        self._wire = wire
        self._spawn = spawn
        self._retries = retries
        self._give_up = give_up
        self._fault = fault
        self._ready: deque[str] = deque()
        self._running: dict[str, None] = {}
        self._again: dict[str, float] = {}
        self._tries: dict[str, int] = {}
        self._idle: list[asyncio.Future[None]] = []
        self._workers = 0
        self._closed = False
        # A key waits in ``_ready`` (turn 0 here) or for its time, under the turn in the heap.
        self._waits: dict[str, int] = {}
        self._later: list[tuple[float, int, str]] = []
        self._turn = 0
        self._due = inf
        self._alarm: asyncio.Future[None] | None = None

    def poke(self, key: str, delay_s: float = 0.0) -> None:
        """There may be something to do for a key, now or after some seconds."""
        if self._closed:
            return
        waits = self._waits
        if key in self._running:
            self._again[key] = min(delay_s, self._again.get(key, inf))
        elif delay_s > 0.0:
            if key not in waits:
                self._wait(key, delay_s)
        elif waits.get(key):
            # What waited for its time goes now; its place in the heap is void from here on.
            self._make_ready(key)
        elif key not in waits:
            self._make_ready(key)

    def close(self) -> None:
        """Take no more work; the workers are stopped by whoever spawned them."""
        self._closed = True

    def _make_ready(self, key: str) -> None:
        self._waits[key] = 0
        self._ready.append(key)
        idle = self._idle
        while idle:
            waiter = idle.pop()
            if not waiter.done():
                waiter.set_result(None)
                return
        if self._workers < self._wire.workers:
            self._workers += 1
            self._spawn(self._work(), f"{self.name}-{self._workers}")

    # --- keys that wait for their time -------------------------------------------------------

    def _wait(self, key: str, delay_s: float) -> None:
        self._turn += 1
        self._waits[key] = self._turn
        due = asyncio.get_running_loop().time() + max(_SHORTEST_S, delay_s)
        heappush(self._later, (due, self._turn, key))
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().create_future()
            self._spawn(self._keep_time(), f"{self.name}-time")
        elif due < self._due and not self._alarm.done():
            self._alarm.set_result(None)

    async def _keep_time(self) -> None:
        """Makes keys ready when their time has come. A task, so that it dies with the rest."""
        loop = asyncio.get_running_loop()
        later, waits = self._later, self._waits
        while True:
            now = loop.time()
            while later and later[0][0] <= now:
                _, turn, key = heappop(later)
                if waits.get(key) == turn:
                    self._make_ready(key)
            self._due = later[0][0] if later else inf
            alarm = self._alarm = loop.create_future()
            timer = loop.call_later(self._due - now, _ring, alarm) if later else None
            await alarm
            if timer is not None:
                timer.cancel()

    async def _work(self) -> None:
        ready, waits, running = self._ready, self._waits, self._running
        loop = asyncio.get_running_loop()
        while True:
            if not ready:
                waiter = loop.create_future()
                self._idle.append(waiter)
                await waiter
                continue
            key = ready.popleft()
            del waits[key]
            running[key] = None
            delay_s = await self._attempt(key)
            del running[key]
            if key in self._again:
                again_s = self._again.pop(key)
                if again_s > 0.0 and delay_s is not None:
                    again_s = max(_SHORTEST_S, min(again_s, delay_s))
                self.poke(key, again_s)
            elif delay_s is not None:
                self.poke(key, max(_SHORTEST_S, delay_s))

    async def _attempt(self, key: str) -> float | None:
        try:
            delay_s = await self._handle(key)
        except NotNow as wait:
            return wait.delay_s
        except (UnknownOutcome, Failed) as error:
            if not self._retries:
                self._give_up(key, error)
                return None
            return self._back_off(key)
        except CallError as error:
            self._give_up(key, error)
            return None
        except Exception as error:
            self._fault(self.name, key, error)
            self._tries[key] = 30
            return self._back_off(key)
        if self._tries:
            self._tries.pop(key, None)
        return delay_s

    def _back_off(self, key: str) -> float:
        tries = self._tries[key] = self._tries.get(key, 0) + 1
        wire = self._wire
        delay_s = min(wire.backoff_cap_s, wire.backoff_s * float(1 << min(tries - 1, 20)))
        # Spread by key, so that those who failed together do not come back together.
        return delay_s * (0.75 + (crc32(f"{key}:{tries}".encode()) & 511) / 1024.0)


def _ring(alarm: asyncio.Future[None]) -> None:
    if not alarm.done():
        alarm.set_result(None)
