"""Business events at the tills and in goods: each does what its sentence says, and nothing else."""

from __future__ import annotations

import pytest
from tests.simulation.aimed import Aimed

from peakproof.errors import ScenarioError
from peakproof.history.records import Counted, Level, Move, Sale, TurnedAway
from peakproof.ledger import shelf

# --- stores --------------------------------------------------------------------------


def test_a_sale_carries_goods_from_the_shelf_past_the_till() -> None:
    aimed = Aimed()

    assert aimed.tell("sale", sku=2, units=2, lines=[[3, 1]], store="S1", asks=False)
    (sale,) = aimed.said(Sale)
    assert [(line.sku, line.units) for line in sale.lines] == [(aimed.sku(2), 2), (aimed.sku(3), 1)]
    assert (sale.place, sale.by) == ("L1", "till")
    assert aimed.units(shelf("S1"), 2) == 3
    assert aimed.units("customer", 2) == 2
    assert {(move.cause, move.ref) for move in aimed.said(Move)} == {("sale", sale.sale)}


def test_a_till_that_asks_refuses_and_the_goods_go_back() -> None:
    aimed = Aimed()  # its till opens with nothing on record

    assert not aimed.tell("sale", sku=2, asks=True)
    assert aimed.said(Sale) == []
    assert aimed.said(Move) == []
    assert [turned.why for turned in aimed.said(TurnedAway)] == ["NotOnRecord"]


def test_a_sale_takes_no_more_than_lies_on_the_shelf() -> None:
    aimed = Aimed()

    assert aimed.tell("sale", sku=2, units=7, asks=False)
    assert aimed.said(Sale)[0].lines[0].units == 5
    assert [(turned.units, turned.why) for turned in aimed.said(TurnedAway)] == [(2, "ShelfEmpty")]
    assert not aimed.tell("sale", sku=2, asks=False)


def test_a_return_brings_a_sale_back_to_the_shelf_or_writes_it_off() -> None:
    aimed = Aimed()
    aimed.tell("sale", sku=2, units=2, asks=False, tag="first")
    aimed.tell("sale", sku=3, asks=False)

    assert aimed.tell("return", sale="first")
    assert aimed.tell("return", restock=False)
    assert aimed.units(shelf("S1"), 2) == 5
    assert (aimed.units(shelf("S1"), 3), aimed.units("lost", 3)) == (4, 1)
    back = [sale for sale in aimed.said(Sale) if sale.what == "return"]
    assert [sale.against for sale in back] == ["POS-1", "POS-2"]
    assert not Aimed().tell("return")


def test_part_of_a_sale_can_come_back() -> None:
    aimed = Aimed()
    aimed.tell("sale", sku=2, units=3, asks=False)

    assert aimed.tell("return", sku=2, units=1)
    assert aimed.units(shelf("S1"), 2) == 3


def test_goods_can_come_back_that_were_bought_before_the_run() -> None:
    aimed = Aimed()

    assert aimed.tell("return", sale="", sku=4, store="S1")
    assert aimed.units(shelf("S1"), 4) == 6
    assert [move.cause for move in aimed.said(Move)] == ["earlier_sale", "return"]
    with pytest.raises(ScenarioError, match="without a sale it needs a sku"):
        aimed.tell("return", sale="")


def test_a_count_is_of_the_shelf_and_keeps_the_time_it_was_taken() -> None:
    aimed = Aimed()

    assert aimed.tell("count", sku=2, store="S1", posted_after_s=60.0)
    aimed.tell("sale", sku=2, asks=False)
    assert aimed.run.day.unfinished() == 1
    aimed.run.go_on(61.0)
    (counted,) = aimed.said(Counted)
    assert (counted.units, counted.occurred, counted.t, counted.by) == (5, 0.0, 60.0, "staff")
    assert aimed.run.day.unfinished() == 0


def test_a_count_can_be_wrong() -> None:
    aimed = Aimed()

    assert aimed.tell("count", sku=2, units=9)
    assert [(counted.units, counted.place) for counted in aimed.said(Counted)] == [(9, "L1")]


def test_a_till_goes_offline_and_comes_back_with_what_it_kept() -> None:
    aimed = Aimed()

    assert aimed.tell("offline", store="S1")
    aimed.tell("sale", sku=2, asks=False)
    assert aimed.said(Sale) == []
    aimed.run.go_on(30.0)
    assert aimed.tell("online", store="S1")
    assert [(sale.occurred, sale.t) for sale in aimed.said(Sale)] == [(0.0, 30.0)]


# --- goods ---------------------------------------------------------------------------


def test_a_receipt_at_a_warehouse_is_recorded_by_the_warehouse_system() -> None:
    aimed = Aimed()

    assert aimed.tell("receipt", sku=1, node="W1", units=3, reference="PO-7")
    assert aimed.units(shelf("W1"), 1) == 8
    (level,) = aimed.said(Level)
    assert (level.system, level.place, level.on_hand, level.ref) == ("wms", "W1", 8, "PO-7")


@pytest.mark.parametrize(("via", "system"), [("", "pos"), ("till", "pos"), ("warehouse", "wms")])
def test_a_receipt_at_a_store_is_recorded_where_the_event_says(via: str, system: str) -> None:
    aimed = Aimed()

    assert aimed.tell("receipt", sku=1, node="S1", units=3, via=via)
    assert [level.system for level in aimed.said(Level)] == [system]
    assert aimed.units(shelf("S1"), 1) == 8


def test_a_receipt_can_stay_unrecorded() -> None:
    aimed = Aimed()

    assert aimed.tell("receipt", sku=1, node="S1", record=False)
    assert aimed.said(Level) == []
    assert aimed.units(shelf("S1"), 1) == 6
    with pytest.raises(ScenarioError, match="W1 has no till"):
        aimed.tell("receipt", sku=1, node="W1", via="till")


@pytest.mark.parametrize(
    ("units", "reason", "on_shelf", "on_record"), [(-2, "damaged", 3, 3), (2, "found", 7, 7)]
)
def test_an_adjustment_moves_the_shelf_and_the_record(
    units: int, reason: str, on_shelf: int, on_record: int
) -> None:
    aimed = Aimed()

    assert aimed.tell("adjust", sku=1, node="W1", units=units, reason=reason)
    assert aimed.units(shelf("W1"), 1) == on_shelf
    assert [level.on_hand for level in aimed.said(Level)] == [on_record]
    assert [move.cause for move in aimed.said(Move)] == [reason]


def test_goods_can_vanish_without_anybody_knowing() -> None:
    aimed = Aimed()

    assert aimed.tell("adjust", sku=1, node="S1", units=-9, reason="lost", record=False)
    assert aimed.units(shelf("S1"), 1) == 0
    assert aimed.said(Level) == []
    assert not aimed.tell("adjust", sku=1, node="S1", units=-1, record=False)


def test_a_record_can_be_corrected_without_the_goods() -> None:
    aimed = Aimed()

    assert aimed.tell("adjust", sku=1, node="W1", units=-4, shelf=False)
    assert aimed.said(Move) == []
    assert [level.on_hand for level in aimed.said(Level)] == [1]
