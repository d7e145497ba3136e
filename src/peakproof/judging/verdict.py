"""What the judge says: a verdict, its findings, and each breach with what shows it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from peakproof.history.records import AnyRecord


class Verdict(StrEnum):
    """The answer to "did the connector keep it?". Undecided is never green."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNDECIDED = "undecided"
    NOT_JUDGED = "not judged"

    @property
    def exit_code(self) -> int:
        """0 holds, 1 broken, 3 undecided (a run is never ``not judged`` as a whole)."""
        return {Verdict.HOLDS: 0, Verdict.BROKEN: 1}.get(self, 3)


class Shown(msgspec.Struct, frozen=True):
    """A record of the history that shows something; ``no`` is its line, from 1."""

    no: int
    record: AnyRecord


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which an invariant was broken, for one SKU, order or sale.

    ``at_s`` is the first moment, in seconds of run time; ``units`` and ``money_minor`` are what
    is at stake; ``kind`` tells breaches of one invariant apart; ``key`` is the SKU, order or sale.
    """

    invariant: str
    at_s: float
    units: int
    money_minor: int
    key: str
    sentence: str
    kind: str = ""
    expected: str = ""
    found: str = ""
    evidence: tuple[Shown, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one invariant in one run.

    ``exercised`` counts how often something put it to the test. ``breaches`` are the first ones
    in full; ``count``, ``units`` and ``money_minor`` are of all. ``reason`` says why it is
    undecided or not judged. ``limits`` are the limits it was judged by, in seconds.
    """

    invariant: str
    verdict: Verdict
    exercised: int
    breaches: tuple[Breach, ...] = ()
    count: int = 0
    units: int = 0
    money_minor: int = 0
    limits: dict[str, float] = {}
    reason: str = ""
    note: str = ""


class RunVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement of one run.

    ``reasons`` say why the run as a whole is undecided. ``figures`` are reported for every run,
    ``counts`` say how many records of each kind the history has. ``digest`` is of its bytes.
    ``file`` is the scenario's file if it is not an installed one, ``settings`` are what was laid
    over it for this run.
    """

    id: str
    seed: int
    connector: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    mode: str = "virtual"
    policy: str = ""
    without: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    file: str = ""
    currency: str = "GBP"
    digest: str = ""
    reasons: tuple[str, ...] = ()
    figures: dict[str, Any] = {}
    counts: dict[str, int] = {}

    @property
    def exit_code(self) -> int:
        """The exit code that this run alone asks for."""
        return self.verdict.exit_code

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The invariants that were broken, the dearest first."""
        found = [item for item in self.findings if item.verdict is Verdict.BROKEN]
        return tuple(sorted(found, key=lambda item: (-item.money_minor, -item.units)))

    @property
    def units(self) -> int:
        """The most units that one broken invariant has at stake (they overlap: never a sum)."""
        return max((item.units for item in self.broken), default=0)

    @property
    def money_minor(self) -> int:
        """The most money that one broken invariant has at stake."""
        return max((item.money_minor for item in self.broken), default=0)

    def finding(self, invariant: str) -> Finding:
        """The finding about an invariant.

        Raises:
            KeyError: no invariant has that name.
        """
        for item in self.findings:
            if item.invariant == invariant:
                return item
        raise KeyError(invariant)


def overall(verdicts: list[RunVerdict], *, whole: bool = True) -> Verdict:
    """The verdict about many runs: broken if one is, else undecided if one is, else holds.

    Runs that are not ``whole`` (some came to no verdict) hold in no case.
    """
    if any(item.verdict is Verdict.BROKEN for item in verdicts):
        return Verdict.BROKEN
    if not (verdicts and whole) or any(item.verdict is not Verdict.HOLDS for item in verdicts):
        return Verdict.UNDECIDED
    return Verdict.HOLDS
