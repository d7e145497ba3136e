"""The operations of salable quantities, source selection and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.adobe_commerce import salable, selection, wire
from peakproof_simulators.adobe_commerce.asking import Asked
from peakproof_simulators.adobe_commerce.catalogue import COMPOSITE
from peakproof_simulators.adobe_commerce.decimals import ZERO
from peakproof_simulators.adobe_commerce.errors import refuse
from peakproof_simulators.adobe_commerce.payloads.inventory import (
    Algorithm,
    ExportedStock,
    PickupLocation,
    PickupLocations,
    Salable,
    SalableRequest,
    SalableResult,
    Selection,
    Stock,
)
from peakproof_simulators.adobe_commerce.search import Found, fold
from peakproof_simulators.adobe_commerce.wire import Masked

if TYPE_CHECKING:
    from decimal import Decimal

    from peakproof_simulators.adobe_commerce.payloads.catalogue import Product
    from peakproof_simulators.adobe_commerce.state import Shop


def quantity(shop: Shop, asked: Asked) -> Decimal:
    """What may be sold of a SKU: a bare number."""
    sku, stock_id = asked.params["sku"], asked.id("stockId")
    product = shop.catalogue.get(sku)
    if product is None:
        raise refuse("no_product")
    if product.type_id in COMPOSITE:
        raise refuse("no_source_items")
    asked.keys.extend(
        f"stock:{sku}@{source.source_code}" for source in shop.inventory.ranked(stock_id)
    )
    return salable.salable(shop, stock_id, sku)


def is_salable(shop: Shop, asked: Asked) -> bool:
    """Whether a SKU may be sold."""
    return salable.is_salable(shop, asked.id("stockId"), asked.params["sku"])


def are_salable(shop: Shop, asked: Asked) -> list[Salable]:
    """Whether each of some SKUs may be sold."""
    stock_id = asked.input.stock_id
    return [
        Salable(sku=sku, stock_id=stock_id, salable=salable.is_salable(shop, stock_id, sku))
        for sku in asked.input.skus
    ]


def is_salable_for(shop: Shop, asked: Asked) -> SalableResult:
    """Whether a quantity may be put into a cart, and why not."""
    amount = wire.number(asked.params["requestedQty"])
    errors = salable.refusals(
        shop, asked.id("stockId"), asked.params["sku"], amount, cart=True, live=False
    )
    return SalableResult(salable=not errors, errors=errors)


def are_salable_for(shop: Shop, asked: Asked) -> list[SalableRequest]:
    """Whether each of some quantities may be ordered, and why not."""
    stock_id, made = asked.input.stock_id, []
    for each in asked.input.sku_requests:
        errors = salable.refusals(shop, stock_id, each.sku, each.qty, cart=False, live=False)
        made.append(
            SalableRequest(sku=each.sku, stock_id=stock_id, salable=not errors, errors=errors)
        )
    return made


def resolve(shop: Shop, asked: Asked) -> Stock:
    """The stock that a website sells from."""
    stock = shop.inventory.of_website(asked.params["code"])
    if stock is None or asked.params["type"] != "website":
        raise refuse("no_linked_stock")
    return stock


def algorithms(shop: Shop, asked: Asked) -> list[Algorithm]:
    """The ways of choosing sources."""
    return list(selection.ALGORITHMS)


def select(shop: Shop, asked: Asked) -> Selection:
    """From which sources to ship."""
    code, request = asked.input.algorithm_code, asked.input.inventory_request
    if code not in {one.code for one in selection.ALGORITHMS}:
        raise Masked(f"Algorithm for {code} is not exist")
    return selection.by_priority(
        shop, request.stock_id, [(each.sku, each.qty) for each in request.items]
    )


def export(shop: Shop, asked: Asked) -> Found:
    """What a website can sell of each product."""
    stock_id = resolve(shop, asked).stock_id
    found = shop.catalogue.products.find(asked.criteria(shop), shop.settings)
    items = [_exported(shop, product, stock_id) for product in found.items]
    total = found.total_count if shop.profile.export_total == "all" else len(items)
    return Found(items, found.search_criteria, total)


def _exported(shop: Shop, product: Product, stock_id: int) -> ExportedStock:
    composite = product.type_id in COMPOSITE
    amount = ZERO if composite else salable.salable(shop, stock_id, product.sku)
    return ExportedStock(
        sku=product.sku, qty=amount, is_salable=salable.is_salable(shop, stock_id, product.sku)
    )


def dump(shop: Shop, asked: Asked) -> list[ExportedStock]:
    """The index of a website's stock: reservations are not in it."""
    rows = shop.index.rows.get(resolve(shop, asked).stock_id, {})
    return [
        ExportedStock(sku=row.sku, qty=row.quantity, is_salable=row.is_salable)
        for row in sorted(rows.values(), key=lambda row: fold(row.sku))
    ]


def pickup_locations(shop: Shop, asked: Asked) -> PickupLocations:
    """Where customers of the website can fetch what they ordered."""
    found = [
        PickupLocation(
            pickup_location_code=one.source_code, name=one.extension_attributes.frontend_name
            or one.name, country_id=one.country_id, postcode=one.postcode, city=one.city,
            street=one.street, phone=one.phone,
        )
        for one in shop.inventory.ranked(shop.stock_id(asked.store))
        if one.enabled and one.extension_attributes is not None
        and one.extension_attributes.is_pickup_location_active
    ]  # fmt: skip
    return PickupLocations(items=found, search_request={}, total_count=len(found))
