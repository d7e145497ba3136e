"""HTTP as data: what every way of carrying a call hands to the same handlers."""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec


class Request(msgspec.Struct, gc=False):
    """One HTTP request. ``path`` is as it came, percent-encoded; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""

    def parameters(self) -> list[tuple[str, str]]:
        """The query string as decoded pairs, in order, repeats and blanks kept."""
        return parse_qsl(self.query, keep_blank_values=True) if self.query else []


class Response(msgspec.Struct, gc=False):
    """One HTTP response. Header names are lower case; the length is added by the carrier."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}
