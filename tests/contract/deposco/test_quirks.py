"""The vendor's quirks, one by one: what they do by default, and what their switch does."""

from __future__ import annotations

import pytest
from tests.contract.deposco.depot import Depot, a_line, an_order

from peakproof.history.records import Parcel, Refused, Work

AVAILABILITY = "/enterpriseinventory/PEAK/availability?measures="


def test_dq1_a_duplicate_is_a_conflict_inside_a_207(depot: Depot) -> None:
    depot.place("A1")
    answer = depot.place("A1", ("TEE", 5))
    assert (answer.status, answer.inner) == (207, "HTTP/1.1 409 Conflict")
    assert answer.said == (
        "Duplicate entry '17-Sales Order-A1' for key 'ORDER_HEADER.ux_oh_bu_type_number'"
    )
    refused = depot.told(Refused)[0]
    assert (refused.key, refused.reason) == ("A1", "duplicate")
    assert depot.figures() == (10, 9, 0)


def test_dq1_without_the_quirk_the_outer_status_tells() -> None:
    depot = Depot(outer_207=False)
    assert depot.place("A1").status == 201
    assert depot.place("A1").status == 409


@pytest.mark.parametrize("stored", [True, False])
def test_dq2_a_blank_200_hides_whether_the_order_is_there(depot: Depot, stored: bool) -> None:
    arm = {"operation": "v1.orders.create", "nth": 2, "stored": stored}
    assert depot.service.controls["arm_blank_200"](arm) == 1
    assert depot.place("A1").inner == "HTTP/1.1 201 Created"
    blank = depot.place("A2")
    assert (blank.status, blank.raw) == (200, b"")
    assert (depot.status("A2") == "New") is stored
    assert depot.place("A3").inner == "HTTP/1.1 201 Created"


def test_dq2_blank_answers_strike_by_chance_and_the_same_way_for_a_seed() -> None:
    def blanks(seed: int) -> list[bool]:
        depot = Depot(blank_200_probability=0.5, blank_200_stored_probability=0.5, seed=seed)
        return [not depot.place(f"A{number}").raw for number in range(20)]

    assert 0 < sum(blanks(1)) < 20
    assert blanks(1) == blanks(1)
    assert blanks(1) != blanks(2)


def test_dq3_an_encoded_space_in_the_path_can_be_a_bare_400() -> None:
    depot = Depot(refuse_encoded_space=True)
    depot.place("A1")
    answer = depot.xml("GET", "/orders/Sales%20Order/A1")
    assert (answer.status, answer.raw) == (400, b"")
    assert depot.v1("GET", "/search/Order?type=Sales%20Order&number=A1").status == 200


def test_dq4_enterprise_inventory_labels_its_json_as_xml(depot: Depot) -> None:
    answer = depot.v1("GET", f"{AVAILABILITY}atpQty")
    assert answer.headers["content-type"] == "application/xml"
    assert answer.raw[:1] == b"{"
    honest = Depot(mislabel_enterprise_inventory=False).v1("GET", f"{AVAILABILITY}atpQty")
    assert honest.headers["content-type"] == "application/json"


def test_dq5_json_carries_the_marks_of_xml(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    depot.floor.picked("A1", "TEE", 2)
    found = depot.v1("GET", f"/shipments/PEAK/{depot.floor.packed('A1')}").body
    assert isinstance(found["shipment"], dict)
    assert found["shipment"]["actualShipDate"] == {"@nil": "true"}
    assert found["shipment"]["totalPackages"] == "1"
    depot.place("A2")
    both = depot.v1("GET", "/search/Order?facility=W1")["order"]
    assert isinstance(both, list)
    assert both[1]["orderLines"]["orderLine"]["backordered"] == "false"


def test_dq5_without_the_quirk_json_is_json() -> None:
    depot = Depot(xml_isms_in_json=False)
    depot.place("A1", ("TEE", 2))
    order = depot.v1("GET", "/search/Order?number=A1")["order"][0]
    line = order["orderLines"]["orderLine"][0]
    assert (line["orderPackQuantity"], line["backordered"]) == (2.0, False)


def test_dq5_what_was_read_can_be_sent_back(depot: Depot) -> None:
    depot.place("A1", shipVendor=None)
    order = depot.order("A1")
    assert order["shipVendor"] == {"@nil": "true"}
    answer = depot.v1("POST", "/orders/updates", {"order": [order]})
    assert answer.inner == "HTTP/1.1 200 OK"
    assert len(depot.told(Work)) == 1


def test_dq6_the_status_search_ignores_the_number(depot: Depot) -> None:
    depot.place("A1")
    depot.place("A2")
    path = "/status/order/search?type=Sales%20Order&number=A2"
    found = depot.xml("GET", path)["orderStatus"]
    assert [order["orderNumber"] for order in found] == ["A1", "A2"]
    exact = Depot(status_search_ignores_number=False)
    exact.place("A1")
    exact.place("A2")
    assert exact.xml("GET", path)["orderStatus"]["orderNumber"] == "A2"


def test_dq7_a_measure_that_is_not_configured_is_absent_and_not_zero(depot: Depot) -> None:
    item = depot.v1("GET", f"{AVAILABILITY}atpQty,coAtpQty,inTransitQty&itemNumbers=TEE").body[0][
        "enterpriseInventory"
    ][0]
    assert item["atpQty"] == 13
    assert "coAtpQty" not in item
    assert "inTransitQty" not in item["facilities"][0]
    more = Depot(configured_measures=["coAtpQty"]).v1("GET", f"{AVAILABILITY}atpQty,coAtpQty")
    assert more["enterpriseInventory"][0]["coAtpQty"] == 13
    assert "atpQty" not in more["enterpriseInventory"][0]


def test_dq8_availability_may_be_below_zero(depot: Depot) -> None:
    depot.place("A1", ("SOCKS", 9))
    assert depot.available("SOCKS") == -4
    clipped = Depot(negative_availability=False)
    clipped.place("A1", ("SOCKS", 9))
    assert clipped.available("SOCKS") == 0


def test_dq8b_the_targeted_read_comes_in_a_list(depot: Depot) -> None:
    assert isinstance(depot.v1("GET", f"{AVAILABILITY}atpQty&itemNumbers=TEE").body, list)
    assert isinstance(depot.v1("GET", f"{AVAILABILITY}atpQty").body, dict)
    flat = Depot(wrap_targeted_availability=False)
    assert isinstance(flat.v1("GET", f"{AVAILABILITY}atpQty&itemNumbers=TEE").body, dict)


def _reserve(depot: Depot, value: int, sku: str = "TEE") -> str:
    body = {"company": "PEAK", "adjustments": [{"itemNumber": sku, "value": value}]}
    answer = depot.v1("POST", "/ctrl/reserveInventoryAPI", body)
    assert answer.status == 200
    return str(answer["status"])


def test_dq9_giving_back_too_much_fails_inside_a_200_and_leaves_nothing_reserved(
    depot: Depot,
) -> None:
    assert _reserve(depot, 4) == "SUCCESS"
    assert _reserve(depot, -5) == "FAILURE"
    assert depot.v1("GET", "/items/TEE/reserveqty").body == "0"
    assert depot.figures() == (10, 10, 0)
    assert _reserve(depot, 1, "NONE") == "FAILURE"
    kind = Depot(over_release_zeroes=False)
    _reserve(kind, 4)
    _reserve(kind, -5)
    assert kind.figures() == (10, 6, 0)


def test_dq9_what_cannot_be_read_is_still_a_200(depot: Depot) -> None:
    answer = depot.v1("POST", "/ctrl/reserveInventoryAPI", b"{", form="json")
    assert (answer.status, answer["status"]) == (200, "FAILURE")
    assert answer["responseMsg"] == ["Request processed with no response"]


def test_dq10_an_unknown_query_parameter_filters_nothing(depot: Depot) -> None:
    assert len(depot.v2("GET", "/items?upc=5000000000012")["data"]) == 3
    strict = Depot(ignore_unknown_query=False)
    assert strict.v2("GET", "/items?upc=5000000000012").status == 400


def _adjusted(depot: Depot, times: int) -> None:
    for _ in range(times):
        depot.floor.adjust("W1", "TEE", 1, "FOUND")


@pytest.mark.parametrize(("paging", "seen"), [("live", [4, 3, 3, 2]), ("snapshot", [4, 3, 2, 1])])
def test_dq12_pages_shift_while_the_feed_grows_or_are_those_of_the_first_look(
    paging: str, seen: list[int]
) -> None:
    depot = Depot(feed_paging=paging)
    _adjusted(depot, 4)
    first = depot.v2("GET", "/inventory/inventoryAdjustments?pageSize=2")
    _adjusted(depot, 1)
    link = first["links"][0]
    assert (link["rel"], first["complete"]) == ("next", False)
    second = depot.v2("GET", link["href"].removeprefix("/latest"))
    ids = [row["self"]["id"] - 5_000_000 for page in (first, second) for row in page["data"]]
    assert ids == seen


def test_dq14_and_15_an_import_is_taken_and_its_failure_is_found_only_later(
    depot: Depot,
) -> None:
    order = {"shipVia": "Courier", "orderLines": {"orderLine": [
        {"externalLineNumber": "1", "itemNumber": "NONE", "orderQuantity": "1"}]}}  # fmt: skip
    receipt = depot.v1("PUT", "/import/PEAK/customerOrder/C1?businessKey=C1", order)["response"]
    assert (receipt["status"], receipt["requestStatus"]) == ("HTTP/1.1 202 Accepted", "Processing")
    depot.wait(3)
    later = depot.v1("GET", f"/import/PEAK/status/{receipt['importReference']}")["response"]
    assert (later["requestStatus"], later["coHeaderStatus"]) == ("Success", "Review")
    assert later["notices"]["notice"]["code"] == "NO_ITEM_ON_LINE"
    assert depot.told(Work) == []
    assert [(told.key, told.reason) for told in depot.told(Refused)] == [("C1", "unknown_item")]


def test_dq16_an_unknown_item_is_a_404_with_words_in_v2(depot: Depot) -> None:
    body = {
        "item": {"businessKey": {"number": "NONE"}}, "quantity": 1,
        "facility": {"businessKey": {"number": "W1"}},
    }  # fmt: skip
    answer = depot.v2("POST", "/inventory/inventoryAdjustments", body)
    assert answer.status == 404
    said = "Item with business key number = [NONE] does not exist"
    assert answer["errors"] == [{"errorMessage": said}]
    assert depot.told(Refused)[0].reason == "unknown_item"


def test_dq17_an_unknown_item_stands_in_the_description_and_no_order_is_stored(
    depot: Depot,
) -> None:
    depot.place("A1")
    lines = [a_line("NONE", 1), a_line("TEE", 1, pack={"type": "Case", "quantity": "12"})]
    answer = depot.place("A2", orderLines={"orderLine": lines})
    assert (answer.status, answer.inner) == (207, "HTTP/1.1 400 Bad Request")
    assert answer.said == "missingItems: [NONE]; missingPacks: [TEE Case 12]"
    refused = depot.told(Refused)[0]
    assert (refused.key, refused.reason) == ("A2", "unknown_item")
    assert depot.status("A2") == ""


def test_dq17_the_statuses_are_settings() -> None:
    depot = Depot(unknown_item_status="HTTP/1.1 200 OK", unknown_item_outer=200)
    answer = depot.place("A1", ("NONE", 1))
    assert (answer.status, answer.inner) == (200, "HTTP/1.1 200 OK")
    assert answer.said == "missingItems: [NONE]"


def test_dq18_a_write_may_meet_somebody_elses() -> None:
    depot = Depot(concurrent_409_probability=1.0)
    body = {
        "item": {"businessKey": {"number": "TEE"}}, "quantity": 1,
        "facility": {"businessKey": {"number": "W1"}},
    }  # fmt: skip
    answer = depot.v2("POST", "/inventory/inventoryAdjustments", body)
    assert answer.status == 409
    assert "concurrent request" in answer["errors"][0]["errorMessage"]
    assert depot.figures() == (10, 10, 0)


@pytest.mark.parametrize(("covers", "statuses"), [
    ("both", [200, 200, 429]), ("v1", [200, 200, 429]), ("v2", [200, 200, 200]),
])  # fmt: skip
def test_dq19_too_many_calls_a_second_are_429_with_nothing_in_it(
    covers: str, statuses: list[int]
) -> None:
    depot = Depot(rate_limit_per_s=2, rate_limit_covers=covers)
    answers = [depot.v1("GET", "/items/TEE") for _ in range(3)]
    assert [answer.status for answer in answers] == statuses
    if answers[-1].status == 429:
        assert (answers[-1].raw, answers[-1].headers) == (b"", {"retry-after": "1"})
    depot.wait(1)
    assert depot.v1("GET", "/items/TEE").status == 200


def test_dq19_the_delay_can_be_left_out() -> None:
    depot = Depot(rate_limit_per_s=1, retry_after_s=None)
    depot.v1("GET", "/items/TEE")
    assert depot.v1("GET", "/items/TEE").headers == {}


def test_dq22_a_lowered_quantity_is_refused_or_ignored_and_never_done() -> None:
    for lower, inner in (("refuse", "HTTP/1.1 400 Bad Request"), ("ignore", "HTTP/1.1 200 OK")):
        depot = Depot(lower_quantity=lower)
        depot.place("A1", ("TEE", 3))
        answer = depot.change("A1", orderLines={"orderLine": [a_line("TEE", 1)]})
        assert answer.inner == inner
        assert depot.figures() == (10, 7, 0)


def test_dq23_a_receipt_may_not_be_listed_yet_while_its_line_counts_it() -> None:
    depot = Depot(receipts_lag_s=60)
    depot.v1("POST", "/orders", {"order": [an_order("PO1", ("TEE", 6), type="Purchase Order")]})
    line = {"orderNumber": "PO1", "lineNumber": "TEE", "itemNumber": "TEE", "quantity": "4",
            "number": "R1"}  # fmt: skip
    depot.v1("PUT", "/receiptlines", {"receiptLine": [line]})
    order = depot.v1("GET", "/search/Order?number=PO1")["order"]
    assert order["orderLines"]["orderLine"]["receivedPackQuantity"] == "4.0"
    assert depot.v1("GET", "/receiptlines/R1").status == 404
    shown = depot.xml("GET", "/status/order/Purchase%20Order/PO1")["orderStatus"]["lines"]["line"]
    assert "receiptLines" not in shown
    depot.wait(61)
    assert depot.v1("GET", "/receiptlines/R1")["receiptLine"]["quantity"] == "4"


def test_dq24_an_empty_label_may_be_made_beside_the_real_one() -> None:
    depot = Depot(zero_quantity_shipment_probability=1.0)
    depot.place("A1", ("TEE", 2))
    parcel = depot.ship("A1")
    found = depot.v1("GET", "/search/shipment?orderHeaders.number=A1")["shipment"]
    quantities = {
        one["shipmentNumber"]: one["orders"]["order"]["lines"]["line"]["shippedPackQuantity"]
        for one in found
    }
    assert quantities.pop(parcel) == "2.0"
    assert list(quantities.values()) == ["0.0"]
    assert {one["shipmentStatus"] for one in found} == {"Shipped"}
    assert all(one["trackingNumber"] for one in found)
    assert [one.parcel for one in depot.told(Parcel)] == [parcel, parcel]


def test_dq25_a_parcel_can_be_seen_with_its_tracking_before_it_has_left() -> None:
    for visible in (True, False):
        depot = Depot(unshipped_visible=visible)
        depot.place("A1")
        depot.floor.release("A1")
        depot.floor.picked("A1", "TEE", 1)
        parcel = depot.floor.packed("A1")
        answer = depot.v1("GET", f"/shipments/PEAK/{parcel}")
        assert answer.status == (200 if visible else 404)
        assert bool(depot.v1("GET", "/shipments/PEAK")["shipment"]) is visible
        assert bool(depot.v1("GET", "/search/shipment?facility=W1")["shipment"]) is visible
        status = depot.xml("GET", "/status/order/Sales%20Order/A1")["orderStatus"]
        assert ("shipments" in status) is visible
        if visible:
            assert answer["shipment"]["shipmentStatus"] == "Shipping"
            assert answer["shipment"]["trackingNumber"]


def test_dq26_a_shipment_can_be_undone_after_it_was_confirmed(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    parcel = depot.ship("A1")
    depot.service.controls["roll_back"]({"parcel": parcel})
    assert depot.told(Parcel)[-1].what == "rolled_back"
    shown = depot.v1("GET", f"/shipments/PEAK/{parcel}")["shipment"]
    assert shown["shipmentStatus"] == "Rolled Back"
    assert depot.status() == "Pick Complete"
    depot.floor.shipped(depot.floor.packed("A1"))
    assert depot.status() == "Ship Complete"
    assert depot.figures() == (8, 8, 0)


def test_dq27_the_tracking_url_is_only_the_front_page() -> None:
    for kind, base in (("base", "https://track.example/"), ("full", "http://t.test/")):
        depot = Depot(tracking_url=kind, tracking_base_url=base, ship_method="BIKE")
        depot.place("A1", shipVia=None)
        shown = depot.v1("GET", f"/shipments/PEAK/{depot.ship('A1')}")["shipment"]
        tail = shown["trackingNumber"] if kind == "full" else ""
        assert (shown["trackingUrl"], shown["shipVia"]) == (f"{base}{tail}", "BIKE")


def test_dq32_the_feed_holds_what_the_caller_caused_itself(depot: Depot) -> None:
    body = {
        "item": {"businessKey": {"number": "TEE"}}, "quantity": -2, "reasonCode": "SYNC",
        "facility": {"businessKey": {"number": "W1"}}, "importReference1": "mine",
    }  # fmt: skip
    depot.v2("POST", "/inventory/inventoryAdjustments", body)
    row = depot.v2("GET", "/inventory/inventoryAdjustments")["data"][0]
    assert (row["quantity"], row["reasonCode"], row["importReference1"]) == (-2, "SYNC", "mine")


def test_dq33_dates_without_a_zone_are_the_tenants() -> None:
    depot = Depot(tenant_offset_s=-5 * 3600)
    depot.place("A1")
    depot.ship("A1")
    window = "actualShipDateOps=BETWEEN&actualShipDate="
    here = depot.v1("GET", f"/search/shipment?{window}2026-11-27T00:59:00,2026-11-27T01:01:00")
    assert here["shipment"]["actualShipDate"] == "2026-11-27T01:00:00.000-05:00"
    utc = depot.v1("GET", f"/search/shipment?{window}2026-11-27T05:59:00,2026-11-27T06:01:00")
    assert utc["shipment"] == []
    depot.wait(18 * 3600)
    depot.place("A2")
    day = depot.xml("GET", "/status/order/20261127,20261127")
    assert [one["orderNumber"] for one in day["orderStatus"]] == ["A1", "A2"]
    depot.wait(5 * 3600)
    depot.place("A3")
    day = depot.xml("GET", "/status/order/20261128,20261128")
    assert day["orderStatus"]["orderNumber"] == "A3"
    day = depot.xml("GET", "/status/order/20261126,20261126")
    assert "orderStatus" not in (day.body or {})
    since = "/inventory/full?startActivityTime="
    assert depot.v1("GET", f"{since}2026-11-28T00:00:00")["itemInventory"] != []
    assert depot.v1("GET", f"{since}2026-11-28T00:00:01")["itemInventory"] == []
    assert depot.v1("GET", f"{since}2026-11-28T05:00:00Z")["itemInventory"] != []
    assert depot.v1("GET", f"{since}2026-11-28T05:00:01Z")["itemInventory"] == []


def test_dq34_receipts_count_packs(depot: Depot) -> None:
    body = {"item": [{"number": "SOCKS", "packs": {"pack": [{"type": "Case", "quantity": 12}]}}]}
    depot.v1("POST", "/items", body)
    case = a_line("SOCKS", 2, pack={"type": "Case", "quantity": "12"})
    order = an_order("PO1", type="Purchase Order", orderLines={"orderLine": [case]})
    depot.v1("POST", "/orders", {"order": [order]})
    line = {"orderNumber": "PO1", "lineNumber": "SOCKS", "itemNumber": "SOCKS", "quantity": "2"}
    depot.v1("PUT", "/receiptlines", {"receiptLine": [line]})
    assert depot.figures("SOCKS") == (29, 29, 0)
