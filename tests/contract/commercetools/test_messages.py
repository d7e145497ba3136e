"""Messages: every change that has one writes it, numbered without gaps for each resource."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import ADDRESS, Json, Shop, transaction

from peakproof_simulators.commercetools.message_types import MESSAGE_TYPES
from peakproof_simulators.commercetools.payloads.messages import AnyMessage


def types(shop: Shop, resource: str) -> list[str]:
    return [one["type"] for one in shop.get(
        "messages", where=f'resource(id="{resource}")', sort="sequenceNumber asc", limit=500
    )["results"]]  # fmt: skip


def newest(shop: Shop, type_: str) -> Json:
    return shop.messages(type=type_)[-1]


def test_the_messages_of_a_resource_are_numbered_without_gaps(shop: Shop) -> None:
    order, other = shop.order(number="N-1"), shop.order(number="N-2")
    for one in (order, other, order):
        shop.act(
            f"orders/{one['id']}",
            {"action": "changeOrderState", "orderState": "Confirmed"},
            {"action": "changeOrderState", "orderState": "Open"},
        )
    found = shop.get("messages", where=f'resource(id="{order["id"]}")', sort="sequenceNumber asc")[
        "results"
    ]
    assert [one["sequenceNumber"] for one in found] == [1, 2, 3, 4, 5]
    assert [one["resourceVersion"] for one in found] == [1, 2, 3, 4, 5]
    assert len({one["id"] for one in found}) == 5
    first = found[0]
    assert first["type"] == "OrderCreated"
    assert first["order"] == {**order}
    assert (first["version"], first["createdAt"]) == (1, first["lastModifiedAt"])
    assert first["resource"] == {"typeId": "order", "id": order["id"]}
    assert first["resourceUserProvidedIdentifiers"] == {"orderNumber": "N-1"}
    assert first["createdBy"]["clientId"] == shop.service.credentials["client_id"]
    assert shop.get(f"messages/{first['id']}").body == first
    assert shop.keys == ["order:N-1"]


def test_messages_count_versions_by_request_when_asked_to() -> None:
    shop = Shop(version_step="per_request")
    order = shop.order()
    shop.act(
        f"orders/{order['id']}",
        {"action": "changeOrderState", "orderState": "Confirmed"},
        {"action": "changeShipmentState", "shipmentState": "Ready"},
    )
    assert [one["resourceVersion"] for one in shop.messages()[-2:]] == [2, 2]


def test_a_change_of_the_quantity_tells_both_numbers_before_and_after(shop: Shop) -> None:
    entry = shop.entry("TEE")
    shop.act(f"inventory/{entry['id']}", {"action": "changeQuantity", "quantity": 25})
    message = newest(shop, "InventoryEntryQuantitySet")
    numbers = {name: message[name] for name in message if "Quantity" in name}
    assert numbers == {
        "oldQuantityOnStock": 10, "newQuantityOnStock": 25,
        "oldAvailableQuantity": 10, "newAvailableQuantity": 25,
    }  # fmt: skip
    assert (message["sku"], message["supplyChannel"]["id"]) == ("TEE", shop.channel("W1"))
    assert message["resourceVersion"] == 2
    for action in ("addQuantity", "removeQuantity"):
        shop.act(f"inventory/{entry['id']}", {"action": action, "quantity": 1})
    assert types(shop, entry["id"])[1:] == ["InventoryEntryQuantitySet"] * 3


def test_orders_never_write_quantity_messages(shop: Shop) -> None:
    """Who listens only to these misses every sale; who writes back hears himself."""
    entry = shop.entry("TEE")
    shop.order(shop.line("TEE", 4))
    shop.run(11)
    assert shop.stock("TEE") == (6, 6)
    assert types(shop, entry["id"]) == ["InventoryEntryCreated"]


def test_stock_that_sinks_to_its_levels_is_told_once(prompt: Shop) -> None:
    entry = prompt.entry("TEE")
    path = f"inventory/{entry['id']}"
    prompt.act(
        path,
        {"action": "setReorderPoint", "quantity": 6},
        {"action": "setSafetyStock", "quantity": 3},
    )
    prompt.order(prompt.line("TEE", 3), number="N-1")
    assert types(prompt, entry["id"])[1:] == []
    prompt.order(prompt.line("TEE", 1), number="N-2")
    assert types(prompt, entry["id"])[1:] == ["InventoryEntryReorderPoint"]
    assert newest(prompt, "InventoryEntryReorderPoint")["quantityOnStock"] == 6
    prompt.act(path, {"action": "changeQuantity", "quantity": 0})
    assert types(prompt, entry["id"])[2:] == [
        "InventoryEntryQuantitySet", "InventoryEntryOutOfStock", "InventoryEntrySafetyStock",
    ]  # fmt: skip
    prompt.act(path, {"action": "changeQuantity", "quantity": 10})
    prompt.act(path, {"action": "changeQuantity", "quantity": 4})
    assert types(prompt, entry["id"])[5:] == [
        "InventoryEntryQuantitySet", "InventoryEntryQuantitySet", "InventoryEntryReorderPoint",
    ]  # fmt: skip


def test_stock_that_is_gone_already_is_not_told_again(prompt: Shop) -> None:
    path = f"inventory/{prompt.entry('TEE')['id']}"
    for units in (0, -1, 0):
        prompt.act(path, {"action": "changeQuantity", "quantity": units})
    assert len(prompt.messages(type="InventoryEntryOutOfStock")) == 1


def test_messages_of_levels_can_be_switched_off() -> None:
    shop = Shop(stock_lag_s=0, stock_level_messages=False)
    entry = shop.entry("TEE")
    shop.act(f"inventory/{entry['id']}", {"action": "changeQuantity", "quantity": 0})
    assert types(shop, entry["id"])[-1] == "InventoryEntryQuantitySet"


def test_entries_tell_when_they_come_and_go(shop: Shop) -> None:
    made = shop.post("inventory", {"sku": "MUG", "quantityOnStock": 1, "key": "mug"})
    created = newest(shop, "InventoryEntryCreated")
    assert created["inventoryEntry"] == made.body
    assert created["resourceUserProvidedIdentifiers"] == {"key": "mug", "sku": "MUG"}
    minutes = {"reservationExpirationInMinutes": 5}
    shop.act(f"inventory/{made['id']}", {"action": "setReservationExpirationInMinutes", **minutes})
    told = newest(shop, "InventoryEntryReservationExpirationInMinutesSet")
    assert told["newReservationExpirationInMinutes"] == 5
    shop.delete(f"inventory/{made['id']}", version=2)
    assert newest(shop, "InventoryEntryDeleted")["sku"] == "MUG"


def test_sync_info_and_custom_fields_of_stock_write_no_message(shop: Shop) -> None:
    order = shop.order()
    shop.act(
        f"orders/{order['id']}", {"action": "updateSyncInfo", "channel": {"key": "order-sync"}}
    )
    assert types(shop, order["id"]) == ["OrderCreated"]


def order_actions(line: str, payment: Json) -> list[tuple[Json, list[str]]]:
    """Actions on an order of three of one line, each with the messages that it writes."""
    two = [{"id": line, "quantity": 2}]
    return [
        ({"action": "changeOrderState", "orderState": "Confirmed"}, ["OrderStateChanged"]),
        ({"action": "changeShipmentState", "shipmentState": "Ready"},
         ["OrderShipmentStateChanged"]),
        ({"action": "changePaymentState", "paymentState": "Paid"}, ["OrderPaymentStateChanged"]),
        ({"action": "transitionState", "state": {"key": "new"}}, ["OrderStateTransition"]),
        ({"action": "transitionLineItemState", "lineItemId": line, "quantity": 1,
          "fromState": {"key": "Initial"}, "toState": {"key": "shipped"}},
         ["LineItemStateTransition"]),
        ({"action": "addDelivery", "deliveryKey": "d-1", "items": two,
          "parcels": [{"key": "p-1"}, {"key": "p-2"}]},
         ["DeliveryAdded", "ParcelAddedToDelivery", "ParcelAddedToDelivery"]),
        ({"action": "addParcelToDelivery", "deliveryKey": "d-1", "parcelKey": "p-3"},
         ["ParcelAddedToDelivery"]),
        ({"action": "setParcelTrackingData", "parcelKey": "p-1",
          "trackingData": {"trackingId": "T"}}, ["ParcelTrackingDataUpdated"]),
        ({"action": "setParcelItems", "parcelKey": "p-1", "items": two}, ["ParcelItemsUpdated"]),
        ({"action": "setParcelMeasurements", "parcelKey": "p-1",
          "measurements": {"weightInGram": 1}}, ["ParcelMeasurementsUpdated"]),
        ({"action": "removeParcelFromDelivery", "parcelKey": "p-3"},
         ["ParcelRemovedFromDelivery"]),
        ({"action": "setDeliveryItems", "deliveryKey": "d-1", "items": []},
         ["DeliveryItemsUpdated"]),
        ({"action": "setDeliveryAddress", "deliveryKey": "d-1", "address": ADDRESS},
         ["DeliveryAddressSet"]),
        ({"action": "removeDelivery", "deliveryKey": "d-1"}, ["DeliveryRemoved"]),
        ({"action": "addReturnInfo", "items": [{"quantity": 1, "lineItemId": line, "key": "r-1",
                                               "shipmentState": "Returned"}]},
         ["ReturnInfoAdded"]),
        ({"action": "setReturnShipmentState", "returnItemKey": "r-1",
          "shipmentState": "BackInStock"}, ["OrderReturnShipmentStateChanged"]),
        ({"action": "setReturnPaymentState", "returnItemKey": "r-1",
          "paymentState": "Refunded"}, []),
        ({"action": "setReturnInfo"}, ["ReturnInfoSet"]),
        ({"action": "addPayment", **payment}, ["OrderPaymentAdded"]),
        ({"action": "removePayment", **payment}, ["OrderPaymentRemoved"]),
        ({"action": "setCustomerEmail", "email": "a@example.test"}, ["OrderCustomerEmailSet"]),
        ({"action": "setShippingAddress", "address": {**ADDRESS, "city": "X"}},
         ["OrderShippingAddressSet"]),
        ({"action": "setBillingAddress", "address": ADDRESS}, ["OrderBillingAddressSet"]),
        ({"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "P"},
         ["OrderPurchaseOrderNumberSet"]),
        ({"action": "setCustomType", "type": {"key": "noted"}}, ["OrderCustomTypeSet"]),
        ({"action": "setCustomField", "name": "note", "value": "a"}, ["OrderCustomFieldAdded"]),
        ({"action": "setCustomField", "name": "note", "value": "b"},
         ["OrderCustomFieldChanged"]),
        ({"action": "setCustomField", "name": "note"}, ["OrderCustomFieldRemoved"]),
        ({"action": "setCustomType"}, ["OrderCustomTypeRemoved"]),
        ({"action": "setLocale", "locale": "en"}, []),
    ]  # fmt: skip


def test_each_order_action_writes_its_message(shop: Shop) -> None:
    field = {"type": {"name": "String"}, "name": "note", "label": {}, "required": False}
    shop.post("types", {"key": "noted", "name": {}, "resourceTypeIds": ["order"],
                        "fieldDefinitions": [field]})  # fmt: skip
    shop.post("states", {"key": "new", "type": "OrderState"})
    payment = {"payment": {"id": shop.pay()["id"]}}
    order = shop.order(shop.line("TEE", 3))
    line = order["lineItems"][0]["id"]
    two = [{"id": line, "quantity": 2}]
    for action, expected in order_actions(line, payment):
        before = len(types(shop, order["id"]))
        answer = shop.act(f"orders/{order['id']}", action)
        assert answer.status == 200, answer.body
        assert types(shop, order["id"])[before:] == expected, action["action"]
    assert newest(shop, "OrderStateChanged")["oldOrderState"] == "Open"
    assert newest(shop, "OrderPaymentRemoved")["removedPaymentInfo"] is True
    delivery = newest(shop, "DeliveryAdded")["delivery"]
    assert (delivery["items"], delivery["parcels"]) == (two, []), "parcels have their own messages"
    assert newest(shop, "OrderCustomFieldChanged")["previousValue"] == "a"
    version = shop.get(f"orders/{order['id']}")["version"]
    shop.delete(f"orders/{order['id']}", version=version)
    assert newest(shop, "OrderDeleted")["order"]["version"] == version


def test_imported_orders_say_so(shop: Shop) -> None:
    pence = {"centAmount": 1, "currencyCode": "GBP"}
    line = {"name": {}, "variant": {"sku": "TEE"}, "quantity": 1, "price": {"value": pence}}
    made = shop.post("orders/import", {"totalPrice": pence, "lineItems": [line]})
    assert types(shop, made["id"]) == ["OrderImported"]
    assert newest(shop, "OrderImported")["order"] == made.body


def test_each_payment_action_writes_its_message(shop: Shop) -> None:
    shop.post("states", {"key": "settled", "type": "PaymentState"})
    shop.post("types", {"key": "log", "name": {}, "resourceTypeIds":
                        ["payment-interface-interaction"]})  # fmt: skip
    payment = shop.pay(1200, transaction("Charge", "Initial"))
    named = {"transactionId": payment["transactions"][0]["id"]}
    steps: list[tuple[Json, list[str]]] = [
        ({"action": "addTransaction", "transaction": transaction("Refund", "Initial")},
         ["PaymentTransactionAdded"]),
        ({"action": "changeTransactionState", **named, "state": "Success"},
         ["PaymentTransactionStateChanged"]),
        ({"action": "setStatusInterfaceCode", "interfaceCode": "x"},
         ["PaymentStatusInterfaceCodeSet"]),
        ({"action": "setInterfaceId", "interfaceId": "x"}, ["PaymentInterfaceIdSet"]),
        ({"action": "setMethodInfoMethod", "method": "card"}, ["PaymentMethodInfoMethodSet"]),
        ({"action": "transitionState", "state": {"key": "settled"}},
         ["PaymentStatusStateTransition"]),
        ({"action": "addInterfaceInteraction", "type": {"key": "log"}},
         ["PaymentInteractionAdded"]),
        ({"action": "setKey", "key": "pay-1"}, []),
    ]  # fmt: skip
    for action, expected in steps:
        before = len(types(shop, payment["id"]))
        assert shop.act(f"payments/{payment['id']}", action).status == 200
        assert types(shop, payment["id"])[before:] == expected, action["action"]
    assert types(shop, payment["id"])[0] == "PaymentCreated"
    changed = newest(shop, "PaymentTransactionStateChanged")
    assert (changed["transactionId"], changed["state"]) == (named["transactionId"], "Success")


def test_products_tell_when_they_come_and_are_published(shop: Shop) -> None:
    product = shop.product("TEE")
    path = f"products/{product['id']}"
    shop.act(path, {"action": "addVariant", "sku": "TEE-XL"}, {"action": "publish"})
    shop.act(path, {"action": "unpublish"})
    assert types(shop, product["id"]) == [
        "ProductCreated", "ProductVariantAdded", "ProductPublished", "ProductUnpublished",
    ]  # fmt: skip
    projection = newest(shop, "ProductPublished")["productProjection"]
    assert [one["sku"] for one in projection["variants"]] == ["TEE-XL"]


def test_messages_are_polled_by_date(shop: Shop) -> None:
    shop.order(number="N-1")
    shop.run(10)
    shop.order(number="N-2")
    since = '"2026-11-27T06:00:10.000Z"'
    answer = shop.get(
        "messages", where=[f"createdAt >= {since}", 'resource(typeId="order")'],
        sort="createdAt asc", withTotal="false",
    )  # fmt: skip
    assert [one["order"]["orderNumber"] for one in answer["results"]] == ["N-2"]
    found = shop.get("messages", where='order(orderNumber="N-1")')
    assert found["total"] == 1
    unknown = shop.get("messages", where='moon="x"')
    assert unknown["message"].endswith("The field 'moon' does not exist.")


def test_old_messages_are_forgotten(shop: Shop) -> None:
    old = Shop(messages_delete_days=1)
    old.order(number="N-1")
    old.run(86_390)
    old.order(number="N-2")
    assert len(old.messages(type="OrderCreated")) == 2
    old.run(20)
    assert [one["order"]["orderNumber"] for one in old.messages(type="OrderCreated")] == ["N-2"]
    sequence = old.messages(type="OrderCreated")[0]["sequenceNumber"]
    assert sequence == 1


def test_a_project_may_not_have_the_messages_endpoint_enabled() -> None:
    shop = Shop(messages_enabled=False)
    shop.order()
    assert shop.messages() == []


@pytest.mark.parametrize("message", AnyMessage.__args__)
def test_every_message_that_is_written_is_a_type_of_the_vendors(message: Any) -> None:
    name = message.__struct_config__.tag
    assert any(name in known for known in MESSAGE_TYPES.values())
