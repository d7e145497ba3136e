"""Shipments, captures, returns, refunds."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import ORDER, RETURN, SHIPMENT, Json, Shop

from peakproof.history.records import Confirmed, Level, Notice, OrderState, Payment

SHOWN = f"shipment {{ {SHIPMENT} }}"
BACK = f"return {{ {RETURN} }}"
ENTRY = "paymentHistoryEntry { entryType status value { value } }"


def wanted(order: Json, units: int, **more: object) -> Json:
    return {
        "order": {"number": order["number"]},
        "lines": [{"orderLine": {"id": order["lines"][0]["id"]}, "quantity": units}],
        **more,
    }


def back(shipment: Json, units: int, **policy: object) -> Json:
    return {
        "shipment": {"id": shipment["id"]},
        "lines": [{"shipmentLine": {"id": shipment["lines"][0]["id"]}, "quantity": units}],
        "returnStockActionPolicy": policy or {"releaseItemsBackToWarehouse": True},
    }


def test_a_shipment_has_a_number_of_its_order_and_its_own(shop: Shop) -> None:
    """Quirk 9: the id is a number, the number is text."""
    order = shop.confirmed(("TEE", 3))
    first = shop.done("createShipment", SHOWN, input=wanted(order, 1))["shipment"]
    second = shop.done("createShipment", SHOWN, input=wanted(order, 2))["shipment"]
    assert [(one["id"], one["number"]) for one in (first, second)] == [(1, "1001-1"), (2, "1001-2")]
    assert shop.shipment(1) == {**first, "order": {"number": 1001, "status": "PROCESSING"}}


@pytest.mark.parametrize(
    ("ready", "paid", "completes"),
    [(True, True, True), (False, True, False), (True, False, False), (False, False, False)],
)
def test_a_shipment_completes_only_when_good_to_go_paid_and_shipped(
    shop: Shop, ready: bool, paid: bool, completes: bool
) -> None:
    order = shop.confirmed(("TEE", 2))
    made = shop.done(
        "createShipment", SHOWN,
        input=wanted(order, 2, isGoodToGo=ready, isPaid=paid, shippedAt="2026-11-27T06:00:00Z"),
    )["shipment"]  # fmt: skip
    assert (made["isShipped"], made["isCompleted"]) == (True, completes)
    assert shop.cell("TEE") == ((8, 0, 0) if completes else (10, 2, 0))


def test_what_lacks_is_said_and_can_be_made_good(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    made = shop.done("createShipment", SHOWN, input=wanted(order, 2))["shipment"]
    said = shop.fails("completeShipment", SHOWN, id=made["id"], input={})
    assert said == "Shipment 1001-1 can not be completed: it is not good to go, it is not paid."
    shop.done("updateShipment", SHOWN, id=1, input={"isGoodToGo": True, "isPaid": True})
    info = {"carrier": "Post", "service": "Next day", "packagesNumber": 1, "trackingNumber": "T1",
            "returnTrackingNumber": "R1",
            "internalShippingCost": {"value": 2.5, "currencyIsoCode": "GBP"}}  # fmt: skip
    given = {"shipmentInfo": info, "sendEmail": True}
    done = shop.done("completeShipment", SHOWN, id=1, input=given)["shipment"]
    assert (done["isCompleted"], done["trackingNumber"], done["carrier"]) == (True, "T1", "Post")
    more = "{ shipments { service packagesNumber returnTrackingNumber internalShippingCost { value } } }"  # noqa: E501
    assert shop.ask(more)["shipments"] == [{
        "service": "Next day", "packagesNumber": 1, "returnTrackingNumber": "R1",
        "internalShippingCost": {"value": 2.5},
    }]  # fmt: skip
    assert [(one.order, one.ref, one.lines[0].units) for one in shop.facts(Confirmed)] == [
        ("1001", "T1", 2)
    ]
    assert [(one.order, one.ref) for one in shop.facts(Notice)] == [("1001", "T1")]
    again = shop.fails("completeShipment", SHOWN, id=1, input={})
    assert again == "The shipment is completed already."
    assert "it is complete" in shop.fails("updateShipment", SHOWN, id=1, input={"isPaid": True})


def test_a_completed_shipment_lowers_physical_once_so_a_delta_beside_it_lowers_it_twice(
    shop: Shop,
) -> None:
    """Quirk 3: the shipment is the route of that cause; a pushed dispatch is a second one."""
    shop.shipped(("TEE", 2))
    assert shop.cell("TEE") == (8, 0, 0)
    delta = {"outFromWarehouse": {"name": "W1"}, "description": "dispatch",
             "productSizes": [{"productSize": {"SKU": "TEE"}, "deliveredQuantity": 2}]}  # fmt: skip
    shop.done("changeStock", "stockChange { id }", input=delta)
    assert shop.cell("TEE") == (6, 0, 0)
    assert [one.cause for one in shop.facts(Level)[3:]] == ["order", "ship", "write"]


def test_an_order_that_may_not_be_worked_on_is_not_shipped(shop: Shop) -> None:
    number = shop.buy(("TEE", 1))
    order = shop.order(number)
    assert "it is PENDING" in shop.fails("createShipment", SHOWN, input=wanted(order, 1))
    order = shop.confirmed(("TEE", 1))
    held = {"order": {"number": order["number"]}, "input": {"isOnHold": True}}
    shop.done("updateDirectToConsumerOrder", "order { number }", **held)
    said = shop.fails("createShipment", SHOWN, input=wanted(order, 1))
    assert said == "Order 1002 is on hold."
    both = {**wanted(order, 1), "deliveryGroup": 1}
    assert "Exactly one" in shop.fails("createShipment", SHOWN, input=both)
    assert "does not have so many units" in shop.fails(
        "createShipment", SHOWN, input=wanted(shop.confirmed(("TEE", 1)), 2)
    )


def test_demand_is_shipped_only_when_it_is_to_be_allocated_on_the_way() -> None:
    shop = Shop(overselling_prevention="Off", backorders=True)
    order = shop.confirmed(("MUG", 2))
    said = shop.fails("createShipment", SHOWN, input=wanted(order, 2))
    assert "does not have so many allocated units" in said
    stock = {"intoWarehouse": {"name": "W2"}, "description": "in",
             "productSizes": [{"productSize": {"SKU": "MUG"}, "deliveredQuantity": 2}]}  # fmt: skip
    shop.done("changeStock", "stockChange { id }", input=stock)
    shop.done("createShipment", SHOWN, input=wanted(order, 2, allocateDemand=True))
    assert shop.cell("MUG") == (0, 0, 0)
    assert shop.cell("MUG", "W2") == (2, 2, 0)


def test_an_order_is_shipped_when_what_is_left_of_it_has_left_or_was_cancelled(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 3))
    part = wanted(order, 1, isGoodToGo=True, isPaid=True, shippedAt="2026-11-27T06:00:00Z")
    shop.done("createShipment", SHOWN, input=part)
    assert shop.order(1001)["status"] == "PROCESSING"
    line = {"line": {"id": order["lines"][0]["id"]}, "quantity": 2,
            "stockAction": "RELEASE_BACK_TO_WAREHOUSE"}  # fmt: skip
    shop.done("updateDirectToConsumerOrder", "order { id }", order={"number": 1001},
              input={"cancelLines": [line]})  # fmt: skip
    assert shop.order(1001)["status"] == "SHIPPED"
    told = [one.means for one in shop.facts(OrderState) if one.what == "shipment"]
    assert told == ["part_shipped"]


def test_a_deleted_shipment_leaves_its_units_with_the_order(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    made = shop.done("createShipment", SHOWN, input=wanted(order, 2))["shipment"]
    assert shop.order(1001)["lines"][0]["allocations"] == []
    assert shop.done("deleteShipment", "isDeleted", id=made["id"])["isDeleted"] is True
    assert [one["quantity"] for one in shop.order(1001)["lines"][0]["allocations"]] == [2]
    assert shop.ask("{ shipments { id } }")["shipments"] == []
    assert "does not exist" in shop.fails("deleteShipment", "isDeleted", id=made["id"])
    left = shop.ship(shop.order(1001))
    shop.done("completeShipment", SHOWN, id=left["id"], input={})
    assert "complete or captured" in shop.fails("deleteShipment", "isDeleted", id=left["id"])


def test_the_lines_of_a_shipment_can_be_changed_before_it_leaves(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 3))
    shop.done("createShipment", SHOWN, input=wanted(order, 3))
    lines = wanted(order, 2)["lines"]
    made = shop.done("updateShipment", SHOWN, id=1, input={"lines": lines})["shipment"]
    assert [line["quantity"] for line in made["lines"]] == [2]
    assert [one["quantity"] for one in shop.order(1001)["lines"][0]["allocations"]] == [1]
    assert shop.cell("TEE") == (10, 3, 0)


# --- money -------------------------------------------------------------------------------------


def test_a_capture_that_fails_leaves_the_shipment_and_a_warning(shop: Shop) -> None:
    """Quirk 5: the shipment exists although nothing was captured; the Order API makes none."""
    order = shop.confirmed(("TEE", 1))
    shop.service.controls["fail_captures"]({"count": 1})
    made = shop.write("createShipment", SHOWN, input=wanted(order, 1, capture=True))
    assert made["userErrors"] == []
    assert "Capture failed" in made["userWarnings"][0]["message"]
    assert made["shipment"]["isCaptured"] is False
    assert shop.shipment(1)["number"] == "1001-1"
    assert [one.what for one in shop.facts(Payment)] == ["authorised", "failed"]
    shop.done("captureShipment", f"{ENTRY} {SHOWN}", id=1)
    assert shop.shipment(1)["isCaptured"] is True
    assert "captured already" in shop.fails("captureShipment", f"{ENTRY} {SHOWN}", id=1)


def test_a_failed_capture_fails_capture_mutations(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 1))
    shop.ship(order)
    shop.service.controls["fail_captures"]({"count": 2})
    assert "refused" in shop.fails("captureShipment", f"{ENTRY} {SHOWN}", id=1)
    assert "refused" in shop.fails("captureOrder", ENTRY, order={"number": 1001})
    made = shop.done("captureOrder", ENTRY, order={"number": 1001})
    assert made["paymentHistoryEntry"] == {
        "entryType": "CAPTURE", "status": "SUCCESS", "value": {"value": 12.0},
    }  # fmt: skip
    assert "nothing is left" in shop.fails("captureOrder", ENTRY, order={"number": 1001})


@pytest.mark.parametrize(("repeats", "captured"), [(True, False), (False, True)])
def test_shipping_is_captured_with_every_shipment_and_the_provider_refuses_too_much(
    repeats: bool, captured: bool
) -> None:
    """Quirk 6: a split order asks for its shipping cost twice."""
    shop = Shop(shipping_cost_minor=500, shipment_capture_repeats_shipping=repeats)
    order = shop.confirmed(("TEE", 2))
    shop.done("createShipment", SHOWN, input=wanted(order, 1, capture=True))
    second = shop.write("createShipment", SHOWN, input=wanted(order, 1, capture=True))
    assert bool(second["userWarnings"]) != captured
    assert second["shipment"]["isCaptured"] is captured
    paid = [one.amount_minor for one in shop.facts(Payment) if one.what == "captured"]
    assert paid == [1700, 1200] if captured else [1700]


def test_an_asynchronous_capture_is_a_request_until_the_provider_says_more() -> None:
    shop = Shop(capture="async", capture_delay_s=30)
    shop.ship(shop.confirmed(("TEE", 1)))
    made = shop.done("captureShipment", f"{ENTRY} {SHOWN}", id=1)
    assert made["paymentHistoryEntry"]["entryType"] == "CAPTURE_REQUEST"
    assert made["paymentHistoryEntry"]["status"] == "PENDING"
    assert made["shipment"]["isCaptured"] is False
    assert "request is pending" in shop.fails("captureShipment", f"{ENTRY} {SHOWN}", id=1)
    assert "nothing is left" in shop.fails("captureOrder", ENTRY, order={"number": 1001})
    shop.run(31)
    assert shop.shipment(1)["isCaptured"] is True
    history = [(one["entryType"], one["status"]) for one in shop.order(1001)["paymentHistory"]]
    assert history == [("AUTH", "SUCCESS"), ("CAPTURE_REQUEST", "SUCCESS"), ("CAPTURE", "SUCCESS")]
    assert "nothing is left" in shop.fails("captureOrder", ENTRY, order={"number": 1001})


def test_an_asynchronous_capture_may_fail_later() -> None:
    shop = Shop(capture="async", capture_delay_s=30)
    shop.ship(shop.confirmed(("TEE", 1)))
    shop.done("captureShipment", f"{ENTRY} {SHOWN}", id=1)
    shop.service.controls["fail_captures"]({"count": 1})
    shop.run(31)
    assert shop.shipment(1)["isCaptured"] is False
    shop.done("captureShipment", f"{ENTRY} {SHOWN}", id=1)


def test_captures_fail_by_chance_as_often_as_the_setting_says() -> None:
    shop = Shop(capture_failure_share=1.0)
    order = shop.confirmed(("TEE", 1))
    assert "refused" in shop.fails("captureOrder", ENTRY, order={"number": order["number"]})


def test_what_is_left_of_an_authorisation_is_released_after_a_partial_capture(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 3))
    name, who = "releaseRemainingOrderAuthorization", {"number": order["number"]}
    assert "nothing is captured" in shop.fails(name, ENTRY, order=who)
    shop.done("createShipment", SHOWN, input=wanted(order, 1, capture=True))
    made = shop.done(name, ENTRY, order=who)["paymentHistoryEntry"]
    assert made == {"entryType": "CANCEL", "status": "SUCCESS", "value": {"value": 24.0}}
    assert "nothing is left" in shop.fails(name, ENTRY, order=who)
    unpaid = shop.buy(("TEE", 1), pay="")
    assert "nothing is authorised" in shop.fails("captureOrder", ENTRY, order={"number": unpaid})


# --- returns -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "first", "second"),
    [
        ({"releaseItemsBackToWarehouse": True}, 9, 3),
        ({"removeItemsFromStock": True}, 8, 3),
        ({"sendItemsToDifferentWarehouse": {"name": "W2"}}, 8, 4),
    ],
)
def test_returned_units_move_when_the_return_is_made(
    shop: Shop, policy: Json, first: int, second: int
) -> None:
    shipment = shop.shipped(("TEE", 2))
    given = {
        **back(shipment, 1, **policy),
        "externalId": "RMA-1",
        "comment": "too small",
        "createdAt": "2026-11-27T05:00:00Z",
    }
    made = shop.done("createReturn", BACK, input=given)["return"]
    assert (made["status"], made["externalId"], made["comment"]) == (
        "PENDING", "RMA-1", "too small",
    )  # fmt: skip
    assert (shop.cell("TEE")[0], shop.cell("TEE", "W2")[0]) == (first, second)
    shop.done("completeReturn", BACK, id=made["id"], input={"sendEmail": False})
    assert (shop.cell("TEE")[0], shop.cell("TEE", "W2")[0]) == (first, second)
    found = shop.ask("{ returns { id status createdAt } }")["returns"]
    assert found == [{"id": 1, "status": "COMPLETED", "createdAt": "2026-11-27T05:00:00+00:00"}]
    shop.done("uncompleteReturn", BACK, id=1)
    assert "not completed" in shop.fails("uncompleteReturn", BACK, id=1)
    shop.done("deleteReturn", "isDeleted", id=1)
    assert (shop.cell("TEE")[0], shop.cell("TEE", "W2")[0]) == (8, 3)
    assert shop.shipment(shipment["id"])["lines"][0]["returnedQuantity"] == 0
    assert "does not exist" in shop.fails("deleteReturn", "isDeleted", id=1)


def test_a_completed_return_is_not_completed_again(shop: Shop) -> None:
    shop.done("createReturn", BACK, input=back(shop.shipped(("TEE", 1)), 1))
    shop.done("completeReturn", BACK, id=1)
    assert shop.fails("completeReturn", BACK, id=1) == "The return is completed already."


def test_no_more_comes_back_than_has_left(shop: Shop) -> None:
    shipment = shop.shipped(("TEE", 2))
    shop.done("createReturn", BACK, input=back(shipment, 1))
    said = shop.fails("createReturn", BACK, input=back(shipment, 2))
    assert "does not have so many units to return" in said
    packed = shop.ship(shop.confirmed(("TEE", 1)))
    assert "is not completed" in shop.fails("createReturn", BACK, input=back(packed, 1))
    two = {"releaseItemsBackToWarehouse": True, "removeItemsFromStock": True}
    assert "Exactly one" in shop.fails("createReturn", BACK, input=back(shipment, 1, **two))


def test_a_return_that_was_sold_again_cannot_be_deleted(shop: Shop) -> None:
    shipment = shop.shipped(("TEE", 13))
    shop.done("createReturn", BACK, input=back(shipment, 1))
    shop.buy(("TEE", 1))
    assert "not enough free units" in shop.fails("deleteReturn", "isDeleted", id=1)


def test_a_return_is_paid_back_once_with_its_costs() -> None:
    shop = Shop(shipping_cost_minor=500)
    shipment = shop.shipped(("TEE", 2), pay="captured")
    given = {
        **back(shipment, 1),
        "shippingCost": {"fromShipment": True},
        "handlingCost": {"value": {"value": 1.0, "currencyIsoCode": "GBP"}},
        "voucherValue": {"value": {"value": 2.0, "currencyIsoCode": "GBP"}},
        "returnCost": {"value": 3.0, "currencyIsoCode": "GBP"},
    }
    made = shop.done("createReturn", BACK, input=given)["return"]
    assert made["grandTotal"]["value"] == 12.0 + 5.0 + 1.0 - 2.0 - 3.0
    paid = shop.done("refundReturn", f"{ENTRY} {BACK}", id=1, input={"sendEmail": True})
    assert paid["paymentHistoryEntry"] == {
        "entryType": "REFUND", "status": "SUCCESS", "value": {"value": 13.0},
    }  # fmt: skip
    assert paid["return"]["isRefunded"] is True
    assert "refunded already" in shop.fails("refundReturn", f"{ENTRY} {BACK}", id=1)
    assert "refunded already" in shop.fails("deleteReturn", "isDeleted", id=1)
    assert [one.amount_minor for one in shop.facts(Payment) if one.what == "refunded"] == [1300]


def test_what_was_never_captured_cannot_be_paid_back(shop: Shop) -> None:
    shop.done("createReturn", BACK, input=back(shop.shipped(("TEE", 1)), 1))
    assert "0 minor units can be refunded" in shop.fails("refundReturn", f"{ENTRY} {BACK}", id=1)


def test_dates_are_written_in_the_format_that_is_asked_for(shop: Shop) -> None:
    shop.buy(("TEE", 1))
    query = '{ orders { createdAt a: createdAt(format: "d/m/y H:i") b: createdAt(format: "U") } }'
    assert shop.ask(query)["orders"] == [
        {"createdAt": "2026-11-27T06:00:00+00:00", "a": "27/11/26 06:00", "b": "1795759200"}
    ]


def test_an_order_shows_all_that_the_schema_has(shop: Shop) -> None:
    shop.shipped(("TEE", 1))
    query = f"""{{ orders {{ ... on DirectToConsumerOrder {{ {ORDER}
      userIP internalComment otherComment currencyBaseRate attributes holdStatusChangeReason
      discountsApplied store {{ name storeType status }} pricelist {{ name currency {{ code }} }}
      totals {{ goods {{ value formattedValue }} shipping {{ value }} grandTotal {{ value }} }}
      net: grandTotal(includingTax: false) {{ value }} returns {{ id }}
      left: lines {{ lineValue {{ value }} product {{ name }} isPartOfBundle comment
        allocations {{ orderLine {{ id }} stockChangeLine {{ id }} }} }} }} }} }}"""
    order = shop.ask(query)["orders"][0]
    assert order["net"]["value"] == 10.0
    assert order["totals"]["goods"] == {"value": 12.0, "formattedValue": "12.00 GBP"}
    assert order["store"] == {
        "name": "Retail", "storeType": "DIRECT_TO_CONSUMER", "status": "ACTIVE",
    }  # fmt: skip
