"""The httpx transport keeps httpx's own promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tests.simulation.wire_stage import HOST, Stage

from peakproof.errors import FenceError
from peakproof.history.records import Call
from peakproof.service import Inbound
from peakproof.wire.httpx import RehearsalTransport
from peakproof.wire.message import Request

URL = f"http://{HOST}"


def _play(stage: Stage, story: Any, **options: Any) -> Any:
    async def main() -> Any:
        transport = RehearsalTransport(stage.wire, **options)
        headers = {"authorization": f"Bearer {stage.shop.token}"}
        async with httpx.AsyncClient(transport=transport, headers=headers) as client:
            return await story(client)

    return stage.play(main())


def test_a_request_arrives_as_it_was_sent() -> None:
    stage = Stage()
    got: list[Any] = []
    receive = stage.service.receive

    def spy(request: Request) -> Inbound:
        got.append(request)
        return receive(request)

    stage.wire.services["shop"] = SimpleNamespace(receive=spy)

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"uni'
        yield b'ts":3}'

    async def story(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(
            f"{URL}/items/RED%20HAT?a=1&b=%26#top", content=pieces(),
            headers=[("X-Two", "1"), ("x-two", "2")],
        )  # fmt: skip

    answer = _play(stage, story)
    assert (answer.status_code, answer.json()) == (200, {"sku": "RED HAT", "units": 3})
    assert answer.headers["content-length"] == str(len(answer.content))
    (request,) = got
    assert (request.method, request.path) == ("POST", "/items/RED%20HAT")
    assert request.query == "a=1&b=%26"
    assert (request.body, request.headers["x-two"]) == (b'{"units":3}', "1, 2")
    assert all(name.islower() for name in request.headers)


def test_a_read_timeout_is_httpxs_and_comes_at_its_time() -> None:
    stage = Stage([{"kind": "latency", "median_s": 9.0}])

    async def story(client: httpx.AsyncClient) -> float:
        timeout = httpx.Timeout(60.0, read=2.0)
        with pytest.raises(httpx.ReadTimeout, match="no answer within 2 s"):
            await client.get(f"{URL}/items", timeout=timeout)
        return stage.world.t

    assert _play(stage, story) == 2.0


def test_without_a_read_timeout_it_waits() -> None:
    stage = Stage([{"kind": "latency", "median_s": 900.0}])

    async def story(client: httpx.AsyncClient) -> int:
        return (await client.get(f"{URL}/items", timeout=None)).status_code

    assert _play(stage, story) == 200


def test_a_pool_that_stays_full_is_a_pool_timeout_and_one_that_empties_is_not() -> None:
    stage = Stage([{"kind": "latency", "median_s": 3.0}])

    async def story(client: httpx.AsyncClient) -> list[str]:
        async def get(pool_s: float | None) -> str:
            try:
                await client.get(f"{URL}/items", timeout=httpx.Timeout(60.0, pool=pool_s))
            except httpx.PoolTimeout:
                return f"full at {stage.world.t:g}"
            return f"answered at {stage.world.t:g}"

        return list(await asyncio.gather(get(1.0), get(1.0), get(5.0), get(None)))

    assert _play(stage, story, max_connections=1) == [
        "answered at 3", "full at 1", "answered at 6", "answered at 9",
    ]  # fmt: skip
    assert len(stage.records(Call)) == 3


def test_a_connection_is_given_back_after_an_error() -> None:
    stage = Stage([{"kind": "reset_before", "nth": [1, 2]}])

    async def story(client: httpx.AsyncClient) -> int:
        for _call in range(2):
            with pytest.raises(httpx.ReadError):
                await client.get(f"{URL}/items")
        return (await client.get(f"{URL}/items", timeout=httpx.Timeout(9, pool=0.1))).status_code

    assert _play(stage, story, max_connections=1) == 200


def test_what_came_of_a_truncated_body_can_be_streamed_before_it_breaks() -> None:
    stage = Stage([{"kind": "truncated", "keep": 0.5}])
    stage.shop.units = {"A": 1, "B": 2}

    async def story(client: httpx.AsyncClient) -> tuple[int, str, bytes]:
        async with client.stream("GET", f"{URL}/items") as answer:
            pieces = answer.aiter_raw()
            got = await anext(pieces)
            with pytest.raises(httpx.RemoteProtocolError, match="received 6 bytes, expected 13"):
                await anext(pieces)
        return answer.status_code, answer.headers["content-length"], got

    assert _play(stage, story) == (200, "13", b'{"A":1')


def test_a_host_that_is_no_system_is_a_fence_not_a_network_error() -> None:
    stage = Stage()

    async def story(client: httpx.AsyncClient) -> None:
        with pytest.raises(FenceError, match=r"called example\.com; there are shop\.test"):
            await client.get("https://example.com/items")

    _play(stage, story)
