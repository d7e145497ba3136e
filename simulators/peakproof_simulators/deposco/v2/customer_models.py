"""Customer orders of V2: the layer of order management above sales orders."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.v2.payloads import Dto, EntityRef, Int32
from peakproof_simulators.deposco.v2.words import (
    Amount,
    Channel,
    Date,
    Entity,
    Opaque,
    Page,
    References,
    Text4,
    Text10,
    Text15,
    Text20,
    Text30,
    Text40,
    Text45,
    Text50,
    Text60,
    Text64,
    Text100,
    Text150,
    Text200,
    Text255,
    Text256,
    Text400,
    Text1000,
    Text1500,
    Text4000,
    Weight,
)


class FlatContact(Dto, kw_only=True):
    """Name and address in one flat object, as customer orders have them."""

    line1: Text64 | UnsetType | None = UNSET
    line2: Text64 | UnsetType | None = UNSET
    line3: Text64 | UnsetType | None = UNSET
    line4: Text64 | UnsetType | None = UNSET
    city: Text30 | UnsetType | None = UNSET
    state_province: Text100 | UnsetType | None = UNSET
    postal_code: Text20 | UnsetType | None = UNSET
    country: Text100 | UnsetType | None = UNSET
    first_name: Text30 | UnsetType | None = UNSET
    last_name: Text30 | UnsetType | None = UNSET
    phone: Text30 | UnsetType | None = UNSET
    email: Text50 | UnsetType | None = UNSET


class Allocation(Entity, kw_only=True):
    """Units of a line that a facility has to ship."""

    ship_from_facility: EntityRef
    allocated_quantity: Amount
    order_line: EntityRef | UnsetType = UNSET
    status: (
        Literal[
            "Allocated", "Released", "Review", "Canceled", "Partially Canceled", "New", "Rejected"
        ]
        | UnsetType
    ) = UNSET
    canceled_quantity: Amount | UnsetType = UNSET
    source: Literal["DOM", "Internal", "External"] | UnsetType = UNSET


class CustomerRetailActivity(Entity, kw_only=True):
    """A till's transaction that a customer order stands for."""

    retail_transaction_id: Text50
    transaction_source: Text50
    type: Literal["Sale", "Return", "PostVoid"] | UnsetType | None = UNSET
    sequence_number: Text10 | UnsetType | None = UNSET
    batch: Text50 | UnsetType | None = UNSET
    batch_sequence_number: Amount | UnsetType = UNSET
    reference_number: Text50 | UnsetType | None = UNSET
    facility: EntityRef | UnsetType | None = UNSET
    register: Text20 | UnsetType | None = UNSET
    till: Text15 | UnsetType | None = UNSET
    associate: Text50 | UnsetType | None = UNSET
    user: EntityRef | UnsetType | None = UNSET
    business_day_date: Date | UnsetType | None = UNSET
    transaction_start_date: Date | UnsetType | None = UNSET
    transaction_end_date: Date | UnsetType | None = UNSET
    test_transaction: bool | UnsetType = UNSET
    voided: bool | UnsetType = UNSET
    reason_code: Text20 | UnsetType | None = UNSET


class CustomerLine(Entity, kw_only=True):
    """A line of a customer order; quantities count packs of ``packQuantity`` units."""

    external_line_number: Text150
    order_quantity: Amount
    pack_quantity: Int32 | None
    business_unit: EntityRef | UnsetType = UNSET
    co_header: EntityRef | UnsetType = UNSET
    number: Text50 | UnsetType = UNSET
    related_co_line: EntityRef | UnsetType | None = UNSET
    status: (
        Literal[
            "Back Ordered",
            "Complete",
            "New",
            "Canceled",
            "Void",
            "Incomplete",
            "Closed",
            "Open",
            "Sourced",
            "Allocating",
            "Partially Allocated",
            "Allocated",
            "Partially InFulfillment",
            "InFulfillment",
            "Partially Released",
            "Released",
            "Review",
            "Accepted",
            "Draft",
            "Template",
            "Rejected",
            "Future",
        ]
        | UnsetType
        | None
    ) = UNSET
    item: EntityRef | UnsetType | None = UNSET
    item_number: Text256 | UnsetType = UNSET
    item_external_reference: Text256 | UnsetType | None = UNSET
    pack: EntityRef | UnsetType = UNSET
    description: Text256 | UnsetType | None = UNSET
    buyer_part_number: Text50 | UnsetType | None = UNSET
    consumer_package_code: Text50 | UnsetType | None = UNSET
    upc_case_code: Text50 | UnsetType | None = UNSET
    vendor_part_number: Text50 | UnsetType | None = UNSET
    ean: Text50 | UnsetType | None = UNSET
    gtin: Text50 | UnsetType | None = UNSET
    national_drug_code: Text50 | UnsetType | None = UNSET
    isbn: Text50 | UnsetType | None = UNSET
    lot_number: Text200 | UnsetType | None = UNSET
    color_name: Text50 | UnsetType | None = UNSET
    item_size: Text50 | UnsetType | None = UNSET
    department: Text50 | UnsetType | None = UNSET
    division: Text50 | UnsetType | None = UNSET
    inventory_condition: Text255 | UnsetType | None = UNSET
    inventory_attribute1: Text255 | UnsetType | None = UNSET
    inventory_attribute2: Text255 | UnsetType | None = UNSET
    original_order_quantity: Amount | UnsetType = UNSET
    allocated_quantity: Amount | UnsetType = UNSET
    back_ordered: bool | UnsetType = UNSET
    back_order_quantity: Amount | UnsetType = UNSET
    shipped_quantity: Amount | UnsetType = UNSET
    returned_quantity: Amount | UnsetType = UNSET
    canceled_quantity: Amount | UnsetType = UNSET
    unit_cost: Amount | UnsetType = UNSET
    unit_price: Amount | UnsetType = UNSET
    net_price: Amount | UnsetType = UNSET
    line_total: Amount | UnsetType = UNSET
    shipping_amount: Amount | UnsetType = UNSET
    discount_amount: Amount | UnsetType = UNSET
    taxable: bool | UnsetType = UNSET
    taxable_total: Amount | UnsetType = UNSET
    tax_amount: Amount | UnsetType = UNSET
    extended_total: Amount | UnsetType = UNSET
    bill_to_contact: FlatContact | UnsetType = UNSET
    ship_to_contact: FlatContact | UnsetType = UNSET
    freight_bill_to_account: Text50 | UnsetType | None = UNSET
    freight_bill_to_contact: FlatContact | UnsetType = UNSET
    ship_from_contact: FlatContact | UnsetType = UNSET
    remit_to_contact: FlatContact | UnsetType = UNSET
    seller_contact: FlatContact | UnsetType = UNSET
    trading_partner_site: EntityRef | UnsetType | None = UNSET
    mark_for_site: EntityRef | UnsetType | None = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    original_ship_from_facility: EntityRef | UnsetType | None = UNSET
    ship_vendor: Text50 | UnsetType | None = UNSET
    weight: Weight | UnsetType = UNSET
    freight_terms_type: (
        Literal["Prepaid", "Collect", "Third Party", "Consignee"] | UnsetType | None
    ) = UNSET
    sourcing_group: EntityRef | UnsetType | None = UNSET
    custom_attribute1: Text400 | UnsetType | None = UNSET
    custom_attribute2: Text400 | UnsetType | None = UNSET
    custom_attribute3: Text400 | UnsetType | None = UNSET
    custom_attribute4: Text400 | UnsetType | None = UNSET
    custom_attribute5: Text400 | UnsetType | None = UNSET
    custom_attribute6: Text400 | UnsetType | None = UNSET
    custom_attribute7: Text400 | UnsetType | None = UNSET
    custom_attribute8: Text400 | UnsetType | None = UNSET
    custom_attribute9: Text400 | UnsetType | None = UNSET
    custom_attribute10: Text400 | UnsetType | None = UNSET
    co_dates: list[Opaque] | UnsetType | None = UNSET
    co_references: list[Opaque] | UnsetType | None = UNSET
    co_notes: list[Opaque] | UnsetType | None = UNSET
    co_line_allocations: list[Allocation] | UnsetType | None = UNSET
    fulfillment_order_lines: References | UnsetType | None = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET
    co_charge_allowances: list[Opaque] | UnsetType | None = UNSET
    co_taxes: list[Opaque] | UnsetType | None = UNSET
    co_refunds: list[Opaque] | UnsetType | None = UNSET
    co_payment_terms: list[Opaque] | UnsetType | None = UNSET
    co_line_sites: list[Opaque] | UnsetType | None = UNSET
    channels: list[Channel] | UnsetType | None = UNSET


class CustomerLines(Page, kw_only=True):
    """Lines of a customer order."""

    data: list[CustomerLine]


class ShopOrder(Entity, kw_only=True):
    """An order as the shop took it, before it is sourced from facilities."""

    business_unit: EntityRef
    external_order_number: Text150
    placed_date: Date
    trading_partner: EntityRef
    primary_sales_channel: EntityRef
    number: Text50 | UnsetType = UNSET
    status: (
        Literal[
            "Back Ordered",
            "Complete",
            "New",
            "Canceled",
            "Voided",
            "Incomplete",
            "Closed",
            "Open",
            "Sourced",
            "Allocating",
            "Partially Allocated",
            "Allocated",
            "Partially InFulfillment",
            "InFulfillment",
            "Partially Released",
            "Released",
            "Review",
            "Accepted",
            "Draft",
            "Template",
            "Rejected",
            "Future",
        ]
        | UnsetType
        | None
    ) = UNSET
    order_type: (
        Literal["Standard", "Reorder", "Blanket", "Release", "Fulfillment Network", "Retail"]
        | UnsetType
        | None
    ) = UNSET
    delivery_type: Literal["ShipForPickup", "StorePickup", "ShipToCustomer"] | UnsetType | None = (
        UNSET
    )
    order_priority: Literal["0", "1", "2", "3", "4", "5"] | UnsetType = UNSET
    order_summary: Text1000 | UnsetType | None = UNSET
    order_source: Text100 | UnsetType | None = UNSET
    secondary_order_source: Text100 | UnsetType | None = UNSET
    related_order_number: Text256 | UnsetType | None = UNSET
    parent_order: EntityRef | UnsetType | None = UNSET
    contract_number: Text150 | UnsetType | None = UNSET
    trading_partner_site: EntityRef | UnsetType | None = UNSET
    mark_for_site: EntityRef | UnsetType | None = UNSET
    cx_customer: EntityRef | UnsetType | None = UNSET
    account_number: Text256 | UnsetType | None = UNSET
    ship_to_contact: FlatContact | UnsetType = UNSET
    bill_to_contact: FlatContact | UnsetType = UNSET
    freight_bill_to_account: Text50 | UnsetType | None = UNSET
    freight_bill_to_contact: FlatContact | UnsetType = UNSET
    ship_from_contact: FlatContact | UnsetType = UNSET
    return_to_contact: FlatContact | UnsetType = UNSET
    remit_to_contact: FlatContact | UnsetType = UNSET
    seller_contact: FlatContact | UnsetType = UNSET
    sales_rep_contact: FlatContact | UnsetType = UNSET
    price_list: EntityRef | UnsetType | None = UNSET
    total: Amount | UnsetType = UNSET
    sub_total: Amount | UnsetType = UNSET
    discount_subtotal: Amount | UnsetType = UNSET
    shipping_total: Amount | UnsetType = UNSET
    shipping_amount: Amount | UnsetType = UNSET
    taxable: bool | UnsetType = UNSET
    tax_total: Amount | UnsetType = UNSET
    taxable_total: Amount | UnsetType = UNSET
    untaxable_total: Amount | UnsetType = UNSET
    ship_tax_total: Amount | UnsetType = UNSET
    insurance_total: Amount | UnsetType = UNSET
    currency_code: Text4 | UnsetType | None = UNSET
    payment_status: Text30 | UnsetType | None = UNSET
    ship_via: Text50 | UnsetType | None = UNSET
    shipping_service: EntityRef | UnsetType | None = UNSET
    ship_vendor: Text50 | UnsetType | None = UNSET
    freight_terms_type: (
        Literal["Prepaid", "Collect", "Third Party", "Consignee"] | UnsetType | None
    ) = UNSET
    weight: Weight | UnsetType = UNSET
    return_required: bool | UnsetType = UNSET
    return_ship_via: Text50 | UnsetType | None = UNSET
    return_shipping_service: EntityRef | UnsetType | None = UNSET
    return_ship_option: Text100 | UnsetType | None = UNSET
    delivery_confirmation: Text45 | UnsetType | None = UNSET
    insurance_required: bool | UnsetType = UNSET
    home_delivery: bool | UnsetType = UNSET
    residential: bool | UnsetType = UNSET
    saturday_delivery: bool | UnsetType = UNSET
    scac_code: Text10 | UnsetType | None = UNSET
    trans_method_code: Text50 | UnsetType | None = UNSET
    routing_number: Text30 | UnsetType | None = UNSET
    duty_paid_by: Text20 | UnsetType | None = UNSET
    incoterms_type: Literal["Collect", "Prepaid"] | UnsetType | None = UNSET
    import_type: Text100 | UnsetType | None = UNSET
    other_reference_number: Text256 | UnsetType | None = UNSET
    other_reference_number2: Text256 | UnsetType | None = UNSET
    integration_point: EntityRef | UnsetType | None = UNSET
    fulfillment_sales_channel: EntityRef | UnsetType | None = UNSET
    co_management_profile: EntityRef | UnsetType | None = UNSET
    routing_profile: EntityRef | UnsetType | None = UNSET
    consolidation_group_key: Text40 | UnsetType | None = UNSET
    sale_condition_code: Text50 | UnsetType | None = UNSET
    department: Text50 | UnsetType | None = UNSET
    division: Text50 | UnsetType | None = UNSET
    verbal_confirmation_name: Text45 | UnsetType | None = UNSET
    verbal_confirmation_phone_number: Text45 | UnsetType | None = UNSET
    custom_attribute1: Text100 | UnsetType | None = UNSET
    custom_attribute2: Text100 | UnsetType | None = UNSET
    custom_attribute3: Text100 | UnsetType | None = UNSET
    custom_attribute4: Text100 | UnsetType | None = UNSET
    custom_attribute5: Text100 | UnsetType | None = UNSET
    custom_attribute6: Text100 | UnsetType | None = UNSET
    custom_attribute7: Text100 | UnsetType | None = UNSET
    custom_attribute8: Text100 | UnsetType | None = UNSET
    custom_attribute9: Text100 | UnsetType | None = UNSET
    custom_attribute10: Text100 | UnsetType | None = UNSET
    co_lines: CustomerLines | UnsetType = UNSET
    co_dates: list[Opaque] | UnsetType | None = UNSET
    co_notes: list[Opaque] | UnsetType | None = UNSET
    fulfillment_orders: list[EntityRef] | UnsetType | None = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET
    checkout_promise_ref: Text60 | UnsetType | None = UNSET
    channels: list[Channel] | UnsetType | None = UNSET
    co_payment_terms: list[Opaque] | UnsetType = UNSET
    co_payments: list[Opaque] | UnsetType = UNSET
    co_charge_allowances: list[Opaque] | UnsetType = UNSET
    co_taxes: list[Opaque] | UnsetType = UNSET
    co_retail_activities: list[CustomerRetailActivity] | UnsetType = UNSET
    co_refunds: list[Opaque] | UnsetType = UNSET
    co_references: list[Opaque] | UnsetType = UNSET
    tags: list[Opaque] | UnsetType = UNSET


class CustomerOrderNotice(Entity, kw_only=True):
    """What the vendor has to say about a customer order."""

    notice_type: Text50
    code: Text50
    message: Text1500
    provided_value: Text4000
    status: Text50
    field_name: Text50 | UnsetType | None = UNSET
    comment: Text4000 | UnsetType | None = UNSET


class CustomerOrderRequest(Dto, kw_only=True):
    """What POST customerOrders takes."""

    customer_order: ShopOrder


class CustomerOrderResponse(Dto, kw_only=True):
    """A customer order with its notices."""

    customer_order: ShopOrder
    notices: list[CustomerOrderNotice] | None


class CustomerOrderPage(Page, kw_only=True):
    """A page of customer orders, id descending."""

    data: list[CustomerOrderResponse]
