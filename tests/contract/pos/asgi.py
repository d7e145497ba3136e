"""A fake as a thin ASGI application: no weather, no record, only the vendor's face."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from peakproof.wire.message import Request, Response
from peakproof_simulators.kit.service import VendorService

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

Before = Callable[[Request], Response | None]
"""Looks at a request first; an answer of its own keeps the fake from seeing it."""


class Application:
    """Serves one fake; ``/openapi.json`` is its document. ``requests`` are all that came."""

    def __init__(self, service: VendorService, before: Before | None = None) -> None:
        self.service = service
        self.before = before
        self.requests: list[Request] = []

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """One ASGI call; anything but HTTP is left alone."""
        if scope["type"] != "http":
            return
        request = Request(
            scope["method"],
            scope.get("raw_path", scope["path"].encode()).partition(b"?")[0].decode("ascii"),
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
        if request.path == "/openapi.json":
            document = msgspec.json.encode(self.service.openapi())
            return Response(200, document, {"content-type": "application/json"})
        self.requests.append(request)
        early = self.before(request) if self.before is not None else None
        if early is not None:
            return early
        with self.service.world.acting("connector"):
            answer = self.service.receive(request).serve()
            return answer if isinstance(answer, Response) else await answer


async def _body(receive: Receive) -> bytes:
    parts = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        parts += part
        if not message.get("more_body"):
            return parts


class Inline(HTTPAdapter):
    """Carries a request of ``requests`` to an application in this thread, without an event loop.

    The application must never really wait. Handing every call to the thread of a loop and back
    costs more than the call itself.
    """

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Run the application to its end; its answer."""
        parts = urlsplit(str(request.url))
        given = request.body or b""
        body: bytes = given if isinstance(given, bytes) else str(given).encode()
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"body": body}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": request.method,
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [
                (name.lower().encode("latin-1"), str(value).encode("latin-1"))
                for name, value in request.headers.items()
            ],
        }
        call = self._application(scope, receive, send)
        try:
            call.send(None)
        except StopIteration:
            return self._response(request, *sent)
        raise AssertionError("the application waits")

    def _response(
        self, request: requests.PreparedRequest, start: dict[str, Any], body: dict[str, Any]
    ) -> requests.Response:
        headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        raw = HTTPResponse(
            BytesIO(b"" if request.method == "HEAD" else body["body"]),
            headers,
            status=start["status"],
            version=11,
            preload_content=False,
            request_method=request.method,
        )
        return self.build_response(request, raw)
