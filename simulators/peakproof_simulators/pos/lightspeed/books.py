"""What the second face writes down and the tills do not know; all of it is replaced, not changed.

Times are run time in ms (0: not yet); quantities are in hundred-thousandths of a unit.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

import msgspec

ConsignmentType = Literal["SUPPLIER", "OUTLET", "STOCKTAKE", "RETURN"]
ConsignmentStatus = Literal[
    "OPEN", "SENT", "DISPATCHED", "RECEIVED", "STOCKTAKE_SCHEDULED", "STOCKTAKE_IN_PROGRESS",
    "STOCKTAKE_IN_PROGRESS_PROCESSED", "STOCKTAKE_COMPLETE", "CLOSED", "CANCELLED",
]  # fmt: skip
FulfilmentType = Literal["PICKUP", "DISPATCH", "SERVICE"]
FulfilmentState = Literal["OPEN", "STARTED", "PICKED", "PACKED", "FULFILLED"]
HistoryType = Literal[
    "CREATED", "QUANTITY_UPDATED", "REMOVED", "PICKED", "PACKED", "FULFILLED", "VOIDED", "RETURNED",
]  # fmt: skip

MOVES: Final[
    dict[ConsignmentType, dict[ConsignmentStatus, frozenset[ConsignmentStatus]]]
] = {
    "SUPPLIER": {
        "OPEN": frozenset({"SENT", "CANCELLED"}),
        "SENT": frozenset({"DISPATCHED", "CANCELLED"}),
        "DISPATCHED": frozenset({"RECEIVED", "CANCELLED"}),
        "RECEIVED": frozenset(),
        "CANCELLED": frozenset(),
    },
    "OUTLET": {
        "OPEN": frozenset({"SENT"}),
        "SENT": frozenset({"RECEIVED", "CANCELLED"}),
        "RECEIVED": frozenset(),
        "CANCELLED": frozenset(),
    },
    "RETURN": {
        "OPEN": frozenset({"SENT", "CANCELLED"}),
        "SENT": frozenset(),
        "CANCELLED": frozenset(),
    },
    "STOCKTAKE": {
        "STOCKTAKE_SCHEDULED": frozenset({"STOCKTAKE_IN_PROGRESS", "CANCELLED", "CLOSED"}),
        "STOCKTAKE_IN_PROGRESS": frozenset(
            {"STOCKTAKE_IN_PROGRESS_PROCESSED", "CANCELLED", "CLOSED"}
        ),
        "STOCKTAKE_IN_PROGRESS_PROCESSED": frozenset({"STOCKTAKE_COMPLETE", "CANCELLED", "CLOSED"}),
        "STOCKTAKE_COMPLETE": frozenset(),
        "CANCELLED": frozenset(),
        "CLOSED": frozenset(),
    },
}  # fmt: skip
"""The life of a consignment, by its type."""

FIRST: Final[dict[ConsignmentType, tuple[ConsignmentStatus, ...]]] = {
    "SUPPLIER": ("OPEN", "SENT"),
    "OUTLET": ("OPEN",),
    "RETURN": ("OPEN",),
    "STOCKTAKE": ("STOCKTAKE_SCHEDULED", "STOCKTAKE_IN_PROGRESS"),
}
"""The states in which a consignment can be created; the first is where none is given."""


class Stocked(msgspec.Struct, frozen=True, gc=False):
    """What an outlet has of a product, as it was told last."""

    variant: str
    place: str
    units_e5: int


class Reordering(msgspec.Struct, frozen=True):
    """When an outlet reorders a product: a fixed quantity, or up to a target."""

    point: Decimal
    amount: Decimal | None = None
    target: Decimal | None = None


class User(msgspec.Struct, frozen=True, gc=False):
    """A person, or an application, that sales and adjustments are signed with."""

    word: str
    name: str
    account_type: Literal["admin", "cashier"]
    place: str = ""


class Drawer(msgspec.Struct, frozen=True):
    """The money side of a register: its open closure, and what it has taken by tender."""

    place: str
    name: str
    sequence: int
    is_open: bool
    opened_ms: int
    closed_ms: int = 0
    taken_minor: dict[str, int] = {}

    @property
    def closure(self) -> str:
        """The closure that is open, or was open last."""
        return f"{self.place}|{self.sequence}"


class CustomReason(msgspec.Struct, frozen=True, gc=False):
    """A reason for adjustments that the retailer made up."""

    id: str
    name: str
    kind: Literal["POSITIVE", "NEGATIVE"]
    enabled: bool
    created_ms: int


class Adjustment(msgspec.Struct, frozen=True, gc=False):
    """A correction of a stock figure."""

    id: str
    variant: str
    place: str
    units_e5: int
    reason: str
    custom: str
    user: str
    created_ms: int


class Customer(msgspec.Struct, frozen=True, gc=False):
    """A person who buys."""

    id: str
    code: str
    created_ms: int
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    note: str = ""


class Goods(msgspec.Struct, frozen=True, gc=False):
    """A product of a consignment: ``count_e5`` expected, ``received_e5`` seen; None: not said."""

    variant: str
    created_ms: int
    updated_ms: int
    version: int
    count_e5: int | None = None
    received_e5: int | None = None
    cost: Decimal | None = None
    done: bool = False


class Consignment(msgspec.Struct, frozen=True):
    """Goods on order, on their way, sent back, or being counted.

    ``transfer`` is the tills' own transfer that stands behind an ``OUTLET`` consignment.
    """

    id: str
    type: ConsignmentType
    status: ConsignmentStatus
    outlet: str
    created_ms: int
    updated_ms: int
    source: str = ""
    name: str = ""
    reference: str = ""
    supplier: str = ""
    invoice: str = ""
    due_at: str = ""
    received_ms: int = 0
    transfer: str = ""
    show_inactive: bool = False
    goods: dict[str, Goods] = {}
    gain_e5: int | None = None
    loss_e5: int | None = None


class FulfilmentLine(msgspec.Struct, frozen=True, gc=False):
    """A line to be handed over: not started, picked, packed and fulfilled sum to its units."""

    line: str
    variant: str
    units_e5: int
    picked_e5: int = 0
    packed_e5: int = 0
    fulfilled_e5: int = 0

    @property
    def not_started_e5(self) -> int:
        """What nobody has touched yet."""
        return self.units_e5 - self.picked_e5 - self.packed_e5 - self.fulfilled_e5


class Happened(msgspec.Struct, frozen=True, gc=False):
    """A line of a fulfilment's history; the rest are differences."""

    at_ms: int
    what: HistoryType
    line: str
    variant: str
    units_e5: int = 0
    picked_e5: int = 0
    packed_e5: int = 0
    fulfilled_e5: int = 0
    source_sale: str = ""


class Fulfilment(msgspec.Struct, frozen=True):
    """Goods of a sale that an outlet hands over or sends, apart from the till."""

    id: str
    version: int
    sale: str
    place: str
    type: FulfilmentType
    created_ms: int
    updated_ms: int
    lines: tuple[FulfilmentLine, ...]
    history: tuple[Happened, ...]
    voided: bool = False

    @property
    def state(self) -> FulfilmentState:
        """How far all of it has come."""
        lines = self.lines
        if all(line.fulfilled_e5 == line.units_e5 for line in lines):
            return "FULFILLED"
        if all(line.packed_e5 + line.fulfilled_e5 == line.units_e5 for line in lines):
            return "PACKED"
        if all(line.not_started_e5 == 0 for line in lines):
            return "PICKED"
        if any(line.not_started_e5 < line.units_e5 for line in lines):
            return "STARTED"
        return "OPEN"
