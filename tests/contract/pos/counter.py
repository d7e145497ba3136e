"""The same two stores and warehouse behind the second face, Lightspeed Retail X-Series.

Every answer is held against the OpenAPI document as it comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast
from urllib.parse import parse_qsl

import msgspec
from tests.announced import Announced
from tests.contract.pos.shop import SEED, Shop, _world

from peakproof.history.records import Fact, Level, Record
from peakproof.service import Notification
from peakproof.wire.message import Request, Response
from peakproof_simulators.kit.service import VendorService
from peakproof_simulators.pos import create_service
from peakproof_simulators.pos.lightspeed.surface import Lightspeed
from peakproof_simulators.pos.roles import TillStaff
from peakproof_simulators.pos.state import PointOfSale
from peakproof_simulators.trading.ports import Refusal, Want

V: Final = "/api/2026-07"
_EXACT: Final = msgspec.json.Decoder(float_hook=Decimal).decode
HOOK: Final = "http://connector.test/hooks/lightspeed"


@cache
def announced() -> Announced:
    """The document of the second face."""
    return Announced(create_service(_world(1), {"surface": "lightspeed"}).openapi())


class Answer(msgspec.Struct):
    """A status, a body, headers."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, word and message of a refusal."""
        return self.status, self.body["error"], self.body["message"]


class Counter:
    """A point of sale of its own world behind the second face, and the hands to work it with."""

    def __init__(
        self, settings: Mapping[str, object] | None = None, *, seed: int = 7, **chosen: object
    ) -> None:
        self.world = _world(seed)
        self.facts: list[Record] = []
        self.notices: list[Notification] = []
        self.world.listeners.append(self.facts.append)
        self.world.post = self.notices.append
        given = {"surface": "lightspeed", "lightspeed": chosen, **(settings or {})}
        self.service: VendorService = create_service(self.world, given)
        self.service.seed(SEED)
        self.facts.clear()
        self.keys: list[str] = []

    @property
    def face(self) -> Lightspeed:
        """The state behind the handlers."""
        return cast(Lightspeed, self.service.state)

    @property
    def pos(self) -> PointOfSale:
        """The tills behind the face."""
        return self.face.pos

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
        token = self.service.credentials["personal_token"]
        sent = raw if raw is not None else b"" if body is None else msgspec.json.encode(body)
        known = {"authorization": f"Bearer {token}", "user-agent": "tests", **(headers or {})}
        route = route if route.startswith("/api/") else V + route
        call = self.service.receive(Request(method, route, query, known, sent))
        call.stale_s = stale_s
        with self.world.acting("connector"):
            response = call.serve()
        assert isinstance(response, Response)
        self.keys = call.keys
        decoded = _EXACT(response.body) if response.body else None
        name = call.operation.name
        if name in announced():
            if response.body:
                plain = msgspec.json.decode(response.body)
                shape = announced().shape(name, response.status, "application/json")
                shape.validate(plain)
            else:
                assert announced().content(name, response.status) == {}
        return Answer(response.status, decoded, dict(response.headers))

    def ok(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """One call that has to work: its body."""
        answer = self.send(method, path, body, **more)
        assert answer.status in (200, 201, 204), answer.body
        return answer.body

    def data(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """One call that has to work: what it wraps."""
        return self.ok(method, path, body, **more)["data"]

    # --- looking --------------------------------------------------------------------------

    def product(self, sku: str) -> str:
        """The id of the product with a SKU."""
        return cast(str, self.data("GET", f"/products?sku={sku}")[0]["id"])

    def outlet(self, place: str) -> str:
        """The id of an outlet."""
        return self.face.outlet_id(place)

    def register(self, place: str = "S1") -> str:
        """The id of the register of a place."""
        return self.face.register_id(place)

    def user(self) -> str:
        """The id of the application's own user."""
        return self.face.user_id("api")

    def tax(self) -> str:
        """The id of the tax that all goods of the seed bear."""
        found = next(each for each in self.data("GET", "/taxes") if each["is_default"])
        return cast(str, found["id"])

    def tender(self, name: str = "Cash") -> str:
        """The id of a payment type."""
        found = next(each for each in self.data("GET", "/payment_types") if each["name"] == name)
        return cast(str, found["id"])

    def stock(self, sku: str, place: str) -> Any:
        """What an outlet has of a SKU; None where it says nothing."""
        records = self.ok("GET", f"/inventory/{self.product(sku)}")
        found = [each for each in records if each["outlet_id"] == self.outlet(place)]
        return found[0]["current_inventory_level"] if found else None

    def sale(self, id_: str) -> dict[str, Any]:
        """A sale, by the tills' id or by the face's."""
        uuid = self.face.names.uuid("sale", id_)
        return cast(dict[str, Any], self.data("GET", f"/sales/{uuid}"))

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

    def settle(self) -> None:
        """Let all that is due now happen."""
        self.at(self.world.t + 0.001)

    def ring(self, sku: str, units: int = 1, *, store: str = "S1") -> str:
        """Ring up a sale at a till; the tills' own id."""
        with self.world.acting("till"):
            sale = self.tills.ring(store, (Want(sku, units),), asks=False)
        assert not isinstance(sale, Refusal)
        return sale

    def take_back(
        self, sku: str, units: int = 1, *, sale: str = "", store: str = "S1", restock: bool = True
    ) -> str:
        """Take goods back at a till; the id of the return."""
        with self.world.acting("till"):
            return self.tills.take_back(store, (Want(sku, units),), sale=sale, restock=restock)

    def line(self, sku: str = "TEE-RED-M", units: object = 1, **more: object) -> dict[str, Any]:
        """A line of a sale: 16.66 and 3.33 tax."""
        return {
            "product": {"id": self.product(sku)},
            "quantity": units,
            "pricing": {"price": 16.66},
            "tax": {"id": self.tax(), "amount": 3.33},
            **more,
        }

    def draft(self, state: str = "closed", **more: object) -> dict[str, Any]:
        """The body of a sale with one line."""
        source = {"author_id": self.user(), "register_id": self.register()}
        return {"source": source, "state": state, "line_items": [self.line()], **more}

    def make_sale(self, state: str = "closed", **more: object) -> dict[str, Any]:
        """Make a sale through the API."""
        return cast(dict[str, Any], self.data("POST", "/sales", self.draft(state, **more)))

    def put_sale(self, sale: Mapping[str, Any], state: str, **more: object) -> Answer:
        """Change a sale through the API."""
        body = {"source": {"author_id": self.user()}, "state": state, **more}
        return self.send("PUT", f"/sales/{sale['id']}", body)

    def cash(self, amount: object) -> dict[str, Any]:
        """A payment in cash."""
        return {"amount": amount, "type": {"config_id": self.tender()}}

    def customer(self, **more: object) -> dict[str, Any]:
        """Make a customer."""
        body = {"first_name": "Ada", "last_name": None, **more}
        return cast(dict[str, Any], self.data("POST", "/customers", body))

    def consign(self, kind: str, place: str = "S1", **more: object) -> dict[str, Any]:
        """Draw up a consignment."""
        body = {"type": kind, "outlet_id": self.outlet(place), "name": kind.lower(), **more}
        return cast(dict[str, Any], self.data("POST", "/consignments", body))

    def load(self, one: Mapping[str, Any], sku: str, **goods: str) -> dict[str, Any]:
        """Put a product into a consignment."""
        body = {"data": {"product_id": self.product(sku), **goods}}
        return cast(dict[str, Any], self.data("POST", f"/consignments/{one['id']}/products", body))

    def move(self, one: Mapping[str, Any], status: str) -> Answer:
        """Move a consignment on."""
        return self.send("PUT", f"/consignments/{one['id']}", {"status": status})

    def subscribe(self, kind: str, url: str = HOOK) -> dict[str, Any]:
        """Ask for notices."""
        body = {"active": True, "type": kind, "url": url}
        made: dict[str, Any] = self.data("POST", "/webhooks", body)
        self.notices.clear()
        return made

    def payloads(self) -> list[Any]:
        """What the notices that were sent say."""
        self.settle()
        forms = [dict(parse_qsl(notice.body.decode())) for notice in self.notices]
        return [_EXACT(form["payload"]) for form in forms]

    def control(self, name: str, /, **given: object) -> Any:
        """One of the tills' own controls."""
        return self.service.controls[name](dict(given))


class Twin(Counter):
    """Both faces over one till state: the second is called here, the first by ``square``."""

    def __init__(self, **settings: object) -> None:
        super().__init__({"surface": "both", **settings})
        self.square = Shop.__new__(Shop)
        self.square.world, self.square.service = self.world, self.service
        self.square.facts, self.square.notices = self.facts, self.notices
        self.square._keys = 0

    @property
    def face(self) -> Lightspeed:
        """The state of the second face, from behind one of its handlers."""
        operation = next(each for each in self.service.operations if each.auth == "lightspeed")
        return cast(Lightspeed, operation.handler.args[0])  # type: ignore[attr-defined] # a partial
