"""A small Adobe Commerce shop: what the tests of this fake play on.

Every answer is held against the OpenAPI document as it comes in.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

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
from peakproof_simulators.adobe_commerce import create_service
from peakproof_simulators.adobe_commerce.roles import Storefront
from peakproof_simulators.adobe_commerce.state import Shop as State
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

R = TypeVar("R", bound=Record)
Json = dict[str, Any]

SEED = Seed(
    items=(
        SeedItem("TEE", "Red tee", 1200),
        SeedItem("SOCKS", "Socks", 333),
        SeedItem("MUG", "Mug", 999),
    ),
    places=(SeedPlace("W1", "Warehouse"), SeedPlace("S1", "High Street", "store")),
    levels=(SeedLevel("TEE", "W1", 10), SeedLevel("TEE", "S1", 3), SeedLevel("SOCKS", "W1", 5)),
)
SINGLE = Seed(
    items=SEED.items,
    places=(SeedPlace("default", "Default Source"),),
    levels=(SeedLevel("TEE", "default", 100), SeedLevel("SOCKS", "default", 50)),
    tax_percent="0",
)
ADDRESS: Json = {
    "firstname": "A", "lastname": "B", "street": ["High Street 1"], "city": "Town",
    "postcode": "AB1 2CD", "country_id": "GB", "telephone": "000",
}  # fmt: skip


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

    def __getitem__(self, name: Any) -> Any:
        return self.body[name]

    @property
    def message(self) -> str:
        """The text of a refusal, as it is sent; "" when all is well."""
        return str(self.body["message"]) if self.status >= 400 else ""


class Shop:
    """A shop with an administrator signed in; ``by`` is on whose behalf calls are made."""

    def __init__(self, filling: Seed | None = SEED, seed: int = 1, **settings: Any) -> None:
        self.world = new_world(seed)
        self.service = create_service(self.world, settings)
        if filling is not None:
            self.service.seed(filling)
        self.state: State = self.service.state
        self.storefront: Storefront = self.service.roles["storefront"]
        self.posted: list[Notification] = []
        self.world.post = self.posted.append
        self.by: By = "connector"
        self.calls = 0
        self.keys: list[str] = []
        self.stale_s = 0.0
        self.operation = ""
        self.reached: list[tuple[str, int]] = []
        self.token = ""
        if not settings.get("two_factor"):
            self.token = str(self.sign_in().body)

    # --- asking ---------------------------------------------------------------------------

    def sign_in(self, password: str = "") -> Answer:
        """A token for the administrator."""
        held = self.service.credentials
        body = {"username": held["admin_user"], "password": password or held["admin_password"]}
        return self.send("POST", "/rest/V1/integration/admin/token", body, headers={})

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request; the answer is checked against the document."""
        made = {"authorization": f"Bearer {self.token}"} if headers is None else dict(headers)
        raw = body if isinstance(body, bytes) else b""
        if body is not None and not isinstance(body, bytes):
            raw = msgspec.json.encode(body)
        if raw:
            made.setdefault("content-type", "application/json")
        call = self.service.receive(Request(method, path, query, made, raw))
        call.stale_s = self.stale_s
        self.calls += 1
        was = self.world.by, self.world.n
        self.world.by, self.world.n = self.by, self.calls
        try:
            response = call.serve()
        finally:
            self.world.by, self.world.n = was
        assert isinstance(response, Response)
        self.keys = call.keys
        self.operation = call.operation.name
        self.reached.append((self.operation, response.status))
        if "json" not in response.headers["content-type"]:
            return Answer(response.status, response.body, response.headers)
        found = Answer(response.status, msgspec.json.decode(response.body), response.headers)
        if not self.operation.startswith("unknown.") and "fields=" not in query:
            shape = announced().shape(self.operation, found.status, "application/json")
            shape.validate(found.body)
        return found

    def get(self, path: str, query: str = "", **values: Any) -> Answer:
        """GET below the default store."""
        text = query + ("&" if query and values else "") + urlencode(values)
        return self.send("GET", f"/rest/V1/{path}", query=text)

    def post(self, path: str, body: Any = None) -> Answer:
        """POST below the default store."""
        return self.send("POST", f"/rest/V1/{path}", body)

    def put(self, path: str, body: Any = None) -> Answer:
        """PUT below the default store."""
        return self.send("PUT", f"/rest/V1/{path}", body)

    def delete(self, path: str) -> Answer:
        """DELETE below the default store."""
        return self.send("DELETE", f"/rest/V1/{path}")

    def control(self, name: str, /, **wanted: Any) -> Any:
        """One of the control plane's operations."""
        return self.service.controls[name](wanted)

    # --- stock ----------------------------------------------------------------------------

    def stock_items(self, *items: tuple[str, str, float, int]) -> Answer:
        """Set source items: SKU, source, quantity, status."""
        return self.post(
            "inventory/source-items",
            {"sourceItems": [
                {"sku": sku, "source_code": source, "quantity": quantity, "status": status}
                for sku, source, quantity, status in items
            ]},
        )  # fmt: skip

    def item(self, sku: str, source: str = "W1") -> Json | None:
        """The source item of a SKU at a source, by search."""
        found = self.get("inventory/source-items", search(sku=sku, source_code=source))["items"]
        return found[0] if found else None

    def on_hand(self, sku: str, source: str = "W1") -> float:
        """The quantity of a source item."""
        item = self.item(sku, source)
        assert item is not None
        return float(item["quantity"])

    def salable(self, sku: str, stock: int = 2) -> float:
        """What readers are told may be sold."""
        answer = self.get(f"inventory/get-product-salable-quantity/{quote(sku)}/{stock}")
        assert answer.status == 200, answer.body
        return float(answer.body)

    def reserved(self, sku: str, stock: int = 2) -> float:
        """The sum of a SKU's reservations."""
        rows = self.control("reservations", sku=sku)
        return float(sum(row["quantity"] for row in rows if row["stock_id"] == stock))

    def product(self, sku: str, price: float = 10, **more: Any) -> Json:
        """A product."""
        made = self.post("products", {"product": {"sku": sku, "name": sku, "price": price, **more}})
        assert made.status == 200, made.body
        body: Json = made.body
        return body

    # --- orders ---------------------------------------------------------------------------

    def cart(self, *lines: tuple[str, float], shipping: str = "freeshipping") -> str:
        """A guest's cart, ready to be paid."""
        mask = str(self.send("POST", "/rest/V1/guest-carts", headers={}).body)
        for sku, quantity in lines:
            added = self.post(
                f"guest-carts/{mask}/items",
                {"cartItem": {"sku": sku, "qty": quantity, "quote_id": mask}},
            )
            assert added.status == 200, added.body
        chosen = self.post(
            f"guest-carts/{mask}/shipping-information",
            {"addressInformation": {
                "shipping_address": ADDRESS, "billing_address": ADDRESS,
                "shipping_carrier_code": shipping, "shipping_method_code": shipping,
            }},
        )  # fmt: skip
        assert chosen.status == 200, chosen.body
        return mask

    def pay(self, mask: str, method: str = "checkmo") -> Answer:
        """Order a guest's cart."""
        return self.post(
            f"guest-carts/{mask}/payment-information",
            {"email": "a@b.test", "paymentMethod": {"method": method}},
        )

    def order(self, *lines: tuple[str, float], method: str = "checkmo") -> Json:
        """An order that was accepted, by a guest's cart."""
        made = self.pay(self.cart(*(lines or (("TEE", 1),))), method)
        assert made.status == 200, made.body
        return self.read(int(made.body))

    def read(self, order_id: int) -> Json:
        """An order as it is now."""
        answer = self.get(f"orders/{order_id}")
        assert answer.status == 200, answer.body
        order: Json = answer.body
        return order

    def ship(self, order: Json, *parts: tuple[int, float], source: str = "W1") -> Answer:
        """Ship an order, or (line, quantity) of it; no source: none is named."""
        body: Json = {"items": lines_of(order, parts)}
        if source:
            body["arguments"] = {"extension_attributes": {"source_code": source}}
        return self.post(f"order/{order['entity_id']}/ship", body)

    def invoice(self, order: Json, *parts: tuple[int, float], **more: Any) -> Answer:
        """Invoice an order, or (line, quantity) of it."""
        body = {"items": lines_of(order, parts), **more}
        return self.post(f"order/{order['entity_id']}/invoice", body)

    def refund(
        self, order: Json, *parts: tuple[int, float], back: bool = False, **arguments: Any
    ) -> Answer:
        """Refund an order, or (line, quantity) of it; ``back``: all of that to the shelf."""
        lines = lines_of(order, parts)
        if back:
            ids = [line["order_item_id"] for line in lines] or [
                item["item_id"] for item in order["items"]
            ]
            arguments["extension_attributes"] = {"return_to_stock_items": ids}
        return self.post(
            f"order/{order['entity_id']}/refund", {"items": lines, "arguments": arguments}
        )

    # --- what happened --------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Let run time pass."""
        self.world.env.run(self.world.t + seconds)

    def facts(self, kind: type[R]) -> list[R]:
        """The facts of one kind, in order."""
        decode = msgspec.json.Decoder(AnyRecord).decode
        lines = self.world.recorder.contents().splitlines()
        return [record for record in map(decode, lines) if isinstance(record, kind)]


def lines_of(order: Json, parts: tuple[tuple[int, float], ...]) -> list[Json]:
    """(Line, quantity) as the shop wants it; lines count from 0."""
    return [
        {"order_item_id": order["items"][line]["item_id"], "qty": quantity}
        for line, quantity in parts
    ]


def search(*, size: int = 0, page: int = 0, sort: str = "", **fields: Any) -> str:
    """A query of search criteria: ``sku="A"``, or ``quantity=("gt", 5)``; all must hold."""
    made: list[tuple[str, Any]] = [("searchCriteria", "")] if not fields else []
    for group, (field, wanted) in enumerate(fields.items()):
        condition, value = wanted if isinstance(wanted, tuple) else ("eq", wanted)
        place = f"searchCriteria[filter_groups][{group}][filters][0]"
        made += [(f"{place}[field]", field), (f"{place}[value]", value)]
        made += [(f"{place}[condition_type]", condition)]
    if size or page or sort:
        made = [pair for pair in made if pair[0] != "searchCriteria"]
    if sort:
        field, _, direction = sort.partition(" ")
        made += [("searchCriteria[sortOrders][0][field]", field)]
        made += [("searchCriteria[sortOrders][0][direction]", direction or "ASC")]
    made += [("searchCriteria[pageSize]", size)] if size else []
    made += [("searchCriteria[currentPage]", page)] if page else []
    return urlencode(made)


def msi(**settings: Any) -> Shop:
    """Five sources, three stocks, six products: the estate that the vendor's own tests use."""
    shop = Shop(None, **settings)
    for code, country, enabled in (
        ("eu-1", "FR", True), ("eu-2", "FR", True), ("eu-3", "DE", True),
        ("eu-disabled", "DE", False), ("us-1", "US", True),
    ):  # fmt: skip
        source = {"source_code": code, "name": code, "postcode": "1", "country_id": country,
                  "enabled": enabled}  # fmt: skip
        assert shop.post("inventory/sources", {"source": source}).body == []
    for stock, name in ((10, "eu"), (20, "us"), (30, "global")):
        shop.control("website", code=f"{name}_website", store=f"store_for_{name}_website")
        shop.control("stock", stock_id=stock, name=name, websites=[f"{name}_website"])
    links = [
        (10, "eu-1", 1), (10, "eu-2", 2), (10, "eu-3", 3), (10, "eu-disabled", 4),
        (20, "us-1", 1),
        (30, "us-1", 1), (30, "eu-disabled", 2), (30, "eu-3", 3), (30, "eu-2", 4), (30, "eu-1", 5),
    ]  # fmt: skip
    body = [
        {"stock_id": stock, "source_code": code, "priority": priority}
        for stock, code, priority in links
    ]
    assert shop.post("inventory/stock-source-links", {"links": body}).body == []
    rules: dict[str, Json] = {
        "SKU-1": {"is_qty_decimal": True},
        "SKU-2": {},
        "SKU-3": {},
        "SKU-4": {"manage_stock": False, "use_config_manage_stock": False},
        "SKU-5": {},
        "SKU-6": {"is_qty_decimal": True, "min_qty": -3, "use_config_min_qty": False,
                  "backorders": 1, "use_config_backorders": False},
    }  # fmt: skip
    for sku, own in rules.items():
        shop.product(sku, extension_attributes={"stock_item": own})
    assert shop.stock_items(
        ("SKU-1", "eu-1", 5.5, 1), ("SKU-1", "eu-2", 3, 1), ("SKU-1", "eu-3", 10, 0),
        ("SKU-1", "eu-disabled", 10, 1), ("SKU-2", "us-1", 5, 1), ("SKU-3", "eu-2", 6, 0),
        ("SKU-4", "eu-2", 6, 1), ("SKU-6", "eu-1", 0, 1),
    ).body == []  # fmt: skip
    return shop


def default_source(**settings: Any) -> Shop:
    """The four products of the vendor's tests on the default source."""
    shop = Shop(None, **settings)
    for sku in ("SKU-1", "SKU-2", "SKU-3", "SKU-4"):
        decimal = {"is_qty_decimal": sku == "SKU-1"}
        shop.product(sku, extension_attributes={"stock_item": decimal})
    assert shop.stock_items(
        ("SKU-1", "default", 5.5, 1), ("SKU-2", "default", 5, 1), ("SKU-3", "default", 6, 0),
        ("SKU-4", "default", 0, 0),
    ).body == []  # fmt: skip
    return shop
