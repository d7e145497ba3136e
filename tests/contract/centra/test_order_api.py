"""The Order API: REST, 200 whatever comes of it."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import Json, Shop

from peakproof.history.records import Notice, Payment, Placed, Refused


def insert(*products: Json, **more: object) -> Json:
    return {
        "email": "ann@example.test", "address": {"firstName": "Ann", "city": "Leeds"},
        "products": list(products or ({"sku": "TEE", "qty": 2},)), **more,
    }  # fmt: skip


PAID = {"payment": {"id": 1, "auth": {"status": 1, "transaction": "t", "amount": 24.0}}}


def packed(shop: Shop, **more: object) -> Json:
    order = shop.confirmed(("TEE", 2))
    made = shop.rest("POST", "/shipments", {"order": order["number"], **more})
    assert made.msg == "", made.body
    answer: Json = made.body
    return answer


# --- the door ----------------------------------------------------------------------------------


def test_the_key_goes_in_its_own_header_and_a_wrong_one_is_403(shop: Shop) -> None:
    answer = shop.rest("GET", "/orders", key="wrong")
    assert (answer.status, answer.body) == (403, {"status": "Not Allowed"})


def test_a_disabled_endpoint_is_403() -> None:
    shop = Shop(order_api_disabled=["stock.set"])
    answer = shop.rest("POST", "/stock", {"products": []})
    assert (answer.status, answer.body) == (403, {"status": "Not Allowed"})
    assert shop.rest("GET", "/stock").status == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [("/orders", {"strange": 1}), ("/orders", {"limit": "x"}), ("/orders", {"limit": 0}),
     ("/orders", {"newer_than": "soon"}), ("/shipments", {"status": "x"}),
     ("/stock", {"exclude": "x"}), ("/stock", {"xml": 1}), ("/orders", {"order": "-1"})],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_200(shop: Shop, path: str, query: Json) -> None:
    """Quirk 4: a client that looks at the status code alone takes it for well."""
    assert shop.rest("GET", path, query=query).msg


@pytest.mark.parametrize("body", [None, [], {}, {"order": "x"}, {"order": 1, "strange": 1}])
def test_a_body_that_does_not_fit_is_said_with_200(shop: Shop, body: object) -> None:
    assert "Invalid request" in shop.rest("PUT", "/orders", body).msg


def test_the_order_api_is_not_limited_unless_the_setting_says_so() -> None:
    for limited, last in ((False, 200), (True, 429)):
        shop = Shop(plan="growth", rest_limited=limited)
        statuses = [shop.rest("GET", "/stock").status for _ in range(61)]
        assert statuses[-1] == last


# --- orders --------------------------------------------------------------------------------------


def test_orders_are_listed_with_text_ids_and_numbers_for_states(shop: Shop) -> None:
    number = shop.buy(("TEE", 2))
    waiting = shop.buy(("TEE", 1), pay="")
    found = shop.get("/orders")["orders"]
    assert [one["orderId"] for one in found] == [number], "unpaid ones are left out"
    order = found[0]
    assert (order["orderStatus"], order["orderDate"], order["selectionId"]) == (
        1, "2026-11-27 07:00:00", shop.order(number)["id"],
    )  # fmt: skip
    line = order["products"][0]
    assert (line["lineId"], line["sku"], line["variantSku"], line["qty"]) == ("1", "TEE", "", 2)
    assert line["warehouses"] == [{"name": "W1", "itemQty": 2}]
    assert shop.get("/orders", order=waiting)["orders"] == []
    assert shop.get("/orders", offset=1)["orders"] == []
    assert shop.get("/orders", customer_id="bob@example.test")["orders"] == []
    assert shop.get("/orders", newer_than="2026-11-27 07:00:01")["orders"] == []
    assert len(shop.get("/orders", older_than="2026-11-27 07:00:01")["orders"]) == 1


def test_a_plugin_sees_the_markets_that_are_ticked() -> None:
    shop = Shop(order_api_markets=["UK"])
    with shop.world.acting("shopper"):
        numbers = [
            shop.service.roles[f"storefront:{name}"].checkout(
                shop_wants(), email="a@example.test", name="A B"
            )
            for name in ("UK", "EU")
        ]
    for number in numbers:
        shop.storefront.settle(number, "authorised")
    assert [str(one["orderId"]) for one in shop.get("/orders")["orders"]] == [numbers[0]]
    answer = shop.rest("PUT", "/orders", {"order": int(numbers[1]), "comment": "x"})
    assert answer.msg == "order in wrong market"


def shop_wants() -> tuple[object, ...]:
    from peakproof_simulators.trading.ports import Want  # noqa: PLC0415

    return (Want("TEE", 1),)


def test_comments_are_written_and_read_back(shop: Shop) -> None:
    number = shop.buy(("TEE", 1))
    given = {"order": number, "internalComment": "a", "comment": "b", "extraAttributes": {"x": "y"}}
    assert shop.rest("PUT", "/orders", given).body == {"status": "ok", "order": number}
    order = shop.get("/orders")["orders"][0]
    assert (order["internalComment"], order["comment"]) == ("a", "b")
    query = "{ orders { ... on DirectToConsumerOrder { attributes } } }"
    assert shop.ask(query)["orders"] == [{"attributes": {"x": "y"}}]
    assert shop.rest("PUT", "/orders", {"order": 9}).msg == "order does not exist"
    assert [one.key for one in shop.facts(Refused)] == ["9"]


def test_an_inserted_order_takes_stock_and_waits_for_payment(shop: Shop) -> None:
    made = shop.rest("POST", "/order", insert())
    assert made.body == {"status": "ok", "orders": [1001]}
    assert shop.cell("TEE") == (10, 2, 0)
    assert shop.get("/orders")["orders"] == []
    paid = shop.rest("POST", "/order", insert({"ean": "5000000000012", "qty": 1}, **PAID))
    assert paid["orders"] == [1002]
    assert [one["orderId"] for one in shop.get("/orders")["orders"]] == [1002]
    full = {"payment": {"auth": {"status": 1}, "capture": {"status": 1}}}
    shop.rest(
        "POST", "/order", insert({"id": shop.size("SOCKS"), "qty": 1, "unitPrice": 2.5}, **full)
    )
    assert [one.what for one in shop.facts(Payment)] == ["authorised", "authorised", "captured"]
    assert shop.facts(Placed)[-1].total_minor == 250


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (insert({"sku": "NONE", "qty": 1}), -1),
        (insert({"qty": 1}), -1),
        (insert({"sku": "TEE", "qty": 99}), -2),
        ({**insert(), "products": []}, -3),
        ({**insert(), "address": {}}, -4),
        (insert(marketId=9), -4),
        (insert(pricelistId=9), -4),
        (insert(orderNumber="1001"), -5),
        ({**insert(), "email": ""}, -6),
        (insert(warehouseGroup="North"), -7),
    ],
)
def test_an_order_that_cannot_be_inserted_has_a_code(shop: Shop, given: Json, code: int) -> None:
    shop.buy(("TEE", 1))
    answer = shop.rest("POST", "/order", given)
    assert answer.msg
    assert answer["code"] == code
    assert shop.cell("TEE") == (10, 1, 0)


def test_inserting_has_to_be_allowed() -> None:
    assert Shop(order_api_inserts_orders=False).rest("POST", "/order", insert())["code"] == -7


def test_forced_and_stockless_orders_are_taken(shop: Shop) -> None:
    shop.rest("POST", "/order", insert({"sku": "SOCKS", "qty": 8}, forceCreate=True))
    assert shop.cell("SOCKS") == (5, 5, 3)
    shop.rest("POST", "/order", insert({"sku": "TEE", "qty": 4}, adjustStock=False))
    assert shop.cell("TEE") == (10, 0, 4)


def test_an_order_that_is_only_created_takes_stock_when_completed_and_may_backorder(
    shop: Shop,
) -> None:
    made = shop.rest("POST", "/order", insert({"sku": "SOCKS", "qty": 4}, createOnly=True))
    assert made.body == {"status": "ok", "order": 1001}
    assert shop.cell("SOCKS") == (5, 0, 0)
    shop.buy(("SOCKS", 3))
    assert shop.rest("POST", "/order/1001").body == {"status": "ok", "orders": ["1001"]}
    assert shop.cell("SOCKS") == (5, 5, 2)
    assert "completed already" in shop.rest("POST", "/order/1001").msg
    assert shop.rest("POST", "/order/77").msg == "order does not exist"


# --- shipments -----------------------------------------------------------------------------------


def test_a_shipment_is_made_captured_and_completed(shop: Shop) -> None:
    made = packed(shop, carrier="Post", tracking="T1")
    assert made["shipment"] == "1001-1"
    assert [one.what for one in shop.facts(Payment)] == ["authorised", "captured"]
    assert shop.get("/shipments")["shipments"] == [], "only good to go ones are listed"
    row = shop.get("/shipments", status="inprogress")["shipments"][0]
    assert (row["shipmentId"], row["paid"], row["shouldCapture"]) == ("1001-1", True, False)
    done = {"order": 1001, "shipment": "1001-1", "gtg": True, "sendEmail": True}
    assert shop.rest("PUT", "/shipment", done).body == {
        "status": "ok", "order": 1001, "shipment": "1001-1",
    }  # fmt: skip
    assert shop.cell("TEE") == (8, 0, 0)
    assert [one.ref for one in shop.facts(Notice)] == ["T1"]
    assert [
        one["shipmentId"] for one in shop.get("/shipments", status="completed")["shipments"]
    ] == ["1001-1"]
    assert "completed already" in shop.rest("PUT", "/shipment", done).msg
    wrong = {**done, "order": 5}
    assert "does not exist" in shop.rest("PUT", "/shipment", wrong).msg


def test_the_list_of_shipments_is_no_queue(shop: Shop) -> None:
    """Quirk 7: who asks again gets the same."""
    packed(shop, gtg=True)
    first = shop.get("/shipments", order=1001).body
    assert len(first["shipments"]) == 1
    assert shop.get("/shipments", order=1001).body == first
    assert shop.get("/shipments", order=9)["shipments"] == []
    assert shop.get("/shipments", newer_than="2027-01-01")["shipments"] == []


def test_a_capture_that_fails_makes_no_shipment(shop: Shop) -> None:
    """Quirk 5: GraphQL makes one."""
    order = shop.confirmed(("TEE", 2))
    shop.service.controls["fail_captures"]({"count": 1})
    answer = shop.rest("POST", "/shipments", {"order": order["number"]})
    assert answer.msg == "can not capture order"
    assert shop.order(1001)["status"] == "CONFIRMED"
    assert shop.ask("{ shipments { id } }")["shipments"] == []
    made = shop.rest("POST", "/shipments", {"order": 1001, "capture": False, "paid": True,
                                            "gtg": True, "shipped": True})  # fmt: skip
    assert made["shipment"] == "1001-1"
    assert shop.cell("TEE") == (8, 0, 0)


def test_a_shipment_of_named_lines(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 3))
    line = str(order["lines"][0]["id"])
    for units in (1, "2"):
        given = {"order": 1001, "products": {line: units}, "capture": False}
        assert shop.rest("POST", "/shipments", given).msg == ""
    assert shop.order(1001)["lines"][0]["allocations"] == []
    assert shop.rest("POST", "/shipments", {"order": 1001, "products": {"99": 1}}).msg
    assert shop.rest("POST", "/shipments", {"order": 7}).msg == "order does not exist"


def test_earlier_costs_can_be_deducted() -> None:
    """Quirk 6: otherwise shipping is asked for twice, and the provider refuses."""
    for deducts, said in ((False, "can not capture order"), (True, "")):
        shop = Shop(shipping_cost_minor=500)
        line = str(shop.confirmed(("TEE", 2))["lines"][0]["id"])
        given = {"order": 1001, "products": {line: 1}}
        assert shop.rest("POST", "/shipments", given).msg == ""
        more = {**given, "deductPreviousCosts": deducts}
        assert shop.rest("POST", "/shipments", more).msg == said


def test_a_capture_that_fails_on_completing_says_so(shop: Shop) -> None:
    packed(shop, capture=False)
    shop.service.controls["fail_captures"]({"count": 2})
    done = {"order": 1001, "shipment": "1001-1", "gtg": True}
    assert shop.rest("PUT", "/shipment", done).msg == "capture failed"
    assert shop.rest("PUT", "/capture", {"shipment": "1001-1"}).msg == "capture failed"
    assert shop.shipment(1)["isShipped"] is False
    assert shop.rest("PUT", "/capture", {"shipment": "1001-1"})["status"] == "ok"
    assert shop.rest("PUT", "/shipment", done).msg == ""
    assert shop.cell("TEE") == (8, 0, 0)


def test_a_shipment_is_changed_and_removed_until_it_is_settled(shop: Shop) -> None:
    packed(shop, capture=False)
    line = str(shop.order(1001)["lines"][0]["id"])
    made = shop.rest("PUT", "/shipments/1001-1", {"gtg": True, "products": {line: 1}})
    assert (made["shipment"]["gtg"], made["shipment"]["products"][0]["qty"]) == (True, 1)
    assert "must not be empty" in shop.rest("PUT", "/shipments/1001-1", {"products": {}}).msg
    assert shop.rest("DELETE", "/shipments/1001-1").body == {
        "status": "ok", "msg": "shipment removed",
    }  # fmt: skip
    assert "does not exist" in shop.rest("DELETE", "/shipments/1001-1").msg
    shop.rest("POST", "/shipments", {"order": 1001, "capture": True})
    assert shop.rest("PUT", "/shipments/1001-1", {"gtg": True}).msg == (
        "shipment is sent/paid/captured and can not be updated"
    )
    assert shop.rest("DELETE", "/shipments/1001-1").msg == (
        "shipment has invoices or creditnotes and could not be deleted."
    )


def test_a_return_leaves_out_what_cannot_be_returned(shop: Shop) -> None:
    packed(shop, gtg=True, shipped=True)
    line = str(shop.order(1001)["lines"][0]["id"])
    given = {"shipment": "1001-1", "returnStock": 1, "products": {line: "1", "99": 1},
             "refund": {"refundPayment": True, "sendEmail": True}}  # fmt: skip
    made = shop.rest("POST", "/return", given)
    assert made.body == {
        "status": "ok", "return": 1, "returnCompleted": False, "returnedItems": [line],
    }  # fmt: skip
    assert shop.cell("TEE") == (9, 0, 0)
    assert [one.what for one in shop.facts(Payment)][-1] == "refunded"
    row = shop.get("/returns", order=1001, shipment="1001-1")["returns"][0]
    assert (row["returnId"], row["completed"], row["products"][0]["orderLineId"]) == (
        1,
        False,
        line,
    )
    assert shop.rest("PUT", "/returns/1", {"completed": True})["returnCompleted"] is True
    assert shop.get("/returns", **{"return": 1})["returns"][0]["completed"] is True
    assert shop.get("/returns", page=2)["returns"] == []
    assert shop.rest("PUT", "/shipments/1001-1", {"gtg": True}).msg == (
        "shipment has refunds and can not be updated"
    )
    assert shop.rest("PUT", "/returns/100500", {"completed": True}).msg == (
        "Return with id=100500 does not exist"
    )
    assert "refunded already" in shop.rest("PUT", "/returns/1", {"refundPayment": True}).msg
    bad = {"shipment": "1001-1", "products": {line: 5}}
    assert shop.rest("POST", "/return", bad).msg == "return could not be created."


def test_a_return_need_not_go_back_on_the_shelf_and_may_stay_unpaid(shop: Shop) -> None:
    packed(shop, gtg=True, shipped=True, capture=False, paid=True)
    line = str(shop.order(1001)["lines"][0]["id"])
    given = {"shipment": "1001-1", "returnStock": 0, "products": {line: 1},
             "refund": {"refundPayment": True}}  # fmt: skip
    assert shop.rest("POST", "/return", given).msg == ""
    assert shop.cell("TEE") == (8, 0, 0)
    assert [one.what for one in shop.facts(Payment)] == ["authorised"]
