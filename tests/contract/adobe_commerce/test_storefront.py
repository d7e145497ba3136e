"""The shop as its customers use it, and what the history is told of them."""

from __future__ import annotations

import msgspec
import pytest
from tests.contract.adobe_commerce.shop import SINGLE, Shop, search

from peakproof.errors import ScenarioError, SimulatorFault
from peakproof.history.records import (
    Item,
    Level,
    OrderState,
    Payment,
    Placed,
    TurnedAway,
    Withdrawn,
)
from peakproof_simulators.kit.seed import Seed, SeedLevel
from peakproof_simulators.trading.ports import Refusal, Storefront, Want


def checkout(shop: Shop, *wants: Want) -> str | Refusal:
    with shop.world.acting("shopper"):
        return shop.storefront.checkout(wants, email="a@b.test", name="A B")


def test_it_is_a_storefront(shop: Shop) -> None:
    storefront: Storefront = shop.storefront
    assert storefront.offered("TEE") == {"W1": 10, "S1": 3}
    assert storefront.offered("NONE") == {}


def test_reservations_draw_on_the_first_sources_first(shop: Shop) -> None:
    checkout(shop, Want("TEE", 11))
    assert shop.storefront.offered("TEE") == {"W1": 0, "S1": 2}
    assert shop.salable("TEE") == 2


def test_what_was_let_go_too_often_is_offered_too(shop: Shop) -> None:
    shop.control("append_reservation", stock_id=2, sku="TEE", quantity=2)
    assert shop.storefront.offered("TEE") == {"W1": 12, "S1": 3}
    shop.control("append_reservation", stock_id=2, sku="TEE", quantity=-17)
    assert shop.storefront.offered("TEE") == {"W1": -2, "S1": 0}


def test_a_checkout_is_a_promise(shop: Shop) -> None:
    number = checkout(shop, Want("TEE", 2, "S1"), Want("SOCKS", 1))
    assert number == "000000001"
    (placed,) = shop.facts(Placed)
    assert (placed.by, placed.order, placed.id, placed.total_minor, placed.currency) == (
        "shopper", "000000001", "1", 2733, "GBP",
    )  # fmt: skip
    assert [(line.sku, line.units, line.price_minor, line.place) for line in placed.lines] == [
        ("TEE", 2, 1200, ""), ("SOCKS", 1, 333, ""),
    ]  # fmt: skip
    order = shop.read(1)
    assert (order["state"], order["customer_firstname"], order["customer_lastname"]) == (
        "pending_payment", "A", "B",
    )  # fmt: skip
    assert order["payment"]["method"] == "peakpay"


def test_who_comes_too_late_is_turned_away(shop: Shop) -> None:
    refused = checkout(shop, Want("TEE", 14))
    assert isinstance(refused, Refusal)
    assert refused.reason == "The requested qty is not available"
    (away,) = shop.facts(TurnedAway)
    assert (away.sku, away.units, away.by) == ("TEE", 14, "shopper")
    assert shop.get("orders", search())["total_count"] == 0
    assert isinstance(checkout(shop, Want("NONE", 1)), Refusal)


def settled(shop: Shop, outcome: str) -> tuple[str, list[str]]:
    number = checkout(shop, Want("TEE", 2))
    assert isinstance(number, str)
    shop.storefront.settle(number, outcome)
    return shop.read(1)["state"], [fact.what for fact in shop.facts(Payment)]


def test_an_authorised_payment(shop: Shop) -> None:
    assert settled(shop, "authorised") == ("processing", ["authorised"])
    assert shop.get("invoices", search())["total_count"] == 0
    assert shop.read(1)["total_due"] == 24


def test_a_captured_payment_is_an_invoice(shop: Shop) -> None:
    assert settled(shop, "captured") == ("processing", ["captured"])
    (invoice,) = shop.get("invoices", search(order_id=1))["items"]
    assert (invoice["state"], invoice["grand_total"]) == (2, 24)
    assert shop.storefront.ask_cancel("000000001") is False


def test_a_failed_payment_ends_the_promise(shop: Shop) -> None:
    assert settled(shop, "failed") == ("canceled", ["failed"])
    assert shop.reserved("TEE") == 0
    assert [fact.cause for fact in shop.facts(Withdrawn)] == ["payment_failed"]
    shop.storefront.settle("000000001", "captured")
    assert shop.read(1)["state"] == "canceled"


def test_a_customer_may_cancel_until_something_was_shipped(shop: Shop) -> None:
    settled(shop, "authorised")
    shop.ship(shop.read(1), (0, 1))
    assert shop.storefront.ask_cancel("000000001") is False
    number = checkout(shop, Want("TEE", 1))
    assert isinstance(number, str)
    assert shop.storefront.ask_cancel(number) is True
    assert [fact.order for fact in shop.facts(Withdrawn)] == [number]
    assert shop.facts(OrderState)[-1].means == "cancelled"


def test_a_clerks_edit_makes_the_order_look_new(shop: Shop) -> None:
    checkout(shop, Want("TEE", 2))
    shop.run(60)
    shop.storefront.edit("000000001")
    assert shop.read(1)["updated_at"] == "2026-11-27 06:01:00"
    with pytest.raises(SimulatorFault):
        shop.storefront.edit("000000009")


def test_the_seed_is_told(shop: Shop) -> None:
    assert [fact.sku for fact in shop.facts(Item)] == ["TEE", "SOCKS", "MUG"]
    first = shop.facts(Level)[0]
    assert (first.sku, first.place, first.on_hand, first.available, first.cause) == (
        "TEE", "W1", 10, 10, "seed",
    )  # fmt: skip


def test_a_seed_of_the_default_source_alone_stays_single() -> None:
    shop = Shop(SINGLE)
    assert shop.get("inventory/stock-resolver/website/base")["stock_id"] == 1
    assert shop.storefront.offered("TEE") == {"default": 100}


def test_a_seed_without_its_place_is_the_scenarios_fault() -> None:
    with pytest.raises(ScenarioError, match="nowhere"):
        Shop(Seed(levels=(SeedLevel("TEE", "nowhere", 1),)))


# --- events -------------------------------------------------------------------------------


def test_every_save_of_an_order_is_an_event() -> None:
    """The connector's own comment comes back to it."""
    shop = Shop(events_url="http://hook.test")
    order = shop.order(("TEE", 2))
    shop.post(f"orders/{order['entity_id']}/comments", {"statusHistory": {"comment": "x"}})
    assert shop.posted == []
    shop.run(61)
    names = [notice.event for notice in shop.posted]
    assert names == ["observer.sales_order_save_commit_after"] * 2
    first = shop.posted[0]
    body = msgspec.json.decode(first.body)
    assert body["event"]["data"]["value"]["increment_id"] == "000000001"
    news = [msgspec.json.decode(one.body)["event"]["data"]["value"]["_isNew"]
            for one in shop.posted]  # fmt: skip
    assert news == [True, False]
    assert (first.key, first.url, first.timeout_s) == ("order:000000001", "http://hook.test", 10)


def test_events_are_tried_for_a_day_with_the_same_id() -> None:
    shop = Shop(events_url="http://hook.test")
    shop.order(("TEE", 2))
    shop.run(61)
    notice = shop.posted[0]
    assert notice.retries_s[:6] == (60, 120, 240, 480, 900, 900)
    assert sum(notice.retries_s) <= 86400 < sum(notice.retries_s) + 900
    first, third = notice.headers(1), notice.headers(3)
    assert first["x-adobe-event-id"] == third["x-adobe-event-id"]
    assert "x-adobe-retry-count" not in first
    assert third["x-adobe-retry-count"] == "2"
    assert [name for name in third if "signature" in name] == [], "events are not signed"


def test_documents_and_the_default_source_have_events_too() -> None:
    shop = Shop(SINGLE, events_url="http://hook.test", events_forward_s=0)
    order = shop.order(("TEE", 2))
    shop.ship(order, source="default")
    shop.invoice(order)
    shop.refund(order, (0, 1))
    shop.stock_items(("TEE", "default", 5, 1))
    shop.run(1)
    names = {notice.event.removeprefix("observer.") for notice in shop.posted}
    assert names == {
        "sales_order_save_commit_after", "sales_order_shipment_save_after",
        "sales_order_invoice_save_after", "sales_order_creditmemo_save_after",
        "cataloginventory_stock_item_save_commit_after",
    }  # fmt: skip
    stock = [notice for notice in shop.posted if "stock_item" in notice.event][-1]
    assert msgspec.json.decode(stock.body)["event"]["data"]["value"]["qty"] == 5


def test_other_sources_have_no_event() -> None:
    shop = Shop(events_url="http://hook.test", events_forward_s=0)
    shop.stock_items(("TEE", "W1", 5, 1))
    shop.run(1)
    assert shop.posted == []
