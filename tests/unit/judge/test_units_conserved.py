"""The ledger's own proof."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict


def conserved(story: ByHand) -> Finding:
    return judge(story.records).finding("units_conserved")


def test_movements_that_add_up_hold() -> None:
    story = ByHand().stock("TEE", W1=5).trade().at(10).placed("1001", TEE=1).life("1001")

    finding = conserved(story.end(200, 900))

    assert finding.verdict is Verdict.HOLDS
    assert finding.exercised == 4  # supplier, shelf, bench (empty again), van


def test_a_history_without_balances_proves_nothing() -> None:
    story = ByHand().stock("TEE", W1=5).trade().at(900).phase("end")

    finding = conserved(story)

    assert finding.verdict is Verdict.UNDECIDED
    assert finding.reason == "the history ends without the ledger's balances"


def test_a_movement_that_is_missing_shows_in_the_balance() -> None:
    story = ByHand().stock("TEE", W1=5).trade().at(10).placed("1001", TEE=1).life("1001")
    story.end(200, 900)
    story.records.remove(next(r for r in story.records if isinstance(r, say.Move) and r.t > 1))

    assert {breach.kind for breach in conserved(story).breaches} == {"below nothing", "balance"}


def test_a_balance_that_is_wrong_is_found() -> None:
    story = ByHand().stock("TEE", W1=5).trade().end(200, 900)
    story.say(say.Balance(900, "shelf:W1", "TEE", 4))

    [breach] = conserved(story).breaches
    assert (breach.expected, breach.found, breach.units) == ("5", "4", 1)


def test_more_units_than_a_place_holds_cannot_leave_it() -> None:
    story = ByHand().stock("TEE", W1=1).trade()
    story.say(say.Move(5, "warehouse", "TEE", 2, "shelf:W1", "bench:W1", "pick"))

    assert conserved(story.end(200, 900)).breaches[0].kind == "below nothing"
