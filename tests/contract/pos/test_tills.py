"""Tills: what cashiers do, on the line and off it, and what comes of it on Square's face."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Shop

from peakproof.errors import UsageError
from peakproof.history.records import Level, Line, Sale, TurnedAway
from peakproof_simulators.trading.ports import Refusal, Tills, Want

CHANGES = "/v2/inventory/changes/batch-retrieve"


def adjustments(shop: Shop, **query: object) -> list[dict[str, Any]]:
    found = shop.ok("POST", CHANGES, {"types": ["ADJUSTMENT"], **query}).get("changes", [])
    return [each["adjustment"] for each in found]


def test_the_role_is_what_trading_asks_for(shop: Shop) -> None:
    tills: Tills = shop.tills
    assert tills.count_on_record("S1", "TEE-RED-M") == 10
    assert tills.count_on_record("S1", "NOBODY") == 0


def test_a_sale_is_an_order_without_a_version_and_moves_stock_to_sold(shop: Shop) -> None:
    shop.at(50.0)
    sale = shop.ring("TEE-RED-M", 2)
    order = shop.order(sale)
    assert "version" not in order
    assert (order["state"], order["location_id"]) == ("COMPLETED", "S1")
    assert order["source"] == {"name": "Square Point of Sale"}
    assert order["created_at"] == order["closed_at"] == shop.iso(50.0)
    (line,) = order["line_items"]
    assert (line["quantity"], line["catalog_object_id"]) == ("2", shop.variant("TEE-RED-M"))
    assert order["total_money"] == {"amount": 3998, "currency": "GBP"}
    assert order["total_tax_money"] == {"amount": 666, "currency": "GBP"}
    assert order["net_amount_due_money"]["amount"] == 0
    (tender,) = order["tenders"]
    payment = shop.ok("GET", f"/v2/payments/{tender['payment_id']}")["payment"]
    assert (payment["status"], payment["order_id"]) == ("COMPLETED", sale)
    assert "is_offline_payment" not in payment
    (moved,) = adjustments(shop)
    assert (moved["from_state"], moved["to_state"]) == ("IN_STOCK", "SOLD")
    assert (moved["quantity"], moved["transaction_id"]) == ("2", sale)
    assert moved["occurred_at"] == shop.iso(50.0)
    assert moved["total_price_money"]["amount"] == 3998
    assert shop.count("TEE-RED-M", "S1") == "8"
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 8


def test_a_sale_is_told_with_its_lines_and_its_time(shop: Shop) -> None:
    shop.at(50.0)
    sale = shop.ring("TEE-RED-M", 2)
    assert shop.told(Sale) == [
        Sale(50.0, "till", 0, "pos", sale, "S1", "sale",
             (Line("1", "TEE-RED-M", 2, 1999, "S1"),), 50.0),
    ]  # fmt: skip
    (level,) = shop.told(Level)
    assert (level.on_hand, level.available, level.ref) == (8, 8, sale)


def test_a_till_that_asks_refuses_what_its_record_does_not_cover(shop: Shop) -> None:
    wants = (Want("TEE-BLUE-M", 4), Want("TEE-RED-M", 1), Want("TEE-BLUE-M", 2))
    with shop.world.acting("till"):
        answer = shop.tills.ring("S1", wants, asks=True)
    assert isinstance(answer, Refusal)
    assert answer.reason == "not_in_stock"
    assert shop.told(TurnedAway) == [
        TurnedAway(0.0, "till", 0, "pos", "TEE-BLUE-M", "S1", 6, "not_in_stock")
    ]
    assert shop.told(Sale) == []
    assert shop.count("TEE-BLUE-M", "S1") == "5"


def test_a_till_that_asks_sells_the_last_unit(shop: Shop) -> None:
    shop.ring("TEE-BLUE-M", 5, asks=True)
    assert shop.tills.count_on_record("S1", "TEE-BLUE-M") == 0


def test_a_till_that_does_not_ask_sells_below_zero(shop: Shop) -> None:
    shop.ring("TEE-BLUE-M", 6, asks=False)
    assert shop.tills.count_on_record("S1", "TEE-BLUE-M") == -1
    assert shop.told(TurnedAway) == []


def test_what_the_catalogue_lacks_is_sold_by_hand_and_moves_no_stock(shop: Shop) -> None:
    """P15: an item number that nobody knows is a line without a catalogue object."""
    sale = shop.ring("GHOST-1", asks=True)
    (line,) = shop.order(sale)["line_items"]
    assert line["name"] == "GHOST-1"
    assert "catalog_object_id" not in line
    assert adjustments(shop) == []
    assert [fact.lines[0].sku for fact in shop.told(Sale)] == ["GHOST-1"]
    typed = shop.control(
        "ring", store="S1", items=[{"sku": "GHOST-1", "units": 2, "price_minor": 600}]
    )
    order = shop.order(typed["sale"])
    assert order["total_money"]["amount"] == 1200
    assert order["total_tax_money"]["amount"] == 200


def test_an_untracked_item_is_sold_without_moving_stock(shop: Shop) -> None:
    variant = shop.ok("GET", f"/v2/catalog/object/{shop.variant('SOCKS')}")["object"]
    variant["item_variation_data"]["track_inventory"] = False
    shop.ok("POST", "/v2/catalog/object", {"idempotency_key": "k", "object": variant})
    shop.ring("SOCKS", 3, asks=True)
    assert adjustments(shop) == []
    assert shop.count("SOCKS", "S1") == ""


def test_off_the_line_sales_are_kept_and_told_late_with_their_true_time(shop: Shop) -> None:
    """P3: created at upload, occurred when it happened, the client's time on the payment."""
    shop.at(100.0)
    with shop.world.acting("till"):
        shop.tills.go_offline("S1")
    sale = shop.ring("TEE-RED-M", 4, asks=True)
    assert shop.send("GET", f"/v2/orders/{sale}").status == 404
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 6
    assert shop.facts == []
    shop.at(14_500.0)
    with shop.world.acting("till"):
        assert shop.tills.upload("S1") == 1
    order = shop.order(sale)
    assert order["created_at"] == shop.iso(14_500.0)
    payment = shop.ok("GET", f"/v2/payments/{order['tenders'][0]['payment_id']}")["payment"]
    assert payment["is_offline_payment"] is True
    assert payment["offline_payment_details"] == {"client_created_at": shop.iso(100.0)}
    assert payment["created_at"] == shop.iso(14_500.0)
    (moved,) = adjustments(shop)
    assert (moved["occurred_at"], moved["created_at"]) == (shop.iso(100.0), shop.iso(14_500.0))
    (fact,) = shop.told(Sale)
    assert (fact.t, fact.occurred) == (14_500.0, 100.0)
    assert shop.count("TEE-RED-M", "S1") == "6"
    assert shop.tills.upload("S1") == 0


def test_off_the_line_a_till_shows_what_it_knew_and_what_it_did_itself(shop: Shop) -> None:
    shop.control("go_offline", store="S1")
    shop.at(10.0)
    shop.post_count("TEE-RED-M", "S1", "2")
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 10
    shop.ring("TEE-RED-M", 9, asks=True)
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 1
    assert isinstance(shop.tills.ring("S1", (Want("TEE-RED-M", 2),), asks=True), Refusal)
    shop.take_back("TEE-RED-M", 1)
    shop.control("goods_receipt", store="S1", sku="TEE-RED-M", units=3)
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 5
    shop.control("count_stock", store="S1", sku="TEE-RED-M", units=4)
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 4
    assert shop.tills.count_on_record("S2", "TEE-RED-M") == 3
    assert shop.control("upload", store="S1") == {"transactions": 4}
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 4


def test_a_till_that_loses_its_line_again_shows_what_it_learned_between(shop: Shop) -> None:
    shop.control("go_offline", store="S1")
    shop.ring("TEE-RED-M", 1)
    shop.at(10.0)
    shop.post_count("TEE-RED-M", "S1", "4")
    shop.control("upload", store="S1")
    shop.control("go_offline", store="S1")
    assert shop.tills.count_on_record("S1", "TEE-RED-M") == 4


def test_late_sales_may_be_older_than_an_api_write_could_be(shop: Shop) -> None:
    shop.control("go_offline", store="S1")
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    shop.at(72 * 3600.0)
    assert shop.control("upload", store="S1") == {"transactions": 1}
    assert shop.count("TEE-RED-M", "S1") == "9"
    refused = shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "SOLD", occurred_at=shop.iso(10.0))
    assert refused.error[1] == "INVALID_TIME"


def test_a_linked_return_names_its_sale_and_line_and_puts_units_back(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M", 3)
    shop.at(60.0)
    back = shop.take_back("TEE-RED-M", 2, sale=sale)
    order = shop.order(back)
    assert order["id"] != sale
    (returned,) = order["returns"]
    assert returned["source_order_id"] == sale
    (line,) = returned["return_line_items"]
    assert (line["source_line_item_uid"], line["quantity"]) == ("1", "2")
    assert order["return_amounts"]["total_money"]["amount"] == 3998
    assert order["net_amounts"]["total_money"]["amount"] == -3998
    assert order["total_money"]["amount"] == 0
    (refund,) = order["refunds"]
    payment = shop.order(sale)["tenders"][0]["payment_id"]
    read = shop.ok("GET", f"/v2/refunds/{refund['id']}")["refund"]
    assert (read["payment_id"], read["amount_money"]["amount"]) == (payment, 3998)
    paid = shop.ok("GET", f"/v2/payments/{payment}")["payment"]
    assert paid["refunded_money"]["amount"] == 3998
    moved = adjustments(shop)[-1]
    assert (moved["from_state"], moved["to_state"]) == ("SOLD", "IN_STOCK")
    assert moved["refund_id"] == refund["id"]
    assert shop.count("TEE-RED-M", "S1") == "9"
    fact = shop.told(Sale)[-1]
    assert (fact.what, fact.sale, fact.against, fact.place) == ("return", back, sale, "S1")
    assert [(line.sku, line.units) for line in fact.lines] == [("TEE-RED-M", 2)]


def test_a_return_at_another_store_goes_to_that_stores_shelf(shop: Shop) -> None:
    """P11: bought in one store, brought back to another."""
    sale = shop.ring("TEE-RED-M", 1)
    shop.take_back("TEE-RED-M", 1, sale=sale, store="S2")
    assert shop.count("TEE-RED-M", "S1") == "9"
    assert shop.count("TEE-RED-M", "S2") == "4"
    assert shop.told(Sale)[-1].place == "S2"


def test_a_return_without_a_receipt_is_linked_to_nothing(shop: Shop) -> None:
    """P11: no source order, stock from UNLINKED_RETURN."""
    order = shop.order(shop.take_back("TEE-RED-M", 1))
    assert "source_order_id" not in order["returns"][0]
    moved = adjustments(shop)[-1]
    assert (moved["from_state"], moved["to_state"]) == ("UNLINKED_RETURN", "IN_STOCK")
    assert shop.told(Sale)[-1].against == ""
    assert order["return_amounts"]["total_money"]["amount"] == 1999
    assert order["return_amounts"]["tax_money"]["amount"] == 333


def test_damaged_goods_come_back_as_waste_and_not_for_sale(shop: Shop) -> None:
    """P11: damaged goods never touch the figure that can be sold."""
    sale = shop.ring("TEE-RED-M", 2)
    shop.facts.clear()
    shop.take_back("TEE-RED-M", 1, sale=sale, restock=False)
    assert shop.count("TEE-RED-M", "S1") == "8"
    assert shop.count("TEE-RED-M", "S1", "WASTE") == "1"
    assert shop.told(Level) == []
    assert [fact.what for fact in shop.told(Sale)] == ["return"]


def test_parts_of_a_line_brought_back_sum_to_what_was_paid(shop: Shop) -> None:
    sold = shop.control(
        "ring", store="S1", items=[{"sku": "SOCKS", "units": 3}], discounts=[{"amount_minor": 100}]
    )["sale"]
    paid = shop.order(sold)["total_money"]["amount"]
    assert paid == 899
    back = [shop.order(shop.take_back("SOCKS", 1, sale=sold)) for _ in range(3)]
    amounts = [each["return_amounts"]["total_money"]["amount"] for each in back]
    taxes = [each["return_amounts"]["tax_money"]["amount"] for each in back]
    assert sum(amounts) == paid
    assert sum(taxes) == shop.order(sold)["total_tax_money"]["amount"]
    assert max(amounts) - min(amounts) <= 1


def test_what_is_not_left_of_a_sale_comes_back_linked_to_nothing(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M", 2)
    order = shop.order(shop.take_back("TEE-RED-M", 3, sale=sale))
    assert [
        (each.get("source_order_id", ""), each["return_line_items"][0]["quantity"])
        for each in order["returns"]
    ] == [(sale, "2"), ("", "1")]
    assert shop.count("TEE-RED-M", "S1") == "11"
    with pytest.raises(UsageError, match="not left of the sale"):
        shop.control("return", store="S1", sale=sale, items=[{"sku": "TEE-RED-M"}])
    unknown = shop.order(shop.take_back("TEE-RED-M", 1, sale="not-a-sale"))
    assert "source_order_id" not in unknown["returns"][0]


def test_an_exchange_is_one_order_and_the_difference_is_paid(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M", 1)
    made = shop.control(
        "exchange", store="S1", sale=sale, back=[{"sku": "TEE-RED-M"}],
        items=[{"sku": "TEE-BLUE-M", "units": 1}],
    )["sale"]  # fmt: skip
    order = shop.order(made)
    assert order["net_amounts"]["total_money"]["amount"] == 500
    assert order["tenders"][0]["amount_money"]["amount"] == 500
    assert "refunds" not in order
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert shop.count("TEE-BLUE-M", "S1") == "4"
    assert [(fact.what, fact.sale) for fact in shop.told(Sale)[-2:]] == [
        ("sale", made), ("return", made),
    ]  # fmt: skip


def test_a_voided_sale_is_cancelled_its_goods_back_its_money_back(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M", 2)
    shop.control("void", sale=sale)
    order = shop.order(sale)
    assert order["state"] == "CANCELED"
    assert order["refunds"][0]["amount_money"]["amount"] == 3998
    assert shop.count("TEE-RED-M", "S1") == "10"
    moved = adjustments(shop)[-1]
    assert (moved["from_state"], moved["to_state"]) == ("SOLD", "IN_STOCK")
    assert moved["reason_id"] == {"type": "CANCELED_SALE"}
    fact = shop.told(Sale)[-1]
    assert (fact.what, fact.sale, fact.against) == ("void", sale, sale)
    with pytest.raises(UsageError, match="no completed sale"):
        shop.control("void", sale=sale)


def test_a_sale_of_which_goods_came_back_cannot_be_voided(shop: Shop) -> None:
    sale = shop.ring("TEE-RED-M", 2)
    shop.take_back("TEE-RED-M", 1, sale=sale)
    with pytest.raises(UsageError, match="brought back"):
        shop.control("void", sale=sale)


def test_goods_received_come_from_outside_with_their_reference(shop: Shop) -> None:
    shop.control("goods_receipt", store="S2", sku="TEE-BLUE-M", units=6, reference="DN-1")
    assert shop.count("TEE-BLUE-M", "S2") == "6"
    (moved,) = adjustments(shop)
    assert (moved["from_state"], moved["to_state"]) == ("NONE", "IN_STOCK")
    assert (moved["reference_id"], moved["reason_id"]) == ("DN-1", {"type": "RECEIVED"})
    with shop.world.acting("staff"):
        shop.tills.take_in("S2", "TEE-BLUE-M", 1)
    assert shop.count("TEE-BLUE-M", "S2") == "7"


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("ring", {"store": "S9", "items": [{"sku": "SOCKS", "units": 1}]}, "no store 'S9'"),
        ("ring", {"store": "S1", "items": []}, "without goods"),
        ("ring", {"store": "S1", "items": [{"sku": "SOCKS", "units": 0}]}, "1 or more"),
        ("ring", {"store": "S1"}, "items"),
        ("ring", {"store": "S1", "items": [], "colour": "red"}, "colour"),
        ("count_stock", {"store": "S1", "sku": "GHOST", "units": 1}, "do not know the SKU"),
        ("count_stock", {"store": "S1", "sku": "SOCKS", "units": -1}, "cannot be"),
        ("goods_receipt", {"store": "S1", "sku": "SOCKS", "units": 0}, "1 unit or more"),
        ("void", {"sale": "nothing"}, "no completed sale"),
        ("receive_transfer", {"transfer": "nothing"}, "no transfer"),
        (
            "start_transfer",
            {"src": "S1", "dst": "S1", "items": [{"sku": "SOCKS", "units": 1}]},
            "must differ",
        ),
        ("start_transfer", {"src": "S1", "dst": "S2", "items": []}, "without lines"),
        ("open_store", {"store": "S1", "name": "Again"}, "already"),
    ],
)
def test_a_mistake_at_the_control_plane_is_said_in_a_sentence(
    shop: Shop, name: str, given: dict[str, object], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        shop.control(name, **given)


def test_a_control_that_asks_says_what_was_refused(shop: Shop) -> None:
    wanted = {"store": "S1", "items": [{"sku": "TEE-RED-M", "units": 11}], "asks": True}
    assert shop.control("ring", **wanted) == {"refused": ["TEE-RED-M"]}


def test_a_new_store_and_a_new_item_can_be_sold_from_at_once(shop: Shop) -> None:
    shop.control("open_store", store="S3", name="Airport")
    shop.control("add_item", sku="HAT", name="Hat", price_minor=1500)
    shop.control("goods_receipt", store="S3", sku="HAT", units=2)
    sale = shop.ring("HAT", store="S3", asks=True)
    order = shop.order(sale)
    assert (order["location_id"], order["total_money"]["amount"]) == ("S3", 1500)
    assert order["total_tax_money"]["amount"] == 250
    assert shop.count("HAT", "S3") == "1"


def test_the_state_can_be_read_as_a_whole(shop: Shop) -> None:
    shop.control("go_offline", store="S2")
    sale = shop.ring("TEE-RED-M")
    whole = shop.service.inspect()
    assert {"sku": "TEE-RED-M", "place": "S1", "state": "on_hand", "units": 9} in whole["stock"]
    assert [each["id"] for each in whole["sales"]] == [sale]
    assert whole["tills"]["S2"] == {"online": False, "kept": 0}
    assert whole["tills"]["S1"] == {"online": True, "kept": 0}
