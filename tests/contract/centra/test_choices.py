"""What nobody says about Centra and had to be chosen, and refusals that no story passes by."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import ORDER, Json, Shop
from tests.contract.centra.test_events import payload
from tests.contract.centra.test_orders import cancel_line

from peakproof.history.records import Withdrawn

SET = "stockChanges { id }"
STOCK: Json = {"warehouse": {"name": "W1"}, "description": "count", "stockQuantityType": "PHYSICAL"}


def test_a_seeded_warehouse_is_called_as_its_place(shop: Shop) -> None:
    found = shop.ask("{ warehouses { name externalId } }")["warehouses"]
    assert found == [{"name": "W1", "externalId": "W1"}, {"name": "W2", "externalId": "W2"}]


def test_the_path_of_an_error_is_a_list_of_texts(shop: Shop) -> None:
    made = shop.write("confirmOrder", "order { id }", input={"order": {"number": 99}})
    (error,) = made["userErrors"]
    assert error["path"] == ["input", "order", "number"]


def test_orders_are_numbered_from_where_the_setting_says() -> None:
    shop = Shop(order_number_starts_at=5000)
    assert [shop.buy(("TEE", 1)), shop.buy(("TEE", 1))] == [5000, 5001]


def test_costs_and_comments_are_taken_and_change_nothing(shop: Shop) -> None:
    row = {"productSize": {"SKU": "MUG"}, "deliveredQuantity": 3,
           "unitCost": {"value": 4, "currencyIsoCode": "GBP"}}  # fmt: skip
    stock = {"intoWarehouse": {"name": "W1"}, "description": "in", "productSizes": [row]}
    shop.done("changeStock", "stockChange { id }", input=stock)
    assert shop.cell("MUG") == (3, 0, 0)


def test_an_order_that_is_cancelled_line_by_line_stays_as_it_is(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    line = cancel_line(order["lines"][0], 2)
    made = shop.done(
        "updateDirectToConsumerOrder", f"order {{ {ORDER} }}", order={"number": order["number"]},
        input={"cancelLines": [line]},
    )  # fmt: skip
    assert made["order"]["status"] == order["status"] == "CONFIRMED"
    assert len(shop.facts(Withdrawn)) == 1


@pytest.mark.parametrize(("minutes", "hour"), [(60, "07"), (0, "06"), (-300, "01")])
def test_dates_of_notices_have_no_zone_and_are_the_environments_own(
    minutes: int, hour: str
) -> None:
    hook = {"url": "http://hook.test", "kind": "integration", "types": ["order"]}
    shop = Shop(webhooks=[hook], system_utc_offset_min=minutes)
    shop.buy(("TEE", 1))
    dates = {event["date"] for one in shop.posted for event in payload(one)["events"]}
    assert dates == {f"2026-11-27 {hour}:00:00.000000"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"warehouse": {"name": "W9"},
          "productSizes": [{"productSize": {"SKU": "TEE"}, "quantity": 1}]},
         "Warehouse W9 does not exist."),
        ({"productSizes": [{"productSize": {"SKU": "NONE"}, "quantity": 1}]},
         "Product size NONE does not exist."),
        ({"productVariants": [{"productVariant": {"id": 99}, "sizeStockLevels": []}]},
         "Product variant 99 does not exist."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(shop: Shop, given: Json, said: str) -> None:
    assert shop.fails("setStock", SET, input={**STOCK, **given}) == said
    assert shop.cell("TEE") == (10, 0, 0)


def test_a_line_of_another_shipment_does_not_come_back(shop: Shop) -> None:
    shipment = shop.shipped(("TEE", 1))
    given = {"shipment": {"id": shipment["id"]},
             "returnStockActionPolicy": {"removeItemsFromStock": True},
             "lines": [{"shipmentLine": {"id": 99}, "quantity": 1}]}  # fmt: skip
    said = shop.fails("createReturn", "return { id }", input=given)
    assert said == "Shipment line 99 is not on the shipment."


def test_a_document_that_asks_for_no_known_field_is_an_operation_of_its_own(shop: Shop) -> None:
    answer = shop.post({"query": "{ nothing }"})
    assert (answer.status, shop.operation) == (400, "graphql")
    assert "Cannot query field 'nothing'" in answer["errors"][0]["message"]


@pytest.mark.parametrize(("when", "captured"), [("payment", 24), ("shipment", 0)])
def test_a_payment_is_captured_when_the_stores_plugin_says(when: str, captured: int) -> None:
    shop = Shop(captures_on=when)
    number = shop.buy(("TEE", 2), pay="captured")
    taken = [entry["value"]["value"] for entry in shop.order(number)["paymentHistory"]
             if (entry["entryType"], entry["status"]) == ("CAPTURE", "SUCCESS")]  # fmt: skip
    assert sum(taken) == captured


def test_a_provider_may_refuse_captures_from_the_start() -> None:
    shop = Shop(captures_to_fail=1)
    shop.confirmed(("TEE", 1))
    order = shop.ask("{ orders { id } }")["orders"][0]["id"]
    paid: Json = {"order": {"id": order}}
    assert "Capture failed" in shop.fails("captureOrder", "order { id }", **paid)
    shop.done("captureOrder", "order { id }", **paid)
