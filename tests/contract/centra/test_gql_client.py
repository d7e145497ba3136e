"""The PyPI client ``gql``, unchanged, on httpx, against the fake's ASGI face."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from graphql import GraphQLError
from tests.asgi import Application
from tests.contract.centra.shop import Shop

T = TypeVar("T")


def play(shop: Shop, act: Callable[[Any], Awaitable[T]], token: str = "", **more: Any) -> T:
    """Act with a client's session."""
    application = Application(shop.service)

    async def session() -> T:
        transport = HTTPXAsyncTransport(
            "http://centra.test/graphql",
            headers={"Authorization": f"Bearer {token or shop.token}"},
            transport=httpx.ASGITransport(application),
        )
        async with Client(transport=transport, **more) as opened:
            return await act(opened)

    return asyncio.run(session())


def test_the_client_reads_the_schema_and_checks_its_own_queries(shop: Shop) -> None:
    async def act(session: Any) -> Any:
        query = "query($n: Int) { warehouses(limit: $n) { name priority } }"
        found = await session.execute(GraphQLRequest(query, variable_values={"n": 1}))
        with pytest.raises(GraphQLError, match="Cannot query field 'colour'"):
            await session.execute(GraphQLRequest("{ warehouses { colour } }"))
        return found

    found = play(shop, act, fetch_schema_from_transport=True)
    assert found == {"warehouses": [{"name": "W1", "priority": 1}]}


def test_the_client_takes_an_order_from_list_to_shipment(shop: Shop) -> None:
    number = shop.buy(("TEE", 2))

    async def act(session: Any) -> Any:
        listed = await session.execute(GraphQLRequest("{ orders { number lines { id } } }"))
        order = listed["orders"][0]
        assert order["number"] == number
        confirm = (
            "mutation($o: OrderInput!) { confirmOrder(input: {order: $o}) { order { status } } }"
        )
        by_number = {"o": {"number": number}}
        await session.execute(GraphQLRequest(confirm, variable_values=by_number))
        ship = """mutation($input: ShipmentCreateInput!) { createShipment(input: $input) {
          shipment { id isCompleted } userErrors { message path } userWarnings { message } } }"""
        given = {
            "order": {"number": number}, "isGoodToGo": True, "capture": True,
            "shippedAt": "2026-11-27T07:00:00+00:00",
            "lines": [{"orderLine": {"id": order["lines"][0]["id"]}, "quantity": 2}],
        }  # fmt: skip
        made = await session.execute(GraphQLRequest(ship, variable_values={"input": given}))
        return made["createShipment"]

    made = play(shop, act)
    assert made == {
        "shipment": {"id": 1, "isCompleted": True}, "userErrors": [], "userWarnings": [],
    }  # fmt: skip
    assert shop.cell("TEE") == (8, 0, 0)
    assert shop.order(number)["status"] == "SHIPPED"


def test_a_failed_mutation_is_no_error_to_the_client(shop: Shop) -> None:
    """Quirk 4: 200 and ``userErrors``; who waits for an exception waits in vain."""
    query = "mutation { confirmOrder(input: {order: {number: 7}}) { order { id } userErrors { message path } } }"  # noqa: E501

    async def act(session: Any) -> Any:
        return await session.execute(GraphQLRequest(query))

    assert play(shop, act)["confirmOrder"] == {
        "order": None,
        "userErrors": [
            {"message": "Order 7 does not exist.", "path": ["input", "order", "number"]}
        ],
    }


def test_the_client_is_told_of_wrong_tokens_and_missing_permissions(shop: Shop) -> None:
    async def act(session: Any) -> Any:
        return await session.execute(GraphQLRequest("{ orders { id } }"))

    with pytest.raises(TransportQueryError, match="Invalid or expired token"):
        play(shop, act, token="wrong")
    made = shop.service.controls["create_token"]({"name": "x", "permissions": []})
    with pytest.raises(TransportQueryError, match="You need Order:read permission"):
        play(shop, act, token=made["token"])


def test_the_client_is_told_to_wait(shop: Shop) -> None:
    limited = Shop(plan="growth")
    limited.service.controls["spend_quota"]({"type": "REQUEST_COUNT", "units": 60})

    async def act(session: Any) -> Any:
        return await session.execute(GraphQLRequest("{ orders { id } }"))

    with pytest.raises(TransportQueryError, match="Rate limit exceeded"):
        play(limited, act)
    assert play(shop, act) == {"orders": []}
