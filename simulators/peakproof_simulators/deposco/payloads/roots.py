"""The root elements of V1's documents, by type: name and last part of the namespace."""

from __future__ import annotations

from typing import Final

import msgspec

from peakproof_simulators.deposco.payloads.bulk import BulkProgresses, BulkUpdates
from peakproof_simulators.deposco.payloads.common import Multistatus, Upcs
from peakproof_simulators.deposco.payloads.goods import Item, Items, Packs
from peakproof_simulators.deposco.payloads.movements import (
    InvAdjustments,
    InventoryAvailability,
    OrderStatusUpdate,
    ReceiptNotice,
    Shipments,
    Webhook,
    Webhooks,
)
from peakproof_simulators.deposco.payloads.orders import (
    CustomerOrder,
    CustomerOrders,
    Order,
    Orders,
    OrderStatuses,
)
from peakproof_simulators.deposco.payloads.stock import (
    Inventories,
    InventoryItems,
    ItemAtps,
    ReceiptLines,
    RetailActivities,
)
from peakproof_simulators.deposco.xml import Root

ROOTS: Final[dict[type[msgspec.Struct], Root]] = {
    Multistatus: Root("multistatus", "multistatus"),
    Orders: Root("orders", "order"),
    Order: Root("order", "order"),
    OrderStatuses: Root("orders", "orderstatus"),
    CustomerOrder: Root("customerOrder", "coheader"),
    CustomerOrders: Root("customerOrders", "coheader"),
    Items: Root("items", "item"),
    Item: Root("item", "item"),
    Packs: Root("packs", "pack"),
    Upcs: Root("upcs", "upc"),
    ItemAtps: Root("itemATPDTOes", ""),
    Inventories: Root("itemInventories", "inventory"),
    InventoryItems: Root("inventoryItems", "inventory"),
    Shipments: Root("shipments", "shipment"),
    ReceiptLines: Root("receiptLines", "receiptline"),
    ReceiptNotice: Root("receiptLines", "receiptline"),
    RetailActivities: Root("retailActivities", "coretailactivity"),
    Webhooks: Root("webhooks", "webhook"),
    Webhook: Root("webhook", "webhook"),
    BulkUpdates: Root("bulkUpdates", "bulkUpdate"),
    BulkProgresses: Root("bulkUpdateResponses", "bulkUpdateResponse"),
    OrderStatusUpdate: Root("orderStatusUpdate", "orderStatusUpdate"),
    InvAdjustments: Root("invAdjustments", "invadjustment"),
    InventoryAvailability: Root("inventoryAvailability", "inventory"),
}
"""``itemInventories``, ``bulkUpdateResponses``, ``inventoryAvailability`` and the roots of a lone
order, item or webhook are ours (chosen); the others are the vendor's schemas'."""
