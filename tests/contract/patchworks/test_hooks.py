"""Webhooks and callbacks: who may call, what is answered, what runs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.contract.patchworks.works import CORE, Said, Works, checked, flow, push

from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof.wire.message import Request, Response
from peakproof_simulators.patchworks.runs import FAILURE, SUCCESS

HOOK: dict[str, Any] = {"trigger": {"on": "webhook"}}
CALL: dict[str, Any] = {"trigger": {"on": "callback"}}


@pytest.fixture
def works() -> Works:
    made = Works()
    made.install(flow("hook", push(), **HOOK), flow("call", {"shape": "callback"}, **CALL))
    return made


def address(works: Works, name: str, kind: str = "webhooks") -> str:
    entry = works.company.flows[works.id_of(name)]
    return f"/{kind}{CORE}/peak/{entry.webhook_id}"


def ask(works: Works, path: str, body: bytes, query: str) -> Said:
    """Call an address whose answer takes time."""
    call = works.service.receive(Request("POST", path, query, {}, body))

    async def main(_loop: VirtualLoop) -> Response:
        answer = call.serve()
        return answer if isinstance(answer, Response) else await answer

    work: Any = main
    response = run_virtual(work, works.world.env)
    assert isinstance(response, Response)
    return checked(call.operation.name, response)


def called_back(works: Works, body: Any, name: str = "call") -> Said:
    signature = works.company.flows[works.id_of(name)].signature
    query = f"patchworks_signature={signature}"
    return ask(works, address(works, name, "callbacks"), msgspec.json.encode(body), query)


# --- webhooks -----------------------------------------------------------------------------------


def test_200_means_that_it_was_accepted_and_not_that_it_ran(works: Works) -> None:
    said = works.webhook("hook", {"id": "1"})
    assert (said.status, said.body) == (200, {"message": "Flow initialised."})
    assert works.runs() == []
    assert works.sent == []
    works.respond = lambda _asked: (500, {})
    works.run(60)
    assert [(run.status, run.job.trigger) for run in works.runs()] == [(FAILURE, "Webhook")]


def test_the_body_wins_over_the_parameters(works: Works) -> None:
    entry = works.company.flows[works.id_of("hook")]
    query = {"patchworks_signature": entry.signature, "id": "2"}
    works.send("GET", address(works, "hook"), query=query)
    works.send("POST", address(works, "hook"), b'{"id":"1"}', query=query)
    works.run(60)
    assert [asked.body for _t, asked in works.sent] == [b'{"id":"2"}', b'{"id":"1"}']


def test_the_signature_may_come_in_the_header_and_the_environment_in_the_path(
    works: Works,
) -> None:
    entry = works.company.flows[works.id_of("hook")]
    held = {"patchworks-signature": entry.signature}
    query = {"patchworks_signature": entry.signature}
    accepted = (200, {"message": "Flow initialised."})
    for said in (
        works.send("POST", f"{address(works, 'hook')}/7", b"{}", headers=held),
        works.send("GET", f"{address(works, 'hook')}/7", query=query),
        works.send("GET", address(works, "hook"), query=query),
    ):
        assert (said.status, said.body) == accepted
    works.run(60)
    runs = works.get("/flow-runs", {"sort": "started_at"}).rows
    assert [run["virtual_environment"] for run in runs] == ["7", "7", None]


def test_a_callback_may_name_an_environment_too(works: Works) -> None:
    signature = works.company.flows[works.id_of("call")].signature
    said = ask(works, f"{address(works, 'call', 'callbacks')}/7", b'{"id": "1"}',
               f"patchworks_signature={signature}")  # fmt: skip
    assert (said.status, said.body) == (200, [{"id": "1"}])
    assert works.get("/flow-runs").rows[0]["virtual_environment"] == "7"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/webhooks{CORE}/peak/none"), ("GET", f"/webhooks{CORE}/peak/none/7"),
        ("POST", f"/webhooks{CORE}/peak/none/7"), ("POST", f"/callbacks{CORE}/peak/none/7"),
        *(("POST", f"{CORE}/flows/none/{way}") for way in (
            "start/raw", "start/raw/1", "start/1", "manual/1", "manual/raw/1")),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_started(works: Works, method: str, path: str) -> None:
    headers = {"authorization": works.service.credentials["api_key"]}
    said = works.send(method, path, b"{}" if method == "POST" else b"", headers=headers)
    assert (said.status, works.runs()) == (404, [])


@pytest.mark.parametrize("status", [403, 401])
def test_a_wrong_signature_is_refused(status: int) -> None:
    works = Works(bad_signature_status=status)
    works.install(flow("hook", push(), **HOOK))
    for signature in ("wrong", "", "é"):
        refused = works.webhook("hook", {}, signature)
        assert (refused.status, refused["message"]) == (status, "Invalid signature.")


@pytest.mark.parametrize("status", [422, 404])
def test_a_flow_that_is_not_enabled_takes_no_webhook(status: int) -> None:
    works = Works(idle_webhook_status=status)
    works.install(flow("hook", push(), **HOOK), flow("draft", push(), status="draft", **HOOK))
    works.service.controls["disable"]({"flow": "hook"})
    assert works.webhook("hook").status == status
    assert works.webhook("draft").status == status


def test_addresses_that_are_none_are_404(works: Works) -> None:
    entry = works.company.flows[works.id_of("call")]
    wrong_kind = f"/webhooks{CORE}/peak/{entry.webhook_id}"
    for path in (
        wrong_kind,
        f"/webhooks{CORE}/peak/NONE",
        address(works, "hook").replace("peak", "x"),
    ):
        assert works.send("POST", path, b"{}").status == 404


def test_what_is_answered_can_be_customised() -> None:
    works = Works()
    trigger = {"on": "webhook", "status": 202, "body": "<ok/>", "content_type": "text/xml"}
    works.install(flow("hook", push(), trigger=trigger))
    entry = works.company.flows[works.id_of("hook")]
    call = works.service.receive(
        Request("POST", address(works, "hook"), f"patchworks_signature={entry.signature}")
    )
    response = call.serve()
    assert isinstance(response, Response)
    assert (response.status, response.body) == (202, b"<ok/>")


@pytest.mark.parametrize(
    ("excess", "status", "ran", "dropped"),
    [("refuse", 429, 120, 0), ("accept_and_drop", 200, 120, 1), ("accept", 200, 121, 0)],
)
def test_120_webhooks_a_minute_and_then(excess: str, status: int, ran: int, dropped: int) -> None:
    works = Works(webhook_excess=excess, concurrency=500)
    works.install(flow("hook", push(), **HOOK))
    statuses = [works.webhook("hook", {}).status for _ in range(121)]
    assert statuses == [200] * 120 + [status]
    works.run(59)
    assert len(works.runs()) == ran
    assert works.service.inspect()["dropped"] == dropped


def test_nobody_notices_the_same_webhook_twice(works: Works) -> None:
    works.webhook("hook", {"id": "1"})
    works.webhook("hook", {"id": "1"})
    works.run(60)
    assert len(works.runs()) == 2


def test_addresses_are_listed_with_their_signatures(works: Works) -> None:
    rows = works.get("/flow-webhooks").rows
    assert [row["kind"] for row in rows] == ["webhook", "callback"]
    path, _, query = rows[0]["url"].partition("?")
    assert works.send("POST", path, b"{}", query=query).status == 200
    only = works.get("/flow-webhooks", {"filter[flow_id]": rows[1]["flow_id"]}).rows
    assert only == rows[1:]


# --- callbacks ----------------------------------------------------------------------------------


def test_a_callback_waits_for_the_flow_and_wraps_its_answer_in_an_array(works: Works) -> None:
    works.install(
        flow("call", push(output="payload"), {"shape": "callback"}, push("/after"), **CALL)
    )
    said = called_back(works, {"id": "1"})
    assert (said.status, said.body) == (200, [{"id": "1"}])
    assert works.world.t == pytest.approx(0.1)
    works.run(10)
    assert works.paths() == ["POST /orders", "POST /after"]
    assert [run.job.trigger for run in works.runs()] == ["Callback"]


def test_a_callback_may_say_something_else(works: Works) -> None:
    shape = {"shape": "callback", "status": 201, "body": {"fields": {"got": "id"}}}
    works.install(flow("call", shape, **CALL))
    said = called_back(works, {"id": "1"})
    assert (said.status, said.body) == (201, [{"got": "1"}])


def test_only_the_first_callback_shape_answers(works: Works) -> None:
    works.install(flow("call", {"shape": "split"}, {"shape": "callback"}, **CALL))
    assert called_back(works, [1, 2]).body == [1]


def test_a_callback_that_takes_too_long_is_504() -> None:
    works = Works()
    works.latency_s = 31.0
    works.install(flow("call", push(timeout_s=60), {"shape": "callback"}, **CALL))
    said = called_back(works, {})
    assert (said.status, works.world.t) == (504, 30.0)
    works.run(10)
    assert [run.status for run in works.runs()] == [SUCCESS]


def test_a_flow_that_ends_without_an_answer_is_422(works: Works) -> None:
    works.install(
        flow("call", {"shape": "filter", "where": {"field": "no", "exists": True}}, **CALL)
    )
    said = called_back(works, {"id": "1"})
    assert (said.status, said.body) == (422, {"message": "Flow run succeeded."})


def test_callbacks_go_past_the_queue_and_have_a_limit_of_their_own() -> None:
    works = Works(callbacks_per_minute=2)
    works.install(flow("call", {"shape": "callback"}, **CALL))
    assert [called_back(works, {}).status for _ in range(3)] == [200, 200, 429]


def test_a_wrong_signature_and_a_disabled_flow_are_refused(works: Works) -> None:
    assert ask(works, address(works, "call", "callbacks"), b"{}", "").status == 403
    works.service.controls["disable"]({"flow": "call"})
    assert called_back(works, {}).status == 422
