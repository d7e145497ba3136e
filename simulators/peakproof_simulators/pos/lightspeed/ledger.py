"""What is followed by version: the last state of each thing, in the order of its last change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from peakproof_simulators.kit.timeline import Timeline
from peakproof_simulators.pos.trail import Trail

T = TypeVar("T")


class Versions:
    """The one counter that every change of anything takes its number from."""

    __slots__ = ("last",)

    def __init__(self, first: int) -> None:
        self.last = first - 1

    def take(self) -> int:
        """The number of a change."""
        self.last += 1
        return self.last


class Entry(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """A thing as it became at a change; ``first_version`` is that of its first state."""

    version: int
    at_ms: int
    thing: T
    deleted: bool = False


class Ledger(Generic[T]):
    """Things of one kind. Finding the place after a version costs a bisection."""

    __slots__ = ("_entries", "_now_ms", "_past", "_trail", "_versions")

    def __init__(
        self,
        versions: Versions,
        *,
        now_ms: Callable[[], int],
        now: Callable[[], float],
        remember_s: float,
    ) -> None:
        self._versions = versions
        self._now_ms = now_ms
        self._entries: dict[str, Entry[T]] = {}
        self._trail: Trail[str] = Trail(lambda id_, mark: self._entries[id_].version == mark)
        self._past: Timeline[Entry[T]] = Timeline(now, span_s=remember_s)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry[T]]:
        return iter(self._entries.values())

    def get(self, id_: str) -> Entry[T] | None:
        """A thing by its id, deleted ones too."""
        return self._entries.get(id_)

    def put(self, id_: str, thing: T, *, deleted: bool = False) -> Entry[T]:
        """A thing came to be, or changed: it goes to the end."""
        was = self._entries.get(id_)
        now = Entry(self._versions.take(), self._now_ms(), thing, deleted)
        self._entries[id_] = now
        self._past.changed(id_, was)
        self._trail.add(now.version, now.at_ms, id_, new=was is None)
        return now

    def walk(
        self, *, after: int | None, before: int | None, newest: bool, lag_s: float
    ) -> Iterator[Entry[T]]:
        """Entries between two versions, both ends excluded, as they were ``lag_s`` ago."""
        then = self._past.differences(lag_s) if lag_s > 0 else {}
        if then:
            yield from self._then(then, after=after, before=before, newest=newest)
            return
        low = -1 if after is None else after
        if newest:
            for version, id_ in self._trail.newest(before=before):
                if version <= low:
                    return
                yield self._entries[id_]
            return
        for version, id_ in self._trail.oldest(after=after):
            if before is not None and version >= before:
                return
            yield self._entries[id_]

    def some(self, ids: Iterable[str], *, lag_s: float) -> list[Entry[T]]:
        """The entries of these ids by version, as they were ``lag_s`` ago."""
        then = self._past.differences(lag_s) if lag_s > 0 else {}
        found = (then[id_] if id_ in then else self._entries.get(id_) for id_ in ids)
        return sorted(
            (entry for entry in found if entry is not None), key=lambda entry: entry.version
        )

    def _then(
        self,
        then: dict[str, Entry[T] | None],
        *,
        after: int | None,
        before: int | None,
        newest: bool,
    ) -> Iterator[Entry[T]]:
        """The same of a moment ago: what has changed since is put back as it was."""
        found = [self._entries[id_] for _, id_ in self._trail.oldest() if id_ not in then]
        found += [was for was in then.values() if was is not None]
        found.sort(key=lambda entry: entry.version, reverse=newest)
        for entry in found:
            if (after is None or entry.version > after) and (
                before is None or entry.version < before
            ):
                yield entry
