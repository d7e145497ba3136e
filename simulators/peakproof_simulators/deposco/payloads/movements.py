"""Shipments, notices about them, and the registration of webhooks, as V1 has them."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.payloads.common import (
    Address,
    Flag,
    Number,
    Opaque,
    Pack,
    Text,
    Whole,
    Wire,
)
from peakproof_simulators.deposco.payloads.orders import CustomerOrder, Order
from peakproof_simulators.deposco.payloads.stock import ReceiptLine


class ShipmentLine(Wire, kw_only=True):
    """What a shipment holds of an order's line, in packs."""

    line_number: Text = UNSET
    line_status: Text = UNSET
    external_line_number: Text = UNSET
    customer_line_number: Text = UNSET
    shipment_line_number: Text = UNSET
    item_number: str
    order_pack_quantity: Number = UNSET
    shipped_pack_quantity: Number
    canceled_pack_quantity: Number = UNSET
    shortage_pack_quantity: Number = UNSET
    picked_pack_quantity: Number = UNSET
    damaged_pack_quantity: Number = UNSET
    tracking_number: Text = UNSET
    pack: Pack | UnsetType = UNSET
    lot_number: Text = UNSET
    serial_number: Text = UNSET
    container: Opaque = UNSET
    pick_details: Opaque = UNSET


class ShipmentLines(Wire):
    """The wrapper around shipment lines."""

    line: list[ShipmentLine] | ShipmentLine | UnsetType = UNSET


class ShipmentOrder(Wire, kw_only=True):
    """An order in a shipment; a shipment may span several."""

    order_number: str
    customer_order_number: Text = UNSET
    order_type: str = "Sales Order"
    order_status: Text = UNSET
    other_reference_number: Text = UNSET
    order_source: Text = UNSET
    ship_method: Text = UNSET
    lines: ShipmentLines | UnsetType | None = UNSET


class ShipmentOrders(Wire):
    """The wrapper around a shipment's orders."""

    order: list[ShipmentOrder] | ShipmentOrder | UnsetType = UNSET


class Shipment(Wire, kw_only=True):
    """A parcel or a load on its way to a customer."""

    id: Whole = UNSET
    business_unit: Text = UNSET
    trading_partner: Text = UNSET
    type: Text = UNSET
    facility: Text = UNSET
    ship_to_facility: Text = UNSET
    shipment_number: str
    shipment_status: str
    ship_via: Text = UNSET
    ship_vendor: Text = UNSET
    bol: Text = UNSET
    planned_ship_date: Text = UNSET
    actual_ship_date: Text = UNSET
    ship_to_address: Address | UnsetType | None = UNSET
    ship_from_address: Address | UnsetType | None = UNSET
    orders: ShipmentOrders
    lines: ShipmentLines | UnsetType | None = UNSET
    tracking_number: Text = UNSET
    tracking_url: Text = UNSET
    shipment_current_status: Text = UNSET
    shipping_cost: Number = UNSET
    weight: Opaque = UNSET
    total_packages: Whole = UNSET
    lpn_number: Text = UNSET
    notes: Opaque = UNSET
    custom_fields: Opaque = UNSET


class Shipments(Wire):
    """What PUT /shipments takes and a shipment read gives."""

    shipment: list[Shipment] | Shipment | UnsetType = UNSET


class SearchResult(Wire):
    """What a search gives: a collection of the entity that it is about (for the document)."""

    order: list[Order] | Order | UnsetType = UNSET
    shipment: list[Shipment] | Shipment | UnsetType = UNSET
    customer_order: list[CustomerOrder] | CustomerOrder | UnsetType = UNSET


# --- webhooks -------------------------------------------------------------------------


class WebhookEvents(Wire):
    """The names of the events that a caller wants to hear of."""

    event: list[str] | str | UnsetType = UNSET


class Webhook(Wire, kw_only=True):
    """A registration: where to send which events."""

    id: Whole = UNSET
    events: WebhookEvents | UnsetType | None = UNSET
    callback_url: Text = UNSET
    secret_key: Text = UNSET
    include_business_units: Flag = UNSET
    created_date_time: Text = UNSET
    updated_date_time: Text = UNSET


class Webhooks(Wire):
    """All registrations, and how many they are."""

    webhook: list[Webhook] | Webhook | UnsetType = UNSET
    count: int = 0


# --- what a notice says ---------------------------------------------------------------


class UpdateContainer(Wire, kw_only=True):
    """The parcel that a line travels in."""

    number: str
    tracking_number: Text = UNSET
    quantity: int


class UpdateContainers(Wire):
    """The parcels of a line."""

    container: list[UpdateContainer] | UpdateContainer | UnsetType = UNSET


class UpdateLine(Wire, kw_only=True):
    """A line in a status update; quantities are whole packs where they can be."""

    line_number: str
    line_status: str
    item_number: str
    order_pack_quantity: Number
    shipped_pack_quantity: Number
    shortage_pack_quantity: Number
    canceled_pack_quantity: Number
    pack: Pack
    containers: UpdateContainers | UnsetType = UNSET


class UpdateLines(Wire):
    """The wrapper around the lines of a status update."""

    line: list[UpdateLine] | UpdateLine | UnsetType = UNSET


class UpdateOrder(Wire, kw_only=True):
    """An order in a status update."""

    business_unit: str
    number: str
    type: str
    order_status: str
    order_status_update_description: Text = UNSET
    lines: UpdateLines


class UpdateOrders(Wire):
    """The orders of a shipment in a status update."""

    order: list[UpdateOrder] | UpdateOrder | UnsetType = UNSET


class UpdateShipment(Wire, kw_only=True):
    """A shipment in a status update."""

    business_unit: str
    shipment_number: str
    shipment_status: str
    ship_via: Text = UNSET
    ship_vendor: Text = UNSET
    actual_ship_date: Text = UNSET
    orders: UpdateOrders
    tracking_number: Text = UNSET


class OrderStatusUpdate(Wire, kw_only=True):
    """What the vendor sends about an order or about a shipment."""

    shipment: UpdateShipment | UnsetType = UNSET
    order: UpdateOrder | UnsetType = UNSET


class InvAdjustment(Wire, kw_only=True):
    """A correction of the stock record, in units."""

    inv_adjustment_id: int
    action_type: str
    facility_number: str
    location: Text = UNSET
    item_sku: str
    reason_code: Text = UNSET
    quantity: int
    import_reference1: Text = UNSET
    created_date: str


class InvAdjustments(Wire):
    """Corrections of the stock record."""

    inv_adjustment: list[InvAdjustment] | InvAdjustment | UnsetType = UNSET


class InventoryAvailability(Wire, kw_only=True):
    """A stock cell after it changed, whole; ``sequence`` grows with every change of the item."""

    business_unit: str
    item_number: str
    facility: str
    total: int
    available_to_promise: int
    sequence: int
    as_of: str


class ReceiptNotice(Wire):
    """The receipts that a notice is about."""

    receipt_line: list[ReceiptLine] | UnsetType = UNSET


class Notice(Wire, kw_only=True):
    """A notice as JSON: its id, its event and the one document that it carries."""

    notice_id: str
    event: str
    order_status_update: OrderStatusUpdate | UnsetType = UNSET
    inv_adjustments: InvAdjustments | UnsetType = UNSET
    inventory_availability: InventoryAvailability | UnsetType = UNSET
    receipt_lines: ReceiptNotice | UnsetType = UNSET
