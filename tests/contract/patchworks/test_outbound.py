"""The connector shape on the wire: logins, limits, time-outs, answers."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from tests.contract.patchworks.works import Works, flow, pull, push

from peakproof_simulators.patchworks.effects import Ask
from peakproof_simulators.patchworks.hands import WorldHands
from peakproof_simulators.patchworks.runs import FAILURE, PARTIAL_SUCCESS, SUCCESS


def connection(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "shop", "system": "shop", **more}]


def test_paths_and_queries_are_filled_and_quoted() -> None:
    works = Works()
    works.flow(
        pull("/{$connection.code}/a/{id}", query={"q": {"text": "x {id}"}, "m": "many"}),
        payload={"id": "a/b", "many": ["1", "2"]},
    )
    assert works.paths() == ["GET /C%201/a/a%2Fb?q=x%20a%2Fb&m=1&m=2"]


def test_a_basic_login() -> None:
    works = Works()
    auth = {"kind": "basic", "user": "{$connection.user}", "password": "{$connection.password}"}
    works.flow(push(), payload={}, connections=connection(auth=auth))
    expected = f"Basic {b64encode(b'u:p').decode()}"
    assert works.sent[0][1].headers["authorization"] == expected


def test_fixed_headers() -> None:
    works = Works()
    auth = {"kind": "header", "header": "X-Key", "value": "{$connection.code}"}
    works.flow(
        push(headers={"X-Run": "{$run.flow}"}), payload={},
        connections=connection(auth=auth, headers={"X-All": "yes"}),
    )  # fmt: skip
    headers = works.sent[0][1].headers
    assert (headers["x-key"], headers["x-run"], headers["x-all"]) == ("C 1", "tried", "yes")


OAUTH = {"kind": "oauth2", "token_path": "/token", "client_id": "i", "client_secret": "s",
         "scope": "all"}  # fmt: skip


def test_a_token_is_asked_for_once_and_again_after_a_401() -> None:
    works = Works(concurrency=5)
    tokens = iter(["first", "second"])

    def respond(asked: Ask) -> tuple[int, Any]:
        if asked.url.endswith("/token"):
            return 200, {"access_token": next(tokens)}
        return (401, {}) if asked.headers["authorization"] == "Bearer first" and expired else (
            200, {},
        )  # fmt: skip

    expired = False
    works.respond = respond
    works.install(flow("a", push()), connections=connection(auth=OAUTH))
    works.play("a", {})
    works.play("a", {})
    assert works.paths() == ["POST /token", "POST /orders", "POST /orders"]
    assert parse_qs(works.sent[0][1].body.decode())["scope"] == ["all"]
    expired = True
    run = works.play("a", {})
    assert works.paths()[3:] == ["POST /orders", "POST /token", "POST /orders"]
    assert (run.status, run.has_warnings, run.operations) == (SUCCESS, False, 3)


def test_a_login_that_is_refused_fails_the_shape() -> None:
    works = Works()
    works.respond = lambda _asked: (401, {})
    run = works.flow(push(), payload={}, connections=connection(auth=OAUTH))
    assert (run.status, run.summary) == (FAILURE, "No token from /token: 401")


def test_requests_over_the_instances_rate_wait_and_do_not_fail() -> None:
    works = Works()
    run = works.flow(
        {"shape": "split"}, push(), payload=[1, 2, 3, 4, 5], connections=connection(per_minute=2)
    )
    assert run.status == SUCCESS
    assert [round(t) for t, _asked in works.sent] == [0, 0, 60, 60, 120]


def test_a_connection_pool_limits_requests_at_a_time() -> None:
    works = Works(queue="instant")
    works.latency_s = 10.0
    works.install(flow("a", push()), connections=connection(at_once=1))
    for _ in range(3):
        works.begin("a", {})
    works.run(60)
    assert [t for t, _asked in works.sent] == [0.0, 10.0, 20.0]
    assert {run.status for run in works.runs()} == {SUCCESS}


def test_a_shape_runs_out_of_time() -> None:
    works = Works(shape_timeout_s=100.0)
    run = works.flow(
        {"shape": "split"}, push(), payload=[1, 2, 3], connections=connection(per_minute=1)
    )
    assert run.status == SUCCESS, "each payload has a time of its own"
    pages = {"kind": "number", "parameter": "page", "size": 1}
    works.respond = lambda _asked: (200, [1])
    run = works.flow(pull(pages=pages), payload={}, connections=connection(per_minute=1))
    assert (run.status, run.summary) == (FAILURE, "The shape ran out of time.")


@pytest.mark.parametrize("error", [ConnectionResetError("reset"), TimeoutError("no answer")])
def test_connections_that_end_and_time_outs_are_tried_again(error: OSError) -> None:
    works = Works()
    answers: list[Any] = [error, error, (200, {})]

    def respond(_asked: Ask) -> tuple[int, Any]:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        told: tuple[int, Any] = answer
        return told

    works.respond = respond
    run = works.flow(push(), payload={})
    assert (run.status, run.operations, run.has_warnings) == (SUCCESS, 3, True)


def test_an_answer_that_comes_too_late_counts_as_none() -> None:
    works = Works()
    works.latency_s = 31.0
    run = works.flow(push(retries=0), payload={})
    assert run.status == FAILURE
    assert run.finished_s == 30.0
    assert works.flow(push(retries=0, timeout_s=60), payload={}).status == SUCCESS


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (404, 1), (409, 1), (429, 3), (500, 3)])
def test_what_will_be_refused_again_is_not_sent_again(status: int, tries: int) -> None:
    works = Works()
    works.respond = lambda _asked: (status, {})
    run = works.flow(push(), payload={})
    assert (run.status, run.operations) == (FAILURE, tries)


def test_404_can_be_an_answer() -> None:
    works = Works(saved_payloads="all")
    works.respond = lambda _asked: (404, {"no": 1})
    run = works.flow(pull(absent=True, into="found"), payload={"id": "1"})
    assert works.out(run) == [{"id": "1", "found": None}]


def test_the_answer_can_go_on_alone_or_inside_the_payload() -> None:
    works = Works(saved_payloads="all")
    works.respond = lambda _asked: (200, {"ok": True})
    given = {"id": "1"}
    assert works.out(works.flow(push(), payload=given)) == [{"ok": True}]
    assert works.out(works.flow(push(into="a"), payload=given)) == [{"id": "1", "a": {"ok": True}}]
    assert works.out(works.flow(push(output="payload"), payload=given)) == [given]
    broken = works.flow(push(into="a"), payload=[1])
    assert (broken.status, broken.summary) == (FAILURE, "There is no record to put 'a' into.")


def test_a_batch_sends_the_whole_bucket_in_one_request() -> None:
    works = Works()
    works.flow({"shape": "split"}, push(batch=True), payload=[1, 2, 3])
    assert [asked.body for _t, asked in works.sent] == [b"[1,2,3]"]


def test_pages_can_follow_links() -> None:
    works = Works(saved_payloads="all")

    def respond(asked: Ask) -> tuple[int, Any]:
        more = {"next": "/rows?at=2"} if "at=" not in asked.url else {"next": None}
        return 200, {"rows": [asked.url[-1]], **more}

    works.respond = respond
    pages = {"kind": "link", "next": "next"}
    run = works.flow(pull("/rows", rows="rows", pages=pages, into="all"), payload={})
    assert works.out(run) == [{"all": ["s", "2"]}]


def test_pages_end_with_an_empty_one_where_full_ones_prove_nothing() -> None:
    works = Works(saved_payloads="all")
    works.respond = lambda asked: (200, [1] if "p=1" in asked.url else [])
    pages = {"kind": "number", "parameter": "p", "first": 1, "size": 5, "until": "empty"}
    works.flow(pull(pages=pages), payload={})
    assert works.paths() == ["GET /orders?p=1", "GET /orders?p=2"]


def test_a_pull_without_end_is_given_up() -> None:
    works = Works(pages_most=3)
    works.respond = lambda _asked: (200, [1])
    pages = {"kind": "number", "parameter": "p", "size": 1}
    run = works.flow(pull(pages=pages), payload={})
    assert (run.summary, run.operations) == ("More than 3 pages.", 3)


def test_a_body_that_is_no_json_goes_on_as_text() -> None:
    works = Works(saved_payloads="all")
    works.respond = lambda _asked: (200, b"<ok/>")
    assert works.out(works.flow(pull(), payload={})) == ["<ok/>"]
    works.respond = lambda _asked: (200, b"[" * 20_000)
    assert works.out(works.flow(pull(), payload={})) == ["[" * 20_000]
    deep = b"[" * 700 + b"]" * 700
    works.respond = lambda _asked: (200, deep)
    assert works.out(works.flow(pull(), push(), payload={})) == [deep.decode()]


INNER = {"when": {"field": "body.status", "contains": " 4"}, "message": "inside: {body.status}"}


def test_a_response_script_looks_inside_a_2xx() -> None:
    works = Works()
    works.respond = lambda _asked: (207, {"status": "HTTP/1.1 404 Not Found"})
    run = works.flow(push(response=[INNER]), payload={}, catch={})
    assert (run.status, run.operations) == (PARTIAL_SUCCESS, 1)
    assert "inside: HTTP/1.1 404 Not Found" in [line.message for line in run.logs]


def test_relative_dates_count_from_when_the_job_was_queued() -> None:
    works = Works()
    since = {"since": {"date_s": -3600, "form": "local"}, "day": {"date_s": 0, "form": "day"},
             "where": {"text": "at > {$date}", "date_s": -60}}  # fmt: skip
    works.install(flow("a", pull(query=since)))
    works.post(f"/flows/{works.id_of('a')}/start/raw", {})
    works.run(40)
    (run,) = works.runs()
    works.run(5000)
    assert works.post(f"/flow-runs/{run.id}/retry").status == 200
    first, again = (parse_qs(urlsplit(asked.url).query) for _t, asked in works.sent)
    assert first == again == {"since": ["2026-11-27T05:00:00"], "day": ["20261127"],
                              "where": ["at > 2026-11-27T05:59:00Z"]}  # fmt: skip


def test_a_fake_that_nobody_plays_refuses_every_request() -> None:
    alone = Works(flows={"connections": [{"name": "shop", "system": "shop"}],
                         "flows": [flow("a", push(retries=0))]})  # fmt: skip
    alone.company.attach(WorldHands(alone.world))
    run = alone.play("a", {})
    assert run.status == FAILURE
    assert "no connector plays these flows" in run.summary
    assert alone.sent == []


def test_payloads_are_sent_as_json() -> None:
    works = Works()
    works.flow(push(body={"fields": {"a.0.b": "id"}}), payload={"id": "é"})
    _t, asked = works.sent[0]
    assert msgspec.json.decode(asked.body) == {"a": [{"b": "é"}]}
    assert asked.headers["content-type"] == "application/json"
