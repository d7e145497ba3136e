"""What the calls of a trading day cost in a virtual run, fake by fake: ``make bench``.

Each is held against its floor: two ``asyncio.sleep`` on the virtual loop and the same JSON both
ways, of the same bodies and answers.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

import msgspec
import pytest
import simpy
from benchmarks.call_subjects import CALLS, CASES, Asked, Caller, Case
from benchmarks.wire_subject import RULES, filling, world_of

from peakproof import catalogue
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.wire.direct import DirectTransport
from peakproof.wire.exchange import Wire
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather

ROUNDS: Final = 7
LAP: Final = 20
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode


class Round:
    """One round of a case: the floor, then the calls; microseconds of the best lap of each."""

    def __init__(self, case: Case) -> None:
        env = simpy.Environment(initial_time=0.0)
        self.loop = VirtualLoop(env)
        world = world_of(env)
        service = catalogue.simulator(case.system)(world, case.settings)
        with world.acting("seed"):
            service.seed(filling(100, on_hand=10_000))
        self.calls: list[Asked] = case.subject(Caller(service))
        assert len(self.calls) == CALLS
        weather = Weather(world, parse_rules(RULES[:1]))
        hosts = {"fake.test": case.system}
        wire = Wire(world, {case.system: service}, hosts, weather, wait=self.loop.delay)
        wire.lapse = self.loop.lapse
        self._send = DirectTransport(wire).send
        self._answers: list[bytes] = []
        self.direct_us = self.floor_us = float("inf")

    def play(self) -> None:
        """Make the calls, and then the floor with what they answered."""
        try:
            self.loop.run_until_complete(self._direct())
            self.loop.run_until_complete(self._floor())
        finally:
            self.loop.close()

    async def _direct(self) -> None:
        for start in range(0, CALLS, LAP):
            began = time.process_time()
            for method, path, query, headers, body in self.calls[start : start + LAP]:
                url = f"http://fake.test{path}?{query}" if query else f"http://fake.test{path}"
                raw = _encode(body) if body is not None else b""
                status, _, answer = await self._send(method, url, headers, raw, 30.0)
                assert 200 <= status < 300, answer
                _decode(answer)
                self._answers.append(answer)
            self.direct_us = min(self.direct_us, _lap_us(began))

    async def _floor(self) -> None:
        for start in range(0, CALLS, LAP):
            part = slice(start, start + LAP)
            began = time.process_time()
            for asked, answer in zip(self.calls[part], self._answers[part], strict=True):
                if asked.body is not None:
                    _encode(asked.body)
                await asyncio.sleep(0.04)
                await asyncio.sleep(0.04)
                _decode(answer)
            self.floor_us = min(self.floor_us, _lap_us(began))


def _lap_us(began: float) -> float:
    return (time.process_time() - began) / LAP * 1e6


@pytest.mark.benchmark(group="calls of a trading day", timer=time.process_time)
@pytest.mark.parametrize("name", CASES)
def bench_a_call_against_its_floor(benchmark: Any, capsys: Any, name: str) -> None:
    """A direct call with everything on, against two sleeps and the JSON."""
    case = CASES[name]
    rounds: list[Round] = []

    def set_up() -> tuple[tuple[Round], dict[str, Any]]:
        rounds.append(Round(case))
        return (rounds[-1],), {}

    benchmark.pedantic(lambda one: one.play(), setup=set_up, rounds=ROUNDS)
    floor_us = min(one.floor_us for one in rounds)
    direct_us = min(one.direct_us for one in rounds)
    times = direct_us / floor_us
    with capsys.disabled():
        print(f"\n{name}: floor {floor_us:.1f} us, direct {direct_us:.1f} us: {times:.2f} times")  # noqa: T201
    assert times <= case.most
