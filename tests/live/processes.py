"""Commands as a user starts them, signals to them, and which processes are left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

ROOT = Path(__file__).parents[2]
PEAKPROOF = [sys.executable, "-m", "peakproof"]
ENGINE = [sys.executable, "-m", "peakproof_engine", "--config", "{config}"]
PATIENCE_S = 60.0


@contextmanager
def started(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A command in a session of its own, with its temporary files in a folder; ended at last."""
    _hear_interrupts()
    process = subprocess.Popen(
        [*PEAKPROOF, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip
    try:
        yield process
    finally:
        for number in [process.pid, *in_session(process.pid)]:
            _kill(number)
        process.communicate()


def _hear_interrupts() -> None:
    """A shell lets its background jobs ignore Ctrl-C, and what they start would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def until(seen: Callable[[], bool], what: str) -> None:
    """Wait until something can be seen from outside, for there is nothing to be told by."""
    pause = Event()
    for _look in range(int(PATIENCE_S / 0.05)):
        if seen():
            return
        pause.wait(0.05)
    raise AssertionError(f"{what}: not seen in {PATIENCE_S:g} s")


def in_session(leader: int) -> list[int]:
    """The processes of a session that are alive."""
    return [pid for pid in _all() if _status(pid)[1] == leader]


def alive(pid: int) -> bool:
    """Whether a process has not ended; one that nobody has waited for yet has."""
    return _status(pid)[1] != 0


def _all() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _status(pid: int) -> tuple[str, int]:
    """State and session of a process; no session when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    state, _parent, _group, session = text.rpartition(")")[2].split()[:4]
    return state, 0 if state in "XZ" else int(session)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
