"""Every call that the engine makes to Deposco: what is asked, answered and understood."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.unit.engine.stage import EPOCH_S
from tests.unit.engine.vendor import Ask, Case, Exchange

from peakproof_engine.model import Contact, Movement, MovementLine, OrderLine
from peakproof_engine.systems.ports import (
    CutLine,
    Found,
    MasterLevel,
    ShippedParcel,
    WarehouseOrder,
    WorkStatus,
)

V1: Final = "/integration/acme"
DUPLICATE: Final = (
    "Duplicate entry '17-Sales Order-1001' for key 'ORDER_HEADER.ux_oh_bu_type_number'"
)


def outcome(status: str, description: str = "") -> dict[str, Any]:
    """A multistatus with one entity, as V1's JSON has it: bare."""
    told: dict[str, Any] = {"status": f"HTTP/1.1 {status}", "entity": "1001"}
    if description:
        told["description"] = description
    return {"response": told}


def movement(kind: Any, reference: str = "T1", **more: Any) -> Movement:
    """A till's transaction of two lines, half a minute ago."""
    return Movement(
        id=f"{kind}:{reference}", kind=kind, node="S1",
        lines=[MovementLine("TEE", 2, 1250), MovementLine("HAT", 1, 5)],
        occurred_s=EPOCH_S - 30.0, recorded_s=EPOCH_S - 30.0, reference=reference,
        currency="GBP", **more,
    )  # fmt: skip


def activity(kind: str, quantity: str) -> dict[str, Any]:
    """What V1 is sent for such a transaction."""
    return {"retailActivity": [{"businessUnit": "BU1", "retailTransaction": {
        "type": kind, "retailTransactionId": "T1", "referenceNumber": "T1", "facility": "FAC2",
        "transactionStartDate": "2023-11-14T22:12:50Z",
        "transactionEndDate": "2023-11-14T22:12:50Z",
        "primarySalesChannel": "BU1", "currencyCode": "GBP",
        "saleReturnLines": {"saleReturnLine": [
            {"externalLineNumber": "1", "item": "TEE", "pack": "Each", quantity: "2",
             "unitPrice": "12.50"},
            {"externalLineNumber": "2", "item": "HAT", "pack": "Each", quantity: "1",
             "unitPrice": "0.05"},
        ]},
    }}]}  # fmt: skip


def booking(kind: str) -> Callable[[Any], Awaitable[bool]]:
    """Books such a transaction."""

    async def book(to: Any) -> bool:
        return bool(await to.book(movement(kind), "FAC2"))

    return book


ORDER: Final = WarehouseOrder(
    number="1001-W1", order="1001", place="FAC1", placed_s=EPOCH_S - 100.0, currency="GBP",
    total_minor=2505,
    contact=Contact("Ann Lee", "1 Mill Lane", "Flat 2", "Leeds", "West Yorkshire", "LS1 1AA",
                    "GB", "ann@example.test", "0113 000"),
    lines=[OrderLine("li-1", "TEE", 2, "W1", 1250), OrderLine("li-2", "HAT", 1, "W1", 5)],
)  # fmt: skip
ORDER_SENT: Final = {"order": [{
    "businessUnit": "BU1", "facility": "FAC1", "number": "1001-W1", "type": "Sales Order",
    "status": "New", "otherReferenceNumber": "1001", "customerOrderNumber": "1001",
    "placedDate": "2023-11-14T22:11:40Z", "currencyCode": "GBP", "orderTotal": "25.05",
    "shipToAddress": {
        "name": "Ann Lee", "addressLine1": "1 Mill Lane", "addressLine2": "Flat 2",
        "city": "Leeds", "stateProvinceCode": "West Yorkshire", "postalCode": "LS1 1AA",
        "countryCode": "GB", "email": "ann@example.test", "phone": "0113 000",
    },
    "orderLines": {"orderLine": [
        {"lineNumber": "li-1", "customerLineNumber": "li-1", "lineStatus": "New",
         "itemNumber": "TEE", "orderPackQuantity": "2",
         "pack": {"type": "Each", "quantity": "1"}, "unitPrice": "12.50"},
        {"lineNumber": "li-2", "customerLineNumber": "li-2", "lineStatus": "New",
         "itemNumber": "HAT", "orderPackQuantity": "1",
         "pack": {"type": "Each", "quantity": "1"}, "unitPrice": "0.05"},
    ]},
}]}  # fmt: skip


def search(number: str) -> Ask:
    """The one read that is known to filter by number."""
    return Ask("GET", f"{V1}/search/Order", (("type", "Sales Order"), ("number", number)))


def ended(status: str) -> Ask:
    """Orders that came to a status within the last minute."""
    window = "2023-11-14T22:12:20,2023-11-14T22:14:20"
    return Ask("GET", f"{V1}/search/Order", (
        ("type", "Sales Order"), ("status", status), ("updatedDateOps", "BETWEEN"),
        ("updatedDate", window), ("pageNo", "1"),
    ))  # fmt: skip


CANCEL: Final = Ask("POST", f"{V1}/orders/updates", body={"order": [
    {"businessUnit": "BU1", "number": "1001", "type": "Sales Order", "status": "Canceled"},
]})  # fmt: skip
THERE: Final = Found(id="1001", number="1001", cancelled=False, open_to_cancel=True)
ADJUST: Final = Ask("POST", "/latest/inventory/inventoryAdjustments", api="v2", body={
    "businessUnit": {"businessKey": {"code": "BU1"}},
    "facility": {"businessKey": {"number": "FAC2", "businessUnit.code": "BU1"}},
    "item": {"businessKey": {"number": "TEE", "businessUnit.code": "BU1"}},
    "quantity": -3, "reasonCode": "DAMAGED", "importReference1": "waste-A1",
})  # fmt: skip
FEED: Final = Ask("GET", "/latest/inventory/inventoryAdjustments", (
    ("businessUnit", "BU1"), ("facilityNumber", "FAC2"), ("itemNumber", "TEE"),
    ("createdAfter", "2023-11-14T21:13:10Z"), ("pageSize", "100"),
), api="v2")  # fmt: skip
FEED_NEXT: Final = Ask("GET", "/latest/inventory/inventoryAdjustments",
                       (("searchId", "s-1"), ("pageSize", "100")), api="v2")  # fmt: skip


def row(number: int, reference: Any) -> dict[str, Any]:
    """A row of V2's adjustments feed."""
    return {
        "self": {"id": number, "href": f"/latest/inventory/inventoryAdjustments/{number}"},
        "quantity": -1, "actionType": "Adjustment", "reasonCode": None,
        "importReference1": reference, "createdDate": "2023-11-14T22:00:00Z",
    }  # fmt: skip


def feed(*rows: dict[str, Any], following: str = "") -> dict[str, Any]:
    """A page of it."""
    links = [{"rel": "next", "href": following}] if following else []
    return {"data": list(rows), "links": links, "complete": not following, "pages": None}


NEXT: Final = "/latest/inventory/inventoryAdjustments?searchId=s-1&pageSize=100"
WASTE: Final = movement("waste", "waste-A1", sent_s=EPOCH_S - 10.0)
STOCK: Final = (
    Case(
        "StockLevels.levels_since", "", "deposco", lambda to: to.levels_since(EPOCH_S - 60.0),
        [
            Exchange(
                Ask("GET", f"{V1}/inventory/full",
                    (("startActivityTime", "2023-11-14T22:12:20"), ("pageNo", "1"))),
                {"itemInventory": [{"itemNumber": "TEE", "facilityInventory": [
                    {"facility": "FAC1", "inventory": {
                        "total": "5", "availableToPromise": "-2", "allocated": "5"}},
                    {"facility": "FAC2", "inventory": {"total": 3, "availableToPromise": 3}},
                ]}]}, 206,
            ),
            Exchange(
                Ask("GET", f"{V1}/inventory/full",
                    (("startActivityTime", "2023-11-14T22:12:20"), ("pageNo", "2"))),
                {"itemInventory": {"itemNumber": "HAT", "facilityInventory": {
                    "facility": "FAC1", "inventory": {"total": "1", "availableToPromise": "0"}}}},
            ),
        ],
        [MasterLevel("TEE", "FAC1", 5, -2), MasterLevel("TEE", "FAC2", 3, 3),
         MasterLevel("HAT", "FAC1", 1, 0)],
    ),
    Case(
        "StockLevels.all_levels", "", "deposco", lambda to: to.all_levels(),
        [
            Exchange(
                Ask("GET", f"{V1}/enterpriseinventory/BU1/availability",
                    (("measures", "totalOnHandQty,atpQty"), ("pageNumber", str(page)),
                     ("pageSize", "500"))),
                answer, headers={"content-type": "application/xml"},
            )
            for page, answer in enumerate((
                {"enterpriseInventory": [{"itemId": 1, "itemNumber": "TEE", "atpQty": -35,
                 "facilities": [
                     {"facility": "FAC1", "totalOnHandQty": 5, "atpQty": -38},
                     {"facility": "FAC2", "totalOnHandQty": 3},
                     {"facility": "FAC3", "atpQty": 3}]}]},
                [{"enterpriseInventory": {"itemId": 2, "itemNumber": "HAT",
                  "facilities": {"facility": "FAC1", "totalOnHandQty": "2", "atpQty": "1"}}}],
                {"enterpriseInventory": []},
            ), start=1)
        ],
        [MasterLevel("TEE", "FAC1", 5, -38), MasterLevel("HAT", "FAC1", 2, 1)],
    ),
    *(
        Case(
            "StockMaster.book", name, "deposco",
            booking(kind),
            [Exchange(Ask("POST", f"{V1}/retailActivities", body=activity(*sent)), answer, 207)],
            booked,
        )
        for name, kind, sent, answer, booked in (
            ("a sale", "sale", ("Sale", "saleQuantity"), outcome("201 Created"), True),
            ("a return", "return", ("Return", "returnedQuantity"), outcome("200 OK"), True),
            ("a voided sale", "void", ("PostVoid", "saleQuantity"), outcome("201 Created"), True),
            ("again", "sale", ("Sale", "saleQuantity"), outcome("409 Conflict", DUPLICATE), False),
        )
    ),
    Case(
        "StockMaster.adjust", "", "deposco", lambda to: to.adjust(WASTE, "FAC2", -3),
        [Exchange(ADJUST, row(8, "waste-A1"), 201)], None,
    ),
    Case(
        "StockMaster.adjusted", "on the second page", "deposco",
        lambda to: to.adjusted(WASTE, "FAC2"),
        [Exchange(FEED, feed(row(9, None), row(8, {"@nil": "true"}), following=NEXT)),
         Exchange(FEED_NEXT, feed(row(7, "waste-A1"), following=NEXT))],
        True,
    ),
    Case(
        "StockMaster.adjusted", "never", "deposco", lambda to: to.adjusted(WASTE, "FAC2"),
        [Exchange(FEED, feed(row(9, "waste-A10"), following=NEXT)),
         Exchange(FEED_NEXT, feed())],
        False,
    ),
)  # fmt: skip

ORDERS: Final = (
    Case(
        "ItemMaster.knows", "an item", "deposco", lambda to: to.knows("TEE/1 é"),
        [Exchange(Ask("GET", f"{V1}/items/TEE%2F1%20%C3%A9"), {"number": "TEE/1 é"})], True,
    ),
    Case(
        "ItemMaster.knows", "no such item", "deposco", lambda to: to.knows("NIL"),
        [Exchange(Ask("GET", f"{V1}/items/NIL"), b"", 404)], False,
    ),
    Case(
        "Warehouse.create", "", "deposco", lambda to: to.create(ORDER),
        [Exchange(Ask("POST", f"{V1}/orders", body=ORDER_SENT), outcome("201 Created"), 207)], "",
    ),
    Case(
        "Warehouse.find", "among others", "deposco", lambda to: to.find("1001"),
        [Exchange(search("1001"), {"order": [
            {"number": "10010", "status": "New"}, {"number": "1001", "status": "Planned"}]})],
        Found(id="1001", number="1001", cancelled=False, open_to_cancel=True),
    ),
    Case(
        "Warehouse.find", "a cancelled one", "deposco", lambda to: to.find("1001"),
        [Exchange(search("1001"), {"order": {"number": "1001", "status": "Canceled"}})],
        Found(id="1001", number="1001", cancelled=True, open_to_cancel=False),
    ),
    Case(
        "Warehouse.find", "nothing", "deposco", lambda to: to.find("1001"),
        [Exchange(search("1001"), {"order": [{"number": "1002", "status": "New"}]})], None,
    ),
    Case(
        "Warehouse.cancel", "in time", "deposco", lambda to: to.cancel(THERE),
        [Exchange(CANCEL, outcome("200 OK", "Updated"), 207)], True,
    ),
    Case(
        "Warehouse.cancel", "too late", "deposco", lambda to: to.cancel(THERE),
        [Exchange(CANCEL, outcome("409 Conflict", "Sales Order 1001 cannot be updated while in "
                                  "the status of [Released]."), 207)], False,
    ),
    Case(
        "Warehouse.cancel", "again", "deposco", lambda to: to.cancel(THERE),
        [Exchange(CANCEL, outcome("409 Conflict", "Sales Order 1001 cannot be updated while in "
                                  "the status of [Canceled]."), 207)], True,
    ),
    Case(
        "Warehouse.status", "", "deposco", lambda to: to.status("1001"),
        [Exchange(search("1001"), {"order": {
            "number": "1001", "status": "Complete", "orderLines": {"orderLine": [
                {"lineNumber": "9", "customerLineNumber": "li-1", "itemNumber": "TEE",
                 "pack": {"type": "Case", "quantity": "12"}, "orderPackQuantity": "2.0",
                 "shippedPackQuantity": "1.0", "canceledPackQuantity": {"@nil": "true"},
                 "shortagePackQuantity": "1.0", "pickedPackQuantity": "1.0"},
                {"lineNumber": "li-2", "customerLineNumber": {"@nil": "true"},
                 "itemNumber": "HAT", "orderPackQuantity": "3", "canceledPackQuantity": "2"},
            ]}}})],
        WorkStatus("1001", cancelled=False, finished=True, lines=[
            CutLine("li-1", 24, 12, 12, 12), CutLine("li-2", 3, 0, 2, 0)]),
    ),
    Case(
        "Warehouse.status", "nothing", "deposco", lambda to: to.status("1001"),
        [Exchange(search("1001"), {})], None,
    ),
    Case(
        "Warehouse.shipped_since", "", "deposco", lambda to: to.shipped_since(EPOCH_S - 60.0),
        [
            Exchange(
                Ask("GET", f"{V1}/search/shipment", (
                    ("actualShipDateOps", "BETWEEN"),
                    ("actualShipDate", "2023-11-14T22:12:20,2023-11-14T22:14:20"),
                    ("pageNo", str(page)))),
                answer, status,
            )
            for page, (status, answer) in enumerate((
                (206, {"shipment": [
                    {"shipmentNumber": "P1", "shipmentStatus": "Shipped", "shipVendor": "DPD",
                     "trackingNumber": "0042", "actualShipDate": "2023-11-14T22:13:00",
                     "orders": {"order": [
                        {"orderNumber": "1001", "orderType": "Sales Order", "lines": {"line": [
                            {"customerLineNumber": "li-1", "itemNumber": "TEE",
                             "shippedPackQuantity": "1.0", "pack": {"quantity": "1"}},
                            {"customerLineNumber": "li-1", "itemNumber": "TEE",
                             "shippedPackQuantity": "2"}]}},
                        {"orderNumber": "1002", "lines": {"line":
                            {"lineNumber": "li-9", "shippedPackQuantity": "1"}}}]}},
                    {"shipmentNumber": "P2", "shipmentStatus": "Shipping"}]}),
                (200, {"shipment": {
                    "shipmentNumber": "P3", "shipmentStatus": "Rolled Back",
                    "shipVendor": {"@nil": "true"}, "actualShipDate": "2023-11-14T22:13:00Z",
                    "orders": {"order": {"orderNumber": "1003"}}}}),
            ), start=1)
        ],
        [ShippedParcel("P1", False, "DPD", "0042", EPOCH_S - 20.0,
                       {"1001": {"li-1": 3}, "1002": {"li-9": 1}}),
         ShippedParcel("P3", True, "", "", EPOCH_S - 20.0, {"1003": {}})],
    ),
    Case(
        "Warehouse.ended_since", "", "deposco", lambda to: to.ended_since(EPOCH_S - 60.0),
        [Exchange(ended("Canceled"), {"order": [
            {"number": "1001", "status": "Canceled", "orderLines": {"orderLine":
                {"customerLineNumber": "li-1", "orderPackQuantity": "2",
                 "canceledPackQuantity": "2"}}},
            {"number": "1003", "status": "New"}]}),
         Exchange(ended("Back Ordered"), {"order": {"number": "1002", "status": "Back Ordered"}})],
        [WorkStatus("1001", cancelled=True, finished=True, lines=[CutLine("li-1", 2, 0, 2)]),
         WorkStatus("1002", cancelled=False, finished=False, lines=[], back_ordered=True)],
    ),
    Case(
        "Deposco.subscribe", "anew", "deposco", lambda to: to.subscribe("https://engine.test/d"),
        [Exchange(Ask("GET", f"{V1}/webhooks"),
                  {"webhook": {"id": "1", "callbackUrl": "https://engine.test/other"}}),
         Exchange(Ask("POST", f"{V1}/webhooks", body={
             "events": {"event": ["INVENTORY_AVAILABILITY", "ORDER_CANCELED", "SHIPMENT_SHIPPED",
                                  "SHIPMENT_ROLLED_BACK"]},
             "callbackUrl": "https://engine.test/d"}), {"id": "2"}, 201)],
        None,
    ),
    Case(
        "Deposco.subscribe", "already", "deposco", lambda to: to.subscribe("https://engine.test/d"),
        [Exchange(Ask("GET", f"{V1}/webhooks"), {"webhook": [
            {"id": "1", "callbackUrl": "https://engine.test/other"},
            {"id": "2", "callbackUrl": "https://engine.test/d"}]})],
        None,
    ),
)  # fmt: skip

CASES: Final = STOCK + ORDERS
