"""Carts of guests and of administrators."""

from __future__ import annotations

from typing import Any

from peakproof_simulators.adobe_commerce.payloads.common import (
    Amount,
    Draft,
    Input,
    Shape,
    Text,
    Whole,
)
from peakproof_simulators.adobe_commerce.payloads.orders import Address


class CartItemDraft(Draft, kw_only=True):
    """A line as a caller wants it."""

    sku: Text | None = None
    qty: Amount
    item_id: Whole | None = None
    name: Text | None = None
    price: Amount | None = None
    product_type: str | None = None
    quote_id: str | None = None
    product_option: dict[str, Any] | None = None
    extension_attributes: dict[str, Any] | None = None


class AddItem(Input):
    """Parameters of putting something into a cart."""

    cart_item: CartItemDraft


class CartItem(Shape):
    """A line of a cart."""

    item_id: int
    sku: str
    qty: Amount
    name: str
    price: Amount
    product_type: str
    quote_id: str


class Customer(Shape):
    """Who shops; guests have a name at most."""

    email: str | None = None
    firstname: str | None = None
    lastname: str | None = None


class ShownCart(Shape, kw_only=True):
    """A cart."""

    id: int
    created_at: str
    updated_at: str
    is_active: bool
    is_virtual: bool
    items: list[CartItem]
    items_count: int
    items_qty: Amount
    customer: Customer
    billing_address: Address | None = None
    reserved_order_id: str | None = None
    orig_order_id: int
    currency: dict[str, Any]
    customer_is_guest: bool
    customer_note_notify: bool
    customer_tax_class_id: int
    store_id: int
    extension_attributes: dict[str, Any] | None = None


class AskShipping(Input):
    """Parameters of asking what shipping costs."""

    address: Address


class AddressInformation(Draft):
    """Where to and how a cart is to be shipped."""

    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping_method_code: str | None = None
    shipping_carrier_code: str | None = None
    extension_attributes: dict[str, Any] | None = None
    custom_attributes: list[dict[str, Any]] | None = None


class SetShipping(Input):
    """Parameters of choosing how to ship."""

    address_information: AddressInformation


class PaymentMethodDraft(Draft):
    """How a cart is to be paid."""

    method: str
    po_number: str | None = None
    additional_data: list[str] | dict[str, Any] | None = None
    extension_attributes: dict[str, Any] | None = None


class GuestPayment(Input):
    """Parameters of a guest's payment, which orders the cart."""

    email: Text
    payment_method: PaymentMethodDraft
    billing_address: Address | None = None


class Order(Input):
    """Parameters of ordering a cart."""

    payment_method: PaymentMethodDraft | None = None


class ShippingMethod(Shape):
    """A way of shipping, with its price."""

    carrier_code: str
    method_code: str
    carrier_title: str
    method_title: str
    amount: Amount
    base_amount: Amount
    available: bool
    error_message: str
    price_excl_tax: Amount
    price_incl_tax: Amount


class PaymentMethod(Shape):
    """A way of paying."""

    code: str
    title: str


class TotalsItem(Shape):
    """Amounts of a line of a cart."""

    item_id: int
    price: Amount
    qty: Amount
    row_total: Amount
    row_total_incl_tax: Amount
    price_incl_tax: Amount
    tax_amount: Amount
    tax_percent: Amount
    name: str


class Segment(Shape):
    """A line of the sum."""

    code: str
    title: str
    value: Amount | None = None


class Totals(Shape):
    """What a cart comes to."""

    grand_total: Amount
    base_grand_total: Amount
    subtotal: Amount
    base_subtotal: Amount
    subtotal_incl_tax: Amount
    discount_amount: Amount
    shipping_amount: Amount
    shipping_incl_tax: Amount
    shipping_tax_amount: Amount
    tax_amount: Amount
    base_tax_amount: Amount
    base_currency_code: str
    quote_currency_code: str
    items_qty: Amount
    items: list[TotalsItem]
    total_segments: list[Segment]


class PaymentDetails(Shape):
    """How a cart may be paid, and what it comes to."""

    payment_methods: list[PaymentMethod]
    totals: Totals
