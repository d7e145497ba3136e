"""Carts, orders and their states."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.shop import ADDRESS, Json, Shop, search

from peakproof.history.records import CancelAsked, OrderState, Placed, Refused, Withdrawn


def state_of(shop: Shop, order: Json) -> tuple[str, str]:
    now = shop.read(order["entity_id"])
    return now["state"], now["status"]


def test_a_guests_cart_becomes_an_order(shop: Shop) -> None:
    mask = shop.cart(("TEE", 2), ("SOCKS", 1), shipping="flatrate")
    assert [item["qty"] for item in shop.get(f"guest-carts/{mask}/items").body] == [2, 1]
    totals = shop.get(f"guest-carts/{mask}/totals")
    assert (totals["grand_total"], totals["tax_amount"], totals["shipping_amount"]) == (
        32.33, 4.56, 5,
    )  # fmt: skip
    answer = shop.pay(mask)
    assert answer.body == "1"
    order = shop.read(1)
    assert (order["state"], order["status"], order["increment_id"]) == (
        "new", "pending", "000000001",
    )  # fmt: skip
    assert (order["grand_total"], order["base_grand_total"], order["total_due"]) == (32.33,) * 3
    assert [item["qty_ordered"] for item in order["items"]] == [2, 1]
    assert (order["customer_email"], order["customer_is_guest"]) == ("a@b.test", 1)
    assert order["payment"]["method"] == "checkmo"
    shipping = order["extension_attributes"]["shipping_assignments"][0]["shipping"]
    assert (shipping["method"], shipping["address"]["city"]) == ("flatrate_flatrate", "Town")
    assert shop.keys == ["order:000000001"]


def test_an_ordered_cart_is_gone(shop: Shop) -> None:
    """The natural idempotency of a placement that is repeated."""
    mask = shop.cart(("TEE", 2))
    shop.pay(mask)
    again = shop.pay(mask)
    assert (again.status, again.body) == (
        404,
        {"message": "No such entity with %fieldName = %fieldValue",
         "parameters": {"fieldName": "cartId", "fieldValue": 1}},
    )  # fmt: skip
    assert shop.get("orders", search())["total_count"] == 1
    unknown = shop.get("guest-carts/nothing")
    assert (unknown.status, unknown["parameters"]) == (
        404,
        {"fieldName": "cartId", "fieldValue": None},
    )


def test_a_carts_lines_can_be_changed_and_taken_out(shop: Shop) -> None:
    mask = shop.cart(("TEE", 2))
    assert (
        shop.post(f"guest-carts/{mask}/items", {"cartItem": {"sku": "tee", "qty": 1}})["qty"] == 3
    )
    item = shop.put(f"guest-carts/{mask}/items/1", {"cartItem": {"qty": 5}})
    assert (item["item_id"], item["qty"]) == (1, 5)
    assert shop.put(f"guest-carts/{mask}/items/9", {"cartItem": {"qty": 5}}).status == 404
    assert shop.delete(f"guest-carts/{mask}/items/1").body is True
    assert shop.delete(f"guest-carts/{mask}/items/1").status == 404
    assert shop.get(f"guest-carts/{mask}/items").body == []
    assert shop.pay(mask).message.startswith("An error occurred on the server.")


def test_a_cart_takes_no_more_than_can_be_had(shop: Shop) -> None:
    mask = shop.cart(("TEE", 13))
    for sku, units, status, message in (
        ("TEE", 1, 400, "The requested qty is not available"),
        ("MUG", 1, 400, "Product that you are trying to add is not available."),
        ("TEE", 0.5, 400, "You cannot use decimal quantity for this product."),
        ("NONE", 1, 404, "The product that was requested doesn't exist. Verify the product and "
         "try again."),
    ):  # fmt: skip
        body = {"cartItem": {"sku": sku, "qty": units}}
        answer = shop.post(f"guest-carts/{mask}/items", body)
        assert (answer.status, answer.message) == (status, message)


def test_who_comes_later_finds_the_units_gone(shop: Shop) -> None:
    first, second = shop.cart(("TEE", 13)), shop.cart(("TEE", 13))
    assert shop.pay(first).status == 200
    answer = shop.pay(second)
    assert (answer.status, answer.message) == (400, "Not enough items for sale")
    assert answer.headers["errorredirectaction"] == "#shipping"
    assert (shop.salable("TEE"), shop.reserved("TEE")) == (0, -13)


def test_what_a_placement_needs(shop: Shop) -> None:
    mask = str(shop.post("guest-carts").body)
    path = f"guest-carts/{mask}"
    choice = {"shipping_address": ADDRESS, "shipping_carrier_code": "flatrate",
              "shipping_method_code": "flatrate"}  # fmt: skip
    info = {"addressInformation": choice}
    assert shop.post(f"{path}/shipping-information", info).status == 400
    shop.post(f"{path}/items", {"cartItem": {"sku": "TEE", "qty": 1}})
    assert shop.pay(mask).message.startswith("The shipping method is missing.")
    for changed in ({"shipping_method_code": "x"}, {"shipping_address": {"city": "Town"}},
                    {"shipping_address": None}):  # fmt: skip
        wrong = {"addressInformation": {**choice, **changed}}
        assert shop.post(f"{path}/shipping-information", wrong).status == 400
    methods = shop.post(f"{path}/estimate-shipping-methods", {"address": ADDRESS}).body
    assert [one["carrier_code"] for one in methods] == ["flatrate", "freeshipping"]
    details = shop.post(f"{path}/shipping-information", info)
    assert "checkmo" in [one["code"] for one in details["payment_methods"]]
    assert shop.pay(mask, "gold").message == "The requested Payment Method is not available."
    assert shop.put(f"{path}/order", {"paymentMethod": {"method": "checkmo"}}).body == "1"


def test_an_administrators_cart(shop: Shop) -> None:
    number = shop.post("carts").body
    path = f"carts/{number}"
    assert shop.post(f"{path}/items", {"cartItem": {"sku": "TEE", "qty": 4}}).status == 200
    info = {"shipping_address": ADDRESS, "shipping_carrier_code": "freeshipping",
            "shipping_method_code": "freeshipping"}  # fmt: skip
    details = shop.post(f"{path}/shipping-information", {"addressInformation": info})
    assert details["totals"]["items_qty"] == 4
    methods = shop.get(f"{path}/payment-methods").body
    assert methods == details["payment_methods"]
    assert "checkmo" in [one["code"] for one in methods]
    assert shop.get(path)["items_qty"] == 4
    assert shop.put(f"{path}/order", {}).message == "The requested Payment Method is not available."
    assert shop.put(f"{path}/order", {"paymentMethod": {"method": "checkmo"}}).body == "1"
    assert shop.get(path).status == 404
    assert shop.reserved("TEE") == -4


def test_numbers_may_be_numbers() -> None:
    shop = Shop(ids_as="number")
    order = shop.order(("TEE", 1))
    assert shop.ship(order).body == 1


# --- the machine of states ----------------------------------------------------------------


def test_an_order_is_new_processing_complete(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    assert state_of(shop, order) == ("new", "pending")
    shop.ship(order, (0, 1))
    assert state_of(shop, order) == ("processing", "processing")
    shop.invoice(order)
    assert state_of(shop, order) == ("processing", "processing")
    shop.ship(order)
    assert state_of(shop, order) == ("complete", "complete")
    told = shop.facts(OrderState)
    turns = [(turn.old, turn.new, turn.means) for turn in told if turn.what == "order"]
    assert turns == [("new", "processing", "part_shipped"), ("processing", "complete", "shipped")]
    parcels = [turn.means for turn in told if turn.what == "shipment"]
    assert parcels == ["part_shipped"] * 2, "told by themselves: not every parcel turns the order"


def test_a_refund_of_everything_closes_an_order(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    shop.invoice(order)
    shop.ship(order)
    shop.refund(order, (0, 1))
    assert state_of(shop, order)[0] == "complete"
    shop.refund(order, (0, 1))
    assert state_of(shop, order) == ("closed", "closed")


def test_cancelling_an_untouched_order(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    assert shop.post(f"orders/{order['entity_id']}/cancel").body is True
    now = shop.read(order["entity_id"])
    assert (now["state"], now["items"][0]["qty_canceled"], now["total_canceled"]) == (
        "canceled", 2, 24,
    )  # fmt: skip
    assert (shop.salable("TEE"), shop.reserved("TEE")) == (13, 0)
    last = shop.control("reservations")[-1]
    assert last["metadata"] == (
        '{"event_type":"order_canceled","object_type":"order","object_id":"1",'
        '"object_increment_id":"000000001"}'
    )
    assert [fact.lines for fact in shop.facts(Withdrawn)] == [()]


def test_a_cancellation_that_is_too_late_is_false_and_200(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    shop.invoice(order)
    answer = shop.post(f"orders/{order['entity_id']}/cancel")
    assert (answer.status, answer.body) == (200, False)
    assert shop.reserved("TEE") == -2
    assert [(fact.key, fact.reason) for fact in shop.facts(Refused)] == [("000000001", "cancel")]
    assert shop.post("orders/99/cancel").status == 404


def test_a_shipped_order_without_an_invoice_can_be_cancelled(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    shop.ship(order)
    assert shop.post(f"orders/{order['entity_id']}/cancel").body is True
    assert state_of(shop, order)[0] == "canceled"
    assert (shop.reserved("TEE"), shop.on_hand("TEE")) == (0, 8)


def test_cancelling_what_is_left_of_a_part_that_was_invoiced(shop: Shop) -> None:
    order = shop.order(("TEE", 5))
    shop.invoice(order, (0, 2))
    assert shop.post(f"orders/{order['entity_id']}/cancel").body is True
    assert state_of(shop, order)[0] == "processing"
    assert shop.reserved("TEE") == -2
    assert [fact.lines[0].units for fact in shop.facts(Withdrawn)] == [3]
    shop.ship(order)
    assert shop.reserved("TEE") == 0
    shipped = shop.order(("TEE", 5))
    shop.invoice(shipped, (0, 2))
    shop.ship(shipped, (0, 2))
    shop.post(f"orders/{shipped['entity_id']}/cancel")
    assert state_of(shop, shipped)[0] == "complete"


def test_what_was_shipped_and_invoiced_is_counted_once_when_the_rest_is_cancelled(
    shop: Shop,
) -> None:
    order = shop.order(("TEE", 5))
    shop.ship(order, (0, 2))
    shop.invoice(order, (0, 3))
    assert shop.post(f"orders/{order['entity_id']}/cancel").body is True
    assert shop.reserved("TEE") == -1, "one unit is invoiced and not shipped"
    assert shop.read(1)["items"][0]["qty_canceled"] == 2


def test_holding_and_letting_go(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    path = f"orders/{order['entity_id']}"
    assert shop.post(f"{path}/unhold").message == "You cannot remove the hold."
    assert shop.post(f"{path}/hold").body is True
    assert state_of(shop, order) == ("holded", "holded")
    assert shop.post(f"{path}/hold").message == "A hold action is not available."
    assert shop.post(f"{path}/cancel").body is False
    assert shop.ship(order).message == (
        "Shipment Document Validation Error(s):\n"
        "A shipment cannot be created when an order has a status of holded"
    )
    assert shop.invoice(order).message.endswith("when an order has a status of holded")
    assert shop.post(f"{path}/unhold").body is True
    assert state_of(shop, order) == ("new", "pending")


def test_comments_and_a_status_of_ones_own(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    path = f"orders/{order['entity_id']}/comments"
    body = {"comment": "picked", "status": "picking", "is_customer_notified": 1}
    assert shop.post(path, {"statusHistory": body}).body is True
    assert shop.get(f"orders/{order['entity_id']}/statuses").body == "picking"
    (row,) = shop.get(path)["items"]
    assert (row["comment"], row["status"], row["is_customer_notified"]) == ("picked", "picking", 1)
    assert shop.post("orders/99/comments", {"statusHistory": body}).status == 404
    shop.invoice(order)
    assert state_of(shop, order) == ("processing", "processing")


def test_lines_addresses_and_mail(shop: Shop) -> None:
    order = shop.order(("TEE", 2), ("SOCKS", 1))
    found = shop.get("orders/items", search(sku="SOCKS"))
    assert [item["order_id"] for item in found["items"]] == [order["entity_id"]]
    item_id = found["items"][0]["item_id"]
    assert shop.get(f"orders/items/{item_id}")["name"] == "Socks"
    assert shop.get("orders/items/99").status == 404
    for kind in ("billing", "shipping"):
        changed = {**ADDRESS, "city": f"New {kind}", "address_type": kind}
        assert shop.put("orders/1", {"entity": changed})["city"] == f"New {kind}"
    now = shop.read(1)
    assignment = now["extension_attributes"]["shipping_assignments"][0]
    assert now["billing_address"]["city"] == "New billing"
    assert assignment["shipping"]["address"]["city"] == "New shipping"
    assert shop.post("orders/1/emails").body is True
    ready = shop.post("order/notify-orders-are-ready-for-pickup", {"orderIds": [1, 9]})
    assert (ready["successful"], len(ready["errors"])) == (False, 1)
    ready = shop.post("order/notify-orders-are-ready-for-pickup", {"orderIds": [1]})
    assert (ready["successful"], ready["errors"]) == (True, [])


def test_an_unknown_order_is_404(shop: Shop) -> None:
    for path in ("orders/9", "invoices/9", "shipment/9", "creditmemo/9", "transactions/9"):
        answer = shop.get(path)
        assert (answer.status, answer.message) == (
            404, "The entity that was requested doesn't exist. Verify the entity and try again.",
        )  # fmt: skip
    assert shop.get("orders/000000001").status == 404
    assert shop.get("orders/one").message == (
        'The "one" value\'s type is invalid. The "int" type was expected. Verify and try again.'
    )


# --- orders that are saved as they are -----------------------------------------------------

RAW: Json = {
    "base_grand_total": 24, "grand_total": 24, "customer_email": "pos@shop.test",
    "increment_id": "POS-1", "ext_order_id": "T-77", "state": "processing", "status": "processing",
    "items": [{"sku": "TEE", "qty_ordered": 2, "price": 12, "row_total": 24, "name": "Red tee"}],
}  # fmt: skip


def test_a_raw_order_holds_nothing_and_its_shipment_lets_go(shop: Shop) -> None:
    """Salable quantity rises above what is on the shelf, for ever."""
    made = shop.post("orders", {"entity": RAW})
    assert (made["increment_id"], made["total_due"], made["total_item_count"]) == ("POS-1", 24, 1)
    assert shop.reserved("TEE") == 0
    assert [(fact.order, fact.total_minor) for fact in shop.facts(Placed)] == [("POS-1", 2400)]
    assert shop.ship(made.body).status == 200
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1")) == (8, 3)
    assert (shop.reserved("TEE"), shop.salable("TEE")) == (2, 13)


def test_a_raw_order_needs_its_totals(shop: Shop) -> None:
    missing = shop.post("orders", {"entity": {"items": []}})
    fields = [error["parameters"]["fieldName"] for error in missing["errors"]]
    assert fields == ["base_grand_total", "grand_total", "customer_email"]
    assert shop.post("orders", {"entity": {**RAW, "items": [{"name": "x"}]}}).status == 400
    assert shop.post("orders", {"entity": {**RAW, "colour": "red"}}).status == 500
    wrong = shop.post("orders", {"entity": {**RAW, "grand_total": "much"}})
    assert wrong.message.startswith('Error occurred during "grand_total" processing.')
    assert shop.post("orders", {"entity": RAW}).status == 200
    assert shop.post("orders", {"entity": RAW}).message == "Unique constraint violation found"


def test_an_order_is_merged_by_its_number(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    entity = {
        "entity_id": order["entity_id"],
        "ext_order_id": "POS-9",
        "state": "processing",
        "status": "picking",
        "items": [{"item_id": order["items"][0]["item_id"], "additional_data": "x"}],
    }
    answer = shop.put("orders/create", {"entity": entity})
    assert (answer["ext_order_id"], answer["status"], answer["grand_total"]) == (
        "POS-9", "picking", 24,
    )  # fmt: skip
    assert answer["items"][0]["additional_data"] == "x"
    found = shop.get("orders", search(ext_order_id="POS-9"))
    assert found["items"][0]["increment_id"] == order["increment_id"]
    assert shop.post("orders", {"entity": {"entity_id": 99}}).status == 404


@pytest.mark.parametrize("way", ["at_once", "asks"])
def test_a_customers_cancellation(way: str) -> None:
    shop = Shop(storefront_cancels=way)
    order = shop.order(("TEE", 2))
    with shop.world.acting("shopper"):
        assert shop.storefront.ask_cancel(order["increment_id"]) is True
    assert [fact.by for fact in shop.facts(CancelAsked)] == ["shopper"]
    assert state_of(shop, order)[0] == ("canceled" if way == "at_once" else "new")
    assert shop.reserved("TEE") == (0 if way == "at_once" else -2)
