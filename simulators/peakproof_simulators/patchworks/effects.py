"""What a running flow asks of whoever moves it, and how it is moved.

A flow is a generator: it yields what it waits for and is resumed with the outcome. So the same
interpreter runs on an event loop, inside a run in virtual time, and in a test without either.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec


class Wait(NamedTuple):
    """Let so many seconds pass."""

    seconds: float


class Answer(msgspec.Struct, frozen=True):
    """What a system answered; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Ask(NamedTuple):
    """Send a request; resumed with an :class:`Answer`, or with an ``OSError`` thrown in."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    timeout_s: float


class Gate:
    """Lets so many in at a time; 0: everybody. Who has the lowest rank goes before others."""

    __slots__ = ("_number", "_waiting", "inside", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self.inside = 0
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._number = 0

    def line_up(self, rank: int, come_in: Callable[[], None]) -> None:
        """Wait, behind all who have that rank or a lower one."""
        self._number += 1
        heappush(self._waiting, (rank, self._number, come_in))

    def leave(self) -> None:
        """Somebody goes out; who is next comes in instead."""
        if self._waiting:
            heappop(self._waiting)[2]()
        else:
            self.inside -= 1


class Enter(NamedTuple):
    """Wait until a gate lets one in."""

    gate: Gate
    rank: int = 0


Effect = Wait | Ask | Enter
R = TypeVar("R")
Doing = Generator[Effect, Any, R]
"""Work that waits now and then, and gives an ``R`` in the end."""


class Hands(Protocol):
    """Whoever moves flows: passes time, carries calls, tells people."""

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do something after so many seconds."""

    def ask(
        self, asked: Ask, done: Callable[[Answer], None], failed: Callable[[OSError], None]
    ) -> None:
        """Send a request."""

    def tell(self, key: str, kind: str, owner: str, reason: str) -> None:
        """Send a mail; in a rehearsal, to the exception desk."""

    def broken(self, error: Exception) -> None:
        """Something inside the interpreter is wrong."""


class Motion:
    """Moves one piece of work from effect to effect until it is done."""

    __slots__ = ("_done", "_hands", "_work")

    def __init__(self, work: Doing[R], hands: Hands, done: Callable[[R], None]) -> None:
        self._work = work
        self._hands = hands
        self._done: Callable[[Any], None] = done

    def go(self, value: object = None) -> None:
        """Resume with an outcome."""
        self._on(lambda: self._work.send(value))

    def fail(self, error: OSError) -> None:
        """Resume with an error."""
        self._on(lambda: self._work.throw(error))

    def _on(self, resume: Callable[[], Effect]) -> None:
        try:
            while True:
                effect = resume()
                if isinstance(effect, Ask):
                    return self._hands.ask(effect, self.go, self.fail)
                if isinstance(effect, Wait):
                    return self._hands.later(effect.seconds, self.go)
                gate = effect.gate
                if gate.most and gate.inside >= gate.most:
                    return gate.line_up(effect.rank, lambda: self._hands.later(0.0, self.go))
                gate.inside += 1
                resume = lambda: self._work.send(None)  # noqa: E731  # the next turn of the loop
        except StopIteration as end:
            self._done(end.value)
        except Exception as error:
            self._hands.broken(error)
