"""Reading stock: records with a version, and levels without one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.books import Reordering, Stocked
from peakproof_simulators.pos.lightspeed.numbers import units
from peakproof_simulators.pos.lightspeed.payloads.goods import (
    Inventory,
    InventoryLevel,
    InventoryLevelsRequest,
    InventoryRequest,
)
from peakproof_simulators.pos.lightspeed.surface import flag, whole, word
from peakproof_simulators.pos.products import Product, Variant

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

SIZE: Final = 1000
MOST: Final = 5000

_LIST: Final = Decoder(InventoryRequest)
_LEVELS: Final = Decoder(InventoryLevelsRequest)


def list_inventory(face: Lightspeed, call: Call) -> Response:
    """Stock records by version, the newest first unless told otherwise: a bare list."""
    asked = face.read(call, _LIST) if call.request.body else InventoryRequest()
    after = None if asked.after is UNSET else asked.after
    before = None if asked.before is UNSET else asked.before
    newest = asked.sort_direction == "desc"
    if asked.product_id is UNSET:
        walk = face.stock.walk(after=after, before=before, newest=newest, lag_s=call.stale_s)
        return _records(face, call, walk, asked.size, deleted=asked.include_deleted)
    entries = _of_product(face, call, asked.product_id, variants=asked.variants)
    found = _between(entries, after, before, newest=newest)
    return _records(face, call, found, asked.size, deleted=asked.include_deleted)


def product_inventory(face: Lightspeed, call: Call) -> Response:
    """The stock records of one product, the oldest first unless told otherwise: a bare list."""
    newest = word(call, "order_direction") == "desc"
    size = min(whole(call, "page_size") or SIZE, MOST)
    entries = _of_product(face, call, call.params["product_id"], variants=flag(call, "variants"))
    found = _between(entries, whole(call, "after"), whole(call, "before"), newest=newest)
    return _records(face, call, found, size, deleted=flag(call, "include_deleted"))


def list_levels(face: Lightspeed, call: Call) -> Response:
    """Levels by units (or by name), from an offset: a bare list, no versions."""
    asked = face.read(call, _LEVELS) if call.request.body else InventoryLevelsRequest()
    entries: Iterable[Entry[Stocked]]
    if asked.product_ids is UNSET:
        entries = face.stock.walk(after=None, before=None, newest=False, lag_s=call.stale_s)
    else:
        keys = [
            key
            for uuid in dict.fromkeys(asked.product_ids)
            for key in face.stock_of.get(face.names.meant("variant", uuid), ())
        ]
        entries = face.stock.some(keys, lag_s=call.stale_s)
    if asked.location_ids is not UNSET:
        places = {face.place(uuid, "location_ids") for uuid in asked.location_ids}
        entries = [entry for entry in entries if entry.thing.place in places]
    return _levels(face, call, entries, asked)


def product_levels(face: Lightspeed, call: Call) -> Response:
    """The levels of one product: a bare list."""
    keys = _keys(face, call.params["product_id"], variants=False)
    asked = InventoryLevelsRequest(include_inactive=flag(call, "include_inactive"), size=10_000)
    return _levels(face, call, face.stock.some(keys, lag_s=call.stale_s), asked)


def record_view(face: Lightspeed, entry: Entry[Stocked]) -> Inventory:
    """A stock record."""
    one = entry.thing
    key = f"{one.variant}|{one.place}|on_hand"
    rule = face.reorders.get(key)
    point, amount, target = _reordering(rule, one.units_e5)
    return Inventory(
        id=face.names.uuid("inventory", key), outlet_id=face.outlet_id(one.place),
        product_id=face.product_id(one.variant), current_inventory_level=units(one.units_e5),
        average_cost=None, reorder_point=point, reorder_amount=amount,
        reorder_target=target,
        reorder_method=None if rule is None else "FIXED" if rule.target is None else "MIN_MAX",
        quantity_to_procure=0,
        version=entry.version,
    )  # fmt: skip


def _reordering(
    rule: Reordering | None, units_e5: int
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Point, amount and target: with a target the amount is what is missing of it now."""
    if rule is None:
        return None, None, None
    if rule.target is None:
        more = rule.amount or Decimal(0)
        return rule.point, more, rule.point + more
    return rule.point, max(rule.target - Decimal(units_e5).scaleb(-5), Decimal(0)), rule.target


def _records(
    face: Lightspeed, call: Call, entries: Iterable[Entry[Stocked]], size: int, *, deleted: bool
) -> Response:
    views: list[Inventory] = []
    for entry in entries:
        if deleted or face.pos.range.variant(entry.thing.variant) is not None:
            face.name_cell(call, entry.thing.variant, entry.thing.place)
            views.append(record_view(face, entry))
            if len(views) == size:
                break
    return face.reply(views)


def _levels(
    face: Lightspeed, call: Call, entries: Iterable[Entry[Stocked]], asked: InventoryLevelsRequest
) -> Response:
    kept = [
        entry
        for entry in entries
        if asked.include_inactive or face.pos.range.variant(entry.thing.variant) is not None
    ]
    newest = asked.sort_direction == "desc"
    if asked.sort_type == "total_count":
        kept.sort(key=lambda entry: entry.thing.units_e5, reverse=newest)
    else:
        kept.sort(key=lambda entry: _name(face, entry.thing.variant), reverse=newest)
    page = kept[asked.offset : asked.offset + asked.size]
    for entry in page:
        face.name_cell(call, entry.thing.variant, entry.thing.place)
    return face.reply([_level(face, entry.thing) for entry in page])


def _level(face: Lightspeed, one: Stocked) -> InventoryLevel:
    return InventoryLevel(
        location_id=face.outlet_id(one.place), product_id=face.product_id(one.variant),
        root_product_id=face.product_id(one.variant), name=_name(face, one.variant),
        current_inventory_level=units(one.units_e5), quantity_to_procure=0, average_cost=0,
        total_cost=0,
    )  # fmt: skip


def _name(face: Lightspeed, id_: str) -> str:
    variant = face.pos.range.get(id_)
    return face.pos.product_name(variant) if isinstance(variant, Variant) else ""


def _of_product(face: Lightspeed, call: Call, uuid: str, *, variants: bool) -> list[Entry[Stocked]]:
    return face.stock.some(_keys(face, uuid, variants=variants), lag_s=call.stale_s)


def _keys(face: Lightspeed, uuid: str, *, variants: bool) -> list[str]:
    """The stock records of a product, or of a whole family."""
    face.follow_range()
    id_ = face.names.meant("variant", uuid)
    found = face.pos.range.get(id_)
    if not isinstance(found, Variant):
        parent = face.pos.range.get(face.names.meant("product", uuid)) if variants else None
        if not isinstance(parent, Product):
            raise face.no(404, f"There is no product {uuid}", about=uuid)
        return [key for each in parent.variants for key in face.stock_of.get(each, ())]
    if variants:
        parent = face.pos.range.get(found.product)
        family = parent.variants if isinstance(parent, Product) else (id_,)
        return [key for each in family for key in face.stock_of.get(each, ())]
    return list(face.stock_of.get(id_, ()))


def _between(
    entries: list[Entry[Stocked]], after: int | None, before: int | None, *, newest: bool
) -> list[Entry[Stocked]]:
    found = [
        entry
        for entry in entries
        if (after is None or entry.version > after) and (before is None or entry.version < before)
    ]
    return found[::-1] if newest else found
