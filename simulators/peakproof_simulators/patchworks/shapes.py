"""A flow as a document: its trigger, its shapes, its catch. What can be said, and nothing else.

Every shape may carry a ``guard``: it is taken out when that guard is switched off; and one that
says ``without`` is there only when that guard is off. So the place of a shape can be a guard too.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from peakproof_simulators.patchworks.values import Condition, Fields, Source

Direction = Literal["left_to_right", "right_to_left"]
NoMatch = Literal["null", "original", "fail"]


class Shape(
    msgspec.Struct, tag_field="shape", forbid_unknown_fields=True, frozen=True, kw_only=True
):
    """The root of all shapes. ``retries`` are the further tries after a failure."""

    name: str = ""
    guard: str = ""
    without: str = ""
    retries: Annotated[int, Meta(ge=0, le=3)] | None = None


class Pages(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How a pull goes from page to page.

    ``offset`` adds the page's size to ``parameter``, ``number`` adds 1 to it beginning at
    ``first``; a page with fewer rows than ``size`` is the last, for ``until`` = ``empty`` one
    without any. ``link`` follows the URL found at ``next``.
    """

    kind: Literal["offset", "number", "link"]
    parameter: str = ""
    first: int = 0
    size: Annotated[int, Meta(ge=1)] = 100
    size_parameter: str = ""
    until: Literal["short", "empty"] = "short"
    next: str = ""


class Reading(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One line of a response script: when it fits the answer, its code decides.

    The answer is seen as ``{"status", "body", "headers"}``. 0 goes on, 1 fails, 2 has the whole
    flow retried. What ``passes`` may be different the next time.
    """

    when: Condition
    response_code: Literal[0, 1, 2] = 1
    message: str = ""
    passes: bool = False


class Connector(Shape, tag="connector", frozen=True, kw_only=True):
    """Calls another system: one request for each payload, or one for all with ``batch``.

    A pull without ``into`` makes a payload of each page (of the rows at ``rows``, if given); with
    it the rows of all pages are put into the payload under that name. A push sends ``body`` (the
    payload unless said) and goes on with the ``answer``, the ``payload``, or the payload with the
    answer put ``into`` it.
    """

    connection: str
    path: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    direction: Literal["pull", "push"] = "pull"
    query: Fields = {}
    headers: dict[str, str] = {}
    body: Source | None = None
    batch: bool = False
    rows: str = ""
    pages: Pages | None = None
    into: str = ""
    output: Literal["answer", "payload"] = "answer"
    absent: bool = False
    """Whether 404 is an answer (of nothing) rather than a failure."""
    response: tuple[Reading, ...] = ()
    response_guard: str = ""
    """With this guard off nobody looks into the answers: every 2xx is a success."""
    timeout_s: Annotated[float, Meta(gt=0)] | None = None
    retries: Annotated[int, Meta(ge=0, le=2)] | None = None


class Map(Shape, tag="map", frozen=True, kw_only=True):
    """A new record out of each record; ``keep`` begins with a copy of the old one."""

    fields: Fields
    keep: bool = False


class Filter(Shape, tag="filter", frozen=True, kw_only=True):
    """Keeps the payloads, or with ``list`` the records of a list inside, that fit."""

    where: Condition
    list: str = ""


class Split(Shape, tag="split", frozen=True, kw_only=True):
    """Makes a payload of each record of a list; what was around it is in ``$meta.around``."""

    list: str = ""
    around: bool = False


class Batch(Shape, tag="flow_control", frozen=True, kw_only=True):
    """Cuts a list into payloads of at most ``size`` records."""

    size: Annotated[int, Meta(ge=1)]
    list: str = ""


class Route(Shape, tag="route", frozen=True, kw_only=True):
    """Sends each payload down the first branch whose condition holds; then all go on together."""

    routes: tuple[Branch, ...]
    otherwise: tuple[AnyShape, ...] = ()


class Branch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One way out of a route; ``ends`` keeps what went down it from going on."""

    where: Condition
    shapes: tuple[AnyShape, ...] = ()
    ends: bool = False


class DeDupe(Shape, tag="de_dupe", frozen=True, kw_only=True):
    """Drops what a pool has, notes what it has not, or both. Not atomic."""

    mode: Literal["filter", "track", "filter_and_track"]
    pool: str
    key: Source
    entity_type: int = 1
    list: str = ""


class Track(Shape, tag="track_data", frozen=True, kw_only=True):
    """Notes a value (at most 255 characters) of an entity that was sent or received."""

    value: Source
    entity_type: int = 1
    direction: Literal["Send", "Receive"] = "Send"
    success: bool = True


class Cache(Shape, tag="cache", frozen=True, kw_only=True):
    """Keeps payloads for a run, a flow or the company, and gives them back.

    ``add`` keeps one payload under a key (or what ``value`` gives), ``append`` adds to a list,
    ``save_all_pages`` keeps the whole bucket as one list, ``load`` gives what is kept: as the
    payload, or ``into`` it.
    """

    action: Literal["add", "load", "append", "save_all_pages"]
    key: str
    level: Literal["flow_run", "flow", "company"] = "flow_run"
    value: Source | None = None
    into: str = ""


class Lookup(Shape, tag="lookup", frozen=True, kw_only=True):
    """Puts the other side of a cross-reference at ``to``."""

    table: str
    value: Source
    to: str
    direction: Direction = "left_to_right"
    no_match: NoMatch | None = None


class Script(Shape, tag="script", frozen=True, kw_only=True):
    """Runs code that is registered under a name; ``arguments`` are its settings."""

    script: str
    arguments: dict[str, Any] = {}


class ManualPayload(Shape, tag="manual_payload", frozen=True, kw_only=True):
    """Puts a payload of its own in the place of the bucket."""

    payload: Any


class Notify(Shape, tag="notify", frozen=True, kw_only=True):
    """Tells somebody: a mail, and in a rehearsal the exception desk. Texts may have gaps."""

    key: str
    kind: str
    owner: str
    reason: str


class RunFlow(Shape, tag="run_flow", frozen=True, kw_only=True):
    """Starts another flow with each payload, through the queue."""

    flow: str


class Callback(Shape, tag="callback", frozen=True, kw_only=True):
    """Answers whoever waits for this run; the flow goes on."""

    status: Annotated[int, Meta(ge=200, le=599)] = 200
    body: Source | None = None


AnyShape = (
    Connector | Map | Filter | Split | Batch | Route | DeDupe | Track | Cache | Lookup | Script
    | ManualPayload | Notify | RunFlow | Callback
)  # fmt: skip


class Trigger(msgspec.Struct, tag_field="on", forbid_unknown_fields=True, frozen=True):
    """The root of all triggers."""


class Schedule(Trigger, tag="schedule", frozen=True):
    """Starts the flow every so many seconds, first ``first_s`` after it was enabled."""

    every_s: Annotated[float, Meta(gt=0)]
    first_s: Annotated[float, Meta(ge=0)] = 0.0
    cadence: str = ""
    """The name in the connector's ``cadence`` table that overrides ``every_s``."""


class Webhook(Trigger, tag="webhook", frozen=True):
    """Starts the flow when its address is called; what it answers can be customised."""

    path: str = ""
    """Under which path of the connector's hooks it is reached, beside the vendor's address."""
    status: Annotated[int, Meta(ge=200, le=599)] = 200
    body: str = '{"message":"Flow initialised."}'
    content_type: str = "application/json"


class CallbackTrigger(Trigger, tag="callback", frozen=True):
    """Starts the flow at once for a caller who waits for the answer."""


class ByCall(Trigger, tag="api", frozen=True):
    """Started by the Start API or by another flow only."""


class Event(Trigger, tag="event", frozen=True):
    """Starts the flow when an event of that name is announced."""

    event: str


AnyTrigger = Schedule | Webhook | CallbackTrigger | ByCall | Event


class Catch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where failing payloads go, and how a run ends that had some.

    With its ``guard`` off there is none: the first payload that fails ends the run.
    """

    guard: str = ""
    shapes: tuple[AnyShape, ...] = ()
    finally_: Literal["success", "partial_success", "failure"] = msgspec.field(
        default="partial_success", name="finally"
    )


class Flow(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One flow. ``plays`` names the connector's flows that it makes whole; ``priority_guard`` is
    the guard that its priority is: with that one off it is a flow like any other.
    """

    name: str
    trigger: AnyTrigger
    shapes: tuple[AnyShape, ...]
    about: str = ""
    status: Literal["draft", "inactive", "deployed"] = "deployed"
    priority: Literal["highest", "high", "regular", "low", "lowest"] = "regular"
    priority_guard: str = ""
    plays: tuple[str, ...] = ()
    catch: Catch | None = None


class Auth(msgspec.Struct, tag_field="kind", forbid_unknown_fields=True, frozen=True):
    """The root of the ways to log in; texts may have gaps such as ``{$connection.user}``."""


class Basic(Auth, tag="basic", frozen=True):
    """A user and a password."""

    user: str
    password: str


class ClientCredentials(Auth, tag="oauth2", frozen=True):
    """OAuth 2 client credentials; a token is asked for again when a call is answered 401."""

    token_path: str
    client_id: str = "{$connection.client_id}"
    client_secret: str = "{$connection.client_secret}"
    scope: str = ""
    renewal_guard: str = ""
    """With this guard off a token is asked for once, and used for ever."""
    renews: bool = True


class Header(Auth, tag="header", frozen=True):
    """A fixed header."""

    header: str
    value: str


class Connection(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A connector instance: a system, how to log in, how fast it may be called."""

    name: str
    system: str
    url: str = "{$connection.url}"
    auth: Basic | ClientCredentials | Header | None = None
    headers: dict[str, str] = {}
    per_minute: Annotated[int, Meta(ge=0)] = 0
    """Requests a minute; what is more waits. 0: no limit."""
    at_once: Annotated[int, Meta(ge=0)] = 0
    """Requests at a time (the connection pool); 0: no limit."""


class Pool(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A data pool for de-duplication."""

    name: str
    description: str = ""


class Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One pair of a cross-reference."""

    left_value: str
    right_value: str


class Table(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A cross-reference. With ``places`` = ``[left, right]`` its rows come from the connector's
    nodes: the words that two systems have for the same place."""

    name: str
    rows: tuple[Row, ...] = ()
    match: Literal["exact", "ignore_case"] = "exact"
    places: tuple[str, str] | None = None


class FlowSet(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A whole integration: what it connects, what it remembers, what it does."""

    connections: tuple[Connection, ...] = ()
    pools: tuple[Pool, ...] = ()
    tables: tuple[Table, ...] = ()
    guards: dict[str, str] = {}
    """What each guard sees to, in a sentence."""
    flows: tuple[Flow, ...] = ()
