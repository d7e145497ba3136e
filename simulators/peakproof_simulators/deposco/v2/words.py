"""The words that the larger models of V2 are made of: lengths, amounts, dates, shared parts.

Lengths, bounds, required fields and names are the vendor's.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from peakproof_simulators.deposco.v2.payloads import Dto, EntityRef, Link

MOST: Final = Decimal(10_000_000)
"""No amount and no quantity is larger."""

Amount = Annotated[
    Decimal,
    Meta(
        extra_json_schema={
            "type": "number", "format": "double", "minimum": -10_000_000, "maximum": 10_000_000
        }
    ),
]  # fmt: skip
Date = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Opaque = Any
"""A part that the fake keeps and gives back and does not look into."""

PostRelease = Literal[
    "DEFAULT", "Pending Cartonization", "Pending Rate Shopping",
    "Pending Shipping Label Generation", "Post Release Completed",
]  # fmt: skip

Text3 = Annotated[str, Meta(max_length=3)]
Text4 = Annotated[str, Meta(max_length=4)]
Text5 = Annotated[str, Meta(max_length=5)]
Text10 = Annotated[str, Meta(max_length=10)]
Text15 = Annotated[str, Meta(max_length=15)]
Text17 = Annotated[str, Meta(max_length=17)]
Text20 = Annotated[str, Meta(max_length=20)]
Text25 = Annotated[str, Meta(max_length=25)]
Text30 = Annotated[str, Meta(max_length=30)]
Text35 = Annotated[str, Meta(max_length=35)]
Text40 = Annotated[str, Meta(max_length=40)]
Text45 = Annotated[str, Meta(max_length=45)]
Text50 = Annotated[str, Meta(max_length=50)]
Text55 = Annotated[str, Meta(max_length=55)]
Text60 = Annotated[str, Meta(max_length=60)]
Text64 = Annotated[str, Meta(max_length=64)]
Text100 = Annotated[str, Meta(max_length=100)]
Text150 = Annotated[str, Meta(max_length=150)]
Text192 = Annotated[str, Meta(max_length=192)]
Text200 = Annotated[str, Meta(max_length=200)]
Text250 = Annotated[str, Meta(max_length=250)]
Text255 = Annotated[str, Meta(max_length=255)]
Text256 = Annotated[str, Meta(max_length=256)]
Text300 = Annotated[str, Meta(max_length=300)]
Text400 = Annotated[str, Meta(max_length=400)]
Text500 = Annotated[str, Meta(max_length=500)]
Text1000 = Annotated[str, Meta(max_length=1000)]
Text1500 = Annotated[str, Meta(max_length=1500)]
Text4000 = Annotated[str, Meta(max_length=4000)]
Text5000 = Annotated[str, Meta(max_length=5000)]


class Entity(Dto, kw_only=True):
    """What has an id of its own; the server sets all three."""

    self_: EntityRef | UnsetType = msgspec.field(name="self", default=UNSET)
    created_date: Date | UnsetType = UNSET
    updated_date: Date | UnsetType = UNSET


class Page(Dto, kw_only=True):
    """The frame of a collection; what a caller sends of it is not looked at."""

    links: list[Link] | UnsetType = UNSET
    complete: bool | UnsetType = UNSET
    pages: int | UnsetType | None = UNSET


class References(Page, kw_only=True):
    """A collection of references."""

    data: list[EntityRef] | UnsetType = UNSET


class Contact(Dto, kw_only=True):
    """A person."""

    first_name: Text30 | UnsetType | None = UNSET
    last_name: Text30 | UnsetType | None = UNSET
    phone: Text30 | UnsetType | None = UNSET
    email: Text50 | UnsetType | None = UNSET


class PostalAddress(Dto, kw_only=True):
    """A postal address."""

    line1: Text64 | UnsetType | None = UNSET
    line2: Text64 | UnsetType | None = UNSET
    line3: Text64 | UnsetType | None = UNSET
    line4: Text64 | UnsetType | None = UNSET
    city: Text30 | UnsetType | None = UNSET
    state_province: Text100 | UnsetType | None = UNSET
    postal_code: Text20 | UnsetType | None = UNSET
    country: Text100 | UnsetType | None = UNSET


class Weight(Dto, kw_only=True):
    """A weight; pounds unless another unit is said."""

    weight: Amount
    units: Literal["lb", "kg", "oz", "g"] | UnsetType = UNSET


class Measurement(Dto, kw_only=True):
    """A length or a volume."""

    measurement: Amount | UnsetType = UNSET
    units: Literal["in", "cm", "ft", "m", "CU in", "CU cm", "CU ft", "CU m"] | UnsetType | None = (
        UNSET
    )


class Channel(Entity, kw_only=True):
    """Where an entity is known by another name."""

    integration: EntityRef
    ref1: str
    scheduler_task: Opaque | UnsetType = UNSET
    ref2: str | UnsetType | None = UNSET
    ref3: str | UnsetType | None = UNSET
    ref4: str | UnsetType | None = UNSET
    ref5: str | UnsetType | None = UNSET
    sec_ref1: str | UnsetType | None = UNSET
    sec_ref2: str | UnsetType | None = UNSET
    sec_ref3: str | UnsetType | None = UNSET
    sec_ref4: str | UnsetType | None = UNSET
    sec_ref5: str | UnsetType | None = UNSET


class Note(Entity, kw_only=True):
    """A note on an order or a line."""

    title: Text150
    body: str | UnsetType | None = UNSET
    source: Text30 | UnsetType | None = UNSET
    priority: Text50 | UnsetType = UNSET
    order_header: EntityRef | UnsetType = UNSET
    order_line: EntityRef | UnsetType = UNSET


class CustomField(Entity, kw_only=True):
    """A field of the tenant's own."""

    name: Text200 | UnsetType = UNSET
    value: Text300 | UnsetType = UNSET
    type: Literal["String", "Integer", "Double"] | UnsetType = UNSET
    item: EntityRef | UnsetType = UNSET
    order_header: EntityRef | UnsetType = UNSET
    order_line: EntityRef | UnsetType = UNSET
    shipment: EntityRef | UnsetType = UNSET
