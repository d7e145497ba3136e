"""What is wrong with what the fakes say of themselves: marks, sources and pins that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.faithfulness.sources import MARKS, Rule, test_of
from tests.faithfulness.tests_by_name import exists

from peakproof_simulators.kit.operations import Operation

Pins = Mapping[str, Mapping[str, str]]


def of_rules(fake: str, listed: Sequence[Rule]) -> Iterator[str]:
    """Rules without a mark, without a pin, or pinned by a test that is not there."""
    for rule in listed:
        if rule.mark not in MARKS:
            yield f"{rule.place}: the mark is one of {', '.join(MARKS)}, not {rule.mark!r}"
        for pin in rule.pin.split(", "):
            if not exists(test_of(fake, pin)):
                yield f"{rule.place}: there is no test {pin or '(no pin)'}"


def of_operations(
    table: Sequence[Operation],
    pins: Pins,
    never_done: Mapping[str, str],
    never_refused: Mapping[str, str],
) -> Iterator[str]:
    """Operations without mark or source, and those that no test pins."""
    names = {operation.name for operation in table}
    for operation in table:
        if operation.provenance not in MARKS or not operation.source:
            yield f"{operation.name}: says neither how sure it is nor why"
        found = pins.get(operation.name, {})
        for came, never in (("done", never_done), ("refused", never_refused)):
            test = found.get(came, "")
            if test and operation.name in never:
                yield f"{operation.name}: is said to be never {came}, and {test} shows it"
            elif test and not exists(test):
                yield f"{operation.name}: there is no test {test}"
            elif not test and not never.get(operation.name):
                yield f"{operation.name}: no test looks at it when it is {came}"
    for name in (*never_done, *never_refused):
        if name not in names:
            yield f"{name}: is excused and is no operation"
