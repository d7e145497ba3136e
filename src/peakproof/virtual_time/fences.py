"""Where a virtual run ends: what code inside it may not reach for, and what to do instead.

The table is data: the loop and the seal raise from it, and the documentation is made from it.
"""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

from peakproof.errors import FenceError


class Fence(NamedTuple):
    """One border of a virtual run: what lies outside, and the way that stays inside."""

    outside: str
    instead: str


FENCES: Final[dict[str, Fence]] = {
    "foreign thread": Fence(
        "another thread handed work to the loop; when it arrives depends on real time",
        "call from the loop's own thread, or run the work with asyncio.to_thread (it runs inline)",
    ),
    "new thread": Fence(
        "a thread runs at the operating system's pace",
        "use asyncio.to_thread or run_in_executor (both run inline), or an asyncio task",
    ),
    "real socket": Fence(
        "a socket leads out of the run, and its answers come in real time",
        "use asyncio streams, aiohttp or httpx.AsyncClient: the run's network answers them; "
        "a synchronous client (requests, urllib3) needs a live run",
    ),
    "real name look-up": Fence(
        "a resolver answers in real time and differs from machine to machine",
        "await loop.getaddrinfo; with aiohttp leave its default resolver or pass "
        "aiohttp.ThreadedResolver()",
    ),
    "no network": Fence(
        "this run has no in-memory network",
        "attach one first: peakproof.wire.network.Network(loop)",
    ),
    "real sleep": Fence(
        "time.sleep stops the whole run for real seconds and moves its clock by none",
        "await asyncio.sleep(...)",
    ),
    "child process": Fence(
        "a child process runs at the operating system's pace",
        "start it before the run, or use a live run",
    ),
    "pipe": Fence(
        "a pipe delivers in real time",
        "read the input before the run, or use a live run",
    ),
    "datagram": Fence(
        "the run's network carries streams only",
        "switch the exporter or look-up off that sends datagrams",
    ),
    "unix socket": Fence(
        "the run's network has host names and ports only",
        "give the client a host and a port",
    ),
    "signal handler": Fence(
        "signals come in real time, from outside the run",
        "catch NotImplementedError around loop.add_signal_handler, as on Windows, or leave "
        "signals to the program that starts the connector",
    ),
    "second run": Fence(
        "the clock, chance and identity of this process belong to a run already",
        "end that run first, or use another process",
    ),
}


class SignalFence(FenceError, NotImplementedError):
    """Signal handlers are outside; code that is ready for Windows carries on without them."""


def refuse(name: str, what: str = "") -> FenceError:
    """The error for the fence of that name, noted by the running loop in its ``fenced`` list.

    ``what`` says what was attempted, such as ``socket.connect(('10.0.0.1', 80))``.
    """
    fence = FENCES[name]
    kind = SignalFence if name == "signal handler" else FenceError
    attempt = f"{what} reached outside a virtual run: " if what else ""
    error = kind(f"fence '{name}': {attempt}{fence.outside}. Instead: {fence.instead}.")
    if kind is FenceError:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return error
        noted = getattr(loop, "fenced", None)
        if noted is not None:
            noted.append(error)
    return error
