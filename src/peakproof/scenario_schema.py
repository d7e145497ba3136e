"""JSON Schema of scenario files, made from the structs and registers that read them.

A scenario file is laid over others, so nothing is required in a table that is merged; what
stands in an array is replaced as a whole and has to be complete.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from peakproof import catalogue
from peakproof.judging.estate import Channel, Judging, Masters
from peakproof.judging.invariants import INVARIANTS
from peakproof.scenario import Scenario
from peakproof.wire.aim import Target
from peakproof.wire.kinds import KINDS
from peakproof.wire.rules import DECLARED as _DECLARED  # noqa: F401  # registers the kinds

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ID: Final = "urn:peakproof:scenario"
_REFERENCE: Final = "reference"
"""The connector whose settings the table ``connector`` shows; those of others are let through."""
_GIVEN: Final = (
    "integration",
    "systems",
    "nodes",
    "channels",
    "masters",
    "accounts",
    "guards",
    "hooks",
    "clock",
)
"""What the harness itself puts into a connector's document."""
_CHOICES: Final = ("nth", "every", "probability")
"""At most one of them chooses among the calls that fit."""
_CLIMATE: Final = ("system", "operation", "window")
"""All that aims a kind that belongs to the climate."""


def scenario_schema() -> Schema:
    """The schema of every table that a scenario file may hold, as plain JSON values."""
    definitions: Schema = {}
    (root,) = _structs("scenario", (Scenario,), definitions)
    judging, channel, masters = _structs("judging", (Judging, Channel, Masters), definitions)
    scenario = definitions.pop(_name(root))
    tables = scenario["properties"]
    tables["judging"] = judging
    tables["estate"] = _estate(channel, masters)
    _name_invariants(definitions, tables)
    tables.update(_trading(definitions))
    definitions["weather"] = _weather(definitions)
    for name in ("climate", "weather"):
        tables[name]["items"] = {"$ref": "#/$defs/weather"}
    _aim_events(definitions)
    tables["clocks"]["propertyNames"] = {"enum": catalogue.simulators()}
    tables["services"].update(properties=_services(definitions), additionalProperties=False)
    tables["connector"] = _connector(definitions, tables["connector"])
    made = {
        "$schema": _DIALECT,
        "$id": _ID,
        "title": "peakproof scenario",
        "description": scenario["description"],
        "type": "object",
        "properties": tables,
        "additionalProperties": False,
        "$defs": definitions,
    }
    _loosen(made, definitions, set())
    used = set(_reached(made["properties"], definitions, {}))
    made["$defs"] = {name: one for name, one in definitions.items() if name in used}
    return made


# --- the parts ------------------------------------------------------------------------


def _estate(channel: Schema, masters: Schema) -> Schema:
    """Who sells what from where."""
    text = {"type": "string"}
    node = {
        "description": "A building with a shelf.",
        "type": "object",
        "properties": {
            "id": text,
            "kind": {"enum": ["warehouse", "store"]},
            "places": {
                "description": 'What each system calls it, such as `{ deposco = "W1" }`.',
                "type": "object",
                "additionalProperties": text,
            },
        },
        "required": ["id", "kind", "places"],
    }
    return {
        "description": "Who sells what from where; usually the estate of the integration.",
        "type": "object",
        "properties": {
            "integration": text,
            "systems": {
                "description": "The fakes that play in this run.",
                "type": "array",
                "items": {"enum": catalogue.simulators()},
            },
            "warehouse": {"description": "The system that runs the warehouse.", **text},
            "currency": text,
            "reference": {
                "description": "The connector that plays the reference here; else the engine.",
                **text,
            },
            "masters": masters,
            "accounts": {
                "description": "Accounts of finance by kind of entry, such as `sale`.",
                "type": "object",
                "additionalProperties": text,
            },
            "nodes": {"type": "array", "items": node},
            "channels": {"type": "array", "items": channel},
        },
        "additionalProperties": False,
    }


def _name_invariants(definitions: Schema, tables: Schema) -> None:
    """Wherever an invariant is named, these are all that there are."""
    names = {"enum": list(INVARIANTS)}
    limits = definitions["judging.Judging"]["properties"]
    limits["gates"]["propertyNames"] = names
    for array in (
        tables["invariants"],
        definitions["scenario.Break"]["properties"]["breaks"],
        limits["expect"],
        limits["leave_out"],
    ):
        array["items"] = names


def _trading(definitions: Schema) -> Schema:
    """The trading day's tables; its events become ``event``, one branch each."""
    offered = _adopt("trading", catalogue.trading_schema(), definitions)
    branches: list[Schema] = []
    for name, event in offered["events"].items():
        parameters = definitions[_name(event)]
        definitions[f"event.{name}"] = _branch(
            name, event.get("description", ""), parameters["properties"], parameters["required"]
        )
        branches.append({"$ref": f"#/$defs/event.{name}"})
    definitions["event"] = {"description": "One business event, by its kind.", "oneOf": branches}
    tables: Schema = offered["properties"]
    return tables


def _weather(definitions: Schema) -> Schema:
    """One branch for each kind of weather: its parameters, and where it strikes."""
    target = _struct(Target)
    _aim(target)
    branches: list[Schema] = []
    for kind in KINDS.values():
        aim = target["properties"]
        if kind.role == "ground":
            aim = {name: aim[name] for name in _CLIMATE}
        parameters = _struct(kind.parameters)["properties"]
        branch = _branch(kind.name, kind.about, {**aim, **parameters}, ())
        if kind.role != "ground":
            branch["dependentSchemas"] = target["dependentSchemas"]
        definitions[f"weather.{kind.name}"] = branch
        branches.append({"$ref": f"#/$defs/weather.{kind.name}"})
    return {"description": "One rule of weather, by its kind.", "oneOf": branches}


def _branch(
    name: str, about: str, properties: Mapping[str, Any], required: Iterable[str]
) -> Schema:
    return {
        "title": name,
        "description": about,
        "type": "object",
        "properties": {"kind": {"const": name}, **properties},
        "required": ["kind", *required],
        "additionalProperties": False,
    }


def _aim_events(definitions: Schema) -> None:
    """An event happens at a time or at a call, never both, and is one of those that there are."""
    event = definitions["scenario.Event"]
    event["properties"]["act"] = {"$ref": "#/$defs/event"}
    event["oneOf"] = [{"required": ["at_s"]}, {"required": ["on"]}]
    _aim(definitions["scenario.On"])


def _aim(target: Schema) -> None:
    """What the struct alone does not say: one choice among calls, a window after the opening."""
    target["properties"]["window"]["items"]["minimum"] = 0
    refused: Schema = {"nth": {"maxItems": 0}, "every": {"maximum": 0}, "probability": False}
    refused["nth"]["type"] = "array"
    target["dependentSchemas"] = {
        "nth": {"properties": {name: refused[name] for name in ("every", "probability")}},
        "probability": {"properties": {name: refused[name] for name in ("nth", "every")}},
    }


def _services(definitions: Schema) -> Schema:
    """The settings of each fake, as far as it says what can be set in it."""
    found: Schema = {name: {"type": "object"} for name in catalogue.simulators()}
    for name in catalogue.simulators():
        settings = catalogue.settings(name)
        if settings is not None:
            (found[name],) = _structs(name, (settings,), definitions)
    return found


def _connector(definitions: Schema, table: Schema) -> Schema:
    """What the reference connector reads beyond the estate; another one may read more."""
    settings = catalogue.settings(_REFERENCE)
    if settings is None:
        return table
    (whole,) = _structs("connector", (settings,), definitions)
    properties = definitions.pop(_name(whole))["properties"]
    shown = {name: one for name, one in properties.items() if name not in _GIVEN}
    for name in _reached(shown, definitions, {}):
        definitions[name].pop("additionalProperties", None)
    return {**table, "properties": shown}


# --- structs as schemas ---------------------------------------------------------------


def _structs(prefix: str, kinds: Iterable[type], definitions: Schema) -> list[Schema]:
    """References to the schemas of structs, which go into ``definitions`` under a prefix."""
    roots, found = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    offered = _adopt(prefix, {"roots": list(roots), "$defs": found}, definitions)
    made: list[Schema] = offered["roots"]
    return made


def _struct(kind: type) -> Schema:
    """The schema of a struct of plain fields, in which nothing refers to anything else."""
    definitions: Schema = {}
    (root,) = _structs("", (kind,), definitions)
    made: Schema = definitions[_name(root)]
    return made


def _adopt(prefix: str, offered: Schema, definitions: Schema) -> Schema:
    """A foreign schema with its definitions moved into ours, each under the prefix."""
    start = f"{prefix}." if prefix else ""
    moved: Schema = _plain(offered, start)
    for name, one in moved.pop("$defs").items():
        _note_fields(one)
        definitions[start + name] = one
    return moved


def _plain(node: Any, start: str) -> Any:
    """A copy without null (TOML has none) and without whole tables as defaults (they are merged).

    References begin with the prefix.
    """
    if isinstance(node, list):
        return [_plain(one, start) for one in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: _plain(value, start)
        for key, value in node.items()
        if key != "default" or not (value is None or isinstance(value, dict))
    }
    if "$ref" in made:
        made["$ref"] = f"#/$defs/{start}{_name(node)}"
    if "anyOf" in made:
        left = [one for one in made.pop("anyOf") if one != {"type": "null"}]
        made.update(left[0] if len(left) == 1 else {"anyOf": left})
    if "prefixItems" in made:
        _pair(made)
    return made


def _pair(array: Schema) -> None:
    """Say how an array of fixed length is made so that editors of older dialects know it too.

    They do not know ``prefixItems``, and ``items`` = false refuses every array there. It says no
    more than the length does.
    """
    assert array["maxItems"] == len(array["prefixItems"])
    del array["items"]
    first, *rest = array["prefixItems"]
    if all(one == first for one in rest):
        del array["prefixItems"]
        array["items"] = first


_ROW: Final = re.compile(r"^``(\w+)``\s{2,}(.+)$")
_RULE: Final = re.compile(r"^[= ]+$")
_SENTENCE: Final = re.compile(r"(?<=[.])\s+(?=[A-Z`])")


def _note_fields(definition: Schema) -> None:
    """Tidy a docstring, and give each field the sentences of it that name the field."""
    text = inspect.cleandoc(definition.get("description", ""))
    if not text:
        return
    lines = [line for line in text.splitlines() if not _RULE.match(line) or not line]
    rows = {row[1]: row[2] for line in lines if (row := _ROW.match(line))}
    prose = "\n".join(line for line in lines if not _ROW.match(line))
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", prose) if part.strip()]
    definition["description"] = "\n\n".join(paragraphs).replace("``", "`")
    sentences = [one for part in paragraphs for one in _SENTENCE.split(part)]
    for name, field in definition.get("properties", {}).items():
        named = [one for one in sentences if f"``{name}``" in one]
        note = rows.get(name) or " ".join(named)
        if note and "description" not in field:
            field["description"] = note.replace("``", "`")


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).removeprefix("#/$defs/")


def _loosen(node: Any, definitions: Schema, seen: set[str]) -> None:
    """Nothing is required in tables that are merged: those that no array holds."""
    if not isinstance(node, dict):
        return
    if "$ref" in node and (name := _name(node)) not in seen:
        seen.add(name)
        _loosen(definitions[name], definitions, seen)
    node.pop("required", None)
    for one in node.get("properties", {}).values():
        _loosen(one, definitions, seen)
    for one in node.get("anyOf", ()):
        _loosen(one, definitions, seen)
    _loosen(node.get("additionalProperties"), definitions, seen)


def _reached(node: Any, definitions: Schema, seen: dict[str, None]) -> Iterator[str]:
    """The names of all definitions that a schema refers to, directly or through another."""
    if isinstance(node, list):
        for one in node:
            yield from _reached(one, definitions, seen)
    elif isinstance(node, dict):
        if "$ref" in node and (name := _name(node)) not in seen:
            seen[name] = None
            yield name
            yield from _reached(definitions[name], definitions, seen)
        for one in node.values():
            yield from _reached(one, definitions, seen)
