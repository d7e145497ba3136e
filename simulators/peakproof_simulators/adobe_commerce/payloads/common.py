"""What all shapes share: how absent fields look, amounts, errors, pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from peakproof_simulators.adobe_commerce.decimals import ZERO

Amount = Annotated[Decimal, Meta(extra_json_schema={"format": "decimal"})]
"""Money or a quantity: a JSON number, kept exactly."""

Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Text = Annotated[str, Meta(max_length=65536)]
Flag = Annotated[int, Meta(ge=0, le=1)]


def zero() -> Decimal:
    """Nothing; a default that is printed all the same."""
    return ZERO


def one() -> int:
    """One; a default that is printed all the same."""
    return 1


class Shape(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the shop answers: what is null is left out."""


class Draft(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An object inside a request: an unknown property is a fault that the shop hides."""


class Input(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True):
    """The parameters of a call; unknown ones are ignored, snake case does as well."""


class Fault(Shape):
    """One error of several."""

    message: str
    parameters: dict[str, Any] | list[Any] | None = None


class Error(Shape):
    """A refusal: the text with placeholders, and what stands for them."""

    message: str
    parameters: dict[str, Any] | list[Any] | None = None
    errors: list[Fault] | None = None
    code: int | None = None
    trace: str | None = None


class Filter(Shape):
    """A condition of a search as the answer repeats it."""

    field: str
    value: Any
    condition_type: str


class FilterGroup(Shape):
    """Conditions of which one must hold."""

    filters: list[Filter]


class SortOrder(Shape):
    """A field to sort by."""

    field: str
    direction: str


class SearchCriteria(Shape):
    """What was searched for; the groups must all hold."""

    filter_groups: list[FilterGroup]
    sort_orders: list[SortOrder] | None = None
    page_size: int | None = None
    current_page: int | None = None


def page_of(kind: Any, name: str) -> Any:
    """The shape of a search's answer with rows of a kind."""
    return msgspec.defstruct(
        name,
        [("items", list[kind]), ("search_criteria", SearchCriteria), ("total_count", int)],
        namespace={"__doc__": f"A page of a search; each row is a {kind.__name__}."},
    )
