"""Interleavings: what a policy may change, and what it finds."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest
import simpy

from peakproof.errors import UsageError
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.policies import POLICIES, InOrder, is_step, policy_named
from peakproof.virtual_time.running import run_virtual

EXPLORING = ("uniform", "pct")


class Shelf:
    """One stock figure, read and written back with a wait in between."""

    def __init__(self, units: int) -> None:
        self.units = units


async def sell_carefully(shelf: Shelf, _hops: int) -> None:
    """Take one unit off at one moment."""
    await asyncio.sleep(1)
    shelf.units -= 1


async def sell_carelessly(shelf: Shelf, hops: int) -> None:
    """Read, do something else at the same instant, write back: the update of another is lost.

    In the order of asyncio the first seller is done before the second one reads.
    """
    seen = shelf.units
    for _ in range(hops):
        await asyncio.sleep(0)
    shelf.units = seen - 1


def units_left(policy: str, seed: int, *, hops: int, careful: bool = False) -> int:
    """Two sellers take one unit each of 10; the second starts when the first should be done."""
    shelf = Shelf(10)
    sell = sell_carefully if careful else sell_carelessly

    async def second() -> None:
        for _ in range(hops + 1):
            await asyncio.sleep(0)
        await sell(shelf, hops)

    async def main(loop: VirtualLoop) -> None:
        await asyncio.gather(loop.create_task(sell(shelf, hops)), loop.create_task(second()))

    run_virtual(main, simpy.Environment(), policy=policy_named(policy, Random(seed)))
    return shelf.units


def test_the_order_of_asyncio_never_shows_the_lost_update() -> None:
    assert {units_left("in_order", seed, hops=1) for seed in range(20)} == {8}


@pytest.mark.parametrize("policy", EXPLORING)
def test_an_exploring_policy_finds_the_lost_update(policy: str) -> None:
    lost = sum(units_left(policy, seed, hops=1) == 9 for seed in range(200))
    assert 5 <= lost < 200


@pytest.mark.parametrize("policy", EXPLORING)
def test_a_seller_without_the_bug_loses_nothing_under_any_policy(policy: str) -> None:
    assert {units_left(policy, seed, hops=1, careful=True) for seed in range(100)} == {8}


def overtakes(policy: str, seed: int) -> bool:
    """Whether a task of twelve steps is done before one of two steps is."""

    async def main(loop: VirtualLoop) -> bool:
        window = ["open"]

        async def short() -> None:
            await asyncio.sleep(0)
            window.clear()

        async def long() -> bool:
            for _ in range(12):
                await asyncio.sleep(0)
            return bool(window)

        closing, overtaking = loop.create_task(short()), loop.create_task(long())
        await closing
        return bool(await overtaking)

    return bool(run_virtual(main, simpy.Environment(), policy=policy_named(policy, Random(seed))))


def test_priorities_find_what_needs_many_choices_in_a_row() -> None:
    found = {
        policy: sum(overtakes(policy, seed) for seed in range(300)) for policy in sorted(POLICIES)
    }
    assert found["in_order"] == 0
    assert found["pct"] > 10 * found["uniform"]
    assert found["pct"] > 20


@pytest.mark.parametrize("policy", EXPLORING)
def test_tasks_that_wake_at_one_instant_wake_in_any_order(policy: str) -> None:
    def order(seed: int) -> tuple[int, ...]:
        woken: list[int] = []

        async def wake(number: int) -> None:
            await asyncio.sleep(5)
            woken.append(number)

        async def main(_loop: VirtualLoop) -> None:
            await asyncio.gather(*(wake(number) for number in range(3)))

        run_virtual(main, simpy.Environment(), policy=policy_named(policy, Random(seed)))
        return tuple(woken)

    orders = {order(seed) for seed in range(60)}
    assert len(orders) == 6


@pytest.mark.parametrize("policy", EXPLORING)
def test_plain_callbacks_keep_their_order(policy: str) -> None:
    async def main(loop: VirtualLoop) -> list[int]:
        called: list[int] = []
        for number in range(0, 300, 3):
            loop.call_soon(called.append, number)
            loop.create_task(asyncio.sleep(0))
            loop.call_soon(called.append, number + 1)
            loop.create_task(asyncio.sleep(0))
            loop.create_task(asyncio.sleep(0))
            loop.call_later(0, called.append, 10_000 + number)
        await asyncio.sleep(1)
        return called

    called = run_virtual(main, simpy.Environment(), policy=policy_named(policy, Random(3)))
    assert called is not None
    assert called == sorted(called)
    assert len(called) == 300


def _trace(policy: str, seed: int) -> list[tuple[int, int]]:
    steps: list[tuple[int, int]] = []

    async def walk(number: int) -> None:
        for step in range(20):
            steps.append((number, step))
            await asyncio.sleep(0)

    async def main(_loop: VirtualLoop) -> None:
        await asyncio.gather(*(walk(number) for number in range(8)))

    run_virtual(main, simpy.Environment(), policy=policy_named(policy, Random(seed)))
    return steps


@pytest.mark.parametrize("policy", EXPLORING)
def test_a_policy_repeats_with_its_seed_and_differs_without(policy: str) -> None:
    assert _trace(policy, 1) == _trace(policy, 1)
    assert len({tuple(_trace(policy, seed)) for seed in range(20)}) > 10
    assert sorted(_trace(policy, 1)) == sorted(_trace("in_order", 1))


@pytest.mark.parametrize("policy", EXPLORING)
def test_a_task_that_spins_does_not_starve_the_one_it_waits_for(policy: str) -> None:
    async def main(loop: VirtualLoop) -> list[int]:
        flags: list[int] = []

        async def spin() -> None:
            while len(flags) < 3:
                await asyncio.sleep(0)

        async def raise_flags() -> None:
            for number in range(3):
                await asyncio.sleep(0)
                flags.append(number)

        await asyncio.gather(*(loop.create_task(spin()) for _ in range(4)), raise_flags())
        return flags

    for seed in range(30):
        flags = run_virtual(main, simpy.Environment(), policy=policy_named(policy, Random(seed)))
        assert flags == [0, 1, 2]


@pytest.mark.parametrize("policy", EXPLORING)
def test_a_run_can_be_stopped_while_a_policy_holds_steps(policy: str) -> None:
    loop = VirtualLoop(simpy.Environment(), policy=policy_named(policy, Random(1)))
    done: list[int] = []

    async def work(number: int) -> None:
        if number == 3:
            loop.stop()
        await asyncio.sleep(0)
        done.append(number)

    tasks = [loop.create_task(work(number)) for number in range(10)]
    loop.run_forever()
    assert len(done) < 10
    loop.run_until_complete(asyncio.wait(tasks))
    loop.close()
    assert sorted(done) == list(range(10))


def test_task_steps_are_told_from_callbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, bool] = {}
    loop = VirtualLoop(simpy.Environment())
    call_soon = loop.call_soon

    def watch(callback: Any, *args: Any, **options: Any) -> asyncio.Handle:
        handle = call_soon(callback, *args, **options)
        seen[getattr(callback, "__name__", type(callback).__name__)] = is_step(handle)
        return handle

    monkeypatch.setattr(loop, "call_soon", watch)

    async def other() -> None:
        await asyncio.sleep(5)

    async def main() -> None:
        task = loop.create_task(other())
        await asyncio.sleep(1)
        loop.call_soon(task.cancel)
        loop.call_soon(seen.get, "nothing")
        loop.call_soon(print)
        with pytest.raises(asyncio.CancelledError):
            await task

    loop.run_until_complete(main())
    loop.close()
    assert seen == {
        "TaskStepMethWrapper": True,
        "task_wakeup": True,
        "cancel": False,
        "get": False,
        "print": False,
        "_run_until_complete_cb": False,
    }


def test_a_policy_is_asked_for_by_name() -> None:
    assert list(POLICIES) == ["in_order", "uniform", "pct"]
    for name in [*POLICIES, "pct:5"]:
        assert len(policy_named(name, Random(1))) == 0


@pytest.mark.parametrize("name", ["fifo", "", "uniform:3", "pct:many", "pct:-1"])
def test_a_policy_that_does_not_exist_is_a_users_mistake(name: str) -> None:
    with pytest.raises(UsageError, match="polic"):
        policy_named(name, Random(1))


def test_order_by_age_is_a_policy_like_the_others() -> None:
    policy = InOrder()
    loop = VirtualLoop(simpy.Environment())
    handles = [asyncio.Handle(print, (), loop) for _ in range(3)]
    for handle in handles:
        policy.add(handle)
    assert [policy.take() for _ in range(len(policy))] == handles
    loop.close()
