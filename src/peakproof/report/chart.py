"""The geometry of a time line as a picture: lanes, steps, numbered moments. No drawing here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from peakproof.judging.verdict import Shown
from peakproof.report.story import clock
from peakproof.report.timeline import Cell, Timeline, lane_of

WIDTH: Final = 560
LEFT: Final = 118
"""Room for the names of the lanes."""
_RIGHT: Final = 14
_LANE: Final = 54
_TOP: Final = 30
_FOOT: Final = 22
_LEAST_S: Final = 2.0
_PAD: Final = 0.12
_NEAR: Final = 20.0
"""Numbers that would stand closer together than so share a column, one above the other."""

Across = Callable[[float], float]
"""From seconds of run time to a place in the picture."""


class Dot(msgspec.Struct, frozen=True):
    """A numbered moment."""

    number: int
    x: float
    y: float


class Tag(msgspec.Struct, frozen=True):
    """A figure written where it began to stand."""

    text: str
    x: float
    y: float


class Lane(msgspec.Struct, frozen=True):
    """One figure: ``steps`` is an SVG path, ``area`` the same closed down to zero."""

    system: str
    place: str
    y: float
    steps: str
    area: str
    tags: tuple[Tag, ...]


class Chart(msgspec.Struct, frozen=True):
    """A picture in units of its view box; ``ticks`` are moments along the bottom."""

    width: int
    height: int
    left: int
    right: int
    foot: float
    lanes: tuple[Lane, ...]
    dots: tuple[Dot, ...]
    ticks: tuple[Tag, ...]


def window(shown: Sequence[Shown], at_s: float, opened_s: float) -> tuple[float, float]:
    """The seconds that a story plays in: what was laid in place before trading is left out."""
    times = [one.record.t for one in shown if one.record.t >= opened_s] or [at_s]
    first, last = min(*times, max(at_s, opened_s)), max(*times, at_s)
    pad = max((last - first) * _PAD, (_LEAST_S - (last - first)) / 2, 0.2)
    return max(0.0, first - pad), last + pad


def chart(
    timeline: Timeline, shown: Sequence[Shown], span: tuple[float, float], nodes: frozenset[str]
) -> Chart:
    """Draw a SKU's figures at some nodes over a span of time, and moments numbered from 1."""
    first, last = span

    def across(t: float) -> float:
        t = min(max(t, first), last)
        return round(LEFT + (WIDTH - LEFT - _RIGHT) * (t - first) / (last - first), 1)

    drawn = [cell for cell in timeline.cells if not nodes.isdisjoint(cell.nodes)]
    most = max((units for cell in drawn for units in _units(cell, span)), default=1)
    scale = (_LANE - 24) / max(most, 1)
    lanes: list[Lane] = []
    bottoms: dict[tuple[str, str], float] = {}
    for index, cell in enumerate(drawn):
        bottom = _TOP + _LANE * (index + 1) - 8.0
        bottoms[cell.system, cell.place] = bottom
        bottoms.setdefault((cell.system, ""), bottom)
        lanes.append(_lane(cell, span, across, bottom, scale))
    height = _TOP + _LANE * len(lanes) + _FOOT
    ticks = tuple(
        Tag(clock(first + part * (last - first)), across(first + part * (last - first)), height - 6)
        for part in (0.0, 0.5, 1.0)
    )
    dots = _dots(shown, span, across, bottoms)
    foot = float(height - _FOOT)
    return Chart(WIDTH, height, LEFT, WIDTH - _RIGHT, foot, tuple(lanes), dots, ticks)


def nodes_touched(
    timeline: Timeline, shown: Sequence[Shown], span: tuple[float, float]
) -> frozenset[str]:
    """Buildings whose figures change in a span, or that a moment in it names."""
    named = {lane_of(one.record) for one in shown if span[0] <= one.record.t <= span[1]}
    return frozenset(
        node
        for cell in timeline.cells
        if (cell.system, cell.place) in named or len(dict.fromkeys(_units(cell, span))) > 1
        for node in cell.nodes
    )


def _units(cell: Cell, span: tuple[float, float]) -> list[int]:
    inside = [units for at_s, units in cell.points if span[0] <= at_s <= span[1]]
    return [*inside, cell.at(span[0]) or 0]


def _lane(
    cell: Cell, span: tuple[float, float], across: Across, bottom: float, scale: float
) -> Lane:
    standing = cell.at(span[0])
    points = [] if standing is None else [(span[0], standing)]
    points += [point for point in cell.points if span[0] < point[0] <= span[1]]
    steps, tags = "", []
    for t, units in points:
        x, y = across(t), round(bottom - max(units, 0) * scale, 1)
        steps += f"M{x},{y}" if not steps else f"H{x}V{y}"
        if units:  # nothing is seen by the line itself
            tags.append(Tag(str(units), x + 3, y - 3))
    if steps:
        steps += f"H{across(span[1])}"
    area = f"{steps}V{bottom}H{across(points[0][0])}Z" if points else ""
    return Lane(cell.system, cell.place, bottom, steps, area, tuple(_apart(tags)))


def _apart(tags: list[Tag]) -> list[Tag]:
    """Figures that would be written over each other: the later one is the one that stands."""
    kept: list[Tag] = []
    for tag in tags:
        if kept and tag.x - kept[-1].x < _NEAR:
            kept.pop()
        kept.append(tag)
    return kept


def _dots(
    shown: Sequence[Shown], span: tuple[float, float], across: Across,
    bottoms: dict[tuple[str, str], float],
) -> tuple[Dot, ...]:  # fmt: skip
    """Moments stand in the lane they belong to, or above all lanes when it has none."""
    dots: list[Dot] = []
    for number, one in enumerate(shown, 1):
        record = one.record
        if not span[0] <= record.t <= span[1]:
            continue
        system, place = lane_of(record)
        y = bottoms.get((system, place), bottoms.get((system, ""), _TOP - 12.0))
        x = across(record.t)
        while any(abs(dot.x - x) < _NEAR and dot.y == y for dot in dots):
            x += _NEAR
        dots.append(Dot(number, min(x, WIDTH - _RIGHT), y))
    return tuple(dots)
