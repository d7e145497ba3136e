"""The vendor's own cases of stock, told from outside, with their numbers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.adobe_commerce.cases import EU, for_quantity, is_salable, order, placed
from tests.contract.adobe_commerce.shop import Json, Shop, default_source, msi


def test_c01_salable_is_what_enabled_sources_have_in_stock(estate: Shop) -> None:
    assert estate.salable("SKU-1", 10) == 8.5


def test_c03_each_stock_has_its_own_salable_quantity(estate: Shop) -> None:
    assert [estate.salable("SKU-2", stock) for stock in (10, 20, 30)] == [0, 5, 5]


def test_c05_a_negative_threshold_is_an_allowance(estate: Shop) -> None:
    assert estate.salable("SKU-6", 10) == 3


def test_c07_an_order_holds_units(estate: Shop) -> None:
    assert (estate.salable("SKU-1", 10), estate.reserved("SKU-1", 10)) == (8.5, 0)
    order(estate, "SKU-1", 3.5)
    assert (estate.salable("SKU-1", 10), estate.reserved("SKU-1", 10)) == (5, -3.5)
    (row,) = estate.control("reservations", sku="SKU-1")
    assert row["metadata"] == (
        '{"event_type":"order_placed","object_type":"order","object_id":"",'
        '"object_increment_id":"200000001"}'
    )


def test_c09_what_is_held_cannot_be_ordered_again(estate: Shop) -> None:
    order(estate, "SKU-1", 3.5)
    assert order(estate, "SKU-1", 6.2) == {"refused": "Not enough items for sale"}


def test_c11_without_managed_stock_anything_can_be_ordered(estate: Shop) -> None:
    order(estate, "SKU-1", 3.5)
    estate.control("configure", manage_stock=False)
    assert "id" in order(estate, "SKU-1", 6.5)


@pytest.mark.parametrize(("rule", "quantity"), [({"backorders": 1}, 8.5), ({"manage_stock": 0}, 8)])
def test_c13_backorders_and_unmanaged_stock_sell_beyond(rule: Json, quantity: float) -> None:
    shop = default_source()
    shop.control("configure", **rule)
    assert "id" in order(shop, "SKU-1", quantity, "default")


def test_c15_a_renamed_sku_takes_its_reservations_along(default: Shop) -> None:
    order(default, "SKU-1", 4, "default")
    assert default.control("rename_sku", sku="SKU-1", new_sku="new-sku") == 1
    assert default.control("reservations", sku="SKU-1") == []
    (row,) = default.control("reservations", sku="new-sku")
    assert row["quantity"] == -4


def test_c17_nothing_left_is_not_salable(estate: Shop) -> None:
    estate.control("append_reservation", stock_id=10, sku="SKU-1", quantity=-8.5)
    assert not is_salable(estate, "SKU-1", 10)
    assert not for_quantity(estate, "SKU-1", 10, 1)


def test_c19_a_sku_of_another_stock_is_not_assigned(estate: Shop) -> None:
    query = "skuRequests[0][sku]=SKU-1&skuRequests[0][qty]=1&stockId=20"
    answer = estate.get("inventory/are-product-salable-for-requested-qty/", query)
    assert answer.body == [
        {
            "sku": "SKU-1",
            "stock_id": 20,
            "salable": False,
            "errors": [
                {
                    "code": "requested-sku-is-not-assigned-to-given-stock",
                    "message": "The requested sku is not assigned to given stock.",
                }
            ],
        }
    ]


def test_c21_a_threshold_for_all_products(estate: Shop) -> None:
    estate.control("configure", min_qty=5)
    found = {sku: [is_salable(estate, sku, stock) for stock in (10, 20, 30)]
             for sku in ("SKU-1", "SKU-2")}  # fmt: skip
    assert found == {"SKU-1": [True, False, True], "SKU-2": [False, False, False]}
    assert is_salable(estate, "SKU-6", 10)


def own_rules(shop: Shop, sku: str, **rules: Any) -> None:
    """Give a product stock rules of its own."""
    body = {"product": {"sku": sku, "extension_attributes": {"stock_item": rules}}}
    assert shop.put(f"products/{sku}", body).status == 200


def test_c23_a_negative_threshold_without_backorders_means_nothing(estate: Shop) -> None:
    own_rules(estate, "SKU-1", min_qty=-4.5)
    assert estate.salable("SKU-1", 10) == 8.5
    assert not for_quantity(estate, "SKU-1", 10, 13)


def test_c25_the_last_bit_of_an_allowance_can_be_had(estate: Shop) -> None:
    own_rules(estate, "SKU-1", min_qty=-1, backorders=1, min_sale_qty=0.01,
              use_config_min_sale_qty=0)  # fmt: skip
    estate.control("append_reservation", stock_id=10, sku="SKU-1", quantity=-9.33)
    assert for_quantity(estate, "SKU-1", 10, 0.17)
    assert not for_quantity(estate, "SKU-1", 10, 0.18)


@pytest.mark.parametrize(("threshold", "flag"), [(0, True), (-100, True), (-91.5, False)])
def test_c27_the_index_of_what_is_promised_far_beyond(threshold: float, flag: bool) -> None:
    shop = msi()
    shop.control("append_reservation", stock_id=10, sku="SKU-1", quantity=-100)
    own_rules(shop, "SKU-1", min_qty=threshold, backorders=1)
    rows = shop.get("inventory/dump-stock-index-data/website/eu_website").body
    assert [row for row in rows if row["sku"] == "SKU-1"] == [
        {"sku": "SKU-1", "qty": 8.5, "is_salable": flag}
    ]


def test_c29_unmanaged_stock_is_salable_where_it_is_assigned(estate: Shop) -> None:
    estate.control("configure", manage_stock=False)
    assert [for_quantity(estate, "SKU-3", stock, 1) for stock in (10, 20, 30)] == [
        True, False, True,
    ]  # fmt: skip


def test_c31_the_most_that_a_cart_may_have(estate: Shop) -> None:
    estate.control("configure", max_sale_qty=6)
    assert for_quantity(estate, "SKU-1", 10, 6)
    assert not for_quantity(estate, "SKU-1", 10, 7)
    assert not for_quantity(estate, "SKU-2", 20, 6)


def test_c33_parts_of_a_unit_only_where_they_are_allowed(estate: Shop) -> None:
    assert for_quantity(estate, "SKU-1", 10, 2.5)
    assert not for_quantity(estate, "SKU-2", 30, 2.5)
    assert for_quantity(estate, "SKU-2", 30, 2)


def test_c35_nothing_is_held_of_unmanaged_stock(estate: Shop) -> None:
    estate.control("append_reservation", stock_id=10, sku="SKU-4", quantity=2)
    assert estate.reserved("SKU-4", 10) == 0


def select(shop: Shop, *items: tuple[str, float]) -> tuple[list[tuple[Any, ...]], bool]:
    request = {"stockId": 10, "items": [{"sku": sku, "qty": qty} for sku, qty in items]}
    answer = shop.post(
        "inventory/source-selection-algorithm-result",
        {"inventoryRequest": request, "algorithmCode": "priority"},
    )
    rows = [
        (row["source_code"], row["sku"], row["qty_to_deduct"], row["qty_available"])
        for row in answer["source_selection_items"]
    ]
    return rows, answer["shippable"]


def test_c57_sources_are_selected_by_priority(estate: Shop) -> None:
    assert select(estate, ("SKU-1", 8), ("SKU-4", 4)) == (
        [("eu-1", "SKU-1", 5.5, 5.5), ("eu-2", "SKU-1", 2.5, 3), ("eu-2", "SKU-4", 4, 6)], True,
    )  # fmt: skip


def test_c59_what_cannot_be_shipped_and_what_another_order_selects(estate: Shop) -> None:
    rows, shippable = select(estate, ("SKU-1", 5), ("SKU-2", 3))
    assert [row[:3] for row in rows] == [("eu-1", "SKU-1", 5), ("eu-2", "SKU-1", 0)]
    assert not shippable
    links = [{"stock_id": 10, "source_code": code, "priority": priority}
             for priority, code in enumerate(("eu-3", "eu-2", "eu-1"), 1)]  # fmt: skip
    estate.post("inventory/stock-source-links", {"links": links})
    assert [row[:3] for row in select(estate, ("SKU-1", 5))[0]] == [
        ("eu-2", "SKU-1", 3), ("eu-1", "SKU-1", 2),
    ]  # fmt: skip


def test_c61_source_items_are_deleted(estate: Shop) -> None:
    gone = [{"sku": "SKU-1", "source_code": code} for code in ("eu-1", "eu-2")]
    assert estate.post("inventory/source-items-delete", {"sourceItems": gone}).body == []
    query = "searchCriteria[filter_groups][0][filters][0][field]=sku"
    query += "&searchCriteria[filter_groups][0][filters][0][value]=SKU-1"
    left = estate.get("inventory/source-items", query)
    assert [item["source_code"] for item in left["items"]] == ["eu-3", "eu-disabled"]


def test_c63_source_items_that_are_refused(estate: Shop) -> None:
    unknown = estate.stock_items(("SKU-1", "nowhere", 1, 1))
    assert (unknown.status, unknown.message) == (400, "Could not save Source Item")
    empty = estate.stock_items()
    assert (empty.status, empty.message) == (400, "Input data is empty")
    item = {"sku": "SKU-1", "source_code": "eu-1", "quantity": "test", "status": 1}
    wrong = estate.post("inventory/source-items", {"sourceItems": [item]})
    assert wrong.message == (
        'Error occurred during "quantity" processing. The "test" value\'s type is invalid. '
        'The "float" type was expected. Verify and try again.'
    )


def test_c65_a_stock_that_is_no_number(estate: Shop) -> None:
    answer = estate.get("inventory/get-product-salable-quantity/SKU-1/not_numeric")
    assert (answer.status, answer.message) == (
        400, 'The "not_numeric" value\'s type is invalid. The "int" type was expected. '
        "Verify and try again.",
    )  # fmt: skip


def test_c67_the_stock_of_a_website(estate: Shop) -> None:
    answer = estate.get("inventory/stock-resolver/website/eu_website")
    assert (answer["stock_id"], answer["extension_attributes"]) == (
        10, {"sales_channels": [{"type": "website", "code": "eu_website"}]},
    )  # fmt: skip
    unknown = estate.get("inventory/stock-resolver/website/nowhere")
    assert (unknown.status, unknown.message) == (404, "No linked stock found")


def exported(shop: Shop, website: str) -> float:
    rows = shop.get(f"inventory/export-stock-salable-qty/website/{website}", "searchCriteria=")
    return float(next(row["qty"] for row in rows["items"] if row["sku"] == "SKU-1"))


def test_c69_an_export_of_what_websites_can_sell(estate: Shop, default: Shop) -> None:
    assert exported(estate, "eu_website") == 8.5
    order(estate, "SKU-1", 1)
    assert exported(estate, "eu_website") == 7.5
    assert exported(default, "base") == 5.5
    order(default, "SKU-1", 1, "default")
    assert exported(default, "base") == 4.5


def test_c71_low_quantity_notifications(estate: Shop) -> None:
    estate.control("configure", notify_stock_qty=2)
    body = [{"source_code": "eu-1", "sku": "SKU-1", "notify_stock_qty": 5.6}]
    saved = estate.post("inventory/low-quantity-notification", {"sourceItemConfigurations": body})
    assert saved.body == []
    path = "inventory/low-quantity-notification"
    assert estate.get(f"{path}/eu-1/SKU-1")["notify_stock_qty"] == 5.6
    assert estate.get(f"{path}/eu-2/SKU-1")["notify_stock_qty"] == 2
    unknown = estate.get(f"{path}/us-1/SKU-1")
    assert (unknown.status, unknown.message) == (400, "Wrong input data")
    path_away = "inventory/low-quantity-notifications-delete"
    assert estate.post(path_away, {"sourceItems": body}).body == []
    assert estate.get(f"{path}/eu-1/SKU-1")["notify_stock_qty"] == 2


@pytest.mark.parametrize(("failures", "status"), [(6, 401), (5, 200)])
def test_c79_a_sixth_wrong_password_locks_the_account(
    shop: Shop, failures: int, status: int
) -> None:
    for _ in range(failures):
        assert shop.sign_in("wrong").status == 401
    assert shop.sign_in().status == status
    shop.run(1800)
    assert shop.sign_in().status == 200


def test_c81_what_comes_back_in_stock_is_salable_again(estate: Shop) -> None:
    estate.stock_items(("SKU-2", "eu-1", 1, 1))
    links = [{"linked_product_sku": "SKU-2"}]
    estate.product("conf", type_id="configurable", product_links=links)
    line = {"sku": "conf", "qty": 1, "price": 10, "type": "configurable",
            "children": [{"sku": "SKU-2", "qty": 1}]}  # fmt: skip
    made = placed(estate, estate.control("place_order", lines=[line], store=EU))
    estate.ship(made, (0, 1), source="eu-1")
    assert not is_salable(estate, "SKU-2", 10)
    assert not is_salable(estate, "conf", 10)
    estate.stock_items(("SKU-2", "eu-1", 1, 1))
    assert is_salable(estate, "SKU-2", 10)
    assert is_salable(estate, "conf", 10)
