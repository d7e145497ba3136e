"""Notifications on their way from the fakes to the connector, and what happens to them there.

A notification is tried until a 2xx answers it or its vendor gives up. Weather may delay, lose,
repeat or reorder it; every attempt leaves a record, with ``n`` the call that caused it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import msgspec

from peakproof.history.records import Hook
from peakproof.service import Notification
from peakproof.virtual_time.lives import outside
from peakproof.wire.aim import Aim, Chooser, notice_mentions
from peakproof.wire.carriers import Carrier
from peakproof.wire.direct import split_url
from peakproof.wire.exchange import outcome_of
from peakproof.wire.kinds import HookFate
from peakproof.wire.message import Request, Response
from peakproof.wire.weather import Forecast

if TYPE_CHECKING:
    from peakproof.wire.exchange import Wire

EXTENSION: Final = "extension"
"""The event name of a call that a fake makes to the connector and waits for."""


class _Line:
    """One event of one system: its count, its weather, what is aimed at it."""

    __slots__ = ("after", "before", "count", "forecast", "season")

    def __init__(self, forecast: Forecast[HookFate], season: int) -> None:
        self.forecast = forecast
        self.season = season
        self.count = 0
        self.before: list[tuple[Aim, Chooser]] = []
        self.after: list[tuple[Aim, Chooser]] = []


class _Parcel(msgspec.Struct):
    """A notification with what was drawn for it."""

    notice: Notification
    line: _Line
    fate: HookFate | None
    cause: int
    arrived: bool = False

    @property
    def strike(self) -> str:
        return "" if self.fate is None else "+".join(sorted(self.fate.names))


class _Attempt(msgspec.Struct):
    """One attempt under way. ``n`` is the call that caused the notification."""

    n: int
    sent_s: float
    system: str
    event: str
    key: str
    number: int
    strike: str
    crc: int


class Hooks:
    """Delivers what the fakes post. ``world.post`` and ``world.fetch`` lead here."""

    def __init__(self, wire: Wire, carrier: Carrier) -> None:
        self.wire = wire
        self.carrier = carrier
        self.closed = False
        self._lines: dict[tuple[str, str], _Line] = {}
        self._held: dict[tuple[str, str], list[_Parcel]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._under_way: dict[int, _Attempt] = {}
        self._numbers = 0
        wire.world.post = self.post
        wire.world.fetch = self.fetch

    # --- what the fakes call -------------------------------------------------------------

    def post(self, notice: Notification) -> None:
        """Send a notification on its way; returns at once."""
        if self.closed:
            return
        world = self.wire.world
        line = self._line(notice.system, notice.event)
        line.count += 1
        fate: HookFate | None = None
        if not line.forecast.quiet:
            mentions = notice_mentions(notice.key, notice.body)
            fate = line.forecast.strike(line.count, world.t, mentions)
        parcel = _Parcel(notice, line, fate, world.n)
        if fate is None:
            self._spawn(self._deliver(parcel, 0.0))
        elif fate.held:
            key = notice.key if fate.held == "key" else ""
            self._held.setdefault((notice.system, key), []).append(parcel)
            world.after(fate.at_most_s, lambda: self._release(parcel))
        else:
            self._send(parcel)

    async def fetch(self, url: str, request: Request, timeout_s: float) -> Response:
        """Call the connector on behalf of a fake, and wait for its answer.

        Raises:
            TimeoutError: no answer in time.
            ConnectionError: nobody listens there, or the connection broke.
        """
        world = self.wire.world
        system = self.wire.system_of(world.n)
        line = self._line(system, EXTENSION)
        line.count += 1
        fate: HookFate | None = None
        _, path, _ = split_url(url)
        if not line.forecast.quiet:
            fate = line.forecast.strike(line.count, world.t, notice_mentions(path, request.body))
        notice = Notification(system, EXTENSION, path, url, request.body, _no_headers)
        parcel = _Parcel(notice, line, fate, world.n)
        extra_s = 0.0 if fate is None else fate.delay_s
        return await self._attempt(parcel, request, 1, timeout_s, extra_s)

    # --- deliveries ----------------------------------------------------------------------

    def _send(self, parcel: _Parcel) -> None:
        fate = parcel.fate
        offsets_s = (0.0,) if fate is None else fate.offsets_s
        delay_s = 0.0 if fate is None else fate.delay_s
        for offset_s in offsets_s:
            self._spawn(self._deliver(parcel, delay_s + offset_s))

    def _release(self, parcel: _Parcel) -> None:
        """Deliver what was held back, if it still is."""
        for held in self._held.values():
            for index, one in enumerate(held):
                if one is parcel:
                    del held[index]
                    self._send(parcel)
                    return

    async def _deliver(self, parcel: _Parcel, delay_s: float) -> None:
        wire, notice = self.wire, parcel.notice
        if delay_s:
            await wire.wait(delay_s)
        _, path, query = split_url(notice.url)
        for number in range(1, len(notice.retries_s) + 2):
            headers = {name.lower(): value for name, value in notice.headers(number).items()}
            request = Request("POST", path, query, headers, notice.body)
            try:
                answer = await self._attempt(parcel, request, number, notice.timeout_s, 0.0)
                done = 200 <= answer.status < 300
            except (TimeoutError, ConnectionError):
                done = False
            if done or number > len(notice.retries_s):
                return
            await wire.wait(notice.retries_s[number - 1])

    async def _attempt(
        self, parcel: _Parcel, request: Request, number: int, timeout_s: float, extra_s: float
    ) -> Response:
        wire, notice, fate = self.wire, parcel.notice, parcel.fate
        world = wire.world
        way_s = 0.5 * parcel.line.forecast.latency_s(world.t)
        self._numbers = key = self._numbers + 1
        self._under_way[key] = _Attempt(
            parcel.cause, world.t, notice.system, notice.event, notice.key, number,
            parcel.strike, crc32(notice.body),
        )  # fmt: skip
        status = 0
        try:
            lost = fate is not None and (fate.lost < 0 or number <= fate.lost)
            out_s = way_s + extra_s
            if lost or out_s > timeout_s:
                await wire.wait(timeout_s)
                raise TimeoutError(f"{notice.url}: no answer within {timeout_s:g} s")
            if out_s:
                await wire.wait(out_s)
            answer = await self._arrive(parcel, request, timeout_s - out_s)
            if way_s:
                await wire.wait(way_s)
            status = answer.status
            return answer
        finally:
            self._settle(key, status)

    async def _arrive(self, parcel: _Parcel, request: Request, left_s: float) -> Response:
        line, first = parcel.line, not parcel.arrived
        parcel.arrived = True
        if first:
            self._fire(line.before, parcel)
        try:
            answer = await self.carrier.carry(parcel.notice.url, request, left_s)
        except (TimeoutError, ConnectionError):
            raise
        except Exception as error:
            raise self.wire.blame(error, f"the way to {parcel.notice.url}") from error
        if first:
            self._fire(line.after, parcel)
            self._let_go(parcel)
        return answer

    def _let_go(self, parcel: _Parcel) -> None:
        """A later notification has arrived: what was held back for it follows."""
        notice = parcel.notice
        for key in ((notice.system, notice.key), (notice.system, "")):
            held = self._held.get(key)
            if held:
                waiting = [one for one in held if one is not parcel]
                held[:] = [one for one in held if one is parcel]
                for one in waiting:
                    self._send(one)

    def _settle(self, key: int, status: int) -> None:
        attempt = self._under_way.pop(key, None)
        if attempt is None:
            return
        world = self.wire.world
        # Nobody follows a redirect here: to the vendor it is a refusal.
        outcome = "failed" if 300 <= status < 400 else outcome_of(status)
        world.emit(
            Hook(
                attempt.sent_s, attempt.n, world.t, attempt.system, attempt.event, attempt.key,
                attempt.number, status, outcome, attempt.strike, attempt.crc,
            )
        )  # fmt: skip

    # --- the frame -----------------------------------------------------------------------

    def sever(self) -> None:
        """The connector's process died: nobody listens until a handler is registered again."""
        self.carrier.sever()

    def close(self) -> None:
        """The run is over: attempts under way are written as unknown, the rest is dropped."""
        self.closed = True
        for key in list(self._under_way):
            self._settle(key, 0)
        self._held.clear()
        for task in list(self._tasks.values()):
            task.cancel()

    def _line(self, system: str, event: str) -> _Line:
        season = self.wire.season
        line = self._lines.get((system, event))
        if line is None or line.season != season:
            line = _Line(self.wire.weather.hooks(system, event), season)
            self._lines[system, event] = line
            for index, aim in self.wire.aims("hook"):
                if aim.target.names(system, event):
                    draw = self.wire.world.streams.get("aim", system, event, index).random
                    side = line.before if aim.when == "before" else line.after
                    side.append((aim, Chooser(aim.target, draw)))
        return line

    def _fire(self, aimed: list[tuple[Aim, Chooser]], parcel: _Parcel) -> None:
        if aimed:
            notice = parcel.notice
            self.wire.fire(aimed, notice_mentions(notice.key, notice.body))

    def _spawn(self, delivery: Coroutine[Any, Any, None]) -> None:
        context = outside()
        task = asyncio.get_running_loop().create_task(delivery, context=context)
        self._numbers = number = self._numbers + 1
        self._tasks[number] = task
        task.add_done_callback(lambda done: self._ended(number, done), context=context)

    def _ended(self, number: int, task: asyncio.Task[None]) -> None:
        self._tasks.pop(number, None)
        if not task.cancelled():
            error = task.exception()
            if isinstance(error, Exception):
                self.wire.blame(error, "a delivery")


def _no_headers(_attempt: int) -> dict[str, str]:
    return {}
