"""Stock in V2: the feed of adjustments, an adjustment by API, an absolute update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import UNSET

from peakproof.wire.message import Response
from peakproof_simulators.deposco.adjustments import Adjustment
from peakproof_simulators.deposco.errors import JSON, errors
from peakproof_simulators.deposco.stock import cell_key
from peakproof_simulators.deposco.v2.paging import begin, cut, moment, wrong_unit
from peakproof_simulators.deposco.v2.payloads import (
    AdjustmentCollection,
    EntityRef,
    InventoryAdjustment,
    InventoryUpdate,
)
from peakproof_simulators.deposco.v2.refs import (
    check_unit,
    facility_ref,
    find_facility,
    find_item,
    find_pack,
    item_ref,
    pack_ref,
    unit_ref,
)

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

T = TypeVar("T", bound=msgspec.Struct)

_ENCODE = msgspec.json.Encoder(decimal_format="number").encode
_MAX_UNITS = 2**31 - 1


def json_answer(document: Any, status: int = 200) -> Response:
    """A document of V2."""
    return Response(status, _ENCODE(document), dict(JSON))


def take(store: Deposco, call: Call, decoder: msgspec.json.Decoder[T]) -> T:
    """The body of a write, when nobody else is writing just now (DQ18).

    Raises:
        VendorError: 400 for a body that does not fit; 409 for a concurrent request.
    """
    try:
        found = decoder.decode(call.request.body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise errors(400, f"The request is not valid: {error}") from None
    chance = store.settings.concurrent_409_probability
    if chance and store.concurrency.random() < chance:
        said = "The resource was updated by a concurrent request. Please retry when the resource "
        raise errors(409, f"{said}is not in use.")
    return found


# --- the feed -------------------------------------------------------------------------


def feed(store: Deposco, call: Call) -> Response:
    """GET /latest/inventory/inventoryAdjustments: signed movements, id descending, those that
    the caller caused among them (DQ32)."""
    search = begin(store, call)
    since = moment(store, search, "createdAfter")
    filters = search.filters
    action, facility = filters.get("actionType"), filters.get("facilityNumber")
    sku = filters.get("itemNumber", "")
    snapshot = store.settings.feed_paging == "snapshot" and search.newest > 0
    found = store.feed.newest_first(
        since=since, sku=sku, until_id=search.newest if snapshot else None, stale_s=call.stale_s
    )
    nothing = wrong_unit(store, search)
    rows = (
        row
        for row in found
        if not nothing
        and (action is None or row.action == action)
        and (facility is None or row.facility == facility)
    )
    count = None if filters else len(store.feed)
    kept, around = cut(store, search, rows, number=lambda row: row.id, count=count)
    for row in kept:
        call.keys.append(cell_key(row.sku, row.facility))
    data = [_shown(store, row) for row in kept]
    return json_answer(AdjustmentCollection(data=data, **around))


def _shown(store: Deposco, row: Adjustment) -> InventoryAdjustment:
    entry = store.catalogue.items[row.sku]
    return InventoryAdjustment(
        self_=EntityRef(id=row.id, href=f"/latest/inventory/inventoryAdjustments/{row.id}"),
        business_unit=unit_ref(store),
        facility=facility_ref(store, store.catalogue.facilities[row.facility]),
        item=item_ref(store, entry),
        pack=pack_ref(store, entry, row.pack_type, row.per_pack),
        quantity=row.units // row.per_pack,
        action_type="Status Change" if row.action == "Status Change" else "Adjustment",
        inventory_status=row.status,
        reason_code=row.reason or None,
        import_reference1=row.ref or None,
        created_date=store.world.clock.iso(row.at),
    )


# --- writes ---------------------------------------------------------------------------

_ADJUSTMENT = msgspec.json.Decoder(InventoryAdjustment)
_UPDATE = msgspec.json.Decoder(InventoryUpdate)


def adjust(store: Deposco, call: Call) -> Response:
    """POST /latest/inventory/inventoryAdjustments: a signed movement of packs. The same one
    twice moves twice: there is no idempotency here.

    Raises:
        VendorError: 404 when the tenant has no such route or a reference leads nowhere; 400 for
            nothing to move.
    """
    if not store.settings.adjustments_writable:
        raise errors(404, f"No resource at {call.request.path}")
    sent = take(store, call, _ADJUSTMENT)
    check_unit(store, sent.business_unit)
    entry, facility = find_item(store, sent.item), find_facility(store, sent.facility)
    kind, per_pack = find_pack(entry, sent.pack)
    units = sent.quantity * per_pack
    held = store.stock.figures(entry.number, facility.number).total
    if units == 0 or abs(units) > _MAX_UNITS or abs(held + units) > _MAX_UNITS:
        raise errors(400, f"quantity [{sent.quantity}] is not valid")
    if sent.action_type != "Adjustment":
        raise errors(400, "A status change cannot be written as an adjustment")
    call.keys.append(cell_key(entry.number, facility.number))
    row = store.adjust(
        facility.number, entry.number, units, _said(sent.reason_code), cause="write",
        ref=_said(sent.import_reference1), pack_type=kind, per_pack=per_pack,
    )  # fmt: skip
    return json_answer(_shown(store, row), 201)


def set_location(store: Deposco, call: Call) -> Response:
    """POST …/facilities/{facilityId}/locations/{locationId}/updates: what lies there from now
    on, whatever was there before.

    Raises:
        VendorError: 403 without the subscription, 404 for a facility, location or item that is
            not there, 400 when no item is named.
    """
    if not store.settings.discrete_inventory:
        raise errors(403, "The tenant is not subscribed to Discrete Inventory")
    facility, location = _place(store, call)
    sent = take(store, call, _UPDATE)
    check_unit(store, sent.business_unit)
    modified, existing = sent.modified_inventory, sent.existing_inventory
    ref = existing.item if modified.item is UNSET else modified.item
    if ref is UNSET:
        raise errors(400, "existingInventory.item or modifiedInventory.item is required")
    entry = find_item(store, ref)
    pack = existing.pack if modified.pack is UNSET else modified.pack
    kind, per_pack = find_pack(entry, pack)
    units = modified.quantity * per_pack
    if units > _MAX_UNITS:
        raise errors(400, f"quantity [{modified.quantity}] is not valid")
    call.keys.append(cell_key(entry.number, facility))
    held = isinstance(modified.status, str)
    number = _said(sent.transaction_number)
    moved = store.stock.set_location(
        entry.number, facility, location, store.catalogue.first_location(facility), units,
        held=held, cause="write", ref=number,
    )  # fmt: skip
    if moved or held:
        store.feed.add(
            sku=entry.number, facility=facility, units=moved, reason=_said(sent.reason_code),
            ref=number, location=location, action="Adjustment" if moved else "Status Change",
            status=modified.status if isinstance(modified.status, str) else "Available",
            pack_type=kind if moved % per_pack == 0 else "Each",
            per_pack=per_pack if moved % per_pack == 0 else 1,
        )  # fmt: skip
    return json_answer(sent)


def _place(store: Deposco, call: Call) -> tuple[str, str]:
    facility = store.catalogue.facility_ids.get(numeric(call.params["facilityId"]))
    if facility is None:
        raise errors(404, f"Facility [{call.params['facilityId']}] does not exist")
    wanted = numeric(call.params["locationId"])
    for name, number in store.catalogue.facilities[facility].locations.items():
        if number == wanted:
            return facility, name
    raise errors(404, f"Location [{call.params['locationId']}] does not exist")


def numeric(said: str) -> int:
    """An id in a path; one that is no number is nobody's (-1)."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else -1


def _said(field: object) -> str:
    return field if isinstance(field, str) else ""
