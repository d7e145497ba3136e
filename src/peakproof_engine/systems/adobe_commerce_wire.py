"""Adobe Commerce's documents, as far as the engine reads them, and its refusals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec

from peakproof_engine.errors import Refused
from peakproof_engine.http import Answer, decoder

ZERO: Final = Decimal(0)


class Wire(msgspec.Struct, gc=False):
    """The root of the documents; fields that are not read are skipped."""


class SourceItem(Wire):
    """Units of a SKU at a source."""

    sku: str
    source_code: str
    quantity: Decimal = ZERO
    status: int = 1


class SourceItems(Wire):
    """A page of source items."""

    items: list[SourceItem] = []


class Source(Wire):
    """A place with stock."""

    source_code: str
    enabled: bool = True


class Sources(Wire):
    """A page of sources."""

    items: list[Source] = []


class Product(Wire):
    """A product."""

    sku: str
    status: int = 1


class Products(Wire):
    """A page of products."""

    items: list[Product] = []


class Address(Wire):
    """A postal address."""

    firstname: str | None = None
    lastname: str | None = None
    street: list[str] | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country_id: str | None = None
    email: str | None = None
    telephone: str | None = None


class Shipping(Wire):
    """How and where an order is shipped."""

    address: Address | None = None


class Assignment(Wire):
    """What of an order is shipped where."""

    shipping: Shipping | None = None


class Extension(Wire):
    """What else belongs to an order."""

    shipping_assignments: list[Assignment] = []


class Comment(Wire):
    """A comment on an order or a document."""

    comment: str | None = None
    is_visible_on_front: int = 0


class Item(Wire):
    """A line of an order."""

    item_id: int
    sku: str
    qty_ordered: Decimal
    qty_invoiced: Decimal = ZERO
    qty_shipped: Decimal = ZERO
    qty_canceled: Decimal = ZERO
    qty_refunded: Decimal = ZERO
    price_incl_tax: Decimal = ZERO
    row_total_incl_tax: Decimal = ZERO
    parent_item_id: int | None = None


class OrderBody(Wire):
    """An order."""

    entity_id: int
    increment_id: str
    state: str
    created_at: str
    updated_at: str
    order_currency_code: str = ""
    grand_total: Decimal = ZERO
    total_paid: Decimal | None = None
    total_refunded: Decimal | None = None
    customer_email: str | None = None
    items: list[Item] = []
    status_histories: list[Comment] = []
    extension_attributes: Extension | None = None


class Orders(Wire):
    """A page of orders."""

    items: list[OrderBody] = []


class Track(Wire):
    """A tracking number."""

    track_number: str | None = None


class Shipment(Wire):
    """A parcel of an order."""

    entity_id: int
    order_id: int
    tracks: list[Track] = []
    comments: list[Comment] = []


class Shipments(Wire):
    """A page of shipments."""

    items: list[Shipment] = []


class ErrorItem(Wire):
    """One of several things that are wrong."""

    message: str = ""
    parameters: Any = None


class ErrorBody(Wire):
    """The envelope of every refusal: the message has its placeholders still in it."""

    message: str = ""
    parameters: Any = None
    errors: list[ErrorItem] = []


SOURCE_ITEMS: Final = decoder(SourceItems)
SOURCES: Final = decoder(Sources)
PRODUCTS: Final = decoder(Products)
ORDER: Final = decoder(OrderBody)
ORDERS: Final = decoder(Orders)
SHIPMENTS: Final = decoder(Shipments)
TEXT: Final = decoder(str)
ANY: Final = decoder(Any)
FLAG: Final = decoder(bool)
ERROR: Final = decoder(ErrorBody)


def minor(amount: Decimal | None) -> int:
    """An amount in the smallest unit of its currency."""
    if amount is None:
        return 0
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def check(answer: Answer, what: str) -> None:
    """Raise what a refusal means.

    Raises:
        Refused: any 4xx; what the placeholders stand for is part of the reason.
    """
    if answer.status < 400:
        return
    try:
        body = ERROR.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = ErrorBody(answer.body.decode("utf-8", "replace"))
    said = [_filled(body.message, body.parameters)]
    said += [_filled(each.message, each.parameters) for each in body.errors]
    raise Refused(what, " ".join(said), status=answer.status)


def _filled(message: str, parameters: Any) -> str:
    """A message with its placeholders filled in."""
    if isinstance(parameters, dict):
        for name, value in parameters.items():
            message = message.replace(f"%{name}", str(value))
    elif isinstance(parameters, list):
        for at, value in enumerate(parameters, start=1):
            message = message.replace(f"%{at}", str(value))
    return message
