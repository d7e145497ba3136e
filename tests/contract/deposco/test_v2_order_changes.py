"""Sales orders in V2: edited, moved, locked, cancelled whole and in part."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import ORDERS, a_line, an_order, place, said

from peakproof.history.records import Refused, WorkCut, WorkState

EDITABLE = "draft, new, hold, ready for fulfillment, wave built, back ordered"


# --- edits ----------------------------------------------------------------------------


def test_a_status_in_the_body_of_an_update_is_refused(depot: Depot) -> None:
    made = place(depot, "A1", orderStatus="Hold")
    assert (made.status, made["orderStatus"]) == (201, "Hold")
    answer = depot.v2("POST", ORDERS, an_order("A1", orderStatus="New"))
    text = "Order status updates are not accepted for order at this API Endpoint"
    assert (answer.status, said(answer)) == (400, text)
    lax = Depot(status_in_body="ignore")
    place(lax, "A1")
    assert place(lax, "A1", orderStatus="Hold")["orderStatus"] == "New"


def test_a_quantity_is_raised_and_a_line_added_but_nothing_lowered(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2))
    changed = place(depot, "A1", ("TEE", 3), ("SOCKS", 1))
    rows = [(row["lineNumber"], row["orderPackQuantity"]) for row in changed["orderLines"]["data"]]
    assert rows == [("TEE", 3.0), ("SOCKS", 1.0)]
    assert (depot.figures(), depot.figures("SOCKS")) == ((10, 7, 0), (5, 4, 0))
    lower = place(depot, "A1", ("TEE", 1))
    text = "Quantity of line TEE can only be lowered by a cancellation"
    assert (lower.status, said(lower)) == (400, text)
    lax = Depot(lower_quantity="ignore")
    place(lax, "A1", ("TEE", 2))
    assert place(lax, "A1", ("TEE", 1))["orderLines"]["data"][0]["orderPackQuantity"] == 2.0


def test_one_line_is_changed_by_its_id(depot: Depot) -> None:
    made = place(depot, "A1", ("TEE", 2), ("SOCKS", 1))
    path = f"{ORDERS}/{made['self']['id']}/orderLines"
    line = f"{path}/{made['orderLines']['data'][1]['self']['id']}"
    changed = depot.v2("POST", line, a_line("SOCKS", 4, unitPrice=5.5, platinumLineNo=9))
    assert changed.status == 200
    assert (changed["orderPackQuantity"], changed["unitPrice"]) == (4.0, 5.5)
    assert depot.v2("GET", line)["platinumLineNo"] == 9
    assert depot.figures("SOCKS") == (5, 1, 0)
    assert depot.v2("POST", line, a_line("TEE", 4)).status == 400
    assert depot.v2("POST", line, a_line("HAT", 4, lineNumber="SOCKS")).status == 404
    assert depot.v2("POST", f"{path}/9", a_line("SOCKS", 4)).status == 404


@pytest.mark.parametrize(
    ("code", "lock", "waved"), [(400, "released", 200), (409, "wave_built", 409)]
)
def test_an_order_is_locked_at_release_or_when_a_wave_is_built(
    code: int, lock: str, waved: int
) -> None:
    depot = Depot(locked_status=code, lock_at=lock)
    made = place(depot, "A1", ("TEE", 2))
    path = f"{ORDERS}/{made['self']['id']}"
    depot.floor.wave("A1")
    assert place(depot, "A1", ("TEE", 2), shipVia="Van").status == waved
    depot.floor.release("A1")
    locked = place(depot, "A1", ("TEE", 2), shipVia="Bike")
    assert locked.status == code
    among = EDITABLE if lock == "released" else EDITABLE.replace("wave built, ", "")
    assert said(locked) == (
        "Sales Order A1 cannot be updated while in the status of [Released]. Updates can be made "
        f"when in the following statuses: {among}"
    )
    assert depot.v2("POST", f"{path}/cancellations").status == code
    assert depot.v2("POST", f"{path}/status?value=Hold").status == code
    assert depot.told(Refused)[-1].reason == "locked"
    assert depot.status("A1") == "Released"


# --- status ---------------------------------------------------------------------------


def test_the_status_is_set_by_the_query_and_a_body_is_an_empty_400(depot: Depot) -> None:
    made = place(depot, "A1", ("TEE", 2))
    path = f"{ORDERS}/{made['self']['id']}/status"
    bare = depot.v2("POST", path, {"orderStatus": "Hold"})
    assert (bare.status, bare.raw) == (400, b"")
    held = depot.v2("POST", f"{path}?value=Hold")
    assert (held.status, held["orderStatus"]) == (200, "Hold")
    assert [fact.new for fact in depot.told(WorkState)] == ["New", "Hold"]
    assert depot.v2("POST", f"{path}?value=Lost").status == 400
    assert depot.v2("POST", f"{path}?value=Shipped").status == 400
    wrong = depot.v2("POST", f"{path}?value=Released")
    assert wrong.status == 400
    assert said(wrong) == (
        "Sales Order A1 cannot be set to [Released] while in the status of [Hold]"
    )
    assert depot.v2("POST", f"{path}?value=New")["orderStatus"] == "New"
    assert depot.v2("POST", f"{path}?value=Canceled")["orderStatus"] == "Canceled"
    assert depot.v2("POST", f"{path}?value=New").status == 400
    assert depot.figures() == (10, 10, 0)


def test_a_wave_is_left_by_setting_the_order_to_new(depot: Depot) -> None:
    made = place(depot, "A1", ("TEE", 2))
    depot.floor.wave("A1")
    assert depot.figures() == (10, 8, 2)
    path = f"{ORDERS}/{made['self']['id']}/status"
    assert depot.v2("POST", f"{path}?value=New")["orderStatus"] == "New"
    assert depot.figures() == (10, 8, 0)


# --- cancellation ---------------------------------------------------------------------


def cancel(depot: Depot, *rows: tuple[str, float | None]) -> Any:
    """Cancel A1, or units of its lines."""
    order = depot.v2("GET", f"{ORDERS}?number=A1")["data"][0]
    ids = {row["lineNumber"]: row["self"]["id"] for row in order["orderLines"]["data"]}
    lines = [
        {"orderLine": {"id": ids[line]}, **({} if packs is None else
                                            {"canceledPackQuantity": packs})}
        for line, packs in rows
    ]  # fmt: skip
    body = {"orderLines": lines} if rows else None
    return depot.v2("POST", f"{ORDERS}/{order['self']['id']}/cancellations", body)


def test_a_whole_order_is_cancelled_without_a_body(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2))
    answer = cancel(depot)
    assert (answer.status, answer["orderStatus"]) == (200, "Canceled")
    assert answer["orderLines"]["data"][0]["canceledPackQuantity"] == 2.0
    assert depot.figures() == (10, 10, 0)
    again = cancel(depot)
    assert again.status == 400
    assert said(again).startswith("Sales Order A1 cannot be canceled while in the status of [Can")
    assert Depot(recancel="ok").figures() == (10, 10, 0)


def test_units_of_a_line_are_cancelled_and_more_each_time(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 3), ("SOCKS", 1))
    for canceled in (1.0, 2.0):
        answer = cancel(depot, ("TEE", 1))
        assert answer["orderLines"]["data"][0]["canceledPackQuantity"] == canceled
    assert depot.figures() == (10, 9, 0)
    too_many = cancel(depot, ("TEE", 2))
    assert said(too_many) == "Line TEE has fewer units left to cancel"
    assert cancel(depot, ("TEE", 0)).status == 400
    assert cancel(depot, ("TEE", None))["orderStatus"] == "New"
    assert cancel(depot, ("SOCKS", None))["orderStatus"] == "Canceled"
    cuts = [(cut.lines[0].sku, cut.lines[0].units) for cut in depot.told(WorkCut)]
    assert cuts == [("TEE", 1), ("TEE", 1), ("TEE", 1), ("SOCKS", 1)]


def test_a_line_is_named_by_number_too_and_a_stranger_is_a_404(depot: Depot) -> None:
    made = place(depot, "A1", ("TEE", 3))
    path = f"{ORDERS}/{made['self']['id']}/cancellations"
    row = {"orderLine": {"businessKey": {"lineNumber": "TEE"}}, "canceledPackQuantity": 1}
    assert depot.v2("POST", path, {"orderLines": [row]}).status == 200
    for ref in ({"id": 9}, {"businessKey": {"lineNumber": "HAT"}}, {}):
        assert depot.v2("POST", path, {"orderLines": [{"orderLine": ref}]}).status == 404
    assert depot.v2("POST", path, {"orderLines": [{}]}).status == 400
    assert depot.v2("POST", f"{ORDERS}/9/cancellations").status == 404


def test_a_draft_is_cancelled_whole_and_never_in_part(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 2), orderStatus="Draft")
    part = cancel(depot, ("TEE", 1))
    assert part.status == 400
    assert "[Draft]" in said(part)
    assert cancel(depot)["orderStatus"] == "Canceled"


def test_of_a_part_release_only_what_is_back_ordered_is_cancelled(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 12))
    depot.floor.release("A1")
    assert depot.status("A1") == "Partially Released"
    line = depot.v2("GET", f"{ORDERS}?number=A1")["data"][0]["orderLines"]["data"][0]
    assert (line["isBackOrdered"], line["allocatedQuantity"]) == ("Not Back Ordered", 10.0)
    assert cancel(depot).status == 400
    assert cancel(depot, ("TEE", 3)).status == 400
    answer = cancel(depot, ("TEE", None))
    assert answer["orderStatus"] == "Released"
    assert answer["orderLines"]["data"][0]["canceledPackQuantity"] == 2.0
    assert depot.figures() == (10, 0, 10)


def test_units_cancelled_in_a_wave_are_free_again(depot: Depot) -> None:
    place(depot, "A1", ("TEE", 4))
    depot.floor.wave("A1")
    cancel(depot, ("TEE", 3))
    assert depot.figures() == (10, 9, 1)


# --- what only V2 has -----------------------------------------------------------------


def test_a_change_of_what_only_v2_has_is_a_change(depot: Depot) -> None:
    place(depot, "A1", seller="Kim", notes=[{"title": "gift"}])
    depot.wait(60)
    again = place(depot, "A1", seller="Kim")
    assert again["updatedDate"] == "2026-11-27T06:00:00.000Z"
    changed = place(depot, "A1", seller="Lou")
    assert (changed["seller"], changed["notes"][0]["title"]) == ("Lou", "gift")
    assert changed["updatedDate"] == "2026-11-27T06:01:00.000Z"
    found = depot.v2("GET", f"{ORDERS}?updatedAfter=2026-11-27T06:00:30Z")["data"]
    assert [row["number"] for row in found] == ["A1"]
    assert len(depot.told(WorkState)) == 1


def test_a_lock_holds_for_what_only_v2_has(depot: Depot) -> None:
    made = place(depot, "A1", seller="Kim")
    depot.floor.release("A1")
    assert place(depot, "A1", seller="Kim").status == 200
    assert place(depot, "A1", seller="Lou").status == 400
    line = made["orderLines"]["data"][0]["self"]["id"]
    path = f"{ORDERS}/{made['self']['id']}/orderLines/{line}"
    assert depot.v2("POST", path, a_line(platinumLineNo=4)).status == 400
    assert depot.v2("POST", path, a_line()).status == 200
    assert depot.v2("GET", f"{ORDERS}/{made['self']['id']}")["seller"] == "Kim"


def test_an_item_of_another_business_unit_is_nobodys(depot: Depot) -> None:
    strange = {"businessKey": {"number": "TEE", "businessUnit.code": "OTHER"}}
    answer = place(depot, "A1", orderLines={"data": [a_line(item=strange)]})
    text = "Item with business key number = [TEE] does not exist"
    assert (answer.status, said(answer)) == (404, text)


def test_an_order_without_a_facility_lies_nowhere_or_where_the_tenant_says() -> None:
    for settings, available in (({}, 10), ({"default_facility": "W1"}, 9)):
        depot = Depot(settings)
        body = an_order("A1")
        del body["shipFromFacility"]
        assert depot.v2("POST", ORDERS, body).status == 201
        assert depot.figures() == (10, available, 0)
