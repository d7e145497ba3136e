"""What the HTTP/1.1 protocol of the fakes refuses, cuts short or holds back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.simulation.test_network_http1 import OK, Client, Fake, play

from peakproof.errors import HarnessFault, SimulatorFault
from peakproof.wire.http1 import RESET, SILENCE, Truncated, encode
from peakproof.wire.message import Response


def test_while_a_request_is_answered_no_more_than_one_read_is_held() -> None:
    fake = Fake(wait_s=10.0)
    held: list[int] = []

    async def main(client: Client) -> None:
        for number in range(50):
            client.send(f"GET /{number} HTTP/1.1\nHost: h\n\n")
            await asyncio.sleep(0.1)
        loop: Any = asyncio.get_running_loop()
        (link,) = loop.network.links.values()
        held.append(len(link.server.get_protocol()._queue))
        for _ in range(50):
            await client.answer()

    play(main, fake)
    assert held == [1]
    assert len(fake.served) == 50


def test_a_reset_reaches_the_client_as_one() -> None:
    async def main(client: Client) -> None:
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        with pytest.raises(ConnectionResetError):
            await client.rest()

    play(main, Fake(RESET))


def test_silence_lasts_until_the_client_closes() -> None:
    fake = Fake(SILENCE)

    async def main(client: Client) -> int:
        loop: Any = asyncio.get_running_loop()
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.rest(), 3_600)
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        await asyncio.sleep(1)
        assert len(loop.network.links) == 1
        client.writer.close()
        await asyncio.sleep(1)
        return len(loop.network.links)

    assert play(main, fake) == 0
    assert len(fake.requests) == 1


def test_a_truncated_answer_has_the_whole_length_and_part_of_the_body() -> None:
    async def main(client: Client) -> bytes:
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        return await client.rest()

    fake = Fake(Truncated(Response(200, b"0123456789"), 4))
    assert play(main, fake) == b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123"


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GARBAGE\n\n", 400),
        ("GET / HTTP/1.1\nHost: h\nContent-Length: -1\n\n", 400),
        ("GET / HTTP/1.1\nHost: h\nX: " + "y" * 2_000 + "\n\n", 431),
        ("GET /" + "y" * 2_000 + " HTTP/1.1\nHost: h\n\n", 431),
        ("GET / HTTP/1.1\nHost: h\n" + "X: y\n" * 500 + "\n", 431),
        ("PUT / HTTP/1.1\nHost: h\nContent-Length: 5001\n\n", 413),
        (
            "PUT / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n"
            + ("1000\n" + "z" * 4_096 + "\n") * 2,
            413,
        ),
    ],
)
def test_what_is_too_large_or_no_http_is_refused_and_the_connection_closed(
    request_text: str, status: int
) -> None:
    fake = Fake()

    async def main(client: Client) -> tuple[int, bytes]:
        client.send(request_text)
        answer = await client.answer()
        assert await client.rest() == b""
        return answer

    assert play(main, fake, max_head_bytes=1_024, max_body_bytes=5_000)[0] == status
    assert fake.requests == []


def test_a_head_that_grows_for_ever_is_not_held_for_ever() -> None:
    async def main(client: Client) -> tuple[int, int]:
        client.send("GET / HTTP/1.1\nHost: h\nX: ")
        sent = 0
        while not client.reader._buffer:  # type: ignore[attr-defined]  # nothing came in yet
            client.send(b"y" * 100)
            sent += 100
            await asyncio.sleep(0.1)
        return (await client.answer())[0], sent

    status, sent = play(main, Fake(), max_head_bytes=1_000)
    assert status == 431
    assert sent <= 2_300


def test_a_large_body_before_a_request_does_not_count_as_its_head() -> None:
    fake = Fake()

    async def main(client: Client) -> list[int]:
        client.send("PUT / HTTP/1.1\nHost: h\nContent-Length: 900\n\n" + "z" * 500)
        await asyncio.sleep(1)
        client.send("z" * 400 + "GET /2 HTTP/1.1\nHost: h\nX: " + "y" * 300)
        await asyncio.sleep(1)
        client.send("y" * 300 + "\n\n")
        return [(await client.answer())[0] for _ in range(2)]

    assert play(main, fake, max_head_bytes=1_000) == [200, 200]


def test_a_handler_runs_to_its_end_when_the_client_goes() -> None:
    fake = Fake(wait_s=5.0)

    async def main(client: Client) -> None:
        client.send("POST /orders HTTP/1.1\nHost: h\nContent-Length: 0\n\n")
        await asyncio.sleep(1)
        client.writer.transport.abort()
        await asyncio.sleep(10)

    play(main, fake)
    assert fake.served == ["/orders"]


def test_a_client_that_only_stops_sending_still_gets_its_answer() -> None:
    async def main(client: Client) -> bytes:
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        client.writer.write_eof()
        return await client.rest()

    assert play(main, Fake(wait_s=2.0)).endswith(b"\r\n\r\nfine")


def test_a_slow_reader_holds_the_next_answer_back() -> None:
    fake = Fake(Response(200, bytes(1_000_000)), OK)

    async def main(client: Client) -> list[int]:
        transport: Any = client.writer.transport
        transport.pause_reading()
        client.send("GET /1 HTTP/1.1\nHost: h\n\n" * 2)
        await asyncio.sleep(10)
        served = [len(fake.served)]
        transport.resume_reading()
        assert [(await client.answer())[0] for _ in range(2)] == [200, 200]
        return [*served, len(fake.served)]

    assert play(main, fake) == [1, 2]


@pytest.mark.parametrize("error", [KeyError("sku"), HarnessFault("a unit went missing")])
def test_a_handler_that_fails_ends_the_run_and_answers_nothing(error: Exception) -> None:
    async def main(client: Client) -> None:
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        await client.rest()

    with pytest.raises(HarnessFault, match=r"sku|missing"):
        play(main, Fake(error))


def test_an_answer_of_the_wrong_kind_is_the_simulators_fault() -> None:
    wrong: Any = {"status": 200}

    async def main(client: Client) -> None:
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        await client.rest()

    with pytest.raises(SimulatorFault, match="answered with"):
        play(main, Fake(wrong))


@pytest.mark.parametrize("value", ["a\r\nset-cookie: b", "a\nb", "a\rb", "\u20ac"])
def test_a_header_that_would_break_the_head_is_refused(value: str) -> None:
    with pytest.raises(SimulatorFault, match="header"):
        encode(Response(200, b"", {"x": value}))
