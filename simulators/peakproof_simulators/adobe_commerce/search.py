"""Search criteria, and tables that answer them without reading everything."""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice, takewhile
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, get_type_hints

import msgspec

from peakproof_simulators.adobe_commerce.conditions import amount, any_of, spoken
from peakproof_simulators.adobe_commerce.errors import refuse
from peakproof_simulators.adobe_commerce.past import Past
from peakproof_simulators.adobe_commerce.payloads.common import (
    Filter,
    FilterGroup,
    SearchCriteria,
    SortOrder,
)
from peakproof_simulators.adobe_commerce.settings import PROFILES, Settings
from peakproof_simulators.adobe_commerce.wire import Masked, Raw, nested, whole

R = TypeVar("R", bound=msgspec.Struct)

_MOST_FOLDS: Final = 1 << 18
_CREATED: Final = "created_at"
_MANY: Final = 256
"""From so many rows with one value on, their order is kept."""
_ABOVE: Final = frozenset({"gt", "gteq", "moreq", "from"})


class _Folds(dict[Any, str]):
    """Texts as they were folded before, which is asked for all the time."""

    def __missing__(self, value: Any) -> str:
        if type(value) is not str:
            return str(value).lower()
        if len(self) >= _MOST_FOLDS:
            self.clear()
        folded = self[value] = sys.intern(value.lower())
        return folded


fold: Final[Callable[[Any], str]] = _Folds().__getitem__
"""What the database compares: the collation knows no case. Takes what can be hashed."""


class Found(msgspec.Struct):
    """A page of a search."""

    items: list[Any]
    search_criteria: SearchCriteria
    total_count: int


def _fields_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    several = attrgetter(*names)
    return several if len(names) > 1 else lambda row: (several(row),)


class Table(Generic[R]):
    """Rows by key, by some of their fields, and by when they were last touched.

    Rows may be changed in place; :meth:`put` must then be called again. Without a ``key`` the
    indexed fields, folded, are a row's key.
    """

    def __init__(
        self,
        kind: type[R],
        key: Callable[[R], Hashable] | None,
        *indexed: str,
        touched: str = "",
        past: Past[R] | None = None,
    ) -> None:
        self.kind = kind
        self.rows: dict[Hashable, R] = {}
        self.touched = touched
        self._key = key
        self._by: dict[str, dict[str, dict[Hashable, R]]] = {name: {} for name in indexed}
        self._fields_of = _fields_of(indexed)
        hints = get_type_hints(kind)
        self._texts = frozenset(name for name in indexed if hints[name] in (str, str | None))
        self._at: dict[Hashable, tuple[str, ...]] = {}
        self._fresh: dict[Hashable, R] = {}
        self._order: dict[Hashable, int] = {}
        self._lists: dict[tuple[str, str], list[Hashable]] = {}
        """Keys by field and value in the order of their coming, of what was asked for."""
        self.fields = frozenset(kind.__struct_fields__)
        self._past = past
        self._born: dict[Hashable, str] = {}
        self._newest = ""
        self._rising = _CREATED in self.fields

    def put(self, row: R) -> None:
        """A row is new, or has changed."""
        marks = tuple(map(fold, self._fields_of(row)))
        key = marks if self._key is None else self._key(row)
        before, was = self.rows.get(key), self._at.get(key)
        self._order.setdefault(key, len(self._order))
        if was != marks or before is not row:
            for name, mark, old in zip(self._by, marks, was or marks, strict=True):
                index = self._by[name]
                if old != mark:
                    del index[old][key]
                    self._unlist((name, old), key)
                of_mark = index.setdefault(mark, {})
                if self._lists and key not in of_mark:
                    self._list((name, mark), key)
                of_mark[key] = row
            if self._key is not None:
                self._at[key] = marks
        self.rows[key] = row
        if self._rising:
            self._came(key, getattr(row, _CREATED))
        if self.touched:
            self._fresh.pop(key, None)
            self._fresh[key] = row
        if self._past is not None:
            self._past.changed(key, before, row)

    def remove(self, key: Hashable) -> None:
        """A row is gone."""
        before = self.rows.pop(key, None)
        if before is None:
            return
        marks = tuple(map(fold, self._fields_of(before)))
        for name, mark in zip(self._by, self._at.pop(key, marks), strict=True):
            del self._by[name][mark][key]
            self._unlist((name, mark), key)
        self._fresh.pop(key, None)
        if self._past is not None:
            self._past.changed(key, before, None)

    def _list(self, place: tuple[str, str], key: Hashable) -> None:
        listed = self._lists.get(place)
        if listed is not None:
            insort(listed, key, key=self._order.__getitem__)

    def _unlist(self, place: tuple[str, str], key: Hashable) -> None:
        listed = self._lists.get(place)
        if listed is not None:
            order = self._order.__getitem__
            del listed[bisect_left(listed, order(key), key=order)]

    def having(self, field: str, value: Any) -> dict[Hashable, R]:
        """The rows with a value in an indexed field; to be read only."""
        return self._by[field].get(fold(value), {})

    def one(self, field: str, value: Any) -> R | None:
        """The first row with a value in an indexed field."""
        return next(iter(self.having(field, value).values()), None)

    def find(self, criteria: SearchCriteria, settings: Settings, *, stale_s: float = 0.0) -> Found:
        """A page of what criteria ask for, as it was so many seconds ago.

        Raises:
            Masked: a field or a condition is not known.
        """
        groups = [any_of(group, self.fields) for group in criteria.filter_groups]
        every = self._every(criteria.sort_orders or ())
        if not groups and every is not None and not stale_s:
            return self._page(every, len(self.rows), criteria, settings)
        if len(groups) == 1 and not criteria.sort_orders and not stale_s:
            keys = self._listed(criteria.filter_groups[0].filters)
            if keys is not None:
                part = _part(len(keys), criteria, settings)
                return Found([self.rows[key] for key in keys[part]], criteria, len(keys))
        among, sure = self._candidates(criteria)
        if stale_s and self._past is not None:
            among, sure = self._past.rows(self.rows, self._order, stale_s), False
        if sure and len(groups) == 1:
            rows = list(among)
        else:
            rows = [row for row in among if all(holds(row) for holds in groups)]
        for order in reversed(criteria.sort_orders or ()):
            if order.field not in self.fields:
                raise Masked(f"Unknown column '{order.field}' in 'order clause'")
            rows.sort(key=_sortable(order.field), reverse=order.direction.upper() == "DESC")
        return self._page(rows, len(rows), criteria, settings)

    def _every(self, orders: Sequence[SortOrder]) -> Iterable[R] | None:
        """All rows in the order in which they came, which is that of their numbers, or in the
        opposite one; None: another order is asked for."""
        if not orders:
            return self.rows.values()
        if len(orders) > 1 or orders[0].field != "entity_id" or "entity_id" not in self.fields:
            return None
        down = orders[0].direction.upper() == "DESC"
        return reversed(self.rows.values()) if down else self.rows.values()

    def _candidates(self, criteria: SearchCriteria) -> tuple[Iterable[R], bool]:
        """Rows among which all that fit are, in the order in which they came to be; and whether
        one group is sure to hold for them."""
        best = self._fewest(criteria.filter_groups)
        if best is not None:
            found: dict[Hashable, R] = {}
            for rows in best:
                found.update(rows)
            return self._ordered(found), True
        for group in criteria.filter_groups:
            if len(group.filters) == 1 and group.filters[0].condition_type in _ABOVE:
                since = self._since(group.filters[0])
                if since is not None:
                    return self._ordered(dict(since)), False
        return self.rows.values(), False

    def _since(self, condition: Filter) -> Iterator[tuple[Hashable, R]] | None:
        """The rows above a moment or a number, newest first; None: their order does not tell."""
        field, text = condition.field, spoken(condition)
        if field == "entity_id":
            number = amount(text)
            return takewhile(lambda one: one[0] >= number, reversed(self.rows.items()))  # type: ignore[operator]  # numbers are the keys
        if field == self.touched:
            newest = reversed(self._fresh.items())
        elif field == _CREATED and self._rising:
            newest = reversed(self.rows.items())
        else:
            return None
        return takewhile(lambda one: getattr(one[1], field) >= text, newest)

    def _came(self, key: Hashable, at: str) -> None:
        """A row was put; whether all came in the order of their dates is what counts."""
        born = self._born.get(key)
        if born is None:
            self._rising = self._rising and at >= self._newest
            self._born[key] = self._newest = at
        elif born != at:
            self._rising = False

    def _ordered(self, found: dict[Hashable, R]) -> list[R]:
        order = self._order
        return [found[key] for key in sorted(found, key=order.__getitem__)]

    def _fewest(self, groups: Sequence[FilterGroup]) -> list[dict[Hashable, R]] | None:
        """The rows of the first group that the indexes answer, or of one that has fewer.

        Another one is only as good where an index compares as a condition does: texts.
        """
        best: list[dict[Hashable, R]] | None = None
        size = 0
        for group in groups:
            if not all(
                each.field in self._by and each.condition_type in ("eq", "in")
                for each in group.filters
            ):
                continue
            texts = all(each.field in self._texts for each in group.filters)
            if best is None or texts:
                rows = [
                    self.having(each.field, value)
                    for each in group.filters
                    for value in _values(each)
                ]
                if best is None or sum(map(len, rows)) < size:
                    best, size = rows, sum(map(len, rows))
            if not texts:
                break
        return best

    def _listed(self, filters: Sequence[Filter]) -> list[Hashable] | None:
        """The keys of very many rows with one value, in order; kept once they were asked for."""
        if len(filters) != 1 or filters[0].condition_type != "eq":
            return None
        ((field, (value, *_)),) = ((each.field, _values(each)) for each in filters)
        if field not in self._by or len(self.having(field, value)) < _MANY:
            return None
        place = (field, fold(value))
        listed = self._lists.get(place)
        if listed is None:
            rows = self.having(field, value)
            listed = self._lists[place] = sorted(rows, key=self._order.__getitem__)
        return listed

    def _page(
        self, rows: Iterable[R], total: int, criteria: SearchCriteria, settings: Settings
    ) -> Found:
        part = _part(total, criteria, settings)
        return Found(list(islice(rows, part.start, part.stop)), criteria, total)


def _part(total: int, criteria: SearchCriteria, settings: Settings) -> slice:
    """Which rows of all are on the page that is asked for."""
    size = criteria.page_size
    if not size:
        return slice(0, total)
    page = max(criteria.current_page or 1, 1)
    if PROFILES[settings.version].past_end == "last_page":
        page = min(page, max(-(-total // size), 1))
    return slice((page - 1) * size, page * size)


def _sortable(field: str) -> Callable[[Any], Any]:
    def key(row: Any) -> Any:
        value = getattr(row, field)
        if value is None:
            return (0, 0)
        plain = isinstance(value, int | Decimal)
        return (1, value) if plain else (2, str(value).lower())

    return key


def _values(condition: Filter) -> list[str]:
    text = str(condition.value)
    if condition.condition_type != "in":
        return [text]
    return [part.strip() for part in text.split(",")]


# --- from the query ----------------------------------------------------------------------


@lru_cache(maxsize=1024)
def criteria_of(query: str) -> SearchCriteria | None:
    """The criteria of a query; None: it has none. To be read only: calls share it.

    Raises:
        Refusal: a size or a page is no number.
    """
    values = nested(query)
    found = values.get("searchCriteria", values.get("search_criteria"))
    if found is None:
        return None
    if not isinstance(found, dict):
        return SearchCriteria(filter_groups=[])
    size, page = (
        _either(found, "page_size", "pageSize"),
        _either(found, "current_page", "currentPage"),
    )
    orders = [
        SortOrder(field=_text(each, "field"), direction=_text(each, "direction") or "ASC")
        for each in _several(_either(found, "sort_orders", "sortOrders"))
    ]
    return SearchCriteria(
        filter_groups=[
            FilterGroup(filters=[_filter(each) for each in _several(group.get("filters"))])
            for group in _several(_either(found, "filter_groups", "filterGroups"))
        ],
        sort_orders=orders or None,
        page_size=_size(size),
        current_page=_size(page),
    )


def wanted(query: str, settings: Settings, *, needed: bool) -> SearchCriteria:
    """The criteria of a call, within the limits that the shop may have.

    Raises:
        Refusal: they are missing, or the page is larger than the limit.
    """
    criteria = criteria_of(query)
    if criteria is None:
        if needed:
            raise refuse("required", {"fieldName": "searchCriteria"})
        criteria = SearchCriteria(filter_groups=[])
    if settings.input_limits:
        if not criteria.page_size:
            return msgspec.structs.replace(criteria, page_size=settings.default_page_size)
        if criteria.page_size > settings.page_size_limit:
            raise refuse("page_size", {"max": settings.page_size_limit})
    return criteria


def _size(value: Any) -> int | None:
    if value in (None, ""):
        return None
    return max(whole(str(value)), 0)


def _either(found: Raw, *names: str) -> Any:
    for name in names:
        if name in found:
            return found[name]
    return None


def _several(value: Any) -> list[Raw]:
    """PHP's lists may have names for their places."""
    each = value.values() if isinstance(value, dict) else value
    return [one for one in each if isinstance(one, dict)] if isinstance(value, list | dict) else []


def _text(found: Raw, name: str) -> str:
    value = found.get(name, "")
    return value if isinstance(value, str) else ""


def _filter(found: Raw) -> Filter:
    value = found.get("value", "")
    condition = _text(found, "condition_type") or _text(found, "conditionType") or "eq"
    if isinstance(value, list):
        value = ",".join(str(part) for part in value)
    return Filter(field=_text(found, "field"), value=value, condition_type=condition)
