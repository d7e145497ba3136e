"""A whole day of each integration: thousands of orders, and everything that may become of them."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from peakproof import catalogue
from peakproof.history.reader import read_history
from peakproof.history.records import CancelAsked, Move, Parcel, Placed, Withdrawn
from peakproof.judging.verdict import Verdict
from peakproof.run.judged import rehearse
from peakproof.run.setting import Setting
from peakproof.scenario import Named

DAYS = [each for each in catalogue.virtual_scenarios() if each.name == "trading-day"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("PEAKPROOF_ALL"), reason="whole days take minutes"),
]


def test_every_integration_has_its_day() -> None:
    integrations = {each.integration for each in catalogue.virtual_scenarios()}
    assert {day.integration for day in DAYS} == integrations
    assert len(integrations) == 5


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.integration)
def test_the_right_connector_holds_a_whole_day_with_all_that_happens_in_it(
    day: Named, tmp_path: Path
) -> None:
    saved = tmp_path / "day.ndjson"
    verdict = rehearse(Setting(named=day, seed=1), history=saved)
    assert verdict.verdict is Verdict.HOLDS, verdict.reasons
    placed = cancelled = returned = 0
    nodes: Counter[str] = Counter()
    parcels: Counter[str] = Counter()
    for record in read_history(saved):
        if isinstance(record, Placed):
            placed += 1
        elif isinstance(record, Withdrawn | CancelAsked):
            cancelled += 1
        elif isinstance(record, Move) and record.src == "customer":
            returned += record.units
        elif isinstance(record, Parcel) and record.what == "shipped":
            parcels[record.number] += 1
            nodes[record.place] += 1
    assert placed >= 2_000
    assert len(nodes) >= 2, "parcels leave from two nodes"
    assert sum(many > 1 for many in parcels.values()) > 20, "orders leave in parts"
    assert cancelled > 10
    assert returned > 20
