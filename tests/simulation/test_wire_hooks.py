"""Notifications on their way to the connector, by each carrier and under each weather."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.simulation.hook_stage import Ear, attempts_of, handled, one, put, three
from tests.simulation.wire_stage import HOOK_URL, Stage, outcome

from peakproof.errors import SimulatorFault
from peakproof.history.records import Hook, Strike
from peakproof.service import Notification
from peakproof.virtual_time.lives import Life
from peakproof.wire.aim import aim
from peakproof.wire.carriers import HandlerCarrier
from peakproof.wire.hooks import Hooks
from peakproof.wire.kinds import KINDS
from peakproof.wire.message import Request, Response

LATE: dict[str, Any] = {"kind": "latency", "median_s": 0.5}
"""A quarter of a second each way."""


def test_a_notification_is_delivered_and_recorded_with_the_call_that_caused_it() -> None:
    async def story(stage: Stage) -> None:
        await stage.call("GET", "/items")
        await stage.call("POST", "/items/A", {"units": 4})

    stage, ear = handled([LATE], story)
    (hook,) = stage.records(Hook)
    assert (hook.n, hook.t, hook.done, hook.status, hook.outcome) == (2, 0.75, 1.25, 200, "ok")
    assert (hook.system, hook.event, hook.key) == ("shop", "stock.changed", "stock:A@W1")
    assert ear.heard == [(1.0, "1", b'{"sku":"A","units":4}')]


@pytest.mark.parametrize(
    ("statuses", "outcomes", "times"),
    [
        ([500, 302, 200], ["unknown", "failed", "ok"], [0.0, 1.0, 11.0]),
        ([400] * 9, ["failed"] * 4, [0.0, 1.0, 11.0, 111.0]),
        ([204], ["ok"], [0.0]),
    ],
)
def test_a_vendor_tries_again_until_a_2xx_or_the_end_of_its_patience(
    statuses: list[int], outcomes: list[str], times: list[float]
) -> None:
    stage = Stage()
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, (1.0, 10.0, 100.0)
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)
    attempts: list[str] = []

    async def handler(_method: str, _path: str, headers: dict[str, str], _body: bytes) -> int:
        attempts.append(headers["x-attempt"])
        return statuses[len(attempts) - 1]

    carrier.set_handler(handler)
    stage.play(one(stage))
    assert attempts == [str(number) for number in range(1, len(times) + 1)]
    hooks = stage.records(Hook)
    assert [hook.outcome for hook in hooks] == outcomes
    assert [hook.status for hook in hooks] == statuses[: len(times)]
    assert [hook.t for hook in hooks] == times


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
    stage.play(one(stage))
    assert ended == [7.0, 13.0]
    assert attempts_of(stage) == [(0.0, 5.0, 1, 0, ""), (6.0, 11.0, 2, 0, "")]


def test_a_handler_that_fails_is_a_500_to_the_vendor_and_is_remembered() -> None:
    stage = Stage()
    stage.shop.hook_url = HOOK_URL
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)

    async def handler(*_request: Any) -> int:
        raise LookupError("no such item")

    carrier.set_handler(handler)
    stage.play(one(stage))
    assert [hook.status for hook in stage.records(Hook)] == [500]
    assert carrier.errors == ["/hooks/stock: LookupError: no such item"]


def test_nobody_listening_is_an_attempt_without_an_answer() -> None:
    stage = Stage()
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, (3.0,)
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)
    ear = Ear(stage)

    async def story() -> None:
        await put(stage, 1)
        await stage.loop.delay(1.0)
        carrier.set_handler(ear)

    stage.play(story())
    assert attempts_of(stage) == [(0.0, 0.0, 1, 0, ""), (3.0, 3.0, 2, 200, "")]


def test_a_killed_connector_hears_nothing_more_and_what_it_did_is_not_even_cancelled() -> None:
    stage = Stage()
    stage.shop.hook_url = HOOK_URL
    carrier = HandlerCarrier()
    hooks = Hooks(stage.wire, carrier)
    seen: list[str] = []
    life = Life()

    async def handler(*_request: Any) -> int:
        try:
            await stage.loop.delay(3.0)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        seen.append("done")
        return 200

    async def story() -> None:
        life.context.run(carrier.set_handler, handler)
        await put(stage, 1)
        await stage.loop.delay(1.0)
        stage.loop.kill(life)
        hooks.sever()
        await stage.loop.delay(1.0)
        await put(stage, 2)

    stage.play(story())
    assert seen == []
    assert attempts_of(stage) == [(0.0, 1.0, 1, 0, ""), (2.0, 2.0, 1, 0, "")]


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
        await put(stage, 1)
        await put(stage, 2)
        await stage.loop.delay(1.0)
        hooks.close()
        stage.shop.put("A", 3, "count")

    stage.play(story())
    assert attempts_of(stage) == [(0.0, 1.0, 1, 0, "")]


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
    stage, ear = handled(rules, three, retries_s=retries_s)
    assert [(at, body[-2:-1].decode()) for at, _, body in ear.heard] == heard
    assert attempts_of(stage) == hooks
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
        await put(stage, 1, "A")
        await stage.loop.delay(1.0)
        await put(stage, 2, "B")
        await stage.loop.delay(1.0)
        await put(stage, 3, "A")

    _, ear = handled([{"kind": "webhook_reorder", "nth": 1}], story)
    assert [at for at, _, _ in ear.heard] == [1.0, 2.0, 2.0]
    _, ear = handled([{"kind": "webhook_reorder", "nth": 1, "behind": "system"}], story)
    assert [at for at, _, _ in ear.heard] == [1.0, 1.0, 2.0]


def test_what_weather_leaves_to_chance_is_drawn_from_the_seed_and_written_down() -> None:
    rules = [
        {"kind": "webhook_repeat", "copies": 15, "spread_s": 4.0, "nth": 1},
        {"kind": "webhook_delay", "delay_s": 1.0, "at_most_s": 2.0, "nth": 2},
    ]
    stage, ear = handled(rules, three)
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
    stage.play(three(stage))
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
    assert attempts_of(stage) == [hook]
    (record,) = stage.records(Hook)
    assert (record.n, record.system, record.event, record.key) == (
        1, "shop", "extension", "/extension",
    )  # fmt: skip


def test_a_carrier_that_fails_is_a_fault_of_the_harness() -> None:
    stage = Stage()
    stage.shop.hook_url = HOOK_URL

    class Broken:
        async def carry(self, url: str, request: Request, timeout_s: float) -> Response:
            raise RuntimeError("torn")

        def sever(self) -> None:
            """Nothing to end."""

    Hooks(stage.wire, Broken())
    stage.play(one(stage))
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
