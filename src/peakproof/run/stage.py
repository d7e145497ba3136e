"""Puts a run together: one world, its fakes, the wire between, the trading day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
import simpy

from peakproof import catalogue
from peakproof.clock import Clock
from peakproof.errors import ScenarioError
from peakproof.history.recorder import Recorder
from peakproof.history.records import Balance, Phase, Run
from peakproof.rng import Streams
from peakproof.run.books import Books
from peakproof.run.setting import (
    HISTORY_FORMAT,
    Setting,
    connector_document,
    judged_estate,
    versions,
)
from peakproof.run.skew import world_of
from peakproof.scenario import Event, Scenario
from peakproof.toml_file import nearest
from peakproof.wire.aim import Aim
from peakproof.wire.exchange import Wait, Wire
from peakproof.wire.plan import Plan
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather
from peakproof.world import World

if TYPE_CHECKING:
    from peakproof.errors import PeakproofError

HOST: Final = "{system}.test"
"""Where a system is reached in a virtual run."""
ESTATE: Final = (
    "integration", "systems", "warehouse", "currency", "masters", "nodes", "channels",
    "reference", "accounts",
)  # fmt: skip
"""What the table ``estate`` of a scenario holds."""


@dataclass(slots=True)
class Stage:
    """All parts of one run, built and not yet moving."""

    setting: Setting
    scenario: Scenario
    world: World
    services: dict[str, Any]
    wire: Wire
    day: Any
    books: Books

    def opening_record(self, mode: str) -> Run:
        """The first record: all that is needed to play and to judge this run again."""
        setting, scenario = self.setting, self.scenario
        return Run(
            t=self.world.t,
            format=HISTORY_FORMAT,
            scenario=setting.named.id,
            seed=setting.seed,
            connector=setting.subject,
            mode="live" if mode == "live" else "virtual",
            policy=setting.policy,
            estate={**judged_estate(scenario), "prices": self.day.prices, **self._bundles()},
            judging=judging_document(scenario),
            versions=versions(),
            without=setting.without,
            settings=dict(setting.overrides),
            plan=setting.plan,
            file=setting.named.path,
        )

    def _bundles(self) -> dict[str, Any]:
        """What is sold as one SKU and shipped as its components, where anything is."""
        bundles = getattr(self.day, "bundles", None)
        return {"bundles": bundles} if bundles else {}

    def phase(self, name: str) -> None:
        """Enter a phase."""
        self.world.emit(Phase(self.world.t, name))

    def open_trading(self) -> None:
        """Trading opens: weather and aimed events begin, customers come."""
        self.phase("trade")
        self.wire.arm()
        for event in self.scenario.events:
            if event.at_s is not None:
                self.world.after(event.at_s + event.after_s, partial(self._act, event))
        self.day.start(self.world.t + self.scenario.duration_s)

    def calm(self) -> None:
        """Trading is over: no more weather; everything must settle now."""
        self.phase("calm")
        self.wire.disarm()

    def read_back(self) -> None:
        """Write what the physical world holds in the end."""
        self.phase("read_back")
        for place, sku, units in self.world.ledger.balances():
            self.world.emit(Balance(self.world.t, place, sku, units))
        self.phase("end")

    def document(self, access: dict[str, dict[str, str]]) -> dict[str, Any]:
        """The configuration for the connector."""
        made = connector_document(self.scenario, access, without=self.setting.without)
        bundles = self.day.bundles
        return {**made, "bundles": bundles} if bundles else made

    def _act(self, event: Event) -> None:
        self.day.act(event.act)

    def aim_events(self) -> None:
        """Register the events that are aimed at calls or notifications."""
        for index, event in enumerate(self.scenario.events):
            if (event.at_s is None) == (event.on is None):
                raise ScenarioError(f"events[{index}]: give either at_s or on")
            try:
                self.day.check(event.act)
            except ScenarioError as error:
                raise ScenarioError(f"events[{index}].act: {error}") from None
            if event.on is None:
                continue
            on, action = event.on, partial(self._act, event)
            if event.after_s:
                action = partial(self.world.after, event.after_s, action)
            self.wire.aim(Aim(on, action, on.when, on.of, on.times))


def judging_document(scenario: Scenario) -> dict[str, Any]:
    """What the judge is told: limits and gates, what must be exercised, how long it settles."""
    return {
        **scenario.judging,
        "expect": list(scenario.invariants),
    }


def build(
    setting: Setting,
    *,
    recorder: Recorder,
    wait: Wait,
    on_fault: Callable[[PeakproofError], None],
) -> Stage:
    """Make the world of a run and everything in it.

    Raises:
        ScenarioError: the scenario names what does not exist, or contradicts itself.
    """
    scenario = setting.scenario
    _refuse_strangers("estate", scenario.estate, ESTATE)
    for table in ("services", "clocks"):
        _refuse_strangers(table, getattr(scenario, table), catalogue.simulators())
    env = simpy.Environment(initial_time=0.0)
    clock = Clock(env, epoch=datetime.fromisoformat(scenario.epoch))
    world = World(env, clock=clock, streams=Streams(setting.seed), recorder=recorder)
    services = {
        name: catalogue.simulator(name)(
            world_of(name, world, scenario.clocks), scenario.services.get(name, {})
        )
        for name in scenario.estate["systems"]
    }
    rules = (*parse_rules(scenario.climate, where="climate"), *parse_rules(scenario.weather))
    if setting.plan is None:
        weather = Weather(world, rules)
    else:
        weather = Weather.from_plan(world, Plan.from_documents(setting.plan), climate=rules)
    hosts = {HOST.format(system=name): name for name in services}
    wire = Wire(world, services, hosts, weather, wait=wait, on_fault=on_fault)
    spec = {"stock": scenario.stock, "items": scenario.items, "trading": scenario.trading}
    day = catalogue.trading_day()(world, services, scenario.estate, spec)
    return Stage(setting, scenario, world, services, wire, day, Books(world))


def _refuse_strangers(table: str, given: Iterable[str], known: Iterable[str]) -> None:
    """A name that nobody reads would do nothing, in silence."""
    listed = list(known)
    for name in given:
        if name not in listed:
            near = nearest(name, listed)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(listed)}"
            raise ScenarioError(f"{table}: there is no {name!r}; {hint}")


def virtual_access(services: dict[str, Any]) -> dict[str, dict[str, str]]:
    """How a connector reaches each system in a virtual run: URLs and credentials."""
    return {
        name: {
            "url": f"http://{HOST.format(system=name)}",
            "auth_url": f"http://{HOST.format(system=name)}",
            **service.credentials,
        }
        for name, service in services.items()
    }


def plain(document: object) -> Any:
    """Structs and tuples as plain JSON values."""
    return msgspec.to_builtins(document)
