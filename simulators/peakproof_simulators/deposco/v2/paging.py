"""Collections of V2: newest id first, a ``searchId`` that remembers the filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from peakproof_simulators.deposco.errors import errors
from peakproof_simulators.deposco.v2.bodies import is_date
from peakproof_simulators.deposco.v2.payloads import Link

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

T = TypeVar("T")

DEFAULT_SIZE: Final = 50
MAX_SIZE: Final = 100
_PAGING: Final = ("searchId", "pageSize")


class Search(msgspec.Struct, frozen=True, gc=False):
    """A search that goes on: its filters, how many rows are behind it, the newest id it saw."""

    path: str
    filters: dict[str, str]
    offset: int
    size: int
    newest: int
    until: float


class Searches:
    """Searches by id. They live for ten minutes (chosen) and then are no more."""

    def __init__(self, ids: Callable[[], str], now: Callable[[], float], *, life_s: float) -> None:
        self._ids = ids
        self._now = now
        self._life_s = life_s
        self._open: dict[str, Search] = {}

    def keep(
        self, path: str, filters: dict[str, str], *, offset: int, size: int, newest: int
    ) -> str:
        """Remember how a search goes on; its id."""
        now = self._now()
        for number, search in list(self._open.items()):
            if search.until > now:
                break
            del self._open[number]
        number = self._ids()
        self._open[number] = Search(path, filters, offset, size, newest, now + self._life_s)
        return number

    def find(self, number: str, path: str) -> Search:
        """The search of an id.

        Raises:
            VendorError: 400 when it is unknown or too old.
        """
        found = self._open.get(number)
        if found is None or found.until <= self._now() or found.path != path:
            raise errors(400, f"searchId [{number}] is not valid or has expired")
        return found


def begin(
    store: Deposco, call: Call, *, default: int = DEFAULT_SIZE, most: int = MAX_SIZE
) -> Search:
    """What a call asks for: a new search, or the next page of one. A ``searchId`` overrides the
    filters; a parameter that nobody knows filters nothing (DQ10).

    Raises:
        VendorError: 400 for a page size out of range or a search that is over.
    """
    known = {parameter.name for parameter in call.operation.query}
    filters: dict[str, str] = {}
    for name, value in call.parameters:
        if name not in known and not store.settings.ignore_unknown_query:
            raise errors(400, f"Query parameter [{name}] is not known")
        if name in known and name not in _PAGING:
            filters[name] = value
    path = call.request.path
    said = call.one("searchId")
    size = _size(call.one("pageSize"), most)
    if said is not None:
        found = store.searches.find(said, path)
        return found if size is None else msgspec.structs.replace(found, size=size)
    return Search(path, filters, 0, default if size is None else size, 0, 0.0)


def _size(said: str | None, most: int) -> int | None:
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 10) or not 1 <= int(said) <= most:
        raise errors(400, f"pageSize must be between 1 and {most}")
    return int(said)


def cut(
    store: Deposco, search: Search, rows: Iterator[T], *, number: Callable[[T], int],
    count: int | None,
) -> tuple[list[T], dict[str, Any]]:  # fmt: skip
    """A page of rows, and what goes with it: links, whether that was all, how many pages."""
    found = list(islice(rows, search.offset, search.offset + search.size + 1))
    more = len(found) > search.size
    found = found[: search.size]
    links: list[Link] = []
    if more:
        newest = search.newest or number(found[0])
        offset = search.offset + search.size
        at = store.searches.keep(
            search.path, search.filters, offset=offset, size=search.size, newest=newest
        )
        href = f"{search.path}?searchId={at}&pageSize={search.size}"
        links.append(Link(rel="next", href=href))
    pages = None if count is None else -(-count // search.size)
    return found, {"links": links, "complete": not more, "pages": pages}


def moment(store: Deposco, search: Search, name: str) -> float | None:
    """A date filter as run time; V2 dates are RFC 3339, with their zone (DQ33).

    Raises:
        VendorError: 400 for anything else.
    """
    said = search.filters.get(name)
    if said is None:
        return None
    if not is_date(said):
        raise errors(400, f"{name} [{said[:40]}] is not a valid date-time")
    return store.world.clock.seconds(said.upper())


def wrong_unit(store: Deposco, search: Search) -> bool:
    """Does the search ask for a business unit that has nothing here?"""
    return search.filters.get("businessUnit", store.settings.business_unit) not in (
        store.settings.business_unit, str(store.settings.business_unit_id),
    )  # fmt: skip
