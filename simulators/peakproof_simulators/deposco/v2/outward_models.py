"""Orders whose goods leave: sales orders, returns to vendors, outbound transfers."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.v2.order_models import OrderHeader, OrderLine
from peakproof_simulators.deposco.v2.payloads import Dto, EntityRef, Int32
from peakproof_simulators.deposco.v2.words import (
    Amount,
    Contact,
    Opaque,
    Page,
    PostalAddress,
    References,
    Text50,
)


class SalesOrderLine(OrderLine, kw_only=True):
    """A line of a sales order."""

    order_line_status: (
        Literal[
            "Awaiting Delivery",
            "Awaiting Pickup",
            "Awaiting Shipment",
            "Back Ordered",
            "Canceled",
            "Closed",
            "Complete",
            "Draft",
            "Drop Ship",
            "Full Payment",
            "In Progress",
            "Needs Attention",
            "New",
            "Open",
            "Partial Released",
            "Partial Returned",
            "Partial Payment",
            "Partial Return",
            "Picking",
            "Wave Built",
            "Released",
            "Releasing",
            "Returned",
            "Substituted",
            "Voided",
        ]
        | UnsetType
        | None
    ) = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    co_line: EntityRef | UnsetType = UNSET
    allocated_quantity: Amount | UnsetType = UNSET
    unallocated_quantity: Amount | UnsetType = UNSET
    picked_pack_quantity: Amount | UnsetType = UNSET
    shortage_pack_quantity: Amount | UnsetType = UNSET
    shipped_pack_quantity: Amount | UnsetType = UNSET
    returned_pack_quantity: Amount | UnsetType = UNSET
    preallocated: bool | UnsetType = UNSET
    is_back_ordered: (
        Literal["Back Ordered", "Not Back Ordered", "Exception Pick", "Awaiting Stock Movement"]
        | UnsetType
        | None
    ) = UNSET
    platinum_line_no: Int32 | UnsetType = UNSET
    directed_to_zone: EntityRef | UnsetType | None = UNSET
    allocate_from_zone: bool | UnsetType = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET


class SalesOrderLines(Page, kw_only=True):
    """Lines of a sales order."""

    data: list[SalesOrderLine]


class SalesOrder(OrderHeader, kw_only=True):
    """A sales order."""

    ship_to_address: PostalAddress
    ship_to_contact: Contact
    type: Literal["Sales Order"] | UnsetType | None = UNSET
    order_status: (
        Literal[
            "Draft",
            "New",
            "Hold",
            "Ready for Fulfillment",
            "Wave Built",
            "Back Ordered",
            "Partially Released",
            "Released",
            "Picking",
            "Pick Complete",
            "Partially Staged",
            "Staged",
            "Partially Loaded",
            "Loaded",
            "Partially Shipped",
            "Ship Complete",
            "Canceled",
        ]
        | UnsetType
    ) = UNSET
    ship_from_facility: EntityRef | UnsetType = UNSET
    duty_paid_by: Literal["DDU", "DDP"] | UnsetType | None = UNSET
    duty_paid_by_type: Literal["Seller", "Receiver", "Third party"] | UnsetType | None = UNSET
    duty_paid_by_contact_name: Text50 | UnsetType | None = UNSET
    duty_paid_by_account: Text50 | UnsetType | None = UNSET
    duty_paid_by_postal_code: Text50 | UnsetType | None = UNSET
    duty_paid_by_country: Text50 | UnsetType | None = UNSET
    directed_to_zone: EntityRef | UnsetType | None = UNSET
    customer_order_headers: list[EntityRef] | UnsetType = UNSET
    order_lines: SalesOrderLines | UnsetType = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET
    shipments: References | UnsetType | None = UNSET


class SalesOrderStatus(Dto, kw_only=True):
    """The status of a sales order."""

    order_status: Literal[
        "Draft",
        "New",
        "Hold",
        "Ready for Fulfillment",
        "Wave Built",
        "Back Ordered",
        "Partially Released",
        "Released",
        "Picking",
        "Pick Complete",
        "Partially Staged",
        "Staged",
        "Partially Loaded",
        "Loaded",
        "Partially Shipped",
        "Ship Complete",
        "Canceled",
    ]


class SalesOrderPage(Page, kw_only=True):
    """A page of them, id descending."""

    data: list[SalesOrder]


class VendorReturnLine(OrderLine, kw_only=True):
    """A line of a return to a vendor."""

    order_line_status: (
        Literal[
            "Awaiting Delivery",
            "Awaiting Pickup",
            "Awaiting Shipment",
            "Back Ordered",
            "Canceled",
            "Closed",
            "Complete",
            "Draft",
            "Drop Ship",
            "Full Payment",
            "In Progress",
            "Needs Attention",
            "New",
            "Open",
            "Partial Released",
            "Partial Returned",
            "Partial Payment",
            "Partial Return",
            "Picking",
            "Wave Built",
            "Released",
            "Releasing",
            "Returned",
            "Substituted",
            "Voided",
        ]
        | UnsetType
        | None
    ) = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    allocated_quantity: Amount | UnsetType = UNSET
    unallocated_quantity: Amount | UnsetType = UNSET
    picked_pack_quantity: Amount | UnsetType = UNSET
    shipped_pack_quantity: Amount | UnsetType = UNSET
    preallocated: bool | UnsetType = UNSET
    is_back_ordered: (
        Literal["Back Ordered", "Not Back Ordered", "Exception Pick", "Awaiting Stock Movement"]
        | UnsetType
        | None
    ) = UNSET
    directed_to_zone: EntityRef | UnsetType | None = UNSET
    allocate_from_zone: bool | UnsetType = UNSET


class VendorReturnLines(Page, kw_only=True):
    """Lines of a return to a vendor."""

    data: list[VendorReturnLine]


class VendorReturn(OrderHeader, kw_only=True):
    """A return to a vendor."""

    ship_to_address: PostalAddress
    ship_to_contact: Contact
    type: Literal["Vendor Return"] | UnsetType | None = UNSET
    parent_order: EntityRef | UnsetType | None = UNSET
    order_status: (
        Literal[
            "Draft",
            "New",
            "Hold",
            "Ready for Fulfillment",
            "Wave Built",
            "Back Ordered",
            "Partially Released",
            "Released",
            "Picking",
            "Pick Complete",
            "Partially Staged",
            "Staged",
            "Partially Loaded",
            "Loaded",
            "Partially Shipped",
            "Ship Complete",
            "Canceled",
        ]
        | UnsetType
        | None
    ) = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    duty_paid_by: Literal["DDU", "DDP"] | UnsetType | None = UNSET
    duty_paid_by_type: Literal["Seller", "Receiver", "Third party"] | UnsetType | None = UNSET
    duty_paid_by_contact_name: Text50 | UnsetType | None = UNSET
    duty_paid_by_account: Text50 | UnsetType | None = UNSET
    duty_paid_by_postal_code: Text50 | UnsetType | None = UNSET
    duty_paid_by_country: Text50 | UnsetType | None = UNSET
    directed_to_zone: EntityRef | UnsetType | None = UNSET
    order_lines: VendorReturnLines | UnsetType = UNSET
    shipments: References | UnsetType | None = UNSET


class VendorReturnStatus(Dto, kw_only=True):
    """The status of a return to a vendor."""

    order_status: Literal[
        "Draft",
        "New",
        "Hold",
        "Ready for Fulfillment",
        "Wave Built",
        "Back Ordered",
        "Partially Released",
        "Released",
        "Picking",
        "Pick Complete",
        "Partially Staged",
        "Staged",
        "Partially Loaded",
        "Loaded",
        "Partially Shipped",
        "Ship Complete",
        "Canceled",
    ]


class VendorReturnPage(Page, kw_only=True):
    """A page of them, id descending."""

    data: list[VendorReturn]


class OutboundTransferLine(OrderLine, kw_only=True):
    """A line of a transfer that leaves a facility."""

    order_line_status: (
        Literal["New", "Canceled", "Complete", "Draft", "Hold", "Picking", "Wave Built", "Released"]
        | UnsetType
        | None
    ) = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    co_line: EntityRef | UnsetType = UNSET
    allocated_quantity: Amount | UnsetType = UNSET
    unallocated_quantity: Amount | UnsetType = UNSET
    picked_pack_quantity: Amount | UnsetType = UNSET
    shortage_pack_quantity: Amount | UnsetType = UNSET
    shipped_pack_quantity: Amount | UnsetType = UNSET
    preallocated: bool | UnsetType = UNSET
    is_back_ordered: (
        Literal["Back Ordered", "Not Back Ordered", "Exception Pick", "Awaiting Stock Movement"]
        | UnsetType
        | None
    ) = UNSET
    directed_to_zone: EntityRef | UnsetType | None = UNSET
    allocate_from_zone: bool | UnsetType = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET


class OutboundTransferLines(Page, kw_only=True):
    """Lines of a transfer that leaves a facility."""

    data: list[OutboundTransferLine]


class OutboundTransfer(OrderHeader, kw_only=True):
    """A transfer that leaves a facility."""

    type: Literal["Outbound Transfer Order"] | UnsetType | None = UNSET
    order_status: (
        Literal[
            "Draft",
            "New",
            "Hold",
            "Wave Built",
            "Back Ordered",
            "Partially Released",
            "Released",
            "Picking",
            "Pick Complete",
            "Partially Staged",
            "Staged",
            "Partially Loaded",
            "Loaded",
            "Partially Shipped",
            "Ship Complete",
            "Canceled",
        ]
        | UnsetType
        | None
    ) = UNSET
    ship_to_facility: EntityRef | UnsetType | None = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    duty_paid_by: Literal["DDU", "DDP"] | UnsetType | None = UNSET
    duty_paid_by_type: Literal["Seller", "Receiver", "Third party"] | UnsetType | None = UNSET
    duty_paid_by_contact_name: Text50 | UnsetType | None = UNSET
    duty_paid_by_account: Text50 | UnsetType | None = UNSET
    duty_paid_by_postal_code: Text50 | UnsetType | None = UNSET
    duty_paid_by_country: Text50 | UnsetType | None = UNSET
    directed_to_zone: EntityRef | UnsetType | None = UNSET
    customer_order_headers: list[EntityRef] | UnsetType = UNSET
    order_lines: OutboundTransferLines | UnsetType = UNSET
    carrier_special_services: list[Opaque] | UnsetType = UNSET
    shipments: References | UnsetType | None = UNSET


class OutboundTransferStatus(Dto, kw_only=True):
    """The status of a transfer that leaves a facility."""

    order_status: Literal[
        "Draft",
        "New",
        "Hold",
        "Wave Built",
        "Back Ordered",
        "Partially Released",
        "Released",
        "Picking",
        "Pick Complete",
        "Partially Staged",
        "Staged",
        "Partially Loaded",
        "Loaded",
        "Partially Shipped",
        "Ship Complete",
        "Canceled",
    ]


class OutboundTransferPage(Page, kw_only=True):
    """A page of them, id descending."""

    data: list[OutboundTransfer]
