"""Orders and their lines, as the shop keeps and shows them."""

from __future__ import annotations

from typing import Any

import msgspec

from peakproof_simulators.adobe_commerce.payloads.common import (
    Amount,
    Draft,
    Shape,
    Text,
    Whole,
    one,
    page_of,
    zero,
)


class Address(Draft):
    """A postal address."""

    address_type: str | None = None
    city: Text | None = None
    company: Text | None = None
    country_id: str | None = None
    customer_address_id: Whole | None = None
    customer_id: Whole | None = None
    email: Text | None = None
    entity_id: Whole | None = None
    fax: Text | None = None
    firstname: Text | None = None
    id: Whole | None = None
    lastname: Text | None = None
    middlename: Text | None = None
    parent_id: Whole | None = None
    postcode: Text | None = None
    prefix: Text | None = None
    region: Text | None = None
    region_code: Text | None = None
    region_id: Whole | None = None
    same_as_billing: Whole | None = None
    save_in_address_book: Whole | None = None
    street: list[Text] | None = None
    suffix: Text | None = None
    telephone: Text | None = None
    vat_id: Text | None = None
    extension_attributes: dict[str, Any] | None = None
    custom_attributes: list[dict[str, Any]] | None = None


class History(Shape):
    """A comment on an order."""

    entity_id: int
    parent_id: int
    entity_name: str
    status: str
    is_customer_notified: int
    is_visible_on_front: int
    created_at: str
    comment: str | None = None


class Payment(Shape):
    """How an order is paid."""

    method: str
    additional_information: list[Any]
    entity_id: int | None = None
    parent_id: int | None = None
    amount_ordered: Amount | None = None
    base_amount_ordered: Amount | None = None
    amount_paid: Amount | None = None
    base_amount_paid: Amount | None = None
    amount_refunded: Amount | None = None
    base_amount_refunded: Amount | None = None
    last_trans_id: str | None = None


class OrderItem(Shape):
    """A line of an order. A line with a parent hangs below a bundle or a configurable."""

    item_id: int
    order_id: int
    sku: str
    name: str
    product_type: str
    qty_ordered: Amount
    created_at: str
    updated_at: str
    store_id: int = msgspec.field(default_factory=one)
    product_id: int | None = None
    parent_item_id: int | None = None
    quote_item_id: int | None = None
    is_qty_decimal: int = msgspec.field(default_factory=int)
    is_virtual: int = msgspec.field(default_factory=int)
    free_shipping: int = msgspec.field(default_factory=int)
    weight: Amount | None = None
    product_option: dict[str, Any] | None = None
    additional_data: str | None = None
    extension_attributes: dict[str, Any] | None = None
    qty_invoiced: Amount = msgspec.field(default_factory=zero)
    qty_shipped: Amount = msgspec.field(default_factory=zero)
    qty_canceled: Amount = msgspec.field(default_factory=zero)
    qty_refunded: Amount = msgspec.field(default_factory=zero)
    tax_percent: Amount = msgspec.field(default_factory=zero)
    discount_percent: Amount = msgspec.field(default_factory=zero)
    qty_backordered: Amount | None = None
    qty_returned: Amount | None = None
    price: Amount = msgspec.field(default_factory=zero)
    original_price: Amount = msgspec.field(default_factory=zero)
    row_total: Amount = msgspec.field(default_factory=zero)
    tax_amount: Amount = msgspec.field(default_factory=zero)
    tax_invoiced: Amount = msgspec.field(default_factory=zero)
    tax_refunded: Amount = msgspec.field(default_factory=zero)
    discount_amount: Amount = msgspec.field(default_factory=zero)
    discount_invoiced: Amount = msgspec.field(default_factory=zero)
    discount_refunded: Amount = msgspec.field(default_factory=zero)
    row_invoiced: Amount = msgspec.field(default_factory=zero)
    amount_refunded: Amount = msgspec.field(default_factory=zero)
    price_incl_tax: Amount = msgspec.field(default_factory=zero)
    row_total_incl_tax: Amount = msgspec.field(default_factory=zero)
    discount_tax_compensation_amount: Amount = msgspec.field(default_factory=zero)
    base_price: Amount = msgspec.field(default_factory=zero)
    base_original_price: Amount = msgspec.field(default_factory=zero)
    base_row_total: Amount = msgspec.field(default_factory=zero)
    base_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_tax_invoiced: Amount = msgspec.field(default_factory=zero)
    base_tax_refunded: Amount = msgspec.field(default_factory=zero)
    base_discount_amount: Amount = msgspec.field(default_factory=zero)
    base_discount_invoiced: Amount = msgspec.field(default_factory=zero)
    base_discount_refunded: Amount = msgspec.field(default_factory=zero)
    base_row_invoiced: Amount = msgspec.field(default_factory=zero)
    base_amount_refunded: Amount = msgspec.field(default_factory=zero)
    base_price_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_row_total_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_discount_tax_compensation_amount: Amount = msgspec.field(default_factory=zero)


class Shipping(Shape):
    """Where to and how a shipment of an order goes."""

    method: str
    total: dict[str, Any]
    address: Address | None = None


class Assignment(Shape):
    """Lines that are shipped together."""

    shipping: Shipping
    items: list[OrderItem]
    stock_id: int | None = None


class OrderExtension(Shape):
    """What other modules hang on an order."""

    shipping_assignments: list[Assignment] | None = None
    payment_additional_info: list[dict[str, Any]] | None = None
    applied_taxes: list[dict[str, Any]] | None = None
    item_applied_taxes: list[dict[str, Any]] | None = None
    converting_from_quote: bool | None = None
    pickup_location_code: str | None = None


class Order(Shape):
    """An order."""

    entity_id: int
    increment_id: str
    state: str
    status: str
    store_id: int
    created_at: str
    updated_at: str
    customer_email: str
    base_currency_code: str
    global_currency_code: str
    order_currency_code: str
    store_currency_code: str
    items: list[OrderItem]
    status_histories: list[History]
    protect_code: str = msgspec.field(default_factory=str)
    store_name: str | None = None
    customer_is_guest: int = msgspec.field(default_factory=one)
    customer_note_notify: int = msgspec.field(default_factory=int)
    customer_group_id: int = msgspec.field(default_factory=int)
    email_sent: int = msgspec.field(default_factory=int)
    is_virtual: int = msgspec.field(default_factory=int)
    quote_id: int | None = None
    total_item_count: int = msgspec.field(default_factory=int)
    base_to_order_rate: Amount | None = None
    customer_id: int | None = None
    customer_firstname: str | None = None
    customer_lastname: str | None = None
    ext_order_id: str | None = None
    ext_customer_id: str | None = None
    coupon_code: str | None = None
    remote_ip: str | None = None
    shipping_description: str | None = None
    hold_before_state: str | None = None
    hold_before_status: str | None = None
    billing_address: Address | None = None
    payment: Payment | None = None
    extension_attributes: OrderExtension | None = None
    total_qty_ordered: Amount = msgspec.field(default_factory=zero)
    grand_total: Amount = msgspec.field(default_factory=zero)
    subtotal: Amount = msgspec.field(default_factory=zero)
    subtotal_incl_tax: Amount = msgspec.field(default_factory=zero)
    tax_amount: Amount = msgspec.field(default_factory=zero)
    discount_amount: Amount = msgspec.field(default_factory=zero)
    shipping_amount: Amount = msgspec.field(default_factory=zero)
    shipping_tax_amount: Amount = msgspec.field(default_factory=zero)
    shipping_incl_tax: Amount = msgspec.field(default_factory=zero)
    total_due: Amount = msgspec.field(default_factory=zero)
    total_paid: Amount = msgspec.field(default_factory=zero)
    total_refunded: Amount = msgspec.field(default_factory=zero)
    total_invoiced: Amount = msgspec.field(default_factory=zero)
    total_canceled: Amount = msgspec.field(default_factory=zero)
    subtotal_invoiced: Amount = msgspec.field(default_factory=zero)
    subtotal_refunded: Amount = msgspec.field(default_factory=zero)
    subtotal_canceled: Amount = msgspec.field(default_factory=zero)
    tax_invoiced: Amount = msgspec.field(default_factory=zero)
    tax_refunded: Amount = msgspec.field(default_factory=zero)
    tax_canceled: Amount = msgspec.field(default_factory=zero)
    shipping_invoiced: Amount = msgspec.field(default_factory=zero)
    shipping_refunded: Amount = msgspec.field(default_factory=zero)
    shipping_canceled: Amount = msgspec.field(default_factory=zero)
    discount_invoiced: Amount = msgspec.field(default_factory=zero)
    discount_refunded: Amount = msgspec.field(default_factory=zero)
    base_grand_total: Amount = msgspec.field(default_factory=zero)
    base_subtotal: Amount = msgspec.field(default_factory=zero)
    base_subtotal_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_discount_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_tax_amount: Amount = msgspec.field(default_factory=zero)
    base_shipping_incl_tax: Amount = msgspec.field(default_factory=zero)
    base_total_due: Amount = msgspec.field(default_factory=zero)
    base_total_paid: Amount = msgspec.field(default_factory=zero)
    base_total_refunded: Amount = msgspec.field(default_factory=zero)
    base_total_invoiced: Amount = msgspec.field(default_factory=zero)
    base_total_canceled: Amount = msgspec.field(default_factory=zero)
    base_subtotal_invoiced: Amount = msgspec.field(default_factory=zero)
    base_subtotal_refunded: Amount = msgspec.field(default_factory=zero)
    base_subtotal_canceled: Amount = msgspec.field(default_factory=zero)
    base_tax_invoiced: Amount = msgspec.field(default_factory=zero)
    base_tax_refunded: Amount = msgspec.field(default_factory=zero)
    base_tax_canceled: Amount = msgspec.field(default_factory=zero)
    base_shipping_invoiced: Amount = msgspec.field(default_factory=zero)
    base_shipping_refunded: Amount = msgspec.field(default_factory=zero)
    base_shipping_canceled: Amount = msgspec.field(default_factory=zero)
    base_discount_invoiced: Amount = msgspec.field(default_factory=zero)
    base_discount_refunded: Amount = msgspec.field(default_factory=zero)


Orders = page_of(Order, "Orders")
OrderItems = page_of(OrderItem, "OrderItems")
Histories = page_of(History, "Histories")
