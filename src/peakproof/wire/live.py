"""A world that is paced by the wall clock: for fakes on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final

from peakproof.errors import PeakproofError, SimulatorFault, UsageError

if TYPE_CHECKING:
    import simpy

_LONGEST_S: Final = 0.05
"""Real seconds between two looks at the world, for what was scheduled without a word."""


class LivePacer:
    """Keeps a SimPy environment level with a real clock, ``rate`` seconds of run time in one.

    ``clock`` tells real seconds that only grow (the caller's ``time.monotonic``). Run time stands
    still until :meth:`start`; from then on events happen when they are due. Whoever is about to
    act calls :meth:`catch_up` first, and :meth:`look` once it may have scheduled something.
    ``since`` is the clock's reading at which run time is taken to have begun, unless it begins
    with :meth:`start`. ``late_s`` is the most run time by which anything happened too late.
    ``fault`` is the first failure inside the world: nothing happens in it any more after that.
    """

    def __init__(
        self,
        env: simpy.Environment,
        *,
        clock: Callable[[], float],
        rate: float = 1.0,
        on_fault: Callable[[PeakproofError], None] | None = None,
        since: float | None = None,
    ) -> None:
        if not 1 <= rate < inf:
            raise UsageError(f"a live run goes at real speed or faster: rate {rate:g} is below 1")
        self.rate = rate
        self.fault: PeakproofError | None = None
        self.late_s = 0.0
        self._since = since
        self._env = env
        self._clock = clock
        self._on_fault = on_fault
        self._started: float | None = None
        self._offset_s = env.now
        self._timer: asyncio.TimerHandle | None = None
        self._timer_for_s = inf

    def start(self) -> None:
        """Run time flows from now on. Call it inside the running event loop."""
        self._started = self._clock() if self._since is None else self._since
        self._since = None
        self._offset_s = max(self._offset_s, self._env.now)
        self.look()

    def stop(self) -> None:
        """Run time stands still again; nothing is left waiting."""
        self._offset_s = self.due_s()
        self._started = None
        self._drop_timer()

    def due_s(self) -> float:
        """What run time it is by the real clock."""
        if self._started is None:
            return self._offset_s
        return self._offset_s + (self._clock() - self._started) * self.rate

    def catch_up(self) -> None:
        """Let everything happen that is due by now, then set the world's clock to now.

        Raises:
            HarnessFault: something failed inside the world, now or before.
        """
        if self.fault is not None:
            raise self.fault
        env = self._env
        due_s = self.due_s()
        try:
            while env.peek() <= due_s:
                env.step()
        except Exception as error:
            raise self._failed(error) from error
        if due_s > env.now:
            # What ``env.run(until=due_s)`` does once nothing is due, without an event for it.
            env._now = due_s

    def look(self) -> None:
        """Make sure that the next event of the world happens when it is due."""
        next_s = self._env.peek()
        if self._started is None or self.fault is not None:
            return
        if self._timer is not None and next_s >= self._timer_for_s:
            return
        self._drop_timer()
        ahead_s = min(max(0.0, next_s - self.due_s()) / self.rate, _LONGEST_S)
        self._timer_for_s = self.due_s() + ahead_s * self.rate
        self._timer = asyncio.get_running_loop().call_later(ahead_s, self._ring)

    async def wait(self, seconds: float) -> None:
        """Let so many seconds of run time pass; the wire's ``wait`` in a live run."""
        if seconds == inf:
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(seconds / self.rate)
        self.catch_up()

    def _ring(self) -> None:
        self.late_s = max(self.late_s, self.due_s() - self._timer_for_s)
        self._timer, self._timer_for_s = None, inf
        try:
            self.catch_up()
        except PeakproofError:
            return  # it is kept in ``fault``, and the runner was told
        self.look()

    def _drop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_for_s = None, inf

    def _failed(self, error: Exception) -> PeakproofError:
        self.fault = (
            error
            if isinstance(error, PeakproofError)
            else SimulatorFault(f"the world failed: {type(error).__name__}: {error}")
        )
        self._drop_timer()
        if self._on_fault is not None:
            self._on_fault(self.fault)
        return self.fault
