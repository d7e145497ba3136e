"""The web shop as trading uses it: markets, baskets, payments, wishes to cancel."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import ORDER, Shop

from peakproof.history.records import (
    CancelAsked,
    Payment,
    Placed,
    TurnedAway,
    Withdrawn,
)
from peakproof_simulators.trading.ports import Refusal, Want

SHOWN = f"order {{ ... on DirectToConsumerOrder {{ {ORDER} }} }}"


def test_two_markets_contend_for_the_last_unit_of_a_warehouse(shop: Shop) -> None:
    uk, eu = shop.service.roles["storefront:UK"], shop.service.roles["storefront:EU"]
    shop.buy(("TEE", 12))
    want = (Want("TEE", 1, "W2"),)
    assert uk.offered("TEE") == {"W1": 0, "W2": 1, "UK": 1}
    assert eu.offered("TEE") == {"W1": 0, "W2": 1, "EU": 1}
    assert isinstance(uk.checkout(want, email="a@example.test", name="A B"), str)
    late = eu.checkout(want, email="c@example.test", name="C D")
    assert late == Refusal("unavailable items", "TEE: 1 lack")
    told = shop.facts(TurnedAway)
    assert [(one.sku, one.place, one.units, one.why) for one in told] == [
        ("TEE", "W2", 1, "unavailable items")
    ]


def test_a_market_sells_from_the_warehouses_of_its_rule_alone() -> None:
    """What a retailer calls a stock pool: a market, its rule, the rule's warehouses."""
    shop = Shop(
        allocation_rules={"North": ["W1"], "South": ["W2", "W1"]},
        markets={"UK": {"rule": "North"}, "IE": {"rule": "South", "country": "IE"}},
    )
    assert shop.service.roles["storefront:UK"].offered("TEE") == {"W1": 10, "UK": 10}
    assert shop.service.roles["storefront:IE"].offered("TEE") == {"W2": 3, "W1": 10, "IE": 13}
    shop.buy(Want("TEE", 4, "IE"))
    assert (shop.cell("TEE"), shop.cell("TEE", "W2")) == ((10, 1, 0), (3, 3, 0))
    query = "{ markets { name allocationRule { name warehouses { name } } } allocationRules { name markets { name } } }"  # noqa: E501
    found = shop.ask(query)
    assert found["markets"] == [
        {"name": "UK", "allocationRule": {"name": "North", "warehouses": [{"name": "W1"}]}},
        {"name": "IE", "allocationRule": {
            "name": "South", "warehouses": [{"name": "W2"}, {"name": "W1"}]}},
    ]  # fmt: skip
    assert [one["name"] for one in found["allocationRules"]] == ["Default", "North", "South"]


def test_shoppers_of_all_markets_come_to_the_common_storefront(shop: Shop) -> None:
    for _ in range(12):
        shop.buy(Want("TEE", 1, "W1" if shop.storefront.offered("TEE")["W1"] else "W2"))
    found = shop.ask("{ orders { market { name } } }")["orders"]
    assert {one["market"]["name"] for one in found} == {"UK", "EU"}


@pytest.mark.parametrize(
    ("way", "backorders", "sold"),
    [("Standard", False, None), ("Standard", True, None), ("Off", False, None), ("Off", True, 20),
     ("Aggressive", False, 13)],
)  # fmt: skip
def test_a_short_basket_is_treated_as_the_store_prevents_overselling(
    way: str, backorders: bool, sold: int | None
) -> None:
    shop = Shop(overselling_prevention=way, backorders=backorders)
    made = shop.storefront.checkout((Want("TEE", 20),), email="a@example.test", name="A B")
    if sold is None:
        assert made == Refusal("unavailable items", "TEE: 7 lack")
        assert shop.cell("TEE") == (10, 0, 0)
    else:
        assert isinstance(made, str)
        assert shop.order(int(made))["lines"][0]["quantity"] == sold
        assert shop.cell("TEE") == (10, 10, sold - 13)


def test_a_failed_payment_ends_the_order_or_leaves_it_waiting(shop: Shop) -> None:
    number = shop.buy(("TEE", 2), pay="failed")
    assert shop.order(number)["status"] == "CANCELLED"
    assert shop.cell("TEE") == (10, 0, 0)
    assert [one.cause for one in shop.facts(Withdrawn)] == ["payment_failed"]
    assert [one.what for one in shop.facts(Payment)] == ["failed"]
    kept = Shop(failed_payment="keep")
    number = kept.buy(("TEE", 2), pay="failed")
    assert (kept.order(number)["status"], kept.order(number)["isWaitingForPayment"]) == (
        "PENDING", True,
    )  # fmt: skip


def test_a_customer_who_cancels_asks_and_is_told_no_once_it_is_packed(shop: Shop) -> None:
    number = shop.buy(("TEE", 2))
    with shop.world.acting("shopper"):
        assert shop.storefront.ask_cancel(str(number)) is True
    assert shop.order(number)["status"] == "CANCELLED"
    assert [one.order for one in shop.facts(CancelAsked)] == ["1001"]
    packed = shop.confirmed(("TEE", 1))
    shop.ship(packed)
    assert shop.storefront.ask_cancel(str(packed["number"])) is False


def test_a_clerks_edit_shows_in_the_date_of_change(shop: Shop) -> None:
    number = shop.buy(("TEE", 2))
    before = shop.ask("{ orders { updatedAt } }")
    shop.run(5)
    shop.storefront.edit(str(number))
    assert shop.ask("{ orders { updatedAt } }") != before


def test_a_promise_is_told_with_the_warehouses_that_hold_it(shop: Shop) -> None:
    number = shop.buy(("TEE", 12))
    told = shop.facts(Placed)[0]
    assert (told.order, told.id) == (str(number), shop.order(number)["id"])
    assert [(one.sku, one.units, one.place, one.price_minor) for one in told.lines] == [
        ("TEE", 10, "W1", 1200), ("TEE", 2, "W2", 1200),
    ]  # fmt: skip
    assert (told.total_minor, told.currency) == (14400, "GBP")
