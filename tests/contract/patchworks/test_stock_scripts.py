"""The scripts of the stock flow: what is free, and who may show how much of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakproof_simulators.patchworks import stock_scripts as _stock  # noqa: F401  # registers
from peakproof_simulators.patchworks.scripts import SCRIPTS, Several, Task

BUNDLES = {"SET": {"CUP": 2, "TRAY": 1}}
Shown = tuple[str, str, int]
"""A channel, a SKU, and what it shows."""


def run(name: str, payload: Any, **config: Any) -> Any:
    task = Task(
        payload=payload, meta={}, variables={}, config={"bundles": BUNDLES, **config}, tables={},
        arguments={},
    )  # fmt: skip
    made = SCRIPTS[name](task)
    return made.payloads if isinstance(made, Several) else made


def entries(*shown: Shown) -> list[dict[str, Any]]:
    return [
        {"channel": channel, "sku": sku, "facility": "W1", "shown": units}
        for channel, sku, units in shown
    ]


def rows(units: dict[str, int]) -> list[dict[str, Any]]:
    return [{"sku": sku, "facility": "W1", "units": each} for sku, each in units.items()]


def wanted(script: str, free: dict[str, int], *shown: Shown) -> list[int]:
    made = run(script, {"free": rows(free), "entries": entries(*shown)})
    return [entry.get("wanted", entry["shown"]) for entry in made["entries"]]


# --- what is free -------------------------------------------------------------------------------


def test_open_orders_of_both_channels_count_as_their_components() -> None:
    def order(number: str, sku: str, units: int) -> dict[str, Any]:
        return {"number": number, "lines": [{"sku": sku, "units": units, "facility": "W1"}]}

    payload = {
        "shop_orders": [order("N-1", "SET", 2)],
        "outlet_orders": [order("O-1", "TEE", 1)],
    }
    demand = run("lines_in_flight", payload)["demand"]
    assert [(line["key"], line["sku"], line["units"]) for line in demand] == [
        ("N-1:W1", "CUP", 4), ("N-1:W1", "TRAY", 2), ("O-1:W1", "TEE", 1),
    ]  # fmt: skip


def test_what_is_in_flight_is_not_free_and_some_is_kept_back() -> None:
    levels = rows({"TEE": 5, "MUG": 7})
    made = run("free_units", {"levels": levels, "demand": rows({"TEE": 2, "NEW": 1})})
    assert made["free"] == rows({"TEE": 3, "MUG": 7})
    kept = run("hold_back", made, policy={"hold_back": 1, "hold_backs": {"MUG": 3}})
    assert kept["free"] == rows({"TEE": 2, "MUG": 4})


def test_the_outlet_shows_what_it_can_sell_of_what_its_source_holds() -> None:
    payload = {
        "shop": [{"channel": "shop", "sku": "TEE", "shown": 3}],
        "held": [{"channel": "outlet", "sku": "TEE", "held": 6.0}, {"sku": "NEW", "held": 0}],
        "salable": [{"sku": "TEE", "qty": 4.0}],
    }
    assert [entry["shown"] for entry in run("entries", payload)["entries"]] == [3, 4, 0]


# --- one budget ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "shown", "told"),
    [
        (10, (0, 0), [5, 5]),
        (1, (0, 0), [1, 0]),
        (9, (5, 5), [5, 4]),
        (5, (7, 2), [3, 2]),
        (10, (4, 1), [5, 5]),
        (-2, (2, 9), [0, 0]),
        (3, (3, 0), [2, 0]),
        (1, (1, 0), [1, 0]),
    ],
)
def test_two_channels_share_what_is_free(
    free: int, shown: tuple[int, int], told: list[int]
) -> None:
    both = (("shop", "TEE", shown[0]), ("outlet", "TEE", shown[1]))
    assert wanted("one_budget", {"TEE": free}, *both) == told


@given(free=st.integers(-5, 500), shown=st.lists(st.integers(0, 200), min_size=1, max_size=4))
def test_shares_never_add_up_to_more_than_is_free_not_even_on_the_way(
    free: int, shown: list[int]
) -> None:
    told = wanted("one_budget", {"TEE": free}, *((str(n), "TEE", u) for n, u in enumerate(shown)))
    assert sum(told) <= max(0, free)
    higher = [max(before, after) for before, after in zip(shown, told, strict=True)]
    if sum(shown) <= max(0, free):
        assert sum(higher) <= max(0, free), "whichever write comes first"
    else:
        assert higher == shown, "nobody is given anything while too much is shown"


@given(free=st.integers(0, 300), shown=st.lists(st.integers(0, 200), min_size=2, max_size=3))
def test_after_some_runs_all_that_is_free_is_shown_and_nothing_is_written_any_more(
    free: int, shown: list[int]
) -> None:
    before: list[int] = []
    for _ in range(12):
        before = shown
        shown = wanted(
            "one_budget", {"TEE": free}, *((str(n), "TEE", u) for n, u in enumerate(shown))
        )
    assert shown == before
    assert sum(shown) == free


def test_a_cell_that_the_warehouse_does_not_know_is_left_alone() -> None:
    assert wanted("one_budget", {"MUG": 1}, ("shop", "TEE", 5)) == [5]
    assert wanted("all_of_it", {"MUG": 1}, ("shop", "TEE", 5)) == [5]


def test_without_a_budget_each_channel_shows_everything() -> None:
    assert wanted("all_of_it", {"TEE": 4}, ("shop", "TEE", 0), ("outlet", "TEE", 9)) == [4, 4]


# --- bundles, and what is written ---------------------------------------------------------------


def test_a_channel_offers_as_many_of_a_bundle_as_its_scarcest_component_makes_up() -> None:
    shown = (("shop", "CUP", 9), ("shop", "TRAY", 7), ("shop", "SET", 5), ("outlet", "SET", 2))
    assert wanted("bundle_levels", {}, *shown) == [9, 7, 4, 0]


def test_the_largest_reductions_are_written_first() -> None:
    listed = entries(("shop", "TEE", 1), ("shop", "MUG", 5), ("outlet", "CUP", 9), ("shop", "X", 1))
    for entry, units in zip(listed, (4, 3, 0, 1), strict=True):
        entry["wanted"] = units
    made = run("stock_differences", {"entries": listed})
    assert [(one["sku"], one["action"], one["units"]) for one in made] == [
        ("CUP", "removeQuantity", 9), ("MUG", "removeQuantity", 2), ("TEE", "addQuantity", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(("held", "change", "holds"), [(6.0, -2, 4), ("3", 2, 5), (1, -4, 0)])
def test_a_source_keeps_what_is_promised(held: Any, change: int, holds: int) -> None:
    assert run("source_items", {"held": held, "change": change})["quantity"] == holds
