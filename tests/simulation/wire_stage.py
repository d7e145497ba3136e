"""A small shop with stock and orders, and a wire in front of it: what the wire's tests play on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any

import msgspec
import simpy

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import AnyRecord, Call, Level, Placed
from peakproof.rng import Streams
from peakproof.service import Notification
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.tasks import pending_tasks
from peakproof.wire.direct import DirectTransport
from peakproof.wire.exchange import Wire
from peakproof.wire.message import Request, Response
from peakproof.wire.plan import Plan
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather
from peakproof.world import World
from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.kit.seed import Seed
from peakproof_simulators.kit.service import Call as ShopCall
from peakproof_simulators.kit.service import VendorError, VendorService
from peakproof_simulators.kit.timeline import Timeline

JSON = {"content-type": "application/json"}
HOST = "shop.test"
SECRET = "shop-client-secret"
HOOK_URL = "http://connector.test/hooks/stock"

_READ = msgspec.json.Decoder(AnyRecord)


def answer(status: int, value: Any) -> Response:
    """A JSON answer of the shop."""
    return Response(status, msgspec.json.encode(value), JSON)


class Units(msgspec.Struct):
    """The body of a stock write."""

    units: int


class Shop:
    """The shop's state and its vendor rules in one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.units: dict[str, int] = {}
        self.before: Timeline[int] = Timeline(lambda: world.t)
        self.orders = 0
        self.token = "token-0"
        self.tokens = 0
        self.hook_url = ""
        self.retries_s: tuple[float, ...] = ()

    def authenticate(self, call: ShopCall) -> str:
        """See :class:`peakproof_simulators.kit.service.Vendor`."""
        if call.request.headers.get("authorization") != f"Bearer {self.token}":
            raise VendorError(answer(401, {"error": "invalid_token"}))
        return "client"

    def unknown_path(self, call: ShopCall) -> Response:
        """See Vendor."""
        return answer(404, {"error": "no such path"})

    def unknown_method(self, call: ShopCall, allowed: Any) -> Response:
        """See Vendor."""
        return answer(405, {"error": "no such method"})

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """See Vendor."""
        return Response(
            status, msgspec.json.encode({"error": f"shop {status}"}), {**JSON, **headers}
        )

    def expire_tokens(self) -> None:
        """See Vendor."""
        self.tokens += 1
        self.token = f"token-{self.tokens}"

    def seed(self, seed: Seed) -> None:
        """Fill the shelves."""
        for level in seed.levels:
            self.put(level.sku, level.on_hand, "seed")

    def put(self, sku: str, units: int, cause: str) -> None:
        """Set the units of a SKU, tell the history and whoever subscribed."""
        world = self.world
        self.before.changed(sku, self.units.get(sku))
        self.units[sku] = units
        world.emit(Level(world.t, world.by, world.n, "shop", sku, "W1", units, units, cause))
        if self.hook_url:
            body = msgspec.json.encode({"sku": sku, "units": units})
            world.post(
                Notification(
                    "shop", "stock.changed", f"stock:{sku}@W1", self.hook_url, body,
                    lambda attempt: {"X-Attempt": str(attempt), **JSON}, self.retries_s, 5.0,
                )
            )  # fmt: skip


def _token(shop: Shop, call: ShopCall) -> Response:
    return answer(200, {"access_token": shop.token})


def _set(shop: Shop, call: ShopCall) -> Response:
    wanted = msgspec.json.decode(call.request.body, type=Units)
    sku = call.params["sku"]
    call.keys.append(f"stock:{sku}@W1")
    shop.put(sku, wanted.units, "write")
    return answer(200, {"sku": sku, "units": wanted.units})


def _read(shop: Shop, call: ShopCall) -> Response:
    sku = call.params["sku"]
    call.keys.append(f"stock:{sku}@W1")
    if sku not in shop.units:
        return answer(404, {"error": "no such item"})
    return answer(200, {"sku": sku, "units": shop.units[sku]})


def _query(shop: Shop, call: ShopCall) -> Response:
    seen: dict[str, int | None] = dict(shop.units)
    if call.stale_s:
        seen.update(shop.before.differences(call.stale_s))
    return answer(200, {sku: units for sku, units in seen.items() if units is not None})


def _order(shop: Shop, call: ShopCall) -> Response:
    shop.orders += 1
    number = f"A{shop.orders}"
    call.keys.append(f"order:{number}")
    world = shop.world
    world.emit(Placed(world.t, world.by, world.n, "shop", number, number, (), 0, "GBP"))
    return answer(201, {"order": number})


async def _ask(shop: Shop, call: ShopCall) -> Response:
    """An order that asks an extension of the connector first."""
    try:
        said = await shop.world.fetch(
            "http://connector.test/extension", Request("POST", "/extension", body=b"{}"), 2.0
        )
    except (TimeoutError, ConnectionError):
        return answer(502, {"error": "extension did not answer"})
    if said.status != 200:
        return answer(400, {"error": "extension said no"})
    return _order(shop, call)


def _break(shop: Shop, call: ShopCall) -> Response:
    raise RuntimeError("the shop is broken inside")


def _operation(name: str, method: str, path: str, handler: Any, effect: Any, **more: Any) -> Any:
    return Operation(
        name=name, method=method, path=path, handler=handler, effect=effect, summary=name,
        provenance="chosen", source="tests", answers={200: None}, **more,
    )  # fmt: skip


OPERATIONS = (
    _operation("token", "POST", "/token", _token, "auth", auth=""),
    _operation("stock.set", "POST", "/items/{sku}", _set, "stock"),
    _operation("stock.read", "GET", "/items/{sku}", _read, "read"),
    _operation("stock.query", "GET", "/items", _query, "read"),
    _operation("orders.create", "POST", "/orders", _order, "write"),
    _operation("orders.ask", "POST", "/asking", _ask, "write"),
    _operation("broken", "POST", "/broken", _break, "write"),
)


def make_shop(world: World) -> VendorService:
    """The shop as a fake."""
    shop = Shop(world)
    return VendorService(
        name="shop",
        title="Shop",
        world=world,
        state=shop,
        vendor=shop,
        operations=OPERATIONS,
        inspect=lambda: {
            "units": shop.units,
            "orders": shop.orders,
            "token": shop.token,
            "note": f"made for {SECRET}",
        },
        seed=shop.seed,
        credentials={"client_id": "peak", "client_secret": SECRET},
        roles={},
        security={"default": {"type": "http", "scheme": "bearer"}},
        controls={"restock": lambda given: shop.put(given["sku"], given["units"], "receipt")},
    )


class Stage:
    """A world with the shop and a wire; ``rules`` or a ``plan`` make its weather."""

    def __init__(
        self, rules: Iterable[Mapping[str, Any]] = (), *, seed: int = 7, plan: Plan | None = None
    ) -> None:
        self.env = simpy.Environment(initial_time=0.0)
        self.loop = VirtualLoop(self.env)
        self.world = World(
            self.env, clock=Clock(self.env), streams=Streams(seed), recorder=Recorder()
        )
        self.service = make_shop(self.world)
        self.shop: Shop = self.service.state
        weather = Weather(self.world, parse_rules(list(rules)), plan=plan)
        self.wire = Wire(
            self.world, {"shop": self.service}, {HOST: "shop"}, weather, wait=self.loop.delay
        )
        self.wire.lapse = self.loop.lapse
        self.transport = DirectTransport(self.wire)

    def play(self, story: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end, let what is under way arrive, close the wire."""
        try:
            told = self.loop.run_until_complete(story)
            self.loop.run_until_complete(self._rest())
        finally:
            self.wire.close()
            left = pending_tasks(self.loop)
            for task in left:
                task.cancel()
            self.loop.run_until_complete(asyncio.wait(left) if left else self.loop.delay(0.0))
            self.loop.close()
        return told

    async def _rest(self) -> None:
        await self.loop.delay(1000.0)

    async def call(
        self, method: str, path: str, value: Any = None, *, timeout_s: float = 10.0
    ) -> tuple[int, dict[str, str], bytes]:
        """One direct call with the shop's token."""
        body = b"" if value is None else msgspec.json.encode(value)
        headers = {"Authorization": f"Bearer {self.shop.token}"}
        return await self.transport.send(method, f"http://{HOST}{path}", headers, body, timeout_s)

    def history(self) -> bytes:
        """All records so far as bytes."""
        return self.world.recorder.contents()

    def records(self, *kinds: type) -> list[Any]:
        """The records of some kinds, in order; all without any."""
        return records(self.history(), *kinds)

    def calls(self) -> list[Call]:
        """The records of calls."""
        return self.records(Call)


def records(history: bytes, *kinds: type) -> list[Any]:
    """Read a history."""
    everything = [_READ.decode(line) for line in history.splitlines()]
    return [one for one in everything if not kinds or isinstance(one, kinds)]


async def outcome(call: Awaitable[tuple[int, dict[str, str], bytes]]) -> str:
    """What a caller sees, in a word: the status or the name of the error."""
    try:
        status, _, _ = await call
    except (TimeoutError, ConnectionError) as error:
        return type(error).__name__
    return str(status)


def gathered(*stories: Callable[[], Awaitable[Any]]) -> Coroutine[Any, Any, list[Any]]:
    """Several stories at once."""

    async def together() -> list[Any]:
        return list(await asyncio.gather(*(story() for story in stories)))

    return together()
