"""The conditions of search criteria: what holds for a row."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import msgspec

from peakproof_simulators.adobe_commerce.payloads.common import Filter, FilterGroup
from peakproof_simulators.adobe_commerce.wire import Masked

Holds = Callable[[Any], bool]


def amount(text: str) -> Decimal:
    """What a text is as a number to the database; what is none is 0."""
    try:
        found = Decimal(text)
    except ArithmeticError:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def _compare(field: str, wanted: str, test: Callable[[Any], bool]) -> Holds:
    """``test`` is given -1, 0 or 1; what is absent compares with nothing."""
    text = wanted.lower()
    number = amount(wanted)

    def holds(row: Any) -> bool:
        value = getattr(row, field)
        if value is None or isinstance(value, list | dict | msgspec.Struct):
            return False
        if isinstance(value, int | Decimal):
            return test((value > number) - (value < number))
        mine = str(value).lower()
        return test((mine > text) - (mine < text))

    return holds


def _like(field: str, wanted: str) -> Holds:
    first, *others = (
        "".join("." if mark == "_" else re.escape(mark) for mark in part)
        for part in wanted.split("%")
    )
    # The earliest place of each part is as good as any later one, so none is ever tried again.
    inner = "".join(f"(?>.*?{part})" for part in others[:-1] if part)
    pattern = f"{first}{inner}.*{others[-1]}" if others else first
    matches = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch

    def holds(row: Any) -> bool:
        value = getattr(row, field)
        return value is not None and matches(str(value)) is not None

    return holds


def _among(field: str, wanted: str, *, in_set: bool) -> Holds:
    if in_set:
        mark = wanted.lower()
        return lambda row: mark in str(getattr(row, field) or "").lower().split(",")
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


def spoken(condition: Filter) -> str:
    """What a condition compares with; the database reads a moment in ISO form, too."""
    text = str(condition.value)
    is_moment = condition.condition_type in _SIGNS and condition.field.endswith("_at")
    return text[:19].replace("T", " ") if is_moment else text


def any_of(group: FilterGroup, fields: frozenset[str]) -> Holds:
    """Whether one of a group's filters holds for a row.

    Raises:
        Masked: a field or a condition is not known.
    """
    tests: list[Holds] = []
    for each in group.filters:
        if each.field not in fields:
            raise Masked(f"Unknown column '{each.field}' in 'where clause'")
        text = spoken(each)
        if each.condition_type in _SIGNS:
            tests.append(_compare(each.field, text, _SIGNS[each.condition_type]))
        elif each.condition_type in _OTHERS:
            tests.append(_OTHERS[each.condition_type](each.field, text))
        else:
            raise Masked(f"Unknown condition '{each.condition_type}'")
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)
