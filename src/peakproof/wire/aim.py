"""Aiming: which calls and notifications weather and business events strike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import unquote_plus

import msgspec

from peakproof.wire.message import Request

Probability = Annotated[float, msgspec.Meta(gt=0, le=1)]
Nth = Annotated[int, msgspec.Meta(ge=1)]
When = Literal["before", "after"]


class Mention(Protocol):
    """Whether a call or a notification has a text in it."""

    def __call__(self, text: str, /) -> bool:
        """True when the text occurs."""


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where something strikes.

    ``system`` and ``operation`` are names or globs (``inventory.*``). At most one of ``nth`` (a
    number or several), ``every`` and ``probability`` chooses among the calls that fit; without
    them all are struck. ``window`` is ``(from_s, to_s)`` after trading opened, ``key`` a text
    that the call carries in its path, query or body. Calls are counted for each operation, and
    only those that window and key admit.
    """

    system: str = "*"
    operation: str = "*"
    nth: Nth | tuple[Nth, ...] = ()
    every: Annotated[int, msgspec.Meta(ge=0)] = 0
    probability: Probability | None = None
    window: tuple[float, float] | None = None
    key: str = ""

    @property
    def chooses(self) -> bool:
        """Whether it strikes some of the calls that fit, not all of them."""
        return bool(self.nth) or bool(self.every) or self.probability is not None

    def problem(self) -> tuple[str, str] | None:
        """The field that cannot be and why, None when all is well."""
        chosen = [
            name
            for name, given in (
                ("nth", self.nth),
                ("every", self.every),
                ("probability", self.probability is not None),
            )
            if given
        ]
        if len(chosen) > 1:
            return chosen[1], f"give one of nth, every and probability, not {' and '.join(chosen)}"
        if self.window is not None and not 0 <= self.window[0] < self.window[1]:
            return "window", "it must be [from_s, to_s] with 0 <= from_s < to_s"
        return None

    def names(self, system: str, operation: str) -> bool:
        """Whether system and operation are among those that are meant."""
        return fits(self.system, system) and fits(self.operation, operation)

    def admits(self, at_s: float, mentions: Mention) -> bool:
        """Whether window and key admit a call at a time after opening."""
        if self.window is not None and not self.window[0] <= at_s < self.window[1]:
            return False
        return not self.key or mentions(self.key)


def fits(pattern: str, name: str) -> bool:
    """Whether a name is the pattern or matches it as a glob."""
    return pattern in ("*", name) or fnmatchcase(name, pattern)


class Chooser:
    """Counts the calls of one operation that fit a target, and says which are struck."""

    __slots__ = ("_draw", "_nth", "_target", "seen")

    def __init__(self, target: Target, draw: Callable[[], float] | None) -> None:
        self._target = target
        nth = target.nth
        self._nth = frozenset((nth,) if isinstance(nth, int) else nth)
        self._draw = draw if target.probability is not None else None
        self.seen = 0

    def strikes(self, at_s: float, mentions: Mention) -> bool:
        """Whether this call is struck. One number is drawn for each call, whatever it is."""
        target = self._target
        lucky = True
        if self._draw is not None:
            assert target.probability is not None
            lucky = self._draw() < target.probability
        if not target.admits(at_s, mentions):
            return False
        self.seen += 1
        if self._nth:
            return self.seen in self._nth
        if target.every:
            return self.seen % target.every == 0
        return lucky


def request_mentions(request: Request) -> Mention:
    """Looks for a text in the path, the query and the body of a request."""

    def mentions(text: str) -> bool:
        return (
            text in unquote_plus(request.path)
            or text in unquote_plus(request.query)
            or text.encode() in request.body
        )

    return mentions


def notice_mentions(key: str, body: bytes) -> Mention:
    """Looks for a text in the key and the body of a notification."""
    return lambda text: text in key or text.encode() in body


@dataclass(slots=True, eq=False)
class Aim:
    """A business event aimed at calls of an operation, or at notifications (``on`` ``hook``).

    The event happens just before or just after the moment of the effect, also when weather
    keeps that call from having one. ``times`` limits how often (0: no limit).
    """

    target: Target
    action: Callable[[], None]
    when: When = "after"
    on: Literal["call", "hook"] = "call"
    times: int = 1
    fired: int = 0

    def fire(self) -> None:
        """The event happens, unless it has happened often enough."""
        if self.times and self.fired >= self.times:
            return
        self.fired += 1
        self.action()


def aim(
    action: Callable[[], None],
    *,
    system: str,
    operation: str,
    when: When = "after",
    on: Literal["call", "hook"] = "call",
    times: int = 1,
    **where: Any,
) -> Aim:
    """An aim in one line; ``where`` takes ``nth``, ``every``, ``probability``, ``key``, ``window``.

    Raises:
        msgspec.ValidationError: a field is unknown or has the wrong type.
    """
    target = msgspec.convert({"system": system, "operation": operation, **where}, Target)
    return Aim(target, action, when, on, times)
