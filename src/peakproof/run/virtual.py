"""Plays a run in virtual time: as fast as the machine can, the same each time."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from peakproof import catalogue
from peakproof.errors import ConnectorError, PeakproofError
from peakproof.garbage import seldom_collected
from peakproof.history.recorder import Recorder
from peakproof.history.records import Sometimes
from peakproof.run.rehearsal import Rehearsal
from peakproof.run.scratch import scratch_folder
from peakproof.run.setting import check_document
from peakproof.run.stage import Stage, build, virtual_access
from peakproof.virtual_time.lives import Life
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.policies import policy_named
from peakproof.virtual_time.running import run_virtual
from peakproof.virtual_time.seal import sealed
from peakproof.wire.aim import Aim
from peakproof.wire.carriers import LocalCarrier
from peakproof.wire.direct import DirectTransport
from peakproof.wire.hooks import Hooks
from peakproof.wire.httpx import RehearsalTransport
from peakproof.wire.memory import serve_in_memory
from peakproof.wire.network import Network

if TYPE_CHECKING:
    from peakproof.run.setting import Setting
    from peakproof.scenario import Restart

KILLED: Final = "connector killed"
"""What the history says when the connector's process was killed."""
_MOST_STEPS: Final = 40
"""How many steps the connector makes at most between the time drawn and its end; chosen, so that
moments within a burst of work are as likely as those between two."""


def play(setting: Setting, recorder: Recorder) -> Stage:
    """Play a whole run; its history is in the recorder.

    Raises:
        ConnectorError: the connector could not be loaded, or ended with an exception.
        ScenarioError: the scenario cannot be played, or the connector refuses its configuration.
        HarnessFault: something inside peakproof is wrong.
    """
    loops: list[VirtualLoop] = []

    def wait(seconds: float) -> asyncio.Future[None]:
        return loops[0].delay(seconds)

    def stop(_fault: PeakproofError) -> None:
        loops[0].stop()

    stage = build(setting, recorder=recorder, wait=wait, on_fault=stop)
    subject = catalogue.connector(setting.subject)
    check_document(subject, stage.document(virtual_access(stage.services)))
    streams = stage.world.streams
    with ExitStack() as cleanup:
        cleanup.enter_context(seldom_collected())
        folder = cleanup.enter_context(scratch_folder())
        cleanup.enter_context(sealed(stage.world.clock, streams.get("entropy")))

        async def main(loop: VirtualLoop) -> None:
            loops.append(loop)
            stage.wire.wait, stage.wire.lapse = loop.delay, loop.lapse
            await _Player(loop, stage, subject, folder / "store.sqlite").play()

        policy = policy_named(setting.policy, streams.get("schedule"))
        try:
            run_virtual(main, stage.world.env, policy=policy)
        except asyncio.InvalidStateError:
            if stage.wire.fault is None:
                raise
    if stage.wire.fault is not None:
        raise stage.wire.fault
    return stage


class _Player:
    """Drives one stage through its phases beside the connector."""

    def __init__(self, loop: VirtualLoop, stage: Stage, subject: Any, store: Path) -> None:
        self.loop = loop
        self.stage = stage
        self.subject = subject
        self.store = store
        self.carrier = LocalCarrier()
        self.hooks = Hooks(stage.wire, self.carrier)
        self.network = Network(loop)
        self.failed: asyncio.Future[None] = loop.create_future()
        self.life = Life()
        self.task: asyncio.Task[None]

    async def play(self) -> None:
        stage, scenario = self.stage, self.stage.scenario
        world = stage.world
        serve_in_memory(stage.wire, self.network)
        world.emit(stage.opening_record("virtual"))
        stage.phase("open")
        stage.aim_events()
        self._aim_restarts()
        stage.wire.disarm()
        stage.day.seed()
        self._start()
        await self._until(scenario.open_s)
        stage.open_trading()
        self._draw_restarts()
        await self._until(world.t + scenario.duration_s)
        stage.calm()
        await self._until(world.t + scenario.settle_s)
        stage.read_back()
        if not self.life.over:
            self.task.cancel()
            await asyncio.wait((self.task,))
        self.hooks.close()
        stage.wire.close()
        self.network.close()

    # --- the connector's process ------------------------------------------------------------

    def _start(self) -> None:
        """Start the connector, for the first time or again on its store."""
        stage = self.stage
        self.life = Life()
        rehearsal = Rehearsal(
            world=stage.world,
            config=stage.document(virtual_access(stage.services)),
            send=DirectTransport(stage.wire).send,
            transport=lambda: RehearsalTransport(stage.wire),
            set_hook_handler=self.carrier.set_handler,
            store_path=str(self.store),
            books=stage.books,
        )
        self.task = self.loop.create_task(
            self.subject(rehearsal), name="connector", context=self.life.context
        )
        self.task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None or self.failed.done():
            return
        if not isinstance(error, PeakproofError):
            told = ConnectorError(f"The connector ended with {type(error).__name__}: {error}")
            told.__cause__ = error
            error = told
        self.failed.set_exception(error)

    def _aim_restarts(self) -> None:
        for restart in self.stage.scenario.restarts:
            if (on := restart.on) is not None:
                kill = partial(self._kill, restart)
                self.stage.wire.aim(Aim(on, kill, on.when, on.of, on.times))

    def _draw_restarts(self) -> None:
        """Choose the moments that no restart is aimed at: a time, and a step after it."""
        stage = self.stage
        rng = stage.world.streams.get("restart")
        for restart in stage.scenario.restarts:
            if restart.on is None:
                at_s = rng.uniform(0.0, stage.scenario.duration_s)
                steps = rng.randint(1, _MOST_STEPS)
                stage.world.after(at_s, partial(self._arm, restart, steps))

    def _arm(self, restart: Restart, steps: int) -> None:
        """Let the connector die in the place of one of its next steps."""
        if self.life.over:
            self.stage.world.after(restart.down_s + 1.0, partial(self._arm, restart, steps))
            return
        self.loop.watch(self.life)
        self.life.call_at_step(steps, partial(self._kill, restart))

    def _kill(self, restart: Restart) -> None:
        world = self.stage.world
        if self.life.over:
            return
        self.loop.kill(self.life)
        self.stage.wire.sever()
        self.hooks.sever()
        self.network.kill(self.life)
        world.emit(Sometimes(world.t, KILLED))
        world.after(restart.down_s, self._start)

    async def _until(self, at_s: float) -> None:
        """Let run time pass; a connector that ends with an exception ends the run."""
        delay_s = at_s - self.stage.world.t
        if delay_s <= 0:
            return
        waiting = asyncio.ensure_future(self.stage.wire.wait(delay_s))
        await asyncio.wait((waiting, self.failed), return_when=asyncio.FIRST_COMPLETED)
        if self.failed.done():
            self.failed.result()
