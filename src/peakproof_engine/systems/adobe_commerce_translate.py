"""Between Adobe Commerce's documents and what the flows know: orders, parcels, searches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from peakproof_engine.clock import seconds
from peakproof_engine.model import Contact, OrderLine, Payment
from peakproof_engine.query import form
from peakproof_engine.systems import adobe_commerce_wire as wire
from peakproof_engine.systems.ports import ConfirmParcel, Delivered, ShopOrder, ShopState

STATES: Final[dict[str, ShopState]] = {
    "processing": "confirmed", "complete": "complete", "closed": "complete",
    "canceled": "cancelled",
}  # fmt: skip
"""Every other state waits for something."""
WAITING: Final = "new,pending_payment,payment_review,holded,processing,canceled"
OPEN: Final = "new,pending_payment,payment_review,holded,processing"
WISH: Final = "The customer asks to cancel this order."
"""The comment by which the storefront's customers ask."""
TOO_LATE: Final = "This order is on its way and can no longer be cancelled."
_PART: Final = "/"
"""Between a line's number and the part of it that another place ships."""

Term = tuple[str, str, str | int]


def item_of(line: str) -> int:
    """The shop's number of a line, whichever part of it is meant."""
    return int(line.partition(_PART)[0])


def search(terms: Iterable[Term], *, sort: str = "", size: int = 0, page: int = 1) -> str:
    """The query of a search: all terms hold; field, condition, value."""
    pairs: list[tuple[str, str | int]] = []
    for at, (field, condition, value) in enumerate(terms):
        name = f"searchCriteria[filter_groups][{at}][filters][0]"
        pairs += [
            (f"{name}[field]", field), (f"{name}[condition_type]", condition),
            (f"{name}[value]", value),
        ]  # fmt: skip
    if sort:
        pairs += [
            ("searchCriteria[sortOrders][0][field]", sort),
            ("searchCriteria[sortOrders][0][direction]", "ASC"),
        ]
    if size:
        pairs += [("searchCriteria[pageSize]", size), ("searchCriteria[currentPage]", page)]
    return form(pairs) or "searchCriteria="


def stamp(at_s: float) -> str:
    """A moment as the shop writes it: in UTC, whole seconds, rounded down."""
    return datetime.fromtimestamp(int(at_s), UTC).strftime("%Y-%m-%d %H:%M:%S")


def version(body: wire.OrderBody) -> int:
    """A number that grows with every change of an order: the shop itself counts none.

    Its times have whole seconds; within one, what was done to the lines and said of the order
    tells the changes apart.
    """
    done = sum(
        int(item.qty_invoiced + item.qty_shipped + item.qty_canceled + item.qty_refunded)
        for item in body.items
    )
    steps = done + len(body.status_histories) + (body.state not in ("new", "pending_payment"))
    return int(seconds(body.updated_at)) * 1000 + min(999, steps)


def shop_order(body: wire.OrderBody, delivered: Sequence[Delivered]) -> ShopOrder:
    """An order as the flows know it. Its lines have no place: the shop sells from all sources."""
    lines = [
        OrderLine(
            str(item.item_id), item.sku, int(item.qty_ordered), "",
            wire.minor(item.price_incl_tax), "", wire.minor(item.row_total_incl_tax),
        )
        for item in body.items if item.parent_item_id is None
    ]  # fmt: skip
    withdrawn = {
        str(item.item_id): int(item.qty_canceled + item.qty_refunded)
        for item in body.items if item.qty_canceled or item.qty_refunded
    }  # fmt: skip
    state = STATES.get(body.state, "open")
    if asked(body):
        state = "cancelled"
    return ShopOrder(
        id=str(body.entity_id),
        number=body.increment_id,
        version=version(body),
        placed_s=seconds(body.created_at),
        modified_s=seconds(body.updated_at),
        state=state,
        shipment=_shipment(body),
        payment=_payment(body),
        currency=body.order_currency_code,
        total_minor=wire.minor(body.grand_total),
        lines=lines,
        contact=_contact(body),
        delivered=delivered,
        withdrawn=withdrawn,
    )


def asked(body: wire.OrderBody) -> bool:
    """Whether the customer's wish to cancel is the last word on an order."""
    for told in reversed(body.status_histories):
        if told.comment in (WISH, TOO_LATE):
            return told.comment == WISH and body.state in ("new", "pending_payment", "processing")
    return False


def _shipment(body: wire.OrderBody) -> str:
    if body.state == "canceled":
        return "cancelled"
    shipped = sum(item.qty_shipped for item in body.items)
    if not shipped:
        return "pending"
    gone = shipped + sum(item.qty_canceled + item.qty_refunded for item in body.items)
    return "shipped" if gone >= sum(item.qty_ordered for item in body.items) else "partial"


def _payment(body: wire.OrderBody) -> Payment:
    if body.state not in ("processing", "complete", "closed"):
        return "pending"
    return "captured" if body.total_paid else "authorised"


def _contact(body: wire.OrderBody) -> Contact:
    address: wire.Address | None = None
    if body.extension_attributes is not None:
        for each in body.extension_attributes.shipping_assignments:
            address = each.shipping.address if each.shipping is not None else None
    if address is None:
        return Contact(email=body.customer_email or "")
    street = address.street or []
    return Contact(
        name=f"{address.firstname or ''} {address.lastname or ''}".strip(),
        street=street[0] if street else "",
        more=", ".join(street[1:]),
        city=address.city or "",
        region=address.region or "",
        postal_code=address.postcode or "",
        country=address.country_id or "",
        email=address.email or body.customer_email or "",
        phone=address.telephone or "",
    )


def delivered(shipments: Iterable[wire.Shipment]) -> dict[int, list[Delivered]]:
    """The parcels that the shop shows, by order; a parcel's key stands in its comment."""
    found: dict[int, list[Delivered]] = {}
    for shipment in shipments:
        tracking = shipment.tracks[0].track_number if shipment.tracks else ""
        key = shipment.comments[0].comment if shipment.comments else ""
        found.setdefault(shipment.order_id, []).append(Delivered(key or "", tracking or ""))
    return found


def parts(units: Mapping[str, int]) -> list[dict[str, int]]:
    """Units by line, as the shop's documents want them."""
    by_item: dict[int, int] = {}
    for line, many in units.items():
        by_item[item_of(line)] = by_item.get(item_of(line), 0) + many
    return [{"order_item_id": item, "qty": many} for item, many in by_item.items() if many]


def unbilled(body: wire.OrderBody, units: Mapping[str, int]) -> dict[str, int]:
    """Units of a parcel that no invoice covers yet, by line."""
    found: dict[str, int] = {}
    items = {item.item_id: item for item in body.items}
    for part in parts(units):
        item = items[part["order_item_id"]]
        missing = int(item.qty_shipped) + part["qty"] - int(item.qty_invoiced)
        if missing > 0:
            found[str(item.item_id)] = min(missing, part["qty"])
    return found


def shipment(change: ConfirmParcel) -> dict[str, Any]:
    """A parcel as the shop is told of it: its lines, the source that paid for it, its tracking."""
    document: dict[str, Any] = {"items": parts(change.units), "notify": True}
    if change.parcel:
        document["comment"] = {"comment": change.parcel, "is_visible_on_front": 0}
    if change.tracking:
        document["tracks"] = [
            {"track_number": change.tracking, "title": change.carrier, "carrier_code": "custom"}
        ]
    if change.place:
        document["arguments"] = {"extension_attributes": {"source_code": change.place}}
    return document
