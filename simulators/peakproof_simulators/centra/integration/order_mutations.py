"""Mutations of orders and their payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from peakproof_simulators.centra import allocating, facts, orders, payments, shipments
from peakproof_simulators.centra.allocating import StockAction
from peakproof_simulators.centra.entities import MOST_UNITS, OPEN, Order
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.integration import references as refer
from peakproof_simulators.centra.orders import Item

if TYPE_CHECKING:
    from peakproof_simulators.centra.integration.references import Given
    from peakproof_simulators.centra.integration.session import Session
    from peakproof_simulators.centra.state import Centra

ACTIONS: Final[dict[str, StockAction]] = {
    "RELEASE_BACK_TO_WAREHOUSE": "release",
    "REMOVE_FROM_STOCK": "remove",
}


def _open(order: Order, *path: str) -> None:
    if order.status not in OPEN:
        raise Fault("cannot_ship", *path, key=str(order.number), why=f"it is {order.status}")


def confirm(session: Session, input: Given) -> dict[str, Any]:
    """The only way to set a status directly."""
    order = refer.order(session.centra, input["order"], "input", "order")
    confirmed = orders.confirm(session.centra, order)
    return {"order": shipments.after_confirming(session.centra, confirmed)}


def lock(session: Session, input: Given) -> dict[str, Any]:
    """Keep clerks off some orders, or let them in again."""
    centra = session.centra
    found = [
        refer.order(centra, given, "input", "orders", str(at))
        for at, given in enumerate(input["orders"])
    ]
    if not found:
        raise Fault("empty", "input", "orders", why="orders")
    made = {}
    for order in found:
        now = centra.orders.by_id[order.number]
        made[order.number] = orders.store(centra, replace(now, locked=input["isLocked"]))
    return {"orders": list(made.values())}


def _items(centra: Centra, input: Given) -> list[Item]:
    items = []
    for at, each in enumerate(input.get("addLines") or ()):
        path = ("input", "addLines", str(at))
        size = refer.size(centra, each["productSize"], *path, "productSize")
        display = each.get("display")
        if display is not None and display["id"] != size.variant:
            raise Fault("display_mismatch", *path, "display", why=display["id"])
        if each["quantity"] < 1:
            raise Fault("too_few_units", *path, "quantity", key=size.sku, why=each["quantity"])
        if each["quantity"] > MOST_UNITS:
            raise Fault("too_many_units", *path, "quantity", key=size.sku, why=MOST_UNITS)
        price = each.get("unitPrice")
        minor = None if price is None else refer.minor(price["value"])
        items.append(Item(size.id, each["quantity"], minor, each.get("comment") or ""))
    return items


def _shipping(order: Order, given: Given | None) -> int:
    if given is None:
        return order.shipping_minor
    minor, key = refer.minor(given["value"]), str(order.number)
    path = ("input", "shippingCost")
    if order.status != "CONFIRMED":
        raise Fault("shipping_cost", *path, key=key, why=f"it is {order.status}")
    if not 0 <= minor <= order.shipping_minor:
        raise Fault("shipping_cost", *path, key=key, why="it can only be lowered")
    return minor


def _address(was: dict[str, str], given: Given | None) -> dict[str, str]:
    if given is None:
        return was
    fields = {name: value for name, value in given.items() if value is not None}
    if "country" in fields:
        fields["country"] = fields["country"]["code"]
    return {**was, **fields}


def update(session: Session, order: Given, input: Given) -> dict[str, Any]:
    """Change an order: hold it, add and cancel lines, correct the customer. All or nothing."""
    centra = session.centra
    found = refer.order(centra, order, "order")
    _open(found, "order")
    items = _items(centra, input)
    shipping = _shipping(found, input.get("shippingCost"))
    cancels = [
        (line, units, ACTIONS[each["stockAction"]])
        for each in input.get("cancelLines") or ()
        for line, units in refer.line_units(found, [each], "line", "input", "cancelLines")
    ]
    if cancels:
        found = orders.cancel_lines(centra, found, cancels)
    if items:
        found = orders.add_lines(centra, found, items)
    person = input.get("customerInfo") or {}
    named = {field: person[field] for field in ("firstName", "lastName") if person.get(field)}
    email = (input.get("customer") or person).get("email") or found.email
    held = input.get("isOnHold")
    if held is not None and held != found.on_hold:
        facts.held(centra, found, on=held)
    internal = input.get("isInternal")
    found = replace(
        found,
        on_hold=found.on_hold if held is None else held,
        hold_reason=input.get("holdStatusChangeReason") or found.hold_reason,
        internal=found.internal if internal is None else internal,
        email=email,
        address={**_address(found.address, input.get("shippingAddress")), **named},
        billing=_address(found.billing, input.get("billingAddress")),
        comment=input.get("cancellationComment") or found.comment,
        shipping_minor=shipping,
    )
    return {"order": orders.store(centra, orders.settle(centra, found))}


def allocate(session: Session, input: Given) -> dict[str, Any]:
    """Allocate what an order waits for, from warehouses in the order that is given."""
    centra = session.centra
    order = refer.order(centra, input["order"], "input", "order")
    _open(order, "input", "order")
    houses = [
        refer.warehouse(centra, each, "input", "warehouses").id
        for each in input.get("warehouses") or ()
    ]
    wanted = refer.line_units(order, input.get("allocate") or (), "orderLine", "input", "allocate")
    by_line = {line.id: line for line in order.lines}
    for id_, units in wanted:
        if units > by_line[id_].demand:
            raise Fault("quantity_over_left", "input", "allocate", key=str(order.number), why=id_)
    whole = [(line.id, line.demand) for line in order.lines if line.demand]
    rule = houses or centra.rule_of(order.market)
    made = allocating.allocate(centra, order, wanted or whole, rule)
    return {"order": orders.store(centra, made)}


def unallocate(session: Session, input: Given) -> dict[str, Any]:
    """Take allocated units from an order; they are demand from now on."""
    centra = session.centra
    order = refer.order(centra, input["order"], "input", "order")
    _open(order, "input", "order")
    houses = [
        refer.warehouse(centra, each, "input", "warehouses").id
        for each in input.get("warehouses") or ()
    ]
    action, to = refer.action(centra, input["stockActionPolicy"], "input", "stockActionPolicy")
    wanted = refer.line_units(order, input["unallocate"], "orderLine", "input", "unallocate")
    if not wanted:
        raise Fault("empty", "input", "unallocate", key=str(order.number), why="unallocate")
    made = allocating.unallocate(centra, order, wanted, action, to=to, only=houses)
    return {"order": orders.store(centra, made)}


def cancel(session: Session, id: str, input: Given | None = None) -> dict[str, Any]:
    """Cancel a whole order. A provider that will not void is a warning, not an error."""
    centra = session.centra
    given = input or {}
    order = refer.order(centra, {"id": id}, "id")
    action, to = refer.action(
        centra, given.get("stockAction") or {"releaseItemsBackToWarehouse": True}, "input"
    )
    wished = given.get("cancelAuthorization")
    void = centra.settings.cancel_releases_payment if wished is None else bool(wished)
    if void and payments.authorised_minor(order) and centra.captures_to_fail > 0:
        centra.captures_to_fail -= 1
        centra.warnings.append(("The authorization could not be cancelled.", ("id",)))
        void = False
    made = orders.cancel(centra, order, action=action, to=to, void=void)
    if given.get("comment"):
        made = orders.store(centra, replace(made, comment=given["comment"]))
    return {"order": made}


def capture(session: Session, order: Given) -> dict[str, Any]:
    """Capture the whole amount; a refusal of the provider fails the mutation."""
    centra = session.centra
    found = refer.order(centra, order, "order")
    left = found.total_minor - payments.captured_minor(found)
    found, entry = payments.capture(centra, found, left)
    kept = orders.store(centra, found)
    if entry.status == "FAILED":
        key = str(found.number)
        raise Fault("cannot_capture", "order", key=key, why="the payment provider refused")
    return {"order": kept, "paymentHistoryEntry": {"entry": entry, "order": kept}}


def release(session: Session, order: Given) -> dict[str, Any]:
    """Give back what is authorised and will not be captured; needs a partial capture."""
    centra = session.centra
    found = refer.order(centra, order, "order")
    key = str(found.number)
    if found.status not in OPEN:
        raise Fault("cannot_release", "order", key=key, why=f"it is {found.status}")
    if not payments.captured_minor(found):
        raise Fault("cannot_release", "order", key=key, why="nothing is captured")
    found, entry = payments.release(centra, found)
    kept = orders.store(centra, found)
    return {"order": kept, "paymentHistoryEntry": {"entry": entry, "order": kept}}


ORDER_MUTATIONS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "confirmOrder": confirm,
    "setOrdersLock": lock,
    "updateDirectToConsumerOrder": update,
    "allocateOrder": allocate,
    "unallocateOrder": unallocate,
    "cancelDirectToConsumerOrder": cancel,
    "captureOrder": capture,
    "releaseRemainingOrderAuthorization": release,
}
