"""Published figures that are older than allowed."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from peakproof.history.records import Record
from peakproof.judging.books.calls import quantile
from peakproof.judging.books.evidence import slice_of
from peakproof.judging.books.shelves import Sku, Watch
from peakproof.judging.court import Court, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "stale_stock"


@invariant(
    _NAME,
    flows=("stock",),
    limits=("stale_s",),
    owner="operations",
    cure="Publish fast sellers more often, or hold back what sells in one interval; look "
    "in the story for what delayed the figure.",
)
class StaleStock:
    """What a channel publishes reflects every change of the truth within ``stale_s``.

    The age is the time since the earliest change that no later write of the connector, and no
    equal figure, has reflected. A write with the figure of some moment in the past reflects what
    was true until then; one with a figure that was never true counts for the whole time, because
    its size is for other rules to judge.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._limit_s = court.judging.stale_s
        self._ages_s = array("d")
        court.stock.looks.append(self._look)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Nothing beyond what the stock book shows."""
        return {}

    def _look(self, sku: Sku, now_s: float) -> None:
        for watch in sku.watches:
            changes = watch.changes
            if changes:
                self._docket.exercised += 1
                if _reflects(watch):
                    self._fresh(sku, watch, now_s, len(changes))
                elif watch.wrote:
                    self._fresh(sku, watch, now_s, _reflected(watch))
                elif now_s - changes[0][0] > self._limit_s:
                    self._stale(sku, watch, now_s)
                watch.off = (watch.shown, watch.target)
            watch.wrote = False

    def _fresh(self, sku: Sku, watch: Watch, now_s: float, reflected: int) -> None:
        """So many of the changes are reflected by now."""
        changes = watch.changes
        if now_s - changes[0][0] > self._limit_s:
            self._stale(sku, watch, now_s)
        if now_s > self._court.opened_s:
            self._ages_s.append(now_s - changes[0][0])
        for _ in range(reflected):
            changes.popleft()
        watch.stale_no = 0

    def _stale(self, sku: Sku, watch: Watch, now_s: float) -> None:
        since_s, no, _ = watch.changes[0]
        if watch.stale_no == no:
            return
        watch.stale_no = no
        shown, target = watch.off
        units = abs(shown - target)
        cells = ", ".join(f"{cell.system} {cell.place}".rstrip() for cell in watch.cells)
        self._court.breach(
            _NAME,
            key=sku.sku,
            at_s=since_s,
            units=units,
            money_minor=units * sku.price_minor,
            sentence=f"{cells} showed {shown} of {sku.sku} while {target} were free; "
            f"the change was {span(now_s - since_s)} old ({span(self._limit_s)} allowed).",
            expected=f"an age of at most {span(self._limit_s)}",
            found=span(now_s - since_s),
            trail=slice_of(self._court.atlas, sku.recent, watch.mask, since=no),
        )

    def close(self) -> None:
        """Figures that are stale at the end; the ages of all that were refreshed."""
        court = self._court
        for sku in court.stock.skus.values():
            for watch in sku.watches:
                if watch.changes and court.end_s - watch.changes[0][0] > self._limit_s:
                    self._stale(sku, watch, court.end_s)
        court.figures["stock_age_s"] = {
            "p50": round(quantile(self._ages_s, 0.50), 3),
            "p99": round(quantile(self._ages_s, 0.99), 3),
            "most": round(max(self._ages_s, default=0.0), 3),
            "changes": len(self._ages_s),
        }


def _reflects(watch: Watch) -> bool:
    """Is what is shown right now? Together or, where the channels mirror, one by one."""
    if watch.target <= watch.shown <= max(watch.target, watch.room):
        return True
    return len(watch.cells) > 1 and all(cell.level == watch.target for cell in watch.cells)


def _reflected(watch: Watch) -> int:
    """How many of the changes a write reflects: up to the last moment with its figure, else all."""
    for index in range(len(watch.changes) - 1, -1, -1):
        if watch.changes[index][2] == watch.shown:
            return index + 1
    return len(watch.changes)
