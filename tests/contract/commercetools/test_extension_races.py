"""What happens to a request while an API extension is being asked about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import msgspec
from tests.contract.commercetools.shop import Answer, Json, Shop

from peakproof.history.records import Placed
from peakproof.wire.message import Request, Response

EMAIL = {"action": "setCustomerEmail", "email": "set@example.test"}


def extend(shop: Shop, resource: str, action: str) -> None:
    """Register an extension that is asked about one thing."""
    made = shop.post(
        "extensions",
        {
            "destination": {"type": "HTTP", "url": "http://hook.test"},
            "triggers": [{"resourceTypeId": resource, "actions": [action]}],
        },
    )
    assert made.status == 201


class Pause:
    """Holds an extension's answer back, so that others can act in between."""

    def __init__(self, shop: Shop) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        shop.world.fetch = self.fetch

    async def fetch(self, _url: str, _request: Request, _timeout_s: float) -> Response:
        self.reached.set()
        await self.go_on.wait()
        return Response(200)


def meanwhile(shop: Shop, path: str, body: Json, between: Callable[[], None]) -> Answer:
    """POST; while the extension is asked, something else happens."""

    async def play() -> Response:
        pause = Pause(shop)
        request = Request(
            "POST", f"/{shop.key}/{path}", "", {"authorization": f"Bearer {shop.token}"},
            msgspec.json.encode(body),
        )  # fmt: skip
        made = shop.service.receive(request).serve()
        assert not isinstance(made, Response)
        waiting = asyncio.ensure_future(_await(made))
        await pause.reached.wait()
        between()
        pause.go_on.set()
        return await waiting

    response = asyncio.run(play())
    return Answer(response.status, json.loads(response.body), response.headers)


async def _await(made: Any) -> Response:
    response: Response = await made
    return response


def test_a_version_that_moves_while_the_extension_thinks_is_a_conflict(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    extend(shop, "cart", "Update")
    stored = shop.project.carts.by_id[cart["id"]]

    def between() -> None:
        shop.project.carts.replace(stored, msgspec.structs.replace(stored, version=9))

    answer = meanwhile(
        shop, f"carts/{cart['id']}", {"version": cart["version"], "actions": [EMAIL]}, between
    )
    assert (answer.status, answer.error["currentVersion"]) == (409, 9)
    assert "customerEmail" not in shop.get(f"carts/{cart['id']}").body


def test_stock_that_goes_while_the_extension_thinks_is_out_of_stock(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE", 8))
    extend(shop, "order", "Create")

    def between() -> None:
        entry = shop.entry("TEE")
        shop.act(f"inventory/{entry['id']}", {"action": "removeQuantity", "quantity": 8})

    body = {"cart": {"id": cart["id"]}, "version": cart["version"]}
    answer = meanwhile(shop, "orders", body, between)
    assert (answer.status, answer.code) == (400, "OutOfStock")
    assert shop.get("orders")["total"] == 0


def test_a_cart_that_is_ordered_twice_at_once_is_ordered_once(shop: Shop) -> None:
    cart = shop.cart(shop.line("TEE"))
    extend(shop, "order", "Create")
    body = {"cart": {"id": cart["id"]}, "version": cart["version"]}

    async def play() -> list[int]:
        pause = Pause(shop)
        request = Request(
            "POST", f"/{shop.key}/orders", "", {"authorization": f"Bearer {shop.token}"},
            msgspec.json.encode(body),
        )  # fmt: skip
        both = [asyncio.ensure_future(_await(shop.service.receive(request).serve()))
                for _ in range(2)]  # fmt: skip
        await pause.reached.wait()
        pause.go_on.set()
        return sorted(response.status for response in await asyncio.gather(*both))

    assert asyncio.run(play()) == [201, 409]
    assert len(shop.facts(Placed)) == 1
