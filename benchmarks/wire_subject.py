"""What the benchmarks of the wire call: the real fakes, filled, behind a wire, with a token."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final, NamedTuple

import msgspec
import simpy

from peakproof import catalogue
from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.rng import Streams
from peakproof.wire.exchange import Wire
from peakproof.wire.message import Request, Response
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather
from peakproof.world import World
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

SHOP: Final = "commercetools"
HOST: Final = "commercetools.test"
PROJECT: Final = "/peak-retail"
ENTRIES: Final = 8
RULES: Final = (
    {"kind": "latency", "median_s": 0.08, "sigma": 0.5},
    {"kind": "error_after", "operation": "order.*", "probability": 0.01},
)


class ChangeQuantity(msgspec.Struct, tag_field="action", tag="changeQuantity"):
    """The update action that sets a stock level."""

    quantity: int


class Update(msgspec.Struct):
    """A versioned update."""

    version: int
    actions: list[ChangeQuantity]


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """What a connector reads of an inventory entry."""

    id: str
    version: int
    sku: str
    quantity_on_stock: int
    available_quantity: int
    last_modified_at: str


class _Entries(msgspec.Struct):
    results: list[Entry]


ENTRY: Final = msgspec.json.Decoder(Entry)
_ENTRIES: Final = msgspec.json.Decoder(_Entries)
_encode: Final = msgspec.json.Encoder().encode


class Subject(NamedTuple):
    """A wire with the fakes behind it, and what a caller of the shop needs."""

    wire: Wire
    headers: dict[str, str]
    ids: tuple[str, ...]
    answer: bytes
    """An entry as the shop answers it."""

    def path(self, number: int) -> str:
        """Where an entry is read and updated."""
        return f"{PROJECT}/inventory/{self.ids[number]}"

    def serve(self, system: str, request: Request) -> Response:
        """An answer without a wire: what the fake alone does."""
        served = self.wire.services[system].receive(request).serve()
        assert isinstance(served, Response)
        return served


def filling(items: int, *, on_hand: int = 5) -> Seed:
    """So many items, each with one stock cell."""
    skus = [f"SKU-{number:06d}" for number in range(items)]
    return Seed(
        items=tuple(SeedItem(sku, sku, 1_999) for sku in skus),
        places=(SeedPlace("W1", "Warehouse"),),
        levels=tuple(SeedLevel(sku, "W1", on_hand) for sku in skus),
    )


def world_of(env: simpy.Environment) -> World:
    """A world that keeps nothing of its history."""
    return World(env, clock=Clock(env), streams=Streams(1), recorder=Recorder(_Sink()))


def fake(world: World, name: str, items: int, settings: Mapping[str, Any] | None = None) -> Any:
    """A fake, filled."""
    service = catalogue.simulator(name)(world, settings or {})
    with world.acting("seed"):
        service.seed(filling(items))
    return service


def open_wire(env: simpy.Environment, wait: Any, *, rules: Sequence[Any] = RULES) -> Subject:
    """A wire in front of a shop with a few stock entries."""
    world = world_of(env)
    shop = fake(world, SHOP, ENTRIES)
    weather = Weather(world, parse_rules(rules))
    wire = Wire(world, {SHOP: shop}, {HOST: SHOP}, weather, wait=wait)
    headers = {"authorization": f"Bearer {shop_token(shop)}", "content-type": "application/json"}
    page = shop.receive(Request("GET", f"{PROJECT}/inventory", "limit=500", headers)).serve()
    ids = tuple(entry.id for entry in _ENTRIES.decode(page.body).results)
    one = shop.receive(Request("GET", f"{PROJECT}/inventory/{ids[0]}", "", headers)).serve()
    return Subject(wire, headers, ids, one.body)


def shop_token(shop: Any) -> str:
    """An access token of the shop."""
    access = shop.credentials
    pair = b64encode(f"{access['client_id']}:{access['client_secret']}".encode()).decode()
    form = {
        "authorization": f"Basic {pair}",
        "content-type": "application/x-www-form-urlencoded",
    }
    asked = Request("POST", "/oauth/token", "", form, b"grant_type=client_credentials")
    token: str = msgspec.json.decode(shop.receive(asked).serve().body)["access_token"]
    return token


class _Sink(BytesIO):
    """Takes a history and keeps none of it."""

    def write(self, chunk: Any) -> int:
        """Count the bytes."""
        return len(chunk)


def update_body(version: int, units: int) -> bytes:
    """The body of an update."""
    return _encode(Update(version, [ChangeQuantity(units)]))


def least_s(play: Callable[[], None], *, rounds: int) -> float:
    """The least CPU seconds that something takes in a few rounds."""
    taken = []
    for _round in range(rounds):
        began = time.process_time()
        play()
        taken.append(time.process_time() - began)
    return min(taken)


def least_us(benchmark: Any, calls: int) -> float:
    """Microseconds a call of the fastest round; noted in the benchmark's own record."""
    cost_us = float(benchmark.stats.stats.min) / calls * 1e6
    benchmark.extra_info["us_per_call"] = round(cost_us, 2)
    return cost_us
