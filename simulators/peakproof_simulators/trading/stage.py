"""What all who trade share: the world, the estate, the goods, and what was sold so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from random import Random
from typing import Any, Protocol

import msgspec
from simpy.events import Timeout

from peakproof.history.records import TurnedAway
from peakproof.ledger import shelf
from peakproof.world import World
from peakproof_simulators.kit.seed import Seed
from peakproof_simulators.trading.catalogue import Catalogue
from peakproof_simulators.trading.estate import Channel, Estate
from peakproof_simulators.trading.tables import Basket, Delay

Wanted = tuple[tuple[str, int], ...]
"""What a customer wants: units by SKU."""


class Player(Protocol):
    """A fake as trading needs it, such as a ``VendorService`` of the kit."""

    @property
    def roles(self) -> Mapping[str, Any]:
        """The parts that it plays, by name: see ``ports.py``."""

    @property
    def seed(self) -> Callable[[Seed], None]:
        """Fills it; what is given later is added to what is there."""


class Due(Protocol):
    """What :meth:`Stage.later` calls back with; ``value`` is what it was given."""

    @property
    def value(self) -> Any:
        """What it is about."""


class Bought(msgspec.Struct, frozen=True, gc=False):
    """An order that a storefront accepted, for events that aim at it."""

    channel: str
    order: str


class Sold(msgspec.Struct, frozen=True, gc=False):
    """A sale of a till, for events that aim at it and for goods that come back."""

    store: str
    sale: str
    wanted: Wanted


class Stage:
    """The run as those who trade see it.

    ``due`` counts things that will still happen for certain (payments, scans, uploads), so that a
    run knows when the physical side is done.
    """

    __slots__ = (
        "_env", "catalogue", "due", "estate", "lacking", "last_order", "last_sale", "opened_s",
        "orders", "roles", "sales", "turned", "until_s", "world",
    )  # fmt: skip

    def __init__(
        self,
        world: World,
        estate: Estate,
        catalogue: Catalogue,
        *,
        roles: Mapping[str, str],
        withheld: Mapping[str, tuple[int, ...]],
    ) -> None:
        self.world = world
        self._env = world.env
        self.estate = estate
        self.roles = dict(roles)
        """How each channel sells, by its id: ``storefront`` or ``tills``."""
        self.lacking = {
            system: {catalogue.items[number - 1].sku: None for number in withheld.get(system, ())}
            for node in estate.nodes
            for system in node.places
        }
        """The SKUs that each system does not know yet, in the scenario's order."""
        self.catalogue = catalogue
        self.opened_s = 0.0
        self.until_s = 0.0
        self.due = 0
        self.turned = 0
        self.orders: dict[str, Bought] = {}
        self.sales: dict[str, Sold] = {}
        self.last_order: Bought | None = None
        self.last_sale: Sold | None = None
        world.recorder.hears[TurnedAway] = self._count_turned

    def _count_turned(self, _record: TurnedAway) -> None:
        self.turned += 1

    def stream(self, *names: str) -> Random:
        """A generator of trading's own for the part that is named."""
        return self.world.streams.get("trading", *names)

    def later(self, delay_s: float, act: Callable[[Due], None], what: Any = None) -> None:
        """Call ``act`` with what is due, later in run time. Costs no process and no closure."""
        callbacks: list[Any] | None = Timeout(self._env, delay_s, what).callbacks
        assert callbacks is not None
        callbacks.append(act)

    def later_if_trading(
        self, delay_s: float, act: Callable[[Due], None], what: Any = None
    ) -> bool:
        """The same, unless that would be after the trading time: then it does not happen."""
        if self._env.now + delay_s >= self.until_s:
            return False
        self.later(delay_s, act, what)
        return True

    def on_shelf(self, node: str, sku: str) -> int:
        """Units that somebody standing in front of a node's shelf could take."""
        return self.world.ledger.at(shelf(node), sku)

    def turn_away(self, channel: Channel, place: str, wanted: Wanted, why: str) -> None:
        """Note that a customer went without."""
        world = self.world
        for sku, units in wanted:
            world.emit(
                TurnedAway(world.t, world.by, world.n, channel.system, sku, place, units, why)
            )

    def remember_order(self, bought: Bought, tag: str) -> None:
        """The latest order, and the one under its tag, can be aimed at."""
        self.last_order = bought
        if tag:
            self.orders[tag] = bought

    def remember_sale(self, sold: Sold, tag: str) -> None:
        """The latest sale, and the one under its tag, can be aimed at."""
        self.last_sale = sold
        if tag:
            self.sales[tag] = sold


class Lag:
    """Draws of a lognormal delay."""

    __slots__ = ("_gauss", "_median_s", "_mu", "_sigma")

    def __init__(self, delay: Delay, rng: Random) -> None:
        self._gauss = rng.gauss
        self._median_s = delay.median_s
        self._mu = math.log(delay.median_s) if delay.median_s else 0.0
        self._sigma = delay.sigma

    def draw(self) -> float:
        """A delay in seconds."""
        if not self._sigma or not self._median_s:
            return self._median_s
        return math.exp(self._gauss(self._mu, self._sigma))


class Baskets:
    """Draws of what a customer wants."""

    __slots__ = ("_catalogue", "_lines", "_rng", "_units")

    def __init__(self, basket: Basket, catalogue: Catalogue, rng: Random) -> None:
        self._catalogue = catalogue
        self._rng = rng
        self._lines = cumulative(basket.lines)
        self._units = cumulative(basket.units)

    def draw(self) -> Wanted:
        """Units by SKU; a SKU that was wished for twice stands there once."""
        rng, wish = self._rng, self._catalogue.wish
        wanted: dict[str, int] = {}
        for _ in range(1 + chosen(self._lines, rng)):
            sku = wish(rng).sku
            wanted[sku] = wanted.get(sku, 0) + 1 + chosen(self._units, rng)
        return tuple(wanted.items())


def cumulative(weights: Iterable[float]) -> list[float]:
    """Running sums of weights, scaled so that the last is 1."""
    sums = list(accumulate(weights))
    return [below / sums[-1] for below in sums]


def chosen(sums: list[float], rng: Random) -> int:
    """An index by weight. The first is by far the likeliest here, so a walk beats a bisection."""
    spin = rng.random()
    for index, below in enumerate(sums):
        if spin < below:
            return index
    return len(sums) - 1


def next_on_grid(now_s: float, opened_s: float, interval_s: float) -> float:
    """How long to wait for the next full interval since opening (0: not at all)."""
    if interval_s <= 0.0:
        return 0.0
    return max(interval_s - (now_s - opened_s) % interval_s, 0.0)
