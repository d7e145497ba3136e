"""Entries in the order of their last change: what polling for changes is answered from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_SLACK: Final = 1024


class Trail(Generic[T]):
    """An append-only list of changes, oldest first; an entry counts where it changed last.

    ``live(entry, mark)`` says whether that change is still the entry's last one. Marks are
    numbers that only grow; times never run backwards. Finding a place costs a bisection.
    """

    __slots__ = ("_at_ms", "_entries", "_live", "_live_count", "_marks")

    def __init__(self, live: Callable[[T, int], bool] | None = None) -> None:
        self._live = live
        self._marks: list[int] = []
        self._at_ms: list[int] = []
        self._entries: list[T] = []
        self._live_count = 0

    def __len__(self) -> int:
        return len(self._marks)

    def add(self, mark: int, at_ms: int, entry: T, *, new: bool = True) -> None:
        """An entry changed; ``new`` when it was not there before."""
        self._marks.append(mark)
        self._at_ms.append(at_ms)
        self._entries.append(entry)
        self._live_count += new
        if self._live is not None and len(self._marks) > 2 * self._live_count + _SLACK:
            self._tidy()

    def gone(self) -> None:
        """An entry was deleted: its changes count no more."""
        self._live_count -= 1

    def newest(
        self, *, before: int | None = None, since_ms: int | None = None, until_ms: int | None = None
    ) -> Iterator[tuple[int, T]]:
        """Newest first, (mark, entry); marks below ``before``, times within both ends."""
        at = len(self._marks) if before is None else bisect_left(self._marks, before)
        if until_ms is not None:
            at = min(at, bisect_right(self._at_ms, until_ms))
        low = 0 if since_ms is None else bisect_left(self._at_ms, since_ms)
        for index in range(at - 1, low - 1, -1):
            if self._live is None or self._live(self._entries[index], self._marks[index]):
                yield self._marks[index], self._entries[index]

    def oldest(
        self, *, after: int | None = None, since_ms: int | None = None, until_ms: int | None = None
    ) -> Iterator[tuple[int, T]]:
        """Oldest first, (mark, entry); marks above ``after``, times within both ends."""
        at = 0 if after is None else bisect_right(self._marks, after)
        if since_ms is not None:
            at = max(at, bisect_left(self._at_ms, since_ms))
        high = len(self._marks) if until_ms is None else bisect_right(self._at_ms, until_ms)
        for index in range(at, high):
            if self._live is None or self._live(self._entries[index], self._marks[index]):
                yield self._marks[index], self._entries[index]

    def _tidy(self) -> None:
        live = self._live
        assert live is not None
        kept = [
            index
            for index, (entry, mark) in enumerate(zip(self._entries, self._marks, strict=True))
            if live(entry, mark)
        ]
        self._marks = [self._marks[index] for index in kept]
        self._at_ms = [self._at_ms[index] for index in kept]
        self._entries = [self._entries[index] for index in kept]
