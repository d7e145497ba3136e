"""What a scenario states about its estate and its limits."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof.errors import HarnessFault, ScenarioError
from peakproof.history.by_hand import ESTATE
from peakproof.judging.estate import check_demand, read_estate, read_judging
from peakproof.judging.invariants import INVARIANTS
from peakproof.judging.invariants.registry import invariant


def test_an_estate_is_read_with_its_defaults() -> None:
    estate = read_estate({**ESTATE, "hold_back": 1, "hold_backs": {"TEE": 3}})

    assert estate.release_on == "captured"
    assert (estate.held_back("TEE"), estate.held_back("CAP")) == (3, 1)
    assert estate.channels[0].asks
    assert not estate.channels[1].walk_in


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodse": []}, "nodse: unknown field; did you mean nodes"),
        ({"nodes": [{"id": "W1"}, {"id": "W1"}]}, "there are two nodes 'W1'"),
        ({"nodes": [{"id": "W1", "kind": "shed"}]}, "nodes.0.kind: invalid enum value"),
        ({"places": {"wms": {"W1": ["W9"]}}}, r"estate.places.wms.'W1': there is no node 'W9'"),
        (
            {"channels": [{"id": "web", "system": "shp", "nodes": []}]},
            "estate.channels 'web': there is no system with places 'shp'; did you mean shop",
        ),
        (
            {"channels": [{"id": "web", "system": "shop", "nodes": ["S9"]}]},
            "there is no node 'S9'",
        ),
        ({"masters": {"stock": "erp"}}, "estate.masters.stock: there is no system with places"),
        ({"hold_back": -1}, "hold_back"),
        ({"policy": "hope"}, "policy: invalid enum value"),
        ({"prices": {"TEE": 19.99}}, "prices"),
    ],
)
def test_an_estate_that_makes_no_sense_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        read_estate({**ESTATE, **change})


def test_limits_have_stated_defaults() -> None:
    judging = read_judging({}, invariants=INVARIANTS)

    assert judging.publish_s == 120
    assert judging.limit("order_s") == 300
    assert judging.desk


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"ghost_s": -1}, "ghost_s"),
        ({"leave_out": ["nothing"]}, r"judging.leave_out: there is no invariant 'nothing'"),
        ({"gates": {"oversold": {"totl": 1}}}, "gates"),
        ({"gates": {"overslod": {}}}, r"judging.gates.*did you mean oversold"),
        ({"statuses": ["packed"]}, "statuses"),
        ({"demand": [{"channel": "web", "units": 0}]}, "demand"),
    ],
)
def test_limits_that_make_no_sense_are_refused(document: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        read_judging(document, invariants=INVARIANTS)


def test_demand_names_a_channel_of_the_estate() -> None:
    judging = read_judging({"demand": [{"channel": "wbe", "units": 1}]}, invariants=INVARIANTS)

    with pytest.raises(ScenarioError, match=r"demand\[0\].*did you mean web"):
        check_demand(judging, read_estate(ESTATE))


def test_every_invariant_says_in_a_sentence_what_it_asks() -> None:
    for item in INVARIANTS.values():
        assert item.about.endswith(".")
        assert item.about.count(". ") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "oversold", "flows": ()}, "two invariants 'oversold'"),
        ({"name": "new", "flows": ("magic",)}, "belongs to no flow 'magic'"),
        ({"name": "new", "flows": (), "limits": ("soon_s",)}, "reads no limit 'soon_s'"),
        ({"name": "new", "flows": (), "owner": "somebody"}, "does not say who does what"),
        ({"name": "new", "flows": (), "cure": ""}, "does not say who does what"),
    ],
)
def test_the_register_checks_itself(arguments: dict[str, Any], message: str) -> None:
    class Rule:
        """It asks for nothing."""

    with pytest.raises(HarnessFault, match=message):
        invariant(**{"owner": "retail", "cure": "Count.", **arguments})(Rule)  # type: ignore[type-var]  # on purpose

    class Silent: ...

    with pytest.raises(HarnessFault, match="does not say in a sentence"):
        invariant("silent", flows=(), owner="retail", cure="Count.")(Silent)  # type: ignore[type-var]  # on purpose
