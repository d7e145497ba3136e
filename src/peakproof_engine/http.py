"""The line to one system: budget, token, time-outs, back-off, and what an answer means.

``Send`` is the only thing that carries bytes; a rehearsal brings its own, the process of its own
uses :mod:`peakproof_engine.httpx_send`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import msgspec

from peakproof_engine.budget import Budget
from peakproof_engine.clock import Clock, seconds
from peakproof_engine.config import Wire
from peakproof_engine.errors import (
    CallError,
    Failed,
    NotNow,
    Refused,
    TimedOut,
    UnknownOutcome,
)
from peakproof_engine.guards import Guards
from peakproof_engine.tokens import Auth

Headers = dict[str, str]
Send = Callable[[str, str, Headers, bytes, float], Awaitable[tuple[int, Headers, bytes]]]
"""``send(method, url, headers, body, timeout_s)`` gives status, headers (names in lower case)
and body; raises ``TimeoutError``, or ``ConnectionError`` when no whole answer came."""

T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A whole answer: a 2xx, or a 4xx that the caller must judge."""

    status: int
    headers: Headers
    body: bytes

    def read(self, decoder: msgspec.json.Decoder[T], what: str) -> T:
        """The body as JSON; a page or half a body says nothing about the outcome.

        Raises:
            UnknownOutcome: the body is not what was expected.
        """
        try:
            return decoder.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnknownOutcome(what, f"{self.status} with an unreadable body: {error}") from None


AWAY_AFTER: Final = 5
"""So many calls in a row without an answer, and the system counts as away."""
AWAY_CAP_S: Final = 15.0
_LONGEST_WAIT_S: Final = 3600.0
_LOCKED_OUT_S: Final = 30.0
_RANK_STAGGER_S: Final = 0.05


class Line:
    """All calls to one system go through here; it knows when the system wants to be left alone."""

    __slots__ = ("_away_until_s", "_budget", "_clock", "_faults", "_guards", "_probing", "_send",
                 "_wait_until_s", "calls", "name", "timeout_s", "url")  # fmt: skip

    def __init__(
        self,
        name: str,
        url: str,
        *,
        send: Send,
        clock: Clock,
        guards: Guards,
        wire: Wire,
        per_s: float | None = None,
    ) -> None:
        self.name = name
        self.url = url.rstrip("/")
        self.timeout_s = wire.timeout_s
        self.calls = 0
        self._send = send
        self._clock = clock
        self._guards = guards
        self._budget = Budget(per_s, clock, by_rank=guards.stock_first)
        self._wait_until_s = 0.0
        self._away_until_s = 0.0
        self._faults = 0
        self._probing = False

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        rank: int,
        auth: Auth | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a call; a 401 is answered once with a fresh token.

        Raises:
            NotNow: the system asked to wait, is away or takes no token; nothing was done.
            Failed: no connection was made; nothing was done.
            UnknownOutcome: no whole answer came, or a 5xx.
            Refused: the system does not accept our token, and there is no way to a better one.
        """
        for _ in range(2):
            bearer = None
            sent = {"accept": "application/json"} if headers is None else dict(headers)
            if auth is not None:
                bearer = auth.header() or await auth.fetch()
                sent["authorization"] = bearer
            if body:
                sent.setdefault("content-type", "application/json")
            # Each coroutine on the way is resumed at every wait: what nearly every call does is
            # written out here.
            if self._faults or self._wait_until_s:
                self._check_open(method, path, rank)
            budget = self._budget
            if budget.per_s is not None:
                await budget.take(rank)
                self._check_open(method, path, rank)
            self.calls += 1
            probe = self._faults >= AWAY_AFTER
            if probe:
                self._probing = True
            try:
                status, told, content = await self._send(
                    method, self.url + path, sent, body, self.timeout_s
                )
            except OSError as error:
                raise self._lost(method, path, error) from None
            finally:
                if probe:
                    self._probing = False
            if status == 429 or status >= 500:
                self._turned_away(self._what(method, path), status, told, rank)
            self._faults = 0
            budget.passed()
            if status != 401 or auth is None or bearer is None:
                return Answer(status, told, content)
            if not auth.spoil(bearer):
                what = self._what(method, path)
                raise Refused(what, "the system does not accept our credentials", status=401)
        # Somebody has to mend the credentials; until then the work waits.
        what = self._what(method, path)
        raise NotNow(what, "the system accepts no token of ours", delay_s=_LOCKED_OUT_S)

    def _what(self, method: str, path: str) -> str:
        return f"{self.name} {method} {path.partition('?')[0]}"

    def _lost(self, method: str, path: str, error: OSError) -> CallError:
        """What it means that no whole answer came."""
        self._fault()
        what = self._what(method, path)
        if isinstance(error, ConnectionRefusedError):
            return Failed(what, f"no connection: {error}")
        if not isinstance(error, TimeoutError):
            return UnknownOutcome(what, f"no whole answer: {error}")
        why = f"timed out: {error}"
        known = not self._guards.timeout_is_unknown
        return Failed(what, why) if known else TimedOut(what, why)

    def _check_open(self, method: str, path: str, rank: int) -> None:
        now = self._clock.now()
        if now < self._wait_until_s:
            wait_s = self._wait_until_s - now
            raise self._not_now(self._what(method, path), "asked to wait", wait_s, rank)
        if self._faults >= AWAY_AFTER:
            if now < self._away_until_s:
                wait_s = self._away_until_s - now
                raise self._not_now(self._what(method, path), "is away", wait_s, rank)
            if self._probing:
                raise self._not_now(self._what(method, path), "is being tried", 0.5, rank)

    def _not_now(self, what: str, why: str, delay_s: float, rank: int) -> NotNow:
        # Those who wait come back by rank, so that stock is first after an outage too.
        stagger_s = rank * _RANK_STAGGER_S if self._guards.stock_first else 0.0
        return NotNow(what, why, delay_s=delay_s + stagger_s)

    def _fault(self) -> None:
        self._faults += 1
        over = self._faults - AWAY_AFTER
        if over >= 0:
            pause_s = AWAY_CAP_S if over > 5 else min(AWAY_CAP_S, float(1 << over))
            self._away_until_s = self._clock.now() + pause_s

    def _turned_away(self, what: str, status: int, headers: Headers, rank: int) -> None:
        told_s = wait_told(headers, self._clock.wall())
        if status == 429:
            if not self._guards.retry_after:
                raise Refused(what, "too many requests", status=429)
            self._faults = 0
            delay_s = 1.0 if told_s is None else told_s
            now = self._clock.now()
            self._budget.refused(delay_s)
            self._wait_until_s = max(self._wait_until_s, now + delay_s)
            raise self._not_now(what, "too many requests", delay_s, rank)
        self._fault()
        if told_s is not None and self._guards.retry_after:
            self._wait_until_s = max(self._wait_until_s, self._clock.now() + told_s)
        raise UnknownOutcome(what, f"answered {status}")


def wait_told(headers: Mapping[str, str], wall_s: float) -> float | None:
    """How long a system asks to be left alone, in seconds; None when it does not say.

    Understands seconds, an HTTP date, an ISO 8601 timestamp and seconds (or milliseconds) since
    1970, in ``retry-after`` or ``x-ratelimit-reset``.
    """
    told = headers.get("retry-after") or headers.get("x-ratelimit-reset")
    if not told:
        return None
    at_s = _moment(told.strip(), wall_s)
    return None if at_s is None else min(_LONGEST_WAIT_S, max(0.0, at_s - wall_s))


def _moment(told: str, wall_s: float) -> float | None:
    try:
        number = float(told)
    except ValueError:
        pass
    else:
        if number != number or number < 0:  # noqa: PLR0124 - not a number is unequal to itself
            return None
        if number >= 1e11:
            return number / 1000.0
        return number if number >= 1e8 else wall_s + number
    try:
        return seconds(told)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """A reader for one kind of body: numbers in quotes count, unknown fields are skipped."""
    return msgspec.json.Decoder(kind, strict=False)
