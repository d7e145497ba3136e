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
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.wire.aim import Aim, Chooser, notice_mentions
from peakproof.wire.carriers import Carrier, HandlerCarrier
from peakproof.wire.deliveries import Delivery
from peakproof.wire.direct import split_url
from peakproof.wire.exchange import outcome_of
from peakproof.wire.kinds import HookFate
from peakproof.wire.message import Request, Response
from peakproof.wire.weather import Forecast

if TYPE_CHECKING:
    from peakproof.errors import PeakproofError
    from peakproof.wire.exchange import Wire

Half = Coroutine[Any, Any, Response]

EXTENSION: Final = "extension"
"""The event name of a call that a fake makes to the connector and waits for."""


class _Line:
    """One event of one system: its count, its weather, what is aimed at it, where it goes."""

    __slots__ = ("after", "before", "count", "forecast", "path", "query", "season", "url")

    def __init__(self, forecast: Forecast[HookFate], season: int) -> None:
        self.forecast = forecast
        self.season = season
        self.count = 0
        self.before: list[tuple[Aim, Chooser]] = []
        self.after: list[tuple[Aim, Chooser]] = []
        self.url = self.path = self.query = ""

    def turn_to(self, url: str) -> None:
        """Notices of one event go to one address, or nearly so: it is taken apart once."""
        self.url = url
        _, self.path, self.query = split_url(url)


class Parcel(msgspec.Struct):
    """A notification with what was drawn for it; ``cause`` is the call that it came of."""

    notice: Notification
    line: _Line
    fate: HookFate | None
    cause: int
    arrived: bool = False

    @property
    def strike(self) -> str:
        return "" if self.fate is None else "+".join(sorted(self.fate.names))

    def is_lost(self, number: int) -> bool:
        """Whether weather keeps that attempt from arriving."""
        fate = self.fate
        return fate is not None and (fate.lost < 0 or number <= fate.lost)

    def request(self, number: int) -> Request:
        """What that attempt sends."""
        notice, line = self.notice, self.line
        if line.url != notice.url:
            line.turn_to(notice.url)
        headers = {name.lower(): value for name, value in notice.headers(number).items()}
        return Request("POST", line.path, line.query, headers, notice.body)


class Hooks:
    """Delivers what the fakes post. ``world.post`` and ``world.fetch`` lead here."""

    def __init__(self, wire: Wire, carrier: Carrier) -> None:
        self.wire = wire
        self.carrier = carrier
        self.closed = False
        self._lines: dict[tuple[str, str], _Line] = {}
        self._held: dict[tuple[str, str], list[Parcel]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._under_way: dict[int, tuple[Parcel, int, float]] = {}
        self._context = outside()
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
        parcel = Parcel(notice, line, fate, world.n)
        if fate is not None and fate.held:
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
        parcel = Parcel(notice, line, fate, world.n)
        extra_s = 0.0 if fate is None else fate.delay_s
        return await self._attempt(parcel, request, 1, timeout_s, extra_s)

    # --- deliveries ----------------------------------------------------------------------

    def _send(self, parcel: Parcel) -> None:
        fate = parcel.fate
        if fate is None:
            self._set_out(parcel, 0.0)
            return
        for offset_s in fate.offsets_s:
            self._set_out(parcel, fate.delay_s + offset_s)

    def _set_out(self, parcel: Parcel, delay_s: float) -> None:
        carrier = self.carrier
        if isinstance(carrier, HandlerCarrier) and carrier.handler is not None:
            loop = asyncio.get_running_loop()
            if isinstance(loop, VirtualLoop):
                Delivery(self, carrier, parcel, loop, self._context).begin(delay_s)
                return
        self.spawn(self.deliver(parcel, delay_s))

    def _release(self, parcel: Parcel) -> None:
        """Deliver what was held back, if it still is."""
        for held in self._held.values():
            for index, one in enumerate(held):
                if one is parcel:
                    del held[index]
                    self._send(parcel)
                    return

    async def deliver(
        self, parcel: Parcel, delay_s: float, number: int = 1, begun: Half | None = None
    ) -> None:
        """Every attempt from the ``number``-th on; ``begun`` is the rest of that one."""
        wire, notice = self.wire, parcel.notice
        if delay_s:
            await wire.wait(delay_s)
        while True:
            if begun is None:
                request = parcel.request(number)
                begun = self._attempt(parcel, request, number, notice.timeout_s, 0.0)
            try:
                answer = await begun
                done = 200 <= answer.status < 300
            except (TimeoutError, ConnectionError):
                done = False
            if done or number > len(notice.retries_s):
                return
            await wire.wait(notice.retries_s[number - 1])
            number, begun = number + 1, None

    async def _attempt(
        self, parcel: Parcel, request: Request, number: int, timeout_s: float, extra_s: float
    ) -> Response:
        wire = self.wire
        key, way_s = self.depart(parcel, number)
        try:
            out_s = way_s + extra_s
            if parcel.is_lost(number) or out_s > timeout_s:
                await wire.wait(timeout_s)
                raise TimeoutError(f"{parcel.notice.url}: no answer within {timeout_s:g} s")
            if out_s:
                await wire.wait(out_s)
            first = self.arrive(parcel)
            left_s = timeout_s - out_s
            return await self.second_half(parcel, request, key, way_s, left_s, first=first)
        finally:
            self.settle(key, 0)

    async def second_half(
        self,
        parcel: Parcel,
        request: Request,
        key: int,
        way_s: float,
        left_s: float,
        *,
        first: bool,
    ) -> Response:
        """The rest of an attempt that has arrived; ``way_s`` is the way back."""
        status = 0
        try:
            try:
                answer = await self.carrier.carry(parcel.notice.url, request, left_s)
            except (TimeoutError, ConnectionError):
                raise
            except Exception as error:
                raise self.blame(error, parcel) from error
            if first:
                self.answered(parcel)
            if way_s:
                await self.wire.wait(way_s)
            status = answer.status
            return answer
        finally:
            self.settle(key, status)

    # --- what every delivery does, whoever makes it ----------------------------------------

    def depart(self, parcel: Parcel, number: int) -> tuple[int, float]:
        """An attempt begins: its key, and how long the way is."""
        now_s = self.wire.world.env.now
        way_s = 0.5 * parcel.line.forecast.latency_s(now_s)
        self._numbers = key = self._numbers + 1
        self._under_way[key] = parcel, number, now_s
        return key, way_s

    def arrive(self, parcel: Parcel) -> bool:
        """It is at the connector's door; whether it is the first of its parcel."""
        first = not parcel.arrived
        parcel.arrived = True
        if first and parcel.line.before:
            self._fire(parcel.line.before, parcel)
        return first

    def answered(self, parcel: Parcel) -> None:
        """The first that arrived was answered."""
        if parcel.line.after:
            self._fire(parcel.line.after, parcel)
        if self._held:
            self._let_go(parcel)

    def settle(self, key: int, status: int) -> None:
        """Write the record of an attempt, once."""
        under_way = self._under_way.pop(key, None)
        if under_way is None:
            return
        parcel, number, sent_s = under_way
        notice = parcel.notice
        world = self.wire.world
        # Nobody follows a redirect here: to the vendor it is a refusal.
        outcome = "failed" if 300 <= status < 400 else outcome_of(status)
        world.emit(
            Hook(
                sent_s, parcel.cause, world.env.now, notice.system, notice.event, notice.key,
                number, status, outcome, parcel.strike, crc32(notice.body),
            )
        )  # fmt: skip

    def blame(self, error: Exception, parcel: Parcel) -> PeakproofError:
        """The way to the connector failed, which is the harness's fault."""
        return self.wire.blame(error, f"the way to {parcel.notice.url}")

    def _let_go(self, parcel: Parcel) -> None:
        """A later notification has arrived: what was held back for it follows."""
        notice = parcel.notice
        for key in ((notice.system, notice.key), (notice.system, "")):
            held = self._held.get(key)
            if held:
                waiting = [one for one in held if one is not parcel]
                held[:] = [one for one in held if one is parcel]
                for one in waiting:
                    self._send(one)

    # --- the frame -----------------------------------------------------------------------

    def outstanding(self) -> int:
        """Notifications of a live run that are on their way, held back, or will be tried again."""
        return len(self._tasks) + sum(map(len, self._held.values()))

    def sever(self) -> None:
        """The connector's process died: nobody listens until a handler is registered again."""
        self.carrier.sever()

    def close(self) -> None:
        """The run is over: attempts under way are written as unknown, the rest is dropped."""
        self.closed = True
        for key in list(self._under_way):
            self.settle(key, 0)
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

    def _fire(self, aimed: list[tuple[Aim, Chooser]], parcel: Parcel) -> None:
        notice = parcel.notice
        self.wire.fire(aimed, notice_mentions(notice.key, notice.body))

    def spawn(self, delivery: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a delivery as a task."""
        context = outside()
        task = asyncio.get_running_loop().create_task(delivery, context=context)
        self._numbers = number = self._numbers + 1
        self._tasks[number] = task
        task.add_done_callback(lambda done: self._ended(number, done), context=context)
        return task

    def _ended(self, number: int, task: asyncio.Task[None]) -> None:
        self._tasks.pop(number, None)
        if not task.cancelled():
            error = task.exception()
            if isinstance(error, Exception):
                self.wire.blame(error, "a delivery")


def _no_headers(_attempt: int) -> dict[str, str]:
    return {}
