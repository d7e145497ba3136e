"""Reads a saved history back, one record at a time, and digests its bytes on the way."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final

import msgspec

from peakproof.errors import UsageError
from peakproof.history.records import AnyRecord

FORMAT: Final = 1
"""The format of histories that this version writes and reads."""

_CHUNK: Final = 1 << 16


class Reader:
    """Iterates over the records of a history; afterwards ``digest`` is that of its recorder.

    ``name`` is how messages call the source. Lines end in ``\\n``; blank ones are passed over.
    """

    __slots__ = ("_digest", "_line", "_name", "_source")

    def __init__(self, source: IO[bytes], *, name: str = "history") -> None:
        self._source = source
        self._name = name
        self._digest = blake2b(digest_size=16)
        self._line = 0

    def __iter__(self) -> Iterator[AnyRecord]:
        """Every record, in order.

        Raises:
            UsageError: a line is no record; the message has its number.
        """
        decode = msgspec.json.Decoder(AnyRecord).decode
        rest = b""
        while chunk := self._source.read(_CHUNK):
            self._digest.update(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._line += 1
                if not line:
                    continue
                try:
                    yield decode(line)
                except msgspec.MsgspecError as error:
                    raise self._unreadable(str(error)) from None
        if rest.strip():
            self._line += 1
            raise self._unreadable("the file ends in the middle of a record")

    def digest(self) -> str:
        """Hexadecimal digest of the bytes read so far: the recorder's own, once all is read."""
        return self._digest.hexdigest()

    def _unreadable(self, why: str) -> UsageError:
        return UsageError(f"{self._name}:{self._line}: this is no record of a history: {why}")


def read_history(path: Path | str) -> Iterator[AnyRecord]:
    """The records of a history file.

    Raises:
        UsageError: the file is not there, cannot be read, or is no history.
    """
    try:
        with open(path, "rb") as source:
            yield from Reader(source, name=str(path))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
