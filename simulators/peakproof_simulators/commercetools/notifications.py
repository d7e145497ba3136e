"""Notifications as they leave: payloads of both formats, envelopes of the destinations."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from peakproof.ids import uuid_text
from peakproof_simulators.commercetools.payloads.common import Resource
from peakproof_simulators.commercetools.payloads.hooks import (
    AnyDestination,
    AzureEventGridDestination,
    GoogleCloudPubSubDestination,
    SnsDestination,
    Subscription,
)
from peakproof_simulators.commercetools.payloads.messages import Message

encode: Final = msgspec.json.encode

PLURALS: Final = {
    "order": "orders",
    "payment": "payments",
    "inventory-entry": "inventory",
    "product": "products",
    "channel": "channels",
    "cart": "carts",
    "subscription": "subscriptions",
    "extension": "extensions",
    "state": "states",
    "type": "types",
    "product-type": "product-types",
}
"""The last part of a cloud event's ``source``."""


class Notice(NamedTuple):
    """What is to be told: the payload as JSON, and what a cloud event needs beside it.

    A message has a ``sequence``, a change of a resource has none.
    """

    kind: str
    type_id: str
    payload: bytes
    subject: str
    event_id: str
    event_type: str
    time: str
    sequence: int | None = None
    dataref: str | None = None


class CloudEvent(msgspec.Struct, omit_defaults=True, gc=False):
    """CloudEvents 1.0 in JSON, with the extension attributes ``sequence`` and ``dataref``."""

    specversion: str
    id: str
    type: str
    source: str
    subject: str
    time: str
    data: msgspec.Raw
    sequence: str | None = None
    sequencetype: str | None = None
    dataref: str | None = None


class Parcelled(NamedTuple):
    """A notification as HTTP: where to, body, headers of an attempt."""

    url: str
    body: bytes
    headers: Callable[[int], dict[str, str]]


def of_message(message: Message, project_key: str) -> Notice:
    """A message, for subscriptions to messages."""
    kind, resource = message.type, message.resource
    head = b'{"notificationType":"Message","projectKey":%b,' % encode(project_key)
    return Notice(
        kind=kind,
        type_id=resource.type_id,
        payload=head + encode(message)[1:],
        subject=resource.id,
        event_id=message.id,
        event_type=f"com.commercetools.{resource.type_id}.message.{kind}",
        time=message.last_modified_at,
        sequence=message.sequence_number,
        dataref=f"/{project_key}/messages/{message.id}",
    )


def of_change(
    what: str,
    type_id: str,
    resource: Resource,
    old_version: int | None,
    *,
    project_key: str,
    identifiers: msgspec.Struct | None,
    at: str,
    event_id: str,
) -> Notice:
    """A creation, update or deletion, for subscriptions to changes."""
    payload: dict[str, Any] = {
        "notificationType": what,
        "projectKey": project_key,
        "resource": {"typeId": type_id, "id": resource.id},
        "version": resource.version,
        "modifiedAt": at,
    }
    if identifiers is not None:
        payload["resourceUserProvidedIdentifiers"] = msgspec.to_builtins(identifiers)
    if what == "ResourceUpdated":
        payload["oldVersion"] = old_version
    return Notice(
        kind=what,
        type_id=type_id,
        payload=encode(payload),
        subject=resource.id,
        event_id=event_id,
        event_type=f"com.commercetools.{type_id}.change.{what}",
        time=at,
    )


_SHORT_FIELDS: Final[tuple[str, ...]] = (
    "notificationType", "projectKey", "id", "version", "createdAt", "lastModifiedAt", "resource",
    "sequenceNumber", "resourceVersion", "resourceUserProvidedIdentifiers",
)  # fmt: skip


def body_of(notice: Notice, subscription: Subscription, project_key: str, limit: int) -> bytes:
    """The notification in the subscription's format; without its content when it is too large."""
    full = _formatted(notice, notice.payload, subscription, project_key)
    if len(full) <= limit or notice.sequence is None:
        return full
    payload: dict[str, Any] = msgspec.json.decode(notice.payload)
    short = {name: payload[name] for name in _SHORT_FIELDS if name in payload}
    short["payloadNotIncluded"] = {"reason": "Payload too large", "payloadType": notice.kind}
    return _formatted(notice, encode(short), subscription, project_key)


def _formatted(
    notice: Notice, payload: bytes, subscription: Subscription, project_key: str
) -> bytes:
    if subscription.format.__struct_config__.tag != "CloudEvents":
        return payload
    event = CloudEvent(
        specversion="1.0",
        id=notice.event_id,
        type=notice.event_type,
        source=f"/{project_key}/{PLURALS.get(notice.type_id, notice.type_id)}",
        subject=notice.subject,
        time=notice.time,
        data=msgspec.Raw(payload),
    )
    if notice.sequence is not None:
        event.sequence, event.sequencetype = str(notice.sequence), "Integer"
        event.dataref = notice.dataref
    return encode(event)


def topic_of(destination: AnyDestination) -> str | None:
    """The name under which ``push_endpoints`` knows a topic; None for what cannot push."""
    if isinstance(destination, GoogleCloudPubSubDestination):
        return f"projects/{destination.project_id}/topics/{destination.topic}"
    if isinstance(destination, SnsDestination):
        return destination.topic_arn
    return None


def endpoint_of(destination: AnyDestination, endpoints: Mapping[str, str]) -> str | None:
    """The URL that a destination's notifications come to, None when there is none."""
    if isinstance(destination, AzureEventGridDestination):
        return destination.uri
    topic = topic_of(destination)
    return endpoints.get(topic) if topic is not None else None


def parcelled(
    subscription: Subscription, url: str, body: bytes, *, drawn: int, at: str
) -> Parcelled:
    """A notification in the envelope of its destination; its id there is made of ``drawn``."""
    destination = subscription.destination
    if isinstance(destination, GoogleCloudPubSubDestination):
        return _pub_sub(subscription, destination, url, body, message_id=uuid_text(drawn), at=at)
    if isinstance(destination, SnsDestination):
        return _sns(destination, url, body, uuid_text(drawn), at)
    assert isinstance(destination, AzureEventGridDestination)
    headers = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "aeg-sas-key": destination.access_key,
    }
    return Parcelled(url, body, lambda _attempt: dict(headers))


def _pub_sub(
    subscription: Subscription,
    destination: GoogleCloudPubSubDestination,
    url: str,
    body: bytes,
    *,
    message_id: str,
    at: str,
) -> Parcelled:
    """Google's push request: the payload in base 64, with the id under both of its names."""
    cloud = subscription.format.__struct_config__.tag == "CloudEvents"
    envelope = {
        "message": {
            "attributes": {"content-type": "application/cloudevents+json"} if cloud else {},
            "data": b64encode(body).decode(),
            "messageId": message_id,
            "message_id": message_id,
            "publishTime": at,
            "publish_time": at,
        },
        "subscription": f"projects/{destination.project_id}/subscriptions/{destination.topic}-push",
    }
    return Parcelled(url, encode(envelope), lambda _attempt: {"content-type": "application/json"})


def _sns(destination: SnsDestination, url: str, body: bytes, message_id: str, at: str) -> Parcelled:
    """Amazon's HTTP notification; the subscription counts as confirmed, nothing is signed."""
    envelope = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": destination.topic_arn,
        "Message": body.decode(),
        "Timestamp": at,
        "SignatureVersion": "1",
        "Signature": "",
        "SigningCertURL": "",
        "UnsubscribeURL": "",
    }
    headers = {
        "content-type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": destination.topic_arn,
        "x-amz-sns-subscription-arn": f"{destination.topic_arn}:push",
    }
    return Parcelled(url, encode(envelope), lambda _attempt: dict(headers))
