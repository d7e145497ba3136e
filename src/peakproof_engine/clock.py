"""The engine's two clocks: one to wait by, one to write dates with.

In a rehearsal that goes faster than the machine's clock, the event loop itself does: whatever
waits, times out or is spread over time inside the process then keeps its length in run time, with
no figure of the configuration touched.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Protocol


class Clock(Protocol):
    """Seconds that never run backwards, and seconds since 1970 in UTC."""

    def now(self) -> float:
        """Run time in seconds."""

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC."""


class SteppedClock:
    """A clock made of a run time and the calendar time at which run time was zero."""

    __slots__ = ("_epoch_s", "now")

    def __init__(self, now: Callable[[], float], epoch_s: float) -> None:
        self.now = now
        self._epoch_s = epoch_s

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self._epoch_s + self.now()


class _QuickSelector(selectors.DefaultSelector):
    """Waits for sockets ``rate`` times shorter than it is told."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See :meth:`selectors.BaseSelector.select`."""
        return super().select(timeout if timeout is None else timeout / self._rate)


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock goes ``rate`` seconds in one of the machine's."""

    def __init__(self, rate: float) -> None:
        super().__init__(_QuickSelector(rate))
        self._rate = rate

    def time(self) -> float:
        """See :meth:`asyncio.loop.time`; in run time."""
        return super().time() * self._rate


def wall_at(real_s: float, *, rate: float, since_s: float) -> float:
    """What a clock shows that went ``rate`` times faster than the real one since both agreed."""
    return since_s + (real_s - since_s) * rate


def iso(wall_s: float) -> str:
    """RFC 3339 in UTC with milliseconds and ``Z``."""
    moment = datetime.fromtimestamp(wall_s, UTC)
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 date; a date without a zone is read as UTC.

    Raises:
        ValueError: the text is no date.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()


class Offset:
    """Translates another system's dates into our own time.

    What a system dates cannot reach us before it happened, so the smallest difference seen
    between arrival and date bounds how far that system's clock is behind ours. It only bounds
    it: when all that was heard so far came late, the difference is a delay and no offset, and
    nothing else that the systems say tells the two apart. So a clock is never believed to be
    behind ours, only ahead, which a date from our future proves.
    """

    __slots__ = ("_least_s",)

    def __init__(self) -> None:
        self._least_s = inf

    def ours(self, dated_s: float, arrived_s: float) -> tuple[float, float]:
        """Earliest and latest time, in ours, of what another system dated; learned from it too.

        The latest is certain. The earliest is right for clocks that agree or have been seen to
        differ, and too early, which is the safe side, for a clock that is behind.
        """
        self._least_s = min(self._least_s, arrived_s - dated_s)
        return dated_s + min(0.0, self._least_s), dated_s + self._least_s
