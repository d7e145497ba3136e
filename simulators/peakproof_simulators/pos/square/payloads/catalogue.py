"""The catalogue and the locations as Square writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from peakproof_simulators.pos.square.payloads.common import (
    Cursor,
    Error,
    Id,
    Money,
    Name,
    Percentage,
    Text,
    Timestamp,
    Version,
    Wire,
)

ObjectType = Literal["ITEM", "ITEM_VARIATION", "TAX"]
"""The object types that are modelled; all others are refused."""


class Location(Wire, kw_only=True):
    """A store."""

    id: Id
    name: str
    timezone: str
    status: Literal["ACTIVE", "INACTIVE"]
    created_at: Timestamp
    merchant_id: Id
    country: str
    language_code: str
    currency: str
    business_name: str
    type: Literal["PHYSICAL", "MOBILE"]
    capabilities: list[str]
    description: str | None = None


class LocationAnswer(Wire, kw_only=True):
    """One location."""

    location: Location


class LocationsAnswer(Wire, kw_only=True):
    """All locations."""

    locations: list[Location] | None = None


class LocationOverride(Wire, kw_only=True):
    """What differs at a location."""

    location_id: Id
    price_money: Money | None = None
    pricing_type: Literal["FIXED_PRICING", "VARIABLE_PRICING"] | None = None
    track_inventory: bool | None = None


class ItemVariationData(Wire, kw_only=True):
    """What is sold: the holder of the SKU."""

    item_id: Id | None = None
    name: Name | None = None
    sku: Annotated[str, Meta(max_length=255)] | None = None
    upc: Annotated[str, Meta(max_length=14)] | None = None
    ordinal: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    pricing_type: Literal["FIXED_PRICING", "VARIABLE_PRICING"] | None = None
    price_money: Money | None = None
    location_overrides: list[LocationOverride] | None = None
    track_inventory: bool | None = None
    sellable: bool | None = None
    stockable: bool | None = None


class TaxData(Wire, kw_only=True):
    """A tax rate of the shop."""

    name: Name | None = None
    calculation_phase: Literal["TAX_SUBTOTAL_PHASE", "TAX_TOTAL_PHASE"] | None = None
    inclusion_type: Literal["ADDITIVE", "INCLUSIVE"] | None = None
    percentage: Percentage | None = None
    applies_to_custom_amounts: bool | None = None
    enabled: bool | None = None


class ItemData(Wire, kw_only=True):
    """What customers call it; sold as its variations."""

    name: Annotated[str, Meta(max_length=512)] | None = None
    description: Text | None = None
    abbreviation: Annotated[str, Meta(max_length=24)] | None = None
    is_taxable: bool | None = None
    tax_ids: list[Id] | None = None
    variations: Annotated[list[CatalogObject], Meta(max_length=250)] | None = None
    product_type: Literal["REGULAR"] | None = None


class CatalogObject(Wire, kw_only=True):
    """Any object of the catalogue. A new one has an ``id`` that begins with ``#``."""

    type: ObjectType
    id: Id
    updated_at: Timestamp | None = None
    version: Version | None = None
    is_deleted: bool | None = None
    present_at_all_locations: bool | None = None
    item_data: ItemData | None = None
    item_variation_data: ItemVariationData | None = None
    tax_data: TaxData | None = None


class IdMapping(Wire, kw_only=True):
    """The id that a new object was given."""

    client_object_id: str
    object_id: Id


Key = Annotated[str, Meta(min_length=1, max_length=128)]


class UpsertObjectRequest(Wire, kw_only=True):
    """One object to be created or replaced."""

    idempotency_key: Key
    object: CatalogObject


class UpsertObjectAnswer(Wire, kw_only=True):
    """The object as it is now."""

    catalog_object: CatalogObject
    id_mappings: list[IdMapping] | None = None


class ObjectBatch(Wire, kw_only=True):
    """Objects that are written together or not at all."""

    objects: Annotated[list[CatalogObject], Meta(min_length=1, max_length=1000)]


class BatchUpsertRequest(Wire, kw_only=True):
    """Batches of objects."""

    idempotency_key: Key
    batches: Annotated[list[ObjectBatch], Meta(min_length=1)]


class BatchUpsertAnswer(Wire, kw_only=True):
    """What was written, and the errors of batches that were not."""

    errors: list[Error] | None = None
    objects: list[CatalogObject] | None = None
    updated_at: Timestamp | None = None
    id_mappings: list[IdMapping] | None = None


class BatchRetrieveObjectsRequest(Wire, kw_only=True):
    """Objects by their ids."""

    object_ids: Annotated[list[Id], Meta(min_length=1, max_length=1000)]
    include_related_objects: bool | None = None
    include_deleted_objects: bool | None = None


class ObjectsAnswer(Wire, kw_only=True):
    """Objects, with what they refer to."""

    objects: list[CatalogObject] | None = None
    related_objects: list[CatalogObject] | None = None


class ObjectAnswer(Wire, kw_only=True):
    """One object, with what it refers to."""

    object: CatalogObject
    related_objects: list[CatalogObject] | None = None


class DeleteObjectAnswer(Wire, kw_only=True):
    """What was deleted."""

    deleted_object_ids: list[Id] | None = None
    deleted_at: Timestamp | None = None


Attribute = Literal["name", "sku", "upc", "description", "abbreviation"]


class ExactQuery(Wire, kw_only=True):
    """One attribute has one value."""

    attribute_name: Attribute
    attribute_value: str


class SetQuery(Wire, kw_only=True):
    """One attribute has one of several values."""

    attribute_name: Attribute
    attribute_values: Annotated[list[str], Meta(min_length=1, max_length=250)]


class PrefixQuery(Wire, kw_only=True):
    """One attribute begins so."""

    attribute_name: Attribute
    attribute_prefix: Annotated[str, Meta(min_length=1)]


class TextQuery(Wire, kw_only=True):
    """All keywords are somewhere."""

    keywords: Annotated[list[str], Meta(min_length=1, max_length=3)]


class CatalogQuery(Wire, kw_only=True):
    """Conditions that all hold."""

    exact_query: ExactQuery | None = None
    set_query: SetQuery | None = None
    prefix_query: PrefixQuery | None = None
    text_query: TextQuery | None = None


class SearchObjectsRequest(Wire, kw_only=True):
    """A search of the catalogue."""

    cursor: Cursor | None = None
    object_types: Annotated[list[ObjectType], Meta(min_length=1)] | None = None
    include_deleted_objects: bool | None = None
    include_related_objects: bool | None = None
    begin_time: Timestamp | None = None
    query: CatalogQuery | None = None
    limit: int | None = None


class SearchObjectsAnswer(Wire, kw_only=True):
    """A page of what was found."""

    objects: list[CatalogObject] | None = None
    related_objects: list[CatalogObject] | None = None
    cursor: str | None = None
    latest_time: Timestamp | None = None


class ListObjectsAnswer(Wire, kw_only=True):
    """A page of the catalogue."""

    objects: list[CatalogObject] | None = None
    cursor: str | None = None
