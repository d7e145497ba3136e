"""Facilities, locations and zones, as V2 sends and takes them."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.v2.payloads import EntityRef, Int32
from peakproof_simulators.deposco.v2.words import (
    Amount,
    Date,
    Entity,
    Opaque,
    Page,
    References,
    Text20,
    Text25,
    Text30,
    Text50,
    Text100,
    Text150,
)


class FacilitySent(Entity, kw_only=True):
    """A facility as POST /facilities takes it and gives it back."""

    business_unit: EntityRef
    number: Text20
    name: Text30 | UnsetType | None = UNSET
    type: Literal["Distribution Center", "Retail Store"] | UnsetType | None = UNSET
    is_virtual: bool | UnsetType = UNSET
    dba_name: Text50 | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    phone: Text30 | UnsetType | None = UNSET
    contact: Opaque | UnsetType = UNSET
    address: Opaque | UnsetType = UNSET
    facility_uom_system: Literal["Metric", "Imperial"] | UnsetType | None = msgspec.field(
        name="facilityUOMSystem", default=UNSET
    )
    time_zone: Opaque | UnsetType | None = UNSET
    enable_customer_pickup: bool | UnsetType = UNSET
    enable_ship_to_customer: bool | UnsetType = UNSET
    latitude: Int32 | UnsetType | None = UNSET
    longitude: Int32 | UnsetType | None = UNSET
    square_feet: Int32 | UnsetType = UNSET
    fulfillment_facility: EntityRef | UnsetType | None = UNSET
    import_reference: Text25 | UnsetType | None = UNSET


class FacilityPages(Page, kw_only=True):
    """A page of facilities."""

    data: list[FacilitySent]


class Storage(Entity, kw_only=True):
    """How a pack is stored at a location."""

    business_unit: EntityRef
    location: EntityRef
    pack: EntityRef
    type: (
        Literal[
            "Damaged",
            "Full Case Picking",
            "Receiving",
            "Reserve Storage",
            "Shipping",
            "Split Case Picking",
            "Staging",
        ]
        | UnsetType
    ) = UNSET
    minimum: Int32 | UnsetType = UNSET
    maximum: Int32 | UnsetType = UNSET
    minimum_pick: Amount | UnsetType = UNSET
    maximum_pick: Amount | UnsetType = UNSET
    opportunistic_count_threshold: Int32 | UnsetType = UNSET


class StoragePage(Page, kw_only=True):
    """How packs are stored at a location."""

    data: list[Storage]


class LocationSent(Entity, kw_only=True):
    """A location inside a facility."""

    business_unit: EntityRef
    facility: EntityRef
    locator: Text150
    zones: References | UnsetType | None = UNSET
    number: Text150 | UnsetType | None = UNSET
    name: Text50 | UnsetType | None = UNSET
    description: Text50 | UnsetType | None = UNSET
    type: (
        Literal[
            "Bulk Picking",
            "Damaged",
            "Permanent",
            "Rack Picking",
            "Reconcile",
            "Rejected Return Goods",
            "Staging",
            "Station",
            "Temporary",
            "Transient",
            "Value Added Service",
        ]
        | UnsetType
        | None
    ) = UNSET
    storage_type: (
        Literal[
            "Damaged",
            "Full Case Picking",
            "Hazmat",
            "Inspection",
            "Mixed Bin",
            "Putwall Slot",
            "Putwall Staging",
            "Quarantine",
            "Receiving",
            "Reserve Storage",
            "Returned",
            "Shipping",
            "Split Case Picking",
            "Staging",
        ]
        | UnsetType
        | None
    ) = UNSET
    status: Literal["Cycle Count", "Miscount", "On Hold", "Ready"] | UnsetType | None = UNSET
    dimensions: Opaque | UnsetType = UNSET
    pickable: bool | UnsetType = UNSET
    reserved: bool | UnsetType = UNSET
    lpn_controlled: bool | UnsetType = UNSET
    mixed_item_threshold: Literal["Single Item", "Multi Item"] | UnsetType | None = UNSET
    cycle_count: bool | UnsetType = UNSET
    cycle_count_frequency: Int32 | UnsetType = UNSET
    last_counted_date: Date | UnsetType | None = UNSET
    pick_sequence: Int32 | UnsetType = UNSET
    putaway_sequence: Int32 | UnsetType = UNSET
    use_for_kit: bool | UnsetType = UNSET
    allocated_to_business_unit: EntityRef | UnsetType | None = UNSET
    custom_attribute1: Text50 | UnsetType | None = UNSET
    custom_attribute2: Text50 | UnsetType | None = UNSET
    custom_attribute3: Text50 | UnsetType | None = UNSET
    storage_details: Opaque | UnsetType = UNSET


class Zone(Entity, kw_only=True):
    """A part of a facility."""

    business_unit: EntityRef
    facility: EntityRef
    name: Text30
    type: Text100 | UnsetType | None = UNSET
    pick_rating: Amount | UnsetType = UNSET
    pick_system: Text30 | UnsetType | None = UNSET
    max_number_of_units_to_work_group: Int32 | UnsetType = UNSET
    allocate_all_stock_from_zone: bool | UnsetType = UNSET
    default_location: EntityRef | UnsetType | None = UNSET
    locations: References | UnsetType | None = UNSET


class ZonePage(Page, kw_only=True):
    """A page of zones."""

    data: list[Zone]
