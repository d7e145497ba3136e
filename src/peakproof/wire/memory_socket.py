"""What an in-memory transport shows to code that asks for its socket."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from socket import AF_INET, IPPROTO_TCP, SOCK_STREAM
from typing import Any, NoReturn

from peakproof.virtual_time.fences import refuse

Address = tuple[str, int]


class MemorySocket:
    """What a transport shows as its socket: addresses, options, and a quiet file descriptor.

    A client that keeps connections alive polls the descriptor: readable means that the peer has
    closed. The descriptor here never gets readable; once something has come in, it is -1, which
    such clients take for the same.
    """

    family = AF_INET
    type = SOCK_STREAM
    proto = IPPROTO_TCP

    def __init__(self, sockname: Address, peername: Address | None, quiet: int) -> None:
        self._sockname = sockname
        self._peername = peername
        self._quiet = quiet
        self._disturbed = False
        self._options: dict[tuple[int, int], Any] = {}

    def disturb(self) -> None:
        """Something came in, or the connection is over."""
        self._disturbed = True

    def calm(self) -> None:
        """All that came in was read."""
        self._disturbed = False

    def fileno(self) -> int:
        """A descriptor that is never readable, or -1."""
        return -1 if self._disturbed else self._quiet

    def getsockname(self) -> Address:
        """The own address."""
        return self._sockname

    def getpeername(self) -> Address:
        """The other side's address; OSError for a listening socket."""
        if self._peername is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self._peername

    def setsockopt(self, level: int, option: int, value: Any, *_length: int) -> None:
        """Remember the option; nothing depends on it."""
        self._options[level, option] = value

    def getsockopt(self, level: int, option: int, _length: int = 0) -> Any:
        """The option as it was set, or 0."""
        return self._options.get((level, option), 0)

    def gettimeout(self) -> float:
        """0: it does not block."""
        return 0.0

    def setblocking(self, flag: bool) -> None:
        """Accept only what it is already."""
        if flag:
            raise ValueError("the socket of a transport cannot block")

    def close(self) -> None:
        """Nothing to do: the transport ends the connection."""


def _no_bytes(name: str) -> Callable[..., NoReturn]:
    def refused(_self: MemorySocket, *_args: Any) -> NoReturn:
        raise refuse("real socket", f"socket.{name} behind a transport")

    return refused


for _name in ("recv", "recv_into", "send", "sendall", "sendmsg", "accept", "shutdown", "detach"):
    setattr(MemorySocket, _name, _no_bytes(_name))
