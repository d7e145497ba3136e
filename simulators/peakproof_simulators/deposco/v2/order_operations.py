"""The table of V2's orders, shipments, receipts and asynchronous requests."""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.deposco.errors import Errors
from peakproof_simulators.deposco.v2 import async_models as later
from peakproof_simulators.deposco.v2 import asynchronous, customer_orders, orders, shipments
from peakproof_simulators.deposco.v2 import customer_models as shop
from peakproof_simulators.deposco.v2 import shipment_models as goods
from peakproof_simulators.deposco.v2.kinds import KINDS, Kind
from peakproof_simulators.deposco.v2.order_models import OrderCancellation
from peakproof_simulators.deposco.v2.rows import BASE, DATE, ID, REFUSALS, TEXT, list_row, read_row
from peakproof_simulators.kit.operations import Operation, Parameter

_WRITES: Final[dict[int, Any]] = {**REFUSALS, 404: Errors, 409: Errors, 422: Errors}
_ROWS: Final = Parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": 50})
_DAYS: Final = (Parameter("createdAfter", DATE), Parameter("updatedAfter", DATE))
_SEARCH: Final = Parameter("searchId", TEXT)
_LINE_IDS: Final = {"orderId": ID, "orderLineId": ID}


def _write(
    name: str, path: str, handler: Any, summary: str, *, answers: dict[int, Any], scope: str,
    **more: Any,
) -> Operation:  # fmt: skip
    return Operation(
        name=f"v2.{name}", method="POST", path=f"{BASE}{path}", handler=handler, effect="write",
        summary=summary, provenance=more.pop("provenance", "documented"),
        source=more.pop("source", "SDK"), answers={**_WRITES, **answers}, auth="oauth2",
        scopes=(f"{scope}/write",), **more,
    )  # fmt: skip


def _of_kind(kind: Kind) -> tuple[Operation, ...]:
    path, name, scope = f"/orders/{kind.path}", kind.name, kind.path
    one, lines = f"{path}/{{orderId}}", f"{path}/{{orderId}}/orderLines"
    statuses: dict[str, Any] = {"type": "string", "enum": list(kind.statuses)}
    status = Parameter("orderStatus", statuses)
    unit, number = Parameter("businessUnit", TEXT), Parameter("number", TEXT)
    told = kind.status if kind.tells_status else kind.header
    read = f"{scope}/read"
    return (
        list_row(f"{name}.list", path, orders.listing(kind), kind.page, read,
                 query=(unit, _SEARCH, number, status, *_DAYS, _ROWS)),
        _write(f"{name}.write", path, orders.writing(kind), "Create an order or change it.",
               answers={200: kind.header, 201: kind.header}, scope=scope, body=kind.header),
        read_row(f"{name}.read", one, orders.reading(kind), kind.header, read),
        read_row(f"{name}.status", f"{one}/status", orders.status_reading(kind), kind.status,
                 read),
        _write(f"{name}.set_status", f"{one}/status", orders.status_writing(kind),
               "Set the status by the query.", answers={200: told}, scope=scope,
               query=(Parameter("value", statuses),), path_schemas={"orderId": ID}),
        _write(f"{name}.cancel", f"{one}/cancellations", orders.cancelling(kind),
               "Cancel the order, or lines of it.", answers={200: kind.header}, scope=scope,
               body=OrderCancellation, body_required=False, path_schemas={"orderId": ID}),
        list_row(f"{name}.lines", lines, orders.lines_listing(kind), kind.lines, read,
                 query=(_SEARCH, Parameter("lineNumber", TEXT), Parameter("orderLineStatus", TEXT),
                  *_DAYS, _ROWS), path_schemas={"orderId": ID}, missing=True),
        read_row(f"{name}.line", f"{lines}/{{orderLineId}}", orders.line_reading(kind), kind.line,
                 read, path_schemas=_LINE_IDS),
        _write(f"{name}.write_line", f"{lines}/{{orderLineId}}", orders.line_writing(kind),
               "Change one line.", answers={200: kind.line}, scope=scope, body=kind.line,
               path_schemas=_LINE_IDS),
    )  # fmt: skip


_SHOP: Final = "/orders/customerOrders"
_SHIPPED: Final = "/shipments/outboundShipments"
_SHOP_READ: Final = "customerOrders/read"
_SHIPPED_READ: Final = "outboundShipments/read"

OPERATIONS: Final = (
    *(operation for kind in KINDS for operation in _of_kind(kind)),
    list_row("customer_orders.list", _SHOP, customer_orders.listing, shop.CustomerOrderPage,
             _SHOP_READ, query=(Parameter("businessUnit", TEXT), _SEARCH,
                          Parameter("externalOrderNumber", TEXT),
                          Parameter("tradingPartnerCode", TEXT), *_DAYS, _ROWS)),
    _write("customer_orders.create", _SHOP, customer_orders.create,
           "Take a customer order; what becomes of it is decided later.",
           answers={202: later.AsyncTaken}, scope="customerOrders", body=shop.CustomerOrderRequest),
    read_row("customer_orders.read", f"{_SHOP}/{{orderId}}", customer_orders.reading,
             shop.CustomerOrderResponse, _SHOP_READ),
    list_row("customer_orders.lines", f"{_SHOP}/{{orderId}}/customerOrderLines",
             customer_orders.lines_listing, shop.CustomerLines, _SHOP_READ,
             query=(_SEARCH, Parameter("externalLineNumber", TEXT), *_DAYS, _ROWS),
             path_schemas={"orderId": ID}, missing=True),
    read_row("customer_orders.line", f"{_SHOP}/{{orderId}}/customerOrderLines/{{orderLineId}}",
             customer_orders.line_reading, shop.CustomerLine, _SHOP_READ,
             path_schemas=_LINE_IDS),
    _write("customer_orders.cancel", f"{_SHOP}/{{orderId}}/cancellations",
           customer_orders.cancelling, "Cancel a customer order.",
           answers={200: shop.CustomerOrderResponse}, scope="customerOrders",
           path_schemas={"orderId": ID},
           provenance="chosen", source="the vendor's text speaks of it; route ours"),
    list_row("shipments.list", _SHIPPED, shipments.listing, goods.ShipmentPage, _SHIPPED_READ,
             query=(Parameter("businessUnit", TEXT), _SEARCH, Parameter("shipmentNumber", TEXT),
              Parameter("orderNumber", TEXT), Parameter("customerOrderNumber", TEXT),
              Parameter("shipmentStatus", {"type": "string", "enum": list(shipments.STATUSES)}),
              Parameter("shippedAfter", DATE), *_DAYS,
              Parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": 100}))),
    read_row("shipments.read", f"{_SHIPPED}/{{shipmentId}}", shipments.reading,
             goods.OutboundShipment, _SHIPPED_READ),
    list_row("shipments.lines", f"{_SHIPPED}/{{shipmentId}}/shipmentLines",
             shipments.lines_listing, goods.ShippedLines, _SHIPPED_READ,
             query=(_SEARCH, Parameter("shipmentLineNumber", TEXT), *_DAYS,
              Parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": 100})),
             path_schemas={"shipmentId": ID}, missing=True),
    read_row("shipments.line", f"{_SHIPPED}/{{shipmentId}}/shipmentLines/{{shipmentLineId}}",
             shipments.line_reading, goods.ShippedLine, _SHIPPED_READ,
             path_schemas={"shipmentId": ID, "shipmentLineId": ID}),
    list_row("receipts.list", "/receipts", shipments.receipts, goods.ReceiptPage,
             "receipts/read", query=(Parameter("businessUnit", TEXT), _SEARCH,
                               Parameter("orderId", ID), Parameter("orderLineId", ID),
                               Parameter("status", TEXT), Parameter("lotNumber", TEXT),
                               Parameter("serialNumber", TEXT), *_DAYS,
                               Parameter("pageSize", {"type": "integer", "minimum": 1,
                                                      "maximum": 100}))),
    read_row("async.read", "/async/{requestId}", asynchronous.reading, later.AsyncResponse, "",
             path_schemas={"requestId": TEXT}),
    Operation(
        name="v2.async.import", method="POST", path=f"{BASE}/async/bulkImports",
        handler=asynchronous.bulk_import, effect="write",
        summary="Take many entities of one type; they are worked off later.",
        provenance="documented", source="SDK", answers={**_WRITES, 202: later.AsyncTaken},
        body=later.BulkImport, auth="oauth2",
    ),
)  # fmt: skip
