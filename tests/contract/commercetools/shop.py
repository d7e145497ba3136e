"""A small shop on commercetools: what the tests of this fake play on.

Every answer is held against the OpenAPI document as it comes in.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
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
from peakproof_simulators.commercetools import create_service
from peakproof_simulators.commercetools.roles import Storefront
from peakproof_simulators.commercetools.state import Project
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

R = TypeVar("R", bound=Record)
Json = dict[str, Any]

SEED = Seed(
    items=(
        SeedItem("TEE", "Red tee", 1200, "5000000000012"),
        SeedItem("SOCKS", "Socks", 333),
        SeedItem("MUG", "Mug", 999),
    ),
    places=(SeedPlace("W1", "Warehouse"), SeedPlace("S1", "High Street", "store")),
    levels=(
        SeedLevel("TEE", "W1", 10),
        SeedLevel("TEE", "S1", 3),
        SeedLevel("SOCKS", "", 5),
    ),
)
ADDRESS = {"country": "GB", "streetName": "High Street", "postalCode": "AB1 2CD"}
SHIPPING: Json = {
    "action": "setCustomShippingMethod",
    "shippingMethodName": "Van",
    "shippingRate": {"price": {"centAmount": 0, "currencyCode": "GBP"}},
}


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
    def error(self) -> Json:
        """The first error of a refusal."""
        first: Json = self.body["errors"][0]
        return first

    @property
    def code(self) -> str:
        """The first error's code, "" when all is well."""
        return str(self.error["code"]) if self.status >= 400 and self.body else ""


class Shop:
    """A project with a token for everything; ``by`` is on whose behalf calls are made."""

    def __init__(self, seed: int = 1, filling: Seed = SEED, **settings: Any) -> None:
        self.world = new_world(seed)
        self.service = create_service(self.world, settings)
        self.service.seed(filling)
        self.project: Project = self.service.state
        self.storefront: Storefront = self.service.roles["storefront"]
        self.posted: list[Notification] = []
        self.fetched: list[tuple[str, Request, float]] = []
        self.respond: Callable[[str, Request], Response] = lambda _url, _request: Response(200)
        self.by: By = "connector"
        self.calls = 0
        self.keys: list[str] = []
        self.stale_s = 0.0
        self.world.post = self.posted.append
        self.world.fetch = self._fetch
        self.key = self.service.credentials["project_key"]
        self.token = self.log_in(f"manage_project:{self.key}")

    # --- asking ---------------------------------------------------------------------------

    def basic(self) -> dict[str, str]:
        """The client's own credentials."""
        held = self.service.credentials
        pair = f"{held['client_id']}:{held['client_secret']}"
        return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def log_in(self, scope: str) -> str:
        """A token with some scopes."""
        form = urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
        return str(self.send("POST", "/oauth/token", form, headers=self.basic())["access_token"])

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
        request = Request(method, path, query, headers or {}, body)
        call = self.service.receive(request)
        call.stale_s = self.stale_s
        self.calls += 1
        was = self.world.by, self.world.n
        self.world.by, self.world.n = self.by, self.calls
        try:
            answer = call.serve()
            response = answer if isinstance(answer, Response) else asyncio.run(_wait(answer))
        finally:
            self.world.by, self.world.n = was
        self.keys = call.keys
        made = Answer(
            response.status,
            msgspec.json.decode(response.body) if response.body else None,
            response.headers,
        )
        if not call.operation.name.startswith("unknown."):
            content = announced().content(call.operation.name, made.status)
            if not content:
                assert not response.body
            else:
                media = next(iter(content))
                announced().shape(call.operation.name, made.status, media).validate(made.body)
        return made

    def call(
        self, method: str, path: str, body: Any = None, query: Any = (), token: str | None = None
    ) -> Answer:
        """One authorised request below the project's path."""
        return self.send(
            method,
            f"/{self.key}/{path}",
            msgspec.json.encode(body) if body is not None else b"",
            query=urlencode(query, doseq=True),
            headers={"authorization": f"Bearer {token or self.token}"},
        )

    def get(self, path: str, **query: Any) -> Answer:
        """GET; ``var_x`` stands for ``var.x``."""
        return self.call(
            "GET", path, query={name.replace("var_", "var."): v for name, v in query.items()}
        )

    def post(self, path: str, body: Any, **query: Any) -> Answer:
        """POST."""
        return self.call("POST", path, body, query)

    def head(self, path: str, **query: Any) -> int:
        """HEAD: the status."""
        return self.call("HEAD", path, query=query).status

    def delete(self, path: str, **query: Any) -> Answer:
        """DELETE."""
        return self.call("DELETE", path, query=query)

    def act(self, path: str, *actions: Json, version: int | None = None) -> Answer:
        """Update actions on the current version (or on the one that is given)."""
        if version is None:
            version = self.get(path)["version"]
        return self.post(path, {"version": version, "actions": list(actions)})

    # --- what is there --------------------------------------------------------------------

    def entry(self, sku: str, place: str = "W1") -> Json:
        """The inventory entry of a SKU at a place, by query."""
        where = [f'sku="{sku}"']
        where += [f'supplyChannel(id="{self.channel(place)}")'] if place else []
        where += [] if place else ["supplyChannel is not defined"]
        found = self.get("inventory", where=where)["results"]
        assert len(found) == 1, found
        only: Json = found[0]
        return only

    def stock(self, sku: str, place: str = "W1") -> tuple[int, int]:
        """On stock and available, as readers see it."""
        entry = self.entry(sku, place)
        return entry["quantityOnStock"], entry["availableQuantity"]

    def cell(self, sku: str, place: str = "W1") -> tuple[int, int]:
        """On hand and available, as the platform counts it."""
        cell = self.project.stock.at(sku, self.channel(place) if place else "")
        assert cell is not None
        return cell.on_hand, cell.available

    def channel(self, key: str) -> str:
        """The id of a channel."""
        return str(self.get("channels", where=f'key="{key}"')["results"][0]["id"])

    def product(self, sku: str) -> Json:
        """The product of a SKU."""
        found = self.get("products", where=f'masterData(current(masterVariant(sku="{sku}")))')
        only: Json = found["results"][0]
        return only

    def state(self, key: str) -> str:
        """The id of a workflow state."""
        return str(self.get("states", where=f'key="{key}"')["results"][0]["id"])

    # --- things -----------------------------------------------------------------------------

    def line(self, sku: str = "TEE", units: int = 1, place: str = "W1", **more: Any) -> Json:
        """A line of a cart draft."""
        draft: Json = {"sku": sku, "quantity": units, **more}
        if place:
            draft["supplyChannel"] = {"typeId": "channel", "key": place}
        return draft

    def cart(self, *lines: Json, mode: str = "ReserveOnOrder", **more: Any) -> Json:
        """A cart with an address and a shipping method."""
        draft = {
            "currency": "GBP",
            "country": "GB",
            "inventoryMode": mode,
            "shippingAddress": ADDRESS,
            "lineItems": list(lines),
            **more,
        }
        made = self.post("carts", draft)
        assert made.status == 201, made.body
        shipped = self.post(
            f"carts/{made['id']}", {"version": made["version"], "actions": [SHIPPING]}
        )
        assert shipped.status == 200, shipped.body
        return {**shipped.body, "warnings": made.body.get("warnings", [])}

    def place(self, cart: Json, number: str | None = None, **more: Any) -> Answer:
        """Order a cart."""
        draft: Json = {
            "cart": {"typeId": "cart", "id": cart["id"]}, "version": cart["version"], **more,
        }  # fmt: skip
        if number is not None:
            draft["orderNumber"] = number
        return self.post("orders", draft)

    def order(self, *lines: Json, number: str = "N-1", mode: str = "ReserveOnOrder") -> Json:
        """An order that was accepted."""
        made = self.place(self.cart(*(lines or (self.line(),)), mode=mode), number)
        assert made.status == 201, made.body
        order: Json = made.body
        return order

    def pay(self, amount: int = 1200, *transactions: Json) -> Json:
        """A payment."""
        made = self.post(
            "payments",
            {
                "amountPlanned": {"centAmount": amount, "currencyCode": "GBP"},
                "transactions": list(transactions),
            },
        )
        assert made.status == 201, made.body
        payment: Json = made.body
        return payment

    # --- what happened -------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Let run time pass."""
        self.world.env.run(self.world.t + seconds)

    def facts(self, kind: type[R]) -> list[R]:
        """The facts of one kind, in order."""
        decode = msgspec.json.Decoder(AnyRecord).decode
        lines = self.world.recorder.contents().splitlines()
        return [record for record in map(decode, lines) if isinstance(record, kind)]

    def messages(self, **where: str) -> list[Json]:
        """Messages by the API, oldest first; ``type="…"`` and the like."""
        predicates = [f'{name}="{value}"' for name, value in where.items()]
        found = self.get("messages", where=predicates, limit=500)
        listed: list[Json] = found["results"]
        return listed

    async def _fetch(self, url: str, request: Request, timeout_s: float) -> Response:
        self.fetched.append((url, request, timeout_s))
        return self.respond(url, request)


async def _wait(answer: Awaitable[Response]) -> Response:
    return await answer


def transaction(type_: str, state: str, amount: int = 1200) -> Json:
    """A transaction's draft."""
    return {
        "type": type_,
        "state": state,
        "amount": {"centAmount": amount, "currencyCode": "GBP"},
    }
