"""Calls that the benchmark of calls makes: for each fake the writes and reads of a trading day.

A subject prepares a filled fake so that each of its calls does its work once, and answers 2xx.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from peakproof.wire.message import Request, Response

Json = dict[str, Any]
CALLS: Final = 200
"""How many of each call there are."""
ADDRESS: Final[Json] = {
    "firstname": "A", "lastname": "B", "street": ["High Street 1"], "city": "Town",
    "postcode": "AB1 2CD", "country_id": "GB", "telephone": "000",
}  # fmt: skip


class Asked(NamedTuple):
    """One call, with its body as the caller has it before it is JSON."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


class Caller:
    """Calls a fake without a wire."""

    def __init__(self, service: Any) -> None:
        self.service = service
        self.headers = {"user-agent": "bench", "content-type": "application/json"}

    def bearer(self, token: str) -> None:
        """Call with a token from now on."""
        self.headers = {**self.headers, "authorization": f"Bearer {token}"}

    def asked(self, method: str, path: str, body: Any = None) -> Asked:
        """A call that is to be made later."""
        route, _, query = path.partition("?")
        return Asked(method, route, query, self.headers, body)

    def request(self, method: str, path: str, body: Any = None) -> Request:
        """A call as a fake is given it."""
        asked = self.asked(method, path, body)
        raw = b"" if body is None else msgspec.json.encode(body)
        return Request(asked.method, asked.path, asked.query, asked.headers, raw)

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """A call that has to work: its JSON."""
        request = self.request(method, path, body)
        with self.service.world.acting("connector"):
            served = self.service.receive(request).serve()
        assert isinstance(served, Response)
        assert 200 <= served.status < 300, served.body
        return msgspec.json.decode(served.body)


# --- Adobe Commerce -------------------------------------------------------------------


def shop(call: Caller) -> None:
    """Sign in as an administrator."""
    held = call.service.credentials
    names = {"username": held["admin_user"], "password": held["admin_password"]}
    call.bearer(call("POST", "/rest/V1/integration/admin/token", names))


def _cart(call: Caller, number: int) -> str:
    mask: str = call("POST", "/rest/V1/guest-carts")
    line = {"sku": f"SKU-{number % 100:06d}", "qty": 1, "quote_id": mask}
    call("POST", f"/rest/V1/guest-carts/{mask}/items", {"cartItem": line})
    way = {
        "shipping_address": ADDRESS, "billing_address": ADDRESS,
        "shipping_carrier_code": "flatrate", "shipping_method_code": "flatrate",
    }  # fmt: skip
    call("POST", f"/rest/V1/guest-carts/{mask}/shipping-information", {"addressInformation": way})
    return mask


_PAID: Final = {"email": "a@b.test", "paymentMethod": {"method": "checkmo"}}


def _ordered(call: Caller) -> Iterator[int]:
    for number in range(CALLS):
        mask = _cart(call, number)
        yield int(call("POST", f"/rest/V1/guest-carts/{mask}/payment-information", _PAID))


def _adobe_stock(call: Caller) -> list[Asked]:
    shop(call)
    return [
        call.asked("POST", "/rest/V1/inventory/source-items", {"sourceItems": [
            {"sku": f"SKU-{number % 100:06d}", "source_code": "W1", "quantity": 900 + number,
             "status": 1},
        ]})
        for number in range(CALLS)
    ]  # fmt: skip


def _adobe_place(call: Caller) -> list[Asked]:
    shop(call)
    carts = [_cart(call, number) for number in range(CALLS)]
    return [
        call.asked("POST", f"/rest/V1/guest-carts/{mask}/payment-information", _PAID)
        for mask in carts
    ]


def _adobe_read(call: Caller) -> list[Asked]:
    shop(call)
    return [call.asked("GET", f"/rest/V1/orders/{order}") for order in _ordered(call)]


def _adobe_ship(call: Caller) -> list[Asked]:
    shop(call)
    body = {"arguments": {"extension_attributes": {"source_code": "W1"}}}
    return [call.asked("POST", f"/rest/V1/order/{one}/ship", body) for one in _ordered(call)]


def _adobe_invoice(call: Caller) -> list[Asked]:
    shop(call)
    body = {"capture": True}
    return [call.asked("POST", f"/rest/V1/order/{one}/invoice", body) for one in _ordered(call)]


# --- Deposco V2 -----------------------------------------------------------------------


def house(call: Caller) -> None:
    """Get a token of V2."""
    held = call.service.credentials
    pair = b64encode(f"{held['client_id']}:{held['client_secret']}".encode()).decode()
    headers = {
        "authorization": f"Basic {pair}", "content-type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    form = b"grant_type=client_credentials"
    granted = call.service.receive(Request("POST", "/oauth2/token", "", headers, form)).serve()
    call.bearer(msgspec.json.decode(granted.body)["access_token"])


def _sales_order(number: int) -> Json:
    sku = f"SKU-{number % 100:06d}"
    return {
        "businessUnit": {"businessKey": {"code": "PEAK"}}, "number": f"A{number}",
        "shipFromFacility": {"businessKey": {"number": "W1"}},
        "shipToContact": {"firstName": "Ann", "lastName": "Lee", "email": "ann@shop.test"},
        "shipToAddress": {"line1": "1 Low Road", "city": "York", "postalCode": "Y1",
                          "country": "GB"},
        "orderLines": {"data": [
            {"lineNumber": "1", "item": {"businessKey": {"number": sku}},
             "pack": {"businessKey": {"quantity": 1}}, "orderPackQuantity": 1},
        ]},
    }  # fmt: skip


def _deposco_order(call: Caller) -> list[Asked]:
    house(call)
    path = "/latest/orders/salesOrders"
    return [call.asked("POST", path, _sales_order(number)) for number in range(CALLS)]


def _deposco_read(call: Caller) -> list[Asked]:
    house(call)
    path = "/latest/orders/salesOrders"
    made = [call("POST", path, _sales_order(number)) for number in range(CALLS)]
    return [call.asked("GET", f"{path}/{one['self']['id']}") for one in made]


# --- Lightspeed -----------------------------------------------------------------------

_V: Final = "/api/2026-07"


def counter(call: Caller) -> Any:
    """Call with the personal token; the state behind the face."""
    call.bearer(call.service.credentials["personal_token"])
    return call.service.state


def _sale(call: Caller, number: int, state: str) -> Json:
    face = counter(call)
    product = call("GET", f"{_V}/products?sku=SKU-{number % 100:06d}")["data"][0]["id"]
    tax = next(one["id"] for one in call("GET", f"{_V}/taxes")["data"] if one["is_default"])
    return {
        "source": {"author_id": face.user_id("api"), "register_id": face.register_id("W1")},
        "state": state,
        "line_items": [{"product": {"id": product}, "quantity": 1, "pricing": {"price": 16.66},
                        "tax": {"id": tax, "amount": 3.33}}],
    }  # fmt: skip


def _lightspeed_sale(call: Caller) -> list[Asked]:
    counter(call)
    return [
        call.asked("POST", f"{_V}/sales", _sale(call, number, "closed")) for number in range(CALLS)
    ]


def _lightspeed_change(call: Caller) -> list[Asked]:
    face = counter(call)
    body = {"source": {"author_id": face.user_id("api")}, "state": "parked", "note": "Gift"}
    made = [
        call("POST", f"{_V}/sales", _sale(call, number, "parked"))["data"]
        for number in range(CALLS)
    ]
    return [call.asked("PUT", f"{_V}/sales/{one['id']}", body) for one in made]


def _lightspeed_read(call: Caller) -> list[Asked]:
    counter(call)
    products = call("GET", f"{_V}/products?page_size=100")["data"]
    return [call.asked("GET", f"{_V}/inventory/{one['id']}") for one in products] * 2


# --- Centra ---------------------------------------------------------------------------

_STOCK: Final = (
    "query($sku: String!) { productSizes(where: {SKU: {equals: $sku}}) "
    "{ id SKU stock { warehouse { name } physicalQuantity freeToAllocateQuantity } } }"
)


def _centra_read(call: Caller) -> list[Asked]:
    call.bearer(call.service.credentials["integration_token"])
    return [
        call.asked("POST", "/graphql",
                   {"query": _STOCK, "variables": {"sku": f"SKU-{number % 100:06d}"}})
        for number in range(CALLS)
    ]  # fmt: skip


Subject = Callable[[Caller], list[Asked]]


class Case(NamedTuple):
    """A subject, the fake and the settings that it is for, and how often its floor it may cost.

    The aim is twice for JSON and twenty times for GraphQL. Some reads reach it; a write to an
    order does some five hundred small steps, and its figure is a guard against growing slower.
    """

    subject: Subject
    system: str
    settings: Json
    most: float


_OFF: Final[Json] = {"surface": "lightspeed", "lightspeed": {"rate_limit": False}}
CASES: Final = {
    "adobe: set stock": Case(_adobe_stock, "adobe_commerce", {}, 4.5),
    "adobe: place an order": Case(_adobe_place, "adobe_commerce", {}, 15),
    "adobe: read an order": Case(_adobe_read, "adobe_commerce", {}, 3),
    "adobe: ship": Case(_adobe_ship, "adobe_commerce", {}, 17),
    "adobe: invoice": Case(_adobe_invoice, "adobe_commerce", {}, 11),
    "deposco v2: sales order": Case(_deposco_order, "deposco", {}, 9.5),
    "deposco v2: read an order": Case(_deposco_read, "deposco", {}, 5),
    "lightspeed: sale": Case(_lightspeed_sale, "pos", _OFF, 11),
    "lightspeed: change a sale": Case(_lightspeed_change, "pos", _OFF, 6.5),
    "centra: read stock": Case(_centra_read, "centra", {"plan": "off"}, 20),
    "lightspeed: read stock": Case(_lightspeed_read, "pos", _OFF, 2.5),
}
