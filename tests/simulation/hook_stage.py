"""A connector's ear for the shop's notifications, and ways to play with it."""

from __future__ import annotations

from typing import Any

from tests.simulation.wire_stage import HOOK_URL, Stage

from peakproof.history.records import Hook
from peakproof.wire.carriers import HandlerCarrier
from peakproof.wire.hooks import Hooks

Heard = list[tuple[float, str, bytes]]
"""What the connector got: run time, the attempt's number, the body."""


class Ear:
    """The connector's side: answers the first tries of 1, 2, 3 units as told, the rest with 200."""

    def __init__(self, stage: Stage, statuses: list[int] | None = None) -> None:
        self.heard: Heard = []
        self._stage = stage
        self._statuses = list(statuses or [])

    async def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        assert (method, path) == ("POST", "/hooks/stock")
        self.heard.append((self._stage.world.t, headers["x-attempt"], body))
        units = int(body[-2:-1])
        first = headers["x-attempt"] == "1"
        return self._statuses[units - 1] if first and units <= len(self._statuses) else 200


async def put(stage: Stage, units: int, sku: str = "A") -> None:
    """The shop counts its stock of a SKU, and tells."""
    stage.shop.put(sku, units, "count")


def handled(
    rules: Any, story: Any, *, statuses: Any = None, retries_s: Any = ()
) -> tuple[Stage, Ear]:
    """Play a story with notifications going to a handler."""
    stage = Stage(rules)
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, retries_s
    carrier = HandlerCarrier()
    Hooks(stage.wire, carrier)
    ear = Ear(stage, statuses)
    carrier.set_handler(ear)
    stage.play(story(stage))
    assert stage.wire.fault is None
    return stage, ear


def attempts_of(stage: Stage) -> list[tuple[float, float, int, int, str]]:
    """Sent, done, number, status and strike of every attempt."""
    return [(h.t, h.done, h.attempt, h.status, h.strike) for h in stage.records(Hook)]


async def one(stage: Stage) -> None:
    """One notification."""
    await put(stage, 1)


async def three(stage: Stage) -> None:
    """Notifications of 1, 2 and 3 units, a second apart."""
    for units in (1, 2, 3):
        await put(stage, units)
        await stage.loop.delay(1.0)
