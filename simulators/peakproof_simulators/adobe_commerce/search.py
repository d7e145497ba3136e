"""Search criteria, and tables that answer them without reading everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import msgspec

from peakproof_simulators.adobe_commerce.errors import refuse
from peakproof_simulators.adobe_commerce.payloads.common import (
    Filter,
    FilterGroup,
    SearchCriteria,
    SortOrder,
)
from peakproof_simulators.adobe_commerce.settings import PROFILES, Settings
from peakproof_simulators.adobe_commerce.wire import Masked, Raw, nested, whole
from peakproof_simulators.kit.timeline import Timeline

R = TypeVar("R", bound=msgspec.Struct)
Holds = Callable[[Any], bool]

_ABOVE: Final = frozenset({"gt", "gteq", "moreq", "from"})


def fold(value: Any) -> str:
    """What the database compares: the collation knows no case."""
    return value.lower() if type(value) is str else str(value).lower()


class Found(msgspec.Struct):
    """A page of a search."""

    items: list[Any]
    search_criteria: SearchCriteria
    total_count: int


class Past(Generic[R]):
    """What rows were like a moment ago, for searches that lag; ``copied`` keeps what a row is."""

    def __init__(self, now: Callable[[], float], copied: Callable[[R], R]) -> None:
        self._timeline: Timeline[tuple[Hashable, R | None]] = Timeline(now)
        self._copied = copied
        self._kept: dict[Hashable, R] = {}

    def changed(self, key: Hashable, row: R | None) -> None:
        """A row has become what it is now (None: it is gone)."""
        self._timeline.changed(repr(key), (key, self._kept.pop(key, None)))
        if row is not None:
            self._kept[key] = self._copied(row)

    def rows(self, now: dict[Hashable, R], order: dict[Hashable, int], lag_s: float) -> list[R]:
        """All rows as they were, in the order in which they came to be."""
        found: dict[Hashable, R | None] = dict(now)
        for before in self._timeline.differences(lag_s).values():
            assert before is not None
            found[before[0]] = before[1]
        there = [(order[key], row) for key, row in found.items() if row is not None]
        return [row for _, row in sorted(there, key=lambda pair: pair[0])]


class Table(Generic[R]):
    """Rows by key, by some of their fields, and by when they were last touched.

    Rows may be changed in place; :meth:`put` must then be called again.
    """

    def __init__(
        self,
        kind: type[R],
        key: Callable[[R], Hashable],
        *indexed: str,
        touched: str = "",
        past: Past[R] | None = None,
    ) -> None:
        self.kind = kind
        self.rows: dict[Hashable, R] = {}
        self.touched = touched
        self._key = key
        self._by: dict[str, dict[str, dict[Hashable, R]]] = {name: {} for name in indexed}
        self._at: dict[Hashable, tuple[str, ...]] = {}
        self._fresh: dict[Hashable, R] = {}
        self._order: dict[Hashable, int] = {}
        self.fields = frozenset(kind.__struct_fields__)
        self._past = past

    def put(self, row: R) -> None:
        """A row is new, or has changed."""
        key = self._key(row)
        marks = tuple([fold(getattr(row, name)) for name in self._by])
        was = self._at.get(key)
        if was != marks or self.rows.get(key) is not row:
            for name, mark, old in zip(self._by, marks, was or marks, strict=True):
                index = self._by[name]
                if old != mark:
                    index[old].pop(key, None)
                index.setdefault(mark, {})[key] = row
            self._at[key] = marks
        self.rows[key] = row
        self._order.setdefault(key, len(self._order))
        if self.touched:
            self._fresh.pop(key, None)
            self._fresh[key] = row
        if self._past is not None:
            self._past.changed(key, row)

    def remove(self, key: Hashable) -> None:
        """A row is gone."""
        if self.rows.pop(key, None) is None:
            return
        for name, mark in zip(self._by, self._at.pop(key), strict=True):
            del self._by[name][mark][key]
        self._fresh.pop(key, None)
        if self._past is not None:
            self._past.changed(key, None)

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
        groups = [_any_of(group, self.fields) for group in criteria.filter_groups]
        if not groups and not criteria.sort_orders and not stale_s:
            return self._page(self.rows.values(), len(self.rows), criteria, settings)
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

    def _candidates(self, criteria: SearchCriteria) -> tuple[Iterable[R], bool]:
        """Rows among which all that fit are, in the order in which they came to be; and whether
        one group is sure to hold for them."""
        for group in criteria.filter_groups:
            if all(each.field in self._by and each.condition_type in ("eq", "in")
                   for each in group.filters):  # fmt: skip
                found: dict[Hashable, R] = {}
                for each in group.filters:
                    for value in _values(each):
                        found.update(self.having(each.field, value))
                return self._ordered(found), True
        for group in criteria.filter_groups if self.touched else ():
            if len(group.filters) == 1 and group.filters[0].field == self.touched:
                each = group.filters[0]
                if each.condition_type in _ABOVE:
                    return self._ordered(self._since(str(each.value))), False
        return self.rows.values(), False

    def _since(self, moment: str) -> dict[Hashable, R]:
        found: dict[Hashable, R] = {}
        for key in reversed(self._fresh):
            row = self._fresh[key]
            if getattr(row, self.touched) < moment:
                break
            found[key] = row
        return found

    def _ordered(self, found: dict[Hashable, R]) -> list[R]:
        order = self._order
        return [found[key] for key in sorted(found, key=order.__getitem__)]

    def _page(
        self, rows: Iterable[R], total: int, criteria: SearchCriteria, settings: Settings
    ) -> Found:
        size = criteria.page_size
        if not size:
            return Found(list(rows), criteria, total)
        page = max(criteria.current_page or 1, 1)
        if PROFILES[settings.version].past_end == "last_page":
            page = min(page, max(-(-total // size), 1))
        start = (page - 1) * size
        return Found(list(islice(rows, start, start + size)), criteria, total)


def _sortable(field: str) -> Callable[[Any], Any]:
    def key(row: Any) -> Any:
        value = getattr(row, field)
        if value is None:
            return (0, 0)
        plain = isinstance(value, int | Decimal)
        return (1, value) if plain else (2, fold(value))

    return key


def _values(condition: Filter) -> list[str]:
    text = str(condition.value)
    if condition.condition_type != "in":
        return [text]
    return [part.strip() for part in text.split(",")]


def _compare(field: str, wanted: str, test: Callable[[Any], bool]) -> Holds:
    """``test`` is given -1, 0 or 1; what is absent compares with nothing."""
    text = fold(wanted)
    try:
        amount = Decimal(wanted)
        amount = amount if amount.is_finite() else Decimal(0)
    except ArithmeticError:
        amount = Decimal(0)

    def holds(row: Any) -> bool:
        value = getattr(row, field)
        if value is None or isinstance(value, list | dict | msgspec.Struct):
            return False
        if isinstance(value, int | Decimal):
            return test((value > amount) - (value < amount))
        mine = fold(value)
        return test((mine > text) - (mine < text))

    return holds


def _like(field: str, wanted: str) -> Holds:
    parts = (".*" if mark == "%" else "." if mark == "_" else re.escape(mark) for mark in wanted)
    matches = re.compile("".join(parts), re.IGNORECASE | re.DOTALL).fullmatch

    def holds(row: Any) -> bool:
        value = getattr(row, field)
        return value is not None and matches(str(value)) is not None

    return holds


def _among(field: str, wanted: str, *, in_set: bool) -> Holds:
    if in_set:
        mark = fold(wanted)
        return lambda row: mark in fold(getattr(row, field) or "").split(",")
    tests = [_compare(field, part.strip(), lambda sign: sign == 0) for part in wanted.split(",")]
    return lambda row: any(test(row) for test in tests)


def _not(holds: Holds, field: str) -> Holds:
    return lambda row: getattr(row, field) is not None and not holds(row)


_SIGNS: Final[dict[str, Callable[[int], bool]]] = {
    "eq": lambda sign: sign == 0,
    "neq": lambda sign: sign != 0,
    "gt": lambda sign: sign > 0,
    "gteq": lambda sign: sign >= 0,
    "moreq": lambda sign: sign >= 0,
    "from": lambda sign: sign >= 0,
    "lt": lambda sign: sign < 0,
    "lteq": lambda sign: sign <= 0,
    "to": lambda sign: sign <= 0,
}

_OTHERS: Final[dict[str, Callable[[str, str], Holds]]] = {
    "like": _like,
    "nlike": lambda field, wanted: _not(_like(field, wanted), field),
    "in": lambda field, wanted: _among(field, wanted, in_set=False),
    "nin": lambda field, wanted: _not(_among(field, wanted, in_set=False), field),
    "finset": lambda field, wanted: _among(field, wanted, in_set=True),
    "nfinset": lambda field, wanted: _not(_among(field, wanted, in_set=True), field),
    "null": lambda field, _wanted: lambda row: getattr(row, field) is None,
    "notnull": lambda field, _wanted: lambda row: getattr(row, field) is not None,
}

CONDITIONS: Final = (*_SIGNS, *_OTHERS)
"""The condition types that the vendor documents."""


def _any_of(group: FilterGroup, fields: frozenset[str]) -> Holds:
    tests: list[Holds] = []
    for each in group.filters:
        if each.field not in fields:
            raise Masked(f"Unknown column '{each.field}' in 'where clause'")
        text = each.value if isinstance(each.value, str) else str(each.value)
        if each.condition_type in _SIGNS:
            tests.append(_compare(each.field, text, _SIGNS[each.condition_type]))
        elif each.condition_type in _OTHERS:
            tests.append(_OTHERS[each.condition_type](each.field, text))
        else:
            raise Masked(f"Unknown condition '{each.condition_type}'")
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)


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
