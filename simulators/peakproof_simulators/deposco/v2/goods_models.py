"""Items, packs, bar codes, kits, as V2 sends and takes them."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.v2.payloads import EntityRef, Int32
from peakproof_simulators.deposco.v2.words import (
    Amount,
    CustomField,
    Entity,
    Opaque,
    Page,
    Text4,
    Text20,
    Text25,
    Text30,
    Text35,
    Text40,
    Text50,
    Text100,
    Text150,
    Text200,
    Weight,
)


class BarCode(Entity, kw_only=True):
    """A bar code of an item or a pack."""

    value: str
    item: EntityRef | UnsetType = UNSET


class BarCodes(Page, kw_only=True):
    """Bar codes."""

    data: list[BarCode]


class PackSent(Entity, kw_only=True):
    """A pack of an item."""

    type: Text50
    quantity: Int32
    business_unit: EntityRef | UnsetType = UNSET
    item: EntityRef | UnsetType = UNSET
    key: str | UnsetType = UNSET
    name: Text100 | UnsetType | None = UNSET
    new_pack_flag: bool | UnsetType = UNSET
    dimensions: Opaque | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    carton_group: Text30 | UnsetType | None = UNSET
    preferred_carton_type: EntityRef | UnsetType | None = UNSET
    ready_to_ship: bool | UnsetType | None = UNSET
    lpn_tracking_enabled: bool | UnsetType = UNSET
    upcs: BarCodes | UnsetType = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET


class Component(Entity, kw_only=True):
    """What goes into one of a bundle."""

    quantity: Int32
    sub_component: EntityRef
    item: EntityRef | UnsetType = UNSET
    sequence: Int32 | UnsetType = UNSET


class ItemSent(Entity, kw_only=True):
    """An item as POST /items takes it and gives it back."""

    business_unit: EntityRef
    number: Text40
    packs: list[PackSent]
    name: Text150 | UnsetType | None = UNSET
    upcs: BarCodes | UnsetType = UNSET
    short_description: Text100 | UnsetType | None = UNSET
    long_description: str | UnsetType | None = UNSET
    item_type: Literal["Simple", "Custom Fee"] | UnsetType | None = UNSET
    intangible_item_flag: bool | UnsetType = UNSET
    external_image_url: Text200 | UnsetType | None = UNSET
    product_category: EntityRef | UnsetType | None = UNSET
    abc_category: Literal["A", "B", "C"] | UnsetType | None = UNSET
    brand_name: Text35 | UnsetType | None = UNSET
    product_code: Text40 | UnsetType | None = UNSET
    color_code: Text100 | UnsetType | None = UNSET
    color_name: Text100 | UnsetType | None = UNSET
    size: Text100 | UnsetType | None = UNSET
    style_name: Text100 | UnsetType | None = UNSET
    style_number: Text100 | UnsetType | None = UNSET
    hazmat: bool | UnsetType = UNSET
    hazmat_code: Text4 | UnsetType | None = UNSET
    inspection_required: bool | UnsetType = UNSET
    unit_price: Amount | UnsetType = UNSET
    purchase_cost: Amount | UnsetType = UNSET
    taxable: bool | UnsetType = UNSET
    lot_tracking_enabled: bool | UnsetType = UNSET
    serial_tracking_enabled: bool | UnsetType = UNSET
    born_on_date_required: bool | UnsetType = UNSET
    expiration_date_required: bool | UnsetType = UNSET
    serial_capture_point: Literal["Receiving", "Picking", "Packing"] | UnsetType | None = UNSET
    inventory_tracking_enabled: bool | UnsetType = UNSET
    shippable: bool | UnsetType = UNSET
    sales_enabled_flag: bool | UnsetType = UNSET
    cycle_count: bool | UnsetType = UNSET
    cycle_count_frequency: Int32 | UnsetType = UNSET
    receive_over_tolerance: Amount | UnsetType | None = UNSET
    reorder_point: Int32 | UnsetType = UNSET
    reorder_quantity: Int32 | UnsetType = UNSET
    trading_partner: EntityRef | UnsetType | None = UNSET
    item_vendors: Opaque | UnsetType = UNSET
    components: list[Component] | UnsetType = UNSET
    kit_order_only: bool | UnsetType = UNSET
    kit_stock_only: bool | UnsetType = UNSET
    hs_codes: Opaque | UnsetType = UNSET
    origin_country: str | UnsetType | None = UNSET
    class_type: Text20 | UnsetType | None = UNSET
    nmfc_number: Text50 | UnsetType | None = UNSET
    transportation_class: Text50 | UnsetType | None = UNSET
    weight: Weight | UnsetType = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET
    custom_attribute1: Text200 | UnsetType | None = UNSET
    custom_attribute2: Text200 | UnsetType | None = UNSET
    custom_attribute3: Text200 | UnsetType | None = UNSET
    custom_attribute4: Text200 | UnsetType | None = UNSET
    custom_attribute5: Text200 | UnsetType | None = UNSET
    custom_fields: list[CustomField] | UnsetType = UNSET
    channels: list[Opaque] | UnsetType = UNSET
    accounting_type: Text50 | UnsetType | None = UNSET
    default_ledger_account: Text50 | UnsetType | None = UNSET
    cogs_account: Text40 | UnsetType | None = UNSET


class ItemVendor(Entity, kw_only=True):
    """Who supplies an item."""

    trading_partner: EntityRef
    item: EntityRef | UnsetType = UNSET
    item_sku_upc: Text50 | UnsetType | None = UNSET
    unit_cost: Amount | UnsetType = UNSET
    short_description: Text50 | UnsetType | None = UNSET
    long_description: str | UnsetType | None = UNSET
    is_preferred: bool | UnsetType = UNSET
    fulfillment_type: Literal["INVENTORY", "DROP SHIP", "CROSS SHIP"] | UnsetType | None = UNSET
    reorder_point: Int32 | UnsetType = UNSET
    reorder_quantity: Int32 | UnsetType = UNSET
    quantity: Int32 | UnsetType = UNSET
    import_reference1: Text50 | UnsetType | None = UNSET
    import_reference2: Text50 | UnsetType | None = UNSET
    export_reference1: Text50 | UnsetType | None = UNSET
    export_reference2: Text50 | UnsetType | None = UNSET


class ItemVendors(Page, kw_only=True):
    """Suppliers of an item."""

    data: list[ItemVendor]


class HsCode(Entity, kw_only=True):
    """A customs tariff number of an item."""

    country: EntityRef
    code: str
    item: EntityRef | UnsetType = UNSET
    product_category: EntityRef | UnsetType = UNSET


class HsCodes(Page, kw_only=True):
    """Tariff numbers of an item."""

    data: list[HsCode]


class KitDetail(Entity, kw_only=True):
    """What goes into a kit, or comes out of it."""

    type: Literal["Input", "Output"]
    business_unit: EntityRef
    item: EntityRef
    quantity: Int32
    kit_header: EntityRef | UnsetType = UNSET
    pack: EntityRef | UnsetType | None = UNSET
    rank: Int32 | UnsetType = UNSET
    custom_attribute1: Text200 | UnsetType = UNSET
    custom_attribute2: Text200 | UnsetType = UNSET
    custom_attribute3: Text200 | UnsetType = UNSET


class KitDetails(Page, kw_only=True):
    """The details of a kit."""

    data: list[KitDetail]


class KitHeader(Entity, kw_only=True):
    """A kit: what it is made of and what it makes."""

    name: Text50
    business_unit: EntityRef
    kit_usage: Text25 | UnsetType = UNSET
    kit_details: KitDetails | UnsetType = UNSET
    min_workorder_size: Int32 | UnsetType = UNSET
    max_workorder_size: Int32 | UnsetType = UNSET
    lead_time: Int32 | UnsetType = UNSET
    custom_attribute1: Text40 | UnsetType = UNSET
    custom_attribute2: Text40 | UnsetType = UNSET
    custom_attribute3: Text40 | UnsetType = UNSET


class KitPage(Page, kw_only=True):
    """A page of kits, id descending."""

    data: list[KitHeader]
