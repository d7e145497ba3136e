"""The range and the places: products, variants, sizes, warehouses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from peakproof.history.records import Item
from peakproof_simulators.centra.entities import Product, Size, Variant, Warehouse
from peakproof_simulators.centra.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra


def add_product(
    centra: Centra, number: str, name: str, *, status: str = "ACTIVE",
    components: tuple[tuple[int, int], ...] = (),
) -> Product:  # fmt: skip
    """A product; with components, a bundle."""
    id_, at_s = centra.products.next_id(), centra.now
    made = Product(id_, number, name, at_s, at_s, status, components)
    centra.products.put(id_, made)
    centra.product_of[number] = id_
    centra.changed("Product", id_, "CREATED")
    return made


def add_variant(centra: Centra, product: Product, number: str, name: str) -> Variant:
    """A variant of a product."""
    id_, at_s = centra.variants.next_id(), centra.now
    made = Variant(id_, product.id, number, name, at_s, at_s)
    centra.variants.put(id_, made)
    centra.variants_of.setdefault(product.id, []).append(id_)
    centra.changed("ProductVariant", id_, "CREATED")
    return made


def sku_of(centra: Centra, owner: Variant, size_number: str) -> str:
    """The SKU: product, variant and size number in a row."""
    product = centra.products.by_id[owner.product]
    return f"{product.product_number}{owner.variant_number}{size_number}"


def add_size(
    centra: Centra, owner: Variant, number: str, *, description: str = "", ean: str = "",
    upc: str = "",
) -> Size:  # fmt: skip
    """A size of a variant: from now on its SKU is known."""
    id_ = centra.sizes.next_id()
    sku = sku_of(centra, owner, number)
    made = Size(id_, owner.id, owner.product, sku, number, description, ean, upc)
    centra.sizes.put(id_, made)
    centra.sizes_of.setdefault(owner.id, []).append(id_)
    centra.size_of[sku] = id_
    for code in (ean, upc):
        if code:
            centra.barcode_of[code] = id_
    world = centra.world
    world.emit(Item(world.env._now, world.by, world.n, SYSTEM, sku))
    centra.note(f"item:{sku}")
    centra.changed("ProductSize", id_, "CREATED")
    return made


def add_warehouse(
    centra: Centra, name: str, *, before: Warehouse | None = None, **more: Any
) -> Warehouse:
    """A warehouse, last by priority unless it goes before another."""
    held = centra.warehouses.by_id
    last = max([one.priority for one in held.values()], default=0)
    priority = last + 1 if before is None else before.priority
    for one in list(held.values()) if before is not None else ():
        if one.priority >= priority:
            centra.warehouses.put(one.id, replace(one, priority=one.priority + 1))
    id_ = centra.warehouses.next_id()
    made = centra.warehouses.put(id_, Warehouse(id_, name, priority, **more))
    centra.warehouse_of[name] = id_
    centra.changed("Warehouse", id_, "CREATED")
    return made
