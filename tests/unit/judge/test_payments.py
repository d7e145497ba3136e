"""Money against goods: captured for what ships, back for what does not, and only once."""

from __future__ import annotations

from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"order_s": 60, "desk_s": 30, "status_s": 60, "confirm_s": 60}


def found(story: ByHand, invariant: str) -> Finding:
    return judge(story.end(400, 900).records).finding(invariant)


def shop(*, estate: dict[str, object] | None = None, **judging: object) -> ByHand:
    story = ByHand(judging={**QUICK, **judging}, estate=estate)
    return story.stock("TEE", W1=9, S1=3).stock("CAP", W1=9).trade()


def taken(story: ByHand, number: str = "1001", **units: int) -> ByHand:
    """An order that is paid and in the warehouse."""
    lines = units or {"TEE": 2}
    return story.placed(number, "W1", **lines).paid(number).work(number)


def unpaid(**units: int) -> ByHand:
    """An order that is authorised only, and in the warehouse; its first parcel leaves."""
    story = shop(estate={"release_on": "authorised"}).at(10).placed("1001", "W1", TEE=2, CAP=1)
    return story.paid("1001", "authorised").work("1001").at(50).shipped("SO-1001", "", **units)


# --- shipped and not captured ---------------------------------------------------------


def test_goods_whose_money_was_captured_hold() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")

    assert found(story, "shipped_uncaptured").verdict is Verdict.HOLDS
    assert found(taken(shop().at(10)), "shipped_uncaptured").verdict is Verdict.UNDECIDED


def test_a_capture_may_come_within_its_limit() -> None:
    assert found(unpaid().at(110).paid("1001"), "shipped_uncaptured").verdict is Verdict.HOLDS
    assert found(shop(capture_s=7), "shipped_uncaptured").limits["capture_s"] == 7


def test_goods_that_left_without_their_money_are_uncaptured() -> None:
    [breach] = found(unpaid().paid("1001", "failed"), "shipped_uncaptured").breaches
    assert (breach.key, breach.at_s, breach.units, breach.money_minor) == ("1001", 50, 3, 4997)


def test_only_what_left_has_to_be_captured() -> None:
    story = unpaid(CAP=1).paid("1001", minor=999, ref="A")
    assert found(story, "shipped_uncaptured").verdict is Verdict.HOLDS

    story = unpaid(CAP=1).paid("1001", minor=999, ref="A").at(60).shipped("SO-1001", "B", TEE=2)
    [breach] = found(story, "shipped_uncaptured").breaches
    assert breach.money_minor == 3998


def test_captures_add_up_and_one_that_is_told_twice_counts_once() -> None:
    story = unpaid().paid("1001", minor=2500, ref="A").paid("1001", minor=2497, ref="B")
    assert found(story, "shipped_uncaptured").verdict is Verdict.HOLDS

    story = unpaid().paid("1001", minor=2500, ref="A").paid("1001", minor=2500, ref="A")
    assert found(story, "shipped_uncaptured").count == 1


def test_a_shipment_on_record_at_the_channel_is_enough() -> None:
    story = shop().at(10).placed("1001", "W1", TEE=2).paid("1001", "authorised")
    story.at(50).confirmed("1001", "P-1")

    [breach] = found(story, "shipped_uncaptured").breaches
    assert breach.units == 2


def test_a_failed_capture_that_was_reported_is_held() -> None:
    story = unpaid().paid("1001", "failed").at(60).desk("order:1001")

    assert found(story, "shipped_uncaptured").verdict is Verdict.HOLDS


def test_orders_that_are_released_unpaid_need_no_payment() -> None:
    story = shop(estate={"release_on": "placed"}).at(10).placed("1001", "W1", TEE=2).work("1001")

    assert not found(story.at(50).shipped("SO-1001"), "shipped_uncaptured").breaches


# --- paid and not fulfilled -----------------------------------------------------------


def test_money_for_units_that_were_cut_is_kept() -> None:
    story = taken(shop().at(10), TEE=2, CAP=1).at(20).cut("SO-1001", TEE=1)

    [breach] = found(story, "paid_unfulfilled").breaches
    assert (breach.key, breach.at_s, breach.units, breach.money_minor) == ("1001", 20, 1, 1999)


def test_money_of_a_cancelled_warehouse_order_is_kept() -> None:
    story = taken(shop().at(10)).at(20).work_state("SO-1001", "cancelled").withdrawn("1001")

    [breach] = found(story, "paid_unfulfilled").breaches
    assert (breach.units, breach.money_minor) == (2, 3998)


def test_what_is_paid_back_or_sent_from_elsewhere_is_fulfilled() -> None:
    story = taken(shop().at(10), TEE=2, CAP=1).at(20).cut("SO-1001", TEE=1)
    story.at(70).paid("1001", "refunded", minor=1999)
    assert found(story, "paid_unfulfilled").verdict is Verdict.HOLDS

    story = taken(shop().at(10)).at(20).cut("SO-1001", TEE=2)
    assert found(story.work("1001", "SO-2"), "paid_unfulfilled").verdict is Verdict.HOLDS


def test_what_was_never_paid_is_not_kept() -> None:
    story = shop().at(10).placed("1001", "W1", TEE=2).work("1001").at(20).cut("SO-1001", TEE=2)

    assert found(story, "paid_unfulfilled").verdict is Verdict.UNDECIDED


def test_without_a_cut_there_is_nothing_to_pay_back() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")

    assert found(story, "paid_unfulfilled").verdict is Verdict.UNDECIDED


def test_a_cut_that_was_reported_is_held() -> None:
    story = taken(shop().at(10)).at(20).cut("SO-1001", TEE=2).at(90).desk("order:1001")

    assert found(story, "paid_unfulfilled").verdict is Verdict.HOLDS


def test_the_limit_of_a_refund_is_that_of_the_order_unless_it_is_stated() -> None:
    assert found(shop(), "paid_unfulfilled").limits["refund_s"] == 60
    story = taken(shop(refund_s=600).at(10)).at(20).cut("SO-1001", TEE=2)
    assert found(story.at(500).paid("1001", "refunded"), "paid_unfulfilled").count == 0


# --- refunded twice -------------------------------------------------------------------


def test_a_refund_of_what_was_cut_holds() -> None:
    story = taken(shop().at(10), TEE=2, CAP=1).at(20).cut("SO-1001", TEE=1)

    assert found(shop(), "refunded_twice").verdict is Verdict.UNDECIDED
    story.at(30).paid("1001", "refunded", minor=1999)
    assert found(story, "refunded_twice").verdict is Verdict.HOLDS


def test_a_second_refund_for_the_same_unit_is_one_too_many() -> None:
    story = taken(shop().at(10), TEE=2, CAP=1).at(20).cut("SO-1001", TEE=1)
    story.shipped("SO-1001", TEE=1, CAP=1).at(30).paid("1001", "refunded", minor=1999)
    story.at(40).paid("1001", "refunded", minor=1999)

    [breach] = found(story, "refunded_twice").breaches
    assert (breach.key, breach.at_s, breach.money_minor) == ("1001", 40, 1999)


def test_a_second_refund_is_noticed_before_the_rest_has_left() -> None:
    story = taken(shop().at(10), TEE=2, CAP=1).at(20).cut("SO-1001", TEE=1)
    for _ in range(2):
        story.paid("1001", "refunded", minor=1999)

    [breach] = found(story, "refunded_twice").breaches
    assert (breach.at_s, breach.money_minor) == (20, 1999)


def test_the_warehouse_may_say_a_moment_later_that_it_does_not_ship() -> None:
    story = taken(shop().at(10), TEE=2, CAP=1).at(20)
    for at, sku, minor in ((20, "TEE", 1999), (25, "CAP", 999)):
        story.at(at).paid("1001", "refunded", minor=minor).at(at + 20).cut("SO-1001", **{sku: 1})

    assert found(story, "refunded_twice").verdict is Verdict.HOLDS


def test_no_more_goes_back_than_came() -> None:
    story = taken(shop().at(10)).at(20).paid("1001", "refunded", minor=5000)

    [breach] = found(story, "refunded_twice").breaches
    assert breach.money_minor == 1002


def test_each_unit_that_comes_back_may_be_refunded_once() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(60)
    story.move("TEE", 2, "van:W1", "customer", by="carrier", ref="SO-1001")
    for at in (70, 80):
        story.at(at).move("TEE", 1, "customer", "shelf:W1", by="shopper", ref="1001")
        story.paid("1001", "refunded", minor=1999, ref=f"R{at}")
    assert found(story, "refunded_twice").verdict is Verdict.HOLDS


def test_a_return_that_is_refunded_again_is_refunded_twice() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(60)
    story.move("TEE", 2, "van:W1", "customer", by="carrier", ref="SO-1001")
    story.at(70).move("TEE", 1, "customer", "shelf:W1", by="shopper", ref="1001")
    for ref in ("R1", "R2"):
        story.paid("1001", "refunded", minor=1999, ref=ref)

    [breach] = found(story, "refunded_twice").breaches
    assert (breach.at_s, breach.money_minor) == (70, 1999)
