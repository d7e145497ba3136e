"""A warehouse system without a vendor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from peakproof.history.records import Line, Parcel, Work, WorkCut, WorkState
from peakproof.world import World
from peakproof_simulators.kit.seed import Seed
from peakproof_simulators.trading.ports import Pick
from peakproof_simulators.trading.standins.shelves import Shelves


class LittleOrder(msgspec.Struct):
    """An order of the little warehouse: its lines and what was picked, by line."""

    place: str
    lines: tuple[Line, ...]
    means: str = "new"
    picked: dict[str, int] = {}
    cut: dict[str, int] = {}


class LittleFloor:
    """A warehouse system that takes every order and corrects its record on a short pick."""

    def __init__(self, world: World, system: str = "wms") -> None:
        self.world = world
        self.shelves = Shelves(world, system)
        self.system = system
        self.orders: dict[str, LittleOrder] = {}
        self.waiting: dict[str, dict[str, None]] = {}
        self.parcels: dict[str, tuple[str, tuple[Line, ...]]] = {}
        self._packed = 0

    @property
    def roles(self) -> dict[str, Any]:
        """It plays the floor."""
        return {"floor": self}

    @property
    def seed(self) -> Callable[[Seed], None]:
        """Fills its cells."""
        return self.shelves.seed

    def create(
        self, number: str, refs: tuple[str, ...], place: str, lines: tuple[Line, ...]
    ) -> None:
        """A connector sends an order."""
        world = self.world
        self.orders[number] = LittleOrder(place, lines)
        self.waiting.setdefault(place, {})[number] = None
        for line in lines:
            self.shelves.change(line.sku, place, (0, -line.units), "order", number)
        world.emit(Work(world.t, world.by, world.n, self.system, number, refs, place, lines))

    def ready(self, facility: str) -> list[str]:
        """Orders that wait for a wave."""
        return list(self.waiting.get(facility, ()))

    def release(self, number: str) -> tuple[Pick, ...]:
        """Lock the order and say what is to be picked."""
        order = self.orders[number]
        del self.waiting[order.place][number]
        self._to(number, order, "released")
        return tuple(Pick(line.line, line.sku, line.units) for line in order.lines)

    def picked(self, number: str, line: str, units: int) -> None:
        """Units were taken."""
        order = self.orders[number]
        order.picked[line] = order.picked.get(line, 0) + units
        if order.means != "picking":
            self._to(number, order, "picking")

    def short(self, number: str, line: str, units: int) -> None:
        """Units were not there."""
        order, world = self.orders[number], self.world
        found = next(each for each in order.lines if each.line == line)
        order.cut[line] = units
        cut = (Line(line, found.sku, units),)
        world.emit(WorkCut(world.t, world.by, world.n, self.system, number, cut, "short"))
        self.shelves.change(found.sku, order.place, (-units, 0), "adjust", number)
        if all(order.cut.get(each.line) == each.units for each in order.lines):
            self._to(number, order, "cancelled")
            del self.orders[number]

    def packed(self, number: str) -> str:
        """What was picked since the last parcel goes into the next one."""
        order, world = self.orders[number], self.world
        lines = tuple(
            Line(line.line, line.sku, units)
            for line in order.lines
            if (units := order.picked.pop(line.line, 0))
        )
        self._packed += 1
        parcel = f"P{self._packed}"
        self.parcels[parcel] = (number, lines)
        world.emit(
            Parcel(
                world.t, world.by, world.n, self.system, number, parcel, "packed", lines,
                order.place, "post", "T" + parcel,
            )
        )  # fmt: skip
        return parcel

    def shipped(self, parcel: str) -> None:
        """The carrier has it: the units leave the record."""
        number, lines = self.parcels[parcel]
        order, world = self.orders[number], self.world
        for line in lines:
            self.shelves.change(line.sku, order.place, (-line.units, 0), "ship", number)
            order.cut[line.line] = order.cut.get(line.line, 0) + line.units
        world.emit(
            Parcel(world.t, world.by, world.n, self.system, number, parcel, "shipped", lines)
        )
        if all(order.cut.get(line.line) == line.units for line in order.lines):
            self._to(number, order, "shipped")
            del self.orders[number]

    def scanned(self, parcel: str) -> None:
        """The carrier has seen it."""
        (number, lines), world = self.parcels.pop(parcel), self.world
        world.emit(
            Parcel(world.t, world.by, world.n, self.system, number, parcel, "scanned", lines)
        )

    def cancel(self, number: str, why: str) -> bool:
        """The warehouse cancels what is not shipped in part."""
        order, world = self.orders.pop(number), self.world
        self.waiting[order.place].pop(number, None)
        world.emit(
            WorkCut(world.t, world.by, world.n, self.system, number, order.lines, "cancelled")
        )
        for line in order.lines:
            self.shelves.change(line.sku, order.place, (0, line.units), "cancel", why)
        self._to(number, order, "cancelled")
        return True

    def adjust(self, facility: str, sku: str, units: int, reason: str) -> None:
        """Correct the record."""
        self.shelves.change(sku, facility, (units, units), "adjust", reason)

    def receive(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods came in."""
        self.shelves.change(sku, facility, (units, units), "receipt", reference)

    def send(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods left."""
        self.shelves.change(sku, facility, (-units, -units), "transfer", reference)

    def _to(self, number: str, order: LittleOrder, means: str) -> None:
        world = self.world
        order.means = means
        world.emit(WorkState(world.t, world.by, world.n, self.system, number, means, means))
