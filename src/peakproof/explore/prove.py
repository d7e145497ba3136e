"""Guards against scenarios: is each guard needed, is each scenario sharp?

A guard is *needed* when some scenario holds with it and breaks without it. A scenario is *sharp*
when each of its proofs breaks for the reason that it states, and it holds with all guards on; one
that is not is *dull*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from peakproof import catalogue
from peakproof.errors import UsageError
from peakproof.explore.campaign import play_all
from peakproof.explore.rounds import Failed, play
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.run.setting import Setting
from peakproof.scenario import REFERENCE, Named

ALL_ON: Final = ""
"""The column of the matrix in which every guard is on."""

FAILED: Final = "failed"


@dataclass(slots=True)
class Cell:
    """One guard off in one scenario, over all seeds: verdicts counted, invariants that broke."""

    runs: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    message: str = ""

    def add(self, outcome: RunVerdict | Failed) -> None:
        """Count one run."""
        self.runs += 1
        if isinstance(outcome, Failed):
            self.verdicts[FAILED] = self.verdicts.get(FAILED, 0) + 1
            self.message = self.message or outcome.message
            return
        self.verdicts[outcome.verdict.value] = self.verdicts.get(outcome.verdict.value, 0) + 1
        for finding in outcome.broken:
            self.broken[finding.invariant] = self.broken.get(finding.invariant, 0) + 1

    @property
    def holds(self) -> bool:
        """Whether every run held."""
        return self.verdicts.get(Verdict.HOLDS.value, 0) == self.runs > 0

    @property
    def breaks(self) -> bool:
        """Whether some run was broken."""
        return Verdict.BROKEN.value in self.verdicts

    def breaks_always(self, invariants: Iterable[str]) -> bool:
        """Whether every run broke one of these invariants; one invariant over all is enough."""
        return any(self.broken.get(name, 0) == self.runs for name in invariants) and self.runs > 0

    def document(self) -> dict[str, Any]:
        """The cell as plain JSON values."""
        told: dict[str, Any] = {
            "runs": self.runs,
            "verdicts": dict(sorted(self.verdicts.items())),
            "broken": dict(sorted(self.broken.items())),
        }
        if self.message:
            told["message"] = self.message
        return told


@dataclass(slots=True)
class Matrix:
    """What `peakproof prove` found: cells by scenario and guard(s), and what follows from them.

    ``guards`` are those of each connector that plays, ``subjects`` says which one plays where.
    """

    guards: dict[str, tuple[str, ...]]
    scenarios: tuple[Named, ...]
    subjects: dict[str, str]
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)

    def cell(self, scenario: str, without: str) -> Cell:
        """The cell of a scenario with this guard off (several joined by ``+``)."""
        return self.cells.setdefault((scenario, without), Cell())

    def unneeded(self) -> list[str]:
        """Guards that no scenario of their connector needs."""
        return [
            _told(subject, guard)
            for subject, guards in self.guards.items()
            for guard in guards
            if not any(
                self.cell(named.id, ALL_ON).holds and self.cell(named.id, key).breaks
                for named in self.scenarios
                if self.subjects[named.id] == subject
                for key in _keys(named, guard)
            )
        ]

    def dull(self) -> list[str]:
        """Scenarios that do not hold with all guards on, or do not break as they say."""
        return [named.id for named in self.scenarios if not self._is_sharp(named)]

    def _is_sharp(self, named: Named) -> bool:
        proofs = named.scenario.proves
        if not self.cell(named.id, ALL_ON).holds or not proofs:
            return not proofs and self.cell(named.id, ALL_ON).holds
        return all(
            self.cell(named.id, "+".join(proof.without)).breaks_always(proof.breaks)
            for proof in proofs
        )

    def document(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        matrix: dict[str, dict[str, Any]] = {}
        for (scenario, without), cell in sorted(self.cells.items()):
            matrix.setdefault(scenario, {})[without or "all on"] = cell.document()
        return {
            "guards": [
                _told(subject, guard) for subject, guards in self.guards.items() for guard in guards
            ],
            "scenarios": [named.id for named in self.scenarios],
            "matrix": matrix,
            "unneeded": self.unneeded(),
            "dull": self.dull(),
        }


def _told(subject: str, guard: str) -> str:
    return guard if subject == REFERENCE else f"{subject}: {guard}"


def _keys(named: Named, guard: str) -> Iterator[str]:
    yield guard
    for proof in named.scenario.proves:
        if guard in proof.without and len(proof.without) > 1:
            yield "+".join(proof.without)


def prove(
    scenarios: Iterable[Named],
    *,
    connector: str,
    seeds: Iterable[int],
    whole: bool,
    workers: int,
) -> Matrix:
    """Play the matrix; ``whole``: every guard in every scenario, else only the stated proofs.

    Raises:
        UsageError: a connector has no guards to switch off.
    """
    chosen = tuple(scenarios)
    subjects = {named.id: named.scenario.subject(connector) for named in chosen}
    matrix = Matrix({name: _guards(name) for name in subjects.values()}, chosen, subjects)
    jobs: list[Setting] = []
    columns: list[tuple[str, str]] = []
    listed = list(seeds)
    for named in matrix.scenarios:
        off = {ALL_ON: (), **{"+".join(p.without): p.without for p in named.scenario.proves}}
        if whole:
            off.update({guard: (guard,) for guard in matrix.guards[subjects[named.id]]})
        for key, without in off.items():
            for seed in listed:
                jobs.append(Setting(named=named, seed=seed, connector=connector, without=without))
                columns.append((named.id, key))
    for (scenario, key), outcome in zip(
        columns, play_all(jobs, play, workers=workers), strict=True
    ):
        matrix.cell(scenario, key).add(outcome)
    return matrix


def _guards(connector: str) -> tuple[str, ...]:
    guards = tuple(getattr(catalogue.connector(connector), "guards", {}))
    if not guards:
        raise UsageError(f"The connector {connector} has no guards to switch off.")
    return guards
