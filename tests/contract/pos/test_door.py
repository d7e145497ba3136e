"""At the door: tokens, versions, unknown things, keys, faults of the wire."""

from __future__ import annotations

import msgspec
import pytest
from tests.contract.pos.shop import Shop

from peakproof.errors import ScenarioError
from peakproof.history.records import Refused
from peakproof_simulators.pos import create_service
from peakproof_simulators.pos.square.errors import CODES

CREATE = "/v2/inventory/changes/batch-create"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic {token}", "{token}"])
def test_without_a_token_that_works_nothing_is_answered(shop: Shop, header: str) -> None:
    token = shop.service.credentials["access_token"]
    sent = {"authorization": header.replace("{token}", token)}
    answer = shop.send("GET", "/v2/locations", headers=sent)
    assert answer.status == 401
    assert answer.body["errors"] == [
        {
            "category": "AUTHENTICATION_ERROR",
            "code": "UNAUTHORIZED",
            "detail": "This request could not be authorized.",
        }
    ]


def test_an_expired_token_is_replaced_by_a_refresh_token(shop: Shop) -> None:
    shop.service.expire_tokens()
    assert shop.send("GET", "/v2/locations").error[:2] == (401, "ACCESS_TOKEN_EXPIRED")
    own = shop.service.credentials
    body = {
        "client_id": own["client_id"], "client_secret": own["client_secret"],
        "grant_type": "refresh_token", "refresh_token": own["refresh_token"],
    }  # fmt: skip
    fresh = shop.ok("POST", "/oauth2/token", body)
    assert fresh["merchant_id"] == own["merchant_id"]
    headers = {"authorization": f"Bearer {fresh['access_token']}"}
    assert shop.send("GET", "/v2/locations", headers=headers).status == 200
    shop.at(30 * 24 * 3600.0)
    assert shop.send("GET", "/v2/locations", headers=headers).error[1] == "ACCESS_TOKEN_EXPIRED"
    wrong = {**body, "client_secret": "guessed"}
    assert shop.send("POST", "/oauth2/token", wrong).error[:2] == (401, "UNAUTHORIZED")


def test_credentials_can_be_fixed_and_otherwise_come_from_the_seed() -> None:
    fixed = Shop({"credentials": {"access_token": "fixed"}})
    assert fixed.service.credentials["access_token"] == "fixed"
    assert fixed.send("GET", "/v2/locations").status == 200
    assert Shop(seed=1).service.credentials == Shop(seed=1).service.credentials
    assert Shop(seed=1).service.credentials != Shop(seed=2).service.credentials


def test_the_version_header_is_taken_when_it_is_a_date(shop: Shop) -> None:
    good = shop.send("GET", "/v2/locations", headers={"square-version": "2020-01-22"})
    assert good.status == 200
    assert good.headers["square-version"] == "2026-09-16"
    bad = shop.send("GET", "/v2/locations", headers={"square-version": "latest"})
    assert bad.error[:2] == (400, "INVALID_SQUARE_VERSION_FORMAT")


def test_unknown_paths_methods_and_parameters_are_refused(shop: Shop) -> None:
    assert shop.send("GET", "/v2/customers").error[:2] == (404, "NOT_FOUND")
    wrong = shop.send("DELETE", "/v2/orders")
    assert wrong.error[:2] == (405, "METHOD_NOT_ALLOWED")
    assert wrong.headers["allow"] == "POST"
    assert shop.send("GET", "/v2/locations?colour=red").error == (
        400, "UNKNOWN_QUERY_PARAMETER", "colour",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", (400, "EXPECTED_JSON_BODY", "")),
        (b"{", (400, "EXPECTED_JSON_BODY", "")),
        (b"\xff", (400, "EXPECTED_JSON_BODY", "")),
        (b"[" * 100_000, (400, "EXPECTED_OBJECT", "")),
        (b"[]", (400, "EXPECTED_OBJECT", "")),
        (b"{}", (400, "MISSING_REQUIRED_PARAMETER", "idempotency_key")),
        (b'{"idempotency_key":7}', (400, "EXPECTED_STRING", "idempotency_key")),
        (b'{"idempotency_key":""}', (400, "VALUE_EMPTY", "idempotency_key")),
        (b'{"idempotency_key":"k","changes":{}}', (400, "EXPECTED_ARRAY", "changes")),
        (b'{"idempotency_key":"k","changes":[]}', (400, "ARRAY_EMPTY", "changes")),
        (b'{"idempotency_key":"k"}', (400, "MISSING_REQUIRED_PARAMETER", "changes")),
        (b'{"idempotency_key":"k","changes":[{}]}',
         (400, "MISSING_REQUIRED_PARAMETER", "changes[0].type")),
        (b'{"idempotency_key":"k","changes":[{"type":"TRANSFER"}]}',
         (400, "INVALID_ENUM_VALUE", "changes[0].type")),
        (b'{"idempotency_key":"k","changes":[{"type":"ADJUSTMENT","adjustment":{"size":1}}]}',
         (400, "UNKNOWN_BODY_PARAMETER", "changes[0].adjustment.size")),
        (b'{"idempotency_key":"k","ignore_unchanged_counts":1}',
         (400, "EXPECTED_BOOLEAN", "ignore_unchanged_counts")),
        (b'{"idempotency_key":"k","changes":[{"type":"ADJUSTMENT"}]}',
         (400, "INVALID_VALUE", "changes[0].adjustment")),
    ],
)  # fmt: skip
def test_a_body_that_does_not_fit_is_refused_with_its_field(
    shop: Shop, raw: bytes, error: tuple[int, str, str]
) -> None:
    assert shop.send("POST", CREATE, raw=raw).error == error


def test_every_code_has_a_status_and_a_category_of_the_vendors() -> None:
    categories = {
        "API_ERROR", "AUTHENTICATION_ERROR", "INVALID_REQUEST_ERROR", "RATE_LIMIT_ERROR",
        "PAYMENT_METHOD_ERROR", "REFUND_ERROR",
    }  # fmt: skip
    assert {category for _, category in CODES.values()} == categories
    assert all(400 <= status < 600 for status, _ in CODES.values())


def test_the_same_key_and_body_get_the_same_answer_and_one_effect(shop: Shop) -> None:
    """P10: the answer was lost after the commit, the client tries again."""
    adjustment = {
        "catalog_object_id": shop.variant("TEE-RED-M"), "location_id": "S1",
        "from_state": "NONE", "to_state": "IN_STOCK", "quantity": "5", "occurred_at": shop.iso(),
    }  # fmt: skip
    body = {
        "idempotency_key": "lost-answer",
        "changes": [{"type": "ADJUSTMENT", "adjustment": adjustment}],
    }
    first = shop.send("POST", CREATE, body)
    shop.at(60.0)
    reordered = {"changes": body["changes"], "idempotency_key": "lost-answer"}
    again = shop.send("POST", CREATE, reordered)
    assert again.body == first.body
    assert shop.keys == ["stock:TEE-RED-M@S1"]
    assert shop.count("TEE-RED-M", "S1") == "15"
    adjustment["quantity"] = "6"
    other = shop.send("POST", CREATE, body)
    assert other.error == (400, "IDEMPOTENCY_KEY_REUSED", "idempotency_key")
    assert shop.count("TEE-RED-M", "S1") == "15"
    assert [fact.reason for fact in shop.told(Refused)] == ["IDEMPOTENCY_KEY_REUSED"]


def test_a_refused_request_does_not_use_its_key_up(shop: Shop) -> None:
    order = {"location_id": "S9"}
    body = {"idempotency_key": "k", "order": order}
    assert shop.send("POST", "/v2/orders", body).status == 404
    order["location_id"] = "S1"
    assert shop.send("POST", "/v2/orders", body).status == 200


def test_a_key_belongs_to_its_endpoint_and_is_forgotten_in_time(shop: Shop) -> None:
    body = {"idempotency_key": "k", "order": {"location_id": "S1"}}
    first = shop.ok("POST", "/v2/orders", body)["order"]["id"]
    clone = shop.ok("POST", "/v2/orders/clone", {"idempotency_key": "k", "order_id": first})
    assert clone["order"]["id"] != first
    shop.at(23 * 3600.0)
    assert shop.ok("POST", "/v2/orders", body)["order"]["id"] == first
    shop.at(25 * 3600.0)
    assert shop.ok("POST", "/v2/orders", body)["order"]["id"] != first


@pytest.mark.parametrize(
    ("status", "category", "code"),
    [
        (429, "RATE_LIMIT_ERROR", "RATE_LIMITED"),
        (500, "API_ERROR", "INTERNAL_SERVER_ERROR"),
        (502, "API_ERROR", "BAD_GATEWAY"),
        (503, "API_ERROR", "SERVICE_UNAVAILABLE"),
        (504, "API_ERROR", "GATEWAY_TIMEOUT"),
        (418, "API_ERROR", "INTERNAL_SERVER_ERROR"),
    ],
)
def test_a_fault_of_the_wire_speaks_the_vendors_words(
    shop: Shop, status: int, category: str, code: str
) -> None:
    answer = shop.service.refusal(status, {})
    error = msgspec.json.decode(answer.body)["errors"][0]
    assert (answer.status, error["category"], error["code"]) == (status, category, code)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "1"),
        ({"Retry-After": "7"}, "7"),
        ({"retry-after": "Fri, 27 Nov 2026 06:00:10 GMT"}, "Fri, 27 Nov 2026 06:00:10 GMT"),
    ],
)
def test_a_429_says_when_to_try_again(shop: Shop, given: dict[str, str], says: str) -> None:
    """P14: seconds or a date, as the weather has it; never nothing."""
    assert shop.service.refusal(429, given).headers["retry-after"] == says


def test_an_unknown_setting_is_a_mistake_of_the_scenario(shop: Shop) -> None:
    with pytest.raises(ScenarioError, match="colour"):
        create_service(shop.world, {"colour": "red"})
    with pytest.raises(ScenarioError, match="order_conflict"):
        create_service(shop.world, {"order_conflict": "412"})
