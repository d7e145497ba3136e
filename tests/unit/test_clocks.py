"""Systems whose clocks are off: their dates are shifted, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import simpy
from jsonschema_rs import Draft202012Validator

from peakproof import catalogue
from peakproof.clock import Clock
from peakproof.errors import ScenarioError
from peakproof.history.recorder import Recorder
from peakproof.history.records import Phase, Record
from peakproof.rng import Streams
from peakproof.run.setting import Setting
from peakproof.run.skew import world_of
from peakproof.run.stage import build
from peakproof.scenario_schema import scenario_schema
from peakproof.world import World


@pytest.fixture
def world() -> World:
    env = simpy.Environment()
    return World(env, clock=Clock(env), streams=Streams(1), recorder=Recorder())


def test_a_clock_that_is_ahead_reads_later_and_takes_dates_for_earlier(world: World) -> None:
    ahead = world_of("shop", world, {"shop": 90.0})
    world.env.run(until=10.0)

    assert (world.clock.iso(), ahead.clock.iso()) == (
        "2026-11-27T06:00:10.000Z", "2026-11-27T06:01:40.000Z",
    )  # fmt: skip
    assert ahead.clock.date() - world.clock.date() == timedelta(seconds=90)
    assert ahead.clock.epoch_s - world.clock.epoch_s == 90.0
    assert ahead.clock.seconds(ahead.clock.iso()) == 10.0, "its own dates mean what they say"
    assert ahead.clock.seconds(world.clock.iso()) == -80.0, "those of others lie behind it"


def test_run_time_and_chance_are_the_same_for_all(world: World) -> None:
    behind = world_of("shop", world, {"shop": -90.0})
    world.env.run(until=10.0)

    assert behind.t == world.t == 10.0
    assert behind.streams is world.streams
    assert behind.ledger is world.ledger


def test_on_whose_behalf_things_happen_is_the_same_on_both_sides(world: World) -> None:
    behind = world_of("shop", world, {"shop": -90.0})
    heard: list[Record] = []
    world.listeners.append(heard.append)

    with behind.acting("staff"):
        assert (world.by, behind.by) == ("staff", "staff")
    with world.acting("till"):
        assert behind.by == "till"
    behind.by, behind.n = "connector", 7
    assert (world.by, world.n) == ("connector", 7)
    behind.emit(Phase(behind.t, "calm"))
    assert heard == [Phase(0.0, "calm")]


def test_what_is_connected_later_is_found(world: World) -> None:
    behind = world_of("shop", world, {"shop": -90.0})
    sent: list[Any] = []

    world.post = sent.append
    behind.post("a notification")  # type: ignore[arg-type]  # whatever it is

    assert sent == ["a notification"]


@pytest.mark.parametrize("clocks", [{}, {"till": 90.0}, {"shop": 0.0}])
def test_a_system_whose_clock_is_right_gets_the_world_itself(
    world: World, clocks: Mapping[str, float]
) -> None:
    assert world_of("shop", world, clocks) is world


def built(clocks: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """How far ahead each system of a scenario finds its clock, in seconds."""
    (named,) = catalogue.select(["pos_deposco/clean-day"])
    real, given = catalogue.simulator, {}

    def simulator(name: str) -> Any:
        def create(world: World, settings: Mapping[str, object]) -> Any:
            given[name] = world
            return real(name)(world, settings)

        return create

    monkeypatch.setattr(catalogue, "simulator", simulator)
    setting = Setting(named=named, seed=1, overrides=(("clocks", clocks),))
    stage = build(setting, recorder=Recorder(), wait=lambda _s: None, on_fault=lambda _f: None)  # type: ignore[arg-type, return-value]  # nothing moves
    right_s = stage.world.clock.epoch_s
    return {name: seen.clock.epoch_s - right_s for name, seen in given.items()}


def test_each_system_of_a_run_has_the_clock_that_the_scenario_gives_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = built({"commercetools": -180.0, "pos": 2.5}, monkeypatch)

    assert told == {"deposco": 0.0, "pos": 2.5, "commercetools": -180.0}


def test_a_clock_of_a_system_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScenarioError, match=r"^clocks: there is no 'commercetool'; did you mean"):
        built({"commercetool": -180.0}, monkeypatch)


def test_the_schema_knows_the_systems_that_have_clocks() -> None:
    validator = Draft202012Validator(scenario_schema())

    assert validator.is_valid({"clocks": {"commercetools": -180.0, "pos": 3.0}})
    assert not validator.is_valid({"clocks": {"commercetool": -180.0}})
    assert not validator.is_valid({"clocks": {"pos": "late"}})
