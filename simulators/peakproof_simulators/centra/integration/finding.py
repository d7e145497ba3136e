"""The queries: filters, order, pages. Each lookup that has an index goes through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.centra.integration.paging import (
    Where,
    among,
    connection,
    paged,
    window,
    within,
)
from peakproof_simulators.centra.integration.session import Info, Session

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Order, Shipment, Size, StockChange
    from peakproof_simulators.centra.state import Centra


def _since(where: Where, field: str) -> str | None:
    """The date that a range begins with."""
    text: str | None = (where.get(field) or {}).get("from")
    return text


# --- orders ------------------------------------------------------------------------------------


def _order_ids(centra: Centra, where: Where) -> Iterator[int]:
    """Orders that may be meant, by the narrowest index; rising numbers unless by change."""
    orders = centra.orders
    if where.get("number") is not None:
        yield from sorted(dict.fromkeys(n for n in where["number"] if n in orders.by_id))
    elif where.get("id") is not None:
        found = (orders.by_hash.get(text) for text in where["id"])
        yield from sorted(dict.fromkeys(n for n in found if n is not None))
    elif where.get("status") is not None:
        held = [orders.by_status.get(status, {}) for status in dict.fromkeys(where["status"])]
        yield from sorted(n for each in held for n in each)
    elif _since(where, "updatedAt") is not None:
        since = centra.world.clock.seconds(where["updatedAt"]["from"])
        fresh = takewhile(lambda n: orders.by_id[n].updated_s >= since, reversed(orders.by_change))
        yield from sorted(fresh)
    elif (text := _since(where, "createdAt") or _since(where, "orderDate")) is not None:
        since = centra.world.clock.seconds(text)
        fresh = takewhile(lambda n: orders.by_id[n].created_s >= since, reversed(orders.by_id))
        yield from reversed(list(fresh))
    else:
        yield from orders.by_id


def _fits(centra: Centra, order: Order, where: Where) -> bool:
    number, id_, status = where.get("number"), where.get("id"), where.get("status")
    if not (among(number, order.number) and among(id_, order.id) and among(status, order.status)):
        return False
    if where.get("storeType") == "WHOLESALE" or not among(where.get("storeId"), 1):
        return False
    if not among(where.get("marketId"), order.market):
        return False
    on_hold, waiting = where.get("isOnHold"), where.get("isWaitingForPayment")
    hides = centra.settings.hide_held_and_unpaid
    if order.on_hold != on_hold if on_hold is not None else (hides and order.on_hold):
        return False
    if order.waiting != waiting if waiting is not None else (hides and order.waiting):
        return False
    created = all(within(centra, where.get(f), order.created_s) for f in ("createdAt", "orderDate"))
    has = {
        "shippingAddress": bool(order.address), "billingAddress": bool(order.billing),
        "customer": bool(order.email), "shipments": bool(order.shipments),
        "paymentHistory": bool(order.payments),
    }  # fmt: skip
    present = all(has[field] for field in where.get("notNull") or ())
    return created and present and within(centra, where.get("updatedAt"), order.updated_s)


_SORTS: Final[dict[str, Callable[[Order], float]]] = {
    "number": lambda order: order.number,
    "createdAt": lambda order: order.created_s,
    "updatedAt": lambda order: order.updated_s,
}


def matching(session: Session, where: Where | None, sort: Iterable[str] | None) -> Iterable[Order]:
    """Orders that fit, in order."""
    centra, where = session.centra, where or {}
    ids = _order_ids(centra, where) if session.stale_s <= 0 else iter(centra.orders.by_id)
    found: Iterable[Order] = (
        order for order in centra.orders.seen(ids, session.stale_s) if _fits(centra, order, where)
    )
    for key in reversed(list(sort or ())):
        field, _, way = key.partition("_")
        found = sorted(found, key=_SORTS[field], reverse=way == "DESC")
    return found


def orders(_root: Any, info: Info, where: Any = None, sort: Any = None,
           limit: Any = 20, page: Any = 1) -> list[Any]:  # fmt: skip
    """A page of orders."""
    found = paged(matching(info.context, where, sort), limit, page)
    for order in found:
        info.context.centra.note(f"order:{order.number}")
    return found


def order_connection(_root: Any, info: Info, where: Any = None, sort: Any = None,
                     **asked: Any) -> dict[str, Any]:  # fmt: skip
    """Orders by cursor; without a filter that an index serves, walked from the asked end."""
    session: Session = info.context
    centra, given = session.centra, where or {}
    narrow = any(given.get(field) is not None for field in ("number", "id", "status"))
    narrow = narrow or any(
        _since(given, field) for field in ("updatedAt", "createdAt", "orderDate")
    )
    if narrow or sort or session.stale_s > 0:
        listed = list(matching(session, where, sort))
        made = connection(listed, lambda one: one.number, **asked)
    else:
        made = window(centra.orders.by_id, lambda one: _fits(centra, one, given), **asked)
    for edge in made["edges"]:
        info.context.centra.note(f"order:{edge['node'].number}")
    return made


# --- products and stock --------------------------------------------------------------------------


def _size_ids(centra: Centra, where: Where) -> Iterable[int]:
    """Sizes that may be meant, by the narrowest index."""
    if where.get("id") is not None:
        return sorted(dict.fromkeys(id_ for id_ in where["id"] if id_ in centra.sizes.by_id))
    for field, index in (("SKU", centra.size_of), ("EAN", centra.barcode_of),
                         ("UPC", centra.barcode_of)):  # fmt: skip
        if where.get(field) is not None:
            found = index.get(where[field]["equals"])
            return [] if found is None else [found]
    owners: Iterable[int] | None = None
    if where.get("productVariantId") is not None:
        owners = where["productVariantId"]
    elif where.get("productId") is not None:
        owners = [v for id_ in where["productId"] for v in centra.variants_of.get(id_, ())]
    elif where.get("productNumber") is not None:
        product = centra.product_of.get(where["productNumber"]["equals"], 0)
        owners = centra.variants_of.get(product, ())
    if owners is not None:
        return [id_ for owner in dict.fromkeys(owners) for id_ in centra.sizes_of.get(owner, ())]
    return centra.sizes.by_id


def _size_fits(centra: Centra, size: Size, where: Where) -> bool:
    exact = {
        "SKU": size.sku, "EAN": size.ean, "UPC": size.upc, "sizeNumber": size.size_number,
        "productNumber": centra.products.by_id[size.product].product_number,
    }  # fmt: skip
    if any(where[f]["equals"] != v for f, v in exact.items() if where.get(f) is not None):
        return False
    return (
        among(where.get("id"), size.id)
        and among(where.get("productId"), size.product)
        and among(where.get("productVariantId"), size.variant)
    )


def product_sizes(_root: Any, info: Info, where: Any = None, limit: Any = 20,
                  page: Any = 1) -> list[Any]:  # fmt: skip
    """Sizes by id, SKU, barcode or what they belong to."""
    centra, where = info.context.centra, where or {}
    found = (centra.sizes.by_id[id_] for id_ in _size_ids(centra, where))
    made = paged((size for size in found if _size_fits(centra, size, where)), limit, page)
    for size in made:
        centra.note(f"item:{size.sku}")
    return made


def product_variants(_root: Any, info: Info, where: Any = None, limit: Any = 20,
                     page: Any = 1) -> list[Any]:  # fmt: skip
    """Variants by id, product or number."""
    centra, where = info.context.centra, where or {}
    ids: Iterable[int] = centra.variants.by_id
    if where.get("id") is not None:
        ids = sorted(dict.fromkeys(id_ for id_ in where["id"] if id_ in centra.variants.by_id))
    elif where.get("productId") is not None:
        ids = [v for id_ in dict.fromkeys(where["productId"])
               for v in centra.variants_of.get(id_, ())]  # fmt: skip
    number = (where.get("variantNumber") or {}).get("equals")
    found = (centra.variants.by_id[id_] for id_ in ids)
    return paged(
        (
            one
            for one in found
            if among(where.get("productId"), one.product)
            and (number is None or one.variant_number == number)
        ),
        limit, page,
    )  # fmt: skip


def products(_root: Any, info: Info, where: Any = None, limit: Any = 20,
             page: Any = 1) -> list[Any]:  # fmt: skip
    """Products by id, number or status."""
    centra, where = info.context.centra, where or {}
    ids: Iterable[int] = centra.products.by_id
    number = (where.get("productNumber") or {}).get("equals")
    if number is not None:
        ids = [centra.product_of[number]] if number in centra.product_of else []
    elif where.get("id") is not None:
        ids = sorted(dict.fromkeys(id_ for id_ in where["id"] if id_ in centra.products.by_id))
    found = (centra.products.by_id[id_] for id_ in ids)
    return paged(
        (
            one
            for one in found
            if among(where.get("id"), one.id) and among(where.get("status"), one.status)
        ),
        limit, page,
    )  # fmt: skip


def stock_change_connection(_root: Any, info: Info, where: Any = None,
                            **asked: Any) -> dict[str, Any]:  # fmt: skip
    """What was written to stock, by cursor; walked from the asked end."""
    centra, where = info.context.centra, where or {}
    places = where.get("warehouseId")

    def fits(change: StockChange) -> bool:
        return (
            among(where.get("id"), change.id)
            and (places is None or change.into in places or change.out_of in places)
            and within(centra, where.get("createdAt"), change.created_s)
        )

    return window(centra.stock_changes.by_id, fits, **asked)


# --- the rest ----------------------------------------------------------------------------------


def _plain(shelf: str) -> Callable[..., list[Any]]:
    """All of a kind, with the filters that the schema gives it."""

    def find(_root: Any, info: Info, where: Any = None, limit: Any = 20,
             page: Any = 1) -> list[Any]:  # fmt: skip
        where = where or {}
        name, stores = where.get("name"), where.get("storeId")
        return paged(
            (
                one
                for one in getattr(info.context.centra, shelf).by_id.values()
                if among(where.get("id"), one.id)
                and (name is None or one.name == name["equals"])
                and (stores is None or one.store in stores)
            ),
            limit, page,
        )  # fmt: skip

    return find


def shipments(_root: Any, info: Info, where: Any = None, limit: Any = 20,
              page: Any = 1) -> list[Any]:  # fmt: skip
    """Shipments by id, number, order and state."""
    session: Session = info.context
    centra, where = session.centra, where or {}
    ids: Iterable[int] = centra.shipments.by_id
    if where.get("id") is not None:
        ids = sorted(dict.fromkeys(id_ for id_ in where["id"] if id_ in centra.shipments.by_id))
    elif where.get("orderNumber") is not None:
        held = (centra.orders.get(number) for number in dict.fromkeys(where["orderNumber"]))
        ids = [id_ for order in held if order is not None for id_ in order.shipments]
    states: dict[str, Callable[[Shipment], bool]] = {
        "isGoodToGo": lambda one: one.good_to_go, "isPaid": lambda one: one.paid,
        "isShipped": lambda one: one.shipped_s is not None, "isCaptured": lambda one: one.captured,
    }  # fmt: skip
    found = (
        one
        for one in centra.shipments.seen(ids, session.stale_s)
        if all(where.get(f) is None or state(one) == where[f] for f, state in states.items())
        and among(where.get("number"), one.number)
        and among(where.get("orderNumber"), one.order)
        and within(centra, where.get("updatedAt"), one.updated_s)
    )
    made = paged(found, limit, page)
    for one in made:
        centra.note(f"order:{one.order}")
    return made


def returns(_root: Any, info: Info, where: Any = None, limit: Any = 20,
            page: Any = 1) -> list[Any]:  # fmt: skip
    """Returns by id, shipment, order and status. No customers have numbers here."""
    session: Session = info.context
    centra, where = session.centra, where or {}
    ids: Iterable[int] = centra.returns.by_id
    if where.get("shipmentId") is not None:
        ids = [id_ for one in dict.fromkeys(where["shipmentId"])
               for id_ in centra.returns_of.get(one, ())]  # fmt: skip
    nobody = where.get("customerId") is not None or where.get("storeType") == "WHOLESALE"
    found = (
        one
        for one in centra.returns.seen(ids, session.stale_s)
        if not nobody
        and among(where.get("id"), one.id)
        and among(where.get("orderNumber"), one.order)
        and among(where.get("status"), "COMPLETED" if one.completed else "PENDING")
    )
    return paged(found, limit, page)


def events(_root: Any, info: Info, where: Any = None, limit: Any = 20) -> list[Any]:
    """The oldest events that are not confirmed; nothing is leased."""
    session: Session = info.context
    where = where or {}
    found = (
        event
        for event in session.centra.events.oldest(session.token.name)
        if among(where.get("objectType"), event.object_type)
        and among(where.get("changeType"), event.change_type)
        and where.get("storeId") in (None, 1)
        and where.get("marketId") in (None, event.market)
    )
    return paged(found, limit)


def listeners(session: Session) -> list[dict[str, Any]]:
    """What an integration listens to."""
    heard = session.centra.events.of(session.token.name).listens
    return [{"objectType": kind, "changeTypes": list(changes)} for kind, changes in heard.items()]


def id_conversions(_root: Any, info: Info, where: Any = None, limit: Any = 20,
                   page: Any = 1) -> list[Any]:  # fmt: skip
    """Pairs of ids."""
    centra, where = info.context.centra, where or {}
    wanted = (where.get("externalId") or {}).get("equals")
    found = (
        {"objectType": kind, "centraId": str(id_), "externalId": external}
        for (kind, id_), external in centra.conversions.by_internal.items()
        if where.get("objectType") in (None, kind) and wanted in (None, external)
    )
    return paged(found, limit, page)


def counters(_root: Any, info: Info) -> dict[str, int]:
    """How many there are of each kind."""
    session: Session = info.context
    centra = session.centra
    return {
        "orders": len(centra.orders.by_id),
        "shipments": len(centra.shipments.by_id),
        "returns": len(centra.returns.by_id),
        "products": len(centra.products.by_id),
        "productSizes": len(centra.sizes.by_id),
        "events": len(centra.events.of(session.token.name).events),
    }


QUERIES: Final[dict[str, Callable[..., Any]]] = {
    "orders": orders,
    "orderConnection": order_connection,
    "products": products,
    "productVariants": product_variants,
    "productSizes": product_sizes,
    "warehouses": _plain("warehouses"),
    "markets": _plain("markets"),
    "pricelists": _plain("pricelists"),
    "stores": _plain("stores"),
    "allocationRules": _plain("rules"),
    "stockChangeConnection": stock_change_connection,
    "shipments": shipments,
    "returns": returns,
    "events": events,
    "eventListeners": lambda _root, info: listeners(info.context),
    "rateLimits": lambda _root, info: info.context.centra.limits.rows(),
    "idConversions": id_conversions,
    "counters": counters,
}
