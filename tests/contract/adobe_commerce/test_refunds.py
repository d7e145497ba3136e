"""Invoices and credit memos: units, amounts, and what goes back on the shelf."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.shop import Json, Shop, search

from peakproof.history.records import Payment, Refused, Withdrawn

INVOICE = "Invoice Document Validation Error(s):\n"
MEMO = "Creditmemo Document Validation Error(s):\n"


def ordered(shop: Shop, shipped: int) -> Json:
    """Ten ordered and invoiced, some shipped, of a hundred."""
    order = shop.order(("TEE", 10))
    assert shop.invoice(order).status == 200
    if shipped:
        assert shop.ship(order, (0, shipped), source="default").status == 200
    return order


@pytest.mark.parametrize(
    ("shipped", "units", "back", "reservation", "source"),
    [
        (0, 3, True, 3, 0), (0, 3, False, 3, -3), (10, 3, True, 0, 3), (10, 3, False, 0, 0),
        (6, 5, True, 4, 1), (6, 5, False, 4, -4),
    ],
)  # fmt: skip
def test_what_a_refund_does_to_stock(  # noqa: PLR0917 - the columns of the table above
    single: Shop, shipped: int, units: int, back: bool, reservation: int, source: int
) -> None:
    order = ordered(single, shipped)
    before = single.reserved("TEE", 1), single.on_hand("TEE", "default")
    assert single.refund(order, (0, units), back=back).status == 200
    after = single.reserved("TEE", 1), single.on_hand("TEE", "default")
    assert (after[0] - before[0], after[1] - before[1]) == (reservation, source)


def test_an_open_order_with_shipped_and_refunded_units_looks_inconsistent(single: Shop) -> None:
    """The command's formula takes off both; to compensate what it lists makes drift."""
    order = single.order(("TEE", 20))
    single.invoice(order)
    single.ship(order, (0, 10), source="default")
    single.refund(order, (0, 10), back=True)
    assert single.reserved("TEE", 1) == 0
    single.order(("SOCKS", 1))
    line = {"sku": "TEE", "qty": 20}
    made = single.read(single.control("place_order", lines=[line])["id"])
    single.invoice(made, (0, 12))
    single.ship(made, (0, 12), source="default")
    single.refund(made, (0, 3), back=True)
    assert single.reserved("TEE", 1) == -8
    assert single.control("list_inconsistencies") == [f"{made['increment_id']}:TEE:3:1"]


def test_units_go_back_to_the_first_of_the_sources_that_they_came_from(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    shop.invoice(order)
    shop.ship(order, (0, 2), source="S1")
    shop.ship(order, (0, 2), source="W1")
    shop.refund(order, (0, 3), back=True)
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1")) == (11, 1)


def test_a_refund_that_the_sources_cannot_give_is_refused_without_a_reason(single: Shop) -> None:
    order = ordered(single, 0)
    single.stock_items(("TEE", "default", 1, 1))
    answer = single.refund(order, (0, 3))
    assert (answer.status, answer.body) == (
        400, {"message": "Could not save a Creditmemo, see error log for details"},
    )  # fmt: skip
    assert single.facts(Refused)[-1].reason == "creditmemo"
    assert single.read(1)["total_refunded"] == 0


def test_virtual_units_go_back_to_the_first_source_or_nowhere(single: Shop) -> None:
    single.product("CARD", type_id="virtual")
    single.stock_items(("CARD", "default", 9, 1))
    order = single.read(single.control("place_order", lines=[{"sku": "CARD", "qty": 4}])["id"])
    assert order["is_virtual"] == 1
    assert single.ship(order).status == 400
    single.invoice(order)
    assert single.read(1)["state"] == "complete"
    assert (single.on_hand("CARD", "default"), single.reserved("CARD", 1)) == (5, 0)
    single.refund(order, (0, 1))
    assert single.on_hand("CARD", "default") == 5
    single.refund(order, (0, 1), back=True)
    assert (single.on_hand("CARD", "default"), single.reserved("CARD", 1)) == (6, 0)


def test_an_invoice_of_what_is_not_there_fails_without_a_reason(single: Shop) -> None:
    single.product("CARD", type_id="virtual")
    single.stock_items(("CARD", "default", 9, 1))
    order = single.read(single.control("place_order", lines=[{"sku": "CARD", "qty": 4}])["id"])
    single.stock_items(("CARD", "default", 1, 1))
    assert single.invoice(order).message == "Could not save an invoice, see error log for details"


# --- texts ------------------------------------------------------------------------------


def test_invoices_that_are_refused(shop: Shop) -> None:
    order, other = shop.order(("TEE", 2)), shop.order(("SOCKS", 1))
    assert shop.invoice(order, (0, 3)).message == INVOICE + (
        "The quantity to invoice must not be greater than the uninvoiced quantity for product "
        'SKU "TEE".'
    )
    foreign = {"items": [{"order_item_id": other["items"][0]["item_id"], "qty": 1}]}
    assert shop.post(f"order/{order['entity_id']}/invoice", foreign).message == INVOICE + (
        "The invoice contains one or more items that are not part of the original order."
    )
    empty = "The invoice can't be created without products. Add products and try again."
    assert shop.invoice(order, (0, 0)).message == INVOICE + empty
    assert shop.invoice(order).body == "1"
    again = shop.invoice(order).message
    assert again == INVOICE + f"The order does not allow an invoice to be created.\n{empty}"
    shop.post(f"orders/{other['entity_id']}/cancel")
    assert "when an order has a status of canceled" in shop.invoice(other).message


def test_credit_memos_that_are_refused(shop: Shop) -> None:
    order, other = shop.order(("TEE", 2)), shop.order(("SOCKS", 1))
    assert shop.refund(order, (0, 1)).message == MEMO + (
        "The order does not allow a creditmemo to be created.\n"
        "The quantity to creditmemo must not be greater than the unrefunded quantity for product "
        'SKU "TEE".'
    )
    shop.invoice(order)
    item = order["items"][0]["item_id"]
    for parts, text in (
        ([{"order_item_id": item, "qty": 3}], "The quantity to creditmemo must not be greater "
         'than the unrefunded quantity for product SKU "TEE".'),
        ([{"order_item_id": item, "qty": -1}],
         'We found an invalid quantity to refund item "Red tee".'),
        ([{"order_item_id": 99, "qty": 1}], 'The creditmemo contains product SKU "99" that is '
         "not part of the original order."),
    ):  # fmt: skip
        answer = shop.post(f"order/{order['entity_id']}/refund", {"items": parts})
        assert (answer.status, answer.message) == (400, MEMO + text)
    for returned, text in (
        (other["items"][0]["item_id"], "The return to stock argument contains product item that "
         "is not part of the original order."),
    ):  # fmt: skip
        extension = {"return_to_stock_items": [returned]}
        body = {
            "items": [{"order_item_id": item, "qty": 1}],
            "arguments": {"extension_attributes": extension},
        }
        assert shop.post(f"order/{order['entity_id']}/refund", body).message == MEMO + text
    assert shop.refund(order, (0, 0)).message == MEMO + (
        "The credit memo's total must be positive."
    )
    shipping = shop.refund(order, (0, 1), shipping_amount=5)
    assert shipping.message == MEMO + "Maximum shipping amount allowed to refund is: 0.00"
    much = shop.refund(order, adjustment_positive=1)
    assert much.message == MEMO + "The most money available to refund is 24.00."
    shop.post(f"orders/{other['entity_id']}/cancel")
    assert "when an order has a status of canceled" in shop.refund(other).message
    assert shop.get("creditmemos", search())["total_count"] == 0


def test_a_line_that_is_not_in_the_memo_cannot_go_back(shop: Shop) -> None:
    order = shop.order(("TEE", 2), ("SOCKS", 1))
    shop.invoice(order)
    body = {
        "items": [{"order_item_id": order["items"][0]["item_id"], "qty": 1}],
        "arguments": {
            "extension_attributes": {"return_to_stock_items": [order["items"][1]["item_id"]]}
        },
    }
    assert shop.post(f"order/{order['entity_id']}/refund", body).message == MEMO + (
        'The "SOCKS" product is not part of the current creditmemo.'
    )


# --- money ------------------------------------------------------------------------------


def test_an_offline_invoice_is_paid_at_once(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    number = shop.invoice(order).body
    made = shop.get(f"invoices/{number}")
    assert (made["state"], made["grand_total"], made["order_id"]) == (2, 24, 1)
    now = shop.read(1)
    assert (now["total_paid"], now["total_due"], now["total_invoiced"]) == (24, 0, 24)
    assert [(fact.what, fact.amount_minor) for fact in shop.facts(Payment)] == [("captured", 2400)]


def test_a_gateways_invoice_waits_for_its_capture(shop: Shop) -> None:
    order = shop.order(("TEE", 2), method="peakpay")
    number = shop.invoice(order).body
    assert shop.get(f"invoices/{number}")["state"] == 1
    assert shop.post(f"invoice/{number}/refund", {}).message == MEMO + (
        "We can't create creditmemo for the invoice."
    )
    assert shop.post(f"invoices/{number}/capture").body is True
    assert shop.get(f"invoices/{number}")["state"] == 2
    assert shop.post(f"invoices/{number}/capture").status == 400
    assert shop.read(1)["total_paid"] == 24
    (row,) = shop.get("transactions", search(order_id=1))["items"]
    assert (row["txn_type"], shop.get(f"transactions/{row['transaction_id']}")["txn_id"]) == (
        "capture", row["txn_id"],
    )  # fmt: skip
    assert shop.post(f"invoices/{number}/emails").body is True
    other = shop.order(("TEE", 1), method="peakpay")
    assert shop.get(f"invoices/{shop.invoice(other, capture=True).body}")["state"] == 2


def test_refunds_by_invoice_and_by_a_whole_memo(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    number = shop.invoice(order, (0, 2)).body
    shop.invoice(order, (0, 2))
    memo = shop.post(f"invoice/{number}/refund", {"isOnline": False}).body
    made = shop.get(f"creditmemo/{memo}")
    assert (made["invoice_id"], made["items"][0]["qty"], made["grand_total"]) == (1, 2, 24)
    assert shop.post("invoice/99/refund", {}).status == 404
    line = {"order_item_id": order["items"][0]["item_id"], "qty": 1}
    whole = shop.post("creditmemo/refund", {"creditmemo": {"order_id": 1, "items": [line]}})
    assert whole["grand_total"] == 12
    assert shop.put("creditmemo/1").message == "You can not cancel Credit Memo"
    assert shop.get("creditmemos", search(order_id=1))["total_count"] == 2
    assert shop.read(1)["total_refunded"] == 36


def test_shipping_goes_with_the_first_invoice_and_the_first_memo(shop: Shop) -> None:
    made = shop.pay(shop.cart(("TEE", 2), shipping="flatrate"))
    order = shop.read(int(made.body))
    first, second = (shop.invoice(order, (0, 1)).body for _ in range(2))
    amounts = [shop.get(f"invoices/{number}")["shipping_amount"] for number in (first, second)]
    assert amounts == [5, 0]
    memo = shop.refund(order, (0, 1)).body
    assert shop.get(f"creditmemo/{memo}")["grand_total"] == 17
    assert shop.refund(order, (0, 1), shipping_amount=0.01).message == MEMO + (
        "Maximum shipping amount allowed to refund is: 0.00\n"
        "The most money available to refund is 12.00."
    )
    assert shop.refund(order, (0, 1)).status == 200
    assert shop.read(1)["state"] == "closed"


def test_units_that_were_refunded_before_they_were_shipped_are_withdrawn(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    shop.invoice(order)
    shop.ship(order, (0, 1))
    shop.refund(order, (0, 2), back=True)
    assert [fact.lines[0].units for fact in shop.facts(Withdrawn)] == [2]


def test_an_open_invoice_can_be_given_up(shop: Shop) -> None:
    order = shop.order(("TEE", 4), method="peakpay")
    number = shop.invoice(order).body
    assert shop.post(f"invoices/{number}/void").body is True
    assert shop.get(f"invoices/{number}")["state"] == 3
    now = shop.read(1)
    assert (now["items"][0]["qty_invoiced"], now["total_invoiced"]) == (0, 0)
    assert shop.post(f"invoices/{number}/void").message == "The void action is not available."
    assert shop.invoice(order, capture=True).status == 200


def test_raw_documents_add_nothing_up_and_change_no_order(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    line = {"order_item_id": order["items"][0]["item_id"], "qty": 4, "row_total": 40.01}
    entity = {"order_id": 1, "grand_total": 48.01, "state": 2, "items": [line],
              "comments": [{"comment": "from the till"}]}  # fmt: skip
    made = shop.post("invoices", {"entity": entity})
    assert (made["grand_total"], made["subtotal"], made["state"]) == (48.01, 0, 2)
    memo = shop.post("creditmemo", {"entity": {**entity, "adjustment_positive": 0.01}})
    assert (memo["grand_total"], memo["items"][0]["sku"]) == (48.01, "TEE")
    assert shop.read(1)["updated_at"] == order["updated_at"]
    assert (shop.read(1)["total_paid"], shop.reserved("TEE")) == (0, -4)
    assert shop.get(f"invoices/{made['entity_id']}")["comments"][0]["comment"] == "from the till"
    for path in ("invoices", "creditmemo"):
        assert shop.post(path, {"entity": {"order_id": 1, "items": [{"qty": 1}]}}).status == 400
        assert shop.post(path, {"entity": {"order_id": 1, "colour": "red"}}).status == 500
