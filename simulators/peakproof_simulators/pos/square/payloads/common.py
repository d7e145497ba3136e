"""What all bodies share: money, quantities, times, errors."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta


class Wire(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """How Square writes JSON: what is not there is left out; unknown fields are refused."""


Id = Annotated[str, Meta(min_length=1, max_length=192)]
Text = Annotated[str, Meta(max_length=4096)]
Name = Annotated[str, Meta(max_length=255)]
Quantity = Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,5})?$")]
"""A decimal string with up to five decimals."""

Signed = Annotated[str, Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,5})?$")]
"""The same where a figure may be below zero."""

Percentage = Annotated[str, Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,5})?$")]
Timestamp = Annotated[
    str, Meta(min_length=1, max_length=64, extra_json_schema={"format": "date-time"})
]
Cursor = Annotated[str, Meta(max_length=256)]
Version = Annotated[int, Meta(ge=0, le=2**53)]
SortOrder = Literal["DESC", "ASC"]

LARGEST_MINOR: Final = 10**13
"""More money than this is a mistake (chosen)."""


class Money(Wire, gc=False):
    """An amount in the smallest unit of its currency."""

    amount: Annotated[int, Meta(ge=-LARGEST_MINOR, le=LARGEST_MINOR)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class Error(Wire, kw_only=True):
    """One entry of the error envelope."""

    category: str
    code: str
    detail: str | None = None
    field: str | None = None


class Errors(Wire, kw_only=True):
    """The body of every refusal."""

    errors: Annotated[list[Error], Meta(min_length=1)]


class TimeRange(Wire, kw_only=True):
    """A window of time; both ends belong to it."""

    start_at: Timestamp | None = None
    end_at: Timestamp | None = None


class Empty(Wire, kw_only=True):
    """An answer that says nothing but that it worked."""
