"""Operations that no story passes by: each is let in once and refused once."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.adobe_commerce.shop import ADDRESS, SINGLE, Json, Shop, search

from peakproof_simulators.adobe_commerce.asking import Route
from peakproof_simulators.adobe_commerce.table_shop import ROUTES

SEARCHES = [
    "inventory/sources", "inventory/stocks", "inventory/stock-source-links",
    "inventory/source-items", "inventory/export-stock-salable-qty/website/base", "products",
    "orders", "orders/items", "shipments", "invoices", "creditmemos", "transactions",
]  # fmt: skip


@pytest.mark.parametrize("path", SEARCHES)
def test_every_search_counts_pages_and_knows_its_fields(shop: Shop, path: str) -> None:
    shop.invoice(shop.order(("TEE", 1), method="peakpay"), capture=True)
    found = shop.get(path, search(size=1))
    assert found.status == 200
    assert len(found["items"]) <= 1
    assert shop.get(path, search(colour="red")).status == 500
    assert shop.get(path, "searchCriteria[currentPage]=first").status == 400


def test_an_administrators_cart_in_all_its_parts(shop: Shop) -> None:
    path = f"carts/{shop.post('carts').body}"
    item = shop.post(f"{path}/items", {"cartItem": {"sku": "TEE", "qty": 1}})["item_id"]
    assert shop.put(f"{path}/items/{item}", {"cartItem": {"qty": 3}})["qty"] == 3
    assert [line["qty"] for line in shop.get(f"{path}/items").body] == [3]
    methods = shop.post(f"{path}/estimate-shipping-methods", {"address": ADDRESS}).body
    assert len(methods) == 2
    assert shop.get(f"{path}/totals")["grand_total"] == 36
    assert shop.delete(f"{path}/items/{item}").body is True
    assert shop.post(f"{path}/estimate-shipping-methods", {"address": ADDRESS}).body == []
    assert shop.delete(f"{path}/items/{item}").status == 404
    assert shop.put(f"{path}/items/{item}", {"cartItem": {"qty": 3}}).status == 404
    info: Json = {"addressInformation": {}}
    assert shop.post(f"{path}/shipping-information", info).status == 400
    assert shop.post(f"{path}/items", {"cartItem": {"sku": "NONE", "qty": 1}}).status == 404
    assert shop.put(f"{path}/order", {"paymentMethod": {"method": "checkmo"}}).message == (
        "A server error stopped your order from being placed. Please try to place your order again."
    )


@pytest.mark.parametrize("prefix", ["carts/99", "guest-carts/nothing"])
def test_a_cart_that_is_not_there(shop: Shop, prefix: str) -> None:
    for tail in ("", "/items", "/totals", "/payment-methods"):
        assert shop.get(prefix + tail).status == 404
    for tail, body in (
        ("/items", {"cartItem": {"sku": "TEE", "qty": 1}}),
        ("/estimate-shipping-methods", {"address": ADDRESS}),
        ("/shipping-information", {"addressInformation": {"shipping_address": ADDRESS}}),
    ):  # fmt: skip
        assert shop.post(prefix + tail, body).status == 404
    assert shop.put(f"{prefix}/order", {"paymentMethod": {"method": "checkmo"}}).status == 404
    assert shop.delete(f"{prefix}/items/1").status == 404


def test_a_guests_cart_can_be_ordered_by_put(shop: Shop) -> None:
    mask = shop.cart(("TEE", 1))
    assert shop.get(f"guest-carts/{mask}/payment-methods").body[0]["code"] == "checkmo"
    wrong = {"paymentMethod": {"method": "gold"}}
    assert shop.put(f"guest-carts/{mask}/order", wrong).status == 400
    right = {"paymentMethod": {"method": "checkmo"}}
    assert shop.put(f"guest-carts/{mask}/order", right).body == "1"


REFUSED: list[tuple[str, str, Any, int]] = [
    ("PUT", "products/NEW", {"product": {"price": 1}}, 400),
    ("PUT", "inventory/stocks/99", {"stock": {"name": "x"}}, 404),
    ("PUT", "inventory/stocks/2", {"stock": {"extension_attributes": {
        "sales_channels": [{"type": "website", "code": "moon"}]}}}, 400),
    ("POST", "inventory/stock-source-links-delete", {"links": []}, 400),
    ("POST", "inventory/stock-source-links-delete",
     {"links": [{"stock_id": 1, "source_code": "default"}]}, 400),
    ("POST", "inventory/source-items-delete", {"sourceItems": []}, 400),
    ("POST", "inventory/bulk-product-source-unassign",
     {"skus": ["TEE"], "sourceCodes": ["nowhere"]}, 400),
    ("POST", "inventory/low-quantity-notification", {"sourceItemConfigurations": []}, 400),
    ("POST", "inventory/low-quantity-notifications-delete", {"sourceItems": []}, 400),
    ("GET", "inventory/get-sources-assigned-to-stock-ordered-by-priority/two", None, 400),
    ("GET", "inventory/is-product-salable/TEE/two", None, 400),
    ("GET", "inventory/are-product-salable-for-requested-qty", None, 400),
    ("GET", "inventory/dump-stock-index-data/website/moon", None, 404),
    ("GET", "inventory/export-stock-salable-qty/planet/base", None, 404),
    ("GET", "orders/99/statuses", None, 404), ("GET", "orders/99/comments", None, 404),
    ("PUT", "orders/create", {"entity": {}}, 400), ("PUT", "orders/99", {"entity": {}}, 404),
    ("POST", "orders/99/emails", None, 404), ("POST", "orders/99/hold", None, 404),
    ("POST", "orders/99/unhold", None, 404), ("POST", "order/99/ship", None, 404),
    ("POST", "order/99/invoice", None, 404), ("POST", "order/99/refund", None, 404),
    ("POST", "order/notify-orders-are-ready-for-pickup", {}, 400),
    ("POST", "shipment/99/emails", None, 404), ("POST", "invoices/99/emails", None, 404),
    ("POST", "invoices/99/capture", None, 404), ("POST", "invoices/99/void", None, 404),
    ("POST", "invoices", {"entity": {}}, 400), ("POST", "creditmemo", {"entity": {}}, 400),
    ("POST", "invoices", {"entity": {"order_id": 99}}, 404),
    ("POST", "creditmemo", {"entity": {"order_id": "x"}}, 404),
    ("GET", "bulk", None, 400),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED)
def test_what_is_refused(shop: Shop, method: str, path: str, body: Any, status: int) -> None:
    before = shop.world.recorder.contents()
    answer = shop.send(method, f"/rest/V1/{path}", body)
    assert (answer.status, bool(answer.message)) == (status, True)
    assert shop.world.recorder.contents() == before


ITEM: Json = {"sku": "TEE", "source_code": "default", "quantity": 9, "status": 1}
LOW: Json = {"source_code": "default", "sku": "TEE", "notify_stock_qty": 3}
BODIES: dict[str, Json] = {
    "product.create": {"product": {"sku": "NEW", "name": "New", "price": 1}},
    "product.update": {"product": {"name": "Other"}},
    "stock_item.save": {"stockItem": {"qty": 4}},
    "source.create": {"source": {"source_code": "S9", "name": "S9", "postcode": "1",
                                 "country_id": "GB"}},
    "source.update": {"source": {"name": "D", "postcode": "1", "country_id": "GB"}},
    "stock.create": {"stock": {"name": "Other"}},
    "stock.update": {"stock": {"name": "Other"}},
    "link.save": {"links": [{"stock_id": 1, "source_code": "default", "priority": 1}]},
    "link.delete": {"links": [{"stock_id": 1, "source_code": "default"}]},
    "source_item.save": {"sourceItems": [ITEM]},
    "source_item.delete": {"sourceItems": [ITEM]},
    "source_item.assign": {"skus": ["MUG"], "sourceCodes": ["default"]},
    "source_item.unassign": {"skus": ["MUG"], "sourceCodes": ["default"]},
    "source_item.transfer": {"skus": ["TEE"], "originSource": "default",
                             "destinationSource": "default", "unassignFromOrigin": False},
    "source_item.transfer_partially": {"originSourceCode": "default", "items": [],
                                       "destinationSourceCode": "default"},
    "low_quantity.save": {"sourceItemConfigurations": [LOW]},
    "low_quantity.delete": {"sourceItems": [LOW]},
    "order.save": {"entity": {"grand_total": 1, "base_grand_total": 1, "customer_email": "a@b.c"}},
    "order.create": {"entity": {"grand_total": 1, "base_grand_total": 1,
                                "customer_email": "a@b.c"}},
    "order.address": {"entity": ADDRESS},
    "order.comment": {"statusHistory": {"comment": "x"}},
    "invoice.save": {"entity": {"order_id": 1, "items": [{"order_item_id": 1, "qty": 1}]}},
    "creditmemo.save": {"entity": {"order_id": 1, "items": [{"order_item_id": 1, "qty": 1}]}},
    "shipment.save": {"entity": {"order_id": 1, "items": [{"order_item_id": 1, "qty": 1}]}},
    "shipment.add_track": {"entity": {"order_id": 1, "parent_id": 1, "track_number": "X",
                                      "title": "T", "carrier_code": "c"}},
    "shipment.comment": {"entity": {"comment": "x"}},
    "creditmemo.refund": {"creditmemo": {"order_id": 1, "items": []}},
}  # fmt: skip
"""A body that can be read, for each queued operation that needs one."""

PLACES = {"id": 1, "orderId": 1, "invoiceId": 1, "stockId": 1, "sku": "TEE", "itemId": 1,
          "sourceCode": "default"}  # fmt: skip
FAILS = {"link.save", "link.delete", "source_item.transfer", "stock.delete", "order.unhold",
         "invoice.capture", "invoice.void"}  # fmt: skip
"""Those whose operation is refused when the consumer comes to it."""
QUEUED = [route for route in ROUTES if route.bulk]


@pytest.mark.parametrize("route", QUEUED, ids=[route.name for route in QUEUED])
@pytest.mark.parametrize("way", ["async", "async/bulk"])
def test_every_write_can_be_queued(route: Route, way: str) -> None:
    shop = Shop(SINGLE)
    order = shop.order(("TEE", 5))
    shop.ship(order, (0, 1), source="default")
    track = BODIES["shipment.add_track"]
    assert shop.post("shipment/track", track).status == 200
    shop.invoice(order, (0, 1))
    shop.invoice(shop.order(("TEE", 1)))
    body, path = BODIES.get(route.name, {}), route.path
    if way == "async":
        for name, value in PLACES.items():
            path = path.replace(f"{{{name}}}", str(value))
        sent: Any = body
    else:
        for name in PLACES:
            path = path.replace(f"{{{name}}}", f"by{name[0].upper()}{name[1:]}")
        sent = [{**body, **{name: str(value) for name, value in PLACES.items()}}]
    answer = shop.send(route.method, f"/rest/all/{way}{path}", sent)
    assert (answer.status, shop.operation) == (202, f"{way.rpartition('/')[2]}.{route.name}")
    shop.run(1)
    (result,) = shop.get(f"bulk/{answer['bulk_uuid']}/status")["operations_list"]
    assert result["status"] == (3 if route.name in FAILS else 1), result


@pytest.mark.parametrize("route", QUEUED, ids=[route.name for route in QUEUED])
@pytest.mark.parametrize("way", ["async", "async/bulk"])
def test_what_cannot_be_read_is_not_queued(route: Route, way: str) -> None:
    shop = Shop(SINGLE)
    path = route.path
    for name, value in PLACES.items():
        of_bulk = f"by{name[0].upper()}{name[1:]}"
        path = path.replace(f"{{{name}}}", str(value) if way == "async" else of_bulk)
    answer = shop.send(route.method, f"/rest/all/{way}{path}", b"{")
    assert (answer.status, shop.operation) == (400, f"{way.rpartition('/')[2]}.{route.name}")
    assert shop.get("bulk", search())["total_count"] == 0
