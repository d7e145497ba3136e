"""The one door to chance: named streams drawn from a run's seed.

Each stream is its own generator, so that drawing more from one leaves the others as they were:
a fault more does not change who shops.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from math import cos, log, sin, sqrt, tau
from random import Random


def derive(seed: int, *names: str | int) -> int:
    """A 64-bit number that depends on the seed and the names alone, in every process."""
    text = "\x1f".join((str(seed), *map(str, names)))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Streams:
    """Hands out generators by name: ``streams.get("weather", "deposco")``."""

    __slots__ = ("_normals", "_open", "seed")

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._open: dict[tuple[str | int, ...], Random] = {}
        self._normals: dict[tuple[str | int, ...], Iterator[float]] = {}

    def get(self, *names: str | int) -> Random:
        """The generator of that name; the same object each time it is asked for."""
        found = self._open.get(names)
        if found is None:
            found = self._open[names] = Random(derive(self.seed, *names))
        return found

    def normals(self, *names: str | int) -> Iterator[float]:
        """Standard normal numbers without end, drawn from the generator of that name."""
        found = self._normals.get(names)
        if found is None:
            found = self._normals[names] = _normals(self.get(*names))
        return found


def _normals(rng: Random) -> Iterator[float]:
    """What ``rng.gauss()`` gives, number for number (Box and Muller), at half of its cost."""
    random = rng.random
    while True:
        angle = random() * tau
        radius = sqrt(-2.0 * log(1.0 - random()))
        yield cos(angle) * radius
        yield sin(angle) * radius
