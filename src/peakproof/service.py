"""What the harness asks of a fake: it knows no vendor, only these shapes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import msgspec

from peakproof.history.records import Effect
from peakproof.wire.message import Request, Response


class OperationLike(Protocol):
    """One operation of a fake's API, as the wire sees it."""

    @property
    def name(self) -> str:
        """Such as ``inventory.update``; scenarios aim weather and events at it."""

    @property
    def effect(self) -> Effect:
        """What the operation does to the system."""


class Inbound(Protocol):
    """One request that has reached a fake and is not served yet."""

    @property
    def operation(self) -> OperationLike:
        """The operation that method and path name (also for an unknown path)."""

    keys: list[str]
    """Resources that the handler read or wrote; filled while serving."""

    stale_s: float
    """Answer a query as of so many seconds ago (weather sets it before serving)."""

    def serve(self) -> Response | Awaitable[Response]:
        """Check, act and answer. Called once. The effect happens here, at one moment."""


class Service(Protocol):
    """A fake: a state machine behind an HTTP face."""

    @property
    def name(self) -> str:
        """The system's name in scenarios: ``deposco``."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Patterns of the vendor's own host names: ``api.*.commercetools.com``."""

    def receive(self, request: Request) -> Inbound:
        """Route a request; nothing has happened yet."""

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The vendor's own body for a fault that weather makes (429, 500, 502, 503 …)."""

    def expire_tokens(self) -> None:
        """All access tokens given out so far stop working."""

    def inspect(self) -> dict[str, Any]:
        """The whole state as plain JSON values, for the control plane and the read-back."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document of the vendor's paths that are modelled."""


class Notification(msgspec.Struct):
    """A webhook to be delivered: at least once, until a 2xx or the retries run out.

    ``headers`` makes the headers of an attempt (1, 2, …), so that a vendor can sign and count;
    ``retries_s`` are the waits before each further attempt; ``timeout_s`` is the vendor's.
    """

    system: str
    event: str
    key: str
    url: str
    body: bytes
    headers: Callable[[int], dict[str, str]]
    retries_s: tuple[float, ...] = ()
    timeout_s: float = 10.0


@runtime_checkable
class Role(Protocol):
    """A part that a fake plays in trading; see ``peakproof_simulators.trading.ports``."""
