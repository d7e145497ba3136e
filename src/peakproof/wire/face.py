"""A system's HTTP face: connections whose requests go through the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final, cast

from peakproof.errors import PeakproofError
from peakproof.wire.control import PREFIX, Control
from peakproof.wire.direct import kept_part
from peakproof.wire.http1 import RESET, SILENCE, Answer, Http1Protocol, Truncated
from peakproof.wire.message import Request, Response

if TYPE_CHECKING:
    from peakproof.wire.exchange import Passage, Wire
    from peakproof.wire.live import LivePacer

LINGER_S: Final = 10.0
"""How long a client on a socket may go on sending what was refused already."""

_PLAIN: Final = {"content-type": "text/plain; charset=utf-8"}


class Face:
    """Makes a protocol for each connection to one system; ``connections`` are those open now.

    With a ``pacer`` (a live run) the world catches up with the clock before a request is handled,
    and a fault of the harness is answered with a plain 500; in a virtual run it ends the run.
    """

    def __init__(
        self,
        wire: Wire,
        system: str,
        *,
        pacer: LivePacer | None = None,
        control: Control | None = None,
    ) -> None:
        self.wire = wire
        self.system = system
        self.pacer = pacer
        self.control = control
        self.connections: dict[int, Connection] = {}
        self._count = 0

    def __call__(self) -> Connection:
        """A protocol for a new connection."""
        self._count = number = self._count + 1
        return Connection(self, number)

    async def handle(self, connection: Connection, request: Request) -> Answer:
        """Carry one request through the wire."""
        pacer = self.pacer
        if pacer is None:
            return await self._through(connection, request)
        try:
            pacer.catch_up()
            answer = await self._through(connection, request)
        except PeakproofError as fault:
            self.wire.blame(fault, self.system)
            return Response(500, f"fault of the harness: {fault}\n".encode(), _PLAIN)
        pacer.look()
        return answer

    async def _through(self, connection: Connection, request: Request) -> Answer:
        if self.control is not None and request.path.startswith(PREFIX):
            return self.control.answer(self.system, request)
        wire = self.wire
        connection.passage = passage = wire.depart(self.system, request)
        try:
            return await carry(wire, passage)
        except ConnectionResetError:
            return RESET
        except PeakproofError:
            wire.settle(passage, 0, "unknown")
            raise
        finally:
            if passage.ending != "silence":
                connection.passage = None

    async def close(self) -> None:
        """End every connection, and whatever is being answered."""
        tasks = [task for one in self.connections.values() if (task := one.end()) is not None]
        await asyncio.gather(*tasks, return_exceptions=True)


class Connection(Http1Protocol):
    """One connection to a face. A client that closes it does not want its answer any more."""

    def __init__(self, face: Face, number: int) -> None:
        super().__init__(self._handle, linger_s=0.0 if face.pacer is None else LINGER_S)
        self.passage: Passage | None = None
        self._face = face
        self._id = number

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See :class:`Http1Protocol`."""
        # Not the parent's: uvloop's transports are no subclasses of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()
        self._face.connections[self._id] = self

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone: a call without an answer is unknown to it from now on."""
        self._face.connections.pop(self._id, None)
        passage, self.passage = self.passage, None
        if passage is not None:
            self._face.wire.settle(passage, 0, "unknown")
        super().connection_lost(exc)

    def eof_received(self) -> bool:
        """A client that closes its side has gone, as most servers take it."""
        super().eof_received()
        return False

    def end(self) -> asyncio.Task[None] | None:
        """Drop the connection; the task that was answering, if any, is cancelled."""
        task = self._serving
        self._transport.abort()
        if task is None or task.done():
            return None
        task.cancel()
        return task

    def _handle(self, request: Request) -> Coroutine[Any, Any, Answer]:
        return self._face.handle(self, request)


async def carry(wire: Wire, passage: Passage) -> Answer:
    """Take a call to its system and back: what its connection is to write.

    Nobody cancels this when the client goes: the effect is the system's own.
    """
    if passage.out_s:
        await wire.wait(passage.out_s)
    served = wire.arrive(passage)
    if asyncio.iscoroutine(served):
        served = await served
    ending = passage.ending
    if ending == "silence":
        return SILENCE
    if passage.back_s:
        await wire.wait(passage.back_s)
    answer = wire.conclude(passage, served)
    if ending == "answer":
        assert answer is not None
        return answer
    if ending == "truncate" and answer is not None and answer.body:
        assert passage.fate is not None
        return Truncated(answer, len(kept_part(answer.body, passage.fate.keep)))
    return RESET
