"""How entities look in GraphQL: a table of fields that are not plain attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.centra import stock
from peakproof_simulators.centra.integration.dates import written
from peakproof_simulators.centra.integration.fields import Show, dated, external, money, one, plain
from peakproof_simulators.centra.integration.session import Info, centra_of
from peakproof_simulators.centra.integration.shown_orders import ORDER, SHIPMENT

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra


def _line(centra: Centra, order: int, line: int) -> dict[str, Any]:
    found = centra.orders.by_id[order]
    each = next(one for one in found.lines if one.id == line)
    return {"order": found, "line": each}


def _stock_page(centra: Centra, warehouse: Any, limit: int, page: int) -> list[Any]:
    held = [row[warehouse.id] for row in centra.cells.values() if warehouse.id in row]
    first = (page - 1) * limit
    return held[max(first, 0) : max(first, 0) + max(limit, 0)]


def _allocations(centra: Centra, held: Any) -> list[Any]:
    return [{"alloc": one, **held} for one in held["line"].allocations]


FIELDS: Final[dict[str, dict[str, Show]]] = {
    "DirectToConsumerOrder": ORDER,
    "WholesaleOrder": ORDER,
    "Shipment": SHIPMENT,
    "Store": {"status": lambda _centra, _store: "ACTIVE"},
    "Market": {
        "externalId": external("Market"),
        "store": one("stores", "store"),
        "assignedToCountries": lambda _centra, market: [{"code": market.country}],
        "allocationRule": one("rules", "rule"),
    },
    "AllocationRule": {
        "warehouses": lambda centra, rule: [
            centra.warehouses.by_id[id_] for id_ in rule.warehouses
        ],
        "markets": lambda centra, rule: [
            market for market in centra.markets.by_id.values() if market.rule == rule.id
        ],
    },
    "Pricelist": {
        "currency": lambda _centra, pricelist: {"code": pricelist.currency},
        "store": one("stores", "store"),
        "status": lambda _centra, _pricelist: "ACTIVE",
    },
    "Warehouse": {
        "externalId": external("Warehouse"),
        "warehouseLocation": lambda _centra, warehouse: (
            {"country": {"code": warehouse.country}, "stateOrProvince": warehouse.state or None}
            if warehouse.country
            else None
        ),
        "stock": _stock_page,
    },
    "Product": {
        "externalId": external("Product"),
        "isBundle": lambda _centra, product: bool(product.components),
        "createdAt": dated("created_s"),
        "updatedAt": dated("updated_s"),
        "variants": lambda centra, product: [
            centra.variants.by_id[id_] for id_ in centra.variants_of.get(product.id, ())
        ],
        "bundleComponents": lambda centra, product: [
            {"productSize": centra.sizes.by_id[size], "quantity": units}
            for size, units in product.components
        ],
        "prices": lambda centra, product: [
            {"pricelist": pricelist, "price": money(minor, pricelist.currency)}
            for pricelist in centra.pricelists.by_id.values()
            if (minor := centra.prices.get((pricelist.id, product.id))) is not None
        ],
    },
    "ProductVariant": {
        "externalId": external("ProductVariant"),
        "product": one("products", "product"),
        "productSizes": lambda centra, variant: [
            centra.sizes.by_id[id_] for id_ in centra.sizes_of.get(variant.id, ())
        ],
        "stockOffset": lambda centra, variant: max(
            [
                centra.settings.stock_offsets.get(centra.sku(id_), 0)
                for id_ in centra.sizes_of.get(variant.id, ())
            ],
            default=0,
        ),
        "createdAt": dated("created_s"),
        "updatedAt": dated("updated_s"),
    },
    "ProductSize": {
        "SKU": plain("sku"),
        "externalId": external("ProductSize"),
        "description": lambda _centra, size: size.description or None,
        "EAN": lambda _centra, size: size.ean or None,
        "UPC": lambda _centra, size: size.upc or None,
        "GTIN": lambda _centra, size: size.ean or None,
        "productVariant": one("variants", "variant"),
    },
    "Stock": {
        "warehouse": one("warehouses", "warehouse"),
        "productSize": one("sizes", "size"),
        "physicalQuantity": plain("physical"),
        "freeToAllocateQuantity": plain("free"),
        "allocatedQuantity": plain("allocated"),
        "demandQuantity": plain("demand"),
        "availableNowQuantity": plain("available_now"),
        "incomingQuantity": plain("incoming"),
        "availableQuantity": plain("available"),
        "unshippedQuantity": plain("unshipped"),
    },
    "StockChange": {
        "createdAt": dated("created_s"),
        "intoWarehouse": one("warehouses", "into"),
        "outFromWarehouse": one("warehouses", "out_of"),
        "lines": lambda centra, change: [
            {"id": id_, "productSize": centra.sizes.by_id[size], "deliveredQuantity": units}
            for id_, size, units in change.lines
        ],
    },
    "OrderLine": {
        "id": lambda _centra, held: held["line"].id,
        "productSize": lambda centra, held: centra.sizes.by_id[held["line"].size],
        "product": lambda centra, held: centra.products.by_id[
            centra.sizes.by_id[held["line"].size].product
        ],
        "quantity": lambda _centra, held: held["line"].quantity,
        "cancelledQuantity": lambda _centra, held: held["line"].cancelled,
        "unitPrice": lambda _centra, held: money(
            held["line"].unit_price_minor, held["order"].currency
        ),
        "lineValue": lambda _centra, held: money(
            held["line"].unit_price_minor * held["line"].quantity, held["order"].currency
        ),
        "comment": lambda _centra, held: held["line"].comment or None,
        "isPartOfBundle": lambda _centra, held: bool(held["line"].bundle),
        "demandQuantity": lambda _centra, held: held["line"].demand,
        "allocations": _allocations,
    },
    "Allocation": {
        "id": lambda _centra, held: held["alloc"].id,
        "quantity": lambda _centra, held: held["alloc"].units,
        "orderLine": lambda _centra, held: held,
        "warehouse": lambda centra, held: centra.warehouses.by_id[held["alloc"].warehouse],
        "stockChangeLine": lambda _centra, _held: None,
        "isWaitingForConfirmation": lambda _centra, held: held["alloc"].waiting,
    },
    "PaymentHistoryEntry": {
        "id": lambda _centra, held: held["entry"].id,
        "status": lambda _centra, held: held["entry"].status,
        "entryType": lambda _centra, held: held["entry"].entry_type,
        "value": lambda _centra, held: money(
            held["entry"].amount_minor, held["order"].currency
        ),
        "externalReference": lambda _centra, held: held["entry"].reference or None,
        "createdAt": lambda centra, held, format=None: written(
            centra, held["entry"].created_s, format
        ),
    },
    "ShipmentLine": {
        "id": lambda _centra, held: held["line"].id,
        "orderLine": lambda centra, held: _line(
            centra, held["shipment"].order, held["line"].order_line
        ),
        "quantity": lambda _centra, held: held["line"].quantity,
        "returnedQuantity": lambda _centra, held: held["line"].returned,
        "warehouses": lambda centra, held: [
            {"warehouse": centra.warehouses.by_id[id_], "quantity": units}
            for id_, units in held["line"].parts
        ],
    },
    "Return": {
        "externalId": lambda _centra, made: made.external_id or None,
        "status": lambda _centra, made: "COMPLETED" if made.completed else "PENDING",
        "order": one("orders", "order"),
        "shipment": one("shipments", "shipment"),
        "lines": lambda centra, made: [
            {
                "id": line.id,
                "quantity": line.quantity,
                "shipmentLine": _shipment_line(centra, made.shipment, line.shipment_line),
            }
            for line in made.lines
        ],
        "createdAt": dated("created_s"),
        "comment": lambda _centra, made: made.comment or None,
        "isRefunded": lambda _centra, made: bool(made.refunded),
        "grandTotal": lambda centra, made: money(
            made.amount_minor, centra.orders.by_id[made.order].currency
        ),
    },
    "OrderConnection": {"totalCount": lambda _centra, held: held["count"]()},
    "StockChangeConnection": {"totalCount": lambda _centra, held: held["count"]()},
    "Event": {
        "objectReference": lambda _centra, event: {
            "objectType": event.object_type, "id": event.object_id,
        },
        "createdAt": dated("created_s"),
        "store": lambda centra, event: centra.stores.by_id[1] if event.market else None,
        "market": one("markets", "market"),
        "object": lambda centra, event: about(centra, event),  # noqa: PLW0108  # it is below
    },
}  # fmt: skip


def _shipment_line(centra: Centra, shipment: int, line: int) -> dict[str, Any]:
    found = centra.shipments.by_id[shipment]
    return {"shipment": found, "line": next(one for one in found.lines if one.id == line)}


SHELVES: Final = {
    "Order": "orders", "Shipment": "shipments", "Return": "returns", "Product": "products",
    "ProductVariant": "variants", "ProductSize": "sizes", "Warehouse": "warehouses",
    "StockChange": "stock_changes",
}  # fmt: skip


def about(centra: Centra, event: Any) -> Any:
    """What an event is about, as it is now; nothing for what was deleted."""
    if event.change_type == "DELETED" or event.object_type not in SHELVES:
        return None
    return getattr(centra, SHELVES[event.object_type]).by_id.get(event.object_id)


def stock_of_size(size: Any, info: Info) -> Any:
    """Stock of a product size by warehouse; as of a moment ago when the call is stale."""
    centra = centra_of(info)
    if centra.products.by_id[size.product].components:
        return []
    cells = stock.cells_of(centra, size.id, info.context.stale_s)
    for each in cells:
        centra.note(f"stock:{size.sku}@{centra.place(each.warehouse)}")
    return cells
