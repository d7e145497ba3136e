"""Square's words for what the tills call otherwise, as literal tables."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.pos.sale import (
    FulfilmentState,
    PaymentState,
    RefundState,
    SaleState,
    Tender,
    TransferState,
)
from peakproof_simulators.pos.square.payloads.inventory import (
    Direction,
    InventoryState,
    ReasonType,
)
from peakproof_simulators.pos.square.payloads.orders import FulfillmentState, OrderState
from peakproof_simulators.pos.square.payloads.transfers import TransferStatus
from peakproof_simulators.pos.stock import UNIT, State

STOCK: Final[dict[State, InventoryState]] = {
    "outside": "NONE",
    "on_hand": "IN_STOCK",
    "reserved": "RESERVED_FOR_SALE",
    "sold": "SOLD",
    "damaged": "WASTE",
    "in_transit": "IN_TRANSIT",
    "brought_back": "UNLINKED_RETURN",
}
STOCK_BACK: Final[dict[InventoryState, State]] = {ours: theirs for theirs, ours in STOCK.items()}

WRITABLE: Final[frozenset[InventoryState]] = frozenset(
    {"NONE", "IN_STOCK", "SOLD", "WASTE", "UNLINKED_RETURN"}
)
"""The states that clients may write; all others are read-only."""

COUNTABLE: Final[frozenset[InventoryState]] = frozenset({"IN_STOCK", "WASTE"})
"""The writable states of which a figure is kept."""

TRANSITIONS: Final[dict[InventoryState, frozenset[InventoryState]]] = {
    "NONE": frozenset({"IN_STOCK"}),
    "IN_STOCK": frozenset({"SOLD", "WASTE"}),
    "UNLINKED_RETURN": frozenset({"IN_STOCK", "WASTE"}),
}
"""The moves that clients may make. The vendor's own table is not public: this one holds the
moves of its examples and of its description of each state."""

SALE: Final[dict[SaleState, OrderState]] = {
    "parked": "DRAFT",
    "open": "OPEN",
    "completed": "COMPLETED",
    "voided": "CANCELED",
}
SALE_BACK: Final[dict[OrderState, SaleState]] = {ours: theirs for theirs, ours in SALE.items()}

FULFILMENT: Final[dict[FulfilmentState, FulfillmentState]] = {
    "proposed": "PROPOSED",
    "reserved": "RESERVED",
    "prepared": "PREPARED",
    "completed": "COMPLETED",
    "cancelled": "CANCELED",
    "failed": "FAILED",
}
FULFILMENT_BACK: Final[dict[FulfillmentState, FulfilmentState]] = {
    ours: theirs for theirs, ours in FULFILMENT.items()
}

PAYMENT: Final[dict[PaymentState, str]] = {
    "approved": "APPROVED",
    "completed": "COMPLETED",
    "cancelled": "CANCELED",
    "failed": "FAILED",
}
REFUND: Final[dict[RefundState, str]] = {
    "pending": "PENDING",
    "completed": "COMPLETED",
    "rejected": "REJECTED",
    "failed": "FAILED",
}
ORDER_REFUND: Final[dict[RefundState, str]] = {
    "pending": "PENDING",
    "completed": "APPROVED",
    "rejected": "REJECTED",
    "failed": "FAILED",
}
SOURCE: Final[dict[Tender, str]] = {"cash": "CASH", "card": "CARD", "external": "EXTERNAL"}
TENDER: Final[dict[Tender, str]] = {"cash": "CASH", "card": "CARD", "external": "OTHER"}

TRANSFER: Final[dict[TransferState, TransferStatus]] = {
    "draft": "DRAFT",
    "started": "STARTED",
    "partially_received": "PARTIALLY_RECEIVED",
    "completed": "COMPLETED",
    "cancelled": "CANCELED",
}
TRANSFER_BACK: Final[dict[TransferStatus, TransferState]] = {
    ours: theirs for theirs, ours in TRANSFER.items()
}

REASONS: Final[dict[ReasonType, Direction]] = {
    "RECEIVED": "INCREASE",
    "RETURNED": "INCREASE",
    "DAMAGED": "DECREASE",
    "THEFT": "DECREASE",
    "LOST": "DECREASE",
    "SPOILAGE_WASTE": "DECREASE",
    "SAMPLES_PROMOTIONAL": "DECREASE",
    "INTERNAL_USE": "DECREASE",
    "VENDOR_RETURN": "DECREASE",
    "PRODUCTION_WASTE": "DECREASE",
}
"""Reasons that clients may give."""

OWN_REASONS: Final[tuple[ReasonType, ...]] = (
    "SALE", "RECOUNT", "TRANSFER", "IN_TRANSIT", "CANCELED_SALE",
)  # fmt: skip
"""Reasons that only Square itself gives."""

TILL_REASONS: Final[dict[str, ReasonType]] = {
    "sale": "SALE",
    "cancelled_sale": "CANCELED_SALE",
    "returned": "RETURNED",
    "damaged": "DAMAGED",
    "recount": "RECOUNT",
    "received": "RECEIVED",
    "transfer": "TRANSFER",
    "in_transit": "IN_TRANSIT",
}
"""What the tills call a reason, in Square's word; a reason given through the API is kept as is."""


def quantity(units_e5: int) -> str:
    """A decimal string: ``7``, ``-2``, ``0.5``."""
    if units_e5 % UNIT == 0:
        return str(units_e5 // UNIT)
    whole, rest = divmod(abs(units_e5), UNIT)
    return f"{'-' if units_e5 < 0 else ''}{whole}.{rest:05d}".rstrip("0")


def units_e5(text: str) -> int:
    """The quantity of a decimal string that has passed its pattern."""
    whole, _, rest = text.strip().partition(".")
    return int(whole) * UNIT + int(rest.ljust(5, "0")) if rest else int(whole) * UNIT
