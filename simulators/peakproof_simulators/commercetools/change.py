"""A change to one resource: worked out first, then carried out in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from peakproof_simulators.commercetools.payloads.carts import CartWarning
from peakproof_simulators.commercetools.payloads.common import Resource
from peakproof_simulators.commercetools.payloads.messages import Message

R = TypeVar("R", bound=Resource)
S = TypeVar("S", bound=msgspec.Struct)


def changed(before: S, **fields: Any) -> S:
    """A struct with other fields; the same object when nothing is different."""
    after = msgspec.structs.replace(before, **fields)
    return before if after == before else after


class Holdings:
    """What a change to a cart will hold of the stock (``ReserveOnCart``), and its warnings.

    ``held`` counts units by inventory entry, ``staged`` is a cell and a reservation by line.
    """

    __slots__ = ("held", "staged", "warnings")

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self.staged: dict[str, Any] = {}
        self.warnings: list[CartWarning] = []


class Change(Generic[R]):
    """What a create or an update request will do, unless somebody objects.

    Rules only write into it; ``effects`` (stock, links, facts) run when it is carried out, after
    the resource is stored; then its messages are written, then ``last`` runs. ``checks`` run
    again before all that when time has passed in between, which happens only while an API
    extension is asked.
    """

    __slots__ = (
        "after", "before", "checks", "effects", "holdings", "last", "notes", "stock", "version",
    )  # fmt: skip

    def __init__(self, before: R | None, after: R) -> None:
        self.before = before
        self.after = after
        self.version = after.version
        self.notes: list[tuple[type[Message], int, dict[str, Any], str]] = []
        self.effects: list[Callable[[R], None]] = []
        self.checks: list[Callable[[], None]] = []
        self.last: Callable[[R], None] | None = None
        self.stock: tuple[tuple[str, int], ...] = ()
        self.holdings: Holdings | None = None

    @property
    def holding(self) -> Holdings:
        """What the change will hold; made when it is first asked for."""
        if self.holdings is None:
            self.holdings = Holdings()
        return self.holdings

    def say(self, message: type[Message], **fields: Any) -> None:
        """Note a message of the update action that is being applied."""
        self.notes.append((message, self.version + 1, fields, ""))

    def say_whole(self, message: type[Message], field: str, **fields: Any) -> None:
        """Note a message that carries the whole resource, as stored, in ``field``."""
        self.notes.append((message, self.version, fields, field))

    def effect(self, act: Callable[[R], None]) -> None:
        """Do something as soon as the resource is stored."""
        self.effects.append(act)

    def done(self) -> None:
        """Let go of what was done: a rule's effects often hold the change, a ring of garbage."""
        self.effects.clear()
        self.last = None
