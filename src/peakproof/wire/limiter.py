"""Rate limits as systems keep them: a token bucket or a fixed window."""

from __future__ import annotations

from typing import Literal, Protocol

Algorithm = Literal["token_bucket", "fixed_window"]


class Limiter(Protocol):
    """Lets calls pass or says how long to wait."""

    def wait_s(self, now_s: float) -> float:
        """0 when a call may pass now (it is counted), else the seconds until one may."""


class TokenBucket:
    """Holds ``limit`` tokens, refilled evenly so that ``limit`` come back in ``per_s`` seconds."""

    __slots__ = ("_limit", "_per_token_s", "_since_s", "_tokens")

    def __init__(self, *, limit: int, per_s: float) -> None:
        self._limit = float(limit)
        self._per_token_s = per_s / limit
        self._tokens = float(limit)
        self._since_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """See :class:`Limiter`."""
        gained = (now_s - self._since_s) / self._per_token_s
        self._tokens = min(self._limit, self._tokens + gained)
        self._since_s = now_s
        if self._tokens >= 1.0 - 1e-9:
            self._tokens = max(0.0, self._tokens - 1.0)
            return 0.0
        return (1.0 - self._tokens) * self._per_token_s


class FixedWindow:
    """Lets ``limit`` calls pass in each window of ``per_s`` seconds, counted from run time 0."""

    __slots__ = ("_limit", "_passed", "_per_s", "_window")

    def __init__(self, *, limit: int, per_s: float) -> None:
        self._limit = limit
        self._per_s = per_s
        self._window = -1
        self._passed = 0

    def wait_s(self, now_s: float) -> float:
        """See :class:`Limiter`."""
        window = int(now_s // self._per_s)
        if window != self._window:
            self._window, self._passed = window, 0
        if self._passed < self._limit:
            self._passed += 1
            return 0.0
        return (window + 1) * self._per_s - now_s


def limiter(algorithm: Algorithm, *, limit: int, per_s: float) -> Limiter:
    """A fresh limiter: ``limit`` calls in ``per_s`` seconds."""
    if algorithm == "token_bucket":
        return TokenBucket(limit=limit, per_s=per_s)
    return FixedWindow(limit=limit, per_s=per_s)
