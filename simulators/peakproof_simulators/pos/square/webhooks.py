"""Webhook subscriptions, and looking up events that were missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec
from msgspec.json import Decoder, decode
from msgspec.structs import replace

from peakproof.wire.message import Request, Response
from peakproof_simulators.pos.square import paging, params
from peakproof_simulators.pos.square.errors import encode, refusal
from peakproof_simulators.pos.square.payloads.common import Empty
from peakproof_simulators.pos.square.payloads.webhooks import (
    EVENT_TYPES,
    CreateSubscriptionRequest,
    EventFilter,
    EventMetadata,
    EventObject,
    EventQuery,
    EventSort,
    EventType,
    EventTypesAnswer,
    ProbeAnswer,
    ProbeRequest,
    ProbeResult,
    RawEvents,
    SearchEventsRequest,
    SignatureKeyAnswer,
    SignatureKeyRequest,
    Subscription,
    SubscriptionAnswer,
    SubscriptionsAnswer,
    TypeMetadata,
    UpdateSubscriptionRequest,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.notices import Logged
    from peakproof_simulators.pos.square.surface import Square

PAGE: Final = 100
MOST: Final = 100
"""Subscriptions that one application may have (chosen)."""
SEARCHED_MS: Final = 28 * 24 * 3600 * 1000
"""How far back events can be looked up."""

_CREATE: Final = Decoder(CreateSubscriptionRequest)
_UPDATE: Final = Decoder(UpdateSubscriptionRequest)
_KEY: Final = Decoder(SignatureKeyRequest)
_PROBE: Final = Decoder(ProbeRequest)
_SEARCH: Final = Decoder(SearchEventsRequest)


def create(square: Square, call: Call) -> Response:
    """Subscribe: from now on events of these types are sent."""
    body = square.read(call, _CREATE)
    wanted = body.subscription

    def act() -> Response:
        if wanted.notification_url is None or wanted.event_types is None:
            missing = "event_types" if wanted.notification_url else "notification_url"
            raise refusal(
                "MISSING_REQUIRED_PARAMETER", "A required field is missing.",
                f"subscription.{missing}",
            )  # fmt: skip
        _plain(square, wanted.notification_url)
        if len(square.notices.subscriptions) >= MOST:
            raise refusal("BAD_REQUEST", f"There are {MOST} subscriptions already.")
        now = square.iso(square.pos.now_ms)
        made = Subscription(
            id=f"wbhk_{square.pos.ids.token(24).lower()}", name=wanted.name or "Subscription",
            enabled=wanted.enabled is not False, event_types=wanted.event_types,
            notification_url=wanted.notification_url,
            api_version=wanted.api_version or square.settings.api_version,
            signature_key=square.pos.ids.token(22), created_at=now, updated_at=now,
        )  # fmt: skip
        return _kept(square, made)

    return square.once(call, body.idempotency_key, body, act)


def list_subscriptions(square: Square, call: Call) -> Response:
    """Subscriptions by age; disabled ones when asked for."""
    disabled = params.flag(call, "include_disabled")
    newest = params.newest_first(call, default=False)
    limit = params.whole(call, "limit", PAGE, least=1) or PAGE
    query = paging.signature("subscriptions", disabled, newest)
    place = paging.opened(call.one("cursor"), query)
    numbered = list(enumerate(square.notices.subscriptions.values(), start=1))
    if newest:
        numbered.reverse()
    found = (
        (no, each)
        for no, each in numbered
        if (disabled or each.enabled)
        and (place is None or (no < place[0] if newest else no > place[0]))
    )
    page, cursor = paging.page(found, min(limit, PAGE), query)
    return square.reply(SubscriptionsAnswer(subscriptions=page or None, cursor=cursor))


def get(square: Square, call: Call) -> Response:
    """One subscription, with its signature key."""
    return square.reply(SubscriptionAnswer(subscription=_known(square, call)))


def update(square: Square, call: Call) -> Response:
    """Change a subscription: name, address, event types, on or off."""
    subscription = _known(square, call)
    wanted = square.read(call, _UPDATE).subscription
    if wanted is None:
        raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", "subscription")
    if wanted.notification_url is not None:
        _plain(square, wanted.notification_url)
    names = ("name", "enabled", "event_types", "notification_url", "api_version")
    given = {name: getattr(wanted, name) for name in names}
    changes = {name: value for name, value in given.items() if value is not None}
    now = square.iso(square.pos.now_ms)
    return _kept(square, replace(subscription, updated_at=now, **changes))


def delete(square: Square, call: Call) -> Response:
    """Unsubscribe."""
    del square.notices.subscriptions[_known(square, call).id]
    square.notices.subscriptions_changed()
    return square.reply(Empty())


def new_key(square: Square, call: Call) -> Response:
    """A new signature key: what is sent from now on is signed with it."""
    subscription = _known(square, call)
    body = square.read(call, _KEY)

    def act() -> Response:
        key = square.pos.ids.token(22)
        now = square.iso(square.pos.now_ms)
        _kept(square, replace(subscription, signature_key=key, updated_at=now))
        return square.reply(SignatureKeyAnswer(signature_key=key))

    return square.once(call, body.idempotency_key, body, act)


async def probe(square: Square, call: Call) -> Response:
    """Send a test event and say what came back; 0 where nothing did."""
    subscription = _known(square, call)
    wanted = square.read(call, _PROBE).event_type
    passes = wanted is None or wanted in subscription.event_types
    event_type: EventType = wanted or subscription.event_types[0]
    event = square.notices.event(event_type, EventObject(type="test", id="test", object={}))
    body = encode(event)
    headers = square.notices.headers(subscription, body, event.created_at)(1)
    status = 0
    if passes:
        url = urlsplit(subscription.notification_url)
        request = Request("POST", url.path or "/", url.query, headers, body)
        try:
            answer = await square.world.fetch(
                subscription.notification_url, request, square.settings.notice_timeout_s
            )
            status = answer.status
        except (TimeoutError, ConnectionError):
            status = 0
    result = ProbeResult(
        id=event.event_id, status_code=status, payload=decode(body),
        created_at=event.created_at, updated_at=event.created_at,
        notification_url=subscription.notification_url, passes_filter=passes,
    )  # fmt: skip
    return square.reply(ProbeAnswer(subscription_test_result=result))


def event_types(square: Square, call: Call) -> Response:
    """All types of events."""
    metadata = [
        TypeMetadata(event_type=name, api_version_introduced="2020-01-01", release_status="PUBLIC")
        for name in EVENT_TYPES
    ]
    return square.reply(EventTypesAnswer(event_types=list(EVENT_TYPES), metadata=metadata))


def search_events(square: Square, call: Call) -> Response:
    """Events of the last 28 days, newest first; only those that happened while enabled."""
    body = square.read(call, _SEARCH)
    asked = body.query or EventQuery()
    filter_, sort = asked.filter or EventFilter(), asked.sort or EventSort()
    window = filter_.created_at
    since, until = (
        square.window(window.start_at, window.end_at, "query.filter.created_at")
        if window is not None
        else (None, None)
    )
    newest = sort.order != "ASC"
    query = paging.signature("events", body.query)
    place = paging.opened(body.cursor, query)
    log = square.notices.log
    found = (
        (each.no, each)
        for each in (reversed(log) if newest else log)
        if _fits(square, filter_, each)
        and each.at_ms >= square.pos.now_ms - SEARCHED_MS
        and each.at_ms <= square.pos.now_ms - round(call.stale_s * 1000)
        and (since is None or each.at_ms >= since)
        and (until is None or each.at_ms <= until)
        and (place is None or (each.no < place[0] if newest else each.no > place[0]))
    )
    page, cursor = paging.page(found, body.limit or PAGE, query)
    version = square.settings.api_version
    return square.reply(
        RawEvents(
            events=[msgspec.Raw(each.body) for each in page] or None,
            metadata=[EventMetadata(event_id=each.event_id, api_version=version) for each in page]
            or None,
            cursor=cursor,
        )
    )


def enable_events(square: Square, call: Call) -> Response:
    """From now on events can be looked up."""
    square.notices.searchable = True
    return square.reply(Empty())


def disable_events(square: Square, call: Call) -> Response:
    """What happens from now on cannot be looked up, not even later."""
    square.notices.searchable = False
    return square.reply(Empty())


def _fits(square: Square, filter_: EventFilter, event: Logged) -> bool:
    if filter_.event_types and event.type not in filter_.event_types:
        return False
    if filter_.location_ids and event.place not in filter_.location_ids:
        return False
    return not filter_.merchant_ids or square.merchant_id in filter_.merchant_ids


def _known(square: Square, call: Call) -> Subscription:
    id_ = call.params["subscription_id"]
    subscription = square.notices.subscriptions.get(id_)
    if subscription is None:
        raise refusal("NOT_FOUND", f"Subscription {id_} not found.", "subscription_id")
    return subscription


def _kept(square: Square, subscription: Subscription) -> Response:
    square.notices.subscriptions[subscription.id] = subscription
    square.notices.subscriptions_changed()
    return square.reply(SubscriptionAnswer(subscription=subscription))


def _plain(square: Square, url: str) -> None:
    if not square.settings.plain_http_hooks and not url.startswith("https://"):
        raise refusal("INVALID_VALUE", "The URL is https.", "subscription.notification_url")
