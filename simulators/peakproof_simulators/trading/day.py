"""The trading day: who comes, who works, and the events that a scenario aims."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from peakproof.errors import ScenarioError
from peakproof.world import World
from peakproof_simulators.trading import acts as _acts  # noqa: F401  # registers the event kinds
from peakproof_simulators.trading import clerks as _clerks  # noqa: F401  # and some more
from peakproof_simulators.trading.catalogue import Item, catalogue
from peakproof_simulators.trading.days import Tables, read_tables
from peakproof_simulators.trading.estate import Channel, Estate, read_estate, unknown
from peakproof_simulators.trading.events import KINDS, EventKind, read_event
from peakproof_simulators.trading.floors import Floors
from peakproof_simulators.trading.schema import trading_schema
from peakproof_simulators.trading.shoppers import Shoppers
from peakproof_simulators.trading.stage import Bought, Player, Sold, Stage
from peakproof_simulators.trading.stocking import fill
from peakproof_simulators.trading.tills import Store
from peakproof_simulators.trading.transfers import Transfers

_NUMBERED: Final = re.compile(r"item (\d+)")


class Day:
    """One trading day over the fakes of a run.

    ``seed()`` fills shelves and systems, ``start(until_s)`` lets customers in until that run time,
    ``act(event)`` does one business event now, ``unfinished()`` counts physical work in progress.
    """

    def __init__(
        self, world: World, players: Mapping[str, Player], estate: Estate, tables: Tables
    ) -> None:
        self.tables = tables
        self.players = players
        roles = {channel.id: _role(channel, players) for channel in estate.channels}
        goods = catalogue(tables.items, world.streams.seed)
        self.stage = Stage(world, estate, goods, roles=roles, withheld=tables.items.withheld)
        trading = tables.trading
        self.shoppers: list[Shoppers] = []
        self.stores: list[Store] = []
        for channel in estate.channels:
            parts = players[channel.system].roles
            # A channel may be one market of its system alone.
            part = parts.get(f"{roles[channel.id]}:{channel.id}") or parts[roles[channel.id]]
            if roles[channel.id] == "storefront":
                self.shoppers.append(Shoppers(self.stage, channel, part, trading))
            else:
                self.stores.extend(
                    Store(self.stage, channel, node, part, trading) for node in channel.nodes
                )
        self._check_stores()
        warehouse = players.get(estate.warehouse)
        floor = warehouse.roles.get("floor") if warehouse else None
        self.floors = Floors(self.stage, estate.warehouse, floor, trading)
        self.transfers = Transfers(self.stage, self.floors, self.stores)

    @property
    def items(self) -> tuple[Item, ...]:
        """The products of this run, the most popular first."""
        return self.stage.catalogue.items

    @property
    def bundles(self) -> dict[str, dict[str, int]]:
        """What each bundle is made of: units of its components, all by SKU."""
        return self.stage.catalogue.bundles

    @property
    def prices(self) -> dict[str, int]:
        """What each SKU costs a customer, gross, in minor units."""
        return {item.sku: item.price_minor for item in self.items}

    # --- the run --------------------------------------------------------------------------

    def seed(self) -> None:
        """Put the goods on the shelves and tell every system what it knows at the start."""
        fill(self.stage, self.players, self.tables)

    def start(self, until_s: float) -> None:
        """Open the doors: customers come from now until the run time ``until_s``.

        What they began goes on after that; what would begin later does not happen.
        """
        stage, trading = self.stage, self.tables.trading
        stage.opened_s, stage.until_s = stage.world.t, until_s
        opens_at_h = trading.opens_at_h
        if opens_at_h is None:
            opened = stage.world.clock.date()
            opens_at_h = opened.hour + opened.minute / 60.0
        env = stage.world.env
        for store in self.stores:
            store.lose_the_line()
        for shoppers in self.shoppers:
            env.process(shoppers.come(opens_at_h=opens_at_h, day_s=trading.day_s))
        for store in self.stores:
            env.process(store.come(opens_at_h=opens_at_h, day_s=trading.day_s))

    def act(self, event: Mapping[str, Any]) -> bool:
        """Do one business event now; False when it could not happen (nothing to aim at, refused).

        Raises:
            ScenarioError: the event is none, or names what the scenario does not have.
        """
        kind, parameters = read_event(event)
        return kind.act(self, parameters)

    def check(self, event: Mapping[str, Any]) -> None:
        """Find what is wrong with an event before the run begins.

        Raises:
            ScenarioError: the event is none, or names what the scenario does not have.
        """
        kind, parameters = read_event(event)
        where = f"event {kind.name}"
        sku, system = getattr(parameters, "sku", None), getattr(parameters, "system", "")
        if sku is not None:
            self.item(sku, field=f"{where}.sku")
        for line in getattr(parameters, "lines", None) or ():
            self.item(line[0], field=f"{where}.lines")
        if hasattr(parameters, "store"):
            self.store_of(parameters.store, field=f"{where}.store")
        if hasattr(parameters, "channel"):
            self.shoppers_of(parameters.channel, field=f"{where}.channel")
        for name in ("node", "place"):
            if node_id := getattr(parameters, name, ""):
                self.stage.estate.node(node_id, field=f"{where}.{name}")
        if system and system not in self.players:
            raise ScenarioError(unknown(f"{where}.system", "system", system, list(self.players)))
        if kind.check is not None:
            kind.check(self, parameters)

    def unfinished(self) -> int:
        """Physical work in progress: orders on the floor, and what will still happen for certain.

        The latter are payments, first scans, uploads and counts under way.
        """
        return self.stage.due + self.floors.unfinished()

    @staticmethod
    def kinds() -> dict[str, EventKind]:
        """All kinds of business events, by name."""
        return dict(KINDS)

    @staticmethod
    def schema() -> dict[str, Any]:
        """JSON Schema of the tables that trading reads, and of the parameters of its events."""
        return trading_schema()

    # --- what events aim at -----------------------------------------------------------------

    def item(
        self, sku: int | str, fits: Callable[[str], int] | None = None, *, field: str = "sku"
    ) -> Item:
        """The item that an event means; ``any`` is drawn by popularity among those that fit.

        Raises:
            ScenarioError: there is no such item.
        """
        goods = self.stage.catalogue
        if sku == "any":
            drawn = goods.wish(self.stage.stream("events"))
            if fits is None or fits(drawn.sku) > 0:
                return drawn
            return next((item for item in goods.items if fits(item.sku) > 0), drawn)
        if sku == "unknown":
            lacking = self.tables.items.withheld.get(self.stage.estate.warehouse, ())
            if not lacking:
                raise ScenarioError(
                    f"{field}: every item is known to the warehouse system; name one that it "
                    "lacks under items.withheld"
                )
            return goods.items[lacking[0] - 1]
        numbered = _NUMBERED.fullmatch(sku) if isinstance(sku, str) else None
        number = int(numbered.group(1)) if numbered else sku
        if isinstance(number, str):
            if number in goods.by_sku:
                return goods.by_sku[number]
            choices = [f"item {item.number}" for item in goods.items[:20]]
            raise ScenarioError(unknown(field, "item", number, ["any", "unknown", *choices]))
        if not 1 <= number <= len(goods.items):
            raise ScenarioError(
                f"{field}: there is no item {number}; they are 1 to {len(goods.items)}"
            )
        return goods.items[number - 1]

    def shoppers_of(self, channel_id: str, *, field: str = "channel") -> Shoppers:
        """The shoppers of a storefront channel; of the estate's first one if "".

        Raises:
            ScenarioError: there is no such storefront.
        """
        for shoppers in self.shoppers:
            if channel_id in ("", shoppers.channel.id):
                return shoppers
        ids = [shoppers.channel.id for shoppers in self.shoppers]
        raise ScenarioError(unknown(field, "storefront channel", channel_id, ids))

    def store_of(self, node_id: str, *, field: str = "store") -> Store:
        """The store of a node; the estate's first one if "".

        Raises:
            ScenarioError: there is no such store with a till.
        """
        for store in self.stores:
            if node_id in ("", store.node):
                return store
        ids = [store.node for store in self.stores]
        raise ScenarioError(unknown(field, "store with a till", node_id, ids))

    def bought(self, target: str) -> Bought | None:
        """The order that an event aims at: ``last order`` or a tag; None when there is none."""
        return self.stage.last_order if target == "last order" else self.stage.orders.get(target)

    def sold(self, target: str) -> Sold | None:
        """The sale that an event aims at: ``last sale`` or a tag; None when there is none."""
        return self.stage.last_sale if target == "last sale" else self.stage.sales.get(target)

    def _check_stores(self) -> None:
        stores = [store.node for store in self.stores]
        for index, window in enumerate(self.tables.trading.tills.offline):
            if window.store not in stores:
                field = f"trading.tills.offline.{index}.store"
                raise ScenarioError(unknown(field, "store with a till", window.store, stores))


def _role(channel: Channel, players: Mapping[str, Player]) -> str:
    """How a channel sells: ``storefront`` or ``tills``, as its system plays."""
    player = players.get(channel.system)
    if player is None:
        field = f"estate.channels {channel.id!r}.system"
        raise ScenarioError(unknown(field, "system", channel.system, list(players)))
    for role in ("storefront", "tills"):
        if role in player.roles:
            return role
    raise ScenarioError(
        f"estate.channels {channel.id!r}.system: {channel.system} plays no storefront and no till"
    )


def open_day(
    world: World, services: Mapping[str, Player], estate: Mapping[str, Any],
    spec: Mapping[str, Any],
) -> Day:  # fmt: skip
    """The trading day of a scenario: ``spec`` holds its tables ``stock``, ``items``, ``trading``.

    Raises:
        ScenarioError: a table or the estate is wrong; the message names the field.
    """
    read = read_estate(estate)
    return Day(world, services, read, read_tables(spec, read))
