"""How a notification reaches the connector: its registered handler, or HTTP to its server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from typing import Final, Protocol
from urllib.parse import urlsplit

import httptools

from peakproof.wire.direct import split_url
from peakproof.wire.message import Request, Response

HookAnswer = int | Response
HookHandler = Callable[[str, str, dict[str, str], bytes], Awaitable[HookAnswer]]
"""``handler(method, path, headers, body)``: the status, or a whole answer to an extension."""

Handling = asyncio.Task[HookAnswer]
Severed = asyncio.Future[None]

_MOST_BYTES: Final = 1 << 20
_KEPT_ERRORS: Final = 20


class Carrier(Protocol):
    """Takes a request to the connector and brings the answer back."""

    async def carry(self, url: str, request: Request, timeout_s: float) -> Response:
        """Deliver and wait for the answer, at most ``timeout_s`` seconds of run time.

        Raises:
            TimeoutError: no answer in time.
            ConnectionError: nobody listens there, or the connection broke.
        """

    def sever(self) -> None:
        """The connector's process died: what it was doing with notifications ends."""


class HandlerCarrier:
    """Calls the handler that the connector registered, as a server in its process would.

    ``errors`` keeps what the first few failing handlers raised; to the vendor it is a 500.
    """

    def __init__(self) -> None:
        self.handler: HookHandler | None = None
        self.errors: list[str] = []
        self._context = Context()
        self._tasks: set[asyncio.Task[HookAnswer]] = set()
        self._severed: asyncio.Future[None] | None = None

    def set_handler(self, handler: HookHandler) -> None:
        """From now on notifications go to this handler, in the context of who calls this."""
        self.handler = handler
        self._context = copy_context()

    async def carry(self, url: str, request: Request, timeout_s: float) -> Response:
        """See :class:`Carrier`. A handler goes on after the vendor has given up."""
        if self.handler is None:
            raise ConnectionRefusedError(f"nobody listens at {url}")
        task, severed = self.begin(self.handler, request)
        self.hold(task)
        await asyncio.wait((task, severed), timeout=timeout_s, return_when="FIRST_COMPLETED")
        answer = self.answer_of(request, task, severed)
        if answer is None:
            raise TimeoutError(f"{url}: no answer within {timeout_s:g} s")
        return answer

    def begin(self, handler: HookHandler, request: Request) -> tuple[Handling, Severed]:
        """Give a handler its request: its task, and what is done when its process dies."""
        loop = asyncio.get_running_loop()
        severed = self._severed
        if severed is None:
            severed = self._severed = loop.create_future()
        handling = self._handle(handler, request)
        return loop.create_task(handling, context=self._context.copy()), severed

    def hold(self, task: Handling) -> None:
        """A handler goes on when nobody waits for it any more."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def answer_of(self, request: Request, task: Handling, severed: Severed) -> Response | None:
        """What a handler answered; None while it has not.

        Raises:
            ConnectionResetError: its process died.
        """
        if severed.done() or task.cancelled():
            raise ConnectionResetError(f"{request.path}: connection reset by peer")
        if not task.done():
            return None
        error = task.exception()
        if error is not None:
            if len(self.errors) < _KEPT_ERRORS:
                self.errors.append(f"{request.path}: {type(error).__name__}: {error}")
            return Response(500)
        answer = task.result()
        return answer if isinstance(answer, Response) else Response(int(answer))

    def sever(self) -> None:
        """See :class:`Carrier`; the handler is forgotten, who waits for it gets a reset."""
        self.handler = None
        severed, self._severed = self._severed, None
        if severed is not None:
            severed.set_result(None)

    @staticmethod
    async def _handle(handler: HookHandler, request: Request) -> HookAnswer:
        return await handler(request.method, request.path, request.headers, request.body)


class HttpCarrier:
    """Plain HTTP/1.1 over asyncio streams: real sockets, or a virtual loop's own network.

    One connection for each delivery; redirects are not followed. ``rate`` is how many seconds of
    run time pass in one of the loop's (1 in a virtual run).
    """

    def __init__(self, *, rate: float = 1.0) -> None:
        self._rate = rate

    async def carry(self, url: str, request: Request, timeout_s: float) -> Response:
        """See :class:`Carrier`."""
        try:
            async with asyncio.timeout(timeout_s / self._rate):
                return await self._exchange(url, request)
        except TimeoutError:
            raise TimeoutError(f"{url}: no answer within {timeout_s:g} s") from None
        except ConnectionError:
            raise
        except OSError as error:
            raise ConnectionRefusedError(f"{url}: {error}") from error

    def sever(self) -> None:
        """See :class:`Carrier`; a process that dies closes its sockets itself."""

    async def _exchange(self, url: str, request: Request) -> Response:
        host, port, secure = _address(url)
        payload = _as_bytes(url, request)
        reader, writer = await asyncio.open_connection(host, port, ssl=secure or None)
        try:
            writer.write(payload)
            await writer.drain()
            return await _read(url, reader)
        finally:
            writer.close()


class LocalCarrier(HandlerCarrier):
    """What a connector inside a virtual run offers: a registered handler, else its own server.

    A server that an unmodified connector opens on ``connector.test`` is reached over the run's
    in-memory network.
    """

    def __init__(self) -> None:
        super().__init__()
        self._http = HttpCarrier()

    async def carry(self, url: str, request: Request, timeout_s: float) -> Response:
        """See :class:`Carrier`."""
        way = self._http.carry if self.handler is None else super().carry
        return await way(url, request, timeout_s)


def _address(url: str) -> tuple[str, int, bool]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConnectionRefusedError(f"{url}: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ConnectionRefusedError(f"{url}: this is no http or https URL")
    secure = parts.scheme == "https"
    return host, port or (443 if secure else 80), secure


def _as_bytes(url: str, request: Request) -> bytes:
    host, _, _ = split_url(url)
    target = request.path + (f"?{request.query}" if request.query else "")
    lines = [f"{request.method} {target} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    lines += [f"content-length: {len(request.body)}", "connection: close"]
    if any("\r" in line or "\n" in line for line in lines):
        raise ConnectionRefusedError(f"{url}: a line break in the address or in a header")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + request.body


class _Answer:
    """Collects a response as httptools parses it."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or after the body a trailer."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        """A piece of the body."""
        self.body += part

    def on_message_complete(self) -> None:
        """The whole answer has come."""
        self.whole = True


async def _read(url: str, reader: asyncio.StreamReader) -> Response:
    answer = _Answer()
    parser = httptools.HttpResponseParser(answer)
    received = 0
    while not answer.whole:
        part = await reader.read(1 << 16)
        received += len(part)
        if received > _MOST_BYTES:
            raise ConnectionAbortedError(f"{url}: the answer is longer than {_MOST_BYTES} bytes")
        try:
            parser.feed_data(part)
        except httptools.HttpParserError as error:
            raise ConnectionAbortedError(f"{url}: this is no HTTP answer: {error}") from None
        if not part:
            break
    status = parser.get_status_code()
    if not answer.whole and (not status or "content-length" in answer.headers):
        raise ConnectionResetError(f"{url}: the connection closed before the whole answer came")
    return Response(status, bytes(answer.body), answer.headers)
