"""The smallest slice of a SKU's records that shows what went wrong at some nodes."""

from __future__ import annotations

from collections.abc import Iterable

from peakproof.history.records import (
    Activity,
    AnyRecord,
    Counted,
    Level,
    Move,
    Parcel,
    Placed,
    Sale,
    TurnedAway,
)
from peakproof.judging.books.atlas import Atlas

_PLACED = (Activity, Counted, Level, Parcel, Sale, TurnedAway)


def slice_of(
    atlas: Atlas, trail: Iterable[tuple[int, AnyRecord]], mask: int, *, since: int = 0
) -> list[tuple[int, AnyRecord]]:
    """Records that concern the nodes of a mask; before line ``since`` only what still counts.

    Of the time before, the last figure of each cell is kept and the last two other records.
    """
    near = [item for item in trail if _concerns(atlas, item[1], mask)]
    after = [item for item in near if item[0] >= since and not _seed(item[1])]
    last: dict[tuple[str, str], tuple[int, AnyRecord]] = {}
    others: list[tuple[int, AnyRecord]] = []
    for item in near:
        record = item[1]
        if item[0] >= since and not _seed(record):
            continue
        if isinstance(record, Level):
            last[record.system, record.place] = item
        else:
            others.append(item)
    return sorted([*last.values(), *others[-2:], *after], key=lambda item: item[0])


def _seed(record: AnyRecord) -> bool:
    return getattr(record, "by", "") == "seed"


def _concerns(atlas: Atlas, record: AnyRecord, mask: int) -> bool:
    if isinstance(record, Move):
        nodes = [atlas.where(place)[1] for place in (record.src, record.dst)]
        return any(node >= 0 and mask >> node & 1 for node in nodes)
    if isinstance(record, Placed):
        return any(atlas.draws(record.system, line.place) & mask for line in record.lines)
    if isinstance(record, _PLACED):
        cell = atlas.cell(getattr(record, "system", ""), record.place)
        return not cell or bool(cell & mask)
    return True
