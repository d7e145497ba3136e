"""The master's record against the ledger, and what channels show against what is free."""

from __future__ import annotations

import pytest

from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict


def diverged(story: ByHand) -> Finding:
    return judge(story.records).finding("stock_diverged")


def kinds(finding: Finding) -> list[str]:
    return [breach.kind for breach in finding.breaches]


def test_records_that_agree_hold() -> None:
    story = ByHand().stock("TEE", W1=5, S1=2).trade()
    finding = diverged(story.end(100, 900))

    assert finding.verdict is Verdict.HOLDS
    assert finding.exercised == 4


def test_a_run_that_never_came_to_rest_is_undecided() -> None:
    story = ByHand().stock("TEE", W1=5).trade().at(900).phase("end")

    assert diverged(story).verdict is Verdict.UNDECIDED


def test_a_master_that_lost_a_movement_diverges() -> None:
    story = ByHand().stock("TEE", S1=3).trade()
    story.at(10).sale("R1", TEE=1).at(12).shows("shop", "S1", "TEE", 2)

    [breach] = diverged(story.end(100, 900)).breaches
    assert (breach.kind, breach.expected, breach.found, breach.units) == ("master", "2", "3", 1)
    assert breach.money_minor == 1999


def test_a_sale_that_was_booked_twice_diverges() -> None:
    story = ByHand().stock("TEE", S1=3).trade()
    story.at(10).sale("R1", TEE=1).at(12).activity("R1", TEE=1).at(14).activity("R1", TEE=1)
    story.shows("shop", "S1", "TEE", 2)

    assert kinds(diverged(story.end(100, 900))) == ["master"]


def test_a_loss_that_nobody_noticed_is_held_against_nobody() -> None:
    story = ByHand().stock("TEE", W1=3).trade().at(10).lost("TEE", "W1")

    assert diverged(story.end(100, 900)).verdict is Verdict.HOLDS


def test_a_miscount_at_the_opening_is_held_against_nobody() -> None:
    story = ByHand().stock("TEE", recorded={"W1": 4}, W1=3).trade()

    assert diverged(story.end(100, 900)).verdict is Verdict.HOLDS


def test_a_loss_that_a_picker_found_has_to_reach_the_channel() -> None:
    story = ByHand().stock("TEE", W1=2).trade().at(5).lost("TEE", "W1", 2)
    story.at(10).placed("1001", TEE=1).paid("1001").work("1001").at(40).cut("SO-1001", TEE=1)
    story.changes("wms", "W1", "TEE", on_hand=-1, available=-1, by="warehouse", cause="adjust")
    story.at(41).withdrawn("1001")

    assert kinds(diverged(story.end(100, 900))) == ["above cover", "channel"]


def test_a_level_above_cover_may_last_as_long_as_the_limit() -> None:
    story = ByHand(judging={"publish_s": 60}).stock("TEE", S1=3).trade()
    story.at(10).sale("R1", TEE=1).at(12).activity("R1", TEE=1).at(70).shows("shop", "S1", "TEE", 2)

    assert diverged(story.end(100, 900)).verdict is Verdict.HOLDS


def test_a_level_above_cover_for_longer_is_broken_from_its_first_moment() -> None:
    story = ByHand(judging={"publish_s": 60}).stock("TEE", S1=3).trade()
    story.at(10).sale("R1", TEE=1).at(12).activity("R1", TEE=1).at(71).shows("shop", "S1", "TEE", 2)

    [breach] = diverged(story.end(100, 900)).breaches
    assert (breach.kind, breach.at_s, breach.units) == ("above cover", 10, 1)


def test_a_figure_that_is_always_a_little_late_is_never_too_late() -> None:
    """Sales every ten seconds, each published eight seconds on: never right, never stale."""
    story = ByHand(judging={"publish_s": 20}).stock("TEE", S1=40).trade()
    for number in range(30):
        sold_at = 10 + 10 * number
        if number:
            story.at(sold_at - 2).shows("shop", "S1", "TEE", 40 - number)
        story.at(sold_at).sale(f"R{number}", TEE=1).activity(f"R{number}", TEE=1)
    story.at(310).shows("shop", "S1", "TEE", 10)

    assert diverged(story.end(320, 900)).verdict is Verdict.HOLDS


def test_a_sale_that_an_offline_till_keeps_cannot_be_known() -> None:
    story = ByHand(judging={"publish_s": 60}).stock("TEE", S1=3).trade()
    story.at(10).move("TEE", 1, "shelf:S1", "customer", by="till", ref="R1")
    story.at(300).sale("R1", TEE=1, physical=False).at(303).activity("R1", TEE=1)
    story.at(306).shows("shop", "S1", "TEE", 2)

    assert diverged(story.end(310, 900)).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("shop", "pos", "verdict"),
    [
        (4, 4, Verdict.HOLDS),  # mirrored
        (3, 1, Verdict.HOLDS),  # shared out
        (4, 0, Verdict.HOLDS),
        (4, 3, Verdict.BROKEN),
        (2, 1, Verdict.BROKEN),
        (5, -1, Verdict.BROKEN),
    ],
)
def test_at_rest_channels_mirror_what_is_free_or_share_it_out(
    shop: int, pos: int, verdict: Verdict
) -> None:
    story = ByHand(judging={"publish_s": 5000}).stock("TEE", S1=4).trade()
    story.at(10).shows("shop", "S1", "TEE", shop).shows("pos", "S1", "TEE", pos)

    assert diverged(story.end(100, 900)).verdict is verdict


def test_the_hold_back_is_left_unpublished() -> None:
    estate = {"hold_back": 1, "hold_backs": {"CAP": 0}}
    story = ByHand(estate=estate).stock("TEE", W1=4).stock("CAP", W1=4).trade()

    [breach] = diverged(story.end(100, 900)).breaches
    assert (breach.kind, breach.key, breach.found) == ("channel", "TEE", "4")


def test_a_promise_without_a_warehouse_order_may_come_from_either_node() -> None:
    story = ByHand().stock("TEE", W1=2, S1=2).trade()
    story.at(10).placed("1001", "", TEE=1).at(12).shows("shop", "W1", "TEE", 1)

    assert diverged(story.end(100, 900)).verdict is Verdict.HOLDS


def test_what_changed_just_before_the_end_is_not_compared() -> None:
    story = ByHand(judging={"settle_s": 300, "publish_s": 300}).stock("TEE", S1=3).trade()
    story.at(700).sale("R1", TEE=1)

    finding = diverged(story.end(710, 900))

    assert finding.verdict is Verdict.UNDECIDED
    assert finding.note.startswith("2 records not compared")


def test_goods_that_came_in_unrecorded_are_nobodys_to_know() -> None:
    story = ByHand(judging={"publish_s": 60, "ghost_s": 60}).stock("TEE", W1=1).trade()
    story.at(10).move("TEE", 5, "supplier", "shelf:W1", by="staff")

    verdict = judge(story.end(400, 900).records)

    assert not verdict.broken


def test_a_receipt_on_record_has_to_reach_the_channel() -> None:
    story = ByHand().stock("TEE", W1=1).trade()
    story.at(10).move("TEE", 5, "supplier", "shelf:W1", by="staff")
    story.changes("wms", "W1", "TEE", on_hand=5, available=5, by="warehouse", cause="receipt")

    assert kinds(diverged(story.end(400, 900))) == ["channel"]


def test_an_intake_told_twice_is_not_known_twice() -> None:
    story = ByHand().stock("TEE", S1=1).trade()
    story.at(10).move("TEE", 5, "supplier", "shelf:S1", by="staff")
    for system in ("pos", "wms"):
        story.changes(system, "S1", "TEE", on_hand=5, available=5, by="staff", cause="receipt")
    story.at(20).shows("wms", "S1", "TEE", 11, cause="receipt").shows("shop", "S1", "TEE", 6)

    assert kinds(diverged(story.end(400, 900))) == ["master"]


def test_a_return_that_an_offline_till_keeps_cannot_be_known() -> None:
    story = ByHand(judging={"ghost_s": 60}).stock("TEE", S1=3).trade()
    story.at(5).move("TEE", 1, "supplier", "customer", by="till")
    story.at(10).move("TEE", 1, "customer", "shelf:S1", by="till", ref="RET1")

    assert not judge(story.end(100, 900).records).broken


def test_too_few_units_on_record_are_no_better_for_an_offline_sale() -> None:
    """A sale that the till still keeps explains one unit too many, never one too few."""
    story = ByHand().stock("TEE", S1=3).trade()
    story.at(10).move("TEE", 1, "shelf:S1", "customer", by="till", ref="R1")
    story.at(20).shows("wms", "S1", "TEE", 1)

    assert kinds(diverged(story.end(100, 900))) == ["master"]
