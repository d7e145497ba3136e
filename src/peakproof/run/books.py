"""The books of finance: whatever batches a connector posts are taken down, and judged later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from peakproof.history.records import Batch, Booked

if TYPE_CHECKING:
    from peakproof.world import World


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: what it is about, on which account, gross and the tax in it."""

    ref: str
    kind: str
    account: str
    amount_minor: int
    tax_minor: int
    currency: str


class Posting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch for a period, complete: it is closed once it is taken."""

    batch: str
    period: str
    entries: tuple[Entry, ...]


class Books:
    """Takes batches. One that comes again as it was is the same one; its number is no other's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closed: dict[str, bytes] = {}

    def take(self, posting: Posting) -> bool:
        """Close a batch; False when its number is closed with other entries: nothing is entered."""
        world, said = self._world, msgspec.json.encode(posting)
        before = self._closed.get(posting.batch)
        if before == said:
            return True
        world.emit(Batch(world.t, posting.batch, posting.period, len(posting.entries)))
        if before is not None:
            return False
        self._closed[posting.batch] = said
        for entry in posting.entries:
            world.emit(
                Booked(
                    world.t, posting.batch, entry.ref, entry.kind, entry.account,
                    entry.amount_minor, entry.tax_minor, entry.currency,
                )
            )  # fmt: skip
        return True
