"""The OpenAPI document of both faces: the kit's, with what the kit cannot know put right.

The kit gives every answer of an operation the media types of its request. V1 refuses in plain
text, the token endpoint takes a form and answers JSON, enterprise inventory is JSON under two
labels, and V1's JSON carries the marks of XML (DQ5), which its schemas must allow.
"""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.deposco.payloads.roots import ROOTS
from peakproof_simulators.deposco.xml import NAMESPACE

_TEXT: Final = "text/plain"
_JSON: Final = "application/json"
_NIL: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"@nil": {"const": "true"}},
    "required": ["@nil"],
}
_FIGURES: Final = ("integer", "number", "boolean")


def corrected(document: dict[str, Any]) -> dict[str, Any]:
    """The kit's document as it should be."""
    for path, entry in document["paths"].items():
        for operation in entry.values():
            if path.startswith("/integration"):
                _plain_refusals(operation)
            if path == "/oauth2/token":
                _json_answers(operation)
    components = document["components"]["schemas"]
    for name in components:
        components[name] = _with_amounts(components[name])
    for name in _reached(document, components):
        components[name] = _with_isms(components[name])
    for kind, root in ROOTS.items():
        if kind.__name__ in components:
            place = {"name": root.name}
            if root.space:
                place |= {"namespace": f"{NAMESPACE}{root.space}", "prefix": "ns2"}
            components[kind.__name__]["xml"] = place
    return document


def _plain_refusals(operation: dict[str, Any]) -> None:
    for answer in operation["responses"].values():
        content = answer.get("content")
        if content and all(part["schema"] == {"type": "string"} for part in content.values()):
            answer["content"] = {_TEXT: {"schema": {"type": "string"}}}


def _json_answers(operation: dict[str, Any]) -> None:
    for answer in operation["responses"].values():
        schema = next(iter(answer["content"].values()))
        answer["content"] = {_JSON: schema}


def _reached(document: dict[str, Any], components: dict[str, Any]) -> list[str]:
    """Names of the schemas that V1 uses, directly or through others."""
    paths = document["paths"]
    todo = [entry for path, entry in paths.items() if path.startswith("/integration")]
    found: dict[str, None] = {}
    while todo:
        for name in _named(todo.pop()):
            if name not in found:
                found[name] = None
                todo.append(components[name])
    return list(found)


def _named(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        ref = tree.get("$ref")
        names = [ref.rpartition("/")[2]] if isinstance(ref, str) else []
        return names + [name for one in tree.values() for name in _named(one)]
    if isinstance(tree, list):
        return [name for one in tree for name in _named(one)]
    return []


def _with_amounts(schema: Any) -> Any:
    """A schema of V2 whose amounts are numbers, not text: those that say their bounds."""
    if isinstance(schema, list):
        return [_with_amounts(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "decimal" and "minimum" in schema:
        return {**schema, "type": "number", "format": "double"}
    return {name: _with_amounts(one) for name, one in schema.items()}


def _with_isms(schema: Any) -> Any:
    """A schema that takes figures as text too, and nil as the object that stands for it."""
    if isinstance(schema, list):
        return [_with_isms(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if kind in _FIGURES:
        return {**schema, "type": [kind, "string"]}
    if kind == "null":
        return {"anyOf": [{"type": "null"}, _NIL]}
    if schema.get("format") == "decimal":
        return {"type": ["string", "number"]}
    return {name: _with_isms(one) for name, one in schema.items()}
