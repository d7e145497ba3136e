"""How a line of the operations table is written: what is alike in all of them is said here."""

from __future__ import annotations

from typing import Any, Final

from peakproof.history.records import Effect
from peakproof_simulators.kit.operations import Handler, Operation, Parameter, Provenance
from peakproof_simulators.pos.square.payloads.common import Errors

REFERENCE: Final = "developer.squareup.com/reference/square"
SDK: Final = "PyPI squareup 46.0.0.20260916"

_ID: Final = {"type": "string", "minLength": 1, "maxLength": 192}
_TEXT: Final = {"type": "string"}
_TIME: Final = {"type": "string", "format": "date-time"}
_FLAG: Final = {"type": "boolean"}

CURSOR: Final = Parameter("cursor", {"type": "string", "maxLength": 256}, about="Goes on there.")
LIMIT: Final = Parameter(
    "limit", {"type": "integer", "minimum": 1}, about="More than 100 count as 100."
)
ORDER: Final = Parameter("sort_order", {"type": "string", "enum": ["ASC", "DESC"]})


def text(name: str) -> Parameter:
    """A query parameter that is a text."""
    return Parameter(name, _TEXT)


def flag(name: str) -> Parameter:
    """A query parameter that is true or false."""
    return Parameter(name, _FLAG)


def times(*names: str) -> tuple[Parameter, ...]:
    """Query parameters that are dates with a time."""
    return tuple(Parameter(name, _TIME) for name in names)


def among(name: str, *words: str) -> Parameter:
    """A query parameter that is one of a few words."""
    return Parameter(name, {"type": "string", "enum": list(words)})


def entry(  # noqa: PLR0917 - a table reads best in columns
    name: str,
    route: str,
    handler: Handler,
    effect: Effect,
    summary: str,
    answer: Any,
    *,
    body: Any = None,
    query: tuple[Parameter, ...] = (),
    also: tuple[int, ...] = (),
    provenance: Provenance = "documented",
    source: str = REFERENCE,
    auth: str = "default",
) -> Operation:
    """A line of the table. ``route`` is method and path; ``also`` are further refusals.

    Every operation may refuse with 400, 401 and, when the weather says so, 429; one with an id in
    its path also with 404.
    """
    method, path = route.split(" ")
    refusals = {400, 401, 429, *also, *((404,) if "{" in path else ())}
    variables = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return Operation(
        name=name, method=method, path=path, handler=handler, effect=effect, summary=summary,
        provenance=provenance, source=source, body=body, query=query, auth=auth,
        answers={200: answer, **dict.fromkeys(sorted(refusals), Errors)},
        path_schemas=dict.fromkeys(variables, _ID),
    )  # fmt: skip
