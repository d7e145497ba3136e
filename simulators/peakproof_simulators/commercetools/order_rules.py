"""The update actions of an order, except deliveries and returns."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom, deliveries, facts, moments, returns
from peakproof_simulators.commercetools.carts import named_line
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
from peakproof_simulators.commercetools.payloads import order_actions as payload
from peakproof_simulators.commercetools.payloads.common import CustomFields, Reference
from peakproof_simulators.commercetools.payloads.definitions import State
from peakproof_simulators.commercetools.payloads.inventory import Channel
from peakproof_simulators.commercetools.payloads.lines import ItemState, LineItem
from peakproof_simulators.commercetools.payloads.orders import Order, SyncInfo
from peakproof_simulators.commercetools.payments import attached, detached
from peakproof_simulators.commercetools.state import Project, Rule

Orders: TypeAlias = Change[Order]


# --- states: from any to any, the vendor documents no rules --------------------------------


def _change_order_state(
    project: Project, order: Order, action: payload.OrderChangeOrderState, change: Orders
) -> Order:
    old, new = order.order_state, action.order_state
    if old == new:
        if new == "Cancelled":
            change.effect(lambda stored: facts.cancelled(project, stored))
        return order
    change.say(messages.OrderStateChanged, order_state=new, old_order_state=old)
    change.effect(lambda stored: facts.turned(project, stored, "order", old, new))
    return replace(order, order_state=new)


def _change_shipment_state(
    project: Project, order: Order, action: payload.OrderChangeShipmentState, change: Orders
) -> Order:
    old, new = order.shipment_state, action.shipment_state
    if old == new:
        return order
    change.say(messages.OrderShipmentStateChanged, shipment_state=new, old_shipment_state=old)
    change.effect(lambda stored: facts.turned(project, stored, "shipment", old, new))
    return replace(order, shipment_state=new)


def _change_payment_state(
    project: Project, order: Order, action: payload.OrderChangePaymentState, change: Orders
) -> Order:
    old, new = order.payment_state, action.payment_state
    if old == new:
        return order
    change.say(messages.OrderPaymentStateChanged, payment_state=new, old_payment_state=old)
    change.effect(lambda stored: facts.turned(project, stored, "payment", old, new))
    return replace(order, payment_state=new)


def _transition(
    project: Project, order: Order, action: payload.OrderTransitionState, change: Orders
) -> Order:
    new: State = project.resolve("state", action.state)
    check_transition(project, order.state, new, force=action.force, kind="OrderState")
    reference = Reference(type_id="state", id=new.id)
    if reference == order.state:
        return order
    change.say(
        messages.OrderStateTransition,
        state=reference,
        old_state=order.state,
        force=action.force,
    )
    return replace(order, state=reference)


# --- states of lines ---------------------------------------------------------------------------


def _put_line(order: Order, position: int, line: LineItem) -> Order:
    items = list(order.line_items)
    items[position] = line
    return replace(order, line_items=tuple(items))


def _moved(
    states: tuple[ItemState, ...], units: int, old: Reference, new: Reference
) -> tuple[ItemState, ...]:
    counts: dict[str, int] = {}
    for one in states:
        counts[one.state.id] = counts.get(one.state.id, 0) + one.quantity
    counts[old.id] -= units
    counts[new.id] = counts.get(new.id, 0) + units
    return tuple(
        ItemState(quantity=count, state=Reference(type_id="state", id=id))
        for id, count in counts.items()
        if count
    )


def _transition_line(
    project: Project, order: Order, action: payload.OrderTransitionLineItemState, change: Orders
) -> Order:
    position, line = named_line(order.line_items, action)
    old: State = project.resolve("state", action.from_state)
    new: State = project.resolve("state", action.to_state)
    source = Reference(type_id="state", id=old.id)
    target = Reference(type_id="state", id=new.id)
    there = sum(one.quantity for one in line.state if one.state.id == old.id)
    if action.quantity < 1 or action.quantity > there:
        raise forbidden(
            f"Only {there} units of the line item '{line.id}' are in the state '{old.key}'."
        )
    check_transition(project, source, new, force=False, kind="LineItemState")
    if source == target:
        return order
    moment = action.actual_transition_date
    change.say(
        messages.LineItemStateTransition,
        line_item_id=line.id,
        line_item_key=line.key,
        transition_date=moments.text(moment) if moment is not None else project.stamp(),
        quantity=action.quantity,
        from_state=source,
        to_state=target,
    )
    if new.key in project.settings.withdrawing_line_states:
        change.effect(lambda stored: facts.withdraw_units(project, stored, line, action.quantity))
    states = _moved(line.state, action.quantity, source, target)
    return _put_line(order, position, replace(line, state=states))


def _import_line_state(
    project: Project, order: Order, action: payload.OrderImportLineItemState, change: Orders
) -> Order:
    position, line = named_line(order.line_items, action)
    for one in action.state:
        if project.states.get(one.state.id) is None:
            raise no_reference("state", id=one.state.id)
    if sum(one.quantity for one in action.state) != line.quantity:
        raise forbidden("The quantities of the states do not sum up to the line's quantity.")
    states = tuple(
        ItemState(quantity=one.quantity, state=Reference(type_id="state", id=one.state.id))
        for one in action.state
    )
    if states == line.state:
        return order
    more = _withdrawing(project, states) - _withdrawing(project, line.state)
    change.effect(lambda stored: facts.withdraw_units(project, stored, line, more))
    return _put_line(order, position, replace(line, state=states))


def _withdrawing(project: Project, states: tuple[ItemState, ...]) -> int:
    """Units in a state that means: will not be delivered."""
    total = 0
    for one in states:
        state = project.states.get(one.state.id)
        if state is not None and state.key in project.settings.withdrawing_line_states:
            total += one.quantity
    return total


# --- names, sync, people -------------------------------------------------------------------------


def _update_sync(
    project: Project, order: Order, action: payload.OrderUpdateSyncInfo, _: Orders
) -> Order:
    channel: Channel = project.resolve("channel", action.channel)
    if not {"OrderExport", "OrderImport"} & set(channel.roles):
        raise Refusal(
            "InvalidInput",
            text=f"The channel '{channel.key}' has neither the role 'OrderExport' nor the role "
            "'OrderImport'.",
        )
    moment = action.synced_at
    made = SyncInfo(
        channel=Reference(type_id="channel", id=channel.id),
        external_id=action.external_id,
        synced_at=moments.text(moment) if moment is not None else project.stamp(),
    )
    others = tuple(one for one in order.sync_info if one.channel.id != channel.id)
    if made in order.sync_info:
        return order
    return replace(order, sync_info=(*others, made))


def _set_number(
    project: Project, order: Order, action: payload.OrderSetOrderNumber, _: Orders
) -> Order:
    number = action.order_number
    if number == order.order_number:
        return order
    if order.order_number is not None:
        raise invalid("orderNumber", number)
    if number is not None and project.orders.one(("orderNumber",), number) is not None:
        raise duplicate("orderNumber", number)
    return replace(order, order_number=number)


def _set_purchase_number(
    _: Project, order: Order, action: payload.OrderSetPurchaseOrderNumber, change: Orders
) -> Order:
    old, new = order.purchase_order_number, action.purchase_order_number
    if old == new:
        return order
    change.say(
        messages.OrderPurchaseOrderNumberSet,
        purchase_order_number=new,
        old_purchase_order_number=old,
    )
    return replace(order, purchase_order_number=new)


def _set_email(
    _: Project, order: Order, action: payload.OrderSetCustomerEmail, change: Orders
) -> Order:
    old, new = order.customer_email, action.email
    if old == new:
        return order
    change.say(messages.OrderCustomerEmailSet, email=new, old_email=old)
    return replace(order, customer_email=new)


def _set_shipping_address(
    _: Project, order: Order, action: payload.OrderSetShippingAddress, change: Orders
) -> Order:
    old, new = order.shipping_address, action.address
    if old == new:
        return order
    change.say(messages.OrderShippingAddressSet, address=new, old_address=old)
    return replace(order, shipping_address=new)


def _set_billing_address(
    _: Project, order: Order, action: payload.OrderSetBillingAddress, change: Orders
) -> Order:
    old, new = order.billing_address, action.address
    if old == new:
        return order
    change.say(messages.OrderBillingAddressSet, address=new, old_address=old)
    return replace(order, billing_address=new)


def _set_locale(_: Project, order: Order, action: payload.OrderSetLocale, __: Orders) -> Order:
    return changed(order, locale=action.locale)


def _add_payment(
    project: Project, order: Order, action: payload.OrderAddPayment, change: Orders
) -> Order:
    info, payment_id = attached(project, order, action.payment)
    change.say(messages.OrderPaymentAdded, payment_ref=Reference(type_id="payment", id=payment_id))
    change.effect(lambda stored: facts.linked(project, stored, payment_id))
    return replace(order, payment_info=info)


def _remove_payment(
    project: Project, order: Order, action: payload.OrderRemovePayment, change: Orders
) -> Order:
    info, payment_id = detached(project, order, action.payment)
    change.say(
        messages.OrderPaymentRemoved,
        payment_ref=Reference(type_id="payment", id=payment_id),
        removed_payment_info=info is None,
    )
    change.effect(lambda _: facts.unlinked(project, payment_id))
    return replace(order, payment_info=info)


# --- custom fields -----------------------------------------------------------------------------


def _set_custom_type(
    project: Project, order: Order, action: payload.OrderSetCustomType, change: Orders
) -> Order:
    found = custom.set_type(project, "order", action.type, action.fields)
    if found == order.custom:
        return order
    previous = order.custom.type.id if order.custom is not None else None
    if found is None:
        change.say(messages.OrderCustomTypeRemoved, previous_type_id=previous)
    else:
        change.say(messages.OrderCustomTypeSet, custom_fields=found, previous_type_id=previous)
    return replace(order, custom=found)


def _set_custom_field(
    project: Project, order: Order, action: payload.OrderSetCustomField, change: Orders
) -> Order:
    found = custom.set_field(project, order.custom, action.name, action.value)
    if found is order.custom:
        return order
    _say_field(change, order.custom, action.name, action.value)
    return replace(order, custom=found)


def _say_field(change: Orders, old: CustomFields | None, name: str, value: Any) -> None:
    previous = old.fields.get(name) if old is not None else None
    if value is None:
        change.say(messages.OrderCustomFieldRemoved, name=name)
    elif previous is None:
        change.say(messages.OrderCustomFieldAdded, name=name, value=value)
    else:
        change.say(
            messages.OrderCustomFieldChanged, name=name, value=value, previous_value=previous
        )


def _set_line_custom_type(
    project: Project, order: Order, action: payload.OrderSetLineItemCustomType, _: Orders
) -> Order:
    position, line = named_line(order.line_items, action)
    found = custom.set_type(project, "line-item", action.type, action.fields)
    after = changed(line, custom=found)
    return order if after is line else _put_line(order, position, after)


def _set_line_custom_field(
    project: Project, order: Order, action: payload.OrderSetLineItemCustomField, _: Orders
) -> Order:
    position, line = named_line(order.line_items, action)
    found = custom.set_field(project, line.custom, action.name, action.value)
    after = changed(line, custom=found)
    return order if after is line else _put_line(order, position, after)


RULES: Final[dict[type[Any], Rule]] = {
    payload.OrderChangeOrderState: _change_order_state,
    payload.OrderChangeShipmentState: _change_shipment_state,
    payload.OrderChangePaymentState: _change_payment_state,
    payload.OrderTransitionState: _transition,
    payload.OrderTransitionLineItemState: _transition_line,
    payload.OrderImportLineItemState: _import_line_state,
    payload.OrderUpdateSyncInfo: _update_sync,
    payload.OrderSetOrderNumber: _set_number,
    payload.OrderSetPurchaseOrderNumber: _set_purchase_number,
    payload.OrderSetCustomerEmail: _set_email,
    payload.OrderSetShippingAddress: _set_shipping_address,
    payload.OrderSetBillingAddress: _set_billing_address,
    payload.OrderSetLocale: _set_locale,
    payload.OrderAddPayment: _add_payment,
    payload.OrderRemovePayment: _remove_payment,
    payload.OrderSetCustomField: _set_custom_field,
    payload.OrderSetCustomType: _set_custom_type,
    payload.OrderSetLineItemCustomField: _set_line_custom_field,
    payload.OrderSetLineItemCustomType: _set_line_custom_type,
    **deliveries.RULES,
    **returns.RULES,
}
