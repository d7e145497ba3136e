"""The tills' documents (Square API v2), as far as the engine reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from peakproof_engine.errors import Conflict, Refused
from peakproof_engine.http import Answer, decoder


class Wire(msgspec.Struct, gc=False):
    """The root of the documents; fields that are not read are skipped."""


class Money(Wire):
    """An amount in minor units."""

    amount: int = 0
    currency: str = ""


class VariationData(Wire):
    """What a variation is."""

    sku: str = ""


class CatalogObject(Wire):
    """An entry of the catalogue."""

    id: str
    item_variation_data: VariationData | None = None


class Objects(Wire):
    """A page of the catalogue."""

    objects: list[CatalogObject] | None = None
    cursor: str | None = None


class Location(Wire):
    """A store."""

    id: str


class Locations(Wire):
    """All stores."""

    locations: list[Location] | None = None


class Count(Wire):
    """What is worked out to be there; quantities are decimal strings."""

    catalog_object_id: str
    state: str
    location_id: str
    quantity: str
    calculated_at: str


class Counts(Wire):
    """A page of counts, or what a change left behind."""

    counts: list[Count] | None = None
    cursor: str | None = None


class Reason(Wire):
    """Why it was adjusted."""

    type: str = ""


class StockEvent(Wire):
    """A physical count or an adjustment."""

    id: str
    catalog_object_id: str = ""
    quantity: str = "0"
    occurred_at: str = ""
    created_at: str = ""
    reference_id: str = ""
    state: str = ""
    from_state: str = ""
    to_state: str = ""
    location_id: str = ""
    to_location_id: str = ""
    from_location_id: str = ""
    transaction_id: str = ""
    reason_id: Reason | None = None

    @property
    def place(self) -> str:
        """The location, in whichever spelling it came."""
        return self.location_id or self.to_location_id or self.from_location_id


class Change(Wire):
    """A line of the stock book."""

    type: str
    physical_count: StockEvent | None = None
    adjustment: StockEvent | None = None


class Changes(Wire):
    """A page of the stock book."""

    changes: list[Change] | None = None
    cursor: str | None = None


class LineItem(Wire):
    """A line that was sold or brought back."""

    quantity: str = "0"
    name: str = ""
    catalog_object_id: str = ""
    item_type: str = "ITEM"
    base_price_money: Money | None = None
    total_money: Money | None = None
    total_tax_money: Money | None = None


class Return(Wire):
    """What came back from one sale."""

    return_line_items: list[LineItem] | None = None


class Tender(Wire):
    """Money that was taken."""

    id: str = ""


class Order(Wire):
    """A till's transaction."""

    id: str
    location_id: str
    state: str
    created_at: str
    updated_at: str = ""
    line_items: list[LineItem] | None = None
    returns: list[Return] | None = None
    tenders: list[Tender] | None = None
    refunds: list[Tender] | None = None
    total_money: Money | None = None
    fulfillments: list[Any] | None = None


class Orders(Wire):
    """A page of transactions."""

    orders: list[Order] | None = None
    cursor: str | None = None


class Subscription(Wire):
    """Who is told of what."""

    id: str
    notification_url: str = ""
    signature_key: str = ""


class SubscriptionAnswer(Wire):
    """One subscription."""

    subscription: Subscription


class Subscriptions(Wire):
    """All subscriptions."""

    subscriptions: list[Subscription] | None = None


class OrderNews(Wire):
    """What an order event says: no lines, they have to be fetched."""

    order_id: str
    state: str = ""


class EventObject(Wire):
    """What an event is about."""

    order_created: OrderNews | None = None
    order_updated: OrderNews | None = None


class EventData(Wire):
    """The envelope around it."""

    object: EventObject | None = None


class Event(Wire):
    """A notification."""

    type: str
    event_id: str
    data: EventData | None = None


class Token(Wire):
    """A fresh access token."""

    access_token: str
    expires_at: str = ""


class ErrorObject(Wire):
    """One thing that is wrong."""

    code: str = ""
    detail: str = ""


class ErrorBody(Wire):
    """The envelope of every refusal."""

    errors: list[ErrorObject] = []


OBJECTS: Final = decoder(Objects)
LOCATIONS: Final = decoder(Locations)
COUNTS: Final = decoder(Counts)
CHANGES: Final = decoder(Changes)
ORDERS: Final = decoder(Orders)
SUBSCRIPTION: Final = decoder(SubscriptionAnswer)
SUBSCRIPTIONS: Final = decoder(Subscriptions)
EVENT: Final = decoder(Event)
TOKEN: Final = decoder(Token)
ERROR: Final = decoder(ErrorBody)


def units(quantity: str) -> int:
    """Whole units of a decimal string; parts of a unit are not sold here."""
    return int(quantity.partition(".")[0] or "0")


def total(lines: Iterable[LineItem]) -> tuple[int, int]:
    """What lines come to, tax and all, and the tax in it."""
    amount = tax = 0
    for line in lines:
        amount += line.total_money.amount if line.total_money is not None else 0
        tax += line.total_tax_money.amount if line.total_tax_money is not None else 0
    return amount, tax


def check(answer: Answer, what: str) -> None:
    """Raise what a refusal means.

    Raises:
        Conflict: 409.
        Refused: any other 4xx; ``code`` is the vendor's.
    """
    if answer.status < 400:
        return
    try:
        errors = ERROR.decode(answer.body).errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        errors = []
    code = errors[0].code if errors else ""
    said = errors[0].detail if errors else answer.body.decode("utf-8", "replace")
    if answer.status == 409:
        raise Conflict(what, said, status=409, code=code)
    raise Refused(what, said, status=answer.status, code=code)
