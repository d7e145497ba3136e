"""How an order comes to be: the check, the reservation, then the order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from peakproof_simulators.adobe_commerce import facts, tax
from peakproof_simulators.adobe_commerce.catalogue import COMPOSITE
from peakproof_simulators.adobe_commerce.decimals import ONE, ZERO
from peakproof_simulators.adobe_commerce.errors import refuse
from peakproof_simulators.adobe_commerce.payloads.orders import (
    Address,
    Assignment,
    Order,
    OrderExtension,
    OrderItem,
    Payment,
    Shipping,
)
from peakproof_simulators.adobe_commerce.salable import refusals
from peakproof_simulators.adobe_commerce.search import fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

STATUSES: Final = {
    "new": "pending",
    "pending_payment": "pending_payment",
    "processing": "processing",
    "complete": "complete",
    "closed": "closed",
    "canceled": "canceled",
    "holded": "holded",
    "payment_review": "payment_review",
}
"""The default status of each state."""


# Most fields of a new entity are nothing; to copy them costs less than to fill each in.
_BLANK_ITEM: Final = OrderItem(
    item_id=0, order_id=0, sku="", name="", product_type="", qty_ordered=ZERO, created_at="",
    updated_at="",
)  # fmt: skip
_BLANK_ORDER: Final = Order(
    entity_id=0, increment_id="", state="", status="", store_id=0, created_at="", updated_at="",
    customer_email="", base_currency_code="", global_currency_code="", order_currency_code="",
    store_currency_code="", items=[], status_histories=[],
)  # fmt: skip


class Wish(NamedTuple):
    """A line that somebody wants. ``price`` None: the catalogue's. The children of a bundle or
    a configurable say how many of each are in one of it."""

    sku: str
    qty: Decimal
    price: Decimal | None = None
    children: tuple[Wish, ...] = ()
    kind: str = "simple"
    separately: bool = False


class Terms(NamedTuple):
    """Who orders, how it is paid and shipped."""

    email: str
    method: str
    shipping: str = "flatrate_flatrate"
    store: str = "default"
    name: tuple[str, str] = ("", "")
    billing: Address | None = None
    address: Address | None = None
    state: str = "new"
    quote_id: int | None = None


def place(shop: Shop, wishes: Sequence[Wish], terms: Terms) -> Order:
    """An order, with its reservation.

    Raises:
        Refusal: there is not enough to sell, or the payment method is unknown.
    """
    settings = shop.settings
    if terms.method not in (*settings.online_methods, *settings.offline_methods):
        raise refuse("no_method")
    stock_id, holds = shop.stock_id(terms.store), _holds(wishes)
    for sku, amount in holds.values():
        reasons = refusals(shop, stock_id, sku, amount, cart=False, live=True)
        if reasons:
            why = reasons[-1].code
            raise refuse("not_enough", why=f"{sku}: {why}", errorredirectaction="#shipping")
    view = shop.view(terms.store)
    number = shop.number("order", view.id)
    for sku, amount in holds.values():
        shop.reservations.append(
            stock_id, sku, -amount, "order_placed", order_id=None, number=number, tells=False
        )
    order = _order(shop, wishes, terms, number, view.id)
    shop.touch(order)
    facts.placed(shop, order)
    for sku, _amount in holds.values():
        shop.inventory.tell(sku, stock_id, "order", number)
    return order


def _holds(wishes: Sequence[Wish]) -> dict[str, tuple[str, Decimal]]:
    """The units of each SKU with stock of its own."""
    found: dict[str, tuple[str, Decimal]] = {}
    for sku, amount in _leaves(wishes, ONE):
        known = found.get(fold(sku), (sku, ZERO))
        found[fold(sku)] = (known[0], known[1] + amount)
    return found


def _leaves(wishes: Sequence[Wish], times: Decimal) -> Iterator[tuple[str, Decimal]]:
    for wish in wishes:
        if wish.children:
            yield from _leaves(wish.children, times * wish.qty)
        elif wish.kind not in COMPOSITE:
            yield wish.sku, wish.qty * times


def _order(shop: Shop, wishes: Sequence[Wish], terms: Terms, number: str, store_id: int) -> Order:
    now, entity_id, first, last = shop.stamp(), shop.count("order"), *terms.name
    order = msgspec.structs.replace(
        _BLANK_ORDER, entity_id=entity_id, increment_id=number, state=terms.state,
        status=STATUSES[terms.state], store_id=store_id, created_at=now, updated_at=now,
        customer_email=terms.email, customer_firstname=first or None,
        customer_lastname=last or None, quote_id=terms.quote_id,
        base_currency_code=shop.currency, global_currency_code=shop.currency,
        order_currency_code=shop.currency, store_currency_code=shop.currency,
        items=[], status_histories=[], billing_address=terms.billing,
        shipping_description=terms.shipping,
    )  # fmt: skip
    add_items(shop, order, wishes)
    total(order, shop.settings.shipping_methods.get(terms.shipping, ZERO))
    order.payment = Payment(
        method=terms.method, additional_information=[], entity_id=entity_id, parent_id=entity_id,
        amount_ordered=order.grand_total, base_amount_ordered=order.grand_total,
    )  # fmt: skip
    order.extension_attributes = OrderExtension(
        shipping_assignments=[assignment(order, terms.shipping, terms.address)],
        payment_additional_info=[], applied_taxes=[], item_applied_taxes=[],
        converting_from_quote=True,
    )  # fmt: skip
    return order


def assignment(order: Order, shipping: str, address: Address | None) -> Assignment:
    """Where all of an order goes."""
    amounts: dict[str, Any] = {
        "shipping_amount": order.shipping_amount,
        "shipping_incl_tax": order.shipping_incl_tax,
        "base_shipping_amount": order.shipping_amount,
    }
    return Assignment(
        shipping=Shipping(method=shipping, total=amounts, address=address), items=order.items
    )


def add_items(shop: Shop, order: Order, wishes: Sequence[Wish]) -> None:
    """Put lines with their amounts on a new order."""
    listed = [wish.price if wish.price is not None else _price(shop, wish.sku) for wish in wishes]
    amounts = tax.priced(
        [(price, wish.qty) for price, wish in zip(listed, wishes, strict=True)],
        shop.tax_percent,
        algorithm=shop.settings.tax_algorithm,
        gross=shop.settings.price_includes_tax,
    )
    for wish, price, made in zip(wishes, listed, amounts, strict=True):
        item = _item(shop, order, wish, wish.qty, None)
        item.price, item.original_price = made.price, price
        item.price_incl_tax, item.tax_percent = made.price_incl_tax, shop.tax_percent
        item.row_total, item.row_total_incl_tax = made.row_total, made.row_total_incl_tax
        item.tax_amount = made.tax_amount
        if wish.separately:
            shop.separately[item.item_id] = True
        for child in wish.children:
            _item(shop, order, child, child.qty * wish.qty, item.item_id)


def _price(shop: Shop, sku: str) -> Decimal:
    product = shop.catalogue.get(sku)
    return product.price if product is not None else ZERO


def _item(shop: Shop, order: Order, wish: Wish, amount: Decimal, parent: int | None) -> OrderItem:
    product = shop.catalogue.get(wish.sku)
    kind = product.type_id if product is not None and not wish.children else wish.kind
    sku = wish.sku
    if kind == "configurable" and wish.children:
        sku = wish.children[0].sku
    item = msgspec.structs.replace(
        _BLANK_ITEM, item_id=shop.count("order_item"), order_id=order.entity_id, sku=sku,
        name=product.name if product is not None else wish.sku, product_type=kind,
        product_id=product.id if product is not None else None, qty_ordered=amount,
        created_at=order.created_at, updated_at=order.updated_at, store_id=order.store_id,
        parent_item_id=parent, is_virtual=int(shop.catalogue.is_virtual(wish.sku)),
        is_qty_decimal=int(shop.catalogue.rules(wish.sku).decimal),
    )  # fmt: skip
    order.items.append(item)
    shop.order_items.put(item)
    return item


def total(order: Order, shipping: Decimal) -> None:
    """Add up a new order."""
    tops = [item for item in order.items if item.parent_item_id is None]
    order.is_virtual = int(bool(tops) and all(item.is_virtual for item in tops))
    order.total_item_count = len(tops)
    order.total_qty_ordered = sum((item.qty_ordered for item in tops), ZERO)
    order.subtotal = sum((item.row_total for item in tops), ZERO)
    order.subtotal_incl_tax = sum((item.row_total_incl_tax for item in tops), ZERO)
    order.tax_amount = sum((item.tax_amount for item in tops), ZERO)
    order.shipping_amount = order.shipping_incl_tax = ZERO if order.is_virtual else shipping
    order.grand_total = order.subtotal + order.tax_amount + order.shipping_amount
    order.total_due = order.grand_total
