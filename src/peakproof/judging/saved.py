"""Judges a history that was kept in a file: nothing is played, and no connector is needed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from peakproof.errors import UsageError
from peakproof.history.reader import Reader
from peakproof.judging.judge import judge
from peakproof.judging.verdict import RunVerdict


def judge_saved(history: Path) -> RunVerdict:
    """The verdict about a saved history, read record by record: the one that the run itself had.

    Raises:
        UsageError: the file is not there, cannot be read, or is not the history of one run.
        ScenarioError: the estate or the limits in it are wrong.
    """
    try:
        with open(history, "rb") as source:
            reader = Reader(source, name=str(history))
            verdict = judge(reader)
    except OSError as error:
        raise UsageError(f"{history}: {error.strerror or error}") from None
    return msgspec.structs.replace(verdict, digest=reader.digest())
