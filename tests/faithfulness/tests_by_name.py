"""The tests that there are, read from their files without running anything."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
WHERE: Final = "tests/contract/"


@cache
def names(file: str) -> frozenset[str]:
    """The names of the tests in a file, in classes too; none where there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_"
    )


def exists(test: str) -> bool:
    """Whether ``tests/…/test_file.py::test_name`` is a test."""
    file, _, name = test.partition("::")
    return name in names(file)
