"""Sales, returns, money taken and given back, transfers: what tills write down.

All of these are replaced when they change, never changed in place: a query that lags still finds
what they were. Times are run time in ms (0: not yet); money is in minor units.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from peakproof_simulators.pos.pricing import Discount, Share, Tax

SaleState = Literal["parked", "open", "completed", "voided"]
FulfilmentState = Literal["proposed", "reserved", "prepared", "completed", "cancelled", "failed"]
PaymentState = Literal["approved", "completed", "cancelled", "failed"]
RefundState = Literal["pending", "completed", "rejected", "failed"]
TransferState = Literal["draft", "started", "partially_received", "completed", "cancelled"]
Tender = Literal["cash", "card", "external"]

SALE_MOVES: Final[dict[SaleState, frozenset[SaleState]]] = {
    "parked": frozenset({"open", "voided"}),
    "open": frozenset({"completed", "voided"}),
    "completed": frozenset(),
    "voided": frozenset(),
}
"""The life of a sale as others may move it; a till may still void what it completed."""

FULFILMENT_MOVES: Final[dict[FulfilmentState, frozenset[FulfilmentState]]] = {
    "proposed": frozenset({"reserved", "prepared", "completed", "cancelled", "failed"}),
    "reserved": frozenset({"prepared", "completed", "cancelled", "failed"}),
    "prepared": frozenset({"completed", "cancelled", "failed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
    "failed": frozenset(),
}

PAYMENT_MOVES: Final[dict[PaymentState, frozenset[PaymentState]]] = {
    "approved": frozenset({"completed", "cancelled", "failed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
    "failed": frozenset(),
}

TRANSFER_MOVES: Final[dict[TransferState, frozenset[TransferState]]] = {
    "draft": frozenset({"started"}),
    "started": frozenset({"partially_received", "completed", "cancelled"}),
    "partially_received": frozenset({"partially_received", "completed", "cancelled"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}


class SaleLine(msgspec.Struct, frozen=True, gc=False):
    """Units of one variant in a basket; ``variant`` is empty for an item typed in by hand."""

    uid: str
    sku: str
    units_e5: int
    unit_price_minor: int
    gross_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    total_minor: int = 0
    variant: str = ""
    name: str = ""
    variant_name: str = ""
    catalogue_version: int = 0
    note: str = ""
    discounts: tuple[Share, ...] = ()
    taxes: tuple[Share, ...] = ()
    metadata: dict[str, str] | None = None


class ReturnLine(msgspec.Struct, frozen=True, gc=False):
    """Units brought back; ``source_line`` is the line they were sold on, where that is known."""

    uid: str
    sku: str
    units_e5: int
    unit_price_minor: int
    gross_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    source_line: str = ""
    variant: str = ""
    name: str = ""
    variant_name: str = ""
    catalogue_version: int = 0
    restock: bool = True
    by_amount: bool = False
    """True for money given back without goods."""


class Return(msgspec.Struct, frozen=True, gc=False):
    """What came back from one sale; ``source`` is empty when no sale is known."""

    uid: str
    source: str
    lines: tuple[ReturnLine, ...]


class Fulfilment(msgspec.Struct, frozen=True, gc=False):
    """How goods reach the customer; ``details`` are kept as the caller gave them."""

    uid: str
    kind: str
    state: FulfilmentState
    details: dict[str, Any]


class Sale(msgspec.Struct, frozen=True, gc=False):
    """A basket from its first line to its end. ``no`` counts sales, ``mark`` counts changes.

    ``by_till`` sales were made on a till, the rest through an API. ``shape`` keeps what a surface
    was told and the tills make nothing of.
    """

    id: str
    no: int
    mark: int
    version: int
    place: str
    state: SaleState
    by_till: bool
    source: str
    created_ms: int
    updated_ms: int
    occurred_ms: int
    closed_ms: int = 0
    closed_no: int = 0
    reference: str = ""
    customer: str = ""
    ticket: str = ""
    lines: tuple[SaleLine, ...] = ()
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[Tax, ...] = ()
    returns: tuple[Return, ...] = ()
    fulfilments: tuple[Fulfilment, ...] = ()
    payments: tuple[str, ...] = ()
    refunds: tuple[str, ...] = ()
    total_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    paid_minor: int = 0
    metadata: dict[str, str] | None = None
    shape: dict[str, Any] | None = None

    @property
    def returned_minor(self) -> int:
        """What the returned goods are worth, or the money given back."""
        return sum(line.total_minor for each in self.returns for line in each.lines)


class Payment(msgspec.Struct, frozen=True, gc=False):
    """Money taken for a sale; ``client_ms`` is the till's own time when it was taken offline."""

    id: str
    no: int
    mark: int
    version: int
    sale: str
    place: str
    state: PaymentState
    tender: Tender
    amount_minor: int
    by_till: bool
    created_ms: int
    updated_ms: int
    tip_minor: int = 0
    refunded_minor: int = 0
    client_ms: int | None = None
    reference: str = ""
    note: str = ""
    customer: str = ""
    refunds: tuple[str, ...] = ()
    shape: dict[str, Any] | None = None


class Refund(msgspec.Struct, frozen=True, gc=False):
    """Money given back; ``payment`` is empty when it is linked to none."""

    id: str
    no: int
    mark: int
    version: int
    sale: str
    place: str
    state: RefundState
    amount_minor: int
    created_ms: int
    updated_ms: int
    payment: str = ""
    tender: Tender = "cash"
    reason: str = ""


class TransferLine(msgspec.Struct, frozen=True, gc=False):
    """Units of one variant on their way: ordered = received + damaged + cancelled + pending."""

    uid: str
    variant: str
    ordered_e5: int
    received_e5: int = 0
    damaged_e5: int = 0
    cancelled_e5: int = 0

    @property
    def pending_e5(self) -> int:
        """What is still to be accounted for."""
        return self.ordered_e5 - self.received_e5 - self.damaged_e5 - self.cancelled_e5


class Transfer(msgspec.Struct, frozen=True, gc=False):
    """Goods that go from one place to another."""

    id: str
    no: int
    mark: int
    version: int
    src: str
    dst: str
    state: TransferState
    lines: tuple[TransferLine, ...]
    created_ms: int
    updated_ms: int
    completed_ms: int = 0
    expected: str = ""
    notes: str = ""
    tracking: str = ""
    person: str = ""
