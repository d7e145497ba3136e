"""The books: every verified transaction once, with its own amount, in its own period."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from peakproof.history import records as say
from peakproof.history.by_hand import ESTATE, ByHand
from peakproof.history.records import Line
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"book_s": 60, "desk_s": 30}
TILLS = {"masters": {**ESTATE["masters"], "finance": "pos"}}
PARCELS = {"masters": {**ESTATE["masters"], "finance": "wms"}}


def found(story: ByHand) -> Finding:
    return judge(story.end(400, 900).records).finding("ledger_unbalanced")


def shop(estate: Mapping[str, object], **judging: object) -> ByHand:
    story = ByHand(judging={**QUICK, **judging}, estate=estate)
    return story.stock("TEE", W1=9, S1=9).stock("CAP", W1=9, S1=9).trade()


def till(**judging: object) -> ByHand:
    """A till has sold goods for 19.99."""
    return shop(TILLS, **judging).at(10).sale("R1", TEE=1)


def kinds(story: ByHand) -> list[str]:
    return [breach.kind for breach in found(story).breaches]


# --- tills ----------------------------------------------------------------------------


def test_a_sale_that_is_booked_with_its_amount_holds() -> None:
    assert found(till().at(50).books("B1", ("sale", "R1", 1999))).verdict is Verdict.HOLDS


def test_without_books_nothing_is_put_to_the_test() -> None:
    story = shop({}).at(10).sale("R1", TEE=1)

    assert found(story).verdict is Verdict.UNDECIDED


def test_who_plays_no_finance_is_not_judged_by_it() -> None:
    story = till().say(say.Flows(10, ("orders", "stock")))

    assert found(story).verdict is Verdict.NOT_JUDGED


def test_a_sale_in_no_batch_is_missing() -> None:
    [breach] = found(till()).breaches

    assert (breach.kind, breach.key, breach.at_s) == ("missing", "R1", 70)
    assert (breach.units, breach.money_minor) == (1, 1999)


def test_a_sale_that_was_reported_is_held_and_may_be_booked_late() -> None:
    assert found(till().at(80).desk("sale:R1")).verdict is Verdict.HOLDS


@pytest.mark.parametrize("batch", ["B1", "B2"])
def test_a_sale_that_is_booked_again_is_there_twice(batch: str) -> None:
    story = till().at(20).books("B1", ("sale", "R1", 1999))
    if batch == "B1":
        story = till().at(20).books("B1", ("sale", "R1", 1999), ("sale", "R1", 1999))
    else:
        story.at(300).books(batch, ("sale", "R1", 1999))

    [breach] = found(story).breaches
    assert (breach.kind, breach.key, breach.money_minor) == ("twice", "R1", 1999)


def test_a_sale_that_is_booked_with_another_amount_is_wrong_by_the_difference() -> None:
    [breach] = found(till().at(20).books("B1", ("sale", "R1", 1998))).breaches

    assert (breach.kind, breach.money_minor, breach.expected) == ("amount", 1, "19.99")


def test_a_discount_counts_with_its_sale() -> None:
    story = till()
    story.say(say.Charged(10, "till", 0, "pos", "R1", "sale", 1799, 300, "GBP")).at(20)
    story.say(say.Batch(20, "B1", "P1", 2))
    for kind, account, minor, tax in (("sale", "4000", 1999, 333), ("discount", "4900", -200, -33)):
        story.say(say.Booked(20, "B1", "R1", kind, account, minor, tax, "GBP"))

    assert found(story).verdict is Verdict.HOLDS


def test_tax_is_booked_to_the_penny_where_the_till_tells_it() -> None:
    story = till().say(say.Charged(10, "till", 0, "pos", "R1", "sale", 1999, 333, "GBP"))
    assert kinds(story.at(20).books("B1", ("sale", "R1", 1999), tax_minor=332)) == ["amount"]


def test_what_comes_back_is_below_zero_and_a_void_is_a_transaction_of_its_own() -> None:
    story = till().at(12).sale("R2", what="return", TEE=1).at(14).sale("R3", TEE=1)
    story.say(
        say.Sale(15, "till", 0, "pos", "R3", "S1", "void", (Line("1", "TEE", 1, 1999),), 15, "R3")
    )
    story.at(20).books(
        "B1", ("sale", "R1", 1999), ("return", "R2", -1999), ("sale", "R3", 1999)
    ).at(40).books("B2", ("void", "R3", -1999))

    assert found(story).verdict is Verdict.HOLDS


def test_an_entry_without_an_account_is_refused_and_so_is_a_wrong_one() -> None:
    assert kinds(till().at(20).books("B1", ("sale", "R1", 1999), account="")) == ["account"]

    estate: dict[str, object] = {**TILLS, "accounts": {"sale": "4000"}}
    story = shop(estate).at(10).sale("R1", TEE=1)
    assert kinds(story.at(20).books("B1", ("sale", "R1", 1999), account="4711")) == ["account"]


def test_an_entry_in_another_currency_is_wrong() -> None:
    story = till().at(20).say(say.Batch(20, "B1", "P1", 1))
    story.say(say.Booked(20, "B1", "R1", "sale", "4000", 1999, 0, "EUR"))

    assert kinds(story) == ["account"]


def test_what_never_happened_is_not_booked() -> None:
    story = till().at(20).books("B1", ("sale", "R1", 1999), ("sale", "W-1", 500))

    [breach] = found(story).breaches
    assert (breach.kind, breach.key, breach.money_minor) == ("unknown", "W-1", 500)


def test_a_batch_is_closed_once() -> None:
    story = till().at(20).books("B1", ("sale", "R1", 1999)).say(say.Batch(30, "B1", "P1", 3))

    [breach] = found(story).breaches
    assert (breach.kind, breach.key) == ("closed twice", "B1")


# --- parcels and refunds --------------------------------------------------------------


def sent() -> ByHand:
    """A parcel with goods for 49.97 left in two parts, a TEE first."""
    story = shop(PARCELS).at(10).placed("1001", "W1", TEE=2, CAP=1).paid("1001").work("1001")
    return story.at(20).shipped("SO-1001", "A", TEE=1).at(30).shipped("SO-1001", "B", TEE=1, CAP=1)


def test_each_parcel_is_booked_with_what_is_in_it() -> None:
    story = sent().at(40).books("B1", ("shipment", "A", 1999), ("shipment", "T-B", 2998))

    assert found(story).verdict is Verdict.HOLDS


def test_the_order_is_no_transaction() -> None:
    story = sent().at(40).books("B1", ("shipment", "1001", 4997))

    assert kinds(story) == ["unknown", "missing", "missing"]


def test_the_total_of_the_order_is_not_what_its_first_parcel_is_worth() -> None:
    story = sent().at(40).books("B1", ("shipment", "A", 4997), ("shipment", "B", 2998))

    [breach] = found(story).breaches
    assert (breach.kind, breach.money_minor) == ("amount", 2998)


@pytest.mark.parametrize("ref", ["R-7", "1001"])
def test_a_refund_is_booked_by_its_own_reference_or_by_its_order(ref: str) -> None:
    story = sent().at(35).paid("1001", "refunded", minor=999, ref="R-7").at(40)
    story.books("B1", ("shipment", "A", 1999), ("shipment", "B", 2998), ("refund", ref, -999))

    assert found(story).verdict is Verdict.HOLDS


def test_a_refund_that_is_not_booked_is_missing() -> None:
    story = sent().at(35).paid("1001", "refunded", minor=999, ref="R-7").at(40)

    [breach] = found(story.books("B1", ("shipment", "A", 1999), ("shipment", "B", 2998))).breaches
    assert (breach.kind, breach.key) == ("missing", "R-7")


def test_a_bundle_may_lose_the_pennies_of_its_parts() -> None:
    estate: dict[str, object] = {**PARCELS, "bundles": {"KIT": {"TEE": 1, "CAP": 2}}}
    story = shop(estate).at(10).placed("1001", "W1", KIT=1).paid("1001")
    story.work("1001", units={"TEE": 1, "CAP": 2}).at(20).shipped("SO-1001")

    assert found(story.at(30).books("B1", ("shipment", "P-SO-1001", 100))).verdict is Verdict.HOLDS


# --- periods --------------------------------------------------------------------------

PERIODS = {"P1": 100.0, "P2": 200.0, "P3": 1000.0}


def test_a_transaction_is_booked_in_its_own_period_or_the_next() -> None:
    story = till(periods=PERIODS).at(50).books("B1", ("sale", "R1", 1999), period="P1")
    story.at(99).sale("R2", TEE=1).at(110).books("B2", ("sale", "R2", 1999), period="P2")

    assert found(story).verdict is Verdict.HOLDS


def test_a_transaction_is_not_booked_before_its_time() -> None:
    story = shop(TILLS, periods=PERIODS).at(110).sale("R1", TEE=1)

    [breach] = found(story.at(120).books("B1", ("sale", "R1", 1999), period="P1")).breaches
    assert (breach.kind, breach.key, breach.expected) == ("period", "R1", "booked in P2")


def test_a_closed_period_stays_closed() -> None:
    story = till(periods=PERIODS).at(60).sale("R2", TEE=1).at(62)
    story.books("B1", ("sale", "R1", 1999), period="P2").books("B2", ("sale", "R2", 1999))

    [breach] = found(story).breaches
    assert (breach.kind, breach.key) == ("period", "B2")


def test_a_period_that_nobody_knows_is_none() -> None:
    story = till(periods=PERIODS).at(20).books("B1", ("sale", "R1", 1999), period="May")

    [breach] = found(story).breaches
    assert (breach.kind, breach.key) == ("period", "B1")
