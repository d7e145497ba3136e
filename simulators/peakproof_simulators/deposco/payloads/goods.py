"""Items with their packs and bar codes, as V1 sends and takes them."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.payloads.common import (
    Flag,
    Number,
    Opaque,
    Pack,
    Text,
    Upcs,
    Whole,
    Wire,
)


class Packs(Wire):
    """The packs of an item."""

    pack: list[Pack] | Pack | UnsetType = UNSET


class Item(Wire, kw_only=True):
    """An entry of the item master. Only ``number`` is required (the rest is nillable)."""

    business_unit: Text = UNSET
    facility: Text = UNSET
    number: str
    name: Text = UNSET
    class_type: Text = UNSET
    short_description: Text = UNSET
    long_description: Text = UNSET
    dimension: Opaque = UNSET
    item_weight: Opaque = UNSET
    abc_category: Text = UNSET
    product_code: Text = UNSET
    origin_country: Text = UNSET
    cycle_count: Flag = UNSET
    trading_partner: Text = UNSET
    purchase_cost: Number = UNSET
    unit_price: Number = UNSET
    born_on_date_required: Flag = UNSET
    expiration_date_required: Flag = UNSET
    inspection_required: Flag = UNSET
    hazmat: Flag = UNSET
    hazmat_code: Text = UNSET
    intangible_item_flag: Flag = UNSET
    inventory_tracking_enabled: Flag = UNSET
    lot_tracking_enabled: Flag = UNSET
    serial_tracking_enabled: Flag = UNSET
    shippable: Flag = UNSET
    purchased: Flag = UNSET
    reorder_quantity: Whole = UNSET
    custom_fields: Opaque = UNSET
    channels: Opaque = UNSET
    packs: Packs | UnsetType | None = UNSET
    upcs: Upcs | UnsetType | None = UNSET
    product_category: Text = UNSET
    style_number: Text = UNSET
    style_name: Text = UNSET
    color_name: Text = UNSET
    color_code: Text = UNSET
    size: Text = UNSET
    nmfc_number: Text = UNSET
    harmonized_code: Text = UNSET
    custom_mappings: Opaque = UNSET
    components: Opaque = UNSET
    item_vendors: Opaque = UNSET
    custom_attribute1: Text = UNSET
    custom_attribute2: Text = UNSET
    custom_attribute3: Text = UNSET
    custom_attribute4: Text = UNSET
    custom_attribute5: Text = UNSET
    kit_order_only: Flag = UNSET
    kit_stock_only: Flag = UNSET
    created_date: Text = UNSET
    updated_date: Text = UNSET
    brand_name: Text = UNSET
    taxable: Flag = UNSET
    assemble_to_order_flag: Flag = UNSET
    sales_enabled_flag: Flag = UNSET
    reorder_point: Whole = UNSET


class Items(Wire):
    """What POST /items takes."""

    item: list[Item] | Item | UnsetType = UNSET
