"""Processes inside a run: what belongs to one, and how it is killed.

A rehearsed connector is a process of its own, although it shares the loop with the harness. What
it starts inherits its :class:`Life` as its context; when the life is over, nothing of it ever runs
again, not even to clean up, as after ``kill -9``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final


class Life:
    """One life of a process inside a run, from its start to its end.

    ``context`` is what its first task runs in. ``steps_left`` counts the task steps until
    ``last`` is called instead of the next one; 0 is never.
    """

    __slots__ = ("context", "last", "over", "steps_left")

    def __init__(self) -> None:
        self.context = copy_context()
        self.context.run(LIFE.set, self)
        self.over = False
        self.steps_left = 0
        self.last: Callable[[], None] | None = None

    def call_at_step(self, steps: int, call: Callable[[], None]) -> None:
        """Call in the place of the n-th step from now that a task of this life would make."""
        self.steps_left = steps
        self.last = call


LIFE: Final[ContextVar[Life | None]] = ContextVar("peakproof_life", default=None)
"""Whose code runs; None is the harness itself."""


def life_of(handle: asyncio.Handle) -> Life | None:
    """The life that a ready handle belongs to."""
    context: Any = handle._context  # type: ignore[attr-defined]  # asyncio's own
    life: Life | None = context.get(LIFE)
    return life


def outside() -> Context:
    """A context for what the harness does although a connector's call set it off."""
    return Context()
