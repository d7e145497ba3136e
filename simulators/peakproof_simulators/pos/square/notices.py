"""Webhooks: who is told of what, how it is signed, and what can be looked up later.

Delivery is the wire's: at least once, in no order, again after each of the waits in the
settings. The signature covers the address and the body, so it breaks where either is rewritten.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from peakproof.service import Notification
from peakproof_simulators.pos.square import words
from peakproof_simulators.pos.square.errors import encode
from peakproof_simulators.pos.square.money_view import payment_view, refund_view, transfer_view
from peakproof_simulators.pos.square.payloads.webhooks import Event, EventObject, Subscription
from peakproof_simulators.pos.square.stock_view import count_view
from peakproof_simulators.pos.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.pos.sale import Payment, Refund, Sale, Transfer
    from peakproof_simulators.pos.square.payloads.webhooks import EventType
    from peakproof_simulators.pos.square.surface import Square
    from peakproof_simulators.pos.state import Place
    from peakproof_simulators.pos.stock import Cell


def sign(key: str, url: str, body: bytes) -> str:
    """The value of ``x-square-hmacsha256-signature``."""
    return b64encode(hmac.digest(key.encode(), url.encode() + body, "sha256")).decode()


class Logged(msgspec.Struct, frozen=True):
    """An event that can be looked up later."""

    no: int
    at_ms: int
    type: str
    event_id: str
    place: str
    body: bytes


class Notices:
    """Turns changes into notifications; implements :class:`peakproof_simulators.pos.state.Watcher`.

    Nothing is written for an event that nobody hears and that is not kept for looking up.
    """

    def __init__(self, square: Square) -> None:
        self._square = square
        self._ids = square.world.ids(SYSTEM, "events")
        self.subscriptions: dict[str, Subscription] = {}
        self._hearers: dict[str, list[Subscription]] = {}
        self.searchable = False
        self.log: list[Logged] = []

    def subscriptions_changed(self) -> None:
        """Work out anew who hears what."""
        self._hearers = {}
        for subscription in self.subscriptions.values():
            for event_type in subscription.event_types if subscription.enabled else ():
                self._hearers.setdefault(event_type, []).append(subscription)

    def wanted(self, event_type: EventType) -> bool:
        """Whether an event of a type has to be written."""
        return self.searchable or event_type in self._hearers

    def event(self, event_type: EventType, about: EventObject, place: str = "") -> Event:
        """The body of a notification."""
        return Event(
            merchant_id=self._square.merchant_id,
            location_id=place or None,
            type=event_type,
            event_id=self._ids.uuid(),
            created_at=self._square.iso(self._square.pos.now_ms),
            data=about,
        )

    def tell(self, event_type: EventType, key: str, about: EventObject, place: str = "") -> None:
        """Send an event to all who hear it, and keep it where events are kept."""
        event = self.event(event_type, about, place)
        body = encode(event)
        if self.searchable:
            self.log.append(
                Logged(
                    len(self.log) + 1, self._square.pos.now_ms, event_type, event.event_id, place,
                    body,
                )
            )  # fmt: skip
        settings = self._square.settings
        for subscription in self._hearers.get(event_type, ()):
            self._square.world.post(
                Notification(
                    system=SYSTEM, event=event_type, key=key,
                    url=subscription.notification_url, body=body,
                    headers=self.headers(subscription, body, event.created_at),
                    retries_s=settings.retries_s, timeout_s=settings.notice_timeout_s,
                )
            )  # fmt: skip

    def headers(
        self, subscription: Subscription, body: bytes, created_at: str
    ) -> Callable[[int], dict[str, str]]:
        """The headers of each attempt."""
        key, url = subscription.signature_key, subscription.notification_url
        reason = self._square.settings.retry_reason

        def of_attempt(attempt: int) -> dict[str, str]:
            made = {
                "content-type": "application/json",
                "user-agent": "Square Connect v2",
                "x-square-hmacsha256-signature": sign(key, url, body),
                "square-initial-delivery-timestamp": created_at,
            }
            if attempt > 1:
                made["square-retry-number"] = str(attempt - 1)
                made["square-retry-reason"] = reason
            return made

        return of_attempt

    # --- what the tills tell ------------------------------------------------------------

    def cell_changed(self, cell: Cell) -> None:
        """A stock figure changed: one event for each cell."""
        if self.wanted("inventory.count.updated"):
            counts = [count_view(self._square, cell)]
            self.tell(
                "inventory.count.updated",
                f"stock:{self._square.pos.sku(cell.variant)}@{cell.place}",
                EventObject(
                    type="inventory_counts", id=self._ids.uuid(),
                    object={"inventory_counts": counts},
                ),
            )  # fmt: skip

    def sale_changed(self, was: Sale | None, now: Sale) -> None:
        """An order came to be, or changed. What a till completes at once raises both events."""
        if now.by_till and not self._square.settings.till_orders_notify:
            return
        if was is None:
            self._order(now, "order.created", "order_created", "OPEN" if now.by_till else "")
        if was is not None or now.by_till:
            self._order(now, "order.updated", "order_updated")
        if was is not None and was.fulfilments != now.fulfilments:
            self._fulfilments(was, now)

    def payment_changed(self, was: Payment | None, now: Payment) -> None:
        """Money was taken, or a payment moved on."""
        if was is None:
            self._payment(now, "payment.created")
        if was is not None or now.state == "completed":
            self._payment(now, "payment.updated")

    def refund_changed(self, was: Refund | None, now: Refund) -> None:
        """Money went back, or a refund moved on."""
        event_type: EventType = "refund.created" if was is None else "refund.updated"
        if self.wanted(event_type):
            view = refund_view(self._square, now)
            about = EventObject(type="refund", id=now.id, object={"refund": view})
            self.tell(event_type, f"sale:{now.sale}", about, now.place)

    def transfer_changed(self, was: Transfer | None, now: Transfer | None) -> None:
        """A transfer order came to be, moved on, or was deleted."""
        if now is None:
            assert was is not None
            if self.wanted("transfer_order.deleted"):
                about = EventObject(type="transfer_order", id=was.id, deleted=True)
                self.tell("transfer_order.deleted", f"transfer:{was.id}", about)
            return
        event_type: EventType = (
            "transfer_order.created" if was is None else "transfer_order.updated"
        )
        if self.wanted(event_type):
            view = transfer_view(self._square, now)
            about = EventObject(type="transfer_order", id=now.id, object={"transfer_order": view})
            self.tell(event_type, f"transfer:{now.id}", about)

    def range_changed(self) -> None:
        """The catalogue has a new version."""
        if self.wanted("catalog.version.updated"):
            version = {"updated_at": self._square.iso(self._square.pos.now_ms)}
            about = EventObject(type="catalog", object={"catalog_version": version})
            self.tell("catalog.version.updated", "catalogue", about)

    def place_opened(self, place: Place) -> None:
        """A location opened."""
        if self.wanted("location.created"):
            about = EventObject(type="location", id=place.code)
            self.tell("location.created", f"place:{place.code}", about, place.code)

    def _order(self, sale: Sale, event_type: EventType, name: str, state: str = "") -> None:
        if not self.wanted(event_type):
            return
        view = self._order_view(sale, with_update=event_type != "order.created")
        if state:
            view["state"] = state
        about = EventObject(type=name, id=sale.id, object={name: view})
        self.tell(event_type, f"sale:{sale.id}", about, sale.place)

    def _order_view(self, sale: Sale, *, with_update: bool) -> dict[str, Any]:
        """What an order event says: no lines, they have to be fetched."""
        view: dict[str, Any] = {
            "order_id": sale.id,
            "location_id": sale.place,
            "state": words.SALE[sale.state],
            "created_at": self._square.iso(sale.created_ms),
        }
        if not sale.by_till:
            view["version"] = sale.version
        if with_update:
            view["updated_at"] = self._square.iso(sale.updated_ms)
        return view

    def _fulfilments(self, was: Sale, now: Sale) -> None:
        if not self.wanted("order.fulfillment.updated"):
            return
        before = {each.uid: each.state for each in was.fulfilments}
        updates: Sequence[dict[str, str]] = [
            {
                "fulfillment_uid": each.uid,
                "new_state": words.FULFILMENT[each.state],
                **({"old_state": words.FULFILMENT[before[each.uid]]} if each.uid in before else {}),
            }
            for each in now.fulfilments
            if before.get(each.uid) != each.state
        ]
        if updates:
            view = {**self._order_view(now, with_update=True), "fulfillment_update": updates}
            about = EventObject(
                type="order_fulfillment_updated", id=now.id,
                object={"order_fulfillment_updated": view},
            )  # fmt: skip
            self.tell("order.fulfillment.updated", f"sale:{now.id}", about, now.place)

    def _payment(self, payment: Payment, event_type: EventType) -> None:
        if self.wanted(event_type):
            view = payment_view(self._square, payment)
            about = EventObject(type="payment", id=payment.id, object={"payment": view})
            key = f"sale:{payment.sale}" if payment.sale else f"payment:{payment.id}"
            self.tell(event_type, key, about, payment.place)
