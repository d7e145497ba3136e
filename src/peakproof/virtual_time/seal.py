"""Seals a virtual run: time, chance and identity are read from it, and ways out are fenced.

What is sealed, for the thread that enters the block and for no other:

* ``time.time`` and its kin, ``datetime.now``, ``date.today``, local time (as UTC), also where they
  were imported by name before (time-machine swaps the functions' code, not their names);
* ``time.monotonic`` and ``time.perf_counter``, also where a loaded module holds them by name;
* ``random``'s module functions and unseeded ``Random()``, ``os.urandom``, and what is made of
  them: ``secrets``, ``uuid.uuid4``, ``uuid.uuid1`` with its node; ``socket.gethostname``;
* fences: real sockets, real name look-ups, new threads, ``time.sleep``.

The run's clock is read when somebody asks, so moving it costs nothing (time-machine's own way,
``move_to`` at every advance, costs 0.4 µs each time).

What leaks: these functions where instances or closures held them before the run, generators that
were seeded before the run, process ids and CPU time, and the addresses in a default ``repr``.
"""

from __future__ import annotations

import _thread
import os
import random
import socket
import ssl
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC
from random import Random
from typing import Any, Final

import time_machine

from peakproof.clock import Clock
from peakproof.errors import HarnessFault
from peakproof.virtual_time.fences import refuse
from peakproof.virtual_time.libraries import Changes

_CLOCKS: Final[dict[str, Callable[[], Any]]] = {
    "monotonic": time.monotonic,  # noqa: TID251  # to know it when a module holds it
    "monotonic_ns": time.monotonic_ns,
    "perf_counter": time.perf_counter,
    "perf_counter_ns": time.perf_counter_ns,
}

_LOOK_UPS: Final = (
    "getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo",
)  # fmt: skip

_SOCKET_METHODS: Final = ("connect", "connect_ex", "bind", "listen", "sendto", "sendmsg")

_OWN_PREFIX: Final = "peakproof."
"""Modules of the harness itself keep what they imported: they time the run, they are not in it."""

_HOST_NAME: Final = "connector"

_owner: int | None = None
_inside: dict[str, Callable[..., Any]] = {}
_scanned: dict[str, int] = {}
_aliases: list[tuple[Any, str, str]] = []


def real_perf_counter() -> float:
    """The machine's own ``time.perf_counter``, for the harness: it goes on while a run is sealed.

    A function of its own, for what a module holds of ``time`` by name is exchanged.
    """
    return float(_CLOCKS["perf_counter"]())


def real_monotonic() -> float:
    """The machine's own ``time.monotonic``, for the harness: it goes on while a run is sealed."""
    return float(_CLOCKS["monotonic"]())


def real_time() -> float:
    """Seconds since 1970 by the machine's own clock, also while a run is sealed."""
    if _owner is None:
        return time.time_ns() / 1e9
    return time_machine.escape_hatch.time.time_ns() / 1e9


def is_sealed() -> bool:
    """Whether the calling thread is in a sealed run."""
    return _owner == threading.get_ident()


_REAL: Final[dict[str, Callable[..., Any]]] = {
    **_CLOCKS,
    "urandom": os.urandom,
    "sleep": time.sleep,  # noqa: TID251  # to know it when a module holds it
    "gethostname": socket.gethostname,
    "start_new_thread": _thread.start_new_thread,
    **{name: getattr(socket, name) for name in _LOOK_UPS},
}
"""Functions that are exchanged wherever a loaded module holds them, by name."""

_NAMES_BY_ID: Final = {id(function): name for name, function in _REAL.items()}


def _switch(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """What takes the function's place: the run's for the sealed thread, the real one for others.

    A module that is loaded during a run may keep it for ever, so it belongs to no run.
    """
    current = threading.get_ident

    def switch(*args: Any, **options: Any) -> Any:
        if current() == _owner:
            return _inside[name](*args, **options)
        return real(*args, **options)

    switch.__name__ = name
    return switch


_SWITCHES: Final = {name: _switch(name, real) for name, real in _REAL.items()}


def _find_aliases() -> list[tuple[Any, str, str]]:
    """Where loaded modules hold one of the functions: module, attribute, name of the function.

    Each module is looked through once, so that sealing costs little after the first time.
    """
    for name, module in list(sys.modules.items()):
        if _scanned.get(name) == id(module) or module is None:
            continue
        _scanned[name] = id(module)
        if name.startswith(_OWN_PREFIX):
            continue
        for attribute, value in list(vars(module).items()):
            function = _NAMES_BY_ID.get(id(value))
            if function is not None:
                _aliases.append((module, attribute, function))
    return _aliases


def _refusing(fence: str, what: str) -> Callable[..., Any]:
    def refused(*args: Any, **_options: Any) -> Any:
        raise refuse(fence, f"{what}{args!r}")

    return refused


def _insides(clock: Clock, rng: Random) -> dict[str, Callable[..., Any]]:
    """What the sealed thread gets instead of each function of ``_REAL``."""
    return {
        "monotonic": lambda: float(clock.now),
        "monotonic_ns": lambda: round(clock.now * 1e9),
        "perf_counter": lambda: float(clock.now),
        "perf_counter_ns": lambda: round(clock.now * 1e9),
        "urandom": rng.randbytes,
        "sleep": _refusing("real sleep", "time.sleep"),
        "gethostname": lambda: _HOST_NAME,
        "start_new_thread": _refusing("new thread", "_thread.start_new_thread"),
        **{name: _refusing("real name look-up", f"socket.{name}") for name in _LOOK_UPS},
    }


def _seal_calendar(clock: Clock, owner: int, stack: ExitStack) -> None:
    """Let time-machine ask the clock instead of holding a time of its own."""
    epoch = clock.epoch.astimezone(UTC)
    epoch_ns = int(epoch.replace(microsecond=0).timestamp()) * 10**9 + epoch.microsecond * 1_000
    traveller: Any = stack.enter_context(time_machine.travel(epoch, tick=False))
    outside = time_machine.escape_hatch.time.time_ns
    current = threading.get_ident

    def time_ns() -> int:
        if current() == owner:
            return epoch_ns + round(clock.now * 1e9)
        return outside()

    traveller.time_ns = time_ns
    if time.time_ns() != time_ns():
        raise HarnessFault("this version of time-machine does not let the run tell the time")


def _seal_chance(rng: Random, owner: int, changes: Changes, stack: ExitStack) -> None:
    """Seed the generator behind ``random``'s functions, and those that nobody seeds."""
    stack.callback(random.setstate, random.getstate())
    original = Random.seed
    current = threading.get_ident

    def seed(self: Random, a: Any = None, version: int = 2) -> None:
        if a is None and current() == owner:
            a = rng.getrandbits(64)
        original(self, a, version)

    changes.set(Random, "seed", seed)
    random.seed(rng.getrandbits(64))
    multicast = 1 << 40  # RFC 9562, section 6.10: a node id that is no network card's
    changes.set(uuid, "_node", rng.getrandbits(48) | multicast)


def _fenced_method(real: Callable[..., Any], fence: str, what: str) -> Callable[..., Any]:
    current = threading.get_ident

    def method(self: object, *args: Any, **options: Any) -> Any:
        if current() == _owner:
            raise refuse(fence, f"{what}{args!r}")
        return real(self, *args, **options)

    return method


def _fence_sockets_and_threads(changes: Changes) -> None:
    for name in _SOCKET_METHODS:
        real = getattr(socket.socket, name)
        changes.set(socket.socket, name, _fenced_method(real, "real socket", f"socket.{name}"))
    start = _fenced_method(threading.Thread.start, "new thread", "Thread.start")
    changes.set(threading.Thread, "start", start)


_bare_context: list[ssl.SSLContext] = []


def _no_certificates(verify: Any = True, cert: Any = None, trust_env: bool = True) -> Any:
    """Stands for httpx's ``create_ssl_context``, which reads all authorities' certificates.

    That takes 20 ms a client, and nothing is encrypted inside a run.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not _bare_context:
        _bare_context.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    return _bare_context[0]


@contextmanager
def sealed(clock: Clock, ids_rng: Random) -> Iterator[None]:
    """Seal the calling thread for the length of the block; everything is undone at its end.

    ``clock`` tells the time; ``ids_rng`` is the stream that all chance and identity inside is
    drawn from.

    Raises:
        FenceError: a run is sealed already in this process.
    """
    global _owner  # noqa: PLW0603  # what is sealed is the process, not an object
    if _owner is not None:
        raise refuse("second run", "sealed()")
    owner = _owner = threading.get_ident()
    try:
        with ExitStack() as stack:
            changes = Changes()
            stack.callback(changes.undo)
            _seal_calendar(clock, owner, stack)
            _inside.update(_insides(clock, ids_rng))
            for module, attribute, name in _find_aliases():
                changes.set(module, attribute, _SWITCHES[name])
            _seal_chance(ids_rng, owner, changes, stack)
            _fence_sockets_and_threads(changes)
            httpx = sys.modules.get("httpx._transports.default")
            if httpx is not None:
                changes.set(httpx, "create_ssl_context", _no_certificates)
            yield
    finally:
        _owner = None
        _inside.clear()
