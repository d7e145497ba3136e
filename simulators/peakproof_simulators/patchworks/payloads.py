"""The API's documents: attributes of resources, pages of them, bodies of requests."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

T = TypeVar("T")
Id = str
Strict = Annotated[str, Meta(min_length=1, max_length=255)]


class Resource(msgspec.Struct, Generic[T]):
    """One resource: its id and what is known of it."""

    id: Id
    attributes: T


class One(msgspec.Struct, Generic[T]):
    """The answer about one resource."""

    data: Resource[T]


class PageMeta(msgspec.Struct, rename={"from_": "from"}):
    """Where a page stands among all; ``from`` and ``to`` are null on an empty page."""

    current_page: int
    from_: int | None
    last_page: int
    path: str
    per_page: int
    to: int | None
    total: int


class PageLinks(msgspec.Struct):
    """Where the other pages are."""

    first: str
    last: str
    prev: str | None
    next: str | None


class Listed(msgspec.Struct, Generic[T]):
    """A page of resources."""

    data: list[Resource[T]]
    meta: PageMeta
    links: PageLinks


class Problem(msgspec.Struct, omit_defaults=True):
    """A refusal in Laravel's form; ``errors`` says which field is wrong."""

    message: str
    errors: dict[str, list[str]] | UnsetType = UNSET


class Message(msgspec.Struct):
    """An answer that is a sentence."""

    message: str


# --- flows and runs -----------------------------------------------------------------------------


class FlowAttributes(msgspec.Struct):
    """A flow. ``status`` is ``Draft``, ``Inactive`` or ``Deployed``."""

    name: str
    status: str
    is_enabled: bool
    priority: str
    deployed_version_id: str | None
    created_at: str


class FlowVersionAttributes(msgspec.Struct):
    """A version of a flow."""

    flow_id: str
    version: int


class RunAttributes(msgspec.Struct, omit_defaults=True):
    """A run. ``status`` is 1 to 5, ``duration`` is in seconds."""

    name: str
    status: int
    flow_id: str
    flow_version_id: str
    virtual_environment: str | None
    user_id: str | None
    trigger: str
    summary: str
    started_at: str
    finished_at: str | None
    duration: float | None
    retry_flow_run_id: str | None
    has_warnings: bool
    flow: dict[str, Any] | UnsetType = UNSET
    flow_version: dict[str, Any] | UnsetType = UNSET
    payload_size: int | UnsetType = UNSET
    retried_flow_run: dict[str, Any] | UnsetType | None = UNSET


class LogAttributes(msgspec.Struct, omit_defaults=True):
    """A line of a run's log."""

    created_at: str
    log_level: str
    log_message: str
    flow_step_id: str
    payload_metadata_id: str | UnsetType | None = UNSET
    flow_step: dict[str, Any] | UnsetType = UNSET
    flow_run_log_metadata: list[dict[str, Any]] | UnsetType = UNSET


class StepAttributes(msgspec.Struct, omit_defaults=True):
    """A step of a flow's version; ``children`` are there when a tree was asked for."""

    name: str
    shape: str
    flow_version_id: str
    parent_id: str | None
    children: list[dict[str, Any]] | UnsetType = UNSET


class PayloadAttributes(msgspec.Struct):
    """What is known of a payload that was kept. ``size`` is in bytes."""

    flow_run_id: str
    flow_step_id: str
    size: int
    content_type: str
    is_failed: bool
    created_at: str


class QueuedAttributes(msgspec.Struct, omit_defaults=True):
    """A job in the queue. ``status`` is ``buffered``, ``held`` or ``queued``."""

    flow_id: str
    flow_version_id: str
    flow_run_id: str
    status: str
    trigger: str
    priority: str
    attempts: int
    queued_at: str
    flow: dict[str, Any] | UnsetType = UNSET
    flow_version: dict[str, Any] | UnsetType = UNSET
    payload_metadata: list[dict[str, Any]] | UnsetType = UNSET


class WebhookAttributes(msgspec.Struct):
    """The address of a flow's webhook or callback, with its signature."""

    flow_id: str
    kind: str
    url: str


# --- what flows remember ------------------------------------------------------------------------


class PoolAttributes(msgspec.Struct):
    """A data pool."""

    name: str
    description: str
    created_at: str
    deduped_data_count: int


class SeenAttributes(msgspec.Struct):
    """A value that a pool has."""

    value: str
    entity_type_id: int
    created_at: str


class RowBody(msgspec.Struct):
    """One pair of a cross-reference."""

    left_value: str
    right_value: str


class TableAttributes(msgspec.Struct):
    """A cross-reference lookup with its rows."""

    name: str
    match_type: str
    rows: list[RowBody]


class TrackedAttributes(msgspec.Struct):
    """A tracked value; how often it was sent and received in the time that is kept."""

    flow_id: str
    flow_run_id: str
    step_id: str
    entity_type_id: int
    value: str
    direction: str
    success: bool
    sent_count: int
    received_count: int
    created_at: str


# --- starting -----------------------------------------------------------------------------------


class StartBody(msgspec.Struct):
    """The body of a start: the payload as text."""

    payload: str | None = None


class Begun(msgspec.Struct):
    """The run that was begun, under both names."""

    id: Id
    flow_run_id: Id


class Initialised(msgspec.Struct):
    """A flow was accepted; it has not run yet."""

    message: str
    data: Begun


class LoginBody(msgspec.Struct):
    """Who logs in."""

    email: str
    password: str


class LoginToken(msgspec.Struct):
    """A JWT and how many seconds it works."""

    token: str
    token_type: str
    expires_in: int


class UserAttributes(msgspec.Struct):
    """Who is logged in."""

    email: str
    company: str


class PoolBody(msgspec.Struct):
    """A data pool to be made."""

    name: Strict
    description: str = ""


class PoolPatch(msgspec.Struct):
    """What changes of a data pool."""

    name: Strict | UnsetType = UNSET
    description: str | UnsetType = UNSET


class TableBody(msgspec.Struct):
    """A cross-reference to be made."""

    name: Strict
    rows: list[RowBody] = []
    match_type: Annotated[str, Meta(pattern="^(exact|ignore_case)$")] = "exact"


class TablePatch(msgspec.Struct):
    """New rows of a cross-reference, in the place of the old ones."""

    rows: list[RowBody]
