"""What a scenario may say to trading, and how it is told what it said wrong."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from peakproof.errors import ScenarioError
from peakproof_simulators.trading.days import DAYS, Tables, demand_of, read_tables, shares
from peakproof_simulators.trading.estate import read_estate
from peakproof_simulators.trading.profiles import PROFILES
from peakproof_simulators.trading.standins import ESTATE


def read(**spec: Any) -> Tables:
    return read_tables(spec, read_estate(ESTATE))


def test_a_scenario_that_says_nothing_trades_calmly() -> None:
    tables = read()

    assert tables.trading.web.demand.per_hour == 12
    assert tables.items.count == 20
    assert tables.stock.rule == "fixed"


@pytest.mark.parametrize("day", sorted(DAYS))
def test_every_named_day_is_a_trading_table(day: str) -> None:
    assert read(trading={"day": day}).trading.day == day


def test_the_busy_day_has_2000_orders_and_the_load_day_20000_over_24_hours() -> None:
    busy, load = (read(trading={"day": day}).trading for day in ("busy", "load"))

    assert (busy.web.demand.exactly, busy.day_s) == (2_000, 0)
    assert (load.web.demand.exactly, load.day_s) == (20_000, 86_400)


def test_a_scenario_says_only_what_differs_from_its_day() -> None:
    trading = read(trading={"day": "busy", "floor": {"pickers": 2}}).trading

    assert trading.floor.pickers == 2
    assert trading.floor.packers == 8


def test_a_stated_rate_replaces_the_exact_number_of_the_day() -> None:
    trading = read(trading={"day": "busy", "web": {"demand": {"per_hour": 30}}}).trading

    assert (trading.web.demand.per_hour, trading.web.demand.exactly) == (30, 0)
    assert trading.tills.demand.exactly == 400


def test_one_channel_may_have_a_demand_of_its_own() -> None:
    trading = read(trading={"day": "busy", "channels": {"web": {"per_hour": 5}}}).trading

    demand = demand_of("web", trading.web.demand, trading)
    assert (demand.per_hour, demand.exactly, demand.profile) == (5, 0, "uk_online")
    assert demand_of("till:S1", trading.tills.demand, trading) == trading.tills.demand


def test_the_named_days_are_left_as_they_are_by_the_scenarios_that_use_them() -> None:
    before = msgspec.json.encode(DAYS)
    read(trading={"day": "busy", "web": {"demand": {"per_hour": 30}}})

    assert msgspec.json.encode(DAYS) == before


def test_profiles_are_normalised() -> None:
    for name in PROFILES:
        assert len(shares(name)) == 24
        assert sum(shares(name)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"trade": {}}, "no table 'trade'; did you mean trading"),
        ({"items": {"cout": 3}}, "items: cout: unknown field; did you mean count"),
        ({"items": {"count": "many"}}, "items: count: expected `int`, got `str`"),
        ({"items": {"count": 0}}, "items: count: expected `int` >= 1"),
        ({"items": {"withheld": {"wsm": [1]}}}, "no system 'wsm'; did you mean wms"),
        ({"items": {"withheld": {"wms": [21]}}}, "items.withheld.wms: there is no item 21"),
        (
            {"items": {"bundles": [{"item": 21, "parts": [[1, 1]]}]}},
            "items.bundles.0.item: there is no item 21",
        ),
        (
            {"items": {"bundles": [{"item": 2, "parts": [[22, 1]]}]}},
            "items.bundles.0.parts: there is no item 22",
        ),
        (
            {"items": {"bundles": [{"item": 2, "parts": [[1, 1], [2, 1]]}]}},
            "items.bundles.0.parts: item 2 is a bundle itself",
        ),
        ({"stock": {"rule": "fixd"}}, "stock: rule: invalid enum value 'fixd'"),
        ({"stock": {"nodes": {"W2": 4}}}, "stock.nodes: there is no node 'W2'; did you mean W1"),
        ({"stock": {"cells": [{"item": 30}]}}, "stock.cells.0.item: there is no item 30"),
        ({"stock": {"cells": [{"item": 1, "node": "S9"}]}}, "stock.cells.0.node: there is no node"),
        ({"stock": {"cells": [{"item": 1, "shown": {"wbe": 1}}]}}, "did you mean web"),
        ({"stock": {"opening": {"wep": 3}}}, "stock.opening: there is no channel 'wep'"),
        ({"stock": {"opening": {"web": "all"}}}, "stock: opening"),
        ({"trading": {"day": "bussy"}}, "no named day 'bussy'; did you mean busy"),
        (
            {"trading": {"floor": {"picker": 2}}},
            "floor.picker: unknown field; did you mean pickers",
        ),
        ({"trading": {"web": {"cancel_share": 2}}}, "web.cancel_share: expected `float` <= 1"),
        ({"trading": {"web": {"demand": {"profile": "uk"}}}}, "there is no profile 'uk'"),
        ({"trading": {"web": {"demand": {"profile": [0.0] * 24}}}}, "one of the hours must be"),
        ({"trading": {"channels": {"webb": {}}}}, "no channel 'webb'; did you mean web"),
        ({"trading": {"channels": {"web": {"profile": "store"}}}}, "did you mean stores"),
        ({"trading": {"floor": {"nodes": {"W9": {}}}}}, "trading.floor.nodes: there is no node"),
        ({"trading": {"returns": {"to": "W9"}}}, "trading.returns.to: there is no node 'W9'"),
        ({"trading": {"web": {"basket": {"lines": [0]}}}}, "one of the weights must be above 0"),
        (
            {"trading": {"tills": {"offline": [{"store": "S1", "from_s": 9, "until_s": 5}]}}},
            "trading.tills.offline.0.until_s: it must be later",
        ),
    ],
)
def test_a_wrong_table_is_answered_with_its_field_and_what_was_expected(
    spec: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ScenarioError) as raised:
        read(**spec)

    assert expected.lower() in str(raised.value).lower()


def test_a_master_of_stock_is_not_given_an_opening_level() -> None:
    estate = {**ESTATE, "masters": {"stock": "pos"}}

    with pytest.raises(ScenarioError, match="pos masters stock"):
        read_tables({"stock": {"opening": {"till:S1": 3}}}, read_estate(estate))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"nodes": [{"kind": "store"}]}, "missing required field `id`"),
        (
            {"channels": [{"id": "web", "system": "shop", "nodes": ["W7"]}]},
            "estate.channels 'web': there is no node 'W7'",
        ),
        (
            {"channels": [{"id": "t", "system": "pos", "nodes": ["W1"]}]},
            "node 'W1' has no place in 'pos'",
        ),
    ],
)
def test_a_wrong_estate_is_answered_with_its_field(change: dict[str, Any], expected: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_estate({**ESTATE, **change})

    assert expected in str(raised.value)
