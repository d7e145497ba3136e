"""An ASGI application behind ``requests``, without a socket, a thread or an event loop."""

from __future__ import annotations

from collections.abc import MutableMapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from tests.asgi import Application
from urllib3 import HTTPResponse


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
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"body": body}

        async def send(message: MutableMapping[str, Any]) -> None:
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
        self,
        request: requests.PreparedRequest,
        start: MutableMapping[str, Any],
        body: MutableMapping[str, Any],
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
