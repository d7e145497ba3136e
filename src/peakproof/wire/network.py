"""The in-memory network that a virtual loop answers connections from.

Unmodified asyncio clients and servers (aiohttp, httpx with httpcore and anyio, plain streams,
uvicorn) talk through it: names, handshakes, latency, back-pressure, resets, half-open links. There
is no TLS: ``ssl=`` is left out, on port 443 as elsewhere, and plain bytes travel.

Two kinds of host exist. A *registered* host is a vendor's: it has an address of its own and what
listens there was put there with :meth:`Network.listen`. The *local* host is the connector's
machine, under all its names; servers that a connector opens stand there, whichever local address
they are bound to.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from asyncio import BaseProtocol
from collections.abc import Callable, Iterable
from contextvars import copy_context
from ipaddress import ip_address
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal
from weakref import WeakKeyDictionary

from peakproof.errors import HarnessFault
from peakproof.virtual_time.fences import refuse
from peakproof.virtual_time.lives import LIFE, Life, outside
from peakproof.wire.link import Latency, Link, MemoryTransport
from peakproof.wire.memory_socket import Address, MemorySocket

if TYPE_CHECKING:
    from peakproof.virtual_time.loop import VirtualLoop

Admission = Literal["accept", "refuse", "lose"]
"""What becomes of a connection attempt: accepted, refused, or lost without an answer."""

LOCAL_IP: Final = "127.0.0.1"

_WILDCARDS: Final = frozenset({"", "0.0.0.0", "::", "::1"})  # names, not a bind

_SERVICES: Final = {"http": 80, "https": 443}

_FIRST_CLIENT_PORT: Final = 49_152
_FIRST_SERVER_PORT: Final = 32_768

CONNECT_GIVE_UP_S: Final = 127.0
"""How long a connection attempt goes unanswered before TCP gives up: net.ipv4.tcp_syn_retries = 6
in the kernel's Documentation/networking/ip-sysctl.rst (1 + 2 + 4 + … + 64 s)."""


def instantly() -> float:
    """The latency of a network that takes no time."""
    return 0.0


def _unknown(host: str) -> socket.gaierror:
    return socket.gaierror(socket.EAI_NONAME, f"Name or service not known: {host!r}")


class Listener:
    """Something that accepts connections at one address.

    ``admission`` may be set at any time; ``links`` are the connections that are open now, by
    number.
    """

    def __init__(
        self,
        address: Address,
        protocol_factory: Callable[[], BaseProtocol],
        up: Latency,
        down: Latency,
    ) -> None:
        self.context = copy_context()
        self.address = address
        self.protocol_factory = protocol_factory
        self.up = up
        self.down = down
        self.admission: Admission = "accept"
        self.links: dict[int, Link] = {}


class MemoryServer(asyncio.AbstractServer):
    """What ``loop.create_server`` gives: one server on one or more listening addresses."""

    def __init__(self, network: Network, listeners: list[Listener]) -> None:
        self._network = network
        self._listeners = listeners
        self._serving = False
        self._forever: asyncio.Future[None] | None = None

    @property
    def sockets(self) -> tuple[MemorySocket, ...]:
        """The listening sockets; none once it is closed."""
        return tuple(MemorySocket(listener.address, None, -1) for listener in self._listeners)

    def get_loop(self) -> VirtualLoop:
        """The loop that it serves on."""
        return self._network.loop

    def is_serving(self) -> bool:
        """Whether it accepts connections."""
        return self._serving

    async def start_serving(self) -> None:
        """Accept connections from now on."""
        for listener in self._listeners:
            self._network.open(listener)
        self._serving = bool(self._listeners)

    async def serve_forever(self) -> None:
        """Accept connections until cancelled or closed."""
        await self.start_serving()
        self._forever = self.get_loop().create_future()
        try:
            await self._forever
        finally:
            self.close()

    def close(self) -> None:
        """Accept no more connections; those that are open stay."""
        for listener in self._listeners:
            self._network.shut(listener)
        self._listeners = []
        self._serving = False
        if self._forever is not None and not self._forever.done():
            self._forever.cancel()

    def close_clients(self) -> None:
        """Close every open connection in order."""
        for link in self._links():
            link.server.close()

    def abort_clients(self) -> None:
        """Reset every open connection."""
        for link in self._links():
            link.server.abort()

    def _links(self) -> list[Link]:
        return [link for listener in self._listeners for link in listener.links.values()]

    async def wait_closed(self) -> None:
        """Return at once: closing takes no time."""


class Network:
    """Hosts, listeners and connections of one run; attaches itself to the loop.

    ``latency`` draws the seconds of one flight, in each direction, where a listener brings no
    latency of its own. ``local_names`` are the names of the connector's machine.
    """

    def __init__(
        self,
        loop: VirtualLoop,
        *,
        latency: Latency = instantly,
        local_names: Iterable[str] = ("localhost", "connector.test"),
    ) -> None:
        self.loop = loop
        self.links: dict[int, Link] = {}
        self._context = outside()
        self._latency = latency
        self._addresses: dict[str, str] = dict.fromkeys(local_names, LOCAL_IP)
        self._listeners: dict[Address, Listener] = {}
        self._dialled: WeakKeyDictionary[socket.socket, Listener] = WeakKeyDictionary()
        self._hosts = count(1)
        self._numbers = count(1)
        self._client_ports = count(_FIRST_CLIENT_PORT)
        self._quiet, self._quiet_writer = os.pipe()
        loop.network = self

    # --- names ----------------------------------------------------------------------------

    def register(self, host: str) -> str:
        """Make a host known and return its address, from the range for benchmarks (RFC 2544)."""
        known = self._addresses.get(host)
        if known is None:
            number = next(self._hosts)
            known = self._addresses[host] = f"198.18.{number >> 8}.{number & 255}"
        return known

    def resolve(self, host: Any) -> str:
        """The address of a host; addresses stand for themselves.

        Raises:
            socket.gaierror: nobody registered the host.
        """
        if host is None:
            return LOCAL_IP
        name = host.decode("ascii") if isinstance(host, bytes) else str(host)
        name = name.rstrip(".").lower() if name else name
        if name in _WILDCARDS:
            return LOCAL_IP
        known = self._addresses.get(name)
        if known is not None:
            return known
        try:
            return str(ip_address(name))
        except ValueError:
            raise _unknown(name) from None

    def getaddrinfo(self, host: Any, port: Any, family: int) -> list[Any]:
        """One IPv4 stream address; ``socket.gaierror`` for a host that nobody registered."""
        address = self.resolve(host)
        if family not in {0, socket.AF_INET}:
            raise socket.gaierror(socket.EAI_FAMILY, "ai_family not supported")
        found = (address, _port(port))
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", found)]

    def getnameinfo(self, address: Any) -> tuple[str, str]:
        """The first name that was given to the address (or the address), and the port."""
        for name, known in self._addresses.items():
            if known == address[0]:
                return name, str(address[1])
        return str(address[0]), str(address[1])

    # --- listening ------------------------------------------------------------------------

    def listen(
        self,
        host: str,
        port: int,
        protocol_factory: Callable[[], BaseProtocol],
        *,
        up: Latency | None = None,
        down: Latency | None = None,
    ) -> Listener:
        """Accept connections to a host, registering it; ``up`` is the way to it, ``down`` back.

        Raises:
            HarnessFault: something listens there already.
        """
        host = host.lower()
        address = (self.register(host), port)
        if address in self._listeners:
            raise HarnessFault(f"two listeners on {host}:{port}")
        listener = Listener(address, protocol_factory, up or self._latency, down or self._latency)
        self.open(listener)
        return listener

    def open(self, listener: Listener) -> None:
        """Let a listener have connections from now on."""
        self._listeners[listener.address] = listener

    def shut(self, listener: Listener) -> None:
        """Refuse connections to a listener from now on; those that are open stay."""
        if self._listeners.get(listener.address) is listener:
            del self._listeners[listener.address]

    async def create_server(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> MemoryServer:
        """``loop.create_server``: a server on the local host, whichever address it is bound to."""
        if options.get("sock") is not None:
            raise refuse("real socket", "create_server on a socket that exists already")
        hosts = [host] if host is None or isinstance(host, str) else list(host)
        listeners: list[Listener] = []
        for address in dict.fromkeys(self._bindable(name, port or 0) for name in hosts):
            listeners.append(Listener(address, protocol_factory, self._latency, self._latency))
        server = MemoryServer(self, listeners)
        if options.get("start_serving", True):
            await server.start_serving()
        return server

    def _bindable(self, host: Any, port: Any) -> Address:
        ip, number = self.resolve(host), _port(port)
        if ip not in self._addresses.values():
            raise _bind_error(errno.EADDRNOTAVAIL, (ip, number))
        if not number:
            taken = (
                port for port in count(_FIRST_SERVER_PORT) if (ip, port) not in self._listeners
            )
            number = next(taken)
        if (ip, number) in self._listeners:
            raise _bind_error(errno.EADDRINUSE, (ip, number))
        return ip, number

    # --- connecting -----------------------------------------------------------------------

    async def create_connection(
        self,
        protocol_factory: Any,
        host: Any = None,
        port: Any = None,
        *,
        sock: socket.socket | None = None,
        **_options: Any,
    ) -> tuple[MemoryTransport, BaseProtocol]:
        """``loop.create_connection``: a connection to whoever listens there."""
        if sock is None:
            if host is None and port is None:
                raise ValueError("host and port was not specified and no sock specified")
            listener = await self._dial((self.resolve(host), _port(port)))
        else:
            dialled = self._dialled.pop(sock, None)
            if dialled is None:
                raise refuse("real socket", "create_connection over a socket made elsewhere")
            listener = dialled
            sock.close()
        return self._join(listener, protocol_factory)

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """``loop.sock_connect``: dial; ``create_connection(sock=...)`` goes on from there."""
        self._dialled[sock] = await self._dial((self.resolve(address[0]), _port(address[1])))

    def start_tls(self, transport: Any, protocol: Any) -> Any:
        """``loop.start_tls``: the same transport, without TLS."""
        transport.set_protocol(protocol)
        return transport

    async def _dial(self, address: Address) -> Listener:
        """A handshake: one way up, one way down."""
        delay = self.loop.delay
        listener = self._listeners.get(address)
        await delay(listener.up() if listener else self._latency())
        listener = self._listeners.get(address)
        admission = listener.admission if listener else "refuse"
        if admission == "lose":
            await delay(CONNECT_GIVE_UP_S)
            raise TimeoutError(errno.ETIMEDOUT, f"Connect call failed {address!r}")
        await delay(listener.down() if listener else self._latency())
        if listener is None or admission == "refuse":
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"Connect call failed {address!r}")
        return listener

    def _join(
        self, listener: Listener, client_factory: Callable[[], BaseProtocol]
    ) -> tuple[MemoryTransport, BaseProtocol]:
        number = next(self._numbers)
        link = Link(number, self._context, lambda over: self._forget(over, listener))
        port = _FIRST_CLIENT_PORT + number % (65_536 - _FIRST_CLIENT_PORT)
        here, there = (LOCAL_IP, port), listener.address
        loop, quiet = self.loop, self._quiet
        server = MemoryTransport(
            loop, link, listener.down, names=(there, here), quiet=quiet, context=listener.context
        )
        client = MemoryTransport(
            loop, link, listener.up, names=(here, there), quiet=quiet, context=copy_context()
        )
        link.client, link.server = client, server
        self.links[number] = listener.links[number] = link
        server_protocol, client_protocol = listener.protocol_factory(), client_factory()
        server.attach(server_protocol, client)
        client.attach(client_protocol, server)
        context = listener.context.copy()
        self.loop.call_soon(server_protocol.connection_made, server, context=context)
        client_protocol.connection_made(client)
        return client, client_protocol

    def _forget(self, link: Link, listener: Listener) -> None:
        self.links.pop(link.number, None)
        listener.links.pop(link.number, None)

    def kill(self, life: Life) -> None:
        """A process was killed: its connections end and nothing of it listens any more."""
        for listener in list(self._listeners.values()):
            if listener.context.get(LIFE) is life:
                self.shut(listener)
        for link in list(self.links.values()):
            link.kill(life)

    def close(self) -> None:
        """End what is open without a word, and give back the descriptor that sockets show."""
        for link in self.links.values():
            link.client.vanish()
            link.server.vanish()
        self.links.clear()
        if self._quiet >= 0:
            os.close(self._quiet)
            os.close(self._quiet_writer)
            self._quiet = -1


def _port(port: Any) -> int:
    if port is None:
        return 0
    text = port.decode("ascii") if isinstance(port, bytes) else port
    return _SERVICES.get(text) or int(text)


def _bind_error(number: int, address: Address) -> OSError:
    reason = os.strerror(number).lower()
    return OSError(number, f"error while attempting to bind on address {address!r}: {reason}")
