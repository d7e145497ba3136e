"""What a page draws: figures of a SKU over time, and where moments stand among them."""

from __future__ import annotations

from typing import cast

import pytest

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.verdict import Shown
from peakproof.report.chart import LEFT, WIDTH, chart, nodes_touched, window
from peakproof.report.timeline import LEDGER, Cell, Timeline, lane_of, skus_of, timelines


def line_of(story: ByHand) -> Timeline:
    records = cast("list[say.AnyRecord]", story.end(100, 900).records)
    return timelines(records, ["TEE"])["TEE"]


def race() -> Timeline:
    story = ByHand(scenario="shop/race").stock("TEE", W1=2, S1=1).stock("CAP", W1=5).trade()
    story.at(10).placed("1001", TEE=1).at(12.25).placed("1002", TEE=1)
    return line_of(story)


def shown(*records: say.AnyRecord) -> list[Shown]:
    return [Shown(number, record) for number, record in enumerate(records, 1)]


def level(t: float, place: str, units: int) -> say.Level:
    return say.Level(t, "connector", 1, "shop", "TEE", place, units, units, "write")


def test_the_shelves_come_first_and_each_system_tells_its_own_figure() -> None:
    line = race()
    assert [(cell.system, cell.place) for cell in line.cells][:2] == [
        (LEDGER, "S1"),
        (LEDGER, "W1"),
    ]
    assert line.cells[1].points == [(0.0, 2)]
    shop = {(cell.system, cell.place): cell for cell in line.cells}["shop", "W1"]
    assert [units for _, units in shop.points] == [2, 1, 0]
    assert [t for t, _ in shop.points][1:] == [10.0, 12.25]
    assert shop.nodes == ("W1",)


def test_events_of_the_sku_are_told_and_those_of_others_are_not() -> None:
    story = ByHand().stock("TEE", W1=2).stock("CAP", W1=5).trade()
    story.at(10).placed("1001", TEE=1).at(11).placed("1002", CAP=1)
    line = line_of(story)
    assert [one.record.order for one in line.events if isinstance(one.record, say.Placed)] == [
        "1001"
    ]


def test_a_figure_stands_until_the_next_one() -> None:
    cell = Cell("shop", "W1", ("W1",), [(1.0, 5), (4.0, 3)])
    assert [cell.at(t) for t in (0.5, 1.0, 3.9, 4.0, 99.0)] == [None, 5, 5, 3, 3]


def test_what_was_laid_in_place_before_trading_does_not_stretch_the_picture() -> None:
    seen = shown(level(0.0, "W1", 5), level(90.0, "W1", 4), level(91.0, "W1", 3))
    assert window(seen, 91.0, opened_s=60.0) == (89.5, 91.5)
    first, last = window(seen, 91.0, opened_s=0.0)
    assert (first, last > 91.0) == (0.0, True)
    assert window([], 70.0, opened_s=60.0) == (69.0, 71.0)


def test_only_buildings_where_something_happens_are_drawn() -> None:
    line = race()
    assert nodes_touched(line, [], (9.0, 13.0)) == {"W1"}
    assert nodes_touched(line, [], (20.0, 30.0)) == frozenset()
    assert nodes_touched(line, shown(level(25.0, "S1", 1)), (20.0, 30.0)) == {"S1"}
    lanes = chart(line, [], (9.0, 13.0), frozenset({"W1"})).lanes
    assert {lane.place for lane in lanes} == {"W1"}


def test_a_step_is_as_high_as_its_figure_and_stands_where_it_happened() -> None:
    cell = Cell("shop", "W1", ("W1",), [(0.0, 4), (15.0, 2), (25.0, 0)])
    drawn = chart(Timeline("TEE", [cell], []), [], (10.0, 20.0), frozenset({"W1"}))
    (lane,) = drawn.lanes
    middle = (LEFT + drawn.right) / 2
    high, low = lane.y - 30.0, lane.y - 15.0
    assert lane.steps == f"M{float(LEFT)},{high}H{middle}V{low}H{float(drawn.right)}"
    assert [(tag.text, tag.x - 3) for tag in lane.tags] == [("4", LEFT), ("2", middle)]
    assert lane.area.startswith(lane.steps)
    assert drawn.width == WIDTH


def test_moments_at_the_same_time_stand_side_by_side_and_in_their_lanes() -> None:
    line = race()
    seen = shown(
        level(12.0, "W1", 1), level(12.0, "W1", 0), say.Strike(12.0, "reset", "shop", "a", 1),
        level(99.0, "W1", 0),
    )  # fmt: skip
    drawn = chart(line, seen, (10.0, 14.0), frozenset({"W1"}))
    shop = next(lane for lane in drawn.lanes if lane.system == "shop")
    assert [dot.number for dot in drawn.dots] == [1, 2, 3]
    assert [dot.y for dot in drawn.dots[:2]] == [shop.y, shop.y]
    assert drawn.dots[1].x > drawn.dots[0].x
    assert drawn.dots[2].y < min(lane.y for lane in drawn.lanes)


@pytest.mark.parametrize(
    ("record", "lane", "skus"),
    [
        (level(1, "W1", 5), ("shop", "W1"), ["TEE"]),
        (say.Move(1, "till", "TEE", 1, "shelf:S1", "customer", "sale"), (LEDGER, "S1"), ["TEE"]),
        (say.Move(1, "carrier", "TEE", 1, "van:W1", "out", "ship"), (LEDGER, ""), ["TEE"]),
        (say.Placed(1, "shopper", 0, "shop", "1", "i", (say.Line("1", "TEE", 1, 0, "W1"),), 1, "X"),
         ("shop", "W1"), ["TEE"]),
        (say.Refused(1, "system", 0, "shop", "TEE", "unknown"), ("shop", ""), ["TEE"]),
        (say.Desk(1, "TEE", "item", "retail", "unknown"), ("desk", ""), []),
    ],
)  # fmt: skip
def test_each_record_has_its_lane_and_its_skus(
    record: say.AnyRecord, lane: tuple[str, str], skus: list[str]
) -> None:
    assert (lane_of(record), skus_of(record)) == (lane, skus)
