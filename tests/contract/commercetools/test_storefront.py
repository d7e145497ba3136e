"""The storefront's role: shoppers and clerks act by the same rules as the API."""

from __future__ import annotations

import pytest
from tests.contract.commercetools.shop import Shop

from peakproof.errors import SimulatorFault
from peakproof.history.records import (
    CancelAsked,
    Level,
    OrderState,
    Payment,
    Placed,
    Refused,
    TurnedAway,
)
from peakproof_simulators.trading.ports import Refusal, Want


def buy(shop: Shop, *wants: Want) -> str | Refusal:
    with shop.world.acting("shopper"):
        return shop.storefront.checkout(wants, email="someone@example.test", name="Some One")


def test_what_is_offered_is_what_readers_see(shop: Shop) -> None:
    assert shop.storefront.offered("TEE") == {"W1": 10, "S1": 3}
    assert shop.storefront.offered("SOCKS") == {"": 5}
    assert shop.storefront.offered("HAT") == {}
    buy(shop, Want("TEE", 4, "W1"))
    assert shop.storefront.offered("TEE") == {"W1": 10, "S1": 3}
    shop.run(11)
    assert shop.storefront.offered("TEE") == {"W1": 6, "S1": 3}


def test_a_checkout_is_an_order_like_any_other(shop: Shop) -> None:
    number = buy(shop, Want("TEE", 2, "S1"), Want("SOCKS", 1))
    assert number == "W-100001"
    order = shop.get(f"orders/order-number={number}")
    assert [line["quantity"] for line in order["lineItems"]] == [2, 1]
    assert order["lineItems"][0]["supplyChannel"]["id"] == shop.channel("S1")
    assert "supplyChannel" not in order["lineItems"][1]
    assert (order["customerEmail"], order["paymentState"]) == ("someone@example.test", "Pending")
    assert order["shippingAddress"]["firstName"] == "Some"
    assert order["shippingInfo"]["shippingMethodName"] == "Standard delivery"
    assert order["totalPrice"]["centAmount"] == 2733
    assert order["taxedPrice"]["totalGross"]["centAmount"] == 2733
    payment = shop.get(f"payments/{order['paymentInfo']['payments'][0]['id']}")
    assert payment["amountPlanned"]["centAmount"] == 2733
    assert payment["transactions"] == []
    assert order["createdBy"]["clientId"] != shop.service.credentials["client_id"]
    cart = shop.get(f"carts/{order['cart']['id']}")
    assert cart["cartState"] == "Ordered"
    placed = shop.facts(Placed)[0]
    assert (placed.order, placed.by, placed.n) == (number, "shopper", 0)
    assert shop.cell("TEE", "S1") == (1, 1)
    assert [level.ref for level in shop.facts(Level)[3:]] == [number, number]
    assert [one["type"] for one in shop.messages() if one["resource"]["typeId"] == "order"] == [
        "OrderCreated"
    ]


def test_order_numbers_count_up_by_accepted_orders(shop: Shop) -> None:
    assert buy(shop, Want("TEE", 1)) == "W-100001"
    assert isinstance(buy(shop, Want("TEE", 99)), Refusal)
    assert buy(shop, Want("TEE", 1)) == "W-100002"


def test_where_the_system_decides_it_takes_the_place_that_shows_most(shop: Shop) -> None:
    buy(shop, Want("TEE", 1))
    assert shop.facts(Placed)[0].lines[0].place == "W1"
    shop.act(f"inventory/{shop.entry('TEE')['id']}", {"action": "changeQuantity", "quantity": 2})
    buy(shop, Want("TEE", 1))
    assert shop.facts(Placed)[1].lines[0].place == "S1"


def test_who_gets_nothing_is_turned_away(shop: Shop) -> None:
    refusal = buy(shop, Want("SOCKS", 1), Want("TEE", 4, "S1"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "OutOfStock"
    assert refusal.detail.endswith("placing the order: TEE.")
    away = shop.facts(TurnedAway)
    assert [(one.sku, one.place, one.units, one.why, one.by) for one in away] == [
        ("TEE", "S1", 4, "OutOfStock", "shopper")
    ]
    assert shop.facts(Placed) == []
    assert shop.facts(Refused) == []
    assert shop.cell("SOCKS", "") == (5, 5)
    unknown = buy(shop, Want("HAT", 1))
    assert isinstance(unknown, Refusal)
    assert unknown.reason == "ReferencedResourceNotFound"
    assert shop.facts(TurnedAway)[-1].sku == "HAT"


def test_the_storefront_sells_in_the_mode_that_is_set() -> None:
    shop = Shop(storefront_inventory_mode="TrackOnly", stock_lag_s=0)
    assert buy(shop, Want("TEE", 12, "W1")) == "W-100001"
    assert shop.cell("TEE") == (-2, -2)


@pytest.mark.parametrize(
    ("outcome", "transaction", "state", "what"),
    [
        ("authorised", ("Authorization", "Success"), "Pending", "authorised"),
        ("captured", ("Charge", "Success"), "Paid", "captured"),
        ("failed", ("Authorization", "Failure"), "Failed", "failed"),
    ],
)
def test_a_payment_settles(
    shop: Shop, outcome: str, transaction: tuple[str, str], state: str, what: str
) -> None:
    number = str(buy(shop, Want("TEE", 1)))
    with shop.world.acting("system"):
        shop.storefront.settle(number, outcome)
    order = shop.get(f"orders/order-number={number}")
    assert order["paymentState"] == state
    payment = shop.get(f"payments/{order['paymentInfo']['payments'][0]['id']}")
    only = payment["transactions"][0]
    assert ((only["type"], only["state"]), only["amount"]["centAmount"]) == (transaction, 1200)
    assert [(one.order, one.what, one.amount_minor) for one in shop.facts(Payment)] == [
        (number, what, 1200)
    ]
    assert len(shop.facts(OrderState)) == (1 if state != "Pending" else 0)


def test_a_payment_is_authorised_then_captured(shop: Shop) -> None:
    number = str(buy(shop, Want("TEE", 1)))
    shop.storefront.settle(number, "authorised")
    shop.storefront.settle(number, "captured")
    assert [one.what for one in shop.facts(Payment)] == ["authorised", "captured"]
    order = shop.get(f"orders/order-number={number}")
    payment = order["paymentInfo"]["payments"][0]["id"]
    shop.act(
        f"payments/{payment}",
        {"action": "addTransaction", "transaction": {
            "type": "Charge", "state": "Pending",
            "amount": {"centAmount": 5, "currencyCode": "GBP"}}},
    )  # fmt: skip
    shop.storefront.settle(number, "captured")
    assert shop.facts(Payment)[-1].amount_minor == 5, "what was pending is what settles"


def test_the_shop_may_be_late_with_the_payment_state_or_never_set_it() -> None:
    late = Shop(storefront_payment_state_delay_s=30)
    number = str(buy(late, Want("TEE", 1)))
    late.storefront.settle(number, "captured")
    assert late.get(f"orders/order-number={number}")["paymentState"] == "Pending"
    late.run(31)
    assert late.get(f"orders/order-number={number}")["paymentState"] == "Paid"
    never = Shop(storefront_sets_payment_state=False)
    number = str(buy(never, Want("TEE", 1)))
    never.storefront.settle(number, "captured")
    never.run(100)
    assert never.get(f"orders/order-number={number}")["paymentState"] == "Pending"


def test_a_customer_can_cancel_until_it_is_shipped(shop: Shop) -> None:
    first, second = str(buy(shop, Want("TEE", 1))), str(buy(shop, Want("TEE", 1)))
    with shop.world.acting("shopper"):
        assert shop.storefront.ask_cancel(first) is True
        assert shop.storefront.ask_cancel(first) is False
    assert shop.get(f"orders/order-number={first}")["orderState"] == "Cancelled"
    assert [(one.order, one.by) for one in shop.facts(CancelAsked)] == [(first, "shopper")]
    path = f"orders/order-number={second}"
    shop.act(path, {"action": "changeShipmentState", "shipmentState": "Shipped"})
    assert shop.storefront.ask_cancel(second) is False
    assert shop.get(path)["orderState"] == "Open"


def test_a_clerks_edit_makes_a_new_version_and_a_message(shop: Shop) -> None:
    number = str(buy(shop, Want("TEE", 1)))
    path = f"orders/order-number={number}"
    with shop.world.acting("staff"):
        shop.storefront.edit(number)
        shop.storefront.edit(number)
    after = shop.get(path)
    assert after["version"] == 3
    assert after["customerEmail"] == "someone+2@example.test"
    assert [one["type"] for one in shop.messages(type="OrderCustomerEmailSet")] == (
        ["OrderCustomerEmailSet"] * 2
    )


def test_an_order_that_is_not_there_is_a_fault_of_whoever_asks(shop: Shop) -> None:
    with pytest.raises(SimulatorFault, match="no order W-1"):
        shop.storefront.edit("W-1")
    order = shop.order(number="N-1")
    assert order["version"] == 1
    with pytest.raises(SimulatorFault, match="has no payment"):
        shop.storefront.settle("N-1", "captured")
