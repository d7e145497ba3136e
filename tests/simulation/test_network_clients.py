"""Unmodified clients and servers live on the in-memory network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import anyio
import httpx
import pytest
import simpy
import uvicorn

from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof.wire.http1 import RESET, SILENCE, Answer, Http1Protocol, Truncated
from peakproof.wire.message import Request, Response
from peakproof.wire.network import Listener, Network

JSON = {"content-type": "application/json"}


async def shop(request: Request) -> Answer:
    """A fake that does what the path says."""
    match request.path:
        case "/reset":
            return RESET
        case "/silence":
            return SILENCE
        case "/cut":
            return Truncated(Response(200, b'{"units":12}', JSON), 5)
        case "/slow":
            await asyncio.sleep(60)
        case "/big":
            return Response(200, bytes(2_000_000))
    return Response(200, b'{"units":12}', JSON)


def play(main: Callable[[Listener], Awaitable[Any]], *, latency_s: float = 0.01) -> Any:
    """Run ``main(listener)`` with the shop at shop.test, ports 80 and 443."""

    async def whole(loop: VirtualLoop) -> Any:
        network = Network(loop, latency=lambda: latency_s)
        network.listen("shop.test", 443, lambda: Http1Protocol(shop))
        return await main(network.listen("shop.test", 80, lambda: Http1Protocol(shop)))

    return run_virtual(whole, simpy.Environment())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_aiohttp_keeps_one_connection_alive_and_needs_one_round_trip_a_call(scheme: str) -> None:
    async def main(listener: Listener) -> tuple[float, int]:
        loop: Any = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session:
            for _ in range(10):
                async with session.get(f"{scheme}://shop.test/stock") as answer:
                    assert await answer.json() == {"units": 12}
            return loop.time(), len(loop.network.links)

    took_s, links = play(main)
    assert took_s == pytest.approx(11 * 0.02)
    assert links == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_httpx_keeps_one_connection_alive_and_needs_one_round_trip_a_call(scheme: str) -> None:
    async def main(listener: Listener) -> tuple[float, int]:
        loop: Any = asyncio.get_running_loop()
        async with httpx.AsyncClient(verify=False) as client:  # no TLS inside
            for _ in range(10):
                answer = await client.post(f"{scheme}://shop.test/stock", json={"sku": "TEE-M"})
                assert answer.json() == {"units": 12}
            return loop.time(), len(loop.network.links)

    took_s, links = play(main)
    assert took_s == pytest.approx(11 * 0.02)
    assert links == 1


def test_aiohttp_meets_each_ending_as_its_own_error() -> None:
    async def main(listener: Listener) -> None:
        loop = asyncio.get_running_loop()
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(timeout=timeout) as session:

            async def read(path: str) -> bytes:
                async with session.post(f"http://shop.test{path}") as answer:
                    return await answer.read()

            with pytest.raises(aiohttp.ClientOSError, match="reset by peer"):
                await read("/reset")
            with pytest.raises(aiohttp.ClientPayloadError):
                await read("/cut")
            for path in ("/silence", "/slow"):
                began = loop.time()
                with pytest.raises(TimeoutError):
                    await read(path)
                assert loop.time() - began == pytest.approx(30, abs=1)
            assert len(await read("/big")) == 2_000_000
        with pytest.raises(aiohttp.ClientConnectorError):
            async with aiohttp.ClientSession() as session, session.get("http://shop.test:81/"):
                pass
        with pytest.raises(aiohttp.ClientConnectorDNSError):
            async with aiohttp.ClientSession() as session, session.get("http://typo.test/"):
                pass

    play(main)


def test_httpx_meets_each_ending_as_its_own_error() -> None:
    async def main(listener: Listener) -> None:
        loop = asyncio.get_running_loop()
        async with httpx.AsyncClient(base_url="http://shop.test", timeout=5) as client:
            with pytest.raises(httpx.ReadError):
                await client.post("/reset")
            with pytest.raises(httpx.RemoteProtocolError):
                await client.post("/cut")
            for path in ("/silence", "/slow"):
                began = loop.time()
                with pytest.raises(httpx.ReadTimeout):
                    await client.post(path)
                assert loop.time() - began == pytest.approx(5, abs=0.1)
            assert len((await client.get("/big")).content) == 2_000_000
            with pytest.raises(httpx.ConnectError):
                await client.get("http://shop.test:81/")
            with pytest.raises(httpx.ConnectError):
                await client.get("http://typo.test/")
        listener.admission = "lose"
        async with httpx.AsyncClient(timeout=5) as client:
            began = loop.time()
            with pytest.raises(httpx.ConnectTimeout):
                await client.get("http://shop.test/stock")
            assert loop.time() - began == pytest.approx(5, abs=0.1)

    play(main)


def test_httpx_notices_that_the_server_has_closed_an_idle_connection() -> None:
    async def main(listener: Listener) -> tuple[int, list[int]]:
        async with httpx.AsyncClient() as client:
            await client.get("http://shop.test/stock")
            (first,) = listener.links.values()
            first.server.close()
            await asyncio.sleep(1)
            answer = await client.post("http://shop.test/stock")
            return answer.status_code, list(listener.links)

    assert play(main) == (200, [2])


def test_a_request_that_crosses_the_closing_of_an_idle_connection_is_lost() -> None:
    """The race that a poll interval equal to the keep-alive time-out runs into."""

    async def main(listener: Listener) -> None:
        async with httpx.AsyncClient() as client:
            await client.get("http://shop.test/stock")
            (link,) = listener.links.values()
            link.server.close()
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                await client.post("http://shop.test/stock")

    play(main, latency_s=0.1)


@pytest.mark.parametrize("client_kind", ["aiohttp", "httpx"])
def test_a_half_open_link_costs_the_client_its_timeout(client_kind: str) -> None:
    async def main(listener: Listener) -> float:
        loop = asyncio.get_running_loop()
        if client_kind == "httpx":
            async with httpx.AsyncClient(timeout=20) as client:
                await client.get("http://shop.test/stock")
                next(iter(listener.links.values())).go_dark()
                began = loop.time()
                with pytest.raises(httpx.ReadTimeout):
                    await client.get("http://shop.test/stock")
        else:
            timeout = aiohttp.ClientTimeout(sock_read=20)
            async with aiohttp.ClientSession(timeout=timeout) as session:
                async with session.get("http://shop.test/stock") as answer:
                    await answer.read()
                next(iter(listener.links.values())).go_dark()
                began = loop.time()
                with pytest.raises(aiohttp.SocketTimeoutError):
                    await session.get("http://shop.test/stock")
        return loop.time() - began

    assert play(main) == pytest.approx(20, abs=0.1)


def test_an_anyio_stream_can_be_opened_and_closed() -> None:
    async def main(_listener: Listener) -> bytes:
        async with await anyio.connect_tcp("shop.test", 80) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            return b"".join([chunk async for chunk in stream])

    assert play(main).endswith(b'{"units":12}')


async def echo_app(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that answers a body with itself."""
    assert scope["type"] == "http"
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await asyncio.sleep(0.5)
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize("parser", ["h11", "httptools"])
def test_uvicorn_serves_httpx_in_memory(parser: Any) -> None:
    async def main(_listener: Listener) -> list[int]:
        loop: Any = asyncio.get_running_loop()
        config = uvicorn.Config(
            echo_app, host="0.0.0.0", port=8000, http=parser, lifespan="off", log_config=None
        )
        server = uvicorn.Server(config)
        serving = loop.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        statuses: list[int] = []
        async with httpx.AsyncClient() as client:
            for _ in range(5):
                answer = await client.post("http://connector.test:8000/", content=b"x" * 900)
                assert answer.content == b"x" * 900
                statuses.append(answer.status_code)
            assert len(loop.network.links) == 1
        server.should_exit = True
        await serving
        return statuses

    assert play(main) == [201] * 5
