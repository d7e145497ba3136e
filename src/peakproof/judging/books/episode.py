"""A figure beyond its bound for a while: how long, and by how much no lag can explain."""

from __future__ import annotations


class Episode:
    """A stretch of time in which a figure was above what bounds it, whatever else changed.

    A figure that is always a little late is never wrong for long, so only what stays of the excess
    counts: the lowest figure over the highest bound of the whole time, or, where nothing changed
    for longer than the limit, the excess of that while, if it is more.
    """

    __slots__ = (
        "_bound", "_figure", "_last", "_last_s", "bound", "figure", "no", "since_s",
    )  # fmt: skip

    def __init__(self, now_s: float, no: int, figure: int, bound: int) -> None:
        self.since_s = now_s
        self.no = no
        """The line of the history with which it began."""
        self.figure = 0
        self.bound = 0
        """What shows the excess that counts; see :meth:`ended`."""
        self._figure = figure
        self._bound = bound
        self._last = (figure, bound)
        self._last_s = now_s

    def goes_on(self, now_s: float, figure: int, bound: int, *, limit_s: float) -> bool:
        """Figure or bound changed; False when nothing of the excess has stayed."""
        low, high = min(self._figure, figure), max(self._bound, bound)
        if low <= high:
            return False
        self._weigh(now_s, limit_s)
        self._figure, self._bound = low, high
        if (figure, bound) != self._last:
            self._last, self._last_s = (figure, bound), now_s
        return True

    def ended(self, now_s: float, *, limit_s: float) -> int:
        """Units of excess that stayed for longer than the limit; 0 when none did."""
        if now_s - self.since_s <= limit_s:
            return 0
        self._weigh(now_s, limit_s)
        self._consider(self._figure, self._bound)
        return self.figure - self.bound

    def _weigh(self, now_s: float, limit_s: float) -> None:
        if now_s - self._last_s > limit_s:
            self._consider(*self._last)

    def _consider(self, figure: int, bound: int) -> None:
        if figure - bound > self.figure - self.bound:
            self.figure, self.bound = figure, bound
