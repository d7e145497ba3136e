"""At the second face's door: tokens, versions, limits, unknown things, faults of the wire."""

from __future__ import annotations

import tracemalloc
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import msgspec
import pytest
from tests.contract.pos.counter import Answer, Counter, Twin

from peakproof.errors import ScenarioError
from peakproof.history.records import Refused
from peakproof_simulators.pos import create_service

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def counter() -> Counter:
    """The second face, with its default settings."""
    return Counter()


def _token(counter: Counter, **more: str) -> Answer:
    own = counter.service.credentials
    body = {"client_id": own["app_id"], "client_secret": own["app_secret"], **more}
    return counter.send("POST", "/api/1.0/token", headers=FORM, raw=urlencode(body).encode())


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic {token}", "{token}"])
def test_without_a_token_that_works_nothing_is_answered(counter: Counter, header: str) -> None:
    token = counter.service.credentials["personal_token"]
    answer = counter.send(
        "GET", "/outlets", headers={"authorization": header.replace("{token}", token)}
    )
    assert answer.error == (
        401, "Unauthorized", "The access token is missing, invalid or expired",
    )  # fmt: skip


def test_a_call_without_a_user_agent_is_turned_away(counter: Counter) -> None:
    assert counter.send("GET", "/outlets", headers={"user-agent": ""}).error[0] == 403
    lax = Counter(user_agent_required=False)
    assert lax.send("GET", "/outlets", headers={"user-agent": ""}).status == 200


def test_an_oauth_token_lives_a_day_and_its_refresh_token_rotates(counter: Counter) -> None:
    own = counter.service.credentials
    first = {"authorization": f"Bearer {own['app_token']}"}
    assert counter.send("GET", "/outlets", headers=first).status == 200
    fresh = _token(counter, grant_type="refresh_token", refresh_token=own["app_refresh_token"])
    assert (fresh.status, fresh.body["expires_in"]) == (200, 86_400)
    assert fresh.body["domain_prefix"] == own["domain_prefix"]
    assert counter.send("GET", "/outlets", headers=first).status == 401
    second = {"authorization": f"Bearer {fresh.body['access_token']}"}
    assert counter.send("GET", "/outlets", headers=second).status == 200
    again = _token(counter, grant_type="refresh_token", refresh_token=own["app_refresh_token"])
    assert again.error[0] == 401
    counter.at(86_400.0)
    assert counter.send("GET", "/outlets", headers=second).status == 401
    rotated = fresh.body["refresh_token"]
    assert _token(counter, grant_type="refresh_token", refresh_token=rotated).status == 200


def test_the_code_of_an_authorization_works_once_and_only_for_its_client(counter: Counter) -> None:
    code = counter.service.credentials["app_code"]
    wrong = _token(counter, grant_type="authorization_code", code=code, client_secret="guessed")
    assert wrong.error[0] == 401
    assert _token(counter, grant_type="authorization_code", code=code).status == 200
    assert _token(counter, grant_type="authorization_code", code=code).error[0] == 401
    assert _token(counter, grant_type="password").error[0] == 400


def test_expired_tokens_leave_the_personal_one_alone(counter: Counter) -> None:
    counter.service.expire_tokens()
    oauth = {"authorization": f"Bearer {counter.service.credentials['app_token']}"}
    assert counter.send("GET", "/outlets", headers=oauth).status == 401
    assert counter.send("GET", "/outlets").status == 200


def test_a_token_does_what_its_scopes_allow() -> None:
    counter = Counter(scope="sales:read outlets:read")
    oauth = {"authorization": f"Bearer {counter.service.credentials['app_token']}"}
    assert counter.send("GET", "/sales", headers=oauth).status == 200
    refused = counter.send("POST", "/sales", {}, headers=oauth)
    assert refused.error == (403, "Forbidden", "One of these scopes is required: sales:write")
    assert counter.send("GET", "/products").status == 200


def test_an_end_of_life_version_is_served_by_the_oldest_live_one(counter: Counter) -> None:
    """P17: nothing tells that the version asked for is gone; only the shape could."""
    counter.ring("TEE-RED-M")
    newest = counter.send("GET", "/api/2026-07/sales")
    for version in ("2025-10", "2024-01", "2020-12"):
        old = counter.send("GET", f"/api/{version}/sales")
        assert (old.status, old.body) == (200, newest.body)
        assert {name for name in old.headers if "version" in name} == set()
    served = counter.service.vendor.served  # type: ignore[attr-defined] # of this vendor
    assert [served(v) for v in ("2026-07", "2026-05", "2026-04", "2020-12")] == [
        "2026-07", "2026-04", "2026-04", "2025-10",
    ]  # fmt: skip
    for version in ("2026-08", "2027-01", "2026-13", "2.0", "latest"):
        assert counter.send("GET", f"/api/{version}/sales").error[0] == 404


def test_calls_are_counted_by_registers_and_refused_with_a_date(counter: Counter) -> None:
    """P14: three registers have 950 calls in five minutes; a 429 says until when, as a date."""
    first = counter.send("GET", "/outlets")
    assert first.headers["x-ratelimit-limit"] == "950"
    assert first.headers["x-ratelimit-remaining"] == "949"
    counter.face.bucket.spent = 949
    counter.at(100.25)
    missing = counter.send("GET", f"/sales/{counter.user()}")
    assert missing.headers["x-ratelimit-remaining"] == "0"
    refused = counter.send("GET", "/outlets")
    assert refused.error == (429, "Too Many Requests", "Rate limiting enforced")
    assert refused.headers["retry-after"] == "Fri, 27 Nov 2026 06:05:00 GMT"
    assert parsedate_to_datetime(refused.headers["retry-after"]).second == 0
    counter.at(299.999)
    assert counter.send("GET", "/outlets").status == 429
    counter.at(300.0)
    assert counter.send("GET", "/outlets").headers["x-ratelimit-remaining"] == "949"


def test_the_limit_can_be_off_and_grows_with_the_registers() -> None:
    counter = Counter(rate_base=1, rate_per_register=0)
    assert counter.send("GET", "/outlets").status == 200
    assert counter.send("GET", "/outlets").status == 429
    off = Counter(rate_limit=False, rate_base=1, rate_per_register=0)
    assert [off.send("GET", "/outlets").status for _ in range(3)] == [200, 200, 200]
    grown = Counter()
    grown.control("open_store", store="S3", name="Harbour")
    assert grown.send("GET", "/outlets").headers["x-ratelimit-limit"] == "1250"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Fri, 27 Nov 2026 06:00:01 GMT"),
        ({"Retry-After": "7"}, "7"),
        ({"retry-after": "Fri, 27 Nov 2026 06:00:10 GMT"}, "Fri, 27 Nov 2026 06:00:10 GMT"),
    ],
)
def test_a_429_of_the_wire_says_when_to_try_again(
    counter: Counter, given: dict[str, str], says: str
) -> None:
    refused = counter.service.refusal(429, given)
    assert refused.headers["retry-after"] == says
    assert msgspec.json.decode(refused.body) == {
        "error": "Too Many Requests", "message": "Rate limiting enforced",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (500, "Internal Server Error"), (502, "Bad Gateway"), (503, "Service Unavailable"),
        (504, "Gateway Timeout"), (418, "Internal Server Error"),
    ],
)  # fmt: skip
def test_a_fault_of_the_wire_speaks_the_vendors_words(
    counter: Counter, status: int, word: str
) -> None:
    answer = counter.service.refusal(status, {})
    assert (answer.status, msgspec.json.decode(answer.body)["error"]) == (status, word)


def test_unknown_paths_methods_and_parameters_are_refused(counter: Counter) -> None:
    assert counter.send("GET", "/gift_cards").error[:2] == (404, "Not Found")
    assert counter.send("GET", "/api/2026-07").error[0] == 404
    wrong = counter.send("DELETE", "/sales")
    assert (wrong.error[0], wrong.headers["allow"]) == (405, "GET, POST")
    unknown = counter.send("GET", "/sales?colour=red")
    assert unknown.error == (400, "Bad Request", "The parameter colour is not known")
    for query in ("after=-1", "after=x", "page_size=0", "page_size=", "before=1.5"):
        assert counter.send("GET", f"/sales?{query}").error[0] == 400, query
    assert counter.send("GET", "/outlets?deleted=maybe").error[0] == 400
    assert counter.send("GET", "/consignments?type=GIFT").error[0] == 400


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The body of the request is no JSON"),
        (b"{", "The body of the request is no JSON"),
        (b"\xff", "The body of the request is no JSON"),
        (b"[" * 10_000, "Expected object, got array"),
        (b'{"name":' * 10_000, "name: Expected str, got object"),
        (b"[]", "Expected object, got array"),
        (b"{}", "Object missing required field name"),
        (b'{"name":7}', "name: Expected str, got int"),
        (b'{"name":"x","enabled":1}', "enabled: Expected bool, got int"),
        (b'{"name":"x","enabled":true,"type":"UP"}', "type: Invalid enum value 'UP'"),
        (b'{"name":"x","colour":1}', "Object contains unknown field colour"),
        (b'{"name":"%s"}' % (b"x" * 31), "name: Expected str of length <= 30"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_its_field(
    counter: Counter, raw: bytes, message: str
) -> None:
    answer = counter.send("POST", "/custom_inventory_adjustment_reasons", raw=raw)
    assert answer.error == (400, "Bad Request", message)


def test_a_nested_body_is_refused_where_anything_may_stand(counter: Counter) -> None:
    author = counter.user().encode()
    deep = b'{"source":{"author_id":"%s"},"state":"closed","payments":[{"amount":' % author
    answer = counter.send("POST", "/sales", raw=deep + b"[" * 10_000)
    assert answer.error == (400, "Bad Request", "The body of the request is no JSON")


def test_too_large_a_body_is_refused_without_being_read() -> None:
    counter = Counter(most_body_bytes=1000)
    body = b'{"name":"' + b"x" * 100_000_000 + b'"}'
    tracemalloc.start()
    for path in ("/customers", "/api/1.0/token"):
        answer = counter.send("POST", path, raw=body)
        assert answer.error[:2] == (413, "Payload Too Large")
    grown = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grown < 1_000_000


def test_settings_of_the_second_face_have_names(counter: Counter) -> None:
    wrong: list[dict[str, object]] = [
        {"colour": "red"}, {"stocktake": "guesses"}, {"versions": ["2.0"]}, {"versions": []},
    ]  # fmt: skip
    for given in wrong:
        with pytest.raises(ScenarioError, match="lightspeed"):
            create_service(counter.world, {"surface": "lightspeed", "lightspeed": given})


def test_credentials_can_be_fixed_and_otherwise_come_from_the_seed() -> None:
    fixed = Counter({"credentials": {"personal_token": "fixed"}})
    assert fixed.service.credentials["personal_token"] == "fixed"
    assert fixed.send("GET", "/outlets").status == 200
    assert Counter(seed=1).service.credentials == Counter(seed=1).service.credentials
    assert Counter(seed=1).service.credentials != Counter(seed=2).service.credentials


def test_a_face_that_is_not_served_is_not_there() -> None:
    assert Counter().send("GET", "/v2/locations").status == 404
    twin = Twin()
    assert len(twin.square.ok("GET", "/v2/locations")["locations"]) == 3
    assert len(twin.data("GET", "/outlets")) == 3
    assert twin.send("GET", "/gift_cards").body["error"] == "Not Found"
    assert twin.square.send("GET", "/v2/customers").error[:2] == (404, "NOT_FOUND")
    assert twin.square.send("GET", "/api/2026-07/nothing").body["error"] == "Not Found"


def test_a_refusal_about_a_thing_is_a_fact(counter: Counter) -> None:
    nothing = counter.user()
    assert counter.send("GET", f"/products/{nothing}").status == 404
    assert [(fact.key, fact.reason) for fact in counter.told(Refused)] == [(nothing, "http_404")]
