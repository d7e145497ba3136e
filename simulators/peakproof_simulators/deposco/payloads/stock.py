"""Stock as V1 shows it, and what moves it: receipts and the tills' activities."""

from __future__ import annotations

from decimal import Decimal

from msgspec import UNSET, UnsetType, field

from peakproof_simulators.deposco.payloads.common import (
    Flag,
    Number,
    Opaque,
    Text,
    Whole,
    Wire,
)


class ItemAtp(Wire, kw_only=True):
    """What may be promised of an item; all of it are attributes in XML."""

    item_number: str = field(name="@itemNumber")
    product_code: Text = field(name="@productCode", default=UNSET)
    available_to_promise: int = field(name="@availableToPromise")
    quantity_on_back_ordered: int = field(name="@quantityOnBackOrdered")
    quantity_on_purchase_order: int = field(name="@quantityOnPurchaseOrder")
    total_items: int = field(name="@totalItems")
    total_full_case_items: int = field(name="@totalFullCaseItems")
    total_split_case_items: int = field(name="@totalSplitCaseItems")
    total_reserve_stock_items: int = field(name="@totalReserveStockItems")


class ItemAtps(Wire):
    """The root of the ATP views, which has no namespace."""

    item_atp: list[ItemAtp] | ItemAtp | UnsetType = field(name="item-atp", default=UNSET)


class Figures(Wire):
    """What a facility has of an item, in units."""

    total: int
    available_to_promise: int
    unallocated: int
    allocated: int


class FacilityInventory(Wire):
    """A facility and its figures."""

    facility: str
    inventory: Figures


class ItemInventory(Wire):
    """An item and what each facility has of it."""

    item_number: str
    facility_inventory: list[FacilityInventory] | FacilityInventory | UnsetType = UNSET


class Inventories(Wire):
    """A page of the full or delta inventory."""

    item_inventory: list[ItemInventory] | ItemInventory | UnsetType = UNSET


class InventoryItem(Wire, kw_only=True):
    """What lies at one location."""

    number: str
    quantity: Decimal
    business_unit_code: Text = UNSET
    facility: Text = UNSET
    adjustment_location: Text = UNSET
    pack_type: Text = UNSET


class InventoryItems(Wire):
    """The stock of a location."""

    inventory_item: list[InventoryItem] | InventoryItem | UnsetType = UNSET


class EnterpriseFacility(Wire, kw_only=True, omit_defaults=True):
    """A facility's measures; a measure that is not configured is absent, which is not zero."""

    facility: str
    total_on_hand_qty: int | UnsetType = UNSET
    atp_qty: int | UnsetType = UNSET
    co_atp_qty: int | UnsetType = UNSET
    total_atp: int | UnsetType = UNSET
    open_order_line_qty: int | UnsetType = UNSET
    qty_on_po: int | UnsetType = field(name="qtyOnPO", default=UNSET)
    in_transit_qty: int | UnsetType = UNSET


class EnterpriseItem(Wire, kw_only=True, omit_defaults=True):
    """An item's measures over all facilities, and those of each."""

    item_id: int
    item_number: str
    total_on_hand_qty: int | UnsetType = UNSET
    atp_qty: int | UnsetType = UNSET
    co_atp_qty: int | UnsetType = UNSET
    total_atp: int | UnsetType = UNSET
    open_order_line_qty: int | UnsetType = UNSET
    qty_on_po: int | UnsetType = field(name="qtyOnPO", default=UNSET)
    in_transit_qty: int | UnsetType = UNSET
    facilities: list[EnterpriseFacility]


class EnterpriseInventory(Wire):
    """The body of enterprise availability."""

    enterprise_inventory: list[EnterpriseItem]


class RestfulAtp(Wire):
    """What may be promised of an item over all facilities."""

    item_number: str
    total_available_to_promise: int


class ReservationChange(Wire):
    """A signed change of what is reserved of an item."""

    item_number: str
    value: int


class ReservationRequest(Wire):
    """What reserveInventoryAPI takes."""

    company: str
    adjustments: list[ReservationChange]


class ReservationAnswer(Wire):
    """What reserveInventoryAPI says inside its 200."""

    status: str
    request_obj: Opaque
    response_msg: list[str]


class ReceiptLine(Wire, kw_only=True):
    """Goods that came in against an order; ``quantity`` counts packs of ``packQty`` units."""

    order_type: Text = UNSET
    order_number: str
    line_number: str
    number: Text = UNSET
    item_number: str
    quantity: int
    pack_type: Text = UNSET
    pack_qty: Whole = UNSET
    receiving_facility: Text = UNSET
    receiving_location: Text = UNSET
    receiving_container: Text = UNSET
    received_date: Text = UNSET
    status: Text = UNSET
    unit_price: Number = UNSET
    lot_number: Text = UNSET
    disposition: Text = UNSET
    serial_number: Text = UNSET
    damaged: Flag = UNSET
    damaged_quantity: Whole = UNSET
    create_inventory: Flag = UNSET
    create_po: Flag = field(name="createPO", default=UNSET)
    create_item: Flag = UNSET
    other_reference_number: Text = UNSET
    custom_attribute1: Text = UNSET
    custom_attribute2: Text = UNSET
    custom_attribute3: Text = UNSET
    inventory_condition: Text = UNSET
    channels: Opaque = UNSET


class ReceiptLines(Wire):
    """Receipts, as they are sent and as they are listed."""

    receipt_line: list[ReceiptLine] | ReceiptLine | UnsetType = UNSET


class SaleReturnLine(Wire, kw_only=True):
    """A line of a till's receipt: what was sold, what was brought back, in packs."""

    external_line_number: str
    item: str
    pack: Text = UNSET
    vendor_part_number: Text = UNSET
    status: Text = UNSET
    sale_quantity: Number = UNSET
    returned_quantity: Number = UNSET
    shipped_quantity: Number = UNSET
    order_quantity_in_pack: Number = UNSET
    unit_price: Number = UNSET
    net_price: Number = UNSET
    line_total: Number = UNSET
    extended_total: Number = UNSET
    discount_amount: Number = UNSET
    tax_amount: Number = UNSET
    taxable: Flag = UNSET
    ship_from_facility: Text = UNSET
    channels: Opaque = UNSET


class SaleReturnLines(Wire):
    """The wrapper around a till's lines."""

    sale_return_line: list[SaleReturnLine] | SaleReturnLine | UnsetType = UNSET


class RetailTransaction(Wire, kw_only=True):
    """A sale, a return or the voiding of one, at a till of a facility."""

    batch_sequence_number: Whole = UNSET
    type: str
    retail_transaction_id: Text = UNSET
    external_customer_number: Text = UNSET
    sequence_number: Text = UNSET
    reference_number: str
    status: Text = UNSET
    facility: str
    register: Text = UNSET
    associate: Text = UNSET
    user: Text = UNSET
    till: Text = UNSET
    transaction_start_date: Text = UNSET
    transaction_end_date: Text = UNSET
    business_day_date: Text = UNSET
    customer: Opaque = UNSET
    primary_sales_channel: Text = UNSET
    fulfillment_sales_channel: Text = UNSET
    currency_code: Text = UNSET
    reason_code: Text = UNSET
    voided: Flag = UNSET
    test_transaction: Flag = UNSET
    sale_return_lines: SaleReturnLines
    payment_status: Text = UNSET
    payments: Opaque = UNSET
    notes: Opaque = UNSET
    totals: Opaque = UNSET
    channels: Opaque = UNSET


class RetailActivity(Wire, kw_only=True):
    """A till's transaction in its envelope."""

    batch: Text = UNSET
    transaction_source: Text = UNSET
    business_unit: Text = UNSET
    trading_partner: Text = UNSET
    retail_transaction: RetailTransaction
    created_date: Text = UNSET
    updated_date: Text = UNSET


class RetailActivities(Wire):
    """What POST /retailActivities takes."""

    retail_activity: list[RetailActivity] | RetailActivity | UnsetType = UNSET
