"""A storefront without a vendor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from peakproof.history.records import CancelAsked, Line, OrderState, Payment, Placed, Withdrawn
from peakproof.world import World
from peakproof_simulators.kit.seed import Seed
from peakproof_simulators.trading.ports import Refusal, Want
from peakproof_simulators.trading.standins.shelves import Shelves


class LittleShop:
    """A storefront: reserves on order, gives back on cancellation."""

    def __init__(self, world: World, system: str = "shop") -> None:
        self.world = world
        self.shelves = Shelves(world, system)
        self.system = system
        self.orders: dict[str, tuple[Want, ...]] = {}
        self.edits: list[str] = []
        self._made = 0

    @property
    def roles(self) -> dict[str, Any]:
        """It plays the storefront."""
        return {"storefront": self}

    @property
    def seed(self) -> Callable[[Seed], None]:
        """Fills its cells."""
        return self.shelves.seed

    def offered(self, sku: str) -> dict[str, int]:
        """Units shown as available now, by place."""
        return {place: cell[1] for place, cell in self.shelves.cells.get(sku, {}).items()}

    def checkout(self, wants: tuple[Want, ...], *, email: str, name: str) -> str | Refusal:
        """Reserve and accept; or refuse what is not available."""
        shelves, world = self.shelves, self.world
        for want in wants:
            if shelves.available(want.sku, want.place) < want.units:
                return Refusal("OutOfStock", f"{want.sku} for {name} <{email}>")
        self._made += 1
        order = f"{self.system.upper()}-{self._made}"
        for want in wants:
            shelves.change(want.sku, want.place, (0, -want.units), "order", order)
        self.orders[order] = wants
        lines = tuple(
            Line(str(index + 1), want.sku, want.units, shelves.prices[want.sku], want.place)
            for index, want in enumerate(wants)
        )
        total = sum(line.units * line.price_minor for line in lines)
        world.emit(
            Placed(world.t, world.by, world.n, self.system, order, order, lines, total, "GBP")
        )
        return order

    def settle(self, order: str, outcome: str) -> None:
        """The payment of an order becomes something."""
        world = self.world
        what = msgspec.convert(outcome, Literal["authorised", "captured", "failed"])
        world.emit(Payment(world.t, world.by, world.n, self.system, order, what, 0))

    def ask_cancel(self, order: str) -> bool:
        """Cancel, as long as the order is there."""
        wants, world = self.orders.pop(order, None), self.world
        if wants is None:
            return False
        world.emit(CancelAsked(world.t, world.by, world.n, self.system, order))
        for want in wants:
            self.shelves.change(want.sku, want.place, (0, want.units), "cancel", order)
        world.emit(Withdrawn(world.t, world.by, world.n, self.system, order))
        return True

    def edit(self, order: str) -> None:
        """Note that the order was changed."""
        world = self.world
        self.edits.append(order)
        world.emit(
            OrderState(world.t, world.by, world.n, self.system, order, "order", "Open", "Open")
        )
