"""The feed of stock adjustments: numbered movements that never go away."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from peakproof.world import World

_IDS_FROM: Final = 5_000_001


class Adjustment(msgspec.Struct, frozen=True, gc=False):
    """A signed movement of units; ``ref`` is the import reference of whoever caused it."""

    id: int
    sku: str
    facility: str
    units: int
    at: float
    action: str = "Adjustment"
    reason: str = ""
    ref: str = ""
    location: str = ""
    status: str = "Available"
    pack_type: str = "Each"
    per_pack: int = 1


class AdjustmentFeed:
    """All adjustments in the order in which they happened; ids only go up."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: list[Adjustment] = []
        self._times: list[float] = []
        self._by_sku: dict[str, list[int]] = {}
        self.listeners: list[Callable[[Adjustment], None]] = []

    def add(
        self, *, sku: str, facility: str, units: int, reason: str, ref: str = "",
        location: str = "", action: str = "Adjustment", status: str = "Available",
        pack_type: str = "Each", per_pack: int = 1,
    ) -> Adjustment:  # fmt: skip
        """Append a movement; the stock itself is somebody else's business."""
        now = self._world.env.now
        row = Adjustment(
            _IDS_FROM + len(self._rows), sku, facility, units, now, action, reason, ref,
            location, status, pack_type, per_pack,
        )  # fmt: skip
        self._by_sku.setdefault(sku, []).append(len(self._rows))
        self._rows.append(row)
        self._times.append(now)
        for listener in self.listeners:
            listener(row)
        return row

    def find(self, number: int) -> Adjustment | None:
        """The adjustment of an id."""
        position = number - _IDS_FROM
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def newest_first(
        self, *, since: float | None = None, sku: str = "", until_id: int | None = None,
        stale_s: float = 0.0,
    ) -> Iterator[Adjustment]:  # fmt: skip
        """Rows by falling id: those after a moment, of one item, up to an id, as of a moment
        ago. The cost grows with the rows given out, and with those of the item."""
        rows = self._rows
        end = len(rows)
        if stale_s > 0:
            end = bisect_left(self._times, self._world.env.now - stale_s)
        if until_id is not None:
            end = min(end, until_id - _IDS_FROM + 1)
        first = 0 if since is None else bisect_left(self._times, since)
        if sku:
            for position in reversed(self._by_sku.get(sku, ())):
                if position < first:
                    return
                if position < end:
                    yield rows[position]
            return
        for position in range(end - 1, first - 1, -1):
            yield rows[position]

    def __len__(self) -> int:
        return len(self._rows)

    def inspect(self) -> list[dict[str, object]]:
        """Every adjustment as plain values."""
        return [msgspec.structs.asdict(row) for row in self._rows]
