"""JSON Schema of what a scenario says to trading: its tables and the parameters of its events."""

from __future__ import annotations

from typing import Any

import msgspec

from peakproof_simulators.trading.days import DAYS
from peakproof_simulators.trading.events import KINDS
from peakproof_simulators.trading.profiles import PROFILES
from peakproof_simulators.trading.tables import Items, Stock, Trading


def trading_schema() -> dict[str, Any]:
    """``properties`` are the tables, ``events`` the kinds of events with their sentences."""
    events = {name: kind.parameters for name, kind in KINDS.items()}
    roots = (Items, Stock, Trading, *events.values())
    schemas, definitions = msgspec.json.schema_components(roots, ref_template="#/$defs/{name}")
    definitions["Trading"]["properties"]["day"]["enum"] = list(DAYS)
    for name in ("Demand", "Rate"):
        profile = definitions[name]["properties"]["profile"]
        by_name = next(one for one in profile["anyOf"] if one.get("type") == "string")
        by_name["enum"] = list(PROFILES)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": dict(zip(("items", "stock", "trading"), schemas, strict=False)),
        "events": {
            name: {"description": KINDS[name].doc, **schema}
            for name, schema in zip(events, schemas[3:], strict=True)
        },
        "$defs": definitions,
    }
