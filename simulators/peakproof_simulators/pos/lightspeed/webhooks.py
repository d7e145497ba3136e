"""Webhook subscriptions: one for each type and address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.payloads.webhooks import (
    Webhook,
    WebhookAnswer,
    WebhookRequest,
    WebhooksAnswer,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

_REQUEST: Final = Decoder(WebhookRequest)


def list_webhooks(face: Lightspeed, call: Call) -> Response:
    """All webhooks."""
    return face.reply(WebhooksAnswer(data=list(face.notices.webhooks.values())))


def get(face: Lightspeed, call: Call) -> Response:
    """One webhook."""
    return face.reply(WebhookAnswer(data=_known(face, call)))


def create(face: Lightspeed, call: Call) -> Response:
    """From now on changes of a type are sent to an address."""
    return _kept(face, face.ids.uuid(), face.read(call, _REQUEST), 201)


def update(face: Lightspeed, call: Call) -> Response:
    """Change a webhook: type, address, on or off."""
    return _kept(face, _known(face, call).id, face.read(call, _REQUEST), 200)


def delete(face: Lightspeed, call: Call) -> Response:
    """From now on nothing is sent there."""
    del face.notices.webhooks[_known(face, call).id]
    face.notices.webhooks_changed()
    return Response(200)


def _known(face: Lightspeed, call: Call) -> Webhook:
    found = face.notices.webhooks.get(call.params["webhook_id"])
    if found is None:
        raise refusal(404, f"There is no webhook {call.params['webhook_id']}")
    return found


def _kept(face: Lightspeed, id_: str, asked: WebhookRequest, status: int) -> Response:
    known = face.notices.webhooks
    if any(
        (each.type, each.url) == (asked.type, asked.url) and each.id != id_
        for each in known.values()
    ):
        raise refusal(409, "A webhook with this type and URL already exists")
    retailer = face.names.uuid("retailer", face.credentials["domain_prefix"])
    made = known[id_] = Webhook(
        id=id_, retailer_id=retailer, active=asked.active, type=asked.type, url=asked.url
    )
    face.notices.webhooks_changed()
    return face.reply(WebhookAnswer(data=made), status)
