"""Payments and refunds: states, amounts, and lists that lag."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Answer, Shop

from peakproof.history.records import Sale


def pounds(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "GBP"}


def pay(shop: Shop, order: dict[str, Any], **more: object) -> Answer:
    body = {
        "source_id": "cnon:card-nonce-ok",
        "idempotency_key": shop.key(),
        "amount_money": order["net_amount_due_money"],
        "order_id": order["id"],
        **more,
    }
    return shop.send("POST", "/v2/payments", body)


def refund(shop: Shop, payment: str, amount: int, **more: object) -> Answer:
    body = {
        "idempotency_key": shop.key(),
        "payment_id": payment,
        "amount_money": pounds(amount),
        **more,
    }
    return shop.send("POST", "/v2/refunds", body)


def test_an_approved_payment_is_captured_and_completes_the_order(shop: Shop) -> None:
    order = shop.make_order()
    made = pay(shop, order, autocomplete=False).body["payment"]
    assert made["status"] == "APPROVED"
    assert shop.order(order["id"])["state"] == "OPEN"
    assert shop.count("TEE-RED-M", "S1") == "10"
    done = shop.ok("POST", f"/v2/payments/{made['id']}/complete", {})["payment"]
    assert done["status"] == "COMPLETED"
    assert shop.ok("GET", f"/v2/payments/{made['id']}")["payment"] == done
    assert shop.order(order["id"])["state"] == "COMPLETED"
    assert shop.count("TEE-RED-M", "S1") == "9"
    again = shop.send("POST", f"/v2/payments/{made['id']}/complete", {})
    assert again.error[:2] == (400, "DELAYED_TRANSACTION_CAPTURED")
    assert shop.count("TEE-RED-M", "S1") == "9"


def test_an_order_is_paid_by_several_approved_payments(shop: Shop) -> None:
    order = shop.make_order()
    parts = [
        pay(shop, order, autocomplete=False, amount_money=pounds(amount)).body["payment"]["id"]
        for amount in (1000, 999, 5)
    ]
    path = f"/v2/orders/{order['id']}/pay"
    short = {"idempotency_key": shop.key(), "payment_ids": parts[:1]}
    assert shop.send("POST", path, short).error == (400, "BAD_REQUEST", "payment_ids")
    body = {"idempotency_key": "pay", "payment_ids": parts[:2]}
    done = shop.ok("POST", path, body)["order"]
    assert done["state"] == "COMPLETED"
    assert shop.ok("POST", path, body)["order"] == done
    states = [shop.ok("GET", f"/v2/payments/{id_}")["payment"]["status"] for id_ in parts]
    assert states == ["COMPLETED", "COMPLETED", "CANCELED"]
    assert shop.count("TEE-RED-M", "S1") == "9"


def test_a_stale_version_does_not_pay(shop: Shop) -> None:
    order = shop.make_order()
    payment = pay(shop, order, autocomplete=False).body["payment"]["id"]
    body = {"idempotency_key": "k", "order_version": 1, "payment_ids": [payment]}
    answer = shop.send("POST", f"/v2/orders/{order['id']}/pay", body)
    assert answer.error == (409, "CONFLICT", "order_version")
    body["order_version"] = shop.order(order["id"])["version"]
    assert shop.ok("POST", f"/v2/orders/{order['id']}/pay", body)["order"]["state"] == "COMPLETED"


def test_an_order_of_nothing_is_paid_with_nothing(shop: Shop) -> None:
    line = {"name": "Gift", "quantity": "1", "base_price_money": pounds(0)}
    order = shop.make_order(line_items=[line])
    body = {"idempotency_key": "k", "payment_ids": []}
    assert shop.ok("POST", f"/v2/orders/{order['id']}/pay", body)["order"]["state"] == "COMPLETED"


def test_a_cancelled_payment_leaves_the_order_open(shop: Shop) -> None:
    order = shop.make_order()
    made = pay(shop, order, autocomplete=False).body["payment"]["id"]
    assert shop.ok("POST", f"/v2/payments/{made}/cancel")["payment"]["status"] == "CANCELED"
    now = shop.order(order["id"])
    assert (now["state"], now.get("tenders")) == ("OPEN", None)
    again = shop.send("POST", f"/v2/payments/{made}/cancel")
    assert again.error[:2] == (400, "DELAYED_TRANSACTION_CANCELED")


def test_a_payment_whose_answer_was_lost_is_cancelled_by_its_key(shop: Shop) -> None:
    order = shop.make_order()
    made = pay(shop, order, autocomplete=False, idempotency_key="lost").body["payment"]["id"]
    for key in ("lost", "never-used"):
        assert shop.ok("POST", "/v2/payments/cancel", {"idempotency_key": key}) == {}
    assert shop.ok("GET", f"/v2/payments/{made}")["payment"]["status"] == "CANCELED"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"amount_money": {"amount": 1, "currency": "GBP"}}, (400, "BAD_REQUEST")),
        ({"amount_money": {"amount": 1999, "currency": "EUR"}}, (400, "CURRENCY_MISMATCH")),
        ({"amount_money": {"amount": -1, "currency": "GBP"}}, (400, "VALUE_TOO_LOW")),
        ({"amount_money": None}, (400, "MISSING_REQUIRED_PARAMETER")),
        ({"source_id": "cnon:card-nonce-declined"}, (402, "GENERIC_DECLINE")),
        ({"source_id": "CASH"}, (400, "MISSING_REQUIRED_PARAMETER")),
        ({"order_id": "nothing"}, (404, "NOT_FOUND")),
        ({"location_id": "S2"}, (400, "INVALID_LOCATION")),
        ({"location_id": "S9"}, (404, "NOT_FOUND")),
        ({"cash_details": {"buyer_supplied_money": {"amount": 1, "currency": "GBP"}}},
         (400, "CONFLICTING_PARAMETERS")),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_is_refused(
    shop: Shop, more: dict[str, object], error: tuple[int, str]
) -> None:
    order = shop.make_order()
    assert pay(shop, order, **more).error[:2] == error
    assert shop.order(order["id"]) == order


def test_a_refund_is_an_order_of_one_amount_and_moves_no_stock(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M")
    payment = shop.order(sale)["tenders"][0]["payment_id"]
    shop.facts.clear()
    made = refund(shop, payment, 999, reason="Late").body["refund"]
    assert (made["status"], made["payment_id"]) == ("PENDING", payment)
    order = shop.order(made["order_id"])
    (line,) = order["returns"][0]["return_line_items"]
    assert (line["item_type"], line["total_money"]["amount"]) == ("CUSTOM_AMOUNT", 999)
    assert order["returns"][0]["source_order_id"] == sale
    assert shop.count("TEE-RED-M", "S1") == "9"
    assert shop.told(Sale) == []
    again = refund(shop, payment, 1)
    assert again.error[:2] == (400, "REFUND_ALREADY_PENDING")
    shop.at(6.0)
    assert shop.ok("GET", f"/v2/refunds/{made['id']}")["refund"]["status"] == "COMPLETED"
    assert refund(shop, payment, 1001).error == (
        400, "REFUND_AMOUNT_INVALID", "amount_money.amount",
    )  # fmt: skip
    assert refund(shop, payment, 1000).status == 200
    assert shop.ok("GET", f"/v2/payments/{payment}")["payment"]["refunded_money"]["amount"] == 1999


def test_a_refund_linked_to_nothing_names_where_it_goes(shop: Shop) -> None:
    body: dict[str, object] = {
        "idempotency_key": "k", "unlinked": True, "amount_money": pounds(500),
    }  # fmt: skip
    assert shop.send("POST", "/v2/refunds", body).error[:2] == (400, "MISSING_REQUIRED_PARAMETER")
    body |= {"destination_id": "CASH", "location_id": "S2"}
    made = shop.ok("POST", "/v2/refunds", body)["refund"]
    assert (made["unlinked"], made["destination_type"], made["status"]) == (
        True,
        "CASH",
        "COMPLETED",
    )
    assert "source_order_id" not in shop.order(made["order_id"])["returns"][0]


@pytest.mark.parametrize(
    ("state", "error"),
    [(False, "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION"), (True, "PAYMENT_NOT_REFUNDABLE")],
)
def test_money_that_was_not_taken_is_not_given_back(shop: Shop, state: bool, error: str) -> None:
    made = pay(shop, shop.make_order(), autocomplete=False).body["payment"]["id"]
    if state:
        shop.ok("POST", f"/v2/payments/{made}/cancel")
    assert refund(shop, made, 1).error[1] == error


def test_a_refund_of_another_version_of_the_payment_is_refused(shop: Shop) -> None:
    payment = shop.order(shop.ring("TEE-RED-M"))["tenders"][0]["payment_id"]
    answer = refund(shop, payment, 1, payment_version_token="old")
    assert answer.error[:2] == (400, "VERSION_MISMATCH")


def test_the_key_of_a_refund_has_at_most_45_characters(shop: Shop) -> None:
    payment = shop.order(shop.ring("TEE-RED-M"))["tenders"][0]["payment_id"]
    assert refund(shop, payment, 1, idempotency_key="k" * 46).error == (
        400, "VALUE_TOO_LONG", "idempotency_key",
    )  # fmt: skip
    assert refund(shop, payment, 1, idempotency_key="k" * 45).status == 200


def test_lists_of_money_lag_by_a_few_seconds_and_reads_by_id_do_not(shop: Shop) -> None:
    shop.at(10.0)
    payment = shop.order(shop.ring("TEE-RED-M"))["tenders"][0]["payment_id"]
    made = refund(shop, payment, 1).body["refund"]["id"]
    assert shop.ok("GET", "/v2/payments") == {}
    assert shop.ok("GET", "/v2/refunds") == {}
    assert shop.ok("GET", f"/v2/refunds/{made}")["refund"]["id"] == made
    shop.at(12.5)
    assert [each["id"] for each in shop.ok("GET", "/v2/payments")["payments"]] == [payment]
    assert [each["status"] for each in shop.ok("GET", "/v2/refunds")["refunds"]] == ["PENDING"]
    at_once = Shop({"payments_list_lag_s": 0.0, "refunds_list_lag_s": 0.0})
    at_once.ring("TEE-RED-M")
    assert len(at_once.ok("GET", "/v2/payments")["payments"]) == 1


def test_payments_are_listed_by_place_time_and_whether_they_came_late(shop: Shop) -> None:
    shop.at(10.0)
    shop.control("go_offline", store="S1")
    shop.ring("TEE-RED-M", store="S1")
    shop.at(20.0)
    shop.ring("TEE-RED-M", store="S2")
    shop.at(30.0)
    shop.control("upload", store="S1")
    shop.at(40.0)

    def places(query: str) -> list[str]:
        body = shop.ok("GET", f"/v2/payments?{query}")
        return [each["location_id"] for each in body.get("payments", [])]

    assert places("") == ["S1", "S2"]
    assert places("sort_order=ASC") == ["S2", "S1"]
    assert places("location_id=S2") == ["S2"]
    assert places("is_offline_payment=true") == ["S1"]
    assert places(f"offline_begin_time={shop.iso(5.0)}&offline_end_time={shop.iso(15.0)}") == ["S1"]
    assert places(f"begin_time={shop.iso(25.0)}") == ["S1"]
    first = shop.ok("GET", "/v2/payments?limit=1")
    assert places(f"limit=1&cursor={first['cursor']}") == ["S2"]
    assert shop.send("GET", "/v2/payments?sort_order=UP").error[1] == "INVALID_SORT_ORDER"
    assert shop.send("GET", "/v2/payments?limit=0").error[1] == "VALUE_TOO_LOW"
    turned = f"begin_time={shop.iso(9.0)}&end_time={shop.iso(8.0)}"
    assert shop.send("GET", f"/v2/payments?{turned}").error[1] == "INVALID_TIME_RANGE"


def test_refunds_are_listed_by_status_and_source(shop: Shop) -> None:
    shop.at(10.0)
    payment = shop.order(shop.ring("TEE-RED-M"))["tenders"][0]["payment_id"]
    refund(shop, payment, 1)
    shop.at(13.0)
    for query, many in (
        ("status=PENDING", 1), ("status=COMPLETED", 0), ("source_type=CARD", 1),
        ("source_type=CASH", 0), ("location_id=S1", 1), ("location_id=S2", 0),
        (f"begin_time={shop.iso(11.0)}", 0), ("sort_field=UPDATED_AT", 1),
    ):  # fmt: skip
        assert len(shop.ok("GET", f"/v2/refunds?{query}").get("refunds", [])) == many, query


def test_a_till_that_takes_cash_says_so() -> None:
    shop = Shop({"till_tender": "cash"})
    order = shop.order(shop.ring("TEE-RED-M"))
    assert order["tenders"][0]["type"] == "CASH"
    payment = shop.ok("GET", f"/v2/payments/{order['tenders'][0]['payment_id']}")["payment"]
    assert payment["cash_details"]["buyer_supplied_money"]["amount"] == 1999
