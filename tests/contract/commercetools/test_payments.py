"""Payments: transactions and their states; nothing of them reaches the order by itself."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import Answer, Json, Shop, transaction

from peakproof.history.records import Payment


def act(shop: Shop, payment: Json, *actions: Json) -> Answer:
    return shop.act(f"payments/{payment['id']}", *actions)


def read(shop: Shop, payment: Json) -> Json:
    found = shop.get("payments", where=f'id="{payment["id"]}"')["results"]
    only: Json = found[0]
    return only


def test_a_new_payment_is_read_back(shop: Shop) -> None:
    made = shop.post(
        "payments",
        {
            "key": "pay-1",
            "interfaceId": "psp-1",
            "amountPlanned": {"centAmount": 1200, "currencyCode": "GBP", "type": "centPrecision"},
            "paymentMethodInfo": {"paymentInterface": "PSP", "method": "card"},
            "paymentStatus": {"interfaceCode": "ok"},
            "transactions": [
                {**transaction("Authorization", "Success"), "interactionId": "i-1",
                 "timestamp": "2026-11-27T05:59:00Z"}
            ],
        },
    )  # fmt: skip
    assert made.status == 201
    assert made["amountPlanned"] == {
        "type": "centPrecision", "currencyCode": "GBP", "centAmount": 1200, "fractionDigits": 2,
    }  # fmt: skip
    assert made["transactions"][0]["timestamp"] == "2026-11-27T05:59:00.000Z"
    assert shop.get("payments/key=pay-1").body == made.body == read(shop, made.body)
    assert shop.keys == [f"payment:{made['id']}"]
    found = shop.get("payments", where='transactions(interactionId="i-1" and state="Success")')
    assert found["total"] == 1


@pytest.mark.parametrize(("currency", "digits"), [("GBP", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_its_own_number_of_digits(shop: Shop, currency: str, digits: int) -> None:
    made = shop.post("payments", {"amountPlanned": {"centAmount": 5, "currencyCode": currency}})
    assert made["amountPlanned"]["fractionDigits"] == digits


def test_transactions_are_added_and_change_state(shop: Shop) -> None:
    payment = shop.pay()
    act(shop, payment, {"action": "addTransaction", "transaction": {
        "type": "Charge", "amount": {"centAmount": 1200, "currencyCode": "GBP"}}})  # fmt: skip
    first = read(shop, payment)["transactions"][0]
    assert first["state"] == "Initial"
    for state in ("Pending", "Failure", "Success"):
        change = {"action": "changeTransactionState", "transactionId": first["id"], "state": state}
        made = act(shop, payment, change)
        assert read(shop, payment)["transactions"][0]["state"] == state
        assert act(shop, payment, change)["version"] == made["version"]
    unknown = act(
        shop,
        payment,
        {"action": "changeTransactionState", "transactionId": "none", "state": "Success"},
    )
    assert unknown.code == "ReferencedResourceNotFound"


@pytest.mark.parametrize(
    ("action", "path", "value"),
    [
        ({"action": "changeAmountPlanned",
          "amount": {"centAmount": 900, "currencyCode": "GBP"}},
         ("amountPlanned", "centAmount"), 900),
        ({"action": "setStatusInterfaceCode", "interfaceCode": "C"},
         ("paymentStatus", "interfaceCode"), "C"),
        ({"action": "setStatusInterfaceText", "interfaceText": "T"},
         ("paymentStatus", "interfaceText"), "T"),
        ({"action": "setInterfaceId", "interfaceId": "psp-2"}, ("interfaceId",), "psp-2"),
        ({"action": "setMethodInfoMethod", "method": "card"},
         ("paymentMethodInfo", "method"), "card"),
        ({"action": "setKey", "key": "pay-9"}, ("key",), "pay-9"),
    ],
)  # fmt: skip
def test_plain_fields_are_set_and_read_back(
    shop: Shop, action: Json, path: tuple[str, ...], value: Any
) -> None:
    payment = shop.pay()
    made = act(shop, payment, action)
    found: Any = read(shop, payment)
    for step in path:
        found = found[step]
    assert found == value
    assert act(shop, payment, action)["version"] == made["version"] == 2


def test_transaction_details_are_changed(shop: Shop) -> None:
    payment = shop.pay(1200, transaction("Charge", "Pending"))
    named = {"transactionId": payment["transactions"][0]["id"]}
    act(
        shop,
        payment,
        {"action": "changeTransactionInteractionId", **named, "interactionId": "i-2"},
        {"action": "changeTransactionTimestamp", **named, "timestamp": "2026-11-27T05:00:00Z"},
    )
    only = read(shop, payment)["transactions"][0]
    assert (only["interactionId"], only["timestamp"]) == ("i-2", "2026-11-27T05:00:00.000Z")


def test_keys_and_interface_ids_are_unique(shop: Shop) -> None:
    amount = {"amountPlanned": {"centAmount": 1, "currencyCode": "GBP"}}
    method = {"paymentMethodInfo": {"paymentInterface": "PSP"}}
    one = shop.post("payments", {**amount, **method, "key": "pay-1", "interfaceId": "x"})
    assert one.status == 201
    assert shop.post("payments", {**amount, "key": "pay-1"}).error["field"] == "key"
    twice = shop.post("payments", {**amount, **method, "interfaceId": "x"})
    assert (twice.code, twice.error["field"]) == ("DuplicateField", "interfaceId")
    other = shop.post("payments", {**amount, "interfaceId": "x"})
    assert other.status == 201, "another interface may use the same id"
    again = act(shop, one.body, {"action": "setInterfaceId", "interfaceId": "y"})
    assert (again.code, again.error["field"]) == ("InvalidField", "interfaceId")
    renamed = act(shop, other.body, {"action": "setKey", "key": "pay-1"})
    assert renamed.code == "DuplicateField"


def test_states_and_interactions_of_a_payment(shop: Shop) -> None:
    state = shop.post("states", {"key": "settled", "type": "PaymentState"})["id"]
    field = {"type": {"name": "String"}, "name": "raw", "label": {"en": "R"}, "required": True}
    kinds = ["payment", "payment-interface-interaction"]
    shop.post(
        "types",
        {"key": "psp-log", "name": {}, "resourceTypeIds": kinds, "fieldDefinitions": [field]},
    )
    payment = shop.pay()
    fields = {"type": {"key": "psp-log"}, "fields": {"raw": "<ok>"}}
    act(
        shop,
        payment,
        {"action": "transitionState", "state": {"key": "settled"}},
        {"action": "addInterfaceInteraction", **fields},
        {"action": "setCustomType", **fields},
        {"action": "setCustomField", "name": "raw", "value": "x"},
    )
    after = read(shop, payment)
    assert after["paymentStatus"]["state"]["id"] == state
    assert after["interfaceInteractions"][0]["fields"] == {"raw": "<ok>"}
    assert after["custom"]["fields"] == {"raw": "x"}
    bare = act(shop, payment, {"action": "addInterfaceInteraction", "type": {"key": "psp-log"}})
    assert (bare.code, bare.error["field"]) == ("RequiredField", "raw")
    removed = act(shop, payment, {"action": "setCustomField", "name": "raw"})
    assert removed.code == "RequiredField"


def test_the_orders_payment_state_is_not_made_from_its_payments(shop: Shop) -> None:
    payment = shop.pay()
    order = shop.order()
    shop.act(f"orders/{order['id']}", {"action": "addPayment", "payment": {"id": payment["id"]}})
    paid = transaction("Charge", "Success")
    act(shop, payment, {"action": "addTransaction", "transaction": paid})
    assert "paymentState" not in shop.get(f"orders/{order['id']}").body
    assert shop.keys == ["order:N-1"]
    shop.get(f"payments/{payment['id']}")
    assert shop.keys == ["order:N-1"], "once it belongs to an order, a judge reads its number"


def told(shop: Shop) -> list[tuple[str, str, int]]:
    return [(one.order, one.what, one.amount_minor) for one in shop.facts(Payment)]


@pytest.mark.parametrize(
    ("type_", "state", "what"),
    [
        ("Authorization", "Success", "authorised"),
        ("Charge", "Success", "captured"),
        ("Refund", "Success", "refunded"),
        ("Authorization", "Failure", "failed"),
        ("Charge", "Failure", "failed"),
        ("Charge", "Pending", None),
        ("Refund", "Failure", None),
        ("Chargeback", "Success", None),
        ("CancelAuthorization", "Success", None),
    ],
)
def test_a_transaction_is_told_when_its_state_means_something(
    shop: Shop, type_: str, state: str, what: str | None
) -> None:
    payment = shop.pay()
    order = shop.order()
    shop.act(f"orders/{order['id']}", {"action": "addPayment", "payment": {"id": payment["id"]}})
    act(shop, payment, {"action": "addTransaction", "transaction": transaction(type_, state)})
    assert told(shop) == ([("N-1", what, 1200)] if what else [])
    if what:
        first = read(shop, payment)["transactions"][0]
        assert shop.facts(Payment)[0].ref == first["id"]


def test_what_a_payment_did_before_it_had_an_order_is_told_then(shop: Shop) -> None:
    payment = shop.pay(1200, transaction("Authorization", "Success"))
    assert told(shop) == []
    order = shop.order()
    shop.act(f"orders/{order['id']}", {"action": "addPayment", "payment": {"id": payment["id"]}})
    assert told(shop) == [("N-1", "authorised", 1200)]


def test_a_payment_in_use_is_not_deleted(shop: Shop) -> None:
    payment = shop.pay()
    cart = shop.cart()
    shop.act(f"carts/{cart['id']}", {"action": "addPayment", "payment": {"id": payment["id"]}})
    refused = shop.delete(f"payments/{payment['id']}", version=1)
    assert (refused.code, refused.error["referencedBy"]) == ("ReferenceExists", "cart")
    free = shop.pay()
    assert shop.delete(f"payments/{free['id']}", version=1).status == 200
    assert shop.head(f"payments/{free['id']}") == 404
