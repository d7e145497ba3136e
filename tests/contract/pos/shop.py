"""Two stores and a warehouse with a till each: what the tests of the point of sale play on.

Every answer is held against the OpenAPI document as it comes in.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Mapping
from functools import cache
from typing import Any, cast

import msgspec
import simpy
from tests.announced import Announced

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import Fact, Level, Record
from peakproof.rng import Streams
from peakproof.service import Notification
from peakproof.wire.message import Request, Response
from peakproof.world import World
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace
from peakproof_simulators.kit.service import VendorService
from peakproof_simulators.pos import create_service
from peakproof_simulators.pos.roles import TillStaff
from peakproof_simulators.pos.square.surface import Square
from peakproof_simulators.pos.state import PointOfSale
from peakproof_simulators.trading.ports import Refusal, Want

SEED = Seed(
    items=(
        SeedItem("TEE-RED-M", "Red tee", 1999, "5000000000012"),
        SeedItem("TEE-BLUE-M", "Blue tee", 2499, "5000000000029"),
        SeedItem("SOCKS", "Socks", 333),
    ),
    places=(
        SeedPlace("S1", "High Street", "store"),
        SeedPlace("S2", "Station", "store"),
        SeedPlace("W1", "Warehouse", "warehouse"),
    ),
    levels=(
        SeedLevel("TEE-RED-M", "S1", 10),
        SeedLevel("TEE-BLUE-M", "S1", 5),
        SeedLevel("TEE-RED-M", "S2", 3),
        SeedLevel("TEE-RED-M", "W1", 100),
    ),
)


@cache
def _announced() -> Announced:
    return Announced(create_service(_world(1), {}).openapi())


def _world(seed: int) -> World:
    env = simpy.Environment()
    return World(env, clock=Clock(env), streams=Streams(seed), recorder=Recorder())


class Answer(msgspec.Struct):
    """A status, a body, and the first error where there is one."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, code and field of a refusal."""
        first = self.body["errors"][0]
        return self.status, first["code"], first.get("field", "")


class Shop:
    """A point of sale of its own world, and the hands to work it with."""

    def __init__(self, settings: Mapping[str, object] | None = None, *, seed: int = 7) -> None:
        self.world = _world(seed)
        self.facts: list[Record] = []
        self.notices: list[Notification] = []
        self.world.listeners.append(self.facts.append)
        self.world.post = self.notices.append
        self.service: VendorService = create_service(self.world, settings or {})
        self.service.seed(SEED)
        self.facts.clear()
        self._keys = 0

    @property
    def square(self) -> Square:
        """The state behind the handlers."""
        return cast(Square, self.service.state)

    @property
    def pos(self) -> PointOfSale:
        """The tills behind Square's face."""
        return self.square.pos

    @property
    def tills(self) -> TillStaff:
        """The role that trading plays."""
        return cast(TillStaff, self.service.roles["tills"])

    # --- calling --------------------------------------------------------------------------

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        stale_s: float = 0.0,
        raw: bytes | None = None,
    ) -> Answer:
        """One call, checked against the document."""
        route, _, query = path.partition("?")
        token = self.service.credentials["access_token"]
        sent = raw if raw is not None else b"" if body is None else msgspec.json.encode(body)
        request = Request(
            method, route, query, {"authorization": f"Bearer {token}", **(headers or {})}, sent
        )
        call = self.service.receive(request)
        call.stale_s = stale_s
        with self.world.acting("connector"):
            answered = call.serve()
            response = answered if isinstance(answered, Response) else _settled(answered)
        self.keys = call.keys
        decoded = msgspec.json.decode(response.body)
        name = call.operation.name
        if name in _announced():
            _announced().shape(name, response.status, "application/json").validate(decoded)
        return Answer(response.status, decoded, dict(response.headers))

    def ok(self, method: str, path: str, body: object = None, **more: Any) -> dict[str, Any]:
        """One call that has to work: its body."""
        answer = self.send(method, path, body, **more)
        assert answer.status == 200, answer.body
        return answer.body

    def key(self) -> str:
        """An idempotency key that was not used yet."""
        self._keys += 1
        return f"key-{self._keys}"

    # --- looking --------------------------------------------------------------------------

    def variant(self, sku: str) -> str:
        """The id of the variation with a SKU."""
        found = self.pos.range.sold_as(sku)
        assert found is not None
        return found.id

    def count(self, sku: str, place: str, state: str = "IN_STOCK") -> str:
        """What Square says is there; empty where it says nothing."""
        body = {
            "catalog_object_ids": [self.variant(sku)],
            "location_ids": [place],
            "states": [state],
        }
        counts = self.ok("POST", "/v2/inventory/counts/batch-retrieve", body).get("counts", [])
        return counts[0]["quantity"] if counts else ""

    def order(self, id_: str) -> dict[str, Any]:
        """An order as Square shows it."""
        order: dict[str, Any] = self.ok("GET", f"/v2/orders/{id_}")["order"]
        return order

    def levels(self) -> list[tuple[str, str, int, str]]:
        """(SKU, place, on hand, cause) of the levels that were told."""
        return [
            (fact.sku, fact.place, fact.on_hand, fact.cause)
            for fact in self.facts
            if isinstance(fact, Level)
        ]

    def told(self, kind: type[Fact]) -> list[Any]:
        """The facts of a kind."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def iso(self, at_s: float | None = None) -> str:
        """A run time as a date."""
        return self.pos.calendar.iso(self.pos.now_ms if at_s is None else round(at_s * 1000))

    # --- doing ----------------------------------------------------------------------------

    def at(self, t: float) -> None:
        """Let run time go on to ``t`` seconds."""
        self.world.env.run(until=t)

    def ring(self, sku: str, units: int = 1, *, store: str = "S1", asks: bool = False) -> str:
        """Ring up a sale at a till; its id."""
        with self.world.acting("till"):
            sale = self.tills.ring(store, (Want(sku, units),), asks=asks)
        assert not isinstance(sale, Refusal)
        return sale

    def take_back(
        self, sku: str, units: int = 1, *, sale: str = "", store: str = "S1", restock: bool = True
    ) -> str:
        """Take goods back at a till; the id of the return."""
        with self.world.acting("till"):
            return self.tills.take_back(store, (Want(sku, units),), sale=sale, restock=restock)

    def post_count(
        self, sku: str, place: str, units: str, at_s: float | None = None, **more: object
    ) -> Answer:
        """Write a physical count through the API."""
        count = {
            "catalog_object_id": self.variant(sku),
            "location_id": place,
            "state": "IN_STOCK",
            "quantity": units,
            "occurred_at": self.iso(at_s),
            **more,
        }
        change = {"type": "PHYSICAL_COUNT", "physical_count": count}
        body = {"idempotency_key": self.key(), "changes": [change]}
        return self.send("POST", "/v2/inventory/changes/batch-create", body)

    def adjust(
        self, sku: str, place: str, src: str, dst: str, units: str = "1", **more: object
    ) -> Answer:
        """Write an adjustment through the API."""
        adjustment = {
            "catalog_object_id": self.variant(sku),
            "location_id": place,
            "from_state": src,
            "to_state": dst,
            "quantity": units,
            "occurred_at": self.iso(),
            **more,
        }
        change = {"type": "ADJUSTMENT", "adjustment": adjustment}
        body = {"idempotency_key": self.key(), "changes": [change]}
        return self.send("POST", "/v2/inventory/changes/batch-create", body)

    def make_order(
        self, sku: str = "TEE-RED-M", units: str = "1", **more: object
    ) -> dict[str, Any]:
        """Make an open order through the API."""
        line = {"catalog_object_id": self.variant(sku), "quantity": units}
        order = {"location_id": "S1", "line_items": [line], **more}
        body = {"idempotency_key": self.key(), "order": order}
        made: dict[str, Any] = self.ok("POST", "/v2/orders", body)["order"]
        return made

    def pay_cash(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Pay an order in cash, at once."""
        due = order["net_amount_due_money"]
        body = {
            "source_id": "CASH",
            "idempotency_key": self.key(),
            "amount_money": due,
            "order_id": order["id"],
            "cash_details": {"buyer_supplied_money": due},
        }
        paid: dict[str, Any] = self.ok("POST", "/v2/payments", body)["payment"]
        return paid

    def subscribe(self, *event_types: str) -> dict[str, Any]:
        """Subscribe to events."""
        wanted = {
            "name": "test",
            "event_types": list(event_types),
            "notification_url": "http://connector.test/hooks/square",
        }
        body = {"idempotency_key": self.key(), "subscription": wanted}
        made: dict[str, Any] = self.ok("POST", "/v2/webhooks/subscriptions", body)["subscription"]
        self.notices.clear()
        return made

    def events(self) -> list[dict[str, Any]]:
        """The bodies of what was sent so far."""
        return [msgspec.json.decode(notice.body) for notice in self.notices]

    def control(self, name: str, /, **given: object) -> Any:
        """One of the tills' own controls."""
        return self.service.controls[name](dict(given))


def _settled(answer: Awaitable[Response]) -> Response:
    async def wait() -> Response:
        return await answer

    return asyncio.run(wait())


def words_of(text: str) -> set[str]:
    """The words of a source text, for looking for those that do not belong."""
    return set(re.findall(r"[A-Za-z_]+", text))
