"""Status, conflicts, confirmations, refunds."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"order_s": 60, "desk_s": 30, "status_s": 60, "confirm_s": 60}


def found(story: ByHand, invariant: str) -> Finding:
    return judge(story.records).finding(invariant)


def shop(**judging: object) -> ByHand:
    return ByHand(judging={**QUICK, **judging}).stock("TEE", W1=9).stock("CAP", W1=9).trade()


def taken(story: ByHand, number: str = "1001", **units: int) -> ByHand:
    """An order that is paid and in the warehouse."""
    lines = units or {"TEE": 1}
    return story.placed(number, "W1", **lines).paid(number).work(number)


# --- status ---------------------------------------------------------------------------


def test_a_channel_that_is_told_in_time_holds() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(110).state("1001", "shipped")

    assert found(story.end(200, 900), "status_stalled").verdict is Verdict.HOLDS


def test_without_a_shipment_no_status_was_due() -> None:
    assert found(taken(shop().at(10)).end(200, 900), "status_stalled").verdict is Verdict.UNDECIDED


def test_a_channel_that_is_never_told_is_stalled() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")

    [breach] = found(story.end(200, 900), "status_stalled").breaches
    assert (breach.kind, breach.key, breach.at_s, breach.units) == ("shipped", "1001", 50, 1)


def test_a_channel_that_is_told_late_was_stalled() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(120).state("1001", "shipped")

    [breach] = found(story.end(200, 900), "status_stalled").breaches
    assert "was late told" in breach.sentence


def test_a_channel_that_says_delivered_was_told() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(60).state("1001", "delivered")

    assert found(story.end(200, 900), "status_stalled").verdict is Verdict.HOLDS


def test_a_status_that_is_reported_in_time_is_held() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(130).desk("order:1001")

    assert not found(story.end(200, 900), "status_stalled").breaches


def test_the_scenario_may_want_orders_acknowledged() -> None:
    story = taken(shop(statuses=["acknowledged"]).at(10)).at(11).state("1001", "acknowledged")
    taken(story, "1002")

    [breach] = found(story.end(200, 900), "status_stalled").breaches
    assert (breach.kind, breach.key) == ("acknowledged", "1002")


def test_a_cancelled_warehouse_order_is_answered_by_a_withdrawal() -> None:
    story = taken(taken(shop().at(10)), "1002").at(20).work_state("SO-1001", "cancelled")
    story.work_state("SO-1002", "cancelled").at(30).withdrawn("1001")

    [breach] = found(story.end(200, 900), "status_stalled").breaches
    assert (breach.kind, breach.key) == ("cancelled", "1002")


# --- conflicts ------------------------------------------------------------------------


def conflict(story: ByHand, at: float = 60) -> ByHand:
    """The shop answers a status update with 409: somebody changed the order."""
    story.at(at - 1).state("1001", "", what="order", by="staff")
    return story.at(at).call("orders.update", "order:1001", status=409, req=7)


def test_a_conflict_that_is_read_and_decided_again_holds() -> None:
    story = conflict(taken(shop().at(10)).at(50).shipped("SO-1001"))
    story.at(62).call("orders.get", "order:1001", effect="read")
    story.at(63).state("1001", "shipped", n=9).call("orders.update", "order:1001", n=9)

    finding = found(story.end(200, 900), "lost_update")

    assert finding.verdict is Verdict.HOLDS
    assert finding.exercised == 1


def test_without_a_conflict_nothing_was_put_to_the_test() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").state("1001", "shipped")

    assert found(story.end(200, 900), "lost_update").verdict is Verdict.UNDECIDED


def test_an_update_that_is_given_up_and_still_needed_is_lost() -> None:
    story = conflict(taken(shop().at(10)).at(50).shipped("SO-1001"))

    [breach] = found(story.end(200, 900), "lost_update").breaches
    assert (breach.kind, breach.key) == ("given up", "1001")


def test_an_update_that_is_given_up_and_reported_is_held() -> None:
    story = conflict(taken(shop().at(10)).at(50).shipped("SO-1001")).at(70).desk("order:1001")

    assert not found(story.end(200, 900), "lost_update").breaches


def test_an_update_that_is_no_longer_needed_is_not_lost() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(55).state("1001", "shipped")

    assert found(conflict(story).end(200, 900), "lost_update").verdict is Verdict.HOLDS


def test_a_blind_write_that_undoes_what_somebody_set_is_a_lost_update() -> None:
    story = taken(shop().at(10)).at(20).call("orders.get", "order:1001", effect="read")
    story.at(59).state("1001", "cancelled", what="order", by="staff")
    story.at(60).call("orders.update", "order:1001", status=409, req=7)
    story.at(61).state("1001", "acknowledged", what="order", old="Cancelled", n=9)
    story.call("orders.update", "order:1001", req=7, n=9)

    [breach] = found(story.end(200, 900), "lost_update").breaches
    assert (breach.kind, breach.key) == ("undone", "1001")


def test_a_blind_write_that_undoes_nothing_is_no_lost_update() -> None:
    story = conflict(taken(shop().at(10)).at(50).shipped("SO-1001"))
    story.at(61).state("1001", "shipped", n=9).call("orders.update", "order:1001", req=7, n=9)

    assert found(story.end(200, 900), "lost_update").verdict is Verdict.HOLDS


def test_a_blind_stock_write_that_puts_sold_units_back_is_a_lost_update() -> None:
    story = shop().at(20).call("inventory.get", "stock:TEE@W1", effect="read")
    story.at(30).placed("1001", TEE=3).at(31)
    story.call("inventory.update", "stock:TEE@W1", effect="stock", status=409)
    story.at(32).shows("shop", "W1", "TEE", 9, n=9)
    story.call("inventory.update", "stock:TEE@W1", effect="stock", n=9)

    [breach] = found(story.end(200, 900), "lost_update").breaches
    assert (breach.kind, breach.key, breach.units) == ("undone", "TEE", 3)


def stock_conflict(story: ByHand) -> ByHand:
    """A sale at the till; the shop answers the write that follows it with 409."""
    story.at(30).sale("R1", TEE=1).activity("R1", TEE=1)
    return story.at(31).call("inventory.update", "stock:TEE@S1", effect="stock", status=409)


def test_a_figure_that_is_given_up_and_still_wrong_is_lost() -> None:
    story = ByHand(judging=QUICK).stock("TEE", S1=9).trade()

    [breach] = found(stock_conflict(story).end(200, 900), "lost_update").breaches
    assert (breach.kind, breach.key, breach.units) == ("given up", "TEE", 1)


def test_a_figure_that_is_right_without_the_write_is_not_lost() -> None:
    story = stock_conflict(ByHand(judging=QUICK).stock("TEE", S1=9).trade())
    story.at(40).shows("shop", "S1", "TEE", 8, by="staff", cause="count")

    assert found(story.end(200, 900), "lost_update").verdict is Verdict.HOLDS


def test_a_blind_stock_write_that_takes_returned_units_off_is_a_lost_update() -> None:
    story = ByHand(judging=QUICK).stock("TEE", W1=5).trade()
    story.at(20).call("inventory.get", "stock:TEE@W1", effect="read")
    story.at(25).placed("1001", TEE=2).at(26).withdrawn("1001", by="shopper").at(31)
    story.call("inventory.update", "stock:TEE@W1", effect="stock", status=409)
    story.at(32).shows("shop", "W1", "TEE", 3, n=9)
    story.call("inventory.update", "stock:TEE@W1", effect="stock", n=9)

    assert [b.kind for b in found(story.end(200, 900), "lost_update").breaches] == ["undone"]


def test_a_refusal_of_the_warehouse_is_no_lost_update_of_the_channel() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")
    story.at(60).call("orders.cancel", "order:1001", system="wms", status=409)

    assert not found(story.end(200, 900), "lost_update").breaches


def overwritten(story: ByHand) -> ByHand:
    """The customer cancels; the connector, which does not know it, confirms the order."""
    story.at(30).state("1001", "cancelled", what="order", by="shopper")
    return story.at(31).state("1001", "acknowledged", what="order", old="Cancelled")


def test_a_cancellation_that_is_written_over_unread_is_a_lost_update() -> None:
    story = overwritten(taken(shop().at(10)))

    [breach] = found(story.end(200, 900), "lost_update").breaches
    assert (breach.kind, breach.key, breach.at_s) == ("overwritten", "1001", 31)


def test_a_cancellation_that_came_too_late_and_was_reported_is_not_lost() -> None:
    story = overwritten(taken(shop().at(10))).at(32).desk("order:1001", "cancel_too_late")

    assert found(story.end(200, 900), "lost_update").verdict is Verdict.HOLDS


def test_a_cancellation_that_the_warehouse_refused_is_not_lost() -> None:
    story = taken(shop().at(10)).at(30).state("1001", "cancelled", what="order", by="shopper")
    story.at(31).refused("order:1001", reason="locked")
    story.at(32).state("1001", "acknowledged", what="order", old="Cancelled")

    assert found(story.end(200, 900), "lost_update").verdict is Verdict.HOLDS


def test_a_cancellation_that_is_granted_after_all_is_not_lost() -> None:
    story = overwritten(taken(shop().at(10))).at(40).withdrawn("1001")

    assert found(story.end(200, 900), "lost_update").verdict is Verdict.HOLDS


def test_a_connector_may_write_over_what_it_set_itself() -> None:
    story = taken(shop().at(10)).at(30).state("1001", "cancelled", what="order")
    story.at(31).state("1001", "acknowledged", what="order", old="Cancelled")

    assert found(story.end(200, 900), "lost_update").verdict is Verdict.UNDECIDED


# --- confirmations --------------------------------------------------------------------


def test_a_parcel_that_is_confirmed_and_told_once_holds() -> None:
    story = shop().at(10).placed("1001", TEE=2).life("1001")

    assert found(story.end(200, 900), "confirmed_twice").verdict is Verdict.HOLDS


def test_without_a_confirmation_nothing_was_put_to_the_test() -> None:
    assert found(shop().end(200, 900), "confirmed_twice").verdict is Verdict.UNDECIDED


def test_a_parcel_that_is_confirmed_again_is_broken() -> None:
    story = shop().at(10).placed("1001", TEE=2).life("1001").confirmed("1001", "T-P-SO-1001")

    [breach] = found(story.end(200, 900), "confirmed_twice").breaches
    assert (breach.kind, breach.units) == ("parcel", 2)


def test_a_parcel_that_is_confirmed_under_another_name_is_broken() -> None:
    story = shop().at(10).placed("1001", TEE=2).life("1001").confirmed("1001", "OTHER", TEE=1)

    assert [b.kind for b in found(story.end(200, 900), "confirmed_twice").breaches] == ["parcel"]


def test_two_parcels_are_confirmed_and_told_once_each() -> None:
    story = taken(shop().at(10), TEE=2)
    story.at(20).shipped("SO-1001", "P1", TEE=1).at(21).confirmed("1001", "T-P1", TEE=1)
    story.notice("1001", "T-P1").at(40).shipped("SO-1001", "P2", TEE=1)
    story.at(41).confirmed("1001", "T-P2", TEE=1).notice("1001", "T-P2")

    assert found(story.end(200, 900), "confirmed_twice").verdict is Verdict.HOLDS


def test_more_is_confirmed_than_was_shipped() -> None:
    story = taken(shop().at(10), TEE=2)
    story.at(20).shipped("SO-1001", "P1", TEE=1).at(21).confirmed("1001", "", TEE=2)

    [breach] = found(story.end(200, 900), "confirmed_twice").breaches
    assert breach.units == 1


def test_a_customer_who_is_told_twice_of_one_parcel_is_broken() -> None:
    story = shop().at(10).placed("1001", TEE=1).life("1001").notice("1001")

    [breach] = found(story.end(200, 900), "confirmed_twice").breaches
    assert (breach.kind, breach.money_minor) == ("notice", 1999)


# --- refunds --------------------------------------------------------------------------


def test_a_refund_instead_of_the_goods_holds() -> None:
    story = taken(shop().at(10)).say(say.CancelAsked(12, "shopper", 0, "shop", "1001"))
    story.at(20).work_state("SO-1001", "cancelled").withdrawn("1001").paid("1001", "refunded")

    assert found(story.end(200, 900), "refunded_and_shipped").verdict is Verdict.HOLDS


def test_without_a_cancellation_nothing_was_put_to_the_test() -> None:
    story = shop().at(10).placed("1001", TEE=1).life("1001")

    assert found(story.end(200, 900), "refunded_and_shipped").verdict is Verdict.UNDECIDED


def test_goods_and_money_together_are_broken_whichever_comes_first() -> None:
    story = taken(taken(shop().at(10)), "1002").at(20).paid("1001", "refunded")
    story.shipped("SO-1001").shipped("SO-1002").at(30).paid("1002", "refunded")

    breaches = found(story.end(200, 900), "refunded_and_shipped").breaches
    assert [(breach.key, breach.money_minor) for breach in breaches] == [
        ("1001", 1999),
        ("1002", 1999),
    ]


def test_a_refund_for_the_part_that_was_short_holds() -> None:
    story = taken(shop().at(10), TEE=1, CAP=1).at(20).shipped("SO-1001", TEE=1)
    story.say(say.Payment(21, "connector", 0, "shop", "1001", "refunded", 999))

    assert found(story.end(200, 900), "refunded_and_shipped").verdict is Verdict.HOLDS


def test_a_refund_after_the_goods_came_back_holds() -> None:
    story = taken(shop().at(10)).at(20).shipped("SO-1001")
    story.at(40).move("TEE", 1, "van:W1", "customer", by="carrier", ref="SO-1001")
    story.at(90).move("TEE", 1, "customer", "shelf:W1", by="warehouse", ref="SO-1001")
    story.paid("1001", "refunded")

    assert found(story.end(200, 900), "refunded_and_shipped").verdict is Verdict.HOLDS
