"""Verdicts as JSON, for pipelines and dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from peakproof.judging.verdict import Breach, RunVerdict, Verdict, overall


def document(verdicts: Sequence[RunVerdict], *, whole: bool = True) -> dict[str, Any]:
    """Many runs as one document of plain values.

    ``verdict`` is the worst of all, and never *holds* if some runs came to none (not ``whole``). In
    each scenario ``broken`` has one entry a breach (times in seconds of run time, money in minor
    units), ``reasons`` says why the run as a whole is undecided, and ``not_judged`` has every
    invariant that neither holds nor is broken, with the reason.
    """
    return {
        "verdict": overall(list(verdicts), whole=whole).value,
        "scenarios": [_scenario(verdict) for verdict in verdicts],
    }


def to_json(verdicts: Sequence[RunVerdict], *, whole: bool = True) -> str:
    """The same as text, indented, with a newline at the end."""
    text = msgspec.json.format(msgspec.json.encode(document(verdicts, whole=whole)), indent=2)
    return text.decode() + "\n"


def _scenario(verdict: RunVerdict) -> dict[str, Any]:
    return {
        "id": verdict.id,
        "seed": verdict.seed,
        "verdict": verdict.verdict.value,
        "digest": verdict.digest,
        "reasons": list(verdict.reasons),
        "broken": [_breach(breach) for finding in verdict.broken for breach in finding.breaches],
        "not_judged": [
            {
                "invariant": finding.invariant,
                "verdict": finding.verdict.value,
                "reason": finding.reason,
            }
            for finding in verdict.findings
            if finding.verdict in (Verdict.UNDECIDED, Verdict.NOT_JUDGED)
        ],
        "figures": verdict.figures,
        "counts": verdict.counts,
    }


def _breach(breach: Breach) -> dict[str, Any]:
    return {
        "invariant": breach.invariant,
        "units": breach.units,
        "money_minor": breach.money_minor,
        "at": breach.at_s,
        "evidence": {
            "sentence": breach.sentence,
            "kind": breach.kind,
            "key": breach.key,
            "expected": breach.expected,
            "found": breach.found,
            "records": msgspec.to_builtins(breach.evidence),
        },
    }
