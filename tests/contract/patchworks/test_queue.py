"""The queue: taken in every 30 s, picked every 5 s, by priority, as slots and allowance allow."""

from __future__ import annotations

import pytest
from tests.contract.patchworks.works import Works, flow, push

from peakproof_simulators.patchworks.runs import FAILURE, STARTED, STOPPED, SUCCESS


def start(works: Works, name: str = "a", payload: object = None) -> str:
    begun = works.post(f"/flows/{works.id_of(name)}/start/raw", payload)
    assert begun.status == 200, begun.body
    run_id: str = begun["data"]["flow_run_id"]
    return run_id


def test_a_start_waits_for_the_intake_and_then_for_the_pick() -> None:
    works = Works()
    works.install(flow("a", push()))
    works.run(7)
    run_id = start(works)
    assert works.get("/flow-runs").rows == []
    assert works.get(f"/flow-runs/{run_id}").status == 404
    assert [row["status"] for row in works.get("/scheduled-flows").rows] == ["buffered"]
    works.run(24)
    assert [row["status"] for row in works.get("/scheduled-flows").rows] == ["queued"]
    works.run(10)
    assert works.get("/scheduled-flows").rows == []
    run = works.get(f"/flow-runs/{run_id}").about
    assert (run["status"], run["started_at"]) == (SUCCESS, "2026-11-27T06:00:35.000Z")


@pytest.mark.parametrize("at_s", [0.0, 0.5, 4.9, 12.0, 29.9, 30.0, 31.0, 59.99])
def test_the_start_delay_is_never_more_than_35_seconds(at_s: float) -> None:
    works = Works()
    works.install(flow("a", push()))
    if at_s:
        works.run(at_s)
    start(works)
    works.run(40)
    (run,) = works.runs()
    assert 0.0 < run.started_s - at_s <= 35.0


def test_instant_mode_starts_at_once() -> None:
    works = Works(queue="instant")
    works.install(flow("a", push()))
    start(works)
    assert [run.status for run in works.runs()] == [STARTED]


def test_a_manual_start_does_not_wait() -> None:
    works = Works()
    works.install(flow("a", push()))
    start(works, payload={"n": 1})
    manual = works.begin("a", {"n": 2})
    assert (manual.status, manual.job.trigger) == (STARTED, "Manual")
    works.run(60)
    assert [run.job.trigger for run in works.runs()] == ["Manual", "API"]


def test_slots_limit_what_runs_at_a_time_and_manual_runs_take_slots_too() -> None:
    works = Works(concurrency=2)
    works.latency_s = 12.0
    works.install(flow("a", push()))
    for _ in range(4):
        start(works)
    works.run(20)
    works.begin("a")
    works.run(15.1)
    assert len(works.company.active) == 2, "no slot beyond the second"
    works.run(60)
    assert [run.started_s for run in works.runs()] == [20.0, 35.0, 35.0, 50.0, 50.0]


def test_it_is_first_in_first_out_but_for_priorities() -> None:
    works = Works(concurrency=1)
    flows = [flow(name, push(), priority=name) for name in ("lowest", "low", "regular", "high")]
    works.install(*flows, flow("highest", push(), priority="highest"))
    order = ("lowest", "low", "regular", "regular", "high", "highest", "lowest")
    for name in order:
        start(works, name, {"name": name})
    works.run(31)
    waiting = [row["priority"] for row in works.get("/scheduled-flows").rows]
    assert waiting == ["highest", "high", "regular", "regular", "low", "lowest", "lowest"]
    works.run(60)
    assert [run.name for run in works.runs()] == waiting
    assert [run.started_s for run in works.runs()] == [35.0 + 5.0 * n for n in range(7)]


def test_what_is_over_the_allowance_is_held_until_a_job_is_picked() -> None:
    works = Works(queued_allowance=2, concurrency=1)
    works.install(flow("a", push()), flow("b", push(), priority="highest"))
    for name in ("a", "a", "a", "b"):
        start(works, name)
    works.run(31)
    states = [(row["priority"], row["status"]) for row in works.get("/scheduled-flows").rows]
    assert states == [
        ("regular", "queued"), ("regular", "queued"), ("regular", "held"), ("highest", "held"),
    ]  # fmt: skip
    works.run(60)
    assert [run.name for run in works.runs()] == ["a", "a", "b", "a"]


def test_a_job_can_be_taken_out_of_the_queue() -> None:
    works = Works()
    works.install(flow("a", push()))
    start(works)
    kept = start(works)
    for expected in ("buffered", "queued"):
        (first, *_rest) = works.get("/scheduled-flows").rows
        assert first["status"] == expected
        if expected == "queued":
            break
        dropped = works.call("DELETE", f"/scheduled-flows/{first['id']}")
        assert (dropped.status, dropped.body) == (200, {"message": "Scheduled flow deleted."})
        works.run(31)
    assert works.call("DELETE", "/scheduled-flows/none").status == 404
    works.run(30)
    assert [run.id for run in works.runs()] == [kept]


def test_a_queued_job_can_be_dropped_and_what_was_held_moves_up() -> None:
    works = Works(queued_allowance=1)
    works.install(flow("a", push()))
    start(works)
    second = start(works)
    works.run(31)
    (queued, held) = works.get("/scheduled-flows").rows
    assert held["status"] == "held"
    works.call("DELETE", f"/scheduled-flows/{queued['id']}")
    (left,) = works.get("/scheduled-flows", {"filter[status]": "queued"}).rows
    assert left["flow_run_id"] == second


def test_launches_per_minute_can_be_capped() -> None:
    works = Works(launches_per_minute=2)
    works.install(flow("a", push()))
    for _ in range(4):
        start(works)
    works.run(130)
    assert [run.started_s for run in works.runs()] == [35.0, 35.0, 95.0, 95.0]


def test_the_flow_may_be_disabled_while_a_job_waits() -> None:
    works = Works()
    works.install(flow("a", push()))
    start(works)
    assert works.service.controls["disable"]({"flow": "a"}) == {"status": "Inactive"}
    works.run(60)
    assert [run.status for run in works.runs()] == [STOPPED]
    assert works.sent == []


@pytest.mark.parametrize(("setting", "path"), [("at_pick", "/new"), ("at_queue", "/old")])
def test_the_version_may_change_while_a_job_waits(setting: str, path: str) -> None:
    works = Works(flow_version=setting)
    works.install(flow("a", push("/old")))
    start(works)
    works.service.controls["deploy"]({"flow": flow("a", push("/new"))})
    works.run(60)
    assert works.paths() == [f"POST {path}"]


def test_a_schedule_starts_its_flow_again_and_again() -> None:
    works = Works()
    works.install(flow("a", push(), trigger={"on": "schedule", "every_s": 30, "first_s": 20}))
    works.run(120)
    assert [run.started_s for run in works.runs()] == [35.0, 65.0, 95.0]
    assert [run.job.queued_s for run in works.runs()] == [20.0, 50.0, 80.0]
    works.service.controls["disable"]({"flow": "a"})
    works.run(90)
    works.service.controls["enable"]({"flow": "a"})
    works.run(60)
    assert [run.job.queued_s for run in works.runs()][3:] == [110.0, 230.0]


def test_an_event_starts_whatever_waits_for_it() -> None:
    works = Works()
    works.install(
        flow("a", push(), trigger={"on": "event", "event": "stock"}),
        flow("b", push(), trigger={"on": "event", "event": "other"}),
    )
    told = works.service.controls["announce"]({"event": "stock", "payload": {"sku": "TEE"}})
    works.run(40)
    assert told == {"started": 1}
    assert [(run.name, run.job.trigger) for run in works.runs()] == [("a", "Event")]


# --- deliveries ---------------------------------------------------------------------------------


def test_a_response_script_can_have_the_whole_flow_retried() -> None:
    works = Works()
    codes = iter([202, 202, 200])
    works.respond = lambda asked: (next(codes) if asked.url.endswith("/b") else 200, {})
    again = {"when": {"field": "status", "is": 202}, "response_code": 2, "message": "not yet"}
    works.install(flow("a", push("/a"), push("/b", response=[again])))
    start(works)
    works.run(200)
    assert works.paths() == ["POST /a", "POST /b"] * 3
    assert [run.status for run in works.runs()] == [FAILURE, FAILURE, SUCCESS]
    assert [run.job.attempts for run in works.runs()] == [0, 1, 2]
    retried = works.get("/flow-runs", {"filter[retried]": "true"}).rows
    assert [row["summary"] for row in retried] == ["not yet", "not yet"]


def test_it_is_retried_only_so_often() -> None:
    works = Works(flow_retries=1)
    works.respond = lambda _asked: (202, {})
    again = {"when": {"field": "status", "is": 202}, "response_code": 2}
    works.install(flow("a", push(response=[again])))
    start(works)
    works.run(300)
    assert len(works.runs()) == 2


@pytest.mark.parametrize("way", ["aimed", "always"])
def test_a_job_that_is_released_can_go_lost(way: str) -> None:
    works = Works(requeue_loses=float(way == "always"))
    works.respond = lambda _asked: (202, {})
    again = {"when": {"field": "status", "is": 202}, "response_code": 2}
    works.install(flow("a", push(response=[again])))
    if way == "aimed":
        works.service.controls["strike"]({"fault": "lost_at_requeue", "flow": "a"})
    run_id = start(works)
    works.run(300)
    assert [run.id for run in works.runs()] == [run_id]
    assert works.service.inspect()["lost"] == [run_id]


@pytest.mark.parametrize("way", ["aimed", "always"])
def test_a_job_can_be_delivered_twice(way: str) -> None:
    works = Works(delivered_twice=float(way == "always"))
    works.install(flow("a", push()))
    if way == "aimed":
        works.service.controls["strike"]({"fault": "delivered_twice", "flow": "a"})
    start(works)
    works.run(60)
    assert [run.started_s for run in works.runs()] == [35.0, 35.0]
    assert works.paths() == ["POST /orders"] * 2


@pytest.mark.parametrize(("death", "pushes"), [("deliver_again", 2), ("lose", 1)])
def test_a_worker_can_die_after_the_push_and_before_it_acknowledges(
    death: str, pushes: int
) -> None:
    works = Works(worker_death=death)
    track = {"shape": "de_dupe", "mode": "track", "pool": "p", "key": "id"}
    works.install(flow("a", push(output="payload"), track), pools=[{"name": "p"}])
    works.service.controls["strike"]({"fault": "crash_after_push"})
    start(works, payload={"id": "1"})
    works.run(120)
    assert len(works.sent) == pushes
    assert works.seen("p") == ["1"] * (pushes - 1)
    assert works.runs()[0].status == FAILURE


def test_everything_that_ran_dies_when_somebody_else_takes_over() -> None:
    works = Works()
    works.latency_s = 50.0
    works.install(flow("a", push(timeout_s=100)))
    start(works)
    works.run(40)
    works.company.attach(works.company.hands)
    works.run(100)
    assert [(run.status, run.job.attempts) for run in works.runs()] == [(FAILURE, 0), (SUCCESS, 1)]


def test_the_same_seed_gives_the_same_faults() -> None:
    def play(seed: int) -> list[str]:
        works = Works(seed, delivered_twice=0.5)
        works.install(flow("a", push()))
        for _ in range(8):
            start(works)
        works.run(60)
        return [run.id for run in works.runs()]

    assert play(3) == play(3)
    assert play(3) != play(4)
