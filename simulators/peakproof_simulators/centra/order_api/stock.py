"""Stock, products and allocation requests in the Order API."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

from peakproof_simulators.centra import requests, stock
from peakproof_simulators.centra.order_api import reading, shown
from peakproof_simulators.centra.order_api.payloads import (
    Answer,
    CheckFirst,
    ProductRow,
    ProductsAnswer,
    RequestAnswer,
    RequestAnswered,
    RequestsAnswer,
    StockAnswer,
    StockErrors,
    StockRow,
    StockWrite,
    StockWritten,
)
from peakproof_simulators.kit.service import Call

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Product, Size
    from peakproof_simulators.centra.state import Centra

_WRITE: Final = msgspec.json.Decoder(StockWrite)
_CHECK: Final = msgspec.json.Decoder(CheckFirst)
_ANSWER: Final = msgspec.json.Decoder(RequestAnswer)

STATUSES: Final = (
    "allocated", "sent", "failed", "confirmed", "rejected", "timed-out", "outdated",
)  # fmt: skip
PAGE: Final = 100
"""Allocation requests of a page."""


def _sizes(centra: Centra, call: Call) -> Iterable[int]:
    """Sizes that may be meant, by the narrowest index."""
    sku, ean, upc = (call.one(name) for name in ("sku", "ean", "upc"))
    if sku is not None or ean is not None or upc is not None:
        code = ean if ean is not None else upc
        id_ = centra.size_of.get(sku) if sku is not None else centra.barcode_of.get(code or "")
        return () if id_ is None else (id_,)
    item = reading.number(call, "stockItemId", 0)
    if item:
        return (item,) if item in centra.sizes.by_id else ()
    variant = reading.number(call, "variantId", 0)
    if variant:
        return centra.sizes_of.get(variant, ())
    product = reading.number(call, "productId", 0)
    if product:
        owners = centra.variants_of.get(product, ())
        return [id_ for owner in owners for id_ in centra.sizes_of.get(owner, ())]
    return centra.sizes.by_id


def listed(centra: Centra, call: Call) -> StockAnswer:
    """Stock in the plugin's warehouse. Safety stock is not taken off."""
    excluded = call.one("exclude")
    if excluded not in (None, "", "physicalStock"):
        raise reading.no("Invalid value for exclude")
    moved = reading.moment(centra, call, "stock_modified")
    modified = reading.moment(centra, call, "modified")
    created = reading.moment(centra, call, "created")
    limit = reading.number(call, "limit", 100, least=1, most=reading.MOST)
    offset = reading.number(call, "offset", 0)
    place = reading.warehouse(centra)
    found = (
        size
        for size in (centra.sizes.by_id[id_] for id_ in _sizes(centra, call))
        if not centra.products.by_id[size.product].components
        and (moved is None or centra.stock_moved_s.get(size.id, -1.0) > moved)
        and (modified is None or centra.products.by_id[size.product].updated_s > modified)
        and (created is None or centra.products.by_id[size.product].created_s > created)
    )
    made = list(islice(found, offset, offset + limit + 1))
    before = max(offset - limit, 0)
    return StockAnswer(
        status="ok",
        products=[
            _row(centra, size, place, call.stale_s, physical=excluded != "physicalStock")
            for size in made[:limit]
        ],
        previous=f"?limit={limit}&offset={before}" if offset else None,
        next=f"?limit={limit}&offset={offset + limit}" if len(made) > limit else None,
    )


def _row(centra: Centra, size: Size, place: int, stale_s: float, *, physical: bool) -> StockRow:
    product, variant, number = shown.skus(centra, size.id)
    held = {one.warehouse: one for one in stock.cells_of(centra, size.id, stale_s)}
    cell = held.get(place, stock.cell(centra, size.id, -1))
    if place in centra.warehouses.by_id:
        centra.note(f"stock:{size.sku}@{centra.place(place)}")
    return StockRow(
        product, variant, number, str(size.id), str(size.product), str(size.variant), size.ean,
        size.upc, cell.allocated, cell.free, cell.physical if physical else UNSET,
    )  # fmt: skip


def write(centra: Centra, call: Call) -> StockWritten:
    """Set what is on the shelf, allocated units included. Below what is allocated it is clamped,
    and nobody is told."""
    asked = reading.body(centra, call, _WRITE)
    place = reading.warehouse(centra)
    if place not in centra.warehouses.by_id:
        raise reading.no("warehouse is not configured")
    levels, unknown, bundles = [], [], []
    for each in asked.products:
        size = centra.barcode_of.get(each.product) or centra.size_of.get(each.product)
        if size is None:
            unknown.append(each.product)
        elif centra.products.by_id[centra.sizes.by_id[size].product].components:
            bundles.append(each.product)
        else:
            levels.append((size, place, each.quantity))
    below = centra.settings.rest_stock_below_allocated
    stock.set_levels(centra, place, levels, free=False, below=below, description="Order API")
    if unknown or bundles:
        return StockWritten(
            status="no", msg="Some of the products were not updated",
            errors=StockErrors(products_not_found=unknown, products_are_bundles=bundles),
        )  # fmt: skip
    return StockWritten(status="ok")


def check_first(centra: Centra, call: Call) -> Answer:
    """A warehouse takes an order or does not."""
    asked = reading.body(centra, call, _CHECK)
    requests.check_first(centra, asked.order_number, asked.warehouse_id, accepted=asked.accepted)
    return Answer(status="ok")


def list_requests(centra: Centra, call: Call) -> RequestsAnswer:
    """Allocation requests that wait for an answer, or those of some statuses."""
    text = call.one("status") or "allocated"
    wanted = STATUSES if text == "all" else tuple(text.split(","))
    strange = [status for status in wanted if status not in STATUSES]
    if strange:
        raise reading.no(f"Unknown status {strange[0]}")
    order, place = reading.number(call, "order", 0), reading.number(call, "warehouse", 0)
    page = reading.number(call, "page", 1, least=1)
    found = (
        request
        for request in centra.requests.by_id.values()
        if request.kind == "confirm"
        and request.status in wanted
        and order in (0, request.order)
        and place in (0, request.warehouse)
    )
    made = []
    for request in islice(found, (page - 1) * PAGE, page * PAGE):
        held = centra.orders.by_id[request.order]
        sizes = {line.id: line.size for line in held.lines}
        row: dict[str, Any] = {
            "id": request.id,
            "status": request.status,
            "warehouseId": request.warehouse,
            "warehouseName": centra.place(request.warehouse),
            "expirationDate": shown.dated(centra, request.expires_s),
            "order": {"id": held.id, "number": held.number},
            "lines": [
                {"lineId": line, "quantity": units, "stockItemId": sizes[line]}
                for line, units in request.lines
            ],
            "createdAt": shown.dated(centra, request.created_s),
        }
        centra.note(f"order:{request.order}")
        made.append(row)
    return RequestsAnswer(status="ok", allocation_requests=made)


def answer_request(centra: Centra, call: Call) -> RequestAnswered:
    """Confirm or reject an allocation request; HTTP 200 whatever comes of it."""
    asked = reading.body(centra, call, _ANSWER)
    requests.answer(centra, asked.id, asked.status)
    return RequestAnswered(success=True, error_messages=[])


def not_answered(text: str) -> RequestAnswered:
    """How a refusal of an answer looks."""
    return RequestAnswered(success=False, error_messages=[text])


def not_listed(text: str) -> RequestsAnswer:
    """How a refusal of the list looks."""
    return RequestsAnswer(status="no", error_messages=[text])


def list_products(centra: Centra, call: Call) -> ProductsAnswer:
    """Products with prices."""
    modified = reading.moment(centra, call, "modified")
    named = any(call.one(name) is not None for name in ("sku", "ean", "productId"))
    found: Iterable[Product] = centra.products.by_id.values()
    if named:
        ids = [centra.sizes.by_id[id_].product for id_ in _sizes(centra, call)]
        found = [centra.products.by_id[id_] for id_ in dict.fromkeys(ids)]
    rows = reading.rows(
        call, (one for one in found if modified is None or one.updated_s > modified)
    )
    return ProductsAnswer(status="ok", products=[_product(centra, one) for one in rows])


def _product(centra: Centra, product: Product) -> ProductRow:
    sizes = [
        centra.sizes.by_id[id_]
        for owner in centra.variants_of.get(product.id, ())
        for id_ in centra.sizes_of.get(owner, ())
    ]
    prices = [
        {"pricelistId": str(id_), "currency": one.currency, "price": shown.price(minor)}
        for id_, one in centra.pricelists.by_id.items()
        if (minor := centra.prices.get((id_, product.id))) is not None
    ]
    return ProductRow(
        str(product.id), product.product_number, product.name, bool(product.components), prices,
        [{"stockItemId": str(size.id), "sku": size.sku, "ean": size.ean} for size in sizes],
    )  # fmt: skip
