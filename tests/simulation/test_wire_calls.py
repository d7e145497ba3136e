"""One call on the wire: what it is numbered, on whose behalf it acts, how it ends."""

from __future__ import annotations

import asyncio
from math import inf
from typing import Any
from zlib import crc32

import msgspec
import pytest
from tests.simulation.wire_stage import HOST, Stage, outcome

from peakproof.errors import FenceError, PeakproofError, SimulatorFault, UsageError
from peakproof.history.records import Call, Level, Placed, Strike
from peakproof.wire.aim import Target, aim
from peakproof.wire.direct import split_url
from peakproof.wire.exchange import Wire, outcome_of
from peakproof.wire.message import Request, Response
from peakproof.wire.weather import Weather

FAR = [{"kind": "latency", "median_s": 2.0}]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0, "unknown"), (100, "unknown"), (200, "ok"), (207, "ok"), (304, "ok"), (400, "failed"),
        (409, "failed"), (429, "failed"), (500, "unknown"), (504, "unknown"), (599, "unknown"),
    ],
)  # fmt: skip
def test_the_outcome_table(status: int, expected: str) -> None:
    assert outcome_of(status) == expected


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://shop.test", ("shop.test", "/", "")),
        ("https://shop.test:8443/a/b%20c?x=1&y=?z#top", ("shop.test:8443", "/a/b%20c", "x=1&y=?z")),
        ("http://shop.test?q", ("shop.test", "/", "q")),
    ],
)
def test_a_url_is_taken_apart_as_it_stands(url: str, parts: tuple[str, str, str]) -> None:
    assert split_url(url) == parts


def test_a_call_is_recorded_once_with_what_it_was() -> None:
    stage = Stage([{"kind": "latency", "median_s": 0.5}])

    async def story() -> None:
        await stage.loop.delay(1.0)
        await stage.transport.send(
            "POST", f"http://{HOST}/items/RED%20HAT?dry=0",
            {"Authorization": "Bearer token-0", "TraceParent": "00-abc-def-01"},
            b'{"units":3}', 10.0,
        )  # fmt: skip

    stage.play(story())
    (call,) = stage.calls()
    assert call == Call(
        1.0, 1, 1.5, "shop", "stock.set", "stock", "POST", "/items/RED%20HAT", 200, "ok",
        ("stock:RED HAT@W1",), "", crc32(b'{"units":3}'), crc32(b'{"sku":"RED HAT","units":3}'),
        "00-abc-def-01",
    )  # fmt: skip
    (level,) = stage.records(Level)
    assert (level.t, level.by, level.n, level.on_hand) == (1.25, "connector", 1, 3)
    assert (stage.world.by, stage.world.n) == ("system", 0)


def test_no_secret_of_a_request_stands_in_the_record() -> None:
    stage = Stage()

    async def story() -> None:
        await stage.transport.send(
            "POST", f"http://{HOST}/token?client_secret=hush", {"Authorization": "Basic aHVzaA=="},
            b"client_secret=hush", 10.0,
        )  # fmt: skip

    stage.play(story())
    assert b"hush" not in stage.history()
    assert b"aHVzaA" not in stage.history()


def test_calls_at_once_are_numbered_in_the_order_in_which_they_were_sent() -> None:
    stage = Stage(FAR)

    async def story() -> None:
        await asyncio.gather(
            stage.call("POST", "/items/A", {"units": 1}),
            stage.call("POST", "/orders", {}),
            stage.call("GET", "/nowhere"),
        )

    stage.play(story())
    assert [(call.n, call.op, call.outcome) for call in stage.calls()] == [
        (1, "stock.set", "ok"), (2, "orders.create", "ok"), (3, "unknown.path", "failed"),
    ]  # fmt: skip
    assert [placed.n for placed in stage.records(Placed)] == [2]


def test_without_latency_calls_still_take_turns() -> None:
    stage = Stage()
    order: list[str] = []

    def hear(record: Any) -> None:
        if isinstance(record, Placed):
            order.append(record.order)

    async def client(name: str) -> None:
        for step in range(2):
            order.append(f"{name}{step}")
            await stage.call("POST", "/orders", {})

    async def story() -> None:
        stage.world.listeners.append(hear)
        await asyncio.gather(client("a"), client("b"))

    stage.play(story())
    assert order == ["a0", "b0", "A1", "A2", "a1", "b1", "A3", "A4"]
    assert stage.calls()[-1].done == 0.0


def test_an_effect_that_comes_after_its_callers_timeout_still_comes_at_its_own_time() -> None:
    stage = Stage([{"kind": "latency", "median_s": 6.0}])

    async def story() -> str:
        return await outcome(stage.call("POST", "/items/A", {"units": 3}, timeout_s=1.0))

    assert stage.play(story()) == "TimeoutError"
    (call,) = stage.calls()
    assert (call.done, call.status, call.outcome, call.strike) == (1.0, 0, "unknown", "")
    (level,) = stage.records(Level)
    assert (level.t, level.by, level.n) == (3.0, "connector", 1)


def test_an_answer_that_comes_just_in_time_is_an_answer() -> None:
    stage = Stage([{"kind": "latency", "median_s": 1.0}])
    assert stage.play(outcome(stage.call("GET", "/items", timeout_s=1.0))) == "200"


def test_a_client_without_a_timeout_waits_for_a_slow_answer() -> None:
    stage = Stage([{"kind": "slow", "extra_s": 900.0}])
    assert stage.play(outcome(stage.call("GET", "/items", timeout_s=inf))) == "200"


@pytest.mark.parametrize(("cancel_at_s", "effect_at_s"), [(0.5, 1.0), (1.5, 1.0)])
def test_a_cancelled_call_is_unknown_and_has_its_effect(
    cancel_at_s: float, effect_at_s: float
) -> None:
    stage = Stage(FAR)

    async def story() -> None:
        task = asyncio.create_task(stage.call("POST", "/items/A", {"units": 3}))
        await stage.loop.delay(cancel_at_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    stage.play(story())
    (call,) = stage.calls()
    assert (call.done, call.outcome) == (cancel_at_s, "unknown")
    assert [level.t for level in stage.records(Level)] == [effect_at_s]


@pytest.mark.parametrize(("at_s", "seen"), [(0.5, "ConnectionResetError"), (1.5, "200")])
def test_a_severed_connector_leaves_its_calls_to_themselves(at_s: float, seen: str) -> None:
    stage = Stage(FAR)

    async def story() -> str:
        task = asyncio.create_task(outcome(stage.call("POST", "/items/A", {"units": 3})))
        await stage.loop.delay(at_s)
        stage.wire.sever()
        return await task

    assert stage.play(story()) == seen
    (call,) = stage.calls()
    assert (call.done, call.outcome) == (at_s, "unknown")
    assert [level.t for level in stage.records(Level)] == [1.0]


def test_calls_that_are_open_at_the_end_are_written_as_unknown_and_nothing_follows() -> None:
    stage = Stage([{"kind": "timeout_after"}])

    async def story() -> None:
        task = asyncio.create_task(stage.call("POST", "/orders", {}, timeout_s=inf))
        await stage.loop.delay(3.0)
        stage.wire.close()
        task.cancel()

    stage.play(story())
    (call,) = stage.calls()
    assert (call.done, call.outcome, call.strike) == (3.0, "unknown", "timeout_after")
    assert type(stage.records()[-1]) is Call


def test_of_two_kinds_that_decide_how_a_call_ends_only_the_first_strikes() -> None:
    stage = Stage(
        [
            {"kind": "outage", "window": [0, 9]},
            {"kind": "slow", "nth": 1, "extra_s": 1.0},
            {"kind": "error_after", "nth": 1, "status": 502},
            {"kind": "reset_before", "nth": 1},
        ]
    )

    async def story() -> list[str]:
        return [await outcome(stage.call("POST", "/orders", {})) for _call in range(2)]

    assert stage.play(story()) == ["502", "503"]
    assert [(one.kind, one.nth) for one in stage.records(Strike)] == [
        ("slow", 1), ("error_after", 1), ("outage", 0),
    ]  # fmt: skip
    assert [call.strike for call in stage.calls()] == ["error_after+slow", "outage"]


def test_a_write_is_not_struck_by_weather_for_reads() -> None:
    stage = Stage([{"kind": "stale_read"}])
    stage.play(stage.call("POST", "/items/A", {"units": 1}))
    assert stage.records(Strike) == []
    assert [call.strike for call in stage.calls()] == [""]


def test_a_fault_inside_a_fake_is_kept_and_never_an_answer() -> None:
    stage = Stage()
    told: list[PeakproofError] = []
    stage.wire.on_fault = told.append

    async def story() -> None:
        with pytest.raises(SimulatorFault, match=r"broken failed inside the fake.*RuntimeError"):
            await stage.call("POST", "/broken", {})

    stage.play(story())
    assert told == [stage.wire.fault]
    (call,) = stage.calls()
    assert (call.status, call.outcome) == (0, "unknown")


def test_a_fault_that_a_connector_swallows_is_still_there() -> None:
    stage = Stage()

    async def story() -> None:
        try:
            await stage.call("POST", "/broken", {})
        except Exception:
            await stage.call("GET", "/items")

    stage.play(story())
    assert isinstance(stage.wire.fault, SimulatorFault)


def test_a_url_that_leads_nowhere_names_the_nearest_host() -> None:
    stage = Stage()
    with pytest.raises(FenceError, match=r"called shoop\.test; did you mean shop\.test\?"):
        stage.play(stage.transport.send("GET", "http://shoop.test/", {}, b"", 1.0))
    assert stage.calls() == []


def test_hosts_that_name_no_system_are_refused() -> None:
    stage = Stage()
    stage.loop.close()
    with pytest.raises(UsageError, match="bank"):
        Wire(stage.world, {}, {"bank.test": "bank"}, Weather(stage.world), wait=stage.loop.delay)


def _extension(stage: Stage, takes_s: float, status: int = 200) -> None:
    async def fetch(url: str, request: Request, timeout_s: float) -> Response:
        assert (stage.world.by, stage.world.n) == ("connector", 1)
        await stage.loop.delay(takes_s)
        return Response(status)

    stage.world.fetch = fetch


def test_a_handler_that_waits_acts_on_behalf_of_its_call_all_the_same() -> None:
    stage = Stage()
    _extension(stage, 0.5)

    async def story() -> list[str]:
        asking = asyncio.create_task(outcome(stage.call("POST", "/asking", {})))
        await stage.loop.delay(0.25)
        other = await outcome(stage.call("POST", "/orders", {}))
        return [await asking, other]

    assert stage.play(story()) == ["201", "201"]
    assert [(one.order, one.n, one.t) for one in stage.records(Placed)] == [
        ("A1", 2, 0.25), ("A2", 1, 0.5),
    ]  # fmt: skip
    assert stage.world.by == "system"


def test_a_handler_that_waits_longer_than_its_caller_goes_on_alone() -> None:
    stage = Stage()
    _extension(stage, 5.0)
    assert stage.play(outcome(stage.call("POST", "/asking", {}, timeout_s=1.0))) == "TimeoutError"
    assert [call.done for call in stage.calls()] == [1.0]
    assert [(one.n, one.by, one.t) for one in stage.records(Placed)] == [(1, "connector", 5.0)]


def _aimed(where: dict[str, Any], when: Any, *, rules: Any = ()) -> list[tuple[float, str, int]]:
    stage = Stage(rules or [{"kind": "latency", "median_s": 1.0}])
    seen: list[tuple[float, str, int]] = []

    def action() -> None:
        assert stage.world.n == 0
        seen.append((stage.world.t, stage.world.by, stage.shop.orders))

    stage.wire.aim(aim(action, system="shop", operation="orders.*", when=when, **where))

    async def story() -> None:
        for number in range(4):
            await outcome(stage.call("POST", "/orders", {"number": f"K{number}"}))

    stage.play(story())
    return seen


@pytest.mark.parametrize(
    ("where", "when", "seen"),
    [
        ({"nth": 2}, "before", [(1.5, "system", 1)]),
        ({"nth": 2}, "after", [(1.5, "system", 2)]),
        ({"every": 2, "times": 0}, "after", [(1.5, "system", 2), (3.5, "system", 4)]),
        ({"every": 2}, "after", [(1.5, "system", 2)]),
        ({"key": "K2"}, "before", [(2.5, "system", 2)]),
        ({"key": "order:A3"}, "after", [(2.5, "system", 3)]),
        ({"key": "order:A3"}, "before", []),
        ({"window": [2, 3]}, "before", [(2.5, "system", 2)]),
    ],
)
def test_business_events_happen_just_before_or_after_the_effect(
    where: dict[str, Any], when: str, seen: list[tuple[float, str, int]]
) -> None:
    assert _aimed(where, when) == seen


@pytest.mark.parametrize("when", ["before", "after"])
def test_business_events_happen_also_when_weather_keeps_the_call_from_its_effect(when: str) -> None:
    rules = [{"kind": "latency", "median_s": 1.0}, {"kind": "error_before", "nth": 2}]
    assert _aimed({"nth": 2}, when, rules=rules) == [(1.5, "system", 1)]


def test_an_aimed_event_that_fails_is_a_fault_of_the_harness() -> None:
    stage = Stage()
    nothing: dict[str, None] = {}
    stage.wire.aim(aim(lambda: nothing["gone"], system="*", operation="*"))

    async def story() -> None:
        with pytest.raises(SimulatorFault, match="an aimed event failed: KeyError"):
            await stage.call("GET", "/items")

    stage.play(story())


def test_an_aim_reads_a_scenarios_target() -> None:
    document = {"system": "shop", "operation": "orders.create", "nth": [2, 3], "key": "A1"}
    assert msgspec.to_builtins(msgspec.convert(document, Target)) == {**document, "nth": (2, 3)}
