"""Runs a flow: the bucket goes from shape to shape, and what fails leaves the main route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks.effects import Doing, Wait
from peakproof_simulators.patchworks.outbound import call_out
from peakproof_simulators.patchworks.runs import (
    FAILURE,
    PARTIAL_SUCCESS,
    STOPPED,
    SUCCESS,
    Kept,
    Payload,
    Run,
)
from peakproof_simulators.patchworks.steps import STEPS, de_dupe
from peakproof_simulators.patchworks.values import Failure, Scope, date, holds

if TYPE_CHECKING:
    from peakproof_simulators.patchworks.company import Company
from peakproof_simulators.patchworks.flowbook import Version

ENDS: Final = {"success": SUCCESS, "partial_success": PARTIAL_SUCCESS, "failure": FAILURE}
UNFIT: Final = (
    TypeError, ValueError, LookupError, AttributeError, RecursionError, ArithmeticError,
)  # fmt: skip
"""What a shape stumbles with over a payload that it was not made for."""
Json = Any


class RunFailed(Exception):
    """A shape failed, and there is no catch."""


class Stopped(Exception):
    """The flow was disabled while it ran."""


class Again(Exception):
    """A response script wants the whole flow once more."""


class WorkerDied(Exception):
    """The process that played the flow is gone; nothing of it happens any more."""


class Ending(NamedTuple):
    """How a run ended. ``how`` is ``over``, ``again`` or ``died``."""

    status: int
    summary: str
    how: str = "over"


class Running:
    """One run on its way."""

    def __init__(self, company: Company, run: Run, version: Version) -> None:
        self.company = company
        self.run = run
        self.version = version
        self.flow = version.flow
        self.caught: list[Payload] = []
        self.catching = self.flow.catch is not None
        job = run.job
        self.told: dict[str, Json] = {
            "id": run.id, "flow": self.flow.name, "trigger": job.trigger,
            "attempts": job.attempts, "environment": job.environment,
            "queued_at": date(company.epoch_s + job.queued_s, "iso"),
        }  # fmt: skip
        """What flows can say of their run; dates count from when it was queued, retries too."""
        self.deadline_s = 0.0
        """When the shape that is at work runs out of time."""
        self.weight = 0
        """Bytes that the shape that is at work has sent and got."""

    # --- from beginning to end --------------------------------------------------------------

    def perform(self) -> Doing[Ending]:
        """Play the whole flow."""
        bucket = list(self.run.job.payloads)
        for payload in bucket:
            self.keep("trigger", payload)
        self.log("INFO", f"Flow '{self.flow.name}' started by {self.run.job.trigger}.", "trigger")
        try:
            yield from self.through(self.flow.shapes, bucket, "")
            ending = Ending(SUCCESS, "Flow run succeeded.")
            if self.caught:
                ending = yield from self._end_caught()
        except RunFailed as failed:
            ending = Ending(FAILURE, str(failed))
        except Stopped:
            ending = Ending(STOPPED, "Flow run stopped: the flow is not enabled.")
        except Again as again:
            ending = Ending(FAILURE, str(again), "again")
        except WorkerDied:
            ending = Ending(FAILURE, "The worker died.", "died")
        self.log("INFO" if ending.status != FAILURE else "ERROR", ending.summary, "end")
        return ending

    def _end_caught(self) -> Doing[Ending]:
        catch = self.flow.catch
        assert catch is not None
        self.catching = False
        yield from self.through(catch.shapes, self.caught, "catch.")
        status = ENDS[catch.finally_]
        self.run.caught = len(self.caught)
        return Ending(status, f"Flow run ended with {len(self.caught)} failed payloads.")

    def through(
        self, shapes: Sequence[Any], bucket: list[Payload], place: str
    ) -> Doing[list[Payload]]:
        """Take a bucket through some shapes; each gets all that the one before it made."""
        for index, shape in enumerate(shapes):
            if not bucket:
                break
            if not self.version.enabled():
                raise Stopped
            step = f"{place}{index}"
            if isinstance(shape, form.Route):
                bucket = yield from self._route(step, shape, bucket)
            else:
                bucket = yield from self._shape(step, shape, bucket)
        return bucket

    def _route(self, step: str, shape: form.Route, bucket: list[Payload]) -> Doing[list[Payload]]:
        ways: list[list[Payload]] = [[] for _ in range(len(shape.routes) + 1)]
        for payload in bucket:
            scope = self.scope(payload)
            fits = (n for n, branch in enumerate(shape.routes) if holds(scope, branch.where))
            ways[next(fits, len(shape.routes))].append(payload)
        rest: list[Payload] = []
        for number, branch in enumerate(shape.routes):
            gone = yield from self.through(branch.shapes, ways[number], f"{step}.{number}.")
            rest += [] if branch.ends else gone
        rest += yield from self.through(shape.otherwise, ways[-1], f"{step}.otherwise.")
        return rest

    # --- one shape --------------------------------------------------------------------------

    def _shape(self, step: str, shape: Any, bucket: list[Payload]) -> Doing[list[Payload]]:
        units = [bucket] if _takes_all(shape) else [[payload] for payload in bucket]
        made: list[Payload] = []
        keeps = self.company.settings.saved_payloads == "all" or isinstance(shape, form.Connector)
        for unit in units:
            self.weight = 0
            fresh = yield from self._tried(step, shape, unit)
            made += fresh
            if keeps:
                for payload in fresh:
                    self.keep(step, payload, weight=self.weight // len(fresh))
        return made

    def _tried(self, step: str, shape: Any, unit: list[Payload]) -> Doing[list[Payload]]:
        settings = self.company.settings
        tries = 1 + (settings.shape_retries if shape.retries is None else shape.retries)
        if isinstance(shape, form.Connector):
            tries = 1  # its requests are tried again one by one
        wait_s = settings.retry_first_s
        attempt = 1
        while True:
            self.deadline_s = self.company.now() + settings.shape_timeout_s
            try:
                return (yield from self._once(step, shape, unit))
            except Failure as failure:
                if failure.again:
                    raise Again(failure.message) from None
                if attempt == tries or failure.final:
                    return self._failed(step, unit, failure)
                self.log("WARNING", f"Attempt {attempt} failed: {failure.message}", step)
            attempt += 1
            if settings.retry_backoff == "exponential":
                yield Wait(wait_s)
                wait_s *= 2

    def _once(self, step: str, shape: Any, unit: list[Payload]) -> Doing[list[Payload]]:
        try:
            if isinstance(shape, form.Connector):
                return (yield from call_out(self, step, shape, unit))
            if isinstance(shape, form.DeDupe):
                return (yield from de_dupe(self, shape, unit[0]))
            return STEPS[type(shape)](self, step, shape, unit)
        except UNFIT as error:
            raise Failure(f"{type(error).__name__}: {error}", final=True) from error

    def _failed(self, step: str, unit: list[Payload], failure: Failure) -> list[Payload]:
        """The main route goes on without these, if there is a catch; else the run ends."""
        for payload in unit:
            kept = self.keep(step, payload, failed=True)
            self.company.archive.log(self.run, "ERROR", failure.message, step, kept)
        if not self.catching:
            raise RunFailed(failure.message)
        told: dict[str, Json] = {
            "error_message": failure.message, "failed_step": step, "final": failure.final,
        }  # fmt: skip
        self.caught += [Payload(payload.content, {**payload.meta, **told}) for payload in unit]
        return []

    # --- what shapes use --------------------------------------------------------------------

    def scope(self, payload: Payload, **roots: Json) -> Scope:
        """What paths and texts can see of a payload."""
        job, company = self.run.job, self.company
        return Scope(
            payload.content,
            {
                "meta": payload.meta,
                "variables": job.variables,
                "config": company.config,
                "run": self.told,
                **roots,
            },
            self.look_up,
            company.epoch_s + job.queued_s,
        )  # fmt: skip

    def look_up(self, table: str, value: Json, direction: str, no_match: str = "") -> Json:
        """The other side of a cross-reference."""
        chosen = no_match or self.company.settings.lookup_no_match
        return self.company.memory.look_up(table, value, direction, chosen)

    def log(self, level: str, message: str, step: str) -> None:
        """Write into the run's log."""
        self.company.archive.log(self.run, level, message, step, None)

    def keep(self, step: str, payload: Payload, *, failed: bool = False, weight: int = 0) -> str:
        """Keep a payload for later; its id."""
        company = self.company
        id = company.fresh_id()
        kept = Kept(id, self.run.id, step, company.now(), payload.content, failed, weight)
        company.archive.keep(kept, self.run)
        return id


def _takes_all(shape: Any) -> bool:
    """Whether a shape works on the bucket as a whole."""
    if isinstance(shape, form.Connector):
        return shape.batch
    if isinstance(shape, form.Cache):
        return shape.action == "save_all_pages"
    return isinstance(shape, form.ManualPayload)
