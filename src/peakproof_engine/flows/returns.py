"""Goods that come back over a counter: on the shelf again, or written off."""

from __future__ import annotations

from collections.abc import Callable

from peakproof_engine.flows.core import Core
from peakproof_engine.model import Movement, MovementLine
from peakproof_engine.systems.ports import TillChange, Tills


class Restocks:
    """Finds out which goods of a return never reached the shelf.

    The till's transaction does not say; its stock book does. The master books the whole return
    (one receipt), and what was written off goes out again as an adjustment of its own.
    """

    def __init__(self, core: Core, tills: Tills) -> None:
        self._core = core
        self._tills = tills

    async def settle(self, movement: Movement, add: Callable[[Movement], bool]) -> float | None:
        """Add the write-offs that belong to a return, once.

        Seconds to wait while the stock book does not show the return yet, None when it is done.
        """
        core = self._core
        skus = [line.sku for line in movement.lines if line.sku and self._tills.sells(line.sku)]
        if not skus:
            return None
        since_s = movement.recorded_s - core.cadence.overlap_s
        changes = [
            change
            for change in await self._tills.changes_since(since_s, skus)
            if change.reference == movement.reference and change.kind == "return"
        ]
        shown = {change.sku for change in changes}
        if any(sku not in shown for sku in skus):
            # The stock book lags behind the transactions, or does not track the item at all.
            left_s = movement.recorded_s + 2 * core.policy.settle_s - core.wall()
            if left_s > 0:
                return min(left_s, core.policy.settle_s / 2)
        for change in changes:
            if not change.restock:
                add(_write_off(movement, change))
        return None


def _write_off(movement: Movement, change: TillChange) -> Movement:
    return Movement(
        id=f"damaged:{movement.reference}:{change.id}",
        kind="waste",
        node=movement.node,
        lines=[MovementLine(change.sku, change.units, restock=False)],
        occurred_s=change.occurred_s,
        recorded_s=change.recorded_s,
        reference=f"damaged-{change.id}",
    )
