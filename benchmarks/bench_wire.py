"""What a call costs in a virtual run, on each way of carrying it: ``make bench``.

The call is a versioned update of a stock entry in the fake of commercetools. Direct calls are held
against their floor: two ``asyncio.sleep`` on the virtual loop and the same JSON both ways.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

import aiohttp
import httpx
import pytest
import simpy
from benchmarks.wire_subject import (
    ENTRY,
    HOST,
    RULES,
    SHOP,
    Subject,
    least_us,
    open_wire,
    update_body,
)

from peakproof.virtual_time.loop import VirtualLoop
from peakproof.wire.direct import DirectTransport
from peakproof.wire.httpx import RehearsalTransport
from peakproof.wire.memory import serve_in_memory
from peakproof.wire.message import Request
from peakproof.wire.network import Network

CALLS: Final = 5_000
LAP: Final = 500
ROUNDS: Final = 9


class Laps:
    """Goes through the numbers of the calls, lap by lap, and notes the CPU time of each.

    On a busy machine whole rounds are slowed, one more than another; of many short laps a few
    have the processor and its caches for themselves.
    """

    def __init__(self) -> None:
        self._taken_s: list[float] = []

    def __iter__(self) -> Iterator[range]:
        for start in range(0, CALLS, LAP):
            began = time.process_time()
            yield range(start, start + LAP)
            self._taken_s.append(time.process_time() - began)

    def least_us(self) -> float:
        """Microseconds a call of the fastest lap."""
        return min(self._taken_s) / LAP * 1e6


async def _floor(subject: Subject, laps: Laps) -> None:
    answer = subject.answer
    for numbers in laps:
        for number in numbers:
            update_body(number, number)
            await asyncio.sleep(0.04)
            await asyncio.sleep(0.04)
            ENTRY.decode(answer)


async def _direct(subject: Subject, laps: Laps) -> None:
    send, url, headers = _door(subject)
    version = 1
    for numbers in laps:
        for number in numbers:
            status, _, body = await send("POST", url, headers, update_body(version, number), 30.0)
            assert status == 200
            version = ENTRY.decode(body).version


def _door(subject: Subject) -> tuple[Any, str, dict[str, str]]:
    return DirectTransport(subject.wire).send, f"http://{HOST}{subject.path(1)}", subject.headers


async def _through_httpx(subject: Subject, _laps: Laps) -> None:
    version, url = 1, f"http://{HOST}{subject.path(1)}"
    async with httpx.AsyncClient(transport=RehearsalTransport(subject.wire)) as client:
        for number in range(CALLS // 10):
            answer = await client.post(
                url, headers=subject.headers, content=update_body(version, number)
            )
            version = ENTRY.decode(answer.content).version


async def _through_memory(subject: Subject, _laps: Laps) -> None:
    version, url = 1, f"http://{HOST}{subject.path(1)}"
    async with aiohttp.ClientSession() as session:
        for number in range(CALLS // 10):
            body = update_body(version, number)
            async with session.post(url, headers=subject.headers, data=body) as answer:
                version = ENTRY.decode(await answer.read()).version


Story = Callable[[Subject, Laps], Coroutine[Any, Any, None]]


def _set_up(
    story: Story, laps: Laps | None = None, rules: Any = RULES, *, jumps: bool = True
) -> Callable[[], None]:
    """Everything but the calls, made before the clock starts.

    Without ``jumps`` every wait goes through the event heap, as when much else is going on.
    """
    env = simpy.Environment(initial_time=0.0)
    loop = VirtualLoop(env)
    network = Network(loop)
    subject = open_wire(env, loop.delay, rules=rules)
    if jumps:
        subject.wire.lapse = loop.lapse
    serve_in_memory(subject.wire, network)

    def play() -> None:
        try:
            loop.run_until_complete(story(subject, laps or Laps()))
            subject.wire.world.recorder.digest()
            assert subject.wire.fault is None
        finally:
            loop.close()
            network.close()

    return play


def _measured(benchmark: Any, story: Story, calls: int, **of: Any) -> float:
    benchmark.pedantic(
        lambda play: play(), setup=lambda: ((_set_up(story, **of),), {}), rounds=ROUNDS
    )
    return least_us(benchmark, calls)


def _fake_alone(subject: Subject, laps: Laps) -> None:
    """The same updates inside the fake: no wire, no wait, no client."""
    path, headers = subject.path(1), subject.headers
    requests = [
        Request("POST", path, "", headers, update_body(number + 1, number))
        for number in range(CALLS)
    ]
    env, serve = subject.wire.world.env, subject.serve
    for numbers in laps:
        for number in numbers:
            env._now += 0.08
            assert serve(SHOP, requests[number]).status == 200


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_direct_against_its_floor(benchmark: Any, capsys: Any) -> None:
    """A direct call with everything on, against two sleeps and the JSON, and against the fake.

    All are measured in turns, so that a busy machine slows them alike. A call is measured twice:
    where nothing else happens while it is under way, and where something always does, so that
    both its waits go through the event heap.
    """
    directs, crowded, floors, fakes = Laps(), Laps(), Laps(), Laps()

    def set_up() -> tuple[tuple[Any], dict[str, Any]]:
        _set_up(_floor, floors)()
        _set_up(_direct, crowded, jumps=False)()
        _fake_alone(open_wire(simpy.Environment(initial_time=0.0), None, rules=()), fakes)
        return (_set_up(_direct, directs),), {}

    benchmark.pedantic(lambda play: play(), setup=set_up, rounds=ROUNDS)
    least_us(benchmark, CALLS)
    floor_us, fake_us = floors.least_us(), fakes.least_us()
    with capsys.disabled():
        print(f"\nfloor {floor_us:.2f} us, the fake alone {fake_us:.2f} us")  # noqa: T201
        for name, laps in (("direct", directs), ("direct, crowded", crowded)):
            times = laps.least_us() / floor_us
            print(f"{name} {laps.least_us():.2f} us: {times:.2f} times")  # noqa: T201
    assert directs.least_us() <= 1.5 * floor_us
    assert crowded.least_us() <= 1.5 * floor_us


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_direct_without_latency(benchmark: Any) -> None:
    """A direct call on a wire that takes no time: no wait goes through the event heap."""
    _measured(benchmark, _direct, CALLS, rules=())


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_httpx_transport(benchmark: Any) -> None:
    """A call of an ``httpx.AsyncClient`` through the transport."""
    _measured(benchmark, _through_httpx, CALLS // 10)


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_aiohttp_in_memory(benchmark: Any) -> None:
    """A call of an unmodified aiohttp client over the in-memory network."""
    _measured(benchmark, _through_memory, CALLS // 10)
