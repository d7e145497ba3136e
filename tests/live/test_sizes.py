"""Huge, deep, endless and slow requests to the served fakes: each is refused in the vendor's words
where the vendor has some, the server's memory stays, and the next call is answered at once."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

SYSTEMS: Final = ("adobe_commerce", "centra", "commercetools", "deposco", "patchworks", "pos")
HUGE: Final = 100_000_000
MIB: Final = 1024 * 1024
MOST_GROWTH_MIB: Final = 40
"""A body of the largest size that is taken, 16 MiB, is there in pieces and in one."""
AT_ONCE_S: Final = 2.0
DEEP: Final = 10_000


class Served:
    """The process that serves, and how to get in."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.pid = process.pid
        self.systems: dict[str, dict[str, str]] = json.loads(process.stdout.readline())["systems"]
        self.client = httpx.Client(trust_env=False, timeout=10.0)
        self._tokens: dict[str, str] = {}

    def peak_mib(self) -> float:
        """The most memory that the process ever had."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def open_files(self) -> int:
        """Sockets and files that the process has open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def connect(self, system: str) -> socket.socket:
        """A connection to a system."""
        port = int(self.systems[system]["url"].rpartition(":")[2])
        return socket.create_connection(("127.0.0.1", port), timeout=10.0)

    def send(self, system: str, path: str, body: bytes, **headers: str) -> httpx.Response:
        """A POST as the connector makes it."""
        known = {"content-type": "application/json", **self.credentials(system), **headers}
        url = self.systems[system]["url"] + path
        return self.client.post(url, content=body, headers=known)

    def credentials(self, system: str) -> dict[str, str]:
        """The header that lets in."""
        if system not in self._tokens:
            self._tokens[system] = _ways_in[system](self.systems[system], self.client)
        return {"authorization": self._tokens[system]}

    def lives(self, system: str) -> None:
        """The next call of somebody else is answered, and at once."""
        url = self.systems[system]["url"] + "/no/such/path"
        assert self.client.get(url, timeout=AT_ONCE_S).status_code < 500


def _basic(user: str, password: str) -> str:
    return httpx.BasicAuth(user, password)._auth_header


def _granted(access: dict[str, str], client: httpx.Client) -> str:
    form = {"grant_type": "client_credentials", "scope": access["scope"]}
    pair = (access["client_id"], access["client_secret"])
    answer = client.post(f"{access['auth_url']}/oauth/token", data=form, auth=pair)
    return f"Bearer {answer.json()['access_token']}"


def _signed_in(access: dict[str, str], client: httpx.Client) -> str:
    names = {"username": access["admin_user"], "password": access["admin_password"]}
    answer = client.post(f"{access['url']}/rest/V1/integration/admin/token", json=names)
    return f"Bearer {answer.json()}"


_ways_in: Final[dict[str, Callable[[dict[str, str], httpx.Client], str]]] = {
    "adobe_commerce": _signed_in,
    "centra": lambda access, _: f"Bearer {access['integration_token']}",
    "commercetools": _granted,
    "deposco": lambda access, _: _basic(access["user"], access["password"]),
    "patchworks": lambda access, _: access["api_key"],
    "pos": lambda access, _: f"Bearer {access['access_token']}",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-m", "peakproof", "serve", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        found = Served(process)
        try:
            yield found
        finally:
            found.client.close()
            process.terminate()
            _rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


# --- huge -----------------------------------------------------------------------------


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_body_of_100_mb_is_refused_whole_and_the_client_is_told(
    served: Served, system: str
) -> None:
    """By a client that sends all of it before it looks at the answer, as most do."""
    before = served.peak_mib()
    with served.connect(system) as link:
        link.sendall(b"POST /any HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % HUGE)
        part = b"x" * MIB
        for _ in range(HUGE // MIB):
            link.sendall(part)
        assert link.recv(12) == b"HTTP/1.1 413"
    assert served.peak_mib() - before < MOST_GROWTH_MIB
    served.lives(system)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_body_without_an_end_is_refused_where_it_becomes_too_large(
    served: Served, system: str
) -> None:
    before = served.peak_mib()
    with served.connect(system) as link:
        link.sendall(b"POST /any HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        for _ in range(HUGE // 65_536):
            link.sendall(piece)
        assert link.recv(12) == b"HTTP/1.1 413"
    assert served.peak_mib() - before < MOST_GROWTH_MIB
    served.lives(system)


@pytest.mark.parametrize(
    ("system", "path", "size", "status", "said"),
    [
        ("adobe_commerce", "/rest/V1/inventory/source-items", 9 * MIB, 413,
         "Request Entity Too Large"),
        ("centra", "/graphql", 3 * MIB, 400, "larger than 2000000 bytes"),
        ("patchworks", "/api/v1/data-pool", 16_100_000, 413, "The payload is too large."),
    ],
)  # fmt: skip
def test_a_body_over_a_vendors_own_limit_gets_the_vendors_words(  # noqa: PLR0917 - a table
    served: Served, system: str, path: str, size: int, status: int, said: str
) -> None:
    answer = served.send(system, path, b'{"name":"' + b"x" * size + b'"}')
    assert answer.status_code == status
    assert said in answer.text
    served.lives(system)


# --- deep -----------------------------------------------------------------------------


def _nested(opening: bytes, closing: bytes) -> bytes:
    return opening * DEEP + closing * DEEP


@pytest.mark.parametrize(
    ("system", "path", "body", "media", "status", "said"),
    [
        ("adobe_commerce", "/rest/V1/inventory/source-items", _nested(b'{"a":', b"}"),
         "application/json", 400, "Decoding error."),
        ("centra", "/graphql", b'{"query":"' + _nested(b"{a", b"}") + b'"}',
         "application/json", 400, "errors"),
        ("commercetools", "/peak-retail/inventory", _nested(b"[", b"]"),
         "application/json", 400, "Request body does not contain valid JSON."),
        ("deposco", "/integration/PEAK/orders", _nested(b"<order>", b"</order>"),
         "application/xml", 400, ""),
        ("patchworks", "/api/v1/data-pool", _nested(b'{"name":', b"}"),
         "application/json", 422, "\"errors\":{\"name\""),
        ("pos", "/v2/inventory/changes/batch-create", _nested(b'{"changes":[', b"]}"),
         "application/json", 400, "INVALID_REQUEST_ERROR"),
    ],
    ids=SYSTEMS,
)  # fmt: skip
def test_a_body_nested_10_000_deep_is_refused_in_the_vendors_words(  # noqa: PLR0917 - a table
    served: Served, system: str, path: str, body: bytes, media: str, status: int, said: str
) -> None:
    before = served.peak_mib()
    answer = served.send(system, path, body, **{"content-type": media})
    assert answer.status_code == status, answer.text[:300]
    assert said in answer.text
    assert served.peak_mib() - before < MOST_GROWTH_MIB
    served.lives(system)


# --- floods and slow ones -------------------------------------------------------------


@pytest.mark.parametrize(
    "flood",
    [b"x-flood: " + b"y" * 1_000_000, b"x-flood: y\r\n" * 90_000],
    ids=["a line without end", "lines without end"],
)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_flood_of_headers_is_refused(served: Served, system: str, flood: bytes) -> None:
    before = served.peak_mib()
    with served.connect(system) as link:
        link.sendall(b"GET /any HTTP/1.1\r\nhost: a\r\n" + flood)
        assert link.recv(12) == b"HTTP/1.1 431"
    assert served.peak_mib() - before < MOST_GROWTH_MIB
    served.lives(system)


@pytest.mark.parametrize("system", SYSTEMS)
def test_clients_that_send_slowly_hold_nobody_up(served: Served, system: str) -> None:
    """A hundred that stop within a body and a hundred within a head; they are let go of."""
    starts: list[Any] = [
        b"POST /any HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n{",
        b"GET /any HTTP/1.1\r\nhost: ",
    ]
    before, files = served.peak_mib(), served.open_files()
    with ExitStack() as held:
        for number in range(200):
            held.enter_context(served.connect(system)).sendall(starts[number % 2])
        served.lives(system)
    assert served.peak_mib() - before < MOST_GROWTH_MIB
    served.lives(system)
    assert served.open_files() <= files + 5
