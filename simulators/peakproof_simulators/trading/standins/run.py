"""A whole little run: three stand-ins, a link between them, and a trading day over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, Final

import simpy

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import Line, Payment, Record
from peakproof.rng import Streams
from peakproof.world import World
from peakproof_simulators.trading.day import open_day
from peakproof_simulators.trading.stage import Player
from peakproof_simulators.trading.standins.floor import LittleFloor
from peakproof_simulators.trading.standins.shop import LittleShop
from peakproof_simulators.trading.standins.tills import LittleTills

ESTATE: Final[dict[str, Any]] = {
    "warehouse": "wms",
    "masters": {"stock": "wms"},
    "nodes": [
        {"id": "W1", "kind": "warehouse", "places": {"wms": "W1", "shop": "W1"}},
        {"id": "S1", "kind": "store", "places": {"wms": "F1", "shop": "C1", "pos": "L1"}},
    ],
    "channels": [
        {"id": "web", "system": "shop", "nodes": ["W1", "S1"]},
        {"id": "till:S1", "system": "pos", "nodes": ["S1"]},
    ],
}
"""A warehouse and a store that also sends online orders; every system has its own codes."""


class LittleLink:
    """A connector that is always right and never late: paid orders go to the warehouse.

    ``facilities`` gives the warehouse's code of each place of the shop.
    """

    def __init__(self, shop: LittleShop, floor: LittleFloor, facilities: Mapping[str, str]) -> None:
        self._shop = shop
        self._floor = floor
        self._facilities = facilities
        shop.world.listeners.append(self._hear)

    def publish(self) -> None:
        """The shop shows what the warehouse has on record, this once; the rest is left alone."""
        shop, floor = self._shop.shelves, self._floor.shelves
        for sku, places in shop.cells.items():
            if sku not in floor.cells:
                continue
            for place in places:
                units = floor.available(sku, self._facilities[place]) - shop.available(sku, place)
                if units:
                    shop.change(sku, place, (units, units), "write")

    def _hear(self, record: Record) -> None:
        if type(record) is Payment and record.what == "captured":
            wants = self._shop.orders.pop(record.order, ())
            for place in dict.fromkeys(want.place for want in wants):
                lines = tuple(
                    Line(str(index + 1), want.sku, want.units)
                    for index, want in enumerate(wants)
                    if want.place == place
                )
                facility = self._facilities[place]
                self._floor.create(f"{record.order}.{facility}", (record.order,), facility, lines)


class LittleRun:
    """Everything that a test or a measurement of trading needs, seeded and published.

    ``seeding`` holds what was written while the systems were filled.
    """

    def __init__(
        self,
        spec: Mapping[str, Any],
        *,
        seed: int = 1,
        estate: Mapping[str, Any] = ESTATE,
        sink: IO[bytes] | None = None,
        publish: bool = True,
    ) -> None:
        env = simpy.Environment()
        self.world = World(env, clock=Clock(env), streams=Streams(seed), recorder=Recorder(sink))
        self.shop = LittleShop(self.world)
        self.tills = LittleTills(self.world)
        self.floor = LittleFloor(self.world)
        self.link = LittleLink(
            self.shop,
            self.floor,
            {
                node["places"]["shop"]: node["places"]["wms"]
                for node in estate["nodes"]
                if "shop" in node["places"]
            },
        )
        players: dict[str, Player] = {"shop": self.shop, "pos": self.tills, "wms": self.floor}
        self.day = open_day(self.world, players, estate, spec)
        self.seeding = self.listen()
        self.day.seed()
        self.world.listeners.remove(self.seeding.append)
        if publish:
            self.link.publish()

    def listen(self) -> list[Record]:
        """A list into which every record goes from now on."""
        records: list[Record] = []
        self.world.listeners.append(records.append)
        return records

    def go_on(self, seconds: float) -> None:
        """Let run time pass."""
        self.world.env.run(until=self.world.t + seconds)
