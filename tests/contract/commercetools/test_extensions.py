"""API extensions: asked before storing; their answers are applied, or refuse the request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import msgspec
import pytest
from tests.contract.commercetools.shop import Answer, Json, Shop

from peakproof.errors import SimulatorFault
from peakproof.history.records import OrderState, Placed
from peakproof.wire.message import Request, Response
from peakproof_simulators.trading.ports import Want

URL = "http://hook.test/extension?x=1"


def extend(
    shop: Shop, resource: str = "cart", *actions: str, condition: str | None = None, **draft: Any
) -> Answer:
    trigger: Json = {"resourceTypeId": resource, "actions": list(actions) or ["Create"]}
    if condition is not None:
        trigger["condition"] = condition
    destination = {"type": "HTTP", "url": URL}
    made = shop.post("extensions", {"destination": destination, "triggers": [trigger], **draft})
    assert made.status == 201, made.body
    return made


def say(shop: Shop, status: int = 200, **body: Any) -> None:
    shop.respond = lambda _url, _request: Response(status, msgspec.json.encode(body))


def asked(shop: Shop) -> list[Json]:
    return [json.loads(request.body) for _, request, _ in shop.fetched]


EMAIL = {"action": "setCustomerEmail", "email": "set@example.test"}


def test_an_extension_is_read_back_and_changed(shop: Shop) -> None:
    made = extend(shop, key="prices")
    assert made["timeoutInMs"] == 2000
    assert shop.get("extensions/key=prices").body == made.body
    path = f"extensions/{made['id']}"
    shop.act(
        path,
        {"action": "setKey", "key": "taxes"},
        {"action": "setTimeoutInMs", "timeoutInMs": 500},
        {"action": "changeDestination", "destination": {"type": "HTTP", "url": "http://b.test"}},
        {"action": "changeTriggers",
         "triggers": [{"resourceTypeId": "payment", "actions": ["Update"]}]},
        {"action": "setAdditionalContext", "additionalContext": {"includeOldResource": True}},
    )  # fmt: skip
    after = shop.get("extensions/key=taxes")
    assert (after["timeoutInMs"], after["destination"]["url"]) == (500, "http://b.test")
    assert after["triggers"] == [{"resourceTypeId": "payment", "actions": ["Update"]}]
    assert shop.act(path, {"action": "setTimeoutInMs"})["timeoutInMs"] == 2000
    extend(shop, key="other")
    assert shop.act(path, {"action": "setKey", "key": "other"}).code == "DuplicateField"
    assert shop.delete(path, version=after["version"] + 1).status == 200


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"triggers": []}, "InvalidOperation"),
        ({"triggers": [{"resourceTypeId": "cart", "actions": []}]}, "InvalidOperation"),
        (
            {"triggers": [{"resourceTypeId": "inventory-entry", "actions": ["Create"]}]},
            "InvalidField",
        ),
        (
            {"triggers": [{"resourceTypeId": "cart", "actions": ["Create"], "condition": "x="}]},
            "InvalidInput",
        ),
        (
            {"triggers": [{"resourceTypeId": "cart", "actions": ["Create"],
                           "condition": "moon = 1"}]},
            "InvalidInput",
        ),
        ({"timeoutInMs": 10001}, "InvalidField"),
        ({"destination": {"type": "AWSLambda", "url": URL}}, "InvalidField"),
        ({"destination": {"url": URL}}, "InvalidJsonInput"),
        ({"destination": {"type": "HTTP", "url": "ftp://x"}}, "InvalidField"),
        ({"dependencies": []}, "InvalidJsonInput"),
    ],
)  # fmt: skip
def test_an_extension_must_make_sense(shop: Shop, draft: Json, code: str) -> None:
    good = {
        "destination": {"type": "HTTP", "url": URL},
        "triggers": [{"resourceTypeId": "cart", "actions": ["Create"]}],
    }
    answer = shop.post("extensions", {**good, **draft})
    assert (answer.status, answer.code) == (400, code)


def test_keys_are_unique_and_there_are_at_most_25(shop: Shop) -> None:
    extend(shop, key="one")
    good = {
        "destination": {"type": "HTTP", "url": URL},
        "triggers": [{"resourceTypeId": "cart", "actions": ["Create"]}],
    }
    assert shop.post("extensions", {**good, "key": "one"}).code == "DuplicateField"
    for _ in range(24):
        extend(shop)
    assert shop.post("extensions", good).code == "MaxResourceLimitExceeded"


def test_a_new_cart_is_shown_before_it_is_stored_and_may_be_changed(shop: Shop) -> None:
    extend(shop, "cart", "Create")
    say(shop, actions=[EMAIL])
    made = shop.post("carts", {"currency": "GBP", "lineItems": [shop.line("TEE")]})
    assert made.status == 201
    assert made["customerEmail"] == "set@example.test"
    assert shop.get(f"carts/{made['id']}").body == made.body
    question = asked(shop)[0]
    assert question["action"] == "Create"
    assert question["resource"]["typeId"] == "cart"
    assert question["resource"]["id"] == question["resource"]["obj"]["id"] == made["id"]
    assert "customerEmail" not in question["resource"]["obj"]
    url, request, timeout_s = shop.fetched[0]
    assert (url, request.path, request.query, timeout_s) == (URL, "/extension", "x=1", 2.0)
    shop.act(f"carts/{made['id']}", {"action": "setCountry", "country": "GB"})
    assert len(shop.fetched) == 1, "only Create was asked for"


def test_an_update_shows_the_resource_as_it_would_become(shop: Shop) -> None:
    extend(shop, "cart", "Update", additionalContext={"includeOldResource": True})
    cart = shop.post("carts", {"currency": "GBP"})
    say(shop, actions=[{"action": "setCountry", "country": "GB"}])
    after = shop.act(f"carts/{cart['id']}", EMAIL)
    assert (after["customerEmail"], after["country"]) == ("set@example.test", "GB")
    question = asked(shop)[0]
    assert question["resource"]["obj"]["customerEmail"] == "set@example.test"
    assert "customerEmail" not in question["oldResource"]["obj"]
    assert after["version"] == 3, "one for each action"


def test_an_order_may_be_changed_before_it_is_stored(shop: Shop) -> None:
    extend(shop, "order", "Create")
    say(shop, actions=[{"action": "changeOrderState", "orderState": "Confirmed"}])
    shop.by = "shopper"
    order = shop.order()
    assert order["orderState"] == "Confirmed"
    assert [one["type"] for one in shop.messages() if one["resource"]["id"] == order["id"]] == [
        "OrderCreated", "OrderStateChanged",
    ]  # fmt: skip
    assert [(one.order, one.by, one.n) for one in shop.facts(Placed)] == [
        ("N-1", "shopper", shop.facts(Placed)[0].n)
    ]
    assert [(one.new, one.by) for one in shop.facts(OrderState)] == [("Confirmed", "shopper")]
    assert shop.facts(Placed)[0].n > 0


def test_a_payment_is_asked_about_too(shop: Shop) -> None:
    extend(shop, "payment", "Create", "Update")
    say(shop, actions=[{"action": "setStatusInterfaceText", "interfaceText": "seen"}])
    assert shop.pay()["paymentStatus"] == {"interfaceText": "seen"}


@pytest.mark.parametrize("answer", [Response(200), Response(201, b"  "), Response(200, b"{}"),
                                    Response(200, b'{"actions":[]}')])  # fmt: skip
def test_an_empty_answer_lets_the_request_through(shop: Shop, answer: Response) -> None:
    extend(shop)
    shop.respond = lambda _url, _request: answer
    assert shop.post("carts", {"currency": "GBP"})["version"] == 1


def test_a_condition_decides_whether_it_is_asked(shop: Shop) -> None:
    extend(shop, condition='customerEmail is defined and totalPrice(currencyCode="GBP")')
    shop.post("carts", {"currency": "GBP"})
    assert shop.fetched == []
    shop.post("carts", {"currency": "GBP", "customerEmail": "a@example.test"})
    assert len(shop.fetched) == 1


def test_authentication_goes_out_and_is_hidden_when_read(shop: Shop) -> None:
    own = {"type": "AuthorizationHeader", "headerValue": "Basic abcdef"}
    made = extend(shop, destination={"type": "HTTP", "url": URL, "authentication": own})
    assert made["destination"]["authentication"]["headerValue"] == "Basi****"
    azure = {"type": "AzureFunctions", "key": "function-key"}
    other = extend(shop, destination={"type": "HTTP", "url": URL, "authentication": azure})
    assert other["destination"]["authentication"]["key"] == "func****"
    shop.post("carts", {"currency": "GBP"})
    sent = [request.headers for _, request, _ in shop.fetched]
    assert sent[0]["authorization"] == "Basic abcdef"
    assert sent[1]["x-functions-key"] == "function-key"


def test_a_rejection_is_handed_on_with_the_extensions_name(shop: Shop) -> None:
    made = extend(shop, key="prices")
    errors = [{"code": "InvalidInput", "message": "No.", "extensionExtraInfo": {"why": "x"}}]
    say(shop, 400, errors=errors)
    answer = shop.post("carts", {"currency": "GBP"})
    assert answer.status == 400
    assert answer["message"] == "No."
    assert answer.error["extensionExtraInfo"] == {"why": "x"}
    assert answer.error["errorByExtension"] == {"id": made["id"], "key": "prices"}
    assert shop.get("carts")["total"] == 0


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (404, b"lost", "'404' is not an expected status code."),
        (500, b"", "'500' is not an expected status code."),
        (302, b"", "'302' is not an expected status code."),
        (200, b"<html>", "The extension did not return the expected JSON."),
        (200, b"[1]", "The extension did not return the expected JSON."),
        (200, b'{"actions":{}}', "The extension did not return the expected JSON."),
        (400, b"", "The extension did not return the expected JSON."),
        (400, b'{"errors":[]}', "The extension did not return the expected JSON."),
        (400, b'{"errors":[{"code":1}]}', "The extension did not return the expected JSON."),
    ],
)
def test_a_bad_answer_refuses_the_request(shop: Shop, status: int, body: bytes, text: str) -> None:
    made = extend(shop)
    shop.respond = lambda _url, _request: Response(status, body)
    answer = shop.post("carts", {"currency": "GBP"})
    assert (answer.status, answer.code, answer["message"]) == (502, "ExtensionBadResponse", text)
    assert answer.error["extensionStatusCode"] == status
    assert answer.error["extensionBody"] == body.decode()
    assert answer.error["extensionId"] == made["id"]
    assert shop.get("carts")["total"] == 0


@pytest.mark.parametrize("failure", [TimeoutError(), ConnectionError("refused")])
def test_no_answer_in_time_refuses_the_request(shop: Shop, failure: Exception) -> None:
    made = extend(shop, timeoutInMs=750)

    def fail(_url: str, _request: Request) -> Response:
        raise failure

    shop.respond = fail
    answer = shop.post("carts", {"currency": "GBP"})
    assert (answer.status, answer.code) == (504, "ExtensionNoResponse")
    assert answer["message"] == "Extension did not respond in time."
    assert answer.error["extensionId"] == made["id"]
    assert shop.fetched[0][2] == 0.75
    assert shop.get("carts")["total"] == 0


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"action": "setCountry", "country": "nowhere"}, "InvalidJsonInput"),
        ({"action": "fly"}, "InvalidJsonInput"),
        ({"action": "removeLineItem", "lineItemId": "none"}, "ReferencedResourceNotFound"),
    ],
)
def test_actions_that_cannot_be_applied_refuse_the_request(
    shop: Shop, action: Json, code: str
) -> None:
    made = extend(shop, key="prices")
    say(shop, actions=[EMAIL, action])
    answer = shop.post("carts", {"currency": "GBP"})
    assert (answer.status, answer.code) == (400, "ExtensionUpdateActionsFailed")
    first = answer.error["extensionErrors"][0]
    assert (first["code"], first["extensionId"], first["extensionKey"]) == (
        code, made["id"], "prices",
    )  # fmt: skip
    assert shop.get("carts")["total"] == 0


def test_more_than_100_actions_are_too_many(shop: Shop) -> None:
    extend(shop)
    say(shop, actions=[EMAIL] * 101)
    answer = shop.post("carts", {"currency": "GBP"})
    assert answer.error["extensionErrors"][0]["code"] == "InvalidInput"


def test_extensions_are_asked_in_the_order_of_their_creation(shop: Shop) -> None:
    for country in ("GB", "FR"):
        extend(shop, key=f"set-{country}")
    replies = iter(["GB", "FR"])
    shop.respond = lambda _url, _request: Response(
        200,
        msgspec.json.encode({"actions": [{"action": "setCountry", "country": next(replies)}]}),
    )
    assert shop.post("carts", {"currency": "GBP"})["country"] == "FR"
    assert len(shop.fetched) == 2


async def wait(made: Awaitable[Response]) -> Response:
    return await made


def test_the_statuses_of_failing_extensions_are_settings() -> None:
    shop = Shop(extension_bad_response_status=500, extension_no_response_status=503)
    headers = {"authorization": f"Bearer {shop.token}"}
    extend(shop)

    def status() -> int:
        request = Request("POST", f"/{shop.key}/carts", "", headers, b'{"currency":"GBP"}')
        made = shop.service.receive(request).serve()
        assert not isinstance(made, Response)
        return asyncio.run(wait(made)).status

    say(shop, 404)
    assert status() == 500

    def fail(_url: str, _request: Request) -> Response:
        raise TimeoutError

    shop.respond = fail
    assert status() == 503


def test_a_shoppers_checkout_cannot_wait_for_an_extension(shop: Shop) -> None:
    extend(shop, "order", "Create")
    with pytest.raises(SimulatorFault, match="storefront_skips_extensions"):
        shop.storefront.checkout((Want("TEE", 1),), email="a@example.test", name="A B")
    past = Shop(storefront_skips_extensions=True)
    extend(past, "order", "Create")
    assert past.storefront.checkout((Want("TEE", 1),), email="a@example.test", name="A B") == (
        "W-100001"
    )
    assert past.fetched == []
