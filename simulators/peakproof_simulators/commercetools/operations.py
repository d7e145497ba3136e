"""The table of operations: what the vendor's API has and this fake models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from peakproof.history.records import Effect
from peakproof_simulators.commercetools import auth, faces
from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.faces import Answer, Business, Face, Faces, guarded
from peakproof_simulators.commercetools.payloads.common import ErrorResponse
from peakproof_simulators.commercetools.payloads.hooks import SubscriptionHealth
from peakproof_simulators.commercetools.payloads.messages import AnyMessage
from peakproof_simulators.commercetools.payloads.orders import OrderImportDraft
from peakproof_simulators.commercetools.queries import EXPANSION
from peakproof_simulators.commercetools.reading import Reader
from peakproof_simulators.commercetools.state import Project
from peakproof_simulators.kit.operations import Operation, Parameter
from peakproof_simulators.kit.service import Call

SOURCE: Final = "API reference (OAS)"
_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": {"type": "string", "pattern": "\\S"}, "minItems": 1}
_PATHS: Final = {
    "type": "array", "items": {"type": "string", "pattern": EXPANSION}, "minItems": 1,
}  # fmt: skip
_EXPAND: Final = Parameter("expand", _PATHS, about="references to write out, dotted")
_WHERE: Final = Parameter("where", _TEXTS, about="predicates that must all hold")
_QUERY: Final = (
    _WHERE,
    Parameter("sort", _TEXTS, about="`field asc` or `field desc`, dotted"),
    Parameter("limit", {"type": "integer", "minimum": 0, "maximum": 500, "default": 20}),
    Parameter("offset", {"type": "integer", "minimum": 0, "maximum": 10000, "default": 0}),
    Parameter("withTotal", {"type": "boolean", "default": True}),
    _EXPAND,
)
_VERSION: Final = Parameter(
    "version", {"type": "integer", "minimum": 0}, required=True, about="last seen version"
)


class Part(NamedTuple):
    """How one kind of resource appears in the table."""

    business: Business
    name: str
    view: tuple[str, ...]
    manage: tuple[str, ...]
    effect: Effect
    by_name: str = "key={key}"
    writable: bool = True
    quick: Callable[[Project, Faces, Face], Face] | None = None
    """Makes an update's face by id of the usual one: a shorter way for what is sent most."""


def table(parts: Sequence[Part], *, project: Project, imports: Business) -> tuple[Operation, ...]:
    """All operations of a project's API."""
    found: list[Operation] = []
    ignore = project.settings.unknown_fields == "ignore"
    for part in parts:
        made = Faces(part.business, project.settings)
        found.extend(_of_collection(part, made))
        found.extend(_of_item(project, part, made, "{ID}", ""))
        if part.by_name:
            suffix = "_by_" + _suffix(part.by_name)
            found.extend(_of_item(project, part, made, part.by_name, suffix))
        if part.name == "subscription":
            found.append(_health(part))
        if part.name == "order":
            found.append(_import(part, imports, ignore))
    key = {"projectKey": {"type": "string", "enum": [project.settings.project_key]}}
    return (*_tokens(), *(replace(one, path_schemas=key) for one in found))


def _suffix(by_name: str) -> str:
    return "number" if by_name.startswith("order-number") else "key"


def _errors(*statuses: int) -> dict[int, Any]:
    return dict.fromkeys((400, 401, 403, *statuses), ErrorResponse)


def _operation(
    part: Part,
    face: Face,
    *,
    name: str,
    method: str,
    path: str,
    summary: str,
    answers: dict[int, Any],
    body: Any = None,
    query: tuple[Parameter, ...] = (),
) -> Operation:
    reads = method in ("GET", "HEAD")
    full = f"/{{projectKey}}/{part.business.kind.path}{path}"
    return Operation(
        name=f"{part.name}.{name}",
        method=method,
        path=full,
        handler=guarded(face),
        effect="read" if reads else part.effect,
        summary=summary,
        provenance="documented",
        source=f"{SOURCE}: {method} {full}",
        answers=answers,
        body=body,
        query=query,
        auth="oauth2",
        scopes=part.view if reads else part.manage,
    )


def _of_collection(part: Part, made: Faces) -> list[Operation]:
    business = part.business
    found = [
        _operation(
            part, made.query, name="query", method="GET", path="",
            summary=f"Query {business.kind.path}.",
            answers={200: business.page, **_errors()}, query=_QUERY,
        ),
        _operation(
            part, made.any, name="exists_any", method="HEAD", path="",
            summary=f"Is there any of the {business.kind.path}?",
            answers={200: None, 400: None, 401: None, 403: None, 404: None}, query=(_WHERE,),
        ),
    ]  # fmt: skip
    if part.writable:
        errors = _errors(409, 502, 504) if part.name in ("order", "cart", "payment") else _errors()
        found.append(
            _operation(
                part, made.create, name="create", method="POST", path="",
                summary=f"Create one of the {business.kind.path}.",
                answers={201: business.kind.struct, **errors}, body=business.draft,
                query=(_EXPAND,),
            )
        )  # fmt: skip
    return found


def _of_item(
    project: Project, part: Part, made: Faces, segment: str, suffix: str
) -> list[Operation]:
    business, path = part.business, f"/{segment}"
    struct = AnyMessage if part.name == "message" else business.kind.struct
    one = f"one of the {business.kind.path}"
    found = [
        _operation(
            part, made.get, name=f"get{suffix}", method="GET", path=path, summary=f"Get {one}.",
            answers={200: struct, **_errors(404)}, query=(_EXPAND,),
        ),
        _operation(
            part, made.head, name=f"exists{suffix}", method="HEAD", path=path,
            summary=f"Is {one} there?",
            answers={200: None, 400: None, 401: None, 403: None, 404: None},
        ),
    ]  # fmt: skip
    if part.writable:
        update = _operation(
            part, made.update, name=f"update{suffix}", method="POST", path=path,
            summary=f"Update {one}.",
            answers={200: struct, **_errors(404, 409, 502, 504)}, body=business.update,
            query=(_EXPAND,),
        )  # fmt: skip
        if part.quick is not None and not suffix:
            update = replace(update, handler=part.quick(project, made, update.handler))
        found += [
            update,
            _operation(
                part, made.delete, name=f"delete{suffix}", method="DELETE", path=path,
                summary=f"Delete {one}.",
                answers={200: struct, **_errors(404, 409)},
                query=(_VERSION, _EXPAND, Parameter("dataErasure", {"type": "boolean"})),
            ),
        ]  # fmt: skip
    return found


def _import(part: Part, imports: Business, ignore: bool) -> Operation:
    made = Reader[OrderImportDraft](OrderImportDraft, ignore_unknown=ignore)

    def import_(project: Project, call: Call) -> Answer:
        faces.check_parameters(project, call, "expand")
        draft = made.read(call.request.body)
        if draft.order_number is not None:
            call.keys.append(f"order:{draft.order_number}")
        change = imports.create(project, draft)
        return faces.store(project, call, imports, change, 201)

    return _operation(
        part, import_, name="import", method="POST", path="/import",
        summary="Import an order that was taken elsewhere.",
        answers={201: imports.kind.struct, **_errors(409, 502, 504)}, body=OrderImportDraft,
        query=(_EXPAND,),
    )  # fmt: skip


_HEALTH_STATUS: Final = {"Healthy": 200, "TemporaryError": 503}


def _health(part: Part) -> Operation:
    def health(project: Project, call: Call) -> Answer:
        found = faces.find(project, call, part.business)
        status = _HEALTH_STATUS.get(found.status, 400)
        return faces.answer(project, call, status, SubscriptionHealth(status=found.status))

    return Operation(
        name="subscription.health",
        method="GET",
        path="/{projectKey}/subscriptions/{ID}/health",
        handler=guarded(health),
        effect="read",
        summary="Are notifications delivered? Open, for monitoring systems.",
        provenance="documented",
        source=f"{SOURCE}: GET /{{projectKey}}/subscriptions/{{ID}}/health",
        answers={
            200: SubscriptionHealth,
            400: SubscriptionHealth,
            404: ErrorResponse,
            503: SubscriptionHealth,
        },
        auth="",
    )


# --- tokens -----------------------------------------------------------------------------------


def _token(project: Project, call: Call) -> Answer:
    fields = auth.form(call)
    project.tokens.check_client(call.request.headers.get("authorization", ""))
    grant = fields.get("grant_type", "")
    if grant != "client_credentials":
        raise Refusal("unsupported_grant_type", grant=grant)
    return faces.answer(project, call, 200, project.tokens.give(fields.get("scope")))


def _introspect(project: Project, call: Call) -> Answer:
    fields = auth.form(call)
    project.tokens.check_client(call.request.headers.get("authorization", ""))
    if "token" not in fields:
        raise Refusal("invalid_request", text="The parameter 'token' is missing.")
    return faces.answer(project, call, 200, project.tokens.introspect(fields["token"]))


def _tokens() -> tuple[Operation, ...]:
    form = ("application/x-www-form-urlencoded",)
    source = "API reference: securitySchemes; authorization page"
    return (
        Operation(
            name="oauth.token", method="POST", path="/oauth/token", handler=guarded(_token),
            effect="auth", summary="Get an access token (client credentials flow).",
            provenance="documented", source=source, media=form, auth="",
            answers={200: auth.TokenAnswer, 400: ErrorResponse, 401: ErrorResponse},
            body=auth.TokenRequest,
            query=(Parameter("grant_type", _TEXT), Parameter("scope", _TEXT)),
        ),
        Operation(
            name="oauth.introspect", method="POST", path="/oauth/introspect",
            handler=guarded(_introspect), effect="auth", summary="Does an access token work?",
            provenance="documented", source=source, media=form, auth="",
            answers={200: auth.Introspection, 400: ErrorResponse, 401: ErrorResponse},
            body=auth.IntrospectionRequest, query=(Parameter("token", _TEXT),),
        ),
    )  # fmt: skip
