"""Cursors: where a list was left, and of which query it was."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from typing import TypeVar
from zlib import crc32

import msgspec

from peakproof_simulators.pos.square.errors import refusal

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


def signature(*query: object) -> int:
    """A number that stands for a query: a cursor only goes on with the query that it is of."""
    return crc32(_encode(query))


def opened(cursor: str | None, query: int) -> list[int] | None:
    """The place that a cursor names, None without a cursor.

    Raises:
        VendorError: it is no cursor, or one of another query.
    """
    if not cursor:
        return None
    try:
        sum_, *place = (
            int(part) for part in urlsafe_b64decode(cursor.encode() + b"==").decode().split(".")
        )
    except (ValueError, NotBase64) as error:
        raise refusal("INVALID_CURSOR", "The cursor is not valid.", "cursor") from error
    if sum_ != query or not place:
        raise refusal("INVALID_CURSOR", "The cursor belongs to another query.", "cursor")
    return place


def closed(query: int, *place: int) -> str:
    """A cursor that names a place."""
    text = ".".join(str(part) for part in (query, *place))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def page(found: Iterable[tuple[int, T]], limit: int, query: int) -> tuple[list[T], str | None]:
    """The first ``limit`` of (place, entry), and the cursor of what follows."""
    entries: list[T] = []
    last = 0
    for place, entry in found:
        if len(entries) == limit:
            return entries, closed(query, last)
        entries.append(entry)
        last = place
    return entries, None
