"""Connectors that build their vendors' host names themselves, led to the fakes by a proxy."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import simpy
from tests.live.processes import PEAKPROOF, ROOT, started

from peakproof import catalogue
from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.rng import Streams
from peakproof.wire.authority import Authority
from peakproof.wire.proxy import Proxy
from peakproof.world import World

HOSTS = {"shop": ("api.*.commercetools.com",), "till": ("connect.squareup.com",)}
OWN_HOST = """\
import os
import sys

from square import Square

assert os.environ["HTTPS_PROXY"].endswith(":" + sys.argv[2])
assert os.environ["CA"] == os.environ["SSL_CERT_FILE"]
till = Square(token=sys.argv[1])  # production: it builds the vendor's host name itself
print([place.id for place in till.locations.list().locations])
"""


@asynccontextmanager
async def proxied(folder: Path) -> AsyncIterator[Proxy]:
    """A proxy before two systems, each of which answers with its name."""

    def system(name: bytes) -> Callable[..., Awaitable[None]]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = name + b" " + head.split(b" ")[1]
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answer(reader, writer)
            except asyncio.IncompleteReadError:
                writer.close()

        return serve

    servers = {
        name: await asyncio.start_server(system(name.encode()), "127.0.0.1", 0) for name in HOSTS
    }
    urls = {
        name: f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for name, server in servers.items()
    }
    async with Proxy(Authority(folder / "ca.pem"), HOSTS, urls) as proxy:
        yield proxy
    for server in servers.values():
        server.close()


def client(proxy: Proxy, *, trusts: bool = True) -> httpx.AsyncClient:
    context = ssl.create_default_context(cafile=str(proxy.authority.file) if trusts else None)
    return httpx.AsyncClient(proxy=proxy.url, verify=context, trust_env=False)


def test_the_page_names_the_hosts_of_every_fake() -> None:
    page = (ROOT / "docs" / "vendor-hosts.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+)(?:, `surface = \"(\w+)\"`)? \| (`[^|]+) \|$", page, re.M)
    told = {(system, surface): hosts for system, surface, hosts in rows}
    env = simpy.Environment()
    clock, streams = Clock(env, epoch=datetime(2026, 11, 27, tzinfo=UTC)), Streams(1)
    world = World(env, clock=clock, streams=streams, recorder=Recorder())
    found = {}
    for name in catalogue.simulators():
        for surface in ("", "lightspeed") if name == "pos" else ("",):
            service = catalogue.simulator(name)(world, {"surface": surface} if surface else {})
            if service.hosts:
                found[name, surface] = ", ".join(f"`{host}`" for host in service.hosts)
    assert told == found


def test_each_host_leads_to_its_system_and_a_connection_is_kept(tmp_path: Path) -> None:
    async def story() -> list[str]:
        async with proxied(tmp_path) as proxy, client(proxy) as http:
            urls = [
                "https://api.europe-west1.gcp.commercetools.com/a", "https://connect.squareup.com/b",
                "https://connect.squareup.com/c", "https://CONNECT.squareup.com./d",
            ]  # fmt: skip
            return [(await http.get(url)).text for url in urls]

    assert asyncio.run(story()) == ["shop /a", "till /b", "till /c", "till /d"]


def test_a_host_that_belongs_to_no_system_is_refused(tmp_path: Path) -> None:
    async def story() -> str:
        async with proxied(tmp_path) as proxy, client(proxy) as http:
            with pytest.raises(httpx.ProxyError) as told:
                await http.get("https://api.example.com/orders")
            return str(told.value)

    assert "403" in asyncio.run(story())


@pytest.mark.parametrize(
    ("head", "status", "said"),
    [
        (b"CONNECT api.example.com:443 HTTP/1.1\r\n\r\n", 403, "belongs to no system"),
        (b"CONNECT connect.squareup.com:8443 HTTP/1.1\r\n\r\n", 403, "only port 443"),
        (b"CONNECT nowhere HTTP/1.1\r\n\r\n", 403, "only port 443"),
        (b"GET http://connect.squareup.com/ HTTP/1.1\r\n\r\n", 403, "called by https"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "called by https"),
        (b"\x16\x03\x01\r\n\r\n", 400, "no HTTP request"),
        (b"CONNECT " + b"x" * 70_000 + b"\r\n\r\n", 431, "too long"),
    ],
)
def test_what_the_proxy_does_not_do_is_said(
    tmp_path: Path, head: bytes, status: int, said: str
) -> None:
    async def story() -> str:
        async with proxied(tmp_path) as proxy:
            port = int(proxy.url.rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head)
            answer = await reader.read()
            writer.close()
            return answer.decode()

    answer = asyncio.run(story())
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert said in answer


def test_nobody_trusts_the_authority_who_was_not_told_to(tmp_path: Path) -> None:
    async def story() -> None:
        async with proxied(tmp_path) as proxy, client(proxy, trusts=False) as http:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.get("https://connect.squareup.com/a")

    asyncio.run(story())


def test_a_tunnel_ends_with_its_proxy(tmp_path: Path) -> None:
    async def story() -> bytes:
        async with proxied(tmp_path) as proxy:
            port = int(proxy.url.rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"CONNECT connect.squareup.com:443 HTTP/1.1\r\n\r\n")
            assert b"200" in await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(5):  # sooner than the patience with a client that says nothing
            rest = await reader.read()
        writer.close()
        return rest

    assert asyncio.run(story()) == b""


def test_the_environment_leads_vendors_to_the_proxy_and_the_desk_past_it(tmp_path: Path) -> None:
    async def story() -> dict[str, str]:
        async with proxied(tmp_path) as proxy:
            return {**proxy.environment(), "url": proxy.url}

    told = asyncio.run(story())
    assert told["HTTPS_PROXY"] == told["https_proxy"] == told["url"]
    assert "127.0.0.1" in told["NO_PROXY"]
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"):
        assert told[name] == str(tmp_path / "ca.pem")


@pytest.mark.slow
def test_an_unmodified_client_that_builds_its_own_host_is_checked(tmp_path: Path) -> None:
    script, page = tmp_path / "own_host.py", tmp_path / "told.json"
    script.write_text(OWN_HOST, "utf-8")
    done = subprocess.run(
        [*PEAKPROOF, "check", "pos_deposco/calm-day", "--vendor-hosts", "--flow", "stock",
         "--json", str(page), "--env", "CA={proxy.ca}", "--", sys.executable, str(script),
         "{pos.access_token}", "{proxy.port}"],
        cwd=ROOT, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert page.exists(), done.stderr
    (told,) = json.loads(page.read_text("utf-8"))["scenarios"]
    assert told["figures"]["wire"]["calls"] == 1
    assert told["counts"]["call"] == 1


@pytest.mark.slow
def test_served_fakes_can_be_called_by_their_vendors_names(tmp_path: Path) -> None:
    with started("serve", "--vendor-hosts", "--json", folder=tmp_path) as server:
        assert server.stdout is not None
        access = json.loads(server.stdout.readline())
        shop = access["systems"]["commercetools"]
        context = ssl.create_default_context(cafile=access["ca"])
        with httpx.Client(proxy=access["proxy"], verify=context, trust_env=False) as http:
            answer = http.post(
                "https://auth.europe-west1.gcp.commercetools.com/oauth/token",
                auth=(shop["client_id"], shop["client_secret"]),
                data={"grant_type": "client_credentials", "scope": shop["scope"]},
            )
        assert answer.json()["token_type"] == "Bearer"
        server.terminate()
        server.wait(timeout=20)
    assert not Path(access["ca"]).exists()
