"""The stock cells of a stand-in."""

from __future__ import annotations

from peakproof.history.records import Item, Level
from peakproof.world import World
from peakproof_simulators.kit.seed import Seed


class Shelves:
    """Stock cells of one system: on hand and available, each change a fact."""

    def __init__(self, world: World, system: str) -> None:
        self.world = world
        self.system = system
        self.prices: dict[str, int] = {}
        self.cells: dict[str, dict[str, list[int]]] = {}

    def seed(self, seed: Seed) -> None:
        """Fill the cells; more can be added later."""
        world = self.world
        for item in seed.items:
            self.prices[item.sku] = item.price_minor
            world.emit(Item(world.t, world.by, world.n, self.system, item.sku))
        for level in seed.levels:
            self.change(level.sku, level.place, (level.on_hand, level.on_hand), "seed")

    def available(self, sku: str, place: str) -> int:
        """Units that may be sold."""
        cell = self.cells.get(sku, {}).get(place)
        return cell[1] if cell else 0

    def change(self, sku: str, place: str, by: tuple[int, int], cause: str, ref: str = "") -> None:
        """Move what is on hand and what is available in a cell by so much."""
        cell = self.cells.setdefault(sku, {}).setdefault(place, [0, 0])
        cell[0] += by[0]
        cell[1] += by[1]
        world = self.world
        world.emit(
            Level(world.t, world.by, world.n, self.system, sku, place, cell[0], cell[1], cause, ref)
        )
