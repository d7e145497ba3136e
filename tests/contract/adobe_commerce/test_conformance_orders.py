"""The vendor's own cases of orders and documents, told from outside, with their numbers."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.cases import EU, order, placed
from tests.contract.adobe_commerce.shop import Json, Shop, default_source, msi


def test_c37_a_shipment_takes_from_the_source_that_it_names() -> None:
    shop = msi()
    shop.stock_items(("SKU-2", "eu-1", 2, 1), ("SKU-2", "eu-2", 12, 1), ("SKU-2", "eu-3", 12, 0))
    made = placed(shop, order(shop, "SKU-2", 3))
    answer = shop.ship(made, (0, 3), source="eu-2")
    assert answer.status == 200
    shipment = shop.get(f"shipment/{answer.body}")
    assert shipment["total_qty"] == 3
    assert shipment["extension_attributes"] == {"source_code": "eu-2"}
    assert shop.on_hand("SKU-2", "eu-2") == 9
    assert (made["status"], shop.read(made["entity_id"])["status"]) == ("pending", "processing")


BUNDLES: list[Json] = [
    {"sku": "bundle-1", "qty": 2, "price": 10, "separately": True,
     "children": [{"sku": "SKU-1", "qty": 1}, {"sku": "SKU-3", "qty": 1}]},
    {"sku": "bundle-2", "qty": 2, "price": 10,
     "children": [{"sku": "SKU-1", "qty": 2}, {"sku": "SKU-3", "qty": 12}]},
]  # fmt: skip


def bundles() -> tuple[Shop, Json]:
    """Ten and thirty on the default source; after one order of both bundles four of each."""
    shop = default_source()
    shop.stock_items(("SKU-1", "default", 10, 1), ("SKU-3", "default", 30, 1))
    made: Json = shop.control("place_order", lines=BUNDLES)
    return shop, placed(shop, made)


def test_c39_parts_of_a_bundle_are_shipped_by_themselves() -> None:
    shop, made = bundles()
    assert (shop.salable("SKU-1", 1), shop.salable("SKU-3", 1)) == (4, 4)
    answer = shop.ship(made, (1, 2), (2, 2), source="default")
    assert answer.status == 200, answer.body
    assert (shop.on_hand("SKU-1", "default"), shop.on_hand("SKU-3", "default")) == (8, 28)
    assert (shop.salable("SKU-1", 1), shop.salable("SKU-3", 1)) == (4, 4)


def test_c41_a_source_item_out_of_stock_stays_so_when_it_is_shipped_from(default: Shop) -> None:
    line = {"sku": "conf", "qty": 2, "price": 10, "type": "configurable",
            "children": [{"sku": "SKU-2", "qty": 1}]}  # fmt: skip
    made = placed(default, default.control("place_order", lines=[line]))
    assert made["items"][0]["sku"] == "SKU-2"
    default.stock_items(("SKU-2", "default", 5, 0))
    assert default.ship(made, (0, 2), source="default").status == 200
    assert default.item("SKU-2", "default") == {
        "sku": "SKU-2", "source_code": "default", "quantity": 3, "status": 0,
    }  # fmt: skip


def virtual() -> tuple[Shop, Json]:
    """Two virtual products at two sources, five and six of them ordered."""
    shop = msi()
    for sku in ("VIRT-1", "VIRT-2"):
        shop.product(sku, type_id="virtual")
    shop.stock_items(
        ("VIRT-1", "eu-1", 2, 1), ("VIRT-1", "eu-2", 12, 1),
        ("VIRT-2", "eu-1", 22, 1), ("VIRT-2", "eu-2", 12, 1),
    )  # fmt: skip
    lines = [{"sku": "VIRT-1", "qty": 5}, {"sku": "VIRT-2", "qty": 6}]
    return shop, placed(shop, shop.control("place_order", lines=lines, store=EU))


def test_c45_what_is_virtual_leaves_by_priority_with_its_invoice() -> None:
    shop, made = virtual()
    assert shop.invoice(made, (0, 3), (1, 3)).status == 200
    assert [shop.on_hand("VIRT-1", code) for code in ("eu-1", "eu-2")] == [0, 11]
    assert [shop.on_hand("VIRT-2", code) for code in ("eu-1", "eu-2")] == [19, 12]
    assert (shop.reserved("VIRT-1", 10), shop.reserved("VIRT-2", 10)) == (-2, -3)
    assert (shop.salable("VIRT-1", 10), shop.salable("VIRT-2", 10)) == (9, 28)


def test_c43_what_is_virtual_leaves_a_single_source_too(default: Shop) -> None:
    for sku in ("VIRT-1", "VIRT-2"):
        default.product(sku, type_id="virtual")
    default.stock_items(("VIRT-1", "default", 33, 1), ("VIRT-2", "default", 30, 1))
    lines = [{"sku": "VIRT-1", "qty": 5}, {"sku": "VIRT-2", "qty": 6}]
    made = placed(default, default.control("place_order", lines=lines))
    assert default.invoice(made, (0, 3), (1, 2)).status == 200
    assert [default.on_hand(sku, "default") for sku in ("VIRT-1", "VIRT-2")] == [30, 28]
    assert (default.reserved("VIRT-1", 1), default.reserved("VIRT-2", 1)) == (-2, -4)


def test_c47_a_credit_memo_adds_one_row_however_often_it_is_read(default: Shop) -> None:
    made = placed(default, order(default, "SKU-1", 4, "default"))
    default.invoice(made)
    assert len(default.control("reservations", sku="SKU-1")) == 1
    memo = default.refund(made, (0, 1), back=True)
    assert len(default.control("reservations", sku="SKU-1")) == 2
    assert default.get(f"creditmemo/{memo.body}")["items"][0]["qty"] == 1
    assert len(default.control("reservations", sku="SKU-1")) == 2


@pytest.mark.parametrize(("back", "left"), [(True, 100), (False, 99)])
def test_c49_a_refund_before_shipping(single: Shop, back: bool, left: int) -> None:
    made = single.order(("TEE", 2))
    single.invoice(made)
    assert single.refund(made, (0, 1), back=back).status == 200
    assert single.get("stockItems/TEE")["qty"] == left


def test_c51_an_order_with_its_reservation_is_consistent(default: Shop) -> None:
    order(default, "SKU-1", 2, "default")
    assert default.control("list_inconsistencies") == []


def unreserved(shop: Shop, sku: str, units: int, store: str = "default") -> Json:
    """An order that was saved as it is, so that nothing is held for it."""
    entity = {
        "base_grand_total": 10, "grand_total": 10, "customer_email": "a@b.test",
        "items": [{"sku": sku, "qty_ordered": units}],
    }  # fmt: skip
    made = shop.send("POST", f"/rest/{store}/V1/orders", {"entity": entity})
    assert made.status == 200, made.body
    body: Json = made.body
    return body


def test_c53_half_shipped_without_a_reservation_lacks_the_rest(single: Shop) -> None:
    made = single.order(("TEE", 2))
    single.ship(made, (0, 1), source="default")
    assert single.control("delete_reservations") == 2
    assert single.control("list_inconsistencies") == [f"{made['increment_id']}:TEE:-1:1"]


def test_a_shipment_of_what_was_never_held_lacks_twice(single: Shop) -> None:
    made = unreserved(single, "TEE", 2)
    single.ship(made, (0, 1), source="default")
    assert single.control("list_inconsistencies") == [f"{made['increment_id']}:TEE:-2:1"]


def test_c55_compensations_make_an_order_consistent() -> None:
    shop = msi()
    shop.stock_items(("SKU-2", "us-1", 50, 1))
    made = unreserved(shop, "SKU-2", 3, "store_for_us_website")
    line = f"{made['increment_id']}:SKU-2:-3:20"
    assert shop.control("list_inconsistencies") == [line]
    assert shop.control("create_compensations", lines=[line]) == 1
    assert shop.control("list_inconsistencies") == []
    assert shop.reserved("SKU-2", 20) == -3


def test_c73_a_track_without_a_number(single: Shop) -> None:
    made = single.order(("TEE", 1))
    answer = single.post(
        f"order/{made['entity_id']}/ship", {"tracks": [{"title": "T", "carrier_code": "dhl"}]}
    )
    assert (answer.status, answer.message) == (
        400, "Shipment Document Validation Error(s):\nPlease enter a tracking number.",
    )  # fmt: skip


def test_c75_bundles_are_shipped_the_way_that_they_are_sold() -> None:
    shop, made = bundles()
    separately, together = shop.ship(made, (0, 1)), shop.ship(made, (4, 1))
    head = 'Shipment Document Validation Error(s):\nCannot create shipment as bundle product "'
    assert separately.message == (
        head + 'bundle-1" has shipment type "Separately". Bundle product options should be '
        "shipped instead."
    )
    assert together.message == (
        head + 'bundle-2" has shipment type "Together". Bundle product itself should be shipped '
        "instead."
    )


def test_c77_a_status_of_ones_own_after_refunds() -> None:
    shop = Shop(state_after_full_refund="complete")
    made = shop.order(("TEE", 3))
    shop.invoice(made)
    comment = {"statusHistory": {"comment": "x", "status": "mine"}}
    assert shop.post(f"orders/{made['entity_id']}/comments", comment).body is True
    shop.refund(made, (0, 2))
    after = shop.read(made["entity_id"])
    assert (after["state"], after["status"]) == ("processing", "mine")
    shop.refund(made, (0, 1))
    after = shop.read(made["entity_id"])
    assert (after["state"], after["status"]) == ("complete", "complete")
