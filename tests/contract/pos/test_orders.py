"""Orders through the API: made, read, changed, paid, completed, searched."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Answer, Shop

from peakproof.history.records import Refused, Sale


def put(shop: Shop, made: dict[str, Any], **changes: Any) -> Answer:
    """An update of the version that ``made`` shows."""
    body = {"order": {"version": made["version"], **changes.pop("order", {})}, **changes}
    return shop.send("PUT", f"/v2/orders/{made['id']}", body)


def test_a_made_order_is_read_back_as_it_was_answered(shop: Shop) -> None:
    order = shop.make_order(reference_id="WEB-1", metadata={"channel": "web"})
    assert (order["state"], order["version"]) == ("OPEN", 1)
    assert order["source"] == {"name": "Connector"}
    assert order["net_amount_due_money"]["amount"] == 1999
    assert shop.order(order["id"]) == order
    assert shop.keys == [f"sale:{order['id']}"]
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert shop.told(Sale) == []


def test_an_order_that_is_paid_is_complete_and_moves_stock_once(shop: Shop) -> None:
    order = shop.make_order(units="2")
    payment = shop.pay_cash(order)
    now = shop.order(order["id"])
    assert (now["state"], now["net_amount_due_money"]["amount"]) == ("COMPLETED", 0)
    assert now["tenders"][0]["id"] == payment["id"]
    assert now["version"] > order["version"]
    assert shop.count("TEE-RED-M", "S1") == "8"
    (fact,) = shop.told(Sale)
    assert (fact.sale, fact.by, fact.what) == (order["id"], "connector", "sale")


def test_a_sold_adjustment_on_top_of_a_completed_order_deducts_twice(shop: Shop) -> None:
    """P6: the vendor moves stock itself; who also posts SOLD has sold it twice."""
    order = shop.make_order(units="1")
    shop.pay_cash(order)
    assert shop.count("TEE-RED-M", "S1") == "9"
    shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "SOLD", "1", reference_id=order["id"])
    assert shop.count("TEE-RED-M", "S1") == "8"


def test_a_stale_version_is_a_conflict_and_changes_nothing(shop: Shop) -> None:
    """P8: 409, re-read, one effect."""
    order = shop.make_order()
    assert put(shop, order, order={"reference_id": "first"}).status == 200
    answer = put(shop, order, order={"reference_id": "second"})
    assert answer.error == (409, "CONFLICT", "order.version")
    now = shop.order(order["id"])
    assert (now["reference_id"], now["version"]) == ("first", 2)
    assert [(fact.key, fact.reason) for fact in shop.told(Refused)] == [(order["id"], "CONFLICT")]
    assert put(shop, now, order={"reference_id": "second"}).status == 200
    assert shop.order(order["id"])["reference_id"] == "second"


def test_the_form_of_a_conflict_is_a_setting() -> None:
    shop = Shop({"order_conflict": "version_mismatch"})
    order = shop.make_order()
    put(shop, order, order={"reference_id": "first"})
    answer = put(shop, order, order={"reference_id": "second"})
    assert answer.error == (400, "VERSION_MISMATCH", "order.version")


def test_without_a_version_nothing_is_changed(shop: Shop) -> None:
    order = shop.make_order()
    answer = shop.send("PUT", f"/v2/orders/{order['id']}", {"order": {"reference_id": "x"}})
    assert answer.error == (400, "MISSING_REQUIRED_PARAMETER", "order.version")
    assert shop.order(order["id"]) == order


def test_a_key_that_was_used_before_hides_the_new_change(shop: Shop) -> None:
    """P9: 200, and nothing of the change: the client has to notice."""
    order = shop.make_order()
    first = put(shop, order, order={"reference_id": "first"}, idempotency_key="same").body["order"]
    again = put(shop, first, order={"reference_id": "second"}, idempotency_key="same")
    assert again.status == 200
    assert again.body["order"] == first == shop.order(order["id"])
    strict = Shop({"update_key_reuse": "refused"})
    order = strict.make_order()
    first = put(strict, order, order={"reference_id": "1"}, idempotency_key="k").body["order"]
    refused = put(strict, first, order={"reference_id": "2"}, idempotency_key="k")
    assert refused.error == (400, "IDEMPOTENCY_KEY_REUSED", "idempotency_key")


def test_what_a_till_made_cannot_be_changed_through_the_api(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M")
    body = {"order": {"version": 1, "reference_id": "x"}}
    answer = shop.send("PUT", f"/v2/orders/{sale}", body)
    assert answer.error[:2] == (400, "BAD_REQUEST")
    assert "reference_id" not in shop.order(sale)


def test_a_completed_order_cannot_be_changed(shop: Shop) -> None:
    order = shop.make_order()
    shop.pay_cash(order)
    answer = put(shop, shop.order(order["id"]), order={"reference_id": "late"})
    assert answer.error == (400, "BAD_REQUEST", "order.state")


def test_sparse_lines_are_laid_over_those_that_are_there(shop: Shop) -> None:
    order = shop.make_order()
    uid = order["line_items"][0]["uid"]
    blue = {"catalog_object_id": shop.variant("TEE-BLUE-M"), "quantity": "1", "uid": "blue"}
    changed = put(shop, order, order={"line_items": [{"uid": uid, "quantity": "3"}, blue]})
    now = changed.body["order"]
    assert [(line["uid"], line["quantity"]) for line in now["line_items"]] == [
        (uid, "3"), ("blue", "1"),
    ]  # fmt: skip
    assert now["total_money"]["amount"] == 3 * 1999 + 2499
    assert shop.order(order["id"]) == now
    cleared = put(shop, now, fields_to_clear=["line_items[blue]", "reference_id"]).body["order"]
    assert [line["uid"] for line in cleared["line_items"]] == [uid]
    assert cleared["total_money"]["amount"] == 3 * 1999


@pytest.mark.parametrize(
    "path", ["version", "line_items[nothing]", "line_items[{uid}].quantity", "total_money", "[]"]
)
def test_what_cannot_be_cleared_is_refused(shop: Shop, path: str) -> None:
    order = shop.make_order()
    named = path.replace("{uid}", order["line_items"][0]["uid"])
    answer = put(shop, order, fields_to_clear=[named])
    assert answer.error == (400, "INVALID_VALUE", "fields_to_clear")
    assert shop.order(order["id"]) == order


def test_an_echoed_order_changes_nothing_but_the_version(shop: Shop) -> None:
    tax = {"uid": "vat", "name": "VAT", "percentage": "20", "type": "INCLUSIVE", "scope": "ORDER"}
    off = {"uid": "off", "name": "Off", "percentage": "10", "scope": "ORDER"}
    order = shop.make_order(units="3", taxes=[tax], discounts=[off])
    echoed = shop.ok("PUT", f"/v2/orders/{order['id']}", {"order": order})["order"]
    assert echoed["version"] == 2
    for name in ("version", "updated_at"):
        echoed.pop(name)
        order.pop(name)
    assert echoed == order


def fulfilment(state: str, **more: object) -> dict[str, object]:
    details = {"recipient": {"display_name": "Customer"}, "schedule_type": "ASAP"}
    return {"uid": "f1", "type": "PICKUP", "state": state, "pickup_details": details, **more}


def test_an_order_with_a_fulfilment_stays_open_until_that_is_complete(shop: Shop) -> None:
    order = shop.make_order(fulfillments=[fulfilment("PROPOSED")])
    shop.pay_cash(order)
    paid = shop.order(order["id"])
    assert paid["state"] == "OPEN"
    assert shop.count("TEE-RED-M", "S1") == "10"
    early = put(shop, paid, order={"state": "COMPLETED"})
    assert early.error == (400, "BAD_REQUEST", "order.state")
    assert early.body["errors"][0]["detail"].startswith("All fulfillments must have a state")
    assert shop.order(order["id"]) == paid
    ready = put(shop, paid, order={"fulfillments": [{"uid": "f1", "state": "PREPARED"}]})
    both = {"state": "COMPLETED", "fulfillments": [{"uid": "f1", "state": "COMPLETED"}]}
    done = put(shop, ready.body["order"], order=both).body["order"]
    assert done["state"] == "COMPLETED"
    assert done["fulfillments"][0]["pickup_details"]["schedule_type"] == "ASAP"
    assert shop.count("TEE-RED-M", "S1") == "9"


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ("PROPOSED", "RESERVED", True),
        ("RESERVED", "PREPARED", True),
        ("PREPARED", "CANCELED", True),
        ("PREPARED", "RESERVED", False),
        ("COMPLETED", "FAILED", False),
        ("CANCELED", "PROPOSED", False),
    ],
)
def test_a_fulfilment_only_moves_forward(shop: Shop, before: str, after: str, fits: bool) -> None:
    order = shop.make_order(fulfillments=[fulfilment(before)])
    answer = put(shop, order, order={"fulfillments": [{"uid": "f1", "state": after}]})
    assert answer.status == (200 if fits else 400)
    now = shop.order(order["id"])["fulfillments"][0]["state"]
    assert now == (after if fits else before)


def test_an_unpaid_order_cannot_be_completed_and_can_be_cancelled(shop: Shop) -> None:
    order = shop.make_order()
    assert put(shop, order, order={"state": "COMPLETED"}).error == (
        400, "BAD_REQUEST", "order.state",
    )  # fmt: skip
    gone = put(shop, order, order={"state": "CANCELED"}).body["order"]
    assert gone["state"] == "CANCELED"
    assert "closed_at" in gone
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert put(shop, gone, order={"state": "OPEN"}).status == 400


def test_a_draft_is_opened_before_it_is_paid(shop: Shop) -> None:
    draft = shop.make_order(state="DRAFT")
    body = {"idempotency_key": "k", "order_version": 1, "payment_ids": []}
    assert shop.send("POST", f"/v2/orders/{draft['id']}/pay", body).error[:2] == (
        400, "BAD_REQUEST",
    )  # fmt: skip
    order = put(shop, draft, order={"state": "OPEN"}).body["order"]
    shop.pay_cash(order)
    assert shop.order(order["id"])["state"] == "COMPLETED"


def test_a_clone_is_a_draft_with_the_same_basket(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M", 2)
    clone = shop.ok("POST", "/v2/orders/clone", {"order_id": sale, "idempotency_key": "k"})["order"]
    assert (clone["state"], clone["total_money"]["amount"]) == ("DRAFT", 3998)
    assert clone["id"] != sale
    assert shop.order(clone["id"]) == clone
    order = shop.make_order()
    stale = {"order_id": order["id"], "version": 9}
    assert shop.send("POST", "/v2/orders/clone", stale).error == (409, "CONFLICT", "version")


def test_calculating_an_order_keeps_nothing(shop: Shop) -> None:
    line = {
        "name": "Gift wrap",
        "quantity": "2",
        "base_price_money": {"amount": 250, "currency": "GBP"},
    }
    body = {"order": {"location_id": "S1", "line_items": [line]}}
    order = shop.ok("POST", "/v2/orders/calculate", body)["order"]
    assert order["total_money"]["amount"] == 500
    assert "id" not in order
    assert shop.ok("POST", "/v2/orders/search", {"location_ids": ["S1"]}) == {}


def test_a_batch_of_orders_leaves_unknown_ones_out(shop: Shop) -> None:
    order = shop.make_order()
    sale = shop.ring("TEE-RED-M", store="S2")
    body: dict[str, Any] = {"order_ids": ["nothing", sale, order["id"], sale]}
    found = shop.ok("POST", "/v2/orders/batch-retrieve", body)["orders"]
    assert [each["id"] for each in found] == [sale, order["id"]]
    body["location_id"] = "S2"
    assert len(shop.ok("POST", "/v2/orders/batch-retrieve", body)["orders"]) == 1
    many = {"order_ids": [str(number) for number in range(101)]}
    assert shop.send("POST", "/v2/orders/batch-retrieve", many).error[1] == "ARRAY_LENGTH_TOO_LONG"


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"location_id": "S9"}, (404, "NOT_FOUND", "order.location_id")),
        ({}, (400, "MISSING_REQUIRED_PARAMETER", "order.location_id")),
        (
            {"location_id": "S1", "line_items": [{"quantity": "1", "catalog_object_id": "X"}]},
            (404, "NOT_FOUND", "order.line_items[0].catalog_object_id"),
        ),
        (
            {"location_id": "S1", "line_items": [{"quantity": "1"}]},
            (400, "MISSING_REQUIRED_PARAMETER", "order.line_items[0].name"),
        ),
        (
            {"location_id": "S1", "line_items": [{"quantity": "0", "name": "x"}]},
            (400, "INVALID_VALUE", "order.line_items[0].quantity"),
        ),
        (
            {"location_id": "S1", "line_items": [{"quantity": "1", "name": "x"}]},
            (400, "MISSING_REQUIRED_PARAMETER", "order.line_items[0].base_price_money"),
        ),
        ({"location_id": "S1", "state": "COMPLETED"}, (400, "INVALID_VALUE", "order.state")),
        (
            {"location_id": "S1", "returns": [{"uid": "r"}]},
            (400, "BAD_REQUEST", "order.returns"),
        ),
        (
            {"location_id": "S1", "service_charges": []},
            (400, "UNKNOWN_BODY_PARAMETER", "order.service_charges"),
        ),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_is_refused_with_its_field(
    shop: Shop, order: dict[str, Any], error: tuple[int, str, str]
) -> None:
    assert shop.send("POST", "/v2/orders", {"order": order}).error == error


def search(shop: Shop, query: object = None, **more: Any) -> Answer:
    body = {"location_ids": ["S1", "S2"], **({"query": query} if query else {}), **more}
    return shop.send("POST", "/v2/orders/search", body)


def test_orders_are_found_newest_first_and_paged_without_gaps(shop: Shop) -> None:
    sales = []
    for second in range(5):
        shop.at(10.0 + second)
        sales.append(shop.ring("TEE-RED-M"))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        body = search(shop, limit=2, **cursor).body
        seen += [each["id"] for each in body["orders"]]
        if "cursor" not in body:
            break
        cursor = {"cursor": body["cursor"]}
    assert seen == sales[::-1]
    oldest = search(shop, {"sort": {"sort_field": "CREATED_AT", "sort_order": "ASC"}}).body
    assert [each["id"] for each in oldest["orders"]] == sales


def test_a_window_of_time_goes_with_its_own_sort_field(shop: Shop) -> None:
    shop.at(10.0)
    early = shop.make_order()
    shop.at(20.0)
    late = shop.ring("TEE-RED-M")
    shop.at(30.0)
    shop.pay_cash(early)

    def found(field: str, start: float, end: float) -> list[str]:
        window = {"start_at": shop.iso(start), "end_at": shop.iso(end)}
        query = {
            "filter": {"date_time_filter": {field.lower(): window}}, "sort": {"sort_field": field},
        }  # fmt: skip
        return [each["id"] for each in search(shop, query).body.get("orders", [])]

    assert found("CREATED_AT", 10.0, 15.0) == [early["id"]]
    assert found("UPDATED_AT", 25.0, 30.0) == [early["id"]]
    assert found("UPDATED_AT", 5.0, 15.0) == []
    assert found("CLOSED_AT", 15.0, 40.0) == [early["id"], late]
    wrong = {"filter": {"date_time_filter": {"closed_at": {"start_at": shop.iso(0.0)}}}}
    assert search(shop, wrong).error == (400, "INVALID_VALUE", "query.sort.sort_field")


def test_orders_taken_offline_are_misplaced_by_the_time_of_their_upload(shop: Shop) -> None:
    shop.control("go_offline", store="S1")
    shop.at(10.0)
    offline = shop.ring("TEE-RED-M", store="S1")
    shop.at(20.0)
    online = shop.ring("TEE-RED-M", store="S2")
    shop.at(30.0)
    shop.control("upload", store="S1")
    assert [each["id"] for each in search(shop).body["orders"]] == [offline, online]
    window = {"created_at": {"start_at": shop.iso(5.0), "end_at": shop.iso(15.0)}}
    query = {"filter": {"date_time_filter": window}, "sort": {"sort_field": "CREATED_AT"}}
    assert search(shop, query).body == {}


def test_orders_are_filtered_by_state_source_customer_and_fulfilment(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M")
    pickup = shop.make_order(customer_id="C1", fulfillments=[fulfilment("PROPOSED")])

    def found(filter_: object) -> list[str]:
        return [each["id"] for each in search(shop, {"filter": filter_}).body.get("orders", [])]

    assert found({"state_filter": {"states": ["COMPLETED"]}}) == [sale]
    assert found({"source_filter": {"source_names": ["Connector"]}}) == [pickup["id"]]
    assert found({"customer_filter": {"customer_ids": ["C1"]}}) == [pickup["id"]]
    assert found({"fulfillment_filter": {"fulfillment_types": ["SHIPMENT"]}}) == []
    ready = {"fulfillment_types": ["PICKUP"], "fulfillment_states": ["PROPOSED"]}
    assert found({"fulfillment_filter": ready}) == [pickup["id"]]


def test_bare_entries_carry_no_lines_and_no_version_of_a_till(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M")
    order = shop.make_order()
    entries = search(shop, return_entries=True).body["order_entries"]
    assert entries == [
        {"order_id": order["id"], "version": 1, "location_id": "S1"},
        {"order_id": sale, "location_id": "S1"},
    ]


def test_a_late_search_shows_orders_as_they_were(shop: Shop) -> None:
    shop.at(10.0)
    order = shop.make_order()
    shop.at(20.0)
    shop.pay_cash(order)
    sale = shop.ring("TEE-RED-M")
    shop.at(21.0)
    late = shop.ok("POST", "/v2/orders/search", {"location_ids": ["S1"]}, stale_s=5.0)
    assert [(each["id"], each["state"]) for each in late["orders"]] == [(order["id"], "OPEN")]
    now = search(shop).body["orders"]
    assert [(each["id"], each["state"]) for each in now] == [
        (sale, "COMPLETED"), (order["id"], "COMPLETED"),
    ]  # fmt: skip


def test_a_search_names_one_to_ten_locations_that_exist(shop: Shop) -> None:
    assert shop.send("POST", "/v2/orders/search", {}).error == (
        400, "MISSING_REQUIRED_PARAMETER", "location_ids",
    )  # fmt: skip
    assert shop.send("POST", "/v2/orders/search", {"location_ids": ["S9"]}).status == 404
    many = {"location_ids": ["S1"] * 11}
    assert shop.send("POST", "/v2/orders/search", many).error[1] == "ARRAY_LENGTH_TOO_LONG"
