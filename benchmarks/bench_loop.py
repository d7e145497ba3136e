"""What waiting costs in virtual time, and what exploring interleavings adds: ``make bench``.

Each round makes ``WAITS`` waits on a fresh loop, so a figure divided by ``WAITS`` is the cost of
one, with the step of the coroutine that waits. SimPy's own time-out is the floor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from random import Random
from typing import Any, Final

import pytest
import simpy

from peakproof.clock import Clock
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.policies import POLICIES, policy_named
from peakproof.virtual_time.running import run_virtual
from peakproof.virtual_time.seal import sealed

WAITS: Final = 10_000
TASKS: Final = 50

Main = Callable[[VirtualLoop], Coroutine[Any, Any, None]]


async def by_delay(loop: VirtualLoop) -> None:
    """The harness's own wait."""
    delay = loop.delay
    for _ in range(WAITS):
        await delay(1.0)


async def by_sleep(_loop: VirtualLoop) -> None:
    """The wait of everybody else."""
    for _ in range(WAITS):
        await asyncio.sleep(1.0)


async def by_event(loop: VirtualLoop) -> None:
    """A SimPy event, awaited."""
    env = loop.env
    for _ in range(WAITS):
        await loop.wait_event(env.timeout(1.0))


async def under_timeout(loop: VirtualLoop) -> None:
    """A wait with a time-out around it that is set and cancelled."""
    for _ in range(WAITS):
        async with asyncio.timeout(30):
            await loop.delay(1.0)


async def in_step(loop: VirtualLoop) -> None:
    """Fifty tasks that always wake at the same instant: the most that a policy can have to do."""

    async def worker() -> None:
        for _ in range(WAITS // TASKS):
            await loop.delay(1.0)

    await asyncio.gather(*(worker() for _ in range(TASKS)))


@pytest.mark.parametrize("main", [by_delay, by_sleep, by_event, under_timeout])
def bench_waits_of(main: Main, benchmark: Any) -> None:
    benchmark(lambda: run_virtual(main, simpy.Environment()))


def bench_waits_of_simpy_alone(benchmark: Any) -> None:
    def process(env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        for _ in range(WAITS):
            yield env.timeout(1.0)

    def play() -> None:
        env = simpy.Environment()
        env.process(process(env))
        env.run()

    benchmark(play)


@pytest.mark.parametrize("policy", POLICIES)
def bench_a_policy_over_tasks_that_wake_together(policy: str, benchmark: Any) -> None:
    benchmark(
        lambda: run_virtual(in_step, simpy.Environment(), policy=policy_named(policy, Random(1)))
    )


def bench_an_empty_run(benchmark: Any) -> None:
    async def nothing(_loop: VirtualLoop) -> None:
        pass

    benchmark(lambda: run_virtual(nothing, simpy.Environment()))


def bench_sealing_a_run(benchmark: Any) -> None:
    clock, rng = Clock(simpy.Environment()), Random(1)

    def seal() -> None:
        with sealed(clock, rng):
            pass

    benchmark(seal)
