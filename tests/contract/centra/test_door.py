"""The door of the Integration API: tokens, permissions, limits, what is no valid request."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec
import pytest
from tests.contract.centra.shop import REST, Json, Shop

from peakproof_simulators.centra.limits import PLANS

PING = {"query": "{ stores { id } }"}


def test_every_answer_tells_complexity_permissions_and_version(shop: Shop) -> None:
    answer = shop.post({"query": "{ orders { shippingAddress: number status } }"})
    assert answer["extensions"] == {
        "complexity": 20, "permissionsUsed": ["Order:read"], "appVersion": "v1.60.0",
    }  # fmt: skip
    old = shop.post({"query": "{ productSizes { GTIN } }"})
    assert old["extensions"]["deprecatedFieldsUsed"] == ["ProductSize.GTIN"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}, {"cookie": "a=b"}],
)
def test_a_wrong_token_is_403(shop: Shop, headers: dict[str, str]) -> None:
    answer = shop.send("POST", "/graphql", msgspec.json.encode(PING), headers=headers)
    assert answer.status == 403
    assert answer["errors"][0]["extensions"] == {"category": "authorization"}


def test_the_token_may_come_in_a_cookie(shop: Shop) -> None:
    headers = {"cookie": f"x=1; graphql-access={shop.token}"}
    assert shop.send("POST", "/graphql", msgspec.json.encode(PING), headers=headers).status == 200


def test_a_token_expires_after_thirty_days_and_is_renewed_in_the_admin(shop: Shop) -> None:
    shop.run(30 * 86400 - 1)
    assert shop.post(PING).status == 200
    shop.run(1)
    assert shop.post(PING).status == 403
    shop.service.controls["renew_token"]({})
    assert shop.post(PING).status == 200
    shop.service.expire_tokens()
    assert shop.post(PING).status == 403
    shop.run(301)
    assert shop.post(PING).status == 200
    nobody = Shop(token_renewed_after_s=None)
    nobody.service.expire_tokens()
    nobody.run(86400)
    assert nobody.post(PING).status == 403


def test_a_missing_permission_is_said_with_200_and_nothing_is_done(shop: Shop) -> None:
    made = shop.service.controls["create_token"]({"name": "wms", "permissions": ["Store:read"]})
    query = "{\n  orderConnection(first: 1) {\n    totalCount\n  }\n}"
    answer = shop.post({"query": query}, token=made["token"])
    assert answer.status == 200
    assert answer["errors"] == [{
        "message": "You need Order:read permission to access orderConnection.",
        "extensions": {"category": "authorization"},
        "locations": [{"line": 2, "column": 3}],
        "path": ["orderConnection"],
    }]  # fmt: skip
    assert "data" not in answer.body
    assert shop.post(PING, token=made["token"])["data"] == {
        "stores": [{"id": 1}, {"id": 2}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "permission"),
    [
        ("{ orders { shipments { id } } }", "Shipment:read"),
        ("{ orders { ... on DirectToConsumerOrder { shippingAddress { city } } } }",
         "Order.shippingAddress:read"),
        ('mutation { setOrdersLock(input: {orders: [{number: 1}], isLocked: true}) { userErrors { message } } }',  # noqa: E501
         "Order.isLocked:write"),
        ('mutation { cancelDirectToConsumerOrder(id: "x") { userErrors { message } } }',
         "Payment.cancel:write"),
    ],
)  # fmt: skip
def test_nested_permissions_are_named_by_field(shop: Shop, query: str, permission: str) -> None:
    held = ["Order:read", "Order:write"]
    token = shop.service.controls["create_token"]({"name": "x", "permissions": held})["token"]
    answer = shop.post({"query": query}, token=token)
    assert f"You need {permission} permission" in answer["errors"][0]["message"]
    held.append(permission)
    token = shop.service.controls["create_token"]({"name": "x", "permissions": held})["token"]
    assert "data" in shop.post({"query": query}, token=token).body


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "Invalid request body"),
        (b"{", "Invalid request body"),
        (b"\xff\xfe", "Invalid request body"),
        (b"[]", "Invalid request body"),
        (b'[{"query":"{stores{id}}"}]', "Invalid request body"),
        (b'{"query": 1}', "Invalid request body"),
        (b'{"query": "{stores{id}}", "strange": 1}', "strange"),
        (b'{"query": "{stores{id}}", "variables": []}', "Invalid request body"),
        (b'{"query": " "}', "query is empty"),
        (b'{"query": "{"}', "Syntax Error"),
        (b'{"query": "{ nothing { id } }"}', "Cannot query field 'nothing'"),
        (b'{"query": "{ stores { wrong } }"}', "Cannot query field 'wrong'"),
        (b'{"query": "{ stores { id } }", "operationName": "x"}', "Unknown operation named"),
        (b'{"query": "query a {stores{id}} query b {stores{id}}"}', "Must provide operation name"),
        (b'{"query": "query($n: Int!) { orders(limit: $n) { id } }"}', "$n"),
        (b'{"query": "{ orders(limit: 99999999999) { id } }"}', "32-bit"),
        (b'{"query": "subscription { stores { id } }"}', "subscription"),
        (b'{"query": "{ orders(where: {createdAt: {from: \\"soon\\"}}) { id } }"}', "DateTime"),
    ],
)
def test_what_cannot_be_executed_is_400(shop: Shop, body: bytes, text: str) -> None:
    answer = shop.post(body)
    assert answer.status == 400
    assert text in answer["errors"][0]["message"]


def test_the_operation_is_the_first_field_that_is_asked_for(shop: Shop) -> None:
    """Weather and aimed events are aimed by these names."""
    for query, name, effect in (
        ("{ orders { id } stores { id } }", "orders", "read"),
        ('mutation { a: deleteShipment(id: 1) { isDeleted } }', "deleteShipment", "write"),
        ('mutation { changeStock(input: {description: "x"}) { userErrors { message } } }',
         "changeStock", "stock"),
        ("{ __schema { queryType { name } } }", "introspection", "read"),
        ("{ __typename }", "introspection", "read"),
        ("query q { ...f } fragment f on Query { warehouses { id } }", "warehouses", "read"),
        ("{", "graphql", "write"),
    ):  # fmt: skip
        shop.post({"query": query})
        assert shop.operation == name, query
        named = shop.service.fields.values() if name != "graphql" else shop.service.operations
        assert {one.effect for one in named if one.name == name} == {effect}


def test_deep_and_huge_requests_are_refused_in_little_memory(shop: Shop) -> None:
    deep = b'{"query":"{stores{id}}","variables":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001
    nested = "{ orders " + "{ shipments { order " * 100 + "{ id }" + "} }" * 100 + " }"
    spread = "{ ...f } " + "".join(
        f"fragment f{n or ''} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(60)
    ) + "fragment f60 on Query { stores { id } }"  # fmt: skip
    huge = b'{"query":"' + b" " * 100_000_000 + b'"}'
    tracemalloc.start()
    assert shop.post(deep).status == 400
    assert shop.post({"query": nested}).status == 400
    assert shop.post({"query": "{" + " stores { id }" * 3000 + "}"}).status == 400
    assert shop.post({"query": "{" * 5000}).status == 400
    assert shop.post({"query": spread}).status == 200, "a fragment counts once in a selection"
    assert shop.post(huge).status == 400
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert shop.rest("POST", "/stock", {"products": []}).status == 200
    answer = shop.send("POST", f"{REST}/stock", huge, headers={"api-authorization": shop.key})
    assert answer.msg == "The request is too large"
    answer = shop.send("POST", f"{REST}/stock", b"[" * 10_000,
                       headers={"api-authorization": shop.key})  # fmt: skip
    assert "Invalid request" in answer.msg


def test_a_query_doubled_by_aliases_is_too_complex(shop: Shop) -> None:
    body = "{ id }"
    for _ in range(9):
        body = f"{{ a: shipments {{ order {body} }} b: shipments {{ order {body} }} }}"
    answer = shop.post({"query": f"{{ orders(limit: 200) {body} }}"})
    assert answer.status == 400


def test_introspection_can_be_switched_off() -> None:
    shop = Shop(introspection=False)
    answer = shop.post({"query": "{ __schema { queryType { name } } }"})
    assert (answer.status, answer["errors"][0]["message"]) == (
        400, "Introspection is not allowed.",
    )  # fmt: skip


@pytest.mark.parametrize(("path", "status"), [("/", 404), ("/graphql/x", 404), (REST + "/x", 404)])
def test_an_unknown_path_is_404_and_a_wrong_method_405(shop: Shop, path: str, status: int) -> None:
    assert shop.send("GET", path).status == status
    wrong = shop.send("GET", "/graphql")
    assert (wrong.status, wrong.headers["allow"]) == (405, "POST")
    assert shop.send("PATCH", f"{REST}/stock").headers["allow"] == "GET, POST"


# --- complexity and limits -----------------------------------------------------------------------


def complexity(shop: Shop, query: str, **variables: object) -> int:
    answer = shop.post({"query": query, "variables": variables})
    found: int = answer["extensions"]["complexity"]
    return found


def test_free_to_allocate_costs_nothing_and_other_quantities_cost_much() -> None:
    shop = Shop(complexity_of_stock=7)
    base = complexity(shop, "{ productSizes(limit: 1) { stock { warehouse { id } } } }")
    for field, cost in (("freeToAllocateQuantity", 0), ("physicalQuantity", 7),
                        ("availableNowQuantity", 7)):  # fmt: skip
        query = f"{{ productSizes(limit: 1) {{ stock {{ warehouse {{ id }} {field} }} }} }}"
        assert complexity(shop, query) == base + cost


def test_a_lists_limit_multiplies_what_is_in_it(shop: Shop) -> None:
    one = complexity(shop, "{ orders(limit: 1) { lines { id } } }")
    assert complexity(shop, "{ orders(limit: 50) { lines { id } } }") == 50 * one
    asked = "query($n: Int) { orders(limit: $n) { lines { id } } }"
    assert complexity(shop, asked, n=50) == 50 * one
    assert (
        complexity(shop, "query($n: Int = 30) { orders(limit: $n) { lines { id } } }") == 30 * one
    )


@pytest.mark.parametrize(
    ("plan", "requests", "mutations"),
    [("growth", 60, 20), ("enhanced", 150, 50), ("high_volume", 450, 150),
     ("enterprise", 1500, 500)],
)  # fmt: skip
def test_each_plan_allows_its_requests_and_mutations_in_ten_seconds(
    plan: str, requests: int, mutations: int
) -> None:
    shop = Shop(plan=plan)
    statuses = [shop.post(PING).status for _ in range(requests + 1)]
    assert statuses == [200] * requests + [429]
    shop = Shop(plan=plan)
    write = {"query": "mutation { deleteShipment(id: 1) { isDeleted } }"}
    statuses = [shop.post(write).status for _ in range(mutations + 1)]
    assert statuses == [200] * mutations + [429]


def test_the_table_of_plans_is_the_vendors() -> None:
    assert PLANS["growth"] == {
        "REQUEST_COUNT": (60, 5000), "QUERY_COMPLEXITY": (250_000, 30_000_000),
        "MUTATION_COUNT": (20, 1800),
    }  # fmt: skip
    assert PLANS["enterprise"]["QUERY_COMPLEXITY"] == (4_000_000, 400_000_000)


@pytest.mark.parametrize("form", ["http_date", "epoch", "iso"])
def test_retry_after_is_a_moment_and_going_on_then_works(form: str) -> None:
    shop = Shop(plan="growth", retry_after_format=form)
    for _ in range(60):
        shop.post(PING)
    answer = shop.post(PING)
    assert answer.status == 429
    assert answer["errors"][0]["extensions"] == {"category": "rate-limit"}
    text = answer.headers["retry-after"]
    read = {
        "http_date": lambda: parsedate_to_datetime(text),
        "epoch": lambda: datetime.fromtimestamp(int(text), UTC),
        "iso": lambda: datetime.fromisoformat(text),
    }
    wait_s = (read[form]() - shop.world.clock.epoch).total_seconds() - shop.world.t
    assert 0 < wait_s <= 1
    assert shop.post(PING).status == 429
    shop.run(wait_s)
    assert shop.post(PING).status == 200


def test_another_integrations_burst_limits_this_one() -> None:
    """Quirk 11: limits are the environment's."""
    shop = Shop(plan="growth")
    assert shop.post(PING).status == 200
    shop.service.controls["spend_quota"]({"type": "REQUEST_COUNT", "units": 1000})
    assert shop.post(PING).status == 429


def test_the_limits_can_be_asked_for_without_a_permission() -> None:
    shop = Shop(plan="growth")
    token = shop.service.controls["create_token"]({"name": "x", "permissions": []})["token"]
    query = "{ rateLimits { type intervalSeconds quota usedQuota remainingQuota } }"
    shop.post(PING)
    rows = shop.post({"query": query}, token=token)["data"]["rateLimits"]
    assert len(rows) == 6
    assert rows[0] == {
        "type": "REQUEST_COUNT", "intervalSeconds": "TEN_SECONDS", "quota": 60, "usedQuota": 2,
        "remainingQuota": 58,
    }  # fmt: skip
    assert {row["intervalSeconds"] for row in rows} == {"TEN_SECONDS", "ONE_HOUR"}


def test_a_query_dearer_than_the_quota_waits_and_is_never_executed() -> None:
    shop = Shop(plan="growth", query_limit_complexity=100_000_000)
    dear = "{ orders(limit: 200) { shipments { id } } stockChangeConnection(last: 200) { edges { node { lines { productSize { stock { physicalQuantity } } } } } } }"  # noqa: E501
    cost = complexity(Shop(), dear)
    for _ in range(250_000 // cost):
        assert shop.post({"query": dear}).status == 200
        shop.service.controls["spend_quota"]({"type": "REQUEST_COUNT", "units": 0})
        shop.centra.limits.buckets[0].level = 60
    assert shop.post({"query": dear}).status == 429


@pytest.mark.parametrize("status", [400, 429, 499, 500, 502, 503, 504])
def test_a_fault_of_the_wire_is_the_vendors_and_a_delay_becomes_a_moment(
    shop: Shop, status: int
) -> None:
    made = shop.service.refusal(status, {"retry-after": "30"})
    body: Json = msgspec.json.decode(made.body)
    assert made.status == status
    assert body["errors"][0]["message"]
    moment = parsedate_to_datetime(made.headers["retry-after"])
    assert (moment - shop.world.clock.epoch).total_seconds() == 30
