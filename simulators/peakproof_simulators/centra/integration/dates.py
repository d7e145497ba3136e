"""Dates of the Integration API: read as ISO 8601, written in a format of PHP's ``date``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

USUAL: Final = "Y-m-d\\TH:i:sP"
LETTERS: Final = {
    "d": "%d", "D": "%a", "j": "%-d", "l": "%A", "m": "%m", "M": "%b", "F": "%B", "n": "%-m",
    "Y": "%Y", "y": "%y", "H": "%H", "G": "%-H", "h": "%I", "i": "%M", "s": "%S", "u": "%f",
    "A": "%p", "z": "%j", "e": "UTC", "T": "UTC", "P": "+00:00", "O": "+0000",
}  # fmt: skip
"""Letters of PHP's ``date``; all others stand for themselves."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Dates of any business; what is outside could not be told in another zone."""


def written(centra: Centra, at_s: float, form: str | None = None) -> str:
    """A run time as a date in UTC."""
    if form is None or form == USUAL:
        return centra.world.clock.iso(at_s)[:19] + "+00:00"
    moment = centra.world.clock.date(at_s)
    parts, literal = [], False
    for letter in form:
        if literal:
            parts.append(letter)
            literal = False
        elif letter == "\\":
            literal = True
        elif letter == "U":
            parts.append(str(int(moment.timestamp())))
        elif letter == "v":
            parts.append(f"{moment.microsecond // 1000:03d}")
        elif letter == "c":
            parts.append(written(centra, at_s))
        else:
            parts.append(moment.strftime(LETTERS[letter]) if letter in LETTERS else letter)
    return "".join(parts)


def checked(text: str) -> str:
    """A date as a caller wrote it.

    Raises:
        ValueError: it is none.
    """
    year = datetime.fromisoformat(text).year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
    return text
