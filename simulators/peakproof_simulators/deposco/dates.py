"""Dates as V1 writes and reads them: without a zone, the tenant's zone is meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.settings import Settings


def date(world: World, settings: Settings, at_s: float | None = None) -> str:
    """A moment as V1 prints it: in the tenant's zone, with its offset (chosen)."""
    offset = settings.tenant_offset_s
    if not offset:
        return world.clock.iso(at_s)
    moment = world.clock.date(at_s) + timedelta(seconds=offset)
    sign, minutes = ("-" if offset < 0 else "+"), abs(offset) // 60
    millis = moment.microsecond // 1000
    zone = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{millis:03d}{zone}"


def moment(world: World, settings: Settings, said: str) -> float:
    """Run time of a date that a caller of V1 wrote; without a zone the tenant's is meant (DQ33).

    Raises:
        ValueError: the text is no date.
    """
    return _written(said, settings.tenant_offset_s, world.clock.epoch)


@lru_cache(maxsize=256)
def _written(said: str, offset_s: int, epoch: datetime) -> float:
    """A sweep says the same date in several searches."""
    found = datetime.fromisoformat(said)
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC) - timedelta(seconds=offset_s)
    return (found - epoch).total_seconds()


def day(world: World, settings: Settings, said: str) -> float:
    """Run time of the beginning of a day written ``YYYYMMDD``, in the tenant's zone.

    Raises:
        ValueError: the text is no day.
    """
    if len(said) != 8 or not said.isascii() or not said.isdigit():
        raise ValueError(said)
    found = datetime(int(said[:4]), int(said[4:6]), int(said[6:]), tzinfo=UTC)
    return (found - world.clock.epoch).total_seconds() - settings.tenant_offset_s
