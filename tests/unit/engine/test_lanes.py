"""Lanes: one worker at a time on each key, and failures that come back after a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

from tests.unit.engine.stage import play

from peakproof_engine.config import Wire
from peakproof_engine.errors import CallError, Failed, NotNow, Refused, UnknownOutcome
from peakproof_engine.lanes import Handle, Lane


class Watched:
    """A lane and everything that became of its keys."""

    def __init__(self, handle: Handle, *, retries: bool = True, workers: int = 16) -> None:
        self.given_up: list[str] = []
        self.faults: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.lane = Lane(
            "work", handle, Wire(workers=workers), spawn=self._spawn, retries=retries,
            give_up=self._give_up, fault=self._fault,
        )  # fmt: skip

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        self.tasks.append(asyncio.get_running_loop().create_task(work, name=name))
        return self.tasks[-1]

    def _give_up(self, key: str, _error: CallError) -> None:
        self.given_up.append(key)

    def _fault(self, _lane: str, key: str, _error: Exception) -> None:
        self.faults.append(key)


def now() -> float:
    return asyncio.get_running_loop().time()


def raising(*outcomes: Exception | float | None) -> tuple[list[float], Handle]:
    """A handler that ends in these ways, one after the other; the times of its calls."""
    called: list[float] = []
    left = list(outcomes)

    async def handle(_key: str) -> float | None:
        called.append(now())
        outcome = left.pop(0) if left else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return called, handle


def seen(outcome: Exception | float | None, until_s: float = 100.0, **how: Any) -> Any:
    """Poke a lane once and let time pass: what became of it, and when it was worked on."""
    made: list[Any] = []

    async def story() -> None:
        called, handle = raising(outcome)
        watched = Watched(handle, **how)
        watched.lane.poke("a")
        await asyncio.sleep(until_s)
        made.extend((watched, called))

    play(story())
    return made


def test_a_key_is_never_worked_on_twice_at_the_same_time() -> None:
    async def story() -> None:
        running: list[str] = []
        most: dict[str, int] = {}
        done: list[str] = []

        async def handle(key: str) -> None:
            running.append(key)
            most[key] = max(most.get(key, 0), running.count(key))
            await asyncio.sleep(1.0)
            running.remove(key)
            done.append(key)

        watched = Watched(handle)
        for _ in range(3):
            for key in ("a", "b"):
                watched.lane.poke(key)
            await asyncio.sleep(0.4)
        await asyncio.sleep(10.0)
        assert most == {"a": 1, "b": 1}
        assert done.count("a") == 2, "what came while it ran makes it run once more"

    play(story())


def test_no_more_keys_are_worked_on_at_once_than_there_are_workers() -> None:
    async def story() -> None:
        running = most = 0

        async def handle(_key: str) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(1.0)
            running -= 1

        watched = Watched(handle, workers=3)
        for at in range(10):
            watched.lane.poke(f"k{at}")
        await asyncio.sleep(3.9)
        assert most == 3
        assert running == 1
        await asyncio.sleep(1.0)
        assert running == 0
        assert len(watched.tasks) == 3

    play(story())


def test_a_handler_may_ask_to_be_called_again_after_a_while() -> None:
    _, called = seen(30.0)
    assert called == [0.0, 30.0]


def test_a_system_that_asks_to_wait_is_waited_for_exactly() -> None:
    _, called = seen(NotNow("x", "busy", delay_s=7.0))
    assert called == [0.0, 7.0]


def test_an_unknown_outcome_comes_back_after_a_pause_that_grows() -> None:
    async def story() -> None:
        faults = [UnknownOutcome("x", "?")] * 4 + [Failed("x", "no")] * 4
        called, handle = raising(*faults)
        watched = Watched(handle)
        watched.lane.poke("a")
        await asyncio.sleep(500.0)
        gaps = [later - earlier for earlier, later in pairwise(called)]
        assert len(called) == 9
        assert all(later > earlier for earlier, later in pairwise(gaps[:6]))
        assert max(gaps) <= 60.0 * 1.25
        assert not watched.given_up

    play(story())


def test_after_a_success_the_pauses_begin_anew() -> None:
    async def story() -> None:
        fault = UnknownOutcome("x", "?")
        called, handle = raising(fault, fault, None, fault)
        watched = Watched(handle)
        watched.lane.poke("a")
        await asyncio.sleep(50.0)
        watched.lane.poke("a")
        await asyncio.sleep(50.0)
        assert called[4] - called[3] <= 1.25

    play(story())


def test_without_its_guard_an_unknown_outcome_is_given_up() -> None:
    watched, called = seen(UnknownOutcome("x", "?"), retries=False)
    assert watched.given_up == ["a"]
    assert len(called) == 1


def test_a_refusal_is_given_up() -> None:
    watched, called = seen(Refused("x", "no", status=400))
    assert watched.given_up == ["a"]
    assert len(called) == 1


def test_what_no_flow_was_built_for_is_told_and_tried_again_slowly() -> None:
    watched, called = seen(ZeroDivisionError())
    assert watched.faults == ["a"]
    assert called[1] - called[0] >= 45.0


def test_what_waits_for_its_time_goes_at_once_when_it_is_poked() -> None:
    async def story(poke: Callable[[Lane], None]) -> list[float]:
        called, handle = raising()
        watched = Watched(handle)
        watched.lane.poke("a", 50.0)
        await asyncio.sleep(10.0)
        poke(watched.lane)
        await asyncio.sleep(100.0)
        return called

    assert play(story(lambda lane: lane.poke("a"))) == [10.0]
    assert play(story(lambda lane: lane.poke("a", 5.0))) == [50.0], "a later wish is no earlier one"


def test_a_wish_that_comes_while_the_key_is_worked_on_is_kept() -> None:
    async def story(wishes: list[float], asks_s: float | None) -> list[float]:
        called: list[float] = []

        async def handle(key: str) -> float | None:
            called.append(now())
            if len(called) > 1:
                return None
            for delay_s in wishes:
                watched.lane.poke(key, delay_s)
            await asyncio.sleep(2.0)
            return asks_s

        watched = Watched(handle)
        watched.lane.poke("a")
        await asyncio.sleep(100.0)
        return called

    assert play(story([], None)) == [0.0]
    assert play(story([5.0], None)) == [0.0, 7.0]
    assert play(story([5.0, 3.0, 4.0], None)) == [0.0, 5.0]
    assert play(story([5.0, 0.0], None)) == [0.0, 2.0]
    assert play(story([5.0], 9.0)) == [0.0, 7.0]
    assert play(story([9.0], 5.0)) == [0.0, 7.0]


def test_keys_come_due_in_the_order_of_their_times() -> None:
    async def story() -> None:
        order: list[tuple[float, str]] = []

        async def handle(key: str) -> None:
            order.append((now(), key))

        watched = Watched(handle)
        for delay in (30.0, 10.0, 20.0):
            watched.lane.poke(f"{delay}", delay)
        await asyncio.sleep(15.0)
        watched.lane.poke("new", 1.0)
        await asyncio.sleep(50.0)
        assert order == [(10.0, "10.0"), (16.0, "new"), (20.0, "20.0"), (30.0, "30.0")]

    play(story())


def test_a_closed_lane_takes_no_more() -> None:
    async def story() -> None:
        called, handle = raising()
        watched = Watched(handle)
        watched.lane.close()
        watched.lane.poke("a")
        await asyncio.sleep(1.0)
        assert not called

    play(story())
