"""Notifications on their way to the connector, by each carrier and under each weather."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from tests.simulation.wire_stage import HOOK_URL, Stage, outcome

from peakproof.errors import SimulatorFault
from peakproof.history.records import Hook, Strike
from peakproof.service import Notification
from peakproof.wire.aim import aim
from peakproof.wire.carriers import Carrier, HandlerCarrier, HttpCarrier
from peakproof.wire.hooks import Hooks
from peakproof.wire.kinds import KINDS
from peakproof.wire.live import LivePacer
from peakproof.wire.message import Request, Response
from peakproof.wire.network import Network

RATE = 40.0

Heard = list[tuple[float, str, bytes]]
"""What the connector got: run time, the attempt's number, the body."""

Handler = Callable[[str, str, dict[str, str], bytes], Awaitable[int]]


class Ear:
    """The connector's side: answers with the statuses given, then 200."""

    def __init__(self, stage: Stage, statuses: list[int] | None = None) -> None:
        self.heard: Heard = []
        self._stage = stage
        self._statuses = list(statuses or [])

    async def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        assert (method, path) == ("POST", "/hooks/stock")
        self.heard.append((self._stage.world.t, headers["x-attempt"], body))
        return self._statuses.pop(0) if self._statuses else 200


async def _post(stage: Stage, units: int, sku: str = "A") -> None:
    stage.shop.put(sku, units, "count")


def _handled(
    rules: Any, story: Any, *, statuses: Any = None, retries_s: Any = ()
) -> tuple[Stage, Ear]:
    stage = Stage(rules)
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, retries_s
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)
    ear = Ear(stage, statuses)
    carrier.set_handler(ear)
    stage.play(story(stage))
    assert stage.wire.fault is None
    return stage, ear


def _hooks(stage: Stage) -> list[tuple[float, float, int, int, str]]:
    return [(h.t, h.done, h.attempt, h.status, h.strike) for h in stage.records(Hook)]


async def _one(stage: Stage) -> None:
    await _post(stage, 1)


async def _three(stage: Stage) -> None:
    for units in (1, 2, 3):
        await _post(stage, units)
        await stage.loop.delay(1.0)


LATE: dict[str, Any] = {"kind": "latency", "median_s": 0.5}
"""A quarter of a second each way."""


def test_a_notification_is_delivered_and_recorded_with_the_call_that_caused_it() -> None:
    async def story(stage: Stage) -> None:
        await stage.call("GET", "/items")
        await stage.call("POST", "/items/A", {"units": 4})

    stage, ear = _handled([LATE], story)
    (hook,) = stage.records(Hook)
    assert (hook.n, hook.t, hook.done, hook.status, hook.outcome) == (2, 0.75, 1.25, 200, "ok")
    assert (hook.system, hook.event, hook.key) == ("shop", "stock.changed", "stock:A@W1")
    assert ear.heard == [(1.0, "1", b'{"sku":"A","units":4}')]


def test_a_vendor_tries_again_until_a_2xx_or_the_end_of_its_patience() -> None:
    stage, ear = _handled([], _one, statuses=[500, 302, 200], retries_s=(1.0, 10.0, 100.0))
    assert [(at, attempt) for at, attempt, _ in ear.heard] == [(0.0, "1"), (1.0, "2"), (11.0, "3")]
    assert [(hook.status, hook.outcome) for hook in stage.records(Hook)] == [
        (500, "unknown"), (302, "failed"), (200, "ok"),
    ]  # fmt: skip
    _, ear = _handled([], _one, statuses=[400] * 9, retries_s=(1.0, 10.0))
    assert len(ear.heard) == 3


def test_a_handler_that_is_too_slow_goes_on_and_is_tried_again() -> None:
    stage = Stage()
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, (1.0,)
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)
    ended: list[float] = []

    async def handler(*_request: Any) -> int:
        await stage.loop.delay(7.0)
        ended.append(stage.world.t)
        return 200

    carrier.set_handler(handler)
    stage.play(_one(stage))
    assert ended == [7.0, 13.0]
    assert _hooks(stage) == [(0.0, 5.0, 1, 0, ""), (6.0, 11.0, 2, 0, "")]


def test_a_handler_that_fails_is_a_500_to_the_vendor_and_is_remembered() -> None:
    stage = Stage()
    stage.shop.hook_url = HOOK_URL
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)

    async def handler(*_request: Any) -> int:
        raise LookupError("no such item")

    carrier.set_handler(handler)
    stage.play(_one(stage))
    assert [hook.status for hook in stage.records(Hook)] == [500]
    assert carrier.errors == ["/hooks/stock: LookupError: no such item"]


def test_nobody_listening_is_an_attempt_without_an_answer() -> None:
    stage = Stage()
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, (3.0,)
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)
    ear = Ear(stage)

    async def story() -> None:
        await _post(stage, 1)
        await stage.loop.delay(1.0)
        carrier.set_handler(ear)

    stage.play(story())
    assert _hooks(stage) == [(0.0, 0.0, 1, 0, ""), (3.0, 3.0, 2, 200, "")]


def test_a_severed_connector_hears_nothing_more_and_what_it_did_ends() -> None:
    stage = Stage()
    stage.shop.hook_url = HOOK_URL
    carrier = HandlerCarrier()
    hooks = Hooks(stage.wire, carrier)
    ended: list[str] = []

    async def handler(*_request: Any) -> int:
        try:
            await stage.loop.delay(3.0)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return 200

    async def story() -> None:
        carrier.set_handler(handler)
        await _post(stage, 1)
        await stage.loop.delay(1.0)
        hooks.sever()
        await stage.loop.delay(1.0)
        await _post(stage, 2)

    stage.play(story())
    assert ended == ["cancelled"]
    assert _hooks(stage) == [(0.0, 1.0, 1, 0, ""), (2.0, 2.0, 1, 0, "")]


def test_attempts_under_way_at_the_end_are_unknown_and_nothing_follows() -> None:
    stage = Stage([{"kind": "webhook_delay", "nth": 2, "delay_s": 50.0}])
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, (1.0, 1.0)
    carrier = HandlerCarrier()
    hooks = Hooks(stage.wire, carrier)

    async def handler(*_request: Any) -> int:
        await stage.loop.delay(100.0)
        return 200

    async def story() -> None:
        carrier.set_handler(handler)
        await _post(stage, 1)
        await _post(stage, 2)
        await stage.loop.delay(1.0)
        hooks.close()
        stage.shop.put("A", 3, "count")

    stage.play(story())
    assert _hooks(stage) == [(0.0, 1.0, 1, 0, "")]


# --- weather --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "retries_s", "heard", "hooks"),
    [
        (
            [{"kind": "webhook_delay", "nth": 1, "delay_s": 1.5}], (),
            [(1.0, "2"), (1.5, "1"), (2.0, "3")],
            [(1.0, 1.0, 1, 200, ""), (1.5, 1.5, 1, 200, "webhook_delay"), (2.0, 2.0, 1, 200, "")],
        ),
        (
            [{"kind": "webhook_loss", "nth": 2}], (),
            [(0.0, "1"), (2.0, "3")],
            [(0.0, 0.0, 1, 200, ""), (2.0, 2.0, 1, 200, ""), (1.0, 6.0, 1, 0, "webhook_loss")],
        ),
        (
            [{"kind": "webhook_loss", "nth": 2, "attempts": 1}], (10.0,),
            [(0.0, "1"), (2.0, "3"), (16.0, "2")],
            [
                (0.0, 0.0, 1, 200, ""), (2.0, 2.0, 1, 200, ""), (1.0, 6.0, 1, 0, "webhook_loss"),
                (16.0, 16.0, 2, 200, "webhook_loss"),
            ],
        ),
        (
            [{"kind": "webhook_repeat", "nth": 1, "copies": 3, "offsets_s": [0, 0, 2.5]}], (),
            [(0.0, "1"), (0.0, "1"), (1.0, "2"), (2.0, "3"), (2.5, "1")],
            [
                (0.0, 0.0, 1, 200, "webhook_repeat"), (0.0, 0.0, 1, 200, "webhook_repeat"),
                (1.0, 1.0, 1, 200, ""), (2.0, 2.0, 1, 200, ""),
                (2.5, 2.5, 1, 200, "webhook_repeat"),
            ],
        ),
        (
            [{"kind": "webhook_reorder", "nth": 1}], (),
            [(1.0, "2"), (1.0, "1"), (2.0, "3")],
            [(1.0, 1.0, 1, 200, ""), (1.0, 1.0, 1, 200, "webhook_reorder"), (2.0, 2.0, 1, 200, "")],
        ),
        (
            [{"kind": "webhook_reorder", "nth": 3, "at_most_s": 9.0}], (),
            [(0.0, "1"), (1.0, "2"), (11.0, "3")],
            [
                (0.0, 0.0, 1, 200, ""), (1.0, 1.0, 1, 200, ""),
                (11.0, 11.0, 1, 200, "webhook_reorder"),
            ],
        ),
    ],
)  # fmt: skip
def test_each_webhook_weather_does_what_it_says(
    rules: Any, retries_s: Any, heard: Any, hooks: Any
) -> None:
    stage, ear = _handled(rules, _three, retries_s=retries_s)
    assert [(at, body[-2:-1].decode()) for at, _, body in ear.heard] == heard
    assert _hooks(stage) == hooks
    (strike,) = stage.records(Strike)
    assert (strike.kind, strike.op, strike.nth) == (
        rules[0]["kind"], "stock.changed", rules[0]["nth"],
    )  # fmt: skip


def test_every_kind_that_strikes_notifications_is_played() -> None:
    (mark,) = test_each_webhook_weather_does_what_it_says.pytestmark
    played = {rules[0]["kind"] for rules, _, _, _ in mark.args[1]}
    assert played == {one.name for one in KINDS.values() if one.on == "hook"}


def test_only_a_later_notification_of_the_same_key_lets_a_held_one_go() -> None:
    async def story(stage: Stage) -> None:
        await _post(stage, 1, "A")
        await stage.loop.delay(1.0)
        await _post(stage, 2, "B")
        await stage.loop.delay(1.0)
        await _post(stage, 3, "A")

    _, ear = _handled([{"kind": "webhook_reorder", "nth": 1}], story)
    assert [at for at, _, _ in ear.heard] == [1.0, 2.0, 2.0]
    _, ear = _handled([{"kind": "webhook_reorder", "nth": 1, "behind": "system"}], story)
    assert [at for at, _, _ in ear.heard] == [1.0, 1.0, 2.0]


def test_what_weather_leaves_to_chance_is_drawn_from_the_seed_and_written_down() -> None:
    rules = [
        {"kind": "webhook_repeat", "copies": 15, "spread_s": 4.0, "nth": 1},
        {"kind": "webhook_delay", "delay_s": 1.0, "at_most_s": 2.0, "nth": 2},
    ]
    stage, ear = _handled(rules, _three)
    repeat, delay = stage.records(Strike)
    offsets = repeat.args["offsets_s"]
    assert len(offsets) == 15
    assert 1 < offsets.count(0.0) < 15
    assert max(offsets) < 4.0
    assert 1.0 < delay.args["delay_s"] < 2.0
    times = [at for at, _, body in ear.heard if body.endswith(b"1}")]
    assert times == sorted(offsets)


def test_notifications_can_be_aimed_at() -> None:
    stage = Stage()
    stage.shop.hook_url = HOOK_URL
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)
    told: list[str] = []

    async def handler(_method: str, _path: str, _headers: dict[str, str], body: bytes) -> int:
        told.append(body[-2:-1].decode())
        return 200

    for when in ("before", "after"):
        event = aim(
            lambda when=when: told.append(when),  # type: ignore[misc]  # a default binds it
            system="shop", operation="stock.*", nth=2, when=when, on="hook",
        )  # fmt: skip
        stage.wire.aim(event)
    carrier.set_handler(handler)
    stage.play(_three(stage))
    assert told == ["1", "before", "2", "after", "3"]


# --- extensions -----------------------------------------------------------------------------


def _asking(rules: Any, answer: Any, takes_s: float = 0.0) -> tuple[str, Stage]:
    stage = Stage(rules)
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)

    async def handler(*_request: Any) -> Any:
        await stage.loop.delay(takes_s)
        return answer

    carrier.set_handler(handler)
    return stage.play(outcome(stage.call("POST", "/asking", {}, timeout_s=60.0))), stage


@pytest.mark.parametrize(
    ("rules", "answer", "takes_s", "seen", "hook"),
    [
        ([], 200, 0.0, "201", (0.0, 0.0, 1, 200, "")),
        ([], Response(400, b"{}"), 0.0, "400", (0.0, 0.0, 1, 400, "")),
        ([], 200, 9.0, "502", (0.0, 2.0, 1, 0, "")),
        ([{"kind": "webhook_loss"}], 200, 0.0, "502", (0.0, 2.0, 1, 0, "webhook_loss")),
        ([{"kind": "webhook_delay", "delay_s": 1.5}], 200, 0.0, "201",
         (0.0, 1.5, 1, 200, "webhook_delay")),
    ],
)  # fmt: skip
def test_a_fake_that_asks_the_connector_gets_its_answer_or_its_silence(
    rules: Any, answer: Any, takes_s: float, seen: str, hook: Any
) -> None:
    told, stage = _asking(rules, answer, takes_s)
    assert told == seen
    assert _hooks(stage) == [hook]
    (record,) = stage.records(Hook)
    assert (record.n, record.system, record.event, record.key) == (
        1, "shop", "extension", "/extension",
    )  # fmt: skip


# --- HTTP -----------------------------------------------------------------------------------


@asynccontextmanager
async def _listening(ear: Any) -> AsyncIterator[int]:
    """An unmodified aiohttp server of the connector's; its port."""

    async def take(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        status = await ear(request.method, request.path, headers, await request.read())
        return web.Response(status=status, headers={"location": "/elsewhere"}, text="taken")

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _over_memory(rules: Any, statuses: Any) -> tuple[Stage, Ear]:
    stage = Stage(rules)
    network = Network(stage.loop)
    stage.shop.retries_s = (1.0, 10.0)
    Hooks(stage.wire, HttpCarrier())
    ear = Ear(stage, statuses)

    async def story() -> None:
        async with _listening(ear) as port:
            stage.shop.hook_url = f"http://connector.test:{port}/hooks/stock"
            await _three(stage)
            await stage.loop.delay(60.0)

    try:
        stage.play(story())
    finally:
        network.close()
    return stage, ear


def _over_sockets(rules: Any, statuses: Any, expected: int) -> tuple[Stage, Ear]:
    stage = Stage(rules)
    stage.loop.close()
    stage.shop.retries_s = (1.0, 10.0)
    enough = asyncio.Event()

    async def story() -> None:
        pacer = LivePacer(stage.env, clock=asyncio.get_running_loop().time, rate=RATE)
        stage.wire.wait = pacer.wait
        hooks = Hooks(stage.wire, HttpCarrier(rate=RATE))
        stage.world.listeners.append(
            lambda _record: enough.set() if len(stage.records(Hook)) >= expected else None
        )
        async with _listening(ear) as port:
            stage.shop.hook_url = f"http://127.0.0.1:{port}/hooks/stock"
            pacer.start()
            for units in (1, 2, 3):
                pacer.catch_up()
                stage.shop.put("A", units, "count")
                pacer.look()
                await pacer.wait(1.0)
            async with asyncio.timeout(20):
                await enough.wait()
            pacer.stop()
            hooks.close()

    ear = Ear(stage, statuses)
    with asyncio.Runner() as runner:
        runner.run(story())
    return stage, ear


@pytest.mark.parametrize("way", ["memory", "sockets"])
@pytest.mark.parametrize(
    ("rules", "statuses"),
    [
        ([], [200, 302, 500]),
        ([{"kind": "webhook_repeat", "nth": 2, "offsets_s": [0, 0.5]}], []),
        ([{"kind": "webhook_loss", "nth": 1, "attempts": 1}], []),
    ],
)
def test_http_leaves_the_same_record_as_a_handler(rules: Any, statuses: Any, way: str) -> None:
    reference, by_handler = _handled(rules, _three, statuses=statuses, retries_s=(1.0, 10.0))
    expected = _hooks(reference)
    if way == "memory":
        stage, ear = _over_memory(rules, statuses)
        assert _hooks(stage) == expected
        assert ear.heard == by_handler.heard
    else:
        stage, ear = _over_sockets(rules, statuses, len(expected))
        assert sorted(hook[2:] for hook in _hooks(stage)) == sorted(hook[2:] for hook in expected)
        assert sorted(heard[1:] for heard in ear.heard) == sorted(
            heard[1:] for heard in by_handler.heard
        )


async def _carry(carrier: Carrier, url: str, **headers: str) -> Response:
    return await carrier.carry(url, Request("POST", "/hooks/stock", "", headers, b"{}"), 5.0)


@pytest.mark.parametrize(
    ("url", "headers", "said"),
    [
        ("http://nowhere.test/x", {}, "nowhere"),
        ("http://connector.test:9/x", {}, "refused|Connect call failed"),
        ("ftp://connector.test/x", {}, "no http or https URL"),
        ("http://connector.test:99999/x", {}, "out of range"),
        ("not a url", {}, "no http or https URL"),
        ("http://connector.test/x", {"x-note": "a\r\nx-evil: 1"}, "line break"),
    ],
)
def test_a_url_that_cannot_be_reached_is_a_connection_error(
    url: str, headers: dict[str, str], said: str
) -> None:
    stage = Stage()
    network = Network(stage.loop)

    async def story() -> None:
        with pytest.raises(ConnectionError, match=said):
            await _carry(HttpCarrier(), url, **headers)

    try:
        stage.play(story())
    finally:
        network.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nha", "closed before the whole answer"),
        (b"", "closed before the whole answer"),
        (b"SMTP ready\r\n", "no HTTP answer"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (1 << 21), "longer than"),
    ],
)
def test_an_answer_that_is_none_is_a_connection_error(answer: bytes, said: str) -> None:
    stage = Stage()
    network = Network(stage.loop)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(answer)
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 8000)
        with pytest.raises(ConnectionError, match=said):
            await _carry(HttpCarrier(), "http://connector.test:8000/hooks/stock")
        server.close()

    try:
        stage.play(story())
    finally:
        network.close()


def test_a_carrier_that_fails_is_a_fault_of_the_harness() -> None:
    stage = Stage()
    stage.shop.hook_url = HOOK_URL

    class Broken:
        async def carry(self, url: str, request: Request, timeout_s: float) -> Response:
            raise RuntimeError("torn")

        def sever(self) -> None:
            """Nothing to end."""

    Hooks(stage.wire, Broken())
    stage.play(_one(stage))
    assert isinstance(stage.wire.fault, SimulatorFault)
    assert "torn" in str(stage.wire.fault)


def test_a_notification_carries_what_the_vendor_signed() -> None:
    stage = Stage()
    carrier = HandlerCarrier()
    hooks = Hooks(stage.wire, carrier)
    got: list[dict[str, str]] = []

    async def handler(_method: str, _path: str, headers: dict[str, str], _body: bytes) -> int:
        got.append(headers)
        return 500

    async def story() -> None:
        carrier.set_handler(handler)
        signed: Callable[[int], dict[str, str]] = lambda attempt: {"X-Sign": f"s{attempt}"}  # noqa: E731
        hooks.post(Notification("shop", "sale", "sale:1", HOOK_URL, b"{}", signed, (1.0,)))

    stage.play(story())
    assert got == [{"x-sign": "s1"}, {"x-sign": "s2"}]
