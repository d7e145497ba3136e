"""Bodies of the Order API. Every answer says ``status``: ``ok`` or ``no``, both with HTTP 200."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from peakproof_simulators.centra.entities import MOST_UNITS

Quantity = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Units = dict[
    str, Annotated[int, Meta(ge=0, le=2_000_000_000)] | Annotated[str, Meta(pattern="^[0-9]{1,9}$")]
]
"""Units by line id; the vendor's examples write them as numbers and as text."""
Said = Literal["ok", "no"]
Optional = bool | UnsetType


class Answer(msgspec.Struct, omit_defaults=True, rename="camel"):
    """What every answer has; ``msg`` says why not."""

    status: Said
    msg: str | UnsetType = UNSET


class Disabled(msgspec.Struct):
    """A wrong key, or an endpoint that the plugin does not allow."""

    status: Literal["Not Allowed"]


class ProductLine(msgspec.Struct, omit_defaults=True, rename="camel"):
    """A line of an order or a shipment. Ids are text here."""

    line_id: str
    sku: str
    variant_sku: str
    size_sku: str
    ean: str
    upc: str
    qty: int
    price: float
    original_price: float
    tax_percent: float
    warehouses: list[dict[str, Any]]
    is_bundle: bool
    is_part_of_bundle: bool


class ShipmentRow(msgspec.Struct, omit_defaults=True, rename="camel"):
    """A shipment; ``shipmentId`` is the order's number and its own."""

    shipment_id: str
    order_id: int
    shipped_date: str | None
    carrier: str
    service: str
    tracking_id: str
    tracking_url: str
    return_slip_tracking: str
    should_capture: bool
    paid: bool
    gtg: bool
    completed: bool
    products: list[ProductLine]


class OrderRow(msgspec.Struct, omit_defaults=True, rename="camel"):
    """An order; ``orderStatus`` is a number."""

    order_id: int
    order_status: int
    selection_id: str
    order_date: str
    order_store: str
    order_currency: str
    hold: bool
    suspect: bool
    internal_order: bool
    waiting_for_payment: bool
    market_id: str
    pricelist_id: str
    payment_plugin: str
    payment_type: str
    delivery_firstname: str
    delivery_lastname: str
    delivery_address: str
    delivery_zipcode: str
    delivery_city: str
    delivery_country: str
    delivery_email: str
    internal_comment: str
    comment: str
    shipments: list[ShipmentRow]
    products: list[ProductLine]
    tax_breakdown: list[dict[str, Any]]
    discounts: dict[str, Any]


class OrdersAnswer(Answer, omit_defaults=True, rename="camel"):
    """A list of orders."""

    orders: list[OrderRow] | UnsetType = UNSET


class WantedProduct(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A product of an order to be; one of ``id`` (size), ``ean``, ``sku`` says which."""

    qty: Annotated[int, Meta(ge=1, le=MOST_UNITS)]
    id: int | None = None
    ean: str | None = None
    sku: str | None = None
    unit_price: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None
    original_price: float | None = None


class Authorised(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What the payment provider said; ``status`` 1 is yes."""

    status: Literal[0, 1, 2] = 0
    transaction: str = ""
    method: str = ""
    amount: float | None = None


class PaymentGiven(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A payment that somebody else has taken."""

    id: int | None = None
    auth: Authorised | None = None
    capture: Authorised | None = None


class OrderInsert(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """An order from elsewhere."""

    products: list[WantedProduct] = []
    email: str = ""
    address: dict[str, str] = {}
    shipping_address: dict[str, str] = {}
    market_id: int | None = None
    market: str | None = None
    pricelist_id: int | None = None
    warehouse_group: str | None = None
    adjust_stock: bool = True
    force_create: bool = False
    create_only: bool = False
    order_number: str | None = None
    payment: PaymentGiven | None = None


class InsertAnswer(Answer, omit_defaults=True, rename="camel"):
    """``orders`` are numbers, or texts when a ``createOnly`` order was completed."""

    code: int | UnsetType = UNSET
    order: int | UnsetType = UNSET
    orders: list[int | str] | UnsetType = UNSET


class OrderChange(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Comments and attributes of an order."""

    order: int
    internal_comment: str | None = None
    comment: str | None = None
    extra_attributes: dict[str, str] | None = None


class OrderAnswer(Answer, omit_defaults=True, rename="camel"):
    """An order that was changed."""

    order: int | UnsetType = UNSET


class ShipmentMake(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A shipment to be; ``capture`` is on unless it is switched off."""

    order: int
    products: Units | None = None
    gtg: bool = False
    capture: bool = True
    shipped: bool = False
    paid: bool = False
    carrier: str = ""
    service: str = ""
    packages: int | None = None
    tracking: str = ""
    return_slip_tracking: str = ""
    send_email: bool = False
    deduct_previous_costs: bool = False


class ShipmentFinish(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A shipment has left (``shipped``), is ready (``gtg``), and is to be captured."""

    order: int
    shipment: str
    capture: bool = True
    gtg: bool | None = None
    shipped: bool = True
    carrier: str = ""
    service: str = ""
    packages: int | None = None
    tracking: str = ""
    return_slip_tracking: str = ""
    send_email: bool = False


class ShipmentAnswer(Answer, omit_defaults=True, rename="camel"):
    """A shipment that was made or completed."""

    order: int | UnsetType = UNSET
    shipment: str | UnsetType = UNSET
    delivery_note: str | UnsetType = UNSET
    proforma: str | UnsetType = UNSET
    invoice: str | UnsetType = UNSET


class ShipmentsAnswer(Answer, omit_defaults=True, rename="camel"):
    """A list of shipments."""

    shipments: list[ShipmentRow] | UnsetType = UNSET


class ShipmentChange(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Other units, or ready to go."""

    gtg: bool | None = None
    products: Units | None = None


class ShipmentChanged(Answer, omit_defaults=True, rename="camel"):
    """A shipment as it is now."""

    shipment: ShipmentRow | UnsetType = UNSET


class CaptureAsked(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Capture a shipment."""

    shipment: str


class RefundAsked(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Pay a return back at once."""

    refund_payment: bool = False
    send_email: bool = False


class ReturnMake(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Goods back; ``returnStock`` 1 puts them on the shelf again."""

    shipment: str
    products: Units
    return_stock: Literal[0, 1] = 1
    refund: RefundAsked | None = None
    comment: str = ""


class ReturnAnswer(Answer, omit_defaults=True, rename="camel"):
    """``return`` is the number; ``returnedItems`` are the lines that could be returned."""

    number: int | UnsetType = msgspec.field(default=UNSET, name="return")
    return_completed: Optional = UNSET
    returned_items: list[str] | UnsetType = UNSET


class ReturnRow(msgspec.Struct, omit_defaults=True, rename="camel"):
    """A return."""

    return_id: int
    completed: bool
    shipment: str
    shipment_id: str
    order_id: int
    created_at: str
    products: list[dict[str, Any]]


class ReturnsAnswer(Answer, omit_defaults=True, rename="camel"):
    """A list of returns."""

    returns: list[ReturnRow] | UnsetType = UNSET


class ReturnChange(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A return is done, or is to be paid back."""

    completed: bool | None = None
    refund_payment: bool = False


class StockRow(msgspec.Struct, omit_defaults=True, rename="camel"):
    """Stock of a size: ``physicalStock`` = ``allocatedStock`` + ``availableStock``."""

    sku: str
    variant_sku: str
    size_sku: str
    stock_item_id: str
    product_id: str
    variant_id: str
    ean: str
    upc: str
    allocated_stock: int
    available_stock: int
    physical_stock: int | UnsetType = UNSET


class StockAnswer(Answer, omit_defaults=True, rename="camel"):
    """A page of stock; ``previous`` and ``next`` are queries, None at the ends."""

    products: list[StockRow] | UnsetType = UNSET
    previous: str | UnsetType | None = UNSET
    next: str | UnsetType | None = UNSET


class StockLevel(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Units on the shelf, allocated ones included; ``product`` is an EAN, a UPC or a SKU."""

    product: str
    quantity: Quantity
    cost_price: float | None = None
    cost_price_currency: str | None = None


class StockWrite(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Absolute quantities."""

    products: list[StockLevel]


class StockErrors(msgspec.Struct, rename="camel"):
    """What was not written; the rest was."""

    products_not_found: list[str]
    products_are_bundles: list[str]


class StockWritten(Answer, omit_defaults=True, rename="camel"):
    """Whether all was written."""

    errors: StockErrors | UnsetType = UNSET


class CheckFirst(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Whether a warehouse takes an order; it cannot be taken back."""

    order_number: int
    warehouse_id: int
    accepted: bool


class RequestsAnswer(Answer, omit_defaults=True):
    """Allocation requests, a hundred a page."""

    allocation_requests: list[dict[str, Any]] | UnsetType = msgspec.field(
        default=UNSET, name="allocation_requests"
    )
    error_messages: list[str] | UnsetType = msgspec.field(default=UNSET, name="errorMessages")


class RequestAnswer(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A warehouse's word on an allocation request."""

    id: int
    status: Literal["confirmed", "rejected"]


class RequestAnswered(msgspec.Struct, rename="camel"):
    """Whether it was taken; HTTP 200 either way."""

    success: bool
    error_messages: list[str]


class ProductRow(msgspec.Struct, rename="camel"):
    """A product with its prices."""

    product_id: str
    sku: str
    name: str
    is_bundle: bool
    prices: list[dict[str, Any]]
    items: list[dict[str, Any]]


class ProductsAnswer(Answer, omit_defaults=True, rename="camel"):
    """A list of products."""

    products: list[ProductRow] | UnsetType = UNSET
