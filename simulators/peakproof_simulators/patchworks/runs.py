"""Jobs and runs: what waits, what runs, what was logged, and how long each is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

Json = Any

STARTED: Final = 1
SUCCESS: Final = 2
FAILURE: Final = 3
STOPPED: Final = 4
PARTIAL_SUCCESS: Final = 5

STATUSES: Final[dict[int, str]] = {
    STARTED: "STARTED", SUCCESS: "SUCCESS", FAILURE: "FAILURE", STOPPED: "STOPPED",
    PARTIAL_SUCCESS: "PARTIAL_SUCCESS",
}  # fmt: skip
"""A run's statuses as the API numbers them. A failed one is 3, a partly failed one is *not*."""

TRIGGERS: Final = (
    "API", "Manual", "Router", "Webhook", "Schedule", "Shape", "Retry", "Event", "Callback",
)  # fmt: skip
"""What can have started a run."""

RANKS: Final[dict[str, int]] = {"highest": 0, "high": 1, "regular": 2, "low": 3, "lowest": 4}
"""Priorities of flows: the lowest rank leaves the queue first."""


class Payload(msgspec.Struct):
    """One payload on its way through a flow. Its content is replaced, never changed in place."""

    content: Json
    meta: dict[str, Json] = {}


class Job(msgspec.Struct):
    """A start of a flow that waits its turn. Times are run time in seconds."""

    id: str
    run_id: str
    flow_id: str
    version_id: str
    payloads: list[Payload]
    trigger: str
    queued_s: float
    rank: int
    number: int
    state: str = "buffered"
    """``buffered`` until the next intake, ``held`` over the allowance, then ``queued``."""
    attempts: int = 0
    variables: dict[str, Json] = {}
    environment: str | None = None
    retry_of: str | None = None
    answer: Callable[[int, Json], None] | None = None
    """Whom a callback shape answers."""


class LogLine(msgspec.Struct):
    """One line of a run's log."""

    id: int
    at_s: float
    level: str
    message: str
    step_id: str
    payload_id: str | None = None


class Kept(msgspec.Struct):
    """A payload that can be looked at later."""

    id: str
    run_id: str
    step_id: str
    at_s: float
    content: Json
    failed: bool = False
    weight: int = 0
    """About how many bytes it has."""


def media_of(kept: Kept) -> str:
    """The media type of a payload."""
    return "text/plain" if isinstance(kept.content, str) else "application/json"


def size_of(kept: Kept) -> int:
    """How many bytes a payload has."""
    return len(body_of(kept))


def body_of(kept: Kept) -> bytes:
    """A payload as it is downloaded."""
    if isinstance(kept.content, str):
        return kept.content.encode()
    return msgspec.json.encode(kept.content)


class Run(msgspec.Struct):
    """One run of a flow. ``finished_s`` is below 0 while it runs."""

    id: str
    name: str
    job: Job
    version_id: str
    status: int
    started_s: float
    finished_s: float = -1.0
    summary: str = ""
    has_warnings: bool = False
    retried: bool = False
    operations: int = 0
    """Requests that connectors made for it, retries included."""
    logs: list[LogLine] = []
    kept: list[str] = []
    caught: int = 0
    number: int = 0
    """Its place among all runs, by when it started."""

    @property
    def over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.status != STARTED


class Archive:
    """Runs, logs and payloads by their ids, until they are too old to be shown."""

    def __init__(
        self, now: Callable[[], float], *, logs_s: float, payloads_s: float, most_bytes: int
    ) -> None:
        self._now = now
        self._logs_s = logs_s
        self._payloads_s = payloads_s
        self._most_bytes = most_bytes
        self._bytes = 0
        self.runs: dict[str, Run] = {}
        """In the order in which they started; so are those of each flow."""
        self.by_flow: dict[str, dict[str, Run]] = {}
        self.by_status: dict[int, dict[str, Run]] = {status: {} for status in STATUSES}
        self.payloads: dict[str, Kept] = {}
        self._line = 0
        self._runs = 0

    def find(self, id: str) -> Run | None:
        """A run that is not too old; a run goes with its logs."""
        self.forget()
        return self.runs.get(id)

    def add(self, run: Run) -> None:
        """A run has started."""
        self.forget()
        self._runs += 1
        run.number = self._runs
        self.runs[run.id] = run
        self.by_flow.setdefault(run.job.flow_id, {})[run.id] = run
        self.by_status[run.status][run.id] = run

    def end(self, run: Run, status: int, summary: str) -> None:
        """A run has ended."""
        self.by_status[run.status].pop(run.id, None)
        run.status, run.summary, run.finished_s = status, summary, self._now()
        self.by_status[status][run.id] = run

    def payload(self, id: str) -> Kept | None:
        """A payload that is not too old."""
        self.forget()
        return self.payloads.get(id)

    def has_input(self, run: Run) -> bool:
        """Whether what a run began with is still there, so that it can be retried."""
        return run.job.queued_s > self._now() - self._payloads_s

    def log(self, run: Run, level: str, message: str, step_id: str, payload: str | None) -> None:
        """Write a line; warnings and worse mark the run."""
        self._line += 1
        run.logs.append(LogLine(self._line, self._now(), level, message, step_id, payload))
        if level in ("WARNING", "ERROR", "FATAL"):
            run.has_warnings = True

    def keep(self, kept: Kept, run: Run) -> None:
        """Keep a payload for download."""
        self.payloads[kept.id] = kept
        run.kept.append(kept.id)
        self._bytes += kept.weight
        while self._bytes > self._most_bytes and len(self.payloads) > 1:
            self._let_go(next(iter(self.payloads.values())))

    def _let_go(self, kept: Kept) -> None:
        del self.payloads[kept.id]
        self._bytes -= kept.weight

    def forget(self) -> None:
        """Let go of what is too old; the dictionaries are in order of age."""
        oldest_s = self._now() - self._payloads_s
        while self.payloads:
            first = next(iter(self.payloads.values()))
            if first.at_s > oldest_s:
                break
            self._let_go(first)
        oldest_s = self._now() - self._logs_s
        while self.runs:
            run = next(iter(self.runs.values()))
            if not run.over or run.started_s > oldest_s:
                break
            del self.runs[run.id]
            del self.by_flow[run.job.flow_id][run.id]
            del self.by_status[run.status][run.id]
