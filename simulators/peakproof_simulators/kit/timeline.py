"""What a collection looked like a moment ago, for queries that lag behind their writes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Timeline(Generic[T]):
    """Remembers, for ``span_s`` seconds, what each entry was before it changed.

    Entries must be replaced, not changed in place. The cost of a question grows with the
    changes inside the lag, not with the size of the collection.
    """

    __slots__ = ("_changes", "_now", "_span_s")

    def __init__(self, now: Callable[[], float], *, span_s: float = 60.0) -> None:
        self._now = now
        self._span_s = span_s
        self._changes: deque[tuple[float, str, T | None]] = deque()

    def changed(self, key: str, before: T | None) -> None:
        """Note that ``key`` was ``before`` until now (None: it was not there)."""
        self.changed_at(self._now(), key, before)

    def changed_at(self, at_s: float, key: str, before: T | None) -> None:
        """The same, of a change at a time; changes are told in order of their times."""
        changes = self._changes
        changes.append((at_s, key, before))
        since = at_s - self._span_s
        while changes[0][0] < since:
            changes.popleft()

    def differences(self, lag_s: float) -> dict[str, T | None]:
        """The entries that looked different ``lag_s`` seconds ago, as they were then."""
        since = self._now() - lag_s
        seen: dict[str, T | None] = {}
        for at, key, before in reversed(self._changes):
            if at <= since:
                break
            seen[key] = before
        return seen
