"""The operations of shipments, invoices and credit memos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakproof_simulators.adobe_commerce import (
    invoicing,
    raw_documents,
    refunding,
    shipping,
)
from peakproof_simulators.adobe_commerce.asking import Asked
from peakproof_simulators.adobe_commerce.errors import Refusal, document, refuse
from peakproof_simulators.adobe_commerce.faces_orders import order_of
from peakproof_simulators.adobe_commerce.payloads.documents import Part, RefundArguments
from peakproof_simulators.adobe_commerce.payloads.papers import (
    Comment,
    Creditmemo,
    Invoice,
    Shipment,
    Track,
)
from peakproof_simulators.adobe_commerce.races import begin
from peakproof_simulators.adobe_commerce.search import Found
from peakproof_simulators.adobe_commerce.wire import Masked
from peakproof_simulators.adobe_commerce.wire import number as number_of

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.payloads.orders import Order
    from peakproof_simulators.adobe_commerce.state import Shop


def _number(shop: Shop, entity_id: int) -> str | int:
    """A new document's number as the shop prints it."""
    return str(entity_id) if shop.settings.ids_as == "string" else entity_id


# --- shipments --------------------------------------------------------------------------


def ship(shop: Shop, asked: Asked) -> str | int:
    """Ship an order, or a part of it; repeated, it ships again while something is left."""
    made = shipping.ship(shop, order_of(shop, asked, "orderId"), asked.input)
    return _number(shop, made.entity_id)


def list_shipments(shop: Shop, asked: Asked) -> Found:
    """Search the shipments."""
    return shop.shipments.find(asked.criteria(shop, needed=True), shop.settings)


def get_shipment(shop: Shop, asked: Asked) -> Shipment:
    """One shipment."""
    found = shop.shipments.rows.get(asked.id())
    if found is None:
        raise refuse("no_entity")
    return found


def save_shipment(shop: Shop, asked: Asked) -> Shipment:
    """Save a shipment as it is: nothing is checked, the order stays as it was."""
    entity = asked.input.entity
    order = shop.orders.rows.get(entity.order_id)
    if order is None:
        raise refuse("no_entity")
    asked.keys.append(f"order:{order.increment_id}")
    return shipping.save_raw(shop, order, entity)


def add_track(shop: Shop, asked: Asked) -> Track:
    """Add a tracking number to a shipment."""
    entity = asked.input.entity
    shipment = shop.shipments.rows.get(entity.parent_id)
    if shipment is None or entity.order_id != shipment.order_id:
        raise Refusal(400, "Could not save the shipment tracking.")
    track = shipping.new_track(shop, shipment, entity)
    track.weight, track.qty, track.description = entity.weight, entity.qty, entity.description
    shipment.tracks.append(track)
    _touch(shop, shipment)
    return track


def _touch(shop: Shop, shipment: Shipment) -> None:
    shipment.updated_at = shop.stamp()
    shop.shipments.put(shipment)


def delete_track(shop: Shop, asked: Asked) -> bool:
    """Take a tracking number away."""
    number = asked.id()
    for shipment in shop.shipments.rows.values():
        for track in shipment.tracks:
            if track.entity_id == number:
                shipment.tracks.remove(track)
                _touch(shop, shipment)
                return True
    raise refuse("no_entity")


def comment_shipment(shop: Shop, asked: Asked) -> Comment:
    """Comment on a shipment."""
    shipment, entity = get_shipment(shop, asked), asked.input.entity
    comment = Comment(
        entity_id=shop.count("comment"), parent_id=shipment.entity_id, created_at=shop.stamp(),
        comment=entity.comment, is_customer_notified=entity.is_customer_notified,
        is_visible_on_front=entity.is_visible_on_front,
    )  # fmt: skip
    shipment.comments.append(comment)
    _touch(shop, shipment)
    return comment


def email_shipment(shop: Shop, asked: Asked) -> bool:
    """Write to the customer about a shipment."""
    shipment = get_shipment(shop, asked)
    shipment.email_sent = 1
    _touch(shop, shipment)
    return True


# --- invoices ---------------------------------------------------------------------------


def invoice(shop: Shop, asked: Asked) -> str | int:
    """Invoice an order, or a part of it."""
    made = invoicing.invoice(shop, order_of(shop, asked, "orderId"), asked.input)
    return _number(shop, made.entity_id)


def list_invoices(shop: Shop, asked: Asked) -> Found:
    """Search the invoices."""
    return shop.invoices.find(asked.criteria(shop, needed=True), shop.settings)


def get_invoice(shop: Shop, asked: Asked, name: str = "id") -> Invoice:
    """One invoice."""
    found = shop.invoices.rows.get(asked.id(name))
    if found is None:
        raise refuse("no_entity")
    return found


def capture(shop: Shop, asked: Asked) -> bool:
    """Take the money of an open invoice."""
    made = get_invoice(shop, asked)
    invoicing.capture(shop, shop.orders.rows[made.order_id], made)
    return True


def void(shop: Shop, asked: Asked) -> bool:
    """Give up an open invoice."""
    made = get_invoice(shop, asked)
    invoicing.void(shop, shop.orders.rows[made.order_id], made)
    return True


def save_invoice(shop: Shop, asked: Asked) -> Invoice:
    """Save an invoice as it is: nothing is added up, the order stays as it was."""
    return raw_documents.save_invoice(shop, asked.input.entity)


def email_invoice(shop: Shop, asked: Asked) -> bool:
    """Write to the customer about an invoice."""
    made = get_invoice(shop, asked)
    made.email_sent, made.updated_at = 1, shop.stamp()
    shop.invoices.put(made)
    return True


# --- credit memos -----------------------------------------------------------------------


def refund_order(shop: Shop, asked: Asked) -> str | int:
    """Refund an order offline, or a part of it."""
    order, wanted = order_of(shop, asked, "orderId"), asked.input
    begin(shop, order, "refund", waits=shop.profile.order_mutex)
    terms = refunding.Terms(
        wanted.items, wanted.arguments or RefundArguments(), wanted.comment,
        wanted.notify and wanted.append_comment,
    )  # fmt: skip
    return _number(shop, refunding.refund(shop, order, terms).entity_id)


def refund_invoice(shop: Shop, asked: Asked) -> str | int:
    """Refund an invoice; two at once may both succeed in some releases."""
    made, wanted = get_invoice(shop, asked, "invoiceId"), asked.input
    order = shop.orders.rows[made.order_id]
    asked.keys.append(f"order:{order.increment_id}")
    begin(shop, order, "refund", waits=shop.profile.invoice_refund_mutex)
    if made.state != invoicing.PAID:
        raise document("Creditmemo", [refunding.TEXTS["invoice"]])
    terms = refunding.Terms(
        wanted.items or _left_of(order, made), wanted.arguments or RefundArguments(),
        wanted.comment, wanted.notify and wanted.append_comment, made,
    )  # fmt: skip
    return _number(shop, refunding.refund(shop, order, terms).entity_id)


def _left_of(order: Order, made: Invoice) -> list[Part]:
    """The units of an invoice that were not refunded yet."""
    left = {item.item_id: item.qty_invoiced - item.qty_refunded for item in order.items}
    return [
        Part(order_item_id=line.order_item_id, qty=min(line.qty, left[line.order_item_id]))
        for line in made.items if left.get(line.order_item_id, 0) > 0
    ]  # fmt: skip


def refund_memo(shop: Shop, asked: Asked) -> Creditmemo:
    """Refund by a whole credit memo, as the administrator's page does."""
    raw = asked.input.creditmemo
    number = raw.get("order_id")
    order = shop.orders.rows.get(number) if isinstance(number, int) else None
    if order is None:
        raise _malformed(shop, "order_id")
    lines = raw.get("items") or []
    try:
        parts = [
            Part(order_item_id=int(line["order_item_id"]), qty=number_of(str(line["qty"])))
            for line in lines
        ]
    except (KeyError, TypeError, ValueError, Refusal):
        raise _malformed(shop, "items") from None
    begin(shop, order, "refund", waits=shop.profile.order_mutex)
    return refunding.refund(shop, order, refunding.Terms(parts, RefundArguments()))


def _malformed(shop: Shop, what: str) -> Exception:
    if shop.profile.malformed_creditmemo == 400:
        return Refusal(400, "The credit memo couldn't be saved.", why=what)
    return Masked(f"credit memo: {what}")


def save_memo(shop: Shop, asked: Asked) -> Creditmemo:
    """Save a credit memo as it is; a malformed one is a hidden fault in some releases."""
    try:
        return raw_documents.save_memo(shop, asked.input.entity)
    except Masked as fault:
        raise _malformed(shop, fault.reason) from None


def list_memos(shop: Shop, asked: Asked) -> Found:
    """Search the credit memos."""
    return shop.creditmemos.find(asked.criteria(shop, needed=True), shop.settings)


def get_memo(shop: Shop, asked: Asked) -> Creditmemo:
    """One credit memo."""
    found = shop.creditmemos.rows.get(asked.id())
    if found is None:
        raise refuse("no_entity")
    return found


def cancel_memo(shop: Shop, asked: Asked) -> Any:
    """The shop never cancels one."""
    raise refuse("creditmemo_cancel")
