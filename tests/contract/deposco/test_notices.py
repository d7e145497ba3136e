"""What the vendor sends on its own: registration, events, bodies, headers."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
import pytest
from lxml import etree
from tests.contract.deposco.depot import Depot, an_order, from_xml

from peakproof_simulators.deposco.notices import EVENTS

URL = "http://connector.test/deposco"


def listening(*events: str, **settings: object) -> Depot:
    """A warehouse that tells a connector of some events."""
    depot = Depot(settings)
    body = {"events": {"event": list(events)}, "callbackUrl": URL, "secretKey": "hush"}
    assert depot.v1("POST", "/webhooks", body).status == 201
    return depot


def bodies(depot: Depot) -> list[dict[str, Any]]:
    """What was sent, as plain values."""
    return [msgspec.json.decode(notice.body) for notice in depot.notices]


def test_a_registration_is_made_listed_read_and_forgotten(depot: Depot) -> None:
    body = {"events": {"event": ["ORDER_STATUS"]}, "callbackUrl": URL}
    made = depot.v1("POST", "/webhooks", body)
    assert (made.status, made["id"], made["callbackUrl"]) == (201, "1", URL)
    assert depot.v1("GET", "/webhooks/1")["events"] == {"event": "ORDER_STATUS"}
    listing = depot.v1("GET", "/webhooks")
    assert (listing["count"], listing["webhook"]["id"]) == ("1", "1")
    assert depot.v1("DELETE", "/webhooks/1").status == 204
    assert depot.v1("GET", "/webhooks")["count"] == "0"
    for method in ("GET", "DELETE"):
        assert depot.v1(method, "/webhooks/1").status == 404
    assert depot.v1("GET", "/webhooks/x").status == 404
    depot.place("A1")
    assert depot.notices == []


@pytest.mark.parametrize(
    "body",
    [
        {"events": {"event": ["ORDER_STATUS"]}, "callbackUrl": "ftp://x"},
        {"events": {"event": ["ORDER_STATUS"]}, "callbackUrl": "http://["},
        {"events": {"event": ["ORDER_STATUS"]}},
        {"events": {"event": ["NONSENSE"]}, "callbackUrl": URL},
        {"events": {"event": []}, "callbackUrl": URL},
        {"callbackUrl": URL},
    ],
)
def test_a_registration_that_does_not_fit_is_refused(depot: Depot, body: dict[str, Any]) -> None:
    answer = depot.v1("POST", "/webhooks", body)
    assert answer.status == 400
    assert answer.body


def test_a_stock_notice_is_absolute_and_numbered(depot: Depot) -> None:
    depot = listening("INVENTORY_AVAILABILITY")
    depot.place("A1", ("TEE", 4))
    depot.wait(60)
    depot.floor.adjust("S1", "TEE", 1, "FOUND")
    told = [body["inventoryAvailability"] for body in bodies(depot)]
    assert told == [
        {"businessUnit": "PEAK", "itemNumber": "TEE", "facility": "W1", "total": 10,
         "availableToPromise": 6, "sequence": 3, "asOf": "2026-11-27T06:00:00.000Z"},
        {"businessUnit": "PEAK", "itemNumber": "TEE", "facility": "S1", "total": 4,
         "availableToPromise": 4, "sequence": 4, "asOf": "2026-11-27T06:01:00.000Z"},
    ]  # fmt: skip
    assert [notice.key for notice in depot.notices] == ["stock:TEE@W1", "stock:TEE@S1"]


def test_the_outward_status_of_an_order_is_told_when_it_changes() -> None:
    depot = listening("ORDER_STATUS")
    depot.place("A1", ("TEE", 2), ("SOCKS", 1))
    depot.floor.release("A1")
    depot.floor.picked("A1", "TEE", 2)
    depot.floor.short("A1", "SOCKS", 1)
    depot.floor.shipped(depot.floor.packed("A1"))
    orders = [body["orderStatusUpdate"]["order"] for body in bodies(depot)]
    assert [order["orderStatus"] for order in orders] == [
        "Accepted", "In Fulfillment", "In Fulfillment", "Ship Complete",
    ]  # fmt: skip
    cut = orders[2]["lines"]["line"][1]
    assert (cut["itemNumber"], cut["shortagePackQuantity"]) == ("SOCKS", 1.0)
    last = orders[3]["lines"]["line"]
    assert [line["lineStatus"] for line in last] == ["Complete", "Complete"]
    assert [line["shippedPackQuantity"] for line in last] == [2.0, 0.0]
    assert {notice.key for notice in depot.notices} == {"work:A1"}


def test_a_cancellation_is_an_event_of_its_own_with_the_reason() -> None:
    depot = listening("ORDER_CANCELED")
    depot.place("A1")
    depot.floor.cancel("A1", "torn")
    assert [notice.event for notice in depot.notices] == ["ORDER_CANCELED"]
    order = bodies(depot)[0]["orderStatusUpdate"]["order"]
    assert (order["number"], order["orderStatus"]) == ("A1", "Canceled")
    assert order["orderStatusUpdateDescription"] == "torn"
    assert order["lines"]["line"][0]["canceledPackQuantity"] == 1.0


def test_a_shipment_is_told_with_its_own_lines_and_tracking_and_so_is_its_undoing() -> None:
    depot = listening("SHIPMENT_SHIPPED", "SHIPMENT_ROLLED_BACK")
    depot.place("A1", ("TEE", 2), ("SOCKS", 1))
    depot.floor.release("A1")
    depot.floor.picked("A1", "TEE", 2)
    parcel = depot.floor.packed("A1")
    assert depot.notices == []
    depot.floor.shipped(parcel)
    depot.floor.roll_back(parcel)
    assert [notice.event for notice in depot.notices] == [
        "SHIPMENT_SHIPPED",
        "SHIPMENT_ROLLED_BACK",
    ]
    shipment = bodies(depot)[0]["orderStatusUpdate"]["shipment"]
    assert (shipment["shipmentNumber"], shipment["shipmentStatus"]) == (parcel, "Shipped")
    line = shipment["orders"]["order"][0]["lines"]["line"]
    assert [(one["itemNumber"], one["shippedPackQuantity"]) for one in line] == [("TEE", 2.0)]
    container = line[0]["containers"]["container"][0]
    assert (container["number"], container["trackingNumber"]) == (
        parcel,
        shipment["trackingNumber"],
    )


def test_adjustments_and_receipts_are_told() -> None:
    depot = listening("INVENTORY_ADJUSTED", "RECEIPT_RECEIVED")
    depot.floor.adjust("W1", "TEE", -2, "DAMAGED")
    depot.v1("POST", "/orders", {"order": [an_order("PO1", type="Purchase Order")]})
    depot.floor.receive("W1", "TEE", 1, reference="PO1")
    adjusted, received = bodies(depot)
    row = adjusted["invAdjustments"]["invAdjustment"][0]
    assert (row["itemSku"], row["facilityNumber"], row["quantity"]) == ("TEE", "W1", -2)
    assert row["invAdjustmentId"] == 5_000_001
    line = received["receiptLines"]["receiptLine"][0]
    assert (line["orderNumber"], line["itemNumber"], line["quantity"]) == ("PO1", "TEE", 1)


def test_a_notice_has_an_id_and_is_tried_three_times() -> None:
    depot = listening("ORDER_STATUS")
    depot.place("A1")
    depot.place("A2")
    first, second = depot.notices
    assert (first.system, first.url, first.retries_s) == ("deposco", URL, (10.0, 60.0))
    body = bodies(depot)[0]
    headers = first.headers(2)
    assert headers["x-deposco-notice-id"] == body["noticeId"]
    assert (headers["x-deposco-event"], body["event"]) == ("ORDER_STATUS", "ORDER_STATUS")
    assert headers["x-deposco-attempt"] == "2"
    assert headers["x-deposco-notice-id"] != second.headers(1)["x-deposco-notice-id"]
    assert "x-deposco-signature" not in headers


def test_a_signature_can_be_switched_on() -> None:
    depot = listening("ORDER_STATUS", notice_signature="hmac-sha256")
    depot.place("A1")
    notice = depot.notices[0]
    digest = hmac.new(b"hush", notice.body, hashlib.sha256).hexdigest()
    assert notice.headers(1)["x-deposco-signature"] == f"sha256={digest}"


def test_notices_can_be_xml() -> None:
    depot = listening(*EVENTS, notice_format="xml")
    depot.place("A1", ("TEE", 1))
    depot.ship("A1")
    depot.floor.adjust("W1", "TEE", -1, "LOST")
    depot.floor.receive("W1", "TEE", 1, reference="")
    roots = {notice.event: etree.QName(etree.fromstring(notice.body)).localname
             for notice in depot.notices}  # fmt: skip
    assert roots == {
        "INVENTORY_AVAILABILITY": "inventoryAvailability",
        "ORDER_STATUS": "orderStatusUpdate",
        "SHIPMENT_SHIPPED": "orderStatusUpdate",
        "INVENTORY_ADJUSTED": "invAdjustments",
        "RECEIPT_RECEIVED": "receiptLines",
    }
    first = depot.notices[0]
    assert first.headers(1)["content-type"] == "application/xml"
    assert from_xml(first.body)["availableToPromise"] == "9"


def test_two_registrations_hear_of_the_same_event_each_with_its_own_id() -> None:
    depot = listening("ORDER_STATUS")
    body = {"events": {"event": "ORDER_STATUS"}, "callbackUrl": "http://other.test/"}
    depot.v1("POST", "/webhooks", body)
    depot.place("A1")
    assert [notice.url for notice in depot.notices] == [URL, "http://other.test/"]
    assert len({one["noticeId"] for one in bodies(depot)}) == 2
