"""Every behaviour of this fake that had to be chosen, by name, with the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from peakproof.errors import ScenarioError

Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]


class Credentials(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Fixed credentials, for a fake that is served to other processes."""

    client_id: str
    client_secret: str


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The profile of one commercetools project. Times are seconds unless the name says else."""

    project_key: str = "peak-retail"
    credentials: Credentials | None = None
    token_lifetime_s: Seconds = 172800
    """How long an access token works (172800 is what the vendor's clients are tested with)."""

    # --- stock
    stock_lag_s: Seconds = 10.0
    """The longest time until readers see what an order took; drawn from 0 to this per order."""
    version_bump_by_orders: bool = True
    """Whether the entry gets a new version when the late change becomes readable."""
    absolute_write_absorbs_lag: bool = True
    """Whether ``changeQuantity`` overrides what orders took and readers do not see yet."""
    reservation_expiration_min: Count = 0
    """The project's expiration of ``ReserveOnCart`` reservations; 0: not configured."""
    reservation_expiry_lag_s: Seconds = 120.0
    """How long after its expiry a reservation is released (the vendor: a few minutes)."""
    stock_level_messages: bool = True
    """Whether the 2026 messages OutOfStock, ReorderPoint and SafetyStock are written."""

    # --- reading
    query_lag_s: Seconds = 0.0
    """How old the answers to queries are (queries are eventually consistent)."""
    version_step: Literal["per_action", "per_request"] = "per_action"
    """How far a version rises: by one for each action that changed something, or by one."""
    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    """What happens to a field of a request body that this fake does not model."""
    unknown_parameters: Literal["refuse", "ignore"] = "refuse"
    """What happens to a query parameter that the endpoint does not have."""

    # --- messages, subscriptions, extensions
    messages_enabled: bool = True
    """Whether ``GET /messages`` shows anything (subscriptions get messages either way)."""
    messages_delete_days: Annotated[int, Meta(ge=1, le=90)] = 15
    push_endpoints: dict[str, str] = {}
    """Where a Pub/Sub topic (``projects/P/topics/T``) or an SNS topic ARN pushes to."""
    subscription_effective_s: Seconds = 0.0
    """How long a new or changed subscription takes to become effective (the vendor: up to 60)."""
    delivery_retries_s: tuple[Seconds, ...] = (10, 20, 40, 80, 160, 320)
    delivery_timeout_s: Annotated[float, Meta(gt=0)] = 10.0
    payload_limit_bytes: Annotated[int, Meta(ge=1024)] = 262144
    extension_no_response_status: Annotated[int, Meta(ge=400, le=599)] = 504
    extension_bad_response_status: Annotated[int, Meta(ge=400, le=599)] = 502

    # --- promises
    withdrawing_line_states: tuple[str, ...] = ("canceled", "cancelled")
    """Keys of line states that mean: these units will not be delivered."""
    seeded_line_states: tuple[str, ...] = ("backordered", "shipped", "canceled", "returned")
    """Line states that the seed creates beside the built-in ``Initial``."""

    # --- the storefront that trading uses
    storefront_inventory_mode: Literal["None", "TrackOnly", "ReserveOnOrder", "ReserveOnCart"] = (
        "ReserveOnOrder"
    )
    storefront_sets_payment_state: bool = True
    """Whether the shop calls ``changePaymentState`` when a payment settles (nobody else does)."""
    storefront_payment_state_delay_s: Seconds = 0.0
    storefront_skips_extensions: bool = False
    """Whether shoppers' orders go past API extensions; otherwise a registered one is a fault."""


def read(settings: Mapping[str, object]) -> Settings:
    """The settings of a scenario or a command line.

    Raises:
        ScenarioError: a name or a value is wrong.
    """
    try:
        return msgspec.convert(dict(settings), Settings)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"settings of commercetools: {error}") from None
