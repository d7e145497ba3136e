"""Plays a scenario live against a connector that is a process of its own, and judges it."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.errors import ConnectorError, PeakproofError, UsageError
from peakproof.history.reader import Reader
from peakproof.history.recorder import Recorder
from peakproof.history.records import Call, Desk, Flows, Record, Sometimes
from peakproof.judging.judge import judge
from peakproof.judging.verdict import RunVerdict
from peakproof.run.books import Posting
from peakproof.run.briefing import briefing
from peakproof.run.keeping_up import children_cpu_s, excused, shortfall
from peakproof.run.setting import Setting, keeps_books, placed
from peakproof.run.sinks import DeskEntry, Sink
from peakproof.run.stage import Stage, build
from peakproof.run.subject import Subject, fill
from peakproof.run.virtual import KILLED
from peakproof.scenario import Restart
from peakproof.signals import stop_for, told_to
from peakproof.virtual_time.seal import real_monotonic, real_time
from peakproof.whole_file import write_whole
from peakproof.wire.aim import Aim
from peakproof.wire.carriers import HttpCarrier
from peakproof.wire.hooks import Hooks
from peakproof.wire.live import LivePacer
from peakproof.wire.proxy import opened_proxy
from peakproof.wire.server import Server

if TYPE_CHECKING:
    from signal import Signals

_LOOK_S: Final = 0.05
"""Real seconds between two looks at a connector that is awaited; nothing is judged by them."""

_QUIET_S: Final = 3.0
_QUIET_RUN_S: Final = 60.0
"""Longer than most connectors wait between two polls."""

_DESK_HOLES: Final = ("{desk.url}", "{config}")
"""The placeholders by which a connector learns where to report."""
_BOOKS_HOLES: Final = ("{books.url}", "{config}")
"""Those by which it learns where finance takes batches."""


class LiveSetting(msgspec.Struct, frozen=True):
    """How a live run is made, beside its setting.

    ``stays``: the connector is a service that must be stopped; otherwise it runs and exits.
    ``quiet_s`` is how long (real seconds) nothing may happen before a staying connector is judged
    (None: three, and no less than a minute of run time), ``limit_s`` how long (real seconds) the
    whole run may take. ``rate`` seconds of run time pass in one real second: everything that the
    scenario says is in run time.
    ``history`` is the file that keeps the run's history. It does not say whether the machine kept
    up, so judged again it may be called broken where this run was called undecided.
    ``vendor_hosts``: the connector is told of a proxy that leads the vendors' own names here.
    """

    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    flows: tuple[str, ...] = ()
    stays: bool = False
    quiet_s: float | None = None
    limit_s: float = 300.0
    rate: float = 1.0
    history: Path | None = None
    vendor_hosts: bool = False

    def quiet_run_s(self) -> float:
        """How long nothing may happen, in seconds of run time."""
        if self.quiet_s is None:
            return max(_QUIET_S * self.rate, _QUIET_RUN_S)
        return self.quiet_s * self.rate


class LiveRun:
    """One live run; :meth:`play` gives its verdict."""

    def __init__(self, setting: Setting, live: LiveSetting) -> None:
        self.live = live
        self.recorder = Recorder()
        self.fault: PeakproofError | None = None
        self.last_s = 0.0
        self.subject: Subject | None = None
        self._starting: asyncio.Task[None] | None = None
        """The start after a kill, from the kill until the process is there again."""
        self._pacer: LivePacer | None = None
        # The connector's dates are the machine's, so the systems begin today as well.
        since, self.since_s = real_monotonic(), round(real_time(), 3)
        self.stage: Stage = build(
            begun_at(setting, self.since_s), recorder=self.recorder, wait=self._wait,
            on_fault=self._on_fault,
        )  # fmt: skip
        self.pacer = self._pacer = LivePacer(
            self.stage.world.env, clock=real_monotonic, rate=live.rate, on_fault=self._on_fault,
            since=since,
        )  # fmt: skip
        self.stage.world.listeners.append(self._hear)

    async def play(self) -> RunVerdict:
        """Start the fakes and the connector, trade, settle, judge.

        Raises:
            ConnectorError: the connector did not start, ended early, or took too long.
            HarnessFault: something inside peakproof is wrong.
        """
        stage, world = self.stage, self.stage.world
        async with contextlib.AsyncExitStack() as cleanup:
            folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="peakproof-")))
            hooks = Hooks(stage.wire, HttpCarrier(rate=self.live.rate))
            world.emit(stage.opening_record("live"))
            if self.live.flows:
                world.emit(Flows(world.t, tuple(sorted(self.live.flows))))
            stage.phase("open")
            stage.aim_events()
            stage.wire.disarm()
            stage.day.seed()
            server = await cleanup.enter_async_context(Server(stage.wire, self.pacer))
            desk = await cleanup.enter_async_context(Sink("desk", DeskEntry, self._report))
            books = await cleanup.enter_async_context(Sink("books", Posting, self._book))
            values = briefing(
                stage, server.urls, desk_url=desk.url, books_url=books.url, folder=folder,
                rate=self.live.rate, since_s=self.since_s,
            )  # fmt: skip
            environment: dict[str, str] = {}
            if self.live.vendor_hosts:
                opening = opened_proxy(stage.services, server.urls)
                proxy = await cleanup.enter_async_context(opening)
                environment, values = proxy.environment(), {**values, **proxy.placeholders()}
            environment |= {name: fill(text, values) for name, text in self.live.environment}
            words = [fill(word, values) for word in self.live.command]
            subject = self.subject = Subject(words, environment, Path.cwd())
            self._aim_restarts(subject)
            cleanup.push_async_callback(self._stop, subject)
            before_s, began_s = children_cpu_s(), real_monotonic()
            try:
                async with asyncio.timeout(self.live.limit_s):
                    work = self._stay(subject, hooks) if self.live.stays else self._visit(subject)
                    await work
            except TimeoutError:
                raise ConnectorError(
                    f"The run took longer than {self.live.limit_s:g} s; the connector's last "
                    f"output:\n{subject.last_words()}"
                ) from None
            ready_s, real_s = subject.ready_s(), real_monotonic() - began_s
            await self._stop(subject)
            hooks.close()
            why = shortfall(
                rate=self.live.rate,
                late_s=self.pacer.late_s,
                busy_s=max(ready_s, children_cpu_s() - before_s),
                real_s=real_s,
            )
        return excused(self._judge(), why)

    async def _visit(self, subject: Subject) -> None:
        """A connector that runs and exits: trading is open while it works."""
        self.stage.open_trading()
        await subject.start()
        code = await subject.ended()
        self._check()
        if code != 0 and not self.stage.wire.calls:
            raise ConnectorError(
                f"The connector ended with exit code {code} and had called nothing; its last "
                f"output:\n{subject.last_words()}"
            )
        self.pacer.catch_up()
        self.stage.calm()

    async def _stay(self, subject: Subject, hooks: Hooks) -> None:
        """A connector that stays: it gets time to open, the trading day, and quiet after it."""
        stage, scenario = self.stage, self.stage.scenario
        await subject.start()
        await self._awake(subject, scenario.open_s)
        await self._until(subject, stage.world.t + scenario.open_s)
        stage.open_trading()
        self._draw_restarts(subject)
        await self._until(subject, stage.world.t + scenario.duration_s)
        stage.calm()
        deadline_s = stage.world.t + scenario.settle_s
        quiet_s = self.live.quiet_run_s()
        while self.pacer.due_s() < deadline_s:
            await self._until(subject, min(deadline_s, self.last_s + quiet_s))
            if self.pacer.due_s() - self.last_s < quiet_s:
                continue
            if not stage.day.unfinished() and not hooks.outstanding():
                break
            await asyncio.sleep(_LOOK_S)

    async def _awake(self, subject: Subject, at_most_s: float) -> None:
        """Wait for the first call, in real seconds: a process starts as fast as the machine can."""
        begun_s = real_monotonic()
        while not self.stage.wire.calls:
            if real_monotonic() - begun_s > at_most_s:
                raise ConnectorError(
                    f"The connector called nothing in {at_most_s:g} s; its last output:\n"
                    f"{subject.last_words()}"
                )
            await self._look(subject, _LOOK_S)
        self.pacer.catch_up()
        self.pacer.late_s = 0.0

    async def _until(self, subject: Subject, at_s: float) -> None:
        """Let run time pass; a connector that ends meanwhile ends the run."""
        while (left_s := (at_s - self.pacer.due_s()) / self.live.rate) > 0:
            await self._look(subject, min(left_s, _LOOK_S))
        self._check()
        self.pacer.catch_up()

    async def _look(self, subject: Subject, for_s: float) -> None:
        """Wait so long (real seconds), if all is well with the fakes and the connector."""
        self._check()
        if not subject.running and self._starting is None:
            await subject.ended()
            raise ConnectorError(
                f"The connector ended early, with exit code {subject.exit_code}; its last "
                f"output:\n{subject.last_words()}"
            )
        await asyncio.sleep(for_s)

    # --- the connector's process dies ----------------------------------------------------

    def _aim_restarts(self, subject: Subject) -> None:
        restarts = self.stage.scenario.restarts
        if restarts and not self.live.stays:
            raise UsageError(
                "This scenario kills the connector; only a service comes back: say --stays."
            )
        for restart in restarts:
            if (on := restart.on) is not None:
                kill = partial(self._kill, subject, restart)
                self.stage.wire.aim(Aim(on, kill, on.when, on.of, on.times))

    def _draw_restarts(self, subject: Subject) -> None:
        """Choose the moments that no restart is aimed at."""
        stage = self.stage
        rng = stage.world.streams.get("restart")
        for restart in stage.scenario.restarts:
            if restart.on is None:
                at_s = rng.uniform(0.0, stage.scenario.duration_s)
                stage.world.after(at_s, partial(self._kill, subject, restart))

    def _kill(self, subject: Subject, restart: Restart) -> None:
        """Kill the process now; its sockets end with it."""
        if self._starting is not None:
            return
        subject.kill()
        world = self.stage.world
        world.emit(Sometimes(world.t, KILLED))
        self._starting = asyncio.create_task(self._start_again(subject, restart.down_s))

    async def _start_again(self, subject: Subject, down_s: float) -> None:
        try:
            await self.pacer.wait(down_s)
            await subject.start_again()
        except PeakproofError as error:
            self._on_fault(error)
        finally:
            self._starting = None

    async def _stop(self, subject: Subject) -> None:
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait((self._starting,))
        await subject.stop()

    def _judge(self) -> RunVerdict:
        """The rest of the settling time passes at once: nobody is left who could change a thing."""
        stage = self.stage
        env = stage.world.env
        env.run(until=env.now + stage.scenario.settle_s)
        self._check()
        stage.read_back()
        stage.wire.close()
        contents = self.recorder.contents()
        if self.live.history is not None:
            write_whole(self.live.history, contents)
        return judge(Reader(BytesIO(contents)), digest=self.recorder.digest())

    # --- what the run hears ---------------------------------------------------------------

    def _wait(self, seconds: float) -> Any:
        assert self._pacer is not None
        return self._pacer.wait(seconds)

    def _hear(self, record: Record) -> None:
        """All that happens breaks the quiet, but for looking: who polls would never be quiet."""
        if not (isinstance(record, Call) and record.effect in ("read", "auth")):
            self.last_s = self.stage.world.t

    def _report(self, entry: DeskEntry) -> bool:
        self.pacer.catch_up()
        world = self.stage.world
        world.emit(Desk(world.t, entry.key, entry.kind, entry.owner, entry.reason))
        return True

    def _book(self, posting: Posting) -> bool:
        self.pacer.catch_up()
        return self.stage.books.take(posting)

    def _on_fault(self, fault: PeakproofError) -> None:
        self.fault = self.fault or fault

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault


def begun_at(setting: Setting, epoch_s: float) -> Setting:
    """The setting of a run that begins at that moment (seconds since 1970), unless it says when."""
    moment = datetime.fromtimestamp(epoch_s, UTC).isoformat()
    return msgspec.structs.replace(setting, overrides=(("epoch", moment), *setting.overrides))


def check(setting: Setting, live: LiveSetting) -> RunVerdict:
    """Play one live run and judge it; see :class:`LiveRun`.

    A connector that is told of no desk cannot report, and one that is told of no books cannot
    post: those rules stay undecided. SIGINT and SIGTERM end the run and the connector with it.

    Raises:
        KeyboardInterrupt: Ctrl-C ended the run.
        Terminated: SIGTERM did.
    """
    told = " ".join((*live.command, *(text for _name, text in live.environment)))
    untold: list[tuple[str, Any]] = []
    if not any(hole in told for hole in _DESK_HOLES):
        untold.append(("judging.desk", False))
    if keeps_books(setting.scenario) and not any(hole in told for hole in _BOOKS_HOLES):
        untold.append(("estate.masters.finance", ""))
    setting = msgspec.structs.replace(setting, overrides=(*setting.overrides, *untold))
    with placed(setting):
        return asyncio.run(_until_signalled(LiveRun(setting, live)))


async def _until_signalled(run: LiveRun) -> RunVerdict:
    """The first signal ends the run in good order, a second one does not wait for anybody."""
    task = asyncio.current_task()
    assert task is not None
    heard: list[Signals] = []

    def signalled(number: Signals) -> None:
        heard.append(number)
        if task.cancelling() and run.subject is not None:
            run.subject.kill()
        else:
            task.cancel()

    with told_to(signalled):
        try:
            return await run.play()
        except asyncio.CancelledError:
            if not heard:  # Windows: the runner raises KeyboardInterrupt in its place
                raise
            raise stop_for(heard[0]) from None


def environment(entries: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """``NAME=VALUE`` options as pairs; what has no ``=`` is an empty variable."""
    return tuple((name, value) for name, _, value in (entry.partition("=") for entry in entries))
