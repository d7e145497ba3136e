"""The settings of many runs, and how one of them is played in a worker process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peakproof.errors import PeakproofError
from peakproof.judging.verdict import RunVerdict
from peakproof.run.judged import rehearse
from peakproof.run.setting import Setting
from peakproof.scenario import Named


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that came to no verdict, with the exit code that it asks for."""

    id: str
    seed: int
    message: str
    exit_code: int


def settings(chosen: Iterable[Named], seeds: Iterable[int], **common: Any) -> Iterator[Setting]:
    """One setting for each scenario and seed, scenario by scenario."""
    listed = list(seeds)
    for named in chosen:
        for seed in listed:
            yield Setting(named=named, seed=seed, **common)


def play(setting: Setting) -> RunVerdict | Failed:
    """Play one run; what is peakproof's or the connector's failure comes back as data."""
    try:
        return rehearse(setting)
    except PeakproofError as error:
        return Failed(setting.named.id, setting.seed, str(error), error.exit_code)


def play_and_keep(setting: Setting, history: Path) -> RunVerdict:
    """Play one run in this process and keep its history."""
    return rehearse(setting, history=history)


def cores() -> int:
    """How many workers this machine can feed."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
