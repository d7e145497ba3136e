"""Named trading days, as data, and how a scenario's tables are laid over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from peakproof.errors import ScenarioError
from peakproof.scenario import merge
from peakproof.toml_file import explain
from peakproof_simulators.trading.estate import Estate, unknown
from peakproof_simulators.trading.profiles import PROFILES
from peakproof_simulators.trading.tables import Demand, Hours, Items, Rate, Stock, Trading

Kind = TypeVar("Kind")

DAYS: Final[dict[str, dict[str, Any]]] = {
    # Nobody comes by himself: for scenarios that aim every event.
    "quiet": {
        "web": {"demand": {"per_hour": 0}},
        "tills": {"demand": {"per_hour": 0}},
    },
    # A few orders and sales an hour, minutes apart, and quick hands: one thing at a time.
    "calm": {
        "web": {"demand": {"per_hour": 12, "profile": "flat"}},
        "tills": {"demand": {"per_hour": 12, "profile": "flat"}},
    },
    # 2,000 orders and 400 sales a store, the whole day pressed into the trading time.
    "busy": {
        "day_s": 0,
        "web": {
            "demand": {"exactly": 2_000, "profile": "uk_online"},
            "payment": {
                "soon": {"median_s": 2, "sigma": 0.8},
                "slow": {"median_s": 60, "sigma": 0.8},
                "slow_share": 0.1,
                "outcomes": {"captured": 98, "failed": 2},
            },
            "cancel_share": 0.006,
            "cancel_after": {"median_s": 60, "sigma": 0.8},
            "edit_share": 0.005,
            "edit_after": {"median_s": 30, "sigma": 0.8},
        },
        "tills": {
            "demand": {"exactly": 400, "profile": "stores"},
            "return_share": 0.08,
            "return_after": {"median_s": 300, "sigma": 0.8},
            "restock_share": 0.9,
        },
        "floor": {
            "pickers": 12,
            "packers": 8,
            "store_pickers": 3,
            "store_packers": 2,
            "line": {"median_s": 3, "sigma": 0.4},
            "pack": {"median_s": 4, "sigma": 0.4},
        },
        "carrier": {"unscanned": 0.015},
    },
    # 20,000 orders over 24 hours in real proportions: hourly waves, vans, hours to the scan.
    "load": {
        "opens_at_h": 0,
        "web": {
            "demand": {"exactly": 20_000, "profile": "uk_online"},
            "payment": {
                "soon": {"median_s": 5, "sigma": 1.0},
                "slow": {"median_s": 1_260, "sigma": 0.8},
                "slow_share": 0.1,
                "outcomes": {"captured": 98, "failed": 2},
            },
            "cancel_share": 0.006,
            "cancel_after": {"median_s": 1_800, "sigma": 1.0},
            "edit_share": 0.005,
            "edit_after": {"median_s": 900, "sigma": 1.0},
        },
        "tills": {
            "demand": {"exactly": 2_000, "profile": "stores"},
            "return_share": 0.08,
            "return_after": {"median_s": 7_200, "sigma": 0.8},
            "restock_share": 0.9,
        },
        "floor": {
            "wave_s": 900,
            "pickers": 45,
            "packers": 32,
            "store_pickers": 4,
            "store_packers": 3,
            "line": {"median_s": 50, "sigma": 0.4},
            "pack": {"median_s": 60, "sigma": 0.4},
        },
        "carrier": {
            "collect_s": 3_600,
            "scan_after": {"median_s": 1_800, "sigma": 1.0},
            "scan_limit_s": 7_200,
            "unscanned": 0.015,
        },
        "returns": {"share": 0.17},
    },
}


class Tables(msgspec.Struct, frozen=True):
    """What a scenario says to trading, checked and complete."""

    items: Items
    stock: Stock
    trading: Trading


def read_tables(spec: Mapping[str, Any], estate: Estate) -> Tables:
    """Check the tables ``items``, ``stock`` and ``trading`` of a scenario.

    Raises:
        ScenarioError: a field is unknown, has the wrong type or names what is not there.
    """
    for name in spec:
        if name not in ("items", "stock", "trading"):
            raise ScenarioError(
                unknown("trading day", "table", name, ["items", "stock", "trading"])
            )
    items = _convert(spec.get("items", {}), Items, "items")
    stock = _convert(spec.get("stock", {}), Stock, "stock")
    trading = _trading(spec.get("trading", {}))
    _check_items(items, estate)
    _check_stock(stock, items, estate)
    _check_trading(trading, estate)
    return Tables(items, stock, trading)


def _convert(table: Any, kind: type[Kind], name: str) -> Kind:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise ScenarioError(explain(str(error), kind, file=name, text="")) from None


def _trading(table: Mapping[str, Any]) -> Trading:
    _convert(table, Trading, "trading")  # so that a wrong type is told before tables are merged
    name = table.get("day", "calm")
    if name not in DAYS:
        raise ScenarioError(unknown("trading.day", "named day", name, list(DAYS)))
    day = DAYS[name]
    merged = merge(day, table)
    for part in ("web", "tills"):
        stated = table.get(part, {}).get("demand", {})
        if "per_hour" in stated and "exactly" not in stated:
            merged[part]["demand"].pop("exactly", None)
    return _convert(merged, Trading, "trading")


def demand_of(channel: str, usual: Demand, trading: Trading) -> Demand:
    """The demand of one channel: the usual one with what its own table says."""
    rate = trading.channels.get(channel, Rate())
    stated = {
        field: value
        for field in rate.__struct_fields__
        if (value := getattr(rate, field)) is not None
    }
    if "per_hour" in stated:
        stated.setdefault("exactly", 0)
    return msgspec.structs.replace(usual, **stated)


def shares(profile: str | Hours) -> tuple[float, ...]:
    """The 24 shares of a profile, by name or as they stand; they sum to 1."""
    hours = PROFILES[profile] if isinstance(profile, str) else profile
    total = sum(hours)
    return tuple(hour / total for hour in hours)


def _check_items(items: Items, estate: Estate) -> None:
    systems = {system: None for node in estate.nodes for system in node.places}
    for system, numbers in items.withheld.items():
        if system not in systems:
            raise ScenarioError(unknown("items.withheld", "system", system, list(systems)))
        for number in numbers:
            _check_number(number, items, f"items.withheld.{system}")
    parents = [bundle.item for bundle in items.bundles]
    for index, bundle in enumerate(items.bundles):
        field = f"items.bundles.{index}"
        _check_number(bundle.item, items, f"{field}.item")
        for number, _units in bundle.parts:
            _check_number(number, items, f"{field}.parts")
            if number in parents:
                raise ScenarioError(f"{field}.parts: item {number} is a bundle itself")


def _check_number(number: int, items: Items, field: str) -> None:
    if number > items.count:
        raise ScenarioError(
            f"{field}: there is no item {number}; items.count is {items.count}, the first is 1"
        )


def _check_stock(stock: Stock, items: Items, estate: Estate) -> None:
    channels = [channel.id for channel in estate.channels]
    for node_id in stock.nodes:
        estate.node(node_id, field="stock.nodes")
    for index, cell in enumerate(stock.cells):
        field = f"stock.cells.{index}"
        _check_number(cell.item, items, f"{field}.item")
        if cell.node:
            estate.node(cell.node, field=f"{field}.node")
        for channel in cell.shown:
            if channel not in channels:
                raise ScenarioError(unknown(f"{field}.shown", "channel", channel, channels))
            _check_shown(f"{field}.shown", channel, estate)
    for channel in stock.opening:
        if channel not in channels:
            raise ScenarioError(unknown("stock.opening", "channel", channel, channels))
        _check_shown("stock.opening", channel, estate)


def _check_shown(field: str, channel_id: str, estate: Estate) -> None:
    """A system that masters stock opens with the record, not with what a channel shows."""
    master = estate.masters.get("stock")
    if any(channel.id == channel_id and channel.system == master for channel in estate.channels):
        raise ScenarioError(
            f"{field}.{channel_id}: {master} masters stock and shows its record; "
            "state that as recorded under stock.cells"
        )


def _check_trading(trading: Trading, estate: Estate) -> None:
    channels = [channel.id for channel in estate.channels]
    for channel in trading.channels:
        if channel not in channels:
            raise ScenarioError(unknown("trading.channels", "channel", channel, channels))
    profiles = {
        "web.demand.profile": trading.web.demand.profile,
        "tills.demand.profile": trading.tills.demand.profile,
    }
    profiles.update(
        (f"channels.{channel}.profile", rate.profile)
        for channel, rate in trading.channels.items()
        if rate.profile is not None
    )
    for field, profile in profiles.items():
        _check_profile(f"trading.{field}", profile)
    for node_id in trading.floor.nodes:
        estate.node(node_id, field="trading.floor.nodes")
    for index, window in enumerate(trading.tills.offline):
        field = f"trading.tills.offline.{index}"
        estate.node(window.store, field=f"{field}.store")
        if window.until_s <= window.from_s:
            raise ScenarioError(f"{field}.until_s: it must be later than from_s")
    if trading.returns.to:
        estate.node(trading.returns.to, field="trading.returns.to")
    weights = {
        "web.basket.lines": trading.web.basket.lines,
        "web.basket.units": trading.web.basket.units,
        "tills.basket.lines": trading.tills.basket.lines,
        "tills.basket.units": trading.tills.basket.units,
        "web.payment.outcomes": msgspec.structs.astuple(trading.web.payment.outcomes),
    }
    for field, numbers in weights.items():
        if sum(numbers) <= 0:
            raise ScenarioError(f"trading.{field}: one of the weights must be above 0")


def _check_profile(field: str, profile: str | Hours) -> None:
    if isinstance(profile, str):
        if profile not in PROFILES:
            raise ScenarioError(unknown(field, "profile", profile, list(PROFILES)))
    elif sum(profile) <= 0:
        raise ScenarioError(f"{field}: one of the hours must be above 0")
