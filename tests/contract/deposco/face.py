"""A small ASGI face, for Schemathesis: the fake's own document and its answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from tests.contract.deposco.depot import Depot, document

from peakproof.wire.message import Request, Response

Message = MutableMapping[str, Any]


class Face:
    """One warehouse behind ASGI; the document is at ``/openapi.json``."""

    def __init__(self, depot: Depot) -> None:
        self.depot = depot

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:  # fmt: skip
        """Serve one request; the lifespan of the server is of no interest."""
        if scope["type"] != "http":
            return
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        response = self._serve(scope, body)
        headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    def _serve(self, scope: Message, body: bytes) -> Response:
        if scope["path"] == "/openapi.json":
            return Response(
                200, msgspec.json.encode(document()), {"content-type": "application/json"}
            )
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        query = scope["query_string"].decode("latin-1")
        request = Request(scope["method"], path, query, headers, body)
        call = self.depot.service.receive(request)
        with self.depot.world.acting("connector"):
            response = call.serve()
        assert isinstance(response, Response)
        return response
