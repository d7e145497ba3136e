"""Opening stock: what lies on the shelves, and what each system believes at the start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import Final

import msgspec

from peakproof.ledger import shelf
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace
from peakproof_simulators.trading.catalogue import Item
from peakproof_simulators.trading.days import Tables, demand_of
from peakproof_simulators.trading.estate import Estate, Node
from peakproof_simulators.trading.stage import Player, Stage
from peakproof_simulators.trading.tables import Basket, Cell, Demand, Stock

_COUNTRIES: Final = {"GBP": ("GB", "20"), "EUR": ("IE", "23"), "USD": ("US", "0")}
"""Country and tax that go with a currency, unless a fake's own settings say otherwise."""


class Opening(msgspec.Struct, frozen=True):
    """Units at the start by (node, SKU): on the shelf, on record, and as channels show them."""

    on_shelf: dict[tuple[str, str], int]
    recorded: dict[tuple[str, str], int]
    shown: dict[str, dict[tuple[str, str], int]]


def opening(stage: Stage, tables: Tables) -> Opening:
    """The opening stock of a scenario."""
    on_shelf: dict[tuple[str, str], int] = {}
    recorded: dict[tuple[str, str], int] = {}
    shown: dict[str, dict[tuple[str, str], int]] = {
        channel.id: {} for channel in stage.estate.channels
    }
    exceptions = _exceptions(tables.stock)
    rng = stage.stream("stock")
    for node in stage.estate.nodes:
        wanted = _units_wanted(node, stage, tables)
        for item in stage.catalogue.items:
            key = node.id, item.sku
            units = _by_rule(tables.stock, node, stage.catalogue.share(item.number) * wanted, rng)
            record = units + (rng.random() < tables.stock.miscounted)
            for cell in exceptions.get(("", item.number), []) + exceptions.get(
                (node.id, item.number), []
            ):
                if cell.units is not None:
                    units = record = cell.units
                if cell.recorded is not None:
                    record = cell.recorded
                for channel, level in cell.shown.items():
                    shown[channel][key] = level
            if item.sku in stage.catalogue.bundles:
                continue
            on_shelf[key] = units
            recorded[key] = record
    return Opening(on_shelf, recorded, shown)


def _exceptions(stock: Stock) -> dict[tuple[str, int], list[Cell]]:
    found: dict[tuple[str, int], list[Cell]] = {}
    for cell in stock.cells:
        found.setdefault((cell.node, cell.item), []).append(cell)
    return found


def _by_rule(stock: Stock, node: Node, wanted: float, rng: Random) -> int:
    if node.id in stock.nodes:
        return stock.nodes[node.id]
    if stock.rule == "fixed":
        units = stock.units
    elif stock.rule == "lognormal":
        units = round(stock.units * rng.lognormvariate(0.0, stock.sigma))
    else:
        units = math.ceil(wanted * stock.cover)
    return max(units, stock.least)


def _units_wanted(node: Node, stage: Stage, tables: Tables) -> float:
    """Units that the customers of all channels are expected to want of a node."""
    trading, wanted = tables.trading, 0.0
    for channel in stage.estate.channels:
        if node.id not in channel.nodes:
            continue
        party = trading.tills if stage.roles[channel.id] == "tills" else trading.web
        demand = demand_of(channel.id, party.demand, trading)
        customers = _customers(demand, tables.stock.window_s)
        wanted += customers * _mean_units(party.basket) / len(channel.nodes)
    return wanted


def _customers(demand: Demand, window_s: float) -> float:
    return demand.exactly or demand.per_hour * demand.multiplier * window_s / 3_600.0


def _mean_units(basket: Basket) -> float:
    return _mean_rank(basket.lines) * _mean_rank(basket.units)


def _mean_rank(weights: tuple[float, ...]) -> float:
    return sum((index + 1) * weight for index, weight in enumerate(weights)) / sum(weights)


def fill(stage: Stage, players: Mapping[str, Player], tables: Tables) -> None:
    """Put the goods on the shelves and tell every system what it knows at the start.

    The stock master and the warehouse system get the record of every node, channels what the
    scenario lets them open with (0 unless stated); an item that is withheld from a system is
    unknown to it, stock and all.
    """
    start = opening(stage, tables)
    world = stage.world
    with world.acting("seed"):
        for (node_id, sku), units in start.on_shelf.items():
            if units:
                world.ledger.move(
                    sku=sku, units=units, src="supplier", dst=shelf(node_id), cause="receipt",
                    by="seed", ref="opening",
                )  # fmt: skip
        for system in sorted(players):
            players[system].seed(_seed_of(system, stage, tables, start))


def seed_item(item: Item) -> SeedItem:
    """A product in the words of the seed."""
    return SeedItem(item.sku, item.name, item.price_minor, item.upc)


def _seed_of(system: str, stage: Stage, tables: Tables, start: Opening) -> Seed:
    estate = stage.estate
    lacking = stage.lacking.get(system, {})
    if system == estate.warehouse:
        lacking = {**lacking, **dict.fromkeys(stage.catalogue.bundles)}
    items = [item for item in stage.catalogue.items if item.sku not in lacking]
    cells = _cells_of(system, estate, tables.stock, start)
    country, tax = _COUNTRIES.get(estate.currency, ("GB", "20"))
    return Seed(
        items=tuple(seed_item(item) for item in items),
        places=tuple(
            SeedPlace(code, f"{nodes[0].kind.capitalize()} {code or 'default'}", nodes[0].kind)
            for code, nodes in estate.places(system)
        ),
        levels=tuple(
            SeedLevel(item.sku, code, sum(cells.get((node.id, item.sku), 0) for node in nodes))
            for code, nodes in estate.places(system)
            for item in items
        ),
        currency=estate.currency,
        country=country,
        tax_percent=tax,
    )


def _cells_of(
    system: str, estate: Estate, stock: Stock, start: Opening
) -> dict[tuple[str, str], int]:
    """What a system believes to be where, by (node, SKU)."""
    if system in (estate.masters.get("stock"), estate.warehouse):
        return start.recorded
    cells: dict[tuple[str, str], int] = {}
    for channel in estate.channels:
        if channel.system != system:
            continue
        level = stock.opening.get(channel.id, 0)
        for key, record in start.recorded.items():
            if key[0] in channel.nodes:
                cells[key] = record if level == "record" else level
        cells.update(start.shown[channel.id])
    return cells
