"""Goods that leave for somebody who is no customer: another facility, or a vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from peakproof_simulators.deposco.lifecycle import OUTBOUND, VENDOR_RETURN, WITHOUT_DEMAND

if TYPE_CHECKING:
    from peakproof_simulators.deposco.entities import Line
    from peakproof_simulators.deposco.order_book import OrderBook

_CAUSES: Final = {OUTBOUND: "transfer", VENDOR_RETURN: "ship"}
"""Orders that goods may leave on without a parcel, and why the level falls."""


def depart(book: OrderBook, facility: str, sku: str, units: int, *, reference: str) -> int:
    """Let units leave on the order that the reference names: how many of them it asked for."""
    for kind, cause in _CAUSES.items():
        order = book.get(kind, reference)
        if order is None or order.facility != facility:
            continue
        if order.status == "Hold" or order.status in WITHOUT_DEMAND:
            continue
        lines: list[Line] = []
        left = units
        for line in order.lines:
            gone = min(left, line.open) if line.sku == sku else 0
            left -= gone
            lines.append(_gone(line, gone) if gone else line)
        if left == units:
            continue
        done = not any(line.open for line in lines)
        step = "Ship Complete" if done else "Partially Shipped"
        book.put(replace(order, lines=tuple(lines)), before=order, cause=cause, steps=(step,))
        return units - left
    return 0


def _gone(line: Line, units: int) -> Line:
    return replace(
        line, shipped=line.shipped + units, picked=line.picked + units,
        allocated=max(0, line.allocated - units),
    )  # fmt: skip
