"""Carts: lines, prices, taxes, shipping, payments, until they are ordered."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import ADDRESS, SHIPPING, Json, Shop

from peakproof_simulators.kit.seed import Seed, SeedItem


def money(amount: int, currency: str = "GBP") -> Json:
    return {"centAmount": amount, "currencyCode": currency}


def act(shop: Shop, cart: Json, *actions: Json) -> Any:
    return shop.act(f"carts/{cart['id']}", *actions)


def read(shop: Shop, cart: Json) -> Json:
    found = shop.get("carts", where=f'id="{cart["id"]}"')["results"]
    only: Json = found[0]
    return only


def test_a_new_cart_is_read_back(shop: Shop) -> None:
    made = shop.post(
        "carts",
        {
            "currency": "GBP",
            "country": "GB",
            "key": "c-1",
            "customerEmail": "someone@example.test",
            "inventoryMode": "ReserveOnOrder",
            "shippingAddress": ADDRESS,
            "lineItems": [shop.line("TEE", 2), shop.line("SOCKS", 3, "")],
        },
    )
    assert made.status == 201
    assert shop.get("carts/key=c-1").body == made.body == read(shop, made.body)
    assert made["cartState"] == "Active"
    assert made["totalPrice"]["centAmount"] == 2 * 1200 + 3 * 333
    assert made["totalLineItemQuantity"] == 5
    first = made["lineItems"][0]
    assert first["variant"]["sku"] == "TEE"
    assert first["price"]["value"]["centAmount"] == 1200
    assert first["totalPrice"]["centAmount"] == 2400
    assert first["priceMode"] == "Platform"
    assert first["state"][0]["quantity"] == 2
    assert first["supplyChannel"]["id"] == shop.channel("W1")


@pytest.mark.parametrize(
    ("price", "net"), [(1200, 1000), (333, 278), (999, 832), (3, 2), (9, 8), (1, 1)]
)
def test_tax_is_taken_out_of_the_gross_price(price: int, net: int) -> None:
    """20 % included; halves go to the even minor unit."""
    shop = Shop(filling=Seed(items=(SeedItem("A", "A", price),)))
    cart = shop.cart(shop.line("A", 1, ""), mode="None")
    taxed = cart["lineItems"][0]["taxedPrice"]
    assert taxed["totalGross"]["centAmount"] == price
    assert taxed["totalNet"]["centAmount"] == net
    assert taxed["totalTax"]["centAmount"] == price - net
    assert taxed["taxPortions"] == [{"rate": 0.2, "name": "VAT 20%", "amount": taxed["totalTax"]}]
    assert cart["taxedPrice"]["totalNet"]["centAmount"] == net


def test_external_tax_is_put_on_the_net_price(shop: Shop) -> None:
    rate = {"name": "Sales tax", "amount": 0.075, "country": "US"}
    cart = shop.cart(shop.line("TEE", 2, externalTaxRate=rate), taxMode="External", mode="None")
    line = cart["lineItems"][0]
    assert line["taxRate"] == {**rate, "includedInPrice": False}
    assert line["taxedPrice"]["totalNet"]["centAmount"] == 2400
    assert line["taxedPrice"]["totalGross"]["centAmount"] == 2580
    assert line["taxedPrice"]["totalTax"]["centAmount"] == 180
    other = act(
        shop,
        cart,
        {
            "action": "setLineItemTaxRate",
            "lineItemId": line["id"],
            "externalTaxRate": {**rate, "amount": 0.1},
        },
    )
    assert other["lineItems"][0]["taxedPrice"]["totalGross"]["centAmount"] == 2640


def test_without_an_address_there_is_no_tax_yet(shop: Shop) -> None:
    made = shop.post("carts", {"currency": "GBP", "lineItems": [shop.line("TEE")]})
    assert "taxedPrice" not in made.body
    assert "taxRate" not in made["lineItems"][0]
    with_address = act(shop, made.body, {"action": "setShippingAddress", "address": ADDRESS})
    assert with_address["taxedPrice"]["totalGross"]["centAmount"] == 1200
    assert with_address["lineItems"][0]["taxRate"]["includedInPrice"] is True
    without = act(shop, made.body, {"action": "setShippingAddress"})
    assert "taxedPrice" not in without.body


def test_the_tax_mode_decides(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    assert "taxRate" in cart["lineItems"][0]
    disabled = act(shop, cart, {"action": "changeTaxMode", "taxMode": "Disabled"})
    assert "taxRate" not in disabled["lineItems"][0]
    assert "taxedPrice" not in disabled.body
    refused = act(
        shop,
        cart,
        {"action": "setLineItemTaxRate", "lineItemId": cart["lineItems"][0]["id"]},
    )
    assert refused.code == "InvalidOperation"


def test_another_country_has_no_tax_rate(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    answer = act(shop, cart, {"action": "setShippingAddress", "address": {"country": "DE"}})
    assert (answer.code, answer.error["country"]) == ("MissingTaxRateForCountry", "DE")


def test_external_prices_take_the_place_of_the_products(shop: Shop) -> None:
    cart = shop.cart(
        shop.line("TEE", 2, externalPrice=money(100)),
        shop.line("MUG", 2, "", externalTotalPrice={"price": money(50), "totalPrice": money(90)}),
        mode="None",
    )
    one, other = cart["lineItems"]
    assert (one["priceMode"], one["totalPrice"]["centAmount"]) == ("ExternalPrice", 200)
    assert (other["priceMode"], other["totalPrice"]["centAmount"]) == ("ExternalTotal", 90)
    assert cart["totalPrice"]["centAmount"] == 290
    grown = act(
        shop, cart, {"action": "changeLineItemQuantity", "lineItemId": other["id"], "quantity": 3}
    )
    assert grown["lineItems"][1]["totalPrice"]["centAmount"] == 150
    platform = act(shop, cart, {"action": "setLineItemPrice", "lineItemId": one["id"]})
    assert platform["lineItems"][0]["totalPrice"]["centAmount"] == 2400
    external = act(
        shop,
        cart,
        {"action": "setLineItemPrice", "lineItemId": one["id"], "externalPrice": money(7)},
    )
    assert external["lineItems"][0]["totalPrice"]["centAmount"] == 14


def test_quantity_and_external_price_change_together(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE", 2, externalPrice=money(100)))
    line = cart["lineItems"][0]["id"]
    changed = act(
        shop,
        cart,
        {
            "action": "changeLineItemQuantity",
            "lineItemId": line,
            "quantity": 3,
            "externalPrice": money(10),
        },
    )
    assert changed["totalPrice"]["centAmount"] == 30
    total = act(
        shop,
        cart,
        {
            "action": "changeLineItemQuantity",
            "lineItemId": line,
            "quantity": 4,
            "externalTotalPrice": {"price": money(10), "totalPrice": money(35)},
        },
    )
    assert total["totalPrice"]["centAmount"] == 35


def test_a_price_in_another_currency_is_refused(shop: Shop) -> None:
    draft = {"currency": "GBP", "lineItems": [shop.line("TEE", externalPrice=money(1, "EUR"))]}
    answer = shop.post("carts", draft)
    assert (answer.code, answer.error["invalidValue"]) == ("InvalidField", "EUR")


def test_a_product_without_a_price_in_the_currency_is_refused(shop: Shop) -> None:
    answer = shop.post("carts", {"currency": "USD", "lineItems": [shop.line("TEE")]})
    assert (answer.code, answer.error["currency"]) == ("MatchingPriceNotFound", "USD")


def test_what_is_not_for_sale_is_refused(shop: Shop) -> None:
    answer = shop.post("carts", {"currency": "GBP", "lineItems": [shop.line("HAT")]})
    assert (answer.code, answer.error["typeId"]) == ("ReferencedResourceNotFound", "product")
    nameless = shop.post("carts", {"currency": "GBP", "lineItems": [{"quantity": 1}]})
    assert nameless.code == "InvalidOperation"
    by_id = shop.post("carts", {"currency": "GBP", "lineItems": [{"productId": "none"}]})
    assert by_id.code == "ReferencedResourceNotFound"


def test_a_line_can_name_product_and_variant(shop: Shop) -> None:
    product = shop.product("TEE")
    made = shop.post(
        "carts",
        {"currency": "GBP", "lineItems": [{"productId": product["id"], "variantId": 1}]},
    )
    assert made["lineItems"][0]["variant"]["sku"] == "TEE"


def test_the_same_goods_join_the_line_that_is_there(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE", 2))
    joined = act(shop, cart, {"action": "addLineItem", **shop.line("TEE", 3)})
    assert [line["quantity"] for line in joined["lineItems"]] == [5]
    assert joined["lineItems"][0]["id"] == cart["lineItems"][0]["id"]
    other = act(shop, cart, {"action": "addLineItem", **shop.line("TEE", 1, "S1")})
    assert [line["quantity"] for line in other["lineItems"]] == [5, 1]
    keyed = act(shop, cart, {"action": "addLineItem", "key": "own", **shop.line("TEE", 1)})
    assert len(keyed["lineItems"]) == 3
    twice = act(shop, cart, {"action": "addLineItem", "key": "own", **shop.line("TEE", 1)})
    assert twice.code == "DuplicateField"


def test_lines_shrink_and_go(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE", 5), shop.line("SOCKS", 1, ""))
    tee = cart["lineItems"][0]["id"]
    less = act(shop, cart, {"action": "removeLineItem", "lineItemId": tee, "quantity": 2})
    assert less["lineItems"][0]["quantity"] == 3
    assert less["totalPrice"]["centAmount"] == 3 * 1200 + 333
    gone = act(shop, cart, {"action": "changeLineItemQuantity", "lineItemId": tee, "quantity": 0})
    assert [line["variant"]["sku"] for line in gone["lineItems"]] == ["SOCKS"]
    assert read(shop, cart)["totalPrice"]["centAmount"] == 333
    unknown = act(shop, cart, {"action": "removeLineItem", "lineItemId": tee})
    assert unknown.code == "ReferencedResourceNotFound"
    neither = act(shop, cart, {"action": "removeLineItem"})
    assert neither.code == "InvalidOperation"


def test_shipping_is_part_of_the_total(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    priced = {**SHIPPING, "shippingRate": {"price": money(450), "freeAbove": money(5000)}}
    shipped = act(shop, cart, priced)
    assert shipped["totalPrice"]["centAmount"] == 1650
    assert shipped["taxedPrice"]["totalGross"]["centAmount"] == 1650
    assert shipped["taxedPrice"]["totalNet"]["centAmount"] == 1375
    assert shipped["taxedShippingPrice"]["totalNet"]["centAmount"] == 375
    assert shipped["shippingInfo"]["shippingMethodName"] == "Van"
    act(shop, cart, {"action": "addLineItem", **shop.line("TEE", 4)})
    free = act(shop, cart, priced)
    assert free["shippingInfo"]["price"]["centAmount"] == 0
    assert free["totalPrice"]["centAmount"] == 6000
    unset = act(shop, cart, {"action": "setShippingMethod"})
    assert "shippingInfo" not in unset.body
    assert unset["totalPrice"]["centAmount"] == 6000


def test_shipping_needs_an_address_and_a_method_that_is_there(shop: Shop) -> None:
    made = shop.post("carts", {"currency": "GBP"})
    assert act(shop, made.body, SHIPPING).code == "InvalidOperation"
    cart = shop.cart()
    euros = {**SHIPPING, "shippingRate": {"price": money(1, "EUR")}}
    assert act(shop, cart, euros).code == "InvalidField"
    unknown = {"action": "setShippingMethod", "shippingMethod": {"key": "drone"}}
    assert act(shop, cart, unknown).error["typeId"] == "shipping-method"


def test_a_payment_belongs_to_one_cart(shop: Shop) -> None:
    one, other = shop.cart(), shop.cart()
    named = {"typeId": "payment", "id": shop.pay()["id"]}
    added = act(shop, one, {"action": "addPayment", "payment": named})
    assert added["paymentInfo"]["payments"] == [named]
    assert act(shop, other, {"action": "addPayment", "payment": named}).code == "InvalidOperation"
    assert act(shop, one, {"action": "addPayment", "payment": named}).code == "InvalidOperation"
    gone = act(shop, one, {"action": "removePayment", "payment": named})
    assert "paymentInfo" not in gone.body
    assert act(shop, one, {"action": "removePayment", "payment": named}).code == (
        "InvalidOperation"
    )
    assert act(shop, other, {"action": "addPayment", "payment": named}).status == 200


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ({"action": "setCustomerEmail", "email": "a@example.test"}, "customerEmail",
         "a@example.test"),
        ({"action": "setBillingAddress", "address": ADDRESS}, "billingAddress", ADDRESS),
        ({"action": "setKey", "key": "own-key"}, "key", "own-key"),
        ({"action": "setCountry", "country": "FR"}, "country", "FR"),
    ],
)  # fmt: skip
def test_plain_fields_are_set_and_read_back(
    shop: Shop, action: Json, field: str, value: Any
) -> None:
    cart = shop.cart(shop.line("TEE"))
    assert act(shop, cart, action).status == 200
    assert read(shop, cart)[field] == value


def test_cart_keys_are_unique(shop: Shop) -> None:
    shop.post("carts", {"currency": "GBP", "key": "own-key"})
    assert shop.post("carts", {"currency": "GBP", "key": "own-key"}).code == "DuplicateField"
    other = shop.cart()
    assert act(shop, other, {"action": "setKey", "key": "own-key"}).code == "DuplicateField"


def test_recalculating_brings_todays_prices(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE", 2))
    product = shop.product("TEE")
    price = product["masterData"]["current"]["masterVariant"]["prices"][0]["id"]
    shop.act(
        f"products/{product['id']}",
        {"action": "changePrice", "priceId": price, "price": {"value": money(1500)},
         "staged": False},
    )  # fmt: skip
    assert read(shop, cart)["totalPrice"]["centAmount"] == 2400
    fresh = act(shop, cart, {"action": "recalculate"})
    assert fresh["totalPrice"]["centAmount"] == 3000
    variant = fresh["lineItems"][0]["variant"]
    assert variant["prices"][0]["value"]["centAmount"] == 1200, "only with updateProductData"
    full = act(shop, cart, {"action": "recalculate", "updateProductData": True})
    assert full["lineItems"][0]["variant"]["prices"][0]["value"]["centAmount"] == 1500
    again = act(shop, cart, {"action": "recalculate", "updateProductData": True})
    assert again["version"] == full["version"]


def test_custom_fields_of_carts_and_lines(shop: Shop) -> None:
    field = {"type": {"name": "String"}, "name": "note", "label": {"en": "N"}, "required": False}
    draft = {"key": "noted", "name": {"en": "Noted"}, "fieldDefinitions": [field]}
    shop.post("types", {**draft, "resourceTypeIds": ["order", "line-item"]})
    named = {"key": "noted"}
    cart = shop.cart(shop.line("TEE"))
    line = cart["lineItems"][0]["id"]
    act(
        shop,
        cart,
        {"action": "setCustomType", "type": named, "fields": {"note": "a"}},
        {"action": "setCustomField", "name": "note", "value": "b"},
        {"action": "setLineItemCustomType", "lineItemId": line, "type": named},
        {"action": "setLineItemCustomField", "lineItemId": line, "name": "note", "value": "c"},
    )
    after = read(shop, cart)
    assert after["custom"]["fields"] == {"note": "b"}
    assert after["lineItems"][0]["custom"]["fields"] == {"note": "c"}


def test_a_frozen_cart_keeps_its_prices(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    frozen = act(shop, cart, {"action": "freezeCart"})
    assert frozen["cartState"] == "Frozen"
    assert act(shop, cart, {"action": "unfreezeCart"})["cartState"] == "Active"
    assert act(shop, cart, {"action": "unfreezeCart"}).code == "InvalidOperation"
    assert act(shop, shop.cart(), {"action": "freezeCart"}).code == "InvalidOperation"


def test_an_ordered_cart_takes_no_change(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    shop.place(cart, "N-1")
    after = read(shop, cart)
    assert after["cartState"] == "Ordered"
    assert after["version"] == cart["version"] + 1
    answer = act(shop, cart, {"action": "setCustomerEmail", "email": "late@example.test"})
    assert (answer.status, answer.code) == (400, "InvalidOperation")


def test_money_that_overflows_is_refused(shop: Shop) -> None:
    draft = {"currency": "GBP", "lineItems": [shop.line("TEE", 9007199254740991)]}
    assert shop.post("carts", draft).code == "MoneyOverflow"


def test_carts_and_their_lines_are_deleted_with_their_version(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    assert shop.delete(f"carts/{cart['id']}", version=1).status == 409
    assert shop.delete(f"carts/{cart['id']}", version=cart["version"]).status == 200
    assert shop.head(f"carts/{cart['id']}") == 404


def test_shipping_for_nothing_leaves_the_totals_as_they_were(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE", 2), shop.line("SOCKS", place=""))
    act(shop, cart, {"action": "setShippingMethod"})
    before = shop.get(f"carts/{cart['id']}").body
    free = act(shop, cart, SHIPPING)
    for name in ("totalPrice", "taxedPrice", "totalLineItemQuantity"):
        assert free[name] == before[name]
    assert free["taxedShippingPrice"]["totalGross"]["centAmount"] == 0
    priced = {**SHIPPING, "shippingRate": {"price": money(450)}}
    assert act(shop, cart, priced)["totalPrice"]["centAmount"] == 2733 + 450
    assert act(shop, cart, SHIPPING)["taxedPrice"] == before["taxedPrice"]
