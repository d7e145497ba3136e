"""The fake on the wire: weather and aimed events know a call by what its document asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import msgspec
import simpy
from tests.contract.centra.shop import SEED, Json

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.history.records import AnyRecord, Call, Level
from peakproof.rng import Streams
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.wire.aim import Aim, Target
from peakproof.wire.direct import DirectTransport
from peakproof.wire.exchange import Wire
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather
from peakproof.world import World
from peakproof_simulators.centra import create_service
from peakproof_simulators.trading.ports import Want

ADD = """mutation($sku: String!) { changeStock(input: {intoWarehouse: {name: "W1"},
  description: "in", productSizes: [{productSize: {SKU: $sku}, deliveredQuantity: 5}]}) {
  stockChange { id } userErrors { message } } }"""
READ = '{ productSizes(where: {SKU: {equals: "TEE"}}) { stock { physicalQuantity } } }'


class Stage:
    """A world with Centra and a wire under some weather."""

    def __init__(self, *rules: Mapping[str, Any]) -> None:
        self.env = simpy.Environment(initial_time=0.0)
        self.loop = VirtualLoop(self.env)
        self.world = World(self.env, clock=Clock(self.env), streams=Streams(7), recorder=Recorder())
        self.service = create_service(self.world, {"plan": "off"})
        self.service.seed(SEED)
        weather = Weather(self.world, parse_rules(list(rules)))
        self.wire = Wire(
            self.world, {"centra": self.service}, {"centra.test": "centra"}, weather,
            wait=self.loop.delay,
        )  # fmt: skip
        self.wire.lapse = self.loop.lapse
        self.transport = DirectTransport(self.wire)

    def play(self, story: Coroutine[Any, Any, Any]) -> Any:
        """Run a story to its end."""
        try:
            return self.loop.run_until_complete(story)
        finally:
            self.wire.close()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    async def ask(self, query: str, **variables: Any) -> tuple[int, dict[str, str], Json]:
        """One request."""
        headers = {"Authorization": f"Bearer {self.service.credentials['integration_token']}"}
        body = msgspec.json.encode({"query": query, "variables": variables})
        status, answered, content = await self.transport.send(
            "POST", "http://centra.test/graphql", headers, body, 10.0
        )
        return status, answered, msgspec.json.decode(content)

    def records(self, kind: type) -> list[Any]:
        """Facts of a kind."""
        decode = msgspec.json.Decoder(AnyRecord).decode
        lines = self.world.recorder.contents().splitlines()
        return [record for record in map(decode, lines) if isinstance(record, kind)]


def test_weather_for_a_mutation_strikes_it_after_its_effect_and_no_query() -> None:
    """The retry after a lost answer brings the units in twice: nothing here tells them apart."""
    stage = Stage({"kind": "error_after", "operation": "changeStock", "nth": 1, "status": 500})

    async def story() -> list[int]:
        first = await stage.ask(ADD, sku="TEE")
        read = await stage.ask(READ)
        second = await stage.ask(ADD, sku="TEE")
        return [first[0], read[0], second[0]]

    assert stage.play(story()) == [500, 200, 200]
    assert [(one.op, one.effect, one.status, one.keys) for one in stage.records(Call)] == [
        ("changeStock", "stock", 500, ("item:TEE", "stock:TEE@W1")),
        ("productSizes", "read", 200, ("item:TEE", "stock:TEE@W1", "stock:TEE@W2")),
        ("changeStock", "stock", 200, ("item:TEE", "stock:TEE@W1")),
    ]
    told = [(one.on_hand, one.by, one.n) for one in stage.records(Level)[3:]]
    assert told == [(15, "connector", 1), (20, "connector", 3)]


def test_an_event_is_aimed_at_a_field_and_a_key() -> None:
    stage = Stage()
    struck: list[int] = []
    target = Target(system="centra", operation="changeStock", nth=1, key="SOCKS")
    stage.wire.aim(Aim(target, lambda: struck.append(stage.wire.calls)))

    async def story() -> None:
        for sku in ("TEE", "SOCKS", "SOCKS"):
            await stage.ask(ADD, sku=sku)

    stage.play(story())
    assert struck == [2]


def test_a_limit_by_weather_says_when_to_go_on() -> None:
    stage = Stage({"kind": "error_before", "operation": "productSizes", "status": 429})

    async def story() -> tuple[int, Json]:
        status, _, body = await stage.ask(READ)
        return status, body

    status, body = stage.play(story())
    assert status == 429
    assert body["errors"][0]["extensions"] == {"category": "rate-limit"}


def test_an_expired_token_is_403_until_it_is_renewed() -> None:
    stage = Stage({"kind": "token_expired", "nth": 1})

    async def story() -> list[int]:
        first = (await stage.ask(READ))[0]
        await stage.loop.delay(301.0)
        return [first, (await stage.ask(READ))[0]]

    assert stage.play(story()) == [403, 200]


def test_a_stale_read_shows_stock_as_it_was() -> None:
    stage = Stage({"kind": "stale_read", "operation": "productSizes", "lag_s": 30.0})

    async def story() -> int:
        await stage.loop.delay(60.0)
        await stage.ask(ADD, sku="TEE")
        await stage.loop.delay(5.0)
        _, _, body = await stage.ask(READ)
        units: int = body["data"]["productSizes"][0]["stock"][0]["physicalQuantity"]
        return units

    assert stage.play(story()) == 10


def test_what_a_shopper_does_while_an_answer_travels_is_not_the_calls() -> None:
    stage = Stage({"kind": "latency", "median_s": 2.0})
    storefront = stage.service.roles["storefront"]

    async def story() -> None:
        asked = asyncio.ensure_future(stage.ask(READ))
        await stage.loop.delay(1.5)
        storefront.checkout((Want("SOCKS", 1),), email="a@example.test", name="A B")
        await asked

    stage.play(story())
    (call,) = stage.records(Call)
    assert call.keys == ("item:TEE", "stock:TEE@W1", "stock:TEE@W2")
