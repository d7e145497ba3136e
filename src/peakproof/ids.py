"""The one door to identity: identifiers drawn from a seeded stream."""

from __future__ import annotations

from random import Random
from typing import Final

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CHANCE: Final = (1 << 128) - 1 & ~(0xF << 76 | 0xC << 60)
_MARKS: Final = 0x4 << 76 | 0x8 << 60
"""Version 4 and the variant, where RFC 9562 wants them; everything else is drawn."""


def uuid_text(drawn: int) -> str:
    """The version-4 UUID of 128 drawn bits."""
    digits = f"{drawn & _CHANCE | _MARKS:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Ids:
    """Makes identifiers that repeat with the seed."""

    __slots__ = ("_draw",)

    def __init__(self, rng: Random) -> None:
        self._draw = rng.getrandbits

    def uuid(self) -> str:
        """A version-4 UUID in its usual text form."""
        return uuid_text(self._draw(128))

    def draw(self) -> int:
        """What :func:`uuid_text` makes a UUID of, for who may never need the text."""
        return self._draw(128)

    def token(self, length: int = 24) -> str:
        """Letters and digits that are easy to read aloud (base 32), ``length`` of them."""
        bits = self._draw(5 * length)
        return "".join(_ALPHABET[(bits >> (5 * place)) & 31] for place in range(length))
