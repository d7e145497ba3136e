"""Each way out of a virtual run is fenced, and the fence says what to do instead."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import simpy

from peakproof.errors import FenceError
from peakproof.virtual_time.fences import FENCES, SignalFence, refuse
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual

Attempt = Callable[[VirtualLoop], Coroutine[Any, Any, Any]]


async def _datagram(loop: VirtualLoop) -> None:
    await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=("10.0.0.1", 8125))


async def _receive(loop: VirtualLoop) -> None:
    with socket.socket() as sock:
        await loop.sock_recv(sock, 10)


async def _watch(loop: VirtualLoop) -> None:
    loop.add_writer(1, print)


async def _shell(_loop: VirtualLoop) -> None:
    await asyncio.create_subprocess_shell("true")


async def _program(_loop: VirtualLoop) -> None:
    await asyncio.create_subprocess_exec(sys.executable, "-V")


async def _stdin(loop: VirtualLoop) -> None:
    await loop.connect_read_pipe(asyncio.Protocol, sys.stdin)


async def _unix_server(_loop: VirtualLoop) -> None:
    await asyncio.start_unix_server(print, "/tmp/socket")


async def _connect(_loop: VirtualLoop) -> None:
    await asyncio.open_connection("shop.test", 80)


async def _look_up(loop: VirtualLoop) -> None:
    await loop.getaddrinfo("shop.test", 80)


async def _from_a_thread(loop: VirtualLoop) -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            loop.call_soon_threadsafe(print)
        except FenceError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    raise caught[0]


@pytest.mark.parametrize(
    ("name", "attempt", "word"),
    [
        ("datagram", _datagram, "create_datagram_endpoint"),
        ("real socket", _receive, "sock_recv"),
        ("real socket", _watch, "add_writer"),
        ("child process", _shell, "subprocess_shell"),
        ("child process", _program, "subprocess_exec"),
        ("pipe", _stdin, "connect_read_pipe"),
        ("unix socket", _unix_server, "create_unix_server"),
        ("no network", _connect, "shop.test:80"),
        ("no network", _look_up, "shop.test"),
        ("foreign thread", _from_a_thread, "call_soon_threadsafe"),
    ],
)
def test_the_fence_is_named_with_what_was_tried_and_what_to_do_instead(
    name: str, attempt: Attempt, word: str
) -> None:
    with pytest.raises(FenceError) as told:
        run_virtual(attempt, simpy.Environment())
    text = str(told.value)
    assert text.startswith(f"fence '{name}': ")
    assert word in text
    assert text.endswith(f"Instead: {FENCES[name].instead}.")


def test_code_that_is_ready_for_windows_lives_without_signals() -> None:
    async def main(loop: VirtualLoop) -> str:
        try:
            loop.add_signal_handler(signal.SIGTERM, print)
        except NotImplementedError:
            assert loop.remove_signal_handler(signal.SIGTERM) is False
            return "went on"
        return "handled"

    assert run_virtual(main, simpy.Environment()) == "went on"


def test_code_that_insists_on_signals_meets_a_fence() -> None:
    async def main(loop: VirtualLoop) -> None:
        loop.add_signal_handler(signal.SIGTERM, print)

    with pytest.raises(FenceError, match="signal handler") as told:
        run_virtual(main, simpy.Environment())
    assert isinstance(told.value, SignalFence)


def test_the_loops_own_thread_may_use_the_threadsafe_call() -> None:
    async def main(loop: VirtualLoop) -> str:
        called = loop.create_future()
        loop.call_soon_threadsafe(called.set_result, "called")
        return str(await called)

    assert run_virtual(main, simpy.Environment()) == "called"


def test_every_fence_says_what_lies_outside_and_what_to_do_instead() -> None:
    for name, fence in FENCES.items():
        text = str(refuse(name))
        assert fence.outside in text
        assert fence.instead in text
        assert fence.outside[-1].isalpha()
        assert not fence.instead.endswith(".")
