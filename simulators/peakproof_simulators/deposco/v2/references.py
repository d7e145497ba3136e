"""Items, facilities and locations in V2, read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.deposco import catalogue
from peakproof_simulators.deposco.errors import errors
from peakproof_simulators.deposco.payloads.common import Upcs, many
from peakproof_simulators.deposco.v2.goods import item_shown
from peakproof_simulators.deposco.v2.goods_models import ItemSent
from peakproof_simulators.deposco.v2.house_models import FacilitySent, LocationSent
from peakproof_simulators.deposco.v2.inventory import json_answer, numeric
from peakproof_simulators.deposco.v2.paging import Search, begin, cut, moment, wrong_unit
from peakproof_simulators.deposco.v2.payloads import (
    EntityRef,
    Facility,
    Item,
    ItemUpc,
    Location,
    Pack,
    UpcCollection,
)
from peakproof_simulators.deposco.v2.refs import facility_ref, item_ref, pack_ref, unit_ref

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


def _page(
    store: Deposco, search: Search, rows: Iterator[T], *, fits: Callable[[T], bool],
    number: Callable[[T], int], count: int,
) -> tuple[list[T], dict[str, object]]:  # fmt: skip
    nothing = wrong_unit(store, search)
    found = (row for row in rows if not nothing and fits(row))
    return cut(store, search, found, number=number, count=None if search.filters else count)


# --- items ----------------------------------------------------------------------------


def items(store: Deposco, call: Call) -> Response:
    """GET /latest/items: a page of items, the newest first."""
    search = begin(store, call)
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    filters, master = search.filters, store.catalogue.items
    number, name = filters.get("number"), filters.get("name")
    if number is None:
        rows = store.catalogue.newest_first(created=created, updated=updated)
    else:
        rows = iter([master[number]] if number in master else [])

    def fits(entry: catalogue.Entry) -> bool:
        return (
            (name is None or entry.sent.name == name)
            and (created is None or entry.created >= created)
            and (updated is None or entry.updated >= updated)
        )

    found, around = _page(
        store, search, rows, fits=fits, number=lambda entry: entry.id, count=len(master)
    )
    for entry in found:
        call.keys.append(f"item:{entry.number}")
    shown = [item_told(store, entry) for entry in found]
    return json_answer({"data": shown, **around})


def item(store: Deposco, call: Call) -> Response:
    """GET /latest/items/{itemId}: one item."""
    number = store.catalogue.by_id.get(numeric(call.params["itemId"]))
    if number is None:
        raise errors(404, f"Item [{call.params['itemId']}] does not exist")
    call.keys.append(f"item:{number}")
    return json_answer(item_told(store, store.catalogue.items[number]))


def item_told(store: Deposco, entry: catalogue.Entry) -> Item | ItemSent:
    """An item; one that V2 wrote with all that it wrote."""
    return item_shown(store, entry) if entry.number in store.papers.items else _item(store, entry)


def _item(store: Deposco, entry: catalogue.Entry) -> Item:
    upcs = entry.sent.upcs
    codes = many(upcs.upc) if isinstance(upcs, Upcs) else []
    name = entry.sent.name
    clock = store.world.clock
    return Item(
        self_=item_ref(store, entry),
        business_unit=unit_ref(store),
        number=entry.number,
        name=name if isinstance(name, str) else None,
        packs=[
            Pack(self_=pack_ref(store, entry, kind, units), type=kind, quantity=units)
            for kind, units in entry.packs
        ],
        upcs=UpcCollection(
            data=[ItemUpc(value=code) for code in codes], links=[], complete=True, pages=1
        ),
        created_date=clock.iso(entry.created),
        updated_date=clock.iso(entry.updated),
    )


# --- facilities and locations ---------------------------------------------------------


def facilities(store: Deposco, call: Call) -> Response:
    """GET /latest/facilities: a page of facilities, the newest first."""
    search = begin(store, call)
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    number, name = search.filters.get("number"), search.filters.get("name")
    known = store.catalogue.facilities

    def fits(found: catalogue.Facility) -> bool:
        return (
            (number is None or found.number == number)
            and (name is None or found.name == name)
            and (created is None or found.created >= created)
            and (updated is None or found.created >= updated)
        )

    rows = iter(reversed(list(known.values())))
    found, around = _page(
        store, search, rows, fits=fits, number=lambda one: one.id, count=len(known)
    )
    shown = [facility_shown(store, one) for one in found]
    return json_answer({"data": shown, **around})


def facility(store: Deposco, call: Call) -> Response:
    """GET /latest/facilities/{facilityId}: one facility."""
    number = store.catalogue.facility_ids.get(numeric(call.params["facilityId"]))
    if number is None:
        raise errors(404, f"Facility [{call.params['facilityId']}] does not exist")
    return json_answer(facility_shown(store, store.catalogue.facilities[number]))


def facility_shown(store: Deposco, found: catalogue.Facility) -> Facility | FacilitySent:
    """A facility; one that V2 wrote with all that it wrote."""
    made = _facility(store, found)
    kept = store.papers.facilities.get(found.number)
    return made if kept is None else overlaid(kept, made)


def overlaid(kept: S, made: msgspec.Struct) -> S:
    """What a caller sent, under what the store knows."""
    known = {
        name: getattr(made, name)
        for name in made.__struct_fields__
        if name in _OWNED or not getattr(kept, name)
    }
    return msgspec.structs.replace(kept, **known)


_OWNED = frozenset({"self_", "business_unit", "facility", "created_date", "updated_date"})
"""What the server sets, whatever was sent."""


def _facility(store: Deposco, found: catalogue.Facility) -> Facility:
    created = store.world.clock.iso(found.created)
    return Facility(
        self_=facility_ref(store, found),
        business_unit=unit_ref(store),
        number=found.number,
        name=found.name,
        type="Retail Store" if found.kind == "Retail Store" else "Distribution Center",
        created_date=created,
        updated_date=created,
    )


def locations(store: Deposco, call: Call) -> Response:
    """GET /latest/locations: a page of locations, the newest first."""
    search = begin(store, call)
    filters = search.filters
    number, locator = filters.get("facilityNumber"), filters.get("locator")
    created = moment(store, search, "createdAfter")
    every = [
        (at, name, found)
        for found in store.catalogue.facilities.values()
        for name, at in found.locations.items()
    ]

    def fits(row: tuple[int, str, catalogue.Facility]) -> bool:
        return (
            (number is None or row[2].number == number)
            and (locator is None or row[1] == locator)
            and (created is None or row[2].created >= created)
        )

    rows = iter(sorted(every, key=lambda row: -row[0]))
    found, around = _page(
        store, search, rows, fits=fits, number=lambda row: row[0], count=len(every)
    )
    shown = [location_shown(store, at, name, inside) for at, name, inside in found]
    return json_answer({"data": shown, **around})


def location_shown(
    store: Deposco, number: int, name: str, inside: catalogue.Facility
) -> Location | LocationSent:
    """A location; one that V2 wrote with all that it wrote."""
    made = _location(store, number, name, inside)
    kept = store.papers.locations.get(number)
    return made if kept is None else overlaid(kept, made)


def _location(store: Deposco, number: int, name: str, inside: catalogue.Facility) -> Location:
    key = {"locator": name, "facility.number": inside.number}
    href = f"/latest/locations/{number}"
    return Location(
        self_=EntityRef(id=number, business_key=key, href=href),
        business_unit=unit_ref(store),
        facility=facility_ref(store, inside),
        number=name,
        locator=name,
        name=name,
    )
