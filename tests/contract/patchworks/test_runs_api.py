"""The Core and the Start API: flows, starts, runs, logs, payloads, the queue."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.contract.patchworks.works import Works, flow, pull, push

from peakproof_simulators.patchworks.runs import FAILURE, SUCCESS

DAY_S = 86400.0


@pytest.fixture
def works() -> Works:
    made = Works(api_per_minute=0)
    made.install(flow("a", push()), flow("b", push("/b"), priority="high"), pools=[{"name": "p"}])
    return made


# --- flows --------------------------------------------------------------------------------------


def test_flows_are_listed_with_their_status(works: Works) -> None:
    works.service.controls["deploy"]({"flow": flow("c", push(), status="draft")})
    works.service.controls["deploy"]({"flow": flow("d", push(), status="inactive")})
    rows = works.get("/flows").rows
    assert [(row["name"], row["status"], row["priority"]) for row in rows] == [
        ("a", "Deployed", "regular"), ("b", "Deployed", "high"), ("c", "Draft", "regular"),
        ("d", "Inactive", "regular"),
    ]  # fmt: skip
    with_versions = works.get("/flows", include="flowVersions")
    assert with_versions.rows[0]["flow_versions"][0]["version"] == 1


def test_the_steps_of_a_version_are_a_list_or_a_tree(works: Works) -> None:
    branch = {"where": {"field": "a", "is": 1}, "shapes": [push(name="inner")]}
    deployed = works.service.controls["deploy"](
        {"flow": flow("r", pull(name="outer"), {"shape": "route", "routes": [branch]})}
    )
    version = deployed["version_id"]
    rows = works.get(f"/flow-versions/{version}/steps").rows
    assert [(row["name"], row["shape"], row["parent_id"]) for row in rows] == [
        ("outer", "connector", None), ("Route", "route", None),
        ("inner", "connector", f"{version}-1"),
    ]  # fmt: skip
    tree = works.get(f"/flow-versions/{version}/steps", to_tree="true").rows
    assert [len(row["children"]) for row in tree] == [0, 1]
    assert works.get("/flow-versions/none/steps").status == 404


# --- starting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body"),
    [("start", {"payload": '{"id":"1"}'}), ("start/raw", {"id": "1"}),
     ("manual", {"payload": '{"id":"1"}'}), ("manual/raw", {"id": "1"})],
)  # fmt: skip
def test_a_flow_is_started_with_its_payload(works: Works, path: str, body: Any) -> None:
    id_ = works.id_of("a")
    version = works.company.flows[id_].versions[0].id
    for suffix in ("", f"/{version}"):
        begun = works.post(f"/flows/{id_}/{path}{suffix}", body)
        assert begun.status == 200
        assert begun["message"] == "Flow initialised."
        assert begun["data"]["id"] == begun["data"]["flow_run_id"]
        works.run(60)
        run = works.get(f"/flow-runs/{begun['data']['id']}").about
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", run["id"]), "a ULID"
        assert run["started_at"] < works.world.clock.iso(works.world.t)
        assert run["trigger"] == ("Manual" if path.startswith("manual") else "API")
    assert [asked.body for _t, asked in works.sent] == [b'{"id":"1"}'] * 2


def test_what_cannot_be_started_says_why(works: Works) -> None:
    works.service.controls["deploy"]({"flow": flow("c", push(), status="draft")})
    works.service.controls["disable"]({"flow": "b"})

    def said(path: str) -> tuple[int, str]:
        answer = works.post(path)
        return answer.status, answer["message"]

    a = works.id_of("a")
    assert said(f"/flows/{works.id_of('c')}/start") == (422, "The flow has no deployed version.")
    assert said(f"/flows/{works.id_of('b')}/start") == (422, "The flow is not enabled.")
    assert said("/flows/99/start") == (404, "No query results for model [Flow] 99")
    assert said(f"/flows/{a}/start/99")[0] == 404
    assert works.post(f"/flows/{a}/start", {"payload": 7}).status == 422
    assert works.post(f"/flows/{a}/start", {"load": "x"}).status == 422
    wrong = works.post(f"/flows/{a}/start", None, {"flow_variables": "[1]"})
    assert wrong["errors"] == {
        "flow_variables": ["The flow_variables field must be a JSON object."]
    }


def test_variables_and_environment_reach_the_flow(works: Works) -> None:
    works.install(flow("v", push("/{$variables.path}/{$run.environment}")))
    query = {"flow_variables": '{"path":"x"}', "virtual_environment_id": "7"}
    begun = works.post(f"/flows/{works.id_of('v')}/manual", None, query)
    assert works.paths() == ["POST /x/7"]
    run = works.get(f"/flow-runs/{begun['data']['id']}").about
    assert run["virtual_environment"] == "7"


def test_a_payload_that_is_no_json_is_text(works: Works) -> None:
    works.post(f"/flows/{works.id_of('a')}/manual", {"payload": "<order/>"})
    assert works.sent[0][1].body == b'"<order/>"'


@pytest.mark.parametrize("depth", [10, 100, 400, 600, 800, 950, 990, 10_000])
def test_a_payload_of_any_depth_runs(works: Works, depth: int) -> None:
    raw = b"[" * depth + b"]" * depth
    held = {"authorization": works.service.credentials["api_key"]}
    path = f"/api/v1/flows/{works.id_of('a')}/manual/raw"
    assert works.send("POST", path, raw, headers=held).status == 200
    works.run(1)
    (run,) = works.get("/flow-runs", include="payloadSize").rows
    assert run["status"] == SUCCESS
    assert run["payload_size"] >= 2 * depth


# --- runs ---------------------------------------------------------------------------------------


def test_runs_are_filtered(works: Works) -> None:
    works.respond = lambda asked: (500, {}) if b"bad" in asked.body else (200, {})
    good = works.play("a", "good")
    works.run(DAY_S)
    bad = works.play("b", "bad")
    again = works.post(f"/flow-runs/{good.id}/retry")["data"]["id"]
    works.run(10)

    def found(**filters: Any) -> list[str]:
        query = {f"filter[{name}]": value for name, value in filters.items()}
        return [row["id"] for row in works.get("/flow-runs", query).rows]

    noon_ms = int((works.company.epoch_s + DAY_S / 2) * 1000)
    assert found() == [again, bad.id, good.id]
    assert found(status=FAILURE) == [bad.id]
    assert found(status=f"{SUCCESS},{FAILURE}") == [again, bad.id, good.id]
    assert found(flow_id=works.id_of("b")) == [bad.id]
    assert found(flow_version_id=bad.version_id) == [bad.id]
    assert found(trigger="Retry") == [again]
    assert found(search=bad.id[-10:]) == [bad.id]
    assert found(started_after=noon_ms) == [again, bad.id]
    assert found(started_before=noon_ms) == [good.id]
    assert found(started_before="2026-11-27T18:00:00Z") == [good.id]
    assert found(started_on="2026-11-28") == [again, bad.id]
    assert found(has_warnings="true") == [bad.id]
    assert found(retried="1") == [good.id]
    assert found(user_id="1") == []
    ascending = works.get("/flow-runs", sort="started_at").rows
    assert [row["id"] for row in ascending] == [good.id, bad.id, again]


def test_what_a_run_includes(works: Works) -> None:
    run = works.play("a", {"id": "1"})
    again = works.post(f"/flow-runs/{run.id}/retry")["data"]["id"]
    query = {"include": "flow,flowVersion,payloadSize,retriedFlowRun", "fields[flow]": "id,name"}
    shown = works.get(f"/flow-runs/{again}", query).about
    assert shown["flow"] == {"id": works.id_of("a"), "name": "a"}
    assert shown["flow_version"]["id"] == run.version_id
    assert shown["payload_size"] == len(b'{"id":"1"}')
    assert shown["retried_flow_run"] == {"id": run.id, "status": SUCCESS}
    assert (shown["retry_flow_run_id"], shown["trigger"]) == (run.id, "Retry")
    works.run(1)
    done = works.get(f"/flow-runs/{again}").about
    assert (done["duration"], done["summary"]) == (0.1, "Flow run succeeded.")


def test_a_retry_needs_an_enabled_flow_and_a_run(works: Works) -> None:
    run = works.play("a", {})
    works.service.controls["disable"]({"flow": "a"})
    assert works.post(f"/flow-runs/{run.id}/retry").status == 422
    assert works.post("/flow-runs/none/retry").status == 404


def test_a_retry_plays_the_same_version_of_the_flow(works: Works) -> None:
    run = works.play("a", {})
    works.service.controls["deploy"]({"flow": flow("a", push("/new"))})
    works.post(f"/flow-runs/{run.id}/retry")
    works.run(10)
    assert works.paths() == ["POST /orders", "POST /orders"]


def test_logs_tell_what_happened_in_order(works: Works) -> None:
    works.respond = lambda _asked: (500, {"oh": "no"})
    run = works.play("a", {"id": "1"})
    path = f"/flow-runs/{run.id}/flow-run-logs"
    rows = works.get(path, {"per_page": 50}).rows
    assert [row["log_level"] for row in rows] == [
        "INFO", "DEBUG", "WARNING", "DEBUG", "WARNING", "DEBUG", "ERROR", "ERROR",
    ]  # fmt: skip
    query = {"load_payload_ids": "true", "fields[flowStep]": "id,name",
             "include": "flowRunLogMetadata", "sort": "-id"}  # fmt: skip
    newest = works.get(path, query).rows
    failed = newest[1]
    assert failed["flow_step"] == {"id": f"{run.version_id}-0", "name": ""}
    assert failed["flow_run_log_metadata"] == [
        {"payload_metadata_id": failed["payload_metadata_id"]}
    ]
    kept = works.get(f"/payload-metadata/{failed['payload_metadata_id']}/download")
    assert kept.body == {"id": "1"}
    assert works.get("/flow-runs/none/flow-run-logs").status == 404


def test_payloads_are_kept_for_download(works: Works) -> None:
    works.respond = lambda _asked: (200, b"<done/>")
    run = works.play("a", {"id": "1"})
    other = works.play("b", {"id": "2"})
    rows = works.get("/payload-metadata", {"filter[flow_run_id]": run.id}).rows
    assert [(row["size"], row["content_type"], row["flow_step_id"]) for row in rows] == [
        (10, "application/json", f"{run.version_id}-trigger"),
        (7, "text/plain", f"{run.version_id}-0"),
    ]  # fmt: skip
    text = works.get(f"/payload-metadata/{rows[1]['id']}/download")
    assert (text.body, text.headers["content-type"]) == (b"<done/>", "text/plain")
    step = {"filter[flow_step_id]": f"{other.version_id}-0"}
    assert len(works.get("/payload-metadata", step).rows) == 1
    assert len(works.get("/payload-metadata").rows) == 4
    assert works.get("/payload-metadata/none/download").status == 404


def test_only_so_many_bytes_of_payloads_are_kept() -> None:
    works = Works(payloads_limit_bytes=2500)
    works.install(flow("a", push()))
    works.respond = lambda _asked: (200, "x" * 998)
    for _ in range(4):
        works.play("a", {})
    sizes = [row["size"] for row in works.get("/payload-metadata").rows]
    assert sizes == [2, 998, 2, 998]


def test_the_queue_shows_what_it_includes(works: Works) -> None:
    works.post(f"/flows/{works.id_of('b')}/start/raw", {"id": "1"})
    query = {"include": "flow,flowVersion,payloadMetadata"}
    (row,) = works.get("/scheduled-flows", query).rows
    assert row["flow"]["name"] == "b"
    assert row["flow_version"]["version"] == 1
    assert row["payload_metadata"] == [{"size": 10}]
    assert works.get("/scheduled-flows", {"filter[status]": "held"}).rows == []
    assert works.get("/scheduled-flows", {"filter[status]": "lost"}).status == 422
