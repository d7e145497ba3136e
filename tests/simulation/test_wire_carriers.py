"""Notifications over HTTP: in memory and on real sockets, to an unmodified aiohttp server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from tests.simulation.hook_stage import Ear, attempts_of, handled, three
from tests.simulation.wire_stage import Stage

from peakproof.history.records import Hook
from peakproof.wire.carriers import Carrier, HttpCarrier
from peakproof.wire.hooks import Hooks
from peakproof.wire.live import LivePacer
from peakproof.wire.message import Request, Response
from peakproof.wire.network import Network

RATE = 40.0


@asynccontextmanager
async def _listening(ear: Any) -> AsyncIterator[int]:
    """An unmodified aiohttp server of the connector's; its port."""

    async def take(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        status = await ear(request.method, request.path, headers, await request.read())
        return web.Response(status=status, headers={"location": "/elsewhere"}, text="taken")

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _over_memory(rules: Any, statuses: Any) -> tuple[Stage, Ear]:
    stage = Stage(rules)
    network = Network(stage.loop)
    stage.shop.retries_s = (1.0, 10.0)
    Hooks(stage.wire, HttpCarrier())
    ear = Ear(stage, statuses)

    async def story() -> None:
        async with _listening(ear) as port:
            stage.shop.hook_url = f"http://connector.test:{port}/hooks/stock"
            await three(stage)
            await stage.loop.delay(60.0)

    try:
        stage.play(story())
    finally:
        network.close()
    return stage, ear


def _over_sockets(rules: Any, statuses: Any, expected: int) -> tuple[Stage, Ear]:
    stage = Stage(rules)
    stage.loop.close()
    stage.shop.retries_s = (1.0, 10.0)
    enough = asyncio.Event()

    async def story() -> None:
        pacer = LivePacer(stage.env, clock=asyncio.get_running_loop().time, rate=RATE)
        stage.wire.wait = pacer.wait
        hooks = Hooks(stage.wire, HttpCarrier(rate=RATE))
        stage.world.listeners.append(
            lambda _record: enough.set() if len(stage.records(Hook)) >= expected else None
        )
        async with _listening(ear) as port:
            stage.shop.hook_url = f"http://127.0.0.1:{port}/hooks/stock"
            pacer.start()
            for units in (1, 2, 3):
                pacer.catch_up()
                stage.shop.put("A", units, "count")
                pacer.look()
                await pacer.wait(1.0)
            async with asyncio.timeout(20):
                await enough.wait()
            pacer.stop()
            hooks.close()

    ear = Ear(stage, statuses)
    with asyncio.Runner() as runner:
        runner.run(story())
    return stage, ear


@pytest.mark.parametrize("way", ["memory", "sockets"])
@pytest.mark.parametrize(
    ("rules", "statuses"),
    [
        ([], [200, 302, 500]),
        ([{"kind": "webhook_repeat", "nth": 2, "offsets_s": [0, 0.5]}], []),
        ([{"kind": "webhook_loss", "nth": 1, "attempts": 1}], []),
    ],
)
def test_http_leaves_the_same_record_as_a_handler(rules: Any, statuses: Any, way: str) -> None:
    reference, by_handler = handled(rules, three, statuses=statuses, retries_s=(1.0, 10.0))
    expected = attempts_of(reference)
    if way == "memory":
        stage, ear = _over_memory(rules, statuses)
        assert attempts_of(stage) == expected
        assert ear.heard == by_handler.heard
    else:
        stage, ear = _over_sockets(rules, statuses, len(expected))
        timeless = sorted(attempt[2:] for attempt in attempts_of(stage))
        assert timeless == sorted(attempt[2:] for attempt in expected)
        assert sorted(heard[1:] for heard in ear.heard) == sorted(
            heard[1:] for heard in by_handler.heard
        )


async def _carry(carrier: Carrier, url: str, **headers: str) -> Response:
    return await carrier.carry(url, Request("POST", "/hooks/stock", "", headers, b"{}"), 5.0)


@pytest.mark.parametrize(
    ("url", "headers", "said"),
    [
        ("http://nowhere.test/x", {}, "nowhere"),
        ("http://connector.test:9/x", {}, "refused|Connect call failed"),
        ("ftp://connector.test/x", {}, "no http or https URL"),
        ("http://connector.test:99999/x", {}, "out of range"),
        ("not a url", {}, "no http or https URL"),
        ("http://connector.test/x", {"x-note": "a\r\nx-evil: 1"}, "line break"),
    ],
)
def test_a_url_that_cannot_be_reached_is_a_connection_error(
    url: str, headers: dict[str, str], said: str
) -> None:
    stage = Stage()
    network = Network(stage.loop)

    async def story() -> None:
        with pytest.raises(ConnectionError, match=said):
            await _carry(HttpCarrier(), url, **headers)

    try:
        stage.play(story())
    finally:
        network.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nha", "closed before the whole answer"),
        (b"", "closed before the whole answer"),
        (b"SMTP ready\r\n", "no HTTP answer"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (1 << 21), "longer than"),
    ],
)
def test_an_answer_that_is_none_is_a_connection_error(answer: bytes, said: str) -> None:
    stage = Stage()
    network = Network(stage.loop)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(answer)
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 8000)
        with pytest.raises(ConnectionError, match=said):
            await _carry(HttpCarrier(), "http://connector.test:8000/hooks/stock")
        server.close()

    try:
        stage.play(story())
    finally:
        network.close()


def test_a_server_that_never_answers_is_given_up_on_in_time() -> None:
    stage = Stage()
    network = Network(stage.loop)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def story() -> float:
        server = await asyncio.start_server(serve, "127.0.0.1", 8000)
        with pytest.raises(TimeoutError, match="no answer within 5 s"):
            await _carry(HttpCarrier(), "http://connector.test:8000/hooks/stock")
        server.close()
        return stage.world.t

    try:
        assert stage.play(story()) == 5.0
    finally:
        network.close()
