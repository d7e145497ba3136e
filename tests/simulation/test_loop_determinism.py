"""The same seed gives the same run: in this process again, in another one, under any hash seed.

The file is also the program that the other processes run; it prints a digest for each client and
policy.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain
from random import Random
from typing import Any

import aiohttp
import anyio
import httpx
import pytest
import simpy

from peakproof.clock import Clock
from peakproof.rng import Streams
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.policies import POLICIES, policy_named
from peakproof.virtual_time.running import run_virtual
from peakproof.virtual_time.seal import sealed
from peakproof.wire.http1 import RESET, Answer, Http1Protocol, Truncated
from peakproof.wire.message import Request, Response
from peakproof.wire.network import Network

Call = Callable[[str, bytes], Awaitable[str]]


class Trace:
    """Everything that happens, in order."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.events: list[str] = []

    def add(self, *what: object) -> None:
        """Note an event with its time."""
        self.events.append(f"{self._loop.time()!r} {' '.join(map(str, what))}")

    def digest(self) -> str:
        """One digest of all events."""
        return blake2b("\n".join(self.events).encode(), digest_size=16).hexdigest()


@asynccontextmanager
async def aiohttp_client() -> AsyncIterator[Call]:
    """Calls with aiohttp."""
    timeout = aiohttp.ClientTimeout(total=2)
    connector = aiohttp.TCPConnector(limit=20, ttl_dns_cache=1)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:

        async def call(path: str, body: bytes) -> str:
            async with session.post(f"http://shop.test{path}", data=body) as answer:
                return f"{answer.status} {len(await answer.read())}"

        yield call


@asynccontextmanager
async def httpx_client() -> AsyncIterator[Call]:
    """Calls with httpx, so with httpcore and anyio."""
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=4)
    async with httpx.AsyncClient(timeout=2, limits=limits) as client:

        async def call(path: str, body: bytes) -> str:
            answer = await client.post(f"http://shop.test{path}", content=body)
            return f"{answer.status_code} {len(answer.content)}"

        yield call


@asynccontextmanager
async def streams_client() -> AsyncIterator[Call]:
    """Calls with asyncio's streams, a connection each."""

    async def call(path: str, body: bytes) -> str:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("shop.test", 80)
            try:
                head = f"POST {path} HTTP/1.1\r\nhost: h\r\ncontent-length: {len(body)}\r\n"
                writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
                answer = await reader.read()
            finally:
                writer.close()
        return f"{answer[9:12].decode()} {len(answer)}"

    yield call


CLIENTS = {"aiohttp": aiohttp_client, "httpx": httpx_client, "streams": streams_client}


def shop(trace: Trace, weather: Random) -> Callable[[Request], Awaitable[Answer]]:
    """A fake with faults."""

    async def handle(request: Request) -> Answer:
        trace.add("served", request.path, request.body.decode())
        fate = weather.random()
        if fate < 0.05:
            return RESET
        if fate < 0.1:
            await asyncio.sleep(5)
        if fate < 0.15:
            return Truncated(Response(200, b"x" * 100), 50)
        return Response(200, b"x" * int(fate * 1_000))

    return handle


async def order(trace: Trace, call: Call, number: int) -> None:
    """One order: identity, time, a call, another."""
    await asyncio.sleep(random.choice((0.0, 0.25, 0.25, 0.5)))  # noqa: TID251  # a connector's
    ident = f"{uuid.uuid4()}/{secrets.token_hex(4)}/{uuid.uuid1()}"  # noqa: TID251
    stamp = f"{datetime.now(UTC).isoformat()}/{time.monotonic()}"  # noqa: TID251
    for attempt in range(3):
        try:
            trace.add(number, attempt, await call(f"/orders/{number}", f"{ident} {stamp}".encode()))
        except Exception as error:  # as a connector that retries everything
            trace.add(number, attempt, type(error).__name__, str(error)[:60])
        else:
            return


async def batches(trace: Trace, call: Call) -> None:
    """Sets of tasks, iterated; groups, cancelled."""
    for batch in range(6):
        tasks = {asyncio.ensure_future(order(trace, call, 10 * batch + n)) for n in range(10)}
        done, pending = await asyncio.wait(tasks, timeout=1.5)
        trace.add("done", *(task.get_name() for task in done))
        trace.add("pending", *(task.get_name() for task in pending))
        for task in pending:
            task.cancel()
    for future in asyncio.as_completed([order(trace, call, 100 + n) for n in range(20)]):
        await future
        trace.add("completed")
    with anyio.move_on_after(0.3):
        async with anyio.create_task_group() as group:
            for number in range(200, 210):
                group.start_soon(order, trace, call, number)
    trace.add("left", *sorted(task.get_name() for task in asyncio.all_tasks()))


def digest_of(client: str, policy: str, seed: int) -> str:
    """Play once; the digest of what happened."""
    env = simpy.Environment()
    streams = Streams(seed)
    latency = streams.get("latency")

    async def main(loop: VirtualLoop) -> str:
        trace = Trace(loop)
        network = Network(loop, latency=lambda: latency.lognormvariate(-4, 1))
        handler = shop(trace, streams.get("weather"))
        network.listen("shop.test", 80, lambda: Http1Protocol(handler))
        async with CLIENTS[client]() as call:
            await batches(trace, call)
            stragglers = [loop.create_task(order(trace, call, 300 + n)) for n in range(10)]
            await asyncio.sleep(0.26)
        trace.add("closed with", sum(task.done() for task in stragglers), "of 10 done")
        await asyncio.wait(stragglers)
        return trace.digest()

    with sealed(Clock(env), streams.get("ids")):
        found = run_virtual(main, env, policy=policy_named(policy, streams.get("schedule")))
    assert found is not None
    return found


def all_digests(seed: int) -> list[str]:
    """One line for each client and policy."""
    return [
        f"{client} {policy} {digest_of(client, policy, seed)}"
        for client in CLIENTS
        for policy in POLICIES
    ]


@pytest.fixture(scope="module")
def of_other_processes() -> list[list[str]]:
    """What two other processes make of seed 7, started together under different hash seeds."""
    command = [sys.executable, __file__, "7"]
    running = [
        subprocess.Popen(
            command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, stdout=subprocess.PIPE
        )
        for hash_seed in ("0", "12345")
    ]
    return [process.communicate(timeout=120)[0].decode().splitlines() for process in running]


def test_processes_with_different_hash_seeds_live_the_same_run(
    of_other_processes: list[list[str]],
) -> None:
    first, second = of_other_processes
    assert len(first) == len(CLIENTS) * len(POLICIES)
    assert first == second


@pytest.mark.parametrize("client", CLIENTS)
def test_a_run_repeats_in_one_process_whatever_lies_in_memory(
    client: str, of_other_processes: list[list[str]]
) -> None:
    ballast: list[Any] = []
    for policy in POLICIES:
        for _ in range(2):
            ballast.append([object() for _ in range(997)])
            line = f"{client} {policy} {digest_of(client, policy, 7)}"
            assert line in of_other_processes[0]


def test_another_seed_and_another_policy_give_another_run() -> None:
    digests = [digest_of("streams", policy, seed) for policy in POLICIES for seed in (1, 2)]
    assert len(set(digests)) == len(digests)


def test_sets_of_futures_and_tasks_iterate_in_order_of_creation() -> None:
    async def main(loop: VirtualLoop) -> tuple[list[int], list[int]]:
        futures = [loop.create_future() for _ in range(100)]
        tasks = [loop.create_task(asyncio.sleep(n % 7)) for n in range(100)]
        done, _ = await asyncio.wait(tasks)
        return (
            [futures.index(future) for future in set(futures)],
            [tasks.index(task) for task in chain(done)],
        )

    for _ in range(3):
        assert run_virtual(main, simpy.Environment()) == (list(range(100)), list(range(100)))


if __name__ == "__main__":
    print("\n".join(all_digests(int(sys.argv[1]))))  # noqa: T201  # it is a program, too
