"""The shop: what it holds, and the small rules that everything uses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from peakproof.errors import ScenarioError
from peakproof_simulators.adobe_commerce.auth import Door
from peakproof_simulators.adobe_commerce.bulk import Queue
from peakproof_simulators.adobe_commerce.carts import Cart
from peakproof_simulators.adobe_commerce.catalogue import COMPOSITE, SYSTEM, Catalogue
from peakproof_simulators.adobe_commerce.decimals import ONE
from peakproof_simulators.adobe_commerce.events import Events
from peakproof_simulators.adobe_commerce.inventory import DEFAULT_STOCK, Inventory
from peakproof_simulators.adobe_commerce.past import Past
from peakproof_simulators.adobe_commerce.payloads.catalogue import Product
from peakproof_simulators.adobe_commerce.payloads.orders import Order, OrderItem
from peakproof_simulators.adobe_commerce.payloads.papers import (
    Creditmemo,
    Invoice,
    Shipment,
    Transaction,
    twin,
)
from peakproof_simulators.adobe_commerce.reservations import Reservations
from peakproof_simulators.adobe_commerce.salable import Index, is_salable
from peakproof_simulators.adobe_commerce.search import Table, fold
from peakproof_simulators.adobe_commerce.settings import PROFILES, Settings

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.adobe_commerce.races import Snapshot


class StoreView(NamedTuple):
    """A store view and the website that it belongs to."""

    id: int
    code: str
    website: str


class Shop:
    """Everything that the shop holds."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world = world
        self.settings = settings
        self.profile = PROFILES[settings.version]
        self.reports = world.ids(SYSTEM, "reports")
        self.masks = world.ids(SYSTEM, "carts")
        self.ways: dict[str, tuple[str, str]] = {}
        """Paths that were taken apart already."""
        self.websites: dict[str, int] = {"base": 1}
        self.store_views: dict[str, StoreView] = {"default": StoreView(1, "default", "base")}
        self._stores: dict[int, StoreView] = {1: self.store_views["default"]}
        self.currency = "USD"
        self.country = "US"
        self.tax_percent = Decimal(0)
        self.door = Door(self)
        self.catalogue = Catalogue(self)
        self.index = Index(self)
        self.events = Events(self)
        self.reservations = Reservations(self)
        self.inventory = Inventory(self)
        self.orders = Table(
            Order, lambda one: one.entity_id, "entity_id", "increment_id", "ext_order_id",
            "customer_email", "quote_id", "status", "state", touched="updated_at",
            past=Past(lambda: world.t, _copied),
        )  # fmt: skip
        self.order_items = Table(
            OrderItem, lambda one: one.item_id, "item_id", "order_id", "sku", touched="updated_at"
        )
        named = ("entity_id", "increment_id", "order_id")
        self.shipments = Table(Shipment, lambda one: one.entity_id, *named, touched="updated_at")
        self.invoices = Table(Invoice, lambda one: one.entity_id, *named, touched="updated_at")
        self.creditmemos = Table(
            Creditmemo, lambda one: one.entity_id, *named, touched="updated_at"
        )
        self.transactions = Table(
            Transaction, lambda one: one.transaction_id, "transaction_id", "order_id", "txn_id"
        )
        self.carts: dict[int, Cart] = {}
        self.masked: dict[str, int] = {}
        """Carts of guests, by the text that stands for their number."""
        self.separately: dict[int, bool] = {}
        """Lines of bundles whose parts are shipped by themselves."""
        self.begun: dict[tuple[str, int], Snapshot] = {}
        """What orders were like before what was done to them last."""
        self.sources_of_shipment: dict[int, str] = {}
        self.queue = Queue(self)
        self._counts: dict[str, int] = {}

    # --- names and times --------------------------------------------------------------------

    def stamp(self) -> str:
        """Now, as the shop writes it: UTC."""
        return self.world.clock.iso()[:19].replace("T", " ")

    def count(self, what: str) -> int:
        """The next number of a kind."""
        number = self._counts[what] = self._counts.get(what, 0) + 1
        return number

    def number(self, what: str, store_id: int) -> str:
        """The next number that customers see, of a kind and a store."""
        count = self.count(f"{what} {store_id}")
        return f"{count:09d}" if store_id == 1 else f"{store_id}{count:08d}"

    def add_website(self, code: str, store: str) -> None:
        """A website with one store view.

        Raises:
            ScenarioError: there is one of that name.
        """
        if code in self.websites or store in self.store_views:
            raise ScenarioError(f"adobe_commerce: website {code!r} or store {store!r} is there")
        self.websites[code] = len(self.websites) + 1
        view = StoreView(len(self.store_views) + 1, store, code)
        self.store_views[store] = self._stores[view.id] = view
        self.ways.clear()

    def view(self, code: str) -> StoreView:
        """A store view; the administrator's scope stands for the default one."""
        return self.store_views.get(code) or self.store_views["default"]

    # --- stock ------------------------------------------------------------------------------

    def stock_id(self, store: str) -> int:
        """The stock that a store view sells from."""
        stock = self.inventory.of_website(self.view(store).website)
        return stock.stock_id if stock is not None else DEFAULT_STOCK

    def stock_of(self, order: Order) -> int:
        """The stock that an order draws on."""
        view = self._stores.get(order.store_id)
        return self.stock_id(view.code if view is not None else "default")

    def has_item(self, stock_id: int, sku: str) -> bool:
        """Whether an enabled source of a stock has a source item of a SKU."""
        return bool(self.inventory.enabled_items(stock_id, sku))

    def composite_salable(self, product: Product, stock_id: int) -> bool:
        """Whether a product without stock of its own may be sold: by its flag and its parts."""
        if not self.catalogue.flags.get(fold(product.sku), True):
            return False
        parts = [str(one.get("linked_product_sku", "")) for one in product.product_links or ()]
        return not parts or any(is_salable(self, stock_id, sku) for sku in parts)

    # --- orders -----------------------------------------------------------------------------

    def item(self, order: Order, item_id: int) -> OrderItem | None:
        """A line of an order."""
        row = self.order_items.rows.get(item_id)
        return row if row is not None and row.order_id == order.entity_id else None

    def children(self, order: Order, item: OrderItem) -> list[OrderItem]:
        """The lines below a line."""
        return [one for one in order.items if one.parent_item_id == item.item_id]

    def parts(self, order: Order, item: OrderItem) -> list[tuple[str, Decimal]]:
        """The SKUs behind a unit of a line that is shipped as one, and how many of each."""
        if item.product_type not in COMPOSITE:
            return [(item.sku, ONE)]
        if self.separately.get(item.item_id):
            return []
        return [
            (child.sku, child.qty_ordered / item.qty_ordered)
            for child in self.children(order, item)
        ]

    def held_items(self, order: Order) -> Iterator[tuple[OrderItem, str, Decimal]]:
        """Every line that is shipped as one, with each SKU behind it and how many of it."""
        for item in order.items:
            if item.parent_item_id is None or self.separately.get(item.parent_item_id):
                for sku, ratio in self.parts(order, item):
                    yield item, sku, ratio

    def touch(self, order: Order) -> None:
        """An order has changed."""
        order.updated_at = self.stamp()
        twin(order)
        for item in order.items:
            twin(item)
        self.orders.put(order)
        self.events.order_saved(order)


def _copied(order: Order) -> Order:
    """An order as it is now, whatever becomes of it."""
    return replace(
        order,
        items=[replace(item) for item in order.items],
        status_histories=list(order.status_histories),
    )
