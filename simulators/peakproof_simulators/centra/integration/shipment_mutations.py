"""Mutations of shipments and returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from peakproof_simulators.centra import returns, shipments
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.integration import references as refer

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Order, Shipment
    from peakproof_simulators.centra.integration.references import Given
    from peakproof_simulators.centra.integration.session import Session
    from peakproof_simulators.centra.state import Centra

INFO: Final = {
    "carrier": "carrier", "service": "service", "packagesNumber": "packages_number",
    "trackingNumber": "tracking_number", "returnTrackingNumber": "return_tracking_number",
}  # fmt: skip


def _info(given: Given | None) -> dict[str, Any]:
    """What a caller says of a parcel; what is left out stays as it is."""
    if given is None:
        return {}
    made = {ours: given[name] for name, ours in INFO.items() if given.get(name) is not None}
    cost = given.get("internalShippingCost")
    if cost is not None:
        made["internal_cost"] = (refer.minor(cost["value"]), cost["currencyIsoCode"])
    return made


def _at(centra: Centra, text: str | None) -> float | None:
    return None if text is None else centra.world.clock.seconds(text)


def _asked(order: Order, input: Given) -> list[tuple[int, int]]:
    """The lines of a shipment: named one by one, or a delivery group (there is one: the rest)."""
    lines, group = input.get("lines"), input.get("deliveryGroup")
    if (lines is None) == (group is None):
        raise Fault("one_field", "input", key=str(order.number))
    if lines is not None:
        return refer.line_units(order, lines, "orderLine", "input", "lines")
    if group != 1:
        raise Fault("unknown_object", "input", "deliveryGroup", key=str(order.number), why=group)
    left = [(line.id, line.quantity - line.on_shipments) for line in order.lines]
    return [(id_, units) for id_, units in left if units]


def create(session: Session, input: Given) -> dict[str, Any]:
    """A shipment; a capture that fails is a warning only (the Order API does the opposite)."""
    centra = session.centra
    order = refer.order(centra, input["order"], "input", "order")
    order, made = shipments.create(
        centra, order, _asked(order, input),
        good_to_go=bool(input.get("isGoodToGo")), paid=bool(input.get("isPaid")),
        shipped_s=_at(centra, input.get("shippedAt")),
        created_s=_at(centra, input.get("createdAt")),
        allocate_demand=bool(input.get("allocateDemand")),
        info=_info(input.get("shipmentInfo")), message=input.get("additionalMessage") or "",
    )  # fmt: skip
    if input.get("capture"):
        try:
            made, entry = shipments.capture(centra, made, email=bool(input.get("sendEmail")))
            failed = "" if entry.status != "FAILED" else "the payment provider refused"
        except Fault as fault:
            failed = fault.message
        if failed:
            text = Fault("cannot_capture", why=failed).message
            centra.warnings.append((text, ("input", "capture")))
    return {"shipment": shipments.finish(centra, made, email=bool(input.get("sendEmail")))}


def _by_id(session: Session, id_: int) -> Shipment:
    return refer.shipment(session.centra, {"id": id_})


def update(session: Session, id: int, input: Given) -> dict[str, Any]:
    """Change a shipment that has not left."""
    centra = session.centra
    found = _by_id(session, id)
    if found.complete:
        raise Fault("shipment_settled", "id", key=found.number, why="it is complete")
    lines = input.get("lines")
    if lines is not None:
        if found.captured or shipments.capture_pending(centra, found):
            raise Fault("shipment_settled", "input", "lines", key=found.number, why="captured")
        if not lines:
            raise Fault("empty", "input", "lines", key=str(found.order), why="lines")
        order = centra.orders.by_id[found.order]
        wanted = refer.line_units(order, lines, "orderLine", "input", "lines")
        found = shipments.change_lines(centra, found, wanted)
    ready, paid = input.get("isGoodToGo"), input.get("isPaid")
    message = input.get("additionalMessage")
    turns_ready = bool(ready) and not found.good_to_go
    found = shipments.store(
        centra,
        replace(
            found,
            good_to_go=found.good_to_go if ready is None else ready,
            paid=found.paid if paid is None else paid,
            message=found.message if message is None else message,
            info={**found.info, **_info(input.get("shipmentInfo"))},
        ),
        action="good_to_go" if turns_ready else "",
    )
    return {"shipment": shipments.finish(centra, found, email=False)}


def capture(session: Session, id: int) -> dict[str, Any]:
    """Capture what a shipment costs; a refusal of the provider fails the mutation."""
    centra = session.centra
    made, entry = shipments.capture(centra, _by_id(session, id))
    order = centra.orders.by_id[made.order]
    if entry.status == "FAILED":
        key = str(order.number)
        raise Fault("cannot_capture", "id", key=key, why="the payment provider refused")
    made = shipments.finish(centra, made, email=False)
    return {"shipment": made, "paymentHistoryEntry": {"entry": entry, "order": order}}


def complete(session: Session, id: int, input: Given) -> dict[str, Any]:
    """Say that a shipment has left; with ``sendEmail`` the customer is told."""
    centra = session.centra
    made = shipments.complete(
        centra, _by_id(session, id), shipped_s=_at(centra, input.get("shippedAt")),
        info=_info(input.get("shipmentInfo")), email=bool(input.get("sendEmail")),
    )  # fmt: skip
    return {"shipment": made}


def delete(session: Session, id: int) -> dict[str, Any]:
    """Undo a shipment; its units stay allocated to the order."""
    shipments.delete(session.centra, _by_id(session, id))
    return {"isDeleted": True}


# --- returns -----------------------------------------------------------------------------------


def _costs(centra: Centra, shipment: Shipment, input: Given) -> int:
    """What is paid back beside the goods: shipping, less what handling and the return cost."""
    order = centra.orders.by_id[shipment.order]
    total = 0
    for field, sign in (("shippingCost", 1), ("handlingCost", 1), ("voucherValue", -1)):
        given = input.get(field)
        if given is None:
            continue
        name, value = refer.only(given, "input", field)
        from_shipment = order.shipping_minor if field == "shippingCost" else 0
        total += sign * (from_shipment if name == "fromShipment" else refer.minor(value["value"]))
    cost = input.get("returnCost")
    return total - (refer.minor(cost["value"]) if cost is not None else 0)


def create_return(session: Session, input: Given) -> dict[str, Any]:
    """Take goods back; their stock moves now, not when the return is completed."""
    centra = session.centra
    shipment = refer.shipment(centra, input["shipment"], "input", "shipment")
    policy = "returnStockActionPolicy"
    action, to = refer.action(centra, input[policy], "input", policy)
    external = input.get("externalId") or ""
    if len(external) > 255:
        raise Fault("text_too_long", "input", "externalId", why="externalId")
    wanted = [(each["shipmentLine"]["id"], each["quantity"]) for each in input["lines"]]
    made = returns.create(
        centra, shipment, wanted, action, to=to, extra_minor=_costs(centra, shipment, input),
        comment=input.get("comment") or "", external_id=external,
        created_s=_at(centra, input.get("createdAt")),
    )  # fmt: skip
    return {"return": made}


def complete_return(session: Session, id: int, input: Given | None = None) -> dict[str, Any]:
    """A return is done; one that is done already is an error."""
    made = refer.return_(session.centra, id)
    email = bool((input or {}).get("sendEmail"))
    return {"return": returns.complete(session.centra, made, email=email)}


def uncomplete_return(session: Session, id: int) -> dict[str, Any]:
    """A return is open again."""
    return {"return": returns.uncomplete(session.centra, refer.return_(session.centra, id))}


def delete_return(session: Session, id: int) -> dict[str, Any]:
    """Undo a return and what it did to stock."""
    returns.delete(session.centra, refer.return_(session.centra, id))
    return {"isDeleted": True}


def refund_return(session: Session, id: int, input: Given | None = None) -> dict[str, Any]:
    """Pay a return back, before or after it is completed."""
    centra = session.centra
    email = bool((input or {}).get("sendEmail"))
    made, entry = returns.refund(centra, refer.return_(centra, id), email=email)
    order = centra.orders.by_id[made.order]
    return {"return": made, "paymentHistoryEntry": {"entry": entry, "order": order}}


SHIPMENT_MUTATIONS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "createShipment": create,
    "updateShipment": update,
    "captureShipment": capture,
    "completeShipment": complete,
    "deleteShipment": delete,
    "createReturn": create_return,
    "completeReturn": complete_return,
    "uncompleteReturn": uncomplete_return,
    "deleteReturn": delete_return,
    "refundReturn": refund_return,
}
