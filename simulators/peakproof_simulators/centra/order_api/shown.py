"""How entities look in the Order API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from peakproof_simulators.centra.entities import STATUS_CODES
from peakproof_simulators.centra.order_api.payloads import OrderRow, ProductLine, ShipmentRow

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Order, OrderLine, Shipment
    from peakproof_simulators.centra.state import Centra


def price(minor: int) -> float:
    """An amount as the wire has it."""
    return minor / 100


def dated(centra: Centra, at_s: float) -> str:
    """A date without a zone."""
    return centra.webhooks.bare(at_s)[:19]


def skus(centra: Centra, size: int) -> tuple[str, str, str]:
    """The three numbers that make a SKU."""
    found = centra.sizes.by_id[size]
    product, variant = centra.products.by_id[found.product], centra.variants.by_id[found.variant]
    return product.product_number, variant.variant_number, found.size_number


def line(
    centra: Centra, held: OrderLine, quantity: int, parts: list[tuple[int, int]]
) -> ProductLine:
    """A line with where its units lie."""
    size = centra.sizes.by_id[held.size]
    product, variant, number = skus(centra, held.size)
    return ProductLine(
        str(held.id), product, variant, number, size.ean, size.upc, quantity,
        price(held.unit_price_minor), price(held.unit_price_minor), float(centra.tax_percent),
        [{"name": centra.place(place), "itemQty": units} for place, units in parts],
        False, bool(held.bundle),
    )  # fmt: skip


def shipment(centra: Centra, found: Shipment) -> ShipmentRow:
    """A shipment."""
    lines = {each.id: each for each in centra.orders.by_id[found.order].lines}
    info = found.info
    return ShipmentRow(
        found.number, found.order,
        None if found.shipped_s is None else dated(centra, found.shipped_s),
        info.get("carrier", ""), info.get("service", ""), info.get("tracking_number", ""), "",
        info.get("return_tracking_number", ""), not (found.captured or found.paid),
        found.paid or found.captured, found.good_to_go, found.complete,
        [
            line(centra, lines[each.order_line], each.quantity, list(each.parts))
            for each in found.lines
        ],
    )  # fmt: skip


def _lines(centra: Centra, found: Order) -> list[ProductLine]:
    """Lines of an order; of bundles the components, the bundle itself, or both."""
    way = centra.settings.order_api_bundles
    made: list[ProductLine] = []
    heads: dict[int, None] = {}
    for each in found.lines:
        if not each.quantity:
            continue
        if each.bundle and way != "components" and each.bundle not in heads:
            heads[each.bundle] = None
            made.append(_bundle(centra, found, each))
        if not each.bundle or way != "bundle":
            held = [(one.warehouse, one.units) for one in each.allocations]
            made.append(line(centra, each, each.quantity, held))
    return made


def _bundle(centra: Centra, found: Order, first: OrderLine) -> ProductLine:
    """A bundle as a line of its own: as many as its components on the order make."""
    product = centra.products.by_id[centra.sizes.by_id[first.bundle].product]
    units = {
        size: sum(
            one.quantity for one in found.lines if (one.bundle, one.size) == (first.bundle, size)
        )
        for size, _ in product.components
    }
    whole = min(units[size] // each for size, each in product.components)
    paid = sum(
        one.quantity * one.unit_price_minor for one in found.lines if one.bundle == first.bundle
    )
    head = replace(first, size=first.bundle, bundle=0, unit_price_minor=paid // max(whole, 1))
    made = line(centra, head, whole, [])
    made.is_bundle = True
    return made


def order(centra: Centra, found: Order) -> OrderRow:
    """An order with its lines and shipments."""
    where = found.address
    tax: list[dict[str, Any]] = [
        {"taxPercent": float(centra.tax_percent), "amount": price(found.total_minor)}
    ]
    return OrderRow(
        found.number, STATUS_CODES[found.status], found.id, dated(centra, found.created_s),
        "Retail", found.currency, found.on_hold, False, found.internal, found.waiting,
        str(found.market), str(found.pricelist), "peakproof", "cc",
        where.get("firstName", ""), where.get("lastName", ""), where.get("address1", ""),
        where.get("zipCode", ""), where.get("city", ""), where.get("country", ""), found.email,
        found.internal_comment, found.other_comment,
        [shipment(centra, centra.shipments.by_id[id_]) for id_ in found.shipments],
        _lines(centra, found), tax, {"vouchers": []},
    )  # fmt: skip
