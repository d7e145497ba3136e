"""What a reference or a key may name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_MOST_TOKENS: Final = 12
_KINDS: Final = frozenset({"order", "work", "stock", "item", "sale"})


def names_in(text: str) -> Iterator[str]:
    """The text, then every run of whole tokens in it, the longest first."""
    yield text
    spans = [match.span() for match in _TOKEN.finditer(text)][:_MOST_TOKENS]
    for length in range(len(spans), 0, -1):
        for first in range(len(spans) - length + 1):
            yield text[spans[first][0] : spans[first + length - 1][1]]


def topics(key: str) -> tuple[str, ...]:
    """What a key may name: itself, without its kind, and a stock cell's SKU.

    ``stock:SKU-1@W1`` names ``stock:SKU-1@W1``, ``SKU-1@W1`` and ``SKU-1``.
    """
    kind, sign, name = key.partition(":")
    if not sign or kind not in _KINDS:
        name = key
    sku, at, _ = name.rpartition("@")
    found = dict.fromkeys((key, name, sku if at else name))
    return tuple(topic for topic in found if topic)
