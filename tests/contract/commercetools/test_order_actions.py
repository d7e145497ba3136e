"""What may be done to an order: states, names, sync info, people, payments, custom fields."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import ADDRESS, Answer, Json, Shop


def act(shop: Shop, order: Json, *actions: Json, version: int | None = None) -> Answer:
    return shop.act(f"orders/{order['id']}", *actions, version=version)


def read(shop: Shop, order: Json) -> Json:
    """Read back by query: another operation than the write."""
    found = shop.get("orders", where=f'id="{order["id"]}"')["results"]
    only: Json = found[0]
    return only


STATES: list[tuple[str, str, list[str]]] = [
    ("changeOrderState", "orderState", ["Confirmed", "Complete", "Cancelled", "Open"]),
    (
        "changeShipmentState", "shipmentState",
        ["Shipped", "Delivered", "Ready", "Pending", "Delayed", "Partial", "Backorder",
         "Canceled"],
    ),
    (
        "changePaymentState", "paymentState",
        ["BalanceDue", "Failed", "Pending", "CreditOwed", "Paid"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("action", "field", "values"), STATES)
def test_states_change_from_any_to_any(
    shop: Shop, action: str, field: str, values: list[str]
) -> None:
    order = shop.order()
    for value in [*values, *reversed(values[:-1])]:
        assert act(shop, order, {"action": action, field: value}).status == 200
        assert read(shop, order)[field] == value
    version = read(shop, order)["version"]
    again = act(shop, order, {"action": action, field: values[0]})
    assert again["version"] == version, "nothing changed, no new version"
    wrong = act(shop, order, {"action": action, field: "Nonsense"})
    assert (wrong.code, wrong.error["invalidValue"]) == ("InvalidField", "Nonsense")


def test_a_conflict_leaves_the_order_alone(shop: Shop) -> None:
    order = shop.order()
    act(shop, order, {"action": "setCustomerEmail", "email": "clerk@example.test"})
    answer = act(shop, order, {"action": "changeOrderState", "orderState": "Confirmed"}, version=1)
    assert (answer.status, answer.error["currentVersion"]) == (409, 2)
    assert read(shop, order)["orderState"] == "Open"


def new_state(shop: Shop, key: str, **more: Any) -> str:
    made = shop.post("states", {"key": key, "type": "OrderState", **more})
    assert made.status == 201
    return str(made["id"])


def test_a_workflow_lets_through_only_its_transitions(shop: Shop) -> None:
    order = shop.order()
    packed = new_state(shop, "packed", initial=False)
    new_state(shop, "sent", initial=False, transitions=[])
    new_state(shop, "new", transitions=[{"key": "packed"}])

    def go(key: str, **more: Any) -> Answer:
        return act(shop, order, {"action": "transitionState", "state": {"key": key}, **more})

    assert go("packed").code == "InvalidOperation", "not an initial state"
    assert go("new").status == 200
    assert go("sent").code == "InvalidOperation", "no such transition"
    assert go("packed")["state"] == {"typeId": "state", "id": packed}
    assert go("sent").status == 200, "packed names no transitions, so all are allowed"
    assert go("new").code == "InvalidOperation", "sent allows none"
    assert go("new", force=True).status == 200
    assert go("shipped").code == "InvalidOperation", "a state of lines, not of orders"
    found = shop.get("orders", where=f'state(id="{shop.state("new")}")')
    assert found["total"] == 1
    assert go("new", force=True)["version"] == read(shop, order)["version"]


def line_states(shop: Shop, order: Json) -> dict[str, int]:
    keys = {one["id"]: one["key"] for one in shop.get("states", limit=500)["results"]}
    states = read(shop, order)["lineItems"][0]["state"]
    return {keys[one["state"]["id"]]: one["quantity"] for one in states}


def test_units_of_a_line_move_between_states(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 5))
    line = order["lineItems"][0]["id"]

    def go(quantity: int, old: str, new: str) -> Answer:
        return act(
            shop,
            order,
            {
                "action": "transitionLineItemState",
                "lineItemId": line,
                "quantity": quantity,
                "fromState": {"key": old},
                "toState": {"key": new},
            },
        )

    assert go(2, "Initial", "shipped").status == 200
    assert line_states(shop, order) == {"Initial": 3, "shipped": 2}
    assert go(4, "Initial", "shipped").code == "InvalidOperation"
    assert go(0, "Initial", "shipped").code == "InvalidOperation"
    assert go(3, "Initial", "canceled").status == 200
    assert line_states(shop, order) == {"shipped": 2, "canceled": 3}
    assert go(1, "canceled", "shipped").status == 200
    assert line_states(shop, order) == {"shipped": 3, "canceled": 2}
    assert go(1, "shipped", "shipped").status == 200


def test_line_states_can_be_imported_when_they_add_up(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 5))
    line = order["lineItems"][0]["id"]

    def bring(**counts: int) -> Answer:
        return act(
            shop,
            order,
            {
                "action": "importLineItemState",
                "lineItemId": line,
                "state": [
                    {"quantity": count, "state": {"typeId": "state", "id": shop.state(key)}}
                    for key, count in counts.items()
                ],
            },
        )

    assert bring(shipped=4, canceled=1).status == 200
    assert line_states(shop, order) == {"shipped": 4, "canceled": 1}
    assert bring(shipped=4).code == "InvalidOperation"
    assert bring(shipped=6).code == "InvalidOperation"
    assert line_states(shop, order) == {"shipped": 4, "canceled": 1}


def test_sync_info_is_the_place_of_the_export_marker(shop: Shop) -> None:
    order = shop.order()
    update: Json = {
        "action": "updateSyncInfo", "channel": {"key": "order-sync"}, "externalId": "WMS-7",
    }  # fmt: skip
    made = act(shop, order, update)
    assert made["syncInfo"] == [
        {
            "channel": {"typeId": "channel", "id": shop.channel("order-sync")},
            "externalId": "WMS-7",
            "syncedAt": "2026-11-27T06:00:00.000Z",
        }
    ]
    found = shop.get("orders", where='syncInfo(externalId="WMS-7")')
    assert [one["id"] for one in found["results"]] == [order["id"]]
    later = act(shop, order, {**update, "externalId": "WMS-8", "syncedAt": "2026-11-27T07:00:00Z"})
    assert [one["externalId"] for one in later["syncInfo"]] == ["WMS-8"], "one for each channel"
    wrong = act(shop, order, {**update, "channel": {"key": "W1"}})
    assert (wrong.status, wrong.code) == (400, "InvalidInput")
    assert wrong.error["action"]["externalId"] == "WMS-7"


def test_an_order_number_is_set_once(shop: Shop) -> None:
    shop.order(number="N-1")
    order = shop.place(shop.cart(shop.line("TEE"))).body
    assert act(shop, order, {"action": "setOrderNumber", "orderNumber": "N-1"}).code == (
        "DuplicateField"
    )
    assert act(shop, order, {"action": "setOrderNumber", "orderNumber": "N-2"}).status == 200
    assert shop.get("orders/order-number=N-2")["id"] == order["id"]
    assert shop.keys == [f"order:{order['id']}"], "the history keeps the first name"
    again = act(shop, order, {"action": "setOrderNumber", "orderNumber": "N-3"})
    assert (again.code, again.error["field"]) == ("InvalidField", "orderNumber")


@pytest.mark.parametrize(
    ("action", "sent", "field", "value"),
    [
        ("setCustomerEmail", "email", "customerEmail", "x@example.test"),
        ("setPurchaseOrderNumber", "purchaseOrderNumber", "purchaseOrderNumber", "PO-1"),
        ("setShippingAddress", "address", "shippingAddress", {**ADDRESS, "city": "Leeds"}),
        ("setBillingAddress", "address", "billingAddress", ADDRESS),
        ("setLocale", "locale", "locale", "en-GB"),
    ],
)
def test_plain_fields_are_set_and_taken_away(
    shop: Shop, action: str, sent: str, field: str, value: Any
) -> None:
    order = shop.order()
    made = act(shop, order, {"action": action, sent: value})
    assert read(shop, order)[field] == value
    same = act(shop, order, {"action": action, sent: value})
    assert same["version"] == made["version"]
    act(shop, order, {"action": action})
    assert field not in read(shop, order)


def test_payments_come_to_an_order_and_go(shop: Shop) -> None:
    one, other = shop.order(number="N-1"), shop.order(number="N-2")
    named = {"typeId": "payment", "id": shop.pay()["id"]}
    added = act(shop, one, {"action": "addPayment", "payment": named})
    assert added["paymentInfo"]["payments"] == [named]
    found = shop.get("orders", where=f'paymentInfo(payments(id="{named["id"]}"))')
    assert [order["orderNumber"] for order in found["results"]] == ["N-1"]
    assert act(shop, other, {"action": "addPayment", "payment": named}).code == "InvalidOperation"
    deleting = shop.delete(f"payments/{named['id']}", version=1)
    assert (deleting.code, deleting.error["referencedBy"]) == ("ReferenceExists", "order")
    act(shop, one, {"action": "removePayment", "payment": named})
    assert "paymentInfo" not in read(shop, one)
    assert act(shop, other, {"action": "addPayment", "payment": named}).status == 200


def test_custom_fields_of_orders_and_lines(shop: Shop) -> None:
    field = {"type": {"name": "Number"}, "name": "wave", "label": {"en": "W"}, "required": False}
    draft = {"key": "waved", "name": {"en": "Waved"}, "fieldDefinitions": [field]}
    shop.post("types", {**draft, "resourceTypeIds": ["order", "line-item"]})
    order = shop.order()
    line = {"lineItemId": order["lineItems"][0]["id"]}
    act(
        shop,
        order,
        {"action": "setCustomType", "type": {"key": "waved"}},
        {"action": "setCustomField", "name": "wave", "value": 4},
        {"action": "setLineItemCustomType", **line, "type": {"key": "waved"}},
        {"action": "setLineItemCustomField", **line, "name": "wave", "value": 5},
    )
    after = read(shop, order)
    assert after["custom"]["fields"] == {"wave": 4}
    assert after["lineItems"][0]["custom"]["fields"] == {"wave": 5}
    same = act(
        shop, order, {"action": "setLineItemCustomField", **line, "name": "wave", "value": 5}
    )
    assert same["version"] == after["version"]
    act(shop, order, {"action": "setCustomType"})
    assert "custom" not in read(shop, order)


def test_a_refused_action_is_echoed_and_nothing_of_the_request_stays(shop: Shop) -> None:
    order = shop.order()
    answer = act(
        shop,
        order,
        {"action": "changeOrderState", "orderState": "Confirmed"},
        {"action": "removeDelivery", "deliveryId": "none"},
    )
    assert answer.code == "ReferencedResourceNotFound"
    assert answer.error["action"] == {"action": "removeDelivery", "deliveryId": "none"}
    assert read(shop, order) == order
