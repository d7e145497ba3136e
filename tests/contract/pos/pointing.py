"""Lets generated requests name what is there: otherwise all that they would find is a 404."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Known = Mapping[str, Sequence[str | int]]
"""Values that mean something, by the names of path parameters and of fields of bodies; ``A.b`` is
the field ``b`` of ``A`` alone; no values: it stays as it is."""


def point(document: dict[str, Any], known: Known) -> None:
    """Narrow a document to known values in paths and bodies, not in what is answered."""
    schemas = document["components"]["schemas"]
    asked: dict[str, None] = {}
    answered: dict[str, None] = {}
    for methods in document["paths"].values():
        for each in methods.values():
            _parts(schemas, each.get("requestBody", {}), asked)
            _parts(schemas, each["responses"], answered)
            for parameter in each["parameters"]:
                if parameter["in"] == "path" and parameter["name"] in known:
                    parameter["schema"] = {"enum": list(known[parameter["name"]])}
    for name in asked:
        if name not in answered:
            _narrow(name, schemas[name].get("properties", {}), known)


def _narrow(name: str, properties: dict[str, Any], known: Known) -> None:
    for field, before in properties.items():
        values = known.get(f"{name}.{field}", known.get(field))
        if values:
            # What may be left empty still may: a null is no mistake there.
            empty = [None] if {"type": "null"} in before.get("anyOf", ()) else []
            properties[field] = {"enum": [*values, *empty]}


def _parts(schemas: dict[str, Any], part: Any, found: dict[str, None]) -> None:
    """The schemas that something is made of, those inside others too."""
    if isinstance(part, list):
        for each in part:
            _parts(schemas, each, found)
    elif isinstance(part, dict):
        name = part.get("$ref", "").rpartition("/")[2]
        if name and name not in found:
            found[name] = None
            _parts(schemas, schemas[name], found)
        for each in part.values():
            _parts(schemas, each, found)
