"""The table of the Order API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from peakproof.history.records import Effect
from peakproof_simulators.centra.order_api import orders, shipments, stock
from peakproof_simulators.centra.order_api import payloads as body
from peakproof_simulators.centra.order_api.reading import Act, handler, said_no
from peakproof_simulators.kit.operations import Operation, Parameter

BASE: Final = "/api/order-api"
SOURCE: Final = "vendor's Order API documentation"
_NUMBER: Final = {"type": "integer", "minimum": 1, "maximum": 1_000_000_000}
_DATE: Final = {"type": "string", "format": "date-time"}
_TEXT: Final = {"type": "string"}
_ID: Final = {"type": "string", "pattern": "^[0-9]{1,9}$"}
_SHIPMENT: Final = {"type": "string", "pattern": "^[0-9]{1,9}-[0-9]{1,4}$"}


def _query(**schemas: dict[str, Any]) -> tuple[Parameter, ...]:
    return tuple([Parameter(name, schema) for name, schema in schemas.items()])


_ROWS: Final = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 500},
    "offset": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000},
}
_DATES: Final = {"newer_than": _DATE, "older_than": _DATE}


def _operation(
    name: str, method: str, path: str, act: Act, summary: str, *,
    answer: Any, effect: Effect = "write", asked: Any = None, query: tuple[Parameter, ...] = (),
    schemas: dict[str, dict[str, Any]] | None = None,
    refuse: Callable[[str], msgspec.Struct] = said_no,
) -> Operation:  # fmt: skip
    return Operation(
        name=f"rest.{name}", method=method, path=BASE + path, handler=handler(name, act, refuse),
        effect=effect, summary=summary, provenance="documented", source=SOURCE,
        answers={200: answer, 403: body.Disabled, 429: body.Answer}, body=asked, query=query,
        auth="key", path_schemas=schemas or {},
    )  # fmt: skip


OPERATIONS: Final = (
    _operation(
        "orders.list",
        "GET",
        "/orders",
        orders.listed,
        "List orders",
        answer=body.OrdersAnswer,
        effect="read",
        query=_query(order=_NUMBER, customer_id=_TEXT, **_ROWS, **_DATES),
    ),
    _operation(
        "order.insert",
        "POST",
        "/order",
        orders.insert,
        "Insert an order",
        answer=body.InsertAnswer,
        asked=body.OrderInsert,
    ),
    _operation(
        "order.complete",
        "POST",
        "/order/{id}",
        orders.complete,
        "Complete an order",
        answer=body.InsertAnswer,
        schemas={"id": _ID},
    ),
    _operation(
        "orders.update",
        "PUT",
        "/orders",
        orders.update,
        "Change comments of an order",
        answer=body.OrderAnswer,
        asked=body.OrderChange,
    ),
    _operation(
        "shipments.list",
        "GET",
        "/shipments",
        shipments.listed,
        "List shipments",
        answer=body.ShipmentsAnswer,
        effect="read",
        query=_query(order=_NUMBER, status={"enum": list(shipments.STATES)}, **_ROWS, **_DATES),
    ),
    _operation(
        "shipments.create",
        "POST",
        "/shipments",
        shipments.create,
        "Make a shipment",
        answer=body.ShipmentAnswer,
        asked=body.ShipmentMake,
    ),
    _operation(
        "shipments.update",
        "PUT",
        "/shipments/{shipment}",
        shipments.update,
        "Change a shipment",
        answer=body.ShipmentChanged,
        asked=body.ShipmentChange,
        schemas={"shipment": _SHIPMENT},
    ),
    _operation(
        "shipments.delete",
        "DELETE",
        "/shipments/{shipment}",
        shipments.delete,
        "Undo a shipment",
        answer=body.Answer,
        schemas={"shipment": _SHIPMENT},
    ),
    _operation(
        "shipment.complete",
        "PUT",
        "/shipment",
        shipments.complete,
        "Complete a shipment",
        answer=body.ShipmentAnswer,
        asked=body.ShipmentFinish,
    ),
    _operation(
        "capture",
        "PUT",
        "/capture",
        shipments.capture,
        "Capture a shipment",
        answer=body.ShipmentAnswer,
        asked=body.CaptureAsked,
    ),
    _operation(
        "return.create",
        "POST",
        "/return",
        shipments.make_return,
        "Take goods back",
        answer=body.ReturnAnswer,
        asked=body.ReturnMake,
    ),
    _operation(
        "returns.list",
        "GET",
        "/returns",
        shipments.list_returns,
        "List returns",
        answer=body.ReturnsAnswer,
        effect="read",
        query=_query(
            **{"return": _NUMBER},
            order=_NUMBER,
            shipment=_TEXT,
            page=_NUMBER,
            limit=_ROWS["limit"],
        ),
    ),
    _operation(
        "returns.update",
        "PUT",
        "/returns/{id}",
        shipments.update_return,
        "Change a return",
        answer=body.ReturnAnswer,
        asked=body.ReturnChange,
        schemas={"id": _ID},
    ),
    _operation(
        "stock.list",
        "GET",
        "/stock",
        stock.listed,
        "List stock",
        answer=body.StockAnswer,
        effect="read",
        query=_query(
            sku=_TEXT,
            ean=_TEXT,
            upc=_TEXT,
            productId=_NUMBER,
            variantId=_NUMBER,
            stockItemId=_NUMBER,
            modified=_DATE,
            stock_modified=_DATE,
            created=_DATE,
            exclude={"enum": ["physicalStock"]},
            **_ROWS,
        ),
    ),
    _operation(
        "stock.set",
        "POST",
        "/stock",
        stock.write,
        "Set stock",
        answer=body.StockWritten,
        effect="stock",
        asked=body.StockWrite,
    ),
    _operation(
        "check_first",
        "POST",
        "/check-first",
        stock.check_first,
        "Say whether a warehouse takes an order",
        answer=body.Answer,
        asked=body.CheckFirst,
    ),
    _operation(
        "allocation_requests.list",
        "GET",
        "/allocation-requests",
        stock.list_requests,
        "List allocation requests",
        answer=body.RequestsAnswer,
        refuse=stock.not_listed,
        effect="read",
        query=_query(status=_TEXT, order=_NUMBER, warehouse=_NUMBER, page=_NUMBER),
    ),
    _operation(
        "allocation_request.update",
        "PUT",
        "/allocation-request",
        stock.answer_request,
        "Confirm or reject an allocation request",
        answer=body.RequestAnswered,
        refuse=stock.not_answered,
        asked=body.RequestAnswer,
    ),
    _operation(
        "products.list",
        "GET",
        "/products",
        stock.list_products,
        "List products",
        answer=body.ProductsAnswer,
        effect="read",
        query=_query(sku=_TEXT, ean=_TEXT, productId=_NUMBER, modified=_DATE, **_ROWS),
    ),
)
