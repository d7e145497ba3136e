"""No module and no function grows past what one reads at a sitting."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from peakproof_engine.systems.access import PARTS

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("src", "simulators", "scenarios", "benchmarks", "tests", "examples")
LINES_OF_A_MODULE: Final = 400
LINES_OF_A_FUNCTION: Final = 60


def modules() -> list[Path]:
    """Every Python file that is written here."""
    found = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    return sorted(file for file in found if "node_modules" not in file.parts)


def long_functions(text: str) -> list[str]:
    """The functions of a module that are too long, each with its length."""
    return [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LINES_OF_A_FUNCTION
    ]


def test_only_adapters_of_the_engine_name_a_vendor() -> None:
    engine = ROOT / "src" / "peakproof_engine"
    named = re.compile(rf"\b({'|'.join(PARTS)}|patchworks)(?![a-z])", re.IGNORECASE)

    found = [
        f"{file.relative_to(engine)}: {line.strip()}"
        for file in sorted(engine.rglob("*.py"))
        if file.parent.name != "systems"
        for line in file.read_text("utf-8").splitlines()
        if named.search(line)
    ]

    assert found == []


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in modules()}

    long = [
        f"{file.relative_to(ROOT)}: {n}" for file, n in lengths.items() if n > LINES_OF_A_MODULE
    ]
    assert len(lengths) > 300
    assert long == []


def test_no_function_is_longer_than_60_lines() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {function}"
        for file in modules()
        for function in long_functions(file.read_text("utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(("lines", "expected"), [(60, []), (61, ["long: 61 lines"])])
def test_the_length_of_a_function_counts_its_first_and_its_last_line(
    lines: int, expected: list[str]
) -> None:
    text = "class Here:\n  async def long(self):\n" + "    pass\n" * (lines - 1)

    assert long_functions(text) == expected
