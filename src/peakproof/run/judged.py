"""One run from beginning to end: played, and judged from its history."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from peakproof.history.reader import Reader
from peakproof.history.recorder import Recorder
from peakproof.judging.judge import judge
from peakproof.run.setting import placed
from peakproof.run.virtual import play
from peakproof.whole_file import write_whole

if TYPE_CHECKING:
    from peakproof.judging.verdict import RunVerdict
    from peakproof.run.setting import Setting


def rehearse(setting: Setting, *, history: Path | None = None) -> RunVerdict:
    """Play a run in virtual time and judge its history; keep the history in a file if asked.

    Raises:
        PeakproofError: see :func:`peakproof.run.virtual.play`.
    """
    recorder = Recorder()
    with placed(setting):
        play(setting, recorder)
        contents = recorder.contents()
        if history is not None:
            write_whole(history, contents)
        return judge(Reader(BytesIO(contents)), digest=recorder.digest())
