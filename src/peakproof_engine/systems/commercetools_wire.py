"""commercetools' documents, as far as the engine reads them, and its refusals."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from peakproof_engine.errors import Conflict, Refused
from peakproof_engine.http import Answer, decoder


class Wire(msgspec.Struct, rename="camel", gc=False):
    """The root of the documents; fields that are not read are skipped."""


class Ref(Wire):
    """Points at a resource; ``obj`` is there when it was asked for."""

    id: str
    obj: PaymentBody | None = None


class Money(Wire):
    """Money in the smallest unit of its currency."""

    cent_amount: int
    currency_code: str = ""


class Transaction(Wire):
    """One movement of money."""

    type: str
    state: str
    amount: Money
    interaction_id: str | None = None


class PaymentBody(Wire):
    """A payment."""

    id: str
    version: int
    amount_planned: Money
    transactions: list[Transaction] = []


class Variant(Wire):
    """What a line sells."""

    sku: str = ""


class ItemState(Wire):
    """Units of a line in one state."""

    quantity: int
    state: Ref


class LineItem(Wire):
    """A line of an order."""

    id: str
    variant: Variant
    quantity: int
    total_price: Money
    supply_channel: Ref | None = None
    state: list[ItemState] = []


class TrackingData(Wire):
    """How a parcel can be followed."""

    tracking_id: str | None = None


class ParcelBody(Wire):
    """A parcel of a delivery."""

    tracking_data: TrackingData | None = None


class Delivery(Wire):
    """Goods that leave together."""

    key: str | None = None
    parcels: list[ParcelBody] = []


class ShippingInfo(Wire):
    """The shipping of an order."""

    deliveries: list[Delivery] = []


class PaymentInfo(Wire):
    """The payments of an order."""

    payments: list[Ref] = []


class Address(Wire):
    """A postal address."""

    country: str = ""
    first_name: str = ""
    last_name: str = ""
    street_name: str = ""
    street_number: str = ""
    additional_street_info: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    phone: str = ""
    email: str = ""


class OrderBody(Wire):
    """An order."""

    id: str
    version: int
    created_at: str
    last_modified_at: str
    line_items: list[LineItem]
    total_price: Money
    order_state: str
    order_number: str | None = None
    customer_email: str | None = None
    shipment_state: str | None = None
    payment_state: str | None = None
    shipping_address: Address | None = None
    shipping_info: ShippingInfo | None = None
    payment_info: PaymentInfo | None = None
    last_message_sequence_number: int | None = None


class Brief(Wire):
    """Which order it is, in which version."""

    id: str
    version: int
    last_modified_at: str


class Briefs(Wire):
    """A page of orders: which ones there are."""

    results: list[Brief]


class Orders(Wire):
    """A page of orders, not looked into yet."""

    results: list[msgspec.Raw]


class Entry(Wire):
    """Stock of a SKU at a supply channel, as readers see it."""

    id: str
    version: int
    sku: str
    available_quantity: int
    last_modified_at: str = ""
    supply_channel: Ref | None = None


class Entries(Wire):
    """A page of inventory entries."""

    results: list[Entry]


class Keyed(Wire):
    """A resource with a key."""

    id: str
    key: str | None = None


class KeyedPage(Wire):
    """A page of such resources."""

    results: list[Keyed]


class ProductRecord(Wire):
    """A product as it is published or staged."""

    master_variant: Variant
    variants: list[Variant] = []


class ProductMaster(Wire):
    """Both records of a product."""

    current: ProductRecord
    published: bool = True


class Product(Wire):
    """A product."""

    id: str
    master_data: ProductMaster


class Products(Wire):
    """A page of products."""

    results: list[Product]


class Message(Wire):
    """A message, from the query or inside a notification."""

    type: str = ""
    resource: Ref | None = None
    resource_version: int = 0
    sequence_number: int = 0
    order: OrderBody | None = None
    order_state: str = ""
    payment_state: str = ""
    old_quantity_on_stock: int = 0
    new_quantity_on_stock: int = 0
    transaction: Transaction | None = None
    state: Any = None


class Messages(Wire):
    """A page of messages."""

    results: list[Message]


class CloudEvent(Wire):
    """A notification in the CloudEvents form."""

    id: str = ""
    type: str = ""
    data: Message | None = None


class ErrorObject(Wire):
    """One thing that is wrong."""

    code: str = ""
    message: str = ""


class ErrorBody(Wire):
    """The envelope of every refusal."""

    message: str = ""
    errors: list[ErrorObject] = []


class Token(msgspec.Struct):
    """An access token and how long it lives, in seconds."""

    access_token: str
    expires_in: float = 172800.0


ORDER: Final = decoder(OrderBody)
ORDERS: Final = decoder(Orders)
BRIEF: Final = decoder(Brief)
BRIEFS: Final = decoder(Briefs)
ENTRY: Final = decoder(Entry)
ENTRIES: Final = decoder(Entries)
KEYED: Final = decoder(KeyedPage)
ONE_KEYED: Final = decoder(Keyed)
PRODUCTS: Final = decoder(Products)
MESSAGES: Final = decoder(Messages)
EVENTS: Final = decoder(list[CloudEvent] | CloudEvent)
PAYMENT: Final = decoder(PaymentBody)
ERROR: Final = decoder(ErrorBody)
TOKEN: Final = decoder(Token)


def check(answer: Answer, what: str) -> None:
    """Raise what a refusal means.

    Raises:
        Conflict: 409.
        Refused: any other 4xx; ``code`` is the vendor's.
    """
    if answer.status < 400:
        return
    try:
        error = ERROR.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        error = ErrorBody(answer.body.decode("utf-8", "replace"))
    code = error.errors[0].code if error.errors else ""
    if answer.status == 409:
        raise Conflict(what, error.message, status=409, code=code)
    raise Refused(what, error.message, status=answer.status, code=code)
