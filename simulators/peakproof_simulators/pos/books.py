"""Books: entities by id, in the order they were made and in the order they last changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, Literal, TypeVar

import msgspec

from peakproof_simulators.kit.timeline import Timeline
from peakproof_simulators.pos.sale import Payment, Refund, Sale, Transfer
from peakproof_simulators.pos.trail import Trail

B = TypeVar("B", Sale, Payment, Refund, Transfer)

By = Literal["created", "updated", "closed"]


class Book(Generic[B]):
    """Entities of one kind. New ones and new states of old ones are both put in whole."""

    def __init__(self, *, now: Callable[[], float], remember_s: float = 60.0) -> None:
        self._by_id: dict[str, B] = {}
        self._made = 0
        self._marks = 0
        self.past: Timeline[B] = Timeline(now, span_s=remember_s)
        self._trails: dict[By, Trail[str]] = {
            "created": Trail(lambda id_, _mark: id_ in self._by_id),
            "updated": Trail(self._is_last),
            "closed": Trail(),
        }

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[B]:
        return iter(self._by_id.values())

    def get(self, id_: str) -> B | None:
        """An entity by its id."""
        return self._by_id.get(id_)

    def next_no(self) -> int:
        """The number of the entity that is made next."""
        return self._made + 1

    def next_mark(self) -> int:
        """The number of the change that comes next."""
        return self._marks + 1

    def add(self, entity: B) -> None:
        """A new entity, made with :meth:`next_no` and :meth:`next_mark`."""
        self._made += 1
        self._marks += 1
        self._by_id[entity.id] = entity
        self.past.changed(entity.id, None)
        self._trails["created"].add(entity.no, entity.created_ms, entity.id)
        self._trails["updated"].add(entity.mark, entity.updated_ms, entity.id)

    def change(self, was: B, *, at_ms: int, version: int, **changes: Any) -> B:
        """Replace an entity by what it is from now on."""
        self._marks += 1
        now = msgspec.structs.replace(
            was, mark=self._marks, updated_ms=at_ms, version=version, **changes
        )
        self._by_id[was.id] = now
        self.past.changed(was.id, was)
        self._trails["updated"].add(self._marks, at_ms, was.id, new=False)
        return now

    def closed(self, number: int, at_ms: int, id_: str) -> None:
        """Note that an entity came to its end."""
        self._trails["closed"].add(number, at_ms, id_)

    def remove(self, was: B) -> None:
        """Delete an entity."""
        del self._by_id[was.id]
        self.past.changed(was.id, was)
        for trail in self._trails.values():
            trail.gone()

    def walk(
        self,
        by: By,
        *,
        newest: bool,
        cursor: int | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        lag_s: float = 0.0,
    ) -> Iterator[tuple[int, B]]:
        """Entities by a time, (place in the list, entity), as they were ``lag_s`` ago."""
        if lag_s > 0:
            then = self.past.differences(lag_s)
            if then:
                window = (since_ms or 0, until_ms)
                yield from self._then(by, then, window, newest=newest, cursor=cursor)
                return
        trail = self._trails[by]
        found = (
            trail.newest(before=cursor, since_ms=since_ms, until_ms=until_ms)
            if newest
            else trail.oldest(after=cursor, since_ms=since_ms, until_ms=until_ms)
        )
        for mark, id_ in found:
            yield mark, self._by_id[id_]

    def _then(
        self,
        by: By,
        then: dict[str, B | None],
        window_ms: tuple[int, int | None],
        *,
        newest: bool,
        cursor: int | None,
    ) -> Iterator[tuple[int, B]]:
        """The same of a moment ago: what has changed since is put back as it was."""
        since_ms, until_ms = window_ms
        found = [
            (mark, self._by_id[id_])
            for mark, id_ in self._trails[by].oldest(since_ms=since_ms, until_ms=until_ms)
            if id_ not in then
        ]
        for was in then.values():
            if was is None:
                continue
            mark, at_ms = _place(was, by)
            if mark and since_ms <= at_ms <= (at_ms if until_ms is None else until_ms):
                found.append((mark, was))
        found.sort(key=lambda each: each[0], reverse=newest)
        for mark, entity in found:
            if cursor is None or (mark < cursor if newest else mark > cursor):
                yield mark, entity

    def _is_last(self, id_: str, mark: int) -> bool:
        entity = self._by_id.get(id_)
        return entity is not None and entity.mark == mark


def _place(entity: Any, by: By) -> tuple[int, int]:
    """Where an entity stood in a list: its number there and its time."""
    if by == "created":
        return entity.no, entity.created_ms
    if by == "updated":
        return entity.mark, entity.updated_ms
    return getattr(entity, "closed_no", 0), getattr(entity, "closed_ms", 0)
