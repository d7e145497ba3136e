"""How a line of the second face's operations table is written."""

from __future__ import annotations

from typing import Any, Final

from peakproof.history.records import Effect
from peakproof_simulators.kit.operations import Handler, Operation, Parameter, Provenance
from peakproof_simulators.pos.lightspeed.payloads.common import Trouble
from peakproof_simulators.pos.lightspeed.settings import LightspeedSettings

SPEC: Final = "vendor's OpenAPI document 2026-07"
PAGES: Final = "x-series-api.lightspeedhq.com"

SCHEME: Final = "lightspeed"
BASE: Final = "/api/{version}"

_ID: Final = {"type": "string", "minLength": 1, "maxLength": 64}
_NUMBER: Final = {"type": "integer", "minimum": 0}
_SIZE: Final = {"type": "integer", "minimum": 1}

AFTER: Final = Parameter("after", _NUMBER, about="Versions above this one.")
BEFORE: Final = Parameter("before", _NUMBER, about="Versions below this one.")
PAGE_SIZE: Final = Parameter("page_size", _SIZE, about="More than the most count as the most.")
DELETED: Final = Parameter("deleted", {"type": "boolean"}, about="Deleted ones, too.")
CURSOR: Final = (AFTER, BEFORE, PAGE_SIZE)
"""The parameters of a list that is followed by version."""


def text(name: str) -> Parameter:
    """A query parameter that is a text."""
    return Parameter(name, {"type": "string", "minLength": 1, "maxLength": 200})


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
    scope: str,
    body: Any = None,
    bare: bool = False,
    query: tuple[Parameter, ...] = (),
    also: tuple[int, ...] = (),
    status: int = 200,
    provenance: Provenance = "documented",
    source: str = SPEC,
) -> Operation:
    """A line of the table. ``route`` is a method and a path below the version.

    With ``bare`` the body may be left out.

    Every operation may refuse with 400, 401, 403, 404 and 429; those that write with 413 and 422.
    """
    method, path = route.split(" ")
    refusals = {400, 401, 403, 404, 429, *also, *((413, 422) if body is not None else ())}
    variables = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    versions: dict[str, Any] = {"type": "string", "enum": list(LightspeedSettings().versions)}
    return Operation(
        name=f"lightspeed.{name}", method=method, path=BASE + path, handler=handler,
        effect=effect, summary=summary, provenance=provenance, source=source, body=body,
        body_required=not bare, query=query, auth=SCHEME, scopes=tuple(scope.split()),
        answers={status: answer, **dict.fromkeys(sorted(refusals), Trouble)},
        path_schemas={"version": versions, **dict.fromkeys(variables, _ID)},
    )  # fmt: skip
