"""Subscriptions (what is sent out) and API extensions (what is asked before storing)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from peakproof_simulators.commercetools.payloads.common import (
    Action,
    Draft,
    Identifier,
    Key,
    NotNegative,
    Payload,
    Resource,
    Version,
)

MessageResourceTypeId = Literal[
    "approval-flow", "approval-rule", "associate-role", "business-unit", "category", "customer",
    "customer-email-token", "customer-group", "customer-password-token", "inventory-entry",
    "order", "payment", "product", "product-selection", "product-tailoring", "quote",
    "quote-request", "review", "shopping-list", "staged-quote", "standalone-price", "store",
]  # fmt: skip
ChangeResourceTypeId = Literal[
    "approval-flow", "approval-rule", "associate-role", "attribute-group", "business-unit",
    "cart", "cart-discount", "category", "channel", "customer", "customer-email-token",
    "customer-group", "customer-password-token", "discount-code", "discount-group", "extension",
    "inventory-entry", "key-value-document", "order", "order-edit", "payment", "product",
    "product-discount", "product-selection", "product-tailoring", "product-type", "quote",
    "quote-request", "review", "shipping-method", "shopping-list", "staged-quote",
    "standalone-price", "state", "store", "subscription", "tax-category", "type", "zone",
]  # fmt: skip
HealthStatus = Literal[
    "Healthy", "ConfigurationError", "ConfigurationErrorDeliveryStopped", "TemporaryError",
    "ManuallySuspended",
]  # fmt: skip
Url = Annotated[str, Meta(pattern="^https?://[^\\s/]+", max_length=2048)]


class Destination(Draft, tag_field="type", kw_only=True):
    """Where notifications go; the tag is the kind of queue or topic."""


class SqsDestination(Destination, tag="SQS", kw_only=True):
    queue_url: Url
    region: Identifier
    access_key: str | None = None
    access_secret: str | None = None
    authentication_mode: Literal["Credentials", "IAM"] | None = None


class SnsDestination(Destination, tag="SNS", kw_only=True):
    topic_arn: Identifier
    access_key: str | None = None
    access_secret: str | None = None
    authentication_mode: Literal["Credentials", "IAM"] | None = None


class EventBridgeDestination(Destination, tag="EventBridge", kw_only=True):
    region: Identifier
    account_id: Identifier


class GoogleCloudPubSubDestination(Destination, tag="GoogleCloudPubSub", kw_only=True):
    project_id: Identifier
    topic: Identifier


class AzureServiceBusDestination(Destination, tag="AzureServiceBus", kw_only=True):
    connection_string: Identifier


class AzureEventGridDestination(Destination, tag="EventGrid", kw_only=True):
    uri: Url
    access_key: Identifier


class ConfluentCloudDestination(Destination, tag="ConfluentCloud", kw_only=True):
    bootstrap_server: Identifier
    api_key: Identifier
    api_secret: Identifier
    acks: Literal["0", "1", "all"]
    topic: Identifier
    key: str | None = None


AnyDestination = (
    SqsDestination
    | SnsDestination
    | EventBridgeDestination
    | GoogleCloudPubSubDestination
    | AzureServiceBusDestination
    | AzureEventGridDestination
    | ConfluentCloudDestination
)


class DeliveryFormat(Draft, tag_field="type", kw_only=True):
    """The form of a notification."""


class PlatformFormat(DeliveryFormat, tag="Platform", kw_only=True):
    pass


class CloudEventsFormat(DeliveryFormat, tag="CloudEvents", kw_only=True):
    cloud_events_version: Literal["1.0"]


AnyFormat = PlatformFormat | CloudEventsFormat


class MessageSubscription(Draft, kw_only=True):
    """Messages of a kind of resource, of all types or of some."""

    resource_type_id: MessageResourceTypeId
    types: tuple[str, ...] = ()


class ChangeSubscription(Draft, kw_only=True):
    """Creation, update and deletion of a kind of resource."""

    resource_type_id: ChangeResourceTypeId


class Subscription(Resource, kw_only=True):
    """Who is told what, where, and whether that works."""

    destination: AnyDestination
    messages: tuple[MessageSubscription, ...]
    changes: tuple[ChangeSubscription, ...]
    events: tuple[dict[str, Any], ...]
    format: AnyFormat
    status: HealthStatus
    key: str | None = None


class SubscriptionDraft(Draft, kw_only=True):
    """A new subscription."""

    destination: AnyDestination
    key: Key | None = None
    messages: tuple[MessageSubscription, ...] = ()
    changes: tuple[ChangeSubscription, ...] = ()
    format: AnyFormat = msgspec.field(default_factory=PlatformFormat)


class SubscriptionChangeDestination(Action, tag="changeDestination", kw_only=True):
    destination: AnyDestination


class SubscriptionSetMessages(Action, tag="setMessages", kw_only=True):
    messages: tuple[MessageSubscription, ...] = ()


class SubscriptionSetChanges(Action, tag="setChanges", kw_only=True):
    changes: tuple[ChangeSubscription, ...] = ()


class SubscriptionSetKey(Action, tag="setKey", kw_only=True):
    key: Key | None = None


SubscriptionUpdateAction = (
    SubscriptionChangeDestination
    | SubscriptionSetMessages
    | SubscriptionSetChanges
    | SubscriptionSetKey
)


class SubscriptionUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[SubscriptionUpdateAction, ...]


class SubscriptionPagedQueryResponse(Payload, kw_only=True):
    """A page of subscriptions."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Subscription, ...]
    total: NotNegative | None = None


class SubscriptionHealth(Payload, kw_only=True):
    """What the health endpoint says."""

    status: HealthStatus


# --- API extensions -----------------------------------------------------------------------


class HttpAuthentication(Draft, tag_field="type", kw_only=True):
    """How the extension knows that the vendor calls."""


class AuthorizationHeader(HttpAuthentication, tag="AuthorizationHeader", kw_only=True):
    header_value: Identifier


class AzureFunctions(HttpAuthentication, tag="AzureFunctions", kw_only=True):
    key: Identifier


class HttpDestination(Draft, kw_only=True):
    """The only kind of extension that is modelled: a URL."""

    type: Literal["HTTP"]
    url: Url
    authentication: AuthorizationHeader | AzureFunctions | None = None


class ExtensionTrigger(Draft, kw_only=True):
    """What an extension is called for."""

    resource_type_id: Literal["cart", "order", "payment"]
    actions: tuple[Literal["Create", "Update"], ...]
    condition: str | None = None


class ExtensionAdditionalContext(Draft, kw_only=True):
    """What an extension is told besides the resource."""

    include_old_resource: bool = False


class Extension(Resource, kw_only=True):
    """A URL that is asked before carts, orders or payments are stored."""

    destination: HttpDestination
    triggers: tuple[ExtensionTrigger, ...]
    timeout_in_ms: int
    key: str | None = None
    additional_context: ExtensionAdditionalContext | None = None


TimeoutInMs = Annotated[int, Meta(ge=1, le=10000)]


class ExtensionDraft(Draft, kw_only=True):
    """A new extension."""

    destination: HttpDestination
    triggers: tuple[ExtensionTrigger, ...]
    key: Key | None = None
    timeout_in_ms: TimeoutInMs = 2000
    additional_context: ExtensionAdditionalContext | None = None


class ExtensionSetKey(Action, tag="setKey", kw_only=True):
    key: Key | None = None


class ExtensionChangeDestination(Action, tag="changeDestination", kw_only=True):
    destination: HttpDestination


class ExtensionChangeTriggers(Action, tag="changeTriggers", kw_only=True):
    triggers: tuple[ExtensionTrigger, ...]


class ExtensionSetTimeoutInMs(Action, tag="setTimeoutInMs", kw_only=True):
    timeout_in_ms: TimeoutInMs | None = None


class ExtensionSetAdditionalContext(Action, tag="setAdditionalContext", kw_only=True):
    additional_context: ExtensionAdditionalContext


ExtensionUpdateAction = (
    ExtensionSetKey
    | ExtensionChangeDestination
    | ExtensionChangeTriggers
    | ExtensionSetTimeoutInMs
    | ExtensionSetAdditionalContext
)


class ExtensionUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[ExtensionUpdateAction, ...]


class ExtensionPagedQueryResponse(Payload, kw_only=True):
    """A page of extensions."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Extension, ...]
    total: NotNegative | None = None
