"""A day of trading over the smallest systems: who comes, what is kept, what is refused."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from peakproof.errors import ScenarioError
from peakproof.history.records import (
    CancelAsked,
    Level,
    Line,
    Move,
    OrderState,
    Parcel,
    Payment,
    Placed,
    Record,
    Sale,
    TurnedAway,
    WorkCut,
)
from peakproof_simulators.trading import open_day
from peakproof_simulators.trading.shoppers import Intent
from peakproof_simulators.trading.standins import ESTATE, LittleRun

STOCK = {"rule": "demand", "cover": 0.6, "least": 1}
TRADING_S = 3_600.0


def a_day(day: str = "busy", *, seed: int = 1, **trading: Any) -> tuple[LittleRun, list[Record]]:
    trading.setdefault("tills", {"asks": False})
    run = LittleRun({"stock": STOCK, "trading": {"day": day, **trading}}, seed=seed)
    records = run.listen()
    run.day.start(TRADING_S)
    run.go_on(TRADING_S + 3_600.0)
    return run, records


@pytest.fixture(scope="module")
def busy() -> tuple[LittleRun, list[Record]]:
    return a_day()


def only(records: list[Record], kind: type[Record]) -> list[Any]:
    return [record for record in records if type(record) is kind]


def test_every_shopper_of_a_busy_day_is_served_or_turned_away(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    _, records = busy
    placed, turned = only(records, Placed), only(records, TurnedAway)
    by_shopper = [record for record in turned if record.by == "shopper"]

    assert 1_400 < len(placed) < 2_000
    assert len(placed) + len({record.t for record in by_shopper}) >= 2_000
    assert {record.why for record in by_shopper} == {"NotOffered"}
    assert {record.system for record in by_shopper} == {"shop"}


def test_no_order_is_accepted_without_stock_on_record(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    _, records = busy
    taken = [
        level for level in only(records, Level) if level.system == "shop" and level.cause == "order"
    ]
    promised = [line for order in only(records, Placed) for line in order.lines]

    assert [(level.sku, level.place) for level in taken] == [
        (line.sku, line.place) for line in promised
    ]
    assert min(level.available for level in taken) == 0


def test_units_are_conserved_and_no_shelf_is_ever_below_zero(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    run, records = busy
    units: Counter[tuple[str, str]] = Counter()
    for move in (*only(run.seeding, Move), *only(records, Move)):
        units[move.src, move.sku] -= move.units
        units[move.dst, move.sku] += move.units
        assert move.src in ("supplier", "lost") or units[move.src, move.sku] >= 0

    assert sum(units.values()) == 0
    balances = {(place, sku): held for place, sku, held in run.world.ledger.balances()}
    assert balances == {key: held for key, held in units.items() if held}


def test_everything_that_was_begun_comes_to_an_end(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    run, _ = busy

    assert run.day.unfinished() == 0
    assert run.day.floors.book.jobs == {}
    assert not [place for place, _, _ in run.world.ledger.balances() if place.startswith("bench")]


def test_what_was_picked_was_packed_shipped_and_mostly_scanned(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    _, records = busy
    steps: dict[str, list[str]] = {}
    for parcel in only(records, Parcel):
        steps.setdefault(parcel.parcel, []).append(parcel.what)

    unscanned = [parcel for parcel, seen in steps.items() if seen == ["packed", "shipped"]]
    whole = [parcel for parcel, seen in steps.items() if seen == ["packed", "shipped", "scanned"]]
    assert len(unscanned) + len(whole) == len(steps)
    assert 0.005 < len(unscanned) / len(steps) < 0.03


def test_goods_of_a_parcel_are_on_the_van_and_nobody_elses(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    _, records = busy
    shipped = Counter[tuple[str, str]]()
    for parcel in only(records, Parcel):
        if parcel.what == "shipped":
            for line in parcel.lines:
                shipped[parcel.number, line.sku] += line.units
    moved = Counter[tuple[str, str]]()
    for move in only(records, Move):
        if move.cause == "ship":
            moved[move.ref, move.sku] += move.units

    assert moved == shipped


def test_most_payments_are_captured_a_few_fail_and_each_once(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    _, records = busy
    payments, placed = only(records, Payment), only(records, Placed)
    outcomes = Counter(payment.what for payment in payments)

    assert len({payment.order for payment in payments}) == len(payments) == len(placed)
    assert set(outcomes) == {"captured", "failed"}
    assert 0.01 < outcomes["failed"] / len(payments) < 0.035


def test_some_shoppers_think_again_and_some_orders_are_edited(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    run, records = busy

    assert run.shop.edits
    assert all(record.by == "staff" for record in only(records, OrderState))
    assert all(record.by == "shopper" for record in only(records, CancelAsked))


def test_walk_ins_leave_with_what_they_paid_for_and_returns_follow_sales(
    busy: tuple[LittleRun, list[Record]],
) -> None:
    _, records = busy
    sales = only(records, Sale)
    sold = Counter[tuple[str, str]]()
    for sale in sales:
        for line in sale.lines:
            sold[sale.sale, line.sku] += line.units
    moved = Counter[tuple[str, str]]()
    for move in only(records, Move):
        if move.by == "till":
            moved[move.ref, move.sku] += move.units

    assert moved == sold
    known: dict[str, tuple[Line, ...]] = {}
    for sale in sales:
        if sale.what == "sale":
            known[sale.sale] = sale.lines
        else:
            assert known.pop(sale.against) == sale.lines
    assert any(sale.what == "return" for sale in sales)


def test_a_walk_in_finds_an_empty_shelf_and_leaves() -> None:
    run = LittleRun({"stock": {"units": 1}, "trading": {"day": "quiet"}})
    records = run.listen()
    for _ in range(2):
        run.day.act({"kind": "sale", "sku": 1, "asks": False})

    (turned,) = only(records, TurnedAway)
    assert (turned.why, turned.place, turned.system, turned.by) == (
        "ShelfEmpty",
        "L1",
        "pos",
        "till",
    )


def test_a_till_that_asks_sells_only_what_its_own_record_has() -> None:
    run, records = a_day(tills={"asks": True})  # the little till opens with nothing on record
    assert only(records, Sale) == []
    assert {turned.why for turned in only(records, TurnedAway) if turned.by == "till"} <= {
        "NotOnRecord", "ShelfEmpty",
    }  # fmt: skip
    assert not [move for move in only(records, Move) if move.cause == "sale"]
    assert run.day.unfinished() == 0


def test_an_empty_shelf_behind_a_promise_is_a_short_pick() -> None:
    _, records = a_day(seed=4)
    cuts = only(records, WorkCut)

    assert any(cut.cause == "short" for cut in cuts)
    assert all(cut.by == "warehouse" for cut in cuts)


def test_a_till_without_a_line_uploads_late_what_it_sold_meanwhile() -> None:
    window = {"store": "S1", "from_s": 600, "until_s": 1_200, "late_s": 300}
    _, records = a_day(tills={"asks": False, "offline": [window]})
    late = [sale for sale in only(records, Sale) if sale.t > sale.occurred]

    assert late
    assert {sale.t for sale in late} == {1_500.0}
    assert all(600 <= sale.occurred <= 1_500 for sale in late)


def test_deliveries_and_returns_happen_only_inside_the_trading_time() -> None:
    quick = {"deliver_after": {"median_s": 300, "sigma": 0.2}}
    run, records = a_day(
        carrier=quick, returns={"share": 0.5, "after": {"median_s": 1_500}, "to": "W1"}
    )
    delivered = [move for move in only(records, Move) if move.cause == "deliver"]
    back = [
        move for move in only(records, Move) if move.cause == "return" and move.by == "warehouse"
    ]

    assert delivered
    assert max(move.t for move in delivered) < TRADING_S
    assert max(move.t for move in back) < TRADING_S
    assert {(move.src, move.dst) for move in back} == {("customer", "shelf:W1")}
    receipts = [
        record for record in only(records, Level)
        if record.cause == "receipt" and record.system == "wms"
    ]  # fmt: skip
    assert sum(move.units for move in back) > 0
    assert {record.ref for record in receipts} == {move.ref for move in back}
    assert run.day.unfinished() == 0


def test_the_same_customers_come_whatever_becomes_of_their_orders() -> None:
    def wants(*, pickers: int, units: int) -> list[tuple[float, str, int]]:
        run = LittleRun(
            {"stock": {"units": units}, "trading": {"day": "busy", "floor": {"pickers": pickers}}}
        )
        seen = run.listen()
        run.day.start(TRADING_S)
        run.go_on(600.0)
        asked = Counter[tuple[float, str]]()
        for record in seen:
            if type(record) is Placed:
                for line in record.lines:
                    asked[record.t, line.sku] += line.units
            elif type(record) is TurnedAway and record.system == "shop":
                asked[record.t, record.sku] += record.units
        return sorted((at_s, sku, units) for (at_s, sku), units in asked.items())

    assert wants(pickers=1, units=3) == wants(pickers=9, units=10_000)


def test_shoppers_take_from_where_most_is_offered_or_from_the_first_that_has_enough() -> None:
    places: dict[str, set[str]] = {}
    for how in ("most", "listed"):
        run = LittleRun(
            {
                "stock": {"nodes": {"W1": 500, "S1": 900}},
                "trading": {
                    "day": "quiet",
                    "web": {"place": how, "demand": {"exactly": 40}},
                    "day_s": 0,
                },
            }
        )
        records = run.listen()
        run.day.start(100.0)
        run.go_on(200.0)
        places[how] = {line.place for order in only(records, Placed) for line in order.lines}

    assert places == {"most": {"C1"}, "listed": {"W1"}}


def test_a_basket_comes_from_one_place_where_that_has_enough() -> None:
    run = LittleRun(
        {
            "items": {"count": 3},
            "stock": {
                "nodes": {"W1": 10, "S1": 5},
                "cells": [
                    {"item": 2, "node": "S1", "units": 50},
                    {"item": 3, "node": "W1", "units": 0},
                ],
            },
            "trading": {"day": "quiet"},
        }
    )
    records = run.listen()
    shoppers, (one, two, three) = run.day.shoppers[0], (item.sku for item in run.day.items)
    customer = run.day.stage.catalogue.customer(run.day.stage.stream("test"))
    shoppers.shop(Intent(customer, ((one, 1), (two, 1), (three, 1)), "captured", 1.0))

    (placed,) = only(records, Placed)
    assert [(line.sku, line.place) for line in placed.lines] == [
        (one, "W1"), (two, "W1"), (three, "C1"),
    ]  # fmt: skip


def test_shoppers_who_think_again_ask_for_it_inside_the_trading_time() -> None:
    run = LittleRun(
        {
            "stock": {"units": 500},
            "trading": {
                "day": "quiet",
                "day_s": 0,
                "web": {
                    "demand": {"exactly": 50},
                    "payment": {"outcomes": {"captured": 0, "pending": 1}},
                    "cancel_share": 1.0,
                    "cancel_after": {"median_s": 300},
                },
            },
        }
    )
    records = run.listen()
    run.day.start(600.0)
    run.go_on(2_000.0)
    placed = {order.order: order.t for order in only(records, Placed)}
    asked = {wish.order: wish.t for wish in only(records, CancelAsked)}

    assert len(placed) == 50
    assert asked == {order: at_s + 300 for order, at_s in placed.items() if at_s + 300 < 600}
    assert 0 < len(asked) < 50


def test_a_calm_day_has_its_orders_minutes_apart() -> None:
    run = LittleRun({"stock": {"units": 500}})
    records = run.listen()
    run.day.start(10 * TRADING_S)
    run.go_on(11 * TRADING_S)
    times = [order.t for order in only(records, Placed)]

    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert 80 <= len(times) <= 165
    assert 240 < sum(gaps) / len(gaps) < 400


def test_a_quiet_run_has_nothing_left_to_do() -> None:
    run = LittleRun({"trading": {"day": "quiet"}})
    run.day.start(TRADING_S)
    run.world.env.run()

    assert run.world.t == 0.0


def test_a_finished_run_has_nothing_left_to_do() -> None:
    run = LittleRun({"trading": {"day": "calm"}})
    run.day.start(TRADING_S)
    run.world.env.run()

    assert TRADING_S < run.world.t < TRADING_S + 300.0


def test_a_channel_whose_system_plays_no_part_is_refused() -> None:
    run = LittleRun({})
    with pytest.raises(ScenarioError, match="wms plays no storefront and no till"):
        open_day(
            run.world,
            {"wms": run.floor},
            {**ESTATE, "channels": [{"id": "web", "system": "wms", "nodes": ["W1"]}]},
            {},
        )
    with pytest.raises(ScenarioError, match="there is no system 'shop'"):
        open_day(run.world, {"wms": run.floor}, ESTATE, {})


def test_two_nodes_cannot_share_a_facility() -> None:
    nodes = [
        {"id": "W1", "places": {"wms": "W1", "shop": "W1"}},
        {"id": "W2", "places": {"wms": "W1", "shop": "W2"}},
    ]
    channels = [{"id": "web", "system": "shop", "nodes": ["W1", "W2"]}]
    with pytest.raises(ScenarioError, match="two nodes have the same place in wms"):
        LittleRun({}, estate={**ESTATE, "nodes": nodes, "channels": channels})


def test_an_offline_window_needs_a_store_with_a_till() -> None:
    window = {"store": "W1", "from_s": 1, "until_s": 2}
    with pytest.raises(ScenarioError, match=r"tills.offline.0.store: there is no store"):
        LittleRun({"trading": {"tills": {"offline": [window]}}})
