"""Who may come in, and what is said to those who may not."""

from __future__ import annotations

from typing import Any

import pytest
from oauthlib.oauth1 import Client
from tests.contract.adobe_commerce.shop import Json, Shop, search

ORDERS = "/rest/V1/orders"


def signed(shop: Shop, url: str, method: str = "GET", **changed: Any) -> dict[str, str]:
    """The headers of a call that is signed by the integration."""
    held = {**shop.service.credentials, **changed}
    client = Client(
        held["consumer_key"], held["consumer_secret"], held["access_token"],
        held["access_token_secret"], signature_method=changed.get("way", "HMAC-SHA256"),
        nonce=changed.get("nonce"), timestamp=changed.get("timestamp"),
    )  # fmt: skip
    _url, headers, _body = client.sign(url, http_method=method)
    return {"authorization": headers["Authorization"], "host": "adobe.test"}


def test_nobody_may_read_orders(shop: Shop) -> None:
    answer = shop.send("GET", ORDERS, query=search(), headers={})
    assert (answer.status, answer.body) == (
        401,
        {
            "message": "The consumer isn't authorized to access %resources.",
            "parameters": {"resources": "Magento_Sales::actions_view"},
        },
    )


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi", "Bearer", ""])
def test_what_is_no_token_is_nobody(shop: Shop, header: str) -> None:
    answer = shop.send("GET", ORDERS, query=search(), headers={"authorization": header})
    assert answer.status == 401


def test_a_token_works_four_hours(shop: Shop) -> None:
    shop.run(4 * 3600 - 1)
    assert shop.get("orders", search()).status == 200
    shop.run(1)
    assert shop.get("orders", search()).status == 401


def test_tokens_can_be_made_to_expire(shop: Shop) -> None:
    shop.service.expire_tokens()
    assert shop.get("orders", search()).status == 401


def test_empty_names_are_missing(shop: Shop) -> None:
    answer = shop.post("integration/admin/token", {"username": "", "password": ""})
    text = '"%fieldName" is required. Enter and try again.'
    assert answer.body == {
        "message": "One or more input exceptions have occurred.",
        "errors": [
            {"message": text, "parameters": {"fieldName": "username"}},
            {"message": text, "parameters": {"fieldName": "password"}},
        ],
    }
    one = shop.post("integration/admin/token", {"username": "a"})
    assert one.body == {"message": text, "parameters": {"fieldName": "password"}}


def test_two_factors_close_the_plain_endpoint() -> None:
    answer = Shop(two_factor=True).sign_in()
    assert (answer.status, answer.body) == (
        400,
        {
            "message": "Please use the 2fa provider-specific endpoints to obtain a token.",
            "parameters": {"active_providers": ["google"]},
        },
    )


def test_a_second_factor_opens_the_other_endpoint() -> None:
    shop = Shop(two_factor=True, two_factor_code="123456")
    held = shop.service.credentials
    body = {"username": held["admin_user"], "password": held["admin_password"], "otp": "123456"}
    path = "tfa/provider/google/authenticate"
    wrong = shop.post(path, {**body, "otp": "654321"})
    assert (wrong.status, wrong.message) == (401, "Invalid code.")
    shop.token = shop.post(path, body).body
    assert shop.get("orders", search()).status == 200
    assert shop.post(path, {**body, "password": "x"}).status == 401
    lax = Shop(two_factor=True)
    body["password"] = lax.service.credentials["admin_password"]
    assert [lax.post(path, {**body, "otp": otp}).status for otp in ("000000", "0")] == [200, 401]


def test_a_signed_call_is_the_integrations(shop: Shop) -> None:
    query = search(sku="TEE", size=2)
    url = f"http://adobe.test/rest/V1/inventory/source-items?{query}"
    answer = shop.send("GET", "/rest/V1/inventory/source-items", query=query,
                       headers=signed(shop, url))  # fmt: skip
    assert [item["source_code"] for item in answer["items"]] == ["W1", "S1"]


def test_a_signed_write_is_let_in_and_read_back(shop: Shop) -> None:
    url = "http://adobe.test/rest/V1/inventory/source-items"
    item = {"sku": "TEE", "source_code": "S1", "quantity": 7, "status": 1}
    answer = shop.send("POST", "/rest/V1/inventory/source-items", {"sourceItems": [item]},
                       headers=signed(shop, url, "POST"))  # fmt: skip
    assert (answer.status, answer.body) == (200, [])
    assert shop.on_hand("TEE", "S1") == 7


WRONG: list[tuple[Json, int]] = [
    ({"consumer_secret": "x"}, 7), ({"access_token_secret": "x"}, 7), ({"consumer_key": "x"}, 8),
    ({"access_token": "x"}, 12), ({"way": "HMAC-SHA1"}, 6), ({"way": "PLAINTEXT"}, 6),
    ({"timestamp": "9999999999"}, 4), ({"timestamp": "soon"}, 4),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "code"), WRONG)
def test_a_wrong_signature_is_refused(changed: Json, code: int) -> None:
    shop = Shop(oauth_error_code=True, oauth_timestamp_window_s=600)
    headers = signed(shop, f"http://adobe.test{ORDERS}?searchCriteria=", **changed)
    answer = shop.send("GET", ORDERS, query="searchCriteria=", headers=headers)
    assert answer.status in (400, 401)
    assert answer["code"] == code


def test_as_delivered_a_wrong_signature_looks_like_any_other_stranger(shop: Shop) -> None:
    headers = signed(shop, f"http://adobe.test{ORDERS}?searchCriteria=", way="HMAC-SHA1")
    answer = shop.send("GET", ORDERS, query="searchCriteria=", headers=headers)
    assert answer.status == 401
    assert answer.message == "The consumer isn't authorized to access %resources."


def test_a_signature_holds_for_its_own_query_and_once(shop: Shop) -> None:
    headers = signed(shop, f"http://adobe.test{ORDERS}?searchCriteria=")
    assert shop.send("GET", ORDERS, query="searchCriteria=1", headers=headers).status == 401
    assert shop.send("GET", ORDERS, query="searchCriteria=", headers=headers).status == 200
    assert shop.send("GET", ORDERS, query="searchCriteria=", headers=headers).status == 401


@pytest.mark.parametrize("header", ["OAuth", 'OAuth oauth_token="a"', "OAuth ="])
def test_a_signature_with_parts_missing_is_refused(shop: Shop, header: str) -> None:
    answer = shop.send("GET", ORDERS, query="searchCriteria=", headers={"authorization": header})
    assert answer.status == 401


def test_an_access_token_alone_is_no_bearer_unless_that_is_switched_on() -> None:
    for switch, status in ((None, 401), (True, 200)):
        shop = Shop(integration_bearer=switch)
        headers = {"authorization": f"Bearer {shop.service.credentials['access_token']}"}
        assert shop.send("GET", ORDERS, query=search(), headers=headers).status == status


def test_a_restricted_integration_is_told_what_it_lacks() -> None:
    shop = Shop(integration_bearer=True, integration_resources=("Magento_InventoryApi::source",))
    shop.token = shop.service.credentials["access_token"]
    assert shop.get("inventory/sources").status == 200
    answer = shop.get("inventory/stocks")
    assert (answer.status, answer["parameters"]) == (
        401, {"resources": "Magento_InventoryApi::stock"},
    )  # fmt: skip


def test_guests_may_shop(shop: Shop) -> None:
    mask = shop.send("POST", "/rest/V1/guest-carts", headers={}).body
    answer = shop.send("GET", f"/rest/V1/guest-carts/{mask}", headers={})
    assert (answer["is_active"], answer["items"]) == (True, [])


def test_fixed_credentials_for_a_served_shop() -> None:
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret",
             "admin_user", "admin_password")  # fmt: skip
    given = {name: f"my-{name}" for name in names}
    shop = Shop(credentials=given)
    assert shop.service.credentials == {"store": "default", **given}
    assert shop.get("orders", search()).status == 200
