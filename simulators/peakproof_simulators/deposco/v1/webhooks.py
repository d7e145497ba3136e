"""Registration of webhooks; the path is ours, the shape is the vendor's (``SOURCES.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import Declined, bare, spoken
from peakproof_simulators.deposco.payloads.movements import Webhook
from peakproof_simulators.deposco.v1.media import answer, take

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call


def register(store: Deposco, call: Call) -> Response:
    """POST /webhooks: the registration with its id.

    Raises:
        VendorError: 400 in words for a URL or an event that does not fit.
    """
    try:
        made = store.notices.register(take(store, call, Webhook))
    except Declined as refusal:
        raise spoken(400, refusal.text) from None
    call.keys.append(f"webhook:{made.id}")
    return answer(store, call, made, status=201)


def read_all(store: Deposco, call: Call) -> Response:
    """GET /webhooks: every registration, and how many there are."""
    return answer(store, call, store.notices.listed())


def _id(call: Call) -> int:
    said = call.params["id"]
    if not (said.isascii() and said.isdigit()) or len(said) > 9:
        raise bare(404)
    call.keys.append(f"webhook:{said}")
    return int(said)


def read_one(store: Deposco, call: Call) -> Response:
    """GET /webhooks/{id}: one registration."""
    found = store.notices.find(_id(call))
    if found is None:
        raise bare(404)
    return answer(store, call, found)


def remove(store: Deposco, call: Call) -> Response:
    """DELETE /webhooks/{id}: nothing is sent there any more."""
    if not store.notices.remove(_id(call)):
        raise bare(404)
    return Response(204)
