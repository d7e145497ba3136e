"""What flows remember between runs: de-dupe pools, cross-references, caches, tracked data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from peakproof_simulators.patchworks.values import Failure, said

Json = Any

LONGEST_TRACKED: Final = 255
ENTITY_TYPES: Final[dict[int, str]] = {
    1: "unspecified", 37: "orders", 38: "order lines", 43: "shipping address", 47: "customer",
    48: "refunds", 49: "refund line items", 54: "products", 55: "variant",
    57: "fulfilment line items", 58: "fulfilments", 59: "inventory items",
    60: "inventory levels", 61: "locations", 63: "return", 64: "purchase orders", 65: "stock",
    67: "cancellations", 68: "channels", 69: "invoices", 70: "transfer orders",
}  # fmt: skip
"""Entity types whose names are known; the numbers 37 to 77 are all taken."""


def is_entity_type(number: int) -> bool:
    """Whether an entity type of that number is there."""
    return number == 1 or 37 <= number <= 77


class Seen(msgspec.Struct):
    """A value that a pool has, and since when (run time)."""

    id: int
    value: str
    entity_type_id: int
    at_s: float


class DataPool(msgspec.Struct):
    """A de-dupe pool. Values are told apart by entity type."""

    id: str
    name: str
    description: str
    created_s: float
    seen: dict[tuple[int, str], Seen] = {}

    def has(self, entity_type: int, value: str, *, since_s: float) -> bool:
        """Whether a value was noted, and not before a time."""
        found = self.seen.get((entity_type, value))
        return found is not None and found.at_s > since_s

    def forget(self, before_s: float) -> None:
        """Let go of values that were noted at a time or earlier."""
        while self.seen:
            key, first = next(iter(self.seen.items()))
            if first.at_s > before_s:
                return
            del self.seen[key]


class Reference(msgspec.Struct):
    """A cross-reference: an index each way; the first of several rows counts."""

    id: str
    name: str
    match: str
    rows: list[tuple[str, str]] = []
    right: dict[str, str] = {}
    left: dict[str, str] = {}

    def fill(self, rows: Iterable[tuple[str, str]]) -> None:
        """Put rows in the place of those that are there."""
        self.rows = list(rows)
        self.right, self.left = {}, {}
        for left, right in self.rows:
            self.right.setdefault(self._key(left), right)
            self.left.setdefault(self._key(right), left)

    def find(self, value: str, direction: str) -> str | None:
        """The other side of a value; None when there is no such row."""
        index = self.right if direction == "left_to_right" else self.left
        return index.get(self._key(value))

    def _key(self, value: str) -> str:
        return value.lower() if self.match == "ignore_case" else value


class Tracked(msgspec.Struct):
    """A value that a flow noted as sent or received."""

    id: int
    flow_id: str
    flow_run_id: str
    step_id: str
    entity_type_id: int
    value: str
    direction: str
    success: bool
    at_s: float


class Memory:
    """Everything that outlives a run. ``now`` is run time in seconds."""

    def __init__(
        self,
        now: Callable[[], float],
        fresh_id: Callable[[], str],
        *,
        dedupe_s: float,
        tracked_s: float,
        cache_limit: int,
    ) -> None:
        self._now = now
        self._fresh_id = fresh_id
        self._dedupe_s = dedupe_s
        self._tracked_s = tracked_s
        self._cache_limit = cache_limit
        self.pools: dict[str, DataPool] = {}
        self.pool_named: dict[str, str] = {}
        self.tables: dict[str, Reference] = {}
        self.table_named: dict[str, str] = {}
        self.tracked: dict[int, Tracked] = {}
        self._cached: dict[tuple[str, str], tuple[Json, int]] = {}
        self._sizes: dict[str, int] = {}
        self._numbers = 0

    def number(self) -> int:
        """The next number of a row."""
        self._numbers += 1
        return self._numbers

    # --- pools ----------------------------------------------------------------------------

    def add_pool(self, name: str, description: str = "") -> DataPool:
        """A new pool; names need not be unique, the first of a name is what flows mean."""
        pool = DataPool(self._fresh_id(), name, description, self._now(), {})
        self.pools[pool.id] = pool
        self.pool_named.setdefault(name, pool.id)
        return pool

    def pool(self, name: str) -> DataPool:
        """The pool of a name.

        Raises:
            Failure: it was deleted.
        """
        found = self.pools.get(self.pool_named.get(name, ""))
        if found is None:
            raise Failure(f"The data pool '{name}' does not exist.")
        return found

    def rename_pool(self, pool: DataPool, name: str) -> None:
        """Give a pool another name."""
        if self.pool_named.get(pool.name) == pool.id:
            del self.pool_named[pool.name]
        pool.name = name
        self.pool_named.setdefault(name, pool.id)

    def drop_pool(self, pool: DataPool) -> None:
        """Delete a pool with all that it has."""
        del self.pools[pool.id]
        if self.pool_named.get(pool.name) == pool.id:
            del self.pool_named[pool.name]

    def seen(self, pool: DataPool, entity_type: int, value: str) -> bool:
        """Whether a pool has a value that is not too old."""
        return pool.has(entity_type, value, since_s=self._now() - self._dedupe_s)

    def note(self, pool: DataPool, entity_type: int, value: str) -> None:
        """Have a pool know a value from now on."""
        pool.forget(self._now() - self._dedupe_s)
        row = Seen(self.number(), value, entity_type, self._now())
        pool.seen.pop((entity_type, value), None)
        pool.seen[entity_type, value] = row

    # --- cross-references -----------------------------------------------------------------

    def add_table(self, name: str, match: str, rows: Iterable[tuple[str, str]]) -> Reference:
        """A new cross-reference."""
        table = Reference(self._fresh_id(), name, match)
        table.fill(rows)
        self.tables[table.id] = table
        self.table_named.setdefault(name, table.id)
        return table

    def look_up(self, table: str, value: Json, direction: str, no_match: str) -> Json:
        """The other side of a value.

        Raises:
            Failure: there is none, and then the shape fails.
        """
        found = self.tables.get(self.table_named.get(table, ""))
        if found is None:
            raise Failure(f"The cross-reference '{table}' does not exist.")
        other = None if value is None else found.find(said(value), direction)
        if other is not None or no_match == "null":
            return other
        if no_match == "original":
            return value
        raise Failure(f"The cross-reference '{table}' has no match for '{value}'.")

    # --- caches ---------------------------------------------------------------------------

    def cache(self, level: str, key: str, content: Json) -> None:
        """Keep something at a level (a run's id, a flow's, the company's).

        Raises:
            Failure: the cache is full.
        """
        size = len(msgspec.json.encode(content))
        old = self._cached.get((level, key), (None, 0))[1]
        total = self._sizes.get(level, 0) - old + size
        if total > self._cache_limit:
            raise Failure(f"The cache is full: {total} of {self._cache_limit} bytes.")
        self._cached[level, key] = (content, size)
        self._sizes[level] = total

    def cached(self, level: str, key: str) -> Json:
        """What is kept under a key, None when nothing is."""
        return self._cached.get((level, key), (None, 0))[0]

    def clear(self, level: str) -> None:
        """Forget all that is kept at a level."""
        if level in self._sizes:
            del self._sizes[level]
            for key in [key for key in self._cached if key[0] == level]:
                del self._cached[key]

    # --- tracked data ---------------------------------------------------------------------

    def track(self, row: Tracked) -> None:
        """Note a row."""
        self.forget_tracked()
        self.tracked[row.id] = row

    def forget_tracked(self) -> None:
        """Let go of rows that are too old."""
        oldest_s = self._now() - self._tracked_s
        while self.tracked:
            first = next(iter(self.tracked.values()))
            if first.at_s > oldest_s:
                return
            del self.tracked[first.id]
