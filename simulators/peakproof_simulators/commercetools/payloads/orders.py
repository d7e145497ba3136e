"""Orders: resource, drafts, returns."""

from __future__ import annotations

from typing import Any, Literal

from peakproof_simulators.commercetools.payloads.catalogue import Attribute, PriceDraft
from peakproof_simulators.commercetools.payloads.common import (
    BaseAddress,
    CentPrecisionMoney,
    CountryCode,
    CustomFields,
    CustomFieldsDraft,
    Draft,
    Email,
    Identifier,
    Key,
    LocalizedString,
    Moment,
    MomentDraft,
    Money,
    NotNegative,
    Payload,
    Positive,
    Reference,
    ReferenceDraft,
    Resource,
    ResourceIdentifier,
    Text,
    Version,
    Whole,
)
from peakproof_simulators.commercetools.payloads.lines import (
    ExternalTaxRateDraft,
    InventoryMode,
    LineItem,
    Origin,
    PaymentInfo,
    RoundingMode,
    ShippingInfo,
    ShippingInfoImportDraft,
    TaxCalculationMode,
    TaxedPrice,
    TaxMode,
)

OrderState = Literal["Open", "Confirmed", "Complete", "Cancelled"]
ShipmentState = Literal[
    "Shipped", "Delivered", "Ready", "Pending", "Delayed", "Partial", "Backorder", "Canceled"
]
PaymentState = Literal["BalanceDue", "Failed", "Pending", "CreditOwed", "Paid"]
ReturnShipmentState = Literal["Advised", "Returned", "BackInStock", "Unusable"]
ReturnPaymentState = Literal["NonRefundable", "Initial", "Refunded", "NotRefunded"]


class SyncInfo(Payload, kw_only=True):
    """An export or import of the order: which channel, under which id, when."""

    channel: Reference
    synced_at: Moment
    external_id: str | None = None


class ReturnItem(Payload, kw_only=True):
    """Units of a line that come back."""

    id: str
    type: Literal["LineItemReturnItem"]
    line_item_id: str
    quantity: int
    shipment_state: ReturnShipmentState
    payment_state: ReturnPaymentState
    created_at: Moment
    last_modified_at: Moment
    key: str | None = None
    comment: str | None = None
    custom: CustomFields | None = None


class ReturnInfo(Payload, kw_only=True):
    """A return: its items."""

    items: tuple[ReturnItem, ...]
    return_tracking_id: str | None = None
    return_date: Moment | None = None


class Order(Resource, kw_only=True):
    """What a customer has ordered."""

    line_items: tuple[LineItem, ...]
    custom_line_items: tuple[dict[str, Any], ...]
    total_price: CentPrecisionMoney
    shipping_mode: Literal["Single"]
    shipping: tuple[dict[str, Any], ...]
    item_shipping_addresses: tuple[BaseAddress, ...]
    discount_codes: tuple[dict[str, Any], ...]
    direct_discounts: tuple[dict[str, Any], ...]
    refused_gifts: tuple[Reference, ...]
    origin: Origin
    order_state: OrderState
    sync_info: tuple[SyncInfo, ...]
    return_info: tuple[ReturnInfo, ...]
    order_number: str | None = None
    purchase_order_number: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    anonymous_id: str | None = None
    taxed_price: TaxedPrice | None = None
    taxed_shipping_price: TaxedPrice | None = None
    tax_mode: TaxMode | None = None
    price_rounding_mode: RoundingMode | None = None
    tax_rounding_mode: RoundingMode | None = None
    tax_calculation_mode: TaxCalculationMode | None = None
    inventory_mode: InventoryMode | None = None
    billing_address: BaseAddress | None = None
    shipping_address: BaseAddress | None = None
    shipping_info: ShippingInfo | None = None
    payment_info: PaymentInfo | None = None
    country: CountryCode | None = None
    locale: str | None = None
    cart: Reference | None = None
    shipment_state: ShipmentState | None = None
    payment_state: PaymentState | None = None
    state: Reference | None = None
    completed_at: Moment | None = None
    custom: CustomFields | None = None


class OrderFromCartDraft(Draft, kw_only=True):
    """A cart, in the version that the caller has read, to be ordered."""

    version: Version
    cart: ResourceIdentifier | None = None
    id: str | None = None
    order_number: Identifier | None = None
    purchase_order_number: Text | None = None
    payment_state: PaymentState | None = None
    shipment_state: ShipmentState | None = None
    order_state: OrderState = "Open"
    state: ResourceIdentifier | None = None
    custom: CustomFieldsDraft | None = None


class ProductVariantImportDraft(Draft, kw_only=True):
    """The variant of a line that is imported: by SKU, or by product and variant id."""

    sku: Identifier | None = None
    id: Positive | None = None
    prices: tuple[PriceDraft, ...] | None = None
    attributes: tuple[Attribute, ...] | None = None
    images: tuple[dict[str, Any], ...] | None = None


class ItemStateDraft(Draft, kw_only=True):
    """Units of a line in a state."""

    quantity: Whole
    state: ReferenceDraft


class LineItemImportDraft(Draft, kw_only=True):
    """A line of an order that is imported."""

    name: LocalizedString
    variant: ProductVariantImportDraft
    quantity: Whole
    price: PriceDraft
    product_id: str | None = None
    key: Key | None = None
    tax_rate: ExternalTaxRateDraft | None = None
    supply_channel: ResourceIdentifier | None = None
    distribution_channel: ResourceIdentifier | None = None
    inventory_mode: InventoryMode | None = None
    state: tuple[ItemStateDraft, ...] | None = None
    custom: CustomFieldsDraft | None = None


class PaymentInfoDraft(Draft, kw_only=True):
    """Payments of an order that is imported."""

    payments: tuple[ReferenceDraft, ...]


class OrderImportDraft(Draft, kw_only=True):
    """An order that was taken elsewhere."""

    total_price: Money
    line_items: tuple[LineItemImportDraft, ...] = ()
    order_number: Identifier | None = None
    purchase_order_number: Text | None = None
    customer_id: str | None = None
    customer_email: Email | None = None
    inventory_mode: InventoryMode = "None"
    tax_rounding_mode: RoundingMode = "HalfEven"
    tax_calculation_mode: TaxCalculationMode = "LineItemLevel"
    billing_address: BaseAddress | None = None
    shipping_address: BaseAddress | None = None
    shipping_info: ShippingInfoImportDraft | None = None
    payment_info: PaymentInfoDraft | None = None
    payment_state: PaymentState | None = None
    shipment_state: ShipmentState | None = None
    order_state: OrderState = "Open"
    state: ReferenceDraft | None = None
    country: CountryCode | None = None
    origin: Literal["Customer", "Merchant"] = "Customer"
    completed_at: MomentDraft | None = None
    custom: CustomFieldsDraft | None = None


class ReturnItemDraft(Draft, kw_only=True):
    """Units of a line that are to come back, or have."""

    quantity: Positive
    line_item_id: Identifier
    shipment_state: Literal["Advised", "Returned"]
    key: Key | None = None
    comment: Text | None = None
    custom: CustomFieldsDraft | None = None


class ReturnInfoDraft(Draft, kw_only=True):
    """A return as it is sent."""

    items: tuple[ReturnItemDraft, ...]
    return_tracking_id: Text | None = None
    return_date: MomentDraft | None = None


class OrderPagedQueryResponse(Payload, kw_only=True):
    """A page of orders."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Order, ...]
    total: NotNegative | None = None
