"""From when a sweep asks, in the run that goes on and in the one that is started on its store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.unit.engine.stage import EPOCH_S, clock, config, play

from peakproof_engine.app import Engine
from peakproof_engine.flows.core import Core
from peakproof_engine.httpx_send import HttpxSend

OVERLAP_S = 60.0


def in_engine(file: Path, story: Callable[[Core], float], **guards: object) -> float:
    """What a story tells about sweeps, told to an engine on a store; seconds after its start."""

    async def told() -> float:
        engine = Engine(
            config(store__path=str(file), cadence__overlap_s=OVERLAP_S, **guards),
            send=HttpxSend(), clock=clock(),
        )  # fmt: skip
        with engine.store as store:
            store.set_mark("started", repr(EPOCH_S))
        try:
            return story(engine.core) - EPOCH_S
        finally:
            await engine.core.stop()
            engine.store.close()

    return play(told())


def sweeps_at(core: Core, *offsets_s: float) -> None:
    for offset_s in offsets_s:
        core.swept("orders", EPOCH_S + offset_s)


def test_the_first_sweep_asks_for_everything_since_the_start(tmp_path: Path) -> None:
    assert in_engine(tmp_path / "s", lambda core: core.sweep_from("orders")) == 0.0


def test_a_sweep_asks_from_the_last_one_however_often_there_is_one(tmp_path: Path) -> None:
    def story(core: Core) -> float:
        sweeps_at(core, 100.0, 105.0, 110.0)
        return core.sweep_from("orders")

    assert in_engine(tmp_path / "s", story) == 110.0 - OVERLAP_S
    assert in_engine(tmp_path / "t", story, guards__off=["overlap_window"]) == 110.0


def test_after_a_start_a_sweep_begins_no_earlier_than_half_an_overlap_before(
    tmp_path: Path,
) -> None:
    """The store is told now and then only; what is missing there is swept once more."""

    def before(core: Core) -> float:
        sweeps_at(core, 100.0, 105.0, 129.0)
        return core.swept_to("orders") or 0.0

    def later(core: Core) -> float:
        sweeps_at(core, 130.0, 140.0)
        return core.swept_to("orders") or 0.0

    def again(core: Core) -> float:
        return core.swept_to("orders") or 0.0

    file = tmp_path / "s"
    assert in_engine(file, before) == 129.0
    assert in_engine(file, again) == 100.0
    assert in_engine(file, later) == 140.0
    assert in_engine(file, again) == 130.0


def test_a_start_in_between_does_not_put_off_what_the_store_is_told(tmp_path: Path) -> None:
    file = tmp_path / "s"
    for offset_s in (100.0, 101.0, 102.0):

        def story(core: Core, offset_s: float = offset_s) -> float:
            sweeps_at(core, offset_s)
            return core.swept_to("orders") or 0.0

        assert in_engine(file, story) == offset_s
    assert in_engine(file, lambda core: core.swept_to("orders") or 0.0) == 102.0
