"""Goods between two nodes: off one shelf, on the van, on the other shelf; recorded at both ends."""

from __future__ import annotations

from typing import Any

import pytest
from tests.simulation.aimed import Aimed

from peakproof.errors import ScenarioError
from peakproof.history.records import Level, Move
from peakproof.ledger import shelf, transit

TWO_STORES = {
    "warehouse": "wms",
    "masters": {"stock": "wms"},
    "nodes": [
        {"id": "W1", "kind": "warehouse", "places": {"wms": "W1", "shop": "W1"}},
        {"id": "S1", "kind": "store", "places": {"wms": "F1", "shop": "C1", "pos": "L1"}},
        {"id": "S2", "kind": "store", "places": {"wms": "F2", "shop": "C2", "pos": "L2"}},
        {"id": "X1", "kind": "store", "places": {"pos": "L3"}},
    ],
    "channels": [
        {"id": "web", "system": "shop", "nodes": ["W1", "S1", "S2"]},
        {"id": "till:S1", "system": "pos", "nodes": ["S1"]},
        {"id": "till:S2", "system": "pos", "nodes": ["S2"]},
        {"id": "till:X1", "system": "pos", "nodes": ["X1"]},
    ],
}
"""A warehouse, two stores, and a store that the warehouse system does not know."""


def sent(aimed: Aimed, **more: Any) -> bool:
    return aimed.tell("transfer", **{"sku": 1, "node": "W1", "to": "S1", "units": 3, **more})


def recorded(aimed: Aimed, system: str) -> list[tuple[str, str, int]]:
    return [(one.place, one.cause, one.on_hand) for one in aimed.said(Level)
            if one.system == system]  # fmt: skip


def on_the_van(aimed: Aimed) -> int:
    return aimed.units(transit("W1", "S1"), 1)


def test_goods_on_the_van_are_on_no_shelf_and_in_no_record() -> None:
    aimed = Aimed()

    assert sent(aimed, takes_s=60.0)
    assert (aimed.units(shelf("W1"), 1), on_the_van(aimed), aimed.units(shelf("S1"), 1)) == (
        2,
        3,
        5,
    )
    assert recorded(aimed, "wms") == [("W1", "transfer", 2)]

    aimed.run.go_on(59.0)
    assert (on_the_van(aimed), aimed.units(shelf("S1"), 1)) == (3, 5)

    aimed.run.go_on(2.0)
    assert (on_the_van(aimed), aimed.units(shelf("S1"), 1)) == (0, 8)
    assert recorded(aimed, "wms") == [("W1", "transfer", 2), ("F1", "receipt", 8)]
    assert {(one.cause, one.by) for one in aimed.said(Move)} == {("transfer", "staff")}
    assert len({one.ref for one in aimed.said(Move)}) == 1


def test_two_transfers_have_names_of_their_own() -> None:
    aimed = Aimed()

    sent(aimed, units=1)
    sent(aimed, units=1)
    aimed.run.go_on(61.0)

    assert [one.ref for one in aimed.said(Move)] == [
        "transfer-1", "transfer-2", "transfer-1", "transfer-2",
    ]  # fmt: skip


def test_what_is_missing_on_arrival_is_lost_and_never_recorded_there() -> None:
    aimed = Aimed()

    sent(aimed, received=1)
    aimed.run.go_on(61.0)

    assert (on_the_van(aimed), aimed.units(shelf("S1"), 1), aimed.units("lost", 1)) == (0, 6, 2)
    assert recorded(aimed, "wms")[-1] == ("F1", "receipt", 6)


def test_when_nothing_arrives_nothing_is_received() -> None:
    aimed = Aimed()

    sent(aimed, received=0)
    aimed.run.go_on(61.0)

    assert aimed.units("lost", 1) == 3
    assert recorded(aimed, "wms") == [("W1", "transfer", 2)]


def test_no_more_is_sent_than_lies_there() -> None:
    aimed = Aimed()

    assert sent(aimed, units=99, received=99)
    aimed.run.go_on(61.0)
    assert (aimed.units(shelf("W1"), 1), aimed.units(shelf("S1"), 1)) == (0, 10)
    assert not sent(aimed), "the shelf is empty"


def test_goods_can_move_and_no_system_hears_of_it() -> None:
    aimed = Aimed()

    assert sent(aimed, record=False)
    aimed.run.go_on(61.0)
    assert aimed.units(shelf("S1"), 1) == 8
    assert aimed.said(Level) == []


def test_an_item_that_the_warehouse_system_lacks_moves_unrecorded() -> None:
    aimed = Aimed(items={"withheld": {"wms": [1]}})

    assert sent(aimed)
    aimed.run.go_on(61.0)
    assert aimed.units(shelf("S1"), 1) == 8
    assert recorded(aimed, "wms") == []


def test_a_day_is_not_done_while_goods_are_on_the_van() -> None:
    aimed = Aimed()
    assert aimed.run.day.unfinished() == 0

    sent(aimed)
    assert aimed.run.day.unfinished() == 1
    aimed.run.go_on(61.0)
    assert aimed.run.day.unfinished() == 0


def test_tills_record_what_goes_between_their_stores() -> None:
    opening = {"till:S1": "record", "till:S2": "record"}
    aimed = Aimed(estate=TWO_STORES, stock={"units": 5, "opening": opening})

    assert sent(aimed, node="S1", to="S2", via="till", received=2)
    assert recorded(aimed, "pos") == [("L1", "transfer", 2)]
    aimed.run.go_on(61.0)
    assert recorded(aimed, "pos")[1:] == [("L2", "transfer", 7)]
    assert recorded(aimed, "wms") == [], "whoever keeps both in step has to tell it"


def test_an_item_that_the_tills_lack_moves_unrecorded() -> None:
    aimed = Aimed(estate=TWO_STORES, items={"withheld": {"pos": [1]}})

    assert sent(aimed, node="S1", to="S2", via="till")
    aimed.run.go_on(61.0)
    assert aimed.units(shelf("S2"), 1) == 8
    assert recorded(aimed, "pos") == []


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"to": "W1"}, "event transfer.to: expected another node than W1"),
        ({"to": "S9"}, "event transfer.to: there is no node 'S9'"),
        ({"node": "S9"}, "event transfer.node: there is no node 'S9'"),
        ({"received": 4}, "event transfer.received: expected at most 3"),
        ({"via": "till"}, "event transfer.via: W1 has no till"),
        ({"to": "X1"}, "wms has no place for X1"),
        ({"sku": 999}, "event transfer.sku: there is no item 999"),
    ],
)  # fmt: skip
def test_a_transfer_that_cannot_be_is_found_before_the_run(
    event: dict[str, Any], expected: str
) -> None:
    day = Aimed(estate=TWO_STORES).run.day

    with pytest.raises(ScenarioError) as caught:
        day.check({"kind": "transfer", "sku": 1, "node": "W1", "to": "S1", "units": 3, **event})
    assert expected in str(caught.value)


def test_unrecorded_goods_may_go_where_the_warehouse_system_sees_nothing() -> None:
    aimed = Aimed(estate=TWO_STORES)
    event = {"kind": "transfer", "sku": 1, "node": "W1", "to": "X1", "record": False}

    aimed.run.day.check(event)
    assert aimed.run.day.act(event)
