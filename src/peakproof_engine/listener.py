"""A small HTTP server for notices, so that the engine needs nothing but its own process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

from peakproof_engine.errors import ConfigError

Take = Callable[[str, str, Mapping[str, str], bytes], Awaitable[int]]

_LARGEST_HEAD: Final = 64 * 1024
_LARGEST_BODY: Final = 8 * 1024 * 1024
_IDLE_S: Final = 75.0


class Malformed(Exception):
    """What came is no request that we take; ``status`` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def address(listen: str) -> tuple[str, int]:
    """Host and port of ``host:port``.

    Raises:
        ConfigError: the text has no such form.
    """
    host, colon, port = listen.rpartition(":")
    if not colon or not _is_number(port) or int(port) > 65535:
        raise ConfigError(f"hooks.listen: expected host:port, not {listen!r}")
    return host.strip("[]") or "127.0.0.1", int(port)


class Listener:
    """Takes notices over HTTP/1.1; ``GET /health`` answers 200."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, listen: str) -> None:
        """Bind to ``host:port`` (port 0: any).

        Raises:
            ConfigError: the address is wrong or taken.
        """
        host, port = address(listen)
        try:
            self._server = await asyncio.start_server(self._serve, host, port, limit=_LARGEST_HEAD)
        except OSError as error:
            raise ConfigError(f"hooks.listen: cannot listen on {listen}: {error}") from None
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Take no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection stays open."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _IDLE_S)
        except asyncio.IncompleteReadError:
            return False
        except asyncio.LimitOverrunError:
            await _answer(writer, 431, keep=False)
            return False
        try:
            method, path, headers = _head(head)
            body = await _body(reader, headers)
        except Malformed as error:
            await _answer(writer, error.status, keep=False)
            return False
        keep = headers.get("connection", "").lower() != "close"
        if method == "GET" and path == "/health":
            status = 200
        else:
            status = await self._take(method, path, headers, body)
        await _answer(writer, status, keep=keep)
        return keep


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _head(head: bytes) -> tuple[str, str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise Malformed(400)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return parts[0], parts[1], headers


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _chunks(reader)
    length = headers.get("content-length", "0")
    if not _is_number(length):
        raise Malformed(400)
    if int(length) > _LARGEST_BODY:
        raise Malformed(413)
    return await asyncio.wait_for(reader.readexactly(int(length)), _IDLE_S)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        try:
            line = await asyncio.wait_for(reader.readline(), _IDLE_S)
            size = int(line.partition(b";")[0].strip() or b"x", 16)
        except ValueError:
            # No number, or a line without an end.
            raise Malformed(400) from None
        if size < 0:
            raise Malformed(400)
        if len(body) + size > _LARGEST_BODY:
            raise Malformed(413)
        body += await asyncio.wait_for(reader.readexactly(size), _IDLE_S)
        await reader.readline()
        if size == 0:
            return bytes(body)


async def _answer(writer: asyncio.StreamWriter, status: int, *, keep: bool) -> None:
    phrase = HTTPStatus(status).phrase
    connection = "keep-alive" if keep else "close"
    writer.write(
        f"HTTP/1.1 {status} {phrase}\r\ncontent-length: 0\r\nconnection: {connection}\r\n\r\n"
        .encode()
    )  # fmt: skip
    await writer.drain()
