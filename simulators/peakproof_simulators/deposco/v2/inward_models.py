"""Orders whose goods come: purchase orders, customers' returns, inbound transfers."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.v2.order_models import OrderHeader, OrderLine
from peakproof_simulators.deposco.v2.payloads import Dto, EntityRef
from peakproof_simulators.deposco.v2.words import (
    Amount,
    Opaque,
    Page,
    References,
    Text3,
    Text4,
    Text20,
    Text30,
    Text50,
)


class PurchaseOrderLine(OrderLine, kw_only=True):
    """A line of a purchase order."""

    order_line_status: (
        Literal[
            "New",
            "Hold",
            "In-Transit",
            "Arrived",
            "Partial Receipt",
            "Received",
            "Canceled",
            "Closed",
        ]
        | UnsetType
        | None
    ) = UNSET
    ship_to_facility: EntityRef | UnsetType | None = UNSET
    inbound_lpn: Text30 | UnsetType | None = msgspec.field(name="inboundLPN", default=UNSET)
    master_inbound_lpn: Text30 | UnsetType | None = msgspec.field(
        name="masterInboundLPN", default=UNSET
    )
    received_pack_quantity: Amount | UnsetType = UNSET
    received_damaged_pack_quantity: Amount | UnsetType = UNSET
    returned_pack_quantity: Amount | UnsetType = UNSET
    invoice: Text50 | UnsetType | None = UNSET


class PurchaseOrderLines(Page, kw_only=True):
    """Lines of a purchase order."""

    data: list[PurchaseOrderLine]


class PurchaseOrder(OrderHeader, kw_only=True):
    """A purchase order."""

    type: Literal["Purchase Order"] | UnsetType | None = UNSET
    order_status: (
        Literal[
            "Draft",
            "New",
            "Hold",
            "In-Transit",
            "Arrived",
            "Receiving",
            "Partial Receipt",
            "Received",
            "Canceled",
            "Closed",
        ]
        | UnsetType
        | None
    ) = UNSET
    ship_to_facility: EntityRef | UnsetType | None = UNSET
    payment_terms: Text50 | UnsetType | None = UNSET
    currency_code: Text3 | UnsetType | None = UNSET
    contract_number: Text20 | UnsetType | None = UNSET
    ack_reason_code: Text4 | UnsetType | None = UNSET
    inv_segmentation_plan: EntityRef | UnsetType | None = UNSET
    on_time: bool | UnsetType = UNSET
    vendor_compliant: bool | UnsetType = UNSET
    order_lines: PurchaseOrderLines | UnsetType = UNSET
    shipments: References | UnsetType | None = UNSET


class PurchaseOrderStatus(Dto, kw_only=True):
    """The status of a purchase order."""

    order_status: Literal[
        "Draft",
        "New",
        "Hold",
        "In-Transit",
        "Arrived",
        "Receiving",
        "Partial Receipt",
        "Received",
        "Canceled",
        "Closed",
    ]


class PurchaseOrderPage(Page, kw_only=True):
    """A page of them, id descending."""

    data: list[PurchaseOrder]


class CustomerReturnLine(OrderLine, kw_only=True):
    """A line of a customer's return."""

    order_line_status: (
        Literal["New", "Receiving", "Partial Receipt", "Received", "Canceled"] | UnsetType | None
    ) = UNSET
    ship_to_facility: EntityRef | UnsetType | None = UNSET
    co_line: EntityRef | UnsetType | None = UNSET
    received_pack_quantity: Amount | UnsetType = UNSET
    received_damaged_pack_quantity: Amount | UnsetType = UNSET


class CustomerReturnLines(Page, kw_only=True):
    """Lines of a customer's return."""

    data: list[CustomerReturnLine]


class CustomerReturn(OrderHeader, kw_only=True):
    """A customer's return."""

    type: Literal["Customer Return"] | UnsetType | None = UNSET
    order_status: (
        Literal["New", "Hold", "Receiving", "Partial Receipt", "Received", "Canceled"]
        | UnsetType
        | None
    ) = UNSET
    ship_to_facility: EntityRef | UnsetType | None = UNSET
    parent_order: EntityRef | UnsetType | None = UNSET
    co_header: EntityRef | UnsetType | None = UNSET
    order_lines: CustomerReturnLines | UnsetType = UNSET


class CustomerReturnStatus(Dto, kw_only=True):
    """The status of a customer's return."""

    order_status: Literal["New", "Hold", "Receiving", "Partial Receipt", "Received", "Canceled"]


class CustomerReturnPage(Page, kw_only=True):
    """A page of them, id descending."""

    data: list[CustomerReturn]


class InboundTransferLine(OrderLine, kw_only=True):
    """A line of a transfer that comes to a facility."""

    order_line_status: (
        Literal[
            "New",
            "Hold",
            "In-Transit",
            "Arrived",
            "Partial Receipt",
            "Received",
            "Canceled",
            "Closed",
        ]
        | UnsetType
        | None
    ) = UNSET
    ship_to_facility: EntityRef | UnsetType | None = UNSET
    co_line: EntityRef | UnsetType = UNSET
    inbound_lpn: Text30 | UnsetType | None = msgspec.field(name="inboundLPN", default=UNSET)
    master_inbound_lpn: Text30 | UnsetType | None = msgspec.field(
        name="masterInboundLPN", default=UNSET
    )
    received_pack_quantity: Amount | UnsetType = UNSET
    received_damaged_pack_quantity: Amount | UnsetType = UNSET
    receipt_lines: Opaque | UnsetType = UNSET


class InboundTransferLines(Page, kw_only=True):
    """Lines of a transfer that comes to a facility."""

    data: list[InboundTransferLine]


class InboundTransfer(OrderHeader, kw_only=True):
    """A transfer that comes to a facility."""

    type: Literal["Inbound Transfer Order"] | UnsetType | None = UNSET
    order_status: (
        Literal["New", "Hold", "Receiving", "Received", "Canceled", "Partial Receipt"]
        | UnsetType
        | None
    ) = UNSET
    ship_to_facility: EntityRef | UnsetType | None = UNSET
    ship_from_facility: EntityRef | UnsetType | None = UNSET
    customer_order_headers: list[EntityRef] | UnsetType = UNSET
    order_lines: InboundTransferLines | UnsetType = UNSET


class InboundTransferStatus(Dto, kw_only=True):
    """The status of a transfer that comes to a facility."""

    order_status: Literal["New", "Hold", "Receiving", "Received", "Canceled", "Partial Receipt"]


class InboundTransferPage(Page, kw_only=True):
    """A page of them, id descending."""

    data: list[InboundTransfer]
