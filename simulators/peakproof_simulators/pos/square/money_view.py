"""Payments, refunds and transfers as Square writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.pos.square import words
from peakproof_simulators.pos.square.payloads.payments import (
    ApplicationDetails,
    CardDetails,
    OfflineDetails,
    Payment,
    Refund,
)
from peakproof_simulators.pos.square.payloads.transfers import TransferLine, TransferOrder

if TYPE_CHECKING:
    from peakproof_simulators.pos import sale as books
    from peakproof_simulators.pos.square.surface import Square

_CARD_STATUS = {
    "approved": "AUTHORIZED",
    "completed": "CAPTURED",
    "cancelled": "VOIDED",
    "failed": "FAILED",
}


def payment_view(square: Square, payment: books.Payment) -> Payment:
    """A payment. One that a till took offline carries the till's own time."""
    money, shape, settings = square.money, payment.shape or {}, square.settings
    offline = payment.client_ms is not None
    cash = shape.get("cash_details")
    if cash is None and payment.tender == "cash":
        given = {"amount": payment.amount_minor, "currency": square.pos.currency}
        cash = {"buyer_supplied_money": given, "change_back_money": {**given, "amount": 0}}
    return Payment(
        id=payment.id,
        created_at=square.iso(payment.created_ms),
        updated_at=square.iso(payment.updated_ms),
        amount_money=money(payment.amount_minor),
        tip_money=money(payment.tip_minor) if payment.tip_minor else None,
        total_money=money(payment.amount_minor + payment.tip_minor),
        approved_money=money(payment.amount_minor + payment.tip_minor),
        refunded_money=money(payment.refunded_minor) if payment.refunded_minor else None,
        status=words.PAYMENT[payment.state],  # type: ignore[arg-type] # the table holds such words
        source_type=words.SOURCE[payment.tender],  # type: ignore[arg-type] # likewise
        card_details=CardDetails(
            status=_CARD_STATUS[payment.state],  # type: ignore[arg-type] # likewise
            entry_method="EMV" if payment.by_till else "KEYED",
        )
        if payment.tender == "card"
        else None,
        cash_details=cash,
        external_details=shape.get("external_details"),
        location_id=payment.place,
        order_id=payment.sale or None,
        reference_id=payment.reference or None,
        customer_id=payment.customer or None,
        refund_ids=list(payment.refunds) or None,
        note=payment.note or None,
        application_details=ApplicationDetails(
            square_product="SQUARE_POS" if payment.by_till else "ECOMMERCE_API",
            application_id=settings.till_application_id
            if payment.by_till
            else square.application_id,
        ),
        is_offline_payment=True if offline else None,
        offline_payment_details=OfflineDetails(client_created_at=square.iso(payment.client_ms))
        if payment.client_ms is not None
        else None,
        version_token=f"{payment.id}.{payment.version}",
    )


def refund_view(square: Square, refund: books.Refund) -> Refund:
    """A refund."""
    return Refund(
        id=refund.id,
        status=words.REFUND[refund.state],  # type: ignore[arg-type] # the table holds such words
        location_id=refund.place,
        unlinked=not refund.payment,
        destination_type=words.SOURCE[refund.tender],  # type: ignore[arg-type] # likewise
        amount_money=square.money(refund.amount_minor),
        payment_id=refund.payment or None,
        order_id=refund.sale or None,
        reason=refund.reason or None,
        created_at=square.iso(refund.created_ms),
        updated_at=square.iso(refund.updated_ms),
    )


def transfer_view(square: Square, transfer: books.Transfer) -> TransferOrder:
    """A transfer order."""
    quantity = words.quantity
    return TransferOrder(
        id=transfer.id,
        source_location_id=transfer.src,
        destination_location_id=transfer.dst,
        status=words.TRANSFER[transfer.state],
        created_at=square.iso(transfer.created_ms),
        updated_at=square.iso(transfer.updated_ms),
        expected_at=transfer.expected or None,
        completed_at=square.iso(transfer.completed_ms) if transfer.state == "completed" else None,
        notes=transfer.notes or None,
        tracking_number=transfer.tracking or None,
        created_by_team_member_id=transfer.person or None,
        line_items=[
            TransferLine(
                uid=line.uid,
                item_variation_id=line.variant,
                quantity_ordered=quantity(line.ordered_e5),
                quantity_pending=quantity(line.pending_e5),
                quantity_received=quantity(line.received_e5),
                quantity_damaged=quantity(line.damaged_e5),
                quantity_canceled=quantity(line.cancelled_e5),
            )
            for line in transfer.lines
        ]
        or None,
        version=transfer.version,
    )
