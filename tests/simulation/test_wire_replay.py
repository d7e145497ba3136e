"""The same seed gives the same bytes; a plan taken from a history replays it byte for byte."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.simulation.wire_stage import HOOK_URL, Stage, outcome, records

from peakproof.history.records import Call, Strike
from peakproof.wire.carriers import HandlerCarrier
from peakproof.wire.hooks import Hooks
from peakproof.wire.plan import Plan
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather

_ROOT = Path(__file__).parents[2]

CLIMATE: list[dict[str, Any]] = [
    {"kind": "latency", "median_s": 0.08, "sigma": 0.6},
    {"kind": "latency", "operation": "orders.*", "median_s": 0.3, "sigma": 0.3},
    {"kind": "burst", "calm_s": 4.0, "burst_s": 1.0, "factor": 5.0},
]
SWARM: list[dict[str, Any]] = [
    *CLIMATE,
    {"kind": "outage", "window": [3, 4], "operation": "stock.*", "status": 502},
    {"kind": "outage", "window": [3.5, 5], "how": "reset"},
    {"kind": "error_before", "operation": "stock.*", "probability": 0.1},
    {"kind": "error_after", "probability": 0.1, "status": 502},
    {"kind": "slow", "probability": 0.2, "extra_s": 3.0},
    {"kind": "slow", "every": 7, "extra_s": 0.5, "when": "after"},
    {"kind": "reset_after", "operation": "orders.create", "nth": [3, 9]},
    {"kind": "truncated", "key": "/items/C", "nth": 4},
    {"kind": "timeout_after", "operation": "orders.create", "every": 8},
    {"kind": "stale_read", "lag_s": 2.0},
    {"kind": "token_expired", "window": [2, 9]},
    {"kind": "rate_limit", "operation": "stock.set", "limit": 4, "per_s": 2.0},
    {"kind": "webhook_delay", "probability": 0.3, "delay_s": 1.0, "at_most_s": 3.0},
    {"kind": "webhook_repeat", "probability": 0.3, "copies": 4},
    {"kind": "webhook_loss", "probability": 0.1, "attempts": 1},
    {"kind": "webhook_reorder", "every": 6, "at_most_s": 2.0},
]


def _trade(stage: Stage) -> tuple[str, bytes]:
    """Four clients at once on a shop that notifies them; digest and history."""
    carrier = HandlerCarrier()
    hooks = Hooks(stage.wire, carrier)
    stage.shop.hook_url = HOOK_URL
    stage.shop.retries_s = (1.0, 2.0)

    async def handler(method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        await asyncio.sleep(0.01)
        return 200

    carrier.set_handler(handler)

    async def client(sku: str) -> None:
        for number in range(25):
            await outcome(stage.call("POST", f"/items/{sku}", {"units": number}, timeout_s=2.0))
            await outcome(stage.call("GET", "/items", timeout_s=2.0))
            await outcome(stage.call("POST", "/orders", {"sku": sku}, timeout_s=2.0))

    async def story() -> None:
        await asyncio.gather(*(client(sku) for sku in ("A", "B", "C", "D")))

    stage.play(story())
    hooks.close()
    assert stage.wire.fault is None
    return stage.world.recorder.digest(), stage.history()


def test_the_same_seed_gives_the_same_history_and_another_seed_another() -> None:
    digest, history = _trade(Stage(SWARM, seed=11))
    assert _trade(Stage(SWARM, seed=11)) == (digest, history)
    assert _trade(Stage(SWARM, seed=12))[0] != digest
    kinds = {strike.kind for strike in records(history, Strike)}
    assert kinds >= {rule["kind"] for rule in SWARM} - {"latency", "burst"}


def test_a_fresh_process_with_another_hash_seed_writes_the_same_history() -> None:
    digest, _ = _trade(Stage(SWARM, seed=11))
    code = (
        "from tests.simulation.test_wire_replay import SWARM, Stage, _trade\n"
        "print(_trade(Stage(SWARM, seed=11))[0])"
    )
    for hash_seed in ("0", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(_ROOT)}
        told = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == digest


@pytest.mark.parametrize("seed", range(20, 28))
def test_a_plan_taken_from_a_history_replays_it_byte_for_byte(seed: int) -> None:
    _, history = _trade(Stage(SWARM, seed=seed))
    plan = Plan.from_json(Plan.of(history).to_json())
    assert len(plan.entries) > 20
    _, replayed = _trade(Stage(CLIMATE, seed=seed, plan=plan))
    assert replayed == history
    _, over_the_scenario = _trade(Stage(SWARM, seed=seed, plan=plan))
    assert over_the_scenario == history


def test_an_entry_taken_out_of_a_plan_takes_its_strike_out_of_the_run() -> None:
    _, history = _trade(Stage(SWARM, seed=11))
    plan = Plan.of(history)
    index = next(i for i, entry in enumerate(plan.entries) if entry.kind == "reset_after")
    smaller = Plan(plan.entries[:index] + plan.entries[index + 1 :])
    _, replayed = _trade(Stage(CLIMATE, seed=11, plan=smaller))
    struck = Plan.of(replayed).entries
    assert plan.entries[index] not in struck
    assert set(map(repr, struck)) <= set(map(repr, plan.entries))


def test_an_empty_plan_is_calm_weather_with_the_same_latency() -> None:
    calm = _trade(Stage(CLIMATE, seed=11))
    assert _trade(Stage(SWARM, seed=11, plan=Plan())) == calm
    assert not records(calm[1], Strike)


def _luck(rules: list[dict[str, Any]], story: Any, *, op: str) -> list[tuple[int, str, float]]:
    stage = Stage(rules, seed=5)
    stage.play(story(stage))
    found = [call for call in stage.calls() if call.op == op]
    return [(number, call.strike, call.done - call.t) for number, call in enumerate(found, 1)]


def test_a_plan_written_by_hand_may_use_globs_and_the_first_kind_decides() -> None:
    plan = Plan.from_json(
        b"""[
        {"kind": "error_before", "system": "shop", "op": "orders.*", "nth": 2},
        {"kind": "reset_after", "system": "*", "op": "orders.create", "nth": 2},
        {"kind": "slow", "system": "shop", "op": "*", "nth": 2, "args": {"extra_s": 3}},
        {"kind": "webhook_repeat", "system": "shop", "op": "orders.create", "nth": 1}
        ]"""
    )
    stage = Stage(plan=plan)

    async def story() -> list[str]:
        return [await outcome(stage.call("POST", "/orders", {})) for _call in range(3)]

    assert stage.play(story()) == ["201", "503", "201"]
    assert [(one.kind, one.system, one.op) for one in stage.records(Strike)] == [
        ("error_before", "shop", "orders.create"), ("slow", "shop", "orders.create"),
    ]  # fmt: skip


def test_the_nth_call_of_an_operation_draws_the_same_whatever_else_happens() -> None:
    rules = [
        {"kind": "latency", "median_s": 0.1, "sigma": 0.5},
        {"kind": "error_before", "probability": 0.3},
        {"kind": "slow", "probability": 0.3, "extra_s": 1.0},
    ]

    async def alone(stage: Stage) -> None:
        for _call in range(30):
            await stage.call("POST", "/orders", {})

    async def in_company(stage: Stage) -> None:
        for _call in range(30):
            await stage.call("GET", "/items")
            await stage.call("POST", "/orders", {})
            await stage.call("POST", "/items/A", {"units": 1})

    quiet = _luck(rules, alone, op="orders.create")
    busy = _luck([{"kind": "page_after", "nth": 5}, *rules], in_company, op="orders.create")
    assert len({strike for _, strike, _ in quiet}) == 4
    assert [round(took, 9) for _, _, took in busy] == [round(took, 9) for _, _, took in quiet]
    for (number, other, _), (_, strike, _) in zip(busy, quiet, strict=True):
        if number != 5:
            assert other == strike


def test_calls_count_from_one_again_and_windows_from_now_when_weather_is_armed() -> None:
    stage = Stage([{"kind": "reset_before", "nth": 2}, {"kind": "page_after", "window": [5, 9]}])
    stage.wire.disarm()

    async def story() -> list[str]:
        seen = [await outcome(stage.call("POST", "/orders", {})) for _call in range(3)]
        await stage.loop.delay(6.0)
        seen.append(await outcome(stage.call("POST", "/orders", {})))
        stage.wire.arm()
        seen += [await outcome(stage.call("POST", "/orders", {})) for _call in range(3)]
        await stage.loop.delay(6.0)
        seen.append(await outcome(stage.call("POST", "/orders", {})))
        stage.wire.disarm()
        seen.append(await outcome(stage.call("POST", "/orders", {})))
        return seen

    assert stage.play(story()) == [
        "201", "201", "201", "201", "201", "ConnectionResetError", "201", "200", "201",
    ]  # fmt: skip
    assert [strike.nth for strike in stage.records(Strike)] == [2, 0]


def test_weather_from_a_plan_is_made_in_one_line() -> None:
    _, history = _trade(Stage(SWARM, seed=3))
    stage = Stage(seed=3)
    weather = Weather.from_plan(stage.world, Plan.of(history), climate=parse_rules(SWARM))
    stage.wire.set_weather(weather)
    assert _trade(stage)[1] == history


def test_a_rate_limit_refuses_what_comes_too_fast_and_nobody_who_waits() -> None:
    stage = Stage([{"kind": "rate_limit", "limit": 2, "per_s": 1.0}])

    async def story() -> list[str]:
        hasty = [await outcome(stage.call("GET", "/items")) for _call in range(5)]
        _, headers, _ = await stage.call("GET", "/items")
        await stage.loop.delay(float(headers["retry-after"]))
        return [*hasty, await outcome(stage.call("GET", "/items"))]

    assert stage.play(story()) == ["200", "200", "429", "429", "429", "200"]
    assert [(one.nth, one.args) for one in stage.records(Strike)] == [
        (0, {"limit": 2}),
    ]
    assert sum(call.strike == "rate_limit" for call in stage.records(Call)) == 4
