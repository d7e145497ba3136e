"""Webhooks and missed events: who is told, what is said, how it is signed, when it is repeated."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from typing import Any

import pytest
from square.utils.webhooks_helper import verify_signature
from tests.contract.pos.shop import Shop

from peakproof.wire.message import Request, Response

MINUTE_S = 60.0
HOUR_S = 3600.0
BASE = "/v2/webhooks/subscriptions"
STOCK = "inventory.count.updated"


def test_nobody_is_told_until_somebody_subscribes(shop: Shop) -> None:
    shop.ring("TEE-RED-M")
    assert shop.notices == []


def test_a_changed_figure_is_told_with_its_count(shop: Shop) -> None:
    shop.subscribe(STOCK)
    shop.at(5.0)
    shop.ring("TEE-RED-M", 3)
    (event,) = shop.events()
    assert event["type"] == STOCK
    assert event["merchant_id"] == shop.service.credentials["merchant_id"]
    assert event["created_at"] == shop.iso(5.0)
    assert event["data"]["type"] == "inventory_counts"
    assert event["data"]["object"]["inventory_counts"] == [
        {
            "catalog_object_id": shop.variant("TEE-RED-M"),
            "catalog_object_type": "ITEM_VARIATION",
            "state": "IN_STOCK",
            "location_id": "S1",
            "quantity": "7",
            "calculated_at": shop.iso(5.0),
        }
    ]
    (notice,) = shop.notices
    assert (notice.system, notice.event, notice.key) == ("pos", STOCK, "stock:TEE-RED-M@S1")


def test_a_sale_is_told_without_its_lines_so_that_they_have_to_be_fetched(shop: Shop) -> None:
    """P1: created, updated, in any order; the order itself is the truth."""
    shop.subscribe("order.created", "order.updated", "payment.created", "payment.updated")
    sale = shop.ring("TEE-RED-M")
    created, updated, taken, captured = shop.events()
    assert created["data"]["object"]["order_created"] == {
        "order_id": sale, "location_id": "S1", "state": "OPEN", "created_at": shop.iso(0.0),
    }  # fmt: skip
    assert updated["data"]["object"]["order_updated"]["state"] == "COMPLETED"
    assert "version" not in updated["data"]["object"]["order_updated"]
    assert shop.order(sale)["line_items"][0]["quantity"] == "1"
    assert taken["data"]["object"]["payment"]["order_id"] == sale
    assert captured["type"] == "payment.updated"
    assert {notice.key for notice in shop.notices} == {f"sale:{sale}"}
    ids = [event["event_id"] for event in shop.events()]
    assert len(set(ids)) == 4


def test_an_order_of_the_api_is_told_with_its_version(shop: Shop) -> None:
    shop.subscribe("order.created", "order.updated", "order.fulfillment.updated")
    pickup = {"uid": "f", "type": "PICKUP", "state": "PROPOSED"}
    order = shop.make_order(fulfillments=[pickup])
    change = {"version": 1, "fulfillments": [{"uid": "f", "state": "PREPARED"}]}
    shop.ok("PUT", f"/v2/orders/{order['id']}", {"order": change})
    created, updated, fulfilled = shop.events()
    assert created["data"]["object"]["order_created"]["version"] == 1
    assert updated["data"]["object"]["order_updated"]["version"] == 2
    assert fulfilled["data"]["object"]["order_fulfillment_updated"]["fulfillment_update"] == [
        {"fulfillment_uid": "f", "old_state": "PROPOSED", "new_state": "PREPARED"}
    ]


def test_sales_of_a_till_can_be_silent() -> None:
    shop = Shop({"till_orders_notify": False})
    shop.subscribe("order.created", "order.updated", STOCK)
    shop.ring("TEE-RED-M")
    assert [event["type"] for event in shop.events()] == [STOCK]


def test_the_rest_of_the_events_are_told_too(shop: Shop) -> None:
    shop.subscribe(
        "refund.created", "refund.updated", "transfer_order.created", "transfer_order.updated",
        "transfer_order.deleted", "catalog.version.updated", "location.created",
    )  # fmt: skip
    payment = shop.order(shop.ring("TEE-RED-M"))["tenders"][0]["payment_id"]
    body = {
        "idempotency_key": "r", "payment_id": payment,
        "amount_money": {"amount": 1, "currency": "GBP"},
    }  # fmt: skip
    shop.ok("POST", "/v2/refunds", body)
    shop.at(10.0)
    line = {"item_variation_id": shop.variant("TEE-RED-M"), "quantity_ordered": "1"}
    draft = {"source_location_id": "S1", "destination_location_id": "S2", "line_items": [line]}
    body = {"idempotency_key": "t", "transfer_order": draft}
    made = shop.ok("POST", "/v2/transfer-orders", body)["transfer_order"]
    body = {"idempotency_key": "u", "transfer_order": {"notes": "x"}}
    shop.ok("PUT", f"/v2/transfer-orders/{made['id']}", body)
    shop.ok("DELETE", f"/v2/transfer-orders/{made['id']}")
    shop.control("add_item", sku="HAT", name="Hat", price_minor=100)
    shop.control("open_store", store="S3", name="Airport")
    events = shop.events()
    assert [event["type"] for event in events] == [
        "refund.created", "refund.updated", "transfer_order.created", "transfer_order.updated",
        "transfer_order.deleted", "catalog.version.updated", "location.created",
    ]  # fmt: skip
    assert events[1]["data"]["object"]["refund"]["status"] == "COMPLETED"
    assert events[4]["data"] == {"type": "transfer_order", "id": made["id"], "deleted": True}
    assert events[5]["data"]["object"] == {"catalog_version": {"updated_at": shop.iso()}}
    assert events[6]["location_id"] == "S3"


def test_the_signature_covers_the_address_and_the_body(shop: Shop) -> None:
    subscription = shop.subscribe(STOCK)
    shop.ring("TEE-RED-M")
    (notice,) = shop.notices
    key, url = subscription["signature_key"], subscription["notification_url"]
    signature = notice.headers(1)["x-square-hmacsha256-signature"]
    by_hand = hmac.new(key.encode(), url.encode() + notice.body, hashlib.sha256).digest()
    assert signature == b64encode(by_hand).decode()

    def holds(address: str, body: str) -> bool:
        return verify_signature(
            request_body=body, signature_header=signature, signature_key=key,
            notification_url=address,
        )  # fmt: skip

    assert holds(url, notice.body.decode())
    assert not holds(url.replace("http:", "https:"), notice.body.decode())
    assert not holds(url, notice.body.decode() + " ")


def test_a_retry_counts_itself_and_keeps_the_event(shop: Shop) -> None:
    shop.subscribe(STOCK)
    shop.at(7.0)
    shop.ring("TEE-RED-M")
    (notice,) = shop.notices
    first, third = notice.headers(1), notice.headers(3)
    assert "square-retry-number" not in first
    assert first["square-initial-delivery-timestamp"] == shop.iso(7.0)
    assert third["square-retry-number"] == "2"
    assert third["square-retry-reason"] == "http_error"
    assert third["square-initial-delivery-timestamp"] == shop.iso(7.0)
    assert third["x-square-hmacsha256-signature"] == first["x-square-hmacsha256-signature"]


def test_the_waits_before_a_retry_are_the_vendors(shop: Shop) -> None:
    shop.subscribe(STOCK)
    shop.ring("TEE-RED-M")
    (notice,) = shop.notices
    assert notice.retries_s == tuple(
        [MINUTE_S * minutes for minutes in (1, 2, 4, 8, 16, 32, 60)]
        + [HOUR_S * hours for hours in (2, 4, 8, 8)]
    )
    assert sum(notice.retries_s) < 25 * HOUR_S
    assert notice.timeout_s == 10.0


def test_a_subscription_is_read_changed_switched_off_and_deleted(shop: Shop) -> None:
    made = shop.subscribe(STOCK)
    path = f"{BASE}/{made['id']}"
    assert shop.ok("GET", path)["subscription"] == made
    assert shop.ok("GET", BASE)["subscriptions"] == [made]
    off = shop.ok("PUT", path, {"subscription": {"enabled": False}})["subscription"]
    assert off["enabled"] is False
    shop.ring("TEE-RED-M")
    assert shop.notices == []
    assert shop.ok("GET", BASE) == {}
    assert shop.ok("GET", f"{BASE}?include_disabled=true")["subscriptions"] == [off]
    changed = {
        "enabled": True,
        "event_types": ["order.created"],
        "notification_url": "http://b.test/x",
    }
    shop.ok("PUT", path, {"subscription": changed})
    shop.ring("TEE-RED-M")
    assert [(notice.event, notice.url) for notice in shop.notices] == [
        ("order.created", "http://b.test/x")
    ]
    assert shop.ok("DELETE", path) == {}
    shop.ring("TEE-RED-M")
    assert len(shop.notices) == 1
    assert shop.send("GET", path).error[:2] == (404, "NOT_FOUND")


def test_a_new_signature_key_signs_from_now_on(shop: Shop) -> None:
    made = shop.subscribe(STOCK)
    path = f"{BASE}/{made['id']}/signature-key"
    key = shop.ok("POST", path, {"idempotency_key": "k"})["signature_key"]
    assert key != made["signature_key"]
    assert shop.ok("POST", path, {"idempotency_key": "k"})["signature_key"] == key
    assert shop.ok("GET", f"{BASE}/{made['id']}")["subscription"]["signature_key"] == key
    shop.ring("TEE-RED-M")
    (notice,) = shop.notices
    assert verify_signature(
        request_body=notice.body.decode(), notification_url=notice.url, signature_key=key,
        signature_header=notice.headers(1)["x-square-hmacsha256-signature"],
    )  # fmt: skip


def test_two_subscriptions_hear_one_event_under_one_id(shop: Shop) -> None:
    shop.subscribe(STOCK)
    shop.subscribe(STOCK)
    shop.ring("TEE-RED-M")
    first, second = shop.events()
    assert first["event_id"] == second["event_id"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"event_types": [STOCK]}, (400, "MISSING_REQUIRED_PARAMETER")),
        ({"notification_url": "http://a.test/x"}, (400, "MISSING_REQUIRED_PARAMETER")),
        (
            {"notification_url": "ftp://a.test/", "event_types": [STOCK]},
            (400, "VALUE_REGEX_MISMATCH"),
        ),
        ({"notification_url": "http://a.test/", "event_types": ["x"]}, (400, "INVALID_ENUM_VALUE")),
        ({"notification_url": "http://a.test/", "event_types": []}, (400, "ARRAY_EMPTY")),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(
    shop: Shop, wanted: dict[str, object], error: tuple[int, str]
) -> None:
    assert shop.send("POST", BASE, {"subscription": wanted}).error[:2] == error


def test_plain_http_is_refused_where_the_profile_is_as_strict_as_the_vendor() -> None:
    shop = Shop({"plain_http_hooks": False})
    wanted = {"notification_url": "http://a.test/", "event_types": [STOCK]}
    answer = shop.send("POST", BASE, {"subscription": wanted})
    assert answer.error == (400, "INVALID_VALUE", "subscription.notification_url")


def test_a_test_event_is_sent_and_its_answer_shown(shop: Shop) -> None:
    made = shop.subscribe(STOCK, "order.created")
    seen: list[Request] = []

    async def fetch(url: str, request: Request, timeout_s: float) -> Response:
        seen.append(request)
        if len(seen) == 2:
            raise TimeoutError
        return Response(204)

    shop.world.fetch = fetch
    path = f"{BASE}/{made['id']}/test"
    result = shop.ok("POST", path, {"event_type": "order.created"})["subscription_test_result"]
    assert (result["status_code"], result["passes_filter"]) == (204, True)
    assert result["payload"]["type"] == "order.created"
    assert (seen[0].method, seen[0].path) == ("POST", "/hooks/square")
    assert verify_signature(
        request_body=seen[0].body.decode(), notification_url=made["notification_url"],
        signature_header=seen[0].headers["x-square-hmacsha256-signature"],
        signature_key=made["signature_key"],
    )  # fmt: skip
    assert shop.ok("POST", path, {})["subscription_test_result"]["status_code"] == 0
    other = shop.ok("POST", path, {"event_type": "refund.created"})["subscription_test_result"]
    assert (other["status_code"], other["passes_filter"], len(seen)) == (0, False, 2)


def test_the_types_of_events_are_listed_twice(shop: Shop) -> None:
    types = shop.ok("GET", "/v2/webhooks/event-types")
    assert STOCK in types["event_types"]
    assert shop.ok("GET", "/v2/events/types?api_version=2026-09-16") == types


def found(shop: Shop, filter_: object = None, **more: Any) -> list[str]:
    query = {"filter": filter_ or {}, **more}
    body = shop.ok("POST", "/v2/events", {"query": query})
    return [event["type"] for event in body.get("events", [])]


def test_missed_events_can_be_looked_up_only_while_they_were_enabled(shop: Shop) -> None:
    """P2: what the webhook lost is found again, word for word."""
    shop.ring("TEE-RED-M")
    assert shop.ok("POST", "/v2/events", {}) == {}
    assert shop.ok("PUT", "/v2/events/enable") == {}
    shop.subscribe(STOCK)
    shop.at(5.0)
    shop.ring("TEE-RED-M")
    sent = shop.events()
    kept = shop.ok("POST", "/v2/events", {"query": {"filter": {"event_types": [STOCK]}}})
    assert kept["events"] == sent
    assert kept["metadata"] == [{"event_id": sent[0]["event_id"], "api_version": "2026-09-16"}]
    assert shop.ok("PUT", "/v2/events/disable") == {}
    shop.ring("TEE-RED-M")
    assert found(shop).count(STOCK) == 1


def test_events_are_found_by_time_place_and_merchant_and_paged(shop: Shop) -> None:
    shop.ok("PUT", "/v2/events/enable")
    for second, store in ((10.0, "S1"), (20.0, "S2")):
        shop.at(second)
        shop.ring("TEE-RED-M", store=store)
    assert found(shop, {"location_ids": ["S2"]}) == [
        "payment.updated", "payment.created", "order.updated", "order.created",
    ]  # fmt: skip
    window = {"created_at": {"start_at": shop.iso(5.0), "end_at": shop.iso(15.0)}}
    assert len(found(shop, window)) == 5
    assert found(shop, {"merchant_ids": ["somebody"]}) == []
    assert found(shop, sort={"order": "ASC"}) == found(shop)[::-1]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        body = shop.ok("POST", "/v2/events", {"limit": 4, **cursor})
        seen += [event["event_id"] for event in body["events"]]
        if "cursor" not in body:
            break
        cursor = {"cursor": body["cursor"]}
    assert len(set(seen)) == len(seen) == 10
    shop.at(29 * 24 * HOUR_S)
    assert found(shop) == []
