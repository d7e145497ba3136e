"""Where a connector that is a process of its own reports to: the exception desk, the books."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from peakproof.wire.http1 import Http1Protocol
from peakproof.wire.message import Request, Response
from peakproof.wire.server import LOOPBACK

Told = TypeVar("Told")


class DeskEntry(msgspec.Struct):
    """What is parked, with its owner and the reason."""

    key: str
    kind: str
    owner: str
    reason: str


class Sink(Generic[Told]):
    """A URL that takes JSON of one shape: 204, 409 when it is refused, 400 for another shape."""

    def __init__(self, name: str, shape: type[Told], take: Callable[[Told], bool]) -> None:
        self._name = name
        self._shape = shape
        self._take = take
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Sink[Told]:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Http1Protocol(self._answer), LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}/{self._name}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _answer(self, request: Request) -> Response:
        try:
            told = msgspec.json.decode(request.body, type=self._shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _refusal(400, str(error))
        if self._take(told):
            return Response(204)
        return _refusal(409, f"the {self._name} hold something else under that number")


def _refusal(status: int, why: str) -> Response:
    told = msgspec.json.encode({"error": why})
    return Response(status, told, {"content-type": "application/json"})
