"""The engine's own HTTP server, over real loopback sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import httpx
import pytest
from tests.unit.engine.vendor import TLS

from peakproof_engine.errors import ConfigError
from peakproof_engine.listener import Listener, address

T = TypeVar("T")


class Door:
    """Answers what it is told to and writes down what came."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.taken: list[tuple[str, str, dict[str, str], bytes]] = []

    async def take(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> int:
        self.taken.append((method, path, dict(headers), body))
        return self.status


def listening(story: Callable[[Door, Listener], Awaitable[T]], status: int = 200) -> T:
    """Run a story with an open listener on a free port."""

    async def told() -> T:
        door = Door(status)
        listener = Listener(door.take)
        await listener.open("127.0.0.1:0")
        try:
            return await asyncio.wait_for(story(door, listener), 10.0)
        finally:
            await listener.close()

    return asyncio.run(told())


async def say(listener: Listener, *parts: bytes, end: bool = True) -> bytes:
    """Send bytes as they are, piece by piece, and read until the listener closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0)
    if end:
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def statuses(answer: bytes) -> list[int]:
    """The statuses of the answers in a stream."""
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1")]


NOTICE = b"POST /deposco HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


# --- what is right --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400, 401, 404, 405, 503])
def test_a_notice_is_taken_as_it_came_and_answered_with_its_status(status: int) -> None:
    async def story(door: Door, listener: Listener) -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            url = f"http://127.0.0.1:{listener.port}/a/deposco?x=1"
            answer = await client.post(url, content=b"\x00\xffbody", headers={"X-Own": "Value"})
        assert (answer.status_code, answer.content) == (status, b"")
        ((method, path, headers, body),) = door.taken
        assert (method, path, body) == ("POST", "/a/deposco?x=1", b"\x00\xffbody")
        assert headers["x-own"] == "Value"

    listening(story, status)


def test_whoever_asks_for_its_health_is_told() -> None:
    async def story(door: Door, listener: Listener) -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            base = f"http://127.0.0.1:{listener.port}"
            assert (await client.get(f"{base}/health")).status_code == 200
            assert door.taken == []
            assert (await client.get(f"{base}/healthy")).status_code == 404
            assert (await client.post(f"{base}/health")).status_code == 404
        assert [path for _, path, _, _ in door.taken] == ["/healthy", "/health"]

    listening(story, 404)


def test_a_connection_is_kept_for_the_next_notice() -> None:
    async def story(door: Door, listener: Listener) -> None:
        answer = await say(listener, NOTICE * 3)
        assert statuses(answer) == [200] * 3
        assert len(door.taken) == 3
        assert answer.count(b"connection: keep-alive") == 3

    listening(story)


def test_a_connection_is_closed_when_that_is_asked_for() -> None:
    async def story(door: Door, listener: Listener) -> None:
        last = NOTICE.replace(b"Host: x", b"Connection: Close")
        answer = await say(listener, last + NOTICE, end=False)
        assert statuses(answer) == [200]
        assert b"connection: close" in answer
        assert len(door.taken) == 1

    listening(story)


def test_a_notice_may_come_byte_by_byte() -> None:
    async def story(door: Door, listener: Listener) -> None:
        parts = [NOTICE[at : at + 1] for at in range(len(NOTICE))]
        assert statuses(await say(listener, *parts)) == [200]
        assert door.taken[0][3] == b"{}"

    listening(story)


def test_a_body_may_come_in_chunks() -> None:
    async def story(door: Door, listener: Listener) -> None:
        head = b"POST /deposco HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
        chunks = b'3;name=x\r\n{"a\r\n1A\r\n": 12345678901234567890123\r\n1\r\n}\r\n0\r\n\r\n'
        assert statuses(await say(listener, head, chunks, NOTICE)) == [200, 200]
        assert [body for _, _, _, body in door.taken] == [b'{"a": 12345678901234567890123}', b"{}"]

    listening(story)


def test_many_callers_are_served_at_the_same_time() -> None:
    async def story(door: Door, listener: Listener) -> None:
        waiting = await asyncio.open_connection("127.0.0.1", listener.port)
        waiting[1].write(NOTICE[:20])
        answers = await asyncio.gather(*(say(listener, NOTICE) for _ in range(20)))
        assert [statuses(answer) for answer in answers] == [[200]] * 20
        waiting[1].close()

    listening(story)


# --- what is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\r\n\r\n", 400),
        (b"POST /deposco\r\n\r\n", 400),
        (b"POST /dep osco HTTP/1.1\r\n\r\n", 400),
        (b"POST /deposco SPDY/3\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: two\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: 8388609\r\n\r\n", 413),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n800001\r\n", 413),
        (b"POST /x HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(sent: bytes, status: int) -> None:
    async def story(door: Door, listener: Listener) -> None:
        answer = await say(listener, sent, end=False)
        assert statuses(answer) == [status]
        assert b"connection: close" in answer
        assert door.taken == []
        assert statuses(await say(listener, NOTICE)) == [200]

    listening(story)


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"PO", NOTICE[:-1], NOTICE[:-2],
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n800000\r\nab",
        b"POST /x HTTP/1.1\r\nContent-Length: 8388608\r\n\r\nab",
    ],
)  # fmt: skip
def test_half_a_notice_is_none(sent: bytes) -> None:
    async def story(door: Door, listener: Listener) -> None:
        assert await say(listener, sent) == b""
        assert door.taken == []
        assert statuses(await say(listener, NOTICE)) == [200]

    listening(story)


def test_headers_without_a_colon_are_passed_over() -> None:
    async def story(door: Door, listener: Listener) -> None:
        sent = NOTICE.replace(b"Host: x", b"nonsense\r\n  Spaced  :  a:b ")
        assert statuses(await say(listener, sent)) == [200]
        assert door.taken[0][2] == {"spaced": "a:b", "content-length": "2"}

    listening(story)


# --- opening --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:80", ("127.0.0.1", 80)), (":0", ("127.0.0.1", 0)),
        ("[::1]:8080", ("::1", 8080)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
    ],
)  # fmt: skip
def test_an_address_is_host_and_port(text: str, found: tuple[str, int]) -> None:
    assert address(text) == found


@pytest.mark.parametrize("text", ["", "8080", "host:", "host:http", "host:65536", "host:-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"hooks\.listen: expected host:port"):
        address(text)


def test_an_address_that_is_taken_is_said_to_be() -> None:
    async def story(door: Door, listener: Listener) -> None:
        taken = f"127.0.0.1:{listener.port}"
        with pytest.raises(ConfigError, match=f"cannot listen on {taken}"):
            await Listener(door.take).open(taken)

    listening(story)


def test_after_closing_nobody_is_let_in() -> None:
    async def told() -> None:
        listener = Listener(Door().take)
        assert listener.port == 0
        await listener.close()
        await listener.open("127.0.0.1:0")
        await listener.close()
        with pytest.raises(OSError, match=r"refused|Connect"):
            await asyncio.open_connection("127.0.0.1", listener.port)

    asyncio.run(told())


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /x HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 70_000,
    ],
)
def test_a_length_that_is_none_is_refused(sent: bytes) -> None:
    async def story(_door: Door, listener: Listener) -> None:
        # What is left of the task is for the loop's log, which a test need not see.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        assert statuses(await say(listener, sent, end=False)) in ([400], [413])

    listening(story)


def test_a_port_in_strange_digits_is_no_address() -> None:
    with pytest.raises(ConfigError):
        address("host:²")
