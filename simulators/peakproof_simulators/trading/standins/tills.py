"""Tills without a vendor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from peakproof.history.records import Counted, Line, Sale
from peakproof.world import World
from peakproof_simulators.kit.seed import Seed
from peakproof_simulators.trading.ports import Refusal, Want
from peakproof_simulators.trading.standins.shelves import Shelves


class LittleTills:
    """Tills of several stores that keep their sales while they have no line."""

    def __init__(self, world: World, system: str = "pos") -> None:
        self.world = world
        self.shelves = Shelves(world, system)
        self.system = system
        self.kept: dict[str, list[Sale]] = {}
        self._made = 0
        self._sent: dict[str, tuple[str, str]] = {}

    @property
    def roles(self) -> dict[str, Any]:
        """It plays the tills."""
        return {"tills": self}

    @property
    def seed(self) -> Callable[[Seed], None]:
        """Fills its cells."""
        return self.shelves.seed

    def count_on_record(self, store: str, sku: str) -> int:
        """Units that the till shows."""
        return self.shelves.available(sku, store)

    def ring(self, store: str, wants: tuple[Want, ...], *, asks: bool) -> str | Refusal:
        """Sell; a till that asks refuses what its record lacks."""
        for want in wants:
            if asks and self.count_on_record(store, want.sku) < want.units:
                return Refusal("NotOnRecord", want.sku)
        return self._book(store, "sale", wants, -1, "")

    def take_back(
        self, store: str, wants: tuple[Want, ...], *, sale: str = "", restock: bool = True
    ) -> str:
        """Take goods back."""
        return self._book(store, "return", wants, 1 if restock else 0, sale)

    def _book(
        self, store: str, what: Literal["sale", "return"], wants: tuple[Want, ...], sign: int,
        against: str,
    ) -> str:  # fmt: skip
        world = self.world
        self._made += 1
        number = f"{self.system.upper()}-{self._made}"
        for want in wants:
            if sign:
                units = sign * want.units
                self.shelves.change(want.sku, store, (units, units), what, number)
        lines = tuple(Line(str(i + 1), want.sku, want.units) for i, want in enumerate(wants))
        fact = Sale(
            world.t, world.by, world.n, self.system, number, store, what, lines, world.t, against
        )
        if store in self.kept:
            self.kept[store].append(fact)
        else:
            world.emit(fact)
        return number

    def go_offline(self, store: str) -> None:
        """Keep sales from now on."""
        self.kept.setdefault(store, [])

    def upload(self, store: str) -> int:
        """Tell what was kept, each with its own time."""
        kept = self.kept.pop(store, [])
        for fact in kept:
            fact.t = self.world.t
            self.world.emit(fact)
        return len(kept)

    def record_count(self, store: str, sku: str, units: int, *, counted_s: float) -> None:
        """Post a count."""
        world = self.world
        world.emit(Counted(world.t, world.by, world.n, self.system, sku, store, units, counted_s))
        more = units - self.count_on_record(store, sku)
        self.shelves.change(sku, store, (more, more), "count")

    def take_in(self, store: str, sku: str, units: int) -> None:
        """Record a delivery."""
        self.shelves.change(sku, store, (units, units), "receipt")

    def send(self, store: str, to: str, sku: str, units: int) -> str:
        """Goods leave."""
        number = f"T-{len(self._sent) + 1}"
        self._sent[number] = (to, sku)
        self.shelves.change(sku, store, (-units, -units), "transfer", number)
        return number

    def arrive(self, transfer: str, units: int) -> None:
        """Goods have come."""
        store, sku = self._sent.pop(transfer)
        if units:
            self.shelves.change(sku, store, (units, units), "transfer", transfer)
