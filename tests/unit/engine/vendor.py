"""A vendor's host over respx: it answers in a given order and remembers what it was asked.

A :class:`Case` is one operation of an adapter with everything that goes over the wire: what must
be asked, what the vendor answers, and what the adapter makes of it. The same cases are then
played with each answer spoiled in each way.
"""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
import msgspec
import respx
from tests.unit.engine.stage import clock, config, play

from peakproof_engine.config import Wire
from peakproof_engine.guards import Guards
from peakproof_engine.http import Line
from peakproof_engine.httpx_send import HttpxSend
from peakproof_engine.systems.commercetools import Commercetools
from peakproof_engine.systems.deposco import Deposco
from peakproof_engine.systems.pos import Pos

TLS: Final = ssl.create_default_context()
"""Made once: it is the slow part of an httpx client."""
_V1: Final = "Basic " + b64encode(b"u:p").decode()
_TOKEN: Final = {"access_token": "fresh", "token_type": "Bearer", "expires_in": 3600}
ACCESS: Final = {
    "v1": _V1, "v2": "Bearer fresh", "shop": "Bearer fresh", "till": "Bearer till-token",
}  # fmt: skip
"""The ``authorization`` of a call, by which API it belongs to."""
HOSTS: Final = {"deposco": "wms.test", "commercetools": "shop.test", "pos": "till.test"}
SQUARE_VERSION: Final = "2026-09-16"
OWN: Final = "peakproof-"


@dataclass(frozen=True)
class Ask:
    """A request as the vendor reads it; ``query`` in the order in which it was written."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    api: str = "v1"


@dataclass(frozen=True)
class Exchange:
    """What must be asked and what is answered."""

    ask: Ask
    answer: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def body(self) -> bytes:
        """The answer's body."""
        return self.answer if isinstance(self.answer, bytes) else msgspec.json.encode(self.answer)

    @property
    def response(self) -> httpx.Response:
        """The answer as httpx carries it."""
        headers = {"content-type": "application/json", **self.headers}
        return httpx.Response(self.status, headers=headers, content=self.body)


@dataclass(frozen=True)
class Case:
    """One operation of an adapter. ``does`` names it by port (or adapter) and method."""

    does: str
    name: str
    system: str
    act: Callable[[Any], Awaitable[Any]]
    exchanges: Sequence[Exchange]
    brings: Any
    off: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.does} {self.name}".strip().replace(" ", "-")


Spoil = Callable[[], httpx.Response]
"""Makes the answer that comes instead of the right one, or raises."""


class Vendor:
    """Answers one exchange after the other; ``spoiled`` are answers that come instead, once."""

    def __init__(self, exchanges: Sequence[Exchange], spoiled: Mapping[int, Spoil]) -> None:
        self._exchanges = exchanges
        self._spoiled = dict(spoiled)
        self.asked: list[Ask] = []
        self.tokens: list[httpx.Request] = []
        self.at = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """See the class."""
        if request.url.path.endswith("/token"):
            self.tokens.append(request)
            return httpx.Response(200, json=_TOKEN)
        self.asked.append(read(request))
        assert self.at < len(self._exchanges), f"one call too many: {self.asked[-1]}"
        spoil = self._spoiled.pop(self.at, None)
        if spoil is not None:
            return spoil()
        self.at += 1
        return self._exchanges[self.at - 1].response


def read(request: httpx.Request) -> Ask:
    """A request as its vendor reads it; what every call must carry is looked at here."""
    headers = request.headers
    told = headers.get("authorization", "none")
    body: Any = None
    if request.content:
        assert headers["content-type"] == "application/json"
        body = msgspec.json.decode(request.content)
    assert headers["accept"] == "application/json"
    path, _, query = request.url.raw_path.decode().partition("?")
    api = "v2" if path.startswith("/latest/") else "v1"
    if request.url.host == HOSTS["commercetools"]:
        api = "shop"
    elif request.url.host == HOSTS["pos"]:
        api = "till"
        assert headers["square-version"] == SQUARE_VERSION
    assert told == ACCESS[api], f"{path}: authorization {told}"
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    return Ask(request.method, path, tuple(pairs), body, api)


# --- adapters -------------------------------------------------------------------------------


def adapter(system: str, off: tuple[str, ...] = (), **changes: Any) -> Any:
    """An adapter over the engine's own httpx client."""
    made = config(**changes)
    send = HttpxSend(httpx.AsyncHTTPTransport(verify=TLS))
    guards, time = Guards(off), clock()
    url = f"https://{HOSTS[system]}"
    line = Line(system, url, send=send, clock=time, guards=guards, wire=Wire())
    if system == "deposco":
        assert made.systems.deposco is not None
        return Deposco(made.systems.deposco, line, time, guards)
    if system == "commercetools":
        assert made.systems.commercetools is not None
        return Commercetools(
            made.systems.commercetools, line, time, guards, places=["web-w1", "web-s1"],
            authorised=made.policy.release_on == "authorised",
        )  # fmt: skip
    assert made.systems.pos is not None
    return Pos(made.systems.pos, line, time, guards, places=["LOC1"], own=OWN)


LEARN_SHOP: Final = (
    Exchange(
        Ask("GET", "/acme/channels",
            (("sort", "id asc"), ("limit", "500"), ("withTotal", "false")), api="shop"),
        {"limit": 500, "offset": 0, "count": 3, "results": [
            {"id": "ch-1", "version": 1, "key": "web-w1", "roles": ["InventorySupply"]},
            {"id": "ch-2", "version": 1, "key": "web-s1", "roles": ["InventorySupply"]},
            {"id": "ch-3", "version": 4, "roles": ["Primary"]},
        ]},
    ),
    Exchange(
        Ask("GET", "/acme/states",
            (("where", 'key="canceled" and type="LineItemState"'),), api="shop"),
        {"limit": 20, "offset": 0, "count": 1, "total": 1, "results": [
            {"id": "st-9", "version": 1, "key": "canceled", "type": "LineItemState"},
        ]},
    ),
)  # fmt: skip
"""What a shop is asked when its places are learned."""

LEARN_TILLS: Final = (
    Exchange(
        Ask("GET", "/v2/locations", api="till"),
        {"locations": [{"id": "LOC1", "name": "High Street"}, {"id": "LOC2", "name": "Mall"}]},
    ),
    Exchange(
        Ask("POST", "/v2/catalog/search", body={"object_types": ["ITEM_VARIATION"], "limit": 1000},
            api="till"),
        {"objects": [
            {"type": "ITEM_VARIATION", "id": "V-TEE", "version": 7,
             "item_variation_data": {"item_id": "I1", "name": "S", "sku": "TEE"}},
            {"type": "ITEM_VARIATION", "id": "V-GIFT", "version": 7,
             "item_variation_data": {"item_id": "I2", "name": "Card"}},
        ], "cursor": "next"},
    ),
    Exchange(
        Ask("POST", "/v2/catalog/search",
            body={"object_types": ["ITEM_VARIATION"], "limit": 1000, "cursor": "next"},
            api="till"),
        {"objects": [
            {"type": "ITEM_VARIATION", "id": "V-HAT", "version": 7,
             "item_variation_data": {"item_id": "I3", "name": "M", "sku": "HAT"}},
        ]},
    ),
)  # fmt: skip
"""What the tills are asked when their range is learned."""


_TAUGHT: Final[dict[str, dict[str, Any]]] = {}
_LEARNS: Final = {
    "deposco": (),
    "commercetools": ("_key_of", "_id_of", "_withdrawn"),
    "pos": ("_sku_of", "_id_of"),
}  # fmt: skip
"""What an adapter remembers of its places and range."""


async def learned(system: str, router: respx.MockRouter, made: Any) -> None:
    """Have an adapter know its places (and range) as after its start; asked for only once."""
    if system not in _TAUGHT:
        first = Vendor(LEARN_TILLS if system == "pos" else LEARN_SHOP, {})
        router.route(host=HOSTS[system]).mock(side_effect=first.answer)
        if system == "commercetools":
            await made.learn_places()
        elif system == "pos":
            await made.learn()
        _TAUGHT[system] = {name: getattr(made, name) for name in _LEARNS[system]}
    for name, known in _TAUGHT[system].items():
        setattr(made, name, known if isinstance(known, str) else dict(known))


@dataclass
class Played:
    """How a case went."""

    brought: Any
    error: Exception | None
    vendor: Vendor


def play_case(case: Case, *spoils: Mapping[int, Spoil]) -> list[Played]:
    """Play a case over respx: as it should go, or once with each of these answers spoiled."""

    async def story() -> list[Played]:
        async with respx.mock(assert_all_called=False, assert_all_mocked=True) as router:
            return [await _once(case, router, spoiled) for spoiled in spoils or ({},)]

    return play(story())


async def _once(case: Case, router: respx.MockRouter, spoiled: Mapping[int, Spoil]) -> Played:
    made = adapter(case.system, case.off)
    if not case.does.endswith((".learn", ".learn_places")):
        await learned(case.system, router, made)
    vendor = Vendor(case.exchanges, spoiled)
    router.route(host=HOSTS[case.system]).mock(side_effect=vendor.answer)
    try:
        brought = await case.act(made)
    except Exception as error:
        return Played(None, error, vendor)
    return Played(brought, None, vendor)
