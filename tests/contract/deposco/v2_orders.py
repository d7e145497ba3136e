"""Bodies of V2's orders, and a house in which there is one of everything."""

from __future__ import annotations

from typing import Any

from tests.contract.deposco.depot import Answer, Depot

UNIT = {"businessKey": {"code": "PEAK"}}
ORDERS = "/orders/salesOrders"
SHIPPED = "/shipments/outboundShipments"
SHOP = "/orders/customerOrders"
INWARD = ("purchaseOrders", "customerReturns", "inboundTransferOrders")
OUTWARD = ("salesOrders", "vendorReturns", "outboundTransferOrders")


def by_number(number: str) -> dict[str, Any]:
    """A reference by a number."""
    return {"businessKey": {"number": number}}


def a_line(sku: str = "TEE", packs: float = 1, **more: Any) -> dict[str, Any]:
    """A line in single units; its number is the item's unless said otherwise."""
    return {
        "lineNumber": sku, "item": by_number(sku), "pack": {"businessKey": {"quantity": 1}},
        "orderPackQuantity": packs, **more,
    }  # fmt: skip


def an_order(
    number: str, *lines: tuple[str, float], path: str = "salesOrders", place: str = "W1",
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """An order of a kind at a facility, one TEE unless said otherwise."""
    field = "shipToFacility" if path in INWARD else "shipFromFacility"
    return {
        "businessUnit": UNIT, "number": number, field: by_number(place),
        "shipToContact": {"firstName": "Ann", "lastName": "Lee", "email": "ann@shop.test"},
        "shipToAddress": {"line1": "1 Low Road", "city": "York", "postalCode": "Y1",
                          "country": "GB"},
        "orderLines": {"data": [a_line(*line) for line in lines or (("TEE", 1),)]},
        **more,
    }  # fmt: skip


def place(depot: Depot, number: str = "A1", *lines: tuple[str, float], **more: Any) -> Answer:
    """Write an order of a kind."""
    path = more.get("path", "salesOrders")
    return depot.v2("POST", f"/orders/{path}", an_order(number, *lines, **more))


def order_id(depot: Depot, number: str = "A1", path: str = "salesOrders") -> int:
    """The id of an order by its number."""
    rows = depot.v2("GET", f"/orders/{path}?number={number}")["data"]
    assert len(rows) == 1
    found: int = rows[0]["self"]["id"]
    return found


def said(answer: Answer) -> str:
    """The words of a refusal."""
    text: str = answer["errors"][0]["errorMessage"]
    return text


def a_shop_order(number: str = "WEB-1", *lines: tuple[str, float], **more: Any) -> dict[str, Any]:
    """A customer order, one TEE unless said otherwise."""
    return {"customerOrder": {
        "businessUnit": UNIT, "externalOrderNumber": number, "shipVia": "Courier",
        "tradingPartner": {"businessKey": {"code": "TP", "businessUnit.code": "PEAK"}},
        "primarySalesChannel": UNIT, "placedDate": "2026-11-27T06:00:00Z",
        "shipToContact": {"firstName": "Ann", "lastName": "Lee", "line1": "1 Low Road"},
        "coLines": {"data": [
            {"externalLineNumber": str(at + 1), "itemNumber": sku, "orderQuantity": units,
             "packQuantity": 1, "unitPrice": 10.0}
            for at, (sku, units) in enumerate(lines or (("TEE", 1),))
        ]},
        **more,
    }}  # fmt: skip


def take(depot: Depot, number: str = "WEB-1", *lines: tuple[str, float], **more: Any) -> Any:
    """Post a customer order, wait until it was looked at: it with its notices."""
    asked = depot.v2("POST", SHOP, a_shop_order(number, *lines, **more))
    assert asked.status == 202, asked.raw
    depot.wait(3)
    return depot.v2("GET", f"{SHOP}?externalOrderNumber={number}")["data"][0]


def filled(depot: Depot) -> dict[str, dict[str, int]]:
    """One of everything: the ids for the parameters of each path."""
    known: dict[str, dict[str, int]] = {}
    for path in (*OUTWARD, *INWARD):
        made = place(depot, f"{path}-1", ("TEE", 1), ("SOCKS", 1), path=path)
        ids = {"orderId": made["self"]["id"],
               "orderLineId": made["orderLines"]["data"][0]["self"]["id"]}  # fmt: skip
        for tail in ("", "/status", "/cancellations", "/orderLines", "/orderLines/{orderLineId}"):
            known[f"/latest/orders/{path}/{{orderId}}{tail}"] = ids
    shop = take(depot)["customerOrder"]
    ids = {"orderId": shop["self"]["id"],
           "orderLineId": shop["coLines"]["data"][0]["self"]["id"]}  # fmt: skip
    for tail in ("", "/cancellations", "/customerOrderLines", "/customerOrderLines/{orderLineId}"):
        known[f"/latest/orders/customerOrders/{{orderId}}{tail}"] = ids
    depot.place("V1", ("TEE", 2))
    depot.ship("V1")
    depot.floor.receive("W1", "TEE", 1, reference="purchaseOrders-1")
    box = depot.v2("GET", SHIPPED)["data"][0]
    ids = {"shipmentId": box["self"]["id"],
           "shipmentLineId": box["shipmentLines"]["data"][0]["self"]["id"]}  # fmt: skip
    for tail in ("", "/shipmentLines", "/shipmentLines/{shipmentLineId}"):
        known[f"/latest/shipments/outboundShipments/{{shipmentId}}{tail}"] = ids
    known["/latest/async/{requestId}"] = {"requestId": 500_001}
    items = {"itemId": 1_000_001, "packId": 2_000_001}
    for tail in ("", "/packs/{packId}", "/upcs", "/packs/{packId}/upcs", "/itemVendors",
                 "/hsCodes"):  # fmt: skip
        known[f"/latest/items/{{itemId}}{tail}"] = items
    for tail in ("", "/zones", "/storageDetails"):
        known[f"/latest/locations/{{locationId}}{tail}"] = {"locationId": 501}
    return known
