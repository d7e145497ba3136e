"""Subscriptions: who is told of messages and changes, and how that goes."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import replace

from peakproof.history.records import Hook, Record
from peakproof.service import Notification
from peakproof_simulators.commercetools import notifications
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.errors import (
    Refusal,
    duplicate,
    forbidden,
    invalid,
)
from peakproof_simulators.commercetools.message_log import Note
from peakproof_simulators.commercetools.message_types import MESSAGE_TYPES
from peakproof_simulators.commercetools.outbound import NoAnswer, post
from peakproof_simulators.commercetools.payloads import hooks as payload
from peakproof_simulators.commercetools.payloads.common import (
    Reference,
    Resource,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.hooks import (
    AnyDestination,
    AzureEventGridDestination,
    CloudEventsFormat,
    Subscription,
)
from peakproof_simulators.commercetools.state import SYSTEM, Notices, Project, Rule

Subscriptions: TypeAlias = Change[Subscription]

MOST: Final = 50
DEAD: Final = frozenset({"ConfigurationErrorDeliveryStopped", "ManuallySuspended"})
"""Health states in which notifications are lost."""
CART_CHANGES: Final = frozenset({"ResourceCreated", "ResourceDeleted"})


class Outbox:
    """Sends notifications; at least once, in no order across notifications."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.endpoints = dict(project.settings.push_endpoints)
        self.collection: Collection[Subscription] = Collection(
            lambda: project.world.env.now, {("key",): lambda one: one.key}
        )
        self.effective_from: dict[str, float] = {}
        self.trying: dict[str, tuple[str, str]] = {}
        self._ids = project.world.ids(SYSTEM, "notifications")

    def heed(self) -> None:
        """Hear of everything while there is a subscription, of nothing while there is none."""
        listed = list(self.collection.by_id.values())
        if not listed:
            self.project.notices = None
            return
        messages: dict[str, frozenset[object]] = {}
        for wanted in [one for subscription in listed for one in subscription.messages]:
            names: frozenset[object] = frozenset(wanted.types)
            known = messages.get(wanted.resource_type_id, names)
            messages[wanted.resource_type_id] = names | known if names and known else frozenset()
        change = self.change if any(one.changes for one in listed) else None
        self.project.notices = Notices(messages, self.message, change)

    # --- telling ------------------------------------------------------------------------------

    def message(self, note: Note) -> None:
        """A message was noted. It is written out only if somebody wants to hear of it."""
        type_id, name = note.type_id, note.message.__struct_config__.tag
        told: list[Subscription] = []
        for one in self.collection.by_id.values():
            for wanted in one.messages:
                if wanted.resource_type_id == type_id and (
                    not wanted.types or name in wanted.types
                ):
                    if self._live(one):
                        told.append(one)
                    break
        if told:
            message = self.project.log.newest()
            notice = notifications.of_message(message, self.project.settings.project_key)
            key = self.key_of(message.resource)
            for subscription in told:
                self.send(subscription, notice, key)

    def change(self, type_id: str, resource: Resource, old: int | None, what: str) -> None:
        """A resource was created, updated or deleted."""
        if type_id == "cart" and what not in CART_CHANGES:
            return
        told = [
            one
            for one in self.collection.by_id.values()
            if any(wanted.resource_type_id == type_id for wanted in one.changes) and self._live(one)
        ]
        for subscription in told:
            notice = self._of_change(what, type_id, resource, old)
            key = self.key_of(Reference(type_id=type_id, id=resource.id))
            self.send(subscription, notice, key)

    def _live(self, one: Subscription) -> bool:
        return one.status not in DEAD and self.effective_from[one.id] <= self.project.world.env.now

    def _of_change(
        self, what: str, type_id: str, resource: Resource, old: int | None
    ) -> notifications.Notice:
        kind = self.project.kinds.get(type_id)
        deleted = what == "ResourceDeleted"
        return notifications.of_change(
            what,
            type_id,
            resource,
            old,
            project_key=self.project.settings.project_key,
            identifiers=kind.identifiers(resource) if kind is not None else None,
            at=self.project.stamp() if deleted else resource.last_modified_at,
            event_id=self._ids.uuid(),
        )

    def key_of(self, reference: Reference) -> str:
        """The business key under which a judge knows the resource."""
        if reference.type_id == "order":
            promise = self.project.promises.get(reference.id)
            return promise.key if promise is not None else f"order:{reference.id}"
        if reference.type_id == "inventory-entry":
            cell = self.project.stock.by_entry.get(reference.id)
            if cell is not None:
                place = self.project.stock.place_of(cell.channel_id)
                return f"stock:{cell.sku}@{place}"
        if reference.type_id == "payment":
            order = self.project.order_of_payment.get(reference.id)
            if order in self.project.promises:
                return self.project.promises[order].key
        return f"{reference.type_id}:{reference.id}"

    def parcel(
        self, subscription: Subscription, notice: notifications.Notice
    ) -> notifications.Parcelled | None:
        """A notification as HTTP, None when the destination has no endpoint."""
        settings = self.project.settings
        url = notifications.endpoint_of(subscription.destination, self.endpoints)
        if url is None:
            return None
        body = notifications.body_of(
            notice, subscription, settings.project_key, settings.payload_limit_bytes
        )
        return notifications.parcelled(
            subscription, url, body, drawn=self._ids.draw(), at=self.project.stamp()
        )

    def send(self, subscription: Subscription, notice: notifications.Notice, key: str) -> None:
        """Hand a notification to the wire; without an endpoint it is a configuration error."""
        made = self.parcel(subscription, notice)
        if made is None:
            self.judge(subscription.id, "ConfigurationError")
            return
        settings = self.project.settings

        def headers(attempt: int) -> dict[str, str]:
            if attempt > 1:
                self._listen()
                self.trying[subscription.id] = (notice.kind, key)
                self.judge(subscription.id, "TemporaryError")
            return made.headers(attempt)

        self.project.world.post(
            Notification(
                system=SYSTEM,
                event=notice.kind,
                key=key,
                url=made.url,
                body=made.body,
                headers=headers,
                retries_s=settings.delivery_retries_s,
                timeout_s=settings.delivery_timeout_s,
            )
        )

    # --- health ------------------------------------------------------------

    def judge(self, id: str, status: payload.HealthStatus) -> None:
        """The health of a subscription has changed; that makes no new version."""
        before = self.collection.get(id)
        if before is not None and before.status != status and before.status not in DEAD:
            self.collection.replace(before, replace(before, status=status))

    def set_status(self, before: Subscription, status: payload.HealthStatus) -> None:
        """Somebody set the health on purpose."""
        self.trying.pop(before.id, None)
        self.collection.replace(before, replace(before, status=status))

    def _listen(self) -> None:
        """Hear of deliveries from the first one that has to be tried again."""
        listeners = self.project.world.listeners
        if self._heard not in listeners:
            listeners.append(self._heard)

    def _heard(self, record: Record) -> None:
        """A delivery that goes through heals what was failing."""
        if not self.trying or not isinstance(record, Hook):
            return
        if record.system != SYSTEM or record.outcome != "ok":
            return
        for id, tried in list(self.trying.items()):
            if tried == (record.event, record.key):
                del self.trying[id]
                self.judge(id, "Healthy")

    # --- test notification ------------------------------------------------------------

    def test_notice(self, subscription: Subscription) -> notifications.Notice:
        """What is sent to a destination before a subscription is stored."""
        return self._of_change("ResourceCreated", "subscription", subscription, None)

    async def try_out(self, change: Change[Subscription]) -> None:
        """Send the test notification, to a new or another destination.

        Raises:
            Refusal: the destination has no endpoint, or an Event Grid topic does not take it.
        """
        before, subscription = change.before, change.after
        if before is not None and before.destination == subscription.destination:
            return
        made = self.check_reachable(subscription)
        if not isinstance(subscription.destination, AzureEventGridDestination):
            self.send(subscription, self.test_notice(subscription), "subscription:test")
            return
        timeout_s = self.project.settings.delivery_timeout_s
        try:
            answer = await post(self.project, made.url, made.body, made.headers(1), timeout_s)
        except NoAnswer as error:
            raise undeliverable(str(error)) from None
        if not 200 <= answer.status < 300:
            raise undeliverable(f"the destination answered with status {answer.status}")

    def check_reachable(self, subscription: Subscription) -> notifications.Parcelled:
        """The test notification as HTTP.

        Raises:
            Refusal: the destination has no endpoint.
        """
        made = self.parcel(subscription, self.test_notice(subscription))
        if made is None:
            topic = notifications.topic_of(subscription.destination)
            raise undeliverable(
                f"the topic '{topic}' has no push endpoint"
                if topic is not None
                else "this kind of destination is not carried here"
            )
        return made


def undeliverable(why: str) -> Refusal:
    """The refusal of a destination that the test notification does not reach."""
    return Refusal(
        "InvalidInput", text=f"A test message could not be delivered to this destination: {why}"
    )


# --- rules ------------------------------------------------------------------------------------


def create(project: Project, draft: payload.SubscriptionDraft) -> Subscriptions:
    """A new subscription; the test notification is the caller's business.

    Raises:
        Refusal: nothing is subscribed to, a type is unknown, the format does not fit, or there
            are too many.
    """
    outbox: Outbox = project.outbox
    if draft.key is not None and outbox.collection.one(("key",), draft.key) is not None:
        raise duplicate("key", draft.key)
    if len(outbox.collection) >= MOST:
        raise Refusal("MaxResourceLimitExceeded", limit=MOST, exceededResource="subscription")
    subscription = Subscription(
        **project.fresh(),
        key=draft.key,
        destination=draft.destination,
        messages=draft.messages,
        changes=draft.changes,
        events=(),
        format=draft.format,
        status="Healthy",
    )
    _check(subscription)
    change = Change(None, subscription)
    change.effect(lambda stored: _takes_effect(project, stored))
    return change


def delete(project: Project, subscription: Subscription, version: int | None) -> None:
    """Take a subscription away."""
    project.remove(project.kinds["subscription"], subscription, version)
    project.outbox.effective_from.pop(subscription.id, None)
    project.outbox.heed()
    project.outbox.trying.pop(subscription.id, None)


def identifiers(subscription: Subscription) -> UserProvidedIdentifiers | None:
    """The names that users gave to a subscription."""
    key = subscription.key
    return UserProvidedIdentifiers(key=key) if key is not None else None


def shown(subscription: Subscription) -> Subscription:
    """A subscription as it is answered: secrets are partially hidden."""
    hidden = {
        name: value[:4] + "*" * max(len(value) - 4, 3)
        for name in ("access_key", "access_secret", "api_key", "api_secret")
        if isinstance(value := getattr(subscription.destination, name, None), str)
    }
    if not hidden:
        return subscription
    destination: AnyDestination = msgspec.structs.replace(subscription.destination, **hidden)
    return replace(subscription, destination=destination)


def _takes_effect(project: Project, subscription: Subscription) -> None:
    delay_s = project.settings.subscription_effective_s
    project.outbox.effective_from[subscription.id] = project.world.t + delay_s
    project.outbox.heed()


def _check(subscription: Subscription) -> None:
    if not subscription.messages and not subscription.changes:
        raise forbidden("At least one of 'messages', 'changes' and 'events' has to be set.")
    for wanted in subscription.messages:
        known = MESSAGE_TYPES.get(wanted.resource_type_id)
        for name in wanted.types:
            if known is not None and name not in known:
                raise invalid("types", name, sorted(known))
    is_grid = isinstance(subscription.destination, AzureEventGridDestination)
    if is_grid and not isinstance(subscription.format, CloudEventsFormat):
        raise Refusal(
            "InvalidInput", text="The destination 'EventGrid' needs the format 'CloudEvents'."
        )


def _change_destination(
    _: Project,
    one: Subscription,
    action: payload.SubscriptionChangeDestination,
    __: Subscriptions,
) -> Subscription:
    after = replace(one, destination=action.destination, status="Healthy")
    _check(after)
    return after


def _set_messages(
    project: Project,
    one: Subscription,
    action: payload.SubscriptionSetMessages,
    change: Subscriptions,
) -> Subscription:
    return _with(project, replace(one, messages=action.messages), change)


def _set_changes(
    project: Project,
    one: Subscription,
    action: payload.SubscriptionSetChanges,
    change: Subscriptions,
) -> Subscription:
    return _with(project, replace(one, changes=action.changes), change)


def _with(project: Project, after: Subscription, change: Subscriptions) -> Subscription:
    _check(after)
    change.effect(lambda stored: _takes_effect(project, stored))
    return after


def _set_key(
    project: Project, one: Subscription, action: payload.SubscriptionSetKey, _: Subscriptions
) -> Subscription:
    if action.key == one.key:
        return one
    if action.key is not None and project.outbox.collection.one(("key",), action.key):
        raise duplicate("key", action.key)
    return replace(one, key=action.key)


RULES: Final[dict[type[Any], Rule]] = {
    payload.SubscriptionChangeDestination: _change_destination,
    payload.SubscriptionSetMessages: _set_messages,
    payload.SubscriptionSetChanges: _set_changes,
    payload.SubscriptionSetKey: _set_key,
}
