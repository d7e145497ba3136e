"""Every behaviour of this fake that had to be chosen, by name, with the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from peakproof.errors import ScenarioError

Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Some = Annotated[int, Meta(ge=1)]
Chance = Annotated[float, Meta(ge=0, le=1)]


class Credentials(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Fixed credentials, for a fake that is served to other processes."""

    api_key: str
    email: str
    password: str


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The profile of one Patchworks company. Times are seconds unless the name says else."""

    company: str = "peak"
    credentials: Credentials | None = None
    token_lifetime_s: Seconds = 3600.0
    """How long the token of a login works."""
    flows: dict[str, Any] | None = None
    """A flow set to begin with, as a document; None: there is none until one is deployed."""

    # --- the queue
    queue: Literal["ticks", "instant"] = "ticks"
    """``instant`` starts every job at once, whatever runs already: for tests of a flow."""
    intake_every_s: Annotated[float, Meta(gt=0)] = 30.0
    pick_every_s: Annotated[float, Meta(gt=0)] = 5.0
    concurrency: Some = 10
    """Runs at a time: Growth 10, Professional 20, Enterprise from 30."""
    queued_allowance: Some = 1000
    """Jobs that may be queued; what is more is held until one of them is picked."""
    launches_per_minute: Count = 0
    """The tier's cap on launches, whose figures nobody states; 0: none."""
    flow_retries: Count = 3
    """How often a flow is started again because a response script asked for it."""
    worker_death: Literal["deliver_again", "lose"] = "deliver_again"
    """What becomes of a job whose worker died before it acknowledged it."""
    requeue_loses: Chance = 0.0
    """A job that is released goes lost: acknowledged first, and the copy is not published."""
    delivered_twice: Chance = 0.0
    """A job is picked, and picked once more."""
    crash_after_push: Chance = 0.0
    """A worker dies after a connector's push was answered and before the job is acknowledged."""
    flow_version: Literal["at_pick", "at_queue"] = "at_pick"
    """Which deployed version a queued job runs when another one is deployed meanwhile."""

    # --- shapes
    shape_timeout_s: Annotated[float, Meta(gt=0)] = 1800.0
    shape_retries: Annotated[int, Meta(ge=0, le=3)] = 3
    """Further tries of a shape that fails; a connector has its own number."""
    connector_retries: Annotated[int, Meta(ge=0, le=2)] = 2
    """Further tries of a connector's request, unless its shape says so."""
    retry_backoff: Literal["none", "exponential"] = "none"
    retry_first_s: Seconds = 1.0
    """The first wait of the exponential back-off."""
    request_timeout_s: Annotated[float, Meta(gt=0)] = 30.0
    """How long a connector waits for an answer unless its shape says else."""
    lookup_no_match: Literal["null", "original", "fail"] = "null"
    """What a cross-reference gives for a value that it does not have, unless the shape says so."""
    dedupe_gap_s: Seconds = 0.2
    """Between looking into a pool and writing to it: two runs at once may both pass."""
    long_tracked_values: Literal["fail", "cut"] = "fail"
    """What happens to a value to track of more than 255 characters."""
    cache_limit_bytes: Some = 50_000_000
    pages_most: Some = 10_000
    """After so many pages of one pull the connector gives up."""
    saved_payloads: Literal["all", "connectors"] = "connectors"
    """Whose payloads are kept for download: every shape's, or the trigger's, the connectors' and
    those that failed."""

    # --- the API
    api_per_minute: Count = 240
    webhooks_per_minute: Count = 120
    callbacks_per_minute: Count = 240
    webhook_excess: Literal["refuse", "accept_and_drop", "accept"] = "refuse"
    """What happens to webhooks over the limit."""
    idle_webhook_status: Literal[422, 404] = 422
    """The answer when the webhook's flow is not deployed or not enabled."""
    bad_signature_status: Literal[403, 401] = 403
    callback_timeout_s: Annotated[float, Meta(gt=0)] = 30.0
    per_page: Some = 15
    per_page_most: Some = 250
    """A longer page is cut to this."""
    body_limit_bytes: Some = 16_000_000
    unknown_parameters: Literal["refuse", "ignore"] = "refuse"
    unknown_fields: Literal["refuse", "ignore"] = "refuse"

    # --- how long things are kept
    logs_kept_s: Seconds = 7 * 86400.0
    payloads_kept_s: Seconds = 72 * 3600.0
    payloads_limit_bytes: Some = 256_000_000
    """Payloads that are kept have about so many bytes at most; older ones go first."""
    tracked_kept_s: Annotated[float, Meta(ge=0, le=90 * 86400)] = 15 * 86400.0
    dedupe_kept_s: Seconds = 90 * 86400.0


def read(settings: Mapping[str, object]) -> Settings:
    """The settings of a scenario or a command line.

    Raises:
        ScenarioError: a name or a value is wrong.
    """
    try:
        return msgspec.convert(dict(settings), Settings)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"settings of patchworks: {error}") from None
