"""Sales orders in V2: written, read, listed, moved, cancelled; one store with V1."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import (
    ORDERS,
    a_line,
    an_order,
    by_number,
    order_id,
    place,
    said,
)

from peakproof.history.records import Refused, Work

# --- one store ------------------------------------------------------------------------


def test_an_order_of_v2_is_the_same_order_in_v1(depot: Depot) -> None:
    made = place(depot, "A1", ("TEE", 2), shipVia="Courier", otherReferenceNumber="R1")
    assert made.status == 201
    assert made.keys == ["work:A1"]
    found = depot.order("A1")
    assert (found["status"], found["facility"], found["shipVia"]) == ("New", "W1", "Courier")
    assert found["shipToAddress"]["contactName"] == "Ann Lee"
    assert found["shipToAddress"]["addressLine1"] == "1 Low Road"
    assert found["orderLines"]["orderLine"]["orderPackQuantity"] == "2.0"
    assert depot.v1("GET", "/search/Order?otherReferenceNumber=R1")["order"]["number"] == "A1"
    assert depot.figures() == (10, 8, 0)
    assert [(work.number, work.refs) for work in depot.told(Work)] == [("A1", ("A1", "R1"))]


def test_an_order_of_v1_is_the_same_order_in_v2(depot: Depot) -> None:
    address = {"contactName": "Ann van Lee", "addressLine1": "2 High Road", "city": "Leeds",
               "stateProvinceCode": "", "postalCode": "L1", "countryCode": "GB"}  # fmt: skip
    depot.place("A1", ("TEE", 2), shipToAddress=address, placedDate="2026-11-27T05:00:00")
    found = depot.v2("GET", f"{ORDERS}?number=A1")["data"][0]
    assert found["shipToContact"] == {"firstName": "Ann van", "lastName": "Lee"}
    assert found["shipToAddress"] == {
        "line1": "2 High Road", "city": "Leeds", "postalCode": "L1", "country": "GB",
    }  # fmt: skip
    assert found["placedDate"] == "2026-11-27T05:00:00.000Z"
    assert found["otherReferenceNumber"] == "ref-A1"
    line = found["orderLines"]["data"][0]
    assert (line["orderPackQuantity"], line["unitPrice"]) == (2.0, 19.99)
    again = place(depot, "A1", ("TEE", 3))
    assert (again.status, again["orderLines"]["data"][0]["orderPackQuantity"]) == (200, 3.0)
    assert depot.order("A1")["orderLines"]["orderLine"]["orderPackQuantity"] == "3.0"
    assert depot.place("A1").inner == "HTTP/1.1 409 Conflict"


def test_what_either_face_changes_the_other_shows(depot: Depot) -> None:
    place(depot, "A1", department="x", orderSummary="gift", seller="Kim")
    depot.change("A1", shipVia="Van", orderSummary="no gift")
    found = depot.v2("GET", f"{ORDERS}/{order_id(depot)}")
    assert (found["shipVia"], found["orderSummary"], found["seller"]) == ("Van", "no gift", "Kim")
    body = an_order("A1", shipVia="Bike")
    del body["orderLines"]
    changed = depot.v2("POST", ORDERS, body)
    assert (changed.status, changed["seller"]) == (200, "Kim")
    assert depot.order("A1")["shipVia"] == "Bike"
    assert len(changed["orderLines"]["data"]) == 1


def test_a_contact_alone_leaves_the_address_as_it_was(depot: Depot) -> None:
    place(depot, "A1")
    body = an_order("A1", shipToContact={"firstName": "Bo", "lastName": "Ray"}, shipToAddress={})
    changed = depot.v2("POST", ORDERS, body)
    assert changed["shipToContact"]["lastName"] == "Ray"
    assert changed["shipToAddress"]["line1"] == "1 Low Road"


# --- reads ----------------------------------------------------------------------------


def numbers(depot: Depot, query: str = "", **more: Any) -> list[str]:
    """Numbers of the orders of a page."""
    return [row["number"] for row in depot.v2("GET", f"{ORDERS}?{query}", **more)["data"]]


def test_orders_are_listed_newest_first_in_pages_of_twenty_five(depot: Depot) -> None:
    for at in range(30):
        place(depot, f"A{at}") if at % 2 else depot.place(f"A{at}")
    first = depot.v2("GET", ORDERS)
    assert [row["number"] for row in first["data"]] == [f"A{at}" for at in range(29, 4, -1)]
    assert (first["complete"], first["pages"]) == (False, 2)
    ids = [row["self"]["id"] for row in first["data"]]
    assert ids == sorted(ids, reverse=True)
    link = first["links"][0]
    assert link["rel"] == "next"
    rest = depot.v2("GET", link["href"].removeprefix("/latest") + "&orderStatus=Hold")
    assert [row["number"] for row in rest["data"]] == [f"A{at}" for at in range(4, -1, -1)]
    assert rest["complete"] is True
    assert len(first.keys) == 25


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("number=A1", ["A1"]),
        ("number=A9", []),
        ("orderStatus=Hold", ["A2"]),
        ("orderStatus=New", ["A3", "A1"]),
        ("createdAfter=2026-11-27T06:00:30Z", ["A3"]),
        ("updatedAfter=2026-11-27T06:00:30Z", ["A3", "A2"]),
        ("updatedAfter=2026-11-27T06:00:30Z&orderStatus=Hold", ["A2"]),
        ("number=A2&orderStatus=New", []),
        ("businessUnit=OTHER", []),
        ("customerOrderNumber=nobody", ["A3", "A2", "A1"]),
    ],
)
def test_orders_are_filtered_and_unknown_filters_are_not_looked_at(
    depot: Depot, query: str, found: list[str]
) -> None:
    place(depot, "A1")
    place(depot, "A2")
    depot.wait(60)
    depot.change("A2", status="Hold")
    place(depot, "A3")
    assert numbers(depot, query) == found


def test_a_filter_on_a_rare_status_finds_it_among_many(depot: Depot) -> None:
    for at in range(20):
        place(depot, f"A{at}", ("MUG", 1))
    depot.change("A7", status="Hold")
    assert numbers(depot, "orderStatus=Hold") == ["A7"]


def test_a_list_that_lags_shows_what_was(depot: Depot) -> None:
    place(depot, "A1")
    depot.wait(30)
    place(depot, "A2")
    depot.change("A1", status="Hold")
    assert numbers(depot, stale_s=10.0) == ["A1"]
    assert numbers(depot, "orderStatus=New", stale_s=10.0) == ["A1"]
    assert numbers(depot) == ["A2", "A1"]


def test_pages_shift_while_orders_come_or_do_not() -> None:
    for paging, second in (("live", ["A1", "A0"]), ("snapshot", ["A0"])):
        depot = Depot(list_paging=paging)
        for at in range(3):
            place(depot, f"A{at}")
        link = depot.v2("GET", f"{ORDERS}?pageSize=2")["links"][0]["href"]
        place(depot, "A9")
        page = depot.v2("GET", link.removeprefix("/latest"))
        assert [row["number"] for row in page["data"]] == second


@pytest.mark.parametrize(
    "query", ["pageSize=51", "pageSize=0", "orderStatus=Lost", "updatedAfter=soon", "searchId=9"]
)
def test_a_list_that_cannot_be_is_a_400(depot: Depot, query: str) -> None:
    assert depot.v2("GET", f"{ORDERS}?{query}").status == 400


def test_nested_lines_stop_at_ten_and_the_sub_resource_has_all(depot: Depot) -> None:
    lines = [a_line("TEE", 1, lineNumber=f"L{at}") for at in range(30)]
    made = place(depot, "A1", orderLines={"data": lines})
    nested = made["orderLines"]
    assert [row["lineNumber"] for row in nested["data"]] == [f"L{at}" for at in range(10)]
    assert (nested["complete"], nested["links"]) == (False, [])
    path = f"{ORDERS}/{made['self']['id']}/orderLines"
    page = depot.v2("GET", path)
    assert len(page["data"]) == 25
    rest = depot.v2("GET", page["links"][0]["href"].removeprefix("/latest"))
    assert [row["lineNumber"] for row in rest["data"]] == [f"L{at}" for at in range(4, -1, -1)]
    assert [row["lineNumber"] for row in depot.v2("GET", f"{path}?lineNumber=L7")["data"]] == ["L7"]
    assert depot.v2("GET", f"{path}?orderLineStatus=Picking")["data"] == []
    line = nested["data"][3]
    assert depot.v2("GET", f"{path}/{line['self']['id']}").body == line
    whole = Depot(nested_rows=40)
    assert len(place(whole, "A1", orderLines={"data": lines})["orderLines"]["data"]) == 30


def test_an_order_and_its_status_are_read_by_id(depot: Depot) -> None:
    made = place(depot, "A1")
    path = f"{ORDERS}/{made['self']['id']}"
    assert made["self"]["href"] == f"/latest{path}"
    assert depot.v2("GET", path).body == made.body
    assert depot.v2("GET", f"{path}/status").body == {"orderStatus": "New"}
    for wrong in (f"{ORDERS}/1", f"{ORDERS}/x", f"{ORDERS}/10000002", f"{path}/orderLines/7",
                  f"{ORDERS}/1/status", f"{ORDERS}/1/orderLines"):  # fmt: skip
        assert depot.v2("GET", wrong).status == 404


# --- refusals -------------------------------------------------------------------------


def test_an_unknown_item_is_a_404_in_words_and_no_order_is_stored(depot: Depot) -> None:
    answer = place(depot, "A1", ("HAT", 1))
    assert answer.status == 404
    assert said(answer) == "Item with business key number = [HAT] does not exist"
    assert [(fact.key, fact.reason) for fact in depot.told(Refused)] == [("A1", "unknown_item")]
    assert depot.status("A1") == ""
    assert depot.levels() == []


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"shipFromFacility": by_number("W9")}, 404,
         "Facility with business key number = [W9] does not exist"),
        ({"businessUnit": {"businessKey": {"code": "OTHER"}}}, 404,
         "Business unit with business key code = [OTHER] does not exist"),
        ({"orderLines": {"data": []}}, 400, "Sales Order A1 has no lines"),
        ({"orderLines": {"data": [a_line("TEE", 0)]}}, 400,
         "orderPackQuantity of line TEE must be above 0"),
        ({"orderLines": {"data": [a_line("TEE", 1.5)]}}, 400,
         "orderPackQuantity is not a whole number of units"),
        ({"orderLines": {"data": [a_line("TEE"), a_line("TEE")]}}, 400,
         "Line number TEE is there twice"),
        ({"orderLines": {"data": [a_line("TEE", pack={"businessKey": {"quantity": 7}})]}}, 404,
         "Pack of item [TEE] does not exist"),
        ({"orderStatus": "Released"}, 400,
         "Sales Order A1 cannot be created in the status of [Released]"),
        ({"number": "A" * 51}, 400, "number size must be between 0 and 50"),
        ({"shipToContact": {"lastName": "L" * 31}}, 400,
         "shipToContact.lastName size must be between 0 and 30"),
        ({"shipToContact": {"email": "e" * 51}}, 400,
         "shipToContact.email size must be between 0 and 50"),
        ({"placedDate": "yesterday"}, 400, "placedDate [yesterday] is not a valid date-time"),
        ({"orderTotal": 1e9}, 400, "orderTotal must be between -10000000 and 10000000"),
        ({"orderTotal": "x"}, 400, "The request is not valid: "),
        ({"shipToAddress": 1}, 400, "The request is not valid: "),
    ],
)  # fmt: skip
def test_an_order_that_does_not_fit_is_refused_and_nothing_happens(
    depot: Depot, change: dict[str, Any], status: int, text: str
) -> None:
    answer = depot.v2("POST", ORDERS, {**an_order("A1"), **change})
    assert answer.status == status
    assert said(answer).startswith(text)
    assert depot.levels() == []
    assert numbers(depot) == []


def test_a_body_that_cannot_be_read_is_a_400_however_deep_or_large(depot: Depot) -> None:
    deep = b'{"channels":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for body in (b"", b"{", b"[]", b"null", deep, b'{"number":"A1"}', b"\xff"):
        assert depot.v2("POST", ORDERS, body).status == 400
    small = Depot(body_limit_bytes=1000)
    answer = place(small, "A1", orderSummary="x" * 990)
    assert (answer.status, said(answer)) == (400, "The request is larger than 1000 bytes")


def test_more_than_a_hundred_lines_are_refused_in_the_vendors_words(depot: Depot) -> None:
    lines = [a_line("MUG", 1, lineNumber=str(at)) for at in range(101)]
    answer = place(depot, "A1", orderLines={"data": lines})
    text = "Line count for order A1 is 101 which exceeds the limit of 100"
    assert (answer.status, said(answer)) == (400, text)
    assert place(depot, "A1", orderLines={"data": lines[:100]}).status == 201


def test_scopes_keep_readers_from_writing(depot: Depot) -> None:
    token = depot.token("salesOrders/read")
    assert depot.v2("GET", ORDERS, token=token).status == 200
    answer = depot.v2("POST", ORDERS, an_order("A1"), token=token)
    assert (answer.status, said(answer)) == (403, "Missing scope: salesOrders/write")
    assert depot.v2("PATCH", f"{ORDERS}/1", token=token).status == 405


def test_a_concurrent_request_is_a_409_and_nothing_was_done() -> None:
    depot = Depot(concurrent_409_probability=1.0)
    text = ("The resource was updated by a concurrent request. Please retry when the resource is "
            "not in use.")  # fmt: skip
    answer = place(depot, "A1")
    assert (answer.status, said(answer)) == (409, text)
    depot.place("A1")
    path = f"{ORDERS}/{order_id(depot)}"
    assert depot.v2("POST", f"{path}/status?value=Hold").status == 409
    assert depot.v2("POST", f"{path}/cancellations").status == 409
    assert depot.status("A1") == "New"


def test_the_account_has_so_many_calls_a_second_and_then_an_empty_429() -> None:
    depot = Depot(rate_limit_per_s=4)
    depot.token()
    statuses = [depot.v2("GET", ORDERS) for _ in range(5)]
    assert [answer.status for answer in statuses] == [200] * 4 + [429]
    assert (statuses[-1].raw, statuses[-1].headers) == (b"", {"retry-after": "1"})


def test_the_same_calls_write_the_same_bytes() -> None:
    def day() -> tuple[str, bytes]:
        depot = Depot()
        for at in range(5):
            place(depot, f"A{at}", ("TEE", 1), ("SOCKS", 1))
        depot.ship("A1")
        return depot.world.recorder.digest(), depot.v2("GET", ORDERS).raw

    assert day() == day()
