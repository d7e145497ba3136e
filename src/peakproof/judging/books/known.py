"""What systems have been told of the units on a shelf, as against what lies there.

A movement and the fact that tells of it come in either order, and in a live run a moment apart.
What moved untold is kept as a signed gap between the ledger and what is known, until somebody
tells; a record that staff changed without anything moving is the same gap the other way round.
"""

from __future__ import annotations

from typing import Final

from peakproof.judging.books.atlas import CUSTOMER
from peakproof.judging.books.pool import bits
from peakproof.judging.books.shelves import BACK, GAP, OUT, Sku

GRACE_S: Final = 5.0
"""A movement and the fact that tells of it belong together within so long (live runs)."""

_INTAKE: Final = "intake"


def take(sku: Sku, node: int, units: int, *, to: int, till: bool) -> None:
    """Units left a shelf for another kind of place; ``till``: the node has one."""
    sku.cover[node] -= units
    sku.add(OUT if to == CUSTOMER and till else GAP, node, units)


def put(sku: Sku, node: int, units: int, *, came_from: int, till: bool, now_s: float) -> None:
    """Units came to a shelf from another kind of place."""
    sku.cover[node] += units
    kind = BACK if came_from == CUSTOMER and till else _INTAKE
    told = sku.take_told(kind, node, units, now_s)
    sku.known[node] += told
    if kind == BACK:
        sku.add(BACK, node, units - told)
    else:
        sku.add(GAP, node, told - units)


def tell_sale(sku: Sku, node: int, units: int) -> None:
    """A till told that units were carried away."""
    sku.add(OUT, node, -units)
    sku.known[node] -= units


def tell_return(sku: Sku, node: int, units: int, now_s: float) -> None:
    """A till told that units came back; they may have gone to waste instead of to the shelf."""
    told = min(units, sku.odd.get((BACK, node), 0))
    sku.add(BACK, node, -told)
    sku.known[node] += told
    if units > told:
        sku.told[BACK, node] = (units - told, now_s + GRACE_S)


def tell_intake(sku: Sku, node: int, units: int, now_s: float) -> None:
    """A system recorded goods that came in or left by themselves; told twice is told once."""
    gap = sku.odd.get((GAP, node), 0)
    told = min(units, max(0, -gap)) if units > 0 else max(units, -max(0, gap))
    sku.add(GAP, node, told)
    sku.known[node] += told
    if units > told:
        sku.told[_INTAKE, node] = (units - told, now_s + GRACE_S)


def tell_correction(sku: Sku, node: int, change: int, now_s: float) -> None:
    """Staff corrected the master's record by a signed number of units."""
    sku.add(GAP, node, change)
    sku.known[node] += change
    sku.seen.append((node, change))
    sku.corrected_s = now_s
    sku.trouble_s = now_s


def tell_all(sku: Sku, mask: int, now_s: float) -> bool:
    """The shelf was counted: whatever was wrong is known now; was anything?"""
    found = False
    for node in bits(mask):
        gap = sku.odd.pop((GAP, node), 0)
        if gap:
            sku.known[node] -= gap
            sku.seen.append((node, -gap))
            sku.trouble_s = now_s
            found = True
    return found


def tell_short(sku: Sku, node: int, units: int, now_s: float) -> bool:
    """A picker missed units and no record was corrected: they are known to be gone."""
    gone = min(units, max(0, sku.odd.get((GAP, node), 0)))
    if not gone:
        return False
    sku.add(GAP, node, -gone)
    sku.known[node] -= gone
    sku.seen.append((node, -gone))
    sku.trouble_s = now_s
    return True
