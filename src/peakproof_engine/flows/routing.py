"""Which node an order's goods come from, where the shop does not say: a pure rule over the books.

The shop sells the sum of what its nodes were given. A line goes to the node that has most of it to
spare, rather to one that the order draws on already; what no node has alone is divided.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from peakproof_engine.flows.cells import Live
from peakproof_engine.model import OrderLine
from peakproof_engine.money import apportion

Books = Callable[[str, str], Live | None]
"""The shop's share of a SKU at a node."""


def routed(lines: Sequence[OrderLine], nodes: Sequence[str], books: Books) -> list[OrderLine]:
    """Lines with their nodes. A part of a line is named after it: ``7``, ``7/2``."""
    done: list[OrderLine] = []
    drawn: dict[tuple[str, str], int] = {}
    used: dict[str, None] = {}
    for line in lines:
        spare = {node: _spare(books(node, line.sku)) - drawn.get((node, line.sku), 0)
                 for node in nodes}  # fmt: skip
        parts = _parts(line.units, spare, used)
        totals = apportion(line.total_minor, [units for _, units in parts])
        for at, (node, units) in enumerate(parts):
            name = line.line if at == 0 else f"{line.line}/{at + 1}"
            drawn[node, line.sku] = drawn.get((node, line.sku), 0) + units
            used[node] = None
            done.append(replace(line, line=name, node=node, units=units, total_minor=totals[at]))
    return done


def _spare(live: Live | None) -> int:
    """Units that the shop can still sell from a node, by its books."""
    if live is None or live.share.given is None:
        return 0
    return live.share.given - live.cutting - live.share.sold


def _parts(units: int, spare: dict[str, int], used: dict[str, None]) -> list[tuple[str, int]]:
    """Units of a line by node: from one if any has them all, else from the fullest ones."""
    best = sorted(spare, key=lambda node: (-spare[node], list(spare).index(node)))
    for node in (*used, best[0]):
        if spare[node] >= units:
            return [(node, units)]
    parts: list[tuple[str, int]] = []
    for node in best:
        taken = min(units, max(0, spare[node]))
        if taken:
            parts.append((node, taken))
            units -= taken
    if units:
        # The shop sold what is not there: the fullest node will have to say so.
        first, many = parts[0] if parts else (best[0], 0)
        parts = [(first, many + units), *parts[1:]]
    return parts
