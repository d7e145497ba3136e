"""The engine as a process of its own, by `peakproof check`: the verdicts of virtual time, live.

A few scenarios in every test run. With ``PEAKPROOF_LIVE=1`` every scenario that can be played
live, and every proof that a scenario states; with ``PEAKPROOF_LIVE=5`` each scenario five times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.live.processes import ENGINE, PEAKPROOF, ROOT

from peakproof import catalogue
from peakproof.judging.verdict import Verdict
from peakproof.report.json import document
from peakproof.run.judged import rehearse
from peakproof.run.setting import Setting
from peakproof.scenario import REFERENCE

pytestmark = pytest.mark.slow

TIMES = int(os.environ.get("PEAKPROOF_LIVE", "0"))
HOLD = ("commercetools_deposco/lost-response",)
BREAK = (("pos_deposco/sync-loop", "echo"), ("pos_deposco/last-unit-walk-in", "hold_back"))
RATES = (30, 15, 5)
"""Seconds of run time in one; a machine that cannot keep up with one tries the next. A race that
a guard is for may need a slower one too: at 30, ten milliseconds of noise are a long time."""

Case = tuple[str, tuple[str, ...], int]
"""A scenario, the guards that are off, and the seed."""


def cases() -> Iterator[Case]:
    if not TIMES:
        yield from ((name, (), 1) for name in HOLD)
        yield from ((name, (guard,), 1) for name, guard in BREAK)
        return
    for named in catalogue.scenarios().values():
        engine = named.scenario.subject(REFERENCE) == REFERENCE
        if engine and named.scenario.modes == ("virtual", "live"):
            yield from ((named.id, (), seed) for seed in range(1, TIMES + 1))
            yield from ((named.id, proof.without, 1) for proof in named.scenario.proves)


def called(case: Case) -> str:
    name, without, seed = case
    return f"{name}{''.join(f' without {guard}' for guard in without)} {seed}"


def live(case: Case, folder: Path) -> dict[str, Any]:
    """What the command tells about a live run, at the highest rate that shows something."""
    name, without, seed = case
    off = ["--set", f"connector.guards.off={json.dumps(without)}"] if without else []
    told: dict[str, Any] = {}
    for rate in RATES:
        file = folder / f"{rate}.json"
        done = subprocess.run(
            [*PEAKPROOF, "check", name, "--stays", "--rate", str(rate), "--seed", str(seed), *off,
             "--limit", "900", "--json", str(file), "--", *ENGINE],
            cwd=ROOT, capture_output=True, text=True, timeout=1000, check=False,
        )  # fmt: skip
        assert file.exists(), done.stderr
        (told,) = json.loads(file.read_text("utf-8"))["scenarios"]
        assert done.returncode == {"holds": 0, "broken": 1, "undecided": 3}[told["verdict"]]
        kept_up = not any("could not keep up" in one["reason"] for one in told["not_judged"])
        if kept_up and not (without and told["verdict"] == "holds"):
            break
    return told


def _left_open(told: dict[str, Any]) -> set[str]:
    return {one["invariant"] for one in told["not_judged"]}


@pytest.mark.parametrize("case", list(cases()), ids=called)
def test_the_engine_as_a_process_gets_the_verdict_of_virtual_time(
    case: Case, tmp_path: Path
) -> None:
    name, without, seed = case
    (named,) = catalogue.select([name])
    virtual = rehearse(Setting(named=named, seed=seed, without=without))
    told = live(case, tmp_path)
    assert told["verdict"] == virtual.verdict.value, told["broken"] or told["not_judged"]
    stated = set(named.scenario.invariants)
    (in_virtual,) = document([virtual])["scenarios"]
    assert _left_open(told) & stated <= _left_open(in_virtual)
    assert virtual.verdict is (Verdict.BROKEN if without else Verdict.HOLDS)
    if without:
        broken = {one["invariant"] for one in told["broken"]}
        wanted = [set(proof.breaks) for proof in named.scenario.proves if proof.without == without]
        assert [bool(broken & breaks) for breaks in wanted] == [True]


def test_a_connector_that_the_machine_cannot_feed_at_that_rate_is_not_called_broken(
    tmp_path: Path,
) -> None:
    busy = tmp_path / "busy.py"
    busy.write_text(
        "import sys, urllib.request\n"
        "try:\n"
        "    urllib.request.urlopen(sys.argv[1])\n"
        "except OSError:\n"
        "    pass\n"
        "while True:\n"
        "    pass\n",
        "utf-8",
    )
    done = subprocess.run(
        [*PEAKPROOF, "check", "pos_deposco/sync-loop", "--stays", "--rate", "100", "--quiet", "0.5",
         "--json", "-", "--", sys.executable, str(busy), "{deposco.url}"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    (told,) = json.loads(done.stdout)["scenarios"]
    assert (done.returncode, told["verdict"]) == (3, "undecided"), told["broken"]
    reasons = [one["reason"] for one in told["not_judged"] if "looked broken" in one["reason"]]
    assert reasons
    assert all("run with a lower --rate" in reason for reason in reasons)
