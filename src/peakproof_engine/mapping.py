"""Which node is which place in which system, and what the vendors allow in a field: pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from operator import le
from typing import Final

from msgspec.structs import astuple

from peakproof_engine.config import Channel, Config, Node
from peakproof_engine.model import Contact, OrderLine, Work
from peakproof_engine.systems.access import plays


class Places:
    """The one-to-one map between nodes and the systems' own place codes. Nothing is guessed."""

    __slots__ = ("_guess", "_node_at", "_place_of")

    def __init__(self, nodes: Iterable[Node], *, alike: str = "") -> None:
        """With ``alike`` that system's codes are taken to be good in every other one, too.

        What is on no map is then taken for the first node.
        """
        nodes = list(nodes)
        self._guess = nodes[0].id if alike and nodes else ""
        self._place_of: dict[str, dict[str, str]] = {}
        self._node_at: dict[str, dict[str, str]] = {}
        for node in nodes:
            places = self._place_of[node.id] = {}
            codes: dict[str, str] = dict(node.places.items())
            for system, own in codes.items():
                place = places[system] = codes.get(alike, own) if own else own
                self._node_at.setdefault(system, {})[place] = node.id

    def node(self, system: str, place: str) -> str:
        """The node of a place, "" when none is mapped to it."""
        return self._node_at.get(system, {}).get(place, self._guess)

    def place(self, node: str, system: str) -> str:
        """The place of a node in a system.

        Raises:
            KeyError: the node is not in that system.
        """
        return self._place_of[node][system]

    def places(self, system: str, nodes: Iterable[str]) -> list[str]:
        """The places of some nodes in a system."""
        return [self._place_of[node][system] for node in nodes]


def channels_by_node(config: Config) -> dict[str, list[tuple[str, str]]]:
    """Whom to offer what at each node: (channel id, system), in the order of the configuration.

    A channel of the stock master's own sells what the master has: it is not offered a share.
    Channels of one system sell from one figure at a node, so they have one share together: the
    first one's.
    """
    found: dict[str, list[tuple[str, str]]] = {node.id: [] for node in config.nodes}
    for channel in config.channels:
        if channel.system == config.masters.stock:
            continue
        for node in channel.nodes:
            if all(system != channel.system for _, system in found[node]):
                found[node].append((channel.id, channel.system))
    return found


def till_channels(config: Config) -> dict[str, Channel]:
    """The tills' channel of each store node."""
    return {
        node: channel
        for channel in config.channels
        if plays(channel.system, "sales")
        for node in channel.nodes
    }


def web_channel(config: Config) -> Channel | None:
    """The channel that sells through a shop."""
    for channel in config.channels:
        if plays(channel.system, "orders"):
            return channel
    return None


def split_by_node(number: str, lines: Iterable[OrderLine]) -> list[Work]:
    """One piece of work for each node of an order; a single one carries the order's number."""
    by_node: dict[str, list[str]] = {}
    for line in lines:
        by_node.setdefault(line.node, []).append(line.line)
    if len(by_node) == 1:
        return [Work(number, node, lines=ids) for node, ids in by_node.items()]
    return [Work(f"{number}-{node}", node, lines=ids) for node, ids in by_node.items()]


FIELD_LIMITS: Final[dict[str, int]] = {
    "name": 60, "street": 64, "more": 64, "city": 30, "region": 100, "postal_code": 20,
    "country": 100, "phone": 30, "email": 50,
}  # fmt: skip
"""The warehouse's longest values; real customers exceed several of them."""
_IN_ORDER: Final = tuple(FIELD_LIMITS[field] for field in Contact.__struct_fields__)


def fitted(contact: Contact) -> Contact:
    """A contact cut to what the warehouse takes; an e-mail that is too long is left out."""
    if all(map(le, map(len, astuple(contact)), _IN_ORDER)):
        return contact
    values: dict[str, str] = {}
    for field, limit in FIELD_LIMITS.items():
        text = getattr(contact, field)
        if field == "email":
            values[field] = text if len(text) <= limit else ""
        else:
            values[field] = text[:limit]
    return Contact(**values)
