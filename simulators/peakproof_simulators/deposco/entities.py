"""What the store keeps of an order, a shipment, a receipt: frozen, replaced on every change."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

import msgspec

from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.lifecycle import OUTWARD, SALES, WITHOUT_DEMAND
from peakproof_simulators.deposco.payloads.common import Number
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.orders import OrderLine as LineSent

MAX_PACKS: Final = 1_000_000


class Line(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A line of an order; all quantities are units.

    ``allocated`` is held and not shipped yet; ``picked``, ``packed`` and ``shipped`` only grow
    (an undone shipment takes ``shipped`` back). ``short`` will not come; ``corrected`` was taken
    off the stock record because a picker did not find it.
    """

    number: str
    sku: str
    pack_type: str
    per_pack: int
    ordered: int
    sent: LineSent
    price_minor: int = 0
    canceled: int = 0
    short: int = 0
    corrected: int = 0
    allocated: int = 0
    picked: int = 0
    packed: int = 0
    shipped: int = 0
    received: int = 0
    damaged: int = 0

    @property
    def open(self) -> int:
        """Units that are still to be shipped."""
        return self.ordered - self.canceled - self.short - self.shipped

    @property
    def unallocated(self) -> int:
        """Units that are still to be allocated."""
        return self.open - self.allocated

    @property
    def to_pick(self) -> int:
        """Units that are allocated and not picked yet."""
        return self.allocated + self.shipped - self.picked

    @property
    def expected(self) -> int:
        """Units that are still to come in, on an inbound order."""
        return max(0, self.ordered - self.canceled - self.received - self.damaged)


class Order(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An order of any type. ``sent`` is what the caller wrote, without its lines; ``shipments``
    and ``receipts`` are numbers."""

    number: str
    type: str
    status: str
    facility: str
    sent: OrderSent
    lines: tuple[Line, ...]
    created: float
    updated: float
    shipments: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    why: str = ""


class ParcelLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Units of an order's line in a shipment."""

    order: str
    line: str
    sku: str
    pack_type: str
    per_pack: int
    ordered: int
    units: int


class Shipment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A parcel or a load. ``status``: New, Shipping, Shipped, Rolled Back."""

    number: str
    facility: str
    status: str
    lines: tuple[ParcelLine, ...]
    created: float
    updated: float
    carrier: str = ""
    method: str = ""
    tracking: str = ""
    current: str = ""
    shipped_at: float | None = None


class Receipt(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Goods that came in, in packs of ``per_pack`` units; ``damaged`` packs are not for sale."""

    number: str
    facility: str
    sku: str
    pack_type: str
    per_pack: int
    packs: int
    at: float
    order: str = ""
    order_type: str = ""
    line: str = ""
    damaged: int = 0
    disposition: str = "Stock"


def demand(order: Order, line: Line) -> int:
    """Units of an outward order's line that ask for stock and hold none."""
    # Sales orders first: this runs for each line of each change.
    if order.status in WITHOUT_DEMAND or (order.type != SALES and order.type not in OUTWARD):
        return 0
    return line.unallocated


def to_units(quantity: Number, per_pack: int, what: str) -> int:
    """Units in a quantity of packs.

    Raises:
        Declined: it is no number, negative, too large or no whole number of units.
    """
    if not isinstance(quantity, Decimal) or not quantity.is_finite():
        raise Declined(400, "invalid", f"{what} is not valid")
    if not 0 <= quantity <= MAX_PACKS:
        raise Declined(400, "invalid", f"{what} must be between 0 and {MAX_PACKS}")
    units = quantity * per_pack
    whole = int(units)
    if whole != units:
        raise Declined(400, "invalid", f"{what} is not a whole number of units")
    return whole


@lru_cache(maxsize=4096)
def in_packs(units: int, per_pack: int) -> Decimal:
    """Units as a quantity of packs, the way Java writes a double: ``2.0``."""
    if units % per_pack == 0:
        return Decimal(f"{units // per_pack}.0")
    return round(Decimal(units) / per_pack, 6).normalize()


def minor(amount: Number) -> int:
    """An amount in minor units, 0 when there is none; rounded half to even.

    Raises:
        Declined: it is no amount that a price could be.
    """
    if not isinstance(amount, Decimal):
        return 0
    if not amount.is_finite() or not -10_000_000 <= amount <= 10_000_000:
        raise Declined(400, "invalid", f"{amount} is not a valid amount")
    return int((amount * 100).to_integral_value())
