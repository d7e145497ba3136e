"""Products, inventory records, inventory levels, stock adjustments and their reasons."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta

from peakproof_simulators.pos.lightspeed.payloads.common import (
    Amount,
    Decimals,
    Given,
    GivenAmount,
    Maybe,
    Shown,
    Span,
    Text,
    Uuid,
)

CodeType = Literal["CUSTOM", "EAN", "ISBN", "ITF", "JAN", "UPC"]
AdjustmentReason = Literal[
    "DAMAGE", "EXPIRY", "INTERNAL_USE", "THEFT", "DONATION", "STOCK_FOUND", "SAMPLE_FOR_SALE",
    "CUSTOM",
]  # fmt: skip
Direction = Literal["asc", "desc"]
Number = Annotated[int, Meta(ge=0, le=2**62)]


class ProductCode(Given):
    """A code that is scanned, or typed."""

    type: CodeType
    code: Annotated[str, Meta(min_length=1, max_length=64)]


class Product(Shown):
    """A product; each variant is one."""

    id: str
    name: str
    variant_name: str
    handle: str
    sku: str
    product_codes: list[ProductCode]
    variant_parent_id: str | None
    family_id: str
    description: str | None
    has_inventory: bool
    has_variants: bool
    is_composite: bool
    active: bool
    source: str
    supply_price: Amount
    variant_options: list[dict[str, str]]
    categories: list[dict[str, Any]]
    tag_ids: list[str]
    images: list[dict[str, Any]]
    skuImages: list[dict[str, Any]]  # noqa: N815 - the vendor's word
    attributes: list[dict[str, Any]]
    product_suppliers: list[dict[str, Any]]
    packaging: dict[str, Any]
    customizations: list[dict[str, Any]]
    price_including_tax: Amount
    price_excluding_tax: Amount
    version: int
    created_at: str
    updated_at: str
    deleted_at: str | None


class ProductAnswer(Shown):
    """One product."""

    data: Product


class ProductsAnswer(Shown):
    """Products."""

    data: list[Product]
    version: Span


class OutletStock(Given):
    """What an outlet has from now on: ``current_amount`` overwrites whatever is there."""

    outlet_id: Uuid
    current_amount: GivenAmount | Maybe = UNSET
    reorder_point: GivenAmount | Maybe = UNSET
    reorder_amount: GivenAmount | Maybe = UNSET


class NewStock(Given):
    """What an outlet has of a new product."""

    outlet_id: Uuid
    current_amount: GivenAmount
    reorder_point: GivenAmount | Maybe = UNSET
    reorder_amount: GivenAmount | Maybe = UNSET


class NewProduct(Given):
    """A new product; one price of the two."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    sku: Annotated[str, Meta(min_length=1, max_length=64)] | Maybe = UNSET
    description: Text | Maybe = UNSET
    price_including_tax: GivenAmount | Maybe = UNSET
    price_excluding_tax: GivenAmount | Maybe = UNSET
    product_codes: Annotated[list[ProductCode], Meta(max_length=20)] | Maybe = UNSET
    inventory: Annotated[list[NewStock], Meta(max_length=1000)] | Maybe = UNSET


class ProductsMade(Shown):
    """The ids of new products."""

    data: list[str]


class ProductCommon(Given):
    """What all variants of a product share."""

    name: Annotated[str, Meta(min_length=1, max_length=255)] | Maybe = UNSET
    description: Text | Maybe = UNSET


class ProductDetails(Given):
    """What one variant has of its own."""

    inventory: Annotated[list[OutletStock], Meta(max_length=1000)] | Maybe = UNSET
    product_codes: Annotated[list[ProductCode], Meta(max_length=20)] | Maybe = UNSET
    price_including_tax: GivenAmount | Maybe = UNSET


class ProductRequest(Given):
    """A change of a product."""

    common: ProductCommon | Maybe = UNSET
    details: ProductDetails | Maybe = UNSET


class Inventory(Shown):
    """What an outlet has of a product."""

    id: str
    outlet_id: str
    product_id: str
    current_inventory_level: Amount
    average_cost: Amount | None
    reorder_point: Amount | None
    reorder_amount: Amount | None
    reorder_target: Amount | None
    reorder_method: Literal["FIXED", "MIN_MAX"] | None
    quantity_to_procure: Amount
    version: int


class FixedReorder(Given, tag_field="method", tag="FIXED"):
    """Reorder a fixed quantity once the level is that low."""

    product_id: Uuid
    outlet_id: Uuid
    reorder_point: GivenAmount
    reorder_amount: GivenAmount


class TargetReorder(Given, tag_field="method", tag="MIN_MAX"):
    """Reorder up to a target once the level is that low."""

    product_id: Uuid
    outlet_id: Uuid
    reorder_point: GivenAmount
    reorder_target: GivenAmount


Reorders = Annotated[list[FixedReorder | TargetReorder], Meta(min_length=1, max_length=1000)]


class Reorder(Shown):
    """When an outlet reorders a product, and how much."""

    product_id: str
    outlet_id: str
    method: Literal["FIXED", "MIN_MAX"]
    reorder_point: Amount
    reorder_amount: Amount | Maybe = UNSET
    reorder_target: Amount | Maybe = UNSET


class ReordersAnswer(Shown):
    """Reorder points, in the order of the request."""

    data: list[Reorder]


class InventoryRequest(Given):
    """Which records a list holds."""

    after: Number | Maybe = UNSET
    before: Number | Maybe = UNSET
    product_id: Uuid | Maybe = UNSET
    variants: bool = False
    size: Annotated[int, Meta(ge=1, le=5000)] = 1000
    sort_direction: Direction = "desc"
    include_deleted: bool = False


class InventoryLevel(Shown):
    """What a location has of a product: no version here."""

    location_id: str
    product_id: str
    root_product_id: str
    name: str
    current_inventory_level: Amount
    quantity_to_procure: Amount
    average_cost: Amount
    total_cost: Amount


class InventoryLevelsRequest(Given):
    """Which levels a list holds."""

    location_ids: Annotated[list[Uuid], Meta(max_length=1000)] | Maybe = UNSET
    product_ids: Annotated[list[Uuid], Meta(max_length=1000)] | Maybe = UNSET
    offset: Annotated[int, Meta(ge=0, le=2**53)] = 0
    size: Annotated[int, Meta(ge=1, le=10000)] = 100
    sort_direction: Direction = "desc"
    sort_type: Literal["total_count", "product_name"] = "total_count"
    include_inactive: bool = False
    include_composites: bool = False


class NewAdjustment(Given):
    """A correction by a signed quantity."""

    product_id: Uuid
    outlet_id: Uuid
    quantity: Decimals
    reason: AdjustmentReason
    custom_inventory_adjustment_reason_id: Uuid | Maybe = UNSET


class NewAdjustments(Given):
    """A batch: all of it or none."""

    stock_adjustments: Annotated[list[NewAdjustment], Meta(min_length=1, max_length=1000)]


class Adjustment(Shown):
    """A correction that was made; nothing takes it back."""

    id: str
    user_id: str
    product_id: str
    outlet_id: str
    quantity: str
    reason: AdjustmentReason
    created_at: str
    updated_at: str
    version: int
    custom_inventory_adjustment_reason_id: str | Maybe = UNSET


class AdjustmentsMade(Shown):
    """The corrections of a batch, in the order of the request."""

    data: list[Adjustment]


class AdjustmentsAnswer(Shown):
    """Corrections."""

    data: list[Adjustment]
    version: Span


ReasonName = Annotated[str, Meta(min_length=1, max_length=30)]
ReasonKind = Literal["POSITIVE", "NEGATIVE"]


class NewReason(Given):
    """A reason of the retailer's own."""

    name: ReasonName
    enabled: bool
    type: ReasonKind


class ChangedReason(Given):
    """A change of one."""

    name: ReasonName | Maybe = UNSET
    enabled: bool | Maybe = UNSET


class Reason(Shown):
    """A reason of the retailer's own."""

    id: str
    name: str
    enabled: bool
    type: ReasonKind
    is_from_external_source: bool
    created_at: str
    updated_at: str
    version: int


class ReasonAnswer(Shown):
    """One reason."""

    data: Reason


class ReasonsAnswer(Shown):
    """Reasons."""

    data: list[Reason]
    version: Span
