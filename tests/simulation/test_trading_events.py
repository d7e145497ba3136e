"""Business events that a scenario aims: each does what its sentence says, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof.errors import ScenarioError
from peakproof.history.records import (
    CancelAsked,
    Counted,
    Item,
    Level,
    Move,
    OrderState,
    Parcel,
    Payment,
    Placed,
    Record,
    Sale,
    TurnedAway,
    Work,
    WorkCut,
    WorkState,
)
from peakproof.ledger import bench, shelf, van
from peakproof_simulators.trading.ports import Refusal
from peakproof_simulators.trading.standins import ESTATE, LittleRun

PATIENT = {"floor": {"waves": False}, "carrier": {"collects": False}}
"""A quiet day on which nothing leaves the warehouse but by an event."""


class Aimed:
    """A quiet run; ``tell(kind, ...)`` does one event and keeps what was written."""

    def __init__(self, **spec: Any) -> None:
        trading = {"day": "quiet", **spec.pop("trading", {})}
        self.run = LittleRun({"stock": {"units": 5}, **spec, "trading": trading})
        self.run.day.start(3_600.0)
        self.records = self.run.listen()

    def tell(self, kind: str, **parameters: Any) -> bool:
        return self.run.day.act({"kind": kind, **parameters})

    def said(self, kind: type[Record]) -> list[Any]:
        return [record for record in self.records if type(record) is kind]

    def sku(self, number: int) -> str:
        return self.run.day.items[number - 1].sku

    def units(self, place: str, number: int) -> int:
        return self.run.world.ledger.at(place, self.sku(number))


# --- orders ---------------------------------------------------------------------------


def test_an_order_takes_units_of_an_item_from_a_place_and_is_paid_later() -> None:
    aimed = Aimed()

    assert aimed.tell("order", sku="item 3", units=2, place="S1", payment_s=4.0)
    (placed,) = aimed.said(Placed)
    (line,) = placed.lines
    assert (line.sku, line.units, line.place, placed.by) == (aimed.sku(3), 2, "C1", "shopper")
    aimed.run.go_on(3.9)
    assert aimed.said(Payment) == []
    aimed.run.go_on(0.2)
    (payment,) = aimed.said(Payment)
    assert (payment.order, payment.what, payment.t) == (placed.order, "captured", 4.0)


@pytest.mark.parametrize("outcome", ["authorised", "failed"])
def test_an_order_s_payment_becomes_what_the_event_says(outcome: str) -> None:
    aimed = Aimed()
    aimed.tell("order", sku=1, payment=outcome)
    aimed.run.go_on(5.0)

    assert [payment.what for payment in aimed.said(Payment)] == [outcome]


def test_a_pending_payment_is_nothing_to_wait_for_until_an_event_settles_it() -> None:
    aimed = Aimed()
    aimed.tell("order", sku=1, payment="pending")
    aimed.run.go_on(1_000.0)
    assert aimed.said(Payment) == []
    assert aimed.run.day.unfinished() == 0

    assert aimed.tell("pay", payment="authorised")
    assert [payment.what for payment in aimed.said(Payment)] == ["authorised"]


def test_an_order_may_have_several_lines_and_come_several_times_at_once() -> None:
    aimed = Aimed()

    assert aimed.tell("order", sku=1, lines=[[2, 2], ["item 4", 1]], place="W1", times=2)
    lines = [[(line.sku, line.units) for line in placed.lines] for placed in aimed.said(Placed)]
    assert lines == 2 * [[(aimed.sku(1), 1), (aimed.sku(2), 2), (aimed.sku(4), 1)]]


def test_an_order_for_more_than_is_offered_is_refused_and_the_customer_turned_away_once() -> None:
    aimed = Aimed()

    assert not aimed.tell("order", sku=1, units=6, place="W1")
    (turned,) = aimed.said(TurnedAway)
    assert (turned.sku, turned.units, turned.place) == (aimed.sku(1), 6, "W1")
    assert (turned.why, turned.system, turned.by) == ("OutOfStock", "shop", "shopper")
    assert aimed.said(Placed) == []


def test_a_customer_is_turned_away_once_when_the_system_says_so_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aimed = Aimed()
    world = aimed.run.world

    def refuse(*_args: Any, **_named: Any) -> Refusal:
        world.emit(TurnedAway(world.t, world.by, 0, "itself", "sku", "place", 1, "its own word"))
        return Refusal("SomethingElse")

    monkeypatch.setattr(aimed.run.shop, "checkout", refuse)
    monkeypatch.setattr(aimed.run.tills, "ring", refuse)
    assert not aimed.tell("order", sku=1)
    assert not aimed.tell("sale", sku=1)
    assert [(turned.system, turned.by) for turned in aimed.said(TurnedAway)] == [
        ("itself", "shopper"), ("itself", "till"),
    ]  # fmt: skip


def test_an_order_of_any_item_finds_one_that_is_offered() -> None:
    aimed = Aimed(stock={"units": 0, "cells": [{"item": 17, "node": "W1", "units": 1}]})

    assert aimed.tell("order")
    assert aimed.said(Placed)[0].lines[0].sku == aimed.sku(17)
    assert not aimed.tell("order")


def test_an_unknown_sku_is_ordered_and_then_appears_with_its_goods() -> None:
    aimed = Aimed(
        items={"withheld": {"wms": [20]}},
        stock={"units": 2, "cells": [{"item": 20, "shown": {"web": 2}}]},
    )

    assert aimed.tell("unknown_sku", place="W1")
    assert aimed.said(Placed)[0].lines[0].sku == aimed.sku(20)
    assert aimed.tell("item_appears")
    assert [(item.system, item.sku, item.by) for item in aimed.said(Item)] == [
        ("wms", aimed.sku(20), "staff")
    ]
    floor = aimed.run.floor.shelves
    assert [floor.available(aimed.sku(20), place) for place in ("W1", "F1")] == [2, 2]
    assert not aimed.tell("item_appears")


def test_an_item_can_appear_without_its_goods_and_in_another_system() -> None:
    aimed = Aimed(items={"withheld": {"wms": [20], "shop": [19]}})

    assert aimed.tell("item_appears", sku=20, stock=False)
    assert aimed.sku(20) not in aimed.run.floor.shelves.cells
    assert not aimed.tell("order", sku=19)
    assert aimed.said(TurnedAway)[0].why == "UnknownItem"
    assert aimed.tell("item_appears", sku=19, system="shop")
    assert [item.system for item in aimed.said(Item)] == ["wms", "shop"]


def test_tags_let_later_events_aim_at_earlier_orders() -> None:
    aimed = Aimed()
    aimed.tell("order", sku=1, tag="A")
    aimed.tell("order", sku=2, tag="B")

    assert aimed.tell("cancel", order="A")
    assert aimed.tell("cancel", order="last order")
    assert [asked.order for asked in aimed.said(CancelAsked)] == ["SHOP-1", "SHOP-2"]
    assert not aimed.tell("cancel", order="A")
    assert not aimed.tell("cancel", order="C")


def test_an_edit_makes_a_clerk_change_the_order() -> None:
    aimed = Aimed()
    aimed.tell("order", sku=1, tag="A")

    assert aimed.tell("edit", order="A")
    assert [(state.order, state.by) for state in aimed.said(OrderState)] == [("SHOP-1", "staff")]
    assert not Aimed().tell("edit")


# --- stores ---------------------------------------------------------------------------


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


# --- goods ----------------------------------------------------------------------------


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


# --- the warehouse --------------------------------------------------------------------


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


# --- what is wrong is said before the run ---------------------------------------------


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"kind": "order", "sku": 21}, "event order.sku: there is no item 21; they are 1 to 20"),
        ({"kind": "order", "sku": "itm 2"}, "there is no item 'itm 2'; did you mean item 2"),
        ({"kind": "order", "sku": "unknown"}, "name one that it lacks under items.withheld"),
        ({"kind": "order", "lines": [[99, 1]]}, "event order.lines: there is no item 99"),
        ({"kind": "order", "place": "W9"}, "event order.place: there is no node 'W9'"),
        ({"kind": "order", "channel": "shop"}, "there is no storefront channel 'shop'"),
        ({"kind": "sale", "store": "W1"}, "there is no store with a till 'W1'"),
        ({"kind": "receipt", "sku": 1, "node": "S2"}, "event receipt.node: there is no node 'S2'"),
        ({"kind": "receipt", "sku": 1, "node": "W1", "via": "till"}, "W1 has no till"),
        ({"kind": "return", "sale": ""}, "without a sale it needs a sku"),
        ({"kind": "item_appears", "sku": 1, "system": "wm"}, "no system 'wm'; did you mean wms"),
    ],
)
def test_an_event_that_names_what_is_not_there_is_found_before_the_run(
    event: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ScenarioError) as raised:
        Aimed().run.day.check(event)

    assert expected in str(raised.value)


def test_a_place_that_the_channel_does_not_draw_on_is_refused() -> None:
    web = {"id": "web", "system": "shop", "nodes": ["W1"]}
    run = LittleRun({}, estate={**ESTATE, "channels": [web, ESTATE["channels"][1]]})
    with pytest.raises(ScenarioError, match="no node of web 'S1'; did you mean W1"):
        run.day.check({"kind": "order", "place": "S1"})


def test_an_adjustment_needs_a_facility_that_the_warehouse_system_knows() -> None:
    nodes = [*ESTATE["nodes"], {"id": "S2", "kind": "store", "places": {"pos": "L2"}}]
    run = LittleRun({}, estate={**ESTATE, "nodes": nodes})
    run.day.check({"kind": "adjust", "sku": 1, "node": "S2", "record": False})
    with pytest.raises(ScenarioError, match="wms has no place for S2"):
        run.day.check({"kind": "adjust", "sku": 1, "node": "S2"})


def test_what_a_system_does_not_know_it_does_not_record() -> None:
    aimed = Aimed(items={"withheld": {"wms": [20], "pos": [19]}})

    assert aimed.tell("receipt", sku=20, node="W1")
    assert aimed.tell("receipt", sku=19, node="S1")
    assert aimed.tell("adjust", sku=20, node="W1", units=-1)
    assert not aimed.tell("count", sku=19)
    assert not aimed.tell("sale", sku=19, asks=False)
    assert aimed.said(Level) == []
    assert [turned.why for turned in aimed.said(TurnedAway)] == ["UnknownItem"]


def test_every_right_event_passes_the_check() -> None:
    run = Aimed(items={"withheld": {"wms": [20]}}).run
    for event in (
        {"kind": "order", "sku": "any", "place": "W1", "channel": "web", "lines": [["item 2", 1]]},
        {"kind": "unknown_sku"},
        {"kind": "sale", "sku": run.day.items[3].sku, "store": "S1"},
        {"kind": "return"},
        {"kind": "item_appears"},
    ):
        run.day.check(event)
