"""Orders, their lines and their status, as V1 sends and takes them."""

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


class OrderLine(Wire, kw_only=True):
    """A line of an order; ``order_pack_quantity`` counts packs."""

    business_unit: Text = UNSET
    type: Text = UNSET
    order_number: Text = UNSET
    line_number: Text = UNSET
    customer_line_number: Text = UNSET
    import_reference: Text = UNSET
    export_reference: Text = UNSET
    line_status: Text = UNSET
    co_line: Text = UNSET
    order_pack_quantity: Number = UNSET
    canceled_pack_quantity: Number = UNSET
    received_pack_quantity: Number = UNSET
    received_damaged_pack_quantity: Number = UNSET
    shipped_pack_quantity: Number = UNSET
    sold_pack_quantity: Number = UNSET
    shortage_pack_quantity: Number = UNSET
    allocated_quantity: Number = UNSET
    description: Text = UNSET
    import_type: Text = UNSET
    unallocated_quantity: Number = UNSET
    returned_pack_quantity: Number = UNSET
    picked_pack_quantity: Number = UNSET
    released_quantity: Number = UNSET
    taxable_total: Number = UNSET
    taxable: Flag = UNSET
    hard_allocation: Flag = UNSET
    weight: Number = UNSET
    weight_uom: Text = UNSET
    backordered: Flag = UNSET
    pick_wave: Text = UNSET
    preallocated: Flag = UNSET
    drop_ship: Flag = UNSET
    cross_dock: Flag = UNSET
    item_number: str
    pack: Pack
    zone_number: Text = UNSET
    product_category: Text = UNSET
    price_code: Text = UNSET
    unit_price: Number = UNSET
    shipping_amount: Number = UNSET
    tax_cost: Number = UNSET
    untaxable_total: Number = UNSET
    line_total: Number = UNSET
    unit_cost: Number = UNSET
    extended_total: Number = UNSET
    discount_amount: Number = UNSET
    serial_number: Text = UNSET
    invoice: Text = UNSET
    custom_attribute1: Text = UNSET
    custom_attribute2: Text = UNSET
    custom_attribute3: Text = UNSET
    sort_order: Whole = UNSET
    product_code: Text = UNSET
    created_date_time: Text = UNSET
    updated_date_time: Text = UNSET
    lot_number: Text = UNSET
    custom_fields: Opaque = UNSET
    channels: Opaque = UNSET
    notes: Opaque = UNSET
    custom_mappings: Opaque = UNSET
    receipt_lines: Opaque = UNSET
    inventory_condition: Text = UNSET
    inventory_attribute1: Text = UNSET
    inventory_attribute2: Text = UNSET
    planned_arrival_date: Text = UNSET
    planned_ship_date: Text = UNSET
    expiration_date: Text = UNSET


class OrderLines(Wire):
    """The wrapper around an order's lines, which survives into JSON."""

    order_line: list[OrderLine] | OrderLine | UnsetType = UNSET


class Order(Wire, kw_only=True):
    """An order of any type; number, type and status are required."""

    business_unit: Text = UNSET
    facility: Text = UNSET
    zone_number: Text = UNSET
    id: Whole = UNSET
    number: str
    type: str
    status: str
    order_priority: Whole = UNSET
    other_reference_number: Text = UNSET
    import_reference: Text = UNSET
    integration_source_id: Text = UNSET
    ship_from_address: Address | UnsetType | None = UNSET
    ship_to_address: Address | UnsetType | None = UNSET
    bill_to_address: Address | UnsetType | None = UNSET
    freight: Opaque = UNSET
    ship_method: Text = UNSET
    ship_vendor: Text = UNSET
    ship_via: Text = UNSET
    drop_ship: Flag = UNSET
    order_source: Text = UNSET
    secondary_order_source: Text = UNSET
    trading_partner: Text = UNSET
    trading_partner_site: Text = UNSET
    customer: Text = UNSET
    customer_order_number: Text = UNSET
    ship_to_email: Text = UNSET
    order_summary: Text = UNSET
    order_sub_total: Number = UNSET
    order_taxable_total: Number = UNSET
    order_untaxable_total: Number = UNSET
    order_ship_total: Number = UNSET
    order_shipping_total: Number = UNSET
    taxable: Flag = UNSET
    order_tax_total: Number = UNSET
    shipping_tax_total: Number = UNSET
    order_total: Number = UNSET
    custom_attribute1: Text = UNSET
    custom_attribute2: Text = UNSET
    custom_attribute3: Text = UNSET
    custom_attribute4: Text = UNSET
    custom_attribute5: Text = UNSET
    custom_attribute6: Text = UNSET
    custom_attribute7: Text = UNSET
    related_order_number: Text = UNSET
    created_date_time: Text = UNSET
    updated_date_time: Text = UNSET
    notes: Opaque = UNSET
    custom_fields: Opaque = UNSET
    channels: Opaque = UNSET
    order_lines: OrderLines | UnsetType | None = UNSET
    payments: Opaque = UNSET
    currency_code: Text = UNSET
    co_header: Text = UNSET
    parent_order_number: Text = UNSET
    parent_order_type: Text = UNSET
    custom_mappings: Opaque = UNSET
    other_reference_number2: Text = UNSET
    order_discount_subtotal: Number = UNSET
    partner_invoice_number: Text = UNSET
    contract_number: Text = UNSET
    placed_date: Text = UNSET
    planned_arrival_date: Text = UNSET
    planned_release_date: Text = UNSET
    planned_ship_date: Text = UNSET
    actual_ship_date: Text = UNSET
    cancel_by_arrival_date: Text = UNSET
    cancel_by_release_date: Text = UNSET
    cancel_by_ship_date: Text = UNSET
    earliest_ship_date: Text = UNSET
    earliest_delivery_date: Text = UNSET
    actual_arrival_date: Text = UNSET


class Orders(Wire):
    """What POST /orders takes and a search gives."""

    order: list[Order] | Order | UnsetType = UNSET


class CustomerOrderLine(Wire, kw_only=True):
    """A line of a customer order (the layer above sales orders), as far as it is looked at."""

    number: Text = UNSET
    external_line_number: Text = UNSET
    business_unit: Text = UNSET
    status: Text = UNSET
    description: Text = UNSET
    item_number: Text = UNSET
    order_quantity: Number = UNSET
    order_quantity_in_pack: Number = UNSET
    unit_price: Number = UNSET
    unit_cost: Number = UNSET
    net_price: Number = UNSET
    line_total: Number = UNSET
    shipping_amount: Number = UNSET
    discount_amount: Number = UNSET
    tax_amount: Number = UNSET
    ship_from_facility: Text = UNSET
    vendor_part_number: Text = UNSET
    custom_attribute1: Text = UNSET
    custom_attribute2: Text = UNSET
    custom_attribute3: Text = UNSET
    notes: Opaque = UNSET
    channels: Opaque = UNSET


class CustomerOrderLines(Wire):
    """The wrapper around a customer order's lines."""

    order_line: list[CustomerOrderLine] | CustomerOrderLine | UnsetType = UNSET


class CustomerOrder(Wire, kw_only=True):
    """An order as the shop took it, before it is sourced from facilities."""

    business_unit: Text = UNSET
    number: Text = UNSET
    status: Text = UNSET
    account_number: Text = UNSET
    external_order_number: Text = UNSET
    other_reference_number: Text = UNSET
    other_reference_number2: Text = UNSET
    related_order_number: Text = UNSET
    sub_total: Number = UNSET
    shipping_total: Number = UNSET
    tax_total: Number = UNSET
    total: Number = UNSET
    bill_to_address: Opaque = UNSET
    ship_to_address: Opaque = UNSET
    ship_from_facility: Text = UNSET
    trading_partner: Text = UNSET
    ship_via: Text = UNSET
    ship_vendor: Text = UNSET
    order_summary: Text = UNSET
    placed_date: Text = UNSET
    order_source: Text = UNSET
    order_priority: Whole = UNSET
    order_type: Text = UNSET
    delivery_type: Text = UNSET
    customer: Text = UNSET
    currency_code: Text = UNSET
    custom_attribute1: Text = UNSET
    custom_attribute2: Text = UNSET
    custom_attribute3: Text = UNSET
    order_lines: CustomerOrderLines | UnsetType | None = UNSET
    notes: Opaque = UNSET
    channels: Opaque = UNSET
    payments: Opaque = UNSET


class CustomerOrders(Wire):
    """What a search for customer orders gives."""

    customer_order: list[CustomerOrder] | CustomerOrder | UnsetType = UNSET


class ReceivedOnLine(Wire, kw_only=True):
    """A receipt as the order's status shows it on its line."""

    receipt_line_number: str
    received_pack_quantity: Number
    received_date: str
    destination: Text = UNSET
    pack: Pack


class ReceivedOnLines(Wire):
    """The receipts of one line."""

    receipt_line: list[ReceivedOnLine] | ReceivedOnLine | UnsetType = UNSET


class LineStatus(Wire, kw_only=True):
    """How far a line is, in packs."""

    line_number: str
    customer_line_number: Text = UNSET
    shipment_line_number: Text = UNSET
    line_status: str
    item_number: str
    order_pack_quantity: Number
    shipped_pack_quantity: Number
    received_pack_quantity: Number = UNSET
    shortage_pack_quantity: Number = UNSET
    picked_pack_quantity: Number = UNSET
    pack: Pack
    receipt_lines: ReceivedOnLines | UnsetType = UNSET


class LineStatuses(Wire):
    """The wrapper around line statuses."""

    line: list[LineStatus] | LineStatus | UnsetType = UNSET


class ShipmentStatus(Wire, kw_only=True):
    """A shipment as the order's status shows it."""

    shipment_number: str
    shipment_status: str
    shipment_current_status: Text
    shipment_type: str
    carrier: str
    method: str
    tracking_number: Text = UNSET
    actual_ship_date: Text = UNSET
    shipping_cost: Number = UNSET
    lines: LineStatuses


class ShipmentStatuses(Wire):
    """The wrapper around shipment statuses."""

    shipment: list[ShipmentStatus] | ShipmentStatus | UnsetType = UNSET


class OrderStatus(Wire, kw_only=True):
    """The result of the classic poll: an order's status, lines and shipments."""

    order_number: str
    order_status: str
    order_type: str
    order_source: Text = UNSET
    custom_attribute1: Text = UNSET
    custom_attribute2: Text = UNSET
    custom_attribute3: Text = UNSET
    custom_attribute4: Text = UNSET
    custom_attribute5: Text = UNSET
    custom_attribute6: Text = UNSET
    custom_attribute7: Text = UNSET
    lines: LineStatuses | UnsetType = UNSET
    shipments: ShipmentStatuses | UnsetType = UNSET


class OrderStatuses(Wire):
    """What a status poll gives."""

    order_status: list[OrderStatus] | OrderStatus | UnsetType = UNSET
