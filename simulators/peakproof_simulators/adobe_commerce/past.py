"""What rows were like a moment ago."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from peakproof_simulators.kit.timeline import Timeline

R = TypeVar("R")


class Past(Generic[R]):
    """What rows were like a moment ago, for searches that lag.

    ``copied`` keeps what a row is; None: rows are replaced, never changed in place.
    """

    def __init__(self, now: Callable[[], float], copied: Callable[[R], R] | None) -> None:
        self._timeline: Timeline[R] = Timeline(now)
        self._copied = copied
        self._kept: dict[Hashable, R] = {}

    def changed(self, key: Hashable, was: R | None, row: R | None) -> None:
        """A row has become what it is now (None: it is gone)."""
        if self._copied is not None:
            was = self._kept.pop(key, None)
            if row is not None:
                self._kept[key] = self._copied(row)
        self._timeline.changed(key, was)

    def rows(self, now: dict[Hashable, R], order: dict[Hashable, int], lag_s: float) -> list[R]:
        """All rows as they were, in the order in which they came to be."""
        found: dict[Hashable, R | None] = dict(now)
        found.update(self._timeline.differences(lag_s))
        there = [(order[key], row) for key, row in found.items() if row is not None]
        return [row for _, row in sorted(there, key=lambda pair: pair[0])]
