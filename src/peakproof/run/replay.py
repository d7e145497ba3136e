"""Plays a saved run again and says whether the same thing happened."""

from __future__ import annotations

from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from peakproof import catalogue
from peakproof.errors import UsageError
from peakproof.history.reader import Reader, read_history
from peakproof.history.recorder import Recorder
from peakproof.history.records import Run
from peakproof.judging.judge import judge
from peakproof.judging.verdict import RunVerdict
from peakproof.run.setting import Setting, placed, versions
from peakproof.run.virtual import play


class Replayed(NamedTuple):
    """What a replay showed: the new verdict, both digests, the first line that differs (or 0)."""

    verdict: RunVerdict
    recorded: str
    played: str
    differs_at: int
    versions_differ: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the histories are the same, byte for byte."""
        return self.recorded == self.played


def setting_of(path: Path) -> Setting:
    """The setting of a saved run, from its first record.

    Raises:
        UsageError: the file is no history, or a live one, or its scenario is not there any more.
    """
    first = next(iter(read_history(path)), None)
    if not isinstance(first, Run):
        raise UsageError(f"{path}:1: a history begins with a run record; this file does not.")
    if first.mode != "virtual":
        raise UsageError(f"{path}: a {first.mode} run cannot be replayed: real time went by in it.")
    (named,) = catalogue.select([first.file or first.scenario])
    return Setting(
        named=named,
        seed=first.seed,
        connector=first.connector,
        without=first.without,
        overrides=tuple(first.settings.items()),
        policy=first.policy,
        plan=first.plan,
    )


def play_again(path: Path) -> Replayed:
    """Play the run of a history again and compare the two.

    Raises:
        UsageError: see :func:`setting_of`.
        PeakproofError: see :func:`peakproof.run.virtual.play`.
    """
    setting = setting_of(path)
    was = path.read_bytes()
    reader = Reader(BytesIO(was), name=str(path))
    first, *_rest = reader
    assert isinstance(first, Run)
    recorder = Recorder()
    with placed(setting):
        play(setting, recorder)
    now = recorder.contents()
    verdict = judge(Reader(BytesIO(now)), digest=recorder.digest())
    here = versions()
    differing = [
        f"{name} {first.versions.get(name, '?')} then, {here.get(name, '?')} now"
        for name in sorted({*first.versions, *here})
        if first.versions.get(name) != here.get(name)
    ]
    return Replayed(
        verdict, reader.digest(), recorder.digest(), _first_difference(was, now), tuple(differing)
    )


def _first_difference(was: bytes, now: bytes) -> int:
    if was == now:
        return 0
    pairs = zip_longest(was.split(b"\n"), now.split(b"\n"))
    return next(number for number, (one, other) in enumerate(pairs, start=1) if one != other)
