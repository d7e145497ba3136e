"""Purchase orders, returns and transfers in V2: what each may become, and what it does to stock."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Answer, Depot
from tests.contract.deposco.v2_orders import INWARD, OUTWARD, a_line, an_order, place, said

from peakproof.history.records import Refused, Work
from peakproof_simulators.deposco.lifecycle import API_MOVES
from peakproof_simulators.deposco.v2.kinds import KINDS

SCOPES = {kind.type: kind.path for kind in KINDS}


def move(depot: Depot, path: str, order: int, value: str) -> Answer:
    """Set an order's status."""
    return depot.v2("POST", f"/orders/{path}/{order}/status?value={value.replace(' ', '%20')}")


def cancel(depot: Depot, path: str, order: int, *rows: dict[str, Any]) -> Answer:
    """Cancel an order, or lines of it."""
    body = {"orderLines": list(rows)} if rows else None
    return depot.v2("POST", f"/orders/{path}/{order}/cancellations", body)


def status(depot: Depot, path: str, order: int) -> str:
    """An order's status."""
    found: str = depot.v2("GET", f"/orders/{path}/{order}/status")["orderStatus"]
    return found


# --- all six --------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*OUTWARD, *INWARD])
def test_every_kind_is_written_read_listed_and_changed(depot: Depot, path: str) -> None:
    made = place(depot, "X1", ("TEE", 2), ("SOCKS", 1), path=path, orderSource="ERP")
    assert (made.status, made["orderStatus"], made["orderSource"]) == (201, "New", "ERP")
    order = made["self"]["id"]
    assert depot.v2("GET", f"/orders/{path}/{order}").body == made.body
    rows = depot.v2("GET", f"/orders/{path}?number=X1&orderStatus=New")["data"]
    assert [row["self"]["id"] for row in rows] == [order]
    lines = depot.v2("GET", f"/orders/{path}/{order}/orderLines?orderLineStatus=New")["data"]
    assert [line["lineNumber"] for line in lines] == ["SOCKS", "TEE"]
    changed = place(depot, "X1", ("TEE", 3), path=path, orderSource="EDI")
    assert (changed.status, changed["orderSource"]) == (200, "EDI")
    line = made["orderLines"]["data"][1]["self"]["id"]
    one = depot.v2("POST", f"/orders/{path}/{order}/orderLines/{line}", a_line("SOCKS", 2))
    assert (one.status, one["orderPackQuantity"]) == (200, 2.0)
    assert depot.v2("GET", f"/orders/{path}/{order}/orderLines/{line}").body == one.body
    assert place(depot, "X2", ("HAT", 1), path=path).status == 404
    assert place(depot, "X1", ("TEE", 1), path=path).status == 400
    assert depot.v2("POST", f"/orders/{path}", an_order("X1", path=path, orderStatus="New")) \
        .status == 400  # fmt: skip


@pytest.mark.parametrize("path", [*OUTWARD, *INWARD])
def test_every_kind_refuses_what_is_not_there(depot: Depot, path: str) -> None:
    for method, tail in (("GET", ""), ("GET", "/status"), ("POST", "/status?value=Hold"),
                         ("POST", "/cancellations"), ("GET", "/orderLines"),
                         ("GET", "/orderLines/1"), ("POST", "/orderLines/1")):  # fmt: skip
        assert depot.v2(method, f"/orders/{path}/1{tail}").status == 404
    place(depot, "X1", path=path)
    assert depot.v2("GET", f"/orders/{path}?orderStatus=Lost").status == 400
    token = depot.token("items/read")
    assert depot.v2("GET", f"/orders/{path}", token=token).status == 403


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.path))
def test_every_move_by_api_is_the_tables(kind: Any) -> None:
    for start in ("New", "Hold"):
        for target in kind.statuses:
            depot = Depot()
            if start == "Hold" and kind.path == "customerReturns":
                continue
            made = place(depot, "X1", path=kind.path, orderStatus=start)
            assert made.status == 201, made.raw
            answer = move(depot, kind.path, made["self"]["id"], target)
            allowed = target == start or target in API_MOVES[kind.type][start]
            assert (answer.status == 200) is allowed, (start, target, answer.raw)
            after = target if allowed else start
            assert status(depot, kind.path, made["self"]["id"]) == after
            if allowed:
                assert answer["orderStatus"] == target
                assert (len(answer.body) == 1) is kind.tells_status


@pytest.mark.parametrize("path", [*OUTWARD, *INWARD])
def test_every_kind_is_cancelled_whole_or_by_the_line(depot: Depot, path: str) -> None:
    first = place(depot, "X1", ("TEE", 2), ("SOCKS", 1), path=path)
    order = first["self"]["id"]
    row = {"orderLine": {"id": first["orderLines"]["data"][0]["self"]["id"]}}
    cut = cancel(depot, path, order, {**row, "canceledPackQuantity": 1})
    assert cut["orderLines"]["data"][0]["canceledPackQuantity"] == 1.0
    assert cancel(depot, path, order, {**row, "canceledPackQuantity": 2}).status == 400
    ended = cancel(depot, path, order)
    assert ended["orderStatus"] == "Canceled"
    assert [line["orderLineStatus"] for line in ended["orderLines"]["data"]] == ["Canceled"] * 2
    again = cancel(depot, path, order)
    assert (again.status, "[Canceled]" in said(again)) == (400, True)
    second = place(depot, "X2", ("TEE", 1), path=path)
    row = {"orderLine": {"id": second["orderLines"]["data"][0]["self"]["id"]}}
    assert cancel(depot, path, second["self"]["id"], row)["orderStatus"] == "Canceled"
    assert depot.figures() == (10, 10, 0)
    assert depot.figures("SOCKS") == (5, 5, 0)


# --- purchase orders ------------------------------------------------------------------


def test_a_purchase_order_is_the_same_in_v1_and_is_received(depot: Depot) -> None:
    made = place(depot, "P1", ("TEE", 5), path="purchaseOrders")
    path = f"/search/Order?type=Purchase%20Order&number={made['number']}"
    assert depot.v1("GET", path)["order"]["facility"] == "W1"
    assert depot.v1("GET", "/items/TEE/poqty", accept="text/plain").body in ("5", 5)
    depot.floor.receive("W1", "TEE", 5, reference="P1")
    assert status(depot, "purchaseOrders", made["self"]["id"]) == "Received"
    assert depot.figures() == (15, 15, 0)
    assert [level[-1] for level in depot.levels()] == ["receipt"]
    closed = move(depot, "purchaseOrders", made["self"]["id"], "Closed")
    assert closed["orderStatus"] == "Closed"
    assert closed["orderLines"]["data"][0]["orderLineStatus"] == "Received"


def test_a_purchase_order_that_is_partly_received_is_not_edited(depot: Depot) -> None:
    made = place(depot, "P1", ("TEE", 5), ("SOCKS", 2), path="purchaseOrders")
    depot.floor.receive("W1", "TEE", 1, reference="P1")
    answer = place(depot, "P1", ("TEE", 6), path="purchaseOrders")
    assert answer.status == 400
    assert said(answer) == (
        "Purchase Order P1 cannot be updated while in the status of [Partial Receipt]. Updates can "
        "be made when in the following statuses: arrived, hold, draft, new, in-transit, receiving, "
        "received"
    )
    order, lines = made["self"]["id"], made["orderLines"]["data"]
    assert cancel(depot, "purchaseOrders", order).status == 400
    begun = {"orderLine": {"id": lines[0]["self"]["id"]}}
    assert cancel(depot, "purchaseOrders", order, begun).status == 400
    fresh = {"orderLine": {"id": lines[1]["self"]["id"]}}
    cut = cancel(depot, "purchaseOrders", order, fresh)
    assert [line["orderLineStatus"] for line in cut["orderLines"]["data"]] == [
        "Partial Receipt", "Canceled",
    ]  # fmt: skip
    depot.floor.receive("W1", "TEE", 4, reference="P1")
    assert status(depot, "purchaseOrders", order) == "Received"


def test_what_is_on_its_way_is_in_transit(depot: Depot) -> None:
    made = place(depot, "P1", ("TEE", 5), path="purchaseOrders")
    cell = depot.store.stock.figures("TEE", "W1")
    assert (cell.on_order, cell.in_transit) == (5, 0)
    assert move(depot, "purchaseOrders", made["self"]["id"], "In-Transit").status == 200
    cell = depot.store.stock.figures("TEE", "W1")
    assert (cell.on_order, cell.in_transit) == (0, 5)


# --- customers' returns ---------------------------------------------------------------


def test_a_return_raises_the_stock_when_it_comes_back(depot: Depot) -> None:
    made = place(depot, "R1", ("TEE", 1), path="customerReturns")
    assert made["shipToFacility"]["businessKey"]["number"] == "W1"
    depot.floor.receive("W1", "TEE", 1, reference="R1")
    assert depot.levels() == [("TEE", "W1", 11, 11, "return")]
    found = depot.v2("GET", f"/orders/customerReturns/{made['self']['id']}")
    line = found["orderLines"]["data"][0]
    assert (found["orderStatus"], line["orderLineStatus"], line["receivedPackQuantity"]) == (
        "Received", "Received", 1.0,
    )  # fmt: skip


def test_a_return_that_goes_to_quarantine_raises_nothing() -> None:
    depot = Depot(return_disposition="Quarantine")
    place(depot, "R1", ("TEE", 1), path="customerReturns")
    depot.floor.receive("W1", "TEE", 1, reference="R1")
    assert depot.levels() == []
    assert depot.v2("GET", "/receipts")["data"][0]["disposition"] == "Quarantine"


# --- transfers and returns to vendors -------------------------------------------------


def test_a_transfer_leaves_one_facility_and_comes_to_the_other(depot: Depot) -> None:
    out = place(depot, "T1", ("TEE", 4), path="outboundTransferOrders")
    into = place(depot, "T1", ("TEE", 4), path="inboundTransferOrders", place="S1")
    assert depot.figures() == (10, 6, 0)
    assert depot.store.stock.figures("TEE", "S1").in_transit == 4
    depot.floor.send("W1", "TEE", 3, reference="T1")
    assert status(depot, "outboundTransferOrders", out["self"]["id"]) == "Partially Shipped"
    depot.floor.send("W1", "TEE", 1, reference="T1")
    found = depot.v2("GET", f"/orders/outboundTransferOrders/{out['self']['id']}")
    line = found["orderLines"]["data"][0]
    assert (found["orderStatus"], line["orderLineStatus"], line["shippedPackQuantity"]) == (
        "Ship Complete", "Complete", 4.0,
    )  # fmt: skip
    assert depot.figures() == (6, 6, 0)
    depot.floor.receive("S1", "TEE", 3, reference="T1")
    assert status(depot, "inboundTransferOrders", into["self"]["id"]) == "Partial Receipt"
    depot.floor.receive("S1", "TEE", 1, reference="T1")
    assert status(depot, "inboundTransferOrders", into["self"]["id"]) == "Received"
    assert depot.figures("TEE", "S1") == (7, 7, 0)
    causes = [level for level in depot.levels() if level[-1] == "transfer"]
    assert [(place_, units) for _sku, place_, units, _free, _why in causes] == [
        ("W1", 7), ("W1", 6), ("S1", 6), ("S1", 7),
    ]  # fmt: skip
    assert depot.v2("GET", "/inventory/inventoryAdjustments")["data"] == []
    assert depot.told(Work) == []


def test_more_than_a_transfer_asked_for_is_an_adjustment(depot: Depot) -> None:
    place(depot, "T1", ("TEE", 2), path="outboundTransferOrders")
    depot.service.controls["send"]({"facility": "W1", "sku": "TEE", "units": 3, "reference": "T1"})
    assert depot.figures() == (7, 7, 0)
    rows = depot.v2("GET", "/inventory/inventoryAdjustments")["data"]
    assert [(row["quantity"], row["reasonCode"]) for row in rows] == [(-1, "Transfer")]


def test_a_transfer_on_hold_is_not_sent(depot: Depot) -> None:
    made = place(depot, "T1", ("TEE", 2), path="outboundTransferOrders", orderStatus="Hold")
    order = made["self"]["id"]
    answer = cancel(depot, "outboundTransferOrders", order)
    assert (answer.status, "new, wave built, back ordered" in said(answer)) == (400, True)
    depot.floor.send("W1", "TEE", 2, reference="T1")
    assert status(depot, "outboundTransferOrders", order) == "Hold"
    assert len(depot.v2("GET", "/inventory/inventoryAdjustments")["data"]) == 1
    assert move(depot, "outboundTransferOrders", order, "Canceled").status == 200


def test_a_return_to_a_vendor_lowers_the_stock_when_it_leaves(depot: Depot) -> None:
    made = place(depot, "V1", ("SOCKS", 2), path="vendorReturns")
    assert depot.figures("SOCKS") == (5, 3, 0)
    depot.floor.send("W1", "SOCKS", 2, reference="V1")
    assert depot.figures("SOCKS") == (3, 3, 0)
    assert depot.levels()[-1] == ("SOCKS", "W1", 3, 3, "ship")
    order = made["self"]["id"]
    assert status(depot, "vendorReturns", order) == "Ship Complete"
    assert place(depot, "V1", ("SOCKS", 3), path="vendorReturns").status == 400
    assert depot.told(Refused)[-1].reason == "locked"


def test_v1_still_does_not_write_what_only_v2_has(depot: Depot) -> None:
    place(depot, "V1", ("SOCKS", 2), path="vendorReturns")
    answer = depot.place("V1", type="Vendor Return")
    assert answer.inner == "HTTP/1.1 501 Not Implemented"
