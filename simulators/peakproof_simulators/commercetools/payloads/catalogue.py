"""Products and product types, as far as orders need them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from peakproof_simulators.commercetools.payloads.common import (
    Action,
    CentPrecisionMoney,
    CountryCode,
    Draft,
    Identifier,
    Key,
    LocalizedString,
    Money,
    NotNegative,
    Payload,
    Reference,
    Resource,
    ResourceIdentifier,
    Version,
)

Slug = Annotated[str, Meta(pattern="^[a-zA-Z0-9_-]{2,256}$")]


class Price(Payload, kw_only=True):
    """A price of one unit, gross when the tax rate says so."""

    id: str
    value: CentPrecisionMoney
    key: str | None = None
    country: CountryCode | None = None


class PriceDraft(Draft, kw_only=True):
    """A price as it is sent."""

    value: Money
    key: Key | None = None
    country: CountryCode | None = None


class Attribute(Draft, kw_only=True):
    """An attribute of a variant; values are not checked against the product type."""

    name: str
    value: Any


class ProductVariantChannelAvailability(Payload, kw_only=True):
    """Stock of a variant at one supply channel."""

    id: str
    version: int
    is_on_stock: bool
    available_quantity: int
    restockable_in_days: int | None = None


class ProductVariantAvailability(Payload, kw_only=True):
    """Stock of a variant: the entry without a channel, and ``channels`` by channel id."""

    id: str | None = None
    version: int | None = None
    is_on_stock: bool | None = None
    available_quantity: int | None = None
    restockable_in_days: int | None = None
    channels: dict[str, ProductVariantChannelAvailability] | None = None


class ProductVariant(Payload, kw_only=True):
    """What is sold by its SKU."""

    id: int
    prices: tuple[Price, ...]
    attributes: tuple[Attribute, ...]
    images: tuple[dict[str, Any], ...]
    assets: tuple[dict[str, Any], ...]
    sku: str | None = None
    key: str | None = None
    availability: ProductVariantAvailability | None = None


class ProductVariantDraft(Draft, kw_only=True):
    """A variant as it is sent."""

    sku: Identifier | None = None
    key: Key | None = None
    prices: tuple[PriceDraft, ...] = ()
    attributes: tuple[Attribute, ...] = ()


class ProductRecord(Payload, kw_only=True):
    """One representation (current or staged) of a product; the vendor's ``ProductData``."""

    name: LocalizedString
    slug: LocalizedString
    categories: tuple[Reference, ...]
    master_variant: ProductVariant
    variants: tuple[ProductVariant, ...]
    attributes: tuple[Attribute, ...]
    description: LocalizedString | None = None


class ProductCatalogRecord(Payload, kw_only=True):
    """Both representations; the vendor's ``ProductCatalogData``."""

    published: bool
    current: ProductRecord
    staged: ProductRecord
    has_staged_changes: bool


class Product(Resource, kw_only=True):
    """A product with its variants."""

    product_type: Reference
    master_data: ProductCatalogRecord
    price_mode: Literal["Embedded", "Standalone"]
    key: str | None = None
    tax_category: Reference | None = None


class ProductProjection(Resource, kw_only=True):
    """A product in one of its representations, as messages carry it."""

    product_type: Reference
    name: LocalizedString
    slug: LocalizedString
    categories: tuple[Reference, ...]
    master_variant: ProductVariant
    variants: tuple[ProductVariant, ...]
    published: bool
    has_staged_changes: bool
    key: str | None = None


class ProductDraft(Draft, kw_only=True):
    """A new product."""

    product_type: ResourceIdentifier
    name: LocalizedString
    slug: dict[str, Slug]
    key: Key | None = None
    description: LocalizedString | None = None
    master_variant: ProductVariantDraft | None = None
    variants: tuple[ProductVariantDraft, ...] = ()
    publish: bool = False


class ProductPublish(Action, tag="publish", kw_only=True):
    pass


class ProductUnpublish(Action, tag="unpublish", kw_only=True):
    pass


class ProductChangeName(Action, tag="changeName", kw_only=True):
    name: LocalizedString
    staged: bool = True


class ProductSetKey(Action, tag="setKey", kw_only=True):
    key: Key | None = None


class ProductAddVariant(Action, tag="addVariant", kw_only=True):
    sku: Identifier | None = None
    key: Key | None = None
    prices: tuple[PriceDraft, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    staged: bool = True


class ProductChangePrice(Action, tag="changePrice", kw_only=True):
    price_id: Identifier
    price: PriceDraft
    staged: bool = True


ProductUpdateAction = (
    ProductPublish
    | ProductUnpublish
    | ProductChangeName
    | ProductSetKey
    | ProductAddVariant
    | ProductChangePrice
)


class ProductUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[ProductUpdateAction, ...]


class ProductPagedQueryResponse(Payload, kw_only=True):
    """A page of products."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Product, ...]
    total: NotNegative | None = None


class ProductType(Resource, kw_only=True):
    """A product type; attribute definitions are not modelled."""

    name: str
    description: str
    attributes: tuple[dict[str, Any], ...]
    key: str | None = None


class ProductTypeDraft(Draft, kw_only=True):
    """A new product type."""

    name: Identifier
    description: str
    key: Key | None = None


class ProductTypeSetKey(Action, tag="setKey", kw_only=True):
    key: Key | None = None


class ProductTypeChangeName(Action, tag="changeName", kw_only=True):
    name: Identifier


ProductTypeUpdateAction = ProductTypeSetKey | ProductTypeChangeName


class ProductTypeUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[ProductTypeUpdateAction, ...]


class ProductTypePagedQueryResponse(Payload, kw_only=True):
    """A page of product types."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[ProductType, ...]
    total: NotNegative | None = None
