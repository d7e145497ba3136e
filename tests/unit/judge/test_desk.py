"""The exception desk: failures that nobody hears of, and reports about nothing."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"order_s": 60, "desk_s": 30, "sale_s": 60, "publish_s": 60}


def found(story: ByHand, invariant: str) -> Finding:
    return judge(story.records).finding(invariant)


def shop(**judging: object) -> ByHand:
    story = ByHand(judging={**QUICK, **judging})
    return story.stock("TEE", W1=9, S1=9).stock("CAP", W1=9).trade()


# --- failure_unseen -------------------------------------------------------------------


def test_a_refusal_that_is_reported_in_time_holds() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").at(11).refused("order:1001")
    story.at(41).desk("order:1001")

    assert found(story.end(200, 900), "failure_unseen").verdict is Verdict.HOLDS


def test_without_a_failure_nothing_was_put_to_the_test() -> None:
    assert found(shop().end(200, 900), "failure_unseen").verdict is Verdict.UNDECIDED


def test_a_connector_without_a_desk_stays_undecided() -> None:
    story = shop(desk=False).at(10).placed("1001", TEE=1).paid("1001").refused("1001")

    finding = found(story.end(200, 900), "failure_unseen")

    assert finding.verdict is Verdict.UNDECIDED
    assert finding.reason == "the connector has no exception desk"


def test_a_refusal_that_nobody_hears_of_is_unseen() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").at(11).refused("1001", reason="NOSKU")

    breaches = found(story.end(200, 900), "failure_unseen").breaches
    assert [(breach.kind, breach.key) for breach in breaches] == [
        ("refused", "1001"),
        ("order past its limit", "1001"),
    ]
    assert "NOSKU" in breaches[0].sentence


def test_a_refusal_that_is_cured_in_time_holds() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").at(11).refused("1001")
    story.at(30).work("1001")

    assert found(story.end(200, 900), "failure_unseen").verdict is Verdict.HOLDS


def test_a_refused_figure_is_cured_by_writing_it() -> None:
    story = shop().at(11).refused("stock:TEE@W1", system="shop").refused("CAP", system="shop")
    story.at(20).shows("shop", "W1", "TEE", 9)

    assert [b.key for b in found(story.end(200, 900), "failure_unseen").breaches] == ["CAP"]


def test_a_refusal_about_something_unknown_is_cured_by_a_call_that_works() -> None:
    story = shop().at(11).refused("work:X1").refused("work:X2")
    story.at(20).call("orders.create", "work:X1", system="wms")

    assert [b.key for b in found(story.end(200, 900), "failure_unseen").breaches] == ["work:X2"]


def test_what_shoppers_are_refused_is_no_failure_of_the_connector() -> None:
    story = shop().at(11).say(say.Refused(11, "shopper", 0, "shop", "TEE", "OutOfStock"))

    assert found(story.end(200, 900), "failure_unseen").verdict is Verdict.UNDECIDED


def test_a_sale_past_its_limit_has_to_be_reported() -> None:
    story = shop().at(10).sale("R1", TEE=1)

    [breach] = found(story.end(200, 900), "failure_unseen").breaches
    assert (breach.kind, breach.key) == ("sale past its limit", "R1")


def test_a_cancellation_that_the_warehouse_refuses_goes_to_a_person() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").work("1001")
    story.at(20).say(say.CancelAsked(20, "shopper", 0, "shop", "1001"))
    story.at(21).refused("order:1001", reason="too late")

    assert found(story.end(200, 900), "failure_unseen").count == 1


def test_what_the_channel_refused_is_cured_by_changing_it_later() -> None:
    story = shop()
    for number in ("1001", "1002"):
        story.at(10).placed(number, TEE=1).paid(number).work(number)
        story.at(20).refused(f"order:{number}", system="shop")
    story.at(30).state("1001", "acknowledged", what="order")

    assert [b.key for b in found(story.end(200, 900), "failure_unseen").breaches] == ["order:1002"]


def test_a_refusal_inside_a_success_is_no_cure_of_itself() -> None:
    story = shop().at(11).say(say.Refused(11, "connector", 7, "wms", "work:X1", "invalid"))
    story.call("orders.create", "work:X1", system="wms", status=207, n=7)

    assert found(story.end(200, 900), "failure_unseen").count == 1


def test_a_refused_item_is_cured_when_the_system_knows_it() -> None:
    story = shop().at(11).refused("item:NEW").refused("item:OTHER")
    story.at(20).say(say.Item(20, "staff", 0, "wms", "NEW"))

    assert [b.key for b in found(story.end(200, 900), "failure_unseen").breaches] == ["item:OTHER"]


# --- false_alarm ----------------------------------------------------------------------


def test_a_report_about_something_wrong_holds() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").at(11).refused("1001").desk("1001")

    assert found(story.end(200, 900), "false_alarm").verdict is Verdict.HOLDS


def test_without_a_report_nothing_was_put_to_the_test() -> None:
    assert found(shop().end(200, 900), "false_alarm").verdict is Verdict.UNDECIDED


def test_a_report_about_an_order_that_is_fine_is_a_false_alarm() -> None:
    story = shop().at(10).placed("1001", TEE=1).life("1001").desk("order:1001", "lost")

    [breach] = found(story.end(200, 900), "false_alarm").breaches
    assert (breach.kind, breach.key) == ("lost", "order:1001")


def test_a_delay_that_is_reported_as_a_difference_is_a_false_alarm() -> None:
    story = shop().at(10).sale("R1", TEE=1).at(15).desk("stock:TEE@S1", "stock difference")
    story.at(20).activity("R1", TEE=1).at(25).shows("shop", "S1", "TEE", 8)

    assert found(story.end(200, 900), "false_alarm").count == 1


def test_a_difference_that_lasts_may_be_reported() -> None:
    story = shop(sale_s=500).at(10).sale("R1", TEE=1).at(15).shows("shop", "S1", "TEE", 8)
    story.at(80).desk("stock:TEE@S1", "stock difference")

    assert found(story.end(200, 900), "false_alarm").verdict is Verdict.HOLDS


def test_a_report_may_come_a_little_before_the_trouble() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").at(12).desk("1001")
    story.at(30).refused("1001")

    assert found(story.end(200, 900), "false_alarm").verdict is Verdict.HOLDS


def test_trouble_on_the_wire_excuses_a_report() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001")
    story.at(12).call("orders.create", system="wms", status=503).desk("1001")

    assert found(story.end(200, 900), "false_alarm").verdict is Verdict.HOLDS


def test_a_report_about_something_unknown_is_not_judged() -> None:
    assert found(shop().at(9).desk("facility:W9").end(200, 900), "false_alarm").exercised == 0
