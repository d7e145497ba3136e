"""Orders: made, read, changed, paid. What a till made can be read, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos import paying
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.sale import Sale
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.order_edit import edited, may_edit
from peakproof_simulators.pos.square.order_read import read_basket, read_fulfilments
from peakproof_simulators.pos.square.order_view import order_view
from peakproof_simulators.pos.square.payloads.orders import (
    BatchRetrieveOrdersRequest,
    CalculateOrderRequest,
    CloneOrderRequest,
    CreateOrderRequest,
    Order,
    OrderAnswer,
    OrdersAnswer,
    PayOrderRequest,
    UpdateOrderRequest,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

_CREATE: Final = Decoder(CreateOrderRequest)
_UPDATE: Final = Decoder(UpdateOrderRequest)
_BATCH: Final = Decoder(BatchRetrieveOrdersRequest)
_CALCULATE: Final = Decoder(CalculateOrderRequest)
_CLONE: Final = Decoder(CloneOrderRequest)
_PAY: Final = Decoder(PayOrderRequest)

_UPDATED: Final = "orders.update"


def create(square: Square, call: Call) -> Response:
    """Make an order: open, or a draft."""
    body = square.read(call, _CREATE)

    def act() -> Response:
        sale = square.pos.add_sale(_made(square, body.order, square.pos.ids.token(24)))
        square.name_sale(call, sale.id)
        return _answer(square, sale)

    return square.once(call, body.idempotency_key, body, act)


def get(square: Square, call: Call) -> Response:
    """One order."""
    sale = square.sale(call.params["order_id"])
    square.name_sale(call, sale.id)
    return _answer(square, sale)


def update(square: Square, call: Call) -> Response:
    """Change an open order of the version that the client holds.

    A key that was used on this order before is the trap that Square documents: 200, and nothing
    of the new change.
    """
    body = square.read(call, _UPDATE)
    sale = square.sale(call.params["order_id"])
    square.name_sale(call, sale.id)
    key = body.idempotency_key
    seen = None if key is None else square.keys.find(_UPDATED, f"{sale.id} {key}")
    if seen is not None:
        if square.settings.update_key_reuse == "ignored":
            return _answer(square, sale)
        raise square.no(
            "IDEMPOTENCY_KEY_REUSED", "The idempotency key has already been used.",
            "idempotency_key", about=sale.id,
        )  # fmt: skip
    may_edit(square, sale, body.order)
    now = edited(square, sale, body.order, body.fields_to_clear or [])
    response = _answer(square, now)
    if key is not None:
        square.keys.keep(_UPDATED, f"{sale.id} {key}", 0, response, ())
    return response


def batch_retrieve(square: Square, call: Call) -> Response:
    """Orders by their ids; unknown ones are left out without a word."""
    body = square.read(call, _BATCH)
    found = [square.pos.sales.get(id_) for id_ in dict.fromkeys(body.order_ids)]
    views = []
    for sale in found:
        if sale is not None and body.location_id in (None, sale.place):
            square.name_sale(call, sale.id)
            views.append(order_view(square, sale))
    return square.reply(OrdersAnswer(orders=views or None))


def calculate(square: Square, call: Call) -> Response:
    """What an order would cost; nothing is kept."""
    view = order_view(square, _made(square, square.read(call, _CALCULATE).order, "calculated"))
    view.id = None
    return square.reply(OrderAnswer(order=view))


def clone(square: Square, call: Call) -> Response:
    """A draft with the lines, taxes and discounts of another order."""
    body = square.read(call, _CLONE)

    def act() -> Response:
        sale = square.sale(body.order_id)
        if body.version is not None and (sale.by_till or body.version != sale.version):
            raise square.stale(square.settings.order_conflict, "version", about=sale.id)
        now_ms = square.pos.now_ms
        copy = msgspec.structs.replace(
            _empty(square, square.pos.ids.token(24), sale.place), state="parked",
            source=square.settings.application_name, lines=sale.lines, taxes=sale.taxes,
            discounts=sale.discounts, total_minor=sale.total_minor, tax_minor=sale.tax_minor,
            discount_minor=sale.discount_minor, created_ms=now_ms, updated_ms=now_ms,
        )  # fmt: skip
        square.pos.add_sale(copy)
        square.name_sale(call, copy.id)
        return _answer(square, copy)

    return square.once(call, body.idempotency_key, body, act)


def pay(square: Square, call: Call) -> Response:
    """Pay an order with approved payments; without fulfilments it is complete then."""
    body = square.read(call, _PAY)

    def act() -> Response:
        sale = square.sale(call.params["order_id"])
        square.name_sale(call, sale.id)
        if body.order_version is not None and body.order_version != sale.version:
            raise square.stale(square.settings.order_conflict, "order_version", about=sale.id)
        payments = []
        for id_ in dict.fromkeys(body.payment_ids or ()):
            payment = square.pos.payments.get(id_)
            if payment is None:
                raise refusal("NOT_FOUND", f"Payment {id_} not found.", "payment_ids")
            payments.append(payment)
        try:
            return _answer(square, paying.settle(square.pos, sale, payments))
        except NotAllowed as error:
            raise square.not_allowed(error, about=sale.id) from error

    return square.once(call, body.idempotency_key, body, act)


def _answer(square: Square, sale: Sale) -> Response:
    return square.reply(OrderAnswer(order=order_view(square, sale)))


def _empty(square: Square, id_: str, place: str) -> Sale:
    now_ms, sales = square.pos.now_ms, square.pos.sales
    return Sale(
        id=id_, no=sales.next_no(), mark=sales.next_mark(), version=1, place=place, state="open",
        by_till=False, source="", created_ms=now_ms, updated_ms=now_ms, occurred_ms=now_ms,
    )  # fmt: skip


def _made(square: Square, order: Order, id_: str) -> Sale:
    """A sale out of what a client says; what Square fills in itself is not looked at."""
    place = square.location(order.location_id, "order.location_id")
    if order.state not in (None, "OPEN", "DRAFT"):
        raise refusal("INVALID_VALUE", "A new order is OPEN or DRAFT.", "order.state")
    if order.returns:
        raise refusal("BAD_REQUEST", "Returns are made at the point of sale.", "order.returns")
    basket = read_basket(square, order, place)
    source = order.source.name if order.source is not None else None
    options = order.pricing_options
    return msgspec.structs.replace(
        _empty(square, id_, place),
        state="parked" if order.state == "DRAFT" else "open",
        source=source or square.settings.application_name,
        reference=order.reference_id or "",
        customer=order.customer_id or "",
        ticket=order.ticket_name or "",
        lines=basket.lines,
        discounts=basket.discounts,
        taxes=basket.taxes,
        fulfilments=read_fulfilments(square, order.fulfillments or ()),
        total_minor=basket.total_minor,
        tax_minor=basket.tax_minor,
        discount_minor=basket.discount_minor,
        metadata=order.metadata,
        shape={"pricing_options": msgspec.to_builtins(options)} if options is not None else None,
    )
