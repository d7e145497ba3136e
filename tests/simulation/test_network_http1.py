"""The HTTP/1.1 server protocol of the fakes, byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import simpy

from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof.wire.http1 import Answer, Http1Protocol
from peakproof.wire.message import Request, Response
from peakproof.wire.network import Network

OK = Response(200, b"fine", {"content-type": "text/plain"})


class Client:
    """A connection to the fake, in bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, text: str | bytes) -> None:
        """Send; a line feed stands for CR LF in text."""
        raw = text.replace("\n", "\r\n").encode() if isinstance(text, str) else text
        self.writer.write(raw)

    async def head(self) -> str:
        """The next head, with plain line feeds, without the last two."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        return head.decode().replace("\r\n", "\n").rstrip("\n")

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        head = await self.head()
        length = int(head.partition("content-length: ")[2].partition("\n")[0] or 0)
        return int(head.split()[1]), await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """All that comes until the server closes."""
        return await self.reader.read()


class Fake:
    """Notes requests; answers what it is told to, after a wait."""

    def __init__(self, *answers: Answer | BaseException, wait_s: float = 0.0) -> None:
        self.answers = list(answers)
        self.wait_s = wait_s
        self.requests: list[Request] = []
        self.served: list[str] = []

    async def handle(self, request: Request) -> Answer:
        """The handler."""
        self.requests.append(request)
        await asyncio.sleep(self.wait_s)
        self.served.append(request.path)
        answer = self.answers.pop(0) if self.answers else OK
        if isinstance(answer, BaseException):
            raise answer
        return answer


def play(main: Callable[[Client], Awaitable[Any]], fake: Fake, **limits: int) -> Any:
    """Run ``main(client)`` against the fake, over a link of 10 ms each way."""

    async def whole(loop: VirtualLoop) -> Any:
        network = Network(loop, latency=lambda: 0.01)
        network.listen("shop.test", 80, lambda: Http1Protocol(fake.handle, **limits))
        client = Client(*await asyncio.open_connection("shop.test", 80))
        try:
            return await main(client)
        finally:
            client.writer.close()

    return run_virtual(whole, simpy.Environment())


def test_a_request_comes_as_it_was_sent_and_the_answer_has_its_length() -> None:
    fake = Fake(Response(201, b'{"id":7}', {"content-type": "application/json", "etag": "7"}))

    async def main(client: Client) -> str:
        client.send(
            "POST /v1/orders%20x?limit=2&a=b HTTP/1.1\nHost: shop.test\nX-Twice: a\n"
            "Content-Length: 5\nX-twice: b\nCookie: c=1\nCookie: d=2\nX-Empty:\n\nhello"
        )
        return await client.head() + "|" + (await client.reader.readexactly(8)).decode()

    assert play(main, fake) == (
        'HTTP/1.1 201 Created\ncontent-type: application/json\netag: 7\ncontent-length: 8|{"id":7}'
    )
    assert fake.requests == [
        Request(
            "POST",
            "/v1/orders%20x",
            "limit=2&a=b",
            {
                "host": "shop.test",
                "x-twice": "a, b",
                "content-length": "5",
                "cookie": "c=1; d=2",
                "x-empty": "",
            },
            b"hello",
        )
    ]


def test_pipelined_requests_are_answered_one_after_the_other_in_order() -> None:
    fake = Fake(*(Response(200, b"%d" % number) for number in range(5)), wait_s=1.0)

    async def main(client: Client) -> list[bytes]:
        client.send("".join(f"GET /{number} HTTP/1.1\nHost: h\n\n" for number in range(5)))
        return [(await client.answer())[1] for _ in range(5)]

    assert play(main, fake) == [b"0", b"1", b"2", b"3", b"4"]
    assert fake.served == ["/0", "/1", "/2", "/3", "/4"]


def test_a_body_in_chunks_is_put_together_and_trailers_are_dropped() -> None:
    fake = Fake()

    async def main(client: Client) -> int:
        client.send(
            "PUT /feed HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n5\nhello\n7;x=y\n world!\n"
            "0\nX-Sum: 12\n\n"
        )
        return (await client.answer())[0]

    assert play(main, fake) == 200
    assert fake.requests[0].body == b"hello world!"
    assert "x-sum" not in fake.requests[0].headers


def test_a_request_may_come_in_single_bytes() -> None:
    fake = Fake()

    async def main(client: Client) -> int:
        for byte in b"POST /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz":
            client.send(bytes([byte]))
            await asyncio.sleep(0.02)
        return (await client.answer())[0]

    assert play(main, fake) == 200
    assert fake.requests == [
        Request("POST", "/a", "b=c", {"host": "h", "content-length": "3"}, b"xyz")
    ]


def test_a_client_that_asks_first_is_told_to_continue() -> None:
    fake = Fake()

    async def main(client: Client) -> tuple[str, int]:
        client.send("PUT / HTTP/1.1\nHost: h\nExpect: 100-Continue\nContent-Length: 2\n\n")
        interim = await client.head()
        client.send("ok")
        return interim, (await client.answer())[0]

    assert play(main, fake) == ("HTTP/1.1 100 Continue", 200)


def test_to_continue_is_said_after_the_answer_that_is_still_to_come() -> None:
    fake = Fake(wait_s=1.0)

    async def main(client: Client) -> tuple[int, str, int]:
        client.send(
            "GET / HTTP/1.1\nHost: h\n\n"
            "PUT / HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 2\n\n"
        )
        first = (await client.answer())[0]
        interim = await client.head()
        client.send("ok")
        return first, interim, (await client.answer())[0]

    assert play(main, fake) == (200, "HTTP/1.1 100 Continue", 200)


def test_a_head_request_gets_the_length_and_no_body() -> None:
    async def main(client: Client) -> str:
        client.send("HEAD / HTTP/1.1\nHost: h\nConnection: close\n\n")
        return (await client.rest()).decode()

    assert play(main, Fake()) == (
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n"
        "connection: close\r\n\r\n"
    )


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_content_has_no_length(status: int) -> None:
    async def main(client: Client) -> tuple[str, int]:
        client.send("DELETE / HTTP/1.1\nHost: h\n\n")
        head = await client.head()
        client.send("GET / HTTP/1.1\nHost: h\n\n")
        return head, (await client.answer())[0]

    head, after = play(main, Fake(Response(status, b"ignored")))
    assert "content-length" not in head
    assert after == 200


@pytest.mark.parametrize(
    ("request_head", "said"),
    [
        ("GET / HTTP/1.1\nHost: h\nConnection: close\n\n", "connection: close"),
        ("GET / HTTP/1.0\n\n", "connection: close"),
        ("GET / HTTP/1.0\nConnection: keep-alive\n\n", "connection: keep-alive"),
        ("GET / HTTP/1.1\nHost: h\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\n\n", "close"),
    ],
)
def test_a_connection_ends_or_stays_as_the_client_wants(request_head: str, said: str) -> None:
    async def main(client: Client) -> tuple[str, bool]:
        client.send(request_head)
        head = await client.head()
        await client.reader.readexactly(4)
        await asyncio.sleep(1)
        return head, client.reader.at_eof()

    head, ended = play(main, Fake())
    assert said in head
    assert ended == ("close" in said)


def test_a_handler_may_end_the_connection_with_its_answer() -> None:
    async def main(client: Client) -> bytes:
        client.send("GET / HTTP/1.1\nHost: h\n\nGET / HTTP/1.1\nHost: h\n\n")
        return await client.rest()

    fake = Fake(Response(503, b"", {"connection": "close"}))
    assert play(main, fake) == (
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    assert len(fake.requests) == 1


def test_a_target_may_be_a_whole_url() -> None:
    fake = Fake()

    async def main(client: Client) -> None:
        for target in ("http://shop.test/a/b?c=d#e", "http://shop.test", "/x?y?z"):
            client.send(f"GET {target} HTTP/1.1\nHost: h\n\n")
            await client.answer()

    play(main, fake)
    assert [(request.path, request.query) for request in fake.requests] == [
        ("/a/b", "c=d"),
        ("/", ""),
        ("/x", "y?z"),
    ]
