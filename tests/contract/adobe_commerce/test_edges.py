"""Odd calls that a client makes some day: each is answered as the shop would answer it."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.shop import Json, Shop, search

from peakproof.history.records import Confirmed, Level

BULK = "/rest/all/async/bulk/V1"


@pytest.mark.parametrize("number", ["--5", "-", "5-", "+5", "1e3"])
def test_a_number_with_signs_in_odd_places_is_none(shop: Shop, number: str) -> None:
    answer = shop.get(f"orders/{number}")
    assert answer.status == 400
    assert f'The "{number}" value\'s type is invalid.' in answer.message
    assert shop.get("orders", f"searchCriteria[pageSize]={number}").status == 400 or "+" in number


def test_a_queued_operation_with_no_number_fails_by_itself(shop: Shop) -> None:
    uuid = shop.send("POST", f"{BULK}/order/byOrderId/ship", [{"orderId": "--5"}])["bulk_uuid"]
    shop.run(1)
    shown = shop.get(f"bulk/{uuid}/status")["operations_list"]
    assert [one["status"] for one in shown] == [3]


def test_the_list_of_operations_can_be_searched(shop: Shop) -> None:
    item = {"sku": "TEE", "source_code": "W1", "quantity": 3, "status": 1}
    uuids = [
        shop.send("POST", f"{BULK}/inventory/source-items", [{"sourceItems": [item]}])["bulk_uuid"]
        for _ in range(2)
    ]
    found = shop.get("bulk", search(bulk_uuid=uuids[1]))
    assert [row["bulk_uuid"] for row in found["items"]] == uuids[1:]
    assert shop.get("bulk", search(status=4))["total_count"] == 2
    shop.run(1)
    assert shop.get("bulk", search(status=4))["total_count"] == 0
    assert shop.get("bulk", search(colour="red")).status == 500


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_a_token_knows_no_case(shop: Shop, scheme: str) -> None:
    headers = {"authorization": f"{scheme} {shop.token}"}
    assert shop.send("GET", "/rest/V1/store/websites", headers=headers).status == 200


@pytest.mark.parametrize(
    "moment",
    ["2026-11-27 06:00:10", "2026-11-27T06:00:10", "2026-11-27T06:00:10Z",
     "2026-11-27T06:00:10.000Z"],
)  # fmt: skip
def test_a_moment_may_be_written_in_iso_form(shop: Shop, moment: str) -> None:
    for _ in range(2):
        shop.order(("TEE", 1))
        shop.run(10)
    for query in (search(created_at=("gteq", moment)), search(updated_at=("gteq", moment))):
        found = shop.get("orders", query)
        assert [order["entity_id"] for order in found["items"]] == [2]
        assert found["search_criteria"]["filter_groups"][0]["filters"][0]["value"] == moment


def test_a_transfer_cannot_take_the_same_units_twice(shop: Shop) -> None:
    eight: Json = {"sku": "TEE", "qty": 8}
    body = {"originSourceCode": "W1", "destinationSourceCode": "S1", "items": [eight, eight]}
    assert shop.post("inventory/bulk-partial-source-transfer", body).status == 400
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1")) == (10, 3)


def test_the_history_hears_when_a_source_stops_and_begins_to_sell(shop: Shop) -> None:
    def told() -> tuple[int, int]:
        last = [fact for fact in shop.facts(Level) if (fact.sku, fact.place) == ("TEE", "S1")][-1]
        return last.on_hand, last.available

    source: Json = {"name": "High Street", "postcode": "1", "country_id": "GB"}
    assert told() == (3, 3)
    shop.put("inventory/sources/S1", {"source": {**source, "enabled": False}})
    assert (told(), shop.salable("TEE")) == ((3, 0), 10)
    shop.put("inventory/sources/S1", {"source": {**source, "enabled": True}})
    assert (told(), shop.salable("TEE")) == ((3, 3), 13)
    link = {"links": [{"stock_id": 2, "source_code": "S1"}]}
    assert shop.post("inventory/stock-source-links-delete", link).body == []
    assert (told(), shop.salable("TEE")) == ((3, 0), 10)
    before = len(shop.facts(Level))
    shop.put("inventory/sources/S1", {"source": {**source, "name": "Another name"}})
    assert len(shop.facts(Level)) == before


def test_tokens_that_ended_are_not_kept(shop: Shop) -> None:
    for _ in range(3):
        shop.sign_in()
        shop.run(4 * 3600.0)
    shop.sign_in()
    assert len(shop.state.door._live) == 1


def test_a_part_of_a_unit_counts_only_where_units_have_parts(shop: Shop) -> None:
    order = shop.order(("TEE", 3))
    assert shop.ship(order, (0, 0.5)).status == 400
    assert shop.invoice(order, (0, 0.5)).status == 400
    assert shop.ship(order, (0, 1.9)).status == 200
    assert shop.invoice(order, (0, 2.5)).status == 200
    assert shop.refund(order, (0, 1.7), back=True).status == 200
    (line,) = shop.read(order["entity_id"])["items"]
    assert (line["qty_shipped"], line["qty_invoiced"], line["qty_refunded"]) == (1, 2, 1)
    assert shop.on_hand("TEE") == 9
    shop.product("ROPE", extension_attributes={"stock_item": {"is_qty_decimal": True}})
    shop.stock_items(("ROPE", "W1", 5, 1))
    assert shop.ship(shop.order(("ROPE", 2.5)), (0, 0.5)).status == 200
    assert shop.on_hand("ROPE") == 4.5


def test_a_source_in_another_case_is_the_same_place_to_the_history(shop: Shop) -> None:
    assert shop.ship(shop.order(("TEE", 1)), source="w1").status == 200
    (parcel,) = shop.facts(Confirmed)
    assert [line.place for line in parcel.lines] == ["W1"]


def test_the_discount_of_an_order_stands_on_its_lines_and_survives_a_void(shop: Shop) -> None:
    line = {"sku": "TEE", "qty_ordered": 3, "price": 10, "row_total": 30, "discount_amount": 4}
    raw = {"base_grand_total": 26, "grand_total": 26, "customer_email": "a@b.test",
           "items": [line], "payment": {"method": "peakpay"}}  # fmt: skip
    order = shop.post("orders", {"entity": raw}).body
    invoices = [int(shop.invoice(order, (0, units)).body) for units in (1, 2)]
    shown = [shop.get(f"invoices/{number}") for number in invoices]
    assert [one["items"][0]["discount_amount"] for one in shown] == [1.33, 2.67]
    assert [one["grand_total"] for one in shown] == [8.67, 17.33]
    assert shop.post(f"invoices/{invoices[0]}/void").status == 200
    again = shop.get(f"invoices/{shop.invoice(order, (0, 1), capture=True).body}")
    assert again["grand_total"] == 8.67
    assert shop.read(order["entity_id"])["total_invoiced"] == 26


@pytest.mark.parametrize("lines", [7, "TEE", {"item_id": 1}, [7], [{"qty_shipped": "many"}]])
def test_an_order_is_not_changed_by_lines_that_cannot_be_read(shop: Shop, lines: Json) -> None:
    order = shop.order(("TEE", 1))["entity_id"]
    change = {"entity_id": order, "status": "odd", "items": lines}
    assert shop.post("orders", {"entity": change}).status == 400
    assert shop.get(f"orders/{order}")["status"] == "pending"


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "sNaN"])
def test_an_amount_that_is_no_number_is_refused(shop: Shop, number: str) -> None:
    order = shop.order(("TEE", 1))
    line = {"order_item_id": order["items"][0]["item_id"], "qty": number}
    for call, body in (
        ("ship", {"items": [line]}), ("invoice", {"items": [line]}), ("refund", {"items": [line]}),
        ("refund", {"items": [], "arguments": {"shipping_amount": number}}),
    ):  # fmt: skip
        answer = shop.post(f"order/{order['entity_id']}/{call}", body)
        assert answer.status == 400
        assert f'The "{number}" value\'s type is invalid. The "float" type' in answer.message


@pytest.mark.parametrize("units", [10**30, -(10**30), "1e400"])
def test_more_units_than_there_could_be_are_refused(shop: Shop, units: Json) -> None:
    order = shop.order(("TEE", 1))
    line = {"order_item_id": order["items"][0]["item_id"], "qty": units}
    for call in ("ship", "invoice"):
        assert shop.post(f"order/{order['entity_id']}/{call}", {"items": [line]}).status == 400
    wish = {"sku": "TEE", "qty": units}
    move = {"originSourceCode": "W1", "destinationSourceCode": "S1", "items": [wish]}
    assert shop.post("inventory/bulk-partial-source-transfer", move).status == 400
    assert shop.on_hand("TEE") == 10
