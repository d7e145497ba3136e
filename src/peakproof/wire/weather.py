"""What goes wrong on the wire in a run: drawn from the seed, or replayed from a plan.

Chance is kept apart for each operation (and each kind of notification) of each system, so that
its n-th call draws the same whatever else happens. Latency has streams of its own.

A rule that picks calls (``nth``, ``every``, ``probability``) writes a :class:`Strike` each time; a
rule that stands writes one, with ``nth`` 0, when it first strikes. On each call the rules that
pick come first, then those that stand, in an order that does not depend on the scenario's: so a
plan taken from a history decides every call as the run did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp
from random import Random
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from peakproof.history.records import Effect, Strike
from peakproof.rng import derive
from peakproof.wire.aim import Chooser, Mention
from peakproof.wire.call_weather import Burst, Latency, RateLimit, with_wait
from peakproof.wire.kinds import CallWeather, Fate, HookFate, HookWeather, Parameters
from peakproof.wire.limiter import Limiter
from peakproof.wire.plan import Plan
from peakproof.wire.rules import Rule

if TYPE_CHECKING:
    from peakproof.world import World

F = TypeVar("F", Fate, HookFate)

_BEFORE_OPENING: Final = -1.0


class _Standing:
    """A rule that strikes all that fit it; its state is shared by all operations."""

    __slots__ = ("limiter", "rule", "struck")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.struck = False
        self.limiter: Limiter | None = None
        if isinstance(rule.parameters, RateLimit):
            self.limiter = rule.parameters.limiter()


class _Spell:
    """The two-state Markov chain of one burst rule in one system; asked in order of time."""

    __slots__ = ("_draw", "_rule", "_slow", "_until_s")

    def __init__(self, rule: Burst, rng: Random) -> None:
        self._rule = rule
        self._draw = rng.expovariate
        self._slow = False
        self._until_s = self._draw(1.0 / rule.calm_s)

    def factor(self, now_s: float) -> float:
        """What latency is multiplied by now."""
        while self._until_s <= now_s:
            self._slow = not self._slow
            mean_s = self._rule.burst_s if self._slow else self._rule.calm_s
            self._until_s += self._draw(1.0 / mean_s)
        return self._rule.factor if self._slow else 1.0


class Weather:
    """The rules of a run and their state. Armed from the start; see :meth:`arm`."""

    def __init__(self, world: World, rules: Iterable[Rule] = (), *, plan: Plan | None = None):
        self.world = world
        self.rules = tuple(rules)
        self.plan = plan
        self.armed = True
        self.origin_s = 0.0
        self._spells: dict[tuple[str, int], _Spell] = {}
        self._prepare()

    @classmethod
    def from_plan(cls, world: World, plan: Plan, *, climate: Iterable[Rule] = ()) -> Weather:
        """Weather that strikes exactly as a plan says; ``climate`` gives the latency.

        Of ``climate`` only the kinds that no plan holds are used (latency, bursts): they are part
        of the seed.
        """
        return cls(world, climate, plan=plan)

    def arm(self) -> None:
        """Trading opens: windows count from now, calls from zero, strikes begin."""
        self.armed = True
        self.origin_s = self.world.t
        self._prepare()

    def disarm(self) -> None:
        """Calm: nothing strikes any more, windows and bursts are over; latency remains."""
        self.armed = False

    def since_opening_s(self, now_s: float) -> float:
        """Seconds since trading opened, negative while it is not open."""
        return now_s - self.origin_s if self.armed else _BEFORE_OPENING

    def calls(self, system: str, operation: str, effect: Effect) -> Forecast[Fate]:
        """What is in store for the calls of an operation."""
        return Forecast(self, system, operation, effect, Fate)

    def hooks(self, system: str, event: str) -> Forecast[HookFate]:
        """What is in store for the notifications of an event."""
        return Forecast(self, system, event, "other", HookFate)

    def spell(self, system: str, index: int) -> _Spell:
        """The bursts of one rule in one system."""
        found = self._spells.get((system, index))
        if found is None:
            rule = self.rules[index].parameters
            assert isinstance(rule, Burst)
            rng = self.world.streams.get("latency", "burst", system, index)
            found = self._spells[system, index] = _Spell(rule, rng)
        return found

    def _prepare(self) -> None:
        struck = [rule for rule in self.rules if rule.kind.role != "ground"]
        if self.plan is not None:
            struck = list(self.plan.rules())
        self.picking: list[tuple[Rule, int, _Standing | None]] = []
        self.planned: list[Rule] = []
        self.standing: list[_Standing] = []
        seen: dict[str, int] = {}
        for rule in struck:
            name = rule.kind.name
            seen[name] = seen.get(name, -1) + 1
            target = rule.target
            if self.plan is not None and target.nth:
                self.planned.append(rule)
            elif target.chooses:
                self.picking.append((rule, seen[name], None))
            elif rule.kind.once:
                self.picking.append((rule, seen[name], _Standing(rule)))
            else:
                self.standing.append(_Standing(rule))
        self.standing.sort(key=lambda one: _canonical(one.rule))


def _canonical(rule: Rule) -> bytes:
    return msgspec.json.encode(rule.document(), order="sorted")


class Forecast(Generic[F]):
    """What weather holds for one operation, or for one kind of notification, of one system."""

    __slots__ = (
        "_bursts", "_effect", "_latencies", "_make", "_median_s", "_normals", "_operation",
        "_picking", "_planned", "_sigma", "_standing", "_system", "_weather", "quiet",
    )  # fmt: skip

    def __init__(
        self, weather: Weather, system: str, operation: str, effect: Effect, make: Callable[[], F]
    ) -> None:
        self._weather: Weather = weather
        self._system: str = system
        self._operation: str = operation
        self._effect: Effect = effect
        self._make: Callable[[], F] = make
        self._read_climate()
        self._read_strikes()
        self.quiet = not (self._picking or self._planned or self._standing)
        """Nothing can strike here, whatever happens."""

    def _read_climate(self) -> None:
        weather, system, operation = self._weather, self._system, self._operation
        latencies: list[tuple[Rule, Latency]] = []
        bursts: list[tuple[Rule, _Spell]] = []
        for index, rule in enumerate(weather.rules):
            if not rule.target.names(system, operation):
                continue
            if isinstance(rule.parameters, Latency):
                latencies.insert(0, (rule, rule.parameters))
            elif isinstance(rule.parameters, Burst):
                bursts.append((rule, weather.spell(system, index)))
        side = "hook" if self._make is HookFate else "call"
        self._normals = weather.world.streams.normals("latency", side, system, operation)
        self._latencies, self._bursts = latencies, bursts
        self._median_s: float | None = None
        self._sigma = 0.0
        if not bursts and (not latencies or latencies[0][0].target.window is None):
            plain = latencies[0][1] if latencies else Latency(median_s=0.0)
            self._median_s, self._sigma = plain.median_s, plain.sigma

    def _read_strikes(self) -> None:
        weather, system, operation = self._weather, self._system, self._operation
        wanted: Any = HookWeather if self._make is HookFate else CallWeather

        def applies(rule: Rule) -> bool:
            return (
                isinstance(rule.parameters, wanted)
                and rule.target.names(system, operation)
                and (self._effect == "read" or not rule.kind.reads_only)
            )

        self._picking: list[tuple[Rule, int, Chooser, _Standing | None]] = []
        for rule, index, once in weather.picking:
            if applies(rule):
                rng = None
                if rule.target.probability is not None:
                    rng = weather.world.streams.get(
                        "weather", system, operation, rule.kind.name, index
                    ).random
                self._picking.append((rule, index, Chooser(rule.target, rng), once))
        self._planned: dict[int, list[Rule]] = {}
        for rule in weather.planned:
            if applies(rule) and isinstance(rule.target.nth, int):
                self._planned.setdefault(rule.target.nth, []).append(rule)
        self._standing = [one for one in weather.standing if applies(one.rule)]

    def latency_s(self, now_s: float) -> float:
        """Draw how long this call takes, there and back together."""
        median_s = self._median_s
        if median_s is not None:
            return median_s * exp(self._sigma * next(self._normals)) if self._sigma else median_s
        at_s = self._weather.since_opening_s(now_s)
        latency_s = 0.0
        for rule, latency in self._latencies:
            if rule.target.admits(at_s, _nothing):
                drawn = exp(latency.sigma * next(self._normals)) if latency.sigma else 1.0
                latency_s = latency.median_s * drawn
                break
        if self._weather.armed:
            for rule, spell in self._bursts:
                if rule.target.admits(at_s, _nothing):
                    latency_s *= spell.factor(now_s)
        return latency_s

    def strike(self, nth: int, now_s: float, mentions: Mention) -> F | None:
        """Draw what strikes the n-th call; each strike is written into the history."""
        if not self._weather.armed:
            return None
        at_s = now_s - self._weather.origin_s
        fate: F | None = None
        for rule in self._planned.get(nth, ()):
            if not _is_settled(fate, rule):
                fate = self._hit(fate, rule, self._concrete(rule, 0, nth), nth)
        for rule, index, chooser, once in self._picking:
            if once is not None:
                if once.struck or not rule.target.admits(at_s, mentions):
                    continue
                once.struck = True
            elif not chooser.strikes(at_s, mentions):
                continue
            if not _is_settled(fate, rule):
                fate = self._hit(fate, rule, self._concrete(rule, index, nth), nth)
        for standing in self._standing:
            fate = self._stand(fate, standing, nth, at_s, mentions)
        return fate

    def _stand(
        self, fate: F | None, standing: _Standing, nth: int, at_s: float, mentions: Mention
    ) -> F | None:
        rule = standing.rule
        if _is_settled(fate, rule) or not rule.target.admits(at_s, mentions):
            return fate
        parameters = rule.parameters
        if standing.limiter is not None:
            wait_s = standing.limiter.wait_s(at_s)
            if not wait_s:
                return fate
            parameters = with_wait(parameters, wait_s)
        else:
            parameters = self._concrete(rule, 0, nth)
        first = not standing.struck
        standing.struck = True
        return self._hit(fate, rule, parameters, 0, written=first)

    def _concrete(self, rule: Rule, index: int, nth: int) -> Parameters:
        seed = self._weather.world.streams.seed
        name = rule.kind.name
        opened: list[Random] = []

        def draw() -> float:
            if not opened:
                here = derive(seed, "strike", self._system, self._operation, name, index, nth)
                opened.append(Random(here))
            return opened[0].random()

        return rule.parameters.concrete(draw)

    def _hit(
        self, fate: F | None, rule: Rule, parameters: Any, nth: int, *, written: bool = True
    ) -> F:
        if fate is None:
            fate = self._make()
        parameters.strike(fate)
        fate.names.append(rule.kind.name)
        fate.decided = fate.decided or rule.kind.role == "decides"
        if written:
            world, target = self._weather.world, rule.target
            if nth:
                strike = (self._system, self._operation, nth, parameters.arguments())
            else:
                arguments = rule.parameters.arguments()
                if target.window is not None:
                    arguments["window"] = list(target.window)
                if target.key:
                    arguments["key"] = target.key
                strike = (target.system, target.operation, 0, arguments)
            world.emit(Strike(world.t, rule.kind.name, *strike))
        return fate


def _is_settled(fate: Fate | HookFate | None, rule: Rule) -> bool:
    """Whether another kind has decided already how this ends."""
    return fate is not None and fate.decided and rule.kind.role == "decides"


def _nothing(_text: str) -> bool:
    return False
