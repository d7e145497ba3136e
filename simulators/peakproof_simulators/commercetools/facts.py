"""What happens here, told in the neutral vocabulary of a history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

from peakproof.history.records import (
    CancelAsked,
    Confirmed,
    Line,
    Notice,
    OrderState,
    Payment,
    Placed,
    Withdrawn,
)
from peakproof_simulators.commercetools.payloads.lines import Delivery, LineItem
from peakproof_simulators.commercetools.payloads.orders import Order
from peakproof_simulators.commercetools.payloads.payments import Payment as PaymentResource
from peakproof_simulators.commercetools.payloads.payments import Transaction
from peakproof_simulators.commercetools.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.commercetools.state import Project

What = Literal["order", "shipment", "payment"]

MEANS: Final[dict[tuple[What, str], str]] = {
    ("order", "Confirmed"): "acknowledged",
    ("order", "Cancelled"): "cancelled",
    ("shipment", "Partial"): "part_shipped",
    ("shipment", "Shipped"): "shipped",
    ("shipment", "Delivered"): "delivered",
    ("shipment", "Canceled"): "cancelled",
    ("payment", "Paid"): "paid",
    ("payment", "BalanceDue"): "unpaid",
    ("payment", "Pending"): "unpaid",
    ("payment", "Failed"): "unpaid",
}
"""The neutral reading of the vendor's states; the others mean nothing to a judge."""

MONEY: Final[dict[tuple[str, str], Literal["authorised", "captured", "failed", "refunded"]]] = {
    ("Authorization", "Success"): "authorised",
    ("Charge", "Success"): "captured",
    ("Refund", "Success"): "refunded",
    ("Authorization", "Failure"): "failed",
    ("Charge", "Failure"): "failed",
}
"""The neutral reading of a transaction's type and state."""


class Promise:
    """What an order still promises. ``name`` is the number that the customer knows, ``key`` is
    what a judge reads it by."""

    __slots__ = ("asked", "key", "name", "over", "parcels", "tracking", "withdrawn")

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = f"order:{name}"
        self.asked = False
        self.over = False
        self.tracking = ""
        self.parcels: dict[str, tuple[str, dict[str, int]]] = {}
        self.withdrawn: dict[str, int] = {}


def line(project: Project, item: LineItem, units: int) -> Line:
    """A line of an order as a judge reads it."""
    place = project.places.get(item.supply_channel.id, "") if item.supply_channel else ""
    return Line(item.id, item.variant.sku or "", units, item.price.value.cent_amount, place)


def placed(project: Project, order: Order) -> None:
    """An order was accepted; also tells what its payments have done so far."""
    world = project.world
    name = order.order_number or order.id
    project.promises[order.id] = Promise(name)
    total = order.total_price
    world.emit(
        Placed(
            world.env._now, world.by, world.n, SYSTEM, name, order.id,
            tuple([line(project, item, item.quantity) for item in order.line_items]),
            total.cent_amount, total.currency_code,
        )
    )  # fmt: skip
    if order.payment_info is not None:
        for reference in order.payment_info.payments:
            linked(project, order, reference.id)
    if order.shipping_info is not None:
        for delivery in order.shipping_info.deliveries:
            delivered(project, order, delivery.id, delivery)


def turned(project: Project, order: Order, what: What, old: str | None, new: str) -> None:
    """An order changed one of its states."""
    world = project.world
    promise = project.promises[order.id]
    world.emit(
        OrderState(
            world.env._now, world.by, world.n, SYSTEM, promise.name, what, old or "", new,
            MEANS.get((what, new), ""),
        )
    )  # fmt: skip
    if what == "order" and new == "Cancelled":
        cancelled(project, order)
    elif what == "shipment" and new == "Canceled" and world.by == "connector":
        withdraw(project, order, "shipment_canceled")
    elif what == "shipment" and new == "Shipped":
        world.emit(
            Notice(
                world.env._now, world.by, world.n, SYSTEM, promise.name, "shipped", promise.tracking
            )
        )


def cancelled(project: Project, order: Order) -> None:
    """Somebody said Cancelled: the connector ends the promise, anybody else asks for it."""
    world = project.world
    promise = project.promises[order.id]
    if world.by == "connector":
        withdraw(project, order, "cancelled")
    elif not promise.asked:
        promise.asked = True
        world.emit(CancelAsked(world.env._now, world.by, world.n, SYSTEM, promise.name))


def withdraw(project: Project, order: Order, cause: str) -> None:
    """The rest of the promise ended without a parcel; said once, and only if there is a rest."""
    promise = project.promises[order.id]
    if promise.over or _left(order, promise) <= 0:
        return
    promise.over = True
    world = project.world
    world.emit(Withdrawn(world.env._now, world.by, world.n, SYSTEM, promise.name, (), cause))


def withdraw_units(project: Project, order: Order, item: LineItem, units: int) -> None:
    """Some units of a line will not be delivered."""
    promise = project.promises[order.id]
    if promise.over or units <= 0:
        return
    promise.withdrawn[item.id] = promise.withdrawn.get(item.id, 0) + units
    promise.over = _left(order, promise) <= 0
    world = project.world
    gone = (line(project, item, units),)
    world.emit(
        Withdrawn(world.env._now, world.by, world.n, SYSTEM, promise.name, gone, "line_state")
    )


def _left(order: Order, promise: Promise) -> int:
    ordered = sum(item.quantity for item in order.line_items)
    parcels = sum(sum(units.values()) for _, units in promise.parcels.values())
    return ordered - parcels - sum(promise.withdrawn.values())


# --- money --------------------------------------------------------------------------------


def linked(project: Project, order: Order, payment_id: str) -> None:
    """A payment belongs to an order from now on."""
    project.order_of_payment[payment_id] = order.id
    payment = project.payments.get(payment_id)
    if payment is not None:
        for one in payment.transactions:
            transaction(project, payment, one)


def unlinked(project: Project, payment_id: str) -> None:
    """A payment belongs to no order any more."""
    project.order_of_payment.pop(payment_id, None)


def transaction(project: Project, payment: PaymentResource, one: Transaction) -> None:
    """A transaction came to a state; told once its payment belongs to an order."""
    order = project.orders.get(project.order_of_payment.get(payment.id, ""))
    what = MONEY.get((one.type, one.state))
    if order is None or what is None:
        return
    world = project.world
    name = project.promises[order.id].name
    amount = one.amount.cent_amount
    world.emit(Payment(world.env._now, world.by, world.n, SYSTEM, name, what, amount, one.id))
    if what == "refunded" and _refunded(project, order) >= order.total_price.cent_amount:
        withdraw(project, order, "refunded")


def _refunded(project: Project, order: Order) -> int:
    references = order.payment_info.payments if order.payment_info is not None else ()
    total = 0
    for reference in references:
        payment = project.payments.get(reference.id)
        if payment is not None:
            total += sum(
                one.amount.cent_amount
                for one in payment.transactions
                if (one.type, one.state) == ("Refund", "Success")
            )
    return total


# --- parcels --------------------------------------------------------------------------------


def delivered(project: Project, order: Order, delivery_id: str, after: Delivery | None) -> None:
    """The parcels of a delivery were recorded, changed or taken back (``after`` is None).

    A parcel is told with its units; later only the difference is, which may be negative. A parcel
    that gets its tracking later is told again, with no units.
    """
    promise = project.promises[order.id]
    items = {item.id: item for item in order.line_items}
    shares = _shares(after) if after is not None else {}
    known = [id for id in promise.parcels if id.startswith(f"{delivery_id}/")]
    for id in [*known, *(id for id in shares if id not in promise.parcels)]:
        old_ref, old = promise.parcels.get(id, ("", {}))
        ref, new = shares.get(id, (old_ref, {}))
        units = {one: new.get(one, 0) - old.get(one, 0) for one in {**old, **new}}
        lines = [
            line(project, items[one], count)
            for one, count in units.items()
            if count and one in items
        ]
        if id in shares:
            promise.parcels[id] = (ref, new)
            promise.tracking = ref
        else:
            del promise.parcels[id]
        if lines or ref != old_ref:
            _confirm(project, promise.name, ref, lines)


def _confirm(project: Project, name: str, ref: str, lines: Iterable[Line]) -> None:
    world = project.world
    world.emit(Confirmed(world.env._now, world.by, world.n, SYSTEM, name, ref, tuple(lines)))


def _shares(delivery: Delivery) -> dict[str, tuple[str, dict[str, int]]]:
    """Reference and units of each parcel. The first parcel that lists no items has the rest."""
    rest: dict[str, int] = {}
    for item in delivery.items:
        rest[item.id] = rest.get(item.id, 0) + item.quantity
    for parcel in delivery.parcels:
        for item in parcel.items or ():
            rest[item.id] = rest.get(item.id, 0) - item.quantity
    shares: dict[str, tuple[str, dict[str, int]]] = {}
    given = False
    for parcel in delivery.parcels:
        tracking = parcel.tracking_data.tracking_id if parcel.tracking_data else None
        units: dict[str, int] = {}
        if parcel.items:
            for item in parcel.items:
                units[item.id] = units.get(item.id, 0) + item.quantity
        elif not given:
            given = True
            units = {one: count for one, count in rest.items() if count > 0}
        shares[f"{delivery.id}/{parcel.id}"] = (tracking or delivery.id, units)
    return shares
