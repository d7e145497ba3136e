"""Keeps many entities by key: those in play as structs, those that are finished as bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from peakproof_simulators.kit.timeline import Timeline

T = TypeVar("T", bound=msgspec.Struct)


class Vault(Generic[T]):
    """A dictionary of frozen structs that packs what has been finished for a while.

    A finished order of a rehearsed day is still asked for now and then; as bytes it takes a
    fraction of the room. Packing happens while new entries come in, never by a timer.
    """

    __slots__ = (
        "_decode", "_encode", "_finished", "_held", "_keep_s", "_now", "_pack_at", "timeline",
    )  # fmt: skip

    def __init__(self, kind: type[T], now: Callable[[], float], *, keep_s: float) -> None:
        self._held: dict[str, T | bytes] = {}
        self._finished: dict[str, float] = {}
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._now = now
        self._keep_s = keep_s
        self._pack_at = 0.0
        self.timeline: Timeline[T] = Timeline(now)

    def get(self, key: str) -> T | None:
        """The entry of a key, unpacked if need be; None when there is none."""
        found = self._held.get(key)
        return self._decode(found) if isinstance(found, bytes) else found

    def put(self, key: str, entry: T, *, before: T | None, finished: bool) -> None:
        """Add or replace an entry; ``before`` is what it was, for queries that lag."""
        now = self._now()
        self.timeline.changed_at(now, key, before)
        self._held[key] = entry
        if finished:
            # What is finished once more, such as by a correction, is kept from then on.
            self._finished.pop(key, None)
            self._finished[key] = now
        if now >= self._pack_at:
            self._pack(now)

    def _pack(self, now: float) -> None:
        waiting = self._finished
        self._pack_at = now
        while waiting:
            key = next(iter(waiting))
            if waiting[key] > now - self._keep_s:
                self._pack_at = waiting[key] + self._keep_s
                return
            del waiting[key]
            entry = self._held[key]
            if not isinstance(entry, bytes):
                self._held[key] = self._encode(entry)

    def packed(self) -> int:
        """How many entries are kept as bytes."""
        return sum(isinstance(entry, bytes) for entry in self._held.values())

    def as_of(self, stale_s: float) -> Callable[[str], T | None]:
        """Looks entries up as they were so many seconds ago."""
        if stale_s <= 0:
            return self.get
        then = self.timeline.differences(stale_s)

        def look(key: str) -> T | None:
            return then[key] if key in then else self.get(key)

        return look

    def changed_since(self, stale_s: float) -> tuple[str, ...]:
        """Keys of entries that looked different so many seconds ago (also: were not there)."""
        return tuple(self.timeline.differences(stale_s)) if stale_s > 0 else ()

    def __contains__(self, key: str) -> bool:
        return key in self._held

    def __len__(self) -> int:
        return len(self._held)

    def keys(self) -> Iterator[str]:
        """All keys, oldest first."""
        return iter(self._held)

    def values(self) -> Iterator[T]:
        """All entries, oldest first."""
        for found in self._held.values():
            yield self._decode(found) if isinstance(found, bytes) else found
