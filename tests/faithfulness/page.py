"""The page that says how faithful the fakes are, made from their tables, lists and pins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from tests.faithfulness.operations import NEVER_DONE, NEVER_REFUSED, operations, pins, place
from tests.faithfulness.sources import FAKES, MARKS, Rule, left_out, rules

HEAD: Final = """# Faithfulness

What each fake models, how sure that is, and which test fails when it is so no longer. This page is
made by `python -m tests.faithfulness docs/faithfulness.md` from the tables of operations, the
fakes' `SOURCES.md` and `tests/faithfulness/pins.json`; a test compares it with what they say now.

- **documented**: the vendor's documentation, specification or published code says so.
  **observed**: somebody met it and said so in public. **inferred**: it follows from these.
  **chosen**: nobody says; it is a named setting, or the row says why it is none.
- An operation is pinned twice, by a test of its success (*done*) and one of its refusal
  (*refused*). Both were found by trying: the test passes, and fails once every value in that
  operation's answers is another one (a refusal: once it has another status). What no written test
  looks at is reached by generated requests: the last test of their file names what was not.
- A rule is pinned by the test that was written for it.
- Pins are tests below `tests/contract/` and the fake's folder.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "\n".join(_summary()), "## What is not modelled\n"]
    for fake, title in FAKES.items():
        parts.append(f"### {title}\n\n" + "\n".join(f"- {each}" for each in left_out(fake)) + "\n")
    for fake, title in FAKES.items():
        parts.append(f"## {title}\n")
        parts.append("### Operations\n\n" + "\n".join(_operations(fake)) + "\n")
        for section, listed in groupby(rules(fake), key=lambda rule: rule.section):
            parts.append(f"### {section}\n\n" + "\n".join(_rules(listed)) + "\n")
    return "\n".join(parts)


def _summary() -> Iterator[str]:
    yield _row("fake", "operations", *MARKS, "rules", *MARKS)
    yield _row(*["---"] * 11)
    for fake, title in FAKES.items():
        of_operations = Counter(each.provenance for each in operations(fake))
        of_rules = Counter(each.mark for each in rules(fake))
        counts = (
            len(operations(fake)), *(of_operations[mark] for mark in MARKS),
            len(rules(fake)), *(of_rules[mark] for mark in MARKS),
        )  # fmt: skip
        yield _row(title, *map(str, counts))
    yield ""


def _operations(fake: str) -> Iterator[str]:
    yield _row("operation", "where", "mark", "source", "done", "refused")
    yield _row(*["---"] * 6)
    known = pins(fake)
    for each in operations(fake):
        found = known.get(each.name, {})
        yield _row(
            f"`{each.name}`", place(each, fake), each.provenance, each.source,
            _pin(found.get("done", ""), NEVER_DONE.get(fake, {}).get(each.name, "")),
            _pin(found.get("refused", ""), NEVER_REFUSED.get(fake, {}).get(each.name, "")),
        )  # fmt: skip


def _rules(listed: Iterable[Rule]) -> Iterator[str]:
    yield _row("rule", "mark", "source", "pin")
    yield _row(*["---"] * 4)
    for each in listed:
        yield _row(each.text, each.mark, each.source, each.pin)


def _pin(test: str, never: str) -> str:
    file, _, name = test.partition("::")
    return f"`{file.rpartition('/')[2].removesuffix('.py')}::{name}`" if test else never


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
