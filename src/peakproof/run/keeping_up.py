"""Says when a live run proves nothing, because the machine was too slow for its rate."""

from __future__ import annotations

import os
from typing import Final

import msgspec

from peakproof.judging.verdict import Finding, RunVerdict, Verdict

LATE_S: Final = 5.0
"""Run seconds by which something may come late before limits and races mean nothing any more."""
BUSY: Final = 0.85
"""The share of its time for which a process wants a core, from which on it is short of time."""


def children_cpu_s() -> float:
    """Processor time of the child processes that have ended so far, in seconds."""
    spent = os.times()
    return spent.children_user + spent.children_system


def shortfall(*, rate: float, late_s: float, busy_s: float, real_s: float) -> str:
    """Why this machine could not keep up with a rate; "" when it did.

    ``late_s`` is in run time. ``busy_s`` is for how long of ``real_s`` seconds the connector
    had a core or waited for one. At real speed a connector that is busy all the time is slow by
    itself: that is no excuse.
    """
    found = []
    if late_s > LATE_S:
        found.append(f"things happened up to {late_s:.1f} s of run time late")
    if rate > 1 and real_s > 0 and busy_s / real_s > BUSY:
        found.append(f"the connector was busy {min(1.0, busy_s / real_s):.0%} of the time")
    if not found:
        return ""
    cure = "run with a lower --rate" if rate > 1 else "run on a quieter machine"
    return f"this machine could not keep up: {', and '.join(found)}; {cure}"


def excused(verdict: RunVerdict, why: str) -> RunVerdict:
    """The verdict of a run that fell behind: what broke is undecided, what held has held."""
    if not why or verdict.verdict is Verdict.HOLDS:
        return verdict
    return msgspec.structs.replace(
        verdict,
        verdict=Verdict.UNDECIDED,
        findings=tuple(_undecided(finding, why) for finding in verdict.findings),
        reasons=(why, *verdict.reasons),
    )


def _undecided(finding: Finding, why: str) -> Finding:
    if finding.verdict is not Verdict.BROKEN:
        return finding
    told = f"{why} (it looked broken: {finding.breaches[0].sentence})" if finding.breaches else why
    return msgspec.structs.replace(finding, verdict=Verdict.UNDECIDED, reason=told)
