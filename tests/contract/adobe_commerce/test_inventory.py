"""Sources, stocks, links, source items, salable quantities, and the endpoints of old."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.adobe_commerce.shop import Json, Shop, msi, search

from peakproof.errors import UsageError

NEW: Json = {"source_code": "S2", "name": "Station", "postcode": "1", "country_id": "GB"}


def test_a_source_is_created_changed_and_read(shop: Shop) -> None:
    assert shop.post("inventory/sources", {"source": NEW}).body == []
    changed = {"name": "Mall", "postcode": "2", "country_id": "GB", "enabled": False}
    assert shop.put("inventory/sources/s2", {"source": changed}).body == []
    made = shop.get("inventory/sources/S2")
    assert (made["source_code"], made["name"], made["enabled"]) == ("S2", "Mall", False)
    assert shop.get("inventory/sources", search(enabled=0))["total_count"] == 1
    missing = shop.get("inventory/sources/S9")
    assert (missing.status, missing.message) == (404, 'Source with code "%value" does not exist.')
    assert missing["parameters"] == {"value": "S9"}


def test_sources_that_are_refused(shop: Shop) -> None:
    answer = shop.post("inventory/sources", {"source": {"source_code": "a b", "name": " "}})
    fields = [error["parameters"]["field"] for error in answer["errors"]]
    assert (answer.message, fields) == (
        "Validation Failed", ["name", "postcode", "country_id", "source_code"],
    )  # fmt: skip
    assert answer["errors"][0]["message"] == '"%field" can not be empty.'
    off = {"name": "d", "postcode": "1", "country_id": "US", "enabled": False}
    answer = shop.put("inventory/sources/default", {"source": off})
    assert answer["errors"] == [{"message": "Default source can not be disabled."}]


def test_a_disabled_source_sells_nothing(shop: Shop) -> None:
    off = {"name": "W1", "postcode": "1", "country_id": "GB", "enabled": False}
    shop.put("inventory/sources/W1", {"source": off})
    assert shop.salable("TEE") == 3
    ranked = shop.get("inventory/get-sources-assigned-to-stock-ordered-by-priority/2").body
    assert [source["source_code"] for source in ranked] == ["W1", "S1"]


def test_stocks_and_their_websites(shop: Shop) -> None:
    channels = {"sales_channels": [{"type": "website", "code": "base"}]}
    new = {"stock": {"name": "Third", "extension_attributes": channels}}
    number = shop.post("inventory/stocks", new).body
    assert number == 3
    assert shop.get("inventory/stocks/2")["extension_attributes"] == {"sales_channels": []}
    assert shop.get("inventory/stock-resolver/website/base")["stock_id"] == 3
    assert shop.put("inventory/stocks/3", {"stock": {"name": "Renamed"}}).body == 3
    assert shop.get("inventory/stocks", search(name="Renamed"))["total_count"] == 1
    for stock, message in (
        (1, "Default Stock could not be deleted."),
        (3, "Stock has at least one sale channel and could not be deleted."),
        (9, 'Stock with id "%value" does not exist.'),
    ):
        assert shop.delete(f"inventory/stocks/{stock}").message == message
    assert shop.delete("inventory/stocks/2").body == []
    assert shop.get("inventory/stocks/2").status == 404
    assert shop.get("inventory/stock-source-links", search(stock_id=2))["total_count"] == 0
    assert shop.post("inventory/stocks", {"stock": {}}).message == "Validation Failed"


def test_links_are_saved_and_taken_away(shop: Shop) -> None:
    shop.post("inventory/sources", {"source": NEW})
    link = {"stock_id": 2, "source_code": "S2", "priority": 0}
    assert shop.post("inventory/stock-source-links", {"links": [link]}).body == []
    shop.stock_items(("TEE", "S2", 4, 1))
    assert shop.salable("TEE") == 17
    found = shop.get("inventory/stock-source-links", search(source_code="S2"))
    assert found["items"] == [link]
    assert shop.post("inventory/stock-source-links-delete", {"links": [link]}).body == []
    assert shop.salable("TEE") == 13
    for wrong in ({"stock_id": 1, "source_code": "S2", "priority": 1},
                  {"stock_id": 2, "source_code": "default", "priority": 1}):  # fmt: skip
        answer = shop.post("inventory/stock-source-links", {"links": [wrong]})
        assert (answer.message, answer["errors"]) == (
            "Validation Failed",
            [{"message": "Can not save link related to Default Source or Default Stock"}],
        )
    assert shop.post("inventory/stock-source-links", {"links": []}).message == "Input data is empty"
    bad = [{"stock_id": 9, "source_code": "S2", "priority": 1}, {"stock_id": 2, "priority": 1},
           {"source_code": "S2", "priority": 1}, {"stock_id": 2, "source_code": "S2"}]  # fmt: skip
    for each in bad:
        assert shop.post("inventory/stock-source-links", {"links": [each]}).status == 400


def test_places_where_orders_can_be_fetched(shop: Shop) -> None:
    more = {"extension_attributes": {"is_pickup_location_active": True, "frontend_name": "Shop"}}
    source = {"name": "S1", "postcode": "1", "country_id": "GB", **more}
    assert shop.put("inventory/sources/S1", {"source": source}).body == []
    answer = shop.send("GET", "/rest/V1/inventory/in-store-pickup/pickup-locations/", headers={})
    places = [(one["pickup_location_code"], one["name"]) for one in answer["items"]]
    assert (places, answer["total_count"]) == ([("S1", "Shop")], 1)


# --- source items -------------------------------------------------------------------------


def test_a_push_is_absolute_and_leaves_the_rest_and_the_reservations_alone(shop: Shop) -> None:
    shop.order(("TEE", 2))
    assert shop.stock_items(("TEE", "W1", 4, 1)).body == []
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1"), shop.reserved("TEE")) == (4, 3, -2)
    assert shop.salable("TEE") == 5
    assert shop.keys == [] or shop.operation != "source_item.save"


def test_the_keys_of_a_push_are_its_cells(shop: Shop) -> None:
    shop.stock_items(("TEE", "W1", 4, 1), ("MUG", "S1", 1, 1))
    assert shop.keys == ["stock:TEE@W1", "stock:MUG@S1"]


def test_all_of_a_push_or_nothing(shop: Shop) -> None:
    answer = shop.stock_items(("TEE", "W1", 4, 1), ("", "W1", 4, 7), (" A", "W 1", 4, 1))
    assert answer.status == 400
    assert answer.message == 'Validation Failed: "sku" can not be empty.'
    assert [error["message"] for error in answer["errors"]] == [
        '"%field" can not be empty.', '"%field" should a known status.',
        '"%field" can not contain leading or trailing spaces.',
        '"%field" can not contain whitespaces.',
    ]  # fmt: skip
    assert shop.on_hand("TEE") == 10
    bare = {"sourceItems": [{"sku": "TEE", "source_code": "W1"}]}
    missing = shop.post("inventory/source-items", bare)
    assert [error["message"] for error in missing["errors"]] == ['"%field" should be numeric.'] * 2
    assert shop.stock_items(("TEE", "W1", 1e9, 1)).message == "Could not save Source Item"


def test_what_a_push_may_say(shop: Shop) -> None:
    assert shop.stock_items(("NEVER-HEARD-OF", "W1", 4, 1)).body == []
    assert shop.on_hand("NEVER-HEARD-OF") == 4
    assert shop.stock_items(("TEE", "W1", -4, 1)).body == []
    assert shop.on_hand("TEE") == -4
    assert shop.stock_items(("tee", "w1", 1.23456, 1)).body == []
    assert shop.item("TEE") == {"sku": "TEE", "source_code": "W1", "quantity": 1.2346, "status": 1}


def test_a_flag_out_of_stock_hides_units_and_zero_in_stock_is_none(shop: Shop) -> None:
    shop.stock_items(("TEE", "W1", 10, 0))
    assert shop.salable("TEE") == 3
    shop.stock_items(("TEE", "W1", 0, 1), ("TEE", "S1", 0, 1))
    assert shop.salable("TEE") == 0
    assert shop.get("inventory/is-product-salable/TEE/2").body is False


def test_units_are_assigned_moved_and_taken_away_in_bulk(shop: Shop) -> None:
    both = {"skus": ["MUG", "TEE"], "sourceCodes": ["W1", "S1"]}
    assert shop.post("inventory/bulk-product-source-assign", both).body == 2
    move: Json = {"skus": ["TEE"], "originSource": "S1", "destinationSource": "W1",
                  "unassignFromOrigin": True}  # fmt: skip
    assert shop.post("inventory/bulk-product-source-transfer", move).body is True
    assert (shop.on_hand("TEE"), shop.item("TEE", "S1")) == (13, None)
    part = {"originSourceCode": "W1", "destinationSourceCode": "S1",
            "items": [{"sku": "TEE", "qty": 4}]}  # fmt: skip
    assert shop.post("inventory/bulk-partial-source-transfer", part).body == []
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1")) == (9, 4)
    part["items"] = [{"sku": "TEE", "qty": 40}]
    assert shop.post("inventory/bulk-partial-source-transfer", part).status == 400
    move["unassignFromOrigin"] = False
    assert shop.post("inventory/bulk-product-source-transfer", move).body is True
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1")) == (13, 0)
    assert shop.post("inventory/bulk-product-source-unassign", both).body == 4
    for body in (both | {"sourceCodes": ["nowhere"]}, move | {"destinationSource": "S1"}):
        path = "assign" if "sourceCodes" in body else "transfer"
        assert shop.post(f"inventory/bulk-product-source-{path}", body).status == 400


# --- what may be sold -----------------------------------------------------------------------


def test_questions_of_what_may_be_sold(shop: Shop) -> None:
    unknown = shop.get("inventory/get-product-salable-quantity/NONE/2")
    assert (unknown.status, unknown.message) == (
        404, "The product that was requested doesn't exist. Verify the product and try again.",
    )  # fmt: skip
    shop.product("SET", type_id="bundle")
    assert shop.get("inventory/get-product-salable-quantity/SET/2").message == (
        "Can't check requested quantity for products without Source Items support."
    )
    rows = shop.get("inventory/are-products-salable", "skus[0]=TEE&skus[1]=MUG&stockId=2").body
    assert [(row["sku"], row["salable"]) for row in rows] == [("TEE", True), ("MUG", False)]
    answer = shop.get("inventory/is-product-salable-for-requested-qty/TEE/2/14")
    assert answer.body == {
        "salable": False,
        "errors": [
            {"code": "back_order-disabled", "message": "Backorders are disabled"},
            {"code": "manage_stock-enabled", "message": "Manage stock is enabled"},
            {"code": "is_salable_with_reservations-not_enough_qty",
             "message": "Not enough items for sale"},
        ],
    }  # fmt: skip
    assert shop.get("inventory/is-product-salable-for-requested-qty/TEE/2/x").status == 400
    assert shop.get("inventory/are-products-salable", "skus[0]=TEE").status == 400


@pytest.mark.parametrize(
    ("rules", "quantity", "code", "message"),
    [
        ({"min_sale_qty": 2, "use_config_min_sale_qty": 0}, 1, "min_sale_qty",
         "The fewest you may purchase is 2."),
        ({"max_sale_qty": 2}, 3, "max_sale_qty",
         "The requested qty exceeds the maximum qty allowed in shopping cart"),
        ({"qty_increments": 3, "enable_qty_increments": True}, 4, "qty_increment",
         "You can buy this product only in quantities of 3 at a time."),
        ({}, 1.5, "is_qty_decimal", "You cannot use decimal quantity for this product."),
    ],
)  # fmt: skip
def test_quantities_that_are_not_correct(
    shop: Shop, rules: Json, quantity: float, code: str, message: str
) -> None:
    body = {"product": {"extension_attributes": {"stock_item": rules}}}
    assert shop.put("products/TEE", body).status == 200
    answer = shop.get(f"inventory/is-product-salable-for-requested-qty/TEE/2/{quantity}")
    assert answer["errors"] == [{"code": f"is_correct_qty-{code}", "message": message}]
    plural = f"skuRequests[0][sku]=TEE&skuRequests[0][qty]={quantity}&stockId=2"
    (row,) = shop.get("inventory/are-product-salable-for-requested-qty", plural).body
    assert row["salable"], "the chain of placements does not know these rules"


def test_nothing_in_stock_is_a_reason_of_its_own(shop: Shop) -> None:
    shop.stock_items(("TEE", "W1", 5, 0), ("TEE", "S1", 5, 0))
    answer = shop.get("inventory/is-product-salable-for-requested-qty/TEE/2/1")
    assert [error["code"] for error in answer["errors"]] == [
        "is_any_source_item_in_stock-no_source_items_in_stock"
    ]


@pytest.mark.parametrize("says", [True, False])
def test_an_unknown_sku_on_the_default_stock(says: bool) -> None:
    shop = Shop(unknown_sku_is_salable=says)
    assert shop.get("inventory/is-product-salable/NONE/1").body is says
    assert shop.get("inventory/is-product-salable/NONE/2").body is False


def test_the_index_comes_later_and_orders_do_not_wait_for_it() -> None:
    shop = Shop(index_lag_s=10)
    shop.stock_items(("TEE", "W1", 0, 1), ("TEE", "S1", 0, 1))
    assert shop.salable("TEE") == 13
    assert shop.storefront.offered("TEE") == {"W1": 0, "S1": 0}
    assert shop.pay(shop.cart(("TEE", 1))).message == "Not enough items for sale"
    shop.run(11)
    assert shop.salable("TEE") == 0


def test_a_flag_that_comes_later_hides_what_a_cancellation_gave_back() -> None:
    shop = Shop(salability_lag_s=10)
    order = shop.order(("TEE", 13))
    assert shop.salable("TEE") == 0
    assert shop.get("inventory/dump-stock-index-data/website/base").body[1]["is_salable"] is True
    shop.run(11)
    shop.post(f"orders/{order['entity_id']}/cancel")
    assert shop.salable("TEE") == 0
    shop.run(11)
    assert shop.salable("TEE") == 13


def test_a_stock_may_be_sold_below_nothing(shop: Shop) -> None:
    shop.order(("TEE", 13))
    shop.control("configure", backorders=1)
    shop.order(("TEE", 2))
    assert shop.salable("TEE") == -2


def test_a_threshold_holds_units_back_unless_they_may_be_backordered(shop: Shop) -> None:
    shop.control("configure", min_qty=4)
    assert shop.salable("TEE") == 9
    shop.control("configure", backorders=1)
    assert shop.salable("TEE") == 13


def test_a_source_of_two_stocks_sells_its_units_twice() -> None:
    shop = msi()
    shop.stock_items(("SKU-2", "eu-1", 3, 1), ("SKU-2", "us-1", 0, 0))
    for store in ("store_for_eu_website", "store_for_global_website"):
        lines = [{"sku": "SKU-2", "qty": 3}]
        assert "id" in shop.control("place_order", lines=lines, store=store)


def test_the_nightly_job_hides_two_errors_that_cancel_out(shop: Shop) -> None:
    order = shop.order(("TEE", 1))
    number = order["increment_id"]
    assert shop.control("clean_up_reservations") == 0
    shop.control("create_compensations", lines=[f"{number}:SOCKS:1:2"])
    assert len(shop.control("list_inconsistencies")) == 1
    assert shop.control("clean_up_reservations") == 2
    assert (shop.reserved("TEE"), shop.reserved("SOCKS")) == (0, 0)


def test_stock_that_is_never_subtracted() -> None:
    shop = Shop(can_subtract=False)
    shop.order(("TEE", 3))
    assert (shop.reserved("TEE"), shop.salable("TEE")) == (0, 13)


def test_selection_of_an_unknown_kind_is_a_hidden_fault(shop: Shop) -> None:
    codes = [one["code"] for one in shop.get("inventory/source-selection-algorithm-list").body]
    assert codes == ["priority", "distance"]
    request = {"stockId": 2, "items": [{"sku": "tee", "qty": 12}]}
    path = "inventory/source-selection-algorithm-result"
    body = {"inventoryRequest": request, "algorithmCode": "priority"}
    rows = shop.post(path, body)["source_selection_items"]
    assert [(row["source_code"], row["qty_to_deduct"]) for row in rows] == [("W1", 10), ("S1", 2)]
    assert shop.post(path, body | {"algorithmCode": "luck"}).status == 500


# --- products and the endpoints of old ------------------------------------------------------


def test_products_are_created_changed_and_found(shop: Shop) -> None:
    made = shop.product("CAP", 7.5)
    assert (made["sku"], made["name"], made["price"]) == ("CAP", "CAP", 7.5)
    changed = shop.put("products/cap", {"product": {"name": "Cap", "price": 8}})
    assert (changed["sku"], changed["name"], changed["price"]) == ("CAP", "Cap", 8)
    found = shop.get("products", search(sku=("like", "%a%")))
    assert [product["sku"] for product in found["items"]] == ["CAP"]
    assert shop.get("products/CAP")["id"] == 4
    assert shop.get("products/NONE").status == 404
    for wrong in ({"sku": "X"}, {"name": "x", "price": 1}):
        assert shop.post("products", {"product": wrong}).status == 400


def test_the_stock_item_of_old_is_the_default_source(single: Shop) -> None:
    single.order(("TEE", 4))
    item = single.get("stockItems/TEE")
    assert (item["qty"], item["is_in_stock"], item["stock_id"]) == (100, True, 1)
    assert (item["manage_stock"], item["use_config_manage_stock"]) == (True, True)
    status = single.get("stockStatuses/TEE")
    assert (status["qty"], status["stock_status"], status["stock_item"]["qty"]) == (96, 1, 100)
    answer = single.put("products/TEE/stockItems/999", {"stockItem": {"qty": 5}})
    assert answer.body == 1
    assert (single.on_hand("TEE", "default"), single.salable("TEE", 1)) == (5, 1)
    off = {"stockItem": {"is_in_stock": False}}
    single.put("products/TEE/stockItems/1", off)
    assert single.item("TEE", "default") == {
        "sku": "TEE", "source_code": "default", "quantity": 5, "status": 0,
    }  # fmt: skip
    for path in ("stockItems/NONE", "stockStatuses/NONE"):
        assert single.get(path).status == 404
    assert single.put("products/NONE/stockItems/1", off).status == 404


def test_a_write_of_old_makes_a_source_item_nobody_wanted(shop: Shop) -> None:
    shop.put("products/TEE/stockItems/1", {"stockItem": {"qty": 5, "is_in_stock": True}})
    assert shop.on_hand("TEE", "default") == 5
    assert (shop.salable("TEE"), shop.on_hand("TEE")) == (13, 10)
    assert shop.get("stockStatuses/TEE")["qty"] == 13


def test_what_is_nearly_gone(single: Shop) -> None:
    query = "scopeId=1&qty=60&pageSize=1&currentPage=1"
    answer = single.get("stockItems/lowStock/", query)
    assert ([item["qty"] for item in answer["items"]], answer["total_count"]) == ([50], 1)
    assert single.get("stockItems/lowStock", "qty=1").status == 400


def test_stores_and_websites() -> None:
    shop = msi()
    codes = [view["code"] for view in shop.get("store/storeViews").body]
    assert codes[:2] == ["default", "store_for_eu_website"]
    assert shop.get("store/websites")[0]["code"] == "base"
    for path in ("store/storeGroups", "store/storeConfigs"):
        listed = shop.get(path).body
        assert [(one["code"], one["website_id"]) for one in listed][:2] == [
            ("base" if path == "store/storeGroups" else "default", 1), (listed[1]["code"], 2),
        ]  # fmt: skip
        assert len(listed) == 4
    path = "/rest/store_for_us_website/V1/stockStatuses/SKU-2"
    assert (shop.send("GET", path)["qty"], shop.get("stockStatuses/SKU-2")["qty"]) == (5, 0)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("configure", {"colour": 1}), ("configure", {"min_qty": "x"}), ("version", {"version": "1"}),
    ("append_reservation", {"stock_id": "x"}), ("rename_sku", {}),
    ("append_reservation", {"stock_id": 1, "sku": "A", "quantity": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wanted"), WRONG)
def test_controls_say_what_they_need(shop: Shop, name: str, wanted: Json) -> None:
    with pytest.raises(UsageError):
        shop.service.controls[name](wanted)
