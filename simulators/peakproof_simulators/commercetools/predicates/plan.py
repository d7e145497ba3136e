"""Which resources a predicate can be about at all: the indexes that answer it quickly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from peakproof_simulators.commercetools import moments
from peakproof_simulators.commercetools.collection import Collection, LowId
from peakproof_simulators.commercetools.payloads.common import Resource
from peakproof_simulators.commercetools.predicates.compiled import Variables
from peakproof_simulators.commercetools.predicates.syntax import (
    All,
    Condition,
    Nested,
    Node,
    Variable,
)

R = TypeVar("R", bound=Resource)
Path = tuple[str, ...]


class Plan(NamedTuple):
    """Where to look. ``exact``: whatever is there fits, the predicate need not be asked."""

    resources: Iterable[Any]
    exact: bool = False
    by_id: bool = False


class Outline(NamedTuple):
    """What of a predicate an index can answer.

    ``equalities`` are paths that must equal one of some values, the flag says that nothing else
    is asked; ``since`` and ``low`` are the lower bounds of the last change (or the creation) and
    of the id; ``open`` is a predicate that asks nothing.
    """

    equalities: Iterable[tuple[Path, list[str], bool]]
    since: str | None
    low: LowId | None
    open: bool


def conjuncts(nodes: Iterable[Node]) -> list[Node]:
    """The conditions that must all hold."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, All):
            found.extend(conjuncts(node.parts))
        else:
            found.append(node)
    return found


def plan(
    collection: Collection[R],
    nodes: list[Node],
    variables: Variables,
    *,
    by_id: bool,
    settled: bool = False,
) -> Plan:
    """The cheapest way to what may fit. ``by_id``: the caller wants it in the order of ids.
    ``settled``: the caller brings it into an order of its own, in which no two are alike."""
    parts = conjuncts(nodes)
    outline = Outline(
        equalities=[
            (path, values, whole and len(parts) == 1)
            for part in parts
            for path, values, whole in _equalities(part, (), variables)
        ],
        since=_since(parts, variables),
        low=_low_id(parts, variables),
        open=not parts,
    )
    return look(collection, outline, by_id=by_id, settled=settled)


def look(collection: Collection[R], outline: Outline, *, by_id: bool, settled: bool) -> Plan:
    """The same, for an outline."""
    best = _narrowest(collection, outline)
    since = outline.since
    if best is not None:
        # Who polls for changes of some states: those states hold more and more in a long run.
        size, path, values, exact = best
        if settled and since is not None:
            fresh = collection.changed_lately(since, most=size)
            if fresh is not None:
                return Plan(fresh)
        return Plan(_having(collection, path, values), exact)
    if since is not None:
        return Plan(collection.changed_since(since))
    if by_id or outline.low is not None:
        return Plan(collection.by_ids(outline.low), by_id=True)
    return Plan(collection.by_id.values(), exact=outline.open)


def _narrowest(
    collection: Collection[R], outline: Outline
) -> tuple[int, Path, list[str], bool] | None:
    """The index with the fewest: how many, its path and values, and whether they all fit."""
    best: tuple[int, Path, list[str], bool] | None = None
    for path, values, exact in outline.equalities:
        if path == ("id",):
            size = sum([id in collection.by_id for id in values])
        elif collection.indexed(path):
            size = sum([len(collection.having(path, value)) for value in dict.fromkeys(values)])
        else:
            continue
        if best is None or size < best[0]:
            best = size, path, values, exact
    return best


def _having(collection: Collection[R], path: Path, values: list[str]) -> list[R]:
    by_id = collection.by_id
    if path == ("id",):
        return [by_id[id] for id in values if id in by_id]
    if len(values) == 1:
        return [by_id[id] for id in collection.having(path, values[0])]
    return [by_id[id] for value in dict.fromkeys(values) for id in collection.having(path, value)]


def _equalities(
    node: Node, path: Path, variables: Variables
) -> Iterator[tuple[Path, list[str], bool]]:
    """Paths that must equal one of some values; the flag says that nothing else is asked."""
    if isinstance(node, Nested):
        inner = node.inner.parts if isinstance(node.inner, All) else (node.inner,)
        for part in inner:
            for deep, values, whole in _equalities(part, (*path, node.field), variables):
                yield deep, values, whole and len(inner) == 1
    elif isinstance(node, Condition) and node.operator in ("=", "in"):
        operands = node.operand if node.operator == "in" else (node.operand,)
        texts = _texts(operands, variables, every=node.operator == "in")
        if texts is not None:
            yield (*path, node.field), texts, True


def _texts(operands: tuple[Any, ...], variables: Variables, *, every: bool) -> list[str] | None:
    found: list[str] = []
    for operand in operands:
        if isinstance(operand, Variable):
            bound = variables.get(operand.name, [])
            found.extend(bound if every else bound[-1:])
        elif isinstance(operand, str):
            found.append(operand)
        else:
            return None
    return found


def _since(parts: list[Node], variables: Variables) -> str | None:
    bounds = _lower_bounds(parts, ("lastModifiedAt", "createdAt"), variables)
    return max((moments.of_text(text) or "" for text, _operator in bounds), default=None)


def _low_id(parts: list[Node], variables: Variables) -> LowId | None:
    bounds = _lower_bounds(parts, ("id",), variables)
    return max((LowId(text, operator == ">") for text, operator in bounds), default=None)


def _lower_bounds(
    parts: list[Node], names: tuple[str, ...], variables: Variables
) -> Iterator[tuple[str, str]]:
    """What some fields must not be below, with the operator that says so."""
    for part in parts:
        if isinstance(part, Condition) and part.field in names and part.operator in (">", ">="):
            found = _texts((part.operand,), variables, every=False)
            if found:
                yield found[0], part.operator
