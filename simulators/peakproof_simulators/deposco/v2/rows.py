"""What the rows of V2's tables have in common."""

from __future__ import annotations

import re
from typing import Any, Final

from peakproof_simulators.deposco.errors import Errors
from peakproof_simulators.kit.operations import Operation, Parameter

BASE: Final = "/latest"
TEXT: Final[dict[str, Any]] = {"type": "string"}
DATE: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
ID: Final[dict[str, Any]] = {"type": "integer", "format": "int64", "minimum": 1}
REFUSALS: Final[dict[int, Any]] = {400: Errors, 401: Errors, 403: Errors, 429: None}
_VARIABLE: Final = re.compile(r"{(\w+)}")


def list_row(
    name: str, path: str, handler: Any, kind: Any, scope: str, *,
    query: tuple[Parameter, ...], missing: bool = False,
    path_schemas: dict[str, dict[str, Any]] | None = None,
) -> Operation:  # fmt: skip
    """A collection; ``missing`` is one that belongs to something which may not be there."""
    answers = {**REFUSALS, 200: kind}
    if missing:
        answers[404] = Errors
    return Operation(
        name=f"v2.{name}", method="GET", path=f"{BASE}{path}", handler=handler, effect="read",
        summary="A page, id descending; the next one by the link's searchId.",
        provenance="documented", source="SDK", answers=answers, query=query, auth="oauth2",
        scopes=(scope,) if scope else (), path_schemas=path_schemas or {},
    )  # fmt: skip


def read_row(
    name: str, path: str, handler: Any, kind: Any, scope: str, *,
    path_schemas: dict[str, dict[str, Any]] | None = None,
) -> Operation:  # fmt: skip
    """One entity by its id."""
    if path_schemas is None:
        path_schemas = dict.fromkeys(_VARIABLE.findall(path), ID)
    return Operation(
        name=f"v2.{name}", method="GET", path=f"{BASE}{path}", handler=handler, effect="read",
        summary="One entity by its id.", provenance="documented", source="SDK",
        answers={**REFUSALS, 200: kind, 404: Errors}, auth="oauth2",
        scopes=(scope,) if scope else (), path_schemas=path_schemas,
    )  # fmt: skip
