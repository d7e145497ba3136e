"""Waves, pickers and packers: one floor for each node that fulfils online orders.

Hands are counters and work waits in deques: SimPy's own resources slow down with the length of
their queues, which is just what a peak makes long. Nothing ticks: a floor without work sleeps
until the warehouse system records some.
"""

from __future__ import annotations

from collections import deque
from random import Random

from peakproof.ledger import bench, shelf
from peakproof_simulators.trading.carrier import Carrier
from peakproof_simulators.trading.jobs import Book, Job, Parcel
from peakproof_simulators.trading.ports import Floor, Pick
from peakproof_simulators.trading.stage import Due, Lag, Stage, next_on_grid
from peakproof_simulators.trading.tables import Floor as FloorTable
from peakproof_simulators.trading.tables import NodeFloor


class Facility:
    """The floor of one node: its waves, its pickers, its packing bench."""

    def __init__(
        self, stage: Stage, book: Book, floor: Floor, carrier: Carrier, *, node: str, place: str,
        kind: str, spec: FloorTable,
    ) -> None:  # fmt: skip
        own = spec.nodes.get(node, NodeFloor())
        in_store = kind == "store"
        self.node = node
        self.place = place
        self.waves = spec.waves if own.waves is None else own.waves
        self._wave_s = spec.wave_s if own.wave_s is None else own.wave_s
        self._wave_limit = own.wave_limit or spec.wave_limit
        self._pickers = own.pickers or (spec.store_pickers if in_store else spec.pickers)
        self._packers = own.packers or (spec.store_packers if in_store else spec.packers)
        self._split_share = spec.split_share
        self._stage = stage
        self._book = book
        self._floor = floor
        self._carrier = carrier
        self._shelf = shelf(node)
        self._bench = bench(node)
        self._rng: Random = stage.stream("floor", node)
        self._line = Lag(spec.line, self._rng)
        self._pack = Lag(spec.pack, self._rng)
        self._to_pick: deque[Job] = deque()
        self._to_pack: deque[Job] = deque()
        self._wave_is_due = False

    # --- waves ------------------------------------------------------------------------

    def wake(self) -> None:
        """There may be work: the next wave will look."""
        if self._wave_is_due or not self.waves:
            return
        self._wave_is_due = True
        stage = self._stage
        stage.later(next_on_grid(stage.world.t, stage.opened_s, self._wave_s), self._wave)

    def _wave(self, _event: Due) -> None:
        self._wave_is_due = False
        ready = self._floor.ready(self.place)
        for number in ready[: self._wave_limit]:
            self._release(number)
        if len(ready) > self._wave_limit:
            self.wake()

    def ready(self) -> int:
        """Orders that the next wave will take; 0 when there are no waves here."""
        return len(self._floor.ready(self.place)) if self.waves else 0

    def release(self, job: Job) -> bool:
        """Release one order out of turn; False when it is not ready, or nothing can be picked."""
        if job.stage != "waiting" or job.number not in self._floor.ready(self.place):
            return False
        return self._release(job.number)

    def _release(self, number: str) -> bool:
        with self._stage.world.acting("warehouse"):
            picks = self._floor.release(number)
        if not picks:
            return False
        job = self._book.jobs.get(number) or self._book.open(number, (number,), self.place)
        job.todo.extend(picks)
        if job.stage not in ("released", "picking"):
            job.split = len(picks) > 1 and self._rng.random() < self._split_share
            job.to("released")
            self._to_pick.append(job)
            self._next_pick()
        return True

    # --- picking ----------------------------------------------------------------------

    def _next_pick(self) -> None:
        while self._pickers and self._to_pick:
            job = self._to_pick.popleft()
            if job.stage == "released":
                self._pickers -= 1
                job.to("picking")
                self._stage.later(self._line.draw(), self._line_done, job)

    def _line_done(self, event: Due) -> None:
        job: Job = event.value
        if job.stage == "picking":
            self.pick(job, lines=1)
        if job.stage == "picking":
            self._stage.later(self._line.draw(), self._line_done, job)
            return
        self._pickers += 1
        self._next_pick()

    def pick(self, job: Job, *, lines: int = 0) -> bool:
        """Pick so many lines of a released job now (0: all that is left); False when none is."""
        if job.stage not in ("released", "picking") or not job.todo:
            return False
        with self._stage.world.acting("warehouse"):
            for _ in range(min(lines or len(job.todo), len(job.todo))):
                self._take(job, job.todo.pop(0))
                if job.split and job.held and job.todo:
                    job.split = False
                    self._box(job)
                if job.stage == "idle":
                    return True
        if not job.todo:
            self._all_picked(job)
        return True

    def _take(self, job: Job, pick: Pick) -> None:
        """Take what is there. The system hears of the rest as a short pick."""
        ledger = self._stage.world.ledger
        there = min(ledger.at(self._shelf, pick.sku), pick.units)
        if there:
            ledger.move(
                sku=pick.sku, units=there, src=self._shelf, dst=self._bench, cause="pick",
                by="warehouse", ref=job.number,
            )  # fmt: skip
            job.held.append(pick if there == pick.units else Pick(pick.line, pick.sku, there))
            self._floor.picked(job.number, pick.line, there)
        if there < pick.units:
            self._floor.short(job.number, pick.line, pick.units - there)

    def _all_picked(self, job: Job) -> None:
        job.to("picked")
        if job.held:
            self._to_pack.append(job)
            self._next_pack()
        else:
            self._finish_packing(job)

    # --- packing ----------------------------------------------------------------------

    def _next_pack(self) -> None:
        while self._packers and self._to_pack:
            job = self._to_pack.popleft()
            if job.stage == "picked":
                self._packers -= 1
                self._stage.later(self._pack.draw(), self._pack_done, job)

    def _pack_done(self, event: Due) -> None:
        job: Job = event.value
        if job.stage == "picked":
            self.pack(job)
        self._packers += 1
        self._next_pack()

    def pack(self, job: Job) -> bool:
        """Pack what is picked of a job now; False when nothing lies on the bench for it."""
        packed = bool(job.held)
        if packed:
            with self._stage.world.acting("warehouse"):
                self._box(job)
        if job.stage == "picked":
            self._finish_packing(job)
        return packed

    def _box(self, job: Job) -> None:
        """Everything on the bench goes into one parcel. No number: the system wants none."""
        parcel_id = self._floor.packed(job.number)
        lines, job.held = job.held, []
        if not parcel_id:
            self._put_back(job, lines)
            return
        parcel = Parcel(parcel_id, job, lines)
        job.parcels.append(parcel)
        job.to_ship += 1
        self._carrier.hand_over(parcel)

    def _finish_packing(self, job: Job) -> None:
        """Packed, unless there was nothing to pack."""
        job.to("packed" if job.parcels else "idle")
        self._book.settle(job)

    # --- ended in hand ----------------------------------------------------------------

    def ended(self, job: Job) -> None:
        """The system closed an order: no hand goes on with it, what is on the bench goes back."""
        back = list(job.held)
        for parcel in job.parcels:
            if not parcel.shipped and not parcel.over:
                parcel.over = True
                job.to_ship -= 1
                back += parcel.lines
        job.todo.clear()
        job.held = []
        if job.stage not in ("packed", "idle"):
            job.to("idle")
        if back:
            self._put_back(job, back)
        self._book.settle(job)

    def _put_back(self, job: Job, picks: list[Pick]) -> None:
        """Carry goods back from the bench to the shelf, once the system has finished speaking."""
        self._stage.due += 1
        self._stage.later(0.0, self._put_back_now, (job, picks))

    def _put_back_now(self, event: Due) -> None:
        self._stage.due -= 1
        job, picks = event.value
        for pick in picks:
            self._stage.world.ledger.move(
                sku=pick.sku, units=pick.units, src=self._bench, dst=self._shelf,
                cause="put_back", by="warehouse", ref=job.number,
            )  # fmt: skip
