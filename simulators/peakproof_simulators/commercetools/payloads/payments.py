"""Payments and their transactions."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from peakproof_simulators.commercetools.payloads.common import (
    Action,
    CentPrecisionMoney,
    CustomFields,
    CustomFieldsDraft,
    Draft,
    Identifier,
    Key,
    LocalizedString,
    Moment,
    MomentDraft,
    Money,
    NotNegative,
    Payload,
    Reference,
    Resource,
    ResourceIdentifier,
    Text,
    Version,
)

TransactionType = Literal["Authorization", "CancelAuthorization", "Charge", "Refund", "Chargeback"]
TransactionState = Literal["Initial", "Pending", "Success", "Failure"]


class Transaction(Payload, kw_only=True):
    """One movement of money."""

    id: str
    type: TransactionType
    amount: CentPrecisionMoney
    state: TransactionState
    timestamp: Moment | None = None
    interaction_id: str | None = None
    interface_id: str | None = None
    custom: CustomFields | None = None


class TransactionDraft(Draft, kw_only=True):
    """A new transaction."""

    type: TransactionType
    amount: Money
    state: TransactionState = "Initial"
    timestamp: MomentDraft | None = None
    interaction_id: Text | None = None
    interface_id: Text | None = None
    custom: CustomFieldsDraft | None = None


class PaymentMethodInfo(Payload, kw_only=True):
    """How it is paid."""

    payment_interface: str | None = None
    method: str | None = None
    name: LocalizedString | None = None


class PaymentMethodInfoDraft(Draft, kw_only=True):
    """How it is paid, as it is sent."""

    payment_interface: Text | None = None
    method: Text | None = None
    name: LocalizedString | None = None


class PaymentStatus(Payload, kw_only=True):
    """What the payment provider says."""

    interface_code: str | None = None
    interface_text: str | None = None
    state: Reference | None = None


class PaymentStatusDraft(Draft, kw_only=True):
    """What the payment provider says, as it is sent."""

    interface_code: Text | None = None
    interface_text: Text | None = None
    state: ResourceIdentifier | None = None


class Payment(Resource, kw_only=True):
    """A payment; orders point at it, it does not know them."""

    amount_planned: CentPrecisionMoney
    payment_method_info: PaymentMethodInfo
    payment_status: PaymentStatus
    transactions: tuple[Transaction, ...]
    interface_interactions: tuple[CustomFields, ...]
    key: str | None = None
    interface_id: str | None = None
    anonymous_id: str | None = None
    external_id: str | None = None
    custom: CustomFields | None = None


class PaymentDraft(Draft, kw_only=True):
    """A new payment."""

    amount_planned: Money
    key: Key | None = None
    interface_id: Text | None = None
    anonymous_id: str | None = None
    external_id: str | None = None
    payment_method_info: PaymentMethodInfoDraft = msgspec.field(
        default_factory=PaymentMethodInfoDraft
    )
    payment_status: PaymentStatusDraft = msgspec.field(default_factory=PaymentStatusDraft)
    transactions: tuple[TransactionDraft, ...] = ()
    interface_interactions: tuple[CustomFieldsDraft, ...] = ()
    custom: CustomFieldsDraft | None = None


class PaymentAddTransaction(Action, tag="addTransaction", kw_only=True):
    transaction: TransactionDraft


class PaymentChangeTransactionState(Action, tag="changeTransactionState", kw_only=True):
    transaction_id: str
    state: TransactionState


class PaymentChangeTransactionInteractionId(
    Action, tag="changeTransactionInteractionId", kw_only=True
):
    transaction_id: str
    interaction_id: Text


class PaymentChangeTransactionTimestamp(Action, tag="changeTransactionTimestamp", kw_only=True):
    transaction_id: str
    timestamp: MomentDraft


class PaymentChangeAmountPlanned(Action, tag="changeAmountPlanned", kw_only=True):
    amount: Money


class PaymentSetStatusInterfaceCode(Action, tag="setStatusInterfaceCode", kw_only=True):
    interface_code: Text | None = None


class PaymentSetStatusInterfaceText(Action, tag="setStatusInterfaceText", kw_only=True):
    interface_text: Text


class PaymentSetInterfaceId(Action, tag="setInterfaceId", kw_only=True):
    interface_id: Text


class PaymentSetMethodInfoMethod(Action, tag="setMethodInfoMethod", kw_only=True):
    method: Text | None = None


class PaymentSetKey(Action, tag="setKey", kw_only=True):
    key: Key | None = None


class PaymentTransitionState(Action, tag="transitionState", kw_only=True):
    state: ResourceIdentifier
    force: bool = False


class PaymentAddInterfaceInteraction(Action, tag="addInterfaceInteraction", kw_only=True):
    type: ResourceIdentifier
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class PaymentSetCustomField(Action, tag="setCustomField", kw_only=True):
    name: Identifier
    value: Any = None


class PaymentSetCustomType(Action, tag="setCustomType", kw_only=True):
    type: ResourceIdentifier | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


PaymentUpdateAction = (
    PaymentAddTransaction
    | PaymentChangeTransactionState
    | PaymentChangeTransactionInteractionId
    | PaymentChangeTransactionTimestamp
    | PaymentChangeAmountPlanned
    | PaymentSetStatusInterfaceCode
    | PaymentSetStatusInterfaceText
    | PaymentSetInterfaceId
    | PaymentSetMethodInfoMethod
    | PaymentSetKey
    | PaymentTransitionState
    | PaymentAddInterfaceInteraction
    | PaymentSetCustomField
    | PaymentSetCustomType
)


class PaymentUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[PaymentUpdateAction, ...]


class PaymentPagedQueryResponse(Payload, kw_only=True):
    """A page of payments."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Payment, ...]
    total: NotNegative | None = None
