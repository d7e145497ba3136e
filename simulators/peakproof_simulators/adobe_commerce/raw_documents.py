"""Invoices and credit memos that are saved as they are: nothing is added up, no order changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.adobe_commerce import facts
from peakproof_simulators.adobe_commerce.decimals import ZERO
from peakproof_simulators.adobe_commerce.errors import refuse, required
from peakproof_simulators.adobe_commerce.imports import Raw, typed_fields
from peakproof_simulators.adobe_commerce.payloads.papers import (
    Comment,
    Creditmemo,
    DocumentItem,
    Invoice,
)

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.payloads.orders import Order
    from peakproof_simulators.adobe_commerce.state import Shop

_OWN: Final = frozenset({"entity_id", "items", "comments", "order_id", "extension_attributes"})


def save_invoice(shop: Shop, raw: Raw) -> Invoice:
    """An invoice as it is sent.

    Raises:
        Refusal: its order is missing or not there, or something is of a wrong type.
        Masked: a property is unknown.
    """
    order = _order(shop, raw)
    given = typed_fields(Invoice, raw, _OWN)
    made = Invoice(**{**_start(shop, "invoice", order), "total_qty": ZERO, **given})
    made.items = _items(shop, made.entity_id, raw)
    made.comments = _comments(shop, made.entity_id, raw)
    shop.invoices.put(made)
    facts.invoiced(shop, order, made)
    return made


def save_memo(shop: Shop, raw: Raw) -> Creditmemo:
    """A credit memo as it is sent.

    Raises:
        Refusal: its order is missing or not there, or something is of a wrong type.
        Masked: a property is unknown.
    """
    order = _order(shop, raw)
    given = typed_fields(Creditmemo, raw, _OWN)
    made = Creditmemo(**{**_start(shop, "creditmemo", order), **given})
    made.items = _items(shop, made.entity_id, raw)
    made.comments = _comments(shop, made.entity_id, raw)
    shop.creditmemos.put(made)
    facts.credited(shop, order, made)
    return made


def _order(shop: Shop, raw: Raw) -> Order:
    number = raw.get("order_id")
    if number is None:
        raise required(["order_id"])
    order = shop.orders.rows.get(number) if isinstance(number, int) else None
    if order is None:
        raise refuse("no_entity")
    return order


def _start(shop: Shop, kind: str, order: Order) -> dict[str, Any]:
    now = shop.stamp()
    return {
        "entity_id": shop.count(kind), "increment_id": shop.number(kind, order.store_id),
        "order_id": order.entity_id, "store_id": order.store_id, "state": 1, "created_at": now,
        "updated_at": now, "order_currency_code": order.order_currency_code, "items": [],
        "comments": [],
    }  # fmt: skip


def _items(shop: Shop, parent: int, raw: Raw) -> list[DocumentItem]:
    made: list[DocumentItem] = []
    for line in _objects(raw.get("items")):
        given = typed_fields(DocumentItem, line, frozenset({"entity_id", "parent_id"}))
        missing = [name for name in ("order_item_id", "qty") if name not in given]
        if missing:
            raise required(missing)
        row = shop.order_items.rows.get(given["order_item_id"])
        start = {
            "sku": row.sku if row is not None else "", "name": row.name if row is not None else "",
            "entity_id": shop.count("document_item"), "parent_id": parent,
        }  # fmt: skip
        made.append(DocumentItem(**{**start, **given}))
    return made


def _comments(shop: Shop, parent: int, raw: Raw) -> list[Comment]:
    made: list[Comment] = []
    for note in _objects(raw.get("comments")):
        start = {
            "comment": "", "is_customer_notified": 0, "is_visible_on_front": 0,
            "entity_id": shop.count("comment"), "parent_id": parent, "created_at": shop.stamp(),
        }  # fmt: skip
        given = typed_fields(Comment, note, frozenset({"entity_id", "parent_id"}))
        made.append(Comment(**{**start, **given}))
    return made


def _objects(value: Any) -> list[Raw]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise refuse("decoding")
    return value
