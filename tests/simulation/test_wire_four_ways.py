"""Every kind of weather on every way of carrying a call: the same to see, the same record."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import httpx
import msgspec
import pytest
import uvloop
from tests.simulation.wire_stage import HOST, Stage, records

from peakproof.errors import SimulatorFault
from peakproof.history.records import Call, Level, Placed, Strike
from peakproof.wire.direct import TruncatedAnswer
from peakproof.wire.httpx import RehearsalTransport
from peakproof.wire.kinds import KINDS
from peakproof.wire.live import LivePacer
from peakproof.wire.memory import serve_in_memory
from peakproof.wire.network import Network
from peakproof.wire.server import Server

RATE = 40.0
"""Seconds of run time in a real one, on sockets."""

GIVES_UP_S = 4.0
PATIENT_S = 400.0

Step = tuple[str, str, Any]
"""Method, path and JSON body of a call."""

SET_1: Step = ("POST", "/items/A", {"units": 1})
SET_2: Step = ("POST", "/items/A", {"units": 2})
READ: Step = ("GET", "/items/A", None)
QUERY: Step = ("GET", "/items", None)

SECOND = {"operation": "stock.set", "nth": 2}
ALWAYS = {"window": [0, 1e6]}


class Case(msgspec.Struct, frozen=True):
    """Rules, what is called, what the caller sees, ``(status, outcome)`` of the records."""

    rules: list[dict[str, Any]]
    steps: list[Step]
    seen: list[str]
    calls: list[tuple[int, str]]
    units: list[int]
    """What the shop's stock became, in order."""


def _second(rule: dict[str, Any], seen: str, call: tuple[int, str], units: list[int]) -> Case:
    """A rule that strikes the second write of stock."""
    return Case([{**rule, **SECOND}], [SET_1, SET_2], ["200", seen], [(200, "ok"), call], units)


UNKNOWN = (0, "unknown")
CASES = {
    "calm": Case([], [SET_1, READ], ["200", "200"], [(200, "ok"), (200, "ok")], [1]),
    "latency": Case([{"kind": "latency", "median_s": 1.0}], [SET_1], ["200"], [(200, "ok")], [1]),
    "burst": Case(
        [{"kind": "latency", "median_s": 0.1}, {"kind": "burst", "calm_s": 0.1, "factor": 2.0}],
        [SET_1, READ], ["200", "200"], [(200, "ok"), (200, "ok")], [1],
    ),
    "slow before": _second({"kind": "slow", "extra_s": 20.0}, "timeout", UNKNOWN, [1, 2]),
    "slow after": _second(
        {"kind": "slow", "extra_s": 20.0, "when": "after"}, "timeout", UNKNOWN, [1, 2]
    ),
    "error_before": _second({"kind": "error_before"}, "503 shop 503", (503, "unknown"), [1]),
    "error_before refused": _second(
        {"kind": "error_before", "status": 400}, "400 shop 400", (400, "failed"), [1]
    ),
    "error_before html": _second(
        {"kind": "error_before", "status": 502, "body": "html"},
        "502 Bad Gateway", (502, "unknown"), [1],
    ),
    "error_before later": _second(
        {"kind": "error_before", "body": "empty", "form": "seconds", "retry_s": 7},
        "503 in 7", (503, "unknown"), [1],
    ),
    "error_after": _second({"kind": "error_after"}, "500 shop 500", (500, "unknown"), [1, 2]),
    "timeout_before": _second({"kind": "timeout_before"}, "timeout", UNKNOWN, [1]),
    "timeout_after": _second({"kind": "timeout_after"}, "timeout", UNKNOWN, [1, 2]),
    "reset_before": _second({"kind": "reset_before"}, "reset", UNKNOWN, [1]),
    "reset_after": _second({"kind": "reset_after"}, "reset", UNKNOWN, [1, 2]),
    "truncated": _second({"kind": "truncated"}, "truncated", UNKNOWN, [1, 2]),
    "page_before": _second({"kind": "page_before"}, "200 Please wait", (200, "unknown"), [1]),
    "page_after": _second({"kind": "page_after"}, "200 Please wait", (200, "unknown"), [1, 2]),
    "blank_before": _second({"kind": "blank_before"}, "200", (200, "unknown"), [1]),
    "blank_after": _second({"kind": "blank_after"}, "200", (200, "unknown"), [1, 2]),
    "rate_limit": Case(
        [{"kind": "rate_limit", "limit": 1, "per_s": 1e6, "algorithm": "fixed_window",
          "form": "http_date"}],
        [SET_1, SET_2], ["200", "429 later"], [(200, "ok"), (429, "failed")], [1],
    ),
    "rate_limit aimed": _second(
        {"kind": "rate_limit", "retry_s": 3}, "429 in 3", (429, "failed"), [1]
    ),
    "outage": Case(
        [{"kind": "outage", **ALWAYS}], [SET_1, READ],
        ["503 Service Unavailable", "503 Service Unavailable"],
        [(503, "unknown"), (503, "unknown")], [],
    ),
    "outage refuse": Case(
        [{"kind": "outage", "how": "refuse", **ALWAYS}], [SET_1], ["refused"], [UNKNOWN], []
    ),
    "outage reset": Case(
        [{"kind": "outage", "how": "reset", **ALWAYS}], [SET_1], ["reset"], [UNKNOWN], []
    ),
    "outage silence": Case(
        [{"kind": "outage", "how": "silence", **ALWAYS}], [SET_1], ["timeout"], [UNKNOWN], []
    ),
    "stale_read": Case(
        [{"kind": "stale_read", "lag_s": 50}], [SET_1, QUERY, READ],
        ["200", "200 {}", "200"], [(200, "ok"), (200, "ok"), (200, "ok")], [1],
    ),
    "token_expired": Case(
        [{"kind": "token_expired", "operation": "stock.read"}], [SET_1, READ, READ],
        ["200", "401", "200"], [(200, "ok"), (401, "failed"), (200, "ok")], [1],
    ),
}  # fmt: skip


def _word(status: int, headers: Any, body: bytes) -> str:
    """What a caller sees, in a word or two."""
    text = body.decode()
    title = re.search(r"<title>(?:\d+ )?(.*)</title>", text)
    after = headers.get("retry-after")
    if after is not None:
        return f"{status} in {after}" if after.isdecimal() else f"{status} later"
    if title:
        return f"{status} {title.group(1)}"
    if '"shop ' in text:
        return f"{status} {msgspec.json.decode(body)['error']}"
    return f"{status} {{}}" if text == "{}" else str(status)


Send = Callable[[str, str, dict[str, str], bytes, float], Awaitable[str]]


async def _play(case: Case, stage: Stage, send: Send) -> list[str]:
    seen = []
    for (method, path, value), expected in zip(case.steps, case.seen, strict=True):
        headers = {"authorization": f"Bearer {stage.shop.token}"}
        body = b"" if value is None else msgspec.json.encode(value)
        timeout_s = GIVES_UP_S if expected == "timeout" else PATIENT_S
        seen.append(await send(method, path, headers, body, timeout_s))
    return seen


def _direct(case: Case) -> tuple[list[str], bytes]:
    stage = Stage(case.rules)

    async def send(
        method: str, path: str, headers: dict[str, str], body: bytes, timeout_s: float
    ) -> str:
        try:
            answer = await stage.transport.send(
                method, f"http://{HOST}{path}", headers, body, timeout_s
            )
        except TimeoutError:
            return "timeout"
        except TruncatedAnswer:
            return "truncated"
        except ConnectionRefusedError:
            return "refused"
        except ConnectionResetError:
            return "reset"
        return _word(*answer)

    return stage.play(_play(case, stage, send)), stage.history()


async def _with_httpx(client: httpx.AsyncClient, url: str, request: Any) -> str:
    method, path, headers, body, timeout_s = request
    try:
        answer = await client.request(
            method, url + path, headers=headers, content=body, timeout=timeout_s
        )
    except httpx.ReadTimeout:
        return "timeout"
    except httpx.RemoteProtocolError as error:
        return "truncated" if "without sending complete message body" in str(error) else "broken"
    except httpx.ConnectError:
        return "refused"
    except httpx.ReadError:
        return "reset"
    return _word(answer.status_code, answer.headers, answer.content)


def _httpx(case: Case) -> tuple[list[str], bytes]:
    stage = Stage(case.rules)

    async def story() -> list[str]:
        async with httpx.AsyncClient(transport=RehearsalTransport(stage.wire)) as client:

            async def send(*request: Any) -> str:
                return await _with_httpx(client, f"http://{HOST}", request)

            return await _play(case, stage, send)

    return stage.play(story()), stage.history()


async def _with_aiohttp(url: str, request: Any) -> str:
    method, path, headers, body, timeout_s = request
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    # A client that keeps connections would send a GET again by itself after a reset.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        try:
            async with session.request(method, url + path, headers=headers, data=body) as answer:
                return _word(answer.status, answer.headers, await answer.read())
        except TimeoutError:
            return "timeout"
        except aiohttp.ClientPayloadError:
            return "truncated"
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
            return "reset"


def _memory(case: Case) -> tuple[list[str], bytes]:
    stage = Stage(case.rules)
    network = Network(stage.loop)
    serve_in_memory(stage.wire, network)

    async def send(*request: Any) -> str:
        return await _with_aiohttp(f"http://{HOST}", request)

    try:
        return stage.play(_play(case, stage, send)), stage.history()
    finally:
        network.close()


def _sockets(case: Case) -> tuple[list[str], bytes]:
    stage = Stage(case.rules)
    stage.loop.close()
    quiet = asyncio.Event()

    def hear(_record: Any) -> None:
        levels = stage.records(Level)
        calls = stage.calls()
        if len(levels) >= len(case.units) and len(calls) >= len(case.steps):
            quiet.set()

    async def story() -> list[str]:
        pacer = LivePacer(stage.env, clock=asyncio.get_running_loop().time, rate=RATE)
        stage.wire.wait = pacer.wait
        async with Server(stage.wire, pacer) as server:

            async def send(
                method: str, path: str, headers: dict[str, str], body: bytes, timeout_s: float
            ) -> str:
                request = (method, path, headers, body, timeout_s / RATE)
                return await _with_aiohttp(server.urls["shop"], request)

            stage.world.listeners.append(hear)
            seen = await _play(case, stage, send)
            async with asyncio.timeout(20):
                await quiet.wait()
        stage.wire.close()
        assert stage.wire.fault is None
        return seen

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(story()), stage.history()


WAYS: dict[str, Callable[[Case], tuple[list[str], bytes]]] = {
    "direct": _direct, "httpx": _httpx, "memory": _memory, "sockets": _sockets,
}  # fmt: skip


def _timeless(history: bytes, *kinds: type) -> list[dict[str, Any]]:
    plain = [msgspec.to_builtins(record) for record in records(history, *kinds)]
    return [{k: v for k, v in one.items() if k not in ("t", "done")} for one in plain]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
def test_weather_is_the_same_on_every_way(name: str, way: str) -> None:
    case = CASES[name]
    seen, history = WAYS[way](case)
    expected = list(case.seen)
    if way in ("memory", "sockets"):
        # The connection stands already when weather is asked: what is left of "refused" is a reset.
        expected = ["reset" if one == "refused" else one for one in expected]
    assert seen == expected

    calls = records(history, Call)
    assert [(call.status, call.outcome) for call in calls] == case.calls
    assert [level.on_hand for level in records(history, Level)] == case.units

    _, reference = _direct(case)
    for kind in (Strike, Call, Level, Placed):
        assert _timeless(history, kind) == _timeless(reference, kind), kind
    if way != "sockets":
        assert history == reference


def test_a_fault_inside_a_fake_ends_the_run_of_an_in_memory_client() -> None:
    stage = Stage()
    network = Network(stage.loop)
    serve_in_memory(stage.wire, network)
    headers = {"authorization": f"Bearer {stage.shop.token}"}
    call = _with_aiohttp(f"http://{HOST}", ("POST", "/broken", headers, b"", 9.0))
    try:
        with pytest.raises(SimulatorFault, match="broken failed inside the fake"):
            stage.play(call)
    finally:
        network.close()
    assert isinstance(stage.wire.fault, SimulatorFault)
    assert [(one.status, one.outcome) for one in stage.calls()] == [UNKNOWN]


def test_a_severed_call_of_an_in_memory_client_is_reset_and_has_its_effect() -> None:
    stage = Stage([{"kind": "latency", "median_s": 2.0}])
    network = Network(stage.loop)
    serve_in_memory(stage.wire, network)
    headers = {"authorization": f"Bearer {stage.shop.token}"}

    async def story() -> str:
        request = ("POST", "/items/A", headers, b'{"units":1}', 9.0)
        task = asyncio.create_task(_with_aiohttp(f"http://{HOST}", request))
        await stage.loop.delay(0.5)
        stage.wire.sever()
        return await task

    try:
        assert stage.play(story()) == "reset"
    finally:
        network.close()
    assert stage.wire.fault is None
    assert [(one.status, one.outcome, one.done) for one in stage.calls()] == [(*UNKNOWN, 0.5)]
    assert [level.t for level in stage.records(Level)] == [1.0]


def test_every_kind_that_strikes_calls_is_played() -> None:
    played = {rule["kind"] for case in CASES.values() for rule in case.rules}
    assert played == {one.name for one in KINDS.values() if one.on != "hook"}


def test_each_strike_that_a_case_names_is_in_the_record() -> None:
    for name, case in CASES.items():
        _, history = _direct(case)
        struck = {strike.kind for strike in records(history, Strike)}
        wanted = {rule["kind"] for rule in case.rules if KINDS[rule["kind"]].role != "ground"}
        assert struck == wanted, name
        marked = {call.strike for call in records(history, Call)} - {""}
        assert marked == wanted, name
