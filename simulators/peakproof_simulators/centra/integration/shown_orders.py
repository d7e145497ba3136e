"""How orders and shipments look in GraphQL."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.centra import payments
from peakproof_simulators.centra.integration.fields import Show, dated, external, money, one, plain

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra


def _paid(centra: Centra, order: Any, where: Any = None) -> list[dict[str, Any]]:
    types = (where or {}).get("entryType")
    return [
        {"entry": entry, "order": order}
        for entry in order.payments
        if not types or entry.entry_type in types
    ]


def _lines(centra: Centra, order: Any, includeFullyCancelled: bool) -> list[Any]:  # noqa: N803
    return [
        {"order": order, "line": line}
        for line in order.lines
        if line.quantity or includeFullyCancelled
    ]


def _net(centra: Centra, minor: int) -> int:
    """An amount without the tax that is in it, rounded to a minor unit."""
    rate = 1 + Decimal(centra.tax_percent) / 100
    return int((Decimal(minor) / rate).quantize(Decimal(1)))


def _total(centra: Centra, order: Any, includingTax: bool = True) -> Any:  # noqa: N803
    total = order.total_minor
    return money(total if includingTax else _net(centra, total), order.currency)


def _shipment_total(centra: Centra, shipment: Any, includingTax: bool = True) -> Any:  # noqa: N803
    order = centra.orders.by_id[shipment.order]
    total = payments.amount_of(centra, order, shipment)
    return money(total if includingTax else _net(centra, total), order.currency)


def _address(attribute: str) -> Show:
    def show(centra: Centra, order: Any) -> Any:
        held = getattr(order, attribute)
        return {**held, "country": {"code": held.get("country", centra.country)}} if held else None

    return show


def _customer(centra: Centra, order: Any) -> Any:
    if not order.email:
        return None
    return {
        "email": order.email,
        "firstName": order.address.get("firstName"),
        "lastName": order.address.get("lastName"),
    }


def _returns(centra: Centra, shipment: Any) -> list[Any]:
    return [centra.returns.by_id[id_] for id_ in centra.returns_of.get(shipment.id, ())]


def _order_returns(centra: Centra, order: Any) -> list[Any]:
    found = [centra.shipments.by_id[id_] for id_ in order.shipments]
    return [each for shipment in found for each in _returns(centra, shipment)]


ORDER: Final[dict[str, Show]] = {
    "externalId": external("Order", "number"),
    "store": lambda centra, _order: centra.stores.by_id[1],
    "market": one("markets", "market"),
    "pricelist": one("pricelists", "pricelist"),
    "createdAt": dated("created_s"),
    "updatedAt": dated("updated_s"),
    "orderDate": dated("created_s"),
    "isOnHold": plain("on_hold"),
    "isLocked": plain("locked"),
    "isWaitingForPayment": plain("waiting"),
    "grandTotal": _total,
    "lines": _lines,
    "shipments": lambda centra, order: [centra.shipments.by_id[id_] for id_ in order.shipments],
    "returns": _order_returns,
    "paymentHistory": _paid,
    "isInternal": plain("internal"),
    "holdStatusChangeReason": lambda _centra, order: order.hold_reason or None,
    "userIP": lambda _centra, _order: None,
    "currencyBaseRate": lambda _centra, _order: 1.0,
    "customer": _customer,
    "country": lambda centra, order: {"code": order.address.get("country", centra.country)},
    "shippingAddress": _address("address"),
    "billingAddress": _address("billing"),
    "totals": lambda _centra, order: {
        "goods": money(order.goods_minor, order.currency),
        "shipping": money(order.shipping_minor, order.currency),
        "grandTotal": money(order.total_minor, order.currency),
    },
    "discountsApplied": lambda _centra, _order: [],
}


def _info(name: str) -> Show:
    return lambda _centra, shipment: shipment.info.get(name)


SHIPMENT: Final[dict[str, Show]] = {
    "order": one("orders", "order"),
    "lines": lambda _centra, shipment: [
        {"shipment": shipment, "line": line} for line in shipment.lines
    ],
    "isGoodToGo": plain("good_to_go"),
    "isPaid": plain("paid"),
    "isCaptured": plain("captured"),
    "isShipped": lambda _centra, shipment: shipment.shipped_s is not None,
    "isCompleted": plain("complete"),
    "createdAt": dated("created_s"),
    "updatedAt": dated("updated_s"),
    "shippedAt": dated("shipped_s"),
    "capturedAt": dated("captured_s"),
    "completedAt": dated("completed_s"),
    "grandTotal": _shipment_total,
    "additionalMessage": lambda _centra, shipment: shipment.message or None,
    "carrier": _info("carrier"),
    "service": _info("service"),
    "packagesNumber": _info("packages_number"),
    "trackingNumber": _info("tracking_number"),
    "returnTrackingNumber": _info("return_tracking_number"),
    "internalShippingCost": lambda _centra, shipment: (
        money(*shipment.info["internal_cost"]) if "internal_cost" in shipment.info else None
    ),
    "returns": _returns,
}
