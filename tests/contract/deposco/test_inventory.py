"""Stock as V1 shows it: full and delta, by location, over the enterprise, as of a moment ago."""

from __future__ import annotations

import pytest
from tests.contract.deposco.depot import Depot, an_order, listed

AVAILABILITY = "/enterpriseinventory/PEAK/availability?measures="


def test_the_full_inventory_has_every_item_with_every_facility_that_knows_it(
    depot: Depot,
) -> None:
    depot.place("A1", ("TEE", 4))
    depot.floor.release("A1")
    answer = depot.v1("GET", "/inventory/full")
    rows = answer["itemInventory"]
    assert [row["itemNumber"] for row in rows] == ["TEE", "SOCKS", "MUG"]
    tee = rows[0]["facilityInventory"]
    assert tee[0] == {
        "facility": "W1",
        "inventory": {
            "total": "10", "availableToPromise": "6", "unallocated": "6", "allocated": "4",
        },
    }  # fmt: skip
    assert answer.keys == ["stock:TEE@W1", "stock:TEE@S1", "stock:SOCKS@W1"]


def test_the_delta_has_what_moved_since_and_pages_end_with_an_empty_one() -> None:
    depot = Depot(full_page_size=1)
    depot.wait(60)
    for sku in ("SOCKS", "TEE"):
        depot.floor.adjust("W1", sku, 1, "FOUND")
    path = "/inventory/full?startActivityTime=2026-11-27T06:00:30&pageNo="
    pages = [depot.v1("GET", f"{path}{number}") for number in (1, 2, 3)]
    assert [page.status for page in pages] == [206, 200, 200]
    assert [
        row["itemNumber"] for page in pages for row in listed(page["itemInventory"])
    ] == ["SOCKS", "TEE"]  # fmt: skip
    assert pages[2].body == {"itemInventory": []}
    assert depot.v1("GET", "/inventory/full?startActivityTime=soon").status == 400


def test_a_location_shows_what_lies_there(depot: Depot) -> None:
    location = depot.store.catalogue.facilities["W1"].locations["RECEIVING"]
    body = {
        "existingInventory": {"item": {"businessKey": {"number": "TEE"}}},
        "modifiedInventory": {"quantity": 4},
    }
    depot.v2("POST", f"/inventory/facilities/101/locations/{location}/updates", body)
    for prefix in ("/inventory", "/inventory/PEAK"):
        there = depot.v1("GET", f"{prefix}/facility/W1/location/RECEIVING")["inventoryItem"]
        assert (there["number"], there["quantity"]) == ("TEE", "4.0")
        rest = depot.v1("GET", f"{prefix}/facility/W1/location/STOCK")["inventoryItem"]
        assert [(row["number"], row["quantity"]) for row in rest] == [
            ("TEE", "10.0"),
            ("SOCKS", "5.0"),
        ]
    assert depot.figures()[0] == 14
    assert depot.v1("GET", "/inventory/facility/W1/location/NONE").status == 404
    assert depot.v1("GET", "/inventory/facility/W9/location/STOCK").status == 404
    assert depot.v1("GET", "/inventory/OTHER/facility/W1/location/STOCK").status == 400


def test_enterprise_availability_sums_what_each_facility_has(depot: Depot) -> None:
    depot.place("A1", ("TEE", 4))
    depot.v1("POST", "/orders", {"order": [an_order("PO1", ("TEE", 6), type="Purchase Order")]})
    measures = "totalOnHandQty,atpQty,totalAtp,openOrderLineQty,qtyOnPO"
    answer = depot.v1("GET", f"{AVAILABILITY}{measures}&itemNumbers=TEE")
    item = answer.body[0]["enterpriseInventory"][0]
    assert item == {
        "itemId": 1_000_001, "itemNumber": "TEE", "totalOnHandQty": 13, "atpQty": 9,
        "totalAtp": 9, "openOrderLineQty": 4, "qtyOnPO": 6,
        "facilities": [
            {"facility": "W1", "totalOnHandQty": 10, "atpQty": 6, "totalAtp": 6,
             "openOrderLineQty": 4, "qtyOnPO": 6},
            {"facility": "S1", "totalOnHandQty": 3, "atpQty": 3, "totalAtp": 3,
             "openOrderLineQty": 0, "qtyOnPO": 0},
        ],
    }  # fmt: skip
    assert answer.keys == ["stock:TEE@W1", "stock:TEE@S1"]


def test_open_order_lines_are_open_until_they_ship(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.place("A2", ("TEE", 1))
    depot.floor.release("A1")
    path = f"{AVAILABILITY}openOrderLineQty&itemNumbers=TEE"
    item = depot.v1("GET", path).body[0]["enterpriseInventory"][0]
    assert item["openOrderLineQty"] == 3
    depot.floor.picked("A1", "TEE", 2)
    depot.floor.shipped(depot.floor.packed("A1"))
    item = depot.v1("GET", path).body[0]["enterpriseInventory"][0]
    assert item["openOrderLineQty"] == 1


def test_what_is_on_its_way_is_no_longer_on_order() -> None:
    depot = Depot(configured_measures=["qtyOnPO", "inTransitQty"])
    depot.v1("POST", "/orders", {"order": [an_order("PO1", ("TEE", 6), type="Purchase Order")]})
    moved = {"number": "PO1", "type": "Purchase Order", "status": "In-Transit"}
    depot.v1("POST", "/orders/updates", {"order": [moved]})
    path = f"{AVAILABILITY}qtyOnPO,inTransitQty&itemNumbers=TEE"
    item = depot.v1("GET", path).body[0]["enterpriseInventory"][0]
    assert (item["qtyOnPO"], item["inTransitQty"]) == (0, 6)
    depot.floor.receive("W1", "TEE", 6, reference="PO1")
    item = depot.v1("GET", path).body[0]["enterpriseInventory"][0]
    assert (item["qtyOnPO"], item["inTransitQty"]) == (0, 0)


def test_demand_of_customer_orders_in_review_is_known_to_the_layer_above_only() -> None:
    depot = Depot(configured_measures=["atpQty", "coAtpQty"])
    line = {"externalLineNumber": "1", "itemNumber": "TEE", "orderQuantity": "2"}
    order = {"orderLines": {"orderLine": [line]}}
    depot.v1("PUT", "/import/PEAK/customerOrder/C1", order)
    depot.wait(3)
    item = depot.v1("GET", f"{AVAILABILITY}atpQty,coAtpQty&itemNumbers=TEE").body[0][
        "enterpriseInventory"
    ][0]
    assert (item["atpQty"], item["coAtpQty"]) == (13, 11)


def test_enterprise_availability_is_filtered_and_paged(depot: Depot) -> None:
    found = depot.v1("GET", f"{AVAILABILITY}atpQty&itemNumbers=TEE,MUG,NONE&facilityNumbers=S1")
    items = found.body[0]["enterpriseInventory"]
    assert [item["itemNumber"] for item in items] == ["TEE", "MUG"]
    assert items[0]["facilities"] == [{"facility": "S1", "atpQty": 3}]
    assert items[0]["atpQty"] == 3
    pages = [
        depot.v1("GET", f"{AVAILABILITY}atpQty&pageSize=2&pageNumber={number}")
        for number in (1, 2, 3)
    ]
    assert [len(page["enterpriseInventory"]) for page in pages] == [2, 1, 0]


@pytest.mark.parametrize("query", ["", "atpQty,weight", "atpQty&pageSize=0", "atpQty&pageSize=x"])
def test_what_enterprise_availability_does_not_know_is_refused_in_words(
    depot: Depot, query: str
) -> None:
    answer = depot.v1("GET", f"{AVAILABILITY}{query}")
    assert answer.status == 400
    assert answer.body
    assert depot.v1("GET", "/enterpriseinventory/OTHER/availability?measures=atpQty").status == 400


def test_the_single_atp_is_a_list_of_one_or_of_none(depot: Depot) -> None:
    path = "/ctrl/getRestfulATP?businessUnit=PEAK&itemNumber="
    assert depot.v1("GET", f"{path}TEE").body == [
        {"itemNumber": "TEE", "totalAvailableToPromise": 13}
    ]
    assert depot.v1("GET", f"{path}NONE").body == []
    assert depot.v1("GET", "/ctrl/getRestfulATP?businessUnit=PEAK").status == 400


# --- a moment ago ---------------------------------------------------------------------


def test_a_stale_read_shows_stock_as_it_was(depot: Depot) -> None:
    depot.wait(100)
    depot.place("A1", ("TEE", 4))
    depot.wait(1)
    for path in (f"{AVAILABILITY}atpQty&itemNumbers=TEE", "/inventory/full", "/items/TEE/atp",
                 "/ctrl/getRestfulATP?businessUnit=PEAK&itemNumber=TEE"):  # fmt: skip
        fresh, stale = depot.v1("GET", path), depot.v1("GET", path, stale_s=2)
        assert fresh.raw != stale.raw
        depot.change("A1", status="Hold")
        assert depot.v1("GET", path, stale_s=0).raw == fresh.raw
    stale = depot.v1("GET", f"{AVAILABILITY}atpQty&itemNumbers=TEE", stale_s=2)
    assert stale.body[0]["enterpriseInventory"][0]["facilities"][0]["atpQty"] == 10
    assert depot.available() == 6


def test_a_stale_search_does_not_know_the_new_order_and_shows_the_old_status(
    depot: Depot,
) -> None:
    depot.place("A1")
    depot.wait(100)
    depot.place("A2")
    depot.change("A1", otherReferenceNumber="new")
    parcel = depot.ship("A1")
    depot.wait(1)
    path = "/search/Order?facility=W1"
    old = depot.v1("GET", path, stale_s=2)["order"]
    assert (old["number"], old["status"]) == ("A1", "New")
    assert [order["number"] for order in depot.v1("GET", path)["order"]] == ["A1", "A2"]
    found = depot.v1("GET", "/search/Order?otherReferenceNumber=ref-A1", stale_s=2)["order"]
    assert found["number"] == "A1"
    assert depot.v1("GET", "/search/Order?number=A2", stale_s=2)["order"] == []
    assert depot.v1("GET", f"/search/shipment?shipmentNumber={parcel}", stale_s=2)[
        "shipment"
    ] == []  # fmt: skip
    window = depot.xml("GET", "/status/order/20261127,20261127", stale_s=2)["orderStatus"]
    assert (window["orderNumber"], window["orderStatus"]) == ("A1", "New")
    every = depot.xml("GET", "/status/order/search?type=Sales%20Order", stale_s=2)
    assert every["orderStatus"]["orderNumber"] == "A1"


def test_a_read_by_number_is_never_stale(depot: Depot) -> None:
    depot.wait(100)
    depot.place("A1")
    answer = depot.xml("GET", "/orders/Sales%20Order/A1", stale_s=5)
    assert answer["number"] == "A1"
    status = depot.xml("GET", "/status/order/Sales%20Order/A1", stale_s=5)
    assert status["orderStatus"]["orderNumber"] == "A1"


def test_a_stale_feed_does_not_know_the_last_adjustment(depot: Depot) -> None:
    depot.floor.adjust("W1", "TEE", 1, "FOUND")
    depot.wait(100)
    depot.floor.adjust("W1", "TEE", 2, "FOUND")
    depot.wait(1)
    rows = depot.v2("GET", "/inventory/inventoryAdjustments", stale_s=2)["data"]
    assert [row["quantity"] for row in rows] == [1]
