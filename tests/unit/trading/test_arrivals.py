"""When customers come: profiles, exact numbers, bursts."""

from __future__ import annotations

import math
from random import Random

import pytest

from peakproof_simulators.trading.arrivals import arrivals
from peakproof_simulators.trading.days import shares
from peakproof_simulators.trading.profiles import PROFILES
from peakproof_simulators.trading.tables import Burst, Demand

DAY_S = 86_400.0
CRITICAL_23 = 49.73
"""Chi-square with 23 degrees of freedom, 0.1 %."""


def come(
    demand: Demand, *, seed: int = 1, opens_at_h: float = 0.0, day_s: float = DAY_S,
    trading_s: float = DAY_S,
) -> list[float]:  # fmt: skip
    found = list(
        arrivals(demand, Random(seed), opens_at_h=opens_at_h, day_s=day_s, trading_s=trading_s)
    )
    assert found == sorted(found)
    assert all(0.0 <= at_s <= trading_s for at_s in found)
    return found


def chi_square(counts: list[int], expected: list[float]) -> float:
    return sum(
        (count - wanted) ** 2 / wanted for count, wanted in zip(counts, expected, strict=True)
    )


def by_hour(times: list[float], hour_s: float = 3_600.0) -> list[int]:
    counts = [0] * 24
    for at_s in times:
        counts[min(int(at_s / hour_s), 23)] += 1
    return counts


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("how", ["exact", "by rate"])
def test_a_day_of_arrivals_fits_the_table_of_its_profile(profile: str, how: str) -> None:
    demand = (
        Demand(exactly=20_000, profile=profile)
        if how == "exact"
        else Demand(per_hour=20_000 / 24, profile=profile)
    )
    times = come(demand)

    expected = [len(times) * share for share in shares(profile)]
    assert chi_square(by_hour(times), expected) < CRITICAL_23


def test_the_test_of_fit_can_tell_two_profiles_apart() -> None:
    times = come(Demand(exactly=2_000, profile="stores"))
    expected = [2_000 * share for share in shares("uk_online")]

    assert chi_square(by_hour(times), expected) > 5 * CRITICAL_23


def test_an_exact_number_of_customers_comes_exactly() -> None:
    for count in (1, 7, 2_000):
        assert len(come(Demand(exactly=count, per_hour=0.0), trading_s=600.0)) == count


def test_a_rate_gives_its_mean_and_its_multiplier_multiplies() -> None:
    usual = len(come(Demand(per_hour=500.0)))
    peak = len(come(Demand(per_hour=500.0, multiplier=5.0), seed=2))

    assert abs(usual - 12_000) < 5 * math.sqrt(12_000)
    assert abs(peak - 60_000) < 5 * math.sqrt(60_000)


def test_nobody_comes_at_a_rate_of_zero_or_without_time() -> None:
    assert come(Demand(per_hour=0.0)) == []
    assert come(Demand(exactly=5), trading_s=0.0) == []


def test_a_compressed_day_has_the_same_shape_in_less_time() -> None:
    times = come(Demand(exactly=20_000, profile="uk_online"), day_s=0.0, trading_s=3_600.0)

    expected = [20_000 * share for share in shares("uk_online")]
    assert chi_square(by_hour(times, hour_s=150.0), expected) < CRITICAL_23


def test_trading_opens_at_its_hour_of_the_profile() -> None:
    times = come(
        Demand(per_hour=20_000 / 24, profile="uk_online"), opens_at_h=19.5, trading_s=7_200.0
    )
    half_hours = [
        sum(low <= at_s < low + 1_800 for at_s in times) for low in range(0, 7_200, 1_800)
    ]

    online = shares("uk_online")
    expected = [10_000 * online[hour] for hour in (19, 20, 20, 21)]
    for count, wanted in zip(half_hours, expected, strict=True):
        assert abs(count - wanted) < 5 * math.sqrt(wanted)


def test_a_burst_lifts_the_rate_at_once_and_dies_away() -> None:
    burst = Burst(at_s=1_000.0, factor=30.0, decay_s=200.0)
    times = come(Demand(per_hour=3_600.0, burst=burst), trading_s=4_000.0)

    def within(low: float, high: float) -> int:
        return sum(low <= at_s < high for at_s in times)

    assert abs(within(0, 1_000) - 1_000) < 5 * math.sqrt(1_000)
    first = 10 + 30 * 200 * (1 - math.exp(-10 / 200))
    assert abs(within(1_000, 1_010) - first) < 5 * math.sqrt(first)
    assert abs(within(3_000, 4_000) - 1_000) < 5 * math.sqrt(1_000)
    whole = 4_000 + 30 * 200
    assert abs(len(times) - whole) < 5 * math.sqrt(whole)
