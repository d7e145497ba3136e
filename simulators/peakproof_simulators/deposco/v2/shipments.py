"""Shipments and receipts in V2: what has been packed, what has left, what has come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET

from peakproof_simulators.deposco.entities import Order, ParcelLine, Shipment, in_packs
from peakproof_simulators.deposco.entities import Receipt as ReceiptKept
from peakproof_simulators.deposco.errors import errors
from peakproof_simulators.deposco.lifecycle import SALES
from peakproof_simulators.deposco.order_book import OrderBook
from peakproof_simulators.deposco.payloads.common import text
from peakproof_simulators.deposco.v2.bodies import answer
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.kinds import BY_TYPE
from peakproof_simulators.deposco.v2.numbers import line_id, line_place
from peakproof_simulators.deposco.v2.order_out import line_ref, order_ref
from peakproof_simulators.deposco.v2.paging import Search, begin, cut, moment, wrong_unit
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.deposco.v2.refs import facility_ref, item_ref, pack_ref, unit_ref
from peakproof_simulators.deposco.v2.shipment_models import (
    ContainerLine,
    OrderLineDetails,
    OutboundShipment,
    PackType,
    Receipt,
    ReceiptPage,
    ShipmentDates,
    ShipmentPage,
    ShippedContainer,
    ShippedContainers,
    ShippedLine,
    ShippedLines,
)
from peakproof_simulators.deposco.v2.words import References

if TYPE_CHECKING:
    from peakproof.wire.message import Response
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_SALES: Final = BY_TYPE[SALES]
STATUSES: Final = ("New", "Shipping", "Shipped", "Rolled Back")
RECEIPT_STATUSES: Final = ("Received", "Canceled")


# --- shipments ------------------------------------------------------------------------


def listing(store: Deposco, call: Call) -> Response:
    """GET /latest/shipments/outboundShipments: a page of shipments, the newest first."""
    search = begin(store, call)
    shelf = store.numbers.shipments()
    found, around = cut(
        store, search, _rows(store, call, search), number=lambda one: shelf.id_of(one.number),
        count=None if search.filters else len(shelf),
    )  # fmt: skip
    for shipment in found:
        call.keys += [f"work:{number}" for number in store.parcels.orders_of(shipment)]
    return answer(ShipmentPage(data=[shipment_shown(store, one) for one in found], **around))


def _rows(store: Deposco, call: Call, search: Search) -> Iterator[Shipment]:
    filters = {} if store.settings.shipment_filters_ignored else search.filters
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    shipped = moment(store, search, "shippedAfter")
    if store.settings.shipment_filters_ignored:
        created = updated = shipped = None
    elif wrong_unit(store, search):
        return
    status = filters.get("shipmentStatus")
    if status is not None and status not in STATUSES:
        raise errors(400, f"shipmentStatus [{status}] is not valid")
    look = store.parcels.vault.as_of(call.stale_s)
    shelf = store.numbers.shipments()
    newest = search.newest if store.settings.list_paging == "snapshot" else 0
    for number in _candidates(store, filters, shipped, updated):
        shipment = look(number)
        if shipment is None or (newest and shelf.id_of(number) > newest):
            continue
        if created is not None and shipment.created < created:
            return
        left = shipment.shipped_at
        if (
            visible(store, shipment)
            and (status is None or shipment.status == status)
            and (updated is None or shipment.updated >= updated)
            and (shipped is None or (left is not None and left >= shipped))
        ):
            yield shipment


def _candidates(
    store: Deposco, filters: dict[str, str], shipped: float | None, updated: float | None
) -> Iterator[str]:
    """Numbers of shipments that may fit, the newest first, by the narrowest index there is."""
    shelf, book = store.numbers.shipments(), store.orders
    named = [
        {filters["shipmentNumber"]: None} if "shipmentNumber" in filters else None,
        _of_orders(book, (filters["orderNumber"],)) if "orderNumber" in filters else None,
        _of_orders(book, book.references["customer_order_number"].get(
            filters["customerOrderNumber"], ()))
        if "customerOrderNumber" in filters else None,
    ]  # fmt: skip
    found = [each for each in named if each is not None]
    if not found and shipped is not None:
        found = [dict.fromkeys(store.parcels.left_between(shipped, store.world.t))]
    if not found and updated is not None:
        found = [dict.fromkeys(store.parcels.changed_since(updated))]
    if not found:
        return reversed(shelf.names)
    first, *others = found
    kept = [
        number
        for number in first
        if number in store.parcels.vault and all(number in other for other in others)
    ]
    return iter(sorted(kept, key=shelf.id_of, reverse=True))


def _of_orders(book: OrderBook, numbers: tuple[str, ...]) -> dict[str, None]:
    orders = [book.get(SALES, number) for number in numbers]
    return dict.fromkeys(
        shipment for order in orders if order is not None for shipment in order.shipments
    )


def visible(store: Deposco, shipment: Shipment) -> bool:
    """May a caller see it: one that has not left is shown with its tracking (DQ25)."""
    return store.settings.unshipped_visible or shipment.status not in ("New", "Shipping")


def _found(store: Deposco, call: Call) -> Shipment:
    said = call.params["shipmentId"]
    number = store.numbers.shipments().name_of(numeric(said))
    shipment = None if number is None else store.parcels.vault.get(number)
    if shipment is None or not visible(store, shipment):
        raise errors(404, f"Outbound shipment [{said}] does not exist")
    call.keys += [f"work:{order}" for order in store.parcels.orders_of(shipment)]
    return shipment


def reading(store: Deposco, call: Call) -> Response:
    """GET /latest/shipments/outboundShipments/{shipmentId}: one shipment."""
    return answer(shipment_shown(store, _found(store, call)))


def lines_listing(store: Deposco, call: Call) -> Response:
    """GET …/shipmentLines: its lines in pages, the newest first."""
    shipment = _found(store, call)
    search = begin(store, call)
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    wanted = search.filters.get("shipmentLineNumber")
    rows = (
        at
        for at in range(len(shipment.lines) - 1, -1, -1)
        if wanted in (None, str(at + 1))
        and (created is None or shipment.created >= created)
        and (updated is None or shipment.updated >= updated)
    )
    found, around = cut(store, search, rows, number=lambda at: at + 1, count=None)
    return answer(ShippedLines(data=[_line(store, shipment, at) for at in found], **around))


def line_reading(store: Deposco, call: Call) -> Response:
    """GET …/shipmentLines/{shipmentLineId}: one line."""
    shipment = _found(store, call)
    said = call.params["shipmentLineId"]
    at = store.numbers.shipments().id_of(shipment.number)
    position = line_place(at, numeric(said))
    if not 0 <= position < len(shipment.lines):
        raise errors(404, f"Shipment line [{said}] does not exist")
    return answer(_line(store, shipment, position))


def shipment_ref(store: Deposco, number: str) -> EntityRef:
    """A shipment, as its lines and boxes point at it."""
    at = store.numbers.shipments().id_of(number)
    href = f"/latest/shipments/outboundShipments/{at}"
    return EntityRef(id=at, business_key={"number": number}, href=href)


def shipment_shown(store: Deposco, shipment: Shipment) -> OutboundShipment:
    """A shipment with the first rows of its lines and its one box."""
    clock, settings = store.world.clock, store.settings
    most = settings.nested_rows
    rows = [_line(store, shipment, at) for at in range(min(most, len(shipment.lines)))]
    orders = [order_ref(store, _SALES, number) for number in store.parcels.orders_of(shipment)]
    left = shipment.shipped_at
    url = settings.tracking_base_url
    if settings.tracking_url == "full":
        url += shipment.tracking
    facility = store.catalogue.facilities.get(shipment.facility)
    return OutboundShipment(
        self_=shipment_ref(store, shipment.number), business_unit=unit_ref(store),
        number=shipment.number, type="Outbound Shipment", status=shipment.status,  # type: ignore[arg-type]
        order_headers=References(data=orders, links=[], complete=True, pages=1),
        ship_via=shipment.method, ship_method=shipment.method[:50], ship_vendor=shipment.carrier,
        tracking_number=shipment.tracking or UNSET, tracking_url=url, total_packages=1,
        ship_from_facility=None if facility is None else facility_ref(store, facility),
        shipment_dates=ShipmentDates(
            actual_ship_date=UNSET if left is None else clock.iso(left)
        ),
        shipment_lines=ShippedLines(
            data=rows, links=[], complete=len(shipment.lines) <= most,
            pages=-(-len(shipment.lines) // most),
        ),
        shipped_containers=_boxes(store, shipment),
        created_date=clock.iso(shipment.created), updated_date=clock.iso(shipment.updated),
    )  # fmt: skip


def _boxes(store: Deposco, shipment: Shipment) -> ShippedContainers:
    """The one box of a shipment, once it has left."""
    if shipment.status not in ("Shipped", "Rolled Back"):
        return ShippedContainers(data=[], links=[], complete=True, pages=1)
    box = ShippedContainer(
        business_unit=unit_ref(store), number=shipment.number, lpn_number=shipment.number,
        status=shipment.status,  # type: ignore[arg-type]
        shipment=shipment_ref(store, shipment.number),
        tracking_number=shipment.tracking or UNSET, sequence=1, sequence_total=1,
        shipped_container_lines=[
            ContainerLine(
                **_goods(store, line), external_line_number=line.line[:50],
                shipped_pack_quantity=in_packs(line.units, line.per_pack),
            )
            for line in shipment.lines
        ],
    )  # fmt: skip
    return ShippedContainers(data=[box], links=[], complete=True, pages=1)


def _goods(store: Deposco, line: ParcelLine) -> dict[str, Any]:
    entry = store.catalogue.items[line.sku]
    return {
        "item": item_ref(store, entry),
        "pack": pack_ref(store, entry, line.pack_type, line.per_pack),
    }


def _line(store: Deposco, shipment: Shipment, position: int) -> ShippedLine:
    line = shipment.lines[position]
    order = store.orders.sales(line.order)
    place = next(at for at, each in enumerate(order.lines) if each.number == line.line)
    told = order.lines[place]
    at = store.numbers.shipments().id_of(shipment.number)
    number = line_id(at, position)
    left = shipment.shipped_at is not None
    units = in_packs(line.units, line.per_pack)
    goods = _goods(store, line)
    clock = store.world.clock
    return ShippedLine(
        self_=EntityRef(
            id=number, href=f"/latest/shipments/outboundShipments/{at}/shipmentLines/{number}"
        ),
        business_unit=unit_ref(store), shipment=shipment_ref(store, shipment.number),
        number=str(position + 1), order_line=line_ref(store, _SALES, order, place),
        order_line_details=OrderLineDetails(
            customer_line_number=text(told.sent.customer_line_number)[:100] or UNSET,
            pack=goods["pack"], pack_details=PackType(type=line.pack_type),
        ),
        **goods, pack_details=PackType(type=line.pack_type),
        order_pack_quantity=in_packs(line.ordered, line.per_pack),
        shipped_pack_quantity=units if left else in_packs(0, 1),
        picked_pack_quantity=units,
        canceled_pack_quantity=in_packs(told.canceled, line.per_pack),
        shortage_pack_quantity=in_packs(told.short, line.per_pack),
        external_line_number=line.line[:50],
        created_date=clock.iso(shipment.created), updated_date=clock.iso(shipment.updated),
    )  # fmt: skip


# --- receipts -------------------------------------------------------------------------


def receipts(store: Deposco, call: Call) -> Response:
    """GET /latest/receipts: a page of receipts, the newest first; a line may count one that is
    not listed yet (DQ23)."""
    search = begin(store, call)
    shelf = store.numbers.receipts()
    found, around = cut(
        store, search, _receipts(store, search, store.world.t - call.stale_s),
        number=lambda one: shelf.id_of(one.number), count=None,
    )  # fmt: skip
    call.keys += [f"stock:{one.sku}@{one.facility}" for one in found]
    return answer(ReceiptPage(data=[_receipt(store, one) for one in found], **around))


def _receipts(store: Deposco, search: Search, until: float) -> Iterator[ReceiptKept]:
    filters = search.filters
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    status = filters.get("status")
    if status is not None and status not in RECEIPT_STATUSES:
        raise errors(400, f"status [{status}] is not valid")
    nowhere = status == "Canceled" or "lotNumber" in filters or "serialNumber" in filters
    if nowhere or wrong_unit(store, search):
        return
    numbers, line = _receipt_numbers(store, filters)
    for number in numbers:
        receipt = store.receipts.find(number)
        if receipt is None or receipt.at > until or (line is not None and receipt.line != line):
            continue
        since = max(created or 0.0, updated or 0.0)
        if (created is not None or updated is not None) and receipt.at < since:
            return
        yield receipt


def _receipt_numbers(store: Deposco, filters: dict[str, str]) -> tuple[Iterator[str], str | None]:
    """Numbers of receipts, the newest first, and the line that they have to be of."""
    wanted, line = filters.get("orderId"), filters.get("orderLineId")
    if wanted is None and line is None:
        return reversed(store.numbers.receipts().names), None
    order, name = _order_of(store, wanted, line)
    if order is None:
        return iter(()), None
    return reversed(order.receipts), name


def _order_of(
    store: Deposco, wanted: str | None, line: str | None
) -> tuple[Order | None, str | None]:
    for said in (wanted, line):
        if said is not None and numeric(said) < 0:
            raise errors(400, f"[{said}] is not a valid id")
    for kind in BY_TYPE.values():
        shelf = store.numbers.orders(kind.type)
        at = numeric(wanted) if wanted is not None else (numeric(line or "") - 1) // 100_000
        number = shelf.name_of(at)
        order = None if number is None else store.orders.get(kind.type, number)
        if order is None:
            continue
        if line is None:
            return order, None
        position = line_place(at, numeric(line))
        if 0 <= position < len(order.lines):
            return order, order.lines[position].number
    return None, None


def _receipt(store: Deposco, found: ReceiptKept) -> Receipt:
    at = store.numbers.receipts().id_of(found.number)
    entry = store.catalogue.items[found.sku]
    stamp = store.world.clock.iso(found.at)
    kind = BY_TYPE.get(found.order_type)
    order = None if kind is None else store.orders.get(kind.type, found.order)
    line: Any = UNSET
    if kind is not None and order is not None:
        place = next((at for at, one in enumerate(order.lines) if one.number == found.line), -1)
        line = line_ref(store, kind, order, place) if place >= 0 else UNSET
    return Receipt(
        self_=EntityRef(id=at, business_key={"number": found.number}), number=found.number[:50],
        status="Received", received_item=item_ref(store, entry),
        received_pack=pack_ref(store, entry, found.pack_type, found.per_pack),
        received_pack_quantity=found.packs - found.damaged,
        received_damaged_pack_quantity=found.damaged, damaged=found.damaged > 0,
        disposition=found.disposition,  # type: ignore[arg-type]
        other_reference_number=found.order[:50] if not found.order_type else UNSET,
        order_line=line, created_date=stamp, updated_date=stamp,
    )  # fmt: skip
