"""Orders in the Order API: listed, inserted, completed, commented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from peakproof_simulators.centra import orders, payments, shipments
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.integration.references import minor
from peakproof_simulators.centra.order_api import reading, shown
from peakproof_simulators.centra.order_api.payloads import (
    InsertAnswer,
    OrderAnswer,
    OrderChange,
    OrderInsert,
    OrdersAnswer,
)
from peakproof_simulators.centra.orders import Item
from peakproof_simulators.kit.service import Call, VendorError

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Market, Order
    from peakproof_simulators.centra.state import Centra

_INSERT: Final = msgspec.json.Decoder(OrderInsert)
_CHANGE: Final = msgspec.json.Decoder(OrderChange)

NOT_ADDABLE, STOCK, EMPTY, FIELDS, NUMBER_TAKEN, CUSTOMER, GENERAL = -1, -2, -3, -4, -5, -6, -7
"""The vendor's codes for an order that could not be inserted."""


def listed(centra: Centra, call: Call) -> OrdersAnswer:
    """Orders that are not on hold and not waiting for payment, by number."""
    newer, older = (reading.moment(centra, call, name) for name in ("newer_than", "older_than"))
    one = reading.number(call, "order", 0)
    customer = call.one("customer_id")
    hides = centra.settings.hide_held_and_unpaid
    ids = ([one] if one in centra.orders.by_id else []) if one else centra.orders.by_id
    found = (
        order
        for order in centra.orders.seen(ids, call.stale_s)
        if reading.serves(centra, order)
        and not (hides and (order.on_hold or order.waiting))
        and (newer is None or order.created_s > newer)
        and (older is None or order.created_s < older)
        and (customer is None or order.email == customer)
    )
    made = reading.rows(call, found)
    for order in made:
        centra.note(f"order:{order.number}")
    return OrdersAnswer(status="ok", orders=[shown.order(centra, order) for order in made])


def _no(code: int, text: str) -> VendorError:
    return VendorError(reading.reply(InsertAnswer(status="no", msg=text, code=code)))


def insert(centra: Centra, call: Call) -> InsertAnswer:
    """Take an order from elsewhere; with ``createOnly`` it has to be completed later."""
    asked = reading.body(centra, call, _INSERT)
    if not centra.settings.order_api_inserts_orders:
        raise _no(GENERAL, "inserting orders is not allowed")
    if not asked.products:
        raise _no(EMPTY, "no products")
    if not asked.email:
        raise _no(CUSTOMER, "email is missing")
    if not (asked.address or asked.shipping_address):
        raise _no(FIELDS, "address is missing")
    market = _market(centra, asked)
    foreign = asked.order_number or ""
    number = int(foreign) if foreign.isascii() and foreign.isdigit() and len(foreign) < 10 else 0
    if foreign in centra.orders.by_foreign or number in centra.orders.by_id:
        raise _no(NUMBER_TAKEN, f"order number {foreign} exists")
    items = _items(centra, asked)
    lacking = orders.missing(centra, market, items) if asked.adjust_stock else []
    if lacking and not (asked.force_create or centra.settings.backorders):
        raise _no(STOCK, f"not enough stock of {centra.sku(lacking[0][0].size)}")
    order = orders.draft(
        centra, market, items, email=asked.email,
        address=asked.shipping_address or asked.address, number=number, foreign_number=foreign,
    )  # fmt: skip
    if asked.create_only:
        centra.orders.put(order.number, order)
        centra.note(f"order:{order.number}")
        return InsertAnswer(status="ok", order=order.number)
    order = orders.accept(centra, order, take_stock=asked.adjust_stock)
    _pay(centra, order, asked)
    return InsertAnswer(status="ok", orders=[order.number])


def _market(centra: Centra, asked: OrderInsert) -> Market:
    id_ = asked.market_id or centra.market_of.get(asked.market or "", 0)
    if asked.market_id is None and asked.market is None:
        id_ = 1
    market = centra.markets.get(id_)
    if market is None:
        raise _no(FIELDS, "market does not exist")
    rule = centra.rules.by_id[market.rule]
    if asked.warehouse_group not in (None, rule.name, str(rule.id)):
        raise _no(GENERAL, "warehouseGroup is not the market's")
    if asked.pricelist_id not in (None, 1):
        raise _no(FIELDS, "pricelist does not exist")
    return market


def _items(centra: Centra, asked: OrderInsert) -> list[Item]:
    items = []
    for each in asked.products:
        size = each.id if each.id in centra.sizes.by_id else None
        if each.ean is not None:
            size = centra.barcode_of.get(each.ean)
        elif each.sku is not None:
            size = centra.size_of.get(each.sku)
        if size is None:
            raise _no(NOT_ADDABLE, "product could not be added")
        amount = None if each.unit_price is None else minor(each.unit_price)
        items.append(Item(size, each.qty, amount))
    return items


def _pay(centra: Centra, order: Order, asked: OrderInsert) -> None:
    given = asked.payment
    if given is None or given.auth is None or given.auth.status != 1:
        return
    order = orders.authorise(centra, order)
    order = shipments.after_confirming(centra, order)
    if given.capture is not None and given.capture.status == 1:
        order, _ = payments.enter(centra, order, "CAPTURE", "SUCCESS", order.total_minor)
        orders.store(centra, order)


def complete(centra: Centra, call: Call) -> InsertAnswer:
    """Complete a ``createOnly`` order. Stock is not asked again: what lacks is demand."""
    text = call.params["id"]
    id_ = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    order = reading.order(centra, id_)
    if order.complete:
        raise Fault("already_completed", "id", key=text, why="order")
    made = orders.accept(centra, order)
    return InsertAnswer(status="ok", orders=[str(made.number)])


def update(centra: Centra, call: Call) -> OrderAnswer:
    """Change comments and attributes."""
    asked = reading.body(centra, call, _CHANGE)
    order = reading.order(centra, asked.order)
    internal, comment = asked.internal_comment, asked.comment
    orders.store(
        centra,
        replace(
            order,
            internal_comment=order.internal_comment if internal is None else internal,
            other_comment=order.other_comment if comment is None else comment,
            attributes={**order.attributes, **(asked.extra_attributes or {})},
        ),
    )
    return OrderAnswer(status="ok", order=order.number)
