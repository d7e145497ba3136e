"""The side of the virtual loop that faces outwards: the network inside, fences for the rest."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, TypeVar, TypeVarTuple, Unpack

from peakproof.errors import FenceError, PeakproofError
from peakproof.virtual_time.fences import refuse

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_FENCED: Final = {
    "add_reader": "real socket",
    "add_writer": "real socket",
    "sock_accept": "real socket",
    "sock_recv": "real socket",
    "sock_recv_into": "real socket",
    "sock_recvfrom": "real socket",
    "sock_recvfrom_into": "real socket",
    "sock_sendall": "real socket",
    "sock_sendfile": "real socket",
    "sock_sendto": "real socket",
    "connect_accepted_socket": "real socket",
    "create_datagram_endpoint": "datagram",
    "create_unix_connection": "unix socket",
    "create_unix_server": "unix socket",
    "connect_read_pipe": "pipe",
    "connect_write_pipe": "pipe",
    "subprocess_exec": "child process",
    "subprocess_shell": "child process",
    "add_signal_handler": "signal handler",
}
"""Methods of an event loop that lead outside, and the fence that each meets."""


class Net(Protocol):
    """What a loop asks of the in-memory network; see :mod:`peakproof.wire.network`."""

    async def create_connection(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> tuple[Any, Any]:
        """As the event loop's own."""

    async def create_server(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """As the event loop's own."""

    def getaddrinfo(self, host: Any, port: Any, family: int) -> list[Any]:
        """The addresses of a host that the network knows; OSError for any other."""

    def getnameinfo(self, address: Any) -> tuple[str, str]:
        """Host and port of an address."""

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Dial with a socket object that stays unconnected in reality."""

    def start_tls(self, transport: Any, protocol: Any) -> Any:
        """The transport that carries on, without TLS."""

    def close(self) -> None:
        """Give back what the network holds of the machine."""


def _fenced(method: str, fence: str) -> Callable[..., NoReturn]:
    def refused(self: Border, *args: Any, **_options: Any) -> NoReturn:
        raise refuse(fence, f"loop.{method}{args!r}")

    refused.__name__ = method
    refused.__doc__ = f"Refused: see the fence {fence!r} in :mod:`peakproof.virtual_time.fences`."
    return refused


class Border(asyncio.BaseEventLoop):
    """An event loop's ways out.

    Attributes: ``network`` answers for connections and names (None: a fence does); ``fenced``
    lists the fence errors raised so far, for a connector may swallow them.
    """

    if TYPE_CHECKING:  # BaseEventLoop's own, which its stubs leave out
        _ready: deque[Any]
        _closed: bool
        _debug: bool
        _stopping: bool
        _task_factory: object

        def _check_closed(self) -> None: ...

    def __init__(self) -> None:
        super().__init__()
        self.network: Net | None = None
        self.fenced: list[FenceError] = []
        self._home_thread = threading.get_ident()
        self._fatal: PeakproofError | None = None

    def _net(self, attempt: str) -> Net:
        if self.network is None:
            raise refuse("no network", f"loop.{attempt}")
        return self.network

    # --- the network ----------------------------------------------------------------------

    async def create_connection(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> tuple[Any, Any]:
        """Connect through the run's network; ``ssl`` is left out."""
        net = self._net(f"create_connection to {host}:{port}")
        return await net.create_connection(protocol_factory, host, port, **options)

    async def create_server(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """Listen on the run's network; ``ssl`` is left out."""
        net = self._net(f"create_server on {host}:{port}")
        return await net.create_server(protocol_factory, host, port, **options)

    async def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Addresses of a host of the run's network."""
        return self._net(f"getaddrinfo({host!r})").getaddrinfo(host, port, family)

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        """Host and port of an address of the run's network."""
        return self._net(f"getnameinfo({sockaddr!r})").getnameinfo(sockaddr)

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Dial through the run's network; the socket object stays unconnected."""
        await self._net(f"sock_connect to {address!r}").sock_connect(sock, address)

    async def start_tls(
        self, transport: Any, protocol: Any, sslcontext: Any = None, **_options: Any
    ) -> Any:
        """Carry on without TLS."""
        return self._net("start_tls").start_tls(transport, protocol)

    async def sendfile(
        self,
        transport: Any,
        file: Any,
        offset: int = 0,
        count: int | None = None,
        *,
        fallback: bool = True,
    ) -> int:
        """Send a file, read whole; the number of bytes."""
        file.seek(offset)
        content = file.read() if count is None else file.read(count)
        transport.write(content)
        return len(content)

    # --- threads --------------------------------------------------------------------------

    def run_in_executor(
        self, executor: object, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run the function here and now; the executor stays idle."""
        self._check_closed()
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except StopIteration as error:
            future.set_exception(RuntimeError(f"{func!r} raised {error!r}"))
        except Exception as error:  # it is for whoever awaits the future
            future.set_exception(error)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Nothing to do: no executor was started."""

    def call_soon_threadsafe(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """``call_soon``, from the loop's own thread only."""
        if threading.get_ident() != self._home_thread:
            thread = threading.current_thread().name
            error = refuse("foreign thread", f"call_soon_threadsafe from {thread}")
            self.fenced.append(error)
            raise error
        return self.call_soon(callback, *args, context=context)

    def close(self) -> None:
        """Close the loop and its network."""
        if self.network is not None and not self._closed:
            self.network.close()
        super().close()

    # --- errors ---------------------------------------------------------------------------

    def remove_signal_handler(self, sig: int) -> bool:
        """False: no handler is ever set."""
        return False

    def remove_reader(self, fd: Any) -> bool:
        """False: no reader is ever added."""
        return False

    def remove_writer(self, fd: Any) -> bool:
        """False: no writer is ever added."""
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """As in asyncio, but an error of peakproof's own ends the run: nobody may swallow it."""
        error = context.get("exception")
        if isinstance(error, PeakproofError):
            self._fatal = self._fatal or error
            self.stop()
            return
        super().call_exception_handler(context)


for _method, _fence in _FENCED.items():
    setattr(Border, _method, _fenced(_method, _fence))
