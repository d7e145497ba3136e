"""The estate compiled for looking things up: nodes as numbers, sets of nodes as bit masks."""

from __future__ import annotations

from typing import Final

from peakproof.judging.estate import Channel, Estate

SHELF: Final = 0
BENCH: Final = 1
VAN: Final = 2
CUSTOMER: Final = 3
LOST: Final = 4
ELSEWHERE: Final = 5

_KINDS: Final = {"shelf": SHELF, "bench": BENCH, "van": VAN, "customer": CUSTOMER, "lost": LOST}


class Atlas:
    """Where everything is: which nodes stand behind a stock cell, a channel, a ledger place."""

    __slots__ = ("_draws", "_nodes", "_where", "channels", "estate", "index", "masks", "tills")

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.index = {node.id: number for number, node in enumerate(estate.nodes)}
        self.masks = {
            system: {code: self.mask(nodes) for code, nodes in codes.items()}
            for system, codes in estate.places.items()
        }
        self.channels: list[tuple[Channel, int]] = [
            (channel, self.mask(channel.nodes)) for channel in estate.channels
        ]
        sales = estate.masters.sales
        self.tills = 0
        """The nodes with a till: what is carried away there is known once the till has told."""
        for channel, mask in self.channels:
            if channel.system == sales:
                self.tills |= mask
        self._where: dict[str, tuple[int, int]] = {}
        self._nodes: dict[tuple[str, str], int] = {}
        self._draws: dict[tuple[str, str], int] = {}

    def mask(self, nodes: tuple[str, ...]) -> int:
        """Node ids as a bit mask."""
        return sum(1 << number for number in {self.index[node]: None for node in nodes})

    def where(self, place: str) -> tuple[int, int]:
        """A ledger place as (what kind of place, node number or -1)."""
        found = self._where.get(place)
        if found is None:
            kind, _, node = place.partition(":")
            found = (_KINDS.get(kind, ELSEWHERE), self.index.get(node, -1))
            self._where[place] = found
        return found

    def cell(self, system: str, place: str) -> int:
        """The nodes behind a stock cell of a system, 0 when the estate does not know it."""
        return self.masks.get(system, {}).get(place, 0)

    def node(self, system: str, place: str) -> int:
        """The first node behind a place of a system, -1 when the estate does not know it."""
        found = self._nodes.get((system, place))
        if found is None:
            mask = self.cell(system, place)
            found = self._nodes[system, place] = (mask & -mask).bit_length() - 1
        return found

    def draws(self, system: str, place: str) -> int:
        """The nodes that a promise may be served from: its place's, else all of its channel's."""
        found = self._draws.get((system, place))
        if found is None:
            found = self.cell(system, place) or self.reach(system)
            self._draws[system, place] = found
        return found

    def reach(self, system: str) -> int:
        """The nodes that the channels of a system may draw on."""
        mask = 0
        for channel, nodes in self.channels:
            if channel.system == system:
                mask |= nodes
        return mask

    def apart(self, system: str) -> list[tuple[str, int]]:
        """The places that a system's channels sell from, when none overlaps another; else none."""
        reach = self.reach(system)
        codes = [(code, mask) for code, mask in self.masks[system].items() if mask & reach]
        union = 0
        for _, mask in codes:
            if mask & union:
                return []
            union |= mask
        return codes

    def channel(self, system: str, mask: int) -> Channel | None:
        """The channel of a system that sells from these nodes: the closest fit, else None."""
        best: Channel | None = None
        best_mask = 0
        for channel, nodes in self.channels:
            if channel.system != system or not nodes & mask:
                continue
            closer = best is None or (mask & ~best_mask and not mask & ~nodes)
            tighter = not mask & ~nodes and nodes.bit_count() < best_mask.bit_count()
            if closer or tighter:
                best, best_mask = channel, nodes
        return best
