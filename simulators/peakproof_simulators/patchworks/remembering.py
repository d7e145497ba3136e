"""What flows remember, as the API shows it: data pools, cross-references, tracked data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import Call
from peakproof_simulators.patchworks import payloads as payload
from peakproof_simulators.patchworks.desk import Desk, asked, whole
from peakproof_simulators.patchworks.errors import invalid, refusal
from peakproof_simulators.patchworks.memory import (
    DataPool,
    Reference,
    Seen,
    Tracked,
    is_entity_type,
)

Json = Any
_POOL: Final = msgspec.json.Decoder(payload.PoolBody)
_POOL_PATCH: Final = msgspec.json.Decoder(payload.PoolPatch)
_TABLE: Final = msgspec.json.Decoder(payload.TableBody)
_TABLE_PATCH: Final = msgspec.json.Decoder(payload.TablePatch)


# --- data pools ---------------------------------------------------------------------------------


def pools(desk: Desk, call: Call) -> Response:
    """All data pools."""
    wanted = asked(desk, call)
    rows = list(desk.company.memory.pools.values())
    places, beside = wanted.page_of(call.request.path, len(rows))
    data = [{"id": rows[at].id, "attributes": _pool(desk, rows[at])} for at in places]
    return desk.reply({"data": data, **beside})


def add_pool(desk: Desk, call: Call) -> Response:
    """A new data pool."""
    body = desk.read(call, _POOL, payload.PoolBody.__struct_fields__)
    made = desk.company.memory.add_pool(body.name, body.description)
    return desk.one(made.id, _pool(desk, made), 201)


def pool(desk: Desk, call: Call) -> Response:
    """One data pool."""
    found = _found(desk, call)
    return desk.one(found.id, _pool(desk, found))


def change_pool(desk: Desk, call: Call) -> Response:
    """Another name or description."""
    found = _found(desk, call)
    body = desk.read(call, _POOL_PATCH, payload.PoolPatch.__struct_fields__)
    if body.name is not msgspec.UNSET:
        desk.company.memory.rename_pool(found, body.name)
    if body.description is not msgspec.UNSET:
        found.description = body.description
    return desk.one(found.id, _pool(desk, found))


def drop_pool(desk: Desk, call: Call) -> Response:
    """A data pool goes, with all that it has seen."""
    desk.company.memory.drop_pool(_found(desk, call))
    return desk.reply({"message": "Data pool deleted."})


def deduped(desk: Desk, call: Call) -> Response:
    """What a data pool has seen, the oldest first."""
    found, wanted = _found(desk, call), asked(desk, call)
    _forget(desk, found)
    places, beside = wanted.page_of(call.request.path, len(found.seen))
    rows: list[Seen] = list(islice(found.seen.values(), places.start, places.stop))
    data = [
        {
            "id": str(row.id),
            "attributes": {
                "value": row.value, "entity_type_id": row.entity_type_id,
                "created_at": desk.iso(row.at_s),
            },
        }
        for row in rows
    ]  # fmt: skip
    return desk.reply({"data": data, **beside})


def _found(desk: Desk, call: Call) -> DataPool:
    found = desk.company.memory.pools.get(call.params["id"])
    if found is None:
        raise refusal("no_such", model="DataPool", id=call.params["id"])
    return found


def _forget(desk: Desk, found: DataPool) -> None:
    found.forget(desk.company.now() - desk.settings.dedupe_kept_s)


def _pool(desk: Desk, found: DataPool) -> dict[str, Json]:
    _forget(desk, found)
    return {
        "name": found.name, "description": found.description,
        "created_at": desk.iso(found.created_s), "deduped_data_count": len(found.seen),
    }  # fmt: skip


# --- cross-references ---------------------------------------------------------------------------


def tables(desk: Desk, call: Call) -> Response:
    """All cross-references."""
    wanted = asked(desk, call)
    rows = list(desk.company.memory.tables.values())
    places, beside = wanted.page_of(call.request.path, len(rows))
    data = [{"id": rows[at].id, "attributes": _table(rows[at])} for at in places]
    return desk.reply({"data": data, **beside})


def add_table(desk: Desk, call: Call) -> Response:
    """A new cross-reference; its name is its own."""
    body = desk.read(call, _TABLE, payload.TableBody.__struct_fields__)
    memory = desk.company.memory
    if body.name in memory.table_named:
        raise invalid("name", "The name has already been taken.")
    rows = [(row.left_value, row.right_value) for row in body.rows]
    made = memory.add_table(body.name, body.match_type, rows)
    return desk.one(made.id, _table(made), 201)


def table(desk: Desk, call: Call) -> Response:
    """One cross-reference."""
    found = _one_table(desk, call)
    return desk.one(found.id, _table(found))


def change_table(desk: Desk, call: Call) -> Response:
    """Other rows, from now on: runs that are under way see them too."""
    found = _one_table(desk, call)
    body = desk.read(call, _TABLE_PATCH, payload.TablePatch.__struct_fields__)
    found.fill((row.left_value, row.right_value) for row in body.rows)
    return desk.one(found.id, _table(found))


def _one_table(desk: Desk, call: Call) -> Reference:
    found = desk.company.memory.tables.get(call.params["id"])
    if found is None:
        raise refusal("no_such", model="CrossReferenceLookup", id=call.params["id"])
    return found


def _table(found: Reference) -> dict[str, Json]:
    rows = [{"left_value": left, "right_value": right} for left, right in found.rows]
    return {"name": found.name, "match_type": found.match, "rows": rows}


# --- tracked data -------------------------------------------------------------------------------


def tracked(desk: Desk, call: Call) -> Response:
    """Tracked values, the newest first, with how often each was sent and received."""
    wanted = asked(desk, call)
    memory, values = desk.company.memory, wanted.values
    memory.forget_tracked()
    fits = _chosen(desk, values)
    rows = [row for row in memory.tracked.values() if fits(row)][::-1]
    counts = Counter(
        (row.entity_type_id, row.value, row.direction) for row in memory.tracked.values()
    )

    def shown(row: Tracked) -> Json:
        attributes = {
            name: getattr(row, name)
            for name in (
                "flow_id", "flow_run_id", "step_id", "entity_type_id", "value", "direction",
                "success",
            )
        }  # fmt: skip
        attributes["sent_count"] = counts[row.entity_type_id, row.value, "Send"]
        attributes["received_count"] = counts[row.entity_type_id, row.value, "Receive"]
        attributes["created_at"] = desk.iso(row.at_s)
        return {"id": str(row.id), "attributes": attributes}

    places, beside = wanted.page_of(call.request.path, len(rows))
    return desk.reply({"data": [shown(rows[at]) for at in places], **beside})


def _chosen(desk: Desk, values: dict[str, str]) -> Callable[[Tracked], bool]:
    """Which rows the filters keep; they are read before there is a row to look at.

    Raises:
        VendorError: a filter says what it cannot say.
    """
    wanted = {
        name: values[f"filter[{name}]"]
        for name in ("flow_id", "flow_run_id", "step_id", "value")
        if f"filter[{name}]" in values
    }
    kind: int | None = None
    if "filter[entity_type_id]" in values:
        kind = whole(values, "filter[entity_type_id]", 1)
        if not is_entity_type(kind):
            raise invalid("filter.entity_type_id", "The selected entity type is invalid.")
    after, before = _edge(desk, values, "created_after"), _edge(desk, values, "created_before")

    def fits(row: Tracked) -> bool:
        return (
            (kind is None or row.entity_type_id == kind)
            and all(getattr(row, name) == value for name, value in wanted.items())
            and (after is None or row.at_s >= after)
            and (before is None or row.at_s <= before)
        )

    return fits


def _edge(desk: Desk, values: dict[str, str], name: str) -> float | None:
    text = values.get(f"filter[{name}]")
    if text is None:
        return None
    try:
        return desk.world.clock.seconds(text)
    except (ValueError, OverflowError):
        raise invalid(f"filter.{name}", f"The filter.{name} field must be a valid date.") from None
