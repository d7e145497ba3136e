"""Types that many bodies share."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

Amount = Annotated[Any, Meta(extra_json_schema={"type": "number", "minimum": -1e9, "maximum": 1e9})]
"""Money or a quantity: a JSON number. (msgspec knows decimals as texts only, so the type is open
and the schema says the rest; values are whole numbers or :class:`decimal.Decimal`.)"""

GivenAmount = Annotated[
    Any,
    Meta(
        extra_json_schema={
            "type": ["number", "string"],
            "minimum": -1e9,
            "maximum": 1e9,
            "pattern": r"^-?[0-9]{1,9}(\.[0-9]{1,5})?$",
        }
    ),
]
"""The same in a request, where a text that holds a number is taken too."""

Uuid = Annotated[
    str,
    Meta(
        min_length=36,
        max_length=36,
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    ),
]
Text = Annotated[str, Meta(max_length=1024)]
Decimals = Annotated[str, Meta(pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,5})?$", max_length=32)]
"""A quantity as a text."""


class Trouble(msgspec.Struct):
    """A refusal."""

    error: str
    message: str


class Span(msgspec.Struct):
    """The lowest and the highest version of an answer; both null when it is empty."""

    min: int | None
    max: int | None


class Given(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The root of request bodies: what is not known is refused."""


class Shown(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The root of answers: what is UNSET is left out."""


Maybe = UnsetType
ABSENT = UNSET
