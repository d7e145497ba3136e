"""The one door to time.

Run time starts at 0 and counts seconds, in a virtual and in a live run alike; what a system
prints as a date is run time plus an epoch. (Epoch-sized floats would stall an event loop: one
unit in the last place is larger than the loop's clock resolution.)
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import simpy

DEFAULT_EPOCH: Final = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
"""When a run begins on the calendar unless its scenario says otherwise: a Black Friday, 06:00."""

_MILLIS: Final = tuple(f".{milli:03d}Z" for milli in range(1000))


class Clock:
    """Tells run time in seconds and as a date. SimPy's environment drives it."""

    __slots__ = ("_began_us", "_env", "_second_us", "_text", "epoch", "epoch_s")

    def __init__(self, env: simpy.Environment, *, epoch: datetime = DEFAULT_EPOCH) -> None:
        self._env = env
        self.epoch = epoch
        self.epoch_s: float = epoch.timestamp()
        self._began_us = round(self.epoch_s * 1e6)
        self._second_us = -1_000_000
        self._text = ""

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return self._env.now

    def date(self, at_s: float | None = None) -> datetime:
        """The calendar time of a run time (now unless given), in UTC."""
        return self.epoch + timedelta(seconds=self._env.now if at_s is None else at_s)

    def iso(self, at_s: float | None = None) -> str:
        """RFC 3339 with milliseconds and ``Z``, such as ``2026-11-27T06:00:00.000Z``."""
        micros = self._began_us + round((self._env.now if at_s is None else at_s) * 1e6)
        part = micros - self._second_us
        if not 0 <= part < 1_000_000:
            # A system stamps many things within one second: its text is kept.
            second, part = divmod(micros, 1_000_000)
            self._second_us = micros - part
            self._text = datetime.fromtimestamp(second, UTC).isoformat()[:19]
        return self._text + _MILLIS[part // 1000]

    def seconds(self, text: str) -> float:
        """Run time of an ISO 8601 date. A date without a zone is read as UTC.

        Raises:
            ValueError: the text is no date.
        """
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - self.epoch).total_seconds()
