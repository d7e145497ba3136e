"""Items in V2 beyond their list: written, with packs, bar codes, suppliers, tariff numbers."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

from peakproof.wire.message import Response
from peakproof_simulators.deposco.catalogue import Entry
from peakproof_simulators.deposco.errors import Declined, errors
from peakproof_simulators.deposco.payloads import goods as v1
from peakproof_simulators.deposco.payloads.common import Pack, Upcs, many
from peakproof_simulators.deposco.v2.bodies import answer, refusal, taken
from peakproof_simulators.deposco.v2.goods_models import (
    BarCode,
    BarCodes,
    HsCode,
    HsCodes,
    ItemSent,
    ItemVendor,
    ItemVendors,
    PackSent,
)
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.order_in import check_unit, item_of
from peakproof_simulators.deposco.v2.paging import begin, cut
from peakproof_simulators.deposco.v2.papers import merged
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.deposco.v2.refs import item_ref, pack_ref, unit_ref

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_CODES_FROM: Final = 3_000_001
_OWN: Final = frozenset(
    {
        "self_", "business_unit", "number", "packs", "upcs", "components", "kit_order_only",
        "kit_stock_only", "item_vendors", "channels", "custom_fields", "created_date",
        "updated_date", "trading_partner", "product_category",
    }
)  # fmt: skip
_SAME: Final = tuple(
    name
    for name in ItemSent.__struct_fields__
    if name in v1.Item.__struct_fields__ and name not in _OWN
)
"""Fields of an item that both faces have; kits and their flags are V2's alone here."""
_DECODER: Final = msgspec.json.Decoder(ItemSent)


def write(store: Deposco, call: Call) -> Response:
    """POST /latest/items: created (201), or changed when the number is known (200)."""
    sent = taken(store, call, _DECODER)
    call.keys.append(f"item:{sent.number}")
    try:
        entry, created = upsert(store, sent)
    except Declined as declined:
        raise refusal(store, sent.number, declined) from None
    return answer(item_shown(store, entry), 201 if created else 200)


def upsert(store: Deposco, sent: ItemSent) -> tuple[Entry, bool]:
    """Create an item or change the one of that number; packs and bar codes that are sent come
    to those that are there.

    Raises:
        Declined: a bar code is another item's, a component is unknown, a value does not fit.
    """
    check_unit(store, sent.business_unit)
    for component in [] if sent.components is UNSET else sent.components:
        part = item_of(store, component.sub_component)
        if component.quantity < 1 or part.number == sent.number:
            raise Declined(400, "invalid", f"Component [{part.number}] is not valid")
    known = store.catalogue.items.get(sent.number)
    told = v1.Item(number=sent.number)
    for name in _SAME:
        value = getattr(sent, name)
        if value is not UNSET:
            setattr(told, name, value)
            setattr(sent, name, UNSET)
    old = v1.Item(number=sent.number) if known is None else known.sent
    told.packs = v1.Packs(list(_packs(old, sent)))
    codes = [] if sent.upcs is UNSET else [code.value for code in sent.upcs.data]
    if codes:
        told.upcs = Upcs(upc=list(dict.fromkeys([*_own_codes(old), *codes])))
    created = store.catalogue.write(told)
    sent.packs, sent.upcs = [], UNSET
    store.papers.items[sent.number] = merged(store.papers.items.get(sent.number), sent)
    _bundle(store, sent.number)
    return store.catalogue.items[sent.number], created


def _bundle(store: Deposco, number: str) -> None:
    """An item with components that is put together only when ordered is a bundle."""
    kept = store.papers.items[number]
    parts = [] if kept.components is UNSET else kept.components
    if kept.kit_order_only is True and parts:
        store.catalogue.bundles[number] = tuple(
            (item_of(store, part.sub_component).number, part.quantity) for part in parts
        )
    else:
        store.catalogue.bundles.pop(number, None)


def _packs(old: v1.Item, sent: ItemSent) -> list[Pack]:
    found = {(pack.type, pack.quantity): pack for pack in _pack_list(old)}
    for pack in sent.packs:
        key = (pack.type, pack.quantity)
        was = found.get(key)
        codes = [] if was is None or not isinstance(was.upcs, Upcs) else many(was.upcs.upc)
        if pack.upcs is not UNSET:
            codes = list(dict.fromkeys([*codes, *[code.value for code in pack.upcs.data]]))
        found[key] = Pack(
            type=pack.type, quantity=pack.quantity, upcs=Upcs(upc=codes) if codes else UNSET
        )
    return list(found.values())


def _pack_list(item: v1.Item) -> list[Pack]:
    return many(item.packs.pack) if isinstance(item.packs, v1.Packs) else []


def _own_codes(item: v1.Item) -> list[str]:
    return many(item.upcs.upc) if isinstance(item.upcs, Upcs) else []


# --- out ------------------------------------------------------------------------------


def item_shown(store: Deposco, entry: Entry) -> ItemSent:
    """An item with all that V2 knows of it."""
    known = store.papers.items.get(entry.number)
    made = ItemSent(business_unit=EntityRef(), number=entry.number, packs=[])
    made = made if known is None else copy(known)
    for name in _SAME:
        value = getattr(entry.sent, name)
        if value is not None and value is not UNSET:
            setattr(made, name, value)
    made.name = made.name or None
    clock = store.world.clock
    made.self_, made.business_unit = item_ref(store, entry), unit_ref(store)
    made.packs = [pack_shown(store, entry, kind, units) for kind, units in entry.packs]
    made.upcs = codes_shown(store, entry, _own_codes(entry.sent))
    made.created_date, made.updated_date = clock.iso(entry.created), clock.iso(entry.updated)
    return made


def pack_shown(store: Deposco, entry: Entry, kind: str, units: int) -> PackSent:
    """A pack of an item, with its bar codes."""
    codes = next(
        (
            many(pack.upcs.upc)
            for pack in _pack_list(entry.sent)
            if (pack.type, pack.quantity) == (kind, units) and isinstance(pack.upcs, Upcs)
        ),
        [],
    )
    return PackSent(
        self_=pack_ref(store, entry, kind, units), business_unit=unit_ref(store),
        item=item_ref(store, entry), type=kind, quantity=units, key=f"{kind}-{units}",
        upcs=codes_shown(store, entry, codes),
    )  # fmt: skip


def codes_shown(store: Deposco, entry: Entry, codes: list[str]) -> BarCodes:
    """Bar codes with their ids, which they get when they are first shown."""
    ids = store.papers.codes
    data = [
        BarCode(
            self_=EntityRef(id=ids.setdefault(code, _CODES_FROM + len(ids))),
            item=item_ref(store, entry), value=code,
        )
        for code in codes
    ]  # fmt: skip
    return BarCodes(data=data, links=[], complete=True, pages=1)


# --- what belongs to an item ----------------------------------------------------------


def _entry(store: Deposco, call: Call) -> Entry:
    number = store.catalogue.by_id.get(numeric(call.params["itemId"]))
    if number is None:
        raise errors(404, f"Item [{call.params['itemId']}] does not exist")
    call.keys.append(f"item:{number}")
    return store.catalogue.items[number]


def _pack(call: Call, entry: Entry) -> tuple[str, int]:
    wanted = numeric(call.params["packId"])
    for pack, number in entry.packs.items():
        if number == wanted:
            return pack
    raise errors(404, f"Pack [{call.params['packId']}] does not exist")


def pack(store: Deposco, call: Call) -> Response:
    """GET /latest/items/{itemId}/packs/{packId}: one pack."""
    entry = _entry(store, call)
    return answer(pack_shown(store, entry, *_pack(call, entry)))


def _paged(store: Deposco, call: Call, page: Any, rows: list[Any]) -> Response:
    search = begin(store, call)
    found, around = cut(store, search, iter(rows), number=lambda _row: 1, count=len(rows))
    return answer(page(data=found, **around))


def codes(store: Deposco, call: Call) -> Response:
    """GET /latest/items/{itemId}/upcs: the bar codes of the item itself."""
    entry = _entry(store, call)
    shown = codes_shown(store, entry, _own_codes(entry.sent))
    return _paged(store, call, BarCodes, shown.data)


def pack_codes(store: Deposco, call: Call) -> Response:
    """GET …/packs/{packId}/upcs: the bar codes of a pack."""
    entry = _entry(store, call)
    shown = pack_shown(store, entry, *_pack(call, entry))
    assert shown.upcs is not UNSET
    return _paged(store, call, BarCodes, shown.upcs.data)


def vendors(store: Deposco, call: Call) -> Response:
    """GET …/itemVendors: as they were sent."""
    return _opaque(store, call, ItemVendors, ItemVendor, "item_vendors")


def tariffs(store: Deposco, call: Call) -> Response:
    """GET …/hsCodes: as they were sent."""
    return _opaque(store, call, HsCodes, HsCode, "hs_codes")


def _opaque(store: Deposco, call: Call, page: Any, kind: Any, field: str) -> Response:
    entry = _entry(store, call)
    known = store.papers.items.get(entry.number)
    held = UNSET if known is None else getattr(known, field)
    rows = held.get("data", []) if isinstance(held, dict) else []
    try:
        found = msgspec.convert(rows, list[kind])
    except msgspec.ValidationError:
        found = []
    return _paged(store, call, page, found)


def remove_code(store: Deposco, call: Call) -> Response:
    """DELETE /latest/items/{itemId}/upcs/{upcId}: the bar code is nobody's (204)."""
    entry = _entry(store, call)
    own = _own_codes(entry.sent)
    gone = _code(store, call, own)
    store.catalogue.write_upcs(entry.number, Upcs(upc=[code for code in own if code != gone]))
    return Response(204)


def remove_pack_code(store: Deposco, call: Call) -> Response:
    """DELETE …/packs/{packId}/upcs/{upcId}: the same, of a pack's bar code."""
    entry = _entry(store, call)
    wanted = _pack(call, entry)
    packs: list[Pack] = []
    for kept in _pack_list(entry.sent):
        if (kept.type, kept.quantity) == wanted and isinstance(kept.upcs, Upcs):
            own = many(kept.upcs.upc)
            gone = _code(store, call, own)
            rest = [code for code in own if code != gone]
            packs.append(msgspec.structs.replace(kept, upcs=Upcs(upc=rest)))
        else:
            packs.append(kept)
    if packs == _pack_list(entry.sent):
        raise errors(404, f"UPC [{call.params['upcId']}] does not exist")
    store.catalogue.write_packs(entry.number, v1.Packs(list(packs)))
    return Response(204)


def _code(store: Deposco, call: Call, own: list[str]) -> str:
    wanted = numeric(call.params["upcId"])
    for code in own:
        if store.papers.codes.get(code) == wanted:
            return code
    raise errors(404, f"UPC [{call.params['upcId']}] does not exist")
