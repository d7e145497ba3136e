"""What is taken now and worked off later: customer orders and bulk requests."""

from __future__ import annotations

from typing import Any

from tests.contract.deposco.depot import Depot, an_order, listed

from peakproof.history.records import Refused, Work


def a_customer_order(**more: Any) -> dict[str, Any]:
    """Two TEE for somebody, by courier."""
    line = {"externalLineNumber": "1", "itemNumber": "TEE", "orderQuantity": "2"}
    return {"externalOrderNumber": "WEB-1", "shipVia": "Courier",
            "orderLines": {"orderLine": [line]}, **more}  # fmt: skip


def send(depot: Depot, order: dict[str, Any], number: str = "C1") -> str:
    """Send a customer order; where to ask for it."""
    receipt = depot.v1("PUT", f"/import/PEAK/customerOrder/{number}", order)
    assert receipt.status == 207
    href: str = receipt["response"]["href"]
    return href.removeprefix("/integration/PEAK")


def test_a_customer_order_becomes_a_sales_order_a_little_later(depot: Depot) -> None:
    href = send(depot, a_customer_order())
    assert depot.v1("GET", href)["response"]["requestStatus"] == "Processing"
    assert depot.told(Work) == []
    depot.wait(3)
    done = depot.v1("GET", href)["response"]
    assert (done["requestStatus"], done["coHeaderStatus"]) == ("Success", "Released")
    work = depot.told(Work)[0]
    assert (work.place, work.by) == ("W1", "connector")
    assert "WEB-1" in work.refs
    assert "C1" in work.refs
    child = depot.v1("GET", "/search/Order?customerOrderNumber=WEB-1")["order"]
    assert child["orderLines"]["orderLine"]["customerLineNumber"] == "1"
    assert depot.figures() == (10, 8, 0)


def test_lines_go_to_the_facility_that_they_name_or_to_one_that_has_the_goods(
    depot: Depot,
) -> None:
    lines = [
        {"externalLineNumber": "1", "itemNumber": "TEE", "orderQuantity": "1",
         "shipFromFacility": "S1"},
        {"externalLineNumber": "2", "itemNumber": "SOCKS", "orderQuantity": "1"},
    ]  # fmt: skip
    send(depot, a_customer_order(orderLines={"orderLine": lines}))
    depot.wait(3)
    assert [(work.place, work.lines[0].sku) for work in depot.told(Work)] == [
        ("S1", "TEE"),
        ("W1", "SOCKS"),
    ]


def test_the_same_customer_order_again_is_the_same_one_or_another(depot: Depot) -> None:
    cases: list[tuple[dict[str, object], int]] = [
        ({}, 1),
        ({"customer_order_repeat": "duplicate"}, 2),
    ]
    for settings, works in cases:
        twice = Depot(settings)
        send(twice, a_customer_order())
        twice.wait(3)
        href = send(twice, a_customer_order())
        twice.wait(3)
        assert len(twice.told(Work)) == works
        assert twice.v1("GET", href)["response"]["coHeaderStatus"] == "Released"


def test_what_is_wrong_with_a_customer_order_parks_it_with_notices(depot: Depot) -> None:
    order = a_customer_order(shipVia="", orderLines={"orderLine": [{"itemNumber": "TEE"}]})
    href = send(depot, order)
    depot.wait(3)
    later = depot.v1("GET", href)["response"]
    assert later["coHeaderStatus"] == "Review"
    notices = later["notices"]["notice"]
    assert [notice["fieldName"] for notice in notices] == ["orderQuantity", "shipVia"]
    assert depot.told(Refused)[0].reason == "parked"
    assert depot.told(Work) == []
    named = a_customer_order(shipFromFacility="W9")
    href = send(depot, named, "C2")
    depot.wait(3)
    assert depot.v1("GET", href)["response"]["coHeaderStatus"] == "Review"


def test_a_missing_ship_via_may_be_let_pass() -> None:
    depot = Depot(review_without_ship_via=False)
    send(depot, a_customer_order(shipVia=""))
    depot.wait(3)
    assert len(depot.told(Work)) == 1


def test_imports_that_are_not_there_or_not_of_this_tenant_are_refused(depot: Depot) -> None:
    for number in ("9", "x", "1" * 30):
        assert depot.v1("GET", f"/import/PEAK/status/{number}").status == 404
    path = "/import/OTHER/customerOrder/C1"
    assert depot.v1("PUT", path, a_customer_order()).status == 400
    other = "/import/PEAK/customerOrder/C1?businessKey=C2"
    assert depot.v1("PUT", other, a_customer_order()).status == 400


# --- bulk -----------------------------------------------------------------------------


def _bulk(depot: Depot, *updates: dict[str, Any], query: str = "") -> str:
    answer = depot.v1("POST", f"/bulk{query}", {"bulkUpdate": list(updates)})
    href: str = answer["response"]["href"]
    return href.removeprefix("/integration/PEAK")


def test_a_bulk_request_works_its_orders_off_and_lists_what_failed(depot: Depot) -> None:
    depot.place("A1")
    href = _bulk(
        depot, {"order": an_order("A1")}, {"order": an_order("A2")},
        {"order": an_order("A3", ("NONE", 1))},
    )  # fmt: skip
    before = depot.v1("GET", href)["bulkUpdate"]
    assert (before["status"], before["progress"]) == ("Processing", "0")
    depot.wait(3)
    after = depot.v1("GET", href)["bulkUpdate"]
    assert (after["status"], after["progress"]) == ("Partially Failed", "100")
    failed = after["details"]["requestDetails"]
    assert (failed["entityNumber"], failed["comment"]) == ("A3", "missingItems: [NONE]")
    full = depot.v1("GET", f"{href}?includeSuccessDetails=true")["bulkUpdate"]
    assert [(one["entityNumber"], one["comment"]) for one in full["details"]["requestDetails"]][
        :2
    ] == [("A1", "Updated"), ("A2", "Created")]
    assert depot.status("A2") == "New"
    assert [fact.key for fact in depot.told(Refused)] == ["A3"]


def test_a_unique_token_makes_a_bulk_request_the_same_one(depot: Depot) -> None:
    first = _bulk(depot, {"item": {"number": "HAT"}}, query="?uniqueToken=T1")
    again = _bulk(depot, {"item": {"number": "CAP"}}, query="?uniqueToken=T1")
    assert first == again
    depot.wait(3)
    assert depot.v1("GET", "/bulk/uniqueToken/T1")["bulkUpdate"]["status"] == "Success"
    assert depot.v1("GET", "/items/HAT").status == 200
    assert depot.v1("GET", "/items/CAP").status == 404


def test_a_bulk_request_holds_one_kind_of_entity(depot: Depot) -> None:
    mixed: list[dict[str, Any]] = [{"item": {"number": "HAT"}}, {"order": an_order("A1")}]
    wrong: list[list[dict[str, Any]]] = [mixed, [], [{}]]
    for updates in wrong:
        assert depot.v1("POST", "/bulk", {"bulkUpdate": updates}).status == 400
    assert depot.v1("GET", "/bulk/9/details").status == 404
    assert depot.v1("GET", "/bulk/uniqueToken/T9").status == 404
    href = _bulk(depot, {"item": {"number": "HAT"}})
    assert depot.v1("GET", f"{href}?includeSuccessDetails=yes").status == 400
    assert listed(depot.v1("GET", href)["bulkUpdate"]["details"]["requestDetails"]) == []
