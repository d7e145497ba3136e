"""Queries that come again and again with another date or id in them, worked out once.

Who polls sends the same text each time, except what stands between quotes. When a query asks only
that fields of a resource compare with such texts, all that does not depend on them is kept: the
parameters, the tree, how fields are taken out, the order. What is left is to look into the
collection and sift, one condition after the other. It finds what :func:`queries.run` finds; with a
page of a few changed orders it takes a third of the time. What does not fit goes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from peakproof.wire.message import Request, decoded
from peakproof_simulators.commercetools import moments, queries
from peakproof_simulators.commercetools.collection import Collection, LowId
from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.predicates import plan, shapes, syntax
from peakproof_simulators.commercetools.predicates.shapes import Shape
from peakproof_simulators.commercetools.predicates.syntax import Condition
from peakproof_simulators.commercetools.queries import Order, Page, Query

QUOTE: Final = "%22"
_MOST: Final = 256
"""Templates that are remembered, so that who never repeats one does not fill the memory."""

Get = Callable[[Any], Any]
Sieve = Callable[[Iterable[Any], Get, Any], list[Any]]


def _at_least(found: Iterable[Any], get: Get, value: Any) -> list[Any]:
    return [one for one in found if (held := get(one)) is not None and held >= value]


def _above(found: Iterable[Any], get: Get, value: Any) -> list[Any]:
    return [one for one in found if (held := get(one)) is not None and held > value]


def _at_most(found: Iterable[Any], get: Get, value: Any) -> list[Any]:
    return [one for one in found if (held := get(one)) is not None and held <= value]


def _below(found: Iterable[Any], get: Get, value: Any) -> list[Any]:
    return [one for one in found if (held := get(one)) is not None and held < value]


def _equal(found: Iterable[Any], get: Get, value: Any) -> list[Any]:
    return [one for one in found if get(one) == value]


def _other(found: Iterable[Any], get: Get, value: Any) -> list[Any]:
    return [one for one in found if get(one) != value]


def _among(found: Iterable[Any], get: Get, value: Any) -> list[Any]:
    return [one for one in found if get(one) in value]


SIEVES: Final[dict[str, Sieve]] = {
    ">=": _at_least, ">": _above, "<=": _at_most, "<": _below, "=": _equal, "!=": _other,
    "in": _among,
}  # fmt: skip
"""What is left of resources after a condition, by its operator."""


class Leaf(NamedTuple):
    """A field that is compared with the texts in some places (``slots``) of the query."""

    field: str
    operator: str
    get: Get
    is_moment: bool
    slots: tuple[int, ...]


class Poll(NamedTuple):
    """A query without its texts."""

    query: Query
    leaves: tuple[Leaf, ...]
    orders: list[Order]
    by_id: bool
    settled: bool

    def run(self, collection: Collection[Any], texts: list[str]) -> Page[Any] | None:
        """What the query finds with these texts, None when one of them is no date."""
        written = [[texts[slot] for slot in leaf.slots] for leaf in self.leaves]
        asked: list[list[str]] = []
        for leaf, own in zip(self.leaves, written, strict=True):
            read = [moments.of_text(text) for text in own] if leaf.is_moment else own
            known = [one for one in read if one is not None]
            if len(known) < len(own):
                return None
            asked.append(known)
        found = plan.look(
            collection, self._outline(written, asked), by_id=self.by_id, settled=self.settled
        )
        results: Iterable[Any] = found.resources
        if not found.exact and not (found.by_id and self._all_above):
            for leaf, values in zip(self.leaves, asked, strict=True):
                value = frozenset(values) if leaf.operator == "in" else values[0]
                results = SIEVES[leaf.operator](results, leaf.get, value)
        if self.orders and not (self.by_id and found.by_id):
            results = queries.arranged(results, self.orders)
        total = len(collection) if found.exact and not self.leaves else None
        return queries.page(results, self.query, total, 0.0)

    @property
    def _all_above(self) -> bool:
        """Only ids above others are asked for: in the order of ids that is found by looking."""
        return all(leaf.field == "id" and leaf.operator == ">" for leaf in self.leaves)

    def _outline(self, written: list[list[str]], asked: list[list[str]]) -> plan.Outline:
        equalities: list[tuple[tuple[str, ...], list[str], bool]] = []
        since: list[str] = []
        low: list[LowId] = []
        for leaf, own, values in zip(self.leaves, written, asked, strict=True):
            if leaf.operator in ("=", "in"):
                equalities.append(((leaf.field,), own, len(self.leaves) == 1))
            elif leaf.operator in (">", ">="):
                if leaf.field in ("lastModifiedAt", "createdAt"):
                    since.append(values[0])
                elif leaf.field == "id":
                    low.append(LowId(values[0], leaf.operator == ">"))
        return plan.Outline(
            equalities, max(since, default=None), max(low, default=None), not self.leaves
        )


class Polls:
    """The queries that one kind of resource was asked."""

    def __init__(self, structs: tuple[type[Any], ...], *, strict: bool) -> None:
        self._shape = Shape("object", structs=structs)
        self._strict = strict
        self._known: dict[tuple[str, ...], Poll | None] = {}

    def find(self, query: str) -> tuple[Poll, list[str]] | None:
        """The query without its texts, and those; None for what goes the usual way."""
        pieces = query.split(QUOTE)
        template = tuple(pieces[::2])
        known = self._known
        try:
            poll = known[template]
        except KeyError:
            if len(known) >= _MOST:
                known.clear()
            poll = known[template] = self._read(template)
        if poll is None or not len(pieces) & 1:
            return None
        texts: list[str] = []
        for piece in pieces[1::2]:
            text = decoded(piece)
            if "&" in piece or "\\" in text or '"' in text:
                return None
            texts.append(text)
        return poll, texts

    def _read(self, template: tuple[str, ...]) -> Poll | None:
        """Read a query with numbers in place of its texts."""
        numbered = template[0]
        for slot, piece in enumerate(template[1:]):
            numbered += f"{QUOTE}{slot}{QUOTE}{piece}"
        if '"' in numbered or "`" in decoded(numbered):
            return None
        try:
            query = queries.read(Request("GET", "", numbered).parameters(), strict=self._strict)
            parts = plan.conjuncts([syntax.parse(source) for source in query.where])
            orders = [queries.order(self._shape, text) for text in query.sort]
        except Refusal:
            return None
        leaves = [leaf for part in parts if (leaf := self._leaf(part)) is not None]
        slots = [slot for leaf in leaves for slot in leaf.slots]
        if query.variables or len(leaves) < len(parts) or slots != list(range(len(template) - 1)):
            return None
        return Poll(query, tuple(leaves), orders, *queries.in_order(query.sort))

    def _leaf(self, part: syntax.Node) -> Leaf | None:
        if not isinstance(part, Condition) or part.operator not in SIEVES:
            return None
        found = shapes.field(self._shape, part.field)
        if found is None or found.shape.many or found.shape.kind not in ("text", "moment"):
            return None
        operands = part.operand if part.operator == "in" else (part.operand,)
        if not all(isinstance(one, str) for one in operands):
            return None
        is_moment = found.shape.kind == "moment"
        slots = tuple([int(one) for one in operands])
        return Leaf(part.field, part.operator, found.get, is_moment, slots)
