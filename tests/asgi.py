"""A fake as a thin ASGI application: no weather, no record, only the vendor's face."""

from __future__ import annotations

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

import msgspec
import uvicorn

from peakproof.wire.message import Request, Response
from peakproof_simulators.kit.service import VendorService

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Before = Callable[[Request], Response | None]
"""Looks at a request first; an answer of its own keeps the fake from seeing it."""


class Application:
    """Serves one fake; ``/openapi.json`` is its document.

    ``requests`` are all that came, ``statuses`` what the fake answered to which operation.
    """

    def __init__(self, service: VendorService, before: Before | None = None) -> None:
        self.service = service
        self.before = before
        self.requests: list[Request] = []
        self.statuses: list[tuple[str, int]] = []

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """One ASGI call; anything but HTTP is left alone."""
        if scope["type"] != "http":
            return
        raw = scope.get("raw_path") or scope["path"].encode()
        request = Request(
            scope["method"],
            raw.partition(b"?")[0].decode("latin-1"),
            scope["query_string"].decode("latin-1"),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            await _body(receive),
        )
        response = await self._answer(request)
        headers = {**response.headers, "content-length": str(len(response.body))}
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": response.body})

    async def _answer(self, request: Request) -> Response:
        """What the fake says, on behalf of the connector."""
        if request.path == "/openapi.json":
            document = msgspec.json.encode(self.service.openapi())
            return Response(200, document, {"content-type": "application/json"})
        self.requests.append(request)
        early = self.before(request) if self.before is not None else None
        if early is not None:
            return early
        call = self.service.receive(request)
        with self.service.world.acting("connector"):
            answer = call.serve()
            response = answer if isinstance(answer, Response) else await answer
        self.statuses.append((call.operation.name, response.status))
        return response


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


@contextmanager
def on_loopback(application: Application) -> Iterator[str]:
    """Serve an application on a free port of this machine, by a thread; the URL."""
    config = uvicorn.Config(application, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10.0)
