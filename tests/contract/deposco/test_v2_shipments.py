"""Shipments and receipts in V2: what is packed, what has left, what was undone, what came in."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import ORDERS, SHIPPED, order_id, place


def boxes(depot: Depot, query: str = "", **more: Any) -> list[str]:
    """Numbers of the shipments of a page."""
    return [row["number"] for row in depot.v2("GET", f"{SHIPPED}?{query}", **more)["data"]]


def test_a_shipment_shows_its_order_lines_box_and_tracking(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2), ("SOCKS", 1), customerOrderNumber="WEB-1")
    parcel = depot.ship("A1")
    answer = depot.v2("GET", SHIPPED)
    assert answer.keys == ["work:A1"]
    assert (answer["complete"], answer["pages"]) == (True, 1)
    box = answer["data"][0]
    assert (box["number"], box["status"], box["type"]) == (parcel, "Shipped", "Outbound Shipment")
    assert box["orderHeaders"]["data"][0]["id"] == order_id(depot)
    assert box["shipFromFacility"]["businessKey"]["number"] == "W1"
    assert box["shipmentDates"]["actualShipDate"] == "2026-11-27T06:00:00.000Z"
    assert box["trackingNumber"]
    lines = box["shipmentLines"]["data"]
    told = [(line["number"], line["item"]["businessKey"]["number"], line["shippedPackQuantity"],
             line["orderPackQuantity"]) for line in lines]  # fmt: skip
    assert told == [("1", "TEE", 2.0, 2.0), ("2", "SOCKS", 1.0, 1.0)]
    held = box["shippedContainers"]["data"][0]
    assert (held["status"], held["trackingNumber"]) == ("Shipped", box["trackingNumber"])
    assert [row["shippedPackQuantity"] for row in held["shippedContainerLines"]] == [2.0, 1.0]
    order = depot.v2("GET", f"{ORDERS}/{order_id(depot)}")
    assert order["orderStatus"] == "Ship Complete"
    assert [row["shippedPackQuantity"] for row in order["orderLines"]["data"]] == [2.0, 1.0]
    assert lines[0]["orderLine"]["id"] == order["orderLines"]["data"][0]["self"]["id"]


def test_a_shipment_and_its_lines_are_read_by_id(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2), ("SOCKS", 1))
    depot.ship("A1")
    box = depot.v2("GET", SHIPPED)["data"][0]
    path = f"{SHIPPED}/{box['self']['id']}"
    assert depot.v2("GET", path).body == box
    lines = depot.v2("GET", f"{path}/shipmentLines")["data"]
    assert [line["number"] for line in lines] == ["2", "1"]
    one = depot.v2("GET", f"{path}/shipmentLines?shipmentLineNumber=1")["data"]
    assert [line["number"] for line in one] == ["1"]
    assert depot.v2("GET", f"{path}/shipmentLines/{one[0]['self']['id']}").body == one[0]
    for wrong in (f"{SHIPPED}/1", f"{SHIPPED}/x", f"{path}/shipmentLines/1",
                  f"{SHIPPED}/1/shipmentLines"):  # fmt: skip
        assert depot.v2("GET", wrong).status == 404


def test_a_shipment_of_v1_is_one_of_v2(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2))
    depot.floor.release("A1")
    line = {"lineNumber": "TEE", "itemNumber": "TEE", "shippedPackQuantity": "2.0",
            "orderPackQuantity": "2.0", "lineStatus": "Complete",
            "pack": {"type": "Each", "quantity": "1"}}  # fmt: skip
    order = {"orderNumber": "A1", "orderType": "Sales Order", "orderStatus": "Released",
             "lines": {"line": [line]}}  # fmt: skip
    body = {"shipment": [{"shipmentNumber": "S-9", "shipmentStatus": "Shipped",
                          "trackingNumber": "T1", "orders": {"order": [order]}}]}  # fmt: skip
    assert boxes(depot) == []
    made = depot.v1("PUT", "/shipments", body)
    assert made.inner == "HTTP/1.1 201 Created"
    box = depot.v2("GET", f"{SHIPPED}?shipmentNumber=S-9")["data"][0]
    assert (box["trackingNumber"], box["status"]) == ("T1", "Shipped")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["SHP00000003", "SHP00000002", "SHP00000001"]),
        ("shipmentNumber=SHP00000002", ["SHP00000002"]),
        ("shipmentNumber=none", []),
        ("orderNumber=A2", ["SHP00000002"]),
        ("orderNumber=none", []),
        ("customerOrderNumber=WEB", ["SHP00000002", "SHP00000001"]),
        ("customerOrderNumber=WEB&orderNumber=A1", ["SHP00000001"]),
        ("shipmentStatus=Shipping", ["SHP00000003"]),
        ("shippedAfter=2026-11-27T06:00:30Z", ["SHP00000002"]),
        ("shippedAfter=2026-11-27T06:00:30Z&orderNumber=A1", []),
        ("createdAfter=2026-11-27T06:00:30Z", ["SHP00000003", "SHP00000002"]),
        ("updatedAfter=2026-11-27T06:00:30Z", ["SHP00000003", "SHP00000002"]),
        ("businessUnit=OTHER", []),
        ("pageSize=1", ["SHP00000003"]),
    ],
)
def test_shipments_are_filtered(depot: Depot, query: str, found: list[str]) -> None:
    for number in ("A1", "A2"):
        place(depot, number, customerOrderNumber="WEB")
    place(depot, "A3")
    depot.ship("A1")
    depot.wait(60)
    depot.ship("A2")
    pack(depot, "A3")
    assert boxes(depot, query) == found


def pack(depot: Depot, number: str) -> str:
    """Take an order as far as the label on its box."""
    for pick in depot.floor.release(number):
        depot.floor.picked(number, pick.line, pick.units)
    return depot.floor.packed(number)


def test_a_status_or_a_size_that_does_not_exist_is_a_400(depot: Depot) -> None:
    for query in ("shipmentStatus=Gone", "pageSize=101", "shippedAfter=x"):
        assert depot.v2("GET", f"{SHIPPED}?{query}").status == 400


def test_a_tenant_may_not_look_at_the_filters_of_shipments() -> None:
    depot = Depot(shipment_filters_ignored=True)
    place(depot, "A1")
    depot.ship("A1")
    for query in ("orderNumber=none", "shippedAfter=2027-01-01T00:00:00Z", "businessUnit=X"):
        assert boxes(depot, query) == ["SHP00000001"]


def test_a_label_is_seen_with_its_tracking_before_the_parcel_leaves(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2))
    pack(depot, "A1")
    box = depot.v2("GET", SHIPPED)["data"][0]
    assert (box["status"], bool(box["trackingNumber"])) == ("Shipping", True)
    assert "actualShipDate" not in box["shipmentDates"]
    line = box["shipmentLines"]["data"][0]
    assert (line["shippedPackQuantity"], line["pickedPackQuantity"]) == (0.0, 2.0)
    assert box["shippedContainers"]["data"] == []
    hidden = Depot(unshipped_visible=False)
    place(hidden, "A1", ("TEE", 2))
    pack(hidden, "A1")
    assert boxes(hidden) == []
    order = hidden.v2("GET", f"{ORDERS}?number=A1")["data"][0]
    assert order["shipments"]["data"] == []
    assert hidden.v2("GET", f"{SHIPPED}/70000001").status == 404
    hidden.floor.shipped("SHP00000001")
    assert boxes(hidden) == ["SHP00000001"]


def test_a_shipment_that_is_undone_is_rolled_back(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2))
    parcel = depot.ship("A1")
    assert depot.figures() == (8, 8, 0)
    depot.floor.roll_back(parcel)
    box = depot.v2("GET", f"{SHIPPED}?shipmentStatus=Rolled%20Back")["data"][0]
    assert box["shippedContainers"]["data"][0]["status"] == "Rolled Back"
    assert depot.figures() == (10, 8, 2)
    order = depot.v2("GET", f"{ORDERS}?number=A1")["data"][0]
    assert (order["orderStatus"], order["orderLines"]["data"][0]["shippedPackQuantity"]) == (
        "Pick Complete", 0.0,
    )  # fmt: skip


def test_an_empty_label_may_be_made_beside_the_parcel() -> None:
    depot = Depot(zero_quantity_shipment_probability=1.0)
    place(depot, "A1", ("TEE", 2))
    depot.ship("A1")
    rows = depot.v2("GET", SHIPPED)["data"]
    told = [row["shipmentLines"]["data"][0]["shippedPackQuantity"] for row in rows]
    assert (told, {row["status"] for row in rows}) == ([0.0, 2.0], {"Shipped"})


def test_the_tracking_link_is_only_the_carriers_front_page() -> None:
    for full in ("base", "full"):
        depot = Depot(tracking_url=full)
        place(depot, "A1")
        depot.ship("A1")
        box = depot.v2("GET", SHIPPED)["data"][0]
        tail = box["trackingNumber"] if full == "full" else ""
        assert box["trackingUrl"] == f"https://track.example/{tail}"


def test_an_orders_links_to_shipments_lead_to_a_trip() -> None:
    for to, path, status in (("trip", "/latest/trip/70000001", 404),
                             ("shipment", f"/latest{SHIPPED}/70000001", 200)):  # fmt: skip
        depot = Depot(shipment_links=to)
        place(depot, "A1")
        depot.ship("A1")
        ref = depot.v2("GET", f"{ORDERS}?number=A1")["data"][0]["shipments"]["data"][0]
        assert (ref["id"], ref["href"]) == (70_000_001, path)
        assert depot.v2("GET", ref["href"].removeprefix("/latest")).status == status


def test_a_list_of_shipments_may_lag(depot: Depot) -> None:
    place(depot, "A1")
    place(depot, "A2")
    depot.ship("A1")
    depot.wait(30)
    depot.ship("A2")
    assert boxes(depot, stale_s=10.0) == ["SHP00000001"]


def test_ids_are_the_same_whenever_somebody_first_asks() -> None:
    asked, late = Depot(), Depot()
    for depot in (asked, late):
        for at in range(3):
            place(depot, f"A{at}") if depot is asked else depot.place(f"A{at}")
            depot.ship(f"A{at}")
            if depot is asked:
                boxes(depot)
    for path in (SHIPPED, ORDERS):
        ids = [[row["self"]["id"] for row in depot.v2("GET", path)["data"]]
               for depot in (asked, late)]  # fmt: skip
        assert ids[0] == ids[1]


# --- receipts -------------------------------------------------------------------------


def test_receipts_point_at_their_order_line_and_count_packs(depot: Depot) -> None:
    depot.v1("PUT", "/items/TEE/packs", {"pack": {"type": "Case", "quantity": 12}})
    case = {"businessKey": {"quantity": 12}}
    line = {"lineNumber": "1", "item": {"id": 1_000_001}, "pack": case, "orderPackQuantity": 2}
    made = place(depot, "PO1", path="purchaseOrders", orderLines={"data": [line]})
    assert made.status == 201
    depot.floor.receive("W1", "TEE", 12, reference="PO1")
    assert depot.figures() == (22, 22, 0)
    row = depot.v2("GET", "/receipts")["data"][0]
    assert (row["receivedPackQuantity"], row["receivedPack"]["businessKey"]["quantity"]) == (1, 12)
    assert (row["status"], row["disposition"]) == ("Received", "Stock")
    order = depot.v2("GET", f"/orders/purchaseOrders/{made['self']['id']}")
    held = order["orderLines"]["data"][0]
    assert row["orderLine"]["id"] == held["self"]["id"]
    assert (order["orderStatus"], held["receivedPackQuantity"]) == ("Partial Receipt", 1.0)
    assert held["orderLineStatus"] == "Partial Receipt"


def test_receipts_are_filtered(depot: Depot) -> None:
    made = place(depot, "PO1", ("TEE", 2), ("SOCKS", 3), path="purchaseOrders")
    order = made["self"]["id"]
    lines = [row["self"]["id"] for row in made["orderLines"]["data"]]
    depot.floor.receive("W1", "TEE", 2, reference="PO1")
    depot.floor.receive("W1", "MUG", 1, reference="unannounced")
    depot.wait(60)
    depot.floor.receive("W1", "SOCKS", 3, reference="PO1")

    def items(query: str) -> list[str]:
        rows = depot.v2("GET", f"/receipts?{query}")["data"]
        return [row["receivedItem"]["businessKey"]["number"] for row in rows]

    assert items("") == ["SOCKS", "MUG", "TEE"]
    assert items(f"orderId={order}") == ["SOCKS", "TEE"]
    assert items(f"orderLineId={lines[0]}") == ["TEE"]
    assert items(f"orderId={order}&orderLineId={lines[1]}") == ["SOCKS"]
    assert items("orderId=9") == []
    assert items("status=Canceled") == []
    assert items("status=Received&createdAfter=2026-11-27T06:00:30Z") == ["SOCKS"]
    assert items("lotNumber=L1") == []
    assert items("businessUnit=OTHER") == []
    for wrong in ("status=Lost", "orderId=x"):
        assert depot.v2("GET", f"/receipts?{wrong}").status == 400


def test_a_line_counts_a_receipt_before_the_list_has_it() -> None:
    depot = Depot(receipts_lag_s=30)
    made = place(depot, "PO1", ("TEE", 2), path="purchaseOrders")
    depot.floor.receive("W1", "TEE", 2, reference="PO1")
    path = f"/orders/purchaseOrders/{made['self']['id']}"
    assert depot.v2("GET", path)["orderLines"]["data"][0]["receivedPackQuantity"] == 2.0
    assert depot.v2("GET", "/receipts")["data"] == []
    depot.wait(31)
    assert len(depot.v2("GET", "/receipts")["data"]) == 1
