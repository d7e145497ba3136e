"""Tax and rounding, and the documents that refuse to close by a penny."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.shop import Json, Shop

from peakproof_simulators.kit.seed import Seed

UNIT, ROW, TOTAL = "UNIT_BASE_CALCULATION", "ROW_BASE_CALCULATION", "TOTAL_BASE_CALCULATION"
Basket = list[tuple[int, float]]

BASKETS: list[tuple[Basket, bool, str, float, float, list[float]]] = [
    ([(3, 9.99)], False, "20", 6.00, 5.99, [5.99]),
    ([(1, 9.99)] * 3, False, "20", 6.00, 6.00, [2.00, 2.00, 1.99]),
    ([(7, 0.99)], False, "20", 1.40, 1.39, [1.39]),
    ([(1, 1.11)] * 5, False, "8.25", 0.45, 0.45, [0.09, 0.09, 0.09, 0.10, 0.09]),
    ([(1, 0.33)] * 4, False, "8.25", 0.12, 0.12, [0.03, 0.02, 0.03, 0.03]),
    ([(3, 10.00)], True, "20", 5.01, 5.00, [5.00]),
    ([(1, 10.00)] * 3, True, "20", 5.01, 5.01, [1.67, 1.66, 1.67]),
    ([(6, 4.99)], True, "20", 4.98, 4.99, [4.99]),
    ([(2, 9.99), (5, 3.49)], True, "20", 6.24, 6.24, [3.33, 2.91]),
]
"""Lines, gross or net, percent; the tax by unit, by row, and by total line for line."""


def ordered(basket: Basket, *, percent: str, gross: bool, algorithm: str) -> tuple[Shop, Json]:
    """An order of products that cost just so much."""
    shop = Shop(Seed(tax_percent=percent), price_includes_tax=gross, tax_algorithm=algorithm,
                manage_stock=False)  # fmt: skip
    lines = []
    for number, (units, price) in enumerate(basket):
        shop.product(f"P{number}", price)
        shop.stock_items((f"P{number}", "default", 1000, 1))
        lines.append({"sku": f"P{number}", "qty": units})
    made = shop.control("place_order", lines=lines)
    return shop, shop.read(made["id"])


@pytest.mark.parametrize("basket", BASKETS)
def test_three_ways_of_rounding(
    basket: tuple[Basket, bool, str, float, float, list[float]],
) -> None:
    lines, gross, percent, by_unit, by_row, by_total = basket
    for algorithm, tax in ((UNIT, by_unit), (ROW, by_row)):
        _shop, order = ordered(lines, percent=percent, gross=gross, algorithm=algorithm)
        assert order["tax_amount"] == pytest.approx(tax)
    _shop, order = ordered(lines, percent=percent, gross=gross, algorithm=TOTAL)
    assert [item["tax_amount"] for item in order["items"]] == by_total
    assert order["tax_amount"] == pytest.approx(sum(by_total))


def test_gross_and_net_add_up() -> None:
    _shop, order = ordered([(3, 10.0)], percent="20", gross=True, algorithm=TOTAL)
    item = order["items"][0]
    assert (item["row_total"], item["row_total_incl_tax"], item["price_incl_tax"]) == (25, 30, 10)
    assert (order["subtotal"], order["grand_total"], item["tax_percent"]) == (25, 30, 20)


PARTS: list[tuple[float, int, str, list[int], list[float]]] = [
    (9.99, 3, "20", [1, 1, 1], [2.00, 2.00, 1.99]),
    (1.67, 3, "20", [1, 1, 1], [0.33, 0.34, 0.33]),
]


@pytest.mark.parametrize(("price", "units", "percent", "parts", "taxes"), PARTS)
def test_the_last_part_of_a_line_takes_the_rest(
    *, price: float, units: int, percent: str, parts: list[int], taxes: list[float]
) -> None:
    shop, order = ordered([(units, price)], percent=percent, gross=False, algorithm=TOTAL)
    numbers = [shop.invoice(order, (0, part)).body for part in parts]
    assert [shop.get(f"invoices/{number}")["tax_amount"] for number in numbers] == taxes
    memos = [shop.refund(order, (0, part)).body for part in parts]
    assert [shop.get(f"creditmemo/{memo}")["tax_amount"] for memo in memos] == taxes
    now = shop.read(order["entity_id"])
    assert (now["state"], now["total_refunded"]) == ("closed", now["grand_total"])


def test_an_odd_cent_of_seven_units_goes_with_the_last_three(single: Shop) -> None:
    item = {"sku": "TEE", "qty_ordered": 7, "row_total": 34.95, "tax_amount": 6.99}
    entity = {"base_grand_total": 41.94, "grand_total": 41.94, "customer_email": "a@b.test",
              "tax_amount": 6.99, "items": [item]}  # fmt: skip
    order = single.post("orders", {"entity": entity}).body
    numbers = [single.invoice(order, (0, part)).body for part in (2, 2, 3)]
    taxes = [single.get(f"invoices/{number}")["tax_amount"] for number in numbers]
    assert taxes == [2.00, 2.00, 2.99]


def test_a_till_that_rounds_by_unit_cannot_return_the_last_one() -> None:
    """3 x 11.99 = 35.97 at the till, 29.97 + 5.99 = 35.96 in the shop."""
    shop, order = ordered([(3, 9.99)], percent="20", gross=False, algorithm=TOTAL)
    shop.invoice(order)
    assert shop.read(1)["total_paid"] == 35.96
    for _ in range(2):
        assert shop.refund(order, (0, 1)).status == 200
    last = shop.refund(order, (0, 1), adjustment_positive=0.01)
    assert last.message == (
        "Creditmemo Document Validation Error(s):\nThe most money available to refund is 11.98."
    )
    assert shop.refund(order, (0, 1)).status == 200


def imported(shop: Shop, total: float) -> Json:
    """An order of three units that the till reckoned itself."""
    item = {"sku": "TEE", "qty_ordered": 3, "price": 9.99, "row_total": 29.97, "tax_amount": 5.99}
    entity = {"base_grand_total": total, "grand_total": total, "customer_email": "a@b.test",
              "subtotal": 29.97, "tax_amount": 5.99, "items": [item]}  # fmt: skip
    body: Json = shop.post("orders", {"entity": entity}).body
    return body


@pytest.mark.parametrize(("total", "due"), [(35.97, 0.01), (35.95, -0.01), (35.96, 0)])
def test_an_imported_total_stays_due_by_a_penny(single: Shop, total: float, due: float) -> None:
    order = imported(single, total)
    assert single.invoice(order).status == 200
    assert single.read(1)["total_due"] == pytest.approx(due)


def test_an_order_that_was_paid_a_penny_too_much_does_not_close(single: Shop) -> None:
    order = imported(single, 35.97)
    single.ship(order, source="default")
    single.invoice(order)
    single.post("orders", {"entity": {"entity_id": 1, "total_paid": 35.97}})
    assert single.refund(order).status == 200
    assert single.read(1)["state"] == "complete"
    item = order["items"][0]["item_id"]
    body = {
        "items": [{"order_item_id": item, "qty": 0}],
        "arguments": {"adjustment_positive": 0.01},
    }
    assert single.post("order/1/refund", body).status == 200
    assert single.read(1)["state"] == "closed"
