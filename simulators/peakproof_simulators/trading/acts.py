"""What each kind of business event does. The docstrings are the sentences of the handbook."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from peakproof.errors import ScenarioError
from peakproof.ledger import shelf
from peakproof_simulators.kit.seed import Seed
from peakproof_simulators.trading import act_tables as tables
from peakproof_simulators.trading.events import kind
from peakproof_simulators.trading.jobs import Job, Parcel
from peakproof_simulators.trading.ports import Want
from peakproof_simulators.trading.shoppers import Intent
from peakproof_simulators.trading.stocking import seed_item
from peakproof_simulators.trading.tills import Store

if TYPE_CHECKING:
    from peakproof_simulators.trading.day import Day

Thing = TypeVar("Thing")


# --- channels -------------------------------------------------------------------------


def _place_of(day: Day, event: tables.OrderEvent) -> str:
    return day.shoppers_of(event.channel).place_of("", 1, event.place) if event.place else ""


@kind("order", tables.OrderEvent, check=_place_of)
def order(day: Day, event: tables.OrderEvent) -> bool:
    """A web shopper orders, if the storefront accepts it from its own record."""
    shoppers = day.shoppers_of(event.channel)
    happened = False
    for _ in range(event.times):
        lines = []
        for sku, units in ((event.sku, event.units), *event.lines):
            item = day.item(sku, lambda sku: shoppers.offers(sku, event.place))
            lines.append((item.sku, units))
        wants = tuple(
            Want(sku, units, shoppers.place_of(sku, units, event.place)) for sku, units in lines
        )
        customer = day.stage.catalogue.customer(day.stage.stream("events"))
        intent = Intent(customer, tuple(lines), event.payment, event.payment_s)
        happened = shoppers.order(wants, intent, tag=event.tag) or happened
    return happened


@kind("unknown_sku", tables.UnknownSkuEvent, check=_place_of)
def unknown_sku(day: Day, event: tables.UnknownSkuEvent) -> bool:
    """A web shopper orders an item that the warehouse's item master lacks."""
    return order(day, event)


@kind("pay", tables.PayEvent)
def pay(day: Day, event: tables.PayEvent) -> bool:
    """The payment of an order becomes captured, authorised or failed now."""
    bought = day.bought(event.order)
    if bought is None or event.payment == "pending":
        return False
    day.shoppers_of(bought.channel).pay(bought.order, event.payment)
    return True


@kind("cancel", tables.CancelEvent)
def cancel(day: Day, event: tables.CancelEvent) -> bool:
    """The customer asks for an order to be cancelled, or the warehouse cancels it itself."""
    bought = day.bought(event.order)
    if bought is None:
        return False
    if event.by == "customer":
        return day.shoppers_of(bought.channel).cancel(bought.order)
    with day.stage.world.acting("warehouse"):
        return _any(
            day.floors.jobs(bought), lambda job: day.floors.floor.cancel(job.number, "CANCELED")
        )


@kind("edit", tables.OrderTarget)
def edit(day: Day, event: tables.OrderTarget) -> bool:
    """A clerk changes an order in the storefront, which makes a new version of it."""
    bought = day.bought(event.order)
    if bought is None:
        return False
    day.shoppers_of(bought.channel).edit(bought.order)
    return True


# --- stores ---------------------------------------------------------------------------


@kind("sale", tables.SaleEvent)
def sale(day: Day, event: tables.SaleEvent) -> bool:
    """A walk-in customer takes goods from the shelf of a store and pays at its till."""
    store = day.store_of(event.store)
    asks = day.tables.trading.tills.asks if event.asks is None else event.asks
    happened = False
    for _ in range(event.times):
        wanted: dict[str, int] = {}
        for sku, units in ((event.sku, event.units), *event.lines):
            item = day.item(sku, lambda sku: day.stage.on_shelf(store.node, sku))
            wanted[item.sku] = wanted.get(item.sku, 0) + units
        sold = store.sell(tuple(wanted.items()), asks=asks, tag=event.tag)
        happened = happened or sold is not None
    return happened


def _needs_sku(_day: Day, event: tables.ReturnEvent) -> None:
    if not event.sale and event.sku is None:
        raise ScenarioError("event return: without a sale it needs a sku")


@kind("return", tables.ReturnEvent, check=_needs_sku)
def take_back(day: Day, event: tables.ReturnEvent) -> bool:
    """Goods come back to a till: of a sale made here, or bought before the run began."""
    sold = day.sold(event.sale) if event.sale else None
    if event.sale and sold is None:
        return False
    wanted = sold.wanted if sold else ()
    if event.sku is not None:
        sku = day.item(event.sku).sku
        wanted = ((sku, event.units or dict(wanted).get(sku, 1)),)
    _needs_sku(day, event)
    store = day.store_of(event.store or (sold.store if sold else ""))
    ledger = day.stage.world.ledger
    for sku, units in wanted:
        missing = units - ledger.at("customer", sku)
        if missing > 0:
            ledger.move(
                sku=sku, units=missing, src="supplier", dst="customer", cause="earlier_sale",
                by="till", ref="before the run",
            )  # fmt: skip
    store.take_back(wanted, sale=sold.sale if sold else "", restock=event.restock)
    return True


@kind("count", tables.CountEvent)
def count(day: Day, event: tables.CountEvent) -> bool:
    """A store counts an item now and posts the count, now or later, with the time it was taken."""
    store = day.store_of(event.store)
    sku = day.item(event.sku).sku
    units = day.stage.on_shelf(store.node, sku) if event.units is None else event.units
    return store.count(sku, units, posted_after_s=event.posted_after_s)


@kind("offline", tables.StoreEvent)
def offline(day: Day, event: tables.StoreEvent) -> bool:
    """The till of a store loses its line; it goes on selling and keeps what it sold."""
    day.store_of(event.store).go_offline()
    return True


@kind("online", tables.StoreEvent)
def online(day: Day, event: tables.StoreEvent) -> bool:
    """The till of a store has its line again and uploads what it kept."""
    day.store_of(event.store).come_back()
    return True


# --- goods ----------------------------------------------------------------------------


def _till_for(day: Day, event: tables.ReceiptEvent) -> Store | None:
    """The till that records a delivery; None when the warehouse system does."""
    store = next((store for store in day.stores if store.node == event.node), None)
    if event.via == "till" and store is None:
        raise ScenarioError(f"event receipt.via: {event.node} has no till")
    if event.via == "warehouse" or store is None:
        if event.record:
            day.floors.code(event.node)
        return None
    return store


@kind("receipt", tables.ReceiptEvent, check=_till_for)
def receipt(day: Day, event: tables.ReceiptEvent) -> bool:
    """Goods come in from a supplier: onto the shelf, and into the record if the item is known."""
    node = day.stage.estate.node(event.node, field="event receipt.node")
    sku = day.item(event.sku).sku
    store = _till_for(day, event)
    day.stage.world.ledger.move(
        sku=sku, units=event.units, src="supplier", dst=shelf(node.id), cause="receipt",
        by="staff", ref=event.reference,
    )  # fmt: skip
    if event.record and store is not None:
        store.take_in(sku, event.units)
    elif event.record and day.floors.knows(sku):
        with day.stage.world.acting("warehouse"):
            day.floors.floor.receive(
                day.floors.code(node.id), sku, event.units, reference=event.reference
            )
    return True


def _facility_of(day: Day, event: tables.AdjustEvent) -> str:
    return day.floors.code(event.node) if event.record else ""


@kind("adjust", tables.AdjustEvent, check=_facility_of)
def adjust(day: Day, event: tables.AdjustEvent) -> bool:
    """Goods are damaged, lost or found: the shelf and the record change, or one of the two."""
    node = day.stage.estate.node(event.node, field="event adjust.node")
    sku = day.item(event.sku).sku
    facility, units = _facility_of(day, event), event.units
    if event.shelf:
        units = max(units, -day.stage.on_shelf(node.id, sku))
        if not units:
            return False
        src, dst = (shelf(node.id), "lost") if units < 0 else ("lost", shelf(node.id))
        day.stage.world.ledger.move(
            sku=sku, units=abs(units), src=src, dst=dst, cause=event.reason, by="staff",
            ref="adjustment",
        )  # fmt: skip
    if event.record and units and day.floors.knows(sku):
        with day.stage.world.acting("warehouse"):
            day.floors.floor.adjust(facility, sku, units, event.reason)
    return event.shelf or event.record


def _checked(day: Day, event: tables.TransferEvent) -> None:
    day.transfers.check(event)


@kind("transfer", tables.TransferEvent, check=_checked)
def transfer(day: Day, event: tables.TransferEvent) -> bool:
    """Goods go to another node: off the shelf here now, on the shelf there when they arrive."""
    return day.transfers.send(event, day.item(event.sku).sku)


@kind("item_appears", tables.ItemEvent)
def item_appears(day: Day, event: tables.ItemEvent) -> bool:
    """A system gets to know an item that was withheld from it, with the goods on the shelves."""
    stage = day.stage
    system = event.system or stage.estate.warehouse
    item = day.item(event.sku)
    if item.sku not in stage.lacking.get(system, {}):
        return False
    del stage.lacking[system][item.sku]
    with stage.world.acting("staff"):
        day.players[system].seed(Seed(items=(seed_item(item),), currency=stage.estate.currency))
        if event.stock and system == stage.estate.warehouse:
            for node in stage.estate.nodes:
                units = stage.on_shelf(node.id, item.sku)
                if units and system in node.places:
                    day.floors.floor.receive(
                        node.places[system], item.sku, units, reference="item appears"
                    )
    return True


# --- the warehouse and the carrier ----------------------------------------------------


@kind("release", tables.OrderTarget)
def release(day: Day, event: tables.OrderTarget) -> bool:
    """The warehouse takes an order into a wave of its own and releases it: it is locked now."""
    bought = day.bought(event.order)
    return _any(day.floors.jobs(bought), lambda job: day.floors.facility(job).release(job))


@kind("pick", tables.PickEvent)
def pick(day: Day, event: tables.PickEvent) -> bool:
    """An order is picked now, after its release if need be; what is not there is a short pick."""
    bought = day.bought(event.order)

    def now(job: Job) -> bool:
        day.floors.facility(job).release(job)
        return day.floors.facility(job).pick(job, lines=event.lines)

    return _any(day.floors.jobs(bought), now)


@kind("ship", tables.OrderTarget)
def ship(day: Day, event: tables.OrderTarget) -> bool:
    """What is picked of an order (all of it, if nothing is) is packed and collected now."""
    bought = day.bought(event.order)

    def now(job: Job) -> bool:
        facility = day.floors.facility(job)
        facility.release(job)
        if not job.held and not _on_bench(job):
            facility.pick(job)
        facility.pack(job)
        return _any(_on_bench(job), day.floors.carrier(job).collect)

    return _any(day.floors.jobs(bought), now)


@kind("scan", tables.OrderTarget)
def scan(day: Day, event: tables.OrderTarget) -> bool:
    """The carrier scans the parcels of an order that it has collected, before their time."""
    bought = day.bought(event.order)

    def now(job: Job) -> bool:
        return _any(job.parcels, day.floors.carrier(job).scan)

    return _any(day.floors.jobs(bought), now)


def _on_bench(job: Job) -> list[Parcel]:
    return [parcel for parcel in job.parcels if not parcel.shipped and not parcel.over]


def _any(things: list[Thing], act: Callable[[Thing], bool]) -> bool:
    """Do it to all; whether it happened to one."""
    happened = [act(thing) for thing in things]
    return any(happened)
