"""The climate of the wire, and all weather that strikes calls."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from peakproof.wire.kinds import (
    BodyKind,
    CallWeather,
    Ending,
    Fate,
    Parameters,
    Retry,
    RetryForm,
    kind,
)
from peakproof.wire.limiter import Algorithm, Limiter, limiter

Seconds = Annotated[float, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Status = Annotated[int, msgspec.Meta(ge=100, le=599)]
Share = Annotated[float, msgspec.Meta(ge=0, lt=1)]


@kind("latency", on="both", role="ground")
class Latency(Parameters, frozen=True):
    """Every call takes a lognormal time there and back, half on each way.

    ``median_s`` is the median of the whole way; ``sigma`` the standard deviation of its
    logarithm (0: always the median). Of several rules the last one that fits counts.
    """

    median_s: Seconds = 0.08
    sigma: Seconds = 0.0


@kind("burst", on="both", role="ground")
class Burst(Parameters, frozen=True):
    """Times of slowness come and go, and in them the latency of a system is multiplied.

    A Markov chain of two states: calm for ``calm_s`` on average, slow for ``burst_s``.
    """

    calm_s: Positive = 300.0
    burst_s: Positive = 20.0
    factor: Positive = 10.0


@kind("slow", on="call", role="adds")
class Slow(CallWeather, frozen=True):
    """The call takes longer by some seconds, before its effect or after it."""

    extra_s: Positive = 20.0
    when: Literal["before", "after"] = "before"

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        if self.when == "before":
            fate.out_s += self.extra_s
        else:
            fate.back_s += self.extra_s


class _Error(CallWeather, frozen=True):
    status: Status = 503
    body: BodyKind = "vendor"
    retry_s: Seconds = 0.0
    form: RetryForm = "none"
    header: str = "retry-after"

    def _answer(self, fate: Fate) -> None:
        fate.status = self.status
        fate.body = self.body
        if self.form != "none":
            fate.retry = Retry(self.retry_s, self.form, self.header)


@kind("error_before", on="call", role="decides")
class ErrorBefore(_Error, frozen=True):
    """The system answers an error and has done nothing."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        fate.serves = False
        self._answer(fate)


@kind("error_after", on="call", role="decides")
class ErrorAfter(_Error, frozen=True):
    """The system does what it was asked, commits it, and then answers an error."""

    status: Status = 500

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._answer(fate)


class _Cut(CallWeather, frozen=True):
    def _cut(self, fate: Fate, ending: Ending, *, serves: bool) -> None:
        fate.ending = ending
        fate.serves = serves


@kind("timeout_before", on="call", role="decides")
class TimeoutBefore(_Cut, frozen=True):
    """The call is never answered, and the system has done nothing."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._cut(fate, "silence", serves=False)


@kind("timeout_after", on="call", role="decides")
class TimeoutAfter(_Cut, frozen=True):
    """The call is never answered, although the system did what it was asked."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._cut(fate, "silence", serves=True)


@kind("reset_before", on="call", role="decides")
class ResetBefore(_Cut, frozen=True):
    """The connection is reset, and the system has done nothing."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._cut(fate, "reset", serves=False)


@kind("reset_after", on="call", role="decides")
class ResetAfter(_Cut, frozen=True):
    """The connection is reset after the system did what it was asked."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._cut(fate, "reset", serves=True)


@kind("truncated", on="call", role="decides")
class TruncatedBody(_Cut, frozen=True):
    """The system did what it was asked, and the connection closes in the middle of the answer."""

    keep: Share = 0.5

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._cut(fate, "truncate", serves=True)
        fate.keep = self.keep


class _Page(CallWeather, frozen=True):
    status: Status = 200

    def _page(self, fate: Fate, *, serves: bool, body: BodyKind = "html") -> None:
        fate.status = self.status
        fate.body = body
        fate.serves = serves


@kind("page_before", on="call", role="decides")
class PageBefore(_Page, frozen=True):
    """Something in between answers an HTML page with status 200, and the system did nothing."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._page(fate, serves=False)


@kind("page_after", on="call", role="decides")
class PageAfter(_Page, frozen=True):
    """The system did what it was asked, and the answer is an HTML page with status 200."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._page(fate, serves=True)


@kind("blank_before", on="call", role="decides")
class BlankBefore(_Page, frozen=True):
    """The answer is a 200 with nothing in it, and the system did nothing."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._page(fate, serves=False, body="empty")


@kind("blank_after", on="call", role="decides")
class BlankAfter(_Page, frozen=True):
    """The system did what it was asked, and the answer is a 200 with nothing in it."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        self._page(fate, serves=True, body="empty")


@kind("rate_limit", on="call", role="decides")
class RateLimit(CallWeather, frozen=True):
    """The system lets so many calls pass in a time and refuses the rest with a time to wait.

    ``limit`` calls in ``per_s`` seconds over all operations that the rule names. Aimed at single
    calls it refuses those, with ``retry_s`` to wait, and limits nothing.
    """

    limit: Annotated[int, msgspec.Meta(ge=1)] = 10
    per_s: Positive = 1.0
    algorithm: Algorithm = "token_bucket"
    form: RetryForm = "seconds"
    header: str = "retry-after"
    status: Status = 429
    body: BodyKind = "vendor"
    retry_s: Seconds = 1.0

    def limiter(self) -> Limiter:
        """A fresh limiter for a rule that stands."""
        return limiter(self.algorithm, limit=self.limit, per_s=self.per_s)

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        fate.serves = False
        fate.status = self.status
        fate.body = self.body
        fate.retry = Retry(self.retry_s, self.form, self.header)


@kind("outage", on="call", role="decides")
class Outage(_Error, frozen=True):
    """The system is away: every call in the window fails, and nothing is done."""

    how: Literal["error", "refuse", "reset", "silence"] = "error"
    body: BodyKind = "html"

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        fate.serves = False
        if self.how == "error":
            self._answer(fate)
        else:
            fate.ending = self.how


@kind("stale_read", on="call", role="adds", reads_only=True)
class StaleRead(CallWeather, frozen=True):
    """A query answers as of some seconds ago; reading one thing by its id stays fresh."""

    lag_s: Positive = 2.0

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        fate.stale_s = max(fate.stale_s, self.lag_s)


@kind("token_expired", on="call", role="adds", once=True)
class TokenExpired(CallWeather, frozen=True):
    """All access tokens of the system stop working just before the call arrives."""

    def strike(self, fate: Fate) -> None:
        """See :meth:`CallWeather.strike`."""
        fate.expires = True


def with_wait(parameters: Any, wait_s: float) -> CallWeather:
    """A rate limit that refuses this one call for ``wait_s`` seconds."""
    made: CallWeather = msgspec.structs.replace(parameters, retry_s=wait_s)
    return made
