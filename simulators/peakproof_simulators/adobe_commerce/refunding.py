"""Credit memos: amounts, what goes back on the shelf, and what was never taken from it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from peakproof.history.records import Line
from peakproof_simulators.adobe_commerce import facts, selection
from peakproof_simulators.adobe_commerce.decimals import ZERO, cents, units
from peakproof_simulators.adobe_commerce.errors import Refusal, document, refuse
from peakproof_simulators.adobe_commerce.invoicing import document_line
from peakproof_simulators.adobe_commerce.lifecycle import (
    billed_lines,
    can_refund,
    can_ship,
    meant,
    to_refund,
    turn,
)
from peakproof_simulators.adobe_commerce.payloads.documents import (
    CommentDraft,
    Part,
    RefundArguments,
)
from peakproof_simulators.adobe_commerce.payloads.orders import Order, OrderItem
from peakproof_simulators.adobe_commerce.payloads.papers import (
    Comment,
    Creditmemo,
    Invoice,
    twin,
)
from peakproof_simulators.adobe_commerce.placement import STATUSES
from peakproof_simulators.adobe_commerce.search import fold
from peakproof_simulators.adobe_commerce.tax import part

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

REFUNDED: Final = 2
UNREFUNDABLE: Final = frozenset({"payment_review", "holded", "canceled", "closed"})
TEXTS: Final = {
    "status": "A creditmemo can not be created when an order has a status of {}",
    "nothing": "The order does not allow a creditmemo to be created.",
    "too_many": "The quantity to creditmemo must not be greater than the unrefunded quantity for "
    'product SKU "{}".',
    "invalid": 'We found an invalid quantity to refund item "{}".',
    "foreign": 'The creditmemo contains product SKU "{}" that is not part of the original order.',
    "total": "The credit memo's total must be positive.",
    "most": "The most money available to refund is {}.",
    "not_in_memo": 'The "{}" product is not part of the current creditmemo.',
    "return_foreign": "The return to stock argument contains product item that is not part of the "
    "original order.",
    "invoice": "We can't create creditmemo for the invoice.",
    "shipping": "Maximum shipping amount allowed to refund is: {}",
}  # fmt: skip
"""What the shop says of a credit memo that may not be."""

Takes = list[tuple[OrderItem, Decimal]]


class Terms(NamedTuple):
    """What is asked of a refund."""

    items: Sequence[Part]
    arguments: RefundArguments
    comment: CommentDraft | None = None
    told: bool = False
    invoice: Invoice | None = None


class Back(NamedTuple):
    """What becomes of the units of a SKU: of those that were shipped, and of the others."""

    line: int
    sku: str
    shipped: Decimal
    unshipped: Decimal
    returns: bool
    virtual: bool


def refund(shop: Shop, order: Order, terms: Terms) -> Creditmemo:
    """Refund an order, or what is asked of it.

    Raises:
        Refusal: the order does not allow it, or stock cannot be put right (no reason is given).
    """
    takes, texts = _wanted(order, terms.items)
    texts += _returnable(order, takes, terms)
    if order.state in UNREFUNDABLE:
        texts.insert(0, TEXTS["status"].format(order.status))
    elif not can_refund(order):
        texts.insert(0, TEXTS["nothing"])
    if texts:
        raise _refused(shop, order, texts)
    made = _document(shop, order, takes, terms)
    texts = _amounts_allowed(order, made)
    if texts:
        raise _refused(shop, order, texts)
    returned = terms.arguments.extension_attributes
    backs = _backs(shop, order, takes, returned.return_to_stock_items if returned else ())
    why = _unfit(shop, order, backs)
    if why:
        facts.refused(shop, order.increment_id, "creditmemo", why)
        raise refuse("creditmemo_failed", why=why)
    _number(shop, made, order)
    _count(order, takes, made)
    _move(shop, order, backs)
    if terms.comment is not None:
        made.comments.append(
            Comment(
                entity_id=shop.count("comment"), parent_id=made.entity_id,
                created_at=made.created_at, comment=terms.comment.comment,
                is_customer_notified=int(terms.told),
                is_visible_on_front=terms.comment.is_visible_on_front,
            )
        )  # fmt: skip
    _settle(shop, order)
    shop.creditmemos.put(made)
    facts.credited(shop, order, made)
    facts.paid(shop, order, "refunded", made.grand_total, made.increment_id)
    gone = [
        Line(str(back.line), back.sku, units(back.unshipped))
        for back in backs if back.unshipped > 0 and not back.virtual
    ]  # fmt: skip
    if gone:
        facts.withdrawn(shop, order, gone, "refunded")
    shop.touch(order)
    shop.events.saved("observer.sales_order_creditmemo_save_after", made)
    return made


def _refused(shop: Shop, order: Order, texts: Sequence[str]) -> Refusal:
    facts.refused(shop, order.increment_id, "creditmemo", "; ".join(texts))
    return document("Creditmemo", texts)


def _wanted(order: Order, asked: Sequence[Part]) -> tuple[Takes, list[str]]:
    lines = {item.item_id: item for item in billed_lines(order)}
    if not asked:
        return [(item, to_refund(item)) for item in lines.values() if to_refund(item)], []
    texts: list[str] = []
    wanted: dict[int, Decimal] = {}
    own = {item.item_id: item for item in order.items}
    for each in asked:
        if each.order_item_id not in own:
            texts.append(TEXTS["foreign"].format(each.order_item_id))
        elif each.qty < 0:
            texts.append(TEXTS["invalid"].format(own[each.order_item_id].name))
        elif each.order_item_id in lines:
            amount = meant(lines[each.order_item_id], each.qty)
            wanted[each.order_item_id] = wanted.get(each.order_item_id, ZERO) + amount
    for item_id, amount in wanted.items():
        if amount > to_refund(lines[item_id]):
            texts.append(TEXTS["too_many"].format(lines[item_id].sku))
    return [(lines[item_id], amount) for item_id, amount in wanted.items()], texts


def _returnable(order: Order, takes: Takes, terms: Terms) -> list[str]:
    returned = terms.arguments.extension_attributes
    own = {item.item_id: item for item in order.items}
    taken = {item.item_id for item, amount in takes if amount}
    texts: list[str] = []
    for item_id in returned.return_to_stock_items if returned is not None else ():
        item = own.get(item_id)
        if item is None:
            texts.append(TEXTS["return_foreign"])
        elif item_id not in taken and item.parent_item_id not in taken:
            texts.append(TEXTS["not_in_memo"].format(item.sku))
    return texts


def _document(shop: Shop, order: Order, takes: Takes, terms: Terms) -> Creditmemo:
    now, asked = shop.stamp(), terms.arguments
    made = Creditmemo(
        entity_id=0, increment_id="", order_id=order.entity_id, store_id=order.store_id,
        state=REFUNDED, created_at=now, updated_at=now, items=[], comments=[],
        order_currency_code=order.order_currency_code,
        base_currency_code=order.base_currency_code,
        invoice_id=terms.invoice.entity_id if terms.invoice is not None else None,
    )  # fmt: skip
    for item, amount in takes:
        had, gone = item.qty_invoiced, item.qty_refunded
        row = part(item.row_invoiced, item.amount_refunded, had, gone, amount)
        tax = part(item.tax_invoiced, item.tax_refunded, had, gone, amount)
        off = part(item.discount_invoiced, item.discount_refunded, had, gone, amount)
        made.items.append(document_line(shop, 0, item, amount, row, tax, off))
        made.subtotal += row
        made.tax_amount += tax
        made.discount_amount -= off
    left = order.shipping_invoiced - order.shipping_refunded
    made.shipping_amount = left if asked.shipping_amount is None else cents(asked.shipping_amount)
    made.shipping_incl_tax = made.shipping_amount
    made.adjustment_positive = cents(asked.adjustment_positive or ZERO)
    made.adjustment_negative = cents(asked.adjustment_negative or ZERO)
    made.adjustment = made.adjustment_positive - made.adjustment_negative
    made.subtotal_incl_tax = made.subtotal + made.tax_amount
    made.grand_total = (
        made.subtotal + made.tax_amount + made.shipping_amount + made.discount_amount
        + made.adjustment
    )  # fmt: skip
    twin(made)
    return made


def _amounts_allowed(order: Order, made: Creditmemo) -> list[str]:
    texts: list[str] = []
    left = order.shipping_invoiced - order.shipping_refunded
    if made.shipping_amount > left:
        texts.append(TEXTS["shipping"].format(cents(left)))
    if made.grand_total <= 0:
        texts.append(TEXTS["total"])
    if cents(order.total_refunded + made.grand_total) > cents(order.total_paid):
        texts.append(TEXTS["most"].format(cents(order.total_paid - order.total_refunded)))
    return texts


def _number(shop: Shop, made: Creditmemo, order: Order) -> None:
    made.entity_id = shop.count("creditmemo")
    made.increment_id = shop.number("creditmemo", order.store_id)
    for line in made.items:
        line.parent_id = made.entity_id


def _count(order: Order, takes: Takes, made: Creditmemo) -> None:
    for (item, amount), line in zip(takes, made.items, strict=True):
        item.qty_refunded += amount
        item.amount_refunded += line.row_total
        item.discount_refunded += line.discount_amount
        item.tax_refunded += line.tax_amount
    order.total_refunded += made.grand_total
    order.subtotal_refunded += made.subtotal
    order.tax_refunded += made.tax_amount
    order.shipping_refunded += made.shipping_amount
    if order.payment is not None:
        order.payment.amount_refunded = order.total_refunded
        order.payment.base_amount_refunded = order.total_refunded


def _backs(shop: Shop, order: Order, takes: Takes, returned: Sequence[int]) -> list[Back]:
    """Split the units of each SKU into those that were shipped and those that were not."""
    found: list[Back] = []
    for item, amount in takes:
        children = shop.children(order, item)
        for sku, ratio in _behind(shop, order, item):
            if not amount or not shop.catalogue.managed(sku):
                continue
            now = amount * ratio
            shipped = item.qty_shipped * ratio
            if shop.separately.get(item.item_id):
                shipped = sum((one.qty_shipped for one in children if one.sku == sku), ZERO)
            unshipped = (item.qty_invoiced - item.qty_refunded) * ratio - shipped
            part_shipped = now - unshipped if unshipped > 0 else now
            part_unshipped = now - part_shipped if part_shipped > 0 else now
            marks = {item.item_id, *(one.item_id for one in children if one.sku == sku)}
            found.append(
                Back(
                    item.item_id, sku, max(part_shipped, ZERO), max(part_unshipped, ZERO),
                    not marks.isdisjoint(returned), bool(item.is_virtual),
                )
            )  # fmt: skip
    return found


def _behind(shop: Shop, order: Order, item: OrderItem) -> list[tuple[str, Decimal]]:
    if shop.separately.get(item.item_id):
        return [
            (child.sku, child.qty_ordered / item.qty_ordered)
            for child in shop.children(order, item)
        ]
    return shop.parts(order, item)


def _unfit(shop: Shop, order: Order, backs: Sequence[Back]) -> str:
    """Why stock cannot be put right; "": it can."""
    stock_id = shop.stock_of(order)
    for back in backs:
        lost = back.unshipped if not back.returns and not back.virtual else ZERO
        if lost > 0 and not selection.by_priority(shop, stock_id, [(back.sku, lost)]).shippable:
            return f"the sources have not got {lost} of {back.sku}"
    return ""


def _move(shop: Shop, order: Order, backs: Sequence[Back]) -> None:
    """Put units back, take units off that were never shipped, let go what was held."""
    stock_id, number = shop.stock_of(order), order.increment_id
    for back in backs:
        if back.virtual:
            if back.returns:
                _shelve(shop, order, back.sku, back.shipped + back.unshipped, stock_id)
            continue
        if back.unshipped > 0:
            shop.reservations.append(
                stock_id, back.sku, back.unshipped, "creditmemo_created",
                order_id=order.entity_id, number=number, tells=False,
            )  # fmt: skip
            if not back.returns:
                chosen = selection.by_priority(shop, stock_id, [(back.sku, back.unshipped)])
                for taken in chosen.source_selection_items:
                    if taken.qty_to_deduct:
                        shop.inventory.take(
                            back.sku, taken.source_code, taken.qty_to_deduct,
                            cause="return", ref=number,
                        )  # fmt: skip
        if back.shipped > 0 and back.returns:
            _shelve(shop, order, back.sku, back.shipped, stock_id)
        shop.inventory.tell(back.sku, stock_id, "return", number)


def _shelve(shop: Shop, order: Order, sku: str, amount: Decimal, stock_id: int) -> None:
    """Put units on the source they came from; of several, the one with the first priority."""
    from_ones = {
        fold(shipment.extension_attributes.source_code)
        for shipment in shop.shipments.having("order_id", order.entity_id).values()
        if shipment.extension_attributes is not None
        and any(fold(line.sku) == fold(sku) for line in shipment.items)
    }
    ranked = [source.source_code for source in shop.inventory.ranked(stock_id)]
    with_item = [code for code in ranked if shop.inventory.item(sku, code) is not None]
    there = [code for code in with_item if fold(code) in from_ones] or with_item
    outside = [
        shipment.extension_attributes.source_code
        for shipment in shop.shipments.having("order_id", order.entity_id).values()
        if shipment.extension_attributes is not None
    ]
    for code in (*there, *outside):
        if shop.inventory.item(sku, code) is not None:
            shop.inventory.take(sku, code, -amount, cause="return", ref=order.increment_id)
            return


def _settle(shop: Shop, order: Order) -> None:
    """The state after a refund; a status of one's own stays where it fits."""
    kept = order.status
    if can_refund(order):
        state = (
            "processing" if can_ship(shop, order) or order.state == "processing" else (order.state)
        )
    elif can_ship(shop, order):
        state = "processing"
    else:
        state = shop.settings.state_after_full_refund
    fits = state == order.state and kept not in STATUSES.values()
    turn(shop, order, state, kept if fits else None)
