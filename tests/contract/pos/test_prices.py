"""What a basket costs: one rounding rule, shares that sum, VAT inside the prices."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.pos.shop import Shop

from peakproof_simulators.pos.pricing import (
    Amounts,
    Discount,
    Tax,
    half_even,
    percent_e5,
    price,
    share_out,
    times,
)
from peakproof_simulators.pos.stock import UNIT

VAT = Tax(uid="vat", percent="20", included=True, scope="basket")


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 0), (3, 2, 2), (5, 2, 2), (7, 2, 4), (-1, 2, 0), (-3, 2, -2), (10, 4, 2), (11, 4, 3)],
)
def test_halves_go_to_the_even_neighbour(numerator: int, denominator: int, rounded: int) -> None:
    assert half_even(numerator, denominator) == rounded


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_rounding_is_the_decimal_modules_half_even(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    assert half_even(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_sum_to_the_whole_and_none_is_off_by_a_unit(total: int, weights: list[int]) -> None:
    parts = share_out(total, weights)
    assert sum(parts) == total
    if sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - total * weight / sum(weights)) < 1


def test_a_fraction_of_a_unit_costs_its_fraction() -> None:
    assert times(1999, 3 * UNIT) == 5997
    assert times(1999, UNIT // 2) == 1000
    assert times(1, UNIT // 2) == 0


def test_vat_inside_a_price_is_a_sixth_of_it() -> None:
    line = Amounts(gross_minor=1999)
    priced = price([line], [], [VAT])
    assert (priced.taxes[0].applied_minor, line.tax_minor) == (333, 333)
    assert line.added_tax_minor == 0


def test_a_tax_of_the_basket_is_rounded_once_and_a_tax_of_the_lines_line_by_line() -> None:
    """P13: three lines of 333 at 20 per cent: 166.5 in all, 55.5 each."""
    lines = [Amounts(gross_minor=333) for _ in range(3)]
    assert price(lines, [], [VAT]).taxes[0].applied_minor == 166
    assert sum(line.tax_minor for line in lines) == 166
    on_lines = [Amounts(gross_minor=333, taxes=("vat",)) for _ in range(3)]
    by_line = Tax(uid="vat", percent="20", included=True, scope="line")
    assert price(on_lines, [], [by_line]).taxes[0].applied_minor == 3 * 56


def test_a_tax_on_top_is_worked_out_of_the_net_price() -> None:
    line = Amounts(gross_minor=1200)
    on_top = Tax(uid="top", percent="10", included=False)
    priced = price([line], [], [VAT, on_top])
    assert [tax.applied_minor for tax in priced.taxes] == [200, 100]
    assert line.added_tax_minor == 100


def test_discounts_are_taken_in_four_passes() -> None:
    """Line percentage, basket percentage, line amount, basket amount, whatever their order."""
    lines = [Amounts(gross_minor=1000, discounts=("lp", "la")), Amounts(gross_minor=1000)]
    discounts = [
        Discount("ba", amount_minor=100),
        Discount("la", amount_minor=50, scope="line"),
        Discount("bp", percent="10"),
        Discount("lp", percent="50", scope="line"),
    ]
    priced = price(lines, discounts, [])
    assert {each.uid: each.applied_minor for each in priced.discounts} == {
        "lp": 500, "bp": 150, "la": 50, "ba": 100,
    }  # fmt: skip
    assert [line.left_minor for line in lines] == [369, 831]


def test_no_discount_takes_more_than_there_is() -> None:
    lines = [Amounts(gross_minor=100, discounts=("a",)), Amounts(gross_minor=50)]
    price(lines, [Discount("a", amount_minor=500, scope="line"), Discount("b", percent="100")], [])
    assert [line.left_minor for line in lines] == [0, 0]


AMOUNTS = st.lists(
    st.tuples(st.integers(0, 50_000), st.booleans(), st.booleans()), min_size=1, max_size=6
)


@settings(max_examples=150)
@given(AMOUNTS, st.sampled_from(["0", "5", "12.5", "20", "33.333"]), st.integers(0, 20_000))
def test_lines_sum_to_the_basket_and_taxes_to_their_shares(
    given_lines: list[tuple[int, bool, bool]], percent: str, off: int
) -> None:
    lines = [
        Amounts(gross, ("line",) if off_line else (), ("book",) if book else ())
        for gross, off_line, book in given_lines
    ]
    discounts = [Discount("line", percent=percent, scope="line"), Discount("all", amount_minor=off)]
    taxes = [VAT, Tax(uid="book", percent=percent, included=True, scope="line")]
    priced = price(lines, discounts, taxes)
    for each, shares in (
        (priced.discounts, priced.discount_shares),
        (priced.taxes, priced.tax_shares),
    ):
        for whole in each:
            parts = [part for line in shares for uid, part in line if uid == whole.uid]
            assert sum(parts) == whole.applied_minor
            assert all(part >= 0 for part in parts)
    gross = sum(line.gross_minor for line in lines)
    taken = sum(each.applied_minor for each in priced.discounts)
    assert sum(line.left_minor for line in lines) == gross - taken
    assert all(0 <= line.tax_minor <= line.left_minor for line in lines)


def test_percentages_are_exact_to_five_decimals() -> None:
    assert percent_e5("20") == 20 * UNIT
    assert percent_e5("0.00001") == 1


def order_of(shop: Shop, **more: object) -> dict[str, Any]:
    lines = [
        {"uid": "a", "catalog_object_id": shop.variant("TEE-RED-M"), "quantity": "1"},
        {"uid": "b", "catalog_object_id": shop.variant("SOCKS"), "quantity": "3"},
    ]
    body = {"order": {"location_id": "S1", "line_items": lines, **more}}
    order: dict[str, Any] = shop.ok("POST", "/v2/orders/calculate", body)["order"]
    return order


def test_the_sums_of_an_order_reconcile_to_the_penny(shop: Shop) -> None:
    """P13: lines, taxes, discounts and totals are one set of books."""
    tax = {"uid": "vat", "name": "VAT", "percentage": "20", "type": "INCLUSIVE", "scope": "ORDER"}
    off = {"uid": "off", "name": "Ten off", "percentage": "10", "scope": "ORDER"}
    order = order_of(shop, taxes=[tax], discounts=[off])
    lines = order["line_items"]
    assert order["total_money"]["amount"] == 1999 + 999 - 300
    for name in ("total_money", "total_tax_money", "total_discount_money"):
        assert sum(line[name]["amount"] for line in lines) == order[name]["amount"]
    assert order["taxes"][0]["applied_money"] == order["total_tax_money"]
    assert order["total_tax_money"]["amount"] == 450
    assert order["discounts"][0]["applied_money"] == order["total_discount_money"]


def test_the_catalogues_taxes_are_applied_when_asked_for(shop: Shop) -> None:
    assert order_of(shop)["total_tax_money"]["amount"] == 0
    order = order_of(shop, pricing_options={"auto_apply_taxes": True})
    assert order["total_money"]["amount"] == 1999 + 999
    assert order["total_tax_money"]["amount"] == 333 + 166
    assert order["taxes"][0]["auto_applied"] is True


def test_a_discount_of_one_line_leaves_the_other_alone(shop: Shop) -> None:
    off = {"uid": "off", "name": "Off", "amount_money": {"amount": 99, "currency": "GBP"},
           "scope": "LINE_ITEM"}  # fmt: skip
    lines = [
        {"uid": "a", "catalog_object_id": shop.variant("TEE-RED-M"), "quantity": "1"},
        {"uid": "b", "catalog_object_id": shop.variant("SOCKS"), "quantity": "1",
         "applied_discounts": [{"discount_uid": "off"}]},
    ]  # fmt: skip
    order = order_of(shop, line_items=lines, discounts=[off])
    assert [line["total_money"]["amount"] for line in order["line_items"]] == [1999, 234]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"discounts": [{"uid": "x", "name": "x"}]}, "INVALID_VALUE"),
        ({"discounts": [{"uid": "x", "percentage": "100.1"}]}, "VALUE_TOO_HIGH"),
        (
            {"discounts": [{"uid": "x", "amount_money": {"amount": 1, "currency": "USD"}}]},
            "CURRENCY_MISMATCH",
        ),
        ({"taxes": [{"uid": "x", "name": "x"}]}, "MISSING_REQUIRED_PARAMETER"),
        ({"taxes": [{"uid": "x", "catalog_object_id": "nothing"}]}, "NOT_FOUND"),
        ({"taxes": [{"uid": "x", "percentage": "1"}, {"uid": "x", "percentage": "2"}]},
         "INVALID_VALUE"),
    ],
)  # fmt: skip
def test_a_discount_or_tax_that_cannot_be_is_refused(
    shop: Shop, more: dict[str, object], error: str
) -> None:
    body = {"order": {"location_id": "S1", **more}}
    assert shop.send("POST", "/v2/orders/calculate", body).error[1] == error


def test_a_till_charges_the_vat_of_the_catalogue_once_for_the_basket(shop: Shop) -> None:
    items = [
        {"sku": "SOCKS", "units": 1},
        {"sku": "SOCKS", "units": 1},
        {"sku": "SOCKS", "units": 1},
    ]
    order = shop.order(shop.control("ring", store="S1", items=items)["sale"])
    assert order["total_money"]["amount"] == 999
    assert order["total_tax_money"]["amount"] == 166
    assert [line["total_tax_money"]["amount"] for line in order["line_items"]] == [56, 55, 55]


def test_two_rates_on_one_receipt_are_taxes_of_their_lines(shop: Shop) -> None:
    zero = {"name": "Zero", "percentage": "0", "inclusion_type": "INCLUSIVE"}
    book = {"type": "TAX", "id": "#zero", "tax_data": zero}
    fields = {"sku": "BOOK", "price_money": {"amount": 1200, "currency": "GBP"}}
    variation = {"type": "ITEM_VARIATION", "id": "#v", "item_variation_data": fields}
    named = {"name": "Book", "tax_ids": ["#zero"], "variations": [variation]}
    item = {"type": "ITEM", "id": "#i", "item_data": named}
    body = {"idempotency_key": "k", "batches": [{"objects": [book, item]}]}
    shop.ok("POST", "/v2/catalog/batch-upsert", body)
    items = [{"sku": "BOOK", "units": 1}, {"sku": "TEE-RED-M", "units": 1}]
    order = shop.order(shop.control("ring", store="S1", items=items)["sale"])
    assert [line["total_tax_money"]["amount"] for line in order["line_items"]] == [0, 333]
    assert [tax["scope"] for tax in order["taxes"]] == ["LINE_ITEM", "LINE_ITEM"]
