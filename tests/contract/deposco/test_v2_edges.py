"""What stands beside V2's routes: notices of what V2 did, /beta, guesses, methods, ids."""

from __future__ import annotations

import msgspec
import pytest
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import ORDERS, SHOP, filled, place, said, take

from peakproof.wire.message import Request


def hooked(*events: str) -> Depot:
    """A depot that tells of some events."""
    depot = Depot()
    body = {"callbackUrl": "http://connector.test/hook", "events": {"event": list(events)}}
    depot.v1("POST", "/webhooks", body)
    return depot


def test_notices_tell_what_v2_did() -> None:
    depot = hooked("ORDER_STATUS", "ORDER_CANCELED", "SHIPMENT_SHIPPED", "RECEIPT_RECEIVED",
                   "INVENTORY_AVAILABILITY")  # fmt: skip
    place(depot, "A1", ("TEE", 2))
    depot.ship("A1")
    made = place(depot, "A2", ("TEE", 1))
    depot.v2("POST", f"{ORDERS}/{made['self']['id']}/cancellations")
    place(depot, "P1", ("SOCKS", 1), path="purchaseOrders")
    depot.floor.receive("W1", "SOCKS", 1, reference="P1")
    told = [(notice.event, notice.key) for notice in depot.notices]
    assert ("SHIPMENT_SHIPPED", "shipment:SHP00000001") in told
    assert ("ORDER_CANCELED", "work:A2") in told
    assert ("RECEIPT_RECEIVED", "receipt:RCV0000001") in told
    words = [
        msgspec.json.decode(notice.body)["orderStatusUpdate"]["order"]["orderStatus"]
        for notice in depot.notices
        if (notice.event, notice.key) == ("ORDER_STATUS", "work:A1")
    ]
    assert words == ["Accepted", "In Fulfillment", "Ship Complete"]
    assert depot.notices[0].key == "stock:TEE@W1"


def test_transfers_are_told_by_the_stock_alone() -> None:
    depot = hooked("ORDER_STATUS", "INVENTORY_AVAILABILITY")
    place(depot, "T1", ("TEE", 2), path="outboundTransferOrders")
    depot.floor.send("W1", "TEE", 2, reference="T1")
    told = [notice.event for notice in depot.notices]
    assert told == ["INVENTORY_AVAILABILITY", "INVENTORY_AVAILABILITY"]


def ask_beta(depot: Depot, path: str) -> tuple[int, list[str]]:
    """Status and order numbers of a list under /beta."""
    headers = {"authorization": f"Bearer {depot.token()}"}
    answer = depot.send(Request("GET", f"/beta{path}", "", headers, b""))
    rows = answer["data"] if answer.status == 200 else []
    return answer.status, [row["number"] for row in rows]


def test_beta_is_not_there_or_it_is_old() -> None:
    assert ask_beta(Depot(), ORDERS) == (404, [])
    depot = Depot(beta_stale_s=30)
    place(depot, "A1")
    depot.wait(40)
    place(depot, "A2")
    assert ask_beta(depot, ORDERS) == (200, ["A1"])
    assert ask_beta(depot, "/orders/nothing") == (404, [])
    headers = {"authorization": "Bearer none"}
    assert depot.send(Request("GET", f"/beta{ORDERS}", "", headers, b"")).status == 401


@pytest.mark.parametrize("guess", ["coLines", "orderLines", "lines"])
def test_guesses_at_the_lines_of_a_customer_order_lead_nowhere(depot: Depot, guess: str) -> None:
    shop = take(depot)["customerOrder"]
    assert depot.v2("GET", f"{SHOP}/{shop['self']['id']}/{guess}").status == 404


def test_nothing_is_patched_put_or_read_as_stock(depot: Depot) -> None:
    known = filled(depot)
    for path, ids in known.items():
        whole = path.format(**ids).removeprefix("/latest")
        for method in ("PATCH", "PUT"):
            answer = depot.v2(method, whole, {})
            assert answer.status == 405
            assert method not in answer.headers["allow"]
    for path in ("/inventory", "/inventory/availability", "/items/1000001/atp", "/webhooks"):
        assert depot.v2("GET", path).status == 404


def test_unknown_parameters_are_refused_where_a_tenant_is_strict() -> None:
    depot = Depot(ignore_unknown_query=False)
    for path in (ORDERS, SHOP, "/shipments/outboundShipments", "/receipts", "/companies"):
        assert depot.v2("GET", f"{path}?colour=red").status == 400


@pytest.mark.parametrize("path", [ORDERS, SHOP, "/shipments/outboundShipments", "/items"])
def test_a_date_filter_needs_its_zone(depot: Depot, path: str) -> None:
    for moment in ("2026-11-27T06:00:00Z", "2026-11-27t06:00:00.5z", "2026-11-27T06:00:00-05:00"):
        assert depot.v2("GET", f"{path}?createdAfter={moment}").status == 200
    for moment in ("2026-11-27T06:00:00", "2026-11-27", "2026-11-27 06:00:00Z", "1795759200"):
        answer = depot.v2("GET", f"{path}?createdAfter={moment}")
        assert (answer.status, "is not a valid date-time" in said(answer)) == (400, True)


def test_a_page_size_with_zeros_in_front_is_not_larger_than_others(depot: Depot) -> None:
    assert depot.v2("GET", f"{ORDERS}?pageSize=050").status == 200
    assert depot.v2("GET", f"{ORDERS}?pageSize=00000000500").status == 400


def test_tokens_that_ended_are_not_kept(depot: Depot) -> None:
    for _ in range(5):
        depot.token()
        depot.wait(3700)
    depot.token()
    assert len(depot.store.tenancy._grants) == 1


def test_the_state_tells_of_masters_and_imports(depot: Depot) -> None:
    depot.v2("POST", "/tradingPartners", {"code": "TP"})
    depot.v2("POST", "/async/bulkImports", {"entityType": "Item", "entities": [{}]})
    told = msgspec.json.decode(msgspec.json.encode(depot.service.inspect()))
    assert [row["name"] for row in told["masters"]["trading_partners"]] == ["TP"]
    assert told["bulk_imports"] == [{"id": 1, "status": "Processing"}]
