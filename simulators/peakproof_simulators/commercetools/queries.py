"""Queries: predicate, order, page, total, and references written out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.errors import malformed
from peakproof_simulators.commercetools.payloads.common import Resource
from peakproof_simulators.commercetools.predicates import plan, shapes, syntax
from peakproof_simulators.commercetools.predicates.compiled import Ask, Compiler
from peakproof_simulators.commercetools.predicates.shapes import Shape

R = TypeVar("R", bound=Resource)

DEFAULT_LIMIT: Final = 20
MOST_LIMIT: Final = 500
MOST_OFFSET: Final = 10000
EXPANSION: Final = r"^[A-Za-z_][A-Za-z0-9_.*\[\]-]*$"
_EXPANSION: Final = re.compile(EXPANSION)


class Query(msgspec.Struct):
    """A query's parameters, read; ``variables`` are the ``var.…`` ones by name."""

    where: list[str]
    sort: list[str]
    expand: list[str]
    variables: dict[str, list[str]]
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    with_total: bool = True


class Page(NamedTuple, Generic[R]):
    """What a query found; ``total`` is None when it was not asked for."""

    results: list[R]
    total: int | None


def read(parameters: Iterable[tuple[str, str]], *, strict: bool) -> Query:
    """The parameters of a query.

    Raises:
        Refusal: a number is out of range, or (``strict``) a parameter is not one.
    """
    query = Query(where=[], sort=[], expand=[], variables={})
    for name, value in parameters:
        if name == "where":
            query.where.append(value)
        elif name == "limit":
            query.limit = _number(name, value, MOST_LIMIT)
        elif name == "sort":
            query.sort.append(value)
        elif name == "expand":
            check_expansion([value])
            query.expand.append(value)
        elif name == "withTotal":
            query.with_total = _flag(name, value)
        elif name == "offset":
            query.offset = _number(name, value, MOST_OFFSET)
        elif name.startswith("var."):
            query.variables.setdefault(name[4:], []).append(value)
        elif strict:
            raise malformed(name, "This endpoint has no such parameter.")
    return query


def _number(name: str, value: str, most: int) -> int:
    digits = value.lstrip("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise malformed(name, f"The value '{value}' is not a number.")
    if not 0 <= int(value) <= most:
        raise malformed(name, f"The {name} parameter must be in the range of [0..{most}]")
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):  # one of the vendor's clients writes True
        raise malformed(name, f"The value '{value}' is not true or false.")
    return value.lower() == "true"


@lru_cache(maxsize=1024)
def _tree(source: str) -> syntax.Node:
    return syntax.parse(source)


class Order(NamedTuple):
    """One sort expression. ``alike``: its values are of one type, or absent."""

    key: Callable[[Any], Any]
    descending: bool
    alike: bool


def run(
    collection: Collection[R],
    kind: type[R],
    query: Query,
    *,
    structs: tuple[Any, ...],
    lag_s: float,
) -> Page[R]:
    """What a query finds in a collection, as it was ``lag_s`` seconds ago.

    Raises:
        Refusal: a predicate or a sort expression is wrong.
    """
    shape = Shape("object", structs=structs or (kind,))
    nodes = [_tree(source) for source in query.where]
    compiler = Compiler(shape, query.variables)
    asks = [compiler.whole(node) for node in nodes]
    orders = [order(shape, text) for text in query.sort]
    by_id, settled = in_order(query.sort)
    found = plan.plan(collection, nodes, query.variables, by_id=by_id, settled=settled)
    if lag_s > 0:
        results: Iterable[R] = _as_of(collection, found.resources, asks, lag_s)
    elif found.exact:
        results = found.resources
    else:
        results = (one for one in found.resources if _all(asks, one))
    if orders and not (by_id and found.by_id and lag_s == 0):
        results = arranged(results, orders)
    return page(results, query, len(collection) if found.exact and not nodes else None, lag_s)


def in_order(sort: list[str]) -> tuple[bool, bool]:
    """Whether a sort is by ids alone, and whether it leaves no two alike."""
    return sort in (["id asc"], ["id"]), any(text.split()[0] == "id" for text in sort)


def _all(asks: list[Ask], resource: Any) -> bool:
    return all(ask(resource) for ask in asks)


def _as_of(
    collection: Collection[R], resources: Iterable[R], asks: list[Ask], lag_s: float
) -> Iterable[R]:
    """The past state: what changed since is taken as it was, the rest as it is."""
    differences = collection.timeline.differences(lag_s)
    for resource in resources:
        if resource.id not in differences and _all(asks, resource):
            yield resource
    for before in reversed(differences.values()):
        if before is not None and _all(asks, before):
            yield before


def page(results: Iterable[R], query: Query, known_total: int | None, lag_s: float) -> Page[R]:
    """The part of the results that a query wants; ``known_total`` need not be counted."""
    start, end = query.offset, query.offset + query.limit
    if query.with_total and (known_total is None or lag_s > 0):
        listed = list(results)
        return Page(listed[start:end], len(listed))
    window = list(islice(results, start, end)) if query.limit else []
    return Page(window, known_total if query.with_total else None)


@lru_cache(maxsize=1024)
def order(shape: Shape, text: str) -> Order:
    """A sort expression, read.

    Raises:
        Refusal: it is wrong, or nothing can be sorted by it.
    """
    words = text.split()
    if not words or len(words) > 2 or (len(words) == 2 and words[1] not in ("asc", "desc")):
        raise malformed("sort", f"Syntax error while parsing 'sort': '{text}'.")
    steps: list[Callable[[Any], Any]] = []
    for name in words[0].split("."):
        found = shapes.field(shape, name)
        if found is None or found.shape.many:
            raise malformed("sort", f"The field '{name}' does not exist.")
        steps.append(found.get)
        shape = found.shape
    if shape.kind in ("object", "map"):
        raise malformed("sort", f"The field '{words[0]}' cannot be sorted by.")

    def deep(resource: Any) -> Any:
        value = resource
        for step in steps:
            if value is None:
                break
            value = step(value)
        return value

    key = steps[0] if len(steps) == 1 else deep
    return Order(key, words[-1] == "desc", shape.kind != "any")


def arranged(results: Iterable[R], orders: list[Order]) -> list[R]:
    """Sorted by the first expression, then the second …; what lacks a value comes last."""
    listed = list(results)
    if len(listed) < 2:
        return listed
    for order in reversed(orders):
        if order.alike and None not in [order.key(one) for one in listed]:
            listed.sort(key=order.key, reverse=order.descending)
            continue
        have = [(order.key(one), one) for one in listed]
        with_value = [pair for pair in have if pair[0] is not None]
        with_value.sort(key=_comparable, reverse=order.descending)
        listed = [one for _, one in with_value] + [one for value, one in have if value is None]
    return listed


def _comparable(pair: tuple[Any, Any]) -> tuple[str, Any]:
    value = pair[0]
    if isinstance(value, (bool, int, float)):
        return ("number", value)
    return ("text", str(value))


# --- expansion ----------------------------------------------------------------------------


def check_expansion(paths: Iterable[str]) -> None:
    """Refuse what cannot be a path.

    Raises:
        Refusal: one does not begin with a name.
    """
    for path in paths:
        if _EXPANSION.match(path) is None:
            raise malformed("expand", f"The value '{path}' is not an expansion path.")


Lookup = Mapping[str, Callable[[str], Any]]


def expanded(resource: msgspec.Struct, paths: Iterable[str], lookup: Lookup) -> dict[str, Any]:
    """The resource with references written out; ``lookup`` finds an object by type and id.

    A path is dotted (``paymentInfo.payments[*]``); one that leads nowhere changes nothing, as
    with the vendor.
    """
    plain: dict[str, Any] = msgspec.to_builtins(resource)
    for path in paths:
        _expand(plain, [step for step in path.replace("[*]", "").split(".") if step], lookup)
    return plain


def _expand(holder: Any, steps: list[str], lookup: Lookup) -> None:
    if isinstance(holder, (list, tuple)):
        for item in holder:
            _expand(item, steps, lookup)
        return
    if not isinstance(holder, dict):
        return
    if "typeId" in holder and "id" in holder:
        if "obj" not in holder:
            find = lookup.get(holder["typeId"])
            found = find(holder["id"]) if find is not None else None
            if found is not None:
                holder["obj"] = msgspec.to_builtins(found)
        holder = holder.get("obj")
        if holder is None:
            return
    if steps:
        _expand(holder.get(steps[0]), steps[1:], lookup)
