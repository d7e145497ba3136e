"""The same seed is the same history, byte for byte, whatever the process and its hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from peakproof import catalogue
from peakproof.run.judged import rehearse
from peakproof.run.replay import play_again
from peakproof.run.setting import Setting

EVERYTHING = bool(os.environ.get("PEAKPROOF_ALL"))
EVERY_POLICY = os.environ.get("PEAKPROOF_SAMENESS") == "all"
TWO = ("pos_deposco/", "commercetools_deposco/")
POLICIES = ("in_order", "uniform", "pct")
NAIVE = "examples/connectors/naive.py:connector"
UNMODIFIED = [f"tests/simulation/copiers.py:on_{kind}" for kind in ("aiohttp", "httpx", "streams")]
DAYS = ("pos_deposco/calm-day", "commercetools_deposco/calm-day")

PROGRAM = """
import sys
from peakproof import catalogue
from peakproof.run.judged import rehearse
from peakproof.run.setting import ONE_RESTART, Setting
for job in sys.argv[1:]:
    scenario, connector, policy, *restart = job.split("|")
    (named,) = catalogue.select([scenario])
    verdict = rehearse(
        Setting(
            named=named,
            seed=5,
            connector=connector,
            policy=policy,
            overrides=(ONE_RESTART,) if restart else (),
        )
    )
    assert verdict.counts["call"] > 20, job
    print(job, verdict.digest)
"""


LOAD = """
import sys
from benchmarks.trading_day import load_day
from peakproof.history.recorder import Recorder
from peakproof.run.setting import Setting
from peakproof.run.virtual import play
class Nowhere:
    def write(self, part):
        return len(part)
for job in sys.argv[1:]:
    orders, policy, *quarter = job.split("|")
    recorder = Recorder(Nowhere())
    shorter = (("duration_s", 21_600.0), ("settle_s", 3_600.0)) if quarter else ()
    day = Setting(named=load_day(int(orders), 1), seed=5, policy=policy, overrides=shorter)
    stage = play(day, recorder)
    assert stage.wire.calls > 5 * int(orders)
    print(job, recorder.digest())
"""


def digests(jobs: list[str], program: str = PROGRAM) -> list[str]:
    """What two processes with different hash seeds print, at the same time."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, *jobs],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed in ("1", "4242")
    ]
    told = [one.communicate(timeout=1_500)[0] for one in running]
    assert [one.returncode for one in running] == [0, 0]
    return told


def jobs_under(policy: str) -> list[str]:
    """Every scenario under one of the policies; those of two integrations under each in CI.

    ``PEAKPROOF_SAMENESS=all`` plays every scenario under each policy, which takes ten minutes.
    """
    names = [each.id for each in catalogue.virtual_scenarios() if each.name != "trading-day"]
    sampled = names[POLICIES.index(policy) :: len(POLICIES)]
    if not EVERY_POLICY:
        always = TWO if EVERYTHING else ()
        names = [name for name in names if name in sampled or name.startswith(always)]
    plain = [f"{name}|reference" for name in names]
    others = [f"{day}|{connector}" for day in DAYS for connector in (NAIVE, *UNMODIFIED)]
    restarted = [f"{day}|{connector}" for day in DAYS for connector in ("reference", *UNMODIFIED)]
    return [
        *(f"{job}|{policy}" for job in (*plain, *others)),
        *(f"{job}|{policy}|restart" for job in restarted),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
def test_two_processes_with_different_hash_seeds_tell_the_same_history(policy: str) -> None:
    jobs = jobs_under(policy)
    one, other = digests(jobs)
    assert one.count("\n") == len(jobs)
    assert one == other


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES if EVERYTHING else POLICIES[:1])
def test_a_day_of_many_orders_is_the_same_in_two_processes(policy: str) -> None:
    """``PEAKPROOF_DAY=20000`` plays the whole day; it takes minutes under each policy.

    Else 2,000 orders in the day, or the 500 of a quarter of it: what is polled costs by the hour.
    """
    orders = int(os.environ.get("PEAKPROOF_DAY", "2000" if EVERYTHING else "500"))
    quarter = "" if orders >= 2_000 else "|quarter"
    one, other = digests([f"{orders}|{policy}{quarter}"], LOAD)
    assert one.startswith(f"{orders}|")
    assert one == other


def test_another_seed_is_another_history() -> None:
    (named,) = catalogue.select(["commercetools_deposco/clean-day"])
    assert (
        rehearse(Setting(named=named, seed=1)).digest
        != rehearse(Setting(named=named, seed=2)).digest
    )


@pytest.mark.parametrize("name", ["pos_deposco/reset-after", "commercetools_deposco/webhook-lost"])
def test_a_saved_history_is_replayed_byte_for_byte(name: str, tmp_path: Path) -> None:
    (named,) = catalogue.select([name])
    saved = tmp_path / "history.ndjson"
    verdict = rehearse(Setting(named=named, seed=3), history=saved)
    again = play_again(saved)
    assert again.same
    assert again.verdict.digest == verdict.digest


def test_a_history_that_was_changed_is_told_with_its_line(tmp_path: Path) -> None:
    (named,) = catalogue.select(["commercetools_deposco/payment-race"])
    saved = tmp_path / "history.ndjson"
    rehearse(Setting(named=named, seed=3), history=saved)
    lines = saved.read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b'"t":0.0', b'"t":0.1')
    saved.write_bytes(b"\n".join(lines))
    again = play_again(saved)
    assert not again.same
    assert again.differs_at == 5
