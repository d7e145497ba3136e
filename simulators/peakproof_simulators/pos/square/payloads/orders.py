"""Orders as Square writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from peakproof_simulators.pos.square.payloads.common import (
    Cursor,
    Id,
    Money,
    Name,
    Percentage,
    Quantity,
    SortOrder,
    Text,
    TimeRange,
    Timestamp,
    Version,
    Wire,
)

OrderState = Literal["OPEN", "COMPLETED", "CANCELED", "DRAFT"]
Scope = Literal["OTHER_TAX_SCOPE", "OTHER_DISCOUNT_SCOPE", "LINE_ITEM", "ORDER"]
TaxType = Literal["UNKNOWN_TAX", "ADDITIVE", "INCLUSIVE"]
DiscountType = Literal[
    "UNKNOWN_DISCOUNT", "FIXED_PERCENTAGE", "FIXED_AMOUNT", "VARIABLE_PERCENTAGE", "VARIABLE_AMOUNT"
]
FulfillmentType = Literal["PICKUP", "SHIPMENT", "DELIVERY", "IN_STORE"]
FulfillmentState = Literal["PROPOSED", "RESERVED", "PREPARED", "COMPLETED", "CANCELED", "FAILED"]
ItemType = Literal["ITEM", "CUSTOM_AMOUNT", "GIFT_CARD"]
Uid = Annotated[str, Meta(min_length=1, max_length=60)]
Metadata = dict[
    Annotated[str, Meta(min_length=1, max_length=60)], Annotated[str, Meta(max_length=255)]
]


class OrderSource(Wire, kw_only=True, gc=False):
    """Where an order came from."""

    name: Name | None = None


class PricingOptions(Wire, kw_only=True, gc=False):
    """Whether the catalogue's own taxes are applied."""

    auto_apply_discounts: bool | None = None
    auto_apply_taxes: bool | None = None


class AppliedTax(Wire, kw_only=True, gc=False):
    """A line's part of a tax."""

    uid: Uid | None = None
    tax_uid: Uid
    applied_money: Money | None = None
    auto_applied: bool | None = None


class AppliedDiscount(Wire, kw_only=True, gc=False):
    """A line's part of a discount."""

    uid: Uid | None = None
    discount_uid: Uid
    applied_money: Money | None = None


class OrderLineItem(Wire, kw_only=True):
    """A line: of the catalogue, or ad hoc with a name and a price."""

    uid: Uid | None = None
    name: Annotated[str, Meta(max_length=512)] | None = None
    quantity: Quantity | None = None
    note: Annotated[str, Meta(max_length=2000)] | None = None
    catalog_object_id: Id | None = None
    catalog_version: Version | None = None
    variation_name: Name | None = None
    item_type: ItemType | None = None
    metadata: Metadata | None = None
    applied_taxes: list[AppliedTax] | None = None
    applied_discounts: list[AppliedDiscount] | None = None
    base_price_money: Money | None = None
    variation_total_price_money: Money | None = None
    gross_sales_money: Money | None = None
    total_tax_money: Money | None = None
    total_discount_money: Money | None = None
    total_service_charge_money: Money | None = None
    total_money: Money | None = None


class OrderTax(Wire, kw_only=True):
    """A tax of the order. UK VAT is ``INCLUSIVE``."""

    uid: Uid | None = None
    catalog_object_id: Id | None = None
    catalog_version: Version | None = None
    name: Name | None = None
    type: TaxType | None = None
    percentage: Percentage | None = None
    scope: Scope | None = None
    auto_applied: bool | None = None
    applied_money: Money | None = None


class OrderDiscount(Wire, kw_only=True):
    """A discount of the order."""

    uid: Uid | None = None
    name: Name | None = None
    type: DiscountType | None = None
    percentage: Percentage | None = None
    amount_money: Money | None = None
    scope: Scope | None = None
    applied_money: Money | None = None


class FulfillmentEntry(Wire, kw_only=True):
    """Units of a line that a fulfilment is about."""

    uid: Uid | None = None
    line_item_uid: Uid
    quantity: Quantity
    metadata: Metadata | None = None


class Fulfillment(Wire, kw_only=True):
    """How goods reach the customer; details are kept as they were given."""

    uid: Uid | None = None
    type: FulfillmentType | None = None
    state: FulfillmentState | None = None
    line_item_application: Literal["ALL", "ENTRY_LIST"] | None = None
    entries: list[FulfillmentEntry] | None = None
    metadata: Metadata | None = None
    pickup_details: dict[str, Any] | None = None
    shipment_details: dict[str, Any] | None = None
    delivery_details: dict[str, Any] | None = None
    in_store_details: dict[str, Any] | None = None


class OrderMoneyAmounts(Wire, kw_only=True, gc=False):
    """Sums of an order or a return."""

    total_money: Money | None = None
    tax_money: Money | None = None
    discount_money: Money | None = None
    tip_money: Money | None = None
    service_charge_money: Money | None = None


class OrderReturnLineItem(Wire, kw_only=True):
    """A line brought back."""

    uid: Uid | None = None
    source_line_item_uid: Uid | None = None
    name: Annotated[str, Meta(max_length=512)] | None = None
    quantity: Quantity | None = None
    note: Text | None = None
    catalog_object_id: Id | None = None
    catalog_version: Version | None = None
    variation_name: Name | None = None
    item_type: ItemType | None = None
    base_price_money: Money | None = None
    variation_total_price_money: Money | None = None
    gross_return_money: Money | None = None
    total_tax_money: Money | None = None
    total_discount_money: Money | None = None
    total_money: Money | None = None


class OrderReturn(Wire, kw_only=True):
    """What came back from one order; no ``source_order_id``: linked to none."""

    uid: Uid | None = None
    source_order_id: Id | None = None
    return_line_items: list[OrderReturnLineItem] | None = None
    return_amounts: OrderMoneyAmounts | None = None


class Tender(Wire, kw_only=True):
    """Money taken for an order."""

    id: Id | None = None
    location_id: Id | None = None
    transaction_id: Id | None = None
    created_at: Timestamp | None = None
    note: Text | None = None
    amount_money: Money | None = None
    tip_money: Money | None = None
    customer_id: Id | None = None
    type: str | None = None
    payment_id: Id | None = None


class OrderRefund(Wire, kw_only=True):
    """Money given back, as an order lists it."""

    id: Id
    location_id: Id | None = None
    transaction_id: Id | None = None
    tender_id: Id | None = None
    created_at: Timestamp | None = None
    reason: Text | None = None
    amount_money: Money | None = None
    status: str | None = None


class Order(Wire, kw_only=True):
    """A sale, a return or an exchange. Orders made on a till have no ``version``."""

    id: Id | None = None
    location_id: Id | None = None
    reference_id: Annotated[str, Meta(max_length=40)] | None = None
    source: OrderSource | None = None
    customer_id: Annotated[str, Meta(max_length=191)] | None = None
    line_items: Annotated[list[OrderLineItem], Meta(max_length=500)] | None = None
    taxes: list[OrderTax] | None = None
    discounts: list[OrderDiscount] | None = None
    fulfillments: list[Fulfillment] | None = None
    returns: list[OrderReturn] | None = None
    return_amounts: OrderMoneyAmounts | None = None
    net_amounts: OrderMoneyAmounts | None = None
    tenders: list[Tender] | None = None
    refunds: list[OrderRefund] | None = None
    metadata: Metadata | None = None
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    closed_at: Timestamp | None = None
    state: OrderState | None = None
    version: Version | None = None
    total_money: Money | None = None
    total_tax_money: Money | None = None
    total_discount_money: Money | None = None
    total_tip_money: Money | None = None
    total_service_charge_money: Money | None = None
    ticket_name: Annotated[str, Meta(max_length=30)] | None = None
    pricing_options: PricingOptions | None = None
    net_amount_due_money: Money | None = None


OrderKey = Annotated[str, Meta(min_length=1, max_length=192)]


class CreateOrderRequest(Wire, kw_only=True):
    """A new order."""

    order: Order
    idempotency_key: OrderKey | None = None


class UpdateOrderRequest(Wire, kw_only=True):
    """Sparse changes to an order of a version."""

    order: Order | None = None
    fields_to_clear: list[str] | None = None
    idempotency_key: OrderKey | None = None


class CalculateOrderRequest(Wire, kw_only=True):
    """An order to be worked out."""

    order: Order


class CloneOrderRequest(Wire, kw_only=True):
    """An order to be copied."""

    order_id: Id
    version: Version | None = None
    idempotency_key: OrderKey | None = None


class PayOrderRequest(Wire, kw_only=True):
    """Payments that together are what is due."""

    idempotency_key: OrderKey
    order_version: Version | None = None
    payment_ids: list[Id] | None = None


class BatchRetrieveOrdersRequest(Wire, kw_only=True):
    """Orders by their ids."""

    order_ids: Annotated[list[Id], Meta(min_length=1, max_length=100)]
    location_id: Id | None = None


class StateFilter(Wire, kw_only=True):
    """Orders in one of these states."""

    states: Annotated[list[OrderState], Meta(min_length=1)]


class DateTimeFilter(Wire, kw_only=True):
    """Orders in one window of time."""

    created_at: TimeRange | None = None
    updated_at: TimeRange | None = None
    closed_at: TimeRange | None = None


class SourceFilter(Wire, kw_only=True):
    """Orders from one of these sources."""

    source_names: Annotated[list[str], Meta(max_length=10)] | None = None


class FulfillmentFilter(Wire, kw_only=True):
    """Orders with such a fulfilment."""

    fulfillment_types: list[FulfillmentType] | None = None
    fulfillment_states: list[FulfillmentState] | None = None


class CustomerFilter(Wire, kw_only=True):
    """Orders of one of these customers."""

    customer_ids: Annotated[list[str], Meta(max_length=10)] | None = None


class SearchOrdersFilter(Wire, kw_only=True):
    """Conditions that all hold."""

    state_filter: StateFilter | None = None
    date_time_filter: DateTimeFilter | None = None
    source_filter: SourceFilter | None = None
    fulfillment_filter: FulfillmentFilter | None = None
    customer_filter: CustomerFilter | None = None


class SearchOrdersSort(Wire, kw_only=True):
    """The time that orders are sorted by."""

    sort_field: Literal["CREATED_AT", "UPDATED_AT", "CLOSED_AT"]
    sort_order: SortOrder | None = None


class SearchOrdersQuery(Wire, kw_only=True):
    """What is searched for, in which order."""

    filter: SearchOrdersFilter | None = None
    sort: SearchOrdersSort | None = None


class SearchOrdersRequest(Wire, kw_only=True):
    """A search of orders."""

    location_ids: Annotated[list[Id], Meta(min_length=1, max_length=10)] | None = None
    cursor: Cursor | None = None
    query: SearchOrdersQuery | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] | None = None
    return_entries: bool | None = None


class OrderEntry(Wire, kw_only=True):
    """An order without its lines."""

    order_id: Id
    version: Version | None = None
    location_id: Id


class OrderAnswer(Wire, kw_only=True):
    """One order."""

    order: Order


class OrdersAnswer(Wire, kw_only=True):
    """Orders."""

    orders: list[Order] | None = None


class SearchOrdersAnswer(Wire, kw_only=True):
    """A page of orders or of bare entries."""

    orders: list[Order] | None = None
    order_entries: list[OrderEntry] | None = None
    cursor: str | None = None
