"""Hypothesis over V1: no body, path or query breaks the fake or gets an unannounced answer.

Every answer passes :func:`tests.contract.deposco.depot.check`; a fault inside the fake would be
raised out of the call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec import inspect
from tests.contract.deposco.depot import Depot, to_xml

from peakproof_simulators.deposco.payloads.roots import ROOTS
from peakproof_simulators.kit.operations import Operation

DEPOT = Depot(bulk_delay_s=0.0, import_delay_s=0.0)
DEPOT.place("A1", ("TEE", 1))
DEPOT.place("A2", ("TEE", 1))
DEPOT.ship("A2")
V1 = [operation for operation in DEPOT.service.operations if operation.auth == "basic"]
WRITES = [operation for operation in V1 if operation.body in ROOTS]
FUZZ = settings(
    max_examples=300, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

WORDS = st.sampled_from(
    ["", "A1", "A2", "TEE", "SOCKS", "NONE", "W1", "S1", "Each", "Case", "1", "0", "-1", "1.0",
     "1e999", "NaN", "true", "New", "Hold", "Canceled", "Shipped", "Sales Order",
     "Purchase Order", "Customer Return", "2026-11-27T06:00:00", "20261127,20261128", "PEAK",
     "Sale", "Return", "ORDER_STATUS", "http://c.test/", "SHP00000001"]
)  # fmt: skip
LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    max_size=12,
)
TEXTS = st.one_of(WORDS, WORDS, WORDS, LETTERS, st.integers(-5, 10**12).map(str))


@st.composite
def trees(draw: st.DrawFn, kind: type, depth: int = 0) -> dict[str, Any]:
    """Values for some fields of a payload, mostly of the right form, all required ones there."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)
    tree: dict[str, Any] = {}
    for field in told.fields:
        if not field.required and not draw(st.integers(0, 9)) < 3:
            continue
        options = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        inner = next((found for option in options if (found := _struct(option))), None)
        if inner is None or depth > 4:
            tree[field.encode_name] = draw(TEXTS)
        elif any(isinstance(option, inspect.ListType) for option in options):
            ones = st.lists(trees(inner, depth + 1), max_size=2)
            tree[field.encode_name] = draw(ones)
        else:
            tree[field.encode_name] = draw(trees(inner, depth + 1))
    if draw(st.integers(0, 30)) == 0:
        tree["surprise"] = draw(TEXTS)
    return tree


def _struct(option: inspect.Type) -> type | None:
    one = option.item_type if isinstance(option, inspect.ListType) else option
    return one.cls if isinstance(one, inspect.StructType) else None


@st.composite
def paths(draw: st.DrawFn, operation: Operation) -> str:
    """The operation's path with something in each variable."""
    parts = operation.path.removeprefix("/integration/{code}").split("/")
    filled = []
    for part in parts:
        while "{" in part:
            before, _, rest = part.partition("{")
            part = before + draw(TEXTS).replace("/", "") + rest.partition("}")[2]  # noqa: PLW2901
        filled.append(part.replace("%", "").replace("?", ""))
    return "/".join(filled)


@st.composite
def queries(draw: st.DrawFn, operation: Operation) -> str:
    """Some of the operation's parameters, and now and then one that it does not have."""
    names = [parameter.name for parameter in operation.query]
    names += [f"{name}Ops" for name in names if "Date" in name] + ["surprise"]
    chosen = draw(st.lists(st.sampled_from(names), max_size=3))
    values = st.one_of(TEXTS, st.just("BETWEEN"), st.just("2026-11-27,2026-11-28"))
    return "&".join(f"{name}={draw(values)}" for name in chosen)


def _xml(operation: Operation, tree: Mapping[str, Any]) -> bytes:
    root = ROOTS[operation.body]
    return to_xml(root.name, root.space, tree)


@FUZZ
@given(st.data())
def test_xml_writes_with_the_right_elements_are_answered(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(WRITES))
    tree = data.draw(trees(operation.body))
    path = data.draw(paths(operation))
    body = _xml(operation, tree)
    answer = DEPOT.v1(operation.method, path, body, form="xml", accept="application/xml")
    assert answer.status < 500
    DEPOT.wait(0.001)


@FUZZ
@given(st.data())
def test_json_writes_with_the_right_fields_are_answered(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(WRITES))
    tree = data.draw(trees(operation.body))
    answer = DEPOT.v1(operation.method, data.draw(paths(operation)), tree)
    assert answer.status < 500
    DEPOT.wait(0.001)


@FUZZ
@given(st.data())
def test_broken_bodies_are_refused_and_change_nothing(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(WRITES))
    tree = data.draw(trees(operation.body))
    form = data.draw(st.sampled_from(["xml", "json"]))
    whole = _xml(operation, tree) if form == "xml" else json.dumps(tree).encode()
    cut = data.draw(st.integers(1, max(1, len(whole) - 1)))
    broken = whole[:-cut]
    DEPOT.facts.clear()
    answer = DEPOT.v1(operation.method, data.draw(paths(operation)), broken, form=form)
    assert answer.status in (400, 404)
    assert DEPOT.facts == []


@FUZZ
@given(st.data())
def test_reads_are_answered_whatever_is_asked(data: st.DataObject) -> None:
    operation = data.draw(
        st.sampled_from([each for each in V1 if each.method in ("GET", "DELETE")])
    )
    path = data.draw(paths(operation))
    query = data.draw(queries(operation))
    accept = data.draw(st.sampled_from(["application/json", "application/xml", "*/*", ""]))
    stale_s = data.draw(st.sampled_from([0.0, 0.0, 5.0]))
    answer = DEPOT.v1(
        operation.method, f"{path}?{query}" if query else path, accept=accept, stale_s=stale_s
    )
    assert answer.status < 500 or answer.status == 501


@FUZZ
@given(st.binary(max_size=60), st.sampled_from(WRITES), st.sampled_from(["xml", "json", "pdf"]))
def test_noise_is_refused(noise: bytes, operation: Operation, form: str) -> None:
    path = operation.path.removeprefix("/integration/{code}")
    answer = DEPOT.v1(operation.method, path.replace("{", "").replace("}", ""), noise, form=form)
    assert answer.status in (400, 404, 415)


@FUZZ
@given(trees(WRITES[0].body))
def test_an_order_that_is_taken_reads_back_the_same_in_both_forms(tree: dict[str, Any]) -> None:
    depot = Depot()
    depot.v1("POST", "/orders", tree)
    for order in depot.store.orders.by_type["Sales Order"].values():
        found = depot.v1("GET", "/search/Order?type=Sales%20Order")["order"]
        numbers = [one["number"] for one in (found if isinstance(found, list) else [found])]
        assert order.number in numbers
        read = depot.xml("GET", "/search/Order?type=Sales%20Order")
        assert etree.fromstring(read.raw).findtext("order/number") in numbers
