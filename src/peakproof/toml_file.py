"""TOML files that people write: read into typed structs, with file, line and field in errors."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from peakproof.errors import ScenarioError

T = TypeVar("T")

_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\[\.\.\.\]")
_HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"^\s*([A-Za-z0-9_.\"'-]+)\s*=")
_ENUM: Final = "Invalid enum value"
_LEADING: Final = re.compile(r"([A-Za-z_][\w-]*(?:\[\d+\]|\.[\w-]+)*): ")
"""A field at the beginning of a message, such as ``weather[0].kind: ``."""
_UNKNOWN_FIELD: Final = re.compile(r"Object contains unknown field `([^`]+)`")


def parse(text: str, *, file: str) -> dict[str, Any]:
    """Read TOML.

    Raises:
        ScenarioError: it is not TOML; the message has file, line and column.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{file}: this is not valid TOML: {error}") from None


def convert(tables: Mapping[str, Any], kind: type[T], *, file: str, text: str) -> T:
    """Turn parsed tables into a struct.

    Raises:
        ScenarioError: a field is unknown or has the wrong type; the message has file, line, field.
    """
    try:
        return msgspec.convert(tables, kind)
    except msgspec.ValidationError as error:
        raise ScenarioError(explain(str(error), kind, file=file, text=text)) from None


def explain(message: str, kind: Any, *, file: str, text: str) -> str:
    """A validation message of msgspec as a sentence with file, line and field."""
    problem, _, where = message.partition(" - at `")
    path = _path(where.rstrip("`"))
    unknown = _UNKNOWN_FIELD.search(problem)
    if unknown:
        name = unknown.group(1)
        near = nearest(name, _fields_at(kind, path))
        path = [*path, name]
        problem = "unknown field" + (f"; did you mean {near}?" if near else "")
    elif problem.startswith(_ENUM):
        problem += f"; expected {' or '.join(_choices_at(kind, path))}"
    line = locate(text, path)
    field = ".".join(map(str, path)) or "(top level)"
    place = f"{file}:{line}" if line else file
    return f"{place}: {field}: {problem[0].lower()}{problem[1:]}"


def fields_of(message: str) -> list[str | int]:
    """The path of the field that a message begins with: ``judging: gates: …`` has two steps."""
    path: list[str | int] = []
    at = 0
    while field := _LEADING.match(message, at):
        path += _path(f".{field.group(1)}")
        at = field.end()
    return path


def nearest(name: str, choices: Iterable[str]) -> str:
    """The choices that look most like a name, as text for a message; "" when none does."""
    return " or ".join(difflib.get_close_matches(name, list(choices), n=3, cutoff=0.5))


def locate(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) on which a field stands; its table's line if it is not there; else 0."""
    best = 0
    wanted = [str(step) for step in path]
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _table(header.group(2), array=header.group(1) == "[[", counts=counts)
            if table == wanted[: len(table)]:
                best = number
            continue
        key = _KEY.match(line)
        if key:
            here = [*table, *(part.strip("\"'") for part in key.group(1).split("."))]
            if here == wanted[: len(here)]:
                best = number
                if len(here) == len(wanted):
                    return number
    return best


def _table(name: str, *, array: bool, counts: dict[str, int]) -> list[str]:
    steps: list[str] = []
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for index, part in enumerate(parts):
        steps.append(part)
        dotted = ".".join(parts[: index + 1])
        if array and index == len(parts) - 1:
            counts[dotted] = counts.get(dotted, -1) + 1
        if dotted in counts:
            steps.append(str(counts[dotted]))
    return steps


def _path(text: str) -> list[str | int]:
    steps: list[str | int] = []
    for name, index in _STEP.findall(text):
        if name:
            steps.append(name)
        elif index:
            steps.append(int(index))
    return steps


def _fields_at(kind: Any, path: list[str | int]) -> list[str]:
    return [field.encode_name for field in getattr(_type_at(kind, path), "fields", ())]


def _choices_at(kind: Any, path: list[str | int]) -> list[str]:
    """The words of a field that takes one of some words, alone or beside other types."""
    info = _type_at(kind, path)
    types = getattr(info, "types", (info,))
    return [str(word) for one in types for word in getattr(one, "values", ())]


def _type_at(kind: Any, path: list[str | int]) -> Any:
    info: Any = msgspec.inspect.type_info(kind)
    for step in path:
        info = _inside(info, step)
    return info


def _inside(info: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return getattr(info, "item_type", None)
    for field in getattr(info, "fields", ()):
        if field.encode_name == step:
            return field.type
    return getattr(info, "value_type", None)
