"""Where libraries leave a virtual run behind the loop's back, and how they are kept inside.

Each change lasts while a virtual loop runs and leaves other loops of the process alone:

* sets that are ordered by address and are iterated keep the order of insertion instead;
* ``asyncio.all_tasks`` fills its set by task number;
* ``anyio.to_thread.run_sync`` (and with it Starlette's synchronous endpoints) runs inline;
* anyio's TLS handshake is left out: the in-memory network carries plain bytes.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final, TypeVar

from peakproof.virtual_time.tasks import in_order

if TYPE_CHECKING:
    from peakproof.virtual_time.loop import VirtualLoop

T = TypeVar("T")

_SETS_BY_ADDRESS: Final = (
    ("anyio._backends._asyncio", "CancelScope", "_child_scopes"),
    ("aiohttp.connector", "BaseConnector", "_acquired"),
    ("uvicorn.server", "ServerState", "connections"),
)
"""Attributes that hold a set of plain objects which the library iterates, by module and class."""

_MISSING: Final = object()


class OrderedSet(dict[T, None]):
    """The part of a set that the libraries above use, in order of insertion."""

    def add(self, member: T) -> None:
        """Add the member at the end unless it is there."""
        self[member] = None

    def discard(self, member: T) -> None:
        """Remove the member if it is there."""
        self.pop(member, None)

    def remove(self, member: T) -> None:
        """Remove the member; KeyError if it is not there."""
        del self[member]


class Changes:
    """Attributes set for a while, and put back in the opposite order."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute of a module or a class."""
        self._undo.append((owner, name, vars(owner).get(name, _MISSING)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Put everything back; what was not there before is taken away."""
        while self._undo:
            owner, name, before = self._undo.pop()
            if before is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, before)


def _set_in_order(*members: Any) -> Any:
    """Stands for ``set`` in asyncio's own module: what it is given stays in order."""
    return dict.fromkeys(*members) if members else set()


def _all_tasks_of(original: Callable[..., set[Any]]) -> Callable[..., set[Any]]:
    @functools.wraps(original)
    def all_tasks(loop: asyncio.AbstractEventLoop | None = None) -> set[asyncio.Task[Any]]:
        return set(in_order(original(loop)))

    return all_tasks


def _then_ordered(original: Callable[..., None], attribute: str) -> Callable[..., None]:
    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  # it replaces one
        original(self, *args, **kwargs)
        setattr(self, attribute, OrderedSet(dict.fromkeys(getattr(self, attribute))))

    return __init__


def _inline_worker(original: Any, loop: VirtualLoop) -> Any:
    async def run_sync_in_worker_thread(
        cls: Any,
        /,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        abandon_on_cancel: bool = False,
        limiter: Any = None,
    ) -> Any:
        if asyncio.get_running_loop() is not loop:
            real = original.__get__(None, cls)
            return await real(func, args, abandon_on_cancel=abandon_on_cancel, limiter=limiter)
        await cls.checkpoint()
        async with limiter or cls.current_default_thread_limiter():
            return copy_context().run(func, *args)

    return classmethod(run_sync_in_worker_thread)


def _no_handshake(original: Any, loop: VirtualLoop) -> Any:
    async def wrap(cls: Any, /, transport_stream: Any, **options: Any) -> Any:
        if asyncio.get_running_loop() is not loop:
            return await original.__get__(None, cls)(transport_stream, **options)
        return transport_stream

    return classmethod(wrap)


def _change_asyncio(changes: Changes) -> None:
    # Both asyncio.wait and asyncio.as_completed call the global name ``set`` on what they are
    # given and start coroutines in its order. Shadowing the name in their module also reaches
    # code that imported the functions before.
    changes.set(asyncio.tasks, "set", _set_in_order)
    all_tasks = _all_tasks_of(asyncio.tasks.all_tasks)
    changes.set(asyncio.tasks, "all_tasks", all_tasks)
    changes.set(asyncio, "all_tasks", all_tasks)


def _change_anyio(changes: Changes, loop: VirtualLoop) -> None:
    # httpcore loads anyio at its first request, which would be too late. It takes 17 ms, once.
    from anyio._backends._asyncio import AsyncIOBackend  # noqa: PLC0415
    from anyio.streams.tls import TLSStream  # noqa: PLC0415

    worker = vars(AsyncIOBackend)["run_sync_in_worker_thread"]
    changes.set(AsyncIOBackend, "run_sync_in_worker_thread", _inline_worker(worker, loop))
    changes.set(TLSStream, "wrap", _no_handshake(vars(TLSStream)["wrap"], loop))


@contextmanager
def kept_inside(loop: VirtualLoop) -> Iterator[None]:
    """Keep the libraries that are loaded inside the run of ``loop``, until the block ends."""
    changes = Changes()
    try:
        _change_asyncio(changes)
        _change_anyio(changes, loop)
        for module, name, attribute in _SETS_BY_ADDRESS:
            owner = getattr(sys.modules.get(module), name, None)
            if owner is not None:
                changes.set(owner, "__init__", _then_ordered(owner.__init__, attribute))
        yield
    finally:
        changes.undo()
