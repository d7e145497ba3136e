"""Tasks, futures and timers of a virtual run: ordered by number, never by address.

Sets of tasks and futures are iterated by asyncio and by its users; the default hash is an address
and differs from process to process. Here the hash is a number that counts per loop, so that such
sets iterate in the same order in every process that does the same.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from asyncio.format_helpers import _format_callback_source
from collections.abc import Iterable, Iterator
from contextlib import suppress
from contextvars import Context, copy_context
from types import CodeType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import simpy
from simpy.events import Event

from peakproof.errors import ConnectorError, Deadlock
from peakproof.virtual_time.lives import Life

if TYPE_CHECKING:
    from peakproof.virtual_time.loop import VirtualLoop

T = TypeVar("T")

_ASYNCIO_FOLDER: Final = os.path.dirname(asyncio.__file__) + os.sep

_HINT: Final = (
    "Hint: a request, a lock or a queue that nobody will answer ends like this. A connector that "
    "waits for an answer without a timeout waits for ever when the wire loses it."
)


_MOST_CLOSINGS: Final = 10

_LATEST_START_S: Final = 1e8
"""Past this, one unit in the last place of a time exceeds 10 ns, and short waits lose meaning."""


class Livelock(Deadlock):
    """Time stands still: callbacks keep each other ready and never wait."""


class NumberedFuture(asyncio.Future[T]):
    """A future whose hash is the number it draws from its loop when first hashed."""

    __slots__ = ("_number",)

    _number: int

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            loop: VirtualLoop = self.get_loop()  # type: ignore[assignment]  # only it makes these
            self._number = number = next(loop.numbers)
            return number


class NumberedTask(asyncio.Task[T]):
    """A task whose hash is a number, given to it before asyncio hashes it, which it does at once.

    ``rank`` is where an interleaving policy puts it, ``life`` the process that it belongs to.
    """

    __slots__ = ("_number", "life", "rank")

    _number: int
    life: Life | None
    rank: float

    def __hash__(self) -> int:
        return self._number


class Ready(msgspec.Struct):
    """What is ready to run: an ``asyncio.Handle`` to all who use one, at a quarter of its cost."""

    _callback: Any
    _args: tuple[Any, ...]
    _context: Context
    _cancelled: bool = False

    def cancel(self) -> None:
        """Do not run it any more, and let go of what it was for."""
        self._cancelled = True
        self._callback, self._args = None, ()

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._cancelled

    def __repr__(self) -> str:
        return f"<Ready{' cancelled' * self._cancelled} {self._told()}>"

    def _told(self) -> str:
        told: str = _format_callback_source(self._callback, self._args)
        return told

    def _run(self) -> None:
        try:
            self._context.run(self._callback, *self._args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # as asyncio does it: it is the loop's, not the runner's
            told = {"message": f"Exception in callback {self._told()}", "exception": error}
            asyncio.get_running_loop().call_exception_handler({**told, "handle": self})


class Step(Ready):
    """A step of what is no task: its callback is a method of what has a ``rank``."""


class Timer(asyncio.TimerHandle):
    """An asyncio timer that stands in SimPy's queue as an event.

    Written out, for asyncio asks its loop twice for every timer whether it debugs.
    """

    __slots__ = ()

    _ok = True

    def __init__(
        self, when: float, callback: Any, args: Any, loop: VirtualLoop, context: Context | None
    ) -> None:
        self._when = when
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = copy_context() if context is None else context
        self._cancelled = self._scheduled = False
        self._repr = self._source_traceback = None

    def cancel(self) -> None:
        """Do not ring any more."""
        if not self._cancelled:
            self._loop._timer_handle_cancelled(self)
            self._cancelled = True
            self._callback, self._args = None, ()

    @property
    def callbacks(self) -> list[Any]:
        """For ``Environment.step``: what happens at the time is that the handle gets ready."""
        return [self._ring]

    @callbacks.setter
    def callbacks(self, _none: None) -> None:
        """SimPy marks an event as processed so; a timer needs no mark."""

    def _ring(self, _event: object) -> None:
        loop: Any = self._loop
        self._scheduled = False
        if not self.cancelled():
            loop._ready.append(self)


OWN_ENTRIES: Final = frozenset({asyncio.Future, Ready, Step, Timer})
"""What stands in SimPy's queue and is no event of SimPy's."""


class AsyncGenerators:
    """Weak references to async generators in the order in which they were first iterated."""

    def __init__(self) -> None:
        self._held: dict[int, weakref.ref[Any]] = {}

    def add(self, generator: Any) -> None:
        """Hold the generator until it is discarded or collected."""
        key = id(generator)
        self._held[key] = weakref.ref(generator, lambda _gone: self._held.pop(key, None))

    def discard(self, generator: Any) -> None:
        """Let go of the generator."""
        self._held.pop(id(generator), None)

    def clear(self) -> None:
        """Let go of all."""
        self._held.clear()

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Any]:
        found = (reference() for reference in list(self._held.values()))
        return (generator for generator in found if generator is not None)


def in_order(tasks: Iterable[asyncio.Task[Any]]) -> list[asyncio.Task[Any]]:
    """Tasks by number; those that the loop did not make come last, by name."""
    own: list[asyncio.Task[Any]] = []
    others: list[asyncio.Task[Any]] = []
    for task in tasks:
        (own if isinstance(task, NumberedTask) else others).append(task)
    return sorted(own, key=hash) + sorted(others, key=lambda task: task.get_name())


def pending_tasks(loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[Any]]:
    """The loop's tasks that are not done, by number."""
    return in_order(asyncio.all_tasks(loop))


def _frames(coroutine: Any) -> Iterator[tuple[CodeType, int]]:
    """Code and line of each suspended frame, from the task's own coroutine inwards."""
    while coroutine is not None:
        for kind in ("cr", "gi", "ag"):
            frame = getattr(coroutine, f"{kind}_frame", None)
            if frame is not None:
                yield frame.f_code, frame.f_lineno
                inner = "gi_yieldfrom" if kind == "gi" else f"{kind}_await"
                coroutine = getattr(coroutine, inner, None)
                break
        else:
            return


def _place(code: CodeType, line: int) -> str:
    folder, name = os.path.split(code.co_filename)
    return f"{os.path.basename(folder)}/{name}:{line} in {code.co_name}"


def waiting_at(task: asyncio.Task[Any]) -> str:
    """The line at which a task waits, in the innermost code that is not asyncio's own."""
    frames = list(_frames(task.get_coro()))
    if not frames:
        return "not started"
    own = [frame for frame in frames if not frame[0].co_filename.startswith(_ASYNCIO_FOLDER)]
    place = _place(*(own or frames)[-1])
    if own and frames[-1] != own[-1]:
        place += f" ({_place(*frames[-1])})"
    return place


def describe(tasks: Iterable[asyncio.Task[Any]], *, at_most: int = 20) -> str:
    """One line a task: its name, its coroutine, the line at which it waits."""
    lines: list[str] = []
    listed = list(tasks)
    for task in listed[:at_most]:
        coroutine: Any = task.get_coro()
        called = getattr(coroutine, "__qualname__", type(coroutine).__name__)
        lines.append(f"  {task.get_name()}  {called}  waits at {waiting_at(task)}")
    if len(listed) > at_most:
        lines.append(f"  and {len(listed) - at_most} more")
    return "\n".join(lines)


def is_over(event: Event | Timer | Ready | asyncio.Future[None]) -> bool:
    """Whether an entry of SimPy's queue is a timer or a wait that was cancelled."""
    kind = type(event)
    if kind is Timer or kind is Ready:
        return event._cancelled  # type: ignore[union-attr]  # a Timer or a Ready
    return kind is asyncio.Future and event.done()  # type: ignore[union-attr]  # a wait


def deadlock(loop: asyncio.AbstractEventLoop) -> Deadlock:
    """The error for a loop that has nothing left to wait for."""
    waiting = pending_tasks(loop)
    return Deadlock(
        f"nothing is left that could happen at t={loop.time():.3f} s, and {len(waiting)} "
        f"{'task still waits' if len(waiting) == 1 else 'tasks still wait'}:\n"
        f"{describe(waiting)}\n{_HINT}"
    )


def livelock(loop: asyncio.AbstractEventLoop, rounds: int) -> Livelock:
    """The error for a loop in which something was ready for so many rounds on end."""
    busy = pending_tasks(loop)
    return Livelock(
        f"time stands still at t={loop.time():.3f} s: something was ready {rounds:,} times in a "
        f"row, and {len(busy)} {'task is' if len(busy) == 1 else 'tasks are'} alive:\n"
        f"{describe(busy)}\nHint: a loop polls without waiting; let it await an event or a sleep."
    )


def unfit(env: simpy.Environment) -> str:
    """Why a virtual loop cannot live in an environment; empty if it can."""
    kind = type(env)
    if kind.step is not simpy.Environment.step or kind.schedule is not simpy.Environment.schedule:
        return f"a virtual loop needs a plain simpy.Environment, not {kind!r}"
    if not 0 <= env.now < _LATEST_START_S:
        return f"run time starts near 0, not at {env.now!r}; dates are an offset"
    return ""


def bury(tasks: Iterable[asyncio.Task[Any]]) -> dict[asyncio.Task[Any], None]:
    """Take tasks out of asyncio's books, for a loop that will never run them again."""
    dead: dict[asyncio.Task[Any], None] = {}
    for task in tasks:
        if not task.done():
            dead[task] = None
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # it is meant so
            asyncio._unregister_task(task)
    return dead


def close_dead(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Close the coroutines of buried tasks; what they still want to do is nobody's any more."""
    for task in tasks:
        coroutine: Any = task.get_coro()
        for _ in range(_MOST_CLOSINGS):  # each await in a ``finally`` has to be closed, too
            with suppress(BaseException):
                coroutine.close()
                break


def end_tasks(loop: asyncio.AbstractEventLoop, grace_s: float) -> None:
    """Cancel what is alive, three times at most, and close the async generators.

    Raises:
        ConnectorError: a task is alive after that.
    """
    for _ in range(3):
        tasks = pending_tasks(loop)
        if not tasks:
            break
        loop.run_until_complete(_cancel(loop, tasks, grace_s))
    else:
        stubborn = [task for task in pending_tasks(loop) if not task.done()]
        for task in stubborn:
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # it is told here
        if stubborn:
            raise ConnectorError(f"cancelled three times and still alive:\n{describe(stubborn)}")
    loop.run_until_complete(loop.shutdown_asyncgens())


async def _cancel(
    loop: asyncio.AbstractEventLoop, tasks: list[asyncio.Task[Any]], grace_s: float
) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=grace_s)
    for task in tasks:
        error = None if not task.done() or task.cancelled() else task.exception()
        if error is not None:
            told = {"message": "a task failed while it was cancelled", "exception": error}
            loop.call_exception_handler({**told, "task": task})
