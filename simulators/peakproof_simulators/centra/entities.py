"""What a Centra environment holds. Entities are replaced, never changed in place.

Times are run time in seconds, money is integer minor units, units are whole.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

OrderStatus = Literal[
    "INCOMPLETE", "PENDING", "CONFIRMED", "PROCESSING", "SHIPPED", "ARCHIVED", "CANCELLED"
]
STATUS_CODES: Final[dict[str, int]] = {
    "INCOMPLETE": 0, "PENDING": 1, "CONFIRMED": 2, "PROCESSING": 3, "SHIPPED": 4, "ARCHIVED": 5,
    "CANCELLED": 6,
}  # fmt: skip
"""How the Order API numbers the states of an order."""

MOST_UNITS: Final = 100_000
"""Units of an order line; with the bound of a price, sums stay within 64 bits."""

OPEN: Final = ("PENDING", "CONFIRMED", "PROCESSING")
"""States in which an order still has something to do."""

PaymentEntryType = Literal["AUTH", "CAPTURE", "CAPTURE_REQUEST", "CANCEL", "REFUND"]
PaymentStatus = Literal["SUCCESS", "PENDING", "FAILED"]


class Store(msgspec.Struct, frozen=True):
    """A sales unit."""

    id: int
    name: str
    store_type: str = "DIRECT_TO_CONSUMER"


class Warehouse(msgspec.Struct, frozen=True):
    """Where stock lies. ``name`` is the code that facts carry; ``threshold`` is safety stock."""

    id: int
    name: str
    priority: int
    threshold: int = 0
    hide_from_stock_view: bool = False
    allocation_policy: str = "DIRECT"
    stock_master: str = "EXTERNAL"
    stock_ownership: str = "OWN"
    country: str = ""
    state: str = ""


class AllocationRule(msgspec.Struct, frozen=True):
    """Warehouses in order of priority; with a market, what a retailer calls a stock pool."""

    id: int
    name: str
    warehouses: tuple[int, ...]


class Market(msgspec.Struct, frozen=True):
    """Who buys; each market sells from one allocation rule."""

    id: int
    name: str
    store: int
    country: str
    rule: int


class Pricelist(msgspec.Struct, frozen=True):
    """Prices in one currency."""

    id: int
    name: str
    currency: str
    store: int


class Product(msgspec.Struct, frozen=True):
    """A product; ``components`` (size, units) make it a bundle."""

    id: int
    product_number: str
    name: str
    created_s: float
    updated_s: float
    status: str = "ACTIVE"
    components: tuple[tuple[int, int], ...] = ()


class Variant(msgspec.Struct, frozen=True):
    """A variant of a product; also its display."""

    id: int
    product: int
    variant_number: str
    name: str
    created_s: float
    updated_s: float


class Size(msgspec.Struct, frozen=True):
    """A size of a variant: what stock is counted of. ``sku`` is the three numbers in a row."""

    id: int
    variant: int
    product: int
    sku: str
    size_number: str = ""
    description: str = ""
    ean: str = ""
    upc: str = ""


class Cell(msgspec.Struct, frozen=True, gc=False):
    """Stock of a size in a warehouse."""

    size: int
    warehouse: int
    physical: int = 0
    allocated: int = 0
    demand: int = 0
    incoming: int = 0

    @property
    def free(self) -> int:
        """Free to allocate: on the shelf and on no order. Safety stock is still in it."""
        return self.physical - self.allocated

    @property
    def available_now(self) -> int:
        """Free to allocate less what orders still wait for."""
        return self.physical - self.allocated - self.demand

    @property
    def available(self) -> int:
        """Available now and what suppliers will bring."""
        return self.physical - self.allocated - self.demand + self.incoming

    @property
    def unshipped(self) -> int:
        """Everything ordered that has not left."""
        return self.allocated + self.demand


class Alloc(msgspec.Struct, frozen=True, gc=False):
    """Units of a line that a warehouse holds for it."""

    id: int
    warehouse: int
    units: int
    waiting: bool = False
    """Whether the warehouse still has to confirm."""


class OrderLine(msgspec.Struct, frozen=True):
    """A line: ``quantity`` = units allocated + units on shipments + ``demand``.

    What was cancelled is not in ``quantity`` any more.
    """

    id: int
    size: int
    quantity: int
    unit_price_minor: int
    allocations: tuple[Alloc, ...] = ()
    demand: int = 0
    on_shipments: int = 0
    cancelled: int = 0
    comment: str = ""
    bundle: int = 0
    """The line that is a bundle's head, 0: none."""


class PaymentEntry(msgspec.Struct, frozen=True):
    """A line of an order's payment history."""

    id: int
    entry_type: PaymentEntryType
    status: PaymentStatus
    amount_minor: int
    created_s: float
    shipment: int = 0
    reference: str = ""


class Order(msgspec.Struct, frozen=True):
    """A customer's order."""

    number: int
    id: str
    status: OrderStatus
    market: int
    pricelist: int
    currency: str
    created_s: float
    updated_s: float
    lines: tuple[OrderLine, ...]
    waiting: bool = True
    """Whether it waits for payment."""
    on_hold: bool = False
    hold_reason: str = ""
    locked: bool = False
    internal: bool = False
    shipping_minor: int = 0
    email: str = ""
    address: dict[str, str] = {}
    billing: dict[str, str] = {}
    comment: str = ""
    internal_comment: str = ""
    other_comment: str = ""
    attributes: dict[str, str] = {}
    payments: tuple[PaymentEntry, ...] = ()
    shipments: tuple[int, ...] = ()
    foreign_number: str = ""
    complete: bool = True
    """False for an order that the Order API has created and not yet completed."""

    @property
    def total_minor(self) -> int:
        """What the customer has to pay now."""
        return self.goods_minor + self.shipping_minor

    @property
    def goods_minor(self) -> int:
        """Price of all lines, without what was cancelled."""
        return sum(line.quantity * line.unit_price_minor for line in self.lines)

    def paid_minor(self, *types: str) -> int:
        """Successful or pending amounts of some entry types."""
        return sum(
            entry.amount_minor
            for entry in self.payments
            if entry.entry_type in types and entry.status != "FAILED"
        )


class ShipmentLine(msgspec.Struct, frozen=True):
    """Units of an order line in a shipment; ``parts`` (warehouse, units) say where from."""

    id: int
    order_line: int
    quantity: int
    parts: tuple[tuple[int, int], ...]
    returned: int = 0


class Shipment(msgspec.Struct, frozen=True):
    """A parcel to be; it is complete when it is good to go, paid or captured, and shipped."""

    id: int
    number: str
    order: int
    lines: tuple[ShipmentLine, ...]
    created_s: float
    updated_s: float
    good_to_go: bool = False
    paid: bool = False
    captured_s: float | None = None
    shipped_s: float | None = None
    completed_s: float | None = None
    costs_deducted: bool = False
    message: str = ""
    info: dict[str, Any] = {}

    @property
    def captured(self) -> bool:
        """Whether its amount was captured."""
        return self.captured_s is not None

    @property
    def complete(self) -> bool:
        """Whether its units have left."""
        return self.completed_s is not None


class ReturnLine(msgspec.Struct, frozen=True):
    """Units of a shipment line that came back; ``parts`` say where they went."""

    id: int
    shipment_line: int
    order_line: int
    quantity: int
    parts: tuple[tuple[int, int], ...]


class Return(msgspec.Struct, frozen=True):
    """Goods back from a customer. Stock moves when it is made, not when it is completed."""

    id: int
    order: int
    shipment: int
    lines: tuple[ReturnLine, ...]
    policy: str
    created_s: float
    completed: bool = False
    amount_minor: int = 0
    refunded: int = 0
    """The payment entry that paid it back, 0: none yet."""
    comment: str = ""
    email_sent: bool = False
    external_id: str = ""


class StockChange(msgspec.Struct, frozen=True):
    """Stock that somebody wrote: ``lines`` are (id, size, units)."""

    id: int
    description: str
    into: int
    out_of: int
    lines: tuple[tuple[int, int, int], ...]
    created_s: float


class Request(msgspec.Struct, frozen=True):
    """A warehouse is asked whether it takes an allocation (an order, some lines, an expiry)."""

    id: int
    kind: Literal["check_first", "confirm"]
    order: int
    warehouse: int
    status: str
    expires_s: float
    created_s: float
    lines: tuple[tuple[int, int], ...]
    """(order line, units)."""
