"""Stock arithmetic: each rule has a test that a flipped sign would break."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.commercetools.shop import Json, Shop

from peakproof.history.records import Level


def write(shop: Shop, action: str, quantity: int, sku: str = "TEE", place: str = "W1") -> Json:
    entry = shop.entry(sku, place)
    answer = shop.act(f"inventory/{entry['id']}", {"action": action, "quantity": quantity})
    assert answer.status == 200, answer.body
    body: Json = answer.body
    return body


def test_an_order_lowers_what_is_on_hand_and_what_is_available(prompt: Shop) -> None:
    prompt.order(prompt.line("TEE", 4))
    assert prompt.cell("TEE") == (6, 6)
    assert prompt.stock("TEE") == (6, 6)


def test_the_internal_count_falls_at_once_and_readers_see_it_later(shop: Shop) -> None:
    shop.order(shop.line("TEE", 4))
    assert shop.cell("TEE") == (6, 6)
    assert shop.stock("TEE") == (10, 10)
    shop.run(10.001)
    assert shop.stock("TEE") == (6, 6)


def test_the_lag_is_drawn_for_each_order_between_nothing_and_the_longest() -> None:
    seen: list[float] = []
    shop = Shop(stock_lag_s=10)
    for number in range(20):
        before = shop.stock("TEE", "W1")[0]
        shop.order(shop.line("TEE", 1), number=f"N-{number}", mode="TrackOnly")
        start = shop.world.t
        while shop.stock("TEE", "W1")[0] == before:
            shop.run(0.25)
        seen.append(shop.world.t - start)
    assert max(seen) <= 10.25
    assert min(seen) < 3
    assert max(seen) > 7
    assert len(set(seen)) > 10


def test_a_late_change_makes_a_version_when_it_becomes_readable(shop: Shop) -> None:
    entry = shop.entry("TEE")
    shop.order(shop.line("TEE", 4))
    assert shop.entry("TEE")["version"] == entry["version"]
    shop.run(11)
    after = shop.entry("TEE")
    assert after["version"] == entry["version"] + 1
    assert after["lastModifiedAt"] > entry["lastModifiedAt"]
    assert "lastModifiedBy" not in after


def test_orders_need_not_make_versions() -> None:
    shop = Shop(version_bump_by_orders=False)
    shop.order(shop.line("TEE", 4))
    shop.run(11)
    assert shop.stock("TEE") == (6, 6)
    assert shop.entry("TEE")["version"] == 1


def test_an_absolute_write_over_an_order_in_the_lag_forgets_the_order(shop: Shop) -> None:
    """How a connector oversells: it writes the stock it read before the order was visible."""
    shop.order(shop.line("TEE", 4))
    assert write(shop, "changeQuantity", 10)["quantityOnStock"] == 10
    assert shop.cell("TEE") == (10, 10)
    shop.run(11)
    assert shop.stock("TEE") == (10, 10)
    assert shop.cell("TEE") == (10, 10)


def test_an_absolute_write_may_leave_the_lag_as_it_is() -> None:
    shop = Shop(absolute_write_absorbs_lag=False)
    shop.order(shop.line("TEE", 4))
    write(shop, "changeQuantity", 20)
    assert shop.stock("TEE") == (20, 20)
    assert shop.cell("TEE") == (16, 16)
    shop.run(11)
    assert shop.stock("TEE") == (16, 16)


@pytest.mark.parametrize(
    ("action", "readable", "internal"), [("addQuantity", 13, 9), ("removeQuantity", 7, 3)]
)
def test_a_relative_write_leaves_the_lag_as_it_is(
    shop: Shop, action: str, readable: int, internal: int
) -> None:
    shop.order(shop.line("TEE", 4))
    write(shop, action, 3)
    assert shop.stock("TEE") == (readable, readable)
    assert shop.cell("TEE") == (internal, internal)
    shop.run(11)
    assert shop.stock("TEE") == (internal, internal)


def test_an_absolute_write_of_the_number_that_readers_see_is_a_write_all_the_same(
    shop: Shop,
) -> None:
    shop.order(shop.line("TEE", 4))
    entry = shop.entry("TEE")
    assert write(shop, "changeQuantity", 10)["version"] == entry["version"] + 1
    assert shop.cell("TEE") == (10, 10)


def test_cancelling_an_order_does_not_restock(prompt: Shop) -> None:
    order = prompt.order(prompt.line("TEE", 4))
    prompt.act(f"orders/{order['id']}", {"action": "changeOrderState", "orderState": "Cancelled"})
    assert prompt.cell("TEE") == (6, 6)


def test_lines_of_one_order_on_the_same_entry_add_up(prompt: Shop) -> None:
    cart = prompt.cart(
        prompt.line("TEE", 6),
        prompt.line("TEE", 5, externalPrice={"centAmount": 1, "currencyCode": "GBP"}),
    )
    assert len(cart["lineItems"]) == 2
    answer = prompt.place(cart)
    assert (answer.status, answer.code) == (400, "OutOfStock")
    assert answer.error["lineItems"] == [cart["lineItems"][1]["id"]]
    assert prompt.cell("TEE") == (10, 10)


def test_each_place_has_its_own_stock(prompt: Shop) -> None:
    prompt.order(prompt.line("TEE", 2, "S1"))
    assert prompt.cell("TEE", "S1") == (1, 1)
    assert prompt.cell("TEE", "W1") == (10, 10)


def test_a_level_is_told_once_for_each_change_with_the_internal_count(shop: Shop) -> None:
    shop.by = "shopper"
    order = shop.order(shop.line("TEE", 4), shop.line("SOCKS", 1, ""))
    shop.by = "connector"
    shop.run(11)
    write(shop, "addQuantity", 3)
    told = [
        (level.sku, level.place, level.on_hand, level.available, level.cause, level.ref, level.by)
        for level in shop.facts(Level)[3:]
    ]
    number = order["orderNumber"]
    assert told == [
        ("TEE", "W1", 6, 6, "order", number, "shopper"),
        ("SOCKS", "", 4, 4, "order", number, "shopper"),
        ("TEE", "W1", 9, 9, "write", "", "connector"),
    ]


def test_the_seed_is_told_too(shop: Shop) -> None:
    first = shop.facts(Level)[0]
    assert (first.sku, first.place, first.on_hand, first.available, first.cause) == (
        "TEE", "W1", 10, 10, "seed",
    )  # fmt: skip


# --- cart reservations ---------------------------------------------------------------------


def reserving(**settings: Any) -> Shop:
    return Shop(stock_lag_s=0, reservation_expiration_min=30, **settings)


def test_a_cart_reservation_lowers_only_what_is_available() -> None:
    shop = reserving()
    shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    assert shop.cell("TEE") == (10, 6)
    assert shop.stock("TEE") == (10, 6)


def test_ordering_a_reservation_lowers_what_is_on_hand_and_no_more_of_what_is_available() -> None:
    shop = reserving()
    cart = shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    assert shop.place(cart).status == 201
    assert shop.cell("TEE") == (6, 6)
    assert shop.stock("TEE") == (6, 6)


def test_an_absolute_write_keeps_what_carts_hold() -> None:
    shop = reserving()
    shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    assert write(shop, "changeQuantity", 20)["availableQuantity"] == 16
    assert shop.cell("TEE") == (20, 16)
    assert write(shop, "addQuantity", 5)["availableQuantity"] == 21
    assert shop.cell("TEE") == (25, 21)
    assert write(shop, "removeQuantity", 25)["availableQuantity"] == -4
    assert shop.cell("TEE") == (0, -4)


def test_a_level_tells_what_carts_hold() -> None:
    shop = reserving()
    cart = shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    shop.delete(f"carts/{cart['id']}", version=cart["version"])
    told = [(one.on_hand, one.available, one.cause) for one in shop.facts(Level)[3:]]
    assert told == [(10, 6, "order"), (10, 10, "cancel")]


def test_an_absolute_write_beside_the_lag_keeps_what_readers_see_as_held() -> None:
    shop = Shop(absolute_write_absorbs_lag=False, reservation_expiration_min=30)
    shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    shop.run(11)
    shop.cart(shop.line("TEE", 2), mode="ReserveOnCart")
    write(shop, "changeQuantity", 20)
    assert shop.stock("TEE") == (20, 16)
    assert shop.cell("TEE") == (20, 14)
    shop.run(11)
    assert shop.stock("TEE") == (20, 14)


def test_a_reservation_in_the_lag_survives_an_absolute_write() -> None:
    shop = Shop(reservation_expiration_min=30)
    shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    assert shop.stock("TEE") == (10, 10)
    write(shop, "changeQuantity", 20)
    assert shop.cell("TEE") == (20, 16)
    assert shop.stock("TEE") == (20, 16)
    shop.run(11)
    assert shop.stock("TEE") == (20, 16)


def test_more_and_fewer_units_move_the_reservation_by_the_difference() -> None:
    shop = reserving()
    cart = shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    line = cart["lineItems"][0]["id"]
    for units, left in ((6, 4), (1, 9), (0, 10)):
        shop.act(
            f"carts/{cart['id']}",
            {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": units},
        )
        assert shop.cell("TEE") == (10, left)


def test_an_expired_reservation_gives_its_units_back() -> None:
    shop = reserving(reservation_expiry_lag_s=60)
    shop.cart(shop.line("TEE", 4), mode="ReserveOnCart")
    shop.run(30 * 60 + 59)
    assert shop.cell("TEE") == (10, 6)
    shop.run(2)
    assert shop.cell("TEE") == (10, 10)
    assert shop.stock("TEE") == (10, 10)


# --- whatever happens, internal = readable + what is on its way ----------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 8)),
        st.tuples(st.just("set"), st.integers(-3, 30)),
        st.tuples(st.sampled_from(["order", "track", "cart"]), st.integers(1, 6)),
        st.tuples(st.just("wait"), st.integers(1, 8)),
    ),
    max_size=14,
)
ACTIONS = {"add": "addQuantity", "remove": "removeQuantity", "set": "changeQuantity"}


@settings(max_examples=40, derandomize=True)
@given(STEPS, st.booleans())
def test_internal_and_readable_count_differ_by_what_is_on_its_way(
    steps: list[tuple[str, int]], absorbs: bool
) -> None:
    shop = Shop(absolute_write_absorbs_lag=absorbs, reservation_expiration_min=1)
    cell = shop.project.stock.at("TEE", shop.channel("W1"))
    assert cell is not None
    for number, (step, units) in enumerate(steps):
        available = cell.available
        if step in ACTIONS:
            write(shop, ACTIONS[step], units)
        elif step == "wait":
            shop.run(units)
        elif step == "cart":
            shop.cart(shop.line("TEE", units), mode="ReserveOnCart")
        else:
            mode = "ReserveOnOrder" if step == "order" else "TrackOnly"
            answer = shop.place(shop.cart(shop.line("TEE", units), mode=mode), f"N-{number}")
            if step == "order":
                assert (answer.status == 201) == (available >= units), "never oversold"
            assert cell.available == available - (units if answer.status == 201 else 0)
        seen = shop.stock("TEE")
        assert cell.on_hand == seen[0] + sum(one.on_hand for one in cell.pending)
        assert cell.available == seen[1] + sum(one.available for one in cell.pending)
    shop.run(300)
    assert shop.stock("TEE") == (cell.on_hand, cell.available)
