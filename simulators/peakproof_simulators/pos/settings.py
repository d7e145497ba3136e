"""What had to be chosen about the tills and their API: each choice has a name and a default.

``SOURCES.md`` says which facts are documented and which of them rest on a setting here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from peakproof.errors import ScenarioError
from peakproof_simulators.pos.lightspeed.settings import LightspeedSettings

Seconds = Annotated[float, Meta(ge=0)]

_MINUTE = 60.0
_HOUR = 3600.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The vendor profile of the tills.

    Conflicts and keys
        ``order_conflict``, ``transfer_conflict``: the answer to a stale version, 409 ``CONFLICT``
        or 400 ``VERSION_MISMATCH``; ``catalogue_conflict`` likewise (the vendor's forum shows the
        latter). ``update_key_reuse``: a key used before on UpdateOrder is ``ignored`` (200, the
        order as it is) or ``refused``. ``keys_kept_s``: how long idempotency keys are known.
    Stock
        ``occurred_at_max_age_s``, ``occurred_at_max_ahead_s``: the window for a client's own
        times; ``occurred_at_required``. ``transitions``: ``strict`` is the table of documented
        moves, ``lenient`` any two of the states that clients may write. ``unchanged_count``: what
        a count is compared with to be ignored, the ``level`` then or the ``last_count``.
        ``in_transit_at``: the end of a transfer that holds what is under way.
    Lists and notices
        ``payments_list_lag_s``, ``refunds_list_lag_s``: these lists are eventually consistent.
        ``refund_settles_s``: how long a refund to a card is pending. ``retries_s``: waits before
        each further delivery; ``retry_reason``: what the header of a retry says;
        ``notice_timeout_s``. ``plain_http_hooks``: notification URLs need not be https.
        ``retry_after_s``: what a 429 asks for when the weather gave no time.
    Tills
        ``till_tender``: how customers pay. ``open_price_minor``: what an item that the catalogue
        lacks costs when no price is typed. ``till_orders_notify``: sales made on a till raise
        order events. ``ships_orders``: the people of a store ship the open orders of an API that
        have a fulfilment ``SHIPMENT``, and their units are held for them from the start.
        ``tells_charges``: the history is told what each transaction came to, tax and all.
    The rest
        ``surface``: whose API the tills are served by, or both at once; ``lightspeed``: what is
        chosen about the second of them.
        ``application_id``: who the connector is in what it changes (empty: its ``client_id``).
        ``credentials``: fixed ones instead of ones drawn from the seed. ``remember_s``: how far
        back a lagging query can look. ``token_lifetime_s``: of a token that was refreshed.
    """

    credentials: dict[str, str] = {}
    surface: Literal["square", "lightspeed", "both"] = "square"
    lightspeed: LightspeedSettings = LightspeedSettings()
    api_version: str = "2026-09-16"
    application_id: str = ""
    application_name: str = "Connector"
    till_application_id: str = "sq0idp-point-of-sale"
    till_application_name: str = "Square Point of Sale"
    order_conflict: Literal["conflict", "version_mismatch"] = "conflict"
    transfer_conflict: Literal["conflict", "version_mismatch"] = "conflict"
    catalogue_conflict: Literal["conflict", "version_mismatch"] = "version_mismatch"
    update_key_reuse: Literal["ignored", "refused"] = "ignored"
    keys_kept_s: Seconds = 24 * _HOUR
    occurred_at_max_age_s: Seconds = 24 * _HOUR
    occurred_at_max_ahead_s: Seconds = 0.0
    occurred_at_required: bool = True
    transitions: Literal["strict", "lenient"] = "strict"
    unchanged_count: Literal["level", "last_count"] = "level"
    in_transit_at: Literal["destination", "source"] = "destination"
    payments_list_lag_s: Seconds = 2.0
    refunds_list_lag_s: Seconds = 2.0
    refund_settles_s: Seconds = 5.0
    retries_s: tuple[Seconds, ...] = (
        1 * _MINUTE, 2 * _MINUTE, 4 * _MINUTE, 8 * _MINUTE, 16 * _MINUTE, 32 * _MINUTE,
        60 * _MINUTE, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 8 * _HOUR,
    )  # fmt: skip
    retry_reason: Literal["http_timeout", "http_error", "ssl_error", "other_error"] = "http_error"
    notice_timeout_s: Seconds = 10.0
    plain_http_hooks: bool = True
    retry_after_s: Seconds = 1.0
    till_tender: Literal["card", "cash"] = "card"
    open_price_minor: Annotated[int, Meta(ge=0)] = 0
    till_orders_notify: bool = True
    ships_orders: bool = False
    tells_charges: bool = False
    remember_s: Annotated[float, Meta(gt=0)] = 600.0
    token_lifetime_s: Seconds = 30 * 24 * _HOUR


def read_settings(given: Mapping[str, object]) -> Settings:
    """The settings of a scenario's table ``[systems.pos]``.

    Raises:
        ScenarioError: a name is unknown or a value does not fit.
    """
    try:
        return msgspec.convert(dict(given), Settings)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"settings of the system pos: {error}") from error
