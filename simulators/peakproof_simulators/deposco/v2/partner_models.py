"""Business units, trading partners, containers, trips and users."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.v2.payloads import EntityRef, Int32
from peakproof_simulators.deposco.v2.words import (
    Amount,
    Channel,
    Date,
    Entity,
    Opaque,
    Page,
    Text10,
    Text20,
    Text30,
    Text40,
    Text45,
    Text50,
    Text64,
    Text100,
    Text200,
    Text400,
    Text500,
    Text5000,
)


class Company(Entity, kw_only=True):
    """A business unit."""

    code: Text30
    name: Text50 | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    contact: Opaque | UnsetType = UNSET
    address: Opaque | UnsetType = UNSET
    website: Text50 | UnsetType | None = UNSET
    industry: Text50 | UnsetType | None = UNSET
    number_of_employees: Int32 | UnsetType = UNSET
    annual_revenue: Amount | UnsetType = UNSET
    doing_business_as: Text50 | UnsetType | None = UNSET
    naics: Text20 | UnsetType | None = UNSET
    sic: Text20 | UnsetType | None = UNSET
    locale: Opaque | UnsetType | None = UNSET
    date_format: Opaque | UnsetType | None = UNSET
    start_day_of_week: Literal["Monday", "Sunday"] | UnsetType | None = UNSET
    time_zone: Opaque | UnsetType | None = UNSET
    packing_slip_level: Literal["Container", "Shipment"] | UnsetType | None = UNSET
    packing_slip_report: Text50 | UnsetType = UNSET
    use_sas70_compliance: bool | UnsetType = msgspec.field(name="useSAS70Compliance", default=UNSET)
    uccean_company_number: Text10 | UnsetType | None = UNSET
    sscc_expansion_digit: Int32 | UnsetType = UNSET


class CompanyPage(Page, kw_only=True):
    """A page of business units."""

    data: list[Company]


class Site(Entity, kw_only=True):
    """An address of a trading partner."""

    site_name: Text50
    business_unit: EntityRef | UnsetType = UNSET
    trading_partner: EntityRef | UnsetType = UNSET
    type: Text20 | UnsetType | None = UNSET
    site_code: Text20 | UnsetType | None = UNSET
    address: Opaque | UnsetType | None = UNSET
    default_ship_via: str | UnsetType | None = UNSET


class Sites(Page, kw_only=True):
    """Sites of a trading partner."""

    data: list[Site]


class Parameter(Entity, kw_only=True):
    """A named value of a trading partner."""

    number: Text20
    business_unit: EntityRef | UnsetType = UNSET
    trading_partner: EntityRef | UnsetType = UNSET
    code: Text30 | UnsetType | None = UNSET
    description: Text100 | UnsetType | None = UNSET
    result_name: Text100 | UnsetType | None = UNSET
    result_value: Text5000 | UnsetType | None = UNSET


class Parameters(Page, kw_only=True):
    """Parameters of a trading partner."""

    data: list[Parameter]


class TradingPartner(Entity, kw_only=True):
    """Whom the tenant trades with."""

    code: Text20
    business_unit: EntityRef | UnsetType = UNSET
    name: Text50 | UnsetType = UNSET
    partnership_type: (
        Literal[
            "Vendor",
            "Customer",
            "Bill-To",
            "Drop Ship Vendor",
            "Retailer Label and Parcel",
            "Transportation Provider",
            "Other",
            "Company",
        ]
        | UnsetType
        | None
    ) = UNSET
    description: str | UnsetType | None = UNSET
    contact: Opaque | UnsetType = UNSET
    address: Opaque | UnsetType = UNSET
    bill_to_contact: Opaque | UnsetType = UNSET
    bill_to_address: Opaque | UnsetType = UNSET
    sites: Sites | UnsetType = UNSET
    account_number: Text30 | UnsetType | None = UNSET
    account_status: Text20 | UnsetType | None = UNSET
    doing_business_as: Text50 | UnsetType | None = UNSET
    packing_slip_level: Literal["Container", "Shipment"] | UnsetType | None = UNSET
    packing_slip_report: Text50 | UnsetType | None = UNSET
    zpl_label_report: Text50 | UnsetType | None = UNSET
    send_asn: Literal["Yes", "No", "Fully Shipped"] | UnsetType | None = msgspec.field(
        name="sendASN", default=UNSET
    )
    group_asn_by: Literal["ST", "DC"] | UnsetType | None = msgspec.field(
        name="groupASNBy", default=UNSET
    )
    group_pallet_by: (
        Literal["TP_SITE", "CONTRACT_NUMBER", "CONTRACT_NUMBER_AND_TP_SITE"] | UnsetType | None
    ) = UNSET
    expiration_threshold_in_days: Int32 | UnsetType | None = UNSET
    sscc_numbers_required_for_trip: bool | UnsetType | None = UNSET
    sequence_sscc_by: Literal["Item", "Pallet"] | UnsetType | None = msgspec.field(
        name="sequenceSSCCBy", default=UNSET
    )
    uccean_company_number: Text10 | UnsetType | None = UNSET
    sscc_expansion_digit: Int32 | UnsetType = UNSET
    price_list: EntityRef | UnsetType | None = UNSET
    tax_rate: Int32 | UnsetType = UNSET
    drop_ship_fee: Int32 | UnsetType = UNSET
    quality_control_percent: Int32 | UnsetType | None = UNSET
    use_ship_from_for_shipments: bool | UnsetType | None = UNSET
    ups_account_number: Text100 | UnsetType | None = UNSET
    fedex_account_number: Text10 | UnsetType | None = UNSET
    trans_routing_enabled: bool | UnsetType | None = UNSET
    min_order_amount: Int32 | UnsetType = UNSET
    payment_terms: (
        Literal["Net 30", "Net 45", "Net 60", "Net 90", "Payment in advance", "2/10 Net 30"]
        | UnsetType
        | None
    ) = UNSET
    default_currency_code: Literal["USD", "EUR", "MXN", "CAN", "GBP"] | UnsetType | None = UNSET
    supplier_blackout_calendar: EntityRef | UnsetType | None = UNSET
    parameters: Parameters | UnsetType = UNSET
    custom_attribute1: Text50 | UnsetType | None = UNSET
    custom_attribute2: Text50 | UnsetType | None = UNSET
    custom_attribute3: Text50 | UnsetType | None = UNSET
    custom_attribute4: Text50 | UnsetType | None = UNSET
    import_reference1: Text50 | UnsetType | None = UNSET
    import_reference2: Text50 | UnsetType | None = UNSET
    export_reference1: Text50 | UnsetType | None = UNSET
    export_reference2: Text50 | UnsetType | None = UNSET
    channels: list[Channel] | UnsetType | None = UNSET


class TradingPartnerPage(Page, kw_only=True):
    """A page of trading partners."""

    data: list[TradingPartner]


class Container(Entity, kw_only=True):
    """A box, pallet or cart with a licence plate."""

    business_unit: EntityRef
    lpn_number: Text30
    number: Text30
    type: (
        Literal[
            "20Ft",
            "40Ft",
            "40Ft Hicube",
            "Cart",
            "Packaging",
            "Shipping",
            "Transient",
            "Auto Ship",
            "Case",
        ]
        | UnsetType
        | None
    ) = UNSET
    secondary_type: Literal["Pallet"] | UnsetType | None = UNSET
    carton_type: EntityRef | UnsetType | None = UNSET
    description: Text200 | UnsetType | None = UNSET
    status: (
        Literal[
            "Receiving",
            "Complete",
            "Ready",
            "Inbound",
            "Storage",
            "Shipping",
            "Loading",
            "Planned",
            "In-Transit",
            "Outbound",
            "Needs Attention",
            "Miscount",
            "Validated",
            "Released",
            "Shipped",
            "Exception",
            "SSCC Generated",
            "On Hold",
        ]
        | UnsetType
        | None
    ) = UNSET
    gtin: Text20 | UnsetType | None = UNSET
    dimensions: Opaque | UnsetType = UNSET
    weight: Amount | UnsetType = UNSET
    weight_uom: Literal["LB", "KG"] | UnsetType | None = msgspec.field(
        name="weightUOM", default=UNSET
    )
    active_zone: EntityRef | UnsetType | None = UNSET
    location: EntityRef | UnsetType | None = UNSET
    cart: EntityRef | UnsetType | None = UNSET
    cart_slot_number: Int32 | UnsetType = UNSET
    copy_source_lpn_number: Text30 | UnsetType | None = UNSET
    parent: EntityRef | UnsetType | None = UNSET
    master_lpn_number: Text30 | UnsetType | None = UNSET
    package_type: Text45 | UnsetType | None = UNSET
    shipment: EntityRef | UnsetType | None = UNSET
    trip: EntityRef | UnsetType | None = UNSET
    insured_value: Amount | UnsetType = UNSET
    shipping_cost: Amount | UnsetType = UNSET
    base_tracking_link: Text400 | UnsetType | None = UNSET
    tracking_url: Text400 | UnsetType | None = UNSET
    tracking_number: Text100 | UnsetType | None = UNSET
    tracking_number2: Text100 | UnsetType | None = UNSET
    return_tracking_number: Text100 | UnsetType | None = UNSET
    usps_construct_code: Text10 | UnsetType | None = UNSET
    order_header_sequence: Int32 | UnsetType = UNSET
    order_header_sequence_total: Int32 | UnsetType = UNSET
    pick_wave_sequence: Int32 | UnsetType = UNSET
    pick_wave_sequence_total: Int32 | UnsetType = UNSET
    sequence: Int32 | UnsetType = UNSET
    sequence_total: Int32 | UnsetType = UNSET
    printed: bool | UnsetType = UNSET
    sscc_lpn_number: Text30 | UnsetType | None = UNSET
    reference_number1: Text100 | UnsetType | None = UNSET


class ContainerPage(Page, kw_only=True):
    """A page of containers."""

    data: list[Container]


class Trip(Entity, kw_only=True):
    """A departure of a carrier."""

    number: Text200
    shipping_carrier: Text200
    business_unit: EntityRef | UnsetType = UNSET
    status: Literal["Open", "Closed"] | UnsetType | None = UNSET
    delivery_type: Literal["Internal", "Outbound"] | UnsetType | None = UNSET
    ship_from_facility: EntityRef | UnsetType = UNSET
    account_number: Text30 | UnsetType | None = UNSET
    license_number: Text50 | UnsetType | None = UNSET
    freight_type: Literal["Parcel", "Freight"] | UnsetType | None = UNSET
    dock_door: EntityRef | UnsetType = UNSET
    driver_name: Text50 | UnsetType | None = UNSET
    departure_time: Date | UnsetType | None = UNSET
    current_scheduled_delivery_date: Date | UnsetType | None = UNSET
    estimated_delivery_date: Date | UnsetType | None = UNSET
    actual_arrival_time: Date | UnsetType | None = UNSET
    carrier_alpha_code: Text50 | UnsetType | None = UNSET
    freight_class: Text50 | UnsetType | None = UNSET
    transportation_method_code: Literal["ZZ", "LT"] | UnsetType | None = UNSET
    bol_number: Text50 | UnsetType | None = UNSET
    equipment_description_code: (
        Literal[
            "TV",
            "TN",
            "TL",
            "TA",
            "RT",
            "RR",
            "HV",
            "HC",
            "FT",
            "CV",
            "CQ",
            "CN",
            "BX",
            "AF",
            "AC",
            "4B",
            "2B",
        ]
        | UnsetType
        | None
    ) = UNSET
    carrier_equipment_number: Text50 | UnsetType | None = UNSET
    seal_number: Text50 | UnsetType | None = UNSET
    route: EntityRef | UnsetType = UNSET
    ref_number: Text20 | UnsetType | None = UNSET
    shipments: Opaque | UnsetType = UNSET


class TripPage(Page, kw_only=True):
    """A page of trips."""

    data: list[Trip]


class User(Entity, kw_only=True):
    """Somebody who may work in the system."""

    username: Text30 | UnsetType | None = UNSET
    first_name: Text30 | UnsetType | None = UNSET
    last_name: Text30 | UnsetType | None = UNSET
    email: Text50 | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    last_logged_in_time: Date | UnsetType | None = UNSET
    last_log_in_attempt: Date | UnsetType | None = UNSET
    user_of_tenant: EntityRef | UnsetType | None = UNSET
    company_assignments: list[EntityRef] | UnsetType | None = UNSET
    facility: EntityRef | UnsetType | None = UNSET
    active_zone: EntityRef | UnsetType | None = UNSET
    active_resource: EntityRef | UnsetType | None = UNSET
    home_page: Text40 | UnsetType | None = UNSET
    handheld_menu: Text100 | UnsetType | None = UNSET
    locale: Opaque | UnsetType | None = UNSET
    time_zone: Opaque | UnsetType | None = UNSET
    date_format: Opaque | UnsetType | None = UNSET
    start_day_of_week: Literal["Monday", "Sunday"] | UnsetType | None = UNSET
    pin_code: Text64 | UnsetType | None = UNSET
    cost_center: EntityRef | UnsetType | None = UNSET
    organization: Text50 | UnsetType | None = UNSET
    division: Text30 | UnsetType | None = UNSET
    department: Text50 | UnsetType | None = UNSET
    job_title: Text100 | UnsetType | None = UNSET
    participant_type: (
        Literal[
            "Provider of Services",
            "Analyst or Academic",
            "Practitioner",
            "Consultant",
            "Provider of Solutions",
            "Sales Associate",
        ]
        | UnsetType
        | None
    ) = UNSET
    employee_number: Text50 | UnsetType | None = UNSET
    profile: Text500 | UnsetType | None = UNSET
    phone: Text30 | UnsetType | None = UNSET
    mobile: Text20 | UnsetType | None = UNSET
    fax: Text20 | UnsetType | None = UNSET
    city: Text30 | UnsetType | None = UNSET
    state_province: Text100 | UnsetType | None = UNSET
    postal_code: Text20 | UnsetType | None = UNSET
    country: Text100 | UnsetType | None = UNSET
    custom_attribute1: Text50 | UnsetType | None = UNSET
    custom_attribute2: Text50 | UnsetType | None = UNSET


class UserPage(Page, kw_only=True):
    """A page of users."""

    data: list[User]
