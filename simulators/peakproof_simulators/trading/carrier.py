"""The carrier: collects at intervals, scans later, delivers when the run is long enough."""

from __future__ import annotations

from collections import deque

from peakproof.ledger import bench, van
from peakproof_simulators.trading.jobs import Book, Parcel
from peakproof_simulators.trading.ports import Floor
from peakproof_simulators.trading.returns import Returns
from peakproof_simulators.trading.stage import Due, Lag, Stage, next_on_grid
from peakproof_simulators.trading.tables import Carrier as CarrierTable


class Carrier:
    """The vans that call at one node. A node without parcels is not called at."""

    def __init__(
        self, stage: Stage, book: Book, floor: Floor, returns: Returns, *, node: str,
        spec: CarrierTable,
    ) -> None:  # fmt: skip
        self._stage = stage
        self._book = book
        self._floor = floor
        self._returns = returns
        self._node = node
        self._spec = spec
        self._bench = bench(node)
        self._van = van(node)
        self._rng = stage.stream("carrier", node)
        self._scan = Lag(spec.scan_after, self._rng)
        self._deliver = Lag(spec.deliver_after, self._rng)
        self._waiting: deque[Parcel] = deque()
        self._collection_is_due = False

    def hand_over(self, parcel: Parcel) -> None:
        """A parcel stands ready for the next collection."""
        if not self._spec.collects:
            return
        self._waiting.append(parcel)
        if self._collection_is_due:
            return
        self._collection_is_due = True
        stage = self._stage
        wait_s = next_on_grid(stage.world.t, stage.opened_s, self._spec.collect_s)
        stage.later(wait_s, self._collect)

    def _collect(self, _event: Due) -> None:
        self._collection_is_due = False
        waiting, self._waiting = self._waiting, deque()
        for parcel in waiting:
            self.collect(parcel)

    def collect(self, parcel: Parcel) -> bool:
        """Take a parcel along now; False when it is away already."""
        if parcel.shipped or parcel.over:
            return False
        stage, job = self._stage, parcel.job
        parcel.shipped = True
        job.to_ship -= 1
        job.to_scan += 1
        move = stage.world.ledger.move
        with stage.world.acting("carrier"):
            for pick in parcel.lines:
                move(
                    sku=pick.sku, units=pick.units, src=self._bench, dst=self._van, cause="ship",
                    by="carrier", ref=job.number,
                )  # fmt: skip
            self._floor.shipped(parcel.id)
        scan_s, unscanned = self._scan.draw(), self._rng.random() < self._spec.unscanned
        deliver_s = self._deliver.draw()
        if unscanned:
            parcel.over = True
            job.to_scan -= 1
        else:
            stage.due += 1
            stage.later(min(scan_s, self._spec.scan_limit_s), self._scan_due, parcel)
        stage.later_if_trading(deliver_s, self._delivery_due, parcel)
        self._book.settle(job)
        return True

    def _scan_due(self, event: Due) -> None:
        self._stage.due -= 1
        self.scan(event.value)

    def scan(self, parcel: Parcel) -> bool:
        """The first scan of a parcel; False when it has had one, or never will."""
        if not parcel.shipped or parcel.scanned or parcel.over:
            return False
        parcel.scanned = parcel.over = True
        parcel.job.to_scan -= 1
        with self._stage.world.acting("carrier"):
            self._floor.scanned(parcel.id)
        self._book.settle(parcel.job)
        return True

    def _delivery_due(self, event: Due) -> None:
        parcel: Parcel = event.value
        for pick in parcel.lines:
            self._stage.world.ledger.move(
                sku=pick.sku, units=pick.units, src=self._van, dst="customer", cause="deliver",
                by="carrier", ref=parcel.job.number,
            )  # fmt: skip
        self._returns.delivered(parcel, self._node)
