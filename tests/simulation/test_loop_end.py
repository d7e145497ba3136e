"""How a run ends: deadlock, livelock, faults, and what it leaves behind."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Generator
from typing import Any

import pytest
import simpy

from peakproof.errors import ConnectorError, Deadlock, FenceError, HarnessFault
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof.virtual_time.tasks import Livelock

Steps = Generator[simpy.Event, Any, Any]


async def poll_orders(answers: asyncio.Queue[str]) -> str:
    """Wait for something that nobody sends."""
    return await answers.get()


async def sync_stock(lock: asyncio.Lock) -> None:
    """Wait for a lock that nobody releases."""
    await asyncio.sleep(2)
    async with lock:
        raise AssertionError("the lock was free")


def test_a_deadlock_names_each_task_and_the_line_where_it_waits() -> None:
    async def main(loop: VirtualLoop) -> None:
        lock = asyncio.Lock()
        await lock.acquire()
        loop.create_task(sync_stock(lock), name="stock")
        await poll_orders(asyncio.Queue())

    with pytest.raises(Deadlock) as told:
        run_virtual(main, simpy.Environment())
    lines = str(told.value).splitlines()
    poll_line = poll_orders.__code__.co_firstlineno + 2
    stock_line = sync_stock.__code__.co_firstlineno + 3
    assert lines[0] == "nothing is left that could happen at t=2.000 s, and 2 tasks still wait:"
    here = "simulation/test_loop_end.py"
    test = test_a_deadlock_names_each_task_and_the_line_where_it_waits.__name__
    assert lines[1].startswith(
        f"  main  {test}.<locals>.main  waits at {here}:{poll_line} in poll_orders (asyncio/"
    )
    assert lines[2].startswith(
        f"  stock  sync_stock  waits at {here}:{stock_line} in sync_stock (asyncio/locks"
    )
    assert lines[3].startswith("Hint: ")


def test_a_deadlock_lists_twenty_tasks_and_counts_the_rest() -> None:
    async def main(loop: VirtualLoop) -> None:
        await asyncio.gather(*(poll_orders(asyncio.Queue()) for _ in range(50)))

    with pytest.raises(Deadlock) as told:
        run_virtual(main, simpy.Environment())
    lines = str(told.value).splitlines()
    assert len(lines) == 1 + 20 + 1 + 1
    assert lines[-2] == "  and 31 more"


def test_waiting_for_the_end_of_time_is_a_deadlock() -> None:
    async def main(loop: VirtualLoop) -> None:
        loop.env.timeout(float("inf"))
        await asyncio.sleep(float("inf"))

    env = simpy.Environment()
    with pytest.raises(Deadlock):
        run_virtual(main, env)
    assert env.now == 0


def test_a_loop_that_polls_without_waiting_still_sees_the_world_change() -> None:
    async def main(loop: VirtualLoop) -> float:
        arrived = loop.delay(30)
        while not arrived.done():
            await asyncio.sleep(0)
        return loop.time()

    assert run_virtual(main, simpy.Environment()) == 30


def test_a_loop_that_polls_for_ever_is_told_so() -> None:
    async def main(loop: VirtualLoop) -> None:
        while True:
            await asyncio.sleep(0)

    loop = VirtualLoop(simpy.Environment(), spin_rounds=50, max_spins=4)
    task = loop.create_task(main(loop), name="poller")
    with pytest.raises(Livelock) as told:
        loop.run_until_complete(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
    text = str(told.value)
    assert text.startswith("time stands still at t=0.000 s: something was ready 250 times in a row")
    assert "poller" in text
    assert isinstance(told.value, Deadlock)


def test_everything_that_is_alive_is_cancelled_in_order_of_creation() -> None:
    ended: list[int] = []

    async def work(number: int) -> None:
        try:
            await asyncio.sleep(1_000)
        finally:
            await asyncio.sleep(0.5)
            ended.append(number)

    async def main(loop: VirtualLoop) -> str:
        for number in range(50):
            loop.create_task(work(number))
        await asyncio.sleep(1)
        return "done"

    assert run_virtual(main, simpy.Environment()) == "done"
    assert ended == list(range(50))


def test_async_generators_are_closed_in_the_order_in_which_they_began() -> None:
    closed: list[int] = []

    async def feed(number: int) -> AsyncIterator[int]:
        try:
            yield number
        finally:
            await asyncio.sleep(0)
            closed.append(number)

    async def main(_loop: VirtualLoop) -> None:
        kept = [feed(number) for number in range(40)]
        for one in kept:
            await anext(one)
        asyncio.get_running_loop().kept = kept  # type: ignore[attr-defined]  # outlives main

    run_virtual(main, simpy.Environment())
    assert closed == list(range(40))


def test_a_task_that_will_not_end_is_named() -> None:
    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(1_000)
            except asyncio.CancelledError:
                continue

    async def main(loop: VirtualLoop) -> None:
        loop.create_task(stubborn(), name="stubborn poller")
        await asyncio.sleep(1)

    with pytest.raises(ConnectorError, match=r"(?s)three times and still alive.*stubborn poller"):
        run_virtual(main, simpy.Environment())


def test_a_run_logs_nothing_and_warns_of_nothing_when_it_is_cut_short(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def never_awaited() -> None:
        await asyncio.sleep(1)

    async def main(loop: VirtualLoop) -> None:
        loop.create_task(never_awaited())
        loop.create_task(poll_orders(asyncio.Queue()))
        loop.delay(9)
        raise LookupError("cut short")

    with caplog.at_level(logging.DEBUG), pytest.raises(LookupError):
        run_virtual(main, simpy.Environment())
    gc.collect()
    assert caplog.records == []


def test_a_process_that_fails_ends_the_run() -> None:
    def van(env: simpy.Environment) -> Steps:
        yield env.timeout(3)
        raise ZeroDivisionError("no parcels")

    async def main(loop: VirtualLoop) -> None:
        loop.env.process(van(loop.env))
        await asyncio.sleep(10)

    with pytest.raises(ZeroDivisionError, match="parcels"):
        run_virtual(main, simpy.Environment())


def test_a_fault_of_the_harness_in_a_callback_ends_the_run() -> None:
    def ledger() -> None:
        raise HarnessFault("a unit went missing")

    async def main(loop: VirtualLoop) -> None:
        loop.set_exception_handler(lambda _loop, _context: None)
        loop.call_later(5, ledger)
        await asyncio.sleep(100)

    env = simpy.Environment()
    with pytest.raises(HarnessFault, match="missing"):
        run_virtual(main, env)
    assert env.now == 5


def test_another_error_in_a_callback_is_the_loops_to_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main(loop: VirtualLoop) -> str:
        loop.call_later(5, lambda: 1 // 0)
        await asyncio.sleep(100)
        return "went on"

    assert run_virtual(main, simpy.Environment()) == "went on"
    assert "ZeroDivisionError" in caplog.text


def test_a_fence_error_that_is_swallowed_comes_out_at_the_end() -> None:
    async def main(loop: VirtualLoop) -> str:
        try:
            await asyncio.open_unix_connection("/tmp/socket")
        except Exception:  # as a connector does that retries everything
            return "all is well"
        return "connected"

    with pytest.raises(FenceError, match="unix socket"):
        run_virtual(main, simpy.Environment())


def test_a_fence_error_explains_what_went_wrong_after_it() -> None:
    async def main(loop: VirtualLoop) -> None:
        try:
            loop.add_reader(0, print)
        except FenceError:
            raise LookupError("no answer") from None

    with pytest.raises(FenceError, match="real socket") as told:
        run_virtual(main, simpy.Environment())
    assert isinstance(told.value.__cause__, LookupError)


def test_a_task_that_outlives_an_interruption_does_not_hide_it() -> None:
    async def deaf() -> None:
        while True:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                continue

    async def main(loop: VirtualLoop) -> None:
        task = loop.create_task(deaf())
        loop.call_later(7, _interrupt)
        await task

    with pytest.raises(KeyboardInterrupt):
        run_virtual(main, simpy.Environment())


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_a_loop_can_be_run_again_and_again() -> None:
    loop = VirtualLoop(simpy.Environment())
    ends: list[float] = []

    async def wait(seconds: float) -> Any:
        await asyncio.sleep(seconds)
        ends.append(loop.time())

    for _ in range(3):
        loop.run_until_complete(wait(4))
    loop.close()
    loop.close()
    assert ends == [4, 8, 12]
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(print)
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_later(1, print)
