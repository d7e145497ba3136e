"""What a call costs on each way of carrying it: ``make bench``.

Direct calls are held against their floor: two ``asyncio.sleep`` on the virtual loop and the JSON
both ways. Sockets are held against a bare Falcon application under uvicorn that answers the same
bytes, in CPU time of the serving process (the client is another process).
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import aiohttp
import falcon.asgi
import httpx
import msgspec
import pytest
import simpy
import uvicorn
import uvloop

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import Level
from peakproof.loop import VirtualLoop
from peakproof.rng import Streams
from peakproof.wire.direct import DirectTransport
from peakproof.wire.exchange import Wire
from peakproof.wire.httpx import RehearsalTransport
from peakproof.wire.live import LivePacer
from peakproof.wire.memory import serve_in_memory
from peakproof.wire.message import Request, Response
from peakproof.wire.network import Network
from peakproof.wire.rules import parse_rules
from peakproof.wire.server import Server
from peakproof.wire.weather import Weather
from peakproof.world import World
from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.kit.service import Call, VendorError, VendorService

CALLS: Final = 5_000
SOCKET_CALLS: Final = 16_000
CONNECTIONS: Final = 8
HOST: Final = "commercetools.test"
PATH: Final = "/peak-retail/inventory/e-"
JSON: Final = {"content-type": "application/json"}
HEADERS: Final = {"authorization": "Bearer token", "content-type": "application/json"}


# --- the fake: a versioned inventory entry, as the storefront's API has it ---------------------


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
_ENTRY: Final = msgspec.json.Decoder(Entry)
_ENCODER: Final = msgspec.json.Encoder()


class Shelves:
    """State and vendor rules of the fake in one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entries = {
            f"e-{number}": Entry(f"e-{number}", 1, f"SKU-{number}", 5, 5, world.clock.iso())
            for number in range(CONNECTIONS)
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
    return Response(200, _ENCODER.encode(entry), JSON)


def _read(shelves: Shelves, call: Call) -> Response:
    entry = shelves.entries[call.params["id"]]
    call.keys.append(f"stock:{entry.sku}@W1")
    return Response(200, _ENCODER.encode(entry), JSON)


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

RULES: Final = (
    {"kind": "latency", "median_s": 0.08, "sigma": 0.5},
    {"kind": "error_after", "operation": "orders.*", "probability": 0.01},
)


def _wire(env: simpy.Environment, wait: Any, *, rules: Any = RULES) -> Wire:
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


# --- virtual ways -----------------------------------------------------------------------------


def _body(version: int, units: int) -> bytes:
    return msgspec.json.encode(Update(version, [SetQuantity(units)]))


async def _floor(_wire: Wire) -> None:
    answer = _ENCODER.encode(Entry("e-1", 12, "SKU-1", 5, 5, "2026-11-27T06:00:00.000Z"))
    for number in range(CALLS):
        _body(number, number)
        await asyncio.sleep(0.04)
        await asyncio.sleep(0.04)
        _ENTRY.decode(answer)


async def _direct(wire: Wire) -> None:
    send, version = DirectTransport(wire).send, 1
    for number in range(CALLS):
        status, _, body = await send(
            "POST", f"http://{HOST}{PATH}1", HEADERS, _body(version, number), 30.0
        )
        assert status == 200
        version = _ENTRY.decode(body).version


async def _through_httpx(wire: Wire) -> None:
    version = 1
    async with httpx.AsyncClient(transport=RehearsalTransport(wire)) as client:
        for number in range(CALLS // 10):
            answer = await client.post(
                f"http://{HOST}{PATH}1", headers=HEADERS, content=_body(version, number)
            )
            version = _ENTRY.decode(answer.content).version


async def _through_memory(wire: Wire) -> None:
    version = 1
    async with aiohttp.ClientSession() as session:
        for number in range(CALLS // 10):
            async with session.post(
                f"http://{HOST}{PATH}1", headers=HEADERS, data=_body(version, number)
            ) as answer:
                version = _ENTRY.decode(await answer.read()).version


def _played(story: Callable[[Wire], Coroutine[Any, Any, None]], rules: Any = RULES) -> Any:
    def play() -> None:
        env = simpy.Environment(initial_time=0.0)
        loop = VirtualLoop(env)
        network = Network(loop)
        wire = _wire(env, loop.delay, rules=rules)
        serve_in_memory(wire, network)
        try:
            loop.run_until_complete(story(wire))
            wire.world.recorder.digest()
            assert wire.fault is None
        finally:
            loop.close()
            network.close()

    return play


def _least_s(play: Callable[[], None], *, rounds: int = 5) -> float:
    taken = []
    for _round in range(rounds):
        began = time.process_time()
        play()
        taken.append(time.process_time() - began)
    return min(taken)


def _in_us(benchmark: Any, calls: int) -> float:
    return float(benchmark.stats.stats.min) / calls * 1e6


def _measured(benchmark: Any, play: Callable[[], None], calls: int) -> float:
    benchmark.pedantic(play, rounds=7, warmup_rounds=1)
    cost_us = _in_us(benchmark, calls)
    benchmark.extra_info["us_per_call"] = round(cost_us, 2)
    return cost_us


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_direct_against_its_floor(benchmark: Any, capsys: Any) -> None:
    """A direct call with everything on; it may cost half as much again as the bare loop."""
    floor_us = _least_s(_played(_floor)) / CALLS * 1e6
    cost_us = _measured(benchmark, _played(_direct), CALLS)
    with capsys.disabled():
        print(  # noqa: T201
            f"\ndirect {cost_us:.2f} us, floor {floor_us:.2f} us: {cost_us / floor_us:.2f} times"
        )
    assert cost_us <= 1.5 * floor_us


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_direct_without_latency(benchmark: Any) -> None:
    """A direct call on a wire that takes no time: no wait goes through the event heap."""
    _measured(benchmark, _played(_direct, rules=()), CALLS)


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_httpx_transport(benchmark: Any) -> None:
    """A call of an ``httpx.AsyncClient`` through the transport."""
    _measured(benchmark, _played(_through_httpx), CALLS // 10)


@pytest.mark.benchmark(group="a call in a virtual run", timer=time.process_time)
def bench_aiohttp_in_memory(benchmark: Any) -> None:
    """A call of an unmodified aiohttp client over the in-memory network."""
    _measured(benchmark, _played(_through_memory), CALLS // 10)


# --- sockets ----------------------------------------------------------------------------------

_CLIENT: Final = f"""
import socket, sys
port, calls, method = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
links = [socket.create_connection(("127.0.0.1", port)) for _ in range({CONNECTIONS})]
head = "%s {PATH}%d HTTP/1.1\\r\\nhost: {HOST}\\r\\nauthorization: Bearer token\\r\\n"
update = '{{"version":%d,"actions":[{{"action":"changeQuantity","quantity":7}}]}}'
for version in range(1, calls // len(links) + 1):
    for number, link in enumerate(links):
        body = update % version if method == "POST" else ""
        text = head % (method, number)
        if body:
            text += "content-type: application/json\\r\\ncontent-length: %d\\r\\n" % len(body)
        link.sendall((text + "\\r\\n" + body).encode())
    for link in links:
        got = b""
        while not got.endswith(b"}}"):
            part = link.recv(65536)
            if not part:
                sys.exit("closed")
            got += part
        if b" 200 " not in got[:16]:
            sys.exit(got.decode())
"""


async def _loaded(port: int, method: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CLIENT, str(port), str(SOCKET_CALLS), method
    )
    assert await process.wait() == 0


async def _serve_ours(method: str) -> None:
    env = simpy.Environment(initial_time=0.0)
    pacer = LivePacer(env, clock=asyncio.get_running_loop().time)
    wire = _wire(env, pacer.wait, rules=())
    async with Server(wire, pacer) as server:
        await _loaded(int(server.urls["commercetools"].rpartition(":")[2]), method)
    assert wire.fault is None


def _asgi(wire: Wire, pacer: LivePacer) -> Any:
    """The same pipeline behind a raw ASGI application, for comparison."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        pacer.catch_up()
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        passage = wire.depart("commercetools", Request(scope["method"], path, query, headers, body))
        served = wire.arrive(passage)
        assert isinstance(served, Response)
        answer = wire.conclude(passage, served)
        assert answer is not None
        raw = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        raw.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body})

    return application


async def _serve_asgi(method: str) -> None:
    env = simpy.Environment(initial_time=0.0)
    pacer = LivePacer(env, clock=asyncio.get_running_loop().time)
    wire = _wire(env, pacer.wait, rules=())
    await _under_uvicorn(_asgi(wire, pacer), method)
    assert wire.fault is None


class _Same:
    """Answers the same bytes without doing anything."""

    answer = _ENCODER.encode(Entry("e-1", 12, "SKU-1", 5, 5, "2026-11-27T06:00:00.000Z"))

    async def on_get(self, _request: Any, response: Any, **_path: str) -> None:
        """Answer."""
        response.data, response.content_type = self.answer, "application/json"

    async def on_post(self, request: Any, response: Any, **_path: str) -> None:
        """Read the body and answer."""
        await request.stream.read()
        response.data, response.content_type = self.answer, "application/json"


async def _serve_falcon(method: str) -> None:
    application = falcon.asgi.App()
    application.add_route("/{project}/inventory/{entry}", _Same())
    await _under_uvicorn(application, method)


async def _under_uvicorn(application: Any, method: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            application, http="httptools", log_level="critical", access_log=False, lifespan="off"
        )
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0)
        try:
            await _loaded(listening.getsockname()[1], method)
        finally:
            server.should_exit = True
            await serving


def _on_uvloop(serve: Callable[[str], Awaitable[None]], method: str) -> Callable[[], None]:
    async def main() -> None:
        await serve(method)

    def play() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())

    return play


@pytest.mark.benchmark(group="server CPU of a call over a socket", timer=time.process_time)
@pytest.mark.parametrize("method", ["GET", "POST"])
def bench_sockets_against_bare_falcon(benchmark: Any, capsys: Any, method: str) -> None:
    """Our server with everything on, a raw ASGI face of it, and Falcon doing nothing."""
    bare_us = _least_s(_on_uvloop(_serve_falcon, method), rounds=3) / SOCKET_CALLS * 1e6
    asgi_us = _least_s(_on_uvloop(_serve_asgi, method), rounds=3) / SOCKET_CALLS * 1e6
    benchmark.pedantic(_on_uvloop(_serve_ours, method), rounds=3, warmup_rounds=1)
    ours_us = _in_us(benchmark, SOCKET_CALLS)
    benchmark.extra_info["us_per_call"] = round(ours_us, 2)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{method}: ours {ours_us:.1f} us, raw ASGI under uvicorn {asgi_us:.1f} us, "
            f"bare Falcon under uvicorn {bare_us:.1f} us: {bare_us / ours_us:.0%} of its rate"
        )
    assert bare_us / ours_us >= 0.9
