"""OpenAPI documents, made from an operations table; msgspec makes the schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from peakproof_simulators.kit.operations import Operation

_VARIABLE: Final = re.compile(r"{([A-Za-z_]+)}")


def document(
    title: str, operations: Sequence[Operation], security: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a table.

    ``security`` maps the names used in :attr:`Operation.auth` to security scheme objects.
    """
    types = _types(operations)
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        entry = paths.setdefault(operation.path, {})
        entry[operation.method.lower()] = _operation(operation, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": dict(security)},
    }


def _types(operations: Sequence[Operation]) -> list[Any]:
    seen: dict[int, Any] = {}
    for operation in operations:
        for kind in (operation.body, *operation.answers.values()):
            if kind is not None:
                seen.setdefault(id(kind), kind)
    return list(seen.values())


def _operation(operation: Operation, schema_of: Mapping[int, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "x-provenance": operation.provenance,
        "x-source": operation.source,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            str(status): _answer(operation, status, kind, schema_of)
            for status, kind in sorted(operation.answers.items())
        },
    }
    if operation.body is not None:
        schema = schema_of[id(operation.body)]
        made["requestBody"] = {
            "required": operation.body_required,
            "content": {media: {"schema": schema} for media in operation.media},
        }
    if operation.auth:
        made["security"] = [{operation.auth: []}]
    return made


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": operation.path_schemas.get(name, {"type": "string", "minLength": 1}),
        }
        for name in _VARIABLE.findall(operation.path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "in": "query",
            "required": parameter.required,
            "schema": parameter.schema,
            "description": parameter.about,
        }
        for parameter in operation.query
    ]


def _answer(
    operation: Operation, status: int, kind: Any, schema_of: Mapping[int, Any]
) -> dict[str, Any]:
    made: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if kind is not None:
        schema = schema_of[id(kind)]
        made["content"] = {media: {"schema": schema} for media in operation.media}
    return made
