"""Money of sales that come in over the second face: taken, and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.numbers import cents, number
from peakproof_simulators.pos.lightspeed.surface import TENDERS
from peakproof_simulators.pos.sale import Payment, Refund, Sale

if TYPE_CHECKING:
    from msgspec import UnsetType

    from peakproof_simulators.pos.lightspeed.payloads.sales import GivenPayment
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.sale import Tender


class Money(msgspec.Struct, frozen=True):
    """An amount that changes hands; below zero it goes back. ``place`` is empty for the sale's."""

    tender: Tender
    amount_minor: int
    place: str = ""


def read_payments(
    face: Lightspeed, asked: list[GivenPayment] | UnsetType, *, of: Sale | None = None
) -> list[Money]:
    """The payments that a client adds; one with the id of a payment that is there adds nothing.

    Raises:
        VendorError: a payment type or a register is not known, or an amount is nothing.
    """
    found: list[Money] = []
    there = set() if of is None else {
        face.names.uuid("payment", id_) for id_ in (*of.payments, *of.refunds)
    }  # fmt: skip
    for at, given in enumerate(asked if asked is not UNSET else []):
        field = f"payments[{at}]"
        tender = face.names.meant("payment_type", given.type.config_id)
        if tender not in TENDERS:
            raise refusal(422, f"{field}.type.config_id: there is no such payment type")
        amount_minor = cents(number(given.amount, f"{field}.amount"))
        if given.id is not UNSET:
            if given.id not in there:
                raise refusal(422, f"{field}.id: there is no payment {given.id}")
            continue
        if amount_minor == 0:
            raise refusal(422, f"{field}.amount is zero")
        place = ""
        if given.source is not UNSET and given.source.register_id is not UNSET:
            place = face.names.meant("register", given.source.register_id)
            if place not in face.pos.registers:
                raise refusal(422, f"{field}.source.register_id: there is no such register")
        found.append(Money(tender, amount_minor, place))  # type: ignore[arg-type] # it is in TENDERS
    return found


def pay(face: Lightspeed, sale: Sale, money: list[Money]) -> Sale:
    """Take and give money for a sale; the sale with all of it."""
    if not money:
        return sale
    taken: list[Payment] = []
    given: list[Refund] = []
    for each in money:
        if each.amount_minor > 0:
            taken.append(_payment(face, sale, each))
        else:
            source = next((back.source for back in sale.returns if back.source), "")
            given.append(_refund(face, sale, each, source, "Returned goods"))
    return face.pos.change_sale(
        sale,
        payments=(*sale.payments, *(each.id for each in taken)),
        refunds=(*sale.refunds, *(each.id for each in given)),
        paid_minor=sale.paid_minor + sum(each.amount_minor for each in taken),
    )


def give_back_all(face: Lightspeed, sale: Sale) -> tuple[str, ...]:
    """Give all the money of a sale back; the refunds."""
    refunds = []
    for id_ in sale.payments:
        payment = face.pos.payments.get(id_)
        left = 0 if payment is None else payment.amount_minor - payment.refunded_minor
        if payment is not None and payment.state == "completed" and left:
            money = Money(payment.tender, -left, payment.place)
            refunds.append(_refund(face, sale, money, sale.id, "Voided").id)
    return tuple(refunds)


def _payment(face: Lightspeed, sale: Sale, money: Money) -> Payment:
    now_ms, payments = face.pos.now_ms, face.pos.payments
    return face.pos.add_payment(
        Payment(
            id=face.ids.uuid(), no=payments.next_no(), mark=payments.next_mark(), version=1,
            sale=sale.id, place=money.place or sale.place, state="completed",
            tender=money.tender, amount_minor=money.amount_minor, by_till=False,
            created_ms=now_ms, updated_ms=now_ms,
        )
    )  # fmt: skip


def _refund(face: Lightspeed, sale: Sale, money: Money, source: str, reason: str) -> Refund:
    """Give money back, to a payment of the source that still holds so much."""
    pos, amount_minor = face.pos, -money.amount_minor
    known = pos.sales.get(source) if source else None
    payment = next(
        (
            each
            for each in (pos.payments.get(id_) for id_ in (known.payments if known else ()))
            if each is not None
            and each.tender == money.tender
            and each.amount_minor - each.refunded_minor >= amount_minor
        ),
        None,
    )
    refund = pos.add_refund(
        Refund(
            id=face.ids.uuid(), no=pos.refunds.next_no(), mark=pos.refunds.next_mark(),
            version=1, sale=sale.id, place=money.place or sale.place, state="completed",
            amount_minor=amount_minor, created_ms=pos.now_ms, updated_ms=pos.now_ms,
            payment="" if payment is None else payment.id, tender=money.tender, reason=reason,
        )
    )  # fmt: skip
    if payment is not None:
        pos.change_payment(
            payment,
            refunded_minor=payment.refunded_minor + amount_minor,
            refunds=(*payment.refunds, refund.id),
        )
    return refund
