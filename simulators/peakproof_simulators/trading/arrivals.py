"""When customers come: a Poisson process whose rate follows the hours of the day.

The rate is made into a cumulative curve of straight pieces; arrivals are its inverse at the steps
of a unit-rate process, which costs one bisection each and wastes no draw.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Final

from peakproof_simulators.trading.days import shares
from peakproof_simulators.trading.tables import Burst, Demand

_BURST_STEPS: Final = 240
_BURST_SPAN: Final = 12.0
"""A burst is followed for so many decay times (the rest is below 0.001 %), in so many steps."""


class Curve:
    """Expected customers since opening, as a function of the time since opening."""

    __slots__ = ("_mass", "_times")

    def __init__(
        self, demand: Demand, *, opens_at_h: float, day_s: float, trading_s: float
    ) -> None:
        day_s = day_s or trading_s
        hours = shares(demand.profile)
        times = _breakpoints(opens_at_h, day_s, trading_s, demand.burst)
        per_s = demand.per_hour * demand.multiplier * 24.0 / 3_600.0
        mass = [0.0]
        for begin, end in pairwise(times):
            middle_h = (opens_at_h + (begin + end) / 2.0 * 24.0 / day_s) % 24.0
            piece = per_s * hours[int(middle_h)] * (end - begin)
            if demand.burst:
                piece *= 1.0 + _mean_boost(demand.burst, begin, end)
            mass.append(mass[-1] + piece)
        self._times = times
        self._mass = mass

    @property
    def expected(self) -> float:
        """Customers that the rate makes expected over the whole trading time."""
        return self._mass[-1]

    def when(self, mass: float) -> float:
        """The time since opening at which so many customers are expected to have come."""
        masses, times = self._mass, self._times
        index = min(bisect_right(masses, mass), len(masses) - 1)
        below, above = masses[index - 1], masses[index]
        share = (mass - below) / (above - below) if above > below else 1.0
        return times[index - 1] + share * (times[index] - times[index - 1])


def poisson(curve: Curve, rng: Random) -> Iterator[float]:
    """Arrival times of a Poisson process along the curve."""
    mass = 0.0
    draw = rng.expovariate
    while (mass := mass + draw(1.0)) < curve.expected:
        yield curve.when(mass)


def exactly(curve: Curve, count: int, rng: Random) -> Iterator[float]:
    """``count`` arrival times along the shape of the curve, in order.

    Each next of k remaining uniform numbers in (u, 1) is 1 - (1 - u) V^(1/k): sorted without
    keeping them.
    """
    if curve.expected <= 0.0:
        return
    rest = 1.0
    for remaining in range(count, 0, -1):
        rest *= rng.random() ** (1.0 / remaining)
        yield curve.when((1.0 - rest) * curve.expected)


def arrivals(
    demand: Demand, rng: Random, *, opens_at_h: float, day_s: float, trading_s: float
) -> Iterator[float]:
    """The arrival times of a channel's customers, in seconds since opening, in order."""
    if trading_s <= 0.0:
        return iter(())
    if demand.exactly and demand.per_hour <= 0.0:
        demand = _at_some_rate(demand)
    curve = Curve(demand, opens_at_h=opens_at_h, day_s=day_s, trading_s=trading_s)
    if demand.exactly:
        return exactly(curve, demand.exactly, rng)
    return poisson(curve, rng)


def _at_some_rate(demand: Demand) -> Demand:
    """An exact number needs the shape of a rate, whatever its height."""
    return Demand(per_hour=1.0, exactly=demand.exactly, profile=demand.profile, burst=demand.burst)


def _breakpoints(
    opens_at_h: float, day_s: float, trading_s: float, burst: Burst | None
) -> list[float]:
    """Times at which the rate may bend: full hours of the profile, and the steps of a burst."""
    hour_s = day_s / 24.0
    first = (math.floor(opens_at_h) + 1 - opens_at_h) * hour_s
    hours = math.ceil(max(trading_s - first, 0.0) / hour_s) if hour_s > 0 else 0
    times = [0.0, trading_s, *(first + index * hour_s for index in range(hours + 1))]
    if burst:
        step = burst.decay_s * _BURST_SPAN / _BURST_STEPS
        times.extend(burst.at_s + index * step for index in range(_BURST_STEPS + 1))
    return sorted({time for time in times if 0.0 <= time <= trading_s})


def _mean_boost(burst: Burst, begin: float, end: float) -> float:
    """The mean of ``factor * exp(-(t - at) / decay)`` over a piece; 0 before the burst."""
    if begin < burst.at_s:
        return 0.0
    decay = burst.decay_s
    area = math.exp(-(begin - burst.at_s) / decay) - math.exp(-(end - burst.at_s) / decay)
    return burst.factor * decay * area / (end - begin)
