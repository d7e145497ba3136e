"""Shipments and receipts by API, and what tills report."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Depot, a_line, an_order

from peakproof.history.records import Activity, Item, Parcel, Refused


def a_shipment(number: str, status: str, **orders: dict[str, int]) -> dict[str, Any]:
    """A shipment of lines (by number) of orders (by number)."""
    return {
        "shipmentNumber": number,
        "shipmentStatus": status,
        "trackingNumber": f"T-{number}",
        "orders": {"order": [
            {"orderNumber": order, "orderType": "Sales Order", "orderStatus": "",
             "lines": {"line": [
                 {"lineNumber": line, "itemNumber": line, "shippedPackQuantity": f"{units}.0"}
                 for line, units in lines.items()]}}
            for order, lines in orders.items()]},
    }  # fmt: skip


def _put(depot: Depot, shipment: dict[str, Any], path: str = "/shipments") -> str:
    return depot.v1("PUT", path, {"shipment": [shipment]}).inner


# --- shipments ------------------------------------------------------------------------


def test_one_shipment_can_span_several_orders(depot: Depot) -> None:
    for number in ("A1", "A2"):
        depot.place(number, ("TEE", 2))
        depot.floor.release(number)
    shipment = a_shipment("X1", "Shipped", A1={"TEE": 2}, A2={"TEE": 1})
    assert _put(depot, shipment) == "HTTP/1.1 201 Created"
    shown = depot.v1("GET", "/shipments/PEAK/X1")["shipment"]
    assert [order["orderNumber"] for order in shown["orders"]["order"]] == ["A1", "A2"]
    assert (depot.status("A1"), depot.status("A2")) == ("Ship Complete", "Partially Shipped")
    assert depot.figures() == (7, 6, 1)
    told = [(one.number, one.what, one.lines[0].units) for one in depot.told(Parcel)]
    assert told == [
        ("A1", "packed", 2), ("A2", "packed", 1), ("A1", "shipped", 2), ("A2", "shipped", 1),
    ]  # fmt: skip


def test_a_shipment_is_made_then_confirmed_then_undone(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    for status, inner, total in (
        ("Shipping", "201 Created", 10),
        ("Shipped", "200 OK", 8),
        ("Rolled Back", "200 OK", 10),
        ("Shipped", "409 Conflict", 10),
    ):
        shipment = a_shipment("X1", status, A1={"TEE": 2})
        assert _put(depot, shipment, "/shipments/PEAK") == f"HTTP/1.1 {inner}"
        assert depot.figures()[0] == total
    assert [one.what for one in depot.told(Parcel)] == ["packed", "shipped", "rolled_back"]


def test_tracking_can_be_put_right(depot: Depot) -> None:
    depot.place("A1", ("TEE", 1))
    parcel = depot.ship("A1")
    body = {**a_shipment(parcel, "Shipped", A1={}), "trackingNumber": "RIGHT"}
    assert _put(depot, body) == "HTTP/1.1 200 OK"
    shown = depot.v1("GET", f"/shipments/PEAK/{parcel}")["shipment"]
    assert shown["trackingNumber"] == "RIGHT"


@pytest.mark.parametrize(
    ("shipment", "reason"),
    [
        (a_shipment("X1", "Shipped", A9={"TEE": 1}), "unknown_order"),
        (a_shipment("X1", "Shipped", NEW={"TEE": 1}), "locked"),
        (a_shipment("X1", "Shipped", A1={"TEE": 3}), "invalid"),
        (a_shipment("X1", "Shipped", A1={"SOCKS": 1}), "invalid"),
        (a_shipment("X1", "Shipped", A1={}), "invalid"),
        (a_shipment("X1", "Rolled Back", A1={"TEE": 1}), "invalid"),
        (a_shipment("X1", "Shipped", A1={"TEE": 1}, S1={"TEE": 1}), "invalid"),
    ],
)
def test_a_shipment_that_cannot_be_is_refused_inside(
    depot: Depot, shipment: dict[str, Any], reason: str
) -> None:
    depot.place("A1", ("TEE", 2))
    depot.place("S1", ("TEE", 1), facility="S1")
    depot.floor.release("A1")
    depot.floor.release("S1")
    depot.place("NEW", ("TEE", 1))
    depot.facts.clear()
    _put(depot, shipment)
    assert [fact.reason for fact in depot.told(Refused)] == [reason]
    assert depot.told(Parcel) == []
    assert depot.v1("GET", "/shipments/PEAK/X1").status == 404


def test_a_line_may_come_in_several_rows_but_not_in_more_units_than_it_has(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    shipment = a_shipment("X1", "Shipped", A1={"TEE": 1})
    line = shipment["orders"]["order"][0]["lines"]["line"][0]
    del line["lineNumber"]
    shipment["orders"]["order"][0]["lines"]["line"] = [line, line, line]
    assert _put(depot, shipment) == "HTTP/1.1 400 Bad Request"
    shipment["orders"]["order"][0]["lines"]["line"] = [line, line]
    assert _put(depot, shipment) == "HTTP/1.1 201 Created"
    assert depot.figures() == (8, 8, 0)


def test_units_that_are_packed_already_are_not_shipped_again(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    assert _put(depot, a_shipment("X1", "Shipping", A1={"TEE": 2})) == "HTTP/1.1 201 Created"
    assert _put(depot, a_shipment("X2", "Shipped", A1={"TEE": 1})) == "HTTP/1.1 400 Bad Request"
    assert _put(depot, a_shipment("X1", "Shipped", A1={})) == "HTTP/1.1 200 OK"
    assert depot.figures() == (8, 8, 0)


def test_shipments_are_listed_and_found_by_when_they_left(depot: Depot) -> None:
    depot.place("A1", customerOrderNumber="C1")
    first = depot.ship("A1")
    depot.wait(600)
    depot.place("A2")
    second = depot.ship("A2")
    found = depot.v1("GET", "/shipments/PEAK")["shipment"]
    assert [one["shipmentNumber"] for one in found] == [first, second]
    window = "actualShipDateOps=BETWEEN&actualShipDate=2026-11-27T06:05:00,2026-11-27T07:00:00"
    late = depot.v1("GET", f"/search/shipment?{window}")
    assert late["shipment"]["shipmentNumber"] == second
    assert late.keys == ["work:A2"]
    for field, value in (
        ("orderHeaders.customerOrderNumber", "C1"),
        ("orderHeaders.otherReferenceNumber", "ref-A1"),
        ("orderHeaders.number", "A1"),
        ("shipmentNumber", first),
    ):
        one = depot.v1("GET", f"/search/shipment?{field}={value}&shipmentStatus=Shipped")
        assert one["shipment"]["shipmentNumber"] == first
    assert depot.v1("GET", "/search/shipment?shipmentStatus=New")["shipment"] == []
    assert depot.v1("GET", "/shipments/OTHER").status == 400


# --- receipts -------------------------------------------------------------------------


def a_receipt(number: str = "R1", **more: Any) -> dict[str, Any]:
    """Four TEE against the line TEE of the purchase order PO1."""
    return {
        "number": number, "orderNumber": "PO1", "lineNumber": "TEE", "itemNumber": "TEE",
        "quantity": "4", **more,
    }  # fmt: skip


def expecting(**more: Any) -> Depot:
    """A purchase order PO1 of six TEE."""
    depot = Depot()
    body = an_order("PO1", ("TEE", 6), type="Purchase Order", **more)
    assert depot.v1("POST", "/orders", {"order": [body]}).inner == "HTTP/1.1 201 Created"
    return depot


def _receive(depot: Depot, *receipts: dict[str, Any], path: str = "/receiptlines") -> str:
    return depot.v1("PUT", path, {"receiptLine": list(receipts)}).inner


def test_a_receipt_is_taken_once_and_read_back_by_number_and_by_line() -> None:
    depot = expecting()
    assert _receive(depot, a_receipt(), path="/receiptlines/PEAK") == "HTTP/1.1 201 Created"
    assert _receive(depot, a_receipt()) == "HTTP/1.1 409 Conflict"
    assert depot.figures() == (14, 14, 0)
    for path in ("/R1", "/PEAK/R1", "/PO1/TEE/Each/1", "/PEAK/PO1/TEE/Each/1"):
        shown = depot.v1("GET", f"/receiptlines{path}")["receiptLine"]
        assert (shown["number"], shown["quantity"], shown["orderNumber"]) == ("R1", "4", "PO1")
    assert depot.v1("GET", "/receiptlines/R9").status == 404
    assert depot.v1("GET", "/receiptlines/PO1/TEE/Each/12").status == 404
    assert depot.v1("GET", "/receiptlines/PO1/TEE/Each/x").status == 400


def test_a_receipt_without_a_number_counts_every_time() -> None:
    depot = expecting()
    for _ in range(2):
        assert _receive(depot, {**a_receipt(), "number": ""}) == "HTTP/1.1 201 Created"
    assert depot.figures()[0] == 18


def test_the_order_follows_what_was_received() -> None:
    depot = expecting()
    _receive(depot, a_receipt())
    shown = depot.xml("GET", "/status/order/Purchase%20Order/PO1")["orderStatus"]
    assert shown["orderStatus"] == "Partial Receipt"
    assert shown["lines"]["line"]["receivedPackQuantity"] == "4.0"
    assert shown["lines"]["line"]["receiptLines"]["receiptLine"]["receiptLineNumber"] == "R1"
    _receive(depot, a_receipt("R2", quantity="2"))
    assert depot.v1("GET", "/search/Order?number=PO1")["order"]["status"] == "Received"


def test_damaged_goods_and_goods_that_go_elsewhere_are_not_for_sale() -> None:
    depot = expecting()
    _receive(depot, a_receipt(damagedQuantity="1"))
    assert depot.figures()[0] == 13
    _receive(depot, a_receipt("R2", quantity="1", disposition="Quarantine"))
    _receive(depot, a_receipt("R3", quantity="1", damaged="true"))
    _receive(depot, a_receipt("R4", quantity="1", createInventory="false"))
    assert depot.figures()[0] == 13
    order = depot.v1("GET", "/search/Order?number=PO1")["order"]["orderLines"]["orderLine"]
    assert (order["receivedPackQuantity"], order["receivedDamagedPackQuantity"]) == ("5.0", "2.0")


def test_flags_create_the_item_and_the_order_that_are_not_there(depot: Depot) -> None:
    receipt = a_receipt(orderNumber="PO7", itemNumber="HAT", receivingFacility="S1")
    assert _receive(depot, receipt) == "HTTP/1.1 400 Bad Request"
    flags = {"createItem": "true", "createPO": "true"}
    assert _receive(depot, {**receipt, **flags}) == "HTTP/1.1 201 Created"
    assert depot.figures("HAT", "S1") == (4, 4, 0)
    assert depot.v1("GET", "/search/Order?number=PO7")["order"]["type"] == "Purchase Order"
    assert [fact.sku for fact in depot.told(Item)] == ["HAT"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"itemNumber": "NONE"}, "unknown_item"),
        ({"orderNumber": "PO9"}, "unknown_order"),
        ({"lineNumber": "9"}, "unknown_order"),
        ({"itemNumber": "MUG"}, "invalid"),
        ({"receivingFacility": "W9"}, "unknown_facility"),
        ({"quantity": "0"}, "invalid"),
        ({"damagedQuantity": "5"}, "invalid"),
        ({"disposition": "Bin"}, "invalid"),
        ({"orderType": "Sales Order"}, "invalid"),
    ],
)
def test_a_receipt_that_does_not_fit_is_refused_inside(more: dict[str, Any], reason: str) -> None:
    depot = expecting()
    _receive(depot, a_receipt(**more))
    assert [fact.reason for fact in depot.told(Refused)] == [reason]
    assert depot.figures() == (10, 10, 0)


def test_an_order_that_was_cancelled_is_not_received() -> None:
    depot = expecting()
    gone = {"number": "PO1", "type": "Purchase Order", "status": "Canceled"}
    assert depot.v1("POST", "/orders/updates", {"order": [gone]}).inner == "HTTP/1.1 200 OK"
    assert _receive(depot, a_receipt()) == "HTTP/1.1 409 Conflict"


@pytest.mark.parametrize(
    ("kind", "status", "target", "inner"),
    [
        ("Purchase Order", "New", "In-Transit", "200 OK"),
        ("Purchase Order", "In-Transit", "Hold", "409 Conflict"),
        ("Purchase Order", "Arrived", "Canceled", "200 OK"),
        ("Customer Return", "New", "Canceled", "200 OK"),
        ("Customer Return", "New", "Hold", "409 Conflict"),
    ],
)
def test_inbound_orders_move_as_their_tables_say(
    depot: Depot, kind: str, status: str, target: str, inner: str
) -> None:
    depot.v1("POST", "/orders", {"order": [an_order("I1", type=kind, status=status)]})
    moved = {"number": "I1", "type": kind, "status": target}
    answer = depot.v1("POST", "/orders/updates", {"order": [moved]})
    assert answer.inner == f"HTTP/1.1 {inner}"


def test_a_partly_received_purchase_order_is_not_edited() -> None:
    depot = expecting()
    _receive(depot, a_receipt())
    line = {"orderLine": [a_line("TEE", 9)]}
    body = {"number": "PO1", "type": "Purchase Order", "status": "Partial Receipt"}
    answer = depot.v1("POST", "/orders/updates", {"order": [{**body, "orderLines": line}]})
    assert answer.inner == "HTTP/1.1 409 Conflict"


# --- tills ----------------------------------------------------------------------------


def an_activity(kind: str = "Sale", reference: str = "T1", **more: Any) -> dict[str, Any]:
    """A till's transaction about two TEE at the store."""
    quantity = "returnedQuantity" if kind == "Return" else "saleQuantity"
    line = {"externalLineNumber": "1", "item": "TEE", "pack": "Each", "vendorPartNumber": "",
            quantity: "2", "unitPrice": "19.99"}  # fmt: skip
    return {"retailTransaction": {
        "type": kind, "referenceNumber": reference, "retailTransactionId": f"id-{reference}",
        "facility": "S1", "primarySalesChannel": "STORE",
        "saleReturnLines": {"saleReturnLine": [line]}, **more}}  # fmt: skip


def _report(depot: Depot, *activities: dict[str, Any]) -> str:
    return depot.v1("POST", "/retailActivities", {"retailActivity": list(activities)}).inner


@pytest.mark.parametrize(
    ("kind", "what", "total", "cause"),
    [("Sale", "sale", 1, "sale"), ("Return", "return", 5, "return"), ("PostVoid", "void", 5,
                                                                       "return")],
)  # fmt: skip
def test_a_tills_transaction_moves_the_stock_of_its_facility(
    depot: Depot, kind: str, what: str, total: int, cause: str
) -> None:
    assert _report(depot, an_activity(kind)) == "HTTP/1.1 201 Created"
    assert depot.levels() == [("TEE", "S1", total, total, cause)]
    assert depot.figures("TEE", "S1") == (total, total, 0)
    told = depot.told(Activity)[0]
    assert (told.what, told.place, told.refs) == (what, "S1", ("T1", "id-T1"))
    assert [(line.sku, line.units, line.price_minor) for line in told.lines] == [("TEE", 2, 1999)]


def test_the_same_transaction_counts_once(depot: Depot) -> None:
    _report(depot, an_activity())
    assert _report(depot, an_activity()) == "HTTP/1.1 409 Conflict"
    assert depot.figures("TEE", "S1")[0] == 1
    refused = depot.told(Refused)[0]
    assert (refused.key, refused.reason) == ("T1", "duplicate")
    assert _report(depot, an_activity("Return")) == "HTTP/1.1 201 Created"
    assert _report(depot, an_activity(facility="W1")) == "HTTP/1.1 201 Created"


def test_an_exchange_moves_by_the_difference(depot: Depot) -> None:
    lines = [
        {"externalLineNumber": "1", "item": "TEE", "saleQuantity": "1", "returnedQuantity": "2"},
        {"externalLineNumber": "2", "item": "SOCKS", "saleQuantity": "1"},
    ]
    _report(depot, an_activity(saleReturnLines={"saleReturnLine": lines}))
    assert depot.figures("TEE", "S1")[0] == 4
    assert depot.figures("SOCKS", "S1")[0] == -1


@pytest.mark.parametrize("flag", ["voided", "testTransaction"])
def test_voided_and_test_transactions_move_nothing(depot: Depot, flag: str) -> None:
    assert _report(depot, an_activity(**{flag: "true"})) == "HTTP/1.1 201 Created"
    assert depot.levels() == []
    assert depot.told(Activity) == []


@pytest.mark.parametrize(
    ("more", "reason", "said"),
    [
        ({"facility": "S9"}, "unknown_facility", "Facility [S9] does not exist"),
        ({"type": "Gift"}, "invalid", "Retail activity type [Gift] is not valid"),
        ({"referenceNumber": ""}, "invalid", "referenceNumber must not be empty"),
        (
            {"saleReturnLines": {"saleReturnLine": {"externalLineNumber": "1", "item": "NONE",
                                                    "saleQuantity": "1"}}},
            "unknown_item", "missingItems: [NONE]",
        ),
        (
            {"saleReturnLines": {"saleReturnLine": {"externalLineNumber": "1", "item": "TEE",
                                                    "pack": "Case", "saleQuantity": "1"}}},
            "unknown_item", "missingPacks: [TEE Case]",
        ),
        (
            {"saleReturnLines": {"saleReturnLine": {"externalLineNumber": "1", "item": "TEE"}}},
            "invalid", "a transaction must sell or return something",
        ),
    ],
)  # fmt: skip
def test_a_transaction_that_does_not_fit_is_refused_inside(
    depot: Depot, more: dict[str, Any], reason: str, said: str
) -> None:
    answer = depot.v1("POST", "/retailActivities", {"retailActivity": [an_activity(**more)]})
    assert (answer.inner, answer.said) == ("HTTP/1.1 400 Bad Request", said)
    assert [fact.reason for fact in depot.told(Refused)] == [reason]
    assert depot.levels() == []


def test_transactions_appear_in_the_feed_unless_that_is_switched_off() -> None:
    for told in (True, False):
        depot = Depot(activities_in_feed=told)
        _report(depot, an_activity())
        rows = depot.v2("GET", "/inventory/inventoryAdjustments")["data"]
        assert [(row["quantity"], row["reasonCode"], row["importReference1"]) for row in rows] == (
            [(-2, "RETAIL SALE", "T1")] if told else []
        )
