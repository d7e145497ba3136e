"""What the vendor sends on its own: registrations, events, bodies, signature.

Nothing about this is public but the shape of a registration and of some bodies; the catalogue of
events, delivery and signature are chosen (``SOURCES.md``).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from peakproof.service import Notification
from peakproof_simulators.deposco import shown
from peakproof_simulators.deposco.dates import date
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.lifecycle import NOTICE_STATUS, SALES
from peakproof_simulators.deposco.payloads.common import many, text
from peakproof_simulators.deposco.payloads.movements import (
    InvAdjustments,
    InventoryAvailability,
    Notice,
    OrderStatusUpdate,
    ReceiptNotice,
    Webhook,
    WebhookEvents,
    Webhooks,
)
from peakproof_simulators.deposco.payloads.roots import ROOTS
from peakproof_simulators.deposco.stock import cell_key
from peakproof_simulators.deposco.xml import write

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.adjustments import Adjustment
    from peakproof_simulators.deposco.entities import Order, Receipt, Shipment
    from peakproof_simulators.deposco.order_book import OrderBook
    from peakproof_simulators.deposco.parcels import What
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.stock import Movement

EVENTS: Final = (
    "SHIPMENT_SHIPPED", "SHIPMENT_ROLLED_BACK", "ORDER_STATUS", "ORDER_CANCELED",
    "INVENTORY_ADJUSTED", "INVENTORY_AVAILABILITY", "RECEIPT_RECEIVED",
)  # fmt: skip

_SHIPMENT_EVENTS: Final[dict[str, str]] = {
    "shipped": "SHIPMENT_SHIPPED",
    "rolled_back": "SHIPMENT_ROLLED_BACK",
}

Document = OrderStatusUpdate | InvAdjustments | InventoryAvailability | ReceiptNotice
_PLACES: Final[dict[type[msgspec.Struct], str]] = {
    OrderStatusUpdate: "order_status_update",
    InvAdjustments: "inv_adjustments",
    InventoryAvailability: "inventory_availability",
    ReceiptNotice: "receipt_lines",
}
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode


class NoticeBoard:
    """Registered webhooks, and the notices that the store's changes make for them."""

    def __init__(self, world: World, settings: Settings, book: OrderBook) -> None:
        self._world = world
        self._settings = settings
        self._book = book
        self._ids = world.ids("deposco", "notices")
        self._hooks: dict[int, Webhook] = {}
        self._made = 0
        self._wanted: dict[str, list[Webhook]] = {}

    # --- registration -----------------------------------------------------------------

    def register(self, sent: Webhook) -> Webhook:
        """Register a webhook.

        Raises:
            Declined: the URL is none, an event is not in the catalogue.
        """
        url = text(sent.callback_url)
        parts = _split(url)
        if parts[0] not in ("http", "https") or not parts[1]:
            raise Declined(400, "invalid", f"callbackUrl [{url}] is not valid")
        named = sent.events if isinstance(sent.events, WebhookEvents) else WebhookEvents()
        events = many(named.event)
        unknown = [event for event in events if event not in EVENTS]
        if unknown or not events:
            raise Declined(
                400, "invalid", f"events [{', '.join(unknown)}] are not among {', '.join(EVENTS)}"
            )
        self._made += 1
        now = date(self._world, self._settings)
        made = msgspec.structs.replace(
            sent, id=self._made, created_date_time=now, updated_date_time=now
        )
        self._hooks[self._made] = made
        self._sort()
        return made

    def remove(self, number: int) -> bool:
        """Forget a registration; False when there is none of that id."""
        found = self._hooks.pop(number, None)
        self._sort()
        return found is not None

    def listed(self) -> Webhooks:
        """All registrations."""
        hooks = list(self._hooks.values())
        return Webhooks(webhook=hooks, count=len(hooks))

    def find(self, number: int) -> Webhook | None:
        """The registration of an id."""
        return self._hooks.get(number)

    def _sort(self) -> None:
        self._wanted = {}
        for hook in self._hooks.values():
            assert isinstance(hook.events, WebhookEvents)
            for event in dict.fromkeys(many(hook.events.event)):
                self._wanted.setdefault(event, []).append(hook)

    # --- what happened ----------------------------------------------------------------

    def stock_moved(self, movement: Movement) -> None:
        """A cell changed: its figures, whole, with the item's movement number."""
        if "INVENTORY_AVAILABILITY" not in self._wanted:
            return
        said = InventoryAvailability(
            business_unit=self._settings.business_unit,
            item_number=movement.sku,
            facility=movement.facility,
            total=movement.on_hand,
            available_to_promise=movement.available,
            sequence=movement.sequence,
            as_of=date(self._world, self._settings),
        )
        self._post("INVENTORY_AVAILABILITY", movement.key, said)

    def adjusted(self, row: Adjustment) -> None:
        """A row was added to the adjustments feed."""
        if "INVENTORY_ADJUSTED" in self._wanted:
            said = shown.adjustment(row, self._world, self._settings)
            key = cell_key(row.sku, row.facility)
            self._post("INVENTORY_ADJUSTED", key, InvAdjustments([said]))

    def order_changed(self, before: Order | None, after: Order) -> None:
        """An order's outward status changed, or units of it will not come."""
        if after.type != SALES or not ("ORDER_STATUS" in self._wanted or self._cancels(after)):
            return
        word = NOTICE_STATUS.get(after.status)
        was = None if before is None else NOTICE_STATUS.get(before.status)
        if word is None or (word == was and not _cut(before, after)):
            return
        said = OrderStatusUpdate(order=shown.order_update(after, self._settings))
        key = f"work:{after.number}"
        self._post("ORDER_STATUS", key, said)
        if word == "Canceled":
            self._post("ORDER_CANCELED", key, said)

    def _cancels(self, order: Order) -> bool:
        return order.status == "Canceled" and "ORDER_CANCELED" in self._wanted

    def shipment_changed(self, shipment: Shipment, what: What) -> None:
        """A shipment was confirmed or undone."""
        event = _SHIPMENT_EVENTS.get(what)
        if event is None or event not in self._wanted:
            return
        update = shown.shipment_update(shipment, self._book, self._world, self._settings)
        self._post(event, f"shipment:{shipment.number}", OrderStatusUpdate(shipment=update))

    def received(self, receipt: Receipt) -> None:
        """Goods came in."""
        if "RECEIPT_RECEIVED" in self._wanted:
            said = ReceiptNotice([shown.receipt(receipt, self._world, self._settings)])
            self._post("RECEIPT_RECEIVED", f"receipt:{receipt.number}", said)

    # --- sending ----------------------------------------------------------------------

    def _post(self, event: str, key: str, said: Document) -> None:
        settings = self._settings
        for hook in self._wanted.get(event, ()):
            number = self._ids.uuid()
            body = self._body(number, event, said)
            self._world.post(
                Notification(
                    system="deposco", event=event, key=key, url=text(hook.callback_url),
                    body=body, headers=self._headers(number, event, body, hook.secret_key),
                    retries_s=settings.notice_retries_s, timeout_s=settings.notice_timeout_s,
                )
            )  # fmt: skip

    def _body(self, number: str, event: str, said: Document) -> bytes:
        if self._settings.notice_format == "xml":
            return write(ROOTS[type(said)], said)
        notice = Notice(notice_id=number, event=event)
        setattr(notice, _PLACES[type(said)], said)
        return _ENCODE(notice)

    def _headers(
        self, number: str, event: str, body: bytes, secret: str | UnsetType | None
    ) -> Callable[[int], dict[str, str]]:
        made = {
            "content-type": f"application/{self._settings.notice_format}",
            "x-deposco-event": event,
            "x-deposco-notice-id": number,
        }
        if self._settings.notice_signature != "off" and secret is not UNSET and secret:
            digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            made["x-deposco-signature"] = f"sha256={digest}"
        return lambda attempt: {**made, "x-deposco-attempt": str(attempt)}


def _cut(before: Order | None, after: Order) -> bool:
    if before is None:
        return False
    return any(
        line.canceled != was.canceled or line.short != was.short
        for was, line in zip(before.lines, after.lines, strict=False)
    )


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc
