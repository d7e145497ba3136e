"""What is left of an order and its lines when units of them are cancelled."""

from __future__ import annotations

from msgspec.structs import replace

from peakproof_simulators.deposco.entities import Line, Order
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.lifecycle import OUTWARD, PART_CANCELLABLE, SALES


def asked(order: Order) -> tuple[tuple[str, int], ...]:
    """Line numbers and the units ordered in them."""
    return tuple((line.number, line.ordered) for line in order.lines)


def left_of(order: Order, line: Line) -> int:
    """Units of a line that could still be cancelled."""
    if order.type not in OUTWARD:
        return line.expected
    return line.unallocated if order.status in PART_CANCELLABLE else line.open


def less(order: Order, line: Line, units: int) -> Line:
    """A line with so many more units cancelled.

    Raises:
        Declined: fewer are left.
    """
    if not units:
        return line
    if units > left_of(order, line):
        raise Declined(400, "invalid", f"Line {line.number} has fewer units left to cancel")
    kept = line.open - units
    return replace(line, canceled=line.canceled + units, allocated=min(line.allocated, kept))


def cut_only(before: Order, after: Order) -> bool:
    """Did an edit do nothing but cancel units?"""
    return asked(before) == asked(after) and before.lines != after.lines


def left_after(order: Order) -> tuple[str, ...]:
    """Where an order goes when cancelled units leave nothing, or nothing back-ordered, in it."""
    if order.type != SALES or any(line.shipped for line in order.lines):
        return ()
    if not any(line.open for line in order.lines):
        return ("Canceled",)
    if order.status == "Partially Released" and not any(line.unallocated for line in order.lines):
        return ("Released",)
    return ()
