"""Customer orders in V2: taken with 202, looked at later, parked, sourced, rolled up."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import (
    ORDERS,
    SHIPPED,
    SHOP,
    a_shop_order,
    an_order,
    by_number,
    place,
    said,
    take,
)

from peakproof.history.records import Activity, Refused, Work


def test_a_customer_order_becomes_a_sales_order_a_little_later(depot: Depot) -> None:
    asked = depot.v2("POST", SHOP, a_shop_order("WEB-1", ("TEE", 2), ("SOCKS", 1)))
    assert asked.status == 202
    request = asked["request"]
    assert request == {"id": "500001", "href": "/latest/async/500001"}
    waiting = depot.v2("GET", "/async/500001")
    assert (waiting["status"], waiting["successes"]) == ("Processing", 0)
    assert depot.told(Work) == []
    early = depot.v2("GET", SHOP)["data"][0]["customerOrder"]
    assert (early["status"], early["fulfillmentOrders"]) == ("New", [])
    depot.wait(3)
    done = depot.v2("GET", "/async/500001")
    assert (done["status"], done["totalEntities"], done["successes"]) == ("Success", 1, 1)
    shop = depot.v2("GET", done["results"][0]["href"].removeprefix("/latest"))["customerOrder"]
    assert (shop["status"], shop["externalOrderNumber"]) == ("Released", "WEB-1")
    child = depot.v2("GET", shop["fulfillmentOrders"][0]["href"].removeprefix("/latest"))
    assert (child["orderStatus"], child["customerOrderNumber"]) == ("New", "WEB-1")
    assert child["customerOrderHeaders"][0]["id"] == shop["self"]["id"]
    lines = child["orderLines"]["data"]
    assert [line["customerLineNumber"] for line in lines] == ["1", "2"]
    assert lines[0]["coLine"]["id"] == shop["coLines"]["data"][0]["self"]["id"]
    work = depot.told(Work)
    assert (len(work), "WEB-1" in work[0].refs) == (1, True)
    assert depot.figures() == (10, 8, 0)


def test_a_request_that_is_nobodys_is_a_404(depot: Depot) -> None:
    for path in ("/async/1", "/async/x", f"{SHOP}/1", f"{SHOP}/x", f"{SHOP}/1/customerOrderLines"):
        assert depot.v2("GET", path).status == 404


def test_the_same_customer_order_again_is_another_one(depot: Depot) -> None:
    for _ in range(2):
        take(depot, "WEB-1", ("TEE", 2))
    rows = depot.v2("GET", f"{SHOP}?externalOrderNumber=WEB-1")["data"]
    assert len({row["customerOrder"]["number"] for row in rows}) == 2
    assert len(depot.told(Work)) == 2
    assert depot.figures() == (10, 6, 0)


def test_a_tenant_may_take_the_same_customer_order_once() -> None:
    depot = Depot(shop_order_repeat="update")
    for _ in range(2):
        take(depot, "WEB-1", ("TEE", 2))
    assert len(depot.v2("GET", SHOP)["data"]) == 1
    assert depot.figures() == (10, 8, 0)


def test_an_unknown_item_is_taken_and_lies_in_review_for_good(depot: Depot) -> None:
    found = take(depot, "WEB-1", ("TEE", 1), ("HAT", 1))
    shop = found["customerOrder"]
    assert (shop["status"], shop["fulfillmentOrders"]) == ("Review", [])
    notice = found["notices"][0]
    assert (notice["code"], notice["providedValue"], notice["status"]) == (
        "NO_ITEM_ON_LINE", "HAT", "New",
    )  # fmt: skip
    line = shop["coLines"]["data"][1]
    assert (line["item"], line["packQuantity"], line["itemNumber"]) == (None, None, "HAT")
    assert depot.v2("GET", "/async/500001")["status"] == "Success"
    assert [(fact.key, fact.reason) for fact in depot.told(Refused)] == [
        (shop["number"], "unknown_item")
    ]
    path = f"{SHOP}/{shop['self']['id']}"
    assert depot.v2("PATCH", path).status == 405
    assert depot.told(Work) == []


def test_a_missing_ship_via_parks_the_order(depot: Depot) -> None:
    found = take(depot, "WEB-1", ("TEE", 1), shipVia="")
    assert found["customerOrder"]["status"] == "Review"
    assert [(row["code"], row["fieldName"]) for row in found["notices"]] == [
        ("MISSING_REQUIRED", "shipVia")
    ]


def test_what_leads_nowhere_fails_at_the_request(depot: Depot) -> None:
    other = {"businessKey": {"code": "OTHER"}}
    assert depot.v2("POST", SHOP, a_shop_order("WEB-1", businessUnit=other)).status == 202
    depot.wait(3)
    told = depot.v2("GET", "/async/500001")
    assert (told["status"], told["failures"]) == ("Failed", 1)
    assert told["results"][0]["errors"] == [
        {"errorMessage": "Business unit with business key code = [OTHER] does not exist"}
    ]
    assert depot.v2("GET", SHOP)["data"] == []
    assert depot.v2("GET", f"{SHOP}/90000001").status == 404


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"shipToContact": {"lastName": "L" * 31}},
         "customerOrder.shipToContact.lastName size must be between 0 and 30"),
        ({"externalOrderNumber": ""}, "customerOrder.externalOrderNumber must not be empty"),
        ({"placedDate": "now"}, "customerOrder.placedDate [now] is not a valid date-time"),
        ({"orderType": "Gift"}, "The request is not valid: "),
        ({"coLines": {"data": [{"orderQuantity": 1, "packQuantity": 1}]}},
         "The request is not valid: "),
    ],
)  # fmt: skip
def test_a_customer_order_that_does_not_fit_is_refused_at_once(
    depot: Depot, change: dict[str, Any], text: str
) -> None:
    body = a_shop_order("WEB-1")
    body["customerOrder"] |= change
    answer = depot.v2("POST", SHOP, body)
    assert (answer.status, said(answer)[: len(text)]) == (400, text)
    assert depot.v2("POST", SHOP, {}).status == 400


def test_lines_are_sourced_from_where_they_can_be_promised(depot: Depot) -> None:
    body = a_shop_order("WEB-1", ("SOCKS", 1), ("TEE", 2))
    body["customerOrder"]["coLines"]["data"][1]["shipFromFacility"] = by_number("S1")
    depot.v2("POST", SHOP, body)
    depot.wait(3)
    shop = depot.v2("GET", SHOP)["data"][0]["customerOrder"]
    children = [depot.v2("GET", ref["href"].removeprefix("/latest"))
                for ref in shop["fulfillmentOrders"]]  # fmt: skip
    places = [child["shipFromFacility"]["businessKey"]["number"] for child in children]
    assert places == ["W1", "S1"]
    lines = depot.v2("GET", f"{SHOP}/{shop['self']['id']}/customerOrderLines")["data"]
    told = [(line["externalLineNumber"],
             [row["shipFromFacility"]["businessKey"]["number"]
              for row in line["coLineAllocations"]]) for line in lines]  # fmt: skip
    assert told == [("2", ["S1"]), ("1", ["W1"])]
    assert depot.figures("TEE", "S1") == (3, 1, 0)


def test_the_status_follows_the_warehouse_and_shipped_units_wait_for_the_end(
    depot: Depot,
) -> None:
    shop = take(depot, "WEB-1", ("TEE", 2), ("SOCKS", 1))["customerOrder"]
    path = f"{SHOP}/{shop['self']['id']}"
    number = depot.told(Work)[0].number

    def look() -> tuple[str, float]:
        found = depot.v2("GET", path)["customerOrder"]
        return found["status"], found["coLines"]["data"][0]["shippedQuantity"]

    assert look() == ("Released", 0.0)
    depot.floor.release(number)
    assert look() == ("InFulfillment", 0.0)
    depot.floor.picked(number, "1", 2)
    depot.floor.shipped(depot.floor.packed(number))
    assert depot.status(number) == "Partially Shipped"
    assert look() == ("InFulfillment", 0.0)
    depot.floor.picked(number, "2", 1)
    depot.floor.shipped(depot.floor.packed(number))
    assert look() == ("Complete", 2.0)
    line = depot.v2("GET", path)["customerOrder"]["coLines"]["data"][0]
    assert depot.v2("GET", f"{path}/customerOrderLines/{line['self']['id']}").body == line
    assert line["coLineAllocations"][0]["status"] == "Released"
    assert len(depot.v2("GET", f"{SHIPPED}?customerOrderNumber=WEB-1")["data"]) == 2


def test_shipped_units_may_roll_up_at_once() -> None:
    depot = Depot(shipped_rolls_up_at_end=False)
    shop = take(depot, "WEB-1", ("TEE", 2), ("SOCKS", 1))["customerOrder"]
    number = depot.told(Work)[0].number
    depot.floor.release(number)
    depot.floor.picked(number, "1", 2)
    depot.floor.shipped(depot.floor.packed(number))
    lines = depot.v2("GET", f"{SHOP}/{shop['self']['id']}")["customerOrder"]["coLines"]["data"]
    assert [line["shippedQuantity"] for line in lines] == [2.0, 0.0]


def test_what_cannot_be_promised_is_back_ordered(depot: Depot) -> None:
    shop = take(depot, "WEB-1", ("MUG", 2))["customerOrder"]
    depot.floor.release(depot.told(Work)[0].number)
    found = depot.v2("GET", f"{SHOP}/{shop['self']['id']}")["customerOrder"]
    assert found["status"] == "Back Ordered"
    line = found["coLines"]["data"][0]
    assert (line["backOrdered"], line["backOrderQuantity"]) == (True, 2.0)


def test_a_sales_order_of_a_customer_order_is_edited_nowhere_but_there(depot: Depot) -> None:
    take(depot, "WEB-1", ("TEE", 2))
    number = depot.told(Work)[0].number
    answer = depot.v2("POST", ORDERS, an_order(number, ("TEE", 3)))
    text = f"Sales Order {number} was created from a customer order and cannot be updated"
    assert (answer.status, said(answer)) == (400, text)
    order = depot.v2("GET", f"{ORDERS}?number={number}")["data"][0]
    line = order["orderLines"]["data"][0]
    path = f"{ORDERS}/{order['self']['id']}/orderLines/{line['self']['id']}"
    body = {name: line[name] for name in ("lineNumber", "item", "pack")}
    assert depot.v2("POST", path, {**body, "orderPackQuantity": 9}).status == 400
    lax = Depot(born_orders_locked=False)
    take(lax, "WEB-1", ("TEE", 2))
    assert lax.v2("POST", ORDERS, an_order(number, shipVia="Van", orderLines={"data": []})).status \
        == 200  # fmt: skip


def test_customer_orders_are_listed_newest_first_and_filtered(depot: Depot) -> None:
    take(depot, "WEB-1")
    depot.wait(60)
    take(depot, "WEB-2", tradingPartner={"businessKey": {"code": "OTHER"}})
    line = {"externalLineNumber": "1", "itemNumber": "TEE", "orderQuantity": "1"}
    body = {"externalOrderNumber": "V1-3", "shipVia": "Courier", "orderLines": {"orderLine": line}}
    depot.v1("PUT", "/import/PEAK/customerOrder/V1-3?businessKey=V1-3", body)
    depot.wait(3)

    def found(query: str) -> list[str]:
        rows = depot.v2("GET", f"{SHOP}?{query}")["data"]
        return [row["customerOrder"]["externalOrderNumber"] for row in rows]

    assert found("") == ["V1-3", "WEB-2", "WEB-1"]
    assert found("externalOrderNumber=WEB-1") == ["WEB-1"]
    assert found("tradingPartnerCode=TP") == ["WEB-1"]
    assert found("createdAfter=2026-11-27T06:00:30Z") == ["V1-3", "WEB-2"]
    assert found("updatedAfter=2026-11-27T06:00:30Z") == ["V1-3", "WEB-2"]
    assert found("businessUnit=OTHER") == []
    page = depot.v2("GET", f"{SHOP}?pageSize=2")
    assert page["complete"] is False
    rest = depot.v2("GET", page["links"][0]["href"].removeprefix("/latest"))
    assert [row["customerOrder"]["externalOrderNumber"] for row in rest["data"]] == ["WEB-1"]


def test_a_customer_order_of_v1_is_shown_by_v2(depot: Depot) -> None:
    depot.v1("PUT", "/import/PEAK/customerOrder/C1?businessKey=C1",
             {"externalOrderNumber": "C1", "shipVia": "Courier", "total": "12.50",
              "tradingPartner": "TP", "orderLines": {"orderLine": [
                  {"externalLineNumber": "1", "itemNumber": "TEE", "orderQuantity": "2",
                   "unitPrice": "6.25"}]}})  # fmt: skip
    depot.wait(3)
    shop = depot.v2("GET", f"{SHOP}?externalOrderNumber=C1")["data"][0]["customerOrder"]
    assert (shop["total"], shop["shipVia"], shop["status"]) == (12.5, "Courier", "Released")
    line = shop["coLines"]["data"][0]
    assert (line["orderQuantity"], line["unitPrice"]) == (2.0, 6.25)
    assert depot.v2("GET", "/async/500001")["status"] == "Success"


def test_the_layer_needs_a_subscription() -> None:
    depot = Depot(order_management=False)
    for method, path in (("GET", SHOP), ("POST", SHOP), ("GET", f"{SHOP}/1")):
        assert depot.v2(method, path, {} if method == "POST" else None).status == 403


def test_cancelling_a_customer_order_is_there_only_where_a_tenant_has_it() -> None:
    shut = Depot()
    made = take(shut, "WEB-1")["customerOrder"]
    path = f"{SHOP}/{made['self']['id']}/cancellations"
    assert shut.v2("POST", path).status == 404
    depot = Depot(customer_order_cancellations=True)
    take(depot, "WEB-1", ("TEE", 2))
    answer = depot.v2("POST", path)
    assert (answer.status, answer["customerOrder"]["status"]) == (200, "Canceled")
    assert depot.figures() == (10, 10, 0)
    assert depot.status(depot.told(Work)[0].number) == "Canceled"
    rows = depot.v2("GET", f"{SHOP}?externalOrderNumber=WEB-1")["data"]
    assert [row["customerOrder"]["status"] for row in rows] == ["Canceled"]


def test_a_customer_order_whose_work_is_released_is_not_cancelled() -> None:
    depot = Depot(customer_order_cancellations=True)
    made = take(depot, "WEB-1", ("TEE", 2))["customerOrder"]
    depot.floor.release(depot.told(Work)[0].number)
    answer = depot.v2("POST", f"{SHOP}/{made['self']['id']}/cancellations")
    assert answer.status == 400
    assert depot.figures() == (10, 8, 2)


def test_a_retail_order_is_the_sale_of_a_till(depot: Depot) -> None:
    activity = {"type": "Sale", "retailTransactionId": "T1", "transactionSource": "POS",
                "facility": by_number("S1")}  # fmt: skip
    shop = take(depot, "POS-1", ("TEE", 2), orderType="Retail", coRetailActivities=[activity])
    assert shop["customerOrder"]["status"] == "Complete"
    assert "coRetailActivities" not in shop["customerOrder"]
    assert depot.figures("TEE", "S1") == (1, 1, 0)
    told = depot.told(Activity)
    assert [(fact.place, fact.what, fact.lines[0].units) for fact in told] == [("S1", "sale", 2)]
    again = take(depot, "POS-1", ("TEE", 2), orderType="Retail", coRetailActivities=[activity])
    assert again["customerOrder"]["status"] == "Review"
    back = {**activity, "type": "Return", "retailTransactionId": "T2"}
    take(depot, "POS-2", ("TEE", 1), orderType="Retail", coRetailActivities=[back])
    assert depot.figures("TEE", "S1") == (2, 2, 0)
    assert depot.told(Work) == []


def test_a_sale_of_a_pack_moves_all_of_its_units(depot: Depot) -> None:
    body = a_shop_order("WEB-1")
    body["customerOrder"]["coLines"]["data"][0] |= {"orderQuantity": 2, "packQuantity": 3}
    depot.v2("POST", SHOP, body)
    depot.wait(3)
    assert depot.figures() == (10, 4, 0)


def test_an_order_of_its_own_is_no_child_of_a_customer_order(depot: Depot) -> None:
    made = place(depot, "A-1-1", customerOrderNumber="WEB-1")
    assert "customerOrderHeaders" not in made.body


def test_a_line_that_is_nobodys_is_a_404(depot: Depot) -> None:
    shop = take(depot, "WEB-1")["customerOrder"]
    assert depot.v2("GET", f"{SHOP}/{shop['self']['id']}/customerOrderLines/1").status == 404


def test_what_lay_in_review_asks_for_nothing_once_it_is_cancelled() -> None:
    depot = Depot(
        customer_order_cancellations=True, configured_measures=("atpQty", "coAtpQty")
    )  # fmt: skip
    shop = take(depot, "WEB-1", ("TEE", 3), shipVia="")["customerOrder"]

    def promised() -> int:
        path = "/enterpriseinventory/PEAK/availability?measures=coAtpQty&itemNumbers=TEE"
        row = depot.v1("GET", path).body[0]["enterpriseInventory"][0]
        return int(row["coAtpQty"])

    before = promised()
    assert depot.v2("POST", f"{SHOP}/{shop['self']['id']}/cancellations").status == 200
    assert (before, promised()) == (10, 13)


def test_a_repeat_that_is_the_same_leads_to_the_first() -> None:
    depot = Depot(shop_order_repeat="update")
    first = take(depot, "WEB-1")["customerOrder"]["self"]["id"]
    take(depot, "WEB-1")
    again = depot.v2("GET", "/async/500002")
    assert [row["id"] for row in again["results"]] == [first]


def test_lists_of_what_comes_may_lag(depot: Depot) -> None:
    take(depot, "WEB-1")
    depot.floor.receive("W1", "TEE", 1, reference="")
    for path in (SHOP, "/receipts"):
        assert len(depot.v2("GET", path)["data"]) == 1
        assert depot.v2("GET", path, stale_s=30.0)["data"] == []
