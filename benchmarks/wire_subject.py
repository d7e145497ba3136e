"""What the wire's benchmarks call: a versioned inventory entry, as the storefront's API has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import msgspec
import simpy

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import Level
from peakproof.rng import Streams
from peakproof.wire.exchange import Wire
from peakproof.wire.message import Response
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather
from peakproof.world import World
from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.kit.service import Call, VendorError, VendorService

ENTRIES: Final = 8
HOST: Final = "commercetools.test"
PATH: Final = "/peak-retail/inventory/e-"
JSON: Final = {"content-type": "application/json"}
HEADERS: Final = {"authorization": "Bearer token", "content-type": "application/json"}
RULES: Final = (
    {"kind": "latency", "median_s": 0.08, "sigma": 0.5},
    {"kind": "error_after", "operation": "orders.*", "probability": 0.01},
)


class SetQuantity(msgspec.Struct, tag_field="action", tag="changeQuantity"):
    """The update action that sets a stock level."""

    quantity: int


class Update(msgspec.Struct, forbid_unknown_fields=True):
    """A versioned update."""

    version: int
    actions: list[SetQuantity]


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """An inventory entry as it is answered."""

    id: str
    version: int
    sku: str
    quantity_on_stock: int
    available_quantity: int
    last_modified_at: str


_UPDATE: Final = msgspec.json.Decoder(Update)
ENTRY: Final = msgspec.json.Decoder(Entry)
ENCODER: Final = msgspec.json.Encoder()


class Shelves:
    """State and vendor rules of the fake in one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entries = {
            f"e-{number}": Entry(f"e-{number}", 1, f"SKU-{number}", 5, 5, world.clock.iso())
            for number in range(ENTRIES)
        }

    def authenticate(self, call: Call) -> str:
        """See :class:`peakproof_simulators.kit.service.Vendor`."""
        if call.request.headers.get("authorization") != "Bearer token":
            raise VendorError(Response(401, b"{}", JSON))
        return "client"

    def unknown_path(self, call: Call) -> Response:
        """See Vendor."""
        return Response(404, b"{}", JSON)

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """See Vendor."""
        return Response(405, b"{}", JSON)

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """See Vendor."""
        return Response(status, b"{}", {**JSON, **headers})

    def expire_tokens(self) -> None:
        """See Vendor."""


def _update(shelves: Shelves, call: Call) -> Response:
    wanted = _UPDATE.decode(call.request.body)
    entry = shelves.entries.get(call.params["id"])
    if entry is None:
        return Response(404, b"{}", JSON)
    call.keys.append(f"stock:{entry.sku}@W1")
    if wanted.version != entry.version:
        return Response(409, b"{}", JSON)
    world, units = shelves.world, wanted.actions[0].quantity
    entry = shelves.entries[entry.id] = msgspec.structs.replace(
        entry,
        version=entry.version + 1,
        quantity_on_stock=units,
        available_quantity=units,
        last_modified_at=world.clock.iso(),
    )
    world.emit(
        Level(world.t, world.by, world.n, "commercetools", entry.sku, "W1", units, units, "write")
    )
    return Response(200, ENCODER.encode(entry), JSON)


def _read(shelves: Shelves, call: Call) -> Response:
    entry = shelves.entries[call.params["id"]]
    call.keys.append(f"stock:{entry.sku}@W1")
    return Response(200, ENCODER.encode(entry), JSON)


def _operation(name: str, method: str, path: str, handler: Any, effect: Any) -> Operation:
    return Operation(
        name=name, method=method, path=path, handler=handler, effect=effect, summary=name,
        provenance="chosen", source="benchmark", answers={200: Entry},
    )  # fmt: skip


_OPERATIONS: Final = (
    _operation("inventory.update", "POST", "/{projectKey}/inventory/{id}", _update, "stock"),
    _operation("inventory.get", "GET", "/{projectKey}/inventory/{id}", _read, "read"),
    _operation("orders.get", "GET", "/{projectKey}/orders/{id}", _read, "read"),
)


def open_wire(env: simpy.Environment, wait: Any, *, rules: Any = RULES) -> Wire:
    """A wire in front of the fake."""
    clock, streams = Clock(env), Streams(1)
    world = World(env, clock=clock, streams=streams, recorder=Recorder(_Sink()))
    shelves = Shelves(world)
    service = VendorService(
        name="commercetools", title="Inventory", world=world, state=shelves, vendor=shelves,
        operations=_OPERATIONS, inspect=dict, seed=lambda _seed: None, credentials={}, roles={},
        security={},
    )  # fmt: skip
    weather = Weather(world, parse_rules(rules))
    return Wire(world, {"commercetools": service}, {HOST: "commercetools"}, weather, wait=wait)


class _Sink(BytesIO):
    """Takes a history and keeps none of it."""

    def write(self, chunk: Any) -> int:
        """Count the bytes."""
        return len(chunk)


def update_body(version: int, units: int) -> bytes:
    """The body of an update."""
    return ENCODER.encode(Update(version, [SetQuantity(units)]))


ANSWER: Final = ENCODER.encode(Entry("e-1", 12, "SKU-1", 5, 5, "2026-11-27T06:00:00.000Z"))
"""What an update is answered with, as bytes."""


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
