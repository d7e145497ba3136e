"""Rate limits of the Integration API: token buckets that the whole environment shares."""

from __future__ import annotations

from email.utils import formatdate
from math import ceil
from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

Kind = Literal["REQUEST_COUNT", "QUERY_COMPLEXITY", "MUTATION_COUNT"]
INTERVALS: Final = {"TEN_SECONDS": 10.0, "ONE_HOUR": 3600.0}
PLANS: Final[dict[str, dict[Kind, tuple[int, int]]]] = {
    "growth": {
        "REQUEST_COUNT": (60, 5_000),
        "QUERY_COMPLEXITY": (250_000, 30_000_000),
        "MUTATION_COUNT": (20, 1_800),
    },
    "enhanced": {
        "REQUEST_COUNT": (150, 20_000),
        "QUERY_COMPLEXITY": (900_000, 90_000_000),
        "MUTATION_COUNT": (50, 4_500),
    },
    "high_volume": {
        "REQUEST_COUNT": (450, 40_000),
        "QUERY_COMPLEXITY": (1_800_000, 180_000_000),
        "MUTATION_COUNT": (150, 7_000),
    },
    "enterprise": {
        "REQUEST_COUNT": (1_500, 85_000),
        "QUERY_COMPLEXITY": (4_000_000, 400_000_000),
        "MUTATION_COUNT": (500, 25_000),
    },
}
"""Quotas of each plan for ten seconds and for an hour."""


class Bucket(msgspec.Struct):
    """Tokens that flow back evenly: all of ``quota`` in ``interval_s``."""

    type: Kind
    interval: str
    interval_s: float
    quota: int
    level: float
    at_s: float = 0.0

    def refill(self, now_s: float) -> None:
        """What has flowed back until now."""
        self.level = min(
            float(self.quota), self.level + (now_s - self.at_s) * self.quota / self.interval_s
        )
        self.at_s = now_s

    def wait_s(self, cost: int) -> float:
        """How long until a cost can be paid; one above the quota waits for a full bucket."""
        lack = min(cost, self.quota) - self.level
        return max(lack, 0.0) * self.interval_s / self.quota


class Limits:
    """The six buckets. Two kinds of ``plan``: a vendor's, or ``off``: nothing is counted."""

    def __init__(self, centra: Centra) -> None:
        self._centra = centra
        plan = PLANS.get(centra.settings.plan, {})
        self.buckets = [
            Bucket(kind, interval, INTERVALS[interval], quota, float(quota))
            for kind, quotas in plan.items()
            for interval, quota in zip(INTERVALS, quotas, strict=True)
        ]

    def spend(self, *, complexity: int, mutations: int, requests: int = 1) -> float:
        """Pay for a request; seconds to wait when it cannot be paid (then nothing is)."""
        if not self.buckets:
            return 0.0
        costs = {
            "REQUEST_COUNT": requests,
            "QUERY_COMPLEXITY": complexity,
            "MUTATION_COUNT": mutations,
        }
        now_s = self._centra.now
        wait_s = 0.0
        for bucket in self.buckets:
            bucket.refill(now_s)
            cost = costs[bucket.type]
            if cost > bucket.level:
                wait_s = max(wait_s, bucket.wait_s(cost), 0.001)
        if wait_s == 0.0:
            for bucket in self.buckets:
                bucket.level -= costs[bucket.type]
        return wait_s

    def drain(self, kind: str, units: int) -> None:
        """Another integration of the environment uses some of a quota."""
        for bucket in self.buckets:
            if bucket.type == kind:
                bucket.refill(self._centra.now)
                bucket.level = max(bucket.level - units, 0.0)

    def rows(self) -> list[dict[str, object]]:
        """What the query ``rateLimits`` shows."""
        now_s = self._centra.now
        for bucket in self.buckets:
            bucket.refill(now_s)
        return [
            {
                "type": bucket.type,
                "intervalSeconds": bucket.interval,
                "quota": bucket.quota,
                "usedQuota": bucket.quota - int(bucket.level),
                "remainingQuota": int(bucket.level),
            }
            for bucket in self.buckets
        ]

    def resume_at(self, wait_s: float) -> str:
        """``Retry-After``: the moment to go on, in the format of the settings."""
        clock = self._centra.world.clock
        at = ceil(clock.epoch_s + self._centra.now + wait_s)
        form = self._centra.settings.retry_after_format
        if form == "epoch":
            return str(at)
        if form == "iso":
            return f"{clock.iso(at - clock.epoch_s)[:19]}Z"
        return formatdate(at, usegmt=True)
