"""Runs with their histories, to be shown: a run that was judged is played again to keep its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from peakproof import catalogue
from peakproof.errors import PeakproofError, UsageError
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.run.judged import rehearse
from peakproof.run.setting import Setting
from peakproof.scenario import REFERENCE

MOST_FILMS: Final = 12
"""Broken runs that a page shows in full; all of them are in its table."""


class Film(msgspec.Struct, frozen=True):
    """A run as people are shown it; ``beside`` is the right connector under the same seed.

    The history of a run that nothing broke is not looked at.
    """

    verdict: RunVerdict
    history: Path
    title: str = ""
    story: str = ""
    beside: Film | None = None


def filmed(jobs: Sequence[Setting], verdicts: Sequence[RunVerdict], folder: Path) -> list[Film]:
    """Films of the first broken runs; the same seed plays the same run again."""
    if len(jobs) == 1 and verdicts[0].verdict is not Verdict.BROKEN:
        scenario = jobs[0].scenario
        return [Film(verdicts[0], folder, scenario.title, scenario.story)]
    by_run = {(job.named.id, job.seed): job for job in jobs}
    broken = [verdict for verdict in verdicts if verdict.verdict is Verdict.BROKEN]
    found: list[Film] = []
    for number, verdict in enumerate(broken[:MOST_FILMS]):
        job, file = by_run[verdict.id, verdict.seed], folder / f"{number}.ndjson"
        found.append(_film(job, rehearse(job, history=file), file, folder))
    return found


def filmed_live(job: Setting, verdict: RunVerdict, history: Path, folder: Path) -> list[Film]:
    """The film of a live run that kept its history, with the right one in virtual time beside."""
    return [_film(job, verdict, history, folder)]


def filmed_saved(verdict: RunVerdict, history: Path) -> list[Film]:
    """The film of a saved history, alone."""
    try:
        (named,) = catalogue.select([verdict.id])
    except UsageError:
        return [Film(verdict, history)]
    return [Film(verdict, history, named.scenario.title, named.scenario.story)]


def _film(job: Setting, verdict: RunVerdict, history: Path, folder: Path) -> Film:
    scenario = job.scenario
    played = msgspec.structs.replace(job, connector=job.subject)
    right = msgspec.structs.replace(
        job, connector=scenario.subject(REFERENCE), without=(), plan=None
    )
    beside: Film | None = None
    if right != played or verdict.mode == "live":
        file = folder / f"{history.stem}-right.ndjson"
        try:
            beside = Film(rehearse(right, history=file), file)
        except PeakproofError:
            beside = None  # a scenario for another connector: there is nothing to compare with
    return Film(verdict, history, scenario.title, scenario.story, beside)
