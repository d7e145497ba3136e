"""Figures of an item over facilities, in the several words that the vendor has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from peakproof_simulators.deposco.bundles import made_of
from peakproof_simulators.deposco.stock import Figures, allocatable

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakproof_simulators.deposco.catalogue import Entry
    from peakproof_simulators.deposco.state import Deposco


class ItemFigures(NamedTuple):
    """An item over all facilities, in units. ``full_case`` are those that make whole packs of
    the item's largest pack."""

    available: int
    back_ordered: int
    on_order: int
    total: int
    full_case: int
    split_case: int
    reserved: int


def shown_available(store: Deposco, figures: Figures) -> int:
    """What may be promised of a cell, as the tenant shows it: below zero, or not (DQ8)."""
    available = store.stock.available(figures)
    return available if store.settings.negative_availability else max(0, available)


def back_ordered(figures: Figures) -> int:
    """Units that orders ask for and nothing on hand can cover (inferred)."""
    return max(0, figures.demand - allocatable(figures))


def bundle_look(
    store: Deposco, entry: Entry, look: Callable[[str, str], Figures]
) -> Callable[[str, str], Figures]:
    """What to look an item up with: itself, or for a bundle what its components let be made."""
    bundles = store.catalogue.bundles
    if not bundles or entry.number not in bundles or not store.settings.bundle_availability:
        return look
    return made_of(bundles[entry.number], look, store.stock.available)


def over_facilities(
    store: Deposco, entry: Entry, look: Callable[[str, str], Figures]
) -> ItemFigures:
    """An item's figures over all facilities."""
    look = bundle_look(store, entry, look)
    available = back = on_order = total = reserved = 0
    for facility in store.catalogue.facilities:
        figures = look(entry.number, facility)
        available += shown_available(store, figures)
        back += back_ordered(figures)
        on_order += figures.on_order
        total += figures.total
        reserved += figures.reserved
    largest = max(quantity for _kind, quantity in entry.packs)
    full = total - total % largest if largest > 1 else 0
    return ItemFigures(available, back, on_order, total, full, total - full, reserved)
