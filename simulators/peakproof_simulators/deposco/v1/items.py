"""Items in V1: the item master, its packs and bar codes, and the ATP views."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import UNSET
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.deposco import dates
from peakproof_simulators.deposco.availability import ItemFigures, over_facilities
from peakproof_simulators.deposco.catalogue import Entry, shown
from peakproof_simulators.deposco.errors import TEXT, Declined, bare, spoken
from peakproof_simulators.deposco.payloads.common import Outcome, Upcs, many, text
from peakproof_simulators.deposco.payloads.goods import Item, Items, Packs
from peakproof_simulators.deposco.payloads.stock import ItemAtp, ItemAtps
from peakproof_simulators.deposco.v1.media import answer, take, take_either
from peakproof_simulators.deposco.v1.paging import check_unit, note
from peakproof_simulators.deposco.v1.writes import done, write_each

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call


def _number(store: Deposco, call: Call) -> str:
    """The item of a path, with or without a business unit in front."""
    number = call.params.get("number")
    if number is None:
        number = call.params["item"]
    else:
        check_unit(store, call.params["item"])
    call.keys.append(f"item:{number}")
    return number


def _entry(store: Deposco, call: Call) -> Entry:
    entry = store.catalogue.items.get(_number(store, call))
    if entry is None:
        raise bare(404)
    return entry


def _href(store: Deposco, number: str) -> str:
    return f"/integration/{store.settings.code}/items/{number}"


def create(store: Deposco, call: Call) -> Response:
    """POST /items: each item is new or, unless the tenant says otherwise, updated."""
    sent = many(take(store, call, Items).item)
    for one in sent:
        note(call, f"item:{one.number}")

    def act(one: Item) -> Outcome:
        if store.settings.item_repeat == "conflict" and one.number in store.catalogue.items:
            said = f"Duplicate entry '{store.settings.business_unit_id}-{one.number}' for key "
            raise Declined(409, "duplicate", f"{said}'ITEM.ux_it_bu_number'")
        created = store.catalogue.write(one)
        return done("Item", one.number, _href(store, one.number), created=created)

    return write_each(store, call, sent, act, key=lambda one: one.number, kind="Item")


def update(store: Deposco, call: Call) -> Response:
    """PUT /items[/{bu}]/{number}: the item of that number is changed."""
    number = _number(store, call)
    sent = take_either(store, call, Items, Item)
    found = many(sent.item) if isinstance(sent, Items) else [sent]

    def act(one: Item) -> Outcome:
        if one.number != number:
            raise Declined(400, "invalid", f"The body is about item {one.number}")
        store.catalogue.write(one, must_exist=True)
        return done("Item", number, _href(store, number), created=False)

    return write_each(store, call, found, act, key=lambda one: one.number, kind="Item")


def write_packs(store: Deposco, call: Call) -> Response:
    """PUT …/packs: these packs are the item's packs from now on."""
    number, packs = _number(store, call), take(store, call, Packs)
    return _part(store, call, number, lambda: store.catalogue.write_packs(number, packs))


def write_upcs(store: Deposco, call: Call) -> Response:
    """PUT …/upcs: these bar codes are the item's own from now on."""
    number, upcs = _number(store, call), take(store, call, Upcs)
    return _part(store, call, number, lambda: store.catalogue.write_upcs(number, upcs))


def _part(store: Deposco, call: Call, number: str, act: Callable[[], None]) -> Response:
    def do(_number: str) -> Outcome:
        act()
        return done("Item", number, _href(store, number), created=False)

    return write_each(store, call, [number], do, key=lambda one: one, kind="Item")


def read(store: Deposco, call: Call) -> Response:
    """GET /items[/{bu}]/{number}: one item."""
    entry = _entry(store, call)
    item = replace(
        shown(entry, store.settings.business_unit),
        created_date=dates.date(store.world, store.settings, entry.created),
        updated_date=dates.date(store.world, store.settings, entry.updated),
    )
    return answer(store, call, item)


# --- what may be promised -------------------------------------------------------------


def _atp(store: Deposco, entry: Entry, figures: ItemFigures) -> ItemAtp:
    return ItemAtp(
        item_number=entry.number,
        product_code=text(entry.sent.product_code) or UNSET,
        available_to_promise=figures.available,
        quantity_on_back_ordered=figures.back_ordered,
        quantity_on_purchase_order=figures.on_order,
        total_items=figures.total,
        total_full_case_items=figures.full_case,
        total_split_case_items=figures.split_case,
        total_reserve_stock_items=figures.reserved,
    )


def _atps(store: Deposco, call: Call, entries: list[Entry]) -> Response:
    look = store.stock.as_of(call.stale_s)
    found = [_atp(store, entry, over_facilities(store, entry, look)) for entry in entries]
    for entry in entries:
        for facility in store.catalogue.facilities:
            note(call, f"stock:{entry.number}@{facility}")
    return answer(store, call, ItemAtps(found))


def atp_all(store: Deposco, call: Call) -> Response:
    """GET /items/atps: every item."""
    return _atps(store, call, list(store.catalogue.items.values()))


def atp_by_partner(store: Deposco, call: Call) -> Response:
    """GET /items/atpsByTP/{tp}: items of a trading partner."""
    partner = call.params["tp"]
    found = [
        entry
        for entry in store.catalogue.items.values()
        if text(entry.sent.trading_partner) == partner
    ]
    return _atps(store, call, found)


def atp_by_dates(store: Deposco, call: Call) -> Response:
    """GET /items/atpsByDateRange: items whose stock moved in a window (parameters chosen)."""
    world, settings = store.world, store.settings
    first, last = call.one("startDate"), call.one("endDate")
    try:
        since = -1e18 if first is None else dates.moment(world, settings, first)
        until = world.t if last is None else dates.moment(world, settings, last)
    except (ValueError, OverflowError):
        raise spoken(400, "The date range is not valid") from None
    moved = store.stock.moved_since(since)
    items = store.catalogue.items
    found = [items[sku] for sku in moved if sku in items and store.stock.moved_at(sku) <= until]
    return _atps(store, call, found)


def atp_one(store: Deposco, call: Call) -> Response:
    """GET /items/{number}/atp and /items/{bu}/{number}/atps: one item."""
    return _atps(store, call, [_entry(store, call)])


def single(figure: str) -> Callable[[Deposco, Call], Response]:
    """GET /items/{number}/boqty and its like: one figure, as a plain integer (chosen)."""

    def read_one(store: Deposco, call: Call) -> Response:
        entry = _entry(store, call)
        found = over_facilities(store, entry, store.stock.as_of(call.stale_s))
        return Response(200, str(getattr(found, figure)).encode(), dict(TEXT))

    return read_one
