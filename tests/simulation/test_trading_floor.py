"""Waves, hands and vans: when work is done, and by how many at once."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof.errors import SimulatorFault
from peakproof.history.records import Line, Parcel, Record, WorkState
from peakproof_simulators.trading.jobs import STAGES, Job
from peakproof_simulators.trading.standins import LittleRun

EXACT = {
    "line": {"median_s": 5},
    "pack": {"median_s": 10},
    "pickers": 1,
    "packers": 1,
    "wave_s": 30,
}


class Floor:
    """A quiet run whose warehouse is sent orders by hand."""

    def __init__(self, floor: dict[str, Any] | None = None, **trading: Any) -> None:
        table = {"day": "quiet", "floor": {**EXACT, **(floor or {})}, **trading}
        self.run = LittleRun({"stock": {"units": 100}, "trading": table})
        self.run.day.start(3_600.0)
        self.records = self.run.listen()

    def send(self, number: str, *items: int, place: str = "W1") -> None:
        lines = tuple(
            Line(str(index + 1), self.run.day.items[item - 1].sku, 1)
            for index, item in enumerate(items)
        )
        self.run.floor.create(number, (f"REF-{number}",), place, lines)

    def times(self, kind: type[Record], word: str) -> list[tuple[str, float]]:
        return [
            (record.number, record.t)
            for record in self.records
            if type(record) is kind
            and isinstance(record, Parcel | WorkState)
            and word == (record.what if isinstance(record, Parcel) else record.means)
        ]


def test_waves_leave_on_the_interval_and_take_what_has_come_by_then() -> None:
    floor = Floor()
    floor.run.go_on(1.0)
    floor.send("A", 1)
    floor.run.go_on(25.0)
    floor.send("B", 2)
    floor.run.go_on(9.0)
    floor.send("C", 3)
    floor.run.go_on(500.0)

    assert floor.times(WorkState, "released") == [("A", 30.0), ("B", 30.0), ("C", 60.0)]


def test_a_wave_of_no_interval_takes_an_order_at_once() -> None:
    floor = Floor({"wave_s": 0})
    floor.run.go_on(7.0)
    floor.send("A", 1)
    floor.run.go_on(1.0)

    assert floor.times(WorkState, "released") == [("A", 7.0)]


def test_a_full_wave_leaves_the_rest_for_the_next() -> None:
    floor = Floor({"wave_limit": 2})
    for number in "ABC":
        floor.send(number, 1)
    floor.run.go_on(500.0)

    assert floor.times(WorkState, "released") == [("A", 30.0), ("B", 30.0), ("C", 60.0)]


def test_one_picker_takes_one_order_after_the_other_line_by_line() -> None:
    floor = Floor()
    floor.send("A", 1, 2)
    floor.send("B", 3)
    floor.run.go_on(500.0)

    assert floor.times(WorkState, "picking") == [("A", 35.0), ("B", 45.0)]
    assert floor.times(Parcel, "packed") == [("A", 50.0), ("B", 60.0)]


def test_more_hands_work_at_once() -> None:
    floor = Floor({"pickers": 2, "packers": 2})
    floor.send("A", 1)
    floor.send("B", 3)
    floor.run.go_on(500.0)

    assert floor.times(Parcel, "packed") == [("A", 45.0), ("B", 45.0)]


def test_stores_have_hands_of_their_own_and_nodes_can_differ() -> None:
    floor = Floor({"store_pickers": 1, "nodes": {"S1": {"pickers": 3, "wave_s": 0, "packers": 3}}})
    for number in "ABC":
        floor.send(number, 1, place="F1")
    floor.run.go_on(100.0)

    assert [at_s for _, at_s in floor.times(Parcel, "packed")] == [15.0, 15.0, 15.0]


def test_the_van_calls_on_its_interval_and_parcels_are_scanned_after_it() -> None:
    floor = Floor(carrier={"collect_s": 60, "scan_after": {"median_s": 20}})
    floor.send("A", 1)
    floor.run.go_on(500.0)

    assert floor.times(Parcel, "shipped") == [("A", 60.0)]
    assert floor.times(Parcel, "scanned") == [("A", 80.0)]


def test_a_scan_comes_no_later_than_its_limit_or_never() -> None:
    late = Floor(carrier={"collect_s": 0, "scan_after": {"median_s": 900}, "scan_limit_s": 100})
    never = Floor(carrier={"collect_s": 0, "unscanned": 1.0})
    for floor in (late, never):
        floor.send("A", 1)
        floor.run.go_on(2_000.0)
        assert floor.run.day.unfinished() == 0
        assert floor.run.day.floors.book.jobs == {}

    assert late.times(Parcel, "scanned") == [("A", 145.0)]
    assert never.times(Parcel, "scanned") == []


def test_an_order_of_several_lines_can_leave_in_two_parcels() -> None:
    floor = Floor({"split_share": 1.0})
    floor.send("A", 1, 2, 3)
    floor.run.go_on(500.0)
    packed = [
        record for record in floor.records if isinstance(record, Parcel) and record.what == "packed"
    ]

    assert [[line.line for line in parcel.lines] for parcel in packed] == [["1"], ["2", "3"]]
    assert len({parcel.parcel for parcel in packed}) == 2


def test_an_order_that_is_cancelled_before_the_wave_is_never_touched() -> None:
    floor = Floor()
    floor.send("A", 1)
    floor.run.floor.cancel("A", "customer")
    floor.run.go_on(500.0)

    assert floor.times(WorkState, "released") == []
    assert floor.run.day.floors.book.jobs == {}


@pytest.mark.parametrize("after_s", [31.0, 37.0, 46.0])
def test_an_order_that_is_cancelled_in_hand_goes_back_to_the_shelf(after_s: float) -> None:
    floor = Floor(carrier={"collect_s": 600})
    floor.send("A", 1, 2)
    floor.send("B", 3)
    floor.run.go_on(after_s)
    floor.run.floor.cancel("A", "customer")
    floor.run.go_on(1_000.0)
    ledger = floor.run.world.ledger

    assert [ledger.at("shelf:W1", floor.run.day.items[item].sku) for item in (0, 1, 2)] == [
        100, 100, 99,
    ]  # fmt: skip
    assert [number for number, _ in floor.times(Parcel, "shipped")] == ["B"]


def test_a_packed_order_that_is_cancelled_does_not_ride_along() -> None:
    floor = Floor(carrier={"collect_s": 600})
    floor.send("A", 1)
    floor.run.go_on(100.0)
    assert floor.times(Parcel, "packed") == [("A", 45.0)]
    floor.run.floor.cancel("A", "customer")
    floor.run.go_on(1_000.0)

    assert floor.times(Parcel, "shipped") == []
    assert floor.run.world.ledger.at("shelf:W1", floor.run.day.items[0].sku) == 100
    assert floor.run.day.unfinished() == 0


def test_an_order_is_found_by_its_own_number_and_by_its_references_until_it_is_over() -> None:
    floor = Floor()
    floor.send("A", 1)
    book = floor.run.day.floors.book

    assert [job.number for job in book.find("A")] == ["A"]
    assert [job.number for job in book.find("REF-A")] == ["A"]
    floor.run.go_on(500.0)
    assert book.find("REF-A") == book.find("A") == []


def test_work_for_a_place_that_the_estate_lacks_is_nobodys() -> None:
    floor = Floor()
    floor.send("A", 1, place="elsewhere")
    floor.run.go_on(500.0)

    assert floor.times(WorkState, "released") == []
    assert floor.run.day.unfinished() == 0


def test_unfinished_counts_what_waits_and_what_is_in_hand() -> None:
    floor = Floor()
    floor.send("A", 1)
    floor.send("B", 1)
    assert floor.run.day.unfinished() == 2
    floor.run.go_on(36.0)
    assert floor.run.day.unfinished() == 2
    floor.run.go_on(20.0)
    assert len(floor.times(Parcel, "packed")) == 2
    assert floor.run.day.unfinished() == 2
    floor.run.go_on(14.0)
    assert floor.run.day.unfinished() == 2  # their first scans are still to come
    floor.run.go_on(500.0)
    assert floor.run.day.unfinished() == 0


def test_a_floor_without_waves_waits_for_an_event_and_is_not_counted_as_busy() -> None:
    floor = Floor({"waves": False})
    floor.send("A", 1)
    floor.run.go_on(500.0)

    assert floor.times(WorkState, "released") == []
    assert floor.run.day.unfinished() == 0


def test_an_order_that_is_edited_before_its_wave_is_one_order_and_may_move() -> None:
    floor = Floor()
    floor.send("A", 1)
    floor.run.floor.waiting["W1"].clear()
    floor.send("A", 2, place="F1")  # said again, whole, for another place
    book = floor.run.day.floors.book
    assert [job.node for job in book.find("REF-A")] == ["S1"]
    floor.run.go_on(500.0)

    assert floor.times(Parcel, "shipped") == [("A", 60.0)]
    assert floor.run.world.ledger.at("van:S1", floor.run.day.items[1].sku) == 1
    assert book.jobs == {}


def test_new_stock_wakes_the_floor_for_orders_that_waited_for_it() -> None:
    floor = Floor()
    floor.send("A", 1)
    waiting = floor.run.floor.waiting["W1"]
    floor.run.floor.waiting["W1"] = {}
    floor.run.go_on(100.0)
    assert floor.times(WorkState, "released") == []
    floor.run.floor.waiting["W1"] = waiting  # as a warehouse system queues it again by itself
    floor.run.floor.receive("W1", floor.run.day.items[0].sku, 1, reference="PO")
    floor.run.go_on(100.0)

    assert floor.times(WorkState, "released") == [("A", 120.0)]


@pytest.mark.parametrize(
    ("old", "new"),
    [(old, new) for old in STAGES for new in STAGES if new not in STAGES[old]],
)
def test_a_job_cannot_leave_its_life_cycle(old: str, new: str) -> None:
    job = Job("A", ("A",), "W1")
    job.stage = old
    with pytest.raises(SimulatorFault, match=f"{old} cannot become {new}"):
        job.to(new)
