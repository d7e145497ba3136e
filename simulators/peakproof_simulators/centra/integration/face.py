"""``POST /graphql``: from bytes to a checked document to an answer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Final, TypeGuard

import msgspec
from graphql import ExecutionResult, execute

from peakproof.errors import PeakproofError
from peakproof.wire.message import Response
from peakproof_simulators.centra.integration.documents import (
    Documents,
    Plan,
    Refused,
    formatted,
)
from peakproof_simulators.centra.integration.schema import schema
from peakproof_simulators.centra.integration.session import Session
from peakproof_simulators.kit.service import Call

if TYPE_CHECKING:
    from graphql import GraphQLError

    from peakproof_simulators.centra.state import Centra
    from peakproof_simulators.centra.tokens import Token

JSON: Final = "application/json"
encode: Final = msgspec.json.Encoder(enc_hook=str).encode


class GraphQLRequest(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of a request."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


class ErrorPlace(msgspec.Struct):
    """Where in a document an error is."""

    line: int
    column: int


class GraphQLErrorShape(msgspec.Struct, omit_defaults=True):
    """One error of an answer; ``extensions.category`` says of what kind."""

    message: str
    extensions: dict[str, Any] = {}
    locations: list[ErrorPlace] = []
    path: list[str | int] = []


class AnswerExtensions(msgspec.Struct, rename="camel"):
    """What the vendor tells beside every answer."""

    complexity: int
    permissions_used: list[str]
    app_version: str
    deprecated_fields_used: list[str] | msgspec.UnsetType = msgspec.UNSET


class GraphQLAnswer(msgspec.Struct, omit_defaults=True):
    """An answer that was executed, perhaps in part."""

    extensions: AnswerExtensions
    data: dict[str, Any] | None = None
    errors: list[GraphQLErrorShape] = []


class GraphQLRefusal(msgspec.Struct):
    """An answer to what could not be executed."""

    errors: list[GraphQLErrorShape]
    extensions: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


_read: Final = msgspec.json.Decoder(GraphQLRequest).decode


class GraphCall(Call):
    """A request to ``/graphql``, read as far as it had to be read to know what it is."""

    asked: GraphQLRequest | None = None
    plan: Plan | Refused | None = None
    problem: str = ""


def reading(
    documents: Documents, limit: int, body: bytes
) -> tuple[GraphQLRequest | None, Plan | Refused | None, str]:
    """The request in a body, what to do with it, and what is wrong with the body."""
    if len(body) > limit:
        return None, None, f"The request is larger than {limit} bytes."
    try:
        asked = _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return None, None, f"Invalid request body: {error}"
    if not asked.query.strip():
        return None, None, "Invalid request body: query is empty"
    return asked, documents.plan(asked.query, asked.operation_name), ""


def refusal(status: int, message: str, category: str, headers: dict[str, str] | None = None
            ) -> Response:  # fmt: skip
    """An answer without anything executed."""
    body = {"errors": [{"message": message, "extensions": {"category": category}}]}
    return Response(status, encode(body), {"content-type": JSON, **(headers or {})})


def serve(centra: Centra, call: Call) -> Response:
    """Execute the document of a call."""
    assert isinstance(call, GraphCall)
    token: Token = call.caller
    asked, plan = call.asked, call.plan
    if asked is None or plan is None:
        return _refused(centra, [_error(call.problem, "request")])
    if isinstance(plan, Refused):
        return _refused(centra, plan.errors)
    if plan.introspects and not centra.settings.introspection:
        return _refused(centra, [_error("Introspection is not allowed.", "graphql")])
    variables = asked.variables or {}
    complexity = centra.documents.cost(plan, variables)
    if complexity > centra.settings.query_limit_complexity:
        most = centra.settings.query_limit_complexity
        return _refused(centra, [_error(f"Complexity {complexity} is above {most}.", "graphql")])
    mutations = plan.mutations
    wait_s = centra.limits.spend(complexity=complexity, mutations=mutations)
    if wait_s:
        until = centra.limits.resume_at(wait_s)
        return refusal(429, "Rate limit exceeded.", "rate-limit", {"retry-after": until})
    lacking = [need for need in plan.needs if not token.may(need.permission)]
    used = list(dict.fromkeys(need.permission for need in plan.needs))
    extensions = _extensions(centra, plan, complexity, used)
    if lacking:
        errors = [
            {
                "message": f"You need {need.permission} permission to access {need.field}.",
                "extensions": {"category": "authorization"},
                "locations": [{"line": need.line, "column": need.column}],
                "path": list(need.path),
            }
            for need in lacking
        ]
        body = encode({"errors": errors, "extensions": extensions})
        return Response(200, body, {"content-type": JSON})
    return _execute(centra, call, plan, variables, extensions)


def _execute(
    centra: Centra, call: GraphCall, plan: Plan, variables: dict[str, Any],
    extensions: dict[str, Any],
) -> Response:  # fmt: skip
    name = plan.operation.name
    centra.keys = call.keys
    try:
        result = execute(
            schema(), plan.document, None, Session(centra, call.caller, call.stale_s), variables,
            name.value if name is not None else None, is_awaitable=_never,
        )  # fmt: skip
    finally:
        centra.keys = []  # what shoppers do from now on is not this call's
    assert isinstance(result, ExecutionResult)
    made: dict[str, Any] = {"data": result.data, "extensions": extensions}
    if result.errors:
        _raise_faults(result.errors)
        if result.data is None and all(error.path is None for error in result.errors):
            return _refused(centra, [formatted(error) for error in result.errors])
        made["errors"] = [formatted(error) for error in result.errors]
    return Response(200, encode(made), {"content-type": JSON})


def _never(_value: Any) -> TypeGuard[Awaitable[Any]]:
    """No resolver waits for anything."""
    return False


def _raise_faults(errors: list[GraphQLError]) -> None:
    """A resolver that broke is the fake's fault, not an answer of the vendor's."""
    for error in errors:
        cause = error.original_error
        if cause is not None and not _is_refusal(cause):
            raise cause


def _is_refusal(cause: Exception) -> bool:
    """Whether GraphQL itself refused a value (graphql-core raises its own errors for that)."""
    return type(cause).__module__.startswith("graphql.") and not isinstance(cause, PeakproofError)


def _extensions(centra: Centra, plan: Plan, complexity: int, used: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "complexity": complexity,
        "permissionsUsed": used,
        "appVersion": centra.settings.app_version,
    }
    if plan.deprecated:
        made["deprecatedFieldsUsed"] = list(plan.deprecated)
    return made


def _error(message: str, category: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"category": category}}


def _refused(centra: Centra, errors: list[dict[str, Any]]) -> Response:
    """400: nothing was executed. It counts as a request all the same."""
    wait_s = centra.limits.spend(complexity=0, mutations=0)
    if wait_s:
        until = centra.limits.resume_at(wait_s)
        return refusal(429, "Rate limit exceeded.", "rate-limit", {"retry-after": until})
    body = {
        "errors": errors,
        "extensions": {
            "complexity": 0, "permissionsUsed": [], "appVersion": centra.settings.app_version,
        },
    }  # fmt: skip
    return Response(400, encode(body), {"content-type": JSON})
