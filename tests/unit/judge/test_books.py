"""The corners of the judge's books: pools of nodes, parcels that come back, late knowledge."""

from __future__ import annotations

from array import array

import pytest

from peakproof.history import records as say
from peakproof.history.by_hand import ESTATE, ByHand
from peakproof.history.records import AnyRecord
from peakproof.judging.books.atlas import Atlas
from peakproof.judging.books.calls import median, quantile
from peakproof.judging.books.episode import Episode
from peakproof.judging.books.evidence import slice_of
from peakproof.judging.books.names import names_in, topics
from peakproof.judging.books.perfect import (
    BACK,
    KNOWN,
    LONG_AGO_S,
    TRUE,
    WANT,
    PerfectDay,
    plentiful,
)
from peakproof.judging.estate import read_estate
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Verdict

POOLED = {
    "places": {**ESTATE["places"], "shop": {"": ["W1", "S1"]}},
    "policy": "allocation",
}
"""The shop shows one figure for both nodes."""


# --- pools ----------------------------------------------------------------------------


def pooled(shop: int, pos: int) -> ByHand:
    """Three units in the warehouse, two in the store."""
    story = ByHand(estate=POOLED)
    for node, units in (("W1", 3), ("S1", 2)):
        story.move("TEE", units, "supplier", f"shelf:{node}", by="seed")
        story.shows("wms", node, "TEE", units, by="seed", cause="seed")
    return story.shows("shop", "", "TEE", shop).shows("pos", "S1", "TEE", pos).trade()


@pytest.mark.parametrize(
    ("shop", "pos", "verdict"),
    [
        (5, 2, Verdict.HOLDS),  # mirrored
        (4, 1, Verdict.HOLDS),  # shared out
        (3, 2, Verdict.HOLDS),
        (2, 3, Verdict.BROKEN),  # the store has no three
        (5, 1, Verdict.BROKEN),
        (3, 1, Verdict.BROKEN),
    ],
)
def test_one_figure_for_two_nodes_is_weighed_against_both(
    shop: int, pos: int, verdict: Verdict
) -> None:
    story = pooled(shop, pos)

    assert judge(story.end(10, 900).records).finding("stock_diverged").verdict is verdict


def test_a_promise_from_the_pool_leaves_less_to_the_till_once_the_warehouse_is_empty() -> None:
    story = pooled(5, 0)
    story.at(10).placed("1001", "", TEE=4).shows("pos", "S1", "TEE", 2)

    [first, *_] = judge(story.end(300, 900).records).finding("stock_diverged").breaches
    assert (first.kind, first.expected, first.found) == ("above cover", "at most 1", "2")


# --- orders ---------------------------------------------------------------------------


def test_a_parcel_that_comes_back_is_owed_again() -> None:
    story = ByHand().stock("TEE", W1=1).trade().at(10).placed("1001", TEE=1).paid("1001")
    story.work("1001").at(20).shipped("SO-1001").at(30)
    line = (say.Line("1", "TEE", 1),)
    story.say(say.Parcel(30, "carrier", 0, "wms", "SO-1001", "P", "rolled_back", line, "W1"))
    story.move("TEE", 1, "van:W1", "bench:W1", by="carrier", ref="SO-1001")
    story.changes("wms", "W1", "TEE", on_hand=1, by="carrier", cause="ship")
    story.at(40).placed("1002", TEE=1)

    verdict = judge(story.end(300, 900).records)

    assert verdict.figures["oversold"]["at_acceptance"] == 1
    assert not [b for b in verdict.finding("stock_diverged").breaches if b.kind == "master"]


def test_refunds_in_parts_add_up() -> None:
    story = ByHand().stock("TEE", W1=9).trade().at(10).placed("1001", TEE=2).paid("1001")
    story.work("1001").at(20).shipped("SO-1001", TEE=1)
    for at in (30, 31):
        story.at(at).say(say.Payment(at, "staff", 0, "shop", "1001", "refunded", 1999))

    [breach] = judge(story.end(300, 900).records).finding("refunded_and_shipped").breaches
    assert (breach.at_s, breach.money_minor) == (31, 1999)


def test_a_sku_without_a_price_is_worth_what_it_was_last_sold_for() -> None:
    story = ByHand(judging={"order_s": 60}).stock("NEW", W1=1).trade()
    story.at(10).placed("1001", NEW=1).placed("1002", NEW=1)

    verdict = judge(story.end(300, 900).records)

    assert verdict.finding("oversold").money_minor == 100


def test_what_a_clerk_changed_is_a_reason_to_report() -> None:
    story = ByHand().stock("TEE", W1=9).trade().at(10).placed("1001", TEE=1).life("1001")
    story.state("1001", "", what="order", by="staff").desk("order:1001", "late edit")

    assert judge(story.end(300, 900).records).finding("false_alarm").verdict is Verdict.HOLDS


def test_two_lines_of_a_sku_end_where_their_node_ships() -> None:
    """One unit each from the warehouse and the store: the store's parcel frees the store."""
    story = ByHand(judging={"publish_s": 60, "ghost_s": 60}).stock("TEE", W1=2, S1=2).trade()
    lines = (say.Line("1", "TEE", 1, 1999, "W1"), say.Line("2", "TEE", 1, 1999, "S1"))
    story.at(10).say(say.Placed(10, "shopper", 0, "shop", "1", "id-1", lines, 3998, "GBP"))
    for place in ("W1", "S1"):
        story.changes("shop", place, "TEE", available=-1, by="shopper", cause="order")
    story.shows("pos", "S1", "TEE", 1)
    story.say(say.Payment(11, "shopper", 0, "shop", "1", "captured", 3998))
    for number, place, line in (("A", "W1", lines[0]), ("B", "S1", lines[1])):
        story.say(say.Work(12, "connector", 0, "wms", number, ("1",), place, (line,)))
    story.at(20).move("TEE", 1, "shelf:S1", "bench:S1", by="warehouse", ref="B")
    story.move("TEE", 1, "bench:S1", "van:S1", by="carrier", ref="B")
    story.say(say.Parcel(20, "carrier", 0, "wms", "B", "PB", "shipped", lines[1:], "S1"))
    story.changes("wms", "S1", "TEE", on_hand=-1, by="carrier", cause="ship")

    assert not judge(story.end(300, 900).records).finding("stock_diverged").breaches


# --- what is known --------------------------------------------------------------------


def missed_by_a_picker(*, corrected: bool) -> ByHand:
    story = ByHand(judging={"publish_s": 60}).stock("TEE", W1=2).trade()
    story.at(5).lost("TEE", "W1").at(10).placed("1001", TEE=2).paid("1001").work("1001")
    story.at(40).say(
        say.WorkCut(40, "warehouse", 0, "wms", "SO-1001", (say.Line("1", "TEE", 1),), "short")
    )
    if corrected:
        story.changes("wms", "W1", "TEE", on_hand=-1, by="warehouse", cause="adjust")
    return story.shipped("SO-1001", TEE=1).at(45).withdrawn("1001")


@pytest.mark.parametrize("corrected", [True, False])
def test_units_that_a_picker_missed_are_known_to_be_gone(corrected: bool) -> None:
    """The shop puts the unit back on sale that nobody found."""
    story = missed_by_a_picker(corrected=corrected).shows("shop", "W1", "TEE", 1)

    breaches = judge(story.end(300, 900).records).finding("stock_diverged").breaches
    assert {(b.kind, b.units) for b in breaches} >= {("above cover", 1), ("channel", 1)}


def test_a_record_that_is_left_uncorrected_diverges_from_then_on() -> None:
    story = missed_by_a_picker(corrected=False).shows("shop", "W1", "TEE", 0)

    breaches = judge(story.end(300, 900).records).finding("stock_diverged").breaches
    assert [breach.kind for breach in breaches] == ["master"]


def test_units_that_left_by_themselves_and_were_booked_are_known() -> None:
    story = ByHand(judging={"publish_s": 60}).stock("TEE", W1=5).trade()
    story.at(10).move("TEE", 2, "shelf:W1", "transit:W1>S1", by="staff")
    story.changes("wms", "W1", "TEE", on_hand=-2, available=-2, by="staff", cause="transfer")

    [first, *_] = judge(story.end(300, 900).records).finding("stock_diverged").breaches
    assert (first.kind, first.expected) == ("above cover", "at most 3")


def test_goods_that_were_booked_just_before_they_came_are_known() -> None:
    story = ByHand(judging={"ghost_s": 60}).stock("TEE", W1=1).trade().at(10)
    story.changes("wms", "W1", "TEE", on_hand=5, available=5, by="staff", cause="receipt")
    story.at(11).move("TEE", 2, "supplier", "shelf:W1", by="staff")
    story.at(12).move("TEE", 3, "supplier", "shelf:W1", by="staff")

    assert judge(story.end(300, 900).records).finding("ghost_stock").units == 5


def test_a_departure_that_the_warehouse_never_told_of_is_one_all_the_same() -> None:
    story = ByHand(judging={"gates": {"oversold": {"total": 0}}}).stock("TEE", W1=1).trade()
    story.at(10).placed("1001", TEE=1)
    story.at(20).move("TEE", 1, "shelf:W1", "van:W1", by="carrier").at(40).call("ping")

    assert judge(story.end(300, 900).records).finding("oversold").units == 1


# --- the perfect connector ------------------------------------------------------------

HERE = [(TRUE, LONG_AGO_S, 0, 2, "", ""), (KNOWN, LONG_AGO_S, 0, 2, "", "")]


def perfect(*plays: tuple[int, float, int, int, str, str], mirror: bool) -> PerfectDay:
    day = PerfectDay(1, 0, 5.0, mirror=mirror)
    day.play([*HERE, *plays])
    return day


def test_a_perfect_mirror_shows_what_it_has_sold_itself_at_once() -> None:
    day = perfect(*[(WANT, 10.0 + n, 1, 1, "shop", f"{n}") for n in range(3)], mirror=True)

    assert (day.oversold, day.turned_away) == (0, 1)


def test_a_perfect_mirror_cannot_show_what_another_channel_sold_just_now() -> None:
    wants = [(WANT, 10.0, 1, 2, "shop", "1"), (WANT, 14.0, 1, 1, "pos", "till")]
    late = [(WANT, 10.0, 1, 2, "shop", "1"), (WANT, 15.0, 1, 1, "pos", "till")]

    assert perfect(*wants, mirror=True).oversold == 1
    assert perfect(*late, mirror=True).oversold == 0


def test_a_perfect_connector_sells_again_what_a_customer_cancels() -> None:
    plays = [
        (WANT, 10.0, 1, 2, "shop", "1"),
        (BACK, 20.0, 0, 2, "shop", "1"),
        (WANT, 30.0, 1, 2, "shop", "2"),
    ]

    day = perfect(*plays, mirror=False)

    assert (day.oversold, day.turned_away) == (0, 0)


def test_goods_are_offered_once_their_arrival_can_have_been_heard_of() -> None:
    come = [(TRUE, 10.0, 0, 3, "", ""), (KNOWN, 10.0, 0, 3, "", "")]

    assert perfect(*come, (WANT, 12.0, 1, 5, "shop", "1"), mirror=False).turned_away == 5
    assert perfect(*come, (WANT, 15.0, 1, 5, "shop", "1"), mirror=False).turned_away == 0


@pytest.mark.parametrize(("wanted", "plenty"), [(2, True), (3, False)])
def test_plenty_is_more_than_all_that_can_be_wanted(wanted: int, *, plenty: bool) -> None:
    assert plentiful([*HERE, (WANT, 1.0, 1, wanted, "shop", "1")], 1, 0) is plenty
    assert not plentiful([*HERE, (WANT, 1.0, 1, wanted, "shop", "1")], 1, 1 + plenty)


def test_demand_that_was_turned_away_is_demand_to_the_floor() -> None:
    """The shop showed nothing; a perfect mirror would have sold, and so would the till."""
    story = ByHand(judging={"floor_latency_s": 5.0}).stock("TEE", S1=1)
    story.shows("shop", "S1", "TEE", 0).trade().at(10)
    story.say(say.TurnedAway(10, "shopper", 0, "shop", "TEE", "S1", 1, "NotOffered"))
    story.at(12).sale("R1", TEE=1)

    assert judge(story.end(300, 900).records).figures["oversold"]["floor"] == 1


def test_a_walk_in_before_an_empty_shelf_is_no_demand_to_the_floor() -> None:
    story = ByHand().stock("TEE", S1=1).trade().at(10).sale("R1", TEE=1).at(12)
    story.say(say.TurnedAway(12, "till", 0, "pos", "TEE", "S1", 1, "ShelfEmpty"))

    assert judge(story.end(300, 900).records).figures["oversold"]["floor_turned_away"] == 0


# --- episodes -------------------------------------------------------------------------


def test_only_the_excess_that_stays_counts() -> None:
    episode = Episode(0.0, 1, 9, 5)

    assert episode.goes_on(40.0, 8, 6, limit_s=60.0)
    assert episode.goes_on(80.0, 9, 5, limit_s=60.0)
    assert episode.ended(90.0, limit_s=60.0) == 2
    assert (episode.figure, episode.bound) == (8, 6)


def test_an_excess_that_stood_unchanged_for_longer_than_the_limit_counts_in_full() -> None:
    episode = Episode(0.0, 1, 6, 5)

    assert episode.goes_on(10.0, 9, 5, limit_s=60.0)
    assert episode.goes_on(90.0, 7, 5, limit_s=60.0)
    assert episode.ended(95.0, limit_s=60.0) == 4


def test_an_excess_that_is_over_in_time_does_not_count() -> None:
    assert Episode(0.0, 1, 9, 5).ended(60.0, limit_s=60.0) == 0


def test_an_excess_of_which_nothing_stays_is_another_one() -> None:
    assert not Episode(0.0, 1, 9, 5).goes_on(10.0, 12, 9, limit_s=60.0)


# --- small things ---------------------------------------------------------------------


def test_quantiles_are_by_nearest_rank() -> None:
    values = array("d", [5.0, 1.0, 3.0, 2.0, 4.0])

    assert (median(values), quantile(values, 0.99), quantile(values, 0.0)) == (3.0, 5.0, 1.0)
    assert (median(array("d")), quantile(array("d"), 0.5)) == (0.0, 0.0)


def test_names_in_a_text_are_runs_of_whole_tokens() -> None:
    assert list(names_in("po id-7"))[1:] == ["po id-7", "po id", "id-7", "po", "id", "7"]
    assert topics("stock:TEE@W1") == ("stock:TEE@W1", "TEE@W1", "TEE")
    assert topics("1001") == ("1001",)
    assert topics("urn:1001") == ("urn:1001",)


def test_the_channel_of_a_place_is_the_closest_fit() -> None:
    atlas = Atlas(read_estate(ESTATE))
    both = atlas.mask(("W1", "S1"))

    web, till = atlas.channel("shop", both), atlas.channel("pos", atlas.mask(("S1",)))

    assert web is not None
    assert till is not None
    assert (web.id, till.id) == ("web", "till:S1")
    assert atlas.channel("pos", atlas.mask(("W1",))) is None
    assert atlas.draws("shop", "") == both
    assert atlas.draws("shop", "W1") == atlas.mask(("W1",))
    assert atlas.node("shop", "nowhere") == -1


def test_evidence_leaves_out_other_nodes_and_what_no_longer_counts() -> None:
    atlas = Atlas(read_estate(ESTATE))
    line = (say.Line("1", "TEE", 1, 0, "W1"),)
    records: list[AnyRecord] = [
        say.Level(0, "seed", 0, "shop", "TEE", "W1", 1, 1, "seed"),
        say.Level(0, "seed", 0, "shop", "TEE", "S1", 1, 1, "seed"),
        say.Level(1, "connector", 0, "shop", "TEE", "W1", 2, 2, "write"),
        say.Move(2, "till", "TEE", 1, "shelf:S1", "customer", "sale"),
        say.Placed(3, "shopper", 0, "shop", "1", "", line, 0, "GBP"),
        say.Move(4, "carrier", "TEE", 1, "bench:W1", "van:W1", "ship"),
        say.Desk(5, "TEE", "odd", "", ""),
    ]
    trail = list(enumerate(records, start=1))

    kept = slice_of(atlas, trail, atlas.mask(("W1",)), since=6)

    assert [no for no, _ in kept] == [3, 5, 6, 7]
