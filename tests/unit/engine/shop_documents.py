"""commercetools' documents as the tests write them, and what the flows make of them."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.engine.stage import EPOCH_S
from tests.unit.engine.vendor import Ask

from peakproof_engine.model import Contact, OrderLine
from peakproof_engine.systems.ports import Delivered, ShopOrder, Shown

SINCE: Final = "2023-11-14T22:12:20.000Z"
DATED: Final = "2023-11-14T22:13:10.500Z"
DATED_S: Final = EPOCH_S - 9.5


def get(path: str, *query: tuple[str, str]) -> Ask:
    """A read of the project."""
    return Ask("GET", f"/acme{path}", query, api="shop")


def post(path: str, body: Any, *query: tuple[str, str]) -> Ask:
    """A write to the project."""
    return Ask("POST", f"/acme{path}", query, body, "shop")


def pages(path: str, *where: str) -> Ask:
    """A query that is paged by id."""
    return get(
        path, *(("where", part) for part in where),
        ("sort", "id asc"), ("limit", "500"), ("withTotal", "false"),
    )  # fmt: skip


def results(*rows: Any) -> dict[str, Any]:
    """The answer to a query."""
    return {"limit": 500, "offset": 0, "count": len(rows), "results": list(rows)}


def refusal(status: int, code: str, message: str, **more: Any) -> dict[str, Any]:
    """The envelope of every refusal."""
    error = {"code": code, "message": message, **more}
    return {"statusCode": status, "message": message, "errors": [error]}


CONFLICT: Final = refusal(
    409, "ConcurrentModification", "Object e-1 has a different version than expected. "
    "Expected: 3 - Actual: 4.", currentVersion=4,
)  # fmt: skip
TAKEN: Final = refusal(
    400, "DuplicateField", "A duplicate value '\"TEE\"' exists for field 'sku'.",
    field="sku", duplicateValue="TEE",
)  # fmt: skip


def entry(id_: str, sku: str, units: int, channel: str = "", version: int = 3) -> dict[str, Any]:
    """An inventory entry; some of what is on stock is reserved."""
    made: dict[str, Any] = {
        "id": id_, "version": version, "sku": sku, "quantityOnStock": units + 7,
        "availableQuantity": units, "createdAt": SINCE, "lastModifiedAt": DATED,
    }  # fmt: skip
    if channel:
        made["supplyChannel"] = {"typeId": "channel", "id": channel}
    return made


def shown(id_: str, units: int, place: str = "web-w1", version: int = 3) -> Shown:
    """What the flows make of an entry of TEE."""
    return Shown("TEE", place, units, id_, version, DATED_S)


def product(id_: str, *skus: str, staged: str = "DRAFT", published: bool = True) -> dict[str, Any]:
    """A product with its current and its staged record."""
    first, *rest = skus
    return {"id": id_, "version": 2, "masterData": {
        "published": published, "hasStagedChanges": True,
        "current": {"masterVariant": {"id": 1, "sku": first},
                    "variants": [{"id": 2 + at, "sku": sku} for at, sku in enumerate(rest)]},
        "staged": {"masterVariant": {"id": 1, "sku": staged}, "variants": []},
    }}  # fmt: skip


def money(cents: int) -> dict[str, Any]:
    """Money as the platform has it."""
    return {"type": "centPrecision", "centAmount": cents, "currencyCode": "GBP",
            "fractionDigits": 2}  # fmt: skip


def order(id_: str = "o-1", version: int = 5, at: str = DATED, **more: Any) -> dict[str, Any]:
    """An order of two lines, with a delivery, paid."""
    return {
        "id": id_, "version": version, "orderNumber": f"N-{id_}", "createdAt": SINCE,
        "lastModifiedAt": at, "orderState": "Open", "shipmentState": "Partial",
        "paymentState": "Paid", "totalPrice": money(2505), "customerEmail": "ann@example.test",
        "lastMessageSequenceNumber": 6,
        "lineItems": [
            {"id": "li-1", "variant": {"id": 1, "sku": "TEE"}, "quantity": 2,
             "totalPrice": money(2501), "supplyChannel": {"typeId": "channel", "id": "ch-1"},
             "state": [{"quantity": 1, "state": {"typeId": "state", "id": "st-1"}},
                       {"quantity": 1, "state": {"typeId": "state", "id": "st-9"}}]},
            {"id": "li-2", "variant": {"id": 1, "sku": "HAT"}, "quantity": 1,
             "totalPrice": money(4), "state": []},
        ],
        "shippingAddress": {
            "firstName": "Ann", "lastName": "Lee", "streetName": "Mill Lane",
            "streetNumber": "1", "additionalStreetInfo": "Flat 2", "city": "Leeds",
            "region": "West Yorkshire", "postalCode": "LS1 1AA", "country": "GB",
            "phone": "0113 000"},
        "shippingInfo": {"shippingMethodName": "Post", "deliveries": [
            {"id": "d-1", "key": "P1", "items": [{"id": "li-1", "quantity": 1}], "parcels": [
                {"id": "p-1", "trackingData": {"trackingId": "T-1", "carrier": "DPD"}},
                {"id": "p-2"}]},
            {"id": "d-2", "items": [], "parcels": []}]},
        "paymentInfo": {"payments": [{"typeId": "payment", "id": "pay-1"}]}, **more,
    }  # fmt: skip


def understood(id_: str = "o-1", version: int = 5, **more: Any) -> ShopOrder:
    """What the flows make of it."""
    fields: dict[str, Any] = {
        "id": id_, "number": f"N-{id_}", "version": version, "placed_s": EPOCH_S - 60.0,
        "modified_s": DATED_S, "state": "open", "shipment": "partial", "payment": "captured",
        "currency": "GBP", "total_minor": 2505,
        "lines": [OrderLine("li-1", "TEE", 2, "", 1250, "web-w1", 2501),
                  OrderLine("li-2", "HAT", 1, "", 4, "", 4)],
        "contact": Contact("Ann Lee", "Mill Lane 1", "Flat 2", "Leeds", "West Yorkshire",
                           "LS1 1AA", "GB", "ann@example.test", "0113 000"),
        "delivered": [Delivered("P1", "T-1"), Delivered("", "")],
        "payments": ["pay-1"], "withdrawn": {"li-1": 1}, "sequence": 6,
    }  # fmt: skip
    return ShopOrder(**{**fields, **more})


def payment(*transactions: tuple[str, str, int, str], version: int = 2) -> dict[str, Any]:
    """A payment of 25.05 with (type, state, amount, interaction) as its transactions."""
    return {"id": "pay-1", "version": version, "amountPlanned": money(2505), "transactions": [
        {"id": f"t-{at}", "type": type_, "state": state, "amount": money(cents),
         **({"interactionId": interaction} if interaction else {})}
        for at, (type_, state, cents, interaction) in enumerate(transactions)
    ]}  # fmt: skip
