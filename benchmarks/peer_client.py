"""Asks a served shop as fast as it answers, over eight kept connections; prints the rates as JSON.

``python benchmarks/peer_client.py PORT TOKEN ENTRIES QUERIES`` needs nothing but Python, so that
the client costs the same whoever is asked.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable
from typing import Final

PATH: Final = "/peak-retail/inventory"
LINKS: Final = 8
ROUNDS: Final = 3
READS: Final = 4_000
UPDATES: Final = 2_000


class Client:
    """Connections to a shop, and a token for it."""

    def __init__(self, port: int, token: str) -> None:
        self._links = [socket.create_connection(("127.0.0.1", port)) for _ in range(LINKS)]
        self._token = token

    def request(self, method: str, path: str, body: str = "") -> bytes:
        """A request as bytes."""
        return (
            f"{method} {path} HTTP/1.1\r\nhost: shop.test\r\n"
            f"authorization: Bearer {self._token}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def ask(self, requests: list[bytes]) -> list[bytes]:
        """The bodies of the answers, one request on each connection at a time."""
        answers: list[bytes] = []
        for start in range(0, len(requests), LINKS):
            part = requests[start : start + LINKS]
            for link, request in zip(self._links, part, strict=False):
                link.sendall(request)
            answers += [_answer(link) for link, _ in zip(self._links, part, strict=False)]
        return answers

    def rate(self, make: Callable[[int, int], bytes], count: int) -> float:
        """Requests a second, in the best of some rounds."""
        best = 0.0
        for turn in range(ROUNDS):
            requests = [make(number, turn) for number in range(count)]
            began = time.perf_counter()
            self.ask(requests)
            best = max(best, count / (time.perf_counter() - began))
        return best


def _answer(link: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        part = link.recv(65536)
        if not part:
            sys.exit(f"closed: {got.decode()}")
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    if head[9:12] not in (b"200", b"201"):
        sys.exit((head + body).decode())
    (length,) = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while len(body) < length:
        body += link.recv(65536)
    return body


def main(port: int, token: str, entries: int, queries: int) -> None:
    """Fill the shop and ask it in three ways."""
    client = Client(port, token)
    bodies = [
        json.dumps({"sku": f"SKU-{number}", "quantityOnStock": number % 50})
        for number in range(entries)
    ]
    made = client.ask([client.request("POST", PATH, body) for body in bodies])
    ids = [json.loads(one)["id"] for one in made]

    def read(number: int, _turn: int) -> bytes:
        return client.request("GET", f"{PATH}/{ids[number]}")

    def update(number: int, turn: int) -> bytes:
        action = {"action": "changeQuantity", "quantity": number % 90 + turn + 1}
        body = json.dumps({"version": turn + 1, "actions": [action]})
        return client.request("POST", f"{PATH}/{ids[number]}", body)

    def query(number: int, _turn: int) -> bytes:
        sku = f"SKU-{number * 7 % entries}"
        return client.request("GET", f"{PATH}?where=sku%3D%22{sku}%22")

    rates = {
        "get": client.rate(read, READS),
        "update": client.rate(update, UPDATES),
        "query": client.rate(query, queries),
    }
    sys.stdout.write(json.dumps(rates))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
