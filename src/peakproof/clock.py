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

    __slots__ = ("_env", "epoch", "epoch_s")

    def __init__(self, env: simpy.Environment, *, epoch: datetime = DEFAULT_EPOCH) -> None:
        self._env = env
        self.epoch = epoch
        self.epoch_s: float = epoch.timestamp()

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return self._env.now

    def date(self, at_s: float | None = None) -> datetime:
        """The calendar time of a run time (now unless given), in UTC."""
        return self.epoch + timedelta(seconds=self._env.now if at_s is None else at_s)

    def iso(self, at_s: float | None = None) -> str:
        """RFC 3339 with milliseconds and ``Z``, such as ``2026-11-27T06:00:00.000Z``."""
        moment = self.date(at_s)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"

    def seconds(self, text: str) -> float:
        """Run time of an ISO 8601 date. A date without a zone is read as UTC.

        Raises:
            ValueError: the text is no date.
        """
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - self.epoch).total_seconds()
