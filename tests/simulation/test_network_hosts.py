"""Names, listeners and servers of the in-memory network."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import simpy
from aiohttp import web

from peakproof.errors import FenceError, HarnessFault
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof.wire.network import MemoryServer, Network


def play(main: Callable[[VirtualLoop, Network], Awaitable[Any]]) -> Any:
    """Run ``main(loop, network)``."""

    async def whole(loop: VirtualLoop) -> Any:
        return await main(loop, Network(loop))

    return run_virtual(whole, simpy.Environment())


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a line with itself, then close."""
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(host: str, port: int, line: bytes = b"hello\n") -> bytes:
    """Send a line and read until the end."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(line)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def test_a_host_that_nobody_registered_is_unknown_as_to_a_real_resolver() -> None:
    async def main(loop: VirtualLoop, _network: Network) -> None:
        with pytest.raises(socket.gaierror) as told:
            await asyncio.open_connection("typo.test", 80)
        assert told.value.errno == socket.EAI_NONAME
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("typo.test", 80)

    play(main)


def test_a_registered_host_has_one_address_of_its_own_in_order_of_registration() -> None:
    async def main(loop: VirtualLoop, network: Network) -> None:
        assert [network.register(f"host{number}.test") for number in range(3)] == [
            "198.18.0.1",
            "198.18.0.2",
            "198.18.0.3",
        ]
        assert network.register("host1.test") == "198.18.0.2"
        found = await loop.getaddrinfo("HOST1.test.", "https", type=socket.SOCK_STREAM)
        assert found == [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("198.18.0.2", 443))
        ]
        assert await loop.getaddrinfo(b"host1.test", b"80", family=socket.AF_INET) == [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("198.18.0.2", 80))
        ]
        assert await loop.getnameinfo(("198.18.0.2", 80)) == ("host1.test", "80")
        assert await loop.getnameinfo(("203.0.113.9", 80)) == ("203.0.113.9", "80")
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("host1.test", 80, family=socket.AF_INET6)

    play(main)


def test_a_host_where_nobody_listens_refuses() -> None:
    async def main(loop: VirtualLoop, network: Network) -> None:
        network.register("shop.test")
        with pytest.raises(ConnectionRefusedError) as told:
            await asyncio.open_connection("shop.test", 81)
        assert told.value.errno == errno.ECONNREFUSED
        assert "Connect call failed ('198.18.0.1', 81)" in str(told.value)

    play(main)


def test_two_listeners_at_one_place_are_a_fault_of_the_harness() -> None:
    async def main(_loop: VirtualLoop, network: Network) -> None:
        network.listen("shop.test", 80, asyncio.Protocol)
        with pytest.raises(HarnessFault, match=r"shop\.test:80"):
            network.listen("SHOP.test", 80, asyncio.Protocol)

    play(main)


@pytest.mark.parametrize("bound_to", [None, "", "0.0.0.0", "127.0.0.1", "localhost", "::"])
@pytest.mark.parametrize("called_at", ["localhost", "127.0.0.1", "connector.test"])
def test_a_server_of_the_connector_is_found_under_every_local_name(
    bound_to: str | None, called_at: str
) -> None:
    async def main(_loop: VirtualLoop, _network: Network) -> None:
        async with await asyncio.start_server(echo, bound_to, 8080) as server:
            assert server.is_serving()
            assert await ask(called_at, 8080) == b"hello\n"
        assert not server.is_serving()
        with pytest.raises(ConnectionRefusedError):
            await ask(called_at, 8080)

    play(main)


def test_a_server_on_any_port_gets_a_free_one_and_says_which() -> None:
    async def main(loop: VirtualLoop, _network: Network) -> None:
        first = await asyncio.start_server(echo, "localhost", 0)
        second = await loop.create_server(asyncio.Protocol, "localhost", 0)
        ports = [server.sockets[0].getsockname()[1] for server in (first, second)]
        assert ports == [32_768, 32_769]
        assert await ask("localhost", ports[0]) == b"hello\n"
        with pytest.raises(OSError, match="not connected"):
            first.sockets[0].getpeername()

    play(main)


def test_a_port_that_is_taken_is_refused_in_asyncios_words() -> None:
    async def main(_loop: VirtualLoop, _network: Network) -> None:
        await asyncio.start_server(echo, "localhost", 8080)
        with pytest.raises(OSError, match="address already in use") as told:
            await asyncio.start_server(echo, "0.0.0.0", 8080)
        assert told.value.errno == errno.EADDRINUSE
        with pytest.raises(OSError, match="assign requested address") as told:
            await asyncio.start_server(echo, "203.0.113.9", 8080)
        assert told.value.errno == errno.EADDRNOTAVAIL

    play(main)


def test_a_server_can_begin_later_and_serve_until_it_is_closed() -> None:
    async def main(loop: VirtualLoop, _network: Network) -> None:
        server = await asyncio.start_server(echo, ["127.0.0.1", "::1"], 8080, start_serving=False)
        assert len(server.sockets) == 1
        with pytest.raises(ConnectionRefusedError):
            await ask("localhost", 8080)
        serving = loop.create_task(server.serve_forever())
        assert await ask("localhost", 8080) == b"hello\n"
        server.close()
        await server.wait_closed()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert not server.sockets

    play(main)


def test_a_server_can_end_its_clients_in_order_or_at_once() -> None:
    async def main(loop: VirtualLoop, _network: Network) -> None:
        server = await loop.create_server(asyncio.Protocol, "localhost", 8080)
        assert isinstance(server, MemoryServer)
        assert server.get_loop() is loop
        reader, writer = await asyncio.open_connection("localhost", 8080)
        server.close_clients()
        assert await reader.read() == b""
        writer.close()
        reader, writer = await asyncio.open_connection("localhost", 8080)
        server.abort_clients()
        with pytest.raises(ConnectionResetError):
            await reader.read()

    play(main)


def test_a_server_on_a_socket_that_exists_already_meets_a_fence() -> None:
    async def main(loop: VirtualLoop, _network: Network) -> None:
        with socket.socket() as sock:
            await loop.create_server(asyncio.Protocol, sock=sock)

    with pytest.raises(FenceError, match="real socket"):
        play(main)


def test_a_connection_over_a_socket_made_elsewhere_meets_a_fence() -> None:
    async def main(loop: VirtualLoop, _network: Network) -> None:
        with socket.socket() as sock:
            await loop.create_connection(asyncio.Protocol, sock=sock)

    with pytest.raises(FenceError, match="real socket"):
        play(main)


def test_a_connection_to_nowhere_is_a_mistake() -> None:
    async def main(loop: VirtualLoop, _network: Network) -> None:
        with pytest.raises(ValueError, match="host and port"):
            await loop.create_connection(asyncio.Protocol)

    play(main)


def test_a_connector_can_listen_with_aiohttp_and_be_called_by_a_fake() -> None:
    async def hook(request: web.Request) -> web.Response:
        body = await request.json()
        return web.json_response({"seen": body["sku"], "from": request.remote}, status=202)

    async def main(loop: VirtualLoop, _network: Network) -> tuple[int, Any]:
        app = web.Application()
        app.router.add_post("/hooks", hook)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", 8080).start()
        async with aiohttp.ClientSession() as session:
            called = session.post("http://connector.test:8080/hooks", json={"sku": "TEE-M"})
            async with called as answer:
                told = answer.status, await answer.json()
        await runner.cleanup()
        return told

    assert play(main) == (202, {"seen": "TEE-M", "from": "127.0.0.1"})


def test_idle_connections_end_after_their_time_and_time_does_not_stand_still() -> None:
    """aiohttp's keep-alive handler once set itself again for ever in a clock that jumps."""

    async def fine(_request: web.Request) -> web.Response:
        return web.Response(text="fine")

    async def main(loop: VirtualLoop, network: Network) -> list[tuple[float, int]]:
        app = web.Application()
        app.router.add_get("/", fine)
        runner = web.AppRunner(app, keepalive_timeout=5)
        await runner.setup()
        await web.TCPSite(runner, "localhost", 8080).start()
        seen: list[tuple[float, int]] = []
        connector = aiohttp.TCPConnector(keepalive_timeout=60)
        async with aiohttp.ClientSession(connector=connector) as session:
            for idle_s in (4.0, 4.0, 30.0):
                async with session.get("http://localhost:8080/") as answer:
                    assert await answer.text() == "fine"
                await asyncio.sleep(idle_s)
                seen.append((loop.time(), len(network.links)))
        await runner.cleanup()
        return seen

    assert play(main) == [(4.0, 1), (8.0, 1), (38.0, 0)]


def test_a_file_can_be_sent_over_a_connection_in_memory(tmp_path: Any) -> None:
    path = tmp_path / "feed.csv"
    path.write_bytes(b"sku,units\n" * 10_000)

    async def main(loop: VirtualLoop, _network: Network) -> bytes:
        async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            with path.open("rb") as file:
                await loop.sendfile(writer.transport, file)
            writer.close()

        await asyncio.start_server(send, "localhost", 8080)
        return await ask("localhost", 8080)

    assert play(main) == path.read_bytes()


def test_a_run_gives_back_the_descriptor_that_its_sockets_show() -> None:
    async def main(_loop: VirtualLoop, network: Network) -> Network:
        return network

    networks = [play(main) for _ in range(300)]
    assert {network._quiet for network in networks} == {-1}
