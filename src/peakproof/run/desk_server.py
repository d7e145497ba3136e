"""The exception desk as a URL, for connectors that are processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from peakproof.wire.http1 import Http1Protocol
from peakproof.wire.message import Request, Response
from peakproof.wire.server import LOOPBACK


class DeskEntry(msgspec.Struct):
    """What is parked, with its owner and the reason."""

    key: str
    kind: str
    owner: str
    reason: str


class DeskServer:
    """The exception desk as a URL: ``POST {"key", "kind", "owner", "reason"}`` answers 204."""

    def __init__(self, report: Callable[[DeskEntry], None]) -> None:
        self._report = report
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> DeskServer:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Http1Protocol(self._answer), LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}/desk"
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _answer(self, request: Request) -> Response:
        try:
            entry = msgspec.json.decode(request.body, type=DeskEntry)
        except msgspec.DecodeError as error:
            told = msgspec.json.encode({"error": str(error)})
            return Response(400, told, {"content-type": "application/json"})
        self._report(entry)
        return Response(204)
