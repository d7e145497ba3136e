"""What people do with single orders, and what a history is told of it."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import Shop

from peakproof.history.records import OrderState
from peakproof_simulators.trading.ports import Clerks


def test_a_hold_is_told_when_it_comes_and_when_it_goes_and_only_then() -> None:
    shop = Shop()
    number = str(shop.buy(("TEE", 1)))
    assert shop.storefront.hold(number, on=True)
    assert not shop.storefront.hold(number, on=True)
    assert shop.storefront.hold(number, on=False)
    told = [one for one in shop.facts(OrderState) if one.what == "hold"]
    assert [(one.old, one.new, one.means) for one in told] == [
        ("free", "held", "held"), ("held", "free", ""),
    ]  # fmt: skip


def test_a_hold_that_an_integration_sets_is_told_as_well() -> None:
    shop = Shop()
    number = shop.buy(("TEE", 1))
    given = {"order": {"number": number}, "input": {"isOnHold": True}}
    shop.done("updateDirectToConsumerOrder", "order { id }", **given)
    assert [one.new for one in shop.facts(OrderState) if one.what == "hold"] == ["held"]


def test_a_lock_keeps_clerks_from_cancelling_and_not_a_fraud_check_from_holding() -> None:
    shop = Shop()
    number = str(shop.buy(("TEE", 1)))
    lock = {"input": {"orders": [{"number": int(number)}], "isLocked": True}}
    shop.done("setOrdersLock", "orders { isLocked }", **lock)
    assert not shop.storefront.ask_cancel(number)
    assert shop.storefront.hold(number, on=True)


def test_an_order_is_looked_through_once() -> None:
    shop = Shop()
    number = str(shop.buy(("TEE", 1)))
    assert isinstance(shop.storefront, Clerks)
    assert shop.storefront.validate(number)
    assert not shop.storefront.validate(number)


@pytest.mark.parametrize(
    ("way", "left"), [("refuse", 10), ("allow", -2), ("clamp", 0)], ids=["no", "less", "clamp"]
)
def test_taking_more_than_there_is_goes_as_the_store_has_it(way: str, left: int) -> None:
    shop = Shop(change_stock_below_zero=way)
    rows = [{"productSize": {"SKU": "TEE"}, "deliveredQuantity": 12}]
    given = {"outFromWarehouse": {"name": "W1"}, "description": "-", "productSizes": rows}
    fields = "stockChange { lines { deliveredQuantity } }"
    if way == "refuse":
        shop.fails("changeStock", fields, input=given)
    else:
        told = shop.done("changeStock", fields, input=given)
        taken = told["stockChange"]["lines"][0]["deliveredQuantity"]
        assert taken == (12 if way == "allow" else 10)
    assert shop.cell("TEE")[0] == left
