"""Products: by SKU, with prices and availability; what carts and orders rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof.history.records import Item
from peakproof_simulators.commercetools import money
from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.errors import Refusal, duplicate, invalid
from peakproof_simulators.commercetools.payloads import catalogue as payload
from peakproof_simulators.commercetools.payloads import messages
from peakproof_simulators.commercetools.payloads.catalogue import (
    Price,
    Product,
    ProductProjection,
    ProductRecord,
    ProductVariant,
    ProductVariantAvailability,
    ProductVariantChannelAvailability,
)
from peakproof_simulators.commercetools.payloads.common import UserProvidedIdentifiers
from peakproof_simulators.commercetools.payloads.inventory import InventoryEntry
from peakproof_simulators.commercetools.state import SYSTEM, Project, Rule
from peakproof_simulators.commercetools.stock import channel_of

Products: TypeAlias = Change[Product]
MOST_VARIANTS: Final = 100
_SKU: Final = ("sku",)


class Catalogue:
    """Finds products by SKU and by slug, and says what of them is in stock."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.by_sku: dict[str, str] = {}
        self.slugs: dict[tuple[str, str], str] = {}
        self._sold: dict[str, tuple[Product, ProductVariant]] = {}
        self._answered: dict[str, tuple[Product, Product]] = {}
        self._showing: dict[str, dict[str, None]] = {}
        self._touched: dict[str, InventoryEntry] = {}
        project.entries.touched = self._touched

    def variant(self, sku: str) -> tuple[Product, ProductVariant] | None:
        """The published product and the variant of a SKU."""
        product = self.project.products.by_id.get(self.by_sku.get(sku, ""))
        known = self._sold.get(sku)
        if known is not None and known[0] is product:
            return known
        if product is None or not product.master_data.published:
            return None
        for variant in variants(product.master_data.current):
            if variant.sku == sku:
                found = self._sold[sku] = product, variant
                return found
        return None

    def availability(self, sku: str | None) -> ProductVariantAvailability | None:
        """What the inventory entries of a SKU show, None when there are none."""
        entries = self.project.entries
        found = ProductVariantAvailability()
        channels: dict[str, ProductVariantChannelAvailability] = {}
        ids = entries.having(_SKU, sku) if sku is not None else ()
        for id in ids:
            entry = entries.by_id[id]
            fields: dict[str, Any] = {
                "id": entry.id,
                "version": entry.version,
                "is_on_stock": entry.available_quantity > 0,
                "available_quantity": entry.available_quantity,
                "restockable_in_days": entry.restockable_in_days,
            }
            if channel_of(entry):
                channels[channel_of(entry)] = ProductVariantChannelAvailability(**fields)
            else:
                found = ProductVariantAvailability(**fields)
        if not ids:
            return None
        return replace(found, channels=channels or None)

    def shown(self, product: Product) -> Product:
        """A product as it is answered: with availability in its variants."""
        if self._touched:
            for entry in self._touched.values():
                for id in self._showing.pop(entry.sku, ()):
                    self._answered.pop(id, None)
            self._touched.clear()
        known = self._answered.get(product.id)
        if known is not None and known[0] is product:
            return known[1]
        both = product.master_data
        current = self._shown(both.current)
        staged = current if both.staged is both.current else self._shown(both.staged)
        made = replace(product, master_data=replace(both, current=current, staged=staged))
        self._answered[product.id] = product, made
        for variant in (*variants(both.current), *variants(both.staged)):
            if variant.sku is not None:
                self._showing.setdefault(variant.sku, {})[product.id] = None
        return made

    def _shown(self, record: ProductRecord) -> ProductRecord:
        return replace(
            record,
            master_variant=self._available(record.master_variant),
            variants=tuple(map(self._available, record.variants)),
        )

    def _available(self, variant: ProductVariant) -> ProductVariant:
        return replace(variant, availability=self.availability(variant.sku))

    def learn(self, product: Product) -> None:
        """Know the SKUs and slugs of a product; a new SKU is a fact."""
        world = self.project.world
        for variant in variants(product.master_data.staged):
            if variant.sku is not None and variant.sku not in self.by_sku:
                self.by_sku[variant.sku] = product.id
                world.emit(Item(world.t, world.by, world.n, SYSTEM, variant.sku))
        for locale, slug in product.master_data.staged.slug.items():
            self.slugs[locale, slug] = product.id

    def forget(self, product: Product) -> None:
        """A product is gone."""
        self._answered.pop(product.id, None)
        self._sold = {sku: found for sku, found in self._sold.items() if sku in self.by_sku}
        self.by_sku = {sku: id for sku, id in self.by_sku.items() if id != product.id}
        self.slugs = {slug: id for slug, id in self.slugs.items() if id != product.id}

    def check_skus(self, skus: Iterable[str | None]) -> None:
        """No SKU may be another variant's."""
        seen: set[str] = set()
        for sku in skus:
            if sku is None:
                continue
            if sku in self.by_sku or sku in seen:
                raise duplicate("sku", sku)
            seen.add(sku)


def variants(record: ProductRecord) -> Iterator[ProductVariant]:
    """All variants, the master first."""
    yield record.master_variant
    yield from record.variants


def create(project: Project, draft: payload.ProductDraft) -> Change[Product]:
    """A new product.

    Raises:
        Refusal: a slug, key or SKU is taken, or the product type is not there.
    """
    catalogue = project.catalogue
    product_type = project.reference("product-type", draft.product_type)
    assert product_type is not None
    if not draft.slug:
        raise Refusal("RequiredField", field="slug")
    for locale, slug in draft.slug.items():
        if (locale, slug) in catalogue.slugs:
            raise duplicate(f"slug.{locale}", slug)
    if draft.key is not None and project.products.one(("key",), draft.key) is not None:
        raise duplicate("key", draft.key)
    drafts = (draft.master_variant or payload.ProductVariantDraft(), *draft.variants)
    catalogue.check_skus(one.sku for one in drafts)
    made = [_variant(project, number, one) for number, one in enumerate(drafts, start=1)]
    record = ProductRecord(
        name=draft.name,
        slug=draft.slug,
        description=draft.description,
        categories=(),
        master_variant=made[0],
        variants=tuple(made[1:]),
        attributes=(),
    )
    product = Product(
        **project.fresh(),
        product_type=product_type,
        key=draft.key,
        price_mode="Embedded",
        master_data=payload.ProductCatalogRecord(
            published=draft.publish, current=record, staged=record, has_staged_changes=False
        ),
    )
    change = Change(None, product)
    change.effect(catalogue.learn)
    change.say(messages.ProductCreated, product_projection=projection(product, staged=True))
    return change


def delete(project: Project, product: Product, version: int | None) -> None:
    """Take a product away; carts and orders keep their copies."""
    project.remove(project.kinds["product"], product, version)
    project.catalogue.forget(product)


def identifiers(product: Product) -> UserProvidedIdentifiers:
    """The names that users gave to a product."""
    return UserProvidedIdentifiers(key=product.key, slug=product.master_data.current.slug)


def projection(product: Product, *, staged: bool) -> ProductProjection:
    """A product as messages carry it."""
    record = product.master_data.staged if staged else product.master_data.current
    return ProductProjection(
        id=product.id,
        version=product.version,
        created_at=product.created_at,
        last_modified_at=product.last_modified_at,
        product_type=product.product_type,
        name=record.name,
        slug=record.slug,
        categories=record.categories,
        master_variant=record.master_variant,
        variants=record.variants,
        published=product.master_data.published,
        has_staged_changes=product.master_data.has_staged_changes,
        key=product.key,
    )


def _variant(
    project: Project, number: int, draft: payload.ProductVariantDraft | payload.ProductAddVariant
) -> ProductVariant:
    return ProductVariant(
        id=number,
        sku=draft.sku,
        key=draft.key,
        prices=tuple(_price(project.new_id(), one) for one in draft.prices),
        attributes=draft.attributes,
        images=(),
        assets=(),
    )


def _price(id: str, draft: payload.PriceDraft) -> Price:
    return Price(id=id, value=money.typed(draft.value), key=draft.key, country=draft.country)


# --- update actions of products -----------------------------------------------------------------


def _edited(product: Product, record: ProductRecord, *, staged: bool) -> Product:
    both = product.master_data
    current = both.current if staged else record
    return replace(
        product,
        master_data=replace(
            both, staged=record, current=current, has_staged_changes=record != current
        ),
    )


def _publish(_: Project, product: Product, __: payload.ProductPublish, change: Products) -> Product:
    both = product.master_data
    if both.published and not both.has_staged_changes:
        return product
    after = replace(
        product,
        master_data=replace(both, published=True, current=both.staged, has_staged_changes=False),
    )
    change.say(
        messages.ProductPublished,
        product_projection=projection(after, staged=False),
        removed_image_urls=(),
        scope="All",
    )
    return after


def _unpublish(
    _: Project, product: Product, __: payload.ProductUnpublish, change: Products
) -> Product:
    if not product.master_data.published:
        return product
    change.say(messages.ProductUnpublished)
    return replace(product, master_data=replace(product.master_data, published=False))


def _change_name(
    _: Project, product: Product, action: payload.ProductChangeName, __: Products
) -> Product:
    record = changed(product.master_data.staged, name=action.name)
    if record is product.master_data.staged and action.staged:
        return product
    return _edited(product, record, staged=action.staged)


def _set_key(
    project: Project, product: Product, action: payload.ProductSetKey, _: Products
) -> Product:
    if action.key == product.key:
        return product
    if action.key is not None and project.products.one(("key",), action.key) is not None:
        raise duplicate("key", action.key)
    return replace(product, key=action.key)


def _add_variant(
    project: Project, product: Product, action: payload.ProductAddVariant, change: Products
) -> Product:
    catalogue = project.catalogue
    catalogue.check_skus([action.sku])
    record = product.master_data.staged
    known = list(variants(record))
    if action.sku is not None and action.sku in [one.sku for one in known]:
        raise duplicate("sku", action.sku)
    if len(known) >= MOST_VARIANTS:
        raise Refusal(
            "MaxResourceLimitExceeded", limit=MOST_VARIANTS, exceededResource="product-variant"
        )
    made = _variant(project, max(one.id for one in known) + 1, action)
    change.effect(catalogue.learn)
    change.say(messages.ProductVariantAdded, variant=made, staged=action.staged)
    record = replace(record, variants=(*record.variants, made))
    return _edited(product, record, staged=action.staged)


def _change_price(
    _: Project, product: Product, action: payload.ProductChangePrice, __: Products
) -> Product:
    record = product.master_data.staged
    if action.price_id not in [price.id for one in variants(record) for price in one.prices]:
        raise invalid("priceId", action.price_id)
    new = _price(action.price_id, action.price)

    def repriced(variant: ProductVariant) -> ProductVariant:
        return changed(
            variant, prices=tuple(new if one.id == new.id else one for one in variant.prices)
        )

    after = changed(
        record,
        master_variant=repriced(record.master_variant),
        variants=tuple(map(repriced, record.variants)),
    )
    if after is record and (action.staged or product.master_data.current == after):
        return product
    return _edited(product, after, staged=action.staged)


PRODUCT_RULES: Final[dict[type[Any], Rule]] = {
    payload.ProductPublish: _publish,
    payload.ProductUnpublish: _unpublish,
    payload.ProductChangeName: _change_name,
    payload.ProductSetKey: _set_key,
    payload.ProductAddVariant: _add_variant,
    payload.ProductChangePrice: _change_price,
}
