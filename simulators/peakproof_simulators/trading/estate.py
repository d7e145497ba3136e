"""The estate as trading needs it: nodes with shelves, and the systems' own codes for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from peakproof.errors import ScenarioError
from peakproof.toml_file import explain, nearest


class Node(msgspec.Struct, frozen=True):
    """A building with a shelf; ``places`` is what each system calls it."""

    id: str
    kind: str = "warehouse"
    places: dict[str, str] = {}


class Channel(msgspec.Struct, frozen=True):
    """Something that sells; ``nodes`` are those whose shelves it may draw on."""

    id: str
    system: str
    nodes: tuple[str, ...]


class Estate(msgspec.Struct, frozen=True):
    """Nodes, channels and masters; what trading does not need is left unread."""

    nodes: tuple[Node, ...]
    channels: tuple[Channel, ...] = ()
    warehouse: str = ""
    masters: dict[str, str] = {}
    currency: str = "GBP"

    def node(self, node_id: str, *, field: str) -> Node:
        """The node of that id.

        Raises:
            ScenarioError: there is none; ``field`` is named in the message.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        ids = [node.id for node in self.nodes]
        raise ScenarioError(unknown(field, "node", node_id, ids))

    def places(self, system: str) -> list[tuple[str, list[Node]]]:
        """Each place code of a system with the nodes behind it, in the estate's order."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if system in node.places:
                found.setdefault(node.places[system], []).append(node)
        return list(found.items())


def unknown(field: str, what: str, name: str, choices: list[str]) -> str:
    """A message for a name that is not among the choices, with the nearest or all of them."""
    near = nearest(name, choices)
    hint = f"did you mean {near}?" if near else f"there are: {', '.join(choices) or 'none'}"
    return f"{field}: there is no {what} {name!r}; {hint}"


def read_estate(estate: Mapping[str, Any]) -> Estate:
    """The estate of a scenario.

    Raises:
        ScenarioError: it lacks what trading needs, or a channel names an unknown node.
    """
    try:
        read = msgspec.convert(estate, Estate)
    except msgspec.ValidationError as error:
        raise ScenarioError(explain(str(error), Estate, file="estate", text="")) from None
    for channel in read.channels:
        for node_id in channel.nodes:
            node = read.node(node_id, field=f"estate.channels {channel.id!r}")
            if channel.system not in node.places:
                raise ScenarioError(
                    f"estate.channels {channel.id!r}: node {node_id!r} has no place in "
                    f"{channel.system!r}; add it under its places"
                )
    return read
