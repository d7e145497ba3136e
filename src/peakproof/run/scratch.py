"""Where the connector of a virtual run keeps what has to survive its restarts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_IN_MEMORY: Final = Path("/dev/shm")
_ROOM_BYTES: Final = 2 << 30
"""A store in memory wants this much room: containers often have a few megabytes there."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for the length of a run: in memory where the machine offers that.

    A simulated crash ends a process and not the machine, so nothing has to reach a disk; a run's
    store on a disk waits for it longer than a small run takes.
    """
    with tempfile.TemporaryDirectory(prefix="peakproof-", dir=_place()) as name:
        yield Path(name)


def _place() -> str | None:
    try:
        told = os.statvfs(_IN_MEMORY)
    except (AttributeError, OSError):
        return None
    roomy = told.f_bavail * told.f_frsize >= _ROOM_BYTES
    return str(_IN_MEMORY) if roomy and os.access(_IN_MEMORY, os.W_OK | os.X_OK) else None
