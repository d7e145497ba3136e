"""One company on Patchworks: its flows, its queue, its runs, and what goes wrong with them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof_simulators.patchworks import flowset
from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks.effects import Gate, Hands, Motion
from peakproof_simulators.patchworks.flowbook import FlowEntry, NotEnabled, Version
from peakproof_simulators.patchworks.interpreter import Ending, Running, WorkerDied
from peakproof_simulators.patchworks.memory import Memory
from peakproof_simulators.patchworks.outbound import Link
from peakproof_simulators.patchworks.queueing import Line
from peakproof_simulators.patchworks.runs import (
    FAILURE,
    RANKS,
    STARTED,
    STOPPED,
    Archive,
    Job,
    Payload,
    Run,
)
from peakproof_simulators.patchworks.values import Failure

if TYPE_CHECKING:
    from random import Random

    from peakproof.ids import Ids
    from peakproof_simulators.patchworks.settings import Settings

Json = Any
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FAULTS: Final = ("lost_at_requeue", "delivered_twice", "crash_after_push")
"""What can be aimed at a flow, once."""


class Company:
    """All state of the fake. ``now`` is run time in seconds, ``epoch_s`` when that was 0."""

    def __init__(
        self, settings: Settings, *, now: Callable[[], float], epoch_s: float, ids: Ids,
        chance: Random, hands: Hands,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.now = now
        self.epoch_s = epoch_s
        self.hands = hands
        self.config: dict[str, Json] = {"systems": {}}
        self.set = form.FlowSet()
        self.flows: dict[str, FlowEntry] = {}
        self.flow_named: dict[str, str] = {}
        self.by_webhook: dict[str, FlowEntry] = {}
        self.versions: dict[str, Version] = {}
        self.links: dict[str, Link] = {}
        self.archive = Archive(
            now,
            logs_s=settings.logs_kept_s,
            payloads_s=settings.payloads_kept_s,
            most_bytes=settings.payloads_limit_bytes,
        )
        self.memory = Memory(
            now, self.fresh_id, dedupe_s=settings.dedupe_kept_s,
            tracked_s=settings.tracked_kept_s, cache_limit=settings.cache_limit_bytes,
        )  # fmt: skip
        self.line = Line(settings, now=now, later=self.later, pick=self._picked, free=self._free)
        self.active: dict[str, Run] = {}
        self.mails: deque[dict[str, str]] = deque(maxlen=1000)
        self.lost: list[str] = []
        """Run ids of jobs that nobody will ever hear of again."""
        self.dropped = 0
        self.aimed: list[tuple[str, str]] = []
        self._ids = ids
        self._chance = chance
        self._numbers = 0
        self._generation = 0
        self._launches: deque[float] = deque()

    # --- identity ---------------------------------------------------------------------------

    def fresh_id(self) -> str:
        """A new ULID."""
        stamp, chance = int((self.epoch_s + self.now()) * 1000), self._ids.draw() >> 48
        bits = stamp << 80 | chance
        return "".join(_CROCKFORD[bits >> 5 * place & 31] for place in range(25, -1, -1))

    def number(self) -> int:
        """The next number."""
        self._numbers += 1
        return self._numbers

    # --- what is deployed ---------------------------------------------------------------------

    def install(
        self, found: form.FlowSet, config: Mapping[str, Json], *, off: Iterable[str] = ()
    ) -> None:
        """Deploy a flow set, in the place of flows of the same names.

        ``config`` is the document of a connector: how its systems are reached; ``off`` are guards.
        Pools that are there keep what they have seen.
        """
        self.config = dict(config)
        self.set = found
        systems, budget = self.config.get("systems", {}), self.config.get("budget", {})
        left = flowset.without(found, frozenset(off))
        self.links = {
            each.name: Link(each, dict(systems.get(each.system, {})), budget.get(each.system, 0.0))
            for each in left.connections
        }
        for pool in found.pools:
            if pool.name not in self.memory.pool_named:
                self.memory.add_pool(pool.name, pool.description)
        for table in found.tables:
            rows = self._rows(table)
            known = self.memory.tables.get(self.memory.table_named.get(table.name, ""))
            if known is None:
                self.memory.add_table(table.name, table.match, rows)
            else:
                known.fill(rows)
        for flow in left.flows:
            self.deploy(flow)

    def _rows(self, table: form.Table) -> list[tuple[str, str]]:
        rows = [(row.left_value, row.right_value) for row in table.rows]
        if table.places is not None:
            left, right = table.places
            for node in self.config.get("nodes", []):
                places = node.get("places", {})
                if left in places and right in places:
                    rows.append((places[left], places[right]))
        return rows

    def deploy(self, flow: form.Flow) -> FlowEntry:
        """A new version of a flow, deployed unless its document says draft."""
        entry = self.flows.get(self.flow_named.get(flow.name, ""))
        if entry is None:
            entry = FlowEntry(
                str(self.number()), flow.name, self.fresh_id(), self._ids.token(32), self.now(), []
            )
            self.flows[entry.id] = entry
            self.flow_named[flow.name] = entry.id
            self.by_webhook[entry.webhook_id] = entry
        version = Version(str(self.number()), len(entry.versions) + 1, flow, entry)
        entry.versions.append(version)
        self.versions[version.id] = version
        if flow.status != "draft":
            entry.deployed = version
            entry.enabled = flow.status == "deployed"
            self._schedule(entry, version)
        return entry

    def link(self, connection: str) -> Link:
        """A connector instance.

        Raises:
            Failure: the set has none of that name any more.
        """
        found = self.links.get(connection)
        if found is None:
            raise Failure(f"There is no connector instance '{connection}'.", final=True)
        return found

    # --- who moves it -------------------------------------------------------------------------

    def attach(self, hands: Hands) -> None:
        """Somebody else moves the flows from now on; whatever was under way has died."""
        self.hands = hands
        self._generation += 1
        for link in self.links.values():
            link.gate, link.pace = Gate(link.connection.at_once), Gate(1)
        died = list(self.active.values())
        self.active.clear()
        for run in died:
            self._close(run, Ending(FAILURE, "The worker died.", "died"))
        self.line.resume()
        for entry in self.flows.values():
            if entry.deployed is not None:
                self._schedule(entry, entry.deployed)

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do something after so many seconds, unless somebody else moves the flows by then."""
        generation = self._generation

        def act() -> None:
            if generation == self._generation:
                action()

        self.hands.later(delay_s, act)

    def _schedule(self, entry: FlowEntry, version: Version) -> None:
        trigger = version.flow.trigger
        if not isinstance(trigger, form.Schedule):
            return
        cadence = self.config.get("cadence", {})
        every_s = float(cadence.get(trigger.cadence, trigger.every_s))

        def strike() -> None:
            if entry.deployed is not version:
                return
            if entry.enabled:
                self.start(entry, [Payload({})], trigger="Schedule")
            self.later(every_s, strike)

        self.later(trigger.first_s, strike)

    # --- starting -----------------------------------------------------------------------------

    def start(
        self,
        entry: FlowEntry,
        payloads: list[Payload],
        *,
        trigger: str,
        version: Version | None = None,
        at_once: bool = False,
        variables: dict[str, Json] | None = None,
        environment: str | None = None,
        answer: Callable[[int, Json], None] | None = None,
    ) -> Job:
        """Begin a run, through the queue unless ``at_once``.

        Raises:
            NotEnabled: there is no deployed version, or the flow is not enabled.
        """
        wanted = version or entry.deployed
        if wanted is None or not entry.enabled:
            raise NotEnabled(entry.name)
        job = Job(
            id=self.fresh_id(), run_id=self.fresh_id(), flow_id=entry.id, version_id=wanted.id,
            payloads=payloads, trigger=trigger, queued_s=self.now(),
            rank=RANKS[wanted.flow.priority], number=self.number(), variables=variables or {},
            environment=environment, answer=answer,
        )  # fmt: skip
        if at_once:
            job.state = "queued"
            self._launch(job, wanted)
        else:
            self.line.add(job)
        return job

    def start_named(self, flow: str, payloads: list[Payload], *, trigger: str) -> Job:
        """Begin a run of a flow by its name, through the queue.

        Raises:
            Failure: it cannot be started.
        """
        entry = self.flows.get(self.flow_named.get(flow, ""))
        try:
            if entry is not None:
                return self.start(entry, payloads, trigger=trigger)
        except NotEnabled:
            pass
        raise Failure(f"The flow '{flow}' is not deployed and enabled.", final=True)

    def retry(self, run: Run) -> Run:
        """Play a run once more from the start, at once, with all that it began with.

        Raises:
            NotEnabled: the flow is not enabled.
        """
        was, version = run.job, self.versions[run.version_id]
        if not version.enabled():
            raise NotEnabled(version.flow.name)
        job = msgspec.structs.replace(
            was, id=self.fresh_id(), run_id=self.fresh_id(), trigger="Retry", retry_of=run.id,
            answer=None,
        )  # fmt: skip
        run.retried = True
        return self._launch(job, version)

    def announce(self, event: str, content: Json) -> int:
        """Something happened: start whatever waits for it; how many flows that were."""
        started = 0
        for entry in list(self.flows.values()):
            version = entry.deployed
            if version is None or not entry.enabled:
                continue
            if isinstance(version.flow.trigger, form.Event) and version.flow.trigger.event == event:
                self.start(entry, [Payload(content)], trigger="Event")
                started += 1
        return started

    # --- running ------------------------------------------------------------------------------

    def _free(self) -> int:
        free = self.settings.concurrency - len(self.active)
        most = self.settings.launches_per_minute
        if most:
            while self._launches and self._launches[0] <= self.now() - 60.0:
                self._launches.popleft()
            free = min(free, most - len(self._launches))
        return max(0, free)

    def _picked(self, job: Job) -> None:
        entry, version = self.flows[job.flow_id], self.versions[job.version_id]
        if self.settings.flow_version == "at_pick" and entry.deployed is not None:
            version = entry.deployed
        if self.settings.launches_per_minute:
            self._launches.append(self.now())
        self._launch(job, version)
        if self._strikes("delivered_twice", entry.name, self.settings.delivered_twice):
            copy = msgspec.structs.replace(job, run_id=self.fresh_id(), answer=None)
            self._launch(copy, version)

    def _launch(self, job: Job, version: Version) -> Run:
        run = Run(
            id=job.run_id, name=version.flow.name, job=job, version_id=version.id, status=STARTED,
            started_s=self.now(), logs=[], kept=[],
        )  # fmt: skip
        self.archive.add(run)
        if not version.enabled():
            self._close(run, Ending(STOPPED, "Flow run stopped: the flow is not enabled."))
            return run
        self.active[run.id] = run
        generation = self._generation

        def done(ending: Ending) -> None:
            if generation == self._generation:
                del self.active[run.id]
                self._close(run, ending)

        Motion(Running(self, run, version).perform(), self.hands, done).go()
        return run

    def _close(self, run: Run, ending: Ending) -> None:
        self.archive.end(run, ending.status, ending.summary)
        self.memory.clear(f"flow_run:{run.id}")
        job = run.job
        if ending.how == "again" and job.attempts < self.settings.flow_retries:
            run.retried = True
            self._release(job)
        elif ending.how == "died":
            if self.settings.worker_death == "deliver_again":
                self.line.add(self._copy(job))
            else:
                self.lost.append(run.id)
        elif job.answer is not None:
            answer, job.answer = job.answer, None
            answer(422, {"message": ending.summary})

    def _release(self, job: Job) -> None:
        """Acknowledge, then publish a copy: in between it can go lost."""
        name = self.flows[job.flow_id].name
        if self._strikes("lost_at_requeue", name, self.settings.requeue_loses):
            self.lost.append(job.run_id)
            return
        self.line.add(self._copy(job))

    def _copy(self, job: Job) -> Job:
        return msgspec.structs.replace(
            job, id=self.fresh_id(), run_id=self.fresh_id(), number=self.number(),
            attempts=job.attempts + 1,
        )  # fmt: skip

    # --- what goes wrong ------------------------------------------------------------------------

    def aim(self, kind: str, flow: str) -> None:
        """The next time that it could, a fault strikes a flow ("" any)."""
        self.aimed.append((kind, flow))

    def _strikes(self, kind: str, flow: str, likely: float) -> bool:
        for each in ((kind, flow), (kind, "")):
            if each in self.aimed:
                self.aimed.remove(each)
                return True
        return likely > 0.0 and self._chance.random() < likely

    def after_push(self, running: Running) -> None:
        """A push was answered, and its job is not acknowledged yet.

        Raises:
            WorkerDied: this is where it ends.
        """
        if self._strikes("crash_after_push", running.flow.name, self.settings.crash_after_push):
            raise WorkerDied

    def notify(self, key: str, kind: str, owner: str, reason: str) -> None:
        """Tell somebody."""
        self.mails.append({"key": key, "kind": kind, "owner": owner, "reason": reason})
        self.hands.tell(key, kind, owner, reason)
