"""A wait that jumps when nothing else can happen is a wait all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from math import nan
from random import Random
from typing import Any

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from peakproof.virtual_time.lives import Life
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.policies import Policy, Uniform
from peakproof.virtual_time.running import run_virtual

Steps = Generator[simpy.Event, Any, Any]
Seen = list[tuple[float, str, int]]

waits = st.sampled_from([0.0, 0.5, 1.0, 1.0, 2.0, 3.5])


def play(plans: list[list[float]], world: list[float], way: str, policy: Policy | None) -> Seen:
    """Tasks that wait, one of them starting another, beside a process of the world."""
    seen: Seen = []

    async def story(loop: VirtualLoop, name: str, plan: list[float]) -> None:
        for number, seconds in enumerate(plan):
            if seconds:
                await getattr(loop, way)(seconds)
            else:
                await asyncio.sleep(0)
            seen.append((loop.time(), name, number))

    async def main(loop: VirtualLoop) -> None:
        def process() -> Steps:
            for number, seconds in enumerate(world):
                yield loop.env.timeout(seconds)
                seen.append((loop.env.now, "world", number))

        loop.env.process(process())
        tasks = [loop.create_task(story(loop, str(one), plan)) for one, plan in enumerate(plans)]
        async with asyncio.timeout(1000):
            await story(loop, "main", [1.0, 0.0, 2.0])
        for task in tasks:
            await task

    run_virtual(main, simpy.Environment(), policy=policy)
    return seen


@settings(max_examples=200, deadline=None)
@given(
    plans=st.lists(st.lists(waits, max_size=6), max_size=4),
    world=st.lists(waits, max_size=4),
    seed=st.none() | st.integers(0, 3),
)
def test_everything_happens_when_it_would_and_in_the_same_order(
    plans: list[list[float]], world: list[float], seed: int | None
) -> None:
    by_jumps, by_waits = (
        play(plans, world, way, None if seed is None else Uniform(Random(seed)))
        for way in ("lapse", "delay")
    )
    assert by_jumps == by_waits


def entries(loop: VirtualLoop) -> int:
    """How many entries SimPy's queue holds."""
    return len(loop.env._queue)


def test_alone_it_sets_the_clock_and_nothing_is_scheduled() -> None:
    async def main(loop: VirtualLoop) -> None:
        before = entries(loop)
        wait = loop.lapse(30.0)
        assert wait.done()
        assert (loop.time(), entries(loop)) == (30.0, before)
        await wait

    run_virtual(main, simpy.Environment())


@pytest.mark.parametrize("event_s", [29.0, 30.0])
def test_what_comes_before_it_or_at_the_same_moment_comes_first(event_s: float) -> None:
    rung: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        loop.call_later(event_s, lambda: rung.append(loop.time()))
        await loop.lapse(30.0)
        assert (loop.time(), rung) == (30.0, [event_s])

    run_virtual(main, simpy.Environment())


def test_what_is_ready_now_comes_first() -> None:
    rung: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        loop.call_soon(lambda: rung.append(loop.time()))
        await loop.lapse(30.0)
        assert (loop.time(), rung) == (30.0, [0.0])

    run_virtual(main, simpy.Environment())


def test_a_life_whose_steps_are_counted_makes_a_step_of_every_wait() -> None:
    ended: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        life = Life()

        async def story() -> None:
            while True:
                await loop.lapse(1.0)

        def end() -> None:
            ended.append(loop.time())
            loop.kill(life)

        loop.watch(life)
        life.call_at_step(3, end)
        loop.create_task(story(), context=life.context)
        await asyncio.sleep(60)

    run_virtual(main, simpy.Environment())
    assert ended == [2.0]


def test_a_loop_that_was_stopped_stops_at_the_next_wait() -> None:
    loop = VirtualLoop(simpy.Environment())

    async def story() -> None:
        loop.stop()
        await loop.lapse(30.0)

    task = loop.create_task(story())
    loop.run_forever()
    assert (loop.time(), task.done()) == (0.0, False)
    task.cancel()
    loop.run_until_complete(asyncio.wait((task,)))
    loop.close()


@pytest.mark.parametrize("seconds", [-1, -1e-9, nan])
def test_it_must_be_a_number_of_seconds(seconds: float) -> None:
    async def main(loop: VirtualLoop) -> None:
        with pytest.raises(ValueError, match="a wait of"):
            await loop.lapse(seconds)

    run_virtual(main, simpy.Environment())
