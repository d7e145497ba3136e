"""Payments, refunds and tokens as Square writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from peakproof_simulators.pos.square.payloads.common import (
    Id,
    Money,
    Name,
    Text,
    Timestamp,
    Wire,
)

Key45 = Annotated[str, Meta(min_length=1, max_length=45)]


class CashDetails(Wire, kw_only=True, gc=False):
    """Cash that changed hands."""

    buyer_supplied_money: Money
    change_back_money: Money | None = None


class ExternalDetails(Wire, kw_only=True, gc=False):
    """Money that somebody else took."""

    type: Name
    source: Name
    source_id: Name | None = None
    source_fee_money: Money | None = None


class CardDetails(Wire, kw_only=True, gc=False):
    """A card."""

    status: Literal["AUTHORIZED", "CAPTURED", "VOIDED", "FAILED"]
    entry_method: str | None = None


class OfflineDetails(Wire, kw_only=True, gc=False):
    """When a payment was taken that came in late."""

    client_created_at: Timestamp | None = None


class ApplicationDetails(Wire, kw_only=True, gc=False):
    """Which application took a payment."""

    square_product: str
    application_id: str | None = None


class Payment(Wire, kw_only=True):
    """Money taken."""

    id: Id
    created_at: Timestamp
    updated_at: Timestamp
    amount_money: Money
    tip_money: Money | None = None
    total_money: Money
    approved_money: Money
    refunded_money: Money | None = None
    status: Literal["APPROVED", "COMPLETED", "CANCELED", "FAILED"]
    source_type: Literal["CARD", "CASH", "EXTERNAL"]
    card_details: CardDetails | None = None
    cash_details: dict[str, Any] | None = None
    external_details: dict[str, Any] | None = None
    location_id: Id
    order_id: Id | None = None
    reference_id: str | None = None
    customer_id: str | None = None
    refund_ids: list[Id] | None = None
    note: str | None = None
    capabilities: list[str] | None = None
    application_details: ApplicationDetails | None = None
    is_offline_payment: bool | None = None
    offline_payment_details: OfflineDetails | None = None
    version_token: str


class CreatePaymentRequest(Wire, kw_only=True):
    """A payment to be taken or recorded."""

    source_id: Annotated[str, Meta(min_length=1, max_length=255)]
    idempotency_key: Key45
    amount_money: Money | None = None
    tip_money: Money | None = None
    autocomplete: bool | None = None
    order_id: Id | None = None
    customer_id: Name | None = None
    location_id: Id | None = None
    reference_id: Annotated[str, Meta(max_length=40)] | None = None
    note: Annotated[str, Meta(max_length=500)] | None = None
    cash_details: CashDetails | None = None
    external_details: ExternalDetails | None = None
    offline_payment_details: OfflineDetails | None = None


class CompletePaymentRequest(Wire, kw_only=True):
    """The version of the payment, where the client cares."""

    version_token: str | None = None


class CancelByKeyRequest(Wire, kw_only=True):
    """The key of a payment whose answer was lost."""

    idempotency_key: Key45


class PaymentAnswer(Wire, kw_only=True):
    """One payment."""

    payment: Payment


class PaymentsAnswer(Wire, kw_only=True):
    """A page of payments."""

    payments: list[Payment] | None = None
    cursor: str | None = None


class Refund(Wire, kw_only=True):
    """Money given back."""

    id: Id
    status: Literal["PENDING", "COMPLETED", "REJECTED", "FAILED"]
    location_id: Id
    unlinked: bool
    destination_type: Literal["CARD", "CASH", "EXTERNAL"]
    amount_money: Money
    payment_id: Id | None = None
    order_id: Id | None = None
    reason: str | None = None
    created_at: Timestamp
    updated_at: Timestamp


class CreateRefundRequest(Wire, kw_only=True):
    """Money to be given back."""

    idempotency_key: Key45
    amount_money: Money
    payment_id: Id | None = None
    destination_id: Name | None = None
    unlinked: bool | None = None
    location_id: Id | None = None
    customer_id: Name | None = None
    reason: Annotated[str, Meta(max_length=192)] | None = None
    payment_version_token: str | None = None
    cash_details: dict[str, Any] | None = None
    external_details: dict[str, Any] | None = None


class RefundAnswer(Wire, kw_only=True):
    """One refund."""

    refund: Refund


class RefundsAnswer(Wire, kw_only=True):
    """A page of refunds."""

    refunds: list[Refund] | None = None
    cursor: str | None = None


class TokenRequest(Wire, kw_only=True):
    """A new access token for a refresh token."""

    client_id: Text
    client_secret: Text
    grant_type: Literal["refresh_token"]
    refresh_token: Text


class TokenAnswer(Wire, kw_only=True):
    """A new access token."""

    access_token: str
    token_type: Literal["bearer"]
    expires_at: Timestamp
    merchant_id: Id
    refresh_token: str
    short_lived: bool
