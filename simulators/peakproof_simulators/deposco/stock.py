"""The stock record: a cell for each item at each facility, and its arithmetic.

All figures are units. For a cell::

    total        = allocated + unallocated            (on hand, as the system counts it)
    available    = total - allocated - demand - reserved - blocked

``demand`` are units of orders that nothing is allocated to yet; it counts only where the tenant
lets a new order reduce what may be promised. ``available`` may be negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from peakproof.history.records import Level
from peakproof_simulators.kit.timeline import Timeline

if TYPE_CHECKING:
    from peakproof.world import World


class Figures(msgspec.Struct, frozen=True, gc=False):
    """What a cell holds at one moment, in units."""

    total: int = 0
    allocated: int = 0
    demand: int = 0
    reserved: int = 0
    blocked: int = 0
    on_order: int = 0
    in_transit: int = 0


class Cell(msgspec.Struct, gc=False):
    """One item at one facility. ``places`` holds what lies elsewhere than in the first location,
    ``held`` what is blocked by its status, both by location. ``key`` is its name for a judge."""

    key: str
    figures: Figures = Figures()
    available: int = 0
    allocatable: int = 0
    places: dict[str, int] | None = None
    held: dict[str, int] | None = None


class Movement(msgspec.Struct, frozen=True, gc=False):
    """A change of a cell that somebody outside may care about."""

    key: str
    sku: str
    facility: str
    on_hand: int
    available: int
    sequence: int


class StockBook:
    """All cells, nested by item, and the order in which items were last moved."""

    def __init__(self, world: World, *, counts_demand: bool) -> None:
        self._world = world
        self._counts_demand = counts_demand
        self._cells: dict[str, dict[str, Cell]] = {}
        self._moves: dict[str, int] = {}
        self._active: dict[str, float] = {}
        self.timeline: Timeline[Figures] = Timeline(lambda: world.env.now)
        self.listeners: list[Callable[[Movement], None]] = []
        self.freed: Callable[[str, str], None] = lambda _sku, _facility: None
        self.touched: Callable[[str], None] = lambda _sku: None

    def available(self, figures: Figures) -> int:
        """What may be promised of a cell."""
        promised = figures.allocated + figures.reserved + figures.blocked
        if self._counts_demand:
            promised += figures.demand
        return figures.total - promised

    def figures(self, sku: str, facility: str) -> Figures:
        """A cell now; zeros where nothing was ever recorded."""
        cell = self._cells.get(sku, _NOWHERE).get(facility)
        return NOTHING if cell is None else cell.figures

    def facilities(self, sku: str) -> Iterator[tuple[str, Figures]]:
        """Every facility that ever had to do with an item, with its figures."""
        for facility, cell in self._cells.get(sku, _NOWHERE).items():
            yield facility, cell.figures

    def as_of(self, stale_s: float) -> Callable[[str, str], Figures]:
        """Looks cells up as they were so many seconds ago."""
        if stale_s <= 0:
            return self.figures
        then = self.timeline.differences(stale_s)

        def look(sku: str, facility: str) -> Figures:
            key = cell_key(sku, facility)
            return (then[key] or NOTHING) if key in then else self.figures(sku, facility)

        return look

    def sequence(self, sku: str) -> int:
        """How many times a cell of the item has changed."""
        return self._moves.get(sku, 0)

    def moved_since(self, t: float) -> list[str]:
        """Items whose cells changed at or after a moment, the longest ago first."""
        found: list[str] = []
        for sku in reversed(self._active):
            if self._active[sku] < t:
                break
            found.append(sku)
        found.reverse()
        return found

    def moved_at(self, sku: str) -> float:
        """When a cell of the item last changed."""
        return self._active[sku]

    def change(
        self, sku: str, facility: str, cause: str, ref: str = "", *, total: int = 0,
        allocated: int = 0, demand: int = 0, reserved: int = 0, blocked: int = 0,
        on_order: int = 0, in_transit: int = 0,
    ) -> None:  # fmt: skip
        """Change a cell by signed units; says one ``Level`` when what others see has changed."""
        cells = self._cells.get(sku)
        cell = None if cells is None else cells.get(facility)
        if cell is None:
            cell = self._new_cell(sku, facility)
        before = cell.figures
        after = cell.figures = Figures(
            before.total + total, before.allocated + allocated, before.demand + demand,
            before.reserved + reserved, before.blocked + blocked, before.on_order + on_order,
            before.in_transit + in_transit,
        )  # fmt: skip
        world = self._world
        now = world.env.now
        self.timeline.changed_at(now, cell.key, before)
        self.touched(sku)
        self._active.pop(sku, None)
        self._active[sku] = now
        was_available, was_allocatable = cell.available, cell.allocatable
        available = cell.available = self.available(after)
        cell.allocatable = allocatable(after)
        if after.total != before.total or available != was_available or cause == "seed":
            sequence = self._moves[sku] = self._moves.get(sku, 0) + 1
            world.emit(
                Level(
                    now, world.by, world.n, "deposco", sku, facility, after.total, available,
                    cause, ref,
                )
            )  # fmt: skip
            movement = Movement(cell.key, sku, facility, after.total, available, sequence)
            for listener in self.listeners:
                listener(movement)
        if cell.allocatable > was_allocatable:
            self.freed(sku, facility)

    def _new_cell(self, sku: str, facility: str) -> Cell:
        cell = Cell(cell_key(sku, facility))
        self._cells.setdefault(sku, {})[facility] = cell
        self.touched(sku)
        return cell

    # --- locations --------------------------------------------------------------------

    def at_location(self, sku: str, facility: str, location: str, first: str) -> int:
        """Units at a location; what has no other place lies in the facility's first one."""
        cell = self._cells.get(sku, _NOWHERE).get(facility)
        if cell is None:
            return 0
        places = cell.places or {}
        if location != first:
            return places.get(location, 0)
        return cell.figures.total - sum(places.values())

    def set_location(
        self, sku: str, facility: str, location: str, first: str, units: int, *, held: bool,
        cause: str, ref: str,
    ) -> int:  # fmt: skip
        """Set what lies at a location, sellable or held; the signed change of the total."""
        difference = units - self.at_location(sku, facility, location, first)
        cell = self._cells.get(sku, _NOWHERE).get(facility) or self._new_cell(sku, facility)
        if location != first:
            cell.places = {**(cell.places or {}), location: units}
        blocked = units if held else 0
        was_blocked = (cell.held or {}).get(location, 0)
        if blocked != was_blocked:
            cell.held = {**(cell.held or {}), location: blocked}
        if difference or blocked != was_blocked:
            self.change(sku, facility, cause, ref, total=difference, blocked=blocked - was_blocked)
        return difference

    def inspect(self) -> list[dict[str, int | str]]:
        """Every cell as plain values."""
        return [
            {
                "item": sku, "facility": facility, "unallocated": unallocated(cell.figures),
                "available": self.available(cell.figures), **msgspec.structs.asdict(cell.figures),
            }
            for sku, cells in self._cells.items()
            for facility, cell in cells.items()
        ]  # fmt: skip


NOTHING = Figures()
_NOWHERE: dict[str, Cell] = {}


def unallocated(figures: Figures) -> int:
    """Units on hand that no order holds."""
    return figures.total - figures.allocated


def allocatable(figures: Figures) -> int:
    """Units that the next wave can allocate."""
    free = figures.total - figures.allocated - figures.blocked
    return free if free > 0 else 0


def cell_key(sku: str, facility: str) -> str:
    """A cell's name in a judge's words."""
    return f"stock:{sku}@{facility}"
