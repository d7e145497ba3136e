"""Notifications of a shop start flows of a run, through the connector's hooks."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.contract.patchworks.test_connector import FLOWS, reference
from tests.contract.patchworks.works import flow

from peakproof import catalogue
from peakproof.history.recorder import Recorder
from peakproof.run import virtual
from peakproof.run.setting import Setting

Json = dict[str, Any]

SUBSCRIBE: Json = flow(
    "subscribe",
    {
        "shape": "connector", "connection": "shop", "direction": "push", "method": "POST",
        "path": "/{$connection.project_key}/subscriptions",
        "body": {
            "fields": {
                "key": {"const": "flows"},
                "destination.type": {"const": "EventGrid"},
                "destination.uri": {"text": "{$config.hooks.url}/orders"},
                "destination.accessKey": {"const": "secret"},
                "messages": {
                    "const": [
                        {"resourceTypeId": "order", "types": ["OrderPaymentStateChanged"]}
                    ]
                },
                "format": {"const": {"type": "CloudEvents", "cloudEventsVersion": "1.0"}},
            }
        },
    },
    trigger={"on": "schedule", "every_s": 1e9},
)  # fmt: skip
HEARD: Json = flow(
    "heard",
    {"shape": "filter", "where": {"field": "data.type", "is": "OrderPaymentStateChanged"}},
    {
        "shape": "connector", "connection": "shop", "into": "order",
        "path": "/{$connection.project_key}/orders/{data.resource.id}",
    },
    {"shape": "notify", "key": "heard of {order.orderNumber}", "kind": "heard", "owner": "nobody",
     "reason": "{order.paymentState}"},
    trigger={"on": "webhook", "path": "/orders"},
)  # fmt: skip


def test_a_notification_of_the_shop_is_answered_before_anything_is_done_about_it() -> None:
    document = reference()
    stock = [one for one in document["flows"] if one["name"] == "stock"]
    document["flows"] = [SUBSCRIBE, HEARD, *stock]
    (named,) = catalogue.select(["patchworks_deposco/calm-day"])
    changed: tuple[tuple[str, Any], ...] = (("connector.flow_set", document),)
    recorder = Recorder()
    virtual.play(Setting(named=named, seed=1, connector=FLOWS, overrides=changed), recorder)
    told = [msgspec.json.decode(line) for line in recorder.contents().splitlines()]
    hooks = [record for record in told if record["k"] == "hook"]
    heard = [record for record in told if record["k"] == "desk"]
    test, *hooks = hooks
    assert test["event"] == "extension"
    assert len(hooks) == len(heard) == 10
    assert {record["status"] for record in hooks} == {200}
    assert {record["reason"] for record in heard} == {"Paid"}
    waits = [late["t"] - soon["done"] for soon, late in zip(hooks, heard, strict=True)]
    assert 0.0 < min(waits) < max(waits) < 36.0
    assert not [record for record in told if record["k"] == "work"]
