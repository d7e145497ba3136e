"""What goes on step by step as a task does, without being one: a chain of callbacks.

A task costs a coroutine, a place in asyncio's books and a future for each wait. Where the harness
itself waits a hundred thousand times, it says what comes next instead. To a policy and to whoever
counts what is ready, a step of a course is a step of a task: both take the same turns.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from heapq import heappush
from typing import TYPE_CHECKING, Any

from simpy.events import NORMAL

from peakproof.virtual_time.tasks import Ready, Step

if TYPE_CHECKING:
    import asyncio

    from peakproof.virtual_time.loop import VirtualLoop


class Course:
    """The root of courses: ``step`` runs each of their steps, ``rank`` is where a policy puts them.

    All courses of one kind share a context, so what a step does must not set context variables.
    """

    __slots__ = ("_context", "_loop", "rank")

    rank: float

    def __init__(self, loop: VirtualLoop, context: Context) -> None:
        self._loop = loop
        self._context = context

    def step(self, act: Callable[[], None]) -> None:
        """Make a step."""
        act()

    def soon(self, act: Callable[[], None]) -> None:
        """Make a step as soon as all that is ready now has run."""
        self._loop._ready.append(Step(self.step, (act,), self._context))

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Make a step in so many seconds."""
        self._push(seconds, Step(self.step, (act,), self._context))

    def bell(self, seconds: float, ring: Callable[[], None]) -> Ready:
        """Call back in so many seconds unless what is given here is cancelled before."""
        bell = Ready(ring, (), self._context)
        self._push(seconds, bell)
        return bell

    def finish(self) -> None:
        """The last step is made: a policy that explores sees a task end."""
        if self._loop.policy.explores:
            self._loop.call_soon(_nothing, context=self._context)

    def go_on_as(self, task: asyncio.Task[Any]) -> None:
        """Go on as a task that was made in this step: its first step is the rest of this one."""
        if hasattr(self, "rank"):
            task.rank = self.rank  # type: ignore[attr-defined]  # a NumberedTask
        self._loop._ready.pop()._run()

    def _push(self, seconds: float, ready: Ready) -> None:
        loop = self._loop
        heappush(loop._queue, (loop.env._now + seconds, NORMAL, next(loop._event_ids), ready))


def _nothing() -> None:
    """A turn among what is ready."""
