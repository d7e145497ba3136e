"""The four inventory modes: when stock is taken, and when an order is refused for want of it."""

from __future__ import annotations

import pytest
from tests.contract.commercetools.shop import Json, Shop

from peakproof.history.records import Level


def test_none_takes_nothing_and_never_refuses(prompt: Shop) -> None:
    before = len(prompt.facts(Level))
    order = prompt.order(prompt.line("TEE", 500), mode="None")
    assert order["inventoryMode"] == "None"
    assert prompt.cell("TEE") == (10, 10)
    assert len(prompt.facts(Level)) == before


def test_track_only_takes_below_zero(prompt: Shop) -> None:
    prompt.order(prompt.line("TEE", 12), mode="TrackOnly")
    assert prompt.cell("TEE") == (-2, -2)
    assert prompt.stock("TEE") == (-2, -2)


def test_track_only_refuses_what_has_no_entry(prompt: Shop) -> None:
    answer = prompt.place(prompt.cart(prompt.line("MUG", 1), mode="TrackOnly"))
    assert (answer.status, answer.code) == (400, "OutOfStock")


def test_reserve_on_order_takes_what_is_there_and_not_one_more(prompt: Shop) -> None:
    prompt.order(prompt.line("TEE", 10), number="N-1")
    assert prompt.cell("TEE") == (0, 0)
    cart = prompt.cart(prompt.line("TEE", 1))
    answer = prompt.place(cart, "N-2")
    text = "Some line items are out of stock at the time of placing the order: TEE."
    assert answer.status == 400
    assert answer.body == {
        "statusCode": 400,
        "message": text,
        "errors": [
            {
                "code": "OutOfStock",
                "message": text,
                "lineItems": [cart["lineItems"][0]["id"]],
                "skus": ["TEE"],
            }
        ],
    }
    assert prompt.get(f"carts/{cart['id']}")["cartState"] == "Active"
    assert prompt.get("orders/order-number=N-2").status == 404


def test_one_missing_line_refuses_the_whole_order(prompt: Shop) -> None:
    answer = prompt.place(
        prompt.cart(prompt.line("TEE", 2), prompt.line("SOCKS", 6, ""), prompt.line("MUG"))
    )
    assert answer.error["skus"] == ["SOCKS", "MUG"]
    assert answer["message"].endswith("the order: SOCKS, MUG.")
    assert prompt.cell("TEE") == (10, 10)
    assert prompt.cell("SOCKS", "") == (5, 5)


@pytest.mark.parametrize("days", [0, 7])
def test_what_can_be_restocked_is_sold_without_stock(prompt: Shop, days: int) -> None:
    entry = prompt.entry("TEE")
    prompt.act(
        f"inventory/{entry['id']}",
        {"action": "setRestockableInDays", "restockableInDays": days},
    )
    prompt.order(prompt.line("TEE", 12))
    assert prompt.cell("TEE") == (-2, -2)


def test_of_racing_orders_only_as_many_get_through_as_there_is_stock(shop: Shop) -> None:
    """Nobody sees the stock sink, and still not one unit too many is sold."""
    carts = [shop.cart(shop.line("TEE", 3)) for _ in range(6)]
    statuses = [shop.place(cart, f"N-{n}").status for n, cart in enumerate(carts)]
    assert statuses == [201, 201, 201, 400, 400, 400]
    assert shop.cell("TEE") == (1, 1)
    assert shop.stock("TEE") == (10, 10), "readers still see all of it"


def test_a_write_between_two_orders_counts_at_once(shop: Shop) -> None:
    first, second = (shop.cart(shop.line("TEE", 8)) for _ in range(2))
    assert shop.place(first, "N-1").status == 201
    entry = shop.entry("TEE")
    shop.act(f"inventory/{entry['id']}", {"action": "addQuantity", "quantity": 6})
    assert shop.place(second, "N-2").status == 201
    assert shop.cell("TEE") == (0, 0)


def test_a_line_can_have_a_mode_of_its_own(prompt: Shop) -> None:
    cart = prompt.cart(
        prompt.line("TEE", 12, inventoryMode="TrackOnly"), prompt.line("SOCKS", 1, "")
    )
    modes = [line.get("inventoryMode") for line in cart["lineItems"]]
    assert modes == ["TrackOnly", None], "only there when it differs from the cart's"
    assert prompt.place(cart).status == 201
    assert prompt.cell("TEE") == (-2, -2)
    assert prompt.cell("SOCKS", "") == (4, 4)


def test_the_entry_without_a_channel_serves_lines_without_one(prompt: Shop) -> None:
    prompt.order(prompt.line("SOCKS", 2, ""))
    assert prompt.cell("SOCKS", "") == (3, 3)
    answer = prompt.place(prompt.cart(prompt.line("TEE", 1, "")), "N-2")
    assert answer.code == "OutOfStock", "TEE has no entry without a channel"


# --- reserve on cart -----------------------------------------------------------------------


@pytest.fixture
def reserving() -> Shop:
    return Shop(stock_lag_s=0, reservation_expiration_min=30)


def reserved(shop: Shop, cart: Json, line: int = 0) -> Json:
    """The reservation of a line, by expansion: the only way to see one."""
    found = shop.get(f"carts/{cart['id']}", expand="lineItems[*].reservation")
    reference: Json = found["lineItems"][line]["reservation"]
    assert reference["typeId"] == "reservation"
    expanded: Json = reference["obj"]
    return expanded


def test_reserving_in_the_cart_needs_the_projects_expiration(prompt: Shop) -> None:
    draft = {"currency": "GBP", "inventoryMode": "ReserveOnCart"}
    answer = prompt.post("carts", draft)
    assert (answer.status, answer.code) == (400, "InvalidOperation")


def test_a_line_gets_a_reservation(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 4), mode="ReserveOnCart")
    found = reserved(reserving, cart)
    assert (found["state"], found["quantity"]) == ("Created", 4)
    assert found["expiresAt"] == "2026-11-27T06:30:00.000Z"
    assert found["lineItemId"] == cart["lineItems"][0]["id"]
    assert found["owner"] == {"typeId": "cart", "id": cart["id"]}
    assert found["inventoryEntry"]["id"] == reserving.entry("TEE")["id"]


def test_what_cannot_be_reserved_is_a_warning_not_an_error(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 11), mode="ReserveOnCart")
    warning = cart["warnings"][0]
    assert warning["code"] == "CannotCreateReservation"
    assert (warning["sku"], warning["quantity"]) == ("TEE", 11)
    assert "reservation" not in cart["lineItems"][0]
    assert "warnings" not in reserving.get(f"carts/{cart['id']}").body
    assert reserving.cell("TEE") == (10, 10)
    assert reserving.place(cart).code == "OutOfStock"


def test_a_reservation_that_cannot_grow_stays_as_it_is(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 4), mode="ReserveOnCart")
    line = cart["lineItems"][0]["id"]
    grown = reserving.act(
        f"carts/{cart['id']}",
        {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 11},
    )
    warning = grown["warnings"][0]
    assert warning["code"] == "CannotUpdateReservation"
    assert (warning["requestedQuantity"], warning["reservedQuantity"]) == (11, 4)
    assert reserving.cell("TEE") == (10, 6)
    assert reserved(reserving, cart)["quantity"] == 4


def test_two_carts_cannot_hold_the_same_units(reserving: Shop) -> None:
    reserving.cart(reserving.line("TEE", 7), mode="ReserveOnCart")
    second = reserving.cart(reserving.line("TEE", 4), mode="ReserveOnCart")
    assert second["warnings"][0]["code"] == "CannotCreateReservation"
    third = reserving.place(reserving.cart(reserving.line("TEE", 4)))
    assert third.code == "OutOfStock", "other modes see what carts hold"


def test_ordering_commits_the_reservation(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 10), mode="ReserveOnCart")
    entry = reserving.entry("TEE")
    reserving.act(f"inventory/{entry['id']}", {"action": "removeQuantity", "quantity": 5})
    assert reserving.place(cart).status == 201, "what a cart holds can be ordered all the same"
    committed = reserved(reserving, cart)
    assert (committed["state"], committed["version"]) == ("Committed", 2)
    assert reserving.cell("TEE") == (-5, -5)


def test_removing_the_line_or_changing_its_mode_lets_go(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 4), reserving.line("SOCKS", 2, ""),
                          mode="ReserveOnCart")  # fmt: skip
    tee, socks = (line["id"] for line in cart["lineItems"])
    path = f"carts/{cart['id']}"
    reserving.act(path, {"action": "removeLineItem", "lineItemId": tee})
    assert reserving.cell("TEE") == (10, 10)
    assert reserving.cell("SOCKS", "") == (5, 3)
    reserving.act(
        path,
        {"action": "setLineItemInventoryMode", "lineItemId": socks, "inventoryMode": "None"},
    )
    assert reserving.cell("SOCKS", "") == (5, 5)
    states = [one.state for one in reserving.project.reservations.values()]
    assert states == ["Released", "Released"]


def test_deleting_the_cart_lets_go(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 4), mode="ReserveOnCart")
    reserving.delete(f"carts/{cart['id']}", version=cart["version"])
    assert reserving.cell("TEE") == (10, 10)


def test_another_supply_channel_moves_the_reservation(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 3), mode="ReserveOnCart")
    reserving.act(
        f"carts/{cart['id']}",
        {
            "action": "setLineItemSupplyChannel",
            "lineItemId": cart["lineItems"][0]["id"],
            "supplyChannel": {"typeId": "channel", "key": "S1"},
        },
    )
    assert reserving.cell("TEE", "W1") == (10, 10)
    assert reserving.cell("TEE", "S1") == (3, 0)


def test_several_steps_in_one_request_hold_only_the_last(reserving: Shop) -> None:
    cart = reserving.cart(mode="ReserveOnCart")
    made = reserving.act(
        f"carts/{cart['id']}",
        {"action": "addLineItem", "key": "first", **reserving.line("TEE", 2)},
        {"action": "changeLineItemQuantity", "lineItemKey": "first", "quantity": 5},
        {"action": "changeLineItemQuantity", "lineItemKey": "first", "quantity": 3},
    )
    assert made.status == 200
    assert reserving.cell("TEE") == (10, 7)
    assert reserved(reserving, cart)["quantity"] == 3
    assert len(reserving.project.reservations) == 1


def test_an_added_and_removed_line_holds_nothing(reserving: Shop) -> None:
    cart = reserving.cart(mode="ReserveOnCart")
    reserving.act(
        f"carts/{cart['id']}",
        {"action": "addLineItem", "key": "first", **reserving.line("TEE", 2)},
        {"action": "removeLineItem", "lineItemKey": "first"},
        {"action": "addLineItem", "key": "second", **reserving.line("TEE", 10)},
    )
    assert reserving.cell("TEE") == (10, 0)


def test_a_reservation_can_be_prolonged(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 4), mode="ReserveOnCart")
    reserving.run(1200)
    path = f"carts/{cart['id']}"
    action = {
        "action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 60,
    }  # fmt: skip
    assert reserving.act(path, action).status == 200
    assert reserved(reserving, cart)["expiresAt"] == "2026-11-27T07:20:00.000Z"
    reserving.run(3000)
    assert reserving.cell("TEE") == (10, 6), "the first expiry no longer counts"
    reserving.run(1000)
    assert reserving.cell("TEE") == (10, 10)
    late = reserving.act(path, action)
    assert late["warnings"][0]["code"] == "CannotChangeReservationExpiry"


def test_the_entrys_own_expiration_comes_first(reserving: Shop) -> None:
    entry = reserving.entry("TEE")
    reserving.act(
        f"inventory/{entry['id']}",
        {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 5},
    )
    cart = reserving.cart(reserving.line("TEE", 4), mode="ReserveOnCart")
    assert reserved(reserving, cart)["expiresAt"] == "2026-11-27T06:05:00.000Z"


def test_an_expired_reservation_must_find_stock_like_any_other_order(reserving: Shop) -> None:
    cart = reserving.cart(reserving.line("TEE", 4), mode="ReserveOnCart")
    reserving.run(2000)
    assert reserved(reserving, cart)["state"] == "Expired"
    reserving.order(reserving.line("TEE", 8), number="N-1")
    assert reserving.place(cart, "N-2").code == "OutOfStock"
    assert reserving.cell("TEE") == (2, 2)


# --- cart limits ---------------------------------------------------------------------------


@pytest.fixture
def limited(prompt: Shop) -> Shop:
    entry = prompt.entry("TEE")
    prompt.act(
        f"inventory/{entry['id']}",
        {"action": "setInventoryLimits", "minCartQuantity": 2, "maxCartQuantity": 5},
    )
    return prompt


@pytest.mark.parametrize(
    ("units", "code", "limit"),
    [
        (1, "LineItemQuantityBelowLimit", {"minCartQuantity": 2}),
        (6, "LineItemQuantityAboveLimit", {"maxCartQuantity": 5}),
    ],
)
def test_cart_quantities_have_limits(limited: Shop, units: int, code: str, limit: Json) -> None:
    draft = {"currency": "GBP", "lineItems": [limited.line("TEE", units)]}
    answer = limited.post("carts", draft)
    assert (answer.status, answer.code) == (400, code)
    assert answer.error["quantity"] == units
    assert limit.items() <= answer.error.items()
    elsewhere = limited.post("carts", {**draft, "lineItems": [limited.line("TEE", units, "S1")]})
    assert elsewhere.status == 201, "the limits are those of the line's entry"


def test_the_limits_hold_for_changes_too(limited: Shop) -> None:
    cart = limited.cart(limited.line("TEE", 2))
    answer = limited.act(
        f"carts/{cart['id']}",
        {"action": "addLineItem", **limited.line("TEE", 4)},
    )
    assert answer.code == "LineItemQuantityAboveLimit"
