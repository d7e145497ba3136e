"""What tills report: sales, returns and voided sales at a facility, each counted once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from peakproof.history.records import Activity
from peakproof.history.records import Line as LineSaid
from peakproof_simulators.deposco.catalogue import EACH
from peakproof_simulators.deposco.entities import minor, to_units
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.payloads.common import given, many, text
from peakproof_simulators.deposco.payloads.stock import (
    RetailActivity,
    RetailTransaction,
    SaleReturnLine,
)

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.adjustments import AdjustmentFeed
    from peakproof_simulators.deposco.catalogue import Catalogue
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.stock import StockBook

KINDS: Final[dict[str, tuple[Literal["sale", "return", "void"], str, int]]] = {
    "Sale": ("sale", "sale", -1),
    "Return": ("return", "return", -1),
    "PostVoid": ("void", "return", 1),
}
"""Kind of transaction: its neutral word, the cause of the level, the sign of units sold."""


class TillLine(NamedTuple):
    """A line of a till's transaction, in units: ``sold`` less ``returned`` left the store."""

    number: str
    sku: str
    sold: int
    returned: int
    price_minor: int


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """A transaction that was taken; what makes it the same one again, and when."""

    reference: str
    kind: str
    facility: str
    at: float


class ActivityBook:
    """Transactions of tills by facility, kind and reference number."""

    def __init__(
        self, world: World, settings: Settings, *, catalogue: Catalogue, stock: StockBook,
        feed: AdjustmentFeed,
    ) -> None:  # fmt: skip
        self._world = world
        self._settings = settings
        self._catalogue = catalogue
        self._stock = stock
        self._feed = feed
        self.taken: dict[tuple[str, str, str], Recorded] = {}
        self.listeners: list[Callable[[Recorded], None]] = []

    def take(self, sent: RetailActivity) -> Recorded:
        """Record a till's transaction: a sale lowers what is on hand, a return raises it, a
        voided sale takes the sale back. Voided and test transactions move nothing.

        Raises:
            Declined: it was taken already, item or facility are unknown, a value does not fit.
        """
        told = sent.retail_transaction
        unit = text(sent.business_unit)
        if unit and unit != self._settings.business_unit:
            said = f"Business unit [{unit}] does not exist"
            raise Declined(400, "unknown_business_unit", said)
        if told.type not in KINDS:
            raise Declined(400, "invalid", f"Retail activity type [{told.type}] is not valid")
        if not told.reference_number:
            raise Declined(400, "invalid", "referenceNumber must not be empty")
        self._catalogue.facility(told.facility)
        key = (told.facility, told.type, told.reference_number)
        if key in self.taken:
            raise Declined(
                409, "duplicate",
                f"Duplicate entry '{told.facility}-{told.type}-{told.reference_number}' for key "
                "'RETAIL_ACTIVITY.ux_ra_facility_type_reference'",
            )  # fmt: skip
        lines = self._lines(told)
        recorded = Recorded(told.reference_number, told.type, told.facility, self._world.t)
        self.taken[key] = recorded
        if told.test_transaction is not True and told.voided is not True:
            self._move(told, lines)
        for listener in self.listeners:
            listener(recorded)
        return recorded

    def _lines(self, told: RetailTransaction) -> list[TillLine]:
        found = many(told.sale_return_lines.sale_return_line)
        missing = dict.fromkeys(
            line.item for line in found if line.item not in self._catalogue.items
        )
        if missing:
            raise Declined(400, "unknown_item", f"missingItems: [{', '.join(missing)}]")
        lines = [self._line(line) for line in found]
        if not any(line.sold or line.returned for line in lines):
            raise Declined(400, "invalid", "a transaction must sell or return something")
        return lines

    def _line(self, line: SaleReturnLine) -> TillLine:
        per_pack = self._per_pack(line)
        sold = _units(line.sale_quantity, per_pack, "saleQuantity")
        returned = _units(line.returned_quantity, per_pack, "returnedQuantity")
        price = minor(line.unit_price)
        return TillLine(line.external_line_number, line.item, sold, returned, price)

    def _per_pack(self, line: SaleReturnLine) -> int:
        kind = text(line.pack) or EACH
        packs = self._catalogue.items[line.item].packs
        sizes = [quantity for name, quantity in packs if name == kind]
        if not sizes:
            raise Declined(400, "unknown_item", f"missingPacks: [{line.item} {kind}]")
        return sizes[0]

    def _move(self, told: RetailTransaction, lines: list[TillLine]) -> None:
        what, cause, sign = KINDS[told.type]
        world = self._world
        refs = given(told.reference_number, told.retail_transaction_id)
        said = tuple(
            LineSaid(line.number, line.sku, units, line.price_minor, told.facility)
            for line in lines
            if (units := _told_units(line, what))
        )
        world.emit(Activity(world.t, world.by, world.n, "deposco", refs, told.facility, what, said))
        for line in lines:
            units = sign * (line.sold - line.returned)
            if not units:
                continue
            self._stock.change(line.sku, told.facility, cause, told.reference_number, total=units)
            if self._settings.activities_in_feed:
                self._feed.add(
                    sku=line.sku, facility=told.facility, units=units,
                    reason=text(told.reason_code)[:20] or f"RETAIL {told.type.upper()}",
                    ref=told.reference_number,
                )  # fmt: skip


def _told_units(line: TillLine, what: str) -> int:
    """Units of a line that the transaction is about."""
    return line.returned if what == "return" and line.returned else abs(line.sold - line.returned)


def _units(quantity: object, per_pack: int, what: str) -> int:
    return to_units(quantity, per_pack, what) if isinstance(quantity, Decimal) else 0
