"""One run from beginning to end: played, judged from its history, and told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from peakproof.history.reader import read_records
from peakproof.history.recorder import Recorder
from peakproof.judge import judge
from peakproof.run.virtual import play

if TYPE_CHECKING:
    from peakproof.run.setting import Setting
    from peakproof.verdict import RunVerdict


def rehearse(setting: Setting, *, history: Path | None = None) -> RunVerdict:
    """Play a run in virtual time and judge its history; keep the history in a file if asked.

    Raises:
        PeakproofError: see :func:`peakproof.run.virtual.play`.
    """
    recorder = Recorder()
    play(setting, recorder)
    contents = recorder.contents()
    if history is not None:
        history.write_bytes(contents)
    verdict = judge(read_records(contents))
    return msgspec.structs.replace(verdict, digest=recorder.digest())
