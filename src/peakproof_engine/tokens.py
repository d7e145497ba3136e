"""Who calls: a header that never changes, or a token that is fetched once for all callers."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from math import inf
from typing import Protocol

from peakproof_engine.clock import Clock
from peakproof_engine.errors import CallError, UnknownOutcome


class Auth(Protocol):
    """Where a call's ``authorization`` header comes from."""

    def header(self) -> str | None:
        """The header to send now; None when a token must be fetched first."""

    async def fetch(self) -> str:
        """Get a fresh header; callers at the same time share one fetch."""

    def spoil(self, header: str) -> bool:
        """The system refused this header; whether a fetch may bring a better one."""


class Fixed:
    """A header that never changes: Basic, or a token that was given for good."""

    __slots__ = ("_header",)

    def __init__(self, header: str) -> None:
        self._header = header

    def header(self) -> str:
        """See :meth:`Auth.header`."""
        return self._header

    async def fetch(self) -> str:
        """See :meth:`Auth.fetch`."""
        return self._header

    def spoil(self, header: str) -> bool:
        """See :meth:`Auth.spoil`."""
        return False


def basic(user: str, password: str) -> str:
    """The value of a Basic ``authorization`` header."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


class Token:
    """An OAuth access token that is fetched when it is needed, once for all who wait.

    ``ask`` makes the call: it gives the token and the seconds for which it is good. With
    ``renew`` off the first token is kept for good (the guard ``token_single_flight``). ``first``
    is a token that we have already, good until the system refuses it.
    """

    __slots__ = ("_ask", "_clock", "_flight", "_good_until_s", "_renew", "_value")

    def __init__(
        self,
        ask: Callable[[], Awaitable[tuple[str, float]]],
        clock: Clock,
        *,
        renew: bool,
        first: str = "",
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._renew = renew
        self._value = f"Bearer {first}" if first else ""
        self._good_until_s = inf if first else 0.0
        self._flight: asyncio.Future[str] | None = None

    def header(self) -> str | None:
        """See :meth:`Auth.header`."""
        if self._value and (self._clock.now() < self._good_until_s or not self._renew):
            return self._value
        return None

    def spoil(self, header: str) -> bool:
        """See :meth:`Auth.spoil`. A newer token than the refused one is kept."""
        if self._renew and header == self._value:
            self._value = ""
        return self._renew

    async def fetch(self) -> str:
        """See :meth:`Auth.fetch`."""
        flight = self._flight
        if flight is not None:
            return await asyncio.shield(flight)
        flight = self._flight = asyncio.get_running_loop().create_future()
        # Nobody may be waiting: then the outcome is looked at here alone.
        flight.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            token, life_s = await self._ask()
        except CallError as error:
            flight.set_exception(error)
            raise
        except BaseException:
            flight.set_exception(UnknownOutcome("token", "whoever fetched it was stopped"))
            raise
        finally:
            self._flight = None
        self._value = f"Bearer {token}"
        # A minute early (or a tenth of a short life), so that it does not run out on the way.
        self._good_until_s = self._clock.now() + life_s - min(60.0, life_s / 10)
        flight.set_result(self._value)
        return self._value
