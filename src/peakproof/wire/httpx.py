"""The wire as a transport of httpx: for connectors that take one, and for their tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from math import inf
from typing import TYPE_CHECKING

import httpx

from peakproof.wire.direct import TruncatedAnswer, answer_within, system_at
from peakproof.wire.message import Request, Response

if TYPE_CHECKING:
    from peakproof.wire.exchange import Wire


class RehearsalTransport(httpx.AsyncBaseTransport):
    """Carries the requests of an ``httpx.AsyncClient`` over the wire.

    httpx leaves time-outs to its transport, so they are kept here. Connecting and writing take no
    time on this wire: what can expire is ``read`` (the whole wait for the answer) and ``pool``
    (with ``max_connections`` calls under way, httpx's own default).

    Raises httpx's own errors: ``ReadTimeout``, ``PoolTimeout``, ``ConnectError`` (refused),
    ``ReadError`` (reset), ``RemoteProtocolError`` (closed in the middle of the body).
    """

    def __init__(self, wire: Wire, *, max_connections: int = 100) -> None:
        self._wire = wire
        self._connections = asyncio.Semaphore(max_connections)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request; see the class for what it raises."""
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        body = await request.aread()
        await self._connect(request, timeouts.get("pool"))
        try:
            return await self._exchange(request, body, timeouts.get("read"))
        finally:
            self._connections.release()

    async def _connect(self, request: httpx.Request, timeout_s: float | None) -> None:
        if not self._connections.locked():
            await self._connections.acquire()
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._connections.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("no free connection", request=request) from error

    async def _exchange(
        self, request: httpx.Request, body: bytes, timeout_s: float | None
    ) -> httpx.Response:
        wire = self._wire
        passage = wire.depart(
            system_at(wire, request.url.netloc.decode("ascii")), _as_data(request, body)
        )
        try:
            answer = await answer_within(wire, passage, inf if timeout_s is None else timeout_s)
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        except TruncatedAnswer as error:
            return _cut_short(error, request)
        except ConnectionRefusedError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except ConnectionError as error:
            raise httpx.ReadError(str(error), request=request) from error
        return httpx.Response(
            answer.status, headers=answer.headers, content=answer.body, request=request
        )


def _as_data(request: httpx.Request, body: bytes) -> Request:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers: dict[str, str] = {}
    for raw_name, raw_value in request.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Request(request.method, path, query, headers, body)


def _cut_short(error: TruncatedAnswer, request: httpx.Request) -> httpx.Response:
    headers = {**error.came.headers, "content-length": str(error.length)}
    stream = _Cut(error.came, error.length)
    return httpx.Response(error.came.status, headers=headers, stream=stream, request=request)


class _Cut(httpx.AsyncByteStream):
    """A body that breaks off: what httpx sees when a server closes in the middle of one."""

    def __init__(self, came: Response, length: int) -> None:
        self._came = came
        self._length = length

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._came.body:
            yield self._came.body
        raise httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {len(self._came.body)} bytes, expected {self._length})"
        )
