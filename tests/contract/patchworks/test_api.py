"""The API: who may call, what it reads, what it refuses, how long it remembers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.contract.patchworks.works import CORE, Works, flow, push

from peakproof.errors import ScenarioError
from peakproof_simulators.patchworks.runs import PARTIAL_SUCCESS

DAY_S = 86400.0


@pytest.fixture
def works() -> Works:
    made = Works(api_per_minute=0)
    made.install(flow("a", push()), flow("b", push("/b"), priority="high"), pools=[{"name": "p"}])
    return made


# --- who may call -------------------------------------------------------------------------------


def test_the_key_goes_raw_into_the_header_and_a_jwt_behind_bearer(works: Works) -> None:
    own = works.service.credentials
    key, path = own["api_key"], f"{CORE}/flows"
    login = works.send(
        "POST", "/api/v1/login",
        msgspec.json.encode({"email": own["email"], "password": own["password"]}),
    )  # fmt: skip
    token = login["token"]
    assert len(token.split(".")) == 3
    statuses = {
        said: works.send("GET", path, headers={"authorization": said}).status
        for said in (key, f"Bearer {key}", f"Bearer {token}", token, "Bearer x", "")
    }
    assert list(statuses.values()) == [200, 401, 200, 401, 401, 401]
    refused = works.send("GET", path)
    assert refused.body == {"message": "Unauthenticated."}


def test_a_jwt_ends_and_can_be_taken_back(works: Works) -> None:
    own = works.service.credentials
    body = msgspec.json.encode({"email": own["email"], "password": own["password"]})

    def log_in() -> dict[str, str]:
        token = works.send("POST", "/fabric/api/login", body)["token"]
        return {"authorization": f"Bearer {token}"}

    held = log_in()
    assert works.send("GET", "/api/v2/my/user", headers=held).about["email"] == own["email"]
    works.run(3600.0)
    assert works.send("GET", "/api/v2/my/user", headers=held).status == 401
    held = log_in()
    works.service.expire_tokens()
    assert works.send("GET", "/api/v2/my/user", headers=held).status == 401
    assert works.get("/flows").status == 200, "keys are no tokens"


def test_a_wrong_password_and_a_body_that_is_none_are_refused(works: Works) -> None:
    body = msgspec.json.encode({"email": "x@y.test", "password": "no"})
    refused = works.send("POST", "/api/v1/login", body)
    assert (refused.status, refused["message"]) == (
        401, "These credentials do not match our records.",
    )  # fmt: skip
    missing = works.send("POST", "/api/v1/login", b'{"email":"x"}')
    assert (missing.status, missing.body) == (
        422,
        {"message": "The password field is required.",
         "errors": {"password": ["The password field is required."]}},
    )  # fmt: skip
    assert works.send("POST", "/fabric/api/login", b'{"email":"x"}').status == 422


@pytest.mark.parametrize(
    ("path", "body", "field", "said"),
    [
        ("data-pool", {"name": ""}, "name", "is required."),
        ("data-pool", {"name": 5}, "name", "must be a string."),
        ("data-pool", {"name": "x" * 256}, "name", "must not be greater than 255 characters."),
        ("data-pool", {"name": "p", "colour": 1}, "colour", "is not allowed."),
        ("cross-reference-lookups", {"name": "t", "rows": [{"left_value": "a"}]},
         "rows.0.right_value", "is required."),
        ("cross-reference-lookups", {"name": "t", "match_type": "x"}, "match_type", "is invalid."),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_named_as_laravel_names_it(
    works: Works, path: str, body: Any, field: str, said: str
) -> None:
    refused = works.post(f"/{path}", body)
    assert (refused.status, refused["errors"]) == (422, {field: [f"The {field} field {said}"]})


def test_fixed_credentials_can_be_set() -> None:
    fixed = {"api_key": "K", "email": "e@f.test", "password": "p"}
    works = Works(credentials=fixed)
    assert works.service.credentials == {"company": "peak", **fixed}
    assert works.get("/flows").status == 200


def test_unknown_paths_and_methods_are_refused_as_laravel_does(works: Works) -> None:
    lost = works.get("/nothing")
    assert (lost.status, lost["message"]) == (
        404, "The route api/v1/nothing could not be found.",
    )  # fmt: skip
    wrong = works.call("PUT", "/flows")
    assert wrong.status == 405
    assert wrong.headers["allow"] == "GET"
    assert wrong["message"] == (
        "The PUT method is not supported for route api/v1/flows. Supported methods: GET."
    )


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_faults_of_the_wire_have_a_message(works: Works, status: int) -> None:
    made = works.service.refusal(status, {"retry-after": "7"})
    assert made.status == status
    assert made.headers["retry-after"] == "7"
    assert msgspec.json.decode(made.body)["message"]


# --- parameters and bodies ----------------------------------------------------------------------


def test_pages(works: Works) -> None:
    for _ in range(7):
        works.begin("a", {})
    page = works.get("/flow-runs", {"page": 2, "per_page": 3})
    assert page["meta"] == {
        "current_page": 2, "from": 4, "last_page": 3, "path": "/api/v1/flow-runs",
        "per_page": 3, "to": 6, "total": 7,
    }  # fmt: skip
    assert page["links"] == {
        "first": "/api/v1/flow-runs?per_page=3&page=1",
        "last": "/api/v1/flow-runs?per_page=3&page=3",
        "prev": "/api/v1/flow-runs?per_page=3&page=1",
        "next": "/api/v1/flow-runs?per_page=3&page=3",
    }
    beyond = works.get("/flow-runs", {"page": 9, "per_page": 3})
    assert (beyond["data"], beyond["meta"]["from"], beyond["meta"]["to"]) == ([], None, None)
    every = [
        row["id"] for number in (1, 2, 3)
        for row in works.get("/flow-runs", {"page": number, "per_page": 3}).rows
    ]  # fmt: skip
    assert every == [run.id for run in works.runs()][::-1]
    assert works.get("/flow-runs", {"per_page": 9999})["meta"]["per_page"] == 250
    assert works.get("/flow-runs")["meta"]["per_page"] == 15


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"page": "0"}, 422, "The page field must be an integer of at least 1."),
        ({"per_page": "x"}, 422, "The per_page field must be an integer of at least 1."),
        ({"page": "9" * 30}, 422, "The page field must be an integer of at least 1."),
        ({"filter[nonsense]": "1"}, 400, "Requested filter(s) `nonsense` are not allowed."),
        ({"nonsense": "1"}, 400, "Requested parameter(s) `nonsense` are not allowed."),
        ({"include": "nonsense"}, 400, "Requested include(s) `nonsense` are not allowed."),
        ({"sort": "name"}, 400, "Requested sort(s) `name` are not allowed."),
        ({"filter[status]": "9"}, 422, "The selected filter.status is invalid."),
        ({"filter[trigger]": "Moon"}, 422, "The selected filter.trigger is invalid."),
        ({"filter[started_after]": "soon"}, 422,
         "The filter.started_after field must be a valid date."),
        ({"filter[has_warnings]": "maybe"}, 422,
         "The filter[has_warnings] field must be true or false."),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(
    works: Works, query: dict[str, str], status: int, message: str
) -> None:
    refused = works.get("/flow-runs", query)
    assert refused.status == status
    assert refused["message"].startswith(message)


def test_unknown_parameters_and_fields_can_be_ignored() -> None:
    works = Works(unknown_parameters="ignore", unknown_fields="ignore")
    works.install(flow("a", push()))
    assert works.get("/flow-runs", {"nonsense": 1}).status == 200
    assert works.post("/data-pool", {"name": "x", "colour": "red"}).status == 201


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[]", b'"x"', b"[" * 10_000, b'{"name":' * 10_000, b"", b"null"]
)
def test_a_body_that_is_none_is_refused(works: Works, body: bytes) -> None:
    held = {"authorization": works.service.credentials["api_key"]}
    for path in ("/api/v1/data-pool", "/api/v1/cross-reference-lookups"):
        assert works.send("POST", path, body, headers=held).status == 422


def test_a_body_that_is_too_large_is_refused(works: Works) -> None:
    small = Works(body_limit_bytes=1000, api_per_minute=0)
    small.install(flow("a", push()))
    path = f"/flows/{small.id_of('a')}/start"
    for tail in ("", "/raw"):
        refused = small.post(path + tail, {"payload": "x" * 1000})
        assert (refused.status, refused["message"]) == (413, "The payload is too large.")
    held = {"authorization": works.service.credentials["api_key"]}
    raw = b"[" * 100_000_000
    path = f"/api/v1/flows/{works.id_of('a')}/start/raw"
    assert works.send("POST", path, raw, headers=held).status == 413


# --- limits and ages ----------------------------------------------------------------------------


def test_the_api_takes_240_calls_a_minute() -> None:
    works = Works()
    statuses = [works.get("/flows").status for _ in range(241)]
    assert statuses == [200] * 240 + [429]
    refused = works.get("/flows")
    assert refused["message"] == "Too Many Attempts."
    assert refused.headers["retry-after"] == "61"
    assert refused.headers["x-ratelimit-limit"] == "240"
    works.run(59.9)
    assert works.get("/flows").status == 429
    works.run(0.1)
    assert works.get("/flows").status == 200


def test_logs_go_after_seven_days_and_payloads_after_72_hours(works: Works) -> None:
    run = works.play("a", {"id": "1"})
    works.run(72 * 3600.0 - 301)
    (trigger, _answer) = works.get("/payload-metadata").rows
    works.run(2)
    assert works.get(f"/payload-metadata/{trigger['id']}/download").status == 404
    refused = works.post(f"/flow-runs/{run.id}/retry")
    assert (refused.status, refused["message"]) == (
        422, "The payload of this flow run is no longer available.",
    )  # fmt: skip
    works.run(4 * DAY_S - 10)
    assert works.get(f"/flow-runs/{run.id}").status == 200
    works.run(10)
    assert works.get(f"/flow-runs/{run.id}").status == 404
    assert works.get("/flow-runs").rows == []


def test_tracked_values_go_after_fifteen_days(works: Works) -> None:
    works.install(flow("s", {"shape": "track_data", "value": "id"}))
    works.play("s", {"id": "1"})
    works.run(15 * DAY_S - 301)
    assert len(works.get("/tracked-data").rows) == 1
    works.run(2)
    assert works.get("/tracked-data").rows == []


def test_a_call_names_what_it_was_about(works: Works) -> None:
    run = works.play("a", {})
    assert works.keys == ["flow:a"]
    works.get(f"/flow-runs/{run.id}")
    assert works.keys == [f"run:{run.id}"]


def test_inspect_shows_the_whole_state(works: Works) -> None:
    works.respond = lambda _asked: (500, {})
    works.install(flow("c", push(retries=0), catch={}))
    works.play("c", {})
    works.post(f"/flows/{works.id_of('a')}/start")
    state = msgspec.json.decode(msgspec.json.encode(works.service.inspect()))
    assert [(run["flow"], run["status"], run["caught"]) for run in state["runs"]] == [
        ("c", "PARTIAL_SUCCESS", 1)
    ]
    assert [job["state"] for job in state["queue"]] == ["buffered"]
    assert PARTIAL_SUCCESS == 5


@pytest.mark.parametrize(
    ("control", "told"),
    [("enable", {"flow": "none"}), ("strike", {"fault": "none"}), ("deploy", {"flow": {}}),
     ("install", {"set": {"flows": [{}]}})],
)  # fmt: skip
def test_a_control_that_makes_no_sense_is_refused(
    works: Works, control: str, told: dict[str, Any]
) -> None:
    with pytest.raises(ScenarioError):
        works.service.controls[control](told)


def test_a_whole_set_can_be_installed_by_control(works: Works) -> None:
    told = {"set": {"flows": [flow("z", {"shape": "split"})]}}
    assert works.service.controls["install"](told)["flows"][-1] == works.id_of("z")
