"""Orders that are saved as they are: they hold nothing, and nothing is added up."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof_simulators.adobe_commerce import facts
from peakproof_simulators.adobe_commerce.decimals import ONE, ZERO
from peakproof_simulators.adobe_commerce.errors import Refusal, refuse, required
from peakproof_simulators.adobe_commerce.payloads.orders import (
    Address,
    Order,
    OrderExtension,
    OrderItem,
    Payment,
)
from peakproof_simulators.adobe_commerce.placement import STATUSES, assignment
from peakproof_simulators.adobe_commerce.wire import Masked

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

Raw = dict[str, Any]

_NEEDED: Final = ("base_grand_total", "grand_total", "customer_email")
_OWN: Final = frozenset({"entity_id", "items", "payment", "billing_address", "status_histories",
                         "extension_attributes", "updated_at"})  # fmt: skip
_IGNORED: Final = frozenset(
    {"weight", "x_forwarded_for", "customer_dob", "customer_gender", "customer_middlename",
     "customer_prefix", "customer_suffix", "customer_taxvat", "customer_note", "store_to_base_rate",
     "base_to_global_rate", "store_to_order_rate", "applied_rule_ids", "can_ship_partially",
     "can_ship_partially_item", "forced_shipment_with_invoice", "payment_auth_expiration",
     "payment_authorization_amount", "edit_increment", "original_increment_id",
     "relation_child_id", "relation_child_real_id", "relation_parent_id",
     "relation_parent_real_id", "billing_address_id", "shipping_address_id",
     "quote_address_id", "total_online_refunded", "total_offline_refunded",
     "adjustment_negative", "adjustment_positive", "discount_description"}
)  # fmt: skip
"""Properties that the shop has and this fake does not keep."""


@cache
def _types(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def save(shop: Shop, raw: Raw, store_id: int) -> Order:
    """Create an order, or merge what is sent into one that is there.

    Raises:
        Refusal: something is missing, or of a wrong type, or the order is not there.
        Masked: a property is unknown.
    """
    number = raw.get("entity_id")
    if number is not None:
        known = shop.orders.rows.get(number) if isinstance(number, int) else None
        if known is None:
            raise refuse("no_entity")
        return _merge(shop, known, raw)
    missing = [name for name in _NEEDED if raw.get(name) is None]
    if missing:
        raise required(missing)
    return _create(shop, raw, store_id)


def typed_fields(kind: type[msgspec.Struct], raw: Raw, skip: frozenset[str]) -> Raw:
    """What is sent for the plain fields of an entity, typed."""
    types, found = _types(kind), {}
    for name, value in raw.items():
        if name in skip or name in _IGNORED:
            continue
        if name not in types:
            raise Masked(f'Property "{name}" does not have accessor method.')
        if value is not None:
            found[name] = _typed(value, types[name], name)
    return found


def _typed(value: Any, kind: Any, name: str) -> Any:
    try:
        made = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        wanted = "float" if "Decimal" in str(kind) else "int" if "int" in str(kind) else "string"
        raise Refusal(
            400, f'Error occurred during "{name}" processing. The "{str(value)[:200]}" value\'s '
            f'type is invalid. The "{wanted}" type was expected. Verify and try again.',
        ) from None  # fmt: skip
    if isinstance(made, Decimal) and (not made.is_finite() or abs(made) >= 10**16):
        raise Refusal(400, "SQLSTATE[22003]: Numeric value out of range: 1264 Out of range value")
    return made


def _lines(raw: Raw) -> list[Raw]:
    lines = raw.get("items") or []
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise refuse("decoding")
    return lines


def _create(shop: Shop, raw: Raw, store_id: int) -> Order:
    now = shop.stamp()
    given = typed_fields(Order, raw, _OWN)
    skip = frozenset({"parent_item", "item_id"})
    typed = [typed_fields(OrderItem, line, skip) for line in _lines(raw)]
    if any(not isinstance(line.get("sku"), str) for line in typed):
        raise required(["sku"])
    payment, address = _payment(raw), _address(raw.get("billing_address"))
    if shop.orders.one("increment_id", given.get("increment_id", "")) is not None:
        raise Refusal(400, "Unique constraint violation found")
    state = given.get("state", "new")
    start: Raw = {
        "state": state, "status": STATUSES.get(state, "pending"), "store_id": store_id,
        "created_at": now, "base_currency_code": shop.currency,
        "global_currency_code": shop.currency, "order_currency_code": shop.currency,
        "store_currency_code": shop.currency,
    }  # fmt: skip
    start.update(given)
    entity_id = shop.count("order")
    start.setdefault("increment_id", shop.number("order", start["store_id"]))
    order = Order(
        entity_id=entity_id, updated_at=now, items=[], status_histories=[],
        billing_address=address, payment=payment, **start,
    )  # fmt: skip
    for line in typed:
        _add(shop, order, line)
    order.total_item_count = len(order.items)
    if "total_due" not in given:
        order.total_due = order.grand_total - order.total_paid
    shipping = raw.get("extension_attributes")
    order.extension_attributes = OrderExtension(
        shipping_assignments=[assignment(order, "", _shipping_address(shipping))]
    )
    shop.touch(order)
    facts.placed(shop, order)
    return order


def _add(shop: Shop, order: Order, line: Raw) -> None:
    product = shop.catalogue.get(line["sku"])
    start: Raw = {
        "name": product.name if product is not None else line["sku"], "product_type": "simple",
        "qty_ordered": ONE, "product_id": product.id if product is not None else None,
    }  # fmt: skip
    start.update(line)
    start.update(
        item_id=shop.count("order_item"), order_id=order.entity_id, store_id=order.store_id,
        created_at=order.created_at, updated_at=order.updated_at,
    )  # fmt: skip
    item = OrderItem(**start)
    if item.qty_ordered < 0:
        item.qty_ordered = ZERO
    order.items.append(item)
    shop.order_items.put(item)


def _payment(raw: Raw) -> Payment | None:
    given = raw.get("payment")
    if not isinstance(given, dict):
        return None
    if not isinstance(given.get("method"), str):
        raise required(["method"])
    kept = {name: value for name, value in given.items() if name in _types(Payment)}
    kept.setdefault("additional_information", [])
    typed: Payment = _typed(kept, Payment, "payment")
    return typed


def _address(raw: Any) -> Address | None:
    if not isinstance(raw, dict):
        return None
    address: Address = _typed(raw, Address, "billing_address")
    return address


def _shipping_address(raw: Any) -> Address | None:
    """The address in the first shipping assignment, where there is one."""
    try:
        return _address(raw["shipping_assignments"][0]["shipping"]["address"])
    except (KeyError, IndexError, TypeError):
        return None


def _merge(shop: Shop, order: Order, raw: Raw) -> Order:
    """Change what is sent of an order."""
    old, changed = order.state, typed_fields(Order, raw, _OWN)
    payment, address = _payment(raw), _address(raw.get("billing_address"))
    skip = frozenset({"parent_item", "item_id", "order_id", "parent_item_id"})
    lines = [(line.get("item_id"), typed_fields(OrderItem, line, skip)) for line in _lines(raw)]
    for name, value in changed.items():
        setattr(order, name, value)
    order.payment = payment or order.payment
    order.billing_address = address or order.billing_address
    for number, fields in lines:
        item = shop.item(order, number) if isinstance(number, int) else None
        if item is not None:
            for name, value in fields.items():
                setattr(item, name, value)
            shop.order_items.put(item)
    if order.state != old:
        facts.turned(shop, order, old)
    shop.touch(order)
    return order
