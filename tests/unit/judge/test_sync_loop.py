"""Writes that breed writes: amplification, ping-pong, no rest."""

from __future__ import annotations

from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict


def loops(story: ByHand) -> Finding:
    return judge(story.records).finding("sync_loop")


def test_one_write_for_each_sale_is_no_loop() -> None:
    story = ByHand().stock("TEE", S1=9).trade()
    for number in range(5):
        at = 10 + 10 * number
        story.at(at).sale(f"R{number}", TEE=1).at(at + 3).activity(f"R{number}", TEE=1)
        story.at(at + 4).shows("shop", "S1", "TEE", 8 - number)

    finding = loops(story.end(100, 900))

    assert finding.verdict is Verdict.HOLDS
    assert finding.exercised == 10


def test_without_a_write_nothing_was_put_to_the_test() -> None:
    story = ByHand().stock("TEE", S1=9).trade().at(10).sale("R1", TEE=1)

    assert loops(story.end(100, 900)).verdict is Verdict.UNDECIDED


def test_a_sale_that_moves_stock_again_and_again_is_amplified() -> None:
    story = ByHand().stock("TEE", S1=99).trade().at(10).sale("R1", TEE=1)
    for number in range(20):
        story.at(12 + number).changes("wms", "S1", "TEE", on_hand=-1, by="connector", cause="sale")

    [breach] = loops(story.end(100, 900)).breaches
    assert (breach.kind, breach.found) == ("amplification", "20")


def test_a_value_that_goes_to_and_fro_is_ping_pong() -> None:
    story = ByHand().stock("TEE", S1=9).trade().at(10).sale("R1", TEE=1)
    for number in range(5):
        story.at(12 + number).shows("wms", "S1", "TEE", 8 - number)
        story.at(12.5 + number).shows("pos", "S1", "TEE", 8 - number)

    [breach] = loops(story.end(100, 900)).breaches
    assert breach.kind == "ping-pong"


def test_writes_that_go_on_after_trading_are_no_rest() -> None:
    story = ByHand(judging={"quiet_s": 60, "max_amplification": 50}).stock("TEE", S1=9).trade()
    story.at(10).sale("R1", TEE=1).at(100).phase("calm")
    for number in range(4):
        story.at(161 + number).shows("shop", "S1", "TEE", 8 - number)
    story.at(900).phase("end")

    [breach] = loops(story).breaches
    assert (breach.kind, breach.at_s, breach.found) == ("no rest", 161, "4")


def test_a_late_correction_is_no_unrest() -> None:
    story = ByHand(judging={"quiet_s": 60}).stock("TEE", S1=9).trade()
    story.at(10).sale("R1", TEE=1).at(100).phase("calm").at(170).shows("shop", "S1", "TEE", 8)

    assert loops(story.at(900).phase("end")).verdict is Verdict.HOLDS


def test_what_was_published_before_trading_does_not_count() -> None:
    story = ByHand().stock("TEE", S1=9)
    for number in range(30):
        story.shows("shop", "S1", "TEE", number)
    story.trade().at(10).shows("shop", "S1", "TEE", 9)

    assert loops(story.end(100, 900)).verdict is Verdict.HOLDS
