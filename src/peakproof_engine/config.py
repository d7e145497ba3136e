"""What the engine is told: which systems, which nodes, who masters what, how careful to be.

The same document comes from a TOML file (the engine as a process of its own) or as a dictionary
(in a rehearsal). Times end in ``_s`` and are seconds; units are whole units of a SKU.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from peakproof_engine.config_text import explained, located
from peakproof_engine.errors import ConfigError
from peakproof_engine.guards import Guards
from peakproof_engine.systems.access import (
    ENTRY_WITHOUT_PLACE,
    INTEGRATIONS,
    PARTS,
    Integration,
    Masters,
    System,
    Systems,
    Text,
    plays,
)

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Units = Annotated[int, msgspec.Meta(ge=0)]


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place with shelves. ``places`` is its code in each system ("" or absent: not there).

    ``hold_back`` replaces the policy's for this node.
    """

    id: Text
    kind: Literal["warehouse", "store"]
    places: dict[System, str]
    hold_back: Units | None = None


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somewhere that sells: a web shop over several nodes, or the tills of one store.

    A ``pooled`` shop sells what its nodes have together, and says of no order where the goods are
    to come from.
    """

    id: Text
    system: System
    nodes: tuple[str, ...]
    pooled: bool = False


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How careful to be.

    ``settle_s`` is how far behind its writes a query of any system may be; ``lag_s`` how long a
    storefront's order may take to show in its stock entry; ``late_s`` how long a call that
    timed out may still arrive. ``payment_limit_s`` is when an unpaid order is raised,
    ``failed_limit_s`` how long one whose payment failed keeps its units. Orders are raised that
    the warehouse has not shipped after ``unshipped_limit_s``, or has had on back order for
    ``back_order_limit_s``. ``rebalance_s`` is the least time between two moves of shares of one
    SKU at one node. An order is ``validated`` when it is authorised and the shop has looked it
    through. With ``complete_orders`` a shipped order's state is set to complete as well.
    """

    stock: Literal["allocation", "mirror"] = "allocation"
    hold_back: Units = 0
    hold_backs: dict[str, Units] = {}
    release_on: Literal["captured", "authorised", "validated"] = "captured"
    settle_s: Seconds = 15.0
    lag_s: Seconds = 12.0
    late_s: Seconds = 60.0
    payment_limit_s: Seconds = 3600.0
    failed_limit_s: Seconds = 60.0
    unshipped_limit_s: Seconds = 86400.0
    back_order_limit_s: Seconds = 120.0
    rebalance_s: Seconds = 60.0
    demand_half_life_s: Seconds = 1800.0
    complete_orders: bool = False


class Cadence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds between two rounds of each sweep; notices come in between.

    ``snapshot_s`` compares the figures that changed, ``full_s`` all of them. ``overlap_s`` is how
    far a sweep reaches back before the one before it.
    """

    stock_s: Seconds = 30.0
    snapshot_s: Seconds = 300.0
    full_s: Seconds = 3600.0
    orders_s: Seconds = 30.0
    shipments_s: Seconds = 60.0
    sales_s: Seconds = 30.0
    counts_s: Seconds = 60.0
    items_s: Seconds = 60.0
    books_s: Seconds = 120.0
    overlap_s: Seconds = 60.0


class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How calls are made: time-out, back-off between attempts, calls at the same time."""

    timeout_s: Seconds = 10.0
    backoff_s: Seconds = 1.0
    backoff_cap_s: Seconds = 60.0
    workers: Annotated[int, msgspec.Meta(ge=1)] = 16


class GuardSwitches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Protections to leave off, by name; for showing what each is for."""

    off: tuple[str, ...] = ()


class StoreAt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the engine keeps what it must not lose: a file, or ``:memory:``."""

    path: Text = ":memory:"


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where exceptions are reported: POST of a JSON object; "" only logs them."""

    url: str = ""


class Books(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where batches of finance are posted; "": whoever runs the engine takes them."""

    url: str = ""


class Hooks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``url`` is what systems are told to call; ``listen`` is ``host:port`` to bind to."""

    url: str = ""
    listen: str = ""


class Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How fast time goes for the engine as a process. Only a rehearsal says so.

    ``rate`` seconds pass for the engine in one of the machine's, so that every time here, and
    every time-out inside, is in run time. ``since_s`` (seconds since 1970; 0: the start of the
    process) is when the two clocks read the same.
    """

    rate: Annotated[float, msgspec.Meta(ge=1)] = 1.0
    since_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole document."""

    integration: Integration
    systems: Systems
    nodes: tuple[Node, ...]
    channels: tuple[Channel, ...]
    masters: Masters = Masters()
    policy: Policy = Policy()
    cadence: Cadence = Cadence()
    wire: Wire = Wire()
    budget: dict[System, Annotated[float, msgspec.Meta(gt=0)]] = {}
    guards: GuardSwitches = GuardSwitches()
    store: StoreAt = StoreAt()
    desk: Desk = Desk()
    hooks: Hooks = Hooks()
    books: Books = Books()
    accounts: dict[str, str] = {}
    clock: Pace = Pace()


def from_document(document: Mapping[str, Any], *, file: str = "config", text: str = "") -> Config:
    """Check a document and turn it into a configuration.

    Raises:
        ConfigError: a field is unknown, missing, of the wrong type or contradicts another.
    """
    try:
        config = msgspec.convert(document, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(explained(str(error), file=file, text=text)) from None
    for field, problem in _contradictions(config):
        raise ConfigError(f"{located(file, text, field.split('.'))}: {field}: {problem}")
    return config


def from_file(path: str) -> Config:
    """Read a configuration from a TOML file.

    Raises:
        ConfigError: the file cannot be read, is no TOML, or says something wrong.
    """
    try:
        with open(path, encoding="utf-8") as opened:
            text = opened.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this is not valid TOML: {error}") from None
    return from_document(document, file=path, text=text)


def _contradictions(config: Config) -> list[tuple[str, str]]:
    """What no single field shows to be wrong: (field, sentence)."""
    found: list[tuple[str, str]] = []
    if not config.nodes:
        found.append(("nodes", "expected at least one node"))
    found += _master_problems(config)
    found += _place_problems(config)
    nodes = {node.id: node for node in config.nodes}
    ids: dict[str, int] = {}
    for at, channel in enumerate(config.channels):
        if ids.setdefault(channel.id, at) != at:
            found.append((f"channels.{at}.id", f"there are two channels {channel.id!r}"))
        found += _channel_problems(config, at, channel, nodes)
    found += _seller_problems(config)
    try:
        Guards(config.guards.off)
    except ConfigError as error:
        found.append(("guards.off", str(error).partition(": ")[2]))
    return found


def _master_problems(config: Config) -> list[tuple[str, str]]:
    """A master must be there, and there must be an adapter with which it can be one."""
    found: list[tuple[str, str]] = []
    for record, system in msgspec.structs.asdict(config.masters).items():
        able = [name for name, parts in PARTS.items() if record in parts]
        if system and system not in able:
            told = " or ".join(able)
            found.append((f"masters.{record}", f"{system} cannot master {record} here; {told} can"))
        elif record in ("stock", "fulfilment", "orders") and _missing(config, system):
            found.append((f"systems.{system}", f"expected, not there: it masters {record}"))
    for system in INTEGRATIONS[config.integration]:
        if _missing(config, system):
            told = f"expected: the integration {config.integration} has it"
            found.append((f"systems.{system}", told))
    return found


def _missing(config: Config, system: str) -> bool:
    return getattr(config.systems, system) is None


def _place_problems(config: Config) -> list[tuple[str, str]]:
    """Two nodes of a name, or one place that would stand for two nodes."""
    found: list[tuple[str, str]] = []
    nodes = {node.id: node for node in config.nodes}
    # "" means: not there; but a shop may sell from its entry without a place, and that is one.
    bare = {
        channel.system
        for channel in config.channels
        for name in channel.nodes
        if channel.system in ENTRY_WITHOUT_PLACE
        and name in nodes
        and nodes[name].places.get(channel.system) == ""
    }
    seen: dict[tuple[str, str], str] = {}
    named: dict[str, int] = {}
    for at, node in enumerate(config.nodes):
        if named.setdefault(node.id, at) != at:
            found.append((f"nodes.{at}.id", f"there are two nodes {node.id!r}"))
        for system, place in node.places.items():
            real = place or system in bare
            other = seen.setdefault((system, place), node.id) if real else node.id
            if other != node.id:
                field = f"nodes.{at}.places.{system}"
                told = f"{place!r} already stands for node {other}; one place, one node"
                found.append((field, told))
    return found


def _seller_problems(config: Config) -> list[tuple[str, str]]:
    """There is one shop, and the tills of each store are one channel.

    A shop may be several channels, such as its markets: those at a node share one figure.
    """
    found: list[tuple[str, str]] = []
    owners: dict[tuple[str, str], str] = {}
    shop = ""
    for at, channel in enumerate(config.channels):
        if plays(channel.system, "orders"):
            if shop not in ("", channel.system):
                found.append((f"channels.{at}.system", f"{shop} is the shop; there is one"))
            shop = shop or channel.system
        if plays(channel.system, "sales") and len(channel.nodes) > 1:
            found.append((f"channels.{at}.nodes", "expected one node: the tills of one store"))
        sells = channel.id if plays(channel.system, "orders") else channel.system
        for node in channel.nodes:
            owner = owners.get((sells, node))
            if owner is not None:
                found.append((f"channels.{at}.nodes", f"{owner} sells from {node!r} already"))
            owners[sells, node] = channel.id
    return found


def _channel_problems(
    config: Config, at: int, channel: Channel, nodes: Mapping[str, Node]
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    field = f"channels.{at}"
    if not (plays(channel.system, "orders") or plays(channel.system, "sales")):
        role = "the stock master" if channel.system == config.masters.stock else "no channel"
        found.append((f"{field}.system", f"{channel.system} is {role} and sells nothing"))
    elif _missing(config, channel.system):
        found.append((f"{field}.system", f"systems.{channel.system} is not configured"))
    if not channel.nodes:
        found.append((f"{field}.nodes", "expected at least one node"))
    for name in channel.nodes:
        node = nodes.get(name)
        if node is None:
            found.append((f"{field}.nodes", f"there is no node {name!r}"))
            continue
        for system in dict.fromkeys((channel.system, config.masters.stock)):
            # A shop may sell from the entry without a place: an empty one.
            bare = system in ENTRY_WITHOUT_PLACE
            if system not in node.places or not (bare or node.places[system]):
                found.append((f"{field}.nodes", f"node {name!r} has no place in {system}"))
    return found
