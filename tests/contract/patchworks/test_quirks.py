"""What is known to surprise callers of Patchworks: one test a row, PQ1 to PQ17."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.patchworks.works import Works, flow, pull, push

from peakproof_simulators.patchworks.effects import Ask
from peakproof_simulators.patchworks.runs import (
    FAILURE,
    PARTIAL_SUCCESS,
    SUCCESS,
)

POOLS = [{"name": "orders"}]
ORDER = {"id": "N-1"}


def de_dupe(mode: str) -> dict[str, Any]:
    return {"shape": "de_dupe", "mode": mode, "pool": "orders", "key": "id", "entity_type": 37}


def start(works: Works, name: str, payload: Any = None) -> None:
    assert works.post(f"/flows/{works.id_of(name)}/start/raw", payload).status == 200


def test_pq1_a_webhooks_200_says_nothing_of_the_order() -> None:
    works = Works()
    works.respond = lambda _asked: (500, {})
    works.install(flow("hook", push(), trigger={"on": "webhook"}))
    assert works.webhook("hook", ORDER).body == {"message": "Flow initialised."}
    works.run(60)
    assert [run.status for run in works.runs()] == [FAILURE]


def test_pq2_a_flow_starts_up_to_35_seconds_late() -> None:
    works = Works()
    works.install(flow("hook", push(), trigger={"on": "webhook"}))
    works.webhook("hook", ORDER)
    works.run(34.9)
    assert works.sent == []
    works.run(0.2)
    assert len(works.sent) == 1


def test_pq3_two_updates_of_one_figure_can_change_places() -> None:
    works = Works()
    works.install(flow("slow", push(), priority="lowest"), flow("fast", push(), priority="high"))
    start(works, "slow", {"units": 5})
    works.run(1)
    start(works, "fast", {"units": 4})
    works.run(60)
    assert [asked.body for _t, asked in works.sent] == [b'{"units":4}', b'{"units":5}']


def test_pq3_runs_of_one_flow_go_on_at_the_same_time() -> None:
    works = Works()
    works.latency_s = 3.0
    works.install(flow("a", push()))
    for _ in range(3):
        start(works, "a")
    works.run(35.1)
    assert len(works.company.active) == 3


@pytest.mark.parametrize(("gap_s", "pushes"), [(0.2, 2), (0.0, 1)])
def test_pq4_two_runs_at_once_both_pass_a_pool(gap_s: float, pushes: int) -> None:
    works = Works(dedupe_gap_s=gap_s)
    works.install(flow("a", de_dupe("filter_and_track"), push()), pools=POOLS)
    start(works, "a", ORDER)
    start(works, "a", ORDER)
    works.run(60)
    assert len(works.sent) == pushes
    start(works, "a", ORDER)
    works.run(60)
    assert len(works.sent) == pushes, "one after the other they do not"


def test_pq5_tracked_before_the_push_an_order_that_fails_is_lost() -> None:
    works = Works()
    works.respond = lambda _asked: (503, {})
    shapes = [de_dupe("filter"), de_dupe("track"), push()]
    works.install(flow("a", *shapes), pools=POOLS)
    start(works, "a", ORDER)
    works.run(60)
    works.respond = lambda _asked: (200, {})
    works.sent.clear()
    start(works, "a", ORDER)
    works.run(60)
    assert works.sent == []
    assert works.seen("orders") == ["N-1"]


def test_pq5_tracked_after_the_push_it_is_sent_again() -> None:
    works = Works()
    works.respond = lambda _asked: (503, {})
    shapes = [de_dupe("filter"), push(output="payload"), de_dupe("track")]
    works.install(flow("a", *shapes), pools=POOLS)
    start(works, "a", ORDER)
    works.run(60)
    assert works.seen("orders") == []
    works.respond = lambda _asked: (200, {})
    works.sent.clear()
    start(works, "a", ORDER)
    works.run(60)
    assert len(works.sent) == 1


def test_pq6_a_crash_between_push_and_track_sends_it_twice() -> None:
    works = Works()
    shapes = [de_dupe("filter"), push(output="payload"), de_dupe("track")]
    works.install(flow("a", *shapes), pools=POOLS)
    works.service.controls["strike"]({"fault": "crash_after_push", "flow": "a"})
    start(works, "a", ORDER)
    works.run(120)
    assert [asked.body for _t, asked in works.sent] == [b'{"id":"N-1"}'] * 2
    assert works.seen("orders") == ["N-1"]


def test_pq7_a_retry_sends_everything_again() -> None:
    works = Works()
    codes = iter([200, 500, 200, 200])
    works.respond = lambda _asked: (next(codes), {})
    works.install(flow("a", {"shape": "split"}, push(retries=0)))
    run = works.play("a", ["first", "second"])
    assert run.status == FAILURE
    assert works.post(f"/flow-runs/{run.id}/retry").status == 200
    works.run(10)
    assert [asked.body for _t, asked in works.sent] == [
        b'"first"', b'"second"', b'"first"', b'"second"',
    ]  # fmt: skip


def test_pq8_what_was_de_duplicated_passes_again_after_90_days() -> None:
    works = Works()
    works.install(flow("a", de_dupe("filter_and_track"), push()), pools=POOLS)
    works.play("a", ORDER)
    works.run(90 * 86400.0 - 301.0)
    works.play("a", ORDER)
    assert len(works.sent) == 1
    works.run(2)
    works.play("a", ORDER)
    assert len(works.sent) == 2


def test_pq9_a_partial_success_is_no_failure_to_whoever_asks_for_failures() -> None:
    works = Works()
    works.respond = lambda _asked: (500, {})
    works.install(flow("a", push(), catch={}))
    works.play("a", ORDER)
    assert works.get("/flow-runs", {"filter[status]": FAILURE}).rows == []
    (run,) = works.get("/flow-runs", {"filter[status]": PARTIAL_SUCCESS}).rows
    assert (run["status"], run["has_warnings"]) == (5, True)


def test_pq10_logs_and_payloads_are_gone_when_somebody_looks_late() -> None:
    works = Works()
    works.install(flow("a", push()))
    run = works.play("a", ORDER)
    works.run(72 * 3600.0)
    assert works.get("/payload-metadata", {"filter[flow_run_id]": run.id}).rows == []
    assert works.post(f"/flow-runs/{run.id}/retry").status == 422
    works.run(4 * 86400.0)
    assert works.get(f"/flow-runs/{run.id}/flow-run-logs").status == 404


def test_pq11_one_bad_page_loses_the_whole_batch() -> None:
    works = Works()

    def respond(asked: Ask) -> tuple[int, Any]:
        return (500, {}) if "page=2" in asked.url else (200, [1, 2])

    works.respond = respond
    pages = {"kind": "number", "parameter": "page", "size": 2}
    works.install(flow("a", pull("/levels", pages=pages), push("/stock")))
    assert works.play("a", {}).status == FAILURE
    assert "POST /stock" not in works.paths()


@pytest.mark.parametrize(("looks", "status"), [(False, SUCCESS), (True, FAILURE)])
def test_pq12_a_2xx_is_a_success_unless_a_script_looks_inside(looks: bool, status: int) -> None:
    works = Works()
    works.respond = lambda _asked: (207, {"response": [{"status": "HTTP/1.1 409 Conflict"}]})
    reading = {"when": {"field": "body.response.0.status", "contains": " 409 "}}
    works.install(flow("a", push(response=[reading] * looks)))
    assert works.play("a", ORDER).status == status


# PQ13, the array around the body of a callback: test_hooks.py


def test_pq14_a_manual_run_overtakes_what_is_queued() -> None:
    works = Works(concurrency=1)
    works.latency_s = 20.0
    works.install(flow("a", push()))
    start(works, "a", {"n": 1})
    works.run(30)
    works.begin("a", {"n": 2})
    works.run(60)
    assert [asked.body for _t, asked in works.sent] == [b'{"n":2}', b'{"n":1}']
    assert [round(t) for t, _asked in works.sent] == [30, 50], "and starves it of its slot"


@pytest.mark.parametrize(("loses", "runs"), [(0.0, 2), (1.0, 1)])
def test_pq15_a_job_can_go_lost_between_acknowledging_and_publishing(
    loses: float, runs: int
) -> None:
    works = Works(requeue_loses=loses)
    codes = iter([202, 200])
    works.respond = lambda _asked: (next(codes), {})
    again = {"when": {"field": "status", "is": 202}, "response_code": 2}
    works.install(flow("a", push(response=[again])))
    start(works, "a", ORDER)
    works.run(120)
    assert len(works.runs()) == runs


def test_pq16_the_121st_webhook_of_a_minute_is_refused() -> None:
    works = Works()
    works.install(flow("hook", push(), trigger={"on": "webhook"}))
    statuses = [works.webhook("hook", {}).status for _ in range(121)]
    assert statuses == [200] * 120 + [429]


def test_pq17_an_api_key_behind_bearer_is_401() -> None:
    works = Works()
    key = works.service.credentials["api_key"]
    path = "/api/v1/flows"
    assert works.send("GET", path, headers={"authorization": f"Bearer {key}"}).status == 401
    assert works.send("GET", path, headers={"authorization": key}).status == 200
