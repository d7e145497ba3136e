"""Orders lost, doubled, stuck, released unpaid."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"order_s": 60, "desk_s": 30, "payment_s": 120}


def found(story: ByHand, invariant: str) -> Finding:
    return judge(story.records).finding(invariant)


def shop(**judging: object) -> ByHand:
    return ByHand(judging={**QUICK, **judging}).stock("TEE", W1=9).stock("CAP", W1=9).trade()


# --- lost -----------------------------------------------------------------------------


def test_an_order_that_reaches_the_warehouse_in_time_is_not_lost() -> None:
    story = shop().at(10).placed("1001", TEE=1).at(11).paid("1001").at(71).work("1001")

    assert found(story.end(200, 900), "order_lost").verdict is Verdict.HOLDS


def test_without_a_paid_order_nothing_was_put_to_the_test() -> None:
    story = shop().at(10).placed("1001", TEE=1)

    assert found(story.end(200, 900), "order_lost").verdict is Verdict.UNDECIDED


def test_an_order_that_never_arrives_is_lost() -> None:
    story = shop().at(10).placed("1001", TEE=2).at(11).paid("1001")

    [breach] = found(story.end(200, 900), "order_lost").breaches
    assert (breach.key, breach.units, breach.money_minor) == ("1001", 2, 3998)
    assert breach.at_s == 71


def test_a_line_that_never_arrives_is_lost() -> None:
    story = shop().at(10).placed("1001", TEE=1, CAP=2).paid("1001")
    story.at(12).work("1001", units={"TEE": 1})

    [breach] = found(story.end(200, 900), "order_lost").breaches
    assert (breach.units, breach.money_minor) == (2, 1998)
    assert "2 of CAP" in breach.sentence


def test_an_order_that_was_parked_and_reported_is_held() -> None:
    story = shop().at(10).placed("1001", TEE=2).at(11).paid("1001").at(80).desk("order:1001")

    assert found(story.end(200, 900), "order_lost").verdict is Verdict.HOLDS


def test_an_order_that_was_withdrawn_or_asked_to_be_cancelled_need_not_arrive() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").placed("1002", TEE=1).paid("1002")
    story.at(20).withdrawn("1001").say(say.CancelAsked(20, "shopper", 0, "shop", "1002"))

    assert found(story.end(200, 900), "order_lost").verdict is Verdict.HOLDS


def test_an_order_still_on_the_way_when_the_history_ends_is_undecided() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001")

    finding = found(story.end(20, 60), "order_lost")

    assert finding.verdict is Verdict.UNDECIDED
    assert finding.reason == "1 order still on the way when the history ends"


def test_a_reference_may_hold_the_order_number_as_a_whole_token() -> None:
    story = shop()
    for number, ref in (("1001", "WEB-1001/2"), ("1002", "id-1002"), ("1003", "po id-1003;a")):
        story.at(10).placed(number, TEE=1).paid(number).work(number, f"SO-{ref}", ref=ref)

    assert not found(story.end(200, 900), "order_lost").breaches


def test_a_part_of_a_token_is_no_reference() -> None:
    story = shop().at(10).placed("100", TEE=1).paid("100").work("100", "X", ref="WEB-1001")

    assert found(story.end(200, 900), "order_lost").count == 1


# --- doubled --------------------------------------------------------------------------


def test_one_warehouse_order_for_each_order_holds() -> None:
    story = shop().at(10).placed("1001", TEE=1).life("1001")

    assert found(story.end(200, 900), "order_duplicated").verdict is Verdict.HOLDS


def test_without_a_warehouse_order_nothing_was_doubled() -> None:
    assert found(shop().end(200, 900), "order_duplicated").verdict is Verdict.UNDECIDED


def test_two_live_warehouse_orders_for_the_same_units_are_a_double() -> None:
    story = shop().at(10).placed("1001", TEE=2).paid("1001").work("1001", "A").work("1001", "B")

    [breach] = found(story.end(200, 900), "order_duplicated").breaches
    assert (breach.key, breach.units, breach.money_minor) == ("1001", 2, 3998)
    assert "A and B" in breach.sentence


def test_an_order_may_be_split() -> None:
    story = shop().at(10).placed("1001", TEE=2, CAP=1).paid("1001")
    story.work("1001", "A", units={"TEE": 1}).work("1001", "B", units={"TEE": 1, "CAP": 1})

    assert found(story.end(200, 900), "order_duplicated").verdict is Verdict.HOLDS


def test_what_was_cancelled_may_be_sent_again() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").work("1001", "A")
    story.at(20).work_state("A", "cancelled").work("1001", "B")

    assert found(story.end(200, 900), "order_duplicated").verdict is Verdict.HOLDS


def test_a_finished_order_that_is_sent_again_is_a_double() -> None:
    story = shop(status_s=10, confirm_s=10, order_s=10, desk_s=10)
    story.at(10).placed("1001", TEE=1).life("1001").at(500).placed("1002", TEE=1)
    story.work("1001", "AGAIN")

    [breach] = found(story.end(600, 900), "order_duplicated").breaches
    assert (breach.kind, breach.key) == ("after the end", "1001")


# --- stuck ----------------------------------------------------------------------------


def test_an_order_that_moves_on_is_not_stuck() -> None:
    story = shop().at(10).placed("1001", TEE=1).life("1001")

    assert found(story.end(200, 900), "order_stuck").verdict is Verdict.HOLDS


def test_without_an_order_nothing_was_stuck() -> None:
    assert found(shop().end(200, 900), "order_stuck").verdict is Verdict.UNDECIDED


def test_an_order_that_arrives_late_was_stuck() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").at(140).work("1001")

    verdict = judge(story.end(200, 900).records)

    [breach] = verdict.finding("order_stuck").breaches
    assert (breach.kind, breach.key, breach.at_s) == ("late", "1001", 70)
    assert verdict.finding("order_lost").verdict is Verdict.HOLDS


def test_units_that_the_warehouse_cut_and_nobody_dealt_with_are_stuck() -> None:
    story = shop().at(10).placed("1001", TEE=2).paid("1001").work("1001").at(40)
    story.lost("TEE", "W1").cut("SO-1001", TEE=1)

    [breach] = found(story.end(200, 900), "order_stuck").breaches
    assert (breach.kind, breach.at_s) == ("cut", 40)


def test_a_cut_that_is_withdrawn_sent_again_or_reported_is_dealt_with() -> None:
    story = shop()
    for number in ("1001", "1002", "1003"):
        story.at(10).placed(number, TEE=1).paid(number).work(number)
        story.at(40).cut(f"SO-{number}", "cancelled", TEE=1)
    story.at(60).withdrawn("1001").work("1002", "AGAIN").desk("1003")

    assert not found(story.end(200, 900), "order_stuck").breaches


def test_a_cancelled_warehouse_order_that_nobody_answers_is_stuck() -> None:
    story = shop().at(10).placed("1001", TEE=2).paid("1001").work("1001")
    story.at(40).work_state("SO-1001", "cancelled")

    assert [b.kind for b in found(story.end(200, 900), "order_stuck").breaches] == ["cut"]


def test_an_order_that_the_warehouse_holds_is_stuck_until_it_moves() -> None:
    story = shop()
    for number in ("1001", "1002"):
        story.at(10).placed(number, TEE=1).paid(number).work(number)
        story.at(20).work_state(f"SO-{number}", "held")
    story.at(50).work_state("SO-1002", "released")

    [breach] = found(story.end(200, 900), "order_stuck").breaches
    assert (breach.kind, breach.key) == ("held", "1001")


def test_an_order_whose_payment_never_settles_is_stuck() -> None:
    story = shop().at(10).placed("1001", TEE=1).placed("1002", TEE=1).at(100).desk("1002")

    [breach] = found(story.end(200, 900), "order_stuck").breaches
    assert (breach.kind, breach.key, breach.at_s) == ("unpaid", "1001", 10)


def test_an_unpaid_order_that_was_withdrawn_or_cancelled_is_not_stuck() -> None:
    story = shop().at(10).placed("1001", TEE=1).placed("1002", TEE=1)
    story.at(20).withdrawn("1001").say(say.CancelAsked(20, "shopper", 0, "shop", "1002"))

    assert not found(story.end(200, 900), "order_stuck").breaches


def test_an_order_withdrawn_while_it_could_still_be_reported_was_dealt_with() -> None:
    """A payment fails at the last moment: the order is taken back, there is nothing to tell."""
    story = shop().at(10).placed("1001", TEE=1).placed("1002", TEE=1)
    story.at(129).paid("1001", "failed").paid("1002", "failed")
    story.at(150).withdrawn("1001").at(165).withdrawn("1002")

    assert [b.key for b in found(story.end(200, 900), "order_stuck").breaches] == ["1002"]


def test_a_late_order_that_was_reported_in_time_was_held() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").at(90).desk("1001")

    assert not found(story.at(140).work("1001").end(200, 900), "order_stuck").breaches


# --- unpaid ---------------------------------------------------------------------------


def test_an_order_that_is_released_on_its_payment_holds() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001").work("1001")

    assert found(story.end(200, 900), "unpaid_release").verdict is Verdict.HOLDS


def test_an_order_that_is_released_before_is_broken() -> None:
    story = shop().at(10).placed("1001", TEE=1).paid("1001", "authorised").work("1001")

    [breach] = found(story.end(200, 900), "unpaid_release").breaches
    assert (breach.found, breach.units, breach.money_minor) == ("authorised", 1, 1999)


def test_the_policy_says_which_payment_is_enough() -> None:
    story = ByHand(estate={"release_on": "authorised"}).stock("TEE", W1=9).trade()
    story.at(10).placed("1001", TEE=1).paid("1001", "authorised").work("1001")

    assert found(story.end(200, 900), "unpaid_release").verdict is Verdict.HOLDS


def test_where_no_payment_is_needed_nothing_is_put_to_the_test() -> None:
    story = ByHand(estate={"release_on": "placed"}).stock("TEE", W1=9).trade()
    story.at(10).placed("1001", TEE=1).work("1001")

    assert found(story.end(200, 900), "unpaid_release").verdict is Verdict.UNDECIDED
