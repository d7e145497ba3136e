"""What lies where at the start, and what each system is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof.history.records import Item, Level, Move, Record
from peakproof.ledger import shelf
from peakproof_simulators.trading.standins import ESTATE, LittleRun


def seeded(estate: dict[str, Any] = ESTATE, **spec: Any) -> tuple[LittleRun, list[Record]]:
    """A run before its shop was published, with what was written while it was seeded."""
    run = LittleRun(spec, estate=estate, seed=3, publish=False)
    return run, run.seeding


def on_shelf(run: LittleRun, node: str, number: int) -> int:
    return run.world.ledger.at(shelf(node), run.day.items[number - 1].sku)


def test_a_fixed_number_lies_on_every_shelf_and_on_record() -> None:
    run, records = seeded(stock={"units": 7}, items={"count": 3})

    assert [on_shelf(run, node, n) for node in ("W1", "S1") for n in (1, 2, 3)] == [7] * 6
    moves = [record for record in records if isinstance(record, Move)]
    assert {(move.src, move.cause, move.by) for move in moves} == {("supplier", "receipt", "seed")}
    levels = [record for record in records if isinstance(record, Level)]
    assert all(level.cause == "seed" and level.by == "seed" for level in levels)
    assert {(level.place, level.on_hand) for level in levels if level.system == "wms"} == {
        ("W1", 7), ("F1", 7),
    }  # fmt: skip


def test_channels_open_with_nothing_unless_the_scenario_states_a_level() -> None:
    run, _ = seeded(
        stock={
            "units": 7,
            "opening": {"till:S1": "record"},
            "cells": [{"item": 2, "shown": {"web": 3}}],
        },
        items={"count": 2},
    )
    one, two = (item.sku for item in run.day.items)

    assert run.shop.offered(one) == {"W1": 0, "C1": 0}
    assert run.shop.offered(two) == {"W1": 3, "C1": 3}
    assert run.tills.count_on_record("L1", one) == 7


def test_a_cell_can_hold_less_than_its_record_believes() -> None:
    run, _ = seeded(
        stock={"units": 5, "cells": [{"item": 1, "node": "S1", "units": 0, "recorded": 1}]}
    )
    sku = run.day.items[0].sku

    assert on_shelf(run, "S1", 1) == 0
    assert run.floor.shelves.available(sku, "F1") == 1
    assert on_shelf(run, "W1", 1) == 5


def test_nodes_can_have_a_number_of_their_own() -> None:
    run, _ = seeded(stock={"units": 5, "nodes": {"S1": 1}})

    assert (on_shelf(run, "W1", 4), on_shelf(run, "S1", 4)) == (5, 1)


def test_lognormal_stock_scatters_around_its_median() -> None:
    run, _ = seeded(stock={"rule": "lognormal", "units": 40, "sigma": 0.5}, items={"count": 400})
    units = sorted(on_shelf(run, "W1", number) for number in range(1, 401))

    assert 35 <= units[200] <= 45
    assert units[20] < 25
    assert units[380] > 64


def test_stock_by_demand_follows_popularity_and_covers_what_is_expected() -> None:
    run, _ = seeded(
        stock={"rule": "demand", "cover": 2.0, "least": 1},
        items={"count": 50},
        trading={"web": {"demand": {"exactly": 1_000}}, "tills": {"demand": {"exactly": 300}}},
    )
    warehouse = [on_shelf(run, "W1", number) for number in range(1, 51)]
    store = [on_shelf(run, "S1", number) for number in range(1, 51)]

    assert warehouse == sorted(warehouse, reverse=True)
    mean_units = 1.86 * 1.10
    assert sum(warehouse) == pytest.approx(2 * 1_000 / 2 * mean_units, abs=50)
    assert sum(store) == pytest.approx(2 * (1_000 / 2 + 300) * mean_units, abs=50)


def test_a_miscounted_cell_has_one_unit_more_on_record_than_on_the_shelf() -> None:
    run, _ = seeded(stock={"units": 5, "miscounted": 0.5}, items={"count": 200})
    excess = [
        run.floor.shelves.available(item.sku, "W1") - on_shelf(run, "W1", item.number)
        for item in run.day.items
    ]

    assert set(excess) == {0, 1}
    assert 70 < sum(excess) < 130


def test_a_withheld_item_is_unknown_to_its_system_stock_and_all() -> None:
    run, records = seeded(items={"count": 3, "withheld": {"wms": [2]}})
    sku = run.day.items[1].sku
    known = [record for record in records if isinstance(record, Item) and record.sku == sku]

    assert {record.system for record in known} == {"shop", "pos"}
    assert sku not in run.floor.shelves.cells
    assert on_shelf(run, "W1", 2) == 20


def test_a_place_that_stands_for_two_nodes_shows_what_both_hold() -> None:
    estate = {
        **ESTATE,
        "nodes": [
            {"id": "W1", "places": {"wms": "W1", "shop": "pool"}},
            {"id": "W2", "places": {"wms": "W2", "shop": "pool"}},
        ],
        "channels": [{"id": "web", "system": "shop", "nodes": ["W1", "W2"]}],
    }
    run, _ = seeded(estate, stock={"units": 4, "opening": {"web": "record"}})

    assert run.shop.offered(run.day.items[0].sku) == {"pool": 8}


def test_a_bundle_lies_nowhere_and_the_warehouse_does_not_know_it() -> None:
    run, records = seeded(
        items={"count": 3, "bundles": [{"item": 3, "parts": [[1, 1], [2, 2]]}]},
        stock={"units": 7, "cells": [{"item": 3, "shown": {"web": 4}}]},
    )
    one, two, both = (item.sku for item in run.day.items)

    assert run.day.bundles == {both: {one: 1, two: 2}}
    assert [on_shelf(run, "W1", number) for number in (1, 2, 3)] == [7, 7, 0]
    known = {record.sku for record in records if isinstance(record, Item | Level)
             and record.system == "wms"}  # fmt: skip
    assert known == {one, two}
    assert run.shop.offered(both) == {"W1": 4, "C1": 4}
