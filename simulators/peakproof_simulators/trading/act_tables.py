"""The parameters of each kind of business event, as tables."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from peakproof_simulators.trading.tables import Count, Table

Sku = Annotated[
    int | str,
    Meta(
        description="An item: its number (3 or 'item 3'), 'any' by popularity, 'unknown' for one "
        "that the warehouse system does not know, or a SKU."
    ),
]
Units = Annotated[int, Meta(ge=1, description="Units of the item.")]
Tag = Annotated[str, Meta(description="A name by which later events can aim at what came of this.")]
Target = Annotated[
    str, Meta(description="Which order: 'last order', or the tag that one was given.")
]
StoreId = Annotated[str, Meta(description="The node of the store; the estate's first one if ''.")]
NodeId = Annotated[str, Meta(description="The node where it happens.")]
Lines = Annotated[
    tuple[tuple[Sku, Units], ...],
    Meta(description="Further lines, each [sku, units]."),
]
PaymentWord = Annotated[
    Literal["captured", "authorised", "failed", "pending"],
    Meta(description="What becomes of the payment; 'pending' never becomes anything."),
]
Record = Annotated[
    bool, Meta(description="Whether it is recorded; false moves the goods and tells no system.")
]


class OrderEvent(Table, frozen=True):
    """A web shopper orders."""

    sku: Sku = "any"
    units: Units = 1
    lines: Lines = ()
    place: Annotated[
        str, Meta(description="The node to take it from; where most is offered if ''.")
    ] = ""
    channel: Annotated[
        str, Meta(description="The storefront channel; the estate's first one if ''.")
    ] = ""
    payment: PaymentWord = "captured"
    payment_s: Annotated[
        float, Meta(ge=0, description="Seconds until the payment becomes that.")
    ] = 1.0
    times: Annotated[int, Meta(ge=1, description="So many shoppers do the same at once.")] = 1
    tag: Tag = ""


class UnknownSkuEvent(OrderEvent, frozen=True):
    """A web shopper orders what the warehouse system does not know."""

    sku: Sku = "unknown"


class SaleEvent(Table, frozen=True):
    """A walk-in customer buys."""

    sku: Sku = "any"
    units: Units = 1
    lines: Lines = ()
    store: StoreId = ""
    asks: Annotated[
        bool | None,
        Meta(
            description="Whether the till asks its record first; as trading.tills has it if left."
        ),
    ] = None
    times: Annotated[int, Meta(ge=1, description="So many customers do the same at once.")] = 1
    tag: Tag = ""


class ReturnEvent(Table, frozen=True):
    """Goods come back to a till."""

    sale: Annotated[
        str,
        Meta(description="'last sale', the tag of one, or '' for goods that no sale here is for."),
    ] = "last sale"
    sku: Annotated[
        int | str | None, Meta(description="One item only; all of the sale if left.")
    ] = None
    units: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="Units of that item.")] = (
        None
    )
    store: Annotated[
        str, Meta(description="The store that takes them back; the one of the sale if ''.")
    ] = ""
    restock: Annotated[bool, Meta(description="Back on the shelf; false writes the goods off.")] = (
        True
    )


class PayEvent(Table, frozen=True):
    """A payment becomes something."""

    order: Target = "last order"
    payment: PaymentWord = "captured"


class CancelEvent(Table, frozen=True):
    """Somebody cancels an order."""

    order: Target = "last order"
    by: Annotated[
        Literal["customer", "warehouse"],
        Meta(description="The customer at the storefront, or the warehouse in its own system."),
    ] = "customer"


class OrderTarget(Table, frozen=True):
    """An order that something happens to."""

    order: Target = "last order"


class PickEvent(Table, frozen=True):
    """An order is picked."""

    order: Target = "last order"
    lines: Annotated[
        int, Meta(ge=0, description="So many lines of the order; 0 for all that are left.")
    ] = 0


class CountEvent(Table, frozen=True):
    """A store counts an item."""

    sku: Sku
    store: StoreId = ""
    units: Annotated[
        Count | None, Meta(description="What is counted; what lies on the shelf if left.")
    ] = None
    posted_after_s: Annotated[
        float, Meta(ge=0, description="Seconds from the count until it is posted.")
    ] = 0.0


class ReceiptEvent(Table, frozen=True):
    """Goods come in from a supplier."""

    sku: Sku
    node: NodeId
    units: Units = 1
    via: Annotated[
        Literal["", "till", "warehouse"],
        Meta(description="Who records it; in a store its till, else the warehouse system if ''."),
    ] = ""
    reference: Annotated[str, Meta(description="The delivery's reference.")] = "delivery"
    record: Record = True


class AdjustEvent(Table, frozen=True):
    """Goods are damaged, lost or found."""

    sku: Sku
    node: NodeId
    units: Annotated[int, Meta(description="Signed: below 0 for damage and loss.")] = -1
    reason: Annotated[
        Literal["damaged", "lost", "found"], Meta(description="Why; as it is recorded.")
    ] = "damaged"
    shelf: Annotated[
        bool, Meta(description="Whether the goods move; false corrects the record alone.")
    ] = True
    record: Record = True


class TransferEvent(Table, frozen=True):
    """Goods are sent from one node to another."""

    sku: Sku
    node: Annotated[str, Meta(description="The node that sends them.")]
    to: Annotated[str, Meta(description="The node that they are sent to.")]
    units: Units = 1
    takes_s: Annotated[float, Meta(ge=0, description="Seconds on the way.")] = 60.0
    received: Annotated[
        Count | None, Meta(description="Units that arrive, the rest is lost; all if left.")
    ] = None
    via: Annotated[
        Literal["warehouse", "till"],
        Meta(description="Who records it: the warehouse system, or the tills of both stores."),
    ] = "warehouse"
    record: Record = True


class StoreEvent(Table, frozen=True):
    """Something happens to a store's till."""

    store: StoreId = ""


class ItemEvent(Table, frozen=True):
    """A system gets to know an item."""

    sku: Sku = "unknown"
    system: Annotated[
        str, Meta(description="The system that learns it; the warehouse system if ''.")
    ] = ""
    stock: Annotated[
        bool, Meta(description="Whether what lies on the shelves is booked in with it.")
    ] = True
