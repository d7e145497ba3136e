"""How a shop's stock is written: by entries with versions, or by moves with references."""

from __future__ import annotations

from typing import Protocol

from peakproof_engine.systems.ports import Shown


class Entries(Protocol):
    """The stock of a shop as entries with versions: a write is made on the one that was read."""

    async def entry(self, entry: str) -> Shown:
        """One entry, by its id: never stale."""

    async def new_entry(self, sku: str, place: str) -> Shown:
        """An entry that shows nothing yet; the one that is there when there is one."""

    async def change(self, entry: str, version: int, units: int) -> Shown:
        """Change a figure by signed units if it has that version."""

    async def changes(self, entry: str, after_version: int) -> list[tuple[int, int]]:
        """What API calls did to an entry: (version, signed units), oldest first."""


class Moves(Protocol):
    """The stock of a shop without versions: each change carries a reference, to be found again."""

    def entry_of(self, sku: str, place: str) -> str:
        """The name of a figure, also of one that shows nothing yet."""

    async def move(self, reference: str, sku: str, place: str, units: int) -> Shown:
        """Change a figure by signed units. Said twice, it is done twice.

        Raises:
            Conflict: there are not so many to take; nothing was done.
        """

    async def moved(self, reference: str, sku: str, place: str, since_s: float) -> int | None:
        """Units that a change of that reference moved since a time, None when there is none."""
