"""Which ready task runs next: the interleavings that a run may explore.

A policy sees task steps only. Asyncio promises that plain callbacks run in the order in which
they were scheduled, and clients rely on it: shuffling them makes errors that no real run has. So
the loop hands over each run of adjacent ready steps, and keeps callbacks where they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, Protocol

from peakproof.errors import UsageError
from peakproof.virtual_time.tasks import Step

_STEP_NAMES: Final = frozenset({"task_wakeup", "TaskWakeupMethWrapper", "__step", "__wakeup"})


class Policy(Protocol):
    """Holds ready task steps and says which of them runs next."""

    explores: bool
    """False: steps run in the order in which they became ready, and the loop keeps them."""

    def add(self, step: asyncio.Handle) -> None:
        """Take a step that has become ready."""

    def take(self) -> asyncio.Handle:
        """Choose a step, give it up and return it. Called only while some are held."""

    def __len__(self) -> int:
        """How many steps are held."""


def is_step(handle: asyncio.Handle) -> bool:
    """Whether a ready handle is a step of a task, not a plain callback."""
    callback: Any = handle._callback  # type: ignore[attr-defined]  # asyncio's own
    kind = type(callback)
    if kind is FunctionType:
        return False
    if kind is BuiltinFunctionType or kind is MethodType:
        if isinstance(handle, Step):
            return True
        return isinstance(callback.__self__, asyncio.Task) and callback.__name__ in _STEP_NAMES
    return kind.__name__ == "TaskStepMethWrapper"


class InOrder:
    """Steps run in the order in which they became ready, as asyncio itself does it."""

    explores = False

    def __init__(self) -> None:
        self._steps: list[asyncio.Handle] = []

    def add(self, step: asyncio.Handle) -> None:
        """Append the step."""
        self._steps.append(step)

    def take(self) -> asyncio.Handle:
        """The oldest step."""
        return self._steps.pop(0)

    def __len__(self) -> int:
        return len(self._steps)


class Uniform:
    """Each ready step is equally likely to run next."""

    explores = True

    def __init__(self, rng: Random) -> None:
        self._draw = rng.random
        self._steps: list[asyncio.Handle] = []
        self.add = self._steps.append

    def take(self) -> asyncio.Handle:
        """A step drawn at random; none is drawn when only one is there."""
        steps = self._steps
        held = len(steps)
        if held > 1:
            chosen = int(self._draw() * held)
            steps[chosen], steps[-1] = steps[-1], steps[chosen]
        return steps.pop()

    def __len__(self) -> int:
        return len(self._steps)


class Pct:
    """Priorities with change points: finds orders of few, far apart decisions.

    Each task draws a priority when it is first held and the highest runs. At ``changes`` contests
    among the next ``horizon``, drawn beforehand, whoever would run falls to the bottom; then the
    horizon doubles, for nobody knows how long a run will be. After ``patience`` turns in which the
    held steps never ran out, those held run in order of age once: a task that spins may not
    starve the one it waits for.

    Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic
    guarantees of finding bugs", ASPLOS 2010.
    """

    explores = True

    def __init__(
        self, rng: Random, *, changes: int = 3, horizon: int = 32, patience: int = 1_000
    ) -> None:
        self._draw = rng.random
        self._sample = rng.sample
        self._changes = changes
        self._horizon = horizon
        self._patience = patience
        self._heap: list[tuple[float, int, asyncio.Handle]] = []
        self._aged: list[tuple[int, asyncio.Handle]] = []
        self._seen = 0
        self._turns = 0
        self._contests = 0
        self._bottom = 1.0
        self._points = self._next_points()

    def _next_points(self) -> frozenset[int]:
        wanted = min(self._changes, self._horizon)
        return frozenset(self._sample(range(1, self._horizon + 1), wanted))

    def add(self, step: asyncio.Handle) -> None:
        """Take the step, ranked by its task's priority (0 runs first)."""
        task: Any = step._callback.__self__  # type: ignore[attr-defined]  # is_step saw to it
        try:
            rank = task.rank
        except AttributeError:
            rank = task.rank = self._draw()
        self._seen += 1
        heappush(self._heap, (rank, self._seen, step))

    def take(self) -> asyncio.Handle:
        """The step of the task with the highest priority."""
        if self._aged:
            return self._aged.pop()[1]
        heap = self._heap
        if len(heap) == 1:
            self._turns = 0
            return heappop(heap)[2]
        self._turns += 1
        if self._turns > self._patience:
            self._turns = 0
            self._aged = sorted(((seen, step) for _, seen, step in heap), reverse=True)
            heap.clear()
            return self._aged.pop()[1]
        self._contests += 1
        if self._contests in self._points:
            _, seen, step = heappop(heap)
            self._bottom += 1.0
            step._callback.__self__.rank = self._bottom  # type: ignore[attr-defined]  # a task
            heappush(heap, (self._bottom, seen, step))
        if self._contests == self._horizon:
            self._contests = 0
            self._horizon *= 2
            self._points = self._next_points()
        return heappop(heap)[2]

    def __len__(self) -> int:
        return len(self._heap) + len(self._aged)


def _in_order(_rng: Random, _changes: int | None) -> Policy:
    return InOrder()


def _uniform(rng: Random, _changes: int | None) -> Policy:
    return Uniform(rng)


def _pct(rng: Random, changes: int | None) -> Policy:
    return Pct(rng, changes=3 if changes is None else changes)


POLICIES: Final[dict[str, Callable[[Random, int | None], Policy]]] = {
    "in_order": _in_order,
    "uniform": _uniform,
    "pct": _pct,
}
"""Every policy by the name under which a scenario or a command asks for it."""


def policy_named(name: str, rng: Random) -> Policy:
    """A fresh policy: ``in_order``, ``uniform``, ``pct`` or ``pct:5`` (5 change points).

    Raises:
        UsageError: there is no policy of that name, or the number makes no sense.
    """
    kind, _, number = name.partition(":")
    make = POLICIES.get(kind)
    if make is None or (number and kind != "pct"):
        raise UsageError(f"no policy is called {name!r}; there are {', '.join(POLICIES)}, pct:<n>")
    if not number:
        return make(rng, None)
    if not number.isdecimal():
        raise UsageError(f"policy {name!r}: the number of change points must be a whole number")
    return make(rng, int(number))
