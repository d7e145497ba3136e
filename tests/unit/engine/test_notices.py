"""Notices of the three systems: what each says, in every form, and what says nothing to us."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from typing import Any, Literal

import httpx
import msgspec
import pytest
import respx
from tests.unit.engine.shop_documents import order, payment, understood
from tests.unit.engine.stage import EPOCH_S, over_respx
from tests.unit.engine.vendor import HOSTS, adapter, learned

from peakproof_engine.systems.ports import (
    CutLine,
    MasterLevel,
    ShippedParcel,
    ShopNews,
    WorkStatus,
)

_encode = msgspec.json.encode

# --- the warehouse ------------------------------------------------------------------------------


def from_warehouse(body: bytes, **headers: str) -> Any:
    """What the engine makes of a notice."""

    async def story(_router: respx.MockRouter) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return adapter("deposco").read_notice(named, body)

    return over_respx(story)


LEVEL = {
    "event": "INVENTORY_AVAILABILITY", "id": "n-1",
    "inventoryAvailability": {
        "businessUnit": "BU1", "itemNumber": "TEE", "facility": "FAC1", "total": "5",
        "availableToPromise": "-2", "sequence": "7", "asOf": "2023-11-14T22:13:20Z"},
}  # fmt: skip
PARCEL = {
    "event": "SHIPMENT_SHIPPED", "orderStatusUpdate": {"shipment": {
        "shipmentNumber": "P1", "shipmentStatus": "Shipped", "shipVendor": "DPD",
        "trackingNumber": "0042", "actualShipDate": "2023-11-14T22:13:20Z",
        "orders": {"order": [{"number": "1001", "lines": {"line": [
            {"lineNumber": "li-1", "shippedPackQuantity": "2", "pack": {"quantity": "6"}}]}}]}}},
}  # fmt: skip
SHIPPED = ShippedParcel("P1", False, "DPD", "0042", EPOCH_S, {"1001": {"li-1": 12}})
CANCELLED = {
    "event": "ORDER_CANCELED", "orderStatusUpdate": {"order": {
        "number": "1001", "type": "Sales Order", "orderStatus": "Canceled", "lines": {"line": {
            "lineNumber": "li-1", "orderPackQuantity": "3", "canceledPackQuantity": "3"}}}},
}  # fmt: skip


def test_a_level_is_read_with_its_number_and_date() -> None:
    assert from_warehouse(_encode(LEVEL)) == MasterLevel("TEE", "FAC1", 5, -2, 7, EPOCH_S)


def test_a_level_is_read_from_xml() -> None:
    body = b"""<?xml version="1.0" encoding="UTF-8"?>
      <ns2:inventoryAvailability xmlns:ns2="http://integration.deposco.com/inventory">
        <!-- a remark --><itemNumber>TEE</itemNumber><facility>FAC1</facility><total>5</total>
        <availableToPromise>-2</availableToPromise><sequence>7</sequence>
        <asOf>2023-11-14T22:13:20Z</asOf>
      </ns2:inventoryAvailability>"""
    level = from_warehouse(body, x_deposco_event="INVENTORY_AVAILABILITY")
    assert level == MasterLevel("TEE", "FAC1", 5, -2, 7, EPOCH_S)
    assert from_warehouse(body, x_deposco_event="INVENTORY_ADJUSTED") is None
    assert from_warehouse(body) is None


def test_a_parcel_is_read_in_units_not_in_packs() -> None:
    assert from_warehouse(_encode(PARCEL)) == SHIPPED


def test_a_parcel_is_read_from_xml() -> None:
    body = b"""<ns2:orderStatusUpdate xmlns:ns2="http://integration.deposco.com/orderstatus">
        <shipment><shipmentNumber>P1</shipmentNumber><shipmentStatus>Shipped</shipmentStatus>
          <shipVendor>DPD</shipVendor><trackingNumber>0042</trackingNumber>
          <actualShipDate>2023-11-14T22:13:20Z</actualShipDate>
          <orders>
            <order><number>1001</number><lines>
              <line><lineNumber>li-1</lineNumber><shippedPackQuantity>1.0</shippedPackQuantity>
                <pack><type>Case</type><quantity>6</quantity></pack></line>
              <line><lineNumber>li-1</lineNumber><shippedPackQuantity>1</shippedPackQuantity>
                <pack><type>Case</type><quantity>6</quantity></pack></line></lines></order>
          </orders></shipment>
      </ns2:orderStatusUpdate>"""
    assert from_warehouse(body, x_deposco_event="SHIPMENT_SHIPPED") == SHIPPED


def test_lines_of_a_parcel_add_up_and_a_pack_without_a_quantity_holds_one() -> None:
    line = b"""<line><lineNumber>li-1</lineNumber><shippedPackQuantity>1.0</shippedPackQuantity>
        <pack><type>Each</type></pack></line>"""
    body = b"""<orderStatusUpdate><shipment><shipmentNumber>P1</shipmentNumber>
        <shipmentStatus>Shipped</shipmentStatus><orders><order><number>1001</number><lines>
        %b</lines></order></orders></shipment></orderStatusUpdate>""" % (line * 4)
    parcel = from_warehouse(body, x_deposco_event="SHIPMENT_SHIPPED")
    assert parcel.works == {"1001": {"li-1": 4}}
    assert parcel.shipped_s == EPOCH_S


def test_a_parcel_that_was_called_back_is_told_from_one_that_left() -> None:
    told = {**PARCEL, "event": "SHIPMENT_ROLLED_BACK"}
    back = from_warehouse(_encode(told))
    assert back == msgspec.structs.replace(SHIPPED, rolled_back=True)


@pytest.mark.parametrize("status", ["New", "Shipping", "Rolled Back"])
def test_a_label_is_no_parcel_that_left(status: str) -> None:
    told: Any = msgspec.json.decode(_encode(PARCEL))
    told["orderStatusUpdate"]["shipment"]["shipmentStatus"] = status
    assert from_warehouse(_encode(told)) is None


def test_a_cancelled_order_is_read_with_its_lines() -> None:
    assert from_warehouse(_encode(CANCELLED)) == WorkStatus(
        "1001", cancelled=True, finished=True, lines=[CutLine("li-1", 3, 0, 3)]
    )


@pytest.mark.parametrize(
    "told",
    [
        {**CANCELLED, "event": "ORDER_STATUS"},
        {**LEVEL, "event": "INVENTORY_ADJUSTED"},
        {"event": "RECEIPT_RECEIVED", "receipt": {"number": "R1"}},
        {"event": "ORDER_CANCELED"},
        {"event": "ORDER_CANCELED", "orderStatusUpdate": {}},
        {"event": "ORDER_CANCELED", "orderStatusUpdate": None},
    ],
)
def test_what_the_flows_do_not_need_says_nothing(told: Any) -> None:
    assert from_warehouse(_encode(told)) is None


UNREADABLE = [
    b"", b" ", b"null", b"[]", b"7", b"{", b'{"event"', b'{"event": 7}', b"\xff\xfe", b"hello",
]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        *UNREADABLE, b"{}", b"<", b"<a>", b"<a/>", b"<a>&unknown;</a>", b"<html></html>",
        b"<inventoryAvailability/>",
        _encode({**LEVEL, "inventoryAvailability": {"itemNumber": "TEE"}}),
        _encode(LEVEL).replace(b'"-2"', b'"many"'),
        _encode(LEVEL).replace(b"2023-11-14T", b"yesterday "),
        _encode(PARCEL)[:-9],
        b"<orderStatusUpdate><order><orderStatus>New</orderStatus></order></orderStatusUpdate>",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_of_its_sender(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_warehouse(body, x_deposco_event="INVENTORY_AVAILABILITY")


def test_a_document_cannot_make_the_engine_read_a_file() -> None:
    body = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>
      <orderStatusUpdate><order><number>&x;</number><orderStatus>New</orderStatus></order>
      </orderStatusUpdate>"""
    told = from_warehouse(body, x_deposco_event="ORDER_CANCELED")
    assert told is None or told.number == ""


# --- the shop -------------------------------------------------------------------------------------


def from_shop(*events: Any, listed: bool = True) -> Any:
    """What the engine makes of a notification."""

    async def story(router: respx.MockRouter) -> Any:
        router.post(path="/oauth/token").respond(200, json={"access_token": "fresh"})
        made = adapter("commercetools")
        await learned("commercetools", router, made)
        return made.read_notice(_encode(list(events) if listed else events[0]))

    return over_respx(story)


def event(type_: str, resource: str = "o-1", **more: Any) -> dict[str, Any]:
    """A message as a CloudEvent."""
    return {
        "id": "ev-1", "specversion": "1.0", "type": f"com.commercetools.order.message.{type_}",
        "source": "/acme/orders", "subject": resource, "sequence": "4",
        "data": {"id": "m-1", "version": 1, "sequenceNumber": 4, "resourceVersion": 9,
                 "resource": {"typeId": "order", "id": resource}, "type": type_, **more},
    }  # fmt: skip


SETTLED: tuple[tuple[str, str, Literal["authorised", ""]], ...] = (
    ("Authorization", "Success", "authorised"), ("Authorization", "Pending", ""),
    ("Charge", "Success", ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "news"),
    [
        (event("OrderCreated", order=order()), ShopNews("o-1", 9, 4, whole=understood())),
        (event("OrderImported", order=order()), ShopNews("o-1", 9, 4, whole=understood())),
        (event("OrderCreated"), ShopNews("o-1", 9, 4)),
        (event("OrderImported"), ShopNews("o-1", 9, 4)),
        (event("OrderPaymentStateChanged", paymentState="Paid", oldPaymentState="Pending"),
         ShopNews("o-1", 9, 4, payment="captured")),
        (event("OrderPaymentStateChanged", paymentState="Failed"),
         ShopNews("o-1", 9, 4, payment="failed")),
        (event("OrderPaymentStateChanged", paymentState="BalanceDue"),
         ShopNews("o-1", 9, 4, payment="pending")),
        (event("OrderStateChanged", orderState="Cancelled"),
         ShopNews("o-1", 9, 4, state="cancelled")),
        (event("PaymentTransactionStateChanged", "pay-1", state="Success"),
         ShopNews("", 0, payment_id="pay-1")),
        *(
            (event("PaymentTransactionAdded", "pay-1",
                   transaction=payment((kind, state, 9, ""))["transactions"][0]),
             ShopNews("", 0, payment_id="pay-1", payment=settled))
            for kind, state, settled in SETTLED
        ),
    ],
)  # fmt: skip
def test_a_message_of_the_shop_is_read(told: Any, news: ShopNews) -> None:
    assert from_shop(told) == [news]
    assert from_shop(told, listed=False) == [news]


@pytest.mark.parametrize(
    "told",
    [
        event("OrderStateChanged", orderState="Confirmed"),
        event("OrderShipmentStateChanged", shipmentState="Shipped"),
        event("PaymentTransactionAdded", "pay-1"),
        {"id": "ev", "type": "Microsoft.EventGrid.SubscriptionValidationEvent",
         "data": {"validationCode": "7"}},
        {"id": "ev", "type": "com.commercetools.subscription.change.ResourceCreated"},
    ],
)  # fmt: skip
def test_a_test_and_what_the_flows_do_not_need_say_nothing(told: Any) -> None:
    assert from_shop(told) == []


def test_several_messages_in_one_notification_are_all_read() -> None:
    told = [event("OrderCreated"), event("DeliveryAdded"), event("OrderImported", "o-2")]
    assert from_shop(*told) == [ShopNews("o-1", 9, 4), ShopNews("o-2", 9, 4)]
    assert from_shop(listed=True) == []


@pytest.mark.parametrize("body", [*UNREADABLE[:2], *UNREADABLE[4:7], b"\xff\xfe", b'[{"data": 7}]'])
def test_a_notification_that_cannot_be_read_is_an_error_of_its_sender(body: bytes) -> None:
    async def story(_router: respx.MockRouter) -> None:
        with pytest.raises(ValueError, match=r"."):
            adapter("commercetools").read_notice(body)

    over_respx(story)


def test_the_secret_of_the_shops_notices_depends_on_ours_and_does_not_show_it() -> None:
    async def story(_router: respx.MockRouter) -> list[str]:
        keys = [adapter("commercetools").hook_key for _ in range(2)]
        other = adapter("commercetools", systems__commercetools__client_secret="other")
        return [*keys, other.hook_key]

    first, again, other = over_respx(story)
    assert first == again == hashlib.sha256(b"hooks:cs").hexdigest()[:32]
    assert other != first


# --- the tills ------------------------------------------------------------------------------------


def till_event(state: str, name: str = "order_updated") -> dict[str, Any]:
    """An event of the tills: it has no lines."""
    return {
        "merchant_id": "M1", "type": name.replace("_", "."), "event_id": "ev-1",
        "created_at": "2023-11-14T22:13:20Z", "data": {"type": name, "id": "s-1", "object": {
            name: {"order_id": "s-1", "version": 3, "location_id": "LOC1", "state": state}}},
    }  # fmt: skip


def from_tills(body: bytes) -> Any:
    """What the engine makes of an event."""

    async def story(_router: respx.MockRouter) -> Any:
        return adapter("pos").read_notice(body)

    return over_respx(story)


@pytest.mark.parametrize("name", ["order_created", "order_updated"])
@pytest.mark.parametrize("state", ["COMPLETED", "CANCELED"])
def test_a_finished_transaction_is_told_by_its_id(name: str, state: str) -> None:
    assert from_tills(_encode(till_event(state, name))) == ("s-1", "ev-1")


@pytest.mark.parametrize(
    "told",
    [
        till_event("OPEN"), till_event("DRAFT"),
        {"type": "inventory.count.updated", "event_id": "e", "data": {"object": {}}},
        {"type": "labor.shift.created", "event_id": "e", "data": {}},
        {"type": "x", "event_id": "e"},
    ],
)  # fmt: skip
def test_an_event_that_is_no_finished_transaction_says_nothing(told: Any) -> None:
    assert from_tills(_encode(told)) is None


@pytest.mark.parametrize("body", [*UNREADABLE, b"{}", b'{"type": "x"}'])
def test_an_event_that_cannot_be_read_is_an_error_of_its_sender(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_tills(body)


HOOK = "https://engine.test/pos"


def signature(body: bytes, key: str = "k-1", url: str = HOOK) -> str:
    """The vendor's: over the URL and the body, in Base64."""
    return b64encode(hmac.digest(key.encode(), url.encode() + body, "sha256")).decode()


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        (signature(b"{}"), True),
        (signature(b"{} "), False),
        (signature(b"{}", key="k-2"), False),
        (signature(b"{}", url="https://engine.test/pos/"), False),
        (signature(b"{}").lower(), False),
        (signature(b"{}")[:-1], False),
        ("", False),
        (None, False),
    ],
)
def test_only_the_tills_can_sign_an_event(given: str | None, accepted: bool) -> None:
    async def story(router: respx.MockRouter) -> bool:
        router.route(host=HOSTS["pos"]).mock(side_effect=[
            httpx.Response(200, json={}),
            httpx.Response(200, json={"subscription": {"id": "w", "signature_key": "k-1"}}),
        ])  # fmt: skip
        made = adapter("pos")
        await made.subscribe(HOOK)
        headers = {} if given is None else {"x-square-hmacsha256-signature": given}
        return bool(made.is_signed(headers, b"{}"))

    assert over_respx(story) is accepted


def test_a_signature_in_strange_letters_is_no_signature() -> None:
    async def story(router: respx.MockRouter) -> bool:
        router.route(host=HOSTS["pos"]).mock(side_effect=[
            httpx.Response(200, json={}),
            httpx.Response(200, json={"subscription": {"id": "w", "signature_key": "k-1"}}),
        ])  # fmt: skip
        made = adapter("pos")
        await made.subscribe(HOOK)
        return bool(made.is_signed({"x-square-hmacsha256-signature": "é"}, b"{}"))

    assert over_respx(story) is False
