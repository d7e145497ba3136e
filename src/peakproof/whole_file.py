"""Writes a file whole or not at all, also when the run is interrupted in the middle."""

from __future__ import annotations

import contextlib
from pathlib import Path

from peakproof.errors import UsageError


def write_whole(file: Path, contents: bytes) -> None:
    """Put contents into a file, in the place of what it held.

    Raises:
        UsageError: the file cannot be written.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(contents)
        part.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
