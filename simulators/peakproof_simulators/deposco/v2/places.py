"""Facilities and locations in V2 beyond their lists: written, read, and the zones in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.deposco.catalogue import Facility
from peakproof_simulators.deposco.errors import Declined, errors
from peakproof_simulators.deposco.v2.bodies import answer, refusal, taken
from peakproof_simulators.deposco.v2.house import SORTS, found_card, shown
from peakproof_simulators.deposco.v2.house_models import (
    FacilitySent,
    LocationSent,
    StoragePage,
    ZonePage,
)
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.order_in import check_unit, place_number
from peakproof_simulators.deposco.v2.paging import begin, cut
from peakproof_simulators.deposco.v2.papers import merged
from peakproof_simulators.deposco.v2.payloads import EntityRef, LocationCollection
from peakproof_simulators.deposco.v2.references import facility_shown, location_shown

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_FACILITY: Final = msgspec.json.Decoder(FacilitySent)
_LOCATION: Final = msgspec.json.Decoder(LocationSent)
_ZONES: Final = next(sort for sort in SORTS if sort.name == "zones")


def write_facility(store: Deposco, call: Call) -> Response:
    """POST /latest/facilities: a facility goes live (201), or is changed (200)."""
    sent = taken(store, call, _FACILITY)
    try:
        made, created = upsert_facility(store, sent)
    except Declined as declined:
        raise refusal(store, sent.number, declined) from None
    return answer(facility_shown(store, made), 201 if created else 200)


def upsert_facility(store: Deposco, sent: FacilitySent) -> tuple[Facility, bool]:
    """Create a facility or change the one of that number.

    Raises:
        Declined: it has no number, the business unit is another.
    """
    check_unit(store, sent.business_unit)
    number = sent.number
    if not number:
        raise Declined(400, "invalid", "number must not be empty")
    known = store.catalogue.facilities.get(number)
    kind = sent.type if isinstance(sent.type, str) else "Distribution Center"
    made = store.catalogue.add_facility(number, sent.name or number, kind)
    if known is not None:
        made.name = sent.name if isinstance(sent.name, str) else made.name
        made.kind = sent.type if isinstance(sent.type, str) else made.kind
    store.papers.facilities[number] = merged(store.papers.facilities.get(number), sent)
    return made, known is None


def write_location(store: Deposco, call: Call) -> Response:
    """POST /latest/locations: a location is made in a facility (201), or changed (200)."""
    sent = taken(store, call, _LOCATION)
    try:
        number, created = upsert_location(store, sent)
    except Declined as declined:
        raise refusal(store, sent.locator, declined) from None
    return answer(_location(store, number), 201 if created else 200)


def upsert_location(store: Deposco, sent: LocationSent) -> tuple[int, bool]:
    """Create a location or change the one of that name: its id.

    Raises:
        Declined: it has no name, facility or business unit lead nowhere.
    """
    check_unit(store, sent.business_unit)
    if not sent.locator:
        raise Declined(400, "invalid", "locator must not be empty")
    facility = place_number(store, sent.facility)
    number, created = store.catalogue.add_location(facility, sent.locator)
    store.papers.locations[number] = merged(store.papers.locations.get(number), sent)
    return number, created


def _location(store: Deposco, number: int) -> Any:
    for inside in store.catalogue.facilities.values():
        for name, at in inside.locations.items():
            if at == number:
                return location_shown(store, at, name, inside)
    raise errors(404, f"Location [{number}] does not exist")


def read_location(store: Deposco, call: Call) -> Response:
    """GET /latest/locations/{locationId}: one location."""
    return answer(_location(store, numeric(call.params["locationId"])))


def storage(store: Deposco, call: Call) -> Response:
    """GET …/storageDetails: none, since nothing in this version of the vendor's API writes one."""
    _location(store, numeric(call.params["locationId"]))
    begin(store, call)
    return answer(StoragePage(data=[], links=[], complete=True, pages=0))


def no_storage(store: Deposco, call: Call) -> Response:
    """GET and DELETE …/storageDetails/{storageDetailId}: there is none."""
    _location(store, numeric(call.params["locationId"]))
    raise errors(404, f"Storage detail [{call.params['storageDetailId']}] does not exist")


# --- zones ----------------------------------------------------------------------------


def _members(sent: Any) -> list[EntityRef]:
    held = sent.locations
    return [] if not held or not held.data else held.data


def _is_of(store: Deposco, ref: EntityRef, number: int) -> bool:
    if isinstance(ref.id, int):
        return ref.id == number
    key = ref.business_key if isinstance(ref.business_key, dict) else {}
    return bool(key.get("locator") == _location(store, number).locator)


def zones_of_location(store: Deposco, call: Call) -> Response:
    """GET /latest/locations/{locationId}/zones: the zones that a location is in."""
    number = numeric(call.params["locationId"])
    _location(store, number)
    search = begin(store, call)
    name = search.filters.get("name")
    rows = (
        card
        for card in store.house.drawers["zones"].newest_first()
        if any(_is_of(store, ref, number) for ref in _members(card.sent))
        and name in (None, card.name)
    )
    found, around = cut(store, search, rows, number=lambda card: card.id, count=None)
    return answer(ZonePage(data=[shown(store, _ZONES, card) for card in found], **around))


def locations_of_zone(store: Deposco, call: Call) -> Response:
    """GET /latest/zones/{zoneId}/locations: the locations of a zone."""
    card = found_card(store, call, _ZONES, "zoneId")
    search = begin(store, call)
    rows = [
        (at, name, inside)
        for inside in store.catalogue.facilities.values()
        for name, at in inside.locations.items()
        if any(_is_of(store, ref, at) for ref in _members(card.sent))
        and search.filters.get("locator", name) == name
    ]
    found, around = cut(
        store, search, reversed(rows), number=lambda row: row[0], count=None
    )  # fmt: skip
    data: list[Any] = [location_shown(store, *row) for row in found]
    return answer(LocationCollection(data=data, **around))


def leave_zone(store: Deposco, call: Call) -> Response:
    """DELETE /latest/zones/{zoneId}/locations/{locationId}: it is no longer in the zone."""
    card = found_card(store, call, _ZONES, "zoneId")
    number = numeric(call.params["locationId"])
    members = _members(card.sent)
    kept = [ref for ref in members if not _is_of(store, ref, number)]
    if len(kept) == len(members):
        raise errors(404, f"Location [{call.params['locationId']}] is not in the zone")
    card.sent.locations.data = kept
    card.updated = store.world.t
    return Response(204)
