"""Reading Deposco's sweeps: what an answer says again in the same bytes is not read again.

Each sweep begins some time before the last one, so nearly all of an answer stood in the one
before it: the whole page while nothing happens, most of its rows at any other time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec

from peakproof_engine.http import Answer, decoder
from peakproof_engine.systems import deposco_wire as wire
from peakproof_engine.systems.ports import MasterLevel, ShippedParcel, WorkStatus

RowT = TypeVar("RowT")
ToldT = TypeVar("ToldT")


class InventoryRows(wire.Wire):
    """A page of the delta inventory, its items not looked into yet."""

    item_inventory: list[msgspec.Raw] | wire.ItemInventory | None = None


class OrderRows(wire.Wire):
    """What a search for orders gives, not looked into yet."""

    order: list[msgspec.Raw] | wire.Order | None = None


class ShipmentRows(wire.Wire):
    """What a search for shipments gives, not looked into yet."""

    shipment: list[msgspec.Raw] | wire.Shipment | None = None


class Kept(msgspec.Struct, frozen=True):
    """A page as it came, and what it and each of its rows told."""

    body: bytes
    status: int
    rows: Mapping[bytes, Sequence[Any]]
    told: Sequence[Any]
    full: bool


_NONE: Final = Kept(b"", 0, {}, (), full=False)


class Pages(Generic[RowT, ToldT]):
    """The pages of one sweep as they came last.

    ``page`` and ``row`` are the documents, ``rows`` finds the one in the other, and ``read`` gives
    what a row tells, which must be the same whenever it is read.
    """

    __slots__ = ("_kept", "_page", "_read", "_row", "_rows", "_what")

    def __init__(
        self,
        what: str,
        *,
        page: type[Any],
        row: type[RowT],
        rows: Callable[[Any], list[msgspec.Raw] | RowT | None],
        read: Callable[[RowT], Sequence[ToldT]],
    ) -> None:
        self._what = what
        self._page = decoder(page)
        self._row = decoder(row)
        self._rows = rows
        self._read = read
        self._kept: list[Kept] = []

    def read(self, number: int, answer: Answer) -> tuple[Sequence[ToldT], bool]:
        """What a page (the first is 1) tells, and whether another one may follow.

        Raises:
            UnknownOutcome: the body is not what was expected.
        """
        kept, body = self._kept, answer.body
        known = kept[number - 1] if number <= len(kept) else _NONE
        if known.body == body and known.status == answer.status:
            return known.told, known.full
        # What leaves the window at its beginning moves the rest towards the first page.
        before, after = known.rows, (kept[number] if number < len(kept) else _NONE).rows
        found = self._rows(answer.read(self._page, self._what))
        rows: dict[bytes, Sequence[ToldT]] = {}
        told: list[ToldT] = []
        if isinstance(found, list):
            for raw in found:
                row = bytes(raw)
                says = before.get(row)
                if says is None and (says := after.get(row)) is None:
                    read: RowT = Answer(answer.status, {}, row).read(self._row, self._what)
                    says = self._read(read)
                rows[row] = says
                told += says
        elif found is not None:
            told += self._read(found)
        full = wire.page_full(answer.status, wire.many(found))
        # Pages that are no longer there are let go.
        kept[number - 1 : number if full else None] = [Kept(body, answer.status, rows, told, full)]
        return told, full


def levels() -> Pages[wire.ItemInventory, MasterLevel]:
    """The pages of the delta inventory."""
    return Pages(
        "deposco levels", page=InventoryRows, row=wire.ItemInventory,
        rows=lambda page: page.item_inventory, read=_levels,
    )  # fmt: skip


def _levels(item: wire.ItemInventory) -> list[MasterLevel]:
    return [
        MasterLevel(
            item.item_number, at.facility, at.inventory.total, at.inventory.available_to_promise
        )
        for at in wire.many(item.facility_inventory)
    ]


def parcels(
    parcel: Callable[[wire.Shipment, bool], ShippedParcel],
) -> Pages[wire.Shipment, ShippedParcel]:
    """The pages of a search for shipments; ``parcel`` takes whether one was rolled back."""

    def read(row: wire.Shipment) -> list[ShippedParcel]:
        if row.shipment_status not in ("Shipped", "Rolled Back"):
            return []
        return [parcel(row, row.shipment_status != "Shipped")]

    return Pages(
        "deposco shipments", page=ShipmentRows, row=wire.Shipment,
        rows=lambda page: page.shipment, read=read,
    )  # fmt: skip


def orders(status: str) -> Pages[wire.Order, WorkStatus]:
    """The pages of a search for orders in a status."""
    return Pages(
        "deposco orders", page=OrderRows, row=wire.Order, rows=lambda page: page.order,
        read=lambda row: [wire.work_status(row)] if row.status == status else [],
    )  # fmt: skip
