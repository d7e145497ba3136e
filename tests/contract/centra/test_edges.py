"""Odd orders of calls: units and numbers stay right, and a late provider is waited for."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import ORDER, SHIPMENT, Json, Shop, ref

from peakproof.history.records import Confirmed, Level, Notice

CAPTURE_S = 48 * 3600.0
"""More than a provider takes."""


def waiting(shop: Shop, units: int) -> tuple[Json, int]:
    """An order of which every unit is waited for, and its line."""
    order = shop.confirmed(("TEE", units))
    line = order["lines"][0]["id"]
    given = {
        **ref(order["number"]), "unallocate": [{"orderLine": {"id": line}, "quantity": units}],
        "stockActionPolicy": {"releaseItemsBackToWarehouse": True},
    }  # fmt: skip
    shop.done("unallocateOrder", "order { id }", input=given)
    return order, line


def test_a_line_that_is_allocated_twice_in_one_call_gets_both(shop: Shop) -> None:
    order, line = waiting(shop, 4)
    part = {"orderLine": {"id": line}, "quantity": 2}
    given = {**ref(order["number"]), "allocate": [part, part]}
    made = shop.done("allocateOrder", f"order {{ {ORDER} }}", input=given)["order"]["lines"][0]
    assert (made["demandQuantity"], sum(one["quantity"] for one in made["allocations"])) == (0, 4)
    assert shop.cell("TEE") == (10, 4, 0)


def test_a_line_is_not_allocated_more_than_it_waits_for_by_being_named_twice(shop: Shop) -> None:
    order, line = waiting(shop, 3)
    part = {"orderLine": {"id": line}, "quantity": 2}
    given = {**ref(order["number"]), "allocate": [part, part]}
    assert shop.fails("allocateOrder", "order { id }", input=given)
    assert shop.cell("TEE") == (10, 0, 3)


def test_a_shipment_never_gets_the_number_of_another_one(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 4))
    line = order["lines"][0]["id"]

    def make() -> Json:
        given = {**ref(order["number"]), "lines": [{"orderLine": {"id": line}, "quantity": 1}]}
        made: Json = shop.done("createShipment", "shipment { id number }", input=given)["shipment"]
        return made

    first, second = make(), make()
    shop.done("deleteShipment", "isDeleted", id=first["id"])
    third = make()
    assert (second["number"], third["number"]) == (
        f"{order['number']}-2", f"{order['number']}-3",
    )  # fmt: skip
    body = {"gtg": True}
    changed = shop.rest("PUT", f"/shipments/{second['number']}", body)
    assert changed["shipment"]["shipmentId"] == second["number"]
    ready = [shop.shipment(each["id"])["isGoodToGo"] for each in (second, third)]
    assert ready == [True, False]


@pytest.mark.parametrize("by", ["graphql", "rest", "rest later"])
def test_a_shipment_that_waits_for_its_capture_alone_is_complete_when_that_comes(by: str) -> None:
    shop = Shop(capture="async")
    order = shop.confirmed(("TEE", 2))
    number = order["number"]
    if by == "graphql":
        shop.ship(order, isPaid=False, capture=True, sendEmail=True,
                  shippedAt="2026-11-27T06:00:00+00:00")  # fmt: skip
    else:
        made = {"order": number, "gtg": True, "capture": by == "rest", "shipped": by == "rest",
                "sendEmail": True}  # fmt: skip
        assert shop.rest("POST", "/shipments", made)["status"] == "ok"
        if by == "rest later":
            done = {"order": number, "shipment": f"{number}-1", "sendEmail": True}
            assert shop.rest("PUT", "/shipment", done)["status"] == "ok"
    assert (shop.shipment(1)["isCompleted"], shop.cell("TEE")) == (False, (10, 2, 0))
    shop.run(CAPTURE_S)
    assert (shop.shipment(1)["isCompleted"], shop.cell("TEE")) == (True, (8, 0, 0))
    assert shop.order(number)["status"] == "SHIPPED"
    assert [fact.order for fact in shop.facts(Confirmed)] == [str(number)]
    assert [fact.order for fact in shop.facts(Notice)] == [str(number)]
    assert [fact.cause for fact in shop.facts(Level)][-1] == "ship"


def test_a_capture_that_is_refused_late_completes_nothing() -> None:
    shop = Shop(capture="async")
    order = shop.confirmed(("TEE", 2))
    shop.ship(order, isPaid=False, capture=True, shippedAt="2026-11-27T06:00:00+00:00")
    shop.service.controls["fail_captures"]({"count": 1})
    shop.run(CAPTURE_S)
    query = f"{{ shipments {{ {SHIPMENT} }} }}"
    (made,) = shop.ask(query)["shipments"]
    assert (made["isCompleted"], made["isCaptured"], shop.cell("TEE")) == (False, False, (10, 2, 0))


def test_the_lines_of_a_bundle_come_to_its_price() -> None:
    shop = Shop()
    parts = [{"productSize": {"SKU": "TEE"}, "quantity": 3},
             {"productSize": {"SKU": "SOCKS"}, "quantity": 1}]  # fmt: skip
    made = {"productNumber": "SET", "name": "Set", "components": parts}
    id_ = shop.done("createBundle", "product { id }", input=made)["product"]["id"]
    price = {"currencyIsoCode": "GBP", "value": 10.0}
    prices = {"pricelist": {"id": 1},
              "productPrices": [{"product": {"id": id_}, "price": price}]}  # fmt: skip
    shop.done("setPrices", "pricelist { id }", input=prices)
    order = shop.confirmed(("SET", 2))
    assert [line["unitPrice"]["value"] for line in order["lines"]] == [3.33, 0.01]
    assert order["grandTotal"]["value"] == 20.0


def test_a_shipment_of_an_order_on_hold_is_completed_by_neither_api(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    made = shop.ship(order)
    shop.done("updateDirectToConsumerOrder", "order { id }", order={"number": order["number"]},
              input={"isOnHold": True})  # fmt: skip
    assert "on hold" in shop.fails("completeShipment", "shipment { id }", id=made["id"], input={})
    asked = {"order": order["number"], "shipment": made["number"], "capture": False}
    assert "on hold" in shop.rest("PUT", "/shipment", asked).msg
    assert (shop.shipment(made["id"])["isShipped"], shop.cell("TEE")) == (False, (10, 2, 0))


def test_a_shipment_whose_money_is_on_its_way_is_neither_changed_nor_undone() -> None:
    shop = Shop(capture="async")
    order = shop.confirmed(("TEE", 2))
    made = shop.ship(order, isPaid=False, capture=True)
    lines = [{"orderLine": {"id": order["lines"][0]["id"]}, "quantity": 1}]
    assert shop.fails("deleteShipment", "isDeleted", id=made["id"])
    assert shop.fails("updateShipment", "shipment { id }", id=made["id"], input={"lines": lines})
    assert (
        "can not be updated" in shop.rest("PUT", f"/shipments/{made['number']}", {"gtg": True}).msg
    )
    shop.service.controls["fail_captures"]({"count": 1})
    shop.run(CAPTURE_S)
    shop.done("deleteShipment", "isDeleted", id=made["id"])
