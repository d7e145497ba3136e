"""What a channel writes down of an order: reservations and documents, until both are settled."""

from __future__ import annotations

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.history.records import Line
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Finding, Verdict

QUICK = {"order_s": 60, "desk_s": 30, "status_s": 60, "confirm_s": 60}


def found(story: ByHand, invariant: str) -> Finding:
    return judge(story.end(400, 900).records).finding(invariant)


def taken(**judging: object) -> ByHand:
    """An order with its reservations, paid and in the warehouse."""
    story = ByHand(judging={**QUICK, **judging}).stock("TEE", W1=9).stock("CAP", W1=9).trade()
    story.at(10).reserved("1001", TEE=-2, CAP=-1).placed("1001", "W1", TEE=2, CAP=1)
    return story.paid("1001").work("1001")


# --- reservations ---------------------------------------------------------------------


def test_a_shipment_that_compensates_its_reservation_holds() -> None:
    story = taken().at(50).shipped("SO-1001").at(100).reserved("1001", TEE=2, CAP=1)

    assert found(story, "reservation_leak").verdict is Verdict.HOLDS


def test_systems_that_keep_no_reservations_are_not_looked_at() -> None:
    story = ByHand(judging=QUICK).stock("TEE", W1=9).trade().at(10).placed("1001", "W1", TEE=1)

    assert found(story.life("1001"), "reservation_leak").verdict is Verdict.UNDECIDED


def test_a_reservation_that_is_never_compensated_leaks() -> None:
    [breach] = found(taken().at(50).shipped("SO-1001"), "reservation_leak").breaches

    assert (breach.kind, breach.key, breach.units) == ("still held", "1001", 3)
    assert (breach.at_s, breach.money_minor) == (110, 4997)


def test_a_compensation_that_comes_twice_sets_too_much_free() -> None:
    story = taken().at(50).shipped("SO-1001").at(60).reserved("1001", TEE=2, CAP=1)
    story.at(65).reserved("1001", TEE=2)

    [breach] = found(story, "reservation_leak").breaches
    assert (breach.kind, breach.units, breach.found) == ("too much free", 2, "+2 of TEE")


def test_a_partial_shipment_leaves_the_rest_reserved() -> None:
    story = taken().at(50).shipped("SO-1001", TEE=1).at(60).reserved("1001", TEE=1)
    assert found(story, "reservation_leak").verdict is Verdict.HOLDS

    story = taken().at(50).shipped("SO-1001", TEE=1).at(60).reserved("1001", TEE=2, CAP=1)
    assert found(story, "reservation_leak").count == 1


def test_an_order_that_never_had_a_reservation_lacks_it() -> None:
    story = taken().at(50).placed("1002", "W1", TEE=1).paid("1002").work("1002")

    [breach] = found(story, "reservation_leak").breaches
    assert (breach.kind, breach.key) == ("too much free", "1002")


def test_a_withdrawn_order_gives_its_reservation_back() -> None:
    story = taken().at(50).withdrawn("1001").at(60).reserved("1001", TEE=2, CAP=1)
    assert found(story, "reservation_leak").verdict is Verdict.HOLDS

    assert found(taken().at(50).withdrawn("1001"), "reservation_leak").count == 1


def test_a_reservation_of_an_order_that_never_came_to_be_leaks() -> None:
    story = taken().at(50).reserved("1009", TEE=-1)

    [breach] = found(story, "reservation_leak").breaches
    assert (breach.key, "never accepted" in breach.sentence) == ("1009", True)
    story = taken().at(50).reserved("1009", TEE=-1).reserved("1009", TEE=1)
    assert found(story, "reservation_leak").verdict is Verdict.HOLDS


def test_a_leak_that_was_reported_is_held() -> None:
    story = taken().at(50).shipped("SO-1001").at(100).desk("order:1001")

    assert found(story, "reservation_leak").verdict is Verdict.HOLDS


# --- documents ------------------------------------------------------------------------


def done(**judging: object) -> ByHand:
    """An order of 49.97 that is shipped."""
    return taken(**judging).at(50).shipped("SO-1001")


def test_an_order_that_is_invoiced_to_the_penny_is_closed() -> None:
    story = done().document("1001", 3998, number="A").at(100).document("1001", 999, number="B")

    assert found(story, "document_stuck").verdict is Verdict.HOLDS


def test_systems_without_documents_are_not_looked_at() -> None:
    assert found(done(), "document_stuck").verdict is Verdict.UNDECIDED


def test_an_order_that_is_not_finished_may_have_open_documents() -> None:
    story = taken().at(50).document("1001", 4996, state="open")

    assert found(story, "document_stuck").verdict is Verdict.UNDECIDED


def test_a_penny_that_is_left_open_is_stuck() -> None:
    [breach] = found(done().document("1001", 4996), "document_stuck").breaches

    assert (breach.kind, breach.key, breach.money_minor) == ("open amount", "1001", 1)
    assert breach.at_s == 110
    assert found(done().document("1001", 4998), "document_stuck").count == 1


def test_an_invoice_that_is_never_paid_is_stuck() -> None:
    story = done().document("1001", 4997, state="open")

    [breach] = found(story, "document_stuck").breaches
    assert (breach.kind, breach.money_minor) == ("open document", 4997)
    story = done().document("1001", 4997, state="open").at(60).document("1001", 4997)
    assert found(story, "document_stuck").verdict is Verdict.HOLDS


def test_an_invoice_that_was_given_up_counts_no_more() -> None:
    story = done().document("1001", 4997, number="A", state="cancelled")

    assert found(story.document("1001", 4997), "document_stuck").verdict is Verdict.HOLDS
    story = done().document("1001", 4997, number="A").at(60)
    story.document("1001", 4997, number="A", state="cancelled")
    assert found(story, "document_stuck").count == 1


def test_what_was_cancelled_with_its_units_need_not_be_invoiced() -> None:
    story = (
        taken()
        .at(20)
        .say(say.Withdrawn(20, "staff", 0, "shop", "1001", (Line("2", "CAP", 1),), "cancelled"))
    )
    story.document("1001", 999, "cancellation").cut("SO-1001", "cancelled", CAP=1)
    story.at(50).shipped("SO-1001").document("1001", 3998)

    assert found(story, "document_stuck").verdict is Verdict.HOLDS


def test_no_more_is_credited_than_was_invoiced() -> None:
    story = done().document("1001", 4997).at(60).document("1001", 4998, "creditmemo")

    [breach] = found(story, "document_stuck").breaches
    assert "0.01 more are credited" in breach.sentence


def test_a_document_that_was_reported_is_held() -> None:
    story = done().document("1001", 4996).at(60).desk("order:1001")

    assert found(story, "document_stuck").verdict is Verdict.HOLDS
    assert found(done(document_s=7), "document_stuck").limits["document_s"] == 7
