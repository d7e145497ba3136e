"""How connections in memory end: in order, by a reset, in the dark, before they began."""

from __future__ import annotations

import asyncio
import errno
from typing import Any

import pytest
from tests.simulation.test_network_links import HOST, PORT, Ear, Pair, play

from peakproof.wire.link import GIVE_UP_S
from peakproof.wire.network import CONNECT_GIVE_UP_S


def test_closing_lets_what_was_written_arrive_first() -> None:
    async def main(pair: Pair) -> None:
        pair.client.transport.write(b"last words")
        pair.client.transport.close()
        assert pair.client.transport.is_closing()
        pair.client.transport.write(b"unheard")
        await pair.server.lost
        assert pair.server.what == [b"last words", "eof", None]
        assert pair.client.what == [None]
        assert pair.network.links == pair.listener.links == {}

    play(main, up=lambda: 0.3)


def test_a_half_closed_connection_still_carries_the_answer() -> None:
    async def main(pair: Pair) -> None:
        pair.server.keep_open = True
        pair.client.transport.write_eof()
        with pytest.raises(RuntimeError, match="after write_eof"):
            pair.client.transport.write(b"more")
        await asyncio.sleep(1)
        pair.server.transport.write(b"answer")
        pair.server.transport.close()
        await pair.client.lost
        assert pair.client.what == [b"answer", "eof", None]

    play(main)


def test_an_abort_reaches_the_peer_as_a_reset() -> None:
    async def main(pair: Pair) -> None:
        pair.server.transport.write(b"part")
        pair.server.transport.abort()
        await pair.client.lost
        assert pair.server.what == [None]
        part, error = pair.client.what
        assert part == b"part"
        assert isinstance(error, ConnectionResetError)
        assert error.errno == errno.ECONNRESET

    play(main, down=lambda: 0.2)


def test_writing_to_a_peer_that_has_closed_brings_a_reset() -> None:
    async def main(pair: Pair) -> None:
        pair.client.keep_open = True
        pair.server.transport.close()
        await asyncio.sleep(1)
        pair.client.transport.write(b"anybody there?")
        await pair.client.lost
        assert pair.client.what[0] == "eof"
        assert isinstance(pair.client.what[1], ConnectionResetError)

    play(main)


def test_closing_with_unread_bytes_resets_as_a_kernel_does() -> None:
    async def main(pair: Pair) -> None:
        pair.server.transport.pause_reading()
        pair.client.transport.write(b"never read")
        await asyncio.sleep(1)
        pair.server.transport.close()
        await pair.client.lost
        assert isinstance(pair.client.what[0], ConnectionResetError)

    play(main)


def test_somebody_in_between_can_reset_a_connection() -> None:
    async def main(pair: Pair) -> None:
        pair.link.reset()
        await asyncio.gather(pair.client.lost, pair.server.lost)
        for ear in (pair.client, pair.server):
            assert isinstance(ear.what[0], ConnectionResetError)
        assert pair.network.links == {}

    play(main)


def test_a_dark_link_loses_everything_and_tells_nobody() -> None:
    async def main(pair: Pair) -> None:
        pair.client.transport.write(b"in flight")
        pair.link.go_dark()
        pair.client.transport.write(b"lost")
        pair.server.transport.close()
        await asyncio.sleep(300)
        assert pair.server.what == [None]
        assert pair.client.told == []
        assert not pair.client.transport.is_closing()

    play(main, up=lambda: 1.0)


def test_a_link_can_go_dark_in_one_direction() -> None:
    async def main(pair: Pair) -> None:
        pair.link.go_dark("down")
        pair.client.transport.write(b"order")
        pair.server.transport.write(b"confirmation")
        await asyncio.sleep(300)
        assert pair.server.what == [b"order"]
        assert pair.client.told == []

    play(main)


def test_a_sender_into_the_dark_gives_up_after_a_quarter_of_an_hour() -> None:
    async def main(pair: Pair) -> None:
        pair.link.go_dark()
        await asyncio.sleep(100)
        pair.client.transport.write(b"hello?")
        await pair.client.lost
        ((at, error),) = pair.client.told
        assert at == 100 + GIVE_UP_S
        assert isinstance(error, TimeoutError)
        assert error.errno == errno.ETIMEDOUT

    play(main)


def test_bytes_that_were_in_flight_when_the_link_went_dark_are_given_up_too() -> None:
    async def main(pair: Pair) -> None:
        pair.client.transport.write(b"order")
        pair.link.go_dark("up")
        await pair.client.lost
        assert isinstance(pair.client.what[0], TimeoutError)

    play(main, up=lambda: 0.5)


def test_a_paused_reader_learns_of_a_reset_when_it_writes() -> None:
    async def main(pair: Pair) -> None:
        pair.client.transport.pause_reading()
        pair.server.transport.abort()
        await asyncio.sleep(1)
        assert pair.client.told == []
        pair.client.transport.write(b"next request")
        await pair.client.lost
        assert isinstance(pair.client.what[0], ConnectionResetError)

    play(main)


def test_a_protocol_that_fails_pays_with_its_connection(caplog: pytest.LogCaptureFixture) -> None:
    async def main(pair: Pair) -> None:
        def fail(data: bytes) -> None:
            raise KeyError("sku")

        pair.server.data_received = fail  # type: ignore[method-assign]  # a protocol with a bug
        pair.client.transport.write(b"order")
        await pair.client.lost
        assert isinstance(pair.client.what[0], ConnectionResetError)
        assert isinstance(pair.server.what[0], KeyError)

    play(main)
    assert "data_received() call failed" in caplog.text


@pytest.mark.parametrize(
    ("admission", "expected", "after_s"),
    [("refuse", ConnectionRefusedError, 0.75), ("lose", TimeoutError, 0.5 + CONNECT_GIVE_UP_S)],
)
def test_a_listener_can_refuse_and_lose_connections(
    admission: Any, expected: type[OSError], after_s: float
) -> None:
    async def main(pair: Pair) -> None:
        loop = asyncio.get_running_loop()
        pair.listener.admission = admission
        began = loop.time()
        with pytest.raises(expected, match="Connect call failed"):
            await loop.create_connection(Ear, HOST, PORT)
        assert loop.time() - began == after_s
        pair.listener.admission = "accept"
        await loop.create_connection(Ear, HOST, PORT)
        assert len(pair.listener.links) == 2

    play(main, up=lambda: 0.5, down=lambda: 0.25)
