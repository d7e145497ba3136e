"""Plays a run in virtual time: as fast as the machine can, the same each time."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peakproof import catalogue
from peakproof.errors import ConnectorError, PeakproofError
from peakproof.history.recorder import Recorder
from peakproof.run.rehearsal import Rehearsal
from peakproof.run.stage import Stage, build, virtual_access
from peakproof.virtual_time.loop import VirtualLoop, run_virtual
from peakproof.virtual_time.policies import policy_named
from peakproof.virtual_time.seal import sealed
from peakproof.wire.carriers import HandlerCarrier
from peakproof.wire.direct import DirectTransport
from peakproof.wire.hooks import Hooks
from peakproof.wire.httpx import RehearsalTransport
from peakproof.wire.memory import serve_in_memory
from peakproof.wire.network import Network

if TYPE_CHECKING:
    from peakproof.run.setting import Setting


def play(setting: Setting, recorder: Recorder) -> Stage:
    """Play a whole run; its history is in the recorder.

    Raises:
        ConnectorError: the connector could not be loaded, or ended with an exception.
        ScenarioError: the scenario cannot be played.
        HarnessFault: something inside peakproof is wrong.
    """
    loops: list[VirtualLoop] = []

    def wait(seconds: float) -> asyncio.Future[None]:
        return loops[0].delay(seconds)

    def stop(_fault: PeakproofError) -> None:
        loops[0].stop()

    stage = build(setting, recorder=recorder, wait=wait, on_fault=stop)
    subject = catalogue.connector(setting.connector)
    streams = stage.world.streams
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="peakproof-")))
        cleanup.enter_context(sealed(stage.world.clock, streams.get("entropy")))

        async def main(loop: VirtualLoop) -> None:
            loops.append(loop)
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
        self.task: asyncio.Task[None] | None = None
        self.carrier = HandlerCarrier()
        self.hooks = Hooks(stage.wire, self.carrier)

    async def play(self) -> None:
        stage, scenario = self.stage, self.stage.scenario
        world = stage.world
        network = Network(self.loop)
        serve_in_memory(stage.wire, network)
        world.emit(stage.opening_record("virtual"))
        stage.phase("open")
        stage.aim_events()
        stage.wire.disarm()
        stage.day.seed()
        self.task = self._start()
        await self._until(scenario.open_s)
        stage.open_trading()
        await self._until(world.t + scenario.duration_s)
        stage.calm()
        await self._until(world.t + scenario.settle_s)
        stage.read_back()
        self.task.cancel()
        await asyncio.wait((self.task,))
        self.hooks.close()
        stage.wire.close()
        network.close()

    def _start(self) -> asyncio.Task[None]:
        stage = self.stage
        rehearsal = Rehearsal(
            world=stage.world,
            config=stage.document(virtual_access(stage.services)),
            send=DirectTransport(stage.wire).send,
            transport=lambda: RehearsalTransport(stage.wire),
            set_hook_handler=self.carrier.set_handler,
            store_path=str(self.store),
        )
        return asyncio.get_running_loop().create_task(self.subject(rehearsal), name="connector")

    async def _until(self, at_s: float) -> None:
        """Let run time pass; a connector that ends with an exception ends the run."""
        assert self.task is not None
        delay_s = at_s - self.stage.world.t
        if delay_s <= 0:
            return
        waiting = asyncio.ensure_future(self.stage.wire.wait(delay_s))
        await asyncio.wait((waiting, self.task), return_when=asyncio.FIRST_COMPLETED)
        if self.task.done():
            self._check_end()
            await waiting

    def _check_end(self) -> None:
        assert self.task is not None
        error = None if self.task.cancelled() else self.task.exception()
        if error is None:
            return
        if isinstance(error, PeakproofError):
            raise error
        raise ConnectorError(f"The connector ended with {type(error).__name__}: {error}") from error
