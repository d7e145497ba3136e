"""Shipments, their lines and boxes, and receipts, as V2 shows them."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.v2.payloads import Dto, EntityRef, Int32
from peakproof_simulators.deposco.v2.words import (
    Amount,
    Channel,
    Contact,
    CustomField,
    Date,
    Entity,
    Measurement,
    Opaque,
    Page,
    PostalAddress,
    References,
    Text10,
    Text17,
    Text20,
    Text30,
    Text45,
    Text50,
    Text100,
    Text192,
    Text200,
    Text250,
    Text255,
    Text400,
    Text500,
    Weight,
)


class ShipmentDates(Dto, kw_only=True):
    """When a shipment was to leave and did."""

    planned_ship_date: Date | UnsetType = UNSET
    planned_arrival_date: Date | UnsetType = UNSET
    actual_ship_date: Date | UnsetType = UNSET
    actual_arrival_date: Date | UnsetType = UNSET
    requested_delivery_date: Date | UnsetType = UNSET


class PackType(Dto, kw_only=True):
    """The kind of a pack."""

    type: Text50 | UnsetType = UNSET


class OrderLineDetails(Dto, kw_only=True):
    """What a shipment's line says of the order's."""

    customer_line_number: Text100 | UnsetType = UNSET
    pack: EntityRef | UnsetType = UNSET
    pack_details: PackType | UnsetType = UNSET


class ShippedLine(Entity, kw_only=True):
    """Packs of an order line in a shipment."""

    number: Text50
    business_unit: EntityRef | UnsetType = UNSET
    shipment: EntityRef | UnsetType = UNSET
    order_line: EntityRef | UnsetType | None = UNSET
    order_line_details: OrderLineDetails | UnsetType = UNSET
    item: EntityRef | UnsetType | None = UNSET
    substituted_item: EntityRef | UnsetType | None = UNSET
    pack: EntityRef | UnsetType | None = UNSET
    pack_details: PackType | UnsetType = UNSET
    description: Text500 | UnsetType = UNSET
    order_pack_quantity: Amount | UnsetType = UNSET
    shipped_pack_quantity: Amount | UnsetType = UNSET
    damaged_pack_quantity: Amount | UnsetType = UNSET
    shipped_damaged_pack_quantity: Amount | UnsetType = UNSET
    returned_pack_quantity: Amount | UnsetType = UNSET
    canceled_pack_quantity: Amount | UnsetType = UNSET
    shortage_pack_quantity: Amount | UnsetType = UNSET
    picked_pack_quantity: Amount | UnsetType = UNSET
    package_count: Int32 | UnsetType = UNSET
    piece_count: Amount | UnsetType = UNSET
    total_weight: Weight | UnsetType = UNSET
    chargeable_weight: Weight | UnsetType = UNSET
    lot_number: Text200 | UnsetType = UNSET
    line_serial_numbers: list[Opaque] | UnsetType = UNSET
    born_on_date: Date | UnsetType = UNSET
    expiration_date: Date | UnsetType = UNSET
    inventory_condition: Text255 | UnsetType = UNSET
    inventory_attribute1: Text255 | UnsetType = UNSET
    inventory_attribute2: Text255 | UnsetType = UNSET
    unit_cost: Amount | UnsetType = UNSET
    freight_cost: Amount | UnsetType = UNSET
    tax_cost: Amount | UnsetType = UNSET
    hazmat_flag: bool | UnsetType = UNSET
    external_line_number: Text50 | UnsetType = UNSET
    import_reference: Text50 | UnsetType = UNSET
    export_reference: Text50 | UnsetType = UNSET
    invoiced: bool | UnsetType = UNSET


class ShippedLines(Page, kw_only=True):
    """Lines of a shipment."""

    data: list[ShippedLine]


class ContainerLine(Entity, kw_only=True):
    """Packs in a container."""

    item: EntityRef | UnsetType | None = UNSET
    pack: EntityRef | UnsetType | None = UNSET
    external_line_number: Text50 | UnsetType = UNSET
    shipped_pack_quantity: Amount | UnsetType = UNSET
    shipped_damaged_pack_quantity: Amount | UnsetType = UNSET
    canceled_pack_quantity: Amount | UnsetType = UNSET
    lot_number: Text200 | UnsetType = UNSET
    line_serial_numbers: list[Opaque] | UnsetType = UNSET
    born_on_date: Date | UnsetType = UNSET
    expiration_date: Date | UnsetType = UNSET
    inventory_condition: Text255 | UnsetType = UNSET
    inventory_attribute1: Text255 | UnsetType = UNSET
    inventory_attribute2: Text255 | UnsetType = UNSET


class ShippedContainer(Entity, kw_only=True):
    """A box with its label."""

    number: Text100
    business_unit: EntityRef | UnsetType = UNSET
    lpn_number: Text100 | UnsetType = UNSET
    type: Text50 | UnsetType = UNSET
    secondary_type: Text50 | UnsetType = UNSET
    carton_type: EntityRef | UnsetType = UNSET
    status: Literal["Shipped", "Rolled Back"] | UnsetType = UNSET
    description: Text200 | UnsetType = UNSET
    dimensions: Opaque | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    parent: EntityRef | UnsetType = UNSET
    master_lpn_number: Text100 | UnsetType = msgspec.field(name="masterLPNNumber", default=UNSET)
    location: EntityRef | UnsetType = UNSET
    shipment: EntityRef | UnsetType = UNSET
    trip: EntityRef | UnsetType = UNSET
    tracking_number: Text100 | UnsetType = UNSET
    tracking_number2: Text100 | UnsetType = UNSET
    return_tracking_number: Text100 | UnsetType = UNSET
    sscc_lpn_number: Text30 | UnsetType = msgspec.field(name="ssccLPNNumber", default=UNSET)
    package_type: Text100 | UnsetType = UNSET
    usps_construct_code: Text50 | UnsetType = UNSET
    shipping_cost: Amount | UnsetType = UNSET
    insured_value: Amount | UnsetType = UNSET
    sequence: Int32 | UnsetType = UNSET
    sequence_total: Int32 | UnsetType = UNSET
    reference_number1: Text100 | UnsetType = UNSET
    shipped_container_lines: list[ContainerLine] | UnsetType = UNSET


class ShippedContainers(Page, kw_only=True):
    """Boxes of a shipment."""

    data: list[ShippedContainer]


class OutboundShipment(Entity, kw_only=True):
    """A shipment, whether it has left or not."""

    business_unit: EntityRef
    number: Text50
    order_headers: References | UnsetType = UNSET
    ship_via: Text192 | UnsetType = UNSET
    ship_method: Text50 | UnsetType = UNSET
    ship_vendor: Text100 | UnsetType = UNSET
    tracking_number: Text100 | UnsetType = UNSET
    tracking_url: Text400 | UnsetType = UNSET
    routing_number: Text30 | UnsetType = UNSET
    ship_to_contact: Contact | UnsetType = UNSET
    ship_to_address: PostalAddress | UnsetType = UNSET
    ship_from_contact: Contact | UnsetType = UNSET
    ship_from_address: PostalAddress | UnsetType = UNSET
    ship_from_zone: EntityRef | UnsetType | None = UNSET
    consignee_partner: EntityRef | UnsetType | None = UNSET
    bill_to_contact: Contact | UnsetType = UNSET
    bill_to_account_number: Text30 | UnsetType = UNSET
    bill_to_address: PostalAddress | UnsetType = UNSET
    bill_to_partner: EntityRef | UnsetType | None = UNSET
    freight_bill_to_partner: EntityRef | UnsetType | None = UNSET
    freight_bill_to_contact: Contact | UnsetType = UNSET
    freight_bill_to_account: Text50 | UnsetType = UNSET
    freight_bill_to_address: PostalAddress | UnsetType = UNSET
    deliver_to_contact: Contact | UnsetType = UNSET
    deliver_to_address: PostalAddress | UnsetType = UNSET
    shipment_dates: ShipmentDates | UnsetType = UNSET
    total_weight: Weight | UnsetType = UNSET
    chargeable_weight: Weight | UnsetType = UNSET
    total_cube: Measurement | UnsetType = UNSET
    lpn_number: Text30 | UnsetType = UNSET
    container_type: Text50 | UnsetType = UNSET
    total_pieces: Amount | UnsetType = UNSET
    total_packages: Int32 | UnsetType = UNSET
    full_case_packages: Int32 | UnsetType = UNSET
    split_case_packages: Int32 | UnsetType = UNSET
    full_case_pick_complete: bool | UnsetType = UNSET
    split_case_pick_complete: bool | UnsetType = UNSET
    driver_pallet_count_flag: bool | UnsetType = UNSET
    shipping_costs: Opaque | UnsetType = UNSET
    bol_number: Text17 | UnsetType = UNSET
    handling_instructions: Text250 | UnsetType = UNSET
    authorization_code: Text200 | UnsetType = UNSET
    trailer_loaded_by: Text50 | UnsetType = UNSET
    shipper_freight_count_flag: bool | UnsetType = UNSET
    driver_piece_count_flag: bool | UnsetType = UNSET
    returns: Opaque | UnsetType = UNSET
    residential: bool | UnsetType = UNSET
    home_delivery: bool | UnsetType = UNSET
    saturday_delivery: bool | UnsetType = UNSET
    delivery_confirmation: Int32 | UnsetType = UNSET
    hub_id: Text10 | UnsetType = UNSET
    cod_amount: Amount | UnsetType = UNSET
    ship_mode: Literal["Air", "Ocean", "Ground"] | UnsetType = UNSET
    drop_ship: bool | UnsetType = UNSET
    complete: bool | UnsetType = UNSET
    correct: bool | UnsetType = UNSET
    on_time: bool | UnsetType = UNSET
    cust_check_flag: bool | UnsetType = UNSET
    master_flag: bool | UnsetType = UNSET
    ship_from_fob_flag: bool | UnsetType = UNSET
    ship_to_fob_flag: bool | UnsetType = UNSET
    total_distance: Amount | UnsetType = UNSET
    total_miles: Amount | UnsetType = UNSET
    notification_code1: Text200 | UnsetType = UNSET
    notification_code2: Text10 | UnsetType = UNSET
    notification_code3: Text10 | UnsetType = UNSET
    verbal_confirmation_phone_number: Text45 | UnsetType = UNSET
    integration_source: EntityRef | UnsetType | None = UNSET
    integration_point: EntityRef | UnsetType = UNSET
    import_reference: Text50 | UnsetType = UNSET
    export_reference: Text50 | UnsetType = UNSET
    other_reference_number: Text50 | UnsetType = UNSET
    channels: list[Channel] | UnsetType = UNSET
    custom_fields: list[CustomField] | UnsetType = UNSET
    type: Literal["Outbound Shipment"] | UnsetType | None = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    status: Literal["New", "Shipping", "Shipped", "Rolled Back"] | UnsetType = UNSET
    shipment_lines: ShippedLines | UnsetType = UNSET
    shipped_containers: ShippedContainers | UnsetType = UNSET
    trip: EntityRef | UnsetType | None = UNSET


class ShipmentPage(Page, kw_only=True):
    """A page of shipments, id descending."""

    data: list[OutboundShipment]


class Receipt(Entity, kw_only=True):
    """Goods that came in against an order line."""

    number: Text50
    status: Literal["Received", "Canceled"] | UnsetType | None = UNSET
    received_item: EntityRef | UnsetType = UNSET
    received_pack: EntityRef | UnsetType = UNSET
    received_pack_quantity: Int32 | UnsetType = UNSET
    destination_location: EntityRef | UnsetType = UNSET
    container: EntityRef | UnsetType = UNSET
    master_lpn_number: Text30 | UnsetType | None = UNSET
    unit_price: Amount | UnsetType = UNSET
    lot_number: Text20 | UnsetType | None = UNSET
    serial_number: Text30 | UnsetType | None = UNSET
    born_on_date: Date | UnsetType | None = UNSET
    expiration_date: Date | UnsetType | None = UNSET
    inventory_condition: Text255 | UnsetType | None = UNSET
    damaged: bool | UnsetType = UNSET
    received_damaged_pack_quantity: Int32 | UnsetType = UNSET
    disposition: (
        Literal[
            "Crossdock",
            "Destroy",
            "Hold",
            "Quarantine",
            "Return to Shipper",
            "Returns Processing",
            "Stock",
        ]
        | UnsetType
        | None
    ) = UNSET
    catch_weight: Amount | UnsetType = UNSET
    inventory_attribute1: Text255 | UnsetType | None = UNSET
    inventory_attribute2: Text255 | UnsetType | None = UNSET
    custom_attribute1: Text50 | UnsetType | None = UNSET
    custom_attribute2: Text50 | UnsetType | None = UNSET
    custom_attribute3: Text50 | UnsetType | None = UNSET
    import_reference1: Text50 | UnsetType | None = UNSET
    import_reference2: Text50 | UnsetType | None = UNSET
    export_reference1: Text50 | UnsetType | None = UNSET
    export_reference2: Text50 | UnsetType | None = UNSET
    other_reference_number: Text50 | UnsetType | None = UNSET
    order_line: EntityRef | UnsetType = UNSET
    channels: list[Channel] | UnsetType = UNSET


class ReceiptPage(Page, kw_only=True):
    """A page of receipts, id descending."""

    data: list[Receipt]
