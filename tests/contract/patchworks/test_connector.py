"""The reference flow set as a connector: whole runs in virtual time, judged from outside."""

from __future__ import annotations

import asyncio
from collections import Counter
from copy import deepcopy
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest
import simpy
from tests.contract.patchworks.works import Works, flow, new_world, push

from peakproof import catalogue
from peakproof.errors import ScenarioError
from peakproof.explore.rounds import Failed, play, play_and_keep
from peakproof.history.recorder import Recorder
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.run import virtual
from peakproof.run.setting import ONE_RESTART, Setting
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual
from peakproof_simulators.patchworks import connector, create_service
from peakproof_simulators.patchworks.runs import SUCCESS

FLOWS = "peakproof_simulators.patchworks:connector"
FOLDER = resources.files("peakproof_simulators.patchworks") / "flows" / "patchworks_deposco"
Json = dict[str, Any]


def reference() -> Json:
    """The reference set as a document."""
    document: Json = msgspec.json.decode((FOLDER / "estate.json").read_bytes())
    names = sorted(file.name for file in FOLDER.iterdir() if file.name != "estate.json")
    document["flows"] = [msgspec.json.decode((FOLDER / name).read_bytes()) for name in names]
    return document


def judged(
    name: str, *, without: tuple[str, ...] = (), overrides: tuple[tuple[str, Any], ...] = ()
) -> RunVerdict:
    """Play a scenario between the two channels and the warehouse."""
    (named,) = catalogue.select([f"patchworks_deposco/{name}"])
    outcome = play(Setting(named=named, seed=1, without=without, overrides=overrides))
    assert not isinstance(outcome, Failed), outcome
    return outcome


def broken(verdict: RunVerdict) -> set[str]:
    """The invariants that broke."""
    return {item.invariant for item in verdict.broken}


def test_the_flow_set_is_what_the_estate_calls_its_reference() -> None:
    (named,) = catalogue.select(["patchworks_deposco/calm-day"])
    assert named.scenario.subject("reference") == "patchworks"
    assert named.scenario.subject(FLOWS) == FLOWS
    assert judged("calm-day").connector == "patchworks"


def test_orders_of_both_channels_go_to_the_warehouse_and_parcels_come_back() -> None:
    verdict = judged("calm-day")
    assert verdict.verdict is Verdict.HOLDS, verdict.reasons
    counts = verdict.counts
    assert counts["placed"] == counts["work"] == counts["confirmed"] == counts["notice"] == 16
    assert counts.get("desk", 0) == 0


def one_order(channel: str, *then: tuple[float, Json]) -> RunVerdict:
    """A day with one order of two units, and what happens to it."""
    order = {"kind": "order", "sku": 1, "units": 2, "channel": channel}
    events = [{"at_s": 60.0, "act": order}, *({"at_s": at, "act": act} for at, act in then)]
    changed: tuple[tuple[str, Any], ...] = (
        ("events", events),
        ("weather", []),
        ("trading.floor.waves", False),
    )
    verdict = judged("lost-response", overrides=changed)
    told = [(item.invariant, [one.sentence for one in item.breaches]) for item in verdict.broken]
    assert not told, told
    return verdict


@pytest.mark.parametrize(
    ("channel", "by"), [("web", "customer"), ("web", "warehouse"), ("outlet", "warehouse")]
)
def test_an_order_is_cancelled_by_either_side_and_refunded(channel: str, by: str) -> None:
    verdict = one_order(channel, (200.0, {"kind": "cancel", "order": "last order", "by": by}))
    assert verdict.counts["work_cut"] == verdict.counts["withdrawn"] == 1
    assert verdict.counts["payment"] == 2
    assert "confirmed" not in verdict.counts


@pytest.mark.parametrize("channel", ["web", "outlet"])
def test_what_is_not_on_the_shelf_is_withdrawn_and_the_rest_is_confirmed(channel: str) -> None:
    lost = {"kind": "adjust", "sku": 1, "node": "W1", "units": -9, "reason": "lost",
            "record": False}  # fmt: skip
    verdict = one_order(channel, (200.0, lost), (260.0, {"kind": "pick", "order": "last order"}))
    counts = verdict.counts
    assert (counts["work_cut"], counts["withdrawn"], counts["confirmed"]) == (1, 1, 1)
    assert counts["payment"] == 2


@pytest.mark.parametrize("at_once", [0, 1])
def test_a_connector_that_is_killed_begins_again(at_once: int) -> None:
    document = reference()
    for connection in document["connections"]:
        connection["at_once"] = at_once
    changed = ("connector.flow_set", document)
    verdict = judged("clean-day", overrides=(ONE_RESTART, changed))
    assert broken(verdict) <= {"stale_stock"}
    assert verdict.counts["work"] > 50


def test_the_same_seed_gives_the_same_history(tmp_path: Path) -> None:
    (named,) = catalogue.select(["patchworks_deposco/calm-day"])

    def digest(seed: int, path: Path) -> bytes:
        play_and_keep(Setting(named=named, seed=seed), path)
        return path.read_bytes()

    first = digest(1, tmp_path / "a")
    assert first == digest(1, tmp_path / "b")
    assert first != digest(2, tmp_path / "c")


@pytest.mark.parametrize("overrides", [(), (ONE_RESTART,)])
def test_the_api_of_the_fake_shows_the_runs_of_a_rehearsal(
    overrides: tuple[tuple[str, Any], ...],
) -> None:
    (named,) = catalogue.select(["patchworks_deposco/calm-day"])
    recorder = Recorder()
    stage = virtual.play(Setting(named=named, seed=1, overrides=overrides), recorder)
    state = stage.services["patchworks"].inspect()
    assert {run["flow"] for run in state["runs"]} == {flow["name"] for flow in reference()["flows"]}
    # The platform outlives its worker: what it has tracked is not sent again.
    assert len(state["pools"]["works"]) == len(state["pools"]["parcels"]) == 16
    assert recorder.contents().count(b'"k":"confirmed"') == 16


# --- configuration ------------------------------------------------------------------------------


def test_what_is_wrong_with_a_configuration_is_said_field_first() -> None:
    document: Json = {"systems": {}, "guards": {"off": []}}
    connector.check(document)
    with pytest.raises(ValueError, match=r"^flow_set: flows: there is no flow set 'x'"):
        connector.check({**document, "flow_set": "x"})
    with pytest.raises(ValueError, match=r"^flow_set: flow set: flows"):
        connector.check({**document, "flow_set": {"flows": [{}]}})
    with pytest.raises(ValueError, match=r"^patchworks: .*concurrency"):
        connector.check({**document, "patchworks": {"concurrency": 0}})
    with pytest.raises(ValueError, match=r"^guards.off: the flow set has no guard 'x'"):
        connector.check({**document, "guards": {"off": ["x"]}})


def test_its_guards_are_those_of_the_reference_set() -> None:
    assert set(connector.guards) == set(reference()["guards"])
    assert all(sentence.endswith(".") for sentence in connector.guards.values())


def test_a_run_with_a_wrong_flow_set_does_not_begin() -> None:
    (named,) = catalogue.select(["patchworks_deposco/calm-day"])
    wrong = (("connector.flow_set", {"flows": [{"name": "x"}]}),)
    outcome = play(Setting(named=named, seed=1, connector=FLOWS, overrides=wrong))
    assert isinstance(outcome, Failed)
    assert "flow_set: flow set: flows[0] (x)" in outcome.message


# --- beside the fake ----------------------------------------------------------------------------


class Rehearsal:
    """As much of a rehearsal as a connector uses."""

    def __init__(self, works: Works, config: Json) -> None:
        self.config = config
        self.epoch_s = works.company.epoch_s
        self.asked: list[tuple[str, bytes]] = []
        self.told: list[str] = []
        self.declared: set[str] = set()
        self.hear: Any = None
        self._works = works

    def now(self) -> float:
        return self._works.world.t

    async def send(
        self, method: str, url: str, _headers: Json, body: bytes, _timeout_s: float
    ) -> tuple[int, dict[str, str], bytes]:
        await asyncio.sleep(0.1)
        self.asked.append((f"{method} {url}", body))
        return 200, {}, b"{}"

    def on_hook(self, handler: Any) -> None:
        self.hear = handler

    def declare(self, flows: set[str]) -> None:
        self.declared = set(flows)

    async def report(self, key: str, kind: str, owner: str, reason: str) -> None:
        await asyncio.sleep(0)
        self.told.append(f"{key} {kind} {owner} {reason}")


SET: Json = {
    "connections": [{"name": "shop", "system": "shop"}],
    "flows": [
        flow(
            "hook", push(),
            {"shape": "notify", "key": "k", "kind": "i", "owner": "o", "reason": "r"},
            trigger={"on": "webhook", "path": "/hooks/orders"}, plays=["orders"],
        ),
    ],
}  # fmt: skip


def beside(works: Works, config: Json) -> tuple[Rehearsal, list[int]]:
    """Play the connector for two minutes, with three notifications."""
    rehearsal = Rehearsal(works, config)
    heard: list[int] = []

    async def main(loop: VirtualLoop) -> None:
        task = loop.create_task(connector(rehearsal))
        await asyncio.sleep(1)
        for path in ("/hooks/orders", "/hooks/orders?x=1", "/elsewhere"):
            heard.append(await rehearsal.hear("POST", path, {}, b'{"id":"1"}'))
        await asyncio.sleep(120)
        task.cancel()
        await asyncio.wait((task,))

    run_virtual(main, works.world.env)
    return rehearsal, heard


def test_the_api_of_the_fake_shows_the_runs_that_the_connector_plays() -> None:
    works = Works()
    systems = {
        "shop": {"url": "http://shop.test"},
        "patchworks": {"url": "http://patchworks.test", **works.service.credentials},
    }
    rehearsal, heard = beside(works, {"systems": systems, "flow_set": SET})
    assert heard == [200, 200, 404]
    assert rehearsal.declared == {"orders"}
    assert rehearsal.asked == [("POST http://shop.test/orders", b'{"id":"1"}')] * 2
    assert rehearsal.told == ["k i o r"] * 2
    runs = works.get("/flow-runs").rows
    assert [(run["status"], run["trigger"]) for run in runs] == [(SUCCESS, "Webhook")] * 2
    assert works.sent == [], "not by the hands that were there before"


def test_without_the_fake_it_has_a_company_of_its_own() -> None:
    works = Works()
    config = {"systems": {"shop": {"url": "http://shop.test"}}, "flow_set": SET}
    rehearsal, _heard = beside(works, config)
    assert len(rehearsal.asked) == 2
    assert works.runs() == []


class Broken(Rehearsal):
    """One whose desk and whose wire fail in a way that no connector is prepared for."""

    way = ""

    async def send(
        self, method: str, url: str, headers: Json, body: bytes, timeout_s: float
    ) -> tuple[int, dict[str, str], bytes]:
        if self.way == "send":
            raise ValueError("the wire is no wire")
        return await super().send(method, url, headers, body, timeout_s)

    async def report(self, key: str, kind: str, owner: str, reason: str) -> None:
        if self.way == "report":
            raise ValueError("the desk is no desk")


@pytest.mark.parametrize("way", ["send", "report"])
def test_what_nobody_can_be_prepared_for_ends_the_connector(way: str) -> None:
    works = Works()
    rehearsal = Broken(works, {"systems": {}, "flow_set": SET})
    rehearsal.way = way

    async def main(loop: VirtualLoop) -> str:
        task = loop.create_task(connector(rehearsal))
        await asyncio.sleep(1)
        await rehearsal.hear("POST", "/hooks/orders", {}, b"{}")
        await asyncio.wait((task,))
        return str(task.exception())

    told = run_virtual(main, works.world.env)
    assert told == {"send": "the wire is no wire", "report": "the desk is no desk"}[way]


def test_a_flow_that_is_not_enabled_takes_no_notification() -> None:
    works = Works()
    inactive = deepcopy(SET)
    inactive["flows"][0]["status"] = "inactive"
    _rehearsal, heard = beside(works, {"systems": {}, "flow_set": inactive})
    assert heard == [422, 422, 404]


def test_a_cadence_of_the_configuration_overrides_a_schedules() -> None:
    works = Works()
    trigger = {"on": "schedule", "every_s": 1000, "cadence": "often_s"}
    often = {**SET, "flows": [flow("often", push(), trigger=trigger)]}
    config = {"systems": {}, "flow_set": often, "cadence": {"often_s": 10},
              "patchworks": {"queue": "instant"}}  # fmt: skip
    rehearsal, _heard = beside(works, config)
    assert len(rehearsal.asked) == 13


def test_a_service_is_a_company_without_roles_and_takes_any_seed() -> None:
    world = new_world()
    service = create_service(world, {})
    assert service.roles == {}
    assert isinstance(world.env, simpy.Environment)
    assert Counter(service.inspect())["flows"] is not None
    with pytest.raises(ScenarioError):
        create_service(world, {"flows": {"flows": [{}]}})
