"""Hall's theorem against brute force: every unit is tried against every promise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peakproof.judging.books import pool

COVER = st.lists(st.integers(0, 3), min_size=1, max_size=5)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[int], dict[int, int], int]:
    """Units by node, promised units by node set, and one more node set."""
    cover = draw(COVER)
    masks = st.integers(1, (1 << len(cover)) - 1)
    demand = draw(st.dictionaries(masks, st.integers(1, 3), max_size=8))
    return cover, demand, draw(masks)


def uncovered(cover: list[int], demand: dict[int, int]) -> int:
    """Promised units left over by the best matching of single units to single promises."""
    units = [node for node, count in enumerate(cover) for _ in range(count)]
    promises = [mask for mask, count in demand.items() for _ in range(count)]
    taken_by = [-1] * len(units)

    def serve(promise: int, tried: set[int]) -> bool:
        for unit, node in enumerate(units):
            if promises[promise] >> node & 1 and unit not in tried:
                tried.add(unit)
                if taken_by[unit] < 0 or serve(taken_by[unit], tried):
                    taken_by[unit] = promise
                    return True
        return False

    return len(promises) - sum(serve(promise, set()) for promise in range(len(promises)))


@given(pools())
def test_the_shortage_is_what_no_matching_covers(
    case: tuple[list[int], dict[int, int], int],
) -> None:
    cover, demand, _ = case

    assert pool.shortage(cover, demand) == uncovered(cover, demand)


@given(pools())
def test_the_flow_and_the_enumeration_agree(case: tuple[list[int], dict[int, int], int]) -> None:
    cover, demand, _ = case

    assert sum(demand.values()) - pool._flow(cover, demand) == uncovered(cover, demand)


@given(pools())
def test_the_room_is_what_can_be_promised_on_top(
    case: tuple[list[int], dict[int, int], int],
) -> None:
    cover, demand, mask = case
    short = uncovered(cover, demand)

    room = pool.room(cover, demand, mask)

    assert uncovered(cover, {**demand, mask: demand.get(mask, 0) + room}) == short
    assert uncovered(cover, {**demand, mask: demand.get(mask, 0) + room + 1}) > short
