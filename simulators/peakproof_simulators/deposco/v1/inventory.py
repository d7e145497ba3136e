"""Stock in V1: full and delta, by location, over the enterprise, and what is reserved."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.deposco import dates
from peakproof_simulators.deposco.availability import bundle_look, over_facilities, shown_available
from peakproof_simulators.deposco.errors import JSON, Declined, bare, spoken
from peakproof_simulators.deposco.payloads.stock import (
    EnterpriseFacility,
    EnterpriseInventory,
    EnterpriseItem,
    FacilityInventory,
    Inventories,
    InventoryItem,
    InventoryItems,
    ItemInventory,
    ReservationAnswer,
    ReservationRequest,
    RestfulAtp,
)
from peakproof_simulators.deposco.payloads.stock import Figures as FiguresShown
from peakproof_simulators.deposco.settings import MEASURES
from peakproof_simulators.deposco.stock import Figures, cell_key, unallocated
from peakproof_simulators.deposco.v1.media import XML, accept, answer, answer_written
from peakproof_simulators.deposco.v1.paging import (
    check_unit,
    note,
    note_all,
    page,
    page_number,
    positive,
)
from peakproof_simulators.deposco.written import KEPT, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peakproof_simulators.deposco.catalogue import Entry
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_ATTRIBUTES: Final[dict[str, str]] = {
    "totalOnHandQty": "total_on_hand_qty",
    "atpQty": "atp_qty",
    "coAtpQty": "co_atp_qty",
    "totalAtp": "total_atp",
    "openOrderLineQty": "open_order_line_qty",
    "qtyOnPO": "qty_on_po",
    "inTransitQty": "in_transit_qty",
}


# --- full and delta -------------------------------------------------------------------


def full(store: Deposco, call: Call) -> Response:
    """GET /inventory/full: all items, or those that moved since; pages until one is empty."""
    since = call.one("startActivityTime")
    items = store.catalogue.items
    if since is None:
        numbers = list(items)
    else:
        try:
            moved = store.stock.moved_since(dates.moment(store.world, store.settings, since))
        except (ValueError, OverflowError):
            raise spoken(400, f"startActivityTime [{since}] is not valid") from None
        numbers = [sku for sku in moved if sku in items]
    rows, status = page(numbers, page_number(call), store.settings.full_page_size)
    if call.stale_s <= 0 and accept(call).json:
        sheets = [store.written.item(sku) for sku in rows]
        return answer_written(store, call, Inventories, sheets, status=status)
    look = store.stock.as_of(call.stale_s)
    found: list[ItemInventory] = []
    for sku in rows:
        cells = [(facility, look(sku, facility)) for facility, _now in store.stock.facilities(sku)]
        for facility, _figures in cells:
            note(call, f"stock:{sku}@{facility}")
        found.append(_item_inventory(store, sku, cells))
    return answer(store, call, Inventories(found), status=status)


def _item_inventory(
    store: Deposco, sku: str, cells: Iterable[tuple[str, Figures]]
) -> ItemInventory:
    rows = [
        FacilityInventory(
            facility,
            FiguresShown(
                figures.total, shown_available(store, figures), unallocated(figures),
                figures.allocated,
            ),
        )
        for facility, figures in cells
    ]  # fmt: skip
    return ItemInventory(sku, rows)


def at_location(store: Deposco, call: Call) -> Response:
    """GET /inventory[/{bu}]/facility/{f}/location/{l}: what lies at one location."""
    params = call.params
    if "bu" in params:
        check_unit(store, params["bu"])
    facility = store.catalogue.facilities.get(params["facility"])
    if facility is None or params["location"] not in facility.locations:
        raise bare(404)
    location = params["location"]
    first = store.catalogue.first_location(facility.number)
    rows: list[InventoryItem] = []
    for sku in store.catalogue.items:
        units = store.stock.at_location(sku, facility.number, location, first)
        if units:
            note(call, f"stock:{sku}@{facility.number}")
            rows.append(
                InventoryItem(
                    number=sku, quantity=Decimal(f"{units}.0"), facility=facility.number,
                    business_unit_code=store.settings.business_unit,
                    adjustment_location=location, pack_type="Each",
                )
            )  # fmt: skip
    return answer(store, call, InventoryItems(rows))


# --- the enterprise -------------------------------------------------------------------


def enterprise(store: Deposco, call: Call) -> Response:
    """GET /enterpriseinventory/{bu}/availability: measures of items, over all facilities and by
    each; JSON whatever is asked for, and labelled XML (DQ4)."""
    settings = store.settings
    check_unit(store, call.params["bu"])
    measures = _measures(store, call)
    targets = _listed(call, "itemNumbers")
    facilities = _facilities(store, call)
    items = store.catalogue.items
    if targets is None:
        entries = list(items.values())
    else:
        entries = [items[sku] for sku in targets if sku in items]
    size = positive(call, "pageSize", default=settings.availability_page_size)
    rows, _status = page(entries, positive(call, "pageNumber", default=1), size)
    look = store.stock.as_of(call.stale_s)
    # What customer orders in Review ask for changes without a cell that would say so.
    lasting = call.stale_s <= 0 and "coAtpQty" not in measures
    known = store.written.measured((*measures, "", *facilities)) if lasting else {}
    sheets: list[Sheet] = []
    for entry in rows:
        sheet = known.get(entry.number)
        if sheet is None:
            by = bundle_look(store, entry, look)
            item = _enterprise_item(store, entry, measures, facilities, by)
            keys = tuple([cell_key(entry.number, facility) for facility in facilities])
            sheet = Sheet(keys, msgspec.Raw(_ENCODE(item)))
            # A bundle changes without a cell of its own that would say so.
            if len(known) < KEPT and by is look:
                known[entry.number] = sheet
        sheets.append(sheet)
    note_all(call, [sheet.keys for sheet in sheets])
    found: list[Any] = [sheet.json for sheet in sheets]
    document: Any = EnterpriseInventory(found)
    if targets is not None and settings.wrap_targeted_availability:
        document = [document]
    label = XML if settings.mislabel_enterprise_inventory else JSON
    return Response(200, _ENCODE(document), dict(label))


_ENCODE: Final = msgspec.json.Encoder().encode


def _listed(call: Call, name: str) -> dict[str, None] | None:
    """The members of a list parameter, comma-separated or repeated; None when it is absent."""
    said = call.every(name)
    if not said:
        return None
    return dict.fromkeys(part for one in said for part in one.split(",") if part)


def _measures(store: Deposco, call: Call) -> list[str]:
    """The measures that are asked for and configured; the rest is left out (DQ7)."""
    asked = _listed(call, "measures")
    if not asked:
        raise spoken(400, "measures is required")
    unknown = [name for name in asked if name not in MEASURES]
    if unknown:
        raise spoken(400, f"measures [{', '.join(unknown)}] are not valid")
    configured = store.settings.configured_measures
    return [name for name in asked if name in configured]


def _facilities(store: Deposco, call: Call) -> list[str]:
    asked = _listed(call, "facilityNumbers")
    return [number for number in store.catalogue.facilities if asked is None or number in asked]


def _enterprise_item(
    store: Deposco, entry: Entry, measures: list[str], facilities: list[str],
    look: Callable[[str, str], Figures],
) -> EnterpriseItem:  # fmt: skip
    sums = dict.fromkeys(measures, 0)
    rows: list[EnterpriseFacility] = []
    sku = entry.number
    for number in facilities:
        figures = look(sku, number)
        row = EnterpriseFacility(facility=number)
        for name in measures:
            value = _measure(store, figures, name)
            sums[name] += value
            setattr(row, _ATTRIBUTES[name], value)
        rows.append(row)
    made = EnterpriseItem(item_id=entry.id, item_number=sku, facilities=rows)
    for name, value in sums.items():
        # What customer orders in Review ask for is known to no facility yet.
        net = value - store.customer_orders.demand(sku) if name == "coAtpQty" else value
        setattr(made, _ATTRIBUTES[name], net)
    return made


def _measure(store: Deposco, figures: Figures, name: str) -> int:
    if name in ("atpQty", "totalAtp", "coAtpQty"):
        return shown_available(store, figures)
    if name == "totalOnHandQty":
        return figures.total
    if name == "openOrderLineQty":
        return figures.demand + figures.allocated
    return figures.on_order if name == "qtyOnPO" else figures.in_transit


# --- controllers ----------------------------------------------------------------------


def restful_atp(store: Deposco, call: Call) -> Response:
    """GET /ctrl/getRestfulATP: one figure for an item, in JSON; nothing for an unknown one."""
    unit, number = call.one("businessUnit"), call.one("itemNumber")
    if unit is None or number is None:
        raise spoken(400, "businessUnit and itemNumber are required")
    check_unit(store, unit)
    entry = store.catalogue.items.get(number)
    found: list[RestfulAtp] = []
    if entry is not None:
        figures = over_facilities(store, entry, store.stock.as_of(call.stale_s))
        found.append(RestfulAtp(number, figures.available))
        for facility in store.catalogue.facilities:
            note(call, f"stock:{number}@{facility}")
    return Response(200, _ENCODE(found), dict(JSON))


def reserve(store: Deposco, call: Call) -> Response:
    """POST /ctrl/reserveInventoryAPI: always 200; success or failure stand inside (DQ9)."""
    try:
        sent = msgspec.json.decode(call.request.body, type=ReservationRequest, strict=False)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        said = ReservationAnswer("FAILURE", None, ["Request processed with no response"])
        return Response(200, _ENCODE(said), dict(JSON))
    problems: list[str] = []
    if sent.company != store.settings.business_unit:
        problems.append(f"Company {sent.company} does not exist")
    else:
        for change in sent.adjustments:
            problem = store.reservations.change(change.item_number, change.value)
            note(call, f"item:{change.item_number}")
            if problem:
                problems.append(problem)
                store.refused(change.item_number, Declined(400, "invalid", problem))
    status = "FAILURE" if problems else "SUCCESS"
    return Response(200, _ENCODE(ReservationAnswer(status, sent, problems)), dict(JSON))
