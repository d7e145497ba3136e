"""Centra as the engine's tests need it: documents, and a host that answers in a given order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from tests.unit.engine.stage import clock, play

from peakproof_engine.config import Wire
from peakproof_engine.errors import CallError
from peakproof_engine.guards import Guards
from peakproof_engine.http import Line
from peakproof_engine.systems.access import CentraAccess
from peakproof_engine.systems.centra import Centra

MADE: Final = "2023-11-14T22:13:20.250000+00:00"
HOUSES: Final = {
    "warehouses": [
        {"id": 1, "name": "W1", "externalId": None},
        {"id": 2, "name": "South", "externalId": "W2"},
        {"id": 3, "name": "Outlet", "externalId": None},
    ]
}
RANGE: Final = {"productSizes": [{"id": 7, "SKU": "TEE"}]}
NOTHING: Final[dict[str, list[Any]]] = {"plain": [], "held": [], "unpaid": [], "both": []}
SAID: Final[dict[str, Any]] = {"userErrors": [], "userWarnings": []}
NO: Final = {"userErrors": [{"message": "no", "path": []}], "userWarnings": []}


def brief(number: int, **more: Any) -> dict[str, Any]:
    """An order as a list shows it."""
    return {
        "id": f"hash-{number}", "number": number, "status": "CONFIRMED", "updatedAt": MADE,
        "isOnHold": False, "isWaitingForPayment": False, **more,
    }  # fmt: skip


def line(id_: int = 11, units: int = 2, **more: Any) -> dict[str, Any]:
    """A line that one warehouse holds."""
    return {
        "id": id_, "productSize": {"id": 7, "SKU": "TEE"}, "quantity": units,
        "cancelledQuantity": 0, "unitPrice": {"value": 12.5},
        "allocations": [{"quantity": units, "warehouse": {"id": 1, "name": "W1"}}], **more,
    }  # fmt: skip


def whole(number: int = 1001, **more: Any) -> dict[str, Any]:
    """An order with a line of two, authorised."""
    return {
        **brief(number), "createdAt": MADE, "pricelist": {"currency": {"code": "GBP"}},
        "grandTotal": {"value": 25.0}, "lines": [line()], "shipments": [],
        "paymentHistory": [
            {"entryType": "AUTH", "status": "SUCCESS", "value": {"value": 25.0}}
        ], **more,
    }  # fmt: skip


def shown(body: dict[str, Any]) -> dict[str, Any]:
    """The answer to who asks for one order."""
    return {**NOTHING, "plain": [body]}


class Host:
    """Answers one call after the other; an answer may be fields, a status, or an error."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def send(
        self, method: str, url: str, headers: dict[str, str], body: bytes, timeout_s: float
    ) -> tuple[int, dict[str, str], bytes]:
        """See ``Send``."""
        assert (method, url) == ("POST", "https://market.test/graphql")
        assert headers["authorization"] == "Bearer secret"
        asked = msgspec.json.decode(body)
        document = asked["query"].replace("{", " ").replace("(", " ")
        name = next(word for word in document.split() if word in KNOWN)
        self.asked.append((name, asked["variables"]))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return answer, {}, b'{"errors": [{"message": "no"}]}'
        return 200, {}, msgspec.json.encode(answer if "errors" in answer else {"data": answer})


KNOWN: Final = (
    "warehouses", "productSizes", "changeStock", "stockChangeConnection", "orders", "plain:",
    "setOrdersLock", "confirmOrder", "updateDirectToConsumerOrder", "cancelDirectToConsumerOrder",
    "createShipment", "captureShipment", "completeShipment",
)  # fmt: skip


def played(
    act: Callable[[Centra], Awaitable[Any]], *answers: Any, off: tuple[str, ...] = (),
    page: int = 200,
) -> tuple[Any, list[tuple[str, dict[str, Any]]]]:  # fmt: skip
    """What an adapter that knows its places and range brings, and what it asked for that."""
    host = Host(HOUSES, RANGE, *answers)

    async def story() -> Any:
        to = adapter(host, off, page)
        await to.learn_places()
        await to.learn_range()
        try:
            return await act(to)
        except CallError as error:
            return error

    brought = play(story())
    assert host.answers == []
    return brought, host.asked[2:]


def adapter(host: Host, off: tuple[str, ...] = (), page: int = 200) -> Centra:
    """An adapter over a line to a host."""
    access = CentraAccess("https://market.test", "secret", order_page=page)
    time, guards = clock(), Guards(off)
    line_ = Line("centra", access.url, send=host.send, clock=time, guards=guards, wire=Wire())
    return Centra(access, line_, time, guards, places=["W1", "W2"], late_s=60.0)
