"""Payments: transactions and their states. An order's ``paymentState`` is not made from them."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom, facts, moments, money
from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.definitions import check_transition
from peakproof_simulators.commercetools.errors import (
    Refusal,
    duplicate,
    forbidden,
    invalid,
    no_reference,
)
from peakproof_simulators.commercetools.payloads import messages
from peakproof_simulators.commercetools.payloads import payments as payload
from peakproof_simulators.commercetools.payloads.carts import Cart
from peakproof_simulators.commercetools.payloads.common import (
    Reference,
    ResourceIdentifier,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.definitions import State
from peakproof_simulators.commercetools.payloads.lines import PaymentInfo
from peakproof_simulators.commercetools.payloads.orders import Order
from peakproof_simulators.commercetools.payloads.payments import (
    Payment,
    PaymentMethodInfo,
    PaymentStatus,
    Transaction,
)
from peakproof_simulators.commercetools.state import Project, Rule

Payments: TypeAlias = Change[Payment]


def create(project: Project, draft: payload.PaymentDraft) -> Payments:
    """A new payment.

    Raises:
        Refusal: the key, or interface and interface id together, are taken.
    """
    if draft.key is not None and project.payments.one(("key",), draft.key) is not None:
        raise duplicate("key", draft.key)
    method = draft.payment_method_info
    _check_interface(project, draft.interface_id, method.payment_interface)
    status = draft.payment_status
    payment = Payment(
        **project.fresh(),
        key=draft.key,
        interface_id=draft.interface_id,
        anonymous_id=draft.anonymous_id,
        external_id=draft.external_id,
        amount_planned=money.typed(draft.amount_planned),
        payment_method_info=PaymentMethodInfo(
            payment_interface=method.payment_interface, method=method.method, name=method.name
        ),
        payment_status=PaymentStatus(
            interface_code=status.interface_code,
            interface_text=status.interface_text,
            state=project.reference("state", status.state),
        ),
        transactions=tuple(_transaction(project, one) for one in draft.transactions),
        interface_interactions=tuple(
            custom.fields_of(project, "payment-interface-interaction", one.type, one.fields)
            for one in draft.interface_interactions
        ),
        custom=custom.drafted(project, "payment", draft.custom),
    )
    change = Change(None, payment)
    change.say_whole(messages.PaymentCreated, "payment")
    return change


def delete(project: Project, payment: Payment, version: int | None) -> None:
    """Take a payment away; not while an order or a cart points at it."""
    for links, kind in ((project.order_of_payment, "order"), (project.cart_of_payment, "cart")):
        if payment.id in links:
            raise Refusal("ReferenceExists", resource="payment", referencedBy=kind)
    project.remove(project.kinds["payment"], payment, version)


def identifiers(payment: Payment) -> UserProvidedIdentifiers | None:
    """The names that users gave to a payment."""
    return UserProvidedIdentifiers(key=payment.key) if payment.key is not None else None


def _check_interface(project: Project, id: str | None, interface: str | None) -> None:
    if id is None:
        return
    for key in project.payments.having(("interfaceId",), id):
        if project.payments.by_id[key].payment_method_info.payment_interface == interface:
            raise duplicate("interfaceId", id)


def _transaction(project: Project, draft: payload.TransactionDraft) -> Transaction:
    return Transaction(
        id=project.new_id(),
        type=draft.type,
        amount=money.typed(draft.amount),
        state=draft.state,
        timestamp=moments.optional(draft.timestamp),
        interaction_id=draft.interaction_id,
        interface_id=draft.interface_id,
        custom=custom.drafted(project, "transaction", draft.custom),
    )


# --- payments of carts and orders -----------------------------------------------------------


def attached(
    project: Project, holder: Cart | Order, named: ResourceIdentifier
) -> tuple[PaymentInfo, str]:
    """The payments of a cart or an order with one more, and that one's id.

    Raises:
        Refusal: the payment belongs to another order or to another cart that is not ordered.
    """
    payment: Payment = project.resolve("payment", named)
    order_id = project.order_of_payment.get(payment.id)
    cart_id = project.cart_of_payment.get(payment.id)
    elsewhere = order_id is not None or (cart_id is not None and cart_id != holder.id)
    known = holder.payment_info.payments if holder.payment_info is not None else ()
    if elsewhere or payment.id in [one.id for one in known]:
        raise forbidden(f"The payment '{payment.id}' is assigned to a cart or an order already.")
    reference = Reference(type_id="payment", id=payment.id)
    return PaymentInfo(payments=(*known, reference)), payment.id


def detached(
    project: Project, holder: Cart | Order, named: ResourceIdentifier
) -> tuple[PaymentInfo | None, str]:
    """The payments of a cart or an order with one less, and that one's id.

    Raises:
        Refusal: the payment is not there.
    """
    payment: Payment = project.resolve("payment", named)
    known = holder.payment_info.payments if holder.payment_info is not None else ()
    left = tuple(one for one in known if one.id != payment.id)
    if len(left) == len(known):
        raise forbidden(f"The payment '{payment.id}' is not assigned to this resource.")
    return (PaymentInfo(payments=left) if left else None), payment.id


# --- update actions ---------------------------------------------------------------------------


def _found(payment: Payment, id: str) -> tuple[int, Transaction]:
    for position, transaction in enumerate(payment.transactions):
        if transaction.id == id:
            return position, transaction
    raise no_reference("transaction", id=id)


def _put(payment: Payment, position: int, transaction: Transaction) -> Payment:
    if transaction is payment.transactions[position]:
        return payment
    listed = list(payment.transactions)
    listed[position] = transaction
    return replace(payment, transactions=tuple(listed))


def _add_transaction(
    project: Project, payment: Payment, action: payload.PaymentAddTransaction, change: Payments
) -> Payment:
    made = _transaction(project, action.transaction)
    change.say(messages.PaymentTransactionAdded, transaction=made)
    change.effect(lambda stored: facts.transaction(project, stored, made))
    return replace(payment, transactions=(*payment.transactions, made))


def _change_state(
    project: Project,
    payment: Payment,
    action: payload.PaymentChangeTransactionState,
    change: Payments,
) -> Payment:
    position, transaction = _found(payment, action.transaction_id)
    if transaction.state == action.state:
        return payment
    after = replace(transaction, state=action.state)
    change.say(messages.PaymentTransactionStateChanged, transaction_id=after.id, state=after.state)
    change.effect(lambda stored: facts.transaction(project, stored, after))
    return _put(payment, position, after)


def _change_interaction(
    _: Project,
    payment: Payment,
    action: payload.PaymentChangeTransactionInteractionId,
    __: Payments,
) -> Payment:
    position, transaction = _found(payment, action.transaction_id)
    return _put(payment, position, changed(transaction, interaction_id=action.interaction_id))


def _change_timestamp(
    _: Project, payment: Payment, action: payload.PaymentChangeTransactionTimestamp, __: Payments
) -> Payment:
    position, transaction = _found(payment, action.transaction_id)
    return _put(payment, position, changed(transaction, timestamp=moments.text(action.timestamp)))


def _change_amount(
    _: Project, payment: Payment, action: payload.PaymentChangeAmountPlanned, __: Payments
) -> Payment:
    return changed(payment, amount_planned=money.typed(action.amount))


def _set_code(
    _: Project, payment: Payment, action: payload.PaymentSetStatusInterfaceCode, change: Payments
) -> Payment:
    status = changed(payment.payment_status, interface_code=action.interface_code)
    if status is payment.payment_status:
        return payment
    change.say(
        messages.PaymentStatusInterfaceCodeSet,
        payment_id=payment.id,
        interface_code=action.interface_code,
    )
    return replace(payment, payment_status=status)


def _set_text(
    _: Project, payment: Payment, action: payload.PaymentSetStatusInterfaceText, __: Payments
) -> Payment:
    status = changed(payment.payment_status, interface_text=action.interface_text or None)
    return changed(payment, payment_status=status)


def _set_interface_id(
    project: Project, payment: Payment, action: payload.PaymentSetInterfaceId, change: Payments
) -> Payment:
    if payment.interface_id == action.interface_id:
        return payment
    if payment.interface_id is not None:
        raise invalid("interfaceId", action.interface_id)
    _check_interface(project, action.interface_id, payment.payment_method_info.payment_interface)
    change.say(messages.PaymentInterfaceIdSet, interface_id=action.interface_id)
    return replace(payment, interface_id=action.interface_id)


def _set_method(
    _: Project, payment: Payment, action: payload.PaymentSetMethodInfoMethod, change: Payments
) -> Payment:
    info = payment.payment_method_info
    if info.method == action.method:
        return payment
    change.say(messages.PaymentMethodInfoMethodSet, method=action.method, old_method=info.method)
    return replace(payment, payment_method_info=replace(info, method=action.method))


def _set_key(
    project: Project, payment: Payment, action: payload.PaymentSetKey, _: Payments
) -> Payment:
    if action.key == payment.key:
        return payment
    if action.key is not None and project.payments.one(("key",), action.key) is not None:
        raise duplicate("key", action.key)
    return replace(payment, key=action.key)


def _transition(
    project: Project, payment: Payment, action: payload.PaymentTransitionState, change: Payments
) -> Payment:
    new: State = project.resolve("state", action.state)
    old = payment.payment_status.state
    check_transition(project, old, new, force=action.force, kind="PaymentState")
    reference = Reference(type_id="state", id=new.id)
    if reference == old:
        return payment
    change.say(messages.PaymentStatusStateTransition, state=reference, force=action.force)
    return replace(payment, payment_status=replace(payment.payment_status, state=reference))


def _add_interaction(
    project: Project,
    payment: Payment,
    action: payload.PaymentAddInterfaceInteraction,
    change: Payments,
) -> Payment:
    made = custom.fields_of(project, "payment-interface-interaction", action.type, action.fields)
    change.say(messages.PaymentInteractionAdded, interaction=made)
    return replace(payment, interface_interactions=(*payment.interface_interactions, made))


RULES: Final[dict[type[Any], Rule]] = {
    payload.PaymentAddTransaction: _add_transaction,
    payload.PaymentChangeTransactionState: _change_state,
    payload.PaymentChangeTransactionInteractionId: _change_interaction,
    payload.PaymentChangeTransactionTimestamp: _change_timestamp,
    payload.PaymentChangeAmountPlanned: _change_amount,
    payload.PaymentSetStatusInterfaceCode: _set_code,
    payload.PaymentSetStatusInterfaceText: _set_text,
    payload.PaymentSetInterfaceId: _set_interface_id,
    payload.PaymentSetMethodInfoMethod: _set_method,
    payload.PaymentSetKey: _set_key,
    payload.PaymentTransitionState: _transition,
    payload.PaymentAddInterfaceInteraction: _add_interaction,
    payload.PaymentSetCustomField: custom.field_rule,
    payload.PaymentSetCustomType: custom.type_rule("payment"),
}
