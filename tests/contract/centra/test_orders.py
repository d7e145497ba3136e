"""Orders: their life, their lines, what a clerk and an integration may do to them."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import ORDER, SHIPMENT, Json, Shop, ref

from peakproof.history.records import (
    CancelAsked,
    OrderState,
    Placed,
    Refused,
    Withdrawn,
)
from peakproof_simulators.trading.ports import Want

SHOWN = f"order {{ ... on DirectToConsumerOrder {{ {ORDER} }} }}"


def update(shop: Shop, number: int, **given: object) -> Json:
    made = shop.done(
        "updateDirectToConsumerOrder", SHOWN, order={"number": number}, input=given
    )  # fmt: skip
    order: Json = made["order"]
    return order


def test_an_order_goes_from_pending_over_confirmed_and_processing_to_shipped(shop: Shop) -> None:
    number = shop.buy(("TEE", 2))
    assert shop.order(number)["status"] == "PENDING"
    shop.done("confirmOrder", SHOWN, input=ref(number))
    assert shop.order(number)["status"] == "CONFIRMED"
    shipment = shop.ship(shop.order(number))
    assert shop.order(number)["status"] == "PROCESSING"
    shop.done("completeShipment", f"shipment {{ {SHIPMENT} }}", id=shipment["id"], input={})
    assert shop.order(number)["status"] == "SHIPPED"
    told = [(one.what, one.new, one.means) for one in shop.facts(OrderState)]
    assert told == [
        ("payment", "authorised", ""), ("order", "CONFIRMED", "acknowledged"),
        ("order", "PROCESSING", ""), ("order", "SHIPPED", "shipped"),
        ("shipment", "completed", "shipped"),
    ]  # fmt: skip


def test_an_order_is_confirmed_once(shop: Shop) -> None:
    order = shop.confirmed()
    said = shop.fails("confirmOrder", SHOWN, input=ref(order["number"]))
    assert said == "Order 1001 can not be confirmed in status CONFIRMED."
    assert shop.fails("confirmOrder", SHOWN, input=ref(7)) == "Order 7 does not exist."
    assert [(one.key, one.reason) for one in shop.facts(Refused)] == [
        ("1001", "cannot_confirm"), ("7", "order_not_found"),
    ]  # fmt: skip


def test_a_store_may_confirm_and_go_to_shipment_by_itself() -> None:
    shop = Shop(autoconfirm_orders=True, direct_to_shipment=True)
    order = shop.order(shop.buy(("TEE", 2)))
    assert order["status"] == "PROCESSING"
    assert [one["number"] for one in order["shipments"]] == ["1001-1"]
    by_hand = Shop(direct_to_shipment=True)
    assert by_hand.confirmed()["status"] == "PROCESSING"


def test_orders_that_wait_for_payment_or_are_on_hold_are_left_out_of_lists(shop: Shop) -> None:
    """Quirk 10: they vanish, and come back with a later date of change and an old number."""
    first, second = shop.buy(("TEE", 1), pay=""), shop.buy(("TEE", 1))
    listed = "query($w: OrderFilter) { orders(where: $w) { number updatedAt } }"

    def seen(**where: object) -> list[int]:
        return [one["number"] for one in shop.ask(listed, w=where)["orders"]]

    assert seen() == [second]
    assert seen(isWaitingForPayment=True) == [first]
    shop.run(60)
    shop.storefront.settle(str(first), "authorised")
    assert seen() == [first, second]
    update(shop, second, isOnHold=True, holdStatusChangeReason="fraud check")
    assert seen() == [first]
    assert seen(isOnHold=True) == [second]
    shop.run(60)
    update(shop, second, isOnHold=False)
    since = shop.world.clock.iso(shop.world.t - 30)
    assert seen(updatedAt={"from": since}) == [second], "filter by change, not by number"
    shown = Shop(hide_held_and_unpaid=False)
    shown.buy(("TEE", 1), pay="")
    assert len(shown.ask("{ orders { number } }")["orders"]) == 1


def test_orders_are_found_by_number_hash_status_market_and_date(shop: Shop) -> None:
    uk, eu = shop.buy(Want("TEE", 1, "UK")), shop.buy(Want("TEE", 1, "EU"))
    shop.done("confirmOrder", SHOWN, input=ref(eu))
    listed = "query($w: OrderFilter, $s: [OrderSortKey!]) { orders(where: $w, sort: $s) { number id market { name } } }"  # noqa: E501

    def seen(*sort: str, **where: object) -> list[int]:
        found = shop.ask(listed, w=where, s=list(sort))["orders"]
        return [one["number"] for one in found]

    hash_ = shop.order(uk)["id"]
    assert seen(id=[hash_]) == [uk]
    assert seen(number=[eu, 4, uk]) == [uk, eu]
    assert seen(status=["CONFIRMED"]) == [eu]
    assert seen(status=["PENDING", "CONFIRMED"]) == [uk, eu]
    assert seen("number_DESC") == [eu, uk]
    market = {one["name"]: one["id"] for one in shop.ask("{ markets { id name } }")["markets"]}
    assert seen(marketId=[market["EU"]]) == [eu]
    assert seen(storeType="WHOLESALE") == []
    assert seen(createdAt={"to": "2000-01-01T00:00:00Z"}) == []
    assert seen(orderDate={"from": "2000-01-01T00:00:00Z"}) == [uk, eu]
    assert seen(notNull=["shipments"]) == []
    assert seen(notNull=["customer", "shippingAddress"]) == [uk, eu]


def test_orders_are_paged_by_number_and_by_cursor(shop: Shop) -> None:
    numbers = [shop.buy(("TEE", 1)) for _ in range(5)]
    page = "query($p: Int) { orders(limit: 2, page: $p) { number } }"
    assert [one["number"] for one in shop.ask(page, p=2)["orders"]] == numbers[2:4]
    window = """query($first: Int, $after: String) {
      orderConnection(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { cursor node { number } } } }"""
    found, after = [], None
    while True:
        made = shop.ask(window, first=2, after=after)["orderConnection"]
        found += [edge["node"]["number"] for edge in made["edges"]]
        after = made["pageInfo"]["endCursor"]
        if not made["pageInfo"]["hasNextPage"]:
            break
    assert found == numbers
    assert made["totalCount"] == 5


@pytest.mark.parametrize("where", [{}, {"status": ["PENDING"]}])
@pytest.mark.parametrize(
    ("asked", "expected", "beyond"),
    [
        ({"first": 2}, [0, 1], (False, True)),
        ({"last": 2}, [3, 4], (True, False)),
        ({"first": 9}, [0, 1, 2, 3, 4], (False, False)),
        ({"last": 2, "before": 3}, [1, 2], (True, True)),
        ({"first": 2, "after": 3}, [4], (True, False)),
        ({"first": 2, "before": 1}, [0], (False, None)),
        ({"last": 2, "after": 3}, [4], (None, False)),
    ],
)
def test_a_window_is_the_same_whether_an_index_serves_it_or_not(
    shop: Shop, where: Json, asked: Json, expected: list[int], beyond: tuple[bool | None, ...]
) -> None:
    numbers = [shop.buy(("TEE", 1)) for _ in range(5)]
    given = {name: str(numbers[at]) if name in ("after", "before") else at
             for name, at in asked.items()}  # fmt: skip
    query = """query($w: OrderFilter, $first: Int, $after: String, $last: Int, $before: String) {
      orderConnection(where: $w, first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasPreviousPage hasNextPage } edges { node { number } } } }"""
    made = shop.ask(query, w=where, **given)["orderConnection"]
    assert [edge["node"]["number"] for edge in made["edges"]] == [numbers[at] for at in expected]
    assert made["totalCount"] == 5
    for name, there in zip(("hasPreviousPage", "hasNextPage"), beyond, strict=True):
        assert there in (None, made["pageInfo"][name])


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("{ orders(limit: 201) { number } }", "limit must be between 1 and 200, got 201"),
        ("{ orders(limit: 0) { number } }", "limit must be between 1 and 200, got 0"),
        ("{ orders(page: 0) { number } }", "page must be at least 1, got 0"),
        ("{ orderConnection { totalCount } }", "Exactly one of first and last"),
        ('{ orderConnection(first: 1, after: "9") { totalCount } }', "Cursor 9 is not known."),
    ],
)
def test_pages_out_of_bounds_are_refused(shop: Shop, query: str, text: str) -> None:
    answer = shop.post({"query": query})
    assert text in answer["errors"][0]["message"]


def test_a_stale_list_lacks_the_newest_order(shop: Shop) -> None:
    shop.run(10)
    shop.buy(("TEE", 1))
    shop.run(3)
    shop.stale_s = 5
    assert shop.ask("{ orders { number } }")["orders"] == []
    shop.stale_s = 0
    assert len(shop.ask("{ orders { number } }")["orders"]) == 1


# --- lines -------------------------------------------------------------------------------------


def cancel_line(line: Json, units: int, action: str = "RELEASE_BACK_TO_WAREHOUSE") -> Json:
    return {"line": {"id": line["id"]}, "quantity": units, "stockAction": action}


def test_cancelled_units_go_back_or_off_the_shelf_as_the_caller_says(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 5))
    line, number = order["lines"][0], order["number"]
    update(shop, number, cancelLines=[cancel_line(line, 2)])
    assert shop.cell("TEE") == (10, 3, 0)
    after = update(shop, number, cancelLines=[cancel_line(line, 1, "REMOVE_FROM_STOCK")])
    assert shop.cell("TEE") == (9, 2, 0)
    assert (after["lines"][0]["quantity"], after["lines"][0]["cancelledQuantity"]) == (2, 3)
    assert [[one.units for one in told.lines] for told in shop.facts(Withdrawn)] == [[2], [1]]
    said = shop.fails(
        "updateDirectToConsumerOrder", SHOWN, order={"number": number},
        input={"cancelLines": [cancel_line(line, 3)]},
    )  # fmt: skip
    assert "does not have so many units left to cancel" in said


def test_a_line_cancelled_to_nothing_is_shown_only_when_asked_for(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 1), ("SOCKS", 1))
    update(shop, order["number"], cancelLines=[cancel_line(order["lines"][0], 1)])
    found = shop.ask("{ orders { lines { id } all: lines(includeFullyCancelled: true) { id } } }")
    assert [len(found["orders"][0][name]) for name in ("lines", "all")] == [1, 2]


def test_an_added_line_merges_only_with_one_that_is_the_same(shop: Shop) -> None:
    """Quirk 14: size, price and comment have to match."""
    order = shop.confirmed(("TEE", 1))
    number, tee = order["number"], {"productSize": {"SKU": "TEE"}, "quantity": 2}
    assert [one["quantity"] for one in update(shop, number, addLines=[tee])["lines"]] == [3]
    other = {**tee, "unitPrice": {"value": 11.5, "currencyIsoCode": "GBP"}}
    lines = update(shop, number, addLines=[other])["lines"]
    assert [(one["quantity"], one["unitPrice"]["value"]) for one in lines] == [(3, 12), (2, 11.5)]
    lines = update(shop, number, addLines=[{**tee, "comment": "gift"}])["lines"]
    assert [one["quantity"] for one in lines] == [3, 2, 2]
    assert shop.cell("TEE") == (10, 7, 0)
    assert [sum(one.units for one in told.lines) for told in shop.facts(Placed)] == [1, 2, 2, 2]
    wrong = {**tee, "display": {"id": 99}}
    said = shop.fails("updateDirectToConsumerOrder", SHOWN, order={"number": number},
                      input={"addLines": [wrong]})  # fmt: skip
    assert said == "Display 99 is not known."


def test_shipping_cost_is_lowered_in_confirmed_only() -> None:
    shop = Shop(shipping_cost_minor=500)
    number = shop.buy(("TEE", 1))
    cost = {"shippingCost": {"value": 3.0, "currencyIsoCode": "GBP"}}

    def said(**given: object) -> str:
        return shop.fails("updateDirectToConsumerOrder", SHOWN, order={"number": number},
                          input=given)  # fmt: skip

    assert "it is PENDING" in said(**cost)
    shop.done("confirmOrder", SHOWN, input=ref(number))
    assert "only be lowered" in said(shippingCost={"value": 5.01, "currencyIsoCode": "GBP"})
    assert update(shop, number, **cost)["grandTotal"]["value"] == 15.0


def test_a_customers_particulars_can_be_corrected(shop: Shop) -> None:
    number = shop.buy(("TEE", 1))
    update(
        shop, number,
        shippingAddress={"city": "Leeds", "country": {"code": "IE"}},
        billingAddress={"city": "York"},
        customerInfo={"email": "bob@example.test", "firstName": "Bob"},
        isInternal=True,
    )  # fmt: skip
    query = """{ orders { ... on DirectToConsumerOrder {
      isInternal customer { email firstName lastName } country { code }
      shippingAddress { city country { code } } billingAddress { city } } } }"""
    assert shop.ask(query)["orders"] == [{
        "isInternal": True,
        "customer": {"email": "bob@example.test", "firstName": "Bob", "lastName": "Lee"},
        "country": {"code": "IE"},
        "shippingAddress": {"city": "Leeds", "country": {"code": "IE"}},
        "billingAddress": {"city": "York"},
    }]  # fmt: skip


# --- the end ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "physical"),
    [(None, 10), ({"removeItemsFromStock": True}, 7), ({"releaseItemsBackToWarehouse": True}, 10)],
)
def test_a_cancelled_order_frees_or_removes_its_units_and_voids_its_payment(
    shop: Shop, policy: Json | None, physical: int
) -> None:
    order = shop.confirmed(("TEE", 3))
    given = {"comment": "wish"} | ({"stockAction": policy} if policy else {})
    made = shop.done("cancelDirectToConsumerOrder", SHOWN, id=order["id"], input=given)["order"]
    assert made["status"] == "CANCELLED"
    assert shop.cell("TEE") == (physical, 0, 0)
    paid = [(one["entryType"], one["status"], one["value"]["value"])
            for one in made["paymentHistory"]]  # fmt: skip
    assert paid == [("AUTH", "SUCCESS", 36.0), ("CANCEL", "SUCCESS", 36.0)]
    assert [told.cause for told in shop.facts(Withdrawn)] == ["cancelled"]
    assert shop.facts(CancelAsked) == [], "the connector ends the promise, nobody asked"
    again = shop.fails("cancelDirectToConsumerOrder", SHOWN, id=order["id"])
    assert again == "Order 1001 can not be cancelled: it is CANCELLED."


def test_a_provider_that_will_not_void_is_a_warning_and_the_order_is_cancelled(shop: Shop) -> None:
    order = shop.confirmed()
    shop.service.controls["fail_captures"]({"count": 1})
    made = shop.write("cancelDirectToConsumerOrder", SHOWN, id=order["id"])
    assert made["order"]["status"] == "CANCELLED"
    assert made["userErrors"] == []
    assert "authorization could not be cancelled" in made["userWarnings"][0]["message"]


def test_what_is_captured_or_on_a_shipment_is_not_cancelled(shop: Shop) -> None:
    captured = shop.confirmed(("TEE", 1), pay="captured")
    said = shop.fails("cancelDirectToConsumerOrder", SHOWN, id=captured["id"])
    assert "it is captured" in said
    packed = shop.confirmed(("TEE", 1))
    shop.ship(packed)
    said = shop.fails("cancelDirectToConsumerOrder", SHOWN, id=packed["id"])
    assert "it has shipments" in said


def test_a_lock_keeps_clerks_off_and_lets_the_api_work(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    lock = {"orders": [{"number": order["number"]}], "isLocked": True}
    made = shop.done("setOrdersLock", "orders { number isLocked }", input=lock)
    assert made["orders"] == [{"number": 1001, "isLocked": True}]
    assert shop.storefront.ask_cancel("1001") is False
    assert shop.order(1001)["status"] == "CONFIRMED"
    before = shop.ask("{ orders { updatedAt } }")
    shop.run(5)
    shop.storefront.edit("1001")
    assert shop.ask("{ orders { updatedAt } }") == before
    shop.ship(order)
    shop.done("setOrdersLock", "orders { number }", input={**lock, "isLocked": False})
    assert not shop.order(1001)["isLocked"]
    none = {"orders": [{"number": 5}], "isLocked": True}
    assert "does not exist" in shop.fails("setOrdersLock", "orders { number }", input=none)
