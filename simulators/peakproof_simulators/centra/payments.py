"""The payment history of an order, as the payment provider makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace

from peakproof_simulators.centra import facts
from peakproof_simulators.centra.entities import (
    Order,
    PaymentEntry,
    PaymentEntryType,
    PaymentStatus,
    Shipment,
)
from peakproof_simulators.centra.errors import Fault

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

MONEY: Final[dict[tuple[str, str], Literal["authorised", "captured", "failed", "refunded"]]] = {
    ("AUTH", "SUCCESS"): "authorised",
    ("AUTH", "FAILED"): "failed",
    ("CAPTURE", "SUCCESS"): "captured",
    ("CAPTURE", "FAILED"): "failed",
    ("REFUND", "SUCCESS"): "refunded",
}
"""The neutral reading of an entry."""


def enter(
    centra: Centra,
    order: Order,
    entry_type: PaymentEntryType,
    status: PaymentStatus,
    amount_minor: int,
    *,
    shipment: int = 0,
) -> tuple[Order, PaymentEntry]:
    """Write a line of the payment history and tell it; the order is not kept yet."""
    id_ = centra.count("payment")
    reference = f"PSP-{order.number}-{id_}"
    entry = PaymentEntry(
        id_, entry_type, status, amount_minor, centra.now, shipment, reference
    )  # fmt: skip
    what = MONEY.get((entry_type, status))
    if what is not None:
        facts.money(centra, order, what, amount_minor, reference)
    return replace(order, payments=(*order.payments, entry)), entry


def captured_minor(order: Order) -> int:
    """What was captured or is on its way."""
    requested = sum(
        entry.amount_minor
        for entry in order.payments
        if entry.entry_type == "CAPTURE_REQUEST" and entry.status == "PENDING"
    )
    return order.paid_minor("CAPTURE") + requested


def authorised_minor(order: Order) -> int:
    """What may be captured in all."""
    released = order.paid_minor("CANCEL")
    return order.paid_minor("AUTH") - released


def amount_for(
    centra: Centra, order: Order, lines: Iterable[tuple[int, int]], *, deduct_costs: bool
) -> int:
    """What units of lines cost, and the shipping cost: again, unless it was captured before and
    earlier costs are deducted."""
    price = {line.id: line.unit_price_minor for line in order.lines}
    goods = sum(price[id_] * units for id_, units in lines)
    earlier = any(entry.shipment and entry.status != "FAILED" for entry in order.payments)
    repeats = centra.settings.shipment_capture_repeats_shipping and not deduct_costs
    return goods + (order.shipping_minor if repeats or not earlier else 0)


def amount_of(centra: Centra, order: Order, shipment: Shipment) -> int:
    """What a shipment's capture asks for."""
    lines = [(line.order_line, line.quantity) for line in shipment.lines]
    return amount_for(centra, order, lines, deduct_costs=shipment.costs_deducted)


def _nothing() -> None:
    """Nobody waits for a late answer."""


def capture(
    centra: Centra, order: Order, amount_minor: int, *, shipment: int = 0,
    later: Callable[[], object] = _nothing,
) -> tuple[Order, PaymentEntry]:  # fmt: skip
    """Ask the provider for money; the entry says what it answered. ``later`` is done when a
    provider that takes its time has said yes.

    Raises:
        Fault: nothing was asked, for there is nothing that could be captured.
    """
    key = str(order.number)
    if order.status == "CANCELLED":
        raise Fault("cannot_capture", "order", key=key, why="the order is cancelled")
    left = authorised_minor(order) - captured_minor(order)
    if order.paid_minor("AUTH") == 0:
        raise Fault("cannot_capture", "order", key=key, why="nothing is authorised")
    if left <= 0 or amount_minor <= 0:
        raise Fault("cannot_capture", "order", key=key, why="nothing is left to capture")
    if amount_minor > left or _unlucky(centra):
        return enter(centra, order, "CAPTURE", "FAILED", amount_minor, shipment=shipment)
    if centra.settings.capture == "sync":
        return enter(centra, order, "CAPTURE", "SUCCESS", amount_minor, shipment=shipment)
    order, entry = enter(
        centra, order, "CAPTURE_REQUEST", "PENDING", amount_minor, shipment=shipment
    )
    centra.world.after(
        centra.settings.capture_delay_s, lambda: _arrived(centra, order.number, entry.id, later)
    )
    return order, entry


def _unlucky(centra: Centra) -> bool:
    if centra.captures_to_fail > 0:
        centra.captures_to_fail -= 1
        return True
    share = centra.settings.capture_failure_share
    return share > 0 and centra.world.streams.get("centra", "capture").random() < share


def _arrived(centra: Centra, number: int, entry_id: int, later: Callable[[], object]) -> None:
    """The provider's webhook says what became of a capture request."""
    order = centra.orders.by_id[number]
    entry = next(each for each in order.payments if each.id == entry_id)
    done: PaymentStatus = "FAILED" if _unlucky(centra) else "SUCCESS"
    order = replace(
        order,
        payments=tuple(
            [replace(one, status=done) if one.id == entry_id else one for one in order.payments]
        ),
    )
    order, _ = enter(centra, order, "CAPTURE", done, entry.amount_minor, shipment=entry.shipment)
    shipment = centra.shipments.get(entry.shipment)
    if shipment is not None and done == "SUCCESS":
        at_s = centra.now
        centra.shipments.put(shipment.id, replace(shipment, captured_s=at_s, updated_s=at_s))
        centra.changed("Shipment", shipment.id, "UPDATED")
    centra.orders.put(number, replace(order, updated_s=centra.now))
    centra.changed("Order", number, "UPDATED")
    if done == "SUCCESS":
        later()


def release(centra: Centra, order: Order) -> tuple[Order, PaymentEntry]:
    """Give back what is authorised and was not captured.

    Raises:
        Fault: nothing is left, or the order's state forbids it.
    """
    left = authorised_minor(order) - captured_minor(order)
    if left <= 0:
        raise Fault("cannot_release", "order", key=str(order.number), why="nothing is left")
    return enter(centra, order, "CANCEL", "SUCCESS", left)
