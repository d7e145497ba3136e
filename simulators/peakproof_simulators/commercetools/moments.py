"""Dates in the vendor's form, from dates as clients write them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


def text(moment: datetime) -> str:
    """``2026-11-27T06:00:00.000Z``; a date without a zone is read as UTC."""
    if moment.tzinfo is not UTC:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def optional(moment: datetime | None) -> str | None:
    """The same, for a date that may be absent."""
    return None if moment is None else text(moment)


@lru_cache(maxsize=1024)
def of_text(written: str) -> str | None:
    """The vendor's form of a date as somebody wrote it, None when it is no date."""
    try:
        return text(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        return None
