"""Events that are pulled and webhooks that are pushed."""

from __future__ import annotations

from urllib.parse import parse_qs

import msgspec
import pytest
from tests.contract.centra.shop import SHIPMENT, Json, Shop, ref

from peakproof.service import Notification
from peakproof_simulators.centra.webhooks import HEADER, sign

LISTEN = "eventListeners { objectType changeTypes }"
EVENTS = """query($w: EventFilter, $n: Int) { events(where: $w, limit: $n) {
  id objectType changeType objectReference { ... on ObjectReferenceInt { id } } createdAt
  market { name } store { id } object { __typename ... on DirectToConsumerOrder { status }
    ... on Shipment { number } } } }"""


def listening(kind: str, *changes: str) -> Json:
    return {"listeners": [{"objectType": kind, "changeTypes": list(changes)}]}


def test_listeners_add_up_and_setting_them_twice_is_as_once(shop: Shop) -> None:
    for _ in range(2):
        shop.done("setEventListeners", LISTEN, input=listening("Order", "CREATED"))
    made = shop.done("setEventListeners", LISTEN, input=listening("Order", "UPDATED"))
    assert made["eventListeners"] == [
        {"objectType": "Order", "changeTypes": ["CREATED", "UPDATED"]}
    ]
    assert shop.ask("{ eventListeners { objectType } }") == {
        "eventListeners": [{"objectType": "Order"}]
    }
    none: Json = {"listeners": []}
    assert "must not be empty" in shop.fails("setEventListeners", LISTEN, input=none)
    assert "must not be empty" in shop.fails("unsetEventListeners", LISTEN, input=none)


def test_events_come_oldest_first_and_stay_until_they_are_confirmed(shop: Shop) -> None:
    """Quirk 7: nothing is leased; who asks again gets the same."""
    shop.done("setEventListeners", LISTEN, input=listening("Order", "CREATED", "UPDATED"))
    number = shop.buy(("TEE", 1))
    first = shop.ask(EVENTS)["events"]
    assert [(one["id"], one["changeType"]) for one in first] == [(1, "CREATED"), (2, "UPDATED")]
    assert first == shop.ask(EVENTS)["events"]
    assert first[0]["objectReference"] == {"id": number}
    assert first[0]["object"] == {"__typename": "DirectToConsumerOrder", "status": "PENDING"}
    assert first[0]["market"]["name"] in ("UK", "EU")
    shop.done("confirmOrder", "order { number }", input=ref(number))
    assert shop.ask(EVENTS, n=1)["events"][0]["object"]["status"] == "CONFIRMED", "as it is now"
    shop.done("confirmEvents", LISTEN, input={"eventsIds": [1, 2]})
    assert [one["id"] for one in shop.ask(EVENTS)["events"]] == [3]
    made = shop.write("confirmEvents", LISTEN, input={"eventsIds": [1]})
    assert made["userWarnings"][0]["message"] == "Event 1 does not exist."
    assert "must not be empty" in shop.fails("confirmEvents", LISTEN, input={"eventsIds": []})


def test_what_was_deleted_has_no_object_any_more(shop: Shop) -> None:
    shop.done("setEventListeners", LISTEN, input=listening("Shipment", "CREATED", "DELETED"))
    made = shop.ship(shop.confirmed(("TEE", 1)))
    shop.done("deleteShipment", "isDeleted", id=made["id"])
    events = shop.ask(EVENTS)["events"]
    assert [(one["changeType"], one["object"]) for one in events] == [
        ("CREATED", None), ("DELETED", None),
    ]  # fmt: skip


def test_no_more_listening_deletes_what_is_queued_of_it(shop: Shop) -> None:
    shop.done("setEventListeners", LISTEN, input=listening("Order", "CREATED", "UPDATED"))
    shop.buy(("TEE", 1))
    made = shop.done("unsetEventListeners", LISTEN, input=listening("Order", "UPDATED"))
    assert made["eventListeners"] == [{"objectType": "Order", "changeTypes": ["CREATED"]}]
    assert [one["changeType"] for one in shop.ask(EVENTS)["events"]] == ["CREATED"]


def test_events_are_filtered(shop: Shop) -> None:
    for kind in ("Order", "Shipment", "StockChange"):
        shop.done("setEventListeners", LISTEN, input=listening(kind, "CREATED", "COMPLETED"))
    shop.shipped(("TEE", 1))
    assert len(shop.ask(EVENTS)["events"]) == 3
    assert [
        one["objectType"] for one in shop.ask(EVENTS, w={"objectType": ["Order"]})["events"]
    ] == ["Order"]
    done = shop.ask(EVENTS, w={"changeType": ["COMPLETED"]})["events"]
    assert [one["objectType"] for one in done] == ["Shipment"]
    assert shop.ask(EVENTS, w={"storeId": 2})["events"] == []
    assert shop.ask(EVENTS, w={"marketId": 9})["events"] == []


def test_tokens_of_one_integration_share_a_queue_and_others_do_not(shop: Shop) -> None:
    shop.done("setEventListeners", LISTEN, input=listening("Order", "CREATED"))
    shop.buy(("TEE", 1))
    for name, count in (("connector", 1), ("other", 0)):
        token = shop.service.controls["create_token"]({"name": name})["token"]
        answer = shop.post({"query": EVENTS, "variables": {}}, token=token)
        assert len(answer["data"]["events"]) == count


def test_the_queue_has_to_be_switched_on() -> None:
    shop = Shop(events_enabled=False)
    shop.done("setEventListeners", LISTEN, input=listening("Order", "CREATED"))
    shop.buy(("TEE", 1))
    assert shop.ask(EVENTS)["events"] == []


# --- webhooks ----------------------------------------------------------------------------------


def payload(notice: Notification) -> Json:
    """What a notice says, after its one form field is taken off."""
    fields = parse_qs(notice.body.decode(), strict_parsing=True)
    assert list(fields) == ["payload"]
    made: Json = msgspec.json.decode(fields["payload"][0])
    return made


def hooked(kind: str = "integration", *types: str, **more: object) -> Shop:
    profile = {"url": "http://connector.test/centra", "kind": kind, "types": list(types), **more}
    return Shop(webhooks=[profile])


def test_a_known_signature() -> None:
    body = b"payload=%7B%22x%22%3A%22test%22%7D"
    made = sign("test123", 12345678, body)
    assert made == (
        "t=12345678,v1=0b9cd84f5d583e5e1aadfb9f160aa8080b51d5b85ff85808d6b75bdac356c549"
    )


def test_a_notice_is_a_signed_form_with_ids_alone() -> None:
    """Quirk 8: an id, no lines; what is read later may be further on already."""
    shop = hooked("integration", "order")
    shop.run(1.5)
    number = shop.buy(("TEE", 1))
    first, second = shop.posted
    assert payload(first) == {"events": [
        {"type": "order", "action": "insert", "date": "2026-11-27 07:00:01.500000", "id": number}
    ]}  # fmt: skip
    assert payload(second)["events"][0]["action"] == "update"
    assert (first.timeout_s, first.retries_s, first.event) == (5.0, (), "order.insert")
    headers = first.headers(1)
    at = int(shop.world.clock.epoch_s + 1)
    secret = shop.service.credentials["webhook_secret"]
    assert headers == {
        "content-type": "application/x-www-form-urlencoded", HEADER: sign(secret, at, first.body),
    }  # fmt: skip


def test_shipments_and_returns_are_told_with_their_own_actions() -> None:
    shop = hooked("integration", "shipment", "return")
    made = shop.done(
        "createShipment", f"shipment {{ {SHIPMENT} }}",
        input={"order": {"number": shop.confirmed(("TEE", 1))["number"]}, "deliveryGroup": 1},
    )["shipment"]  # fmt: skip
    shop.done("updateShipment", "shipment { id }", id=1, input={"isGoodToGo": True, "isPaid": True})
    shop.done("completeShipment", "shipment { id }", id=1, input={})
    back = {"shipment": {"id": 1}, "returnStockActionPolicy": {"removeItemsFromStock": True},
            "lines": [{"shipmentLine": {"id": made["lines"][0]["id"]}, "quantity": 1}]}  # fmt: skip
    shop.done("createReturn", "return { id }", input=back)
    told = [(one["type"], one["action"], one["id"])
            for notice in shop.posted for one in payload(notice)["events"]]  # fmt: skip
    assert told[:3] == [
        ("shipment", "create", 1), ("shipment", "good_to_go", 1), ("shipment", "update", 1),
    ]  # fmt: skip
    assert told[-1] == ("return", "create", 1)


def test_retries_are_few_and_grow() -> None:
    shop = hooked(retries=3, timeout_s=2)
    shop.buy(("TEE", 1))
    assert shop.posted[0].retries_s == (10.0, 20.0, 40.0)
    assert shop.posted[0].timeout_s == 2


def test_events_are_gathered_into_one_call() -> None:
    shop = hooked("integration", "order", batch=3, batch_window_s=10)
    for _ in range(2):
        shop.buy(("TEE", 1))
    assert [len(payload(one)["events"]) for one in shop.posted] == [3]
    shop.run(11)
    assert [len(payload(one)["events"]) for one in shop.posted] == [3, 1]


def test_the_checkout_version_lists_changed_ids() -> None:
    shop = hooked("checkout", batch_window_s=5)
    shop.buy(("TEE", 1), ("SOCKS", 1))
    shop.run(6)
    assert payload(shop.posted[0]) == {"products": ["1", "2"], "warehouses": ["1"]}


def test_a_plugin_is_installed_by_the_control_plane(shop: Shop) -> None:
    shop.service.controls["webhook"]({"url": "http://connector.test/centra"})
    shop.buy(("TEE", 1))
    assert {one.url for one in shop.posted} == {"http://connector.test/centra"}


@pytest.mark.parametrize("wrong", [{}, {"url": 1}, {"url": "x", "retries": 4}])
def test_a_wrong_plugin_is_refused(shop: Shop, wrong: Json) -> None:
    with pytest.raises(Exception, match="webhook"):
        shop.service.controls["webhook"](wrong)
