"""A forward proxy on loopback that leads the vendors' own host names to their fakes.

A connector that builds its hosts itself needs no change and no root: it is told the proxy and the
authority by the environment. A host that belongs to no fake is refused, so that nothing of a
rehearsal ever reaches a real system.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from peakproof.wire.authority import Authority
from peakproof.wire.server import LOOPBACK

if TYPE_CHECKING:
    from peakproof.service import Service

_HTTPS: Final = 443
_PATIENCE_S: Final = 10.0
"""How long a client may take to say whom it wants, or to shake hands."""
_CHUNK: Final = 1 << 16


@asynccontextmanager
async def opened_proxy(
    services: Mapping[str, Service], urls: Mapping[str, str]
) -> AsyncIterator[Proxy]:
    """A proxy for the vendors of some served systems, with an authority that lasts as long."""
    with TemporaryDirectory(prefix="peakproof-ca-") as folder:
        authority = Authority(Path(folder) / "ca.pem")
        hosts = {name: service.hosts for name, service in services.items()}
        async with Proxy(authority, hosts, urls) as proxy:
            yield proxy


class Proxy:
    """Tunnels to fakes: ``hosts`` are patterns by system, ``urls`` where the systems are served."""

    def __init__(
        self, authority: Authority, hosts: Mapping[str, Iterable[str]], urls: Mapping[str, str]
    ) -> None:
        self.authority = authority
        self.url = ""
        self._hosts = [(pattern, system) for system, found in hosts.items() for pattern in found]
        self._urls = dict(urls)
        self._server: asyncio.Server | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._count = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    def environment(self) -> dict[str, str]:
        """Variables that lead a program here and let it trust who answers."""
        names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
        past = f"{LOOPBACK},localhost,::1"
        return {
            **dict.fromkeys(names, self.url),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), past),
            "NODE_USE_ENV_PROXY": "1",
            **self.authority.environment(),
        }

    def placeholders(self) -> dict[str, str]:
        """The same for programs that want it in their command."""
        place = urlsplit(self.url)
        return {
            "proxy.url": self.url,
            "proxy.host": str(place.hostname),
            "proxy.port": str(place.port),
            "proxy.ca": str(self.authority.file),
        }

    def system_of(self, host: str) -> str | None:
        """The system that answers for a host name; None when none does."""
        name = host.lower().rstrip(".")
        for pattern, system in self._hosts:
            if fnmatchcase(name, pattern):
                return system
        return None

    # --- one connection -------------------------------------------------------------------

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count = number = self._count + 1
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks[number] = task
        task.add_done_callback(lambda _done: self._tasks.pop(number, None))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    try:
                        head = await reader.readuntil(b"\r\n\r\n")
                    except asyncio.LimitOverrunError:
                        return await _refuse(writer, 431, "The head of the request is too long.")
                    host, said = _asked(head)
                    system = self.system_of(host) if host else None
                    if system is None:
                        return await _refuse(writer, 403 if host else 400, said)
                    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    await writer.drain()
                    await writer.start_tls(self.authority.context(host))
                await self._tunnel(system, reader, writer)
            finally:
                writer.close()

    async def _tunnel(
        self, system: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        place = urlsplit(self._urls[system])
        there_reader, there_writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            ways = [
                asyncio.ensure_future(_carry(reader, there_writer)),
                asyncio.ensure_future(_carry(there_reader, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            there_writer.close()


def _asked(head: bytes) -> tuple[str, str]:
    """The host that a request wants to be led to ("" when it is none), and the refusal for it."""
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(words) != 3:
        return "", "This is no HTTP request."
    method, target, _version = words
    if method != "CONNECT":
        host = urlsplit(target).hostname or ""
        return host and f"{host} over plain HTTP", (
            f"{target}: vendors are called by https; this proxy of a rehearsal only tunnels."
        )
    host, _, port = target.rpartition(":")
    if not host or port != str(_HTTPS):
        return target, f"{target}: only port {_HTTPS} of a vendor's host is led to its fake."
    return host, f"{host} belongs to no system of this rehearsal; nothing else is reached from it."


async def _refuse(writer: asyncio.StreamWriter, status: int, said: str) -> None:
    body = f"peakproof: {said}\n".encode()
    writer.write(
        b"HTTP/1.1 %d Refused\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, len(body), body)
    )
    await writer.drain()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes one way until that side ends."""
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
