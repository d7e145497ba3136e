"""The queue: jobs are taken in every 30 s and picked every 5 s, by priority, as slots allow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from math import floor
from typing import TYPE_CHECKING, Final

from peakproof_simulators.patchworks.runs import Job

if TYPE_CHECKING:
    from peakproof_simulators.patchworks.settings import Settings

_SLACK_S: Final = 1e-9


class Line:
    """What waits to run. ``pick`` starts a job; ``free`` says how many may start.

    Ticks fall on whole multiples of their periods in run time, and only while something waits.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], float],
        later: Callable[[float, Callable[[], None]], None],
        pick: Callable[[Job], None],
        free: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._now = now
        self._later = later
        self._pick = pick
        self._free = free
        self.buffer: list[Job] = []
        self.held: deque[Job] = deque()
        self.queued: list[tuple[int, int, Job]] = []
        self._intake_set = False
        self._pick_set = False
        self._pick_s = 0.0
        """When the next pick is due."""

    def add(self, job: Job) -> None:
        """A job begins to wait."""
        if self._settings.queue == "instant":
            self._pick(job)
            return
        job.state = "buffered"
        self.buffer.append(job)
        self._set_intake()

    def drop(self, id: str) -> bool:
        """Take a job out, wherever it waits; whether it was there."""
        for listed in (self.buffer, self.held):
            for job in listed:
                if job.id == id:
                    listed.remove(job)
                    return True
        for entry in self.queued:
            if entry[2].id == id:
                self.queued.remove(entry)
                heapify(self.queued)
                self._take_in()
                return True
        return False

    def waiting(self) -> Iterator[Job]:
        """All jobs that wait, the next one first."""
        for _rank, _number, job in sorted(self.queued, key=lambda entry: entry[:2]):
            yield job
        yield from self.held
        yield from self.buffer

    def resume(self) -> None:
        """Set the ticks anew: whoever kept them is gone."""
        self._intake_set = self._pick_set = False
        if self.buffer:
            self._set_intake()
        if self.queued or self.held:
            self._set_pick()

    # --- ticks ------------------------------------------------------------------------------

    def _until(self, every_s: float) -> float:
        now_s = self._now()
        return max(0.0, (floor(now_s / every_s + _SLACK_S) + 1) * every_s - now_s)

    def _set_intake(self) -> None:
        if not self._intake_set:
            self._intake_set = True
            self._later(self._until(self._settings.intake_every_s), self._intake)

    def _intake(self) -> None:
        # Of two ticks at one moment the pick comes first: no job is picked as it is taken in.
        self._picks()
        self._intake_set = False
        for job in self.buffer:
            job.state = "held"
        self.held.extend(self.buffer)
        self.buffer.clear()
        self._take_in()
        if self.queued:
            self._set_pick()

    def _take_in(self) -> None:
        while self.held and len(self.queued) < self._settings.queued_allowance:
            job = self.held.popleft()
            job.state = "queued"
            heappush(self.queued, (job.rank, job.number, job))

    def _set_pick(self) -> None:
        if not self._pick_set:
            self._pick_set = True
            until_s = self._until(self._settings.pick_every_s)
            self._pick_s = self._now() + until_s
            self._later(until_s, self._picks)

    def _picks(self) -> None:
        if not self._pick_set or self._now() < self._pick_s - _SLACK_S:
            return
        self._pick_set = False
        for _ in range(self._free()):
            if not self.queued:
                break
            self._pick(heappop(self.queued)[2])
        self._take_in()
        if self.queued:
            self._set_pick()
