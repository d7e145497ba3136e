"""Webhooks that go out: a form with the thing as the API shows it, signed with the app's secret.

A change is marked when it happens and told once what caused it is over, as things are then: a
sale is shown with its payments. Delivery is the wire's, and is not guaranteed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from peakproof.service import Notification
from peakproof_simulators.pos.lightspeed.closures import closure_view
from peakproof_simulators.pos.lightspeed.consignment_view import consignment_view
from peakproof_simulators.pos.lightspeed.errors import encode
from peakproof_simulators.pos.lightspeed.inventory import record_view
from peakproof_simulators.pos.lightspeed.places import customer_view
from peakproof_simulators.pos.lightspeed.products import product_view
from peakproof_simulators.pos.lightspeed.sales_view import sale_view
from peakproof_simulators.pos.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.pos.lightspeed.books import Drawer
    from peakproof_simulators.pos.lightspeed.payloads.webhooks import Webhook, WebhookType
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed


def sign(secret: str, body: bytes) -> str:
    """The value of the signature's header."""
    digest = hmac.digest(secret.encode(), body, "sha256").hex()
    return f"signature={digest}, algorithm=HMAC-SHA256"


class Notices:
    """Who hears of what, and what is still to be told."""

    def __init__(self, face: Lightspeed) -> None:
        self._face = face
        self.webhooks: dict[str, Webhook] = {}
        self._hearers: dict[WebhookType, list[Webhook]] = {}
        self._marked: dict[tuple[WebhookType, str], None] = {}

    def webhooks_changed(self) -> None:
        """Work out anew who hears what."""
        self._hearers = {}
        for webhook in self.webhooks.values():
            if webhook.active:
                self._hearers.setdefault(webhook.type, []).append(webhook)

    def mark(self, kind: WebhookType, key: str) -> None:
        """Something changed; it is told at the end of this moment, once."""
        if kind not in self._hearers:
            return
        if not self._marked:
            self._face.world.after(0.0, self._tell)
        self._marked[kind, key] = None

    def send_closure(self, drawer: Drawer) -> None:
        """A register was closed: it is told as it was closed."""
        view = closure_view(self._face, drawer)
        self._send("register_closure.create", f"closure:{view.id}", view)

    def _tell(self) -> None:
        marked, self._marked = self._marked, {}
        for kind, key in marked:
            found = self._shown(kind, key)
            if found is not None:
                self._send(kind, *found)

    def _shown(self, kind: WebhookType, key: str) -> tuple[str, Any] | None:
        """The business key of a thing, and the thing as the API shows it."""
        face = self._face
        if kind == "inventory.update":
            record = face.stock.get(key)
            if record is None:
                return None
            one = record.thing
            return f"stock:{face.pos.sku(one.variant)}@{one.place}", record_view(face, record)
        if kind == "sale.update":
            sale = face.sales.get(key)
            return None if sale is None else (f"sale:{key}", sale_view(face, sale))
        if kind == "product.update":
            product = face.products.get(key)
            if product is None:
                return None
            return f"item:{product.thing.sku}", product_view(face, product)
        if kind == "customer.update":
            customer = face.customers.get(key)
            return None if customer is None else (f"customer:{key}", customer_view(face, customer))
        consignment = face.consignments.get(key)
        if consignment is None:
            return None
        return f"transfer:{key}", consignment_view(face, consignment)

    def _send(self, kind: WebhookType, key: str, view: Any) -> None:
        face, settings = self._face, self._face.settings
        form = {
            "payload": encode(view).decode(),
            "domain_prefix": face.credentials["domain_prefix"],
            "environment": "prod",
        }
        body = urlencode(form).encode()
        for webhook in self._hearers.get(kind, ()):
            face.world.post(
                Notification(
                    system=SYSTEM, event=kind, key=key, url=webhook.url, body=body,
                    headers=self._headers(body), retries_s=settings.retries_s,
                    timeout_s=settings.notice_timeout_s,
                )
            )  # fmt: skip

    def _headers(self, body: bytes) -> Callable[[int], dict[str, str]]:
        """The headers of each attempt: all attempts are alike."""
        made = {
            "content-type": "application/x-www-form-urlencoded",
            self._face.settings.signed_with: sign(self._face.credentials["app_secret"], body),
        }
        return lambda _attempt: dict(made)
