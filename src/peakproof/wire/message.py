"""HTTP as data: what every way of carrying a call hands to the same handlers."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

import msgspec

_ASCII: Final = {text: chr(code) for code in range(128) for text in (f"{code:02X}", f"{code:02x}")}
"""What two hexadecimal digits after a percent sign mean, below 128."""
_USUAL: Final = (
    ("+", " "), ("%20", " "), ("%22", '"'), ("%28", "("), ("%29", ")"), ("%2C", ","), ("%3A", ":"),
    ("%3E", ">"),
)  # fmt: skip
"""Codes that fill the queries of who polls. What they mean ends no name and no value, and makes no
code with its neighbours, so a whole query can be rid of them before it is taken apart."""


class Request(msgspec.Struct, gc=False):
    """One HTTP request. ``path`` is as it came, percent-encoded; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""

    def parameters(self) -> list[tuple[str, str]]:
        """The query string as decoded pairs, in order, repeats and blanks kept."""
        query = self.query
        if not query:
            return []
        for code, letter in _USUAL:
            query = query.replace(code, letter)
        pairs = [pair.partition("=") for pair in query.split("&") if pair]
        if "%" not in query:
            return [(name, value) for name, _, value in pairs]
        return [
            (
                decoded(name) if "%" in name else name,
                decoded(value) if "%" in value else value,
            )
            for name, _, value in pairs
        ]


@lru_cache(maxsize=4096)
def decoded(text: str) -> str:
    """A name or a value of a form or a query, decoded: ``unquote_plus``, and faster for ASCII.

    Who polls says nearly the same each time.
    """
    if "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    first, *rest = text.split("%")
    parts = [first]
    for part in rest:
        letter = _ASCII.get(part[:2])
        if letter is None:
            return unquote_plus(text)
        parts.append(letter + part[2:])
    return "".join(parts)


class Response(msgspec.Struct, gc=False):
    """One HTTP response. Header names are lower case; the length is added by the carrier."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}
