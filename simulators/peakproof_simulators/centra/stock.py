"""The arithmetic of stock: one function changes a cell, and tells it once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from peakproof.history.records import Level
from peakproof_simulators.centra.entities import Cell, StockChange
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

Written = tuple[int, int, int]
"""A size, a warehouse, units."""


def cell(centra: Centra, size: int, warehouse: int) -> Cell:
    """The cell of a size in a warehouse; an empty one when nothing was ever there."""
    found = centra.cells.get(size, {}).get(warehouse)
    return found if found is not None else Cell(size, warehouse)


def cells_of(centra: Centra, size: int, stale_s: float = 0.0) -> list[Cell]:
    """All cells of a size, in the order of the warehouses that first had it."""
    now = centra.cells.get(size, {})
    if stale_s <= 0:
        return list(now.values())
    was = centra.cells_past.differences(stale_s)
    seen = (was.get(f"{size}/{one}", each) for one, each in now.items())
    return [each for each in seen if each is not None]


def move(
    centra: Centra,
    size: int,
    warehouse: int,
    *,
    physical: int = 0,
    allocated: int = 0,
    demand: int = 0,
    incoming: int = 0,
    cause: str,
    ref: str = "",
) -> Cell:
    """Change a cell by signed units and tell the new figures; the cell afterwards."""
    row = centra.cells.setdefault(size, {})
    was = row.get(warehouse)
    old = was if was is not None else Cell(size, warehouse)
    new = row[warehouse] = Cell(
        size, warehouse, old.physical + physical, old.allocated + allocated,
        old.demand + demand, old.incoming + incoming,
    )  # fmt: skip
    centra.cells_past.changed(f"{size}/{warehouse}", was)
    centra.stock_moved_s[size] = centra.now
    world = centra.world
    sku, place = centra.sku(size), centra.place(warehouse)
    if physical or allocated or demand or cause == "seed":
        world.emit(
            Level(
                world.env._now, world.by, world.n, SYSTEM, sku, place,
                new.physical, new.available_now, cause, ref,
            )
        )  # fmt: skip
    centra.note(f"stock:{sku}@{place}")
    centra.webhooks.stock_changed(centra.sizes.by_id[size].product, warehouse)
    return new


def safety(centra: Centra, size: int, warehouse: int) -> int:
    """Units that a shop does not sell: the SKU's offset where it is above 0, or the threshold."""
    offset = centra.settings.stock_offsets.get(centra.sku(size), 0)
    return offset if offset > 0 else centra.warehouses.by_id[warehouse].threshold


def sellable(centra: Centra, size: int, warehouse: int) -> int:
    """Units that a shop shows: available now less safety stock; never below 0."""
    return max(cell(centra, size, warehouse).available_now - safety(centra, size, warehouse), 0)


def set_levels(centra: Centra, warehouse: int, levels: Sequence[Written], *, free: bool,
               below: str, description: str) -> StockChange | None:  # fmt: skip
    """Write absolute quantities: what is on the shelf, or what is free (``free``).

    ``below`` says what happens to a shelf quantity below what is allocated: ``refuse``, ``clamp``,
    or ``warn`` (clamp and say so). All is checked before anything is written.
    """
    lines: list[tuple[int, int]] = []
    wanted: dict[int, int] = {}
    for size, _, quantity in levels:
        now = cell(centra, size, warehouse)
        target = quantity + now.allocated if free else quantity
        if target < now.allocated:
            if below == "refuse":
                raise Fault("stock_below_allocated", "quantity", key=centra.sku(size),
                            why=now.allocated)  # fmt: skip
            if below == "warn":
                text = Fault("stock_below_allocated", why=now.allocated).message
                centra.warnings.append((text, ("quantity",)))
            target = now.allocated
        wanted[size] = target
    for size, target in wanted.items():
        delta = target - cell(centra, size, warehouse).physical
        move(centra, size, warehouse, physical=delta, cause="write")
        if delta:
            lines.append((size, delta))
    return _noted(centra, warehouse, 0, lines, description) if lines else None


def change_levels(
    centra: Centra, into: int, out_of: int, changes: Iterable[tuple[int, int]], description: str
) -> StockChange:
    """Bring units into a warehouse, take them out of one, or both: a transfer.

    Raises:
        Fault: what is taken is not free; nothing was written then.
    """
    wanted: dict[int, int] = {}
    for size, units in changes:
        wanted[size] = wanted.get(size, 0) + units
    short = centra.settings.change_stock_below_zero
    for size, units in wanted.items() if out_of else ():
        free = max(cell(centra, size, out_of).free, 0)
        if short == "refuse" and free < units:
            raise Fault("stock_short", "productSizes", key=centra.sku(size), why=free)
        if short == "clamp":
            wanted[size] = min(units, free)
    cause = "transfer" if into and out_of else "write"
    for size, units in wanted.items():
        if out_of:
            move(centra, size, out_of, physical=-units, cause=cause)
        if into:
            move(centra, size, into, physical=units, cause=cause)
    return _noted(centra, into, out_of, list(wanted.items()), description)


def _noted(
    centra: Centra, into: int, out_of: int, lines: Sequence[tuple[int, int]], description: str
) -> StockChange:
    id_ = centra.stock_changes.next_id()
    made = StockChange(
        id_, description, into, out_of,
        tuple([(centra.count("stock_change_line"), size, units) for size, units in lines]),
        centra.now,
    )  # fmt: skip
    centra.stock_changes.put(id_, made)
    centra.changed("StockChange", id_, "CREATED")
    return made
