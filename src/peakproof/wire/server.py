"""The fakes on real sockets, for connectors in any language.

The protocol is our own (:mod:`peakproof.wire.http1`) on asyncio's ``create_server``: it can reset
a connection, stay silent and stop in the middle of a body, which an ASGI application cannot ask of
its server, and it is faster than a thin ASGI application under uvicorn
(``benchmarks/bench_sockets.py`` measures both).
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Self

from peakproof.errors import UsageError
from peakproof.wire.face import Face

if TYPE_CHECKING:
    from peakproof.wire.control import Control
    from peakproof.wire.exchange import Wire
    from peakproof.wire.live import LivePacer

LOOPBACK: Final = "127.0.0.1"


class Server:
    """Serves each system of a wire on a port of its own; 0 takes a free one.

    ``urls`` has the base URL of each system once started. ``option`` is what a user would type to
    choose a port, for messages.

    Raises:
        UsageError: a port is taken or not allowed, or ``ports`` names a system that is not there.
    """

    def __init__(
        self,
        wire: Wire,
        pacer: LivePacer,
        *,
        host: str = LOOPBACK,
        ports: Mapping[str, int] | None = None,
        control: Control | None = None,
        option: str = "--port",
    ) -> None:
        self.urls: dict[str, str] = {}
        self._wire = wire
        self._pacer = pacer
        self._host = host
        self._ports = dict(ports or {})
        self._option = option
        self._faces = {
            system: Face(wire, system, pacer=pacer, control=control) for system in wire.services
        }
        self._servers: list[asyncio.Server] = []
        strangers = sorted(set(self._ports) - set(wire.services))
        if strangers:
            raise UsageError(
                f"{option} {strangers[0]}: there is no such system; "
                f"there are {', '.join(sorted(wire.services))}"
            )

    async def start(self) -> dict[str, str]:
        """Listen; run time flows from now on. The base URLs by system."""
        try:
            for system, face in self._faces.items():
                await self._listen(system, face)
        except BaseException:
            await self.stop()
            raise
        self._pacer.start()
        return self.urls

    async def stop(self) -> None:
        """Stop listening, end all connections, wait until nothing is left of them."""
        self._pacer.stop()
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()
        for face in self._faces.values():
            await face.close()
        for server in servers:
            await server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def _listen(self, system: str, face: Face) -> None:
        port = self._ports.get(system, 0)
        if not 0 <= port <= 65535:
            raise UsageError(f"{self._option} {system}={port}: a port is a number from 0 to 65535")
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(face, self._host, port, backlog=1024)
        except OSError as error:
            raise UsageError(self._why(system, port, error)) from None
        self._servers.append(server)
        taken = server.sockets[0].getsockname()[1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.urls[system] = f"http://{host}:{taken}"

    def _why(self, system: str, port: int, error: OSError) -> str:
        asked = f"{self._option} {system}={port}"
        if error.errno == errno.EADDRINUSE:
            return f"{asked}: port {port} is taken; choose another, or 0 for a free one"
        if error.errno == errno.EACCES:
            return f"{asked}: port {port} is not allowed for this user; choose one above 1023"
        return f"{asked}: cannot listen on {self._host}: {error}"
