"""Run time in whole milliseconds: what tills and APIs stamp on things, and how it is printed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from peakproof.clock import Clock

_KEPT: Final = 4096


class Calendar:
    """Run time in ms and its RFC 3339 text. Dates are cut to the millisecond, never rounded up."""

    __slots__ = ("_clock", "_epoch_ms", "_seconds")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._epoch_ms = round(clock.epoch_s * 1_000_000) // 1000
        self._seconds: dict[int, str] = {}

    @property
    def now_ms(self) -> int:
        """Run time now."""
        return round(self._clock.now * 1_000_000) // 1000

    @property
    def now_epoch_ms(self) -> int:
        """Milliseconds since 1970: what vendors use as a version."""
        return self.now_ms + self._epoch_ms

    def iso(self, at_ms: int) -> str:
        """The date of a run time: ``2026-11-27T06:00:00.000Z``."""
        second, ms = divmod(at_ms + self._epoch_ms, 1000)
        head = self._seconds.get(second)
        if head is None:
            if len(self._seconds) >= _KEPT:
                self._seconds.clear()
            head = f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"
            self._seconds[second] = head
        return f"{head}.{ms:03d}Z"

    def ms(self, text: str) -> int:
        """Run time of a date with a time and a zone.

        Raises:
            ValueError: the text is not such a date.
        """
        zoned = text[-1:] in "Zz" or text[-6:-5] in "+-"
        if len(text) < 20 or text[10] not in "Tt" or not zoned:
            raise ValueError(f"{text!r} is no RFC 3339 date and time")
        try:
            return round(self._clock.seconds(text) * 1_000_000) // 1000
        except OverflowError as error:
            raise ValueError(f"{text!r} is out of reach") from error
