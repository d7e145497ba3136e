"""The one door to identity: identifiers drawn from a seeded stream."""

from __future__ import annotations

from random import Random
from typing import Final

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_VARIANT: Final = "89ab"


class Ids:
    """Makes identifiers that repeat with the seed."""

    __slots__ = ("_draw",)

    def __init__(self, rng: Random) -> None:
        self._draw = rng.getrandbits

    def uuid(self) -> str:
        """A version-4 UUID in its usual text form."""
        bits = f"{self._draw(128):032x}"
        variant = _VARIANT[int(bits[16], 16) & 3]
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"

    def token(self, length: int = 24) -> str:
        """Letters and digits that are easy to read aloud (base 32), ``length`` of them."""
        bits = self._draw(5 * length)
        return "".join(_ALPHABET[(bits >> (5 * place)) & 31] for place in range(length))
