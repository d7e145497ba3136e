"""The rules for orders that come and change by API: create, update, move, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET
from msgspec.structs import replace

from peakproof.history.records import Line as LineSaid
from peakproof.history.records import Work, WorkCut
from peakproof_simulators.deposco.bundles import explode
from peakproof_simulators.deposco.entities import Line, Order, minor, to_units
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.lifecycle import (
    API_MOVES,
    CREATABLE,
    EDITABLE,
    FROM_V1,
    MODELLED_TYPES,
    OTHER_TYPES,
    OUTWARD,
    PART_CANCELLABLE,
    RAISABLE,
    SALES,
    V1_STATUS,
    cancellable,
)
from peakproof_simulators.deposco.order_cuts import asked, cut_only, left_after, left_of, less
from peakproof_simulators.deposco.order_lines import check_fields, new_lines, sent_lines
from peakproof_simulators.deposco.payloads.common import given, text
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.orders import OrderLine as LineSent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakproof.world import World
    from peakproof_simulators.deposco.catalogue import Catalogue
    from peakproof_simulators.deposco.order_book import OrderBook
    from peakproof_simulators.deposco.settings import Settings

_NOT_HEADER = frozenset(
    {"number", "type", "status", "order_lines", "business_unit", "id", "created_date_time",
     "updated_date_time"}
)  # fmt: skip
_HEADER = tuple(name for name in OrderSent.__struct_fields__ if name not in _NOT_HEADER)
_LINE_FIGURES = frozenset(
    {"line_number", "line_status", "order_pack_quantity", "canceled_pack_quantity"}
)
_LINE_FIELDS = tuple(name for name in LineSent.__struct_fields__ if name not in _LINE_FIGURES)


class OrderRules:
    """What the vendor's API lets a caller do with orders."""

    def __init__(
        self, world: World, settings: Settings, catalogue: Catalogue, book: OrderBook, *,
        types: tuple[str, ...] = MODELLED_TYPES,
    ) -> None:  # fmt: skip
        self._types = types
        self._world = world
        self._settings = settings
        self._catalogue = catalogue
        self._book = book

    # --- create -----------------------------------------------------------------------

    def create(self, sent: OrderSent) -> Order:
        """Take a new order.

        Raises:
            Declined: the number is taken, a field does not fit, an item or facility is unknown.
        """
        settings = self._settings
        check_fields(sent, settings)
        kind = self._kind(sent)
        if self._catalogue.bundles and kind == SALES:
            self._explode(sent)
        if sent.number in self._book.by_type[kind]:
            raise Declined(
                409, "duplicate",
                f"Duplicate entry '{settings.business_unit_id}-{kind}-{sent.number}' for key "
                "'ORDER_HEADER.ux_oh_bu_type_number'",
            )  # fmt: skip
        status = FROM_V1.get(sent.status)
        if status not in CREATABLE[kind]:
            text_ = f"{kind} {sent.number} cannot be created in the status of [{sent.status}]"
            raise Declined(400, "invalid", text_)
        facility = self._facility(sent)
        lines = new_lines(sent_lines(sent), self._catalogue, settings)
        if not lines:
            raise Declined(400, "invalid", f"{kind} {sent.number} has no lines")
        now = self._world.t
        # In place, as for the lines: what was sent is ours from here on.
        sent.order_lines = sent.id = UNSET
        order = Order(sent.number, kind, status, facility, sent, lines, now, now)
        if kind == SALES:
            self._say_work(order)
        order = self._book.put(order, before=None, cause="order", steps=(status,))
        self._book.index(order)
        return order

    def _kind(self, sent: OrderSent) -> str:
        if sent.type in self._types:
            return sent.type
        if sent.type in OTHER_TYPES:
            raise Declined(501, "not_modelled", f"Orders of type [{sent.type}] are not modelled")
        raise Declined(400, "invalid", f"Order type [{sent.type}] is not valid")

    def _explode(self, sent: OrderSent) -> None:
        if self._settings.bundle_orders == "explode":
            explode(sent, self._catalogue.bundles)

    def _facility(self, sent: OrderSent) -> str:
        facility = text(sent.facility)
        if facility and self._settings.unknown_facility == "refuse":
            self._catalogue.facility(facility)
        return facility

    def _say_work(self, order: Order) -> None:
        """Say what the warehouse took; said again, whole, when an edit changes it."""
        world, sent = self._world, order.sent
        refs = given(
            order.number, sent.other_reference_number, sent.customer_order_number,
            sent.import_reference, sent.other_reference_number2, sent.related_order_number,
            sent.parent_order_number, sent.partner_invoice_number, sent.co_header,
        )  # fmt: skip
        lines = tuple(
            LineSaid(line.number, line.sku, line.ordered, line.price_minor, order.facility)
            for line in order.lines
        )
        world.emit(
            Work(world.t, world.by, world.n, "deposco", order.number, refs, order.facility, lines)
        )

    # --- update -----------------------------------------------------------------------

    def upsert(self, sent: OrderSent) -> tuple[Order, bool]:
        """Create an order or change it; True when it was created.

        Raises:
            Declined: as for :meth:`create` and :meth:`update`.
        """
        kind = self._kind(sent)
        if sent.number not in self._book.by_type[kind]:
            return self.create(sent), True
        return self.update(sent), False

    def update(self, sent: OrderSent) -> Order:
        """Change an order: header, lines and status, as far as its status lets anybody.

        Raises:
            Declined: there is no such order, it is locked, a quantity was lowered, a field does
                not fit.
        """
        check_fields(sent, self._settings)
        kind = self._kind(sent)
        if self._catalogue.bundles and kind == SALES:
            self._explode(sent)
        order = self._book.get(kind, sent.number)
        if order is None:
            text_ = f"{kind} {sent.number} does not exist"
            raise Declined(404, "unknown_order", text_)
        target = self._target(order, sent.status)
        if target == "Canceled":
            return self._cancel_whole(order)
        edited = self._edited(order, sent)
        if target is not None and target != order.status:
            return self._moved(edited, order, target)
        if edited is not order:
            return self._put_edit(edited, order)
        return order

    def _target(self, order: Order, wanted: str) -> str | None:
        """The status that an update asks for; None when it only repeats what is."""
        if wanted in (V1_STATUS[order.status], order.status):
            if wanted == "Canceled" and self._settings.recancel == "conflict":
                raise self.locked(order)
            return None
        target = FROM_V1.get(wanted)
        if target is None:
            text_ = f"Status [{wanted}] cannot be set on {order.type} {order.number}"
            raise Declined(400, "invalid", text_)
        if target not in self._allowed(order):
            raise self.locked(order)
        return target

    def _allowed(self, order: Order) -> tuple[str, ...]:
        moves = API_MOVES[order.type][order.status]
        if order.type == SALES and order.status not in EDITABLE[SALES][self._settings.lock_at]:
            return ()
        return moves

    def locked(self, order: Order) -> Declined:
        """What somebody is told who would change an order that is locked."""
        among = ", ".join(status.lower() for status in EDITABLE[order.type][self._settings.lock_at])
        return Declined(
            409, "locked",
            f"{order.type} {order.number} cannot be updated while in the status of "
            f"[{order.status}]. Updates can be made when in the following statuses: {among}",
        )  # fmt: skip

    def _moved(self, after: Order, before: Order, target: str) -> Order:
        if target in ("New", "Hold", "Draft"):
            # Whatever a wave had set aside goes back to being mere demand.
            lines = tuple(
                replace(line, allocated=0) if line.allocated else line for line in after.lines
            )
            after = replace(after, lines=lines)
        if after is not before:
            return self._put_edit(after, before, steps=(target,))
        return self._book.put(after, before=before, cause="order", steps=(target,))

    def _put_edit(self, after: Order, before: Order, *, steps: tuple[str, ...] = ()) -> Order:
        if after.type == SALES and (asked(after) != asked(before) or after.sent != before.sent):
            self._say_work(after)
        self._say_cuts(before, after)
        cause = "cancel" if cut_only(before, after) else "order"
        after = self._book.put(after, before=before, cause=cause, steps=steps or left_after(after))
        self._book.index(after, before=before)
        return after

    # --- edits ------------------------------------------------------------------------

    def _edited(self, order: Order, sent: OrderSent) -> Order:
        """The order with the header and lines that were sent; itself when nothing differs."""
        header = {
            name: value
            for name in _HEADER
            if (value := getattr(sent, name)) is not UNSET and value != getattr(order.sent, name)
        }
        lines = self._edited_lines(order, sent)
        editable = order.status in EDITABLE[order.type][self._settings.lock_at]
        if header and not editable:
            raise self.locked(order)
        if not header and lines == order.lines:
            return order
        facility = self._facility(sent) if "facility" in header else order.facility
        if facility != order.facility:
            # Nothing that one facility holds is of use at another.
            lines = tuple(replace(line, allocated=0) for line in lines)
        kept = replace(order.sent, **header) if header else order.sent
        return replace(order, sent=kept, facility=facility, lines=lines)

    def _edited_lines(self, order: Order, sent: OrderSent) -> tuple[Line, ...]:
        by_number = {line.number: line for line in order.lines}
        added: list[LineSent] = []
        for position, wanted in enumerate(sent_lines(sent)):
            number = text(wanted.line_number) or str(position + 1)
            line = by_number.get(number)
            if line is None:
                added.append(wanted)
            else:
                by_number[number] = self._edited_line(order, line, wanted)
        lines = tuple(by_number.values())
        if added:
            if order.status not in EDITABLE[order.type][self._settings.lock_at]:
                raise self.locked(order)
            taken = tuple(by_number)
            lines += new_lines(added, self._catalogue, self._settings, taken=taken)
        return lines

    def _edited_line(self, order: Order, line: Line, wanted: LineSent) -> Line:
        if wanted.item_number != line.sku or (
            (wanted.pack.type, wanted.pack.quantity) != (line.pack_type, line.per_pack)
        ):
            text_ = f"The item of line {line.number} cannot be changed"
            raise Declined(400, "invalid", text_)
        if wanted.line_status == "Canceled":
            return self._cut(order, line, line.ordered)
        fields = {
            name: value
            for name in _LINE_FIELDS
            if (value := getattr(wanted, name)) is not UNSET and value != getattr(line.sent, name)
        }
        editable = order.status in EDITABLE[order.type][self._settings.lock_at]
        if fields:
            if not editable:
                raise self.locked(order)
            line = replace(
                line, sent=replace(line.sent, **fields),
                price_minor=minor(fields.get("unit_price", line.sent.unit_price)),
            )  # fmt: skip
        if wanted.canceled_pack_quantity is not UNSET and wanted.canceled_pack_quantity is not None:
            cut = to_units(wanted.canceled_pack_quantity, line.per_pack, "canceledPackQuantity")
            if cut != line.canceled:
                line = self._cut(order, line, cut)
        if wanted.order_pack_quantity is UNSET or wanted.order_pack_quantity is None:
            return line
        units = to_units(wanted.order_pack_quantity, line.per_pack, "orderPackQuantity")
        return self._raised(order, line, units, editable=editable)

    def _raised(self, order: Order, line: Line, units: int, *, editable: bool) -> Line:
        if units == line.ordered:
            return line
        if units < line.ordered:
            if self._settings.lower_quantity == "ignore":
                return line
            text_ = f"Quantity of line {line.number} can only be lowered by a cancellation"
            raise Declined(400, "lowered", text_)
        if not editable and not (order.status in RAISABLE and line.unallocated > 0):
            raise self.locked(order)
        return replace(line, ordered=units)

    # --- cancellation -----------------------------------------------------------------

    def _cut(self, order: Order, line: Line, canceled: int) -> Line:
        """A line with so many units cancelled in all; never more than are still open."""
        lock_at = self._settings.lock_at
        more = min(canceled, line.ordered - line.short - line.shipped) - line.canceled
        if more < 0:
            text_ = f"A cancellation of line {line.number} cannot be taken back"
            raise Declined(400, "invalid", text_)
        if order.status in PART_CANCELLABLE and more <= line.unallocated:
            return replace(line, canceled=line.canceled + more)
        if order.status == "Draft" or not cancellable(order.type, order.status, lock_at):
            raise self.locked(order)
        kept = line.open - more
        return replace(line, canceled=line.canceled + more, allocated=min(line.allocated, kept))

    def _cancel_whole(self, order: Order) -> Order:
        if not cancellable(order.type, order.status, self._settings.lock_at):
            raise self.locked(order)
        return self.end(order, why="")

    def cut(self, order: Order, units: Mapping[str, int]) -> Order:
        """Cancel units of lines; who asks has seen to it that the order's status allows that.

        Raises:
            Declined: more units than are left to cancel.
        """
        lines = tuple(less(order, line, units.get(line.number, 0)) for line in order.lines)
        after = replace(order, lines=lines)
        steps: tuple[str, ...] = ()
        if order.type != SALES and not any(left_of(order, line) for line in lines):
            came = any(line.received or line.damaged or line.shipped for line in lines)
            done = "Ship Complete" if order.type in OUTWARD else "Received"
            steps = (done if came else "Canceled",)
        return self._put_edit(after, order, steps=steps)

    def end_all(self, orders: list[Order]) -> None:
        """Cancel several whole orders, or none of them.

        Raises:
            Declined: one of them is locked.
        """
        for order in orders:
            if not cancellable(order.type, order.status, self._settings.lock_at):
                raise self.locked(order)
        for order in orders:
            self.end(order, why="")

    def end(self, order: Order, *, why: str) -> Order:
        """Cancel all that is left of an order, whoever asked; what it held is free again."""
        outward = order.type in OUTWARD
        lines = tuple(
            replace(
                line,
                canceled=line.canceled + (line.open if outward else line.expected),
                allocated=0,
            )
            for line in order.lines
        )
        after = replace(order, lines=lines, why=why)
        self._say_cuts(order, after)
        return self._book.put(after, before=order, cause="cancel", steps=("Canceled",))

    def _say_cuts(self, before: Order, after: Order) -> None:
        if after.type != SALES:
            return
        world = self._world
        cut = tuple(
            LineSaid(line.number, line.sku, line.canceled - was.canceled, 0, after.facility)
            for was, line in zip(before.lines, after.lines, strict=False)
            if line.canceled > was.canceled
        )
        if cut:
            world.emit(
                WorkCut(world.t, world.by, world.n, "deposco", after.number, cut, "cancelled")
            )
