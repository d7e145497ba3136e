"""The fake as a thin ASGI application: no weather, no record, only the vendor's face."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from peakproof.wire.message import Request, Response
from peakproof_simulators.kit.service import VendorService

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Before = Callable[[Request], Response | None]
"""Looks at a request first; an answer of its own keeps the fake from seeing it."""


class Application:
    """Serves one fake; ``/openapi.json`` is its document; ``statuses`` are all answers."""

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
            raw.partition(b"?")[0].decode("ascii", "replace"),
            scope["query_string"].decode("latin-1"),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            await _body(receive),
        )
        response = await self.answer(request)
        headers = {**response.headers, "content-length": str(len(response.body))}
        start = {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        }
        await send(start)
        await send({"type": "http.response.body", "body": response.body})

    async def answer(self, request: Request) -> Response:
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
    parts = b""
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(parts)
