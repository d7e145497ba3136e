"""Which messages a subscription hears of, and what numbers they bear."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest
from tests.contract.commercetools.shop import Json, Shop

HEARD = {
    "projects/p/topics/t": "http://hook.test/pubsub",
    "projects/p/topics/u": "http://hook.test/other",
    "projects/p/topics/v": "http://hook.test/all",
}


@pytest.fixture
def shop() -> Shop:
    return Shop(push_endpoints=HEARD)


def subscribe(shop: Shop, topic: str, *types: str) -> None:
    destination = {"type": "GoogleCloudPubSub", "projectId": "p", "topic": topic}
    wanted = [{"resourceTypeId": "order", "types": list(types)}]
    shop.post("subscriptions", {"destination": destination, "messages": wanted})


def test_every_subscription_hears_the_types_that_it_is_to(shop: Shop) -> None:
    subscribe(shop, "t", "OrderStateChanged")
    subscribe(shop, "u", "OrderShipmentStateChanged")
    order = shop.place(shop.cart(shop.line("TEE")))
    shop.posted.clear()
    path = f"orders/{order['id']}"
    shop.act(path, {"action": "changeShipmentState", "shipmentState": "Ready"})
    shop.act(path, {"action": "changePaymentState", "paymentState": "Paid"})
    shop.act(path, {"action": "changeOrderState", "orderState": "Confirmed"})
    assert [(told.event, told.url) for told in shop.posted] == [
        ("OrderShipmentStateChanged", "http://hook.test/other"),
        ("OrderStateChanged", "http://hook.test/pubsub"),
    ]
    subscribe(shop, "v")
    shop.posted.clear()
    shop.act(path, {"action": "changePaymentState", "paymentState": "Failed"})
    assert [told.url for told in shop.posted] == ["http://hook.test/all"]


def test_a_message_is_numbered_though_nobody_heard_those_before_it(shop: Shop) -> None:
    subscribe(shop, "t", "OrderStateChanged")
    order = shop.place(shop.cart(shop.line("TEE")))
    path = f"orders/{order['id']}"
    shop.act(path, {"action": "changeShipmentState", "shipmentState": "Ready"})
    shop.act(path, {"action": "changeOrderState", "orderState": "Confirmed"})
    told: Json = json.loads(b64decode(json.loads(shop.posted[-1].body)["message"]["data"]))
    shop.act(path, {"action": "changeShipmentState", "shipmentState": "Shipped"})
    logged = shop.messages()
    own = [one for one in logged if one["resource"]["id"] == order["id"]]
    assert [one["sequenceNumber"] for one in own] == [1, 2, 3, 4]
    assert own[2] == {name: told[name] for name in own[2]}
