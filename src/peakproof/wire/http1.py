"""A small, fast HTTP/1.1 server protocol for fakes: parse, ask a handler, write the answer.

Requests of one connection are answered one after the other, in order (RFC 9112, section 9.3).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum
from http import HTTPStatus
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Any, Final, Literal, cast

import httptools
import msgspec

from peakproof.errors import PeakproofError, SimulatorFault
from peakproof.wire.message import Request, Response

MAX_HEAD_BYTES: Final = 65_536
MAX_BODY_BYTES: Final = 16 * 1024 * 1024

_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
_LINGER_NOT: Final = pack("ii", 1, 0)
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_JOINED_BY: Final = {"cookie": "; "}


class Cut(Enum):
    """An answer that is none."""

    RESET = "reset"
    SILENCE = "silence"


RESET: Final = Cut.RESET
"""Abort the connection: the client gets a reset."""

SILENCE: Final = Cut.SILENCE
"""Never answer; hold the connection until the client closes it."""


class Truncated(msgspec.Struct, frozen=True):
    """The whole head with the whole length, then only the first ``bytes_sent`` of the body."""

    response: Response
    bytes_sent: int


Answer = Response | Truncated | Cut
Handler = Callable[[Request], Awaitable[Answer]]


class _TooLarge(Exception):
    """The request exceeds a limit; carries the status to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def encode(
    response: Response, *, connection: str = "", with_body: bool = True
) -> tuple[bytes, bytes]:
    """Head and body of a response as they go over the wire.

    ``connection`` is the value of that header (empty: none is sent).

    Raises:
        SimulatorFault: a header holds a line break or a character outside Latin-1.
    """
    status = response.status
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}"]
    for name, value in response.headers.items():
        if name not in {"content-length", "connection"}:
            lines.append(f"{name}: {value}")
    bodiless = status in {204, 304} or status < 200
    if not bodiless:
        lines.append(f"content-length: {len(response.body)}")
    if connection:
        lines.append(f"connection: {connection}")
    text = "\r\n".join(lines) + "\r\n\r\n"
    if text.count("\n") != len(lines) + 1 or text.count("\r") != len(lines) + 1:
        raise SimulatorFault(f"a response header holds a line break: {response.headers!r}")
    try:
        head = text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise SimulatorFault(f"a response header is not Latin-1: {error}") from error
    return head, b"" if bodiless or not with_body else response.body


class _Pending(msgspec.Struct):
    """A request that came in whole, or the refusal that ends the connection (no request)."""

    request: Request | None
    refusal: Response | None
    connection: Literal["", "keep-alive", "close"]


class Http1Protocol(asyncio.Protocol):
    """Serves one connection: ``handler(request)`` gives the answer.

    A head beyond ``max_head_bytes`` is answered 431, a body beyond ``max_body_bytes`` 413, what is
    not HTTP 400; then the connection is closed. While a request is being answered, at most what
    one read brought of further ones is held, and reading pauses.

    A handler runs to its end even if the client has gone: its effect is the server's own.

    After a refusal what the client still sends is dropped for up to ``linger_s`` seconds: a socket
    that is closed over unread bytes resets, and the client never sees why (RFC 9112, section 9.6).
    """

    def __init__(
        self,
        handler: Handler,
        *,
        max_head_bytes: int = MAX_HEAD_BYTES,
        max_body_bytes: int = MAX_BODY_BYTES,
        linger_s: float = 0.0,
    ) -> None:
        self._handler = handler
        self._linger_s = linger_s
        self._lingering: asyncio.TimerHandle | None = None
        self._refused = False
        self._max_head_bytes = max_head_bytes
        self._max_body_bytes = max_body_bytes
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._loop: asyncio.AbstractEventLoop
        self._queue: deque[_Pending] = deque()
        self._busy = False
        self._deaf = False
        self._silent = False
        self._gone = False
        self._serving: asyncio.Task[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._owes_continue = False
        # of the request that is coming in
        self._messages = 0
        self._in_head = True
        self._head_bytes = 0
        self._body_bytes = 0
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []

    # --- the connection -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        # A cast, for uvloop's transports are no subclasses of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone; what is being handled runs to its end."""
        self._gone = True
        self._queue.clear()
        if self._lingering is not None:
            self._lingering.cancel()
        self.resume_writing()

    def pause_writing(self) -> None:
        """The client reads slowly: hold the next answer back."""
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """The client has caught up."""
        waiting, self._writable = self._writable, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def eof_received(self) -> bool:
        """The client sends no more; it still gets the answers to what it sent."""
        self._deaf = True
        self._linger_s = 0.0
        return self._busy and not self._silent

    def data_received(self, data: bytes) -> None:
        """Parse what came in, and start to answer."""
        if self._deaf:
            return
        if self._in_head and self._head_bytes == 0 and len(data) <= self._max_head_bytes:
            self._feed(data)
        else:
            # A head that grows over many reads is held by the parser, so it is counted here.
            for start in range(0, len(data), self._max_head_bytes):
                self._feed(data[start : start + self._max_head_bytes])
                if self._deaf:
                    return

    def _feed(self, data: bytes) -> None:
        messages = self._messages
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._deaf = True  # no other protocol is spoken here; the request itself was taken
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            self._refuse(cause.status if isinstance(cause, _TooLarge) else 400)
        except httptools.HttpParserError:
            self._refuse(400)
        else:
            if self._in_head and messages == self._messages:
                self._head_bytes += len(data)
                if self._head_bytes > self._max_head_bytes:
                    self._refuse(431)

    # --- what the parser calls ------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request begins."""
        self._messages += 1
        self._in_head = True
        self._head_bytes = self._body_bytes = 0
        self._url = b""
        self._headers = {}
        self._body = []

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """A header, or after the body a trailer, which is dropped."""
        if not self._in_head:
            return
        key = name.decode("latin-1").lower()
        text = "" if value is None else value.decode("latin-1")
        headers = self._headers
        if key in headers:
            text = f"{headers[key]}{_JOINED_BY.get(key, ', ')}{text}"
        headers[key] = text

    def on_headers_complete(self) -> None:
        """The head is whole: check the limits before a body is read."""
        self._in_head = False
        headers = self._headers
        size = len(self._url) + sum(map(len, headers)) + sum(map(len, headers.values()))
        if size > self._max_head_bytes:
            raise _TooLarge(431)
        if int(headers.get("content-length") or 0) > self._max_body_bytes:
            raise _TooLarge(413)
        if headers.get("expect", "").lower() == "100-continue":
            self._owes_continue = True
            self._continue()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self._max_body_bytes:
            raise _TooLarge(413)
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._owes_continue = False
        parser = self._parser
        path, query = _target(self._url)
        request = Request(
            parser.get_method().decode("ascii"), path, query, self._headers, b"".join(self._body)
        )
        self._in_head, self._head_bytes = True, 0
        self._body = []
        stay: Literal["", "keep-alive", "close"]
        stay = "keep-alive" if parser.get_http_version() == "1.0" else ""
        if parser.should_upgrade() or not parser.should_keep_alive():
            stay = "close"
        self._queue.append(_Pending(request, None, stay))
        self._start()

    # --- answering ------------------------------------------------------------------------

    def _refuse(self, status: int) -> None:
        self._deaf = self._refused = True
        self._body = []
        text = f"{status} {_REASONS[status]}\n".encode()
        refusal = Response(status, text, {"content-type": "text/plain"})
        self._queue.append(_Pending(None, refusal, "close"))
        self._start()

    def _continue(self) -> None:
        """Ask for the body, unless the answer to an earlier request is still to come."""
        if self._owes_continue and not self._busy and not self._gone:
            self._owes_continue = False
            self._transport.write(_CONTINUE)

    def _start(self) -> None:
        if self._busy:
            if not self._transport.is_closing():
                self._transport.pause_reading()
        else:
            self._busy = True
            self._serving = self._loop.create_task(self._answer_all(), name="http1")

    async def _answer_all(self) -> None:
        while self._queue:
            pending = self._queue.popleft()
            try:
                again = await self._answer(pending)
            except Exception as error:  # the handler's: told, never turned into a vendor's answer
                self._tell(error)
                again = False
            if not again:
                self._deaf = True
                self._queue.clear()
        self._busy = False
        if self._gone:
            return
        if not self._deaf:
            self._transport.resume_reading()
            self._continue()
        elif self._refused and self._linger_s and self._transport.can_write_eof():
            self._transport.resume_reading()
            self._transport.write_eof()
            self._lingering = self._loop.call_later(self._linger_s, self._transport.close)
        else:
            self._transport.close()

    async def _answer(self, pending: _Pending) -> bool:
        """Answer one request; False when the connection ends with it."""
        request = pending.request
        answer: Answer | None = pending.refusal
        if request is not None:
            answer = await self._handler(request)
        if self._gone:
            return False
        if answer is RESET:
            self._reset()
            return False
        if answer is SILENCE:
            self._deaf = self._silent = True
            self._writable = self._loop.create_future()  # done when the connection is lost
            await self._writable
            return False
        truncated = answer if isinstance(answer, Truncated) else None
        response = truncated.response if truncated else answer
        if not isinstance(response, Response):
            raise SimulatorFault(f"a handler answered with {answer!r}")
        connection = pending.connection
        if response.headers.get("connection", "").lower() == "close":
            connection = "close"
        with_body = request is None or request.method != "HEAD"
        head, body = encode(response, connection=connection, with_body=with_body)
        if truncated:
            self._transport.write(head + body[: truncated.bytes_sent])
            return False
        self._transport.write(head + body)
        if self._writable is not None:
            await self._writable
        return connection != "close"

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, PeakproofError):
            told = SimulatorFault(f"a handler failed: {type(error).__name__}: {error}")
            told.__cause__ = error
            error = told
        context: dict[str, Any] = {"message": "a handler failed", "exception": error}
        self._loop.call_exception_handler(context)
        if not self._gone:
            self._reset()

    def _reset(self) -> None:
        """Abort; over a real socket too the client gets a reset and not an end of stream."""
        sock = self._transport.get_extra_info("socket")
        with suppress(OSError, TypeError, AttributeError):
            sock.setsockopt(SOL_SOCKET, SO_LINGER, _LINGER_NOT)
        self._transport.abort()


def _target(url: bytes) -> tuple[str, str]:
    """Path and query of a request target, also of an absolute one (as proxies get it)."""
    text = url.decode("latin-1")
    if not text.startswith("/") and "://" in text:
        _, _, rest = text.partition("://")
        slash = rest.find("/")
        text = rest[slash:] if slash >= 0 else "/"
    path, _, query = text.partition("#")[0].partition("?")
    return path, query
