"""Webhook subscriptions and events as Square writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from peakproof_simulators.pos.square.payloads.common import (
    Cursor,
    Id,
    Name,
    SortOrder,
    TimeRange,
    Timestamp,
    Wire,
)

EventType = Literal[
    "catalog.version.updated", "inventory.count.updated", "location.created",
    "location.updated", "order.created", "order.fulfillment.updated", "order.updated",
    "payment.created", "payment.updated", "refund.created", "refund.updated",
    "transfer_order.created", "transfer_order.deleted", "transfer_order.updated",
]  # fmt: skip
EVENT_TYPES: tuple[str, ...] = get_args(EventType)
EventTypes = Annotated[list[EventType], Meta(min_length=1)]
Url = Annotated[str, Meta(min_length=1, max_length=2048, pattern="^https?://[^/]")]


class Subscription(Wire, kw_only=True):
    """Who is told of what."""

    id: Id
    name: Name
    enabled: bool
    event_types: EventTypes
    notification_url: Url
    api_version: str
    signature_key: str
    created_at: Timestamp
    updated_at: Timestamp


class SubscriptionFields(Wire, kw_only=True):
    """What a client may say of a subscription; the rest is ignored."""

    id: Id | None = None
    name: Name | None = None
    enabled: bool | None = None
    event_types: EventTypes | None = None
    notification_url: Url | None = None
    api_version: Name | None = None
    signature_key: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


Key45 = Annotated[str, Meta(min_length=1, max_length=45)]


class CreateSubscriptionRequest(Wire, kw_only=True):
    """A new subscription."""

    subscription: SubscriptionFields
    idempotency_key: Key45 | None = None


class UpdateSubscriptionRequest(Wire, kw_only=True):
    """Sparse changes to a subscription."""

    subscription: SubscriptionFields | None = None


class SubscriptionAnswer(Wire, kw_only=True):
    """One subscription."""

    subscription: Subscription


class SubscriptionsAnswer(Wire, kw_only=True):
    """A page of subscriptions."""

    subscriptions: list[Subscription] | None = None
    cursor: str | None = None


class SignatureKeyRequest(Wire, kw_only=True):
    """A wish for a new signature key."""

    idempotency_key: Key45 | None = None


class SignatureKeyAnswer(Wire, kw_only=True):
    """The new signature key."""

    signature_key: str


class ProbeRequest(Wire, kw_only=True):
    """The type of a test event."""

    event_type: EventType | None = None


class ProbeResult(Wire, kw_only=True):
    """What became of a test event."""

    id: Id
    status_code: int
    payload: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp
    notification_url: Url
    passes_filter: bool


class ProbeAnswer(Wire, kw_only=True):
    """The result of a test."""

    subscription_test_result: ProbeResult


class TypeMetadata(Wire, kw_only=True, gc=False):
    """About a type of events."""

    event_type: str
    api_version_introduced: str
    release_status: str


class EventTypesAnswer(Wire, kw_only=True):
    """All types of events."""

    event_types: list[str]
    metadata: list[TypeMetadata]


class EventObject(Wire, kw_only=True):
    """What an event is about; ``object`` differs by type."""

    type: str
    id: str | None = None
    deleted: bool | None = None
    object: dict[str, Any] | None = None


class Event(Wire, kw_only=True):
    """The body of a notification."""

    merchant_id: Id
    location_id: Id | None = None
    type: EventType
    event_id: Id
    created_at: Timestamp
    data: EventObject


class EventFilter(Wire, kw_only=True):
    """Conditions that all hold."""

    event_types: list[EventType] | None = None
    merchant_ids: list[Id] | None = None
    location_ids: list[Id] | None = None
    created_at: TimeRange | None = None


class EventSort(Wire, kw_only=True):
    """The order of events."""

    field: Literal["DEFAULT"] | None = None
    order: SortOrder | None = None


class EventQuery(Wire, kw_only=True):
    """What is searched for, in which order."""

    filter: EventFilter | None = None
    sort: EventSort | None = None


class SearchEventsRequest(Wire, kw_only=True):
    """A search of events."""

    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] | None = None
    query: EventQuery | None = None


class EventMetadata(Wire, kw_only=True, gc=False):
    """About an event."""

    event_id: Id
    api_version: str


class SearchEventsAnswer(Wire, kw_only=True):
    """A page of events."""

    events: list[Event] | None = None
    metadata: list[EventMetadata] | None = None
    cursor: str | None = None


class RawEvents(msgspec.Struct, omit_defaults=True):
    """The same answer, with events that are already written."""

    events: list[msgspec.Raw] | None = None
    metadata: list[EventMetadata] | None = None
    cursor: str | None = None
