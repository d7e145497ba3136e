"""Systems whose clocks are off: what each of them writes and reads as a date is shifted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from peakproof.clock import Clock
from peakproof.world import World


class _Seen:
    """The world with another clock; everything else, also what is set, is the world's own."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.__dict__.update(_world=world, clock=clock)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._world, name, value)


def world_of(system: str, world: World, clocks: Mapping[str, float]) -> World:
    """The world as a system sees it; ``clocks`` says by how many seconds its clock is ahead.

    Run time, which waits go by and facts are written with, is the same for all.
    """
    ahead_s = clocks.get(system, 0.0)
    if not ahead_s:
        return world
    epoch = world.clock.epoch + timedelta(seconds=ahead_s)
    return cast(World, _Seen(world, Clock(world.env, epoch=epoch)))
