"""I/O Events: what the shop tells to whoever has subscribed, some time later."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.service import Notification
from peakproof_simulators.adobe_commerce.wire import encode

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.payloads.orders import Order
    from peakproof_simulators.adobe_commerce.state import Shop

SAVED: Final = "observer.sales_order_save_commit_after"
STOCK_ITEM: Final = "observer.cataloginventory_stock_item_save_commit_after"
TIMEOUT_S: Final = 10.0
_DAY_S: Final = 86400.0
_FIRST_S: Final = 60.0
_LONGEST_S: Final = 900.0


def waits() -> tuple[float, ...]:
    """The waits before further attempts: a minute, doubled up to a quarter of an hour, a day."""
    made: list[float] = []
    wait = _FIRST_S
    while sum(made) + wait <= _DAY_S:
        made.append(wait)
        wait = min(wait * 2, _LONGEST_S)
    return tuple(made)


RETRIES_S: Final = waits()


class Events:
    """Writes events down, and hands them to the wire when the job comes by."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.url = shop.settings.events_url
        self._ids = shop.world.ids("adobe_commerce", "events")
        self._client = self._ids.token(32).lower()
        self._orders_seen: set[int] = set()

    def wanted(self, name: str) -> bool:
        """Whether somebody has subscribed."""
        return bool(self.url) and name in self.shop.settings.events

    def order_saved(self, order: Order) -> None:
        """An order was saved, by whomever."""
        new = order.entity_id not in self._orders_seen
        self._orders_seen.add(order.entity_id)
        if self.wanted(SAVED):
            self._send(SAVED, f"order:{order.increment_id}", order, new=new)

    def saved(self, name: str, document: Any) -> None:
        """A shipment, an invoice or a credit memo was saved."""
        if self.wanted(name):
            order = self.shop.orders.rows[document.order_id]
            self._send(name, f"order:{order.increment_id}", document, new=True)

    def stock_item(self, sku: str) -> None:
        """The default source's quantity of a SKU was saved."""
        if self.wanted(STOCK_ITEM):
            item = self.shop.inventory.item(sku, "default")
            product = self.shop.catalogue.get(sku)
            value = {
                "product_id": product.id if product is not None else None,
                "sku": sku,
                "qty": item.quantity if item is not None else 0,
                "is_in_stock": bool(item is not None and item.status),
            }
            self._send(STOCK_ITEM, f"stock:{sku}@default", value, new=False)

    def _send(self, name: str, key: str, value: Any, *, new: bool) -> None:
        """Write an event down as it is now; it is sent when the job comes by."""
        shop = self.shop
        event_id = self._ids.uuid()
        shown = value if isinstance(value, dict) else msgspec.json.decode(encode(value))
        body = encode(
            {
                "event_id": event_id,
                "recipient_client_id": self._client,
                "event": {
                    "source": "https://adobe.test/",
                    "type": f"com.adobe.commerce.{name}",
                    "data": {
                        "key": event_id,
                        "value": {**shown, "_isNew": new},
                        "source": "adobe.test",
                        "_metadata": {"websiteId": "1", "storeId": "1"},
                    },
                },
            }
        )
        notification = Notification(
            system="adobe_commerce", event=name, key=key, url=self.url, body=body,
            headers=_headers(event_id), retries_s=RETRIES_S, timeout_s=TIMEOUT_S,
        )  # fmt: skip
        shop.world.after(shop.settings.events_forward_s, lambda: shop.world.post(notification))


def _headers(event_id: str) -> Callable[[int], dict[str, str]]:
    def of_attempt(attempt: int) -> dict[str, str]:
        made = {"content-type": "application/json", "x-adobe-event-id": event_id}
        if attempt > 1:
            made["x-adobe-retry-count"] = str(attempt - 1)
        return made

    return of_attempt
