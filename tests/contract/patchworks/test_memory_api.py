"""The Core API: data pools, cross-references, tracked data."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.patchworks.works import Works, flow, push

DAY_S = 86400.0


@pytest.fixture
def works() -> Works:
    made = Works(api_per_minute=0)
    made.install(flow("a", push()), flow("b", push("/b"), priority="high"), pools=[{"name": "p"}])
    return made


# --- what flows remember ------------------------------------------------------------------------


def test_a_data_pool_is_made_changed_and_dropped(works: Works) -> None:
    made = works.post("/data-pool", {"name": "seen", "description": "orders"})
    assert made.status == 201
    path = f"/data-pool/{made.about['id']}"
    assert works.get(path).about["description"] == "orders"
    changed = works.call("PATCH", path, {"name": "seen too"})
    assert (changed.status, changed.about["name"]) == (200, "seen too")
    works.call("PATCH", path, {"description": ""})
    assert works.get(path).about["description"] == ""
    assert [row["name"] for row in works.get("/data-pool").rows] == ["p", "seen too"]
    dropped = works.call("DELETE", path)
    assert (dropped.status, dropped.body) == (200, {"message": "Data pool deleted."})
    for method in ("GET", "PATCH", "DELETE"):
        assert works.call(method, path, {} if method == "PATCH" else None).status == 404
    assert works.post("/data-pool", {"name": ""}).status == 422
    assert works.get(f"{path}/deduped-data").status == 404


def test_a_flow_without_its_pool_fails(works: Works) -> None:
    shape = {"shape": "de_dupe", "mode": "filter", "pool": "p", "key": "id"}
    works.install(flow("d", shape), pools=[{"name": "p"}])
    (pool,) = works.get("/data-pool").rows
    works.call("DELETE", f"/data-pool/{pool['id']}")
    run = works.play("d", {"id": "1"})
    assert run.summary == "The data pool 'p' does not exist."


def test_what_a_pool_has_seen_is_shown(works: Works) -> None:
    shape = {"shape": "de_dupe", "mode": "track", "pool": "p", "key": "id", "entity_type": 37}
    works.install(flow("d", shape), pools=[{"name": "p"}])
    works.play("d", {"id": "N-1"})
    (pool,) = works.get("/data-pool").rows
    assert pool["deduped_data_count"] == 1
    (row,) = works.get(f"/data-pool/{pool['id']}/deduped-data").rows
    assert (row["value"], row["entity_type_id"]) == ("N-1", 37)


def test_a_cross_reference_is_changed_while_flows_use_it(works: Works) -> None:
    rows = [{"left_value": "A", "right_value": "1"}]
    made = works.post("/cross-reference-lookups", {"name": "t", "rows": rows})
    assert made.status == 201
    assert works.post("/cross-reference-lookups", {"name": "t"}).status == 422
    shape = {"shape": "lookup", "table": "t", "value": "at", "to": "to"}
    works.install(flow("l", shape, push()), tables=[{"name": "t", "rows": rows}])
    works.play("l", {"at": "A"})
    path = f"/cross-reference-lookups/{made.about['id']}"
    rows = [{"left_value": "A", "right_value": "2"}]
    assert works.call("PATCH", path, {"rows": rows}).about["rows"] == rows
    works.play("l", {"at": "A"})
    assert [asked.body for _t, asked in works.sent] == [
        b'{"at":"A","to":"1"}', b'{"at":"A","to":"2"}',
    ]  # fmt: skip
    assert works.get(path).about["match_type"] == "exact"
    (listed,) = works.get("/cross-reference-lookups").rows
    assert (listed["id"], listed["name"]) == (made.about["id"], "t")
    assert works.get("/cross-reference-lookups/none").status == 404
    assert works.call("PATCH", path, {"rows": [{"left_value": 1}]}).status == 422


def test_matching_can_ignore_case(works: Works) -> None:
    body = {"name": "t", "match_type": "ignore_case",
            "rows": [{"left_value": "Aa", "right_value": "1"}]}  # fmt: skip
    works.post("/cross-reference-lookups", body)
    assert works.company.memory.look_up("t", "aA", "left_to_right", "fail") == "1"


def test_tracked_values_are_found_by_what_they_are(works: Works) -> None:
    sent = {"shape": "track_data", "value": "id", "entity_type": 37}
    received = {**sent, "direction": "Receive", "success": False, "entity_type": 58}
    works.install(flow("s", sent), flow("r", received))
    first = works.play("s", {"id": "1"})
    works.play("s", {"id": "1"})
    works.run(100)
    works.play("r", {"id": "2"})

    def found(**filters: Any) -> list[tuple[str, str, int, int]]:
        query = {f"filter[{name}]": value for name, value in filters.items()}
        rows = works.get("/tracked-data", query).rows
        return [(r["value"], r["direction"], r["sent_count"], r["received_count"]) for r in rows]

    assert found() == [("2", "Receive", 0, 1), ("1", "Send", 2, 0), ("1", "Send", 2, 0)]
    assert found(value="2") == found(entity_type_id=58) == [("2", "Receive", 0, 1)]
    assert len(found(flow_run_id=first.id)) == 1
    assert len(found(flow_id=works.id_of("s"))) == 2
    assert len(found(step_id=f"{first.version_id}-0")) == 2
    assert len(found(created_before="2026-11-27T06:02:00Z")) == 1
    assert len(found(created_after="2026-11-27T06:02:00Z")) == 2
    assert works.get("/tracked-data", {"filter[entity_type_id]": "99"}).status == 422
    assert works.get("/tracked-data", {"filter[created_after]": "soon"}).status == 422


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entity_type_id", "99"), ("entity_type_id", "x"), ("created_after", "soon"),
        ("created_before", "soon"),
    ],
)  # fmt: skip
def test_a_filter_is_read_also_when_nothing_is_tracked(works: Works, name: str, value: str) -> None:
    assert works.get("/tracked-data").rows == []
    answer = works.get("/tracked-data", {f"filter[{name}]": value})
    assert answer.status == 422
