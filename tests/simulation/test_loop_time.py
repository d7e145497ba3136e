"""Coroutines and SimPy processes live in one time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from math import inf, nan
from typing import Any

import anyio.to_thread
import pytest
import simpy
from simpy.rt import RealtimeEnvironment

from peakproof.errors import HarnessFault
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual

Steps = Generator[simpy.Event, Any, Any]


def noting(seen: list[int], number: int) -> Callable[[object], None]:
    """A callback that notes its number."""
    return lambda _event: seen.append(number)


def play(main: Any, *, until: float | None = None) -> Any:
    """Run ``main(loop)`` in an environment of its own."""
    return run_virtual(main, simpy.Environment(), until=until)


def test_a_sleep_takes_run_time_and_no_other() -> None:
    async def main(loop: VirtualLoop) -> tuple[float, float]:
        await asyncio.sleep(86_400)
        return loop.time(), loop.env.now

    assert play(main) == (86_400, 86_400)


def test_processes_and_coroutines_take_turns_on_one_clock() -> None:
    seen: list[tuple[float, str]] = []

    async def main(loop: VirtualLoop) -> None:
        def picker() -> Steps:
            for _ in range(3):
                yield loop.env.timeout(2)
                seen.append((loop.env.now, "picker"))

        loop.env.process(picker())
        for _ in range(3):
            await asyncio.sleep(1.5)
            seen.append((loop.time(), "connector"))
        await asyncio.sleep(2)

    play(main)
    assert seen == [
        (1.5, "connector"),
        (2, "picker"),
        (3.0, "connector"),
        (4, "picker"),
        (4.5, "connector"),
        (6, "picker"),
    ]


def test_what_is_due_at_one_instant_happens_in_the_order_of_scheduling() -> None:
    seen: list[int] = []

    async def main(loop: VirtualLoop) -> None:
        for number in range(200):
            if number % 3 == 0:
                loop.env.timeout(5).callbacks.append(noting(seen, number))
            elif number % 3 == 1:
                loop.call_later(5, seen.append, number)
            else:
                loop.delay(5).add_done_callback(noting(seen, number))
        await asyncio.sleep(6)

    play(main)
    assert seen == list(range(200))


def test_ready_work_comes_before_the_next_event_of_the_same_instant() -> None:
    seen: list[str] = []

    async def main(loop: VirtualLoop) -> None:
        loop.call_later(1, lambda: loop.call_soon(seen.append, "made ready at one"))
        loop.call_later(1, seen.append, "second timer at one")
        await asyncio.sleep(2)

    play(main)
    assert seen == ["made ready at one", "second timer at one"]


def test_a_timer_never_rings_before_its_time() -> None:
    early: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        def check(when: float) -> None:
            if loop.time() < when:
                early.append(when)

        await asyncio.sleep(0.1)
        for step in range(1, 2_000):
            when = loop.time() + step / 7
            loop.call_at(when, check, when)
            await asyncio.sleep(0.3)
        await asyncio.sleep(300)

    play(main)
    assert early == []


def test_a_timer_of_the_past_rings_now_and_time_does_not_go_back() -> None:
    async def main(loop: VirtualLoop) -> float:
        await asyncio.sleep(10)
        rung = loop.create_future()
        loop.call_at(3, rung.set_result, None)
        await rung
        return loop.time()

    assert play(main) == 10


def test_a_timer_at_infinity_never_rings_and_one_at_no_number_is_refused() -> None:
    rung: list[str] = []

    async def main(loop: VirtualLoop) -> None:
        loop.call_later(inf, rung.append, "never")
        with pytest.raises(ValueError, match="NaN"):
            loop.call_later(nan, rung.append, "never")
        await asyncio.sleep(1e6)

    play(main)
    assert rung == []


@pytest.mark.parametrize("seconds", [-1, -1e-9, nan])
def test_a_wait_must_be_a_number_of_seconds(seconds: float) -> None:
    async def main(loop: VirtualLoop) -> None:
        with pytest.raises(ValueError, match="a wait of"):
            await loop.delay(seconds)

    play(main)


def test_a_cancelled_wait_does_not_move_the_clock() -> None:
    async def main(loop: VirtualLoop) -> float:
        loop.delay(500).cancel()
        loop.call_later(600, print).cancel()
        await asyncio.sleep(1)
        return loop.time()

    env = simpy.Environment()
    assert run_virtual(main, env) == 1
    assert env.now == 1


def test_cancelled_timers_do_not_pile_up_in_the_queue() -> None:
    async def main(loop: VirtualLoop) -> int:
        for _ in range(10_000):
            async with asyncio.timeout(3_600):
                await loop.delay(0.001)
        return len(loop.env._queue)

    assert play(main) < 300


def test_a_closed_loop_leaves_only_the_worlds_events_in_the_queue() -> None:
    env = simpy.Environment()
    env.timeout(7)

    async def main(loop: VirtualLoop) -> None:
        loop.delay(5)
        loop.call_later(6, print)

    run_virtual(main, env)
    assert [type(entry[3]) for entry in env._queue] == [simpy.Timeout]
    env.run()
    assert env.now == 7


def test_an_event_of_the_world_can_be_awaited() -> None:
    async def main(loop: VirtualLoop) -> list[Any]:
        shelf = simpy.Container(loop.env, init=0)

        def receipt() -> Steps:
            yield loop.env.timeout(4)
            yield shelf.put(10)

        loop.env.process(receipt())
        await loop.wait_event(shelf.get(3))
        over = loop.env.timeout(1, value="packed")
        await asyncio.sleep(2)
        return [loop.time(), shelf.level, await loop.wait_event(over)]

    assert play(main) == [6, 7, "packed"]


def test_a_failed_event_raises_where_it_is_awaited() -> None:
    async def main(loop: VirtualLoop) -> str:
        event = loop.env.event()
        waiting = loop.wait_event(event)
        event.fail(OSError("the van broke down"))
        try:
            await waiting
        except OSError as error:
            return str(error)
        return "nothing"

    assert play(main) == "the van broke down"


def test_a_failed_event_that_nobody_awaits_any_more_ends_the_run() -> None:
    async def main(loop: VirtualLoop) -> None:
        event = loop.env.event()
        loop.wait_event(event).cancel()
        event.fail(OSError("the van broke down"))
        await asyncio.sleep(1)

    with pytest.raises(OSError, match="van"):
        play(main)


def test_a_process_can_wait_for_a_coroutine() -> None:
    told: list[Any] = []

    async def ask(answer: int | Exception) -> int:
        await asyncio.sleep(3)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def main(loop: VirtualLoop) -> None:
        def shopper() -> Steps:
            told.append((yield loop.as_event(ask(42))))
            try:
                yield loop.as_event(ask(ValueError("sold out")))
            except ValueError as error:
                told.append(str(error))
            told.append(loop.env.now)

        await loop.wait_event(loop.env.process(shopper()))

    play(main)
    assert told == [42, "sold out", 6]


def test_a_process_is_interrupted_when_its_coroutine_is_cancelled() -> None:
    told: list[str] = []

    async def ask(own: list[asyncio.Task[Any] | None]) -> None:
        own.append(asyncio.current_task())
        await asyncio.sleep(100)

    async def main(loop: VirtualLoop) -> None:
        own: list[Any] = []

        def shopper() -> Steps:
            try:
                yield loop.as_event(ask(own))
            except simpy.Interrupt as interrupt:
                told.append(str(interrupt.cause))

        done = loop.wait_event(loop.env.process(shopper()))
        await asyncio.sleep(1)
        own[0].cancel()
        await done

    play(main)
    assert told == ["the coroutine was cancelled"]


def test_work_for_threads_runs_at_once_in_the_loops_own_thread() -> None:
    async def main(loop: VirtualLoop) -> list[Any]:
        own = threading.get_ident()
        return [
            await asyncio.to_thread(threading.get_ident) == own,
            await loop.run_in_executor(None, threading.get_ident) == own,
            await anyio.to_thread.run_sync(threading.get_ident) == own,
            loop.time(),
        ]

    assert play(main) == [True, True, True, 0]


def test_what_a_threads_work_raises_is_raised_where_it_is_awaited() -> None:
    def fail(error: BaseException) -> None:
        raise error

    async def main(loop: VirtualLoop) -> None:
        with pytest.raises(KeyError):
            await loop.run_in_executor(None, fail, KeyError("sku"))
        with pytest.raises(RuntimeError, match="StopIteration"):
            await loop.run_in_executor(None, fail, StopIteration())
        with pytest.raises(KeyError):
            await anyio.to_thread.run_sync(fail, KeyError("sku"))

    play(main)


def test_an_environment_with_a_pace_of_its_own_is_refused() -> None:
    with pytest.raises(HarnessFault, match=r"plain simpy\.Environment"):
        VirtualLoop(RealtimeEnvironment())


@pytest.mark.parametrize("start", [1_790_000_000, -1])
def test_time_that_does_not_start_near_zero_is_refused(start: float) -> None:
    with pytest.raises(HarnessFault, match="starts near 0"):
        VirtualLoop(simpy.Environment(initial_time=start))


def test_a_loop_in_debug_mode_keeps_the_same_time() -> None:
    async def main(loop: VirtualLoop) -> float:
        loop.set_debug(True)
        await asyncio.gather(asyncio.sleep(3), loop.delay(5))
        return loop.time()

    assert play(main) == 5


def test_the_asyncio_toolbox_works_in_run_time() -> None:
    async def worker(queue: asyncio.Queue[int], done: list[tuple[float, int]]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            item = await queue.get()
            await asyncio.sleep(item)
            done.append((loop.time(), item))
            queue.task_done()

    async def main(loop: VirtualLoop) -> list[tuple[float, int]]:
        queue: asyncio.Queue[int] = asyncio.Queue(maxsize=2)
        done: list[tuple[float, int]] = []
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(worker(queue, done)) for _ in range(2)]
            for item in (5, 1, 1, 1):
                await queue.put(item)
            await queue.join()
            for task in workers:
                task.cancel()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 10)
        done.append((loop.time(), 0))
        return done

    assert play(main) == [(1, 1), (2, 1), (3, 1), (5, 5), (15, 0)]


def test_a_run_that_ends_at_a_time_gives_nothing() -> None:
    seen: list[float] = []

    async def main(loop: VirtualLoop) -> str:
        while True:
            await asyncio.sleep(10)
            seen.append(loop.time())

    env = simpy.Environment()
    assert run_virtual(main, env, until=35) is None
    assert (seen, env.now) == ([10, 20, 30], 35)


def test_what_main_returns_or_raises_comes_out() -> None:
    async def fine(_loop: VirtualLoop) -> str:
        return "fine"

    async def bad(_loop: VirtualLoop) -> None:
        raise LookupError("no such facility")

    assert play(fine) == "fine"
    with pytest.raises(LookupError, match="facility"):
        play(bad)


def test_a_coroutine_of_a_run_has_its_own_numbered_name() -> None:
    async def name() -> str:
        task = asyncio.current_task()
        assert task is not None
        return task.get_name()

    async def main(loop: VirtualLoop) -> list[str]:
        plain: list[Coroutine[Any, Any, str]] = [name() for _ in range(3)]
        named = loop.create_task(name(), name="poller")
        return [*(await asyncio.gather(*plain)), await named]

    assert play(main) == play(main) == ["Task-1", "Task-2", "Task-3", "poller"]
