"""Operations on webhook subscriptions, events and tokens."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.pos.square import oauth, webhooks
from peakproof_simulators.pos.square.payloads import payments as token_bodies
from peakproof_simulators.pos.square.payloads import webhooks as bodies
from peakproof_simulators.pos.square.payloads.common import Empty
from peakproof_simulators.pos.square.table import CURSOR, LIMIT, ORDER, entry, flag, text

WEBHOOKS: Final[tuple[Operation, ...]] = (
    entry(
        "webhooks.subscriptions.list", "GET /v2/webhooks/subscriptions",
        webhooks.list_subscriptions, "read", "List the subscriptions.",
        bodies.SubscriptionsAnswer, query=(CURSOR, flag("include_disabled"), ORDER, LIMIT),
    ),
    entry(
        "webhooks.subscriptions.create", "POST /v2/webhooks/subscriptions", webhooks.create,
        "write", "Subscribe to events.", bodies.SubscriptionAnswer,
        body=bodies.CreateSubscriptionRequest,
    ),
    entry(
        "webhooks.subscriptions.get", "GET /v2/webhooks/subscriptions/{subscription_id}",
        webhooks.get, "read", "Read a subscription.", bodies.SubscriptionAnswer,
    ),
    entry(
        "webhooks.subscriptions.update", "PUT /v2/webhooks/subscriptions/{subscription_id}",
        webhooks.update, "write", "Change a subscription.", bodies.SubscriptionAnswer,
        body=bodies.UpdateSubscriptionRequest,
    ),
    entry(
        "webhooks.subscriptions.delete", "DELETE /v2/webhooks/subscriptions/{subscription_id}",
        webhooks.delete, "write", "Unsubscribe.", Empty,
    ),
    entry(
        "webhooks.subscriptions.signature_key",
        "POST /v2/webhooks/subscriptions/{subscription_id}/signature-key", webhooks.new_key,
        "write", "Replace the signature key.", bodies.SignatureKeyAnswer,
        body=bodies.SignatureKeyRequest,
    ),
    entry(
        "webhooks.subscriptions.test", "POST /v2/webhooks/subscriptions/{subscription_id}/test",
        webhooks.probe, "other", "Send a test event.", bodies.ProbeAnswer,
        body=bodies.ProbeRequest,
    ),
    entry(
        "webhooks.event_types.list", "GET /v2/webhooks/event-types", webhooks.event_types, "read",
        "List the types of events.", bodies.EventTypesAnswer, query=(text("api_version"),),
    ),
    entry(
        "events.search", "POST /v2/events", webhooks.search_events, "read",
        "Look up events that were missed.", bodies.SearchEventsAnswer,
        body=bodies.SearchEventsRequest,
    ),
    entry(
        "events.enable", "PUT /v2/events/enable", webhooks.enable_events, "write",
        "Keep events for looking up.", Empty,
    ),
    entry(
        "events.disable", "PUT /v2/events/disable", webhooks.disable_events, "write",
        "Keep events no more.", Empty,
    ),
    entry(
        "events.types", "GET /v2/events/types", webhooks.event_types, "read",
        "List the types of events.", bodies.EventTypesAnswer, query=(text("api_version"),),
    ),
    entry(
        "oauth.token", "POST /oauth2/token", oauth.obtain_token, "auth",
        "Get a new access token.", token_bodies.TokenAnswer, body=token_bodies.TokenRequest,
        auth="",
    ),
)  # fmt: skip
