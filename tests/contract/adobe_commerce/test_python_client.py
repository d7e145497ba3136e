"""The PyPI client ``PyMagento``, unchanged, against the fake over loopback HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from magento import (
    Magento,
    MagentoException,
    make_field_value_query,
)
from tests.asgi import Application, on_loopback
from tests.contract.adobe_commerce.shop import Shop

pytestmark = pytest.mark.slow


@pytest.fixture
def shop() -> Shop:
    """A shop where an access token is a bearer, as this client needs it."""
    return Shop(integration_bearer=True)


@pytest.fixture
def client(shop: Shop) -> Iterator[Any]:
    with on_loopback(Application(shop.service)) as url:
        made = Magento(token=shop.service.credentials["access_token"], base_url=url, scope="all")
        made.PAGE_SIZE = 2
        yield made
        made.close()


def test_the_client_reads_pushes_and_pages_stock(shop: Shop, client: Any) -> None:
    found = list(client.get_source_items())
    assert [(item["sku"], item["quantity"]) for item in found] == [
        ("TEE", 10), ("TEE", 3), ("SOCKS", 5),
    ]  # fmt: skip
    item = {"sku": "TEE", "source_code": "S1", "quantity": 7, "status": 1}
    client.save_source_items([item])
    assert shop.on_hand("TEE", "S1") == 7
    assert list(client.get_source_items(sku="TEE", source_code="S1")) == [item]
    client.delete_source_items([{"sku": "TEE", "source_code": "S1"}])
    assert shop.item("TEE", "S1") is None
    assert [source["source_code"] for source in client.get_sources()] == ["default", "W1", "S1"]


def test_the_client_ships_invoices_and_reads_orders(shop: Shop, client: Any) -> None:
    for _ in range(3):
        shop.order(("TEE", 2))
    query = make_field_value_query("status", "pending")
    orders = list(client.get_orders(query=query))
    assert [order["increment_id"] for order in orders] == ["000000001", "000000002", "000000003"]
    number = client.ship_order(1, {"arguments": {"extension_attributes": {"source_code": "W1"}}})
    assert number == "1"
    assert client.create_order_invoice(1) == "1"
    assert client.get_order(1)["state"] == "complete"
    assert [one["total_qty"] for one in client.get_shipments()] == [2]
    assert [one["order_id"] for one in client.get_invoices()] == [1]
    assert client.hold_order(2) is True
    assert client.unhold_order(2) is True


def test_the_client_understands_refusals(shop: Shop, client: Any) -> None:
    shop.order(("TEE", 2))
    with pytest.raises(MagentoException) as masked:
        client.ship_order(1, {})
    assert masked.value.message == "Could not save a shipment, see error log for details"
    with pytest.raises(MagentoException) as refused:
        client.save_source_items([{"sku": "", "source_code": "W1", "quantity": 1, "status": 1}])
    assert 'Validation Failed: "sku" can not be empty.' in refused.value.message
    client.headers["Authorization"] = "Bearer nonsense"
    with pytest.raises(MagentoException) as stranger:
        list(client.get_source_items())
    assert stranger.value.parameters == {"resources": "Magento_InventoryApi::source"}


def test_the_client_queues_and_asks_what_became_of_it(shop: Shop, client: Any) -> None:
    body = [{"sku": "TEE", "itemId": 1, "stockItem": {"qty": 4, "is_in_stock": True}}]
    path = "/V1/products/bySku/stockItems/byItemId"
    accepted = client.put_json_api(path, json=body, async_bulk=True)
    assert client.get_bulk_status(accepted["bulk_uuid"])["operations_list"][0]["status"] == 4
    shop.run(1)
    assert client.get_bulk_operation_status_count(accepted["bulk_uuid"], 1) == 1
    assert shop.on_hand("TEE", "default") == 4
