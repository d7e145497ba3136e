"""Till transactions on their way to the stock master."""

from __future__ import annotations

from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict


def tills(story: ByHand) -> Finding:
    return judge(story.records).finding("till_sale_lost")


def store(**estate: object) -> ByHand:
    judging = {"sale_s": 60, "return_s": 60, "desk_s": 30}
    return ByHand(judging=judging, estate=estate).stock("TEE", S1=9).stock("CAP", S1=9).trade()


def test_a_sale_that_is_booked_once_in_time_holds() -> None:
    story = store().at(10).sale("R1", TEE=1, CAP=2).at(70).activity("R1", TEE=1, CAP=2)

    assert tills(story.end(200, 900)).verdict is Verdict.HOLDS


def test_without_a_sale_nothing_was_put_to_the_test() -> None:
    assert tills(store().end(200, 900)).verdict is Verdict.UNDECIDED


def test_where_the_tills_system_is_the_stock_master_nothing_has_to_travel() -> None:
    story = store(masters={"stock": "pos", "sales": "pos"}).at(10).sale("R1", TEE=1)

    assert tills(story.end(200, 900)).verdict is Verdict.UNDECIDED


def test_a_sale_that_is_never_booked_is_lost() -> None:
    story = store().at(10).sale("R1", TEE=1, CAP=2)

    [breach] = tills(story.end(200, 900)).breaches
    assert (breach.kind, breach.key, breach.units, breach.money_minor) == ("lost", "R1", 3, 3997)
    assert breach.at_s == 10


def test_a_sale_that_is_booked_late_is_told_apart() -> None:
    story = store().at(10).sale("R1", TEE=1).at(90).activity("R1", TEE=1)

    assert [breach.kind for breach in tills(story.end(200, 900)).breaches] == ["late"]


def test_a_sale_that_is_booked_twice_is_broken_at_once() -> None:
    story = store().at(10).sale("R1", TEE=1).at(12).activity("R1", TEE=1).activity("R1", TEE=1)

    [breach] = tills(story.end(200, 900)).breaches
    assert (breach.kind, breach.at_s, breach.units) == ("twice", 12, 1)


def test_a_sale_that_is_booked_again_long_after_is_broken_too() -> None:
    story = store().at(10).sale("R1", TEE=1).at(12).activity("R1", TEE=1)
    story.at(120).activity("R1", TEE=1)

    assert [breach.kind for breach in tills(story.end(200, 900)).breaches] == ["twice"]


def test_a_sale_that_is_booked_with_other_units_is_broken() -> None:
    story = store().at(10).sale("R1", TEE=3).at(12).activity("R1", TEE=2)

    [breach] = tills(story.end(200, 900)).breaches
    assert (breach.kind, breach.units) == ("units", 1)


def test_a_sale_that_is_booked_as_a_return_is_broken() -> None:
    story = store().at(10).sale("R1", TEE=1).at(12).activity("R1", what="return", TEE=1)

    assert tills(story.end(200, 900)).verdict is Verdict.BROKEN


def test_a_sale_that_was_parked_and_reported_is_held() -> None:
    story = store().at(10).sale("R1", TEE=1).at(80).desk("sale:R1").at(150).activity("R1", TEE=1)

    assert tills(story.end(200, 900)).verdict is Verdict.HOLDS


def test_a_sale_that_was_voided_before_it_was_booked_need_not_be() -> None:
    story = store().at(10).sale("R1", TEE=1).at(12).sale("V1", what="void", against="R1", TEE=1)

    assert tills(story.end(200, 900)).verdict is Verdict.HOLDS


def test_a_sale_that_was_voided_after_it_was_booked_needs_its_void() -> None:
    story = store().at(10).sale("R1", TEE=1).at(11).activity("R1", TEE=1)
    story.at(12).sale("V1", what="void", against="R1", TEE=1)

    assert [breach.key for breach in tills(story.end(200, 900)).breaches] == ["V1"]


def test_a_plain_adjustment_that_names_the_sale_books_it_as_well() -> None:
    story = store().at(10).sale("R1", TEE=2).at(12)
    story.changes("wms", "S1", "TEE", on_hand=-2, by="connector", cause="adjust", ref="pos R1")

    assert tills(story.end(200, 900)).verdict is Verdict.HOLDS


def test_two_adjustments_that_name_the_sale_are_twice() -> None:
    story = store().at(10).sale("R1", TEE=2)
    for at in (12, 14):
        story.at(at)
        story.changes("wms", "S1", "TEE", on_hand=-2, by="connector", cause="adjust", ref="R1")

    assert [breach.kind for breach in tills(story.end(200, 900)).breaches] == ["twice"]
