"""Where in a TOML text a field stands, and a decoder's complaint in the reader's words."""

from __future__ import annotations

import re
from typing import Final

_PATH: Final = re.compile(r" - at `\$(.*)`$")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `([^`]+)`")
_MISSING: Final = re.compile(r"Object missing required field `([^`]+)`")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def explained(message: str, *, file: str, text: str) -> str:
    where = _PATH.search(message)
    problem = message[: where.start()] if where else message
    path = [name or index for name, index in _STEP.findall(where.group(1))] if where else []
    for pattern, says in ((_UNKNOWN, "there is no such field"), (_MISSING, "expected, not there")):
        named = pattern.search(problem)
        if named:
            path, problem = [*path, named.group(1)], says
    return f"{located(file, text, path)}: {'.'.join(path) or 'document'}: {problem}"


def located(file: str, text: str, path: list[str]) -> str:
    line = line_of(text, path)
    return f"{file}:{line}" if line else file


_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")


def line_of(text: str, path: list[str]) -> int:
    """The line (from 1) of a TOML text on which a field stands, or its nearest table; else 0."""
    table: list[str] = []
    counts: dict[str, int] = {}
    best, depth = 0, -1
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header:
            table = header.group(2).replace('"', "").split(".")
            if header.group(1) == "[[":
                name = header.group(2)
                counts[name] = counts.get(name, -1) + 1
                table = [*table, str(counts[name])]
            here = table
        elif key:
            here = [*table, *key.group(1).replace('"', "").split(".")]
        else:
            continue
        if here == path[: len(here)] and len(here) > depth:
            best, depth = number, len(here)
    return best
