"""Shipments: packed, labelled, collected, scanned, and sometimes undone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from peakproof.errors import SimulatorFault
from peakproof.history.records import Line as LineSaid
from peakproof.history.records import Parcel
from peakproof_simulators.deposco.entities import Line, Order, ParcelLine, Shipment
from peakproof_simulators.deposco.floor_work import put_moved
from peakproof_simulators.deposco.lifecycle import TO_COMPLETE, TO_PART_SHIPPED
from peakproof_simulators.deposco.payloads.common import text
from peakproof_simulators.deposco.vault import Vault

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.order_book import OrderBook
    from peakproof_simulators.deposco.settings import Settings

What = Literal["packed", "shipped", "scanned", "rolled_back"]


class ParcelBook:
    """Shipments by number and by the moment when they left."""

    def __init__(self, world: World, settings: Settings, book: OrderBook) -> None:
        self._world = world
        self._settings = settings
        self._book = book
        self._ids = world.ids("deposco", "tracking")
        self._chance = world.streams.get("deposco", "labels")
        self._made = 0
        keep_s = settings.compact_after_s
        self.vault: Vault[Shipment] = Vault(Shipment, lambda: world.env.now, keep_s=keep_s)
        self._left_at: list[float] = []
        self._left: list[str] = []
        self.changed: dict[str, float] = {}
        """When shipments last changed, the longest ago first."""
        self.listeners: list[Callable[[Shipment, What], None]] = []
        self.touched: Callable[[str], None] = lambda _number: None

    def find(self, number: str) -> Shipment:
        """A shipment that must be there.

        Raises:
            SimulatorFault: there is none.
        """
        found = self.vault.get(number)
        if found is None:
            raise SimulatorFault(f"deposco: there is no shipment {number}")
        return found

    def changed_since(self, moment: float) -> Iterator[str]:
        """Numbers of shipments that changed at or after a moment, newest change first."""
        changed = self.changed
        return takewhile(lambda number: changed[number] >= moment, reversed(changed))

    def left_between(self, first: float, last: float) -> list[str]:
        """Numbers of shipments that were confirmed in a window, the first one first."""
        start = bisect_left(self._left_at, first)
        return self._left[start : bisect_right(self._left_at, last)]

    # --- the floor's way --------------------------------------------------------------

    def pack(self, number: str) -> str:
        """Pack everything picked for an order: the new shipment's number, labelled, not left.

        An order with nothing picked that is not packed gives ``""``: it was cancelled meanwhile.
        """
        order = self._book.sales(number)
        lines = tuple(
            [
                self._parcel_line(order, line, line.picked - line.packed)
                for line in order.lines
                if line.picked > line.packed
            ]
        )
        if not lines or order.status == "Canceled":
            return ""
        shipment = self._label(order, lines)
        self.add(shipment)
        settings = self._settings
        if settings.zero_quantity_shipment_probability > self._chance.random():
            empty = tuple(self._parcel_line(order, line, 0) for line in order.lines)
            self.add(self._label(order, empty))
        return shipment.number

    def _label(self, order: Order, lines: tuple[ParcelLine, ...]) -> Shipment:
        settings, now = self._settings, self._world.t
        self._made += 1
        return Shipment(
            f"SHP{self._made:08d}", order.facility, "Shipping", lines, now, now,
            carrier=text(order.sent.ship_vendor) or settings.carrier,
            method=text(order.sent.ship_via) or settings.ship_method,
            tracking=self._ids.token(16),
        )  # fmt: skip

    @staticmethod
    def _parcel_line(order: Order, line: Line, units: int) -> ParcelLine:
        return ParcelLine(
            order.number, line.number, line.sku, line.pack_type, line.per_pack, line.ordered, units
        )

    def ship(self, number: str) -> None:
        """The carrier has the shipment: its units leave the record, its orders move on.

        With it go the empty labels that were made for the same orders (DQ24).

        Raises:
            SimulatorFault: there is none, or it was undone: its units are to be packed anew.
        """
        shipment = self.find(number)
        if shipment.status == "Shipped":
            return
        if shipment.status == "Rolled Back":
            raise SimulatorFault(f"deposco: shipment {number} is Rolled Back, not Shipping")
        self.confirm(shipment)
        for order_number in self.orders_of(shipment):
            order = self._book.sales(order_number)
            for other in order.shipments:
                found = self.find(other)
                if found.status == "Shipping" and not any(line.units for line in found.lines):
                    self.confirm(found)

    def scan(self, number: str) -> None:
        """The carrier has seen the parcel on its own line for the first time."""
        shipment = self.find(number)
        after = replace(shipment, current="In-Transit", updated=self._world.t)
        self._put(after, shipment)
        self._say(after, "scanned")

    # --- what becomes of a shipment ---------------------------------------------------

    def add(self, shipment: Shipment) -> None:
        """A labelled shipment; its units count as picked and packed from now on."""
        self._put(shipment, None)
        for number in self.orders_of(shipment):
            order = self._book.sales(number)
            units = _units_by_line(shipment, number)
            lines = tuple([_packed(line, units.get(line.number, 0)) for line in order.lines])
            after = replace(order, lines=lines, shipments=(*order.shipments, shipment.number))
            put_moved(self._book, after, order, "pick", _staged_route(after, units))
        self._say(shipment, "packed")

    def confirm(self, shipment: Shipment) -> Shipment:
        """A shipment becomes Shipped."""
        now = self._world.t
        after = replace(shipment, status="Shipped", shipped_at=now, updated=now)
        self._put(after, shipment)
        self._left_at.append(now)
        self._left.append(after.number)
        for number in self.orders_of(after):
            order = self._book.sales(number)
            units = _units_by_line(after, number)
            if not any(units.values()):
                self._book.touch(order)
                continue
            lines = tuple([_shipped(line, units.get(line.number, 0)) for line in order.lines])
            done = not any(line.open for line in lines)
            steps = (TO_COMPLETE if done else TO_PART_SHIPPED)[order.status]
            put_moved(self._book, replace(order, lines=lines), order, "ship", steps)
        self._say(after, "shipped")
        return after

    def roll_back(self, number: str) -> None:
        """A shipment that was confirmed is undone: its units are back, to be packed anew."""
        shipment = self.find(number)
        if shipment.status != "Shipped":
            raise SimulatorFault(f"deposco: shipment {number} is {shipment.status}, not Shipped")
        after = replace(shipment, status="Rolled Back", updated=self._world.t)
        self._put(after, shipment)
        for order_number in self.orders_of(after):
            order = self._book.sales(order_number)
            units = _units_by_line(after, order_number)
            lines = tuple(_undone(line, units.get(line.number, 0)) for line in order.lines)
            steps = ("Pick Complete",) if order.status in ("Ship Complete", "Partially Shipped") \
                else ()  # fmt: skip
            put_moved(self._book, replace(order, lines=lines), order, "ship", steps)
        self._say(after, "rolled_back")

    def correct(self, after: Shipment, before: Shipment) -> None:
        """Other particulars of a shipment (tracking, carrier) that a caller sent."""
        self._put(replace(after, updated=self._world.t), before)

    # --- the same for all of them -----------------------------------------------------

    def orders_of(self, shipment: Shipment) -> tuple[str, ...]:
        """Numbers of the orders in a shipment, each once."""
        return tuple(dict.fromkeys([line.order for line in shipment.lines]))

    def _put(self, after: Shipment, before: Shipment | None) -> None:
        finished = after.status in ("Shipped", "Rolled Back")
        self.vault.put(after.number, after, before=before, finished=finished)
        self.changed.pop(after.number, None)
        self.changed[after.number] = after.updated
        self.touched(after.number)
        for number in self.orders_of(after):
            self._book.touch(self._book.sales(number))

    def _say(self, shipment: Shipment, what: What) -> None:
        world = self._world
        for number in self.orders_of(shipment):
            lines = tuple(
                [
                    LineSaid(line.line, line.sku, line.units, 0, shipment.facility)
                    for line in shipment.lines
                    if line.order == number and line.units
                ]
            )
            if lines:
                world.emit(
                    Parcel(
                        world.t, world.by, world.n, "deposco", number, shipment.number, what,
                        lines, shipment.facility, shipment.carrier, shipment.tracking,
                    )
                )  # fmt: skip
        for listener in self.listeners:
            listener(shipment, what)


def _units_by_line(shipment: Shipment, order: str) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in shipment.lines:
        if line.order == order:
            units[line.line] = units.get(line.line, 0) + line.units
    return units


def _packed(line: Line, units: int) -> Line:
    if not units:
        return line
    packed = line.packed + units
    held = packed - line.shipped
    return replace(
        line, packed=packed, picked=max(line.picked, packed), allocated=max(line.allocated, held)
    )


def _shipped(line: Line, units: int) -> Line:
    if not units:
        return line
    return replace(line, shipped=line.shipped + units, allocated=line.allocated - units)


def _undone(line: Line, units: int) -> Line:
    if not units:
        return line
    return replace(
        line, shipped=line.shipped - units, packed=line.packed - units,
        allocated=line.allocated + units,
    )  # fmt: skip


def _staged_route(order: Order, units: dict[str, int]) -> tuple[str, ...]:
    """Where packing leads: everything on the bench is packed, or some of it is still to come."""
    if not any(units.values()):
        return ()
    full = not any(line.open > line.packed - line.shipped for line in order.lines)
    status = order.status
    if status in ("Staged", "Partially Loaded", "Loaded", "Partially Shipped"):
        return ()
    if not full:
        return {
            "Partially Released": ("Picking", "Partially Staged"),
            "Released": ("Picking", "Partially Staged"),
        }.get(status, () if status == "Partially Staged" else ("Partially Staged",))
    return {
        "Partially Released": ("Picking", "Pick Complete", "Staged"),
        "Released": ("Picking", "Pick Complete", "Staged"),
        "Picking": ("Pick Complete", "Staged"),
    }.get(status, ("Staged",))
