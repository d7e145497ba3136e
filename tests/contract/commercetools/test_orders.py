"""Orders: from carts, by import, found, numbered once, deleted."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.contract.commercetools.shop import ADDRESS, Json, Shop, transaction


def price(amount: int, currency: str = "GBP") -> Json:
    return {"value": {"centAmount": amount, "currencyCode": currency}}


def imported(**more: Any) -> Json:
    return {
        "totalPrice": {"centAmount": 2400, "currencyCode": "GBP"},
        "orderNumber": "I-1",
        "lineItems": [
            {
                "name": {"en": "Red tee"},
                "variant": {"sku": "TEE"},
                "quantity": 2,
                "price": price(1200),
                "supplyChannel": {"key": "W1"},
            }
        ],
        **more,
    }


def test_an_order_carries_over_what_the_cart_had(shop: Shop) -> None:
    payment = shop.pay()
    cart = shop.cart(shop.line("TEE", 2), customerEmail="a@example.test", billingAddress=ADDRESS)
    cart = shop.act(
        f"carts/{cart['id']}", {"action": "addPayment", "payment": {"id": payment["id"]}}
    ).body
    made = shop.place(
        cart, "N-1", paymentState="Pending", shipmentState="Pending", orderState="Confirmed"
    )
    assert made.status == 201
    assert (made["version"], made["orderNumber"]) == (1, "N-1")
    for field in (
        "lineItems", "totalPrice", "taxedPrice", "shippingAddress", "billingAddress",
        "shippingInfo", "customerEmail", "inventoryMode", "country", "paymentInfo",
    ):  # fmt: skip
        assert made[field] == cart[field], field
    assert made["cart"] == {"typeId": "cart", "id": cart["id"]}
    assert (made["orderState"], made["paymentState"], made["shipmentState"]) == (
        "Confirmed", "Pending", "Pending",
    )  # fmt: skip
    assert made["syncInfo"] == made["returnInfo"] == made["refusedGifts"] == []
    assert shop.keys == ["order:N-1"]
    assert shop.get(f"orders/{made['id']}").body == made.body
    assert shop.get("orders/order-number=N-1").body == made.body
    found = shop.get("orders", where='orderNumber="N-1"')
    assert found["results"] == [made.body]
    assert shop.keys == ["order:N-1"]


def test_an_order_number_may_have_odd_characters(shop: Shop) -> None:
    shop.order(number="N 1+2&ü")
    assert shop.get(f"orders/order-number={quote('N 1+2&ü')}")["orderNumber"] == "N 1+2&ü"


def test_an_order_needs_no_number(shop: Shop) -> None:
    made = shop.place(shop.cart(shop.line("TEE")))
    assert "orderNumber" not in made.body
    assert shop.keys == [f"order:{made['id']}"]


def test_order_numbers_are_unique(shop: Shop) -> None:
    shop.order(number="N-1")
    answer = shop.place(shop.cart(shop.line("TEE")), "N-1")
    assert (answer.status, answer.code, answer.error["field"]) == (
        400, "DuplicateField", "orderNumber",
    )  # fmt: skip
    assert shop.cell("TEE") == (9, 9), "the second order took nothing"
    assert shop.post("orders/import", imported(orderNumber="N-1")).code == "DuplicateField"


def test_the_carts_version_counts(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    answer = shop.place({**cart, "version": 1})
    assert (answer.status, answer.error["currentVersion"]) == (409, cart["version"])
    assert shop.cell("TEE") == (10, 10)


def test_a_cart_is_ordered_once(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    assert shop.place(cart, "N-1").status == 201
    again = shop.place(cart, "N-2")
    assert (again.status, again.code) == (400, "InvalidOperation")
    assert shop.cell("TEE") == (9, 9)
    assert shop.get("orders")["total"] == 1


def test_an_order_needs_an_address_and_lines(shop: Shop) -> None:
    bare = shop.post("carts", {"currency": "GBP", "lineItems": [shop.line("TEE")]}).body
    assert shop.place(bare).code == "InvalidOperation"
    assert shop.place(shop.cart()).code == "InvalidOperation"
    assert shop.place({"id": "none", "version": 1}).code == "ReferencedResourceNotFound"
    neither = shop.post("orders", {"version": 1})
    assert neither.code == "InvalidJsonInput"


def test_a_price_that_changed_since_is_refused(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"), shop.line("SOCKS", 1, ""))
    frozen = shop.cart(shop.line("TEE"))
    frozen = shop.act(f"carts/{frozen['id']}", {"action": "freezeCart"}).body
    product = shop.product("TEE")
    known = product["masterData"]["current"]["masterVariant"]["prices"][0]["id"]
    change = {"action": "changePrice", "priceId": known, "price": price(1300), "staged": False}
    shop.act(f"products/{product['id']}", change)
    answer = shop.place(cart, "N-1")
    assert (answer.code, answer.error["lineItems"]) == (
        "PriceChanged", [cart["lineItems"][0]["id"]],
    )  # fmt: skip
    cart = shop.act(f"carts/{cart['id']}", {"action": "recalculate"}).body
    assert shop.place(cart, "N-1").status == 201
    assert shop.place(frozen, "N-2")["totalPrice"]["centAmount"] == 1200


def test_custom_fields_of_the_draft_are_laid_over_the_carts(shop: Shop) -> None:
    fields = [
        {"type": {"name": "String"}, "name": name, "label": {"en": name}, "required": False}
        for name in ("aa", "bb")
    ]
    for key in ("one", "two"):
        shop.post(
            "types",
            {"key": key, "name": {}, "resourceTypeIds": ["order"], "fieldDefinitions": fields},
        )
    cart = shop.cart(
        shop.line("TEE"), custom={"type": {"key": "one"}, "fields": {"aa": "1", "bb": "2"}}
    )
    other = shop.place(cart, custom={"type": {"key": "two"}})
    assert other.code == "InvalidOperation"
    made = shop.place(cart, custom={"type": {"key": "one"}, "fields": {"bb": "3"}})
    assert made["custom"]["fields"] == {"aa": "1", "bb": "3"}
    plain = shop.place(shop.cart(shop.line("TEE"), custom={"type": {"key": "one"}}))
    assert plain["custom"]["fields"] == {}


# --- import --------------------------------------------------------------------------------


def test_an_imported_order_is_read_back(shop: Shop) -> None:
    made = shop.post(
        "orders/import",
        imported(
            customerEmail="a@example.test",
            shippingAddress=ADDRESS,
            paymentState="Paid",
            completedAt="2026-11-26T12:00:00Z",
            shippingInfo={
                "shippingMethodName": "Van",
                "price": price(0)["value"],
                "shippingRate": {"price": price(0)["value"]},
            },
        ),
    )
    assert made.status == 201
    assert made["origin"] == "Customer"
    assert made["completedAt"] == "2026-11-26T12:00:00.000Z"
    assert made["orderState"] == "Open"
    line = made["lineItems"][0]
    assert (line["quantity"], line["totalPrice"]["centAmount"]) == (2, 2400)
    assert line["supplyChannel"]["id"] == shop.channel("W1")
    assert shop.get("orders/order-number=I-1").body == made.body
    assert shop.cell("TEE") == (10, 10), "the default mode takes no stock"


def test_an_import_takes_stock_in_the_mode_that_it_names(prompt: Shop) -> None:
    assert prompt.post("orders/import", imported(inventoryMode="TrackOnly")).status == 201
    assert prompt.cell("TEE") == (8, 8)
    many = imported(inventoryMode="ReserveOnOrder", orderNumber="I-2")
    many["lineItems"][0]["quantity"] = 9
    answer = prompt.post("orders/import", many)
    assert (answer.code, answer.error["skus"]) == ("OutOfStock", ["TEE"])
    held = prompt.post("orders/import", imported(inventoryMode="ReserveOnCart", orderNumber="x"))
    assert held.code == "InvalidOperation"


def test_an_import_names_a_variant(shop: Shop) -> None:
    draft = imported()
    draft["lineItems"][0]["variant"] = {"sku": "HAT"}
    assert shop.post("orders/import", draft).code == "ReferencedResourceNotFound"
    draft["lineItems"][0]["variant"] = {"id": 1}
    assert shop.post("orders/import", draft).code == "InvalidJsonInput"
    draft["lineItems"][0]["productId"] = shop.product("TEE")["id"]
    assert shop.post("orders/import", draft)["lineItems"][0]["variant"]["sku"] == "TEE"
    assert shop.post("orders/import", imported(lineItems=[])).code == "InvalidOperation"
    draft = imported(orderNumber="I-9")
    draft["lineItems"][0]["price"] = price(1, "EUR")
    assert shop.post("orders/import", draft).code == "InvalidField"


def test_an_import_may_bring_line_states_tax_and_payments(shop: Shop) -> None:
    payment = shop.pay(2400, transaction("Charge", "Success", 2400))
    draft = imported(paymentInfo={"payments": [{"typeId": "payment", "id": payment["id"]}]})
    line = draft["lineItems"][0]
    line["state"] = [
        {"quantity": 1, "state": {"typeId": "state", "id": shop.state("shipped")}},
        {"quantity": 1, "state": {"typeId": "state", "id": shop.state("Initial")}},
    ]
    line["taxRate"] = {"name": "V", "amount": 0.2, "includedInPrice": True, "country": "GB"}
    made = shop.post("orders/import", draft)
    assert [one["quantity"] for one in made["lineItems"][0]["state"]] == [1, 1]
    assert made["taxedPrice"]["totalNet"]["centAmount"] == 2000
    line["state"].pop()
    assert shop.post("orders/import", {**draft, "orderNumber": "x"}).code == "InvalidOperation"
    line["state"] = None
    again = shop.post("orders/import", {**draft, "orderNumber": "x"})
    assert again.code == "InvalidOperation", "the payment has an order already"
    draft["paymentInfo"]["payments"][0]["id"] = "none"
    missing = shop.post("orders/import", {**draft, "orderNumber": "x"})
    assert missing.code == "ReferencedResourceNotFound"


# --- by number, deleting -------------------------------------------------------------------


def test_an_order_is_updated_and_deleted_by_its_number(shop: Shop) -> None:
    order = shop.order()
    body = {
        "version": 1, "actions": [{"action": "changeOrderState", "orderState": "Confirmed"}],
    }  # fmt: skip
    assert shop.post("orders/order-number=N-1", body)["orderState"] == "Confirmed"
    assert shop.get(f"orders/{order['id']}")["version"] == 2
    assert shop.head("orders/order-number=N-1") == 200
    assert shop.delete("orders/order-number=N-1", version=1).status == 409
    gone = shop.delete("orders/order-number=N-1", version=2, dataErasure="true")
    assert gone["orderNumber"] == "N-1"
    assert shop.head("orders/order-number=N-1") == 404
    missing = shop.get("orders/order-number=N-1")
    assert missing["message"] == "The Resource with orderNumber 'N-1' was not found."
    assert shop.order(number="N-1")["version"] == 1, "the number is free again"


@pytest.mark.parametrize("field", ["orderState", "paymentState", "shipmentState"])
def test_a_state_that_does_not_exist_is_refused(shop: Shop, field: str) -> None:
    answer = shop.place(shop.cart(shop.line("TEE")), **{field: "Nonsense"})
    assert (answer.code, answer.error["field"], answer.error["invalidValue"]) == (
        "InvalidField", field, "Nonsense",
    )  # fmt: skip
