"""The stock book of the tills: events are only ever appended, every figure is worked out of them.

The rule: what a cell holds is its latest count (by the time it was taken) and every movement
that happened later, whatever order they arrive in; never counted, it starts at nothing.
Events of the same millisecond are taken in the order in which they arrived.

Quantities are whole numbers of hundred-thousandths of a unit (``_e5``): five decimals, exact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from typing import Final, Literal

import msgspec

from peakproof_simulators.kit.timeline import Timeline
from peakproof_simulators.pos.trail import Trail

UNIT: Final = 100_000
"""One unit in the book."""

State = Literal["outside", "on_hand", "reserved", "sold", "damaged", "in_transit", "brought_back"]
"""Where units are, as the tills see it. ``reserved`` units lie on the shelf for open orders.
``outside`` and ``brought_back`` are where units come from without the book having known them;
neither they nor ``sold`` hold a figure."""

HELD: Final[frozenset[State]] = frozenset({"on_hand", "reserved", "damaged", "in_transit"})
"""The states of which the book keeps a figure."""

Kind = Literal["count", "adjust", "correct"]
"""``count``: so many are there; ``adjust``: so many moved; ``correct``: an ``adjust`` was wrong."""


class StockEvent(msgspec.Struct, frozen=True, gc=False):
    """One line of the book.

    ``no`` is its number in the order of arrival; ``cause`` is in the words of
    :class:`peakproof.history.records.Level`; ``units_e5`` is positive but for ``correct``, where
    it is the signed difference to the event ``corrects``.
    """

    id: str
    no: int
    kind: Kind
    cause: str
    variant: str
    src: State
    src_place: str
    dst: State
    dst_place: str
    units_e5: int
    occurred_ms: int
    received_ms: int
    by_till: bool = True
    reason: str = ""
    reason_ref: str = ""
    reference: str = ""
    person: str = ""
    sale: str = ""
    refund: str = ""
    transfer: str = ""
    total_minor: int | None = None
    corrects: str = ""


Moment = tuple[int, int]
"""Time (ms) and number of an event."""


def _moment(event: StockEvent) -> Moment:
    return event.occurred_ms, event.no


class Cell(msgspec.Struct, gc=False, eq=False):
    """What the book says of one variant, at one place, in one state."""

    variant: str
    place: str
    state: State
    key: str
    units_e5: int = 0
    at_ms: int = 0
    mark: int = 0
    base_e5: int = 0
    counted: StockEvent | None = None
    """The latest count."""
    later: list[tuple[int, int, int]] | tuple[()] = ()
    """Movements after the latest count: (time, number, signed quantity), in order."""

    def move(self, occurred_ms: int, no: int, delta_e5: int) -> bool:
        """Take a movement in; False when a later count already includes it."""
        if self.counted is not None and (occurred_ms, no) < _moment(self.counted):
            return False
        entry = (occurred_ms, no, delta_e5)
        if not self.later:
            self.later = [entry]
        elif entry < self.later[-1]:
            insort(self.later, entry)
        else:
            self.later.append(entry)
        self.units_e5 += delta_e5
        return True

    def count(self, event: StockEvent) -> bool:
        """Take a count in; False when a later count is there."""
        taken = _moment(event)
        if self.counted is not None and taken < _moment(self.counted):
            return False
        self.counted = event
        self.base_e5 = self.units_e5 = event.units_e5
        if self.later:
            del self.later[: bisect_right(self.later, (*taken, 0))]
            self.units_e5 += sum(delta for _, _, delta in self.later)
        return True

    def held_at(self, occurred_ms: int) -> int | None:
        """What the cell held at a moment; None when a later count has hidden it."""
        if self.counted is not None and occurred_ms < self.counted.occurred_ms:
            return None
        return self.base_e5 + sum(delta for at, _, delta in self.later if at <= occurred_ms)


Figure = tuple[int, int]
"""A cell's quantity (e5) and the time (ms) at which it was last worked out."""

OnChange = Callable[[Cell, int, StockEvent], None]
"""``on_change(cell, before_e5, event)``: a figure changed, or came to be."""


class StockBook:
    """All events, and all cells by variant and place."""

    def __init__(
        self, *, now: Callable[[], float], on_change: OnChange, remember_s: float = 60.0
    ) -> None:
        self._on_change = on_change
        self._cells: dict[State, dict[str, dict[str, Cell]]] = {state: {} for state in sorted(HELD)}
        self._marks = 0
        self.events: list[StockEvent] = []
        self.by_id: dict[str, StockEvent] = {}
        self.by_variant: dict[str, list[StockEvent]] = {}
        self._by_time: list[StockEvent] = []
        self.corrected: dict[str, int] = {}
        """By event: the sum of what its corrections added."""
        self.restated: dict[str, tuple[str, str]] = {}
        """By event: the reason that replaced its own."""
        self.recent: Trail[Cell] = Trail(lambda cell, mark: cell.mark == mark)
        self.past: Timeline[Figure] = Timeline(now, span_s=remember_s)

    def next_no(self) -> int:
        """The number that the next event gets."""
        return len(self.events) + 1

    def cell(self, variant: str, place: str, state: State = "on_hand") -> Cell | None:
        """A cell, None when nothing ever touched it."""
        by_place = self._cells[state].get(variant)
        return None if by_place is None else by_place.get(place)

    def units_e5(self, variant: str, place: str, state: State = "on_hand") -> int:
        """What a cell holds; nothing when it never was touched."""
        cell = self.cell(variant, place, state)
        return 0 if cell is None else cell.units_e5

    def cells(self, variant: str) -> Iterator[Cell]:
        """All cells of a variant, in a fixed order."""
        for by_variant in self._cells.values():
            yield from by_variant.get(variant, {}).values()

    def received_after(self, at_ms: int | None) -> list[StockEvent]:
        """The events that came in after a moment, in the order in which they did."""
        if at_ms is None:
            return self.events
        first = bisect_right(self.events, at_ms, key=lambda event: event.received_ms)
        return self.events[first:]

    def in_time(self, *, newest: bool, past: Moment | None = None) -> Iterator[StockEvent]:
        """All events in the order in which they happened, from beyond ``past``."""
        events = self._by_time
        if newest:
            at = len(events) if past is None else bisect_left(events, past, key=_moment)
            for index in range(at - 1, -1, -1):
                yield events[index]
            return
        at = 0 if past is None else bisect_right(events, past, key=_moment)
        for index in range(at, len(events)):
            yield events[index]

    def add(self, event: StockEvent) -> None:
        """Append an event and work out the cells that it touches."""
        self.events.append(event)
        self.by_id[event.id] = event
        times = self._by_time
        if times and event.occurred_ms < times[-1].occurred_ms:
            insort(times, event, key=_moment)
        else:
            times.append(event)
        seen = self.by_variant.get(event.variant)
        if seen is None:
            self.by_variant[event.variant] = [event]
        else:
            seen.append(event)
        if event.kind == "count":
            self._count(event)
        elif event.kind == "adjust":
            self._move(event, event.no)
        else:
            self.corrected[event.corrects] = self.corrected.get(event.corrects, 0) + event.units_e5
            # A correction belongs to the moment of what it corrects: a count taken since holds.
            self._move(event, self.by_id[event.corrects].no)

    def _count(self, event: StockEvent) -> None:
        cell, fresh = self._open(event.variant, event.dst_place, event.dst)
        before = cell.units_e5
        if cell.count(event):
            self._touch(cell, before, event, fresh=fresh)

    def _move(self, event: StockEvent, no: int) -> None:
        if event.src in HELD:
            self._shift(event, no, event.src, event.src_place, -event.units_e5)
        if event.dst in HELD:
            self._shift(event, no, event.dst, event.dst_place, event.units_e5)

    def _shift(self, event: StockEvent, no: int, state: State, place: str, delta_e5: int) -> None:
        cell, fresh = self._open(event.variant, place, state)
        before = cell.units_e5
        if cell.move(event.occurred_ms, no, delta_e5):
            self._touch(cell, before, event, fresh=fresh)

    def _open(self, variant: str, place: str, state: State) -> tuple[Cell, bool]:
        by_variant = self._cells[state]
        by_place = by_variant.get(variant)
        if by_place is None:
            by_place = by_variant[variant] = {}
        cell = by_place.get(place)
        if cell is not None:
            return cell, False
        cell = by_place[place] = Cell(variant, place, state, f"{variant}|{place}|{state}")
        return cell, True

    def _touch(self, cell: Cell, before_e5: int, event: StockEvent, *, fresh: bool) -> None:
        self.past.changed(cell.key, None if fresh else (before_e5, cell.at_ms))
        self._marks += 1
        cell.mark = self._marks
        cell.at_ms = event.received_ms
        self.recent.add(self._marks, event.received_ms, cell, new=fresh)
        if fresh or cell.units_e5 != before_e5:
            self._on_change(cell, before_e5, event)
