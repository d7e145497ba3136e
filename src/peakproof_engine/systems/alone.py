"""One writer at a time for cells that a vendor keeps without versions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from peakproof_engine.clock import Clock
from peakproof_engine.errors import NotNow, TimedOut


class Cells:
    """What keeps writers of one cell apart: a lock each, and until when it rests."""

    def __init__(self) -> None:
        self.locks: dict[str, asyncio.Lock] = {}
        self.rests: dict[str, float] = {}


class Alone:
    """Holds some cells while they are written. (No generator: a killed engine leaves none open.)

    Raises:
        NotNow: on entering, while an earlier attempt may still arrive.
    """

    def __init__(self, cells: Cells, entries: Sequence[str], clock: Clock, late_s: float) -> None:
        self._cells = cells
        self._entries = sorted(dict.fromkeys(entries))
        self._clock = clock
        self._late_s = late_s
        self._held: list[asyncio.Lock] = []

    async def __aenter__(self) -> None:
        for entry in self._entries:
            lock = self._cells.locks.setdefault(entry, asyncio.Lock())
            try:
                await lock.acquire()
            except BaseException:
                self._let_go()
                raise
            self._held.append(lock)
        rests = self._cells.rests
        left_s = max(rests.get(entry, 0.0) for entry in self._entries) - self._clock.now()
        if left_s > 0:
            self._let_go()
            raise NotNow("adobe", "an earlier attempt may still arrive", delay_s=left_s)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, TimedOut):
            until_s = self._clock.now() + self._late_s
            self._cells.rests.update(dict.fromkeys(self._entries, until_s))
        self._let_go()

    def _let_go(self) -> None:
        while self._held:
            self._held.pop().release()
