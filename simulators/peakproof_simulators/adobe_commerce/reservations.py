"""The table of reservations: rows are added, and sums of them decide what may be sold."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof_simulators.adobe_commerce import facts
from peakproof_simulators.adobe_commerce.decimals import ZERO, quantity
from peakproof_simulators.adobe_commerce.payloads.inventory import Reservation
from peakproof_simulators.adobe_commerce.search import fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

CAUSES: Final = {
    "order_placed": "order",
    "order_place_failed": "cancel",
    "order_canceled": "cancel",
    "shipment_created": "ship",
    "invoice_created": "ship",
    "creditmemo_created": "return",
    "manual_compensation": "adjust",
}
"""What a row's event means for a stock cell, in the history's words."""

FINAL: Final = frozenset({"complete", "closed", "canceled"})

Hold = tuple[int, str]
"""Stock and folded SKU."""


class Metadata(msgspec.Struct):
    """Why a row is there; printed in this order."""

    event_type: str
    object_type: str
    object_id: str
    object_increment_id: str


_read = msgspec.json.Decoder(Metadata).decode


class Reservations:
    """Rows that orders and documents append; nothing but the clean-up deletes any."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.rows: dict[int, Reservation] = {}
        self._totals: dict[Hold, Decimal] = {}
        self._last: dict[Hold, list[Reservation]] = {}
        self._count = 0

    def total(self, stock_id: int, sku: str) -> Decimal:
        """The sum of all rows; below zero while units are promised."""
        return self._totals.get((stock_id, fold(sku)), ZERO)

    def seen(self, stock_id: int, sku: str) -> Decimal:
        """The sum as a placement sees it that waits for nobody: without what has just begun."""
        total, shop = self.total(stock_id, sku), self.shop
        window = shop.settings.race_window_s
        if window and not shop.profile.oversell_guard:
            since = shop.world.t - window
            for row in reversed(self._last.get((stock_id, fold(sku)), ())):
                if row.at_s <= since:
                    break
                if row.quantity < 0:
                    total -= row.quantity
        return total

    def append(
        self, stock_id: int, sku: str, amount: Decimal, event: str, *,
        order_id: int | None, number: str, tells: bool = True,
    ) -> None:  # fmt: skip
        """Add a row, unless stock of the SKU is not managed.

        With ``tells`` false, the history hears of it by what follows in the same call.
        """
        if not amount or not self.shop.catalogue.managed(sku):
            return
        known = str(order_id) if order_id is not None else ""
        self._count += 1
        row = Reservation(
            reservation_id=self._count,
            stock_id=stock_id,
            sku=sku,
            quantity=quantity(amount),
            metadata=msgspec.json.encode(Metadata(event, "order", known, number)).decode(),
            at_s=self.shop.world.t,
        )
        hold = (stock_id, fold(sku))
        self.rows[row.reservation_id] = row
        self._totals[hold] = self._totals.get(hold, ZERO) + row.quantity
        self._last.setdefault(hold, []).append(row)
        self.shop.index.reserved(stock_id, sku)
        facts.reserved(self.shop, row, number, event)
        if tells:
            self.shop.inventory.tell(sku, stock_id, CAUSES[event], number)

    # --- what the administrator's jobs do -------------------------------------------------

    def clean_up(self) -> int:
        """The nightly job: delete the rows of groups that add up to nothing.

        It groups by order, not by SKU and stock, so that two errors can hide each other.
        """
        gone: dict[int, None] = {}
        for field in ("object_id", "object_increment_id"):
            groups: dict[str, list[Reservation]] = {}
            for row in self.rows.values():
                name = str(getattr(_read(row.metadata.encode()), field))
                if name:
                    groups.setdefault(name, []).append(row)
            for rows in groups.values():
                if not sum(row.quantity for row in rows):
                    gone.update(dict.fromkeys(row.reservation_id for row in rows))
        self._delete(gone)
        return len(gone)

    def delete_all(self) -> int:
        """An administrator empties the table; how many rows."""
        gone = dict.fromkeys(self.rows)
        self._delete(gone)
        return len(gone)

    def _delete(self, gone: Iterable[int]) -> None:
        touched: dict[Hold, str] = {}
        for number in gone:
            row = self.rows.pop(number)
            hold = (row.stock_id, fold(row.sku))
            self._totals[hold] -= row.quantity
            self._last[hold].remove(row)
            touched[hold] = row.sku
        for (stock_id, _), sku in touched.items():
            self.shop.index.reserved(stock_id, sku)
            self.shop.inventory.tell(sku, stock_id, "adjust", "")

    def rename(self, old: str, new: str) -> int:
        """The consumer that follows a product's new SKU: its rows move; how many."""
        moved = [row for row in self.rows.values() if fold(row.sku) == fold(old)]
        for row in moved:
            self.rows[row.reservation_id] = msgspec.structs.replace(row, sku=new)
        self._recount()
        for stock_id in sorted({row.stock_id for row in moved}):
            for sku in (old, new):
                self.shop.index.reserved(stock_id, sku)
                self.shop.inventory.tell(sku, stock_id, "adjust", "")
        return len(moved)

    def _recount(self) -> None:
        self._totals.clear()
        self._last.clear()
        for row in self.rows.values():
            hold = (row.stock_id, fold(row.sku))
            self._totals[hold] = self._totals.get(hold, ZERO) + row.quantity
            self._last.setdefault(hold, []).append(row)

    def inconsistencies(self) -> list[dict[str, Any]]:
        """What the vendor's command would have compensated, by its own formula.

        The formula takes off shipped and refunded units both: an open order of which units were
        shipped and refunded is listed though its rows are right.
        """
        found: dict[tuple[str, str, int], Decimal] = {}
        spoken: dict[tuple[str, str, int], str] = {}
        for row in self.rows.values():
            said = _read(row.metadata.encode())
            if said.object_type == "order":
                key = (said.object_increment_id, fold(row.sku), row.stock_id)
                found[key] = found.get(key, ZERO) + row.quantity
                spoken.setdefault(key, row.sku)
        for order in self.shop.orders.rows.values():
            if order.state in FINAL:
                continue
            for item, sku, ratio in self.shop.held_items(order):
                if not self.shop.catalogue.managed(sku):
                    continue
                gone = item.qty_invoiced if item.is_virtual else item.qty_shipped
                key = (order.increment_id, fold(sku), self.shop.stock_of(order))
                left = item.qty_ordered - item.qty_canceled - item.qty_refunded - gone
                found[key] = found.get(key, ZERO) + left * ratio
                spoken.setdefault(key, sku)
        return [
            {"order": number, "sku": spoken[number, mark, stock_id], "stock_id": stock_id,
             "quantity": -amount}
            for (number, mark, stock_id), amount in found.items() if amount
        ]  # fmt: skip

    def compensate(self, number: str, sku: str, amount: Decimal, stock_id: int) -> None:
        """The vendor's command: append what brings an order's rows to nothing."""
        order = self.shop.orders.one("increment_id", number)
        known = order.entity_id if order is not None else None
        self.append(stock_id, sku, amount, "manual_compensation", order_id=known, number=number)
