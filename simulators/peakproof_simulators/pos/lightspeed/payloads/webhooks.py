"""Webhooks: who is told of what."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from peakproof_simulators.pos.lightspeed.payloads.common import Given, Shown

WebhookType = Literal[
    "sale.update", "product.update", "customer.update", "inventory.update",
    "register_closure.create", "consignment.send", "consignment.receive",
]  # fmt: skip


class WebhookRequest(Given):
    """A webhook as a client gives it."""

    active: bool
    type: WebhookType
    url: Annotated[str, Meta(min_length=3, max_length=2048)]


class Webhook(Shown):
    """A webhook."""

    id: str
    retailer_id: str
    active: bool
    type: WebhookType
    url: str


class WebhookAnswer(Shown):
    """One webhook."""

    data: Webhook


class WebhooksAnswer(Shown):
    """Webhooks."""

    data: list[Webhook]
