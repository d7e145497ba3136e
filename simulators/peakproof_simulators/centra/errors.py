"""The vendor's refusals: one table of reasons, told by GraphQL and by the Order API.

GraphQL answers 200 with ``userErrors`` (their wording is free text); the Order API answers 200
with ``{"status": "no", "msg": …}``, whose wording is documented where :data:`SAID` has it.
"""

from __future__ import annotations

from typing import Final

REFUSALS: Final[dict[str, str]] = {
    "allocation_nothing": "There is nothing to allocate: {why}.",
    "allocation_request_not_found": "Allocation request not found",
    "allocation_request_settled": "You can't update allocation request, which is in status {why}.",
    "allocation_request_short": "Warehouse doesn't have sufficient stock to allocate the request.",
    "allocation_failed": "Failed to allocate stock from the warehouse.",
    "already_completed": "The {why} is completed already.",
    "already_refunded": "Return {why} is refunded already.",
    "already_there": "{why} exists already.",
    "bundle_stock": "{why} is a bundle; its stock follows from its components.",
    "cannot_cancel": "Order {key} can not be cancelled: {why}.",
    "cannot_cancel_line": "Line {why} does not have so many units left to cancel.",
    "cannot_capture": "Capture failed: {why}.",
    "cannot_confirm": "Order {key} can not be confirmed in status {why}.",
    "cannot_release": "The authorization can not be released: {why}.",
    "cannot_ship": "Order {key} can not be shipped: {why}.",
    "check_first_over": "The check-first request can not be answered any more.",
    "display_mismatch": "Display {why} is not known.",
    "empty": "{why} must not be empty.",
    "line_not_found": "Order line {why} is not on the order.",
    "negative_quantity": "A quantity must not be negative, got {why}.",
    "not_completed": "The {why} is not completed.",
    "one_field": "Exactly one input field should be provided.",
    "order_not_found": "Order {why} does not exist.",
    "order_on_hold": "Order {key} is on hold.",
    "order_wrong_market": "Order {key} belongs to a market that is not served.",
    "pricelist_not_found": "Pricelist {why} does not exist.",
    "product_not_found": "Product {why} does not exist.",
    "product_size_not_found": "Product size {why} does not exist.",
    "product_variant_not_found": "Product variant {why} does not exist.",
    "quantity_over_left": "Line {why} does not have so many units left.",
    "quantity_over_shipped": "Shipment line {why} does not have so many units to return.",
    "return_not_found": "Return {why} does not exist.",
    "shipment_line_not_found": "Shipment line {why} is not on the shipment.",
    "shipment_not_found": "Shipment {why} does not exist.",
    "shipment_not_ready": "Shipment {key} can not be completed: {why}.",
    "shipment_refunded": "Shipment {key} has refunds.",
    "shipment_settled": "Shipment {key} can not be changed: {why}.",
    "shipping_cost": "The shipping cost of order {key} can not be changed: {why}.",
    "stock_below_allocated": "{why} units are allocated; the quantity must not be lower.",
    "stock_short": "There are not enough free units: {why}.",
    "text_too_long": "{why} must have 255 characters at most.",
    "too_many_units": "A line must have {why} units at most.",
    "amount_out_of_range": "An amount must be from 0 to 10000000, got {why}.",
    "too_few_units": "A quantity must be at least 1, got {why}.",
    "units_not_allocated": "Line {why} does not have so many allocated units.",
    "unknown_object": "{why} does not exist.",
    "warehouse_not_found": "Warehouse {why} does not exist.",
    "warehouse_missing": "Give a warehouse to take from, one to bring into, or both.",
}

SAID: Final[dict[tuple[str, str], str]] = {
    ("orders.update", "order_wrong_market"): "order in wrong market",
    ("*", "order_not_found"): "order does not exist",
    ("shipments.create", "cannot_capture"): "can not capture order",
    ("shipment.complete", "cannot_capture"): "capture failed",
    ("capture", "cannot_capture"): "capture failed",
    ("shipments.update", "shipment_settled"): (
        "shipment is sent/paid/captured and can not be updated"
    ),
    ("shipments.update", "shipment_refunded"): "shipment has refunds and can not be updated",
    ("shipments.delete", "shipment_settled"): (
        "shipment has invoices or creditnotes and could not be deleted."
    ),
    ("return.create", "*"): "return could not be created.",
    ("check_first", "order_not_found"): "order does not exist",
    ("check_first", "check_first_over"): "failed to allocate stock",
    ("check_first", "stock_short"): "failed to allocate stock",
}
"""The Order API's documented texts, by operation (``*``: any) and reason."""


class Fault(Exception):
    """A refusal by the business rules. ``path`` leads to the input field; ``key`` is what it is
    about, such as an order's number."""

    def __init__(self, reason: str, *path: str, key: str = "", why: object = "") -> None:
        self.reason = reason
        self.path = path
        self.key = key
        self.message = REFUSALS[reason].format(key=key, why=why)
        super().__init__(self.message)


def said(operation: str, fault: Fault) -> str:
    """How the Order API words a refusal."""
    for key in (
        (operation, fault.reason), (operation, "*"), ("*", fault.reason),
    ):  # fmt: skip
        if key in SAID:
            return SAID[key]
    return fault.message
