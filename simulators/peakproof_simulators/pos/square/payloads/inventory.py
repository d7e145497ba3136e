"""Stock as Square writes it. Quantities are decimal strings; counts carry no version."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from peakproof_simulators.pos.square.payloads.common import (
    Cursor,
    Id,
    Money,
    Name,
    Quantity,
    Signed,
    SortOrder,
    Timestamp,
    Wire,
)

InventoryState = Literal[
    "CUSTOM", "IN_STOCK", "SOLD", "RETURNED_BY_CUSTOMER", "RESERVED_FOR_SALE", "SOLD_ONLINE",
    "ORDERED_FROM_VENDOR", "RECEIVED_FROM_VENDOR", "IN_TRANSIT_TO", "NONE", "WASTE",
    "UNLINKED_RETURN", "COMPOSED", "DECOMPOSED", "SUPPORTED_BY_NEWER_VERSION", "IN_TRANSIT",
    "UNTRACKED",
]  # fmt: skip
ChangeType = Literal["PHYSICAL_COUNT", "ADJUSTMENT"]
ReasonType = Literal[
    "RECEIVED", "DAMAGED", "THEFT", "LOST", "RETURNED", "SPOILAGE_WASTE", "SAMPLES_PROMOTIONAL",
    "INTERNAL_USE", "VENDOR_RETURN", "PRODUCTION_WASTE", "SALE", "RECOUNT", "TRANSFER",
    "IN_TRANSIT", "CANCELED_SALE", "CUSTOM",
]  # fmt: skip
Direction = Literal["INCREASE", "DECREASE"]
Reference = Annotated[str, Meta(max_length=255)]


class SourceApplication(Wire, kw_only=True, gc=False):
    """Who caused a change: a connector knows its own by ``application_id``."""

    product: str | None = None
    application_id: Name | None = None
    name: Name | None = None


class ReasonId(Wire, kw_only=True, gc=False):
    """A reason: one of Square's own, or a custom one by its id."""

    type: ReasonType
    custom_reason_id: Id | None = None


class InventoryPhysicalCount(Wire, kw_only=True):
    """So many were there at ``occurred_at``."""

    id: Id | None = None
    reference_id: Reference | None = None
    catalog_object_id: Id | None = None
    catalog_object_type: Literal["ITEM_VARIATION"] | None = None
    state: InventoryState | None = None
    location_id: Id | None = None
    quantity: Quantity | None = None
    source: SourceApplication | None = None
    employee_id: Name | None = None
    team_member_id: Name | None = None
    occurred_at: Timestamp | None = None
    created_at: Timestamp | None = None


class InventoryAdjustment(Wire, kw_only=True):
    """So many moved from a state to another. Both spellings of the location are taken."""

    id: Id | None = None
    reference_id: Reference | None = None
    from_state: InventoryState | None = None
    to_state: InventoryState | None = None
    location_id: Id | None = None
    from_location_id: Id | None = None
    to_location_id: Id | None = None
    catalog_object_id: Id | None = None
    catalog_object_type: Literal["ITEM_VARIATION"] | None = None
    quantity: Quantity | None = None
    total_price_money: Money | None = None
    occurred_at: Timestamp | None = None
    created_at: Timestamp | None = None
    source: SourceApplication | None = None
    employee_id: Name | None = None
    team_member_id: Name | None = None
    transaction_id: Id | None = None
    refund_id: Id | None = None
    purchase_order_id: Id | None = None
    goods_receipt_id: Id | None = None
    reason_id: ReasonId | None = None


class InventoryChange(Wire, kw_only=True):
    """A count or an adjustment, as ``type`` says."""

    type: ChangeType
    physical_count: InventoryPhysicalCount | None = None
    adjustment: InventoryAdjustment | None = None


class InventoryCount(Wire, kw_only=True, gc=False):
    """What is worked out to be there."""

    catalog_object_id: Id
    catalog_object_type: Literal["ITEM_VARIATION"]
    state: InventoryState
    location_id: Id
    quantity: Signed
    calculated_at: Timestamp


Key = Annotated[str, Meta(min_length=1, max_length=128)]
Ids = Annotated[list[Id], Meta(max_length=1000)]
Limit = Annotated[int, Meta(ge=1, le=1000)]


class BatchChangeRequest(Wire, kw_only=True):
    """Up to a hundred counts and adjustments."""

    idempotency_key: Key
    changes: Annotated[list[InventoryChange], Meta(min_length=1, max_length=100)] | None = None
    ignore_unchanged_counts: bool | None = None


class BatchChangeAnswer(Wire, kw_only=True):
    """The figures now, and the events that were made."""

    counts: list[InventoryCount] | None = None
    changes: list[InventoryChange] | None = None


class RetrieveCountsRequest(Wire, kw_only=True):
    """Which figures are asked for."""

    catalog_object_ids: Ids | None = None
    location_ids: Ids | None = None
    updated_after: Timestamp | None = None
    cursor: Cursor | None = None
    states: list[InventoryState] | None = None
    limit: Limit | None = None


class CountsAnswer(Wire, kw_only=True):
    """A page of figures."""

    counts: list[InventoryCount] | None = None
    cursor: str | None = None


class ChangesSort(Wire, kw_only=True):
    """The order of stock events."""

    field: Literal["OCCURRED_AT"] | None = None
    order: SortOrder | None = None


class RetrieveChangesRequest(Wire, kw_only=True):
    """Which stock events are asked for."""

    catalog_object_ids: Ids | None = None
    location_ids: Ids | None = None
    types: list[ChangeType] | None = None
    states: list[InventoryState] | None = None
    updated_after: Timestamp | None = None
    updated_before: Timestamp | None = None
    cursor: Cursor | None = None
    limit: Limit | None = None
    sort: ChangesSort | None = None
    reason_ids: list[ReasonId] | None = None


class ChangesAnswer(Wire, kw_only=True):
    """A page of stock events."""

    changes: list[InventoryChange] | None = None
    cursor: str | None = None


class UpdateAdjustmentRequest(Wire, kw_only=True):
    """What an adjustment should have said."""

    idempotency_key: Key
    adjustment: InventoryAdjustment


class AdjustmentAnswer(Wire, kw_only=True):
    """One adjustment."""

    adjustment: InventoryAdjustment


class PhysicalCountAnswer(Wire, kw_only=True):
    """One physical count."""

    count: InventoryPhysicalCount


class AdjustmentReason(Wire, kw_only=True):
    """Why stock was adjusted."""

    id: ReasonId | None = None
    name: Name | None = None
    direction: Direction | None = None
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    is_deleted: bool | None = None


class CreateReasonRequest(Wire, kw_only=True):
    """A new reason."""

    idempotency_key: Key
    adjustment_reason: AdjustmentReason


class ReasonRequest(Wire, kw_only=True):
    """A reason by its id."""

    reason_id: ReasonId


class UpdateReasonRequest(Wire, kw_only=True):
    """A new name for a reason."""

    reason_id: ReasonId
    adjustment_reason: AdjustmentReason


class ReasonAnswer(Wire, kw_only=True):
    """One reason."""

    adjustment_reason: AdjustmentReason


class ReasonsAnswer(Wire, kw_only=True):
    """All reasons."""

    adjustment_reasons: list[AdjustmentReason] | None = None
