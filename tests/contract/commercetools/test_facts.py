"""What the fake tells the judge: promises, cancellations, states, notices, withdrawals."""

from __future__ import annotations

import pytest
from tests.contract.commercetools.shop import Json, Shop, transaction

from peakproof.history.records import (
    By,
    CancelAsked,
    Line,
    Notice,
    OrderState,
    Placed,
    Withdrawn,
)


def act(shop: Shop, order: Json, *actions: Json, by: By = "connector") -> None:
    was, shop.by = shop.by, by
    answer = shop.act(f"orders/{order['id']}", *actions)
    shop.by = was
    assert answer.status == 200, answer.body


def withdrawn(shop: Shop) -> list[tuple[str, str, tuple[tuple[str, int], ...]]]:
    return [
        (one.order, one.cause, tuple((line.sku, line.units) for line in one.lines))
        for one in shop.facts(Withdrawn)
    ]


CANCEL: Json = {"action": "changeOrderState", "orderState": "Cancelled"}


def test_an_accepted_order_is_a_promise(shop: Shop) -> None:
    shop.by = "shopper"
    order = shop.order(shop.line("TEE", 2), shop.line("SOCKS", 1, ""))
    placed = shop.facts(Placed)
    assert len(placed) == 1
    assert (placed[0].order, placed[0].id, placed[0].by) == ("N-1", order["id"], "shopper")
    assert (placed[0].total_minor, placed[0].currency) == (2733, "GBP")
    tee, socks = order["lineItems"]
    assert placed[0].lines == (
        Line(tee["id"], "TEE", 2, 1200, "W1"), Line(socks["id"], "SOCKS", 1, 333, ""),
    )  # fmt: skip


def test_an_order_without_a_number_goes_by_its_id(shop: Shop) -> None:
    order = shop.place(shop.cart(shop.line("TEE"))).body
    assert shop.facts(Placed)[0].order == order["id"]


def test_an_imported_order_is_a_promise_too(shop: Shop) -> None:
    pence = {"centAmount": 1, "currencyCode": "GBP"}
    line = {"name": {}, "variant": {"sku": "TEE"}, "quantity": 1, "price": {"value": pence}}
    shop.post("orders/import", {"totalPrice": pence, "lineItems": [line], "orderNumber": "I-1"})
    assert [one.order for one in shop.facts(Placed)] == ["I-1"]


@pytest.mark.parametrize(
    ("what", "new", "means"),
    [
        ("order", "Confirmed", "acknowledged"), ("order", "Complete", ""),
        ("order", "Cancelled", "cancelled"),
        ("shipment", "Partial", "part_shipped"), ("shipment", "Shipped", "shipped"),
        ("shipment", "Delivered", "delivered"), ("shipment", "Canceled", "cancelled"),
        ("shipment", "Ready", ""), ("shipment", "Backorder", ""),
        ("payment", "Paid", "paid"), ("payment", "Failed", "unpaid"),
        ("payment", "Pending", "unpaid"), ("payment", "BalanceDue", "unpaid"),
        ("payment", "CreditOwed", ""),
    ],
)  # fmt: skip
def test_states_have_a_neutral_reading(shop: Shop, what: str, new: str, means: str) -> None:
    order = shop.order()
    act(shop, order, {"action": f"change{what.title()}State", f"{what}State": new})
    told = shop.facts(OrderState)
    assert len(told) == 1
    old = "Open" if what == "order" else ""
    assert (told[0].order, told[0].what, told[0].old, told[0].new, told[0].means) == (
        "N-1", what, old, new, means,
    )  # fmt: skip


def test_the_customer_is_told_when_the_state_becomes_shipped(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 2))
    line = order["lineItems"][0]["id"]
    act(shop, order, {"action": "changeShipmentState", "shipmentState": "Partial"})
    act(
        shop,
        order,
        {
            "action": "addDelivery",
            "items": [{"id": line, "quantity": 2}],
            "parcels": [{"trackingData": {"trackingId": "T-1"}}],
        },
    )
    assert shop.facts(Notice) == []
    act(shop, order, {"action": "changeShipmentState", "shipmentState": "Shipped"})
    act(shop, order, {"action": "changeShipmentState", "shipmentState": "Shipped"})
    assert [(one.order, one.what, one.ref) for one in shop.facts(Notice)] == [
        ("N-1", "shipped", "T-1")
    ]
    act(shop, order, {"action": "changeShipmentState", "shipmentState": "Delivered"})
    act(shop, order, {"action": "changeShipmentState", "shipmentState": "Shipped"})
    assert len(shop.facts(Notice)) == 2


def test_a_shoppers_cancellation_is_a_wish_until_somebody_acts_on_it(shop: Shop) -> None:
    order = shop.order()
    act(shop, order, CANCEL, by="shopper")
    asked = shop.facts(CancelAsked)
    assert [(one.order, one.by) for one in asked] == [("N-1", "shopper")]
    assert withdrawn(shop) == []
    act(shop, order, {"action": "changeOrderState", "orderState": "Open"}, CANCEL, by="staff")
    assert len(shop.facts(CancelAsked)) == 1, "asked for once"


def test_a_connector_that_cancels_ends_the_promise_once(shop: Shop) -> None:
    order = shop.order()
    act(shop, order, CANCEL)
    assert withdrawn(shop) == [("N-1", "cancelled", ())]
    act(shop, order, {"action": "changeOrderState", "orderState": "Open"}, CANCEL)
    assert len(withdrawn(shop)) == 1
    assert shop.facts(CancelAsked) == []


def test_a_connector_acknowledges_a_cancellation_by_saying_it_again(shop: Shop) -> None:
    order = shop.order()
    act(shop, order, CANCEL, by="shopper")
    before = shop.get(f"orders/{order['id']}")["version"]
    act(shop, order, CANCEL)
    assert shop.get(f"orders/{order['id']}")["version"] == before, "nothing changed"
    assert withdrawn(shop) == [("N-1", "cancelled", ())]


def test_a_cancelled_shipment_ends_the_promise_when_the_connector_says_so(shop: Shop) -> None:
    order, other = shop.order(number="N-1"), shop.order(number="N-2")
    act(shop, order, {"action": "changeShipmentState", "shipmentState": "Canceled"})
    act(shop, other, {"action": "changeShipmentState", "shipmentState": "Canceled"}, by="staff")
    assert withdrawn(shop) == [("N-1", "shipment_canceled", ())]


def refund(shop: Shop, order: Json, *amounts: int) -> None:
    payment = shop.pay(1200, *[transaction("Refund", "Success", amount) for amount in amounts])
    act(shop, order, {"action": "addPayment", "payment": {"id": payment["id"]}})


@pytest.mark.parametrize(
    ("amounts", "ends"), [((1200,), True), ((1199,), False), ((600, 600), True), ((600,), False)]
)
def test_refunds_that_cover_the_total_end_the_promise(
    shop: Shop, amounts: tuple[int, ...], ends: bool
) -> None:
    order = shop.order()
    refund(shop, order, *amounts)
    assert withdrawn(shop) == ([("N-1", "refunded", ())] if ends else [])


def test_a_refund_for_goods_that_were_sent_takes_no_promise_back(shop: Shop) -> None:
    order = shop.order()
    line = order["lineItems"][0]["id"]
    act(
        shop,
        order,
        {"action": "addDelivery", "items": [{"id": line, "quantity": 1}], "parcels": [{}]},
    )
    refund(shop, order, 1200)
    assert withdrawn(shop) == []


def test_units_that_go_to_a_withdrawing_state_are_withdrawn_line_by_line(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 3), shop.line("SOCKS", 2, ""))
    tee, socks = (line["id"] for line in order["lineItems"])

    def move(line: str, units: int, state: str) -> Json:
        return {
            "action": "transitionLineItemState", "lineItemId": line, "quantity": units,
            "fromState": {"key": "Initial"}, "toState": {"key": state},
        }  # fmt: skip

    act(shop, order, move(tee, 1, "shipped"), move(tee, 2, "canceled"))
    assert withdrawn(shop) == [("N-1", "line_state", (("TEE", 2),))]
    states = [
        {"quantity": 2, "state": {"typeId": "state", "id": shop.state("canceled")}},
    ]
    act(shop, order, {"action": "importLineItemState", "lineItemId": socks, "state": states})
    assert withdrawn(shop)[1:] == [("N-1", "line_state", (("SOCKS", 2),))]
    act(shop, order, CANCEL)
    assert withdrawn(shop)[2:] == [("N-1", "cancelled", ())], "one TEE was left"


def test_when_all_units_are_withdrawn_nothing_is_left_to_withdraw(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 2))
    act(
        shop,
        order,
        {
            "action": "transitionLineItemState",
            "lineItemId": order["lineItems"][0]["id"],
            "quantity": 2,
            "fromState": {"key": "Initial"},
            "toState": {"key": "canceled"},
        },
        CANCEL,
    )
    assert withdrawn(shop) == [("N-1", "line_state", (("TEE", 2),))]


def test_deleting_an_order_ends_its_promise(shop: Shop) -> None:
    order = shop.order()
    shop.delete(f"orders/{order['id']}", version=1)
    assert withdrawn(shop) == [("N-1", "deleted", ())]


def test_facts_say_who_and_which_call(shop: Shop) -> None:
    order = shop.order()
    act(shop, order, {"action": "changeOrderState", "orderState": "Confirmed"})
    told = shop.facts(OrderState)[0]
    assert (told.by, told.n, told.system) == ("connector", shop.calls, "commercetools")
