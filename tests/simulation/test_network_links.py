"""Connections in memory behave as TCP's do: order, latency, back-pressure, and every ending."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from socket import AF_INET, IPPROTO_TCP, TCP_NODELAY
from typing import Any

import pytest
import simpy

from peakproof.errors import FenceError
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof.wire.link import HIGH_WATER_BYTES, WINDOW_BYTES, MemoryTransport
from peakproof.wire.network import Listener, Network

HOST, PORT = "shop.test", 80


class Ear(asyncio.Protocol):
    """Notes all that it is told, with the time."""

    def __init__(self) -> None:
        self.told: list[tuple[float, Any]] = []
        self.transport: Any = None
        self.keep_open = False
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def _tell(self, what: Any) -> None:
        self.told.append((asyncio.get_running_loop().time(), what))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport is there."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes."""
        self._tell(data)

    def eof_received(self) -> bool:
        """The end of the stream."""
        self._tell("eof")
        return self.keep_open

    def pause_writing(self) -> None:
        """Too much is on the way."""
        self._tell("pause")

    def resume_writing(self) -> None:
        """The peer has caught up."""
        self._tell("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self._tell(exc)
        self.lost.set_result(None)

    @property
    def what(self) -> list[Any]:
        """What it was told, without the times."""
        return [what for _, what in self.told]


class Pair:
    """A client and a server that are connected."""

    def __init__(self, network: Network, listener: Listener, client: Ear, server: Ear) -> None:
        self.network = network
        self.listener = listener
        self.client = client
        self.server = server
        self.link = next(iter(listener.links.values()))


def play(main: Callable[[Pair], Awaitable[Any]], *, up: Any = None, down: Any = None) -> Any:
    """Run ``main(pair)`` with one connection."""

    async def whole(loop: VirtualLoop) -> Any:
        network = Network(loop)
        servers: list[Ear] = []

        def accept() -> Ear:
            servers.append(Ear())
            return servers[-1]

        listener = network.listen(HOST, PORT, accept, up=up, down=down)
        _, client = await loop.create_connection(Ear, HOST, PORT)
        await loop.delay(0)
        return await main(Pair(network, listener, client, servers[0]))

    return run_virtual(whole, simpy.Environment())


def test_each_direction_takes_its_own_latency_and_so_does_the_handshake() -> None:
    async def main(pair: Pair) -> None:
        assert asyncio.get_running_loop().time() == 0.75
        pair.client.transport.write(b"ping")
        await asyncio.sleep(1)
        pair.server.transport.write(b"pong")
        await asyncio.sleep(1)
        assert pair.server.told == [(1.25, b"ping")]
        assert pair.client.told == [(2.0, b"pong")]

    play(main, up=lambda: 0.5, down=lambda: 0.25)


def test_bytes_never_overtake_each_other() -> None:
    latencies = iter([0.0, 0.5, 0.1, 0.0, 0.2])

    async def main(pair: Pair) -> None:
        for number in range(4):
            pair.client.transport.write(b"%d" % number)
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        assert pair.server.told == [(0.5, b"0"), (0.5, b"1"), (0.5, b"2"), (0.5, b"3")]

    play(main, up=lambda: next(latencies))


def test_what_is_written_at_one_instant_arrives_as_one_after_one_latency() -> None:
    drawn: list[float] = []

    def up() -> float:
        drawn.append(0.1)
        return 0.1

    async def main(pair: Pair) -> None:
        drawn.clear()
        pair.client.transport.write(b"GET ")
        pair.client.transport.writelines([b"/ ", bytearray(b"HTTP"), memoryview(b"/1.1")])
        pair.client.transport.write_eof()
        await asyncio.sleep(1)
        assert pair.server.what == [b"GET / HTTP/1.1", "eof", None]
        assert len(drawn) == 1

    play(main, up=up)


def test_writing_nothing_is_nothing() -> None:
    async def main(pair: Pair) -> None:
        pair.client.transport.write(b"")
        pair.client.transport.writelines([])
        await asyncio.sleep(1)
        assert pair.server.told == []

    play(main)


def test_a_slow_reader_holds_the_writer_back() -> None:
    size = WINDOW_BYTES + HIGH_WATER_BYTES + 1

    async def main(pair: Pair) -> None:
        writer = pair.client.transport
        pair.server.transport.pause_reading()
        writer.write(bytes(WINDOW_BYTES))
        assert (pair.client.told, writer.get_write_buffer_size()) == ([], 0)
        writer.write(bytes(HIGH_WATER_BYTES + 1))
        assert pair.client.what == ["pause"]
        await asyncio.sleep(50)
        assert pair.client.what == ["pause"]
        assert pair.server.told == []
        pair.server.transport.resume_reading()
        await asyncio.sleep(1)
        assert pair.client.told[1] == (50, "resume")
        assert sum(len(what) for what in pair.server.what) == size
        assert writer.get_write_buffer_size() == 0

    play(main)


def test_the_limits_of_the_buffer_can_be_set() -> None:
    async def main(pair: Pair) -> None:
        writer = pair.client.transport
        assert writer.get_write_buffer_limits() == (HIGH_WATER_BYTES // 4, HIGH_WATER_BYTES)
        writer.set_write_buffer_limits(low=10)
        assert writer.get_write_buffer_limits() == (10, 40)
        writer.set_write_buffer_limits(0)
        assert writer.get_write_buffer_limits() == (0, 0)
        with pytest.raises(ValueError, match="high"):
            writer.set_write_buffer_limits(high=1, low=2)
        writer.write(bytes(WINDOW_BYTES + 1))
        assert pair.client.what == ["pause"]
        await asyncio.sleep(1)
        assert pair.client.what == ["pause", "resume"]

    play(main)


def test_a_reader_that_pauses_inside_a_delivery_gets_no_more() -> None:
    async def main(pair: Pair) -> None:
        def stop(data: bytes) -> None:
            pair.server.told.append((0, data))
            pair.server.transport.pause_reading()

        pair.server.data_received = stop  # type: ignore[method-assign]  # a protocol with a whim
        for number in range(3):
            pair.client.transport.write(b"%d" % number)
            await asyncio.sleep(1)
        assert pair.server.what == [b"0"]
        assert not pair.server.transport.is_reading()
        pair.server.transport.resume_reading()
        await asyncio.sleep(1)
        assert pair.server.what == [b"0", b"1"]

    play(main)


def test_the_socket_of_a_transport_is_quiet_until_something_comes() -> None:
    async def main(pair: Pair) -> None:
        sock = pair.client.transport.get_extra_info("socket")
        pair.client.transport.pause_reading()
        assert sock.fileno() >= 0
        pair.server.transport.write(b"unread")
        await asyncio.sleep(1)
        assert sock.fileno() == -1
        pair.client.transport.resume_reading()
        await asyncio.sleep(1)
        assert sock.fileno() >= 0
        pair.client.keep_open = True
        pair.server.transport.close()
        await asyncio.sleep(1)
        assert sock.fileno() == -1

    play(main)


def test_a_transport_shows_its_addresses_and_options_but_lends_no_socket() -> None:
    async def main(pair: Pair) -> None:
        near, far = pair.client.transport, pair.server.transport
        assert near.get_extra_info("peername") == far.get_extra_info("sockname")
        assert far.get_extra_info("peername") == near.get_extra_info("sockname")
        assert near.get_extra_info("peername") == (pair.network.resolve(HOST), PORT)
        assert near.get_extra_info("sslcontext") is None
        assert near.get_extra_info("cipher", "none") == "none"
        sock = near.get_extra_info("socket")
        sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        assert sock.getsockopt(IPPROTO_TCP, TCP_NODELAY) == 1
        assert (sock.family, sock.proto, sock.gettimeout()) == (AF_INET, IPPROTO_TCP, 0.0)
        with pytest.raises(ValueError, match="block"):
            sock.setblocking(True)
        with pytest.raises(FenceError, match=r"socket\.send behind"):
            sock.send(b"x")
        asyncio.get_running_loop().fenced.clear()  # type: ignore[attr-defined]  # meant to be

    play(main)


def test_a_protocol_with_a_buffer_of_its_own_is_served() -> None:
    class Bowl(asyncio.BufferedProtocol):
        """Takes three bytes at a time."""

        def __init__(self) -> None:
            self.bowl = bytearray(3)
            self.eaten: list[bytes] = []

        def get_buffer(self, sizehint: int) -> bytearray:
            return self.bowl

        def buffer_updated(self, nbytes: int) -> None:
            self.eaten.append(bytes(self.bowl[:nbytes]))

    async def main(pair: Pair) -> None:
        bowl = Bowl()
        pair.server.transport.set_protocol(bowl)
        assert pair.server.transport.get_protocol() is bowl
        pair.client.transport.write(b"abcdefgh")
        await asyncio.sleep(1)
        assert bowl.eaten == [b"abc", b"def", b"gh"]

    play(main)


def test_a_connection_goes_on_without_tls_when_a_client_asks_for_it() -> None:
    async def main(pair: Pair) -> None:
        loop = asyncio.get_running_loop()
        ear = Ear()
        upgraded = await loop.start_tls(pair.client.transport, ear, None)  # type: ignore[arg-type]
        assert isinstance(upgraded, MemoryTransport)
        pair.server.transport.write(b"plain")
        await asyncio.sleep(1)
        assert ear.what == [b"plain"]

    play(main)
