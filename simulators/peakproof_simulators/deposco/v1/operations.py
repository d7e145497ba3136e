"""The table of V1: every path that is modelled, and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from peakproof.history.records import Effect
from peakproof.wire.message import Response
from peakproof_simulators.deposco.payloads import bulk as bulk_docs
from peakproof_simulators.deposco.payloads import common, goods, movements, stock
from peakproof_simulators.deposco.payloads import orders as order_docs
from peakproof_simulators.deposco.v1 import (
    beyond,
    imports,
    inventory,
    items,
    orders,
    receipts,
    search,
    shipments,
    webhooks,
)
from peakproof_simulators.deposco.v1.media import MEDIA
from peakproof_simulators.kit.operations import Operation, Parameter, Provenance

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

    Served = Callable[[Deposco, Call], Response]

BASE: Final = "/integration/{code}"
_XML: Final = ("application/xml",)
_JSON: Final = ("application/json",)
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 1, "maximum": 999_999_999}

REFUSALS: Final[dict[int, Any]] = {400: str, 401: None, 429: None}
"""What any operation of V1 may answer beside its own (and a blank 200, DQ2)."""


def _blankable(name: str, handler: Served) -> Served:
    def served(store: Deposco, call: Call) -> Response:
        blanks = store.blanks
        if blanks.idle:
            return handler(store, call)
        return blanks.serve(name, handler, store, call)

    return served


def _operation(
    name: str, method: str, path: str, handler: Served, summary: str, *, effect: Effect = "read",
    answers: dict[int, Any] | None = None, body: Any = None,
    query: tuple[Parameter, ...] = (), media: tuple[str, ...] = MEDIA,
    provenance: Provenance = "observed", source: str = "MZ, CORA",
) -> Operation:  # fmt: skip
    name = f"v1.{name}"
    return Operation(
        name=name, method=method, path=f"{BASE}{path}", handler=_blankable(name, handler),
        effect=effect, summary=summary, provenance=provenance, source=source,
        answers={200: None, **REFUSALS, **({415: None} if body else {}), **(answers or {})},
        body=body, query=query, auth="basic", media=media,
    )  # fmt: skip


def _write(
    name: str, method: str, path: str, handler: Served, summary: str, *, body: Any,
    effect: Effect = "write", provenance: Provenance = "observed", source: str = "MZ, CORA, XSD",
) -> Operation:  # fmt: skip
    """A write with a multistatus; without DQ1 the outer status is the inner one."""
    answers = dict.fromkeys((200, 201, 207, 404, 409, 501), common.Multistatus)
    return _operation(
        name, method, path, handler, summary, effect=effect, answers=answers, body=body,
        provenance=provenance, source=source,
    )  # fmt: skip


def _list(kind: Any) -> dict[int, Any]:
    return {200: kind, 206: kind}


def _one(kind: Any) -> dict[int, Any]:
    return {200: kind, 404: None}


_PAGE: Final = Parameter("pageNo", _COUNT, about="From 1; 206 while more remain (chosen).")

_ORDERS: Final = (
    _write("orders.create", "POST", "/orders", orders.create,
           "Take orders; a duplicate is 409 inside.", body=order_docs.Orders),
    _write("orders.upsert", "POST", "/orders/updates", orders.upsert,
           "Create or change orders; status Canceled cancels.", body=order_docs.Orders,
           provenance="inferred", source="MZ; the cancel is ours"),
    _operation("orders.read", "GET", "/orders/{type}/{number}", orders.read, "One order.",
               answers=_one(order_docs.Order), media=_XML),
    _write("orders.update", "PUT", "/orders/{type}/{number}", orders.update,
           "Change one order.", body=order_docs.Orders),
    _operation("search", "GET", "/search/{entity}", search.search,
               "Entities whose fields are as asked for; a range by {field}Ops=BETWEEN.",
               answers={200: movements.SearchResult,
                        206: movements.SearchResult},
               query=(*(Parameter(name, _TEXT) for name in dict.fromkeys(
                   (*search.ORDER_TEXTS, *search.ORDER_DATES, *search.SHIPMENT_TEXTS,
                    *search.SHIPMENT_DATES))), _PAGE)),
    _operation("status.search", "GET", "/status/order/search", orders.status_search,
               "Statuses of all orders of a type; the number is ignored (DQ6).",
               answers=_list(order_docs.OrderStatuses), media=_XML,
               query=(Parameter("type", _TEXT), Parameter("number", _TEXT), _PAGE), source="CORA"),
    _operation("status.window", "GET", "/status/order/{from_day},{to_day}",
               orders.status_window, "Statuses of orders that changed on some days (YYYYMMDD).",
               answers=_list(order_docs.OrderStatuses), media=_XML, query=(_PAGE,),
               source="TD, CORA"),
    _operation("status.read", "GET", "/status/order/{type}/{number}", orders.status_read,
               "The status of one order.", answers=_one(order_docs.OrderStatuses), media=_XML,
               source="TD, CORA"),
)  # fmt: skip

_ITEMS: Final = (
    _write("items.create", "POST", "/items", items.create, "Take items; a taken UPC is 409 "
           "inside.", body=goods.Items),
    _operation("items.atps", "GET", "/items/atps", items.atp_all, "What may be promised of all.",
               answers={200: stock.ItemAtps}, provenance="documented", source="MZ, XSD"),
    _operation("items.atps_by_tp", "GET", "/items/atpsByTP/{tp}", items.atp_by_partner,
               "What may be promised of a trading partner's items.",
               answers={200: stock.ItemAtps}, provenance="documented", source="MZ, XSD"),
    _operation("items.atps_by_dates", "GET", "/items/atpsByDateRange", items.atp_by_dates,
               "What may be promised of items that moved in a window.",
               answers={200: stock.ItemAtps}, provenance="chosen",
               source="MZ; names of the dates ours",
               query=(Parameter("startDate", _TEXT), Parameter("endDate", _TEXT))),
    *(
        operation
        for path, suffix in (("/items/{item}", ""), ("/items/{item}/{number}", "_of_unit"))
        for operation in (
            _operation(f"items.read{suffix}", "GET", path, items.read, "One item.",
                       answers=_one(goods.Item)),
            _write(f"items.update{suffix}", "PUT", path, items.update, "Change one item.",
                   body=goods.Items),
            _write(f"items.packs{suffix}", "PUT", f"{path}/packs", items.write_packs,
                   "Replace an item's packs.", body=goods.Packs, provenance="documented"),
            _write(f"items.upcs{suffix}", "PUT", f"{path}/upcs", items.write_upcs,
                   "Replace an item's bar codes.", body=common.Upcs, provenance="documented"),
        )
    ),
    _operation("items.atp", "GET", "/items/{item}/atp", items.atp_one,
               "What may be promised of an item.", answers=_one(stock.ItemAtps), source="MZ, XSD"),
    _operation("items.atp_of_unit", "GET", "/items/{item}/{number}/atps", items.atp_one,
               "What may be promised of an item.", answers=_one(stock.ItemAtps),
               source="MZ, XSD"),
    *(
        _operation(f"items.{name}", "GET", f"/items/{{item}}/{name}", items.single(figure),
                   f"One figure of an item: {figure}.", answers=_one(str),
                   media=("text/plain",), provenance="chosen", source="MZ; body ours")
        for name, figure in (
            ("boqty", "back_ordered"), ("poqty", "on_order"), ("fcqty", "full_case"),
            ("scqty", "split_case"), ("totals", "total"), ("reserveqty", "reserved"),
        )
    ),
)  # fmt: skip

_LOCATION: Final = "/facility/{facility}/location/{location}"
_STOCK: Final = (
    _operation("inventory.full", "GET", "/inventory/full", inventory.full,
               "Stock by item and facility: all, or what moved since.",
               answers=_list(stock.Inventories),
               query=(Parameter("startActivityTime", _TEXT), _PAGE), source="HUG, MZ"),
    _operation("inventory.location", "GET", f"/inventory{_LOCATION}", inventory.at_location,
               "Stock at a location.", answers=_one(stock.InventoryItems),
               provenance="inferred", source="MZ, XSD"),
    _operation("inventory.location_of_unit", "GET", f"/inventory/{{bu}}{_LOCATION}",
               inventory.at_location, "Stock at a location.",
               answers=_one(stock.InventoryItems), provenance="inferred", source="MZ, XSD"),
    _operation("inventory.enterprise", "GET", "/enterpriseinventory/{bu}/availability",
               inventory.enterprise, "Measures of items over all facilities (DQ4, DQ7, DQ8).",
               answers={200: stock.EnterpriseInventory | list[stock.EnterpriseInventory]},
               media=MEDIA,
               query=(Parameter("measures", _TEXT, required=True),
                      Parameter("itemNumbers", _TEXT), Parameter("facilityNumbers", _TEXT),
                      Parameter("pageNumber", _COUNT), Parameter("pageSize", _COUNT)),
               source="CORA"),
    _operation("inventory.atp", "GET", "/ctrl/getRestfulATP", inventory.restful_atp,
               "What may be promised of one item.", answers={200: list[stock.RestfulAtp]},
               media=_JSON, query=(Parameter("businessUnit", _TEXT, required=True),
                                   Parameter("itemNumber", _TEXT, required=True)), source="CORA"),
    _operation("inventory.reserve", "POST", "/ctrl/reserveInventoryAPI", inventory.reserve,
               "Reserve or give back; FAILURE stands inside a 200 (DQ9).", effect="write",
               answers={200: stock.ReservationAnswer}, body=stock.ReservationRequest,
               media=_JSON, source="CORA"),
)  # fmt: skip

_MOVEMENTS: Final = (
    _operation("shipments.list", "GET", "/shipments/{bu}", shipments.read_all,
               "All shipments.", answers=_list(movements.Shipments), provenance="inferred",
               source="MZ, XSD"),
    _operation("shipments.read", "GET", "/shipments/{bu}/{number}", shipments.read_one,
               "One shipment.", answers=_one(movements.Shipments), provenance="inferred",
               source="MZ, XSD"),
    *(
        _write(f"shipments.write{suffix}", "PUT", path, shipments.write,
               "Make, confirm or undo shipments.", body=movements.Shipments,
               provenance="inferred", source="MZ, XSD")
        for path, suffix in (("/shipments", ""), ("/shipments/{bu}", "_of_unit"))
    ),
    *(
        _write(f"receipts.write{suffix}", "PUT", path, receipts.write,
               "Record goods that came in.", body=stock.ReceiptLines, effect="stock",
               provenance="inferred", source="MZ, XSD")
        for path, suffix in (("/receiptlines", ""), ("/receiptlines/{first}", "_of_unit"))
    ),
    *(
        _operation(f"receipts.{name}", "GET", f"/receiptlines{path}", handler, about,
                   answers=_one(stock.ReceiptLines), provenance="inferred", source="MZ, XSD")
        for name, path, handler, about in (
            ("read", "/{first}", receipts.read, "The receipt of a number."),
            ("read_of_unit", "/{first}/{number}", receipts.read, "The same, after the unit."),
            ("by_line", "/{first}/{number}/{third}/{fourth}", receipts.read_by_line,
             "Receipts by order, item, pack type and pack quantity."),
            ("by_line_of_unit", "/{first}/{number}/{third}/{fourth}/{fifth}",
             receipts.read_by_line_of_unit, "The same, after the unit."),
        )
    ),
    _write("retail.create", "POST", "/retailActivities", imports.retail_activities,
           "Record what tills sold and took back.", body=stock.RetailActivities, effect="stock",
           provenance="chosen", source="XSD; path ours"),
)  # fmt: skip

_LATER: Final = (
    _operation("imports.customer_order", "PUT", "/import/{bu}/customerOrder/{number}",
               imports.import_customer_order, "Take a customer order to be worked off.",
               effect="write", answers={207: common.Multistatus},
               body=order_docs.CustomerOrder,
               query=(Parameter("businessKey", _TEXT),)),
    _operation("imports.status", "GET", "/import/{bu}/status/{requestId}",
               imports.import_status, "What became of an import.",
               answers=_one(common.Multistatus)),
    _operation("bulk.create", "POST", "/bulk", imports.bulk, "Take orders or items in bulk.",
               effect="write", answers={200: common.Multistatus}, body=bulk_docs.BulkUpdates,
               query=(Parameter("uniqueToken", _TEXT),), provenance="documented",
               source="XSD"),
    *(
        _operation(f"bulk.{name}", "GET", f"/bulk/{path}", handler, "How far a request is.",
                   answers=_one(bulk_docs.BulkProgresses), provenance="documented", source="XSD",
                   query=(Parameter("includeSuccessDetails",
                                    {"type": "string", "enum": ["true", "false"]}),))
        for name, path, handler in (
            ("details", "{requestID}/details", imports.bulk_details),
            ("by_token", "uniqueToken/{token}", imports.bulk_by_token),
        )
    ),
)  # fmt: skip

_WEBHOOKS: Final = (
    _operation("webhooks.register", "POST", "/webhooks", webhooks.register,
               "Register a webhook.", effect="write", answers={201: movements.Webhook},
               body=movements.Webhook, provenance="chosen", source="XSD; path ours"),
    _operation("webhooks.list", "GET", "/webhooks", webhooks.read_all, "All registrations.",
               answers={200: movements.Webhooks}, provenance="chosen",
               source="XSD; path ours"),
    _operation("webhooks.read", "GET", "/webhooks/{id}", webhooks.read_one,
               "One registration.", answers=_one(movements.Webhook), provenance="chosen",
               source="XSD; path ours"),
    _operation("webhooks.remove", "DELETE", "/webhooks/{id}", webhooks.remove,
               "Forget a registration.", effect="write", answers={204: None, 404: None},
               provenance="chosen", source="XSD; path ours"),
)  # fmt: skip

OPERATIONS: Final = (
    *_ORDERS, *_ITEMS, *_STOCK, *_MOVEMENTS, *_LATER, *_WEBHOOKS, *beyond.operations(BASE),
)  # fmt: skip
