"""Tokens: who gets one, what it allows, how long it works."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlencode

import pytest
from tests.contract.commercetools.shop import Shop

WRONG = "Please provide valid client credentials using HTTP Basic Authentication."


def token_request(shop: Shop, form: str, *, query: str = "") -> dict[str, object]:
    answer = shop.send("POST", "/oauth/token", form.encode(), query=query, headers=shop.basic())
    assert answer.status == 200
    body: dict[str, object] = answer.body
    return body


def test_the_scope_that_was_asked_for_is_repeated_word_for_word(shop: Shop) -> None:
    scope = f"view_products:{shop.key} manage_orders:{shop.key}"
    form = urlencode({"grant_type": "client_credentials", "scope": scope})
    assert token_request(shop, form)["scope"] == scope
    assert token_request(shop, "", query=form)["scope"] == scope


def test_a_token_says_how_long_it_lives_and_dies_on_time(shop: Shop) -> None:
    made = token_request(shop, "grant_type=client_credentials")
    assert made["expires_in"] == 172800
    assert made["token_type"] == "Bearer"
    token = str(made["access_token"])
    shop.run(172799)
    assert shop.call("GET", "inventory", token=token).status == 200
    shop.run(2)
    gone = shop.call("GET", "inventory", token=token)
    assert (gone.status, gone["message"], gone["error"]) == (401, "invalid_token", "invalid_token")


def test_without_a_scope_the_token_is_for_the_whole_project(shop: Shop) -> None:
    made = token_request(shop, "grant_type=client_credentials")
    assert made["scope"] == f"manage_project:{shop.key}"


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic ***", "Basic " + b64encode(b"a:b").decode(), "Bearer x", "Basic w6k="],
)
def test_a_wrong_client_is_refused_in_the_vendors_words(shop: Shop, header: str) -> None:
    answer = shop.send(
        "POST", "/oauth/token", b"grant_type=client_credentials", headers={"authorization": header}
    )
    assert answer.status == 401
    assert answer.body == {
        "statusCode": 401,
        "message": WRONG,
        "errors": [{"code": "invalid_client", "message": WRONG}],
        "error": "invalid_client",
        "error_description": WRONG,
    }


def test_only_client_credentials_are_a_grant_here(shop: Shop) -> None:
    answer = shop.send("POST", "/oauth/token", b"grant_type=password", headers=shop.basic())
    assert (answer.status, answer.code) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("scope", ["manage_project:other", "manage_moon:peak-retail", "x"])
def test_a_scope_of_another_project_is_refused(shop: Shop, scope: str) -> None:
    form = urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
    answer = shop.send("POST", "/oauth/token", form, headers=shop.basic())
    assert (answer.status, answer.code) == (400, "invalid_scope")


def test_a_request_without_a_token_is_401(shop: Shop) -> None:
    answer = shop.send("GET", f"/{shop.key}/orders")
    assert answer.body == {
        "statusCode": 401,
        "message": "invalid_token",
        "errors": [{"code": "invalid_token", "message": "invalid_token"}],
        "error": "invalid_token",
    }


def test_a_token_without_the_scope_is_403_and_nothing_happens(shop: Shop) -> None:
    token = shop.log_in(f"view_products:{shop.key}")
    assert shop.call("GET", "inventory", token=token).status == 200
    answer = shop.call("POST", "inventory", {"sku": "X", "quantityOnStock": 1}, token=token)
    assert (answer.status, answer.code, answer["error"]) == (
        403, "insufficient_scope", "insufficient_scope",
    )  # fmt: skip
    assert answer["message"] == (
        "Insufficient scope. One of the following scopes is missing: manage_products."
    )
    assert shop.get("inventory", where='sku="X"')["total"] == 0


def test_managing_includes_viewing(shop: Shop) -> None:
    token = shop.log_in(f"manage_orders:{shop.key}")
    assert shop.call("GET", "orders", token=token).status == 200


def test_another_project_is_out_of_reach(shop: Shop) -> None:
    headers = {"authorization": f"Bearer {shop.token}"}
    assert shop.send("GET", "/other/inventory", headers=headers).status == 403


def test_introspection_tells_a_working_token_from_another(shop: Shop) -> None:
    def ask(form: str) -> object:
        headers = shop.basic()
        return shop.send("POST", "/oauth/introspect", form.encode(), headers=headers).body

    told = ask(f"token={shop.token}")
    assert isinstance(told, dict)
    assert told["active"] is True
    assert told["scope"] == f"manage_project:{shop.key}"
    assert told["client_id"] == shop.service.credentials["client_id"]
    assert told["exp"] == int((shop.world.clock.epoch_s + 172800) * 1000)
    assert ask("token=nonsense") == {"active": False}
    shop.run(172801)
    assert ask(f"token={shop.token}") == {"active": False}
    missing = shop.send("POST", "/oauth/introspect", b"", headers=shop.basic())
    assert (missing.status, missing.code) == (400, "invalid_request")


def test_expiring_all_tokens_sends_everybody_back_to_the_token_endpoint(shop: Shop) -> None:
    shop.service.expire_tokens()
    assert shop.get("inventory").status == 401
    shop.token = shop.log_in(f"manage_project:{shop.key}")
    assert shop.get("inventory").status == 200


def test_fixed_credentials_are_the_clients(shop: Shop) -> None:
    fixed = Shop(credentials={"client_id": "the-client", "client_secret": "the-secret"})
    assert fixed.service.credentials["client_id"] == "the-client"
    assert fixed.service.credentials["client_secret"] == "the-secret"
    assert shop.service.credentials["client_id"] != "the-client"


def test_every_answer_has_a_correlation_id_or_repeats_the_callers(shop: Shop) -> None:
    one, other = (shop.get("inventory").headers["x-correlation-id"] for _ in range(2))
    assert one != other
    assert one.startswith(f"{shop.key}/")
    refused = shop.get("inventory/nothing")
    assert refused.status == 404
    assert refused.headers["x-correlation-id"]
    mine = shop.send(
        "GET", f"/{shop.key}/inventory",
        headers={"authorization": f"Bearer {shop.token}", "x-correlation-id": "mine/1"},
    )  # fmt: skip
    assert mine.headers["x-correlation-id"] == "mine/1"


def test_an_unknown_path_is_404_and_a_wrong_method_405(shop: Shop) -> None:
    lost = shop.call("GET", "moons")
    assert (lost.status, lost["message"]) == (404, f"URI not found: /{shop.key}/moons")
    wrong = shop.call("PUT", "inventory")
    assert wrong.status == 405
    assert wrong.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "General"), (502, "BadGateway"), (503, "OverCapacity"), (429, "TooManyRequests"),
     (504, "QueryTimedOut"), (418, "General")],
)  # fmt: skip
def test_faults_of_the_wire_have_the_vendors_body(shop: Shop, status: int, code: str) -> None:
    refusal = shop.service.refusal(status, {"retry-after": "3"})
    assert refusal.status == status
    assert refusal.headers["retry-after"] == "3"
    assert f'"code":"{code}"' in refusal.body.decode()
