"""Invoices: which units, which amounts, and when they are paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from peakproof_simulators.adobe_commerce import facts, selection
from peakproof_simulators.adobe_commerce.decimals import ZERO
from peakproof_simulators.adobe_commerce.errors import document, refuse
from peakproof_simulators.adobe_commerce.lifecycle import (
    billed_lines,
    can_invoice,
    meant,
    settle,
    to_invoice,
)
from peakproof_simulators.adobe_commerce.payloads.documents import InvoiceOrder, Part
from peakproof_simulators.adobe_commerce.payloads.orders import Order, OrderItem
from peakproof_simulators.adobe_commerce.payloads.papers import (
    Comment,
    DocumentItem,
    Invoice,
    Transaction,
    twin,
)
from peakproof_simulators.adobe_commerce.races import begin
from peakproof_simulators.adobe_commerce.tax import part

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

OPEN: Final = 1
PAID: Final = 2
CANCELED: Final = 3
UNBILLABLE: Final = frozenset({"payment_review", "holded", "canceled", "complete", "closed"})
TEXTS: Final = {
    "status": "An invoice cannot be created when an order has a status of {}",
    "nothing": "The order does not allow an invoice to be created.",
    "too_many": "The quantity to invoice must not be greater than the uninvoiced quantity for "
    'product SKU "{}".',
    "foreign": "The invoice contains one or more items that are not part of the original order.",
    "empty": "The invoice can't be created without products. Add products and try again.",
}  # fmt: skip
"""What the shop says of an invoice that may not be."""

Takes = list[tuple[OrderItem, Decimal]]


def invoice(shop: Shop, order: Order, asked: InvoiceOrder) -> Invoice:
    """Invoice an order, or what is asked of it.

    Raises:
        Refusal: the order does not allow it.
    """
    begin(shop, order, "invoice", waits=shop.profile.order_mutex)
    takes, texts = _wanted(order, asked.items)
    if order.state in UNBILLABLE:
        texts.insert(0, TEXTS["status"].format(order.status))
    elif not can_invoice(order):
        texts.insert(0, TEXTS["nothing"])
    if texts:
        facts.refused(shop, order.increment_id, "invoice", "; ".join(texts))
        raise document("Invoice", texts)
    _check_virtual(shop, order, takes)
    made = _document(shop, order, takes)
    shop.invoices.put(made)
    _count(order, takes, made)
    _deduct_virtual(shop, order, takes)
    method = order.payment.method if order.payment is not None else ""
    if asked.capture or method not in shop.settings.online_methods:
        pay(shop, order, made)
    facts.invoiced(shop, order, made)
    if asked.comment is not None:
        made.comments.append(
            Comment(
                entity_id=shop.count("comment"), parent_id=made.entity_id,
                created_at=made.created_at, comment=asked.comment.comment,
                is_customer_notified=int(asked.notify and asked.append_comment),
                is_visible_on_front=asked.comment.is_visible_on_front,
            )
        )  # fmt: skip
    settle(shop, order, invoiced_now=True)
    shop.touch(order)
    shop.events.saved("observer.sales_order_invoice_save_after", made)
    return made


def _wanted(order: Order, asked: Sequence[Part]) -> tuple[Takes, list[str]]:
    lines = {item.item_id: item for item in billed_lines(order)}
    if not asked:
        takes = [(item, to_invoice(item)) for item in lines.values() if to_invoice(item)]
        return takes, [] if takes else [TEXTS["empty"]]
    texts: list[str] = []
    wanted: dict[int, Decimal] = {}
    own = {item.item_id for item in order.items}
    for each in asked:
        if each.order_item_id not in own:
            texts = [TEXTS["foreign"]]
        elif each.order_item_id in lines:
            amount = meant(lines[each.order_item_id], each.qty)
            if amount > 0:
                wanted[each.order_item_id] = wanted.get(each.order_item_id, ZERO) + amount
    for item_id, amount in wanted.items():
        if amount > to_invoice(lines[item_id]):
            texts.append(TEXTS["too_many"].format(lines[item_id].sku))
    if not wanted and not texts:
        texts.append(TEXTS["empty"])
    return [(lines[item_id], amount) for item_id, amount in wanted.items()], texts


def _document(shop: Shop, order: Order, takes: Takes) -> Invoice:
    now, entity_id = shop.stamp(), shop.count("invoice")
    made = Invoice(
        entity_id=entity_id, increment_id=shop.number("invoice", order.store_id),
        order_id=order.entity_id, store_id=order.store_id, state=OPEN, created_at=now,
        updated_at=now, order_currency_code=order.order_currency_code,
        base_currency_code=order.base_currency_code,
        total_qty=sum((amount for _, amount in takes), ZERO), items=[], comments=[],
    )  # fmt: skip
    for item, amount in takes:
        row = part(item.row_total, item.row_invoiced, item.qty_ordered, item.qty_invoiced, amount)
        tax = part(item.tax_amount, item.tax_invoiced, item.qty_ordered, item.qty_invoiced, amount)
        off = part(
            item.discount_amount, item.discount_invoiced, item.qty_ordered, item.qty_invoiced,
            amount,
        )  # fmt: skip
        made.items.append(document_line(shop, made.entity_id, item, amount, row, tax, off))
        made.subtotal += row
        made.tax_amount += tax
        made.discount_amount -= off
    made.tax_amount = min(made.tax_amount, order.tax_amount - order.tax_invoiced)
    if not order.shipping_invoiced:
        made.shipping_amount = order.shipping_amount
        made.shipping_tax_amount = order.shipping_tax_amount
        made.shipping_incl_tax = order.shipping_incl_tax
    made.subtotal_incl_tax = made.subtotal + made.tax_amount
    made.grand_total = made.subtotal + made.tax_amount + made.shipping_amount + made.discount_amount
    twin(made)
    return made


def document_line(  # noqa: PLR0917 - the amounts of a line
    shop: Shop, parent: int, item: OrderItem, amount: Decimal, row: Decimal, tax: Decimal,
    off: Decimal,
) -> DocumentItem:  # fmt: skip
    """A line of a document; what is ``off`` is the discount."""
    made = DocumentItem(
        entity_id=shop.count("document_item"), parent_id=parent, order_item_id=item.item_id,
        sku=item.sku, name=item.name, qty=amount, product_id=item.product_id, price=item.price,
        price_incl_tax=item.price_incl_tax, row_total=row, tax_amount=tax,
        row_total_incl_tax=row + tax, discount_amount=off,
    )  # fmt: skip
    twin(made)
    return made


def _count(order: Order, takes: Takes, made: Invoice) -> None:
    for (item, amount), line in zip(takes, made.items, strict=True):
        item.qty_invoiced += amount
        item.row_invoiced += line.row_total
        item.discount_invoiced += line.discount_amount
        item.tax_invoiced += line.tax_amount
    order.total_invoiced += made.grand_total
    order.subtotal_invoiced += made.subtotal
    order.tax_invoiced += made.tax_amount
    order.shipping_invoiced += made.shipping_amount


def pay(shop: Shop, order: Order, made: Invoice) -> None:
    """An invoice is paid."""
    made.state = PAID
    made.updated_at = shop.stamp()
    order.total_paid += made.grand_total
    order.total_due = order.grand_total - order.total_paid
    if order.payment is not None:
        order.payment.amount_paid = order.total_paid
        order.payment.base_amount_paid = order.total_paid
        if order.payment.method in shop.settings.online_methods:
            number = shop.count("transaction")
            made.transaction_id = f"capture-{number:06d}"
            shop.transactions.put(
                Transaction(
                    transaction_id=number, order_id=order.entity_id,
                    payment_id=order.payment.entity_id or order.entity_id,
                    txn_id=made.transaction_id, txn_type="capture", is_closed=0,
                    created_at=made.updated_at, additional_information=[], child_transactions=[],
                )
            )  # fmt: skip
    shop.invoices.put(made)
    facts.paid(shop, order, "captured", made.grand_total, made.increment_id)


def capture(shop: Shop, order: Order, made: Invoice) -> None:
    """Take the money of an open invoice.

    Raises:
        Refusal: it is not open.
    """
    if made.state != OPEN:
        raise refuse("no_capture")
    pay(shop, order, made)
    facts.invoiced(shop, order, made)
    shop.touch(order)


def void(shop: Shop, order: Order, made: Invoice) -> None:
    """Give up an open invoice: its units can be invoiced again.

    Raises:
        Refusal: it is not open.
    """
    if made.state != OPEN:
        raise refuse("no_void")
    made.state, made.updated_at = CANCELED, shop.stamp()
    for line in made.items:
        item = shop.item(order, line.order_item_id)
        if item is not None:
            item.qty_invoiced -= line.qty
            item.row_invoiced -= line.row_total
            item.tax_invoiced -= line.tax_amount
            item.discount_invoiced -= line.discount_amount
    order.total_invoiced -= made.grand_total
    order.subtotal_invoiced -= made.subtotal
    order.tax_invoiced -= made.tax_amount
    order.shipping_invoiced -= made.shipping_amount
    shop.invoices.put(made)
    facts.invoiced(shop, order, made)
    shop.touch(order)


def _virtual(shop: Shop, order: Order, takes: Takes) -> list[tuple[str, Decimal]]:
    return [
        (sku, amount * ratio)
        for item, amount in takes if item.is_virtual
        for sku, ratio in shop.parts(order, item)
        if shop.catalogue.managed(sku)
    ]  # fmt: skip


def _check_virtual(shop: Shop, order: Order, takes: Takes) -> None:
    for sku, amount in _virtual(shop, order, takes):
        chosen = selection.by_priority(shop, shop.stock_of(order), [(sku, amount)])
        if not chosen.shippable:
            facts.refused(shop, order.increment_id, "invoice", f"no source has {sku}")
            raise refuse("invoice_failed", why=f"no source has {sku}")


def _deduct_virtual(shop: Shop, order: Order, takes: Takes) -> None:
    """What needs no shipping leaves its sources with the invoice."""
    stock_id = shop.stock_of(order)
    for sku, amount in _virtual(shop, order, takes):
        chosen = selection.by_priority(shop, stock_id, [(sku, amount)])
        shop.reservations.append(
            stock_id, sku, amount, "invoice_created", order_id=order.entity_id,
            number=order.increment_id, tells=False,
        )  # fmt: skip
        for taken in chosen.source_selection_items:
            if taken.qty_to_deduct:
                shop.inventory.take(
                    sku, taken.source_code, taken.qty_to_deduct, cause="ship",
                    ref=order.increment_id,
                )  # fmt: skip
        shop.inventory.tell(sku, stock_id, "ship", order.increment_id)
