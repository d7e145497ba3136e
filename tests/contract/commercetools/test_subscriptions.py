"""Subscriptions: what is sent where, in which form, and how the health goes."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from tests.contract.commercetools.shop import Answer, Json, Shop

from peakproof.errors import UsageError
from peakproof.history.records import Hook
from peakproof.service import Notification
from peakproof.wire.message import Response

CLOUD = {"type": "CloudEvents", "cloudEventsVersion": "1.0"}
GRID = {"type": "EventGrid", "uri": "http://hook.test/grid", "accessKey": "secret-key"}
PUB_SUB = {"type": "GoogleCloudPubSub", "projectId": "p", "topic": "t"}
SNS = {
    "type": "SNS", "topicArn": "arn:aws:sns:eu:1:t", "accessKey": "AKIA", "accessSecret": "geheim",
}  # fmt: skip
ENDPOINTS = {
    "projects/p/topics/t": "http://hook.test/pubsub",
    "arn:aws:sns:eu:1:t": "http://hook.test/sns",
}
ORDERS = [{"resourceTypeId": "order"}]


@pytest.fixture
def shop() -> Shop:
    return Shop(push_endpoints=ENDPOINTS)


def subscribe(shop: Shop, destination: Json = PUB_SUB, **draft: Any) -> Answer:
    if destination["type"] == "EventGrid":
        draft.setdefault("format", CLOUD)
    if "changes" not in draft:
        draft.setdefault("messages", ORDERS)
    return shop.post("subscriptions", {"destination": destination, **draft})


def sent(notification: Notification) -> Json:
    """The payload inside a Pub/Sub envelope."""
    data = json.loads(notification.body)["message"]["data"]
    body: Json = json.loads(b64decode(data))
    return body


def test_a_new_subscription_is_read_back(shop: Shop) -> None:
    made = subscribe(shop, key="orders", messages=[{"resourceTypeId": "order",
                                                    "types": ["OrderCreated"]}])  # fmt: skip
    assert made.status == 201
    assert made["status"] == "Healthy"
    assert made["format"] == {"type": "Platform"}
    assert shop.get("subscriptions/key=orders").body == made.body
    assert shop.get("subscriptions")["results"] == [made.body]
    assert shop.delete(f"subscriptions/{made['id']}", version=1).status == 200
    assert shop.head("subscriptions/key=orders") == 404


def test_a_test_notification_comes_first(shop: Shop) -> None:
    made = subscribe(shop)
    only = shop.posted[0]
    assert (only.system, only.event, only.url) == (
        "commercetools", "ResourceCreated", "http://hook.test/pubsub",
    )  # fmt: skip
    payload = sent(only)
    assert payload["notificationType"] == "ResourceCreated"
    assert payload["resource"] == {"typeId": "subscription", "id": made["id"]}
    assert payload["projectKey"] == shop.key


def test_an_event_grid_topic_must_take_the_test_notification(shop: Shop) -> None:
    shop.respond = lambda _url, _request: Response(500)
    refused = subscribe(shop, GRID)
    assert (refused.status, refused.code) == (400, "InvalidInput")
    assert refused["message"] == (
        "A test message could not be delivered to this destination: the destination answered "
        "with status 500"
    )
    assert shop.get("subscriptions")["total"] == 0
    shop.respond = lambda _url, _request: Response(202)
    assert subscribe(shop, GRID).status == 201
    url, request, timeout_s = shop.fetched[-1]
    assert (url, request.path, timeout_s) == ("http://hook.test/grid", "/grid", 10.0)
    assert request.headers["aeg-sas-key"] == "secret-key"
    assert (
        json.loads(request.body)["type"] == "com.commercetools.subscription.change.ResourceCreated"
    )


def test_a_topic_that_nobody_listens_to_is_refused(shop: Shop) -> None:
    refused = subscribe(shop, {**PUB_SUB, "topic": "other"})
    assert refused["message"].endswith("the topic 'projects/p/topics/other' has no push endpoint")
    shop.service.controls["push_endpoints"]({"projects/p/topics/other": "http://hook.test/o"})
    assert subscribe(shop, {**PUB_SUB, "topic": "other"}).status == 201


@pytest.mark.parametrize(
    "destination",
    [
        {"type": "SQS", "queueUrl": "http://sqs.test/q", "region": "eu"},
        {"type": "EventBridge", "region": "eu", "accountId": "1"},
        {"type": "AzureServiceBus", "connectionString": "Endpoint=sb://x"},
        {"type": "ConfluentCloud", "bootstrapServer": "b:9092", "apiKey": "k", "apiSecret": "s",
         "acks": "all", "topic": "t"},
    ],
)  # fmt: skip
def test_destinations_that_nothing_carries_here_are_refused(shop: Shop, destination: Json) -> None:
    refused = subscribe(shop, destination)
    assert (refused.status, refused.code) == (400, "InvalidInput")
    assert refused["message"].endswith("this kind of destination is not carried here")


def test_a_subscription_must_make_sense(shop: Shop) -> None:
    assert subscribe(shop, messages=[]).code == "InvalidOperation"
    platform = subscribe(shop, GRID, format={"type": "Platform"})
    assert (platform.status, platform.code) == (400, "InvalidInput")
    wrong = subscribe(shop, messages=[{"resourceTypeId": "order", "types": ["PaymentCreated"]}])
    assert (wrong.code, wrong.error["invalidValue"]) == ("InvalidField", "PaymentCreated")
    assert subscribe(shop, messages=[{"resourceTypeId": "cart"}]).code == "InvalidField"
    assert subscribe(shop, {"type": "Pigeon"}).code == "InvalidJsonInput"
    subscribe(shop, key="one")
    assert subscribe(shop, key="one").code == "DuplicateField"


def test_an_order_is_told_as_it_was_stored(shop: Shop) -> None:
    subscribe(shop, SNS, messages=[{"resourceTypeId": "order", "types": ["OrderCreated"]}])
    order = shop.order()
    shop.act(f"orders/{order['id']}", {"action": "changeOrderState", "orderState": "Confirmed"})
    assert len(shop.posted) == 2, "the test, and the one type that is subscribed to"
    only = shop.posted[1]
    assert (only.event, only.key, only.url) == (
        "OrderCreated", "order:N-1", "http://hook.test/sns",
    )  # fmt: skip
    envelope = json.loads(only.body)
    assert (envelope["Type"], envelope["TopicArn"]) == ("Notification", "arn:aws:sns:eu:1:t")
    headers = only.headers(1)
    assert headers["x-amz-sns-message-type"] == "Notification"
    assert headers["x-amz-sns-message-id"] == envelope["MessageId"]
    payload = json.loads(envelope["Message"])
    assert payload["notificationType"] == "Message"
    assert payload["order"] == order
    message = shop.messages(type="OrderCreated")[0]
    told = {name: value for name, value in payload.items()
            if name not in ("notificationType", "projectKey")}  # fmt: skip
    assert told == message
    assert only.retries_s == (10, 20, 40, 80, 160, 320)


def test_a_cloud_event_carries_the_payload_as_data(shop: Shop) -> None:
    subscribe(shop, GRID)
    order = shop.order()
    only = shop.posted[-1]
    assert only.url == "http://hook.test/grid"
    headers = only.headers(1)
    assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert headers["aeg-sas-key"] == "secret-key"
    event = json.loads(only.body)
    message = shop.messages(type="OrderCreated")[0]
    assert event.pop("data")["order"] == order
    assert event == {
        "specversion": "1.0",
        "id": message["id"],
        "type": "com.commercetools.order.message.OrderCreated",
        "source": "/peak-retail/orders",
        "subject": order["id"],
        "time": message["createdAt"],
        "sequence": "1",
        "sequencetype": "Integer",
        "dataref": f"/peak-retail/messages/{message['id']}",
    }


def test_a_pub_sub_envelope_is_googles(shop: Shop) -> None:
    subscribe(shop, format=CLOUD)
    shop.order()
    envelope = json.loads(shop.posted[-1].body)
    assert envelope["subscription"] == "projects/p/subscriptions/t-push"
    message = envelope["message"]
    assert message["messageId"] == message["message_id"]
    assert message["publishTime"] == "2026-11-27T06:00:00.000Z"
    assert message["attributes"] == {"content-type": "application/cloudevents+json"}
    assert sent(shop.posted[-1])["specversion"] == "1.0"


def test_changes_tell_versions(shop: Shop) -> None:
    subscribe(shop, changes=[{"resourceTypeId": "order"}, {"resourceTypeId": "inventory-entry"}])
    order = shop.order()
    shop.act(f"orders/{order['id']}", {"action": "changeOrderState", "orderState": "Confirmed"})
    shop.delete(f"orders/{order['id']}", version=2)
    told = [sent(one) for one in shop.posted[1:]]
    assert [(one["notificationType"], one["version"]) for one in told] == [
        ("ResourceCreated", 1), ("ResourceUpdated", 2), ("ResourceDeleted", 2),
    ]  # fmt: skip
    assert told[1]["oldVersion"] == 1
    assert told[0]["resourceUserProvidedIdentifiers"] == {"orderNumber": "N-1"}
    assert [one.key for one in shop.posted[1:]] == ["order:N-1"] * 3


def test_a_late_stock_change_of_an_order_is_a_change_of_the_entry(shop: Shop) -> None:
    subscribe(shop, changes=[{"resourceTypeId": "inventory-entry"}])
    shop.order(shop.line("TEE", 4))
    assert len(shop.posted) == 1
    shop.run(11)
    payload = sent(shop.posted[1])
    assert (payload["notificationType"], payload["oldVersion"], payload["version"]) == (
        "ResourceUpdated", 1, 2,
    )  # fmt: skip
    assert shop.posted[1].key == "stock:TEE@W1"


def test_of_carts_only_creation_and_deletion_are_told(shop: Shop) -> None:
    subscribe(shop, changes=[{"resourceTypeId": "cart"}])
    cart = shop.cart()
    shop.delete(f"carts/{cart['id']}", version=cart["version"])
    told = [sent(one)["notificationType"] for one in shop.posted[1:]]
    assert told == ["ResourceCreated", "ResourceDeleted"]


def test_other_resources_go_by_names_that_a_judge_can_read(shop: Shop) -> None:
    subscribe(
        shop,
        messages=[{"resourceTypeId": "payment"}, {"resourceTypeId": "product"},
                  {"resourceTypeId": "inventory-entry"}],
    )  # fmt: skip
    payment = shop.pay()
    order = shop.order()
    shop.act(f"orders/{order['id']}", {"action": "addPayment", "payment": {"id": payment["id"]}})
    shop.act(f"payments/{payment['id']}", {"action": "setStatusInterfaceCode",
                                           "interfaceCode": "x"})  # fmt: skip
    shop.act(f"inventory/{shop.entry('TEE')['id']}", {"action": "addQuantity", "quantity": 1})
    product = shop.product("TEE")
    shop.act(f"products/{product['id']}", {"action": "unpublish"})
    assert [one.key for one in shop.posted[1:]] == [
        f"payment:{payment['id']}", "order:N-1", "stock:TEE@W1", f"product:{product['id']}",
    ]  # fmt: skip


def test_a_payload_that_is_too_large_is_left_out() -> None:
    shop = Shop(push_endpoints=ENDPOINTS, payload_limit_bytes=1500)
    subscribe(shop)
    order = shop.order()
    payload = sent(shop.posted[-1])
    assert payload["payloadNotIncluded"] == {
        "reason": "Payload too large", "payloadType": "OrderCreated",
    }  # fmt: skip
    assert "order" not in payload
    assert payload["resource"]["id"] == order["id"]
    assert payload["sequenceNumber"] == 1


def test_a_subscription_may_take_a_while_to_become_effective() -> None:
    shop = Shop(push_endpoints=ENDPOINTS, subscription_effective_s=60)
    made = subscribe(shop, messages=[{"resourceTypeId": "order", "types": ["OrderCreated"]}])
    shop.order(number="N-1")
    assert len(shop.posted) == 1
    shop.run(60)
    shop.order(number="N-2")
    assert [one.key for one in shop.posted[1:]] == ["order:N-2"]
    shop.act(f"subscriptions/{made['id']}", {"action": "setMessages", "messages": ORDERS})
    shop.order(number="N-3")
    assert len(shop.posted) == 2


def test_a_subscription_is_changed(shop: Shop) -> None:
    path = f"subscriptions/{subscribe(shop)['id']}"
    shop.act(
        path,
        {"action": "setKey", "key": "mine"},
        {"action": "setChanges", "changes": [{"resourceTypeId": "channel"}]},
        {"action": "setMessages"},
    )
    after = shop.get("subscriptions/key=mine")
    assert (after["messages"], after["changes"]) == ([], [{"resourceTypeId": "channel"}])
    assert shop.act(path, {"action": "setChanges"}).code == "InvalidOperation"
    shop.post("channels", {"key": "X"})
    assert shop.posted[-1].event == "ResourceCreated"
    wrong = shop.act(path, {"action": "changeDestination",
                            "destination": {**PUB_SUB, "topic": "none"}})  # fmt: skip
    assert wrong.code == "InvalidInput"
    assert shop.get(path)["destination"] == PUB_SUB
    shop.act(path, {"action": "changeDestination", "destination": SNS})
    shop.post("channels", {"key": "Y"})
    assert shop.posted[-1].url == "http://hook.test/sns"
    subscribe(shop, key="other")
    assert shop.act(path, {"action": "setKey", "key": "other"}).code == "DuplicateField"


def test_secrets_are_hidden_when_read(shop: Shop) -> None:
    made = subscribe(shop, SNS)
    assert made["destination"]["accessSecret"] == "gehe***"
    assert "geheim" not in str(shop.get("subscriptions").body)


# --- health --------------------------------------------------------------------------------


def health(shop: Shop, made: Answer) -> tuple[int, str]:
    answer = shop.send("GET", f"/{shop.key}/subscriptions/{made['id']}/health")
    return answer.status, answer["status"]


def delivered(shop: Shop, notification: Notification, outcome: Any) -> None:
    """What the wire writes about a delivery attempt."""
    shop.world.emit(
        Hook(
            shop.world.t, 0, shop.world.t, "commercetools", notification.event,
            notification.key, 2, 200, outcome,
        )
    )  # fmt: skip


def test_a_delivery_that_is_tried_again_is_a_temporary_error(shop: Shop) -> None:
    made = subscribe(shop)
    assert health(shop, made) == (200, "Healthy")
    shop.order()
    only = shop.posted[-1]
    only.headers(1)
    assert health(shop, made) == (200, "Healthy")
    only.headers(2)
    assert health(shop, made) == (503, "TemporaryError")
    delivered(shop, only, "failed")
    assert health(shop, made) == (503, "TemporaryError")
    delivered(shop, only, "ok")
    assert health(shop, made) == (200, "Healthy")
    assert shop.get(f"subscriptions/{made['id']}")["version"] == 1, "health makes no version"


def test_a_topic_that_loses_its_endpoint_is_a_configuration_error(shop: Shop) -> None:
    made = subscribe(shop)
    del shop.project.outbox.endpoints["projects/p/topics/t"]
    shop.order()
    assert health(shop, made) == (400, "ConfigurationError")
    assert health(shop, Answer(200, {"id": made["id"]}, {}))[0] == 400
    gone = shop.send("GET", f"/{shop.key}/subscriptions/none/health")
    assert gone.status == 404


@pytest.mark.parametrize("status", ["ManuallySuspended", "ConfigurationErrorDeliveryStopped"])
def test_what_happens_while_delivery_is_stopped_is_lost(shop: Shop, status: str) -> None:
    made = subscribe(shop)
    control = shop.service.controls["subscription_status"]
    control({"id": made["id"], "status": status})
    assert health(shop, made) == (400, status)
    shop.order(number="N-1")
    control({"id": made["id"], "status": "Healthy"})
    shop.order(number="N-2")
    assert [one.key for one in shop.posted[1:]] == ["order:N-2"]


def test_controls_explain_what_is_wrong(shop: Shop) -> None:
    controls = shop.service.controls
    with pytest.raises(UsageError, match="give the id of a subscription"):
        controls["subscription_status"]({"id": "none", "status": "Healthy"})
    with pytest.raises(UsageError, match="must be text"):
        controls["push_endpoints"]({"x": 1})
    with pytest.raises(UsageError, match="no push endpoint"):
        controls["subscribe"]({"destination": {**PUB_SUB, "topic": "none"}, "messages": ORDERS})
    with pytest.raises(UsageError, match="destination"):
        controls["subscribe"]({})


def test_a_scenario_can_subscribe_without_a_call(shop: Shop) -> None:
    made = shop.service.controls["subscribe"]({"destination": PUB_SUB, "messages": ORDERS})
    assert shop.posted == []
    assert shop.get(f"subscriptions/{made['id']}").status == 200
    shop.order()
    assert len(shop.posted) == 1


def test_without_subscriptions_nothing_is_prepared_for_sending(shop: Shop) -> None:
    made = subscribe(shop)
    assert shop.project.notices is not None
    shop.delete(f"subscriptions/{made['id']}", version=1)
    assert shop.project.notices is None
    shop.order()
    assert len(shop.posted) == 1
