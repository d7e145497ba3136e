"""Every refusal of the table is met, in the envelope that the vendor documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.commercetools.shop import Answer, Json, Shop

from peakproof.errors import ScenarioError
from peakproof.history.records import Refused
from peakproof.wire.message import Request, Response
from peakproof_simulators.commercetools import create_service
from peakproof_simulators.commercetools.errors import KINDS, Refusal

PENNY = {"centAmount": 1, "currencyCode": "GBP"}


def restricted(shop: Shop) -> Answer:
    return shop.call("GET", "orders", token=shop.log_in(f"view_products:{shop.key}"))


def form(shop: Shop, text: bytes, *, basic: bool = True) -> Answer:
    headers = shop.basic() if basic else {}
    return shop.send("POST", "/oauth/token", text, headers=headers)


def cart_of(shop: Shop, **draft: Any) -> Answer:
    return shop.post("carts", {"currency": "GBP", **draft})


def limited(shop: Shop, units: int) -> Answer:
    entry = shop.entry("TEE")
    shop.act(
        f"inventory/{entry['id']}",
        {"action": "setInventoryLimits", "minCartQuantity": 2, "maxCartQuantity": 3},
    )
    return cart_of(shop, lineItems=[shop.line("TEE", units)])


def repriced(shop: Shop) -> Answer:
    cart = shop.cart(shop.line("TEE"))
    product = shop.product("TEE")
    price = product["masterData"]["current"]["masterVariant"]["prices"][0]["id"]
    shop.act(
        f"products/{product['id']}",
        {"action": "changePrice", "priceId": price, "price": {"value": PENNY}, "staged": False},
    )
    return shop.place(cart)


def extended(shop: Shop, respond: Callable[[str, Request], Response]) -> Answer:
    shop.respond = respond
    made = shop.post(
        "extensions",
        {
            "destination": {"type": "HTTP", "url": "http://hook.test/x"},
            "triggers": [{"resourceTypeId": "cart", "actions": ["Create"]}],
        },
    )
    assert made.status == 201
    return cart_of(shop)


def no_answer(_url: str, _request: Request) -> Response:
    raise TimeoutError


def fifty_subscriptions(shop: Shop) -> Answer:
    def subscribe(number: int) -> Answer:
        return shop.post(
            "subscriptions",
            {
                "key": f"s-{number}",
                "destination": {"type": "EventGrid", "uri": "http://hook.test", "accessKey": "k"},
                "format": {"type": "CloudEvents", "cloudEventsVersion": "1.0"},
                "changes": [{"resourceTypeId": "order"}],
            },
        )

    for number in range(50):
        assert subscribe(number).status == 201
    return subscribe(50)


CASES: dict[str, tuple[int, Callable[[Shop], Answer]]] = {
    "invalid_client": (401, lambda shop: form(shop, b"grant_type=x", basic=False)),
    "invalid_token": (401, lambda shop: shop.call("GET", "orders", token="none")),
    "insufficient_scope": (403, restricted),
    "invalid_scope": (400, lambda shop: form(shop, b"grant_type=client_credentials&scope=x")),
    "invalid_request": (400, lambda shop: form(shop, b"\xff")),
    "unsupported_grant_type": (400, lambda shop: form(shop, b"grant_type=password")),
    "ConcurrentModification": (
        409, lambda shop: shop.act(f"inventory/{shop.entry('TEE')['id']}", version=7),
    ),
    "InvalidJsonInput": (400, lambda shop: shop.post("inventory", {})),
    "InvalidInput": (400, lambda shop: shop.get("inventory", where="(")),
    "InvalidField": (400, lambda shop: cart_of(shop, key="no spaces")),
    "InvalidOperation": (400, lambda shop: shop.place(shop.cart())),
    "RequiredField": (
        400,
        lambda shop: shop.post(
            "products", {"productType": {"key": "goods"}, "name": {}, "slug": {}}
        ),
    ),
    "DuplicateField": (400, lambda shop: shop.post("channels", {"key": "W1"})),
    "ReferencedResourceNotFound": (
        400,
        lambda shop: shop.post(
            "inventory", {"sku": "X", "quantityOnStock": 1, "supplyChannel": {"key": "none"}}
        ),
    ),
    "ReferenceExists": (
        400, lambda shop: shop.delete(f"channels/{shop.channel('W1')}", version=1),
    ),
    "ResourceNotFound": (404, lambda shop: shop.get("orders/none")),
    "OutOfStock": (400, lambda shop: shop.place(shop.cart(shop.line("TEE", 11)))),
    "PriceChanged": (400, repriced),
    "MatchingPriceNotFound": (
        400, lambda shop: cart_of(shop, currency="USD", lineItems=[shop.line("TEE")]),
    ),
    "MissingTaxRateForCountry": (
        400,
        lambda shop: cart_of(
            shop, shippingAddress={"country": "DE"}, lineItems=[shop.line("TEE")]
        ),
    ),
    "LineItemQuantityBelowLimit": (400, lambda shop: limited(shop, 1)),
    "LineItemQuantityAboveLimit": (400, lambda shop: limited(shop, 4)),
    "MaxResourceLimitExceeded": (400, fifty_subscriptions),
    "MoneyOverflow": (
        400,
        lambda shop: cart_of(shop, lineItems=[shop.line("TEE", 9007199254740991)]),
    ),
    "ExtensionNoResponse": (504, lambda shop: extended(shop, no_answer)),
    "ExtensionBadResponse": (502, lambda shop: extended(shop, lambda *_: Response(404))),
    "ExtensionUpdateActionsFailed": (
        400, lambda shop: extended(shop, lambda *_: Response(200, b'{"actions":[{}]}')),
    ),
}  # fmt: skip


def test_every_refusal_of_the_table_has_a_case() -> None:
    assert sorted(CASES) == sorted(KINDS)


@pytest.mark.parametrize("code", CASES)
def test_a_refusal_has_the_vendors_envelope(shop: Shop, code: str) -> None:
    status, provoke = CASES[code]
    answer = provoke(shop)
    assert answer.status == status
    assert answer.code == code
    assert answer["statusCode"] == status
    assert answer["message"] == answer.error["message"]
    assert "{" not in answer["message"], "a gap of the message was not filled"


# --- what is wrong with a body -------------------------------------------------------------

BODIES: list[tuple[bytes, str]] = [
    (b"", "Input data was truncated"),
    (b"{", "Input data was truncated"),
    (b"[]", "JSON object expected."),
    (b'{"sku":"X"}', "quantityOnStock: Missing required value"),
    (b'{"quantityOnStock":1}', "sku: Missing required value"),
    (b'{"sku":"X","quantityOnStock":"1"}', "quantityOnStock: JSON Number expected."),
    (b'{"sku":"X","quantityOnStock":1.5}', "quantityOnStock: JSON Number expected."),
    (b'{"sku":7,"quantityOnStock":1}', "sku: JSON String expected."),
    (
        b'{"sku":"X","quantityOnStock":1,"supplyChannel":"W1"}',
        "supplyChannel: JSON object expected.",
    ),
    (
        b'{"sku":"X","quantityOnStock":1,"supplyChannel":{"id":7}}',
        "supplyChannel -> id: JSON String expected.",
    ),
    (
        b'{"sku":"X","quantityOnStock":1,"moon":1}',
        "moon: This fake does not model this field.",
    ),
    (
        b'{"sku":"X","quantityOnStock":1,"supplyChannel":{"id":"a","key":"b"}}',
        "Exactly one of 'id' and 'key' has to be given.",
    ),
    (
        b'{"sku":"X","quantityOnStock":1,"supplyChannel":{"typeId":"cart","key":"W1"}}',
        "typeId: 'cart' is not 'channel'",
    ),
]


@pytest.mark.parametrize(("body", "detail"), BODIES)
def test_a_body_that_does_not_fit_is_explained(shop: Shop, body: bytes, detail: str) -> None:
    headers = {"authorization": f"Bearer {shop.token}"}
    answer = shop.send("POST", f"/{shop.key}/inventory", body, headers=headers)
    assert (answer.status, answer.error["detailedErrorMessage"]) == (400, detail)
    assert answer["message"] == "Request body does not contain valid JSON."
    assert shop.get("inventory")["total"] == 3


UPDATES: list[tuple[Any, str]] = [
    ({"actions": []}, "version: Missing required value"),
    ({"version": 1}, "actions: Missing required value"),
    ({"version": 1, "actions": {}}, "actions: JSON array expected."),
    ({"version": 1, "actions": [7]}, "actions: JSON object expected."),
    ({"version": 1, "actions": [{}]}, "actions -> action: Missing required value"),
    ({"version": 1, "actions": [{"action": "x"}]}, "actions -> action: Invalid value 'x'"),
    (
        {"version": 1, "actions": [{"action": "addQuantity"}]},
        "actions -> quantity: Missing required value",
    ),
    (
        {"version": 1, "actions": [{"action": "addQuantity", "quantity": "1"}]},
        "actions -> quantity: JSON Number expected.",
    ),
]


@pytest.mark.parametrize(("body", "detail"), UPDATES)
def test_an_update_that_does_not_fit_is_explained(shop: Shop, body: Any, detail: str) -> None:
    path = f"inventory/{shop.entry('TEE')['id']}"
    answer = shop.post(path, body)
    assert (answer.status, answer.code) == (400, "InvalidJsonInput")
    assert answer.error["detailedErrorMessage"] == detail
    assert shop.get(path)["version"] == 1


@pytest.mark.parametrize(
    ("draft", "field", "value"),
    [
        ({"key": "x"}, "key", "x"),
        ({"key": "a b"}, "key", "a b"),
        ({"sku": ""}, "sku", ""),
        ({"minCartQuantity": 0}, "minCartQuantity", 0),
        ({"reservationExpirationInMinutes": 44641}, "reservationExpirationInMinutes", 44641),
        ({"expectedDelivery": "soon"}, "expectedDelivery", "soon"),
    ],
)
def test_a_value_out_of_bounds_is_named(shop: Shop, draft: Json, field: str, value: Any) -> None:
    answer = shop.post("inventory", {"sku": "X", "quantityOnStock": 1, **draft})
    assert answer.error == {
        "code": "InvalidField",
        "message": f"The value '{value}' is not valid for field '{field}'.",
        "field": field,
        "invalidValue": value,
    }


def test_unknown_fields_can_be_ignored() -> None:
    shop = Shop(unknown_fields="ignore")
    draft = {
        "sku": "X", "quantityOnStock": 1, "moon": 1, "sun": 2,
        "supplyChannel": {"key": "W1", "moon": 1},
    }  # fmt: skip
    made = shop.post("inventory", draft)
    assert made.status == 201
    assert shop.stock("X") == (1, 1)
    update = {
        "version": 1,
        "actions": [{"action": "addQuantity", "quantity": 1, "moon": {"x": []}}],
        "sun": 1,
    }
    assert shop.post(f"inventory/{made['id']}", update)["quantityOnStock"] == 2
    wrong = shop.post("inventory", {"sku": "Y", "moon": 1})
    assert wrong.error["detailedErrorMessage"] == "quantityOnStock: Missing required value"


def test_a_setting_that_does_not_exist_is_a_fault_of_the_scenario() -> None:
    world = Shop().world
    with pytest.raises(ScenarioError, match=r"settings of commercetools: .*moon"):
        create_service(world, {"moon": 1})
    with pytest.raises(ScenarioError, match="stock_lag_s"):
        create_service(world, {"stock_lag_s": -1})


# --- refusals as facts ---------------------------------------------------------------------


def test_a_refused_write_is_a_fact_about_what_it_was_about(shop: Shop) -> None:
    order = shop.order(number="N-1")
    shop.act(f"orders/{order['id']}", {"action": "removeDelivery", "deliveryId": "none"})
    shop.place(shop.cart(shop.line("TEE", 50)), "N-2")
    shop.place(shop.cart(shop.line("TEE", 50)))
    shop.post("inventory", {"sku": "TEE", "quantityOnStock": 1, "supplyChannel": {"key": "W1"}})
    told = [(fact.key, fact.reason, fact.by) for fact in shop.facts(Refused)]
    assert told == [
        ("N-1", "ReferencedResourceNotFound", "connector"),
        ("N-2", "OutOfStock", "connector"),
        ("TEE", "OutOfStock", "connector"),
        ("TEE", "DuplicateField", "connector"),
    ]
    assert shop.facts(Refused)[1].detail.endswith("placing the order: TEE.")


def test_conflicts_wrong_bodies_and_reads_are_no_such_facts(shop: Shop) -> None:
    shop.act(f"inventory/{shop.entry('TEE')['id']}", version=7)
    shop.post("inventory", {})
    shop.get("inventory", where="(")
    shop.get("inventory/none")
    shop.call("POST", "inventory", {}, token="none")
    assert shop.facts(Refused) == []


def test_a_gap_that_nothing_fills_stays_visible() -> None:
    assert Refusal("OutOfStock").message.endswith("the order: {sku_list}.")
