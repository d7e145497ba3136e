"""The fakes on real sockets: ports, pace, faults of the harness, a clean stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import uvloop
from tests.simulation.wire_stage import Stage

from peakproof.errors import HarnessFault, SimulatorFault, UsageError
from peakproof.history.records import Call, Level
from peakproof.wire.control import Control
from peakproof.wire.live import LivePacer
from peakproof.wire.server import Server

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class Live:
    """A stage whose wire is paced by a clock that the test moves, or by the loop's."""

    def __init__(self, rules: Any = (), *, rate: float = 1.0, clock: Any = None) -> None:
        self.stage = Stage(rules)
        self.stage.loop.close()
        self.rate = rate
        self.clock = clock
        self.pacer: LivePacer
        self.server: Server

    def play(
        self,
        story: Callable[[httpx.AsyncClient], Awaitable[Any]],
        *,
        loop: str = "uvloop",
        **options: Any,
    ) -> Any:
        """Serve, run a story with a client of the shop, stop; nothing may be left over."""

        async def main() -> Any:
            clock = self.clock or asyncio.get_running_loop().time
            self.pacer = LivePacer(self.stage.env, clock=clock, rate=self.rate)
            self.stage.wire.wait = self.pacer.wait
            before = asyncio.all_tasks()
            async with Server(self.stage.wire, self.pacer, **options) as self.server:
                headers = {"authorization": f"Bearer {self.stage.shop.token}"}
                url = self.server.urls["shop"]
                async with httpx.AsyncClient(base_url=url, headers=headers) as client:
                    told = await story(client)
            assert asyncio.all_tasks() == before
            self.stage.wire.close()
            return told

        with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
            return runner.run(main())


@pytest.mark.parametrize("loop", LOOPS)
def test_a_call_over_a_socket_has_its_effect_and_its_record(loop: str) -> None:
    live = Live()

    async def story(client: httpx.AsyncClient) -> tuple[int, Any]:
        answer = await client.post("/items/A", json={"units": 3})
        return answer.status_code, answer.json()

    assert live.play(story, loop=loop) == (200, {"sku": "A", "units": 3})
    (call,) = live.stage.records(Call)
    assert (call.op, call.status, call.outcome) == ("stock.set", 200, "ok")
    assert live.stage.shop.units == {"A": 3}


def test_each_system_listens_on_loopback_on_a_free_port_unless_told() -> None:
    live = Live()

    async def story(_client: httpx.AsyncClient) -> str:
        return live.server.urls["shop"]

    url = live.play(story)
    assert url.startswith("http://127.0.0.1:")
    port = int(url.rpartition(":")[2])
    again = Live()

    async def same(_client: httpx.AsyncClient) -> str:
        return again.server.urls["shop"]

    assert again.play(same, ports={"shop": port}) == url


@pytest.mark.parametrize("loop", LOOPS)
def test_a_taken_port_is_named_with_its_option(loop: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"--port shop={port}: port {port} is taken"):
            Live().play(_nothing, loop=loop, ports={"shop": port})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ports": {"shop": 70000}}, "--port shop=70000: a port is a number from 0 to 65535"),
        ({"ports": {"bank": 1}}, "--port bank: there is no such system; there are shop"),
        ({"host": "203.0.113.9"}, r"--port shop=0: cannot listen on 203\.0\.113\.9"),
        ({"ports": {"bank": 1}, "option": "--listen"}, "--listen bank: there is no such system"),
    ],
)
def test_what_cannot_be_listened_on_is_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Live().play(_nothing, **options)


async def _nothing(_client: httpx.AsyncClient) -> None:
    return None


def test_connections_that_wait_are_ended_when_the_server_stops() -> None:
    live = Live([{"kind": "timeout_after"}, {"kind": "slow", "extra_s": 1e6, "nth": 2}])
    asked = asyncio.Event()

    async def story(client: httpx.AsyncClient) -> list[asyncio.Task[httpx.Response]]:
        live.stage.world.listeners.append(lambda _record: asked.set())
        pending = []
        for units in (1, 2):
            asked.clear()
            call = client.post("/items/A", json={"units": units}, timeout=60)
            pending.append(asyncio.create_task(call))
            await asked.wait()
        await live.server.stop()
        ended = await asyncio.gather(*pending, return_exceptions=True)
        assert [isinstance(error, httpx.TransportError) for error in ended] == [True, True]
        return pending

    live.play(story)
    calls = live.stage.records(Call)
    assert [(call.outcome, call.status) for call in calls] == [("unknown", 0)] * 2


def test_a_client_that_hangs_up_makes_its_call_unknown_at_once_and_the_effect_comes_later() -> None:
    live = Live([{"kind": "slow", "extra_s": 20.0, "operation": "stock.set"}], rate=40.0)
    happened = asyncio.Event()

    def hear(record: Any) -> None:
        if isinstance(record, Level):
            happened.set()

    async def story(client: httpx.AsyncClient) -> None:
        live.stage.world.listeners.append(hear)
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/items/A", json={"units": 3}, timeout=0.1)
        await happened.wait()

    live.play(story)
    (call,) = live.stage.records(Call)
    (level,) = live.stage.records(Level)
    assert (call.outcome, call.strike, level.by, level.n) == ("unknown", "slow", "connector", 1)
    assert call.done < 20.0 < level.t


def test_a_fault_inside_a_fake_is_a_plain_500_and_is_kept() -> None:
    live = Live()

    async def story(client: httpx.AsyncClient) -> tuple[int, str, int]:
        broken = await client.post("/broken")
        return broken.status_code, broken.text, (await client.get("/items")).status_code

    status, text, after = live.play(story)
    assert (status, after) == (500, 200)
    assert text.startswith("fault of the harness: shop: broken failed inside the fake")
    assert isinstance(live.stage.wire.fault, SimulatorFault)
    assert [(call.status, call.outcome) for call in live.stage.calls()] == [
        (0, "unknown"), (200, "ok"),
    ]  # fmt: skip


def test_a_fault_inside_the_world_is_never_an_answer_of_a_fake() -> None:
    live = Live(clock=iter([float(step) for step in range(100)]).__next__)

    async def story(client: httpx.AsyncClient) -> str:
        live.stage.world.after(0.5, lambda: live.stage.shop.units.__delitem__("gone"))
        return (await client.get("/items")).text

    assert live.play(story).startswith("fault of the harness: the world failed: KeyError")
    assert isinstance(live.stage.wire.fault, HarnessFault)
    assert live.pacer.fault is live.stage.wire.fault


def test_many_clients_at_once_are_all_served() -> None:
    live = Live()

    async def story(client: httpx.AsyncClient) -> set[int]:
        calls = (client.post(f"/items/S{sku}", json={"units": sku}) for sku in range(200))
        return {answer.status_code for answer in await asyncio.gather(*calls)}

    assert live.play(story) == {200}
    assert live.stage.shop.units == {f"S{sku}": sku for sku in range(200)}
    assert sorted(call.n for call in live.stage.calls()) == list(range(1, 201))


def test_the_control_plane_stands_beside_the_vendors_paths() -> None:
    live = Live()
    control = Control(live.stage.wire, token="let-me-in-please")

    async def story(client: httpx.AsyncClient) -> list[int]:
        token = {"x-peakproof-token": "let-me-in-please"}
        return [
            (await client.get("/_peakproof/state", headers=token)).status_code,
            (await client.get("/_peakproof/state")).status_code,
            (await client.get("/_peakproofs/state", headers=token)).status_code,
        ]

    assert live.play(story, control=control) == [200, 401, 404]
    assert [call.op for call in live.stage.calls()] == ["unknown.path"]


# --- pace -----------------------------------------------------------------------------------


def _pacer(rate: float = 1.0) -> tuple[Stage, LivePacer, list[float]]:
    stage = Stage()
    stage.loop.close()
    now = [100.0]
    return stage, LivePacer(stage.env, clock=lambda: now[0], rate=rate), now


async def _paced(rate: float) -> list[float]:
    stage, pacer, now = _pacer(rate)
    seen = [stage.world.t]
    stage.world.after(3.0, lambda: seen.append(stage.world.t))
    pacer.catch_up()
    now[0] += 50.0
    pacer.start()
    now[0] += 1.0
    pacer.catch_up()
    seen.append(stage.world.t)
    pacer.stop()
    now[0] += 9.0
    pacer.catch_up()
    seen.append(stage.world.t)
    return seen


@pytest.mark.parametrize(
    ("rate", "seen"), [(1.0, [0.0, 1.0, 1.0]), (2.0, [0.0, 2.0, 2.0]), (6.0, [0.0, 3.0, 6.0, 6.0])]
)
def test_the_world_follows_the_clock_at_its_rate_between_start_and_stop(
    rate: float, seen: list[float]
) -> None:
    assert asyncio.run(_paced(rate)) == seen


def test_events_happen_by_themselves_when_they_are_due() -> None:
    live = Live(rate=100.0)
    happened = asyncio.Event()

    async def story(_client: httpx.AsyncClient) -> float:
        live.stage.world.after(10.0, happened.set)
        async with asyncio.timeout(20):
            await happened.wait()
        return live.stage.world.t

    assert live.play(story) >= 10.0


@pytest.mark.parametrize("rate", [0.5, 0.0, -1.0, float("nan"), float("inf")])
def test_a_live_run_does_not_go_slower_than_real_time(rate: float) -> None:
    with pytest.raises(UsageError, match="at real speed or faster"):
        _pacer(rate)
