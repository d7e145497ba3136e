"""Every scenario: the reference engine holds it; without the guard that it names, it breaks."""

from __future__ import annotations

import pytest

from peakproof import catalogue
from peakproof.explore.rounds import Failed, play
from peakproof.judging.invariants.registry import REGISTER
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.run.setting import Setting
from peakproof.scenario import Named

REFERENCE = "reference"
NAIVE = "examples/connectors/naive.py:connector"
SLIPS = "examples/connectors/slips.py"
ALARMIST = "examples/connectors/alarmist.py:connector"
EVERYTHING = [each for each in catalogue.virtual_scenarios() if each.name != "trading-day"]
"""Whole days have tests of their own: test_trading_days.py."""
PROOFS = [
    pytest.param(
        named, proof.without, proof.breaks, id=f"{named.id} without {'+'.join(proof.without)}"
    )
    for named in EVERYTHING
    for proof in named.scenario.proves
]


def judged(setting: Setting) -> RunVerdict:
    outcome = play(setting)
    assert not isinstance(outcome, Failed), outcome
    return outcome


@pytest.mark.parametrize("named", EVERYTHING, ids=lambda named: named.id)
def test_the_reference_engine_holds_it(named: Named) -> None:
    verdict = judged(Setting(named=named, seed=1))
    told = [(item.invariant, [one.sentence for one in item.breaches]) for item in verdict.broken]
    assert verdict.verdict is Verdict.HOLDS, told or verdict.reasons


@pytest.mark.parametrize(("named", "without", "breaks"), PROOFS)
def test_without_the_guard_it_breaks_for_the_reason_that_it_states(
    named: Named, without: tuple[str, ...], breaks: tuple[str, ...]
) -> None:
    verdict = judged(Setting(named=named, seed=1, without=without))
    assert verdict.verdict is Verdict.BROKEN
    assert {item.invariant for item in verdict.broken} & set(breaks)


BROKEN_BY = {
    "confirmed_twice": ("commercetools_deposco/confirmation-twice", REFERENCE, ("confirm_once",)),
    "confirmation_late": ("commercetools_deposco/calm-day", f"{SLIPS}:late", ()),
    "confirmation_missing": ("commercetools_deposco/webhook-lost", REFERENCE, ("sweep",)),
    "failure_unseen": ("commercetools_deposco/unknown-sku", NAIVE, ()),
    "false_alarm": ("commercetools_deposco/calm-day", ALARMIST, ()),
    "ghost_stock": ("pos_deposco/ghost-return", REFERENCE, ("returns_posted",)),
    "lost_update": ("commercetools_deposco/cancel-overwritten", REFERENCE, ("version_check",)),
    "order_duplicated": ("pos_deposco/lost-response", REFERENCE, ("look_before_create",)),
    "order_lost": ("pos_deposco/clock-skew", REFERENCE, ("overlap_window",)),
    "order_stuck": ("pos_deposco/last-unit-race", NAIVE, ()),
    "oversold": ("pos_deposco/last-unit-race", NAIVE, ()),
    "refunded_and_shipped": ("pos_deposco/cancel-too-late", REFERENCE, ("cancel_answer",)),
    "stale_stock": ("commercetools_deposco/delta-drift", REFERENCE, ("snapshot",)),
    "status_stalled": ("commercetools_deposco/clean-day", REFERENCE, ("conflict_reread",)),
    "stock_diverged": ("commercetools_deposco/delta-drift", REFERENCE, ("snapshot",)),
    "shipped_uncaptured": (
        "pos_deposco/payment-race",
        REFERENCE,
        ("release_on_payment",),
    ),
    "sync_loop": ("pos_deposco/sync-loop", REFERENCE, ("echo",)),
    "till_sale_lost": ("pos_deposco/reset-before", REFERENCE, ("retry_unknown",)),
    "wrong_item_shipped": ("commercetools_deposco/calm-day", f"{SLIPS}:swapped", ()),
    "unpaid_release": ("pos_deposco/payment-race", REFERENCE, ("release_on_payment",)),
}
"""A wrong connector for each invariant; units are conserved whatever a connector does."""


def proofs_of(invariant: str) -> list[Setting]:
    """The wrong connectors that scenarios themselves state for an invariant."""
    return [
        Setting(named=named, seed=1, without=proof.without)
        for named in EVERYTHING
        for proof in named.scenario.proves
        if invariant in proof.breaks
    ]


@pytest.mark.parametrize("invariant", REGISTER)
def test_each_invariant_is_broken_by_a_wrong_connector(invariant: str) -> None:
    if invariant == "units_conserved":
        assert invariant not in BROKEN_BY
        return
    if invariant in BROKEN_BY:
        name, connector, without = BROKEN_BY[invariant]
        (named,) = catalogue.select([name])
        wrong = [Setting(named=named, seed=1, connector=connector, without=without)]
    else:
        wrong = proofs_of(invariant)
    assert wrong, f"{invariant}: no scenario proves it and no wrong connector breaks it"
    broken = ({item.invariant for item in judged(setting).broken} for setting in wrong)
    assert any(invariant in names for names in broken)


@pytest.mark.parametrize("integration", ["pos_deposco", "commercetools_deposco"])
def test_a_naive_connector_holds_a_calm_day(integration: str) -> None:
    (named,) = catalogue.select([f"{integration}/calm-day"])
    verdict = judged(Setting(named=named, seed=1, connector=NAIVE))
    assert verdict.verdict is Verdict.HOLDS, verdict.reasons


def test_a_naive_connector_is_broken_by_the_race_alone() -> None:
    (race,) = catalogue.select(["pos_deposco/last-unit-race"])
    alone = ("events", [{"at_s": 30.0, "act": {"kind": "order", "sku": 1, "place": "S1"}}])
    verdict = judged(Setting(named=race, seed=1, connector=NAIVE))
    assert "oversold" in {item.invariant for item in verdict.broken}
    verdict = judged(Setting(named=race, seed=1, connector=NAIVE, overrides=(alone,)))
    assert verdict.verdict is Verdict.HOLDS, verdict.reasons


def test_the_last_unit_goes_online_in_some_seeds_and_over_the_counter_in_others() -> None:
    (race,) = catalogue.select(["pos_deposco/last-unit-race"])
    sold = set()
    for seed in range(1, 9):
        verdict = judged(Setting(named=race, seed=seed))
        assert verdict.verdict is Verdict.HOLDS
        placed, sales = (verdict.counts.get(kind, 0) for kind in ("placed", "sale"))
        assert placed + sales == 1, "exactly one of the two is sold"
        sold.add("web" if placed else "till")
    assert sold == {"web", "till"}


def test_a_lost_sale_has_a_price_although_nobody_bought_one_before() -> None:
    (walk_in,) = catalogue.select(["pos_deposco/last-unit-walk-in"])
    lost = judged(Setting(named=walk_in, seed=1)).figures["lost_sales"]
    assert lost["units"] == 1
    assert lost["money_minor"] > 0
