"""What a collection looked like a moment ago, for queries that lag behind their writes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Timeline(Generic[T]):
    """Remembers, for ``span_s`` seconds, what each entry was before it changed.

    Entries must be replaced, not changed in place. The cost of a question grows with the
    changes inside the lag, not with the size of the collection. Entries that come all at one
    moment before anything else, as a filling does, are kept by their keys alone.
    """

    __slots__ = ("_changes", "_filled", "_filled_s", "_now", "_span_s")

    def __init__(self, now: Callable[[], float], *, span_s: float = 60.0) -> None:
        self._now = now
        self._span_s = span_s
        self._changes: deque[tuple[float, Hashable, T | None]] = deque()
        self._filled: list[Hashable] = []
        self._filled_s = now()

    def changed(self, key: Hashable, before: T | None) -> None:
        """Note that ``key`` was ``before`` until now (None: it was not there)."""
        self.changed_at(self._now(), key, before)

    def changed_at(self, at_s: float, key: Hashable, before: T | None) -> None:
        """The same, of a change at a time; changes are told in order of their times."""
        changes = self._changes
        if before is None and not changes and at_s == self._filled_s:
            self._filled.append(key)
            return
        changes.append((at_s, key, before))
        since = at_s - self._span_s
        while changes[0][0] < since:
            changes.popleft()
        if self._filled and self._filled_s < since:
            self._filled.clear()

    def differences(self, lag_s: float) -> dict[Any, T | None]:
        """The entries that looked different ``lag_s`` seconds ago, as they were then."""
        since = self._now() - lag_s
        seen: dict[Any, T | None] = {}
        for at, key, before in reversed(self._changes):
            if at <= since:
                return seen
            seen[key] = before
        if self._filled_s > since:
            seen.update(dict.fromkeys(reversed(self._filled)))
        return seen
