"""Each release is told from its neighbours from outside."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.shop import SINGLE, Json, Shop, msi, search

VERSIONS = ("2.4.5", "2.4.6", "2.4.7", "2.4.9")


@pytest.mark.parametrize("version", VERSIONS)
def test_2_4_5_repeats_its_last_page(version: str) -> None:
    shop = Shop(version=version)
    found = shop.get("inventory/source-items", search(size=2, page=9))["items"]
    assert len(found) == (1 if version == "2.4.5" else 0)


@pytest.mark.parametrize("version", VERSIONS)
def test_2_4_5_ships_one_order_twice_at_once(version: str) -> None:
    """Both shipments are saved, and the line counts one of them."""
    shop = Shop(version=version, race_window_s=1)
    order = shop.order(("TEE", 2))
    shop.ship(order, (0, 1))
    second = shop.ship(order, (0, 2))
    together = version == "2.4.5"
    assert second.status == (200 if together else 400)
    shipped = sum(one["total_qty"] for one in shop.get("shipments", search())["items"])
    assert (shipped, shop.read(1)["items"][0]["qty_shipped"]) == ((3, 2) if together else (1, 1))


@pytest.mark.parametrize("version", VERSIONS)
def test_2_4_5_invoices_one_order_twice_at_once(version: str) -> None:
    shop = Shop(version=version, race_window_s=1)
    order = shop.order(("TEE", 2))
    assert shop.invoice(order).status == 200
    assert shop.invoice(order).status == (200 if version == "2.4.5" else 400)


@pytest.mark.parametrize("version", VERSIONS)
def test_before_2_4_7_two_cancellations_at_once_let_go_twice(version: str) -> None:
    shop = Shop(version=version, race_window_s=1)
    order = shop.order(("TEE", 2))
    answers = [shop.post(f"orders/{order['entity_id']}/cancel").body for _ in range(2)]
    twice = version in ("2.4.5", "2.4.6")
    assert answers == [True, twice]
    assert (shop.reserved("TEE"), shop.salable("TEE")) == ((2, 15) if twice else (0, 13))


@pytest.mark.parametrize("version", VERSIONS)
def test_before_2_4_9_two_refunds_of_an_invoice_at_once_pay_twice(version: str) -> None:
    shop = Shop(version=version, race_window_s=1)
    order = shop.order(("TEE", 2))
    number = shop.invoice(order).body
    statuses = [shop.post(f"invoice/{number}/refund", {}).status for _ in range(2)]
    assert statuses == [200, 400 if version == "2.4.9" else 200]
    assert shop.get("creditmemos", search())["total_count"] == (1 if version == "2.4.9" else 2)


@pytest.mark.parametrize("version", VERSIONS)
def test_before_2_4_9_placements_at_once_oversell(version: str) -> None:
    shop = Shop(version=version, race_window_s=1)
    carts = [shop.cart(("TEE", 13)) for _ in range(3)]
    statuses = [shop.pay(cart).status for cart in carts]
    assert statuses == ([200, 400, 400] if version == "2.4.9" else [200, 200, 200])
    assert shop.reserved("TEE") == (-13 if version == "2.4.9" else -39)
    later = Shop(version=version, race_window_s=1)
    first, second = later.cart(("TEE", 13)), later.cart(("TEE", 13))
    later.pay(first)
    later.run(2)
    assert later.pay(second).status == 400


@pytest.mark.parametrize("version", VERSIONS)
def test_the_limit_on_orders_came_with_2_4_7(version: str) -> None:
    shop = Shop(SINGLE, version=version, order_rate_limit=True, order_rate_guest=2)
    carts = [shop.cart(("TEE", 1)) for _ in range(3)]
    answers = [shop.pay(cart) for cart in carts]
    limited = version in ("2.4.7", "2.4.9")
    assert [answer.status for answer in answers] == [200, 200, 429 if limited else 200]
    if limited:
        assert answers[2].message == "Too Many Requests"
        shop.run(179)
        assert shop.pay(carts[2]).status == 429
        shop.run(2)
        assert shop.pay(carts[2]).status == 200


def test_the_limit_on_orders_is_off_as_delivered() -> None:
    shop = Shop(SINGLE, order_rate_guest=1)
    assert [shop.pay(shop.cart(("TEE", 1))).status for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("version", VERSIONS)
def test_before_2_4_9_an_export_counts_its_page(version: str) -> None:
    shop = msi(version=version)
    answer = shop.get("inventory/export-stock-salable-qty/website/eu_website", search(size=2))
    assert len(answer["items"]) == 2
    assert answer["total_count"] == (6 if version == "2.4.9" else 2)


@pytest.mark.parametrize("version", VERSIONS)
def test_before_2_4_9_a_malformed_credit_memo_is_a_hidden_fault(version: str) -> None:
    shop = Shop(version=version)
    memos: list[Json] = [{}, {"order_id": []}, {"order_id": "1"}]
    for memo in memos:
        answer = shop.post("creditmemo/refund", {"creditmemo": memo})
        assert answer.status == (400 if version == "2.4.9" else 500)
    shop.order(("TEE", 1))
    raw = shop.post("creditmemo", {"entity": {"order_id": 1, "colour": "red"}})
    assert raw.status == (400 if version == "2.4.9" else 500)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_closed_token_endpoint_says_401_in_2_4_9(version: str) -> None:
    answer = Shop(version=version, two_factor=True).sign_in()
    assert answer.status == (401 if version == "2.4.9" else 400)


def test_a_shop_can_be_upgraded(shop: Shop) -> None:
    shop.control("version", version="2.4.5")
    assert len(shop.get("inventory/sources", search(size=1, page=9))["items"]) == 1
    shop.control("version", version="2.4.9")
    assert shop.get("inventory/sources", search(size=1, page=9))["items"] == []
