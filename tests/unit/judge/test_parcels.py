"""Parcels: confirmed, in time, told of no sooner, with the right goods, from the right place."""

from __future__ import annotations

import pytest

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.history.records import Line
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"order_s": 60, "desk_s": 30, "status_s": 60, "confirm_s": 60}


def found(story: ByHand, invariant: str) -> Finding:
    return judge(story.end(400, 900).records).finding(invariant)


def shop(*, estate: dict[str, object] | None = None, **judging: object) -> ByHand:
    story = ByHand(judging={**QUICK, **judging}, estate=estate)
    return story.stock("TEE", W1=9, S1=3).stock("CAP", W1=9).trade()


def taken(story: ByHand, number: str = "1001", **units: int) -> ByHand:
    """An order that is paid and in the warehouse."""
    lines = units or {"TEE": 2}
    return story.placed(number, "W1", **lines).paid(number).work(number)


# --- missing --------------------------------------------------------------------------


@pytest.mark.parametrize("ref", ["P-SO-1001", "T-P-SO-1001"])
def test_a_parcel_that_is_confirmed_under_one_of_its_names_is_not_missing(ref: str) -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(110).confirmed("1001", ref)

    assert found(story, "confirmation_missing").verdict is Verdict.HOLDS


def test_without_a_parcel_no_confirmation_was_due() -> None:
    for name in ("confirmation_missing", "confirmation_late"):
        assert found(taken(shop().at(10)), name).verdict is Verdict.UNDECIDED


def test_a_parcel_that_is_never_confirmed_is_missing() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")

    [breach] = found(story, "confirmation_missing").breaches
    assert (breach.kind, breach.key, breach.at_s) == ("none", "1001", 110)
    assert (breach.units, breach.money_minor) == (2, 3998)
    assert breach.evidence


def test_a_parcel_that_is_confirmed_in_part_is_missing_in_part() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").confirmed("1001", "P-SO-1001", TEE=1)

    [breach] = found(story, "confirmation_missing").breaches
    assert (breach.kind, breach.units) == ("in part", 1)


def test_the_tracking_of_another_parcel_confirms_nothing() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").confirmed("1001", "T-OTHER")

    [breach] = found(story, "confirmation_missing").breaches
    assert (breach.kind, breach.found) == ("other name", "recorded under T-OTHER")


def test_each_of_two_parcels_wants_its_own_confirmation() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001", "A", TEE=1).at(55)
    story.shipped("SO-1001", "B", TEE=1).at(60).confirmed("1001", "A", TEE=1)

    [breach] = found(story, "confirmation_missing").breaches
    assert (breach.units, "T-B" in breach.sentence) == (1, True)


def test_a_confirmation_before_the_parcel_counts() -> None:
    story = taken(shop().at(10)).confirmed("1001", "P-SO-1001").at(50).shipped("SO-1001")

    assert found(story, "confirmation_missing").verdict is Verdict.HOLDS


def test_a_parcel_that_was_recalled_wants_no_confirmation() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")
    lines = (Line("1", "TEE", 2),)
    story.at(55).say(
        say.Parcel(55, "staff", 0, "wms", "SO-1001", "P-SO-1001", "rolled_back", lines, "W1")
    )

    assert not found(story, "confirmation_missing").breaches


def test_a_parcel_that_was_reported_in_time_is_held() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(130).desk("order:1001")

    assert found(story, "confirmation_missing").verdict is Verdict.HOLDS


def test_the_limit_of_a_confirmation_is_that_of_the_status_unless_it_is_stated() -> None:
    assert found(shop(), "confirmation_missing").limits["shipment_s"] == 60
    assert found(shop(shipment_s=5), "confirmation_missing").limits["shipment_s"] == 5


BUNDLE: dict[str, object] = {"bundles": {"KIT": {"TEE": 1, "CAP": 2}}}


def kit(story: ByHand) -> ByHand:
    """A bundle is sold; its two components leave in two parcels."""
    story.at(10).placed("1001", "W1", KIT=1).paid("1001").work("1001", units={"TEE": 1, "CAP": 2})
    return story.at(50).shipped("SO-1001", "A", TEE=1).at(55).shipped("SO-1001", "B", CAP=2)


def test_a_bundle_is_confirmed_with_its_last_parcel() -> None:
    story = kit(shop(estate=BUNDLE)).at(60).confirmed("1001", "B", KIT=1)

    assert found(story, "confirmation_missing").verdict is Verdict.HOLDS


def test_a_bundle_that_is_never_confirmed_is_missing() -> None:
    assert found(kit(shop(estate=BUNDLE)), "confirmation_missing").count == 2


# --- late -----------------------------------------------------------------------------


@pytest.mark.parametrize("at", [120, 300])
def test_a_parcel_that_is_confirmed_past_the_limit_was_late_and_is_not_missing(at: int) -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(at).confirmed("1001", "P-SO-1001")

    [breach] = found(story, "confirmation_late").breaches
    assert (breach.key, breach.at_s, breach.units) == ("1001", 110, 2)
    assert not judge(story.records).finding("confirmation_missing").breaches


def test_a_parcel_that_is_confirmed_in_time_is_not_late() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(110).confirmed("1001", "P-SO-1001")

    assert found(story, "confirmation_late").verdict is Verdict.HOLDS


def test_a_delay_that_was_reported_is_held() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001").at(120).desk("order:1001")
    story.at(300).confirmed("1001", "P-SO-1001")

    assert not found(story, "confirmation_late").breaches


# --- told too early -------------------------------------------------------------------

SCANNED: dict[str, object] = {"notify_on": "scanned"}
SENT: dict[str, object] = {"notify_on": "shipped"}


def test_where_nothing_is_said_about_messages_they_are_not_ruled() -> None:
    story = taken(shop().at(10)).at(20).notice("1001", "P-SO-1001")

    assert found(story, "notified_early").verdict is Verdict.UNDECIDED


def test_a_customer_who_hears_after_the_first_scan_hears_in_time() -> None:
    story = taken(shop(estate=SCANNED).at(10)).at(50).shipped("SO-1001").at(60).scanned("SO-1001")
    story.at(61).notice("1001", "T-P-SO-1001")

    assert found(story, "notified_early").verdict is Verdict.HOLDS


def test_a_customer_who_hears_before_the_first_scan_hears_early() -> None:
    story = taken(shop(estate=SCANNED).at(10)).at(50).shipped("SO-1001")
    story.at(51).notice("1001", "T-P-SO-1001").at(60).scanned("SO-1001")

    [breach] = found(story, "notified_early").breaches
    assert (breach.key, breach.at_s, breach.units, breach.money_minor) == ("1001", 51, 2, 3998)


@pytest.mark.parametrize("messages", [1, 2])
def test_a_message_that_names_no_parcel_may_be_about_the_one_that_was_scanned(
    messages: int,
) -> None:
    story = taken(shop(estate=SCANNED).at(10)).at(50).shipped("SO-1001", "A", TEE=1)
    story.shipped("SO-1001", "B", TEE=1).at(60).scanned("SO-1001", "A").at(61)
    for _ in range(messages):
        story.notice("1001")

    assert found(story, "notified_early").count == messages - 1


def test_a_message_may_have_to_wait_for_the_parcel_alone() -> None:
    story = taken(shop(estate=SENT).at(10)).at(50).notice("1001").at(60).shipped("SO-1001")
    assert found(story, "notified_early").count == 1

    story = taken(shop(estate=SENT).at(10)).at(50).shipped("SO-1001").notice("1001")
    assert found(story, "notified_early").verdict is Verdict.HOLDS


def test_a_message_about_an_order_that_was_reported_is_somebodys_decision() -> None:
    story = taken(shop(estate=SCANNED).at(10)).at(50).shipped("SO-1001").at(60).desk("order:1001")

    assert not found(story.at(70).notice("1001", "P-SO-1001"), "notified_early").breaches


# --- wrong goods ----------------------------------------------------------------------


def withdrawn(story: ByHand, **units: int) -> ByHand:
    """Some units of the order are taken off."""
    lines = tuple(Line("1", sku, count, 0, "W1") for sku, count in units.items())
    return story.say(say.Withdrawn(story.t, "staff", 0, "shop", "1001", lines))


def test_a_parcel_with_what_was_ordered_holds() -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")

    assert found(story, "wrong_item_shipped").verdict is Verdict.HOLDS
    assert found(taken(shop().at(10)), "wrong_item_shipped").verdict is Verdict.UNDECIDED


def test_another_item_in_the_parcel_is_wrong() -> None:
    story = shop().at(10).placed("1001", "W1", TEE=1).paid("1001").work("1001", units={"CAP": 1})
    story.at(50).shipped("SO-1001")

    [breach] = found(story, "wrong_item_shipped").breaches
    assert (breach.kind, breach.at_s, breach.units, breach.money_minor) == ("extra", 50, 1, 999)


def test_a_unit_that_was_taken_off_before_must_not_ship() -> None:
    story = withdrawn(taken(shop().at(10)).at(20), TEE=1).at(50).shipped("SO-1001")

    [breach] = found(story, "wrong_item_shipped").breaches
    assert (breach.units, breach.money_minor) == (1, 1999)


def test_a_unit_that_is_taken_off_afterwards_was_right() -> None:
    story = withdrawn(taken(shop().at(10)).at(50).shipped("SO-1001").at(60), TEE=1)

    assert found(story, "wrong_item_shipped").verdict is Verdict.HOLDS


def test_a_late_edit_that_was_reported_is_held() -> None:
    story = withdrawn(taken(shop().at(10)).at(20), TEE=1).desk("order:1001").at(50)

    assert not found(story.shipped("SO-1001"), "wrong_item_shipped").breaches


def test_a_line_that_is_added_has_to_reach_the_warehouse() -> None:
    story = taken(shop().at(10)).at(20).placed("1001", "W1", CAP=1)
    [breach] = found(story, "wrong_item_shipped").breaches
    assert (breach.kind, breach.at_s, breach.units, breach.money_minor) == ("added", 80, 1, 999)

    story = taken(shop().at(10)).at(20).placed("1001", "W1", CAP=1).work("1001", "SO-2")
    assert found(story, "wrong_item_shipped").verdict is Verdict.HOLDS


def test_an_order_that_was_cancelled_as_a_whole_is_another_rules_case() -> None:
    story = taken(shop().at(10)).at(20).withdrawn("1001").at(50).shipped("SO-1001")

    assert not found(story, "wrong_item_shipped").breaches


# --- wrong place ----------------------------------------------------------------------


def test_an_order_at_the_facility_that_it_was_sold_from_holds() -> None:
    story = taken(shop().at(10))

    assert found(story, "misrouted").verdict is Verdict.HOLDS
    assert found(shop(), "misrouted").verdict is Verdict.UNDECIDED


def test_an_order_at_another_facility_is_misrouted() -> None:
    story = shop().at(10).placed("1001", "W1", TEE=2).paid("1001").at(12).work("1001", place="S1")

    [breach] = found(story, "misrouted").breaches
    assert (breach.kind, breach.at_s, breach.units, breach.money_minor) == ("place", 12, 2, 3998)


def test_what_was_cut_may_come_from_another_node() -> None:
    story = taken(shop().at(10)).at(20).cut("SO-1001", TEE=2).work("1001", "SO-2", place="S1")

    assert found(story, "misrouted").verdict is Verdict.HOLDS


def test_a_place_without_a_mapping_is_not_guessed() -> None:
    story = shop().at(10).placed("1001", "NEW", TEE=1).paid("1001").work("1001", place="W1")

    [breach] = found(story, "misrouted").breaches
    assert breach.kind == "unmapped"


def test_a_facility_that_nobody_knows_is_misrouted() -> None:
    story = shop().at(10).placed("1001", "W1", TEE=1).paid("1001").work("1001", place="X9")

    [breach] = found(story, "misrouted").breaches
    assert breach.kind == "facility"


@pytest.mark.parametrize(("source", "count"), [("W1", 0), ("S1", 1)])
def test_the_stock_that_pays_for_a_parcel_is_where_it_left(source: str, count: int) -> None:
    story = taken(shop().at(10)).at(50).shipped("SO-1001")
    lines = (Line("1", "TEE", 2, 0, source),)
    story.at(52).say(say.Confirmed(52, "connector", 0, "shop", "1001", "P-SO-1001", lines))

    assert [one.kind for one in found(story, "misrouted").breaches] == ["source"] * count
