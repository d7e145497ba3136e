"""The table of operations: orders, shipments, invoices, credit memos."""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.adobe_commerce import faces_documents as papers
from peakproof_simulators.adobe_commerce import faces_orders as orders
from peakproof_simulators.adobe_commerce.asking import NEEDED_SEARCH, Route
from peakproof_simulators.adobe_commerce.payloads import documents as ask
from peakproof_simulators.adobe_commerce.payloads import orders as shape
from peakproof_simulators.adobe_commerce.payloads import papers as paper
from peakproof_simulators.adobe_commerce.payloads.common import Input, Whole

_SALES: Final = "Magento_Sales::"
_SOURCE: Final = "sales' REST routes"


class OrderIds(Input):
    """Orders that can be picked up."""

    order_ids: list[Whole]


def _get(  # noqa: PLR0917 - a row of the table
    name: str, path: str, does: Any, answer: Any, summary: str, resource: str, **more: Any
) -> Route:
    return Route(
        name=name, method="GET", path=f"/V1/{path}", does=does, effect="read", answer=answer,
        summary=summary, source=_SOURCE, resource=_SALES + resource, **more,
    )  # fmt: skip


def _write(  # noqa: PLR0917 - a row of the table
    name: str,
    method: str,
    path: str,
    does: Any,
    takes: Any,
    answer: Any,
    summary: str,
    resource: str,
    **more: Any,
) -> Route:
    more.setdefault("effect", "write")
    return Route(
        name=name, method=method, path=f"/V1/{path}", does=does, answer=answer, takes=takes,
        summary=summary, source=_SOURCE, resource=_SALES + resource, bulk=True, **more,
    )  # fmt: skip


Number = str | int

ORDERS: Final = (
    _get("order.list", "orders", orders.list_orders, shape.Orders, "Search the orders",
         "actions_view", query=NEEDED_SEARCH),
    _get("order.get", "orders/{id}", orders.get_order, shape.Order, "One order", "actions_view"),
    _get("order.status", "orders/{id}/statuses", orders.get_status, str, "An order's status",
         "actions_view"),
    _get("order_item.list", "orders/items", orders.list_items, shape.OrderItems,
         "Search the lines of all orders", "actions_view", query=NEEDED_SEARCH),
    _get("order_item.get", "orders/items/{id}", orders.get_item, shape.OrderItem, "One line",
         "actions_view"),
    _write("order.save", "POST", "orders", orders.save_order, ask.SaveEntity, shape.Order,
           "Save an order as it is; nothing is held", "create"),
    _write("order.create", "PUT", "orders/create", orders.save_order, ask.SaveEntity,
           shape.Order, "The same", "create"),
    _write("order.address", "PUT", "orders/{id}", orders.save_address, ask.SaveAddress,
           shape.Address, "Change an address", "create"),
    _write("order.cancel", "POST", "orders/{id}/cancel", orders.cancel, None, bool,
           "Cancel an order; false: it was too late", "cancel"),
    _write("order.hold", "POST", "orders/{id}/hold", orders.hold, None, bool,
           "Keep an order from going on", "hold"),
    _write("order.unhold", "POST", "orders/{id}/unhold", orders.unhold, None, bool,
           "Let an order go on", "unhold"),
    _write("order.comment", "POST", "orders/{id}/comments", orders.add_comment, ask.AddHistory,
           bool, "Comment on an order", "comment"),
    _get("order.comments", "orders/{id}/comments", orders.list_comments, shape.Histories,
         "The comments on an order", "actions_view"),
    _write("order.email", "POST", "orders/{id}/emails", orders.send_email, None, bool,
           "Write to the customer", "email"),
    Route(name="order.ready", method="POST", path="/V1/order/notify-orders-are-ready-for-pickup",
          does=orders.notify_ready, effect="write", answer=dict[str, Any], takes=OrderIds,
          summary="Tell customers that they can come", source=_SOURCE, provenance="inferred",
          resource="Magento_InventoryInStorePickupApi::notify_orders_are_ready_for_pickup"),
    _get("transaction.list", "transactions", orders.list_transactions, paper.Transactions,
         "Search what gateways did", "transactions_fetch", query=NEEDED_SEARCH),
    _get("transaction.get", "transactions/{id}", orders.get_transaction, paper.Transaction,
         "What a gateway did", "transactions_fetch"),
)  # fmt: skip

SHIPMENTS: Final = (
    _write("order.ship", "POST", "order/{orderId}/ship", papers.ship, ask.ShipOrder, Number,
           "Ship an order, or a part of it", "ship"),
    _get("shipment.list", "shipments", papers.list_shipments, paper.Shipments,
         "Search the shipments", "shipment", query=NEEDED_SEARCH),
    _get("shipment.get", "shipment/{id}", papers.get_shipment, paper.Shipment, "One shipment",
         "shipment"),
    _write("shipment.save", "POST", "shipment", papers.save_shipment, ask.SaveShipment,
           paper.Shipment, "Save a shipment as it is, unchecked", "shipment"),
    _write("shipment.add_track", "POST", "shipment/track", papers.add_track, ask.SaveTrack,
           paper.Track, "Add a tracking number", "shipment"),
    _write("shipment.delete_track", "DELETE", "shipment/track/{id}", papers.delete_track, None,
           bool, "Take a tracking number away", "shipment"),
    _write("shipment.comment", "POST", "shipment/{id}/comments", papers.comment_shipment,
           ask.SaveComment, paper.Comment, "Comment on a shipment", "shipment"),
    _write("shipment.email", "POST", "shipment/{id}/emails", papers.email_shipment, None, bool,
           "Write to the customer", "shipment"),
)  # fmt: skip

INVOICES: Final = (
    _write("order.invoice", "POST", "order/{orderId}/invoice", papers.invoice, ask.InvoiceOrder,
           Number, "Invoice an order, or a part of it", "invoice"),
    _get("invoice.list", "invoices", papers.list_invoices, paper.Invoices,
         "Search the invoices", "sales_invoice", query=NEEDED_SEARCH),
    _get("invoice.get", "invoices/{id}", papers.get_invoice, paper.Invoice, "One invoice",
         "sales_invoice"),
    _write("invoice.capture", "POST", "invoices/{id}/capture", papers.capture, None, bool,
           "Take the money of an open invoice", "sales_invoice"),
    _write("invoice.void", "POST", "invoices/{id}/void", papers.void, None, bool,
           "Give up an open invoice", "sales_invoice"),
    _write("invoice.save", "POST", "invoices", papers.save_invoice, ask.SaveEntity,
           paper.Invoice, "Save an invoice as it is", "sales_invoice"),
    _write("invoice.email", "POST", "invoices/{id}/emails", papers.email_invoice, None, bool,
           "Write to the customer", "sales_invoice"),
)  # fmt: skip

CREDITMEMOS: Final = (
    _write("order.refund", "POST", "order/{orderId}/refund", papers.refund_order,
           ask.RefundOrder, Number, "Refund an order offline", "creditmemo"),
    _write("invoice.refund", "POST", "invoice/{invoiceId}/refund", papers.refund_invoice,
           ask.RefundInvoice, Number, "Refund an invoice", "sales_invoice"),
    _get("creditmemo.list", "creditmemos", papers.list_memos, paper.Creditmemos,
         "Search the credit memos", "sales_creditmemo", query=NEEDED_SEARCH),
    _get("creditmemo.get", "creditmemo/{id}", papers.get_memo, paper.Creditmemo,
         "One credit memo", "sales_creditmemo"),
    _write("creditmemo.save", "POST", "creditmemo", papers.save_memo, ask.SaveEntity,
           paper.Creditmemo, "Save a credit memo as it is", "sales_creditmemo"),
    _write("creditmemo.refund", "POST", "creditmemo/refund", papers.refund_memo,
           ask.RefundDraft, paper.Creditmemo, "Refund by a whole credit memo",
           "sales_creditmemo"),
    Route(name="creditmemo.cancel", method="PUT", path="/V1/creditmemo/{id}",
          does=papers.cancel_memo, effect="write", answer=bool, source=_SOURCE,
          summary="Always refused", resource=_SALES + "sales_creditmemo"),
)  # fmt: skip

ROUTES: Final = (*ORDERS, *SHIPMENTS, *INVOICES, *CREDITMEMOS)
