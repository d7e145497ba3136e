"""What the trading side of an order costs, over the smallest systems that can play its parts.

``bench_trading_and_standins`` less ``bench_standins_alone`` is what trading itself costs: arrival,
shopper, payment, wave, picking, packing, collection, scan, ledger, and the records of all that.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from peakproof.history.records import Record
from peakproof_simulators.trading.standins import LittleFloor, LittleRun, LittleShop

ORDERS: Final = 10_000
DAY_S: Final = 86_400.0
SPEC: Final[dict[str, Any]] = {
    "items": {"count": 2_000},
    "stock": {"rule": "demand", "cover": 3.0, "least": 5, "nodes": {"S1": 0}},
    "trading": {
        "day": "load",
        "web": {"demand": {"exactly": ORDERS, "profile": "uk_online"}},
        "tills": {"demand": {"per_hour": 0}},
    },
}
NOWHERE: Final = Path(os.devnull).open("wb")  # noqa: SIM115  # open as long as the process
SHOP_CALLS: Final = ("offered", "checkout", "settle", "ask_cancel", "edit")
FLOOR_CALLS: Final = ("ready", "release", "picked", "short", "packed", "shipped", "scanned")

Tape = list[tuple[str, str, tuple[Any, ...], dict[str, Any]]]


def fresh() -> LittleRun:
    """A run that keeps no history in memory."""
    run = LittleRun(SPEC, sink=NOWHERE)
    gc.collect()
    return run


def play(run: LittleRun) -> None:
    run.day.start(DAY_S)
    run.go_on(2 * DAY_S)


def taped() -> Tape:
    """Every call that trading makes of the stand-ins in a day."""
    run, tape = fresh(), Tape()

    def listen(part: LittleShop | LittleFloor, name: str, calls: tuple[str, ...]) -> None:
        for call in calls:
            setattr(part, call, _noted(tape, name, call, getattr(part, call)))

    listen(run.shop, "shop", SHOP_CALLS)
    listen(run.floor, "floor", FLOOR_CALLS)
    play(run)
    return tape


def _noted(tape: Tape, name: str, call: str, act: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*args: Any, **named: Any) -> Any:
        tape.append((name, call, args, named))
        return act(*args, **named)

    return noted


def _only_the_link(run: LittleRun) -> list[Callable[[Record], None]]:
    return [
        listener
        for listener in run.world.listeners
        if getattr(listener, "__self__", None) is run.link
    ]


def bench_trading_and_standins(benchmark: Any) -> None:
    """A load day of 10,000 online orders, stand-ins included."""
    benchmark.extra_info["orders"] = ORDERS
    benchmark.pedantic(play, setup=lambda: ((fresh(),), {}), rounds=5)


def bench_standins_alone(benchmark: Any) -> None:
    """The same calls of the stand-ins, made by nobody."""
    tape = taped()

    def replay() -> tuple[tuple[list[Any]], dict[str, Any]]:
        run = fresh()
        run.world.listeners[:] = _only_the_link(run)
        run.world.recorder.hears.clear()
        parts = {"shop": run.shop, "floor": run.floor}
        return (
            [(getattr(parts[part], call), args, named) for part, call, args, named in tape],
        ), {}

    def speak(calls: list[Any]) -> None:
        for call, args, named in calls:
            call(*args, **named)

    benchmark.extra_info["orders"] = ORDERS
    benchmark.pedantic(speak, setup=replay, rounds=5)


@pytest.mark.parametrize("items", [20, 2_000])
def bench_opening_a_day(benchmark: Any, items: int) -> None:
    """Setting the stage: catalogue, shelves and seeds of one run of a seed that was seen before."""
    spec = {"items": {"count": items}}
    LittleRun(spec)
    benchmark(LittleRun, spec)


def bench_an_aimed_event(benchmark: Any) -> None:
    """One order by event, refused by the shop: reading the event, resolving it, asking."""
    run = LittleRun({"stock": {"units": 0}, "trading": {"day": "quiet"}})
    benchmark(run.day.act, {"kind": "order", "sku": 1, "place": "W1"})
