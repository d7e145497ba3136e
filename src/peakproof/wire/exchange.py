"""The one pipeline that every way of carrying a call goes through.

A call is numbered and routed, weather is drawn for it, it travels, arrives, has its effect and
travels back; when its outcome is settled for the caller, one record is written. The carriers
(:mod:`direct`, :mod:`httpx`, :mod:`memory`, :mod:`server`) only wait and move bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import msgspec

from peakproof.errors import PeakproofError, SimulatorFault, UsageError
from peakproof.history.records import Call, Outcome
from peakproof.service import Inbound, OperationLike, Service
from peakproof.virtual_time.lives import outside
from peakproof.wire.aim import Aim, Chooser, Mention, request_mentions
from peakproof.wire.answers import answer_in_place
from peakproof.wire.kinds import Fate
from peakproof.wire.message import Request, Response
from peakproof.wire.weather import Forecast, Weather

if TYPE_CHECKING:
    from peakproof.world import World

Wait = Callable[[float], Awaitable[None]]

OUTCOMES: Final[dict[int, Outcome]] = {
    1: "unknown", 2: "ok", 3: "ok", 4: "failed", 5: "unknown",
}  # fmt: skip
"""What a caller knows from the first digit of a status; no whole answer is ``unknown`` too."""

_TRACE_LENGTH: Final = 128


def outcome_of(status: int) -> Outcome:
    """What a caller knows after a whole answer with that status (0: there was none)."""
    return OUTCOMES.get(status // 100, "unknown")


class Station:
    """One operation of one system on the wire: its count, its weather, what is aimed at it."""

    __slots__ = ("after", "before", "count", "effect", "forecast", "operation", "system")

    def __init__(self, system: str, operation: OperationLike, forecast: Forecast[Fate]) -> None:
        self.system = system
        self.operation = operation.name
        self.effect = operation.effect
        self.forecast = forecast
        self.count = 0
        self.before: list[tuple[Aim, Chooser]] = []
        self.after: list[tuple[Aim, Chooser]] = []


class Passage(msgspec.Struct):
    """One call on its way. Times are run time in seconds."""

    n: int
    sent_s: float
    station: Station
    service: Service
    inbound: Inbound
    request: Request
    fate: Fate | None
    out_s: float
    back_s: float
    arrived: bool = False
    settled: bool = False
    alone: bool = False
    """Its caller has gone: the wire itself lets it arrive."""

    @property
    def ending(self) -> str:
        """How it ends for the caller: ``answer``, ``silence``, ``reset`` or ``truncate``."""
        return "answer" if self.fate is None else self.fate.ending


class Wire:
    """Everything between one connector and the fakes, for the length of one run.

    ``hosts`` maps a host as it stands in URLs (``deposco.test``) to a system's name. ``wait``
    lets so many seconds of run time pass; ``lapse`` does, too, for who awaits it at once. ``fault``
    is the first fault of the harness that a call met; ``on_fault`` is told, so that a runner can
    stop. ``season`` changes whenever weather or aims do: from then on operations count from one
    again.
    """

    def __init__(
        self,
        world: World,
        services: Mapping[str, Service],
        hosts: Mapping[str, str],
        weather: Weather,
        *,
        wait: Wait,
        on_fault: Callable[[PeakproofError], None] | None = None,
    ) -> None:
        strangers = sorted(set(hosts.values()) - set(services))
        if strangers:
            raise UsageError(f"hosts name systems that are not there: {', '.join(strangers)}")
        self.world = world
        self.services = dict(services)
        self.hosts = dict(hosts)
        self.weather = weather
        self.wait = self.lapse = wait
        self.on_fault = on_fault
        self.fault: PeakproofError | None = None
        self.calls = 0
        self.season = 0
        self.closed = False
        self._aims: list[Aim] = []
        self._stations: dict[str, dict[str, Station]] = {name: {} for name in services}
        self._open: dict[int, Passage] = {}
        self._tasks: dict[int, asyncio.Task[Response]] = {}

    # --- what is aimed -----------------------------------------------------------------

    def arm(self) -> None:
        """Trading opens: calls count from one again, weather and aimed events begin."""
        self.weather.arm()
        self._forget_stations()

    def disarm(self) -> None:
        """Calm: no strikes and no aimed events any more."""
        self.weather.disarm()

    def aim(self, aim: Aim) -> None:
        """Register a business event; one aimed at notifications belongs to the hooks."""
        problem = aim.target.problem()
        if problem is not None:
            raise UsageError(f"an aimed event: {problem[0]}: {problem[1]}")
        self._aims.append(aim)
        self._forget_stations()

    def aims(self, on: str) -> list[tuple[int, Aim]]:
        """The events aimed at calls or at hooks, each with its number."""
        return [(index, aim) for index, aim in enumerate(self._aims) if aim.on == on]

    def set_weather(self, weather: Weather) -> None:
        """Replace the weather; operations count from one again."""
        self.weather = weather
        self._forget_stations()

    def replace(self, name: str, service: Service) -> None:
        """Put a fresh fake in the place of one; its operations count from one again."""
        self.services[name] = service
        self._stations[name] = {}

    def _forget_stations(self) -> None:
        self.season += 1
        for stations in self._stations.values():
            stations.clear()

    def _station(self, system: str, operation: OperationLike) -> Station:
        name = operation.name
        forecast = self.weather.calls(system, name, operation.effect)
        station = self._stations[system][name] = Station(system, operation, forecast)
        for index, aim in self.aims("call"):
            if aim.target.names(system, name):
                draw = self.world.streams.get("aim", system, name, index).random
                side = station.before if aim.when == "before" else station.after
                side.append((aim, Chooser(aim.target, draw)))
        return station

    # --- the way of a call -------------------------------------------------------------

    def depart(self, system: str, request: Request) -> Passage:
        """A request was sent: number it, route it, draw its weather. Nothing else happens yet."""
        self.calls = n = self.calls + 1
        service = self.services[system]
        try:
            inbound = service.receive(request)
        except Exception as error:
            raise self.blame(error, f"{system}: {request.method} {request.path}") from error
        operation = inbound.operation
        station = self._stations[system].get(operation.name)
        if station is None:
            station = self._station(system, operation)
        station.count += 1
        now_s = self.world.env._now
        forecast = station.forecast
        out_s = back_s = 0.5 * forecast.latency_s(now_s)
        fate: Fate | None = None
        if not forecast.quiet:
            fate = forecast.strike(station.count, now_s, request_mentions(request))
            if fate is not None:
                out_s += fate.out_s
                back_s += fate.back_s
        passage = Passage(n, now_s, station, service, inbound, request, fate, out_s, back_s)
        self._open[n] = passage
        return passage

    def arrive(self, passage: Passage) -> Response | Coroutine[Any, Any, Response] | None:
        """The call is at the system: its effect happens now. None when weather keeps it off.

        Raises:
            ConnectionResetError: the call was severed from its caller.
            HarnessFault: the fake failed, or an event that was aimed here.
        """
        if passage.alone:
            raise ConnectionResetError("this call was severed from its caller")
        passage.arrived = True
        station = passage.station
        if station.before:
            self._fire(station.before, passage)
        inbound, fate, world = passage.inbound, passage.fate, self.world
        if fate is not None:
            if fate.expires:
                passage.service.expire_tokens()
            inbound.stale_s = fate.stale_s
        answer: Response | None = None
        if fate is None or fate.serves:
            by, n = world.by, world.n
            world.by, world.n = "connector", passage.n
            try:
                served = inbound.serve()
            except Exception as error:
                raise self.blame(error, f"{station.system}: {station.operation}") from error
            finally:
                world.by, world.n = by, n
            if not isinstance(served, Response):
                return self._finish(passage, served)
            answer = served
        if station.after:
            self._fire(station.after, passage)
        return answer

    async def _finish(self, passage: Passage, served: Awaitable[Response]) -> Response:
        station = passage.station
        try:
            answer = await OnBehalf(self.world, passage.n, served)
        except Exception as error:
            raise self.blame(error, f"{station.system}: {station.operation}") from error
        if station.after:
            self._fire(station.after, passage)
        return answer

    def finishing(
        self, passage: Passage, served: Coroutine[Any, Any, Response]
    ) -> asyncio.Task[Response]:
        """Go on with an effect that takes time, whatever becomes of the caller."""
        context = outside()
        task = asyncio.get_running_loop().create_task(served, context=context)
        self._tasks[passage.n] = task
        task.add_done_callback(lambda done: self._finished(passage.n, done), context=context)
        return task

    def _finished(self, n: int, task: asyncio.Task[Response]) -> None:
        self._tasks.pop(n, None)
        if not task.cancelled():
            task.exception()  # blame() has kept it; nobody else need await this task

    def conclude(self, passage: Passage, served: Response | None) -> Response | None:
        """The answer reaches the caller (or breaks off): settle it. The whole answer, if any."""
        fate = passage.fate
        if fate is None:
            assert served is not None
            answer = served
        else:
            made = answer_in_place(fate, served, passage.service, self.world.clock)
            if made is None or fate.ending != "answer":
                self.settle(passage, 0, "unknown")
                return made
            answer = made
            if fate.body != "vendor" and fate.status < 400:
                self.settle(passage, answer.status, "unknown", crc32(answer.body))
                return answer
        status = answer.status
        self.settle(passage, status, OUTCOMES.get(status // 100, "unknown"), crc32(answer.body))
        return answer

    def settle(self, passage: Passage, status: int, outcome: Outcome, ans: int = 0) -> None:
        """Write the record of a call, once."""
        if passage.settled:
            return
        passage.settled = True
        del self._open[passage.n]
        station, request, fate = passage.station, passage.request, passage.fate
        world = self.world
        world.emit(
            Call(
                passage.sent_s, passage.n, world.env._now, station.system, station.operation,
                station.effect, request.method, request.path, status, outcome,
                tuple(passage.inbound.keys), "" if fate is None else "+".join(sorted(fate.names)),
                crc32(request.body), ans, request.headers.get("traceparent", "")[:_TRACE_LENGTH],
            )
        )  # fmt: skip

    # --- callers that do not wait ------------------------------------------------------

    def forsake(self, passage: Passage) -> None:
        """The caller has gone (time-out, cancelled, connection closed): what is unknown to it.

        A request that is on its way still arrives and has its effect, at its own time.
        """
        self.settle(passage, 0, "unknown")
        if not passage.arrived and not self.closed:
            passage.alone = True
            delay_s = passage.sent_s + passage.out_s - self.world.env.now
            self.world.after(max(0.0, delay_s), lambda: self._arrive_alone(passage))

    def _arrive_alone(self, passage: Passage) -> None:
        if self.closed:
            return
        passage.alone = False
        served = self.arrive(passage)
        if served is not None and not isinstance(served, Response):
            self.finishing(passage, served)

    def sever(self) -> None:
        """The connector's process died: every call in flight goes on without it."""
        for passage in list(self._open.values()):
            self.forsake(passage)

    def close(self) -> None:
        """The run is over: calls without an outcome are written as unknown."""
        for passage in list(self._open.values()):
            self.settle(passage, 0, "unknown")
        self.closed = True
        for task in list(self._tasks.values()):
            task.cancel()

    # --- what must not happen ----------------------------------------------------------

    def blame(self, error: Exception, where: str) -> PeakproofError:
        """Keep the first fault of the harness, and give it back to be raised."""
        fault = error
        if not isinstance(fault, PeakproofError):
            fault = SimulatorFault(f"{where} failed: {type(error).__name__}: {error}")
        if self.fault is None:
            self.fault = fault
            if self.on_fault is not None:
                self.on_fault(fault)
        return fault

    def system_of(self, n: int) -> str:
        """The system that an open call goes to; "" when no such call is open."""
        passage = self._open.get(n)
        return passage.station.system if passage is not None else ""

    def fire(self, aimed: list[tuple[Aim, Chooser]], mentions: Mention) -> None:
        """Business events happen that are aimed at this moment."""
        weather = self.weather
        if not weather.armed:
            return
        at_s = self.world.t - weather.origin_s
        for aim, chooser in aimed:
            if chooser.strikes(at_s, mentions):
                try:
                    with self.world.acting("system"):
                        aim.fire()
                except Exception as error:
                    raise self.blame(error, "an aimed event") from error

    def _fire(self, aimed: list[tuple[Aim, Chooser]], passage: Passage) -> None:
        asked = request_mentions(passage.request)
        keys = passage.inbound.keys
        self.fire(aimed, lambda text: asked(text) or any(text in key for key in keys))


class OnBehalf:
    """Awaits something step by step, each step on behalf of a call of the connector."""

    __slots__ = ("_inner", "_n", "_world")

    def __init__(self, world: World, n: int, inner: Awaitable[Response]) -> None:
        self._world = world
        self._n = n
        self._inner = inner

    def __await__(self) -> Generator[Any, Any, Response]:
        world = self._world
        steps = self._inner.__await__()
        reply: Any = None
        thrown: BaseException | None = None
        while True:
            by, n = world.by, world.n
            world.by, world.n = "connector", self._n
            try:
                waited = steps.send(reply) if thrown is None else steps.throw(thrown)
            except StopIteration as done:
                answer: Response = done.value
                return answer
            finally:
                world.by, world.n = by, n
            thrown = None
            try:
                reply = yield waited
            except BaseException as error:
                thrown = error
