"""Deliveries, parcels, tracking: recorded as they are sent, never added up."""

from __future__ import annotations

from typing import Any

from tests.contract.commercetools.shop import ADDRESS, Answer, Json, Shop

from peakproof.history.records import Confirmed


def act(shop: Shop, order: Json, *actions: Json) -> Answer:
    return shop.act(f"orders/{order['id']}", *actions)


def deliveries(shop: Shop, order: Json) -> list[Json]:
    found = shop.get("orders", where=f'id="{order["id"]}"')["results"][0]
    listed: list[Json] = found["shippingInfo"]["deliveries"]
    return listed


def items(order: Json, *units: int) -> list[Json]:
    return [
        {"id": line["id"], "quantity": count}
        for line, count in zip(order["lineItems"], units, strict=False)
        if count
    ]


def tracked(number: str, **more: Any) -> Json:
    return {"trackingData": {"trackingId": number, "carrier": "Van"}, **more}


def confirmed(shop: Shop) -> list[tuple[str, tuple[tuple[str, int], ...]]]:
    """What was confirmed: reference, and units by SKU."""
    return [
        (one.ref, tuple((line.sku, line.units) for line in one.lines))
        for one in shop.facts(Confirmed)
    ]


def test_a_delivery_with_a_parcel_is_read_back_and_confirmed(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 2), shop.line("SOCKS", 1, ""))
    made = act(
        shop,
        order,
        {
            "action": "addDelivery",
            "deliveryKey": "d-1",
            "items": items(order, 2, 1),
            "address": ADDRESS,
            "parcels": [tracked("T-1", key="p-1", measurements={"weightInGram": 300})],
        },
    )
    assert made.status == 200
    only = deliveries(shop, order)[0]
    assert (only["key"], only["items"], only["address"]) == ("d-1", items(order, 2, 1), ADDRESS)
    parcel = only["parcels"][0]
    assert parcel["trackingData"] == {"trackingId": "T-1", "carrier": "Van"}
    assert (parcel["key"], parcel["measurements"]) == ("p-1", {"weightInGram": 300})
    assert confirmed(shop) == [("T-1", (("TEE", 2), ("SOCKS", 1)))]
    fact = shop.facts(Confirmed)[0]
    assert (fact.order, fact.by, fact.system) == ("N-1", "connector", "commercetools")
    assert fact.lines[0].line == order["lineItems"][0]["id"]


def test_the_vendor_does_not_add_up_deliveries(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 2))
    again = {
        "action": "addDelivery", "items": items(order, 2), "parcels": [tracked("T-1")],
    }  # fmt: skip
    for _ in range(3):
        assert act(shop, order, again).status == 200
    assert len(deliveries(shop, order)) == 3
    assert confirmed(shop) == [("T-1", (("TEE", 2),))] * 3


def test_an_order_without_shipping_takes_no_delivery(shop: Shop) -> None:
    cart = shop.post(
        "carts",
        {"currency": "GBP", "shippingAddress": ADDRESS, "lineItems": [shop.line("TEE")]},
    )
    order = shop.place(cart.body).body
    answer = act(shop, order, {"action": "addDelivery", "items": items(order, 1)})
    assert (answer.status, answer.code) == (400, "InvalidOperation")


def test_deliveries_name_lines_of_the_order(shop: Shop) -> None:
    order = shop.order()
    stranger = [{"id": "none", "quantity": 1}]
    assert act(shop, order, {"action": "addDelivery", "items": stranger}).code == (
        "ReferencedResourceNotFound"
    )
    parcel = {"action": "addDelivery", "parcels": [tracked("T", items=stranger)]}
    assert act(shop, order, parcel).code == "ReferencedResourceNotFound"


def test_keys_of_deliveries_and_parcels_are_unique_in_the_order(shop: Shop) -> None:
    order = shop.order()
    one: Json = {"action": "addDelivery", "deliveryKey": "d-1", "parcels": [{"key": "p-1"}]}
    assert act(shop, order, one).status == 200
    assert act(shop, order, one).code == "DuplicateField"
    assert act(shop, order, {**one, "deliveryKey": "d-2"}).code == "DuplicateField"
    more = {"action": "addParcelToDelivery", "deliveryKey": "d-1", "parcelKey": "p-1"}
    assert act(shop, order, more).code == "DuplicateField"
    twins = {"action": "addDelivery", "parcels": [{"key": "p-2"}, {"key": "p-2"}]}
    assert act(shop, order, twins).code == "DuplicateField"


def test_a_parcel_that_comes_later_confirms_the_delivery(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 2))
    act(shop, order, {"action": "addDelivery", "deliveryKey": "d-1", "items": items(order, 2)})
    assert confirmed(shop) == [], "a delivery without parcels confirms nothing"
    made = act(
        shop,
        order,
        {"action": "addParcelToDelivery", "deliveryKey": "d-1", "parcelKey": "p-1",
         **tracked("T-1")},
    )  # fmt: skip
    assert made["shippingInfo"]["deliveries"][0]["parcels"][0]["key"] == "p-1"
    assert confirmed(shop) == [("T-1", (("TEE", 2),))]


def test_tracking_that_comes_later_is_told_without_units(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 2))
    act(
        shop,
        order,
        {"action": "addDelivery", "items": items(order, 2), "parcels": [{"key": "p-1"}]},
    )
    delivery = deliveries(shop, order)[0]
    assert confirmed(shop) == [(delivery["id"], (("TEE", 2),))]
    update: Json = {"action": "setParcelTrackingData", "parcelKey": "p-1", **tracked("T-9")}
    act(shop, order, update)
    assert deliveries(shop, order)[0]["parcels"][0]["trackingData"]["trackingId"] == "T-9"
    assert confirmed(shop)[1:] == [("T-9", ())]
    version = shop.get(f"orders/{order['id']}")["version"]
    assert act(shop, order, update)["version"] == version
    act(shop, order, {"action": "setParcelTrackingData", "parcelKey": "p-1"})
    assert "trackingData" not in deliveries(shop, order)[0]["parcels"][0]


def test_several_parcels_share_the_units(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 3), shop.line("SOCKS", 2, ""))
    act(
        shop,
        order,
        {
            "action": "addDelivery",
            "items": items(order, 3, 2),
            "parcels": [
                tracked("T-1", items=items(order, 1, 0)),
                tracked("T-2"),
                tracked("T-3"),
            ],
        },
    )
    assert confirmed(shop) == [
        ("T-1", (("TEE", 1),)),
        ("T-2", (("TEE", 2), ("SOCKS", 2))),
        ("T-3", ()),
    ]


def test_what_is_taken_back_is_told_with_negative_units(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 3))
    add = {
        "action": "addDelivery",
        "deliveryKey": "d-1",
        "items": items(order, 3),
        "parcels": [
            tracked("T-1", key="p-1", items=items(order, 2)),
            tracked("T-2", key="p-2", items=items(order, 1)),
        ],
    }
    act(shop, order, add)
    act(shop, order, {"action": "removeParcelFromDelivery", "parcelKey": "p-1"})
    assert [one["key"] for one in deliveries(shop, order)[0]["parcels"]] == ["p-2"]
    act(shop, order, {"action": "removeDelivery", "deliveryKey": "d-1"})
    assert deliveries(shop, order) == []
    assert confirmed(shop)[2:] == [("T-1", (("TEE", -2),)), ("T-2", (("TEE", -1),))]


def test_other_items_are_told_as_the_difference(shop: Shop) -> None:
    order = shop.order(shop.line("TEE", 5))
    act(
        shop,
        order,
        {
            "action": "addDelivery",
            "deliveryKey": "d-1",
            "items": items(order, 2),
            "parcels": [tracked("T-1", key="p-1")],
        },
    )
    act(shop, order, {"action": "setDeliveryItems", "deliveryKey": "d-1",
                      "items": items(order, 5)})  # fmt: skip
    assert deliveries(shop, order)[0]["items"] == items(order, 5)
    act(shop, order, {"action": "setParcelItems", "parcelKey": "p-1",
                      "items": items(order, 1)})  # fmt: skip
    assert deliveries(shop, order)[0]["parcels"][0]["items"] == items(order, 1)
    assert confirmed(shop) == [
        ("T-1", (("TEE", 2),)), ("T-1", (("TEE", 3),)), ("T-1", (("TEE", -4),)),
    ]  # fmt: skip


def test_address_and_measurements_of_what_was_sent(shop: Shop) -> None:
    order = shop.order()
    act(shop, order, {"action": "addDelivery", "deliveryKey": "d-1", "parcels": [{"key": "p-1"}]})
    size = {"heightInMillimeter": 100, "lengthInMillimeter": 200, "widthInMillimeter": 300,
            "weightInGram": 900}  # fmt: skip
    act(
        shop,
        order,
        {"action": "setDeliveryAddress", "deliveryKey": "d-1", "address": ADDRESS},
        {"action": "setParcelMeasurements", "parcelKey": "p-1", "measurements": size},
    )
    only = deliveries(shop, order)[0]
    assert (only["address"], only["parcels"][0]["measurements"]) == (ADDRESS, size)
    before = shop.get(f"orders/{order['id']}")["version"]
    same = act(
        shop,
        order,
        {"action": "setDeliveryAddress", "deliveryKey": "d-1", "address": ADDRESS},
        {"action": "setParcelMeasurements", "parcelKey": "p-1", "measurements": size},
    )
    assert same["version"] == before


def test_a_delivery_and_a_parcel_must_be_named_and_be_there(shop: Shop) -> None:
    order = shop.order()
    for action, name in (
        ("removeDelivery", "delivery"), ("removeParcelFromDelivery", "parcel"),
    ):  # fmt: skip
        assert act(shop, order, {"action": action}).code == "InvalidOperation"
        for how in ("Id", "Key"):
            answer = act(shop, order, {"action": action, f"{name}{how}": "none"})
            assert (answer.code, answer.error["typeId"]) == ("ReferencedResourceNotFound", name)


def test_an_imported_order_may_have_been_delivered_in_part(shop: Shop) -> None:
    pence = {"centAmount": 0, "currencyCode": "GBP"}
    made = shop.post(
        "orders/import",
        {
            "totalPrice": pence,
            "orderNumber": "I-1",
            "lineItems": [
                {"name": {"en": "T"}, "variant": {"sku": "TEE"}, "quantity": 2,
                 "price": {"value": pence}}
            ],
            "shippingInfo": {
                "shippingMethodName": "Van",
                "price": pence,
                "shippingRate": {"price": pence},
                "deliveries": [{"parcels": [tracked("T-1")]}],
            },
        },
    )  # fmt: skip
    assert made["shippingInfo"]["deliveries"][0]["parcels"][0]["trackingData"]["trackingId"] == (
        "T-1"
    )
    assert confirmed(shop) == [("T-1", ())]
