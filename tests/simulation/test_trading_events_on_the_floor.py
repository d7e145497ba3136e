"""Business events in the warehouse: each does what its sentence says, and nothing else."""

from __future__ import annotations

from typing import Any

from tests.simulation.aimed import Aimed

from peakproof.history.records import Parcel, Work, WorkCut, WorkState
from peakproof.ledger import bench, shelf, van

PATIENT = {"floor": {"waves": False}, "carrier": {"collects": False}}
"""A quiet day on which nothing leaves the warehouse but by an event."""


def paid_order(aimed: Aimed, **order: Any) -> str:
    """Order, pay, and let the link send it to the warehouse: the warehouse's number."""
    aimed.tell("order", **{"sku": 1, "place": "W1", "payment_s": 0.0, "tag": "A", **order})
    aimed.run.go_on(0.5)
    number: str = aimed.said(Work)[-1].number
    return number


def test_a_release_takes_an_order_out_of_turn_and_locks_it() -> None:
    aimed = Aimed(trading=PATIENT)
    number = paid_order(aimed)
    assert aimed.run.floor.ready("W1") == [number]

    assert aimed.tell("release", order="A")
    assert aimed.run.floor.ready("W1") == []
    assert [state.means for state in aimed.said(WorkState)] == ["released"]
    assert not aimed.tell("release", order="A")
    assert not aimed.tell("release", order="nobody's")


def test_an_order_that_the_warehouse_system_holds_is_not_released() -> None:
    aimed = Aimed(trading=PATIENT)
    paid_order(aimed)
    aimed.run.floor.waiting["W1"].clear()

    assert not aimed.tell("release", order="A")
    assert not aimed.tell("pick", order="A")
    assert aimed.said(WorkState) == []


def test_a_pick_takes_all_lines_or_as_many_as_it_says() -> None:
    aimed = Aimed(trading=PATIENT)
    paid_order(aimed, lines=[[2, 1], [3, 2]])

    assert aimed.tell("pick", order="A", lines=1)
    assert [aimed.units(bench("W1"), number) for number in (1, 2, 3)] == [1, 0, 0]
    assert aimed.tell("pick", order="A")
    assert [aimed.units(bench("W1"), number) for number in (1, 2, 3)] == [1, 1, 2]
    assert not aimed.tell("pick", order="A")


def test_a_pick_from_an_empty_shelf_is_short() -> None:
    aimed = Aimed(trading=PATIENT, stock={"units": 5})
    paid_order(aimed, units=2)
    aimed.tell("adjust", sku=1, node="W1", units=-5, reason="lost", record=False)

    assert aimed.tell("pick", order="A")
    (cut,) = aimed.said(WorkCut)
    assert (cut.cause, cut.lines[0].units, cut.by) == ("short", 2, "warehouse")
    assert aimed.run.day.floors.book.jobs == {}


def test_a_shipment_does_all_that_is_left_and_the_goods_are_on_the_van() -> None:
    aimed = Aimed(trading=PATIENT)
    paid_order(aimed, lines=[[2, 1]])

    assert aimed.tell("ship", order="A")
    assert [parcel.what for parcel in aimed.said(Parcel)] == ["packed", "shipped"]
    assert [aimed.units(van("W1"), number) for number in (1, 2)] == [1, 1]
    assert not aimed.tell("ship", order="A")


def test_what_is_picked_can_leave_before_the_rest() -> None:
    aimed = Aimed(trading=PATIENT)
    paid_order(aimed, lines=[[2, 1]])
    aimed.tell("pick", order="A", lines=1)

    assert aimed.tell("ship", order="A")
    assert aimed.tell("ship", order="A")
    shipped = [parcel.lines for parcel in aimed.said(Parcel) if parcel.what == "shipped"]
    assert [[line.sku for line in lines] for lines in shipped] == [[aimed.sku(1)], [aimed.sku(2)]]


def test_a_scan_comes_before_its_time_but_never_before_the_collection() -> None:
    aimed = Aimed(trading=PATIENT)
    paid_order(aimed)
    aimed.tell("pick", order="A")
    aimed.run.go_on(60.0)
    assert [parcel.what for parcel in aimed.said(Parcel)] == ["packed"]
    assert not aimed.tell("scan", order="A")
    aimed.tell("ship", order="A")

    assert aimed.tell("scan", order="A")
    aimed.run.go_on(1_000.0)
    assert [parcel.what for parcel in aimed.said(Parcel)] == ["packed", "shipped", "scanned"]
    assert not aimed.tell("scan", order="A")
    assert aimed.run.day.unfinished() == 0


def test_a_parcel_that_is_never_scanned_is_not_scanned_by_an_event_either() -> None:
    aimed = Aimed(trading={**PATIENT, "carrier": {"collects": False, "unscanned": 1.0}})
    paid_order(aimed, lines=[[2, 1]])
    aimed.tell("pick", order="A", lines=1)
    assert aimed.tell("ship", order="A")

    assert not aimed.tell("scan", order="A")
    assert [parcel.what for parcel in aimed.said(Parcel)] == ["packed", "shipped"]


def test_the_warehouse_cancels_an_order_in_hand_and_the_goods_go_back() -> None:
    aimed = Aimed(trading=PATIENT)
    paid_order(aimed, lines=[[2, 1]])
    aimed.tell("pick", order="A", lines=1)
    assert aimed.units(bench("W1"), 1) == 1

    assert aimed.tell("cancel", order="A", by="warehouse")
    aimed.run.go_on(100.0)
    assert (aimed.units(bench("W1"), 1), aimed.units(shelf("W1"), 1)) == (0, 5)
    assert aimed.said(Parcel) == []
    assert aimed.run.day.floors.book.jobs == {}
    assert aimed.run.day.unfinished() == 0
