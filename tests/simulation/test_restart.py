"""The connector's process is killed at a random await and started again on its store."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from peakproof import catalogue
from peakproof.errors import ConnectorError
from peakproof.history.reader import read_history
from peakproof.history.records import Call, Hook, Sometimes
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.run.judged import rehearse
from peakproof.run.replay import play_again
from peakproof.run.setting import ONE_RESTART, Setting
from peakproof.run.virtual import KILLED
from peakproof.scenario import Named

EVERYTHING = [each for each in catalogue.virtual_scenarios() if each.name != "trading-day"]
DAY = "commercetools_deposco/clean-day"


def restarted(name: str, saved: Path, **setting: Any) -> RunVerdict:
    (named,) = catalogue.select([name])
    setting = {"seed": 1, "overrides": (ONE_RESTART,), **setting}
    return rehearse(Setting(named=named, **setting), history=saved)


def killed_at(saved: Path) -> list[float]:
    return [
        record.t
        for record in read_history(saved)
        if isinstance(record, Sometimes) and record.what == KILLED
    ]


@pytest.mark.parametrize("named", EVERYTHING, ids=lambda named: named.id)
def test_the_reference_engine_holds_it_although_it_is_killed_once(
    named: Named, tmp_path: Path
) -> None:
    saved = tmp_path / "history.ndjson"
    verdict = rehearse(Setting(named=named, seed=1, overrides=(ONE_RESTART,)), history=saved)
    told = [(item.invariant, [one.sentence for one in item.breaches]) for item in verdict.broken]
    assert verdict.verdict is Verdict.HOLDS, told or verdict.reasons
    assert len(killed_at(saved)) == 1


def test_it_dies_at_different_moments_and_always_while_trading_is_open(tmp_path: Path) -> None:
    moments = set()
    for seed in range(1, 7):
        saved = tmp_path / f"{seed}.ndjson"
        restarted(DAY, saved, seed=seed)
        moments.update(killed_at(saved))
    (named,) = catalogue.select([DAY])
    opens_s = named.scenario.open_s
    assert len(moments) == 6
    assert all(opens_s <= at_s <= opens_s + named.scenario.duration_s + 60 for at_s in moments)


def test_nothing_is_called_between_death_and_restart(tmp_path: Path) -> None:
    saved = tmp_path / "history.ndjson"
    restarted(DAY, saved, overrides=(("restarts", [{"down_s": 30.0}]),))
    (died_s,) = killed_at(saved)
    records = list(read_history(saved))
    sent = [record.t for record in records if isinstance(record, Call)]
    assert not [at_s for at_s in sent if died_s < at_s < died_s + 30.0]
    assert [at_s for at_s in sent if at_s >= died_s + 30.0]
    tried = [one for one in records if isinstance(one, Hook) and died_s < one.t < died_s + 30.0]
    assert tried, "notifications come in the meantime"
    assert {one.status for one in tried} == {0}, "and nobody takes them"


def test_a_restarted_run_is_replayed_byte_for_byte(tmp_path: Path) -> None:
    saved = tmp_path / "history.ndjson"
    restarted("pos_deposco/reset-after", saved, seed=4)
    assert play_again(saved).same


@pytest.mark.parametrize("policy", ["uniform", "pct"])
def test_it_holds_under_other_interleavings_too(policy: str, tmp_path: Path) -> None:
    saved = tmp_path / "history.ndjson"
    verdict = restarted("pos_deposco/clean-day", saved, policy=policy)
    assert verdict.verdict is Verdict.HOLDS
    assert len(killed_at(saved)) == 1


def test_a_scenario_that_wants_a_death_and_saw_none_is_undecided(tmp_path: Path) -> None:
    verdict = restarted(
        "commercetools_deposco/crash", tmp_path / "history.ndjson", overrides=(("restarts", []),)
    )
    assert verdict.verdict is Verdict.UNDECIDED
    assert KILLED in " ".join(verdict.reasons)


async def forgetful(rehearsal: Any) -> None:
    """Counts its starts in its store, and will not live twice."""
    with sqlite3.connect(rehearsal.store_path) as store:
        store.execute("CREATE TABLE IF NOT EXISTS starts (at REAL)")
        store.execute("INSERT INTO starts VALUES (?)", (rehearsal.now(),))
        (starts,) = store.execute("SELECT count(*) FROM starts").fetchone()
    store.close()
    if starts > 1:
        raise LookupError("I have been here before")
    while True:
        await asyncio.sleep(1.0)


def test_the_store_survives_and_a_connector_that_fails_at_its_restart_is_told_of(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConnectorError, match="LookupError: I have been here before"):
        restarted(DAY, tmp_path / "history.ndjson", connector=f"{__file__}:forgetful")
