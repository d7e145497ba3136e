"""How the store's entities look to a caller of V1: orders, statuses, shipments, receipts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.structs import replace

from peakproof_simulators.deposco.dates import date
from peakproof_simulators.deposco.entities import Line, Order, Receipt, Shipment, in_packs
from peakproof_simulators.deposco.lifecycle import NOTICE_STATUS, OUTWARD, SALES, V1_STATUS
from peakproof_simulators.deposco.payloads.common import Pack
from peakproof_simulators.deposco.payloads.movements import (
    InvAdjustment,
    ShipmentLine,
    ShipmentLines,
    ShipmentOrder,
    ShipmentOrders,
    UpdateContainer,
    UpdateContainers,
    UpdateLine,
    UpdateLines,
    UpdateOrder,
    UpdateOrders,
    UpdateShipment,
)
from peakproof_simulators.deposco.payloads.movements import Shipment as ShipmentShown
from peakproof_simulators.deposco.payloads.orders import (
    LineStatus,
    LineStatuses,
    OrderLines,
    OrderStatus,
    ReceivedOnLine,
    ReceivedOnLines,
    ShipmentStatus,
    ShipmentStatuses,
)
from peakproof_simulators.deposco.payloads.orders import Order as OrderShown
from peakproof_simulators.deposco.payloads.orders import OrderLine as LineShown
from peakproof_simulators.deposco.payloads.stock import ReceiptLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peakproof.world import World
    from peakproof_simulators.deposco.adjustments import Adjustment
    from peakproof_simulators.deposco.order_book import OrderBook
    from peakproof_simulators.deposco.settings import Settings


# --- orders ---------------------------------------------------------------------------


def line_status(order: Order, line: Line) -> str:
    """A line's status in the vendor's words (inferred: the words are its, when is ours)."""
    if line.canceled >= line.ordered or order.status == "Canceled":
        return "Canceled"
    if order.type != SALES and order.type not in OUTWARD:
        return V1_STATUS[order.status] if line.expected else "Received"
    if not line.open:
        return "Complete"
    if order.status == "Back Ordered":
        return "Back Ordered"
    if order.status == "Partially Released" and line.unallocated:
        return "Partial Released" if line.allocated else "Back Ordered"
    if line.picked:
        return "Picking"
    return _LINE_WORDS.get(order.status, "New")


_LINE_WORDS: Final[dict[str, str]] = {
    "Draft": "Draft",
    "Wave Built": "Wave Built",
    "Partially Released": "Released",
    "Released": "Released",
    "Picking": "Released",
}


def _pack(line: Line) -> Pack:
    return Pack(type=line.pack_type, quantity=line.per_pack)


def order_shown(order: Order, world: World, settings: Settings) -> OrderShown:
    """An order as a read gives it: what was sent, with what the store knows."""
    lines = [_line_shown(order, line) for line in order.lines]
    return replace(
        order.sent,
        business_unit=settings.business_unit,
        status=V1_STATUS[order.status],
        order_lines=OrderLines(lines),
        created_date_time=date(world, settings, order.created),
        updated_date_time=date(world, settings, order.updated),
    )


def _line_shown(order: Order, line: Line) -> LineShown:
    per_pack = line.per_pack
    return replace(
        line.sent,
        line_number=line.number,
        line_status=line_status(order, line),
        order_pack_quantity=in_packs(line.ordered, per_pack),
        canceled_pack_quantity=in_packs(line.canceled, per_pack),
        received_pack_quantity=in_packs(line.received, per_pack),
        received_damaged_pack_quantity=in_packs(line.damaged, per_pack),
        shipped_pack_quantity=in_packs(line.shipped, per_pack),
        shortage_pack_quantity=in_packs(line.short, per_pack),
        picked_pack_quantity=in_packs(line.picked, per_pack),
        allocated_quantity=in_packs(line.allocated, 1),
        unallocated_quantity=in_packs(line.unallocated if order.type == SALES else 0, 1),
        backordered=order.type == SALES and line_status(order, line) == "Back Ordered",
    )


def status_shown(
    order: Order,
    *,
    shipments: Iterable[Shipment],
    receipts: Iterable[Receipt],
    world: World,
    settings: Settings,
) -> OrderStatus:
    """An order as the status poll shows it."""
    sent = order.sent
    received = list(receipts)
    lines = [_line_status_shown(order, line, received, world, settings) for line in order.lines]
    boxes = [
        _shipment_status(order, shipment, world, settings)
        for shipment in shipments
        if settings.unshipped_visible or shipment.status not in ("New", "Shipping")
    ]
    return OrderStatus(
        order_number=order.number,
        order_status=V1_STATUS[order.status],
        order_type=order.type,
        order_source=sent.order_source,
        custom_attribute1=sent.custom_attribute1,
        custom_attribute2=sent.custom_attribute2,
        custom_attribute3=sent.custom_attribute3,
        custom_attribute4=sent.custom_attribute4,
        custom_attribute5=sent.custom_attribute5,
        custom_attribute6=sent.custom_attribute6,
        custom_attribute7=sent.custom_attribute7,
        lines=LineStatuses(lines),
        shipments=ShipmentStatuses(boxes) if boxes else UNSET,
    )


def _line_status_shown(
    order: Order, line: Line, receipts: list[Receipt], world: World, settings: Settings
) -> LineStatus:
    per_pack = line.per_pack
    mine = [receipt for receipt in receipts if receipt.line == line.number]
    rows = [
        ReceivedOnLine(
            receipt_line_number=receipt.number,
            received_pack_quantity=Decimal(f"{receipt.packs}.0"),
            received_date=date(world, settings, receipt.at),
            destination=receipt.disposition,
            pack=_pack(line),
        )
        for receipt in mine
    ]
    return LineStatus(
        line_number=line.number,
        customer_line_number=line.sent.customer_line_number,
        line_status=line_status(order, line),
        item_number=line.sku,
        order_pack_quantity=in_packs(line.ordered, per_pack),
        shipped_pack_quantity=in_packs(line.shipped, per_pack),
        received_pack_quantity=in_packs(line.received, per_pack),
        shortage_pack_quantity=in_packs(line.short, per_pack),
        picked_pack_quantity=in_packs(line.picked, per_pack),
        pack=_pack(line),
        receipt_lines=ReceivedOnLines(rows) if rows else UNSET,
    )


def _shipment_status(
    order: Order, shipment: Shipment, world: World, settings: Settings
) -> ShipmentStatus:
    words = {line.number: line_status(order, line) for line in order.lines}
    lines = [
        LineStatus(
            line_number=line.line,
            line_status=words[line.line],
            item_number=line.sku,
            order_pack_quantity=in_packs(line.ordered, line.per_pack),
            shipped_pack_quantity=in_packs(line.units, line.per_pack),
            pack=Pack(type=line.pack_type, quantity=line.per_pack),
        )
        for line in shipment.lines
        if line.order == order.number
    ]
    return ShipmentStatus(
        shipment_number=shipment.number,
        shipment_status=shipment.status,
        shipment_current_status=shipment.current or None,
        shipment_type="Outbound",
        carrier=shipment.carrier,
        method=shipment.method,
        tracking_number=shipment.tracking or None,
        actual_ship_date=_left(shipment, world, settings),
        lines=LineStatuses(lines),
    )


def _left(shipment: Shipment, world: World, settings: Settings) -> str | None:
    at = shipment.shipped_at
    return None if at is None else date(world, settings, at)


# --- shipments ------------------------------------------------------------------------


def shipment_shown(
    shipment: Shipment, look: Callable[[str], Order | None], world: World, settings: Settings
) -> ShipmentShown:
    """A shipment as a read gives it; ``look`` finds its orders."""
    orders: list[ShipmentOrder] = []
    for number in dict.fromkeys(line.order for line in shipment.lines):
        order = look(number)
        if order is not None:
            orders.append(_order_of(shipment, order))
    url = settings.tracking_base_url
    if settings.tracking_url == "full":
        url += shipment.tracking
    return ShipmentShown(
        business_unit=settings.business_unit,
        type="Outbound",
        facility=shipment.facility,
        shipment_number=shipment.number,
        shipment_status=shipment.status,
        ship_via=shipment.method,
        ship_vendor=shipment.carrier,
        actual_ship_date=_left(shipment, world, settings),
        orders=ShipmentOrders(orders),
        tracking_number=shipment.tracking or None,
        tracking_url=url,
        shipment_current_status=shipment.current or None,
        total_packages=1,
    )


def _order_of(shipment: Shipment, order: Order) -> ShipmentOrder:
    by_number = {line.number: line for line in order.lines}
    lines = [
        ShipmentLine(
            line_number=held.line,
            line_status=line_status(order, by_number[held.line]),
            customer_line_number=by_number[held.line].sent.customer_line_number,
            item_number=held.sku,
            order_pack_quantity=in_packs(held.ordered, held.per_pack),
            shipped_pack_quantity=in_packs(held.units, held.per_pack),
            canceled_pack_quantity=in_packs(by_number[held.line].canceled, held.per_pack),
            shortage_pack_quantity=in_packs(by_number[held.line].short, held.per_pack),
            tracking_number=shipment.tracking or None,
            pack=Pack(type=held.pack_type, quantity=held.per_pack),
        )
        for held in shipment.lines
        if held.order == order.number
    ]
    sent = order.sent
    return ShipmentOrder(
        order_number=order.number,
        customer_order_number=sent.customer_order_number,
        order_type=order.type,
        order_status=V1_STATUS[order.status],
        other_reference_number=sent.other_reference_number,
        order_source=sent.order_source,
        ship_method=sent.ship_method,
        lines=ShipmentLines(lines),
    )


# --- receipts, adjustments ------------------------------------------------------------


def receipt(found: Receipt, world: World, settings: Settings) -> ReceiptLine:
    """A receipt as a read gives it; one without an order shows its reference as the number."""
    return ReceiptLine(
        order_type=found.order_type or UNSET,
        order_number=found.order,
        line_number=found.line,
        number=found.number,
        item_number=found.sku,
        quantity=found.packs,
        pack_type=found.pack_type,
        pack_qty=found.per_pack,
        receiving_facility=found.facility,
        received_date=date(world, settings, found.at),
        status="Received",
        disposition=found.disposition,
        damaged_quantity=found.damaged,
    )


def adjustment(row: Adjustment, world: World, settings: Settings) -> InvAdjustment:
    """An adjustment as a notice carries it."""
    return InvAdjustment(
        inv_adjustment_id=row.id,
        action_type=row.action,
        facility_number=row.facility,
        location=row.location or UNSET,
        item_sku=row.sku,
        reason_code=row.reason or UNSET,
        quantity=row.units,
        import_reference1=row.ref or UNSET,
        created_date=date(world, settings, row.at),
    )


# --- what a notice says ---------------------------------------------------------------


def order_update(
    order: Order, settings: Settings, lines: list[UpdateLine] | None = None
) -> UpdateOrder:
    """An order as a status update carries it, with all of its lines or those that are given."""
    if lines is None:
        lines = [_line_update(order, line) for line in order.lines]
    return UpdateOrder(
        business_unit=settings.business_unit,
        number=order.number,
        type=order.type,
        order_status=NOTICE_STATUS.get(order.status, "Accepted"),
        order_status_update_description=order.why or UNSET,
        lines=UpdateLines(lines),
    )


def _line_update(order: Order, line: Line, held: int | None = None) -> UpdateLine:
    per_pack = line.per_pack
    word = line_status(order, line)
    return UpdateLine(
        line_number=line.number,
        line_status=word if word in ("Complete", "Canceled") else "Partial Released",
        item_number=line.sku,
        order_pack_quantity=in_packs(line.ordered, per_pack),
        shipped_pack_quantity=in_packs(line.shipped if held is None else held, per_pack),
        shortage_pack_quantity=in_packs(line.short, per_pack),
        canceled_pack_quantity=in_packs(line.canceled, per_pack),
        pack=_pack(line),
    )


def shipment_update(
    shipment: Shipment, book: OrderBook, world: World, settings: Settings
) -> UpdateShipment:
    """A shipment as a status update carries it, with only its own lines and units."""
    orders: list[UpdateOrder] = []
    for number in dict.fromkeys(line.order for line in shipment.lines):
        order = book.sales(number)
        by_number = {line.number: line for line in order.lines}
        lines = []
        for held in shipment.lines:
            if held.order == number:
                line = _line_update(order, by_number[held.line], held.units)
                container = UpdateContainer(
                    number=shipment.number, tracking_number=shipment.tracking or UNSET,
                    quantity=held.units,
                )  # fmt: skip
                line.containers = UpdateContainers([container])
                lines.append(line)
        orders.append(order_update(order, settings, lines))
    return UpdateShipment(
        business_unit=settings.business_unit,
        shipment_number=shipment.number,
        shipment_status=shipment.status,
        ship_via=shipment.method,
        ship_vendor=shipment.carrier,
        actual_ship_date=_left(shipment, world, settings) or UNSET,
        orders=UpdateOrders(orders),
        tracking_number=shipment.tracking or UNSET,
    )
