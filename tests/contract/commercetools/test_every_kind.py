"""What every kind of resource has: a way in by id and by key, to read, change and delete it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.contract.commercetools.shop import Shop, transaction

from peakproof.wire.message import Request, Response

MONEY: Final = {"centAmount": 1200, "currencyCode": "GBP"}
DRAFTS: Final[dict[str, dict[str, Any]]] = {
    "inventory": {"sku": "MUG", "quantityOnStock": 1},
    "channels": {"roles": ["InventorySupply"]},
    "products": {"productType": {"key": "goods"}, "name": {"en": "Mug"}, "slug": {"en": "mug"}},
    "product-types": {"name": "Mugs", "description": "For tea"},
    "carts": {"currency": "GBP"},
    "payments": {"amountPlanned": MONEY, "transactions": [transaction("Charge", "Success")]},
    "types": {"name": {"en": "Kind"}, "resourceTypeIds": ["order"]},
    "states": {"type": "LineItemState"},
    "subscriptions": {
        "destination": {"type": "EventGrid", "uri": "http://hook.test", "accessKey": "k"},
        "changes": [{"resourceTypeId": "order"}],
        "format": {"type": "CloudEvents", "cloudEventsVersion": "1.0"},
    },
    "extensions": {
        "destination": {"type": "HTTP", "url": "http://hook.test"},
        "triggers": [{"resourceTypeId": "payment", "actions": ["Update"]}],
    },
}
KEYED: Final = [path for path in DRAFTS if path != "states"]
"""States have keys, and no routes that go by them."""


@pytest.fixture
def shop() -> Shop:
    """A project whose notifications are taken."""
    made = Shop()

    async def fetch(_url: str, _request: Request, _timeout_s: float) -> Response:
        return Response(200)

    made.world.fetch = fetch
    return made


@pytest.mark.parametrize("path", DRAFTS)
def test_a_resource_is_found_by_a_query_and_deleted_by_its_id(shop: Shop, path: str) -> None:
    made = shop.post(path, {**DRAFTS[path], "key": "one"})
    assert (made.status, made["key"], made["version"]) == (201, "one", 1), made.body
    (found,) = shop.get(path, where='key="one"')["results"]
    assert (found["id"], found["key"]) == (made["id"], "one")
    assert (shop.head(path, where='key="one"'), shop.head(path, where='key="two"')) == (200, 404)
    assert (shop.head(f"{path}/{made['id']}"), shop.head(f"{path}/none")) == (200, 404)
    changed = shop.post(f"{path}/{made['id']}", {"version": 1, "actions": []})
    assert (changed.status, changed["id"], changed["version"]) == (200, made["id"], 1)
    assert shop.delete(f"{path}/{made['id']}", version=2).status == 409
    gone = shop.delete(f"{path}/{made['id']}", version=1)
    assert (gone.status, gone["id"], gone["key"]) == (200, made["id"], "one")
    assert shop.get(path, where='key="one"')["results"] == []


@pytest.mark.parametrize("path", KEYED)
def test_a_key_leads_to_its_resource_whatever_is_done_with_it(shop: Shop, path: str) -> None:
    made = shop.post(path, {**DRAFTS[path], "key": "one"})
    way = f"{path}/key=one"
    assert shop.get(way)["id"] == made["id"]
    assert shop.get(f"{path}/key=two").status == 404
    assert (shop.head(way), shop.head(f"{path}/key=two")) == (200, 404)
    changed = shop.post(way, {"version": 1, "actions": []})
    assert (changed.status, changed["id"], changed["version"]) == (200, made["id"], 1)
    assert shop.post(way, {"version": 7, "actions": []}).status == 409
    assert shop.delete(way).status == 400
    gone = shop.delete(way, version=1)
    assert (gone.status, gone["id"], gone["key"]) == (200, made["id"], "one")
    assert shop.delete(way, version=1).status == 404


def test_a_message_is_there_or_not(shop: Shop) -> None:
    shop.order()
    first = shop.messages()[0]
    assert (shop.head("messages"), shop.head("messages", where='type="None"')) == (200, 404)
    assert (shop.head(f"messages/{first['id']}"), shop.head("messages/none")) == (200, 404)


def test_an_order_is_deleted_by_its_id(shop: Shop) -> None:
    order = shop.order()
    assert (shop.head("orders"), shop.head("orders", where='orderNumber="x"')) == (200, 404)
    assert (shop.head(f"orders/{order['id']}"), shop.head("orders/none")) == (200, 404)
    gone = shop.delete(f"orders/{order['id']}", version=order["version"])
    assert (gone.status, gone["id"], gone["orderNumber"]) == (200, order["id"], "N-1")
    assert shop.post("orders/order-number=N-1", {"version": 1, "actions": []}).status == 404
    assert shop.get(f"orders/{order['id']}").status == 404


def test_stock_may_be_kept_of_what_is_no_product(shop: Shop) -> None:
    made = shop.post("inventory", {"sku": "NO-SUCH-PRODUCT", "quantityOnStock": 3})
    assert (made.status, made["availableQuantity"]) == (201, 3)
    assert shop.get("products", where='key="NO-SUCH-PRODUCT"')["results"] == []


@pytest.mark.parametrize("units", [0, -2])
def test_an_imported_line_of_nothing_takes_nothing(shop: Shop, units: int) -> None:
    line = {
        "name": {"en": "Tee"}, "variant": {"sku": "TEE"}, "quantity": units,
        "price": {"value": MONEY}, "supplyChannel": {"typeId": "channel", "key": "W1"},
    }  # fmt: skip
    draft = {"orderNumber": "I-1", "totalPrice": MONEY, "lineItems": [line],
             "inventoryMode": "ReserveOnOrder"}  # fmt: skip
    before = shop.cell("TEE")
    made = shop.post("orders/import", draft)
    assert (made.status, shop.cell("TEE")) == (201, before), made.body
