"""A small environment of Centra: what the tests of this fake play on.

Every answer is held against the OpenAPI document as it comes in, and every answer to a GraphQL
document against the schema, by building the fields that were asked for from introspection.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
import simpy
from tests.announced import Announced

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import AnyRecord, By, Record
from peakproof.rng import Streams
from peakproof.service import Notification
from peakproof.wire.message import Request, Response
from peakproof.world import World
from peakproof_simulators.centra import create_service
from peakproof_simulators.centra.roles import Storefront
from peakproof_simulators.centra.state import Centra
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace
from peakproof_simulators.trading.ports import Refusal, Want

R = TypeVar("R", bound=Record)
Json = dict[str, Any]
REST = "/api/order-api"

SEED = Seed(
    items=(
        SeedItem("TEE", "Red tee", 1200, "5000000000012"),
        SeedItem("SOCKS", "Socks", 333),
        SeedItem("MUG", "Mug", 999),
    ),
    places=(SeedPlace("W1", "Warehouse"), SeedPlace("W2", "Overflow")),
    levels=(
        SeedLevel("TEE", "W1", 10),
        SeedLevel("TEE", "W2", 3),
        SeedLevel("SOCKS", "W1", 5),
    ),
)
FAILED = "userErrors { message path } userWarnings { message path }"
STOCK = (
    "warehouse { name } physicalQuantity freeToAllocateQuantity allocatedQuantity demandQuantity"
    " availableNowQuantity incomingQuantity availableQuantity unshippedQuantity"
)
ORDER = (
    "id number status isOnHold isLocked isWaitingForPayment grandTotal { value }"
    " lines(includeFullyCancelled: true) { id quantity cancelledQuantity demandQuantity"
    " productSize { SKU } unitPrice { value }"
    " allocations { id quantity isWaitingForConfirmation warehouse { name } } }"
    " paymentHistory { entryType status value { value } } shipments { id number }"
)
SHIPMENT = (
    "id number isGoodToGo isPaid isCaptured isShipped isCompleted trackingNumber carrier"
    " order { number status } lines { id quantity returnedQuantity orderLine { id }"
    " warehouses { quantity warehouse { name } } } grandTotal { value }"
)
RETURN = (
    "id externalId status isRefunded comment grandTotal { value }"
    " lines { id quantity shipmentLine { id } }"
)


def new_world(seed: int = 1) -> World:
    """A world of its own at run time 0."""
    env = simpy.Environment()
    return World(env, clock=Clock(env), streams=Streams(seed), recorder=Recorder())


@cache
def announced() -> Announced:
    """The OpenAPI document of the fake, and the answers that it announces."""
    return Announced(create_service(new_world(), {}).openapi())


class Answer(msgspec.Struct):
    """A status, a body as JSON, the headers."""

    status: int
    body: Any
    headers: dict[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def msg(self) -> str:
        """What the Order API says of a refusal; "" when all is well."""
        assert self.status == 200, self.body
        return str(self.body.get("msg", "")) if self.body["status"] == "no" else ""


class Shop:
    """An environment with a token for everything; ``by`` is on whose behalf calls are made."""

    def __init__(self, seed: int = 1, filling: Seed = SEED, **settings: Any) -> None:
        self.world = new_world(seed)
        self.service = create_service(self.world, {"plan": "off", **settings})
        self.service.seed(filling)
        self.centra: Centra = self.service.state
        self.storefront: Storefront = self.service.roles["storefront"]
        self.posted: list[Notification] = []
        self.by: By = "connector"
        self.calls = 0
        self.keys: list[str] = []
        self.operation = ""
        self.stale_s = 0.0
        self.world.post = self.posted.append
        self.token = self.service.credentials["integration_token"]
        self.key = self.service.credentials["order_api_key"]

    # --- asking ---------------------------------------------------------------------------

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request as it is; the answer is checked against the document."""
        call = self.service.receive(Request(method, path, query, headers or {}, body))
        call.stale_s = self.stale_s
        self.calls += 1
        was = self.world.by, self.world.n
        self.world.by, self.world.n = self.by, self.calls
        try:
            answer = call.serve()
            assert isinstance(answer, Response)
        finally:
            self.world.by, self.world.n = was
        self.keys, self.operation = call.keys, call.operation.name
        made = Answer(answer.status, msgspec.json.decode(answer.body), answer.headers)
        name = "graphql" if path == "/graphql" else self.operation
        if not self.operation.startswith("unknown."):
            announced().shape(name, made.status, "application/json").validate(made.body)
        return made

    def post(self, body: Any, *, token: str | None = None) -> Answer:
        """A body to ``/graphql``."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {"authorization": f"Bearer {token or self.token}"}
        return self.send("POST", "/graphql", raw, headers=headers)

    def ask(self, query: str, **variables: Any) -> Json:
        """The data of a document that has to be executed without errors."""
        answer = self.post({"query": query, "variables": variables})
        assert answer.status == 200, answer.body
        assert "errors" not in answer.body, answer.body
        made: Json = answer.body["data"]
        return made

    def write(self, mutation: str, fields: str, **arguments: Any) -> Json:
        """The payload of a mutation; ``fields`` are those beside errors and warnings.

        Arguments go as variables of the types that the schema gives them.
        """
        field = self.schema().mutation_type.fields[mutation]
        types = ", ".join(f"${name}: {field.args[name].type}" for name in arguments)
        given = ", ".join(f"{name}: ${name}" for name in arguments)
        query = f"mutation({types}) {{ {mutation}({given}) {{ {fields} {FAILED} }} }}"
        made: Json = self.ask(query, **arguments)[mutation]
        return made

    def done(self, mutation: str, fields: str, **arguments: Any) -> Json:
        """A mutation that has to succeed, without a warning."""
        made = self.write(mutation, fields, **arguments)
        assert (made["userErrors"], made["userWarnings"]) == ([], []), made
        return made

    def fails(self, mutation: str, fields: str, **arguments: Any) -> str:
        """A mutation that has to fail: what its first error says."""
        made = self.write(mutation, fields, **arguments)
        assert made["userErrors"], made
        return str(made["userErrors"][0]["message"])

    @staticmethod
    def schema() -> Any:
        """The fake's own schema."""
        from peakproof_simulators.centra.integration.schema import schema  # noqa: PLC0415

        return schema()

    def rest(
        self, method: str, path: str, body: Any = None, query: Any = (), key: str | None = None
    ) -> Answer:
        """One call of the Order API."""
        return self.send(
            method, REST + path,
            msgspec.json.encode(body) if body is not None else b"",
            query=urlencode(query, doseq=True),
            headers={"api-authorization": key or self.key},
        )  # fmt: skip

    def get(self, path: str, **query: Any) -> Answer:
        """GET of the Order API that has to be well."""
        answer = self.rest("GET", path, query=query)
        assert (answer.status, answer["status"]) == (200, "ok"), answer.body
        return answer

    # --- what is there --------------------------------------------------------------------

    def stock(self, sku: str, place: str = "W1") -> Json:
        """All quantities of a cell, by query."""
        query = f"query($sku: String!) {{ productSizes(where: {{SKU: {{equals: $sku}}}}) {{ stock {{ {STOCK} }} }} }}"  # noqa: E501
        sizes = self.ask(query, sku=sku)["productSizes"]
        assert len(sizes) == 1, sku
        found = {one["warehouse"]["name"]: one for one in sizes[0]["stock"]}
        made: Json = found[place]
        return made

    def cell(self, sku: str, place: str = "W1") -> tuple[int, int, int]:
        """Physical, allocated and demand of a cell."""
        held = self.stock(sku, place)
        return held["physicalQuantity"], held["allocatedQuantity"], held["demandQuantity"]

    def order(self, number: int) -> Json:
        """An order, held ones and unpaid ones too."""
        where = {"number": [number]}
        query = f"query($where: OrderFilter) {{ orders(where: $where) {{ {ORDER} }} }}"
        for more in ({}, {"isOnHold": True}, {"isWaitingForPayment": True},
                     {"isOnHold": True, "isWaitingForPayment": True}):  # fmt: skip
            found = self.ask(query, where={**where, **more})["orders"]
            if found:
                made: Json = found[0]
                return made
        raise AssertionError(f"no order {number}")

    def shipment(self, id_: int) -> Json:
        """A shipment."""
        query = f"query($id: [Int!]) {{ shipments(where: {{id: $id}}) {{ {SHIPMENT} }} }}"
        made: Json = self.ask(query, id=[id_])["shipments"][0]
        return made

    # --- things -----------------------------------------------------------------------------

    def size(self, sku: str) -> int:
        """The id of a product size."""
        return self.centra.size_of[sku]

    def buy(self, *wants: tuple[str, int] | Want, pay: str = "authorised") -> int:
        """A shopper orders and pays; the order's number."""
        asked = tuple(
            [want if isinstance(want, Want) else Want(want[0], want[1]) for want in wants]
        )
        with self.world.acting("shopper"):
            made = self.storefront.checkout(asked, email="ann@example.test", name="Ann Lee")
            assert not isinstance(made, Refusal), made
            if pay:
                self.storefront.settle(made, pay)
        return int(made)

    def confirmed(self, *wants: tuple[str, int] | Want, pay: str = "authorised") -> Json:
        """An order that may be worked on."""
        number = self.buy(*(wants or (("TEE", 2),)), pay=pay)
        made = self.done("confirmOrder", f"order {{ {_dtc()} }}", input=ref(number))
        order: Json = made["order"]
        return order

    def ship(self, order: Json, **more: Any) -> Json:
        """A shipment of all that an order has left, good to go and paid."""
        given = {
            "order": {"number": order["number"]}, "deliveryGroup": 1, "isGoodToGo": True,
            "isPaid": True, **more,
        }  # fmt: skip
        made: Json = self.done("createShipment", f"shipment {{ {SHIPMENT} }}", input=given)
        shipment: Json = made["shipment"]
        return shipment

    def shipped(self, *wants: tuple[str, int], pay: str = "authorised") -> Json:
        """A completed shipment of a new order."""
        made = self.ship(self.confirmed(*wants, pay=pay))
        done = self.done("completeShipment", f"shipment {{ {SHIPMENT} }}", id=made["id"], input={})
        shipment: Json = done["shipment"]
        return shipment

    # --- what happened -------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Let run time pass."""
        self.world.env.run(self.world.t + seconds)

    def facts(self, kind: type[R]) -> list[R]:
        """The facts of one kind, in order."""
        decode = msgspec.json.Decoder(AnyRecord).decode
        lines = self.world.recorder.contents().splitlines()
        return [record for record in map(decode, lines) if isinstance(record, kind)]


def ref(number: int) -> Json:
    """Input that points at an order."""
    return {"order": {"number": number}}


def _dtc() -> str:
    return ORDER


def run(coroutine: Any) -> Any:
    """Run a coroutine to its end."""
    return asyncio.run(coroutine)
