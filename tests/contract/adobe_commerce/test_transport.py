"""Paths, bodies, refusals, searches: what every call has in common."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.adobe_commerce.shop import Json, Shop, search

from peakproof.wire.message import Response

ITEMS = "/rest/V1/inventory/source-items"


@pytest.mark.parametrize(
    "path",
    [
        "/rest/V1/inventory/sources", "/rest/all/V1/inventory/sources",
        "/rest/default/V1/inventory/sources", "/index.php/rest/V1/inventory/sources",
        "/rest/V1/inventory/sources/",
    ],
)  # fmt: skip
def test_a_store_may_be_named_before_the_path(shop: Shop, path: str) -> None:
    assert shop.send("GET", path)["total_count"] == 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/rest/V1/nothing"), ("GET", "/rest/nowhere/V1/orders"), ("GET", "/"),
        ("PATCH", "/rest/V1/orders"), ("DELETE", "/rest/V1/orders/1"), ("GET", "/rest/V2/orders"),
        ("POST", "/rest/V1/invoice/1/capture"),
    ],
)  # fmt: skip
def test_what_is_no_route_is_404(shop: Shop, method: str, path: str) -> None:
    answer = shop.send(method, path)
    assert (answer.status, answer.body) == (
        404, {"message": "Request does not match any route."},
    )  # fmt: skip


def test_a_slash_in_a_sku_cannot_be_routed(shop: Shop) -> None:
    shop.product("A/B")
    assert [one["sku"] for one in shop.get("products", search(sku="A/B"))["items"]] == ["A/B"]
    assert shop.get("products/A%2FB").message == "Request does not match any route."


def test_a_queue_cannot_be_read_from(shop: Shop) -> None:
    answer = shop.send("GET", "/rest/async/V1/inventory/sources")
    assert (answer.status, answer.message) == (400, "Specified request cannot be processed.")


@pytest.mark.parametrize(
    ("headers", "body", "message"),
    [
        ({}, b"{", "Decoding error."), ({}, b"7", "Decoding error."),
        ({}, b"\xff", "Decoding error."),
        ({"content-type": ""}, b"{}", "Content-Type header is empty."),
        ({"content-type": "text/csv"}, b"{}",
         "Server cannot understand Content-Type HTTP header media type %1"),
        ({}, b"[]", '"%fieldName" is required. Enter and try again.'),
        ({}, b"{}", '"%fieldName" is required. Enter and try again.'),
        ({}, b"[" * 10_000, "Decoding error."), ({}, b'{"a":' * 10_000, "Decoding error."),
    ],
)  # fmt: skip
def test_bodies_that_cannot_be_read(shop: Shop, headers: Json, body: bytes, message: str) -> None:
    given = {"authorization": f"Bearer {shop.token}", **headers}
    answer = shop.send("POST", ITEMS, body, headers=given)
    assert (answer.status, answer.message) == (400, message)


def test_a_media_type_is_named_in_its_refusal(shop: Shop) -> None:
    given = {"authorization": f"Bearer {shop.token}", "content-type": "text/csv; charset=utf-8"}
    assert shop.send("POST", ITEMS, b"a;b", headers=given)["parameters"] == ["text/csv"]


def test_a_huge_body_is_refused_unread(shop: Shop) -> None:
    answer = shop.send("POST", ITEMS, b"[" * 9_000_000)
    assert (answer.status, answer.message) == (413, "Request Entity Too Large")


def test_names_may_be_camel_or_snake(shop: Shop) -> None:
    for name, units in (("sourceItems", 4), ("source_items", 5)):
        item = {"sku": "TEE", "source_code": "S1", "quantity": units, "status": 1}
        assert shop.post("inventory/source-items", {name: [item]}).body == []
        assert shop.on_hand("TEE", "S1") == units


def test_unknown_names_at_the_top_are_lost_without_a_word(shop: Shop) -> None:
    """How a source that stands at the wrong place makes another source pay."""
    order = shop.order(("TEE", 1))
    body = {"items": [], "extension_attributes": {"source_code": "S1"}}
    answer = shop.post(f"order/{order['entity_id']}/ship", body)
    assert (answer.status, answer.message) == (
        400, "Could not save a shipment, see error log for details",
    )  # fmt: skip
    body = {"items": [], "arguments": {"extension_attributes": {"source_code": "S1"}}}
    assert shop.post(f"order/{order['entity_id']}/ship", body).status == 200
    assert shop.on_hand("TEE", "S1") == 2


def test_unknown_names_can_be_made_to_be_refused() -> None:
    shop = Shop(unknown_parameters="refuse")
    assert shop.post("inventory/source-items", {"sourceItems": [], "more": 1}).message == (
        'Unknown parameter "%1".'
    )
    assert shop.get("inventory/sources", "page=1").status == 400
    assert shop.get("inventory/sources", search(size=1)).status == 200


def test_an_unknown_property_is_a_hidden_fault() -> None:
    item = {"sku": "TEE", "source_code": "S1", "quantity": 1, "status": 1, "note": "x"}
    shop = Shop()
    answer = shop.post("inventory/source-items", {"sourceItems": [item]})
    assert answer.status == 500
    assert answer.message.startswith(
        "Internal Error. Details are available in Magento log file. Report ID: webapi-"
    )
    open_one = Shop(developer_mode=True, masked_status=400)
    answer = open_one.post("inventory/source-items", {"sourceItems": [item]})
    assert (answer.status, answer.message) == (
        400, 'Property "note" does not have accessor method.',
    )  # fmt: skip


def test_numbers_may_be_text(shop: Shop) -> None:
    item = {"sku": "TEE", "source_code": "S1", "quantity": "2.5", "status": "1"}
    assert shop.post("inventory/source-items", {"sourceItems": [item]}).status == 200
    assert shop.on_hand("TEE", "S1") == 2.5


def test_an_answer_can_be_cut_down_to_some_fields(shop: Shop) -> None:
    query = search(sku="TEE") + "&fields=items[sku,quantity],total_count"
    assert shop.send("GET", ITEMS, query=query).body == {
        "items": [{"sku": "TEE", "quantity": 10}, {"sku": "TEE", "quantity": 3}],
        "total_count": 2,
    }
    for malformed in ("items[", "items]", "a-b", "[a]", ""):
        answer = shop.send("GET", ITEMS, query=search(sku="TEE") + f"&fields={malformed}")
        assert (answer.status, answer.body) == (200, [])


def test_xml_for_who_accepts_it(shop: Shop) -> None:
    given = {"authorization": f"Bearer {shop.token}", "accept": "application/xml"}
    answer = shop.send("GET", ITEMS, query=search(sku="SOCKS"), headers=given)
    assert answer.headers["content-type"].startswith("application/xml")
    assert b"<item><sku>SOCKS</sku><source_code>W1</source_code>" in answer.body
    other = shop.send("GET", ITEMS, headers={**given, "accept": "text/html"})
    assert other.status == 406


def test_the_gateway_speaks_html_and_the_shop_json(shop: Shop) -> None:
    page: Response = shop.service.refusal(503, {"retry-after": "1"})
    assert (page.headers["content-type"], page.headers["retry-after"]) == ("text/html", "1")
    slow = shop.service.refusal(429, {})
    assert slow.body == b'{"message":"Too Many Requests","trace":null}'
    assert (slow.headers["pragma"], slow.headers["cache-control"]) == ("no-cache", "no-store")
    assert b"Report ID: webapi-" in shop.service.refusal(500, {}).body


# --- searches ---------------------------------------------------------------------------


def skus(shop: Shop, **wanted: object) -> list[str]:
    answer = shop.get("inventory/source-items", search(**wanted))  # type: ignore[arg-type]
    assert answer.status == 200, answer.body
    return [f"{item['sku']}@{item['source_code']}" for item in answer["items"]]


@pytest.mark.parametrize(
    ("condition", "value", "found"),
    [
        ("eq", "10", ["TEE@W1"]), ("neq", "10", ["TEE@S1", "SOCKS@W1"]), ("gt", "5", ["TEE@W1"]),
        ("gteq", "5", ["TEE@W1", "SOCKS@W1"]), ("moreq", "5", ["TEE@W1", "SOCKS@W1"]),
        ("from", "5", ["TEE@W1", "SOCKS@W1"]), ("lt", "5", ["TEE@S1"]),
        ("lteq", "5", ["TEE@S1", "SOCKS@W1"]), ("to", "5", ["TEE@S1", "SOCKS@W1"]),
        ("in", "3, 5", ["TEE@S1", "SOCKS@W1"]), ("nin", "3,5", ["TEE@W1"]),
        ("null", "", []), ("notnull", "", ["TEE@W1", "TEE@S1", "SOCKS@W1"]),
        ("like", "1%", ["TEE@W1"]), ("nlike", "1%", ["TEE@S1", "SOCKS@W1"]),
        ("finset", "3", ["TEE@S1"]), ("nfinset", "3", ["TEE@W1", "SOCKS@W1"]),
    ],
)  # fmt: skip
def test_conditions(shop: Shop, condition: str, value: str, found: list[str]) -> None:
    assert skus(shop, quantity=(condition, value)) == found


def test_groups_must_all_hold_and_of_their_filters_one(shop: Shop) -> None:
    head = "searchCriteria[filterGroups]"
    query = f"{head}[0][filters][0][field]=sku&{head}[0][filters][0][value]=tee"
    query += f"&{head}[0][filters][1][field]=sku&{head}[0][filters][1][value]=SOCKS"
    query += f"&{head}[1][filters][0][field]=source_code&{head}[1][filters][0][value]=w1"
    answer = shop.get("inventory/source-items", query)
    assert [item["sku"] for item in answer["items"]] == ["TEE", "SOCKS"]
    groups = answer["search_criteria"]["filter_groups"]
    assert groups[1] == {
        "filters": [{"field": "source_code", "value": "w1", "condition_type": "eq"}]
    }


def test_paging_and_sorting(shop: Shop) -> None:
    assert skus(shop, sort="quantity DESC") == ["TEE@W1", "SOCKS@W1", "TEE@S1"]
    assert skus(shop, sort="sku", size=2) == ["SOCKS@W1", "TEE@W1"]
    answer = shop.get("inventory/source-items", search(sort="sku", size=2, page=2))
    assert (len(answer["items"]), answer["total_count"]) == (1, 3)
    assert answer["search_criteria"] == {
        "filter_groups": [], "sort_orders": [{"field": "sku", "direction": "ASC"}],
        "page_size": 2, "current_page": 2,
    }  # fmt: skip
    snake = "search_criteria[page_size]=1&search_criteria[current_page]=2"
    assert len(shop.get("inventory/source-items", snake)["items"]) == 1


def test_unknown_fields_and_conditions_are_hidden_faults(shop: Shop) -> None:
    for query in (search(colour="red"), search(sku=("is", "TEE")), search(sort="colour")):
        assert shop.get("inventory/source-items", query).status == 500


def test_criteria_are_needed_where_documents_are_searched(shop: Shop) -> None:
    for path in ("orders", "invoices", "shipments", "creditmemos", "orders/items"):
        answer = shop.get(path)
        assert answer.body == {
            "message": '"%fieldName" is required. Enter and try again.',
            "parameters": {"fieldName": "searchCriteria"},
        }
        assert shop.get(path, "searchCriteria=")["total_count"] == 0
        assert shop.get(path, "searchCriteria[pageSize]=1").status == 200
    assert shop.get("orders", "searchCriteria[pageSize]=many").status == 400


def test_limits_of_lists_and_pages() -> None:
    shop = Shop(input_limits=True)
    items = [("TEE", "S1", 1, 1)] * 21
    answer = shop.stock_items(*items)
    assert (answer.status, answer.body) == (
        400,
        {"message": 'Maximum items of type "%type" is %max',
         "parameters": {"type": "sourceItems", "max": 20}},
    )  # fmt: skip
    assert shop.stock_items(*items[:20]).status == 200
    large = shop.get("inventory/source-items", search(size=301))
    assert large.message == "Maximum SearchCriteria pageSize is %max"
    assert shop.get("inventory/source-items")["search_criteria"]["page_size"] == 20
    assert Shop().stock_items(*items).status == 200


def test_a_list_that_is_polled_by_time_finds_what_was_touched(shop: Shop) -> None:
    for _ in range(3):
        shop.order(("TEE", 1))
        shop.run(10)
    shop.post("orders/1/comments", {"statusHistory": {"comment": "x"}})
    found = shop.get("orders", search(updated_at=("gteq", "2026-11-27 06:00:20")))
    assert [order["entity_id"] for order in found["items"]] == [1, 3]
    late = shop.get("orders", search(updated_at=("gt", "2026-11-27 06:00:20")))
    assert [order["entity_id"] for order in late["items"]] == [1]


def test_searches_may_lag_behind(shop: Shop) -> None:
    """A copy of the database answers searches; reads by number see everything."""
    shop.order(("TEE", 1))
    shop.run(20)
    shop.ship(shop.read(1))
    shop.stock_items(("SOCKS", "W1", 1, 1), ("MUG", "W1", 1, 1))
    shop.order(("TEE", 1))
    shop.run(5)
    shop.stale_s = 10
    (order,) = shop.get("orders", search())["items"]
    assert (order["state"], order["items"][0]["qty_shipped"]) == ("new", 0)
    assert shop.read(1)["state"] == "processing"
    assert shop.get("orders", search(state="processing"))["total_count"] == 0
    seen = shop.get("inventory/source-items")["items"]
    assert [(item["sku"], item["quantity"]) for item in seen] == [
        ("TEE", 10), ("TEE", 3), ("SOCKS", 5),
    ]  # fmt: skip
    shop.stale_s = 3
    assert shop.get("orders", search())["total_count"] == 2
    assert shop.get("inventory/source-items")["total_count"] == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "pending"), ("state", "PROCESSING"), ("increment_id", "000000003"),
     ("customer_email", "A@B.test"), ("entity_id", "2"), ("updated_at", "2026-11-27 06:00:10")],
)  # fmt: skip
def test_an_index_finds_what_a_scan_finds(shop: Shop, field: str, value: str) -> None:
    for number in range(4):
        shop.order(("TEE", 1))
        shop.run(5)
        if number % 2:
            shop.ship(shop.read(1 + number // 2))
    plans: list[dict[str, Any]] = [
        {field: value}, {field: ("like", value)}, {field: ("in", f"{value},nothing")},
        {field: value, "grand_total": ("gt", 1000)},
    ]  # fmt: skip
    found = [shop.get("orders", search(**plan))["items"] for plan in plans]
    assert found[0] == found[1] == found[2] != []
    assert found[3] == []
