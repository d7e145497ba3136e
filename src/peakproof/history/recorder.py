"""Writes a history: records become bytes at once, and a digest of all bytes is kept."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import IO, Any, Final

import msgspec

from peakproof.history.records import Record

_FLUSH_BYTES: Final = 1 << 16


class Recorder:
    """Appends records to a sink (or to memory) and digests them in the order they come.

    Once a record is written, first whoever ``hears`` of its type is told, then all ``listeners``.
    """

    __slots__ = ("_buffer", "_digest", "_encode_into", "_kept", "_sink", "hears", "listeners")

    def __init__(self, sink: IO[bytes] | None = None) -> None:
        self.hears: dict[type[Record], Callable[[Any], None]] = {}
        self.listeners: list[Callable[[Record], None]] = []
        self._sink = sink
        self._kept: list[bytes] = []
        self._buffer = bytearray()
        self._digest = blake2b(digest_size=16)
        self._encode_into = msgspec.json.Encoder().encode_into

    def write(self, record: Record) -> None:
        """Append one record."""
        buffer = self._buffer
        self._encode_into(record, buffer, -1)
        buffer += b"\n"
        if len(buffer) >= _FLUSH_BYTES:
            self.flush()
        heard = self.hears.get(type(record))
        if heard is not None:
            heard(record)
        for listener in self.listeners:
            listener(record)

    def flush(self) -> None:
        """Hand on what is buffered, whole lines only."""
        if not self._buffer:
            return
        chunk = bytes(self._buffer)
        self._digest.update(chunk)
        if self._sink is None:
            self._kept.append(chunk)
        else:
            self._sink.write(chunk)
        self._buffer.clear()

    def digest(self) -> str:
        """Hexadecimal digest of everything written so far."""
        self.flush()
        return self._digest.hexdigest()

    def contents(self) -> bytes:
        """All bytes, when the recorder keeps them in memory (it was given no sink)."""
        self.flush()
        return b"".join(self._kept)
