"""Shipments, invoices and credit memos, as the shop keeps and shows them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from peakproof_simulators.adobe_commerce.payloads.common import Amount, Shape, page_of, zero
from peakproof_simulators.adobe_commerce.payloads.orders import Order, OrderItem, Payment


class Comment(Shape):
    """A comment on a shipment, an invoice or a credit memo."""

    entity_id: int
    parent_id: int
    created_at: str
    comment: str
    is_customer_notified: int
    is_visible_on_front: int


class Track(Shape):
    """A tracking number of a shipment."""

    entity_id: int
    order_id: int
    parent_id: int
    created_at: str
    track_number: str
    title: str
    carrier_code: str
    weight: Amount | None = None
    qty: Amount | None = None
    description: str | None = None


class ShipmentItem(Shape):
    """Units of a line in a shipment."""

    entity_id: int
    parent_id: int
    order_item_id: int
    sku: str
    name: str
    qty: Amount
    product_id: int | None = None
    price: Amount | None = None
    weight: Amount | None = None
    row_total: Amount | None = None
    additional_data: str | None = None
    description: str | None = None
    extension_attributes: dict[str, Any] | None = None


class ShipmentExtension(Shape):
    """The source that a shipment was taken from."""

    source_code: str


class Shipment(Shape):
    """A shipment."""

    entity_id: int
    increment_id: str
    order_id: int
    store_id: int
    created_at: str
    updated_at: str
    total_qty: Amount
    items: list[ShipmentItem]
    tracks: list[Track]
    comments: list[Comment]
    packages: list[dict[str, Any]]
    shipment_status: int | None = None
    email_sent: int | None = None
    extension_attributes: ShipmentExtension | None = None


class DocumentItem(Shape):
    """Units of a line in an invoice or a credit memo."""

    entity_id: int
    parent_id: int
    order_item_id: int
    sku: str
    name: str
    qty: Amount
    product_id: int | None = None
    description: str | None = None
    additional_data: str | None = None
    price: Amount = msgspec.field(default_factory=zero)
    row_total: Amount = msgspec.field(default_factory=zero)
    tax_amount: Amount = msgspec.field(default_factory=zero)
    price_incl_tax: Amount = msgspec.field(default_factory=zero)
    row_total_incl_tax: Amount = msgspec.field(default_factory=zero)
    discount_amount: Amount = msgspec.field(default_factory=zero)
    base_price: Amount = msgspec.field(default_factory=zero)
    base_row_total: Amount = msgspec.field(default_factory=zero)
    base_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_price_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_row_total_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_discount_amount: Amount = msgspec.field(default_factory=zero)


class Invoice(Shape):
    """An invoice; ``state`` 1 open, 2 paid, 3 cancelled."""

    entity_id: int
    increment_id: str
    order_id: int
    store_id: int
    state: int
    created_at: str
    updated_at: str
    order_currency_code: str
    total_qty: Amount
    items: list[DocumentItem]
    comments: list[Comment]
    base_currency_code: str | None = None
    can_void_flag: int = msgspec.field(default_factory=int)
    email_sent: int | None = None
    is_used_for_refund: int | None = None
    transaction_id: str | None = None
    base_total_refunded: Amount | None = None
    grand_total: Amount = msgspec.field(default_factory=zero)
    subtotal: Amount = msgspec.field(default_factory=zero)
    subtotal_incl_tax: Amount = msgspec.field(default_factory=zero)
    tax_amount: Amount = msgspec.field(default_factory=zero)
    discount_amount: Amount = msgspec.field(default_factory=zero)
    shipping_amount: Amount = msgspec.field(default_factory=zero)
    shipping_tax_amount: Amount = msgspec.field(default_factory=zero)
    shipping_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_grand_total: Amount = msgspec.field(default_factory=zero)
    base_subtotal: Amount = msgspec.field(default_factory=zero)
    base_subtotal_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_discount_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_incl_tax: Amount = msgspec.field(default_factory=zero)


class Creditmemo(Shape):
    """A credit memo; ``state`` 1 open, 2 refunded, 3 cancelled."""

    entity_id: int
    increment_id: str
    order_id: int
    store_id: int
    state: int
    created_at: str
    updated_at: str
    order_currency_code: str
    items: list[DocumentItem]
    comments: list[Comment]
    base_currency_code: str | None = None
    invoice_id: int | None = None
    email_sent: int | None = None
    adjustment: Amount = msgspec.field(default_factory=zero)
    adjustment_positive: Amount = msgspec.field(default_factory=zero)
    adjustment_negative: Amount = msgspec.field(default_factory=zero)
    grand_total: Amount = msgspec.field(default_factory=zero)
    subtotal: Amount = msgspec.field(default_factory=zero)
    subtotal_incl_tax: Amount = msgspec.field(default_factory=zero)
    tax_amount: Amount = msgspec.field(default_factory=zero)
    discount_amount: Amount = msgspec.field(default_factory=zero)
    shipping_amount: Amount = msgspec.field(default_factory=zero)
    shipping_tax_amount: Amount = msgspec.field(default_factory=zero)
    shipping_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_grand_total: Amount = msgspec.field(default_factory=zero)
    base_subtotal: Amount = msgspec.field(default_factory=zero)
    base_subtotal_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_discount_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_incl_tax: Amount = msgspec.field(default_factory=zero)


class Transaction(Shape, kw_only=True):
    """Money that a gateway moved."""

    transaction_id: int
    order_id: int
    payment_id: int
    txn_id: str
    txn_type: str
    is_closed: int
    created_at: str
    parent_txn_id: str | None = None
    additional_information: list[str]
    child_transactions: list[dict[str, Any]]


def _twins(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    fields = kind.__struct_fields__
    return tuple((name, f"base_{name}") for name in fields if f"base_{name}" in fields)


TWINS: Final = {
    kind: _twins(kind) for kind in (Order, OrderItem, Invoice, Creditmemo, DocumentItem, Payment)
}
"""Amounts that are there in the base currency too; one currency is all that is played."""


def twin(entity: Any) -> None:
    """Set an entity's amounts in the base currency."""
    for name, base in TWINS[type(entity)]:
        setattr(entity, base, getattr(entity, name))


Shipments = page_of(Shipment, "Shipments")
Invoices = page_of(Invoice, "Invoices")
Creditmemos = page_of(Creditmemo, "Creditmemos")
Transactions = page_of(Transaction, "Transactions")
