"""Sales on the second face: rung up on tills or through the API, returned, voided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.contract.pos.counter import Counter

from peakproof.history.records import Refused
from peakproof.history.records import Sale as SaleFact
from peakproof_simulators.pos.pricing import Discount
from peakproof_simulators.pos.tills import Scanned, ring


@pytest.fixture
def counter() -> Counter:
    """The second face, with its default settings."""
    return Counter()


def _sum(sale: dict[str, Any]) -> Decimal:
    return sum(
        (line["pricing"]["total"] + line["tax"]["total"] for line in sale["line_items"]),
        Decimal(0),
    )


def test_a_sale_of_a_till_is_shown_with_its_lines_and_its_payment(counter: Counter) -> None:
    sale = counter.sale(counter.ring("TEE-RED-M", 2))
    assert counter.keys[0].startswith("sale:")
    assert (sale["state"], sale["invoice_number"]) == ("closed", "S1-1")
    (line,) = sale["line_items"]
    assert (line["quantity"], str(line["pricing"]["price"]), str(line["tax"]["amount"])) == (
        2, "16.66", "3.33",
    )  # fmt: skip
    assert [str(each["amount"]) for each in sale["payments"]] == ["39.98"]
    assert sale["source"]["register_id"] == counter.register()
    assert sale["source"]["author"]["id"] != counter.user()
    assert "version" not in sale


def test_a_closed_sale_takes_goods_off_the_shelf_once(counter: Counter) -> None:
    made = counter.make_sale(payments=[counter.cash("19.99")], invoice_number="WEB-1")
    assert counter.data("GET", f"/sales/{made['id']}") == made
    assert (made["invoice_number"], made["state"]) == ("WEB-1", "closed")
    assert str(made["totals"]["price_incl_tax"]) == "19.99"
    assert counter.stock("TEE-RED-M", "S1") == 9
    assert counter.levels() == [("TEE-RED-M", "S1", 9, "sale")]
    (fact,) = counter.told(SaleFact)
    assert (fact.by, fact.what, fact.lines[0].units) == ("connector", "sale", 1)


def test_a_parked_sale_is_changed_paid_and_closed(counter: Counter) -> None:
    parked = counter.make_sale("parked")
    assert counter.stock("TEE-RED-M", "S1") == 10
    lines = [counter.line("TEE-BLUE-M", 2, pricing={"price": "20.825", "discount": "1.5"})]
    changed = counter.put_sale(parked, "pending", line_items=lines, note="Gift").body["data"]
    (line,) = changed["line_items"]
    assert str(line["pricing"]["discount_total"]) == "3.00"
    assert (changed["state"], changed["note"]) == ("pending", "Gift")
    assert str(changed["totals"]["price"]) == "41.65"
    paid = counter.put_sale(changed, "pending", payments=[counter.cash(48.31)]).body["data"]
    known = [{**counter.cash(48.31), "id": paid["payments"][0]["id"]}]
    closed = counter.put_sale(paid, "closed", payments=known).body["data"]
    assert [str(each["amount"]) for each in closed["payments"]] == ["48.31"]
    assert counter.stock("TEE-BLUE-M", "S1") == 3
    assert counter.put_sale(closed, "closed", note="Late").body["data"]["note"] == "Late"


def test_a_price_can_be_meant_before_its_discount() -> None:
    counter = Counter(price_after_discount=False)
    line = counter.line(
        pricing={"price": 10, "discount": 2}, tax={"id": counter.tax(), "amount": 0}
    )
    made = counter.make_sale(line_items=[line])
    assert str(made["totals"]["price"]) == "8.00"


def test_goods_on_account_leave_before_they_are_paid_and_only_once(counter: Counter) -> None:
    pending = counter.make_sale("pending", attributes=["onaccount"])
    assert counter.stock("TEE-RED-M", "S1") == 9
    counter.put_sale(pending, "closed", payments=[counter.cash(19.99)])
    assert counter.stock("TEE-RED-M", "S1") == 9
    layby = counter.make_sale("pending", attributes=["layby"])
    assert counter.stock("TEE-RED-M", "S1") == 9
    again = counter.make_sale("pending", attributes=["onaccount"])
    assert counter.put_sale(again, "voided").status == 200
    assert counter.put_sale(layby, "voided").body["data"]["state"] == "voided"
    assert counter.stock("TEE-RED-M", "S1") == 9
    assert len(counter.told(SaleFact)) == 3


def test_a_closed_sale_can_only_be_voided(counter: Counter) -> None:
    sale = counter.make_sale(payments=[counter.cash(19.99)])
    for state in ("parked", "pending"):
        assert counter.put_sale(sale, state).error[0] == 422
    assert counter.put_sale(sale, "closed", payments=[counter.cash(1)]).error[0] == 422
    assert counter.put_sale(sale, "closed", line_items=[counter.line()]).error[0] == 422
    voided = counter.put_sale(sale, "voided").body["data"]
    assert [str(each["amount"]) for each in voided["payments"]] == ["19.99", "-19.99"]
    assert counter.stock("TEE-RED-M", "S1") == 10
    assert counter.put_sale(sale, "voided").error[0] == 422
    assert {fact.key for fact in counter.told(Refused)} == {sale["id"]}
    till = counter.sale(counter.ring("TEE-RED-M"))
    assert counter.put_sale(till, "voided").body["data"]["state"] == "voided"
    assert [fact.what for fact in counter.told(SaleFact)] == ["sale", "void", "sale", "void"]


def test_an_id_of_the_clients_own_keeps_a_retry_from_doubling_a_sale(counter: Counter) -> None:
    id_ = "0afd1d5c-11e9-4a56-8b1c-0123456789ab"
    body = counter.draft(id=id_)
    assert counter.data("POST", "/sales", body)["id"] == id_
    again = counter.send("POST", "/sales", body)
    assert again.error == (409, "Conflict", f"There is a sale {id_} already")
    assert counter.stock("TEE-RED-M", "S1") == 9
    lax = Counter(sale_id_reuse="same")
    body = lax.draft(id=id_)
    assert lax.data("POST", "/sales", body) == lax.data("POST", "/sales", body)
    assert lax.stock("TEE-RED-M", "S1") == 9


@pytest.mark.parametrize(
    "line",
    [
        {"quantity": 0}, {"quantity": "1.000001"}, {"pricing": {"price": -1}},
        {"pricing": {"price": 1, "discount": -1}},
        {"pricing": {"price": 999_999_999}, "quantity": 999_999},
        {"fulfilment_outlet_id": "0afd1d5c-11e9-4a56-8b1c-0123456789ab"},
        {"tax": {"id": "0afd1d5c-11e9-4a56-8b1c-0123456789ab", "amount": 1}},
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused(counter: Counter, line: dict[str, Any]) -> None:
    body = counter.draft()
    more = {name: value for name, value in line.items() if name != "quantity"}
    body["line_items"] = [counter.line(units=line.get("quantity", 1), **more)]
    assert counter.send("POST", "/sales", body).error[0] == 422
    assert counter.data("GET", "/sales") == []


@pytest.mark.parametrize(
    "more",
    [
        {"source": {"author_id": "0afd1d5c-11e9-4a56-8b1c-0123456789ab"}},
        {"customer_id": "0afd1d5c-11e9-4a56-8b1c-0123456789ab"},
        {"fulfillment_outlet_id": "0afd1d5c-11e9-4a56-8b1c-0123456789ab"},
        {"date": "2026-11-27T06:00:01Z"},
        {"payments": [{"amount": 1,
                       "type": {"config_id": "0afd1d5c-11e9-4a56-8b1c-0123456789ab"}}]},
    ],
)  # fmt: skip
def test_a_sale_that_names_what_is_not_there_is_refused(
    counter: Counter, more: dict[str, Any]
) -> None:
    assert counter.send("POST", "/sales", counter.draft(**more)).error[0] == 422
    assert counter.data("GET", "/sales") == []


def test_a_sale_has_a_date_of_its_own_and_a_count_since_then_holds(counter: Counter) -> None:
    counter.at(600.0)
    counter.control("count_stock", store="S1", sku="TEE-RED-M", units=8, counted_s=300.0)
    counter.make_sale(date="2026-11-27T06:04:00Z")
    assert counter.stock("TEE-RED-M", "S1") == 8
    counter.make_sale(date="2026-11-27T06:06:00Z")
    assert counter.stock("TEE-RED-M", "S1") == 7


def test_the_totals_of_a_discounted_sale_reconcile_to_the_penny(counter: Counter) -> None:
    """P13: shares of a discount and of the tax in it sum to what was paid, line by line."""
    items = [Scanned("SOCKS", 3), Scanned("TEE-RED-M", 1), Scanned("TEE-BLUE-M", 2)]
    with counter.world.acting("till"):
        off = Discount("d1", "Loyal", percent="12.5")
        made = ring(counter.pos, "S1", items, [off, Discount("d2", "Voucher", amount_minor=101)])
    sale = counter.sale(made)
    totals = sale["totals"]
    assert str(totals["price_incl_tax"]) == "68.95"
    assert _sum(sale) == totals["price_incl_tax"] == sale["payments"][0]["amount"]
    assert sum(line["tax"]["total"] for line in sale["line_items"]) == totals["tax"]
    assert totals["price"] + totals["tax"] == totals["price_incl_tax"]
    assert sum(each["tax"] for each in sale["taxes"]) == totals["tax"]
    back = counter.data("POST", f"/sales/{sale['id']}/actions/return")
    assert _sum(back) == -totals["price_incl_tax"]


def test_goods_come_back_at_another_store_unlinked_and_damaged(counter: Counter) -> None:
    """P11: the store that took them shows them, as a line below zero, and not for sale."""
    back = counter.sale(counter.take_back("TEE-RED-M", store="S2", restock=False))
    (line,) = back["line_items"]
    assert (line["quantity"], line["return"]) == (-1, {"is_return": True, "reason": "Damaged"})
    assert back["source"]["outlet_id"] == counter.outlet("S2")
    assert "original_sale_id" not in back["return"]
    assert str(back["payments"][0]["amount"]) == "-19.99"
    assert (counter.stock("TEE-RED-M", "S1"), counter.stock("TEE-RED-M", "S2")) == (10, 3)
    counter.take_back("TEE-RED-M", store="S2")
    assert counter.stock("TEE-RED-M", "S2") == 4


def test_an_unknown_sku_is_a_line_whose_product_is_not_there(counter: Counter) -> None:
    """P15: the till sells it, the note names it, and the API has no product for it."""
    sale = counter.sale(counter.ring("MYSTERY"))
    (line,) = sale["line_items"]
    assert line["note"] == "MYSTERY"
    assert counter.send("GET", f"/products/{line['product']['id']}").status == 404
    body = counter.draft()
    body["line_items"] = [{**counter.line(), "product": line["product"]}]
    assert counter.send("POST", "/sales", body).error[0] == 422
    assert counter.told(Refused)[-1].key == line["product"]["id"]


def test_a_return_is_parked_paid_out_and_closed(counter: Counter) -> None:
    sold = counter.make_sale(line_items=[counter.line(units=3)], payments=[counter.cash("59.97")])
    back = counter.data("POST", f"/sales/{sold['id']}/actions/return")
    assert (back["state"], back["line_items"][0]["quantity"]) == ("parked", -3)
    assert back["return"]["original_sale_id"] == sold["id"]
    assert counter.stock("TEE-RED-M", "S1") == 7
    keep = [{**counter.line(units=-2), "id": back["line_items"][0]["id"]}]
    other = counter.data("POST", f"/sales/{sold['id']}/actions/return")
    money = [counter.cash("-39.98")]
    closed = counter.put_sale(back, "closed", line_items=keep, payments=money).body["data"]
    assert str(closed["totals"]["price_incl_tax"]) == "-39.98"
    assert [str(each["amount"]) for each in closed["payments"]] == ["-39.98"]
    assert counter.stock("TEE-RED-M", "S1") == 9
    assert counter.sale(other["id"])["state"] == "voided"
    now = counter.sale(sold["id"])
    assert now["return"]["return_sale_ids"] == [back["id"], other["id"]]
    assert counter.put_sale(now, "voided").error[0] == 422
    rest = counter.data("POST", f"/sales/{sold['id']}/actions/return")
    assert rest["line_items"][0]["quantity"] == -1
    counter.put_sale(rest, "closed", payments=[counter.cash("-19.99")])
    assert counter.send("POST", f"/sales/{sold['id']}/actions/return").error[0] == 422
    assert counter.stock("TEE-RED-M", "S1") == 10


def test_a_return_takes_no_lines_of_another_sale(counter: Counter) -> None:
    sold = counter.make_sale()
    back = counter.data("POST", f"/sales/{sold['id']}/actions/return")
    stranger = [counter.line(units=-1)]
    assert counter.put_sale(back, "closed", line_items=stranger).error[0] == 422
    many = [{**counter.line(units=-2), "id": back["line_items"][0]["id"]}]
    assert counter.put_sale(back, "closed", line_items=many).error[0] == 422
    assert counter.sale(back["id"])["state"] == "parked"


def test_a_parked_return_is_refused_when_the_till_was_faster(counter: Counter) -> None:
    sold = counter.ring("TEE-RED-M")
    uuid = counter.sale(sold)["id"]
    back = counter.data("POST", f"/sales/{uuid}/actions/return")
    counter.take_back("TEE-RED-M", sale=sold)
    assert counter.put_sale(back, "closed").error[0] == 422
    assert counter.stock("TEE-RED-M", "S1") == 10
    parked = counter.make_sale("parked")
    assert counter.send("POST", f"/sales/{parked['id']}/actions/return").error[0] == 422


def test_goods_without_a_receipt_come_back_as_lines_below_zero(counter: Counter) -> None:
    made = counter.make_sale(
        line_items=[counter.line(units=-1), counter.line("SOCKS")],
        payments=[counter.cash("-0.01")],
    )
    assert [each["quantity"] for each in made["line_items"]] == [1, -1]
    assert counter.stock("TEE-RED-M", "S1") == 11
    assert [fact.what for fact in counter.told(SaleFact)] == ["sale", "return"]


def test_card_numbers_are_masked_without_a_word(counter: Counter) -> None:
    note = "Card 4111 1111 1111 1111, order 1234567890123456"
    made = counter.make_sale(note=note)
    assert made["note"] == "Card **** **** **** ****, order 1234567890123456"
    lax = Counter(redact_cards=False)
    assert lax.make_sale(note=note)["note"] == note


def test_a_sale_remembers_where_it_came_from(counter: Counter) -> None:
    customer = counter.customer()["id"]
    source = {"author_id": counter.user(), "id": "WEB-77", "type": "Shop"}
    made = counter.make_sale(source=source, customer_id=customer, short_code="abc")
    assert made["source"]["id"] == "WEB-77"
    assert made["source"]["type"] == "Shop"
    assert (made["customer_id"], made["short_code"]) == (customer, "abc")
    assert counter.send("GET", f"/sales/{customer}").status == 404
    nowhere = {"author_id": counter.user(), "register_id": counter.user()}
    assert counter.send("POST", "/sales", counter.draft(source=nowhere)).error[0] == 422
    assert counter.put_sale({"id": customer}, "closed").status == 404


def test_sales_are_searched_by_what_they_are(counter: Counter) -> None:
    customer = counter.customer()["id"]
    web = counter.make_sale(
        invoice_number="WEB-1", customer_id=customer, payments=[counter.cash(19.99)]
    )
    counter.at(3600.0)
    till = counter.sale(counter.ring("TEE-BLUE-M", store="S2"))
    parked = counter.make_sale("parked", attributes=["layby"])
    card = counter.tender("Credit Card")
    for query, found in (
        ("invoice_number=WEB-1", [web]), ("invoice_number=WEB-2", []),
        ("state=closed", [web, till]), ("state=parked&state=closed", [web, till, parked]),
        (f"customer_id={customer}", [web]), ("attributes=layby", [parked]),
        (f"outlet_id={counter.outlet('S2')}", [till]),
        (f"register_id={counter.register('S1')}", [web, parked]),
        (f"user_id={counter.user()}", [web, parked]), (f"payment_type_id={card}", [till]),
        (f"product_id={counter.product('TEE-BLUE-M')}", [till]), (f"_id={till['id']}", [till]),
        ("date_from=2026-11-27T06:30:00Z", [till, parked]),
        ("date_to=2026-11-27T06:30:00Z", [web]),
        ("order_by=invoice_number&order_direction=desc", [web, till, parked]),
    ):  # fmt: skip
        listed = counter.data("GET", f"/search?type=sales&{query}")
        assert [each["id"] for each in listed] == [each["id"] for each in found], query
    assert counter.keys[0].startswith("sale:")
    assert counter.send("GET", "/search?type=sales&date_from=noon").error[0] == 400
    assert counter.put_sale(parked, "parked", invoice_number="WEB-2").status == 200
    assert len(counter.data("GET", "/search?type=sales&invoice_number=WEB-2")) == 1
