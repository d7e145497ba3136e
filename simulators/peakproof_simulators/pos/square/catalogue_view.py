"""Locations and catalogue entries as Square writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.pos.products import Product, TaxRate, Variant
from peakproof_simulators.pos.square.payloads.catalogue import (
    CatalogObject,
    ItemData,
    ItemVariationData,
    Location,
    LocationOverride,
    ObjectType,
    TaxData,
)

if TYPE_CHECKING:
    from peakproof_simulators.pos.products import Entry
    from peakproof_simulators.pos.square.surface import Square
    from peakproof_simulators.pos.state import Place

LANGUAGE = {"GB": "en-GB", "IE": "en-IE", "US": "en-US", "FR": "fr-FR", "DE": "de-DE"}


def location_view(square: Square, place: Place) -> Location:
    """A location."""
    return Location(
        id=place.code,
        name=place.name,
        timezone=place.timezone,
        status="ACTIVE",
        created_at=square.iso(place.created_ms),
        merchant_id=square.merchant_id,
        country=place.country,
        language_code=LANGUAGE.get(place.country, "en-GB"),
        currency=place.currency,
        business_name=place.name,
        type="PHYSICAL",
        capabilities=["CREDIT_CARD_PROCESSING", "AUTOMATIC_TRANSFERS"],
    )


def type_of(entry: Entry) -> ObjectType:
    """What Square calls the type of an entry."""
    if isinstance(entry, Product):
        return "ITEM"
    return "ITEM_VARIATION" if isinstance(entry, Variant) else "TAX"


def object_view(square: Square, entry: Entry) -> CatalogObject:
    """An entry; an item comes with its variations."""
    made = CatalogObject(
        type=type_of(entry),
        id=entry.id,
        updated_at=square.iso(entry.updated_ms),
        version=entry.version,
        is_deleted=entry.deleted,
        present_at_all_locations=True,
    )
    if isinstance(entry, Product):
        made.item_data = _item(square, entry)
    elif isinstance(entry, Variant):
        made.item_variation_data = _variation(square, entry)
    else:
        made.tax_data = _tax(entry)
    return made


def _item(square: Square, product: Product) -> ItemData:
    variants = (square.pos.range.get(id_) for id_ in product.variants)
    return ItemData(
        name=product.name,
        description=product.description or None,
        abbreviation=product.abbreviation or None,
        is_taxable=bool(product.taxes),
        tax_ids=list(product.taxes) or None,
        variations=[object_view(square, each) for each in variants if each is not None] or None,
        product_type="REGULAR",
    )


def _variation(square: Square, variant: Variant) -> ItemVariationData:
    places = sorted({*variant.price_at, *variant.untracked_at})
    return ItemVariationData(
        item_id=variant.product,
        name=variant.name or None,
        sku=variant.sku or None,
        upc=variant.upc or None,
        ordinal=variant.ordinal,
        pricing_type="VARIABLE_PRICING" if variant.price_minor is None else "FIXED_PRICING",
        price_money=None if variant.price_minor is None else square.money(variant.price_minor),
        location_overrides=[_override(square, variant, place) for place in places] or None,
        track_inventory=variant.tracked,
        sellable=True,
        stockable=True,
    )


def _override(square: Square, variant: Variant, place: str) -> LocationOverride:
    price = variant.price_at.get(place)
    return LocationOverride(
        location_id=place,
        price_money=None if price is None else square.money(price),
        pricing_type=None if price is None else "FIXED_PRICING",
        track_inventory=False if place in variant.untracked_at else None,
    )


def _tax(rate: TaxRate) -> TaxData:
    return TaxData(
        name=rate.name,
        calculation_phase="TAX_SUBTOTAL_PHASE",
        inclusion_type="INCLUSIVE" if rate.included else "ADDITIVE",
        percentage=rate.percent,
        applies_to_custom_amounts=True,
        enabled=rate.enabled,
    )
