"""Oversold units: at acceptance, from under a promise, against the floor."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.estate import Gate
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

STRICT = {"gates": {"oversold": {"total": 0}}}


def oversold(story: ByHand) -> Finding:
    return judge(story.records).finding("oversold")


def test_a_promise_that_stock_covers_is_not_oversold() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=1).trade()
    story.at(10).placed("1001", TEE=1)

    finding = oversold(story.end(100, 900))

    assert finding.verdict is Verdict.HOLDS
    assert finding.exercised == 1


def test_without_an_order_nothing_was_put_to_the_test() -> None:
    finding = oversold(ByHand().stock("TEE", W1=1).trade().end(100, 900))

    assert finding.verdict is Verdict.UNDECIDED
    assert finding.reason == "nothing put it to the test"


def test_the_second_promise_of_the_last_unit_is_oversold_at_acceptance() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=1).trade()
    story.at(10).placed("1001", TEE=1).at(12).placed("1002", TEE=1)

    finding = oversold(story.end(100, 900))

    assert finding.verdict is Verdict.BROKEN
    [breach] = finding.breaches
    assert (breach.units, breach.money_minor, breach.at_s) == (1, 1999, 12)
    assert breach.kind == "at acceptance"
    assert [item.record.t for item in breach.evidence if isinstance(item.record, say.Placed)] == [
        10,
        12,
    ]


def test_what_a_walk_in_takes_from_under_a_promise_is_counted_apart() -> None:
    story = ByHand(judging=STRICT).stock("TEE", S1=1).trade()
    story.at(10).placed("1001", "S1", TEE=1).at(12).sale("R1", TEE=1)

    verdict = judge(story.end(100, 900).records)

    [breach] = verdict.finding("oversold").breaches
    assert breach.kind == "walk-in"
    assert verdict.figures["oversold"]["at_acceptance"] == 0
    assert verdict.figures["oversold"]["walk_in"] == 1


def test_a_loss_under_a_promise_counts_as_taken() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=1).trade()
    story.at(10).placed("1001", TEE=1).at(20).lost("TEE", "W1")

    assert judge(story.end(100, 900).records).figures["oversold"]["walk_in"] == 1


def test_a_parcel_that_leaves_takes_its_promise_along() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=2).trade()
    story.at(10).placed("1001", TEE=1).life("1001").at(200).placed("1002", TEE=1)

    assert oversold(story.end(300, 900)).verdict is Verdict.HOLDS


def test_a_withdrawn_promise_leaves_its_unit_to_the_next() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=1).trade()
    story.at(10).placed("1001", TEE=1).at(12).withdrawn("1001").at(14).placed("1002", TEE=1)

    assert oversold(story.end(100, 900)).verdict is Verdict.HOLDS


def test_a_unit_is_counted_once_when_stock_comes_and_goes_again() -> None:
    story = ByHand(judging=STRICT).stock("TEE", S1=1).trade()
    story.at(10).placed("1001", "S1", TEE=1).at(11).placed("1002", "S1", TEE=1)
    story.at(20).move("TEE", 1, "supplier", "shelf:S1", by="staff")
    story.at(30).sale("R1", TEE=1)

    assert oversold(story.end(100, 900)).units == 1


def test_two_lines_of_one_order_share_the_stock() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=1).stock("CAP", W1=1).trade()
    story.at(10).placed("1001", TEE=2, CAP=1)

    [breach] = oversold(story.end(100, 900)).breaches
    assert (breach.key, breach.units) == ("TEE", 1)


def test_an_order_without_a_place_may_draw_on_every_node_of_its_channel() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=1, S1=1).trade()
    story.at(10).placed("1001", "", TEE=2)

    assert oversold(story.end(100, 900)).verdict is Verdict.HOLDS


def test_overlapping_pools_are_short_only_by_what_no_assignment_covers() -> None:
    story = ByHand(judging=STRICT).stock("TEE", W1=1, S1=1).trade()
    story.at(10).placed("1001", "", TEE=1).at(11).placed("1002", "W1", TEE=1)
    story.at(12).placed("1003", "S1", TEE=1)

    finding = oversold(story.end(100, 900))

    assert finding.units == 1
    assert finding.breaches[0].at_s == 12


def test_bundles_are_promised_as_their_components() -> None:
    story = ByHand(judging=STRICT, estate={"bundles": {"SET": {"TEE": 2, "CAP": 1}}})
    story.stock("TEE", W1=3).stock("CAP", W1=5).trade()
    story.at(10).placed("1001", SET=2)

    [breach] = oversold(story.end(100, 900)).breaches
    assert (breach.key, breach.units) == ("TEE", 1)


def test_the_gate_on_the_total_tolerates_what_it_says() -> None:
    story = ByHand(judging={"gates": {"oversold": {"total": 1}}}).stock("TEE", W1=1).trade()
    story.at(10).placed("1001", TEE=1).at(12).placed("1002", TEE=1)

    finding = oversold(story.end(100, 900))

    assert finding.verdict is Verdict.HOLDS
    assert finding.note.startswith("1 unit oversold, which the gate allows")


def test_the_gate_on_acceptance_lets_walk_ins_pass() -> None:
    story = ByHand(judging={"gates": {"oversold": {"at_acceptance": 0}}}).stock("TEE", S1=1).trade()
    story.at(10).placed("1001", "S1", TEE=1).at(12).sale("R1", TEE=1)

    assert oversold(story.end(100, 900)).verdict is Verdict.HOLDS
    assert Gate().regret is None


def race(seconds_apart: float, *, policy: str, walk_in: bool = False) -> ByHand:
    """Till and web sell the same last unit so many seconds apart."""
    till: dict[str, object] = {"id": "till:S1", "system": "pos", "nodes": ["S1"]}
    if walk_in:
        till |= {"asks": False, "walk_in": True}
    web = {"id": "web", "system": "shop", "nodes": ["W1", "S1"]}
    story = ByHand(
        estate={"policy": policy, "channels": [web, till]}, judging={"floor_latency_s": 2.0}
    )
    story.stock("TEE", S1=1).trade()
    story.at(10).placed("1001", "S1", TEE=1).at(10 + seconds_apart).sale("R1", TEE=1)
    return story.end(100, 900)


def test_with_mirrored_stock_a_race_inside_the_latency_is_the_floors_too() -> None:
    verdict = judge(race(1.0, policy="mirror").records)

    assert verdict.figures["oversold"]["floor"] == 1
    assert verdict.finding("oversold").verdict is Verdict.HOLDS


def test_with_mirrored_stock_a_race_outside_the_latency_is_regretted() -> None:
    verdict = judge(race(3.0, policy="mirror").records)

    assert verdict.figures["oversold"] | {"floor": 0, "regret": 1} == verdict.figures["oversold"]
    assert verdict.finding("oversold").verdict is Verdict.BROKEN


def test_with_shares_that_are_honoured_the_floor_is_nothing_under_any_latency() -> None:
    verdict = judge(race(0.1, policy="allocation").records)

    assert verdict.figures["oversold"]["floor"] == 0
    assert verdict.finding("oversold").verdict is Verdict.BROKEN


def test_a_walk_in_honours_no_share_so_the_floor_has_him_too() -> None:
    verdict = judge(race(60.0, policy="allocation", walk_in=True).records)

    assert verdict.figures["oversold"]["floor"] == 1
    assert verdict.finding("oversold").verdict is Verdict.HOLDS


def test_a_unit_that_nobody_could_know_to_be_gone_is_the_floors_too() -> None:
    story = ByHand(judging={"floor_latency_s": 1.0}).stock("TEE", W1=1).trade()
    story.at(10).lost("TEE", "W1").at(50).placed("1001", TEE=1)

    verdict = judge(story.end(100, 900).records)

    assert verdict.figures["oversold"]["floor"] == 1
    assert verdict.finding("oversold").verdict is Verdict.HOLDS


def test_once_the_loss_is_on_record_selling_on_is_regretted() -> None:
    story = ByHand(judging={"floor_latency_s": 1.0}).stock("TEE", W1=1).trade()
    story.at(10).lost("TEE", "W1")
    story.at(11).changes("wms", "W1", "TEE", on_hand=-1, by="staff", cause="adjust")
    story.at(50).placed("1001", TEE=1)

    verdict = judge(story.end(100, 900).records)

    assert verdict.figures["oversold"]["floor"] == 0
    assert verdict.finding("oversold").verdict is Verdict.BROKEN


def test_the_floor_takes_the_latency_from_the_wire_unless_it_is_stated() -> None:
    story = ByHand().stock("TEE", W1=1).trade()
    for second in range(3):
        story.at(10 + second).call("inventory.update", "stock:TEE@W1", effect="stock", took=0.5)
    story.at(20).placed("1001", TEE=1)

    verdict = judge(story.end(100, 900).records)

    assert verdict.figures["oversold"]["floor_latency_s"] == 0.75
