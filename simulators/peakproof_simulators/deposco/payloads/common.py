"""What several V1 documents share, and the multistatus that answers every write."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

Text = str | None | UnsetType
Number = Decimal | None | UnsetType
"""A quantity or an amount; never a float, so that what was sent is what is given back."""
Whole = int | None | UnsetType
Flag = bool | None | UnsetType
Opaque = Any
"""A part that the fake keeps and gives back and does not look into."""

T = TypeVar("T")


class Wire(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """The root of the V1 types."""


def many(found: list[T] | T | UnsetType | None) -> list[T]:
    """A list that may have arrived as a bare object, as nil or not at all."""
    if isinstance(found, list):
        return found
    return [] if found is None or found is UNSET else [found]


def text(found: Text) -> str:
    """A field's text, "" when there is none."""
    return found if isinstance(found, str) else ""


def given(*fields: Text) -> tuple[str, ...]:
    """The texts among some fields that say anything, in order, each once."""
    return tuple(dict.fromkeys(field for field in fields if isinstance(field, str) and field))


class Address(Wire, kw_only=True):
    """A postal address with its contact; the flat form of V1."""

    name: Text = UNSET
    contact_name: Text = UNSET
    attention: Text = UNSET
    email: Text = UNSET
    phone: Text = UNSET
    phone2: Text = UNSET
    address_line1: str
    address_line2: Text = UNSET
    address_line3: Text = UNSET
    address_line4: Text = UNSET
    city: str
    state_province_code: str
    postal_code: str
    country_code: str


class Upcs(Wire):
    """The bar codes of an item or a pack."""

    upc: list[str] | str | UnsetType = UNSET
    source: Text = UNSET


class Pack(Wire, kw_only=True):
    """How many units are handled as one: ``quantity`` units of an item in a ``type``."""

    item_number: Text = UNSET
    type: str
    quantity: int
    weight: Number = UNSET
    weight_uom: Text = msgspec.field(default=UNSET, name="weightUOM")
    box_types: Opaque = UNSET
    dimension: Opaque = UNSET
    upcs: Upcs | UnsetType | None = UNSET
    new_pack_flag: Flag = UNSET
    lpn_tracking_enabled: Flag = UNSET
    ready_to_ship: Whole = UNSET
    custom_mappings: Opaque = UNSET
    carton_group: Text = UNSET
    preferred_carton_type: Text = UNSET


class Messages(Wire):
    """Warnings or errors in words."""

    message: list[str] | str | UnsetType = UNSET


class ImportNotice(Wire, kw_only=True):
    """What the vendor has to say about an imported entity; every field is required."""

    entity_type: str
    entity_bk: str
    entity_id: str
    field_name: str
    provided_value: str
    notice_type: str
    code: str
    message: str
    status: str


class ImportNotices(Wire):
    """The notices of one entity."""

    notice: list[ImportNotice] | ImportNotice | UnsetType = UNSET


class Outcome(Wire, kw_only=True):
    """What became of one entity of a write; ``status`` is a literal HTTP status line."""

    status: str
    href: Text = UNSET
    type: Text = UNSET
    entity: Text = UNSET
    description: Text = UNSET
    processed_date: Text = UNSET
    request_status: Text = UNSET
    warnings: Messages | UnsetType = UNSET
    errors: Messages | UnsetType = UNSET
    co_header_status: Text = UNSET
    import_reference: Text = UNSET
    notices: ImportNotices | UnsetType = UNSET


class Multistatus(Wire):
    """The answer to every V1 write: an outcome for each entity, in the order sent."""

    response: list[Outcome] | Outcome | UnsetType = UNSET


def bare(found: Iterable[T]) -> list[T] | T:
    """A list as V1's JSON shows it: a list of one is the one (DQ5)."""
    listed = list(found)
    return listed[0] if len(listed) == 1 else listed
