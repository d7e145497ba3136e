"""Carts: resource, draft, update actions."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from peakproof_simulators.commercetools.payloads.common import (
    Action,
    BaseAddress,
    CentPrecisionMoney,
    CountryCode,
    CurrencyCode,
    CustomFields,
    CustomFieldsDraft,
    Draft,
    Email,
    Identifier,
    Key,
    Locale,
    Minutes,
    Money,
    NotNegative,
    Payload,
    Positive,
    Reference,
    Resource,
    ResourceIdentifier,
    Text,
    Version,
)
from peakproof_simulators.commercetools.payloads.lines import (
    ExternalLineItemTotalPrice,
    ExternalTaxRateDraft,
    InventoryMode,
    LineItem,
    LineItemDraft,
    Origin,
    PaymentInfo,
    RoundingMode,
    ShippingInfo,
    ShippingRateDraft,
    TaxCalculationMode,
    TaxedPrice,
    TaxMode,
)

CartState = Literal["Active", "Merged", "Ordered", "Frozen"]


class CartWarning(Payload, kw_only=True):
    """Something about the answer that did not go as asked (``CannotCreateReservation`` …)."""

    code: str
    message: str
    line_item_id: str | None = None
    product_id: str | None = None
    sku: str | None = None
    supply_channel: str | None = None
    quantity: int | None = None
    requested_quantity: int | None = None
    reserved_quantity: int | None = None


class Cart(Resource, kw_only=True):
    """What a shopper is about to order."""

    line_items: tuple[LineItem, ...]
    custom_line_items: tuple[dict[str, Any], ...]
    total_price: CentPrecisionMoney
    tax_mode: TaxMode
    price_rounding_mode: RoundingMode
    tax_rounding_mode: RoundingMode
    tax_calculation_mode: TaxCalculationMode
    inventory_mode: InventoryMode
    cart_state: CartState
    shipping_mode: Literal["Single"]
    shipping: tuple[dict[str, Any], ...]
    item_shipping_addresses: tuple[BaseAddress, ...]
    discount_codes: tuple[dict[str, Any], ...]
    direct_discounts: tuple[dict[str, Any], ...]
    refused_gifts: tuple[Reference, ...]
    origin: Origin
    key: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    anonymous_id: str | None = None
    total_line_item_quantity: int | None = None
    taxed_price: TaxedPrice | None = None
    taxed_shipping_price: TaxedPrice | None = None
    billing_address: BaseAddress | None = None
    shipping_address: BaseAddress | None = None
    shipping_info: ShippingInfo | None = None
    payment_info: PaymentInfo | None = None
    country: CountryCode | None = None
    locale: str | None = None
    purchase_order_number: str | None = None
    delete_days_after_last_modification: int | None = None
    custom: CustomFields | None = None
    warnings: tuple[CartWarning, ...] | None = None


class CartDraft(Draft, kw_only=True):
    """A new cart."""

    currency: CurrencyCode
    key: Key | None = None
    customer_id: str | None = None
    customer_email: Email | None = None
    anonymous_id: str | None = None
    country: CountryCode | None = None
    locale: Locale | None = None
    inventory_mode: InventoryMode = "None"
    line_items: tuple[LineItemDraft, ...] = ()
    shipping_address: BaseAddress | None = None
    billing_address: BaseAddress | None = None
    tax_mode: TaxMode = "Platform"
    tax_rounding_mode: RoundingMode = "HalfEven"
    tax_calculation_mode: TaxCalculationMode = "LineItemLevel"
    shipping_mode: Literal["Single"] = "Single"
    origin: Literal["Customer", "Merchant"] = "Customer"
    purchase_order_number: Text | None = None
    delete_days_after_last_modification: Positive | None = None
    custom: CustomFieldsDraft | None = None


class LineNamed(Action, kw_only=True):
    """An action about one line, named by id or by key."""

    line_item_id: str | None = None
    line_item_key: str | None = None


class CartAddLineItem(Action, tag="addLineItem", kw_only=True):
    sku: Identifier | None = None
    product_id: str | None = None
    variant_id: Positive | None = None
    key: Key | None = None
    quantity: Positive = 1
    supply_channel: ResourceIdentifier | None = None
    distribution_channel: ResourceIdentifier | None = None
    external_price: Money | None = None
    external_total_price: ExternalLineItemTotalPrice | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None
    inventory_mode: InventoryMode | None = None
    custom: CustomFieldsDraft | None = None


class CartChangeLineItemQuantity(LineNamed, tag="changeLineItemQuantity", kw_only=True):
    quantity: NotNegative
    external_price: Money | None = None
    external_total_price: ExternalLineItemTotalPrice | None = None


class CartRemoveLineItem(LineNamed, tag="removeLineItem", kw_only=True):
    quantity: Positive | None = None


class CartSetLineItemInventoryMode(LineNamed, tag="setLineItemInventoryMode", kw_only=True):
    inventory_mode: InventoryMode | None = None


class CartSetLineItemSupplyChannel(LineNamed, tag="setLineItemSupplyChannel", kw_only=True):
    supply_channel: ResourceIdentifier | None = None


class CartSetLineItemPrice(LineNamed, tag="setLineItemPrice", kw_only=True):
    external_price: Money | None = None


class CartSetLineItemTaxRate(LineNamed, tag="setLineItemTaxRate", kw_only=True):
    external_tax_rate: ExternalTaxRateDraft | None = None


class CartSetLineItemCustomField(LineNamed, tag="setLineItemCustomField", kw_only=True):
    name: Identifier
    value: Any = None


class CartSetLineItemCustomType(LineNamed, tag="setLineItemCustomType", kw_only=True):
    type: ResourceIdentifier | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class CartSetShippingAddress(Action, tag="setShippingAddress", kw_only=True):
    address: BaseAddress | None = None


class CartSetBillingAddress(Action, tag="setBillingAddress", kw_only=True):
    address: BaseAddress | None = None


class CartSetShippingMethod(Action, tag="setShippingMethod", kw_only=True):
    shipping_method: ResourceIdentifier | None = None


class CartSetCustomShippingMethod(Action, tag="setCustomShippingMethod", kw_only=True):
    shipping_method_name: Identifier
    shipping_rate: ShippingRateDraft
    external_tax_rate: ExternalTaxRateDraft | None = None


class CartAddPayment(Action, tag="addPayment", kw_only=True):
    payment: ResourceIdentifier


class CartRemovePayment(Action, tag="removePayment", kw_only=True):
    payment: ResourceIdentifier


class CartRecalculate(Action, tag="recalculate", kw_only=True):
    update_product_data: bool = False


class CartSetCustomField(Action, tag="setCustomField", kw_only=True):
    name: Identifier
    value: Any = None


class CartSetCustomType(Action, tag="setCustomType", kw_only=True):
    type: ResourceIdentifier | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class CartSetCustomerEmail(Action, tag="setCustomerEmail", kw_only=True):
    email: Email | None = None


class CartSetCountry(Action, tag="setCountry", kw_only=True):
    country: CountryCode | None = None


class CartSetKey(Action, tag="setKey", kw_only=True):
    key: Key | None = None


class CartChangeTaxMode(Action, tag="changeTaxMode", kw_only=True):
    tax_mode: TaxMode


class CartFreezeCart(Action, tag="freezeCart", kw_only=True):
    pass


class CartUnfreezeCart(Action, tag="unfreezeCart", kw_only=True):
    pass


class CartSetReservationExpirationInMinutes(
    Action, tag="setReservationExpirationInMinutes", kw_only=True
):
    reservation_expiration_in_minutes: Minutes


CartUpdateAction = (
    CartAddLineItem
    | CartChangeLineItemQuantity
    | CartRemoveLineItem
    | CartSetLineItemInventoryMode
    | CartSetLineItemSupplyChannel
    | CartSetLineItemPrice
    | CartSetLineItemTaxRate
    | CartSetLineItemCustomField
    | CartSetLineItemCustomType
    | CartSetShippingAddress
    | CartSetBillingAddress
    | CartSetShippingMethod
    | CartSetCustomShippingMethod
    | CartAddPayment
    | CartRemovePayment
    | CartRecalculate
    | CartSetCustomField
    | CartSetCustomType
    | CartSetCustomerEmail
    | CartSetCountry
    | CartSetKey
    | CartChangeTaxMode
    | CartFreezeCart
    | CartUnfreezeCart
    | CartSetReservationExpirationInMinutes
)


class CartUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[CartUpdateAction, ...]


class CartPagedQueryResponse(Payload, kw_only=True):
    """A page of carts."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Cart, ...]
    total: NotNegative | None = None
