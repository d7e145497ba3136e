"""What a call over a socket costs the serving process: ``make bench``.

Held against a bare Falcon application under uvicorn that answers the same bytes, in CPU time of
the serving process (the client is another process).
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import falcon.asgi
import pytest
import simpy
import uvicorn
import uvloop
from benchmarks.wire_subject import (
    HOST,
    PROJECT,
    SHOP,
    Subject,
    least_us,
    open_wire,
)

from peakproof.wire.live import LivePacer
from peakproof.wire.message import Request, Response
from peakproof.wire.server import Server

CALLS: Final = 16_000

_CLIENT: Final = f"""
import socket, sys
port, calls, method, token = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
ids = sys.argv[5:]
links = [socket.create_connection(("127.0.0.1", port)) for _ in ids]
head = "%s {PROJECT}/inventory/%s HTTP/1.1\\r\\nhost: {HOST}\\r\\nauthorization: %s\\r\\n"
update = '{{"version":%d,"actions":[{{"action":"changeQuantity","quantity":%d}}]}}'
for version in range(1, calls // len(links) + 1):
    for id, link in zip(ids, links):
        body = update % (version, version + 5) if method == "POST" else ""
        text = head % (method, id, token)
        if body:
            text += "content-type: application/json\\r\\ncontent-length: %d\\r\\n" % len(body)
        link.sendall((text + "\\r\\n" + body).encode())
    for link in links:
        got = b""
        while not got.endswith(b"}}"):
            part = link.recv(65536)
            if not part:
                sys.exit("closed")
            got += part
        if b" 200 " not in got[:16]:
            sys.exit(got.decode())
"""


async def _loaded(port: int, method: str, subject: Subject) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CLIENT, str(port), str(CALLS), method,
        subject.headers["authorization"], *subject.ids,
    )  # fmt: skip
    assert await process.wait() == 0


def _opened() -> tuple[Subject, LivePacer]:
    env = simpy.Environment(initial_time=0.0)
    pacer = LivePacer(env, clock=asyncio.get_running_loop().time)
    return open_wire(env, pacer.wait, rules=()), pacer


async def _serve_ours(method: str) -> None:
    subject, pacer = _opened()
    async with Server(subject.wire, pacer) as server:
        await _loaded(int(server.urls[SHOP].rpartition(":")[2]), method, subject)
    assert subject.wire.fault is None


def _asgi(subject: Subject, pacer: LivePacer) -> Any:
    """The same pipeline behind a raw ASGI application, for comparison."""
    wire = subject.wire

    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        pacer.catch_up()
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        passage = wire.depart(SHOP, Request(scope["method"], path, query, headers, body))
        served = wire.arrive(passage)
        assert isinstance(served, Response)
        answer = wire.conclude(passage, served)
        assert answer is not None
        raw = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        raw.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body})

    return application


async def _serve_asgi(method: str) -> None:
    subject, pacer = _opened()
    await _under_uvicorn(_asgi(subject, pacer), method, subject)
    assert subject.wire.fault is None


class _Same:
    """Answers the same bytes without doing anything."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    async def on_get(self, _request: Any, response: Any, **_path: str) -> None:
        """Answer."""
        response.data, response.content_type = self.answer, "application/json"

    async def on_post(self, request: Any, response: Any, **_path: str) -> None:
        """Read the body and answer."""
        await request.stream.read()
        response.data, response.content_type = self.answer, "application/json"


async def _serve_falcon(method: str) -> None:
    subject, _pacer = _opened()
    application = falcon.asgi.App()
    application.add_route("/{project}/inventory/{entry}", _Same(subject.answer))
    await _under_uvicorn(application, method, subject)


async def _under_uvicorn(application: Any, method: str, subject: Subject) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            application, http="httptools", log_level="critical", access_log=False, lifespan="off"
        )
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0)
        try:
            await _loaded(listening.getsockname()[1], method, subject)
        finally:
            server.should_exit = True
            await serving


def _on_uvloop(serve: Callable[[str], Awaitable[None]], method: str) -> Callable[[], None]:
    async def main() -> None:
        await serve(method)

    def play() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())

    return play


@pytest.mark.benchmark(group="server CPU of a call over a socket", timer=time.process_time)
@pytest.mark.parametrize("method", ["GET", "POST"])
def bench_sockets_against_bare_falcon(benchmark: Any, capsys: Any, method: str) -> None:
    """Our server with everything on, a raw ASGI face of it, and Falcon doing nothing, in turns."""
    bare: list[float] = []
    asgi: list[float] = []

    def in_turns() -> tuple[tuple[()], dict[str, Any]]:
        for serve, taken in ((_serve_falcon, bare), (_serve_asgi, asgi)):
            play = _on_uvloop(serve, method)
            began = time.process_time()
            play()
            taken.append(time.process_time() - began)
        return (), {}

    benchmark.pedantic(_on_uvloop(_serve_ours, method), setup=in_turns, rounds=4)
    ours_us = least_us(benchmark, CALLS)
    bare_us, asgi_us = (min(taken) / CALLS * 1e6 for taken in (bare, asgi))
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{method}: ours {ours_us:.1f} us, raw ASGI under uvicorn {asgi_us:.1f} us, "
            f"bare Falcon under uvicorn {bare_us:.1f} us: {bare_us / ours_us:.0%} of its rate"
        )
    assert bare_us / ours_us >= 0.9
