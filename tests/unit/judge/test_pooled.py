"""A shop that sells what its nodes have together is judged by the sum that it shows."""

from __future__ import annotations

import pytest

from peakproof.history.by_hand import ESTATE, ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Verdict


def story(*, pooled: bool, hold_back: int = 0) -> ByHand:
    """Three and two tees, of which the shop shows nothing yet."""
    web, _till = ESTATE["channels"]
    masters = {**ESTATE["masters"], "sales": ""}
    estate = {"channels": [{**web, "pooled": pooled}], "hold_back": hold_back, "masters": masters}
    return ByHand(estate=estate).stock("TEE", W1=3, S1=2).trade()


@pytest.mark.parametrize(("pooled", "holds"), [(True, True), (False, False)])
def test_only_of_a_pooled_shop_does_the_sum_alone_count(pooled: bool, holds: bool) -> None:
    told = story(pooled=pooled).at(10).shows("shop", "W1", "TEE", 1).shows("shop", "S1", "TEE", 4)
    verdict = judge(told.end(100, 900).records).finding("stock_diverged").verdict
    assert (verdict is Verdict.HOLDS) is holds


def test_a_pooled_shop_that_shows_one_too_many_diverges() -> None:
    told = story(pooled=True).at(10).shows("shop", "W1", "TEE", 4).shows("shop", "S1", "TEE", 2)
    finding = judge(told.end(100, 900).records).finding("stock_diverged")
    assert "shop W1+S1" in finding.breaches[0].sentence
    assert (finding.breaches[0].expected, finding.breaches[0].found) == (
        "at most 5", "6",
    )  # fmt: skip


@pytest.mark.parametrize(("shown", "holds"), [(3, True), (4, True), (2, False), (5, False)])
def test_each_shelf_of_a_pooled_shop_has_a_hold_back_of_its_own(shown: int, holds: bool) -> None:
    told = story(pooled=True, hold_back=1)
    told.at(10).shows("shop", "W1", "TEE", shown).shows("shop", "S1", "TEE", 0)
    verdict = judge(told.end(100, 900).records).finding("stock_diverged").verdict
    assert (verdict is Verdict.HOLDS) is holds
