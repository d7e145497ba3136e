"""The age of what is published."""

from __future__ import annotations

from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

MINUTE = {"stale_s": 60}


def stale(story: ByHand) -> Finding:
    return judge(story.records).finding("stale_stock")


def test_a_change_that_is_published_in_time_holds() -> None:
    story = ByHand(judging=MINUTE).stock("TEE", S1=3).trade()
    story.at(10).sale("R1", TEE=1).at(70).shows("shop", "S1", "TEE", 2)

    verdict = judge(story.end(100, 900).records)

    assert verdict.finding("stale_stock").verdict is Verdict.HOLDS
    assert verdict.figures["stock_age_s"]["p50"] == 60


def test_without_a_change_nothing_was_put_to_the_test() -> None:
    story = ByHand(judging=MINUTE).trade()

    assert stale(story.end(100, 900)).verdict is Verdict.UNDECIDED


def test_a_change_that_is_published_too_late_is_stale_from_the_change_on() -> None:
    story = ByHand(judging=MINUTE).stock("TEE", S1=3).trade()
    story.at(10).sale("R1", TEE=1).at(71).shows("shop", "S1", "TEE", 2)

    [breach] = stale(story.end(100, 900)).breaches
    assert (breach.key, breach.at_s, breach.units) == ("TEE", 10, 1)


def test_a_change_that_is_never_published_is_stale() -> None:
    story = ByHand(judging=MINUTE).stock("TEE", S1=3).trade().at(10).sale("R1", TEE=1)

    assert stale(story.end(100, 900)).count == 1


def test_a_figure_that_is_right_again_by_itself_is_not_stale() -> None:
    story = ByHand(judging=MINUTE).stock("TEE", S1=3).trade()
    story.at(10).sale("R1", TEE=1).at(40).sale("V1", what="void", against="R1", TEE=1)

    assert stale(story.end(100, 900)).verdict is Verdict.HOLDS


def test_a_write_reflects_what_was_true_when_it_was_made_up() -> None:
    """It arrives after the next sale: the first one is reflected, the second ages on."""
    story = ByHand(judging=MINUTE).stock("TEE", S1=9).trade()
    story.at(10).sale("R1", TEE=1).at(50).sale("R2", TEE=1).at(55).shows("shop", "S1", "TEE", 8)
    story.at(100).shows("shop", "S1", "TEE", 7)

    assert stale(story.end(120, 900)).verdict is Verdict.HOLDS


def test_a_write_of_old_news_does_not_make_later_changes_fresh() -> None:
    story = ByHand(judging=MINUTE).stock("TEE", S1=9).trade()
    story.at(10).sale("R1", TEE=1).at(20).sale("R2", TEE=1).at(55).shows("shop", "S1", "TEE", 8)
    story.at(100).shows("shop", "S1", "TEE", 7)

    [breach] = stale(story.end(120, 900)).breaches
    assert breach.at_s == 20


def test_channels_that_share_stock_are_fresh_together() -> None:
    story = ByHand(estate={"policy": "allocation"}, judging=MINUTE).stock("TEE", S1=5)
    story.shows("shop", "S1", "TEE", 3).shows("pos", "S1", "TEE", 2).trade()
    story.at(10).sale("R1", TEE=1)

    finding = stale(story.end(200, 900))

    assert finding.verdict is Verdict.HOLDS
    assert finding.exercised


def test_a_change_just_before_the_end_is_not_stale_yet() -> None:
    story = ByHand(judging=MINUTE).stock("TEE", S1=3).trade().at(850).sale("R1", TEE=1)

    assert stale(story.end(860, 900)).verdict is Verdict.HOLDS
