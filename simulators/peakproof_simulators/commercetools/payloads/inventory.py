"""Inventory entries and supply channels: resources, drafts, update actions."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from peakproof_simulators.commercetools.payloads.common import (
    Action,
    BaseAddress,
    ChannelKey,
    CustomFields,
    CustomFieldsDraft,
    Draft,
    Identifier,
    Key,
    LocalizedString,
    Minutes,
    Moment,
    MomentDraft,
    NotNegative,
    Payload,
    Positive,
    Reference,
    Resource,
    ResourceIdentifier,
    Version,
    Whole,
)

ChannelRole = Literal[
    "InventorySupply", "ProductDistribution", "OrderExport", "OrderImport", "Primary"
]


class InventoryEntryStockLevels(Draft, kw_only=True):
    """Thresholds; a message is written when the quantity on stock reaches one."""

    reorder_point: Whole | None = None
    safety_stock: Whole | None = None


class InventoryEntry(Resource, kw_only=True):
    """Stock of a SKU at a supply channel, as readers see it (order-driven changes come late)."""

    sku: str
    quantity_on_stock: int
    available_quantity: int
    key: str | None = None
    supply_channel: Reference | None = None
    min_cart_quantity: int | None = None
    max_cart_quantity: int | None = None
    restockable_in_days: int | None = None
    expected_delivery: Moment | None = None
    reservation_expiration_in_minutes: int | None = None
    stock_levels: InventoryEntryStockLevels | None = None
    custom: CustomFields | None = None


class InventoryEntryDraft(Draft, kw_only=True):
    """A new inventory entry."""

    sku: Identifier
    quantity_on_stock: Whole
    key: Key | None = None
    supply_channel: ResourceIdentifier | None = None
    min_cart_quantity: Positive | None = None
    max_cart_quantity: Positive | None = None
    restockable_in_days: Whole | None = None
    expected_delivery: MomentDraft | None = None
    reservation_expiration_in_minutes: Minutes | None = None
    stock_levels: InventoryEntryStockLevels | None = None
    custom: CustomFieldsDraft | None = None


class InventoryEntryAddQuantity(Action, tag="addQuantity", kw_only=True):
    quantity: Whole


class InventoryEntryRemoveQuantity(Action, tag="removeQuantity", kw_only=True):
    quantity: Whole


class InventoryEntryChangeQuantity(Action, tag="changeQuantity", kw_only=True):
    quantity: Whole


class InventoryEntrySetRestockableInDays(Action, tag="setRestockableInDays", kw_only=True):
    restockable_in_days: Whole | None = None


class InventoryEntrySetExpectedDelivery(Action, tag="setExpectedDelivery", kw_only=True):
    expected_delivery: MomentDraft | None = None


class InventoryEntrySetSupplyChannel(Action, tag="setSupplyChannel", kw_only=True):
    supply_channel: ResourceIdentifier | None = None


class InventoryEntrySetKey(Action, tag="setKey", kw_only=True):
    key: Key | None = None


class InventoryEntrySetCustomField(Action, tag="setCustomField", kw_only=True):
    name: Identifier
    value: Any = None


class InventoryEntrySetCustomType(Action, tag="setCustomType", kw_only=True):
    type: ResourceIdentifier | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class InventoryEntrySetInventoryLimits(Action, tag="setInventoryLimits", kw_only=True):
    min_cart_quantity: Positive | None = None
    max_cart_quantity: Positive | None = None


class InventoryEntrySetReorderPoint(Action, tag="setReorderPoint", kw_only=True):
    quantity: Whole | None = None


class InventoryEntrySetSafetyStock(Action, tag="setSafetyStock", kw_only=True):
    quantity: Whole | None = None


class InventoryEntrySetReservationExpirationInMinutes(
    Action, tag="setReservationExpirationInMinutes", kw_only=True
):
    reservation_expiration_in_minutes: Minutes | None = None


InventoryEntryUpdateAction = (
    InventoryEntryAddQuantity
    | InventoryEntryRemoveQuantity
    | InventoryEntryChangeQuantity
    | InventoryEntrySetRestockableInDays
    | InventoryEntrySetExpectedDelivery
    | InventoryEntrySetSupplyChannel
    | InventoryEntrySetKey
    | InventoryEntrySetCustomField
    | InventoryEntrySetCustomType
    | InventoryEntrySetInventoryLimits
    | InventoryEntrySetReorderPoint
    | InventoryEntrySetSafetyStock
    | InventoryEntrySetReservationExpirationInMinutes
)


class InventoryEntryUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[InventoryEntryUpdateAction, ...]


class InventoryPagedQueryResponse(Payload, kw_only=True):
    """A page of inventory entries."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[InventoryEntry, ...]
    total: NotNegative | None = None


ReservationState = Literal["Created", "Updated", "Released", "Expired", "Committed"]


class Reservation(Resource, kw_only=True):
    """Units that a cart line holds (``ReserveOnCart``); only visible through expansion."""

    expires_at: Moment
    inventory_entry: Reference
    quantity: int
    owner: Reference
    line_item_id: str
    state: ReservationState


# --- channels -------------------------------------------------------------------------


class GeoJsonPoint(Draft, kw_only=True):
    """A place on the globe: longitude, then latitude, in degrees."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class Channel(Resource, kw_only=True):
    """A channel; one with the role ``InventorySupply`` is a place that stock comes from."""

    key: str
    roles: tuple[ChannelRole, ...]
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    address: BaseAddress | None = None
    custom: CustomFields | None = None
    geo_location: GeoJsonPoint | None = None


class ChannelDraft(Draft, kw_only=True):
    """A new channel."""

    key: ChannelKey
    roles: tuple[ChannelRole, ...] | None = None
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    address: BaseAddress | None = None
    custom: CustomFieldsDraft | None = None
    geo_location: GeoJsonPoint | None = None


class ChannelAddRoles(Action, tag="addRoles", kw_only=True):
    roles: tuple[ChannelRole, ...]


class ChannelSetRoles(Action, tag="setRoles", kw_only=True):
    roles: tuple[ChannelRole, ...]


class ChannelRemoveRoles(Action, tag="removeRoles", kw_only=True):
    roles: tuple[ChannelRole, ...]


class ChannelChangeKey(Action, tag="changeKey", kw_only=True):
    key: ChannelKey


class ChannelChangeName(Action, tag="changeName", kw_only=True):
    name: LocalizedString


class ChannelChangeDescription(Action, tag="changeDescription", kw_only=True):
    description: LocalizedString


class ChannelSetAddress(Action, tag="setAddress", kw_only=True):
    address: BaseAddress | None = None


class ChannelSetGeoLocation(Action, tag="setGeoLocation", kw_only=True):
    geo_location: GeoJsonPoint | None = None


class ChannelSetCustomField(Action, tag="setCustomField", kw_only=True):
    name: Identifier
    value: Any = None


class ChannelSetCustomType(Action, tag="setCustomType", kw_only=True):
    type: ResourceIdentifier | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


ChannelUpdateAction = (
    ChannelAddRoles
    | ChannelSetRoles
    | ChannelRemoveRoles
    | ChannelChangeKey
    | ChannelChangeName
    | ChannelChangeDescription
    | ChannelSetAddress
    | ChannelSetGeoLocation
    | ChannelSetCustomField
    | ChannelSetCustomType
)


class ChannelUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[ChannelUpdateAction, ...]


class ChannelPagedQueryResponse(Payload, kw_only=True):
    """A page of channels."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Channel, ...]
    total: NotNegative | None = None
