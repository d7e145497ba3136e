"""Units kept from sale: not offered, not returned, not served."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

ALLOCATION = {"policy": "allocation"}


def ghosts(story: ByHand) -> Finding:
    return judge(story.records).finding("ghost_stock")


def received(story: ByHand, at: float, units: int) -> ByHand:
    """Goods come in at W1 and are put on record."""
    story.at(at).move("TEE", units, "supplier", "shelf:W1", by="staff")
    return story.changes(
        "wms", "W1", "TEE", on_hand=units, available=units, by="warehouse", cause="receipt"
    )


def test_free_units_that_are_shown_in_time_are_no_ghosts() -> None:
    story = received(ByHand(judging={"ghost_s": 60}).stock("TEE", W1=1).trade(), 10, 5)
    story.at(70).shows("shop", "W1", "TEE", 6)

    assert ghosts(story.end(100, 900)).verdict is Verdict.HOLDS


def test_without_a_free_unit_nothing_was_put_to_the_test() -> None:
    assert ghosts(ByHand().trade().end(100, 900)).verdict is Verdict.UNDECIDED


def test_free_units_that_are_not_shown_for_longer_are_ghosts() -> None:
    story = received(ByHand(judging={"ghost_s": 60}).stock("TEE", W1=1).trade(), 10, 5)
    story.at(71).shows("shop", "W1", "TEE", 6)

    [breach] = ghosts(story.end(100, 900)).breaches
    assert (breach.kind, breach.at_s, breach.units) == ("not offered", 10, 5)
    assert (breach.expected, breach.found) == ("6", "1")


def test_a_channel_that_never_published_has_ghosts_from_the_opening() -> None:
    story = ByHand().stock("TEE", W1=4)
    story.shows("shop", "W1", "TEE", 0, by="seed", cause="seed").trade()

    [breach] = ghosts(story.end(100, 900)).breaches
    assert (breach.at_s, breach.units) == (1, 4)


def test_a_channel_that_knows_an_item_and_shows_nothing_of_it_has_ghosts() -> None:
    story = ByHand().move("TEE", 4, "supplier", "shelf:W1", by="seed")
    story.shows("wms", "W1", "TEE", 4, by="seed", cause="seed")
    story.say(say.Item(0.0, "seed", 0, "shop", "TEE")).trade()

    assert ghosts(story.end(100, 900)).units == 4


def test_the_hold_back_is_no_ghost() -> None:
    story = ByHand(estate={"hold_back": 2}).stock("TEE", W1=4)
    story.shows("shop", "W1", "TEE", 2, by="seed", cause="seed").trade()

    assert ghosts(story.end(100, 900)).verdict is Verdict.HOLDS


def test_shares_that_sum_to_what_is_free_are_no_ghosts() -> None:
    story = ByHand(estate=ALLOCATION).stock("TEE", S1=4)
    story.shows("shop", "S1", "TEE", 3).shows("pos", "S1", "TEE", 1).trade()

    assert ghosts(story.end(100, 900)).verdict is Verdict.HOLDS


def test_shares_that_sum_to_less_are() -> None:
    story = ByHand(estate=ALLOCATION).stock("TEE", S1=4)
    story.shows("shop", "S1", "TEE", 2).shows("pos", "S1", "TEE", 1).trade()

    assert ghosts(story.end(100, 900)).units == 1


def test_where_all_mirror_each_channel_has_to_show_what_is_free() -> None:
    story = ByHand().stock("TEE", S1=4)
    story.shows("shop", "S1", "TEE", 0).trade()

    assert ghosts(story.end(100, 900)).units == 4


def test_customers_who_were_refused_meanwhile_are_counted() -> None:
    story = ByHand(judging={"ghost_s": 60}).stock("TEE", W1=4)
    story.shows("shop", "W1", "TEE", 0).trade()
    for at in (30, 90, 95):
        story.at(at).say(say.TurnedAway(at, "shopper", 0, "shop", "TEE", "W1", 3, "NotOffered"))

    [breach] = ghosts(story.end(100, 900)).breaches
    assert breach.money_minor == 6 * 1999
    assert "6 units refused" in breach.sentence


def test_a_return_has_to_be_booked_in_time() -> None:
    story = ByHand(judging={"return_s": 60}).stock("TEE", S1=1).trade()
    story.at(5).move("TEE", 1, "supplier", "customer", by="till")
    story.at(10).sale("RET1", what="return", TEE=1).at(50).activity("RET1", what="return", TEE=1)
    story.shows("shop", "S1", "TEE", 2)

    assert ghosts(story.end(100, 900)).verdict is Verdict.HOLDS


def test_a_return_that_never_reaches_the_master_is_a_ghost() -> None:
    story = ByHand(judging={"return_s": 60}).stock("TEE", S1=1).trade()
    story.at(5).move("TEE", 1, "supplier", "customer", by="till")
    story.at(10).sale("RET1", what="return", TEE=1).at(50).shows("shop", "S1", "TEE", 2)

    [breach] = ghosts(story.end(100, 900)).breaches
    assert (breach.kind, breach.key, breach.at_s) == ("return", "RET1", 10)


def test_a_return_that_was_reported_is_held() -> None:
    story = ByHand(judging={"return_s": 60}).stock("TEE", S1=1).trade()
    story.at(5).move("TEE", 1, "supplier", "customer", by="till")
    story.at(10).sale("RET1", what="return", TEE=1).at(50).shows("shop", "S1", "TEE", 2)
    story.at(80).desk("sale:RET1")

    assert not ghosts(story.end(100, 900)).breaches


def test_a_return_that_was_written_off_need_not_be_booked() -> None:
    story = ByHand(judging={"return_s": 60}).stock("TEE", S1=1).trade()
    story.at(5).move("TEE", 1, "supplier", "customer", by="till")
    story.at(10).say(
        say.Sale(10, "till", 0, "pos", "RET1", "S1", "return", (say.Line("1", "TEE", 1),), 10)
    )
    story.move("TEE", 1, "customer", "lost", by="till", ref="RET1")

    assert not ghosts(story.end(100, 900)).breaches


def test_demand_that_was_to_be_served_and_was_not_is_broken() -> None:
    demand = [{"channel": "web", "units": 2, "sku": "TEE"}, {"channel": "till:S1", "units": 1}]
    story = ByHand(judging={"demand": demand}).stock("TEE", W1=4, S1=1).trade()
    story.at(10).placed("1001", TEE=1).at(11).sale("R1", TEE=1)

    [breach] = [b for b in ghosts(story.end(100, 900)).breaches if b.kind == "demand"]
    assert (breach.key, breach.units, breach.money_minor) == ("TEE", 1, 1999)
