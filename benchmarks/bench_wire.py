"""What a call costs in a virtual run, on each way of carrying it: ``make bench``.

Direct calls are held against their floor: two ``asyncio.sleep`` on the virtual loop and the JSON
both ways.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

import aiohttp
import httpx
import pytest
import simpy
from benchmarks.wire_subject import (
    ANSWER,
    ENTRY,
    HEADERS,
    HOST,
    PATH,
    RULES,
    least_s,
    least_us,
    open_wire,
    update_body,
)

from peakproof.virtual_time.loop import VirtualLoop
from peakproof.wire.direct import DirectTransport
from peakproof.wire.exchange import Wire
from peakproof.wire.httpx import RehearsalTransport
from peakproof.wire.memory import serve_in_memory
from peakproof.wire.network import Network

CALLS: Final = 5_000


async def _floor(_wire: Wire) -> None:
    for number in range(CALLS):
        update_body(number, number)
        await asyncio.sleep(0.04)
        await asyncio.sleep(0.04)
        ENTRY.decode(ANSWER)


async def _direct(wire: Wire) -> None:
    send, version = DirectTransport(wire).send, 1
    for number in range(CALLS):
        status, _, body = await send(
            "POST", f"http://{HOST}{PATH}1", HEADERS, update_body(version, number), 30.0
        )
        assert status == 200
        version = ENTRY.decode(body).version


async def _through_httpx(wire: Wire) -> None:
    version = 1
    async with httpx.AsyncClient(transport=RehearsalTransport(wire)) as client:
        for number in range(CALLS // 10):
            answer = await client.post(
                f"http://{HOST}{PATH}1", headers=HEADERS, content=update_body(version, number)
            )
            version = ENTRY.decode(answer.content).version


async def _through_memory(wire: Wire) -> None:
    version = 1
    async with aiohttp.ClientSession() as session:
        for number in range(CALLS // 10):
            async with session.post(
                f"http://{HOST}{PATH}1", headers=HEADERS, data=update_body(version, number)
            ) as answer:
                version = ENTRY.decode(await answer.read()).version


def _played(story: Callable[[Wire], Coroutine[Any, Any, None]], rules: Any = RULES) -> Any:
    def play() -> None:
        env = simpy.Environment(initial_time=0.0)
        loop = VirtualLoop(env)
        network = Network(loop)
        wire = open_wire(env, loop.delay, rules=rules)
        serve_in_memory(wire, network)
        try:
            loop.run_until_complete(story(wire))
            wire.world.recorder.digest()
            assert wire.fault is None
        finally:
            loop.close()
            network.close()

    return play


def _measured(benchmark: Any, play: Callable[[], None], calls: int) -> float:
    benchmark.pedantic(play, rounds=7, warmup_rounds=1)
    return least_us(benchmark, calls)


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_direct_against_its_floor(benchmark: Any, capsys: Any) -> None:
    """A direct call with everything on; it may cost half as much again as the bare loop."""
    floor_us = least_s(_played(_floor), rounds=5) / CALLS * 1e6
    cost_us = _measured(benchmark, _played(_direct), CALLS)
    with capsys.disabled():
        print(  # noqa: T201
            f"\ndirect {cost_us:.2f} us, floor {floor_us:.2f} us: {cost_us / floor_us:.2f} times"
        )
    assert cost_us <= 1.5 * floor_us


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_direct_without_latency(benchmark: Any) -> None:
    """A direct call on a wire that takes no time: no wait goes through the event heap."""
    _measured(benchmark, _played(_direct, rules=()), CALLS)


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_httpx_transport(benchmark: Any) -> None:
    """A call of an ``httpx.AsyncClient`` through the transport."""
    _measured(benchmark, _played(_through_httpx), CALLS // 10)


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_aiohttp_in_memory(benchmark: Any) -> None:
    """A call of an unmodified aiohttp client over the in-memory network."""
    _measured(benchmark, _played(_through_memory), CALLS // 10)
