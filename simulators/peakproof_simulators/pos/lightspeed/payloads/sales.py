"""Sales, their lines and payments; returns."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, field

from peakproof_simulators.pos.lightspeed.payloads.common import (
    Amount,
    Given,
    GivenAmount,
    Maybe,
    Shown,
    Span,
    Text,
    Uuid,
)

SaleState = Literal["parked", "pending", "voided", "closed"]
Method = Literal["DISPATCH", "PICKUP"]
Attributes = Annotated[list[Literal["onaccount", "layby"]], Meta(max_length=2)]


class GivenSource(Given):
    """Who made a sale, and where."""

    author_id: Uuid
    id: Text | Maybe = UNSET
    register_id: Uuid | Maybe = UNSET
    type: Text | Maybe = UNSET


class GivenProduct(Given):
    """What is sold."""

    id: Uuid


class AdjustmentAmount(Given):
    """How much an adjustment is."""

    type: Literal["FIXED", "PERCENT"]
    value: Text


class AdjustmentTarget(Given):
    """What an adjustment is of."""

    method: Literal["PROPORTIONED", "EACH", "SINGLE"]
    ids: list[Uuid] | Maybe = UNSET


class LineAdjustment(Given):
    """Why a price is what it is; kept as it is told, the price says it already."""

    type: Literal["NON_CASH_FEE", "DISCOUNT", "TIP"]
    target: AdjustmentTarget
    name: Text | Maybe = UNSET
    amount: AdjustmentAmount | Maybe = UNSET


class GivenPricing(Given):
    """What a unit costs, without tax."""

    price: GivenAmount
    discount: GivenAmount | Maybe = UNSET
    cost: GivenAmount | Maybe = UNSET
    loyalty_amount: GivenAmount | Maybe = UNSET
    adjustments: Annotated[list[LineAdjustment], Meta(max_length=20)] | Maybe = UNSET


class GivenTax(Given):
    """What tax a unit bears."""

    id: Uuid
    amount: GivenAmount


class GivenLineMetadata(Given):
    """How a line is handed over, and in which order it stands."""

    fulfillment_method: Method | Maybe = UNSET
    is_price_override: bool | Maybe = UNSET
    sequence: Annotated[int, Meta(ge=0, le=2**31 - 1)] | Maybe = UNSET


class LineAttribute(Given):
    """A remark on a line."""

    name: Text
    value: Text


class LineSource(Given):
    """Who sold a line."""

    author_id: Uuid | Maybe = UNSET
    register_id: Uuid | Maybe = UNSET


class GivenLine(Given):
    """A line; with an ``id`` it is one that is there."""

    product: GivenProduct
    quantity: GivenAmount
    pricing: GivenPricing
    tax: GivenTax
    id: Uuid | Maybe = UNSET
    fulfilment_outlet_id: Uuid | Maybe = UNSET
    attributes: Annotated[list[LineAttribute], Meta(max_length=20)] | Maybe = UNSET
    metadata: GivenLineMetadata | Maybe = field(name="_metadata", default=UNSET)
    source: LineSource | Maybe = UNSET
    status: Text | Maybe = UNSET


class GivenPaymentType(Given):
    """A way of paying."""

    config_id: Uuid


class GivenPaymentSource(Given):
    """Where money was taken."""

    register_id: Uuid | Maybe = UNSET


class GivenPayment(Given):
    """Money; below zero it goes back. With an ``id`` it is one that is there."""

    amount: GivenAmount
    type: GivenPaymentType
    id: Uuid | Maybe = UNSET
    date: Text | Maybe = UNSET
    source: GivenPaymentSource | Maybe = UNSET


class SaleUpdate(Given):
    """A sale as a client gives it; what is not given stays as it is."""

    source: GivenSource
    state: SaleState
    line_items: Annotated[list[GivenLine], Meta(max_length=500)] | Maybe = UNSET
    payments: Annotated[list[GivenPayment], Meta(max_length=100)] | Maybe = UNSET
    fulfillment_outlet_id: Uuid | Maybe = UNSET
    customer_id: Uuid | Maybe = UNSET
    date: Text | Maybe = UNSET
    invoice_number: Annotated[str, Meta(min_length=1, max_length=64)] | Maybe = UNSET
    note: Text | Maybe = UNSET
    short_code: Text | Maybe = UNSET
    attributes: Attributes | Maybe = UNSET


class SaleRequest(SaleUpdate):
    """A new sale; the client may choose its ``id``."""

    id: Uuid | Maybe = UNSET


class Author(Shown):
    """A user."""

    id: str


class Source(Shown):
    """Who made a sale, and where."""

    outlet_id: str
    register_id: str
    author: Author
    id: str | Maybe = UNSET
    type: str | Maybe = UNSET


class LineProduct(Shown):
    """What was sold."""

    id: str


class LinePricing(Shown):
    """What a unit and the whole line cost, without tax."""

    price: Amount
    discount: Amount
    cost: Amount
    loyalty_amount: Amount
    total: Amount
    discount_total: Amount
    cost_total: Amount
    loyalty_amount_total: Amount


class LineTax(Shown):
    """What tax a unit and the whole line bear."""

    id: str
    amount: Amount
    total: Amount


class LineReturn(Shown):
    """Whether a line came back."""

    is_return: bool
    reason: str | Maybe = UNSET


class LineMetadata(Shown):
    """Where a line stands."""

    sequence: int
    is_price_override: bool


class SaleLine(Shown):
    """A line."""

    id: str
    product: LineProduct
    quantity: Amount
    pricing: LinePricing
    tax: LineTax
    promotions: list[dict[str, Any]]
    return_: LineReturn = field(name="return")
    metadata: LineMetadata = field(name="_metadata")
    note: str | Maybe = UNSET


class PaymentKind(Shown):
    """A way of paying."""

    config_id: str
    name: str


class PaymentSource(Shown):
    """Where money was taken."""

    outlet_id: str
    register_id: str


class PaymentMetadata(Shown):
    """Which closure money belongs to."""

    register_open_sequence_id: str


class Payment(Shown):
    """Money; below zero it went back."""

    id: str
    amount: Amount
    date: str
    type: PaymentKind
    source: PaymentSource
    metadata: PaymentMetadata = field(name="_metadata")


class SaleTax(Shown):
    """What a tax comes to."""

    id: str
    tax: Amount


class SaleTotals(Shown):
    """What a sale comes to."""

    price: Amount
    price_incl_tax: Amount
    tax: Amount
    surcharge: Amount
    loyalty: Amount


class SaleReturn(Shown):
    """Whether a sale brings goods back, and which."""

    is_return: bool
    return_sale_ids: list[str]
    original_sale_id: str | Maybe = UNSET


class SaleMetadata(Shown):
    """The version of a sale stands here, and not where it stands elsewhere."""

    version: int


class Sale(Shown):
    """A sale."""

    id: str
    invoice_number: str
    receipt_number: str
    state: SaleState
    date: str
    source: Source
    line_items: list[SaleLine]
    payments: list[Payment]
    taxes: list[SaleTax]
    totals: SaleTotals
    external_applications: list[dict[str, Any]]
    attributes: list[str]
    note: str
    short_code: str
    created_at: str
    updated_at: str
    return_: SaleReturn = field(name="return")
    metadata: SaleMetadata = field(name="_metadata")
    customer_id: str | Maybe = UNSET


class SaleAnswer(Shown):
    """One sale."""

    data: Sale


class SalesAnswer(Shown):
    """Sales."""

    data: list[Sale]
    version: Span
