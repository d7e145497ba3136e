"""Pages and windows of lists, and the tests that filters share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from graphql import GraphQLError

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

T = TypeVar("T")
Where = Mapping[str, Any]
MOST: Final = 200
"""Entries of a page."""


def paged(found: Iterable[Any], limit: int | None, page: int | None = 1) -> list[Any]:
    """A page of a list.

    Raises:
        GraphQLError: the limit is not from 1 to 200, or the page below 1.
    """
    limit, page = 20 if limit is None else limit, 1 if page is None else page
    if not 1 <= limit <= MOST:
        raise GraphQLError(f"limit must be between 1 and {MOST}, got {limit}")
    if page < 1:
        raise GraphQLError(f"page must be at least 1, got {page}")
    return list(islice(found, (page - 1) * limit, page * limit))


def within(centra: Centra, bounds: Where | None, at_s: float) -> bool:
    """Whether a time lies in a range of dates, both ends included."""
    if not bounds:
        return True
    first, last = bounds.get("from"), bounds.get("to")
    seconds = centra.world.clock.seconds
    return (first is None or at_s >= seconds(first)) and (last is None or at_s <= seconds(last))


def among(wanted: Iterable[Any] | None, value: Any) -> bool:
    """Whether a value is among those that are wanted; all are when none are named."""
    return wanted is None or value in wanted


def _size(first: int | None, last: int | None) -> int:
    size = first if first is not None else last
    if size is None or (first is not None and last is not None):
        raise GraphQLError("Exactly one of first and last should be provided.")
    if not 1 <= size <= MOST:
        raise GraphQLError(f"first and last must be between 1 and {MOST}, got {size}")
    return size


def _edges(
    found: list[tuple[str, Any]], count: Callable[[], int], *, before: bool, after: bool
) -> dict[str, Any]:
    """A connection: entries by cursor, whether there are more, and how many in all (counted only
    for who asks)."""
    info = {
        "hasPreviousPage": before,
        "hasNextPage": after,
        "startCursor": found[0][0] if found else None,
        "endCursor": found[-1][0] if found else None,
    }
    edges = [{"cursor": cursor, "node": one} for cursor, one in found]
    return {"count": count, "pageInfo": info, "edges": edges}


def connection(
    found: list[Any], key: Callable[[Any], int], *, first: int | None = None,
    after: str | None = None, last: int | None = None, before: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A window on a list in the way of Relay; a cursor is an entry's own number.

    Raises:
        GraphQLError: none or both of first and last, one out of bounds, or an unknown cursor.
    """
    size = _size(first, last)
    places = {str(key(entity)): at for at, entity in enumerate(found)}
    for cursor in (after, before):
        if cursor is not None and cursor not in places:
            raise GraphQLError(f"Cursor {cursor} is not known.")
    start = places[after] + 1 if after is not None else 0
    end = places[before] if before is not None else len(found)
    if first is not None:
        end = min(end, start + size)
    else:
        start = max(start, end - size)
    shown = [(str(key(one)), one) for one in found[start:end]]
    return _edges(shown, lambda: len(found), before=start > 0, after=end < len(found))


def window(
    by_id: dict[int, T], fits: Callable[[T], bool], *, first: int | None = None,
    after: str | None = None, last: int | None = None, before: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The same for a whole shelf: it is walked from the end that is asked for, and no further.

    Raises:
        GraphQLError: as :func:`connection`.
    """
    size = _size(first, last)
    for cursor in (after, before):
        known = cursor is None or (cursor.isascii() and cursor.isdigit() and len(cursor) < 19)
        if not known or (cursor is not None and int(cursor) not in by_id):
            raise GraphQLError(f"Cursor {cursor} is not known.")
    ahead = first is not None
    start, stop = (after, before) if ahead else (before, after)
    begun, more = start is None, False
    found: list[tuple[str, Any]] = []
    run: Iterator[int] = iter(by_id) if ahead else reversed(by_id)
    for id_ in run:
        text = str(id_)
        if not begun:
            begun = text == start
            continue
        if text == stop:
            break
        if fits(by_id[id_]):
            if len(found) == size:
                more = True
                break
            found.append((text, by_id[id_]))
    if not ahead:
        found.reverse()
    beyond = start is not None
    return _edges(
        found, lambda: sum(map(fits, by_id.values())),
        before=beyond if ahead else more, after=more if ahead else beyond,
    )  # fmt: skip
