"""Every write in XML and in JSON, and what is refused before anything is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.deposco.depot import Answer, Depot, an_order, to_xml

ADDRESS = {
    "name": "J & Söhne <GmbH>", "addressLine1": "1 \"High\" Street", "city": "Leeds",
    "stateProvinceCode": "", "postalCode": "LS1", "countryCode": "GB",
}  # fmt: skip
LINE = {"lineNumber": "1", "itemNumber": "TEE", "orderPackQuantity": "2.0",
        "pack": {"type": "Each", "quantity": "1"}}  # fmt: skip
ORDER = {"number": "X1", "type": "Sales Order", "status": "New", "facility": "W1",
         "shipToAddress": ADDRESS, "orderLines": {"orderLine": LINE}}  # fmt: skip
RETURNED = {"number": "RMA1", "type": "Customer Return", "status": "New", "facility": "W1",
            "orderLines": {"orderLine": LINE}}  # fmt: skip
SHIPMENT = {"shipmentNumber": "S1", "shipmentStatus": "Shipped", "orders": {"order": {
    "orderNumber": "A1", "orderType": "Sales Order", "orderStatus": "",
    "lines": {"line": {"lineNumber": "TEE", "itemNumber": "TEE",
                       "shippedPackQuantity": "1.0"}}}}}  # fmt: skip
RECEIPT = {"orderNumber": "PO1", "lineNumber": "TEE", "number": "R1", "itemNumber": "TEE",
           "quantity": "1"}  # fmt: skip
ACTIVITY = {"retailTransaction": {
    "type": "Sale", "referenceNumber": "T1", "facility": "S1", "primarySalesChannel": "POS",
    "saleReturnLines": {"saleReturnLine": {
        "externalLineNumber": "1", "item": "TEE", "pack": "Each", "vendorPartNumber": "",
        "saleQuantity": "1"}}}}  # fmt: skip
WEB = {"externalOrderNumber": "W1", "shipVia": "Van", "orderLines": {"orderLine": {
    "externalLineNumber": "1", "itemNumber": "TEE", "orderQuantity": "1"}}}  # fmt: skip
HOOK = {"events": {"event": ["ORDER_STATUS", "ORDER_CANCELED"]}, "callbackUrl": "http://c.test/"}

WRITES: dict[str, tuple[str, str, str, str, dict[str, Any], Callable[[Depot], Any], Any]] = {
    "order": ("POST", "/orders", "orders", "order", {"order": ORDER},
              lambda depot: depot.order("X1")["shipToAddress"]["name"], "J & Söhne <GmbH>"),
    "upsert": ("POST", "/orders/updates", "orders", "order",
               {"order": {**ORDER, "number": "A1", "shipVia": "Van",
                          "orderLines": {"orderLine": {**LINE, "lineNumber": "TEE"}}}},
               lambda depot: depot.order("A1")["shipVia"], "Van"),
    "update": ("PUT", "/orders/Sales%20Order/A1", "order", "order",
               {"number": "A1", "type": "Sales Order", "status": "New", "shipVia": "Van"},
               lambda depot: depot.order("A1")["shipVia"], "Van"),
    "return": ("POST", "/orders", "orders", "order", {"order": RETURNED},
               lambda depot: depot.v1("GET", "/search/Order?number=RMA1")["order"]["type"],
               "Customer Return"),
    "item": ("POST", "/items", "items", "item", {"item": {"number": "HAT", "name": "Hat"}},
             lambda depot: depot.v1("GET", "/items/HAT")["name"], "Hat"),
    "item update": ("PUT", "/items/TEE", "item", "item", {"number": "TEE", "size": "M"},
                    lambda depot: depot.v1("GET", "/items/TEE")["size"], "M"),
    "packs": ("PUT", "/items/TEE/packs", "packs", "pack",
              {"pack": {"type": "Case", "quantity": "12"}},
              lambda depot: depot.v1("GET", "/items/TEE")["packs"]["pack"]["quantity"], "12"),
    "upcs": ("PUT", "/items/TEE/upcs", "upcs", "upc", {"upc": ["1", "2"]},
             lambda depot: depot.v1("GET", "/items/TEE")["upcs"]["upc"], ["1", "2"]),
    "shipment": ("PUT", "/shipments", "shipments", "shipment", {"shipment": SHIPMENT},
                 lambda depot: depot.figures(), (9, 9, 0)),
    "receipt": ("PUT", "/receiptlines", "receiptLines", "receiptline", {"receiptLine": RECEIPT},
                lambda depot: depot.figures(), (11, 10, 1)),
    "activity": ("POST", "/retailActivities", "retailActivities", "coretailactivity",
                 {"retailActivity": ACTIVITY}, lambda depot: depot.figures("TEE", "S1"),
                 (2, 2, 0)),
    "customer order": ("PUT", "/import/PEAK/customerOrder/C1", "customerOrder", "coheader", WEB,
                       lambda depot: depot.v1("GET", "/import/PEAK/status/1")["response"][
                           "coHeaderStatus"], "Released"),
    "bulk": ("POST", "/bulk", "bulkUpdates", "bulkUpdate", {"bulkUpdate": {"order": ORDER}},
             lambda depot: depot.v1("GET", "/bulk/1/details")["bulkUpdate"]["status"],
             "Success"),
    "webhook": ("POST", "/webhooks", "webhook", "webhook", HOOK,
                lambda depot: depot.v1("GET", "/webhooks/1")["callbackUrl"], "http://c.test/"),
}  # fmt: skip
"""For each write: method, path, root, namespace, body, a way to read it back, what that gives."""


def _stage() -> Depot:
    """One TEE ordered and released, one expected."""
    depot = Depot()
    depot.place("A1", ("TEE", 1))
    depot.floor.release("A1")
    depot.v1("POST", "/orders", {"order": [an_order("PO1", type="Purchase Order")]})
    return depot


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("name", WRITES)
def test_a_write_means_the_same_in_both_forms(name: str, form: str) -> None:
    method, path, root, space, body, read_back, wanted = WRITES[name]
    depot = _stage()
    if name in ("upsert", "update"):
        depot = Depot()
        depot.place("A1", ("TEE", 1))
    if form == "xml":
        answer = depot.xml(method, path, root, space, body)
        assert answer.headers["content-type"] == "application/xml"
    else:
        answer = depot.v1(method, path, body)
        assert answer.headers["content-type"] == "application/json"
    if "response" in answer.body:
        assert answer.inner[9] == "2", answer.body
    depot.wait(3)
    assert read_back(depot) == wanted


def test_every_write_that_the_document_knows_is_in_the_list_above() -> None:
    depot = Depot()
    written = {
        (operation.method, operation.path.removeprefix("/integration/{code}"))
        for operation in depot.service.operations
        if operation.auth == "basic" and operation.body is not None
    }
    twice = {
        ("PUT", "/items/{item}/{number}"), ("PUT", "/items/{item}/{number}/packs"),
        ("PUT", "/items/{item}/{number}/upcs"), ("PUT", "/shipments/{bu}"),
        ("PUT", "/receiptlines/{first}"),
    }  # fmt: skip
    json_only = {("POST", "/ctrl/reserveInventoryAPI")}
    assert len(written - twice - json_only) == len(WRITES) - 1  # a return is an order


# --- what is refused ------------------------------------------------------------------


def _post(depot: Depot, body: bytes, media: str = "xml") -> Answer:
    return depot.v1("POST", "/orders", body, form=media, accept="application/xml")


ENTITY = b"""<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<ns2:orders xmlns:ns2="http://integration.deposco.com/order"><order><number>&secret;</number>
<type>Sales Order</type><status>New</status></order></ns2:orders>"""
LAUGHS = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<x>&b;</x>"""
TYPED = b"<!DOCTYPE ns2:orders>" + to_xml("orders", "order", {"order": ORDER})
WIDE = f'<?xml version="1.0" encoding="utf-16"?>{TYPED.decode()}'.encode("utf-16")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<orders/>",
        b"not xml",
        b'<?xml version="1.0" encoding="nonsense"?><x/>',
        ENTITY,
        LAUGHS,
        TYPED,
        WIDE,
        to_xml("orders", "order", {"order": {**ORDER, "colour": "red"}}),
        to_xml("orders", "order", {"order": {"number": "X1"}}),
        to_xml("orders", "order", {"order": {**ORDER, "orderTotal": "dear"}}),
        to_xml("orders", "order", {"order": {**ORDER, "number": {"x": "1"}}}),
        to_xml("orders", "item", {"order": ORDER}),
        to_xml("items", "item", {"item": {"number": "X1"}}),
        to_xml("orders", "", {"order": ORDER}),
        b"<a>" * 5000 + b"</a>" * 5000,
    ],
)  # fmt: skip
def test_xml_that_does_not_fit_is_a_bare_400(depot: Depot, body: bytes) -> None:
    answer = _post(depot, body)
    assert (answer.status, answer.raw) == (400, b"")
    assert depot.facts == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"order"',
        b'{"order": 1}',
        b'{"orders": []}',
        b'{"order": {"number": 1001, "type": "Sales Order", "status": "New"}}',
        b'{"order": {"number": "\\ud800", "type": "Sales Order", "status": "New"}}',
        b'{"order": {"number": "\xff", "type": "Sales Order", "status": "New"}}',
        b'{"order": {"number": "A1", "type": "Sales Order", "status": "New", "channel": {}}}',
        b'{"order": {"number": {"@nil": "true"}, "type": "Sales Order", "status": "New"}}',
        b'{"order": {"notes": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
    ],
)  # fmt: skip
def test_json_that_does_not_fit_is_a_bare_400(depot: Depot, body: bytes) -> None:
    answer = _post(depot, body, "json")
    assert (answer.status, answer.raw) == (400, b"")
    assert depot.facts == []


def test_another_media_type_is_a_415(depot: Depot) -> None:
    assert _post(depot, b"a=b", "x-www-form-urlencoded").status == 415


def test_a_body_without_a_media_type_is_taken_for_what_it_looks_like(depot: Depot) -> None:
    for number, body in (
        ("X1", to_xml("orders", "order", {"order": ORDER})),
        ("A1", b'{"order": {"number": "A1", "type": "Sales Order", "status": "New", "facility":'
               b' "W1", "orderLines": {"orderLine": {"itemNumber": "TEE", "orderPackQuantity":'
               b' "1", "pack": {"type": "Each", "quantity": 1}}}}}'),
    ):  # fmt: skip
        depot.v1("POST", "/orders", body, headers={"content-type": ""})
        assert depot.status(number) == "New"


def test_unknown_fields_can_be_dropped_instead_of_refused() -> None:
    depot = Depot(refuse_unknown_fields=False)
    sent = {**ORDER, "colour": "red", "shipToAddress": {**ADDRESS, "floor": "2"}}
    assert depot.v1("POST", "/orders", {"order": [sent]}).inner == "HTTP/1.1 201 Created"
    answer = depot.xml("POST", "/orders", "orders", "order", {"order": {**sent, "number": "X2"}})
    assert answer["response"]["status"] == "HTTP/1.1 201 Created"


def test_the_namespace_of_the_root_can_be_let_pass() -> None:
    depot = Depot(require_root_namespace=False)
    answer = depot.xml("POST", "/orders", "orders", "", {"order": ORDER})
    assert answer["response"]["status"] == "HTTP/1.1 201 Created"


def test_nil_comments_and_spaces_around_figures_are_understood(depot: Depot) -> None:
    body = to_xml("orders", "order", {"order": ORDER}).replace(
        b"<facility>",
        b"<!-- x --><?y?><shipVia xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
        b" xsi:nil='true'/><facility>",
    ).replace(b"2.0", b" 2.0 ")  # fmt: skip
    assert _post(depot, body)["response"]["status"] == "HTTP/1.1 201 Created"
    assert depot.order("X1")["shipVia"] == {"@nil": "true"}
    read = depot.xml("GET", "/orders/Sales%20Order/X1")
    assert list(read["shipVia"].values()) == ["true"]


def test_parts_that_are_not_looked_into_come_back_as_they_were(depot: Depot) -> None:
    channels = {"channel": {"@feedName": "web", "@ref1": "77"}}
    notes = {
        "note": [
            {"source": "Internal", "title": "a", "body": "b", "priority": "1"},
            {"source": "External", "title": "c", "body": "d", "priority": "2"},
        ]
    }
    depot.v1("POST", "/orders", {"order": [{**ORDER, "channels": channels, "notes": notes}]})
    assert depot.order("X1")["channels"] == channels
    assert depot.order("X1")["notes"] == notes
    read = depot.xml("GET", "/orders/Sales%20Order/X1")
    assert read["channels"]["channel"] == {"feedName": "web", "ref1": "77"}
    assert [note["body"] for note in read["notes"]["note"]] == ["b", "d"]


def test_what_xml_cannot_hold_does_not_break_it(depot: Depot) -> None:
    depot.v1("POST", "/orders", {"order": [{**ORDER, "shipVia": "a\x00\x1fb]]>", "notes": {
        "bad name": "x", "ok": "\x07", "list": [1, {"deep": None}], "flag": True}}]})  # fmt: skip
    read = depot.xml("GET", "/orders/Sales%20Order/X1")
    assert read["shipVia"] == "a\ufffd\ufffdb]]>"
    assert read["notes"] == {"ok": "\ufffd", "list": ["1", ""], "flag": "true"}


def test_amounts_come_back_as_they_were_sent_however_odd(depot: Depot) -> None:
    for number, total in (("B1", "21.70"), ("B2", "1E+400"), ("B3", "1e-7"), ("B4", "NaN")):
        sent = {**ORDER, "number": number, "orderTotal": total}
        assert depot.v1("POST", "/orders", {"order": [sent]}).inner.endswith("Created")
        depot.xml("GET", f"/orders/Sales%20Order/{number}")
    assert depot.order("B1")["orderTotal"] == "21.70"
    assert depot.order("B2")["orderTotal"] == "1E+400"
    assert depot.order("B3")["orderTotal"] == "0.0000001"
