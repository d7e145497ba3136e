"""Figures that every run reports, judged or not."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge


def test_orders_units_and_parcels_are_counted() -> None:
    story = ByHand().stock("TEE", W1=9, S1=9).trade().at(10).placed("1001", TEE=2).life("1001")
    story.at(90).placed("1002", TEE=1).sale("R1", TEE=3)

    figures = judge(story.end(100, 900).records).figures

    assert figures["orders"] == {
        "placed": 2, "acknowledged": 1, "units": 3, "worth_minor": 5997, "parcels": 1,
        "till_units": 3,
    }  # fmt: skip


def test_the_backlog_is_what_could_go_and_is_not_there() -> None:
    story = ByHand().stock("TEE", W1=9).trade()
    for number in ("1", "2", "3"):
        story.at(10).placed(number, TEE=1).paid(number)
    story.at(20).work("1").at(100).phase("calm").at(107).work("2").at(130).work("3")

    figures = judge(story.at(900).phase("end").records).figures

    assert figures["backlog"] == {"most": 3, "at_calm": 2, "at_end": 0, "drain_s": 30.0}


def test_a_backlog_that_never_drains_says_so() -> None:
    story = ByHand().stock("TEE", W1=9).trade().at(10).placed("1", TEE=1).paid("1")

    assert judge(story.end(100, 900).records).figures["backlog"]["drain_s"] is None


def test_calls_are_counted_by_operation_and_against_their_limit() -> None:
    story = ByHand(judging={"call_limits": {"shop": 4}}).stock("TEE", W1=9).trade()
    for at in (10.0, 10.2, 10.9, 11.1):
        story.at(at).call("orders.query", effect="read")
    story.at(20).call("orders.create", system="wms", status=429, req=5)
    story.at(21).call("orders.create", system="wms", status=0, req=5)
    story.at(22).call("orders.create", system="wms", req=5)
    story.at(23).call("orders.update", "order:1", status=409)

    figures = judge(story.end(100, 900).records).figures

    assert figures["calls"] == {
        "shop": {"orders.query": 4, "orders.update": 1}, "wms": {"orders.create": 3},
    }  # fmt: skip
    assert figures["calls_a_second"]["shop"] == {"most": 3, "limit": 4.0, "share": 0.75}
    wire = figures["wire"]
    assert (wire["calls"], wire["conflicts"], wire["rate_limited"]) == (8, 1, 1)
    assert (wire["unknown"], wire["retries"]) == (1, 2)


def test_lost_sales_have_units_money_and_a_reason() -> None:
    story = ByHand().stock("TEE", W1=1).trade()
    for why in ("NotOffered", "OutOfStock", "NotOffered"):
        story.at(10).say(say.TurnedAway(10, "shopper", 0, "shop", "TEE", "W1", 2, why))

    assert judge(story.end(100, 900).records).figures["lost_sales"] == {
        "units": 6, "money_minor": 6 * 1999, "why": {"NotOffered": 4, "OutOfStock": 2},
    }  # fmt: skip


def test_deliveries_and_repeated_ones_are_counted() -> None:
    story = ByHand().stock("TEE", W1=1).trade()
    story.say(say.Hook(10, 0, 11, "shop", "order", "1", 1, 0, "unknown"))
    story.at(12).say(say.Hook(11, 0, 12, "shop", "order", "1", 2, 200, "ok"))

    wire = judge(story.end(100, 900).records).figures["wire"]

    assert (wire["deliveries"], wire["redelivered"]) == (2, 1)
