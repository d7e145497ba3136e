"""Orders by API: taken once, read back, changed while they may be, refused inside a 207."""

from __future__ import annotations

import pytest
from tests.contract.deposco.depot import Depot, a_line, an_order, listed

from peakproof.history.records import Refused, Work, WorkCut, WorkState


def test_an_order_is_taken_and_read_back_by_search_by_read_and_by_status(depot: Depot) -> None:
    answer = depot.place("A1", ("TEE", 2), customerOrderNumber="C9")
    assert answer.status == 207
    assert answer.inner == "HTTP/1.1 201 Created"
    assert answer.keys == ["work:A1"]

    found = depot.order("A1")
    assert (found["status"], found["customerOrderNumber"]) == ("New", "C9")
    assert found["orderLines"]["orderLine"]["orderPackQuantity"] == "2.0"

    read = depot.xml("GET", "/orders/Sales%20Order/A1")
    assert read["number"] == "A1"
    assert read["orderLines"]["orderLine"]["itemNumber"] == "TEE"

    status = depot.xml("GET", "/status/order/Sales%20Order/A1")
    assert status["orderStatus"]["orderStatus"] == "New"


def test_the_history_learns_of_an_order_with_all_its_references(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2), customerOrderNumber="C9", importReference="I7")
    work = depot.told(Work)[0]
    assert (work.number, work.place, work.by) == ("A1", "W1", "connector")
    assert work.refs == ("A1", "ref-A1", "C9", "I7")
    assert [(line.line, line.sku, line.units, line.price_minor) for line in work.lines] == [
        ("TEE", "TEE", 2, 1999)
    ]
    assert [(state.new, state.means) for state in depot.told(WorkState)] == [("New", "new")]


def test_an_order_without_a_facility_is_taken_and_lies_nowhere(depot: Depot) -> None:
    depot.place("A1", facility="")
    assert depot.told(Work)[0].place == ""
    assert depot.floor.ready("W1") == []
    assert depot.figures() == (10, 10, 0)


def test_several_orders_are_taken_or_refused_each_for_itself(depot: Depot) -> None:
    depot.place("A1")
    body = {"order": [an_order("A1"), an_order("A2")]}
    outcomes = depot.v1("POST", "/orders", body)["response"]
    assert [outcome["status"] for outcome in outcomes] == [
        "HTTP/1.1 409 Conflict",
        "HTTP/1.1 201 Created",
    ]
    assert depot.status("A2") == "New"


def test_line_numbers_that_are_not_sent_are_counted(depot: Depot) -> None:
    lines = [a_line("TEE", 1), a_line("SOCKS", 1)]
    for line in lines:
        del line["lineNumber"]
    depot.place("A1", orderLines={"orderLine": lines})
    found = depot.order("A1")["orderLines"]["orderLine"]
    assert [line["lineNumber"] for line in found] == ["1", "2"]


def test_a_line_number_stands_for_one_line(depot: Depot) -> None:
    lines = [a_line("TEE", 1, lineNumber="1"), a_line("SOCKS", 1, lineNumber="1")]
    answer = depot.place("A1", orderLines={"orderLine": lines})
    assert answer.said == "Line number 1 is there twice"
    assert depot.status("A1") == ""


def test_an_empty_request_is_refused(depot: Depot) -> None:
    assert depot.v1("POST", "/orders", {"order": []}).status == 400


@pytest.mark.parametrize(
    ("more", "reason", "inner"),
    [
        ({"type": "Vendor Return"}, "not_modelled", "HTTP/1.1 501 Not Implemented"),
        ({"type": "Wish"}, "invalid", "HTTP/1.1 400 Bad Request"),
        ({"status": "Picking"}, "invalid", "HTTP/1.1 400 Bad Request"),
        ({"facility": "W9"}, "unknown_facility", "HTTP/1.1 400 Bad Request"),
        ({"businessUnit": "OTHER"}, "unknown_business_unit", "HTTP/1.1 400 Bad Request"),
        ({"orderLines": {"orderLine": []}}, "invalid", "HTTP/1.1 400 Bad Request"),
        ({"shipVia": "x" * 51}, "too_long", "HTTP/1.1 400 Bad Request"),
        ({"number": "x" * 51}, "too_long", "HTTP/1.1 400 Bad Request"),
        ({"number": ""}, "invalid", "HTTP/1.1 400 Bad Request"),
    ],
)
def test_an_order_that_does_not_fit_is_refused_inside(
    depot: Depot, more: dict[str, object], reason: str, inner: str
) -> None:
    answer = depot.place("A1", **more) if "number" not in more else depot.v1(
        "POST", "/orders", {"order": [{**an_order("A1"), **more}]}
    )  # fmt: skip
    assert (answer.status, answer.inner) == (207, inner)
    assert depot.told(Refused)[0].reason == reason
    assert depot.told(Work) == []


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "NaN", "1e999999999", "1000001"])
def test_a_quantity_that_is_no_number_of_units_is_refused(depot: Depot, quantity: str) -> None:
    line = a_line("TEE", 1, orderPackQuantity=quantity)
    answer = depot.place("A1", orderLines={"orderLine": [line]})
    assert answer.inner == "HTTP/1.1 400 Bad Request"


def test_an_address_field_that_is_too_long_is_named(depot: Depot) -> None:
    address = {
        "addressLine1": "1 High Street", "city": "Leeds", "stateProvinceCode": "",
        "postalCode": "LS1", "countryCode": "GB", "email": "x" * 51,
    }  # fmt: skip
    answer = depot.place("A1", shipToAddress=address)
    assert answer.said == "order.shipToAddress.email size must be between 0 and 50"
    assert Depot(field_limits=False).place("A1", shipToAddress=address).inner.endswith("Created")


def test_an_order_of_more_than_a_hundred_lines_is_refused(depot: Depot) -> None:
    lines = [a_line("TEE", 1, lineNumber=str(number)) for number in range(101)]
    answer = depot.place("A1", orderLines={"orderLine": lines})
    assert answer.said == "Line count for order A1 is 101 which exceeds the limit of 100"


def test_an_order_for_an_unknown_facility_can_be_kept_unassigned() -> None:
    depot = Depot(unknown_facility="unassigned")
    assert depot.place("A1", facility="W9").inner == "HTTP/1.1 201 Created"
    assert depot.told(Work)[0].place == "W9"
    assert depot.levels() == []


def test_a_repeated_order_can_be_taken_for_an_update_while_it_is_new() -> None:
    depot = Depot(resend_new_updates=True)
    depot.place("A1")
    assert depot.place("A1").inner == "HTTP/1.1 200 OK"
    depot.floor.release("A1")
    assert depot.place("A1").inner == "HTTP/1.1 409 Conflict"


# --- changes --------------------------------------------------------------------------


def test_an_upsert_creates_what_is_not_there(depot: Depot) -> None:
    answer = depot.v1("POST", "/orders/updates", {"order": [an_order("A1")]})
    assert answer.inner == "HTTP/1.1 201 Created"
    assert depot.order("A1")["number"] == "A1"


def test_an_update_changes_what_is_sent_and_leaves_the_rest(depot: Depot) -> None:
    depot.place("A1")
    assert depot.change("A1", shipVia="Van").inner == "HTTP/1.1 200 OK"
    found = depot.order("A1")
    assert (found["shipVia"], found["otherReferenceNumber"]) == ("Van", "ref-A1")
    assert found["orderLines"]["orderLine"]["itemNumber"] == "TEE"


def test_a_put_on_the_order_changes_it_and_does_not_create_it(depot: Depot) -> None:
    body = {"order": [{**an_order("A1"), "shipVia": "Van"}]}
    assert depot.v1("PUT", "/orders/Sales%20Order/A1", body).inner == "HTTP/1.1 404 Not Found"
    depot.place("A1")
    assert depot.v1("PUT", "/orders/Sales%20Order/A1", body).inner == "HTTP/1.1 200 OK"
    assert depot.order("A1")["shipVia"] == "Van"
    other = depot.v1("PUT", "/orders/Sales%20Order/A2", body)
    assert other.inner == "HTTP/1.1 400 Bad Request"


def test_a_changed_reference_is_found_by_its_new_value_only(depot: Depot) -> None:
    depot.place("A1")
    depot.change("A1", otherReferenceNumber="new")
    assert depot.v1("GET", "/search/Order?otherReferenceNumber=new")["order"]["number"] == "A1"
    assert depot.v1("GET", "/search/Order?otherReferenceNumber=ref-A1")["order"] == []


def test_a_line_can_be_added_and_a_quantity_raised(depot: Depot) -> None:
    depot.place("A1", ("TEE", 1))
    depot.change("A1", orderLines={"orderLine": [a_line("TEE", 3), a_line("SOCKS", 2)]})
    found = depot.order("A1")["orderLines"]["orderLine"]
    assert [line["orderPackQuantity"] for line in found] == ["3.0", "2.0"]
    assert depot.figures("TEE") == (10, 7, 0)
    assert depot.figures("SOCKS") == (5, 3, 0)
    assert [work.number for work in depot.told(Work)] == ["A1", "A1"]


def test_the_item_of_a_line_cannot_be_changed(depot: Depot) -> None:
    depot.place("A1", ("TEE", 1))
    line = a_line("SOCKS", 1, lineNumber="TEE")
    answer = depot.change("A1", orderLines={"orderLine": [line]})
    assert answer.inner == "HTTP/1.1 400 Bad Request"


def test_a_line_is_cancelled_by_its_status_and_in_part_by_a_quantity(depot: Depot) -> None:
    depot.place("A1", ("TEE", 3), ("SOCKS", 1))
    line = a_line("TEE", 3, canceledPackQuantity="2.0")
    depot.change("A1", orderLines={"orderLine": [line]})
    depot.change("A1", orderLines={"orderLine": [a_line("SOCKS", 1, lineStatus="Canceled")]})
    tee, socks = depot.order("A1")["orderLines"]["orderLine"]
    assert (tee["canceledPackQuantity"], tee["lineStatus"]) == ("2.0", "New")
    assert (socks["canceledPackQuantity"], socks["lineStatus"]) == ("1.0", "Canceled")
    cuts = [(cut.lines[0].sku, cut.lines[0].units, cut.cause) for cut in depot.told(WorkCut)]
    assert cuts == [("TEE", 2, "cancelled"), ("SOCKS", 1, "cancelled")]
    assert depot.status("A1") == "New"


def test_an_order_whose_last_line_is_cancelled_is_cancelled(depot: Depot) -> None:
    depot.place("A1", ("TEE", 1))
    depot.change("A1", orderLines={"orderLine": [a_line("TEE", 1, lineStatus="Canceled")]})
    assert depot.status("A1") == "Canceled"
    assert depot.floor.ready("W1") == []


def test_an_order_can_move_to_another_facility_with_all_it_asks_for(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.change("A1", facility="S1")
    assert depot.figures("TEE", "W1") == (10, 10, 0)
    assert depot.figures("TEE", "S1") == (3, 1, 0)
    assert depot.floor.ready("W1") == []
    assert depot.floor.ready("S1") == ["A1"]


def test_what_a_wave_set_aside_at_one_facility_is_of_no_use_at_another(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.wave("A1")
    depot.change("A1", status="Planned", facility="S1")
    assert depot.figures("TEE", "W1") == (10, 10, 0)
    assert depot.figures("TEE", "S1") == (3, 1, 0)


def test_an_update_that_changes_nothing_is_ok_even_when_the_order_is_locked(depot: Depot) -> None:
    depot.place("A1")
    depot.floor.release("A1")
    again = {**an_order("A1"), "status": "Released"}
    assert depot.v1("POST", "/orders/updates", {"order": [again]}).inner == "HTTP/1.1 200 OK"


def test_a_late_edit_is_refused_and_leaves_the_order_as_it_was(depot: Depot) -> None:
    depot.place("A1")
    depot.floor.release("A1")
    answer = depot.change("A1", status="Released", shipVia="Van")
    assert answer.inner == "HTTP/1.1 409 Conflict"
    assert "while in the status of [Released]" in answer.said
    assert depot.told(Refused)[0].reason == "locked"
    assert depot.order("A1")["shipVia"] == "Courier"


# --- searches -------------------------------------------------------------------------


def test_a_search_finds_by_reference_by_facility_and_by_several_fields_at_once(
    depot: Depot,
) -> None:
    for number in ("A1", "A2"):
        depot.place(number, customerOrderNumber="C1")
    depot.place("A3", facility="S1")
    found = depot.v1("GET", "/search/Order?customerOrderNumber=C1")["order"]
    assert [order["number"] for order in found] == ["A1", "A2"]
    assert depot.v1("GET", "/search/Order?facility=S1")["order"]["number"] == "A3"
    both = depot.v1("GET", "/search/Order?customerOrderNumber=C1&number=A2")
    assert both["order"]["number"] == "A2"
    assert both.keys == ["work:A2"]


def test_a_search_by_date_takes_a_range(depot: Depot) -> None:
    depot.place("A1")
    depot.wait(100)
    depot.place("A2")
    window = "updatedDateOps=BETWEEN&updatedDate=2026-11-27T06:01:00,2026-11-27T07:00:00"
    assert depot.v1("GET", f"/search/Order?{window}")["order"]["number"] == "A2"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("Order?colour=red", "[colour] are not found or configured for entity [Order]"),
        ("receiptLine?number=1", "[number] are not found or configured for entity [receiptLine]"),
        ("Order?updatedDateOps=BETWEEN&updatedDate=now", "[now] is not valid"),
        ("Order?updatedDateOps=NEAR&updatedDate=2026-11-27", "NEAR is not valid"),
        ("Order?numberOps=BETWEEN&number=1,2", "BETWEEN is not valid"),
    ],
)
def test_a_search_that_the_vendor_does_not_understand_is_refused_in_words(
    depot: Depot, path: str, said: str
) -> None:
    answer = depot.v1("GET", f"/search/{path}")
    assert answer.status == 400
    assert said in answer.body


def test_a_search_for_customer_orders_finds_none(depot: Depot) -> None:
    assert depot.v1("GET", "/search/CoHeader?number=1").body == {"customerOrder": []}


def test_a_long_list_answers_206_until_its_last_page() -> None:
    depot = Depot(list_page_size=2)
    for number in ("A1", "A2", "A3"):
        depot.place(number)
    day = "/status/order/20261127,20261127"
    first, last = depot.xml("GET", day), depot.xml("GET", f"{day}?pageNo=2")
    assert (first.status, last.status) == (206, 200)
    numbers = [order["orderNumber"] for page in (first, last)
               for order in listed(page["orderStatus"])]  # fmt: skip
    assert numbers == ["A1", "A2", "A3"]
    assert depot.v1("GET", "/search/Order?facility=W1").status == 206
    assert depot.v1("GET", "/search/Order?facility=W1&pageNo=0").status == 400


def test_the_status_window_holds_the_orders_that_changed_on_those_days(depot: Depot) -> None:
    depot.place("A1")
    depot.wait(86400)
    depot.place("A2")
    assert depot.xml("GET", "/status/order/20261128,20261128")["orderStatus"]["orderNumber"] == "A2"
    assert len(depot.xml("GET", "/status/order/20261127,20261128")["orderStatus"]) == 2
    assert depot.xml("GET", "/status/order/2026-11,2026-12").status == 400


def test_what_is_not_there_is_a_404_and_what_is_no_path_too(depot: Depot) -> None:
    assert depot.xml("GET", "/orders/Sales%20Order/A9").status == 404
    assert depot.xml("GET", "/status/order/Sales%20Order/A9").status == 404
    assert depot.v1("GET", "/nothing").status == 404
    wrong = depot.v1("DELETE", "/orders")
    assert (wrong.status, wrong.headers["allow"]) == (405, "POST")
