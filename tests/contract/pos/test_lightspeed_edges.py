"""Odd orders of calls behind the second face: what left, what came back and what is owed agree."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.counter import Counter

TEE = "TEE-RED-M"


@pytest.fixture
def counter() -> Counter:
    """The second face, with its default settings."""
    return Counter()


def lines(units: int, counter: Counter, **more: Any) -> dict[str, Any]:
    return {"line_items": [counter.line(units=units, **more)]}


def pending(counter: Counter, units: int) -> dict[str, Any]:
    """A sale that waits to be picked up."""
    way = {"fulfillment_method": "PICKUP"}
    return counter.make_sale("pending", **lines(units, counter, _metadata=way))


def again(counter: Counter, sale: dict[str, Any], units: int) -> Any:
    """The same line of a sale with other units."""
    line = counter.line(
        units=units, id=sale["line_items"][0]["id"], _metadata={"fulfillment_method": "PICKUP"}
    )
    return counter.put_sale(sale, "pending", line_items=[line])


def fulfilment(counter: Counter) -> dict[str, Any]:
    (one,) = counter.data("GET", "/fulfillments")
    assert isinstance(one, dict)
    return one


def events(counter: Counter, id_: str) -> list[tuple[str, str]]:
    history = counter.data("GET", f"/fulfillments/{id_}/history")
    return [(each["event_type"], each["quantity_delta"]) for each in history]


def test_goods_on_account_have_left_and_their_lines_stay(counter: Counter) -> None:
    sale = counter.make_sale("pending", attributes=["onaccount"])
    assert counter.stock(TEE, "S1") == 9
    assert counter.put_sale(sale, "pending", **lines(4, counter)).status == 422
    assert counter.put_sale(sale, "voided").status == 200
    assert counter.stock(TEE, "S1") == 10


def test_goods_that_came_back_on_account_are_not_voided_away(counter: Counter) -> None:
    sale = counter.make_sale("pending", attributes=["onaccount"], **lines(-2, counter))
    assert counter.stock(TEE, "S1") == 12
    assert counter.put_sale(sale, "voided").status == 422
    assert (counter.stock(TEE, "S1"), counter.sale(sale["id"])["state"]) == (12, "pending")


def test_no_money_is_taken_for_a_sale_that_is_made_void(counter: Counter) -> None:
    answer = counter.send("POST", "/sales", counter.draft("voided", payments=[counter.cash(20)]))
    assert answer.status == 422
    assert counter.data("GET", "/sales") == []
    assert counter.make_sale("voided")["payments"] == []


def test_what_is_handed_over_follows_the_lines_of_its_sale(counter: Counter) -> None:
    sale = pending(counter, 2)
    assert again(counter, sale, 5).status == 200
    one = fulfilment(counter)
    assert [each["quantity"] for each in one["line_items"]] == ["5"]
    assert (one["version"], events(counter, one["id"])) == (
        2, [("CREATED", "2"), ("QUANTITY_UPDATED", "3")],
    )  # fmt: skip
    assert again(counter, sale, 5).status == 200
    assert fulfilment(counter)["version"] == 2


def test_a_line_that_goes_is_not_handed_over_and_a_new_one_is(counter: Counter) -> None:
    sale = pending(counter, 2)
    way = {"fulfillment_method": "PICKUP"}
    fresh = counter.line("TEE-BLUE-M", units=1, _metadata=way)
    assert counter.put_sale(sale, "pending", line_items=[fresh]).status == 200
    one = fulfilment(counter)
    assert [each["product_id"] for each in one["line_items"]] == [counter.product("TEE-BLUE-M")]
    assert events(counter, one["id"]) == [("CREATED", "2"), ("REMOVED", "-2"), ("CREATED", "1")]
    plain = counter.line("TEE-BLUE-M", units=1)
    assert counter.put_sale(sale, "pending", line_items=[plain]).status == 200
    assert counter.data("GET", "/fulfillments") == []


def test_units_that_were_picked_cannot_leave_the_sale(counter: Counter) -> None:
    sale = pending(counter, 3)
    one = fulfilment(counter)
    line = {"sale_line_item_id": sale["line_items"][0]["id"], "quantity": 2}
    picked = {"version": 1, "line_items": [line]}
    assert counter.send("POST", f"/fulfillments/{one['id']}/pick", picked).status == 200
    assert again(counter, sale, 1).status == 422
    assert counter.sale(sale["id"])["line_items"][0]["quantity"] == 3
    assert again(counter, sale, 2).status == 200
    assert fulfilment(counter)["state"] == "PICKED"


def test_a_parked_sale_is_not_handed_over_whatever_its_lines_say(counter: Counter) -> None:
    sale = counter.make_sale("parked", **lines(1, counter))
    line = counter.line(units=2, _metadata={"fulfillment_method": "PICKUP"})
    assert counter.put_sale(sale, "parked", line_items=[line]).status == 200
    assert counter.data("GET", "/fulfillments") == []
    assert counter.put_sale(sale, "closed").status == 200
    assert [each["quantity"] for each in fulfilment(counter)["line_items"]] == ["2"]
