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


class Clock:
    """Tells run time in seconds and as a date. SimPy's environment drives it."""

    __slots__ = ("_env", "_second", "_text", "epoch", "epoch_s")

    def __init__(self, env: simpy.Environment, *, epoch: datetime = DEFAULT_EPOCH) -> None:
        self._env = env
        self.epoch = epoch
        self.epoch_s: float = epoch.timestamp()
        self._second = -1
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
        elapsed_s = self._env.now if at_s is None else at_s
        micros = round(self.epoch_s * 1e6) + round(elapsed_s * 1e6)
        second, micro = divmod(micros, 1_000_000)
        if second != self._second:
            # A system stamps many things within one second: its text is kept.
            self._second = second
            self._text = f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"
        return f"{self._text}.{micro // 1000:03d}Z"

    def seconds(self, text: str) -> float:
        """Run time of an ISO 8601 date. A date without a zone is read as UTC.

        Raises:
            ValueError: the text is no date.
        """
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - self.epoch).total_seconds()
