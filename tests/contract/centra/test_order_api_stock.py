"""Stock and products in the Order API."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import Json, Shop


def test_physical_is_allocated_and_available(shop: Shop) -> None:
    shop.buy(("TEE", 4))
    row = shop.get("/stock", sku="TEE")["products"][0]
    assert (row["physicalStock"], row["allocatedStock"], row["availableStock"]) == (10, 4, 6)
    assert "physicalStock" not in shop.get("/stock", exclude="physicalStock")["products"][0]
    for query in ({"ean": "5000000000012"}, {"stockItemId": 1}, {"variantId": 1},
                  {"productId": 1}):  # fmt: skip
        assert [one["sku"] for one in shop.get("/stock", **query)["products"]] == ["TEE"]
    assert shop.get("/stock", upc="1")["products"] == []


def test_stock_is_paged_and_filtered_by_when_it_moved(shop: Shop) -> None:
    first = shop.get("/stock", limit=2)
    assert (first["previous"], first["next"]) == (None, "?limit=2&offset=2")
    last = shop.get("/stock", limit=2, offset=2)
    assert (last["previous"], last["next"], len(last["products"])) == ("?limit=2&offset=0", None, 1)
    shop.run(100)
    shop.buy(("SOCKS", 1))
    moved = shop.get("/stock", stock_modified=shop.world.clock.iso(50))["products"]
    assert [one["sku"] for one in moved] == ["SOCKS"]
    assert shop.get("/stock", modified=shop.world.clock.iso(50))["products"] == []
    assert shop.get("/stock", created=shop.world.clock.iso(50))["products"] == []


def set_to(shop: Shop, **quantities: int) -> Json:
    rows = [{"product": name, "quantity": units} for name, units in quantities.items()]
    body: Json = shop.rest("POST", "/stock", {"products": rows}).body
    return body


def test_stock_is_set_on_the_shelf_of_one_warehouse(shop: Shop) -> None:
    assert set_to(shop, TEE=7) == {"status": "ok"}
    assert (shop.cell("TEE"), shop.cell("TEE", "W2")) == ((7, 0, 0), (3, 0, 0))
    assert set_to(shop, **{"5000000000012": 8}) == {"status": "ok"}
    assert shop.cell("TEE") == (8, 0, 0)
    other = Shop(order_api_warehouse="W2")
    set_to(other, TEE=9)
    assert (other.cell("TEE"), other.cell("TEE", "W2")) == ((10, 0, 0), (9, 0, 0))
    none = Shop(order_api_warehouse="W9")
    assert none.rest("POST", "/stock", {"products": []}).msg == "warehouse is not configured"


def test_a_set_below_what_is_allocated_is_clamped_without_a_word(shop: Shop) -> None:
    """Quirk 2: ok, and the shelf stands at what is allocated."""
    shop.buy(("TEE", 4))
    assert set_to(shop, TEE=1) == {"status": "ok"}
    assert shop.cell("TEE") == (4, 4, 0)
    loud = Shop(rest_stock_below_allocated="refuse")
    loud.buy(("TEE", 4))
    assert set_to(loud, TEE=1)["status"] == "no"
    assert loud.cell("TEE") == (10, 4, 0)


def test_what_is_not_known_or_a_bundle_is_listed_and_the_rest_is_written(shop: Shop) -> None:
    parts = [{"productSize": {"SKU": "TEE"}, "quantity": 1}]
    shop.done("createBundle", "product { id }",
              input={"productNumber": "SET", "name": "Set", "components": parts})  # fmt: skip
    assert set_to(shop, TEE=7, NONE=1, SET=2) == {
        "status": "no", "msg": "Some of the products were not updated",
        "errors": {"productsNotFound": ["NONE"], "productsAreBundles": ["SET"]},
    }  # fmt: skip
    assert shop.cell("TEE") == (7, 0, 0)


def test_products_are_listed_with_prices(shop: Shop) -> None:
    found = shop.get("/products", sku="TEE")["products"]
    assert found == [{
        "productId": "1", "sku": "TEE", "name": "Red tee", "isBundle": False,
        "prices": [{"pricelistId": "1", "currency": "GBP", "price": 12.0}],
        "items": [{"stockItemId": "1", "sku": "TEE", "ean": "5000000000012"}],
    }]  # fmt: skip
    assert len(shop.get("/products", limit=2, offset=1)["products"]) == 2
    assert shop.get("/products", modified="2027-01-01")["products"] == []


@pytest.mark.parametrize(
    ("way", "lines"),
    [
        ("components", [("TEE", 2, False, True), ("SOCKS", 4, False, True)]),
        ("bundle", [("SET", 2, True, False)]),
        ("both", [("SET", 2, True, False), ("TEE", 2, False, True), ("SOCKS", 4, False, True)]),
    ],
)
def test_a_bundle_is_shown_as_the_plugin_is_set(way: str, lines: list[object]) -> None:
    """Quirk 13: who adds up bundle and component lines counts units twice."""
    shop = Shop(order_api_bundles=way)
    parts = [{"productSize": {"SKU": "TEE"}, "quantity": 1},
             {"productSize": {"SKU": "SOCKS"}, "quantity": 2}]  # fmt: skip
    shop.done("createBundle", "product { id }",
              input={"productNumber": "SET", "name": "Set", "components": parts})  # fmt: skip
    shop.buy(("SET", 2))
    shown = shop.get("/orders")["orders"][0]["products"]
    assert [(one["sku"], one["qty"], one["isBundle"], one["isPartOfBundle"]) for one in shown] == (
        lines
    )
    assert sum(cell for cell in (shop.cell("TEE")[1], shop.cell("SOCKS")[1])) == 6
