"""Sales that are made through an API: paid, completed, called off, refunded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from peakproof_simulators.pos import counter
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.sale import (
    PAYMENT_MOVES,
    SALE_MOVES,
    Payment,
    PaymentState,
    Refund,
    Return,
    ReturnLine,
    Sale,
    SaleState,
    Tender,
)
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.state import PointOfSale

_DONE = ("completed", "cancelled", "failed")


def take(pos: PointOfSale, sale: Sale | None, payment: Payment) -> Payment:
    """Take a payment; one that is complete at once also settles its sale.

    Raises:
        NotAllowed: the sale takes no payment, or the payment is not what is due.
    """
    if sale is None:
        return pos.add_payment(payment)
    payable(sale)
    if payment.state == "completed" and payment.amount_minor != sale.total_minor - sale.paid_minor:
        raise NotAllowed(
            "unpaid", "The payment amount does not match the amount due.", "amount_money.amount"
        )
    pos.add_payment(payment)
    sale = pos.change_sale(sale, payments=(*sale.payments, payment.id))
    if payment.state == "completed":
        _settled(pos, sale, payment.amount_minor)
    return payment


def payable(sale: Sale) -> None:
    """Whether a sale takes payments.

    Raises:
        NotAllowed: it is a draft, or has come to its end.
    """
    if sale.state != "open":
        raise NotAllowed("wrong_state", f"An order that is {sale.state} cannot be paid.")


def capture(pos: PointOfSale, payment: Payment) -> Payment:
    """Complete an approved payment, and settle its sale where it covers what is due.

    Raises:
        NotAllowed: the payment is not approved, or its sale has another amount due.
    """
    _may(payment, "completed")
    sale = pos.sales.get(payment.sale) if payment.sale else None
    if sale is not None:
        payable(sale)
        if payment.amount_minor != sale.total_minor - sale.paid_minor:
            raise NotAllowed("unpaid", "The payment amount does not match the amount due.")
    now = pos.change_payment(payment, state="completed")
    if sale is not None:
        _settled(pos, sale, payment.amount_minor)
    return now


def release(pos: PointOfSale, payment: Payment) -> Payment:
    """Cancel an approved payment.

    Raises:
        NotAllowed: the payment is not approved.
    """
    _may(payment, "cancelled")
    return pos.change_payment(payment, state="cancelled")


def settle(pos: PointOfSale, sale: Sale, payments: Sequence[Payment]) -> Sale:
    """Pay a sale with approved payments; other approved ones of the sale are cancelled.

    Raises:
        NotAllowed: a payment is not approved or of another sale, or the sum is not what is due.
    """
    payable(sale)
    for payment in payments:
        if payment.sale != sale.id:
            raise NotAllowed("wrong_state", f"{payment.id} does not reference the order.")
        _may(payment, "completed")
    total = sum(payment.amount_minor for payment in payments)
    if total != sale.total_minor - sale.paid_minor:
        raise NotAllowed("unpaid", "The payments do not match the amount due.", "payment_ids")
    chosen = {payment.id for payment in payments}
    for payment in payments:
        pos.change_payment(payment, state="completed")
    _release_others(pos, sale, chosen)
    return _settled(pos, sale, total)


def may_complete(sale: Sale) -> None:
    """Whether a sale can be completed as it is.

    Raises:
        NotAllowed: it is not open, not paid, or not fulfilled.
    """
    _may_sale(sale, "completed")
    if sale.paid_minor < sale.total_minor:
        raise NotAllowed("unpaid", "The order is not fully paid.", "order.state")
    if any(each.state not in _DONE for each in sale.fulfilments):
        raise NotAllowed(
            "unfulfilled",
            "All fulfillments must have a state of COMPLETED, CANCELED, or FAILED for an order to "
            "be able to have a state of COMPLETED.",
            "order.state",
        )


def complete(pos: PointOfSale, sale: Sale) -> Sale:
    """Complete a sale: goods leave the shelf.

    Raises:
        NotAllowed: see :func:`may_complete`.
    """
    may_complete(sale)
    now_ms = pos.now_ms
    done = pos.change_sale(
        sale,
        state="completed",
        occurred_ms=now_ms,
        closed_ms=now_ms,
        closed_no=pos.next_closed(),
    )
    counter.hand_over(pos, done)
    return done


def call_off(pos: PointOfSale, sale: Sale) -> Sale:
    """Cancel a sale that nobody has paid.

    Raises:
        NotAllowed: it has come to its end, or money was taken for it.
    """
    _may_sale(sale, "voided")
    if sale.paid_minor:
        raise NotAllowed("wrong_state", "A paid order cannot be canceled.", "order.state")
    if pos.dispatch is not None:
        pos.dispatch.may_call_off(sale)
    _release_others(pos, sale, set())
    fulfilments = tuple([
        each if each.state in _DONE else msgspec.structs.replace(each, state="cancelled")
        for each in sale.fulfilments
    ])  # fmt: skip
    voided = pos.change_sale(
        sale, state="voided", fulfilments=fulfilments, closed_ms=pos.now_ms,
        closed_no=pos.next_closed(),
    )  # fmt: skip
    if pos.dispatch is not None:
        pos.dispatch.called_off(voided)
    return voided


def give_back(
    pos: PointOfSale,
    payment: Payment | None,
    *,
    place: str,
    amount_minor: int,
    tender: Tender,
    reason: str,
) -> Refund:
    """Give money back: a return of that amount is written down, no goods move.

    Money to a card is pending for a while.
    """
    now_ms, settles_s = pos.now_ms, pos.settings.refund_settles_s
    waits = tender == "card" and settles_s > 0
    refund, sale = pos.ids.token(24), pos.ids.token(24)
    line = ReturnLine(
        uid="amount", sku="", units_e5=UNIT, unit_price_minor=amount_minor,
        gross_minor=amount_minor, discount_minor=0, tax_minor=0, total_minor=amount_minor,
        name="Custom Amount", by_amount=True,
    )  # fmt: skip
    source = "" if payment is None else payment.sale
    pos.add_sale(
        Sale(
            id=sale, no=pos.sales.next_no(), mark=pos.sales.next_mark(), version=1, place=place,
            state="completed", by_till=False, source=pos.settings.application_name,
            created_ms=now_ms, updated_ms=now_ms, occurred_ms=now_ms, closed_ms=now_ms,
            closed_no=pos.next_closed(), returns=(Return("return", source, (line,)),),
            refunds=(refund,),
        )
    )  # fmt: skip
    made = pos.add_refund(
        Refund(
            id=refund, no=pos.refunds.next_no(), mark=pos.refunds.next_mark(), version=1,
            sale=sale, place=place, state="pending" if waits else "completed",
            amount_minor=amount_minor, created_ms=now_ms, updated_ms=now_ms,
            payment="" if payment is None else payment.id, tender=tender, reason=reason,
        )
    )  # fmt: skip
    if payment is not None:
        pos.change_payment(
            payment,
            refunded_minor=payment.refunded_minor + amount_minor,
            refunds=(*payment.refunds, refund),
        )
    if waits:
        pos.world.after(settles_s, lambda: _refunded(pos, refund))
    return made


def _refunded(pos: PointOfSale, id_: str) -> None:
    refund = pos.refunds.get(id_)
    assert refund is not None
    pos.change_refund(refund, state="completed")


def _settled(pos: PointOfSale, sale: Sale, amount_minor: int) -> Sale:
    """Money is in; a sale with nothing left to be fulfilled is complete."""
    paid = pos.change_sale(sale, paid_minor=sale.paid_minor + amount_minor)
    if paid.paid_minor >= paid.total_minor and all(e.state in _DONE for e in paid.fulfilments):
        return complete(pos, paid)
    return paid


def _release_others(pos: PointOfSale, sale: Sale, chosen: set[str]) -> None:
    for id_ in sale.payments:
        payment = pos.payments.get(id_)
        if payment is not None and payment.state == "approved" and id_ not in chosen:
            pos.change_payment(payment, state="cancelled")


def _may(payment: Payment, state: PaymentState) -> None:
    if state not in PAYMENT_MOVES[payment.state]:
        raise NotAllowed("wrong_state", f"The payment is {payment.state}.")


def _may_sale(sale: Sale, state: SaleState) -> None:
    if state not in SALE_MOVES[sale.state]:
        raise NotAllowed("wrong_state", f"The order is {sale.state}.", "order.state")
