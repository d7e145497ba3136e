"""What all kinds of order of V2 share: header, line, cancellation, references to other entities."""

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
    Note,
    PostalAddress,
    PostRelease,
    Text5,
    Text10,
    Text20,
    Text30,
    Text40,
    Text45,
    Text50,
    Text55,
    Text100,
    Text200,
    Text250,
    Text255,
    Text400,
    Text1000,
    Weight,
)


class OrderHeader(Entity, kw_only=True):
    """What the headers of all kinds of order have in common."""

    business_unit: EntityRef
    number: Text50
    order_priority: Int32 | UnsetType = UNSET
    order_summary: Text1000 | UnsetType = UNSET
    order_source: Text100 | UnsetType = UNSET
    secondary_order_source: Text100 | UnsetType = UNSET
    customer_order_number: Text50 | UnsetType = UNSET
    related_order_number: Text50 | UnsetType = UNSET
    partner_invoice_number: Text20 | UnsetType = UNSET
    consignee_partner: EntityRef | UnsetType | None = UNSET
    trading_partner_site: EntityRef | UnsetType | None = UNSET
    ship_to_contact: Contact | UnsetType = UNSET
    ship_to_address: PostalAddress | UnsetType = UNSET
    bill_to_partner: EntityRef | UnsetType | None = UNSET
    bill_to_contact: Contact | UnsetType = UNSET
    bill_to_account_number: Text30 | UnsetType = UNSET
    bill_to_address: PostalAddress | UnsetType = UNSET
    ship_from_contact: Contact | UnsetType = UNSET
    ship_from_address: PostalAddress | UnsetType = UNSET
    placed_date: Date | UnsetType = UNSET
    planned_arrival_date: Date | UnsetType = UNSET
    planned_release_date: Date | UnsetType = UNSET
    planned_ship_date: Date | UnsetType = UNSET
    earliest_ship_date: Date | UnsetType = UNSET
    earliest_delivery_date: Date | UnsetType = UNSET
    cancel_by_arrival_date: Date | UnsetType = UNSET
    cancel_by_release_date: Date | UnsetType = UNSET
    cancel_by_ship_date: Date | UnsetType = UNSET
    actual_arrival_date: Date | UnsetType = UNSET
    actual_release_date: Date | UnsetType = UNSET
    actual_ship_date: Date | UnsetType = UNSET
    price_list: EntityRef | UnsetType | None = UNSET
    order_total: Amount | UnsetType = UNSET
    order_subtotal: Amount | UnsetType = UNSET
    order_discount_subtotal: Amount | UnsetType = UNSET
    order_shipping_total: Amount | UnsetType = UNSET
    order_ship_total: Amount | UnsetType = UNSET
    taxable: bool | UnsetType = UNSET
    order_tax_total: Amount | UnsetType = UNSET
    order_taxable_total: Amount | UnsetType = UNSET
    order_untaxable_total: Amount | UnsetType = UNSET
    shipping_tax_total: Amount | UnsetType = UNSET
    ship_via: Text50 | UnsetType = UNSET
    ship_vendor: Text50 | UnsetType = UNSET
    ship_method: Text50 | UnsetType = UNSET
    freight_terms_type: Text100 | UnsetType = UNSET
    freight_bill_to_contact: Contact | UnsetType = UNSET
    freight_bill_to_account: Text50 | UnsetType = UNSET
    freight_bill_to_address: PostalAddress | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    return_required: bool | UnsetType = UNSET
    return_ship_via: Text100 | UnsetType = UNSET
    return_ship_option: Text10 | UnsetType = UNSET
    delivery_confirmation: Text45 | UnsetType = UNSET
    insurance_required: bool | UnsetType = UNSET
    home_delivery: bool | UnsetType = UNSET
    residential: bool | UnsetType = UNSET
    saturday_delivery: bool | UnsetType = UNSET
    hub_id: Text10 | UnsetType = UNSET
    routing_number: Text30 | UnsetType = UNSET
    incoterms_type: Text50 | UnsetType = UNSET
    import_type: Text100 | UnsetType = UNSET
    import_reference: Text50 | UnsetType = UNSET
    export_reference: Text50 | UnsetType = UNSET
    other_reference_number: Text50 | UnsetType = UNSET
    other_reference_number2: Text45 | UnsetType = UNSET
    integration_source: EntityRef | UnsetType | None = UNSET
    send_asn: Literal["Yes", "Fully Shipped"] | UnsetType | None = msgspec.field(
        name="sendASN", default=UNSET
    )
    drop_ship: bool | UnsetType = UNSET
    pick_wave: EntityRef | UnsetType = UNSET
    post_release_state: PostRelease | UnsetType | None = UNSET
    entry_name: Text200 | UnsetType = UNSET
    entry_phone1: Text30 | UnsetType = UNSET
    sale_condition_code: Text50 | UnsetType = UNSET
    seller: Text50 | UnsetType = UNSET
    notification_code1: Text255 | UnsetType = UNSET
    notification_code2: Text5 | UnsetType = UNSET
    notification_code3: Text5 | UnsetType = UNSET
    verbal_confirmation_name: Text45 | UnsetType = UNSET
    verbal_confirmation_phone_number: Text45 | UnsetType = UNSET
    custom_attribute1: Text100 | UnsetType = UNSET
    custom_attribute2: Text100 | UnsetType = UNSET
    custom_attribute3: Text100 | UnsetType = UNSET
    custom_attribute4: Text100 | UnsetType = UNSET
    custom_attribute5: Text100 | UnsetType = UNSET
    custom_attribute6: Text100 | UnsetType = UNSET
    custom_attribute7: Text100 | UnsetType = UNSET
    custom_fields: list[CustomField] | UnsetType = UNSET
    notes: list[Note] | UnsetType = UNSET
    channels: list[Channel] | UnsetType | None = UNSET


class OrderLine(Entity, kw_only=True):
    """What the lines of all kinds of order have in common."""

    line_number: Text55
    item: EntityRef
    pack: EntityRef
    order_pack_quantity: Amount
    business_unit: EntityRef | UnsetType = UNSET
    customer_line_number: Text100 | UnsetType = UNSET
    related_order_line: EntityRef | UnsetType | None = UNSET
    sort_order: Int32 | UnsetType = UNSET
    order_header: EntityRef | UnsetType = UNSET
    description: Text250 | UnsetType = UNSET
    canceled_pack_quantity: Amount | UnsetType = UNSET
    lot_number: Text200 | UnsetType = UNSET
    born_on_date: Date | UnsetType = UNSET
    expiration_date: Date | UnsetType = UNSET
    product_code: Text40 | UnsetType = UNSET
    inventory_condition: Text255 | UnsetType = UNSET
    inventory_attribute1: Text255 | UnsetType = UNSET
    inventory_attribute2: Text255 | UnsetType = UNSET
    planned_ship_date: Date | UnsetType = UNSET
    planned_arrival_date: Date | UnsetType = UNSET
    unit_price: Amount | UnsetType = UNSET
    unit_cost: Amount | UnsetType = UNSET
    price_code: Text50 | UnsetType = UNSET
    line_total: Amount | UnsetType = UNSET
    taxable: bool | UnsetType = UNSET
    tax_cost: Amount | UnsetType = UNSET
    taxable_total: Amount | UnsetType = UNSET
    untaxable_total: Amount | UnsetType = UNSET
    extended_total: Amount | UnsetType = UNSET
    discount_amount: Amount | UnsetType = UNSET
    shipping_amount: Amount | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    import_reference: Text100 | UnsetType = UNSET
    export_reference: Text50 | UnsetType = UNSET
    custom_attribute1: Text400 | UnsetType = UNSET
    custom_attribute2: Text400 | UnsetType = UNSET
    custom_attribute3: Text400 | UnsetType = UNSET
    custom_fields: list[CustomField] | UnsetType = UNSET
    notes: list[Note] | UnsetType = UNSET
    channels: list[Channel] | UnsetType = UNSET


class CancelledLine(Dto, kw_only=True):
    """A line of a cancellation; without a quantity all that is left of it."""

    order_line: EntityRef
    canceled_pack_quantity: Amount | UnsetType = UNSET


class OrderCancellation(Dto, kw_only=True):
    """Which lines of an order are cancelled."""

    order_lines: list[CancelledLine]
