"""Transfer orders as Square writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from peakproof_simulators.pos.square.payloads.common import (
    Cursor,
    Id,
    Name,
    Quantity,
    SortOrder,
    Text,
    Timestamp,
    Version,
    Wire,
)

TransferStatus = Literal["DRAFT", "STARTED", "PARTIALLY_RECEIVED", "COMPLETED", "CANCELED"]
Key = Annotated[str, Meta(min_length=1, max_length=192)]
Uid = Annotated[str, Meta(min_length=1, max_length=60)]


class TransferLine(Wire, kw_only=True, gc=False):
    """Units of one variation on their way."""

    uid: Uid
    item_variation_id: Id
    quantity_ordered: Quantity
    quantity_pending: Quantity
    quantity_received: Quantity
    quantity_damaged: Quantity
    quantity_canceled: Quantity


class TransferOrder(Wire, kw_only=True):
    """Goods that go from one location to another."""

    id: Id
    source_location_id: Id
    destination_location_id: Id
    status: TransferStatus
    created_at: Timestamp
    updated_at: Timestamp
    expected_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    notes: Text | None = None
    tracking_number: Name | None = None
    created_by_team_member_id: Name | None = None
    line_items: list[TransferLine] | None = None
    version: Version


class NewLine(Wire, kw_only=True, gc=False):
    """A line of a new transfer order."""

    item_variation_id: Id
    quantity_ordered: Quantity


class NewTransfer(Wire, kw_only=True):
    """A new transfer order."""

    source_location_id: Id
    destination_location_id: Id
    expected_at: Timestamp | None = None
    notes: Text | None = None
    tracking_number: Name | None = None
    created_by_team_member_id: Name | None = None
    line_items: Annotated[list[NewLine], Meta(max_length=1000)] | None = None


class CreateTransferRequest(Wire, kw_only=True):
    """A transfer order to be drawn up."""

    idempotency_key: Key
    transfer_order: NewTransfer


class LineChange(Wire, kw_only=True, gc=False):
    """A line to be added, changed or removed."""

    uid: Uid | None = None
    item_variation_id: Id | None = None
    quantity_ordered: Quantity | None = None
    remove: bool | None = None


class TransferChange(Wire, kw_only=True):
    """Sparse changes to a transfer order."""

    source_location_id: Id | None = None
    destination_location_id: Id | None = None
    expected_at: Timestamp | None = None
    notes: Text | None = None
    tracking_number: Name | None = None
    line_items: Annotated[list[LineChange], Meta(max_length=1000)] | None = None


class UpdateTransferRequest(Wire, kw_only=True):
    """Changes to a transfer order of a version."""

    idempotency_key: Key
    transfer_order: TransferChange
    version: Version | None = None


class MoveTransferRequest(Wire, kw_only=True):
    """Start or cancel."""

    idempotency_key: Key
    version: Version | None = None


class ReceiptLine(Wire, kw_only=True, gc=False):
    """What became of units of a line."""

    transfer_order_line_uid: Uid
    quantity_received: Quantity | None = None
    quantity_damaged: Quantity | None = None
    quantity_canceled: Quantity | None = None


class GoodsReceipt(Wire, kw_only=True):
    """What arrived, in which condition."""

    line_items: Annotated[list[ReceiptLine], Meta(min_length=1, max_length=1000)]


class ReceiveTransferRequest(Wire, kw_only=True):
    """A receipt for a transfer order."""

    idempotency_key: Key
    receipt: GoodsReceipt
    version: Version | None = None


class TransferFilter(Wire, kw_only=True):
    """Conditions that all hold."""

    source_location_ids: list[Id] | None = None
    destination_location_ids: list[Id] | None = None
    statuses: list[TransferStatus] | None = None


class TransferSort(Wire, kw_only=True):
    """The time that transfer orders are sorted by."""

    field: Literal["CREATED_AT", "UPDATED_AT"] | None = None
    order: SortOrder | None = None


class TransferQuery(Wire, kw_only=True):
    """What is searched for, in which order."""

    filter: TransferFilter | None = None
    sort: TransferSort | None = None


class SearchTransfersRequest(Wire, kw_only=True):
    """A search of transfer orders."""

    query: TransferQuery | None = None
    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] | None = None


class TransferAnswer(Wire, kw_only=True):
    """One transfer order."""

    transfer_order: TransferOrder


class TransfersAnswer(Wire, kw_only=True):
    """A page of transfer orders."""

    transfer_orders: list[TransferOrder] | None = None
    cursor: str | None = None
