"""A Centra environment: what it holds, how things are found, who is told of changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from peakproof_simulators.centra.entities import (
    AllocationRule,
    Cell,
    Market,
    Order,
    Pricelist,
    Product,
    Request,
    Return,
    Shipment,
    Size,
    StockChange,
    Store,
    Variant,
    Warehouse,
)
from peakproof_simulators.kit.timeline import Timeline

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.centra.events import EventQueues
    from peakproof_simulators.centra.integration.documents import Documents
    from peakproof_simulators.centra.limits import Limits
    from peakproof_simulators.centra.settings import Settings
    from peakproof_simulators.centra.tokens import Tokens
    from peakproof_simulators.centra.webhooks import Webhooks

SYSTEM: Final = "centra"
T = TypeVar("T", bound=msgspec.Struct)


class Shelf(Generic[T]):
    """Entities by id, in the order in which they came, with what they were a moment ago."""

    def __init__(self, world: World) -> None:
        env = world.env
        self.by_id: dict[int, T] = {}
        self._past: Timeline[T] = Timeline(lambda: env.now)
        self._last = 0

    def next_id(self) -> int:
        """A number that no other entity of this kind has."""
        self._last += 1
        return self._last

    def take(self, id_: int) -> None:
        """A number is used from now on."""
        self._last = max(self._last, id_)

    def put(self, id_: int, entity: T) -> T:
        """Keep an entity, new or changed."""
        self._past.changed(str(id_), self.by_id.get(id_))
        self.by_id[id_] = entity
        return entity

    def drop(self, id_: int) -> None:
        """Forget an entity."""
        self._past.changed(str(id_), self.by_id.pop(id_))

    def get(self, id_: int) -> T | None:
        """The entity of that id."""
        return self.by_id.get(id_)

    def earlier(self, stale_s: float) -> dict[str, T | None]:
        """Entities that looked different so many seconds ago, by id as text."""
        return self._past.differences(stale_s) if stale_s > 0 else {}

    def seen(self, ids: Iterable[int], stale_s: float) -> Iterator[T]:
        """Entities as they were so many seconds ago; what was not there is left out."""
        if stale_s <= 0:
            by_id = self.by_id
            for id_ in ids:
                yield by_id[id_]
            return
        was = self.earlier(stale_s)
        for id_ in ids:
            entity = was[str(id_)] if str(id_) in was else self.by_id.get(id_)
            if entity is not None:
                yield entity


class Orders(Shelf[Order]):
    """Orders by number, by hash, by status, and by when they were changed."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.by_hash: dict[str, int] = {}
        self.by_status: dict[str, dict[int, None]] = {}
        self.by_change: dict[int, None] = {}
        self.by_foreign: dict[str, int] = {}

    def put(self, id_: int, entity: Order) -> Order:
        """Keep an order and find it again in every way."""
        before = self.by_id.get(id_)
        if before is None:
            self.by_hash[entity.id] = id_
            if entity.foreign_number:
                self.by_foreign[entity.foreign_number] = id_
        elif before.status != entity.status:
            del self.by_status[before.status][id_]
        if before is None or before.status != entity.status:
            self.by_status.setdefault(entity.status, {})[id_] = None
        self.by_change.pop(id_, None)
        self.by_change[id_] = None
        return super().put(id_, entity)


class Conversions:
    """Ids that integrations use for things here; a colliding pair replaces the older one."""

    def __init__(self) -> None:
        self.by_external: dict[tuple[str, str], int] = {}
        self.by_internal: dict[tuple[str, int], str] = {}

    def set(self, object_type: str, id_: int, external: str) -> None:
        """Both directions name each other only from now on."""
        self.unset(object_type, id_)
        other = self.by_external.get((object_type, external))
        if other is not None:
            del self.by_internal[object_type, other]
        self.by_external[object_type, external] = id_
        self.by_internal[object_type, id_] = external

    def unset(self, object_type: str, id_: int) -> str | None:
        """Forget the pair of a thing; the external id that it had."""
        external = self.by_internal.pop((object_type, id_), None)
        if external is not None:
            del self.by_external[object_type, external]
        return external


class Centra:
    """One environment. Parts that tell others of changes are set once all of it is there."""

    events: EventQueues
    webhooks: Webhooks
    limits: Limits
    tokens: Tokens
    documents: Documents

    def __init__(self, world: World, settings: Settings) -> None:
        self.world = world
        self.settings = settings
        self.ids = world.ids(SYSTEM)
        self.currency, self.country, self.tax_percent = "GBP", "GB", "20"
        self.stores: Shelf[Store] = Shelf(world)
        self.warehouses: Shelf[Warehouse] = Shelf(world)
        self.rules: Shelf[AllocationRule] = Shelf(world)
        self.markets: Shelf[Market] = Shelf(world)
        self.pricelists: Shelf[Pricelist] = Shelf(world)
        self.products: Shelf[Product] = Shelf(world)
        self.variants: Shelf[Variant] = Shelf(world)
        self.sizes: Shelf[Size] = Shelf(world)
        self.orders = Orders(world)
        self.shipments: Shelf[Shipment] = Shelf(world)
        self.returns: Shelf[Return] = Shelf(world)
        self.stock_changes: Shelf[StockChange] = Shelf(world)
        self.requests: Shelf[Request] = Shelf(world)
        self.orders.take(settings.order_number_starts_at - 1)
        self.conversions = Conversions()
        self.warehouse_of: dict[str, int] = {}
        self.market_of: dict[str, int] = {}
        self.size_of: dict[str, int] = {}
        """Sizes by SKU, and by EAN and UPC."""
        self.barcode_of: dict[str, int] = {}
        self.product_of: dict[str, int] = {}
        self.variants_of: dict[int, list[int]] = {}
        self.sizes_of: dict[int, list[int]] = {}
        self.shipment_of: dict[str, int] = {}
        self.returns_of: dict[int, list[int]] = {}
        self.requests_of: dict[int, list[int]] = {}
        self.prices: dict[tuple[int, int], int] = {}
        """Gross price in minor units by (pricelist, product)."""
        self.cells: dict[int, dict[int, Cell]] = {}
        """By size, then by warehouse."""
        self.cells_past: Timeline[Cell] = Timeline(lambda: world.env.now)
        self.stock_moved_s: dict[int, float] = {}
        """When a size's stock last changed, by size."""
        self.captures_to_fail = settings.captures_to_fail
        self._small: dict[str, int] = {}
        self.keys: list[str] = []
        """What the call that is being served read or wrote; nobody reads it between calls."""
        self.warnings: list[tuple[str, tuple[str, ...]]] = []
        """What a mutation could not do although it did the rest: (text, path)."""

    @property
    def now(self) -> float:
        """Run time in seconds."""
        return self.world.env._now

    def count(self, name: str) -> int:
        """The next number of a kind of line or entry."""
        number = self._small[name] = self._small.get(name, 0) + 1
        return number

    def note(self, key: str) -> None:
        """The call that is being served is about this."""
        if len(self.keys) < 500:
            self.keys.append(key)

    def sku(self, size: int) -> str:
        """The SKU of a size."""
        return self.sizes.by_id[size].sku

    def place(self, warehouse: int) -> str:
        """The code of a warehouse as facts carry it."""
        return self.warehouses.by_id[warehouse].name

    def rule_of(self, market: int) -> tuple[int, ...]:
        """Warehouses that a market sells from, in order of priority."""
        return self.rules.by_id[self.markets.by_id[market].rule].warehouses

    def changed(self, kind: str, id_: int, change: str, **more: Any) -> None:
        """Tell the event queues and the webhooks of a change."""
        self.events.add(kind, id_, change)
        self.webhooks.add(kind, id_, change, **more)
