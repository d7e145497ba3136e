"""Patchworks between two channels and Deposco: the flow set plays the part of the reference."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.contract.patchworks.test_connector import reference

from peakproof import catalogue
from peakproof.errors import UsageError
from peakproof.explore.prove import prove
from peakproof.explore.rounds import Failed, play
from peakproof.history.reader import read_history
from peakproof.history.records import Call, Placed, Run, Work
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.report.filming import filmed
from peakproof.run.judged import rehearse
from peakproof.run.replay import play_again
from peakproof.run.setting import Setting, checked_guards
from peakproof.scenario import Named


def scenario(name: str) -> Named:
    (named,) = catalogue.select([f"patchworks_deposco/{name}"])
    return named


def judged(name: str, **setting: Any) -> RunVerdict:
    outcome = play(Setting(named=scenario(name), seed=1, **setting))
    assert not isinstance(outcome, Failed), outcome
    return outcome


# --- who plays the reference ----------------------------------------------------------------------


def test_an_estate_names_who_plays_the_reference_else_it_is_the_engine() -> None:
    assert scenario("calm-day").scenario.subject("reference") == "patchworks"
    (other,) = catalogue.select(["commercetools_deposco/calm-day"])
    assert other.scenario.subject("reference") == "reference"
    assert Setting(named=other, seed=1, connector="patchworks").subject == "patchworks"


def test_a_history_names_who_played_and_is_replayed_byte_for_byte(tmp_path: Path) -> None:
    saved = tmp_path / "history.ndjson"
    rehearse(Setting(named=scenario("last-unit-race"), seed=3), history=saved)
    first = next(iter(read_history(saved)))
    assert isinstance(first, Run)
    assert first.connector == "patchworks"
    assert play_again(saved).same


def test_guards_are_those_of_whoever_plays() -> None:
    here = scenario("calm-day")
    (there,) = catalogue.select(["commercetools_deposco/calm-day"])
    assert checked_guards("reference", ["carrier_scan"], [here]) == ("carrier_scan",)
    assert checked_guards("reference", ["inner_outcome"], [here, there]) == ("inner_outcome",)
    with pytest.raises(UsageError, match="connector reference has no guard 'carrier_scan'"):
        checked_guards("reference", ["carrier_scan"], [here, there])


def test_a_proof_over_two_integrations_keeps_their_guards_apart() -> None:
    chosen = [scenario("payment-race"), *catalogue.select(["commercetools_deposco/payment-race"])]
    matrix = prove(chosen, connector="reference", seeds=[1], whole=False, workers=1)
    assert matrix.dull() == []
    guards = matrix.document()["guards"]
    assert {"release_on_payment", "patchworks: release_on_payment"} <= set(guards)
    assert "patchworks: carrier_scan" in matrix.unneeded()
    assert "patchworks: release_on_payment" not in matrix.unneeded()


def test_beside_a_wrong_run_stands_the_flow_set_with_all_guards_on(tmp_path: Path) -> None:
    job = Setting(named=scenario("last-unit-race"), seed=1, without=("allocation",))
    (film,) = filmed([job], [rehearse(job)], tmp_path)
    assert film.beside is not None
    assert (film.beside.verdict.connector, film.beside.verdict.verdict) == (
        "patchworks", Verdict.HOLDS,
    )  # fmt: skip


# --- flows are data -------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["web", "outlet"])
def test_two_shapes_that_change_places_lose_an_order_with_no_change_of_code(channel: str) -> None:
    swapped = deepcopy(reference())
    shapes = swapped["parts"]["to the warehouse"]
    names = [shape["name"] for shape in shapes]
    pushed, tracked = names.index("to the warehouse"), names.index("track")
    assert pushed < tracked
    shapes[pushed], shapes[tracked] = shapes[tracked], shapes[pushed]
    order = {"kind": "order", "sku": 1, "channel": channel}
    events = ("events", [{"at_s": 60.0, "act": order}])
    for document, loses in ((reference(), False), (swapped, True)):
        verdict = judged("false-success", overrides=(events, ("connector.flow_set", document)))
        assert ("order_lost" in {item.invariant for item in verdict.broken}) is loses


def test_every_guard_of_the_flow_set_is_stated_by_a_scenario() -> None:
    stated = {
        guard
        for named in catalogue.scenarios().values()
        if named.integration == "patchworks_deposco"
        for proof in named.scenario.proves
        for guard in proof.without
    }
    assert stated == set(reference()["guards"])


# --- what it does ---------------------------------------------------------------------------------


def test_a_bundle_goes_to_the_warehouse_as_its_components_priced_to_the_penny(
    tmp_path: Path,
) -> None:
    saved = tmp_path / "history.ndjson"
    verdict = rehearse(Setting(named=scenario("bundle-not-exploded"), seed=1), history=saved)
    assert verdict.verdict is Verdict.HOLDS
    records = list(read_history(saved))
    placed = {record.order: record for record in records if isinstance(record, Placed)}
    works = [record for record in records if isinstance(record, Work)]
    assert len(placed) == len(works) == 2
    for work in works:
        order = next(placed[ref] for ref in work.refs if ref in placed)
        assert len({line.sku for line in work.lines}) == 2
        paid = sum(line.units * line.price_minor for line in order.lines)
        assert sum(line.units * line.price_minor for line in work.lines) == paid


def test_stock_is_read_in_an_order_that_counts_no_order_twice_as_free(tmp_path: Path) -> None:
    saved = tmp_path / "history.ndjson"
    rehearse(Setting(named=scenario("calm-day"), seed=1), history=saved)
    calls = [record for record in read_history(saved) if isinstance(record, Call)]
    reads = [call.op for call in calls[:40] if call.op in (
        "inventory.query", "source_item.list", "salable.export", "v1.inventory.enterprise",
    )]  # fmt: skip
    assert reads[:4] == [
        "inventory.query", "source_item.list", "salable.export", "v1.inventory.enterprise",
    ]  # fmt: skip


def test_the_documents_of_the_flows_are_plain_json_with_their_shared_parts_once() -> None:
    shared = reference()["parts"]
    for name, shapes in shared.items():
        assert json.loads(json.dumps(shapes)) == shapes, name
    pushes = [shape for shape in shared["to the warehouse"] if shape["shape"] == "connector"]
    assert len(pushes) == 1, "one way into the warehouse for both channels"
