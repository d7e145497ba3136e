"""Can these units cover these promises? Exact, for pools that overlap.

Promises are grouped by the set of nodes that they may be served from, written as a bit mask. By
Hall's theorem the units that cannot be covered are the largest excess of demand over supply among
all unions of such sets; with many sets a maximum flow gives the same number sooner.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

_ENUMERATED: Final = 5
"""Up to so many node sets (32 unions) enumeration is quicker than a flow."""

_BOUNDLESS: Final = 1 << 40


@cache
def bits(mask: int) -> tuple[int, ...]:
    """The node numbers in a mask, ascending."""
    return tuple(index for index in range(mask.bit_length()) if mask >> index & 1)


def cover_of(cover: Sequence[int], mask: int) -> int:
    """Units at the nodes of a mask."""
    return sum(cover[index] for index in bits(mask))


def shortage(cover: Sequence[int], demand: Mapping[int, int]) -> int:
    """Promised units that no assignment of units to promises can cover.

    ``cover`` holds units by node number; ``demand`` promised units by node mask, all positive.
    """
    if len(demand) == 1:
        [(mask, wanted)] = demand.items()
        return max(0, wanted - cover_of(cover, mask))
    if not demand:
        return 0
    if len(demand) > _ENUMERATED:
        return sum(demand.values()) - _flow(cover, demand)
    return max(wanted - held for _, held, wanted in _unions(cover, demand, 0))


def room(cover: Sequence[int], demand: Mapping[int, int], mask: int) -> int:
    """Units that could be promised from the nodes of ``mask`` without adding to the shortage."""
    inside = 0
    for other, wanted in demand.items():
        if other == mask:
            inside += wanted
        elif other & mask:
            break
    else:
        return max(0, cover_of(cover, mask) - inside)
    if len(demand) > _ENUMERATED:
        served = _flow(cover, demand)
        more = {**demand, mask: demand.get(mask, 0) + _BOUNDLESS}
        return _flow(cover, more) - served
    short = max(0, shortage(cover, demand))
    return max(0, short + min(held - wanted for _, held, wanted in _unions(cover, demand, mask)))


def _unions(
    cover: Sequence[int], demand: Mapping[int, int], start: int
) -> Iterator[tuple[int, int, int]]:
    """Every union of node sets (with ``start`` in it): mask, units there, units promised there."""
    unions = {start: None}
    for mask in demand:
        unions.update(dict.fromkeys([union | mask for union in unions]))
    for union in unions:
        wanted = sum(units for mask, units in demand.items() if not mask & ~union)
        yield union, cover_of(cover, union), wanted


def _flow(cover: Sequence[int], demand: Mapping[int, int]) -> int:
    """Units that can be served at most: narrow promises first, then paths that make room."""
    groups = sorted(demand, key=lambda mask: (mask.bit_count(), mask))
    left = [max(0, units) for units in cover]
    wanted = [demand[mask] for mask in groups]
    given: list[dict[int, int]] = [{} for _ in groups]
    for group, mask in enumerate(groups):
        for node in bits(mask):
            take = min(left[node], wanted[group])
            if take:
                left[node] -= take
                wanted[group] -= take
                given[group][node] = given[group].get(node, 0) + take
    for group in range(len(groups)):
        while wanted[group] and _augment(group, groups, left, wanted, given):
            pass
    return sum(demand.values()) - sum(wanted)


def _augment(
    start: int, groups: list[int], left: list[int], wanted: list[int], given: list[dict[int, int]]
) -> bool:
    """Serve more of one group by moving others to nodes that have units left (breadth first)."""
    reached: dict[int, int] = {}
    """The group from which a node was reached."""
    held: dict[int, int] = {start: -1}
    """The node that a group gives up when it moves on."""
    queue = [start]
    for group in queue:
        for node in bits(groups[group]):
            if node in reached:
                continue
            reached[node] = group
            if left[node]:
                path = _path(node, reached, held)
                moved = min(left[node], wanted[start], *_movable(path, given))
                for mover, old, new in path:
                    given[mover][new] = given[mover].get(new, 0) + moved
                    if old >= 0:
                        given[mover][old] -= moved
                left[node] -= moved
                wanted[start] -= moved
                return True
            for other in range(len(groups)):
                if other not in held and given[other].get(node):
                    held[other] = node
                    queue.append(other)
    return False


def _path(end: int, reached: dict[int, int], held: dict[int, int]) -> list[tuple[int, int, int]]:
    """The way back to the start: each group on it with its old node (-1: none) and its new one."""
    path: list[tuple[int, int, int]] = []
    node = end
    while node >= 0:
        group = reached[node]
        path.append((group, held[group], node))
        node = held[group]
    return path


def _movable(path: list[tuple[int, int, int]], given: list[dict[int, int]]) -> list[int]:
    return [given[group][old] for group, old, _ in path if old >= 0]
