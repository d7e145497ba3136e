"""Verdicts as JUnit XML: one suite a run, one case an invariant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from peakproof.judging.verdict import Finding, RunVerdict, Verdict
from peakproof.report.story import replay_command, stake, tell

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


def to_junit(verdicts: Sequence[RunVerdict], *, missing: int = 0) -> str:
    """The runs as a document that CI systems read.

    A broken invariant is a failure with its stories as text; one that is undecided or not judged
    is skipped with the reason. A run that is undecided as a whole has an error of its own, and so
    have the runs that are ``missing`` (they came to no verdict): nothing passes by silence.
    """
    root = Element("testsuites", name="peakproof")
    for verdict in verdicts:
        _suite(root, verdict)
    if missing:
        suite = SubElement(root, "testsuite", name="runs", tests="1", errors="1")
        case = SubElement(suite, "testcase", classname="runs", name="verdict")
        message = f"undecided: without a verdict: {missing}"
        SubElement(case, "error", message=message, type="undecided")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, verdict: RunVerdict) -> None:
    name = f"{verdict.id} seed {verdict.seed}"
    if verdict.without:
        name += f" without {', '.join(verdict.without)}"
    kinds = [finding.verdict for finding in verdict.findings]
    undecided = verdict.verdict is Verdict.UNDECIDED
    suite = SubElement(
        root,
        "testsuite",
        name=_clean(name),
        tests=str(len(kinds) + undecided),
        failures=str(kinds.count(Verdict.BROKEN)),
        errors=str(int(undecided)),
        skipped=str(kinds.count(Verdict.UNDECIDED) + kinds.count(Verdict.NOT_JUDGED)),
    )
    for finding in verdict.findings:
        _case(suite, name, verdict, finding)
    if undecided:
        case = SubElement(suite, "testcase", classname=_clean(name), name="verdict")
        error = SubElement(case, "error", message="undecided", type="undecided")
        error.text = _clean("\n".join(verdict.reasons))


def _case(suite: Element, name: str, verdict: RunVerdict, finding: Finding) -> None:
    case = SubElement(suite, "testcase", classname=_clean(name), name=finding.invariant)
    if finding.verdict is Verdict.BROKEN:
        price = stake(finding.units, finding.money_minor, verdict.currency)
        message = finding.breaches[0].sentence + (f" ({price})" if price else "")
        failure = SubElement(case, "failure", message=_clean(message), type=finding.invariant)
        failure.text = _clean(_text(verdict, finding))
    elif finding.verdict is not Verdict.HOLDS:
        reason = f"{finding.verdict.value}: {finding.reason}"
        SubElement(case, "skipped", message=_clean(reason))


def _text(verdict: RunVerdict, finding: Finding) -> str:
    parts = []
    for breach in finding.breaches:
        story = tell(verdict, breach)
        beats = "\n".join(f"  {b.when}  {b.where}  {b.what}" for b in story.beats)
        parts.append(f"{story.when}  {story.sentence}\n{beats}")
    if finding.count > len(finding.breaches):
        parts.append(f"and {finding.count - len(finding.breaches)} more")
    parts.append(replay_command(verdict))
    return "\n\n".join(parts)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("?", text)
