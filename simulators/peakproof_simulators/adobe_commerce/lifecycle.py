"""The life of an order: what is left of it, its states, holding and cancelling it."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Final

from peakproof.history.records import Line
from peakproof_simulators.adobe_commerce import facts
from peakproof_simulators.adobe_commerce.decimals import ZERO, quantity, units
from peakproof_simulators.adobe_commerce.errors import refuse
from peakproof_simulators.adobe_commerce.payloads.orders import History, Order, OrderItem
from peakproof_simulators.adobe_commerce.placement import STATUSES
from peakproof_simulators.adobe_commerce.races import begin

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

UNHOLDABLE: Final = frozenset({"canceled", "payment_review", "complete", "closed", "holded"})
UNCANCELABLE: Final = UNHOLDABLE
_PENNY_PART: Final = Decimal("0.0001")


def meant(item: OrderItem, qty: Decimal) -> Decimal:
    """The units of a line that a call means: parts of a unit only where it is sold in parts."""
    amount = quantity(qty)
    return amount if item.is_qty_decimal else amount.to_integral_value(ROUND_DOWN)


def to_ship(item: OrderItem) -> Decimal:
    """Units of a line that can still be shipped."""
    if item.is_virtual:
        return ZERO
    gone = max(item.qty_shipped, item.qty_refunded) + item.qty_canceled
    return max(item.qty_ordered - gone, ZERO)


def to_invoice(item: OrderItem) -> Decimal:
    """Units of a line that can still be invoiced."""
    return max(item.qty_ordered - item.qty_invoiced - item.qty_canceled, ZERO)


def to_refund(item: OrderItem) -> Decimal:
    """Units of a line that can still be refunded."""
    return max(item.qty_invoiced - item.qty_refunded, ZERO)


def shipped_lines(shop: Shop, order: Order) -> list[OrderItem]:
    """The lines that are shipped by their own number."""
    return [
        item for item in order.items
        if not shop.separately.get(item.item_id)
        and (item.parent_item_id is None or shop.separately.get(item.parent_item_id))
    ]  # fmt: skip


def billed_lines(order: Order) -> list[OrderItem]:
    """The lines that are invoiced and refunded."""
    return [item for item in order.items if item.parent_item_id is None]


def can_ship(shop: Shop, order: Order) -> bool:
    """Whether anything is left to ship."""
    return any(to_ship(item) for item in shipped_lines(shop, order))


def can_invoice(order: Order) -> bool:
    """Whether anything is left to invoice."""
    return any(to_invoice(item) for item in billed_lines(order))


def can_refund(order: Order) -> bool:
    """Whether any of what was paid is left."""
    return order.total_paid - order.total_refunded >= _PENNY_PART


def invoiced(shop: Shop, order: Order, item: OrderItem) -> Decimal:
    """Units of a line that were invoiced, by itself or with what it hangs below."""
    parent = shop.item(order, item.parent_item_id) if item.parent_item_id else None
    if parent is None or not parent.qty_ordered:
        return item.qty_invoiced
    return parent.qty_invoiced * item.qty_ordered / parent.qty_ordered


def turn(shop: Shop, order: Order, state: str, status: str | None = None) -> None:
    """An order takes a state, with its default status unless one is given."""
    old = order.state
    order.state, order.status = state, status or STATUSES.get(state, state)
    if old != state:
        facts.turned(shop, order, old)


def settle(shop: Shop, order: Order, *, invoiced_now: bool) -> None:
    """The state after a shipment or an invoice."""
    if order.state in ("complete", "closed", "canceled"):
        return
    done = not can_ship(shop, order) and not can_invoice(order)
    state = "complete" if done else "processing"
    if invoiced_now or state != order.state:
        turn(shop, order, state)


def hold(shop: Shop, order: Order) -> None:
    """Keep an order from going on.

    Raises:
        Refusal: it is past that.
    """
    if order.state in UNHOLDABLE:
        raise refuse("cannot_hold")
    order.hold_before_state, order.hold_before_status = order.state, order.status
    turn(shop, order, "holded")
    shop.touch(order)


def unhold(shop: Shop, order: Order) -> None:
    """Let an order go on where it was.

    Raises:
        Refusal: it is not held.
    """
    if order.state != "holded":
        raise refuse("cannot_unhold")
    state, status = order.hold_before_state or "new", order.hold_before_status
    order.hold_before_state = order.hold_before_status = None
    turn(shop, order, state, status)
    shop.touch(order)


def can_cancel(order: Order) -> bool:
    """Whether an order can be cancelled: something is not invoiced yet."""
    return order.state not in UNCANCELABLE and can_invoice(order)


def cancel(shop: Shop, order: Order, *, cause: str = "cancelled") -> bool:
    """Cancel what is not invoiced; False: the order is past that, and nothing happens."""
    begin(shop, order, "cancel", waits=shop.profile.cancel_mutex)
    if not can_cancel(order):
        facts.refused(shop, order.increment_id, "cancel", f"state {order.state}")
        return False
    _release(shop, order)
    before = {item.item_id: to_ship(item) for item in shipped_lines(shop, order)}
    for item in order.items:
        left = max(item.qty_ordered - invoiced(shop, order, item) - item.qty_canceled, ZERO)
        item.qty_canceled += left if item.is_virtual else min(left, to_ship(item))
    order.total_canceled = order.grand_total - order.total_invoiced
    order.subtotal_canceled = order.subtotal - order.subtotal_invoiced
    order.tax_canceled = order.tax_amount - order.tax_invoiced
    order.shipping_canceled = order.shipping_amount - order.shipping_invoiced
    facts.given_up(shop, order)
    state = "canceled"
    if any(item.qty_invoiced > item.qty_refunded for item in billed_lines(order)):
        state = "processing" if can_ship(shop, order) else "complete"
    turn(shop, order, state)
    _tell_end(shop, order, before, cause)
    shop.touch(order)
    return True


def _release(shop: Shop, order: Order) -> None:
    """Append what the order held of the units that are cancelled."""
    stock_id = shop.stock_of(order)
    for item, sku, ratio in shop.held_items(order):
        gone = max(item.qty_shipped, invoiced(shop, order, item)) + item.qty_canceled
        left = (item.qty_ordered - gone) * ratio
        if left > 0:
            shop.reservations.append(
                stock_id, sku, left, "order_canceled", order_id=order.entity_id,
                number=order.increment_id,
            )  # fmt: skip


def _tell_end(shop: Shop, order: Order, before: dict[int, Decimal], cause: str) -> None:
    """Say which units will not come: all of the order, or some of its lines."""
    if order.state == "canceled" and not any(item.qty_shipped for item in order.items):
        facts.withdrawn(shop, order, (), cause)
        return
    lines = []
    for item, sku, ratio in shop.held_items(order):
        gone = before.get(item.item_id, ZERO) - to_ship(item)
        if gone > 0:
            lines.append(Line(str(item.item_id), sku, units(gone * ratio)))
    if lines:
        facts.withdrawn(shop, order, lines, cause)


def comment(
    shop: Shop, order: Order, text: str | None, *, status: str = "", notified: int = 0,
    visible: int = 0,
) -> None:  # fmt: skip
    """Write a comment on an order; with a status, the order takes that."""
    if status:
        order.status = status
    order.status_histories.append(
        History(
            entity_id=shop.count("history"), parent_id=order.entity_id, entity_name="order",
            status=order.status, is_customer_notified=notified, is_visible_on_front=visible,
            created_at=shop.stamp(), comment=text,
        )
    )  # fmt: skip
    shop.touch(order)
