"""Deliveries, parcels and tracking of an order. Nothing adds up their quantities: as the vendor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom, facts
from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.errors import duplicate, forbidden, no_reference
from peakproof_simulators.commercetools.payloads import messages
from peakproof_simulators.commercetools.payloads import order_actions as payload
from peakproof_simulators.commercetools.payloads.lines import (
    Delivery,
    DeliveryDraft,
    DeliveryItem,
    LineItem,
    Parcel,
    ParcelDraft,
)
from peakproof_simulators.commercetools.payloads.orders import Order
from peakproof_simulators.commercetools.state import Project, Rule

Orders: TypeAlias = Change[Order]


def drafted(project: Project, lines: Sequence[LineItem], draft: DeliveryDraft) -> Delivery:
    """A delivery of an order that is imported."""
    check_items(lines, draft.items)
    return Delivery(
        id=project.new_id(),
        key=draft.key,
        created_at=project.stamp(),
        items=draft.items,
        parcels=tuple(_parcel(project, lines, one) for one in draft.parcels),
        address=draft.address,
        custom=custom.drafted(project, "order-delivery", draft.custom),
    )


def check_items(lines: Sequence[LineItem], items: Iterable[DeliveryItem]) -> None:
    """Do the items of a delivery name lines of the order?

    Raises:
        Refusal: one does not. How many units there are is not checked.
    """
    known = [line.id for line in lines]
    for item in items:
        if item.id not in known:
            raise no_reference("line-item", id=item.id)


def _parcel(project: Project, lines: Sequence[LineItem], draft: ParcelDraft) -> Parcel:
    check_items(lines, draft.items or ())
    return Parcel(
        id=project.new_id(),
        key=draft.key,
        created_at=project.stamp(),
        measurements=draft.measurements,
        tracking_data=draft.tracking_data,
        items=draft.items,
        custom=custom.drafted(project, "order-parcel", draft.custom),
    )


def _of(order: Order) -> tuple[Delivery, ...]:
    return order.shipping_info.deliveries if order.shipping_info is not None else ()


def _with(order: Order, deliveries: Iterable[Delivery]) -> Order:
    assert order.shipping_info is not None
    return replace(order, shipping_info=replace(order.shipping_info, deliveries=tuple(deliveries)))


def _named(order: Order, action: Any) -> Delivery:
    if (action.delivery_id is None) == (action.delivery_key is None):
        raise forbidden("Exactly one of 'deliveryId' and 'deliveryKey' has to be given.")
    for delivery in _of(order):
        if delivery.id == action.delivery_id or (
            action.delivery_key is not None and delivery.key == action.delivery_key
        ):
            return delivery
    raise no_reference("delivery", id=action.delivery_id, key=action.delivery_key)


def _named_parcel(order: Order, action: Any) -> tuple[Delivery, Parcel]:
    if (action.parcel_id is None) == (action.parcel_key is None):
        raise forbidden("Exactly one of 'parcelId' and 'parcelKey' has to be given.")
    for delivery in _of(order):
        for parcel in delivery.parcels:
            if parcel.id == action.parcel_id or (
                action.parcel_key is not None and parcel.key == action.parcel_key
            ):
                return delivery, parcel
    raise no_reference("parcel", id=action.parcel_id, key=action.parcel_key)


def _check_parcel_keys(order: Order, keys: Iterable[str | None]) -> None:
    taken = {parcel.key for delivery in _of(order) for parcel in delivery.parcels}
    for key in keys:
        if key is not None and key in taken:
            raise duplicate("parcelKey", key)
        taken.add(key)


def _put(order: Order, after: Delivery) -> Order:
    return _with(order, [after if one.id == after.id else one for one in _of(order)])


def _put_parcel(order: Order, delivery: Delivery, after: Parcel) -> tuple[Order, Delivery]:
    parcels = tuple(after if one.id == after.id else one for one in delivery.parcels)
    made = replace(delivery, parcels=parcels)
    return _put(order, made), made


def _tell(project: Project, change: Orders, delivery_id: str, after: Delivery | None) -> None:
    change.effect(lambda stored: facts.delivered(project, stored, delivery_id, after))


# --- update actions -----------------------------------------------------------------------


def _add(project: Project, order: Order, action: payload.OrderAddDelivery, change: Orders) -> Order:
    if order.shipping_info is None:
        raise forbidden("A delivery can be added only to an order that has 'shippingInfo'.")
    key = action.delivery_key
    if key is not None and any(one.key == key for one in _of(order)):
        raise duplicate("deliveryKey", key)
    _check_parcel_keys(order, [one.key for one in action.parcels])
    check_items(order.line_items, action.items)
    bare = Delivery(
        id=project.new_id(),
        key=key,
        created_at=project.stamp(),
        items=action.items,
        parcels=(),
        address=action.address,
        custom=custom.drafted(project, "order-delivery", action.custom),
    )
    parcels = tuple(_parcel(project, order.line_items, one) for one in action.parcels)
    delivery = replace(bare, parcels=parcels)
    change.say(messages.DeliveryAdded, delivery=bare)
    for parcel in parcels:
        change.say(messages.ParcelAddedToDelivery, delivery=delivery, parcel=parcel)
    _tell(project, change, delivery.id, delivery)
    return _with(order, (*_of(order), delivery))


def _remove(
    project: Project, order: Order, action: payload.OrderRemoveDelivery, change: Orders
) -> Order:
    delivery = _named(order, action)
    change.say(messages.DeliveryRemoved, delivery=delivery)
    _tell(project, change, delivery.id, None)
    return _with(order, [one for one in _of(order) if one.id != delivery.id])


def _set_items(
    project: Project, order: Order, action: payload.OrderSetDeliveryItems, change: Orders
) -> Order:
    delivery = _named(order, action)
    check_items(order.line_items, action.items)
    after = changed(delivery, items=action.items)
    if after is delivery:
        return order
    change.say(
        messages.DeliveryItemsUpdated,
        delivery_id=delivery.id,
        items=after.items,
        old_items=delivery.items,
    )
    _tell(project, change, delivery.id, after)
    return _put(order, after)


def _set_address(
    _: Project, order: Order, action: payload.OrderSetDeliveryAddress, change: Orders
) -> Order:
    delivery = _named(order, action)
    after = changed(delivery, address=action.address)
    if after is delivery:
        return order
    change.say(
        messages.DeliveryAddressSet,
        delivery_id=delivery.id,
        address=after.address,
        old_address=delivery.address,
    )
    return _put(order, after)


def _add_parcel(
    project: Project, order: Order, action: payload.OrderAddParcelToDelivery, change: Orders
) -> Order:
    delivery = _named(order, action)
    _check_parcel_keys(order, [action.parcel_key])
    draft = ParcelDraft(
        key=action.parcel_key,
        measurements=action.measurements,
        tracking_data=action.tracking_data,
        items=action.items,
        custom=action.custom,
    )
    parcel = _parcel(project, order.line_items, draft)
    after = replace(delivery, parcels=(*delivery.parcels, parcel))
    change.say(messages.ParcelAddedToDelivery, delivery=after, parcel=parcel)
    _tell(project, change, delivery.id, after)
    return _put(order, after)


def _remove_parcel(
    project: Project, order: Order, action: payload.OrderRemoveParcelFromDelivery, change: Orders
) -> Order:
    delivery, parcel = _named_parcel(order, action)
    left = tuple(one for one in delivery.parcels if one.id != parcel.id)
    after = replace(delivery, parcels=left)
    change.say(messages.ParcelRemovedFromDelivery, delivery_id=delivery.id, parcel=parcel)
    _tell(project, change, delivery.id, after)
    return _put(order, after)


def _set_tracking(
    project: Project, order: Order, action: payload.OrderSetParcelTrackingData, change: Orders
) -> Order:
    delivery, parcel = _named_parcel(order, action)
    after = changed(parcel, tracking_data=action.tracking_data)
    if after is parcel:
        return order
    change.say(
        messages.ParcelTrackingDataUpdated,
        delivery_id=delivery.id,
        parcel_id=parcel.id,
        tracking_data=after.tracking_data,
    )
    order, made = _put_parcel(order, delivery, after)
    _tell(project, change, delivery.id, made)
    return order


def _set_parcel_items(
    project: Project, order: Order, action: payload.OrderSetParcelItems, change: Orders
) -> Order:
    delivery, parcel = _named_parcel(order, action)
    check_items(order.line_items, action.items)
    after = changed(parcel, items=action.items or None)
    if after is parcel:
        return order
    change.say(
        messages.ParcelItemsUpdated,
        delivery_id=delivery.id,
        parcel_id=parcel.id,
        items=action.items,
        old_items=parcel.items or (),
    )
    order, made = _put_parcel(order, delivery, after)
    _tell(project, change, delivery.id, made)
    return order


def _set_measurements(
    _: Project, order: Order, action: payload.OrderSetParcelMeasurements, change: Orders
) -> Order:
    delivery, parcel = _named_parcel(order, action)
    after = changed(parcel, measurements=action.measurements)
    if after is parcel:
        return order
    change.say(
        messages.ParcelMeasurementsUpdated,
        delivery_id=delivery.id,
        parcel_id=parcel.id,
        measurements=after.measurements,
    )
    return _put_parcel(order, delivery, after)[0]


RULES: Final[dict[type[Any], Rule]] = {
    payload.OrderAddDelivery: _add,
    payload.OrderRemoveDelivery: _remove,
    payload.OrderSetDeliveryItems: _set_items,
    payload.OrderSetDeliveryAddress: _set_address,
    payload.OrderAddParcelToDelivery: _add_parcel,
    payload.OrderRemoveParcelFromDelivery: _remove_parcel,
    payload.OrderSetParcelTrackingData: _set_tracking,
    payload.OrderSetParcelItems: _set_parcel_items,
    payload.OrderSetParcelMeasurements: _set_measurements,
}
