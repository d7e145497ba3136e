"""The one warehouse behind both faces: all of its books, and how they hear of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from peakproof.errors import UsageError
from peakproof.history.records import Refused
from peakproof_simulators.deposco.activities import ActivityBook
from peakproof_simulators.deposco.adjustments import Adjustment, AdjustmentFeed
from peakproof_simulators.deposco.blanks import Blanks
from peakproof_simulators.deposco.catalogue import Catalogue
from peakproof_simulators.deposco.entities import Order, Receipt, Shipment
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.floor_work import FloorWork
from peakproof_simulators.deposco.imports import BulkDesk, CustomerOrders
from peakproof_simulators.deposco.inbound import ReceiptBook
from peakproof_simulators.deposco.lifecycle import ALL_TYPES
from peakproof_simulators.deposco.notices import NoticeBoard
from peakproof_simulators.deposco.order_book import OrderBook
from peakproof_simulators.deposco.orders import OrderRules
from peakproof_simulators.deposco.parcels import ParcelBook
from peakproof_simulators.deposco.payloads.common import Upcs
from peakproof_simulators.deposco.payloads.goods import Item
from peakproof_simulators.deposco.reservations import Reservations
from peakproof_simulators.deposco.stock import StockBook
from peakproof_simulators.deposco.tenancy import Tenancy, make_credentials
from peakproof_simulators.deposco.v2.asynchronous import ImportDesk
from peakproof_simulators.deposco.v2.house import House
from peakproof_simulators.deposco.v2.numbers import Numbers
from peakproof_simulators.deposco.v2.paging import Searches
from peakproof_simulators.deposco.v2.papers import Papers
from peakproof_simulators.deposco.written import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakproof.world import World
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.kit.seed import Seed, SeedLevel

_COUNTS: Final = frozenset({"COUNT", "RECOUNT", "CYCLE COUNT", "CYCLE_COUNT"})
_KINDS: Final[dict[str, str]] = {"warehouse": "Distribution Center", "store": "Retail Store"}


class Deposco:
    """A tenant's warehouse system: items, stock, orders, shipments, receipts, activities."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world = world
        self.settings = settings
        keep_s = settings.compact_after_s
        self.catalogue = Catalogue(world, locations=settings.locations)
        self.stock = StockBook(world, counts_demand=settings.new_order_reduces_atp)
        self.feed = AdjustmentFeed(world)
        self.orders = OrderBook(world, self.stock, keep_s=keep_s)
        self.orders.known_place = self.catalogue.facilities.__contains__
        self.rules = OrderRules(world, settings, self.catalogue, self.orders)
        self.v2_rules = OrderRules(
            world, settings, self.catalogue, self.orders, types=ALL_TYPES
        )  # fmt: skip
        self.floor = FloorWork(
            world, settings, book=self.orders, rules=self.rules, stock=self.stock, feed=self.feed
        )
        self.parcels = ParcelBook(world, settings, self.orders)
        self.receipts = ReceiptBook(
            world, settings, catalogue=self.catalogue, stock=self.stock, orders=self.orders
        )
        self.activities = ActivityBook(
            world, settings, catalogue=self.catalogue, stock=self.stock, feed=self.feed
        )
        self.reservations = Reservations(settings, self.catalogue, self.stock)
        self.customer_orders = CustomerOrders(
            world, settings, catalogue=self.catalogue, rules=self.rules, book=self.orders,
            stock=self.stock,
        )  # fmt: skip
        self.customer_orders.record = self.activities.take
        self.bulk = BulkDesk(world, settings, catalogue=self.catalogue, rules=self.rules)
        self.notices = NoticeBoard(world, settings, self.orders)
        self.tenancy = Tenancy(world, settings, make_credentials(world, settings))
        self.written = Written(self)
        self.blanks = Blanks(settings, world.streams.get("deposco", "blanks"))
        self.concurrency = world.streams.get("deposco", "concurrency")
        self.searches = Searches(
            world.ids("deposco", "searches").uuid, lambda: world.env.now,
            life_s=settings.search_life_s,
        )  # fmt: skip
        self.numbers = Numbers(self)
        self.papers = Papers()
        self.house = House(settings.business_unit, settings.business_unit_id)
        self.imports = ImportDesk(self)
        self._connect()

    def _connect(self) -> None:
        notices = self.notices
        self.stock.listeners.append(notices.stock_moved)
        self.stock.touched = self.written.item_touched
        self.feed.listeners.append(notices.adjusted)
        self.orders.listeners += [self.written.order_changed, notices.order_changed]
        self.parcels.touched = self.written.shipment_touched
        self.parcels.listeners.append(notices.shipment_changed)
        self.receipts.listeners.append(notices.received)

    def seed(self, seed: Seed) -> None:
        """Fill the warehouse: facilities, items, and what lies where at the start.

        Raises:
            UsageError: a level names an item or a place that the seed does not have.
        """
        with self.world.acting("seed"):
            for place in seed.places:
                kind = _KINDS.get(place.kind, _KINDS["warehouse"])
                self.catalogue.add_facility(place.code, place.name, kind)
            for item in seed.items:
                upcs = Upcs(upc=[item.upc]) if item.upc else None
                self.catalogue.write(Item(number=item.sku, name=item.name, upcs=upcs))
            for level in seed.levels:
                self._check_level(level)
                self.stock.change(level.sku, level.place, "seed", total=level.on_hand)

    def _check_level(self, level: SeedLevel) -> None:
        if level.sku not in self.catalogue.items:
            raise UsageError(f"deposco seed: a level names item {level.sku}, which is not there")
        if level.place not in self.catalogue.facilities:
            raise UsageError(f"deposco seed: a level names place {level.place}, which is not there")

    def refused(self, key: str, refusal: Declined) -> None:
        """Say that the system refused something about a key, whatever the status looks like."""
        world = self.world
        world.emit(
            Refused(
                world.t, world.by, world.n, "deposco", key, refusal.reason, refusal.text
            )
        )  # fmt: skip

    def adjust(
        self, facility: str, sku: str, units: int, reason: str, *, ref: str = "",
        cause: str = "adjust", location: str = "", pack_type: str = "Each", per_pack: int = 1,
    ) -> Adjustment:  # fmt: skip
        """Correct the record by signed units; the feed tells.

        Raises:
            Declined: item or facility are unknown.
        """
        self.catalogue.find(sku)
        self.catalogue.facility(facility)
        if cause == "adjust" and reason.upper() in _COUNTS:
            cause = "count"
        self.stock.change(sku, facility, cause, ref, total=units)
        return self.feed.add(
            sku=sku, facility=facility, units=units, reason=reason, ref=ref, location=location,
            pack_type=pack_type, per_pack=per_pack,
        )  # fmt: skip

    def shipments_of(self, order: Order) -> Iterator[Shipment]:
        """The shipments of an order, oldest first."""
        for number in order.shipments:
            yield self.parcels.find(number)

    def receipts_of(self, order: Order) -> list[Receipt]:
        """The receipts of an inbound order that may be seen by now, oldest first."""
        until = self.world.t - self.settings.receipts_lag_s
        found = [self.receipts.receipts[number] for number in order.receipts]
        return [receipt for receipt in found if receipt.at <= until]

    def inspect(self) -> dict[str, Any]:
        """The whole state as plain values, for the control plane and the read-back."""
        return {
            "items": [
                {"number": entry.number, "id": entry.id, "packs": [*map(list, entry.packs)]}
                for entry in self.catalogue.items.values()
            ],
            "facilities": [
                {"number": found.number, "id": found.id, "kind": found.kind}
                for found in self.catalogue.facilities.values()
            ],
            "stock": self.stock.inspect(),
            "orders": [
                _order_told(order)
                for vault in self.orders.by_type.values()
                for order in vault.values()
            ],
            "shipments": [_shipment_told(found) for found in self.parcels.vault.values()],
            "receipts": [
                {"number": found.number, "item": found.sku, "facility": found.facility,
                 "packs": found.packs, "per_pack": found.per_pack, "order": found.order}
                for found in self.receipts.receipts.values()
            ],
            "adjustments": self.feed.inspect(),
            "activities": [
                {"reference": found.reference, "type": found.kind, "facility": found.facility}
                for found in self.activities.taken.values()
            ],
            "masters": {
                name: [{"id": card.id, "name": card.name} for card in drawer.newest_first()]
                for name, drawer in self.house.drawers.items()
            },
            "bulk_imports": [
                {"id": job.id, "status": job.status} for job in self.imports.jobs.values()
            ],
            "customer_orders": [
                {"number": found.number, "status": found.status, "request": found.request,
                 "children": list(found.children)}
                for found in self.customer_orders.requests.values()
            ],
        }  # fmt: skip


def _order_told(order: Order) -> dict[str, Any]:
    return {
        "number": order.number, "type": order.type, "status": order.status,
        "facility": order.facility, "shipments": list(order.shipments),
        "lines": [
            {"line": line.number, "item": line.sku, "ordered": line.ordered,
             "canceled": line.canceled, "short": line.short, "allocated": line.allocated,
             "picked": line.picked, "shipped": line.shipped, "received": line.received}
            for line in order.lines
        ],
    }  # fmt: skip


def _shipment_told(shipment: Shipment) -> dict[str, Any]:
    return {
        "number": shipment.number, "status": shipment.status, "facility": shipment.facility,
        "tracking": shipment.tracking, "carrier": shipment.carrier,
        "lines": [
            {"order": line.order, "line": line.line, "item": line.sku, "units": line.units}
            for line in shipment.lines
        ],
    }  # fmt: skip
