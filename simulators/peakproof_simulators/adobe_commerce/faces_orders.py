"""The operations of orders: reading, importing, cancelling, holding, commenting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakproof_simulators.adobe_commerce import imports, lifecycle
from peakproof_simulators.adobe_commerce.asking import Asked
from peakproof_simulators.adobe_commerce.errors import refuse
from peakproof_simulators.adobe_commerce.payloads.orders import Address, Order, OrderItem
from peakproof_simulators.adobe_commerce.search import Found

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.payloads.papers import Transaction
    from peakproof_simulators.adobe_commerce.state import Shop

_MOST_KEYS = 500


def order_of(shop: Shop, asked: Asked, name: str = "id") -> Order:
    """The order of a number in the path.

    Raises:
        Refusal: 404, there is none.
    """
    order = shop.orders.rows.get(asked.id(name))
    if order is None:
        raise refuse("no_entity")
    asked.keys.append(f"order:{order.increment_id}")
    return order


def list_orders(shop: Shop, asked: Asked) -> Found:
    """Search the orders."""
    found = shop.orders.find(
        asked.criteria(shop, needed=True), shop.settings, stale_s=asked.stale_s
    )
    asked.keys.extend(f"order:{order.increment_id}" for order in found.items[:_MOST_KEYS])
    return found


def get_order(shop: Shop, asked: Asked) -> Order:
    """One order."""
    return order_of(shop, asked)


def get_status(shop: Shop, asked: Asked) -> str:
    """The status of an order."""
    return order_of(shop, asked).status


def list_items(shop: Shop, asked: Asked) -> Found:
    """Search the lines of all orders."""
    return shop.order_items.find(asked.criteria(shop, needed=True), shop.settings)


def get_item(shop: Shop, asked: Asked) -> OrderItem:
    """One line."""
    item = shop.order_items.rows.get(asked.id())
    if item is None:
        raise refuse("no_entity")
    return item


def save_order(shop: Shop, asked: Asked) -> Order:
    """Save an order as it is: what is there of it is merged, nothing is held."""
    order = imports.save(shop, asked.input.entity, shop.view(asked.store).id)
    asked.keys.append(f"order:{order.increment_id}")
    return order


def save_address(shop: Shop, asked: Asked) -> Address:
    """Change an order's billing or shipping address."""
    order, address = order_of(shop, asked), asked.input.entity
    if address.address_type == "shipping":
        extension = order.extension_attributes
        if extension is not None and extension.shipping_assignments:
            extension.shipping_assignments[0].shipping.address = address
    else:
        order.billing_address = address
    address.parent_id = order.entity_id
    shop.touch(order)
    return address  # type: ignore[no-any-return]  # the input's type was checked by the table


def cancel(shop: Shop, asked: Asked) -> bool:
    """Cancel an order; false: it cannot be cancelled, and the status is 200 all the same."""
    return lifecycle.cancel(shop, order_of(shop, asked))


def hold(shop: Shop, asked: Asked) -> bool:
    """Keep an order from going on."""
    lifecycle.hold(shop, order_of(shop, asked))
    return True


def unhold(shop: Shop, asked: Asked) -> bool:
    """Let an order go on."""
    lifecycle.unhold(shop, order_of(shop, asked))
    return True


def add_comment(shop: Shop, asked: Asked) -> bool:
    """Comment on an order, and set its status."""
    order, draft = order_of(shop, asked), asked.input.status_history
    lifecycle.comment(
        shop, order, draft.comment, status=draft.status or "",
        notified=draft.is_customer_notified or 0, visible=draft.is_visible_on_front or 0,
    )  # fmt: skip
    return True


def list_comments(shop: Shop, asked: Asked) -> dict[str, Any]:
    """The comments on an order."""
    order = order_of(shop, asked)
    return {
        "items": order.status_histories,
        "search_criteria": {"filter_groups": []},
        "total_count": len(order.status_histories),
    }


def send_email(shop: Shop, asked: Asked) -> bool:
    """Write to the customer about the order."""
    order = order_of(shop, asked)
    order.email_sent = 1
    shop.touch(order)
    return True


def list_transactions(shop: Shop, asked: Asked) -> Found:
    """Search what gateways did."""
    return shop.transactions.find(asked.criteria(shop, needed=True), shop.settings)


def get_transaction(shop: Shop, asked: Asked) -> Transaction:
    """What a gateway did."""
    found = shop.transactions.rows.get(asked.id())
    if found is None:
        raise refuse("no_entity")
    return found


def notify_ready(shop: Shop, asked: Asked) -> dict[str, Any]:
    """Tell customers that their orders can be picked up."""
    errors = [
        {"code": "0", "message": f"Order {number} is not found."}
        for number in asked.input.order_ids if number not in shop.orders.rows
    ]  # fmt: skip
    return {"successful": not errors, "errors": errors}
