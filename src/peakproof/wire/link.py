"""One connection of the in-memory network: two transports and what is in flight between them.

Bytes of one direction arrive in the order in which they were sent. What is written at one instant
arrives together, after one latency. A connection ends as TCP's do: a FIN (end of stream), a
reset, or, when a side has vanished, nothing at all.
"""

from __future__ import annotations

import asyncio
import errno
import os
from asyncio import BaseProtocol, BufferedProtocol, Protocol
from collections import deque
from collections.abc import Callable, Iterable
from contextvars import Context
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal

from peakproof.virtual_time.lives import LIFE, Life
from peakproof.wire.memory_socket import Address, MemorySocket

if TYPE_CHECKING:
    from peakproof.virtual_time.loop import VirtualLoop

Latency = Callable[[], float]
"""Draws the seconds that one flight of bytes takes."""

WINDOW_BYTES: Final = 262_144
"""What the two kernels hold for one direction before a writer notices; chosen, of Linux' order."""

HIGH_WATER_BYTES: Final = 65_536
"""asyncio's own default of the limit above which a protocol is told to pause writing."""

GIVE_UP_S: Final = 924.6
"""How long bytes go unanswered before the sender's TCP gives up: net.ipv4.tcp_retries2 = 15 in the
kernel's Documentation/networking/ip-sysctl.rst."""


class Mark(Enum):
    """What travels besides bytes."""

    FIN = "fin"
    RST = "rst"


class MemoryTransport(asyncio.Transport):
    """One end of a connection in memory."""

    def __init__(
        self,
        loop: VirtualLoop,
        link: Link,
        latency: Latency,
        *,
        names: tuple[Address, Address],
        quiet: int,
        context: Context,
    ) -> None:
        self._loop = loop
        self._link = link
        self._latency = latency
        self._socket = MemorySocket(*names, quiet)
        self._context = context
        self._protocol: BaseProtocol = BaseProtocol()
        self._peer: MemoryTransport = self
        self._low, self._high = HIGH_WATER_BYTES // 4, HIGH_WATER_BYTES
        # outwards
        self._flight: deque[tuple[float, list[bytes | Mark]]] = deque()
        self._sent_at = -1.0
        self._unread_bytes = 0
        self._told_to_pause = False
        self._eof_sent = False
        # inwards
        self._inbox: deque[bytes | Mark] = deque()
        self._reading = True
        # ends
        self._closing = False
        self._lost = False

    def attach(self, protocol: BaseProtocol, peer: MemoryTransport) -> None:
        """Join the two ends; the protocol is told by the caller."""
        self._protocol = protocol
        self._peer = peer

    # --- what asyncio asks of a transport -------------------------------------------------

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """``socket``, ``peername`` and ``sockname``; nothing about TLS, for there is none."""
        if name == "socket":
            return self._socket
        if name == "peername":
            return self._socket.getpeername()
        if name == "sockname":
            return self._socket.getsockname()
        return default

    def set_protocol(self, protocol: BaseProtocol) -> None:
        """Hand the connection to another protocol."""
        self._protocol = protocol

    def get_protocol(self) -> BaseProtocol:
        """The protocol that is told what comes in."""
        return self._protocol

    def is_closing(self) -> bool:
        """Whether this end is closed or about to be."""
        return self._closing

    def is_reading(self) -> bool:
        """Whether what comes in is handed on."""
        return self._reading and not self._closing

    def pause_reading(self) -> None:
        """Hold what comes in."""
        self._reading = False

    def resume_reading(self) -> None:
        """Hand on what was held, and what comes."""
        if self._closing or self._reading:
            return
        self._reading = True
        if self._inbox:
            self._loop.call_soon(self._hand_on, context=self._link.context)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """When the protocol pauses and resumes writing, in bytes beyond the kernels' window."""
        if high is None:
            high = HIGH_WATER_BYTES if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high!r}) must be >= low ({low!r}) must be >= 0")
        self._high, self._low = high, low

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Low and high limit in bytes."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Bytes that the window could not take yet."""
        return max(0, self._unread_bytes - WINDOW_BYTES)

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Send bytes; none at all is nothing, not the end of the stream."""
        if self._eof_sent and not self._closing:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._closing or not data:
            return
        if self._inbox and self._inbox[-1] is Mark.RST:
            self._break(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))
            return
        chunk = data if type(data) is bytes else bytes(data)
        self._unread_bytes += len(chunk)
        self._send(chunk)
        if not self._told_to_pause and self.get_write_buffer_size() > self._high:
            self._told_to_pause = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        """Send them in order."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """True: a connection can be half closed."""
        return True

    def write_eof(self) -> None:
        """Send the end of the stream; reading goes on."""
        if not (self._closing or self._eof_sent):
            self._eof_sent = True
            self._send(Mark.FIN)

    def close(self) -> None:
        """End in order: what was written arrives, then the end of the stream.

        With bytes come in and never read, the peer gets a reset instead, as from a real kernel.
        """
        if self._closing:
            return
        self._closing = True
        if any(type(item) is bytes for item in self._inbox):
            self._send(Mark.RST)
        elif not self._eof_sent:
            self._send(Mark.FIN)
        self._loop.call_soon(self._lose, None, context=self._link.context)

    def abort(self) -> None:
        """End at once: the peer gets a reset."""
        if not self._closing:
            self._send(Mark.RST)
            self._break(None)

    def vanish(self) -> None:
        """Be over without telling anybody, for the run is."""
        self._closing = self._lost = True

    def die(self) -> None:
        """The process at this end was killed: its kernel ends the connection, it hears nothing."""
        self._protocol = BaseProtocol()
        self._context = self._link.context
        self.close()

    # --- outwards -------------------------------------------------------------------------

    def _send(self, item: bytes | Mark) -> None:
        now = self._loop.time()
        flight = self._flight
        if flight and self._sent_at == now:
            flight[-1][1].append(item)
            return
        self._sent_at = now
        arrival = now + self._latency()
        if flight and flight[-1][0] > arrival:
            arrival = flight[-1][0]
        flight.append((arrival, [item]))
        context = self._link.context
        self._loop.call_at(arrival, self._arrive, context=context)
        if self._link.swallows(self):
            self._loop.call_later(GIVE_UP_S, self._give_up, context=context)

    def _arrive(self) -> None:
        _, items = self._flight.popleft()
        if self._link.swallows(self):
            return
        peer = self._peer
        if len(items) == 1:
            peer._take(items[0])
            return
        chunks = [item for item in items if type(item) is bytes]
        if chunks:
            peer._take(b"".join(chunks))
        for mark in items:
            if type(mark) is Mark:
                peer._take(mark)

    def _give_up(self) -> None:
        if not self._lost and self._link.swallows(self):
            self._break(TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)))

    def _acknowledge(self, number_of_bytes: int) -> None:
        self._unread_bytes -= number_of_bytes
        if self._told_to_pause and self.get_write_buffer_size() <= self._low:
            self._told_to_pause = False
            if not self._lost:
                self._context.copy().run(self._protocol.resume_writing)

    # --- inwards --------------------------------------------------------------------------

    def _take(self, item: bytes | Mark) -> None:
        if self._closing:
            if type(item) is bytes:
                self._send(Mark.RST)
            return
        self._socket.disturb()
        if item is Mark.RST:
            self._inbox.clear()
        self._inbox.append(item)
        if self._reading:
            self._hand_on()

    def _hand_on(self) -> None:
        inbox = self._inbox
        while inbox and self._reading and not self._closing:
            item = inbox.popleft()
            if type(item) is bytes:
                if not inbox:
                    self._socket.calm()
                self._context.copy().run(self._deliver, item)
                self._peer._acknowledge(len(item))
            elif item is Mark.FIN:
                self._context.copy().run(self._end_of_stream)
            else:
                self._break(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def _deliver(self, chunk: bytes) -> None:
        protocol = self._protocol
        try:
            if isinstance(protocol, Protocol):
                protocol.data_received(chunk)
            elif isinstance(protocol, BufferedProtocol):
                rest = memoryview(chunk)
                while rest:
                    buffer = memoryview(protocol.get_buffer(len(rest))).cast("B")
                    taken = min(len(buffer), len(rest))
                    buffer[:taken] = rest[:taken]
                    protocol.buffer_updated(taken)
                    rest = rest[taken:]
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # as asyncio does it: the connection pays
            self._fail(error, "data_received")

    def _end_of_stream(self) -> None:
        protocol: Any = self._protocol
        try:
            keep_open = protocol.eof_received()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # as asyncio does it: the connection pays
            self._fail(error, "eof_received")
            return
        if not keep_open:
            self.close()

    # --- ends -----------------------------------------------------------------------------

    def _fail(self, error: BaseException, call: str) -> None:
        self._loop.call_exception_handler(
            {
                "message": f"protocol.{call}() call failed.",
                "exception": error,
                "transport": self,
                "protocol": self._protocol,
            }
        )
        if not self._closing:
            self._send(Mark.RST)
            self._break(error if isinstance(error, Exception) else None)

    def _break(self, error: Exception | None) -> None:
        if not self._closing:
            self._closing = True
            self._inbox.clear()
            self._loop.call_soon(self._lose, error, context=self._link.context)

    def _lose(self, error: Exception | None) -> None:
        self._lost = True
        self._inbox.clear()
        self._socket.disturb()
        self._link.lost(self)
        self._context.copy().run(self._protocol.connection_lost, error)


class Link:
    """A connection as weather sees it: it can be reset or go dark."""

    def __init__(self, number: int, context: Context, ended: Callable[[Link], None]) -> None:
        self.number = number
        self.context = context
        self.client: MemoryTransport
        self.server: MemoryTransport
        self._ended = ended
        self._dark: Literal["", "up", "down", "both"] = ""
        self._open = 2

    def reset(self) -> None:
        """Somebody in between resets the connection: both ends get a reset."""
        for end in (self.client, self.server):
            if not end.is_closing():
                end._take(Mark.RST)

    def go_dark(self, direction: Literal["up", "down", "both"] = "both") -> None:
        """From now on nothing arrives, and nobody is told: a half-open connection.

        ``up`` is from the client to the server. What is in flight is gone as well.
        """
        self._dark = direction
        for end in (self.client, self.server):
            if self.swallows(end) and end._unread_bytes:
                end._loop.call_later(GIVE_UP_S, end._give_up, context=self.context)

    def kill(self, life: Life) -> None:
        """A process was killed: what it held of this connection ends."""
        for end in (self.client, self.server):
            if end._context.get(LIFE) is life and not end._lost:
                end.die()

    def swallows(self, sender: MemoryTransport) -> bool:
        """Whether what this end sends is lost."""
        dark = self._dark
        return dark != "" and dark in {"both", "up" if sender is self.client else "down"}

    def lost(self, _end: MemoryTransport) -> None:
        """An end is over; with the second one the connection is."""
        self._open -= 1
        if not self._open:
            self._ended(self)
