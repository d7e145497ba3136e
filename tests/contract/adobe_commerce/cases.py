"""What the vendor's own cases have in common."""

from __future__ import annotations

from tests.contract.adobe_commerce.shop import Json, Shop

EU = "store_for_eu_website"


def order(shop: Shop, sku: str, quantity: float, store: str = EU) -> Json:
    """An order by the shop's own page."""
    made: Json = shop.control("place_order", lines=[{"sku": sku, "qty": quantity}], store=store)
    return made


def for_quantity(shop: Shop, sku: str, stock: int, quantity: float) -> bool:
    """The single endpoint: as the cart asks."""
    path = f"inventory/is-product-salable-for-requested-qty/{sku}/{stock}/{quantity}"
    return bool(shop.get(path)["salable"])


def is_salable(shop: Shop, sku: str, stock: int) -> bool:
    return bool(shop.get(f"inventory/is-product-salable/{sku}/{stock}").body)


def placed(shop: Shop, made: Json) -> Json:
    assert "id" in made, made
    return shop.read(made["id"])
