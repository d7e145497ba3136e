"""Business events of shoppers, and what is wrong with events: each does what its sentence says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.simulation.aimed import Aimed

from peakproof.errors import ScenarioError
from peakproof.history.records import (
    CancelAsked,
    Item,
    Level,
    OrderState,
    Payment,
    Placed,
    TurnedAway,
)
from peakproof_simulators.trading.ports import Refusal
from peakproof_simulators.trading.standins import ESTATE, LittleRun

# --- orders --------------------------------------------------------------------------


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


# --- what is wrong is said before the run --------------------------------------------


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
