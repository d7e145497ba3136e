"""What is done at intervals: each round by itself, so that a slow one delays no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from peakproof_engine.desk import log
from peakproof_engine.errors import CallError, NotNow
from peakproof_engine.flows.core import Core

Act = Callable[[], Awaitable[None]]


class Rounds:
    """Runs acts again and again, each at its own interval."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def every(self, name: str, interval_s: float, act: Act, *, first_s: float) -> None:
        """Begin a round: the first time after ``first_s``, then every ``interval_s`` seconds."""
        self._core.spawn(self._run(name, interval_s, act, first_s), f"round-{name}")

    async def until_done(self, name: str, act: Act) -> None:
        """Do something that the rest waits for, as often as it takes."""
        tries = 0
        while True:
            wait_s = await self._attempt(name, act)
            if wait_s is None:
                return
            tries += 1
            wire = self._core.config.wire
            await asyncio.sleep(max(wait_s, min(wire.backoff_cap_s, 0.25 * 2.0 ** min(tries, 10))))

    async def _run(self, name: str, interval_s: float, act: Act, first_s: float) -> None:
        await asyncio.sleep(first_s)
        while True:
            wait_s = await self._attempt(name, act)
            await asyncio.sleep(interval_s if wait_s is None else min(interval_s, wait_s))

    async def _attempt(self, name: str, act: Act) -> float | None:
        """Do it once; seconds to wait when it did not work."""
        try:
            await act()
        except NotNow as wait:
            return max(0.05, wait.delay_s)
        except CallError as error:
            log(f"round {name}: {error}")
            return self._core.config.wire.backoff_s
        except Exception as error:
            self._core.fault("round", name, error)
            return self._core.config.wire.backoff_cap_s
        return None
