"""How many calls an application may make, by the number of registers."""

from __future__ import annotations

from email.utils import formatdate
from math import ceil
from typing import TYPE_CHECKING

from peakproof.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakproof_simulators.pos.lightspeed.settings import LightspeedSettings


def http_date(clock: Clock, at_s: float) -> str:
    """A run time as the date of an HTTP header, never earlier than it is."""
    return formatdate(ceil(round(clock.epoch_s + at_s, 6)), usegmt=True)


class Bucket:
    """Calls of the window that is open. A window opens with the first call after the last one."""

    __slots__ = ("_clock", "_registers", "_settings", "ends_s", "spent")

    def __init__(
        self, clock: Clock, settings: LightspeedSettings, registers: Callable[[], int]
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._registers = registers
        self.ends_s = 0.0
        self.spent = 0

    @property
    def limit(self) -> int:
        """Calls of a window."""
        return self._settings.rate_per_register * self._registers() + self._settings.rate_base

    def take(self) -> bool:
        """Count a call; False when there is none left in this window."""
        now_s = self._clock.now
        if now_s >= self.ends_s:
            self.ends_s = now_s + self._settings.rate_window_s
            self.spent = 0
        if self.spent >= self.limit:
            return False
        self.spent += 1
        return True

    def headers(self) -> dict[str, str]:
        """What every answer says about it."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(0, self.limit - self.spent)),
        }
