"""A sealed run reads time, chance and identity from itself, and leaves nothing behind."""

from __future__ import annotations

import _thread
import asyncio
import importlib.util
import logging
import os
import random
import secrets
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic as monotonic_by_name  # noqa: TID251  # as a connector has it
from time import time as time_by_name  # noqa: TID251  # as a connector has it
from types import ModuleType
from typing import Any

import httpx
import pytest
import simpy

from peakproof.clock import DEFAULT_EPOCH, Clock
from peakproof.errors import FenceError
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof.virtual_time.seal import (
    is_sealed,
    real_monotonic,
    real_perf_counter,
    real_time,
    sealed,
)

now_by_name = datetime.now  # noqa: TID251  # as a connector has it


def play(main: Any, seed: int = 1, **clock: Any) -> Any:
    """Run ``main(loop)`` sealed."""
    env = simpy.Environment()
    with sealed(Clock(env, **clock), Random(seed)):
        return run_virtual(main, env)


def test_every_clock_tells_the_time_of_the_run() -> None:
    async def main(loop: VirtualLoop) -> None:
        for at_s in (0.0, 0.5, 1_234.567891):
            await loop.delay(at_s - loop.time())
            there = DEFAULT_EPOCH + timedelta(seconds=at_s)
            assert datetime.now(UTC) == now_by_name(UTC) == there  # noqa: TID251
            assert datetime.now() == there.replace(tzinfo=None)  # noqa: DTZ005, TID251
            assert date.today() == there.date()  # noqa: DTZ011
            assert time.time() == time_by_name() == pytest.approx(there.timestamp(), abs=1e-6)  # noqa: TID251
            assert time.time_ns() // 1_000 == int(there.timestamp() * 1e6)
            assert time.monotonic() == monotonic_by_name() == time.perf_counter() == at_s  # noqa: TID251
            assert time.monotonic_ns() == time.perf_counter_ns() == round(at_s * 1e9)
            assert time.localtime()[:6] == time.gmtime()[:6] == there.timetuple()[:6]

    play(main)


def test_the_epoch_may_be_any_date_in_any_zone() -> None:
    zone_of_oslo_in_winter = datetime.fromisoformat("2026-11-27T07:00:00.250+01:00")

    async def main(_loop: VirtualLoop) -> datetime:
        return datetime.now(UTC)  # noqa: TID251

    assert play(main, epoch=zone_of_oslo_in_winter) == zone_of_oslo_in_winter


def draw() -> list[Any]:
    """Something from every source of chance and identity."""
    return [
        random.random(),  # noqa: TID251
        random.Random().random(),
        Random().getrandbits(64),
        random.SystemRandom().random(),
        os.urandom(8),
        secrets.token_hex(8),
        secrets.randbelow(10**9),
        uuid.uuid4(),  # noqa: TID251
        uuid.uuid1(),
        uuid.getnode(),
        socket.gethostname(),
    ]


def test_chance_and_identity_repeat_with_the_seed() -> None:
    async def main(_loop: VirtualLoop) -> list[Any]:
        return [*draw(), *draw()]

    first = play(main, 1)
    assert play(main, 1) == first
    other = play(main, 2)
    assert [a == b for a, b in zip(first, other, strict=True)].count(True) == 2  # the host's name
    assert len(set(first)) == 20  # names of host and node come twice


def test_an_identifier_carries_the_time_of_the_run() -> None:
    async def main(_loop: VirtualLoop) -> uuid.UUID:
        await asyncio.sleep(3_600)
        return uuid.uuid1()

    ident: uuid.UUID = play(main)
    since = datetime(1582, 10, 15, tzinfo=UTC) + timedelta(microseconds=ident.time // 10)
    assert since == DEFAULT_EPOCH + timedelta(hours=1)
    assert (ident.node >> 40) & 1 == 1  # multicast: no network card has it


def test_seeding_by_hand_still_seeds() -> None:
    async def main(_loop: VirtualLoop) -> tuple[float, float]:
        random.seed(5)
        return random.random(), Random(5).random()  # noqa: TID251

    assert play(main) == (Random(5).random(), Random(5).random())


def on_a_socket(method: str, address: Any, family: int = socket.AF_INET) -> Callable[[], None]:
    """Call a method of a real socket."""

    def attempt() -> None:
        with socket.socket(family) as sock:
            getattr(sock, method)(address)

    return attempt


def fenced_attempts() -> dict[str, tuple[str, Callable[[], Any]]]:
    """What reaches outside, by name, with the fence that it meets."""
    return {
        "connect": ("real socket", on_a_socket("connect", ("127.0.0.1", 9))),
        "connect_ex": ("real socket", on_a_socket("connect_ex", ("127.0.0.1", 9))),
        "bind": ("real socket", on_a_socket("bind", ("127.0.0.1", 0))),
        "listen": ("real socket", on_a_socket("listen", 1)),
        "unix": ("real socket", on_a_socket("connect", "/dev/log", socket.AF_UNIX)),
        "create_connection": (
            "real name look-up",
            lambda: socket.create_connection(("localhost", 9)),
        ),
        "getaddrinfo": ("real name look-up", lambda: socket.getaddrinfo("localhost", 80)),
        "gethostbyname": ("real name look-up", lambda: socket.gethostbyname("localhost")),
        "httpx": ("real name look-up", lambda: httpx.get("http://localhost:9/", trust_env=False)),
        "thread": ("new thread", lambda: threading.Thread(target=print).start()),
        "_thread": ("new thread", lambda: _thread.start_new_thread(print, ())),
        "sleep": ("real sleep", lambda: time.sleep(0.001)),  # noqa: TID251
        "seal": ("second run", lambda: sealed(Clock(simpy.Environment()), Random(1)).__enter__()),
    }


@pytest.mark.parametrize("name", fenced_attempts())
def test_what_reaches_outside_meets_a_fence_by_name(name: str) -> None:
    fence, attempt = fenced_attempts()[name]

    async def main(_loop: VirtualLoop) -> None:
        attempt()

    with pytest.raises(FenceError, match=f"fence '{fence}'"):
        play(main)


def what_a_seal_changes() -> list[Any]:
    """Everything that must be as it was."""
    names = ["connect", "connect_ex", "bind", "listen", "sendto", "sendmsg"]
    httpx_default = sys.modules["httpx._transports.default"]
    return [
        time.time, time.monotonic, time.monotonic_ns, time.perf_counter, time.sleep,  # noqa: TID251
        monotonic_by_name, os.urandom, random.Random.seed, random.random,  # noqa: TID251
        socket.getaddrinfo, socket.gethostname, threading.Thread.start,
        _thread.start_new_thread, vars(httpx_default)["create_ssl_context"],
        [name for name in names if name in vars(socket.socket)],
        os.environ.get("TZ"), time.tzname, vars(uuid)["_node"], asyncio.all_tasks,
        random.getstate(), vars(asyncio.tasks).get("set"),
    ]  # fmt: skip


@pytest.mark.parametrize("error", [KeyError("sku"), KeyboardInterrupt(), SystemExit(3)])
def test_everything_is_undone_after_an_exception(error: BaseException) -> None:
    async def main(_loop: VirtualLoop) -> None:
        draw()
        raise error

    random.seed(99)
    before = what_a_seal_changes()
    with pytest.raises(type(error)):
        play(main)
    assert what_a_seal_changes() == before
    assert not is_sealed()
    real_now_s = time.time()  # noqa: TID251
    assert abs(real_now_s - real_time()) < 60
    assert abs(real_now_s - DEFAULT_EPOCH.timestamp()) > 60
    assert uuid.uuid4() != uuid.uuid4()  # noqa: TID251


def test_a_seal_that_fails_half_way_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Random):
        """A stream that gives out."""

        def getrandbits(self, k: int) -> int:
            raise OSError("no more chance")

    before = what_a_seal_changes()
    with (
        pytest.raises(OSError, match="no more chance"),
        sealed(Clock(simpy.Environment()), Broken(1)),
    ):
        raise AssertionError("it was entered")
    assert what_a_seal_changes() == before
    with sealed(Clock(simpy.Environment()), Random(1)):
        assert is_sealed()


def test_other_threads_live_on_in_reality() -> None:
    asked, told = threading.Event(), threading.Event()
    seen: dict[str, Any] = {}

    def watch() -> None:
        asked.wait(30)
        seen["time"] = time.time() - real_time()  # noqa: TID251
        seen["monotonic"] = time.monotonic() - real_monotonic()  # noqa: TID251
        seen["urandom"] = os.urandom(8)
        seen["sealed"] = is_sealed()
        time.sleep(0)  # noqa: TID251
        told.set()

    thread = threading.Thread(target=watch)
    thread.start()
    with sealed(Clock(simpy.Environment()), Random(1)):
        assert is_sealed()
        asked.set()
        told.wait()
    thread.join()
    assert abs(seen["time"]) < 5
    assert abs(seen["monotonic"]) < 5
    assert seen["urandom"] != Random(1).randbytes(8)
    assert seen["sealed"] is False


def test_the_harness_can_time_itself_while_the_run_is_sealed() -> None:
    began, began_s = real_perf_counter(), real_time()
    with sealed(Clock(simpy.Environment()), Random(1)):
        assert real_perf_counter() > began
        assert 0 <= real_time() - began_s < 60


def load(path: Path, name: str) -> ModuleType:
    """Load a module from a file, as an import would."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_a_module_that_is_loaded_during_a_run_belongs_to_no_run(tmp_path: Path) -> None:
    path = tmp_path / "late.py"
    path.write_text("from os import urandom\nfrom time import monotonic, time\n")

    async def late(loop: VirtualLoop) -> float:
        module = load(path, "loaded_late_by_a_test")
        await asyncio.sleep(7)
        return float(module.monotonic())

    async def again(loop: VirtualLoop) -> float:
        await asyncio.sleep(9)
        return float(sys.modules["loaded_late_by_a_test"].monotonic())

    try:
        assert play(late) == 7
        module = sys.modules["loaded_late_by_a_test"]
        assert abs(module.monotonic() - real_monotonic()) < 5
        assert abs(module.time() - real_time()) < 5
        assert play(again) == 9
    finally:
        del sys.modules["loaded_late_by_a_test"]


def test_a_client_with_tls_is_made_without_reading_certificates() -> None:
    async def main(_loop: VirtualLoop) -> tuple[int, bool]:
        begin = real_perf_counter()
        clients = [httpx.AsyncClient() for _ in range(20)]
        took_s = real_perf_counter() - begin
        for client in clients:
            await client.aclose()
        return len(clients), took_s < 0.2

    play(main)
    assert play(main) == (20, True)


def test_names_of_temporary_files_and_log_times_come_from_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "_name_sequence", None)

    async def main(loop: VirtualLoop) -> tuple[str, float]:
        monkeypatch.setattr(tempfile, "_name_sequence", None)
        await asyncio.sleep(5)
        record = logging.LogRecord("connector", logging.INFO, "", 0, "", (), None)
        return tempfile.mktemp(dir=tmp_path), record.created  # only the name

    first = play(main)
    assert first == play(main)
    assert first[1] == DEFAULT_EPOCH.timestamp() + 5
