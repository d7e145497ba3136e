"""A flow set says which flow, which shape and which field is wrong, and how."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import msgspec
import pytest
from tests.contract.patchworks.works import flow, pull, push

from peakproof.errors import ScenarioError
from peakproof_simulators.patchworks import flowset
from peakproof_simulators.patchworks.shapes import AnyShape, FlowSet, Route

GOOD: dict[str, Any] = {
    "connections": [{"name": "shop", "system": "shop"}],
    "pools": [{"name": "p"}],
    "tables": [{"name": "t"}],
    "guards": {"g": "It guards."},
    "flows": [
        flow(
            "a",
            pull(),
            {
                "shape": "route",
                "routes": [{"where": {"field": "a", "is": 1}, "shapes": [push(name="inner")]}],
            },
            {"shape": "map", "fields": {"x": {"from": "y"}}},
        )
    ],
}


def refused(change: Any) -> str:
    document = deepcopy(GOOD)
    change(document)
    with pytest.raises(ScenarioError) as told:
        flowset.read(document)
    return str(told.value)


def shapes(document: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = document["flows"][0]["shapes"]
    return listed


CASES: list[tuple[str, Any, str]] = [
    ("an unknown shape", lambda d: shapes(d).append({"shape": "magic"}),
     "flow set: flows[0] (a).shapes[3] (magic).shape: Invalid value 'magic'"),
    ("an unknown field", lambda d: shapes(d)[0].update(nonsense=1),
     "flow set: flows[0] (a).shapes[0] (connector): Object contains unknown field `nonsense`"),
    ("a wrong type inside a route",
     lambda d: shapes(d)[1]["routes"][0]["shapes"][0].update(retries=3),
     "flow set: flows[0] (a).shapes[1] (route).routes[0].shapes[0] (connector inner).retries: "
     "Expected `int` <= 2"),
    ("an unknown trigger", lambda d: d["flows"][0].update(trigger={"on": "moon"}),
     "flow set: flows[0] (a).trigger.on: Invalid value 'moon'"),
    ("an unknown connection", lambda d: shapes(d)[0].update(connection="z"),
     "flow 'a', shape 0 (connector ): connection: there is no 'z'; there are shop"),
    ("a relative path", lambda d: shapes(d)[0].update(path="orders"),
     "flow 'a', shape 0 (connector ): path: expected a path from the root, got 'orders'"),
    ("pages without a parameter",
     lambda d: shapes(d)[0].update(pages={"kind": "offset"}),
     "pages.parameter: a pull by number or offset needs the parameter's name"),
    ("links without a place", lambda d: shapes(d)[0].update(pages={"kind": "link"}),
     "pages.next: a pull that follows links has to say where the link stands"),
    ("an unknown pool",
     lambda d: shapes(d).append({"shape": "de_dupe", "mode": "track", "pool": "q", "key": "id"}),
     "flow 'a', shape 3 (de_dupe ): pool: there is no 'q'; there are p"),
    ("an unknown table",
     lambda d: shapes(d).append({"shape": "lookup", "table": "q", "value": "a", "to": "b"}),
     "shape 3 (lookup ): table: there is no 'q'; there are t"),
    ("an unknown script", lambda d: shapes(d).append({"shape": "script", "script": "q"}),
     "shape 3 (script ): script: there is no 'q'; there are explode_bundles"),
    ("an unknown flow", lambda d: shapes(d).append({"shape": "run_flow", "flow": "q"}),
     "shape 3 (run_flow ): flow: there is no 'q'; there are a"),
    ("an unknown guard", lambda d: shapes(d)[0].update(guard="h"),
     "shape 0 (connector ): guard: there is no 'h'; there are g"),
    ("a guard and its absence", lambda d: shapes(d)[0].update(guard="g", without="g"),
     "without: a shape has a guard or is there without it, not both"),
    ("two origins", lambda d: shapes(d)[2]["fields"].update(x={"from": "y", "const": 1}),
     "shape 2 (map ): value: expected one origin, got from and const"),
    ("no origin", lambda d: shapes(d)[2]["fields"].update(x={"then": []}),
     "value: expected one origin, got none"),
    ("a list without fields", lambda d: shapes(d)[2]["fields"].update(x={"each": "y"}),
     "each: a list of records needs fields"),
    ("an unknown transform",
     lambda d: shapes(d)[2]["fields"].update(x={"from": "y", "then": [["spin"]]}),
     "then: there is no transform 'spin'; there are text"),
    ("too few arguments",
     lambda d: shapes(d)[2]["fields"].update(x={"from": "y", "then": [["cut"]]}),
     "then: cut takes 1 to 1 arguments, got 0"),
    ("a transform's table",
     lambda d: shapes(d)[2]["fields"].update(x={"from": "y", "then": [["lookup", "q"]]}),
     "then: there is no 'q'; there are t"),
    ("a transform's condition",
     lambda d: shapes(d)[2]["fields"].update(x={"from": "y", "then": [["keep", {"z": 1}]]}),
     "then: keep: Object contains unknown field `z`"),
    ("an unknown form",
     lambda d: shapes(d)[2]["fields"].update(x={"date_s": 0, "form": "roman"}),
     "form: there is no 'roman'; there are iso, local, spaced, day"),
    ("a date that no calendar has",
     lambda d: shapes(d)[2]["fields"].update(x={"date_s": 1e18}), "Expected `float` <= "),
    ("two flows of a name", lambda d: d["flows"].append(d["flows"][0]),
     "flow set: flows: 'a' is there twice, or is no name"),
    ("a pool without a name", lambda d: d["pools"].append({"name": ""}),
     "flow set: pools: '' is there twice, or is no name"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_wrong_set_is_refused_with_its_place(change: Any, message: str) -> None:
    assert message in refused(change)


def test_the_good_one_is_taken_and_survives_json() -> None:
    found = flowset.read(GOOD)
    again = msgspec.json.decode(msgspec.json.encode(found), type=FlowSet)
    assert again == found


def test_a_guard_that_is_off_takes_its_shape_out_and_lets_its_substitute_in() -> None:
    document = deepcopy(GOOD)
    inner = shapes(document)[1]["routes"][0]["shapes"]
    inner.append(push(name="guarded", guard="g"))
    inner.insert(0, push(name="instead", without="g"))
    shapes(document)[0]["response_guard"] = "g"
    shapes(document)[0]["response"] = [{"when": {"field": "status", "is": 1}}]

    def names(off: tuple[str, ...]) -> tuple[list[str], int]:
        left = flowset.without(flowset.read(document), off).flows[0]
        route = left.shapes[1]
        assert isinstance(route, Route)
        first: AnyShape = left.shapes[0]
        return [each.name for each in route.routes[0].shapes], len(getattr(first, "response", ()))

    assert names(()) == (["inner", "guarded"], 1)
    assert names(("g",)) == (["instead", "inner"], 0)


def test_the_reference_set_is_whole_and_each_guard_of_it_does_something() -> None:
    found = flowset.installed("patchworks_deposco")
    assert [one.name for one in found.flows] == [
        "back orders", "cancellations", "cuts", "late orders", "orders", "outlet late orders",
        "outlet orders", "outlet unpaid", "shipments", "stock", "unpaid", "unscanned",
    ]  # fmt: skip
    plain = flowset.without(found, ())
    for guard in found.guards:
        assert flowset.without(found, (guard,)) != plain, guard


def test_a_set_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ScenarioError, match="no flow set 'none'; there are patchworks_deposco"):
        flowset.installed("none")


def test_shapes_that_flows_share_stand_once_and_are_filled_in_wherever_they_are_named() -> None:
    document = deepcopy(GOOD)
    document["parts"] = {"both": [push(name="one"), {"shape": "part", "part": "rest"}],
                         "rest": [push(name="two")]}  # fmt: skip
    shapes(document)[1]["routes"][0]["shapes"] = [{"shape": "part", "part": "both"}]
    route = flowset.read(document).flows[0].shapes[1]
    assert isinstance(route, Route)
    assert [each.name for each in route.routes[0].shapes] == ["one", "two"]
    shapes(document)[1]["routes"][0]["shapes"] = [{"shape": "part", "part": "none"}]
    with pytest.raises(ScenarioError, match="there is no part 'none'; both, rest are"):
        flowset.read(document)


def test_a_priority_a_catch_and_a_renewed_token_can_be_guards() -> None:
    found = flowset.installed("patchworks_deposco")
    plain = {one.name: one for one in found.flows}
    off = ("stock_first", "apart", "token_renewed")
    left = flowset.without(found, off)
    flows = {one.name: one for one in left.flows}
    assert (plain["stock"].priority, flows["stock"].priority) == ("highest", "regular")
    assert plain["orders"].catch is not None
    assert flows["orders"].catch is None
    renews = [getattr(one.auth, "renews", None) for one in left.connections]
    assert renews == [None, False, None]


@pytest.mark.parametrize("field", ["priority_guard", "catch"])
def test_a_guard_of_a_flow_has_to_be_one_of_the_sets(field: str) -> None:
    document = deepcopy(GOOD)
    document["flows"][0][field] = "x" if field == "priority_guard" else {"guard": "x"}
    with pytest.raises(ScenarioError, match=f"flow 'a': {field}.*there is no 'x'; there are g"):
        flowset.read(document)
