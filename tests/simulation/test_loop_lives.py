"""A killed process does not clean up: nothing of its life ever runs again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
import simpy

from peakproof.virtual_time.lives import Life
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.policies import policy_named
from peakproof.virtual_time.running import run_virtual
from peakproof.wire.network import Network

POLICIES = ("in_order", "uniform", "pct")


@pytest.fixture(params=POLICIES)
def play(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Plays a story under each interleaving policy."""

    def played(main: Callable[[VirtualLoop], object]) -> None:
        policy = policy_named(request.param, Random(1))
        run_virtual(main, simpy.Environment(), policy=policy)  # type: ignore[arg-type]  # async

    return played


def test_a_killed_task_never_runs_again_and_never_cleans_up_in_the_run(
    play: Callable[..., None],
) -> None:
    seen: list[str] = []

    async def victim() -> None:
        try:
            await asyncio.sleep(1)
            seen.append("woke")
        finally:
            seen.append("cleaned up")

    async def main(loop: VirtualLoop) -> None:
        life = Life()
        task = loop.create_task(victim(), context=life.context)
        await asyncio.sleep(0.5)
        loop.kill(life)
        await asyncio.sleep(5)
        assert seen == []
        assert task not in asyncio.all_tasks()

    play(main)
    assert seen == ["cleaned up"], "only after the loop is closed may the interpreter tidy up"


def test_cancelling_instead_would_have_let_it_clean_up() -> None:
    seen: list[str] = []

    async def victim() -> None:
        try:
            await asyncio.sleep(1)
        finally:
            seen.append("cleaned up")

    async def main(loop: VirtualLoop) -> None:
        task = loop.create_task(victim())
        await asyncio.sleep(0.5)
        task.cancel()
        await asyncio.sleep(5)
        assert seen == ["cleaned up"]

    run_virtual(main, simpy.Environment())


def test_what_a_killed_process_had_started_dies_with_it_and_its_neighbours_live(
    play: Callable[..., None],
) -> None:
    seen: list[str] = []

    async def tick(name: str) -> None:
        while True:
            await asyncio.sleep(1)
            seen.append(name)

    async def parent(name: str) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(2.5, seen.append, f"{name} timer")
        await asyncio.gather(tick(f"{name} child"), tick(f"{name} child"))

    async def main(loop: VirtualLoop) -> None:
        killed, spared = Life(), Life()
        tasks = [
            loop.create_task(parent(name), context=life.context)
            for name, life in (("killed", killed), ("spared", spared))
        ]
        await asyncio.sleep(1.5)
        loop.kill(killed)
        await asyncio.sleep(1.5)
        tasks[1].cancel()
        with suppress(asyncio.CancelledError):
            await tasks[1]

    play(main)
    assert seen.count("killed child") == 2
    assert "killed timer" not in seen
    assert seen.count("spared child") >= 4
    assert "spared timer" in seen


def test_steps_that_are_ready_when_the_process_is_killed_do_not_run(
    play: Callable[..., None],
) -> None:
    seen: list[str] = []

    async def waits_for(gate: asyncio.Event, name: str) -> None:
        await gate.wait()
        seen.append(name)

    async def main(loop: VirtualLoop) -> None:
        life, gate = Life(), asyncio.Event()
        loop.create_task(waits_for(gate, "killed"), context=life.context)
        survivor = loop.create_task(waits_for(gate, "spared"))
        await asyncio.sleep(1)
        gate.set()
        loop.kill(life)
        await survivor

    play(main)
    assert seen == ["spared"]


def test_a_process_that_is_killed_from_within_goes_on_until_it_next_waits() -> None:
    seen: list[str] = []

    async def victim(loop: VirtualLoop, life: Life) -> None:
        loop.kill(life)
        seen.append("still in the same step")
        await asyncio.sleep(0)
        seen.append("next step")

    async def main(loop: VirtualLoop) -> None:
        life = Life()
        loop.create_task(victim(loop, life), context=life.context)
        await asyncio.sleep(1)

    run_virtual(main, simpy.Environment())
    assert seen == ["still in the same step"]


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_the_nth_step_of_a_life_is_counted_whoever_else_runs(
    play: Callable[..., None], steps: int
) -> None:
    done: list[int] = []
    called: list[int] = []

    async def busy(mine: list[int]) -> None:
        while True:
            mine.append(1)
            await asyncio.sleep(0.5)

    async def main(loop: VirtualLoop) -> None:
        life = Life()
        others: list[int] = []
        neighbour = loop.create_task(busy(others))
        loop.create_task(busy(done), context=life.context)
        await asyncio.sleep(1.25)
        before = len(done)

        def last() -> None:
            called.append(len(done) - before)
            loop.kill(life)

        loop.watch(life)
        life.call_at_step(steps, last)
        await asyncio.sleep(10)
        neighbour.cancel()

    play(main)
    assert called == [steps - 1], "the last step is the one in whose place it dies"
    assert len(done) == 3 + steps - 1


def test_a_killed_process_ends_its_connections_and_listens_no_more() -> None:
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readline()).decode())
        heard.append(repr(await reader.read()))
        writer.close()

    async def victim() -> None:
        await asyncio.start_server(serve, "localhost", 8080)
        _reader, writer = await asyncio.open_connection("vendor.test", 80)
        writer.write(b"hello\n")
        await asyncio.sleep(100)

    async def main(loop: VirtualLoop) -> None:
        network = Network(loop, latency=lambda: 0.1)
        life = Life()

        def vendor() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(asyncio.StreamReader(), serve)

        network.listen("vendor.test", 80, vendor)
        loop.create_task(victim(), context=life.context)
        await asyncio.sleep(1)
        loop.kill(life)
        network.kill(life)
        await asyncio.sleep(1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("localhost", 8080)
        assert network.links == {}
        network.close()

    run_virtual(main, simpy.Environment())
    assert heard == ["hello\n", "b''"], "its kernel sent what was written, and the end"


def test_bytes_that_a_killed_process_had_written_still_arrive() -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    async def victim() -> None:
        _reader, writer = await asyncio.open_connection("vendor.test", 80)
        writer.write(b"an order")
        await asyncio.sleep(100)

    async def main(loop: VirtualLoop) -> None:
        network = Network(loop, latency=lambda: 1.0)
        life = Life()
        network.listen(
            "vendor.test", 80, lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader(), serve)
        )
        loop.create_task(victim(), context=life.context)
        await asyncio.sleep(2.5)  # connected after 2 s, the bytes are half way
        loop.kill(life)
        network.kill(life)
        await asyncio.sleep(5)
        network.close()

    run_virtual(main, simpy.Environment())
    assert heard == [b"an order"]
