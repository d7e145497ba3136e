"""Which warehouse holds an order's units, and who may change that."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import ORDER, Json, Shop

from peakproof.history.records import (
    Level,
)

SHOWN = f"order {{ ... on DirectToConsumerOrder {{ {ORDER} }} }}"


def release(number: int, line: int, units: int, **policy: object) -> Json:
    return {
        "order": {"number": number},
        "unallocate": [{"orderLine": {"id": line}, "quantity": units}],
        "stockActionPolicy": policy or {"releaseItemsBackToWarehouse": True},
    }


@pytest.mark.parametrize(
    ("policy", "first", "second"),
    [
        ({"releaseItemsBackToWarehouse": True}, (10, 2, 3), (3, 0, 0)),
        ({"removeItemsFromStock": True}, (7, 2, 3), (3, 0, 0)),
        ({"sendItemsToDifferentWarehouse": {"name": "W2"}}, (7, 2, 3), (6, 0, 0)),
    ],
)
def test_unallocated_units_become_demand_and_go_where_the_policy_says(
    shop: Shop, policy: Json, first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    order = shop.confirmed(("TEE", 5))
    line = order["lines"][0]["id"]
    made = shop.done("unallocateOrder", SHOWN, input=release(order["number"], line, 3, **policy))
    assert made["order"]["lines"][0]["demandQuantity"] == 3
    assert shop.cell("TEE") == first
    assert shop.cell("TEE", "W2") == second


def test_more_than_is_allocated_is_a_warning(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    line = order["lines"][0]["id"]
    made = shop.write("unallocateOrder", SHOWN, input=release(order["number"], line, 9))
    assert made["userErrors"] == []
    assert "does not have so many allocated units" in made["userWarnings"][0]["message"]
    assert shop.cell("TEE") == (10, 0, 2)
    none = release(order["number"], line, 1)
    none["stockActionPolicy"] = {}
    assert "Exactly one" in shop.fails("unallocateOrder", SHOWN, input=none)


def test_demand_is_allocated_from_the_warehouses_that_are_given(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    line, given = order["lines"][0]["id"], {"order": {"number": order["number"]}}
    assert "waits for none" in shop.fails("allocateOrder", SHOWN, input=given)
    shop.done("unallocateOrder", SHOWN, input=release(order["number"], line, 2))
    made = shop.done("allocateOrder", SHOWN, input={**given, "warehouses": [{"name": "W2"}]})
    held = made["order"]["lines"][0]
    assert [(one["warehouse"]["name"], one["quantity"]) for one in held["allocations"]] == [
        ("W2", 2)
    ]
    assert (shop.cell("TEE"), shop.cell("TEE", "W2")) == ((10, 0, 0), (3, 2, 0))


def test_demand_that_is_allocated_where_it_is_shown_is_one_change(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 2))
    shop.done("unallocateOrder", SHOWN,
              input=release(order["number"], order["lines"][0]["id"], 2))  # fmt: skip
    before = len(shop.facts(Level))
    shop.done("allocateOrder", SHOWN, input={"order": {"number": order["number"]}})
    told = [(one.on_hand, one.available) for one in shop.facts(Level)[before:]]
    assert told == [(10, 8)], "never shown as free in between"
    between = [one.available for one in shop.facts(Level)[3:before]]
    assert between == [8, 6, 8], "waited for before it is free"


@pytest.mark.parametrize(("setting", "allocated"), [("warn", 3), ("refuse", 0)])
def test_an_allocation_that_falls_short_is_answered_as_the_setting_says(
    setting: str, allocated: int
) -> None:
    shop = Shop(allocate_short=setting)
    order = shop.confirmed(("TEE", 5))
    shop.done("unallocateOrder", SHOWN,
              input=release(order["number"], order["lines"][0]["id"], 5))  # fmt: skip
    given = {"order": {"number": order["number"]}, "warehouses": [{"name": "W2"}]}
    made = shop.write("allocateOrder", SHOWN, input=given)
    assert len(made["userWarnings"] if setting == "warn" else made["userErrors"]) == 1
    assert shop.cell("TEE", "W2") == (3, allocated, 0)


def test_demand_may_be_counted_nowhere() -> None:
    shop = Shop(demand_counts_at="nowhere")
    order = shop.confirmed(("TEE", 2))
    shop.done("unallocateOrder", SHOWN,
              input=release(order["number"], order["lines"][0]["id"], 2))  # fmt: skip
    assert shop.cell("TEE") == (10, 0, 0)
