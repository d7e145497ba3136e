"""The tills' own control plane: what cashiers and store staff do, which no API offers.

Each control takes a plain dictionary and gives one back. It refuses what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from peakproof.errors import UsageError
from peakproof.history.records import By
from peakproof_simulators.kit.seed import SeedItem, SeedPlace
from peakproof_simulators.pos import tills, transfers
from peakproof_simulators.pos.pricing import Discount
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.returning import Brought
from peakproof_simulators.pos.sale import Transfer, TransferLine
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.state import PointOfSale

T = TypeVar("T")


class _Asked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The root of what controls are asked."""


class Off(_Asked):
    """Something off the basket: a percentage or an amount."""

    percent: str = ""
    amount_minor: int = 0
    name: str = ""


class Ring(_Asked):
    """A sale; ``asks`` refuses what the till does not show."""

    store: str
    items: list[tills.Scanned]
    discounts: list[Off] = []
    asks: bool = False


class GoodsBack(_Asked):
    """One SKU brought back."""

    sku: str
    units: int = 1
    restock: bool = True


class TakeBack(_Asked):
    """A return; no ``sale``: linked to none."""

    store: str
    items: list[GoodsBack]
    sale: str = ""


class Exchange(_Asked):
    """Goods back and others out."""

    store: str
    back: list[GoodsBack]
    items: list[tills.Scanned]
    sale: str = ""


class OneSale(_Asked):
    """A sale by its id."""

    sale: str


class OneStore(_Asked):
    """A store by its code."""

    store: str


class CountStock(_Asked):
    """A count of the shelf; ``counted_s`` is run time, now unless given."""

    store: str
    sku: str
    units: int
    counted_s: float | None = None


class GoodsReceipt(_Asked):
    """Goods that a supplier brought."""

    store: str
    sku: str
    units: int
    reference: str = ""


class Goods(_Asked):
    """Units of one SKU."""

    sku: str
    units: int


class StartTransfer(_Asked):
    """Send a draft off by its id, or goods from one place to another at once."""

    transfer: str = ""
    src: str = ""
    dst: str = ""
    items: list[Goods] = []


class Arrived(_Asked):
    """What became of units of one SKU."""

    sku: str
    received: int = 0
    damaged: int = 0
    cancelled: int = 0


class ReceiveTransfer(_Asked):
    """Goods arrive; nothing named: all that is pending arrived in good order."""

    transfer: str
    items: list[Arrived] = []


class OpenStore(_Asked):
    """A new place."""

    store: str
    name: str
    kind: str = "store"


class AddItem(_Asked):
    """A new product with one SKU."""

    sku: str
    name: str
    price_minor: int
    upc: str = ""


Control = Callable[[dict[str, Any]], Any]


def controls(pos: PointOfSale) -> dict[str, Control]:
    """All controls by name."""
    at_till: By = "till"
    in_store: By = "staff"
    return {
        "ring": _control(pos, at_till, Ring, _ring),
        "return": _control(pos, at_till, TakeBack, _take_back),
        "exchange": _control(pos, at_till, Exchange, _exchange),
        "void": _control(pos, at_till, OneSale, _void),
        "go_offline": _control(pos, at_till, OneStore, _go_offline),
        "upload": _control(pos, at_till, OneStore, _upload),
        "count_stock": _control(pos, in_store, CountStock, _count_stock),
        "goods_receipt": _control(pos, in_store, GoodsReceipt, _goods_receipt),
        "start_transfer": _control(pos, in_store, StartTransfer, _start_transfer),
        "receive_transfer": _control(pos, in_store, ReceiveTransfer, _receive_transfer),
        "open_store": _control(pos, in_store, OpenStore, _open_store),
        "add_item": _control(pos, in_store, AddItem, _add_item),
    }


def _control(
    pos: PointOfSale, by: By, kind: type[T], act: Callable[[PointOfSale, T], Any]
) -> Control:
    def run(given: dict[str, Any]) -> Any:
        try:
            asked = msgspec.convert(given, kind)
            with pos.world.acting(by):
                return act(pos, asked)
        except msgspec.ValidationError as error:
            raise UsageError(f"pos: {error}") from error
        except NotAllowed as error:
            raise UsageError(f"pos: {error.detail}") from error

    return run


def _ring(pos: PointOfSale, asked: Ring) -> dict[str, Any]:
    wanted = [(item.sku, item.units) for item in asked.items]
    if asked.asks:
        short = tills.uncovered(pos, asked.store, wanted)
        if short:
            return {"refused": short}
    discounts = [
        Discount(f"discount-{at}", each.name, each.percent, each.amount_minor)
        for at, each in enumerate(asked.discounts, start=1)
    ]
    return {"sale": tills.ring(pos, asked.store, asked.items, discounts)}


def _take_back(pos: PointOfSale, asked: TakeBack) -> dict[str, Any]:
    return {"sale": tills.exchange(pos, asked.store, (), _brought(asked.items, asked.sale))}


def _exchange(pos: PointOfSale, asked: Exchange) -> dict[str, Any]:
    brought = _brought(asked.back, asked.sale)
    return {"sale": tills.exchange(pos, asked.store, asked.items, brought)}


def _brought(items: list[GoodsBack], sale: str) -> list[Brought]:
    return [Brought(each.sku, each.units, sale, each.restock) for each in items]


def _void(pos: PointOfSale, asked: OneSale) -> dict[str, Any]:
    tills.void(pos, asked.sale)
    return {"sale": asked.sale}


def _go_offline(pos: PointOfSale, asked: OneStore) -> dict[str, Any]:
    tills.go_offline(pos, asked.store)
    return {"store": asked.store}


def _upload(pos: PointOfSale, asked: OneStore) -> dict[str, Any]:
    return {"transactions": tills.upload(pos, asked.store)}


def _count_stock(pos: PointOfSale, asked: CountStock) -> dict[str, Any]:
    counted_s = pos.world.t if asked.counted_s is None else asked.counted_s
    counted_ms = round(counted_s * 1_000_000) // 1000
    tills.record_count(pos, asked.store, asked.sku, asked.units, counted_ms)
    return {"shown": tills.shown(pos, asked.store, asked.sku)}


def _goods_receipt(pos: PointOfSale, asked: GoodsReceipt) -> dict[str, Any]:
    tills.take_in(pos, asked.store, asked.sku, asked.units, asked.reference)
    return {"shown": tills.shown(pos, asked.store, asked.sku)}


def _start_transfer(pos: PointOfSale, asked: StartTransfer) -> dict[str, Any]:
    if asked.transfer:
        transfer = _transfer(pos, asked.transfer)
    else:
        tills.register_of(pos, asked.src)
        tills.register_of(pos, asked.dst)
        if not asked.items:
            raise UsageError("pos: a transfer without lines cannot be started")
        lines = [
            TransferLine(f"line-{at}", _variant(pos, goods.sku), goods.units * UNIT)
            for at, goods in enumerate(asked.items, start=1)
        ]
        transfer = transfers.draft(pos, asked.src, asked.dst, lines)
    return {"transfer": transfers.start(pos, transfer).id}


def _receive_transfer(pos: PointOfSale, asked: ReceiveTransfer) -> dict[str, Any]:
    transfer = _transfer(pos, asked.transfer)
    if asked.items:
        line_of = {line.variant: line.uid for line in transfer.lines}
        receipts = [
            transfers.Receipt(
                line_of.get(_variant(pos, each.sku), each.sku), each.received * UNIT,
                each.damaged * UNIT, each.cancelled * UNIT,
            )
            for each in asked.items
        ]  # fmt: skip
    else:
        receipts = [transfers.Receipt(line.uid, line.pending_e5) for line in transfer.lines]
    return {"state": transfers.receive(pos, transfer, receipts).state}


def _open_store(pos: PointOfSale, asked: OpenStore) -> dict[str, Any]:
    if asked.store in pos.places:
        raise UsageError(f"pos: there is a store {asked.store} already")
    country = next((place.country for place in pos.places.values()), "GB")
    place = SeedPlace(asked.store, asked.name, asked.kind)
    pos.open_place(place, currency=pos.currency, country=country)
    return {"store": asked.store}


def _add_item(pos: PointOfSale, asked: AddItem) -> dict[str, Any]:
    rate = next((rate.id for rate in pos.range.tax_rates()), "")
    variant = pos.add_item(SeedItem(asked.sku, asked.name, asked.price_minor, asked.upc), rate)
    pos.range_changed()
    return {"variant": variant.id}


def _transfer(pos: PointOfSale, id_: str) -> Transfer:
    transfer = pos.transfers.get(id_)
    if transfer is None:
        raise UsageError(f"pos: there is no transfer {id_!r}")
    return transfer


def _variant(pos: PointOfSale, sku: str) -> str:
    variant = pos.range.sold_as(sku)
    if variant is None:
        raise UsageError(f"pos: the tills do not know the SKU {sku!r}")
    return variant.id
