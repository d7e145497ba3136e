"""Online orders that a store ships: held when they come, picked, packed, collected.

An open order of an API with fulfilments of kind ``SHIPMENT`` is work for the people of its store
(setting ``ships_orders``). Its units leave what the till may sell when they are ``RESERVED`` (a
``PROPOSED`` fulfilment is that when somebody begins with it), and the shelf's record when their
parcel does. Each parcel is a fulfilment with its own lines; units that were not found
are a fulfilment that failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from peakproof.history.records import Line, Parcel, Work, WorkCut, WorkState
from peakproof_simulators.pos import paying
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.sale import Fulfilment, FulfilmentState, Sale
from peakproof_simulators.pos.stock import UNIT, State
from peakproof_simulators.trading.ports import Pick

if TYPE_CHECKING:
    from peakproof_simulators.pos.state import PointOfSale

SYSTEM: Final = "pos"
SHIPMENT: Final = "SHIPMENT"
CARRIER: Final = "Royal Mail"
_ENDED: Final = ("completed", "cancelled", "failed")
Units = dict[str, int]
"""Units by the order's own line."""


class Box:
    """A parcel of an order: packed, perhaps collected."""

    __slots__ = ("left", "number", "tracking", "uid", "units")

    def __init__(self, number: str, uid: str, tracking: str, units: Units) -> None:
        self.number = number
        self.uid = uid
        self.tracking = tracking
        self.units = units
        self.left = False


class Ticket:
    """What the people of a store have in hand of one order."""

    __slots__ = ("boxes", "found", "held", "missing", "number", "open", "place", "released", "root")

    def __init__(self, sale: Sale, root: str, units: Units) -> None:
        self.number = sale.id
        self.place = sale.place
        self.root = root
        self.open = units
        self.found: Units = {}
        self.missing: Units = {}
        self.held = False
        self.boxes: dict[str, Box] = {}
        self.released = False


class Dispatch:
    """Orders to be shipped, by their own number."""

    def __init__(self, pos: PointOfSale) -> None:
        self._pos = pos
        self._ids = pos.world.ids(SYSTEM, "dispatch")
        self._tickets: dict[str, Ticket] = {}
        self._boxes: dict[str, tuple[Ticket, Box]] = {}

    # --- from the API -----------------------------------------------------------------

    def take(self, sale: Sale) -> None:
        """An order came in: is it one to ship? Then its units are held."""
        roots = [each.uid for each in sale.fulfilments if each.kind == SHIPMENT]
        if sale.by_till or sale.state != "open" or not roots or sale.id in self._tickets:
            return
        units = {line.uid: line.units_e5 // UNIT for line in sale.lines}
        ticket = self._tickets[sale.id] = Ticket(sale, roots[0], units)
        refs = tuple([ref for ref in (sale.reference, sale.id) if ref])
        lines = self._lines(sale, units)
        world = self._pos.world
        world.emit(Work(world.t, world.by, world.n, SYSTEM, sale.id, refs, sale.place, lines))
        reserved = any(each.state == "reserved" for each in sale.fulfilments)
        if reserved:
            self._hold(ticket, sale)
        self._say(ticket, "RESERVED" if reserved else "PROPOSED", "new")

    def knows(self, sale: Sale) -> bool:
        """Whether an order's goods leave by parcel: nothing is handed over when it completes."""
        return sale.id in self._tickets

    def on_shelf(self, place: str, sku: str, at_ms: int) -> int:
        """Units of a SKU that lie on a shelf for orders taken by then, and are not picked."""
        units = 0
        for ticket in self._tickets.values():
            sale = self._sale(ticket)
            if ticket.held and ticket.place == place and sale.created_ms <= at_ms:
                units += sum(ticket.open[line.uid] for line in sale.lines if line.sku == sku)
        return units

    def may_call_off(self, sale: Sale) -> None:
        """Whether an order can still be cancelled.

        Raises:
            NotAllowed: a parcel of it is packed or gone.
        """
        ticket = self._tickets.get(sale.id)
        if ticket is not None and ticket.boxes:
            raise NotAllowed("wrong_state", "The order has been prepared and cannot be canceled.")

    def called_off(self, sale: Sale) -> None:
        """An order was cancelled: what was held for it can be sold again."""
        ticket = self._tickets.pop(sale.id, None)
        if ticket is None:
            return
        held = {**ticket.open}
        for line, units in ticket.found.items():
            held[line] = held.get(line, 0) + units
        if ticket.held:
            self._move(sale, held, "reserved", "on_hand", "cancel")
        self._say(ticket, "CANCELED", "cancelled")

    # --- from the floor ---------------------------------------------------------------

    def ready(self, place: str) -> list[str]:
        """Orders of a store that nobody has begun, oldest first."""
        return [
            ticket.number for ticket in self._tickets.values()
            if ticket.place == place and not ticket.released
        ]  # fmt: skip

    def release(self, number: str) -> tuple[Pick, ...]:
        """Somebody begins with an order: what is to be picked."""
        ticket = self._tickets.get(number)
        if ticket is None or ticket.released:
            return ()
        ticket.released = True
        sale = self._sale(ticket)
        self._hold(ticket, sale)
        self._say(ticket, "RESERVED", "released")
        sku_of = {line.uid: line.sku for line in sale.lines}
        return tuple(Pick(line, sku_of[line], units) for line, units in ticket.open.items())

    def picked(self, number: str, line: str, units: int) -> None:
        """Units were found; ignored when the order was cancelled meanwhile."""
        ticket = self._tickets.get(number)
        if ticket is not None:
            ticket.open[line] -= units
            ticket.found[line] = ticket.found.get(line, 0) + units

    def short(self, number: str, line: str, units: int) -> None:
        """Units were not on the shelf: the record is corrected and the line is cut."""
        ticket = self._tickets.get(number)
        if ticket is None:
            return
        ticket.open[line] -= units
        ticket.missing[line] = ticket.missing.get(line, 0) + units
        sale, world = self._sale(ticket), self._pos.world
        self._move(sale, {line: units}, "reserved", "damaged", "adjust")
        lines = self._lines(sale, {line: units})
        world.emit(WorkCut(world.t, world.by, world.n, SYSTEM, number, lines, "short"))
        if not any(ticket.open.values()) and not ticket.found:
            self._rest_is_cut(ticket)

    def packed(self, number: str) -> str:
        """Everything found is packed: the parcel's number; "" when there is nothing."""
        ticket = self._tickets.get(number)
        if ticket is None or not ticket.found:
            return ""
        units, ticket.found = ticket.found, {}
        last = not any(ticket.open.values())
        uid = ticket.root if last else self._ids.token(20)
        box = Box(f"{number}-{len(ticket.boxes) + 1}", uid, self._ids.token(16).upper(), units)
        ticket.boxes[box.number] = box
        self._boxes[box.number] = (ticket, box)
        changed = {uid: self._fulfilment(uid, "prepared", units)}
        if not last:
            changed[ticket.root] = self._fulfilment(ticket.root, "reserved", ticket.open)
        elif ticket.missing:
            changed[self._ids.token(20)] = self._failed(ticket)
        sale = self._put(ticket, changed)
        self._parcel(sale, box, "packed")
        self._say(ticket, "PREPARED", "packed" if last else "picking")
        return box.number

    def shipped(self, parcel: str) -> None:
        """The carrier has taken a parcel along: its units leave the record."""
        ticket, box = self._boxes[parcel]
        box.left = True
        sale = self._put(ticket, {box.uid: self._fulfilment(box.uid, "completed", box.units, box)})
        self._move(sale, box.units, "reserved", "sold", "ship")
        self._parcel(sale, box, "shipped")
        done = all(each.state in _ENDED for each in sale.fulfilments)
        self._say(
            ticket, "COMPLETED" if done else "PREPARED", "shipped" if done else "part_shipped"
        )
        if done and sale.paid_minor >= sale.total_minor:
            paying.complete(self._pos, sale)

    def scanned(self, parcel: str) -> None:
        """The carrier has seen a parcel for the first time."""
        ticket, box = self._boxes[parcel]
        self._parcel(self._sale(ticket), box, "scanned")

    def cancel(self, number: str) -> bool:
        """The store cancels an order; False when it is past that."""
        ticket = self._tickets.get(number)
        if ticket is None or ticket.boxes:
            return False
        paying.call_off(self._pos, self._sale(ticket))
        return True

    # --- bookkeeping ------------------------------------------------------------------

    def _hold(self, ticket: Ticket, sale: Sale) -> None:
        """Take an order's units from what the till may sell, once."""
        if not ticket.held:
            ticket.held = True
            self._move(sale, ticket.open, "on_hand", "reserved", "order")

    def _rest_is_cut(self, ticket: Ticket) -> None:
        """Nothing more of an order is to be found."""
        changed = {ticket.root: self._failed(ticket)}
        sale = self._put(ticket, changed)
        if not ticket.boxes:
            paying.call_off(self._pos, sale)
        elif all(box.left for box in ticket.boxes.values()):
            self._say(ticket, "COMPLETED", "shipped")
            paying.complete(self._pos, sale)

    def _failed(self, ticket: Ticket) -> Fulfilment:
        made = self._fulfilment(ticket.root, "failed", ticket.missing)
        made.details["shipment_details"] = {"failure_reason": "Not on the shelf"}
        return made

    def _put(self, ticket: Ticket, changed: Mapping[str, Fulfilment]) -> Sale:
        """Fulfilments of an order change, or come to be."""
        sale = self._sale(ticket)
        kept = {each.uid: each for each in sale.fulfilments}
        for uid, each in changed.items():
            kept[uid] = msgspec.structs.replace(each, uid=uid)
        return self._pos.change_sale(sale, fulfilments=tuple(kept.values()))

    def _fulfilment(
        self, uid: str, state: FulfilmentState, units: Units, box: Box | None = None
    ) -> Fulfilment:
        details: dict[str, Any] = {
            "line_item_application": "ENTRY_LIST",
            "entries": [
                {"uid": f"{uid}-{line}"[:60], "line_item_uid": line, "quantity": str(many)}
                for line, many in units.items() if many
            ],
        }  # fmt: skip
        if box is not None:
            details["shipment_details"] = {
                "carrier": CARRIER, "tracking_number": box.tracking,
                "shipped_at": self._pos.calendar.iso(self._pos.now_ms),
            }  # fmt: skip
        return Fulfilment(uid, SHIPMENT, state, details)

    def _sale(self, ticket: Ticket) -> Sale:
        found = self._pos.sales.get(ticket.number)
        assert found is not None
        return found

    def _lines(self, sale: Sale, units: Units) -> tuple[Line, ...]:
        return tuple(
            Line(line.uid, line.sku, units[line.uid], 0, sale.place)
            for line in sale.lines if units.get(line.uid)
        )  # fmt: skip

    def _move(self, sale: Sale, units: Units, src: State, dst: State, cause: str) -> None:
        """Units of an order move in the stock book."""
        for line in sale.lines:
            many = units.get(line.uid, 0)
            if many and line.variant:
                self._pos.move(
                    variant=line.variant, units_e5=many * UNIT, src=(src, sale.place),
                    dst=(dst, sale.place), cause=cause, occurred_ms=self._pos.now_ms,
                    by_till=False, reason=_REASONS[dst], sale=sale.id, reference=sale.reference,
                )  # fmt: skip

    def _parcel(self, sale: Sale, box: Box, what: Literal["packed", "shipped", "scanned"]) -> None:
        world = self._pos.world
        world.emit(
            Parcel(world.t, world.by, world.n, SYSTEM, sale.id, box.number, what,
                   self._lines(sale, box.units), sale.place, CARRIER, box.tracking)
        )  # fmt: skip

    def _say(self, ticket: Ticket, new: str, means: str) -> None:
        world = self._pos.world
        world.emit(WorkState(world.t, world.by, world.n, SYSTEM, ticket.number, new, means))


_REASONS: Final[dict[State, str]] = {
    "reserved": "sale", "sold": "sale", "on_hand": "cancelled_sale", "damaged": "damaged",
}  # fmt: skip
"""What the stock book gives as the reason of a move, by where the units go."""
