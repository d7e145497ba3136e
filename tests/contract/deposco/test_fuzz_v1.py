"""Hypothesis over V1: no body, path or query breaks the fake or gets an unannounced answer.

Every answer passes :func:`tests.contract.deposco.depot.check`; a fault inside the fake would be
raised out of the call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect
from tests.contract.deposco.depot import Depot, a_line, an_order, listed, to_xml
from tests.generated import unreached, watch

from peakproof_simulators.deposco.payloads.roots import ROOTS
from peakproof_simulators.kit.operations import Operation

DEPOT = Depot(bulk_delay_s=0.0, import_delay_s=0.0)
DEPOT.floor.receive("W1", "TEE", 1000, reference="")
for number in ("A1", "A2", "A3"):
    DEPOT.place(number, ("TEE", 2))
DEPOT.ship("A2")
DEPOT.floor.release("A3")
watch(DEPOT.service)
V1 = [operation for operation in DEPOT.service.operations if operation.auth == "basic"]
WRITES = [operation for operation in V1 if operation.body in ROOTS]
FUZZ = settings(
    max_examples=150, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

ORDERS = ("A1", "A2", "A3", "X1", "X2", "PO1", "RMA1")
SKUS = ("TEE", "SOCKS", "MUG", "HAT", "NONE")
HINTS: dict[str, tuple[str, ...]] = {
    "number": (*ORDERS, *SKUS),
    "Order.number": ORDERS,
    "Item.number": SKUS,
    "Order.type": (
        "Sales Order",
        "Sales Order",
        "Sales Order",
        "Purchase Order",
        "Customer Return",
        "Vendor Return",
    ),
    "Pack.type": ("Each", "Each", "Each", "Case"),
    "Pack.quantity": ("1", "1", "1", "12"),
    "RetailTransaction.type": ("Sale", "Return", "PostVoid"),
    "status": ("New", "New", "Hold", "Draft", "Canceled", "Released", "Complete"),
    "facility": ("W1", "S1", "W1", "W9", ""),
    "receivingFacility": ("W1", "S1", "W9"),
    "itemNumber": SKUS,
    "item": SKUS,
    "pack": ("Each", "Case"),
    "packType": ("Each", "Case"),
    "lineNumber": ("TEE", "1", "2"),
    "lineStatus": ("New", "Canceled"),
    "orderNumber": ORDERS,
    "orderType": ("Sales Order", "Purchase Order", "Customer Return"),
    "shipmentNumber": ("SHP00000001", "S1", "S2"),
    "shipmentStatus": ("New", "Shipping", "Shipped", "Rolled Back"),
    "businessUnit": ("PEAK", "PEAK", "OTHER"),
    "referenceNumber": ("T1", "T2", "T3"),
    "event": ("ORDER_STATUS", "ORDER_CANCELED", "NONSENSE"),
    "callbackUrl": ("http://c.test/", "nowhere"),
    "disposition": ("Stock", "Quarantine"),
    "upc": ("5000000000012", "1", "2"),
    "shipVia": ("Van", ""),
}
"""Values that mean something, by field; the wider the field, the more likely they meet."""
PATHS: dict[str, tuple[str, ...]] = {
    "type": HINTS["orderType"], "number": HINTS["number"], "item": (*SKUS, "PEAK"),
    "entity": ("Order", "shipment", "CoHeader", "receiptLine"), "bu": ("PEAK", "PEAK", "OTHER"),
    "from_day": ("20261127", "20261126", "2026"), "to_day": ("20261127", "20261128", "x"),
    "facility": ("W1", "S1", "W9"), "location": ("STOCK", "RECEIVING", "NONE"),
    "id": ("1", "2", "x"), "requestId": ("1", "2", "x"), "requestID": ("1", "2", "x"),
    "first": ("RCV0000001", "R1", "PEAK", "PO1"), "third": ("TEE", "Each"),
    "fourth": ("Each", "1"), "fifth": ("1", "12"), "tp": ("ACME",), "token": ("T1",),
}  # fmt: skip
QUERIES: dict[str, tuple[str, ...]] = {
    **HINTS, "measures": ("atpQty", "atpQty,totalAtp,qtyOnPO", "weight"), "pageNo": ("1", "2", "0"),
    "itemNumbers": ("TEE", "TEE,NONE"), "facilityNumbers": ("W1", "W9"), "itemNumber": SKUS,
    "pageSize": ("1", "2", "x"), "pageNumber": ("1", "2"),
    "startActivityTime": ("2026-11-27T06:00:00", "soon"),
    "includeSuccessDetails": ("true", "maybe"), "businessKey": ORDERS,
}  # fmt: skip
WINDOWS = ("2026-11-27T05:00:00,2026-11-27T07:00:00", "2026-11-27", "x,y", "9999-12-31Z,")
UNFIT = "\ufffe\uffff"
LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters=UNFIT),
    max_size=12,
)
ODD = st.one_of(LETTERS, st.integers(-5, 10**12).map(str), st.just(""))
FIGURES = {
    inspect.DecimalType: ("1", "1", "2", "2.0", "3", "4.0", "0", "-1", "0.5", "1e999", "NaN"),
    inspect.IntType: ("1", "1", "1", "2", "3", "12", "0", "-1", "1000000000000"),
    inspect.BoolType: ("true", "false"),
}


_told = cache(inspect.type_info)


@st.composite
def texts(draw: st.DrawFn, hints: tuple[str, ...]) -> str:
    """A value that means something, now and then one that does not."""
    odd = draw(st.integers(0, 11)) == 0
    if hints and not odd:
        return draw(st.sampled_from(hints))
    return draw(ODD)


@st.composite
def trees(draw: st.DrawFn, kind: type, depth: int = 0) -> dict[str, Any]:
    """Values for some fields of a payload, mostly of the right form, all required ones there."""
    told = _told(kind)
    assert isinstance(told, inspect.StructType)
    tree: dict[str, Any] = {}
    for field in told.fields:
        wanted = field.required or depth == 0 or field.encode_name in _LIKELY
        if draw(st.integers(0, 99)) >= (99 if wanted else 3):
            continue
        options = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        inner = next((found for option in options if (found := _struct(option))), None)
        name = field.encode_name
        if name in tree or depth > 5:
            continue
        if inner is None:
            figures = next((FIGURES[type(one)] for one in options if type(one) in FIGURES), None)
            hints = HINTS.get(f"{kind.__name__}.{name}", HINTS.get(name, figures or ()))
            tree[name] = draw(texts(hints)) if figures is None else draw(_figures(hints))
        elif any(isinstance(option, inspect.ListType) for option in options):
            tree[name] = draw(st.lists(trees(inner, depth + 1), min_size=1, max_size=2))
        else:
            tree[name] = draw(trees(inner, depth + 1))
    if draw(st.integers(0, 150)) == 0:
        tree["surprise"] = draw(ODD)
    return tree


_LIKELY = {"facility", "orderLines", "orderLine", "orderPackQuantity", "lines", "line", "order",
           "saleQuantity", "orderQuantity", "upc", "event", "pack", "quantity", "itemNumber",
           "createPO", "returnedQuantity"}  # fmt: skip


@st.composite
def _figures(draw: st.DrawFn, hints: tuple[str, ...]) -> str:
    return draw(st.sampled_from(hints)) if draw(st.integers(0, 40)) else "dear"


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
            name, _, after = rest.partition("}")
            part = before + draw(texts(PATHS.get(name, ()))).replace("/", "") + after  # noqa: PLW2901
        filled.append(part.replace("%", "").replace("?", ""))
    return "/".join(filled)


@st.composite
def queries(draw: st.DrawFn, operation: Operation) -> str:
    """Some of the operation's parameters, and now and then one that it does not have."""
    names = [parameter.name for parameter in operation.query]
    names += [f"{name}Ops" for name in names if "Date" in name] + ["surprise"]
    chosen = draw(st.lists(st.sampled_from(names), max_size=3))
    chosen += [parameter.name for parameter in operation.query if parameter.required]
    said = []
    for name in chosen:
        dates = WINDOWS if "Date" in name else ()
        hints = ("BETWEEN", "EQ") if name.endswith("Ops") else (*QUERIES.get(name, ()), *dates)
        said.append(f"{name}={draw(texts(hints))}")
    return "&".join(said)


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


FREE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters=UNFIT),
    max_size=20,
)
LINES = st.lists(
    st.tuples(st.sampled_from(["TEE", "SOCKS", "MUG"]), st.integers(1, 9)), min_size=1, max_size=4
)


@FUZZ
@given(FREE, FREE, LINES, st.booleans())
def test_an_order_means_the_same_whichever_form_it_is_sent_and_read_in(
    name: str, summary: str, lines: list[tuple[str, int]], in_xml: bool
) -> None:
    depot = Depot()
    rows = [a_line(sku, units, lineNumber=str(at)) for at, (sku, units) in enumerate(lines)]
    address = {"name": name, "addressLine1": summary, "city": "", "stateProvinceCode": "",
               "postalCode": "", "countryCode": ""}  # fmt: skip
    order = an_order("A1", orderLines={"orderLine": rows}, shipToAddress=address)
    body = {"order": [{**order, "orderSummary": summary}]}
    if in_xml:
        depot.xml("POST", "/orders", "orders", "order", body)
    else:
        depot.v1("POST", "/orders", body)
    read = depot.xml("GET", "/orders/Sales%20Order/A1").body
    found = depot.order("A1")
    assert found == read
    assert found["shipToAddress"] == address
    assert found["orderSummary"] == summary
    shown = listed(found["orderLines"]["orderLine"])
    assert [(row["itemNumber"], row["orderPackQuantity"]) for row in shown] == [
        (sku, f"{units}.0") for sku, units in lines
    ]
    sold = sum(units for sku, units in lines if sku == "TEE")
    assert depot.figures("TEE") == (10, 10 - sold, 0)


def test_what_no_written_test_looks_at_is_reached() -> None:
    assert unreached("deposco v1") == []
