"""Operations on orders, payments and refunds."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.pos.square import order_search, orders, payments
from peakproof_simulators.pos.square.payloads import orders as order_bodies
from peakproof_simulators.pos.square.payloads import payments as bodies
from peakproof_simulators.pos.square.payloads.common import Empty
from peakproof_simulators.pos.square.table import (
    CURSOR,
    LIMIT,
    ORDER,
    among,
    entry,
    flag,
    text,
    times,
)

SALES: Final[tuple[Operation, ...]] = (
    entry(
        "orders.create", "POST /v2/orders", orders.create, "write",
        "Make an order, open or a draft.", order_bodies.OrderAnswer,
        body=order_bodies.CreateOrderRequest, also=(404,),
    ),
    entry(
        "orders.search", "POST /v2/orders/search", order_search.search, "read",
        "Search the orders of up to ten locations.", order_bodies.SearchOrdersAnswer,
        body=order_bodies.SearchOrdersRequest, also=(404,),
    ),
    entry(
        "orders.batch_retrieve", "POST /v2/orders/batch-retrieve", orders.batch_retrieve, "read",
        "Read up to a hundred orders; unknown ones are left out.", order_bodies.OrdersAnswer,
        body=order_bodies.BatchRetrieveOrdersRequest,
    ),
    entry(
        "orders.calculate", "POST /v2/orders/calculate", orders.calculate, "read",
        "Work out what an order would cost.", order_bodies.OrderAnswer,
        body=order_bodies.CalculateOrderRequest, also=(404,),
    ),
    entry(
        "orders.clone", "POST /v2/orders/clone", orders.clone, "write",
        "Make a draft out of an order.", order_bodies.OrderAnswer,
        body=order_bodies.CloneOrderRequest, also=(404, 409),
    ),
    entry(
        "orders.get", "GET /v2/orders/{order_id}", orders.get, "read",
        "Read an order.", order_bodies.OrderAnswer,
    ),
    entry(
        "orders.update", "PUT /v2/orders/{order_id}", orders.update, "write",
        "Change an open order of a known version.", order_bodies.OrderAnswer,
        body=order_bodies.UpdateOrderRequest, also=(409,),
    ),
    entry(
        "orders.pay", "POST /v2/orders/{order_id}/pay", orders.pay, "write",
        "Pay an order with approved payments.", order_bodies.OrderAnswer,
        body=order_bodies.PayOrderRequest, also=(409,),
    ),
    entry(
        "payments.create", "POST /v2/payments", payments.create, "write",
        "Take or record a payment.", bodies.PaymentAnswer,
        body=bodies.CreatePaymentRequest, also=(402, 404),
    ),
    entry(
        "payments.list", "GET /v2/payments", payments.list_payments, "read",
        "List payments; the list lags.", bodies.PaymentsAnswer,
        query=(
            *times(
                "begin_time", "end_time", "updated_at_begin_time", "updated_at_end_time",
                "offline_begin_time", "offline_end_time",
            ),
            ORDER, CURSOR, LIMIT, text("location_id"), flag("is_offline_payment"),
            among("sort_field", "CREATED_AT", "OFFLINE_CREATED_AT", "UPDATED_AT"),
        ),
    ),
    entry(
        "payments.cancel_by_key", "POST /v2/payments/cancel", payments.cancel_by_key, "write",
        "Void whatever payment a key made.", Empty, body=bodies.CancelByKeyRequest,
    ),
    entry(
        "payments.get", "GET /v2/payments/{payment_id}", payments.get, "read",
        "Read a payment.", bodies.PaymentAnswer,
    ),
    entry(
        "payments.complete", "POST /v2/payments/{payment_id}/complete", payments.complete, "write",
        "Capture an approved payment.", bodies.PaymentAnswer, body=bodies.CompletePaymentRequest,
    ),
    entry(
        "payments.cancel", "POST /v2/payments/{payment_id}/cancel", payments.cancel, "write",
        "Void an approved payment.", bodies.PaymentAnswer,
    ),
    entry(
        "refunds.create", "POST /v2/refunds", payments.create_refund, "write",
        "Give money back.", bodies.RefundAnswer, body=bodies.CreateRefundRequest, also=(404,),
    ),
    entry(
        "refunds.list", "GET /v2/refunds", payments.list_refunds, "read",
        "List refunds; the list lags.", bodies.RefundsAnswer,
        query=(
            *times("begin_time", "end_time", "updated_at_begin_time", "updated_at_end_time"),
            ORDER, CURSOR, LIMIT, text("location_id"),
            among("status", "PENDING", "COMPLETED", "REJECTED", "FAILED"),
            among("source_type", "CARD", "CASH", "EXTERNAL"),
            among("sort_field", "CREATED_AT", "UPDATED_AT"),
        ),
    ),
    entry(
        "refunds.get", "GET /v2/refunds/{refund_id}", payments.get_refund, "read",
        "Read a refund.", bodies.RefundAnswer,
    ),
)  # fmt: skip
