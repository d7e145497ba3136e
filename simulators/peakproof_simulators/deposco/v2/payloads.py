"""V2's models as far as stock needs them; names, bounds and required fields are the vendor's."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Price = Annotated[float, Meta(le=10_000_000)]
BusinessKey = dict[str, Any]

Short20 = Annotated[str, Meta(max_length=20)] | UnsetType | None
Short30 = Annotated[str, Meta(max_length=30)] | UnsetType | None
Short50 = Annotated[str, Meta(max_length=50)] | UnsetType | None
Short255 = Annotated[str, Meta(max_length=255)] | UnsetType | None

DISTRIBUTION: Final = "Distribution Center"


class Dto(msgspec.Struct, rename="camel", gc=False, kw_only=True):
    """The root of the V2 models; a field that is not modelled is ignored, as the vendor does."""


class EntityRef(Dto, kw_only=True):
    """Points at an entity: by id, or by its business key; ``href`` is the server's."""

    id: Int64 | UnsetType | None = UNSET
    business_key: BusinessKey | UnsetType = UNSET
    href: str | UnsetType | None = UNSET


class Link(Dto, kw_only=True):
    """A link of a collection: ``next`` carries the ``searchId``."""

    rel: str
    href: str


class InventoryAdjustment(Dto, kw_only=True):
    """A signed movement of packs. ``import_reference1`` is V1's name for who caused it (the V2
    model has no such field; chosen)."""

    self_: EntityRef | UnsetType = msgspec.field(name="self", default=UNSET)
    business_unit: EntityRef | UnsetType = UNSET
    facility: EntityRef
    item: EntityRef
    pack: EntityRef | UnsetType = UNSET
    quantity: Int32
    action_type: Literal["Adjustment", "Status Change"] = "Adjustment"
    inventory_status: Short30 = UNSET
    reason_code: Short20 = UNSET
    serial_number: Short50 = UNSET
    lot_number: Short50 = UNSET
    inventory_condition: Short255 = UNSET
    custom_attribute1: Short50 = UNSET
    custom_attribute2: Short50 = UNSET
    import_reference1: Short50 = UNSET
    created_date: str | UnsetType = UNSET


class AdjustmentCollection(Dto, kw_only=True):
    """A page of the feed, id descending."""

    data: list[InventoryAdjustment]
    links: list[Link]
    complete: bool
    pages: int | None


class ExistingInventory(Dto, kw_only=True):
    """Which stock is meant."""

    item: EntityRef | UnsetType = UNSET
    pack: EntityRef | UnsetType = UNSET
    serial_number: Short50 = UNSET
    lot_number: Short50 = UNSET
    inventory_condition: Short255 = UNSET


class ModifiedInventory(Dto, kw_only=True):
    """What it is from now on; a status keeps all of it from being promised."""

    item: EntityRef | UnsetType = UNSET
    pack: EntityRef | UnsetType = UNSET
    quantity: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    status: Literal["On Hold", "Damaged", "Inspection", "Quarantine"] | UnsetType | None = UNSET
    unit_price: Price | UnsetType = UNSET
    serial_number: Short50 = UNSET
    lot_number: Short50 = UNSET
    inventory_condition: Short255 = UNSET


class InventoryUpdate(Dto, kw_only=True):
    """Sets what lies at a location, absolutely."""

    self_: EntityRef | UnsetType = msgspec.field(name="self", default=UNSET)
    business_unit: EntityRef | UnsetType = UNSET
    existing_inventory: ExistingInventory
    modified_inventory: ModifiedInventory
    reason_code: Short20 = UNSET
    activity_name: Short50 = UNSET
    adjustment_user: Annotated[str, Meta(max_length=50)] | UnsetType = UNSET
    transaction_number: Short50 = UNSET


class Pack(Dto, kw_only=True):
    """A pack of an item."""

    self_: EntityRef = msgspec.field(name="self")
    type: str
    quantity: int


class ItemUpc(Dto, kw_only=True):
    """A bar code of an item."""

    value: str


class UpcCollection(Dto, kw_only=True):
    """The bar codes of an item."""

    data: list[ItemUpc]
    links: list[Link]
    complete: bool
    pages: int | None


class Item(Dto, kw_only=True):
    """An item of the master."""

    self_: EntityRef = msgspec.field(name="self")
    business_unit: EntityRef
    number: str
    name: str | None
    packs: list[Pack]
    upcs: UpcCollection
    created_date: str
    updated_date: str


class ItemCollection(Dto, kw_only=True):
    """A page of items, id descending."""

    data: list[Item]
    links: list[Link]
    complete: bool
    pages: int | None


class Facility(Dto, kw_only=True):
    """A warehouse or a store."""

    self_: EntityRef = msgspec.field(name="self")
    business_unit: EntityRef
    number: str
    name: str | None
    type: Literal["Distribution Center", "Retail Store"]
    is_virtual: bool = False
    created_date: str
    updated_date: str


class FacilityCollection(Dto, kw_only=True):
    """A page of facilities, id descending."""

    data: list[Facility]
    links: list[Link]
    complete: bool
    pages: int | None


class Location(Dto, kw_only=True):
    """A place inside a facility where stock can lie."""

    self_: EntityRef = msgspec.field(name="self")
    business_unit: EntityRef
    facility: EntityRef
    number: str
    locator: str
    name: str


class LocationCollection(Dto, kw_only=True):
    """A page of locations, id descending."""

    data: list[Location]
    links: list[Link]
    complete: bool
    pages: int | None


class TokenRequest(msgspec.Struct):
    """The form that the token endpoint takes."""

    grant_type: str
    client_id: str | UnsetType = UNSET
    client_secret: str | UnsetType = UNSET
    refresh_token: str | UnsetType = UNSET
    scope: str | UnsetType = UNSET
    env: str | UnsetType = UNSET
    company: str | UnsetType = UNSET


class Token(msgspec.Struct):
    """An access token and how long it lives, in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
