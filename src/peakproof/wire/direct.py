"""Calls without HTTP framing: the fastest way from a connector to the fakes.

The caller's time-out is worked out from the latency that was drawn, instead of a timer that is
set and nearly always cancelled.
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING, Final, NoReturn
from zlib import crc32

from peakproof.errors import FenceError
from peakproof.toml_file import nearest
from peakproof.wire.exchange import OUTCOMES
from peakproof.wire.message import Request, Response

if TYPE_CHECKING:
    from peakproof.wire.exchange import Passage, Wire


_MOST_ADDRESSES: Final = 1024


class TruncatedAnswer(ConnectionError):
    """The connection closed in the middle of an answer: ``came`` is the part of it that came."""

    def __init__(self, call: str, answer: Response, keep: float) -> None:
        self.came = Response(answer.status, kept_part(answer.body, keep), answer.headers)
        self.length = len(answer.body)
        super().__init__(f"{call}: {len(self.came.body)} of {self.length} bytes came")


def kept_part(body: bytes, keep: float) -> bytes:
    """What arrives of a body that is truncated: at least one byte is missing."""
    return body[: min(int(len(body) * keep), len(body) - 1)]


def split_url(url: str) -> tuple[str, str, str]:
    """Host (with its port, if any), path and query of an absolute URL, as they stand there."""
    _, _, rest = url.partition("://")
    rest, _, _ = rest.partition("#")
    rest, _, query = rest.partition("?")
    host, _, path = rest.partition("/")
    return host, "/" + path, query


def system_at(wire: Wire, host: str) -> str:
    """The system that a host of a URL belongs to.

    Raises:
        FenceError: no system is there.
    """
    found = wire.hosts.get(host) or wire.hosts.get(host.lower())
    if found is None:
        near = nearest(host, wire.hosts)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(wire.hosts))}"
        raise FenceError(f"The connector called {host or 'a URL without a host'}; {hint}")
    return found


async def answer_within(wire: Wire, passage: Passage, timeout_s: float) -> Response:
    """Carry a call and wait for its answer as a client does that gives up after a time.

    Raises:
        TimeoutError: no answer came in time.
        ConnectionRefusedError, ConnectionResetError: as they say.
        TruncatedAnswer: the connection closed in the middle of the answer.
        HarnessFault: the fake failed.
    """
    out_s = passage.out_s
    try:
        if out_s > timeout_s:
            await _expire(wire, passage, timeout_s, timeout_s)
        await (wire.wait(out_s) if out_s else asyncio.sleep(0))
        return await _rest(wire, passage, wire.arrive(passage), timeout_s - out_s, timeout_s)
    except BaseException:
        if not passage.settled:
            wire.forsake(passage)
        raise


async def _rest(
    wire: Wire, passage: Passage, served: object, left_s: float, timeout_s: float
) -> Response:
    """The second half of a call that is out of the ordinary."""
    if asyncio.iscoroutine(served):
        began_s = wire.world.t
        task = wire.finishing(passage, served)
        await asyncio.wait((task,), timeout=None if left_s == inf else left_s)
        if not task.done():
            await _expire(wire, passage, 0.0, timeout_s)
        served = task.result()
        left_s -= wire.world.t - began_s
    ending = passage.ending
    if ending == "silence" or passage.back_s > left_s:
        if left_s == inf:
            await asyncio.get_running_loop().create_future()
        await _expire(wire, passage, left_s, timeout_s)
    await (wire.wait(passage.back_s) if passage.back_s else asyncio.sleep(0))
    assert served is None or isinstance(served, Response)
    answer = wire.conclude(passage, served)
    if ending == "answer":
        assert answer is not None
        return answer
    call = f"{passage.request.method} {passage.request.path}"
    if ending == "truncate" and answer is not None and answer.body:
        assert passage.fate is not None
        raise TruncatedAnswer(call, answer, passage.fate.keep)
    if ending == "refuse":
        raise ConnectionRefusedError(f"{call}: connection refused")
    raise ConnectionResetError(f"{call}: connection reset by peer")


async def _expire(wire: Wire, passage: Passage, wait_s: float, timeout_s: float) -> NoReturn:
    if wait_s:
        await wire.wait(wait_s)
    wire.forsake(passage)
    request = passage.request
    raise TimeoutError(f"{request.method} {request.path}: no answer within {timeout_s:g} s")


class DirectTransport:
    """What a connector that takes a transport is given: ``await transport.send(…)``."""

    __slots__ = ("_addresses", "_systems", "_wire")

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._systems: dict[str, str] = {}
        """The system behind each beginning of a URL, such as ``http://deposco.test/``."""
        self._addresses: dict[str, tuple[str, str, str]] = {}

    async def send(
        self, method: str, url: str, headers: dict[str, str], body: bytes, timeout_s: float
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request: status, headers (names in lower case) and body of the answer.

        Raises:
            TimeoutError: no answer within ``timeout_s`` seconds of run time.
            ConnectionError: connection reset, or closed in the middle of the answer.
            FenceError: the URL leads to no system of the run.
        """
        wire = self._wire
        system, path, query = self._addresses.get(url) or self._address(url)
        names = "".join(headers)
        if names == names.lower():
            lower = headers.copy()
        else:
            lower = {name.lower(): value for name, value in headers.items()}
        passage = wire.depart(system, Request(method, path, query, lower, body))
        out_s, back_s, lapse = passage.out_s, passage.back_s, wire.lapse
        if passage.fate is not None or out_s + back_s > timeout_s:
            answer = await answer_within(wire, passage, timeout_s)
            return answer.status, answer.headers.copy(), answer.body
        # The way of nearly every call, written out, for each coroutine on it is resumed at both
        # waits: no time-out, nothing struck.
        try:
            await (lapse(out_s) if out_s else asyncio.sleep(0))
            served = wire.arrive(passage)
            if isinstance(served, Response):
                await (lapse(back_s) if back_s else asyncio.sleep(0))
                status, whole = served.status, served.body
                wire.settle(passage, status, OUTCOMES.get(status // 100, "unknown"), crc32(whole))
                return status, served.headers.copy(), whole
            answer = await _rest(wire, passage, served, timeout_s - out_s, timeout_s)
        except BaseException:
            if not passage.settled:
                wire.forsake(passage)
            raise
        return answer.status, answer.headers.copy(), answer.body

    def _address(self, url: str) -> tuple[str, str, str]:
        """System, path and query of a URL; those without a query are kept, for they come again."""
        start = url.find("/", 8)
        system = self._systems.get(url[: start + 1])
        if system is None or "#" in url:
            host, path, query = split_url(url)
            system = system_at(self._wire, host)
            if host in self._wire.hosts:
                for scheme in ("http", "https"):
                    self._systems[f"{scheme}://{host}/"] = system
        else:
            path, _, query = url[start:].partition("?")
        address = system, path, query
        if not query:
            if len(self._addresses) >= _MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[url] = address
        return address
