"""Payments and refunds. Lists of both are eventually consistent: they lag by a few seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos import paying
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.sale import Payment, Refund, Sale, Tender
from peakproof_simulators.pos.square import paging, params, words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.money_view import payment_view, refund_view
from peakproof_simulators.pos.square.payloads.common import Empty
from peakproof_simulators.pos.square.payloads.payments import (
    CancelByKeyRequest,
    CompletePaymentRequest,
    CreatePaymentRequest,
    CreateRefundRequest,
    PaymentAnswer,
    PaymentsAnswer,
    RefundAnswer,
    RefundsAnswer,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

PAGE: Final = 100
DECLINED: Final = "cnon:card-nonce-declined"
"""The card of the sandbox that is always declined."""

_CREATE: Final = Decoder(CreatePaymentRequest)
_COMPLETE: Final = Decoder(CompletePaymentRequest)
_BY_KEY: Final = Decoder(CancelByKeyRequest)
_REFUND: Final = Decoder(CreateRefundRequest)
_TENDERS: Final[dict[str, Tender]] = {"CASH": "cash", "EXTERNAL": "external"}


def create(square: Square, call: Call) -> Response:
    """Take a payment, or record one that somebody else took."""
    body = square.read(call, _CREATE)

    def act() -> Response:
        sale = None if body.order_id is None else square.sale(body.order_id)
        payment = _payment(square, body, sale)
        try:
            paying.take(square.pos, sale, payment)
        except NotAllowed as error:
            raise square.not_allowed(error, about=payment.sale or payment.id) from error
        square.payment_keys[body.idempotency_key] = payment.id
        return _answer(square, call, payment)

    return square.once(call, body.idempotency_key, body, act)


def get(square: Square, call: Call) -> Response:
    """One payment, as it is now."""
    return _answer(square, call, _known(square, call))


def list_payments(square: Square, call: Call) -> Response:
    """Payments by the time at which they were made or changed, newest first."""
    by = params.chosen(call, "sort_field", ("CREATED_AT", "UPDATED_AT", "OFFLINE_CREATED_AT"))
    place, offline = call.one("location_id"), params.flag(call, "is_offline_payment")
    since = square.window(call.one("begin_time"), call.one("end_time"), "begin_time")
    changed = square.window(
        call.one("updated_at_begin_time"), call.one("updated_at_end_time"), "updated_at_begin_time"
    )
    taken = square.window(
        call.one("offline_begin_time"), call.one("offline_end_time"), "offline_begin_time"
    )
    limit = params.whole(call, "limit", PAGE, least=1) or PAGE
    newest = params.newest_first(call)
    query = paging.signature("payments", by, place, offline, since, changed, taken, newest)
    cursor = paging.opened(call.one("cursor"), query)
    walk = square.pos.payments.walk(
        "updated" if by == "UPDATED_AT" else "created",
        newest=newest,
        cursor=None if cursor is None else cursor[0],
        lag_s=max(call.stale_s, square.settings.payments_list_lag_s),
    )
    found = (
        (mark, payment)
        for mark, payment in walk
        if place in (None, payment.place)
        and offline in (None, payment.client_ms is not None)
        and _within(payment.created_ms, since)
        and _within(payment.updated_ms, changed)
        and _taken(payment, taken)
    )
    payments, after = paging.page(found, min(limit, PAGE), query)
    for payment in payments:
        square.name_sale(call, payment.sale)
    views = [payment_view(square, payment) for payment in payments]
    return square.reply(PaymentsAnswer(payments=views or None, cursor=after))


def complete(square: Square, call: Call) -> Response:
    """Capture an approved payment."""
    payment = _known(square, call)
    body = square.read(call, _COMPLETE)
    _same_version(square, payment, body.version_token)
    try:
        return _answer(square, call, paying.capture(square.pos, payment))
    except NotAllowed as error:
        raise _moved_on(square, payment, error) from error


def cancel(square: Square, call: Call) -> Response:
    """Void an approved payment."""
    payment = _known(square, call)
    try:
        return _answer(square, call, paying.release(square.pos, payment))
    except NotAllowed as error:
        raise _moved_on(square, payment, error) from error


def cancel_by_key(square: Square, call: Call) -> Response:
    """Void whatever payment a key made; a key that made none is no error."""
    body = square.read(call, _BY_KEY)
    payment = square.pos.payments.get(square.payment_keys.get(body.idempotency_key, ""))
    if payment is not None and payment.state == "approved":
        paying.release(square.pos, payment)
    return square.reply(Empty())


def create_refund(square: Square, call: Call) -> Response:
    """Give money back: of a payment, or linked to none."""
    body = square.read(call, _REFUND)

    def act() -> Response:
        amount_minor = square.own(body.amount_money, "amount_money")
        if amount_minor == 0:
            raise refusal("VALUE_TOO_LOW", "The amount is above zero.", "amount_money.amount")
        if body.unlinked:
            return _refunded(square, call, _unlinked(square, body, amount_minor))
        return _refunded(square, call, _linked(square, body, amount_minor))

    return square.once(call, body.idempotency_key, body, act)


def get_refund(square: Square, call: Call) -> Response:
    """One refund, as it is now."""
    refund = square.pos.refunds.get(call.params["refund_id"])
    if refund is None:
        raise refusal("NOT_FOUND", "Refund not found.", "refund_id")
    return _refunded(square, call, refund)


def list_refunds(square: Square, call: Call) -> Response:
    """Refunds by the time at which they were made or changed, newest first."""
    by = params.chosen(call, "sort_field", ("CREATED_AT", "UPDATED_AT"))
    place = call.one("location_id")
    status = params.chosen(call, "status", tuple(words.REFUND.values()))
    source = params.chosen(call, "source_type", tuple(words.SOURCE.values()))
    since = square.window(call.one("begin_time"), call.one("end_time"), "begin_time")
    changed = square.window(
        call.one("updated_at_begin_time"), call.one("updated_at_end_time"), "updated_at_begin_time"
    )
    limit = params.whole(call, "limit", PAGE, least=1) or PAGE
    newest = params.newest_first(call)
    query = paging.signature("refunds", by, place, status, source, since, changed, newest)
    cursor = paging.opened(call.one("cursor"), query)
    walk = square.pos.refunds.walk(
        "updated" if by == "UPDATED_AT" else "created",
        newest=newest,
        cursor=None if cursor is None else cursor[0],
        lag_s=max(call.stale_s, square.settings.refunds_list_lag_s),
    )
    found = (
        (mark, refund)
        for mark, refund in walk
        if place in (None, refund.place)
        and status in (None, words.REFUND[refund.state])
        and source in (None, words.SOURCE[refund.tender])
        and _within(refund.created_ms, since)
        and _within(refund.updated_ms, changed)
    )
    refunds, after = paging.page(found, min(limit, PAGE), query)
    for refund in refunds:
        square.name_sale(call, refund.sale)
    views = [refund_view(square, refund) for refund in refunds]
    return square.reply(RefundsAnswer(refunds=views or None, cursor=after))


def _payment(square: Square, body: CreatePaymentRequest, sale: Sale | None) -> Payment:
    amount_minor = square.own(body.amount_money, "amount_money")
    tip = body.tip_money
    if body.source_id == DECLINED:
        raise square.no(
            "GENERIC_DECLINE", "The card was declined.", "source_id", about=body.order_id or ""
        )
    tender = _TENDERS.get(body.source_id, "card")
    _details(body, tender)
    main = sale.place if sale is not None else next(iter(square.pos.places), None)
    place = square.location(body.location_id or main, "location_id")
    if sale is not None and sale.place != place:
        raise refusal("INVALID_LOCATION", "The order is of another location.", "location_id")
    late = body.offline_payment_details
    client = late.client_created_at if late is not None else None
    now_ms, payments = square.pos.now_ms, square.pos.payments
    waits = body.autocomplete is False
    given = {"cash_details": body.cash_details, "external_details": body.external_details}
    return Payment(
        id=square.pos.ids.token(24), no=payments.next_no(), mark=payments.next_mark(), version=1,
        sale="" if sale is None else sale.id, place=place,
        state="approved" if waits else "completed", tender=tender, amount_minor=amount_minor,
        tip_minor=0 if tip is None else square.own(tip, "tip_money"), by_till=False,
        created_ms=now_ms, updated_ms=now_ms, reference=body.reference_id or "",
        note=body.note or "", customer=body.customer_id or "",
        client_ms=None if client is None
        else square.time(client, "offline_payment_details.client_created_at"),
        shape={name: msgspec.to_builtins(each) for name, each in given.items() if each is not None},
    )  # fmt: skip


def _details(body: CreatePaymentRequest, tender: Tender) -> None:
    """Cash and money from elsewhere come with their own details, a card with none."""
    for kind, name, given in (
        ("cash", "cash_details", body.cash_details),
        ("external", "external_details", body.external_details),
    ):
        if tender == kind and given is None:
            raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", name)
        if tender != kind and given is not None:
            raise refusal("CONFLICTING_PARAMETERS", "The source is of another kind.", name)
    if tender != "card" and body.autocomplete is False:
        raise refusal("INVALID_VALUE", "Only cards can be captured later.", "autocomplete")


def _linked(square: Square, body: CreateRefundRequest, amount_minor: int) -> Refund:
    if body.payment_id is None:
        raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", "payment_id")
    if body.location_id is not None:
        raise refusal("CONFLICTING_PARAMETERS", "Only unlinked refunds name it.", "location_id")
    payment = square.pos.payments.get(body.payment_id)
    if payment is None:
        raise refusal("NOT_FOUND", f"Payment {body.payment_id} not found.", "payment_id")
    _same_version(square, payment, body.payment_version_token)
    about = payment.sale or payment.id
    if payment.state == "approved":
        raise square.no(
            "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION", "The payment is not completed.", "payment_id",
            about=about,
        )  # fmt: skip
    if payment.state != "completed":
        raise square.no(
            "PAYMENT_NOT_REFUNDABLE", "The payment was not taken.", "payment_id", about=about
        )
    others = [square.pos.refunds.get(id_) for id_ in payment.refunds]
    if any(each is not None and each.state == "pending" for each in others):
        raise square.no(
            "REFUND_ALREADY_PENDING", "The payment has a pending refund.", "payment_id",
            about=about,
        )  # fmt: skip
    if amount_minor > payment.amount_minor + payment.tip_minor - payment.refunded_minor:
        raise square.no(
            "REFUND_AMOUNT_INVALID", "More than is left of the payment.", "amount_money.amount",
            about=about,
        )  # fmt: skip
    return paying.give_back(
        square.pos, payment, place=payment.place, amount_minor=amount_minor,
        tender=payment.tender, reason=body.reason or "",
    )  # fmt: skip


def _unlinked(square: Square, body: CreateRefundRequest, amount_minor: int) -> Refund:
    if body.payment_id is not None:
        raise refusal("CONFLICTING_PARAMETERS", "An unlinked refund names none.", "payment_id")
    if body.destination_id is None:
        raise refusal(
            "MISSING_REQUIRED_PARAMETER", "A required field is missing.", "destination_id"
        )
    place = square.location(body.location_id, "location_id")
    return paying.give_back(
        square.pos, None, place=place, amount_minor=amount_minor,
        tender=_TENDERS.get(body.destination_id, "card"), reason=body.reason or "",
    )  # fmt: skip


def _known(square: Square, call: Call) -> Payment:
    payment = square.pos.payments.get(call.params["payment_id"])
    if payment is None:
        raise refusal("NOT_FOUND", "Payment not found.", "payment_id")
    return payment


def _answer(square: Square, call: Call, payment: Payment) -> Response:
    if payment.sale:
        square.name_sale(call, payment.sale)
    now = square.pos.payments.get(payment.id) or payment
    return square.reply(PaymentAnswer(payment=payment_view(square, now)))


def _refunded(square: Square, call: Call, refund: Refund) -> Response:
    square.name_sale(call, refund.sale)
    return square.reply(RefundAnswer(refund=refund_view(square, refund)))


def _same_version(square: Square, payment: Payment, token: str | None) -> None:
    if token is not None and token != f"{payment.id}.{payment.version}":
        raise square.stale("version_mismatch", "version_token", about=payment.sale or payment.id)


def _moved_on(square: Square, payment: Payment, error: NotAllowed) -> Exception:
    codes = {
        "completed": "DELAYED_TRANSACTION_CAPTURED",
        "cancelled": "DELAYED_TRANSACTION_CANCELED",
    }
    code = codes.get(payment.state)
    if code is None:
        return square.not_allowed(error, about=payment.sale or payment.id)
    return square.no(code, error.detail, "payment_id", about=payment.sale or payment.id)


def _within(at_ms: int, window: tuple[int | None, int | None]) -> bool:
    since, until = window
    return (since is None or at_ms >= since) and (until is None or at_ms <= until)


def _taken(payment: Payment, window: tuple[int | None, int | None]) -> bool:
    """Whether the till's own time is in a window; a payment without one is in none."""
    if window == (None, None):
        return True
    return payment.client_ms is not None and _within(payment.client_ms, window)
