"""A delivery without a task of its own is, to everybody else, one with a task."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest
from tests.simulation.wire_stage import HOOK_URL, Stage

from peakproof.virtual_time.lives import Life
from peakproof.virtual_time.policies import policy_named
from peakproof.wire import hooks as hooks_module
from peakproof.wire.carriers import LocalCarrier
from peakproof.wire.deliveries import Delivery
from peakproof.wire.hooks import Hooks
from peakproof.wire.message import Request, Response
from peakproof.wire.network import Network

CLIMATE = {"kind": "latency", "median_s": 0.05, "sigma": 0.5}
WEATHERS: dict[str, list[dict[str, Any]]] = {
    "calm": [],
    "distance": [CLIMATE],
    "slow": [{"kind": "latency", "median_s": 6.0, "sigma": 1.0}],
    "storm": [
        CLIMATE,
        {"kind": "webhook_loss", "attempts": 1, "probability": 0.2},
        {"kind": "webhook_repeat", "copies": 3, "spread_s": 1.0, "probability": 0.3},
        {"kind": "webhook_delay", "delay_s": 0.5, "at_most_s": 2.0, "probability": 0.3},
        {"kind": "webhook_reorder", "probability": 0.2},
    ],
}


class Roundabout:
    """The same carrier, but for the deliveries a stranger: they take tasks."""

    def __init__(self, inner: LocalCarrier) -> None:
        self._inner = inner

    async def carry(self, url: str, request: Request, timeout_s: float) -> Response:
        """See :class:`peakproof.wire.carriers.Carrier`."""
        return await self._inner.carry(url, request, timeout_s)

    def sever(self) -> None:
        """See :class:`peakproof.wire.carriers.Carrier`."""
        self._inner.sever()


class Connector:
    """Answers at once, soon, late, never, wrongly or not at all; dies and comes back."""

    def __init__(self, stage: Stage, carrier: LocalCarrier, seed: int) -> None:
        self.turns: list[tuple[float, str]] = []
        self._stage = stage
        self._carrier = carrier
        self._seed = seed
        self.life = Life()

    def note(self, what: str) -> None:
        """Something had its turn."""
        self.turns.append((self._stage.world.t, what))

    async def take(self, _method: str, _path: str, headers: dict[str, str], body: bytes) -> int:
        """The handler; what it does depends on the notice and the attempt alone."""
        what = f"{body.decode()} {headers['x-attempt']}"
        rng = Random(f"{self._seed} {what}")
        self.note(f"{what} came")
        manner = rng.choice(["at once", "at once", "yields", "waits", "hangs", "fails"])
        if manner == "yields":
            for _ in range(rng.randint(1, 4)):
                await asyncio.sleep(0)
                self.note(f"{what} yielded")
        elif manner == "waits":
            await asyncio.sleep(rng.choice([0.5, 2.0, 7.0]))
        elif manner == "hangs":
            await asyncio.Event().wait()
        elif manner == "fails":
            raise ValueError(what)
        self.note(f"{what} done")
        return rng.choice([200, 204, 302, 503])

    def start(self) -> None:
        """Start, or start again."""
        self.life = Life()
        self.life.context.run(self._carrier.set_handler, self.take)

    def kill(self) -> None:
        """The end of its process."""
        self._stage.loop.kill(self.life)
        self._stage.wire.sever()
        self._carrier.sever()
        self.note("killed")

    async def bustle(self, name: str, rng: Random) -> None:
        """A task of somebody else, whose turns are told, too."""
        for number in range(12):
            await (asyncio.sleep(0) if rng.random() < 0.7 else asyncio.sleep(0.5))
            self.note(f"{name} {number}")
            if number % 3 == 0:
                self._stage.shop.put(f"{name}{number}", rng.randint(1, 9), "count")


def played(
    weather: str, policy: str, seed: int, *, kills: bool, short: bool
) -> tuple[list[tuple[float, str]], bytes]:
    """Whose turn it was when, and the history."""
    stage = Stage(WEATHERS[weather])
    stage.loop.policy = policy_named(policy, Random(seed))
    stage.shop.hook_url, stage.shop.retries_s = HOOK_URL, (0.5, 2.0)
    carrier = LocalCarrier()
    connector = Connector(stage, carrier, seed)

    async def story() -> None:
        Network(stage.loop)
        Hooks(stage.wire, carrier if short else Roundabout(carrier))
        connector.start()
        rng = Random(seed)
        others = [
            asyncio.ensure_future(connector.bustle(name, Random(f"{seed} {name}")))
            for name in ("anna", "bert")
        ]
        if kills:
            await asyncio.sleep(rng.choice([0.5, 1.0, 1.01]))
            connector.kill()
            await asyncio.sleep(rng.choice([0.5, 3.0]))
            connector.start()
        await asyncio.gather(*others)
        await stage.loop.delay(120.0)

    stage.play(story())
    assert stage.wire.fault is None
    return connector.turns, stage.history()


@pytest.mark.parametrize("kills", [False, True])
@pytest.mark.parametrize("policy", ["in_order", "uniform", "pct"])
@pytest.mark.parametrize("weather", list(WEATHERS))
def test_a_delivery_takes_the_turns_that_a_task_would_take(
    weather: str, policy: str, kills: bool
) -> None:
    for seed in range(8):
        long = played(weather, policy, seed, kills=kills, short=False)
        assert played(weather, policy, seed, kills=kills, short=True) == long


def test_the_short_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []

    class Counted(Delivery):
        __slots__ = ()

        def begin(self, delay_s: float) -> None:
            begun.append(delay_s)
            super().begin(delay_s)

    monkeypatch.setattr(hooks_module, "Delivery", Counted)
    played("calm", "in_order", 1, kills=False, short=True)
    assert begun
    begun.clear()
    played("calm", "in_order", 1, kills=False, short=False)
    assert not begun
