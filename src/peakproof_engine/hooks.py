"""Notices of all systems come in here; each finds its flow by what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from peakproof_engine.errors import CallError
from peakproof_engine.systems.parts import Parts, UnsignedError

Taker = Callable[[Any], Awaitable[None] | None]


class Hooks:
    """Answers a notice with an HTTP status: 200 once it is stored, 503 to have it sent again.

    ``systems`` are known by the last part of the path, ``takers`` by what kind of news they take.
    """

    def __init__(self, systems: Mapping[str, Parts], takers: Mapping[type, Taker]) -> None:
        self._systems = systems
        self._takers = takers
        self.is_open = False
        """Notices are taken once the engine knows places, items and books."""

    async def take(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take one notice."""
        if method != "POST":
            return 405
        parts = self._systems.get(path.partition("?")[0].rstrip("/").rpartition("/")[2])
        if parts is None:
            return 404
        try:
            found = parts.read(headers, body)
            if parts.probed and not found:
                return 200
            if not self.is_open:
                return 503
            for news in found:
                taken = self._takers[type(news)](news)
                if taken is not None:
                    await taken
        except UnsignedError:
            return 401
        except (ValueError, RecursionError):
            return 400
        except CallError:
            return 503
        return 200
