"""A warehouse and a store behind a Deposco of their own world: what these tests play on.

Every answer is held against the OpenAPI document as it comes in: its status, its media type, a
JSON body by its schema, an XML body by being read back into the type that its root stands for.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from typing import Any, cast
from xml.sax.saxutils import escape, quoteattr

import msgspec
import simpy
from lxml import etree
from tests.announced import Announced

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import By, Level, Record
from peakproof.rng import Streams
from peakproof.service import Notification
from peakproof.wire.message import Request, Response
from peakproof.world import World
from peakproof_simulators.deposco import DeposcoService, create_service
from peakproof_simulators.deposco.payloads.roots import ROOTS
from peakproof_simulators.deposco.roles import DeposcoFloor
from peakproof_simulators.deposco.state import Deposco
from peakproof_simulators.deposco.xml import NAMESPACE, parse, read
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

SEED = Seed(
    items=(
        SeedItem("TEE", "Red tee", 1999, "5000000000012"),
        SeedItem("SOCKS", "Socks", 500, "5000000000029"),
        SeedItem("MUG", "Mug", 899),
    ),
    places=(SeedPlace("W1", "Warehouse"), SeedPlace("S1", "High Street", "store")),
    levels=(
        SeedLevel("TEE", "W1", 10),
        SeedLevel("SOCKS", "W1", 5),
        SeedLevel("TEE", "S1", 3),
    ),
)


def new_world(seed: int = 7) -> World:
    """A world of its own, at 06:00 on a Black Friday."""
    env = simpy.Environment()
    return World(env, clock=Clock(env), streams=Streams(seed), recorder=Recorder())


@cache
def announced() -> Announced:
    """The OpenAPI document, which does not depend on settings, and the answers it announces."""
    return Announced(create_service(new_world(), {}).openapi())


def check(operation: str, response: Response) -> None:
    """Hold an answer against the document."""
    content = announced().content(operation, response.status)
    media = response.headers.get("content-type", "").partition(";")[0]
    if not response.body:
        return
    assert media in content, f"{operation} answers {response.status} as {media} unannounced"
    if media == "text/plain":
        return
    if response.body[:1] in (b"{", b"["):
        # Enterprise inventory labels its JSON as XML, so that either entry may hold the schema.
        entry = "application/json" if "application/json" in content else "application/xml"
        shape = announced().shape(operation, response.status, entry)
        shape.validate(msgspec.json.decode(response.body))
    elif media == "application/xml":
        root = parse(response.body)
        name = etree.QName(root)
        kinds = [
            kind
            for kind, place in ROOTS.items()
            if place.name == name.localname
            and NAMESPACE + place.space == (name.namespace or NAMESPACE)
        ]
        assert kinds, f"{operation} answers with a root {name.text} that nobody knows"
        read(root, kinds[0], refuse_unknown=True)


class Answer(msgspec.Struct):
    """A status, the body as plain values (or as text), and the keys that the call noted."""

    status: int
    body: Any
    headers: dict[str, str]
    raw: bytes
    keys: list[str]

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def inner(self) -> str:
        """The status line of the only outcome of a write."""
        return cast(str, self.body["response"]["status"])

    @property
    def said(self) -> str:
        """The description of the only outcome of a write."""
        return cast(str, self.body["response"]["description"])


def to_xml(name: str, space: str, tree: Mapping[str, Any]) -> bytes:
    """A document in the vendor's manner, written by other hands than the fake's."""
    prefix = f"ns2:{name}" if space else name
    place = f" xmlns:ns2={quoteattr(NAMESPACE + space)}" if space else ""
    return f"<{prefix}{place}>{_members(tree)}</{prefix}>".encode()


def _members(tree: Mapping[str, Any]) -> str:
    out = []
    for key, value in tree.items():
        for one in value if isinstance(value, list) else [value]:
            inner = _members(one) if isinstance(one, Mapping) else escape(str(one))
            out.append(f"<{key}>{inner}</{key}>")
    return "".join(out)


def from_xml(body: bytes) -> Any:
    """The plain values of a document: elements by name, repeated ones as a list."""
    return _values(etree.fromstring(body))


def _values(element: etree._Element) -> Any:
    if not len(element) and not element.attrib:
        return element.text or ""
    tree: dict[str, Any] = {str(name): str(value) for name, value in element.attrib.items()}
    for child in element:
        name = etree.QName(child).localname
        value = _values(child)
        if name in tree:
            known = tree[name]
            tree[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            tree[name] = value
    return tree


class Depot:
    """A Deposco of its own world, and the hands to work it with."""

    def __init__(
        self,
        fixed: Mapping[str, object] | None = None,
        *,
        seed: int = 7,
        seeded: bool = True,
        **settings: object,
    ) -> None:
        self.world = new_world(seed)
        self.facts: list[Any] = []
        self.notices: list[Notification] = []
        self.world.listeners.append(self.facts.append)
        self.world.post = self.notices.append
        self.service: DeposcoService = create_service(self.world, {**(fixed or {}), **settings})
        if seeded:
            self.service.seed(SEED)
        self.facts.clear()
        self._token = ""

    @property
    def store(self) -> Deposco:
        """The state behind both faces."""
        return cast(Deposco, self.service.state)

    @property
    def floor(self) -> DeposcoFloor:
        """The role that trading plays."""
        return cast(DeposcoFloor, self.service.roles["floor"])

    def wait(self, seconds: float) -> None:
        """Let time pass, and what was to happen in it."""
        self.world.env.run(until=self.world.t + seconds)

    # --- calling ----------------------------------------------------------------------

    def send(self, request: Request, *, stale_s: float = 0.0, by: By = "connector") -> Answer:
        """One call, checked against the document."""
        call = self.service.receive(request)
        call.stale_s = stale_s
        with self.world.acting(by):
            response = call.serve()
        assert isinstance(response, Response)
        if call.operation.name not in ("unknown.path", "unknown.method"):
            check(call.operation.name, response)
        return Answer(response.status, _body(response), response.headers, response.body, call.keys)

    def v1(
        self, method: str, path: str, body: Any = None, *, form: str = "json",
        accept: str = "application/json", headers: Mapping[str, str] | None = None,
        stale_s: float = 0.0,
    ) -> Answer:  # fmt: skip
        """A call of V1; a body that is a mapping goes as JSON, one of bytes as ``form``."""
        route, _, query = path.partition("?")
        known = self.service.credentials
        pair = f"{known['user']}:{known['password']}".encode()
        sent = {
            "authorization": f"Basic {base64.b64encode(pair).decode()}",
            "accept": accept,
            **({"content-type": f"application/{form}"} if body is not None else {}),
            **(headers or {}),
        }
        raw = body if isinstance(body, bytes) else b"" if body is None else _encode(body)
        request = Request(method, f"/integration/{known['code']}{route}", query, sent, raw)
        return self.send(request, stale_s=stale_s)

    def xml(
        self, method: str, path: str, name: str = "", space: str = "",
        tree: Mapping[str, Any] | None = None, *, stale_s: float = 0.0,
    ) -> Answer:  # fmt: skip
        """A call of V1 in XML both ways."""
        body = None if tree is None else to_xml(name, space, tree)
        return self.v1(method, path, body, form="xml", accept="application/xml", stale_s=stale_s)

    def token(self, scope: str = "") -> str:
        """An access token of V2."""
        known = self.service.credentials
        pair = f"{known['client_id']}:{known['client_secret']}".encode()
        form = "grant_type=client_credentials" + (f"&scope={scope}" if scope else "")
        headers = {
            "authorization": f"Basic {base64.b64encode(pair).decode()}",
            "content-type": "application/x-www-form-urlencoded",
        }
        answer = self.send(Request("POST", "/oauth2/token", "", headers, form.encode()))
        assert answer.status == 200, answer.raw
        return cast(str, answer["access_token"])

    def v2(
        self, method: str, path: str, body: Any = None, *, token: str = "",
        stale_s: float = 0.0,
    ) -> Answer:  # fmt: skip
        """A call of V2, with a token of all scopes unless one is given."""
        if not token:
            self._token = token = self._token or self.token()
        route, _, query = path.partition("?")
        headers = {"authorization": f"Bearer {token}"}
        raw = body if isinstance(body, bytes) else b"" if body is None else _encode(body)
        return self.send(Request(method, f"/latest{route}", query, headers, raw), stale_s=stale_s)

    # --- doing ------------------------------------------------------------------------

    def place(self, number: str = "A1", *lines: tuple[str, int], **more: Any) -> Answer:
        """Send an order for units of items (one TEE unless said otherwise)."""
        return self.v1("POST", "/orders", {"order": [an_order(number, *lines, **more)]})

    def change(self, number: str = "A1", **more: Any) -> Answer:
        """Send a change of an order, without its lines unless they are given."""
        body = {"number": number, "type": "Sales Order", "status": "New", **more}
        return self.v1("POST", "/orders/updates", {"order": [body]})

    def ship(self, number: str = "A1") -> str:
        """Take an order all the way through the warehouse: its shipment."""
        with self.world.acting("warehouse"):
            for pick in self.floor.release(number):
                self.floor.picked(number, pick.line, pick.units)
            parcel = self.floor.packed(number)
        with self.world.acting("carrier"):
            self.floor.shipped(parcel)
        return parcel

    # --- looking ----------------------------------------------------------------------

    def order(self, number: str = "A1") -> dict[str, Any]:
        """An order as a search shows it."""
        found = self.v1("GET", f"/search/Order?type=Sales%20Order&number={number}")["order"]
        assert isinstance(found, dict)
        return found

    def status(self, number: str = "A1") -> str:
        """An order's status in the store's own word."""
        found = self.store.orders.get("Sales Order", number)
        return "" if found is None else found.status

    def figures(self, sku: str = "TEE", place: str = "W1") -> tuple[int, int, int]:
        """Total, available and allocated units, as the full inventory shows them."""
        rows = self.v1("GET", "/inventory/full")["itemInventory"]
        for row in listed(rows):
            for cell in listed(row["facilityInventory"]):
                if (row["itemNumber"], cell["facility"]) == (sku, place):
                    told = cell["inventory"]
                    return (
                        int(told["total"]), int(told["availableToPromise"]),
                        int(told["allocated"]),
                    )  # fmt: skip
        return 0, 0, 0

    def available(self, sku: str = "TEE", place: str = "W1") -> int:
        """What may be promised of an item at a place, as the enterprise read shows it."""
        path = "/enterpriseinventory/PEAK/availability?measures=atpQty&itemNumbers="
        found = self.v1("GET", f"{path}{sku}").body[0]["enterpriseInventory"][0]
        return next(
            cast(int, row["atpQty"]) for row in found["facilities"] if row["facility"] == place
        )

    def told(self, kind: type[Record]) -> list[Any]:
        """The facts of a kind."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def levels(self) -> list[tuple[str, str, int, int, str]]:
        """(item, place, on hand, available, cause) of the levels that were told."""
        return [
            (fact.sku, fact.place, fact.on_hand, fact.available, fact.cause)
            for fact in self.facts
            if isinstance(fact, Level)
        ]


def _encode(body: Any) -> bytes:
    return msgspec.json.encode(body)


def _body(response: Response) -> Any:
    raw = response.body
    if response.headers.get("content-type", "").startswith("text/plain"):
        return raw.decode()
    if raw[:1] in (b"{", b"["):
        return msgspec.json.decode(raw)
    return from_xml(raw) if raw[:1] == b"<" else raw.decode()


def listed(found: Any) -> list[Any]:
    """What V1 gives bare when there is one of it."""
    return found if isinstance(found, list) else [found]


def an_order(number: str = "A1", *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    """The body of a sales order in single units, at the warehouse."""
    return {
        "number": number,
        "type": "Sales Order",
        "status": "New",
        "facility": "W1",
        "otherReferenceNumber": f"ref-{number}",
        "shipVia": "Courier",
        "orderLines": {"orderLine": [a_line(*line) for line in lines or (("TEE", 1),)]},
        **more,
    }


def a_line(sku: str, units: int, **more: Any) -> dict[str, Any]:
    """The body of a line in single units; its number is the item's unless said otherwise."""
    return {
        "lineNumber": sku,
        "itemNumber": sku,
        "orderPackQuantity": f"{units}.0",
        "pack": {"type": "Each", "quantity": "1"},
        "unitPrice": "19.99",
        **more,
    }
