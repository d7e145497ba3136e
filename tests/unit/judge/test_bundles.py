"""Bundles: offered as often as their scarcest part makes them."""

from __future__ import annotations

from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"publish_s": 30, "ghost_s": 60}
BUNDLE = {"bundles": {"KIT": {"TEE": 1, "CAP": 2}}, "prices": {"TEE": 1999, "KIT": 3500}}


def found(story: ByHand) -> Finding:
    return judge(story.end(400, 900).records).finding("bundle_diverged")


def shop(kit: int = 4) -> ByHand:
    """Four TEE and nine CAP make four KITs of one TEE and two CAP."""
    story = ByHand(judging=QUICK, estate=BUNDLE).stock("TEE", W1=4).stock("CAP", W1=9)
    return story.shows("shop", "W1", "KIT", kit, by="seed", cause="seed").trade()


def test_a_bundle_that_follows_its_parts_holds() -> None:
    story = shop().at(10).shows("shop", "W1", "CAP", 5).at(20).shows("shop", "W1", "KIT", 2)

    assert found(story).verdict is Verdict.HOLDS


def test_without_a_bundle_on_offer_nothing_was_put_to_the_test() -> None:
    story = ByHand(judging=QUICK, estate=BUNDLE).stock("TEE", W1=4).trade()
    assert found(story).verdict is Verdict.UNDECIDED

    assert found(ByHand(judging=QUICK).stock("TEE", W1=4).trade()).verdict is Verdict.UNDECIDED


def test_a_bundle_that_stays_when_a_part_goes_down_diverges() -> None:
    story = shop().at(10).shows("shop", "W1", "CAP", 5).at(60).shows("shop", "W1", "KIT", 2)

    [breach] = found(story).breaches
    assert (breach.kind, breach.key, breach.at_s) == ("above", "KIT", 10)
    assert (breach.units, breach.money_minor) == (2, 7000)
    assert (breach.expected, breach.found) == ("2", "4")
    assert {"CAP", "KIT"} <= {getattr(shown.record, "sku", "") for shown in breach.evidence}


def test_a_bundle_that_stays_down_when_its_parts_are_back_diverges() -> None:
    story = shop(kit=0)

    [breach] = found(story).breaches
    assert (breach.kind, breach.at_s, breach.units) == ("below", 1, 4)


def test_a_bundle_may_be_short_for_longer_than_it_may_be_over() -> None:
    story = shop().at(10).shows("shop", "W1", "KIT", 1).at(65).shows("shop", "W1", "KIT", 4)

    assert found(story).verdict is Verdict.HOLDS


def test_a_bundle_that_is_always_a_moment_late_is_not_wrong_for_long() -> None:
    story = shop()
    for at, caps in ((10, 7), (40, 5), (70, 3), (100, 1)):
        story.at(at).shows("shop", "W1", "CAP", caps)
        story.at(at + 25).shows("shop", "W1", "KIT", caps // 2)

    assert found(story).verdict is Verdict.HOLDS


def test_each_place_makes_its_own_bundles() -> None:
    story = shop().at(10).shows("shop", "S1", "TEE", 3).shows("shop", "S1", "CAP", 1)
    story.shows("shop", "S1", "KIT", 1)

    [breach] = found(story).breaches
    assert (breach.units, "shop S1" in breach.sentence) == (1, True)


def test_of_a_part_that_is_not_shown_there_what_is_free_counts() -> None:
    story = ByHand(judging=QUICK, estate=BUNDLE).stock("TEE", W1=4)
    story.move("CAP", 5, "supplier", "shelf:W1", by="seed")
    story.shows("shop", "W1", "KIT", 2, by="seed").trade().at(10)
    assert found(story).verdict is Verdict.HOLDS

    story = ByHand(judging=QUICK, estate=BUNDLE).stock("TEE", W1=4)
    story.move("CAP", 5, "supplier", "shelf:W1", by="seed")
    story.shows("shop", "W1", "KIT", 2, by="seed").trade()
    story.at(10).move("CAP", 3, "shelf:W1", "lost", by="staff")
    assert found(story).count == 1


def test_the_masters_own_figure_of_a_bundle_is_no_offer() -> None:
    story = ByHand(judging=QUICK, estate=BUNDLE).stock("TEE", W1=4).trade()

    assert found(story.at(10).shows("wms", "W1", "KIT", 99)).verdict is Verdict.UNDECIDED
