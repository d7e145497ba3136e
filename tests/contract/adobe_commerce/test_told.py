"""What the shop tells the history of its reservations and documents."""

from __future__ import annotations

from tests.contract.adobe_commerce.shop import Shop

from peakproof.history.records import Document, Placed, Reservation


def papers(shop: Shop) -> list[tuple[str, str, int]]:
    return [(one.kind, one.state, one.amount_minor) for one in shop.facts(Document)]


def test_every_row_of_the_reservations_is_told_with_its_order(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    shop.ship(order, (0, 3))
    shop.post(f"orders/{order['entity_id']}/cancel")

    told = shop.facts(Reservation)

    assert [(one.event, one.sku, one.units) for one in told] == [
        ("order_placed", "TEE", -4), ("shipment_created", "TEE", 3), ("order_canceled", "TEE", 1),
    ]  # fmt: skip
    assert {one.order for one in told} == {order["increment_id"]}
    assert {one.place for one in told} == {"stock 2"}


def test_an_order_is_placed_for_what_its_invoice_comes_to(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    shop.invoice(order)

    assert papers(shop) == [("invoice", "paid", shop.facts(Placed)[0].total_minor)]


def test_two_invoices_and_what_was_cancelled_come_to_the_total(shop: Shop) -> None:
    order = shop.order(("TEE", 4), ("SOCKS", 2))
    shop.invoice(order, (0, 1))
    shop.invoice(order, (0, 1))
    shop.post(f"orders/{order['entity_id']}/cancel")

    assert [kind for kind, _, _ in papers(shop)] == ["invoice", "invoice", "cancellation"]
    assert sum(minor for _, _, minor in papers(shop)) == shop.facts(Placed)[0].total_minor


def test_a_credit_memo_is_told_with_its_amount(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    shop.invoice(order)
    shop.refund(order)

    assert papers(shop)[-1] == ("creditmemo", "paid", shop.facts(Placed)[0].total_minor)
