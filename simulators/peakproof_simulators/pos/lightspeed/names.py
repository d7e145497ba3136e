"""Identifiers of the second face: version-4 UUIDs that stand for what the tills call otherwise."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, Literal

from peakproof.ids import uuid_text

Kind = Literal[
    "outlet", "register", "product", "variant", "sale", "line", "payment", "payment_type", "tax",
    "rate", "inventory", "consignment", "adjustment", "closure", "user", "retailer",
]  # fmt: skip


_LENGTH: Final = 36


class Names:
    """Turns the tills' own identifiers into UUIDs, and back. What is a UUID stays as it is.

    A UUID depends on the run's seed and on what it stands for, not on when it is asked for.
    """

    __slots__ = ("_back", "_salt", "_uuids")

    def __init__(self, salt: int) -> None:
        self._salt = salt.to_bytes(16, "big")
        self._uuids: dict[tuple[Kind, str], str] = {}
        self._back: dict[tuple[Kind, str], str] = {}

    def uuid(self, kind: Kind, id_: str) -> str:
        """The UUID of something."""
        found = self._uuids.get((kind, id_))
        if found is not None:
            return found
        if len(id_) == _LENGTH:
            made = id_
        else:
            digest = blake2b(f"{kind}\x1f{id_}".encode(), digest_size=16, key=self._salt).digest()
            made = uuid_text(int.from_bytes(digest, "big"))
        self._uuids[kind, id_] = made
        self._back[kind, made] = id_
        return made

    def meant(self, kind: Kind, uuid: str) -> str:
        """What a UUID stands for; itself when it is nobody's, nothing when it is no UUID."""
        found = self._back.get((kind, uuid))
        if found is not None:
            return found
        return uuid if len(uuid) == _LENGTH else ""
