"""Line items, taxes and shipping: what carts and orders share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from peakproof_simulators.commercetools.payloads.catalogue import Price, ProductVariant
from peakproof_simulators.commercetools.payloads.common import (
    BaseAddress,
    CentPrecisionMoney,
    CountryCode,
    CustomFields,
    CustomFieldsDraft,
    Draft,
    Identifier,
    Key,
    LocalizedString,
    Moment,
    Money,
    Payload,
    Positive,
    Reference,
    ResourceIdentifier,
    Whole,
)

InventoryMode = Literal["None", "TrackOnly", "ReserveOnOrder", "ReserveOnCart"]
TaxMode = Literal["Platform", "External", "ExternalAmount", "Disabled"]
PriceMode = Literal["Platform", "ExternalPrice", "ExternalTotal"]
RoundingMode = Literal["HalfEven", "HalfUp", "HalfDown"]
TaxCalculationMode = Literal["LineItemLevel", "UnitPriceLevel"]
Origin = Literal["Customer", "Merchant", "Quote", "RecurringOrder"]
Rate = Annotated[float, Meta(ge=0, le=1)]


class TaxRate(Payload, kw_only=True):
    """A tax rate, ``amount`` in the range 0-1."""

    name: str
    amount: Rate
    included_in_price: bool
    country: CountryCode
    id: str | None = None
    state: str | None = None


class ExternalTaxRateDraft(Draft, kw_only=True):
    """A tax rate that somebody else worked out."""

    name: Identifier
    country: CountryCode
    amount: Rate
    included_in_price: bool = False
    state: str | None = None


class TaxPortion(Payload, kw_only=True):
    """The tax at one rate."""

    rate: float
    amount: CentPrecisionMoney
    name: str | None = None


class TaxedPrice(Payload, kw_only=True):
    """Net, gross and tax of a line, of the shipping or of the whole."""

    total_net: CentPrecisionMoney
    total_gross: CentPrecisionMoney
    tax_portions: tuple[TaxPortion, ...]
    total_tax: CentPrecisionMoney


class ItemState(Payload, kw_only=True):
    """Units of a line in one state of the line workflow."""

    quantity: int
    state: Reference


class LineItem(Payload, kw_only=True):
    """A line of a cart or an order."""

    id: str
    product_id: str
    name: LocalizedString
    product_type: Reference
    variant: ProductVariant
    price: Price
    quantity: int
    total_price: CentPrecisionMoney
    discounted_price_per_quantity: tuple[dict[str, Any], ...]
    taxed_price_portions: tuple[dict[str, Any], ...]
    state: tuple[ItemState, ...]
    per_method_tax_rate: tuple[dict[str, Any], ...]
    price_mode: PriceMode
    line_item_mode: Literal["Standard", "GiftLineItem"]
    key: str | None = None
    product_key: str | None = None
    product_slug: LocalizedString | None = None
    taxed_price: TaxedPrice | None = None
    tax_rate: TaxRate | None = None
    supply_channel: Reference | None = None
    distribution_channel: Reference | None = None
    inventory_mode: InventoryMode | None = None
    reservation: Reference | None = None
    custom: CustomFields | None = None
    added_at: Moment | None = None
    last_modified_at: Moment | None = None


class ExternalLineItemTotalPrice(Draft, kw_only=True):
    """Price of one unit and of the whole line, both worked out by the caller."""

    price: Money
    total_price: Money


class LineItemDraft(Draft, kw_only=True):
    """A new line of a cart: a SKU, or a product and a variant."""

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


class DeliveryItem(Draft, kw_only=True):
    """Units of a line in a delivery or a parcel."""

    id: Identifier
    quantity: Whole


class TrackingData(Draft, kw_only=True):
    """How a parcel can be followed; the vendor's ``TrackingData``."""

    tracking_id: str | None = None
    carrier: str | None = None
    provider: str | None = None
    provider_transaction: str | None = None
    is_return: bool | None = None


class ParcelMeasurements(Draft, kw_only=True):
    """Size and weight of a parcel."""

    height_in_millimeter: Whole | None = None
    length_in_millimeter: Whole | None = None
    width_in_millimeter: Whole | None = None
    weight_in_gram: Whole | None = None


class Parcel(Payload, kw_only=True):
    """A parcel of a delivery."""

    id: str
    created_at: Moment
    key: str | None = None
    measurements: ParcelMeasurements | None = None
    tracking_data: TrackingData | None = None
    items: tuple[DeliveryItem, ...] | None = None
    custom: CustomFields | None = None


class ParcelDraft(Draft, kw_only=True):
    """A new parcel."""

    key: Key | None = None
    measurements: ParcelMeasurements | None = None
    tracking_data: TrackingData | None = None
    items: tuple[DeliveryItem, ...] | None = None
    custom: CustomFieldsDraft | None = None


class Delivery(Payload, kw_only=True):
    """Goods that leave together, in parcels."""

    id: str
    created_at: Moment
    items: tuple[DeliveryItem, ...]
    parcels: tuple[Parcel, ...]
    key: str | None = None
    address: BaseAddress | None = None
    custom: CustomFields | None = None


class DeliveryDraft(Draft, kw_only=True):
    """A delivery of an order that is imported."""

    key: Key | None = None
    items: tuple[DeliveryItem, ...] = ()
    parcels: tuple[ParcelDraft, ...] = ()
    address: BaseAddress | None = None
    custom: CustomFieldsDraft | None = None


class ShippingRate(Payload, kw_only=True):
    """What shipping costs."""

    price: CentPrecisionMoney
    tiers: tuple[dict[str, Any], ...]
    free_above: CentPrecisionMoney | None = None


class ShippingRateDraft(Draft, kw_only=True):
    """A shipping rate as it is sent; price tiers are not modelled."""

    price: Money
    free_above: Money | None = None
    tiers: tuple[()] = ()


class ShippingInfo(Payload, kw_only=True):
    """The shipping of a cart or an order; its deliveries."""

    shipping_method_name: str
    price: CentPrecisionMoney
    shipping_rate: ShippingRate
    shipping_method_state: Literal["MatchesCart", "DoesNotMatchCart"]
    deliveries: tuple[Delivery, ...]
    taxed_price: TaxedPrice | None = None
    tax_rate: TaxRate | None = None


class ShippingInfoImportDraft(Draft, kw_only=True):
    """The shipping of an order that is imported."""

    shipping_method_name: Identifier
    price: Money
    shipping_rate: ShippingRateDraft
    tax_rate: ExternalTaxRateDraft | None = None
    deliveries: tuple[DeliveryDraft, ...] = ()
    shipping_method_state: Literal["MatchesCart", "DoesNotMatchCart"] = "MatchesCart"


class PaymentInfo(Payload, kw_only=True):
    """The payments of a cart or an order."""

    payments: tuple[Reference, ...]
