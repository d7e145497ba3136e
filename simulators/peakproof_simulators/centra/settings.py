"""Every behaviour of this fake that had to be chosen, by name, with the default.

A retailer's *stock pool* is no thing of the vendor's: it is a market, the allocation rule that the
market sells from, and the warehouses of that rule. ``markets``, ``allocation_rules`` and
``warehouses`` are where pools are laid out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from peakproof.errors import ScenarioError

Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Policy = Literal["DIRECT", "CHECK_FIRST", "DIRECT_THEN_CONFIRM"]


class Credentials(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Fixed credentials, for a fake that is served to other processes."""

    integration_token: str
    order_api_key: str
    webhook_secret: str = "peakproof"


class MarketProfile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A market: who buys there, and the allocation rule that it sells from ("": the default)."""

    country: str = "GB"
    rule: str = ""


class WarehouseProfile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a seeded warehouse is like beside its code. ``threshold`` is safety stock in units."""

    allocation_policy: Policy = "DIRECT"
    threshold: Count = 0
    stock_master: Literal["CENTRA", "EXTERNAL"] = "EXTERNAL"
    stock_ownership: Literal["OWN", "THIRD_PARTY"] = "OWN"


class WebhookProfile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A webhook plugin: ``integration`` tells what happened, ``checkout`` lists changed ids."""

    url: str
    kind: Literal["integration", "checkout"] = "integration"
    types: tuple[
        Literal["order", "shipment", "customer", "return", "check_first", "allocation_request",
                "product", "warehouse"], ...
    ] = ()  # fmt: skip
    """What it tells of; empty: everything."""
    timeout_s: Annotated[float, Meta(gt=0)] = 5.0
    retries: Annotated[int, Meta(ge=0, le=3)] = 0
    batch: Annotated[int, Meta(ge=1)] = 100
    batch_window_s: Seconds = 0.0
    """How long events are gathered before one call tells of them; 0: each goes by itself."""


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The profile of one Centra environment. Times are seconds unless the name says else."""

    credentials: Credentials | None = None
    integration_name: str = "connector"
    """The integration that the given token belongs to; tokens of a name share an event queue."""
    token_lifetime_days: Annotated[int, Meta(ge=1)] = 30
    token_renewed_after_s: Annotated[float, Meta(gt=0)] | None = 300.0
    """When all tokens were made to expire (weather does): how long until somebody in the admin
    renews the given one. None: nobody does, for no call of the API can."""
    app_version: str = "v1.60.0"

    # --- stock pools: markets, allocation rules, warehouses
    markets: dict[str, MarketProfile] = msgspec.field(
        default_factory=lambda: {"UK": MarketProfile("GB"), "EU": MarketProfile("DE")}
    )
    allocation_rules: dict[str, tuple[str, ...]] = {}
    """Warehouse codes of each rule in order of priority; the rule "Default" has all warehouses."""
    warehouses: dict[str, WarehouseProfile] = {}
    stock_offsets: dict[str, Count] = {}
    """Safety stock of a SKU; where it is above 0 it goes before the warehouse's threshold."""
    demand_counts_at: Literal["first_of_rule", "nowhere"] = "first_of_rule"
    """The warehouse whose ``demandQuantity`` shows what could not be allocated."""
    split_lines: bool = True
    """Whether the units of one line may come from several warehouses of the rule."""

    # --- orders
    overselling_prevention: Literal["Off", "Standard", "Aggressive"] = "Standard"
    backorders: bool = False
    """Whether an order is taken without stock where overselling prevention is off."""
    autoconfirm_orders: bool = False
    direct_to_shipment: bool = False
    """Whether a confirmed order gets a shipment of all that is allocated by itself."""
    hide_held_and_unpaid: bool = True
    """Whether orders on hold or waiting for payment are left out of lists (quirk 10)."""
    failed_payment: Literal["cancel", "keep"] = "cancel"
    """Whether a failed authorisation ends the order, or leaves it waiting for payment."""
    order_number_starts_at: Annotated[int, Meta(ge=1)] = 1001
    shipping_cost_minor: Count = 0
    cancel_releases_payment: bool = True
    """Whether cancelling voids the authorisation unless ``cancelAuthorization`` is false."""

    # --- stock writes
    set_stock_below_allocated: Literal["warn", "refuse", "clamp"] = "refuse"
    """``setStock`` below what is allocated: nothing and an error, or clamped with or without a
    warning (the vendor's answer is unknown)."""
    rest_stock_below_allocated: Literal["clamp", "refuse"] = "clamp"
    """``POST /stock`` below what is allocated is clamped without a word (quirk 2)."""
    change_stock_below_zero: Literal["refuse", "allow", "clamp"] = "refuse"
    """Taking out more than is free: nothing and an error, less than nothing, or what there is."""
    allocate_short: Literal["warn", "refuse"] = "warn"

    # --- payment provider
    captures_on: Literal["payment", "shipment"] = "payment"
    """Whether a payment that goes through is captured at once, or authorised until a shipment is
    captured; the store's payment plugin decides."""
    captures_to_fail: Count = 0
    """So many captures the provider refuses before it takes one."""
    capture: Literal["sync", "async"] = "sync"
    capture_delay_s: Seconds = 60.0
    """How long an asynchronous capture is ``CAPTURE_REQUEST`` before it is a ``CAPTURE``."""
    capture_failure_share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """The share of captures that the provider refuses; the control ``fail_captures`` aims."""
    shipment_capture_repeats_shipping: bool = True
    """Whether each shipment's capture asks for the shipping cost again (quirk 6)."""

    # --- allocation requests
    allocation_expiry_s: Seconds = 3600.0
    late_confirmation: Literal["accept", "refuse"] = "accept"
    """Whether a timed-out allocation request can still be confirmed before the flow ends."""

    # --- limits
    plan: Literal["growth", "enhanced", "high_volume", "enterprise", "off"] = "growth"
    retry_after_format: Literal["http_date", "epoch", "iso"] = "http_date"
    """How ``Retry-After`` says when to go on: it is a moment, not a delay."""
    rest_limited: bool = False
    """Whether the Order API counts too; the vendor has no limits there for now."""
    body_limit_bytes: Annotated[int, Meta(ge=1024)] = 2_000_000
    query_limit_tokens: Annotated[int, Meta(ge=100)] = 2000
    query_limit_depth: Annotated[int, Meta(ge=10)] = 30
    query_limit_complexity: Annotated[int, Meta(ge=100)] = 250_000
    complexity_of_stock: Count = 10
    """What a stock quantity costs; ``freeToAllocateQuantity`` costs nothing."""
    introspection: bool = True

    # --- events and webhooks
    events_enabled: bool = True
    system_utc_offset_min: Annotated[int, Meta(ge=-720, le=840)] = 60
    """The zone of dates that carry none, in webhooks and in the Order API."""
    webhooks: tuple[WebhookProfile, ...] = ()
    webhook_retry_s: Annotated[float, Meta(gt=0)] = 10.0
    """The wait before the first retry; each further one is twice as long."""

    # --- Order API
    order_api_warehouse: str = ""
    """Code of the one warehouse that an Order API plugin writes to; "": the first."""
    order_api_markets: tuple[str, ...] = ()
    """Markets whose orders the plugin sees; empty: all."""
    order_api_inserts_orders: bool = True
    order_api_bundles: Literal["components", "bundle", "both"] = "components"
    """Which lines of a bundle the Order API shows; who adds up both counts units twice."""
    order_api_disabled: tuple[str, ...] = ()
    """Operations of the Order API that answer ``403 Not Allowed``."""


def read(settings: Mapping[str, object]) -> Settings:
    """The settings of a scenario or a command line.

    Raises:
        ScenarioError: a name or a value is wrong.
    """
    try:
        made = msgspec.convert(dict(settings), Settings)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"settings of centra: {error}") from None
    if not made.markets:
        raise ScenarioError("settings of centra: markets: there must be one at least")
    for name, market in made.markets.items():
        if market.rule and market.rule not in made.allocation_rules:
            raise ScenarioError(
                f"settings of centra: markets.{name}.rule: there is no allocation rule "
                f"{market.rule!r}; there are: {', '.join(made.allocation_rules) or 'none'}"
            )
    return made
