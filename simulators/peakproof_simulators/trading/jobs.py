"""A warehouse order as the hands on the floor see it, and the parcels that become of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from peakproof.errors import SimulatorFault
from peakproof.history.records import Level, Record, Work, WorkState
from peakproof_simulators.trading.ports import Pick

STAGES: Final[dict[str, tuple[str, ...]]] = {
    "waiting": ("released", "idle"),
    "released": ("picking", "picked", "idle"),
    "picking": ("picked", "idle"),
    "picked": ("packed", "released", "idle"),
    "packed": ("released", "idle"),
    "idle": ("released",),
}
"""The life of a job on the floor. ``idle``: collected, cancelled, or nothing of it was there;
it may be released again when stock has come for the rest of it."""

FREES_STOCK: Final = frozenset(
    {"receipt", "return", "count", "adjust", "write", "cancel", "transfer"}
)
"""Causes of a stock change after which an order that waited for stock may be ready."""


class Parcel:
    """Goods of one job in one box. ``over``: nothing more can happen to it in this run."""

    __slots__ = ("id", "job", "lines", "over", "scanned", "shipped")

    def __init__(self, parcel_id: str, job: Job, lines: list[Pick]) -> None:
        self.id = parcel_id
        self.job = job
        self.lines = lines
        self.shipped = False
        self.scanned = False
        self.over = False


class Job:
    """One warehouse order: what is still to be picked, what lies on the bench, its parcels.

    ``closed``: the warehouse system has recorded the end of the order. ``to_ship`` of its parcels
    stand on the bench, ``to_scan`` of them wait for their first scan.
    """

    __slots__ = (
        "closed", "held", "node", "number", "parcels", "refs", "split", "stage", "to_scan",
        "to_ship", "todo",
    )  # fmt: skip

    def __init__(self, number: str, refs: tuple[str, ...], node: str) -> None:
        self.number = number
        self.refs = refs
        self.node = node
        self.stage = "waiting"
        self.closed = False
        self.todo: list[Pick] = []
        self.held: list[Pick] = []
        self.parcels: list[Parcel] = []
        self.split = False
        self.to_ship = 0
        self.to_scan = 0

    def to(self, stage: str) -> None:
        """Go on to another stage.

        Raises:
            SimulatorFault: the life cycle has no such step.
        """
        if stage not in STAGES[self.stage]:
            raise SimulatorFault(f"job {self.number}: {self.stage} cannot become {stage}")
        self.stage = stage


class Book:
    """All jobs of the warehouse system that are not finished, found by any of their numbers.

    It listens to what the warehouse system records, which is how the floor learns of new orders
    without asking, and of cancelled ones while they are in hand.
    """

    __slots__ = ("_by_ref", "_nodes", "_system", "jobs", "on_end", "on_work")

    def __init__(self, system: str, nodes: dict[str, str]) -> None:
        self._system = system
        self._nodes = nodes
        self._by_ref: dict[str, list[Job]] = {}
        self.jobs: dict[str, Job] = {}
        self.on_work: Callable[[str], None] = _no_floor
        """There may be work at a place ("": somewhere)."""
        self.on_end: Callable[[Job], None] = _nothing
        """The system has closed an order: no hand goes on with it."""

    def find(self, number: str) -> list[Job]:
        """The unfinished jobs that carry a number: their own or a reference."""
        return list(self._by_ref.get(number, ()))

    def open(self, number: str, refs: tuple[str, ...], place: str) -> Job:
        """A new job."""
        job = Job(number, refs, self._nodes[place])
        self.jobs[number] = job
        for ref in refs:
            self._by_ref.setdefault(ref, []).append(job)
        return job

    def settle(self, job: Job) -> None:
        """Forget a job that is closed and whose parcels have had the last that can happen."""
        if job.stage == "packed" and not job.to_ship:
            job.to("idle")
        if job.stage == "idle" and job.closed and not job.to_scan:
            self._forget(job)

    def _forget(self, job: Job) -> None:
        if self.jobs.get(job.number) is job:
            del self.jobs[job.number]
        for ref in job.refs:
            jobs = self._by_ref.get(ref)
            if jobs and job in jobs:
                jobs.remove(job)
                if not jobs:
                    del self._by_ref[ref]

    def listeners(self) -> dict[type[Record], Callable[[Any], None]]:
        """What the book wants to hear of the history, by kind of record."""
        return {Work: self._new, WorkState: self._moved, Level: self._stock_changed}

    def _new(self, work: Work) -> None:
        """A new order; or one that was edited, perhaps to another place: it is said again."""
        if work.system != self._system:
            return
        job = self.jobs.get(work.number)
        if job is not None and job.stage != "waiting":
            return
        if job is not None:
            self._forget(job)
        if work.place in self._nodes:
            self.open(work.number, tuple(dict.fromkeys((work.number, *work.refs))), work.place)
            self.on_work(work.place)

    def _moved(self, state: WorkState) -> None:
        if state.system != self._system:
            return
        if state.means == "new":
            self.on_work("")
        elif state.means in ("cancelled", "shipped"):
            job = self.jobs.get(state.number)
            if job is not None:
                job.closed = True
                self.on_end(job)

    def _stock_changed(self, level: Level) -> None:
        if level.cause in FREES_STOCK and level.system == self._system:
            self.on_work(level.place)


def _no_floor(_place: str) -> None:
    """Nobody works on the floor."""


def _nothing(_job: Job) -> None:
    """Nobody works on the floor."""
