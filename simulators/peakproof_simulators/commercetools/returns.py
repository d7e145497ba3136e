"""Returns of an order: advised or returned, then back in stock or unusable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom, moments
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.errors import duplicate, forbidden, no_reference
from peakproof_simulators.commercetools.payloads import messages
from peakproof_simulators.commercetools.payloads import order_actions as payload
from peakproof_simulators.commercetools.payloads.orders import (
    Order,
    ReturnInfo,
    ReturnInfoDraft,
    ReturnItem,
    ReturnItemDraft,
    ReturnPaymentState,
)
from peakproof_simulators.commercetools.state import Project, Rule

Orders: TypeAlias = Change[Order]

FIRST_PAYMENT_STATE: Final[dict[str, ReturnPaymentState]] = {
    "Advised": "NonRefundable",
    "Returned": "Initial",
}
"""The payment state that an item starts with, by its shipment state."""

SHIPMENT_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "Returned": ("BackInStock", "Unusable"),
    "Advised": (),
    "BackInStock": (),
    "Unusable": (),
}
"""Where ``setReturnShipmentState`` may lead."""


def _item(project: Project, order: Order, draft: ReturnItemDraft) -> ReturnItem:
    if draft.line_item_id not in [line.id for line in order.line_items]:
        raise no_reference("line-item", id=draft.line_item_id)
    at = project.stamp()
    return ReturnItem(
        id=project.new_id(),
        key=draft.key,
        type="LineItemReturnItem",
        line_item_id=draft.line_item_id,
        quantity=draft.quantity,
        comment=draft.comment,
        shipment_state=draft.shipment_state,
        payment_state=FIRST_PAYMENT_STATE[draft.shipment_state],
        created_at=at,
        last_modified_at=at,
        custom=custom.drafted(project, "order-return-item", draft.custom),
    )


def _info(
    project: Project, order: Order, draft: ReturnInfoDraft | payload.OrderAddReturnInfo
) -> ReturnInfo:
    if not draft.items:
        raise forbidden("A return needs at least one item.")
    moment = draft.return_date
    return ReturnInfo(
        items=tuple(_item(project, order, one) for one in draft.items),
        return_tracking_id=draft.return_tracking_id,
        return_date=moments.text(moment) if moment is not None else project.stamp(),
    )


def _check_keys(infos: Iterable[ReturnInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        for item in info.items:
            if item.key is not None and item.key in seen:
                raise duplicate("key", item.key)
            seen.add(item.key or "")


def _add(
    project: Project, order: Order, action: payload.OrderAddReturnInfo, change: Orders
) -> Order:
    made = _info(project, order, action)
    infos = (*order.return_info, made)
    _check_keys(infos)
    change.say(messages.ReturnInfoAdded, return_info=made)
    return replace(order, return_info=infos)


def _set(
    project: Project, order: Order, action: payload.OrderSetReturnInfo, change: Orders
) -> Order:
    infos = tuple(_info(project, order, one) for one in action.items)
    if not infos and not order.return_info:
        return order
    _check_keys(infos)
    change.say(messages.ReturnInfoSet, return_info=infos or None)
    return replace(order, return_info=infos)


def _named(order: Order, action: Any) -> ReturnItem:
    if (action.return_item_id is None) == (action.return_item_key is None):
        raise forbidden("Exactly one of 'returnItemId' and 'returnItemKey' has to be given.")
    for info in order.return_info:
        for item in info.items:
            if item.id == action.return_item_id or (
                action.return_item_key is not None and item.key == action.return_item_key
            ):
                return item
    raise no_reference("return-item", id=action.return_item_id, key=action.return_item_key)


def _put(order: Order, after: ReturnItem) -> Order:
    infos = tuple(
        replace(info, items=tuple(after if one.id == after.id else one for one in info.items))
        for info in order.return_info
    )
    return replace(order, return_info=infos)


def _set_shipment_state(
    project: Project, order: Order, action: payload.OrderSetReturnShipmentState, change: Orders
) -> Order:
    item = _named(order, action)
    new = action.shipment_state
    if item.shipment_state == new:
        return order
    if new not in SHIPMENT_STEPS[item.shipment_state]:
        raise forbidden(
            f"The return item '{item.id}' cannot go from '{item.shipment_state}' to '{new}'."
        )
    change.say(
        messages.OrderReturnShipmentStateChanged, return_item_id=item.id, return_shipment_state=new
    )
    return _put(order, replace(item, shipment_state=new, last_modified_at=project.stamp()))


def _set_payment_state(
    project: Project, order: Order, action: payload.OrderSetReturnPaymentState, _: Orders
) -> Order:
    item = _named(order, action)
    if item.payment_state == action.payment_state:
        return order
    if item.payment_state == "NonRefundable":
        raise forbidden(f"The return item '{item.id}' is not refundable.")
    return _put(
        order,
        replace(item, payment_state=action.payment_state, last_modified_at=project.stamp()),
    )


RULES: Final[dict[type[Any], Rule]] = {
    payload.OrderAddReturnInfo: _add,
    payload.OrderSetReturnInfo: _set,
    payload.OrderSetReturnShipmentState: _set_shipment_state,
    payload.OrderSetReturnPaymentState: _set_payment_state,
}
