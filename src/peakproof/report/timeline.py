"""What every system and the ledger showed of a SKU, moment by moment: read from a history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from peakproof.history import records as say
from peakproof.history.records import AnyRecord
from peakproof.judging.verdict import Shown
from peakproof.report.story import where

LEDGER: Final = "ledger"
_SHELF: Final = "shelf:"
_TRADE: Final = "trade"
_TOLD: Final = (
    say.Placed, say.Withdrawn, say.Sale, say.TurnedAway, say.Refused, say.Work, say.WorkCut,
    say.Parcel, say.Confirmed, say.Counted, say.Activity, say.Desk,
)  # fmt: skip
"""What is worth telling of a SKU beside its figures."""


class Cell(msgspec.Struct):
    """One figure over time: ``points`` are (seconds of run time, units), each where it changed.

    ``nodes`` are the buildings that it counts.
    """

    system: str
    place: str
    nodes: tuple[str, ...]
    points: list[tuple[float, int]]

    def at(self, t: float) -> int | None:
        """Units at a moment; None before the figure was there."""
        found: int | None = None
        for at_s, units in self.points:
            if at_s > t:
                break
            found = units
        return found


class Timeline(msgspec.Struct):
    """A SKU in one run: the shelves of the ledger first, then each system's cells, then events.

    ``opened_s`` is when trading opened.
    """

    sku: str
    cells: list[Cell]
    events: list[Shown]
    opened_s: float = 0.0


def timelines(history: Iterable[AnyRecord], skus: Iterable[str]) -> dict[str, Timeline]:
    """The time lines of some SKUs, from one pass over a history."""
    fold = _Fold(skus)
    for number, record in enumerate(history, 1):
        if isinstance(record, say.Run):
            fold.places = record.estate["places"]
        elif isinstance(record, say.Phase) and record.name == _TRADE:
            fold.open(record.t)
        elif isinstance(record, say.Move):
            fold.move(record)
        elif isinstance(record, say.Level):
            fold.put(record.sku, record.system, record.place, record.t, record.available)
        elif isinstance(record, _TOLD):
            fold.tell(Shown(number, record))
    return fold.closed()


class _Fold:
    """Time lines while a history is read."""

    def __init__(self, skus: Iterable[str]) -> None:
        self.places: dict[str, dict[str, list[str]]] = {}
        self._found = {sku: Timeline(sku, [], []) for sku in skus}
        self._cells: dict[tuple[str, str, str], Cell] = {}

    def open(self, t: float) -> None:
        for timeline in self._found.values():
            timeline.opened_s = t

    def move(self, move: say.Move) -> None:
        for end, units in ((move.src, -move.units), (move.dst, move.units)):
            if end.startswith(_SHELF):
                node = end.removeprefix(_SHELF)
                cell = self._cells.get((move.sku, LEDGER, node))
                before = cell.points[-1][1] if cell is not None else 0
                self.put(move.sku, LEDGER, node, move.t, before + units)

    def put(self, sku: str, system: str, place: str, t: float, units: int) -> None:
        """The last figure of a moment is the one that stands."""
        timeline = self._found.get(sku)
        if timeline is None:
            return
        cell = self._cells.get((sku, system, place))
        if cell is None:
            nodes = [place] if system == LEDGER else self.places.get(system, {}).get(place, [])
            cell = self._cells[sku, system, place] = Cell(system, place, tuple(nodes), [])
            timeline.cells.append(cell)
        points = cell.points
        if points and points[-1][0] == t:
            points[-1] = (t, units)
        elif not points or points[-1][1] != units:
            points.append((t, units))

    def tell(self, shown: Shown) -> None:
        for sku in dict.fromkeys(skus_of(shown.record)):
            if sku in self._found:
                self._found[sku].events.append(shown)

    def closed(self) -> dict[str, Timeline]:
        for timeline in self._found.values():
            timeline.cells.sort(key=lambda cell: (cell.system != LEDGER, cell.system, cell.place))
        return self._found


def skus_of(record: Any) -> list[str]:
    """The SKUs that a record is about."""
    if isinstance(record, say.Refused):
        return [record.key]
    sku = getattr(record, "sku", "")
    return [sku] if sku else [line.sku for line in getattr(record, "lines", ())]


def lane_of(record: AnyRecord) -> tuple[str, str]:
    """System and place of the figure that a record belongs to; the place may be ""."""
    if isinstance(record, say.Move):
        for end in (record.src, record.dst):
            if end.startswith(_SHELF):
                return LEDGER, end.removeprefix(_SHELF)
    place = getattr(record, "place", "")
    if not place:
        places = [line.place for line in getattr(record, "lines", ()) if line.place]
        place = places[0] if places else ""
    return where(record), place
