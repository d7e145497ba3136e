"""Stock as the platform counts it, and the later moment at which readers see it.

Two counts are kept for each stock cell. The *internal* one decides whether an order can be
placed and changes at once; it never oversells in ``ReserveOnOrder``. The *readable* one is what
the inventory entry shows: direct writes reach it at once, what orders and reservations take
reaches it up to ``stock_lag_s`` later. Always: internal = readable + what is on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from peakproof.history.records import Level
from peakproof_simulators.commercetools.payloads.common import Reference
from peakproof_simulators.commercetools.payloads.inventory import InventoryEntry, Reservation
from peakproof_simulators.commercetools.payloads.messages import (
    InventoryEntryOutOfStock,
    InventoryEntryReorderPoint,
    InventoryEntrySafetyStock,
)
from peakproof_simulators.commercetools.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.commercetools.state import Project

ACTIVE = ("Created", "Updated")


_NOTHING: Final[dict[Pending, None]] = {}
"""What readers do not see yet of most cells; never written to."""


class Cell:
    """The internal count of a SKU at a supply channel ("" is the entry without one)."""

    __slots__ = ("channel_id", "entry_id", "on_hand", "pending", "reserved", "sku")

    def __init__(self, entry: InventoryEntry, channel_id: str) -> None:
        self.entry_id = entry.id
        self.sku = entry.sku
        self.channel_id = channel_id
        self.on_hand = entry.quantity_on_stock
        self.reserved = 0
        self.pending = _NOTHING

    @property
    def available(self) -> int:
        """Units that can be sold now."""
        return self.on_hand - self.reserved


class Pending:
    """A change that readers do not see yet."""

    __slots__ = ("available", "cell", "on_hand")

    def __init__(self, cell: Cell, on_hand: int, available: int) -> None:
        self.cell = cell
        self.on_hand = on_hand
        self.available = available


class Want(NamedTuple):
    """What a line of an order asks of the stock."""

    line: str
    sku: str
    units: int
    mode: str
    channel_id: str = ""
    reservation_id: str = ""


def channel_of(entry: InventoryEntry) -> str:
    """The id of an entry's supply channel, "" when it has none."""
    return entry.supply_channel.id if entry.supply_channel is not None else ""


def key_of(project: Project, entry: InventoryEntry) -> str:
    """The name of an entry's stock cell that a judge can read."""
    channel = entry.supply_channel
    return f"stock:{entry.sku}@{project.places.get('' if channel is None else channel.id, '')}"


class StockRoom:
    """All stock cells of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lag = project.world.streams.get(SYSTEM, "lag")
        self.cells: dict[tuple[str, str], Cell] = {}
        self.by_entry: dict[str, Cell] = {}

    # --- cells ------------------------------------------------------------------------------

    def at(self, sku: str, channel_id: str) -> Cell | None:
        """The cell of a SKU at a channel."""
        return self.cells.get((sku, channel_id))

    def open(self, entry: InventoryEntry, *, cause: str) -> None:
        """A new entry is there."""
        cell = Cell(entry, channel_of(entry))
        self.cells[cell.sku, cell.channel_id] = self.by_entry[entry.id] = cell
        self._tell(cell, cause)

    def close(self, entry: InventoryEntry) -> None:
        """An entry is gone, and with it its stock."""
        cell = self.by_entry.pop(entry.id)
        del self.cells[cell.sku, cell.channel_id]
        cell.on_hand = cell.reserved = 0
        cell.pending.clear()
        self._tell(cell, "write")

    def moved(self, entry: InventoryEntry) -> None:
        """An entry has another supply channel: its stock is now there."""
        cell = self.by_entry[entry.id]
        del self.cells[cell.sku, cell.channel_id]
        on_hand, reserved = cell.on_hand, cell.reserved
        cell.on_hand = cell.reserved = 0
        self._tell(cell, "write")
        cell.channel_id = channel_of(entry)
        cell.on_hand, cell.reserved = on_hand, reserved
        self.cells[cell.sku, cell.channel_id] = cell
        self._tell(cell, "write")

    # --- direct writes ------------------------------------------------------------------------

    def readable(self, entry: InventoryEntry, step: str, units: int) -> tuple[int, int]:
        """On stock and available, as readers see them after a direct write (``add``, ``set``)."""
        if step == "add":
            return entry.quantity_on_stock + units, entry.available_quantity + units
        if self._project.settings.absolute_write_absorbs_lag:
            return units, units - self.by_entry[entry.id].reserved
        return units, units - (entry.quantity_on_stock - entry.available_quantity)

    def written(self, entry: InventoryEntry, steps: Sequence[tuple[str, int]]) -> None:
        """Carry direct writes out on the internal count."""
        cell = self.by_entry[entry.id]
        on_hand = cell.on_hand
        for step, units in steps:
            if step == "add":
                cell.on_hand += units
            elif self._project.settings.absolute_write_absorbs_lag:
                cell.on_hand = units
                cell.pending.clear()
            else:
                cell.on_hand = units + sum(pending.on_hand for pending in cell.pending)
        if cell.on_hand != on_hand:
            self._tell(cell, "write")

    # --- orders -------------------------------------------------------------------------------

    def missing(self, wants: Sequence[Want]) -> list[Want]:
        """The lines that an order could not have; empty when it can be placed."""
        short: list[Want] = []
        taken: dict[str, int] = {}
        for want in wants:
            if want.mode == "None" or want.units <= 0:
                continue
            cell = self.cells.get((want.sku, want.channel_id))
            if cell is None:
                short.append(want)
                continue
            needed = want.units - self._held(want)
            before = taken.get(cell.entry_id, 0)
            lacks = needed > 0 and cell.available - before < needed
            if lacks and want.mode != "TrackOnly" and not self._restockable(cell):
                short.append(want)
                continue
            taken[cell.entry_id] = before + needed
        return short

    def _restockable(self, cell: Cell) -> bool:
        return self._project.entries.by_id[cell.entry_id].restockable_in_days is not None

    def take(self, wants: Sequence[Want], ref: str) -> None:
        """Take what an order needs, after :meth:`missing` found nothing missing."""
        changes: dict[str, Pending] = {}
        for want in wants:
            if want.mode == "None" or want.units <= 0:
                continue
            cell = self.cells[want.sku, want.channel_id]
            held = self._held(want)
            if held:
                self._conclude(want.reservation_id, "Committed")
            cell.on_hand -= want.units
            cell.reserved -= held
            change = changes.get(cell.entry_id)
            if change is None:
                change = changes[cell.entry_id] = Pending(cell, 0, 0)
            change.on_hand -= want.units
            change.available -= want.units - held
        for change in changes.values():
            self._tell(change.cell, "order", ref)
        self._later(list(changes.values()))

    def _held(self, want: Want) -> int:
        """Units that a cart reservation holds for a line already."""
        if want.mode != "ReserveOnCart" or not want.reservation_id:
            return 0
        reservation = self._project.reservations[want.reservation_id]
        return reservation.quantity if reservation.state in ACTIVE else 0

    # --- cart reservations ----------------------------------------------------------------------

    def reserve(self, cell: Cell, reservation: Reservation) -> None:
        """Hold units for a cart line, or hold another number of them."""
        known = self._project.reservations.get(reservation.id)
        held = known.quantity if known is not None and known.state in ACTIVE else 0
        self._project.reservations[reservation.id] = reservation
        self._hold(cell, reservation.quantity - held)
        self.watch(reservation)

    def release(self, reservation_id: str, state: str) -> None:
        """Let go of what a reservation holds (``Released`` or ``Expired``)."""
        reservation = self._project.reservations[reservation_id]
        if reservation.state not in ACTIVE:
            return
        self._conclude(reservation_id, state)
        cell = self.by_entry.get(reservation.inventory_entry.id)
        if cell is not None:
            self._hold(cell, -reservation.quantity)

    def watch(self, reservation: Reservation) -> None:
        """Release a reservation some time after it has expired, unless it was changed."""
        world = self._project.world
        left_s = world.clock.seconds(reservation.expires_at) - world.t
        delay_s = left_s + self._project.settings.reservation_expiry_lag_s

        def expire() -> None:
            if self._project.reservations.get(reservation.id) is reservation:
                self.release(reservation.id, "Expired")

        world.after(max(delay_s, 0.0), expire)

    def _hold(self, cell: Cell, units: int) -> None:
        if units:
            cell.reserved += units
            self._tell(cell, "order" if units > 0 else "cancel")
            self._later([Pending(cell, 0, -units)])

    def _conclude(self, reservation_id: str, state: str) -> None:
        known = self._project.reservations[reservation_id]
        self._project.reservations[reservation_id] = msgspec.structs.replace(
            known,
            state=state,
            version=known.version + 1,
            last_modified_at=self._project.stamp(),
        )

    # --- what readers see -------------------------------------------------------------------------

    def _later(self, changes: list[Pending]) -> None:
        longest_s = self._project.settings.stock_lag_s
        if not changes:
            return
        if longest_s == 0:
            for change in changes:
                self._show(change)
            return
        for change in changes:
            if change.cell.pending is _NOTHING:
                change.cell.pending = {}
            change.cell.pending[change] = None

        def arrive() -> None:
            for change in changes:
                if change in change.cell.pending:
                    del change.cell.pending[change]
                    self._show(change)

        self._project.world.after(self._lag.uniform(0.0, longest_s), arrive)

    def _show(self, change: Pending) -> None:
        project = self._project
        before = project.entries.get(change.cell.entry_id)
        if before is None:
            return
        after = msgspec.structs.replace(
            before,
            quantity_on_stock=before.quantity_on_stock + change.on_hand,
            available_quantity=before.available_quantity + change.available,
        )
        if project.settings.version_bump_by_orders:
            after = msgspec.structs.replace(
                after,
                version=before.version + 1,
                last_modified_at=project.stamp(),
                last_modified_by=None,
            )
        project.entries.replace(before, after)
        if after.version != before.version:
            project.tell_change("inventory-entry", after, before.version, "ResourceUpdated")
        self.reached(before, after)

    def reached(self, before: InventoryEntry, after: InventoryEntry) -> None:
        """Write the messages of the levels that the readable stock has sunk to."""
        project = self._project
        was, now = before.quantity_on_stock, after.quantity_on_stock
        if now >= was or not project.settings.stock_level_messages:
            return
        kind = project.kinds["inventory-entry"]
        fields = {"sku": after.sku, "supply_channel": after.supply_channel}
        if now <= 0 < was:
            project.say(kind, after, InventoryEntryOutOfStock, after.version, dict(fields))
        levels = after.stock_levels
        if levels is None:
            return
        for level, message in (
            (levels.reorder_point, InventoryEntryReorderPoint),
            (levels.safety_stock, InventoryEntrySafetyStock),
        ):
            if level is not None and now <= level < was:
                found = {**fields, "quantity_on_stock": now}
                project.say(kind, after, message, after.version, found)

    def place_of(self, channel_id: str) -> str:
        """The code of a place: the key of its channel."""
        return self._project.places.get(channel_id, "")

    def _tell(self, cell: Cell, cause: str, ref: str = "") -> None:
        project, on_hand = self._project, cell.on_hand
        world, place = project.world, project.places.get(cell.channel_id, "")
        world.emit(
            Level(
                world.env._now, world.by, world.n, SYSTEM, cell.sku, place, on_hand,
                on_hand - cell.reserved, cause, ref,
            )
        )  # fmt: skip


def reservation_reference(id: str) -> Reference:
    """A line's reference to its reservation."""
    return Reference(type_id="reservation", id=id)
