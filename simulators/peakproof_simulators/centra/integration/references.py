"""Input objects that point at something: exactly one of their fields says at what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.centra.allocating import StockAction
from peakproof_simulators.centra.errors import Fault

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import (
        Order,
        Product,
        Return,
        Shipment,
        Size,
        Variant,
        Warehouse,
    )
    from peakproof_simulators.centra.state import Centra

Given = Mapping[str, Any]
MOST_AMOUNT: Final = 10_000_000
"""In units of the currency."""


def only(given: Given, *path: str) -> tuple[str, Any]:
    """The one field that is given, and its value.

    Raises:
        Fault: none is, or more than one.
    """
    fields = [(name, value) for name, value in given.items() if value is not None]
    if len(fields) != 1:
        raise Fault("one_field", *path)
    return fields[0]


def _external(centra: Centra, kind: str, value: Any) -> int:
    return centra.conversions.by_external.get((kind, str(value)), 0)


def order(centra: Centra, given: Given, *path: str) -> Order:
    """The order that ``{id}``, ``{number}`` or ``{externalId}`` points at."""
    field, value = only(given, *path)
    if field == "number":
        number = value
    elif field == "id":
        number = centra.orders.by_hash.get(value, 0)
    else:
        number = _external(centra, "Order", value)
    found = centra.orders.get(number)
    if found is None:
        raise Fault("order_not_found", *path, field, key=str(value), why=value)
    centra.note(f"order:{found.number}")
    return found


def warehouse(centra: Centra, given: Given, *path: str) -> Warehouse:
    """The warehouse that ``{id}``, ``{name}`` or ``{externalId}`` points at."""
    field, value = only(given, *path)
    if field == "id":
        id_ = value
    elif field == "name":
        id_ = centra.warehouse_of.get(value, 0)
    else:
        id_ = _external(centra, "Warehouse", value)
    found = centra.warehouses.get(id_)
    if found is None:
        raise Fault("warehouse_not_found", *path, field, key=str(value), why=value)
    return found


def product(centra: Centra, given: Given, *path: str) -> Product:
    """The product that ``{id}`` or ``{externalId}`` points at."""
    field, value = only(given, *path)
    id_ = value if field == "id" else _external(centra, "Product", value)
    found = centra.products.get(id_)
    if found is None:
        raise Fault("product_not_found", *path, field, key=str(value), why=value)
    return found


def variant(centra: Centra, given: Given, *path: str) -> Variant:
    """The variant that ``{id}`` or ``{externalId}`` points at."""
    field, value = only(given, *path)
    id_ = value if field == "id" else _external(centra, "ProductVariant", value)
    found = centra.variants.get(id_)
    if found is None:
        raise Fault("product_variant_not_found", *path, field, key=str(value), why=value)
    return found


def size(centra: Centra, given: Given, *path: str) -> Size:
    """The product size that an id, a SKU or a barcode points at."""
    field, value = only(given, *path)
    if field == "id":
        id_ = value
    elif field == "SKU":
        id_ = centra.size_of.get(value, 0)
    elif field == "externalId":
        id_ = _external(centra, "ProductSize", value)
    else:
        id_ = centra.barcode_of.get(value, 0)
    found = centra.sizes.get(id_)
    if found is None:
        raise Fault("product_size_not_found", *path, field, key=str(value), why=value)
    return found


def size_of_variant(centra: Centra, owner: Variant, given: Given, *path: str) -> Size:
    """The size of a variant by its id, number or name."""
    field, value = only(given, *path)
    for id_ in centra.sizes_of.get(owner.id, ()):
        found = centra.sizes.by_id[id_]
        fits = found.id == value if field == "id" else found.size_number == value
        if fits or (field == "name" and found.description == value):
            return found
    raise Fault("product_size_not_found", *path, field, key=str(value), why=value)


def stocked(centra: Centra, found: Size, *path: str) -> Size:
    """A size whose stock can be written: a bundle's cannot."""
    centra.note(f"item:{found.sku}")
    if centra.products.by_id[found.product].components:
        raise Fault("bundle_stock", *path, key=found.sku, why=found.sku)
    return found


def shipment(centra: Centra, given: Given, *path: str) -> Shipment:
    """The shipment that ``{id}`` or ``{number}`` points at."""
    field, value = only(given, *path)
    found = centra.shipments.get(value if field == "id" else centra.shipment_of.get(value, 0))
    if found is None:
        raise Fault("shipment_not_found", *path, field, key=str(value), why=value)
    centra.note(f"order:{found.order}")
    return found


def return_(centra: Centra, id_: int) -> Return:
    """The return of that id."""
    found = centra.returns.get(id_)
    if found is None:
        raise Fault("return_not_found", "id", key=str(id_), why=id_)
    centra.note(f"order:{found.order}")
    return found


def action(centra: Centra, given: Given, *path: str) -> tuple[StockAction, int]:
    """What becomes of stock: exactly one of three; with ``send``, the warehouse to send it to."""
    chosen = {name: value for name, value in given.items() if value}
    if len(chosen) != 1:
        raise Fault("one_field", *path)
    field, value = next(iter(chosen.items()))
    if field == "removeItemsFromStock":
        return "remove", 0
    if field == "releaseItemsBackToWarehouse":
        return "release", 0
    return "send", warehouse(centra, value, *path, field).id


def minor(value: float) -> int:
    """An amount as minor units; the wire's number is read as it is written, not as a float.

    Raises:
        Fault: it is below 0 or past any price.
    """
    if not 0 <= value <= MOST_AMOUNT:
        raise Fault("amount_out_of_range", "value", why=value)
    return int((Decimal(repr(value)) * 100).to_integral_value())


def line_units(
    found: Order, wanted: Sequence[Given], name: str, *path: str
) -> list[tuple[int, int]]:
    """Order lines with units, each of which has to be on the order and at least 1; a line that is
    named twice gets the units of both."""
    known = {line.id for line in found.lines}
    made: dict[int, int] = {}
    for each in wanted:
        id_, units = each[name]["id"], each["quantity"]
        if id_ not in known:
            raise Fault("line_not_found", *path, key=str(found.number), why=id_)
        if units < 1:
            raise Fault("too_few_units", *path, key=str(found.number), why=units)
        made[id_] = made.get(id_, 0) + units
    return list(made.items())
