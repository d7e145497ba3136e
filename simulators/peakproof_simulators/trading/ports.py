"""What the trading day asks of a fake: the hands of shoppers, cashiers and pickers.

A fake offers these as ``service.roles["storefront" | "tills" | "floor"]``. Each method goes the
system's own way (the same rules as its API) and writes the same facts. Callers wrap it in
``world.acting("shopper")`` and so on, which is how a fact learns on whose behalf it happened.
The physical side (the ledger) is the caller's business, not the fake's.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import msgspec


class Want(msgspec.Struct, frozen=True, gc=False):
    """Units of one SKU that a customer wants, from one place ("" where the system decides)."""

    sku: str
    units: int
    place: str = ""


class Refusal(msgspec.Struct, frozen=True):
    """The system would not: a reason in the vendor's word (``OutOfStock``)."""

    reason: str
    detail: str = ""


class Storefront(Protocol):
    """An online shop as its customers and its clerks use it."""

    def offered(self, sku: str) -> dict[str, int]:
        """Units shown as available now, by place."""

    def checkout(self, wants: tuple[Want, ...], *, email: str, name: str) -> str | Refusal:
        """Fill a cart and order it with payment pending; the order's number, or why not."""

    def settle(self, order: str, outcome: str) -> None:
        """The payment of an order becomes ``authorised``, ``captured`` or ``failed``."""

    def ask_cancel(self, order: str) -> bool:
        """The customer cancels the order; False when the shop refuses to take the wish."""

    def edit(self, order: str) -> None:
        """A clerk changes something on the order that makes a new version of it."""


@runtime_checkable
class Clerks(Protocol):
    """A storefront whose people look orders through: those that have holds and validation."""

    def hold(self, order: str, *, on: bool) -> bool:
        """Put an order on hold or lift the hold; False when it is so already."""

    def validate(self, order: str) -> bool:
        """An order may be worked on; False when it is past that."""


class Tills(Protocol):
    """The tills of the stores as cashiers and store staff use them. ``store`` is a place code."""

    def count_on_record(self, store: str, sku: str) -> int:
        """Units that the till shows for its store."""

    def ring(self, store: str, wants: tuple[Want, ...], *, asks: bool) -> str | Refusal:
        """Ring up a sale; a till that asks refuses what its own record does not have."""

    def take_back(
        self, store: str, wants: tuple[Want, ...], *, sale: str = "", restock: bool = True
    ) -> str:
        """Take goods back: linked to a sale or not, back on the shelf or written off."""

    def go_offline(self, store: str) -> None:
        """From now on sales are kept in the till."""

    def upload(self, store: str) -> int:
        """The till is back: it uploads what it kept, late; how many transactions."""

    def record_count(self, store: str, sku: str, units: int, *, counted_s: float) -> None:
        """Post a stock count that was taken at ``counted_s`` (run time)."""

    def take_in(self, store: str, sku: str, units: int) -> None:
        """Record goods that were delivered to the store."""

    def send(self, store: str, to: str, sku: str, units: int) -> str:
        """Goods leave a store for another one: the transfer's number."""

    def arrive(self, transfer: str, units: int) -> None:
        """Goods of a transfer have come; what is missing of it is written off."""


class Pick(msgspec.Struct, frozen=True, gc=False):
    """A line of work that a picker is given."""

    line: str
    sku: str
    units: int


class Floor(Protocol):
    """A warehouse system as the people on the floor use it. Orders go by their number."""

    def ready(self, facility: str) -> list[str]:
        """Orders that the next wave of a facility may take, oldest first."""

    def release(self, number: str) -> tuple[Pick, ...]:
        """Build the wave and release it: from now on the order is locked. What is to be picked."""

    def picked(self, number: str, line: str, units: int) -> None:
        """Units were found and taken for a line."""

    def short(self, number: str, line: str, units: int) -> None:
        """Units of a line were not on the shelf: the record is corrected, the line is cut."""

    def packed(self, number: str) -> str:
        """All picked lines are packed: the parcel's number, with tracking, not yet shipped."""

    def shipped(self, parcel: str) -> None:
        """The carrier has collected the parcel."""

    def scanned(self, parcel: str) -> None:
        """The carrier has scanned the parcel for the first time."""

    def cancel(self, number: str, why: str) -> bool:
        """The warehouse cancels an order; False when it is past that."""

    def adjust(self, facility: str, sku: str, units: int, reason: str) -> None:
        """Correct the record by a signed number of units (damaged, lost, found)."""

    def receive(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods came in: from a supplier, back from a customer, or from another facility."""

    def send(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods left for another facility, which receives them when they are there."""
