"""Products: reading them, and changing them, stock figures included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.numbers import money
from peakproof_simulators.pos.lightspeed.payloads.goods import (
    Product,
    ProductAnswer,
    ProductCode,
    ProductsAnswer,
)
from peakproof_simulators.pos.lightspeed.surface import flag, span, whole, word
from peakproof_simulators.pos.pricing import half_even, percent_e5
from peakproof_simulators.pos.products import Product as Item
from peakproof_simulators.pos.products import Variant
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed


def list_products(face: Lightspeed, call: Call) -> Response:
    """All products by version; with a SKU or a name every other filter is ignored."""
    face.follow_range()
    sku, family = word(call, "sku"), word(call, "family_name")
    name = word(call, "name") or family
    for each in ("after", "before", "page_size"):
        whole(call, each)
    deleted = flag(call, "deleted")
    if sku is not None:
        keys = [variant.id for variant in face.pos.range.with_sku(sku)]
        entries = face.products.some(keys, lag_s=call.stale_s)
    elif name is not None:
        entries = [
            entry
            for entry in face.products.walk(
                after=None, before=None, newest=False, lag_s=call.stale_s
            )
            if not entry.deleted and _name(face, entry.thing) == name
        ]
    else:
        entries = face.page(call, face.products, deleted=deleted)
    for entry in entries:
        face.name_item(call, entry.thing.sku)
    views = [product_view(face, entry) for entry in entries]
    return face.reply(ProductsAnswer(data=views, version=span(entries)))


def get_product(face: Lightspeed, call: Call) -> Response:
    """One product."""
    entry = known_product(face, call)
    face.name_item(call, entry.thing.sku)
    return face.reply(ProductAnswer(data=product_view(face, entry)))


def product_view(face: Lightspeed, entry: Entry[Variant]) -> Product:
    """A product as it is shown."""
    variant = entry.thing
    parent = face.pos.range.get(variant.product)
    family = isinstance(parent, Item) and len(parent.variants) > 1
    including = variant.price_minor or 0
    rate_e5 = sum(percent_e5(r.percent) for r in face.pos.rates_of(variant) if r.included)
    tax = half_even(including * rate_e5, 100 * UNIT + rate_e5)
    name = _name(face, variant)
    return Product(
        id=face.product_id(variant.id), name=name,
        variant_name=f"{name} / {variant.name}" if family else name,
        handle=name.lower().replace(" ", "-"), sku=variant.sku, product_codes=_codes(variant),
        variant_parent_id=face.names.uuid("product", variant.product) if family else None,
        family_id=face.names.uuid("product", variant.product), has_inventory=variant.tracked,
        description=parent.description or None if isinstance(parent, Item) else None,
        has_variants=family, is_composite=False, active=not variant.deleted, source="USER",
        supply_price=0, variant_options=[], categories=[], tag_ids=[], images=[], skuImages=[],
        attributes=[], product_suppliers=[], packaging={}, customizations=[],
        created_at=face.iso(face.made_ms.get(variant.id, 0)), price_including_tax=money(including),
        price_excluding_tax=money(including - tax), version=entry.version,
        updated_at=face.iso(entry.at_ms),
        deleted_at=face.iso(entry.at_ms) if entry.deleted else None,
    )  # fmt: skip


def _name(face: Lightspeed, variant: Variant) -> str:
    return face.pos.product_name(variant)


def _codes(variant: Variant) -> list[ProductCode]:
    codes = [ProductCode(type="CUSTOM", code=variant.sku)] if variant.sku else []
    if variant.upc:
        barcode = "EAN" if len(variant.upc) == 13 else "UPC"
        codes.append(ProductCode(type=barcode, code=variant.upc))  # type: ignore[arg-type] # both are
    return codes


def known_product(face: Lightspeed, call: Call) -> Entry[Variant]:
    face.follow_range()
    uuid = call.params["product_id"]
    found = face.products.get(face.names.meant("variant", uuid))
    if found is None:
        raise face.no(404, f"There is no product {uuid}", about=uuid)
    return found
