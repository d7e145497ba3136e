"""What callers send to hold, ship, invoice and refund; and raw entities."""

from __future__ import annotations

from typing import Any

import msgspec

from peakproof_simulators.adobe_commerce.payloads.common import (
    Amount,
    Draft,
    Flag,
    Input,
    Shape,
    Text,
    Whole,
)
from peakproof_simulators.adobe_commerce.payloads.orders import Address


class Part(Draft):
    """Units of a line."""

    order_item_id: Whole
    qty: Amount
    extension_attributes: dict[str, Any] | None = None


class CommentDraft(Draft):
    """A comment on a document."""

    comment: Text
    is_visible_on_front: Flag = 0
    extension_attributes: dict[str, Any] | None = None


class TrackDraft(Draft):
    """A tracking number."""

    track_number: Text | None = None
    title: Text | None = None
    carrier_code: Text | None = None
    extension_attributes: dict[str, Any] | None = None


class ShipArgumentExtension(Draft):
    """Where the units are taken from."""

    source_code: str | None = None


class ShipArguments(Draft):
    """What other modules want to know of a shipment."""

    extension_attributes: ShipArgumentExtension | None = None


class ShipOrder(Input):
    """Parameters of shipping an order; no items: all that is left."""

    items: list[Part] = msgspec.field(default_factory=list)
    notify: bool = False
    append_comment: bool = False
    comment: CommentDraft | None = None
    tracks: list[TrackDraft] = msgspec.field(default_factory=list)
    packages: list[dict[str, Any]] = msgspec.field(default_factory=list)
    arguments: ShipArguments | None = None


class InvoiceOrder(Input):
    """Parameters of invoicing an order; no items: all that is left."""

    capture: bool = False
    items: list[Part] = msgspec.field(default_factory=list)
    notify: bool = False
    append_comment: bool = False
    comment: CommentDraft | None = None
    arguments: dict[str, Any] | None = None


class RefundExtension(Draft):
    """Which lines go back on the shelf."""

    return_to_stock_items: list[Whole] = msgspec.field(default_factory=list)


class RefundArguments(Draft):
    """Amounts of a credit memo beside its lines."""

    shipping_amount: Amount | None = None
    adjustment_positive: Amount | None = None
    adjustment_negative: Amount | None = None
    extension_attributes: RefundExtension | None = None


class RefundOrder(Input):
    """Parameters of refunding an order; no items: all that is left."""

    items: list[Part] = msgspec.field(default_factory=list)
    notify: bool = False
    append_comment: bool = False
    comment: CommentDraft | None = None
    arguments: RefundArguments | None = None


class RefundInvoice(Input):
    """Parameters of refunding an invoice."""

    items: list[Part] = msgspec.field(default_factory=list)
    is_online: bool = False
    notify: bool = False
    append_comment: bool = False
    comment: CommentDraft | None = None
    arguments: RefundArguments | None = None


class HistoryDraft(Draft):
    """A comment on an order, which may set its status."""

    comment: Text | None = None
    created_at: str | None = None
    entity_id: Whole | None = None
    entity_name: str | None = None
    is_customer_notified: Flag | None = None
    is_visible_on_front: Flag | None = None
    parent_id: Whole | None = None
    status: str | None = None
    extension_attributes: dict[str, Any] | None = None


class AddHistory(Input):
    """Parameters of commenting on an order."""

    status_history: HistoryDraft


class SaveEntity(Input):
    """Parameters of saving an entity as it is."""

    entity: dict[str, Any]


class SaveAddress(Input):
    """Parameters of changing an order's address."""

    entity: Address


class RawShipmentItem(Draft):
    """Units of a line, without any check."""

    order_item_id: Whole
    qty: Amount
    entity_id: Whole | None = None
    sku: str | None = None
    name: str | None = None
    price: Amount | None = None
    product_id: Whole | None = None
    parent_id: Whole | None = None
    row_total: Amount | None = None
    weight: Amount | None = None
    description: str | None = None
    additional_data: str | None = None
    extension_attributes: dict[str, Any] | None = None


class RawTrack(Draft):
    """A tracking number with all that the table holds."""

    order_id: Whole | None = None
    parent_id: Whole | None = None
    entity_id: Whole | None = None
    created_at: str | None = None
    updated_at: str | None = None
    weight: Amount | None = None
    qty: Amount | None = None
    description: Text | None = None
    track_number: Text | None = None
    title: Text | None = None
    carrier_code: Text | None = None
    extension_attributes: dict[str, Any] | None = None


class RawComment(Draft):
    """A comment with all that the table holds."""

    comment: Text
    is_customer_notified: Flag = 0
    is_visible_on_front: Flag = 0
    parent_id: Whole | None = None
    entity_id: Whole | None = None
    created_at: str | None = None
    extension_attributes: dict[str, Any] | None = None


class RawShipment(Draft):
    """A shipment that is saved as it is."""

    order_id: Whole
    items: list[RawShipmentItem]
    tracks: list[RawTrack] = msgspec.field(default_factory=list)
    comments: list[RawComment] = msgspec.field(default_factory=list)
    packages: list[dict[str, Any]] = msgspec.field(default_factory=list)
    entity_id: Whole | None = None
    increment_id: str | None = None
    total_qty: Amount | None = None
    total_weight: Amount | None = None
    store_id: Whole | None = None
    customer_id: Whole | None = None
    billing_address_id: Whole | None = None
    shipping_address_id: Whole | None = None
    email_sent: Whole | None = None
    shipment_status: Whole | None = None
    shipping_label: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    extension_attributes: ShipArgumentExtension | None = None


class SaveShipment(Input):
    """Parameters of saving a shipment as it is."""

    entity: RawShipment


class SaveTrack(Input):
    """Parameters of adding a tracking number."""

    entity: RawTrack


class SaveComment(Input):
    """Parameters of commenting on a shipment."""

    entity: RawComment


class RefundDraft(Input):
    """Parameters of refunding by a whole credit memo."""

    creditmemo: dict[str, Any]
    offline_requested: bool = False


class Scheduled(Shape):
    """An operation that a queue has taken, or not."""

    id: int
    data_hash: str
    status: str
    error_message: str | None = None


class Accepted(Shape):
    """The answer of a queue."""

    bulk_uuid: str
    request_items: list[Scheduled]
    errors: bool


class OperationStatus(Shape):
    """What became of an operation."""

    id: int
    status: int
    result_message: str | None = None
    error_code: int | None = None


class BulkStatus(Shape):
    """What became of a bulk."""

    operations_list: list[OperationStatus]
    bulk_id: str
    description: str
    start_time: str
    user_type: int
    operation_count: int
    user_id: int | None = None


class BulkRow(Shape):
    """An operation in the list of all."""

    id: int
    bulk_uuid: str
    topic_name: str
    serialized_data: str
    status: int


class DetailedOperation(Shape):
    """What became of an operation, with what was asked and answered."""

    id: int
    bulk_uuid: str
    topic_name: str
    serialized_data: str
    status: int
    result_serialized_data: str | None = None
    result_message: str | None = None
    error_code: int | None = None


class DetailedStatus(Shape):
    """What became of a bulk, in all detail."""

    operations_list: list[DetailedOperation]
    bulk_id: str
    description: str
    start_time: str
    user_type: int
    operation_count: int
    user_id: int | None = None
