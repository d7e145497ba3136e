"""A collection of resources: by id, by index, by last change, and as it was a moment ago."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Collection as AnyCollection
from typing import Generic, NamedTuple, TypeVar

from peakproof_simulators.commercetools.payloads.common import Resource
from peakproof_simulators.kit.timeline import Timeline

R = TypeVar("R", bound=Resource)
Path = tuple[str, ...]
Ids = AnyCollection[str]
Buckets = dict[str, str | dict[str, None]]
"""Ids by value: one id as it is, several as the keys of a dictionary."""


class LowId(NamedTuple):
    """An id that resources must not be below; ``excluded``: nor be. The greater one is stricter."""

    id: str
    excluded: bool


def _put(buckets: Buckets, value: str, key: str) -> None:
    bucket = buckets.get(value)
    if bucket is None:
        buckets[value] = key
    elif isinstance(bucket, str):
        buckets[value] = {bucket: None, key: None}
    else:
        bucket[key] = None


def _move(buckets: Buckets, key: str, was: str | None, value: str | None) -> None:
    if was is not None:
        bucket = buckets[was]
        if isinstance(bucket, str):
            del buckets[was]
        else:
            del bucket[key]
            if not bucket:
                del buckets[was]
    if value is not None:
        _put(buckets, value, key)


class Collection(Generic[R]):
    """Resources are replaced, never changed in place.

    ``indexes`` maps a path of JSON names (``("supplyChannel", "id")``) to a function that takes
    the value out of a resource; None is not indexed. A look-up by an index costs the same
    whatever the size of the collection. What is only added and never looked up is not indexed.
    Who keeps something that is made of resources sets ``touched`` to a dictionary: whatever comes,
    goes or changes is put there, by id, until it is taken out.
    """

    __slots__ = (
        "_buckets", "_getters", "_late", "_now", "_sorted", "by_id", "recent", "timeline",
        "touched",
    )  # fmt: skip

    def __init__(
        self, now: Callable[[], float], indexes: Mapping[Path, Callable[[R], str | None]]
    ) -> None:
        self.by_id: dict[str, R] = {}
        self.recent: dict[str, None] = {}
        self.timeline: Timeline[R] = Timeline(now)
        self._now = now
        self.touched: dict[str, R] | None = None
        self._buckets: dict[Path, Buckets] = {path: {} for path in indexes}
        self._getters = tuple((getter, self._buckets[path]) for path, getter in indexes.items())
        self._late: list[R] = []
        self._sorted: list[str] | None = []

    def __len__(self) -> int:
        return len(self.by_id)

    def get(self, id: str) -> R | None:
        """The resource of an id, None when there is none."""
        return self.by_id.get(id)

    def add(self, resource: R, *, at_s: float | None = None) -> None:
        """Take in a new resource, now or (then it is looked at for the first time) at a time."""
        key = resource.id
        self.by_id[key] = resource
        self.recent[key] = None
        self._sorted = None
        self.timeline.changed_at(self._now() if at_s is None else at_s, key, None)
        self._late.append(resource)
        if self.touched is not None:
            self.touched[key] = resource

    def _catch_up(self) -> None:
        """Index what was added since the last look-up or change."""
        for getter, buckets in self._getters:
            for resource in self._late:
                value = getter(resource)
                if value is None:
                    continue
                _put(buckets, value, resource.id)
        self._late.clear()

    def replace(self, before: R, after: R) -> None:
        """Put a resource's next state in the place of the one before."""
        if self._late:
            self._catch_up()
        key = after.id
        self.by_id[key] = after
        if after.version != before.version:
            # What is changed behind its version is not dated anew, and keeps its place.
            recent = self.recent
            del recent[key]
            recent[key] = None
        self.timeline.changed_at(self._now(), key, before)
        for getter, buckets in self._getters:
            was, value = getter(before), getter(after)
            if was != value:
                _move(buckets, key, was, value)
        if self.touched is not None:
            self.touched[key] = after

    def renew(self, before: R, after: R, at_s: float) -> None:
        """The same for a new version in which nothing is different that an index looks at."""
        key = after.id
        self.by_id[key] = after
        recent = self.recent
        del recent[key]
        recent[key] = None
        self.timeline.changed_at(at_s, key, before)
        if self.touched is not None:
            self.touched[key] = after

    def remove(self, resource: R) -> None:
        """Take a resource out."""
        if self._late:
            self._catch_up()
        key = resource.id
        del self.by_id[key]
        del self.recent[key]
        self._sorted = None
        self.timeline.changed_at(self._now(), key, resource)
        for getter, buckets in self._getters:
            _move(buckets, key, getter(resource), None)
        if self.touched is not None:
            self.touched[key] = resource

    def indexed(self, path: Path) -> bool:
        """Whether resources can be looked up by the value at a path."""
        return path in self._buckets

    def having(self, path: Path, value: str) -> Ids:
        """The ids of the resources with a value at an indexed path, in order of coming there."""
        if self._late:
            self._catch_up()
        found = self._buckets[path].get(value, ())
        return (found,) if isinstance(found, str) else found

    def one(self, path: Path, value: str) -> R | None:
        """The first resource with a value at an indexed path."""
        for key in self.having(path, value):
            return self.by_id[key]
        return None

    def by_ids(self, low: LowId | None) -> Iterator[R]:
        """All resources in the order of their ids, above (or from) one when it is given.

        The order is kept until a resource comes or goes, so paging by ``id > "…"`` is cheap.
        """
        if self._sorted is None:
            self._sorted = sorted(self.by_id)
        ordered = self._sorted
        start = 0
        if low is not None:
            start = (bisect_right if low.excluded else bisect_left)(ordered, low.id)
        return map(self.by_id.__getitem__, ordered[start:])

    def changed_since(self, moment: str) -> list[R]:
        """Resources that were changed at or after a date, oldest change first."""
        found = self.changed_lately(moment, most=len(self.by_id))
        assert found is not None
        return found

    def changed_lately(self, moment: str, *, most: int) -> list[R] | None:
        """The same, unless they are more than so many: then None, after looking at those."""
        found: list[R] = []
        by_id = self.by_id
        for key in reversed(self.recent):
            resource = by_id[key]
            if resource.last_modified_at < moment:
                break
            if len(found) == most:
                return None
            found.append(resource)
        found.reverse()
        return found
