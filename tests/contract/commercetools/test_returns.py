"""Returns: advised or returned, then back in stock or unusable."""

from __future__ import annotations

import pytest
from tests.contract.commercetools.shop import Answer, Json, Shop


@pytest.fixture
def sold(prompt: Shop) -> tuple[Shop, Json]:
    return prompt, prompt.order(prompt.line("TEE", 3))


def act(shop: Shop, order: Json, *actions: Json) -> Answer:
    return shop.act(f"orders/{order['id']}", *actions)


def back(order: Json, state: str = "Returned", **more: object) -> Json:
    line = order["lineItems"][0]["id"]
    return {"quantity": 1, "lineItemId": line, "shipmentState": state, **more}


def returned(shop: Shop, order: Json) -> list[Json]:
    found = shop.get("orders", where=f'id="{order["id"]}"')["results"][0]
    listed: list[Json] = found["returnInfo"]
    return listed


@pytest.mark.parametrize(
    ("state", "payment"), [("Advised", "NonRefundable"), ("Returned", "Initial")]
)
def test_a_return_starts_in_the_payment_state_of_its_shipment_state(
    sold: tuple[Shop, Json], state: str, payment: str
) -> None:
    shop, order = sold
    act(
        shop,
        order,
        {
            "action": "addReturnInfo",
            "items": [back(order, state, key="r-1", comment="too small")],
            "returnTrackingId": "R-1",
        },
    )
    only = returned(shop, order)[0]
    assert (only["returnTrackingId"], only["returnDate"]) == ("R-1", "2026-11-27T06:00:00.000Z")
    item = only["items"][0]
    assert (item["shipmentState"], item["paymentState"]) == (state, payment)
    assert (item["type"], item["comment"]) == ("LineItemReturnItem", "too small")
    assert shop.cell("TEE") == (7, 7), "a return does not restock"


@pytest.mark.parametrize("end", ["BackInStock", "Unusable"])
def test_only_returned_goods_move_on(sold: tuple[Shop, Json], end: str) -> None:
    shop, order = sold
    act(
        shop,
        order,
        {"action": "addReturnInfo", "items": [back(order, key="r-1"),
                                              back(order, "Advised", key="r-2")]},
    )  # fmt: skip

    def go(key: str, state: str) -> Answer:
        return act(
            shop,
            order,
            {"action": "setReturnShipmentState", "returnItemKey": key, "shipmentState": state},
        )

    assert go("r-2", end).code == "InvalidOperation", "advised is not here yet"
    assert go("r-1", "Advised").code == "InvalidOperation"
    assert go("r-1", end).status == 200
    assert returned(shop, order)[0]["items"][0]["shipmentState"] == end
    assert go("r-1", "Returned").code == "InvalidOperation"
    version = shop.get(f"orders/{order['id']}")["version"]
    assert go("r-1", end)["version"] == version


def test_refunds_are_marked_on_what_is_refundable(sold: tuple[Shop, Json]) -> None:
    shop, order = sold
    act(
        shop,
        order,
        {"action": "addReturnInfo", "items": [back(order, key="r-1"),
                                              back(order, "Advised", key="r-2")]},
    )  # fmt: skip
    item = returned(shop, order)[0]["items"][0]["id"]

    def go(**named: str) -> Answer:
        return act(
            shop, order, {"action": "setReturnPaymentState", "paymentState": "Refunded", **named}
        )

    assert go(returnItemId=item).status == 200
    assert returned(shop, order)[0]["items"][0]["paymentState"] == "Refunded"
    assert go(returnItemKey="r-2").code == "InvalidOperation"
    assert go(returnItemKey="none").code == "ReferencedResourceNotFound"
    assert go().code == "InvalidOperation"


def test_all_returns_can_be_set_at_once(sold: tuple[Shop, Json]) -> None:
    shop, order = sold
    first = shop.get(f"orders/{order['id']}")["version"]
    assert act(shop, order, {"action": "setReturnInfo"})["version"] == first
    two = [{"items": [back(order)]}, {"items": [back(order)], "returnDate": "2026-12-01T00:00:00Z"}]
    act(shop, order, {"action": "setReturnInfo", "items": two})
    assert [one["returnDate"] for one in returned(shop, order)] == [
        "2026-11-27T06:00:00.000Z", "2026-12-01T00:00:00.000Z",
    ]  # fmt: skip
    act(shop, order, {"action": "setReturnInfo"})
    assert returned(shop, order) == []


def test_a_return_needs_items_of_the_order_with_keys_of_their_own(
    sold: tuple[Shop, Json],
) -> None:
    shop, order = sold
    assert act(shop, order, {"action": "addReturnInfo", "items": []}).code == "InvalidOperation"
    stranger = {**back(order), "lineItemId": "none"}
    assert act(shop, order, {"action": "addReturnInfo", "items": [stranger]}).code == (
        "ReferencedResourceNotFound"
    )
    twins = [back(order, key="r-1"), back(order, key="r-1")]
    assert act(shop, order, {"action": "addReturnInfo", "items": twins}).code == "DuplicateField"
