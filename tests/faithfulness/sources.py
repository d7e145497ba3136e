"""What the fakes' lists of sources say: their rules, each with its mark and its pin.

Every ``SOURCES.md`` has one form. A table with a column ``mark`` is one of rules: the columns
before it say the rule, the column ``source`` on what it rests, and ``pin`` names the test that
fails when the rule does not hold, as ``test_file::test_name`` below the fake's contract tests, or
with its folder below ``tests``. The points below ``## Not modelled`` are what is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import peakproof_simulators
from peakproof_simulators.kit.operations import Provenance

FOLDER: Final = Path(peakproof_simulators.__file__).parent
MARKS: Final = get_args(Provenance)
FAKES: Final = {
    "adobe_commerce": "Adobe Commerce",
    "centra": "Centra",
    "commercetools": "commercetools",
    "deposco": "Deposco",
    "patchworks": "Patchworks",
    "pos": "Point of sale: tills and Square",
    "pos/lightspeed": "Point of sale: Lightspeed Retail X-Series",
}
"""The lists that there are, by folder; each with its title."""


@dataclass(frozen=True)
class Rule:
    """A row; ``place`` is its file and line."""

    place: str
    section: str
    text: str
    mark: str
    source: str
    pin: str


def rules(fake: str) -> list[Rule]:
    """The rules of a fake, in their order."""
    return list(_rows(fake, _text(fake)))


def left_out(fake: str) -> list[str]:
    """What a fake does not model."""
    _, _, rest = _text(fake).partition("\n## Not modelled\n")
    points = rest.partition("\n## ")[0].split("\n- ")[1:]
    return [" ".join(point.split()) for point in points]


def test_of(fake: str, pin: str) -> str:
    """The test that a pin names, as pytest does."""
    file, _, name = pin.strip("`").partition("::")
    folder = "tests" if "/" in file else f"tests/contract/{fake.partition('/')[0]}"
    return f"{folder}/{file}.py::{name}"


def _text(fake: str) -> str:
    return (FOLDER / fake / "SOURCES.md").read_text("utf-8")


def _rows(fake: str, text: str) -> Iterator[Rule]:
    section, head = "", list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            section = line.removeprefix("## ")
        cells = [cell.strip() for cell in line[1:-1].split("|")] if line.startswith("|") else []
        if not cells:
            head = []
        elif not head:
            head = cells
        elif "mark" in head and not set(line) <= set("|- "):
            said = dict(zip(head, cells, strict=True))
            what = [cell for cell in cells[: head.index("mark")] if cell]
            yield Rule(
                f"{fake}/SOURCES.md:{number}", section, ": ".join(what), said["mark"],
                said["source"], said["pin"],
            )  # fmt: skip
