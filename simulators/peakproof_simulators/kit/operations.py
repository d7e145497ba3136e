"""The table of a fake's operations: routes, documents and coverage are all made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from peakproof.history.records import Effect
from peakproof.wire.message import Response

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call

Provenance = Literal["documented", "observed", "inferred", "chosen"]
"""How sure a fact about a vendor is: its docs or spec say so; somebody saw it; it follows; we
had to choose (then it is a named setting or listed in ``SOURCES.md``)."""

Handler = Callable[[Any, "Call"], Response | Awaitable[Response]]
"""``handler(state, call)``; ``state`` is whatever the fake's service was made with."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter that an operation understands. ``schema`` is JSON Schema."""

    name: str
    schema: dict[str, Any]
    required: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method and path of a vendor's API.

    ``path`` is an OpenAPI template, percent-decoded (``/{projectKey}/inventory/key={key}``).
    ``body`` is the msgspec type of the request body (None: no body), which may be left out unless
    ``body_required``; ``answers`` the type of each
    documented answer (None: empty body). ``auth`` is the scheme's name in the document, "" when
    the operation is open; ``scopes`` are the vendor's own words, one of which must be held.
    ``media`` are the media types, the default first. ``source`` names the page, spec or setting
    that the operation rests on.
    """

    name: str
    method: str
    path: str
    handler: Handler
    effect: Effect
    summary: str
    provenance: Provenance
    source: str
    answers: dict[int, Any]
    body: Any = None
    body_required: bool = True
    query: tuple[Parameter, ...] = ()
    auth: str = "default"
    scopes: tuple[str, ...] = ()
    media: tuple[str, ...] = ("application/json",)
    path_schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
