"""Shipping: the checked way of an order, and the raw save that checks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from peakproof.history.records import Line
from peakproof_simulators.adobe_commerce import facts
from peakproof_simulators.adobe_commerce.decimals import ZERO, quantity, units
from peakproof_simulators.adobe_commerce.errors import Refusal, document, refuse
from peakproof_simulators.adobe_commerce.inventory import DEFAULT
from peakproof_simulators.adobe_commerce.lifecycle import (
    can_ship,
    meant,
    settle,
    shipped_lines,
    to_ship,
)
from peakproof_simulators.adobe_commerce.payloads.documents import (
    CommentDraft,
    Part,
    RawShipment,
    RawTrack,
    ShipOrder,
    TrackDraft,
)
from peakproof_simulators.adobe_commerce.payloads.orders import Order, OrderItem
from peakproof_simulators.adobe_commerce.payloads.papers import (
    Comment,
    Shipment,
    ShipmentExtension,
    ShipmentItem,
    Track,
)
from peakproof_simulators.adobe_commerce.races import begin
from peakproof_simulators.adobe_commerce.search import fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

UNSHIPPABLE: Final = frozenset({"payment_review", "holded", "canceled"})
TEXTS: Final = {
    "status": "A shipment cannot be created when an order has a status of {}",
    "nothing": "The order does not allow a shipment to be created.",
    "empty": "You can't create a shipment without products.",
    "foreign": 'The shipment contains product SKU "{}" that is not part of the original order.',
    "too_many": "The quantity to ship must not be greater than the unshipped quantity for product "
    'SKU "{}".',
    "track": "Please enter a tracking number.",
    "separately": 'Cannot create shipment as bundle product "{}" has shipment type "Separately". '
    "Bundle product options should be shipped instead.",
    "together": 'Cannot create shipment as bundle product "{}" has shipment type "Together". '
    "Bundle product itself should be shipped instead.",
}  # fmt: skip
"""What the shop says of a shipment that may not be."""

Takes = list[tuple[OrderItem, Decimal]]


def ship(shop: Shop, order: Order, asked: ShipOrder) -> Shipment:
    """Ship an order, or what is asked of it, from one source.

    Raises:
        Refusal: the order does not allow it, or the source has not got it (no reason is given).
    """
    begin(shop, order, "ship", waits=shop.profile.order_mutex)
    takes, texts = _wanted(shop, order, asked.items)
    if order.state in UNSHIPPABLE or order.is_virtual:
        texts.insert(0, TEXTS["status"].format(order.status))
    elif not can_ship(shop, order):
        texts.insert(0, TEXTS["nothing"])
    if any(not track.track_number for track in asked.tracks):
        texts.append(TEXTS["track"])
    if texts:
        facts.refused(shop, order.increment_id, "shipment", "; ".join(texts))
        raise document("Shipment", texts)
    source = _source(shop, order, asked)
    missing = _missing(shop, order, takes, source)
    if missing:
        facts.refused(shop, order.increment_id, "shipment", missing)
        raise refuse("shipment_failed", why=missing)
    for item, amount in takes:
        item.qty_shipped += amount
    text = asked.comment.comment if asked.comment is not None and asked.append_comment else ""
    shipment = _saved(shop, order, takes, source, asked.tracks, told=asked.notify, text=text)
    if asked.comment is not None:
        _note(shop, shipment, asked.comment, notified=int(asked.notify and asked.append_comment))
    settle(shop, order, invoiced_now=False)
    shop.touch(order)
    return shipment


def _wanted(shop: Shop, order: Order, asked: Sequence[Part]) -> tuple[Takes, list[str]]:
    """The lines and units of a shipment, and what is wrong with them."""
    lines = {item.item_id: item for item in shipped_lines(shop, order)}
    if not asked:
        takes = [(item, to_ship(item)) for item in lines.values() if to_ship(item)]
        return takes, [] if takes else [TEXTS["empty"]]
    texts: list[str] = []
    wanted: dict[int, Decimal] = {}
    for part in asked:
        text = _misfit(shop, order, part.order_item_id)
        if text:
            texts.append(text)
        elif part.order_item_id in lines:
            amount = meant(lines[part.order_item_id], part.qty)
            if amount > 0:
                wanted[part.order_item_id] = wanted.get(part.order_item_id, ZERO) + amount
    for item_id, amount in wanted.items():
        if amount > to_ship(lines[item_id]):
            texts.append(TEXTS["too_many"].format(lines[item_id].sku))
    if not wanted and not texts:
        texts.append(TEXTS["empty"])
    return [(lines[item_id], amount) for item_id, amount in wanted.items()], texts


def _misfit(shop: Shop, order: Order, item_id: int) -> str:
    """Why a line cannot be shipped by its number; "": it can."""
    item = shop.item(order, item_id)
    if item is None:
        other = shop.order_items.rows.get(item_id)
        return TEXTS["foreign"].format(other.sku if other is not None else "")
    if shop.separately.get(item.item_id):
        return TEXTS["separately"].format(item.sku)
    parent = shop.item(order, item.parent_item_id) if item.parent_item_id else None
    if parent is None or parent.product_type != "bundle":
        return ""
    if not shop.separately.get(parent.item_id):
        return TEXTS["together"].format(parent.sku)
    return ""


def _source(shop: Shop, order: Order, asked: ShipOrder) -> str:
    """The source that is asked for, else the stock's only one, else the default source."""
    extension = asked.arguments.extension_attributes if asked.arguments is not None else None
    if extension is not None and extension.source_code:
        return extension.source_code
    ranked = shop.inventory.ranked(shop.stock_of(order))
    return ranked[0].source_code if len(ranked) == 1 else DEFAULT


def _amounts(shop: Shop, order: Order, takes: Takes) -> dict[str, tuple[str, Decimal]]:
    """The units of each SKU that leave."""
    found: dict[str, tuple[str, Decimal]] = {}
    for item, amount in takes:
        for sku, ratio in shop.parts(order, item):
            known = found.get(fold(sku), (sku, ZERO))
            found[fold(sku)] = (known[0], known[1] + amount * ratio)
    return found


def _missing(shop: Shop, order: Order, takes: Takes, source: str) -> str:
    """Why a source cannot give what is wanted; "": it can."""
    if shop.inventory.source(source) is None:
        return f'Source with code "{source}" does not exist.'
    for sku, amount in _amounts(shop, order, takes).values():
        if not shop.catalogue.rules(sku).manage:
            continue
        item = shop.inventory.item(sku, source)
        if item is None:
            return f"Source item not found by source code: {source} and sku: {sku}."
        if item.quantity < amount:
            return "Not all of your products are available in the requested quantity."
    return ""


def _saved(
    shop: Shop, order: Order, takes: Takes, source: str, tracks: Sequence[TrackDraft | RawTrack],
    *, told: bool, text: str = "",
) -> Shipment:  # fmt: skip
    """Write a shipment down, take its units out of the source, and let go what was held."""
    now, entity_id = shop.stamp(), shop.count("shipment")
    shipment = Shipment(
        entity_id=entity_id, increment_id=shop.number("shipment", order.store_id),
        order_id=order.entity_id, store_id=order.store_id, created_at=now, updated_at=now,
        total_qty=sum((amount for _, amount in takes), ZERO), tracks=[], comments=[], packages=[],
        items=[
            ShipmentItem(
                entity_id=shop.count("shipment_item"), parent_id=entity_id,
                order_item_id=item.item_id, sku=item.sku, name=item.name, qty=amount,
                product_id=item.product_id, price=item.price, row_total=None,
            )
            for item, amount in takes
        ],
        email_sent=1 if told else None,
        extension_attributes=ShipmentExtension(source_code=source) if source else None,
    )  # fmt: skip
    for track in tracks:
        shipment.tracks.append(new_track(shop, shipment, track))
    shop.shipments.put(shipment)
    stock_id = shop.stock_of(order)
    for sku, amount in _amounts(shop, order, takes).values():
        shop.reservations.append(
            stock_id, sku, amount, "shipment_created", order_id=order.entity_id,
            number=order.increment_id, tells=False,
        )  # fmt: skip
        if shop.catalogue.rules(sku).manage:
            shop.inventory.take(sku, source, amount, cause="ship", ref=order.increment_id)
            shop.inventory.tell(sku, stock_id, "ship", order.increment_id)
    known = shop.inventory.source(source)
    place = known.source_code if known is not None else source
    lines = [
        Line(str(item.item_id), sku, units(amount * ratio), 0, place)
        for item, amount in takes for sku, ratio in shop.parts(order, item)
    ]  # fmt: skip
    reference = shipment.tracks[0].track_number if shipment.tracks else ""
    facts.confirmed(shop, order, reference, lines, told=told)
    shop.events.saved("observer.sales_order_shipment_save_after", shipment)
    return shipment


def new_track(shop: Shop, shipment: Shipment, track: TrackDraft | RawTrack) -> Track:
    """A tracking number of a shipment."""
    return Track(
        entity_id=shop.count("track"), order_id=shipment.order_id, parent_id=shipment.entity_id,
        created_at=shop.stamp(), track_number=track.track_number or "", title=track.title or "",
        carrier_code=track.carrier_code or "custom",
    )  # fmt: skip


def _note(shop: Shop, shipment: Shipment, draft: CommentDraft, *, notified: int) -> None:
    shipment.comments.append(
        Comment(
            entity_id=shop.count("comment"), parent_id=shipment.entity_id,
            created_at=shop.stamp(), comment=draft.comment, is_customer_notified=notified,
            is_visible_on_front=draft.is_visible_on_front,
        )
    )  # fmt: skip


def save_raw(shop: Shop, order: Order, entity: RawShipment) -> Shipment:
    """Save a shipment as it is: no check of units, the order stays as it was, yet stock leaves.

    Raises:
        Refusal: no source can be told where there are several, or it has not got the units.
    """
    takes: Takes = []
    for part in entity.items:
        item = shop.item(order, part.order_item_id)
        if item is None or part.qty <= 0:
            raise refuse("shipment_not_saved")
        takes.append((item, quantity(part.qty)))
    if not takes:
        raise refuse("shipment_not_saved")
    given = entity.extension_attributes.source_code if entity.extension_attributes else None
    ranked = shop.inventory.ranked(shop.stock_of(order))
    source = given or (ranked[0].source_code if len(ranked) == 1 else "")
    missing = _missing(shop, order, takes, source) if source else "no source is given"
    if missing:
        facts.refused(shop, order.increment_id, "shipment", missing)
        status = shop.settings.sourceless_shipment if not source else 400
        raise Refusal(status, refuse("shipment_not_saved").message, why=missing)
    shipment = _saved(shop, order, takes, source, entity.tracks, told=False)
    for raw in entity.comments:
        draft = CommentDraft(comment=raw.comment, is_visible_on_front=raw.is_visible_on_front)
        _note(shop, shipment, draft, notified=raw.is_customer_notified)
    return shipment
