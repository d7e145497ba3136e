"""Our commercetools beside the best known mock of it, over sockets, in one run: ``make bench``.

The peer is npm ``@labdigital/commercetools-mock``; ``npm ci --prefix benchmarks/peer`` installs it.
Both are processes of their own, filled by the same calls and asked by the same client.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

PEER: Final = Path(__file__).parent / "peer"
CLIENT: Final = Path(__file__).parent / "peer_client.py"
ENTRIES: Final = 10_000
QUERIES: Final = 2_000
QUERIES_OF_PEER: Final = 40
"""It reads all entries for each, which takes it a hundred times as long."""


def _asked(port: int, token: str, queries: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(CLIENT), str(port), token, str(ENTRIES), str(queries)],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rates: dict[str, float] = json.loads(done.stdout)
    return rates


@contextmanager
def _process(*command: str) -> Iterator[str]:
    """A server as a process; the first line that it prints."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PEER
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _ours() -> dict[str, float]:
    command = ("-m", "peakproof", "serve", "--systems", "commercetools", "--json")
    with _process(sys.executable, *command) as line:
        access = json.loads(line)["systems"]["commercetools"]
        port = int(access["url"].rpartition(":")[2])
        return _asked(port, _token(port, access), QUERIES)


def _token(port: int, access: dict[str, str]) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/oauth/token",
        auth=(access["client_id"], access["client_secret"]),
        data={"grant_type": "client_credentials", "scope": access["scope"]},
        trust_env=False,
    )
    token: str = answer.json()["access_token"]
    return token


def _theirs() -> dict[str, float]:
    node = shutil.which("node")
    assert node is not None
    with _process(node, "server.mjs") as line:
        return _asked(int(line), "any", QUERIES_OF_PEER)


@pytest.mark.benchmark(group="beside a peer, over sockets")
def bench_beside_the_peer(benchmark: Any, capsys: Any) -> None:
    """Requests a second on a versioned update, a read by id and a query by SKU among 10,000."""
    if shutil.which("node") is None or not (PEER / "node_modules").exists():
        pytest.skip("needs Node.js, and npm ci --prefix benchmarks/peer")
    theirs = _theirs()
    ours = benchmark.pedantic(_ours, rounds=1)
    with capsys.disabled():
        for what, rate in ours.items():
            times = rate / theirs[what]
            print(f"\n{what}: ours {rate:,.0f}/s, the peer {theirs[what]:,.0f}/s: {times:.2f} x")  # noqa: T201
    assert ours["update"] >= 1.5 * theirs["update"]
    assert ours["get"] >= 0.75 * theirs["get"]
    assert ours["query"] >= 50 * theirs["query"]
